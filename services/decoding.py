"""How one gateway's messages are to be read: what its makers do not say, or say wrongly, its register must know.

A value alone does not tell its scale (0.95? 1? 98? 204?), its zone or its country table, so nothing here is guessed.
"""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from services.errors import ConfigurationError

CountryCoding = Literal["alpha-2", "alpha-3", "iso", "numeric", "sign", "table"]
SpeedUnit = Literal["km/h", "mph", "m/s"]
Towards = Literal["towards", "away"]

PROFILE_NAMES = ("canonical", "onvif-profile-m", "axis-lpv", "hikvision-isapi", "dahua-itsapi", "plate-recognizer",
                 "genetec", "fiware-anpr", "mapping")
"""The formats that ingest reads (ingest/profiles/table.py; a test compares the two)."""

_SCALES = {"fraction": 1.0, "percent": 100.0, "byte": 255.0, "0-1": 1.0, "0-100": 100.0, "0-255": 255.0,
           "0-999": 999.0, "0-1000": 1000.0}


class DecodingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The settings of one gateway; a member that is absent takes what its profile documents as the maker's habit."""

    time_zone: str = "Europe/Brussels"
    """Zone of times without an offset (IANA name)."""

    clock: Literal["source", "wall-clock", "received"] = "source"
    """`source`: an offset that is sent is believed; `wall-clock`: the digits are local time in `time_zone` whatever
    offset stands beside them (cameras that ignore summer time); `received`: the clock is not believed at all."""

    date_order: Literal["dmy", "mdy"] | None = None
    """Of dates whose order depends on the sender's locale; without it one that could be two dates is refused."""

    confidence_scale: Annotated[float, msgspec.Meta(gt=0)] | str | None = None
    """The value that means certainty: 1, 100, 255, 999, 1000, or a name such as `percent`."""

    country_coding: CountryCoding | None = None
    """How countries are written; `iso` takes alpha-2 and alpha-3, `table` uses `countries` alone."""

    countries: dict[str, str] = {}
    """The source's own words or numbers for countries → ISO 3166-1 alpha-2; goes before `country_coding`."""

    directions: dict[str, Towards] = {}
    """The source's own words for directions → towards or away; goes before the profile's table."""

    speed_unit: SpeedUnit | None = None

    cameras: dict[str, str] = {}
    """The source's names for cameras → ours; used by `python -m ingest decode` (the register knows them otherwise)."""

    mapping: str | dict[str, Any] | None = None
    """For the profile `mapping`: the name of a mapping that is shipped, or the mapping itself."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times without an offset."""
        return ZoneInfo(self.time_zone)

    def scale(self, documented: float) -> float:
        """Return the value that means certainty: the gateway's own, else what the profile documents."""
        if isinstance(self.confidence_scale, str):
            return _SCALES[self.confidence_scale]
        return self.confidence_scale or documented


_decoder = msgspec.json.Decoder(DecodingSettings)


def decoding_settings(document: bytes) -> DecodingSettings:
    """Read a gateway's settings from JSON.

    Raises ConfigurationError that names what is wrong: an unknown member, zone or scale, a country that is no alpha-2.
    """
    try:
        settings = _decoder.decode(document)
        _ = settings.zone
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"the gateway's settings cannot be read: {error}") from None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigurationError("the gateway's settings: time_zone must be an IANA name such as Europe/Brussels"
                                 ) from None
    if isinstance(settings.confidence_scale, str) and settings.confidence_scale not in _SCALES:
        raise ConfigurationError(f"the gateway's settings: confidence_scale must be a number or one of "
                                 f"{', '.join(_SCALES)}")
    for word, country in settings.countries.items():
        if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
            raise ConfigurationError(f"the gateway's settings: countries: {word} must become two capital letters")
    return settings
