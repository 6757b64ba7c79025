"""What the search bench makes of its times, and how much disk it asks for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.bench.asking import Asked
from deploy.bench.engines.child import ask_twice
from deploy.bench.figures import Figure
from deploy.bench.questions import KINDS
from deploy.bench.search_bench import PERIODS, Passes, figures_of, growth
from deploy.bench.year.filling import weeks_of
from deploy.bench.year.store import check_disk, legal_year
from services.clock import midnight
from services.errors import ConfigurationError
from services.retention_rule import cut_off

YEAR, MONTH = PERIODS
TIMES = tuple(Asked(float(number), number / 2) for number in range(1, 101))


def test_only_the_years_warm_95th_percentile_has_a_goal() -> None:
    with_goal = [figure for period in PERIODS for figure in figures_of(period, KINDS[0], Passes(TIMES, TIMES))
                 if figure.goal]
    assert [(figure.name, figure.value, figure.goal) for figure in with_goal] == [
        ("year: exact plate, p95 warm", 96.0, 15)]


def test_a_pass_that_ran_out_of_time_says_how_many_were_asked() -> None:
    names = [figure.name for figure in figures_of(MONTH, KINDS[0], Passes(TIMES, TIMES))]
    assert "month: exact plate, asked in time, of 1000" in names


def test_growth_has_a_goal_only_where_the_answer_is_no_longer_quick() -> None:
    figures = [Figure("year: a, p95 warm", 12.0, "ms", "lower"), Figure("year: b, p95 warm", 4.0, "ms", "lower"),
               Figure("year: a, p50 warm", 3.0, "ms", "lower"), Figure("month: a, p95 warm", 3.0, "ms", "lower")]
    found = growth(figures, {"year: a, p95 warm": 6.0, "year: b, p95 warm": 1.0, "year: a, p50 warm": 1.0})
    assert [(figure.value, figure.goal) for figure in found] == [(2.0, 1.5), (4.0, None)]
    assert growth(figures, {}) == []


def test_more_reads_than_the_disk_holds_are_refused_with_a_number_that_fits(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"ROWS=\d+000000 would fit"):
        check_disk(tmp_path, 10**13)


def test_the_year_is_whole_days_behind_the_cut_off_cut_into_weeks() -> None:
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    first, last = legal_year(now)
    weeks = weeks_of("", 1, first, last)
    assert midnight(first) > cut_off(now)
    assert sum(len(week.days()) for week in weeks) == (last - first).days
    assert all(week.monday.weekday() == 0 for week in weeks)
    assert weeks[1].name == f"reads_{weeks[1].first:%Y_%m_%d}"


def test_an_engine_is_asked_every_question_twice_and_the_second_times_count() -> None:
    asked: list[str] = []

    def ask(statement: str) -> int:
        asked.append(statement)
        return len(statement)

    found = ask_twice(ask, [["count", "page"], ["other"]], within_s=60)
    assert asked == ["count", "page", "other"] * 2
    assert (len(found["times_ms"]), found["rows"]) == (2, 9)
