"""JW323 and JW325 as totals for a settlement: what was granted, per month and unit, and nobody in it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from adapters.ijw.bericht import JwBericht
from adapters.ijw.verrekening import verrekening
from schemas.errors import InvalidMessage
from schemas.messages.inrichting import Uitvoeringsvariant
from schemas.messages.tellingen import KLEINSTE_AANTAL, Totaal, Verrekening
from tests.builders import a_bsn
from tests.unit.adapters.ijw.arrangementen import day, places
from tests.unit.adapters.ijw.voorbeelden import GEMEENTE, bericht, header

INSPANNING: Final = Uitvoeringsvariant.INSPANNINGSGERICHT


def row(nummer: str, maand: str = "2026-05", **kw: Any) -> dict[str, Any]:
    first: dict[str, Any] = bericht("JW323").inhoud["Declaratie"]["Clienten"]["Client"][0]["Prestaties"][
        "Prestatie"
    ][0]
    periode = {"Begindatum": f"{maand}-04", "Einddatum": f"{maand}-20"}
    return first | {"ProductReferentie": {"ReferentieNummer": nummer}, "ProductPeriode": periode} | kw


def claimed(per_client: list[list[dict[str, Any]]]) -> JwBericht:
    inhoud = bericht("JW323").inhoud
    clients = [{"Bsn": a_bsn(i), "Prestaties": {"Prestatie": rows}} for i, rows in enumerate(per_client)]
    return JwBericht(
        "JW323", {**inhoud, "Declaratie": inhoud["Declaratie"] | {"Clienten": {"Client": clients}}}
    )


def answered(*rejected: str, codes: str = "0200", naam: str = "FICTIEF323") -> JwBericht:
    inhoud = bericht("JW325").inhoud
    client = inhoud["DeclaratieAntwoord"]["Clienten"]["Client"][0]
    rows = [row(n, RetourCodes={"RetourCode": ["9338"]}) for n in rejected]
    antwoord = inhoud["DeclaratieAntwoord"] | {"RetourCodes": {"RetourCode": [codes]}}
    antwoord["Clienten"] = {"Client": [client | {"Prestaties": {"Prestatie": rows}}]} if rows else None
    identificatie = {"Identificatie": naam, "Dagtekening": "2026-06-05"}
    head = inhoud["Header"] | {"DeclaratieIdentificatie": identificatie}
    return JwBericht(
        "JW325", {"Header": head, "DeclaratieAntwoord": {k: v for k, v in antwoord.items() if v}}
    )


def settled(declaratie: JwBericht, antwoord: JwBericht | None = None, **kw: Any) -> Verrekening:
    data: dict[str, Any] = {"arrangement": "speciaal-onderwijs-noord", "uitvoeringsvariant": INSPANNING}
    return verrekening(declaratie, antwoord, **(data | kw))


def total(maand: int, eenheid: Any, aantal: int | None, cent: int) -> Totaal:
    last = {4: 30, 5: 31}[maand]
    return Totaal(
        gemeente=GEMEENTE,
        van=day(f"2026-0{maand}-01"),
        tot=day(f"2026-0{maand}-{last}"),
        eenheid=eenheid,
        aantal=aantal,
        bedrag_cent=cent,
    )


CLASS: Final = [[row(f"A{i}"), row(f"B{i}", "2026-04", Eenheid="16")] for i in range(KLEINSTE_AANTAL)]


def test_totals() -> None:
    """Rows become one total per month and unit, of whole months, with gemeente and arrangement only."""
    found = settled(claimed(CLASS))
    assert found.totalen == (total(4, "dagdeel", 40, 370_000), total(5, "uur", 40, 370_000))
    assert (found.arrangement, found.uitvoeringsvariant) == ("speciaal-onderwijs-noord", INSPANNING)


def test_credit() -> None:
    """Credit is taken off; a number below none is left out, an amount is not."""
    less: dict[str, Any] = {"IngediendBedrag": {"Bedrag": "1000", "DebetCredit": "C"}}
    mixed = [[*rows, row(f"C{i}", GeleverdVolume="1", **less)] for i, rows in enumerate(CLASS)]
    assert settled(claimed(mixed)).totalen[1] == total(5, "uur", 30, 360_000)
    only = [[row(f"C{i}", GeleverdVolume="1", **less)] for i in range(KLEINSTE_AANTAL)]
    assert settled(claimed(only)).totalen == (total(5, "uur", None, -10_000),)


@pytest.mark.parametrize(
    ("code", "eenheid", "aantal"),
    [
        ("01", None, None),
        ("04", "uur", 40),
        ("14", "etmaal", 40),
        ("82", "stuks", 40),
        ("83", None, None),
        ("84", "stuks", 40),
    ],
)
def test_units(code: str, eenheid: str | None, aantal: int | None) -> None:
    """Of minutes and euros a total has the amount only."""
    rows = [[row(f"A{i}", Eenheid=code)] for i in range(KLEINSTE_AANTAL)]
    assert settled(claimed(rows)).totalen == (total(5, eenheid, aantal, 370_000),)


def test_granted() -> None:
    """With its answer: what was granted, so without the rows that were rejected."""
    rows = [[row(f"A{i}")] for i in range(KLEINSTE_AANTAL + 2)]
    assert settled(claimed(rows), answered("A0", "A1")).totalen == (total(5, "uur", 40, 370_000),)
    assert settled(claimed(rows), answered(codes="8001")).totalen == (total(5, "uur", 48, 444_000),)


def refused(*args: Any, **kw: Any) -> set[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        settled(*args, **kw)
    return places(caught.value.faults)


def test_too_few() -> None:
    """A total of few clients would tell what one of them got: refused, also when the answer makes it so."""
    few = {("ijw.te_weinig_clienten", "/Bericht/Declaratie")}
    assert refused(claimed(CLASS[1:])) == few
    assert refused(claimed(CLASS), answered("A0")) == few


def test_one_client_often() -> None:
    """Many rows of one client are still one client."""
    assert refused(claimed([[row(f"A{i}") for i in range(30)]]))


def test_taakgericht() -> None:
    """Who is paid for a task declares nothing per leerling."""
    found = refused(claimed(CLASS), uitvoeringsvariant=Uitvoeringsvariant.TAAKGERICHT)
    assert found == {("ijw.taakgericht", "/Bericht/Declaratie")}


@pytest.mark.parametrize(
    ("antwoord", "code"),
    [
        (answered(codes="9333"), "ijw.niets_toegekend"),
        (answered(naam="ANDER"), "ijw.ander_antwoord"),
        (bericht("JW323"), "ijw.soort"),
    ],
)
def test_answer(antwoord: JwBericht, code: str) -> None:
    """An answer that rejects all, or that answers something else, gives no settlement."""
    assert {c for c, _ in refused(claimed(CLASS), antwoord)} == {code}


def test_date() -> None:
    """A month we do not hold is a fault at its row."""
    periode = {"Begindatum": "12026-01-01", "Einddatum": "12026-01-02"}
    place = "/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]/ProductPeriode/Begindatum"
    assert refused(claimed([[row("A", ProductPeriode=periode)]])) == {("ijw.datum", place)}


def test_header_of_the_claim() -> None:
    """The gemeente is the receiver of the claim."""
    claim = claimed(CLASS)
    other = JwBericht("JW323", claim.inhoud | {"Header": header("JW323", "2026-06-05", Ontvanger="0344")})
    assert {t.gemeente for t in settled(other).totalen} == {"0344"}
