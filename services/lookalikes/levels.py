"""The levels of look-alikes: from which probability on a text counts as the plate meant (pure)."""

from collections.abc import Mapping
from types import MappingProxyType

LEAST: Mapping[str, float] = MappingProxyType({"certain": 0.9, "likely": 0.5, "possible": 0.1})
"""The least probability of each level, by its name in addresses."""
