"""The forms of the proof: how many checks, clients, faults and kills."""

from dataclasses import dataclass

from prove.load import Scale
from prove.run import Setting


@dataclass(frozen=True, slots=True)
class Form:
    """How much is done in a round, and how many rounds: each on a database of its own.

    `minute_s` is how long the minutes of reservations last; `pause_s` is between two faults.
    """

    checks: int
    clients: int
    minute_s: float
    pause_s: float
    rounds: int = 1
    kills: int = 0

    def setting(self, seed: int) -> Setting:
        """Give the setting of one round."""
        return Setting(
            Scale(seed, self.checks, clients=self.clients),
            minute_s=self.minute_s,
            faults=True,
            pause_s=self.pause_s,
            kills=self.kills,
        )


FORMS = {
    "short": Form(3_000, clients=24, minute_s=1.0, pause_s=0.25),
    "default": Form(20_000, clients=48, minute_s=60.0, pause_s=0.4, kills=20),
    "long": Form(20_000, clients=48, minute_s=60.0, pause_s=0.4, rounds=50, kills=20),
}
"""Short: part of the tests. Default: about ten minutes. Long: 10^6 checks and 1,000 kills."""
