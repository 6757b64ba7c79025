"""Boards that come again are told together; nobody waits for what another missed, or for who has left."""

import asyncio
from collections.abc import Sequence

import pytest

from search.hits.catching_up import CatchingUp, Missed, choose
from search.hits.streams import Stream
from search.pages.language import DUTCH
from search.pages.rendering import load_pages
from services.audit import Actor

_DUTCH = load_pages().languages[DUTCH]


def stream(sent: int) -> Stream:
    return Stream(1, Actor("an.peeters", "tecint", "127.0.0.1"), True, "tecint", b"", True, _DUTCH, False, sent)


class Looks:
    """What was looked at, each time; a look takes a moment, and fails where it is told to."""

    def __init__(self, failing: int = 0) -> None:
        self.looked: list[list[int]] = []
        self._failing = failing

    async def __call__(self, streams: Sequence[Stream]) -> dict[Stream, Missed]:
        self.looked.append(sorted(one.sent for one in streams))
        await asyncio.sleep(0.01)
        if len(self.looked) <= self._failing:
            raise OSError("the database is away")
        return {one: Missed(b"x", one.sent + 1, is_all=True) for one in streams}


async def test_those_who_come_at_the_same_moment_are_told_in_one_look() -> None:
    looks = Looks()
    catching_up = CatchingUp(looks, 200)
    told = await asyncio.gather(*(catching_up.hear(stream(sent)) for sent in (5, 7, 9)))
    assert [one.reached for one in told] == [6, 8, 10]
    assert looks.looked == [[5, 7, 9]]


async def test_who_comes_during_a_look_is_told_in_the_next() -> None:
    looks = Looks()
    catching_up = CatchingUp(looks, 200)
    first = asyncio.create_task(catching_up.hear(stream(5)))
    await asyncio.sleep(0.005)
    await asyncio.gather(first, catching_up.hear(stream(6)), catching_up.hear(stream(7)))
    assert looks.looked == [[5], [6, 7]]


async def test_nobody_waits_for_what_another_missed() -> None:
    looks = Looks()
    catching_up = CatchingUp(looks, 200)
    await asyncio.gather(*(catching_up.hear(stream(sent)) for sent in (3, 1000, 801, 800)))
    assert looks.looked == [[801, 1000], [800], [3]]


async def test_a_look_that_fails_fails_for_each_of_them_and_the_next_is_told() -> None:
    catching_up = CatchingUp(Looks(failing=1), 200)
    failed = await asyncio.gather(*(catching_up.hear(stream(5)) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in failed] == [OSError, OSError]
    assert (await catching_up.hear(stream(5))).reached == 6


async def test_who_leaves_while_waiting_is_left_out_and_holds_up_nobody() -> None:
    looks = Looks()
    catching_up = CatchingUp(looks, 200)
    waiting = [asyncio.create_task(catching_up.hear(stream(sent))) for sent in (5, 6, 7)]
    await asyncio.sleep(0.005)
    waiting[0].cancel()
    assert [one.reached for one in await asyncio.gather(*waiting[1:])] == [7, 8]
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    await catching_up.stop()


def test_a_look_is_for_those_who_missed_least() -> None:
    assert [one.sent for one in choose([stream(0), stream(200), stream(199)], 200)] == [200, 199]
