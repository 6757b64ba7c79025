"""How far a long job is: a bar on a terminal, a plain line now and then anywhere else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import rich.progress
from rich.console import Console

_LINE_EVERY_S = 5.0


class Progress(Protocol):
    """What a job tells of itself."""

    def advance(self, steps: int) -> None:
        """Count `steps` more."""

    def set(self, steps: int) -> None:
        """Say that `steps` are done in all."""


class _Bar:
    def __init__(self, bar: rich.progress.Progress, task: rich.progress.TaskID) -> None:
        self._bar, self._task = bar, task

    def advance(self, steps: int) -> None:
        self._bar.advance(self._task, steps)

    def set(self, steps: int) -> None:
        self._bar.update(self._task, completed=steps)


class _Lines:
    def __init__(self, console: Console, total: int, verb: str) -> None:
        self._console, self._total, self._verb = console, total, verb
        self._done, self._told_at = 0, time.monotonic()

    def advance(self, steps: int) -> None:
        self.set(self._done + steps)

    def set(self, steps: int) -> None:
        self._done = steps
        if time.monotonic() - self._told_at >= _LINE_EVERY_S or steps == self._total:
            self._console.print(f"{self._done} of {self._total} {self._verb}")
            self._told_at = time.monotonic()


@contextmanager
def watch(console: Console, total: int, verb: str) -> Iterator[Progress]:
    """Show how many of `total` reads have been `verb` (sent, handled) while the block runs."""
    if not console.is_terminal:
        yield _Lines(console, total, verb)
        return
    columns = (rich.progress.TextColumn("{task.description}"), rich.progress.BarColumn(),
               rich.progress.MofNCompleteColumn(), rich.progress.TimeRemainingColumn())
    with rich.progress.Progress(*columns, console=console) as bar:
        yield _Bar(bar, bar.add_task(verb, total=total))
