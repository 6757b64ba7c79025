"""Replays: hashes become plates, times move by whole weeks, the same row is always the same message."""

import argparse
import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from services.errors import BadQuestionError
from services.messages import Read
from simulator import replay
from simulator.plates import space
from simulator.pseudonyms import invent, is_hash, write_mapping
from simulator.reads_file import Row

HASH = "c25739ec2bde4bdcd4571aabee69a02b003ea274"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_a_hash_is_long_and_hexadecimal_and_no_plate_is() -> None:
    assert is_hash(HASH)
    assert is_hash(HASH.upper())
    assert not is_hash("3-ABC-123")
    assert not is_hash("DEADBEEF")


def test_a_hash_always_becomes_the_same_invented_plate() -> None:
    assert invent([HASH]) == invent([HASH, HASH.upper()])
    assert re.fullmatch(r"[3-7]-[A-Z]{3}-\d{3}", invent([HASH])[HASH])


def test_two_hashes_that_point_to_one_plate_get_two_whatever_their_order() -> None:
    low, high = f"{5:015x}" + "0" * 25, f"{5 + space('BE'):015x}" + "0" * 25
    mapping = invent([high, low])
    assert mapping == invent([low, high])
    assert len(set(mapping.values())) == 2
    assert mapping[low] == invent([low])[low]


def test_the_mapping_can_be_read_back(tmp_path: Path) -> None:
    mapping = invent([HASH, "ab" * 20])
    write_mapping(tmp_path / "var" / "m.csv", mapping)
    with (tmp_path / "var" / "m.csv").open() as file:
        assert {row["hash"]: row["plate"] for row in csv.DictReader(file)} == mapping


@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=6.9), timedelta(days=7), timedelta(days=1900.3)])
def test_the_newest_read_moves_by_whole_weeks_into_the_week_before_now(age: timedelta) -> None:
    newest = NOW - age
    moved = newest + replay.choose_shift(newest, NOW) * timedelta(weeks=1)
    assert NOW - timedelta(weeks=1) < moved <= NOW


def test_a_row_becomes_the_same_bytes_every_time() -> None:
    rows = [Row(datetime(2021, 10, 1, 7, 2, 8, tzinfo=UTC), "SPD08", HASH), Row(NOW, "SPD08", "3-ABC-123"),
            Row(NOW, "SPD08", "")]
    mapping = invent([HASH])
    once, again = (list(replay.encode_rows(rows, mapping, 267)) for _ in range(2))
    assert once == again
    hashed, plain, unread = (msgspec.json.decode(message, type=Read) for _, message in once)
    assert (hashed.plate, hashed.country) == (mapping[HASH], "BE")
    assert hashed.captured_at == datetime(2026, 11, 13, 7, 2, 8, tzinfo=UTC)
    assert (plain.plate, plain.country) == ("3-ABC-123", None)
    assert unread.plate is None


@pytest.mark.parametrize("arguments", [
    ["--gateway", "A/b"], ["--gateway", "x", "--batch", "0"], ["--gateway", "x", "--batch", "501"],
    ["--gateway", "x", "--speed", "0"], ["--gateway", "x", "--speed", "fast"], ["--gateway", "x", "--tz", "Mars"],
    ["--gateway", "x", "--columns", "colour=c"],
])
def test_an_option_that_makes_no_sense_is_one_sentence(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "reads.csv").write_text("time,camera,plate\n")
    parser = argparse.ArgumentParser()
    replay.add_arguments(parser)
    with pytest.raises(BadQuestionError, match=arguments[-2]):
        replay.run(parser.parse_args([str(tmp_path / "reads.csv"), *arguments]))


def test_a_file_without_a_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "reads.csv").write_text("time,camera,plate\n")
    parser = argparse.ArgumentParser()
    replay.add_arguments(parser)
    with pytest.raises(BadQuestionError, match="holds no read"):
        replay.run(parser.parse_args([str(tmp_path / "reads.csv"), "--gateway", "x"]))
