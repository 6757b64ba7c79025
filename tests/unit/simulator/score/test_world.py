"""A world to be scored, and what its files say of it."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from services.messages import Batch, Read
from simulator.score.sampling import draw_sample
from simulator.score.teach import draw_passages
from simulator.score.truth import RECORDED, TAUGHT, load_texts, load_truth, load_world
from simulator.score.world import MISREADS, MISSES, Options, write_world

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world."""
    folder = tmp_path_factory.mktemp("world")
    write_world(folder, Options(4000, 2500, 1, NOW))
    return folder


def _told(folder: Path) -> list[Read]:
    lines = (msgspec.json.decode(line) for line in (folder / RECORDED).read_bytes().splitlines())
    batches = (msgspec.convert(line["payload"], dict) for line in lines)
    return [msgspec.convert(read, Read) for batch in batches for read in batch["reads"]]


def test_what_is_recorded_is_what_backfill_reads(world: Path) -> None:
    for line in (world / RECORDED).read_bytes().splitlines():
        recorded = msgspec.json.decode(line)
        assert recorded["topic"].endswith("/reads")
        msgspec.json.decode(msgspec.json.encode(recorded["payload"]), type=Batch)


def test_misses_and_misreads_come_as_often_as_they_should(world: Path) -> None:
    trips = [passage for passage in load_truth(world) if passage.trip]
    counts = Counter(passage.outcome for passage in trips)
    assert counts["missed"] / len(trips) == pytest.approx(MISSES, abs=0.01)
    assert counts["misread"] / len(trips) == pytest.approx(MISREADS, abs=0.01)


def test_the_silent_camera_tells_nothing_while_it_is_silent(world: Path) -> None:
    figures = load_world(world)
    silent = [read for read in _told(world) if read.camera == figures.silent_camera
              and figures.silent_from <= read.captured_at < figures.silent_until]
    assert silent == []
    assert any(passage.outcome == "silent" for passage in load_truth(world))


def test_every_text_counts_the_reads_that_show_it(world: Path) -> None:
    best: dict[str, tuple[int, str]] = {}
    for read in _told(world):
        assert read.passage is not None
        best[read.passage.id] = max(best.get(read.passage.id, (-1, "")), (read.passage.revision, read.plate or ""))
    shown = Counter(plate for _, plate in best.values())
    assert {text: count for text, count in load_texts(world).items() if count} == shown


def test_a_misread_text_is_never_the_true_plate(world: Path) -> None:
    misread = [passage for passage in load_truth(world) if passage.outcome == "misread"]
    assert misread
    assert all(passage.read != passage.plate for passage in misread)
    assert any(passage.corrected for passage in misread)
    assert not all(passage.corrected for passage in misread)


def test_what_was_learned_from_is_not_scored(world: Path, tmp_path: Path) -> None:
    before = draw_sample(world, (10_000, 50, 0), 1)
    corrected = {passage.plate for passage in load_truth(world) if passage.corrected}
    assert not corrected & set(before.misread)
    for file in world.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / TAUGHT).write_bytes(msgspec.json.encode([before.misread[0]]))
    assert before.misread[0] not in draw_sample(tmp_path, (10_000, 50, 0), 1).misread


def test_plates_asked_for_besides_were_never_misread(world: Path) -> None:
    sample = draw_sample(world, (10_000, 200, 0), 1)
    misread = {passage.plate for passage in load_truth(world) if passage.outcome == "misread"}
    assert len(sample.others) == 200
    assert not misread & set(sample.others)
    assert sample.weights[0] == 1.0
    assert sample.weights[1] > 10


def test_time_and_place_are_asked_of_vehicles_that_were_also_read_rightly(world: Path) -> None:
    sample = draw_sample(world, (0, 0, 10_000), 1)
    right = {passage.plate for passage in load_truth(world) if passage.trip and passage.outcome == "read"}
    assert sample.on_trips
    assert set(sample.on_trips) <= right
    assert all(passage.trip for plate in sample.on_trips for passage in sample.passages[plate])


def test_pictures_are_looked_at_by_chance_whether_they_were_read_rightly_or_not(world: Path) -> None:
    drawn = draw_passages(world, 2000, 1)
    assert {passage.outcome for passage in drawn} == {"read", "misread"}
    assert not any(passage.corrected for passage in drawn)


def test_the_same_seed_gives_the_same_world(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_world(tmp_path / name, Options(300, 300, 5, NOW))
    assert (tmp_path / "one" / RECORDED).read_bytes() == (tmp_path / "two" / RECORDED).read_bytes()
