"""A mapping at work: document in, findings out. Compiled once for a gateway, called for each message."""

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import msgspec

from ingest.incoming import Incoming
from ingest.mapping import countries
from ingest.mapping.documents import Document, open_document
from ingest.mapping.imagery import picture_for
from ingest.mapping.instants import Moment, read_moment
from ingest.mapping.limits import UnreadableError
from ingest.mapping.values import Context, as_value, cut, find_for, first_of, listed, number, search_for, whole
from ingest.mapping.verbs import Field, Mapping, Message
from ingest.rows import Reason
from ingest.sightings import Finding, Heartbeat, Ignored, Problem, Sighting
from services.decoding import DecodingSettings
from services.messages import MAX_MESSAGE_BYTES

MAX_ITEMS = 500
"""Most reads of one message, as of a canonical batch."""

MAX_PICTURE_BYTES = 4 * MAX_MESSAGE_BYTES
"""What the pictures of one message may hold together: several reads may show the same one, and each keeps its own."""

_KMH = {"km/h": 1.0, "mph": 1.609344, "m/s": 3.6}
_STATED_UNITS = _KMH | {"kmh": 1.0, "kph": 1.0}
_STATED_SPEED = re.compile(r"\s*(-?[\d.,]+)\s*(km/h|kmh|kph|mph|m/s)\s*\Z", re.IGNORECASE)  # goes before any setting
_WORD, _NAME, _PLATE = 64, 64, 64
_FOUND = ("plate", "country", "confidence", "direction", "facing", "lane", "speed", "passage", "revision", "key",
          "clock_synchronised", "make", "model", "colour", "vehicle_type")

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
        findings = chain(kind.findings(document, message.received_ms) if kind else [stranger], _broken(document))
        yield from findings if document.kept is None else _keeping(findings, document.kept)

    stranger = Problem(Reason.unknown_format, f"this is none of the messages that {mapping.name} knows")
    return read


def _broken(document: Document) -> Iterator[Problem]:
    for piece in document.broken:
        yield Problem(Reason.not_json, "one of the documents in the message is malformed",
                      piece if document.kept is None else None)


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
        self._when = search_for(message.when) if message.when else None
        self._for_each = search_for(message.for_each) if message.for_each else None
        self._cameras = [find_for(field) for field in listed(message.camera)]
        self._moments = [(find_for(field), field.format or "iso", field.zone) for field in map(as_value,
                         listed(message.captured_at))]
        self._finds = {name: first_of([find_for(field) for field in listed(getattr(message, name))])
                       for name in _FOUND}
        self._word = first_of([find_for(_untabled(field)) for field in listed(message.direction)])
        self._directions = {word.lower(): meaning for word, meaning in settings.directions.items()}
        self._pictures = [picture_for(picture) for picture in message.images]
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
            yield self._sighting(document, received_ms)
        else:
            yield from self._each(document, received_ms)

    def _each(self, document: Document, received_ms: int) -> Iterator[Finding]:
        items = self._for_each(document.context()) if self._for_each else None
        items = items if isinstance(items, list) else [] if items is None else [items]
        if len(items) > MAX_ITEMS:
            yield Problem(Reason.too_large, f"{len(items)} reads in one message; at most {MAX_ITEMS} are taken")
            return
        held = 0
        for item in items:
            found = self._sighting(document, received_ms, item)
            if isinstance(found, Sighting):
                held += sum(len(content) for _, content in found.images)
                found.images = found.images if held <= MAX_PICTURE_BYTES else ()
            yield found
        if held > MAX_PICTURE_BYTES:
            yield Problem(Reason.bad_image, f"its reads show pictures of {held} bytes; at most {MAX_PICTURE_BYTES} of "
                                            "one message are taken")
        if not items:
            yield Ignored("no vehicle")

    def _names(self, context: Context) -> tuple[str, ...]:
        found = (find(context) for find in self._cameras)
        return tuple(dict.fromkeys(name[:_NAME] for name in found if name))

    def _sighting(self, document: Document, received_ms: int, each: Any = None) -> Finding:
        context = document.context(each)
        cameras = self._names(context)
        moment = self._moment(context, received_ms)
        if not cameras:
            return Problem(Reason.no_camera, "the message does not say which camera it is from")
        if moment is None:
            return Problem(Reason.no_time, self._why_no_time(context))
        found = {name: find(context) for name, find in self._finds.items()}
        confidence, confidence_raw = self._confidence(found["confidence"])
        country_raw = cut(found["country"], _WORD)
        return Sighting(
            cameras=cameras, captured_ms=moment.captured_ms, clock_basis=moment.basis,
            plate=cut(found["plate"], _PLATE),
            country=countries.alpha2(country_raw, self._coding, self._settings.countries) if country_raw else None,
            country_raw=country_raw, confidence=confidence, confidence_raw=confidence_raw,
            direction=self._direction(self._word(context), found["direction"]),
            facing=found["facing"] if found["facing"] in ("front", "rear") else None,
            lane=whole(found["lane"], 99), speed_kmh=self._speed(found["speed"]),
            passage=found["passage"], passage_span_ms=self._message.passage_span_s * 1000,
            revision=whole(found["revision"], 32767) or 0, key=found["key"],
            clock_synchronised=_TRUTH.get((found["clock_synchronised"] or "").lower()),
            images=tuple(filter(None, (find(context, document) for find in self._pictures))),
            make=cut(found["make"], _WORD), model=cut(found["model"], _WORD), colour=cut(found["colour"], _WORD),
            vehicle_type=cut(found["vehicle_type"], _WORD))

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
        value = number(raw)
        if value is None:
            return None, cut(raw, _WORD)
        share = value / self._scale
        return share if 0 <= share <= 1 else None, None if self._scale == 1 and 0 <= share <= 1 else cut(raw, _WORD)

    def _direction(self, word: str | None, meant: str | None) -> str | None:
        """Return what the gateway's settings make of the source's own word, else what the profile's table makes."""
        known = self._directions.get((word or "").strip().lower()) or (meant or "").strip().lower()
        return known if known in ("towards", "away") else None

    def _speed(self, raw: str | None) -> float | None:
        stated = _STATED_SPEED.match(raw or "")
        value = number(stated[1] if stated else raw)
        kmh = None if value is None else value * (_STATED_UNITS[stated[2].lower()] if stated else self._kmh)
        # Cameras that measure no speed send 0 or -1.
        return kmh if kmh is not None and 0 < kmh <= 400 else None


_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _untabled(field: Field) -> Field:
    return msgspec.structs.replace(as_value(field), table=None, otherwise=None)
