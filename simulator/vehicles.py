"""Who drives: invented vehicles with make, model, colour and type in plausible shares, and a plate for life."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator import plates


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle as it really is; a camera may see less of it."""

    plate: str
    """As printed, with separators: `3-ABC-123`."""
    country: str
    make: str
    model: str
    colour: str
    type: str


# Shares of types, makes and colours are our assumption after the usual Belgian registration tables; nothing in the
# product depends on them, they only have to look right on a list and a picture.
_TYPES = {"car": 0.80, "van": 0.11, "truck": 0.06, "motorcycle": 0.02, "bus": 0.01}
_MODELS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "car": (
        ("Volkswagen", "Golf", 9), ("Volkswagen", "Polo", 6), ("Volkswagen", "Tiguan", 4), ("BMW", "3 Series", 6),
        ("BMW", "1 Series", 4), ("BMW", "X1", 4), ("Audi", "A3", 5), ("Audi", "A4", 4), ("Mercedes-Benz", "A-Class", 5),
        ("Mercedes-Benz", "C-Class", 4), ("Peugeot", "208", 5), ("Peugeot", "308", 4), ("Peugeot", "2008", 4),
        ("Renault", "Clio", 6), ("Renault", "Captur", 4), ("Citroën", "C3", 5), ("Opel", "Corsa", 6),
        ("Opel", "Astra", 4), ("Ford", "Fiesta", 5), ("Ford", "Focus", 4), ("Toyota", "Yaris", 4),
        ("Toyota", "Corolla", 3), ("Volvo", "XC40", 4), ("Volvo", "V60", 3), ("Škoda", "Octavia", 4),
        ("Dacia", "Sandero", 4), ("Dacia", "Duster", 3), ("Hyundai", "Tucson", 3), ("Hyundai", "i20", 3),
        ("Kia", "Sportage", 3), ("Kia", "Picanto", 2), ("Seat", "Leon", 3), ("Seat", "Ibiza", 3),
        ("Nissan", "Qashqai", 3), ("Fiat", "500", 3), ("Mini", "Cooper", 2), ("Mazda", "CX-5", 2),
        ("Tesla", "Model 3", 2), ("Tesla", "Model Y", 3),
        ("Suzuki", "Swift", 1), ("Honda", "Jazz", 1), ("Land Rover", "Discovery", 1), ("Porsche", "Macan", 1),
    ),
    "van": (
        ("Ford", "Transit", 5), ("Ford", "Transit Custom", 4), ("Volkswagen", "Transporter", 4),
        ("Volkswagen", "Caddy", 4), ("Renault", "Trafic", 3), ("Renault", "Kangoo", 3), ("Citroën", "Berlingo", 4),
        ("Citroën", "Jumper", 2), ("Peugeot", "Partner", 3), ("Mercedes-Benz", "Sprinter", 4),
        ("Mercedes-Benz", "Vito", 3), ("Opel", "Vivaro", 3), ("Fiat", "Ducato", 2), ("Iveco", "Daily", 2),
    ),
    "truck": (
        ("DAF", "XF", 6), ("DAF", "LF", 2), ("Volvo", "FH", 5), ("Scania", "R", 4), ("Mercedes-Benz", "Actros", 4),
        ("MAN", "TGX", 4), ("Iveco", "S-Way", 2), ("Renault", "T", 2),
    ),
    "motorcycle": (
        ("BMW", "R 1250 GS", 3), ("Honda", "CB500", 2), ("Yamaha", "MT-07", 3), ("Kawasaki", "Z900", 2),
        ("KTM", "790 Duke", 1), ("Ducati", "Monster", 1), ("Harley-Davidson", "Sportster", 1),
    ),
    "bus": (("Van Hool", "A330", 3), ("VDL", "Citea", 3), ("Iveco", "Crossway", 2), ("Mercedes-Benz", "Citaro", 2)),
}
_COLOURS = {"grey": 0.25, "black": 0.22, "white": 0.20, "blue": 0.12, "silver": 0.07, "red": 0.06, "green": 0.03,
            "brown": 0.02, "beige": 0.01, "orange": 0.01, "yellow": 0.01}


def draw_vehicles(rng: np.random.Generator, serials: npt.NDArray[np.int64], key: int) -> list[Vehicle]:
    """Return one vehicle for each serial; different serials under one `key` have different plates."""
    count = len(serials)
    named = plates.name_plates(plates.draw_countries(rng, count), serials, key)
    kinds = _choose(rng, _TYPES, count)
    colours = _choose(rng, _COLOURS, count)
    models = _draw_models(rng, np.array(kinds))
    return [
        Vehicle(plate.text, plate.country, make, model, colour, kind)
        for plate, (make, model), colour, kind in zip(named, models, colours, kinds, strict=True)
    ]


def _choose(rng: np.random.Generator, shares: dict[str, float], count: int) -> list[str]:
    weights = np.array(list(shares.values()))
    drawn: list[str] = rng.choice(np.array(list(shares)), size=count, p=weights / weights.sum()).tolist()
    return drawn


def _draw_models(rng: np.random.Generator, kinds: npt.NDArray[np.str_]) -> list[tuple[str, str]]:
    drawn: list[tuple[str, str]] = [("", "")] * len(kinds)
    for kind, models in _MODELS.items():
        here = np.flatnonzero(kinds == kind)
        weights = np.array([weight for *_, weight in models], dtype=np.float64)
        chosen = rng.choice(len(models), len(here), p=weights / weights.sum())
        for index, model in zip(here.tolist(), chosen.tolist(), strict=True):
            drawn[index] = models[model][:2]
    return drawn
