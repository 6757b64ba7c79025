"""The read that a decision unlocks."""

from datetime import timedelta

from tests.unit.simulator.story.test_old_reads import strict_month_before


def test_one_read_lies_33_days_back_within_the_decisions_scope_and_one_within_the_month(told):
    case = told.cases["unlocked-by-a-decision"]
    (decision,) = case.decisions
    old, new = (sighting.captured_at for sighting in case.sightings)
    edge = strict_month_before(told.anchor)
    assert old < edge < new
    assert decision.since <= old < decision.until
    assert 32 <= (told.anchor - old) / timedelta(days=1) <= 34
    assert decision.file_number == case.consultation.file_number
    assert decision.expires_at > told.anchor
    assert decision.registered_by != decision.compared_by


def test_the_search_promises_both_reads(told):
    (search,) = told.cases["unlocked-by-a-decision"].searches
    assert len(told.find(search.path)) == search.expected_reads == 2
