"""Papers for the cameras of benches, trials by fire and tests: invented, and they say so."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services import camera_papers, registry
from services.clock import utc_now
from services.papers_rule import Papers

INVENTED = Papers("invented council decision", date(2025, 1, 13), "invented DPIA", date(2025, 1, 20),
                  "invented register entry", date(2025, 2, 3))

_PUT = f"""
INSERT INTO camera_papers (camera_id, council_decision, council_decided_on, dpia_reference, dpia_made_on,
                           register_entry, pictogram_since, changed_by)
SELECT camera_id, '{INVENTED.council_decision}', '{INVENTED.council_decided_on}', '{INVENTED.dpia_reference}',
       '{INVENTED.dpia_made_on}', '{INVENTED.register_entry}', '{INVENTED.pictogram_since}', 'bench'
FROM cameras"""  # noqa: S608 - nothing but the constants above

GIVE_PAPERS = f"{_PUT} WHERE camera_id = %s"
"""For those who write SQL: invented papers for one camera."""

TAKE_ALL_LIVE = "; ".join((f"{_PUT} ON CONFLICT DO NOTHING",
                           "UPDATE cameras SET live_since = now() WHERE live_since IS NULL"))
"""After it every camera that is registered has papers and is live."""


async def put_live_cameras(connection: AsyncConnection, gateway_id: int, gateway_name: str,
                           sources: Iterable[registry.SourceCamera]) -> None:
    """Register a gateway's cameras with invented papers, live."""
    given = await registry.put_source_cameras(connection, gateway_id, gateway_name,
                                              [replace(source, papers=INVENTED) for source in sources])
    await camera_papers.introduce(connection, given, "bench", utc_now())
