"""The benchmark as a test that only looks whether it can be run: `pytest --bench -s tests/benchmarks`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import adapters, decide, lookup, neutraal
from tests.benchmarks.exchange import measure, table


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_the_exchange_is_measured(tmp_path: Path) -> None:
    """Five interleaved rounds give every figure; how good they are is for a person to judge."""
    figures = measure(rounds=5, seconds=5.0, tell=print)
    (tmp_path / "benchmark.json").write_text(json.dumps(figures), encoding="utf-8")
    print(table(figures))  # noqa: T201 - the point of it
    assert figures["nieuw"]["C5 parses"] == figures["nieuw"]["C5 validations"] == 1


@pytest.mark.bench
def test_deciding_is_measured() -> None:
    """Every number of statements gives a figure, indexed and not."""
    figures = decide.measure(rounds=3, seconds=1.0, tell=print)
    assert len(figures) == 2 * len(decide.COUNTS)


@pytest.mark.bench
def test_the_lookup_is_measured() -> None:
    """Every step has a ratio between many statements of others and few."""
    figures = lookup.measure(rounds=3, tell=print, others=(100, 10_000))
    assert all(ratio > 0 for ratio in figures["ratio"].values())


@pytest.mark.bench
def test_every_adapter_is_measured() -> None:
    """One short round gives every adapter a rate and a ratio to its floor; a person judges how good."""
    figures = adapters.measure(adapters.cases(), rounds=1, seconds=0.1, tell=print)
    assert {name.partition(" ")[0] for name in figures} == {"oso", "ijw", "edexml", "uwlr", "csv"}
    assert all(case["documents per second"] > 0 and case["ratio"] > 0 for case in figures.values())


@pytest.mark.bench
def test_the_neutral_404_is_measured() -> None:
    """Every pair of causes gets a figure for every operation; a person judges whether time tells anything."""
    figures = neutraal.measure(rounds=20, tell=print, others=20)
    assert set(figures) == set(neutraal.OPERATIONS)
    assert all(len(f["auc"]) == 15 for f in figures.values())


def test_an_auc_tells_how_far_two_groups_lie_apart() -> None:
    """1 and 0 when they do not overlap, a half when they are the same."""
    assert neutraal.auc([3.0, 4.0], [1.0, 2.0]) == 1
    assert neutraal.auc([1.0, 2.0], [3.0, 4.0]) == 0
    assert neutraal.auc([1.0, 2.0, 2.0], [2.0, 1.0, 2.0]) == 0.5
