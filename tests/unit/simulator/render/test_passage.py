"""Two pictures of every passage: small enough, always the same, and showing what they should."""

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from simulator.render import film, render_passage, scene

MOMENT = datetime(2026, 11, 22, 20, 10, 12, tzinfo=UTC)
DAY, NIGHT = False, True


def render(plate="5FKR482", country="BE", colour="red", kind="van", facing="rear", night=DAY, seed=1,
           camera="Bree N76"):
    return render_passage(plate, country, colour, kind, camera, MOMENT, facing, night, seed)


def decode(jpeg):
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).astype(int)


@pytest.mark.parametrize("night", [DAY, NIGHT])
@pytest.mark.parametrize("facing", ["front", "rear"])
@pytest.mark.parametrize("kind", ["car", "van", "truck", "bus", "motorcycle"])
def test_every_vehicle_gives_two_small_pictures(kind, facing, night):
    plate, overview = render(kind=kind, facing=facing, night=night)
    assert decode(overview).shape == (540, 960, 3)
    assert decode(plate).shape == ((112, 160, 3) if kind == "motorcycle" else (56, 240, 3))
    assert len(plate) <= 8_000
    assert len(overview) <= 60_000


def test_the_same_arguments_give_the_same_bytes():
    assert render() == render()
    assert render(night=NIGHT) == render(night=NIGHT)


def test_what_is_kept_between_pictures_is_drawn_the_same_way_again():
    before = render(), render(night=NIGHT)
    for kept in (film._noise, scene.backdrop):
        kept.cache_clear()
    assert (render(), render(night=NIGHT)) == before


def test_another_seed_gives_other_pictures():
    assert render(seed=1) != render(seed=2)


def test_by_day_a_vehicle_has_its_colour():
    red, blue = (decode(render(colour=colour)[1])[200:420, 300:640] for colour in ("red", "blue"))
    assert (red[:, :, 2] - red[:, :, 0]).mean() > 20
    assert (blue[:, :, 0] - blue[:, :, 2]).mean() > 20


def test_infrared_is_dark_and_has_no_colour():
    for jpeg in render(night=NIGHT):
        picture = decode(jpeg)
        assert np.abs(picture[:, :, 0] - picture[:, :, 2]).max() == 0
    assert decode(render(night=NIGHT)[1]).mean() < 50


def test_by_night_the_plate_outshines_the_car():
    plate, overview = (decode(jpeg)[:, :, 0] for jpeg in render(night=NIGHT))
    assert np.percentile(plate, 90) > 200
    assert np.percentile(overview[:500], 95) < 90


def test_unknown_colour_and_type_still_give_pictures():
    plate, overview = render(colour=None, kind="hovercraft")
    assert plate
    assert overview


def test_the_caption_is_the_cameras_name_and_brussels_time():
    one, other = (decode(render(camera=name)[1])[514:, :300] for name in ("Bree N76", "Bree N76 Noord"))
    assert (one > 150).any()
    assert (one != other).any()


@pytest.mark.parametrize("country", ["BE", "NL", "DE", "FR", "LU", "UK", "PL"])
def test_plates_of_all_countries_are_drawn(country):
    assert decode(render(plate="XA-BC 123", country=country)[0]).std() > 20
