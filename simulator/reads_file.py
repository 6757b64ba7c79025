"""Files of reads from elsewhere: any CSV with a time, a camera and a plate, recognised by its header."""

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from services.clock import to_milliseconds
from services.errors import BadQuestionError

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    # Column → names under which it is known, folded (lower case, letters and digits only); the first that fits wins.
    "captured_at": ("capturedat", "captured", "capturedate", "capturetime", "timestamp", "datetime", "readtime",
                    "dateobserved", "passedat", "time", "date", "tijdstip"),
    "camera": ("camera", "cameraid", "deviceid", "device", "sourceid", "cameracode", "devicename", "site", "lector"),
    "plate": ("plate", "platehash", "licenseplate", "licenceplate", "plateraw", "platenumber", "platestring", "vrm",
              "nummerplaat", "kenteken", "matricula", "hash"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
    "name": ("name", "cameraname", "description", "location"),
}
REQUIRED = ("captured_at", "camera", "plate")
LONGEST_CAMERA = 64
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_UNKNOWN = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
_EPOCH = re.compile(r"\d{10}(\d{3})?\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """One read of the file; `plate` is its text or its hash, empty when nothing was read."""

    captured_at: datetime
    camera: str
    plate: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be understood, by its line in the file (the header is line 1)."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """A camera as the file describes it; degrees, or None when not known."""

    source_id: str
    name: str
    lat: float | None
    lon: float | None


@dataclass(slots=True)
class Survey:
    """What a first look at the whole file tells."""

    digest: str
    """SHA-256 of the file's bytes, hexadecimal."""
    rows: int = 0
    newest: datetime = _LONG_AGO
    places: dict[str, Place] = field(default_factory=dict)
    plates: set[str] = field(default_factory=set)
    bad: list[BadRow] = field(default_factory=list)


class ReadsFile:
    """A CSV of reads (plain or .gz); every pass over it opens it anew and holds one row."""

    def __init__(self, path: Path, columns: dict[str, str], zone: tzinfo) -> None:
        """Look at the header; `columns` names columns that differ from the usual, `zone` reads times without one."""
        self.path = path
        self._zone = zone
        with self._open() as file:
            try:
                header = next(csv.reader(file), [])
            except (csv.Error, EOFError, OSError) as error:
                raise BadQuestionError(f"{path} is not a CSV file: {error}") from None
        self._places = _find_columns(header, columns, path)

    def survey(self) -> Survey:
        """Read the file once and return what it holds."""
        survey = Survey(self._digest())
        for row, fields in self._read():
            if isinstance(row, BadRow):
                survey.bad.append(row)
                continue
            survey.rows += 1
            survey.newest = max(survey.newest, row.captured_at)
            survey.plates.add(row.plate)
            known = survey.places.get(row.camera)
            if known is None or known.lat is None:
                survey.places[row.camera] = self._place(row.camera, fields)
        return survey

    def rows(self) -> Iterator[Row]:
        """Yield the rows that can be understood, in the file's order."""
        return (row for row, _ in self._read() if isinstance(row, Row))

    def _read(self) -> Iterator[tuple[Row | BadRow, list[str]]]:
        with self._open() as file:
            reader = csv.reader(file)
            try:
                next(reader, None)
                for fields in reader:
                    if fields:
                        yield self._row(reader.line_num, fields), fields
            except (csv.Error, EOFError, OSError) as error:
                raise BadQuestionError(f"{self.path} cannot be read beyond line {reader.line_num}: {error}") from None

    def _row(self, line: int, fields: list[str]) -> Row | BadRow:
        captured_at = parse_time(self._field(fields, "captured_at"), self._zone)
        camera = self._field(fields, "camera")
        if captured_at is None:
            return BadRow(line, "the time cannot be understood")
        if camera.lower() in _UNKNOWN:
            return BadRow(line, "the camera is missing")
        if len(camera) > LONGEST_CAMERA:
            return BadRow(line, f"the camera's name is longer than {LONGEST_CAMERA} characters")
        plate = self._field(fields, "plate")
        if len(plate) > LONGEST_CAMERA:
            return BadRow(line, f"the plate is longer than {LONGEST_CAMERA} characters")
        return Row(captured_at, camera, "" if plate.lower() in _UNKNOWN else plate)

    def _place(self, camera: str, fields: list[str]) -> Place:
        lat, lon = (_degrees(self._field(fields, column)) for column in ("lat", "lon"))
        # 0/0 lies in the Gulf of Guinea: what devices send that do not know where they are.
        if lat is None or lon is None or (lat, lon) == (0.0, 0.0) or abs(lat) > 90 or abs(lon) > 180:
            lat = lon = None
        return Place(camera, self._field(fields, "name")[:LONGEST_CAMERA] or camera, lat, lon)

    def _field(self, fields: list[str], column: str) -> str:
        place = self._places.get(column)
        return fields[place].strip() if place is not None and place < len(fields) else ""

    def _digest(self) -> str:
        digest = hashlib.sha256()
        with self._open_bytes() as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()

    def _open(self) -> TextIO:
        opened = self._open_bytes() if self.path.suffix != ".gz" else self._open_compressed()
        return io.TextIOWrapper(opened, encoding="utf-8-sig", errors="replace", newline="")

    def _open_compressed(self) -> BinaryIO:
        self._open_bytes().close()  # for the sentence when the file is not there
        return cast("BinaryIO", gzip.open(self.path))

    def _open_bytes(self) -> BinaryIO:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise BadQuestionError(f"cannot read {self.path}: {error.strerror}") from None


def parse_time(text: str, zone: tzinfo) -> datetime | None:
    """Return an ISO 8601 time or an epoch in s or ms as aware UTC; None for anything else.

    Days and months in figures with the day first are refused: nobody can tell 3/4 from 4/3.
    """
    try:
        if _EPOCH.match(text):
            return datetime.fromtimestamp(int(text[:10]), UTC).replace(microsecond=int(text[10:] or 0) * 1000)
        moment = datetime.fromisoformat(text)
        return to_milliseconds((moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _find_columns(header: list[str], named: dict[str, str], path: Path) -> dict[str, int]:
    folded = {_fold(name): place for place, name in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for column, usual in USUAL_NAMES.items():
        candidates = (_fold(named[column]),) if column in named else usual
        place = next((folded[name] for name in candidates if name in folded), None)
        if place is not None:
            found[column] = place
        elif column in REQUIRED or column in named:
            raise BadQuestionError(f"{path} has no column for {column}; its columns are {', '.join(header) or 'none'} "
                                   f"(name it with --columns {column}=NAME)")
    return found


def _fold(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _degrees(text: str) -> float | None:
    try:
        return None if text.lower() in _UNKNOWN else float(text)
    except ValueError:
        return None
