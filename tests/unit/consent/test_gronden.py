"""Grounds of the law, one by one: to whom, for what, what may go, and what makes an assertion fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from consent.decide import decide
from consent.grenzen import GRONDCATEGORIEEN, Grenzen
from consent.gronden import MET, problem
from consent.request import Request
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Ground, Outcome, Reden, Standpunt
from schemas.errors import InvalidMessage
from schemas.people.gronden import Grondsoort, Grondverklaring
from schemas.people.partij import Partijsoort, Rol
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting
from tests.builders import (
    AANBIEDER,
    GI,
    NOW,
    P1,
    P2,
    SCHOOL,
    YOUTH,
    a_bereik,
    a_gezag,
    a_gi,
    a_grond,
    a_toestemming,
    a_veto,
    a_weigering,
    about_safety,
    an_id,
    an_intrekking,
    authorities,
    safety,
    told,
)

R = Reden
HOUR = dt.timedelta(hours=1)
CELLS = a_bereik(doelen=(Gebruiksdoel.VEILIGHEID,), ontvangers=(about_safety().ontvanger,))
REFUSED = [a_weigering(p, bereik=CELLS) for p in (P1, P2)]
AGREED = [a_toestemming(p, bereik=CELLS) for p in (P1, P2)]
LINES: dict[Grondsoort, tuple[Partijsoort, Gebruiksdoel]] = {
    Grondsoort.OTS_GI: (Partijsoort.GECERTIFICEERDE_INSTELLING, Gebruiksdoel.VEILIGHEID),
    Grondsoort.VEILIG_THUIS: (Partijsoort.VEILIG_THUIS, Gebruiksdoel.VEILIGHEID),
    Grondsoort.VERWIJSINDEX: (Partijsoort.VERWIJSINDEX, Gebruiksdoel.VEILIGHEID),
    Grondsoort.LEERPLICHT: (Partijsoort.GEMEENTE, Gebruiksdoel.VERZUIM),
    Grondsoort.OVERSTAP: (Partijsoort.SCHOOL, Gebruiksdoel.OVERSTAP),
}
"""Who may get it and for what, as the table of the consent model says."""
FROM_SCHOOL = (Grondsoort.LEERPLICHT, Grondsoort.OVERSTAP)
FIELD = {G.CONTACT: "school.naam", G.DOELEN: "handelingsdeel.doelen[].status"}


def asked(soort: Grondsoort, *categorieen: G, **kw: Any) -> tuple[Request, Grondverklaring]:
    """A request to the right partij for the right doel, and the ground that is asserted for it."""
    to, doel = LINES[soort]
    wanted = categorieen or (G.CONTACT,)
    data: dict[str, Any] = {
        "doel": doel,
        "partij": a_gi(soort=to),
        "velden": tuple(FIELD[c] for c in wanted),
    }
    return about_safety(*wanted, **(data | kw)), a_grond(soort=soort, doelen=(doel,))


def decided(request: Request, *grounds: Grondverklaring, said: Sequence[Any] = (), **kw: Any) -> Decision:
    who = authorities(**({"age": 10} | kw))
    return decide(request, said, who, grounds, None, safety(), NOW)


def check(decision: Decision, outcome: Outcome, *reasons: Reden) -> None:
    assert (decision.outcome, set(decision.codes)) == (outcome, set(reasons))


@pytest.mark.parametrize("soort", Grondsoort)
def test_carries_without_toestemming(soort: Grondsoort) -> None:
    """Each ground lets go what it may, to whom it names, for its own doel, with nobody's signature."""
    request, ground = asked(soort)
    decision = decided(request, ground)
    check(decision, Outcome.PERMIT, MET[soort])
    assert decision.ground is Ground.STATUTORY
    assert decision.ground_ids == (ground.id,)
    assert decision.consent_event_ids == ()
    assert {s.standpunt for s in decision.signers} == {Standpunt.ONTBREEKT}


@pytest.mark.parametrize("soort", Grondsoort)
@pytest.mark.parametrize("to", Partijsoort)
def test_only_to_whom_the_law_names(soort: Grondsoort, to: Partijsoort) -> None:
    """Towards every other kind of partij the ground does not fit the recipient."""
    request, ground = asked(soort, partij=a_gi(soort=to))
    decision = decided(request, ground)
    if to is LINES[soort][0]:
        assert decision.ground is Ground.STATUTORY
    else:
        check(decision, Outcome.HOLD, R.CONSENT_MISSING, R.GROUND_RECIPIENT_MISMATCH)


@pytest.mark.parametrize("soort", Grondsoort)
@pytest.mark.parametrize("doel", [Gebruiksdoel.VEILIGHEID, Gebruiksdoel.VERZUIM, Gebruiksdoel.OVERSTAP])
def test_only_for_its_doel(soort: Grondsoort, doel: Gebruiksdoel) -> None:
    """For another doel the ground does not apply, also when it is asserted for that."""
    request, _ = asked(soort, doel=doel)
    decision = decided(request, a_grond(soort=soort, doelen=tuple(Gebruiksdoel)))
    if doel is LINES[soort][1]:
        assert decision.ground is Ground.STATUTORY
    else:
        check(decision, Outcome.HOLD, R.CONSENT_MISSING, R.GROUND_NOT_APPLICABLE)


@pytest.mark.parametrize("soort", Grondsoort)
def test_leerplicht_and_overstap_are_of_the_school(soort: Grondsoort) -> None:
    """Absence and transfer are reported by the school whose leerling it is; the others by whoever knows."""
    request, _ = asked(soort, afzender=AANBIEDER)
    _, ground = asked(soort)
    decision = decided(request, ground.model_copy(update={"vastgelegd_door": AANBIEDER}))
    assert (decision.ground is Ground.STATUTORY) is (soort not in FROM_SCHOOL)


@pytest.mark.parametrize(
    ("kw", "reason"),
    [
        pytest.param({"ontvanger": Ontvanger(partij=GI, rol=Rol.ADMINISTRATIE)}, True, id="another role"),
        pytest.param({"ontvanger": Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDHULPVERLENER)}, True, id="other"),
        pytest.param({"vastgelegd_door": AANBIEDER}, False, id="asserted by another"),
        pytest.param({"doelen": (Gebruiksdoel.OPP,)}, False, id="asserted for another doel"),
        pytest.param({"moment": NOW + HOUR}, False, id="asserted later"),
        pytest.param({"geldig_vanaf": dt.date(2026, 10, 16)}, False, id="from tomorrow"),
        pytest.param({"geldig_tot_en_met": dt.date(2026, 10, 14)}, False, id="until yesterday"),
        pytest.param({"informeren": told(wanneer="uitgesteld")}, False, id="put off without a reason"),
        pytest.param(
            {"informeren": told(wanneer="uitgesteld", reden_uitstel="  ")}, False, id="put off, blank reason"
        ),
        pytest.param({"informeren": told(reden_uitstel="Fictief.")}, False, id="a reason for what is not"),
    ],
)
def test_an_assertion_that_fails(kw: dict[str, Any], reason: bool) -> None:
    """Not for this recipient, not of this sender, not now, or without telling: the refusal stands."""
    decision = decided(about_safety(), a_grond(**kw), said=REFUSED)
    why = R.GROUND_RECIPIENT_MISMATCH if reason else R.GROUND_NOT_APPLICABLE
    check(decision, Outcome.DENY, R.CONSENT_REFUSED, why)


@pytest.mark.parametrize(
    "kw",
    [
        {"geldig_vanaf": NOW.date(), "geldig_tot_en_met": NOW.date(), "moment": NOW},
        {"informeren": told(wanneer="uitgesteld", reden_uitstel="Fictief.")},
        {"informeren": told(wanneer="vooraf")},
    ],
    ids=["its only day", "put off with a reason", "told before"],
)
def test_an_assertion_at_its_edge(kw: dict[str, Any]) -> None:
    """It holds on its first and its last day, and with each way of telling."""
    check(decided(about_safety(), a_grond(**kw)), Outcome.PERMIT, R.GROUND_OTS_GI)


class TestWhatGoes:
    def test_verwijsindex_without_content(self) -> None:
        """The verwijsindex hears that one is involved; of what is the matter nothing goes."""
        request, ground = asked(Grondsoort.VERWIJSINDEX, G.CONTACT, G.DOELEN)
        decision = decided(request, ground)
        assert decision.released == (FIELD[G.CONTACT],)
        check(decision, Outcome.PERMIT_REDUCED, R.GROUND_VERWIJSINDEX, R.CONSENT_MISSING)
        content, _ = asked(Grondsoort.VERWIJSINDEX, G.DOELEN)
        check(decided(content, ground), Outcome.HOLD, R.CONSENT_MISSING, R.GROUND_NOT_APPLICABLE)

    def test_all_or_nothing(self) -> None:
        """When a part cannot go on the ground and all is asked, it waits, and nothing says that it goes."""
        request, ground = asked(Grondsoort.VERWIJSINDEX, G.CONTACT, G.DOELEN, alles_of_niets=True)
        decision = decided(request, ground)
        check(decision, Outcome.HOLD, R.CONSENT_MISSING)
        assert decision.ground is Ground.NONE
        assert decision.ground_ids == ()

    @pytest.mark.parametrize("soort", Grondsoort)
    def test_never_his_own_words(self, soort: Grondsoort) -> None:
        """No ground releases the leerling's own words, files, other persons or numbers."""
        assert GRONDCATEGORIEEN[soort].isdisjoint({G.LEERLINGSTEM, G.BIJLAGE, G.DERDEN, G.NUMMER, G.HERKOMST})
        request, ground = asked(soort, velden=("leerlingStem[].eigenWoorden",), gevraagd=(G.LEERLINGSTEM,))
        decision = decided(request, ground, said=AGREED)
        assert decision.released == ()
        assert R.GROUND_NOT_APPLICABLE in decision.codes

    def test_within_the_profile(self) -> None:
        """Without a profile for this doel and role nothing goes, whatever the law allows."""
        request = about_safety(ontvanger=Ontvanger(partij=GI, rol=Rol.LEERKRACHT))
        decision = decided(request, a_grond(ontvanger=request.ontvanger))
        check(decision, Outcome.DENY, R.FIELD_NOT_IN_PROFILE, R.GROUND_NOT_APPLICABLE)

    def test_text_nobody_read(self) -> None:
        """Free text stays home on a ground too, until somebody read it."""
        decision = decided(about_safety(vrije_tekst_nagekeken=False), a_grond())
        check(decision, Outcome.PERMIT_REDUCED, R.GROUND_OTS_GI, R.FREE_TEXT_UNREVIEWED)

    def test_beside_toestemming(self) -> None:
        """A met ground decides also where all agreed; their agreement stays to be read."""
        decision = decided(about_safety(), a_grond(), said=AGREED)
        check(decision, Outcome.PERMIT, R.GROUND_OTS_GI)
        assert {r.code for r in decision.per_category[G.DOELEN]} == {R.GROUND_OTS_GI, R.CONSENT_VALID}
        withdrawn = [*AGREED, an_intrekking(AGREED[0])]
        after = decided(about_safety(), a_grond(), said=withdrawn)
        check(after, Outcome.PERMIT, R.GROUND_OTS_GI)
        assert Standpunt.INGETROKKEN in {s.standpunt for s in after.signers}

    def test_two_grounds(self) -> None:
        """Of two met grounds one is named, the same in whatever order; an unmet one beside it is not told."""
        second = a_grond(id=an_id("tweede"), doelen=tuple(Gebruiksdoel))
        wrong = a_grond(id=an_id("fout"), soort=Grondsoort.OVERSTAP)
        grounds = (a_grond(), second, wrong)
        decision = decided(about_safety(), *grounds)
        check(decision, Outcome.PERMIT, R.GROUND_OTS_GI)
        assert decision.ground_ids == (min(a_grond().id, second.id),)
        assert decision == decided(about_safety(), *grounds[::-1])


@pytest.mark.parametrize("of", ["veto", "protected party"])
def test_veto_and_protection_come_first(of: str) -> None:
    """A professional's veto and a protected party stop a ground as they stop toestemming."""
    veto = (a_veto(doelen=(Gebruiksdoel.VEILIGHEID,)),)
    kw: dict[str, Any] = {"vetos": veto} if of == "veto" else {"gezag": (a_gezag(afgeschermd_voor=(GI,)),)}
    decision = decided(about_safety(), a_grond(), **kw)
    check(decision, Outcome.DENY, R.PROFESSIONAL_VETO if of == "veto" else R.PROTECTED_PARTY)


def test_another_direction() -> None:
    """Jeugdhulp tells the GI as well; the ground asks no direction where the law asks none."""
    request = about_safety(richting=Richting.J2S, afzender=AANBIEDER)
    ground = a_grond(vastgelegd_door=AANBIEDER)
    assert decided(request, ground).ground is not Ground.STATUTORY  # no profile that way: nothing goes
    assert problem(ground, request, NOW) is None
    for soort in FROM_SCHOOL:
        there, own = asked(soort)
        assert problem(own, there, NOW) is None
        back, _ = asked(soort, richting=Richting.J2S, afzender=SCHOOL)
        assert problem(own, back, NOW) is R.GROUND_NOT_APPLICABLE


class TestGrenzen:
    @pytest.mark.parametrize(
        ("kw", "place"),
        [
            ({"venster": dt.timedelta(hours=73)}, "/grenzen/venster"),
            ({"tweede_blik": dt.timedelta(hours=25)}, "/grenzen/tweedeBlik"),
            ({"vrijgaven": 11}, "/grenzen/vrijgaven"),
            ({"goedkeurders": frozenset({"leerkracht"})}, "/grenzen/goedkeurders"),
            (
                {"categorieen": {Grondsoort.VERWIJSINDEX: frozenset({G.DOELEN})}},
                "/grenzen/categorieen/verwijsindex",
            ),
        ],
        ids=str,
    )
    def test_never_looser(self, kw: Any, place: str) -> None:
        """A region that loosens a limit is refused, with the place; the same limit is not."""
        with pytest.raises(InvalidMessage) as caught:
            Grenzen(**kw)
        assert [(f.code, f.place) for f in caught.value.faults] == [("beleid.ruimer", place)]
        assert Grenzen(categorieen=dict(GRONDCATEGORIEEN)) == Grenzen()

    def test_a_ground_left_out(self) -> None:
        """A region may leave a ground out, or give it less."""
        import dataclasses

        policy = dataclasses.replace(safety(), grenzen=Grenzen(categorieen={}))
        decision = decide(about_safety(), REFUSED, authorities(), (a_grond(),), None, policy, NOW)
        check(decision, Outcome.DENY, R.CONSENT_REFUSED, R.GROUND_NOT_APPLICABLE)


def test_the_owner_and_the_youth_are_not_asked() -> None:
    """At thirteen the youth's no does not stop the GI from hearing what it must, and stays to be read."""
    no = a_weigering(YOUTH, bereik=CELLS)
    decision = decided(about_safety(), a_grond(), said=[*AGREED, no], age=13)
    check(decision, Outcome.PERMIT, R.GROUND_OTS_GI)
    assert R.YOUTH_REFUSES in {r.code for r in decision.per_category[G.DOELEN]}
    assert about_safety().eigenaar == SCHOOL
