"""The command line: errors are one sentence, never a traceback."""

from pathlib import Path

import pytest

from simulator.__main__ import main


def test_an_error_is_one_sentence_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(tmp_path / "none.csv"), "--gateway", "x"]) == 1
    assert capsys.readouterr().err == f"cannot read {tmp_path / 'none.csv'}: No such file or directory\n"


@pytest.mark.parametrize("command", ["live", "replay", "calibrate"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"python -m simulator {command}" in capsys.readouterr().out


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["dance"])
    assert ended.value.code == 2
