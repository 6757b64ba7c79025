"""Genetec: dates that could be two, a UTC that is local, a context that is no country, and two scales."""

import json
from typing import Any

import pytest

from ingest.incoming import Incoming
from ingest.profiles.table import compiled
from ingest.sightings import Finding, Problem, Sighting

GUID = "5b1c2a70-94de-4b0e-8a52-0c5de1f0a9b1"


def exported(**members: Any) -> dict[str, Any]:
    return {"Plate": "3ABC123", "SharpName": "sharp", "CameraName": "sharp - Camera", "ConfidenceScore": "99",
            "State": "CA", "DateUtc": "07/25/2026", "TimeUtc": "10:00:26", "VehicleID": GUID,
            "Attributes": {"Context": "US", "State Name": "CA"}, **members}


def ingested(**members: Any) -> dict[str, Any]:
    return {"ReferenceReadId": "1", "ReferenceCameraId": "02005E102030", "Plate": "3ABC123", "Confidence": "0.95",
            "ReadTimeUtc": "2026-07-01T10:00:00.703Z", **members}


def finding(body: object, **settings: Any) -> Finding:
    profile = compiled("genetec", json.dumps(settings).encode())
    (found,) = profile.read(Incoming("push/kade", json.dumps(body).encode(), 0), "")
    return found


def seen(body: object, **settings: Any) -> Sighting:
    found = finding(body, **settings)
    assert isinstance(found, Sighting)
    return found


@pytest.mark.parametrize("date", ["05/07/2026", "1/2/2026", "12.11.2026"])
def test_a_date_that_could_be_two_is_refused_and_the_sentence_names_the_setting(date: str) -> None:
    refused = finding(exported(DateUtc=date))
    assert isinstance(refused, Problem)
    assert refused.reason == "no-time"
    assert "date_order" in refused.detail


@pytest.mark.parametrize(("date", "settings", "ms"), [
    ("05/07/2026", {"date_order": "dmy"}, 1783245626000), ("05/07/2026", {"date_order": "mdy"}, 1778148026000),
    ("25.07.2026", {}, 1784973626000), ("2026-07-05", {}, 1783245626000), ("07/07/2026", {}, 1783418426000)])
def test_a_date_of_one_meaning_or_with_the_setting_is_read(date: str, settings: dict[str, str], ms: int) -> None:
    assert seen(exported(DateUtc=date), **settings).captured_ms == ms


def test_utc_is_believed_though_local_says_the_same_until_the_register_says_otherwise() -> None:
    same = exported(DateLocal="07/25/2026", TimeLocal="10:00:26")
    believed, corrected = seen(same), seen(same, clock="wall-clock")
    assert believed.captured_ms - corrected.captured_ms == 2 * 3_600_000
    assert (believed.clock_basis, corrected.clock_basis) == (None, "zone")


def test_neither_the_engines_context_nor_a_state_is_the_plates_country() -> None:
    assert (seen(exported()).country, seen(exported()).country_raw) == (None, "CA")
    assert seen(exported(State="", Attributes={"Context": "US"})).country_raw is None
    assert seen(exported(), countries={"CA": "US"}).country == "US"


def test_a_percentage_and_the_fraction_of_the_ingestion_form_are_told_apart_by_the_form() -> None:
    assert seen(exported(ConfidenceScore="1")).confidence == 0.01
    assert seen(ingested(Confidence="1")).confidence == 1
    assert seen(ingested()).confidence == 0.95


def test_a_value_counts_without_a_score_and_a_dash_is_none() -> None:
    sharp = {"PlateRead": "3ABC123", "SourceUrl": "sharp", "Timestamp": "2026-07-01T12:00:00", "PlateAnalytics": [
        {"Key": "Relative Motion", "Score": -1.0, "Value": "Approaching"}, {"Key": "Vehicle Make", "Value": "BMW"},
        {"Key": "Vehicle Type", "Score": -1, "Value": "-"}]}
    assert (seen(sharp).direction, seen(sharp).make, seen(sharp).vehicle_type) == ("towards", "BMW", None)


@pytest.mark.parametrize(("word", "direction"), [
    ("Approaching", "towards"), ("Moving Away", "away"), ("Towards", "towards"), ("Unknown", None), ("-", None)])
def test_the_words_for_relative_motion_have_their_direction(word: str, direction: str | None) -> None:
    assert seen(exported(Attributes={"Relative Motion": word})).direction == direction


@pytest.mark.parametrize(("speed", "kmh"), [("10 mph", 16.1), ("50 km/h", 50), ("50", 50), ("0", None), ("-", None)])
def test_a_speed_that_names_its_unit_is_read_in_it(speed: str, kmh: float | None) -> None:
    found = seen(exported(Attributes={"Speed": speed})).speed_kmh
    assert (None if found is None else round(found, 1)) == kmh


def test_a_read_and_the_hit_about_it_have_the_same_key_and_an_id_of_zeros_is_none() -> None:
    assert seen({"HitID": "1", "Vehicle": {"Read": exported()}}).key == seen(exported()).key == GUID
    assert seen(exported(VehicleID="00000000-0000-0000-0000-000000000000")).key is None


def test_a_unit_goes_before_its_cameras() -> None:
    assert seen(exported()).cameras == ("sharp", "sharp/sharp - Camera", "sharp - Camera")
