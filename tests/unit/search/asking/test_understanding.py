"""What people write in the box becomes the filters that they mean."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.asking.lexicon import COLOURS, COUNTRIES, FILLERS, MAKES, TYPES
from search.asking.phrases import LONGEST_TEXT, read_phrases
from search.asking.understanding import Understood, understand
from search.asking.ways import WAYS
from search.asking.writing import write_text
from search.filtering import write_pairs
from search.pages import vocabulary
from search.reads.filters import Asked, parse_asked
from services.clock import ZONE
from tests.unit.search.asking.zones import NOW, ZONE_NAMES

WHAT = {
    # Plates and patterns.
    "1ABC*": "plate=1ABC*",
    "3-abc-12?": "plate=3ABC12?",
    "3A[BR]C1*": "plate=3A[BR]C1*",
    "3ABC123, 4XYZ789": "plate=3ABC123 plate=4XYZ789",
    "3 ABC 123": "plate=3ABC123",
    "3abc123": "plate=3ABC123",
    "AB-123-C": "plate=AB123C",
    "begint met 1AB": "plate=1AB*",
    "commence par 1AB": "plate=1AB*",
    "ends with 123": "plate=*123",
    "lijkt op 3ABC123": "plate=3ABC123 alike=0.5",
    "ressemble à 3-ABC-123": "plate=3ABC123 alike=0.5",
    "looks like 3ABC123": "plate=3ABC123 alike=0.5",
    "3ABC123 lookalikes": "plate=3ABC123 alike=0.5",
    "~3ABC123": "plate=3ABC123 alike=0.5",
    "K7": "witness=K7",
    "…K7": "witness=K7",
    "...k7": "witness=K7",
    "nummerplaat met K7": "witness=K7",
    "1AB 45": "witness=1AB unread=45",
    "XKV": "witness=XKV",
    "457": "witness=457",
    # Places.
    "N75": "road=N75",
    "op de N75": "road=N75",
    "sur la n75": "road=N75",
    "E314": "road=E314 complex 29 road=E314 complex 32",
    "Bree": "municipality=Bree",
    "in bree?": "municipality=Bree",
    "à Bree": "municipality=Bree",
    "Genk, Bree": "municipality=Genk municipality=Bree",
    "houthalen-helchteren": "municipality=Houthalen-Helchteren",
    "As": "municipality=As",
    "BRE01A": "camera=BRE01A",
    "camera bre01a": "camera=BRE01A",
    "GNK05": "site=GNK05",
    "Genk GNK05": "site=GNK05 municipality=Genk",
    "Peerderbaan": "camera=BRE01A camera=BRE01B",
    "Europalaan richting As": "camera=GNK02A",
    "richting Hasselt": "camera=GNK02B",
    "en direction de Peer": "camera=BRE01B",
    "richting noord": "heading=n",
    "vers le sud-ouest": "heading=sw",
    "towards the north-east": "heading=ne",
    "weg van de camera": "direction=away",
    # Vehicles.
    "rode bestelwagen": "colour=red type=van",
    "camionnette rouge": "colour=red type=van",
    "red van": "colour=red type=van",
    "witte vrachtwagens": "colour=white type=truck",
    "voiture grise foncée": "colour=grey type=car",
    "rood of blauw": "colour=blue colour=red",
    "white Ford van": "make=Ford colour=white type=van",
    "rode auto van Bree": "municipality=Bree colour=red type=car",
    "Van Hool bus": "make=Van Hool type=bus",
    "vw golf": "make=Volkswagen model=Golf",
    "Audi A4": "make=Audi model=A4",
    "škoda": "make=Škoda",
    "MAN vrachtwagen": "make=MAN type=truck",
    "een man": "unread=man",
    "Nederlandse": "country=NL",
    "NL plate": "country=NL",
    "nl plaat": "country=NL",
    "de plaat": "",
    "plaque néerlandaise": "country=NL",
    "Duitse wagen, zwart": "country=DE colour=black type=car",
    # What else there is to ask.
    "sneller dan 90 km/u": "speed=90-",
    "plus de 120 km/h": "speed=120-",
    "50-70 km/u": "speed=50-70",
    "rijstrook 2": "lane=2",
    "zonder nummerplaat": "read=no",
    "non lue": "read=no",
    "voor het eerst": "first=yes",
    "road:N75 type:van": "road=N75 type=van",
    'municipality:"Genk, Bree"': "municipality=Genk municipality=Bree",
    # What nobody can understand is told.
    "groene olifant": "colour=green unread=olifant",
    "grote groene olifant": "colour=green unread=grote unread=olifant",
    "paarse olifant": "unread=paarse olifant",
    "niet rood": "unread=niet rood",
    "not in Bree": "unread=not in Bree",
    "rood, geen bestelwagen": "colour=red unread=geen bestelwagen",
    "N20": "unread=N20",
    "BRE99A": "unread=BRE99A",
    "colour:pink": "unread=colour:pink",
    "3ABC123 K7": "plate=3ABC123 unread=K7",
    "1ABC* lookalike": "plate=1ABC* unread=lookalike",
    "": "",
    "de van het": "",
}


def said(understood: Understood) -> str:
    pairs = [*understood.asked.pairs(), *(("unread", words) for words in understood.unread)]
    return " ".join(f"{key}={text}" for key, text in pairs)


@pytest.mark.parametrize(("text", "expected"), WHAT.items(), ids=list(WHAT))
def test_what_is_looked_for(text: str, expected: str) -> None:
    assert said(understand(text, ZONE_NAMES, NOW)) == expected


WHEN = {
    # Days.
    "vandaag": ("26/11 00:00", ""),
    "aujourd'hui": ("26/11 00:00", ""),
    "today": ("26/11 00:00", ""),
    "gisteren": ("25/11 00:00", "26/11 00:00"),
    "hier": ("25/11 00:00", "26/11 00:00"),
    "yesterday": ("25/11 00:00", "26/11 00:00"),
    "eergisteren": ("24/11 00:00", "25/11 00:00"),
    "avant-hier": ("24/11 00:00", "25/11 00:00"),
    "the day before yesterday": ("24/11 00:00", "25/11 00:00"),
    "maandag": ("23/11 00:00", "24/11 00:00"),
    "donderdag": ("26/11 00:00", ""),
    "vorige donderdag": ("19/11 00:00", "20/11 00:00"),
    "jeudi dernier": ("19/11 00:00", "20/11 00:00"),
    "last thursday": ("19/11 00:00", "20/11 00:00"),
    "vrijdag": ("20/11 00:00", "21/11 00:00"),
    "23/11": ("23/11 00:00", "24/11 00:00"),
    "23.11.2026": ("23/11 00:00", "24/11 00:00"),
    "23-11-2026": ("23/11 00:00", "24/11 00:00"),
    "2026-11-23": ("23/11 00:00", "24/11 00:00"),
    "23 november": ("23/11 00:00", "24/11 00:00"),
    "le 23 novembre 2026": ("23/11 00:00", "24/11 00:00"),
    "November 23rd": ("23/11 00:00", "24/11 00:00"),
    # With hours.
    "gisteren 20-23u": ("25/11 20:00", "25/11 23:00"),
    "gisteren, 20u-23u30": ("25/11 20:00", "25/11 23:30"),
    "gisteren tussen 20 en 23 uur": ("25/11 20:00", "25/11 23:00"),
    "gisteren van 20 tot 23u": ("25/11 20:00", "25/11 23:00"),
    "hier 20h-23h": ("25/11 20:00", "25/11 23:00"),
    "hier entre 20h et 23h": ("25/11 20:00", "25/11 23:00"),
    "yesterday 20-23h": ("25/11 20:00", "25/11 23:00"),
    "yesterday from 8 to 11 pm": ("25/11 20:00", "25/11 23:00"),
    "gisteren 22u-2u": ("25/11 22:00", "26/11 02:00"),
    "23/11/2026 14:00-16:30": ("23/11 14:00", "23/11 16:30"),
    "23/11/2026 14:00 - 16:30": ("23/11 14:00", "23/11 16:30"),
    "23/11 om 14u": ("23/11 13:30", "23/11 14:30"),
    "le 23 novembre vers 14h30": ("23/11 14:00", "23/11 15:00"),
    "maandag 8u-10u": ("23/11 08:00", "23/11 10:00"),
    "ma 8-10u": ("23/11 08:00", "23/11 10:00"),
    "donderdag 20-23u": ("19/11 20:00", "19/11 23:00"),
    "vandaag 14-16u": ("26/11 14:00", "26/11 16:00"),
    "maandag na 20u": ("23/11 20:00", "24/11 00:00"),
    "maandag voor 8u": ("23/11 00:00", "23/11 08:00"),
    "20-23u": ("25/11 20:00", "25/11 23:00"),
    "8-10": ("26/11 08:00", "26/11 10:00"),
    "na 12u": ("26/11 12:00", ""),
    "vanaf 20u": ("25/11 20:00", ""),
    # Parts of days.
    "vannacht": ("25/11 22:00", "26/11 06:00"),
    "cette nuit": ("25/11 22:00", "26/11 06:00"),
    "last night": ("25/11 22:00", "26/11 06:00"),
    "vannacht 1-3u": ("26/11 01:00", "26/11 03:00"),
    "vanmorgen": ("26/11 06:00", "26/11 12:00"),
    "ce matin": ("26/11 06:00", "26/11 12:00"),
    "vanmiddag": ("26/11 12:00", "26/11 14:00"),
    "deze namiddag": ("26/11 12:00", ""),
    "vanavond": ("25/11 18:00", "26/11 00:00"),
    "gisterenavond": ("25/11 18:00", "26/11 00:00"),
    "hier soir": ("25/11 18:00", "26/11 00:00"),
    "yesterday evening": ("25/11 18:00", "26/11 00:00"),
    "maandagnacht": ("23/11 22:00", "24/11 06:00"),
    "nacht van maandag op dinsdag": ("23/11 22:00", "24/11 06:00"),
    "nuit de lundi à mardi": ("23/11 22:00", "24/11 06:00"),
    # Stretches.
    "laatste 2 uur": ("26/11 12:30", ""),
    "les 2 dernières heures": ("26/11 12:30", ""),
    "last 2 hours": ("26/11 12:30", ""),
    "het laatste uur": ("26/11 13:30", ""),
    "afgelopen drie dagen": ("23/11 14:30", ""),
    "deze week": ("23/11 00:00", ""),
    "cette semaine": ("23/11 00:00", ""),
    "vorige week": ("16/11 00:00", "23/11 00:00"),
    "la semaine dernière": ("16/11 00:00", "23/11 00:00"),
    "dit weekend": ("21/11 00:00", "23/11 00:00"),
    "deze maand": ("01/11 00:00", ""),
    "last month": ("01/10 00:00", "01/11 00:00"),
    "2 uur geleden": ("26/11 12:00", "26/11 13:00"),
    "il y a 2 jours": ("24/11 00:00", "25/11 00:00"),
    "sinds gisteren 20u": ("25/11 20:00", ""),
    "depuis lundi": ("23/11 00:00", ""),
    "tot gisteren": ("", "25/11 00:00"),
    "sinds 20/11 tot 22/11": ("20/11 00:00", "23/11 00:00"),
    "van 23/11 20:00 tot 24/11 06:00": ("23/11 20:00", "24/11 06:00"),
    "20/11 - 22/11": ("20/11 00:00", "23/11 00:00"),
    "du 20/11 au 22/11": ("20/11 00:00", "23/11 00:00"),
    "van maandag tot woensdag": ("23/11 00:00", "26/11 00:00"),
    # Nothing of it is to come.
    "morgen": ("", ""),
    "vandaag 20-23u": ("", ""),
    "30/11/2026": ("", ""),
    "32/11": ("", ""),
}


def shown(instant: datetime | None) -> str:
    return instant.astimezone(ZONE).strftime("%d/%m %H:%M") if instant else ""


@pytest.mark.parametrize(("text", "expected"), WHEN.items(), ids=list(WHEN))
def test_when_it_was(text: str, expected: tuple[str, str]) -> None:
    understood = understand(text, ZONE_NAMES, NOW)
    assert (shown(understood.asked.from_), shown(understood.asked.until)) == expected
    assert bool(understood.unread) == (expected == ("", ""))
    assert not {filter_.key for filter_, _ in understood.asked.chosen()} - {"from", "until"}


RECURRING = {
    "elke nacht 22-05": "hours=22:00-05:00",
    "elke nacht": "hours=22:00-06:00",
    "'s nachts": "hours=22:00-06:00",
    "la nuit": "hours=22:00-06:00",
    "chaque jour 7h30-9h": "hours=07:30-09:00",
    "every evening": "hours=18:00-00:00",
    "elke maandag": "weekday=mon",
    "mondays 8-10": "hours=08:00-10:00 weekday=mon",
    "werkdagen 7-9u": "hours=07:00-09:00 weekday=mon weekday=tue weekday=wed weekday=thu weekday=fri",
    "weekends": "weekday=sat weekday=sun",
}


@pytest.mark.parametrize(("text", "expected"), RECURRING.items(), ids=list(RECURRING))
def test_what_recurs(text: str, expected: str) -> None:
    assert said(understand(text, ZONE_NAMES, NOW)) == expected


def test_hours_beside_a_week_are_hours_of_each_day() -> None:
    asked = understand("deze week 22-05u", ZONE_NAMES, NOW).asked
    assert (str(asked.hours), shown(asked.from_), asked.until) == ("22:00-05:00", "23/11 00:00", None)


def test_a_date_without_its_year_is_the_newest() -> None:
    assert understand("25/12", ZONE_NAMES, NOW).asked.from_ == datetime(2025, 12, 24, 23, tzinfo=UTC)


def test_the_hour_that_occurs_twice_is_meant_both_times() -> None:
    asked = understand("25/10/2026 2-3u", ZONE_NAMES, NOW).asked
    assert asked.until - asked.from_ == timedelta(hours=2)


def test_every_piece_keeps_the_words_that_it_came_from() -> None:
    understood = understand("Rode bestelwagen, K7 olifant in Bree gisteren tussen 20 en 23 uur", ZONE_NAMES, NOW)
    assert [(piece.words, piece.attributes) for piece in understood.pieces] == [
        ("Rode", ("colour",)), ("bestelwagen", ("type",)), ("K7", ("witness",)), ("olifant", ()),
        ("Bree", ("municipality",)), ("gisteren", ("from_", "until")), ("tussen 20 en 23 uur", ("from_", "until"))]


def test_a_second_day_finds_no_place_and_is_told() -> None:
    understood = understand("gisteren eergisteren", ZONE_NAMES, NOW)
    assert (shown(understood.asked.from_), understood.unread) == ("25/11 00:00", ("eergisteren",))


def test_what_is_too_long_to_be_read_is_told() -> None:
    understood = understand("Bree " * 300, ZONE_NAMES, NOW)
    assert understood.asked.municipality == ("Bree",)
    assert len(understood.unread[0]) > 300


def test_every_way_says_why_it_comes_before_the_others() -> None:
    assert all(len(way.why) > 20 for way in WAYS)
    assert len({way.read for way in WAYS}) == len(WAYS)


def test_the_tables_speak_of_what_there_is() -> None:
    assert set(COLOURS.values()) == set(vocabulary.COLOURS)
    assert set(TYPES.values()) == set(vocabulary.VEHICLE_TYPES)
    for table in (COLOURS, TYPES, COUNTRIES, MAKES):
        assert [word for word in table if read_phrases(word).line != word] == []
        assert not set(table) & (FILLERS - {"van"})


WORDS = st.sampled_from([*WHAT, *WHEN, *RECURRING, "-", "van", "tot", "tussen", "en", "20u", "99:99", "31/02", "?", "[",
                         "~", "from:x", "area:1", 'plate:"', "0", "l'", "\u0130", "\u00df", "24u", "2-2u"])


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=6).map(" ".join)),
       st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - given one
def test_no_text_raises_and_nothing_begins_in_the_future(text: str, now: datetime) -> None:
    understood = understand(text, ZONE_NAMES, now)
    if not any(mark in text for mark in ("from:", "until:")):
        assert understood.asked.from_ is None or understood.asked.from_ <= now
    kept = " ".join(piece.words for piece in understood.pieces)
    assert all(words in kept or words in text for words in understood.unread)


PAIRS = st.fixed_dictionaries({}, optional={
    "plate": st.sampled_from(["3ABC123", "1ABC*", "3A[BR]C1*"]), "witness": st.sampled_from(["K7", "1?B"]),
    "from": st.sampled_from(["2026-11-23T14:05", "2026-11-25T00:00:00.250Z"]), "until": st.just("2026-11-25T02:00:01Z"),
    "hours": st.sampled_from(["22-05", "07:30-09:00"]), "weekday": st.sampled_from(["mon", "sat"]),
    "camera": st.text(min_size=1, max_size=20), "site": st.sampled_from(["BRE01"]),
    "municipality": st.sampled_from(["Bree", "Houthalen-Helchteren"]),
    "road": st.sampled_from(["N75", "E314 complex 29"]),
    "heading": st.just("ne"), "area": st.just("5.59,51.13;5.62,51.13;5.61,51.15"), "direction": st.just("away"),
    "lane": st.just("2"), "speed": st.sampled_from(["90-", "50-70", "-30"]), "country": st.just("NL"),
    "make": st.sampled_from(["Ford", "Land Rover", "Citroën"]), "model": st.just("R 1250 GS"), "type": st.just("van"),
    "colour": st.just("red"), "confidence": st.just("-0.8"), "read": st.just("yes"), "first": st.just("no"),
    "late": st.just("yes")})


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_what_is_written_is_understood_again(pairs: dict[str, str]) -> None:
    if {"plate", "witness"} <= pairs.keys():
        del pairs["witness"]
    try:
        asked = parse_asked(list(pairs.items()), beside=frozenset())
    except Exception:  # no question, such as a camera named with what cannot be printed
        return
    understood = understand(write_text(asked), ZONE_NAMES, NOW)
    assert understood.unread == ()
    assert write_pairs(understood.asked.chosen()) == write_pairs(asked.chosen())


def test_what_is_understood_contradicts_itself_nowhere() -> None:
    for text in [*WHAT, *WHEN, *RECURRING]:
        asked = understand(text, ZONE_NAMES, NOW).asked
        assert parse_asked(asked.pairs(), beside=frozenset()) == asked, text


def test_nothing_asks_for_nothing() -> None:
    assert understand(" , ; ", ZONE_NAMES, NOW) == Understood(Asked())


def test_the_key_that_leads_to_the_box_is_no_part_of_the_question() -> None:
    assert understand("/3ABC123", ZONE_NAMES, NOW) == understand("3ABC123", ZONE_NAMES, NOW)


LONG = "x" * (LONGEST_TEXT + 50)


def test_a_word_that_is_longer_than_everything_that_is_read_is_told_in_two_parts() -> None:
    assert "".join(understand(LONG, ZONE_NAMES, NOW).unread) == LONG
