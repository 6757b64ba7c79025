"""Lines of `name=value`, and event lines, as Dahua's streams and many pull interfaces write them → trees (pure).

`Events[0].TrafficCar.PlateNumber=…` stands under Events, 0, TrafficCar, PlateNumber; an event line is
`Code=…;action=…;index=…;data={…}`, its JSON over as many lines as it likes.
"""

import re
from typing import Any

MAX_LINES = 20_000
MAX_STEPS = 16

_LINE = re.compile(r"[ \t]*([A-Za-z_][\w.\[\]-]{0,199})[ \t]*=([^\n]*)\Z")
_STEP = re.compile(r"[^.\[\]]+|\[\d{1,9}\]")
_EVENT = re.compile(r"^(?=code=[^;&=\s]+[ \t]*;[ \t]*\w+[ \t]*=)", re.IGNORECASE | re.MULTILINE)
_LONGEST_HEAD = 4096
_DATA = re.compile(r";[ \t]*data[ \t]*=", re.IGNORECASE)


def are_events(text: str) -> bool:
    """Tell whether a text begins with an event line."""
    return _EVENT.match(text) is not None


def events(text: str) -> list[tuple[dict[str, str], str]]:
    """Return the event lines that a text consists of: their members, and the text of their data."""
    found = []
    for piece in _EVENT.split(text) if are_events(text) else []:
        head, *data = _DATA.split(piece, maxsplit=1)
        pairs = [member.partition("=") for member in head[:_LONGEST_HEAD].split(";") if "=" in member]
        if pairs:
            found.append(({name.strip().lower(): value.strip() for name, _, value in pairs},
                          data[0].strip() if data else ""))
    return found


def are_lines(text: str) -> bool:
    """Tell whether a text is lines of `name=value`, and not a form, which is one line and has no brackets in names."""
    lines = [line for line in text[:4096].split("\n") if line.strip()][:2]
    names = [match[1] for match in map(_LINE.match, lines) if match]
    return bool(names) and len(names) == len(lines) and (len(names) == 2 or "[" in names[0])


def tree_of(text: str) -> dict[str, Any]:
    """Return the tree that the names of the lines describe; a number in brackets is a place in a list."""
    tree: dict[str | int, Any] = {}
    for line in text.split("\n"):
        if match := _LINE.match(line):
            steps = _STEP.findall(match[1])
            _put(tree, [_place(step) for step in steps] if len(steps) <= MAX_STEPS else [match[1]], match[2].strip())
    return {str(name): _with_lists(value) for name, value in tree.items()}


def _place(step: str) -> str | int:
    return int(step[1:-1]) if step.startswith("[") else step


def _put(tree: dict[str | int, Any], steps: list[str | int], value: str) -> None:
    here = tree
    for step in steps[:-1]:
        below = here.get(step)
        if not isinstance(below, dict):
            below = here[step] = {} if below is None else {"#text": below}
        here = below
    last = here.get(steps[-1])
    if isinstance(last, dict):
        last["#text"] = value
    else:
        here[steps[-1]] = value


def _with_lists(value: Any) -> Any:
    """Turn branches whose names are numbers into lists; the numbers tell the order alone, so no line fills memory."""
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(name, int) for name in value):
        return [_with_lists(value[place]) for place in sorted(value)]
    return {str(name): _with_lists(part) for name, part in value.items()}
