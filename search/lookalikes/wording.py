"""Why a text is taken for a plate, in words: `8 read as B at place 3`."""

from collections.abc import Sequence

from search.pages.language import Language, Words, words
from services.lookalikes.explaining import Change, Reason

_SENTENCES = {
    Change.written_as: words("{plate} read as {read} at place {place}").msgid,
    Change.left_out: words("{plate} at place {place} not read").msgid,
    Change.added: words("{read} read in addition at place {place}").msgid,
}


def reason_in_words(reason: Reason) -> Words:
    """Return one reason as a sentence; its places count from 1."""
    return words(_SENTENCES[reason.change], plate=reason.plate, read=reason.read, place=reason.place)


def why_in_words(language: Language, why: Sequence[Reason]) -> str:
    """Return the reasons in a language, joined by commas: `8 gelezen als B op plaats 3`."""
    return ", ".join(language.say(reason_in_words(reason)) for reason in why)
