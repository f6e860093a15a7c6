"""One short run for each planted defect: the checker must find it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from prove import deeds
from prove.checker import Finding, check
from prove.load import Scale
from prove.planted import DEFECTS, SOUND, Defect
from prove.run import Setting, run
from typing_extensions import override

from app.embedded import EmbeddedPostgres

CHECKS = 260
SHOWN_MAX = 10
SEVERAL = 3
"""How often a run is repeated, on other seeds, for a defect that takes luck to show."""

NO_DEFECT = "no defect"
"""What the trial of the sound build is called."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How the hunt for one defect went."""

    defect: Defect
    finding: Finding
    seconds: float
    seed: int

    @property
    def found(self) -> bool:
        return self.defect.is_shown_by(self.finding.rules())

    @override
    def __str__(self) -> str:
        rules = ",".join(sorted(self.finding.rules())) or "nothing"
        verdict = "found" if self.defect.name else "clean"
        if not self.found:
            verdict = "MISSED" if self.defect.name else "DIRTY"
        name, number = self.defect.name or NO_DEFECT, len(self.finding.violations)
        line = f"{verdict:7} {name:40} {number:5} {rules:24} {self.seconds:5.1f} s"
        if self.found:
            return line
        wanted = f"; {self.defect.finds} is wanted" if self.defect.finds else ""
        shown = [f"  {violation}" for violation in self.finding.violations[:SHOWN_MAX]]
        return "\n".join([f"{line}{wanted}; again: {again(name, self.seed)}", *shown])


def again(name: str, seed: int) -> str:
    """Give the one command that replays a trial."""
    return f"make prove DEFECT='{name}' SEED={seed}"


async def try_defect(postgres: EmbeddedPostgres, name: str, seed: int) -> Trial:
    """Run the service with the defect until it is found, a few times at most."""
    begun_s, defect = time.monotonic(), DEFECTS[name] if name else SOUND
    finding = Finding([])
    for attempt in range(SEVERAL):
        outcome = await run(postgres, _setting(defect, seed + attempt))
        finding = check(outcome.evidence)
        if defect is SOUND or defect.is_shown_by(finding.rules()):
            break
    return Trial(defect, finding, time.monotonic() - begun_s, seed)


def _setting(defect: Defect, seed: int) -> Setting:
    scale = Scale(
        seed,
        CHECKS,
        clients=12,
        warm_accounts=2,
        hot_share=0.6,
        limit_minor=60_000,
        # Some defects leave an unknown for good; without one, a busy machine is waited for.
        resolve_s=4.0 if defect.name else 60.0,
        mix={**deeds.MIX, **defect.mix},
    )
    return Setting(
        scale,
        replicas=defect.replicas,
        minute_s=1.0,
        defect=defect.name,
        faults=bool(defect.faults),
        only=frozenset(defect.faults),
        pause_s=0.02,
        sql=defect.sql,
    )


async def try_all(
    postgres: EmbeddedPostgres, seed: int, names: Sequence[str] = (SOUND.name, *DEFECTS)
) -> list[Trial]:
    """Try the defects one after the other, telling how each went."""
    trials = []
    for name in names:
        try:
            trials.append(await try_defect(postgres, name, seed))
        except BaseException:
            print(f"again: {again(name or NO_DEFECT, seed)}", flush=True)  # noqa: T201
            raise
        print(trials[-1], flush=True)  # noqa: T201 - a command line prints
    found = sum(trial.found for trial in trials if trial.defect.name)
    planted = sum(bool(name) for name in names)
    print(f"planted defects: {found} of {planted} found")  # noqa: T201
    return trials
