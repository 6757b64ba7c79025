"""`fiware-anpr`: AnprFlowObserved of the Smart Data Models, NGSI-LD or NGSIv2, as brokers notify it.

Normalised, concise and key-values; one entity, several, or a notification around them. The data model is Antwerp's:
smart-data-models/dataModel.Transportation. docs/profiles/fiware-anpr.md says what is read from where.
"""

from typing import Any

from ingest.mapping.documents import Document
from ingest.mapping.trees import Branch, branch, branches, listed
from ingest.mapping.verbs import Mapping, Message, Value

_VEHICLE = "each.observedvehicle"

# The pictures are addresses, which are never fetched; the position is the camera register's.
MAPPING = Mapping(
    name="fiware-anpr", confidence_scale=1, country_coding="alpha-2",
    messages=[
        Message(
            kind="read", when="body.observations", for_each="body.observations",
            camera=["each.observedby", Value(path="each.observedby", match=r":([^:]+)\Z"), "each.refdevice", "each.id"],
            captured_at=[Value(path=["each.dateobserved", f"{_VEHICLE}.observedat", "each.observedat"], zone="utc")],
            plate=["each.read.identifier", "each.read"],
            confidence=["each.read.confidence"],
            country=[f"{_VEHICLE}.country.code", f"{_VEHICLE}.country"],
            direction=f"{_VEHICLE}.direction", speed=f"{_VEHICLE}.speed",
            lane=Value(path="each.laneid", match=r"(?i)\A(?:lane|rijstrook|voie)?[ _:-]*(\d{1,2})\Z"),
            make=[f"{_VEHICLE}.brand.name", f"{_VEHICLE}.brand"],
            model=[f"{_VEHICLE}.model.name", f"{_VEHICLE}.model"],
            colour=[f"{_VEHICLE}.color.name", f"{_VEHICLE}.color"],
            vehicle_type=[f"{_VEHICLE}.vehicletype.name", f"{_VEHICLE}.vehicletype"]),
        Message(kind="ignored", when="body.other", reason="an entity of another type"),
    ])

_WRAPPERS = ("@value", "value", "object", "languagemap", "vocab", "json", "hasvalue", "hasobject")
_ABOUT_VALUES = frozenset({*_WRAPPERS, "type", "datasetid", "unitcode", "metadata", "createdat", "modifiedat",
                           "instanceid"})
_UNITS = {"KMH": "km/h", "MTS": "m/s", "HM": "mph"}  # UN/CEFACT recommendation 20


def reshape(document: Document) -> Document:
    """Return a document that lists the observations in key-values, whatever wraps them."""
    entities = [_flat(here) for here in branches(document.body) if _kinds(here) and not {"id", "@id"}.isdisjoint(here)]
    entities = entities or [branch(_flat(tree)) for tree in map(branch, listed(document.body))]
    observed = [entity for entity in entities if _is_observation(entity)]
    document.body = {"observations": [entity | {"read": _plate(entity)} for entity in observed],
                     "other": any(_kinds(entity) or "data" in entity for entity in entities)}
    return document


def _kinds(entity: Branch) -> set[str]:
    return {_local(str(kind)).lower() for kind in listed(entity.get("type", entity.get("@type")))}


def _is_observation(entity: Branch) -> bool:
    return "anprflowobserved" in _kinds(entity) or (not _kinds(entity) and "observedvehicle" in entity)


def _plate(entity: Branch) -> Any:
    """Return the licence plate, nothing where the entity says that it was not read."""
    flag = entity.get("vehicleplatenotread")
    not_read = str(flag.get("#text") if isinstance(flag, dict) else flag).lower() in ("true", "1")
    return None if not_read else branch(entity.get("observedvehicle")).get("licenseplate")


def _flat(value: Any) -> Any:
    """Return a value without NGSI's wrapping; what stands beside a plain value stays beside its text."""
    if isinstance(value, list):
        return _flat(value[0]) if len(value) == 1 else [_flat(item) for item in value]
    if not isinstance(value, dict):
        return value
    members = {_local(name): part for name, part in value.items() if name != "@context"}
    if members.keys() == {"@id"}:
        return members["@id"]
    wrapper = next((name for name in _WRAPPERS if name in members), None)
    if wrapper is None or not {"id", "@id"}.isdisjoint(members):
        return {name: _flat(part) for name, part in members.items()}
    beside = branch(members.get("metadata")) | {name: part for name, part in members.items()
                                                if name not in _ABOUT_VALUES and not name.startswith("@")}
    inner = _with_unit(_flat(members[wrapper]), members.get("unitcode"))
    inner = inner if isinstance(inner, dict) or not beside else {"#text": inner}
    return inner | {name: _flat(part) for name, part in beside.items()} if beside else inner


def _with_unit(value: Any, code: Any) -> Any:
    unit = _UNITS.get(str(code).upper())
    return f"{value} {unit}" if unit and isinstance(value, int | float) else value


def _local(name: str) -> str:
    """Return the last part of a name that a broker spelled out as an address."""
    return name if name.startswith("@") else name.rstrip("/").replace("#", "/").rpartition("/")[2]
