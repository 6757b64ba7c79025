"""Lists and entries in words: states, what an entry lacks, where and when it counts."""

from collections.abc import Mapping

from search.hits import wording as of_hits
from search.lookalikes.levels import LEVELS
from search.pages.language import Words, words
from services.watchlists.categories import USUAL, Mode
from services.watchlists.coverage import read_hours
from services.watchlists.drafting import LEAST_KNOWN, Lacking
from services.watchlists.finding import Entry
from services.watchlists.lists import Watchlist
from services.watchlists.states import EntryState

CATEGORIES, INSTRUCTIONS = of_hits.CATEGORIES, of_hits.INSTRUCTIONS

MODES = {
    Mode.live: words("Live: a hit on the board"),
    Mode.action: words("In an ANPR operation only"),
    Mode.counting: words("Only counted"),
    Mode.off: words("Off"),
}

STATES = {
    EntryState.asked: words("waits for a second person"),
    EntryState.urgent: words("live, waits for a second person"),
    EntryState.coming: words("begins later"),
    EntryState.live: words("live"),
    EntryState.expired: words("expired"),
    EntryState.lapsed: words("lapsed"),
    EntryState.revoked: words("revoked"),
    EntryState.refused: words("refused"),
}

TAGS = {EntryState.live: "state-live", EntryState.urgent: "outcome-waiting", EntryState.asked: "outcome-waiting"}
"""How a state looks; all others are over."""

LACKING = {
    Lacking.plate: words("Write one plate in full, or a pattern with ?, * or [AB]."),
    Lacking.plate_vague: words("A pattern names at least {least} characters.", least=LEAST_KNOWN),
    Lacking.plate_pattern: words("Entries of this category name one plate in full, without look-alikes."),
    Lacking.country: words("Choose the country, or say that it is not known."),
    Lacking.measure: words("Say what is to be done (3 to 300 characters)."),
    Lacking.reason: words("Say why, in your own words (10 to 1000 characters)."),
    Lacking.reason_empty: words("Say what the case is about: these words fit any."),
    Lacking.legal_basis: words("Name the legal basis (3 to 300 characters)."),
    Lacking.authority: words("Name the authority that asks for it (3 to 120 characters)."),
    Lacking.file_number: words("Give the file number (3 to 60 characters, with a digit)."),
    Lacking.requester: words("Say who asks for it (3 to 120 characters)."),
    Lacking.since: words("Give the beginning, as 23/11/2026 14:05."),
    Lacking.since_before: words("It begins at most a day ago: what passed before is a search."),
    Lacking.until: words("Give the end, as 23/12/2026 14:05. An entry without an end is refused."),
    Lacking.until_past: words("The end lies after the beginning, and after now."),
    Lacking.until_long: words("That is longer than an entry of this category may last."),
    Lacking.cameras: words("There is no such camera."),
    Lacking.municipalities: words("No camera stands in that municipality."),
    Lacking.hours: words("Give both hours, from 0 to 24, or neither."),
    Lacking.level: words("Choose a level of look-alikes, or none."),
    Lacking.audience: words("Choose a group."),
    Lacking.audience_roles: words("What is discreet is for a group of named people alone."),
    Lacking.audience_strange: words("You are not of that group: one of its members states what is discreet."),
    Lacking.priority: words("Choose a priority from 1 to 4."),
    Lacking.priority_high: words("That is more urgent than this category allows."),
    Lacking.discreet_must: words("Entries of this category are discreet."),
    Lacking.discreet_never: words("Entries of this category are never discreet."),
}

DAYS = (words("Mon"), words("Tue"), words("Wed"), words("Thu"), words("Fri"), words("Sat"), words("Sun"))


def instruction_of(watchlist: Watchlist) -> Words | str:
    """Return what whoever sees a hit of a list is to do: its own words, or what is usual for its category."""
    return watchlist.instruction or INSTRUCTIONS[USUAL[watchlist.category].instruction]


def hours_in_words(hours: str | None) -> Words:
    """Return at which hours of the week an entry counts."""
    found = None if hours is None else read_hours(hours)
    if hours is None:
        return words("always")
    if found is None:
        return words("{count} hours a week", count=hours.count("1"))
    days, first, last = found
    return words("{days} from {first} to {last} h", days=[DAYS[day] for day in days], first=first, last=last)


def area_in_words(entry: Entry, codes: Mapping[int, str]) -> Words:
    """Return at which cameras an entry counts."""
    if entry.cameras is None:
        return words("at every camera")
    return words("{cameras}", cameras=[codes.get(camera, str(camera)) for camera in entry.cameras])


def level_in_words(entry: Entry) -> Words:
    """Return which look-alikes an entry counts."""
    label = next((level.label for level in LEVELS.values()
                  if entry.least_probability is not None and abs(level.least - entry.least_probability) < 1e-6), None)
    return words("only the plate itself") if label is None else words("look-alikes: {level}", level=label)
