"""How pages look to one browser: light, dark or as the browser is; with room or close together."""

from collections.abc import Mapping
from dataclasses import dataclass

from search.pages.language import words

THEME_COOKIE = "zoneschild_theme"
DENSITY_COOKIE = "zoneschild_density"
THEMES = {"auto": words("As the browser"), "light": words("Light"), "dark": words("Dark")}
DENSITIES = {"roomy": words("Roomy"), "compact": words("Compact")}


@dataclass(frozen=True, slots=True)
class Look:
    """The look that was chosen, by code."""

    theme: str = "auto"
    density: str = "roomy"


def read_look(cookies: Mapping[str, str]) -> Look:
    """Return the look that a browser's cookies name; what is not known counts as not chosen."""
    theme, density = cookies.get(THEME_COOKIE, ""), cookies.get(DENSITY_COOKIE, "")
    return Look(theme if theme in THEMES else "auto", density if density in DENSITIES else "roomy")
