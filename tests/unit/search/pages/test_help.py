"""Help in place."""

from pathlib import Path

from search.pages import rendering
from search.pages.help import HELP

TEMPLATES = Path(rendering.__file__).parent / "templates"


def test_help_is_told_on_pages_that_there_are() -> None:
    assert {name for name in HELP if not (TEMPLATES / name).is_file()} == set()
