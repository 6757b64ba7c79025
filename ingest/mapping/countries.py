"""Countries as makers write them → ISO 3166-1 alpha-2 (pure). A setting chooses the coding; nothing is guessed.

Alpha-3 and numeric codes come from the CLDR's territory aliases (babel); the distinguishing signs of vehicles are those
of the United Nations' list (Vienna Convention of 1968, article 45), Europe and its neighbours.
"""

from collections.abc import Mapping
from functools import cache

from babel.core import get_global

_SIGNS = {
    "A": "AT", "AL": "AL", "AM": "AM", "AND": "AD", "AZ": "AZ", "B": "BE", "BG": "BG", "BIH": "BA", "BY": "BY",
    "CH": "CH", "CY": "CY", "CZ": "CZ", "D": "DE", "DK": "DK", "DZ": "DZ", "E": "ES", "EST": "EE", "F": "FR",
    "FIN": "FI", "FL": "LI", "FO": "FO", "GB": "GB", "GBZ": "GI", "GE": "GE", "GR": "GR", "H": "HU", "HR": "HR",
    "I": "IT", "IL": "IL", "IRL": "IE", "IS": "IS", "KZ": "KZ", "L": "LU", "LT": "LT", "LV": "LV", "M": "MT",
    "MA": "MA", "MC": "MC", "MD": "MD", "MK": "MK", "MNE": "ME", "N": "NO", "NL": "NL", "NMK": "MK", "P": "PT",
    "PL": "PL", "RKS": "XK", "RO": "RO", "RSM": "SM", "RUS": "RU", "S": "SE", "SK": "SK", "SLO": "SI", "SRB": "RS",
    "TN": "TN", "TR": "TR", "UA": "UA", "UK": "GB", "V": "VA",
}
_UNKNOWN = frozenset({"XX", "ZZ", "UNKNOWN", "NON", "NONE", "OTHER", "N/A"})


def alpha2(text: str, coding: str, own: Mapping[str, str]) -> str | None:
    """Return the country that `text` stands for, None when the coding does not know it.

    `own` is the gateway's table and goes first. Of a code with a region (`us-ca`, `eu-be`) the country counts.
    """
    word = text.strip()
    if (known := own.get(word) or own.get(word.upper()) or own.get(word.lower())) is not None:
        return known
    word = word.upper()
    if coding == "table" or word in _UNKNOWN:
        return None
    if coding == "sign":
        return _SIGNS.get(word)
    if coding == "alpha-2" or (coding == "iso" and len(word) != 3):
        return _alpha2(word)
    if coding == "numeric":
        return _iso_codes().get(word.zfill(3)) if word.isdecimal() else None
    return _iso_codes().get(word) if word.isalpha() else None  # a maker's index, such as 208, is no ISO number


def _alpha2(word: str) -> str | None:
    country, _, region = word.replace("_", "-").partition("-")
    if country == "EU" and len(region) == 2:
        country = region
    return country if country in _countries() else None


@cache
def _iso_codes() -> dict[str, str]:
    """Return alpha-3 and numeric codes with the countries that they stand for."""
    aliases = get_global("territory_aliases")
    return {code: countries[0] for code, countries in aliases.items()
            if len(code) == 3 and len(countries) == 1 and len(countries[0]) == 2}


@cache
def _countries() -> frozenset[str]:
    return frozenset(_iso_codes().values())
