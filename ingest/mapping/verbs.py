"""The declarative form of a format, and of a mapping file: which messages there are, and where each value stands.

A path is a JMESPath expression (jmespath.org) over one document:

    body     the message's JSON, XML (without its root element), form or lines; every name in small letters
    root     the name of the XML root element
    header   a push's headers, names in small letters
    topic    what follows the gateway in the topic or the push's path, split at "/"
    part     the parts of a multipart message by name and by file name; pictures are bytes
    each     under `for_each`, the item in hand

Text that means "nothing" ("", "-", "--", "null") is as good as absent everywhere.
"""

from typing import Annotated, Literal

import msgspec

from services.decoding import CountryCoding, SpeedUnit

Path = str
MomentZone = Literal["source", "utc", "wall-clock"]


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where a value stands and what is done with it; the verbs apply in the order in which they stand here."""

    path: Path | list[Path] | None = None
    """The first path that holds something wins."""

    concat: list[Path] | None = None
    """Paths, or texts in '…', put together; all of them must be there."""

    match: str | None = None
    """A regular expression; its first group is the value, and a text that it does not match is none."""

    missing: list[str] = []
    """Further texts, in small letters, that mean "nothing"."""

    table: dict[str, str | int | None] | None = None
    """The value's text in small letters → what it stands for; other texts become `otherwise`."""

    otherwise: str | int | None = None

    format: str | None = None
    """Of a time: iso, epoch-s, epoch-ms, epoch-us, epoch-ns, date-order (see DecodingSettings), or strptime's form."""

    zone: MomentZone = "source"
    """Of a time: `source` believes an offset and else takes the gateway's zone, `utc` is for times that are UTC without
    saying so, `wall-clock` for local digits whatever they say, also when written as an epoch."""


Field = Path | Value
Fields = Path | Value | list[Field]
"""One field, or several of which the first that yields something wins."""


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where a picture stands: base64 at `path`, or every multipart part whose name matches `part`."""

    kind: Literal["plate", "overview"]
    path: Path | None = None
    part: str | None = None


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One kind of message; of several, the first whose `when` holds is taken."""

    kind: Literal["read", "heartbeat", "ignored"]
    when: Path | None = None
    """A path; anything but nothing, false and empty means yes. Absent: always."""

    reason: str = ""
    """Of what is ignored: what it is."""

    for_each: Path | None = None
    """A path to the items of which each is a read of its own, then called `each`."""

    confidence_scale: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """Of messages whose confidence the maker counts otherwise than in the rest; a gateway's setting goes before it."""

    camera: Fields | None = None
    """Every field that yields something is a name under which the camera may be registered."""

    captured_at: Fields | None = None
    plate: Fields | None = None
    country: Fields | None = None
    confidence: Fields | None = None
    direction: Fields | None = None
    facing: Fields | None = None
    lane: Fields | None = None
    speed: Fields | None = None
    make: Fields | None = None
    model: Fields | None = None
    colour: Fields | None = None
    vehicle_type: Fields | None = None
    clock_synchronised: Fields | None = None
    """true or false, or a `table` to 1 and 0."""

    passage: Fields | None = None
    """What the several messages of one passing car share."""

    passage_span_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 0
    """How long that stands for one car, in seconds, where the source counts anew after a restart; 0: for good."""

    revision: Fields | None = None
    key: Fields | None = None
    """The source's id of this one message, or of this one item."""

    images: list[Picture] = []


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One format."""

    name: str
    about: str = ""
    confidence_scale: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    """The maker's habit; a gateway's own setting goes before it. Likewise the next two."""

    country_coding: CountryCoding = "alpha-2"
    speed_unit: SpeedUnit = "km/h"
    messages: list[Message]
