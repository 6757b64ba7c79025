"""Keeping what a read's picture shows: under a consultation and on the audited path, like every look at a read."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from search.answers import Answers, Found, Permitted, Question
from search.lookalikes.confirmations import put_confirmation
from search.pages.language import words
from search.reads.queries import Read, find_passage
from services.audit import Action
from services.clock import from_epoch_ms, utc_now
from services.errors import BadQuestionError, NotFoundError
from services.gate import Aim
from services.identity import captured_ms_of, is_read_id
from services.plates import MAX_PLATE_LENGTH, normalise
from services.roles import Act


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was kept: the plate that the picture shows, and whether the camera had read it."""

    plate: str
    right: bool


async def confirm(answers: Answers, read_id: UUID, shown: str) -> Confirmed:
    """Keep what the picture of a read shows; whoever says so again replaces what they said.

    Raises BadQuestionError when `shown` is no plate and NotFoundError when there is no such read, no plate was read, or
    it may not be seen.
    """
    plate = normalise(shown)
    if plate is None:
        raise BadQuestionError(words("plate: write the letters and digits that the picture shows, at most {most}",
                                     most=MAX_PLATE_LENGTH))
    if not is_read_id(read_id):
        raise _nothing_to_confirm()
    answer = await answers.ask(Question(
        Action.reading_confirmed, words("Passage {read_id}: the picture shows {plate}", read_id=str(read_id),
                                        plate=plate),
        {"read_id": str(read_id), "plate": plate},
        partial(_keep, read_id=read_id, plate=plate, user_id=answers.visitor.user.user_id),
        Aim.at_one(from_epoch_ms(captured_ms_of(read_id))), Act.confirm_readings))
    if answer.value is None:
        raise _nothing_to_confirm()
    return Confirmed(plate, answer.value.plate == plate)


async def _keep(permitted: Permitted, read_id: UUID, plate: str, user_id: int) -> Found[Read | None]:
    found = await find_passage(permitted, read_id)
    if found.value is None or found.value.current.unread:
        return Found(None)
    read = found.value.current
    await put_confirmation(permitted, read_id, plate, user_id, utc_now())
    return Found(read, (read_id,))


def _nothing_to_confirm() -> NotFoundError:
    return NotFoundError(words(
        "There is no passage with this number of which a plate was read, or you may not see it."))
