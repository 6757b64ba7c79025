"""How many vehicles bear a text, and how often each is read: expectations before anything of the text is read, pure.

The frequencies of frequencies of Good (1953): of a shape, so many texts are read once, so many twice … in the period.
How they spread over the shape's texts is told by the characters at each place: series that are not issued do not occur.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.lookalikes.grammar import CHARACTERS, SHAPES, Shape, shapes_like

TABLE_LENGTH = 10
"""Up to so many reads the texts are counted one by one; those read more often are spread as 1 / (n · (n - 1))."""

NO_SHAPE = "none"
"""Under this name stand texts that are like no shape: personalised plates, countries whose shapes we do not know."""

_LEAST_RETURN, _MOST_RETURN = 0.1, 2.0
"""For each read of a vehicle at least and at most so many again are expected: a sample's table is uneven."""

NOT_ISSUED = 0.01
"""How often a letter that is not issued stands at a place, as far as is known, against one that is."""

Expected = tuple[float, ...]
"""The probability that a text is a vehicle's and was read 1, 2 … TABLE_LENGTH times, and, last, more often."""

_CERTAIN = 0.9
"""However crowded a shape is, a text that was never read is a vehicle's with no more than this probability."""

_SHIPPED_PLATES = {"be": 300_000.0, "be-1973": 4_000.0, "be-2008": 5_000.0, "be-index": 8_000.0, "fr": 4_000.0,
                   NO_SHAPE: 1_500.0, **{f"nl-{number}": 3_000.0 for number in range(4, 15)}}
_OTHER_PLATES = 500.0


def _shipped_table(plates: float) -> Expected:
    """Spread a number of plates over the times that each is read: a logarithmic series, most of them once."""
    theta = 0.93
    terms = [theta**n / n for n in range(1, 400)]
    scale = plates / sum(terms)
    return (*(scale * term for term in terms[:TABLE_LENGTH]), scale * sum(terms[TABLE_LENGTH:]))


def _shipped() -> dict[str, Expected]:
    codes = [*(shape.code for shape in SHAPES), NO_SHAPE]
    return {code: _shipped_table(_SHIPPED_PLATES.get(code, _OTHER_PLATES)) for code in codes}


SHIPPED = _shipped()
"""For a zone of some hundred thousand plates a month; `python -m services learn` puts what was counted in its place."""


@dataclass(frozen=True)
class Occurrence:
    """The expectations for every text."""

    tables: Mapping[str, Expected] = field(default_factory=lambda: SHIPPED)
    """By shape: how many texts of it are read so and so often in the period."""

    characters: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By shape and place (`be:0`): the share of each character; absent: all alike."""

    def expected(self, text: str) -> Expected:
        """Return how probable it is that `text` is a vehicle's, by how often it was read."""
        sums = [0.0] * (TABLE_LENGTH + 1)
        for shape in shapes_like(text):
            self._add(sums, shape.code, self._density(shape, text))
        self._add(sums, NO_SHAPE, len(CHARACTERS) ** -len(text) / 7)
        total = sum(sums)
        return tuple(sums) if total <= _CERTAIN else tuple(part * _CERTAIN / total for part in sums)

    def _add(self, sums: list[float], code: str, density: float) -> None:
        for index, texts in enumerate(self.tables.get(code, ())):
            sums[index] += texts * density

    def _density(self, shape: Shape, text: str) -> float:
        """Return the share of the shape's plates that bear `text`, as if its characters did not know of each other."""
        density = 1.0
        for place, (character, slot) in enumerate(zip(text, shape.slots, strict=True)):
            known = self.characters.get(f"{shape.code}:{place}")
            share = (1.0 if character in slot else NOT_ISSUED) / len(slot)
            density *= share if known is None else known.get(character, 0.0)
        return density


def probability_of(expected: Expected, times: int) -> float:
    """Return how probable it is that a text is a vehicle's and was read `times` times; 0 times includes no vehicle."""
    if times == 0:
        return 1.0 - sum(expected)
    if times <= TABLE_LENGTH:
        return expected[times - 1]
    return expected[-1] * TABLE_LENGTH / (times * (times - 1))


def reads_again(expected: Expected, times: int) -> float:
    """Return how many reads to expect in as much time again of the vehicle with a plate that was read `times` times.

    The mean of its rate when nothing is supposed of how rates spread but what the frequencies of frequencies tell:
    (n + 1) · p(n + 1) / p(n) (Robbins 1956, after Good and Turing). Where most vehicles pass once, one that was read
    once will hardly come again; where most return, it will. Beyond the table it is `times`.
    """
    if times >= TABLE_LENGTH:
        return float(times)
    mean = (times + 1) * expected[times] / probability_of(expected, times)
    return mean if times == 0 else min(_MOST_RETURN * times, max(_LEAST_RETURN * times, mean))


def mean_reads(expected: Expected) -> float:
    """Return how many reads of a text to expect before looking."""
    return sum(times * part for times, part in enumerate(expected[:-1], 1)) + expected[-1] * 3 * TABLE_LENGTH
