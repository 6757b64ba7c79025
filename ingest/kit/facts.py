"""What was seen of a gateway while it was watched: the facts from which it is judged; no plate is among them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.registry import State


@dataclass(frozen=True, slots=True)
class Seen:
    """One read or trial read that arrived in the time; shapes are raw texts with letters and digits masked."""

    camera: str
    delay_s: float
    """From capture to arrival; below nought, the capture lay ahead of our clock."""
    confidence: float | None = 0.9
    confidence_shape: str | None = None
    country: str | None = "BE"
    country_shape: str | None = None
    unread: bool = False
    pictured: bool = True
    follows_itself: bool = False
    """The same plate at the same camera, a few seconds after another read."""


@dataclass(frozen=True, slots=True)
class Camera:
    """One of the gateway's cameras."""

    code: str
    heard: bool = True
    heard_before: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """The rejects of one reason: how many, what was said of the latest, and how late their captures arrived."""

    number: int
    detail: str = ""
    delays_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in the time (gateway_days)."""

    stored: int = 0
    doubled: int = 0
    superseded: int = 0
    rejected: int = 0
    heartbeats: int = 0
    ignored: int = 0
    trial: int = 0
    late: int = 0

    @property
    def handled(self) -> int:
        """Everything that arrived; `late` reads are among the stored."""
        return (self.stored + self.doubled + self.superseded + self.rejected + self.heartbeats + self.ignored
                + self.trial)


@dataclass(frozen=True, slots=True)
class Facts:
    """A gateway and what came of it in `seconds`."""

    gateway: str
    profile: str
    state: State
    seconds: int
    counts: Counts
    cameras: tuple[Camera, ...] = ()
    seen: tuple[Seen, ...] = ()
    refused: Mapping[str, Refused] = field(default_factory=dict)
    passages: int = 0
    """Passages of several messages that were entered in the time, and how many of them had a second message."""
    revised: int = 0
