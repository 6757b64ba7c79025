"""Invented plates: right grammar, unissued series, never twice the same."""

import re

import numpy as np
import pytest

from services.plates import normalise
from simulator import plates

NL = "[BDFGHJ-NPR-TV-Z]"
GRAMMARS = {  # the grammars of the countries, normalised, written independently of the generator
    "BE": r"[1-9][A-HJ-NPR-Z]{3}\d{3}",
    "NL": rf"{NL}\d\d{NL}{{3}}|\d{NL}{{2}}\d{{3}}|\d{{3}}{NL}{{2}}\d",
    "DE": r"[A-ZÄÖÜ]{1,3}[A-ZÄÖÜ]{1,2}[1-9]\d{0,3}[EH]?",
    "FR": r"[A-HJ-NP-TV-Z]{2}\d{3}[A-HJ-NP-TV-Z]{2}",
}
UNISSUED = {
    "BE": r"[3-7]-[^IMOQUWZ]..-\d{3}", "NL": r".-\d\d-...|\d-[A-Z]{2}-\d{3}|\d{3}-[A-Z]{2}-\d", "DE": r"X.-.*",
    "FR": r"[XYZ].*",
}


@pytest.mark.parametrize("country", list(plates.SHAPES))
def test_plates_have_the_grammar_of_their_country_and_a_series_that_is_not_issued(country: str) -> None:
    texts = plates.draw(np.random.default_rng(1), country, 5000)
    assert all(re.fullmatch(GRAMMARS[country], normalise(text) or "") for text in texts)
    assert all(re.fullmatch(UNISSUED[country], text) for text in texts)
    assert all(len(normalise(text) or "") <= 8 for text in texts)


@pytest.mark.parametrize("country", list(plates.SHAPES))
def test_the_first_and_the_last_serial_are_the_ends_of_the_space(country: str) -> None:
    size = plates.space(country)
    first, last, again = plates.write(country, [0, size - 1, size])
    assert first != last
    assert again == first


def test_a_hundred_thousand_plates_are_all_different() -> None:
    drawn = plates.draw_plates(np.random.default_rng(5), 100_000)
    assert len({normalise(plate.text) for plate in drawn}) == 100_000


def test_countries_come_in_their_shares() -> None:
    drawn = plates.draw_plates(np.random.default_rng(5), 100_000)
    for country, share in plates.COUNTRY_SHARES.items():
        assert sum(plate.country == country for plate in drawn) / 100_000 == pytest.approx(share, abs=0.004)


def test_the_same_seed_gives_the_same_plates_and_another_seed_gives_others() -> None:
    first, same, other = (plates.draw_plates(np.random.default_rng(seed), 200) for seed in (1, 1, 2))
    assert first == same
    assert len({plate.text for plate in first} & {plate.text for plate in other}) < 5


@pytest.mark.parametrize("country", list(plates.SHAPES))
def test_scattering_maps_no_two_serials_to_one(country: str) -> None:
    ends = np.concatenate([np.arange(50_000), plates.space(country) - 1 - np.arange(50_000)])
    assert len(np.unique(plates.scatter(country, ends, key=2**31 - 1))) == 100_000
