"""Notices in words: a sentence for each kind, and what its button says (pure)."""

from datetime import datetime

from search.hits.wording import DISPOSITIONS
from search.pages.language import Words, words
from services.notices import Kind, Notice
from services.watchlists.hearing import What

_SENTENCES = {
    Kind.approval_asked: words("{officer} asks for a second person for file {file}.").msgid,
    Kind.approval_given: words("{officer} agreed to your question for file {file}. You may ask it again.").msgid,
    Kind.approval_refused: words("{officer} does not agree to your question for file {file}: {answer}").msgid,
    Kind.pv_overdue: words("{officer} opened an urgent consultation for incident {file} on {opened_at}. "
                           "No PV number followed within 72 hours.").msgid,
    Kind.own_pv_overdue: words("The PV of your urgent consultation for incident {file} of {opened_at} is late. "
                               "Your superior and the data protection officer were told.").msgid,
    Kind.account_changed: words("{officer} changed an account that sees plates, {username}: {what}").msgid,
    Kind.entry_asked: words("{officer} asks that a plate is watched for, file {file}.").msgid,
    Kind.entry_decided: words("Entry {entry} for file {file}: {what}").msgid,
    Kind.entry_ending: words("Your entry {entry} for file {file} ends on {ends_at}.").msgid,
    Kind.entry_seen: words("A hit on your entry {entry} for file {file}: {what}").msgid,
    Kind.hit_unclaimed: words("Nobody took hit {hit} within {minutes} minutes.").msgid,
}

# What came of something, where a notice holds its code.
_WHAT: dict[str, Words] = {
    What.validated: words("a second person agreed; it is watched for"),
    What.refused: words("a second person did not agree; it is not watched for"),
    What.revoked: words("revoked; it is watched for no more"),
    What.changed: words("a colleague changed it"),
    What.lapsed: words("lapsed; no second person agreed within 24 hours"),
    What.expired: words("its end has come; it is watched for no more"),
    **{str(disposition): said for disposition, said in DISPOSITIONS.items()},
}

BUTTONS = {
    Kind.approval_asked: words("Look at the request"),
    Kind.approval_given: words("Ask the question again"),
    Kind.approval_refused: words("Look at my requests"),
    Kind.pv_overdue: words("Seen"),
    Kind.own_pv_overdue: words("Give the number"),
    Kind.account_changed: words("Seen"),
    Kind.entry_asked: words("Look at the request"),
    Kind.entry_decided: words("Look at the entry"),
    Kind.entry_ending: words("Look at the entry"),
    Kind.entry_seen: words("Look at the entry"),
    Kind.hit_unclaimed: words("Look at the hit"),
}


def say_notice(notice: Notice) -> Words:
    """Return what a notice says."""
    values = {name: _value(name, value) for name, value in notice.subject.items()}
    return words(_SENTENCES[notice.kind], **values)


def _value(name: str, value: object) -> object:
    if name.endswith("_at"):
        return datetime.fromisoformat(str(value))
    return _WHAT.get(str(value), value) if name == "what" else value
