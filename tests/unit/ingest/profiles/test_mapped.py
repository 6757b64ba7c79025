"""Mappings: the shipped ones are whole and described, and a wrong one is refused with one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.incoming import Door, Incoming
from ingest.profiles.mapped import shipped
from ingest.profiles.table import compiled
from ingest.sightings import Finding, Ignored, Sighting
from services.errors import ConfigurationError

ROOT = Path(__file__).parents[4]
NAMES = ("frigate", "milesight", "survision", "tattile", "unifi-protect", "vaxtor")
READ = {"kind": "read", "camera": "body.camera", "captured_at": "body.at"}


def settings_with(*messages: dict[str, Any]) -> bytes:
    return json.dumps({"mapping": {"name": "ours", "messages": list(messages)}}).encode()


def refusal(settings: bytes) -> str:
    with pytest.raises(ConfigurationError) as refused:
        compiled("mapping", settings)
    return str(refused.value)


def findings(mapping: str, body: object, path: str = "", **settings: Any) -> list[Finding]:
    profile = compiled("mapping", json.dumps({"mapping": mapping} | settings).encode())
    payload = json.dumps(body).encode()
    return list(profile.read(Incoming(f"push/kade/{path}", payload, 0, door=Door.push), path))


def test_these_mappings_are_shipped() -> None:
    assert shipped() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_mapping_compiles_and_has_samples_and_a_line_in_the_documentation(name: str) -> None:
    assert compiled("mapping", json.dumps({"mapping": name}).encode()).name == "mapping"
    samples = ROOT / "tests/fixtures/profiles" / f"mapping-{name}"
    assert json.loads((samples / "settings.json").read_bytes())["mapping"] == name
    for page in ("mapping.md", "README.md"):
        assert f"| `{name}` |" in (ROOT / "docs/profiles" / page).read_text()


def test_every_profile_stands_on_the_page_that_helps_to_choose() -> None:
    page = (ROOT / "docs/profiles/README.md").read_text()
    described = {file.stem for file in (ROOT / "docs/profiles").glob("*.md")} - {"README"}
    assert {name for name in described if f"[`{name}`]({name}.md)" not in page} == set()


def test_the_mapping_worked_out_on_the_page_reads_the_message_that_stands_beside_it() -> None:
    page = (ROOT / "docs/profiles/mapping.md").read_text()
    message, mapping = (block.partition("```")[0] for block in page.split("```json\n")[1:3])
    profile = compiled("mapping", json.dumps({"mapping": json.loads(mapping)}).encode())
    first, second = profile.read(Incoming("push/kade/x", message.encode(), 0, door=Door.push), "x")
    assert isinstance(first, Sighting)
    assert isinstance(second, Sighting)
    assert [(seen.plate, seen.country, seen.direction, seen.confidence) for seen in (first, second)] == [
        ("3-ABC-123", "BE", "towards", 0.93), (None, None, "away", None)]
    assert (first.captured_ms, first.cameras) == (1782900000250, ("north-2",))
    assert first.speed_kmh == pytest.approx(49.89, 1e-3)
    assert [kind.name for kind, _ in first.images] == ["plate"]


@pytest.mark.parametrize(("message", "sentence"), [
    (READ | {"plate": {"pth": "body.plate"}}, "unknown field `pth`"),
    (READ | {"plates": "body.plate"}, "unknown field `plates`"),
    (READ | {"kind": "reading"}, "Invalid enum value 'reading' - at `$.messages[0].kind`"),
    (READ | {"plate": "body.[plate"}, "message 1: plate: 'body.[plate' is no JMESPath expression"),
    (READ | {"when": "body.a b"}, "message 1: when: 'body.a b' is no JMESPath expression: look at 'b'"),
    (READ | {"plate": "upper(body.plate)"}, "message 1: plate: 'upper(body.plate)' calls upper"),
    (READ | {"plate": "body.plateText"}, "message 1: plate: 'body.plateText' must have plateText in small letters"),
    (READ | {"plate": {"path": "body.plate", "match": "("}}, "'(' is no regular expression"),
    (READ | {"plate": {"path": "body.plate", "match": "[A-Z]"}}, "match '[A-Z]' needs one group"),
    (READ | {"captured_at": {"path": "body.at", "format": "%Q"}}, "captured_at: format: '%Q' is neither iso, epoch-s"),
    (READ | {"captured_at": {"path": "body.at", "format": "epoch"}}, "captured_at: format: 'epoch' is neither iso"),
    (READ | {"direction": {"path": "body.d", "table": {"In": "towards"}}}, "table: 'In' must stand in small letters"),
    (READ | {"plate": {"match": "(.*)"}}, "plate: a value has either a path or a concat"),
    (READ | {"images": [{"kind": "plate"}]}, "images: a picture has either a path or a part"),
    ({"kind": "read", "captured_at": "body.at"}, "message 1: a read needs camera"),
    ({"kind": "read", "camera": "body.camera"}, "message 1: a read needs captured_at"),
    (READ | {"confidence_scale": 0}, "Expected `float` > 0"),
])
def test_a_wrong_mapping_is_refused_with_one_sentence_that_says_where(message: dict[str, Any], sentence: str) -> None:
    said = refusal(settings_with(message))
    assert sentence in said
    assert "\n" not in said


def test_a_mapping_without_messages_and_a_gateway_without_a_mapping_are_refused() -> None:
    assert refusal(settings_with()) == "the mapping ours is wrong: it names no messages"
    assert refusal(b"{}").startswith("the profile mapping needs the setting mapping: one of frigate, ")
    assert refusal(b'{"mapping": "nobodys"}') == f"there is no mapping nobodys; there are: {', '.join(NAMES)}"


def test_the_plates_of_one_alarm_are_told_apart_and_one_that_two_triggers_name_is_one() -> None:
    sent = [{"key": f"license_plate_{kind}", "value": plate, "device": "0A1B2C3D4E5F", "eventId": "e1",
             "timestamp": 1782900000250}
            for kind, plate in (("known", "3ABC123"), ("of_interest", "3ABC123"), ("unknown", "5GHJ789"))]
    keys = [seen.key for seen in findings("unifi-protect", {"alarm": {"triggers": sent}}) if isinstance(seen, Sighting)]
    assert keys == ["e1|0A1B2C3D4E5F|3ABC123", "e1|0A1B2C3D4E5F|3ABC123", "e1|0A1B2C3D4E5F|5GHJ789"]


def test_a_transit_sent_again_is_the_same_and_the_same_number_on_another_day_is_another() -> None:
    def key(date: str) -> str | None:
        (seen,) = findings("tattile", {"PLATE_STRING": "3ABC123", "DATE": date, "TIME": "12:00:00", "DEVICE_SN": "TA1",
                                       "TRANSIT_ID": 17})
        assert isinstance(seen, Sighting)
        return seen.key

    assert key("2026-07-01") == key("2026-07-01") != key("2026-07-02")


def test_an_alarm_whose_triggers_are_no_list_is_ignored() -> None:
    assert isinstance(findings("unifi-protect", {"alarm": {"triggers": 5}})[0], Ignored)
