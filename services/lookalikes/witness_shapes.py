"""The shapes of the plates that pass here: where letters and digits stand, and how often each passes."""

from services.lookalikes.witness_alike import DIGITS

DIGIT, LETTER = "9", "A"

SHAPES: dict[str, float] = {
    # Belgium: since 2010, before, and the series with a letter in front (moto, trailer, taxi, old-timer).
    "9AAA999": 0.76, "AAA999": 0.05, "999AAA": 0.02, "AAAA999": 0.03,
    # The Netherlands: sidecodes 6 to 14, those on the road.
    "99AAAA": 0.005, "99AAA9": 0.02, "9AAA99": 0.02, "AA999A": 0.015, "A999AA": 0.01, "AAA99A": 0.005,
    "A99AAA": 0.01, "9AA999": 0.01, "999AA9": 0.005,
    # Germany, and France with Italy, which write alike.
    "AAAA9999": 0.02, "AA999AA": 0.02,
}
"""Our assumption after the zone's place: the border with the Netherlands is near, France is far."""


def shape_of(text: str) -> str:
    """Return the shape of a text: 9 for a digit, A for anything else."""
    return "".join(DIGIT if character in DIGITS else LETTER for character in text)


def is_usual(text: str) -> bool:
    """Tell whether plates of this shape pass here."""
    return shape_of(text) in SHAPES
