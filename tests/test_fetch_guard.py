import asyncio
import ipaddress

import pytest

from crawler.fetch import AddressGuard
from pipelines.errors import ForbiddenAddressError, SettingsError

FORBIDDEN = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "10.0.0.8",
    "192.168.1.1",
    "172.16.9.9",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1%25eth0]",
    "[fd00:ec2::254]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "localhost",
    "printer.local",
    "metadata.google.internal",
    "LOCALHOST.",
]


@pytest.mark.parametrize("host", FORBIDDEN)
def test_no_spelling_of_a_private_address_passes(host):
    with pytest.raises(ForbiddenAddressError, match="ALLOWED_NETWORKS"):
        AddressGuard().check_name(host)


@pytest.mark.parametrize(
    "host", ["example.org", "8.8.8.8", "[2606:4700::1111]", "local-news.example", "10.example.org"]
)
def test_public_hosts_pass(host):
    AddressGuard().check_name(host)


def test_a_named_network_may_be_reached():
    guard = AddressGuard.from_names(["127.0.0.0/8"])

    guard.check_name("127.0.0.1")
    assert asyncio.run(guard.resolve("127.0.0.1", 80)) == "127.0.0.1"
    assert not guard.permits(ipaddress.ip_address("10.0.0.1"))


def test_a_name_that_resolves_to_a_private_address_is_refused():
    class Loop(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, host, port, **_):
            return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", ("10.0.0.1", port))]

    with asyncio.Runner(loop_factory=Loop) as runner, pytest.raises(ForbiddenAddressError, match=r"10\.0\.0\.1"):
        runner.run(AddressGuard().resolve("rebound.example", 80))


def test_a_wrong_network_is_a_setting_to_mend():
    with pytest.raises(SettingsError, match="ALLOWED_NETWORKS: 'home' is no network"):
        AddressGuard.from_names(["home"])
