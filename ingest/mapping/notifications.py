"""Notifications of WS-BaseNotification and ONVIF, in XML and in ONVIF's JSON, as events of one shape (pure).

XML: OASIS WS-BaseNotification 1.3 with ONVIF's Message in it; JSON: ONVIF Core specification, "JSON Event Payload".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.mapping.trees import Branch, branch, branches, listed, text_in, under


@dataclass(slots=True)
class Event:
    """One notification; the members of `source` and `data` are its items by their names in small letters."""

    utc_time: str | None = None
    topic: str = ""
    operation: str = ""
    producer: str | None = None
    source: Branch = field(default_factory=dict)
    data: Branch = field(default_factory=dict)


def events(root: str, body: Any) -> list[Event]:
    """Return the notifications in a document: in XML those of any envelope, in JSON every object with a UtcTime."""
    if root:
        return list(_from_xml(root, body))
    return [Event(text_in(here.get("utctime")), _topic(here), source=branch(here.get("source")),
                  data=branch(here.get("data")))
            for here in branches(body) if "utctime" in here and ("data" in here or "source" in here)]


def _from_xml(root: str, body: Any) -> Iterator[Event]:
    if root == "message":
        yield _event({}, branch(body))
    notifications = [body] if root == "notificationmessage" else list(under(body, "notificationmessage"))
    for notification in map(branch, notifications):
        message = branch(notification.get("message"))
        # The outer Message is WS-BaseNotification's, the inner one ONVIF's; some senders leave one of them out.
        yield _event(notification, branch(message.get("message")) or message)


def _event(notification: Branch, message: Branch) -> Event:
    producer = branch(notification.get("producerreference"))
    return Event(text_in(message.get("@utctime")), _topic(notification), str(message.get("@propertyoperation", "")),
                 text_in(producer.get("address")), _items(message.get("source")), _items(message.get("data")))


def _topic(here: Branch) -> str:
    return text_in(here.get("topic")) or ""


def _items(section: Any) -> Branch:
    """Return SimpleItems with their values and ElementItems with what they hold, by name."""
    holder = branch(section)
    items = {_name(item): item.get("@value") for item in listed(holder.get("simpleitem")) if isinstance(item, dict)}
    for item in listed(holder.get("elementitem")):
        if isinstance(item, dict):
            items[_name(item)] = {name: value for name, value in item.items() if name != "@name"}
    return items


def _name(item: Branch) -> str:
    return str(item.get("@name", "")).strip().lower()
