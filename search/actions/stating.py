"""An action as somebody typed it, read into one that can be kept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from search.actions.queries import LONGEST, Planned
from search.actions.schemas import LONGEST_NAME, MOST_TEAMS, ActionForm
from search.pages.language import words
from search.reads.values import parse_instant
from services.decision_rule import is_writing
from services.errors import BadQuestionError

EARLIEST = timedelta(days=30)
"""So long ahead it may be made."""

_MOST_MINUTES = 60
_NO_CAMERA = words("Give at least one camera with the minutes from it to the place: 0 to {most}, the soonest first.",
                   most=_MOST_MINUTES)


def read_action(form: ActionForm, camera_ids: Mapping[str, int], list_ids: Collection[int], now: datetime) -> Planned:
    """Return the action that was typed; raises BadQuestionError saying what is wrong.

    `camera_ids` and `list_ids` are what whoever typed it may choose from.
    """
    since = _moment("since", form.since) or now
    until = _moment("until", form.until)
    if until is None or not now < until or not since < until <= since + LONGEST or since > now + EARLIEST:
        raise BadQuestionError(words(
            "Give when it ends, as 23/11/2026 17:00: after it begins, and within 24 hours; it begins within 30 days."))
    return Planned(
        name=_text(form.name, 3, LONGEST_NAME, "name"), place=_text(form.place, 0, LONGEST_NAME, "place"),
        file_number=_text(form.file_number, 3, LONGEST_NAME, "file number"), since=max(since, now), until=until,
        list_ids=_lists(form.lists, list_ids), cameras=_cameras(form, camera_ids), teams=read_teams(form.teams))


def read_teams(typed: str) -> tuple[str, ...]:
    """Return the names of teams, one a line or with commas between; raises BadQuestionError."""
    names = [" ".join(part.split()) for part in typed.replace(",", "\n").replace(";", "\n").splitlines()]
    found = tuple(dict.fromkeys(name for name in names if name))
    if not 1 <= len(found) <= MOST_TEAMS or not all(is_writing(name, 1, 30) for name in found):
        raise BadQuestionError(words("Name 1 to {most} teams, one a line, at most 30 characters each.",
                                     most=MOST_TEAMS))
    return found


def _text(typed: str, least: int, most: int, what: str) -> str:
    text = " ".join(typed.split())
    if not is_writing(text, least, most):
        raise BadQuestionError(_WRONG_TEXTS[what])
    return text


_WRONG_TEXTS = {
    "name": words("Give the action a name (3 to 60 characters)."),
    "place": words("Say where vehicles are stopped in at most 60 characters."),
    "file number": words("Give the number of the file or of the operation order (3 to 60 characters)."),
}


def _moment(key: str, typed: str) -> datetime | None:
    read: Callable[[Sequence[str]], datetime | None] = parse_instant(key, fold=0)
    return read([typed.strip()])


def _lists(typed: Sequence[str], list_ids: Collection[int]) -> tuple[int, ...]:
    chosen = {int(word) for word in typed if word.isdecimal() and word.isascii() and len(word) < 10}
    if not chosen or not chosen <= set(list_ids):
        raise BadQuestionError(words("Choose at least one list of your groups."))
    return tuple(sorted(chosen))


def _cameras(form: ActionForm, camera_ids: Mapping[str, int]) -> dict[int, tuple[int, int]]:
    rows = zip(form.camera, form.soonest, form.latest, strict=False)
    found = {code: (soonest, latest) for code, soonest, latest in rows if soonest.strip() or latest.strip()}
    if not found or not found.keys() <= camera_ids.keys():
        raise BadQuestionError(_NO_CAMERA)
    return {camera_ids[code]: _seconds(*minutes) for code, minutes in found.items()}


def _seconds(soonest: str, latest: str) -> tuple[int, int]:
    try:
        first, last = (round(float(typed.strip().replace(",", ".") or "nan") * 60) for typed in (soonest, latest))
    except (ValueError, OverflowError):
        raise BadQuestionError(_NO_CAMERA) from None
    if not 0 <= first < last <= _MOST_MINUTES * 60:
        raise BadQuestionError(_NO_CAMERA)
    return first, last
