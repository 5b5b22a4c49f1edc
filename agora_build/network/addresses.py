"""Turns the name of a host into the addresses that may be called: public ones, unless the city says otherwise."""

from __future__ import annotations

import ipaddress
import socket

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class PrivateAddressError(Exception):
    """Says that a name leads to a machine of the city's own network, or to this one."""


def addresses_of(host: str, port: int, *, private: bool) -> list[str]:
    """Resolve a name, once: what is then called is what was looked at here; raise OSError when it leads nowhere."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise OSError(host) from None
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if not private and not all(is_public(ipaddress.ip_address(address.partition("%")[0])) for address in addresses):
        raise PrivateAddressError(host)
    return addresses


def is_public(address: Ip) -> bool:
    """Tell whether an address is one of the internet, in whatever way another one is written into it."""
    inner = _inner(address) if isinstance(address, ipaddress.IPv6Address) else None
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Give the IPv4 address that an IPv6 one stands for."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
