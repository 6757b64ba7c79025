"""Handing messages to the mail server, in a thread: one connection a batch, secured unless it is this machine's."""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from ingest.deliver.mail import compose
from ingest.deliver.message import Message
from ingest.deliver.sending import NotTakenError, Send
from services.clock import utc_now
from services.hits.channels import Channel
from services.settings import DeliverSettings

_LONGEST_S = 10.0
_PERMANENT = 500


class Mailboxes:
    """Sends e-mail by the zone's own mail server."""

    most = 4

    def __init__(self, settings: DeliverSettings) -> None:
        self._settings = settings
        self._tls = settings.smtp_tls() if settings.has_mail() and settings.smtp_security != "none" else None

    @asynccontextmanager
    async def open(self, channel: Channel, secret: str | None) -> AsyncIterator[Send]:  # noqa: ARG002
        """Connect to the mail server; raises NotTakenError when it is away, unsecured, or does not let us in."""
        if not self._settings.smtp_host:
            raise NotTakenError("no mail server is set", away=True)
        server = await asyncio.to_thread(self._connect)
        one_at_a_time = asyncio.Lock()

        async def send(message: Message) -> None:
            mail = compose(message, self._settings.smtp_from, channel.address, utc_now())
            async with one_at_a_time:
                try:
                    await asyncio.to_thread(server.send_message, mail)
                except (OSError, smtplib.SMTPException) as error:
                    raise _not_taken(error) from None

        try:
            yield send
        finally:
            with suppress(OSError, smtplib.SMTPException):
                await asyncio.to_thread(server.quit)

    async def close(self) -> None:
        """Nothing is kept open."""

    def _connect(self) -> smtplib.SMTP:
        wanted, name = self._settings, socket.gethostname()
        try:
            if wanted.smtp_security == "tls":
                return self._greet(smtplib.SMTP_SSL(wanted.smtp_host, wanted.smtp_port, name, timeout=_LONGEST_S,
                                                    context=self._tls))
            return self._greet(smtplib.SMTP(wanted.smtp_host, wanted.smtp_port, name, timeout=_LONGEST_S))
        except (OSError, smtplib.SMTPException) as error:
            raise _not_taken(error) from None

    def _greet(self, server: smtplib.SMTP) -> smtplib.SMTP:
        """Secure the connection and log in; a connection on which that fails is closed."""
        wanted = self._settings
        try:
            if wanted.smtp_security == "starttls":
                server.starttls(context=self._tls)
            if wanted.smtp_username:
                server.login(wanted.smtp_username, wanted.smtp_password.get_secret_value())
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server


_KNOWN: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "log-in refused"), (smtplib.SMTPNotSupportedError, "not secured"),
    (ssl.SSLError, "certificate"), (TimeoutError, "timeout"))


def _not_taken(error: Exception) -> NotTakenError:
    """Say in a word or two what a server refused; its own words may hold the mail's, and are left out."""
    for kind, what in _KNOWN:
        if isinstance(error, kind):
            return NotTakenError(what, away=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        return NotTakenError(f"mailbox refused {code}", away=code < _PERMANENT)
    if isinstance(error, smtplib.SMTPResponseException):
        return NotTakenError(f"mail refused {error.smtp_code}", away=error.smtp_code < _PERMANENT)
    return NotTakenError("no connection", away=True)
