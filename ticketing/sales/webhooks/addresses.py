"""Where a webhook may go: to the world, and never into the house or its neighbourhood. Pure.

Whoever may make a webhook chooses an address that a server of ours then calls. An inner one (the database, the
metadata of a cloud, a router) would be asked with the rights of our network.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from ticketing.kernel.errors import N_, InvalidField

URL_SIGNS_MAX: Final = 500
PORTS: Final = frozenset({443, 8443})
URL_PROBLEM: Final = N_(
    "A webhook needs an address such as https://example.org/hook, without a name or password in it"
)
HTTPS_PROBLEM: Final = N_("A webhook goes over https only, to port 443 or 8443")
INNER_PROBLEM: Final = N_("A webhook can't go to an address inside a network")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Ranges that carry another address inside: what they lead to can't be told by looking at them.
_LEADING_ELSEWHERE: Final = tuple(
    ipaddress.IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
_SIGNS: Final = re.compile(r"[\x21-\x7e]+")


def is_inner(address: Address) -> bool:
    """Whether it is anything but an address of the public internet that belongs to one host: private, loopback,
    link-local (where clouds keep their metadata), shared, multicast, reserved, or one that leads to another.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_inner(address.ipv4_mapped)
        if address.scope_id is not None or any(address in network for network in _LEADING_ELSEWHERE):
            return True
    return not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified


def check_target(url: str, *, inner: bool) -> None:
    """Go on where a webhook may be made for this address. A name is resolved, and checked, at each call.

    ``inner``: addresses inside a network, plain http and any port will do, see ``TICKETING_WEBHOOKS_INNER``.

    Raises:
        InvalidField: with what is wrong about it.
    """
    if len(url) > URL_SIGNS_MAX or not _SIGNS.fullmatch(url):
        raise InvalidField(field="url", problem=URL_PROBLEM)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidField(field="url", problem=URL_PROBLEM) from None
    literal = _literal(host)
    named = literal is not None or (len(host) <= 253 and _HOST.fullmatch(host))
    if parts.scheme not in ("https", "http") or not named or "@" in parts.netloc or "#" in url or port == 0:
        raise InvalidField(field="url", problem=URL_PROBLEM)
    if inner:
        return
    if parts.scheme != "https" or (port or 443) not in PORTS:
        raise InvalidField(field="url", problem=HTTPS_PROBLEM)
    # "2130706433" and "0x7f.1" are addresses to some resolvers, and no names to anybody: a top level has letters.
    last = host.rpartition(".")[2]
    if (literal is not None and is_inner(literal)) or (literal is None and (last[:1].isdigit() or "." not in host)):
        raise InvalidField(field="url", problem=INNER_PROBLEM)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
