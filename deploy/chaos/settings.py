"""What `make chaos` reads from the environment."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ChaosSettings(BaseSettings):
    """How much chaos, and which: the same values make the same faults at the same moments."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    seed: int = Field(20261124, description="From which faults, their moments and the reads are drawn.")
    faults: int = Field(30, ge=1, le=500, description="Faults in each run.")
    seconds: float = Field(6, gt=0, le=600, description="Mean pause between two faults, s.")
    stall: float = Field(20, gt=0, le=120, description="How long a stalled server or a full image store lasts, s.")
    rate: float = Field(500, gt=0, le=5000, description="Reads sent a second.")
