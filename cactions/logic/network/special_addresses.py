"""Which addresses are public, and what the others are for.

The table is IANA's: the IPv4 Special-Purpose Address Registry (as of 2020-09-04), the IPv6 one (as
of 2024-10-22, with 100:0:0:1::/64 of RFC 9780), the multicast spaces, and of IPv6 nothing that
lies outside of 2000::/3, the only space that is given out. Blocks that were public once or are so
in part (6to4 relays, AS112, protocol assignments) are in it too: no third party answers there.
One address is of no registry: 168.63.129.16, behind which Azure answers every virtual machine.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Final

_V4: Final = (
    (IPv4Network("0.0.0.0/8"), "this network"),
    (IPv4Network("10.0.0.0/8"), "private use"),
    (IPv4Network("100.64.0.0/10"), "shared address space"),
    (IPv4Network("127.0.0.0/8"), "loopback"),
    (IPv4Network("168.63.129.16/32"), "Azure's own services"),
    (IPv4Network("169.254.0.0/16"), "link local, where clouds serve their metadata"),
    (IPv4Network("172.16.0.0/12"), "private use"),
    (IPv4Network("192.0.0.0/24"), "IETF protocol assignments"),
    (IPv4Network("192.0.2.0/24"), "documentation"),
    (IPv4Network("192.31.196.0/24"), "AS112"),
    (IPv4Network("192.52.193.0/24"), "AMT"),
    (IPv4Network("192.88.99.0/24"), "6to4 relay anycast"),
    (IPv4Network("192.168.0.0/16"), "private use"),
    (IPv4Network("192.175.48.0/24"), "AS112"),
    (IPv4Network("198.18.0.0/15"), "benchmarking"),
    (IPv4Network("198.51.100.0/24"), "documentation"),
    (IPv4Network("203.0.113.0/24"), "documentation"),
    (IPv4Network("224.0.0.0/4"), "multicast"),
    (IPv4Network("255.255.255.255/32"), "limited broadcast"),
    (IPv4Network("240.0.0.0/4"), "reserved"),
)

_V6: Final = (
    (IPv6Network("::/128"), "unspecified"),
    (IPv6Network("::1/128"), "loopback"),
    (IPv6Network("::ffff:0:0/96"), "IPv4-mapped"),
    (IPv6Network("::/96"), "IPv4-compatible"),
    (IPv6Network("64:ff9b::/96"), "IPv4-IPv6 translation (NAT64)"),
    (IPv6Network("64:ff9b:1::/48"), "IPv4-IPv6 translation (NAT64)"),
    (IPv6Network("100::/64"), "discard only"),
    (IPv6Network("100:0:0:1::/64"), "dummy prefix"),
    (IPv6Network("2001::/32"), "Teredo"),
    (IPv6Network("2001:2::/48"), "benchmarking"),
    (IPv6Network("2001:3::/32"), "AMT"),
    (IPv6Network("2001:4:112::/48"), "AS112"),
    (IPv6Network("2001:10::/28"), "ORCHID"),
    (IPv6Network("2001:20::/28"), "ORCHIDv2"),
    (IPv6Network("2001:30::/28"), "drone remote identification"),
    (IPv6Network("2001::/23"), "IETF protocol assignments"),
    (IPv6Network("2001:db8::/32"), "documentation"),
    (IPv6Network("2002::/16"), "6to4"),
    (IPv6Network("2620:4f:8000::/48"), "AS112"),
    (IPv6Network("3fff::/20"), "documentation"),
    (IPv6Network("5f00::/16"), "segment routing (SRv6)"),
    (IPv6Network("fc00::/7"), "unique local"),
    (IPv6Network("fe80::/10"), "link local"),
    (IPv6Network("fec0::/10"), "site local"),
    (IPv6Network("ff00::/8"), "multicast"),
)

_PUBLIC_V6: Final = IPv6Network("2000::/3")


def find_special_range(address: str) -> str:
    """What the address is for, where that is not the public internet; empty where it is.

    What is not the usual text of an address, or names an interface (``fe80::1%eth0``), is refused.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(parsed, IPv4Address):
        return next((kind for block, kind in _V4 if parsed in block), "")
    if parsed.scope_id is not None:
        return "an address of one interface"
    outside = "" if parsed in _PUBLIC_V6 else "not assigned"
    return next((kind for block, kind in _V6 if parsed in block), outside)
