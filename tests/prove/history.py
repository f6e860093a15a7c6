"""What clients asked and what they got, one JSON line before and one after each attempt."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

SERVER_ERRORS = 500
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a client wants done, however often it has to ask.

    `number` is the order's revision or the document's version: with kind and ref it names what
    is to be done, so that an effect in the database can be told to belong to this operation.
    """

    id: str
    kind: str
    account: str
    customer: str
    ref: str
    number: int
    method: str
    path: str
    body: dict[str, Any] | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` 0: nothing did, and `trouble` says what happened."""

    status: int
    body: str
    replayed: bool = False
    trouble: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it says for certain what was done."""
        if self.status == CONFLICT:
            return '"idempotency_key_in_use"' not in self.body
        return 0 < self.status < SERVER_ERRORS

    @property
    def document(self) -> dict[str, Any]:
        """The answer's JSON object, empty where there is none."""
        document = json.loads(self.body) if self.body.startswith("{") else {}
        assert isinstance(document, dict)
        return document


@dataclass(slots=True)
class Attempt:
    """One request of an operation; without an answer its client was still waiting.

    `among` is how many operations the request was for.
    """

    started_ns: int
    ended_ns: int | None = None
    answer: Answer | None = None
    among: int = 1


@dataclass(slots=True)
class Story:
    """An operation with all its attempts, in the order of their starts."""

    operation: Operation
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def known(self) -> list[Attempt]:
        """The attempts with a certain answer."""
        return [a for a in self.attempts if a.answer is not None and a.answer.is_known]

    @property
    def taken(self) -> list[Attempt]:
        """The attempts that were answered with a 2xx."""
        return [a for a in self.known if a.answer is not None and 200 <= a.answer.status < 300]


@dataclass(slots=True)
class Recorder:
    """One client's own file. Flushed line by line: what was sent is on record before it is."""

    file: TextIO
    _attempts: int = 0

    @classmethod
    def at(cls, path: Path) -> "Recorder":
        return cls(path.open("w", encoding="utf-8", buffering=1))

    def begin(self, operation: Operation, *, among: int = 1) -> int:
        """Record that the operation is about to be sent; gives the attempt's number."""
        self._attempts += 1
        line = {"attempt": self._attempts, "among": among, "operation": asdict(operation)}
        self._write(line | {"at_ns": time.monotonic_ns()})
        return self._attempts

    def end(self, attempt: int, answer: Answer) -> None:
        ended_ns = time.monotonic_ns()
        self._write({"attempt": attempt, "answer": asdict(answer), "at_ns": ended_ns})

    def _write(self, line: dict[str, Any]) -> None:
        self.file.write(json.dumps(line, separators=(",", ":")) + "\n")


def read_histories(folder: Path) -> dict[str, Story]:
    """Give every operation by its id, from all clients' files."""
    stories: dict[str, Story] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for story in _read(path):
            stories[story.operation.id] = story
    for story in stories.values():
        story.attempts.sort(key=lambda attempt: attempt.started_ns)
    return stories


def _read(path: Path) -> Iterator[Story]:
    stories: dict[str, Story] = {}
    running: dict[int, Attempt] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if "operation" in entry:
                operation = Operation(**entry["operation"])
                attempt = running[entry["attempt"]] = Attempt(entry["at_ns"], among=entry["among"])
                story = stories.setdefault(operation.id, Story(operation))
                story.attempts.append(attempt)
            else:
                attempt = running[entry["attempt"]]
                attempt.ended_ns, attempt.answer = entry["at_ns"], Answer(**entry["answer"])
    yield from stories.values()
