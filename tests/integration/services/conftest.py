"""A database of the test's own, as each role sees it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import open_engine
from services.settings import StoreSettings


@pytest.fixture
def owner(database: Any) -> Iterator[psycopg.Connection]:
    """The owner's connection; every statement commits."""
    with psycopg.connect(database.owner_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def as_ingest(database: Any) -> Iterator[psycopg.Connection]:
    """Ingest's connection."""
    with psycopg.connect(database.ingest_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def as_search(database: Any) -> Iterator[psycopg.Connection]:
    """Search's connection."""
    with psycopg.connect(database.search_url, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
async def owner_engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """The owner's engine, as expiry uses it."""
    engine = open_engine(StoreSettings(database_url=database.owner_url), connections=2)
    yield engine
    await engine.dispose()


@pytest.fixture
async def ingest_engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """Ingest's engine."""
    engine = open_engine(StoreSettings(database_url=database.ingest_url), connections=2)
    yield engine
    await engine.dispose()


@pytest.fixture
async def search_engine(database: Any) -> AsyncIterator[AsyncEngine]:
    """Search's engine."""
    engine = open_engine(StoreSettings(database_url=database.search_url), connections=3)
    yield engine
    await engine.dispose()
