"""From finding to answer and back into the history: the rules, the retours and what is known together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from adapters.ijw.bericht import JwBericht
from adapters.ijw.retour import make_retour
from adapters.ijw.verloop import Feitenverloop, aanvaard
from adapters.ijw.verloopregels import check_verloop
from tests.unit.adapters.ijw.gevallen import FEB, MRT
from tests.unit.adapters.ijw.verkeer import (
    AANBIEDER,
    GEMEENTE,
    m301,
    m305,
    m307,
    m315,
    m323,
    prestatie,
    start,
    stop,
    verloop,
)


def answered(heen: JwBericht, known: Feitenverloop, ident: str = "A1") -> JwBericht:
    made = make_retour(heen, check_verloop(heen, known), identificatie=ident, dagtekening=dt.date(2026, 5, 2))
    assert made is not None
    return made


def codes(node: dict[str, Any]) -> list[str]:
    return list(node["RetourCodes"]["RetourCode"])


def test_a_message_that_is_right_is_accepted() -> None:
    """Its retour is a Header alone, and says that it may be applied."""
    assert aanvaard(answered(m305(start(FEB)), verloop(m301())))


def test_a_row_that_is_wrong_is_named_by_its_class() -> None:
    """Header and Client 0200, the row that may stay 0200, the row that may not with its own code."""
    retour = answered(m305(start(FEB), start(MRT, status="3")), verloop(m301()))
    assert not aanvaard(retour)
    client = retour.inhoud["Client"]
    assert codes(retour.inhoud["Header"]) == codes(client) == ["0200"]
    assert [codes(row) for row in client["StartProducten"]["StartProduct"]] == [["0200"], ["9063"]]


def test_a_message_that_is_wrong_as_a_whole_is_named_in_the_header() -> None:
    """An open request (TR374) and a used Identificatie (TR056) come back as a Header with the code."""
    for heen, known, code in (
        (m315("V2"), verloop(m315("V1")), "9374"),
        (m301(ident="X"), verloop(m301(ident="X")), "9056"),
    ):
        retour = answered(heen, known)
        assert set(retour.inhoud) == {"Header"}
        assert codes(retour.inhoud["Header"]) == [code]


def test_a_refused_message_is_not_applied_and_may_come_again() -> None:
    """A stop before its start is refused, counts as not sent, and is accepted once the start is there."""
    known = verloop(m301())
    early = m307(stop(FEB, "31", MRT), ident="STOP")
    for bericht in (early, m305(start(FEB)), early):
        if aanvaard(answered(bericht, known)):
            known.apply(bericht)
    assert known.gezien("JW307", AANBIEDER, "STOP")


def test_a_claim_goes_its_whole_way() -> None:
    """Claimed, partly refused, answered, and each row then is what the answer made of it."""
    known = verloop(m301())
    claim = m323("D1", prestatie("R1"), prestatie("R2", nummer="999"))
    claim.inhoud["Declaratie"]["TotaalIngediendBedrag"]["TotaalBedrag"] = "80000"
    answer = answered(claim, known)
    known.apply(claim)
    assert check_verloop(answer, known) == ()
    known.apply(answer)
    assert [r.goedgekeurd for r in known.prestaties(AANBIEDER, "R1")] == [True]
    assert [r.afgekeurd for r in known.gedeclareerd(GEMEENTE, 999)] == [True]
    again = m323(
        "D2", prestatie("R1"), prestatie("R3", vorig="R1"), prestatie("R4", vorig="R2"), periode="2026-03"
    )
    found = {(fout.code, fout.place[-2]) for fout in check_verloop(again, known)}
    assert found == {("TR314", "1"), ("TR323", "3")}
