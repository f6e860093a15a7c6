"""Examples of requests and answers: real ones, kept as files that a test asks for again.

Each file is one situation: a request, and what every operation in `answers` says to it.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from app.api.body import JSON, NDJSON

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation says."""

    status: int
    body: Document


@dataclass(frozen=True, slots=True)
class Example:
    """One situation. `path` fills the placeholders of the operations' paths."""

    name: str
    summary: str
    path: dict[str, str]
    request: Any
    answers: dict[str, Answer]

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read one file; its name is the example's."""
        document = json.loads(file.read_text(encoding="utf-8"))
        return cls(
            name=file.stem,
            summary=document["summary"],
            path=document.get("path", {}),
            request=document.get("request"),
            answers={asked: Answer(**answer) for asked, answer in document["answers"].items()},
        )

    def components(self) -> dict[str, Document]:
        """Give request and answers by their names among the components."""
        values = {f"{self.name}_{asked}": answer.body for asked, answer in self.answers.items()}
        if self.request is not None:
            values = {f"{self.name}_request": self.request_value()} | values
        return {name: {"summary": self.summary, "value": value} for name, value in values.items()}

    def request_value(self) -> Any:  # noqa: ANN401 - any JSON value
        """Give the body: a document, or the text of a list's lines."""
        if isinstance(self.request, list):
            return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.request)
        return self.request

    def add_to(self, operation: Document) -> None:
        """Name this example wherever it belongs in an operation."""
        asked = operation["operationId"]
        if asked not in self.answers:
            return
        if "requestBody" in operation:
            media_type = NDJSON if isinstance(self.request, list) else JSON
            self._name_in(operation["requestBody"]["content"][media_type], f"{self.name}_request")
        answered = operation["responses"][str(self.answers[asked].status)]["content"][JSON]
        self._name_in(answered, f"{self.name}_{asked}")

    def _name_in(self, content: Document, component: str) -> None:
        reference = {"$ref": f"#/components/examples/{component}"}
        content.setdefault("examples", {})[self.name] = reference


def examples_folder() -> Path:
    """Find the examples: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "openapi" / "examples"
    return installed if installed.is_dir() else package.parent / "openapi" / "examples"


def stored_examples() -> list[Example]:
    """Read every example; an installation without them describes itself without any."""
    return [Example.read(file) for file in sorted(examples_folder().glob("*.json"))]
