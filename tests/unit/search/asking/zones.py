"""A small zone with the names that matter to the box."""

from datetime import UTC, datetime

from search.asking.zone import know_zone
from search.cameras.places import Place

NOW = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
"""A Thursday, 14:30 in Brussels."""

_PLACES = (
    ("BRE01A", "Bree N73 Peerderbaan - richting Bree", "Bree", "N73", "BRE01", "richting Bree"),
    ("BRE01B", "Bree N73 Peerderbaan - richting Peer", "Bree", "N73", "BRE01", "richting Peer"),
    ("GNK02A", "Genk N75 Europalaan - Genk-centrum - richting As", "Genk", "N75", "GNK02", "richting As"),
    ("GNK02B", "Genk N75 Europalaan - Genk-centrum - richting Hasselt", "Genk", "N75", "GNK02", "richting Hasselt"),
    ("GNK05A", "Genk E314 Afrit 32 Genk-Oost - oprit richting Nederland", "Genk", "E314 complex 32", "GNK05",
     "oprit richting Nederland"),
    ("HOU01A", "Houthalen E314 Afrit 29 - richting Lummen", "Houthalen-Helchteren", "E314 complex 29", "HOU01",
     "afrit komende van Lummen"),
    ("ASX01A", "As N75 Dorpsstraat - richting Dilsen", "As", "N75", "ASX01", "richting Dilsen"),
)
PLACES = tuple(Place(number, code, datetime(2020, 1, 1, tzinfo=UTC), None, name, municipality, road, site, direction,
                     51.0, 5.5, 90)
               for number, (code, name, municipality, road, site, direction) in enumerate(_PLACES))
ZONE_NAMES = know_zone(PLACES)
