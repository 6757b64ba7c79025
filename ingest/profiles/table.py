"""The table of profiles: a name, how its messages are read, and how its devices want to be answered."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest import metrics
from ingest.incoming import Incoming
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
from ingest.rows import Answer, Reason
from ingest.sightings import Finding, Problem
from services.decoding import DecodingSettings, decoding_settings
from services.errors import ConfigurationError

log = logging.getLogger(__name__)

FAULT = "a fault of ours"
"""How the detail of a reject begins on which the profile itself failed."""

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
    if profile is None and name in mapped.shipped():
        raise ConfigurationError(f"{name} is a mapping: take the profile mapping and the setting "
                                 f'{{"mapping": "{name}"}}')
    if profile is None:
        raise ConfigurationError(f"there is no profile {name}; there are: {', '.join(PROFILES)}")
    settings = decoding_settings(decoding)
    return CompiledProfile(name, guarded(name, profile.reader(settings)), profile.reply, settings)


def guarded(name: str, read: Read) -> Read:
    """Return a reader that never raises: a message on which the profile fails becomes a reject that can be replayed."""
    def read_safely(message: Incoming, path: str) -> Iterator[Finding]:
        try:
            yield from read(message, path)
        except Exception as error:  # its text may hold what nobody may read in a log; the places it came through do not
            metrics.PROFILE_FAULTS.labels(name).inc()
            log.error("%s in profile %s:\n%s", type(error).__name__, name,
                      "".join(traceback.format_tb(error.__traceback__)).rstrip())
            yield Problem(Reason.unknown_format, f"{FAULT} ({type(error).__name__}): the profile fails on this message")

    return read_safely
