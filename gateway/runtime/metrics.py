"""Counters and gauges for operators: numbers only, with labels from fixed lists. No id, no name, no text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager

from prometheus_client import CollectorRegistry, Counter, Gauge, Summary, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector


class Metrics:
    """One registry per gateway. `sources` are counts that are kept elsewhere and read when the metrics are
    asked for.
    """

    def __init__(self, sources: dict[str, tuple[str, Callable[[], float]]]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Sources(sources))
        self.accepted = Counter("ozlijn_uitwisselingen", "Accepted uitwisselingen", registry=self._registry)
        self._decided = Counter(
            "ozlijn_besluiten", "Decisions at acceptance", ["uitkomst"], registry=self._registry
        )
        self._released = Counter("ozlijn_overdrachten", "Releases", registry=self._registry)
        self._dropped = Counter(
            "ozlijn_verbindingen_beeindigd", "Connections ended by us", ["reden"], registry=self._registry
        )
        self._steps = Summary("ozlijn_stap_seconden", "Time per step", ["stap"], registry=self._registry)
        self._open = Gauge("ozlijn_leveringen", "Open leveringen", ["status"], registry=self._registry)
        self._oldest = Gauge(
            "ozlijn_leveringen_oudste_seconden",
            "Since when the levering of that status whose term ends first has it",
            ["status"],
            registry=self._registry,
        )
        self._observers: dict[str, Summary] = {}
        self._outcomes: dict[str, Counter] = {}

    def decided(self, outcome: str) -> None:
        counter = self._outcomes.get(outcome)
        if counter is None:
            counter = self._outcomes[outcome] = self._decided.labels(outcome)
        counter.inc()

    def dropped(self, reason: str) -> None:
        self._dropped.labels(reason).inc()

    def released(self) -> None:
        self._released.inc()

    def standing(self, found: Mapping[str, tuple[int, float]] | None) -> None:
        """Per status the number of leveringen and the seconds for which the first has it. None: not known
        now, so that no old figure is told for a new one.
        """
        self._open.clear()
        self._oldest.clear()
        for status, (count, seconds) in (found or {}).items():
            self._open.labels(status).set(count)
            if count:
                self._oldest.labels(status).set(seconds)

    def step(self, name: str) -> AbstractContextManager[None]:
        """Measure the time of what is done inside it, also when that fails. Waiting counts too."""
        observer = self._observers.get(name)
        if observer is None:
            observer = self._observers[name] = self._steps.labels(name)
        return _Step(observer)

    def text(self) -> bytes:
        """All counters in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Step(AbstractContextManager[None]):
    __slots__ = ("_begun", "_observer")

    def __init__(self, observer: Summary) -> None:
        self._observer = observer

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._observer.observe(time.perf_counter() - self._begun)


class _Sources(Collector):
    def __init__(self, sources: dict[str, tuple[str, Callable[[], float]]]) -> None:
        self._sources = sources

    def collect(self) -> Iterator[CounterMetricFamily]:
        for name, (text, read) in self._sources.items():
            yield CounterMetricFamily(name, text, value=read())
