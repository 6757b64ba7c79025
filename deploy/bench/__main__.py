"""`python -m deploy.bench`: measure ingest, print a table, write var/bench/ingest.json."""

import argparse
import sys

from deploy.bench import ingest_bench
from services.errors import ZoneschildError


def main() -> int:
    """Run the bench."""
    argparse.ArgumentParser(prog="python -m deploy.bench", description=__doc__).parse_args()
    try:
        ingest_bench.measure()
    except (ZoneschildError, TimeoutError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
