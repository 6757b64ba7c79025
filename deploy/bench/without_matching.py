"""PROGRAM python -m deploy.bench.without_matching: ingest as it would be without watchlists, to compare with."""

import sys
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from ingest import matching
from ingest.__main__ import main
from ingest.revisions import Known
from ingest.rows import Batch, Raised


async def watch_nothing(connection: AsyncConnection, batch: Batch, settled: Sequence[Known]) -> list[Raised]:
    """Hold a batch against nothing."""
    del connection, batch, settled
    return []


if __name__ == "__main__":
    matching.watch = watch_nothing
    sys.exit(main())
