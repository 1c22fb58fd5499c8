"""JW319 and the answer in the shared schema: granted or not, and never why."""

from __future__ import annotations

from typing import Any, Final

import pytest

from adapters.ijw import read, write
from adapters.ijw.aanvulling import Antwoordaanvulling
from adapters.ijw.antwoord import antwoord, draft_319, toekenning
from adapters.ijw.bericht import JwBericht
from schemas.errors import InvalidMessage
from schemas.messages.toeleiding import AanvraagAntwoord, Aanvraaguitkomst
from tests.unit.adapters.ijw.arrangementen import KOP, ZAAK, day, places, toegewezen
from tests.unit.adapters.ijw.voorbeelden import AGB, GEMEENTE, bericht, header

OP: Final = day("2026-06-10")
DOOR: Final = f"gemeente:{GEMEENTE}"


def answered(dag: str = "2026-06-10", **kw: Any) -> JwBericht:
    inhoud = {"ReferentieAanbieder": "VERZOEK-1"} | kw
    return JwBericht("JW319", {"Header": header("JW319", dag), "Antwoord": inhoud})


ANSWERS: Final = [
    (
        answered(VerzoekAntwoord="2"),
        AanvraagAntwoord(
            zaak=ZAAK,
            uitkomst=Aanvraaguitkomst.IN_ONDERZOEK,
            beantwoord_door=DOOR,
            beantwoord_op=OP,
            verwijzing="VERZOEK-1",
        ),
        None,
    ),
    (
        answered(VerzoekAntwoord="1", RedenAfwijzingVerzoek="7"),
        AanvraagAntwoord(
            zaak=ZAAK,
            uitkomst=Aanvraaguitkomst.AFGEWEZEN,
            beantwoord_door=DOOR,
            beantwoord_op=OP,
            verwijzing="VERZOEK-1",
        ),
        "7",
    ),
    (
        answered(VerzoekAntwoord="1", RedenAfwijzingVerzoek="8", Woonplaatsbeginsel={"Gemeente": "0344"}),
        AanvraagAntwoord(
            zaak=ZAAK,
            uitkomst=Aanvraaguitkomst.AFGEWEZEN,
            beantwoord_door=DOOR,
            beantwoord_op=OP,
            andere_gemeente="0344",
            verwijzing="VERZOEK-1",
        ),
        "8",
    ),
]


def aanvulling(reden: str | None = None, **kw: Any) -> Antwoordaanvulling:
    kop = {**KOP, "dagtekening": OP, "gemeente": GEMEENTE, "aanbieder": AGB} | kw.pop("kop", {})
    kop["identificatie"] = "FICTIEF319"
    return Antwoordaanvulling.model_validate({"kop": kop, "reden": reden} | kw)


@pytest.mark.parametrize(("message", "answer", "reden"), ANSWERS)
def test_both_ways(message: JwBericht, answer: AanvraagAntwoord, reden: str | None) -> None:
    """A 319 becomes an answer without its reason; the answer and the reason become that 319."""
    assert antwoord(message, zaak=ZAAK) == answer
    drafted = draft_319(answer, aanvulling(reden))
    assert drafted == read(write(message))


def test_granted() -> None:
    """A 301 with the reference of a request grants it; one without grants nothing."""
    message = toegewezen({"ReferentieAanbieder": None}, {"ReferentieAanbieder": "VERZOEK-1"})
    assert toekenning(message, "VERZOEK-1", zaak=ZAAK) == AanvraagAntwoord(
        zaak=ZAAK,
        uitkomst=Aanvraaguitkomst.TOEGEKEND,
        beantwoord_door=DOOR,
        beantwoord_op=day("2026-04-01"),
        verwijzing="VERZOEK-1",
    )
    assert toekenning(message, "VERZOEK-2", zaak=ZAAK) is None


REJECTED: Final = ANSWERS[1][1]


@pytest.mark.parametrize(
    ("answer", "extra", "faults"),
    [
        (
            REJECTED.model_copy(update={"uitkomst": Aanvraaguitkomst.TOEGEKEND}),
            aanvulling(),
            {("ijw.toegekend", "/antwoord/uitkomst")},
        ),
        (REJECTED, aanvulling(), {("CD085", "/aanvulling/reden")}),
        (ANSWERS[0][1], aanvulling("7"), {("CD086", "/aanvulling/reden")}),
        (REJECTED, aanvulling("8"), {("TR377", "/antwoord/andereGemeente")}),
        (ANSWERS[2][1], aanvulling("7"), {("TR409", "/antwoord/andereGemeente")}),
        (REJECTED, aanvulling("7", referentie="EEN-ANDER"), {("ijw.tegenspraak", "/aanvulling/referentie")}),
        (
            REJECTED.model_copy(update={"beantwoord_door": "gemeente:0344"}),
            aanvulling("7"),
            {("ijw.tegenspraak", "/aanvulling/kop/gemeente")},
        ),
        (
            REJECTED.model_copy(update={"verwijzing": None, "beantwoord_door": None}),
            aanvulling("7", kop={"gemeente": None, "aanbieder": None}),
            {
                ("ijw.ontbreekt", "/aanvulling/referentie"),
                ("ijw.ontbreekt", "/aanvulling/kop/gemeente"),
                ("ijw.ontbreekt", "/aanvulling/kop/aanbieder"),
            },
        ),
    ],
)
def test_refused(answer: AanvraagAntwoord, extra: Antwoordaanvulling, faults: set[tuple[str, str]]) -> None:
    """A grant is no 319, and a reason belongs to a rejection; each fault at its place."""
    with pytest.raises(InvalidMessage) as caught:
        draft_319(answer, extra)
    assert places(caught.value.faults) == faults


@pytest.mark.parametrize(
    ("message", "code"),
    [(bericht("JW320"), "ijw.soort"), (answered("12026-01-01", VerzoekAntwoord="2"), "ijw.datum")],
)
def test_not_readable(message: JwBericht, code: str) -> None:
    """Another message, or a day we do not hold, is refused."""
    with pytest.raises(InvalidMessage) as caught:
        antwoord(message, zaak=ZAAK)
    assert {f.code for f in caught.value.faults} == {code}
