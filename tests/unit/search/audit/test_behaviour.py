"""The rules on behaviour to review."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from search.audit.behaviour import RULES, AskedPlate, Facts, Finding, Opened, review

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=31)
DAY = timedelta(days=1)


def asked(number: int, plate: str = "1XKV482", user: int = 1, file: str | None = None, at: datetime | None = None,
          consultation: int | None = None) -> AskedPlate:
    return AskedPlate(number, at or SINCE + number * DAY, user, UUID(int=consultation or number),
                      file or f"IN.{number}", plate)


def opened(number: int, at: datetime, user: int = 1, **more: object) -> Opened:
    return replace(Opened(UUID(int=number), user, at, f"IN.{number}"), **more)


def found(code: str, *, plates: tuple[AskedPlate, ...] = (), consultations: tuple[Opened, ...] = (),
          owners: dict[str, tuple[int | None, str]] | None = None) -> tuple[Finding, ...]:
    reviewed = review(Facts(SINCE, NOW, plates, consultations, owners or {}))
    return next(one.findings for one in reviewed if one.rule.code == code)


def test_an_ex_partner_looked_up_fourteen_times_stands_at_the_top() -> None:
    ex_partner = tuple(asked(number * 2) for number in range(14))
    work = tuple(asked(100 + number, plate=f"1ABC{number:03}", at=SINCE + number * DAY / 2) for number in range(60))
    reviewed = review(Facts(SINCE, NOW, tuple(sorted((*ex_partner, *work), key=lambda one: one.at)), (), {}))
    first = reviewed[0].findings[0]
    assert (first.times, first.measure, len(first.consultations)) == (14, 14, 14)
    assert str(first.what) == "plate 1XKV482: 14 questions in 14 consultations under 14 file numbers"
    assert ("plate", "1XKV482") in first.address("bart")
    assert sum(len(one.findings) for one in reviewed) == 2  # under several files, and over weeks


@pytest.mark.parametrize(("files", "stands_out"), [(2, False), (3, True)])
def test_one_plate_under_several_files_stands_out(files: int, stands_out: bool) -> None:
    assert bool(found("plate-under-files", plates=tuple(asked(n) for n in range(1, files + 1)))) == stands_out


def test_one_plate_under_its_own_file_stands_out_only_after_weeks_of_it() -> None:
    within = tuple(asked(n, file="PV.1", at=SINCE + n * timedelta(hours=8)) for n in range(10))
    assert found("plate-under-files", plates=within) == found("plate-over-weeks", plates=within) == ()
    over = tuple(asked(n, file="PV.1", at=SINCE + n * 2 * DAY) for n in range(8))
    assert [finding.measure for finding in found("plate-over-weeks", plates=over)] == [8]
    assert found("plate-over-weeks", plates=over[:7]) == ()


def test_two_officers_after_one_plate_are_two() -> None:
    assert found("plate-under-files", plates=tuple(asked(n, user=n) for n in range(1, 9))) == ()


def test_a_colleagues_plate_counts_from_the_first_question_and_is_not_said() -> None:
    (finding,) = found("colleague", plates=(asked(1),), owners={"1XKV482": (2, "An Peeters")})
    assert str(finding.what) == "a plate of An Peeters"
    assert "1XKV482" not in str(finding.address("bart"))
    (finding,) = found("colleague", plates=(asked(1),), owners={"1XKV482": (None, "")})
    assert str(finding.what) == "a plate of a colleague"


def test_ones_own_plate_is_another_rule() -> None:
    owners = {"1XKV482": (1, "Bart Lemmens")}
    assert found("colleague", plates=(asked(1),), owners=owners) == ()
    assert len(found("own-plate", plates=(asked(1),), owners=owners)) == 1


def test_many_plates_are_counted_by_file_and_day() -> None:
    at = SINCE + DAY
    many = tuple(asked(n, plate=f"1ABC{n:03}", file="IN.7", at=at + timedelta(minutes=n)) for n in range(20))
    (finding,) = found("many-plates", plates=many)
    assert (finding.measure, finding.pairs) == (20, (("file", "IN.7"),))
    assert found("many-plates", plates=many[:19]) == ()
    in_two_files = tuple(replace(one, file_number=f"IN.{number % 2}") for number, one in enumerate(many))
    assert found("many-plates", plates=in_two_files) == ()
    assert found("many-plates", plates=tuple(replace(one, plate="1XKV482") for one in many)) == ()


def day_work(days: int) -> tuple[Opened, ...]:
    """Return consultations at ten in the morning in Brussels, one a day, before and in the period."""
    return tuple(opened(n, NOW - (days - n) * DAY - timedelta(hours=3)) for n in range(days))


def test_an_hour_that_is_not_ones_own_stands_out() -> None:
    nights = tuple(opened(1000 + n, NOW - n * DAY - timedelta(hours=13)) for n in range(3, 0, -1))
    order = tuple(sorted((*day_work(60), *nights), key=lambda one: one.at))
    (finding,) = found("odd-hours", consultations=order)
    assert (finding.times, str(finding.what)) == (
        3, "outside the hours of their last 60 days: 0:00 (3)".replace("0:00 (3)", str(["0:00 (3)"])))
    assert found("odd-hours", consultations=tuple(one for one in order if one is not nights[0])) == ()


def test_whoever_works_at_night_has_nights_for_a_pattern_and_whoever_is_new_has_none() -> None:
    nights = tuple(opened(n, NOW - (60 - n) * DAY - timedelta(hours=13)) for n in range(60))
    assert found("odd-hours", consultations=nights) == ()
    new = (*day_work(19), *(opened(1000 + n, NOW - timedelta(hours=2 - n / 10)) for n in range(3)))
    assert found("odd-hours", consultations=new) == ()


def test_the_same_words_again_and_urgent_without_a_pv_are_counted() -> None:
    same = tuple(opened(n, SINCE + n * DAY, flags=("near-reason" if n == 2 else "same-reason",)) for n in range(1, 4))
    assert [finding.times for finding in found("same-words", consultations=same)] == [3]
    assert found("same-words", consultations=same[:2]) == ()
    late = opened(1, NOW - 5 * DAY, pv_due_at=NOW - 2 * DAY)
    assert len(found("no-pv", consultations=(late,))) == 1
    for fine in (replace(late, pv_due_at=NOW + DAY), replace(late, pv_given_at=NOW), replace(late, pv_due_at=None)):
        assert found("no-pv", consultations=(fine,)) == ()


def test_what_lies_before_the_period_is_a_pattern_and_no_finding() -> None:
    before = tuple(opened(n, SINCE - n * DAY, flags=("same-reason",), pv_due_at=SINCE) for n in range(9, 0, -1))
    assert found("same-words", consultations=before) == found("no-pv", consultations=before) == ()


def test_every_rule_has_a_code_of_its_own() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES) == 8
