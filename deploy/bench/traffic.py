"""Made-up reads for the benches: seeded, of the shape that cameras send, with invented plates."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from ingest.decode import Decoder, Window
from ingest.incoming import Incoming
from ingest.rows import Batch
from services import messages
from services.clock import epoch_ms
from services.identity import Identity
from services.registry import Gateway

GATEWAY = "bench"
CAMERAS = [f"CAM{number:02d}" for number in range(92)]
_LETTERS = "ABCDEFGHJKLNPRSTVXY"
_VEHICLES = 200_000
"""Vehicles that pass the zone; cubed chance makes a few pass daily and most seldom, as on real roads."""
_MAKES = ("Volkswagen", "Renault", "BMW", "Audi", "Ford", "Volvo", "Toyota")
_COLOURS = ("black", "grey", "white", "blue", "red", None)


def make_reads(rng: random.Random, number: int, newest: datetime, image: bytes | None = None, *,
               passages: bool = False) -> list[bytes]:
    """Return `number` encoded reads captured in the minutes before `newest`, each with `image` as its overview.

    With `passages` each names its passage, and every tenth is a correction of the one before it.
    """
    fleet, run = vehicles(), f"{rng.getrandbits(64):x}"
    images = [messages.Image("overview", image)] if image else []
    return [make_read(rng, CAMERAS[place // 10 % len(CAMERAS)],
                      newest - timedelta(milliseconds=place * 3 + rng.randrange(3)), fleet, images,
                      _passage(run, place) if passages else None) for place in range(number)]


def make_read(rng: random.Random, camera: str, captured_at: datetime, fleet: Sequence[str],
              images: Sequence[messages.Image] = (), passage: messages.Passage | None = None) -> bytes:
    """Return one encoded read of a vehicle of `fleet`; what is not given is left to chance."""
    return messages.encode(messages.Read(
        camera=camera, captured_at=captured_at, plate=fleet[int(len(fleet) * rng.random() ** 3)], country="BE",
        confidence=round(rng.uniform(0.7, 1.0), 3), direction="towards", facing="front", lane=rng.randint(1, 2),
        speed_kmh=round(rng.uniform(30, 90), 1), images=list(images), passage=passage,
        vehicle=messages.Vehicle(make=rng.choice(_MAKES), colour=rng.choice(_COLOURS), type="car")))


def _passage(run: str, place: int) -> messages.Passage:
    correction = place % 10 == 9
    return messages.Passage(id=f"{run}-{place - correction}", revision=int(correction))


@cache
def vehicles() -> tuple[str, ...]:
    """Return the plates of the zone's traffic, as printed, the frequent first."""
    rng = random.Random(20261123)
    return tuple(make_plate(rng) for _ in range(_VEHICLES))


def make_plate(rng: random.Random) -> str:
    """Return an invented Belgian plate of series 3 to 7, as printed."""
    return f"{rng.randint(3, 7)}-{''.join(rng.choices(_LETTERS, k=3))}-{rng.randrange(1000):03d}"


def batches(reads: list[bytes], size: int) -> list[bytes]:
    """Return the payloads that carry `reads`: one a message, or batches of `size`."""
    if size == 1:
        return reads
    return [messages.encode_batch(reads[start:start + size]) for start in range(0, len(reads), size)]


def decoded(reads: list[bytes], gateway: Gateway, now: datetime, size: int) -> list[Batch]:
    """Return what ingest's decoder makes of `reads`, in batches of `size` rows."""
    decoder = Decoder(Identity(b"bench" * 8), {gateway.name: gateway}, Window.at(now))
    incoming = [Incoming(messages.reads_topic(gateway.name), read, epoch_ms(now)) for read in reads]
    return [Batch.of(outcome for message in incoming[start:start + size] for outcome in decoder.decode(message))
            for start in range(0, len(incoming), size)]
