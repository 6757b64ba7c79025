"""Hikvision: clocks, recorders, retransmissions and which picture is which."""

from datetime import UTC, datetime

import pytest

from ingest.incoming import Door, Incoming
from ingest.profiles.table import compiled
from ingest.rows import Beat, Row
from ingest.sightings import Sighting
from services.clock import epoch_ms, from_epoch_ms
from services.images import Kind
from services.registry import Gateway
from tests.ingest_samples import JPEG, NOW, PNG, decode

MAC = "44:19:b6:00:d0:01"
GATEWAYS = {"genk": Gateway(8, "genk", {MAC: 21, "44:19:b6:00:d0:02/3": 23}, "hikvision-isapi")}


def alert(inner: str = "<ANPR><licensePlate>3ABC123</licensePlate></ANPR>", time: str = "2026-11-23T11:15:30+01:00",
          mac: str = MAC, kind: str = "ANPR", state: str = "active") -> bytes:
    return (f"<EventNotificationAlert><macAddress>{mac}</macAddress><channelID>3</channelID><dateTime>{time}</dateTime>"
            f"<eventType>{kind}</eventType><eventState>{state}</eventState>{inner}</EventNotificationAlert>").encode()


def with_pictures(*parts: tuple[str, bytes]) -> bytes:
    body = b"".join(b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)
                    for name, content in (("anpr.xml", alert()), *parts))
    return body + b"--b--\r\n"


def pushed(body: bytes, received_ms: int = epoch_ms(NOW)) -> Incoming:
    kind = "multipart/form-data; boundary=b" if body.startswith(b"--b") else "application/xml"
    return Incoming("push/genk", body, received_ms, door=Door.push, headers=(("content-type", kind),))


def row(body: bytes) -> Row:
    (found,) = decode(pushed(body), gateways=GATEWAYS)
    assert isinstance(found, Row)
    return found


def seen(body: bytes, settings: bytes = b"{}", received_ms: int = epoch_ms(NOW)) -> Sighting:
    (found,) = compiled("hikvision-isapi", settings).read(pushed(body, received_ms), "")
    assert isinstance(found, Sighting)
    return found


def test_a_retransmission_is_the_same_read() -> None:
    inner = ("<ANPR><licensePlate>3ABC123</licensePlate></ANPR><UUID>inv-1</UUID>"
             "<isDataRetransmission>{}</isDataRetransmission>")
    assert row(alert(inner.format("false"))).read_id == row(alert(inner.format("true"))).read_id


def test_a_camera_behind_a_recorder_is_picked_by_its_channel() -> None:
    assert row(alert(mac="44:19:b6:00:d0:02")).camera_id == 23


def test_a_recorders_sign_of_life_is_the_gateways_own() -> None:
    (beat,) = decode(pushed(alert("", mac="44:19:b6:00:d0:99", kind="videoloss", state="inactive")), gateways=GATEWAYS)
    assert isinstance(beat, Beat)
    assert (beat.gateway_id, beat.camera_id) == (8, None)


@pytest.mark.parametrize(("time", "settings", "instant"), [
    ("2026-07-01T12:00:00+01:00", '{"clock": "wall-clock"}', datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
    ("2026-01-15T12:00:00+01:00", '{"clock": "wall-clock"}', datetime(2026, 1, 15, 11, 0, tzinfo=UTC)),
    ("2026-07-01T12:00:00+08:00", '{"clock": "wall-clock"}', datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
    ("2026-07-01T12:00:00+01:00", "{}", datetime(2026, 7, 1, 11, 0, tzinfo=UTC)),
    ("2026-07-01T12:00:00", '{"time_zone": "Europe/London"}', datetime(2026, 7, 1, 11, 0, tzinfo=UTC)),
])
def test_an_offset_is_believed_unless_the_settings_say_that_the_digits_are_local(
        time: str, settings: str, instant: datetime) -> None:
    assert from_epoch_ms(seen(alert(time=time), settings.encode()).captured_ms) == instant


@pytest.mark.parametrize(("received", "instant"), [
    (datetime(2026, 10, 25, 0, 30, 2, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    (datetime(2026, 10, 25, 1, 30, 2, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
])
def test_an_hour_that_the_clock_shows_twice_is_the_one_in_which_the_message_came(
        received: datetime, instant: datetime) -> None:
    found = seen(alert(time="2026-10-25T02:30:00+01:00"), b'{"clock": "wall-clock"}', epoch_ms(received))
    assert (from_epoch_ms(found.captured_ms), found.clock_basis) == (instant, "ambiguous")


def test_the_scene_goes_before_the_vehicle_alone_in_whatever_order_they_come() -> None:
    parts = [("licensePlatePicture.jpg", PNG + b"plate"), ("vehiclePicture.jpg", JPEG + b"vehicle"),
             ("detectionPicture.jpg", JPEG + b"scene")]
    for order in (parts, parts[::-1]):
        assert dict(seen(with_pictures(*order)).images) == {Kind.plate: PNG + b"plate", Kind.overview: JPEG + b"scene"}


def test_a_vehicle_alone_is_the_overview_and_occupants_are_none() -> None:
    found = seen(with_pictures(("pilotPicture.jpg", JPEG), ("vehiclePicture.jpg", JPEG + b"vehicle")))
    assert found.images == ((Kind.overview, JPEG + b"vehicle"),)
