"""Every sample message of every profile becomes what its folder says (tests/fixtures/profiles/README.md)."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.kit.decoding import decode_file
from ingest.printing import as_object
from ingest.profiles.table import PROFILES, compiled

FOLDERS = Path(__file__).parents[3] / "fixtures" / "profiles"
KINDS = {"read", "heartbeat", "ignored", "rejected"}


def folders() -> list[Path]:
    return sorted(folder for folder in FOLDERS.iterdir() if folder.is_dir())


def samples(folder: Path) -> set[str]:
    ours = {file.name for file in folder.iterdir() if file.name in {"expected.json", "settings.json"}
            or file.name.endswith(".settings.json")}
    return {file.name for file in folder.iterdir()} - ours


def expected(folder: Path) -> dict[str, list[dict[str, Any]]]:
    known: dict[str, list[dict[str, Any]]] = json.loads((folder / "expected.json").read_bytes())
    return known


def settings_of(sample: Path) -> bytes:
    for file in (sample.with_name(f"{sample.stem}.settings.json"), sample.with_name("settings.json")):
        if file.exists():
            return file.read_bytes()
    return b"{}"


def profile_of(folder: Path) -> str:
    return "mapping" if folder.name.startswith("mapping-") else folder.name


def decoded(sample: Path) -> list[dict[str, Any]]:
    profile = compiled(profile_of(sample.parent), settings_of(sample))
    return [as_object(finding, profile.settings.cameras)
            for finding in decode_file(profile, sample.name, sample.read_bytes())]


def every_sample() -> list[Any]:
    return [pytest.param(folder / name, id=f"{folder.name}/{name}")
            for folder in folders() for name in sorted(expected(folder))]


@pytest.mark.parametrize("sample", every_sample())
def test_a_sample_becomes_what_its_folder_says(sample: Path) -> None:
    wanted = expected(sample.parent)[sample.name]
    found = decoded(sample)
    assert [printed["kind"] for printed in found] == [members["kind"] for members in wanted]
    for printed, members in zip(found, wanted, strict=True):
        assert {name: printed.get(name) for name in members} == members


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_a_folder_and_its_expectations_name_the_same_samples(folder: Path) -> None:
    assert profile_of(folder) in PROFILES
    assert samples(folder) == set(expected(folder))
    assert all(members["kind"] in KINDS for wanted in expected(folder).values() for members in wanted)
