"""What receives live traffic: a broker, an ingest, and two people of TECINT who enter what is watched for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.bench.metrics import read_metric
from deploy.bench.stand import FOLDER, INGEST, Stand, program, reserve_port, wait_for_http
from deploy.embedded.broker import MosquittoBroker
from deploy.score.preparing import add_user

_PATIENCE_S = 30.0


@contextmanager
def receiving(stand: Stand) -> Iterator[dict[str, str]]:
    """Run a broker and ingest; yield the settings of a simulator that publishes, enters and reads what came of it."""
    with MosquittoBroker(FOLDER / "mosquitto") as broker:
        metrics = reserve_port()
        with program("ingest", stand.environment(INGEST, BROKER_URL=broker.url_for("ingest"), METRICS_PORT=metrics)):
            wait_for_http(metrics, "/metrics")
            _wait_for_broker(metrics)
            yield {"BROKER_URL": broker.url_for("simulator"), "API_TOKEN": add_user(stand, "enters", "tecint"),
                   "API_SECOND_TOKEN": add_user(stand, "agrees", "tecint")}


def _wait_for_broker(port: str) -> None:
    """Wait until ingest listens alone, without the session that it has at its start; raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE_S
    while read_metric(port, "zoneschild_broker_connected") < 1 or read_metric(port, "zoneschild_live_subscribed") > 0:
        if time.monotonic() > deadline:
            raise TimeoutError(f"ingest does not reach the broker; see the logs in {FOLDER}")
        time.sleep(0.1)
