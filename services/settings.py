"""The one reader of the environment; docs/configuration.md is checked against this file."""

import ssl
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, SecretBytes, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.errors import ConfigurationError


class _Environment(BaseSettings):
    """What all settings share: the prefix, and that they never change while a program runs."""

    model_config = SettingsConfigDict(env_prefix="ZONESCHILD_", frozen=True, extra="ignore")


class StoreSettings(_Environment):
    """What every program needs that reaches the store."""

    database_url: SecretStr = Field(description="PostgreSQL address of this program's own database role: "
                                    "`postgresql://role:password@host:port/name`.")

    def sqlalchemy_url(self) -> str:
        """Return the database address in the form SQLAlchemy wants (psycopg 3).

        Raises ConfigurationError when it is no PostgreSQL address.
        """
        url = self.database_url.get_secret_value()
        if _address(url) is None or not url.startswith("postgresql://"):
            raise ConfigurationError("ZONESCHILD_DATABASE_URL must look like postgresql://role:password@host:port/name")
        return url.replace("postgresql://", "postgresql+psycopg://", 1)


class AuditSettings(StoreSettings):
    """What every program needs that writes to the audit."""

    audit_key: SecretBytes = Field(min_length=32, description="Secret with which the audit is sealed (at least 32 "
                                   "characters). The same for search and the commands, never changed, and kept where "
                                   "the database's administrators cannot read it.")
    audit_heads_file: Path | None = Field(None, description="File to which the audit's newest row is copied, at most "
                                          "once a second; search and the commands append to it, so both must be able "
                                          "to write it. Best on another machine (docs/audit.md).")


class AnchorSettings(AuditSettings):
    """The settings of `python -m services audit`."""

    audit_anchors_folder: Path | None = Field(None, description="Folder of the audit's signed daily anchors. To be "
                                              "copied to whoever shall be able to check the audit.")


class SecretSettings(StoreSettings):
    """What ingest, search and expiry share: the key of the read ids and the images' place."""

    identity_key: SecretBytes = Field(min_length=32, description="Secret from which read ids are made (at least 32 "
                                      "characters). The same for every program, never changed while reads live.")
    images_url: str = Field("file:var/images", description="Where images lie: `file:<folder>` or `s3://bucket/prefix` "
                            "(credentials then come from the usual AWS variables).")


class BrokerSettings(_Environment):
    """Where the MQTT broker is."""

    broker_url: SecretStr = Field(SecretStr("mqtt://127.0.0.1:1883"),
                                  description="MQTT broker: `mqtt://user:password@host:port` or `mqtts://…` for TLS.")
    mqtt_version: Literal["auto", "5", "3.1.1"] = Field(
        "auto", description="MQTT version; `auto` tries 5 and falls back to 3.1.1 when the broker refuses it.")

    broker_ca_file: Path | None = Field(None, description="Certificates (PEM) of who may vouch for the broker, for "
                                        "`mqtts://`; without it those that the system trusts.")
    broker_certificate_file: Path | None = Field(None, description="This program's own certificate (PEM), where the "
                                                 "broker asks for one.")
    broker_key_file: Path | None = Field(None, description="Its private key (PEM), unless it stands beside the "
                                         "certificate.")

    @cached_property
    def broker(self) -> "Broker":
        """The broker's address, taken apart."""
        return Broker.parse(self.broker_url.get_secret_value())

    def broker_tls(self) -> ssl.SSLContext | None:
        """Return what a connection to the broker is secured with, read anew each time; None for `mqtt://`.

        Raises ConfigurationError when a file is missing or holds no certificate.
        """
        if not self.broker.tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.broker_ca_file)
            if self.broker_certificate_file:
                context.load_cert_chain(self.broker_certificate_file, self.broker_key_file)
        except OSError as error:  # ssl's own errors too
            raise ConfigurationError("ZONESCHILD_BROKER_CA_FILE, …_CERTIFICATE_FILE and …_KEY_FILE must name PEM files "
                                     f"that can be read ({error.strerror or type(error).__name__})") from None
        return context


class IngestSettings(SecretSettings, BrokerSettings):
    """The settings of `python -m ingest`."""

    ingest_number: int = Field(0, ge=0, le=63, description="Number of this ingest process; its MQTT client ids "
                               "are `zoneschild-ingest-<number>` and `zoneschild-live-<number>`.")
    ingest_batch_reads: int = Field(1000, ge=1, le=10_000, description="Most reads stored in one transaction.")
    ingest_linger_ms: int = Field(20, ge=0, le=1000, description="Longest time a read waits for company, ms.")
    ingest_queue_mb: int = Field(64, ge=1, le=4096, description="Received but not yet stored payloads held in memory, "
                                 "MB; above it ingest stops reading from the broker.")
    image_spool_mb: int = Field(512, ge=0, le=65536, description="Images held in the database while the image store "
                                "fails, MB; above it messages with images stay unacknowledged.")
    push_host: str = Field("127.0.0.1", description="Address on which pushes are taken; a TLS proxy stands in front.")
    push_port: int = Field(0, ge=0, le=65535, description="Port on which pushes are taken over HTTP; 0 is off.")
    metrics_port: int = Field(0, ge=0, le=65535, description="Port of Prometheus metrics on loopback; 0 is off.")


class DeliverSettings(IngestSettings, AuditSettings):
    """The settings of `python -m ingest deliver`: those of ingest, and what it takes to send hits and to say so."""

    pages_url: str = Field("", description="Address under which browsers reach search, such as "
                           "`https://anpr.zone.example`: messages to channels then lead to the hit's page.")
    smtp_host: str = Field("", description="Mail server that takes hits for channels that are mailboxes; empty: "
                           "none.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the way to the mail server is secured: `starttls`, `tls` from the first byte, or "
        "`none`, for a server on this machine alone.")
    smtp_username: str = Field("", description="Who we are to the mail server, where it asks.")
    smtp_password: SecretStr = Field(SecretStr(""), description="The password with it.")
    smtp_from: str = Field("", description="Mailbox from which hits are sent.")
    smtp_ca_file: Path | None = Field(None, description="Certificates (PEM) of who may vouch for the mail server; "
                                      "without it those that the system trusts.")

    def page_of(self, hit_id: int) -> str | None:
        """Return the address of a hit's page; None where nobody said where the pages are."""
        return f"{self.pages_url.rstrip('/')}/hits/{hit_id}" if self.pages_url else None

    def has_mail(self) -> bool:
        """Tell whether there is a mail server; raises ConfigurationError for one that is named in part or unsecured."""
        if not self.smtp_host:
            return False
        if not self.smtp_from:
            raise ConfigurationError("ZONESCHILD_SMTP_HOST needs ZONESCHILD_SMTP_FROM")
        if self.smtp_security == "none" and self.smtp_host not in ("127.0.0.1", "::1", "localhost"):
            raise ConfigurationError("ZONESCHILD_SMTP_SECURITY may be none for a mail server on this machine alone")
        return True

    def smtp_tls(self) -> ssl.SSLContext:
        """Return what the way to the mail server is secured with; raises ConfigurationError for a wrong file."""
        try:
            return ssl.create_default_context(cafile=self.smtp_ca_file)
        except OSError as error:  # ssl's own errors too
            raise ConfigurationError("ZONESCHILD_SMTP_CA_FILE must name a PEM file that can be read "
                                     f"({error.strerror or type(error).__name__})") from None


class SearchSettings(SecretSettings, AuditSettings):
    """The settings of `python -m search`."""

    search_host: str = Field("127.0.0.1", description="Address on which search listens.")
    search_port: int = Field(8480, ge=1, le=65535, description="Port on which search listens.")
    search_https: bool = Field(False, description="Whether browsers reach search over HTTPS; cookies are then "
                               "`Secure`. On in production, behind the TLS proxy.")
    consultation_hours: int = Field(8, ge=1, le=24, description="Hours after which a consultation must be opened anew.")
    session_hours: int = Field(10, ge=1, le=24, description="Hours after which a log-in expires.")
    second_factor: Literal["required", "offered"] = Field(
        "required", description="Whether whoever logs in with a password needs a second factor: `required` (who has "
        "none must set one up before anything else) or `offered`. API tokens and the identity provider need none here.")
    oidc_issuer: str = Field("", description="Address of the identity provider (OpenID Connect), as it names itself; "
                             "empty: passwords alone. `https://`, or `http://` on loopback.")
    oidc_client_id: str = Field("", description="What the identity provider calls Zoneschild.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Secret that the identity provider gave it.")
    oidc_name: str = Field("", max_length=60, description="What the button says that leads there; without it the "
                           "provider's host.")
    map_file: Path | None = Field(None, description="Base map of the zone, a PMTiles extract in the Protomaps schema; "
                                  "without it maps show the roads between the cameras.")
    story_file: Path | None = Field(None, description="The demo's story (JSON); set by the demo launcher only.")


    def has_provider(self) -> bool:
        """Tell whether there is an identity provider.

        Raises ConfigurationError for one that cannot be trusted, or that is named in part.
        """
        if not self.oidc_issuer:
            return False
        parts = _address(self.oidc_issuer)
        local = parts is not None and parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        if parts is None or not parts.hostname or not (parts.scheme == "https" or local):
            raise ConfigurationError("ZONESCHILD_OIDC_ISSUER must look like https://host/path")
        if not (self.oidc_client_id and self.oidc_client_secret.get_secret_value()):
            raise ConfigurationError("ZONESCHILD_OIDC_ISSUER needs ZONESCHILD_OIDC_CLIENT_ID and "
                                     "ZONESCHILD_OIDC_CLIENT_SECRET")
        return True


class SimulatorSettings(BrokerSettings):
    """The settings of `python -m simulator`: the broker, and the API as any integrator meets it."""

    api_url: str = Field("http://127.0.0.1:8480", description="Address of search's API, for registering synthetic "
                         "gateways and reading their counts.")
    api_token: SecretStr = Field(SecretStr(""), description="API token that the simulator presents.")
    api_second_token: SecretStr = Field(SecretStr(""), description="API token of a second person, who agrees to what "
                                        "the first one enters; for scores.")


class BrokerFilesSettings(AuditSettings):
    """The settings of `python -m services gateway` and `broker`: whose files they write."""

    broker_folder: Path | None = Field(None, description="Where the broker reads `passwd` and `acl` (the embedded one: "
                                       "`users.json`); without it the broker is told nothing.")
    broker_reload: str = Field("", description="Command that makes the broker read them again, such as `systemctl "
                               "reload mosquitto`; without it SIGHUP goes to the process in the folder's `broker.pid`.")
    broker_restart: str = Field("", description="Command that restarts the broker, such as `systemctl restart "
                                "mosquitto`, run when a gateway with a certificate is disabled: nothing else ends its "
                                "connection.")


class Broker:
    """Where the MQTT broker is and who we are to it."""

    def __init__(self, host: str, port: int, username: str | None, password: str | None, *, tls: bool) -> None:
        self.host, self.port, self.username, self.password, self.tls = host, port, username, password, tls

    @classmethod
    def parse(cls, url: str) -> "Broker":
        """Take `mqtt[s]://user:password@host:port` apart; raises ConfigurationError for anything else."""
        parts = _address(url)
        if parts is None or parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ConfigurationError("ZONESCHILD_BROKER_URL must look like mqtt://user:password@host:port")
        tls = parts.scheme == "mqtts"
        return cls(parts.hostname, parts.port or (8883 if tls else 1883),
                   unquote(parts.username) if parts.username else None,
                   unquote(parts.password) if parts.password else None, tls=tls)


def _address(url: str) -> SplitResult | None:
    """Take an address apart; None for one that cannot be, as urllib's own errors quote pieces of the password."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None  # asking for the port is what checks it
    except ValueError:
        return None


S = TypeVar("S", bound=BaseSettings)


def load_settings(kind: type[S]) -> S:
    """Read settings of one kind from the environment.

    Raises ConfigurationError naming every wrong key, never its value.
    """
    try:
        return kind()
    except ValidationError as error:
        wrong = "; ".join(
            f"ZONESCHILD_{'_'.join(str(part) for part in item['loc']).upper()}: {item['msg'].lower()}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise ConfigurationError(f"settings are wrong: {wrong}") from None
