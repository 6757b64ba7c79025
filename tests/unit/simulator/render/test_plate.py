"""Plates look like their country's."""

import numpy as np
import pytest

from simulator.render.glyphs import GRID_HEIGHT, GRID_WIDTH, strokes
from simulator.render.plate import HEIGHT_MM, SQUARE_HEIGHT_MM, SQUARE_WIDTH_MM, WIDTH_MM, draw_plate, written


@pytest.mark.parametrize(("text", "country", "expected"), [
    ("5FKR482", "BE", "5-FKR-482"), ("5-FKR-482", "BE", "5-FKR-482"), ("12BCDF", "NL", "12-BC-DF"),
    ("K42XPR", "NL", "K-42-XPR"), ("XY723ZW", "FR", "XY-723-ZW"), ("XA-BC 1234", "DE", "XA-BC-1234"),
    ("AB12XYZ", "UK", "AB12XYZ"),
])
def test_text_gets_the_separators_of_its_country(text, country, expected):
    assert written(text, country) == expected


def test_every_letter_and_digit_has_a_drawing_within_its_cell():
    for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-":
        points = np.vstack(strokes(character))
        assert points.min() >= 0, character
        assert np.all(points.max(axis=0) <= [GRID_WIDTH + 0.5, GRID_HEIGHT + 1]), character


def test_characters_that_resemble_each_other_are_drawn_differently():
    for one, other in ("0O", "8B", "5S", "2Z", "6G", "0D", "UV"):
        left, right = draw_plate(one * 7, "BE"), draw_plate(other * 7, "BE")
        assert np.count_nonzero(np.abs(left.astype(int) - right).max(axis=2) > 60) > 300, (one, other)


def test_an_umlaut_has_two_dots_more_than_its_letter():
    assert len(strokes("Ö")) == len(strokes("O")) + 2


def test_a_character_without_a_drawing_leaves_a_gap():
    assert strokes("?") == ()
    assert draw_plate("1?3", "BE").shape == (HEIGHT_MM, WIDTH_MM, 3)


def test_a_belgian_plate_is_white_with_ruby_characters_and_a_blue_band():
    blue, green, red = _means(draw_plate("5FKR482", "BE")[:, 60:])
    assert red > green
    assert red > blue > 150
    band_blue, _, band_red = _means(draw_plate("5FKR482", "BE")[20:90, 10:40])
    assert band_blue > band_red + 60


def test_a_dutch_plate_is_yellow():
    blue, green, red = _means(draw_plate("12BCDF", "NL")[:, 60:])
    assert red > 150
    assert green > 120
    assert blue < 60


def test_a_french_plate_has_a_band_on_both_sides():
    for columns in (slice(10, 40), slice(WIDTH_MM - 34, WIDTH_MM - 8)):
        blue, _, red = _means(draw_plate("XY723ZW", "FR")[50:90, columns])
        assert blue > red + 60


def test_a_motorcycles_plate_has_two_lines():
    plate = draw_plate("5FKR482", "BE", "square")
    assert plate.shape == (SQUARE_HEIGHT_MM, SQUARE_WIDTH_MM, 3)
    dark_rows = (plate[:, 30:-30, 1] < 120).any(axis=1)
    assert dark_rows[20:65].any()
    assert dark_rows[85:130].any()
    assert not dark_rows[72:78].any()


def _means(picture):
    return picture.reshape(-1, 3).mean(axis=0)
