"""A line of a delivery is held to the rules of any entry, and becomes a row of which nothing is lost or added."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.clock import midnight
from services.watchlists import delivery_lines
from services.watchlists.audiences import Audience
from services.watchlists.categories import Category
from services.watchlists.delivery_files import COLUMNS, TEXTS, Layout, Line
from services.watchlists.delivery_lines import STAGED, TERMS, Staging, read_moment
from services.watchlists.drafting import Checked, Draft, Ground, Incomplete, check

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
UNTIL = NOW + timedelta(days=100)
REST = Draft(country="BE", measure="stop het voertuig", reason="Gestolen volgens aangifte te Bree",
             file_number="BR.1/2026", requester="Dienst voertuigen", until=UNTIL)
GROUND = Ground(Category.stolen_vehicle, 1, 1, "WPA art. 44/11/3bis", "Federale politie",
                {"dispatch": Audience(1, "dispatch", "Meldkamer", ("tecint",), ())}, {}, {}, frozenset())


def layout(*columns: str) -> Layout:
    return Layout({name: place for place, name in enumerate(columns)}, ";", len(columns))


def stage(columns: tuple[str, ...], *lines: list[str] | None, ground: Ground = GROUND) -> Staging:
    staging = Staging(ground, REST, NOW)
    take = staging.reader(layout(*columns))
    for number, cells in enumerate(lines, 2):
        take(Line(1, number, cells))
    return staging


def row(names: tuple[str, ...], written: str) -> dict[str, str | None]:
    """Return a row of COPY as its columns."""
    assert written.endswith("\n")
    cells = written.removesuffix("\n").split("\t")
    assert len(cells) == len(names)
    return {name: None if cell == r"\N" else cell.replace("\\\\", "\\")
            for name, cell in zip(names, cells, strict=True)}


def test_what_lines_say_alike_is_staged_once() -> None:
    staging = stage(("source_key", "plate", "reason", "file_number"), *(
        [f"K{n}", f"3-QXA-{n:03}", "Gestolen te Peer, aangifte", f"BR.{n}/2026"] for n in range(10, 60)))
    assert len(staging.terms) == 1
    assert [row(STAGED, one)["file_number"] for one in staging.staged][:2] == ["BR.10/2026", "BR.11/2026"]
    assert row(TERMS, staging.terms[0]) == {
        "term": "1", "country": "BE", "measure": "stop het voertuig", "reason": "Gestolen te Peer, aangifte",
        "legal_basis": "WPA art. 44/11/3bis", "authority": "Federale politie", "file_number": "BR.10/2026",
        "requester": "Dienst voertuigen", "since": None, "until": UNTIL.isoformat()}


def test_what_was_so_before_is_watched_for_from_now_and_what_will_be_from_then() -> None:
    staging = stage(("plate", "since"), ["3QXA001", "01/01/2019"], ["3QXA002", "2026-12-01"], ["3QXA003", ""])
    assert [row(TERMS, one)["since"] for one in staging.terms] == [None, "2026-11-30T23:00:00+00:00", None]


def test_more_patterns_than_can_be_followed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_lines, "MOST_PATTERNS", 2)
    staging = stage(("source_key", "plate"), *([f"K{n}", f"3QXA{n}??"] for n in range(4)), ["K9", "3QXA001"])
    assert [(one.line, one.why) for one in staging.refused] == [(4, "line.patterns"), (5, "line.patterns")]
    assert [row(STAGED, one)["operation"] for one in staging.staged] == ["a", "a", "x", "x", "a"]


def test_a_list_that_may_hold_no_patterns_holds_none() -> None:
    ground = Ground(Category.uninsured, 3, 1, "wet", "GOCA", GROUND.audiences, {}, {}, frozenset())
    assert [one.why for one in stage(("plate",), ["3QXA0??"], ["3QXA001"], ground=ground).refused] == ["plate.pattern"]


@pytest.mark.parametrize(("written", "ends", "found"), [
    ("2026-12-31", False, midnight(date(2026, 12, 31))), ("31/12/2026", True, midnight(date(2027, 1, 1))),
    ("31.12.2026 14:05", True, datetime(2026, 12, 31, 13, 5, tzinfo=UTC)),
    ("2026-12-31T14:05Z", True, datetime(2026, 12, 31, 14, 5, tzinfo=UTC)), ("9999-12-31", True, None),
    ("31/02/2026", True, None), ("", True, None), ("morgen", True, None), ("0001-01-01T00:00+14:00", False, None)])
def test_moments_are_read_as_they_are_usually_written(written: str, ends: bool, found: datetime | None) -> None:
    assert read_moment(written, ends=ends) == found


_CELLS = st.one_of(st.text(max_size=12), st.sampled_from([
    "", "3QXA001", "3-QXA-001", "3QX????", "??", "BE", "any", "be", "Gestolen te Bree in de nacht", "onderzoek",
    "BR.1/2026", "2027-01-01", "2019-01-01", "2226-01-01", "K1", "=K", "a\\tb", "\x00", "\t", "\ud800"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(_CELLS, min_size=len(TEXTS) + 2, max_size=len(TEXTS) + 2), min_size=1, max_size=4))
def test_a_line_is_taken_just_when_its_entry_lacks_nothing(lines: list[list[str]]) -> None:
    """Line by line, by the rules themselves: what is remembered of one line is never wrong of another."""
    columns = ("source_key", "plate", *TEXTS)
    staging = Staging(GROUND, REST, NOW)
    take = staging.reader(layout(*columns))
    for number, cells in enumerate(lines, 1):
        before = len(staging.refused)
        take(Line(1, number, cells))
        why = staging.refused[before].why if len(staging.refused) > before else ""
        if why.startswith("line."):
            continue
        alone = stage(columns, cells)
        assert (alone.refused[0].why if alone.refused else "") == why
        outcome = check(_draft(cells), GROUND, NOW)
        assert isinstance(outcome, Checked) == (why == "")
        if isinstance(outcome, Incomplete):
            assert set(why.split(",")) == set(outcome.lacking)
        else:
            written = row(STAGED, staging.staged[-1])
            assert (written["plate"], written["pattern"]) == (outcome.plate, "t" if outcome.pattern else "f")
            assert written["file_number"] in (None, outcome.file_number)
    assert all(len(one.split("\t")) == len(STAGED) for one in staging.staged)
    assert all(len(one.split("\t")) == len(TERMS) for one in staging.terms)


def _draft(cells: list[str]) -> Draft:
    """Return what a line states, the long way round."""
    said = dict(zip(("source_key", "plate", *TEXTS), (cell.strip() for cell in cells), strict=True))
    since = read_moment(said["since"], ends=False) if said["since"] else NOW
    country = "any" if said["country"].lower() == "any" else said["country"].upper()
    return Draft(
        plate=cells[1], country=country or REST.country, measure=said["measure"] or REST.measure,
        reason=said["reason"] or REST.reason, legal_basis=said["legal_basis"], authority=said["authority"],
        file_number=said["file_number"] or REST.file_number, requester=said["requester"] or REST.requester,
        since=since and max(since, NOW), until=read_moment(said["until"], ends=True) if said["until"] else UNTIL)


def test_every_column_of_a_line_has_a_place() -> None:
    assert set(COLUMNS) == {"source_key", "plate", "operation", *TEXTS}
