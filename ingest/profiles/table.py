"""The table of profiles: a name, how its messages are read, and how its devices want to be answered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ingest.mapping.reading import Read, Reshape, compile_mapping
from ingest.mapping.verbs import Mapping
from ingest.profiles import (
    axis_lpv,
    canonical,
    dahua_itsapi,
    fiware_anpr,
    genetec,
    hikvision_isapi,
    mapped,
    onvif_profile_m,
    plate_recognizer,
)
from ingest.profiles.replies import Reply, canonical_reply, plain_reply
from ingest.rows import Answer
from services.decoding import DecodingSettings, decoding_settings
from services.errors import ConfigurationError

Replying = Callable[[str, Answer], Reply]


@dataclass(frozen=True, slots=True)
class Profile:
    """One format: how its messages are read under a gateway's settings, and how its pushes are answered.

    `reply` gets the path of the push and what came of it.
    """

    name: str
    reader: Callable[[DecodingSettings], Read]
    reply: Replying = plain_reply


@dataclass(frozen=True, slots=True)
class CompiledProfile:
    """A profile for one gateway's settings."""

    name: str
    read: Read
    reply: Replying
    settings: DecodingSettings


def _mapping(mapping: Mapping, reshape: Reshape | None = None) -> Callable[[DecodingSettings], Read]:
    return lambda settings: compile_mapping(mapping, settings, reshape)


PROFILES = {profile.name: profile for profile in (
    Profile("canonical", canonical.reader, canonical_reply),
    Profile("onvif-profile-m", _mapping(onvif_profile_m.MAPPING, onvif_profile_m.reshape)),
    Profile("axis-lpv", _mapping(axis_lpv.MAPPING, axis_lpv.reshape)),
    Profile("hikvision-isapi", _mapping(hikvision_isapi.MAPPING, hikvision_isapi.reshape)),
    Profile("dahua-itsapi", _mapping(dahua_itsapi.MAPPING, dahua_itsapi.reshape), dahua_itsapi.reply),
    Profile("plate-recognizer", _mapping(plate_recognizer.MAPPING, plate_recognizer.reshape)),
    Profile("genetec", _mapping(genetec.MAPPING, genetec.reshape)),
    Profile("fiware-anpr", _mapping(fiware_anpr.MAPPING, fiware_anpr.reshape)),
    Profile("mapping", mapped.reader),
)}


@lru_cache(maxsize=1024)
def compiled(name: str, decoding: bytes) -> CompiledProfile:
    """Return a profile compiled for a gateway's settings (JSON).

    Raises ConfigurationError when there is no such profile, or the settings or their mapping are wrong.
    """
    profile = PROFILES.get(name)
    if profile is None:
        raise ConfigurationError(f"there is no profile {name}; there are: {', '.join(PROFILES)}")
    settings = decoding_settings(decoding)
    return CompiledProfile(name, profile.reader(settings), profile.reply, settings)
