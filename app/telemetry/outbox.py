"""Metrics of what others are told: how much waits, how long already, what was given up."""

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """How telling others stands. `oldest_s` is 0 where nothing waits."""

    waiting: int
    oldest_s: int
    dead: int


def of_outbox(figures: OutboxFigures) -> Iterable[Metric]:
    """Give a family for each figure."""
    return [
        GaugeMetricFamily(
            "creditgate_outbox_waiting",
            "Mails and webhooks that wait to be sent, and events that wait to be dealt out.",
            figures.waiting,
        ),
        GaugeMetricFamily(
            "creditgate_outbox_oldest_seconds",
            "Age of the oldest of them; it grows where no worker runs.",
            figures.oldest_s,
        ),
        GaugeMetricFamily(
            "creditgate_outbox_dead",
            "Mails and webhooks that were given up and can be sent again.",
            figures.dead,
        ),
    ]
