"""The browser that the browser tests drive: found on the machine, or installed the way the machine allows."""

# ruff: noqa: S603, S607 - apt-get and playwright are named here on purpose

import os
import shutil
import subprocess
import sys
from pathlib import Path

from services.errors import ConfigurationError

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_NOT_FOUND = ("The browser tests need Chromium and it could not be installed here: install it (on Debian: "
              "apt install chromium), or let ZONESCHILD_TEST_CHROMIUM name one.")


def find_chromium() -> Path:
    """Return a Chromium, installing one if there is none: apt as root, else Playwright's own.

    Raises ConfigurationError, in one sentence, when there is none to be had.
    """
    named = os.environ.get("ZONESCHILD_TEST_CHROMIUM")
    if named:
        if not shutil.which(named):
            raise ConfigurationError(f"ZONESCHILD_TEST_CHROMIUM names {named}, which is no program")
        return Path(named)
    found = _on_path() or _playwrights() or _install_by_apt() or _install_by_playwright()
    if found is None:
        raise ConfigurationError(_NOT_FOUND)
    return found


def _on_path() -> Path | None:
    return next((Path(path) for name in _NAMES if (path := shutil.which(name))), None)


def _install_by_apt() -> Path | None:
    """Install Debian's Chromium; only root can."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]):
        _tell(f"apt-get {' '.join(arguments)} …")
        # Its words go to stderr: stdout is for the path alone.
        done = subprocess.run(["apt-get", "-q", *arguments], env=environment, stdout=sys.stderr, check=False)
        if done.returncode != 0 and arguments[0] == "install":
            return None
    return _on_path()


def _install_by_playwright() -> Path | None:
    _tell("playwright install chromium …")
    done = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False)
    return _playwrights() if done.returncode == 0 else None


def _playwrights() -> Path | None:
    """Ask Playwright where it keeps its own Chromium, and whether it is there."""
    ask = ("from playwright.sync_api import sync_playwright as start\n"
           "with start() as playwright: print(playwright.chromium.executable_path)")
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    path = Path(done.stdout.strip() or "/nowhere")
    return path if path.is_file() else None


def _tell(text: str) -> None:
    print(f"── {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Print the browser's path."""
    try:
        print(find_chromium())
    except ConfigurationError as error:
        print(f"Zoneschild: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
