"""`make bench`: what a check costs, whether that depends on how much a customer owes, and what a
hot account costs the others.

Prints a table and writes the figures with all that they depend on to `.bench/`.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import fairness, hot, imports, reconcile
from bench.accounts import LARGE, LONG, SMALL, fill
from bench.measure import (
    CHECKS,
    PARTS,
    PREVIEW,
    Latency,
    Requests,
    asking,
    interleaved,
    rate,
    set_up,
)
from bench.wire import ROOT, Wire, serving

from app import __version__
from app.embedded import EmbeddedPostgres
from app.storage import schema

RATIO_MAX = 1.2
LOADS = (SMALL, LARGE, LONG)
PACKAGES = ("fastapi", "starlette", "pydantic", "uvicorn", "uvloop", "httptools", "asyncpg")
OTHERS = [f"OTHER-{number}" for number in range(64)]
WARM_UP_ROUNDS = 300
FIRST_TIMED = 1_000_000


def main() -> int:
    chosen = _options()
    with EmbeddedPostgres() as postgres:
        url = postgres.url()
        schema.migrate(url)
        with serving(url) as port:
            set_up(port, [load.customer for load in LOADS] + OTHERS + list(hot.CUSTOMERS))
            asyncio.run(fill(url, LOADS))
            found = _measured(port, chosen)
            found["hot_account"] = hot.measured(port, url, _hot_plan(chosen))
            found["reconcile"] = _reconciling(port, url, chosen)
            plan = imports.Plan(chosen.file_items, chosen.file_items // 50, chosen.seed)
            found["import"] = imports.measured(port, url, plan)
        found |= _circumstances(chosen, postgres.version)
    compared = fairness.ratios(found["hot_account"])
    found["hot_account"]["ratios"] = fairness.documents(compared)
    sys.stdout.write(_table(found))
    sys.stdout.writelines(f"{row}\n" for row in fairness.rows(found["hot_account"], compared))
    sys.stdout.writelines(f"{row}\n" for row in reconcile.rows(found["reconcile"]))
    sys.stdout.writelines(f"{row}\n" for row in imports.rows(found["import"]))
    sys.stdout.write(f"written to {_written(found)}\n")
    flat = max(found["ratio_of_medians"].values()) <= RATIO_MAX
    fair = all(ratio.holds for ratio in compared.values())
    taken = reconcile.holds(found["reconcile"]) and imports.holds(found["import"])
    return 0 if flat and fair and taken else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2_000, help="requests per account")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each rate")
    parser.add_argument("--connections", type=int, default=16, help="at once, for the rates")
    parser.add_argument("--hot-rounds", type=int, default=5, help="with a hot account")
    parser.add_argument(
        "--hot-seconds", type=float, default=3.0, help="length of each part of one"
    )
    parser.add_argument("--book", type=int, default=100_000, help="accounts to reconcile")
    parser.add_argument("--book-rounds", type=int, default=3, help="with and without that")
    parser.add_argument("--file-items", type=int, default=1_000_000, help="rows to import")
    parser.add_argument("--seed", type=int, default=20261122, help="of the order of requests")
    return parser.parse_args()


def _hot_plan(chosen: argparse.Namespace) -> hot.Plan:
    return hot.Plan(chosen.hot_rounds, chosen.hot_seconds, chosen.connections, chosen.seed)


def _reconciling(port: int, url: str, chosen: argparse.Namespace) -> dict[str, Any]:
    plan = reconcile.Plan(chosen.book, 10 * chosen.book, chosen.book_rounds, windows=4)
    asyncio.run(reconcile.fill(url, plan.accounts, plan.items))
    return reconcile.measured(port, url, plan)


def _measured(port: int, chosen: argparse.Namespace) -> dict[str, Any]:
    with Wire(port) as wire:
        previews = _latencies(wire, PREVIEW, chosen)
        checks = _latencies(wire, CHECKS, chosen)
    small = previews[SMALL.customer].median_us
    rates = {
        name: rate(port, _spread(path, chosen.connections), seconds=chosen.seconds)
        for name, path in (("preview", PREVIEW), ("check", CHECKS))
    }
    return {
        "preview": {name: asdict(latency) for name, latency in previews.items()},
        "check": {name: asdict(latency) for name, latency in checks.items()},
        "ratio_of_medians": {
            load.customer: round(previews[load.customer].median_us / small, 3)
            for load in LOADS[1:]
        },
        "requests_per_s": rates,
    }


def _latencies(wire: Wire, path: str, chosen: argparse.Namespace) -> dict[str, Latency]:
    interleaved(wire, _per_account(path, first=0), rounds=WARM_UP_ROUNDS, seed=chosen.seed)
    timed = _per_account(path, first=FIRST_TIMED)
    return interleaved(wire, timed, rounds=chosen.rounds, seed=chosen.seed)


def _per_account(path: str, *, first: int) -> dict[str, Requests]:
    return {load.customer: asking(path, [load.customer], first=first) for load in LOADS}


def _spread(path: str, connections: int) -> list[Requests]:
    """Give each connection orders of its own, over many small accounts."""
    return [
        asking(path, OTHERS, first=(2 + number) * FIRST_TIMED) for number in range(connections)
    ]


def _circumstances(chosen: argparse.Namespace, postgres: str) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "options": vars(chosen),
        "versions": {name: version(name) for name in PACKAGES}
        | {"creditgate": __version__, "python": platform.python_version(), "postgres": postgres},
        "processor": _processor(),
        "processors": os.cpu_count(),
        "loads": [asdict(load) for load in LOADS],
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo")
    if not lines.exists():
        return platform.processor() or platform.machine()
    named = (line for line in lines.read_text().splitlines() if line.startswith("model name"))
    return next(named, platform.machine()).rpartition(":")[2].strip()


def _table(found: dict[str, Any]) -> str:
    rows = [f"{'microseconds':24}" + "".join(f"{part:>10}" for part in PARTS)]
    for kind in ("preview", "check"):
        for name, latency in found[kind].items():
            figures = "".join(f"{latency[f'{part}_us']:10.0f}" for part in PARTS)
            rows.append(f"{f'{kind} {name}':24}{figures}")
    rows += [
        f"{f'preview {name} : SMALL':24}{ratio:10.3f}  (at most {RATIO_MAX})"
        for name, ratio in found["ratio_of_medians"].items()
    ]
    connections = found["options"]["connections"]
    rows += [
        f"{f'{kind}s per second':24}{per_s:10.0f}  ({connections} connections)"
        for kind, per_s in found["requests_per_s"].items()
    ]
    return "\n".join(rows) + "\n"


def _written(found: dict[str, Any]) -> str:
    folder = ROOT / ".bench"
    folder.mkdir(exist_ok=True)
    path = folder / f"{found['at'].replace(':', '').replace('+0000', 'Z')}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main())
