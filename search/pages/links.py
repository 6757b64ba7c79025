"""Links: paths that may be continued to, and static files whose address changes with their content."""

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


def static_addresses() -> dict[str, str]:
    """Return the address of every static file by name, with a digest so that browsers may keep it for good."""
    found = {}
    for folder, prefix in ((STATIC, "/static"), (VENDOR, "/static/vendor")):
        for file in sorted(folder.glob("*.*")):
            digest = blake2b(file.read_bytes(), digest_size=6).hexdigest()
            found[file.name] = f"{prefix}/{file.name}?v={digest}"
    return found
