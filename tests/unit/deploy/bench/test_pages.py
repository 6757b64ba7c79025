"""The bench of the pages asks what officers ask, the same every time, and knows what belongs to the map."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from deploy.bench.pages.__main__ import ASKED, PAGES, PAINTED, Asked, draw_plates
from deploy.bench.pages.browsing import OF_THE_MAP
from deploy.bench.questions import Sample, Seen
from search.pages.links import static_addresses

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
SAMPLE = Sample(tuple(f"3ABC{number:03}" for number in range(40)),
                tuple(Seen(f"3ABC{number:03}", NOON - timedelta(hours=number), "BRE01A", 51.1, 5.6, "red")
                      for number in range(40)))
READS = tuple(f"00000000-0000-0000-0000-0000000{number:05}" for number in range(5))


def test_every_page_is_asked_for_often_and_in_the_same_way_again() -> None:
    asked = Asked(SAMPLE, READS)
    for page in PAGES:
        addresses = page.addresses(asked)
        assert addresses == page.addresses(asked)
        assert len(addresses) == (len(READS) if "one read" in page.name else ASKED), page.name
        assert all(address.startswith("/") and "//" not in address for address in addresses)


def test_searches_are_those_of_the_search_bench() -> None:
    by_name = {page.name: page.addresses(Asked(SAMPLE, READS)) for page in PAGES}
    unknown = parse_qs(urlsplit(by_name["search, 2 characters unknown, with its spread"][0]).query)["plate"][0]
    assert re.sub(r"[^?]", "", unknown) == "??"
    assert set(parse_qs(urlsplit(by_name["search, camera and hour, with its spread"][0]).query)) == {
        "camera", "from", "until"}


def test_plates_to_paint_were_seen_and_are_the_same_again() -> None:
    plates = draw_plates(SAMPLE)
    assert len(plates) == PAINTED
    assert plates == draw_plates(SAMPLE)
    assert set(plates) <= {seen.plate for seen in SAMPLE.reads}


def test_the_maps_program_is_told_from_what_the_first_page_needs() -> None:
    addresses = static_addresses()
    ours = {name for name, address in addresses.items() if any(part in address for part in OF_THE_MAP)}
    assert "map/zone-map.js" in ours
    assert {"styles/base.css", "scripts/keys.js", "icon.svg"}.isdisjoint(ours)
