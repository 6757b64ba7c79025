"""Bringing the database to the newest schema; apart, as no program needs alembic to run."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError, ProgrammingError

from services.errors import ConfigurationError
from services.settings import StoreSettings

_MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(settings: StoreSettings) -> None:
    """Bring the database to the newest schema; the connection must be the owner's.

    Raises ConfigurationError when the database does not answer or lacks the programs' roles.
    """
    await asyncio.to_thread(_migrate, settings)


def _migrate(settings: StoreSettings) -> None:
    engine = create_engine(settings.sqlalchemy_url())
    try:
        with engine.begin() as connection:
            _upgrade(connection)
    except OperationalError as error:
        raise ConfigurationError(f"the database does not answer: {str(error.orig).splitlines()[0]}") from None
    except ProgrammingError as error:
        if "zoneschild_" in str(error.orig) and "does not exist" in str(error.orig):
            raise ConfigurationError(
                "the roles zoneschild_ingest and zoneschild_search must exist before the first migration "
                "(deploy/README.md shows how)"
            ) from None
        raise
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
