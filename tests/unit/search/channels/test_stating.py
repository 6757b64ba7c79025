"""What forms say of a channel: wrong words get a sentence, right ones are read."""

from typing import Any

import pytest

from search.channels.schemas import PlaceForm, WishForm
from search.channels.stating import Place, Wish
from services.errors import BadQuestionError
from services.hits.channels import ChannelKind
from services.hits.events import EventKind
from services.watchlists.coverage import write_hours

PLACE = {"name": " CAD  Bree ", "kind": "webhook", "address": " https://cad.zone.example/hits ", "audience": "dispatch"}
WISH: dict[str, Any] = {"least_priority": "2", "events": ["ended", "raised"]}


def test_a_place_is_read_and_tidied() -> None:
    assert Place.of(PlaceForm(**PLACE)) == Place("CAD Bree", ChannelKind.webhook, "https://cad.zone.example/hits",
                                                 "dispatch")


@pytest.mark.parametrize("change", [
    {"name": " "}, {"name": "x" * 61}, {"name": "a\u0000b"}, {"kind": "pigeon"}, {"address": "http://cad.zone.example/"},
    {"kind": "email"}, {"kind": "mqtt"}])
def test_a_wrong_place_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(BadQuestionError):
        Place.of(PlaceForm(**{**PLACE, **change}))


def test_a_wish_is_read() -> None:
    wish = Wish.of(WishForm(**WISH, days=["4", "5", "9"], first="22", last="6", possible="yes", lists=["a", "b", "a"]))
    assert wish == Wish(("a", "b"), 2, True, (EventKind.raised, EventKind.ended), write_hours((4, 5), 22, 6))
    assert Wish.of(WishForm(**WISH)).hours is None


@pytest.mark.parametrize("change", [
    {"least_priority": "0"}, {"least_priority": ""}, {"events": []}, {"events": ["born"]}, {"first": "25"},
    {"last": "-1"}, {"first": "\u0661"}])
def test_a_wrong_wish_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadQuestionError):
        Wish.of(WishForm(**{**WISH, **change}))
