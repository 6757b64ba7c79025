"""`python -m deploy.bench [ingest] [search]`: measure, print a table, write var/bench/<name>.json."""

import argparse
import sys

from deploy.bench import ingest_bench, search_bench
from services.errors import ZoneschildError

_BENCHES = {"ingest": ingest_bench.measure, "search": search_bench.measure}


def main() -> int:
    """Run the benches named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="|".join(_BENCHES))
    names = parser.parse_args().names or list(_BENCHES)
    if unknown := set(names) - set(_BENCHES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")
    try:
        for name in names:
            _BENCHES[name]()
    except (ZoneschildError, TimeoutError, OSError) as error:
        print(f"zoneschild: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
