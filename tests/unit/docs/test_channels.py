"""docs/channels.md shows the message as it is sent, names every code, and its check of a signature is right."""

import json
import re
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from ingest.deliver.message import Message, as_json, invented
from ingest.deliver.signing import sign
from services.hits.channel_secrets import new_secret
from services.hits.events import EventKind
from services.hits.following import Disposition, HitState
from services.hits.matching import MatchedAs

PAGE = (Path(__file__).resolve().parents[3] / "docs/channels.md").read_text(encoding="utf-8")
ID = "0f9a7a66-7d20-4f2a-9a2e-3a3c2a8f6f10"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_example_is_a_message_and_loses_nothing_when_it_is_written_again() -> None:
    example = json.loads(block("json"))
    assert json.loads(as_json(msgspec.convert(example, Message))) == example


def shape(value: Any) -> Any:
    """Return the fields of a message, without what stands in them."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else None


def test_the_example_has_the_very_fields_of_a_message() -> None:
    sent = json.loads(as_json(invented(UUID(ID), "2026-11-26T09:15:02.412Z", None)))
    assert shape(json.loads(block("json"))) == shape(sent)


def test_every_code_that_a_receiver_may_meet_is_named() -> None:
    for kind in (EventKind, HitState, Disposition, MatchedAs):
        for code in kind:
            assert f"`{code}`" in PAGE, code


def test_the_check_of_a_signature_takes_ours_and_no_other() -> None:
    known: dict[str, Any] = {}
    exec(block("python"), known)
    secret, now = new_secret(), int(time.time())
    headers = sign(secret, ID, now, b"{}")
    assert known["is_ours"](secret, headers, b"{}")
    assert not known["is_ours"](secret, headers, b"{ }")
    assert not known["is_ours"](new_secret(), headers, b"{}")
    assert not known["is_ours"](secret, sign(secret, ID, now - 600, b"{}"), b"{}")
