"""What the documents say about the code is still so: names, paths, tables, sample files."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final

import pytest

from consent.stromen import Inlichten, Kracht, Nummerregel, Stand, Zekerheid
from consent.stroomoordeel import Stroomreden
from consent.voorwaarden import NAMEN
from gateway.explain.stromen import svg
from gateway.register.apply import read_register
from gateway.register.stroomregels import shipped_stromen
from gateway.runtime.settings import Settings, read_settings
from schemas.account.verantwoording import EventType
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Ground, Outcome, Reden, Standpunt
from schemas.exchange.intrekking import Bewaargrond, Intrekkingsuitkomst, Wet
from schemas.exchange.uitwisseling import OPEN, OVERGANGEN, Leveringstatus, Weigergrond
from schemas.messages.berichten import BERICHTEN
from schemas.people.hoedanigheden import Geheimhouding, Kenmerksoort, Partijhoedanigheid
from schemas.people.partij import Partijsoort, Rol, Scope
from schemas.people.toestemming import Gebeurtenis, Gebruiksdoel, Hoedanigheid, Richting, ToestemmingFunctie
from schemas.shown.uitleg import Categoriestand, Handelaar, Lezersoort, Normsoort
from tests.architecture.generated import STROMEN_OP, TABLES, with_table
from tests.architecture.stroomverschillen import DOOR, verschillen
from tests.conftest import ROOT

CODES: tuple[type[StrEnum], ...] = (
    EventType,
    Gebeurtenis,
    Gebruiksdoel,
    Gegevenscategorie,
    Ground,
    Hoedanigheid,
    Leveringstatus,
    Outcome,
    Partijsoort,
    Reden,
    Richting,
    Rol,
    Scope,
    Standpunt,
    ToestemmingFunctie,
    Weigergrond,
    Lezersoort,
    Categoriestand,
    Handelaar,
    Normsoort,
    Intrekkingsuitkomst,
    Bewaargrond,
    Wet,
    Partijhoedanigheid,
    Geheimhouding,
    Kenmerksoort,
    Kracht,
    Zekerheid,
    Nummerregel,
    Inlichten,
    Stand,
    Stroomreden,
)
DOCUMENTS = sorted(
    p.relative_to(ROOT).as_posix()
    for p in (
        ROOT,
        *(d for d in ((ROOT / "docs"), *(ROOT / "docs").rglob("*")) if d.is_dir()),
        ROOT / "deploy",
    )
    for p in p.glob("*.md")
)
PATH = re.compile(r"(?:schemas|consent|adapters|gateway|deploy|docs|tests)/[\w./-]*\w")
"""What looks like a path of ours in a code span."""


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def spans(text: str) -> list[str]:
    """Code spans outside code blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def rows(text: str, columns: int) -> Iterator[list[str]]:
    """Table rows with that many columns, head lines left out."""
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns and not set(cells[0]) <= {"-"}:
            yield cells


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    """Every relative link and every path of ours in a code span is a file or folder in the checkout."""
    text = text_of(document)
    here = (ROOT / document).parent
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [t for t in targets if "://" not in t and not (here / t).exists()]
    named = {m for span in spans(text) for m in PATH.findall(span) if PATH.fullmatch(span.rstrip("/"))}
    missing += [n for n in sorted(named) if not (ROOT / n).exists()]
    assert not missing


@pytest.mark.parametrize("codes", CODES, ids=lambda e: e.__name__)
def test_begrippen_has_every_code(codes: type[StrEnum]) -> None:
    """A code that people meet on the line stands in docs/begrippen.md, spelt as it is."""
    known = set(spans(text_of("docs/begrippen.md")))
    assert [c.value for c in codes if c.value not in known] == []


def test_begrippen_has_every_message_type() -> None:
    """The message types stand in docs/begrippen.md as well."""
    assert BERICHTEN.keys() <= set(spans(text_of("docs/begrippen.md")))


def test_begrippen_tells_the_level_of_each_category() -> None:
    """The level in the table is the one the code decides with, in the same order."""
    told = [(c[0].strip("`"), int(c[1])) for c in rows(text_of("docs/begrippen.md"), 3) if c[1] in "0123"]
    assert told == [(c.value, c.niveau) for c in Gegevenscategorie]


def test_begrippen_has_an_english_word_for_each() -> None:
    """Every word in the tables stands in the English list once, and no other word does."""
    text = text_of("docs/begrippen.md")
    words = dict.fromkeys(c[0] for c in rows(text, 4) if c[0] != "woord")
    _, below = text.split("## In het Engels")
    english = [c for c in rows(below.split("## ")[0], 2) if c[1] != "Engels"]
    assert [c[0] for c in english] == list(words)
    assert all(c[1] for c in english)


def test_begrippen_lists_each_reason_once() -> None:
    """A reason stands in one group, and only reasons that exist do."""
    _, table = text_of("docs/begrippen.md").split("## Redenen per groep")
    assert sorted(spans(table)) == sorted(Reden)


def test_begrippen_names_what_is_in_the_code() -> None:
    """The last column names classes, functions and fields that exist."""
    source = "\n".join(
        p.read_text(encoding="utf-8")
        for package in ("schemas", "consent", "adapters", "gateway")
        for p in (ROOT / package).rglob("*.py")
    )
    cells = [c[3] for c in rows(text_of("docs/begrippen.md"), 4)]
    names = {part for cell in cells for span in spans(cell) for part in span.split(".")}
    assert len(names) > 40
    assert [n for n in sorted(names) if not re.search(rf"\b{n}\b", source)] == []


def test_begrippen_has_one_row_per_word() -> None:
    """One word per thing: no word is explained twice."""
    words = [c[0] for c in rows(text_of("docs/begrippen.md"), 4) if c[0] != "woord"]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("name", TABLES)
def test_generated_tables_are_in_sync(name: str) -> None:
    """A table in docs/ is the one the code gives; `python -m tests.architecture.generated` writes it anew."""
    document, make = TABLES[name]
    text = text_of(document)
    assert with_table(text, name, make()) == text


def test_sample_settings_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """deploy/ozlijn.toml is read without a complaint, and shows each default as it is."""
    for name in [n for n in os.environ if n.startswith("OZLIJN_")]:
        monkeypatch.delenv(name)
    settings = read_settings(ROOT / "deploy" / "ozlijn.toml")
    shown = tomllib.loads(text_of("deploy/ozlijn.toml"))
    named = {n: f.default for n, f in Settings.model_fields.items() if f.default_factory is None}
    for field, value in shown.items():
        if field in named and not Settings.model_fields[field].is_required():
            assert value == named[field], field
    assert settings.host == "127.0.0.1"


def test_sample_register_is_accepted(tmp_path: Path) -> None:
    """deploy/partijen.toml is a register without faults, and so is the one in the README."""
    sample = read_register(ROOT / "deploy" / "partijen.toml")
    assert len(sample.partijen) == 4
    (inline,) = re.findall(r"^```toml\n(.*?)^```", text_of("README.md"), re.DOTALL | re.MULTILINE)
    file = tmp_path / "partijen.toml"
    file.write_text(inline, encoding="utf-8")
    (school,) = read_register(file).partijen.items()
    assert school in sample.partijen.items()


@pytest.mark.parametrize("adr", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda p: p.stem)
def test_decisions_have_one_form(adr: Path) -> None:
    """A number, a state, the four headings of the template, and no more than a page."""
    text = adr.read_text(encoding="utf-8")
    assert text.startswith(f"# {adr.stem[:4]}. ")
    assert re.search(r"^Status: (proposed|accepted|replaced by)", text, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Question", "Decision", "Rejected", "Consequences"]
    assert len(text.splitlines()) <= 60


GIVEN_OUT: Final[frozenset[str]] = frozenset()
"""Numbers of decisions that are being written now, beside one another."""


def test_decisions_are_numbered_once_and_without_holes() -> None:
    """A number names one decision, so that "ADR 0014" in a text can only mean one page."""
    numbers = sorted(p.stem[:4] for p in (ROOT / "docs" / "decisions").glob("*.md"))
    assert len(set(numbers)) == len(numbers)
    missing = {f"{n:04}" for n in range(int(numbers[-1]))} - set(numbers)
    assert missing <= GIVEN_OUT


@pytest.mark.parametrize("picture", sorted((ROOT / "docs").glob("*.svg")), ids=lambda p: p.stem)
def test_pictures_can_be_read_without_seeing_them(picture: Path) -> None:
    """A picture has a title and a description, and takes nothing from elsewhere."""
    svg = picture.read_text(encoding="utf-8")
    assert "<title" in svg
    assert "<desc" in svg
    assert "href" not in svg
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]


def test_the_picture_of_the_states_is_the_table() -> None:
    """The arrows in docs/standen.svg are the steps that are possible, no more and no less."""
    arrows = set(re.findall(r'id="(\w+)--(\w+)"', text_of("docs/standen.svg")))
    arrows.remove(("open", "einde"))
    ends = {Leveringstatus.GEWEIGERD, Leveringstatus.INGETROKKEN, Leveringstatus.VERVALLEN}
    drawn = arrows | {(a.value, b.value) for a in OPEN for b in ends}
    assert drawn == {(a.value, b.value) for a, after in OVERGANGEN.items() for b in after}


def test_the_picture_of_the_flows_is_the_table() -> None:
    """docs/stromen.svg is the one the rules give; the same command as for the tables writes it anew."""
    assert text_of("docs/stromen.svg") == svg(shipped_stromen().op(STROMEN_OP))


def test_every_condition_of_a_flow_is_explained() -> None:
    """By the name that stands in a rule."""
    told = {name.split("(")[0] for name in spans(text_of("docs/stromen.md"))}
    assert {*NAMEN, "jonger_dan", "minstens"} <= told


def test_every_difference_of_the_flows_is_decided_by_a_line() -> None:
    """And a line that decides no difference any more is taken out."""
    assert {(*v.paar, v.what) for v in verschillen()} == set(DOOR)
