"""`dahua-itsapi`."""

from ingest.mapping.documents import Document
from ingest.mapping.verbs import Mapping, Message
from ingest.profiles.replies import Reply
from ingest.rows import Answer

MAPPING = Mapping(name="dahua-itsapi", messages=[Message(kind="ignored", when="body.never")])


def reshape(document: Document) -> Document:
    """Return the document that the table looks into."""
    return document


def reply(path: str, answer: Answer) -> Reply:  # noqa: ARG001
    """Answer as the device demands: it sends again until it reads this."""
    return Reply("application/json", b'{"Result":true,"Message":"OK"}')
