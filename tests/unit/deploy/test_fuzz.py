"""What is fuzzed, and what is read of a fuzzer's output; none of it needs the fuzzer itself."""

import pytest

from deploy.fuzz.run import read_output
from deploy.fuzz.targets import samples, targets
from ingest.profiles.mapped import shipped
from ingest.profiles.table import PROFILES

STATS = "stat::number_of_executed_units: 4711\nstat::peak_rss_mb:              86\n"


def test_every_profile_and_every_shipped_mapping_is_fuzzed() -> None:
    names = {name for name in PROFILES if name != "mapping"} | {f"mapping-{name}" for name in shipped()}
    assert set(targets()) == names | {"multipart", "envelopes", "mqtt-packets"}


@pytest.mark.parametrize("name", targets())
def test_a_target_takes_its_samples_nothing_and_garbage(name: str) -> None:
    target = targets()[name]
    assert len(target.seeds) > 1
    for data in (*target.seeds, b"", bytes(range(256))):
        target.attempt(data)


def test_settings_and_expectations_are_no_samples() -> None:
    assert {file.name for file in samples("canonical")}.isdisjoint({"expected.json", "README.md"})
    assert not [file for file in samples() if file.name.endswith("settings.json")]


def test_a_quiet_run_has_its_figures_and_no_finding() -> None:
    result = read_output("canonical", 10, 0, STATS)
    assert (result.executions, result.peak_mb, result.crashes, result.hangs) == (4711, 86, 0, 0)


def test_a_kept_input_is_a_crash_or_a_hang_by_its_name() -> None:
    crash = read_output("canonical", 10, 77, "Test unit written to /v/fuzz/canonical/crash-0a\n" + STATS)
    hang = read_output("canonical", 10, 70, "Test unit written to /v/fuzz/canonical/timeout-0b\n" + STATS)
    assert (crash.crashes, crash.hangs, crash.kept) == (1, 0, ("/v/fuzz/canonical/crash-0a",))
    assert (hang.crashes, hang.hangs) == (0, 1)


def test_a_process_that_died_without_a_word_is_a_crash_and_one_that_was_killed_a_hang() -> None:
    assert read_output("canonical", 10, -9, "").crashes == 1
    killed = read_output("canonical", 10, None, "#1024\tNEW    cov: 9 rss: 80Mb\n")
    assert (killed.hangs, killed.executions, killed.peak_mb) == (1, 1024, 80)
