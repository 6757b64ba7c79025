"""Where hits may be sent: the technical administrator's pages and API, which show no plate (R19)."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from search.access import CurrentVisitor
from search.channels import changing, queries, wording
from search.channels.queries import Shown
from search.channels.schemas import (
    ChannelItem,
    ChannelItems,
    ChannelRequest,
    Figures,
    MadeChannel,
    PlaceForm,
    QueuedTest,
)
from search.channels.stating import Place
from search.doors import may
from search.pages.language import Words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from services.clock import utc_now
from services.database import reading
from services.errors import BadQuestionError
from services.roles import Act
from services.watchlists.audiences import list_audiences

pages = APIRouter(prefix="/channels", include_in_schema=False, dependencies=[may(Act.keep_channels)])
api = APIRouter(prefix="/api/v1/channels", tags=["channels"], responses=REFUSALS,
                dependencies=[may(Act.keep_channels)])
ChannelId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@pages.get("")
async def show_channels(request: Request, program: RunningProgram) -> Response:
    """Show every channel and how it fares, and the form in which one is added."""
    return await _show_list(request, program, PlaceForm())


async def _show_list(request: Request, program: Program, form: PlaceForm, problem: Words | None = None) -> Response:
    async with reading(program.engine) as connection:
        found = await queries.list_channels(connection, utc_now())
        groups = await list_audiences(connection)
    return show_page(request, "channels.html", 422 if problem else 200, here="/channels", channels=found, groups=groups,
                     form=form, problem=problem, wording=wording)


@pages.post("")
async def add_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                        form: Annotated[PlaceForm, Form()]) -> Response:
    """Add a channel; a webhook's secret is shown this once."""
    try:
        channel_id, secret = await changing.add(program, visitor, Place.of(form))
    except BadQuestionError as error:
        return await _show_list(request, program, form, error.args[0])
    return await _show_one(request, program, channel_id, secret=secret)


@pages.get("/{channel_id}")
async def show_channel(request: Request, program: RunningProgram, channel_id: ChannelId) -> Response:
    """Show one channel, what waits, and what was given up."""
    return await _show_one(request, program, channel_id)


async def _show_one(request: Request, program: Program, channel_id: int, secret: str | None = None,
                    form: PlaceForm | None = None, problem: Words | None = None) -> Response:
    async with reading(program.engine) as connection:
        shown = await changing.find(connection, channel_id)
        letters = await queries.list_letters(connection, channel_id, utc_now())
        groups = await list_audiences(connection)
    kept = PlaceForm(name=shown.channel.name, kind=shown.channel.kind, address=shown.channel.address,
                     audience=shown.audience)
    return show_page(request, "channel.html", 422 if problem else 200, here=f"/channels/{channel_id}", shown=shown,
                     letters=letters, groups=groups, secret=secret, form=form or kept, problem=problem, wording=wording)


@pages.post("/{channel_id}")
async def change_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor, channel_id: ChannelId,
                           form: Annotated[PlaceForm, Form()]) -> Response:
    """Change where a channel leads."""
    try:
        await changing.change(program, visitor, channel_id, Place.of(form))
    except BadQuestionError as error:
        return await _show_one(request, program, channel_id, form=form, problem=error.args[0])
    return _back(channel_id)


@pages.post("/{channel_id}/on")
async def switch_on(program: RunningProgram, visitor: CurrentVisitor, channel_id: ChannelId) -> Response:
    """Switch a channel on."""
    await changing.switch(program, visitor, channel_id, on=True)
    return _back(channel_id)


@pages.post("/{channel_id}/off")
async def switch_off(program: RunningProgram, visitor: CurrentVisitor, channel_id: ChannelId) -> Response:
    """Switch a channel off."""
    await changing.switch(program, visitor, channel_id, on=False)
    return _back(channel_id)


@pages.post("/{channel_id}/secret")
async def renew_from_form(request: Request, program: RunningProgram, visitor: CurrentVisitor,
                          channel_id: ChannelId) -> Response:
    """Give a webhook another secret, shown this once."""
    try:
        secret = await changing.renew_secret(program, visitor, channel_id)
    except BadQuestionError as error:
        return await _show_one(request, program, channel_id, problem=error.args[0])
    return await _show_one(request, program, channel_id, secret=secret)


@pages.post("/{channel_id}/test")
async def test_from_form(program: RunningProgram, visitor: CurrentVisitor, channel_id: ChannelId) -> Response:
    """Send a message of invented content."""
    await changing.test(program, visitor, channel_id)
    return _back(channel_id)


@pages.post("/{channel_id}/again")
async def send_again(program: RunningProgram, visitor: CurrentVisitor, channel_id: ChannelId) -> Response:
    """Send what was given up again."""
    await changing.send_again(program, visitor, channel_id)
    return _back(channel_id)


def _back(channel_id: int) -> Response:
    return RedirectResponse(f"/channels/{channel_id}", 303)


@api.get("", summary="Channels")
async def get_channels(program: RunningProgram) -> ChannelItems:
    """Return every channel and how it fares."""
    async with reading(program.engine) as connection:
        return ChannelItems(items=[_item(shown) for shown in await queries.list_channels(connection, utc_now())])


@api.post("", status_code=201, summary="Add a channel")
async def post_channel(program: RunningProgram, visitor: CurrentVisitor, wanted: ChannelRequest) -> MadeChannel:
    """Add a channel; no hit is sent there before somebody of its group agreed on the page."""
    channel_id, secret = await changing.add(program, visitor, Place.of(wanted))
    return MadeChannel(**(await _answer(program, channel_id)).model_dump(), secret=secret)


@api.get("/{channel_id}", summary="One channel")
async def get_channel(program: RunningProgram, channel_id: ChannelId) -> ChannelItem:
    """Return one channel."""
    return await _answer(program, channel_id)


@api.put("/{channel_id}", summary="Change where a channel leads")
async def put_channel(program: RunningProgram, visitor: CurrentVisitor, channel_id: ChannelId,
                      wanted: ChannelRequest) -> ChannelItem:
    """Change a channel; another address or group has to be agreed to anew."""
    await changing.change(program, visitor, channel_id, Place.of(wanted))
    return await _answer(program, channel_id)


@api.post("/{channel_id}/tests", status_code=202, summary="Test a channel")
async def post_test(program: RunningProgram, visitor: CurrentVisitor, channel_id: ChannelId) -> QueuedTest:
    """Send a message of invented content; the channel's figures tell what came of it."""
    return QueuedTest(delivery_id=await changing.test(program, visitor, channel_id))


async def _answer(program: Program, channel_id: int) -> ChannelItem:
    async with reading(program.engine) as connection:
        return _item(await changing.find(connection, channel_id))


def _item(shown: Shown) -> ChannelItem:
    channel = shown.channel
    figures = {name: value for name, value in asdict(shown).items() if name in Figures.model_fields}
    return ChannelItem(channel_id=channel.channel_id, name=channel.name, kind=channel.kind, address=channel.address,
                       audience=shown.audience, enabled=channel.enabled, agreed_at=shown.agreed_at,
                       figures=Figures(**figures))
