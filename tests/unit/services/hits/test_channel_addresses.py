"""Where a channel may lead: our own topics, HTTPS or this machine, one mailbox; never to a machine's credentials."""

from ipaddress import ip_address

import pytest

from services.hits.channel_addresses import is_address, may_be_posted_to
from services.hits.channels import ChannelKind

MQTT, WEBHOOK, EMAIL = ChannelKind.mqtt, ChannelKind.webhook, ChannelKind.email


@pytest.mark.parametrize(("kind", "address"), [
    (MQTT, "anpr/hits/meldkamer"), (MQTT, "anpr/hits/cad/prio-1"),
    (WEBHOOK, "https://cad.zone.example/hits?key=1"), (WEBHOOK, "https://10.20.0.5:8443/hits"),
    (WEBHOOK, "http://127.0.0.1:9000/hits"), (WEBHOOK, "http://localhost/hits"), (WEBHOOK, "http://[::1]:9000/"),
    (EMAIL, "wacht@zone.example"), (EMAIL, "o'neill+hits@mail.zone.example"),
])
def test_these_are_addresses(kind: ChannelKind, address: str) -> None:
    assert is_address(kind, address)


@pytest.mark.parametrize(("kind", "address"), [
    (MQTT, "anpr/v1/bree/reads"), (MQTT, "anpr/hits"), (MQTT, "anpr/hits/#"), (MQTT, "anpr/hits/+"),
    (MQTT, "anpr/hits/a\n"), (MQTT, "anpr/hits//a"), (MQTT, "$SYS/hits"), (MQTT, "anpr/hits" + "/a" * 7),
    (WEBHOOK, "http://cad.zone.example/hits"), (WEBHOOK, "ftp://127.0.0.1/"), (WEBHOOK, "https://"),
    (WEBHOOK, "https://user:word@cad.zone.example/"), (WEBHOOK, "https://cad.zone.example/#a"),
    (WEBHOOK, "https://cad.zone.example/a b"), (WEBHOOK, "https://cad.zone.example/\r\nHost: a"),
    (WEBHOOK, "https://cad.zone.example:0/"), (WEBHOOK, "https://[::1"),
    (WEBHOOK, "https://cad.zone.example/" + "a" * 500),
    (WEBHOOK, "https://169.254.169.254/latest"), (WEBHOOK, "https://[fe80::1]/"), (WEBHOOK, "https://0.0.0.0/"),
    (WEBHOOK, "https://[::ffff:169.254.169.254]/"), (WEBHOOK, "https://100.100.100.200/"),
    (EMAIL, "wacht"), (EMAIL, "a@zone.example, b@zone.example"), (EMAIL, "a@zone.example\nBcc: b@zone.example"),
    (EMAIL, "A B <a@zone.example>"), (EMAIL, "a@localhost"), (EMAIL, ""),
])
def test_these_are_not(kind: ChannelKind, address: str) -> None:
    assert not is_address(kind, address)


@pytest.mark.parametrize("machine", [
    "169.254.169.254", "169.254.0.1", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
    "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "0.0.0.0", "::", "224.0.0.1", "ff02::1"])
def test_machines_that_are_never_posted_to(machine: str) -> None:
    assert not may_be_posted_to(ip_address(machine), loopback=False)
    assert not may_be_posted_to(ip_address(machine), loopback=True)


def test_a_name_that_leads_to_this_machine_is_refused_unless_it_says_so() -> None:
    for machine in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"):
        assert not may_be_posted_to(ip_address(machine), loopback=False)
        assert may_be_posted_to(ip_address(machine), loopback=True)
    for machine in ("10.20.0.5", "192.168.1.1", "93.184.216.34", "2001:db8::1"):
        assert may_be_posted_to(ip_address(machine), loopback=False)
        assert not may_be_posted_to(ip_address(machine), loopback=True)
