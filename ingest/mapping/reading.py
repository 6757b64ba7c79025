"""A mapping at work: document in, findings out. Compiled once for a gateway, called for each message."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any

import jmespath
import msgspec
from jmespath.exceptions import JMESPathError

from ingest.incoming import Incoming
from ingest.mapping import countries
from ingest.mapping.documents import Document, UnreadableError, open_document
from ingest.mapping.instants import Moment, read_moment
from ingest.mapping.verbs import Field, Fields, Mapping, Message, Picture, Value
from ingest.rows import Reason
from ingest.sightings import Finding, Heartbeat, Ignored, Problem, Sighting
from services.decoding import DecodingSettings
from services.errors import ConfigurationError
from services.images import MAX_IMAGE_BYTES, Kind

MAX_ITEMS = 500
"""Most reads of one message, as of a canonical batch."""

_NOTHING = frozenset({"", "-", "--", "null", "none"})
_KMH = {"km/h": 1.0, "mph": 1.609344, "m/s": 3.6}
_STATED_UNITS = _KMH | {"kmh": 1.0, "kph": 1.0}
_STATED_SPEED = re.compile(r"\s*(-?[\d.,]+)\s*(km/h|kmh|kph|mph|m/s)\s*\Z", re.IGNORECASE)  # goes before any setting
_WORD, _NAME, _PLATE = 64, 64, 64
_NO_PICTURE = b"\0"  # neither JPEG nor PNG, so it is refused with that reason where pictures are checked
_DATA_URI = re.compile(r"data:[\w/+.-]*;base64,")
_FOUND = ("plate", "country", "confidence", "direction", "facing", "lane", "speed", "passage", "revision", "key",
          "clock_synchronised", "make", "model", "colour", "vehicle_type")

Context = dict[str, Any]
Find = Callable[[Context], str | None]
Reshape = Callable[[Document], Document]
Read = Callable[[Incoming, str], Iterator[Finding]]


def compile_mapping(mapping: Mapping, settings: DecodingSettings, reshape: Reshape | None = None) -> Read:
    """Return the function that reads messages of a format under a gateway's settings.

    `reshape` is for a maker whose messages a table alone cannot describe: it gets the document and returns the one
    that the table looks into. Raises ConfigurationError that names a path which is no JMESPath or a wrong expression.
    """
    kinds = [_Kind(message, mapping, settings) for message in mapping.messages]

    def read(message: Incoming, path: str) -> Iterator[Finding]:
        if not message.payload.strip():
            yield Ignored("empty")
            return
        try:
            document = open_document(message, path)
            document = reshape(document) if reshape else document
        except UnreadableError as error:
            yield error.problem()
            return
        context = document.context()
        kind = next((kind for kind in kinds if kind.applies(context)), None)
        findings = kind.findings(document, message.received_ms) if kind else iter([stranger])
        yield from findings if document.kept is None else _keeping(findings, document.kept)

    stranger = Problem(Reason.unknown_format, f"this is none of the messages that {mapping.name} knows")
    return read


def _keeping(findings: Iterator[Finding], kept: bytes) -> Iterator[Finding]:
    for finding in findings:
        if isinstance(finding, Sighting | Problem):
            yield msgspec.structs.replace(finding, body=finding.body or kept)
        else:
            yield finding


class _Kind:
    """One kind of message, its paths compiled."""

    def __init__(self, message: Message, mapping: Mapping, settings: DecodingSettings) -> None:
        self._message, self._settings = message, settings
        self._when = _search(message.when) if message.when else None
        self._for_each = _search(message.for_each) if message.for_each else None
        self._cameras = [_find(field) for field in _listed(message.camera)]
        self._moments = [(_find(field), field.format or "iso", field.zone) for field in map(_value,
                         _listed(message.captured_at))]
        self._finds = {name: _first([_find(field) for field in _listed(getattr(message, name))])
                       for name in _FOUND}
        self._word = _first([_find(_untabled(field)) for field in _listed(message.direction)])
        self._directions = {word.lower(): meaning for word, meaning in settings.directions.items()}
        self._pictures = [_picture(picture) for picture in message.images]
        self._scale = settings.scale(message.confidence_scale or mapping.confidence_scale)
        self._coding = settings.country_coding or mapping.country_coding
        self._kmh = _KMH[settings.speed_unit or mapping.speed_unit]

    def applies(self, context: Context) -> bool:
        """Tell whether a message is of this kind."""
        return self._when is None or bool(self._when(context))

    def findings(self, document: Document, received_ms: int) -> Iterator[Finding]:
        """Yield what a message of this kind holds."""
        if self._message.kind == "ignored":
            yield Ignored(self._message.reason or "no read")
        elif self._message.kind == "heartbeat":
            yield Heartbeat(self._names(document.context()), of_device=True)
        elif self._for_each is None:
            yield self._sighting(document.context(), received_ms)
        else:
            yield from self._each(document, received_ms)

    def _each(self, document: Document, received_ms: int) -> Iterator[Finding]:
        items = self._for_each(document.context()) if self._for_each else None
        items = items if isinstance(items, list) else [] if items is None else [items]
        if len(items) > MAX_ITEMS:
            yield Problem(Reason.too_large, f"{len(items)} reads in one message; at most {MAX_ITEMS} are taken")
            return
        for item in items:
            yield self._sighting(document.context(item), received_ms)
        if not items:
            yield Ignored("no vehicle")

    def _names(self, context: Context) -> tuple[str, ...]:
        found = (find(context) for find in self._cameras)
        return tuple(dict.fromkeys(name[:_NAME] for name in found if name))

    def _sighting(self, context: Context, received_ms: int) -> Finding:
        cameras = self._names(context)
        moment = self._moment(context, received_ms)
        if not cameras:
            return Problem(Reason.no_camera, "the message does not say which camera it is from")
        if moment is None:
            return Problem(Reason.no_time, self._why_no_time(context))
        found = {name: find(context) for name, find in self._finds.items()}
        confidence, confidence_raw = self._confidence(found["confidence"])
        country_raw = _cut(found["country"], _WORD)
        return Sighting(
            cameras=cameras, captured_ms=moment.captured_ms, clock_basis=moment.basis,
            plate=_cut(found["plate"], _PLATE),
            country=countries.alpha2(country_raw, self._coding, self._settings.countries) if country_raw else None,
            country_raw=country_raw, confidence=confidence, confidence_raw=confidence_raw,
            direction=self._direction(self._word(context), found["direction"]),
            facing=found["facing"] if found["facing"] in ("front", "rear") else None,
            lane=_whole(found["lane"], 99), speed_kmh=self._speed(found["speed"]),
            passage=found["passage"], passage_span_ms=self._message.passage_span_s * 1000,
            revision=_whole(found["revision"], 32767) or 0, key=found["key"],
            clock_synchronised=_TRUTH.get((found["clock_synchronised"] or "").lower()),
            images=tuple(picture for pictures in self._pictures for picture in pictures(context)),
            make=_cut(found["make"], _WORD), model=_cut(found["model"], _WORD), colour=_cut(found["colour"], _WORD),
            vehicle_type=_cut(found["vehicle_type"], _WORD))

    def _moment(self, context: Context, received_ms: int) -> Moment | None:
        if self._settings.clock == "received":
            return Moment(received_ms, "received")
        for find, form, zone in self._moments:
            text = find(context)
            if text and (moment := read_moment(text, form, zone, self._settings, received_ms)):
                return moment
        return None

    def _why_no_time(self, context: Context) -> str:
        if self._settings.date_order is None and any(form == "date-order" and find(context)
                                                     for find, form, _ in self._moments):
            return "the capture date could be two dates: the gateway's setting date_order must say which"
        return "the message has no capture time that can be understood"

    def _confidence(self, raw: str | None) -> tuple[float | None, str | None]:
        number = _number(raw)
        if number is None:
            return None, _cut(raw, _WORD)
        share = number / self._scale
        return share if 0 <= share <= 1 else None, None if self._scale == 1 and 0 <= share <= 1 else _cut(raw, _WORD)

    def _direction(self, word: str | None, meant: str | None) -> str | None:
        """Return what the gateway's settings make of the source's own word, else what the profile's table makes."""
        known = self._directions.get((word or "").strip().lower()) or (meant or "").strip().lower()
        return known if known in ("towards", "away") else None

    def _speed(self, raw: str | None) -> float | None:
        stated = _STATED_SPEED.match(raw or "")
        number = _number(stated[1] if stated else raw)
        kmh = None if number is None else number * (_STATED_UNITS[stated[2].lower()] if stated else self._kmh)
        # Cameras that measure no speed send 0 or -1.
        return kmh if kmh is not None and 0 < kmh <= 400 else None


_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _listed(fields: Fields | None) -> list[Field]:
    return [] if fields is None else fields if isinstance(fields, list) else [fields]


def _value(field: Field) -> Value:
    return Value(path=field) if isinstance(field, str) else field


def _untabled(field: Field) -> Field:
    return msgspec.structs.replace(_value(field), table=None, otherwise=None)


def _search(path: str) -> Callable[[Context], Any]:
    try:
        compiled = jmespath.compile(path)
    except JMESPathError as error:
        raise ConfigurationError(f"the mapping's path {path!r} is no JMESPath expression: {error}") from None

    def search(context: Context) -> Any:
        try:
            return compiled.search(context)
        except (JMESPathError, TypeError, ValueError, OverflowError):
            return None  # a function that meets another type than it expects finds nothing

    return search


def _first(finds: list[Find]) -> Find:
    return lambda context: next((text for find in finds if (text := find(context)) is not None), None)


def _find(field: Field) -> Find:
    """Return the function that finds one field's text, None for nothing."""
    value = _value(field)
    missing = _NOTHING | frozenset(value.missing)
    pattern = _pattern(value.match)
    source = _concat(value.concat) if value.concat else _paths(value.path)

    def find(context: Context) -> str | None:
        text = source(context)
        if text is None or text.strip().lower() in missing:
            return None
        if pattern is not None:
            match = pattern.search(text[:1000])
            text = match[1] if match else None
        if text is not None and value.table is not None:
            stands_for = value.table.get(text.strip().lower(), value.otherwise)
            text = None if stands_for is None else str(stands_for)
        return text

    return find


def _pattern(match: str | None) -> re.Pattern[str] | None:
    if match is None:
        return None
    pattern = _regular(match)
    if pattern.groups != 1:
        raise ConfigurationError(f"the mapping's match {match!r} needs one group")
    return pattern


def _regular(expression: str) -> re.Pattern[str]:
    try:
        return re.compile(expression)
    except re.error as error:
        raise ConfigurationError(f"the mapping's {expression!r} is no regular expression: {error}") from None


def _paths(path: str | list[str] | None) -> Find:
    searches = [_search(one) for one in ([path] if isinstance(path, str) else path or [])]

    def find(context: Context) -> str | None:
        for search in searches:
            text = as_text(search(context))
            if text is not None and text.strip().lower() not in _NOTHING:
                return text
        return None

    return find


def _concat(paths: list[str]) -> Find:
    searches = [_search(path) for path in paths]

    def find(context: Context) -> str | None:
        texts = [as_text(search(context)) for search in searches]
        return None if None in texts else "".join(text for text in texts if text is not None)

    return find


def as_text(value: Any) -> str | None:
    """Return a document's value as text: of an element with attributes its text, of a list its first."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("#text")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    return None


def _cut(text: str | None, most: int) -> str | None:
    return None if text is None else text.strip()[:most]


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None


def _whole(text: str | None, most: int) -> int | None:
    number = _number(text)
    return int(number) if number is not None and 0 <= number <= most else None


def _picture(picture: Picture) -> Callable[[Context], list[tuple[Kind, bytes]]]:
    kind = Kind[picture.kind]
    if picture.part is not None:
        pattern = _regular(picture.part)
        return lambda context: [(kind, content) for name, content in context["part"].items()
                                if content and pattern.search(name)][:1]
    search = _search(picture.path or "")

    def find(context: Context) -> list[tuple[Kind, bytes]]:
        found = search(context)
        content = found if isinstance(found, bytes) else _decoded(found)
        return [(kind, content)] if content else []

    return find


def _decoded(value: Any) -> bytes | None:
    """Return a picture's bytes from base64, with or without a data URI in front; other text is no picture."""
    text = as_text(value)
    if not text or text.strip().lower() in _NOTHING:
        return None
    if len(text) > 2 * MAX_IMAGE_BYTES:
        return _NO_PICTURE
    start = _DATA_URI.match(text)
    try:
        return base64.b64decode(re.sub(r"\s", "", text[start.end():] if start else text), validate=True)
    except (binascii.Error, ValueError):
        return _NO_PICTURE
