"""A trial read in a list: whatever a wrong mapping put where, no plate of it is seen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from search.trials.masking import mask_trial

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
FOUND: dict[str, Any] = {
    "kind": "read", "plate": "7XKV938", "plate_raw": "7-XKV-938", "captured_at": "2026-11-24T09:59:59.500Z",
    "camera": "cam1", "confidence": 0.91, "confidence_raw": None, "country": "BE", "country_raw": None,
    "direction": "towards", "facing": "rear", "lane": 2, "speed_kmh": 71.5, "images": ["overview", "plate"],
    "passage": None, "make": None, "model": None, "colour": "grey", "vehicle_type": "car", "clock_basis": "zone"}


def test_what_is_known_is_shown_and_the_plate_by_its_shape() -> None:
    shown = mask_trial(b"\xab" * 16, NOW, FOUND, {"cam1"})
    assert (shown.plate, shown.camera, shown.country, shown.colour, shown.vehicle_type) == (
        "9AAA999", "cam1", "BE", "grey", "car")
    assert (shown.confidence, shown.lane, shown.speed_kmh, shown.images) == (0.91, 2, 71.5, ("overview", "plate"))
    assert (shown.name, shown.looks_wrong) == ("ab" * 16, False)


@pytest.mark.parametrize("member", [*sorted(FOUND.keys() - {"captured_at", "kind"}), "unheard_of"])
def test_a_plate_in_any_member_is_not_shown(member: str) -> None:
    wrong: Any = ["7-XKV-938"] if member == "images" else "7-XKV-938"
    assert "XKV" not in repr(mask_trial(b"d", NOW, FOUND | {member: wrong}, {"cam1"}))


@pytest.mark.parametrize(("age", "wrong"), [(59, False), (61, True), (3600, True), (-0.5, False), (-2, True)])
def test_a_capture_far_from_its_arrival_is_conspicuous(age: float, wrong: bool) -> None:
    captured = (NOW - timedelta(seconds=age)).isoformat()
    assert mask_trial(b"d", NOW, FOUND | {"captured_at": captured}, ()).looks_wrong is wrong


def test_a_passage_without_a_plate_has_none() -> None:
    assert mask_trial(b"d", NOW, FOUND | {"plate": None, "images": None}, ()).plate is None
