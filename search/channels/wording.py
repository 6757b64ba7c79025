"""Channels in words: kinds, events, errors and hours (pure)."""

from dataclasses import dataclass

from search.pages.language import Words, words
from services.hits.channels import ChannelKind
from services.hits.events import EventKind
from services.watchlists.coverage import HOURS_OF_WEEK

KINDS = {
    ChannelKind.mqtt: words("MQTT topic"),
    ChannelKind.webhook: words("Webhook"),
    ChannelKind.email: words("E-mail"),
}

EXAMPLES = {
    ChannelKind.mqtt: "anpr/hits/meldkamer",
    ChannelKind.webhook: "https://cad.zone.example/hits",
    ChannelKind.email: "wacht@zone.example",
}

EVENTS = {
    EventKind.raised: words("there is a new hit"),
    EventKind.seen_again: words("its vehicle is seen again"),
    EventKind.withdrawn: words("a hit is withdrawn"),
    EventKind.claimed: words("a hit is claimed"),
    EventKind.released: words("a hit is released"),
    EventKind.confirmed: words("a hit is confirmed"),
    EventKind.dispatched: words("a team is sent"),
    EventKind.ended: words("a hit is ended"),
    EventKind.escalated: words("nobody claims a hit"),
    EventKind.remarked: words("a remark is made"),
}

DAYS = tuple(enumerate((words("Monday"), words("Tuesday"), words("Wednesday"), words("Thursday"), words("Friday"),
                        words("Saturday"), words("Sunday"))))

_ERRORS = {
    "no connection": words("no connection"),
    "timeout": words("no answer in time"),
    "certificate": words("its certificate is not trusted"),
    "name unknown": words("its name is unknown"),
    "address refused": words("its name leads to a machine that is never posted to"),
    "address or secret unusable": words("its address or secret cannot be used; give it a new secret"),
    "broker refuses the topic": words("the broker refuses the topic"),
    "no mail server is set": words("no mail server is set (ZONESCHILD_SMTP_HOST)"),
    "log-in refused": words("the mail server does not let us in"),
    "not secured": words("the mail server offers no encryption"),
    "not for this channel": words("its group may not have it any more"),
    "channel off": words("the channel was off for a day"),
}


def say_error(error: str) -> Words | str:
    """Return why a message was not taken; a status is shown as the receiver gave it."""
    return _ERRORS.get(error, error)


@dataclass(frozen=True, slots=True)
class Hours:
    """Days (0 is Monday), and from which hour to which, the last excluded; as a form shows them."""

    days: tuple[int, ...]
    first: int
    last: int


def as_hours(hours: str | None) -> Hours | None:
    """Return the days and hours behind 168 digits as services.watchlists.coverage.write_hours writes them.

    None is always, and also what was written by other means and has no such form.
    """
    if hours is None:
        return None
    begins = [hour for hour in range(HOURS_OF_WEEK) if hours[hour] == "1" and hours[hour - 1] == "0"]
    if not begins:
        return None
    length = next(count for count in range(1, HOURS_OF_WEEK) if hours[(begins[0] + count) % HOURS_OF_WEEK] == "0")
    first = begins[0] % 24
    if length > 24:  # whole days in a row
        days = tuple(day for day in range(7) if hours[day * 24:day * 24 + 24] == "1" * 24)
        return Hours(days, 0, 24) if "1" * 24 * len(days) == hours.replace("0", "") else None
    return Hours(tuple(hour // 24 for hour in begins), first, (first + length) % 24 or 24)
