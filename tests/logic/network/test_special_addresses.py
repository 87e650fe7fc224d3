"""Only addresses that are public in IANA's registries count as public."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.network.special_addresses import find_special_range
from tests.run_report import REPORT
from tests.special_addresses import PUBLIC, SPECIAL


def test_every_spelling_of_a_special_address_is_special() -> None:
    """Including unusual spellings of an address."""
    assert [] == [spelling for spelling in SPECIAL if not find_special_range(spelling)]
    assert 300 <= len(set(SPECIAL))


def test_public_addresses_are_public() -> None:
    """Also those next to a special block."""
    assert {} == {address: kind for address in PUBLIC if (kind := find_special_range(address))}
    assert 200 <= len(set(PUBLIC))
    REPORT.append(f"addresses: {len(SPECIAL)} spellings of special ones, {len(PUBLIC)} public ones")


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("10.1.2.3", "private use"),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("168.63.129.16", "Azure's own services"),
        ("255.255.255.255", "limited broadcast"),
        ("255.255.255.254", "reserved"),
        ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("64:ff9b::808:808", "IPv4-IPv6 translation (NAT64)"),
        ("2002:808:808::1", "6to4"),
        ("2001:0:1::", "Teredo"),
        ("2001:1::1", "IETF protocol assignments"),
        ("3fff:fff::", "documentation"),
        ("5f00::", "segment routing (SRv6)"),
        ("4000::", "not assigned"),
        ("fe80::1%eth0", "an address of one interface"),
        ("2a00:1450::1%1", "an address of one interface"),
        ("127.1", "not an address"),
        ("", "not an address"),
        ("8.8.8.8 ", "not an address"),
    ],
)
def test_the_kind_of_a_special_address_has_a_name(address: str, kind: str) -> None:
    """The registry's name, as text; the narrower block decides."""
    assert kind == find_special_range(address)


ADDRESSES = st.one_of(
    st.integers(0, 2**32 - 1).map(IPv4Address),
    st.integers(0, 2**128 - 1).map(IPv6Address),
    st.integers(0, 2**125 - 1).map(lambda number: IPv6Address(2**125 + number)),
    st.integers(0, 2**112 - 1).map(lambda number: IPv6Address((0x2001 << 112) + number)),
    st.sampled_from([ip_address(one) for one in PUBLIC]),
)


@given(ADDRESSES)
def test_no_address_special_in_python_is_public(address: IPv4Address | IPv6Address) -> None:
    """``ipaddress`` is a second opinion; it allows more, so only one direction is checked."""
    if not find_special_range(str(address)):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved
