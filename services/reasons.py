"""When a reason says nothing, and when it is the same one again (pure)."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from services.identity import Identity


class Flag(StrEnum):
    """What stands out about a consultation; it is opened all the same, and shown to the DPO."""

    same_reason = "same-reason"  # the words that this officer gave under another file number
    near_reason = "near-reason"  # nearly those words


LEAST_WORDS = 2
"""How many words must remain once those are gone that fit any question."""

# Words that fit any question: what the police does all day, articles, and what is typed to fill a field.
_EMPTY_OF = {
    "nl": (
        "aan aanvraag algemeen als anpr auto bestuurder bij camera check checken controle controleren dat de die "
        "dienst door dossier een en for gewoon het ikv in info informatie inlichting inlichtingen ivm kenteken "
        "kijken met naar nakijken nazicht nodig nummerplaat nvt obv of omwille onderzoek onderzoeken op opdracht "
        "opsporing opvragen opzoeken opzoeking over plaat politie politioneel proef pv raadpleging reden tbv te "
        "ter test testen toezicht tot uit van vaststelling verificatie verkeer voertuig voor wagen wegens werk "
        "zaak zoeken zoeking "
        "aub betreffende bezig collega dossiernummer dringend gebruik gegevens gerechtelijk gerechtelijke graag "
        "intern interne kader lopend lopende nader verder verdere verzoek voeren voortgang vraag zie"
    ),
    "fr": (
        "affaire avec besoin consultation controler dans de demande des du enquete essai et generale info la le "
        "les ou par plaque police pour raison recherche rechercher renseignement service sur travail un une "
        "vehicule verification voiture "
        "cadre collegue concernant controle cours dossier enquetes interne judiciaire numero routine suite "
        "urgent usage verifier voir"
    ),
    "en": (
        "a an and by case checking control enquiry for from general in inquiry investigation look lookup number "
        "of on or plate police reason request research search testing the to vehicle with work "
        "asked cases check colleague file further internal into judicial ongoing part routine see urgent use"
    ),
    "fillers": (
        "aaa abc asdf azerty blabla ipsum lorem qwerty xxx"
    ),
}
_EMPTY = frozenset(word for text in _EMPTY_OF.values() for word in text.split())
NEAR = 0.75
"""The share of words that two reasons have in common from which they are nearly the same."""

_WORD = re.compile(r"[^\W\d_]+")


def words_of(reason: str) -> list[str]:
    """Return the words of a reason: small letters without accents, no digits."""
    if reason.isascii():
        return _WORD.findall(reason.casefold())
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", reason).casefold())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def is_empty(reason: str, file_number: str) -> bool:
    """Tell whether a reason says nothing of the case: fillers, one word again and again, or the file number alone."""
    return len(_saying(reason).difference(words_of(file_number))) < LEAST_WORDS


@lru_cache(maxsize=64)  # a list of a million entries gives the same few reasons
def _saying(reason: str) -> frozenset[str]:
    return frozenset(word for word in words_of(reason)
                     if len(word) > 2 and word not in _EMPTY and not _is_noise(word))


def _is_noise(word: str) -> bool:
    """Tell whether a word is a held-down key, or has no vowel in a length in which every word has one."""
    return len(set(word)) <= 2 or (len(word) > 6 and not set(word) & set("aeiouy"))


def reason_key(identity: Identity, reason: str) -> bytes:
    """Return what stands for a reason's words, whatever their order, accents, numbers and capitals."""
    return identity.digest("reason", *sorted(set(words_of(reason))))


def are_near(one: str, other: str) -> bool:
    """Tell whether two reasons have nearly all their words in common, whatever the order."""
    words, others = set(words_of(one)), set(words_of(other))
    return len(words & others) >= NEAR * max(len(words | others), 1)
