"""Rejects on the pages: words for every reason, filters that go around, messages that show and do nothing."""

import ast
import inspect
from datetime import UTC, date, datetime

import pytest

import search.rejects.queries
import search.trials.queries
from ingest.rejects import KEPT
from ingest.rows import Reason
from search.answers import Permitted
from search.gateways.wording import OUTCOMES, SETTINGS, STATES
from search.pages.language import Words
from search.rejects.advice import REASONS, can_be_mended, name_of, sentence_on
from search.rejects.envelope import file_name, show_envelope
from search.rejects.filters import Asked, Cursor, parse_asked, read_cursor
from services.decoding import DecodingSettings
from services.errors import BadQuestionError
from services.registry import State
from services.replaying import NEVER_REPLAYED, ReplayOutcome


def test_every_reason_setting_state_and_outcome_has_words() -> None:
    assert set(REASONS) == set(map(str, Reason))
    assert set(SETTINGS) == set(DecodingSettings.__struct_fields__)
    assert set(STATES) == set(State)
    assert set(OUTCOMES) == {"open", "waiting", *ReplayOutcome}
    assert search.rejects.queries.KEPT == KEPT


def test_a_reason_that_is_new_is_shown_by_its_code() -> None:
    assert (name_of("brand-new"), sentence_on("brand-new")) == ("brand-new", "")
    assert isinstance(name_of("not-json"), Words)


def test_what_cannot_be_mended_offers_no_replay() -> None:
    assert {reason for reason in REASONS if not can_be_mended(reason)} == NEVER_REPLAYED


def test_the_filters_of_an_address_come_back_as_an_address() -> None:
    pairs = [("reason", "not-json"), ("day", "2026-11-23"), ("state", "open")]
    asked = parse_asked([*pairs, ("after", "x"), ("reason", "not-json")], beside=frozenset({"after"}))
    assert asked == Asked("not-json", date(2026, 11, 23), "open")
    assert asked.pairs() == pairs
    assert parse_asked([("reason", ""), ("day", " ")], beside=frozenset()) == Asked()


def test_a_cursor_comes_back_as_it_was_and_others_are_refused() -> None:
    cursor = Cursor(datetime(2026, 11, 23, 10, 15, 30, 123_000, UTC), bytes(range(16)))
    assert read_cursor(cursor.write()) == cursor
    for text in ("", "x", cursor.write() + "0", cursor.write().upper(), "-" + "a" * 32):
        with pytest.raises(BadQuestionError):
            read_cursor(text)


@pytest.mark.parametrize(("envelope", "shown"), [
    (b"topic: a\r\n\r\n{\t}", "topic: a\n\n{\t}"), (b"\xff", "\ufffd"), (b"\x00\x1b[31m", "\ufffd\ufffd[31m"),
    ("\u202eabc\u2066\u200f\ufeff\x85".encode(), "\ufffdabc" + "\ufffd" * 4), ("é漢".encode(), "é漢"), (b"", "")])
def test_a_message_is_shown_without_what_could_disguise_it(envelope: bytes, shown: str) -> None:
    assert show_envelope(envelope).text == shown


@pytest.mark.parametrize(("size", "cut"), [(10, False), (11, True), (100_000, True)])
def test_a_long_message_is_cut(size: int, cut: bool) -> None:
    shown = show_envelope(b"x" * size, most=10)
    assert (len(shown.text), shown.cut) == (10, cut)


@pytest.mark.parametrize(("gateway", "envelope", "name"), [
    ("bree", b"topic: x\n\n", "bree-000102030405.mqtt"), ("bree", b"POST /push/bree\n\n", "bree-000102030405.http"),
    ("(unknown)", b"topic: x\n\n", "unknown-000102030405.mqtt"), ('"; x=', b"", "x-000102030405.http"),
    ("\u202e", b"", "gateway-000102030405.http")])
def test_a_file_has_a_plain_name(gateway: str, envelope: bytes, name: str) -> None:
    assert file_name(gateway, bytes(range(16)), envelope) == name


@pytest.mark.parametrize(("module", "function"), [
    (search.rejects.queries, "open_message"), (search.trials.queries, "open_trial")])
def test_only_one_function_opens_and_it_takes_what_the_audited_path_makes(module: object, function: str) -> None:
    opening = getattr(module, function)
    assert Permitted in {parameter.annotation for parameter in inspect.signature(opening).parameters.values()}


def test_nothing_but_that_function_calls_the_bodys_way_out() -> None:
    tree = ast.parse(inspect.getsource(search.rejects.queries))
    naming = [node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
              and "reject_body" in ast.unparse(node)]
    assert naming == ["open_message"]
