"""`python -m tests.benchmarks`: the figures as JSON in a file and as a table on the screen."""

from __future__ import annotations

import argparse
import json
import pstats
from pathlib import Path

from tests.benchmarks import decide
from tests.benchmarks.exchange import measure, profile, table


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    options.add_argument("what", nargs="?", choices=("exchange", "decide"), default="exchange")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument(
        "--seconds",
        type=float,
        default=5.0,
        help="measured per variant and round; in step, so short times jump",
    )
    options.add_argument("--json", type=Path, default=Path("benchmark.json"))
    options.add_argument("--profile", choices=("nieuw", "bekend"), help="instead: where the time goes")
    given = options.parse_args()
    if given.profile:
        file = Path(given.json).with_suffix(".prof")
        profile(given.seconds, file, known=given.profile == "bekend")
        pstats.Stats(str(file)).sort_stats("tottime").print_stats(45)
        return
    if given.what == "decide":
        decided = decide.measure(given.rounds, given.seconds, print)
        given.json.write_text(json.dumps(decided, indent=1) + "\n", encoding="utf-8")
        return
    figures = measure(given.rounds, given.seconds, print)
    given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(table(figures))  # noqa: T201 - the table is what it is for


main()
