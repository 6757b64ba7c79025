"""Which passwords are refused."""

import pytest

from services.passwords import Weakness, make_temporary, weakness_of


@pytest.mark.parametrize(("password", "weakness"), [
    ("elf tekens!", Weakness.short), ("x" * 1025, Weakness.long), ("aaaaaaaaaaaa", Weakness.uniform),
    ("ababababababab", Weakness.uniform), ("paarden1paarden1", Weakness.uniform), ("an.peeters.2026", Weakness.name),
    ("Peeters-peeters1", Weakness.name), ("Welkom2026!!!", Weakness.common), ("P@ssw0rd123456", Weakness.common),
    ("wachtwoord1234", Weakness.common), ("MotDePasse2026", Weakness.common), ("azertyuiop12", Weakness.common),
    ("123456789012", Weakness.common), ("qwertyuiop[]", Weakness.common), ("PolitiezoneCARMA1", Weakness.common),
    ("abcdefghijkl", Weakness.common), ("Zoneschild2026", Weakness.common), ("098765432109", Weakness.common),
    ("ZomerLimburg2026", Weakness.common)])
def test_what_everybody_tries_first_is_refused(password: str, weakness: Weakness) -> None:
    assert weakness_of(password, "an.peeters") is weakness


@pytest.mark.parametrize("password", [
    "correct horse battery", "drie groene fietsen", "welkom bij de paardenmarkt", "Xk7#pQ2!vB9$", "3f2a-9bc1-77d0-e4a8",
    "twaalf teken", "les haricots verts", "日本語のパスワードです長い"])
def test_a_few_words_in_a_row_will_do(password: str) -> None:
    assert weakness_of(password, "an.peeters") is None


def test_temporary_passwords_are_strong_and_never_the_same() -> None:
    made = {make_temporary() for _ in range(200)}
    assert len(made) == 200
    assert {weakness_of(password, "an.peeters") for password in made} == {None}
