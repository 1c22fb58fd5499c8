"""`python -m tests.benchmarks`: the figures as JSON in a file and as a table on the screen."""

from __future__ import annotations

import argparse
import json
import pstats
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.benchmarks import (
    adapters,
    budget,
    decide,
    duur,
    engines,
    exchange,
    flood,
    growth,
    lookup,
    neutraal,
)
from tests.benchmarks.exchange import Json

SECONDS: Final = {
    "exchange": 5.0,
    "engines": 5.0,
    "growth": 4.0,
    "adapters": 1.0,
    "decide": 5.0,
    "lookup": 1.0,
    "neutraal": 1.0,
    "flood": 5.0,
    "budget": 5.0,
    "duur": 600.0,
}


def _adapters(given: argparse.Namespace, seconds: float) -> Json:
    chosen = (case for case in adapters.cases() if given.only in case.name)
    return adapters.measure(chosen, given.rounds, seconds, print)


def _flood(given: argparse.Namespace, seconds: float) -> Json:
    kinds = tuple(kind for kind in flood.KINDS if given.only in kind)
    return flood.measure(given.rounds, seconds, print, kinds)


def _exchange(given: argparse.Namespace, seconds: float) -> Json:
    figures = exchange.measure(given.rounds, seconds, print)
    print(exchange.table(figures))  # noqa: T201 - the table is what it is for
    return figures


def _budget(given: argparse.Namespace, seconds: float) -> Json:
    only = tuple(budget.METERS) if given.engine is None else budget.ENGINES[given.engine]
    only = tuple(given.only.split(",")) if given.only else only
    rounds = 1 if given.quick else given.rounds
    sizes = budget.QUICK if given.quick else budget.Sizes(seconds=seconds)
    found = budget.measure(rounds, sizes, print, only)
    print(budget.table(found))  # noqa: T201 - the table is what it is for
    if given.write:
        page = budget.PAGE.read_text(encoding="utf-8")
        budget.PAGE.write_text(budget.written(page, found, rounds), encoding="utf-8")
    if found.failed:
        given.json.write_text(json.dumps(budget.as_json(found), indent=1) + "\n", encoding="utf-8")
        raise SystemExit(f"afgebroken: {', '.join(found.failed)}")
    return budget.as_json(found)


def _duur(given: argparse.Namespace, seconds: float) -> Json:
    figures = duur.measure(seconds, given.engine or "sqlite", print)
    if not all(held for held in figures["judged"].values() if isinstance(held, bool)):
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        raise SystemExit("wat deze run belooft, hield niet: zie hierboven")
    return figures


RUNS: Final[dict[str, Callable[[argparse.Namespace, float], Json]]] = {
    "exchange": _exchange,
    "engines": lambda given, seconds: engines.measure(given.rounds, seconds, print),
    "growth": lambda given, seconds: growth.measure(given.rounds, seconds, print),
    "adapters": _adapters,
    "decide": lambda given, seconds: decide.measure(given.rounds, seconds, print),
    "lookup": lambda given, _: lookup.measure(given.rounds * 5, print),
    "neutraal": lambda given, _: neutraal.measure(given.rounds * 400, print),
    "flood": _flood,
    "budget": _budget,
    "duur": _duur,
}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    options.add_argument("what", nargs="?", choices=tuple(SECONDS), default="exchange")
    options.add_argument(
        "--only", default="", help="adapters: the cases with this in their name; budget: meters, with commas"
    )
    options.add_argument("--engine", choices=("sqlite", "postgres"), help="budget: one engine; else both")
    options.add_argument("--quick", action="store_true", help="budget: small, to see that it works")
    options.add_argument("--write", action="store_true", help="budget: put the table in docs/snelheid.md")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument(
        "--seconds",
        type=float,
        help="measured per variant (5) or case (1) and round; exchanges go in step, so short times jump",
    )
    options.add_argument("--json", type=Path, default=Path("benchmark.json"))
    options.add_argument("--profile", choices=("nieuw", "bekend"), help="instead: where the time goes")
    given = options.parse_args()
    seconds = given.seconds or SECONDS[given.what]
    if given.profile:
        file = Path(given.json).with_suffix(".prof")
        exchange.profile(seconds, file, known=given.profile == "bekend")
        pstats.Stats(str(file)).sort_stats("tottime").print_stats(45)
        return
    figures = RUNS[given.what](given, seconds)
    given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


main()
