"""`story`: writes the demo's past and its story, once for each day on which the demo is started."""

import argparse
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from services.clock import iso_ms, local_day, midnight, to_milliseconds, utc_now
from services.errors import BadQuestionError, ConfigurationError
from simulator.faults import Outage
from simulator.network import load_network
from simulator.story.background import Period, draw_background
from simulator.story.cases import tell
from simulator.story.history import PICTURED_NEIGHBOURS, write_history
from simulator.story.lists import GROUPS, LISTS
from simulator.story.roles import ROLES
from simulator.story.tale import Case, Story, page_of, searched_plates
from simulator.story.tour import plan_tour

HISTORY, STORY, STATE = "history.jsonl", "story.json", "state.json"

_LOG = logging.getLogger(__name__)


class State(msgspec.Struct, frozen=True):
    """What the last run wrote: for which instant, and from when on background traffic was new (None: all of it)."""

    anchor: datetime
    since: datetime | None
    seed: int
    dense_days: int


@dataclass(frozen=True, slots=True)
class Order:
    """What `story` was asked to write; `dense_days` are days of full traffic before the anchor's day."""

    folder: Path
    now: datetime
    dense_days: int
    seed: int
    pictured: int = PICTURED_NEIGHBOURS
    """How many reads round the cases get pictures too."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `story` is given."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for history, story and state")
    parser.add_argument("--now", metavar="ISO", help="the story's present, with offset (default: now)")
    parser.add_argument("--dense-days", type=int, default=40, metavar="N", help="days of full traffic (default: 40)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and day tell the same story (default: 1)")


def run(arguments: argparse.Namespace) -> int:
    """Write the story and say how much there is."""
    order = Order(arguments.out, _parse_now(arguments.now), arguments.dense_days, arguments.seed)
    begin = time.perf_counter()
    reads = write_story(order)
    _LOG.info("story: %s reads in %.1f s", "the same" if reads is None else reads, time.perf_counter() - begin)
    return 0


def write_story(order: Order) -> int | None:
    """Write history, story and state; return how many reads, or None when today's history lies there already."""
    try:
        order.folder.mkdir(parents=True, exist_ok=True)
        return _write(order)
    except OSError as error:
        raise ConfigurationError(f"cannot write the story to {order.folder}: {error.strerror}") from None


def _write(order: Order) -> int | None:
    last = _read_state(order)
    again = last is not None and local_day(last.anchor) == local_day(order.now)
    state = last if last is not None and again else _next_state(order, last)
    cases = tell(state.anchor, load_network(), order.seed)
    _write_whole(order.folder / STORY, encode_story(cases, state.anchor))
    if again and (order.folder / HISTORY).exists():
        return None
    reads = _write_history(order, state, cases)
    # Last, so that a run which was cut short is done again.
    _write_whole(order.folder / STATE, msgspec.json.encode(state))
    return reads


def encode_story(cases: tuple[Case, ...], anchor: datetime) -> bytes:
    """Return `story.json`."""
    live = sorted((event for case in cases for event in case.live), key=lambda event: event.after_s)
    story = Story(iso_ms(anchor), ROLES, tuple(page_of(case) for case in cases), tuple(live),
                  tuple(one for case in cases for one in case.past),
                  tuple(one for case in cases for one in case.decisions), GROUPS, LISTS,
                  tuple(one for case in cases for one in case.watched),
                  tuple(one for case in cases for one in case.actions), plan_tour(cases))
    return msgspec.json.format(msgspec.json.encode(story), indent=1)


def _write_history(order: Order, state: State, cases: tuple[Case, ...]) -> int:
    oldest = midnight(local_day(state.anchor) - timedelta(days=order.dense_days))
    period = Period(max(state.since or oldest, oldest), state.anchor, with_year=state.since is None)
    silences = [silence for case in cases for silence in case.silences]
    # Tomorrow's story will say the same of today, whose traffic will then have been loaded.
    silences += [Outage(s.camera, s.start + timedelta(days=1), s.end + timedelta(days=1)) for s in silences]
    background = draw_background(load_network(), period, silences, searched_plates(cases), order.seed)
    unfinished = order.folder / f"{HISTORY}.unfinished"
    reads = write_history(unfinished, background, cases, order.pictured, state.anchor)
    unfinished.replace(order.folder / HISTORY)
    return reads


def _next_state(order: Order, last: State | None) -> State:
    since = last.anchor if last is not None and last.anchor < order.now else None
    return State(to_milliseconds(order.now), since, order.seed, order.dense_days)


def _read_state(order: Order) -> State | None:
    """Return what the last run wrote, or None when there was none or it told another story."""
    try:
        state = msgspec.json.decode((order.folder / STATE).read_bytes(), type=State)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    return state if (state.seed, state.dense_days) == (order.seed, order.dense_days) else None


def _write_whole(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _parse_now(text: str | None) -> datetime:
    if text is None:
        return utc_now()
    try:
        now = datetime.fromisoformat(text)
    except ValueError:
        raise BadQuestionError(f"--now is no instant: {text!r}; write 2026-11-23T08:00:00+01:00") from None
    if now.tzinfo is None:
        raise BadQuestionError("--now needs an offset: 2026-11-23T08:00:00+01:00")
    return now
