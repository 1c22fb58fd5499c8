"""Practices as they are played: over HTTP, from their file, and with each toestemming taken away."""

from __future__ import annotations

import datetime as dt
import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

from gateway.cli.proeflijn import GEHEUGEN
from gateway.cli.spelen import in_region, perform, sandbox
from gateway.practices.spel import met_bestand, parse_spel, read_spel, regiotekst
from gateway.register.regels import INRICHTING
from schemas.storage.storage import Register
from tests.flow.test_cli import ozlijn
from tests.flow.test_cli_bestanden import run
from tests.postgres import Server

ON: Final = dt.date(2026, 11, 30)
NAMED: Final = frozenset(f"S{n:02}" for n in (1, 7, 10, 12, 14, 15, 16, 18, 24, 34, 44, 79, *range(46, 54)))
"""The practices that must play; the others play with --long only."""
ON_POSTGRESQL: Final = frozenset({"S50"})
"""The rest only with --long."""


class Page(HTMLParser):
    """What stands in the page, as far as it says whether it is whole."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.outside: list[str] = []
        self.items = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in {"meta", "rect", "path", "circle"}:
            self.open.append(tag)
        self.items += tag == "li" and "data-nr" in given
        self.ids += [v for k, v in attrs if k == "id" and v]
        self.outside += [v for k, v in attrs if k in {"src", "href"} and v]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag


@pytest.mark.parametrize(
    "naam", [n if n in NAMED else pytest.param(n, marks=pytest.mark.slow) for n in met_bestand()]
)
def test_a_practice_plays_to_its_end_and_every_toestemming_matters(naam: str) -> None:
    """The story and each variant come out as the file says; without one toestemming the story does not."""
    spel, _ = read_spel(naam, ON)
    with sandbox(spel, GEHEUGEN) as field:
        whole = [field.play(), *field.variants()]
        assert [(v.naam, v.anders) for v in whole if not v.gelukt] == []
        for verhaal in sorted({v for v, *_ in spel.gegeven}):
            assert field.needless(verhaal) == []
        assert field.play().gelukt, "it failed for want of a toestemming, and not for the days that passed"


def test_what_changes_nothing_is_found_and_what_is_refused_is_not_passed_over() -> None:
    """A toestemming that no step wants, and a step that the line refuses where the file says nothing."""
    text = files("gateway.practices").joinpath("spelen", "S85.toml").read_text(encoding="utf-8")
    asked = text[text.index('sleutel = "advies"\nvraag') : text.index('sleutel = "zwijgplicht"')]
    more = text.replace(asked, asked + asked.replace('"advies"', '"los"').replace('"afstemming"', '"opp"'))
    spel = parse_spel(more.replace('met = ["advies", "zw', 'met = ["los", "advies", "zw'), "S85.toml", None)
    with sandbox(spel, GEHEUGEN) as field:
        assert field.needless() == [("moeder", "los"), ("vader", "los")]
    step = (
        '[[stappen]]\nwie = ["school"]\ndoet = "opent zaak"\nals = "zaak"\nstap = { vorm = "x" }\n\n[einde]'
    )
    with sandbox(parse_spel(text.replace("[einde]", step, 1), "S85.toml", None), GEHEUGEN) as field:
        assert "de lijn nam het niet aan" in (field.play().anders or "")


@pytest.mark.parametrize(
    "naam", [n if n in ON_POSTGRESQL else pytest.param(n, marks=pytest.mark.slow) for n in met_bestand()]
)
def test_a_practice_plays_on_postgresql(naam: str, postgres_server: Server) -> None:
    """In a database of its own, with a worker beside the gateway."""
    spel, _ = read_spel(naam, ON)
    done = perform(spel, postgres_server.url("postgres"))
    assert [(v.naam, v.anders) for v in done.verhalen if not v.gelukt] == []


def test_a_practice_of_a_region_plays_under_its_file() -> None:
    """With what the file of the region says, and with partijen of it that have no part in the story."""
    text = regiotekst("verzonnen-zuid")
    assert text is not None
    made = in_region(Register(0, {}, {}), "verzonnen-zuid")
    assert json.loads(made.beleid[INRICHTING])["tekst"] == text
    assert len(made.partijen) == text.count("[[partijen]]") > 0
    assert read_spel("S15", ON)[0].regiobestand == "verzonnen-zuid"


def test_every_named_practice_has_a_file() -> None:
    """Those that must play are there."""
    assert set(met_bestand()) >= NAMED
    assert len(NAMED) == 20


def test_the_story_is_told_as_lines_and_as_a_page(tmp_path: Path) -> None:
    """Who sent what, why it may, what stayed home, how it ended; the page is one file that needs no other."""
    page = tmp_path / "s50.html"
    told = run("praktijk", "s50", "--html", page).stdout
    for said in (
        "Mag het: Mag alleen met toestemming. Hulpvraag van school aan toegang [V57@1: ",
        "Mag het: Geen regel: het wacht (RULE_UNKNOWN).",
        "Bleef thuis: De vraag, in gewone woorden. ",
        "Gemeente: 0505, indicatief (JW 1.1 1°)",
        "Hetzelfde als wanneer er nooit iets was.",
        "X1 toegang > toegang -: heeft geen stroom in de matrix, en wacht (RULE_UNKNOWN)",
        "Gespeeld: alles kwam uit zoals het bestand zegt.",
    ):
        assert said in told
    text = page.read_text("utf-8")
    found = Page()
    found.feed(text)
    assert found.open == []
    assert len(set(found.ids)) == len(found.ids)
    assert found.outside == []
    assert found.items == len(re.findall(r"^ ?\d+  ", told, re.MULTILINE))
    assert "<script" not in text
    assert text.count('<svg xmlns="http://www.w3.org/2000/svg"') == 1
    arrows = {kind: text.count(f'marker-end="url(#S50-{kind})"') for kind in ("gaat", "wacht")}
    assert arrows == {"gaat": 3, "wacht": 1}


def test_a_file_that_comes_out_otherwise_says_where_and_gives_1(tmp_path: Path) -> None:
    """As data too. So a region can write its own, and see what is not so."""
    text = files("gateway.practices").joinpath("spelen", "S50.toml").read_text(encoding="utf-8")
    own = tmp_path / "eigen.toml"
    own.write_text(text.replace('gekregen = ["status", ', 'gekregen = ["afloop", '), "utf-8")
    done = ozlijn("praktijk", "--bestand", str(own), "--json")
    assert done.code == 1
    (played,) = json.loads(done.out)["praktijken"]
    assert not played["gespeeld"]
    assert played["verhalen"][0]["anders"] == "stap 12: niet gekregen: afloop"


def test_what_cannot_be_played_is_wrong_use() -> None:
    """No file for it, nothing asked, or too much at once."""
    assert "S06" in ozlijn("praktijk", "S06").err
    assert [
        ozlijn("praktijk", *a).code for a in ((), ("S06",), ("S50", "--alle"), ("--dekking", "--alle"))
    ] == [
        2,
        2,
        2,
        2,
    ]


@pytest.mark.slow
def test_all_are_played() -> None:
    """With a line each and a total; exit code 0."""
    lines = run("praktijk", "--alle").stdout.splitlines()
    assert (
        lines[-1]
        == f"{len(met_bestand())} van {len(met_bestand())} praktijken gespeeld zoals hun bestand zegt."
    )
