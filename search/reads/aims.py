"""What a search aims at, as far as the legal gate cares: how much of a plate, how long, how many cameras."""

from sqlalchemy.ext.asyncio import AsyncEngine

from search.cameras.places import list_places
from search.reads.filters import Asked
from search.reads.places import choose_stays
from services.database import reading
from services.gate import WHOLE, Aim
from services.gate_rules import LIMITS

_UNKNOWN = "?"
_MOST_NEEDED = LIMITS["known_characters"][1]
"""A question that names so many characters is about a vehicle, however few the DPO wants named."""


async def find_aim(engine: AsyncEngine, asked: Asked) -> Aim:
    """Return what a question aims at; its cameras are counted unless it names enough of a plate for any rule."""
    known = known_characters(asked)
    return Aim(known, plates=_in_full(asked), since=asked.from_, until=asked.until,
               cameras=0 if known >= _MOST_NEEDED else await _count_cameras(engine, asked))


def known_characters(asked: Asked) -> int:
    """Return how many characters of a plate a question names, of its vaguest plate; WHOLE for plates in full."""
    if asked.witness:
        return sum(character != _UNKNOWN for character in asked.witness)
    if asked.plate and all(pattern.exact for pattern in asked.plate):
        return WHOLE
    return min((sum(slot is not None and len(slot) == 1 for slot in pattern.slots) for pattern in asked.plate),
               default=0)


def _in_full(asked: Asked) -> frozenset[str]:
    if asked.alike is not None or asked.witness or not all(pattern.exact for pattern in asked.plate):
        return frozenset()
    return frozenset(map(str, asked.plate))


async def _count_cameras(engine: AsyncEngine, asked: Asked) -> int:
    wanted = [(place.holds, place.value) for place in asked.places()]
    if len(wanted) == 1 and asked.camera:
        return len(asked.camera)
    async with reading(engine) as connection:
        found = await list_places(connection)
    return len({stay.camera_id for stay in choose_stays(found, wanted)})
