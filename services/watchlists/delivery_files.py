"""Files of entries taken apart into lines (pure): pasted plates, CSV, ZIP of CSV with a manifest (docs/list-files.md).

What is broken is told by a BrokenDeliveryError, whose text never quotes what the file holds.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import PurePosixPath
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - it is an error

import msgspec

from services.errors import BadQuestionError

MOST_BYTES = 256 * 1024 * 1024
"""Of a file as it is handed in."""
MOST_UNPACKED = 512 * 1024 * 1024
"""Of everything in a ZIP together."""
MOST_LINES = 2_000_000
MOST_PARTS = 400
MOST_OF_LINE = 4_000
"""Characters."""
MOST_OF_PASTE = 5_000
"""Lines."""
MANIFEST = "manifest.json"
_MOST_OF_MANIFEST = 1024 * 1024
_BOM, _UTF_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_AT_ONCE = 1024 * 1024
_ENCRYPTED = 0x1

TEXTS = ("country", "measure", "reason", "legal_basis", "authority", "file_number", "requester", "since", "until")
"""Columns that a delivery may leave out: what stands in its form or in its list counts then."""
COLUMNS = ("source_key", "plate", "operation", *TEXTS)
OTHER_NAMES = {
    "key": "source_key", "sleutel": "source_key", "clé": "source_key",
    "nummerplaat": "plate", "plaque": "plate",
    "bewerking": "operation", "opération": "operation",
    "land": "country", "pays": "country", "maatregel": "measure", "mesure": "measure", "reden": "reason",
    "motif": "reason", "rechtsgrond": "legal_basis", "base légale": "legal_basis", "autoriteit": "authority",
    "autorité": "authority", "dossier": "file_number", "aanvrager": "requester", "demandeur": "requester",
    "van": "since", "de": "since", "tot": "until", "jusque": "until",
}
"""What a column may be called beside its own name."""

_UNREADABLE = (BadZipFile, NotImplementedError, OSError, ValueError, ZlibError, RuntimeError, EOFError)
"""What the library raises for an archive that is spoilt, depending on where."""


class DeliveryKind(StrEnum):
    """How entries are delivered."""

    paste = "paste"  # plates, one a line: adds, and ends nothing
    full = "csv"     # the whole list: what it no longer holds is over
    package = "zip"  # changes in order, or a whole list and changes to it


class Operation(StrEnum):
    """What a line does with the entry of its key; one character in the staging table."""

    add = "a"
    change = "c"
    remove = "r"
    refused = "x"    # nothing, but its key was there


OPERATIONS = {word: operation for operation, spellings in {
    Operation.add: ("add", "toevoegen", "ajouter"), Operation.change: ("change", "wijzigen", "modifier"),
    Operation.remove: ("remove", "verwijderen", "supprimer")}.items() for word in spellings}


class BrokenDeliveryError(BadQuestionError):
    """A file that is not what it should be; nothing of it is taken. `why` is stable."""

    code = "broken-delivery"

    def __init__(self, why: "Broken", place: str = "") -> None:
        super().__init__(f"{BROKEN[why]}{f' ({place})' if place else ''}")
        self.why, self.place = why, place


class Broken(StrEnum):
    """How a file can be broken."""

    empty = "empty"
    too_long = "too-long"
    encoding = "encoding"
    header = "header"
    archive = "archive"
    bomb = "bomb"
    manifest = "manifest"
    list = "list"
    missing = "missing"
    checksum = "checksum"
    rows = "rows"
    uncounted = "uncounted"
    order = "order"
    old = "old"
    gap = "gap"
    unnumbered = "unnumbered"
    mostly_refused = "mostly-refused"


BROKEN: Mapping[Broken, str] = {
    Broken.empty: "the delivery holds no line that can be taken",
    Broken.too_long: "the delivery is longer than any that is taken",
    Broken.encoding: "the file must be UTF-8 or Latin-1",
    Broken.header: "the first line must name the columns; this one is not known, missing or named twice",
    Broken.archive: "the ZIP cannot be read: it is broken, cut off, encrypted or packed in an unusual way",
    Broken.bomb: "the ZIP holds more than may be unpacked",
    Broken.manifest: "the ZIP's manifest.json is missing or not as docs/list-files.md describes it",
    Broken.list: "the delivery is of another list",
    Broken.missing: "a file of the manifest is not in the ZIP, or there twice",
    Broken.checksum: "the SHA-256 checksum is another one: the file is not what was sent",
    Broken.rows: "the number of lines is another one: the file is not what was sent",
    Broken.uncounted: "a whole list needs its number of lines or its SHA-256 checksum",
    Broken.order: "the revisions of the manifest do not follow one another, or a whole list does not come first",
    Broken.old: "the list has this revision, or a later one, already",
    Broken.gap: "a revision between the list's own and this one is missing",
    Broken.unnumbered: "the list has revisions: a delivery needs its own",
    Broken.mostly_refused: "more than half of its lines would be refused",
}


class Line(NamedTuple):
    """One line behind the header; `cells` is None where it cannot be taken apart. A tuple: there may be millions."""

    part: int
    number: int
    cells: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Part:
    """One file of lines; `whole` says that it is the whole list."""

    number: int
    whole: bool
    revision: int | None
    rows: int | None
    """How many lines it should have; None where nobody said."""
    read: Callable[[], str]
    """Read its text; raises BrokenDeliveryError."""
    pasted: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """What is said about a file beside it."""

    revision: int | None = None
    rows: int | None = None
    sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A delivery, opened: its parts in order."""

    kind: DeliveryKind
    digest: bytes
    """SHA-256 of all of it."""
    parts: tuple[Part, ...]

    @property
    def revision(self) -> int | None:
        """Which revision the list has once it is taken."""
        return self.parts[-1].revision

    @property
    def whole(self) -> bool:
        """Whether it begins with a whole list."""
        return self.parts[0].whole


class _File(msgspec.Struct, frozen=True):
    name: str
    sha256: str
    revision: int
    rows: int | None = None
    whole: bool = False


class _Manifest(msgspec.Struct, frozen=True):
    files: list[_File]
    list: str | None = None


def open_delivery(kind: DeliveryKind, content: bytes, stated: Stated, list_code: str) -> Package:
    """Return what is delivered to a list, with every promise kept that can be checked now.

    Raises BrokenDeliveryError for a file that is empty, too long, not the one that was meant, or in a wrong order.
    """
    if not content.strip():
        raise BrokenDeliveryError(Broken.empty)
    if len(content) > MOST_BYTES:
        raise BrokenDeliveryError(Broken.too_long)
    digest = sha256(content).digest()
    if stated.sha256 is not None and stated.sha256 != digest:
        raise BrokenDeliveryError(Broken.checksum)
    if kind is DeliveryKind.package:
        return Package(kind, digest, _parts(content, list_code))
    if kind is DeliveryKind.full and stated.rows is None and stated.sha256 is None:
        raise BrokenDeliveryError(Broken.uncounted)
    whole = kind is DeliveryKind.full
    return Package(kind, digest, (Part(1, whole, stated.revision, stated.rows, lambda: decode(content), not whole),))


def decode(content: bytes) -> str:
    """Return a file's text: UTF-8 with or without its mark, else Latin-1 as Windows writes it."""
    if content.startswith(_UTF_16):
        raise BrokenDeliveryError(Broken.encoding)
    try:
        return content.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _parts(content: bytes, list_code: str) -> tuple[Part, ...]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            # What folder a file is said to lie in means nothing: nothing is written to a disk. It may have no name.
            infos = [(PurePosixPath(info.filename).name, info) for info in archive.infolist()
                     if not info.filename.endswith("/")]
            if sum(info.file_size for _, info in infos) > MOST_UNPACKED:
                raise BrokenDeliveryError(Broken.bomb)
            manifest = _manifest(archive, infos)
    except _UNREADABLE:
        raise BrokenDeliveryError(Broken.archive) from None
    if manifest.list not in (None, list_code):
        raise BrokenDeliveryError(Broken.list)
    _check_order(manifest)
    return tuple(Part(number, file.whole, file.revision, file.rows, _reader(content, file, _named(infos, file.name)))
                 for number, file in enumerate(manifest.files, 1))


def _manifest(archive: ZipFile, infos: Sequence[tuple[str, ZipInfo]]) -> _Manifest:
    found = [info for name, info in infos if name == MANIFEST]
    if len(found) != 1:
        raise BrokenDeliveryError(Broken.manifest)
    try:
        return msgspec.json.decode(_unpack(archive, found[0], _MOST_OF_MANIFEST), type=_Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BrokenDeliveryError(Broken.manifest) from None


def _check_order(manifest: _Manifest) -> None:
    files = manifest.files
    if not 1 <= len(files) <= MOST_PARTS:
        raise BrokenDeliveryError(Broken.manifest)
    if any(not 0 < file.revision < 2**62 or (file.rows is not None and file.rows < 0) for file in files):
        raise BrokenDeliveryError(Broken.manifest)
    if [file.revision for file in files] != list(range(files[0].revision, files[0].revision + len(files))):
        raise BrokenDeliveryError(Broken.order)
    if any(file.whole for file in files[1:]):
        raise BrokenDeliveryError(Broken.order)


def _named(infos: Sequence[tuple[str, ZipInfo]], name: str) -> ZipInfo:
    found = [info for known, info in infos if known == PurePosixPath(name).name]
    if len(found) != 1:
        raise BrokenDeliveryError(Broken.missing)
    return found[0]


def _reader(content: bytes, file: _File, info: ZipInfo) -> Callable[[], str]:
    def read() -> str:
        try:
            with ZipFile(io.BytesIO(content)) as archive:
                unpacked = _unpack(archive, info, MOST_UNPACKED)
        except _UNREADABLE:
            raise BrokenDeliveryError(Broken.archive) from None
        if sha256(unpacked).hexdigest() != file.sha256.lower():
            raise BrokenDeliveryError(Broken.checksum)
        return decode(unpacked)
    return read


def _unpack(archive: ZipFile, info: ZipInfo, most: int) -> bytes:
    """Return what one file of a ZIP holds; however small it says to be, no more than `most` is unpacked."""
    if info.flag_bits & _ENCRYPTED or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BrokenDeliveryError(Broken.archive)
    found = bytearray()
    with archive.open(info) as packed:
        while chunk := packed.read(_AT_ONCE):
            found += chunk
            if len(found) > most:
                raise BrokenDeliveryError(Broken.bomb)
    return bytes(found)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands, and what separates them."""

    places: Mapping[str, int]
    delimiter: str
    width: int


def read_header(line: str, *, needed: Sequence[str], forbidden: Sequence[str] = ()) -> Layout:
    """Return the layout that a first line names; raises BrokenDeliveryError with the number of the wrong column.

    Never with its name: where a file has no header, a plate stands there.
    """
    delimiter = max(";,\t", key=line.count)
    cells = _cells(line.strip(), delimiter) or ()
    names = [OTHER_NAMES.get(name, name) for name in (" ".join(cell.lower().split()) for cell in cells)]
    known = frozenset(COLUMNS) - set(forbidden)
    for number, name in enumerate(names, 1):
        if name not in known or name in names[:number - 1]:
            raise BrokenDeliveryError(Broken.header, f"column {number}")
    for name in needed:
        if name not in names:
            raise BrokenDeliveryError(Broken.header, name)
    return Layout({name: place for place, name in enumerate(names)}, delimiter, len(names))


def lines_of(part: Part) -> tuple[Layout, Iterator[Line]]:
    """Return a part's layout and its lines behind the header, without empty ones; they are numbered from 1.

    Raises BrokenDeliveryError, in the end too: when there are more lines than any list has, or not as many as stated.
    """
    text = io.StringIO(part.read(), newline=None)
    if part.pasted:
        return Layout({"plate": 0}, "", 1), _pasted(part, text)
    header = text.readline(MOST_OF_LINE + 1)
    if not header.strip():
        raise BrokenDeliveryError(Broken.empty)
    layout = (read_header(header, needed=("plate",), forbidden=("operation",)) if part.whole
              else read_header(header, needed=("source_key", "plate", "operation")))
    return layout, _lines(part, text, layout.delimiter)


def _lines(part: Part, text: io.StringIO, delimiter: str) -> Iterator[Line]:
    count = 0
    for number, line in enumerate(text, 2):
        if line.isspace():
            continue
        count += 1
        if count > MOST_LINES:
            raise BrokenDeliveryError(Broken.too_long)
        yield Line(part.number, number, _cells(line.rstrip("\n"), delimiter) if len(line) <= MOST_OF_LINE else None)
    if part.rows is not None and part.rows != count:
        raise BrokenDeliveryError(Broken.rows)


def _pasted(part: Part, text: io.StringIO) -> Iterator[Line]:
    for number, line in enumerate(text, 1):
        if number > MOST_OF_PASTE:
            raise BrokenDeliveryError(Broken.too_long)
        if line.strip():
            yield Line(part.number, number, [line.strip()] if len(line) <= MOST_OF_LINE else None)


def _cells(line: str, delimiter: str) -> Sequence[str] | None:
    """Return a line's cells, None where its quotes do not match.

    Each line stands alone, so that one stray quote spoils one line and never swallows those behind it.
    """
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None
