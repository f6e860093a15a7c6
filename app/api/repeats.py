"""The `Idempotency-Key` header: the same key with the same content gets the same answer."""

import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Header, Request
from starlette.responses import Response
from typing_extensions import override

from app.api.body import StrictRoute
from app.api.problems import FieldError, Problem, ProblemError
from app.api.routes.parts import TheDesk
from app.desk.desk import Desk
from app.desk.failures import StorageUnavailableError
from app.desk.repeats import KeptAnswer, KeyRef

REPLAYED: Final = {"Idempotent-Replayed": "true"}

_WELL_FORMED: Final = re.compile("[!-~]{1,255}")
_BULK: Final = frozenset({"/v1/ledger", "/v1/checks/batch"})
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
    if idempotency_key is None:
        return
    if not _WELL_FORMED.fullmatch(idempotency_key):
        raise ProblemError(Problem.INVALID_REQUEST, errors=[_MALFORMED])
    path = request.scope["route"].path_format
    ref = KeyRef(request.state.caller, f"{request.method} {path}", idempotency_key)
    fingerprint = sha256(await request.body()).digest()
    kept = await desk.repeats.claim(ref, fingerprint, in_bulk=path in _BULK)
    if kept is not None:
        raise _Answered(kept)
    request.state.claimed_key = ref


class RepeatableRoute(StrictRoute):
    """For routes that depend on `claim_key`: keeps their answers under the key."""

    @override
    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            try:
                response = await handle(request)
            except _Answered as answered:
                return _replay(answered.kept)
            except BaseException:
                # Where the key cannot be freed, its claim lapses by itself.
                with suppress(StorageUnavailableError):
                    await _settle(request, None)
                raise
            await _settle(request, response)
            return response

        return handle_once


async def _settle(request: Request, response: Response | None) -> None:
    """Keep the answer under the key that was claimed, or free the key if there is none."""
    ref: KeyRef | None = getattr(request.state, "claimed_key", None)
    if ref is None:
        return
    desk: Desk = request.app.state.desk
    if response is None:
        await desk.repeats.free(ref)
        return
    answer = KeptAnswer(response.status_code, response.media_type, bytes(response.body))
    await desk.repeats.keep(ref, answer)


def _replay(kept: KeptAnswer) -> Response:
    return Response(kept.answer, kept.status, REPLAYED, kept.media_type)
