"""`mapping`: a format described by a file. The shipped ones lie in mappings/; an integrator may bring another."""

from functools import cache
from importlib.resources import files

import msgspec

from ingest.mapping.checking import mistakes
from ingest.mapping.reading import Read, compile_mapping
from ingest.mapping.verbs import Mapping
from services.decoding import DecodingSettings
from services.errors import ConfigurationError

_SHIPPED = files("ingest.profiles") / "mappings"


def reader(settings: DecodingSettings) -> Read:
    """Return the function that reads messages by the mapping that the settings name or hold.

    Raises ConfigurationError when there is none, or it is wrong.
    """
    if settings.mapping is None:
        raise ConfigurationError(f"the profile mapping needs the setting mapping: one of {', '.join(shipped())}, "
                                 "or a mapping of your own")
    if isinstance(settings.mapping, str):
        return compile_mapping(load_shipped(settings.mapping), settings)
    return compile_mapping(parse_mapping(msgspec.json.encode(settings.mapping)), settings)


def parse_mapping(document: bytes) -> Mapping:
    """Read a mapping file (JSON); raises ConfigurationError that says where it is wrong."""
    try:
        mapping = msgspec.json.decode(document, type=Mapping)
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"the mapping cannot be read: {error}") from None
    if (mistake := next(mistakes(mapping), None)) is not None:
        raise ConfigurationError(f"the mapping {mapping.name} is wrong: {mistake}")
    return mapping


@cache
def load_shipped(name: str) -> Mapping:
    """Return a shipped mapping; raises ConfigurationError when there is none of that name."""
    if name not in shipped():
        raise ConfigurationError(f"there is no mapping {name}; there are: {', '.join(shipped())}")
    return parse_mapping((_SHIPPED / f"{name}.json").read_bytes())


@cache
def shipped() -> tuple[str, ...]:
    """Return the names of the shipped mappings."""
    return tuple(sorted(entry.name.removesuffix(".json") for entry in _SHIPPED.iterdir()
                        if entry.name.endswith(".json")))
