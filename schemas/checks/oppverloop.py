"""How the parts of a plan change: which state may follow which, and what stands firm once it is vastgesteld.

A vastgesteld part is never edited. Its state moves on, and a change of content is a next version with a new
overleg and a new instemming; how a goal went is told in an evaluatie and not in the goal.
"""

from __future__ import annotations

import datetime as dt
from typing import Final, Literal, TypeVar

from schemas.messages.opp import (
    Handelingsdeel,
    Ontwikkelingsperspectief,
    Perspectief,
    Plan,
    Plandeel,
    Planstatus,
    Vaststelling,
)
from schemas.messages.vertaling import Bevinding

Deel = TypeVar("Deel", bound=Plandeel)
Deelnaam = Literal["perspectief", "handelingsdeel"]
_S = Planstatus

VAST: Final = frozenset({_S.VASTGESTELD, _S.IN_EVALUATIE, _S.BIJGESTELD, _S.AFGESLOTEN})
"""States in which the content stands firm."""
GELDEND: Final = frozenset({_S.VASTGESTELD, _S.IN_EVALUATIE})
"""States in which people work by it."""

_NA_VASTSTELLING: Final = {
    _S.VASTGESTELD: frozenset({_S.IN_EVALUATIE, _S.BIJGESTELD, _S.AFGESLOTEN}),
    _S.IN_EVALUATIE: frozenset({_S.VASTGESTELD, _S.BIJGESTELD, _S.AFGESLOTEN}),
    _S.BIJGESTELD: frozenset[Planstatus](),
    _S.AFGESLOTEN: frozenset[Planstatus](),
}
PERSPECTIEF: Final[dict[Planstatus, frozenset[Planstatus]]] = {
    _S.CONCEPT: frozenset({_S.IN_OVERLEG, _S.AFGESLOTEN}),
    _S.IN_OVERLEG: frozenset({_S.CONCEPT, _S.VASTGESTELD, _S.AFGESLOTEN}),
} | _NA_VASTSTELLING
"""The school decides after overleg: nobody's agreement stands in between."""
HANDELINGSDEEL: Final[dict[Planstatus, frozenset[Planstatus]]] = {
    _S.CONCEPT: frozenset({_S.IN_OVERLEG, _S.AFGESLOTEN}),
    _S.IN_OVERLEG: frozenset({_S.CONCEPT, _S.WACHT_OP_INSTEMMING, _S.AFGESLOTEN}),
    _S.WACHT_OP_INSTEMMING: frozenset({_S.IN_OVERLEG, _S.VASTGESTELD, _S.GEEN_INSTEMMING, _S.AFGESLOTEN}),
    _S.GEEN_INSTEMMING: frozenset({_S.IN_OVERLEG, _S.AFGESLOTEN}),
} | _NA_VASTSTELLING
"""Only with instemming (since 1 August 2017); without it the part goes back to overleg or ends."""

TEKSTEN: Final = {
    "opp.overgang": "Deze stap kan niet vanuit deze status.",
    "opp.terug_in_tijd": "Deze stap ligt voor de vorige.",
    "opp.zonder_overleg": "Het perspectiefdeel kan pas worden vastgesteld na overleg met de ouders.",
    "opp.zonder_instemming": "Het handelingsdeel kan pas worden vastgesteld met instemming.",
    "opp.onveranderlijk": "Dit deel is vastgesteld en verandert niet meer: maak een nieuwe versie.",
    "opp.niet_geldend": "Alleen een vastgesteld deel kan worden bijgesteld.",
}


def stand(deel: Plandeel) -> Vaststelling:
    """The state of a part. A part without a state is a first concept."""
    return deel.vaststelling or Vaststelling(status=Planstatus.CONCEPT)


def overgang(deel: Deel, naar: Planstatus, op: dt.date, personen: tuple[str, ...] = ()) -> Deel | Bevinding:
    """The part in its next state, or the reason why that cannot be. Content and version stay as they are."""
    naam, tabel = (
        ("perspectief", PERSPECTIEF) if isinstance(deel, Perspectief) else ("handelingsdeel", HANDELINGSDEEL)
    )
    nu = stand(deel)
    volgende = Vaststelling(status=naar, versie=nu.versie, datum=op, personen=personen)
    verder = deel.model_copy(update={"vaststelling": volgende})
    if naar not in tabel.get(nu.status, frozenset()):
        return _bevinding("opp.overgang", f"{naam}.vaststelling.status")
    if nu.datum is not None and op < nu.datum:
        return _bevinding("opp.terug_in_tijd", f"{naam}.vaststelling.datum")
    if naar is Planstatus.VASTGESTELD and (mist := _mist(deel, op)):
        return mist
    return verder


def _mist(deel: Plandeel, op: dt.date) -> Bevinding | None:
    """What must be there before this part can be set."""
    if isinstance(deel, Perspectief):
        if deel.oogo is None or deel.oogo.datum > op:
            return _bevinding("opp.zonder_overleg", "perspectief.oogo")
        return None
    instemming = deel.instemming if isinstance(deel, Handelingsdeel) else None
    if instemming is None or instemming.status != "gegeven":
        return _bevinding("opp.zonder_instemming", "handelingsdeel.instemming")
    return None


def ongewijzigd(oud: Deel, nieuw: Deel) -> tuple[Bevinding, ...]:
    """A finding for each field in which `nieuw` differs from the vastgesteld version that it claims to be."""
    was, nu = stand(oud), stand(nieuw)
    if was.status not in VAST or was.versie != nu.versie:
        return ()
    naam = "perspectief" if isinstance(oud, Perspectief) else "handelingsdeel"
    tabel = PERSPECTIEF if isinstance(oud, Perspectief) else HANDELINGSDEEL
    gevonden = [
        _bevinding("opp.onveranderlijk", f"{naam}.{veld.alias}")
        for name, veld in type(oud).model_fields.items()
        if name != "vaststelling" and getattr(oud, name) != getattr(nieuw, name)
    ]
    if nu.status != was.status and nu.status not in tabel[was.status]:
        gevonden.append(_bevinding("opp.overgang", f"{naam}.vaststelling.status"))
    return tuple(gevonden)


def bijstellen(
    opp: Ontwikkelingsperspectief,
    op: dt.date,
    delen: frozenset[Deelnaam] = frozenset({"perspectief", "handelingsdeel"}),
) -> Ontwikkelingsperspectief | tuple[Bevinding, ...]:
    """The next version, as a concept that must be talked over anew; the present version stays as it is until
    that ends.

    Overleg and instemming are not copied, because the law asks them for the adjusted part as well. Parts that
    are not adjusted keep their version and state.
    """
    gevonden: list[Bevinding] = []
    anders: dict[str, object] = {}
    for naam, leeg in (("perspectief", "oogo"), ("handelingsdeel", "instemming")):
        if naam not in delen:
            continue
        deel: Plandeel | None = getattr(opp, naam)
        if deel is None or stand(deel).status not in GELDEND:
            gevonden.append(_bevinding("opp.niet_geldend", naam))
            continue
        volgende = Vaststelling(status=Planstatus.CONCEPT, versie=stand(deel).versie + 1, datum=op)
        anders[naam] = deel.model_copy(update={"vaststelling": volgende, leeg: None})
    if gevonden:
        return tuple(gevonden)
    plan = opp.plan or Plan()
    versie = plan.versie or 1
    anders["plan"] = plan.model_copy(
        update={"versie": versie + 1, "vorige_versie": versie, "status": Planstatus.CONCEPT}
    )
    return opp.model_copy(update=anders)


def _bevinding(code: str, plaats: str) -> Bevinding:
    return Bevinding(code, plaats, TEKSTEN[code])
