"""Finding a Chromium without installing one."""

from pathlib import Path

import pytest

from deploy.browser import find_chromium
from services.errors import ConfigurationError


def test_the_named_one_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "my-chromium"
    program.touch(mode=0o755)
    monkeypatch.setenv("ZONESCHILD_TEST_CHROMIUM", str(program))
    assert find_chromium() == program


def test_a_wrong_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONESCHILD_TEST_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(ConfigurationError, match="/nowhere/chromium"):
        find_chromium()


def test_one_on_the_path_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "google-chrome").touch(mode=0o755)
    monkeypatch.delenv("ZONESCHILD_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() == tmp_path / "google-chrome"
