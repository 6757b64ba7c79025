"""Mistakes of cameras: their shapes, their probabilities, the texts that come of them, and the way back."""

import pytest

from services.lookalikes.alignment import edits_between
from services.lookalikes.confusion import MISREADS, SHARES, SHIPPED, Confusions, Edit, Kind
from services.lookalikes.explaining import Change, Reason, reasons_of
from services.lookalikes.grammar import SHAPES, shapes_of
from services.lookalikes.variants import plates_behind, texts_of

PLATE = "3ABC123"
AS_SHIPPED = Confusions({})


@pytest.mark.parametrize(("text", "country"), [
    ("3ABC123", "BE"), ("ABC123", "BE"), ("123ABC", "BE"), ("QABC123", "BE"), ("X12BBB", "NL"), ("XAAB1234", "DE"),
    ("XA123AA", "FR"), ("1234BBB", "ES")])
def test_a_plate_fits_the_shape_of_its_country(text: str, country: str) -> None:
    assert country in {shape.country for shape in shapes_of(text)}


@pytest.mark.parametrize("text", ["3A8C123", "3OBC123", "0ABC123", "3ABCI23", "3ABC12", "", "3WBC123", "?12"])
def test_a_text_with_a_character_where_it_may_not_stand_fits_no_belgian_shape(text: str) -> None:
    assert "be" not in {shape.code for shape in shapes_of(text)}


def test_a_shape_knows_how_many_texts_fit_it() -> None:
    shape = next(shape for shape in SHAPES if shape.code == "be")
    assert shape.space == 9 * 19 * 25 * 25 * 1000


def test_the_shares_of_all_kinds_of_mistake_are_one() -> None:
    assert sum(SHARES.values()) == pytest.approx(1.0)
    assert all(rate > 0 for rate in SHIPPED.values())


def test_a_plate_is_misread_as_often_as_its_variants_say() -> None:
    variants = texts_of(AS_SHIPPED, PLATE, 3000)
    assert AS_SHIPPED.misread(PLATE) == pytest.approx(MISREADS, rel=0.3)
    assert sum(variant.rate for variant in variants.values()) == pytest.approx(AS_SHIPPED.misread(PLATE), rel=0.1)
    assert PLATE not in variants


def test_a_first_character_is_left_out_far_oftener_than_an_inner_one_and_a_1_most_often() -> None:
    variants = texts_of(AS_SHIPPED, "1KLM246", 600)
    assert variants["KLM246"].rate > 5 * variants["1KLM46"].rate
    assert variants["KLM246"].rate > 2 * texts_of(AS_SHIPPED, "3KLM246", 600)["KLM246"].rate


@pytest.mark.parametrize("text", ["3A8C123", "ABC123", "3ABC1123", "B3ABC12", "8A8C123", "3ABC12"])
def test_forwards_and_backwards_agree(text: str) -> None:
    variants = texts_of(AS_SHIPPED, PLATE, 3000)
    behind = plates_behind(AS_SHIPPED, text, 1e-9)
    if text in variants and PLATE in behind:
        assert behind[PLATE].likeliest == pytest.approx(variants[text].likeliest)
        assert len(behind[PLATE].edits) == len(variants[text].edits)
    assert text in variants or text == "B3ABC12"


def test_a_text_that_several_mistakes_lead_to_adds_them_up() -> None:
    twice = texts_of(AS_SHIPPED, "3ABB123", 600)["3AB123"]
    assert twice.rate == pytest.approx(2 * twice.likeliest)


@pytest.mark.parametrize(("read", "edits"), [
    ("3A8C123", (Edit(2, "B", "8"),)), ("ABC123", (Edit(0, "3", ""),)), ("3ABC1231", (Edit(7, "", "1"),)),
    ("8A8C123", (Edit(0, "3", "8"), Edit(2, "B", "8"))), (PLATE, ()), ("AB8123", (Edit(0, "3", ""), Edit(3, "C", "8"))),
    ("6WJT427", None), ("3A", None)])
def test_the_fewest_edits_between_two_texts_are_found(read: str, edits: tuple[Edit, ...] | None) -> None:
    assert edits_between(PLATE, read) == edits


@pytest.mark.parametrize("text", ["3A8C123", "ABC123", "3ABC12", "8A8C123", "A8C123"])
def test_a_variant_explains_itself_as_an_alignment_would(text: str) -> None:
    assert texts_of(AS_SHIPPED, PLATE, 3000)[text].edits == edits_between(PLATE, text)


def test_two_mistakes_found_backwards_stand_at_their_places_on_the_plate() -> None:
    behind = plates_behind(AS_SHIPPED, "AB8123", 1e-9)
    assert reasons_of(behind["1ABB123"].edits) == (
        Reason(Change.left_out, 1, "1", ""), Reason(Change.written_as, 4, "B", "8"))


def test_an_umlaut_is_no_obstacle() -> None:
    assert "MUAB12" not in texts_of(AS_SHIPPED, "MÜAB12", 600)
    assert "MAB12" in texts_of(AS_SHIPPED, "MÜAB12", 600)


def test_a_kind_is_known_from_what_stands_where() -> None:
    kinds = {Edit(0, "3", ""): Kind.first_missing, Edit(6, "3", ""): Kind.last_missing,
             Edit(3, "C", ""): Kind.inner_missing, Edit(7, "", "1"): Kind.edge_added,
             Edit(3, "", "1"): Kind.inner_added, Edit(0, "3", "8"): Kind.alike, Edit(0, "3", "W"): Kind.mud}
    assert {edit: edit.kind(7) for edit in kinds} == kinds
