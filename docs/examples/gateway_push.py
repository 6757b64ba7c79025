"""A gateway that pushes over HTTP, in nothing but Python's own library: what is refused for now goes out again.

    ADDRESS=https://anpr.example/push/houthalen GATEWAY=houthalen KEY=… python gateway_push.py < reads.jsonl

Every line of standard input is one read (docs/asyncapi.yaml); they go out in batches, one at a time, in order.
"""

import base64
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

MOST_READS, MOST_BYTES = 500, 6_000_000
SEND_AGAIN = {408, 429, 500, 502, 503, 504}
LONGEST_PAUSE_S = 60.0


def batches(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Put lines together into messages of up to 500 reads."""
    held: list[bytes] = []
    for line in filter(None, map(bytes.strip, lines)):
        if len(held) == MOST_READS or sum(map(len, held)) + len(line) > MOST_BYTES:
            yield b'{"reads":[' + b",".join(held) + b"]}"
            held = []
        held.append(line)
    if held:
        yield b'{"reads":[' + b",".join(held) + b"]}"


def push(message: bytes) -> dict[str, object]:
    """Send one message until it is stored, and return what came of it.

    Raises urllib.error.HTTPError for an answer that sending again will not change: 401, 403, 404, 405, 413.
    """
    shown = base64.b64encode(f"{os.environ['GATEWAY']}:{os.environ['KEY']}".encode()).decode()
    headers = {"Authorization": f"Basic {shown}", "Content-Type": "application/json"}
    pause_s = 1.0
    while True:
        request = urllib.request.Request(os.environ["ADDRESS"], message, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in SEND_AGAIN:
                raise
            wait_s = float(error.headers.get("Retry-After") or pause_s)
        except OSError:  # no answer at all: it may have been stored, and sending it again does no harm
            wait_s = pause_s
        time.sleep(wait_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def main() -> int:
    """Push everything; say what was rejected, and why."""
    for message in batches(sys.stdin.buffer):
        try:
            came_of_it = push(message)
        except urllib.error.HTTPError as error:
            print(f"{error.code}: {error.read().decode().strip()}", file=sys.stderr)
            return 1
        print(json.dumps(came_of_it), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
