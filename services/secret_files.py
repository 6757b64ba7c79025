"""Files that only their owner may read: passwords, keys, the broker's users; written whole or not at all."""

import json
import os
from pathlib import Path


def write_secret(file: Path, text: str, *, for_folder_owner: bool = False) -> None:
    """Write `text` with mode 0600, replacing the old file in one step.

    With `for_folder_owner`, root writes it for whoever owns the folder: a broker gives up root's rights when it starts
    and must still read its files.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        if for_folder_owner and os.geteuid() == 0:
            folder = file.parent.stat()
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
        opened.write(text)
        opened.flush()
        os.fsync(descriptor)
    beside.replace(file)


def write_secret_json(file: Path, content: object) -> None:
    """Write `content` as JSON with mode 0600, replacing the old file in one step."""
    write_secret(file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
