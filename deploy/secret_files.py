"""Files that only their owner may read: passwords, keys, the demo's addresses; written whole or not at all."""

import json
import os
from pathlib import Path


def write_secret(file: Path, text: str) -> None:
    """Write `text` with mode 0600, replacing the old file in one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    beside.replace(file)


def write_secret_json(file: Path, content: object) -> None:
    """Write `content` as JSON with mode 0600, replacing the old file in one step."""
    write_secret(file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
