"""The demo's tables, checked against the programs they call."""

import pathlib
import string

import pytest

from deploy.demo.commands import COMMANDS, Command
from deploy.demo.programs import StopRequest
from deploy.demo.settings import DemoSettings
from deploy.embedded.users import USERS, credentials, write_users
from services.broker_files import read_programs

ALL = [COMMANDS.migrate, *COMMANDS.cameras, COMMANDS.network, COMMANDS.broker, COMMANDS.story, COMMANDS.users,
       COMMANDS.token, COMMANDS.backfill, *COMMANDS.nightly, COMMANDS.expire, *COMMANDS.programs, *COMMANDS.traffic]


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
def test_no_command_line_has_room_for_a_secret(command: Command) -> None:
    fields = {name for argument in command.arguments for _, name, _, _ in string.Formatter().parse(argument) if name}
    assert fields <= {"story_folder", "username", "role", "title"}


def test_no_program_but_ingest_knows_the_ingest_role_and_the_simulator_knows_no_database() -> None:
    knowing = [command for command in ALL if "ingest" in command.knows]
    assert [command.name for command in knowing] == ["backfill", "ingest", "deliver"]
    assert all(command.arguments[:2] == ("-m", "ingest") for command in knowing)
    assert not {"owner", "ingest", "search"} & {group for command in COMMANDS.traffic for group in command.knows}


def test_a_stop_request_is_an_interrupt_for_whoever_waits() -> None:
    stop = StopRequest()
    stop.check()
    stop.requested = True
    with pytest.raises(KeyboardInterrupt):
        stop.check()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("ZONESCHILD_DEMO_BROKER", "mosquitto")
    monkeypatch.setenv("ZONESCHILD_SEARCH_PORT", "9000")
    settings = DemoSettings(demo_folder=tmp_path)
    assert (settings.demo_broker, settings.search_port, settings.demo_broker_port) == ("mosquitto", 9000, 18830)


def test_no_program_may_hear_what_it_says_itself(tmp_path: pathlib.Path) -> None:
    write_users(tmp_path)
    programs = read_programs(tmp_path)
    assert {program.name for program in programs} == set(USERS.values())
    assert not [program for program in programs if set(program.publish) & set(program.subscribe)]


def test_the_programs_keep_their_passwords_when_the_users_are_written_again(tmp_path: pathlib.Path) -> None:
    write_users(tmp_path)
    passwords = [credentials(tmp_path, program) for program in USERS]
    write_users(tmp_path)
    assert [credentials(tmp_path, program) for program in USERS] == passwords
