"""What a superuser may do to the audit: one function a kind of mutation, each random, each to be found."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit import Actor, Trail
from services.audit_chain import CONTENT, START, Sealer
from tests.integration.services.audit_zone import KEY, any_entry, any_uuid

Mutation = Callable[[AsyncConnection, random.Random], Awaitable[None]]
COLUMNS = ", ".join(("audit_id", *CONTENT, "content_seal", "link_seal"))
ATTACKER = Sealer(b"a key that the attacker made up for the occasion")


async def _run(connection: AsyncConnection, statement: str, **values: Any) -> None:
    await connection.execute(text(statement), values)


async def _numbers(connection: AsyncConnection) -> list[int]:
    return list((await connection.execute(text("SELECT audit_id FROM audit ORDER BY 1"))).scalars())


async def _any(connection: AsyncConnection, rng: random.Random, count: int = 1) -> list[int]:
    return rng.sample(await _numbers(connection), count)


_OTHER = {
    "at": "at + interval '1 microsecond'", "action": "action || 'x'", "user_id": "coalesce(user_id, 0) + 1",
    "username": "username || 'x'", "role": "'auditor'", "client_address": "'10.0.0.8'",
    "consultation_id": "CASE WHEN consultation_id IS NULL THEN gen_random_uuid() END", "question": "question || ' '",
    "filters": "jsonb_set(filters, '{limit}', '1000')", "decision": "decision || '{\"more\": 1}'",
    "result_count": "coalesce(result_count, 0) + 1", "read_ids": "read_ids || gen_random_uuid()",
    "content_seal": "decode(repeat('00', 16), 'hex')", "link_seal": "decode(repeat('00', 16), 'hex')",
}


async def change_a_column(connection: AsyncConnection, rng: random.Random) -> None:
    column, (number,) = rng.choice(sorted(_OTHER)), await _any(connection, rng)
    await _run(connection, f"UPDATE audit SET {column} = {_OTHER[column]} WHERE audit_id = :number", number=number)


async def change_many(connection: AsyncConnection, rng: random.Random) -> None:
    column = rng.choice(sorted(_OTHER))
    numbers = await _any(connection, rng, rng.randint(2, 20))
    await _run(connection, f"UPDATE audit SET {column} = {_OTHER[column]} WHERE audit_id = ANY(:numbers)",
               numbers=numbers)


_IMPOSSIBLE = ("at = 'infinity'", "at = '-infinity'", "at = '4000-01-01 BC'", "at = '20000-01-01'",
               "filters = ('{\"a\": ' || repeat('9', 5000) || '}')::jsonb", "filters = '[1]'", "filters = '1e308'",
               "filters = (repeat('9', 400) || '.5')::jsonb", "filters = 'null'", "read_ids = ARRAY[NULL]::uuid[]",
               "filters = (repeat('[', 2000) || repeat(']', 2000))::jsonb",
               "read_ids = ARRAY[ARRAY[gen_random_uuid()]]",
               "content_seal = ''", "link_seal = decode(repeat('ff', 64), 'hex')")


async def put_what_the_product_cannot_have_written(connection: AsyncConnection, rng: random.Random) -> None:
    (number,) = await _any(connection, rng)
    await _run(connection, f"UPDATE audit SET {rng.choice(_IMPOSSIBLE)} WHERE audit_id = :number",
               number=number)


async def put_null(connection: AsyncConnection, rng: random.Random) -> None:
    column, (number,) = rng.choice(["username", "filters", "read_ids", "content_seal", "link_seal", "at"]), \
        await _any(connection, rng)
    await _run(connection, f"ALTER TABLE audit ALTER COLUMN {column} DROP NOT NULL")
    await _run(connection, f"UPDATE audit SET {column} = NULL WHERE audit_id = :number", number=number)


async def remove_one(connection: AsyncConnection, rng: random.Random) -> None:
    await _run(connection, "DELETE FROM audit WHERE audit_id = ANY(:numbers)", numbers=await _any(connection, rng))


async def remove_many(connection: AsyncConnection, rng: random.Random) -> None:
    await _run(connection, "DELETE FROM audit WHERE audit_id = ANY(:numbers)",
               numbers=await _any(connection, rng, rng.randint(2, 30)))


async def remove_the_beginning(connection: AsyncConnection, rng: random.Random) -> None:
    (number,) = await _any(connection, rng)
    await _run(connection, "DELETE FROM audit WHERE audit_id <= :number", number=number)


async def cut_the_end(connection: AsyncConnection, rng: random.Random) -> None:
    (number,) = await _any(connection, rng)
    await _run(connection, "DELETE FROM audit WHERE audit_id >= :number", number=number)


async def remove_all(connection: AsyncConnection, rng: random.Random) -> None:
    await _run(connection, rng.choice(["DELETE FROM audit", "TRUNCATE audit"]))


async def remove_and_close_the_gap(connection: AsyncConnection, rng: random.Random) -> None:
    (number,) = await _any(connection, rng)
    await _run(connection, "DELETE FROM audit WHERE audit_id = :number", number=number)
    await _run(connection, "UPDATE audit SET audit_id = -audit_id WHERE audit_id > :number", number=number)
    await _run(connection, "UPDATE audit SET audit_id = -audit_id - 1 WHERE audit_id < 0")


async def swap_two_rows(connection: AsyncConnection, rng: random.Random) -> None:
    one, other = await _any(connection, rng, 2)
    for before, after in ((one, -1), (other, one), (-1, other)):
        await _run(connection, "UPDATE audit SET audit_id = :after WHERE audit_id = :before", before=before,
                   after=after)


async def renumber(connection: AsyncConnection, rng: random.Random) -> None:
    numbers = await _numbers(connection)
    by = rng.choice([1, 5, 1000, -1, -max(numbers) - 3])
    await _run(connection, "ALTER TABLE audit DROP CONSTRAINT audit_pkey")
    await _run(connection, "UPDATE audit SET audit_id = audit_id + :by", by=by)


async def move_to_the_end(connection: AsyncConnection, rng: random.Random) -> None:
    (number,) = rng.sample((await _numbers(connection))[:-1], 1)
    await _run(connection, "UPDATE audit SET audit_id = (SELECT max(audit_id) + 1 FROM audit) WHERE audit_id = :number",
               number=number)


async def duplicate(connection: AsyncConnection, rng: random.Random) -> None:
    (number,) = await _any(connection, rng)
    await _run(connection, "ALTER TABLE audit DROP CONSTRAINT audit_pkey")
    await _run(connection, f"INSERT INTO audit ({COLUMNS}) SELECT {COLUMNS} FROM audit WHERE audit_id = :number",
               number=number)


async def copy_to_the_end(connection: AsyncConnection, rng: random.Random) -> None:
    (number,) = await _any(connection, rng)
    columns = COLUMNS.removeprefix("audit_id, ")
    await _run(connection, f"INSERT INTO audit ({COLUMNS}) SELECT (SELECT max(audit_id) + 1 FROM audit), {columns} "
               "FROM audit WHERE audit_id = :number", number=number)


async def insert_without_the_key(connection: AsyncConnection, rng: random.Random) -> None:
    """A row at the end, before the beginning, or in the place of another; with seals that are invented."""
    where = rng.choice(["(SELECT max(audit_id) + 1 FROM audit)", "0", "-5", "(SELECT max(audit_id) + 7 FROM audit)"])
    columns = COLUMNS.removeprefix("audit_id, ")
    await _run(connection, f"INSERT INTO audit ({COLUMNS}) SELECT {where}, {columns} FROM audit WHERE audit_id = 2")
    await _run(connection, "UPDATE audit SET content_seal = :seal, link_seal = :seal, username = 'x' "
               "WHERE audit_id NOT IN (SELECT audit_id FROM old_audit)", seal=rng.randbytes(16))


async def change_and_seal_anew(connection: AsyncConnection, rng: random.Random) -> None:
    """Everything from a row on is sealed as the product does, with a key of the attacker's own."""
    (number,) = await _any(connection, rng)
    await _run(connection, "UPDATE audit SET username = 'nobody' WHERE audit_id = :number", number=number)
    await _seal_anew(connection, number)


async def seal_all_anew(connection: AsyncConnection, rng: random.Random) -> None:
    await _run(connection, "DELETE FROM audit WHERE audit_id > :number", number=rng.randint(1, 40))
    await _seal_anew(connection, 1)


async def _seal_anew(connection: AsyncConnection, begin: int) -> None:
    rows = (await connection.execute(text(f"SELECT {COLUMNS} FROM audit ORDER BY audit_id"))).mappings().all()
    previous = START
    for row in rows:
        if row["audit_id"] >= begin:
            content = ATTACKER.content(row)
            previous = ATTACKER.link(row["audit_id"], content, previous)
            await _run(connection, "UPDATE audit SET content_seal = :content, link_seal = :link "
                       "WHERE audit_id = :number", content=content, link=previous, number=row["audit_id"])
        else:
            previous = row["link_seal"]


async def swap_seals(connection: AsyncConnection, rng: random.Random) -> None:
    one, other = await _any(connection, rng, 2)
    seals = rng.choice([("content_seal",), ("link_seal",), ("content_seal", "link_seal")])
    setting = ", ".join(f"{seal} = (SELECT {seal} FROM old_audit WHERE audit_id = CASE audit.audit_id WHEN :one "
                        "THEN :other ELSE :one END)" for seal in seals)
    await _run(connection, f"UPDATE audit SET {setting} WHERE audit_id IN (:one, :other)", one=one, other=other)


async def swap_contents(connection: AsyncConnection, rng: random.Random) -> None:
    """Two rows change everything but their numbers and links."""
    one, other = await _any(connection, rng, 2)
    setting = ", ".join(f"{name} = swapped.{name}" for name in (*CONTENT, "content_seal"))
    await _run(connection, f"UPDATE audit SET {setting} FROM old_audit AS swapped WHERE (audit.audit_id, "
               "swapped.audit_id) IN ((:one, :other), (:other, :one))", one=one, other=other)


async def move_a_time(connection: AsyncConnection, rng: random.Random) -> None:
    (number,) = await _any(connection, rng)
    await _run(connection, "UPDATE audit SET at = at + :by WHERE audit_id = :number", number=number,
               by=timedelta(seconds=rng.choice([-3600, -1, 1, 86_400])))


async def replace_the_end_by_other_genuine_rows(connection: AsyncConnection, rng: random.Random) -> None:
    """Rows of the same zone, sealed with its key while the end was cut: what the product writes after a cut."""
    keep = rng.randint(1, 40)
    await _run(connection, "DELETE FROM audit WHERE audit_id > :keep", keep=keep)
    await _grow(connection, rng, rng.randint(1, 60))


async def cut_and_go_on(connection: AsyncConnection, rng: random.Random) -> None:
    newest = (await _numbers(connection))[-1]
    await _run(connection, "DELETE FROM audit WHERE audit_id > :keep", keep=newest - rng.randint(1, 5))
    await _grow(connection, rng, rng.randint(1, 12))


async def _grow(connection: AsyncConnection, rng: random.Random, count: int) -> None:
    for _ in range(count):
        await Trail(KEY).record(connection, Actor("els.maes", "dispatcher", "10.0.0.9", 2), any_entry(rng))


async def restore_an_older_copy(connection: AsyncConnection, rng: random.Random) -> None:
    await _run(connection, "TRUNCATE audit")
    await _run(connection, f"INSERT INTO audit ({COLUMNS}) SELECT {COLUMNS} FROM old_audit WHERE audit_id <= :until",
               until=rng.randint(1, 59))


async def pretend_an_expiry(connection: AsyncConnection, rng: random.Random) -> None:
    """The beginning goes, and a row without the key says that it may."""
    up_to = rng.randint(1, 30)
    await _run(connection, "DELETE FROM audit WHERE audit_id <= :up_to", up_to=up_to)
    await _run(connection, f"INSERT INTO audit ({COLUMNS}) SELECT (SELECT max(audit_id) + 1 FROM audit), "
               f"{COLUMNS.removeprefix('audit_id, ')} FROM audit WHERE audit_id = 40")
    await _run(connection, "UPDATE audit SET action = 'audit-expired', filters = jsonb_build_object('up_to', "
               "CAST(:up_to AS int), 'link', (SELECT encode(link_seal, 'hex') FROM old_audit WHERE audit_id = :up_to)) "
               "WHERE audit_id = (SELECT max(audit_id) FROM audit)", up_to=up_to)


async def take_another_persons_row(connection: AsyncConnection, rng: random.Random) -> None:
    one, other = await _any(connection, rng, 2)
    name = rng.choice(["consultation_id", "read_ids", "question"])
    await _run(connection, f"UPDATE audit SET {name} = :value WHERE audit_id = :one", one=one, value={
        "consultation_id": any_uuid(rng), "read_ids": [any_uuid(rng)], "question": f"as row {other}"}[name])


MUTATIONS: tuple[Mutation, ...] = (
    change_a_column, change_many, put_what_the_product_cannot_have_written, put_null, remove_one, remove_many,
    remove_the_beginning, cut_the_end, remove_all, remove_and_close_the_gap, swap_two_rows, renumber, move_to_the_end,
    duplicate, copy_to_the_end, insert_without_the_key, change_and_seal_anew, seal_all_anew, swap_seals, swap_contents,
    move_a_time, replace_the_end_by_other_genuine_rows, cut_and_go_on, restore_an_older_copy, pretend_an_expiry,
    take_another_persons_row)
