"""The form of the audit's filters, filled with the question as it was understood, or as it was typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from search.audit.filters import FILTERS, Asked
from search.pages.language import Language, Words


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a text, or codes of which one is chosen."""

    key: str
    label: Words
    text: str
    choices: Mapping[str, Words]
    hint: str


def fill_form(asked: Asked, typed: QueryParams | None, language: Language) -> list[Field]:
    """Return the fields in the order of the table; `typed` is what was written when it was not understood."""
    chosen = {filter_.key: value for filter_, value in asked.chosen()}
    fields = []
    for filter_ in FILTERS:
        if typed is not None:
            text = typed.get(filter_.key, "")
        elif filter_.key not in chosen:
            text = ""
        elif filter_.key in ("from", "until"):
            text = language.moment(chosen[filter_.key])
        else:
            text = filter_.write(chosen[filter_.key])[0]
        fields.append(Field(filter_.key, filter_.label, text, filter_.choices, filter_.hint))
    return fields
