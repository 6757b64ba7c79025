"""The demo's own settings; every program's settings are in services/settings.py and are passed through."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent.parent


class DemoSettings(BaseSettings):
    """What `make demo` reads from the environment."""

    model_config = SettingsConfigDict(env_prefix="ZONESCHILD_", frozen=True, extra="ignore")

    search_port: int = Field(8480, ge=1, le=65535, description="Port of the pages and the API.")
    push_port: int = Field(8481, ge=1, le=65535, description="Port on which ingest takes pushes over HTTP.")
    demo_broker_port: int = Field(18830, ge=1, le=65535, description="Port of the demo's MQTT broker; not MQTT's usual "
                                  "1883, where a machine's own broker listens.")
    demo_database_port: int = Field(54320, ge=1, le=65535, description="Port of the demo's PostgreSQL.")
    demo_broker: Literal["embedded", "mosquitto"] = Field("embedded", description="Which broker the demo starts: the "
                                                          "embedded one (MQTT 3.1.1) or Mosquitto.")
    demo_database_superuser_url: SecretStr | None = Field(None, description="A PostgreSQL server to use instead of the "
                                                          "embedded one: the address of a superuser.")
    demo_folder: Path = Field(ROOT / "var" / "demo", description="Where the demo keeps its data; its addresses go to "
                              "the file of the same name with `.json`.")
