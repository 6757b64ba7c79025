"""Links: paths that may be continued to, and static files whose address changes with their content."""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

STATIC = Path(__file__).parent / "static"
VENDOR = Path(__file__).parent / "vendor"


def local_path(path: str, default: str = "/") -> str:
    """Return `path` when it leads to one of our own pages, else `default`; browsers read `//` and `\\` as a host."""
    if not path.startswith("/") or path.startswith(("//", "/api/")):
        return default
    if "\\" in path or any(ord(character) < 33 or ord(character) == 127 for character in path):
        return default
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc and len(path) <= 4000 else default


@cache
def static_version() -> str:
    """Return a digest of all static files: it stands in their addresses, so that browsers may keep them for good.

    It is a folder and no parameter, so that a module that names another beside it names one of the same version.
    """
    digest = blake2b(digest_size=6)
    for name, file in _static_files():
        digest.update(f"{name}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def static_addresses() -> dict[str, str]:
    """Return the address of every static file by its name, such as `styles/base.css` or `vendor/htmx.min.js`."""
    return {name: f"/static/{static_version()}/{name}" for name, _ in _static_files()}


def _static_files() -> Iterator[tuple[str, Path]]:
    for folder, prefix in ((STATIC, ""), (VENDOR, "vendor/")):
        for file in sorted(folder.rglob("*.*")):
            yield prefix + file.relative_to(folder).as_posix(), file
