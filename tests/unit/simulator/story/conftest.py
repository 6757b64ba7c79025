"""One story for all tests of the story, and a small search over it that shares no code with the product's."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import msgspec
import pytest

from services.messages import Batch, Read
from services.plates import normalise
from simulator.network import load_network
from simulator.story.cases import tell
from simulator.story.command import Order, write_story

ANCHOR = datetime.fromisoformat("2026-11-23T08:00:00+01:00")
SEED = 1
DENSE_DAYS = 2


@dataclass(frozen=True)
class Told:
    """A story as written to files."""

    folder: Path
    anchor: datetime
    cases: dict
    story: dict
    reads: list

    def find(self, path):
        """Return the reads, past and live, that the search at `path` should find, oldest first."""
        keys = parse_qs(urlsplit(path).query)
        start, end = (datetime.fromisoformat(keys[key][0]).replace(tzinfo=ZoneInfo("Europe/Brussels"))
                      for key in ("from", "until"))
        return [read for read in [*self.reads, *self.live()]
                if start <= read.captured_at < end and read.camera in keys.get("camera", [read.camera])
                and _fits(normalise(read.plate) or "", keys.get("plate", [None])[0])]

    def live(self):
        """Return the live events as reads."""
        return [Read(camera=event["camera"], plate=event["plate_raw"],
                     captured_at=self.anchor + timedelta(seconds=event["after_s"] - event["late_s"]))
                for event in self.story["live"]]


def _fits(plate, pattern):
    return pattern is None or (len(plate) == len(pattern)
                               and all(wanted in ("?", is_) for wanted, is_ in zip(pattern, plate, strict=True)))


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("story")
    write_story(Order(folder, ANCHOR, DENSE_DAYS, SEED))
    cases = {case.id: case for case in tell(ANCHOR, load_network(), SEED)}
    return Told(folder, ANCHOR, cases, json.loads((folder / "story.json").read_bytes()), read_history(folder))


@cache
def read_history(folder):
    lines = (folder / "history.jsonl").read_bytes().splitlines()
    payloads = (msgspec.json.decode(line, type=dict[str, msgspec.Raw])["payload"] for line in lines)
    reads = [msgspec.json.decode(read, type=Read) for payload in payloads
             for read in msgspec.json.decode(payload, type=Batch).reads]
    return sorted(reads, key=lambda read: read.captured_at)
