"""Which sentences the pages and the code say, found as a translator's tools find them."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

import search

_SOURCE = Path(search.__file__).parent
_KEYWORDS = {"words": None, "_": None, "gettext": None, "ngettext": (1, 2)}


def said() -> Iterator[tuple[str, str]]:
    """Yield every message id with the file that says it; of a plural the first form."""
    methods = [("**.py", "python"), ("pages/templates/**.html", "jinja2.ext:babel_extract")]
    found = extract_from_dir(str(_SOURCE), methods, options_map={}, keywords=_KEYWORDS)
    for file, _line, message, _comments, _context in found:
        yield (message[0] if isinstance(message, tuple) else message), file
