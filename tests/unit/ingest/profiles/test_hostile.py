"""Hostile input: whatever arrives, each profile answers with outcomes that the store can take, and never raises."""

import base64
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import envelopes
from ingest.decode import Decoder, Window
from ingest.incoming import Door, Incoming
from ingest.profiles.mapped import shipped
from ingest.profiles.table import FAULT, PROFILES
from ingest.rejects import reject_values
from ingest.rows import Beat, Outcome, Passed, Rejected, Row
from services.clock import epoch_ms
from services.messages import MAX_MESSAGE_BYTES
from services.registry import Gateway
from tests.ingest_samples import IDENTITY, NOW

FIXTURES = Path(__file__).parents[3] / "fixtures" / "profiles"
NAMES = [name for name in PROFILES if name != "mapping"] + [f"mapping-{name}" for name in shipped()]
CAREFUL = settings(max_examples=40, deadline=None, derandomize=True,
                   suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SAMPLES = {name: [(file.name, file.read_bytes()) for file in sorted((FIXTURES / name).glob("*.*"))
                  if not file.name.endswith(("settings.json", "expected.json"))] for name in NAMES}
PICTURE = base64.b64encode(b"\xff\xd8\xff" + b"x" * 50).decode()
WORDS = st.sampled_from([
    "Picture", "Plate", "PlateNumber", "SnapInfo", "AccurateTime", "plateText", "capture_timestamp", "carID", "data",
    "results", "plate", "camera_id", "timestamp", "UtcTime", "Source", "Data", "LicensePlateInfo", "PlateRead", "Id",
    "PlateAnalytics", "observedVehicle", "licensePlate", "identifier", "dateObserved", "type", "value", "reads",
    "camera", "captured_at", "passage", "alarm", "triggers", "after", "anpr", "2026-07-01T10:00:00Z", "-", PICTURE,
    "\ud800", "\0"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
NAMES_OF_MEMBERS = WORDS | st.text(max_size=8)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    NAMES_OF_MEMBERS, inner, max_size=5), max_leaves=25)


class Everywhere(defaultdict[str, int]):
    """A register in which every camera is known, so that whatever is found becomes a row."""

    get = defaultdict.__getitem__  # type: ignore[assignment]


def gateway_of(name: str) -> Gateway:
    profile, mapping = ("mapping", name.removeprefix("mapping-")) if name.startswith("mapping-") else (name, "")
    decoding = msgspec.json.encode({"mapping": mapping}) if mapping else b"{}"
    return Gateway(7, "houthalen", Everywhere(lambda: 11), profile=profile, decoding=decoding)


def outcomes(name: str, message: Incoming) -> list[Outcome]:
    """Decode one message as the gateway's profile would, and check that the store can take what comes of it."""
    decoder = Decoder(IDENTITY, {"houthalen": gateway_of(name)}, Window.at(NOW))
    found = list(decoder.decode(message))
    for outcome in found:
        check(outcome)
    return found


def check(outcome: Outcome) -> None:
    if isinstance(outcome, Row):
        check_row(outcome)
    elif isinstance(outcome, Rejected):
        assert not outcome.detail.startswith(FAULT)
        for name, value in reject_values(IDENTITY, outcome).items():
            assert not isinstance(value, str) or storable(value), name
    else:
        assert isinstance(outcome, Beat | Passed)


def check_row(row: Row) -> None:
    texts = [value for value in msgspec.structs.astuple(row) if isinstance(value, str)]
    assert all(storable(value) and len(value) <= 64 for value in texts)
    assert row.confidence is None or 0 <= row.confidence <= 1
    assert row.speed_kmh is None or 0 <= row.speed_kmh <= 400
    assert row.lane is None or 0 <= row.lane <= 99
    assert 0 <= row.revision <= 32767
    assert row.plate
    assert Window.at(NOW).oldest_ms <= row.captured_ms <= Window.at(NOW).newest_ms
    assert row.direction in (None, "towards", "away")
    assert row.country is None or (len(row.country) == 2 and row.country.isupper())


def storable(text: str) -> bool:
    """Tell whether PostgreSQL takes a text: no zero, nothing that is no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def pushed(body: bytes, content_type: str = "", rest: str = "") -> Incoming:
    headers = (("content-type", content_type),) if content_type else ()
    return Incoming(f"push/houthalen/{rest}".rstrip("/"), body, epoch_ms(NOW), door=Door.push, headers=headers)


def published(body: bytes, rest: str = "reads") -> Incoming:
    return Incoming(f"anpr/v1/houthalen/{rest}", body, epoch_ms(NOW))


@pytest.mark.parametrize("name", NAMES)
@CAREFUL
@given(body=st.binary(max_size=200), rest=st.text(max_size=30),
       kind=st.sampled_from(["", "text/xml", "multipart/form-data; boundary=b"]) | st.text())
def test_any_bytes_become_outcomes(name: str, body: bytes, kind: str, rest: str) -> None:
    assert len(outcomes(name, pushed(body, kind, rest))) == 1
    assert len(outcomes(name, published(body, rest))) == 1


@pytest.mark.parametrize("name", NAMES)
@CAREFUL
@given(tree=TREES)
def test_any_json_becomes_outcomes(name: str, tree: Any) -> None:
    body = json.dumps(tree).encode()
    assert outcomes(name, pushed(body, "application/json"))
    assert outcomes(name, published(body))


@pytest.mark.parametrize("name", [name for name in NAMES if SAMPLES[name]])
@CAREFUL
@given(data=st.data())
def test_any_mutation_of_a_sample_becomes_outcomes(name: str, data: st.DataObject) -> None:
    file, content = data.draw(st.sampled_from(SAMPLES[name]))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(content))] * 2)))
    other = data.draw(st.binary(max_size=12) | st.sampled_from(SAMPLES[name]).map(lambda sample: sample[1]))
    mutated = data.draw(st.sampled_from([
        content[:start] + other + content[end:], content[:end], content[start:], content[:end] + content[start:],
        content.replace(content[start:start + 3] or b"?", other, 3)]))
    outcomes(name, envelopes.read_file(file, mutated, "houthalen", epoch_ms(NOW)))


@pytest.mark.parametrize("name", [name for name in NAMES if SAMPLES[name]])
def test_foreign_values_in_every_place_of_a_sample_become_outcomes(name: str) -> None:
    for file, content in SAMPLES[name]:
        if not file.endswith(".json"):
            continue
        try:
            tree = json.loads(content)
        except ValueError:
            continue
        for place in range(min(count_leaves(tree), 60)):
            for value in ("\ud800", "\0", [], {}, "9" * 5000, 1e308, -1, True, [[1]], {"#text": {}}, "x" * 5000):
                outcomes(name, pushed(json.dumps(with_leaf(tree, [place], value)).encode(), "application/json"))


def count_leaves(tree: Any) -> int:
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else None
    return 1 if children is None else sum(map(count_leaves, children))


def with_leaf(tree: Any, place: list[int], value: Any) -> Any:
    """Return a copy of `tree` whose leaf number place[0] is `value`."""
    if isinstance(tree, dict):
        return {name: with_leaf(child, place, value) for name, child in tree.items()}
    if isinstance(tree, list):
        return [with_leaf(child, place, value) for child in tree]
    place[0] -= 1
    return value if place[0] == -1 else tree


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><x>&l9;</x>'.encode()


MULTIPART = (b'--b\r\nContent-Disposition: form-data; name="event"\r\n\r\n{"plate":"3-ABC-123"}\r\n'
             b'--b\r\nContent-Disposition: form-data; name="image"\r\n\r\n\xff\xd8\xff')
HOSTILE = {
    "ten megabytes of garbage": (bytes(range(256)) * 40_000, ""),
    "eight megabytes of letters": (b"x" * MAX_MESSAGE_BYTES, ""),
    "eight megabytes of spaces and a brace": (b" " * (MAX_MESSAGE_BYTES - 1) + b"{", ""),
    "an entity bomb": (_laughs(), "application/xml"),
    "an external entity": (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>', "text/xml"),
    "deep JSON lists": (b"[" * 100_000, "application/json"),
    "deep closed JSON lists": (b"[" * 100_000 + b"]" * 100_000, "application/json"),
    "deep JSON objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "application/json"),
    "deep XML": (b"<a>" * 100_000 + b"</a>" * 100_000, "text/xml"),
    "a million elements": (b"<x>" + b"<a/>" * 1_000_000 + b"</x>", "text/xml"),
    "a million values": (b'{"x":[' + b"1," * 1_000_000 + b"1]}", "application/json"),
    "a truncated multipart": (MULTIPART, "multipart/form-data; boundary=b"),
    "ten thousand parts": (b"--b\r\n\r\n\r\n" * 10_000 + b"--b--", "multipart/form-data; boundary=b"),
    "a header of a megabyte": (b"--b\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n\r\n--b--",
                               "multipart/form-data; boundary=b"),
    "a boundary of a kilobyte": (b"no line of it", "multipart/form-data; boundary=" + "b" * 1024),
    "a multipart of line feeds": (b"--b\n" + b"\n" * 4_000_000, "multipart/form-data; boundary=b"),
    "Latin-1 in JSON": ('{"plate": "é"}'.encode("latin-1"), "application/json"),
    "UTF-16 without a mark": ('{"plate": "3-ABC-123"}'.encode("utf-16-le"), "application/json"),
    "XML in another encoding than it declares": (b'<?xml version="1.0" encoding="utf-16"?><x>a</x>', "text/xml"),
    "XML in an encoding that nobody knows": (b'<?xml version="1.0" encoding="none-such"?><x>a</x>', "text/xml"),
    "malformed JSON": (b'{"a": 1' + b'x' * 1000, "application/json"),
    "malformed XML": (b"<a><b></a>", "text/xml"),
    "a form of too many fields": (b"&".join(b"a%d=1" % n for n in range(5000)), "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("name", NAMES)
def test_hostile_input_ends_as_one_reject(name: str, case: str) -> None:
    body, kind = HOSTILE[case]
    for message in (pushed(body, kind), published(body)):
        (outcome,) = outcomes(name, message)
        assert isinstance(outcome, Rejected), outcome
