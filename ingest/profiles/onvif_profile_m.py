"""`onvif-profile-m`."""

from ingest.mapping.documents import Document
from ingest.mapping.verbs import Mapping, Message

MAPPING = Mapping(name="onvif-profile-m", messages=[Message(kind="ignored", when="body.never")])


def reshape(document: Document) -> Document:
    """Return the document that the table looks into."""
    return document
