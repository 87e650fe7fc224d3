"""Special addresses in every spelling that some parser accepts, and public ones."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

_V4 = """
    0.0.0.0 0.255.255.255 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255
    127.0.0.1 127.1.2.3 127.255.255.255 168.63.129.16 169.254.0.1 169.254.169.254
    169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.170 192.0.0.192
    192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1
    198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1
    254.1.1.1 255.255.255.255
""".split()  # noqa: SIM905
_V6 = """
    :: ::1 ::2 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:1::1
    2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff:ffff::1
    2001:db8::1 2002:: 2002:808:808::1 2620:4f:8000::1 3fff::1 3fff:fff::1 5f00::1 64:ff9b::1
    64:ff9b:1::1 64:ff9b:1:ffff::1 64:ff9b:2::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 febf::1
    fec0::1 feff::1 ff02::1 ff0e::1 200::1 400::1 1000::1 4000::1 8000::1 c000::1 e000::1
    f000::1 ffff::1
""".split()  # noqa: SIM905
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")  # noqa: RUF001


def _of_v4(text: str) -> Iterator[str]:
    address = IPv4Address(text)
    octets, number = address.packed, int(address)
    high, low = number >> 16, number & 0xFFFF
    yield text
    yield f"{text}."
    yield ".".join(f"0{octet:o}" for octet in octets)
    yield ".".join(f"{octet:#x}" for octet in octets)
    yield f"{octets[0]}.{int.from_bytes(octets[1:])}"
    yield from (str(number), f"{number:#x}", f"0{number:o}")
    yield text.translate(_FULL_WIDTH)
    yield text.replace(".", "。")
    yield from (
        f"::ffff:{text}",
        f"::ffff:{high:x}:{low:x}",
        f"0:0:0:0:0:FFFF:{high:04X}:{low:04X}",
    )
    yield from (f"::{text}", f"::ffff:0:{text}", f"64:ff9b::{text}", f"64:ff9b:1::{high:x}:{low:x}")
    yield f"2002:{high:x}:{low:x}::1"


def _of_v6(text: str) -> Iterator[str]:
    yield from (text, text.upper(), IPv6Address(text).exploded, f"{text}%eth0", f"{text}%1")


SPECIAL = tuple(
    dict.fromkeys(
        (*(s for one in _V4 for s in _of_v4(one)), *(s for one in _V6 for s in _of_v6(one)))
    )
)
"""Over 300, each spelled differently."""

_NEIGHBOURS = """
    1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
    168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0
    191.255.255.255 192.0.1.0 192.0.3.0 192.31.195.255 192.31.197.0 192.52.192.255 192.52.194.0
    192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 192.175.47.255 192.175.49.0
    198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0
    223.255.255.255 2001:200::1 2001:db7:ffff::1 2001:db9::1 2001:ffff::1 2003::1
    2620:4f:7fff::1 2620:4f:8001::1 3ffe:ffff::1 3fff:1000::1 2000::1 2001:4860:4860::8888
""".split()  # noqa: SIM905
PUBLIC = (
    *_NEIGHBOURS,
    *(
        f"{first}.{second}.{second}.{first}"
        for first in (1, 3, 4, 8, 13, 17, 18, 20, 23, 34, 35, 44, 52, 54, 104, 142, 151, 185)
        for second in (1, 8, 16, 64, 127)
    ),
    *(
        f"{block}:{part:x}::{part:x}"
        for block in ("2400:cb00", "2404:6800", "2600:1f18", "2606:4700", "2620:0", "2800:3f0",
                      "2a00:1450", "2a02:26f0", "2a03:2880", "2c0f:fb50")
        for part in (1, 0x53, 0x200, 0x4001, 0xDB8, 0xFE80, 0xFFFF)
    ),
)  # fmt: skip
