"""Learning from reads, pure: what was corrected and confirmed, and what a sample of the dictionary itself tells.

A text that was read seldom, and is near a plate that is read often, is a misread with the probability that the present
model gives; counted with that probability it makes the next model (expectation and maximisation, Dempster, Laird and
Rubin 1977). So confusions, how crowded the shapes are, and what a confidence is worth are learned without anybody's
saying, and corrections and confirmations weigh in where there are some.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.lookalikes.alignment import edits_between
from services.lookalikes.confusion import Confusions, Edit, Kind
from services.lookalikes.evidence import Evidence, Key, Pair, What
from services.lookalikes.fitting import fit
from services.lookalikes.grammar import shapes_like, shapes_of
from services.lookalikes.model import Model
from services.lookalikes.occurrence import reads_again
from services.lookalikes.posterior import Weights, weigh
from services.lookalikes.variants import Variant, plates_behind
from services.plates import is_unread

SELDOM = 3
"""Texts that were read so often, and no oftener, may be misreads; they are examined one by one."""

OFTEN = 20
"""Mistakes are learned from plates that were read so often: of them misreads abound, while neighbours do not.

Whoever takes plates read once or twice as well learns that fleets with successive numbers are misreads (decision 0082).
"""

ROUNDS = 12
_AS_SHIPPED = Confusions({})
_LEAST = 5e-6
"""A mistake less likely than this is not looked for, as shipped."""

_NEGLIGIBLE = 0.02
_UNEXPLAINED = 0.5
"""How probably a text is a misread that is like no shape and near which nothing was read: nobody can tell."""


class Labelled(NamedTuple):
    """A read of which somebody said what its picture shows, a person or the camera itself."""

    plate: str
    read: str
    camera_id: int
    confidence: float | None
    by_person: bool


class SampledRead(NamedTuple):
    """One read of a sampled text."""

    camera_id: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts of the dictionary, chosen by chance, with their reads; each stands for `stands_for` texts."""

    reads: Mapping[str, Sequence[SampledRead]]
    stands_for: float

    def seldom(self) -> list[str]:
        """Return the texts that may be misreads."""
        return [text for text, found in self.reads.items() if len(found) <= SELDOM]


class Origin(NamedTuple):
    """A plate that may be behind a seldom text: how often it was read, and the mistakes that lead to the text."""

    plate: str
    reads: int
    edits: tuple[Edit, ...]
    names: tuple[str, ...]


def places_to_look(text: str) -> dict[str, Variant]:
    """Return the plates that may be behind a seldom text, to be counted."""
    return plates_behind(_AS_SHIPPED, text, _LEAST)


def origins(behind: Mapping[str, Variant], counts: Mapping[str, int]) -> tuple[Origin, ...]:
    """Return those of `behind` that were read; what fits no shape and was read seldom is itself no plate."""
    return tuple(_origin(plate, counts[plate], variant.edits) for plate, variant in behind.items()
                 if plate in counts and (counts[plate] > SELDOM or shapes_of(plate)))


def _origin(plate: str, reads: int, edits: tuple[Edit, ...]) -> Origin:
    return Origin(plate, reads, edits, tuple(edit.key(len(plate)) for edit in edits))


def evidence_of(labelled: Iterable[Labelled]) -> Evidence:
    """Return the sums over reads that were corrected or confirmed."""
    evidence = Evidence()
    for one in labelled:
        # Whoever knows that it is another plate need not know which.
        edits = None if is_unread(one.plate) else edits_between(one.plate, one.read)
        # A camera that corrects itself had not read yet when it spoke first: that confidence is of another kind.
        if one.by_person:
            evidence.add_confidence(one.confidence, float(one.plate != one.read))
        if edits:
            evidence.add_pair(Pair(one.plate, edits, one.camera_id))
    return evidence


def learn(labelled: Evidence, sample: Sample, behind: Mapping[str, Sequence[Origin]]) -> Evidence:
    """Return the evidence of the labelled reads and the sample together; `behind`: the origins of each seldom text."""
    evidence = Evidence(labelled.items())
    for _ in range(ROUNDS):
        model = fit(evidence)
        evidence = Evidence(labelled.items())
        evidence[Key(What.stands_for, "text")] = sample.stands_for
        for text, found in sample.reads.items():
            wrong = [0.0] * len(found)
            if text in behind:
                wrong = _count_misreads(evidence, model, text, found, behind[text])
            evidence.add_text(text, len(found), 1.0 - sum(wrong) / len(wrong))
            for read, share in zip(found, wrong, strict=True):
                evidence.add_confidence(read.confidence, share)
                if len(found) >= OFTEN:
                    evidence.add_reads(read.camera_id, right=1.0)
    return evidence


def _count_misreads(evidence: Evidence, model: Model, text: str, found: Sequence[SampledRead],
                    behind: Sequence[Origin]) -> list[float]:
    """Count a seldom text's reads as misreads of what may be behind it; return how probably each is a misread."""
    expected, fits = model.occurrence.expected, bool(shapes_of(text))
    rates = [reads_again(expected(origin.plate), origin.reads) * model.confusions.of(origin.names)
             for origin in behind]
    # Of vehicles that were never read right: as crowded as the text's own shape is around it.
    unseen = model.confusions.misread(text) * reads_again(expected(text), 0)
    total = sum(rates)
    weights = (weigh(len(found), expected(text), total, unseen) if total or shapes_like(text)
               else Weights(0.0, _UNEXPLAINED, 1.0 - _UNEXPLAINED))
    wrong = [weights.share_misread(model.likelihood(read.confidence, read.camera_id)) for read in found]
    for origin, rate in zip(behind, rates, strict=True):
        for read, share in zip(found, wrong, strict=True):
            part = share * rate / (total + unseen)
            if origin.reads < OFTEN or part < _NEGLIGIBLE:
                continue
            evidence.add_reads(read.camera_id, wrong=part)
            if not (fits and _is_any_other(origin)):
                evidence.add_pair(Pair(origin.plate, origin.edits, read.camera_id, part))
    return wrong


def _is_any_other(origin: Origin) -> bool:
    """Tell whether a character was written as any other. In a crowded shape that looks like two neighbouring plates.

    How often a digit becomes any letter, or a letter any digit, tells it as well: such a text fits no shape.
    """
    return any(name.startswith(f"{Kind.mud}:") for name in origin.names)
