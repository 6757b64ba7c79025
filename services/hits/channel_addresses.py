"""Where a channel may lead: topics, addresses and mailboxes, and which machines are never posted to (pure)."""

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from services.hits.channels import ChannelKind
from services.messages import HITS_ROOT

MAX_LENGTH = 500

_TOPIC = re.compile(rf"{HITS_ROOT}(/[A-Za-z0-9_-]{{1,60}}){{1,6}}\Z")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}\Z")
_PRINTABLE = re.compile(r"[!-~]+\Z")

Machine = IPv4Address | IPv6Address

# Where clouds answer with a machine's own credentials; 169.254.169.254 is link-local already.
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")))
_NAT64 = ip_network("64:ff9b::/96")


def is_address(kind: ChannelKind, address: str) -> bool:
    """Tell whether a channel of this kind can have this address."""
    return len(address) <= MAX_LENGTH and _CHECKS[kind](address)


def is_loopback(host: str) -> bool:
    """Tell whether a name or number is this machine itself."""
    machine = machine_of(host)
    return host == "localhost" or (machine is not None and machine.is_loopback)


def machine_of(host: str) -> Machine | None:
    """Return the machine that a host's number names; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def may_be_posted_to(machine: Machine, *, loopback: bool) -> bool:
    """Tell whether a machine may be posted to; `loopback` says that the channel's address names this machine.

    Never a link-local address, nor one where a cloud tells machines their credentials, whatever name led there; the
    zone's own network is where most receivers are.
    """
    real = _embedded(machine)
    if real.is_link_local or real.is_multicast or real.is_unspecified or real in _METADATA:
        return False
    return real.is_loopback is loopback


def split_webhook(address: str) -> SplitResult | None:
    """Take a webhook's address apart; None for one that is not `https://`, or `http://` on this machine."""
    try:
        parts = urlsplit(address)
        wrong = parts.port == 0 or not parts.hostname or "@" in parts.netloc or parts.fragment
    except ValueError:
        return None
    if wrong or not _PRINTABLE.match(address) or not parts.hostname:
        return None
    return parts if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname)) else None


def _is_webhook(address: str) -> bool:
    parts = split_webhook(address)
    if parts is None or parts.hostname is None:
        return False
    machine = machine_of(parts.hostname)
    return machine is None or may_be_posted_to(machine, loopback=is_loopback(parts.hostname))


def _embedded(machine: Machine) -> Machine:
    """Return the IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(machine, IPv6Address):
        if machine in _NAT64:
            return IPv4Address(int(machine) & 0xFFFFFFFF)
        return machine.ipv4_mapped or machine.sixtofour or machine
    return machine


_CHECKS: Mapping[ChannelKind, Callable[[str], bool]] = {
    ChannelKind.mqtt: lambda address: _TOPIC.match(address) is not None,
    ChannelKind.webhook: _is_webhook,
    ChannelKind.email: lambda address: _MAILBOX.match(address) is not None,
}
