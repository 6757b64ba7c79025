"""The search form: its fields come from the table of filters, filled with the question as it was understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import QueryParams

from search.cameras.queries import Camera
from search.pages.language import Language, Words, words
from search.reads.filters import FILTERS, Asked, Filter

_ALWAYS_SHOWN = frozenset({"plate", "from", "until", "camera"})
_HINTS: dict[str, Words | str] = {
    "hours": "22-05", "speed": "90-, 50-70", "confidence": "-0.8", "lane": "1, 2",
    "road": "N75, E314", "country": "BE, NL", "site": "BRE01",
    "witness": "K7",
    "area": words("longitude,latitude;…"),
}
_SUGGESTED = {"municipality": "municipality", "road": "road"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: a text, or codes to choose from."""

    key: str
    label: Words
    text: str
    chosen: frozenset[str]
    choices: Mapping[str, Words]
    hint: Words | str
    single: bool
    """Whether one of the choices is chosen at most."""
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The fields that always stand there, by key, and the further ones."""

    shown: Mapping[str, Field]
    further: tuple[Field, ...]

    @property
    def in_use(self) -> int:
        """How many of the further fields are filled."""
        return sum(bool(field.text or field.chosen) for field in self.further)


def fill_form(asked: Asked, typed: QueryParams | None, language: Language, cameras: Sequence[Camera]) -> Form:
    """Return the form; `typed` is what was written when it was not understood."""
    fields = {filter_.key: _field(filter_, asked, typed, language, cameras) for filter_ in FILTERS}
    return Form({key: fields[key] for key in _ALWAYS_SHOWN},
                tuple(field for key, field in fields.items() if key not in _ALWAYS_SHOWN))


def _field(filter_: Filter, asked: Asked, typed: QueryParams | None, language: Language,
           cameras: Sequence[Camera]) -> Field:
    given = typed.getlist(filter_.key) if typed is not None else _written(filter_, asked, language)
    suggested = _SUGGESTED.get(filter_.key)
    names = sorted({name for camera in cameras if (name := getattr(camera, suggested))}) if suggested else ()
    return Field(filter_.key, filter_.label, "" if filter_.choices else ", ".join(given),
                 frozenset(given) if filter_.choices else frozenset(), filter_.choices,
                 _HINTS.get(filter_.key, ""), filter_.single, tuple(names))


def _written(filter_: Filter, asked: Asked, language: Language) -> list[str]:
    value = getattr(asked, filter_.attribute)
    if isinstance(value, datetime):
        return [language.moment(value)]
    return filter_.write(value)
