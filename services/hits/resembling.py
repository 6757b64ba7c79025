"""How probably a read of one text was the plate of an entry: look-alikes, weighed by who was really there.

The weighing is that of a search (decisions 0080 and 0105), for one text at a time: what can be no misread worth naming
is left out before anything is looked up.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.lookalikes.model import Model
from services.lookalikes.rows import count_reads
from services.lookalikes.variants import Variant, plates_behind
from services.lookalikes.weighing import Alike, Asked, Told, Weighing, hopeful, still_hopeful

COMES_NEAR = 0.03
"""A plate that is read as the same text less often than the entry's by this factor is no rival."""

_COUNTS_HOLD = timedelta(minutes=10)
"""So long it is remembered how often an entry's own plate was read."""
_MOST_REMEMBERED = 50_000
_AT_ONCE = 4
"""So many suspects are weighed in one piece: four milliseconds."""

Breathe = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A text that may be a misread of a plate that is watched for, and what its least certain read says of itself."""

    plate: str
    text: str
    variant: Variant
    least_probability: float
    least_confidence: float | None


class Counts:
    """How often the plates of entries were read, for a while."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, int]] = {}

    async def of(self, connection: AsyncConnection, plates: Collection[str], now: datetime) -> Mapping[str, int]:
        """Return how often each plate was read within the window; absent when never."""
        old = [plate for plate in plates if plate not in self._known or self._known[plate][0] + _COUNTS_HOLD < now]
        if old:
            if len(self._known) + len(old) > _MOST_REMEMBERED:
                self._known.clear()
            counted = await count_reads(connection, old, now)
            self._known |= {plate: (now, counted.get(plate, 0)) for plate in old}
        return {plate: self._known[plate][1] for plate in plates if plate in self._known}


async def weigh(connection: AsyncConnection, model: Model, suspects: Sequence[Suspect], counts: Counts,
                now: datetime, breathe: Breathe) -> dict[tuple[str, str], Alike]:
    """Return, by plate and text, what speaks for each suspect that may be worth naming.

    Every suspect takes up to a millisecond of the processor; `breathe` is awaited after each.
    """
    own = await counts.of(connection, {one.plate for one in suspects}, now)
    asked = {plate: Asked(model, plate, own.get(plate, 0)) for plate in own}
    hopes = await _hopeful(asked, suspects, {}, breathe)
    if not hopes:
        return {}
    times = await count_reads(connection, {one.text for one in hopes}, now)
    hopes = await _hopeful(asked, hopes, times, breathe)
    weighed: dict[tuple[str, str], Alike] = {}
    for place in range(0, len(hopes), _AT_ONCE):  # a long list of texts takes the driver long, in one piece
        some = hopes[place:place + _AT_ONCE]
        behind: dict[tuple[str, str], Mapping[str, Variant]] = {}
        for one in some:
            behind[one.plate, one.text] = plates_behind(model.confusions, one.text, one.variant.rate * COMES_NEAR)
            await breathe()
        others = await count_reads(connection, {plate for plates in behind.values() for plate in plates}, now)
        weighed |= _weighed(some, asked, times, behind, others)
        await breathe()
    return weighed


async def _hopeful(asked: Mapping[str, Asked], suspects: Iterable[Suspect], times: Mapping[str, int],
                   breathe: Breathe) -> list[Suspect]:
    hopes = []
    for one in suspects:
        if _may_be(asked[one.plate], one, times.get(one.text, 1)):
            hopes.append(one)
        await breathe()
    return hopes


def _may_be(asked: Asked, suspect: Suspect, times: int) -> bool:
    """Tell whether a text can reach the level, were no other plate near."""
    variants, level = {suspect.text: suspect.variant}, suspect.least_probability
    if not hopeful(asked, variants, level):
        return False
    return bool(still_hopeful(asked, variants, {suspect.text: Told(times, suspect.least_confidence)}, level))


def _weighed(hopes: Iterable[Suspect], asked: Mapping[str, Asked], times: Mapping[str, int],
             behind: Mapping[tuple[str, str], Mapping[str, Variant]],
             others: Mapping[str, int]) -> dict[tuple[str, str], Alike]:
    by_plate: dict[str, list[Suspect]] = defaultdict(list)
    for one in hopes:
        by_plate[one.plate].append(one)
    weighed: dict[tuple[str, str], Alike] = {}
    for plate, some in by_plate.items():
        weighing = Weighing(asked[plate], {one.text: one.variant for one in some},
                            {one.text: times.get(one.text, 1) for one in some},
                            {one.text: behind[plate, one.text] for one in some}, others)
        weighed |= {(plate, alike.text): alike for alike in weighing.alikes()}
    return weighed
