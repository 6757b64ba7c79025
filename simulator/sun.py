"""Whether it is night: a camera then sees by infrared, and no colours."""

from datetime import UTC, datetime
from math import asin, cos, degrees, pi, radians, sin

HORIZON_DEG = -0.833
"""The sun's centre at sunset: half its disc and the air's refraction below the horizon (US Naval Observatory)."""


def elevation_deg(instant: datetime, lat: float = 51.0, lon: float = 5.55) -> float:
    """Return how high the sun stands over the horizon, in degrees, right to about one degree.

    Declination after Cooper (Solar Energy 12, 1969), equation of time after Woolf (NASA TM X-1646, 1968).
    """
    moment = instant.astimezone(UTC)
    day = moment.timetuple().tm_yday
    declination = radians(23.45) * sin(2 * pi * (284 + day) / 365)
    season = 2 * pi * (day - 81) / 364
    equation_min = 9.87 * sin(2 * season) - 7.53 * cos(season) - 1.5 * sin(season)
    minutes = moment.hour * 60 + moment.minute + moment.second / 60 + 4 * lon + equation_min
    hour_angle = radians((minutes - 720) / 4)
    phi = radians(lat)
    return degrees(asin(sin(phi) * sin(declination) + cos(phi) * cos(declination) * cos(hour_angle)))


def is_night(instant: datetime, lat: float = 51.0, lon: float = 5.55) -> bool:
    """Tell whether the sun is below the horizon."""
    return elevation_deg(instant, lat, lon) < HORIZON_DEG
