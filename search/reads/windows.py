"""The stretches of time through which a question goes back, the newest and shortest first (pure).

Most questions find their first page in the newest weeks. Asked of all weeks at once, a question about many plates would
look each of them up in every week, and PostgreSQL would plan for every week.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

FIRST = timedelta(days=7)
GROWTH = 2


def go_back(latest: datetime, earliest: datetime, *, at_once: bool = False) -> Iterator[tuple[datetime, datetime]]:
    """Yield stretches (start, end) from `latest` back to `earliest`, each GROWTH times as long as the one before.

    With `at_once` there is one only.
    """
    end, length = latest, latest - earliest if at_once else FIRST
    while end > earliest:
        start = max(end - length, earliest)
        yield start, end
        end, length = start, length * GROWTH
