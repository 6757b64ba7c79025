"""Mosquitto for tests and benches: found on the machine, or fetched as Debian packages without being root.

Debian's backports come first: versions before 2.0.21 forget Receive Maximum once acknowledgements flow.
"""

# ruff: noqa: S603, S607 - the programs named here are this module's business, their arguments are ours

import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.processes import LOOPBACK
from services.broker_files import MAX_PACKET_BYTES, PID_FILE
from services.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent.parent
_FETCHED = ROOT / "var" / "mosquitto"
_DEBIAN_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_OLDEST = (2, 0)
_MISSING = "Mosquitto is missing: install version 2.0 or later, or let ZONESCHILD_MOSQUITTO name one"


@dataclass(frozen=True, slots=True)
class Mosquitto:
    """A Mosquitto that can be started: its program, the folder of its libraries if not the system's, its version."""

    program: Path
    version: tuple[int, ...]
    libraries: Path | None = None


@functools.cache
def find_mosquitto() -> Mosquitto:
    """Return Mosquitto ≥ 2.0: named by ZONESCHILD_MOSQUITTO, on the PATH, fetched before, or fetched now."""
    named = os.environ.get("ZONESCHILD_MOSQUITTO")
    candidates = [named] if named else [shutil.which("mosquitto"), "/usr/sbin/mosquitto"]
    for candidate in candidates:
        if candidate and (found := _probe(Path(candidate), None)):
            return found
    if named:
        raise ConfigurationError(f"ZONESCHILD_MOSQUITTO names {named}, which is no Mosquitto of version 2.0 or later")
    return _probe_fetched() or _fetch()


def configuration(folder: Path, port: int, address: str = LOOPBACK, *, pid_file: bool = True) -> str:
    """Return the settings of a Mosquitto that keeps all it has in `folder`; in a container its pid means nothing."""
    return "\n".join([
        f"listener {port} {address}",
        "allow_anonymous false",
        f"password_file {folder / 'passwd'}",
        f"acl_file {folder / 'acl'}",
        *([f"pid_file {folder / PID_FILE}"] if pid_file else []),
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 1",  # what a killed broker may forget: one second
        "max_queued_messages 0",  # the default drops what passes a thousand
        "max_inflight_messages 1000",
        f"max_packet_size {MAX_PACKET_BYTES}",
        "set_tcp_nodelay true",
        *(["user root"] if os.geteuid() == 0 else []),  # else it turns into `mosquitto`, who may not exist here
        "log_dest stdout",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "",
    ])


def _probe(program: Path, libraries: Path | None) -> Mosquitto | None:
    """Ask a program for its version; None when it is no Mosquitto or too old."""
    environment = {**os.environ, **({"LD_LIBRARY_PATH": str(libraries)} if libraries else {})}
    try:
        said = subprocess.run([program, "-h"], env=environment, capture_output=True, text=True, check=False, timeout=10)
    except OSError:
        return None
    found = re.search(r"mosquitto version (\d+(?:\.\d+)+)", said.stdout)
    if found is None:
        return None
    version = tuple(map(int, found[1].split(".")))
    return Mosquitto(program, version, libraries) if version >= _OLDEST else None


def _probe_fetched() -> Mosquitto | None:
    tree = _FETCHED / "tree"
    return next((found for libraries in tree.glob("usr/lib/*-linux-*")
                 if (found := _probe(tree / "usr/sbin/mosquitto", libraries))), None)


def _fetch() -> Mosquitto:
    """Fetch and unpack the packages; the machine's own package state is not touched."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise ConfigurationError(_MISSING)
    apt = _Apt(_FETCHED / "apt")
    apt.prepare()
    apt.download("mosquitto")
    tree = _FETCHED / "tree.new"
    shutil.rmtree(tree, ignore_errors=True)
    for package in sorted(apt.packages.glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(tree)])
    shutil.rmtree(_FETCHED / "tree", ignore_errors=True)
    tree.rename(_FETCHED / "tree")
    if found := _probe_fetched():
        return found
    raise ConfigurationError(f"the Mosquitto that was fetched into {_FETCHED} does not run here")


class _Apt:
    """apt-get with lists, cache and sources of its own, so that an ordinary user can ask it for packages."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._backports = ""

    @property
    def packages(self) -> Path:
        """Where the downloaded packages lie."""
        return self._folder / "cache" / "archives"

    def prepare(self) -> None:
        """Name the machine's own archive and its backports as sources, and fetch the lists."""
        shutil.rmtree(self._folder, ignore_errors=True)
        for needed in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / needed).mkdir(parents=True)
        codename = _codename()
        archive, components = _archive(codename)
        self._backports = f"{codename}-backports"
        self._write_sources(f"{archive} {codename} {components}", f"{archive} {self._backports} {components}")
        if self._apt("update").returncode != 0:  # no backports for this release: the release alone
            self._backports = ""
            self._write_sources(f"{archive} {codename} {components}")
            self._must("update")

    def download(self, package: str) -> None:
        """Download a package and what it needs beyond what is installed, from the backports where they have it."""
        from_backports = ("-t", self._backports) if self._backports else ()
        self._must("install", "--download-only", "--no-install-recommends", "-y", *from_backports, package)

    def _write_sources(self, *lines: str) -> None:
        (self._folder / "sources.list").write_text("\n".join([*lines, ""]), encoding="utf-8")

    def _must(self, *arguments: str) -> None:
        done = self._apt(*arguments)
        if done.returncode != 0:
            raise ConfigurationError(f"apt-get {' '.join(arguments)} failed, so Mosquitto could not be fetched: "
                                     f"{done.stderr.strip()[-500:]}")

    def _apt(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        options = {
            "Dir::Etc::SourceList": self._folder / "sources.list", "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State": self._folder / "state", "Dir::State::status": "/var/lib/dpkg/status",
            "Dir::Cache": self._folder / "cache", "Debug::NoLocking": "1", "APT::Sandbox::User": "",
            "APT::Update::Error-Mode": "any",  # a release without backports must fail here, not warn
        }
        flags = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        return subprocess.run(["apt-get", "-q", *flags, *arguments], cwd=self._folder, capture_output=True, text=True,
                              check=False, env={**os.environ, "LC_ALL": "C"})


def _codename() -> str:
    """Return the release's code name."""
    found = re.search(r"^VERSION_CODENAME=(\w+)$", Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise ConfigurationError(_MISSING)
    return found[1]


def _archive(codename: str) -> tuple[str, str]:
    """Return `deb [options] address` and the components of the archive from which this machine takes its release."""
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)",
                           "Created-By: Packages"], capture_output=True, text=True, check=False)
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith(f"{codename} ")]
    if not lines:
        raise ConfigurationError(_MISSING)
    options = f" [signed-by={_DEBIAN_KEYS}]" if _DEBIAN_KEYS.exists() else ""
    return f"deb{options} {lines[0][2]}", " ".join(sorted({component for _, component, _ in lines}))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ConfigurationError(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
