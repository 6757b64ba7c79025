"""Warnings that come with every batch while something is away: said every ten seconds, with what was left unsaid."""

import logging
import time

_EVERY_S = 10.0


class Complaint:
    """One such warning; `text` has one %d for how many things it is about."""

    def __init__(self, log: logging.Logger, text: str) -> None:
        self._log, self._text = log, text
        self._unsaid, self._said_at = 0, float("-inf")

    def say(self, number: int) -> None:
        """Warn about `number` more, or add them to the next warning when the last one is too recent."""
        self._unsaid += number
        now = time.monotonic()
        if now - self._said_at >= _EVERY_S:
            self._log.warning(self._text, self._unsaid)
            self._unsaid, self._said_at = 0, now
