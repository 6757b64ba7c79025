"""What forms say of a channel, read and checked; what is wrong is one sentence."""

from dataclasses import dataclass

from search.channels.schemas import ChannelRequest, PlaceForm, WishForm
from search.pages.language import Words, words
from services.errors import BadQuestionError
from services.hits.channel_addresses import is_address
from services.hits.channels import ChannelKind
from services.hits.events import EventKind
from services.watchlists.coverage import write_hours

_NAME = words("Give the channel a name of at most 60 characters.")
_KIND = words("Choose how hits are sent.")
_LEAST = words("Choose the lowest priority that is sent, 1 to 4.")
_EVENTS = words("Choose at least one thing to be told of.")
_HOURS = words("Give hours from 0 to 24.")
_ADDRESSES = {
    ChannelKind.mqtt: words("A topic begins with anpr/hits/ and holds letters, digits, - and _."),
    ChannelKind.webhook: words(
        "An address begins with https://, or on this machine with http://, and holds no password."),
    ChannelKind.email: words("Give one mailbox, such as wacht@zone.example."),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel leads."""

    name: str
    kind: ChannelKind
    address: str
    audience: str

    @classmethod
    def of(cls, stated: PlaceForm | ChannelRequest) -> "Place":
        """Read a form or a request; raises BadQuestionError with the sentence that helps."""
        name, address = " ".join(stated.name.split()), stated.address.strip()
        _require(0 < len(name) <= 60 and name.isprintable(), _NAME)
        _require(stated.kind in set(ChannelKind), _KIND)
        kind = ChannelKind(stated.kind)
        _require(is_address(kind, address), _ADDRESSES[kind])
        return cls(name, kind, address, stated.audience)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which hits of its group a channel is sent."""

    lists: tuple[str, ...]
    least_priority: int
    possible: bool
    events: tuple[EventKind, ...]
    hours: str | None

    @classmethod
    def of(cls, stated: WishForm) -> "Wish":
        """Read a form; raises BadQuestionError with the sentence that helps."""
        _require(stated.least_priority in {"1", "2", "3", "4"}, _LEAST)
        events = tuple(kind for kind in EventKind if kind in stated.events)
        _require(bool(events), _EVENTS)
        return cls(tuple(dict.fromkeys(stated.lists)), int(stated.least_priority), stated.possible == "yes", events,
                   _hours(stated))


def _hours(stated: WishForm) -> str | None:
    days = sorted({int(day) for day in stated.days if day in {"0", "1", "2", "3", "4", "5", "6"}}) or range(7)
    first, last = _hour(stated.first or "0"), _hour(stated.last or "24")
    return write_hours(days, first, last)


def _hour(word: str) -> int:
    _require(word.strip().isascii() and word.strip().isdigit() and len(word.strip()) <= 2 and int(word) <= 24, _HOURS)
    return int(word)


def _require(holds: bool, sentence: Words) -> None:
    if not holds:
        raise BadQuestionError(sentence)
