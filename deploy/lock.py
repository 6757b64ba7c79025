"""What `make lock` does: renew the lock files, and refuse any that would name a registry or a download address."""

# ruff: noqa: S603 - the programs started here are uv in a scratch environment and the Node of .venv

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from deploy.install import BROKER, PAGES, ROOT, node_folder, npm_environment

PROVIDER = ROOT / "tests" / "oidc"
"""The identity provider that tests log in with."""
JUDGE = ROOT / "tests" / "browser"
"""What browser tests judge pages with."""
_COMPILE = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
            "--no-emit-find-links", "--no-header", "--upgrade", "--quiet")
_TESTING = ("--extra", "demo", "--extra", "test")
_BEYOND_TESTS = ("fuzz", "security")
_FORBIDDEN = ("http:", "https:", "--index-url", "--extra-index-url", "--find-links", "resolved", "git+", "ssh:")


def main() -> int:
    """Renew every lock file; 1 when one of them names an address."""
    requirements = ROOT / "requirements"
    with tempfile.TemporaryDirectory() as scratch:
        uv = install_uv(Path(scratch))
        compile_requirements(uv, requirements / "demo.txt", "--extra", "demo")
        # The tests run on the very versions that the demo runs on.
        compile_requirements(uv, requirements / "test.txt", *_TESTING, "-c", "requirements/demo.txt")
        for extra in _BEYOND_TESTS:
            compile_requirements(uv, requirements / f"{extra}.txt", *_TESTING, "--extra", extra, "-c",
                                 "requirements/test.txt")
    locks = [*(requirements / f"{extra}.txt" for extra in ("demo", "test", *_BEYOND_TESTS)),
             *map(lock_npm, (BROKER, PAGES, PROVIDER, JUDGE))]
    wrong = [f"{lock.relative_to(ROOT)} holds {word!r}" for lock in locks for word in addresses_in(lock)]
    print("\n".join(wrong or [f"{lock.relative_to(ROOT)} renewed" for lock in locks]))
    return 1 if wrong else 0


def install_uv(folder: Path) -> Path:
    """Install uv for this one run, with whatever settings pip has on this machine."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", "uv"], check=True)
    return folder / "bin" / "uv"


def compile_requirements(uv: Path, target: Path, *what: str) -> None:
    """Write one hashed requirements file, good for every Python and machine that pyproject.toml allows."""
    subprocess.run([uv, "pip", "compile", "pyproject.toml", *what, *_COMPILE, "-o", target], cwd=ROOT, check=True)


def lock_npm(folder: Path) -> Path:
    """Renew a package-lock.json and take out of it where packages come from and who would like to be paid."""
    node = node_folder()
    subprocess.run([node / "bin" / "node", node / "lib/node_modules/npm/bin/npm-cli.js", "update",
                    "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                   cwd=folder, env=npm_environment(node), check=True)
    lock = folder / "package-lock.json"
    content = json.loads(lock.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return lock


def addresses_in(lock: Path) -> list[str]:
    """Return what a lock file may not hold and does."""
    text = lock.read_text(encoding="utf-8")
    return [word for word in _FORBIDDEN if word in text]


if __name__ == "__main__":
    sys.exit(main())
