"""`python -m services gateway`: who may speak to us, with which credentials, in which format, for which cameras."""

import argparse
import csv
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services import audit, broker_commands, broker_files, gateways
from services.broker_commands import Said, in_words
from services.clock import ZONE
from services.database import transaction
from services.decoding import PROFILE_NAMES, DecodingSettings, decoding_settings
from services.errors import ConfigurationError, ZoneschildError
from services.gateways import Credentials, Kinds, Known, Listed
from services.registry import State, check_gateway_name
from services.settings import BrokerFilesSettings, load_settings


class Telling(Enum):
    """What the broker must hear of a change."""

    nothing = auto()
    changed = auto()
    certificate_gone = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to say after a change, in the order in which people read it, and what the broker must hear."""

    said: Said
    broker: Telling = Telling.nothing


Act = Callable[[argparse.Namespace, AsyncConnection], Awaitable[Outcome | list[Listed]]]

_STATES = [str(State.proef), str(State.live)]
_ONCE = "shown this once, only hashes are kept; ingest hears of it within two seconds"
_CERTIFICATE = "the zone's CA makes and revokes its certificate (deploy/mosquitto/README.md)"
_STILL_OPEN = ("; the gateway can neither say nor hear anything now, but its connection stays open until the broker "
               "restarts, and its certificate good until it is revoked (deploy/mosquitto/README.md)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `gateway` is given."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, act: Act, help_: str, *, named: bool = True) -> argparse.ArgumentParser:
        command = actions.add_parser(name, help=help_)
        command.set_defaults(act=act)
        command.add_argument("--json", action="store_true", help="print JSON, for scripts")
        if named:
            command.add_argument("name", metavar="NAME", help="the gateway, as its topic and its push address have it")
        return command

    adding = action("add", _add, "register a gateway and make its credentials")
    adding.add_argument("--profile", default="canonical", help=f"its format: {', '.join(PROFILE_NAMES)}")
    adding.add_argument("--state", choices=_STATES, default=_STATES[0],
                        help="proef (default): shown to the integrator, not searchable; live")
    _add_decoding(adding)
    _add_kinds(adding)
    _add_kinds(action("rotate", _rotate, "make new credentials; the old ones are void at once"))
    action("disable", _disable, "shut a gateway out, at once")
    enabling = action("enable", _enable, "let a disabled gateway in again, with the credentials and the state it had")
    enabling.add_argument("--state", choices=_STATES, help="another state than it had")
    action("state", _set_state, "proef: shown to the integrator, not searchable; or live").add_argument(
        "state", choices=_STATES)
    changing = action("set", _set, "change a gateway's format, settings or cameras")
    changing.add_argument("--profile", help=f"its format: {', '.join(PROFILE_NAMES)}")
    _add_decoding(changing)
    changing.add_argument("--forget-cameras", nargs="+", default=[], metavar="SOURCE", help="cameras it has no longer")
    action("list", _list, "show every gateway", named=False)


def _add_decoding(command: argparse.ArgumentParser) -> None:
    command.add_argument("--settings", type=Path, metavar="FILE.json", help="how its messages are read: time zone, "
                         "confidence scale, country coding … (docs/integrator-guide.md)")
    command.add_argument("--cameras", nargs="+", action="extend", default=[], metavar="CAMERAS",
                         help="its name for a camera and ours, SOURCE=CODE, or a CSV file with columns source and code")


def _add_kinds(command: argparse.ArgumentParser) -> None:
    command.add_argument("--certificate", action=argparse.BooleanOptionalAction,
                         help="it proves itself to the broker with a certificate instead of a password")
    command.add_argument("--push", action=argparse.BooleanOptionalAction, help="it may push over HTTP (default)")


async def run(arguments: argparse.Namespace, engine: AsyncEngine) -> str:
    """Do what `gateway` is asked and return what there is to say, credentials included."""
    act: Act = arguments.act
    settings = load_settings(BrokerFilesSettings)
    if settings.broker_folder is not None:
        broker_files.check_folder(settings.broker_folder)
    async with transaction(engine) as connection:
        outcome = await act(arguments, connection)
    if isinstance(outcome, list):
        return msgspec.json.encode(outcome).decode() if arguments.json else _as_table(outcome)
    try:
        said = {**outcome.said, **await _tell_broker(engine, settings, outcome.broker)}
    except (ZoneschildError, OSError):
        print(in_words(outcome.said, as_json=arguments.json))  # the credentials are made and are shown this once
        raise
    return in_words(said, as_json=arguments.json)


async def _tell_broker(engine: AsyncEngine, settings: BrokerFilesSettings, telling: Telling) -> Said:
    if telling is Telling.nothing:
        return {}
    told = await broker_commands.tell_broker(engine, settings, restart=telling is Telling.certificate_gone)
    open_still = telling is Telling.certificate_gone and not settings.broker_restart
    return {"broker": told + (_STILL_OPEN if open_still else "")}


async def _add(arguments: argparse.Namespace, connection: AsyncConnection) -> Outcome:
    name = arguments.name
    check_gateway_name(name)
    _check_free(name)
    decoding = _read_settings(arguments.settings)
    _check_profile(arguments.profile, decoding)
    cameras = _read_cameras(arguments.cameras, decoding)
    values = {"profile": arguments.profile, "decoding": msgspec.to_builtins(decoding), "state": arguments.state}
    kinds = _kinds(arguments, Kinds())
    gateway_id = await gateways.add(connection, name, values)
    await gateways.map_cameras(connection, gateway_id, cameras)
    made = await gateways.give_credentials(connection, gateway_id, name, kinds)
    await _record(connection, audit.Action.gateway_added, name,
                  f"gateway {name} toegevoegd: profiel {arguments.profile}, staat {arguments.state}, "
                  f"{len(cameras)} camera's", {**values, "cameras": cameras, **_as_filters(kinds)})
    return Outcome({"gateway": name, "profile": arguments.profile, "state": arguments.state, "cameras": len(cameras),
                    **_shown(name, made, kinds)}, Telling.changed)


async def _rotate(arguments: argparse.Namespace, connection: AsyncConnection) -> Outcome:
    gateway = await gateways.find(connection, arguments.name)
    _check_free(gateway.name)
    kinds = _kinds(arguments, gateway.kinds or Kinds())
    made = await gateways.give_credentials(connection, gateway.gateway_id, gateway.name, kinds)
    await gateways.change(connection, gateway.gateway_id, {})
    await _record(connection, audit.Action.gateway_rotated, gateway.name,
                  f"nieuwe sleutels voor gateway {gateway.name}", _as_filters(kinds))
    return Outcome({"gateway": gateway.name, "state": gateway.state, **_shown(gateway.name, made, kinds)},
                   Telling.changed)


async def _disable(arguments: argparse.Namespace, connection: AsyncConnection) -> Outcome:
    gateway = await gateways.find(connection, arguments.name)
    if gateway.state is not State.disabled:
        await gateways.change(connection, gateway.gateway_id, {"state": State.disabled})
        await _record(connection, audit.Action.gateway_disabled, gateway.name, f"gateway {gateway.name} uitgeschakeld",
                      {}, {"before": gateway.state})
    certified = gateway.kinds is not None and gateway.kinds.certificate
    return Outcome({"gateway": gateway.name, "state": State.disabled},
                   Telling.certificate_gone if certified else Telling.changed)


async def _enable(arguments: argparse.Namespace, connection: AsyncConnection) -> Outcome:
    gateway = await gateways.find(connection, arguments.name)
    if gateway.state is not State.disabled:
        raise ConfigurationError(f"{gateway.name} is not disabled; its state is {gateway.state}")
    state = arguments.state or await gateways.state_before_disabling(connection, gateway.name)
    await gateways.change(connection, gateway.gateway_id, {"state": state})
    await _record(connection, audit.Action.gateway_enabled, gateway.name,
                  f"gateway {gateway.name} weer ingeschakeld: staat {state}", {"state": state})
    return Outcome({"gateway": gateway.name, "state": state}, Telling.changed)


async def _set_state(arguments: argparse.Namespace, connection: AsyncConnection) -> Outcome:
    gateway = await gateways.find(connection, arguments.name)
    if gateway.state is State.disabled:
        raise ConfigurationError(f"{gateway.name} is disabled: `gateway enable {gateway.name}` comes first")
    await gateways.change(connection, gateway.gateway_id, {"state": arguments.state})
    await _record(connection, audit.Action.gateway_changed, gateway.name,
                  f"gateway {gateway.name}: staat {arguments.state}", {"state": arguments.state},
                  {"before": gateway.state})
    return Outcome({"gateway": gateway.name, "state": arguments.state})


async def _set(arguments: argparse.Namespace, connection: AsyncConnection) -> Outcome:
    gateway = await gateways.find(connection, arguments.name)
    given = _read_settings(arguments.settings)
    profile, decoding = arguments.profile or gateway.profile, given if arguments.settings else _decoding(gateway)
    if arguments.profile or arguments.settings:
        _check_profile(profile, decoding)
    cameras = _read_cameras(arguments.cameras, given)
    values = {"profile": profile, "decoding": msgspec.to_builtins(decoding)}
    await gateways.change(connection, gateway.gateway_id, values)
    await gateways.map_cameras(connection, gateway.gateway_id, cameras)
    await gateways.forget_cameras(connection, gateway.gateway_id, arguments.forget_cameras)
    await _record(connection, audit.Action.gateway_changed, gateway.name,
                  f"gateway {gateway.name} gewijzigd: profiel {profile}",
                  {**values, "cameras": cameras, "forgotten": arguments.forget_cameras})
    return Outcome({"gateway": gateway.name, "profile": profile, "state": gateway.state, "cameras set": len(cameras)})


async def _list(arguments: argparse.Namespace, connection: AsyncConnection) -> list[Listed]:  # noqa: ARG001
    return await gateways.list_gateways(connection)


def _check_free(name: str) -> None:
    if name in broker_files.PROGRAM_USERS:
        raise ConfigurationError(f"no gateway may be called {name}: a program of ours bears this name at the broker")


def _decoding(gateway: Known) -> DecodingSettings:
    return decoding_settings(msgspec.json.encode(gateway.decoding))


def _read_settings(file: Path | None) -> DecodingSettings:
    return decoding_settings(file.read_bytes() if file else b"{}")


def _check_profile(profile: str, decoding: DecodingSettings) -> None:
    if profile not in PROFILE_NAMES:
        raise ConfigurationError(f"there is no profile {profile}; there are: {', '.join(PROFILE_NAMES)}")
    if profile == "mapping" and decoding.mapping is None:
        raise ConfigurationError("the profile `mapping` needs settings that name a mapping or hold one "
                                 "(--settings FILE.json)")


def _read_cameras(given: Iterable[str], decoding: DecodingSettings) -> dict[str, str]:
    """Return our codes by the gateway's names: from its settings, then from SOURCE=CODE and CSV files."""
    codes = dict(decoding.cameras)
    for word in given:
        file = Path(word)
        source, equals, code = word.rpartition("=")
        if file.is_file():
            codes |= _camera_file(file)
        elif equals and source and code:
            codes[source] = code
        else:
            raise ConfigurationError(f"--cameras: {word} is neither a file nor SOURCE=CODE")
    return codes


def _camera_file(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if not {"source", "code"} <= set(reader.fieldnames or ()):
            raise ConfigurationError(f"{file} needs a first line that names the columns source and code")
        rows = [(row["source"] or "", row["code"] or "") for row in reader]
    if not all(source and code for source, code in rows):
        raise ConfigurationError(f"{file}: source and code must not be empty")
    return dict(rows)


def _kinds(arguments: argparse.Namespace, before: Kinds) -> Kinds:
    return Kinds(before.certificate if arguments.certificate is None else arguments.certificate,
                 before.push if arguments.push is None else arguments.push)


def _as_filters(kinds: Kinds) -> dict[str, bool]:
    return {"certificate": kinds.certificate, "push": kinds.push}


def _shown(name: str, made: Credentials, kinds: Kinds) -> Said:
    said: Said = {"certificate": _CERTIFICATE} if kinds.certificate else {
        "mqtt_username": name, "mqtt_password": made.mqtt_password}
    if made.push_key:
        said |= {"push_path": f"/push/{name}", "push_key": made.push_key}
    return {**said, "note": _ONCE} if made.mqtt_password or made.push_key else said


async def _record(connection: AsyncConnection, action: audit.Action, name: str, question: str,
                  filters: Mapping[str, Any], decision: Mapping[str, Any] | None = None) -> None:
    await audit.console_trail().record(connection, broker_commands.console_actor(), audit.Entry(
        action, question, {"name": name, **filters}, decision or {}))


def _as_table(listed: list[Listed]) -> str:
    """Return the gateways in columns; times are those of Brussels."""
    rows = [("name", "profile", "state", "cameras", "last read", "credentials made"), *map(_as_row, listed)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
                     for row in rows)


def _as_row(line: Listed) -> tuple[str, ...]:
    read_at, made_at = (f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" if at else "-" for at in (line.last_read_at,
                                                                                         line.made_at))
    return (line.name, line.profile, line.state, str(line.cameras), read_at,
            f"{made_at} (certificate)" if line.certificate else made_at)
