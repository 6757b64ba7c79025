"""From reads as the queries return them to reads as the API speaks of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from search.answers import Answer
from search.cameras.completeness import in_words as say_completeness
from search.cameras.queries import Camera
from search.cameras.schemas import answer_completeness
from search.pages.language import Language, Words
from search.pages.vocabulary import withheld
from search.program import Program
from search.reads.filters import Asked
from search.reads.pictures import address_pictures
from search.reads.queries import Passage, Read, ReadsPage
from search.reads.schemas import (
    CameraOfRead,
    EarlierReading,
    ReadInFull,
    ReadItem,
    ReadsAnswer,
    SpreadAnswer,
    SpreadBar,
    Vehicle,
    Withheld,
)
from search.reads.spread import Spread
from services.clock import utc_now

AROUND = timedelta(minutes=5)


def answer_search(program: Program, language: Language, answer: Answer[ReadsPage], asked: Asked, question: Words,
                  cameras: Sequence[Camera] = ()) -> ReadsAnswer:
    """Return the API's answer to a search; `cameras` give their codes where it is told how the answer lies."""
    page = answer.value
    return ReadsAnswer(
        items=[_item(language, read, address_pictures(program, read, answer.consultation)) for read in page.items],
        next=page.following.write() if page.following else None,
        withheld=answer_withheld(language, answer),
        without_colour=page.without_colour if asked.colour else None,
        complete=answer_completeness(page.completeness),
        completeness=language.say(say_completeness(page.completeness, utc_now(), asked.until)),
        question=language.say(question),
        spread=_answer_spread(page.spread, cameras) if page.spread else None)


def _answer_spread(spread: Spread, cameras: Sequence[Camera]) -> SpreadAnswer:
    codes = {camera.camera_id: camera.code for camera in cameras}
    return SpreadAnswer(
        total=spread.total, more=spread.more,
        bars=[SpreadBar(since=bar.since, until=bar.until, count=bar.count) for bar in spread.bars],
        cameras={codes[number]: count for number, count in spread.by_camera.items() if number in codes})


def answer_withheld(language: Language, answer: Answer[Any]) -> Withheld | None:
    """Return the part of a question that may not be answered, None when all of it may."""
    if not answer.withheld:
        return None
    before, reason = answer.permission.opened_from, answer.permission.beyond
    return Withheld(before=before, reason=reason, message=language.say(withheld(answer.permission)))


def _item(language: Language, read: Read, pictures: dict[str, str]) -> ReadItem:
    camera = CameraOfRead(code=read.camera_code, name=read.camera_name, municipality=read.municipality, road=read.road,
                          direction=read.camera_direction)
    vehicle = Vehicle(make=read.make, model=read.model, colour=read.colour, type=read.vehicle_type)
    return ReadItem(
        read_id=read.read_id, plate=None if read.unread else read.plate, country=read.country,
        captured_at=read.captured_at, received_at=read.received_at, camera=camera, gateway=read.gateway,
        confidence=read.confidence, direction=read.direction, facing=read.facing, lane=read.lane,
        speed_kmh=read.speed_kmh, vehicle=vehicle, late=read.late, clock_synchronised=read.clock_synchronised,
        images=pictures, probability=read.probability,
        why=language.show(read.why) if read.why else None)


def answer_in_full(language: Language, passage: Passage, pictures: dict[str, str]) -> ReadInFull:
    """Return the API's answer to the question for one passage."""
    read = passage.current
    return ReadInFull(
        **dict(_item(language, read, pictures)), plate_raw=read.plate_raw, country_raw=read.country_raw,
        delay_seconds=(read.received_at - read.captured_at).total_seconds(),
        earlier=[EarlierReading(plate=None if old.unread else old.plate, plate_raw=old.plate_raw, country=old.country,
                                confidence=old.confidence, received_at=old.received_at) for old in passage.earlier])


def around(read: Read) -> Asked:
    """Return the question for what the same camera saw around a read."""
    return Asked(camera=(read.camera_code,), from_=read.captured_at - AROUND, until=read.captured_at + AROUND)
