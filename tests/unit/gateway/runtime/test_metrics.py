"""Counters: numbers under fixed labels, in the format that Prometheus reads."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.runtime.metrics import Metrics


def values(metrics: Metrics) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_what_happened_is_counted() -> None:
    """Accepted, decided per outcome and released each have their own counter."""
    metrics = Metrics({})
    metrics.accepted.inc()
    metrics.decided("HOLD")
    metrics.decided("HOLD")
    metrics.decided("PERMIT")
    metrics.released()
    found = values(metrics)
    assert found["ozlijn_uitwisselingen_total",] == 1
    assert found["ozlijn_besluiten_total", "HOLD"] == 2
    assert found["ozlijn_besluiten_total", "PERMIT"] == 1
    assert found["ozlijn_overdrachten_total",] == 1


def test_a_step_is_timed_also_when_it_fails() -> None:
    """The error passes through, the time is kept."""
    metrics = Metrics({})
    with metrics.step("ontleden"):
        pass
    with pytest.raises(KeyError), metrics.step("ontleden"):
        raise KeyError
    found = values(metrics)
    assert found["ozlijn_stap_seconden_count", "ontleden"] == 2
    assert found["ozlijn_stap_seconden_sum", "ontleden"] >= 0


def test_counts_of_others_are_read_when_asked() -> None:
    """A source is read at each scrape, so it is never behind."""
    count = [3]
    metrics = Metrics({"ozlijn_transacties": ("Write transactions", lambda: count[0])})
    assert values(metrics)["ozlijn_transacties_total",] == 3
    count[0] = 8
    assert values(metrics)["ozlijn_transacties_total",] == 8


def test_what_is_open_is_told_as_it_is_now() -> None:
    """No old figure stands for one that is not known, and of nothing there is no oldest."""
    metrics = Metrics({})
    metrics.standing({"klaar": (2, 90.5), "mislukt": (0, 0.0)})
    found = values(metrics)
    assert found["ozlijn_leveringen", "klaar"] == 2
    assert found["ozlijn_leveringen_oudste_seconden", "klaar"] == 90.5
    assert found["ozlijn_leveringen", "mislukt"] == 0
    assert ("ozlijn_leveringen_oudste_seconden", "mislukt") not in found
    metrics.standing(None)
    assert not [name for name, *_ in values(metrics) if name.startswith("ozlijn_leveringen")]


def test_two_gateways_in_one_process_count_apart() -> None:
    """Each has a registry of its own: no global state, no clash of names."""
    one, other = Metrics({}), Metrics({})
    one.accepted.inc()
    assert values(other)["ozlijn_uitwisselingen_total",] == 0
