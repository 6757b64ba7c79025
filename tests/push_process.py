"""`python -m ingest` with its push door open, as whoever installs it runs it; imports nothing of the product."""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEY = "nQ4vTz-Invented-Key-0001"
WRONG_KEY = "nQ4vTz-Invented-Key-0002"
UNREACHABLE_BROKER = "mqtt://127.0.0.1:1"


def free_port() -> int:
    """Return a port on loopback that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(holds: Callable[[], Any], seconds: float = 15) -> None:
    """Wait until something holds, or fail."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def put_key(connection: Any, gateway: str, key: str = KEY) -> None:
    """Give a gateway a push key, in the database, as RFC 7616 has its digests: H(user:realm:key)."""
    secret = f"{gateway}:zoneschild:{key}".encode()
    connection.execute(
        "INSERT INTO gateway_credentials (gateway_id, push_sha256, push_md5) "
        "SELECT gateway_id, %(sha256)s, %(md5)s FROM gateways WHERE name = %(gateway)s ON CONFLICT (gateway_id) "
        "DO UPDATE SET push_sha256 = excluded.push_sha256, push_md5 = excluded.push_md5",
        {"gateway": gateway, "sha256": hashlib.sha256(secret).hexdigest(), "md5": hashlib.md5(secret).hexdigest()})


class PushIngest:
    """The process, its log, its metrics, and a connection to its door."""

    def __init__(self, database_url: str, folder: Path, broker_url: str = UNREACHABLE_BROKER, **settings: str) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "ingest.log"
        self.environment = {
            "PATH": os.environ["PATH"], "ZONESCHILD_DATABASE_URL": database_url, "ZONESCHILD_BROKER_URL": broker_url,
            "ZONESCHILD_IDENTITY_KEY": "k" * 32, "ZONESCHILD_IMAGES_URL": f"file:{folder / 'images'}",
            "ZONESCHILD_PUSH_PORT": str(self.port), "ZONESCHILD_METRICS_PORT": str(self.metrics_port),
            **{f"ZONESCHILD_{name.upper()}": value for name, value in settings.items()}}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, until: int = 401) -> None:
        """Start, and wait until a stranger gets this answer: 401 once the gateways are known."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "ingest"], cwd=ROOT, env=self.environment,
                                            stdout=log, stderr=log)
        wait_until(lambda: self._answers(until) or self.process.poll() is not None)
        assert self.process.poll() is None, self.log.read_text()

    def _answers(self, status: int) -> bool:
        connection = self.connect()
        try:
            connection.request("GET", "/push/nobody")
            return connection.getresponse().status == status
        except OSError:
            return False
        finally:
            connection.close()

    def connect(self, timeout_s: float = 40) -> http.client.HTTPConnection:
        """Return a connection, not yet opened, to the door."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)

    def raw(self, content: bytes = b"") -> socket.socket:
        """Open a connection and send bytes as they are."""
        one = socket.create_connection(("127.0.0.1", self.port), timeout=40)
        one.sendall(content)
        return one

    def said(self, words: str) -> int:
        """Return how often its log has said something."""
        return self.log.read_text().count(words)

    def metric(self, series: str) -> float:
        """Return the value of a metric; 0 for a series that has not begun."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as page:
            lines = page.read().decode().splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{series} ")), 0.0)

    def pushes(self, answer: str) -> float:
        """Return how many pushes were answered in one way."""
        return self.metric(f'zoneschild_pushes_total{{answer="{answer}"}}')

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; return the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(10)
