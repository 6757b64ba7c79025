"""The papers of cameras and whether they are live (R12): put, go live, taken off; a trigger refuses what this forgets.

Whoever calls writes the audit row: `entry` makes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import Action, Entry
from services.clock import local_day
from services.errors import BadQuestionError, ForbiddenError, NotFoundError
from services.papers_rule import COLUMNS, Lack, Papers, lacks_of
from services.schema import camera_off_times, camera_papers, cameras, gateways
from services.schema_people import CAMERA_CHANGES, audit

REASON_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a camera is live, on which papers, and since when it is off if it was live once."""

    camera_id: int
    code: str
    live_since: datetime | None
    off_since: datetime | None
    papers: Papers | None
    changed_by: str | None = None
    changed_at: datetime | None = None

    def lacks(self, now: datetime) -> tuple[Lack, ...]:
        """Return what it lacks to be live at `now`."""
        return lacks_of(self.papers, local_day(now))


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody did to the papers, the place or the use of cameras, as the audit keeps it."""

    at: datetime
    action: Action
    username: str
    codes: Sequence[str]
    question: str
    details: Mapping[str, Any]
    reason: str


STANDING_COLUMNS = (cameras.c.camera_id, cameras.c.code, cameras.c.live_since,
                    camera_off_times.c.since.label("off_since"), *(camera_papers.c[name] for name in COLUMNS),
                    camera_papers.c.changed_by, camera_papers.c.changed_at)
WITH_PAPERS = (cameras.outerjoin(camera_papers, camera_papers.c.camera_id == cameras.c.camera_id)
               .outerjoin(camera_off_times, (camera_off_times.c.camera_id == cameras.c.camera_id)
                          & camera_off_times.c.until.is_(None)))
"""Every camera with its papers and the time that it is off now."""


def standing_of(row: RowMapping) -> Standing:
    """Return what a row of STANDING_COLUMNS tells."""
    papers = Papers(**{name: row[name] for name in COLUMNS}) if row["council_decision"] is not None else None
    return Standing(row["camera_id"], row["code"], row["live_since"], row["off_since"], papers, row["changed_by"],
                    row["changed_at"])


async def find_standings(connection: AsyncConnection, codes: Iterable[str] | None = None, *,
                         hold: bool = False) -> dict[str, Standing]:
    """Return how cameras (None: all) stand, by code, and hold them until the transaction ends if so asked.

    Raises NotFoundError for a code that there is not.
    """
    wanted = None if codes is None else sorted(set(codes))
    query = select(*STANDING_COLUMNS).select_from(WITH_PAPERS).order_by(cameras.c.code)
    if wanted is not None:
        query = query.where(cameras.c.code == func.any(wanted))
    if hold:
        query = query.with_for_update(of=cameras)
    found = {row["code"]: standing_of(row) for row in (await connection.execute(query)).mappings()}
    if unknown := [code for code in wanted or () if code not in found]:
        raise NotFoundError(f"there is no camera {', '.join(unknown[:5])}")
    return found


async def put_papers(connection: AsyncConnection, papers: Mapping[str, Papers], by: str, now: datetime) -> list[str]:
    """Put cameras' papers in place of those they have; return the codes whose papers differ from before.

    Raises NotFoundError for an unknown code, BadQuestionError for papers under which a live camera might not be.
    """
    today = local_day(now)
    standings = await find_standings(connection, papers, hold=True)
    checked = {code: given.checked(today) for code, given in papers.items()}
    for code, standing in standings.items():
        if standing.live_since is not None and lacks_of(checked[code], today):
            raise BadQuestionError(f"pictogram_since lies ahead and {code} is live: take it off first")
    changed = [code for code, standing in standings.items() if standing.papers != checked[code]]
    if changed:
        statement = insert(camera_papers).values([
            {"camera_id": standings[code].camera_id, "changed_by": by, "changed_at": now, **asdict(checked[code])}
            for code in changed])
        await connection.execute(statement.on_conflict_do_update(
            index_elements=["camera_id"],
            set_={name: statement.excluded[name] for name in (*COLUMNS, "changed_by", "changed_at")}))
    return changed


async def go_live(connection: AsyncConnection, codes: Iterable[str], now: datetime) -> list[str]:
    """Take cameras live and return those that were not; ingest takes their reads within two seconds.

    Raises NotFoundError for an unknown code, BadQuestionError when one lacks something: then none goes live.
    """
    standings = await find_standings(connection, codes, hold=True)
    off = [standing for standing in standings.values() if standing.live_since is None]
    if lacking := [standing for standing in off if standing.lacks(now)]:
        raise BadQuestionError("; ".join(_say_lack(standing) for standing in lacking[:5]))
    await _set_live(connection, off, func.now())
    return [standing.code for standing in off]


def _say_lack(standing: Standing) -> str:
    if standing.papers is None:
        return f"{standing.code} has no papers: no council decision, DPIA, register entry and pictogram"
    return f"{standing.code}: its pictogram stands from {standing.papers.pictogram_since} on, not before"


async def introduce(connection: AsyncConnection, papers: Mapping[str, Papers], by: str,
                    now: datetime) -> tuple[list[str], list[str]]:
    """Put papers where there are none yet, and take live what never was; return both lists of codes.

    Who takes a camera off is not overruled by its gateway introducing it again.
    """
    standings = await find_standings(connection, papers, hold=True)
    new = [standing for standing in standings.values() if standing.papers is None]
    put = await put_papers(connection, {standing.code: papers[standing.code] for standing in new}, by, now)
    ready = [standing.code for standing in new if standing.live_since is None and standing.off_since is None
             and not lacks_of(papers[standing.code], local_day(now))]
    return put, await go_live(connection, ready, now)


async def refuse_unless_invented(connection: AsyncConnection, gateway_id: int, codes: Iterable[str]) -> None:
    """Raise ForbiddenError where papers are given to a camera that is not invented, of a gateway that is not."""
    wanted = list(codes)
    found = await connection.execute(
        select(func.count()).select_from(cameras).where(
            cameras.c.code == func.any(wanted), cameras.c.synthetic,
            select(gateways.c.synthetic).where(gateways.c.gateway_id == gateway_id).scalar_subquery()))
    if found.scalar_one() != len(wanted):
        raise ForbiddenError("papers of cameras that are not invented are put by the camera manager")


async def take_off(connection: AsyncConnection, code: str) -> bool:
    """Take a camera off; ingest refuses its reads within two seconds. Tell whether it was live.

    Raises NotFoundError for an unknown code.
    """
    (standing,) = (await find_standings(connection, [code], hold=True)).values()
    if standing.live_since is not None:
        await _set_live(connection, [standing], None)
    return standing.live_since is not None


async def _set_live(connection: AsyncConnection, standings: Sequence[Standing], since: Any) -> None:
    await connection.execute(update(cameras).values(live_since=since).where(
        cameras.c.camera_id == func.any([standing.camera_id for standing in standings])))


async def can_go_live(connection: AsyncConnection, now: datetime) -> list[str]:
    """Return the codes of the cameras that are not live and lack nothing."""
    today = local_day(now)
    found = await connection.execute(
        select(cameras.c.code).join(camera_papers, camera_papers.c.camera_id == cameras.c.camera_id)
        .where(cameras.c.live_since.is_(None), camera_papers.c.pictogram_since <= today).order_by(cameras.c.code))
    return list(found.scalars())


def check_reason(reason: str) -> str:
    """Return why a camera is taken off, without blanks around; raises BadQuestionError when nothing is said."""
    said = " ".join(reason.split())
    if not 0 < len(said) <= REASON_LONGEST or not said.isprintable():
        raise BadQuestionError(f"reason must have 1 to {REASON_LONGEST} characters that can be printed")
    return said


def entry(action: Action, codes: Sequence[str], question: str, *, papers: Mapping[str, Papers] | None = None,
          reason: str = "") -> Entry:
    """Return the audit row of one act on cameras: which, how many, and the papers that were put."""
    put = {code: {name: str(value) for name, value in asdict(given).items()} for code, given in (papers or {}).items()}
    return Entry(action, question, {"codes": list(codes), **({"papers": put} if papers else {})},
                 {"reason": reason} if reason else {}, result_count=len(codes))


async def list_changes(connection: AsyncConnection, code: str | None = None, *,
                       limit: int | None = None) -> list[Change]:
    """Return what was done to the cameras' (or one camera's) papers, places and use, the last first."""
    query = select(audit).where(text(CAMERA_CHANGES)).order_by(audit.c.audit_id.desc()).limit(limit)
    if code is not None:
        query = query.where(or_(audit.c.filters["codes"].contains([code]),
                                audit.c.filters["code"].astext == code))
    return [_change(row) for row in (await connection.execute(query)).mappings()]


def _change(row: RowMapping) -> Change:
    filters = row["filters"]
    codes = filters.get("codes") or [filters.get("code", "")]
    return Change(row["at"], Action(row["action"]), row["username"], codes, row["question"], filters,
                  row["decision"].get("reason", ""))
