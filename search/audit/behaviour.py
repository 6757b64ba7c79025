"""Behaviour to review, pure: one table of rules over what was asked; a finding is a question to ask, not a verdict."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from search.pages.language import Words, words
from services.clock import ZONE, iso_ms, local_day
from services.reasons import Flag

PATTERN_OF = timedelta(days=60)
"""How much of an officer's own past makes the pattern of their hours."""

PATTERN_LEAST = 20
"""Consultations without which somebody has no pattern yet."""

USUAL_SHARE = 0.05
"""An hour is usual when so many of one's own consultations began in it, or in the hour before or after."""

WEEKS_APART = timedelta(days=14)
REPEATED = frozenset({Flag.same_reason, Flag.near_reason})
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class AskedPlate:
    """That somebody asked for a plate in full; a question for several plates is several of these."""

    audit_id: int
    at: datetime
    user_id: int
    consultation_id: UUID
    file_number: str
    plate: str


@dataclass(frozen=True, slots=True)
class Opened:
    """That somebody opened a consultation."""

    consultation_id: UUID
    user_id: int
    at: datetime
    file_number: str
    flags: tuple[str, ...] = ()
    pv_due_at: datetime | None = None
    pv_given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened in a period, with the consultations of PATTERN_OF before it."""

    since: datetime
    now: datetime
    asked: tuple[AskedPlate, ...]
    opened: tuple[Opened, ...]
    owners: Mapping[str, tuple[int | None, str]]
    """Of the plates that were asked for, those that are a colleague's: whose account, and how they are called; None and
    an empty name for somebody without one."""

    def opened_within(self) -> Iterator[Opened]:
        """Yield the consultations of the period itself."""
        return (one for one in self.opened if one.at >= self.since)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one person did that a rule counts."""

    user_id: int
    measure: int
    """What the rule's threshold is held against."""
    times: int
    """How often."""
    first: datetime
    latest: datetime
    what: Words
    consultations: tuple[UUID, ...]
    pairs: tuple[tuple[str, str], ...] = ()
    """The filters of the audit that show the rows, beside the person and the time."""

    def address(self, username: str) -> list[tuple[str, str]]:
        """Return the question to the audit that shows the rows."""
        return [("person", username), ("from", iso_ms(self.first)),
                ("until", iso_ms(self.latest + timedelta(seconds=1))), *self.pairs]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of behaviour: how it is called, what counts, from how much on, and how it is found."""

    code: str
    title: Words
    counts: Words
    least: int
    find: Callable[[Facts], Iterator[Finding]]


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _of_plate(asked: list[AskedPlate], measure: int, what: Words, *, pairs: bool = True) -> Finding:
    """Return a finding about questions for one plate; `pairs` where the plate may stand in the address."""
    consultations = tuple(dict.fromkeys(one.consultation_id for one in asked))
    return Finding(asked[0].user_id, measure, len({one.audit_id for one in asked}), asked[0].at, asked[-1].at, what,
                   consultations, (("plate", asked[0].plate),) if pairs else ())


def _one_plate(facts: Facts) -> Iterator[tuple[list[AskedPlate], set[str], set[UUID]]]:
    for asked in _grouped(facts.asked, lambda one: (one.user_id, one.plate)).values():
        yield asked, {one.file_number for one in asked}, {one.consultation_id for one in asked}


def _say_plate(asked: list[AskedPlate], files: set[str], consultations: set[UUID]) -> Words:
    return words("plate {plate}: {times} questions in {consultations} consultations under {files} file numbers",
                 plate=asked[0].plate, times=len({one.audit_id for one in asked}), consultations=len(consultations),
                 files=len(files))


def _under_many_files(facts: Facts) -> Iterator[Finding]:
    for asked, files, consultations in _one_plate(facts):
        yield _of_plate(asked, len(files), _say_plate(asked, files, consultations))


def _over_weeks(facts: Facts) -> Iterator[Finding]:
    for asked, files, consultations in _one_plate(facts):
        if asked[-1].at - asked[0].at >= WEEKS_APART:
            yield _of_plate(asked, len(consultations), _say_plate(asked, files, consultations))


def _of_a_colleague(facts: Facts) -> Iterator[Finding]:
    for asked, _, _ in _one_plate(facts):
        owner = facts.owners.get(asked[0].plate)
        if owner is not None and owner[0] != asked[0].user_id:
            whose = words("a plate of {name}", name=owner[1]) if owner[1] else words("a plate of a colleague")
            yield _of_plate(asked, len(asked), whose, pairs=False)


def _of_oneself(facts: Facts) -> Iterator[Finding]:
    for asked, _, _ in _one_plate(facts):
        owner = facts.owners.get(asked[0].plate)
        if owner is not None and owner[0] == asked[0].user_id:
            yield _of_plate(asked, len(asked), words("a plate of their own"), pairs=False)


def _many_plates(facts: Facts) -> Iterator[Finding]:
    for asked in _grouped(facts.asked, lambda one: (one.user_id, one.file_number, local_day(one.at))).values():
        plates = len({one.plate for one in asked})
        yield Finding(asked[0].user_id, plates, len({one.audit_id for one in asked}), asked[0].at, asked[-1].at,
                      words("{plates} plates under file number {file} in one day", plates=plates,
                            file=asked[0].file_number),
                      tuple(dict.fromkeys(one.consultation_id for one in asked)), (("file", asked[0].file_number),))


def _of_consultations(opened: list[Opened], what: Words) -> Finding:
    return Finding(opened[0].user_id, len(opened), len(opened), opened[0].at, opened[-1].at, what,
                   tuple(one.consultation_id for one in opened), (("action", "consultation-opened"),))


def _at_odd_hours(facts: Facts) -> Iterator[Finding]:
    for opened in _grouped(facts.opened, lambda one: one.user_id).values():
        odd = [one for one, usual in _against_pattern(opened) if not usual and one.at >= facts.since]
        if odd:
            hours = sorted(Counter(one.at.astimezone(ZONE).hour for one in odd).items())
            yield _of_consultations(odd, words("outside the hours of their last 60 days: {hours}",
                                               hours=[f"{hour}:00 ({number})" for hour, number in hours]))


def _against_pattern(opened: list[Opened]) -> Iterator[tuple[Opened, bool]]:
    """Yield one officer's consultations, in order, each with whether its hour is usual by those before it."""
    past: deque[Opened] = deque()
    hours: Counter[int] = Counter()
    for one in opened:
        while past and past[0].at < one.at - PATTERN_OF:
            hours[past.popleft().at.astimezone(ZONE).hour] -= 1
        hour = one.at.astimezone(ZONE).hour
        near = sum(hours[(hour + step) % 24] for step in (-1, 0, 1))
        yield one, len(past) < PATTERN_LEAST or near >= USUAL_SHARE * len(past)
        past.append(one)
        hours[hour] += 1


def _same_words(facts: Facts) -> Iterator[Finding]:
    flagged = (one for one in facts.opened_within() if REPEATED & set(one.flags))
    for opened in _grouped(flagged, lambda one: one.user_id).values():
        files = len({one.file_number for one in opened})
        yield _of_consultations(opened, words(
            "the same or nearly the same words as under another file number, under {files} file numbers", files=files))


def _without_pv(facts: Facts) -> Iterator[Finding]:
    owed = (one for one in facts.opened_within()
            if one.pv_due_at is not None and one.pv_given_at is None and one.pv_due_at < facts.now)
    for opened in _grouped(owed, lambda one: one.user_id).values():
        yield _of_consultations(opened, words("urgent, and no PV came: {files}",
                                              files=sorted({one.file_number for one in opened})))


RULES = (
    Rule("plate-under-files", words("One plate under several files"),
         words("file numbers under which the same person asked for the same plate"), 3, _under_many_files),
    Rule("plate-over-weeks", words("One plate again and again"),
         words("consultations in which the same person asked for the same plate, over two weeks or more"), 8,
         _over_weeks),
    Rule("colleague", words("A colleague's plate"),
         words("questions for a plate that the data protection officer keeps as a colleague's"), 1, _of_a_colleague),
    Rule("own-plate", words("One's own plate"), words("questions for a plate that is kept as one's own"), 1,
         _of_oneself),
    Rule("many-plates", words("Many plates without files"),
         words("different plates that one person asked for under one file number in one day"), 20, _many_plates),
    Rule("odd-hours", words("Outside one's own hours"),
         words("consultations begun at an hour that is not usual for this person, by their own last 60 days (at least "
               "20 consultations)"), 3, _at_odd_hours),
    Rule("same-words", words("The same words under other files"),
         words("consultations with the reason, or nearly the reason, that the same person gave under another file "
               "number"), 3, _same_words),
    Rule("no-pv", words("Urgent without a PV"), words("urgent consultations for which no PV came in time"), 1,
         _without_pv),
)
"""In the order in which they are shown: what weighs most comes first."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A rule, and what it found: the most first."""

    rule: Rule
    findings: tuple[Finding, ...]


def review(facts: Facts) -> list[Reviewed]:
    """Hold what happened against every rule; `facts` are in order of time."""
    return [Reviewed(rule, tuple(sorted((finding for finding in rule.find(facts) if finding.measure >= rule.least),
                                        key=lambda finding: (-finding.measure, -finding.times, finding.first))))
            for rule in RULES]
