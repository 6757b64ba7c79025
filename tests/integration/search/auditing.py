"""Hands for the tests of the pages for the DPO: colleagues who are logged in, and questions of long ago."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from services.clock import utc_now
from tests.integration.search.world import PASSWORD, World


@asynccontextmanager
async def logged_in(app: FastAPI, world: World, username: str, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """Add somebody and yield a browser in which they are logged in."""
    world.add_user(username, role, username.replace(".", " ").title())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone") as client:
        answer = await client.post("/login", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield client


@asynccontextmanager
async def with_token(app: FastAPI, world: World, username: str, role: str) -> AsyncIterator[httpx.AsyncClient]:
    """Add somebody and yield a program that speaks for them."""
    world.add_user(username, role, username.title())
    token = world.add_token(username, utc_now() + timedelta(days=1))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zone/api/v1",
                                 headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def add_consultation(world: World, user_id: int, at: datetime, file_number: str = "GE.11.L1.004512/2026",
                     **columns: object) -> UUID:
    """Add a consultation opened long ago."""
    values = {"consultation_id": uuid4(), "user_id": user_id, "purpose": "judicial-crime", "file_number": file_number,
              "reason": "Reeks inbraken te Bree", "opened_at": at, "expires_at": at + timedelta(hours=8), **columns}
    world.run(f"INSERT INTO consultations ({', '.join(values)}) VALUES ({', '.join(['%s'] * len(values))})",
              *values.values())
    return UUID(str(values["consultation_id"]))


def add_question(world: World, consultation_id: UUID, at: datetime, plate: object = "3ABC123") -> None:
    """Add the audit row of a question asked long ago; its seals are none."""
    world.run(
        "INSERT INTO audit SELECT (SELECT coalesce(max(audit_id), 0) + 1 FROM audit), %s, 'reads-searched', "
        "user_id, username, role, '', consultation_id, 'Passages', %s, '{\"purpose\": \"judicial-crime\"}', 0, '{}', "
        "decode(md5(random()::text), 'hex'), decode(md5(random()::text), 'hex') "
        "FROM consultations JOIN users USING (user_id) WHERE consultation_id = %s",
        at, json.dumps({"plate": plate}), consultation_id)
