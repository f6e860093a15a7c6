from collections.abc import Sequence
from ipaddress import ip_network

import pytest
from notices.office import an_office
from notices.receiver import a_receiver
from support.service import Service, refusal

from app.desk.egress import Egress, UrlRefusedError, networks_of
from app.settings import Settings

PRIVATE = [
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
    "https://0177.0.0.1/", "https://localhost/", "https://10.0.0.1/", "https://172.16.0.1/",
    "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/",
    "https://0.0.0.0/", "https://224.0.0.1/", "https://255.255.255.255/", "https://[::1]/",
    "https://[::]/", "https://[fe80::1]/", "https://[fc00::1]/", "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:7f00:1::]/", "https://[fd00:ec2::254]/",
    "https://192.0.2.1/", "https://[2001:db8::1]/", "https://192.0.0.9/", "https://192.0.0.192/",
    "https://192.88.99.1/", "https://198.18.0.1/", "https://240.0.0.1/", "https://[fec0::1]/",
    "https://[3fff::1]/", "https://[2001:2::1]/", "https://[5f00::1]/", "https://[ff02::1]/",
    "https://[64:ff9b:1::1]/", "https://[100::1]/", "https://[2002:c000:c0::]/",
    "https://[::ffff:192.88.99.1]/", "https://[::1.1.1.1]/", "https://[4000::1]/",
]  # fmt: skip
MALFORMED = [
    "ftp://1.1.1.1/", "file:///etc/passwd", "gopher://1.1.1.1/", "//1.1.1.1/", "1.1.1.1", "https://",
    "https:///hooks", "https://user@1.1.1.1/", "https://u:p@1.1.1.1/", "https://1.1.1.1/#part",
    "https://1.1.1.1:0/", "https://1.1.1.1:99999/", "https://1.1.1.1\\@10.0.0.1/",
    "https://1.1.1.1/ x", "https://1.1.1.1/\r\nHost: x", "https://ex\u00e4mple.com/",
    "javascript:1",
]  # fmt: skip


async def refused(service: Service, url: str) -> str:
    body = {"url": url, "events": ["hold.opened"]}
    status, _, places = refusal(await service.client.post("/v1/webhooks", json=body))
    ((pointer, code),) = places
    assert (status, pointer) == (422, "/url")
    return code


async def test_a_private_address_is_refused_at_the_door(service: Service) -> None:
    codes = {url: await refused(service, url) for url in PRIVATE}
    assert codes == dict.fromkeys(PRIVATE, "url_private")


async def test_an_address_that_could_be_read_in_two_ways_is_refused(service: Service) -> None:
    codes = {url: await refused(service, url) for url in MALFORMED}
    assert {u: c for u, c in codes.items() if c not in {"url_malformed", "unsafe_character"}} == {}


async def test_plain_http_is_for_networks_that_are_allowed_by_name(service: Service) -> None:
    assert await refused(service, "http://1.1.1.1/hooks") == "url_not_https"
    assert await refused(service, "https://no.such.host.invalid/") == "url_unresolved"


def at(*addresses: str) -> Egress:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return Egress((ip_network("10.1.0.0/16"),), resolve)


async def test_a_name_is_refused_where_any_of_its_addresses_is_private() -> None:
    assert len((await at("1.1.1.1", "2606:4700::1").target("https://x.example/")).addresses) == 2
    assert (await at("10.1.2.3").target("http://x.example/")).port == 80
    for addresses in (["1.1.1.1", "10.0.0.1"], ["10.2.0.1"], []):
        with pytest.raises(UrlRefusedError):
            await at(*addresses).target("https://x.example/")
    with pytest.raises(UrlRefusedError):
        await at("10.1.2.3", "1.1.1.1").target("http://x.example/")


def test_networks_are_a_list_and_one_that_is_none_is_refused() -> None:
    assert networks_of(" 10.0.0.0/8, ::1/128 ,") == (
        ip_network("10.0.0.0/8"),
        ip_network("::1/128"),
    )
    with pytest.raises(ValueError, match="10"):
        networks_of("10.0.0.0/33")


async def test_a_name_that_leads_inside_by_now_is_not_called(settings: Settings) -> None:
    """DNS rebinding: the name was public when it was registered."""
    async with a_receiver() as inside, an_office(settings, webhook_networks="") as office:
        egress = office.desk.webhooks.egress
        url = f"https://localhost:{inside.port}/hooks"
        async with office.desk.database.connection() as connection:
            await connection.execute(
                "INSERT INTO webhook_endpoint (id, url, events, enabled, secret, created_at)"
                " VALUES ('whk_1', $1, '{hold.opened}', true, 'whsec_AAAA', now())",
                url,
            )
        await office.held("SO-1")
        tried: list[str] = []
        while not tried:
            items = (await office.service.get("/v1/outbox"))["items"]
            tried = [item["error"] for item in items if item["error"]]
    assert egress.networks == ()
    assert "private or reserved" in tried[0]
    assert inside.came == []
