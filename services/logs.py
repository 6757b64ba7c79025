"""Logging: one line an event on standard error, with counts and names of places, never a plate, image or secret."""

import logging
import sys


def configure_logging(program: str) -> None:
    """Send this program's log to standard error; libraries speak only when something is wrong."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO,
                        format=f"%(asctime)s {program} %(levelname)s %(name)s: %(message)s")
    for name in ("mqtt", "httpx", "alembic", "uvicorn.access", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
