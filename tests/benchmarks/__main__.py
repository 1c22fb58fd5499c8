"""`python -m tests.benchmarks`: the figures as JSON in a file and as a table on the screen."""

from __future__ import annotations

import argparse
import json
import pstats
from pathlib import Path
from typing import Final

from tests.benchmarks import adapters, decide, engines, exchange, flood, growth, lookup, neutraal

SECONDS: Final = {
    "exchange": 5.0,
    "engines": 5.0,
    "growth": 4.0,
    "adapters": 1.0,
    "decide": 5.0,
    "lookup": 1.0,
    "neutraal": 1.0,
    "flood": 5.0,
}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    options.add_argument("what", nargs="?", choices=tuple(SECONDS), default="exchange")
    options.add_argument("--only", default="", help="adapters: the cases with this in their name")
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
    if given.what == "adapters":
        chosen = (case for case in adapters.cases() if given.only in case.name)
        figures = adapters.measure(chosen, given.rounds, seconds, print)
    elif given.what == "decide":
        figures = decide.measure(given.rounds, seconds, print)
    elif given.what == "engines":
        figures = engines.measure(given.rounds, seconds, print)
    elif given.what == "growth":
        figures = growth.measure(given.rounds, seconds, print)
    elif given.what == "flood":
        kinds = tuple(kind for kind in flood.KINDS if given.only in kind)
        figures = flood.measure(given.rounds, seconds, print, kinds)
    elif given.what == "lookup":
        figures = lookup.measure(given.rounds * 5, print)
    elif given.what == "neutraal":
        figures = neutraal.measure(given.rounds * 400, print)
    else:
        figures = exchange.measure(given.rounds, seconds, print)
        print(exchange.table(figures))  # noqa: T201 - the table is what it is for
    given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


main()
