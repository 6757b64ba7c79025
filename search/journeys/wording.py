"""What is said of journeys, in words."""

from search.journeys.fitting import RuledOut
from search.journeys.legs import Parting, Verdict
from search.journeys.seen import Fit, Seen
from search.lookalikes.wording import reason_in_words
from search.pages.language import Words, words

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
