"""How cameras misread, pure: the probability of every single mistake, as shipped and as evidence changes it.

A plate is read as another text by one or two mistakes: a character written as another, left out, or added. The shipped
figures are our own estimates, from the shapes of characters and what is told of Belgian cameras (decision 0081).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from services.lookalikes.grammar import CHARACTERS, DIGITS


class Kind(StrEnum):
    """Kinds of mistake, each with a share of all mistakes."""

    alike = "alike"                # a character written as one that resembles it
    mud = "mud"                    # a character written as any other
    first_missing = "first-missing"
    last_missing = "last-missing"
    inner_missing = "inner-missing"
    edge_added = "edge-added"
    inner_added = "inner-added"


SHARES = {Kind.alike: 0.60, Kind.mud: 0.09, Kind.first_missing: 0.12, Kind.last_missing: 0.04, Kind.inner_missing: 0.05,
          Kind.edge_added: 0.06, Kind.inner_added: 0.04}
"""The share of each kind among all mistakes, before any evidence."""

MISREADS = 0.03
"""The share of reads that are misread, before any evidence."""

AGAIN = 4.0
"""How much likelier a second mistake is after a first than mistakes that know nothing of each other: whatever made the
first (rain, dirt, a headlight) is still there."""

# How much a pair resembles: by how often one is written for the other, in either direction, relative to 8 and B.
_RESEMBLING = {
    1.0: "0O 0D OD OQ 8B 1I 5S 2Z",
    0.6: "0Q DQ 38 6G UV MN VY 17 1L IL 6B",
    0.4: "4A 7T 1T IT EF PR CG 3B 56 68 27 7Z HN VW KX DB WN WM HM OC 0C 80 90",
    0.2: "7Y TY EB FP RB AR LE 3S 3E UO U0 UD XY JI J1 89 9P 9G 9S GO QG 39 69 94 4H 41 TI 0G 5B 8S HK KR NK CE",
}

_THIN = "1I"                     # frames, screws and shadows look like these, and these are the first to be missed
_REFERENCE_LENGTH = 7


def _resemblance() -> dict[tuple[str, str], float]:
    pairs = {}
    for strength, texts in _RESEMBLING.items():
        for pair in texts.split():
            first, second = pair[0], pair[1]
            pairs[first, second] = pairs[second, first] = strength
    return pairs


_ALIKE = _resemblance()


@dataclass(frozen=True, slots=True)
class Edit:
    """One mistake: `plate` stands on the plate at `place` (from 0), the camera wrote `read`; either may be empty.

    With an empty `plate` the camera added `read` before the character at `place`.
    """

    place: int
    plate: str
    read: str

    def kind(self, length: int) -> Kind:
        """Return which kind it is on a plate of `length` characters."""
        if self.plate and self.read:
            return Kind.alike if (self.plate, self.read) in _ALIKE else Kind.mud
        if self.plate:
            return missing_kind(self.place, length)
        return added_kind(self.place, length)

    def key(self, length: int) -> str:
        """Return its name among the evidence: kind, what stands there, what was written."""
        return f"{self.kind(length)}:{self.plate}:{self.read}"


def missing_kind(place: int, length: int) -> Kind:
    """Return the kind of a character left out at `place` of a plate of `length` characters."""
    return Kind.first_missing if place == 0 else Kind.last_missing if place == length - 1 else Kind.inner_missing


def added_kind(place: int, length: int) -> Kind:
    """Return the kind of a character added before `place`; `place` = `length` is behind the last."""
    return Kind.edge_added if place in (0, length) else Kind.inner_added


def _exposure(character: str) -> float:
    """How often a character stands on a reference plate, of four digits and three letters."""
    return 0.4 if character in DIGITS else 3 / 26


def _weight(kind: Kind, plate: str, read: str) -> float:
    if kind is Kind.alike:
        return _ALIKE[plate, read]
    if kind is Kind.mud:
        return 1 / len(CHARACTERS)
    return 3.0 if (plate or read) in _THIN else 1.0


def _types(kind: Kind) -> Iterator[tuple[str, str]]:
    if kind is Kind.alike:
        yield from _ALIKE
    elif kind is Kind.mud:
        yield from ((a, b) for a in CHARACTERS for b in CHARACTERS if a != b and (a, b) not in _ALIKE)
    elif kind in (Kind.edge_added, Kind.inner_added):
        yield from (("", character) for character in CHARACTERS)
    else:
        yield from ((character, "") for character in CHARACTERS)


_PLACES = {Kind.alike: 1.0, Kind.mud: 1.0, Kind.first_missing: 1 / _REFERENCE_LENGTH,
           Kind.last_missing: 1 / _REFERENCE_LENGTH, Kind.inner_missing: 1 - 2 / _REFERENCE_LENGTH,
           Kind.edge_added: 2.0, Kind.inner_added: _REFERENCE_LENGTH - 1.0}


def _shipped() -> dict[str, float]:
    """Return the probability of each mistake, at one place where it can happen, by its name."""
    rates = {}
    for kind, share in SHARES.items():
        types = list(_types(kind))
        total = sum(_weight(kind, a, b) * (_exposure(a) if a else 1.0) for a, b in types) * _PLACES[kind]
        for plate, read in types:
            rates[f"{kind}:{plate}:{read}"] = MISREADS * share * _weight(kind, plate, read) / total
    return rates


SHIPPED = _shipped()
_NEVER = 1e-7
"""The rate of a mistake with a character that no table knows (an umlaut)."""


@dataclass(frozen=True)
class Confusions:
    """The probability of every mistake: the shipped one times what evidence says of its kind and of itself."""

    ratios: Mapping[str, float]
    """By name of the mistake, or of its kind; absent: as shipped."""

    scale: float = 1.0
    """How much likelier any misread is than shipped."""

    @cached_property
    def rates(self) -> dict[str, float]:
        """By name of the mistake: its probability at one place."""
        ratios, scale = self.ratios, self.scale
        return {name: rate * scale * ratios.get(name.split(":", 1)[0], 1.0) * ratios.get(name, 1.0)
                for name, rate in SHIPPED.items()}

    def rate(self, kind: Kind, plate: str, read: str) -> float:
        """Return the probability of one mistake at one place."""
        return self.rates.get(f"{kind}:{plate}:{read}", _NEVER)

    @cached_property
    def written(self) -> dict[str, tuple[tuple[str, float], ...]]:
        """By character of the plate: what may be written for it, and how likely."""
        return {a: tuple((b, self.rate(_written_kind(a, b), a, b)) for b in CHARACTERS if b != a) for a in CHARACTERS}

    @cached_property
    def meant(self) -> dict[str, tuple[tuple[str, float], ...]]:
        """By character that was read: what may stand on the plate, and how likely it is written so, likeliest first."""
        return {b: tuple(sorted(((a, self.rate(_written_kind(a, b), a, b)) for a in CHARACTERS if a != b),
                                key=_by_rate)) for b in CHARACTERS}

    @cached_property
    def missing(self) -> dict[Kind, dict[str, float]]:
        """By kind and character of the plate: how likely it is left out, likeliest first."""
        return {kind: dict(sorted(((c, self.rate(kind, c, "")) for c in CHARACTERS), key=_by_rate))
                for kind in (Kind.first_missing, Kind.last_missing, Kind.inner_missing)}

    @cached_property
    def added(self) -> dict[Kind, dict[str, float]]:
        """By kind and character: how likely it is added at one place."""
        return {kind: {c: self.rate(kind, "", c) for c in CHARACTERS} for kind in (Kind.edge_added, Kind.inner_added)}

    @cached_property
    def _in_all(self) -> tuple[dict[str, float], dict[Kind, float]]:
        """Sum the mistakes that a character can suffer, and those of adding, so that `misread` need not."""
        return ({c: sum(rate for _, rate in row) for c, row in self.written.items()},
                {kind: sum(row.values()) for kind, row in self.added.items()})

    def misread(self, plate: str) -> float:
        """Return the probability that `plate` is misread in any way by one mistake."""
        written, added = self._in_all
        length = len(plate)
        return (sum(written.get(c, 0.0) + self.missing[missing_kind(i, length)].get(c, 0.0)
                    for i, c in enumerate(plate))
                + 2 * added[Kind.edge_added] + (length - 1) * added[Kind.inner_added])

    def of(self, names: tuple[str, ...]) -> float:
        """Return the probability of one or two mistakes together, given by name."""
        rate = 1.0 if len(names) < 2 else AGAIN
        for name in names:
            rate *= self.rates.get(name, _NEVER)
        return rate


def _by_rate(item: tuple[str, float]) -> float:
    return -item[1]


def _written_kind(plate: str, read: str) -> Kind:
    return Kind.alike if (plate, read) in _ALIKE else Kind.mud
