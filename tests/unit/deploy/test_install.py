"""The installer's sentences, and the search for a Python."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import install
from deploy.install import ROOT, InstallError, explain

FIND_PYTHON = ROOT / "deploy" / "find-python.sh"


def make_program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def find_python(path: Path, python: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["/bin/sh", str(FIND_PYTHON)], env={"PATH": str(path), "PYTHON": python},
                          capture_output=True, text=True, check=False)


def test_finds_the_first_python_that_can_do_it(tmp_path: Path) -> None:
    make_program(tmp_path, "python3", "exit 1")
    make_program(tmp_path, "python3.12", f'exec {sys.executable} "$@"')
    assert find_python(tmp_path).stdout.strip() == str(tmp_path / "python3.12")


def test_an_old_python_is_told_in_one_sentence(tmp_path: Path) -> None:
    make_program(tmp_path, "python3", "exit 1")
    found = find_python(tmp_path)
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1
    assert "needs Python 3.11 or later and found only an older one (python3)" in found.stderr


def test_a_python_without_venv_is_told_which_package_it_lacks(tmp_path: Path) -> None:
    make_program(tmp_path, "python3", 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac')
    found = find_python(tmp_path)
    assert found.returncode == 1
    assert "apt install python3-venv" in found.stderr


def test_a_named_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = find_python(tmp_path, "/nowhere/python3")
    assert found.returncode == 1
    assert "/nowhere/python3" in found.stderr


@pytest.mark.parametrize(("said", "word"), [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
    ("npm error code ENOSPC", "disk is full"),
    ("NewConnectionError: failed\nERROR: No matching distribution found for anyio", "cannot be reached"),
    ("npm error code EAI_AGAIN", "cannot be reached"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the one that was locked"),
    ("npm error code EINTEGRITY", "not the one that was locked"),
    ("SSLError(SSLCertVerificationError(1, 'certificate verify failed'))", "certificate"),
    ("ERROR: No matching distribution found for uvloop==0.23.0", "does not exist ready-made"),
])
def test_known_failures_have_a_sentence(said: str, word: str) -> None:
    assert word in (explain(said) or "")


def test_an_unknown_failure_has_none() -> None:
    assert explain("something else") is None


def test_a_full_disk_is_told_before_anything_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "NEEDED_MB", 10**9)
    with pytest.raises(InstallError, match="needs about 1000000000 MB"):
        install.check_disk()


def test_a_failing_command_becomes_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InstallError, match="disk is full"):
        install.run(["/bin/sh", "-c", "echo ENOSPC >&2; exit 1"], environment=dict(os.environ))
    assert "ENOSPC" in capfd.readouterr().err
