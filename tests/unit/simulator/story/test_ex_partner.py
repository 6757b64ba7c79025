"""The officer who looked up an ex-partner."""

from collections import Counter

from services.plates import normalise
from services.reasons import is_empty


def test_one_plate_is_looked_up_fourteen_times_by_one_officer_each_under_another_number(told):
    past = told.cases["ex-partner"].past
    (plate, times), *others = Counter(one.plate for one in past).most_common()
    assert times == 14
    assert {count for _, count in others} == {1}
    looked_up = [one for one in past if one.plate == plate]
    assert len({one.file_number for one in looked_up}) == 14
    assert {one.username for one in past} == {"bart"}
    assert normalise(told.cases["ex-partner"].sightings[0].passage.vehicle.plate) == plate


def test_all_of_it_lies_in_the_month_before_and_no_reason_is_empty(told):
    past = told.cases["ex-partner"].past
    assert list(past) == sorted(past, key=lambda one: one.at)
    assert all(0 <= (told.anchor - one.at).days <= 30 for one in past)
    assert not [one.reason for one in past if is_empty(one.reason, one.file_number)]


def test_each_look_up_found_the_reads_that_there_were_by_then(told):
    case = told.cases["ex-partner"]
    plate = normalise(case.sightings[0].passage.vehicle.plate)
    for one in case.past:
        if one.plate == plate:
            assert one.found == sum(sighting.captured_at < one.at for sighting in case.sightings)
    assert max(one.found for one in case.past) == len(case.sightings)
