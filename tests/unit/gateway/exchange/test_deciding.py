"""What the register says of a flow enters a decision as a condition of its rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

import pytest

from consent.convenant import Afspraak, Afspraken, Convenant
from consent.plek import Plek
from consent.request import Request
from consent.stromen import Kracht, Stromen
from gateway.case.case import Case, Identity
from gateway.exchange.deciding import decide
from gateway.register.regels import Regels
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Outcome, Reden
from schemas.people.hoedanigheden import Partijhoedanigheid as P
from schemas.people.partij import Besluitsoort, Registermandaat
from schemas.people.toestemming import Gebruiksdoel
from schemas.storage.storage import LeerlingRow, Sealed
from tests.builders import AANBIEDER, NOW, SCHOOL, a_request, an_id, beleid, born, stromen

ROW = LeerlingRow(an_id("rij"), SCHOOL, an_id("ref"), an_id("ref"), b"", Sealed(b"", b""), 0, 0)
CASE = Case.fresh(ROW, Identity("99ZZ", "00", "LL-1", born(9)))
REQUEST = replace(a_request(), gevraagd=(G.DOELEN,), van=Plek(P.ONDERWIJS), aan=Plek(P.JEUGDHULP))


def by(condition: str, *, until: dt.date | None = None) -> tuple[Outcome, set[Reden]]:
    """By one rule with this condition, where a convenant of these two holds until that day."""
    (v56,) = (r for r in stromen().regels if r.id == "V56")
    changed = {"kracht": Kracht.MAG, "kolom": (), "als": (condition,), "profiel": "eigen-taak"}
    made: dict[str, Convenant] = {}
    if until is not None:
        made["hash"] = Convenant(
            id="convenant-fictie",
            versie=1,
            titel="Fictief",
            geldig_van=dt.date(2026, 1, 1),
            geldig_tot_en_met=until,
            partijen=(SCHOOL, AANBIEDER),
            afspraken=(Afspraak(doel=REQUEST.doel, berichten=(REQUEST.bericht,)),),
        )
    policy = replace(beleid(), stromen=Stromen([v56.model_copy(update=changed)]), afspraken=Afspraken(made))
    found = decide(REQUEST, CASE, Regels({}, policy), NOW)
    beside = {Reden.GEZAG_UNVERIFIED}  # what people said, which nobody is asked here
    return found.outcome, {r.code for r in found.per_category[G.DOELEN]} - beside


def test_a_convenant_in_force_is_read_from_the_register() -> None:
    """Known either way: with one that holds the rule is met, without one it is not."""
    assert by("convenant_geldt", until=dt.date(2027, 7, 31)) == (Outcome.PERMIT, {Reden.RULE_MAY})
    assert by("convenant_geldt") == (Outcome.HOLD, {Reden.RULE_UNKNOWN})
    assert by("niet convenant_geldt")[1] == {Reden.RULE_MAY}
    ended = by("convenant_geldt", until=NOW.date() - dt.timedelta(days=1))
    assert ended[0] is Outcome.DENY, "and without a convenant that holds nothing goes at all"


DECIDED: Final = replace(
    REQUEST,
    bericht="toeleidingsbesluit",
    doel=Gebruiksdoel.TOELEIDING,
    gevraagd=(G.BESLUITEN,),
    velden=("besluitvorm",),
)
MANDAAT: Final = Registermandaat(
    gever="gemeente:0363",
    nemer=SCHOOL,
    besluiten=(Besluitsoort.TOELEIDINGSBESLUIT,),
    geldig_vanaf=dt.date(2026, 1, 1),
    geldig_tot_en_met=NOW.date(),
    besluit_ref="Mandaatbesluit 12",
)


def on_mandate(condition: str, request: Request, *mandaten: Registermandaat) -> Reden:
    """Why the decision in it goes or waits by one rule with this condition."""
    (v56,) = (r for r in stromen().regels if r.id == "V56")
    changed = {"kracht": Kracht.MAG, "kolom": (), "als": (condition,), "profiel": "eigen-taak"}
    policy = replace(beleid(), stromen=Stromen([v56.model_copy(update=changed)]))
    found = decide(request, CASE, Regels({}, policy, mandaten=mandaten), NOW)
    (why,) = {r.code for r in found.per_category[request.gevraagd[0]]} - {Reden.GEZAG_UNVERIFIED}
    return why


@pytest.mark.parametrize(
    ("request_", "mandaten", "holds"),
    [
        (DECIDED, (MANDAAT,), True),
        (DECIDED, (), False),
        (DECIDED, (MANDAAT.model_copy(update={"nemer": AANBIEDER}),), False),
        (DECIDED, (MANDAAT.model_copy(update={"besluiten": (Besluitsoort.AANVRAAG_ANTWOORD,)}),), False),
        (DECIDED, (MANDAAT.model_copy(update={"geldig_tot_en_met": dt.date(2026, 6, 1)}),), False),
        (replace(DECIDED, gestuurd=dt.date(2025, 12, 31)), (MANDAAT,), False),
        (
            replace(DECIDED, gestuurd=dt.date(2026, 5, 1)),
            (MANDAAT.model_copy(update={"geldig_tot_en_met": dt.date(2026, 6, 1)}),),
            True,
        ),
        (REQUEST, (MANDAAT,), None),
    ],
)
def test_a_mandaat_is_read_from_the_register_on_the_day_it_was_sent(
    request_: Request, mandaten: tuple[Registermandaat, ...], holds: bool | None
) -> None:
    """Of who sends a decision, for that kind of decision. Not known of a message that tells none."""
    told = {True: Reden.RULE_MAY, False: Reden.RULE_UNKNOWN, None: Reden.PREDICATE_UNKNOWN}
    assert on_mandate("mandaat", request_, *mandaten) is told[holds]
    assert on_mandate("niet mandaat", request_, *mandaten) is told[None if holds is None else not holds]
