"""How a camera fares is told by what is worst of it, and every state has a name and a shape of its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from search.cameras.health import NAMES, WORST_FIRST, Health, count_healths, health_of
from search.cameras.marks import SHAPES, camera_marks
from search.cameras.queries import Camera
from search.cameras.routes import worst_first

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
GOOD = Camera(
    1, "BRE01A", "Bree N73", "Bree", "N73", None, "fixed", 51.14, 5.6, 90, 70, 1, synthetic=True,
    last_captured_at=NOW, heartbeat_at=NOW, complete_until=NOW, clock_offset_ms=3, clock_measured_at=NOW,
    silent_since=None, silent_by=None, live_since=NOW - timedelta(days=9), off_since=None, pictogram_since=None)
STATES = {
    Health.live: GOOD,
    Health.silent: replace(GOOD, silent_since=NOW, complete_until=NOW - timedelta(hours=1)),
    Health.late: replace(GOOD, complete_until=NOW - timedelta(minutes=11), clock_offset_ms=-4000),
    Health.clock: replace(GOOD, clock_offset_ms=-1001),
    Health.unheard: replace(GOOD, last_captured_at=None, heartbeat_at=None, complete_until=None, clock_offset_ms=None),
    Health.off: replace(GOOD, live_since=None, silent_since=NOW),
}


@pytest.mark.parametrize("health", Health)
def test_what_is_worst_of_a_camera_is_its_state(health: Health) -> None:
    assert health_of(STATES[health], NOW) is health


@pytest.mark.parametrize(("camera", "health"), [
    pytest.param(replace(GOOD, complete_until=NOW - timedelta(minutes=10)), Health.live, id="ten-minutes-are-not-late"),
    pytest.param(replace(GOOD, complete_until=None), Health.live, id="no-promise-is-no-lateness"),
    pytest.param(replace(GOOD, clock_offset_ms=500), Health.live, id="half-a-second-is-told-elsewhere"),
    pytest.param(replace(GOOD, last_captured_at=None), Health.live, id="a-heartbeat-is-a-sign"),
])
def test_what_is_not_so_bad_is_in_order(camera: Camera, health: Health) -> None:
    assert health_of(camera, NOW) is health


def test_every_state_has_a_name_and_a_shape_of_its_own() -> None:
    assert set(NAMES) == set(SHAPES) == set(Health)
    assert len(set(SHAPES.values())) == len({name.msgid for name in NAMES.values()}) == len(Health)


def test_cameras_are_counted_and_sorted_the_worst_first() -> None:
    cameras = [replace(camera, code=health.value) for health, camera in STATES.items()]
    assert [camera.code for camera in worst_first(cameras, NOW)] == list(WORST_FIRST)
    assert count_healths([Health.live, Health.silent, Health.live]) == {Health.silent: 1, Health.live: 2}
    assert list(count_healths([Health.live, Health.silent])) == [Health.silent, Health.live]


def test_a_mark_leads_to_its_camera_and_says_how_it_fares() -> None:
    camera = replace(STATES[Health.silent], code="A/1")
    (mark,) = camera_marks([camera, replace(GOOD, lat=None)], NOW, lambda said: said.msgid.upper())
    assert (mark.href, mark.state, mark.told) == ("/cameras/A%2F1", "silent", "SILENT")
