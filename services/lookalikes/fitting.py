"""From evidence to a model, pure: every figure is the shipped one times a ratio that evidence moves away from one.

A ratio is (k + seen) / (k + expected as shipped): the mean of a gamma distribution that begins at one with the weight
of k sightings. With little evidence it stays near one; with much it follows what was seen (Gelman et al., Bayesian Data
Analysis, 2.6). A camera's own ratios begin at those of the zone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from services.lookalikes.confusion import SHIPPED, Confusions, Kind
from services.lookalikes.evidence import WHOLE_ZONE, Evidence, Key, What
from services.lookalikes.grammar import CHARACTERS, SHAPES
from services.lookalikes.model import BANDS, SHIPPED_LIKELIHOODS, Habits, Model
from services.lookalikes.occurrence import NO_SHAPE, NOT_ISSUED, TABLE_LENGTH, Expected, Occurrence
from services.lookalikes.occurrence import SHIPPED as SHIPPED_TABLES

_KIND_WEIGHT, _MISTAKE_WEIGHT = 10.0, 1.5
"""As how many sightings the shipped share of a kind counts, and of one mistake."""

_CAMERA_WEIGHT, _CAMERA_MISTAKE_WEIGHT = 10.0, 8.0
"""The same for a camera against the zone: its misreads altogether, and one mistake among them."""

_NOTABLE = 1.5
"""A camera that differs from the zone by less than this factor is taken for one like the others: chance does that."""

_BAND_WEIGHT = 20.0
_ENOUGH_TEXTS = 200.0
"""Fewer texts of all shapes say nothing of how crowded they are."""

_SHAPE_TEXTS, _TIMES_TEXTS = 0.5, 20.0
"""As how many sampled texts it counts that any shape occurs, and that its plates are read as often as all others."""

_SHIPPED_SPREAD = tuple(texts / sum(SHIPPED_TABLES["be"]) for texts in SHIPPED_TABLES["be"])

_MOST_LIKELIHOOD = 300.0
"""No band of confidence speaks louder than this, for or against."""


def fit(evidence: Evidence) -> Model:
    """Return the model that the evidence gives; without evidence the shipped one."""
    ratios = _ratios(evidence)
    confusions = Confusions(ratios, _scale(evidence))
    return Model(confusions, Occurrence(_tables(evidence), _characters(evidence)), _likelihoods(evidence),
                 _cameras(evidence, confusions))


def _group(name: str) -> str:
    """Return the group of chances to which a mistake belongs, by its name."""
    kind, plate, _ = name.split(":")
    if kind in (Kind.alike, Kind.mud):
        return f"written:{plate}"
    return f"{kind}:{plate}"


def _ratios(evidence: Evidence) -> dict[str, float]:
    """Return how much likelier than shipped each kind is, and each mistake within its kind."""
    chances = dict(evidence.of(What.chance))
    if not chances:
        return {}
    seen = dict(evidence.of(What.edit))
    expected = {name: rate * chances.get(_group(name), 0.0) for name, rate in SHIPPED.items()}
    kinds = {kind: _ratio(_KIND_WEIGHT, _sum_of(seen, kind), _sum_of(expected, kind)) for kind in Kind}
    mistakes = {name: _ratio(_MISTAKE_WEIGHT, seen.get(name, 0.0), expected[name] * kinds[_kind(name)])
                for name in SHIPPED}
    return {**{str(kind): ratio / _mean_ratio(kind, expected, mistakes) for kind, ratio in kinds.items()}, **mistakes}


def _mean_ratio(kind: Kind, expected: Mapping[str, float], mistakes: Mapping[str, float]) -> float:
    """Return by how much the mistakes' own ratios change their kind as a whole, which is for the kind's to say."""
    shipped = _sum_of(expected, kind)
    changed = _sum_of({name: expected[name] * ratio for name, ratio in mistakes.items()}, kind)
    return changed / shipped if shipped else 1.0


def _ratio(weight: float, seen: float, expected: float) -> float:
    return (weight + seen) / (weight + expected)


def _kind(name: str) -> Kind:
    return Kind(name.split(":", 1)[0])


def _sum_of(sums: Mapping[str, float], kind: Kind) -> float:
    """Add up a kind's mistakes; of a character written as any other, only digits for letters and letters for digits."""
    return sum(value for name, value in sums.items() if name.startswith(f"{kind}:")
               and (kind is not Kind.mud or _crosses(name)))


def _crosses(name: str) -> bool:
    _, plate, read = name.split(":")
    return plate.isdigit() != read.isdigit()


def _scale(evidence: Evidence) -> float:
    """Return how much likelier a misread is than shipped, from the reads that were looked at."""
    looked_at = evidence.get(Key(What.reads, "all"), 0.0)
    return _ratio(30.0, evidence.get(Key(What.reads, "misread"), 0.0), looked_at * sum_of_shares())


def sum_of_shares() -> float:
    """Return the share of reads that are misread as shipped."""
    return Confusions({}).misread("3ABC123")


def _cameras(evidence: Evidence, zone: Confusions) -> dict[int, Habits]:
    numbers = {key.camera_id for key in evidence} - {WHOLE_ZONE}
    return {camera_id: _habits(evidence, camera_id, zone) for camera_id in sorted(numbers)}


def _habits(evidence: Evidence, camera_id: int, zone: Confusions) -> Habits:
    """Compare one camera with the zone: how often it misreads, and what."""
    share = (evidence.get(Key(What.reads, "misread"), 0.0) / evidence[Key(What.reads, "all")]
             if Key(What.reads, "all") in evidence else 0.0)
    scale = _ratio(_CAMERA_WEIGHT, evidence.get(Key(What.reads, "misread", camera_id), 0.0),
                   evidence.get(Key(What.reads, "all", camera_id), 0.0) * share)
    chances, seen = dict(evidence.of(What.chance, camera_id)), dict(evidence.of(What.edit, camera_id))
    # What the zone's cameras do, and this one never did, is its habit as well.
    expected = {name: zone.rates[name] / zone.scale * chances.get(_group(name), 0.0)
                for name, _ in evidence.of(What.edit) if name in zone.rates}
    ratios = {name: _ratio(_CAMERA_MISTAKE_WEIGHT, seen.get(name, 0.0), times) for name, times in expected.items()}
    return Habits(scale if _is_notable(scale) else 1.0,
                  {name: ratio for name, ratio in ratios.items() if _is_notable(ratio)})


def _is_notable(ratio: float) -> bool:
    return not 1 / _NOTABLE < ratio < _NOTABLE


def _likelihoods(evidence: Evidence) -> tuple[float, ...]:
    """Return how much likelier each band of confidence is for a misread, beginning at the shipped ratios."""
    wrong, right = dict(evidence.of(What.confidence_wrong)), dict(evidence.of(What.confidence_right))
    all_wrong, all_right = sum(wrong.values()), sum(right.values())
    if not all_wrong or not all_right:
        return SHIPPED_LIKELIHOODS
    bands = range(len(BANDS) + 1)
    rights = [right.get(str(band), 0.0) / all_right for band in bands]
    # What a misread's confidences would be as shipped, of which _BAND_WEIGHT misreads are taken for seen.
    shipped = [likelihood * (share + 1e-4) for likelihood, share in zip(SHIPPED_LIKELIHOODS, rights, strict=True)]
    found = []
    for band in bands:
        seen = wrong.get(str(band), 0.0) + _BAND_WEIGHT * shipped[band] / sum(shipped)
        likelihood = seen / (all_wrong + _BAND_WEIGHT) / (rights[band] + 1e-4)
        found.append(min(_MOST_LIKELIHOOD, max(1 / _MOST_LIKELIHOOD, likelihood)))
    return tuple(found)


def _tables(evidence: Evidence) -> Mapping[str, Expected]:
    """Return how many texts of each shape are read how often; the shipped figures when too few were counted."""
    counted: dict[str, list[float]] = defaultdict(lambda: [0.0] * (TABLE_LENGTH + 1))
    for which, texts in evidence.of(What.seen):
        code, times = which.rsplit(":", 1)
        counted[code][int(times) - 1] += texts
    everywhere = [sum(column) for column in zip(*counted.values(), strict=True)]
    if sum(everywhere) < _ENOUGH_TEXTS:
        return SHIPPED_TABLES
    each = evidence.get(Key(What.stands_for, "text"), 1.0)
    usual = _spread(everywhere, _SHIPPED_SPREAD)
    codes = [*(shape.code for shape in SHAPES), NO_SHAPE]
    return {code: tuple(each * (sum(counted[code]) + _SHAPE_TEXTS) * share for share in _spread(counted[code], usual))
            for code in codes}


def _spread(counts: Sequence[float], usual: Sequence[float]) -> list[float]:
    """Return how texts spread over the times that each is read, beginning at `usual`.

    Few reads are at least as common as in a logarithmic series: it keeps learning from taking all vehicles that passed
    once for misreads of each other.
    """
    found = [count + _TIMES_TEXTS * share for count, share in zip(counts, usual, strict=True)]
    for times in (3, 2, 1):
        found[times - 1] = max(found[times - 1], found[times] * (times + 1) / times)
    return [part / sum(found) for part in found]


def _characters(evidence: Evidence) -> dict[str, dict[str, float]]:
    """Return which characters stand where on the plates of each shape that was seen."""
    counts: dict[str, dict[str, float]] = defaultdict(dict)
    for which, texts in evidence.of(What.character):
        place, character = which.rsplit(":", 1)
        counts[place][character] = texts
    slots = {f"{shape.code}:{place}": slot for shape in SHAPES for place, slot in enumerate(shape.slots)}
    return {place: _shares(found, slots[place]) for place, found in counts.items()}


def _shares(found: Mapping[str, float], slot: str) -> dict[str, float]:
    """Return the share of each character at a place, as if each that is issued had been seen once more.

    What is not issued, as far as we know, counts as seen NOT_ISSUED times.
    """
    seen = {character: found.get(character, 0.0) + (1.0 if character in slot else NOT_ISSUED)
            for character in {*CHARACTERS, *found}}
    total = sum(seen.values())
    return {character: times / total for character, times in seen.items()}
