"""Lock files hold versions and hashes, and no address of any registry."""

import json
import re
from pathlib import Path

import pytest

from deploy.install import BROKER, PAGES, ROOT
from deploy.lock import PROVIDER, addresses_in

REQUIREMENTS = [ROOT / "requirements" / "demo.txt", ROOT / "requirements" / "test.txt"]
NPM_LOCKS = [folder / "package-lock.json" for folder in (BROKER, PAGES, PROVIDER)]


@pytest.mark.parametrize("lock", REQUIREMENTS + NPM_LOCKS, ids=lambda lock: f"{lock.parent.name}/{lock.name}")
def test_no_lock_file_names_an_address(lock: Path) -> None:
    assert addresses_in(lock) == []


@pytest.mark.parametrize("lock", REQUIREMENTS, ids=lambda lock: lock.name)
def test_every_python_package_has_one_version_and_a_hash(lock: Path) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"))
    assert len(blocks) > 40
    for block in blocks:
        assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+", block), block
        assert "--hash=sha256:" in block, block


@pytest.mark.parametrize("lock", NPM_LOCKS, ids=lambda lock: lock.parent.name)
def test_every_npm_package_has_a_hash(lock: Path) -> None:
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    assert all("integrity" in package for name, package in packages.items() if name)


def test_tests_run_on_the_versions_that_the_demo_runs_on() -> None:
    demo, test = (set(re.findall(r"^([a-z0-9-]+==\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE))
                  for lock in REQUIREMENTS)
    assert demo <= test
