"""How a read matches an entry, from the surest to the least sure (pure)."""

from enum import StrEnum


class MatchedAs(StrEnum):
    """How sure a match is: only an exact one is live (R10); all others are "possible" until a person confirms."""

    exact = "exact"
    country = "country"    # the same characters; the camera says another country than the entry
    pattern = "pattern"    # fits the characters that are known
    alike = "alike"        # looks like it


SURENESS = tuple(MatchedAs)


def surest(first: MatchedAs, second: MatchedAs) -> MatchedAs:
    """Return the surer of two."""
    return min(first, second, key=SURENESS.index)


def of_country(wanted: str | None, seen: str | None) -> MatchedAs:
    """Return how the same characters match: a country that neither says, or both say alike, changes nothing."""
    return MatchedAs.exact if wanted is None or seen is None or wanted == seen else MatchedAs.country
