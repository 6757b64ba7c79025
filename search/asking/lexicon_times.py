"""The words of time in Dutch, French and English, folded; data only."""

from datetime import timedelta

MIDNIGHT, MORNING, NOON, AFTER_NOON, EVENING, NIGHT, NIGHT_ENDS, DAY = (
    0, 6 * 60, 12 * 60, 14 * 60, 18 * 60, 22 * 60, 30 * 60, 24 * 60)
"""Minutes since the midnight with which a day begins; a night ends on the day after."""

DAYS_AGO = {
    "vandaag": 0, "heden": 0, "aujourd'hui": 0, "aujourdhui": 0, "today": 0,
    "gisteren": 1, "gister": 1, "hier": 1, "yesterday": 1,
    "eergisteren": 2, "eergister": 2, "avant-hier": 2, "avant hier": 2, "the day before yesterday": 2,
    "day before yesterday": 2,
}
WEEKDAYS = {
    "maandag": 1, "dinsdag": 2, "woensdag": 3, "donderdag": 4, "vrijdag": 5, "zaterdag": 6, "zondag": 7,
    "lundi": 1, "mardi": 2, "mercredi": 3, "jeudi": 4, "vendredi": 5, "samedi": 6, "dimanche": 7,
    "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
}
SHORT_WEEKDAYS = {
    "ma": 1, "di": 2, "wo": 3, "do": 4, "vr": 5, "za": 6, "zo": 7, "lun": 1, "mar": 2, "mer": 3, "jeu": 4, "ven": 5,
    "sam": 6, "dim": 7, "mon": 1, "tue": 2, "tues": 2, "wed": 3, "thu": 4, "thurs": 4, "fri": 5, "sat": 6, "sun": 7,
}
"""Only in front of a number: "di" alone is nothing."""
WEEKDAY_CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_WEEKDAY = {
    **{f"{name}en": (WEEKDAY_CODES[number - 1],) for name, number in WEEKDAYS.items() if name.endswith("dag")},
    **{f"{name}s": (WEEKDAY_CODES[number - 1],) for name, number in WEEKDAYS.items() if not name.endswith("dag")},
    **dict.fromkeys(("weekends", "weekeinden", "elk weekend", "ieder weekend", "chaque week-end", "chaque weekend",
                     "every weekend", "tous les week-ends", "les week-ends"), ("sat", "sun")),
    **dict.fromkeys(("weekdagen", "werkdagen", "elke werkdag", "elke weekdag", "in de week", "weekdays",
                     "every weekday",
                     "working days", "jours ouvrables", "en semaine", "chaque jour ouvrable"), WEEKDAY_CODES[:5]),
}
"""The days of every week."""

MONTHS = {
    **{name: number for number, names in enumerate((
        "januari jan janvier janv january", "februari feb fevrier fevr february", "maart mrt mars march",
        "april apr avril avr", "mei mai may", "juni jun juin june", "juli jul juillet juil july",
        "augustus aug aout august", "september sep sept septembre", "oktober okt octobre oct october",
        "november nov novembre", "december dec decembre"), 1) for name in names.split()},
}

PARTS = {
    **dict.fromkeys(("ochtend", "morgen", "voormiddag", "matin", "matinee", "morning"), (MORNING, NOON)),
    **dict.fromkeys(("middag", "midi", "noon"), (NOON, AFTER_NOON)),
    **dict.fromkeys(("namiddag", "apres-midi", "apres midi", "afternoon"), (NOON, EVENING)),
    **dict.fromkeys(("avond", "soir", "soiree", "evening"), (EVENING, DAY)),
    **dict.fromkeys(("nacht", "nuit", "night"), (NIGHT, NIGHT_ENDS)),
}
"""Parts of a day as (beginning, end)."""

NEWEST_PARTS = {
    **dict.fromkeys(("vanmorgen", "vanochtend", "vanvoormiddag", "deze ochtend", "deze morgen", "ce matin",
                     "this morning"), (MORNING, NOON)),
    **dict.fromkeys(("vanmiddag", "deze middag", "ce midi"), (NOON, AFTER_NOON)),
    **dict.fromkeys(("vannamiddag", "deze namiddag", "cet apres-midi", "cet apres midi", "this afternoon"),
                    (NOON, EVENING)),
    **dict.fromkeys(("vanavond", "deze avond", "ce soir", "this evening"), (EVENING, DAY)),
    **dict.fromkeys(("vannacht", "deze nacht", "gisternacht", "gisterennacht", "afgelopen nacht", "voorbije nacht",
                     "vorige nacht", "laatste nacht", "cette nuit", "la nuit derniere", "nuit derniere", "hier nuit",
                     "last night", "tonight"), (NIGHT, NIGHT_ENDS)),
}
"""The newest of its kind that has begun."""

EVERY_PART = {
    **dict.fromkeys(("'s nachts", "s nachts", "elke nacht", "iedere nacht", "nachten", "de nuit", "la nuit",
                     "chaque nuit", "toutes les nuits", "at night", "every night", "each night", "nightly", "nights",
                     "by night"), (NIGHT, NIGHT_ENDS)),
    **dict.fromkeys(("'s ochtends", "'s morgens", "s ochtends", "s morgens", "elke ochtend", "elke morgen",
                     "iedere ochtend", "le matin", "chaque matin", "tous les matins", "in the morning",
                     "every morning"),
                    (MORNING, NOON)),
    **dict.fromkeys(("'s middags", "s middags", "elke middag", "le midi", "chaque midi"), (NOON, AFTER_NOON)),
    **dict.fromkeys(("elke namiddag", "chaque apres-midi", "tous les apres-midis", "every afternoon",
                     "in the afternoon"), (NOON, EVENING)),
    **dict.fromkeys(("'s avonds", "s avonds", "elke avond", "iedere avond", "le soir", "chaque soir", "tous les soirs",
                     "in the evening", "every evening"), (EVENING, DAY)),
}
"""A part of every day."""

EVERY_DAY = ("elke dag", "iedere dag", "dagelijks", "alle dagen", "chaque jour", "tous les jours", "quotidiennement",
             "every day", "each day", "daily")
EVERY = ("elke", "iedere", "elk", "ieder", "chaque", "tous les", "toutes les", "every", "each")

UNITS = {
    **dict.fromkeys(("minuut", "minuten", "min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("uur", "uren", "u", "h", "heure", "heures", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("dag", "dagen", "jour", "jours", "day", "days"), timedelta(days=1)),
    **dict.fromkeys(("week", "weken", "semaine", "semaines", "weeks"), timedelta(days=7)),
    **dict.fromkeys(("maand", "maanden", "mois", "month", "months"), timedelta(days=30)),
}
NUMBERS = {name: number for number, names in enumerate((
    "een un une one a an", "twee deux two", "drie trois three", "vier quatre four", "vijf cinq five", "zes six",
    "zeven sept seven", "acht huit eight", "negen neuf nine", "tien dix ten"), 1) for name in names.split()}
LAST_BEFORE = ("de laatste", "laatste", "de afgelopen", "afgelopen", "de voorbije", "voorbije", "the last", "last",
               "the past", "past", "sinds", "sedert", "depuis")
LAST_BEHIND = ("dernieres", "derniers", "derniere", "dernier", "ecoulees", "ecoules", "passees", "passes")
AGO_BEHIND = ("geleden", "ago")
AGO_BEFORE = ("il y a",)
LAST_DAY_BEFORE = ("vorige", "afgelopen", "voorbije", "last", "past")
LAST_DAY_BEHIND = ("dernier", "derniere", "passe", "laatstleden", "jongstleden", "jl")

THIS_WEEK = ("deze week", "cette semaine", "this week")
LAST_WEEK = ("vorige week", "verleden week", "la semaine derniere", "semaine derniere", "la semaine passee",
             "semaine passee", "last week", "previous week")
THIS_MONTH = ("deze maand", "ce mois", "ce mois-ci", "this month")
LAST_MONTH = ("vorige maand", "verleden maand", "le mois dernier", "mois dernier", "le mois passe", "last month",
              "previous month")
WEEKEND = ("dit weekend", "het weekend", "weekend", "ce week-end", "ce weekend", "le week-end", "week-end",
           "this weekend", "the weekend")
LAST_WEEKEND = ("vorig weekend", "afgelopen weekend", "voorbije weekend", "le week-end dernier", "week-end dernier",
                "week-end passe", "last weekend")

SINCE = ("sinds", "sedert", "vanaf", "depuis", "a partir de", "a partir du", "des", "since", "from", "na", "apres",
         "after")
UNTIL = ("tot en met", "tot", "t/m", "voor", "jusqu'au", "jusqu'a", "jusque", "avant", "until", "till", "up to",
         "before", "by")
UNTIL_INCLUDING = ("tot en met", "t/m", "jusqu'au", "jusqu'a", "jusque")
"""With a day that has no time: its end; the others mean its beginning."""
BETWEEN = ("tussen", "van", "vanaf", "entre", "de", "du", "between", "from")
TO = ("-", "tot en met", "t/m", "tot", "en", "op", "a", "au", "et", "jusqu'a", "jusqu'au", "to", "until", "till", "and")
AND = frozenset({"en", "op", "et", "and"})
"""Of days these part two of them, unless it says between."""
AT = ("om", "omstreeks", "rond", "tegen", "rond de klok van", "vers", "a", "aux environs de", "autour de", "at",
      "around",
      "about")
NAMED_TIMES = {"middernacht": 0, "minuit": 0, "midnight": 0, "noon": 12 * 60, "midi": 12 * 60}
NIGHT_OF = ("in de nacht van", "de nacht van", "nacht van", "dans la nuit de", "la nuit de", "nuit de",
            "dans la nuit du",
            "la nuit du", "nuit du", "the night of", "night of")
DATE_BEFORE = ("le", "op", "on", "de", "den")
