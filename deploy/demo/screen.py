"""What the demo prints; a screen that is gone (a closed terminal) never stops it from stopping in good order."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


def say(text: str, end: str = "\n") -> None:
    """Print at once, or not at all when nobody is there to read."""
    try:
        sys.stdout.write(text + end)
        sys.stdout.flush()
    except OSError:
        return


def show_logins(url: str, logins: Sequence[tuple[str, str]], password: str, file: str) -> None:
    """Print where the demo is and who can log in."""
    table = Table(title=f"Zoneschild runs at {url}", title_justify="left", title_style="bold",
                  caption=f"Everything on this machine only; traffic and people are made up. Addresses: {file}. "
                          f"Ctrl-C stops.", caption_justify="left")
    for heading in ("who", "user", "password"):
        table.add_column(heading)
    for title, username in logins:
        table.add_row(title, username, password)
    try:
        Console(file=sys.stdout).print(table)
    except OSError:
        return
