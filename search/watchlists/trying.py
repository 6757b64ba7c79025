"""What an entry or a list would have raised on past reads, before it goes live: a search under the gate (R9).

Of one plate it is a question about that plate, with the texts near it that were read. Of a pattern, or of a whole list,
it is one about everybody: a second person agrees first, and it shows sums alone.
"""

from datetime import datetime, timedelta
from functools import partial

from search.answers import Answer, Answers, Question
from search.pages.language import Words, words
from search.watchlists.entering import in_full, sentence_of
from search.watchlists.queries import Tried, hold_entry, hold_list
from services.audit import Action
from services.gate import WHOLE, Aim
from services.lookalikes.model import Model
from services.watchlists.finding import Entry
from services.watchlists.lists import Watchlist

SPANS = (1, 7, 30)
"""Over how many days something can be tried."""


async def try_entry(answers: Answers, model: Model, entry: Entry, days: int, now: datetime) -> Answer[Tried]:
    """Ask what an entry would have raised; raises what `Answers.ask` raises, so ApprovalNeededError for a pattern."""
    since = now - timedelta(days=days)
    aim = (Aim(0, since=since, until=now, bulk=True) if entry.pattern
           else Aim(WHOLE, frozenset({entry.plate}), since=since, until=now))
    return await answers.ask(Question(
        Action.entry_tried, words("what {entry} would have raised in {days} days", entry=sentence_of(entry), days=days),
        {**in_full(entry), "days": days},
        partial(hold_entry, model=model, entry=entry, since=since, until=now), aim))


async def try_list(answers: Answers, watchlist: Watchlist, days: int, now: datetime) -> Answer[Tried]:
    """Ask what the plates of a list would have raised; raises what `Answers.ask` raises.

    Patterns and look-alikes are not counted, and neither is what is discreet.
    """
    since = now - timedelta(days=days)
    sentence: Words = words("what list {name} would have raised in {days} days", name=watchlist.name, days=days)
    return await answers.ask(Question(
        Action.entry_tried, sentence, {"list": watchlist.code, "days": days},
        partial(hold_list, list_id=watchlist.list_id, since=since, until=now),
        Aim(0, since=since, until=now, bulk=True)))
