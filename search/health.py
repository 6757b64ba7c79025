"""Whether search can do its work, for whatever watches over it."""

import asyncio

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from search.doors import open_to_all
from search.program import RunningProgram

router = APIRouter()
_WITHIN_SECONDS = 2.0


class Health(BaseModel):
    """`ok`, or `unavailable` when the database does not answer."""

    status: str


@router.get("/health", summary="Whether search can answer",
            dependencies=[open_to_all("a sign of life, for whatever watches over it")])
async def show_health(program: RunningProgram, response: Response) -> Health:
    """Ask the database for a sign of life."""
    try:
        async with asyncio.timeout(_WITHIN_SECONDS), program.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, TimeoutError, OSError):
        response.status_code = 503
        return Health(status="unavailable")
    return Health(status="ok")
