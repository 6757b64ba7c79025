"""A whole replay: file, API, real broker; what the server counts is what the table says."""

import asyncio
import gzip
import http.server
import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest

from services.messages import Batch, reads_topic
from services.settings import Broker
from simulator import replay
from simulator.__main__ import main

ROWS = [f"2021-10-01T07:{minute:02d}:{second:02d}Z,SPD0{second % 3},{minute * 60 + second:040x},NA,NA"
        for minute in range(10) for second in range(60)]


class Server:
    """The product seen from outside: an API with counts, and an ingest that stores each distinct read once."""

    def __init__(self, broker_url: str) -> None:
        self.gateway: dict[str, Any] | None = None
        self.reads: Counter[bytes] = Counter()
        self._broker = Broker.parse(broker_url)
        self._stop = threading.Event()
        self.listening = threading.Event()
        server = self

        class Api(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer()

            def do_PUT(self) -> None:
                change = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                known = server.gateway or {"settings": {}, "cameras": {}}
                cameras = {camera["source_id"]: camera for camera in change["cameras"]}
                server.gateway = {"settings": known["settings"] | change["settings"],
                                  "cameras": known["cameras"] | cameras, "synthetic": change["synthetic"]}
                self.answer()

            def answer(self) -> None:
                allowed = self.headers["Authorization"] == "Bearer right"
                self.send_response(401 if not allowed else 404 if server.gateway is None else 200)
                self.end_headers()
                if allowed and server.gateway is not None:
                    self.wfile.write(json.dumps(server.counts()).encode())

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
                pass

        self.api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
        self._threads = [threading.Thread(target=self.api.serve_forever, kwargs={"poll_interval": 0.05}),
                         threading.Thread(target=asyncio.run, args=(self._ingest(),))]

    def counts(self) -> dict[str, Any]:
        assert self.gateway is not None
        stored = len(self.reads)
        return {"name": "seattle", "synthetic": True, "cameras": list(self.gateway["cameras"].values()),
                "settings": self.gateway["settings"], "stored": stored, "doubled": self.reads.total() - stored,
                "superseded": 0, "rejected": 0, "rejected_by_reason": {}}

    async def _ingest(self) -> None:
        broker = self._broker
        async with aiomqtt.Client(broker.host, broker.port, username=broker.username,
                                  password=broker.password) as client:
            await client.subscribe(reads_topic("seattle"), qos=1)
            listen = asyncio.create_task(self._listen(client))
            self.listening.set()
            await asyncio.to_thread(self._stop.wait)
            listen.cancel()
            await asyncio.gather(listen, return_exceptions=True)

    async def _listen(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            batch = msgspec.json.decode(message.payload, type=Batch)
            self.reads.update(bytes(read) for read in batch.reads)

    def __enter__(self) -> "Server":
        for thread in self._threads:
            thread.start()
        assert self.listening.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.api.shutdown()
        self.api.server_close()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def server(broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server(broker.url_for("ingest")) as running:
        monkeypatch.setenv("ZONESCHILD_BROKER_URL", broker.url_for("simulator"))
        monkeypatch.setenv("ZONESCHILD_API_URL", f"http://127.0.0.1:{running.api.server_port}")
        monkeypatch.setenv("ZONESCHILD_API_TOKEN", "right")
        monkeypatch.setenv("COLUMNS", "120")
        monkeypatch.setattr(replay, "KEPT_S", 0.5)
        monkeypatch.chdir(tmp_path)
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reads.csv.gz"
    path.write_bytes(gzip.compress("\n".join(["captured_at,device,plate_hash,lat,lon", *ROWS, ""]).encode()))
    return path


def figures(shown: str) -> list[int]:
    """The table's row: rows, not understood, sent, stored, doubled, superseded, rejected."""
    line = next(line for line in reversed(shown.splitlines()) if line.count("│") >= 6)
    return [int(cell) for cell in line.strip("│ ").split("│")]


def test_a_second_replay_stores_nothing_more(server: Server, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(file), "--gateway", "seattle", "--batch", "7"]) == 0
    assert figures(capsys.readouterr().err) == [600, 0, 600, 600, 0, 0, 0]
    # Another batch size cuts the messages differently; the reads in them stay the same bytes.
    assert main(["replay", str(file), "--gateway", "seattle", "--batch", "50"]) == 0
    assert figures(capsys.readouterr().err) == [600, 0, 600, 0, 600, 0, 0]
    assert len(server.reads) == 600


def test_cameras_shift_and_mapping_are_kept(server: Server, file: Path, tmp_path: Path) -> None:
    main(["replay", str(file), "--gateway", "seattle"])
    assert server.gateway is not None
    assert sorted(server.gateway["cameras"]) == ["SPD00", "SPD01", "SPD02"]
    assert server.gateway["synthetic"] is True
    (key, weeks), = server.gateway["settings"].items()
    assert weeks > 200
    (mapping,) = (tmp_path / "var" / "replays").iterdir()
    assert key == f"replay:{mapping.stem}"
    assert len(mapping.read_text().splitlines()) == 601


def test_the_shift_that_the_server_keeps_is_used_again(server: Server, file: Path) -> None:
    main(["replay", str(file), "--gateway", "seattle"])
    assert server.gateway is not None
    (key, weeks), = server.gateway["settings"].items()
    server.gateway["settings"][key] = weeks - 3
    main(["replay", str(file), "--gateway", "seattle"])
    assert server.gateway["settings"] == {key: weeks - 3}
    assert len(server.reads) == 1200


def test_speed_spreads_the_reads_over_time(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("time,camera,plate\n2021-10-01T07:00:00Z,A,3ABC123\n2021-10-01T07:00:30Z,A,1ABC124\n")
    began = asyncio.new_event_loop()
    start = began.time()
    assert main(["replay", str(path), "--gateway", "seattle", "--speed", "20"]) == 0
    assert 1.5 < began.time() - start < 10
    began.close()


def test_a_wrong_token_is_one_sentence(server: Server, file: Path, monkeypatch: pytest.MonkeyPatch,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ZONESCHILD_API_TOKEN", "wrong")
    assert main(["replay", str(file), "--gateway", "seattle"]) == 1
    shown = capsys.readouterr().err
    assert "ZONESCHILD_API_TOKEN" in shown
    assert "Traceback" not in shown


def test_a_server_that_is_away_is_one_sentence(file: Path, monkeypatch: pytest.MonkeyPatch,
                                               capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ZONESCHILD_API_URL", "http://127.0.0.1:9")
    assert main(["replay", str(file), "--gateway", "seattle"]) == 1
    assert "search cannot be reached at http://127.0.0.1:9" in capsys.readouterr().err
