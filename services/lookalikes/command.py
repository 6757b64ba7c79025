"""Learning once: read what there is, weigh it, keep the sums. For a nightly timer."""

import asyncio
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction
from services.lookalikes import rows
from services.lookalikes.evidence import Evidence, Key, What
from services.lookalikes.learning import Labelled, Sample, evidence_of, learn, origins, places_to_look
from services.retention_rule import cut_off


async def learn_from_reads(engine: AsyncEngine, now: datetime) -> str:
    """Learn from everything that may be kept, replace the sums, and return in a sentence what there was."""
    async with transaction(engine) as connection:
        labelled = await rows.find_labelled(connection, cut_off(now))
        sample = await rows.draw_sample(connection, now)
    places = await asyncio.to_thread(lambda: {text: places_to_look(text) for text in sample.seldom()})
    async with transaction(engine) as connection:
        counts = await rows.count_reads(connection, set().union(*places.values()), now)
    behind = {text: origins(found, counts) for text, found in places.items()}
    evidence = await asyncio.to_thread(lambda: learn(evidence_of(labelled), sample, behind))
    async with transaction(engine) as connection:
        await rows.replace_evidence(connection, evidence, now)
    return _sentence(labelled, sample, evidence)


def _sentence(labelled: list[Labelled], sample: Sample, evidence: Evidence) -> str:
    looked_at = evidence.get(Key(What.reads, "all"), 0.0)
    share = evidence.get(Key(What.reads, "misread"), 0.0) / looked_at if looked_at else 0.0
    return (f"learned from {len(labelled)} corrected and confirmed reads and {len(sample.reads)} texts of the "
            f"dictionary; plates that are read often are misread in {share:.1%} of their passages")
