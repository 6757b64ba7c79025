"""What a push is answered once it is stored: most devices want any 200, some a form of their own."""

import msgspec

from ingest.rows import Answer


class Reply(msgspec.Struct, frozen=True, gc=False):
    """The body of an answer; its status is 200, as whatever could not be taken is kept and must not come again."""

    content_type: str
    body: bytes


def plain_reply(path: str, answer: Answer) -> Reply:  # noqa: ARG001  # the form that every profile's reply has
    """Answer `OK`, which every device takes."""
    return Reply("text/plain", b"OK")


def canonical_reply(path: str, answer: Answer) -> Reply:  # noqa: ARG001
    """Answer with what came of the message, for gateways that can read it."""
    return Reply("application/json", msgspec.json.encode({
        "reads": answer.reads, "heartbeats": answer.heartbeats, "ignored": answer.ignored,
        "rejected": [{"reason": reason, "detail": detail} for reason, detail in answer.rejected]}))
