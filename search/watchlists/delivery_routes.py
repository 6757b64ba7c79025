"""Deliveries of whole lists: handed in, looked at, taken: pages and API."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from search import sheets
from search.access import CurrentVisitor, Visitor
from search.decisions.uploading import MOST_SENT, Uploaded, read_form
from search.doors import may
from search.pages.rendering import language_of, show_page
from search.program import Program, RunningProgram
from search.refusals import REFUSALS
from search.watchlists import delivery_taking, delivery_wording
from search.watchlists.delivery_schemas import (
    DELIVERY,
    DeliveriesAnswer,
    DeliveryAnswer,
    DeliveryItem,
    RefusedLine,
    Taking,
)
from search.watchlists.delivery_stating import DeliveryForm
from services.errors import BadQuestionError, ForbiddenError
from services.roles import Act
from services.watchlists.deliveries import Delivery
from services.watchlists.delivering import is_by_hand
from services.watchlists.delivery_files import DeliveryKind
from services.watchlists.delivery_lines import Refusal
from services.watchlists.delivery_rule import ends_much

pages = APIRouter(prefix="/watchlists/{list_code}/deliveries", include_in_schema=False)
api = APIRouter(prefix="/api/v1/watchlists/{list_code}/deliveries", tags=["watchlists"], responses=REFUSALS)
MOST_OF_FILE = MOST_SENT - 256 * 1024
"""Bytes; what is longer is delivered at the console."""

_MOST_PASTED = 200 * 1024
"""Bytes of one field: five thousand plates, however they are written."""

_SHOWN = 200
"""Refused lines on the page; the file has all of them."""


def _item(delivery: Delivery) -> DeliveryItem:
    return DeliveryItem(
        delivery_id=delivery.delivery_id, kind=delivery.kind, revision=delivery.revision, sha256=delivery.sha256.hex(),
        handed_in_by=delivery.made_name, handed_in_at=delivery.made_at, agreed_by=delivery.agreed_name,
        taken_by=delivery.applied_name, taken_at=delivery.applied_at, waits=delivery.waits,
        counts=dict(delivery.counts))


def _answer(delivery: Delivery, refused: Sequence[Refusal]) -> DeliveryAnswer:
    return DeliveryAnswer(delivery=_item(delivery), refused=[
        RefusedLine(file=one.part, line=one.line, reasons=one.why.split(",")) for one in refused])


@api.get("", summary="Deliveries of a list", dependencies=[may(Act.keep_watchlists)])
async def get_deliveries(list_code: str, program: RunningProgram, visitor: CurrentVisitor) -> DeliveriesAnswer:
    """Return a list's deliveries, the newest first; 50 at most."""
    _, found = await delivery_taking.find_all(program, visitor, list_code)
    return DeliveriesAnswer(items=[_item(delivery) for delivery in found])


@api.post("", status_code=201, summary="Hand a delivery in", openapi_extra=DELIVERY, max_body_size=MOST_SENT,
          dependencies=[may(Act.keep_watchlists)])
async def post_delivery(request: Request, list_code: str, program: RunningProgram,
                        visitor: CurrentVisitor) -> DeliveryAnswer:
    """Have a delivery looked at: what it would do, to the line; nothing of it counts before it is taken."""
    form = await read_form(request, "file", MOST_OF_FILE, _MOST_PASTED)
    handed = await delivery_taking.hand_in(program, visitor, list_code, DeliveryForm.of(form).read(form))
    return await _found(program, visitor, list_code, handed.delivery_id)


@api.get("/{delivery_id}", summary="One delivery", dependencies=[may(Act.keep_watchlists)])
async def get_delivery(list_code: str, delivery_id: UUID, program: RunningProgram,
                       visitor: CurrentVisitor) -> DeliveryAnswer:
    """Return a delivery with every line that it refuses."""
    return await _found(program, visitor, list_code, delivery_id)


@api.post("/{delivery_id}/taking", summary="Take a delivery", dependencies=[may(Act.validate_entries)])
async def post_taking(list_code: str, delivery_id: UUID, taking: Taking, program: RunningProgram,
                      visitor: CurrentVisitor) -> DeliveryAnswer:
    """Take it, as a whole; where it ends much this is the first of two who agree, or the second."""
    await delivery_taking.take(program, visitor, list_code, delivery_id, said=taking.ends_much)
    return await _found(program, visitor, list_code, delivery_id)


async def _found(program: Program, visitor: Visitor, code: str, delivery_id: UUID) -> DeliveryAnswer:
    _, delivery, refused = await delivery_taking.find(program, visitor, code, delivery_id)
    return _answer(delivery, refused)


@pages.get("", dependencies=[may(Act.keep_watchlists)])
async def show_deliveries(request: Request, list_code: str, program: RunningProgram,
                          visitor: CurrentVisitor) -> Response:
    """Show a list's deliveries, and the form in which one is handed in."""
    return await _show_deliveries(request, program, visitor, list_code,
                                  DeliveryForm(country="BE", requester=visitor.user.display_name))


async def _show_deliveries(request: Request, program: Program, visitor: Visitor, code: str, form: DeliveryForm,
                           problem: BadQuestionError | None = None) -> Response:
    watchlist, found = await delivery_taking.find_all(program, visitor, code)
    return show_page(request, "deliveries.html", problem.status if problem else 200, watchlist=watchlist,
                     deliveries=found, form=form, wording=delivery_wording, kinds=DeliveryKind,
                     problem=problem.args[0] if problem else None, here=f"/watchlists/{code}/deliveries")


@pages.post("", max_body_size=MOST_SENT, dependencies=[may(Act.keep_watchlists)])
async def hand_in_from_form(request: Request, list_code: str, program: RunningProgram,
                            visitor: CurrentVisitor) -> Response:
    """Have a delivery looked at and show what it would do; what is wrong with it as a whole is said above the form."""
    form = DeliveryForm()
    try:
        sent: Uploaded = await read_form(request, "file", MOST_OF_FILE, _MOST_PASTED)
        form = DeliveryForm.of(sent)
        handed = await delivery_taking.hand_in(program, visitor, list_code, form.read(sent))
    except BadQuestionError as error:
        return await _show_deliveries(request, program, visitor, list_code, form, error)
    return RedirectResponse(f"/watchlists/{list_code}/deliveries/{handed.delivery_id}", 303)


@pages.get("/{delivery_id}", dependencies=[may(Act.keep_watchlists)])
async def show_delivery(request: Request, list_code: str, delivery_id: UUID, program: RunningProgram,
                        visitor: CurrentVisitor) -> Response:
    """Show what a delivery would do, or did."""
    return await _show_delivery(request, program, visitor, list_code, delivery_id)


async def _show_delivery(request: Request, program: Program, visitor: Visitor, code: str, delivery_id: UUID,
                         problem: BadQuestionError | ForbiddenError | None = None) -> Response:
    watchlist, delivery, refused = await delivery_taking.find(program, visitor, code, delivery_id)
    return show_page(
        request, "delivery.html", problem.status if problem else 200, watchlist=watchlist, delivery=delivery,
        refused=refused[:_SHOWN], much=ends_much(delivery.counts), wording=delivery_wording,
        is_own=is_by_hand(watchlist, delivery.kind) and delivery.made_by == visitor.user.user_id,
        problem=problem.args[0] if problem else None, here=f"/watchlists/{code}/deliveries/{delivery_id}")


@pages.get("/{delivery_id}/refused", dependencies=[may(Act.keep_watchlists)])
async def download_refused(request: Request, list_code: str, delivery_id: UUID, program: RunningProgram,
                           visitor: CurrentVisitor) -> Response:
    """Hand out every line that a delivery refuses, with its reasons, as CSV."""
    _, _, refused = await delivery_taking.find(program, visitor, list_code, delivery_id)
    rows = delivery_wording.rows_of_refusals(((one.part, one.line, one.why) for one in refused), language_of(request))
    return Response(sheets.write_sheet(("file", "line", "codes", "reasons"), rows), media_type=sheets.MEDIA_TYPE,
                    headers={"Content-Disposition": 'attachment; filename="refused-lines.csv"'})


@pages.post("/{delivery_id}/taking", dependencies=[may(Act.validate_entries)])
async def take_from_form(request: Request, list_code: str, delivery_id: UUID, program: RunningProgram,
                         visitor: CurrentVisitor, ends_much: Annotated[str, Form()] = "") -> Response:
    """Take a delivery and show what it did."""
    try:
        await delivery_taking.take(program, visitor, list_code, delivery_id, said=ends_much == "yes")
    except (BadQuestionError, ForbiddenError) as error:
        return await _show_delivery(request, program, visitor, list_code, delivery_id, error)
    return RedirectResponse(f"/watchlists/{list_code}/deliveries/{delivery_id}", 303)
