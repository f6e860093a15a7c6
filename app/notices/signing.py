"""Signatures by the Standard Webhooks specification, version 1: made here, verified by receivers.

What is signed is `id.timestamp.body` with HMAC-SHA256. While a secret is changed, both sign.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from hashlib import sha256

PREFIX = "whsec_"
"""What a secret begins with; the rest is base64."""

VERSION = "v1"

TOLERANCE_S = 300
"""How old, or how far ahead, a message may be that is still taken, in seconds."""


class NotGenuineError(Exception):
    """The message is not from who knows the secret, or not of now."""


def signature(secrets: Iterable[str], message_id: str, timestamp_s: int, body: bytes) -> str:
    """Give the header `webhook-signature`, one signature for each secret."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    digests = (hmac.digest(_key(secret), signed, sha256) for secret in secrets)
    return " ".join(f"{VERSION},{base64.b64encode(digest).decode()}" for digest in digests)


def require_genuine(secret: str, headers: Mapping[str, str], body: bytes, *, now_s: int) -> None:
    """Raise `NotGenuineError` unless the message is signed with the secret, and is of now."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdecimal() or abs(now_s - int(stamp)) > TOLERANCE_S:
        raise NotGenuineError("the timestamp is missing, too old or ahead")
    expected = signature([secret], message_id, int(stamp), body)
    given = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(expected.encode(), one.encode()) for one in given):
        raise NotGenuineError("no signature fits the secret")


def is_secret(text: str) -> bool:
    """Say whether a text can be a secret."""
    try:
        return text.startswith(PREFIX) and bool(_key(text))
    except binascii.Error:
        return False


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
