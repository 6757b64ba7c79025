"""Notifications: one shape for XML in any envelope and for ONVIF's JSON."""

import pytest

from ingest.mapping.documents import parse
from ingest.mapping.notifications import Event, events

ONVIF_MESSAGE = ('<tt:Message UtcTime="2026-07-01T10:15:30Z" PropertyOperation="Changed">'
                 '<tt:Source><tt:SimpleItem Name="VideoSource" Value="1"/></tt:Source>'
                 '<tt:Data><tt:SimpleItem Name="Likelihood" Value="0.9"/>'
                 '<tt:ElementItem Name="LicensePlateInfo"><tt:PlateNumber>3ABC123</tt:PlateNumber></tt:ElementItem>'
                 "</tt:Data></tt:Message>")
NOTIFICATION = ("<n:NotificationMessage><n:Topic>tns1:RuleEngine/Recognition/LicensePlate</n:Topic>"
                "<n:ProducerReference><a:Address>urn://mast-11/x</a:Address></n:ProducerReference>"
                f"<n:Message>{ONVIF_MESSAGE}</n:Message></n:NotificationMessage>")
SPACES = 'xmlns:n="urn:n" xmlns:tt="urn:tt" xmlns:a="urn:a"'


def heard(xml: str) -> list[Event]:
    return events(*parse(xml.replace(">", f" {SPACES}>", 1).encode()))


@pytest.mark.parametrize("envelope", [
    "<n:Notify>{}</n:Notify>", "<s><n:Notify>{}</n:Notify></s>",
    "<tt:MetadataStream><tt:Event>{}</tt:Event></tt:MetadataStream>",
    "<n:PullMessagesResponse><n:CurrentTime>2026-07-01T10:15:31Z</n:CurrentTime>{}</n:PullMessagesResponse>", "{}"])
def test_a_notification_is_found_in_any_envelope(envelope: str) -> None:
    assert heard(envelope.format(NOTIFICATION)) == [Event(
        "2026-07-01T10:15:30Z", "tns1:RuleEngine/Recognition/LicensePlate", "Changed", "urn://mast-11/x",
        {"videosource": "1"}, {"likelihood": "0.9", "licenseplateinfo": {"platenumber": "3ABC123"}})]


def test_several_notifications_are_several_events() -> None:
    assert len(heard(f"<n:Notify>{NOTIFICATION}{NOTIFICATION}</n:Notify>")) == 2


@pytest.mark.parametrize("bare", [ONVIF_MESSAGE, f"<n:NotificationMessage>{ONVIF_MESSAGE}</n:NotificationMessage>"])
def test_a_message_may_come_without_its_envelope(bare: str) -> None:
    (event,) = heard(bare)
    assert (event.utc_time, event.topic, event.source) == ("2026-07-01T10:15:30Z", "", {"videosource": "1"})


def test_json_events_are_found_alone_listed_and_wrapped() -> None:
    event = b'{"UtcTime": "2026-07-01T10:15:30Z", "Source": {"Rule": "a"}, "Data": {"State": true}}'
    for body in (event, b"[" + event + b"]", b'{"message": ' + event + b"}"):
        assert events(*parse(body)) == [Event("2026-07-01T10:15:30Z", source={"rule": "a"}, data={"state": True})]


def test_what_is_no_notification_is_no_event() -> None:
    assert heard("<a><b/></a>") == []
    assert events("", {"utctime": "2026-07-01T10:15:30Z"}) == []
