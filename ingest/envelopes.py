"""A message as a file and back: `.mqtt`, `.http`, `.json`, `.xml`. Rejects are kept so, samples come so.

`.mqtt`: `topic: …`, a blank line, the payload. `.http`: header lines (a request line may stand in front), a blank line,
the body. Anything else is the body alone.
"""

import re
from pathlib import PurePath
from urllib.parse import urlsplit

from ingest.incoming import Door, Incoming
from ingest.push_access import read_address
from services.messages import PUSH_ROOT, TOPIC_ROOT

_BLANK = re.compile(rb"(?:\A|\r?\n)\r?\n")
_REQUEST_LINE = re.compile(r"[A-Z]+ (\S+)(?: HTTP/[\d.]+)?\Z")
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
_TYPES = {".json": "application/json", ".xml": "application/xml"}


def write(topic: str, headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    """Return a message as the text of an `.mqtt` or, when it was pushed, of an `.http` file."""
    if topic.startswith(f"{PUSH_ROOT}/"):
        lines = [f"POST /{topic}", *(f"{name}: {value}" for name, value in headers)]
    else:
        lines = [f"topic: {topic}"]
    return "\n".join(line.replace("\n", " ").replace("\r", " ") for line in lines).encode() + b"\n\n" + body


def read(envelope: bytes, received_ms: int) -> Incoming:
    """Return the message that `write` made an envelope of."""
    head, body = _split(envelope)
    if head.startswith("topic:"):
        return Incoming(head.removeprefix("topic:").strip(), body, received_ms)
    topic, headers = _push(head)
    return Incoming(topic, body, received_ms, door=Door.push, headers=headers)


def read_file(name: str, content: bytes, gateway: str, received_ms: int) -> Incoming:
    """Return the message that a sample file holds, as if `gateway` had sent it; its suffix tells its form."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".mqtt":
        head, body = _split(content)
        topic = next((line.partition(":")[2].strip() for line in head.splitlines()
                      if line.lower().startswith("topic:")), "")
        return Incoming(f"{TOPIC_ROOT}/{gateway}/{_after_gateway(topic)}".rstrip("/"), body, received_ms)
    if suffix == ".http":
        head, body = _split(content)
        path, headers = _push(head)
        address = read_address(path, "")  # which takes a key out of the path
        rest = address.rest if address else urlsplit(path).path.strip("/")
        return Incoming(f"{PUSH_ROOT}/{gateway}/{rest}".rstrip("/"), body, received_ms, door=Door.push,
                        headers=headers)
    return Incoming(f"{PUSH_ROOT}/{gateway}", content, received_ms, door=Door.push,
                    headers=(("content-type", _TYPES.get(suffix, "")),))


def has_blank_line(content: bytes) -> bool:
    """Tell whether a `.mqtt` or `.http` file has the blank line behind which its payload or body begins."""
    return _BLANK.search(content) is not None


def kept_headers(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers of a push that may be kept: names in small letters, none that authenticates."""
    return tuple((name.lower(), value) for name, value in headers if name.lower() not in _SECRET_HEADERS)


def _split(content: bytes) -> tuple[str, bytes]:
    blank = _BLANK.search(content)
    if blank is None:
        return content.decode("utf-8", "replace"), b""
    return content[:blank.start()].decode("utf-8", "replace"), content[blank.end():]


def _push(head: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    lines = head.replace("\r\n", "\n").split("\n")  # not splitlines: a value may hold U+0085 and the like
    request = _REQUEST_LINE.match(lines[0]) if lines else None
    path = request[1].partition("?")[0].lstrip("/") if request else ""
    pairs = [line.partition(":") for line in (lines[1:] if request else lines) if ":" in line]
    return path, kept_headers([(name.strip(), value.strip()) for name, _, value in pairs])


def _after_gateway(topic: str) -> str:
    """Return what follows the gateway in one of our topics; of a topic without our root, all of it."""
    if topic.startswith(f"{TOPIC_ROOT}/"):
        return topic[len(TOPIC_ROOT) + 1:].partition("/")[2]
    return topic
