"""Day and night over Limburg, against almanac times."""

from datetime import UTC, datetime, timedelta

import pytest

from simulator.sun import elevation_deg, is_night

# Sunrise and sunset at Genk (50.97° N, 5.5° E) in UTC, from almanacs, to the minute or two.
ALMANAC = [
    (datetime(2026, 6, 21, 3, 21, tzinfo=UTC), datetime(2026, 6, 21, 19, 55, tzinfo=UTC)),
    (datetime(2026, 12, 21, 7, 40, tzinfo=UTC), datetime(2026, 12, 21, 15, 32, tzinfo=UTC)),
    (datetime(2026, 3, 20, 5, 41, tzinfo=UTC), datetime(2026, 3, 20, 17, 49, tzinfo=UTC)),
]


@pytest.mark.parametrize(("rise", "set_"), ALMANAC)
def test_it_is_night_before_sunrise_and_after_sunset(rise: datetime, set_: datetime) -> None:
    margin = timedelta(minutes=10)
    assert is_night(rise - margin)
    assert not is_night(rise + margin)
    assert not is_night(set_ - margin)
    assert is_night(set_ + margin)


def test_the_sun_stands_highest_at_midsummer_noon() -> None:
    assert elevation_deg(datetime(2026, 6, 21, 11, 40, tzinfo=UTC)) == pytest.approx(90 - 51 + 23.4, abs=0.5)
