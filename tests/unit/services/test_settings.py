"""Settings: wrong ones are named and never shown, and the page that describes them says what the code says."""

import re
from pathlib import Path

import pytest
from pydantic import SecretBytes, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from services import settings
from services.errors import ConfigurationError
from services.settings import Broker, IngestSettings, SearchSettings, SimulatorSettings, StoreSettings, load_settings

PAGE = Path(__file__).resolve().parents[3] / "docs" / "configuration.md"
PLANTED = "Vnq4Zp8w"
GOOD = {"ZONESCHILD_DATABASE_URL": f"postgresql://role:{PLANTED}@127.0.0.1:5432/zoneschild",
        "ZONESCHILD_IDENTITY_KEY": f"{PLANTED}-and-more-of-it-up-to-32-characters",
        "ZONESCHILD_AUDIT_KEY": f"{PLANTED}-and-other-than-that-and-as-long"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment with the three settings that have no default, and nothing else of ours."""
    for name in list(IngestSettings.model_fields) + list(SearchSettings.model_fields):
        monkeypatch.delenv(f"ZONESCHILD_{name.upper()}", raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("kind", [IngestSettings, SearchSettings, SimulatorSettings, StoreSettings])
def test_settings_without_a_default_are_enough(kind: type[BaseSettings]) -> None:
    assert PLANTED not in repr(load_settings(kind))


@pytest.mark.parametrize(("name", "value"), [
    ("IDENTITY_KEY", PLANTED), ("MQTT_VERSION", PLANTED), ("INGEST_NUMBER", PLANTED), ("INGEST_NUMBER", "64"),
    ("INGEST_BATCH_READS", "0"), ("INGEST_LINGER_MS", "1001"), ("INGEST_QUEUE_MB", "0"), ("IMAGE_SPOOL_MB", "-1"),
    ("METRICS_PORT", "65536"),
])
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(monkeypatch: pytest.MonkeyPatch, name: str,
                                                             value: str) -> None:
    monkeypatch.setenv(f"ZONESCHILD_{name}", value)
    with pytest.raises(ConfigurationError, match=f"ZONESCHILD_{name}") as wrong:
        load_settings(IngestSettings)
    assert value not in re.sub(r"less than or equal to \d+|greater than or equal to \d+", "", str(wrong.value))


def test_all_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZONESCHILD_DATABASE_URL")
    monkeypatch.setenv("ZONESCHILD_INGEST_LINGER_MS", PLANTED)
    monkeypatch.setenv("ZONESCHILD_IDENTITY_KEY", PLANTED)
    with pytest.raises(ConfigurationError) as wrong:
        load_settings(IngestSettings)
    for name in ("DATABASE_URL", "INGEST_LINGER_MS", "IDENTITY_KEY"):
        assert f"ZONESCHILD_{name}" in str(wrong.value)
    assert PLANTED not in str(wrong.value)


@pytest.mark.parametrize("url", [f"http://u:{PLANTED}@host", f"mqtt://u:a/{PLANTED}@host:1883", "mqtt://host:70000",
                                 f"mqtt://u:{PLANTED}#@host:1883", f"mqtt://[{PLANTED}", "mqtt://", PLANTED])
def test_a_wrong_broker_address_is_a_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="ZONESCHILD_BROKER_URL") as wrong:
        Broker.parse(url)
    assert PLANTED not in str(wrong.value)


@pytest.mark.parametrize("url", [f"postgres://u:{PLANTED}@host/name", PLANTED, f"postgresql://u:{PLANTED}@host:x/name",
                                 f"postgresql://u:a/{PLANTED}@host:1/name"])
def test_a_wrong_database_address_is_a_sentence_without_the_password(monkeypatch: pytest.MonkeyPatch,
                                                                     url: str) -> None:
    monkeypatch.setenv("ZONESCHILD_DATABASE_URL", url)
    with pytest.raises(ConfigurationError, match="ZONESCHILD_DATABASE_URL") as wrong:
        load_settings(StoreSettings).sqlalchemy_url()
    assert PLANTED not in str(wrong.value)


@pytest.mark.parametrize(("url", "parts"), [
    ("mqtt://host", ("host", 1883, None, None, False)),
    ("mqtts://host", ("host", 8883, None, None, True)),
    ("mqtts://u%40zone:p%2Fw%3A@host:1234", ("host", 1234, "u@zone", "p/w:", True)),
])
def test_a_broker_address_is_taken_apart(url: str, parts: tuple[object, ...]) -> None:
    broker = Broker.parse(url)
    assert (broker.host, broker.port, broker.username, broker.password, broker.tls) == parts


def test_the_page_lists_exactly_the_settings_with_description_and_default() -> None:
    listed = re.findall(r"^\| `(ZONESCHILD_\w+)`( \(secret\))? \| (.+?) \| (.+) \|$", PAGE.read_text(encoding="utf-8"),
                        re.MULTILINE)
    known = {f"ZONESCHILD_{name.upper()}": field for kind in _kinds() for name, field in kind.model_fields.items()}
    assert sorted(name for name, *_ in listed) == sorted(known)
    for name, secret, default, description in listed:
        field = known[name]
        assert (name, bool(secret)) == (name, field.annotation in (SecretStr, SecretBytes))
        assert (name, default) == (name, _default(field))
        assert (name, description) == (name, field.description)


def test_the_page_names_no_variable_that_does_not_exist() -> None:
    known = {f"ZONESCHILD_{name.upper()}" for kind in _kinds() for name in kind.model_fields}
    assert set(re.findall(r"ZONESCHILD_\w+", PAGE.read_text(encoding="utf-8"))) <= known


def _kinds() -> list[type[BaseSettings]]:
    return [kind for kind in vars(settings).values()
            if isinstance(kind, type) and issubclass(kind, BaseSettings) and kind.__module__ == settings.__name__]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "\N{EN DASH}"
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    if value in (None, ""):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
