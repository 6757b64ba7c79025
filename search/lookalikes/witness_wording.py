"""In what a plate differs from what a witness remembers, in words."""

from collections.abc import Iterator

from search.pages.language import Words, words
from services.lookalikes.witness_why import Difference

_ORDERS = {
    "neighbours": words("two neighbours swapped"),
    "groups": words("groups swapped"),
    "mixed": words("in another order"),
}


def difference_in_words(difference: Difference) -> tuple[Words, ...]:
    """Return what the witness would have got wrong, each thing in words; nothing when the text is the plate."""
    return tuple(_parts(difference))


def _parts(difference: Difference) -> Iterator[Words]:
    if difference.order in _ORDERS:
        yield _ORDERS[difference.order]
    for told, stands in difference.wrong:
        yield words("{told} remembered for {stands}", told=told, stands=stands)
    if difference.forgotten:
        yield words("{characters} not remembered", characters=difference.forgotten)
    if difference.made_up:
        yield words("{characters} made up", characters=difference.made_up)
