"""The decision by the rules of a flow: what is known, what waits for what, and what no rule lets go."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Final

import pytest

from consent.bekend import van_stroom
from consent.beleid import Beleid
from consent.decide import decide, decide_as_if_agreed, proposal
from consent.grenzen import Grenzen
from consent.plek import Plek, lijn, regime
from consent.recht_nu import HUIDIG
from consent.request import Request
from consent.rules import Cell
from consent.stromen import GEEN, Inlichten
from consent.voorwaarden import Feiten
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import WACHT_OP, Decision, Ground, Outcome, Reden
from schemas.people.gronden import Grondsoort, Verzuimgrond
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Geheimhouding, Partijfunctie
from schemas.people.hoedanigheden import Partijhoedanigheid as P
from schemas.people.omstandigheden import Omstandigheidsoort
from schemas.people.partij import Partijsoort, Rol
from schemas.people.toestemming import Gebruiksdoel, Gezagsoort, Ontvanger, Richting, ToestemmingFunctie
from tests.builders import (
    AANBIEDER,
    AVG,
    GEMEENTE,
    GI,
    NOW,
    P1,
    P2,
    SCHOOL,
    STATED,
    WAIVER,
    YOUTH,
    a_bereik,
    a_gezag,
    a_grond,
    a_partij,
    a_persoon,
    a_toestemming,
    a_veto,
    an_afweging,
    an_id,
    an_omstandigheid,
    authorities,
    offered,
)
from tests.unit.consent.stroomhulp import BERICHT, wijd

R, W = Reden, Omstandigheidsoort
ELDERS: Final = "oin:00000009999999990000"
LAW = HUIDIG.op(NOW.date())
S2J, J2S = Richting.S2J, Richting.J2S


def asked(
    van: P | None,
    aan: P | None,
    *soorten: G,
    doel: Gebruiksdoel = Gebruiksdoel.VEILIGHEID,
    afzender: str = SCHOOL,
    to: Ontvanger | None = None,
    **kw: Any,
) -> Request:
    there = to or Ontvanger(partij=GI, rol=Rol.JEUGDBESCHERMER)
    sends = None if van is None else Plek(van)
    here = aan is not None and there.rol in EIGENSCHAPPEN[aan].functies
    reads = None if aan is None else Plek(aan, there.rol if here else None)
    data: dict[str, Any] = {
        "decision_id": an_id("regels"),
        "eigenaar": SCHOOL,
        "afzender": afzender,
        "ontvanger": there,
        "partij": a_partij(id=there.partij, soort=Partijsoort.GECERTIFICEERDE_INSTELLING),
        "doel": doel,
        "richting": lijn(sends, reads) or S2J,
        "bericht": BERICHT,
        "gevraagd": soorten or (G.VERZUIM,),
        "velden": tuple(c.value for c in soorten or (G.VERZUIM,)),
        "vrije_tekst_nagekeken": True,
        "van": sends,
        "aan": reads,
    }
    return Request(**(data | kw))


def decided(request: Request, *facts: Any, policy: Beleid | None = None, **kw: Any) -> Decision:
    """`facts`: statements, grounds and circumstances, in whatever order."""
    said = [f for f in facts if f.feit == "toestemming"]
    grounds = [f for f in facts if f.feit == "grond"]
    stated = [f for f in facts if f.feit == "omstandigheid"]
    who = authorities(**({"age": 10} | kw))
    return decide(request, said, who, grounds, None, policy or wijd(), NOW, stated)


def codes(found: Decision, soort: G = G.VERZUIM) -> set[Reden]:
    return {r.code for r in found.per_category[soort]}


TO_GI = asked(P.ONDERWIJS, P.GECERTIFICEERDE_INSTELLING)


# ── what is known


def test_what_is_not_recorded_is_not_known_and_waits() -> None:
    """Without a ground a rule speaks of it, and whether it holds is not on record."""
    found = decided(TO_GI)
    assert (found.outcome, codes(found)) == (Outcome.HOLD, {R.PREDICATE_UNKNOWN})
    assert found.wachtend == ("verzuim",)
    assert found.signers == ()


def test_a_ground_says_what_it_says_and_not_that_it_was_asked_for() -> None:
    """Unasked it is a power and no duty; that the recipient asked is a circumstance of its own."""
    unasked = decided(TO_GI, a_grond())
    assert unasked.regels == {G.VERZUIM: ("V38m@1",)}
    assert codes(unasked) == {R.GROUND_OTS_GI, R.CONSENT_MISSING}
    on_request = decided(TO_GI, a_grond(), an_omstandigheid())
    assert on_request.regels == {G.VERZUIM: ("V38@1",)}
    assert on_request.ground is Ground.STATUTORY


def test_a_circumstance_alone_is_enough_where_a_rule_asks_no_ground() -> None:
    """It goes by the rule, and rests on what was stated."""
    stated = an_omstandigheid(wel=(W.OTS_LOOPT, W.GEVRAAGD, W.NODIG))
    found = decided(TO_GI, stated)
    assert (found.outcome, codes(found) & {R.RULE_DUTY}) == (Outcome.PERMIT, {R.RULE_DUTY})
    assert found.ground_ids == (stated.id,)


@pytest.mark.parametrize(
    "kw",
    [
        {"vastgelegd_door": GI},
        {"ontvanger": Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDBESCHERMER)},
        {"doelen": (Gebruiksdoel.OPP,)},
        {"moment": NOW + dt.timedelta(hours=1)},
        {"geldig_vanaf": dt.date(2026, 10, 16)},
        {"geldig_tot_en_met": dt.date(2026, 10, 14)},
        {"geldig_vanaf": dt.date(2025, 10, 14)},  # stated for longer than a ground of the law can last
    ],
    ids=str,
)
def test_a_circumstance_counts_for_exactly_its_flow(kw: dict[str, Any]) -> None:
    """Stated by who sends, of this recipient and doel, in its term; else nothing is known."""
    stated = an_omstandigheid(wel=(W.OTS_LOOPT, W.GEVRAAGD, W.NODIG), **kw)
    found = decided(TO_GI, stated)
    assert (found.outcome, codes(found)) == (Outcome.HOLD, {R.PREDICATE_UNKNOWN})


def test_of_two_circumstances_the_last_recorded_counts() -> None:
    """In whatever order they are given."""
    yes = an_omstandigheid(wel=(W.OTS_LOOPT, W.GEVRAAGD, W.NODIG))
    no = an_omstandigheid(
        id=an_id("later"), vastgelegd_op=STATED + dt.timedelta(hours=1), wel=(), niet=(W.OTS_LOOPT,)
    )
    for facts in ((yes, no), (no, yes)):
        found = decided(TO_GI, *facts)
        assert codes(found) == {R.RULE_UNKNOWN}


def test_a_ground_of_another_is_no_word_of_the_sender() -> None:
    """He is told nothing of it, and nothing goes on it."""
    found = decided(TO_GI, a_grond(vastgelegd_door=GI))
    assert found == decided(TO_GI)


def test_what_the_register_says_is_not_overruled() -> None:
    """That both schools are of one bevoegd gezag, or that he does not leave, is nobody's word."""
    known = dataclasses.replace(TO_GI, bekend=Feiten(ots_loopt=False))
    stated = an_omstandigheid(wel=(W.OTS_LOOPT, W.GEVRAAGD, W.NODIG))
    assert codes(decided(known, stated)) == {R.RULE_UNKNOWN}


def feiten(request: Request, **kw: Any) -> Feiten:
    return van_stroom(request, authorities(**({"age": 10} | kw)), (), (), LAW, NOW).feiten


def test_what_follows_from_the_record() -> None:
    """Enrolment from who keeps it, leerplicht where it has certainly ended, and whether a GI has gezag."""
    ib = Ontvanger(partij=SCHOOL, rol=Rol.INTERN_BEGELEIDER)
    to_school = asked(P.GECERTIFICEERDE_INSTELLING, P.ONDERWIJS, afzender=GI, to=ib)
    assert feiten(to_school).ingeschreven is True
    elsewhere = Ontvanger(partij="brin:99ZZ01", rol=Rol.INTERN_BEGELEIDER)
    assert feiten(dataclasses.replace(to_school, ontvanger=elsewhere)).ingeschreven is None
    assert feiten(TO_GI).ingeschreven is True
    assert feiten(asked(P.JEUGDHULP, P.JGZ, afzender=AANBIEDER)).ingeschreven is None
    assert feiten(asked(None, None)).ingeschreven is None
    assert [feiten(TO_GI, age=n).leerplichtig for n in (10, 17, 18, 25)] == [None, None, False, False]
    assert feiten(TO_GI, geboortedatum=None).leerplichtig is None
    assert feiten(TO_GI).gi_is_voogd is False
    voogd = a_gezag(a_persoon(P1), soort=Gezagsoort.GI_VOOGD)
    assert feiten(TO_GI, gezag=(voogd,)).gi_is_voogd is True
    unknown = a_gezag(soort=Gezagsoort.ONBEKEND)
    assert feiten(TO_GI, gezag=(unknown,)).gi_is_voogd is None


def test_no_word_of_who_sends_overrules_the_record() -> None:
    """Of a GI without gezag, and of who is grown up. Where the record says nothing, the word counts."""
    said = (an_omstandigheid(wel=(W.GI_IS_VOOGD, W.LEERPLICHTIG)),)
    of_ten = van_stroom(TO_GI, authorities(age=10), (), said, LAW, NOW).feiten
    assert (of_ten.gi_is_voogd, of_ten.leerplichtig) == (False, True)
    assert van_stroom(TO_GI, authorities(age=19), (), said, LAW, NOW).feiten.leerplichtig is False


def test_what_is_only_so_when_somebody_says_it() -> None:
    """A power that nobody uses does not keep home what everybody agreed to."""
    known = feiten(TO_GI)
    assert (known.gevraagd, known.vraag_van_college, known.direct_betrokken) == (False, False, False)
    assert known.nodig is None


@pytest.mark.parametrize(
    ("soort", "says"),
    [
        (Verzuimgrond.RELATIEF_VERZUIM, "V16@1"),
        (Verzuimgrond.IN_OF_UITSCHRIJVING, "V14@1"),
    ],
)
def test_the_kind_of_absence_says_which_duty(soort: Verzuimgrond, says: str) -> None:
    """Of sixteen hours, or of who is enrolled or taken off."""
    to = Ontvanger(partij=GEMEENTE, rol=Rol.LEERPLICHTAMBTENAAR)
    request = asked(P.ONDERWIJS, P.LEERPLICHT_RMC, doel=Gebruiksdoel.VERZUIM, to=to)
    request = dataclasses.replace(request, partij=a_partij(id=GEMEENTE, soort=Partijsoort.GEMEENTE))
    ground = a_grond(soort=Grondsoort.LEERPLICHT, doelen=(Gebruiksdoel.VERZUIM,), verzuimgrond=soort)
    found = decided(request, ground)
    assert (found.outcome, found.regels) == (Outcome.PERMIT, {G.VERZUIM: (says,)})
    bare = ground.model_copy(update={"sector": None})
    waits = decided(request, bare)
    assert (waits.outcome, codes(waits) & {R.GROUND_INCOMPLETE}) == (Outcome.HOLD, {R.GROUND_INCOMPLETE})


def test_in_which_function_it_is_sent_is_stated_too() -> None:
    """Only the hoofd of a school answers leerplicht."""
    to = Ontvanger(partij=GEMEENTE, rol=Rol.LEERPLICHTAMBTENAAR)
    request = asked(P.ONDERWIJS, P.LEERPLICHT_RMC, doel=Gebruiksdoel.VERZUIM, to=to)
    stated = an_omstandigheid(
        ontvanger=to,
        doelen=(Gebruiksdoel.VERZUIM,),
        wel=(W.LEERPLICHTIG, W.GEVRAAGD, W.NODIG),
        niet=(W.ZESTIEN_UUR, W.VERWIJDERD, W.IN_OF_UITSCHRIJVING_BUITEN_REGISTER),
    )
    assert decided(request, stated).outcome is Outcome.HOLD
    by_head = stated.model_copy(update={"functie": Partijfunctie.DIRECTEUR})
    assert decided(request, by_head).regels == {G.VERZUIM: ("V15@1",)}


# ── what goes, waits and stays


def test_who_acts_in_no_known_capacity_waits() -> None:
    """Nothing goes, whoever agreed; what never leaves does not wait."""
    to = TO_GI.ontvanger
    yes = [
        a_toestemming(p, bereik=a_bereik(doelen=(Gebruiksdoel.VEILIGHEID,), ontvangers=(to,)))
        for p in (P1, P2)
    ]
    for van, aan in ((None, P.JEUGDHULP), (P.ONDERWIJS, None), (None, None)):
        request = asked(van, aan, G.VERZUIM, G.NUMMER)
        found = decided(request, *yes, policy=dataclasses.replace(wijd(), profielen={}))
        assert found.outcome is Outcome.HOLD
        assert codes(found) == {R.CAPACITY_UNKNOWN}
        assert codes(found, G.NUMMER) == {R.BSN_NOT_ALLOWED}
        assert found.regels == {G.VERZUIM: ()}


def test_smw_without_an_employer_waits() -> None:
    """Whose rules hold is not known."""
    request = dataclasses.replace(TO_GI, van=Plek(P.SCHOOLMAATSCHAPPELIJK_WERK))
    assert codes(decided(request)) == {R.CAPACITY_UNKNOWN}


def test_without_a_table_nothing_goes() -> None:
    """A policy that names no rule lets nothing go, whatever people say."""
    request = asked(P.ONDERWIJS, P.JEUGDHULP, doel=Gebruiksdoel.ARRANGEMENT, to=HULP)
    yes = agreed(request)
    assert decided(request, *yes).outcome is Outcome.PERMIT
    found = decided(request, *yes, policy=dataclasses.replace(wijd(), stromen=GEEN))
    assert (found.outcome, codes(found)) == (Outcome.HOLD, {R.RULE_UNKNOWN})


HULP: Final = Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDHULPVERLENER)


def agreed(
    request: Request, *people: str, afzender: str | None = None, richting: Richting | None = None
) -> list[Any]:
    bereik = a_bereik(
        richting=richting or request.richting,
        afzender=afzender,
        doelen=(request.doel,),
        ontvangers=(request.ontvanger,),
    )
    return [a_toestemming(p, functie=f, bereik=bereik) for p in people or (P1, P2) for f in (AVG, WAIVER)]


def test_a_hold_without_a_profile_keeps_nothing() -> None:
    """It waits for a rule; what may never go is not stored, and neither is what has no profile."""
    bare = dataclasses.replace(wijd(), profielen={})
    found = decided(asked(P.ONDERWIJS, P.VOLWASSENENZORG), policy=bare)
    assert (found.outcome, found.wachtend) == (Outcome.HOLD, ())
    partly = asked(P.SAMENWERKINGSVERBAND, P.JEUGDHULP, G.GEZONDHEID, G.LEERRESULTATEN, afzender=ELDERS)
    barred = decided(partly)
    assert barred.wachtend == ("leerresultaten",)
    assert barred.withheld[R.STATUTORY_BAR] == ("gezondheid",)
    without = decided(partly, policy=bare)
    assert without.withheld[R.STATUTORY_BAR] == ("gezondheid",)  # whatever a profile says


def test_a_rule_without_a_profile_lets_nothing_go() -> None:
    """A duty goes within a profile; no rule repairs that there is none."""
    bare = dataclasses.replace(wijd(), profielen={})
    found = decided(TO_GI, a_grond(), policy=bare)
    assert (found.outcome, codes(found)) == (Outcome.DENY, {R.FIELD_NOT_IN_PROFILE})


def test_a_region_that_narrows_a_ground_keeps_home_what_it_narrows() -> None:
    """Also where the rule of the flow would let it go."""
    narrow = dataclasses.replace(
        wijd(), grenzen=Grenzen(categorieen={Grondsoort.OTS_GI: frozenset({G.CONTACT})})
    )
    request = asked(P.ONDERWIJS, P.GECERTIFICEERDE_INSTELLING, G.CONTACT, G.VERZUIM)
    found = decided(request, a_grond(), policy=narrow)
    assert found.released == ("contact",)
    assert R.RULE_UNKNOWN in codes(found)


def test_no_weighing_opens_a_bar() -> None:
    """Two people may let go what waits for a rule; what a rule bars they may not."""
    to = Ontvanger(partij=GI, rol=Rol.JEUGDBESCHERMER)
    weighed = offered(an_afweging("verzuim", "jeugdhulp"))
    kw: dict[str, Any] = {"leerling": YOUTH, "ontvanger_persoon": "J. Fictief", "to": to}
    waits = asked(P.ONDERWIJS, P.GECERTIFICEERDE_INSTELLING, G.VERZUIM, G.JEUGDHULP, **kw)
    who = authorities(age=10)
    found = decide(waits, (), who, (), weighed, wijd(), NOW)
    assert (found.ground, found.released) == (Ground.BREAK_GLASS, ("verzuim", "jeugdhulp"))
    grown = authorities(age=18)  # V38x: the OTS is over
    barred = decide(waits, (), grown, (), weighed, wijd(), NOW)
    assert (barred.released, codes(barred)) == ((), {R.STATUTORY_BAR})


# ── from whom


NEW: Final = asked(
    P.ONDERWIJS, P.JGZ, doel=Gebruiksdoel.VERZUIM, to=Ontvanger(partij=ELDERS, rol=Rol.JEUGDARTS)
)


def test_a_flow_that_came_later_needs_a_statement_that_names_the_sender() -> None:
    """What was said of the line of then is about no other flow, and what names another is about his."""
    assert decided(NEW, *agreed(NEW)).outcome is not Outcome.PERMIT
    assert decided(NEW, *agreed(NEW, afzender=SCHOOL)).outcome is Outcome.PERMIT
    other = decided(NEW, *agreed(NEW, afzender=AANBIEDER))
    assert other.outcome is not Outcome.PERMIT
    wrong = decided(NEW, *agreed(NEW, afzender=SCHOOL, richting=J2S))
    assert wrong.outcome is not Outcome.PERMIT


def test_a_statement_without_a_sender_covers_the_flows_of_its_day() -> None:
    """From the school to jeugdhulp and back, in the direction that it names."""
    to = asked(P.ONDERWIJS, P.JEUGDHULP, doel=Gebruiksdoel.ARRANGEMENT, to=HULP)
    assert decided(to, *agreed(to)).outcome is Outcome.PERMIT
    assert decided(to, *agreed(to, afzender=SCHOOL)).outcome is Outcome.PERMIT
    assert decided(to, *agreed(to, richting=J2S)).outcome is not Outcome.PERMIT


def test_a_wijkteam_of_the_gemeente_is_no_jeugdhulp() -> None:
    """What toegang tells a school asks the ground alone, under the direction in which it was always said."""
    ib = Ontvanger(partij=SCHOOL, rol=Rol.INTERN_BEGELEIDER)
    back = asked(P.TOEGANG, P.ONDERWIJS, doel=Gebruiksdoel.AFSTEMMING, to=ib, afzender=GEMEENTE)
    assert back.richting is J2S
    ground = [c for c in agreed(back) if c.functie is AVG]
    assert decided(back, *ground).outcome is Outcome.PERMIT
    own = a_veto(vastgelegd_door=GEMEENTE, richting=J2S, doelen=tuple(Gebruiksdoel))
    on_paper = own.model_copy(update={"richting": S2J})
    assert decided(back, *ground, vetos=(own, on_paper)).outcome is Outcome.PERMIT  # no jeugdhulpverlener
    care = asked(P.JEUGDHULP, P.ONDERWIJS, doel=Gebruiksdoel.AFSTEMMING, to=ib, afzender=AANBIEDER)
    assert decided(care, *ground).outcome is Outcome.HOLD


def test_who_is_asked_and_from_whom() -> None:
    """A proposal names the sender where that must be said, and asks in the column of his secrecy."""
    old = Cell(S2J, Gebruiksdoel.OPP, G.CONTACT, HULP, SCHOOL, toen=S2J)
    new = Cell(S2J, Gebruiksdoel.OPP, G.CONTACT, HULP, SCHOOL, nieuw=True)
    team = Cell(S2J, Gebruiksdoel.OPP, G.CONTACT, HULP, GEMEENTE, toen=J2S)
    assert [c.gevraagd_als for c in (old, new, team)] == [(S2J, None), (S2J, SCHOOL), (J2S, None)]
    who = authorities(age=10)
    now = decide(NEW, (), who, (), None, wijd(), NOW)
    yes = decide_as_if_agreed(NEW, who, wijd(), NOW)
    found = proposal(NEW, (), who, wijd(), NOW, now, yes)
    assert found == {G.VERZUIM: {p: frozenset({ToestemmingFunctie.AVG_BASIS}) for p in (P1, P2)}}


def test_nobody_is_asked_to_agree_to_what_no_signature_opens() -> None:
    """A bar, an unknown rule and what is not carried stay what they are when everybody agrees."""
    shut = {
        R.RULE_UNKNOWN: asked(P.ONDERWIJS, P.VOLWASSENENZORG),
        R.STATUTORY_BAR: asked(P.SAMENWERKINGSVERBAND, P.JEUGDHULP, G.GEZONDHEID, afzender=ELDERS),
        R.NOT_CARRIED: asked(
            P.JEUGDHULP,
            P.TOEGANG,
            G.JEUGDHULP,
            doel=Gebruiksdoel.AFSTEMMING,
            afzender=AANBIEDER,
            bekend=Feiten(bekostiging=True, nodig=True, taakgericht=False),
        ),
    }
    for code, request in shut.items():
        soort = request.gevraagd[0]
        yes = decide_as_if_agreed(request, authorities(age=10), wijd(), NOW)
        assert yes.released == ()
        assert codes(yes, soort) == {code}
        assert codes(decided(request), soort) == {code}
    never = decide_as_if_agreed(asked(P.ONDERWIJS, P.JGZ, G.NUMMER), authorities(age=10), wijd(), NOW)
    assert codes(never, G.NUMMER) == {R.BSN_NOT_ALLOWED}


# ── the veto


def test_a_veto_binds_a_power_and_no_duty_of_care() -> None:
    """Asked for under an OTS care must; unasked it may, and a professional may keep it home."""
    own = a_veto(vastgelegd_door=AANBIEDER, richting=J2S, doelen=tuple(Gebruiksdoel))
    request = asked(P.JEUGDHULP, P.GECERTIFICEERDE_INSTELLING, afzender=AANBIEDER)
    ground = a_grond(vastgelegd_door=AANBIEDER)
    assert decided(request, ground).outcome is Outcome.PERMIT
    assert codes(decided(request, ground, vetos=(own,))) == {R.PROFESSIONAL_VETO}
    on_request = an_omstandigheid(vastgelegd_door=AANBIEDER)
    assert decided(request, ground, on_request, vetos=(own,)).outcome is Outcome.PERMIT
    assert decided(request, ground, vetos=(own.model_copy(update={"vastgelegd_door": GI}),)).permit


def test_a_veto_beside_what_the_law_bars() -> None:
    """What a veto keeps home and what a rule does are told apart, and the whole is no veto."""
    own = a_veto(vastgelegd_door=AANBIEDER, richting=J2S, doelen=tuple(Gebruiksdoel))
    request = asked(
        P.JEUGDHULP,
        P.GECERTIFICEERDE_INSTELLING,
        G.VERZUIM,
        G.DOELEN,
        afzender=AANBIEDER,
    )
    found = decided(request, a_grond(vastgelegd_door=AANBIEDER), vetos=(own,))
    assert (codes(found), codes(found, G.DOELEN)) == ({R.PROFESSIONAL_VETO}, {R.RULE_UNKNOWN})
    assert found.outcome is Outcome.HOLD


def test_a_decision_of_before_is_taken_again_without_the_table() -> None:
    """It says itself that it was made without, and is written as it was."""
    request = asked(P.ONDERWIJS, P.VEILIG_THUIS, to=Ontvanger(partij=ELDERS, rol=Rol.MELDPUNTMEDEWERKER))
    old = decided(request, *agreed(request), policy=wijd().zonder_stromen)
    assert (old.outcome, old.regels) == (Outcome.PERMIT, None)
    assert "regels" not in old.model_dump_json()
    assert Decision.model_validate_json(old.model_dump_json()) == old
    new = decided(request, *agreed(request))
    assert (new.outcome, new.regels) == (Outcome.HOLD, {G.VERZUIM: ("V30@1",)})
    assert Decision.model_validate_json(new.model_dump_json()) == new
    assert "afzender" not in a_bereik().model_dump_json()


def test_when_those_concerned_are_told() -> None:
    """Of what went without toestemming; of several rules as the one says that tells first."""
    rules = wijd().stromen
    assert rules is not None
    assert rules.inlichten(["V38@1"]) is Inlichten.ACHTERAF_OF_UITGESTELD
    assert rules.inlichten(["V01@1", "V38@1"]) is Inlichten.VOORAF
    assert rules.inlichten(["V53@1"]) is Inlichten.NIET
    assert rules.inlichten([]) is Inlichten.NIET


def test_what_a_capacity_says() -> None:
    """Its secrecy, and whether the line knew the flow when there were two directions."""
    assert regime(None) is None
    assert regime(Plek(P.SCHOOLMAATSCHAPPELIJK_WERK)) is None
    assert regime(Plek(P.JEUGDTEAM)) is Geheimhouding.JW
    school, care, jgz = Plek(P.ONDERWIJS), Plek(P.JEUGDHULP), Plek(P.JGZ)
    assert [lijn(school, care), lijn(care, school)] == [S2J, J2S]
    assert {
        lijn(school, jgz),
        lijn(jgz, school),
        lijn(care, care),
        lijn(school, school),
        lijn(None, care),
    } == {None}
    assert R.RULE_UNKNOWN in WACHT_OP
