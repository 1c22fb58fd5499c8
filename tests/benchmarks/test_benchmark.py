"""The benchmark as a test that only looks whether it can be run: `pytest --bench -s tests/benchmarks`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import decide
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
