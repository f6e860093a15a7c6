"""Signatures: as the specification has them, and as the README tells receivers to look at them."""

import re
import time
from typing import Any

import pytest
from support.source import ROOT

from app.notices.signing import NotGenuineError, is_secret, require_genuine, signature

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the specification's own
OTHER = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
BODY = b'{"test": 2432232314}'
NOW_S = 1614265330


def headers(*secrets: str, message_id: str = "msg_1", at_s: int = NOW_S) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature(secrets, message_id, at_s, BODY),
    }


def test_the_signature_is_the_one_of_the_specifications_example() -> None:
    told = signature([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", NOW_S, BODY)
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_is_signed_with_either_secret_is_genuine() -> None:
    for secret in (SECRET, OTHER):
        require_genuine(secret, headers(SECRET, OTHER), BODY, now_s=NOW_S + 299)


@pytest.mark.parametrize(
    ("changed", "body", "now_s"),
    [
        ({"webhook-id": "msg_2"}, BODY, NOW_S),
        ({"webhook-timestamp": str(NOW_S + 1)}, BODY, NOW_S),
        ({"webhook-timestamp": "soon"}, BODY, NOW_S),
        ({"webhook-signature": ""}, BODY, NOW_S),
        ({"webhook-signature": "v1,"}, BODY, NOW_S),
        ({"webhook-signature": "v1,\u00e4"}, BODY, NOW_S),
        ({}, BODY + b" ", NOW_S),
        ({}, BODY, NOW_S + 301),
        ({}, BODY, NOW_S - 301),
        (headers(OTHER), BODY, NOW_S),
    ],
)
def test_anything_else_is_not_genuine(changed: dict[str, str], body: bytes, now_s: int) -> None:
    with pytest.raises(NotGenuineError):
        require_genuine(SECRET, headers(SECRET) | changed, body, now_s=now_s)


def test_the_example_of_the_readme_tells_genuine_from_forged() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(import base64.*?)```", readme, re.DOTALL)
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102 - it is ours, and to be tried as it stands
    is_genuine, now_s = found["is_genuine"], int(time.time())
    both = headers(OTHER, SECRET, at_s=now_s)
    assert is_genuine(SECRET, both, BODY)
    assert not is_genuine(SECRET, headers(OTHER, at_s=now_s), BODY)
    assert not is_genuine(SECRET, both, BODY + b" ")
    assert not is_genuine(SECRET, headers(SECRET, at_s=now_s - 400), BODY)


def test_a_secret_is_known_by_its_form() -> None:
    assert [is_secret(text) for text in (SECRET, "whsec_", "whsec_?", "MfKQ9r8G", "")] == [
        True, False, False, False, False,
    ]  # fmt: skip
