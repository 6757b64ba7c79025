"""What states of gateways, their settings and what became of rejects are called on the pages."""

from search.pages.language import words
from services.registry import State

STATES = {State.live: words("live"), State.proef: words("trial"), State.disabled: words("disabled")}

SETTINGS = {
    "time_zone": words("Time zone"),
    "clock": words("Clock"),
    "date_order": words("Order of dates"),
    "confidence_scale": words("Scale of certainty"),
    "country_coding": words("Coding of countries"),
    "countries": words("Words for countries"),
    "directions": words("Words for directions"),
    "speed_unit": words("Unit of speed"),
    "cameras": words("Names of cameras"),
    "mapping": words("Mapping"),
}
"""Every member of services.decoding.DecodingSettings; a test compares the two."""

OUTCOMES = {
    "open": words("still open"),
    "waiting": words("waiting"),
    "taken": words("taken"),
    "trial": words("shown as a trial"),
    "refused": words("refused again"),
}
"""What became of a reject (search/rejects/queries.py)."""
