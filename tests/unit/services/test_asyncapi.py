"""docs/asyncapi.yaml: the published form of canonical message v1 says what services/messages.py takes."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services import messages
from services.images import MAX_IMAGE_BYTES

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "asyncapi.yaml").read_text(encoding="utf-8")
DOCUMENT: dict[str, Any] = json.loads(re.sub(r"^#.*$", "", PAGE, flags=re.MULTILINE))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
STRUCTS = {kind.__name__: kind for kind in (messages.Read, messages.Batch, messages.Heartbeat, messages.Vehicle,
                                            messages.Passage, messages.Image, messages.Feedback,
                                            messages.RejectNotice)}
HEARD = {"Feedback", "RejectNotice"}  # ours to send, and so ours to add to
EXAMPLES = [(name, example["name"], example["payload"]) for name, message in DOCUMENT["components"]["messages"].items()
            for example in message["examples"]]
MEMBERS = [(name, member) for name in STRUCTS for member in SCHEMAS[name]["properties"]]
LIMITS = ("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "format", "contentEncoding")


def ours(name: str) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([STRUCTS[name]])
    return components[name]


def boiled_down(schema: dict[str, Any]) -> dict[str, Any]:
    """Reduce a member's schema, in either spelling of "or null", to its limits, values and what it points to."""
    variants = schema.get("anyOf") or schema.get("oneOf") or [schema]
    listed = schema.get("type") if isinstance(schema.get("type"), list) else []
    real = next(variant for variant in variants if variant.get("type") != "null")
    kind = next((k for k in listed if k != "null"), real.get("type"))
    values = [value for value in real.get("enum", []) if value is not None]
    limits = {limit: real[limit] for limit in LIMITS if limit in real}
    return limits | {
        "type": "string" if values else kind, "enum": sorted(values), "points_to": real.get("$ref", "").split("/")[-1],
        "nullable": "null" in listed or any(variant.get("type") == "null" for variant in variants)}


def test_the_document_is_asyncapi_3_and_has_every_schema() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert set(SCHEMAS) == set(STRUCTS)


@pytest.mark.parametrize("name", STRUCTS)
def test_a_schema_has_the_members_and_the_required_ones_that_the_code_has(name: str) -> None:
    assert list(SCHEMAS[name]["properties"]) == list(ours(name)["properties"])
    assert SCHEMAS[name]["required"] == ours(name)["required"]
    closed = [schema.get("additionalProperties", True) for schema in (SCHEMAS[name], ours(name))]
    assert closed == [name in HEARD] * 2


@pytest.mark.parametrize(("name", "member"), MEMBERS)
def test_a_member_has_the_type_and_limits_that_the_code_has(name: str, member: str) -> None:
    assert boiled_down(SCHEMAS[name]["properties"][member]) == boiled_down(ours(name)["properties"][member])


def test_the_items_of_lists_are_images_reads_and_notices() -> None:
    assert SCHEMAS["Feedback"]["properties"]["rejects"]["items"] == {"$ref": "#/components/schemas/RejectNotice"}
    assert SCHEMAS["Read"]["properties"]["images"]["items"] == {"$ref": "#/components/schemas/Image"}
    assert SCHEMAS["Batch"]["properties"]["reads"]["items"] == {"$ref": "#/components/schemas/Read"}


def test_the_limits_in_words_are_those_of_the_code() -> None:
    assert f"({messages.MAX_MESSAGE_BYTES} bytes)" in SCHEMAS["Read"]["description"]
    assert f"({MAX_IMAGE_BYTES} bytes)" in SCHEMAS["Image"]["description"]


def test_channels_are_the_topics_what_is_sent_has_quality_1_and_nothing_is_retained() -> None:
    assert {name: channel["address"] for name, channel in DOCUMENT["channels"].items()} == {
        messages.READS: messages.reads_topic("{gateway}"), messages.HEARTBEATS: messages.heartbeats_topic("{gateway}"),
        "feedback": messages.feedback_topic("{gateway}")}
    assert {name: operation["action"] for name, operation in DOCUMENT["operations"].items()} == {
        "sendReads": "send", "sendHeartbeats": "send", "receiveFeedback": "receive"}
    for operation in DOCUMENT["operations"].values():
        assert operation["bindings"]["mqtt"]["qos"] == (1 if operation["action"] == "send" else 0)
        assert operation["bindings"]["mqtt"]["retain"] is False


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', PAGE):
        place: Any = DOCUMENT
        for step in reference.split("/"):
            assert step in place, reference
            place = place[step]


@pytest.mark.parametrize(("name", "title", "payload"), EXAMPLES)
def test_an_example_is_taken_by_the_code(name: str, title: str, payload: dict[str, Any]) -> None:
    decoded = msgspec.json.decode(json.dumps(payload), type=STRUCTS[name])
    if isinstance(decoded, messages.Batch):
        assert [msgspec.json.decode(raw, type=messages.Read).camera for raw in decoded.reads] == ["cam1", "cam2"]


def test_the_plates_of_the_examples_are_invented() -> None:
    plates = re.findall(r'"plate": "([^"]+)"', json.dumps(EXAMPLES))
    assert plates
    assert all(re.fullmatch(r"[3-7]-[A-Z]{3}-\d{3}|X-12-BDF", plate) for plate in plates if plate != "data")
