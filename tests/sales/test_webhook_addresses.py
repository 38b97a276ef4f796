"""Where webhooks may go, as tables: the world, and nothing inside a network."""

import ipaddress

import pytest

from ticketing.kernel.errors import InvalidField
from ticketing.sales.webhooks.addresses import check_target, is_inner

ADDRESSES = {
    True: [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1"),
        *("fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("::127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1"),
    ],
    False: ["93.184.215.14", "1.1.1.1", "172.32.0.1", "::ffff:1.1.1.1", "2606:4700:4700::1111"],
}


@pytest.mark.parametrize(("inner", "address"), [(inner, one) for inner, all_ in ADDRESSES.items() for one in all_])
def test_which_addresses_are_inner_ones(inner: bool, address: str) -> None:
    assert is_inner(ipaddress.ip_address(address)) is inner


@pytest.mark.parametrize(
    ("url", "outside", "inside"),
    [
        ("https://example.org/hook?a=1", True, True),
        ("https://example.org:8443/", True, True),
        ("https://[2606:4700:4700::1111]/", True, True),
        ("http://example.org/", False, True),
        ("https://example.org:5432/", False, True),
        ("https://127.0.0.1/", False, True),
        ("https://[::ffff:10.0.0.1]/", False, True),
        ("https://localhost/", False, True),
        ("https://2130706433/", False, True),
        ("https://0x7f.1/", False, True),
        ("https://user:word@example.org/", False, False),
        ("https://example.org/#part", False, False),
        ("https://example.org:99999/", False, False),
        ("https://example.org:0/", False, False),
        ("https://exa mple.org/", False, False),
        ("https://пример.рф/", False, False),
        ("https://", False, False),
        ("ftp://example.org/", False, False),
        ("file:///etc/passwd", False, False),
        ("https://example.org/\r\nx: y", False, False),
        ("https://[::1/", False, False),
        ("https://example.org/" + "a" * 500, False, False),
    ],
)
def test_where_a_webhook_may_go(url: str, outside: bool, inside: bool) -> None:
    for inner, fine in ((False, outside), (True, inside)):
        if fine:
            check_target(url, inner=inner)
        else:
            with pytest.raises(InvalidField):
                check_target(url, inner=inner)
