"""A stand with a world in it: cameras, roads, a month of reads, what the product learns at night, and who asks."""

# ruff: noqa: S603 - the programs started here are our own

import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from deploy.bench.stand import INGEST, OWNER, ROOT, SEARCH, Stand, program, reserve_port, wait_for_http
from deploy.processes import LOOPBACK
from deploy.score.settings import Sizes
from simulator.network import DATA
from simulator.score.truth import RECORDED

_USER = "score"
# A witness of two characters is scored too; by itself the gate takes such a question for one about everybody.
_ONE_CHARACTER_IS_ENOUGH = """
INSERT INTO gate_settings (name, value, document, confirmed_by, confirmed_at)
SELECT 'known_characters', '1', 'make score', user_id, now() FROM users WHERE username = %s
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A stand whose store holds a world."""

    stand: Stand
    world: Path
    token: str

    def ask(self, port: str, *arguments: str, **settings: str) -> None:
        """Run one part of `python -m simulator score` against the search on `port`."""
        say(" ".join(("simulator score", *arguments)))
        run(self.stand, SEARCH, "simulator", "score", *arguments, **{
            "API_URL": f"http://{LOOPBACK}:{port}", "API_TOKEN": self.token, **settings})


def say(what: str) -> None:
    """Tell what begins now: some steps take minutes."""
    Console().print(f"[dim]· {what}[/dim]")


def run(stand: Stand, role: str, *arguments: str, **settings: str) -> None:
    """Run `python -m …` to its end as `role`, its words on the terminal; raises CalledProcessError when it fails."""
    subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=stand.environment(role, **settings), check=True)


def prepare(stand: Stand, world: Path, sizes: Sizes) -> Prepared:
    """Make a world, load it, let the product learn from it; return it ready to be asked."""
    register(stand)
    say("world")
    run(stand, OWNER, "simulator", "score", "world", "--plates", str(sizes.plates), "--reads-per-day",
        str(sizes.reads_per_day), "--seed", str(sizes.seed), "--out", str(world))
    say("backfill")
    run(stand, INGEST, "ingest", "backfill", str(world / RECORDED))
    with stand.connect() as connection:
        connection.execute("VACUUM ANALYZE")
    prepared = Prepared(stand, world, add_user(stand, _USER, "investigator"))
    with stand.connect() as connection:
        connection.execute(_ONE_CHARACTER_IS_ENOUGH, [_USER])
    _learn(prepared, sizes)
    return prepared


def register(stand: Stand) -> None:
    """Make the zone's cameras and the roads between them known."""
    stand.run("services", "cameras", "load", str(DATA / "zone_cameras.csv"))
    stand.run("services", "cameras", "papers", str(DATA / "zone_camera_papers.csv"))
    stand.run("services", "cameras", "live", "--all")
    stand.run("services", "network", "load", str(DATA / "zone_road_graph.csv"), str(DATA / "zone_road_paths.geojson"))


@contextmanager
def searching(stand: Stand) -> Iterator[str]:
    """Run search; yield its port."""
    port = reserve_port()
    with program("search", stand.environment(SEARCH, SEARCH_PORT=port)):
        wait_for_http(port, "/health")
        yield port


def add_user(stand: Stand, username: str, role: str) -> str:
    """Add somebody who asks; return their token."""
    stand.run("services", "users", "add", username, "--role", role, "--name", username.capitalize(), "--password-stdin",
              standard_input=secrets.token_urlsafe() + "\n")
    return stand.run("services", "tokens", "add", username)


def _learn(prepared: Prepared, sizes: Sizes) -> None:
    """Look at some pictures, then do what is done at night; a search that starts afterwards knows all of it."""
    with searching(prepared.stand) as port:
        prepared.ask(port, "teach", "--world", str(prepared.world), "--reads", str(sizes.taught),
                     "--seed", str(sizes.seed))
    for words in (("learn",), ("travel-times",), ("rhythms",), ("silences", "--days", "28")):
        say(" ".join(("services", *words)))
        say(prepared.stand.run("services", *words))
