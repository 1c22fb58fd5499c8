"""One list of every norm: nothing is cited that is not on it, and nothing is on it that nobody cites.

Citations are found in the code, the profiles and the documents by how people write them; down to the article,
for a lid is written in as many ways as there are writers. What a profile cites is held to the letter.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.architecture.generated import TABLES
from tests.builders import profielen
from tests.conftest import ROOT

LIST: Final = "gateway/explain/normen.toml"
LAW: Final = (
    r"(UAVG|AVG|Jeugdwet|BW|WPO|WVO 2020|WEC|WEB|Leerplichtwet|Wmo 2015|Awb|Archiefwet|Wpg|BPSW|"
    r"Algemene termijnenwet)"
)
CITATION: Final = re.compile(
    rf"\b{LAW}(?:-code|-beroepscode)?(?: 1969)?(?: boek (?P<boek>\d))?(?:,? artikel(?:en)?| art\.?)? "
    r"(?P<artikel>\d[\d.:]*\d[a-z]{0,2}|\d[a-z]{0,2})(?![\w.:]*\w)"
)
"""A law with an article behind it, as in "Jeugdwet 7.3.11(1)" and "BW boek 1 artikel 253a"."""
NEXT: Final = re.compile(
    r"(?:\(\w{1,2}\)| lid \d| onder \w)*(?:,| en| tot en met) (?P<artikel>\d[\d.:]*\d[a-z]{0,2}|\d[a-z]{0,2})"
    r"(?![\w.:]*\w)"
)
"""Another article of the same law right behind it, as in "AVG 6(1)(a), 9(2)(a)"."""
Article = tuple[str, str]


def cited(text: str) -> Iterator[Article]:
    plain = " ".join(text.split())
    for first in CITATION.finditer(plain):
        boek = first["boek"]
        m: re.Match[str] | None = first
        while m is not None:
            artikel = m["artikel"]
            if first[1] == "BW":
                boek, _, artikel = artikel.rpartition(":") if ":" in artikel else (boek, ":", artikel)
                artikel = f"{boek}:{artikel}"
            yield first[1], artikel
            m = NEXT.match(plain, m.end())


def norms() -> dict[str, dict[str, Any]]:
    return tomllib.loads((ROOT / LIST).read_text(encoding="utf-8"))


def laws() -> dict[str, dict[str, Any]]:
    return {key: n for key, n in norms().items() if n["soort"] != "beleid"}


def flow_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = tomllib.loads((ROOT / "consent/stromen.toml").read_text("utf-8"))["regel"]
    return rules


def articles_of(norm: dict[str, Any]) -> set[Article]:
    """One norm can be a few articles that belong together."""
    return {*cited(norm["kort"]), *cited(norm["naam"])}


def places() -> dict[str, str]:
    """Every text that may cite, by its path; of a document without the tables that are made from the list."""
    done = subprocess.run(
        ["git", "ls-files", "consent", "gateway", "schemas", "docs", "README.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = [n for n in done.stdout.split() if n.endswith((".py", ".toml", ".md", ".html")) and n != LIST]
    texts = {n: (ROOT / n).read_text(encoding="utf-8") for n in names}
    for name, (file, _) in TABLES.items():
        texts[file] = re.sub(rf"<!-- begin {name}:.*?<!-- eind {name} -->", "", texts[file], flags=re.DOTALL)
    return texts


def test_every_citation_is_on_the_list() -> None:
    """In code, profiles and documents, to the article."""
    known = {a for n in laws().values() for a in articles_of(n)}
    assert [(name, *c) for name, text in places().items() for c in cited(text) if c not in known] == []


def test_every_norm_of_a_profile_is_on_the_list_to_the_letter() -> None:
    """Each part of what a shipped profile cites."""
    known = {n["kort"] for n in laws().values()}
    found = {part for p in profielen() for v in p.velden for part in v.norm.split("; ")}
    assert found - known == set()


def test_every_norm_on_the_list_is_cited() -> None:
    """By a reason, a profile, the code or a document: a list that only grows is read by nobody."""
    reasons = tomllib.loads((ROOT / "gateway/explain/teksten.toml").read_text(encoding="utf-8"))["reden"]
    by_reason = {k for r in reasons.values() for k in (*r["norm"], *r.get("norm_j2s", ()))}
    by_profile = {part for p in profielen() for v in p.velden for part in v.norm.split("; ")}
    by_flow = {w["artikel"] for r in flow_rules() for w in r["wet"]}
    in_text = {c for name, text in places().items() if "profielen/" not in name for c in cited(text)}
    unused = [
        key
        for key, n in norms().items()
        if key not in by_reason and n.get("kort") not in by_profile
        if n.get("kort", n["naam"]) not in by_flow
        if n["soort"] == "beleid" or articles_of(n).isdisjoint(in_text)
    ]
    assert unused == []


@pytest.mark.parametrize("key", laws())
def test_a_norm_says_which_text_was_read_and_when(key: str) -> None:
    """Article, title, and of what was read the copy and the day; of what was not that it was not."""
    norm = laws()[key]
    assert norm["kort"]
    assert norm["titel"]
    if norm["soort"] == "wet":
        assert ("tekst_van" in norm) is ("gelezen_op" in norm) is norm["gelezen"]


def test_two_norms_are_never_one() -> None:
    """Each is cited in one way, so that what a profile cites is one line of the list."""
    short = [n["kort"] for n in laws().values()]
    assert sorted(set(short)) == sorted(short)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zie Jeugdwet 7.3.11(1) en", ("Jeugdwet", "7.3.11")),
        ("(BW 1:253a).", ("BW", "1:253a")),
        ("BW boek 1 artikel 253a", ("BW", "1:253a")),
        ("AVG artikel 6 lid 1 onder a", ("AVG", "6")),
        ("Leerplichtwet 1969 artikel 21a", ("Leerplichtwet", "21a")),
        ("Algemene\ntermijnenwet 3", ("Algemene termijnenwet", "3")),
        ("BPSW-code 11", ("BPSW", "11")),
        ("WVO 2020 2.44;", ("WVO 2020", "2.44")),
    ],
)
def test_the_search_finds_them(text: str, found: Article) -> None:
    """So that the tests above are no empty promise."""
    assert list(cited(text)) == [found]


def test_the_search_goes_on_in_one_law() -> None:
    """Also into the next book."""
    assert list(cited("(AVG 6(1)(a), 9(2)(a); BW 1:251, 252 en 7:457)")) == [
        ("AVG", "6"),
        ("AVG", "9"),
        ("BW", "1:251"),
        ("BW", "1:252"),
        ("BW", "7:457"),
    ]


@pytest.mark.parametrize("text", ["UWLR 2.3", "de AVG zegt", "Wmo 3.1", "WPO in 2015 gelezen"])
def test_the_search_finds_nothing_else(text: str) -> None:
    """A version of a standard is no article."""
    assert list(cited(text)) == []
