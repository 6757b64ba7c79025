"""docs/integrator-guide.md says what the code says: reasons, settings, profiles, messages; its links lead somewhere."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from ingest.profiles.table import PROFILES
from ingest.rows import Answer, Reason
from services import messages
from services.decoding import DecodingSettings

DOCS = Path(__file__).resolve().parents[3] / "docs"
GUIDE = (DOCS / "integrator-guide.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(title: str) -> list[str]:
    return re.findall(r"^\| \[?`([\w-]+)`", section(title), re.MULTILINE)


def test_every_reason_for_a_reject_is_explained_in_the_order_of_the_code() -> None:
    assert first_cells("Rejects") == [str(reason) for reason in Reason]


def test_every_setting_is_explained_in_the_order_of_the_code() -> None:
    assert first_cells("Settings of a gateway") == list(DecodingSettings.__struct_fields__)


def test_every_profile_but_our_own_has_its_page() -> None:
    assert sorted(first_cells("Vendor devices")) == sorted(set(PROFILES) - {"canonical"})


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", GUIDE))))
def test_a_link_leads_to_a_file(link: str) -> None:
    assert (DOCS / link).exists()


@pytest.mark.parametrize(("title", "kind"), [
    ("The canonical message", messages.Read), ("The canonical message", messages.Heartbeat),
    ("MQTT", messages.Feedback)])
def test_the_messages_that_are_shown_are_messages(title: str, kind: type) -> None:
    shown = [json.loads(block.replace("…base64…", "iVBORw0KGgo=")) for block in
             re.findall(r"```json\n(.*?)```", section(title), re.DOTALL)]
    taken = [one for one in shown if set(one) <= set(kind.__struct_fields__)]
    assert [type(msgspec.convert(one, kind)) for one in taken] == [kind]


def test_the_answer_that_is_shown_has_the_members_of_an_answer() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", section("HTTP"), re.DOTALL)
    assert ["mid", *json.loads(block)] == list(Answer.__struct_fields__)


def test_the_limits_are_those_of_the_code() -> None:
    assert f"up to {messages.MAX_BATCH_READS}, at most {messages.MAX_MESSAGE_BYTES // 2**20} MiB" in GUIDE
    assert f"more than {messages.MAX_MESSAGE_BYTES // 2**20} MiB" in section("Rejects")
