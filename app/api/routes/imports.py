"""Files of statements: sent here, taken by a process of their own, and followed."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, status

from app.api.models.imports import ImportAnswer, ImportForm, ImportList, ImportSummary
from app.api.multipart import MULTIPART, Form, read_form
from app.api.refs import PathRef
from app.api.repeats import KeyHeader, RepeatableRoute, claim_content
from app.api.routes.pages import Paged, next_cursor
from app.api.routes.parts import TheDesk
from app.desk.uploads import Folder, Upload, Uploads

_FILE: dict[str, Any] = {
    "type": "string",
    "format": "binary",
    "description": "CSV, NDJSON or XLSX; recognized by its content.",
}


def _form_schema() -> dict[str, Any]:
    schema = ImportForm.model_json_schema()
    properties = {"file": _FILE} | schema["properties"]
    return schema | {"required": ["file"], "properties": properties}


_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {MULTIPART: {"schema": _form_schema()}}}
}

router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=RepeatableRoute)


async def _uploads_of(request: Request) -> Uploads:
    uploads: Uploads = request.app.state.uploads
    return uploads


TheUploads = Annotated[Uploads, Depends(_uploads_of)]


@router.post(
    "",
    operation_id="post_import",
    status_code=status.HTTP_202_ACCEPTED,
    openapi_extra=_BODY,
)
async def post_import(
    request: Request, desk: TheDesk, uploads: TheUploads, idempotency_key: KeyHeader = None
) -> ImportAnswer:
    """Send a file of open items, customers, limits or orders; it is taken account by account.

    Nothing is taken before all of it was read and its control totals agree.
    """
    async with uploads.folder() as folder:
        form = await read_form(request, folder.path)
        upload = _upload(folder, form)
        await claim_content(request, desk, idempotency_key, form.fingerprint)
        return ImportAnswer.of(await desk.imports.found(await uploads.start(upload)))


def _upload(folder: Folder, form: Form) -> Upload:
    said = ImportForm.of(form.fields)
    return Upload(folder, form.file, tuple(said.options()), said.asked(form.file_name))


@router.get("", operation_id="list_imports")
async def list_imports(desk: TheDesk, page: Paged) -> ImportList:
    """List runs of files, newest first, without their reports."""
    found = await desk.imports.listed(before=page.cursor, limit=page.limit)
    items = [ImportSummary.of(run) for run in found]
    return ImportList(items=items, next_cursor=next_cursor([run.id for run in found], page))


@router.get("/{run:ref}", operation_id="read_import")
async def read_import(run: PathRef, desk: TheDesk) -> ImportAnswer:
    """Read how far a run is, or what it came to."""
    return ImportAnswer.of(await desk.imports.found(run))
