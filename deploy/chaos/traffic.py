"""The reads of a run, drawn from a seed: single reads, batches, passages with corrections, pictures, heartbeats."""

import hashlib
import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

import msgspec

from deploy.bench import traffic as bench_traffic
from services import messages
from services.clock import from_epoch_ms

GATEWAYS = {f"chaos-{name}": [f"cam{number:02d}" for number in range(23)]
            for name in ("north", "east", "south", "west")}
PICTURES: dict[str, int] = {"plate": 1, "overview": 2}
"""Kind of picture → its bit in `reads.images`."""

_PICTURED_SHARE = 0.1
"""Of single reads and passages, about half of all reads: 5 % of these."""
_PICTURE_BYTES = 3000
_BATCH_READS = (2, 30)
_BETWEEN_READINGS_MS = (200, 2000)
_LETTERS = "ABCDEFGHJKLNPRSTVXY"


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One read as it was sent: a row of `reads` must come of it, unless its passage sent the same plate before."""

    camera: str
    """The camera's code: `<gateway>:<its name there>`."""
    captured_ms: int
    plate: str
    """Normalised."""
    passage: str | None = None
    revision: int = 0
    confidence: float = 0.0
    pictured: bool = False


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """One message: when it is due (ms since 1970), whose it is, and the reads that it carries."""

    due_ms: int
    gateway: str
    topic: str
    payload: bytes
    readings: list[Reading]


def picture(camera: str, captured_ms: int, kind: str) -> bytes:
    """Return the picture that a camera took, a JPEG by its first bytes; every reading of a passage has the same."""
    return b"\xff\xd8\xff" + hashlib.shake_128(f"{camera} {captured_ms} {kind}".encode()).digest(_PICTURE_BYTES)


def make_traffic(seed: int, rate: float, start_ms: int) -> Iterator[Outgoing]:
    """Yield messages for ever, in the order in which they are due, `rate` reads a second; no two reads are the same."""
    return _Zone(random.Random(seed), 1000 / rate, start_ms).run()


class _Zone:
    def __init__(self, rng: random.Random, step_ms: float, start_ms: int) -> None:
        self._rng, self._step_ms, self._now_ms = rng, step_ms, float(start_ms)
        self._cameras = [(gateway, camera) for gateway, cameras in GATEWAYS.items() for camera in cameras]
        self._last_ms: dict[tuple[str, str], int] = {}
        self._passages = itertools.count(1)
        self._due: list[tuple[int, int, Outgoing]] = []
        self._order = itertools.count()
        self._makers: tuple[tuple[Callable[[], None], float], ...] = (
            (self._single, 0.77), (self._batch, 0.05), (self._passage, 0.13), (self._heartbeat, 0.05))

    def run(self) -> Iterator[Outgoing]:
        makers, weights = zip(*self._makers, strict=True)
        while True:
            self._rng.choices(makers, weights)[0]()
            while self._due and self._due[0][0] <= self._now_ms:
                yield heapq.heappop(self._due)[2]

    def _single(self) -> None:
        gateway, camera = self._rng.choice(self._cameras)
        pictured = self._rng.random() < _PICTURED_SHARE
        reading = Reading(f"{gateway}:{camera}", self._capture(gateway, camera), self._plate(),
                          confidence=self._confidence(), pictured=pictured)
        self._send(reading.captured_ms, gateway, [reading])

    def _batch(self) -> None:
        gateway = self._rng.choice(list(GATEWAYS))
        readings = []
        for _ in range(self._rng.randint(*_BATCH_READS)):
            camera = self._rng.choice(GATEWAYS[gateway])
            readings.append(Reading(f"{gateway}:{camera}", self._capture(gateway, camera), self._plate(),
                                    confidence=self._confidence()))
        self._send(readings[-1].captured_ms, gateway, readings)

    def _passage(self) -> None:
        """Make two or three readings of one car: numbered corrections, or equals of which the surest is the best."""
        gateway, camera = self._rng.choice(self._cameras)
        captured_ms, passage = self._capture(gateway, camera), f"p{next(self._passages)}"
        number = self._rng.randint(2, 3)
        plate, numbered = self._plate(), self._rng.random() < 0.7
        pictured = self._rng.random() < _PICTURED_SHARE
        readings = [Reading(f"{gateway}:{camera}", captured_ms, self._misread(plate), passage,
                            place if numbered else 0, thousandths / 1000, pictured and self._rng.random() < 0.7)
                    for place, thousandths in enumerate(self._rng.sample(range(700, 1000), number))]
        due_ms = captured_ms
        if self._rng.random() < 0.2:
            self._rng.shuffle(readings)
        for reading in readings:
            self._send(due_ms, gateway, [reading])
            due_ms += self._rng.randint(*_BETWEEN_READINGS_MS)
        self._now_ms += self._step_ms * (number - 1)  # every reading counts for the rate

    def _heartbeat(self) -> None:
        gateway, camera = self._rng.choice(self._cameras)
        payload = messages.encode(messages.Heartbeat(camera, _instant(int(self._now_ms))))
        self._put(Outgoing(int(self._now_ms), gateway, messages.heartbeats_topic(gateway), payload, []))

    def _send(self, due_ms: int, gateway: str, readings: list[Reading]) -> None:
        encoded = [messages.encode(_read(reading)) for reading in readings]
        payload = encoded[0] if len(encoded) == 1 else messages.encode_batch(encoded)
        self._put(Outgoing(due_ms, gateway, messages.reads_topic(gateway), payload, readings))

    def _put(self, outgoing: Outgoing) -> None:
        heapq.heappush(self._due, (outgoing.due_ms, next(self._order), outgoing))

    def _capture(self, gateway: str, camera: str) -> int:
        """Let time go on by one read; return a moment at which this camera captured nothing yet, ms since 1970."""
        self._now_ms += self._step_ms
        key = gateway, camera
        self._last_ms[key] = max(int(self._now_ms), self._last_ms.get(key, 0) + 1)
        return self._last_ms[key]

    def _plate(self) -> str:
        return bench_traffic.make_plate(self._rng).replace("-", "")

    def _misread(self, plate: str) -> str:
        place = self._rng.randrange(1, 4)
        wrong = plate[:place] + self._rng.choice(_LETTERS) + plate[place + 1:]
        return wrong if self._rng.random() < 0.5 else plate

    def _confidence(self) -> float:
        return round(self._rng.uniform(0.7, 1.0), 3)


def _read(reading: Reading) -> messages.Read:
    camera = reading.camera.partition(":")[2]
    take = partial(picture, reading.camera, reading.captured_ms)
    passage = messages.Passage(reading.passage, reading.revision) if reading.passage else None
    plate = reading.plate
    return messages.Read(
        camera=camera, captured_at=_instant(reading.captured_ms), plate=f"{plate[0]}-{plate[1:4]}-{plate[4:]}",
        country="BE", confidence=reading.confidence, direction="towards", passage=passage,
        images=[messages.Image(kind, take(kind)) for kind in ("plate", "overview")] if reading.pictured else [])


def _instant(ms: int) -> datetime:
    return from_epoch_ms(ms).astimezone(UTC)
