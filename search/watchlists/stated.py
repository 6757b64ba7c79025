"""An entry as it was typed or sent, read into a draft; and back into the form for a change (pure)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import reduce

from search.pages.language import Words, words
from search.reads.values import parse_instant
from search.watchlists.schemas import EntryForm, EntryStated
from search.watchlists.wording import LACKING
from services.clock import ZONE
from services.errors import BadQuestionError, IncompleteError
from services.lookalikes.levels import LEAST
from services.watchlists.coverage import read_hours
from services.watchlists.drafting import ANY_COUNTRY, Checked, Draft, Ground, Incomplete, check
from services.watchlists.finding import Entry

_WRONG = -1
"""Stands for what is no number: no hour, day or priority has it."""


def draft_of_form(form: EntryForm, since: datetime) -> Draft:
    """Return the draft of what was typed; what cannot be read is left out, or wrong, and so told as lacking.

    It begins at `since` where no beginning was typed.
    """
    return Draft(
        **{name: getattr(form, name).strip() for name in (
            "plate", "country", "measure", "reason", "legal_basis", "authority", "file_number", "requester", "level",
            "audience")},
        since=_read_moment("since", form.since) if form.since.strip() else since.replace(microsecond=0),
        until=_read_moment("until", form.until), cameras=tuple(form.cameras),
        municipalities=tuple(form.municipalities), days=tuple(_read_number(day, _WRONG) or 0 for day in form.days),
        first_hour=_read_number(form.first_hour, None), last_hour=_read_number(form.last_hour, None),
        priority=_read_number(form.priority, None), discreet=form.discreet == "yes")


def draft_of_json(given: EntryStated, plate: str, since: datetime) -> Draft:
    """Return the draft of what a program sent; it begins at `since` where it says no beginning."""
    return Draft(
        plate=plate, country=given.country, measure=given.measure, reason=given.reason, legal_basis=given.legal_basis,
        authority=given.authority, file_number=given.file_number, requester=given.requester,
        since=(given.since or since).replace(microsecond=0), until=given.until, cameras=tuple(given.cameras),
        municipalities=tuple(given.municipalities), days=tuple(given.days), first_hour=given.first_hour,
        last_hour=given.last_hour, level=given.level, audience=given.audience, priority=given.priority,
        discreet=given.discreet)


def complete(draft: Draft, ground: Ground, name: str, now: datetime, earlier: Entry | None = None) -> Checked:
    """Return the entry that a draft states; raises IncompleteError by all that it lacks.

    Where it does not say who asks for it, that is `name`, who states it.
    """
    found = check(replace(draft, requester=draft.requester or name), ground, now, earlier.since if earlier else None)
    if isinstance(found, Incomplete):
        raise IncompleteError(reduce(_and_then, (LACKING[what] for what in found.lacking)),
                              tuple(map(str, found.lacking)))
    return found


def _and_then(one: Words, other: Words) -> Words:
    return words("{one} {other}", one=one, other=other)


def problems_of(error: BadQuestionError) -> Mapping[str, Words]:
    """Return what is wrong by field, for the form; without a field by an empty name."""
    if not isinstance(error, IncompleteError):
        return {"": error.args[0]}
    by_code: dict[str, Words] = {str(what): sentence for what, sentence in LACKING.items()}
    found: dict[str, Words] = {}
    for code in error.lacking:
        found.setdefault(code.partition(".")[0], by_code[code])
    return found


def form_of(entry: Entry, codes: Mapping[int, str]) -> EntryForm:
    """Return the form that says what an entry says, for changing it."""
    found = read_hours(entry.hours) if entry.hours else None
    days, first, last = found or ((), None, None)
    level = next((code for code, least in LEAST.items()
                  if entry.least_probability is not None and abs(least - entry.least_probability) < 1e-6), "")
    return EntryForm(
        plate=entry.plate, country=entry.country or ANY_COUNTRY, measure=entry.measure, reason=entry.reason,
        legal_basis=entry.legal_basis, authority=entry.authority, file_number=entry.file_number,
        requester=entry.requester, since=_write_moment(entry.since), until=_write_moment(entry.until),
        cameras=[codes[camera] for camera in entry.cameras or () if camera in codes], days=list(map(str, days)),
        first_hour="" if first is None else str(first), last_hour="" if last is None else str(last), level=level,
        audience=entry.audience, priority=str(entry.priority), discreet="yes" if entry.discreet else "",
        version=str(entry.version))


def _write_moment(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return local.isoformat() if local.fold else local.strftime("%d/%m/%Y %H:%M:%S").removesuffix(":00")


def _read_moment(key: str, written: str) -> datetime | None:
    read: Callable[[list[str]], datetime | None] = parse_instant(key, fold=0)
    try:
        return read([written.strip()])
    except BadQuestionError:
        return None


def _read_number(written: str, absent: int | None) -> int | None:
    """Return a number of at most three digits; _WRONG for anything else, `absent` for nothing."""
    text = written.strip()
    if not text:
        return absent
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else _WRONG
