"""Refused pushes: each way has its status and its sentence, and what may come again says when."""

import re
from pathlib import Path

import pytest

from ingest.push_refusals import SAID, Refusal, refuse

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "integrator-guide.md"


def test_every_refusal_has_words_of_its_own_but_the_three_that_must_look_alike() -> None:
    assert set(SAID) == set(Refusal)
    alike = [SAID[refusal] for refusal in (Refusal.no_credentials, Refusal.stale_nonce, Refusal.wrong_credentials)]
    assert alike[0] == alike[1] == alike[2]
    assert len(set(SAID.values())) == len(Refusal) - 2


@pytest.mark.parametrize("refusal", Refusal)
def test_an_answer_says_in_one_sentence_what_to_do(refusal: Refusal) -> None:
    response = refuse(refusal, ["Basic"] if SAID[refusal].status == 401 else ())
    assert bytes(response.body).endswith(b".\n")
    assert ("retry-after" in response.headers) == (response.status_code in (429, 500, 503))
    assert ("www-authenticate" in response.headers) == (response.status_code == 401)
    assert ("allow" in response.headers) == (response.status_code == 405)


def test_the_guide_tells_what_to_do_at_every_status() -> None:
    told = {int(status) for status in re.findall(r"^\| (\d{3}) \|", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)}
    assert told == {said.status for said in SAID.values()} | {200}
