"""FIWARE: one observation is the same in every writing, no address is fetched, and positions mean nothing."""

import json
from typing import Any

import pytest

from ingest.incoming import Incoming
from ingest.profiles.table import compiled
from ingest.sightings import Finding, Sighting

VEHICLE = {"direction": "away", "speed": 50, "brand": {"name": "Skoda"}, "color": {"name": "black"},
           "country": {"code": "NL"}, "licensePlate": {"identifier": "OI-12-IO", "confidence": 0.96}}
ENTITY = {"id": "urn:ngsi-ld:AnprFlowObserved:1", "type": "AnprFlowObserved", "dateObserved": "2026-07-01T10:00:00Z",
          "observedBy": "urn:ngsi-ld:Device:KADE-1", "observedVehicle": VEHICLE, "laneId": "1"}


def wrapped(how: dict[str, Any], entity: dict[str, Any]) -> dict[str, Any]:
    return {name: value if name in ("id", "type") else how | {"value": value} for name, value in entity.items()}


def findings(body: object) -> list[Finding]:
    return list(compiled("fiware-anpr", b"{}").read(Incoming("push/kade", json.dumps(body).encode(), 0), ""))


def seen(body: object) -> Sighting:
    (sighting,) = findings(body)
    assert isinstance(sighting, Sighting)
    return sighting


@pytest.mark.parametrize("body", [
    [ENTITY], wrapped({}, ENTITY), wrapped({"type": "Property"}, ENTITY), {"data": [ENTITY]},
    wrapped({"type": "Text", "metadata": {}}, ENTITY), {"id": "n", "type": "Notification", "data": [ENTITY]},
    ENTITY | {"@context": "https://example.be/context.jsonld"}, ENTITY | {"type": ["AnprFlowObserved"]},
    ENTITY | {"type": "https://example.be/dataModel.Transportation/AnprFlowObserved"},
    ENTITY | {"observedBy": {"type": "Relationship", "object": "urn:ngsi-ld:Device:KADE-1"}},
    ENTITY | {"observedVehicle": {name: {"type": "Property", "value": value} for name, value in VEHICLE.items()}},
    {"entities": [ENTITY]},
])
def test_an_observation_is_the_same_however_it_is_written(body: object) -> None:
    assert seen(body) == seen(ENTITY)


@pytest.mark.parametrize("flag", [True, "true", {"type": "Property", "value": True}, {"value": "true"}])
def test_a_plate_that_was_not_read_is_none_whatever_stands_there(flag: object) -> None:
    assert (seen(ENTITY | {"vehiclePlateNotRead": flag}).plate, seen(ENTITY).plate) == (None, "OI-12-IO")


def test_the_addresses_of_pictures_are_left_alone() -> None:
    images = [{"url": "http://192.0.2.1/plate.jpg", "imageType": "plate", "contentType": "image/jpg"}]
    assert seen(ENTITY | {"refImages": images}).images == ()


def test_a_nonsensical_position_changes_nothing() -> None:
    assert seen(ENTITY | {"location": {"type": "Point", "coordinates": [-41.25, 155.5]}}) == seen(ENTITY)


def test_the_last_part_of_the_observers_name_is_another_name_for_the_camera() -> None:
    assert seen(ENTITY).cameras == ("urn:ngsi-ld:Device:KADE-1", "KADE-1", "urn:ngsi-ld:AnprFlowObserved:1")


@pytest.mark.parametrize(("lane", "number"), [("1", 1), ("lane2", 2), ("Rijstrook 3", 3), ("ABC123", None), ("", None)])
def test_a_lane_is_a_number_or_the_number_of_a_lane(lane: str, number: int | None) -> None:
    assert seen(ENTITY | {"laneId": lane}).lane == number


@pytest.mark.parametrize(("code", "kmh"), [("KMH", 50), ("MTS", 180), ("HM", 80.5), ("XXX", 50)])
def test_a_unit_beside_the_speed_counts(code: str, kmh: float) -> None:
    vehicle = VEHICLE | {"speed": {"type": "Property", "value": 50, "unitCode": code}}
    assert round(seen(ENTITY | {"observedVehicle": vehicle}).speed_kmh or 0, 1) == kmh


def test_several_observations_in_a_notification_are_several_reads() -> None:
    other = ENTITY | {"observedVehicle": VEHICLE | {"licensePlate": {"identifier": "3-ABC-123"}}}
    assert [finding.plate for finding in findings({"data": [ENTITY, other]}) if isinstance(finding, Sighting)] == [
        "OI-12-IO", "3-ABC-123"]
