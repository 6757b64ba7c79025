"""`python -m deploy.demo.told watching STORY`: the story's groups, lists, entries and action, unless they are there.

Everything is entered as people would: stated, checked by the product's own rules, validated by a second person, and in
the audit under their names.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.accounts import User, find_user
from services.audit import Action, Actor, Entry, console_trail
from services.clock import utc_now
from services.errors import ConfigurationError
from services.plates import normalise
from services.roles import Role
from services.schema import cameras
from services.schema_hits import action_cameras, action_teams, actions
from services.schema_people import users
from services.schema_watchlists import audiences, watch_entries
from services.watchlists import entries, lists
from services.watchlists.audiences import audiences_of
from services.watchlists.categories import USUAL, Category, Mode
from services.watchlists.drafting import Checked, Draft, check

Told = Mapping[str, Any]
_FROM = "127.0.0.1"
_SECOND, _SECOND_NAME = "greet", "Greet Hendrickx"
_BASIS, _AUTHORITY = "Wet op het politieambt, art. 44/11/3decies", "Korpschef PZ, verzonnen voorbeeld"


async def tell_watching(connection: AsyncConnection, story: Told) -> str:
    """Enter what the story watches for; what is there already stays as it is."""
    await _put_second_person(connection)
    for group in story.get("groups", []):
        await _put_group(connection, group)
    made = {one["code"]: await _put_list(connection, one) for one in story.get("lists", [])}
    told = [await _put_entry(connection, made[one["list"]], one) for one in story.get("watched", [])]
    begun = [await _put_action(connection, made, one) for one in story.get("actions", [])]
    return f"{sum(told)} entries on {len(made)} lists, {sum(begun)} ANPR-acties"


async def _put_second_person(connection: AsyncConnection) -> None:
    """Add who validates: told of only, without a password, so that nobody logs in as her."""
    known = await connection.scalar(select(users.c.user_id).where(users.c.username == _SECOND))
    if known is None:
        await connection.execute(insert(users).values(username=_SECOND, display_name=_SECOND_NAME, role=Role.tecint))


async def _put_group(connection: AsyncConnection, one: Told) -> None:
    known = await connection.scalar(select(audiences.c.audience_id).where(audiences.c.code == one["code"]))
    if known is None:
        members = [(await find_user(connection, username)).user_id for username in one["usernames"]]
        await connection.execute(insert(audiences).values(code=one["code"], name=one["name"], user_ids=members))
        await _record(connection, await find_user(connection, one["usernames"][0]), Action.audience_changed,
                      f"groep {one['code']}", {"audience": one["code"], "user_ids": members})


async def _put_list(connection: AsyncConnection, one: Told) -> lists.Watchlist:
    known = await lists.find_list(connection, one["code"])
    if known is not None:
        return known
    second, now, usual = await find_user(connection, _SECOND), utc_now(), USUAL[Category(one["category"])]
    audience = await connection.scalar(select(audiences.c.audience_id).where(audiences.c.code == usual.audience))
    draft = lists.ListDraft(one["name"], usual.priority, int(audience or 0), "", _BASIS, _AUTHORITY)
    number = await lists.make_list(connection, one["code"], Category(one["category"]), draft, second.user_id, now)
    if number is None:
        raise ConfigurationError(f"the list {one['code']} could not be made")
    if one["confirmed_by"]:
        dpo = await find_user(connection, one["confirmed_by"])
        await lists.confirm(connection, number, dpo.user_id, one["document"], now)
        await _record(connection, dpo, Action.watchlist_confirmed, f"lijst {one['code']}", {"list": one["code"]})
    await lists.set_state(connection, await lists.find_list_by_id(connection, number), Mode(one["state"]), now)
    await _record(connection, second, Action.watchlist_changed, f"lijst {one['code']}",
                  {"list": one["code"], "state": one["state"]})
    return await lists.find_list_by_id(connection, number)


async def _put_entry(connection: AsyncConnection, watchlist: lists.Watchlist, one: Told) -> bool:
    known = await connection.scalar(select(watch_entries.c.entry_id).where(
        watch_entries.c.list_id == watchlist.list_id, watch_entries.c.plate == normalise(one["plate"]),
        watch_entries.c.replaced_at.is_(None)).limit(1))
    if known is not None:
        return False
    now = utc_now()
    maker, second = await find_user(connection, one["made_by"]), await find_user(connection, one["validated_by"])
    checked = await _checked(connection, watchlist, one, maker, now)
    number = await entries.add(connection, checked,
                               entries.Made(watchlist.list_id, maker.user_id, maker.user_id), now)
    mine = await audiences_of(connection, second.user_id, second.role)
    await entries.validate(connection, number, 1, entries.Decider(second.user_id, mine), now)
    for user, action in ((maker, Action.entry_added), (second, Action.entry_validated)):
        await _record(connection, user, action, f"signalering {number}", {"entry": number})
    return True


async def _checked(connection: AsyncConnection, watchlist: lists.Watchlist, one: Told, maker: User,
                   now: datetime) -> Checked:
    ground = await lists.ground_of(connection, watchlist, await audiences_of(connection, maker.user_id, maker.role))
    draft = Draft(plate=one["plate"], country="BE", measure=one["measure"], reason=one["reason"],
                  file_number=one["file_number"], requester=maker.display_name, since=now - timedelta(hours=4),
                  until=now + timedelta(days=one["days"]), level=one["level"], audience=one["group"],
                  discreet=one["discreet"])
    found = check(draft, ground, now)
    if not isinstance(found, Checked):
        raise ConfigurationError(f"the story's entry of {one['list']} lacks: {', '.join(found.lacking)}")
    return found


async def _put_action(connection: AsyncConnection, made: Mapping[str, lists.Watchlist], one: Told) -> bool:
    known = await connection.scalar(select(actions.c.action_id).where(actions.c.file_number == one["file_number"]))
    if known is not None:
        return False
    maker, now = await find_user(connection, one["made_by"]), utc_now()
    number = await connection.scalar(insert(actions).values(
        name=one["name"], place=one["place"], file_number=one["file_number"], since=now,
        until=now + timedelta(hours=one["hours"]), list_ids=[made[code].list_id for code in one["lists"]],
        made_by=maker.user_id, made_at=now).returning(actions.c.action_id))
    await connection.execute(insert(action_cameras), await _reach(connection, int(number or 0), one["cameras"]))
    await connection.execute(insert(action_teams), [{"action_id": number, "name": team} for team in one["teams"]])
    await _record(connection, maker, Action.action_changed, f"ANPR-actie {one['name']}", {"action": number})
    return True


async def _reach(connection: AsyncConnection, action_id: int, told: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    codes = {row.code: row.camera_id for row in await connection.execute(select(cameras.c.code, cameras.c.camera_id))}
    return [{"action_id": action_id, "camera_id": codes[code], "soonest_s": soonest, "latest_s": latest}
            for code, soonest, latest in told]


async def _record(connection: AsyncConnection, user: User, action: Action, question: str,
                  filters: Mapping[str, Any]) -> None:
    await console_trail().record(connection, Actor(user.username, user.role, _FROM, user.user_id),
                                 Entry(action, question, filters))
