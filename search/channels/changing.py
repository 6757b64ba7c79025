"""Everything that is done about a channel, each with its row in the audit."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.accounts.recording import record
from search.channels import queries, wording
from search.channels.queries import Shown
from search.channels.stating import Place, Wish
from search.pages.language import Words, words
from search.program import Program
from services import audit
from services.clock import utc_now
from services.database import transaction
from services.errors import BadQuestionError, NotFoundError
from services.hits import outbox
from services.hits.channel_secrets import ChannelSecrets, new_secret
from services.hits.channels import ChannelKind
from services.watchlists.audiences import audiences_of

UNKNOWN = words("There is no such channel.")
_NO_GROUP = words("Choose the group whose hits it is for.")
_TAKEN = words("Another channel has this name.")
_NO_LIST = words("One of these lists does not exist.")
_OWN = words("You made this channel: somebody else of the group has to agree to it.")
_NO_SECRET = words("Only messages to webhooks are signed.")


async def add(program: Program, visitor: Visitor, place: Place) -> tuple[int, str | None]:
    """Add a channel; return its number, and for a webhook its secret, which nobody sees again."""
    async with transaction(program.engine) as connection:
        channel_id = await queries.add(connection, place, await _group(connection, place), visitor.user.user_id)
        secret = await _give_secret(connection, program, channel_id) if place.kind is ChannelKind.webhook else None
        await _note(connection, program, visitor, channel_id, words("channel {name}: added", name=place.name))
    return channel_id, secret


async def change(program: Program, visitor: Visitor, channel_id: int, place: Place) -> None:
    """Change where a channel leads; its group has to agree anew, unless only the name is another."""
    async with transaction(program.engine) as connection:
        channel = (await find(connection, channel_id)).channel
        group = await _group(connection, place, but=channel_id)
        if channel.kind is not place.kind:
            raise BadQuestionError(words("A channel stays what it is: make another one."))
        same = (channel.address, channel.audience_id) == (place.address, group)
        agreement = {} if same else {"agreed_by": None, "agreed_at": None, "list_ids": None}
        await queries.change(connection, channel_id, name=place.name, address=place.address, audience_id=group,
                             **agreement)
        await _note(connection, program, visitor, channel_id, words("channel {name}: changed", name=place.name))


async def switch(program: Program, visitor: Visitor, channel_id: int, *, on: bool) -> None:
    """Switch a channel on or off; what waits is kept for a day."""
    async with transaction(program.engine) as connection:
        channel = (await find(connection, channel_id)).channel
        await queries.change(connection, channel_id, enabled=on)
        await _note(connection, program, visitor, channel_id, words("channel {name}: on", name=channel.name) if on
                    else words("channel {name}: off", name=channel.name))


async def renew_secret(program: Program, visitor: Visitor, channel_id: int) -> str:
    """Give a webhook another secret and return it; messages are signed with it from the next one on."""
    async with transaction(program.engine) as connection:
        channel = (await find(connection, channel_id)).channel
        if channel.kind is not ChannelKind.webhook:
            raise BadQuestionError(_NO_SECRET)
        secret = await _give_secret(connection, program, channel_id)
        await _note(connection, program, visitor, channel_id, words("channel {name}: new secret", name=channel.name))
    return secret


async def test(program: Program, visitor: Visitor, channel_id: int) -> int:
    """Have a message of invented content sent; return its delivery's number."""
    async with transaction(program.engine) as connection:
        channel = (await find(connection, channel_id)).channel
        delivery_id = await outbox.queue_test(connection, channel_id, utc_now())
        await _note(connection, program, visitor, channel_id, words("channel {name}: test", name=channel.name))
    return delivery_id


async def send_again(program: Program, visitor: Visitor, channel_id: int) -> None:
    """Have what was given up sent again; of what is discreet only by somebody of its group (R11)."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        channel = (await find(connection, channel_id)).channel
        await queries.send_again(connection, channel_id, now, discreet=False)
        await _note(connection, program, visitor, channel_id, words("channel {name}: sent again", name=channel.name))


async def send_own_again(program: Program, visitor: Visitor, channel_id: int) -> None:
    """The same for somebody of its group: of what is discreet too."""
    async with transaction(program.engine) as connection:
        own = await find_own(connection, visitor, channel_id, utc_now())
        await queries.send_again(connection, channel_id, utc_now(), discreet=True)
        await _note(connection, program, visitor, channel_id,
                    words("channel {name}: sent again", name=own.channel.name))


async def agree(program: Program, visitor: Visitor, channel_id: int, wish: Wish) -> None:
    """Say which hits of one's group are sent there, and agree to it; raises BadQuestionError for one's own channel."""
    now = utc_now()
    async with transaction(program.engine) as connection:
        own = await find_own(connection, visitor, channel_id, now)
        if own.made_by == visitor.user.user_id:
            raise BadQuestionError(_OWN)
        await queries.set_wish(connection, channel_id, wish, await _list_ids(connection, wish))
        await queries.change(connection, channel_id, agreed_by=visitor.user.user_id, agreed_at=now)
        await _note(connection, program, visitor, channel_id,
                    words("channel {name}: its group agrees", name=own.channel.name))


async def withdraw(program: Program, visitor: Visitor, channel_id: int) -> None:
    """Take one's group's agreement back: from now on nothing is sent there."""
    async with transaction(program.engine) as connection:
        own = await find_own(connection, visitor, channel_id, utc_now())
        await queries.change(connection, channel_id, agreed_by=None, agreed_at=None)
        await _note(connection, program, visitor, channel_id,
                    words("channel {name}: its group does not agree any more", name=own.channel.name))


async def find(connection: AsyncConnection, channel_id: int) -> Shown:
    """Return a channel; raises NotFoundError."""
    shown = await queries.find_channel(connection, channel_id, utc_now())
    if shown is None:
        raise NotFoundError(UNKNOWN)
    return shown


async def list_own(connection: AsyncConnection, visitor: Visitor, now: datetime) -> list[Shown]:
    """Return the channels of one's own groups."""
    groups = await audiences_of(connection, visitor.user.user_id, visitor.user.role)
    return await queries.list_of_groups(connection, groups, now)


async def find_own(connection: AsyncConnection, visitor: Visitor, channel_id: int, now: datetime) -> Shown:
    """Return a channel of one's own groups; raises NotFoundError for every other."""
    for shown in await list_own(connection, visitor, now):
        if shown.channel.channel_id == channel_id:
            return shown
    raise NotFoundError(UNKNOWN)


async def _group(connection: AsyncConnection, place: Place, but: int | None = None) -> int:
    group = await queries.audience_id(connection, place.audience)
    if group is None:
        raise BadQuestionError(_NO_GROUP)
    if await queries.is_taken(connection, place.name, but):
        raise BadQuestionError(_TAKEN)
    return group


async def _list_ids(connection: AsyncConnection, wish: Wish) -> list[int] | None:
    known = {code: list_id for list_id, code, _ in await queries.list_lists(connection)}
    if not set(wish.lists) <= known.keys():
        raise BadQuestionError(_NO_LIST)
    return sorted(known[code] for code in wish.lists) or None


async def _give_secret(connection: AsyncConnection, program: Program, channel_id: int) -> str:
    secret = new_secret()
    sealed = ChannelSecrets(program.settings.identity_key.get_secret_value()).seal(channel_id, secret)
    await queries.change(connection, channel_id, secret=sealed)
    return secret


async def _note(connection: AsyncConnection, program: Program, visitor: Visitor, channel_id: int,
                sentence: Words) -> None:
    """Leave the row: how the channel stands now, without what may be a key in its address."""
    shown = await find(connection, channel_id)
    channel, hours = shown.channel, wording.as_hours(shown.channel.hours)
    await record(connection, program, visitor, audit.Action.channel_changed, sentence, channel_id=channel_id,
                 name=channel.name, kind=str(channel.kind), address=_without_key(channel.address),
                 audience=shown.audience, enabled=channel.enabled, agreed=channel.agreed,
                 lists=None if channel.list_ids is None else sorted(channel.list_ids),
                 least_priority=channel.least_priority, possible=channel.possible, events=sorted(channel.events),
                 hours=channel.hours if hours is None else [list(hours.days), hours.first, hours.last])


def _without_key(address: str) -> str:
    return urlsplit(address)._replace(query="").geturl() if "?" in address else address
