"""The HTTP door: `POST /push/<gateway>`, into the same batchers as MQTT, answered after the commit."""

import asyncio
from collections.abc import Sequence

from ingest.intake import Intake
from ingest.register import Register
from ingest.rows import Answer
from services.settings import IngestSettings


class PushDoor:
    """Takes pushes in; a fresh one goes into the lane of fresh reads, an old one behind the backlog."""

    def __init__(self, settings: IngestSettings, register: Register, fresh: Intake, backlog: Intake) -> None:
        self._settings, self._register, self._fresh, self._backlog = settings, register, fresh, backlog

    async def run(self) -> None:
        """Serve for ever."""
        await asyncio.Event().wait()

    def answer(self, answers: Sequence[Answer]) -> None:
        """Answer the pushes that are stored."""
