"""A batch of checks: each decided by itself, each answered in its place."""

import json
from typing import Any

from app.api.models.questions import BadEntry, BatchCheck, BatchRequest
from app.api.problems import Problem, ProblemError, field_errors
from app.api.refusals import REFUSALS, problem_of
from app.api.wording import answer_document, wording_in
from app.credit.texts import Language
from app.desk.checks import Checks

_PATH = "/v1/checks/batch"


async def answered(
    batch: BatchRequest, checks: Checks, language: Language
) -> list[dict[str, Any]]:
    """Give a decision or a problem for each entry, in the batch's order.

    Each has its own deadline, within the batch's: once that has passed, the rest do not wait for
    the database, and what was decided keeps its answer.
    """
    return [
        await _answer(entry, checks, language, preview=batch.preview) for entry in batch.entries()
    ]


def is_unavailable(item: dict[str, Any]) -> bool:
    """Say whether an entry was not decided for a technical reason."""
    return item.get("status") == Problem.CHECK_UNAVAILABLE.status


async def _answer(
    entry: BatchCheck | BadEntry, checks: Checks, language: Language, *, preview: bool
) -> dict[str, Any]:
    named = {"correlation_id": entry.correlation_id}
    if isinstance(entry, BadEntry):
        errors = field_errors(entry.error.errors(), body=entry.entry)
        return named | ProblemError(Problem.INVALID_REQUEST, errors=errors).document()
    try:
        return named | await _decided(entry, checks, language, preview=preview)
    except tuple(REFUSALS) as refusal:
        return named | problem_of(refusal, path=_PATH).document()


async def _decided(
    entry: BatchCheck, checks: Checks, language: Language, *, preview: bool
) -> dict[str, Any]:
    if preview:
        return answer_document(await checks.preview(entry.ask()), language)
    answer = await checks.check(entry.ask(), wording_in(language))
    document: dict[str, Any] = json.loads(answer.answer)
    return document
