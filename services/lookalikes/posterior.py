"""Whose car was it really? The probability by Bayes that a read of one text was a car with another plate, pure.

A text that was read n times in the period can come from three sides: the plate asked for, misread; any other plate that
was seen, misread; a vehicle that really bears the text. How many of the n reads are misread is weighed over all
possibilities: j reads of a vehicle (services/lookalikes/occurrence.py) and n - j misreads.
"""

from dataclasses import dataclass

from services.lookalikes.occurrence import Expected, probability_of

MOST_READS = 250
"""Reads of one text are counted so far and no further."""

_WEIGHED = 40
"""A text read more often than this is weighed as if it had been read so often: it is a vehicle's either way."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What speaks for a misread of the plate asked for, for a misread of any plate, and for the text being right."""

    alike: float
    misread: float
    right: float

    def probability(self, likelihood: float = 1.0, own: float = 1.0) -> float:
        """Return the probability that one read of the text was the plate asked for.

        `likelihood` is how much likelier the read's confidence and camera are for a misread than for a right read;
        `own` how much likelier the camera makes exactly this misread than cameras do on average.
        """
        ours = self.alike * own * likelihood
        return ours / (ours + (self.misread - self.alike) * likelihood + self.right)

    def share_misread(self, likelihood: float = 1.0) -> float:
        """Return the probability that one read of the text was misread, whoever's it was."""
        wrong = self.misread * likelihood
        return wrong / (wrong + self.right)


def weigh(times: int, expected: Expected, ours: float, others: float) -> Weights:
    """Weigh a text that was read `times` times, when `ours` and `others` misreads as this text are to be expected.

    The number of misreads is geometric, not Poisson: how likely a certain car is to be misread in a certain way is
    known to an order of magnitude only (a dirty plate stays dirty), which is as if its rate were drawn from an
    exponential distribution.
    """
    total = ours + others
    misread = _misread_share(min(times, _WEIGHED), expected, total)
    return Weights(misread * ours / total, misread, 1.0 - misread)


def _misread_share(times: int, expected: Expected, misreads: float) -> float:
    """Return the share of the reads that is expected to be misread."""
    ratio = misreads / (1.0 + misreads)
    every, wrong = 0.0, 0.0
    for count in range(times + 1):
        weight = ratio**count * probability_of(expected, times - count)
        every += weight
        wrong += weight * count
    return wrong / (every * times)
