"""The broker's files: each user's rights and nothing beyond them, written whole, readable by their owner alone."""

import json
import stat
from pathlib import Path

import pytest

from services.broker_files import (
    MAX_PACKET_BYTES,
    PROGRAM_USERS,
    BrokerUser,
    acl_file,
    check_folder,
    gateway_user,
    ingest_user,
    password_file,
    read_programs,
    users_file,
    write_files,
    write_programs,
)
from services.errors import ConfigurationError
from services.messages import MAX_MESSAGE_BYTES

INGEST, BREE, CERTIFIED = ingest_user("$7$1$a$b"), gateway_user("bree", "$7$1$c$d"), gateway_user("peer", None)


def test_the_password_file_has_a_line_for_everybody_with_a_password() -> None:
    assert password_file([INGEST, BREE, CERTIFIED]) == "anpr:$7$1$a$b\nbree:$7$1$c$d\n"


def test_the_acl_lets_ingest_hear_everybody_and_a_gateway_speak_for_itself() -> None:
    lines = acl_file([INGEST, BREE]).splitlines()
    assert lines[0].startswith("# Written by")
    assert [line for line in lines[1:] if line] == [
        "pattern read %u/v1/#",
        "user anpr", "topic write anpr/feedback/+", "topic write anpr/hits/#", "topic read anpr/v1/#",
        "user bree", "topic write anpr/v1/bree/#", "topic read anpr/feedback/bree"]


def test_without_ingest_there_is_no_right_that_goes_by_the_users_name() -> None:
    assert "pattern" not in acl_file([BREE])


def test_the_embedded_brokers_file_holds_the_same_with_the_limit_and_the_programs() -> None:
    known = json.loads(users_file([INGEST, BREE, CERTIFIED], [INGEST]))
    assert known["maxPacketBytes"] == MAX_PACKET_BYTES == 2 * MAX_MESSAGE_BYTES
    assert known["programs"] == ["anpr"]
    assert known["users"]["bree"] == {"password": "$7$1$c$d", "publish": ["anpr/v1/bree/#"],
                                      "subscribe": ["anpr/feedback/bree"]}
    assert set(known["users"]) == {"anpr", "bree"}


def test_the_files_are_written_whole_with_the_programs_and_for_their_owner_only(tmp_path: Path) -> None:
    write_programs(tmp_path, [INGEST])
    write_files(tmp_path, [BREE])
    assert (tmp_path / "passwd").read_text(encoding="utf-8") == password_file([INGEST, BREE])
    assert (tmp_path / "acl").read_text(encoding="utf-8") == acl_file([INGEST, BREE])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["acl", "passwd", "programs.json", "users.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_a_gateway_with_a_programs_name_gets_nothing(tmp_path: Path) -> None:
    write_programs(tmp_path, [INGEST, BrokerUser("meter", "$7$1$e$f", subscribe=("$SYS/#",))])
    write_files(tmp_path, [gateway_user(name, "$7$1$x$y") for name in [*sorted(PROGRAM_USERS), "meter"]])
    assert (tmp_path / "passwd").read_text(encoding="utf-8") == "anpr:$7$1$a$b\nmeter:$7$1$e$f\n"


def test_a_folder_without_programs_is_fine_and_one_with_nonsense_is_refused(tmp_path: Path) -> None:
    check_folder(tmp_path)
    assert read_programs(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "programs.json").write_text('[{"name": 1}]', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"programs.json cannot be read"):
        check_folder(tmp_path)
