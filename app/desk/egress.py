"""Where webhooks may go: out to the internet, and to private networks only where that is said.

An address is checked when an endpoint is registered and once more when it is called: the name
may lead elsewhere by then. What is called is the address that was checked, never the name.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from app.desk.name_service import NAME_SERVICE

IPAddress: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

RESOLVE_LIMIT_S = 0.4
"""How long the name service may take, in seconds; who registers an endpoint waits for it."""

URL_LENGTH_MAX = 2_000

PORTS = {"https": 443, "http": 80}

NAT64 = ip_network("64:ff9b::/96")
"""Addresses that stand for an IPv4 address in their last 32 bits (RFC 6052)."""

RESERVED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
"""What the registries of special addresses (RFC 6890) have, named here: which of them Python knows
depends on its patch level. Of IPv6 nothing but `UNICAST` is given out."""

UNICAST = ip_network("2000::/3")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host name."""


class UrlRefusedError(Exception):
    """The address may not be called; `code` and the message say why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """A URL and the addresses that were checked for it: they are called, in the host's name."""

    url: SplitResult
    addresses: tuple[IPAddress, ...]

    @property
    def port(self) -> int:
        """The port that the URL names, or its scheme's own."""
        return self.url.port or PORTS[self.url.scheme]


@dataclass(frozen=True, slots=True)
class Egress:
    """Says which addresses may be called. `networks` are private ones that are allowed."""

    networks: tuple[Network, ...] = ()
    resolve: Resolve = NAME_SERVICE.addresses

    async def target(self, url: str) -> Target:
        """Give the addresses to call for a URL; raises `UrlRefusedError`.

        Of a name that leads to several addresses all must be allowed: the next one asked for
        might be any of them. Plain http is for allowed networks alone.
        """
        parts = _parts(url)
        host = parts.hostname or ""
        found = [ip_address(text) for text in await self._addresses(host, parts)]
        if not found:
            raise UrlRefusedError("url_unresolved", "The host name has no address.")
        meant = [_meant(address) for address in found]
        if not all(self._is_named(address) or _is_public(address) for address in meant):
            message = "The host is in a private or reserved network that is not allowed."
            raise UrlRefusedError("url_private", message)
        if parts.scheme == "http" and not all(map(self._is_named, meant)):
            raise UrlRefusedError("url_not_https", "The address must begin with https://.")
        return Target(parts, tuple(found))

    async def _addresses(self, host: str, parts: SplitResult) -> Sequence[str]:
        try:
            async with asyncio.timeout(RESOLVE_LIMIT_S):
                return await self.resolve(host, parts.port or PORTS[parts.scheme])
        except (OSError, UnicodeError) as error:
            message = "The host name has no address at the moment."
            raise UrlRefusedError("url_unresolved", message) from error

    def _is_named(self, address: IPAddress) -> bool:
        return any(address in network for network in self.networks)


def networks_of(text: str) -> tuple[Network, ...]:
    """Give the networks of a list such as "10.0.0.0/8, ::1/128"; raises `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def _parts(url: str) -> SplitResult:
    """Take a URL apart; raises `UrlRefusedError` for one that could be read in two ways."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlRefusedError("url_malformed", "Must be an address such as https://…") from None
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>')
    if not is_plain or len(url) > URL_LENGTH_MAX or parts.scheme not in PORTS:
        raise UrlRefusedError("url_malformed", "Must be an address such as https://…")
    if not parts.hostname or port == 0:
        raise UrlRefusedError("url_malformed", "Must name a host, and a port from 1 on if any.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UrlRefusedError("url_malformed", "Must have no user, password or fragment.")
    return parts


def _meant(address: IPAddress) -> IPAddress:
    """Give the IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = None if address.teredo is None else address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _is_public(address: IPAddress) -> bool:
    if isinstance(address, IPv6Address) and address not in UNICAST:
        return False
    return address.is_global and not any(address in network for network in RESERVED)
