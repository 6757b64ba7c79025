"""What the zone calls its places, as the database has it now."""

from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncEngine

from search.asking.zone import Zone, know_zone
from search.cameras.places import Place, list_places
from services.database import reading

_known = lru_cache(maxsize=4)(know_zone)
"""The names of the same places are the same; working them out takes longer than asking where cameras stand."""


async def current_zone(engine: AsyncEngine) -> tuple[Zone, tuple[Place, ...]]:
    """Return what the zone calls its places, and the places."""
    async with reading(engine) as connection:
        places = tuple(await list_places(connection))
    return _known(places), places
