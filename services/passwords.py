"""Passwords: which are too weak, and temporary ones (pure).

No rule of digits and signs (NIST SP 800-63B): what matters is length, and that nobody would try it first.
"""

import re
import secrets
from enum import StrEnum

MIN_LENGTH, MAX_LENGTH = 12, 1024


class Weakness(StrEnum):
    """Why a password is not taken."""

    short = "short"        # under MIN_LENGTH characters
    long = "long"          # over MAX_LENGTH
    name = "name"          # the user's own name, whatever surrounds it
    common = "common"      # a word that everybody tries first, with little around it
    uniform = "uniform"    # few different characters, or one piece again and again
    the_old = "the-old"    # the one that it should replace


# What the lists of stolen passwords begin with, and what people of a police zone think of; years, digits and signs
# around them make none of them better.
_FIRST_TRIED = (
    "password", "passwort", "passw0rd", "wachtwoord", "paswoord", "motdepasse", "azerty", "azertyuiop", "qwerty",
    "qwertyuiop", "qwertz", "asdfghjkl", "zxcvbnm", "1q2w3e4r", "1qaz2wsx", "zaq12wsx", "welkom", "welcome",
    "bienvenue", "bonjour", "hallo", "hello", "letmein", "iloveyou", "jetaime", "ikhouvanjou", "admin",
    "administrator", "beheerder", "root", "login", "user", "gebruiker", "guest", "test", "changeme", "secret", "geheim",
    "sesame", "master", "dragon", "monkey", "sunshine", "princess", "football", "voetbal", "superman", "batman",
    "pokemon", "starwars", "shadow", "michael", "jordan", "charlie", "daniel", "thomas", "nicolas", "soleil", "doudou",
    "chocolat", "chocolade", "loulou", "marseille", "anderlecht", "clubbrugge", "standard", "genk", "diablesrouges",
    "rodeduivels", "politie", "police", "polizei", "agent", "inspecteur", "commissaris", "commissaire", "lokalepolitie",
    "policelocale", "politiezone", "zonedepolice", "zoneschild", "nummerplaat", "plaque", "camera", "anpr",
    "carma", "limburg", "vlaanderen", "flandre", "wallonie", "belgie", "belgique", "belgium", "brussel", "bruxelles",
    "zomer", "winter", "lente", "herfst", "summer", "spring", "autumn", "printemps", "hiver", "januari", "februari",
    "maandag", "vrijdag", "zaterdag", "zondag", "computer", "internet", "google", "facebook", "trustno1", "whatever",
    "freedom", "access", "flower", "cheese", "ginger", "summertime", "mustang", "ferrari", "mercedes", "volkswagen",
)
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789" * 3, "qwertyuiopasdfghjklzxcvbnm",
         "azertyuiopqsdfghjklmwxcvbn")
_LONGEST_FIRST = sorted(_FIRST_TRIED, key=len, reverse=True)
_LEETS = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_LEAST_LEFT = 6
"""Characters other than digits and signs that must be left beside what everybody tries first."""
_LEAST_DIFFERENT = 5
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def weakness_of(password: str, username: str) -> Weakness | None:
    """Return why a password is too weak for this user; None when it will do."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        return Weakness.short if len(password) < MIN_LENGTH else Weakness.long
    plain = password.casefold()
    if len(set(plain)) < _LEAST_DIFFERENT or _repeats(plain):
        return Weakness.uniform
    if len(_letters_without(plain, [username.casefold(), *re.split(r"[._@-]", username.casefold())])) < _LEAST_LEFT:
        return Weakness.name
    return Weakness.common if any(map(_is_first_tried, (plain, plain.translate(_LEETS)))) else None


def _repeats(plain: str) -> bool:
    """Tell whether it is one piece again and again: `abc1abc1abc1`."""
    return plain in (plain + plain)[1:-1]


def _letters_without(plain: str, pieces: list[str]) -> str:
    """Return what is left beside `pieces`; everything where none of them occurs."""
    left = plain
    for piece in pieces:
        left = left.replace(piece, "") if len(piece) > 2 else left
    return plain if left == plain else re.sub(r"[\W\d_]", "", left)


def _is_first_tried(plain: str) -> bool:
    """Tell whether little is left beside words that everybody tries first and rows of keys."""
    runs = [run for run in re.findall(r"[a-z]{5,}|\d{5,}", plain)
            if any(run in row or run[::-1] in row for row in _ROWS)]
    return len(_letters_without(plain, [*runs, *_LONGEST_FIRST])) < _LEAST_LEFT


def make_temporary() -> str:
    """Return a password of 80 bits that can be read out loud, to be changed at the first log-in."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
