"""One figure of ingest's metrics."""

import re
import urllib.request

from deploy.processes import LOOPBACK


def read_metric(port: str, name: str) -> float:
    """Return a metric without labels from the metrics on `port` of loopback; 0 when it is not there."""
    with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/metrics", timeout=5) as answer:
        found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0
