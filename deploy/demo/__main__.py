"""`python -m deploy.demo`, which `make demo` calls."""

import sys
from collections.abc import Callable

import psycopg

from deploy.demo.launcher import run_demo
from deploy.demo.settings import DemoSettings
from services.errors import ZoneschildError
from services.settings import load_settings


def explain_and_exit_code(run: Callable[[], None]) -> int:
    """Run the demo; what goes wrong is said in words, without a traceback."""
    try:
        run()
    except (ZoneschildError, OSError, psycopg.Error) as error:
        print(f"\nZoneschild: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(explain_and_exit_code(lambda: run_demo(load_settings(DemoSettings))))
