"""`ozlijn stromen`, as a lawyer uses it beside the table."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.register.stroomregels import shipped_stromen
from schemas.people.hoedanigheden import Partijhoedanigheid
from tests.conftest import ROOT
from tests.flow.test_cli import ozlijn
from tests.flow.test_cli_bestanden import run
from tests.unit.consent.stroomhulp import ON, TEXT
from tests.unit.consent.test_stromen import regel

DAY = ("--op", "2026-11-30")
FIRST = dt.date(2027, 1, 1)


def data(*arguments: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("stromen", "--json", *arguments).stdout)
    return found


def test_the_matrix_has_a_line_per_sender() -> None:
    """With a letter per recipient, and what a letter means."""
    lines = run("stromen", *DAY).stdout.splitlines()
    (school,) = [row for row in lines if row.startswith("onderwijs:")]
    assert "jeugdhulp T," in school
    assert "leerplicht_rmc DT" in school
    assert "gecertificeerde_instelling XDM" in school
    assert "X  verbod" in lines
    assert not any(row.startswith("Let op") for row in lines)


def test_one_pair_says_why() -> None:
    """Its rules with their version, conditions and articles, and how certain these are."""
    told = run("stromen", "--van", "onderwijs", "--aan", "leerplicht_rmc", *DAY).stdout
    assert "V16@1 plicht: Zestien uur verzuim" in told
    assert "als: leerplichtig; jonger_dan(18); zestien_uur; niet centraal_gemeld" in told
    assert "nummer: verplicht" in told
    assert "rust op: Leerplichtwet 21 (wet)" in told
    assert "V17@2" in told
    before = run("stromen", "--van", "onderwijs", "--aan", "leerplicht_rmc", "--op", "2025-12-31").stdout
    assert "V17@1" in before
    assert "V17@2" not in before


@pytest.mark.parametrize(
    ("van", "aan", "said"),
    [
        ("jeugdhulp", "toegang", "wordt besloten, en gaat niet over deze lijn"),
        ("leerplicht_rmc", "toegang", "aangehouden: het is niet uitgezocht, dus het wacht"),
        ("toegang", "wmo", "tekent: S2J, J2S, uitdrukkelijk, opnieuw vanaf 18 jaar"),
        ("jeugdhulp", "onderwijs", "een veto van de jeugdhulpverlener houdt het tegen"),
        ("jeugdhulp", "onderwijs", "verandert: aangekondigd per 2027-01-01"),
        ("onderwijs", "veilig_thuis", "soorten: geen"),
        ("onderwijs", "cbs", "Geen regel: het wacht (RULE_UNKNOWN)."),
    ],
)
def test_what_is_special_of_a_pair_is_said(van: str, aan: str, said: str) -> None:
    """Also that there is no rule."""
    assert said in run("stromen", "--van", van, "--aan", aan, *DAY).stdout


def test_all_that_one_sends_or_gets() -> None:
    """A pair at a time."""
    sent = run("stromen", "--van", "kinderopvang", *DAY).stdout
    assert "kinderopvang > onderwijs T" in sent
    assert "onderwijs > " not in sent
    got = run("stromen", "--aan", "cbs", *DAY).stdout
    assert got.startswith("jeugdhulp > cbs D\n")


def test_as_data_it_is_the_table() -> None:
    """Every rule of the day, as it stands in the file."""
    found = data(*DAY)
    assert [r["regel"] for r in found["regels"]] == [r.sleutel for r in shipped_stromen().op(ON)]
    assert (found["op"], found["veranderd"]) == ("2026-11-30", [])
    one = data("--van", "onderwijs", "--aan", "jeugdhulp", *DAY)
    assert one["paren"] == [
        {"van": "onderwijs", "aan": "jeugdhulp", "tekens": "T", "regels": ["V56@1"]},
    ]
    assert [r["teken"] for r in one["regels"]] == ["T"]


def test_what_is_announced_to_change_is_an_alarm() -> None:
    """From that day on, with the rules that a person must look at."""
    assert "Let op" in run("stromen", "--op", "2027-01-01").stdout
    assert "V53@1" in data("--op", "2027-01-01")["veranderd"]


def test_today_is_the_day_when_none_is_given() -> None:
    """Whatever today is: the table has rules for it."""
    assert data()["paren"]


def test_the_picture_is_that_of_the_docs() -> None:
    """Byte for byte."""
    assert run("stromen", "--svg", *DAY).stdout_bytes == (ROOT / "docs" / "stromen.svg").read_bytes()


def test_a_change_can_be_tried(tmp_path: Path) -> None:
    """Behind our table, or behind a table of one's own; nothing is applied."""
    change = tmp_path / "wijziging.toml"
    later = regel(id="V56", versie=2, kracht="verbod", profiel=None, aan=["jeugdhulp"], geldigVanaf=FIRST)
    change.write_text(later, "utf-8")
    pair = ("--van", "onderwijs", "--aan", "jeugdhulp", "--wijziging", change)
    assert data(*pair, "--op", "2026-12-31")["paren"][0]["regels"] == ["V56@1"]
    assert data(*pair, "--op", "2027-01-01")["paren"][0]["regels"] == ["V56@2"]
    own = tmp_path / "eigen.toml"
    own.write_text(TEXT.split("# ── samenwerkingsverband")[0] + regel(), "utf-8")
    assert len(data("--bestand", own, *DAY)["regels"]) == 1


def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path) -> None:
    """The file, the place, the line and the code; exit code 1."""
    own = tmp_path / "eigen.toml"
    own.write_text(regel(als=["volle_maan"]), "utf-8")
    done = ozlijn("stromen", "--bestand", str(own))
    assert done.code == 1
    assert "eigen.toml/regel/0/als/0 (regel 13): " in done.err
    assert done.err.endswith("[stroom.voorwaarde]\n")


def test_what_is_no_capacity_is_wrong_use() -> None:
    """A misspelt name finds nothing, and says so."""
    assert ozlijn("stromen", "--van", "gemeente").code == 2
    assert Partijhoedanigheid.TOEGANG in ozlijn("stromen", "--van", "gemeente").err
