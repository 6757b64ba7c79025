"""How long the service needs to be back: per fault, or for several at once."""

import math

from deploy.chaos.planning import Kind
from deploy.chaos.watching import Look, Recovery, Struck, oldest_s, recoveries


def looks(*down: tuple[float, float], until: float = 100) -> list[Look]:
    """Look ten times a second; while `down` nothing is stored, else every read at once."""
    moments = [tenth / 10 for tenth in range(int(until * 10))]
    seen: list[Look] = []
    for at in moments:
        newest = seen[-1].newest if any(begin <= at < end for begin, end in down) and seen else at
        seen.append(Look(at, newest, newest))
    return seen


def rounded(found: object) -> list[Recovery]:
    return [Recovery(one.kind, round(one.seconds, 1)) for one in found]


def test_a_fault_is_over_when_a_read_captured_after_it_is_stored() -> None:
    struck = [Struck(Kind.kill_ingest, 10, 10)]
    assert rounded(recoveries(struck, looks((10, 12.5)))) == [Recovery(Kind.kill_ingest, 2.5)]


def test_faults_far_apart_count_each_by_itself() -> None:
    struck = [Struck(Kind.kill_broker, 10, 10), Struck(Kind.cut_ingest, 30, 31)]
    found = rounded(recoveries(struck, looks((10, 13), (30, 31.5))))
    assert found == [Recovery(Kind.kill_broker, 3.0), Recovery(Kind.cut_ingest, 0.5)]


def test_faults_of_which_one_begins_before_the_other_is_over_count_together_from_the_end_of_the_last() -> None:
    struck = [Struck(Kind.stall_database, 10, 30), Struck(Kind.kill_ingest, 20, 20)]
    assert rounded(recoveries(struck, looks((10, 31)))) == [Recovery(None, 1.0)]


def test_a_full_image_store_is_over_when_a_picture_lies_in_it_again() -> None:
    seen = [Look(look.at, look.at, 10.0 if 10 < look.at < 35 else look.at) for look in looks()]
    struck = [Struck(Kind.fill_images, 10, 30)]
    assert rounded(recoveries(struck, seen)) == [Recovery(Kind.fill_images, 5.0)]


def test_a_service_that_never_comes_back_takes_for_ever() -> None:
    (found,) = recoveries([Struck(Kind.kill_ingest, 10, 10)], looks((10, 100)))
    assert math.isinf(found.seconds)


def test_the_age_of_the_newest_read_counts_while_one_kind_of_fault_is_held_alone() -> None:
    struck = [Struck(Kind.fill_images, 10, 20), Struck(Kind.fill_images, 50, 60), Struck(Kind.kill_ingest, 55, 55)]
    seen = looks((12, 12.4), (55, 58))
    oldest = oldest_s(struck, seen, Kind.fill_images)
    assert oldest is not None
    assert round(oldest, 1) == 0.4
    assert oldest_s(struck[1:], seen, Kind.fill_images) is None
