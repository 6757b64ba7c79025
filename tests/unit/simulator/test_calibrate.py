"""The rhythm: figures computed from a survey, and those that the product carries."""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from services.errors import BadQuestionError
from simulator import calibrate


def test_the_carried_rhythm_names_its_source_and_makes_sense() -> None:
    rhythm = calibrate.load_rhythm()
    assert sum(rhythm.hour_shares) == pytest.approx(1.0, abs=1e-3)
    assert len(rhythm.hour_shares) == len(rhythm.congestion) == 24
    assert rhythm.hour_shares[17] > 10 * rhythm.hour_shares[3]
    assert rhythm.congestion[17] > 1.3
    assert rhythm.congestion[22] < 1.1
    assert 0.1 < rhythm.sigma < 0.5
    assert "Bath" in json.loads(calibrate.RHYTHM.read_text())["source"]


def test_the_spread_is_found_again_in_times_drawn_with_it() -> None:
    rng = np.random.default_rng(3)
    ratios = np.exp(rng.normal(0.1, 0.2, 20_000))
    ratios[:2000] *= rng.uniform(3, 9, 2000)
    sigma, stops = calibrate.spread(ratios)
    assert sigma == pytest.approx(0.2, abs=0.03)
    assert stops == pytest.approx(0.1, abs=0.01)


def survey(folder: Path, rows: list[str]) -> argparse.Namespace:
    with gzip.open(folder / "moves.csv.gz", "wt") as file:
        file.write("\n".join(["from_site,to_site,hour,mean_travel_s,vehicles", *rows, ""]))
    (folder / "sites.csv").write_text("id,location_id\n1,1\n2,2\n3,1\n")
    return argparse.Namespace(moves=folder / "moves.csv.gz", sites=folder / "sites.csv", output=folder / "out.json")


def test_hours_queues_and_spread_come_out_of_a_survey(tmp_path: Path) -> None:
    singles = [f"1,2,4,{100 * (0.8 + 0.01 * step)},1" for step in range(40)]
    arguments = survey(tmp_path, ["1,2,22,100,400", "1,2,8,150,600", "1,3,8,5,10000", *singles])
    calibrate.run(arguments)
    figures = json.loads(arguments.output.read_text())
    assert figures["vehicles"] == 1040
    assert figures["hour_shares"][8] == pytest.approx(600 / 1040, abs=1e-4)
    assert figures["congestion"][8] == pytest.approx(1.5, abs=0.01)
    assert figures["single_observations"] == 40
    assert calibrate.load_rhythm(arguments.output).sigma == figures["sigma"]


def test_a_survey_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    arguments = survey(tmp_path, [])
    with pytest.raises(BadQuestionError, match="no moves"):
        calibrate.run(arguments)
    arguments.moves = tmp_path / "missing.csv"
    with pytest.raises(BadQuestionError, match="cannot read"):
        calibrate.run(arguments)
