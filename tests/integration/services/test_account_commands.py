"""`python -m services users` and `tokens`, as whoever keeps the system running types them."""

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.__main__ import main

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "drie groene fietsen"


@dataclass(frozen=True, slots=True)
class Console:
    """A shell in which the owner's settings are set. Commands run in this process: starting one takes a second."""

    patch: pytest.MonkeyPatch
    printed: pytest.CaptureFixture[str]

    def run(self, *arguments: str, said: str = "") -> tuple[int, str, str]:
        """Run a command; return its exit code and what it said on standard output and on standard error."""
        self.patch.setattr(sys, "argv", ["services", *arguments])
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said.encode())))
        self.printed.readouterr()
        return main(), *self.printed.readouterr()

    def say(self, *arguments: str, said: str = "") -> str:
        code, out, error = self.run(*arguments, said=said)
        assert code == 0, error
        return out.strip()

    def fail(self, *arguments: str, said: str = "") -> str:
        code, _, error = self.run(*arguments, said=said)
        assert (code, error.count("\n")) == (1, 1), error
        return error


@pytest.fixture
def console(database: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Console:
    """A console on an empty database with one administrator."""
    monkeypatch.setenv("ZONESCHILD_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("ZONESCHILD_AUDIT_KEY", "a" * 32)
    made = Console(monkeypatch, capsys)
    added = made.say("users", "add", "tom.bos", "--role", "technical-administrator", "--name", "Tom Bos",
                     "--password-stdin", said=PASSWORD + "\n")
    assert added == "registered: tom.bos (technical-administrator)"
    return made


def test_users_are_added_shut_out_and_listed(console: Console, owner: Any) -> None:
    users = [{"username": name, "name": name, "role": "dispatcher", "password": PASSWORD} for name in ("els", "wim")]
    assert console.say("users", "load", said=json.dumps(users)) == "registered: els (dispatcher), wim (dispatcher)"
    owner.execute("INSERT INTO sessions (token_hash, user_id, created_at, expires_at) "
                  "SELECT 'x', user_id, now(), now() + interval '1 hour' FROM users WHERE username = 'els'")
    assert console.say("users", "disable", "els").startswith("disabled: els")
    assert owner.execute("SELECT count(*) AS left FROM sessions").fetchone()["left"] == 0
    listed = console.say("users", "list").splitlines()
    assert [line.split()[0] for line in listed] == ["els", "tom.bos", "wim"]
    assert ["disabled" in line for line in listed] == [True, False, False]
    assert console.say("users", "enable", "els") == "enabled: els"
    assert "disabled" not in console.say("users", "list")
    audited = owner.execute("SELECT question, client_address FROM audit ORDER BY audit_id").fetchall()
    assert [row["question"] for row in audited] == [
        "account tom.bos: rol en wachtwoord", "account els: rol en wachtwoord", "account wim: rol en wachtwoord",
        "account els uitgeschakeld", "account els ingeschakeld"]
    assert {row["client_address"] for row in audited} == {"console"}


def test_a_process_of_its_own_reads_the_password_says_who_was_added_and_ends(database: Any) -> None:
    environment = {**os.environ, "ZONESCHILD_DATABASE_URL": database.owner_url, "ZONESCHILD_AUDIT_KEY": "a" * 32}
    words = ("users", "add", "tom.bos", "--role", "dpo", "--name", "Tom", "--password-stdin")
    done = [subprocess.run([sys.executable, "-m", "services", *words], cwd=ROOT, env=environment, input=said,
                           capture_output=True, text=True, check=False) for said in (PASSWORD + "\n", "kort\n")]
    assert [(one.returncode, one.stdout, one.stderr.count("\n")) for one in done] == [
        (0, "registered: tom.bos (dpo)\n", 0), (1, "", 1)]
    assert done[1].stderr.startswith("zoneschild: ")


def test_a_lost_telephone_of_the_only_administrator_is_forgotten_at_the_console(console: Console, owner: Any) -> None:
    assert console.say("users", "forget-second-factor", "tom.bos") == "tom.bos had no second factor"
    owner.execute("UPDATE users SET totp_secret = 'x', totp_used_step = 7")
    assert console.say("users", "forget-second-factor", "tom.bos") == "removed: the second factor of tom.bos"
    assert owner.execute("SELECT totp_secret, totp_used_step FROM users").fetchall() == [
        {"totp_secret": None, "totp_used_step": None}]


def test_tokens_are_made_listed_and_ended(console: Console) -> None:
    token = console.say("tokens", "add", "tom.bos", "--name", "nachtrapport", "--scope", "see-cameras")
    assert token.startswith("zs_")
    listed = console.say("tokens", "list", "tom.bos")
    assert token not in listed
    assert listed.endswith("nachtrapport: see-cameras")
    token_id = listed.split()[0]
    assert console.say("tokens", "end", "tom.bos", token_id) == f"ended: {token_id}"
    assert " ended " in console.say("tokens", "list", "tom.bos")
    assert "no such token" in console.fail("tokens", "end", "tom.bos", token_id)


@pytest.mark.parametrize("arguments", [
    ("users", "disable", "nobody"), ("users", "disable"), ("users", "disable", "tom.bos"),
    ("users", "add", "Els", "--role", "dpo", "--name", "Els", "--password-stdin"),
    ("users", "add", "els", "--role", "dpo"), ("tokens", "end", "tom.bos"), ("tokens", "end", "tom.bos", "x"),
    ("tokens", "add", "tom.bos", "--scope", "ask-reads"), ("tokens", "add", "tom.bos", "--days", "400"),
    ("tokens", "list", "nobody")], ids=" ".join)
def test_what_cannot_be_is_one_sentence(console: Console, arguments: tuple[str, ...]) -> None:
    assert console.fail(*arguments, said=PASSWORD + "\n").startswith("zoneschild: ")


def test_a_short_password_is_refused(console: Console) -> None:
    assert "at least 12" in console.fail("users", "add", "els", "--role", "dpo", "--name", "Els", "--password-stdin",
                                         said="kort\n")
