"""An action as it is typed: what is wrong with it is said."""

from datetime import UTC, datetime, timedelta

import pytest

from search.actions.schemas import ActionForm
from search.actions.stating import read_action
from services.errors import BadQuestionError

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
CAMERAS = {"BRE01A": 11, "BRE02A": 12, "BRE03A": 13}
TYPED = {"name": "  N715   Eksel ", "place": "Parking", "file_number": "HA.21.L3.1/2026", "since": "",
         "until": "23/11/2026 17:00", "lists": ["7"], "teams": "Alfa\nBravo, Alfa",
         "camera": ["BRE01A", "BRE02A", "BRE03A"], "soonest": ["2", "", "1,5"], "latest": ["4", "", "3"]}


def test_what_was_typed_becomes_an_action() -> None:
    planned = read_action(ActionForm(**TYPED), CAMERAS, [7, 8], NOW)
    assert (planned.name, planned.since, planned.until) == ("N715 Eksel", NOW, NOW + timedelta(hours=3))
    assert planned.cameras == {11: (120, 240), 13: (90, 180)}
    assert (planned.list_ids, planned.teams) == ((7,), ("Alfa", "Bravo"))


@pytest.mark.parametrize("changes", [
    {"name": "N"}, {"name": "x" * 61}, {"name": "N7\u202e15"}, {"place": "x" * 61}, {"file_number": ""}, {"until": ""},
    {"until": "gisteren"}, {"until": "23/11/2026 13:59"}, {"until": "25/11/2026 17:00"},
    {"since": "23/01/2027 13:00", "until": "23/01/2027 15:00"}, {"since": "23/11/2026 18:00"},
    {"lists": []}, {"lists": ["9"]}, {"lists": ["7", "x", "9"]}, {"teams": " , "}, {"teams": "x" * 31},
    {"teams": ",".join(str(number) for number in range(13))},
    {"soonest": ["", "", ""], "latest": ["", "", ""]}, {"soonest": ["4"], "latest": ["2"]}, {"soonest": ["-1"]},
    {"soonest": ["2"], "latest": ["2"]}, {"latest": ["61"]}, {"latest": ["nan"]}, {"latest": ["1e999"]},
    {"soonest": ["2"], "latest": [""]}, {"camera": ["XXX"]}])
def test_what_is_wrong_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadQuestionError):
        read_action(ActionForm(**{**TYPED, **changes}), CAMERAS, [7, 8], NOW)
