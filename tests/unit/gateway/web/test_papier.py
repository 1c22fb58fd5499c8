"""Paper: a PDF that can be read aloud, in which nothing that was written becomes an instruction."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf
import pytest

from gateway.web.papier import (
    MAX_BYTES,
    Alinea,
    Code,
    Gegevens,
    Handtekening,
    Kop,
    Lijst,
    Nieuwblad,
    Papier,
    Plaatje,
    Tabel,
    Vakjes,
    pdf,
)
from schemas.errors import MessageTooLarge

NU = dt.datetime(2026, 10, 14, 8, 5, tzinfo=dt.UTC)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="1" height="1"/></svg>'
EVERYTHING = Papier(
    "Mag de school dit delen?",
    (
        Alinea("Thuis leest u wat wij willen delen."),
        Kop("Wat gaat er mee?"),
        Lijst(("Doelen", "Verzuim")),
        Gegevens((("Van", "De Verzonnen Vlieger"), ("Aan", "De Bedachte Brug"))),
        Tabel("Velden", ("Veld", "Reden"), (("Doelen", "Nodig voor de hulp"),)),
        Vakjes("Mag dit?", ("Ja", "Nee")),
        Handtekening("Ouder of verzorger"),
        Code("K7PM-4RTX-9WHD"),
        Plaatje(SVG, "Het adres als plaatje"),
        Nieuwblad(),
        Kop("Op het tweede blad", 3),
    ),
)


def made(papier: Papier, *, sandbox: bool = False) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(asyncio.run(pdf(papier, NU, sandbox=sandbox))))


def text_of(reader: pypdf.PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def tags(node: Any) -> Iterator[Any]:
    """Every element of the structure tree, with its type."""
    node = node.get_object()
    if isinstance(node, list):
        for each in node:
            yield from tags(each)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from tags(node["/K"])


def test_it_is_tagged_and_says_its_language_and_title() -> None:
    reader = made(EVERYTHING)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"].startswith("nl")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Mag de school dit delen?"
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()
    found = list(tags(root["/StructTreeRoot"]["/K"]))
    kinds = {each["/S"] for each in found}
    assert {"/H1", "/H2", "/H3", "/P", "/L", "/Table", "/TH", "/TD", "/Figure"} <= kinds
    assert [each["/Alt"] for each in found if each["/S"] == "/Figure"] == ["Het adres als plaatje"]


def test_it_says_everything_and_on_each_sheet_when_it_was_made() -> None:
    reader = made(EVERYTHING)
    said = text_of(reader)
    for part in ("Thuis leest u wat", "Doelen", "Aan: De Bedachte Brug", "Mag dit?", "K7PM-4RTX-9WHD"):
        assert part in said
    assert len(reader.pages) == 2
    for number, page in enumerate(reader.pages, 1):
        assert f"Gemaakt op 14 oktober 2026 om 10.05 uur, blad {number} van 2" in page.extract_text()


def test_every_sheet_of_a_sandbox_says_so_and_no_other() -> None:
    proef, real = made(EVERYTHING, sandbox=True), made(EVERYTHING)
    assert all("PROEF" in page.extract_text() for page in proef.pages)
    assert "alle mensen zijn verzonnen" in text_of(proef)
    assert "PROEF" not in text_of(real)


@pytest.mark.parametrize(
    "written",
    [
        '#panic("weg")',
        '#image("blad.typ")',
        '#read("/etc/hostname")',
        "$ x^2 $ *vet* _schuin_ @verwijzing <label>",
        '"); panic("weg',
        "\\u{41} `code` // geen uitleg",
        "= Kop",
        '<script>alert("x")</script>',
    ],
)
def test_what_somebody_wrote_is_never_an_instruction(written: str) -> None:
    blokken = (
        Alinea(written),
        Kop(written),
        Lijst((written,)),
        Gegevens(((written, written),)),
        Tabel(written, (written,), ((written,),)),
        Vakjes(written, (written,)),
        Handtekening(written),
        Code(written),
        Plaatje(SVG, written),
    )
    said = text_of(made(Papier(written, blokken))).replace(" ", "")
    assert said.count(re.sub(r"\s", "", written)) >= len(blokken)


def test_the_same_words_at_the_same_moment_are_the_same_bytes() -> None:
    assert asyncio.run(pdf(EVERYTHING, NU, sandbox=True)) == asyncio.run(pdf(EVERYTHING, NU, sandbox=True))


def test_more_than_fits_on_paper_is_refused() -> None:
    with pytest.raises(MessageTooLarge):
        made(Papier("Groot", (Alinea("a" * MAX_BYTES),)))


def test_a_table_has_cells_for_all_its_columns() -> None:
    with pytest.raises(ValueError):
        Tabel("Velden", ("Veld", "Reden"), (("Doelen",),))


def test_a_name_in_it_shows_in_no_log() -> None:
    assert "KANARIE" not in repr(Papier("Titel", (Alinea("KANARIE-4711"),)))
