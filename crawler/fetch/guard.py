"""Which addresses a crawl may connect to.

A link, redirect or feed entry is written by strangers; none of them may lead the crawler into the network it
runs in. Everything that is not globally routable is refused unless a setting names its network.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable

import attrs

from pipelines.errors import ForbiddenAddressError, SettingsError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Names that mean this machine or its network whoever resolves them (RFC 6761, RFC 6762, draft-davies-internal-tld).
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


@attrs.frozen(kw_only=True)
class AddressGuard:
    """Refuses addresses that are not globally routable.

    Attributes:
        allowed: networks that may be reached all the same.
    """

    allowed: tuple[Network, ...] = ()

    @classmethod
    def from_names(cls, names: Iterable[str]) -> "AddressGuard":
        """Return a guard that lets the networks through, each as `127.0.0.0/8` or a single address.

        Raises:
            SettingsError: a name is no network.
        """
        networks: list[Network] = []
        for name in names:
            try:
                networks.append(ipaddress.ip_network(name.strip(), strict=False))
            except ValueError as error:
                raise SettingsError("ALLOWED_NETWORKS", f"{name!r} is no network; write it like 127.0.0.0/8") from error
        return cls(allowed=tuple(networks))

    def permits(self, address: Address) -> bool:
        """Whether a connection to `address` may be made; addresses wrapped in IPv6 are judged by what they wrap."""
        if any(address in network for network in self.allowed if network.version == address.version):
            return True
        wrapped = _wrapped(address)
        if wrapped is not None:
            return self.permits(wrapped)
        return address.is_global and not address.is_multicast

    def check_name(self, host: str) -> None:
        """Raise ForbiddenAddressError when `host` itself spells a forbidden address, in whatever notation.

        This is all that can be known when a proxy resolves the name.
        """
        name = host.strip("[]").rstrip(".").lower()
        address = _literal(name)
        if address is not None and not self.permits(address):
            raise ForbiddenAddressError(host, str(address))
        if address is None and name.rpartition(".")[2] in LOCAL_NAMES and not self.allowed:
            raise ForbiddenAddressError(host, "a name of the local network")

    async def resolve(self, host: str, port: int) -> str:
        """Return the address to connect to; the name is not resolved again, so it cannot change its mind.

        Raises:
            ForbiddenAddressError: any address of the host is forbidden.
            OSError: the name does not resolve.
        """
        self.check_name(host)
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        for *_, place in found:
            if not self.permits(ipaddress.ip_address(str(place[0]).partition("%")[0])):
                raise ForbiddenAddressError(host, str(place[0]))
        return str(found[0][4][0])


def _literal(name: str) -> Address | None:
    """Return the address that `name` spells: dotted, short, decimal, octal, hexadecimal or IPv6; else None."""
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except (OSError, UnicodeEncodeError):
        return None


def _wrapped(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address inside a mapped, 6to4, Teredo or NAT64 address; None for any other."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
