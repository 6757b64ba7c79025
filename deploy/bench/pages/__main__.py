"""`python -m deploy.bench.pages --rows N`: the pages over a legal year of reads, from the server to the screen.

Server times are taken over loopback on a kept connection, audit and consultation on, the gate open over the whole year
as under a decision of the procureur, warm: each address is asked once before. The browser is real, without a GPU.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as BrowserError

from deploy.bench.asking import Client
from deploy.bench.figures import Figure, percentile, report
from deploy.bench.pages import browsing
from deploy.bench.questions import KINDS, Sample
from deploy.bench.search_bench import PERSON, prepare, serve_search
from deploy.bench.year.store import Year, open_year
from deploy.processes import LOOPBACK
from services.errors import ZoneschildError

ROWS = 20_000_000
SERVER_MS = 50
ASKED, PAINTED, WITHIN_S = 200, 30, 40.0
_READ_IDS = "SELECT read_id::text FROM reads TABLESAMPLE SYSTEM (0.05) REPEATABLE (1) LIMIT %s"
_ANY_READ_IDS = "SELECT read_id::text FROM reads LIMIT %s"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the pages are asked of: the sample of the store, and reads to open."""

    sample: Sample
    read_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """A page whose server time is taken."""

    name: str
    addresses: Callable[[Asked], list[str]]


def _questions(kind: str, path: str) -> Callable[[Asked], list[str]]:
    chosen = next(one for one in KINDS if one.name == kind)
    return lambda asked: [f"{path}?{urlencode(pairs)}" for pairs in chosen.questions(asked.sample, ASKED)]


def _always(path: str) -> Callable[[Asked], list[str]]:
    return lambda _asked: [path] * ASKED


PAGES = (
    Timed("search, one plate with its spread", _questions("exact plate, seen often", "/reads")),
    Timed("search, 2 characters unknown, with its spread", _questions("wildcard, 2 unknown", "/reads")),
    Timed("search, camera and hour, with its spread", _questions("camera + hour", "/reads")),
    Timed("one read", lambda asked: [f"/reads/{read_id}" for read_id in asked.read_ids]),
    Timed("vehicle: a month of journeys", _questions("journeys of a month", "/journeys")),
    Timed("hits, a board without any", _always("/hits")),
    Timed("overview", _always("/overview")),
)


def measure(rows: int) -> list[Figure]:
    """Take all figures over a store of `rows` reads; raises ConfigurationError when there is no room for it."""
    year = open_year(rows)
    token, samples = prepare(year)
    asked = Asked(samples["year"], _draw_reads(year))
    with year.serve(cold=False) as stand, serve_search(stand, "year") as port, \
            closing(Client(port, token, PERSON)) as client:
        figures = [Figure("reads in the store", year.filled.reads, "reads", "higher")]
        figures += [figure for page in PAGES for figure in time_page(client, page, asked)]
        figures += _browse(f"http://{LOOPBACK}:{port}", client.cookie, asked.sample)
    return figures


def _draw_reads(year: Year) -> tuple[str, ...]:
    with year.serve(cold=False) as stand, stand.connect() as connection:
        found = connection.execute(_READ_IDS, (ASKED,)).fetchall() or connection.execute(_ANY_READ_IDS, (ASKED,))
        return tuple(read_id for read_id, in found)


def time_page(client: Client, page: Timed, asked: Asked) -> Iterator[Figure]:
    """Ask for a page again and again, each address once to warm it; yield its times, ms."""
    addresses = page.addresses(asked)
    warmed = list(client.ask_all(addresses, WITHIN_S / 2))
    took = [one.whole_ms for one in client.ask_all(addresses[:len(warmed)], WITHIN_S / 2)]
    for share, goal in ((0.5, None), (0.95, SERVER_MS)):
        yield Figure(f"{page.name}: server, p{share * 100:.0f}", percentile(took, share), "ms", "lower", goal)


def _browse(url: str, cookie: tuple[str, str], sample: Sample) -> Iterator[Figure]:
    """Yield the figures that a browser takes; each begins with an empty cache."""
    plates, (often, _) = draw_plates(sample), Counter(seen.plate for seen in sample.reads).most_common(1)[0]
    steps: Sequence[Callable[[BrowserContext], Iterator[Figure]]] = (
        lambda context: browsing.weigh_first_page(context, "/reads"),
        lambda context: browsing.time_painting(context, "/reads", plates),
        lambda context: browsing.time_map(context, "/cameras"),
        lambda context: browsing.count_frames(context, f"/journeys?{urlencode({'plate': often})}"),
    )
    with browsing.open_browser() as browser:
        for step in steps:
            with browsing.logged_in(browser, url, cookie) as context:
                yield from _or_say(step(context))


def _or_say(figures: Iterator[Figure]) -> Iterator[Figure]:
    """Yield what could be measured; what the browser would not do is said, and the others go on."""
    try:
        yield from figures
    except BrowserError as error:
        print(f"zoneschild: not measured: {error.message.splitlines()[0]}", file=sys.stderr)


def draw_plates(sample: Sample) -> list[str]:
    """Return plates that were seen, the same ones for the same sample."""
    rng = random.Random("pages")
    return [rng.choice(sample.reads).plate for _ in range(PAINTED)]


def main() -> int:
    """Run the bench, print the figures and write var/bench/pages.json."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench.pages", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="reads of the store (default: %(default)s)")
    arguments = parser.parse_args()
    try:
        figures = measure(arguments.rows)
    except (ZoneschildError, TimeoutError, OSError, BrowserError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    report("pages", "Pages, from the server's answer to the screen, without a GPU", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
