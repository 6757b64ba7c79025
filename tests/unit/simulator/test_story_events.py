"""The live events of a story."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.errors import BadQuestionError
from simulator.network import load_network
from simulator.story_events import load_story, stage

NETWORK = load_network()
START = datetime(2026, 11, 23, 8, tzinfo=UTC)
EVENT = {"after_s": 180.0, "camera": "BRE01A", "plate_raw": "3ABC12B", "truth_plate": "3-ABC-128", "country": "BE",
         "vehicle": {"make": "Volvo", "colour": "black", "type": "car"}, "confidence": 0.71, "direction": "towards",
         "lane": 1, "speed_kmh": 61.0, "facing": "rear"}


def write(folder: Path, story: object) -> Path:
    path = folder / "story.json"
    path.write_text(json.dumps(story))
    return path


def test_events_happen_so_long_after_the_start_and_are_read_as_the_story_says(tmp_path: Path) -> None:
    path = write(tmp_path, {"title": "not ours", "live": [EVENT, {**EVENT, "after_s": 5.0, "plate_raw": "3-ABC-128"}]})
    (early, _), (late, look) = stage(load_story(path, NETWORK), NETWORK, START)
    assert early.faults == ()
    assert late.passage.captured_at == START + timedelta(seconds=180)
    assert (late.plate, late.passage.vehicle.plate, late.faults) == ("3ABC12B", "3-ABC-128", ("misread",))
    assert (look.facing, look.direction) == ("rear", "towards")


@pytest.mark.parametrize(("story", "sentence"), [
    ({"live": [{**EVENT, "camera": "XXX99Z"}]}, "XXX99Z"),
    ({"live": [{**EVENT, "after_s": "soon"}]}, "cannot be understood"),
])
def test_a_story_that_cannot_be_played_is_one_sentence(tmp_path: Path, story: object, sentence: str) -> None:
    with pytest.raises(BadQuestionError, match=sentence):
        load_story(write(tmp_path, story), NETWORK)


def test_a_missing_story_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadQuestionError, match="cannot read"):
        load_story(tmp_path / "none.json", NETWORK)
