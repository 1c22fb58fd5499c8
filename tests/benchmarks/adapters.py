"""Documents per second of each adapter against the bare floor: lxml parse and XSD of the same bytes.

Both halves of a round run in turn in one process on the same documents, and only their ratio is quoted: what
else the machine does touches both. For CSV the floor is the csv module over the decoded text. CPU time, so
that a busy neighbour counts for little.
"""

from __future__ import annotations

import csv
import io
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / "tests" / "data"
GOAL: Final = 0.5

Json = dict[str, Any]
Work = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    documents: tuple[bytes, ...]
    adapter: Work
    floor: Work


def xml_floor(schema: Path) -> Work:
    """A parser and a compiled schema made once, as a service would."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    compiled = etree.XMLSchema(etree.parse(str(schema)))

    def work(raw: bytes) -> object:
        root = etree.fromstring(raw, parser)
        assert compiled.validate(root), compiled.error_log
        return root

    return work


def csv_floor(raw: bytes) -> object:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


def measure(cases: list[Case], rounds: int, seconds: float, tell: Callable[[str], None]) -> Json:
    return {case.name: _measure(case, rounds, seconds, tell) for case in cases}


def _measure(case: Case, rounds: int, seconds: float, tell: Callable[[str], None]) -> Json:
    for raw in case.documents:  # what is made once is made before the clock runs
        case.adapter(raw)
        case.floor(raw)
    ratios: list[float] = []
    rates: list[float] = []
    for n in range(rounds):
        halves = [case.floor, case.adapter][:: 1 if n % 2 else -1]
        found = {half: _rate(half, case.documents, seconds / 2) for half in halves}
        rates.append(found[case.adapter])
        ratios.append(found[case.adapter] / found[case.floor])
    figures = {
        "documents": len(case.documents),
        "bytes": sum(map(len, case.documents)) // len(case.documents),
        "documents per second": statistics.median(rates),
        "ratio": statistics.median(ratios),
        "ratio per round": ratios,
    }
    low, high = min(ratios), max(ratios)
    tell(
        f"{case.name:22} {figures['ratio']:.2f} of the floor ({low:.2f}-{high:.2f}),"
        f" {figures['documents per second']:.0f} documents/s of {figures['bytes']} bytes"
    )
    return figures


def _rate(work: Work, documents: tuple[bytes, ...], seconds: float) -> float:
    count, begun = 0, time.process_time()
    while (passed := time.process_time() - begun) < seconds:
        for raw in documents:
            work(raw)
        count += len(documents)
    return count / passed
