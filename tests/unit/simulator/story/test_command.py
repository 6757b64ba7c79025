"""Written once a day, the same each time, and on a later day only what is new."""

import argparse
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest

from services.errors import BadQuestionError, ConfigurationError
from simulator.network import load_network
from simulator.story import command, roles
from simulator.story.command import Order, add_arguments, write_story
from simulator.story_events import load_story

ANCHOR = datetime.fromisoformat("2026-11-23T08:00:00+01:00")


@pytest.fixture
def order(tmp_path):
    return Order(tmp_path, ANCHOR, 1, 7, pictured=0)


def reads(order):
    lines = (msgspec.json.decode(line) for line in (order.folder / "history.jsonl").read_bytes().splitlines())
    return [(read["camera"], datetime.fromisoformat(read["captured_at"]))
            for line in lines for read in line["payload"]["reads"]]


def test_later_on_the_same_day_the_history_stays_and_the_anchor_too(order):
    write_story(order)
    before = [(order.folder / name).read_bytes() for name in ("history.jsonl", "story.json", "state.json")]
    assert write_story(replace(order, now=ANCHOR + timedelta(hours=5))) is None
    assert [(order.folder / name).read_bytes() for name in ("history.jsonl", "story.json", "state.json")] == before


def test_a_lost_history_is_written_again_byte_for_byte(order):
    write_story(order)
    before = (order.folder / "history.jsonl").read_bytes()
    (order.folder / "history.jsonl").unlink()
    write_story(replace(order, now=ANCHOR + timedelta(hours=5)))
    assert (order.folder / "history.jsonl").read_bytes() == before


def test_on_the_next_day_only_new_traffic_and_new_cases_are_written(order):
    write_story(order)
    first = set(reads(order))
    tomorrow = replace(order, now=ANCHOR + timedelta(days=1))
    write_story(tomorrow)
    second = set(reads(order))
    assert not first & second
    assert sum(captured >= ANCHOR for _, captured in second) > 3000
    # What is older belongs to the new cases.
    assert 0 < sum(captured < ANCHOR for _, captured in second) < 30


def test_another_seed_begins_anew(order):
    write_story(order)
    assert write_story(replace(order, seed=8)) > 20_000


def test_live_traffic_understands_the_story(order):
    write_story(order)
    events = load_story(order.folder / "story.json", load_network())
    assert [event.after_s for event in events][:2] == [60.0, 80.0]


def test_the_story_names_one_person_for_each_role_in_three_languages():
    assert [role.username for role in roles.ROLES] == [
        "els", "tom", "dirk", "sara", "koen", "ilse", "marc", "wim", "nadia"]
    assert len({role.role for role in roles.ROLES}) == 9
    for role in roles.ROLES:
        for words in (role.card.nl, role.card.fr, role.card.en):
            assert words.count(". ") == 1
            assert words.endswith(".")


@pytest.mark.parametrize("now", ["yesterday", "2026-11-23T08:00:00"])
def test_a_present_that_is_no_instant_is_refused(now, tmp_path):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(BadQuestionError):
        command.run(parser.parse_args(["--out", str(tmp_path), "--now", now]))


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(order):
    (order.folder / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot write the story"):
        write_story(replace(order, folder=order.folder / "file" / "below"))
