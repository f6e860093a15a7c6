"""The `Idempotency-Key` header: the same key with the same content gets the same answer."""

import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Header, Request
from starlette.responses import Response
from typing_extensions import override

from app.api.body import StrictRoute, TheBody, fingerprinted_query
from app.api.problems import FieldError, Problem, ProblemError
from app.api.routes.parts import TheDesk
from app.desk.desk import Desk
from app.desk.failures import StorageUnavailableError
from app.desk.repeats import Claim, KeptAnswer, KeyRef
from app.desk.work import sparing

REPLAYED: Final = {"Idempotent-Replayed": "true"}

KEY_ONE_IN: Final = 8
"""A request leaves one part in so many of its deadline for keeping or freeing its key."""

_WELL_FORMED: Final = re.compile("[!-~]{1,255}")
_BULK: Final = frozenset({"/v1/ledger", "/v1/checks/batch", "/v1/holds/actions"})
_MALFORMED: Final = FieldError(
    "",
    "key_malformed",
    "Must have 1 to 255 printable ASCII characters, no spaces.",
    where="header",
    parameter="Idempotency-Key",
)

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="The caller's own id of this request; sent again, it gets the same answer.",
    ),
]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _Answered(Exception):  # noqa: N818 - not an error: the answer is there
    def __init__(self, kept: KeptAnswer) -> None:
        super().__init__()
        self.kept = kept


async def claim_key(request: Request, desk: TheDesk, idempotency_key: KeyHeader = None) -> None:
    """Take the request's key; ends the request where the key has its answer already."""
    if idempotency_key is not None:
        content = fingerprinted_query(request) + await request.body()
        await _claim(request, desk, idempotency_key, sha256(content).digest())


async def claim_key_of_arrived(
    request: Request, desk: TheDesk, body: TheBody, idempotency_key: KeyHeader = None
) -> None:
    """Do the same for a route that reads its body as it comes."""
    if idempotency_key is not None:
        await _claim(request, desk, idempotency_key, body.fingerprint)


async def claim_content(request: Request, desk: Desk, key: str | None, fingerprint: bytes) -> None:
    """Do the same for content that the route has read itself."""
    if key is not None:
        await _claim(request, desk, key, fingerprint)


async def _claim(request: Request, desk: Desk, key: str, fingerprint: bytes) -> None:
    if not _WELL_FORMED.fullmatch(key):
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_MALFORMED])
    path = request.scope["route"].path_format
    ref = KeyRef(request.state.caller, f"{request.method} {path}", key)
    claimed = await desk.repeats.claim(ref, fingerprint, in_bulk=path in _BULK)
    if isinstance(claimed, KeptAnswer):
        raise _Answered(claimed)
    request.state.claim = claimed


def free_key_if(request: Request, *, left_undone: bool) -> None:
    """Have a part of the request left undone free its key, so that a retry does that part."""
    if left_undone:
        request.state.left_undone = True


class RepeatableRoute(StrictRoute):
    """For routes that depend on a claim of their key: keeps their answers under the key."""

    @override
    def get_timed_handler(self) -> Handler:
        handle = super().get_timed_handler()

        async def handle_once(request: Request) -> Response:
            if "idempotency-key" not in request.headers:
                return await handle(request)
            try:
                with sparing(one_in=KEY_ONE_IN):
                    response = await handle(request)
            except _Answered as answered:
                return _replay(answered.kept)
            except BaseException:
                await _settle(request, None)
                raise
            await _settle(request, response)
            return response

        return handle_once


async def _settle(request: Request, response: Response | None) -> None:
    """Keep the answer under the key that was claimed; free the key where something is undone.

    What cannot be settled in time is left: the claim lapses by itself.
    """
    claim: Claim | None = getattr(request.state, "claim", None)
    if claim is None:
        return
    desk: Desk = request.app.state.desk
    # A 503 in place of an answer would deny what is committed; a retry finds its traces.
    with suppress(StorageUnavailableError):
        if response is None or getattr(request.state, "left_undone", False):
            await desk.repeats.free(claim)
            return
        answer = KeptAnswer(response.status_code, response.media_type, bytes(response.body))
        await desk.repeats.keep(claim, answer)


def _replay(kept: KeptAnswer) -> Response:
    return Response(kept.answer, kept.status, REPLAYED, kept.media_type)
