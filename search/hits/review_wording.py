"""The review of follow-up in words: by what figures are told, levels, and why something only makes noise."""

from collections.abc import Mapping

from search.pages.language import Words, words
from services.hits.reviewing_rule import By, Level, Noise, Noisy

TITLES: Mapping[By, Words] = {
    By.list: words("By list"),
    By.entry: words("By entry"),
    By.camera: words("By camera"),
    By.level: words("By how sure the match was"),
}

LEVELS: Mapping[str, Words] = {
    Level.exact: words("the plate itself"),
    Level.country: words("the plate, of another country"),
    Level.pattern: words("a pattern"),
    Level.certain: words("look-alike, almost certain"),
    Level.likely: words("look-alike, likely"),
    Level.possible: words("look-alike, possible"),
    Level.unlikely: words("look-alike, less than possible"),
}

_NOISE = {
    Noise.misread: words("Of {cases} that were looked at, {good} showed the plate.").msgid,
    Noise.untaken: words("Of {cases} hits, {good} were taken by somebody.").msgid,
    Noise.fruitless: words("Of {cases} teams that were sent, {good} intercepted the vehicle.").msgid,
    Noise.left: words("Of {cases} that were taken, {good} were not left alone.").msgid,
}


def say_noise(noisy: Noisy) -> Words:
    """Return why something only makes noise."""
    return words(_NOISE[noisy.why], good=noisy.good, cases=noisy.cases)
