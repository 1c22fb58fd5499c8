"""Grounds of the law, one by one: to whom, for what, what may go, and what makes an assertion fail."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pytest

from consent.decide import decide
from consent.grenzen import Grenzen
from consent.gronden import MET, problem
from consent.recht_nu import HUIDIG
from consent.request import Request
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Ground, Outcome, Reden, Standpunt
from schemas.errors import InvalidMessage
from schemas.people.gronden import Grondsoort, Grondverklaring, Onderwijssector, Verzuimgrond
from schemas.people.partij import Partijsoort, Rol
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting
from tests.builders import (
    AANBIEDER,
    GEMEENTE,
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
    a_partij,
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
LAW = HUIDIG.op(dt.date(2026, 11, 30))
HOUR = dt.timedelta(hours=1)
BORN = (dt.date(2016, 3, 14),)
CELLS = a_bereik(doelen=(Gebruiksdoel.VEILIGHEID,), ontvangers=(about_safety().ontvanger,))
REFUSED = [a_weigering(p, bereik=CELLS) for p in (P1, P2)]
AGREED = [a_toestemming(p, bereik=CELLS) for p in (P1, P2)]
LINES: dict[Grondsoort, tuple[Partijsoort, Gebruiksdoel, Rol]] = {
    Grondsoort.OTS_GI: (
        Partijsoort.GECERTIFICEERDE_INSTELLING,
        Gebruiksdoel.VEILIGHEID,
        Rol.JEUGDBESCHERMER,
    ),
    Grondsoort.VEILIG_THUIS: (Partijsoort.VEILIG_THUIS, Gebruiksdoel.VEILIGHEID, Rol.MELDPUNTMEDEWERKER),
    Grondsoort.VERWIJSINDEX: (Partijsoort.VERWIJSINDEX, Gebruiksdoel.VEILIGHEID, Rol.MELDPUNTMEDEWERKER),
    Grondsoort.LEERPLICHT: (Partijsoort.GEMEENTE, Gebruiksdoel.VERZUIM, Rol.LEERPLICHTAMBTENAAR),
    Grondsoort.OVERSTAP: (Partijsoort.SCHOOL, Gebruiksdoel.OVERSTAP, Rol.INTERN_BEGELEIDER),
}
"""Who may get it, for what and in which role, as the table of the consent model says."""
FROM_SCHOOL = (Grondsoort.LEERPLICHT, Grondsoort.OVERSTAP)
FIELD = {G.CONTACT: "school.naam", G.DOELEN: "handelingsdeel.doelen[].status"}


def asked(soort: Grondsoort, *categorieen: G, **kw: Any) -> tuple[Request, Grondverklaring]:
    """A request to the right partij for the right doel, and the ground that is asserted for it."""
    to, doel, rol = LINES[soort]
    wanted = categorieen or (G.CONTACT,)
    partij = GEMEENTE if soort is Grondsoort.LEERPLICHT else GI
    data: dict[str, Any] = {
        "doel": doel,
        "ontvanger": Ontvanger(partij=partij, rol=rol),
        "partij": a_gi(id=partij, soort=to),
        "velden": tuple(FIELD[c] for c in wanted),
    }
    ground = a_grond(soort=soort, doelen=(doel,), ontvanger=data["ontvanger"])
    return about_safety(*wanted, **(data | kw)), ground


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
    request, ground = asked(soort)
    request = dataclasses.replace(request, partij=a_gi(id=request.ontvanger.partij, soort=to))
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
    wide = a_grond(soort=soort, doelen=tuple(Gebruiksdoel), ontvanger=request.ontvanger)
    decision = decided(request, wide)
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
        pytest.param({"ontvanger": Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDBESCHERMER)}, True, id="other"),
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


def test_what_another_asserted_is_not_told() -> None:
    """It is no ground of the sender, who learns nothing of it: the decision is the one without it."""
    for other in (AANBIEDER, GI):
        theirs = a_grond(vastgelegd_door=other)
        assert decided(about_safety(), theirs, said=REFUSED) == decided(about_safety(), said=REFUSED)


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
        assert frozenset(LAW.gronden[soort].categorieen).isdisjoint(
            {G.LEERLINGSTEM, G.BIJLAGE, G.DERDEN, G.NUMMER, G.HERKOMST}
        )
        request, ground = asked(soort, velden=("leerlingStem[].eigenWoorden",), gevraagd=(G.LEERLINGSTEM,))
        decision = decided(request, ground, said=AGREED)
        assert decision.released == ()
        assert R.GROUND_NOT_APPLICABLE in decision.codes

    def test_within_the_profile(self) -> None:
        """Without a profile for this doel and role nothing goes, whatever the law allows."""
        request = about_safety(ontvanger=Ontvanger(partij=GI, rol=Rol.LEERKRACHT))
        decision = decided(request, a_grond(ontvanger=request.ontvanger))
        check(decision, Outcome.DENY, R.FIELD_NOT_IN_PROFILE, R.GROUND_RECIPIENT_MISMATCH)
        bare = dataclasses.replace(safety(), profielen={})
        there = decide(about_safety(), (), authorities(), (a_grond(),), None, bare, NOW)
        check(there, Outcome.DENY, R.FIELD_NOT_IN_PROFILE, R.GROUND_NOT_APPLICABLE)

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


def test_a_protected_party_comes_first() -> None:
    """What is protected from a partij goes there on no ground."""
    who = (a_gezag(afgeschermd_voor=(GI,)),)
    check(decided(about_safety(), a_grond(), gezag=who), Outcome.DENY, R.PROTECTED_PARTY)


class TestVeto:
    """A veto binds what that jeugdhulpverlener discloses; the duty or power of a school by law goes on."""

    veto = a_veto(doelen=tuple(Gebruiksdoel), vastgelegd_door=GI)

    @pytest.mark.parametrize("soort", Grondsoort)
    def test_what_the_school_does_by_law_goes_on(self, soort: Grondsoort) -> None:
        """With and without the veto it is the same decision: the school learns nothing of it."""
        request, ground = asked(soort)
        with_it = decided(request, ground, vetos=(self.veto,))
        assert with_it == decided(request, ground)
        assert with_it.ground is Ground.STATUTORY

    def test_what_rests_on_toestemming_does_not(self) -> None:
        """Without a ground, and of what the ground does not cover, nothing goes."""
        check(decided(about_safety(), said=AGREED, vetos=(self.veto,)), Outcome.DENY, R.PROFESSIONAL_VETO)
        request, ground = asked(Grondsoort.VERWIJSINDEX, G.CONTACT, G.DOELEN)
        cells = a_bereik(doelen=(Gebruiksdoel.VEILIGHEID,), ontvangers=(request.ontvanger,))
        agreed = [a_toestemming(p, bereik=cells) for p in (P1, P2)]
        assert decided(request, ground, said=agreed).released == tuple(
            FIELD[c] for c in (G.CONTACT, G.DOELEN)
        )
        assert decided(request, ground, said=agreed, vetos=(self.veto,)).released == (FIELD[G.CONTACT],)

    def test_a_veto_of_the_school_itself(self) -> None:
        """On what it sends on toestemming, and never on its own duty; nor on what jeugdhulp discloses."""
        own = a_veto(doelen=tuple(Gebruiksdoel), vastgelegd_door=SCHOOL)
        request, ground = asked(Grondsoort.LEERPLICHT)
        assert decided(request, ground, vetos=(own,)) == decided(request, ground)
        check(decided(about_safety(), said=AGREED, vetos=(own,)), Outcome.DENY, R.PROFESSIONAL_VETO)
        back = a_veto(doelen=tuple(Gebruiksdoel), vastgelegd_door=SCHOOL, richting=Richting.J2S)
        answer = about_safety(richting=Richting.J2S, afzender=AANBIEDER)
        assert decided(answer, vetos=(own, back)) == decided(answer)

    def test_a_ground_that_is_not_complete_waits_and_tells_nothing(self) -> None:
        """It gives the same HOLD as without the veto, and what everybody agreed to does not go past it
        either.
        """
        request, ground = asked(Grondsoort.LEERPLICHT)
        bare = ground.model_copy(update={"sector": None})
        waiting = decided(request, bare, vetos=(self.veto,))
        check(waiting, Outcome.HOLD, R.GROUND_INCOMPLETE)
        assert waiting == decided(request, bare)
        cells = a_bereik(doelen=(request.doel,), ontvangers=(request.ontvanger,))
        agreed = [a_toestemming(p, bereik=cells) for p in (P1, P2)]
        assert decided(request, bare, said=agreed).outcome is Outcome.PERMIT
        there = a_veto(doelen=tuple(Gebruiksdoel), vastgelegd_door=GEMEENTE)
        assert decided(request, bare, vetos=(there,)) == decided(request, bare)
        held = decided(request, bare, said=agreed, vetos=(there,))
        check(held, Outcome.HOLD, R.GROUND_INCOMPLETE)

    def test_binds_the_jeugdhulpverlener_himself(self) -> None:
        """What care discloses it may stop, also where a ground is asserted; nobody else stops it for care."""
        request = about_safety(richting=Richting.J2S, afzender=AANBIEDER)
        own = a_veto(doelen=tuple(Gebruiksdoel), richting=Richting.J2S)
        ground = a_grond(vastgelegd_door=AANBIEDER)
        check(decided(request, ground, vetos=(own,)), Outcome.DENY, R.PROFESSIONAL_VETO)
        other = own.model_copy(update={"vastgelegd_door": "agb:99999999"})
        assert R.PROFESSIONAL_VETO not in decided(request, ground, vetos=(other,)).codes


class TestVoorwaarden:
    """Each ground has its role of recipient, its ages, and a longest term."""

    @pytest.mark.parametrize("soort", Grondsoort)
    @pytest.mark.parametrize("rol", Rol)
    def test_only_to_its_role(self, soort: Grondsoort, rol: Rol) -> None:
        """Towards another role at the right partij the ground does not fit."""
        request, ground = asked(soort)
        there = Ontvanger(partij=request.ontvanger.partij, rol=rol)
        other = dataclasses.replace(request, ontvanger=there)
        found = problem(ground.model_copy(update={"ontvanger": there}), other, BORN, LAW, NOW)
        assert (found is None) is (rol in LAW.gronden[soort].rollen)
        assert found in (None, R.GROUND_RECIPIENT_MISMATCH)

    @pytest.mark.parametrize("soort", Grondsoort)
    def test_until_midnight_of_a_birthday(self, soort: Grondsoort) -> None:
        """It holds the last second before that birthday in the Netherlands and not at its first instant."""
        under = LAW.gronden[soort].onder
        request, ground = asked(soort)
        before = dt.datetime(2026, 10, 15, 21, 59, 59, tzinfo=dt.UTC)
        birth = (dt.date(2026 - (under or 18), 10, 16),)
        assert problem(ground, request, birth, LAW, before) is None
        after = problem(ground, request, birth, LAW, before + dt.timedelta(seconds=1))
        assert after is (None if under is None else R.GROUND_NOT_APPLICABLE)

    @pytest.mark.parametrize("births", [(), (dt.date(2016, 1, 1), dt.date(2008, 10, 15))])
    def test_an_age_that_is_not_certain(self, births: tuple[dt.date, ...]) -> None:
        """Where he may be eighteen, or nobody knows, the ground of a minor does not apply."""
        request, ground = asked(Grondsoort.OTS_GI)
        assert problem(ground, request, births, LAW, NOW) is R.GROUND_NOT_APPLICABLE

    @pytest.mark.parametrize("soort", Grondsoort)
    def test_no_longer_than_its_term(self, soort: Grondsoort) -> None:
        """At most twelve months; of leerplicht at most the school year. One day more and it never carries."""
        begin = dt.date(2026, 9, 1)
        last = dt.date(2027, 7, 31) if soort is Grondsoort.LEERPLICHT else dt.date(2027, 9, 1)
        request, ground = asked(soort)
        for extra, found in ((0, None), (1, R.GROUND_NOT_APPLICABLE)):
            update = {"geldig_vanaf": begin, "geldig_tot_en_met": last + dt.timedelta(days=extra)}
            assert problem(ground.model_copy(update=update), request, BORN, LAW, NOW) is found

    @pytest.mark.parametrize(
        ("kw", "found"),
        [
            ({}, None),
            ({"verzuimgrond": Verzuimgrond.IN_OF_UITSCHRIJVING}, None),
            ({"verzuimgrond": Verzuimgrond.ANDER_VERZUIM}, R.GROUND_NOT_APPLICABLE),
            ({"sector": Onderwijssector.VO}, R.GROUND_NOT_APPLICABLE),
            ({"sector": Onderwijssector.SO}, R.GROUND_INCOMPLETE),
            ({"woongemeente": "0599"}, R.GROUND_RECIPIENT_MISMATCH),
            ({"verzuimgrond": None}, R.GROUND_INCOMPLETE),
            ({"sector": None}, R.GROUND_INCOMPLETE),
            ({"woongemeente": None}, R.GROUND_INCOMPLETE),
            ({"verzuimgrond": None, "sector": None, "woongemeente": None}, R.GROUND_INCOMPLETE),
        ],
        ids=str,
    )
    def test_what_leerplicht_states(self, kw: dict[str, Any], found: Reden | None) -> None:
        """Kind of absence, sector and gemeente of residence; what was recorded without them waits."""
        request, ground = asked(Grondsoort.LEERPLICHT)
        assert problem(ground.model_copy(update=kw), request, BORN, LAW, NOW) is found

    @pytest.mark.parametrize(
        ("kw", "found"),
        [
            ({"gemeentecode": "0363"}, None),
            ({"organisatie": GEMEENTE}, None),
            ({"gemeentecode": "0599"}, R.GROUND_RECIPIENT_MISMATCH),
            ({}, R.GROUND_RECIPIENT_MISMATCH),
        ],
        ids=str,
    )
    def test_leerplicht_as_a_capacity_with_an_id_of_its_own(
        self, kw: dict[str, Any], found: Reden | None
    ) -> None:
        """Of which gemeente it is, its registration or its organisation says."""
        request, ground = asked(Grondsoort.LEERPLICHT)
        own = Ontvanger(partij="oin:00000099000000000021", rol=Rol.LEERPLICHTAMBTENAAR)
        partij = a_partij(
            id=own.partij,
            soort=Partijsoort.GEMEENTE,
            hoedanigheid=Partijhoedanigheid.LEERPLICHT_RMC,
            rollen=(Rol.LEERPLICHTAMBTENAAR,),
            **kw,
        )
        there = dataclasses.replace(request, ontvanger=own, partij=partij)
        assert problem(ground.model_copy(update={"ontvanger": own}), there, BORN, LAW, NOW) is found

    def test_a_ground_recorded_before_these_fields_waits(self) -> None:
        """A ground as it is stored in a database of today opens, and the levering waits for what is
        missing.
        """
        request, ground = asked(Grondsoort.LEERPLICHT)
        stored = ground.model_dump(
            mode="json", by_alias=True, exclude={"verzuimgrond", "sector", "woongemeente"}
        )
        opened = Grondverklaring.model_validate_json(json.dumps(stored))
        no = [a_weigering(P1, bereik=a_bereik(doelen=(request.doel,), ontvangers=(request.ontvanger,)))]
        check(decided(request, opened), Outcome.HOLD, R.GROUND_INCOMPLETE)
        held = decided(request, opened, said=no)
        check(held, Outcome.HOLD, R.GROUND_INCOMPLETE)
        assert R.CONSENT_REFUSED in {r.code for r in held.per_category[G.CONTACT]}
        two = decided(request, opened, opened.model_copy(update={"id": an_id("nog een")}))
        check(two, Outcome.HOLD, R.GROUND_INCOMPLETE)


def test_another_direction() -> None:
    """Jeugdhulp tells the GI as well; the ground asks no direction where the law asks none."""
    request = about_safety(richting=Richting.J2S, afzender=AANBIEDER)
    ground = a_grond(vastgelegd_door=AANBIEDER)
    assert decided(request, ground).ground is not Ground.STATUTORY  # no profile that way: nothing goes
    assert problem(ground, request, BORN, LAW, NOW) is None
    for soort in FROM_SCHOOL:
        there, own = asked(soort)
        assert problem(own, there, BORN, LAW, NOW) is None
        back, _ = asked(soort, richting=Richting.J2S, afzender=SCHOOL)
        assert problem(own, back, BORN, LAW, NOW) is R.GROUND_NOT_APPLICABLE


class TestGrenzen:
    @pytest.mark.parametrize(
        ("kw", "place"),
        [
            ({"venster": dt.timedelta(hours=73)}, "/grenzen/venster"),
            ({"tweede_blik": dt.timedelta(hours=25)}, "/grenzen/tweedeBlik"),
            ({"vrijgaven": 11}, "/grenzen/vrijgaven"),
            ({"goedkeurders": frozenset({"leerkracht"})}, "/grenzen/goedkeurders"),
        ],
        ids=str,
    )
    def test_never_looser(self, kw: Any, place: str) -> None:
        """A region that loosens a limit is refused, with the place."""
        with pytest.raises(InvalidMessage) as caught:
            Grenzen(**kw)
        assert [(f.code, f.place) for f in caught.value.faults] == [("beleid.ruimer", place)]

    def test_a_ground_lets_go_no_more_than_the_law_lets_it(self) -> None:
        """A region can take away from that, and gives nothing by naming more."""
        there = LAW.gronden[Grondsoort.VERWIJSINDEX]
        more = Grenzen(categorieen={Grondsoort.VERWIJSINDEX: frozenset({G.CONTACT, G.DOELEN})})
        assert more.of_ground(there) == Grenzen().of_ground(there) == {G.CONTACT}
        assert more.described() != Grenzen().described()

    def test_a_ground_left_out(self) -> None:
        """A region may leave a ground out, or give it less."""
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
