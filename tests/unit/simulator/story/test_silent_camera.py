"""The camera that was silent."""

from datetime import datetime
from zoneinfo import ZoneInfo

from simulator.story.cases.silent_camera import SILENT

BRUSSELS = ZoneInfo("Europe/Brussels")
START, END = (datetime(2026, 11, 22, 14, minute, tzinfo=BRUSSELS) for minute in (2, 31))


def test_no_vehicle_at_all_is_read_while_the_camera_is_silent(told):
    assert not [read for read in told.reads if read.camera == SILENT and START <= read.captured_at < END]


def test_the_camera_reads_before_and_after(told):
    day = [read.captured_at for read in told.reads if read.camera == SILENT and read.captured_at.date() == START.date()]
    assert min(day) < START
    assert max(day) > END


def test_the_journey_misses_exactly_the_read_in_its_middle(told):
    read = told.find(told.cases["silent-camera"].searches[0].path)
    assert [r.camera for r in read] == ["HOU05B", "HOU06A", "OUD01A", "BRE03A", "KIN01A"]
    assert read[2].captured_at < datetime(2026, 11, 22, 14, 15, tzinfo=BRUSSELS) < read[3].captured_at
