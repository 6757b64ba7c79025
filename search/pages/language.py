"""The languages of the pages: texts by gettext, numbers and times as people write them, always in Brussels' time."""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path

from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from services.clock import ZONE

DUTCH, FRENCH, ENGLISH = "nl", "fr", "en"
AUDIT_LANGUAGE = DUTCH
_TEXTS = Path(__file__).parent / "texts"
_DAYS_KEPT, _PERCENTS_KEPT, _NUMBERS_KEPT = 2000, 200, 10_000
_LOCALES = {DUTCH: "nl_BE", FRENCH: "fr_BE", ENGLISH: "en_GB"}


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence that can be said in every language: its English text and the values that go into its {gaps}."""

    msgid: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return _fill(self.msgid, {name: str(value) for name, value in self.values.items()})


def words(msgid: str, /, **values: object) -> Words:
    """Make a sentence from its English text; the name marks the text for translation."""
    return Words(msgid, values)


class Language:
    """One language: says sentences and shows values in it."""

    def __init__(self, code: str, translations: gettext.NullTranslations) -> None:
        self.code = code
        self.translations = translations
        self._locale = Locale.parse(_LOCALES[code])
        # A page writes the same few days, shares and lengths hundreds of times, and Babel reads its pattern each time.
        self._written = lru_cache(_DAYS_KEPT)(partial(dates.format_date, locale=self._locale))
        self._percent = lru_cache(_PERCENTS_KEPT)(partial(numbers.format_percent, locale=self._locale))
        self._decimal = lru_cache(_NUMBERS_KEPT)(partial(numbers.format_decimal, locale=self._locale))
        self._length = lru_cache(_NUMBERS_KEPT)(partial(dates.format_timedelta, threshold=1.5, locale=self._locale))

    def say(self, sentence: Words | str) -> str:
        """Return a sentence in this language; a plain text is translated when it is known."""
        if isinstance(sentence, str):
            return self.translations.gettext(sentence) if sentence else ""
        shown = {name: self.show(value) for name, value in sentence.values.items()}
        return _fill(self.translations.gettext(sentence.msgid), shown)

    def show(self, value: object) -> str:
        """Return any value that can stand in a sentence as text in this language."""
        match value:
            case Words():
                return self.say(value)
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case tuple() | list():
                return ", ".join(self.show(part) for part in value)
            case int():
                return self.number(value)
            case _:
                return str(value)

    def pick(self, texts: str | Mapping[str, str]) -> str:
        """Return the text in this language of one that was written in several; a plain one as it is."""
        return texts if isinstance(texts, str) else texts.get(self.code) or texts.get(DUTCH) or next(
            iter(texts.values()), "")

    def number(self, value: float, places: int = 0) -> str:
        """Write a number with this language's separators."""
        if not places and isinstance(value, int) and -1000 < value < 1000:
            return str(value)  # nothing to separate; a page of many numbers took a third of its time for it
        pattern = f"#,##0.{'#' * places}" if places else "#,##0"
        return self._decimal(round(value, places), pattern)

    def percent(self, share: float) -> str:
        """Write a share of one as whole percents."""
        return self._percent(round(share, 2), "#,##0%" if self.code == ENGLISH else "#,##0 %")

    def clock(self, instant: datetime) -> str:
        """Write the time of day with seconds: `14:05:09`."""
        local = instant.astimezone(ZONE)
        return f"{local.hour:02d}:{local.minute:02d}:{local.second:02d}"  # strftime takes thrice as long

    def milliseconds(self, instant: datetime) -> str:
        """Write the time of day with milliseconds: `14:05:09,123`."""
        return f"{self.clock(instant)},{instant.microsecond // 1000:03d}"

    def day(self, instant: datetime | date) -> str:
        """Write the day in short: `ma 23 nov 2026`."""
        local = instant.astimezone(ZONE).date() if isinstance(instant, datetime) else instant
        return self._written(local, "EEE d MMM y")

    def short_day(self, instant: datetime) -> str:
        """Write the day without its year: `ma 23 nov`."""
        return self._written(instant.astimezone(ZONE).date(), "EEE d MMM")

    def period(self, since: datetime, until: datetime) -> str:
        """Write from when to when, to the minute; the second day where it is another."""
        first, last = self.day(since), self.day(until)
        end = self.clock(until)[:5] if last == first else f"{last} {self.clock(until)[:5]}"
        return f"{first} {self.clock(since)[:5]} \N{EN DASH} {end}"

    def moment(self, instant: datetime) -> str:
        """Write day and time to the minute, with seconds only when there are any: `23/11/2026 14:05`."""
        local = instant.astimezone(ZONE)
        clock = f"{local.hour:02d}:{local.minute:02d}{f':{local.second:02d}' if local.second else ''}"
        return f"{local.day:02d}/{local.month:02d}/{local.year} {clock}"

    def duration(self, length: timedelta) -> str:
        """Write a length of time in its largest unit: `3 uur`; below a second with a decimal."""
        if abs(length) < timedelta(seconds=10):
            return f"{self.number(length.total_seconds(), 1)} s"
        return self._length(timedelta(seconds=int(length.total_seconds())))


def _fill(text: str, values: Mapping[str, str]) -> str:
    return text.format_map(values) if values else text


def load_languages() -> dict[str, Language]:
    """Read the texts; English needs none, as its sentences are the message ids."""
    return {code: Language(code, _translations(code)) for code in _LOCALES}


def read_texts(code: str) -> Catalog:
    """Return all texts of a language: `nl.po`, and a file for each feature that has many, such as `accounts.nl.po`."""
    texts = Catalog(code)
    for file in sorted(_TEXTS.glob(f"*{code}.po")):
        with file.open("rb") as source:
            for message in read_po(source):
                texts.add(message.id, message.string)
    return texts


def _translations(code: str) -> gettext.NullTranslations:
    compiled = BytesIO()
    write_mo(compiled, read_texts(code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose_language(cookie: str | None, accepted: str, *, api: bool) -> str:
    """Decide how to speak: on pages by cookie, else Dutch; in the API by Accept-Language, else English."""
    if not api:
        return cookie if cookie in _LOCALES else DUTCH
    wanted = [part.split(";")[0].strip()[:2].lower() for part in accepted.split(",")]
    return next((code for code in wanted if code in _LOCALES), ENGLISH)
