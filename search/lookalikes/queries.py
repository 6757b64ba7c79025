"""Which texts of the dictionary may be misreads of a plate, by how often each was read in the permitted period.

Every statement takes the `Permitted` that only the audited path makes. The likeliest misreads of the plate are looked
up by the dictionary's primary key, then what else may be behind each of them, then how often all of these were read.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import (
    ARRAY,
    REAL,
    ColumnElement,
    Double,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from search.answers import Permitted
from services.clock import local_day
from services.lookalikes.explaining import Reason
from services.lookalikes.model import BANDS, Model
from services.lookalikes.posterior import MOST_READS
from services.lookalikes.variants import plates_behind, texts_of
from services.lookalikes.weighing import Alike, Asked, Weighing, hopeful
from services.schema import plates, reads

VARIANTS = 3000
"""So many of a plate's likeliest misreads are looked up."""

COMES_NEAR = 0.03
"""A plate that is read as the same text less often than the one asked for by this factor is no rival."""


@dataclass(frozen=True)
class Alikes:
    """The texts that are taken for a plate at a level, and the SQL that weighs each of their reads."""

    plate: str
    level: float
    model: Model
    items: tuple[Alike, ...]

    @cached_property
    def why(self) -> dict[str, tuple[Reason, ...]]:
        """By text: the reasons."""
        return {item.text: item.why for item in self.items}

    @property
    def texts(self) -> list[str]:
        """The plate itself, and every text that may be it."""
        return [self.plate, *(item.text for item in self.items)]

    def condition(self) -> ColumnElement[bool]:
        """Return what a read of one of the texts must fulfil: the plate itself, or its own probability is enough."""
        return or_(reads.c.plate == self.plate, self._of_a_text() >= self.level)

    def probability(self) -> ColumnElement[float | None]:
        """Return the probability that a read is the plate asked for, NULL where it was read exactly so."""
        return case((reads.c.plate == self.plate, null()), else_=self._of_a_text())

    def _of_a_text(self) -> ColumnElement[float]:
        """`Weights.probability` as SQL."""
        likelihood = self._likelihood()
        ours = self._by_text([item.weights.alike for item in self.items], 0.0) * self._own() * likelihood
        others = self._by_text([item.weights.misread - item.weights.alike for item in self.items], 0.0) * likelihood
        right = self._by_text([item.weights.right for item in self.items], 1.0)
        # A right weight of zero, with nothing else to weigh, must not divide by zero.
        return ours / func.greatest(ours + others + right, _number(1e-300))

    def _by_text(self, values: Sequence[float], otherwise: float) -> ColumnElement[float]:
        return _choose([(reads.c.plate == item.text, value) for item, value in zip(self.items, values, strict=True)],
                       otherwise)

    def _own(self) -> ColumnElement[float]:
        return _choose([(and_(reads.c.plate == item.text, reads.c.camera_id == camera_id), ratio)
                        for item in self.items for camera_id, ratio in item.own.items()], 1.0)

    def _likelihood(self) -> ColumnElement[float]:
        """`Model.likelihood` as SQL; the bands' limits as `real`, as confidences are kept."""
        likelihoods = self.model.likelihoods
        said = _choose([(reads.c.confidence.is_(None), 1.0),
                        *((reads.c.confidence < cast(_number(limit), REAL), likelihoods[band])
                          for band, limit in enumerate(BANDS))], likelihoods[-1])
        return said * _choose([(reads.c.camera_id == camera_id, habits.scale)
                               for camera_id, habits in self.model.cameras.items() if habits.scale != 1.0], 1.0)


def _number(value: float) -> ColumnElement[float]:
    return literal(value, Double)


def _choose(cases: Sequence[tuple[ColumnElement[bool], float]], otherwise: float) -> ColumnElement[float]:
    return case(*((condition, _number(value)) for condition, value in cases),
                else_=_number(otherwise)) if cases else _number(otherwise)


def _is_one_of(column: ColumnElement[str], texts: Collection[str]) -> ColumnElement[bool]:
    """One parameter, however many texts there are."""
    return column == any_(literal(list(texts), ARRAY(Text)))


async def find_alikes(permitted: Permitted, model: Model, plate: str, level: float) -> Alikes:
    """Return the texts of the permitted period that may be `plate` (normalised) with a probability of `level` or more.

    A read's own confidence and camera can lift a text above the level: such texts are among them.
    """
    variants = texts_of(model.confusions, plate, VARIANTS)
    asked = Asked(model, plate, (await _count_reads(permitted, [plate], superseded=False)).get(plate, 0))
    present = await _present(permitted, variants)
    texts = hopeful(asked, {text: variants[text] for text in present}, level)
    counts = await _count_reads(permitted, texts, superseded=False)
    behind = {text: plates_behind(model.confusions, text, variants[text].rate * COMES_NEAR) for text in counts}
    others = await _count_reads(permitted, set().union(*behind.values()) - {plate}, superseded=True)
    return Alikes(plate, level, model, tuple(
        item for item in Weighing(asked, variants, counts, behind, others).alikes() if item.best(model) >= level))


async def _present(permitted: Permitted, texts: Collection[str]) -> list[str]:
    """Return which texts the dictionary holds from the permitted period (to the day), by its primary key."""
    rows = await permitted.connection.execute(select(plates.c.plate).where(
        _is_one_of(plates.c.plate, texts), plates.c.last_seen >= local_day(permitted.permission.earliest)))
    return list(rows.scalars())


async def _count_reads(permitted: Permitted, texts: Collection[str], *, superseded: bool) -> dict[str, int]:
    """Return how often each text was read in the permitted period, up to MOST_READS; texts never read are absent.

    With readings that were replaced the index alone answers, which is near enough for the plates behind a text.
    """
    if not texts:
        return {}
    current = true() if superseded else ~reads.c.superseded
    some = (permitted.select_reads(reads.c.captured_at).where(reads.c.plate == plates.c.plate, current)
            .limit(MOST_READS).lateral("some"))
    rows = await permitted.connection.execute(
        select(plates.c.plate, func.count().label("times")).join_from(plates, some, true())
        .where(_is_one_of(plates.c.plate, texts), plates.c.last_seen >= local_day(permitted.permission.earliest))
        .group_by(plates.c.plate))
    return {row.plate: row.times for row in rows}
