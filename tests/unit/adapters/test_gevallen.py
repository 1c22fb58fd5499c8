"""Files that once got a wrong answer, when they are at hand; each kind of them has tests of its own too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from adapters.standaarden import Bestandslezer
from schemas.messages.vertaling import Gelezen

TODAY: Final = dt.date(2026, 11, 29)
Standard = Callable[[str], Path]


def read(path: Path, kolommen: bytes | None = None) -> tuple[Gelezen, set[str]]:
    """What a file says, and every fault of it, alone and among itself."""
    lezer = Bestandslezer(TODAY, kolommen)
    found = lezer(path.read_bytes(), path.name)
    beside = lezer.naast_elkaar(volledig=False)[1].get(path.name, ())
    return found, {f.code for f in (*found.fouten, *beside)}


IJW: Final = {
    "301-base": set(),
    "301-empty-Periode-CD009": {"CD009"},
    "301-gemeente-0457-2021-06-01": set(),
    "301-gemeente-0457-2026-06-01": {"TR378"},
    "301-gemeente-1982-2026-06-01": set(),
    "301-leading-zero-number-TR101": {"TR101"},
    "301-reden13-no-einddatum-CS335": {"CS335"},
    "301-reversed-period-TR302": {"TR302", "CS003"},
    "319-woonplaats-no-reden-TR409": {"TR409"},
    "323-TR319-and-TR358": {"TR319", "TR358"},
    "323-base": set(),
    "323-duplicate-ref-TR101": {"TR101"},
    "323-leading-zero-amount-TR358": set(),
    "323-only-TR319": {"TR319"},
}


@pytest.mark.parametrize("name", IJW)
def test_ijw(name: str, standard: Standard) -> None:
    """The codes that the standard has for it, and no other."""
    assert read(standard(f"../cases/adapters/ijw/{name}.xml"))[1] == IJW[name]


EDEXML: Final = {
    "base": set(),
    "geslacht-01": {"geslacht.vorm"},
    "schoolkey-only": {"school.geen_brin"},
    "roepnaam-space": {"naam.leeg", "naam.ontbreekt"},
    "schooljaar-2026": set(),
}


@pytest.mark.parametrize("name", EDEXML)
def test_edexml(name: str, standard: Standard) -> None:
    """Read, with a warning where a value is unusual."""
    found, faults = read(standard(f"../cases/adapters/edexml/{name}.xml"))
    assert faults == set()
    assert {b.code for b in found.bevindingen} == EDEXML[name]
    assert found.inhoud is not None
    assert len(found.inhoud.data["leerlingen"]) == 1


REPORTS: Final = {
    "03-uwlr-misrouted/enc-uwlr-utf16.xml": ("UWLR 2.2", set()),
    "03-uwlr-misrouted/ggk-comment.xml": ("iJw 3.2 JW305 in StUF-GGk", set()),
    "03-uwlr-misrouted/uwlr-fault.xml": ("SOAP Fault", {"uwlr.soap_fout"}),
    "10-refusals-unreachable/ede-ns.xml": ("EDEXML", {"edexml.namespace"}),
    "10-refusals-unreachable/ggk0310.xml": ("StUF-GGk 2.10", {"envelop.versie"}),
    "10-refusals-unreachable/uwlr-soap12.xml": ("UWLR", {"uwlr.soap_versie"}),
    "10-refusals-unreachable/uwlr-verzoek.xml": ("UWLR", {"uwlr.verzoek"}),
    "12-summary-wrong-version/ede-v103.xml": ("EDEXML 1.0.3", {"edexml.versie"}),
}


@pytest.mark.parametrize("name", REPORTS)
def test_recognition(name: str, standard: Standard) -> None:
    """The standard with the version of the file, and the refusal of its adapter."""
    found, faults = read(standard(f"../cases/reports/{name}"))
    assert (found.standaard, faults) == REPORTS[name]


def test_a_retour_in_words(standard: Standard) -> None:
    """Why it was refused, not only a number."""
    found, _ = read(standard("../cases/reports/11-retour-code-without-words/JW306.xml"))
    assert found.inhoud is not None
    assert all("eerder bericht" in row["redenen"][0] for row in found.inhoud.data["bevindingen"])
    assert len(found.inhoud.data["bevindingen"]) == 2


def test_a_csv_of_excel(standard: Standard) -> None:
    """The same registration with `sep=;` above it, and a finding."""
    folder = standard("../cases/reports/08-csv-sep-line")
    kolommen = Path(__file__).parents[3] / "adapters" / "schoolcsv" / "voorbeelden" / "voorbeeld.toml"
    plain, _ = read(folder / "csv-ok.csv", kolommen.read_bytes())
    found, faults = read(folder / "csv-sep.csv", kolommen.read_bytes())
    assert faults == set()
    assert found.inhoud == plain.inhoud
    assert {b.code for b in found.bevindingen} - {b.code for b in plain.bevindingen} == {"csv.sep_regel"}
