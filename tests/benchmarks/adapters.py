"""Documents per second of each adapter against the bare floor: lxml parse and XSD of the same bytes.

Both halves of a round run in turn in one process on the same documents, and only their ratio is quoted: what
else the machine does touches both. For CSV the floor is the csv module over the decoded text. CPU time, so
that a busy neighbour counts for little.
"""

from __future__ import annotations

import csv
import datetime as dt
import gc
import io
import re
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from lxml import etree

from adapters import edexml, ijw, oso, schoolcsv, uwlr

ROOT: Final = Path(__file__).resolve().parents[2]
DATA: Final = ROOT / "tests" / "data"
ADAPTERS: Final = ROOT / "adapters"
PUPILS: Final = 200
TODAY: Final = dt.date(2026, 11, 2)
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
    pushed = re.sub(rb">\s+<", b"><", (ADAPTERS / "oso" / "voorbeelden" / "poswv.xml").read_bytes())
    floor = xml_floor(ADAPTERS / "oso" / "gegevensset_2019.xsd")
    yield Case("oso push", (pushed,), partial(oso.translate, provenance=False), floor)
    for soort in ijw.SOORTEN:
        raw = (DATA / "ijw" / f"{soort}.xml").read_bytes()
        yield Case(
            f"ijw {soort}", (raw,), ijw.read, xml_floor(ADAPTERS / "ijw" / "xsd" / f"{soort.lower()}.xsd")
        )
    for name, adapter, file, xsd in (
        ("edexml", partial(edexml.translate, today=TODAY), "school.xml", "edexml_2_1.xsd"),
        ("uwlr", partial(uwlr.translate, today=TODAY), "antwoord.xml", "soap.xsd"),
    ):
        raw, floor = (DATA / name / file).read_bytes(), xml_floor(ADAPTERS / name / xsd)
        yield Case(name, (raw,), adapter, floor)
        yield Case(f"{name} {PUPILS}", (_school(raw),), adapter, floor)
    mapping = schoolcsv.read_mapping((ADAPTERS / "schoolcsv" / "voorbeelden" / "voorbeeld.toml").read_bytes())
    raw = (DATA / "csv" / "leerlingen.csv").read_bytes()
    header, _, rows = raw.partition(b"\n")
    last = rows.splitlines()[-1]
    pupils = b"\n".join(re.sub(rb"^[0-9]+", b"%06d" % n, last) for n in range(PUPILS))
    for name, sent in (("csv", raw), (f"csv {PUPILS}", header + b"\n" + pupils)):
        yield Case(name, (sent,), partial(schoolcsv.translate, mapping=mapping, today=TODAY), csv_floor)


def _school(raw: bytes) -> bytes:
    """The sample, where nearly every element is one to report, with the pupils of an ordinary school."""
    pupils = b"".join(
        b'<leerling key="p%d"><achternaam>Proef</achternaam><roepnaam>Noor</roepnaam>'
        b"<geboortedatum>2016-03-%02d</geboortedatum><geslacht>2</geslacht><jaargroep>6</jaargroep>"
        b'<groep key="6"/></leerling>\n' % (n, n % 28 + 1)
        for n in range(PUPILS)
    )
    prefix = b"u:" if b"</u:leerlingen>" in raw else b""
    pupils = re.sub(rb"<(/?)", rb"<\1" + prefix, pupils)
    end = b"</%bleerlingen>" % prefix
    return raw.replace(end, pupils + end)


def measure(cases: Iterable[Case], rounds: int, seconds: float, tell: Callable[[str], None]) -> Json:
    with _collector_as_served():
        return {case.name: _measure(case, rounds, seconds, tell) for case in cases}


@contextmanager
def _collector_as_served() -> Iterator[None]:
    """Python's cycle collector as `gateway.runtime.server` sets it."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


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
