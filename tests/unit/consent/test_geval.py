"""A case as JSON: the same decision as from the facts themselves, and again from what was written down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from consent.afwegen import OfferedAfweging
from consent.decide import decide
from consent.geval import Geval, Gevalsontvanger, Vraag, authorities_of, decide_geval, request_of
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Ground, Outcome, Reden
from schemas.messages.berichten import BERICHTEN
from schemas.people.partij import Partijsoort, Rol
from schemas.people.toestemming import Geboorteprecisie, Gebruiksdoel, Richting
from tests import strategies
from tests.builders import (
    GI,
    NOW,
    P1,
    P2,
    SCHOOL,
    YOUTH,
    a_bereik,
    a_bezwaar,
    a_gezag,
    a_grond,
    a_toestemming,
    a_tweede_blik,
    a_veto,
    a_weigering,
    about_safety,
    an_acute,
    an_afweging,
    an_id,
    an_oordeel,
    beleid,
    born,
    safety,
)

R = Reden
CELLS = a_bereik(doelen=(Gebruiksdoel.VEILIGHEID,), ontvangers=(about_safety().ontvanger,))
REFUSED = (a_weigering(P1, bereik=CELLS), a_weigering(P2, bereik=CELLS))


def a_geval(*feiten: Any, **kw: Any) -> Geval:
    """The school asks to send the goals to the GI, for safety."""
    ontvanger: dict[str, Any] = {
        "partij": GI,
        "rol": Rol.JEUGDBESCHERMER,
        "soort": Partijsoort.GECERTIFICEERDE_INSTELLING,
    }
    ontvanger |= kw.pop("ontvanger", {"persoon": "J. Fictief"})
    whole: dict[str, Any] = {
        k: kw.pop(k) for k in ("geboortedatum", "geboorteprecisie", "peilmoment") if k in kw
    }
    vraag: dict[str, Any] = {
        "leerling": YOUTH,
        "eigenaar": SCHOOL,
        "afzender": SCHOOL,
        "ontvanger": Gevalsontvanger(**ontvanger),
        "doel": Gebruiksdoel.VEILIGHEID,
        "richting": Richting.S2J,
        "bericht": "ontwikkelingsperspectief",
        "categorieen": (G.DOELEN,),
        "velden": about_safety().velden,
        "vrije_tekst_nagekeken": True,
    }
    made: dict[str, Any] = {"peilmoment": NOW, "vraag": Vraag(**(vraag | kw)), "feiten": feiten}
    return Geval(versie=1, **(made | whole))


def check(geval: Geval, outcome: Outcome, *reasons: Reden) -> None:
    decision = decide_geval(geval, safety())
    assert (decision.outcome, set(decision.codes)) == (outcome, set(reasons))
    again = decide_geval(Geval.model_validate_json(geval.model_dump_json()), safety())
    assert again.model_dump_json() == decision.model_dump_json()


@pytest.mark.parametrize(
    ("geval", "outcome", "reasons"),
    [
        pytest.param(a_geval(), Outcome.HOLD, {R.AGE_UNCERTAIN}, id="nothing known"),
        pytest.param(a_geval(geboortedatum=born(9)), Outcome.HOLD, {R.GEZAG_UNVERIFIED}, id="age only"),
        pytest.param(a_geval(a_gezag()), Outcome.HOLD, {R.CONSENT_MISSING}, id="gezag"),
        pytest.param(
            a_geval(a_gezag(), *(a_toestemming(p, bereik=CELLS) for p in (P1, P2))),
            Outcome.PERMIT,
            {R.CONSENT_VALID},
            id="agreed",
        ),
        pytest.param(
            a_geval(a_gezag(), a_bezwaar(P1, bereik=CELLS)), Outcome.DENY, {R.CONSENT_REFUSED}, id="objection"
        ),
        pytest.param(
            a_geval(a_gezag(), *REFUSED, a_grond()), Outcome.PERMIT, {R.GROUND_OTS_GI}, id="on a ground"
        ),
        pytest.param(
            a_geval(a_gezag(), *REFUSED, an_afweging()), Outcome.DENY, {R.CONSENT_REFUSED}, id="not offered"
        ),
        pytest.param(
            a_geval(a_gezag(), *REFUSED, an_afweging(), afweging=an_afweging().id),
            Outcome.PERMIT,
            {R.BG_APPROVED},
            id="weighed",
        ),
        pytest.param(
            a_geval(a_gezag(), *REFUSED, an_afweging(), afweging=an_afweging().id, vrijgaven=1),
            Outcome.DENY,
            {R.CONSENT_REFUSED, R.BG_SCOPE_EXCEEDED},
            id="used up",
        ),
        pytest.param(
            a_geval(a_gezag(), a_veto(doelen=(Gebruiksdoel.VEILIGHEID,), vastgelegd_door=GI)),
            Outcome.DENY,
            {R.PROFESSIONAL_VETO},
            id="veto",
        ),
        pytest.param(
            a_geval(a_gezag(), ontvanger={"aangesloten": False}),
            Outcome.DENY,
            {R.RECIPIENT_UNKNOWN},
            id="not connected",
        ),
        pytest.param(
            a_geval(a_gezag(), ontvanger={"rollen": ()}),
            Outcome.DENY,
            {R.RECIPIENT_ROLE_MISMATCH},
            id="another role",
        ),
        pytest.param(
            a_geval(a_gezag(geboortedatum=born(17)), an_oordeel(vastgelegd_door=SCHOOL)),
            Outcome.HOLD,
            {R.CAPACITY_ROUTE_UNCLEAR},
            id="capacity",
        ),
    ],
)
def test_decided(geval: Geval, outcome: Outcome, reasons: set[Reden]) -> None:
    """Each kind of fact reaches the decision, which is the same from the case as written down."""
    check(geval, outcome, *reasons)


def test_other_weighings_count() -> None:
    """A review that the same initiator left undone closes the weighing that is offered."""
    old = an_acute(id=an_id("eerder"), moment=NOW.replace(day=13))
    facts = (a_gezag(), *REFUSED, old, an_afweging())
    check(a_geval(*facts, afweging=an_afweging().id), Outcome.DENY, R.CONSENT_REFUSED, R.BG_REVIEW_OVERDUE)
    done = a_geval(*facts, a_tweede_blik(old), afweging=an_afweging().id)
    check(done, Outcome.PERMIT, R.BG_APPROVED)


def test_birth_date_of_the_last_check() -> None:
    """The date of the last check of gezag replaces that of the sender's system, its precision too."""
    month = Geboorteprecisie.MAAND
    own = a_geval(geboortedatum=born(9), geboorteprecisie=month)
    assert (authorities_of(own).geboortedatum, authorities_of(own).precisie) == (born(9), month)
    who = authorities_of(
        a_geval(a_gezag(geboortedatum=born(13)), geboortedatum=born(9), geboorteprecisie=month)
    )
    assert (who.geboortedatum, who.precisie) == (born(13), Geboorteprecisie.DAG)


def test_every_field_where_none_is_named() -> None:
    """Without fields the message is taken to have all it can have."""
    assert len(request_of(a_geval(velden=None)).velden) == len(BERICHTEN["ontwikkelingsperspectief"].bladen)


@pytest.mark.parametrize(
    "change",
    [
        {"versie": 2},
        {"beleid": "Geheim17"},
        {"feiten": [{"feit": "gerucht"}]},
        {"peilmoment": "2026-10-15T10:00:00"},
        {"onbekend": "Geheim17"},
    ],
    ids=["version", "policy", "kind of fact", "no zone", "unknown field"],
)
def test_form(change: dict[str, Any]) -> None:
    """What is no case is refused, and no value of it stands in the error."""
    data = json.loads(a_geval(a_gezag()).model_dump_json()) | change
    with pytest.raises(ValidationError) as caught:
        Geval.model_validate_json(json.dumps(data))
    assert "Geheim17" not in str(caught.value)


@pytest.mark.parametrize("kw", [{"bericht": "nieuwsbrief"}, {"afweging": an_id("weg")}], ids=str)
def test_refers_to_what_is_there(kw: dict[str, Any]) -> None:
    """A type of message that does not exist, or a weighing that is not among the facts, is refused."""
    with pytest.raises(ValidationError):
        a_geval(a_gezag(), **kw)


@given(
    st.lists(st.one_of(strategies.toestemmingen, strategies.gezagsgegevens, strategies.bezwaren), max_size=6),
    strategies.gronden,
    strategies.noodwegen,
)
def test_same_as_from_the_facts(
    facts: list[Any], grounds: tuple[Any, ...], weighing: OfferedAfweging | None
) -> None:
    """A case decides as the facts in it do, and its JSON gives the same bytes again."""
    weighed = () if weighing is None else (*weighing.eerdere, weighing.afweging, *weighing.tweede_blikken)
    if weighing is not None and any(a.id == weighing.afweging.id for a in weighing.eerdere):
        return  # two records with one id are no case
    geval = a_geval(
        *facts,
        *grounds,
        *weighed,
        geboortedatum=born(13),
        afweging=weighing and weighing.afweging.id,
        vrijgaven=weighing.vrijgaven if weighing else 0,
    )
    said = [f for f in facts if f.feit == "toestemming"]
    direct = decide(request_of(geval), said, authorities_of(geval), grounds, weighing, safety(), NOW)
    again = Geval.model_validate_json(geval.model_dump_json())
    for each in (geval, again):
        assert decide_geval(each, safety()).model_dump_json() == direct.model_dump_json()


def test_the_example_in_the_docs(root: Any) -> None:
    """The example that is shown decides as the document says: the youth was not asked about his health."""
    geval = Geval.model_validate_json((root / "docs" / "voorbeelden" / "geval.json").read_bytes())
    decision = decide_geval(geval, beleid())
    assert (decision.outcome, decision.ground) == (Outcome.PERMIT_REDUCED, Ground.CONSENT)
    assert set(decision.codes) == {R.YOUTH_NOT_ASKED, R.BSN_NOT_ALLOWED}
