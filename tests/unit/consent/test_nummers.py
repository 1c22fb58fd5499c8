"""The number of the leerling: it goes where the table gives it, and nowhere else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

import pytest

from consent.beleid import (
    Beleid,
    Profielveld,
    Proportionaliteitsprofiel,
    check_profiel,
    number_faults,
)
from consent.decide import decide, decide_as_if_agreed, proposal
from consent.leeftijd import midnight
from consent.minimise import bound, minimise, number_fields, numbered, numbers
from consent.plek import Plek, lijn
from consent.request import Request
from consent.stromen import Nummerregel, Stand
from consent.vernauwing import Vernauwing, vernauwd
from consent.voorwaarden import Feiten
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Ground, Outcome, Reden
from schemas.errors import InvalidMessage
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN, GEDRAGEN
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Partijfunctie
from schemas.people.hoedanigheden import Partijhoedanigheid as P
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting, ToestemmingFunctie
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.builders import (
    NOW,
    P1,
    P2,
    SCHOOL,
    a_bereik,
    a_bsn,
    a_partij,
    a_toestemming,
    an_afweging,
    an_id,
    authorities,
    offered,
    profielen,
)
from tests.strategies import ONDERWIJSNUMMER
from tests.unit.consent.stroomhulp import ON, SOORTEN, alle_feiten, geboren, tabel, waaronder

D, R, U = Gebruiksdoel, Reden, Outcome
BERICHT: Final = "verzuimsignaal"
BSN, OTHER = a_bsn(), a_bsn(1)
PAD: Final = "persoonsnummer.bsn"
ELDERS: Final = "oin:00000009999999990000"
ALL: Final = (*SOORTEN, G.NUMMER)


@cache
def wide() -> Beleid:
    """A policy that holds back nothing: one field per category, the number among them, for every pair."""
    velden = tuple(
        Profielveld(pad=p, waarom="Om te vergelijken.", norm="AVG 5") for p in (*map(str, SOORTEN), PAD)
    )
    profiles = [
        Proportionaliteitsprofiel(
            id=f"wijd-{d}-{r}-{way}".replace("_", "-").lower(),
            versie=1,
            doel=d,
            rol=r,
            richting=way,
            bericht=BERICHT,
            van=tuple(P),
            aan=tuple(P),
            velden=velden,
        )
        for d, r, way in itertools.product(D, Rol, Richting)
    ]
    labels = {BERICHT: {c.value: c for c in SOORTEN} | {PAD: G.NUMMER}}
    return dataclasses.replace(Beleid.of(profiles, rules_hash="", stromen=tabel()), velden=labels)


def asked(
    van: P,
    aan: P,
    doel: Gebruiksdoel,
    rol: Rol,
    facts: Feiten | None = None,
    *soorten: G,
    hoofd: bool = False,
    **kw: Any,
) -> Request:
    gevraagd = soorten or ALL
    there = rol in EIGENSCHAPPEN[aan].functies
    data: dict[str, Any] = {
        "decision_id": an_id("nummer"),
        "eigenaar": SCHOOL,
        "afzender": SCHOOL,
        "ontvanger": Ontvanger(partij=ELDERS, rol=rol),
        "partij": a_partij(id=ELDERS),
        "doel": doel,
        "richting": lijn(Plek(van), Plek(aan)) or Richting.S2J,
        "bericht": BERICHT,
        "gevraagd": gevraagd,
        "velden": tuple(PAD if c is G.NUMMER else c.value for c in gevraagd),
        "vrije_tekst_nagekeken": True,
        "van": Plek(van, Partijfunctie.DIRECTEUR if hoofd else None),
        "aan": Plek(aan, rol if there else None),
        "bekend": facts or Feiten(),
    }
    return Request(**(data | kw))


def decided(
    request: Request, *said: Any, policy: Beleid | None = None, weighing: Any = None, **kw: Any
) -> Decision:
    born = request.bekend.geboren
    who = authorities(**({"geboortedatum": born[0]} if born else {"age": 9}) | kw)
    return decide(request, said, who, (), weighing, policy or wide(), kw.pop("as_of", NOW))


def goes(found: Decision) -> bool:
    """Whether the number goes; the decision says it in each of its places or in none."""
    signs = {
        PAD in found.released,
        G.NUMMER in (found.regels or {}),
        found.permit is not None and bool(found.permit.nummer),
        found.permit is not None and bool(numbers(minimise(message(), found.permit))),
    }
    assert len(signs) == 1, signs
    return signs.pop()


def message(**kw: Any) -> Inhoud:
    return Inhoud(BERICHT, {**VOORBEELDEN[BERICHT], "persoonsnummer": {"bsn": BSN}} | kw)


# ── the whole space


BY_THE_MATRIX: Final[dict[tuple[P, P], dict[Gebruiksdoel, tuple[str, ...]]]] = {
    # V09 and V13 on leaving, V12 inside one bevoegd gezag
    (P.ONDERWIJS, P.ONDERWIJS): {
        **dict.fromkeys((D.OPP, D.ARRANGEMENT, D.AFSTEMMING, D.VERZUIM), ("*",)),
        D.OVERSTAP: ("*",),
    },
    # V14, V15, V16 to leerplicht, V17 to RMC
    (P.ONDERWIJS, P.LEERPLICHT_RMC): {D.VERZUIM: ("leerplichtambtenaar", "rmc_consulent")},
    # V39, V40: the GI of that OTS
    (P.JEUGDHULP, P.GECERTIFICEERDE_INSTELLING): {D.VEILIGHEID: ("jeugdbeschermer",)},
    (P.JEUGDHULP_GGZ, P.GECERTIFICEERDE_INSTELLING): {D.VEILIGHEID: ("jeugdbeschermer",)},
    # V44, V45: what a GI decides is carried out
    (P.GECERTIFICEERDE_INSTELLING, P.TOEGANG): dict.fromkeys((D.TOELEIDING, D.AFSTEMMING), ("*",)),
    (P.GECERTIFICEERDE_INSTELLING, P.JEUGDHULP): dict.fromkeys(
        (D.TOELEIDING, D.AFSTEMMING, D.VEILIGHEID), ("*",)
    ),
    # V51: who is directly involved in that help
    (P.JEUGDHULP, P.JEUGDHULP): dict.fromkeys(
        (D.TOELEIDING, D.AFSTEMMING, D.ARRANGEMENT, D.VEILIGHEID), ("*",)
    ),
}
"""Read off the matrix by hand: between whom, for what and to which role a number may go over this line. V48,
V49 and V16d give one too, and travel another way.
"""


def roles(aan: P) -> tuple[Rol, ...]:
    return tuple(Rol(f) for f in EIGENSCHAPPEN[aan].functies) or (Rol.ZELF,)


SPEAKS_OF_IT: Final = {
    (van, aan)
    for r in tabel().op(ON)
    if r.nummer is not Nummerregel.VERBODEN
    for van in r.van
    for aan in r.aan
}


def settings(van: P, aan: P, doel: Gebruiksdoel) -> Iterator[tuple[Feiten, bool]]:
    """Facts under which each rule of a pair holds, with whether the hoofd of the school sends it. Of a pair
    of which no rule speaks of a number, facts under which every condition is met.
    """
    if (van, aan) not in SPEAKS_OF_IT:
        yield alle_feiten(value=True, geboren=geboren(12)), False
        return
    for r in tabel().op(ON):
        if van in r.van and aan in r.aan and doel in r.doelen:
            yield waaronder(r), bool(r.van_functies)


@pytest.mark.parametrize("van", [p for p in P if p is not P.SCHOOLMAATSCHAPPELIJK_WERK])
def test_a_number_goes_exactly_where_the_matrix_says_so(van: P) -> None:
    """Every capacity that sends × that receives × doel × role there, under facts that let each rule hold."""
    for aan, doel in itertools.product(P, D):
        for rol in roles(aan) if (van, aan) in SPEAKS_OF_IT else roles(aan)[:1]:
            found = any(
                goes(decided(asked(van, aan, doel, rol, facts, hoofd=hoofd)))
                for facts, hoofd in settings(van, aan, doel)
            )
            named = BY_THE_MATRIX.get((van, aan), {}).get(doel, ())
            assert found is (rol in named or named == ("*",)), (aan, doel, rol)


@pytest.mark.parametrize("soort", sorted(BERICHTEN))
def test_only_three_types_have_a_place_for_it(soort: str) -> None:
    """A permit with every field there is and a rule for the number lets none pass in any other type."""
    leaves = BERICHTEN[soort].bladen
    permit = decided(SIXTEEN).permit
    assert permit is not None
    everything = dataclasses.replace(permit, velden=frozenset(b.pad for b in leaves))
    inhoud = Inhoud(soort, {**VOORBEELDEN[soort], "persoonsnummer": {"bsn": BSN}, "bsn": BSN})
    inhoud.data["leerling"] = {"bsn": BSN}
    there = soort in {"overstapset", "verzuimsignaal", "onderaanneming"}
    assert (number_fields(soort) != frozenset()) is there
    out = minimise(inhoud, everything)
    assert numbers(out) == ({PAD: BSN} if there else {})
    assert str(out.inhoud).count(BSN) == (1 if there else 0)
    assert not there or soort in GEDRAGEN


# ── V09, V14 to V17 by the examples of the fact base


LEAVES: Final = Feiten(gaat_over=True, vo_naar_mbo=False, aangemeld=False, zelfde_bevoegd_gezag=False)
LPW: Final = Feiten(
    leerplichtig=True,
    verwijderd=False,
    zestien_uur=False,
    centraal_gemeld=False,
    in_of_uitschrijving_buiten_register=False,
    gevraagd=False,
    nodig=False,
)


def lpw(**kw: Any) -> Feiten:
    return dataclasses.replace(LPW, **kw)


def to_leerplicht(facts: Feiten, *soorten: G, rol: Rol = Rol.LEERPLICHTAMBTENAAR, **kw: Any) -> Request:
    some = soorten or (G.CONTACT, G.VERZUIM, G.NUMMER)
    return asked(P.ONDERWIJS, P.LEERPLICHT_RMC, D.VERZUIM, rol, facts, *some, **kw)


SIXTEEN: Final = to_leerplicht(lpw(zestien_uur=True))


def to_school(facts: Feiten, *soorten: G, doel: Gebruiksdoel = D.OVERSTAP) -> Request:
    some = soorten or (G.CONTACT, G.DOELEN, G.NUMMER)
    return asked(P.ONDERWIJS, P.ONDERWIJS, doel, Rol.INTERN_BEGELEIDER, facts, *some)


def agreed(request: Request, *people: str) -> list[Any]:
    bereik = a_bereik(
        richting=request.richting,
        afzender=SCHOOL,
        doelen=(request.doel,),
        ontvangers=(request.ontvanger,),
    )
    return [a_toestemming(p, functie=ToestemmingFunctie.AVG_BASIS, bereik=bereik) for p in people]


def test_v09_the_report_goes_with_the_number_though_ouders_object() -> None:
    """F-04: the report with the number by V09; the page about care waits for toestemming (V10)."""
    found = decided(to_school(LEAVES, G.CONTACT, G.DOELEN, G.JEUGDHULP, G.NUMMER))
    assert (found.outcome, goes(found)) == (U.PERMIT_REDUCED, True)
    assert found.regels is not None
    assert found.regels[G.NUMMER] == ("V09@1",)
    assert {r.code for r in found.per_category[G.NUMMER]} == {R.RULE_DUTY}
    assert found.ground is Ground.STATUTORY
    assert found.on_toestemming == ()
    whole = decided(to_school(LEAVES))
    assert (whole.outcome, goes(whole)) == (U.PERMIT, True)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(dataclasses.replace(LEAVES, gaat_over=False, aangemeld=True), id="aangemeld, V11"),
        pytest.param(dataclasses.replace(LEAVES, gaat_over=False), id="to a school that he does not go to"),
    ],
)
def test_v09_no_other_school_gets_it(facts: Feiten) -> None:
    """Also when everybody agreed to everything: toestemming is no ground for a number (UAVG 46)."""
    request = to_school(facts)
    for found in (decided(request), decided(request, *agreed(request, P1, P2))):
        assert not goes(found)
        assert found.withheld.get(R.BSN_NOT_ALLOWED) == (PAD,) or PAD in found.wachtend


def test_a_rule_of_toestemming_brings_no_number() -> None:
    """V10 says that a number may: beside the report, and not by itself."""
    request = to_school(LEAVES, G.JEUGDHULP, G.NUMMER)
    found = decided(request, *agreed(request, P1, P2))
    assert (found.outcome, found.released) == (U.PERMIT_REDUCED, ("jeugdhulp",))
    assert not goes(found)
    assert found.withheld[R.BSN_NOT_ALLOWED] == (PAD,)


@pytest.mark.parametrize(
    ("request_", "regel"),
    [
        pytest.param(to_leerplicht(lpw(verwijderd=True)), "V14@1", id="V14 verwijderd"),
        pytest.param(
            to_leerplicht(lpw(in_of_uitschrijving_buiten_register=True)), "V14@1", id="V14 off the register"
        ),
        pytest.param(to_leerplicht(lpw(gevraagd=True, nodig=True), hoofd=True), "V15@1", id="V15 asked"),
        pytest.param(SIXTEEN, "V16@1", id="V16, F-05"),
    ],
)
def test_leerplicht_gets_the_number_with_what_the_law_has_told(request_: Request, regel: str) -> None:
    """Without anybody's toestemming, and with nothing kept home."""
    found = decided(request_)
    assert (found.outcome, goes(found)) == (U.PERMIT, True)
    assert found.regels is not None
    assert found.regels[G.NUMMER] == (regel,)


@pytest.mark.parametrize(
    ("request_", "uitkomst"),
    [
        pytest.param(to_leerplicht(lpw()), U.HOLD, id="F-06: nine hours, not asked"),
        pytest.param(
            to_leerplicht(lpw(zestien_uur=True, centraal_gemeld=True)), U.HOLD, id="F-05: a vo school"
        ),
        pytest.param(to_leerplicht(lpw(gevraagd=True, nodig=True)), U.HOLD, id="V15: not the hoofd"),
        pytest.param(
            to_leerplicht(lpw(zestien_uur=True), rol=Rol.RMC_CONSULENT), U.HOLD, id="V16 to the RMC-consulent"
        ),
        pytest.param(
            asked(
                P.ONDERWIJS, P.LEERPLICHT_RMC, D.AFSTEMMING, Rol.LEERPLICHTAMBTENAAR, lpw(zestien_uur=True)
            ),
            U.HOLD,
            id="V18: for something else",
        ),
        pytest.param(
            asked(
                P.ONDERWIJS,
                P.SAMENWERKINGSVERBAND,
                D.ARRANGEMENT,
                Rol.CONSULENT,
                Feiten(ingeschreven=True, nodig=True),
                G.CONTACT,
                G.GEZONDHEID,
                G.NUMMER,
            ),
            U.PERMIT_REDUCED,
            id="F-01: to the samenwerkingsverband",
        ),
        pytest.param(
            asked(
                P.LEERPLICHT_RMC,
                P.ONDERWIJS,
                D.VERZUIM,
                Rol.INTERN_BEGELEIDER,
                Feiten(ingeschreven=True),
                G.CONTACT,
                G.NUMMER,
            ),
            U.PERMIT_REDUCED,
            id="V19: back to the school",
        ),
    ],
)
def test_nobody_else_gets_it(request_: Request, uitkomst: Outcome) -> None:
    """Another doel, another function, another capacity, or a duty whose condition does not hold."""
    found = decided(request_)
    assert (found.outcome, goes(found)) == (uitkomst, False)


@pytest.mark.parametrize(
    ("age", "on", "regel"),
    [
        (19, dt.date(2025, 12, 31), ("V17@1",)),
        (25, dt.date(2025, 12, 31), None),
        (25, dt.date(2026, 1, 1), ("V17@2",)),
        (27, dt.date(2026, 1, 1), None),
    ],
)
def test_v17_rmc_gets_it_as_long_as_it_is_about_him(
    age: int, on: dt.date, regel: tuple[str, ...] | None
) -> None:
    """F-08: until 23 and since 2026 until 27, by the version of the day."""
    facts = Feiten(leerplichtig=False, geboren=(dt.date(on.year - age, 1, 1),))
    request = to_leerplicht(facts, rol=Rol.RMC_CONSULENT)
    found = decide(request, (), authorities(geboortedatum=facts.geboren[0]), (), None, wide(), midnight(on))
    assert goes(found) is (regel is not None)
    assert found.regels is not None
    assert found.regels.get(G.NUMMER) == regel


# ── what it waits for, and what keeps it home


def test_it_is_kept_while_a_rule_may_still_give_it() -> None:
    """Of a duty whose condition is not on record; not where only a signature is missing, or for no table."""
    waits = decided(to_leerplicht(lpw(zestien_uur=None)))
    assert (waits.outcome, PAD in waits.wachtend) == (U.HOLD, True)
    assert {r.code for r in waits.per_category[G.NUMMER]} == {R.PREDICATE_UNKNOWN}
    assert waits.signers == ()
    signs = decided(to_school(dataclasses.replace(LEAVES, gaat_over=False, aangemeld=True)))
    assert signs.outcome is U.HOLD
    assert PAD not in signs.wachtend
    nobody = decided(asked(P.ONDERWIJS, P.JGZ, D.AFSTEMMING, Rol.JEUGDARTS, None, G.VERZUIM, G.NUMMER))
    assert nobody.withheld[R.BSN_NOT_ALLOWED] == (PAD,)
    alone = decided(to_leerplicht(lpw(zestien_uur=None), G.DOELEN, G.NUMMER))
    assert PAD not in alone.wachtend, "no rule gives a number of only that"
    nowhere = decided(dataclasses.replace(SIXTEEN, aan=None))
    assert (nowhere.outcome, PAD in nowhere.wachtend) == (U.HOLD, False)


def test_it_is_asked_for_by_name() -> None:
    """A message that has a number and does not ask for it keeps it home, and its sender is told."""
    request = dataclasses.replace(SIXTEEN, gevraagd=(G.CONTACT, G.VERZUIM))
    found = decided(request)
    assert (found.outcome, goes(found)) == (U.PERMIT_REDUCED, False)
    assert R.BSN_NOT_ALLOWED in found.codes


def test_without_a_field_in_the_profile_it_stays_home() -> None:
    """The rule says that it may, and the profile what a role needs."""
    policy = with_profile(SIXTEEN, *map(str, SOORTEN))
    found = decided(SIXTEEN, policy=policy)
    assert PAD not in found.released
    assert found.withheld == {R.FIELD_NOT_IN_PROFILE: (PAD,)}
    waits = decided(to_leerplicht(lpw(zestien_uur=None)), policy=policy)
    assert PAD not in waits.wachtend


def with_profile(request: Request, *paden: str) -> Beleid:
    """A policy in which the profile for this request names these fields alone."""
    key = (request.doel, request.ontvanger.rol, request.richting, BERICHT)
    (whole,) = wide().profielen[key]
    left = tuple(v for v in whole.velden if v.pad in paden)
    cut = {n: getattr(whole, n) for n in type(whole).model_fields} | {"velden": left}
    return dataclasses.replace(wide(), profielen={key: (Proportionaliteitsprofiel(**cut),)})


def test_it_goes_beside_something_or_not_at_all() -> None:
    """Not where the profile lets nothing else go, nor where the message has nothing else that may."""
    alone = decided(SIXTEEN, policy=with_profile(SIXTEEN, PAD))
    assert (alone.outcome, alone.released) == (U.DENY, ())
    assert alone.withheld[R.BSN_NOT_ALLOWED] == (PAD,)
    empty = decided(dataclasses.replace(SIXTEEN, velden=(PAD,)))
    assert (empty.outcome, empty.released) == (U.DENY, ())
    assert empty.withheld[R.BSN_NOT_ALLOWED] == (PAD,)
    leaves = to_school(LEAVES, G.DOELEN, G.JEUGDHULP, G.NUMMER)
    said = decided(leaves, *agreed(leaves, P1, P2), policy=with_profile(leaves, "jeugdhulp", PAD))
    assert said.released == ("jeugdhulp",), "what the duty is about stays home, so the number does"


def test_a_partij_that_lost_its_capacity_sends_no_number() -> None:
    """What else may go is decided as it was sent; a number asks who it is now."""
    found = decided(dataclasses.replace(SIXTEEN, nummer_mag=False))
    assert (found.outcome, goes(found)) == (U.PERMIT_REDUCED, False)
    assert found.released == ("contact", "verzuim")


def test_one_rule_that_forbids_it_is_enough() -> None:
    """Also where it does not decide."""
    (v16,) = [r for r in tabel().op(ON) if r.id == "V16"]
    more = v16.model_copy(update={"id": "V98", "nummer": Nummerregel.VERBODEN, "als": ("nodig",)})
    for nodig in (True, None):
        rows = type(tabel())((*tabel().regels, more))
        policy = dataclasses.replace(wide(), stromen=rows)
        assert not goes(decided(to_leerplicht(lpw(zestien_uur=True, nodig=nodig)), policy=policy))
    assert goes(decided(SIXTEEN, policy=dataclasses.replace(wide(), stromen=tabel())))


def test_what_a_region_cut_off_gives_no_number() -> None:
    """V12 inside one bevoegd gezag gives one; where a region holds V12 back, none goes."""
    inside = Feiten(gaat_over=False, zelfde_bevoegd_gezag=True, nodig=True)
    request = to_school(inside, doel=D.OPP)
    found = decided(request)
    assert goes(found)
    assert {r.code for r in found.per_category[G.NUMMER]} == {R.RULE_MAY}
    narrowed = vernauwd(tabel(), [Vernauwing(regel="V12", waarom="Afgesproken.", dicht=True)])
    assert not goes(decided(request, policy=dataclasses.replace(wide(), stromen=narrowed)))


def test_a_weighing_brings_no_number() -> None:
    """Two people may weigh what nobody let go, and never a number."""
    request = asked(P.ONDERWIJS, P.JEUGDHULP, D.VEILIGHEID, Rol.JEUGDHULPVERLENER, None, G.VERZUIM, G.NUMMER)
    weighing = an_afweging(ontvanger=request.ontvanger, doel=request.doel)
    found = decided(request, weighing=offered(weighing))
    assert not goes(found)


def test_a_decision_of_before_the_rules_gives_none() -> None:
    """Such a decision is taken again as it was taken."""
    found = decided(SIXTEEN, policy=wide().zonder_stromen)
    assert PAD not in found.released
    assert found.regels is None


def test_a_preview_shows_it_where_it_would_go_and_nobody_is_asked_for_it() -> None:
    """Beside what goes by law, now and when everybody agrees; no signature opens it."""
    who = authorities(age=9)
    request = to_school(LEAVES, G.CONTACT, G.DOELEN, G.JEUGDHULP, G.NUMMER)
    shown = decide_as_if_agreed(request, who, wide(), NOW)
    assert PAD in shown.released
    now = decided(request)
    assert set(proposal(request, (), who, wide(), NOW, now, shown)) == {G.JEUGDHULP}
    without = now.model_copy(update={"per_category": {**now.per_category, G.NUMMER: ()}})
    assert set(proposal(request, (), who, wide(), NOW, without, shown)) == {G.JEUGDHULP}
    swv = asked(P.ONDERWIJS, P.SAMENWERKINGSVERBAND, D.ARRANGEMENT, Rol.CONSULENT, None, G.CONTACT, G.NUMMER)
    assert PAD not in decide_as_if_agreed(swv, who, wide(), NOW).released


# ── minimise


def test_it_is_copied_only_where_the_permit_names_the_rule() -> None:
    """A decision that somebody widened by hand lets no number go."""
    found = decided(SIXTEEN)
    assert found.regels is not None
    permit = found.permit
    assert permit is not None
    assert minimise(message(), permit).nummer == ("V16@1",)
    forged = found.model_copy(
        update={"regels": {c: r for c, r in found.regels.items() if c is not G.NUMMER}}
    ).permit
    assert forged is not None
    assert numbers(minimise(message(), forged)) == {}
    assert bound(message(), permit.velden).data["persoonsnummer"] == {"bsn": BSN}


SPACED: Final = f"{BSN[:4]} {BSN[4:6]}.{BSN[6:]}"


@pytest.mark.parametrize(
    ("field", "value", "stays"),
    [
        ("woonadres", f"Dorpsstraat {BSN}", ("leerling.woonadres",)),
        ("woonplaats", SPACED, ("leerling.woonplaats",)),
        ("woonadres", f"Dorpsstraat {OTHER}", ("leerling.woonadres",)),
        ("woonadres", f"Dorpsstraat {int(OTHER) + 1}", ()),
        ("woonadres", "Dorpsstraat 12", ()),
    ],
)
def test_in_no_field_where_any_text_may_stand(field: str, value: str, stays: tuple[str, ...]) -> None:
    """An address, a name: with the number of the message or of another, whether it has its own or not."""
    leerling = {**VOORBEELDEN[BERICHT]["leerling"], field: value}
    inhoud = message(leerling=leerling)
    assert numbered(inhoud) == stays
    del inhoud.data["persoonsnummer"]
    assert numbered(inhoud) == stays
    assert numbered(inhoud, frozenset({"leerling.geboortedatum"})) == ()


def test_the_number_of_the_message_stands_in_no_field_with_a_form_of_its_own() -> None:
    """A telephone number of nine digits may be one; the number of this leerling may not be."""
    contact = VOORBEELDEN[BERICHT]["contactpersoon"]
    for number, stays in ((BSN, ("contactpersoon.telefoon",)), (OTHER, ())):
        assert numbered(message(contactpersoon=contact | {"telefoon": number})) == stays
    assert numbered(message(dagenZonderAanbod=int(BSN))) == ()


def test_codes_of_things_are_no_numbers_of_people() -> None:
    """Those of a diagnosis have nine digits too, and one in eleven passes the elfproef."""
    bericht = "ontwikkelingsperspectief"
    named = {"naam": "Iets fictiefs", "codes": [OTHER]}
    assert numbered(Inhoud(bericht, {"bronfeiten": {"diagnoses": [named]}})) == ()
    wrong = {"bronfeiten": {"diagnoses": [named | {"naam": OTHER}]}}
    assert numbered(Inhoud(bericht, wrong)) == ("bronfeiten.diagnoses[].naam",)


@pytest.mark.parametrize(
    "text",
    [
        f"Onder nummer {ONDERWIJSNUMMER} bekend.",
        "Zie https://KetenID.nl/201703/" + "a1" * 64,
        f"BSN {SPACED}",
    ],
)
def test_in_no_text_whatever_the_kind(text: str) -> None:
    """A BSN, an onderwijsnummer or an ECK iD in what a person wrote: told by its place, never the value."""
    inhoud = Inhoud("overstapset", {**VOORBEELDEN["overstapset"], "watWerkt": [text]})
    assert numbered(inhoud) == ("watWerkt[]",)
    permit = dataclasses.replace(decided(SIXTEEN).permit or _none(), velden=frozenset({"watWerkt[]"}))
    with pytest.raises(InvalidMessage) as caught:
        minimise(inhoud, permit)
    assert [(f.code, f.place) for f in caught.value.faults] == [("BSN_NOT_ALLOWED", "/watWerkt[]")]
    assert not any(part in str(caught.value) for part in (BSN, ONDERWIJSNUMMER, "KetenID"))


def _none() -> Any:
    raise AssertionError


# ── a profile that asks it


def profile(**kw: Any) -> Proportionaliteitsprofiel:
    data = {
        "id": "eigen-profiel",
        "versie": 1,
        "doel": "verzuim",
        "rol": "leerplichtambtenaar",
        "richting": "S2J",
        "bericht": BERICHT,
        "aan": ["leerplicht_rmc"],
        "velden": [{"pad": PAD, "waarom": "Om te vergelijken.", "norm": "AVG 5"}],
    }
    return check_profiel(data | kw)


def codes(p: Proportionaliteitsprofiel) -> list[tuple[str, str]]:
    return [(f.code, f.place) for f in number_faults(p, tabel())]


WRONG: Final[list[dict[str, Any]]] = [
    {"aan": ["leerplicht_rmc", "jgz"]},
    {"doel": "afstemming"},
    {"rol": "medewerker"},
    {"aan": ["samenwerkingsverband"], "rol": "consulent", "doel": "arrangement"},
    {"van": ["jeugdhulp"]},
    {"van": ["jeugdhulp"], "aan": ["toegang"], "rol": "toegangsmedewerker", "doel": "toeleiding"},  # V49
    {"aan": ["duo"], "rol": "medewerker"},  # V16d
    {"geldigVanaf": "2014-01-01", "geldigTot": "2014-12-31"},
]


@pytest.mark.parametrize("kw", WRONG, ids=str)
def test_a_profile_may_not_ask_what_no_rule_gives(kw: dict[str, Any]) -> None:
    """Between each two that it is about, for its doel and role, in its days, and over this line."""
    assert ("profiel.nummer", "/velden/0/pad") in codes(profile(**kw))


def test_a_profile_that_names_nobody_may_not_ask_it() -> None:
    """It is about everybody who stood on the other side before, and no rule gives most of them a number."""
    data = profile().model_dump(mode="json", by_alias=True, exclude={"aan", "van"}, exclude_none=True)
    faults = codes(check_profiel(data))
    assert len(faults) > 3
    assert codes(profile()) == []
    without = check_profiel(data | {"velden": [data["velden"][0] | {"pad": "verzuimVan"}]})
    assert codes(without) == []


def test_an_older_number_field_stays_forbidden() -> None:
    """The BSN of a dossier is not the field for it."""
    field = {"pad": "leerling.bsn", "waarom": "Om te vergelijken.", "norm": "AVG 5"}
    with pytest.raises(InvalidMessage) as caught:
        profile(bericht="ontwikkelingsperspectief", velden=[field])
    assert [f.code for f in caught.value.faults] == ["profiel.nooit"]


def test_the_shipped_profiles_ask_it_on_v09_v14_to_v17_and_v51_alone() -> None:
    """Where who receives registers him. V39, V40, V44 and V45 give one too, and no profile asks it."""
    asking: Iterable[str] = (p.id for p in profielen() if p.paden & number_fields(p.bericht))
    assert sorted(asking) == [
        "overstap-intern-begeleider-s2j-overstapset",
        "toeleiding-jeugdhulpverlener-j2s-onderaanneming",
        "verzuim-leerplichtambtenaar-s2j-verzuimsignaal",
        "verzuim-rmc-consulent-s2j-verzuimsignaal",
    ]


def test_what_gives_a_number() -> None:
    """A duty or a power that holds and that this line carries; no toestemming, no bar, nothing on hold."""
    (v16,) = [r for r in tabel().op(ON) if r.id == "V16"]
    (v10,) = [r for r in tabel().op(ON) if r.id == "V10"]
    assert v16.geeft_nummer
    assert not v10.geeft_nummer
    for change in ({"stand": Stand.AANGEHOUDEN}, {"gedragen": False}, {"nummer": Nummerregel.VERBODEN}):
        assert not v16.model_copy(update=change).geeft_nummer


def test_what_any_profile_names_is_all_that_is_looked_at() -> None:
    """Per type, of every profile; a type without one has nothing that goes."""
    named = Beleid.of(profielen(), rules_hash="").genoemd
    every = {(p.bericht, pad) for p in profielen() for pad in p.paden}
    assert {(soort, pad) for soort, paden in named.items() for pad in paden} == every
    assert named.keys() == GEDRAGEN
