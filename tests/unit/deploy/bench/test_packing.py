"""What COPY is given: sizes, ids of the product's layout, lines."""

from datetime import date, timedelta
from uuid import UUID

import numpy as np

from deploy.bench.year.days import Text, draw_day, open_world
from deploy.bench.year.packing import pack, write_seen, write_texts
from services.clock import midnight
from services.identity import captured_ms_of, is_read_id

DAY = date(2026, 3, 3)
TEXT = Text("3ABC123", "3-ABC-123", "BE", "Volvo", "V60", "grey", "car")


def test_a_row_of_binary_copy_tells_its_ten_fields_and_an_id_that_begins_with_the_capture() -> None:
    day = draw_day(open_world(2_000), DAY, 0, midnight(DAY + timedelta(days=7)))
    content = pack(day, np.random.default_rng(1))
    head, row = content[:19], content[19:]
    assert head.startswith(b"PGCOPY\n\xff\r\n\0")
    assert int.from_bytes(row[:2], "big") == 10
    read_id = UUID(bytes=row[2 + 12 + 12 + 4:][:16])
    assert is_read_id(read_id)
    assert captured_ms_of(read_id) == day.captured_ms[0]
    assert (len(content) - 19 - 2) % len(day) == 0


def test_a_text_is_a_line_with_its_letters_in_order_and_nothing_printed_when_it_was_misread() -> None:
    assert write_texts([TEXT], begin=7) == "7\t3ABC123\t1233ABC\t-\tBE\tVolvo\tV60\tgrey\tcar\n"
    misread = Text("3A8C123", None, *[getattr(TEXT, name) for name in ("country", "make", "model", "colour", "type")])
    assert "\t\\N\tBE" in write_texts([misread], begin=0)


def test_what_was_seen_is_a_line_with_its_day() -> None:
    assert write_seen([(TEXT, DAY)]) == "3ABC123\t1233ABC\t2026-03-03\n"
