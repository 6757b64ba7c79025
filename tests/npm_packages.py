"""Installs locked npm packages that tests alone use, once for all test processes."""

import fcntl
from hashlib import sha256
from pathlib import Path

from deploy.install import VENV, install_npm_packages


def install_once(what: str, folder: Path) -> Path:
    """Install a folder's locked packages unless they are there; returns its node_modules."""
    stamp, locked = VENV / f"{folder.name}.stamp", sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    with (VENV / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ((folder / "node_modules").is_dir() and stamp.exists() and stamp.read_text() == locked):
            install_npm_packages(what, folder)
            stamp.write_text(locked)
    return folder / "node_modules"
