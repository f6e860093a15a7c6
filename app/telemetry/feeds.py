"""Metrics of the data: how old they are by source, who is silent, what does not add up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from typing_extensions import override

from app.telemetry.outbox import OutboxFigures, of_outbox

MEDIA_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4

SOURCES_MAX: Final = 100
"""Of how many sources there are series, those that are waited for before all others: names are
chosen by callers, and each makes series of its own."""


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """How one source stands. `age_s` is `None` for one that never spoke."""

    name: str
    age_s: int | None
    silent: bool
    gaps: int


@dataclass(frozen=True, slots=True)
class FeedFigures:
    """How all sources stand at one moment, how many accounts do not add up, and what waits."""

    sources: tuple[SourceFigures, ...]
    sources_known: int
    drifting_accounts: int
    outbox: OutboxFigures


def told(figures: FeedFigures | None) -> bytes:
    """Give the figures as Prometheus reads them.

    `None`, where the database gave none, leaves all of them out and says why: no figure at all is
    told from a good one, an old one is not.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(figures))
    return generate_latest(registry)


@dataclass(frozen=True, slots=True)
class _Told(Collector):
    figures: FeedFigures | None

    @override
    def collect(self) -> Iterable[Metric]:
        is_up = int(self.figures is not None)
        words = "1 where the database has given the figures, 0 where it gives none."
        yield GaugeMetricFamily("creditgate_database_up", words, is_up)
        if self.figures is None:
            return
        yield from _of_sources(self.figures)
        yield GaugeMetricFamily(
            "creditgate_drifting_accounts",
            "Credit accounts whose totals are known not to be their documents' sums.",
            self.figures.drifting_accounts,
        )
        yield from of_outbox(self.figures.outbox)


def _of_sources(figures: FeedFigures) -> Iterable[Metric]:
    """Give a family for each figure; a source that never spoke has no age."""
    age = _by_source("age_seconds", "Age of what the source has stated.")
    silent = _by_source(
        "silent", "1 once the age, or the time it is watched, has passed the expected interval."
    )
    gaps = _by_source("gaps", "Ranges of the source's bodies that never came.")
    for source in figures.sources:
        if source.age_s is not None:
            age.add_metric([source.name], source.age_s)
        silent.add_metric([source.name], int(source.silent))
        gaps.add_metric([source.name], source.gaps)
    words = f"Sources that are known; there are series of the first {SOURCES_MAX}."
    return [
        age,
        silent,
        gaps,
        GaugeMetricFamily("creditgate_sources", words, figures.sources_known),
    ]


def _by_source(name: str, words: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"creditgate_source_{name}", words, labels=["source"])
