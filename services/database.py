"""The way to PostgreSQL: engines, and the one function that commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from services.settings import StoreSettings

RESTED_S = 1.0
"""After so long without work a connection is asked for a sign of life before it is trusted."""


def open_engine(settings: StoreSettings, *, connections: int, statement_timeout_ms: int = 0,
                plan_cache: str = "auto", joins_by_index: bool = False, reads_by_index: bool = False) -> AsyncEngine:
    """Make an engine with at most `connections` connections.

    A statement that runs longer than `statement_timeout_ms` is ended by the server; 0 means no limit. `plan_cache` is
    PostgreSQL's plan_cache_mode. `joins_by_index` is for whoever joins a thousand keys to large tables: a planner that
    has no statistics yet (a new week, a new database) would read the whole table instead. `reads_by_index` is for
    whoever asks for few rows of large tables: a planner that expects to be done soon would begin to read them whole.
    The text of an error never holds a statement's values.
    """
    joins = (" -c enable_hashjoin=off -c enable_mergejoin=off -c max_parallel_workers_per_gather=0"
             if joins_by_index else "") + (" -c enable_seqscan=off" if reads_by_index else "")
    engine = create_async_engine(
        settings.sqlalchemy_url(),
        pool_size=connections, max_overflow=0, hide_parameters=True,
        connect_args={"options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC -c jit=off "
                                 f"-c plan_cache_mode={plan_cache}{joins}",
                      "connect_timeout": 10},
    )
    _ping_after_rest(engine)
    return engine


def _ping_after_rest(engine: AsyncEngine) -> None:
    """Ask a connection for a sign of life when it has rested: one that served a second ago needs none.

    SQLAlchemy's own pool_pre_ping asks every time, which is a fifth of a short question. The recipe is its documented
    one: a DisconnectionError in `checkout` makes the pool take another connection.
    """
    @event.listens_for(engine.sync_engine, "checkin")
    def note(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["rested_since"] = monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def ping(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        rested_since = record.info.get("rested_since")
        if rested_since is None or monotonic() - rested_since < RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            raise DisconnectionError from None


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a transaction and commit it at the end; an exception rolls it back. Nothing else in the product commits."""
    async with engine.begin() as connection:
        yield connection


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Open a connection for a single look-up: each statement stands alone, so that no transaction costs two more."""
    async with engine.connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")
