"""A form with a file: its length is limited while it arrives, before anything of it is kept in memory."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from search.pages.language import words
from services.documents import MOST_BYTES
from services.errors import BadQuestionError

_MOST_BESIDE = 256 * 1024
"""Bytes of a form beside its file."""
_MOST_OF_FIELD = 32 * 1024
MOST_SENT = 5 * MOST_BYTES
"""A form up to so long is read, and what is too much of it thrown away, so that what was typed is not lost."""

_MOST_FIELDS = 600


class _TooLongError(Exception):
    """More came than a form may hold."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What a form held: its fields and its one file."""

    fields: FormData
    name: str
    content: bytes
    too_long: bool = False
    """Whether the file was too long; then it is not here, and neither is what came behind it."""

    def text(self, key: str) -> str:
        """Return a field's last value, an empty text when it was not sent."""
        found = [value for value in self.fields.getlist(key) if isinstance(value, str)]
        return found[-1] if found else ""

    def texts(self, key: str) -> list[str]:
        """Return every value of a field that holds something."""
        return [value for value in self.fields.getlist(key) if isinstance(value, str) and value]


async def read_form(request: Request, file_key: str, most: int = MOST_BYTES, most_of_field: int = _MOST_OF_FIELD
                    ) -> Uploaded:
    """Return a form sent as multipart/form-data whose file has at most so many bytes.

    Raises BadQuestionError when it is none.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadQuestionError(words("Send the form as multipart/form-data."))
    parser = MultiPartParser(request.headers, _limited(request, most + _MOST_BESIDE), max_files=1,
                             max_fields=_MOST_FIELDS, max_part_size=most_of_field)
    parser.spool_max_size = most + _MOST_BESIDE  # what is handed in never lies in a file on the server's disk
    try:
        fields = await parser.parse()
    except _TooLongError:
        return Uploaded(FormData(parser.items), "", b"", too_long=True)
    except MultiPartException:
        raise BadQuestionError(words("The form could not be read: it may hold one file and no very long field.")
                               ) from None
    file = next((value for value in fields.getlist(file_key) if isinstance(value, UploadFile)), None)
    content = await file.read() if file else b""
    await fields.close()
    return Uploaded(fields, (file.filename or "") if file else "", content)


async def _limited(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received <= most:
            yield chunk
    if received > most:
        raise _TooLongError
