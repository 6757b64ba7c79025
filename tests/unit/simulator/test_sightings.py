"""Messages and truth of one sighting."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from services.errors import ConfigurationError
from services.messages import Read
from simulator.faults import Faults, Sighting, see
from simulator.network import load_network
from simulator.sightings import compose, look_at, paint
from simulator.traffic import Passage, Vehicle
from simulator.truth import Truth, line_of, read_truth

NOON = datetime(2026, 11, 23, 11, 0, 0, 123456, tzinfo=UTC)
NETWORK = load_network()


def sighting(*, camera: str = "GNK02A", at: datetime = NOON, kind: str = "car",
             faults: Faults | None = None) -> Sighting:
    vehicle = Vehicle("3-ABC-128", "BE", "Volvo", "V60", "grey", kind)
    return next(see([Passage(at, NETWORK.cameras[camera], vehicle, 2, 61.5, 77)], faults or Faults(), 1))


def decode(payload: bytes) -> Read:
    return msgspec.json.decode(payload, type=Read)


def test_a_message_says_what_the_camera_saw() -> None:
    seen = sighting()
    read = decode(compose(seen, "run-1", look_at(seen), (b"plate", b"scene")))
    assert (read.camera, read.plate, read.country, read.lane, read.speed_kmh) == ("GNK02A", "3ABC128", "BE", 2, 61.5)
    assert read.captured_at == NOON.replace(microsecond=123000)
    assert read.passage is not None
    assert read.passage.id == "run-1"
    assert [(image.kind, image.data) for image in read.images] == [("plate", b"plate"), ("overview", b"scene")]


def test_at_night_there_is_no_colour() -> None:
    for at, colour in ((NOON, "grey"), (NOON + timedelta(hours=10), None)):
        seen = sighting(at=at)
        vehicle = decode(compose(seen, "x", look_at(seen), None)).vehicle
        assert vehicle is not None
        assert (vehicle.make, vehicle.colour) == ("Volvo", colour)


def test_section_cameras_and_motorcycles_are_seen_from_behind() -> None:
    section = next(code for code, camera in NETWORK.cameras.items() if camera.kind == "trajectory-section")
    assert look_at(sighting()).facing == "front"
    assert look_at(sighting(camera=section)).facing == "rear"
    assert look_at(sighting(kind="motorcycle")).direction == "away"


def test_the_picture_shows_the_true_plate_even_when_it_is_misread() -> None:
    seen = sighting(faults=Faults(misread=1.0))
    painted: list[tuple[object, ...]] = []

    def painter(*arguments: object) -> tuple[bytes, bytes]:
        painted.append(arguments)
        return b"p", b"o"

    assert paint(painter, seen, look_at(seen), 5) == (b"p", b"o")
    assert painted == [("3-ABC-128", "BE", "grey", "car", seen.passage.camera.name, NOON, "front", False, 5)]
    assert seen.plate != "3ABC128"


def test_the_truth_tells_what_passed_and_what_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "truth" / "x.jsonl"
    good, missed = sighting(), sighting(faults=Faults(miss=1.0))
    for seen in (good, missed):
        with Truth(path) as truth:
            truth.write(line_of(seen, "run-1"))
    first, second = read_truth(path)
    assert (first.plate, first.read, first.gateway, first.passage_id) == ("3-ABC-128", "3ABC128", "genk", "run-1")
    assert first.sent_at == ("2026-11-23T11:00:00.123Z",)
    assert (second.faults, second.passage_id, second.sent_at) == (("miss",), None, ())
    assert json.loads(path.read_text().splitlines()[0])["vehicle"]["make"] == "Volvo"
    assert path.stat().st_mode & 0o077 == 0


def test_a_truth_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="ground truth"):
        Truth(tmp_path / "file" / "x.jsonl")
