"""Bodies at the door: their size, their media type, and strict JSON."""

from app.api.body.arriving import ArrivedBody, TheBody, fingerprinted_query
from app.api.body.limit import BodyLimitMiddleware
from app.api.body.route import JSON, NDJSON, StrictRoute, require_media_type
from app.api.body.strict_json import parse_json

__all__ = [
    "JSON",
    "NDJSON",
    "ArrivedBody",
    "BodyLimitMiddleware",
    "StrictRoute",
    "TheBody",
    "fingerprinted_query",
    "parse_json",
    "require_media_type",
]
