"""A change of one user's account: whose it is, that it is nobody's own, and what it leaves behind."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from search.access import Visitor
from search.accounts.recording import record
from search.pages.language import AUDIT_LANGUAGE, Words, words
from search.program import Program
from services import audit, sessions
from services.accounts import find_of_roles
from services.clock import utc_now
from services.errors import ForbiddenError, NotFoundError
from services.notices import Kind, News, tell
from services.roles import DPO_ROLES, Act, Role, may
from services.user_administration import Account, find_account

_NOT_OWN = words("Another administrator has to do this for your own account.")
_NOBODY = words("There is no such user.")
_LARGEST = 2**31


@dataclass(frozen=True, slots=True)
class Changing:
    """An account that is being changed, inside one transaction."""

    connection: AsyncConnection
    program: Program
    visitor: Visitor
    account: Account

    @property
    def username(self) -> str:
        """Whose account it is."""
        return self.account.username

    async def note(self, sentence: Words, *, action: audit.Action = audit.Action.user_changed,
                   end_sessions: bool = True, **filters: object) -> None:
        """End the user's sessions and leave a trace, as the last thing."""
        if end_sessions:
            await sessions.end_sessions_of(self.connection, self.account.user_id)
            roles = {Role(self.account.role), Role(str(filters.get("role", self.account.role)))}
            await tell_dpo(self.connection, self.program, self.visitor, self.username, roles, sentence)
        await record(self.connection, self.program, self.visitor, action, sentence, username=self.username, **filters)


async def tell_dpo(connection: AsyncConnection, program: Program, visitor: Visitor, username: str,
                   roles: Collection[Role], sentence: Words) -> None:
    """Tell the DPO what was done to an account that sees plates: whoever gives it a password could use it (R19)."""
    if not any(may(role, Act.ask_reads) for role in roles):
        return
    told = await find_of_roles(connection, DPO_ROLES)
    in_dutch = program.pages.languages[AUDIT_LANGUAGE].say(sentence)
    await tell(connection, told.keys(), News(
        Kind.account_changed, {"officer": visitor.user.display_name, "username": username, "what": in_dutch},
        "/audit?action=user-changed"), utc_now())


async def find(connection: AsyncConnection, user_id: int) -> Account:
    """Return an account; raises NotFoundError."""
    account = await find_account(connection, user_id, utc_now()) if 0 < user_id < _LARGEST else None
    if account is None:
        raise NotFoundError(_NOBODY)
    return account


async def choose(connection: AsyncConnection, program: Program, visitor: Visitor, user_id: int) -> Changing:
    """Begin to change somebody else's account; raises NotFoundError, or ForbiddenError for one's own."""
    account = await find(connection, user_id)
    if account.user_id == visitor.user.user_id:
        raise ForbiddenError(_NOT_OWN)
    return Changing(connection, program, visitor, account)
