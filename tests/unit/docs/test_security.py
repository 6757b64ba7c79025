"""docs/security.md says what the code says: the table of role and act, the headers, the limits."""

import re
from pathlib import Path

from search.guard import _HEADERS as HEADERS
from services.api_tokens import NEVER_IN_A_TOKEN
from services.roles import Act, Role, may

DOCS = Path(__file__).resolve().parents[3] / "docs"
TEXT = (DOCS / "security.md").read_text(encoding="utf-8")


def table() -> str:
    """Return the table of role and act as the document shows it."""
    rows = [["Act", *Role], ["---"] + [":-:"] * len(Role),
            *([f"`{act}`{'*' if act in NEVER_IN_A_TOKEN else ''}", *("●" if may(role, act) else "" for role in Role)]
              for act in Act)]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def test_the_table_of_role_and_act_is_the_one_that_the_doors_ask() -> None:
    assert table() in TEXT, f"docs/security.md should hold:\n\n{table()}"


def test_every_header_is_named() -> None:
    assert [name for name in HEADERS if f"`{name}" not in TEXT] == []


def test_a_link_or_path_leads_to_a_file() -> None:
    named = re.findall(r"`((?:search|services|tests|docs)/[\w/.-]+\.\w+)`", TEXT)
    named += [f"docs/{link}" for link in re.findall(r"\]\(([^)#:]+)\)", TEXT)]
    assert len(named) > 5
    assert [path for path in named if not (DOCS.parent / path).exists()] == []
