"""Eight megabytes of anything are decoded or refused in bounded time and memory, whichever limit they lean on."""

import base64
import json
import time
import tracemalloc
from collections.abc import Callable

import pytest

from ingest.incoming import Door, Incoming
from ingest.profiles.mapped import shipped
from ingest.profiles.table import PROFILES, compiled
from services.messages import MAX_MESSAGE_BYTES as MOST

# An idle machine takes hundredths of a second for most of these. Processor time, so that neighbours do no harm.
WITHIN_S = 2.0
MEMORY = 20 * MOST
NAMES = [name for name in PROFILES if name != "mapping"] + [f"mapping-{name}" for name in shipped()]


def form(*parts: bytes) -> bytes:
    head = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    return b"".join(head + part + b"\r\n" for part in parts) + b"--b--\r\n"


def picture() -> str:
    return base64.b64encode(b"\xff\xd8\xff" + b"x" * (MOST * 7 // 10)).decode()


def alarms() -> bytes:
    trigger = {"key": "license_plate_known", "value": "3ABC123", "device": "d", "timestamp": 1_782_900_000_000}
    return json.dumps({"alarm": {"thumbnail": picture(), "triggers": [trigger] * 500}}).encode()


def recognitions() -> bytes:
    seen = {"camera_id": "c" * (MOST - 50_000), "timestamp": "2026-07-01T10:00:00Z", "results": [{"plate": "a"}] * 500}
    return json.dumps({"hook": {"event": "recognition"}, "data": seen}).encode()


LEANING: dict[str, Callable[[], bytes]] = {
    "a boundary line that never ends": lambda: b"--a" + b" " * (MOST - 3),
    "brackets that open": lambda: b"[" * MOST,
    "lists without a value": lambda: b"[" + b"[]," * (MOST // 3 - 2) + b"1]",
    "numbers": lambda: b"[" + b"1," * (MOST // 2 - 2) + b"1]",
    "quotes": lambda: b"{" + b"'" * (MOST - 2) + b"}",
    "commas": lambda: b"{" + b", " * (MOST // 2 - 2) + b"}",
    "single quotes around as many members as are read": lambda: b"{" + b",".join(
        b"'a%d':1" % n for n in range(24_000)) + b",}",
    "elements": lambda: b"<a>" + b"<b/>" * (MOST // 4 - 3) + b"</a>",
    "elements that open": lambda: b"<a>" * (MOST // 3),
    "attributes": lambda: b"<a " + b" ".join(b'a%x="1"' % n for n in range(MOST // 14)) + b"/>",
    "a namespace of megabytes": lambda: b'<a xmlns="' + b"u" * (MOST // 2) + b'">' + b"<b/>" * 40_000 + b"</a>",
    "as many elements as are read": lambda: b"<a>" + b"<b>1</b>" * 49_000 + b"</a>",
    "characters by number": lambda: b"<a>" + b"&#65;" * (MOST // 5 - 2) + b"</a>",
    "escapes": lambda: b"a=" + b"%41" * (MOST // 3 - 1),
    "fields": lambda: b"a=1&" * (MOST // 4),
    "lines": lambda: b"a=1\n" * (MOST // 4),
    "event lines": lambda: b"Code=a;b=1\n" * (MOST // 11),
    "an event line of semicolons": lambda: b"Code=a;b=" + b"xx;" * (MOST // 3 - 4),
    "boundaries": lambda: b"--b\n\n" + b"\n--b" * (MOST // 4 - 2),
    "almost boundaries": lambda: form(b"\r\n--bx" * (MOST // 6 - 30)),
    "half boundaries": lambda: form(b"\r\n--" * (MOST // 4 - 30)), "boundary after boundary": lambda: form(
        b"\r\n--b" * 900 + b"\r\n-" * (MOST // 4)),
    "line ends in a part": lambda: form(b"\r" * (MOST - 100)),
    "parts of broken JSON": lambda: form(*[b"[" + b"1," * 125_000] * 30),
    "a text that is no picture": lambda: json.dumps({"plate_image": " " * (MOST - 100)}).encode(),
    "a scene that many alarms show": alarms, "a name that many results share": recognitions,
    "a word": lambda: b"a" * MOST, "zeros": lambda: b"\0" * MOST, "spaces": lambda: b" " * MOST,
    "wide letters": lambda: ('{"a": "' + "x" * (MOST // 2 - 20) + '"}').encode("utf-16"),
}


def decode(name: str, body: bytes) -> int:
    profile, mapping = ("mapping", name.removeprefix("mapping-")) if name.startswith("mapping-") else (name, None)
    reader = compiled(profile, json.dumps({"mapping": mapping} if mapping else {}).encode())
    return len(list(reader.read(Incoming("push/kade", body, 0, door=Door.push), "")))


@pytest.mark.parametrize("case", LEANING)
def test_time_is_bounded_in_every_profile(case: str) -> None:
    body = LEANING[case]()
    assert len(body) <= MOST
    for name in NAMES:
        began = time.process_time()
        assert decode(name, body) >= 1
        assert time.process_time() - began < WITHIN_S, name


@pytest.mark.parametrize("case", LEANING)
def test_memory_is_bounded(case: str) -> None:
    body = LEANING[case]()
    name = {"a scene that many alarms show": "mapping-unifi-protect",
            "a name that many results share": "plate-recognizer"}.get(case, "genetec")
    tracemalloc.start()
    try:
        decode(name, body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY
