"""The publisher before it has met a broker."""

import pytest
from pydantic import SecretStr

from services.errors import ConfigurationError
from services.settings import BrokerSettings
from simulator.publisher import Publisher


async def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError, match="ZONESCHILD_BROKER_URL"):
        Publisher(BrokerSettings(broker_url=SecretStr("http://127.0.0.1")))
