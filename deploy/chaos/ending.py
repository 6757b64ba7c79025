"""How a trial ends when it does not end well: in time whatever happens, and with one sentence."""

import os
import threading

from services.errors import ZoneschildError


def complaint(error: Exception, known: tuple[type[Exception], ...] = (ZoneschildError, OSError)) -> Exception:
    """Return the one error of a group of tasks that ended together; raises what is no complaint but a wrong program."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, known):
        raise error
    return error


def end_after(seconds: float) -> None:
    """End this program after `seconds`, s, whatever happens; the guardian then stops everything that it started."""
    watchdog = threading.Timer(seconds, os._exit, (3,))
    watchdog.daemon = True
    watchdog.start()
