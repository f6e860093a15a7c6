"""Webhooks: facts as JSON, signed, and sent to the address that was checked."""

import json
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import urlsplit

import httpx2

from app import __version__
from app.credit.money import decimal_text
from app.desk.deliveries import Arrived, Claimed, Undelivered
from app.desk.egress import Egress, IPAddress, Target, UrlRefusedError
from app.notices.money import CURRENCIES
from app.notices.signing import signature

MINOR = "_minor"

PAUSING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Answers whose `Retry-After` is minded."""

ADDRESSES_MAX = 3
"""How many addresses of a host are tried, should it not be reached under the first."""

CONNECT_SHARE = 4
"""One part in so many of a try goes to each address that does not answer but the last."""

DIGITS_MAX = 9

DISABLED = "the endpoint is disabled"
DELETED = "the endpoint was deleted"
GONE = "the receiver answered 410: it wants nothing more"


@dataclass(frozen=True, slots=True)
class WebhookSender:
    """Sends webhooks. Of an answer its status and headers are read, of its body nothing.

    How long all of it may take, `limit_s`, is its caller's to hold.
    """

    egress: Egress
    limit_s: float
    # One for all calls: to load the certificates that are trusted takes longer than a call.
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def send(self, claimed: Sequence[Claimed]) -> Arrived | Undelivered:
        """Send one fact to one endpoint."""
        (told,) = claimed
        if told.deleted or told.url is None:
            return Undelivered(DELETED, dropped=True)
        if not told.enabled:
            return Undelivered(DISABLED, final=True)
        try:
            target = await self.egress.target(told.url)
            return _outcome(*await self._posted(target, told), now_s=time.time())
        except (UrlRefusedError, httpx2.HTTPError, OSError) as error:
            return Undelivered(f"{type(error).__name__}: {error}")

    async def _posted(self, target: Target, told: Claimed) -> tuple[int, str | None]:
        """Post to a checked address in the host's name; gives status and `Retry-After`."""
        body, now_s = body_of(told), int(time.time())
        headers = {
            "Host": target.url.netloc,
            "Content-Type": "application/json",
            "User-Agent": f"creditgate/{__version__}",
            "webhook-id": told.event_id,
            "webhook-timestamp": str(now_s),
            "webhook-signature": signature(told.secrets, told.event_id, now_s, body),
        }
        # Proxies of the environment would be asked by name, and resolve it once more themselves.
        async with httpx2.AsyncClient(trust_env=False, timeout=None, verify=self.tls) as client:
            *others, last = target.addresses[:ADDRESSES_MAX]
            for address in others:
                # An address where nobody answers must not take the time of those behind it.
                client.timeout = httpx2.Timeout(None, connect=self.limit_s / CONNECT_SHARE)
                with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
                    return await _called(client, _url(target, address), body, headers)
            client.timeout = httpx2.Timeout(None)
            return await _called(client, _url(target, last), body, headers)


def body_of(told: Claimed) -> bytes:
    """Give what is sent: the same bytes at each try."""
    subject = {
        "account": told.account,
        "customer": told.customer,
        "order": told.order_ref,
        "hold": told.hold_id,
    }
    known = {name: value for name, value in subject.items() if value is not None}
    occurred_at = told.occurred_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    document = {
        "type": told.kind,
        "timestamp": occurred_at,
        "data": known | _worded(told.facts, None),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _worded(facts: dict[str, Any], currency: str | None) -> dict[str, Any]:
    """Give facts as they are told: money as decimal text, reasons as their codes."""
    currency = facts.get("currency", currency)
    told: dict[str, Any] = {}
    for name, value in facts.items():
        match value:
            case int() if name.endswith(MINOR) and currency in CURRENCIES:
                told[name.removesuffix(MINOR)] = decimal_text(value, CURRENCIES[currency])
            case dict():
                told[name] = _worded(value, currency)
            case list() if name == "reasons":
                told[name] = [reason["code"] for reason in value]
            case list():
                told[name] = [
                    _worded(one, currency) if isinstance(one, dict) else one for one in value
                ]
            case _:
                told[name.removesuffix(MINOR)] = value
    return told


async def _called(
    client: httpx2.AsyncClient, url: httpx2.URL, body: bytes, headers: dict[str, str]
) -> tuple[int, str | None]:
    name = urlsplit(f"//{headers['Host']}").hostname
    async with client.stream(
        "POST",
        url,
        content=body,
        headers=headers,
        follow_redirects=False,
        extensions={"sni_hostname": name},
    ) as response:
        return response.status_code, response.headers.get("retry-after")


def _url(target: Target, address: IPAddress) -> httpx2.URL:
    url = target.url
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    query = f"?{url.query}" if url.query else ""
    return httpx2.URL(f"{url.scheme}://{host}:{target.port}{url.path or '/'}{query}")


def _outcome(status: int, retry_after: str | None, *, now_s: float) -> Arrived | Undelivered:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Arrived(status)
    if status == HTTPStatus.GONE:
        return Undelivered(GONE, status=status, final=True, disables=True)
    pause_s = _pause_s(retry_after or "", now_s) if status in PAUSING else None
    return Undelivered(f"the receiver answered {status}", status=status, asked_pause_s=pause_s)


def _pause_s(retry_after: str, now_s: float) -> float | None:
    """Give the pause that is asked for, in seconds: a number of them, or a date as HTTP has it."""
    if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) <= DIGITS_MAX:
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
        return max(0.0, until.replace(tzinfo=until.tzinfo or UTC).timestamp() - now_s)
    except (ValueError, OverflowError):
        return None
