"""Showing hits: cards in a language, and which hits whom was shown."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from uuid import UUID

from search.hits.cards import Face, make_card
from search.hits.queries import Hit
from search.hits.radio import spell
from search.pages.language import Language
from search.pages.rendering import Pages
from services import audit
from services.clock import utc_now

_MOST_CARDS = 512
_MOST_SHOWN = 50_000


def shown_entry(hits: Sequence[Hit]) -> audit.Entry:
    """Return what the audit keeps of hits that somebody is shown: numbers, and never what they are about (R11)."""
    return shown_numbers({hit.hit_id for hit in hits}, {read_id for hit in hits for read_id in hit.read_ids})


def shown_numbers(hit_ids: Set[int], read_ids: Set[UUID]) -> audit.Entry:
    """Return the same of hits and reads by their numbers."""
    numbers = sorted(hit_ids)
    return audit.Entry(audit.Action.hits_shown, f"Hits getoond: {', '.join(map(str, numbers))}"[:500],
                       {"hits": numbers}, result_count=len(numbers), read_ids=sorted(read_ids))


@dataclass(slots=True)
class Shown:
    """Which reads this process has shown whom, so that their pictures leave no row of their own."""

    _seen: OrderedDict[tuple[int, UUID], None] = field(default_factory=OrderedDict)

    def note(self, user_id: int, hits: Iterable[Hit]) -> None:
        """Note that a row in the audit says that a user is shown these hits."""
        for hit in hits:
            for read_id in hit.read_ids:
                self._seen[user_id, read_id] = None
        while len(self._seen) > _MOST_SHOWN:
            self._seen.popitem(last=False)

    def holds(self, user_id: int, read_id: UUID) -> bool:
        """Tell whether a read was shown to a user."""
        return (user_id, read_id) in self._seen


@dataclass(slots=True)
class Painter:
    """Makes cards; the same card for a hundred boards is made once."""

    pages: Pages
    _made: OrderedDict[tuple[object, ...], str] = field(default_factory=OrderedDict)

    def card(self, hit: Hit, face: Face, language: Language) -> str:
        """Return a hit's card as HTML."""
        card = make_card(hit, face)
        key = (hit.hit_id, hit.version, hit.read_ids[:1], hit.state, card.is_own, bool(card.buttons), language.code)
        if (made := self._made.get(key)) is not None:
            self._made.move_to_end(key)
            return made
        text = self.pages.render(language, "hit_card.html", card=card, now=utc_now(), spell=spelling(language))
        self._made[key] = text
        while len(self._made) > _MOST_CARDS:
            self._made.popitem(last=False)
        return text


def spelling(language: Language) -> Callable[[str], str]:
    """Return what spells a plate in a language."""
    return lambda plate: spell(plate, language.code)
