"""The legal gate, pure: what a question may see. Tables say it; the rules' numbers are those of docs/law.md.

`decide` takes who asks under what (`Standing`) and what the question aims at (`Aim`), and returns a `Permission`. The
permitted part is a union of spans: what the purpose sees by itself, and what each registered decision unlocks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from services.clock import ZONE
from services.gate_rules import Rules
from services.retention_rule import FUTURE, cut_off
from services.roles import Role

URGENT_REACH = timedelta(hours=24)
"""How far back an urgent consultation reaches."""

ALERT_REACH = timedelta(hours=24)
"""How far before and after its read a consultation reaches that an alert opened."""


class Beyond(StrEnum):
    """Why something is withheld."""

    needs_decision = "needs-decision"  # R3: a registered decision of the procureur des Konings
    never = "never"                    # R2: administrative police sees one month, without exception
    urgent = "urgent"                  # an urgent consultation reaches back a day
    alert = "alert"                    # a consultation from an alert sees that vehicle, around that alert


class Origin(StrEnum):
    """How a consultation came about."""

    stated = "stated"    # purpose, file and reason in full
    urgent = "urgent"    # an incident number; the PV follows
    alert = "alert"      # derived from a watchlist's entry


class Refused(StrEnum):
    """Why a question is not answered at all."""

    not_your_purpose = "not-your-purpose"  # R6: another role's
    not_confirmed = "not-confirmed"        # R6: off until the DPO confirms it
    needs_approval = "needs-approval"      # R19: a second person must agree first
    names_no_plate = "names-no-plate"      # R20: a report is about one plate


@dataclass(frozen=True, slots=True)
class Purpose:
    """One lawful purpose of a consultation (R6: the list is closed)."""

    code: str
    beyond: Beyond
    roles: frozenset[Role]
    month_only: bool = True      # sees the last month by itself; what lies before it, as `beyond` says
    one_plate: bool = False      # only ever about one plate that is named
    confirmed_by: str | None = None
    """The field of Rules without which it is off."""


_POLICE = frozenset({Role.investigator, Role.tecint, Role.dispatcher})

PURPOSES = {
    purpose.code: purpose
    for purpose in (
        Purpose("judicial-crime", Beyond.needs_decision, _POLICE),
        Purpose("judicial-traffic", Beyond.needs_decision, _POLICE | {Role.traffic}),
        Purpose("judicial-missing", Beyond.needs_decision, _POLICE),
        Purpose("administrative", Beyond.never, _POLICE),
        Purpose("other-authority", Beyond.never, _POLICE, confirmed_by="other_authorities"),
        # R20: whoever a plate belongs to may know what is kept of it. The DPO answers, over the whole year.
        Purpose("access-request", Beyond.never, frozenset({Role.dpo}), month_only=False, one_plate=True),
    )
}


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the reads: captured in [since, until), of these plates, at these cameras (None: of all)."""

    since: datetime
    until: datetime | None = None
    plates: frozenset[str] | None = None
    cameras: frozenset[int] | None = None

    def is_of(self, plate: str | None) -> bool:
        """Tell whether it holds reads of a plate; of None, whether of every plate."""
        return self.plates is None or plate in self.plates

    @property
    def is_empty(self) -> bool:
        """Whether no read can lie within."""
        return self.until is not None and self.until <= self.since


_FOREVER = datetime.max.replace(tzinfo=UTC)
_NOTHING = Scope(datetime.min.replace(tzinfo=UTC), plates=frozenset())


def time_in(spans: Iterable[Scope], since: datetime, until: datetime) -> timedelta:
    """Return how much of a time lies in one of the spans at least, whatever their plates and cameras."""
    found, reached = timedelta(), since
    for span in sorted(spans, key=lambda one: one.since):
        begin, end = max(span.since, reached), min(span.until or _FOREVER, until)
        if begin < end:
            found, reached = found + (end - begin), end
    return found


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the procureur des Konings that has been registered and compared with its document (R3)."""

    decision_id: int
    reference: str
    scope: Scope
    expires_at: datetime
    offence_of_a_year: bool
    """Whether the offence is punishable by a year or more."""

    def unlocks(self, rules: Rules, now: datetime) -> bool:
        """Tell whether it opens anything today."""
        return now < self.expires_at and (self.offence_of_a_year or not rules.offence_threshold)


@dataclass(frozen=True, slots=True)
class Standing:
    """Under what somebody asks."""

    purpose: Purpose
    role: Role
    origin: Origin = Origin.stated
    scope: Scope | None = None
    """What a consultation that an alert opened is about."""
    decisions: tuple[Decision, ...] = ()
    """Those of its file."""
    approved: bool = False
    """Whether a second person agreed to this very question."""


WHOLE = 99


@dataclass(frozen=True, slots=True)
class Aim:
    """What a question aims at, as far as the gate cares."""

    known: int
    """How many characters of a plate it names, of its vaguest plate; WHOLE for one read and for plates in full."""
    plates: frozenset[str] = frozenset()
    """The plates, where it asks for nothing but these in full."""
    since: datetime | None = None
    """How far back it asks; None is as far as possible."""
    until: datetime | None = None
    cameras: int = 0
    """Of how many cameras it asks for reads; counted unless it names so much of a plate that no rule asks for it."""
    bulk: bool = False
    """Whether it takes reads of many vehicles out of the system."""
    one: bool = False
    """Whether it asks for one thing by its number: either that may be seen or it may not."""

    @classmethod
    def at_one(cls, moment: datetime) -> "Aim":
        """Return the aim of a question for one read, captured at `moment` (to the millisecond)."""
        return cls(WHOLE, since=moment, until=moment + timedelta(milliseconds=1), one=True)


@dataclass(frozen=True, slots=True)
class Permission:
    """What one question may see: the reads in one of `spans`, none before `earliest`."""

    earliest: datetime
    retention_from: datetime
    beyond: Beyond
    spans: tuple[Scope, ...]
    decisions: tuple[str, ...] = ()
    """References of the decisions that opened something."""

    @property
    def opened_from(self) -> datetime:
        """Since when all is open, whatever the plate and the camera; later than `earliest` under a decision."""
        return self.spans[0].since

    @property
    def narrow(self) -> bool:
        """Whether more than a beginning limits it, so that each read must be held against the spans."""
        return self.spans != (Scope(self.earliest),)

    def opens_all_at(self, moment: datetime) -> bool:
        """Tell whether everything captured at one moment is open, whatever the plate and the camera."""
        return any(span.since <= moment and (span.until is None or moment < span.until)
                   and span.cameras is None for span in self.spans_of(None))

    def spans_of(self, plate: str | None) -> list[Scope]:
        """Return the spans in which a plate is seen; of None, those in which every plate is.

        Only in the latter can plates be held against one another: a decision on one tells nothing of the others (R3).
        """
        return [span for span in self.spans if span.is_of(plate)]

    def withholds(self, aim: Aim) -> bool:
        """Tell whether a question loses a part of what is kept (R4): whether the spans leave a gap in what it asks.

        Of which cameras it asks is not held against a span's own: one that is limited to some leaves a gap.
        """
        since = self.retention_from if aim.since is None else max(aim.since, self.retention_from)
        until = aim.until or _FOREVER
        if until <= since:
            return False
        return any(time_in([span for span in self.spans_of(plate) if span.cameras is None], since, until)
                   < until - since for plate in aim.plates or {None})


Verdict = Permission | Refused
Gate = Callable[[Standing, Aim, Rules, datetime], Verdict]
"""The gate as whoever asks questions holds it."""


def month_before(now: datetime) -> datetime:
    """Return the start of the last month: one calendar month or 30 days back in Brussels, whichever is later (R2, R3).

    The last day of a shorter month stands for the days it lacks, as in the rule for terms in months. Thirty days are
    counted by the clocks of Brussels and by the hour; where these differ, in the nights in which the clocks are moved,
    the later counts, so that nothing that was withheld comes back.
    """
    local = now.astimezone(ZONE)
    last_of_previous = local.replace(day=1) - timedelta(days=1)
    calendar = last_of_previous.replace(day=min(local.day, last_of_previous.day))
    thirty_days = timedelta(days=30)
    return max(_later(calendar), _later(local - thirty_days), now.astimezone(UTC) - thirty_days).astimezone(now.tzinfo)


def _later(local: datetime) -> datetime:
    """Return the instant of a wall-clock time; the later one where the clocks show it twice, or never."""
    return max(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def is_targeted(aim: Aim, rules: Rules, now: datetime) -> bool:
    """Tell whether a question is about one vehicle, or about few cameras for a short time (law.md §1.5)."""
    if aim.known >= rules.known_characters:
        return True
    asked_for = min(aim.until or now, now) - max(aim.since or cut_off(now), cut_off(now))
    return asked_for <= timedelta(hours=rules.window_hours) and aim.cameras <= rules.window_cameras


@dataclass(frozen=True, slots=True)
class _Bar:
    """A reason to answer nothing at all."""

    rule: str
    refused: Refused
    stands: Callable[[Standing, Aim, Rules, datetime], bool]


_BARS = (
    _Bar("R6", Refused.not_your_purpose, lambda standing, *_: standing.role not in standing.purpose.roles),
    _Bar("R6", Refused.not_confirmed, lambda standing, _aim, rules, _now: not is_confirmed(standing.purpose, rules)),
    _Bar("R20", Refused.names_no_plate, lambda standing, aim, *_: standing.purpose.one_plate and len(aim.plates) != 1),
    _Bar("R19", Refused.needs_approval, lambda standing, aim, rules, now: (
        (aim.bulk or not is_targeted(aim, rules, now)) and not standing.approved)),
)


@dataclass(frozen=True, slots=True)
class _Limit:
    """How far back somebody sees without a decision; the latest of all that hold is the one that counts."""

    rule: str
    holds: Callable[[Standing], bool]
    since: Callable[[datetime], datetime]
    beyond: Callable[[Standing], Beyond]


_LIMITS = (
    _Limit("R1", lambda _: True, cut_off, lambda standing: standing.purpose.beyond),
    _Limit("R2, R3", lambda standing: standing.purpose.month_only, month_before,
           lambda standing: standing.purpose.beyond),
    _Limit("urgent", lambda standing: standing.origin is Origin.urgent, lambda now: now - URGENT_REACH,
           lambda _: Beyond.urgent),
)


def is_confirmed(purpose: Purpose, rules: Rules) -> bool:
    """Tell whether a purpose may be stated at all."""
    return purpose.confirmed_by is None or bool(getattr(rules, purpose.confirmed_by))


def purposes_of(role: Role, rules: Rules) -> tuple[Purpose, ...]:
    """Return the purposes that somebody of this role may state today, in the order of the list."""
    return tuple(purpose for purpose in PURPOSES.values() if role in purpose.roles and is_confirmed(purpose, rules))


def decide(standing: Standing, aim: Aim, rules: Rules, now: datetime) -> Verdict:
    """Decide what a question may see at `now`."""
    for bar in _BARS:
        if bar.stands(standing, aim, rules, now):
            return bar.refused
    retention_from = cut_off(now)
    since, beyond = max(((limit.since(now), limit.beyond(standing)) for limit in _LIMITS if limit.holds(standing)),
                        key=lambda limit: limit[0])
    if standing.scope is not None or standing.origin is Origin.alert:
        own = _within(standing.scope or _NOTHING, max(since, month_before(now)), now)
        return Permission(own.since, retention_from, Beyond.alert, (own,))
    unlocked = _unlocked(standing, rules, now, since)
    spans = (Scope(since), *(scope for _, scope in unlocked))
    return Permission(min(span.since for span in spans), retention_from, beyond, spans,
                      tuple(reference for reference, _ in unlocked))


def _unlocked(standing: Standing, rules: Rules, now: datetime, opened: datetime) -> list[tuple[str, Scope]]:
    """Return what the file's decisions open before `opened` (R3); nothing for who asks urgently or administratively."""
    if standing.purpose.beyond is not Beyond.needs_decision or standing.origin is not Origin.stated:
        return []
    opening = ((decision.reference, _within(decision.scope, cut_off(now), now))
               for decision in standing.decisions if decision.unlocks(rules, now))
    return [(reference, scope) for reference, scope in opening if scope.since < opened and not scope.is_empty]


def _within(scope: Scope, earliest: datetime, now: datetime) -> Scope:
    """Return what is left of a scope; an end that no read can have passed yet is none."""
    until = None if scope.until is None or scope.until > now + FUTURE else scope.until
    return Scope(max(scope.since, earliest), until, scope.plates, scope.cameras)
