"""Gateways as the API speaks of them."""

from pydantic import BaseModel, Field, JsonValue


class CameraOfGateway(BaseModel):
    """One camera as its gateway introduces it."""

    source_id: str = Field(min_length=1, max_length=64, description="The gateway's own name for the camera.")
    name: str = Field(min_length=1, max_length=200)
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)


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


class GatewayAnswer(BaseModel):
    """A gateway and what came of its messages."""

    name: str
    synthetic: bool
    cameras: list[KnownCamera]
    settings: dict[str, JsonValue]
    stored: int = Field(description="Reads stored.")
    doubled: int = Field(description="Reads that were there already: an exact replay.")
    superseded: int = Field(description="Reads replaced by a correction of the same passage.")
    rejected: int = Field(description="Messages or reads that could not be taken.")
    rejected_by_reason: dict[str, int] = Field(description="Rejects still kept, by reason.")
    heartbeats: int
