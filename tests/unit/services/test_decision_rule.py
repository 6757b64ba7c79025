"""What a registration must say: on both sides of every boundary."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.clock import ZONE
from services.decision_rule import Registration, months_after, tidy_text
from services.errors import BadQuestionError

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
GOOD = Registration(
    reference="PDK 12/2026", file_number="GE.11.L1.004512/2026", magistrate="Mr. L. Claes",
    decided_on=date(2026, 11, 20), reasons="Ernstige aanwijzingen van diefstal.", offence_of_a_year=True,
    plates=("3ABC123",), cameras=None, since=datetime(2026, 8, 1, tzinfo=UTC), until=datetime(2026, 11, 1, tzinfo=UTC),
    expires_on=date(2026, 12, 31), document=b"%PDF-1.7\n", document_name="b.pdf")


def brussels(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [
    {"decided_on": date(2026, 11, 23)}, {"reasons": "x" * 20}, {"expires_on": date(2026, 11, 21)},
    {"expires_on": date(2027, 11, 20)}, {"decided_on": date(2024, 2, 29), "expires_on": date(2025, 2, 28)},
    {"since": brussels(2025, 10, 31), "until": brussels(2026, 11, 30, 23, 59)}, {"plates": None},
    {"cameras": (1, 2)}, {"plates": ("3ABC123",) * 60},
])
def test_what_lies_within_every_limit_is_taken(changes: dict[str, Any]) -> None:
    assert replace(GOOD, **changes).checked(NOW)


@pytest.mark.parametrize(("changes", "field"), [
    ({"decided_on": date(2026, 11, 24)}, "decided_on"), ({"reasons": "x" * 19}, "reasons"),
    ({"reasons": "  x  " * 10}, "reasons"), ({"expires_on": date(2026, 11, 20)}, "expires_on"),
    ({"expires_on": date(2027, 11, 21)}, "expires_on"),
    ({"decided_on": date(2024, 2, 29), "expires_on": date(2025, 3, 1)}, "expires_on"),
    ({"since": brussels(2025, 10, 31), "until": brussels(2026, 12, 1)}, "until"),
    ({"until": GOOD.since}, "until"), ({"plates": ()}, "plates"), ({"cameras": ()}, "cameras"),
    ({"plates": tuple(f"1AAA{number:03}" for number in range(51))}, "plates"), ({"document": b""}, "document"),
    ({"document": b"<svg/>"}, "document"), ({"document": b"%PDF-1.7" + bytes(10 * 1024 * 1024)}, "document"),
    ({"reference": "a\u202eb c"}, "reference"), ({"file_number": "zonder cijfer"}, "file_number"),
])
def test_what_lies_outside_one_is_refused_by_the_fields_name(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadQuestionError, match=f"^{field}: "):
        replace(GOOD, **changes).checked(NOW)


def test_today_is_todays_in_brussels() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert replace(GOOD, decided_on=date(2026, 11, 24)).checked(late)


def test_it_is_in_force_to_the_end_of_its_last_day_in_brussels() -> None:
    assert replace(GOOD, expires_on=date(2026, 12, 31)).expires_at == brussels(2027, 1, 1)
    assert replace(GOOD, expires_on=date(2026, 10, 25)).expires_at == brussels(2026, 10, 26)


def test_surplus_blanks_and_doubles_leave() -> None:
    told = replace(GOOD, reference=" PDK  12/2026 ", plates=("4XYZ789", "3ABC123", "4XYZ789")).checked(NOW)
    assert (told.reference, told.plates) == ("PDK 12/2026", ("3ABC123", "4XYZ789"))
    assert tidy_text(" a  b \r\n\n c ") == "a b\nc"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 40))
def test_months_are_counted_by_the_calendar(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
