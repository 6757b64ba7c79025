"""Hits in mailboxes: secured unless the server is on this machine, in Dutch, with no plate in the subject."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import SecretStr

from deploy.processes import free_port
from tests.integration.ingest.deliver.receivers import MailReceiver, MailServer, Outbox, Running
from tests.integration.services.hits_world import PLATE

Start = Callable[..., Running]
Plain = tuple[MailServer, MailReceiver]


def at(server: MailServer, **changes: object) -> dict[str, object]:
    """Return the settings that lead to a mail server."""
    return {"smtp_host": "127.0.0.1", "smtp_port": server.port,
            "smtp_from": "anpr@zone.example", "smtp_security": "none", **changes}


def mailbox(outbox: Outbox, address: str = "wacht@zone.example") -> int:
    return outbox.world.add_channel("wacht", "email", address)


@pytest.fixture
def certificate() -> tuple[trustme.CA, ssl.SSLContext]:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return authority, context


@pytest.fixture
def secured(certificate: tuple[trustme.CA, ssl.SSLContext]) -> Iterator[Plain]:
    """A mail server that takes mail over STARTTLS alone, from who knows a password."""
    def check(_server: object, _session: object, _envelope: object, _mechanism: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"anpr", b"mail-password"),
                          handled=False)

    memory = MailReceiver()
    server = MailServer(memory, hostname="127.0.0.1", port=free_port(), tls_context=certificate[1],
                        require_starttls=True, authenticator=check, auth_required=True)
    server.start()
    yield server, memory
    server.stop()


async def test_a_hit_is_a_mail_in_dutch_with_what_goes_over_the_radio(
        start: Start, outbox: Outbox, mail_server: Plain) -> None:
    server, memory = mail_server
    hit = outbox.world.add_hit()
    (message_id,) = outbox.queue(mailbox(outbox), hit)
    await start(**at(server)).until(lambda: not outbox.left())
    (mail,) = memory.mails
    assert (mail["From"], mail["To"]) == ("anpr@zone.example", "wacht@zone.example")
    assert mail["Message-ID"] == f"<{message_id}@zone.example>"
    assert mail["Subject"] == f"Hit {hit}, prioriteit 1: nieuwe hit"
    body = mail.get_payload(decode=True).decode()
    for words in (PLATE, "(BE)", "grijs Volkswagen Golf", "Bree N73 Peerderbaan (BRE01A)", "naar de camera toe",
                  "Staande houden", "PZ Noord", "HA.11.1/2026", f"https://anpr.zone.example/hits/{hit}"):
        assert words in body
    assert PLATE not in str(mail["Subject"])


async def test_the_way_is_secured_and_who_we_are_is_said(
        start: Start, outbox: Outbox, secured: Plain, certificate: tuple[trustme.CA, ssl.SSLContext],
        tmp_path: Path) -> None:
    server, memory = secured
    certificate[0].cert_pem.write_to_path(tmp_path / "ca.pem")
    outbox.queue(mailbox(outbox), outbox.world.add_hit())
    known = at(server, smtp_security="starttls", smtp_ca_file=tmp_path / "ca.pem", smtp_username="anpr")
    wrong = start(**known, smtp_password=SecretStr("other"))
    await wrong.until(lambda: outbox.rows()[0]["last_error"] == "log-in refused")
    await wrong.stop()
    await start(**known, smtp_password=SecretStr("mail-password")).until(lambda: not outbox.left())
    assert len(memory.mails) == 1


async def test_a_server_that_is_not_secured_or_that_nobody_vouches_for_gets_nothing(
        start: Start, outbox: Outbox, mail_server: Plain, secured: Plain) -> None:
    outbox.queue(mailbox(outbox), outbox.world.add_hit())
    plain = start(**at(mail_server[0], smtp_security="starttls"))
    await plain.until(lambda: outbox.rows()[0]["last_error"] == "not secured")
    await plain.stop()
    stranger = start(**at(secured[0], smtp_security="starttls"))
    await stranger.until(lambda: outbox.rows()[0]["last_error"] == "certificate")
    assert mail_server[1].mails == secured[1].mails == []


async def test_a_mailbox_that_is_refused_says_so(start: Start, outbox: Outbox, mail_server: Plain) -> None:
    class Refuses:
        async def handle_RCPT(self, *_: object) -> str:  # noqa: N802  # as aiosmtpd calls it
            return "550 no such mailbox: 3ABC123"

    server = MailServer(Refuses(), hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        outbox.queue(mailbox(outbox), outbox.world.add_hit())
        await start(**at(server)).until(lambda: outbox.rows()[0]["last_error"])
    finally:
        server.stop()
    assert outbox.rows()[0]["last_error"] == "mailbox refused 550"


async def test_without_a_mail_server_the_channel_says_so(start: Start, outbox: Outbox) -> None:
    outbox.queue(mailbox(outbox), outbox.world.add_hit())
    await start().until(lambda: outbox.rows()[0]["last_error"] == "no mail server is set")
