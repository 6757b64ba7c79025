"""Gateways as registered speakers: their states, credentials and cameras, as the console's commands change them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services import mqtt_passwords, push_keys
from services.audit import Action
from services.broker_files import BrokerUser, gateway_user
from services.errors import ConfigurationError
from services.registry import UNKNOWN_GATEWAY_ID, State
from services.schema import (
    camera_states,
    cameras,
    gateway_cameras,
    gateway_credentials,
    gateways,
    trial_reads,
)
from services.schema_people import audit


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a gateway proves itself with: an MQTT password or a certificate instead, and a push key or none."""

    certificate: bool = False
    push: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """A registered gateway; without `kinds` it has no credentials yet."""

    gateway_id: int
    name: str
    profile: str
    decoding: Mapping[str, Any]
    state: State
    kinds: Kinds | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What proves who speaks, shown once to whoever made it; None of the kinds that the gateway does not have."""

    mqtt_password: str | None
    push_key: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of gateways; `last_read_at` is when its cameras' last read arrived, trials too."""

    name: str
    profile: str
    state: State
    cameras: int
    last_read_at: datetime | None
    certificate: bool
    made_at: datetime | None


async def find(connection: AsyncConnection, name: str) -> Known:
    """Return a gateway and hold it until the transaction ends; raises ConfigurationError when there is none."""
    columns = (gateways, gateway_credentials.c.made_at, gateway_credentials.c.mqtt_password_hash.is_(None),
               gateway_credentials.c.push_sha256.is_not(None))
    row = (await connection.execute(
        select(*columns).outerjoin(gateway_credentials).with_for_update(of=gateways)
        .where(gateways.c.name == name, gateways.c.gateway_id != UNKNOWN_GATEWAY_ID))).one_or_none()
    if row is None:
        raise ConfigurationError(f"there is no gateway {name}: `gateway list` shows those there are")
    made_at, certificate, push = row[-3:]
    return Known(row.gateway_id, row.name, row.profile, row.decoding, State(row.state),
                 Kinds(certificate, push) if made_at else None)


async def add(connection: AsyncConnection, name: str, values: Mapping[str, Any]) -> int:
    """Register a new gateway and return its number; raises ConfigurationError when there is one of that name."""
    number = (await connection.execute(upsert(gateways).values(name=name, **values).on_conflict_do_nothing()
                                       .returning(gateways.c.gateway_id))).scalar_one_or_none()
    if number is None:
        raise ConfigurationError(f"there is a gateway {name} already: `gateway set` changes it, `gateway rotate` gives "
                                 "it new credentials")
    return int(number)


async def change(connection: AsyncConnection, gateway_id: int, values: Mapping[str, Any]) -> None:
    """Change a gateway's columns and note when."""
    await connection.execute(update(gateways).where(gateways.c.gateway_id == gateway_id)
                             .values(changed_at=func.now(), **values))


async def give_credentials(connection: AsyncConnection, gateway_id: int, name: str, kinds: Kinds) -> Credentials:
    """Make new credentials, void the old ones and return the new, of which hashes alone are kept."""
    password = None if kinds.certificate else mqtt_passwords.make_password()
    key = push_keys.make_key() if kinds.push else None
    digests = push_keys.digests(name, key) if key else None
    values = {"mqtt_password_hash": mqtt_passwords.password_hash(password) if password else None,
              "push_sha256": digests.sha256 if digests else None, "push_md5": digests.md5 if digests else None,
              "made_at": func.now()}
    await connection.execute(upsert(gateway_credentials).values(gateway_id=gateway_id, **values)
                             .on_conflict_do_update(index_elements=["gateway_id"], set_=values))
    return Credentials(password, key)


async def map_cameras(connection: AsyncConnection, gateway_id: int, codes: Mapping[str, str]) -> None:
    """Give the gateway cameras of ours by the names it uses for them; raises ConfigurationError for an unknown code."""
    if not codes:
        return
    found = await connection.execute(
        select(cameras.c.code, cameras.c.camera_id).where(cameras.c.code.in_(set(codes.values()))))
    numbers = {row.code: row.camera_id for row in found}
    if unknown := sorted(set(codes.values()) - set(numbers)):
        raise ConfigurationError(f"there is no camera {', '.join(unknown[:5])}: `python -m services cameras load` "
                                 "registers cameras")
    for source, code in codes.items():
        statement = upsert(gateway_cameras).values(gateway_id=gateway_id, source_id=source, camera_id=numbers[code])
        await connection.execute(statement.on_conflict_do_update(
            index_elements=["gateway_id", "source_id"], set_={"camera_id": numbers[code]}))


async def forget_cameras(connection: AsyncConnection, gateway_id: int, sources: Iterable[str]) -> None:
    """Take cameras away from the gateway, by the names it uses; raises ConfigurationError for one it does not have."""
    for source in sources:
        gone = await connection.execute(delete(gateway_cameras).where(
            gateway_cameras.c.gateway_id == gateway_id, gateway_cameras.c.source_id == source))
        if not gone.rowcount:
            raise ConfigurationError(f"this gateway has no camera {source}")


async def state_before_disabling(connection: AsyncConnection, name: str) -> State:
    """Return the state that a disabled gateway had, as the audit knows it; proef when it does not."""
    state = (await connection.execute(
        select(audit.c.decision["before"].astext)
        .where(audit.c.action == Action.gateway_disabled, audit.c.filters["name"].astext == name)
        .order_by(audit.c.audit_id.desc()).limit(1))).scalar_one_or_none()
    return State(state) if state in (State.live, State.proef) else State.proef


async def broker_users(connection: AsyncConnection) -> list[BrokerUser]:
    """Return the gateways that the broker is to let in: those that have credentials and are not disabled."""
    found = await connection.execute(
        select(gateways.c.name, gateway_credentials.c.mqtt_password_hash).join(gateway_credentials)
        .where(gateways.c.state != State.disabled).order_by(gateways.c.name))
    return [gateway_user(name, password_hash) for name, password_hash in found]


async def list_gateways(connection: AsyncConnection) -> list[Listed]:
    """Return every gateway, by name."""
    owned = (select(gateway_cameras.c.gateway_id, func.count().label("cameras"),
                    func.max(camera_states.c.last_received_at).label("read_at"))
             .outerjoin(camera_states, camera_states.c.camera_id == gateway_cameras.c.camera_id)
             .group_by(gateway_cameras.c.gateway_id).subquery())
    tried = (select(trial_reads.c.gateway_id, func.max(trial_reads.c.received_at).label("tried_at"))
             .group_by(trial_reads.c.gateway_id).subquery())
    made_at = gateway_credentials.c.made_at
    rows = await connection.execute(
        select(gateways.c.name, gateways.c.profile, gateways.c.state, func.coalesce(owned.c.cameras, 0),
               func.greatest(owned.c.read_at, tried.c.tried_at),
               made_at.is_not(None) & gateway_credentials.c.mqtt_password_hash.is_(None), made_at)
        .outerjoin(gateway_credentials, gateway_credentials.c.gateway_id == gateways.c.gateway_id)
        .outerjoin(owned, owned.c.gateway_id == gateways.c.gateway_id)
        .outerjoin(tried, tried.c.gateway_id == gateways.c.gateway_id)
        .where(gateways.c.gateway_id != UNKNOWN_GATEWAY_ID).order_by(gateways.c.name))
    return [Listed(row[0], row[1], State(row[2]), *row[3:]) for row in rows]
