"""Which texts of the dictionary may be misreads of a plate, by how often each was read in the permitted period.

Every statement takes the `Permitted` that only the audited path makes. The likeliest misreads of the plate are looked
up by the dictionary's primary key, then what else may be behind each of them, then how often all of these were read.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    ColumnElement,
    Double,
    FromClause,
    Select,
    Text,
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
from sqlalchemy.dialects.postgresql import JSONB

from search.answers import Permitted
from services.lookalikes.explaining import Reason
from services.lookalikes.model import BANDS, Model
from services.lookalikes.posterior import MOST_READS
from services.lookalikes.variants import plates_behind, texts_of
from services.lookalikes.weighing import Alike, Asked, Told, Weighing, hopeful, still_hopeful
from services.schema import PlateText, plates, reads

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
    asked_reads: int
    """How often the plate itself was read."""
    items: tuple[Alike, ...]

    @cached_property
    def why(self) -> dict[str, tuple[Reason, ...]]:
        """By text: the reasons."""
        return {item.text: item.why for item in self.items}

    @property
    def reads(self) -> int:
        """How many reads these texts have in the permitted period, counted up to MOST_READS for each."""
        return self.asked_reads + sum(item.reads for item in self.items)

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
        """`Weights.probability` as SQL: one and the same text for any plate, which PostgreSQL plans once."""
        weights = literal(self._weights, JSONB).op("->")(reads.c.plate)
        alike, others, right = (_number(weights.op("->>")(part), 0.0) for part in range(3))
        own = literal(self._own, JSONB).op("->")(reads.c.plate).op("->>")(_CAMERA)
        likelihood = self._likelihood()
        ours = alike * _number(own, 1.0) * likelihood
        # A right weight of zero, with nothing else to weigh, must not divide by zero.
        return ours / func.greatest(ours + others * likelihood + right, literal(1e-300, Double), type_=Double)

    @cached_property
    def _weights(self) -> dict[str, list[float]]:
        return {item.text: [item.weights.alike, item.weights.misread - item.weights.alike, item.weights.right]
                for item in self.items}

    @cached_property
    def _own(self) -> dict[str, dict[str, float]]:
        return {item.text: {str(camera_id): ratio for camera_id, ratio in item.own.items()}
                for item in self.items if item.own}

    def _likelihood(self) -> ColumnElement[float]:
        """`Model.likelihood` as SQL; the bands' limits as `real`, as confidences are kept."""
        band = func.width_bucket(reads.c.confidence, literal(list(BANDS), ARRAY(REAL)))
        said = literal(list(self.model.likelihoods), JSONB).op("->>")(band)
        scales = {str(camera_id): habits.scale for camera_id, habits in self.model.cameras.items()}
        return _number(said, 1.0) * _number(literal(scales, JSONB).op("->>")(_CAMERA), 1.0)


_CAMERA = cast(reads.c.camera_id, Text)


def _number(written: ColumnElement[Any], otherwise: float) -> ColumnElement[float]:
    return func.coalesce(cast(written, Double), literal(otherwise, Double), type_=Double)


def _is_one_of(column: ColumnElement[str], texts: Collection[str]) -> ColumnElement[bool]:
    """One parameter, however many texts there are; thousands are written sooner as one text than as an array."""
    return column == any_(func.string_to_array(",".join(texts), ",", type_=ARRAY(PlateText)))


async def find_alikes(permitted: Permitted, model: Model, plate: str, level: float) -> Alikes:
    """Return the texts of the permitted period that may be `plate` (normalised) with a probability of `level` or more.

    The period is that in which every plate may be seen: what a decision opens for one is not counted, or a month's
    misreads would be judged by the reads of a year. A read's own confidence and camera can lift a text above the level:
    such texts are among them.
    """
    await permitted.plan_once()
    variants = texts_of(model.confusions, plate, VARIANTS)
    asked = Asked(model, plate, (await _look_at(permitted, [plate])).get(plate, _NEVER).reads)
    present = await _present(permitted, variants)
    texts = hopeful(asked, {text: variants[text] for text in present}, level)
    told = await _look_at(permitted, texts)
    counts = still_hopeful(asked, variants, told, level)
    behind = {text: plates_behind(model.confusions, text, variants[text].rate * COMES_NEAR) for text in counts}
    others = await _count_reads(permitted, set().union(*behind.values()) - {plate})
    weighed = Weighing(asked, variants, counts, behind, others).alikes()
    return Alikes(plate, level, model, asked.reads, tuple(
        item for item in weighed if item.best(model, told[item.text].least) >= level))


async def _present(permitted: Permitted, texts: Collection[str]) -> list[str]:
    """Return which texts the dictionary holds from the permitted period (to the day), by its primary key."""
    rows = await permitted.connection.execute(select(plates.c.plate).where(
        _is_one_of(plates.c.plate, texts), permitted.known_plates()))
    return list(rows.scalars())


_NEVER = Told(0, None)


async def _look_at(permitted: Permitted, texts: Collection[str]) -> dict[str, Told]:
    """Return what the reads of each text in the permitted period tell; texts never read are absent."""
    if not texts:
        return {}
    some = _some(permitted, reads.c.confidence).where(~reads.c.superseded).lateral("some")
    rows = await permitted.connection.execute(
        _each(permitted, texts, some).add_columns(func.min(some.c.confidence).label("least")))
    return {row.plate: Told(row.times, row.least) for row in rows}


async def _count_reads(permitted: Permitted, texts: Collection[str]) -> dict[str, int]:
    """Return how often each text was read in the permitted period, up to MOST_READS; texts never read are absent.

    Readings that were replaced are counted with the others: so the index alone answers, which is near enough for the
    plates behind a text.
    """
    if not texts:
        return {}
    some = _some(permitted, reads.c.captured_at).lateral("some")
    rows = await permitted.connection.execute(_each(permitted, texts, some))
    return {row.plate: row.times for row in rows}


def _some(permitted: Permitted, column: ColumnElement[Any]) -> Select[Any]:
    return permitted.select_reads_of_every_plate(column).where(reads.c.plate == plates.c.plate).limit(MOST_READS)


def _each(permitted: Permitted, texts: Collection[str], some: FromClause) -> Select[Any]:
    return (select(plates.c.plate, func.count().label("times")).join_from(plates, some, true())
            .where(_is_one_of(plates.c.plate, texts), permitted.known_plates())
            .group_by(plates.c.plate))
