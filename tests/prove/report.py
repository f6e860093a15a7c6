"""What a run came to: a table for people, a file for machines."""

import json
import platform
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from prove.checker import Finding
from prove.run import Outcome
from prove.trials import Trial

SHOWN_MAX = 40
PROMISES = {"O2": "over-grants", "O4": "lost", "O5": "invented"}
UNRESOLVED = "never resolved"
LIBRARIES = ("asyncpg", "fastapi", "uvicorn", "pydantic")


@dataclass(slots=True)
class Report:
    """What the rounds of one run came to, with what is needed to run it again."""

    seed: int
    form: str
    postgres: str
    seconds: float = 0
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    log: str = ""

    def add(self, seed: int, outcome: Outcome, finding: Finding, seconds: float) -> None:
        """Add a round to what was counted and found."""
        self.seconds += seconds
        self.counts.update(finding.counts)
        self.counts.update({f"fault: {name}": n for name, n in outcome.faults.items()})
        self.counts["services started again"] += outcome.restarts
        self.counts["kills"] += sum(n for name, n in outcome.faults.items() if "killed" in name)
        for promise in (*PROMISES.values(), "unresolved unknowns", "violations"):
            self.counts[promise] += 0
        for violation in finding.violations:
            self.counts["violations"] += 1
            self.counts["unresolved unknowns"] += UNRESOLVED in violation.text
            if violation.rule in PROMISES:
                self.counts[PROMISES[violation.rule]] += 1
            self.violations.append(f"{violation}; again: {round_again(seed, self.form)}")
        if finding.violations:
            self.log += outcome.log

    @property
    def is_clean(self) -> bool:
        return not self.violations and all(trial.found for trial in self.trials)

    def print(self) -> None:
        width = max(map(len, self.counts), default=0)
        _say(f"{name:{width}} {number:>9,}" for name, number in sorted(self.counts.items()))
        _say(self.violations[:SHOWN_MAX])
        _say(
            [f"seed {self.seed}, {self.seconds:.0f} s; again: {round_again(self.seed, self.form)}"]
        )

    def write(self, folder: Path) -> Path:
        """Keep seed, counts and versions, what was broken, and what the services then logged."""
        folder.mkdir(exist_ok=True)
        path = folder / f"prove-{self.seed}.json"
        document = {
            "seed": self.seed,
            "form": self.form,
            "seconds": round(self.seconds, 1),
            "versions": {
                "python": sys.version.split()[0],
                "postgres": self.postgres,
                "machine": platform.platform(),
                **{name: version(name) for name in LIBRARIES},
            },
            "counts": dict(sorted(self.counts.items())),
            "violations": self.violations,
            "planted": {trial.defect.name: trial.found for trial in self.trials},
        }
        path.write_text(json.dumps(document, indent=2) + "\n")
        if self.log:
            path.with_suffix(".log").write_text(self.log)
        return path


def round_again(seed: int, form: str) -> str:
    """Give the one command that replays a round; one of the long form is a default one."""
    return f"make prove SEED={seed}" + (" FORM=short" if form == "short" else "")


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201 - a command line prints
