"""What only makes noise is named with its reason, and nothing is of which too little is known."""

import pytest

from services.hits.reviewing_rule import By, Figures, Noise, Noisy, noise_of

NOTHING = dict.fromkeys(Figures.__slots__, 0)


def figures(**counts: int) -> Figures:
    times = {"to_claim": None, "to_dispatch": None}
    return Figures(**{**NOTHING, **counts} | times)  # type: ignore[arg-type]


@pytest.mark.parametrize(("counts", "noisy"), [
    ({"hits": 30, "taken": 30, "confirmed": 2, "misread": 16, "wrong_country": 4}, Noisy(Noise.misread, 2, 22)),
    ({"hits": 30, "taken": 3}, Noisy(Noise.untaken, 3, 30)),
    ({"hits": 30, "taken": 30, "confirmed": 30, "dispatched": 21, "intercepted": 1}, Noisy(Noise.fruitless, 1, 21)),
    ({"hits": 30, "taken": 20, "confirmed": 20, "not_followed": 19}, Noisy(Noise.left, 1, 20)),
])
def test_each_kind_of_noise_is_named_with_how_many_were_good(counts: dict[str, int], noisy: Noisy) -> None:
    assert noise_of(By.list, figures(**counts)) == noisy


@pytest.mark.parametrize("counts", [
    {"hits": 19}, {"hits": 30, "withdrawn": 12}, {"hits": 30, "taken": 4}, {"hits": 30, "taken": 10, "misread": 9},
    {"hits": 30, "taken": 30, "confirmed": 30, "dispatched": 21, "intercepted": 3},
    {"hits": 30, "taken": 30, "observed": 30, "confirmed": 30}])
def test_too_few_cases_or_enough_that_were_good_are_no_noise(counts: dict[str, int]) -> None:
    assert noise_of(By.list, figures(**counts)) is None


def test_an_entry_needs_fewer_cases_and_a_camera_or_level_is_never_noise() -> None:
    assert noise_of(By.entry, figures(hits=8)) == Noisy(Noise.untaken, 0, 8)
    assert [noise_of(by, figures(hits=99)) for by in (By.camera, By.level)] == [None, None]


def test_shares_are_of_what_was_judged_and_of_what_could_be_taken() -> None:
    found = figures(hits=10, withdrawn=2, taken=4, confirmed=3, misread=1)
    assert (found.precision, found.follow_up) == (0.75, 0.5)
    assert (figures().precision, figures().follow_up) == (None, None)
