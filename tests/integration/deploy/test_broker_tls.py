"""Mosquitto with the settings of production: TLS, passwords, certificates, and who may say what."""

import asyncio
import contextlib
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiomqtt
import psycopg
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from deploy.embedded.broker import MosquittoBroker
from deploy.invented_papers import TAKE_ALL_LIVE
from deploy.processes import LOOPBACK, free_port
from services import broker_files, messages
from services.broker_reload import reload_broker
from services.clock import utc_now
from services.errors import ConfigurationError
from services.messages import TOPIC_FILTER
from services.mqtt_passwords import password_hash
from services.settings import BrokerSettings
from simulator.publisher import Publisher
from tests.mqtt_handshake import gets_in

FOLDER = Path(__file__).resolve().parents[3] / "deploy" / "mosquitto"
PASSWORD = "houthalen-password"
HASH = password_hash(PASSWORD)


class ProductionMosquitto(MosquittoBroker):
    """Mosquitto with deploy/mosquitto/mosquitto.conf: only folders, ports and the log differ."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.passwords, self.certificates, self.programs = (free_port() for _ in range(3))
        self.port = self.programs  # the one that it opens last

    def _files(self) -> dict[str, str]:
        text = (FOLDER / "mosquitto.conf").read_text(encoding="utf-8")
        for there, here in (("listener 8883\n", f"listener {self.passwords} {LOOPBACK}\n"),
                            ("listener 8884\n", f"listener {self.certificates} {LOOPBACK}\n"),
                            ("listener 8885 127.0.0.1\n", f"listener {self.programs} {LOOPBACK}\n"),
                            ("/etc/mosquitto/certs/", f"{self.folder}/certs/"),
                            ("/etc/mosquitto/zoneschild/", f"{self.folder}/"),
                            ("/run/mosquitto/mosquitto.pid", f"{self.folder}/broker.pid"),
                            ("/var/lib/mosquitto/", f"{self.folder}/"), ("log_dest syslog", "log_dest stdout")):
            assert there in text
            text = text.replace(there, here)
        return {"mosquitto.conf": text + ("user root\n" if os.geteuid() == 0 else "")}


@pytest.fixture
def zone_ca() -> trustme.CA:
    """The zone's own CA."""
    return trustme.CA()


@pytest.fixture
def broker(tmp_path: Path, zone_ca: trustme.CA) -> Iterator[ProductionMosquitto]:
    """The broker, with `houthalen` (password) and `bree` (certificate)."""
    made = ProductionMosquitto(tmp_path / "broker")
    certs = made.folder / "certs"
    certs.mkdir(parents=True)
    own = zone_ca.issue_cert("127.0.0.1", "localhost")
    own.private_key_pem.write_to_path(certs / "broker.key")
    for part in own.cert_chain_pems:
        part.write_to_path(certs / "broker.crt", append=True)
    zone_ca.cert_pem.write_to_path(certs / "gateways-ca.crt")
    (certs / "gateways.crl").write_bytes(revocation_list(zone_ca))
    with made:
        register(made, "houthalen", "bree")
        yield made


def revocation_list(ca: trustme.CA, *revoked: bytes) -> bytes:
    now = datetime.now(UTC)
    authority = x509.load_pem_x509_certificate(ca.cert_pem.bytes())
    building = (x509.CertificateRevocationListBuilder().issuer_name(authority.subject)
                .last_update(now - timedelta(minutes=1)).next_update(now + timedelta(days=1)))
    for pem in revoked:
        building = building.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(x509.load_pem_x509_certificate(pem).serial_number)
            .revocation_date(now - timedelta(minutes=1)).build())
    made = building.sign(load_pem_private_key(ca.private_key_pem.bytes(), None), hashes.SHA256())
    return made.public_bytes(Encoding.PEM)


def register(broker: ProductionMosquitto, *names: str) -> None:
    known = {"houthalen": HASH, "bree": None}
    broker_files.write_files(broker.folder, [broker_files.gateway_user(name, known[name]) for name in names])
    reload_broker(broker.folder)


def trusting(ca: trustme.CA, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    ca.configure_trust(context)
    if certificate is not None:
        certificate.configure_cert(context)
    return context


@contextlib.asynccontextmanager
async def connected(port: int, tls: ssl.SSLContext, **options: Any) -> AsyncIterator[aiomqtt.Client]:
    async with aiomqtt.Client("127.0.0.1", port, tls_context=tls, timeout=5, **options) as client:
        yield client


@contextlib.asynccontextmanager
async def ingest(broker: ProductionMosquitto, tls: ssl.SSLContext, **options: Any) -> AsyncIterator[aiomqtt.Client]:
    parts = BrokerSettings(broker_url=broker.url_for("ingest")).broker
    async with connected(broker.programs, tls, username=parts.username, password=parts.password, **options) as client:
        await client.subscribe(TOPIC_FILTER, qos=1)
        yield client


async def next_text(client: aiomqtt.Client) -> str:
    async with asyncio.timeout(5):
        return (await anext(aiter(client.messages))).payload.decode()


async def test_a_gateway_with_a_password_speaks_over_tls_for_itself_alone(broker: Any, zone_ca: Any) -> None:
    tls, houthalen = trusting(zone_ca), {"username": "houthalen", "password": PASSWORD}
    async with ingest(broker, tls) as ears:
        await say(broker.passwords, tls, "anpr/v1/bree/reads", "forged", **houthalen)
        await say(broker.passwords, tls, "anpr/v1/houthalen/reads", "its own", **houthalen)
        assert await next_text(ears) == "its own"
    assert gets_in(broker.passwords, "houthalen", PASSWORD, tls)
    for user, password in (("houthalen", "wrong"), ("", ""), ("bree", "")):
        assert not gets_in(broker.passwords, user, password, tls)


async def test_a_certificates_common_name_is_the_gateway_and_has_its_rights(broker: Any, zone_ca: Any) -> None:
    tls = trusting(zone_ca, zone_ca.issue_cert("bree.zone.example", common_name="bree"))
    async with ingest(broker, trusting(zone_ca)) as ears, connected(broker.certificates, tls) as gateway:
        await gateway.publish("anpr/v1/bree/reads", "its own", qos=1)
        assert await next_text(ears) == "its own"
        await gateway.subscribe("anpr/feedback/bree", qos=1)
        await gateway.subscribe("anpr/v1/#", qos=1)
        await ears.publish("anpr/feedback/bree", "heard", qos=1)
        assert await next_text(gateway) == "heard"
        await say(broker.certificates, tls, "anpr/v1/houthalen/reads", "forged", username="houthalen")
        await say(broker.certificates, tls, "anpr/v1/bree/reads", "the last", username="houthalen")
        assert await next_text(ears) == "the last"


def test_a_certificate_of_somebody_else_or_none_is_refused(broker: Any, zone_ca: Any) -> None:
    foreign = trusting(zone_ca, trustme.CA().issue_cert("bree.zone.example", common_name="bree"))
    own = trusting(zone_ca, zone_ca.issue_cert("bree.zone.example", common_name="bree"))
    assert gets_in(broker.certificates, tls=own)
    assert not gets_in(broker.certificates, tls=foreign)
    assert not gets_in(broker.certificates, "houthalen", PASSWORD, trusting(zone_ca))
    assert not gets_in(broker.certificates, "bree", tls=trusting(zone_ca))


async def test_a_certificate_in_no_gateways_name_may_say_nothing(broker: Any, zone_ca: Any) -> None:
    stranger = trusting(zone_ca, zone_ca.issue_cert("x.zone.example", common_name="stranger"))
    async with ingest(broker, trusting(zone_ca)) as ears:
        for topic in ("anpr/v1/stranger/reads", "anpr/v1/bree/reads", "anpr/v1"):
            await say(broker.certificates, stranger, topic, "forged")
        await say(broker.passwords, trusting(zone_ca), "anpr/v1/houthalen/reads", "known", username="houthalen",
                  password=PASSWORD)
        assert await next_text(ears) == "known"


def test_a_program_believes_the_ca_that_its_settings_name_and_no_other(broker: Any, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.crt")
    ours, others = broker.folder / "certs" / "gateways-ca.crt", tmp_path / "other.crt"
    for file, believes in ((ours, True), (others, False), (None, False)):
        settings = BrokerSettings(broker_url=f"mqtts://localhost:{broker.passwords}", broker_ca_file=file)
        assert gets_in(broker.passwords, "houthalen", PASSWORD, settings.broker_tls()) is believes


@pytest.mark.parametrize("name", ["broker_ca_file", "broker_certificate_file"])
def test_a_file_that_is_missing_is_named_by_its_setting(tmp_path: Path, name: str) -> None:
    settings = BrokerSettings(broker_url="mqtts://localhost", **{name: tmp_path / "missing.pem"})
    with pytest.raises(ConfigurationError, match="ZONESCHILD_BROKER_CA_FILE"):
        settings.broker_tls()


async def test_no_gateway_takes_the_session_of_ingest(broker: Any, zone_ca: Any) -> None:
    tls, session = trusting(zone_ca), {"identifier": "zoneschild-ingest-0", "clean_session": False}
    async with ingest(broker, tls, **session):
        pass
    gateway = {"username": "houthalen", "password": PASSWORD, "identifier": "zoneschild-ingest-0"}
    for clean in (True, False):
        async with connected(broker.passwords, tls, clean_session=clean, **gateway) as thief:
            await thief.publish("anpr/v1/houthalen/reads", f"clean {clean}", qos=1)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(aiter(thief.messages)), 0.3)
    async with ingest(broker, tls, **session) as ears:
        assert [await next_text(ears), await next_text(ears)] == ["clean True", "clean False"]


async def test_a_disabled_gateway_with_a_certificate_is_mute_at_once(broker: Any, zone_ca: Any) -> None:
    tls = trusting(zone_ca, zone_ca.issue_cert("bree.zone.example", common_name="bree"))
    async with ingest(broker, trusting(zone_ca)) as ears:
        async with connected(broker.certificates, tls) as gateway:
            await reload(broker, "houthalen")
            with contextlib.suppress(aiomqtt.MqttError):
                await gateway.publish("anpr/v1/bree/reads", "too late", qos=1)
        await say(broker.passwords, trusting(zone_ca), "anpr/v1/houthalen/reads", "other", username="houthalen",
                  password=PASSWORD)
        assert await next_text(ears) == "other"


async def test_a_restart_ends_the_connection_of_a_certificate(broker: Any, zone_ca: Any) -> None:
    tls = trusting(zone_ca, zone_ca.issue_cert("bree.zone.example", common_name="bree"))
    async with connected(broker.certificates, tls) as gateway:
        await reload(broker, "houthalen")
        broker.stop()
        with pytest.raises(aiomqtt.MqttError):
            await next_text(gateway)


async def test_a_revoked_certificate_is_refused_after_a_reload(broker: Any, zone_ca: Any) -> None:
    certificate = zone_ca.issue_cert("bree.zone.example", common_name="bree")
    async with connected(broker.certificates, trusting(zone_ca, certificate)):
        pass
    revoked = revocation_list(zone_ca, certificate.cert_chain_pems[0].bytes())
    (broker.folder / "certs" / "gateways.crl").write_bytes(revoked)
    reload_broker(broker.folder)
    await until(lambda: not gets_in(broker.certificates, tls=trusting(zone_ca, certificate)), 5)
    other = zone_ca.issue_cert("bree.zone.example", common_name="bree")
    async with connected(broker.certificates, trusting(zone_ca, other)):
        pass


async def say(port: int, tls: ssl.SSLContext, topic: str, text: str, **options: Any) -> None:
    """Publish, and do not mind being thrown out for it."""
    with contextlib.suppress(aiomqtt.MqttError):
        async with connected(port, tls, **options) as client:
            await client.publish(topic, text, qos=1)


async def reload(broker: Any, *names: str) -> None:
    """Let the broker know these gateways alone, and wait until it does, which is when a password that is new is."""
    known = broker_files.gateway_user("new", password_hash("new-password"))
    users = [broker_files.gateway_user(name, HASH) for name in names]
    broker_files.write_files(broker.folder, [*users, known])
    reload_broker(broker.folder)
    tls = ssl.create_default_context(cafile=broker.folder / "certs" / "gateways-ca.crt")
    await until(lambda: gets_in(broker.passwords, "new", "new-password", tls), 5)


async def test_ingest_stores_what_a_gateway_with_a_certificate_sends(broker: Any, zone_ca: Any, database: Any,
                                                                      tmp_path: Path) -> None:
    ca, certificate = broker.folder / "certs/gateways-ca.crt", zone_ca.issue_cert("bree.example", common_name="bree")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "bree.pem")
    url = broker.url_for("ingest").replace("mqtt:", "mqtts:")
    environment = {"PATH": os.environ["PATH"], "ZONESCHILD_DATABASE_URL": database.ingest_url,
                   "ZONESCHILD_BROKER_URL": url, "ZONESCHILD_BROKER_CA_FILE": str(ca),
                   "ZONESCHILD_IDENTITY_KEY": "k" * 32, "ZONESCHILD_IMAGES_URL": f"file:{tmp_path / 'images'}"}
    settings = BrokerSettings(broker_url=f"mqtts://localhost:{broker.certificates}", broker_ca_file=ca,
                              broker_certificate_file=tmp_path / "bree.pem")
    read = messages.Read(camera="cam1", captured_at=utc_now(), plate="3-ABC-123")
    with (psycopg.connect(database.owner_url, autocommit=True) as store,
          ingesting(environment, tmp_path / "log") as said):
        store.execute("INSERT INTO gateways (gateway_id, name) VALUES (7, 'bree')")
        store.execute("INSERT INTO cameras (camera_id, code, name) VALUES (11, 'cam1', 'cam1')")
        store.execute(TAKE_ALL_LIVE)
        store.execute("INSERT INTO gateway_cameras VALUES (7, 'cam1', 11)")
        await until(lambda: "connected to the broker" in said())
        async with Publisher(settings, kept_s=0) as publisher:
            await publisher.send(messages.reads_topic("bree"), messages.encode(read))
            await publisher.drain()
        await until(lambda: store.execute("SELECT plate FROM reads").fetchall() == [("3ABC123",)])


@contextlib.contextmanager
def ingesting(environment: dict[str, str], log: Path) -> Iterator[Callable[[], str]]:
    """Run ingest; hands over what it has said so far."""
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "ingest"], cwd=FOLDER.parents[1], env=environment,
                                   stdout=output, stderr=output)
    try:
        yield lambda: log.read_text(encoding="utf-8")
    finally:
        process.terminate()
        process.wait(10)


async def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.05)


def gets_in_soon(port: int, tls: ssl.SSLContext) -> bool:
    """Tell whether the broker lets a gateway in within seconds: it reads its files after it was told to."""
    return any(gets_in(port, "houthalen", PASSWORD, tls) or time.sleep(0.1) for _ in range(50))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes these certificates")
def test_the_commands_of_the_readme_make_certificates_that_the_broker_takes_until_they_are_revoked(
        tmp_path: Path) -> None:
    *making, revoking = re.findall(r"^```sh\n(.+?)^```$", (FOLDER / "README.md").read_text(encoding="utf-8"),
                                   re.MULTILINE | re.DOTALL)
    (tmp_path / "deploy").symlink_to(FOLDER.parent)
    run_shell(tmp_path, "\n".join(making))
    made, ca = ProductionMosquitto(tmp_path / "broker"), tmp_path / "ca"
    shutil.copytree(ca, made.folder / "certs")
    tls = ssl.create_default_context(cafile=ca / "ca.crt")
    with made:
        register(made, "houthalen")
        assert gets_in_soon(made.passwords, tls)
        assert not gets_in(made.certificates, tls=tls)
        tls.load_cert_chain(ca / "houthalen.crt", ca / "houthalen.key")
        assert gets_in(made.certificates, tls=tls)
        run_shell(ca, revoking)
        shutil.copy(ca / "gateways.crl", made.folder / "certs")
        made.stop()
        made.start()
        assert gets_in_soon(made.passwords, tls)
        assert not gets_in(made.certificates, tls=tls)


def run_shell(folder: Path, commands: str) -> None:
    done = subprocess.run(["sh", "-e", "-c", commands], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
