"""`python -m services audit`, as a person types it: verify, anchor, export, and an outsider's check."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.__main__ import main
from tests.conftest import ROOT
from tests.integration.services.audit_zone import KEY, heads_in, superuser_url, write_rows


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Console:
    """A shell with the owner's settings, and an outsider's with none."""

    folder: Path
    environment: dict[str, str]

    def run(self, *arguments: object, settings: bool = True) -> "Done":
        """Run the command in this process: in a thread, as it has an event loop of its own."""
        words = ["services", "audit", *map(str, arguments)]
        known = {"PATH": os.environ["PATH"], **(self.environment if settings else {})}
        out, err = io.StringIO(), io.StringIO()
        with patch.dict(os.environ, known, clear=True), patch.object(sys, "argv", words), redirect_stdout(out), \
                redirect_stderr(err), ThreadPoolExecutor(1) as thread:
            try:
                code = thread.submit(main).result()
            except SystemExit as refused:  # argparse's own
                code = int(str(refused.code))
        return Done(code, out.getvalue(), err.getvalue())

    def said(self, *arguments: object, settings: bool = True) -> str:
        done = self.run(*arguments, settings=settings)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def anchors(self) -> list[Path]:
        return sorted((self.folder / "anchors").glob("*"))


@pytest.fixture
def console(database: Any, tmp_path: Path) -> Console:
    """The owner's console."""
    (tmp_path / "anchors").mkdir()
    return Console(tmp_path, {
        "ZONESCHILD_DATABASE_URL": database.owner_url, "ZONESCHILD_AUDIT_KEY": KEY.decode(),
        "ZONESCHILD_AUDIT_HEADS_FILE": str(heads_in(tmp_path).path),
        "ZONESCHILD_AUDIT_ANCHORS_FOLDER": str(tmp_path / "anchors")})


@pytest.fixture
async def days(console: Console, owner_engine: AsyncEngine) -> Console:
    """Three anchors: of rows 1 to 7, 8 to 13 and 14 to 19, each anchor's own row being the first of the next."""
    for seed, count in enumerate((7, 5, 5)):
        await write_rows(owner_engine, count, seed, heads_in(console.folder))
        console.said("anchor")
    return console


def superuser(database: Any, server: str, statement: str) -> None:
    with psycopg.connect(superuser_url(server, database), autocommit=True) as connection:
        connection.execute("ALTER TABLE audit DISABLE TRIGGER USER")
        connection.execute(statement)


def test_a_whole_audit_is_summed_up_and_the_exit_code_is_nought(days: Console) -> None:
    said = days.said("verify")
    assert said.startswith("the audit is whole: rows 1 to 20, the last at 20")
    assert "the newest copy of its head is row 20" in said
    assert "up to row 19" in said


def test_a_changed_row_is_named_and_the_exit_code_is_one(days: Console, database: Any, postgres_server: str) -> None:
    superuser(database, postgres_server, "UPDATE audit SET username = 'niemand' WHERE audit_id = 9")
    done = days.run("verify")
    assert done.returncode == 1
    assert re.search(r"^row 9 was changed \(20\S+Z\): not what was sealed$", done.stderr, re.MULTILINE), done.stderr
    assert "rows 8 to 13 are not those that the anchor of" in done.stderr
    assert "3ABC12" not in done.stderr
    assert days.run("verify", "--since", "2020-01-01").returncode == 1  # no anchor is that old


async def test_verifying_may_begin_at_an_anchor(days: Console, database: Any, postgres_server: str) -> None:
    assert days.said("verify", "--since", "2100-01-01").startswith("the audit is whole: rows 20 to 20")
    superuser(database, postgres_server, "UPDATE audit SET username = 'niemand' WHERE audit_id = 20")
    assert "row 20 was changed" in days.run("verify", "--since", "2100-01-01").stderr


@pytest.mark.parametrize(("harm", "sentence"), [
    (lambda files: files[1].unlink(), "does not follow the one of"),
    (lambda files: files[2].unlink(), "the anchor of rows 14 to 19 is missing from the folder"),
    (lambda files: files[1].write_text(files[1].read_text().replace('"last": 13', '"last": 12')),
     "was not signed with"),
])
def test_anchors_that_are_gone_or_edited_are_named(days: Console, harm: Any, sentence: str) -> None:
    harm(days.anchors())
    done = days.run("verify")
    assert done.returncode == 1
    assert sentence in done.stderr


def test_without_copies_and_anchors_it_says_what_it_could_not_compare(days: Console) -> None:
    alone = Console(days.folder, {name: value for name, value in days.environment.items()
                                  if name in ("ZONESCHILD_DATABASE_URL", "ZONESCHILD_AUDIT_KEY")})
    said = alone.said("verify")
    assert "not compared with copies of its head" in said
    assert "not compared with anchors" in said


def test_another_key_finds_every_row_foreign_and_tells_it_in_one_line(days: Console) -> None:
    stranger = Console(days.folder, {**days.environment, "ZONESCHILD_AUDIT_KEY": "z" * 40})
    done = stranger.run("verify")
    assert done.returncode == 1
    assert "rows 1 to 20 were not written by Zoneschild" in done.stderr


def test_a_second_anchor_follows_the_first_and_names_no_plate(days: Console) -> None:
    anchors = [json.loads(file.read_text()) for file in days.anchors()]
    assert [(anchor["first"], anchor["last"]) for anchor in anchors] == [(1, 7), (8, 13), (14, 19)]
    assert [anchor["previous"] for anchor in anchors] == ["0" * 64, anchors[0]["digest"], anchors[1]["digest"]]
    assert {anchor["public_key"] for anchor in anchors} == {days.said("public-key")}
    assert all("3ABC" not in file.read_text() for file in days.anchors())


def test_an_outsider_checks_rows_with_anchors_and_a_public_key_alone(days: Console) -> None:
    key, rows = days.said("public-key"), days.folder / "rows.jsonl"
    assert days.said("export", rows).startswith("20 rows, 1 to 20, are in")
    assert rows.stat().st_mode & 0o777 == 0o600
    done = subprocess.run(
        [sys.executable, "-m", "services", "audit", "check", *days.anchors(), rows, "--public-key", key], cwd=ROOT,
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ("3 anchors are signed with this key and follow each other; they vouch for 19 of 20 "
                                   "rows")
    # and without any program of ours
    first = json.loads(days.anchors()[1].read_text())
    lines = rows.read_bytes().splitlines(keepends=True)[first["first"] - 1:first["last"]]
    assert hashlib.sha256(first["previous"].encode() + b"\n" + b"".join(lines)).hexdigest() == first["digest"]


@pytest.mark.parametrize(("edit", "sentence"), [
    (lambda lines: [line.replace(b"an.peeters", b"els.maes") if b'"number":9,' in line else line for line in lines],
     "rows 8 to 13 are not those that the anchor of"),
    (lambda lines: [line for line in lines if b'"number":9,' not in line], "1 are not in the file"),
    (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "rows 1 to 7 are not those"),
    (lambda lines: [*lines[:3], b"nothing\n", *lines[3:]], "is no row of an audit"),
    (lambda lines: lines[19:], "no anchor vouches for any of these rows"),
])
def test_an_edited_export_is_found_by_an_outsider(days: Console, edit: Any, sentence: str) -> None:
    rows = days.folder / "rows.jsonl"
    days.said("export", rows)
    rows.write_bytes(b"".join(edit(rows.read_bytes().splitlines(keepends=True))))
    done = days.run("check", *days.anchors(), rows, "--public-key", days.said("public-key"), settings=False)
    assert done.returncode == 1
    assert sentence in done.stderr


def test_anchors_of_another_key_are_refused_by_an_outsider(days: Console) -> None:
    rows = days.folder / "rows.jsonl"
    days.said("export", rows)
    for key in ("00" * 32, "nonsense", "é"):
        done = days.run("check", *days.anchors(), rows, "--public-key", key, settings=False)
        assert done.returncode == 1
        assert "was not signed with this zone's key" in done.stderr


def test_an_export_of_a_period_can_be_widened_to_whole_anchors(days: Console, owner: Any) -> None:
    (at,) = (row["at"] for row in owner.execute("SELECT at FROM audit WHERE audit_id = 10").fetchall())
    until = owner.execute("SELECT at FROM audit WHERE audit_id = 12").fetchone()["at"]
    bounds = ("--since", at.isoformat(), "--until", until.isoformat())
    assert days.said("export", days.folder / "few.jsonl", *bounds).startswith("2 rows, 10 to 11")
    wide = days.folder / "wide.jsonl"
    assert days.said("export", wide, *bounds, "--whole-anchors").startswith("6 rows, 8 to 13")
    assert "vouch for 6 of 6 rows" in days.said("check", days.anchors()[1], wide, "--public-key",
                                               days.said("public-key"), settings=False)
    done = days.run("export", wide)
    assert (done.returncode, "is there already" in done.stderr) == (1, True)
    exported = owner.execute("SELECT filters, result_count FROM audit WHERE action = 'audit-exported' "
                             "ORDER BY audit_id").fetchall()
    assert [row["result_count"] for row in exported] == [2, 6]


def test_settings_that_lack_are_named(console: Console) -> None:
    for name in ("ZONESCHILD_AUDIT_ANCHORS_FOLDER", "ZONESCHILD_AUDIT_KEY"):
        poor = Console(console.folder, {key: value for key, value in console.environment.items() if key != name})
        done = poor.run("anchor")
        assert done.returncode == 1
        assert name in done.stderr
        assert "Traceback" not in done.stderr
    assert "write it as 2026-11-23" in console.run("verify", "--since", "gisteren").stderr


def test_a_copy_that_cannot_be_made_does_not_take_away_what_a_command_says(days: Console) -> None:
    lost = Console(days.folder, {**days.environment, "ZONESCHILD_AUDIT_HEADS_FILE": "/nowhere/heads.jsonl"})
    done = lost.run("anchor")
    assert (done.returncode, done.stdout.startswith("rows 20 to 20 are anchored")) == (0, True)
    assert "could not be copied to ZONESCHILD_AUDIT_HEADS_FILE" in done.stderr
