"""The past: canonical reads in batches, dense and thin, with pictures round the cases."""

import json
from datetime import timedelta

from services.messages import MAX_BATCH_READS, MAX_MESSAGE_BYTES
from services.plates import normalise
from simulator.network import load_network
from simulator.sun import is_night

CAMERAS = load_network().cameras


def lines(told):
    return (told.folder / "history.jsonl").read_bytes().splitlines()


def test_every_batch_is_one_gateways_and_small_enough_for_a_message(told):
    for line in lines(told):
        assert len(line) < MAX_MESSAGE_BYTES / 2
        message = json.loads(line)
        reads = message["payload"]["reads"]
        assert 0 < len(reads) <= MAX_BATCH_READS
        assert {f"anpr/v1/{CAMERAS[read['camera']].gateway}/reads" for read in reads} == {message["topic"]}


def test_dense_days_have_thousands_of_reads_and_the_year_before_has_sixty_a_day(told):
    dense_start = told.anchor - timedelta(days=2, hours=8)
    by_age = [told.anchor - read.captured_at for read in told.reads]
    dense = sum(age <= told.anchor - dense_start for age in by_age)
    thin = sum(timedelta(days=3) < age < timedelta(days=365) for age in by_age)
    assert 8_000 < dense < 10_000
    assert 45 < thin / 362 < 65


def test_a_small_tail_is_older_than_a_year_to_be_refused(told):
    tail = sum(told.anchor - read.captured_at > timedelta(days=366) for read in told.reads)
    assert 50 < tail < 150


def test_nothing_lies_in_the_future(told):
    assert max(read.captured_at for read in told.reads) < told.anchor


def test_no_two_reads_are_the_same(told):
    assert len({(read.camera, read.captured_at, read.plate) for read in told.reads}) == len(told.reads)


def test_by_night_no_camera_knows_a_colour(told):
    sample = told.reads[::97]
    for read in sample:
        # Ten minutes on either side of sunset are rounded.
        if is_night(read.captured_at - timedelta(minutes=10)) and is_night(read.captured_at + timedelta(minutes=10)):
            assert read.vehicle.colour is None
    assert any(read.vehicle.colour for read in sample)


def test_about_three_hundred_reads_round_the_cases_have_pictures(told):
    of_cases = sum(len(case.sightings) for case in told.cases.values())
    pictured = [read for read in told.reads if read.images]
    assert 200 <= len(pictured) - of_cases <= 300
    moments = [sighting.captured_at for case in told.cases.values() for sighting in case.sightings]
    assert all(min(abs(read.captured_at - moment) for moment in moments) <= timedelta(hours=1) for read in pictured)


def test_plates_are_read_without_separators_and_belgian_ones_mostly_from_series_3_to_7(told):
    belgian = [read.plate for read in told.reads if read.country == "BE"]
    assert all(plate == normalise(plate) for plate in belgian)
    assert sum(plate[0] in "34567" for plate in belgian) > 0.98 * len(belgian)
