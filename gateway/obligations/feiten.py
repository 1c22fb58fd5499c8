"""What a question rests on, and how one is written down: shared by everything here that asks people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from consent.afwegen import OfferedAfweging
from consent.agenda import Facts
from consent.statements import Statements
from gateway.case.case import Case
from gateway.register.regels import Regels
from schemas.base import Gegevenscategorie
from schemas.exchange.taak import Vraag


def facts_of(case: Case, regels: Regels) -> Facts:
    """Everything recorded about one leerling, under these rules."""
    weighings = tuple(OfferedAfweging(a, case.gewogen.blikken) for a in case.gewogen.afwegingen)
    return Facts(case.consents, case.authorities, regels.beleid, case.gronden, weighings, case.omstandigheden)


def said_by(partij: str, case: Case) -> Statements:
    """What was stated to one partij."""
    if all(c.vastgelegd_door == partij for c in case.consents):
        return case.consents  # which are in order already
    return Statements(c for c in case.consents if c.vastgelegd_door == partij)


def asking(vragen: tuple[Vraag, ...]) -> dict[str, Any]:
    """The fields of a taak that asks these."""
    return {
        "vragen": vragen,
        "personen": tuple(dict.fromkeys(v.persoon for v in vragen)),
        "functies": tuple(sorted({f for v in vragen for f in v.functies})),
        "categorieen": _categorieen(vragen),
    }


def _categorieen(vragen: Iterable[Vraag]) -> tuple[Gegevenscategorie, ...]:
    asked = {c for v in vragen for c in v.bereik.categorieen}
    return tuple(c for c in Gegevenscategorie if c in asked)
