"""A message as a door handed it over: MQTT or HTTP push, durable or a live copy; and whom it names as its sender."""

from enum import IntEnum

import msgspec

from services.messages import PUSH_ROOT, TOPIC_ROOT

_ROOTS = (f"{TOPIC_ROOT}/", f"{PUSH_ROOT}/")


class Door(IntEnum):
    """Through which door a message came: it says what is owed to its sender once it is stored."""

    durable = 0  # MQTT's durable session: a PUBACK
    live = 1     # MQTT's clean-start session: nothing, as the durable session brings the same message
    push = 2     # HTTP: an answer, in the form that the maker's device needs


# msgspec structs rather than dataclasses: ten thousand a second are made, and these are made in C.
class Incoming(msgspec.Struct, frozen=True, gc=False):
    """One message; its topic, never its body, says who speaks.

    A push to `/push/<gateway>/<rest>` has the topic `push/<gateway>/<rest>`. `mid` and `connection` name the message to
    the door that must acknowledge it. `headers` are a push's, names in small letters, without those that authenticate.
    """

    topic: str
    payload: bytes
    received_ms: int
    mid: int = 0
    connection: int = 0
    door: Door = Door.durable
    retained: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str:
        """Return a push's header by its name in small letters; empty when there is none."""
        return next((value for known, value in self.headers if known == name), "")


def sender_and_path(topic: str) -> tuple[str, str] | None:
    """Return the gateway that a topic names and what follows it (`reads`, `onvif-ej/…`); None for a foreign topic."""
    root = next((root for root in _ROOTS if topic.startswith(root)), None)
    if root is None:
        return None
    name, _, path = topic[len(root):].partition("/")
    return (name, path) if name else None
