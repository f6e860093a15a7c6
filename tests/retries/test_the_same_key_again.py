"""Idempotency-Key on every POST: the same content gets the same bytes, other is refused."""

from typing import Any

import httpx2
import pytest
from holds.calls import ACTIONS
from support.service import Service, a_service, asked

from app.settings import Settings

NDJSON = {"Content-Type": "application/x-ndjson"}
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
JSON = {"Content-Type": "application/json"}
KEY = {"Idempotency-Key": "key-1"}


def _check(ref: str) -> bytes:
    return httpx2.Request("POST", "http://x", json=asked("C1", ref, "10.00")).content


def _line(ref: str) -> bytes:
    return (
        b'{"put":"open_item","customer":"C1","ref":"%b","kind":"invoice","amount":"5.00",'
        b'"currency":"EUR"}' % ref.encode()
    )


def _form(ref: str) -> bytes:
    """Give a form with a file that is only looked at: it is taken after the answer."""
    lines = b"customer,ref,kind,amount,currency\nC1,%b,invoice,5.00,EUR\n" % ref.encode()
    file = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n%b\r\n' % lines
    dry = b'--b\r\nContent-Disposition: form-data; name="dry_run"\r\n\r\ntrue\r\n--b--\r\n'
    return file + dry


POSTS: dict[str, tuple[str, dict[str, str], bytes, bytes]] = {
    "check": ("/v1/checks", JSON, _check("SO-1"), _check("SO-2")),
    "preview": ("/v1/checks/preview", JSON, _check("SO-1"), _check("SO-2")),
    "batch": (
        "/v1/checks/batch",
        JSON,
        b'{"checks":[%b]}' % _check("SO-1"),
        b'{"checks":[%b]}' % _check("SO-2"),
    ),
    "ledger": ("/v1/ledger", NDJSON, _line("RE-1"), _line("RE-2")),
    "import": ("/v1/imports", FORM, _form("RE-1"), _form("RE-2")),
    "redeliver": ("/v1/outbox/redeliver", JSON, b"{}", b'{"receiver":"whk_1"}'),
}
STATUSES = {"import": 202}
OF_ONE_THING = {"/v1/outbox/{delivery}/redeliver"}
"""Tried in tests/api/test_webhook_endpoints.py, which has the thing."""
TOLD_ONCE = {"issue_key", "add_webhook", "rotate_webhook_secret"}


@pytest.fixture
async def furnished(service: Service) -> Service:
    await service.customer("C1", limit="100.00")
    return service


async def _post(service: Service, name: str, *, other: bool = False, **more: Any) -> Any:
    path, headers, content, other_content = POSTS[name]
    return await service.client.post(
        path, content=other_content if other else content, headers=headers | KEY, **more
    )


def test_every_post_of_the_api_is_among_those_tried(service: Service) -> None:
    schema = service.app.openapi()
    posts = {path for path, verbs in schema["paths"].items() if "post" in verbs}
    named = {
        verbs["post"]["operationId"]: path
        for path, verbs in schema["paths"].items()
        if "post" in verbs
    }
    # Those on holds are sent twice in tests/holds; answers with secrets are kept nowhere.
    elsewhere = OF_ONE_THING | {named[operation] for operation in (*ACTIONS, *TOLD_ONCE)}
    assert posts - elsewhere == {path for path, *_ in POSTS.values()}


@pytest.mark.parametrize("name", sorted(POSTS))
async def test_the_same_content_gets_the_same_bytes_and_is_marked_as_a_replay(
    furnished: Service, name: str
) -> None:
    first = await _post(furnished, name)
    # What is asked again is not decided again: the account has moved on meanwhile.
    await furnished.item("C1", "RE-9", "99.00")
    again = await _post(furnished, name)

    assert first.status_code == STATUSES.get(name, 200)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("name", sorted(POSTS))
async def test_other_content_under_the_same_key_is_refused_and_changes_nothing(
    furnished: Service, name: str
) -> None:
    first = await _post(furnished, name)
    before = await furnished.account("C1")
    refused = await _post(furnished, name, other=True)

    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert await furnished.account("C1") == before
    assert (await _post(furnished, name)).content == first.content


@pytest.mark.parametrize("name", sorted(POSTS))
async def test_a_replay_needs_its_key_and_without_it_the_request_is_a_new_one(
    furnished: Service, name: str
) -> None:
    path, headers, content, _ = POSTS[name]
    for key in ({}, {"Idempotency-Key": "key-2"}):
        await _post(furnished, name)
        answer = await furnished.client.post(path, content=content, headers=headers | key)
        # Only a check is known by its order and revision as well.
        assert ("idempotent-replayed" in answer.headers) == (name == "check")


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "a" * 256, "tab\there"])
@pytest.mark.parametrize("name", sorted(POSTS))
async def test_a_malformed_key_is_refused(furnished: Service, name: str, key: str) -> None:
    path, headers, content, _ = POSTS[name]
    raw = [(k.encode(), v.encode()) for k, v in (headers | {"Idempotency-Key": key}).items()]

    answer = await furnished.client.post(path, content=content, headers=raw)

    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [
            {
                "pointer": "",
                "code": "key_malformed",
                "message": "Must have 1 to 255 printable ASCII characters, no spaces.",
                "in": "header",
                "parameter": "Idempotency-Key",
            }
        ],
    )


async def test_a_key_of_the_greatest_length_is_taken(furnished: Service) -> None:
    headers = {"Idempotency-Key": "~" * 255}
    answers = [
        await furnished.client.post(
            "/v1/checks", json=asked("C1", "SO-1", "1.00"), headers=headers
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].headers["idempotent-replayed"] == "true"


async def test_the_same_key_on_another_route_is_another_key(furnished: Service) -> None:
    answers = {name: await _post(furnished, name) for name in POSTS}

    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert statuses == dict.fromkeys(POSTS, 200) | STATUSES
    replayed = {name for name, a in answers.items() if "idempotent-replayed" in a.headers}
    assert replayed == set()


async def test_the_same_key_of_another_caller_is_another_key(
    furnished: Service, settings: Settings
) -> None:
    first = await _post(furnished, "preview")
    other_key = "another-" + "f" * 32
    others = Settings.model_validate(settings.model_dump() | {"api_key": other_key})
    async with a_service(others) as other:
        other.client.headers["Authorization"] = f"Bearer {other_key}"
        answer = await _post(other, "preview", other=True)

    assert (first.status_code, answer.status_code) == (200, 200)
    assert "idempotent-replayed" not in answer.headers
