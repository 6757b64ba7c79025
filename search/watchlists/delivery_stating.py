"""A delivery as somebody typed and chose it: kept for showing the form again, and read into what is handed in."""

from dataclasses import dataclass, fields
from datetime import datetime

from search.decisions.uploading import Uploaded
from search.pages.language import words
from services.errors import BadQuestionError
from services.watchlists.deliveries import Rest
from services.watchlists.delivering import Given
from services.watchlists.delivery_files import DeliveryKind, Stated
from services.watchlists.delivery_lines import read_moment
from services.watchlists.drafting import ANY_COUNTRY

_MOST_REVISION = 2**62


@dataclass(frozen=True, slots=True)
class DeliveryForm:
    """What was typed, field by field."""

    kind: str = ""
    plates: str = ""
    revision: str = ""
    rows: str = ""
    sha256: str = ""
    country: str = ""
    measure: str = ""
    reason: str = ""
    legal_basis: str = ""
    authority: str = ""
    file_number: str = ""
    requester: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, form: Uploaded) -> "DeliveryForm":
        """Return what a form says."""
        return cls(**{field.name: form.text(field.name).strip() for field in fields(cls)})

    def read(self, form: Uploaded) -> Given:
        """Return what is handed in; raises BadQuestionError for what cannot be read."""
        if form.too_long:
            raise BadQuestionError(words("The file is too long for a page: deliver it at the console, or as a ZIP."))
        if self.kind not in set(DeliveryKind):
            raise BadQuestionError(words("Choose how the list is delivered."))
        kind = DeliveryKind(self.kind)
        content = self.plates.encode(errors="replace") if kind is DeliveryKind.paste else form.content
        return Given(kind, content, self._stated(), self._rest())

    def _stated(self) -> Stated:
        return Stated(_read_number(self.revision), _read_number(self.rows), _read_digest(self.sha256))

    def _rest(self) -> Rest:
        country = self.country.lower() if self.country.lower() == ANY_COUNTRY else self.country.upper()
        return Rest(country, self.measure, self.reason, self.legal_basis, self.authority, self.file_number,
                    self.requester, _read_moment(self.since, ends=False), _read_moment(self.until, ends=True))


def _read_number(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) < 20 and 0 <= int(written) < _MOST_REVISION):
        raise BadQuestionError(words("Revision and number of lines are whole numbers."))
    return int(written)


def _read_digest(written: str) -> bytes | None:
    if not written:
        return None
    try:
        digest = bytes.fromhex(written)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise BadQuestionError(words("A SHA-256 checksum has 64 hexadecimal digits."))
    return digest


def _read_moment(written: str, *, ends: bool) -> datetime | None:
    moment = read_moment(written, ends=ends) if written else None
    if written and moment is None:
        raise BadQuestionError(words("Write moments as 23/12/2026 or 23/12/2026 14:05."))
    return moment
