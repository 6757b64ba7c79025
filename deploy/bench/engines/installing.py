"""The other engines' own virtual environment: never beside the product, never a dependency of it."""

# ruff: noqa: S603 - the programs started here are an interpreter's own

import subprocess
import sys
from pathlib import Path

from services.errors import ConfigurationError

PACKAGES = ("duckdb==2.0.1", "chdb==4.4.0", "chdb-core==26.9.0")


def install_engines(folder: Path) -> Path:
    """Make the environment in `folder` if it is not there; return its Python.

    Raises ConfigurationError with a sentence when the engines cannot be installed.
    """
    python, stamp = folder / "bin" / "python", folder / "installed"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == " ".join(PACKAGES):
        return python
    try:
        _run(sys.executable, "-m", "venv", str(folder))
        _run(str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--disable-pip-version-check",
             *PACKAGES)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise ConfigurationError("DuckDB and chDB cannot be installed here (about 1 GB from the package registry): "
                                 + said.strip().splitlines()[-1]) from None
    stamp.write_text(" ".join(PACKAGES), encoding="utf-8")
    return python


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)
