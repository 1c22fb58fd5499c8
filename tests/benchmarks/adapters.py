"""Documents per second of each adapter against the bare floor: lxml parse and XSD of the same bytes.

Both halves of a round run in turn in one process on the same documents, and only their ratio is quoted: what
else the machine does touches both. For CSV the floor is the csv module over the decoded text. CPU time, so
that a busy neighbour counts for little.
"""

from __future__ import annotations

import csv
import io
import re
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from lxml import etree

from adapters import edexml, ijw, oso, schoolcsv, uwlr

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / "tests" / "data"
ADAPTERS: Final = ROOT / "adapters"
GOAL: Final = 0.5
"""Documents per second of an adapter, over those of the floor."""

Json = dict[str, Any]
Work = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    documents: tuple[bytes, ...]
    adapter: Work
    floor: Work


@cache
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


def cases() -> Iterator[Case]:
    """Every adapter, on the samples the tests hold it to: whole documents of fictional people."""
    for path in sorted((DATA / "oso").glob("*.xml")):
        raw = path.read_bytes()
        year = re.search(rb"oso_gegevensset/([0-9]{4})/", raw)
        assert year is not None, path
        schema = ADAPTERS / "oso" / f"gegevensset_{year[1].decode()}.xsd"
        yield Case(f"oso {path.stem}", (raw,), partial(oso.translate, provenance=False), xml_floor(schema))
    for soort in ijw.SOORTEN:
        raw = (DATA / "ijw" / f"{soort}.xml").read_bytes()
        yield Case(
            f"ijw {soort}", (raw,), ijw.read, xml_floor(ADAPTERS / "ijw" / "xsd" / f"{soort.lower()}.xsd")
        )
    for name, adapter, file, xsd in (
        ("edexml", edexml.translate, "school.xml", "edexml_2_1.xsd"),
        ("uwlr", uwlr.translate, "antwoord.xml", "soap.xsd"),
    ):
        yield Case(name, ((DATA / name / file).read_bytes(),), adapter, xml_floor(ADAPTERS / name / xsd))
    mapping = schoolcsv.read_mapping((ADAPTERS / "schoolcsv" / "voorbeelden" / "voorbeeld.toml").read_bytes())
    raw = (DATA / "csv" / "leerlingen.csv").read_bytes()
    yield Case("csv", (raw,), partial(schoolcsv.translate, mapping=mapping), csv_floor)


def measure(cases: Iterable[Case], rounds: int, seconds: float, tell: Callable[[str], None]) -> Json:
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
