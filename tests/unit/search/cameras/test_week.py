"""A usual week as a strip: each hour in the shade of how busy it is."""

from search.cameras.week import LEVELS, Peak, draw_week


def test_each_hour_has_the_shade_of_how_busy_it_is() -> None:
    rates = [0.0] * 168
    rates[2], rates[24 + 7], rates[167] = 1.0, 60.0, 30.0
    week = draw_week(rates)
    assert week is not None
    assert week.shades == ("M2 0h1v1h-1z", "", "", "M23 6h1v1h-1z", "", "M7 1h1v1h-1z")
    assert len(week.shades) == LEVELS
    assert (week.busiest, week.quietest, week.total) == (Peak(1, 7, 60), Peak(0, 0, 0), 91)
    assert (len(week.days), week.days[1][7]) == (7, 60)


def test_a_camera_without_a_rhythm_has_no_week() -> None:
    assert draw_week([]) is None
    assert draw_week([0.0] * 168) is None
