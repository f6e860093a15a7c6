"""A private Postgres for the demo and the tests, never for production."""

from app.embedded.binaries import BinariesNotFoundError
from app.embedded.server import EmbeddedPostgres, EmbeddedPostgresError

__all__ = ["BinariesNotFoundError", "EmbeddedPostgres", "EmbeddedPostgresError"]
