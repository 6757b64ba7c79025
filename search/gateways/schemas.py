"""Gateways as the API speaks of them."""

from datetime import datetime

from pydantic import BaseModel, Field, JsonValue

from search.cameras.schemas import PapersOfCamera


class CameraOfGateway(BaseModel):
    """One camera as its gateway introduces it."""

    source_id: str = Field(min_length=1, max_length=64, description="The gateway's own name for the camera.")
    name: str = Field(min_length=1, max_length=200)
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    papers: PapersOfCamera | None = Field(None, description="Taken where there are none yet; the camera then goes live "
                                          "if it never was. For invented gateways; of others' cameras the camera "
                                          "manager alone puts papers.")


class GatewayChange(BaseModel):
    """What a gateway is and has; settings are merged by key, cameras are added."""

    synthetic: bool = False
    cameras: list[CameraOfGateway] = Field(default_factory=list, max_length=1000)
    settings: dict[str, JsonValue] = Field(default_factory=dict)


class KnownCamera(BaseModel):
    """One camera of a gateway; `code` is the zone's name for it."""

    source_id: str
    code: str
    name: str
    lat: float | None
    lon: float | None


class Counts(BaseModel):
    """What came of messages."""

    stored: int = Field(description="Reads stored.")
    late: int = Field(description="Of those stored, how many arrived more than a minute after their capture.")
    doubled: int = Field(description="Reads that were there already: an exact replay.")
    superseded: int = Field(description="Reads replaced by a correction of the same passage.")
    trial: int = Field(description="Reads shown while the gateway was in state proef.")
    ignored: int = Field(description="Messages of kinds that hold no read.")
    rejected: int = Field(description="Messages or reads that could not be taken.")
    heartbeats: int


class GatewayAnswer(Counts):
    """A gateway, how its messages are read, and what came of them: over all days, and today."""

    name: str
    synthetic: bool
    state: str = Field(description="live, proef (shown to the integrator, not searchable) or disabled.")
    profile: str = Field(description="Its format.")
    decoding: dict[str, JsonValue] = Field(description="How its messages are read; the rest is the profile's habit.")
    cameras: list[KnownCamera]
    settings: dict[str, JsonValue]
    last_message_at: datetime | None
    today: Counts
    rejected_by_reason: dict[str, int] = Field(
        description="Rejects still kept and not taken since by a replay, by reason.")
