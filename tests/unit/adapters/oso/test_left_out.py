"""What is left out of a dossier: all of it, each leaf with a reason, and never with its value."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from adapters import oso
from adapters.oso import left_out
from adapters.oso.left_out import TEXTS, reason_never
from adapters.oso.versies import VERSIES
from adapters.xml.layout import Part
from schemas.errors import InvalidMessage
from schemas.messages.vertaling import Vertaling
from tests.unit.adapters.oso.dossier import Change, L, S, add, drop, mutate, put
from tests.unit.adapters.oso.profiles import ALL, YEARS, build
from tests.unit.adapters.oso.test_mapping_table import KEPT

SHARED = Path(__file__).resolve().parents[5] / "shared"
TABLE = SHARED / "domain" / "oso-to-opp-mapping.csv"
SAMPLES = sorted((SHARED / "standards" / "oso").glob("*.xml"))
BOTH = [(name, year) for name in ALL for year in YEARS]
IDS = [f"{name} {year}" for name, year in BOTH]
K = "metadata/categorie_uitlevering"
SWITCHES = "/dossier/metadata/categorie_uitlevering/"


def translated(raw: bytes) -> Vertaling[Any]:
    return oso.translate(raw, provenance=True, weglatingen=True)


def leaves(raw: bytes) -> Counter[str]:
    """Paths without positions of every element without children and every attribute, by another parser."""

    def below(element: ET.Element, path: str) -> Iterator[str]:
        here = f"{path}/{element.tag.rpartition('}')[2]}"
        yield from (f"{here}/@{name}" for name in element.attrib)
        if len(element) == 0:
            yield here
        for child in element:
            yield from below(child, here)

    return Counter(below(ET.fromstring(raw), ""))


def plain(place: str) -> str:
    return re.sub(r"\[\d*\]", "", place)


def accounted(raw: bytes) -> None:
    """Every leaf is the origin of a field, is one of the switches, or is reported: exactly one of these."""
    done = translated(raw)
    every = leaves(raw)
    origins = {o.pad for o in done.bericht.herkomst.velden}
    kept = Counter(p for p in map(plain, origins) if p in every and not p.startswith(SWITCHES))
    told = Counter[str]()
    for row in done.weggelaten:
        told[plain(row.pad)] += row.aantal
        assert row.tekst == TEXTS[row.reden]
        assert row.reden != "onbekend", row.pad
        assert row.regel
    switches = Counter({p: n for p, n in every.items() if p.startswith(SWITCHES)})
    assert kept + told + switches == every
    assert origins.isdisjoint(row.pad for row in done.weggelaten)
    assert len({row.pad for row in done.weggelaten}) == len(done.weggelaten)


@pytest.mark.parametrize(("name", "year"), BOTH, ids=IDS)
def test_every_leaf_is_read_or_reported(name: str, year: int) -> None:
    """Nothing of a dossier with every element vanishes without a word, in any profile and year."""
    accounted(build(name, year))


@pytest.mark.parametrize("path", SAMPLES, ids=[p.stem for p in SAMPLES])
def test_every_leaf_of_a_published_example_is_read_or_reported(path: Path) -> None:
    """The same for the examples of the standard itself, where they are at hand."""
    accounted(path.read_bytes())


@pytest.mark.parametrize("versie", VERSIES.values(), ids=lambda v: v.name)
def test_every_leaf_of_the_standard_is_read_or_has_a_reason(versie: Any) -> None:
    """No leaf the schema has is without a home and without a reason: a new one has to be thought about."""

    def paths(part: Part, path: str) -> Iterator[str]:
        here = f"{path}/{part.name}"
        if not part.parts:
            yield here
        for child in part.parts or ():
            yield from paths(child, here)

    year = int(versie.name[:4])
    read = {
        plain(o.pad)
        for name in ALL
        for number in ("bsn", "onderwijsnummer")
        for o in oso.translate(build(name, year, number=number), provenance=True).bericht.herkomst.velden
    }
    left = [
        path
        for path in paths(versie.schema.layout, "")
        if path not in read and not path.startswith(SWITCHES) and reason_never(path) == "onbekend"
    ]
    assert left == []


@pytest.mark.skipif(not TABLE.exists(), reason=f"the mapping table is not at {TABLE}")
def test_every_row_of_the_mapping_that_drops_has_a_reason() -> None:
    """What the mapping says not to import is left out for a reason that is ours."""
    with TABLE.open(encoding="utf-8") as file:
        paths = [row["oso_path"] for row in csv.DictReader(file) if row["opp_field"] == "-"]
    # The two numbers are kept in fields of their own, which never leave.
    dropped = [
        p.replace("/*", "/x") for p in paths if not p.startswith("//") and p.rpartition("/")[2] not in KEPT
    ]
    assert len(dropped) == 90
    assert [path for path in dropped if reason_never(path) == "onbekend"] == []


BLANK = "\t\n"
REASONS: list[tuple[str, int, str, list[Change], set[str]]] = [
    ("BB", 2019, "leeg", [put(f"{L}/leerlingid", BLANK)], {f"/dossier/{L}/leerlingid"}),
    (
        "BB",
        2019,
        "uitgezet",
        [put(f"{K}/cat_vve", "OPT-UIT")],
        {f"/dossier/{L}/naampeuterspeelzaal", f"/dossier/{L}/vroegschools[1]/codevroegschoolsprogramma"},
    ),
    (
        "POVO",
        2019,
        "profiel",
        [add(L, "<naampeuterspeelzaal>X</naampeuterspeelzaal>", before="schoolloopbaanlijst")],
        {f"/dossier/{L}/naampeuterspeelzaal"},
    ),
    (
        "BB",
        2019,
        "geheim",
        [
            put("huidigeschool/communicatielijst/communicatie/geheim", "true"),
            put("huidigeschool/communicatielijst/communicatie/nummer", "9999999999"),
        ],
        {
            f"/dossier/huidigeschool/communicatielijst/communicatie[1]/{name}"
            for name in ("soort", "aanduiding", "nummer", "geheim", "noodnummer")
        },
    ),
    (
        "BB",
        2019,
        "los",
        [drop(f"{L}/overstapadvies/contactpersoon")],
        {f"/dossier/{L}/overstapadvies/contacttelefoon", f"/dossier/{L}/overstapadvies/contactemail"},
    ),
    (
        "BB",
        2019,
        "bijlage",
        [put(f"{L}/overigdocumentlijst/document/bestandsinhoud", "geen base64")],
        {
            f"/dossier/{L}/overigdocumentlijst/document[1]/{name}"
            for name in ("bestandsnaam", "omschrijving", "bestandsinhoud")
        },
    ),
    ("BB", 2018, "eerder", [], {f"/dossier/{L}/zorg/opp[2]/opp_ingangdatum"}),
    (
        "BB",
        2018,
        "code",
        [],
        {f"/dossier/{L}/zorg/extrahulpingroep78[{i}]/domein[1]" for i in (1, 2)},
    ),
    (
        "BB",
        2018,
        "niet_uitwisselen",
        [],
        {f"/dossier/{L}/zorg/{p}" for p in ("vir/ingevoerdinvir", "zat/reden")},
    ),
    ("BB", 2019, "medewerker", [], {"/dossier/huidigeschool/naamdirecteur"}),
    ("BB", 2019, "jeugdhulp", [], {f"/dossier/{L}/tehuis"}),
    ("BB", 2019, "bank", [], {f"/dossier/{L}/verzorger[1]/iban"}),
]


@pytest.mark.parametrize(
    ("name", "year", "reason", "changes", "places"),
    REASONS,
    ids=[f"{reason} {name} {year}" for name, year, reason, _, _ in REASONS],
)
def test_each_reason_is_given_where_it_holds(
    name: str, year: int, reason: str, changes: list[Change], places: set[str]
) -> None:
    """What depends on the rest of a dossier says so: empty, off, secret, unusable, not the last."""
    raw = mutate(*changes, base=build(name, year), year=year)
    found = {row.pad for row in translated(raw).weggelaten if row.reden == reason}
    assert places <= found
    accounted(raw)


def test_what_is_taken_over_is_not_reported() -> None:
    """An open contact goes along, but for the word that said it was open."""
    done = translated(build("BB"))
    owner = "/dossier/huidigeschool/communicatielijst/communicatie[1]"
    assert {(r.pad, r.reden) for r in done.weggelaten if r.pad.startswith(owner)} == {
        (f"{owner}/geheim", "stuurt")
    }


def test_no_value_is_repeated() -> None:
    """With a mark in every text that is left out no row has one: path and reason only."""
    raw = build("BB")
    root = ET.fromstring(raw)
    done = translated(raw)
    marked = 0
    for row in done.weggelaten:
        steps = "/".join(f"{{*}}{step}" for step in row.pad.split("/")[2:] if not step.startswith("@"))
        element = root.find(steps)
        assert element is not None, row.pad
        if re.fullmatch(r"fictief.*", element.text or ""):
            element.text = "KANARIE"
            marked += 1
    assert marked > 20
    again = translated(ET.tostring(root))
    assert len(again.weggelaten) == len(done.weggelaten)
    assert "KANARIE" not in repr(again.weggelaten)


def test_the_report_is_bounded_and_still_whole() -> None:
    """Beyond a thousand leaves the rest is counted by path and reason, so nothing vanishes there either."""
    raw = mutate(
        add(L, "<certificaat>X</certificaat>" * 1_500, before="competenties"),
        add(L, "<competenties><competentiestatus>X</competentiestatus></competenties>" * 40, before="stage"),
        base=build("BB"),
    )
    rows = translated(raw).weggelaten
    few = len(translated(build("BB")).weggelaten)
    assert sum(row.aantal for row in rows) == few + 1_540
    assert sum(row.regel is not None for row in rows) == left_out.MOST
    counted = {(row.pad, row.reden) for row in rows if row.aantal > 1}
    assert (f"/dossier/{L}/certificaat[]", "vo_mbo") in counted
    assert all(row.regel is None for row in rows if row.aantal > 1)
    assert (f"/dossier/{L}/competenties[]/competentiestatus", "vo_mbo") in counted


def test_nothing_is_worked_out_unless_it_is_asked_for() -> None:
    """The report costs time, so a translation of a gateway is without; with it the message is the same."""
    raw = build("BB")
    without = oso.translate(raw, provenance=False)
    assert without.weggelaten == ()
    asked = oso.translate(raw, provenance=False, weglatingen=True)
    assert asked.bericht == without.bericht
    assert asked.weggelaten == translated(raw).weggelaten


def test_a_dossier_that_is_refused_has_no_report() -> None:
    """Where nothing becomes a message, nothing is left out of one."""
    raw = mutate(drop(f"{S}/opp"), put(f"{L}/geslacht", "7"), base=build("BB"))
    with pytest.raises(InvalidMessage):
        translated(raw)


def test_the_docs_name_every_reason(root: Path) -> None:
    """The page about OSO explains each code in the words of the report itself."""
    page = (root / "docs" / "oso.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", page, re.MULTILINE))
    assert {code: rows.get(code) for code in TEXTS if code != "onbekend"} == {
        code: text.removesuffix(".") for code, text in TEXTS.items() if code != "onbekend"
    }
