"""What is said of journeys, in words."""

from datetime import datetime, timedelta

from search.journeys.absence import Unread
from search.journeys.fitting import RuledOut
from search.journeys.legs import Parting, Verdict
from search.journeys.seen import Fit, Place, Seen
from search.lookalikes.wording import reason_in_words
from search.pages.language import Words, words
from services.clock import ZONE, local_day

NO_PROOF = words("Without value as evidence: cameras miss vehicles, and a read may be another vehicle's.")

VERDICTS = {
    Verdict.drove: words("drove on"),
    Verdict.stopped: words("stopped on the way"),
    Verdict.turned: words("turned round, or went by another way"),
    Verdict.again: words("same camera again"),
    Verdict.unknown: words("no road is known between these places"),
    Verdict.impossible: words("not possible"),
}

PARTINGS = {
    Parting.first: words("first passage of the period"),
    Parting.long: words("the passage before is too long ago to be on the way still"),
    Parting.turned: words("the vehicle came back"),
    Parting.impossible: words("cannot be the vehicle of the journey before: two vehicles with one plate, or a wrong "
                              "clock"),
}

FITS = {
    Fit.between: words("on the way between two passages, at the right time"),
    Fit.next: words("just before or after a passage, on the road"),
    Fit.near: words("near a passage in time and place"),
    Fit.habit: words("where the vehicle passes at this hour of other days"),
    Fit.elsewhere: words("no passage near it; the text alone"),
}


def why_probable(seen: Seen) -> Words | None:
    """Return why a look-alike read is taken for the vehicle, None for a read of the plate itself."""
    if seen.probability is None or seen.fit is None:
        return None
    return words("{percent} %: {reasons}; {fit}", percent=round(seen.probability * 100), fit=FITS[seen.fit],
                 reasons=[reason_in_words(reason) for reason in seen.reasons])


def why_ruled_out(out: RuledOut) -> Words:
    """Return why a look-alike read cannot be the vehicle."""
    return words("at {instant} the vehicle was at {camera}: too far to be at both", instant=out.other.captured_at,
                 camera=out.other.place.name)


def unread_in_words(unread: Unread, place: Place) -> Words:
    """Say of a camera on the way why it may have read nothing."""
    silence = unread.silence
    if silence is None:
        return words("camera {camera} read nothing here: it missed the vehicle, or another way was taken",
                     camera=place.name)
    since = _short(silence.since, unread.earliest)
    if silence.until is None:
        return words("camera {camera} is silent since {since}", camera=place.name, since=since)
    return words("camera {camera} was silent from {since} until {until}", camera=place.name, since=since,
                 until=_short(silence.until, unread.earliest))


def _short(instant: datetime, beside: datetime) -> datetime | str:
    """Return the time of day alone when it is of the day that is spoken of."""
    return f"{instant.astimezone(ZONE):%H:%M}" if local_day(instant) == local_day(beside) else instant


def length_in_words(length: timedelta) -> Words:
    """Say a length of time as one says it of a drive: days and hours, hours and minutes, or minutes."""
    minutes = max(round(length.total_seconds() / 60), 1)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return words("{days} d {hours} h", days=days, hours=hours % 24)
    if hours:
        return words("{hours} h {minutes}", hours=hours, minutes=f"{minutes % 60:02d}")
    return words("{minutes} min", minutes=minutes)
