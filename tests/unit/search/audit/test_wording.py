"""The audit in words."""

from search.audit.filters import FILTERS, Asked, parse_asked
from search.audit.wording import ACTIONS, FILE_KINDS, FINDINGS, FLAGS, ORIGINS
from services.audit import Action
from services.consultations import FileKind
from services.gate import Origin
from services.reasons import Flag
from services.sampling import Finding


def test_everything_that_a_row_may_say_has_words() -> None:
    for codes, table in ((Action, ACTIONS), (FileKind, FILE_KINDS), (Finding, FINDINGS), (Flag, FLAGS),
                         (Origin, ORIGINS)):
        assert sorted(codes) == sorted(table)


def test_every_filter_is_written_as_it_is_read() -> None:
    asked = parse_asked([
        ("person", " an.peeters "), ("role", "dpo,auditor"), ("action", "reads-searched"), ("from", "01/11/2026 00:00"),
        ("until", "2026-12-01T00:00"), ("plate", "1-xkv-482"), ("file", "IN. 7"), ("denied", "yes"), ("urgent", "no"),
        ("consultation", "00000000-0000-0000-0000-000000000001"), ("exported", "yes")])
    assert parse_asked(asked.pairs()) == asked
    assert (asked.plate, asked.person, asked.role) == ("1XKV482", "an.peeters", ("dpo", "auditor"))
    assert sorted(asked.in_full()) == sorted(filter_.key for filter_ in FILTERS)
    assert {filter_.attribute for filter_ in FILTERS} == set(Asked.__slots__)
