"""The pages about the API: Swagger UI and the table of problems, both from our own files."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse

from app.api.problems import PROBLEMS, Problem, ProblemError

ASSETS_DIR: Final = Path(__file__).parent / "docs_assets"

_MEDIA_TYPES: Final[Mapping[str, str]] = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-bundle.js.LICENSE.txt": "text/plain",
    "swagger-ui.css": "text/css",
    "start.js": "text/javascript",
    "problems.css": "text/css",
}
_NO_SNIFFING: Final = {"X-Content-Type-Options": "nosniff"}
_ASSET_HEADERS: Final = {**_NO_SNIFFING, "Cache-Control": "public, max-age=86400"}
# Swagger UI writes style elements of its own; scripts are ours alone.
_CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_HEADERS: Final = {
    **_NO_SNIFFING,
    "Content-Security-Policy": _CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

# Addresses are relative, so that the pages also work below a prefix.
_SWAGGER_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Creditgate API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/assets/start.js"></script>
</body>
</html>
"""
_PROBLEMS_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Creditgate problems</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/problems.css">
</head>
<body>
<h1>Problems</h1>
<p>What an answer of the type <code>application/problem+json</code> can say.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Title</th><th>Meaning</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""

router: Final = APIRouter(prefix="/docs", include_in_schema=False)


@router.get("")
async def swagger_page() -> HTMLResponse:
    return HTMLResponse(_SWAGGER_PAGE, headers=_PAGE_HEADERS)


@router.get("/problems")
async def problems_page() -> HTMLResponse:
    rows = "\n".join(map(_row, PROBLEMS.values()))
    return HTMLResponse(_PROBLEMS_PAGE.format(rows=rows), headers=_PAGE_HEADERS)


@router.get("/assets/{name}")
async def asset(name: str) -> FileResponse:
    media_type = _MEDIA_TYPES.get(name)
    if media_type is None:
        raise ProblemError(Problem.NOT_FOUND)
    return FileResponse(ASSETS_DIR / name, media_type=media_type, headers=_ASSET_HEADERS)


def _row(problem: Problem) -> str:
    cells = (f"<code>{problem.code}</code>", str(problem.status), problem.title)
    texts = "".join(f"<td>{cell}</td>" for cell in (*cells, escape(problem.meaning)))
    return f'<tr id="{problem.code}">{texts}</tr>'
