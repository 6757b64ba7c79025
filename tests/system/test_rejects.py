"""Commands for a gateway from outside: watched, refused, mended, replayed; nothing that is said holds a plate."""

import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def command(ingest: Any, *arguments: str) -> "subprocess.Popen[str]":
    """Run a command of ingest beside the service."""
    return subprocess.Popen([sys.executable, "-m", "ingest", *arguments], cwd=ROOT, text=True,
                            env=ingest.environment | {"ZONESCHILD_AUDIT_KEY": "a" * 32},
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_a_gateway_is_watched_mended_and_its_rejects_are_replayed(ingest: Any, gateway: Any, store: Any, reads: Any,
                                                                  waits: Any) -> None:
    ingest.start()
    watching = command(ingest, "conform", "--gateway", "houthalen", "--seconds", "4")
    assert watching.stdout is not None
    said = watching.stdout.readline()
    assert "watching gateway houthalen for 4 s" in said
    gateway.publish(*reads(20), *reads(5, first=20, camera="N73-4"))
    said += watching.communicate(timeout=60)[0]
    assert watching.returncode == 1
    assert "✗ refused 5, unknown-camera" in said
    assert "gateway set houthalen --cameras NAME=CODE" in said
    assert "in 6 s: reads 20" in said
    assert "XKV" not in said

    store.execute("INSERT INTO gateway_cameras VALUES (7, 'N73-4', 11)")
    replaying = command(ingest, "replay", "--gateway", "houthalen", "--reason", "unknown-camera")
    said = replaying.communicate(timeout=60)[0]
    assert (replaying.returncode, said.split("\n")[:2]) == (
        0, ["5 rejects of gateway houthalen are asked for", "       5 taken"])
    assert store.execute("SELECT count(*) FROM reads").fetchone() == (25,)
    assert store.execute("SELECT sum(stored), sum(rejected), sum(doubled) FROM gateway_days").fetchone() == (25, 5, 0)
    waits(lambda: ingest.said("rejects decoded again: 5 taken") == 1)


def test_a_gateway_that_is_not_there_is_said_in_one_sentence(ingest: Any) -> None:
    for arguments in (["conform"], ["replay"]):
        asking = command(ingest, *arguments, "--gateway", "nowhere")
        said = asking.communicate(timeout=60)[0]
        assert (asking.returncode, said.strip()) == (
            1, "zoneschild: there is no gateway nowhere: `python -m services gateway list` shows those there are")
