"""`python -m services gateway` and `broker`: what they store, write, tell and refuse."""

import argparse
import base64
import json
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.processes import free_port
from services import broker_commands, gateway_commands, push_keys
from services.errors import ZoneschildError
from services.mqtt_passwords import password_hash

ROOT = Path(__file__).resolve().parents[3]
Gateway = Callable[..., Awaitable[Any]]


@pytest.fixture
def folder(tmp_path: Path, database: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A broker's folder with ingest's user in it, named by the environment."""
    made = tmp_path / "broker"
    made.mkdir()
    monkeypatch.setenv("ZONESCHILD_DATABASE_URL", database.owner_url)
    monkeypatch.setenv("ZONESCHILD_AUDIT_KEY", "a" * 32)
    monkeypatch.setenv("ZONESCHILD_BROKER_FOLDER", str(made))
    return made


@pytest.fixture
def gateway(folder: Path, owner: psycopg.Connection, owner_engine: AsyncEngine) -> Gateway:
    """The commands, in this process: words as they are typed → what is said, as a script gets it."""
    for code in ("HH01", "HH02", "HH03"):
        owner.execute("INSERT INTO cameras (code, name) VALUES (%s, %s)", [code, code])
    parser = argparse.ArgumentParser()
    gateway_commands.add_arguments(parser)

    async def run(*words: str) -> Any:
        return json.loads(await gateway_commands.run(parser.parse_args([*words, "--json"]), owner_engine))

    return run


def row(owner: Any, name: str = "bree") -> Any:
    return owner.execute("SELECT * FROM gateways LEFT JOIN gateway_credentials USING (gateway_id) WHERE name = %s",
                         [name]).fetchone()


def cameras(owner: Any, name: str = "bree") -> dict[str, str]:
    return {found["source_id"]: found["code"] for found in owner.execute(
        "SELECT source_id, code FROM gateway_cameras JOIN cameras USING (camera_id) JOIN gateways USING (gateway_id) "
        "WHERE gateways.name = %s", [name])}


def known_to_broker(folder: Path) -> set[str]:
    return {line.partition(":")[0] for line in (folder / "passwd").read_text(encoding="utf-8").splitlines()}


async def test_a_new_gateway_is_in_trial_and_of_its_credentials_hashes_alone_are_kept(gateway: Gateway,
                                                                                     owner: Any, folder: Path) -> None:
    said = await gateway("add", "bree")
    kept = row(owner)
    assert (kept["profile"], kept["state"], kept["decoding"]) == ("canonical", "proef", {})
    salt = base64.b64decode(kept["mqtt_password_hash"].split("$")[3])
    assert kept["mqtt_password_hash"] == password_hash(said["mqtt_password"], salt)
    digests = push_keys.digests("bree", said["push_key"])
    assert (kept["push_sha256"], kept["push_md5"]) == (digests.sha256, digests.md5)
    everything = owner.execute("SELECT string_agg(t::text, '') AS it FROM audit t").fetchone()["it"] + str(kept)
    assert said["mqtt_password"] not in everything
    assert said["push_key"] not in everything
    assert f"bree:{kept['mqtt_password_hash']}\n" in (folder / "passwd").read_text(encoding="utf-8")


async def test_profile_settings_state_and_cameras_are_taken_and_checked(gateway: Gateway, owner: Any,
                                                                        tmp_path: Path) -> None:
    settings, codes = tmp_path / "settings.json", tmp_path / "cameras.csv"
    settings.write_text('{"time_zone": "Europe/Paris", "confidence_scale": 255, "cameras": {"a": "HH01"}}')
    codes.write_text("source,code\nVideoSource=1,HH02\n")
    said = await gateway("add", "bree", "--profile", "dahua-itsapi", "--state", "live", "--settings", str(settings),
                         "--cameras", str(codes), "Rule=3=HH03")
    assert (said["profile"], said["state"], said["cameras"]) == ("dahua-itsapi", "live", 3)
    kept = row(owner)
    assert kept["decoding"] == {"time_zone": "Europe/Paris", "confidence_scale": 255, "cameras": {"a": "HH01"}}
    assert cameras(owner) == {"a": "HH01", "VideoSource=1": "HH02", "Rule=3": "HH03"}


@pytest.mark.parametrize(("words", "sentence"), [
    (["add", "Bree"], "small letters, digits and hyphens"),
    (["add", "anpr"], "a program of ours bears this name"),
    (["add", "simulator"], "a program of ours bears this name"),
    (["add", "bree", "--profile", "milesight"], "there is no profile milesight; there are: canonical, "),
    (["add", "bree", "--profile", "mapping"], "needs settings that name a mapping"),
    (["add", "bree", "--cameras", "a=HH99"], "there is no camera HH99"),
    (["add", "bree", "--cameras", "HH01"], "HH01 is neither a file nor SOURCE=CODE"),
    (["add", "old"], "there is a gateway old already"),
    (["rotate", "nobody"], "there is no gateway nobody"),
    (["disable", "nobody"], "there is no gateway nobody"),
    (["enable", "old"], "old is not disabled; its state is proef"),
    (["set", "old", "--profile", "x"], "there is no profile x"),
    (["set", "old", "--forget-cameras", "a"], "this gateway has no camera a"),
])
async def test_what_cannot_be_done_is_said_in_a_sentence_and_changes_nothing(gateway: Gateway, owner: Any,
                                                                             words: list[str], sentence: str) -> None:
    await gateway("add", "old")
    before = owner.execute("SELECT gateways::text FROM gateways ORDER BY gateway_id").fetchall()
    with pytest.raises(ZoneschildError, match=sentence):
        await gateway(*words)
    assert owner.execute("SELECT gateways::text FROM gateways ORDER BY gateway_id").fetchall() == before
    assert owner.execute("SELECT count(*) AS n FROM audit").fetchone()["n"] == 1


@pytest.mark.parametrize(("settings", "sentence"), [
    ("{", "cannot be read"), ('{"zone": "x"}', "zone"), ('{"time_zone": "Europe/Atlantis"}', "IANA"),
    ('{"confidence_scale": "huge"}', "confidence_scale"), ('{"countries": {"7": "pl"}}', "two capital letters")])
async def test_wrong_settings_are_named(gateway: Gateway, tmp_path: Path, settings: str, sentence: str) -> None:
    file = tmp_path / "settings.json"
    file.write_text(settings, encoding="utf-8")
    with pytest.raises(ZoneschildError, match=sentence):
        await gateway("add", "bree", "--settings", str(file))


async def test_rotate_makes_new_credentials_of_the_kinds_that_the_gateway_has(gateway: Gateway, owner: Any) -> None:
    first = await gateway("add", "bree", "--no-push")
    before = row(owner)
    second = await gateway("rotate", "bree")
    assert second["mqtt_password"] != first["mqtt_password"]
    assert "push_key" not in second
    after = row(owner)
    assert after["mqtt_password_hash"] != before["mqtt_password_hash"]
    assert after["made_at"] > before["made_at"]
    assert after["changed_at"] > before["changed_at"]
    assert "push_key" in await gateway("rotate", "bree", "--push")


async def test_a_gateway_that_was_registered_without_credentials_gets_them_by_rotate(gateway: Gateway, owner: Any,
                                                                                     folder: Path) -> None:
    owner.execute("INSERT INTO gateways (name) VALUES ('bree')")
    await gateway("add", "peer")
    assert known_to_broker(folder) == {"peer"}
    said = await gateway("rotate", "bree")
    assert {"mqtt_password", "push_key"} <= set(said)
    assert known_to_broker(folder) == {"bree", "peer"}


async def test_a_gateway_with_a_certificate_has_rights_and_no_password(gateway: Gateway, folder: Path) -> None:
    said = await gateway("add", "bree", "--certificate", "--no-push")
    assert not {"mqtt_password", "push_key"} & set(said)
    assert known_to_broker(folder) == set()
    assert "user bree\ntopic write anpr/v1/bree/#" in (folder / "acl").read_text(encoding="utf-8")
    assert "can neither say nor hear anything" in (await gateway("disable", "bree"))["broker"]
    assert "bree" not in (folder / "acl").read_text(encoding="utf-8")


async def test_disabling_a_gateway_with_a_certificate_runs_the_command_that_restarts_the_broker(
        gateway: Gateway, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONESCHILD_BROKER_RELOAD", "true")
    monkeypatch.setenv("ZONESCHILD_BROKER_RESTART", f"touch {tmp_path / 'restarted'}")
    await gateway("add", "bree", "--certificate")
    assert not (tmp_path / "restarted").exists()
    await gateway("disable", "bree")
    assert (tmp_path / "restarted").exists()


@pytest.mark.parametrize("state", ["live", "proef"])
async def test_a_disabled_gateway_is_unknown_to_the_broker_and_comes_back_in_the_state_it_had(
        gateway: Gateway, owner: Any, folder: Path, state: str) -> None:
    await gateway("add", "bree", "--state", state)
    await gateway("disable", "bree")
    await gateway("disable", "bree")  # again: nothing more
    assert row(owner)["state"] == "disabled"
    assert known_to_broker(folder) == set()
    with pytest.raises(ZoneschildError, match="`gateway enable bree` comes first"):
        await gateway("state", "bree", "live")
    assert (await gateway("enable", "bree"))["state"] == state
    assert row(owner)["state"] == state
    assert known_to_broker(folder) == {"bree"}


async def test_state_and_set_change_what_they_name_and_nothing_else(gateway: Gateway, owner: Any,
                                                                    tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{"time_zone": "Europe/Paris"}')
    await gateway("add", "bree", "--settings", str(settings), "--cameras", "a=HH01", "b=HH02")
    before = row(owner)
    await gateway("state", "bree", "live")
    await gateway("set", "bree", "--profile", "genetec", "--cameras", "a=HH03", "--forget-cameras", "b")
    after = row(owner)
    assert (after["state"], after["profile"], after["decoding"]) == ("live", "genetec", before["decoding"])
    assert after["mqtt_password_hash"] == before["mqtt_password_hash"]
    assert cameras(owner) == {"a": "HH03"}


async def test_every_change_leaves_a_row_in_the_audit_with_the_operating_systems_user(gateway: Gateway,
                                                                                      owner: Any) -> None:
    for words in (["add", "bree"], ["state", "bree", "live"], ["set", "bree", "--profile", "genetec"],
                  ["rotate", "bree"], ["disable", "bree"], ["enable", "bree"], ["list"]):
        await gateway(*words)
    rows = owner.execute("SELECT action, username, client_address, filters, decision FROM audit ORDER BY audit_id"
                         ).fetchall()
    assert [found["action"] for found in rows] == ["gateway-added", "gateway-changed", "gateway-changed",
                                                  "gateway-rotated", "gateway-disabled", "gateway-enabled"]
    assert {found["filters"]["name"] for found in rows} == {"bree"}
    assert {found["client_address"] for found in rows} == {"console"}
    assert all(found["username"].startswith(pwd.getpwuid(os.getuid()).pw_name) for found in rows)
    assert rows[4]["decision"] == {"before": "live"}


async def test_the_list_tells_state_cameras_last_read_and_when_credentials_were_made(
        gateway: Gateway, owner: Any, owner_engine: AsyncEngine) -> None:
    await gateway("add", "bree", "--cameras", "a=HH01", "b=HH02")
    owner.execute("INSERT INTO gateways (name) VALUES ('aarschot')")
    owner.execute("INSERT INTO camera_states (camera_id, last_received_at) SELECT camera_id, '2026-11-23T10:15:30Z' "
                  "FROM cameras WHERE code = 'HH01'")
    first, second = await gateway("list")
    assert (first["name"], first["state"], first["cameras"], first["made_at"]) == ("aarschot", "live", 0, None)
    assert (second["name"], second["state"], second["cameras"]) == ("bree", "proef", 2)
    assert second["last_read_at"] == "2026-11-23T10:15:30Z"
    parser = argparse.ArgumentParser()
    gateway_commands.add_arguments(parser)
    table = await gateway_commands.run(parser.parse_args(["list"]), owner_engine)
    assert [line.split()[0] for line in table.splitlines()] == ["name", "aarschot", "bree"]
    assert "2026-11-23 11:15" in table


async def test_without_a_brokers_folder_it_is_said_that_the_broker_knows_nothing(
        gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZONESCHILD_BROKER_FOLDER")
    assert "set ZONESCHILD_BROKER_FOLDER" in (await gateway("add", "bree"))["broker"]


@pytest.mark.parametrize(("spoil", "sentence"), [
    (lambda folder: (folder / "programs.json").write_text("{"), "cannot be read"),
    (lambda folder: folder.rmdir(), "which is no folder")])
async def test_a_folder_that_will_not_do_is_refused_before_anything_changes(
        gateway: Gateway, owner: Any, folder: Path, spoil: Callable[[Path], None], sentence: str) -> None:
    spoil(folder)
    with pytest.raises(ZoneschildError, match=sentence):
        await gateway("add", "bree")
    assert row(owner) is None


async def test_a_broker_that_cannot_be_told_is_an_error_and_the_credentials_are_shown_all_the_same(
        gateway: Gateway, owner: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ZONESCHILD_BROKER_RELOAD", "false")
    with pytest.raises(ZoneschildError, match=r"`false` failed \(code 1\)"):
        await gateway("add", "bree")
    assert json.loads(capsys.readouterr().out)["mqtt_password"]


async def test_ingest_gets_a_new_password_and_the_other_programs_keep_theirs(
        gateway: Gateway, owner: Any, owner_engine: AsyncEngine, folder: Path) -> None:
    await gateway("add", "bree")
    (folder / "programs.json").write_text('[{"name": "meter", "password_hash": "$7$1$eA==$eA=="}]')
    arguments = argparse.Namespace(action="ingest", json=True)
    said = json.loads(await broker_commands.run(arguments, owner_engine))
    assert said["mqtt_username"] == "anpr"
    assert known_to_broker(folder) == {"anpr", "meter", "bree"}
    assert stat.S_IMODE((folder / "programs.json").stat().st_mode) == 0o600
    again = json.loads(await broker_commands.run(arguments, owner_engine))
    assert again["mqtt_password"] != said["mqtt_password"]


def test_from_a_terminal_it_prints_lines_and_errors_are_one_line_with_code_1(database: Any, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "ZONESCHILD_DATABASE_URL": database.owner_url,
                   "ZONESCHILD_AUDIT_KEY": "a" * 32, "ZONESCHILD_BROKER_FOLDER": str(tmp_path)}

    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, "-m", "services", *words], cwd=ROOT, env={**environment, **more},
                              capture_output=True, text=True, check=False)

    done = run("gateway", "add", "bree")
    assert (done.returncode, done.stderr) == (0, "")
    assert "mqtt password  " in done.stdout
    for words, url in ((("gateway", "add", "bree"), database.owner_url), (("gateway", "add", "x"), database.search_url),
                       (("gateway", "list"), f"postgresql://a:b@127.0.0.1:{free_port()}/c")):
        failed = run(*words, ZONESCHILD_DATABASE_URL=url)
        assert failed.returncode == 1, failed.stdout
        assert failed.stderr.startswith("zoneschild: ")
        assert failed.stderr.count("\n") == 1
