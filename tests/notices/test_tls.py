"""Webhooks over TLS: the checked address is called, in the name of the host."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

from notices.receiver import a_receiver

from app.desk.deliveries import Arrived, Claimed, Undelivered
from app.desk.egress import Egress
from app.notices.webhooks import WebhookSender

CERTIFICATE = Path(__file__).with_name("hooks.test.pem")
"""Signed by itself, for the name hooks.test; with its key, which is for these tests alone."""


async def on_this_machine(_host: str, _port: int) -> Sequence[str]:
    return ["::1", "127.0.0.1"]


def told(url: str) -> Claimed:
    return Claimed(
        account="C1",
        id="dlv_1",
        audience="endpoint",
        receiver="whk_1",
        tries=1,
        claim_token=uuid4(),
        event_id="evt_1",
        kind="hold.ready",
        customer="C1",
        order_ref="SO-1",
        hold_id="hld_1",
        facts={},
        occurred_at=datetime.now(UTC),
        customer_name=None,
        language=None,
        sales_contact=None,
        url=url,
        enabled=True,
        deleted=False,
        secrets=("whsec_AAAA",),
    )


async def test_certificate_and_host_are_the_names_and_the_next_address_is_tried() -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    asked: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    egress = Egress((ip_network("127.0.0.0/8"), ip_network("::1/128")), on_this_machine)
    sender = WebhookSender(egress, 20.0, ssl.create_default_context(cafile=CERTIFICATE))
    async with a_receiver(server) as erp:
        right = await sender.send([told(f"https://hooks.test:{erp.port}/hooks")])
        wrong = await sender.send([told(f"https://other.test:{erp.port}/hooks")])
    assert right == Arrived(204)
    assert erp.came[0].headers["host"] == f"hooks.test:{erp.port}"
    assert isinstance(wrong, Undelivered)
    assert "certificate" in wrong.error.lower()
    assert ("hooks.test" in asked, len(erp.came)) == (True, 1)
