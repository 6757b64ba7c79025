"""`python -m tests.browser.warm_search`: forks a search for each line of standard input, and answers with its number.

What is forked has the environment and the log that the line names, and does what `python -m search` does.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from search.__main__ import main
from search.pages.rendering import load_pages


def serve_orders() -> None:
    """Fork as long as there are lines."""
    load_pages()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever has ended is gone at once, and nobody asks how
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _be_search(json.loads(line))
        print(child, flush=True)


def _be_search(order: Mapping[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(order["environment"])
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, target in ((0, nothing), (1, nothing), (2, os.open(order["log"], os.O_WRONLY | os.O_CREAT))):
        os.dup2(target, number)
    code = 1
    try:
        code = main()
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve_orders()
