"""The addresses of a read's pictures, and the picture behind a granted address."""

import logging
from typing import Protocol
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response
from obstore.exceptions import BaseError
from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.grants import Granted, Holder
from search.pages.language import words
from search.program import Program
from search.reads.queries import find_spooled
from services.clock import from_epoch_ms, utc_now
from services.consultations import Consultation, find_consultation
from services.database import transaction
from services.errors import ForbiddenError, NotFoundError
from services.identity import captured_ms_of, is_read_id
from services.images import Kind, content_type
from services.retention_rule import cut_off

_log = logging.getLogger(__name__)


class Pictured(Protocol):
    """A read as far as its pictures are concerned."""

    @property
    def read_id(self) -> UUID:
        """Its number."""

    def pictures(self) -> list[Kind]:
        """Return which pictures there are."""


def address_pictures(program: Program, read: Pictured, consultation: Consultation) -> dict[str, str]:
    """Return a granted address for every picture of a read, by kind."""
    holder, now = Holder(consultation.user_id, consultation.consultation_id), utc_now()
    return {kind.name: f"/reads/{read.read_id}/images/{kind.name}?grant="
                       f"{program.grants.grant(read.read_id, kind, holder, now)}"
            for kind in read.pictures()}


async def fetch_picture(program: Program, visitor: Visitor, read_id: UUID, kind: Kind, grant: str) -> Response:
    """Return a picture for whoever was granted it, as long as their consultation is open and the read is kept.

    Raises ForbiddenError for a grant that does not hold and NotFoundError when there is no picture.
    """
    now, user_id = utc_now(), visitor.user.user_id
    granted = program.grants.check(grant, read_id, kind, user_id, now)
    if not is_read_id(read_id) or from_epoch_ms(captured_ms_of(read_id)) < cut_off(now):
        raise NotFoundError(words("There is no such picture, or it has expired."))
    async with transaction(program.engine) as connection:
        opened = granted.consultation_id
        if opened is None or await find_consultation(connection, opened, user_id, now) is None:
            raise ForbiddenError(words("The consultation for which this picture was shown has ended."))
        content = await stored_picture(program, connection, granted)
    return answer_picture(content)


async def stored_picture(program: Program, connection: AsyncConnection, granted: Granted) -> bytes | None:
    """Return a granted picture, None when there is none."""
    return (await _stored(program, granted.read_id, granted.kind)) or await find_spooled(connection, granted)


def answer_picture(content: bytes | None) -> Response:
    """Answer with a picture; raises NotFoundError when there is none."""
    media_type = content_type(content) if content else None
    if content is None or media_type is None:
        raise NotFoundError(words("There is no such picture, or it has expired."))
    return Response(content, media_type=media_type, headers={"Content-Disposition": "inline"})


async def _stored(program: Program, read_id: UUID, kind: Kind) -> bytes | None:
    """Look in the image store; when that fails, the picture may still be in the spool."""
    try:
        return await program.images.get(read_id, kind)
    except BaseError as error:
        _log.warning("the image store does not answer: %s", type(error).__name__)
        return None


def wants_picture(request: Request) -> bool:
    """Tell whether an `<img>` asks: it is better served with a drawing than with a page."""
    return request.headers.get("sec-fetch-dest") == "image"


NO_PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 60"><rect width="160" height="60" fill="#8a94a6" '
    b'opacity=".25"/><path d="M68 20h24v20H68z M68 36l8-8 6 6 4-3 6 5" fill="none" stroke="#8a94a6" stroke-width="2"/>'
    b"</svg>")
