"""Named points: what a client of Postgres is just about to send, told from its bytes."""

from dataclasses import dataclass, field
from enum import StrEnum

LENGTH_BYTES = 4
START_UP_BYTES = 4


class Point(StrEnum):
    """A moment of a transaction, named for what is being sent."""

    READ = "read"
    DECIDE = "decide"
    LOCK = "lock"
    POST = "post"
    LIMIT = "limit"
    BEGIN = "begin"
    COMMIT = "commit"


_TELLING = (
    ("INSERT INTO decision", Point.DECIDE),
    ("WITH asked AS", Point.READ),
    ("INSERT INTO open_item", Point.POST),
    ("limit_reason = $5", Point.LIMIT),
    ("FOR UPDATE", Point.LOCK),
    ("BEGIN", Point.BEGIN),
    ("COMMIT", Point.COMMIT),
)


@dataclass(slots=True)
class Watcher:
    """Follows one connection's messages to the server; remembers prepared statements."""

    _buffer: bytes = b""
    _started: bool = False
    _statements: dict[bytes, Point | None] = field(default_factory=dict)

    def points_in(self, chunk: bytes) -> list[Point]:
        """Give the points that complete messages of this chunk stand for."""
        self._buffer += chunk
        found = []
        while (message := self._next()) is not None:
            point = self._point_of(*message)
            if point is not None:
                found.append(point)
        return found

    def _next(self) -> tuple[bytes, bytes] | None:
        """Take one message off the buffer: its kind and its content."""
        kind_bytes = 1 if self._started else 0
        head = kind_bytes + LENGTH_BYTES
        if len(self._buffer) < head:
            return None
        end = kind_bytes + int.from_bytes(self._buffer[kind_bytes:head])
        if len(self._buffer) < end:
            return None
        kind, content = self._buffer[:kind_bytes], self._buffer[head:end]
        self._buffer, self._started = self._buffer[end:], True
        return kind, content

    def _point_of(self, kind: bytes, content: bytes) -> Point | None:
        if kind == b"P":
            name, query, *_ = content.split(b"\0")
            self._statements[name] = _point_of_text(query)
        if kind == b"B":
            _, name, *_ = content.split(b"\0", 2)
            return self._statements.get(name)
        return _point_of_text(content) if kind == b"Q" else None


def _point_of_text(query: bytes) -> Point | None:
    text = query.decode(errors="replace")
    return next((point for words, point in _TELLING if words in text), None)
