"""Whoever is slow takes nobody else's time: names, endpoints, addresses that do not answer."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from threading import Event

import pytest
from notices.office import an_office
from notices.receiver import OK, a_receiver, answer
from notices.test_tls import told
from notices.waiting import until_it_gives
from support.tables import Connection

from app.desk.deliveries import Arrived
from app.desk.egress import Egress, UrlRefusedError
from app.desk.name_service import NAMES_AT_ONCE_MAX, NameService
from app.notices.webhooks import WebhookSender
from app.settings import Settings


async def test_a_slow_name_takes_one_thread_however_often_it_is_asked_for() -> None:
    answered, asked = Event(), Counter[str]()

    def ask(host: str) -> list[str]:
        asked[host] += 1
        if host.startswith("slow"):
            answered.wait()
        return ["1.1.1.1"]

    egress = Egress(resolve=NameService(ask).addresses)
    try:
        for _ in range(2):
            slow = [egress.target("https://slow.example/") for _ in range(50)]
            outcomes = await asyncio.gather(*slow, return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} == {UrlRefusedError}
            assert len((await egress.target("https://quick.example/")).addresses) == 1
        assert asked == {"slow.example": 1, "quick.example": 2}
        many = [egress.target(f"https://slow{n}.example/") for n in range(NAMES_AT_ONCE_MAX * 2)]
        await asyncio.gather(*many, return_exceptions=True)
        assert asked.total() == NAMES_AT_ONCE_MAX - 1 + 3
    finally:
        answered.set()


async def test_a_name_without_address_is_told_to_all_who_wait_for_it() -> None:
    def ask(_host: str) -> list[str]:
        raise OSError("no such name")

    egress = Egress(resolve=NameService(ask).addresses)
    for _ in range(2):
        with pytest.raises(UrlRefusedError, match="no address"):
            await egress.target("https://no.example/")


async def test_an_endpoint_that_takes_nothing_is_tried_once_at_a_time_and_a_good_one_gets_many(
    settings: Settings,
) -> None:
    async with a_receiver() as bad, a_receiver() as good, an_office(settings) as office:
        bad.answers, bad.pause_s, good.pause_s = [answer(500)], 0.1, 0.1
        await office.hears(bad.url)
        endpoint = await office.hears(good.url)
        for number in range(20):
            await office.held(f"SO-{number}")
        await bad.events(20)
        await good.events(20)
        deliveries = office.deliveries
        await until_it_gives(
            lambda: deliveries(receiver=endpoint["id"]), [("delivered", 204, 1)] * 20
        )
    assert (bad.most_at_once, good.most_at_once > 1) == (1, True)


@contextmanager
def a_black_hole(host: str, port: int) -> Iterator[None]:
    """Have an address where a connection is neither taken nor refused: its queue is full."""
    with socket.socket() as hole:
        hole.bind((host, port))
        hole.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex((host, port))
        try:
            yield
        finally:
            for one in waiting:
                one.close()


async def test_the_second_address_is_reached_where_nobody_answers_at_the_first() -> None:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    sender = WebhookSender(Egress((ip_network("127.0.0.0/8"),), resolve), limit_s=2.0)
    async with a_receiver() as erp:
        with a_black_hole("127.0.0.2", erp.port):
            async with asyncio.timeout(sender.limit_s):
                outcome = await sender.send([told(f"http://hooks.test:{erp.port}/hooks")])
    assert (outcome, len(erp.came)) == (Arrived(204), 1)


@pytest.mark.parametrize(("in_s", "least_s", "most_s"), [(60, 45, 90), (7200, 3500, 3700)])
async def test_a_pause_may_be_asked_for_as_a_date(
    settings: Settings, connection: Connection, in_s: int, least_s: int, most_s: int
) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=in_s), usegmt=True)
    async with a_receiver() as erp, an_office(settings) as office:
        erp.answers = [answer(503, f"Retry-After: {until}")]
        await office.hears(erp.url)
        await office.held("SO-1")
        await until_it_gives(office.deliveries, [("waiting", 503, 1)])
        pause_s = await connection.fetchval(
            "SELECT extract(epoch FROM next_at - last_tried_at)::int FROM delivery"
        )
    assert least_s <= pause_s <= most_s


@pytest.mark.parametrize(
    "said", ["soon", "Sun, 99 Nov 2026 99:00:00 GMT", "-1", "1e3", "Sun, 06 Nov 1994 08:49:37 GMT"]
)
async def test_a_pause_that_cannot_be_read_or_is_over_is_ours_to_choose(
    settings: Settings, said: str
) -> None:
    async with a_receiver() as erp, an_office(settings) as office:
        erp.answers = [answer(503, f"Retry-After: {said}"), OK]
        await office.hears(erp.url)
        await office.held("SO-1")
        await until_it_gives(office.deliveries, [("delivered", 204, 2)])
