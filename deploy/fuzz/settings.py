"""What `make fuzz` reads from the environment."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class FuzzSettings(BaseSettings):
    """How long each target is fuzzed."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="FUZZ_")

    seconds: int = Field(20, ge=1, le=86_400, description="Seconds a target.")
