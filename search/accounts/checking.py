"""Whether a password or a code is right. Wrong ones are counted by name, and too many of them mean waiting.

They are counted again once nobody else can write to the audit: of twenty who try at once, no more are told than of
twenty who try one after the other.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from search.accounts.queries import must_wait
from search.pages.language import Words, words
from search.program import Program
from services import accounts, audit, second_factor
from services.clock import utc_now
from services.passwords import MAX_LENGTH

WRONG = words("Name and password do not belong together.")
WRONG_CODE = words("This code is not right, or was used before. Wait for the next one.")
WAIT = words("Too many attempts for this name. Wait a quarter of an hour, or ask the administrator.")


async def check_password(connection: AsyncConnection, program: Program, actor: audit.Actor,
                         password: str) -> accounts.User | Words:
    """Return the user whose name and password these are, or why they are not let in; a refusal leaves its trace."""
    if await must_wait(connection, actor.username, utc_now()):
        return WAIT
    user = (await accounts.authenticate(connection, actor.username, password) if len(password) <= MAX_LENGTH
            else None)
    await program.trail.lock(connection)
    if await must_wait(connection, actor.username, utc_now()):
        return WAIT
    if user is None:
        await program.trail.record(connection, actor, audit.Entry(audit.Action.login_refused))
        return WRONG
    return user


async def check_code(connection: AsyncConnection, program: Program, actor: audit.Actor, user_id: int,
                     code: str) -> Words | None:
    """Return None for a user's code of the second factor, or why it is refused; a refusal leaves its trace."""
    await program.trail.lock(connection)
    now = utc_now()
    if await must_wait(connection, actor.username, now):
        return WAIT
    if await second_factor.accept_code(connection, program.second_factors, user_id, code, now):
        return None
    await program.trail.record(connection, actor, audit.Entry(audit.Action.code_refused))
    return WRONG_CODE
