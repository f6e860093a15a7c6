"""The service as it is, started for the proof: `python -m prove.serve`.

Test build only: `--minute-s` makes the minutes of reservations shorter, so that they lapse
within a short run, and `--defect` plants one defect. The product has no such switches.
"""

import argparse
import os
import sys
import threading
from datetime import timedelta

import uvicorn
from prove.planted import plant

from app.desk import outcomes
from app.main import create_app
from app.settings import Settings

REAL_MINUTE_S = 60.0


def main() -> None:
    options = _options()
    threading.Thread(target=_end_with_the_proof, daemon=True).start()
    if options.minute_s != REAL_MINUTE_S:
        shorten_minutes(options.minute_s)
    if options.defect:
        plant(options.defect)
    uvicorn.run(
        create_app(Settings.model_validate({})),
        uds=options.socket,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


def _end_with_the_proof() -> None:
    """Wait until whoever started us is gone, however that ended, and go, too."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", required=True)
    parser.add_argument("--minute-s", type=float, default=REAL_MINUTE_S)
    parser.add_argument("--defect", default="")
    return parser.parse_args()


def shorten_minutes(minute_s: float) -> None:
    """Let a reservation's minutes last so many seconds each."""

    def shortened(*, minutes: int) -> timedelta:
        return timedelta(seconds=minutes * minute_s)

    outcomes.timedelta = shortened  # type: ignore[assignment,attr-defined]


if __name__ == "__main__":
    main()
