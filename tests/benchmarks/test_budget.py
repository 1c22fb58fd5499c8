"""The table of the budget: made of real runs, and honest about what it was held to."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks import budget
from tests.benchmarks.budget import METERS, ROWS, Measured, Sizes
from tests.benchmarks.duur import judged
from tests.benchmarks.steps import COMMIT, REST, WHOLE, Step

TINY = Sizes(seconds=0.05, pushes=2, starts=1, stored=10, rows=10, kept=2)


def test_a_tiny_run_gives_the_steps_and_the_adapters() -> None:
    """A gateway in this process and the adapters, on real messages: each has a figure, and each step whose
    floor says something is above it.
    """
    found = budget.measure(1, TINY, lambda _: None, ("stappen", "adapters"))
    assert {"vertalen", "beslissen", "verzegelen", "ontvangstbewijs", REST, COMMIT} <= found.steps.keys()
    (whole,) = found.steps[WHOLE]
    assert sum(steps[0].cost for name, steps in found.steps.items() if name[0] != "(") == pytest.approx(
        2 * whole.cost
    )
    assert all(s.cost > s.floor for steps in found.steps.values() for s in steps if s.floor is not None)
    assert len(found.rows) == 4
    told = budget.table(found)
    for name in (*found.rows, *found.steps):
        assert re.search(rf"^\| {re.escape(name)} \| [0-9]", told, re.MULTILINE), name


def test_a_row_says_whether_it_was_reached() -> None:
    """More is better for some and less for others; a figure without a goal has no verdict."""
    names = ("start van serve, veel opgeslagen", "R1 op SQLite", "ledger verify, alles")
    found = Measured(
        rows={names[0]: [2.0, 9.0, 2.5], names[1]: [0.2, 0.2, 0.3], names[2]: [50_000.0]},
        steps={"vertalen": [Step("vertalen", 1_200.0, 100.0), Step("vertalen", 1_400.0, 100.0)]},
    )
    assert budget.table(found).splitlines()[2:] == [
        f"| {names[1]} | 0,2 | 50% | 0,18 | 0,25 | ja |",
        f"| {names[2]} | 50.000 regels/s | 0% | - | - |  |",
        f"| {names[0]} | 2,5 s | 280% | 3 s | - | ja |",
        "",
        "| stap van een uitwisseling | processor | ondergrens | gedeeld door ondergrens | spreiding |",
        "|---|---:|---:|---:|---:|",
        "| vertalen | 1.300 µs | 100 µs | 13,0 | 15% |",
    ]
    assert "| nee |" in budget.table(Measured(rows={names[0]: [3.1]}))
    assert "| ja, ook liefst |" in budget.table(Measured(rows={names[1]: [0.3]}))


def test_only_the_table_of_the_page_is_written() -> None:
    """What is written by hand around it stays, and the page of the repository has its place for a table."""
    page = budget.PAGE.read_text(encoding="utf-8")
    made = budget.written(page, Measured(rows={"R1 op SQLite": [0.2]}), 1)
    begin, end = page.index(budget.BEGIN), page.index(budget.END)
    assert made.startswith(page[:begin])
    assert made.endswith(page[end:])
    assert "| R1 op SQLite | 0,2 |" in made
    assert "Niet gemeten in deze run: " in made
    assert "R1 op SQLite;" not in made
    assert budget.written(made, Measured(rows={"R1 op SQLite": [0.2]}), 1) == made


def stretch(megabytes: float, p99: float, **answers: int) -> dict[str, object]:
    told = {name[1:]: n for name, n in answers.items()}
    return {"MB": megabytes, "p99 ms": p99, "answers": told, "accepted per second": 1.0, "p50 ms": 1.0}


@pytest.mark.parametrize(
    ("last", "wrong"),
    [
        (stretch(100, 20, _202=1, _429=2, _503=1), None),
        (stretch(130, 20, _202=1), "memory flat"),
        (stretch(100, 99, _202=1), "p99 bounded"),
        (stretch(100, 20, _202=1, _500=1), "no other answers"),
    ],
)
def test_a_long_run_is_judged(last: dict[str, object], wrong: str | None) -> None:
    """Memory that grows, a slow stretch and any other answer are each seen."""
    told = judged([*(stretch(100, 20, _202=5) for _ in range(6)), last, last])
    bad = [name for name in ("memory flat", "p99 bounded", "no other answers") if not told[name]]
    assert bad == ([] if wrong is None else [wrong])


@pytest.mark.bench
@pytest.mark.timeout(1_200)
def test_every_meter_gives_its_rows() -> None:
    """One small round of everything, with real processes on both engines."""
    found = budget.measure(1, budget.QUICK, print, tuple(METERS))
    assert found.failed == []
    assert found.rows.keys() == ROWS.keys()
