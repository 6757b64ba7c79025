"""Which hits leave for where: the pages on which somebody of a group agrees to a channel, or does not any more."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from search.access import CurrentPerson
from search.channels import changing, queries, wording
from search.channels.routes import ChannelId
from search.channels.schemas import WishForm
from search.channels.stating import Wish
from search.doors import may
from search.pages.language import Words
from search.pages.rendering import show_page
from search.program import Program, RunningProgram
from services.clock import utc_now
from services.database import reading
from services.errors import BadQuestionError
from services.roles import Act

router = APIRouter(prefix="/sent-on", include_in_schema=False, dependencies=[may(Act.handle_hits)])
OWN = "/sent-on"


@router.get("")
async def show_own(request: Request, program: RunningProgram, visitor: CurrentPerson) -> Response:
    """Show where hits of one's groups are sent, or wait to be."""
    async with reading(program.engine) as connection:
        found = await changing.list_own(connection, visitor, utc_now())
    return show_page(request, "channels_own.html", here=OWN, channels=found, wording=wording)


@router.get("/{channel_id}")
async def show_one(request: Request, program: RunningProgram, visitor: CurrentPerson,
                   channel_id: ChannelId) -> Response:
    """Show a channel of one's group, which hits it is sent, and how it fares."""
    return await _show(request, program, visitor, channel_id)


async def _show(request: Request, program: Program, visitor: CurrentPerson, channel_id: int,
                form: WishForm | None = None, problem: Words | None = None) -> Response:
    now = utc_now()
    async with reading(program.engine) as connection:
        own = await changing.find_own(connection, visitor, channel_id, now)
        lists = await queries.list_lists(connection)
        letters = await queries.list_letters(connection, channel_id, now, discreet=True)
    return show_page(request, "channel_own.html", 422 if problem else 200, here=f"{OWN}/{channel_id}", shown=own,
                     lists=lists, letters=letters, form=form or _form(own, lists), problem=problem, wording=wording)


def _form(own: queries.Shown, lists: Sequence[tuple[int, str, str]]) -> WishForm:
    """Return the form as the channel stands."""
    channel, hours = own.channel, wording.as_hours(own.channel.hours)
    return WishForm(
        lists=[code for number, code, _ in lists if channel.list_ids and number in channel.list_ids],
        least_priority=str(channel.least_priority), possible="yes" if channel.possible else "",
        events=sorted(channel.events), days=[str(day) for day in hours.days] if hours else [],
        first=str(hours.first) if hours else "", last=str(hours.last) if hours else "")


@router.post("/{channel_id}")
async def agree(request: Request, program: RunningProgram, visitor: CurrentPerson, channel_id: ChannelId,
                form: Annotated[WishForm, Form()]) -> Response:
    """Say which hits are sent there, and agree to it."""
    try:
        await changing.agree(program, visitor, channel_id, Wish.of(form))
    except BadQuestionError as error:
        return await _show(request, program, visitor, channel_id, form, error.args[0])
    return RedirectResponse(f"{OWN}/{channel_id}", 303)


@router.post("/{channel_id}/withdraw")
async def withdraw(program: RunningProgram, visitor: CurrentPerson, channel_id: ChannelId) -> Response:
    """Take the agreement back."""
    await changing.withdraw(program, visitor, channel_id)
    return RedirectResponse(f"{OWN}/{channel_id}", 303)


@router.post("/{channel_id}/again")
async def send_again(program: RunningProgram, visitor: CurrentPerson, channel_id: ChannelId) -> Response:
    """Send what was given up again."""
    await changing.send_own_again(program, visitor, channel_id)
    return RedirectResponse(f"{OWN}/{channel_id}", 303)
