"""A hit as an e-mail: the facts that go over the radio, in Dutch, the language of the zone (pure)."""

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from ingest.deliver.message import Hit, Listed, Message
from services.clock import ZONE
from services.hits.events import EventKind
from services.hits.following import Disposition, HitState
from services.hits.matching import MatchedAs

_EVENTS: dict[str, str] = {
    "test": "Test van dit kanaal: alles hieronder is verzonnen",
    EventKind.raised: "Nieuwe hit", EventKind.seen_again: "Opnieuw gezien", EventKind.withdrawn: "Melding ingetrokken",
    EventKind.claimed: "Opgenomen", EventKind.released: "Weer vrijgegeven", EventKind.confirmed: "Bevestigd",
    EventKind.dispatched: "Ploeg gestuurd", EventKind.ended: "Afgehandeld",
    EventKind.escalated: "Door niemand opgenomen", EventKind.remarked: "Opmerking toegevoegd",
}
_STATES = {HitState.open: "open", HitState.claimed: "opgenomen", HitState.confirmed: "bevestigd",
           HitState.dispatched: "ploeg gestuurd", HitState.ended: "afgehandeld"}
_DISPOSITIONS = {
    Disposition.intercepted: "onderschept", Disposition.no_result: "zonder resultaat",
    Disposition.observed: "gezien en genoteerd", Disposition.misread: "verkeerd gelezen",
    Disposition.wrong_country: "ander land", Disposition.not_followed: "niet opgevolgd",
    Disposition.late: "te laat binnengekomen", Disposition.withdrawn: "ingetrokken",
    Disposition.lapsed: "door niemand opgenomen",
}
_MATCHED = {MatchedAs.exact: "de nummerplaat zelf", MatchedAs.country: "zelfde tekens, ander land",
            MatchedAs.pattern: "past in een patroon", MatchedAs.alike: "lijkt erop"}
_DIRECTIONS = {"towards": "naar de camera toe", "away": "van de camera weg"}
_COLOURS = {"grey": "grijs", "black": "zwart", "white": "wit", "blue": "blauw", "silver": "zilver", "red": "rood",
            "green": "groen", "brown": "bruin", "beige": "beige", "orange": "oranje", "yellow": "geel"}
_TYPES = {"car": "personenwagen", "van": "bestelwagen", "truck": "vrachtwagen", "motorcycle": "motorfiets",
          "bus": "bus"}
_DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")


def compose(message: Message, sender: str, recipient: str, now: datetime) -> EmailMessage:
    """Return the e-mail of a message; a plate never stands in its subject, which telephones show to whoever is near."""
    mail = EmailMessage()
    mail["Subject"] = _subject(message)
    mail["From"], mail["To"], mail["Date"] = sender, recipient, format_datetime(now)
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(_lines(message)) + "\n")
    return mail


def _subject(message: Message) -> str:
    if message.test:
        return "Test van een kanaal voor hits"
    kind = "Mogelijke hit" if message.hit.possible else "Hit"
    return f"{kind} {message.hit.hit_id}, prioriteit {message.hit.priority}: {_EVENTS[message.event.kind].lower()}"


def _lines(message: Message) -> Iterator[str]:
    hit = message.hit
    yield _EVENTS[message.event.kind].upper()
    if hit.possible:
        yield "MOGELIJK: nog door niemand bevestigd"
    if hit.discreet:
        yield "DISCREET: niet staande houden, niets laten merken"
    yield ""
    yield from (f"{name + ':':<14}{value}" for name, value in _facts(hit) if value)
    for one in hit.lists:
        yield from _of_list(one)
    yield ""
    if hit.page:
        yield f"De hit: {hit.page}"
    yield f"Bericht {message.message_id}. Komt het tweemaal, dan is het hetzelfde."


def _facts(hit: Hit) -> Iterator[tuple[str, str]]:
    yield "Nummerplaat", f"{hit.plate} ({hit.country})" if hit.country else hit.plate
    yield "Voertuig", _vehicle(hit)
    yield "Waar", " ".join(filter(None, (hit.camera.name, f"({hit.camera.code})" if hit.camera.code else "")))
    yield "Richting", _DIRECTIONS.get(hit.direction or "", hit.direction or "")
    yield "Gezien", _moment(hit.captured_at) + (" - te laat binnengekomen" if hit.late else "")
    yield "Prioriteit", str(hit.priority)
    sure = "" if hit.probability is None else f", kans {hit.probability:.0%}"
    yield "Herkend", _MATCHED[hit.matched_as] + sure
    yield "Stand", _STATES[hit.state]
    yield "Afhandeling", _DISPOSITIONS[hit.disposition] if hit.disposition else ""


def _vehicle(hit: Hit) -> str:
    seen = hit.vehicle
    return " ".join(filter(None, (_COLOURS.get(seen.colour or "", seen.colour), _TYPES.get(seen.type or "", seen.type),
                                  seen.make, seen.model)))


def _of_list(listed: Listed) -> Iterator[str]:
    yield ""
    yield f"Lijst {listed.name}" + (" (ingetrokken)" if listed.withdrawn else "")
    for name, value in (("Maatregel", listed.measure), ("Overheid", listed.authority),
                        ("Wettelijk", listed.legal_basis), ("Dossier", listed.file_number)):
        if value:
            yield f"  {name + ':':<12}{value}"


def _moment(instant: str) -> str:
    local = datetime.fromisoformat(instant).astimezone(ZONE)
    return f"{_DAYS[local.weekday()]} {local:%d/%m/%Y %H:%M:%S}"
