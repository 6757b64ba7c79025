"""What a decoder lets through the database takes: every character of a text, in a live read and in a trial."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ingest import writer
from ingest.decode import Decoder, Window, decode_all
from services.clock import iso_ms, utc_now
from services.database import transaction
from services.registry import Gateway, State
from tests.ingest_samples import IDENTITY, incoming

CHARACTERS = [*map(chr, range(1, 0xA0)), "\u0301", "\u200b", "\u202e", "\ud7ff", "\ue000", "\ufdd0", "\ufeff", "\ufffd",
              "\ufffe", "\uffff", "\U0001f697", "\U0010ffff", "\\", '"', "'", "{", "}", ",", "NULL", "\\N", "%s", ":a"]
TEXTS = ["x" + "".join(CHARACTERS[place:place + 40]) + "x" for place in range(0, len(CHARACTERS), 40)]
MAPPING = {"name": "kade", "messages": [{
    "kind": "read", "camera": "body.camera", "captured_at": "body.time", "plate": "body.text", "country": "body.text",
    "confidence": "body.text", "make": "body.text", "model": "body.text", "colour": "body.text",
    "vehicle_type": "body.text", "passage": "body.text", "key": "body.text"}]}
GATEWAY = Gateway(7, "houthalen", {"cam1": 11}, profile="mapping", decoding=json.dumps({"mapping": MAPPING}).encode())


async def keep(store: Any, gateway: Gateway, *sent: dict[str, Any]) -> None:
    decoder = Decoder(IDENTITY, {"houthalen": gateway}, Window.at(utc_now()))
    batch = decode_all(decoder, [incoming(one, received_at=utc_now()) for one in sent])
    assert not batch.rejects
    await store.weeks.ensure(batch.mondays())
    async with transaction(store.engine) as connection:
        await writer.store(connection, IDENTITY, batch)


@pytest.mark.parametrize("text", TEXTS)
async def test_any_character_is_stored_as_it_was_sent(store: Any, look: Any, moment: datetime, text: str) -> None:
    await keep(store, GATEWAY, {"camera": "cam1", "time": iso_ms(moment), "text": text})
    (stored,) = look.reads()
    kept = text.strip()[:64]
    assert {stored[name] for name in ("plate_raw", "country_raw", "make", "model", "colour", "vehicle_type")} == {kept}


@pytest.mark.parametrize("text", TEXTS)
async def test_any_character_is_shown_of_a_trial(store: Any, look: Any, moment: datetime, text: str) -> None:
    await keep(store, replace(GATEWAY, state=State.proef), {"camera": "cam1", "time": iso_ms(moment), "text": text})
    assert look.one("SELECT found FROM trial_reads")["make"] == text.strip()[:64]


@pytest.mark.parametrize("state", [State.live, State.proef])
async def test_zeros_are_dropped_and_whatever_else_stays(store: Any, look: Any, moment: datetime, state: State) -> None:
    await keep(store, replace(GATEWAY, state=state), {"camera": "cam1", "time": iso_ms(moment), "text": "3ABC123\0\0"})
    table = "reads" if state is State.live else "trial_reads"
    assert look.one(f"SELECT count(*) FROM {table}") == 1
