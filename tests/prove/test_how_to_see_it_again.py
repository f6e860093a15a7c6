"""Whatever goes wrong, the last lines say the seed and the one command that replays it."""

import argparse
import sys
from typing import Any

import pytest
from prove import __main__ as command
from prove.checker import Finding
from prove.evidence import Violation
from prove.planted import DEFECTS, SOUND
from prove.trials import Trial


@pytest.mark.parametrize(
    ("arguments", "again"),
    [
        ([], "make prove SEED=7"),
        (["--form", "short"], "make prove SEED=7 FORM=short"),
        (["--defect", "replica read"], "make prove DEFECT='replica read' SEED=7"),
        (["--defect", "no defect"], "make prove DEFECT='no defect' SEED=7"),
    ],
)
def test_a_crash_ends_with_the_seed_and_the_command(
    arguments: list[str],
    again: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def crash(_seed: int, _options: argparse.Namespace) -> int:
        raise LookupError("no such policy")

    monkeypatch.setattr(sys, "argv", ["prove", "--seed", "7", *arguments])
    monkeypatch.setattr(command, "_prove", crash)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        command.main()
    printed = capsys.readouterr().out.splitlines()
    assert (ended.value.code, printed) == (
        1,
        [f"seed 7; again: {again}", f"LookupError; seed 7; again: {again}"],
    )


@pytest.mark.parametrize(
    ("defect", "rules", "line"),
    [
        (
            DEFECTS["replica read"],
            [],
            "O2 is wanted; again: make prove DEFECT='replica read' SEED=7",
        ),
        (SOUND, ["O1"], "again: make prove DEFECT='no defect' SEED=7"),
    ],
)
def test_a_trial_that_went_wrong_says_how_to_replay_it(
    defect: Any, rules: list[str], line: str
) -> None:
    finding = Finding([Violation(rule, "A", 1, "wrong") for rule in rules])
    assert line in str(Trial(defect, finding, 1.0, seed=7)).splitlines()[0]


def test_every_planted_defect_names_the_promise_that_it_breaks() -> None:
    promises = {f"O{number}" for number in range(1, 10)}
    assert {name for name, defect in DEFECTS.items() if defect.finds not in promises} == set()
