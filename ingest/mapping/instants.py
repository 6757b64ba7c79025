"""What a time stamp means: formats, zones, summer time and clocks that say one thing and mean another (pure)."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from services.clock import epoch_ms, from_epoch_ms
from services.decoding import DecodingSettings

EPOCHS = {"epoch-s": Decimal(1000), "epoch-ms": Decimal(1), "epoch-us": Decimal("0.001"),
          "epoch-ns": Decimal("0.000001")}
_OLDEST_MS, _NEWEST_MS = (epoch_ms(datetime(year, 1, 1, tzinfo=UTC)) for year in (1990, 2100))
_DIGITS = re.compile(r"\s*-?\d{1,25}(?:\.\d{0,25})?\s*\Z")
_DATE = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?"
                   r"\s*([AaPp][Mm])?\Z")
_LIVE = timedelta(hours=2)


class Moment(NamedTuple):
    """An instant in milliseconds since 1970, and how it was obtained (None: an instant was sent)."""

    captured_ms: int
    basis: str | None


def read_moment(text: str, form: str, zone: str, settings: DecodingSettings, received_ms: int) -> Moment | None:
    """Return the instant that `text` stands for under `form` and `zone` (ingest/mapping/verbs.py), None for none.

    A local time that an autumn night has twice is the one nearer to its arrival if it came within two hours, else the
    first of the two.
    """
    local = EPOCHS.get(form) and _from_epoch(text, EPOCHS[form])
    local = local or (None if form in EPOCHS else _parsed(text, form, settings))
    if local is None:
        return None
    moment = _placed(local, zone, settings, received_ms)
    return moment if moment and _OLDEST_MS <= moment.captured_ms < _NEWEST_MS else None


def _placed(local: datetime, zone: str, settings: DecodingSettings, received_ms: int) -> Moment | None:
    if zone == "utc" and settings.clock != "wall-clock":
        return _moment(local.replace(tzinfo=local.tzinfo or UTC), None)
    wall_clock = zone == "wall-clock" or settings.clock == "wall-clock"
    if local.tzinfo is not None and not wall_clock:
        return _moment(local, None)
    basis = "wall-clock" if local.tzinfo is not None else "zone"
    return _in_zone(local.replace(tzinfo=None), settings.zone, basis, received_ms)


def _in_zone(naive: datetime, zone: tzinfo, basis: str, received_ms: int) -> Moment | None:
    first, second = (_moment(naive.replace(tzinfo=zone, fold=fold), basis) for fold in (0, 1))
    if first is None or second is None or first.captured_ms >= second.captured_ms:
        return first  # the usual case; in the hour that a spring night lacks, the clock stood still and not ahead
    live = abs(received_ms - second.captured_ms) < _LIVE // timedelta(milliseconds=1)
    nearer = abs(received_ms - second.captured_ms) < abs(received_ms - first.captured_ms)
    return (second if live and nearer else first)._replace(basis="ambiguous")


def _moment(instant: datetime, basis: str | None) -> Moment | None:
    try:
        return Moment(epoch_ms(instant), basis)
    except OverflowError:
        return None


def _from_epoch(text: str, factor: Decimal) -> datetime | None:
    """Return an epoch as an instant, to the millisecond below; in decimals, as a float would lose one now and then."""
    try:
        number = Decimal(text.strip()) if _DIGITS.match(text) else Decimal(float(text))  # 1.7e9, which JSON allows too
        return from_epoch_ms(int((number * factor).to_integral_value(ROUND_FLOOR)))
    except (ValueError, ArithmeticError):
        return None


def _parsed(text: str, form: str, settings: DecodingSettings) -> datetime | None:
    try:
        if form == "iso":
            return datetime.fromisoformat(text.strip())
        if form == "date-order":
            return _in_order(text.strip(), settings.date_order)
        return datetime.strptime(text.strip(), form)  # noqa: DTZ007  # the zone comes afterwards
    except (ValueError, OverflowError):
        return None


def _in_order(text: str, order: str | None) -> datetime | None:
    """Read a date whose order depends on a locale; without a setting one that could be two dates is none."""
    match = _DATE.match(text)
    if match is None:
        return None
    one, two, three = (int(match[place]) for place in (1, 2, 3))
    if one > 31:
        year, month, day = one, two, three
    elif order is not None:
        year, month, day = (three, two, one) if order == "dmy" else (three, one, two)
    elif one > 12 >= two:
        year, month, day = three, two, one
    elif two > 12 >= one or one == two:
        year, month, day = three, one, two
    else:
        return None
    hour = int(match[4])
    if match[8]:
        hour = hour % 12 + (12 if match[8].lower() == "pm" else 0)
    return datetime(year, month, day, hour, int(match[5]), int(match[6] or 0),  # noqa: DTZ001  # the zone comes after
                    int((match[7] or "0").ljust(6, "0")))
