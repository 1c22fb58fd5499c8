"""What the rules make of a flow: the worked examples, every pair there is, and what never opens."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.beleid import Beleid
from consent.decide import decide
from consent.leeftijd import midnight
from consent.plek import Plek, lijn, regime
from consent.request import Request
from consent.stromen import (
    ORGANISATIES,
    Kracht,
    Nummerregel,
    Stand,
    Stromen,
    Stroomregel,
    met_wijziging,
)
from consent.stroomoordeel import (
    Celoordeel,
    Stroomoordeel,
    Stroomreden,
    Stroomvraag,
    oordeel,
)
from consent.voorwaarden import NAMEN, Feiten
from schemas.base import NOOIT
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Ground, Outcome, Reden
from schemas.identifiers import PartijId
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Partijhoedanigheid
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebeurtenis, Gebruiksdoel, Ontvanger, Richting, Toestemming
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
    a_partij,
    a_toestemming,
    a_veto,
    an_id,
    authorities,
)
from tests.unit.consent import lezing_stromen as lezing
from tests.unit.consent.stroomhulp import (
    BERICHT,
    ON,
    SOORTEN,
    a_flow,
    alle_feiten,
    geboren,
    regels,
    tabel,
    waaronder,
    wijd,
)

RULES = tabel().op(ON)
P, R, U = Partijhoedanigheid, Stroomreden, Outcome
IB = Ontvanger(partij=SCHOOL, rol=Rol.INTERN_BEGELEIDER)
HULP = Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDHULPVERLENER)
TOEGANG = Ontvanger(partij=GEMEENTE, rol=Rol.TOEGANGSMEDEWERKER)
RMC = Ontvanger(partij=GEMEENTE, rol=Rol.RMC_CONSULENT)
LEERPLICHT = Ontvanger(partij=GEMEENTE, rol=Rol.LEERPLICHTAMBTENAAR)
ELDERS = Ontvanger(partij="oin:00000009999999990000", rol=Rol.ADMINISTRATIE)


def by_rules(flow: Stroomvraag, feiten: Feiten, on: dt.date = ON, *, veto: bool = False) -> Stroomoordeel:
    return oordeel(flow, feiten, regels(on), on, veto=veto)


STUURT = {
    P.ONDERWIJS: SCHOOL,
    P.JEUGDHULP: AANBIEDER,
    P.JEUGDHULP_GGZ: AANBIEDER,
    P.GECERTIFICEERDE_INSTELLING: GI,
    P.TOEGANG: GEMEENTE,
}
"""Who sends in a capacity; somebody elsewhere in every other."""


def afzender_van(flow: Stroomvraag) -> PartijId:
    return STUURT.get(flow.van.hoedanigheid, ELDERS.partij)


def said(
    flow: Stroomvraag,
    to: Ontvanger,
    yes: tuple[str, ...] = (),
    no: tuple[str, ...] = (),
    **kw: Any,
) -> list[Toestemming]:
    """What these people stated of exactly this flow, in both functions, and from whom it goes where that must
    be said.
    """
    toen, secrecy = lijn(flow.van, flow.aan), regime(flow.van)
    assert secrecy is not None
    bereik = a_bereik(
        richting=toen or secrecy.kolom,
        afzender=None if toen else afzender_van(flow),
        doelen=(flow.doel,),
        ontvangers=(to,),
    )
    return [
        a_toestemming(wie, functie=functie, gebeurtenis=what, bereik=bereik, **kw)
        for people, what in ((yes, Gebeurtenis.GEGEVEN), (no, Gebeurtenis.GEWEIGERD))
        for wie in people
        for functie in (AVG, WAIVER)
    ]


@dataclass(frozen=True)
class Besloten:
    """What `decide` made of one flow."""

    decision: Decision

    @property
    def uitkomst(self) -> Outcome:
        return self.decision.outcome

    @property
    def gaat(self) -> tuple[G, ...]:
        return tuple(map(G, self.decision.released))

    def codes(self, soort: str) -> set[Reden]:
        return {r.code for r in self.decision.per_category[G(soort)]}

    def regels(self, soort: str) -> tuple[str, ...]:
        assert self.decision.regels is not None
        return self.decision.regels[G(soort)]


def whole(
    flow: Stroomvraag,
    facts: Feiten,
    to: Ontvanger,
    statements: Sequence[Toestemming] = (),
    age: int = 9,
    *,
    as_of: dt.datetime = NOW,
    policy: Beleid | None = None,
    **kw: Any,
) -> Besloten:
    """The decision on this flow, where a profile holds back nothing. `facts` as if the register knew them."""
    born: dict[str, Any] = {"geboortedatum": facts.geboren[0]} if facts.geboren else {"age": age}
    if "geboortedatum" in kw:
        born = {}
    aan = Plek(flow.aan.hoedanigheid, flow.aan.functie or to.rol)
    aan = aan if aan.functie in EIGENSCHAPPEN[aan.hoedanigheid].functies else Plek(aan.hoedanigheid)
    request = Request(
        decision_id=an_id("stroom"),
        eigenaar=SCHOOL,
        afzender=afzender_van(flow),
        ontvanger=to,
        partij=a_partij(id=to.partij),
        doel=flow.doel,
        richting=lijn(flow.van, flow.aan) or Richting.S2J,
        bericht=BERICHT,
        gevraagd=flow.soorten,
        velden=tuple(c.value for c in flow.soorten),
        vrije_tekst_nagekeken=True,
        van=flow.van,
        aan=aan,
        bekend=facts,
    )
    who = authorities(**(born | kw))
    return Besloten(decide(request, statements, who, (), None, policy or wijd(), as_of))


# ── F-01 to F-17, F-20 (F-18 and F-19 are about woonplaats)


def test_f01_a_school_asks_its_swv_for_a_tlv() -> None:
    """With the diagnosis that is needed and without the number; that ouders refuse does not stop it."""
    flow = a_flow("onderwijs", "samenwerkingsverband", "arrangement", "contact", "gezondheid", nummer=True)
    no = said(flow, ELDERS, no=(P1, P2))
    facts = Feiten(ingeschreven=True, nodig=True)
    assert by_rules(flow, facts).nummer_eraf
    found = whole(flow, facts, ELDERS, no, 9)
    assert found.gaat == (G.CONTACT, G.GEZONDHEID)
    assert found.decision.regels == dict.fromkeys(found.gaat, ("V01@1",))


def test_f02_the_swv_passes_no_diagnosis_on() -> None:
    """Whoever signs."""
    flow = a_flow("samenwerkingsverband", "jeugdhulp", "arrangement", "gezondheid")
    found = whole(flow, alle_feiten(True), HULP, said(flow, HULP, yes=(P1, P2)), 9)
    assert (found.uitkomst, found.codes("gezondheid")) == (U.DENY, {Reden.STATUTORY_BAR})
    assert found.regels("gezondheid") == ("V04@1",)


def test_f03_the_swv_to_a_school_that_is_not_his() -> None:
    """The rest waits for a rule, and health and jeugdhulp are barred."""
    flow = a_flow(
        "samenwerkingsverband", "onderwijs", "overstap", *["contact", "factoren", "gezondheid", "jeugdhulp"]
    )
    found = whole(flow, Feiten(aangemeld=False, ingeschreven=False), IB)
    assert found.uitkomst is U.HOLD
    assert {c.value: found.codes(c) for c in flow.soorten} == {
        "contact": {Reden.RULE_UNKNOWN},
        "factoren": {Reden.RULE_UNKNOWN},
        "gezondheid": {Reden.STATUTORY_BAR},
        "jeugdhulp": {Reden.STATUTORY_BAR},
    }
    assert set(found.decision.wachtend) == {"contact", "factoren"}


def test_f04_to_the_next_school() -> None:
    """The report goes whatever ouders say; the page about jeugdhulp stays home because they refuse it."""
    flow = a_flow("onderwijs", "onderwijs", "overstap", "contact", "doelen", "jeugdhulp", nummer=True)
    facts = Feiten(geboren=geboren(11), gaat_over=True, vo_naar_mbo=False)
    by = by_rules(flow, facts)
    assert by.nummer is Nummerregel.VERPLICHT
    assert not by.nummer_eraf
    found = whole(flow, facts, IB, said(flow, IB, no=(P1, P2)), 11)
    assert found.uitkomst is U.PERMIT_REDUCED
    assert found.gaat == (G.CONTACT, G.DOELEN)
    assert (found.regels("doelen"), found.regels("jeugdhulp")) == (("V09@1",), ("V10@1",))
    assert Reden.CONSENT_REFUSED in found.codes("jeugdhulp")


SIXTEEN = Feiten(
    geboren=geboren(10),
    leerplichtig=True,
    zestien_uur=True,
    centraal_gemeld=False,
    gevraagd=False,
    verwijderd=False,
    in_of_uitschrijving_buiten_register=False,
)


def test_f05_sixteen_hours_go_to_leerplicht() -> None:
    """With the number, without toestemming, and a veto of care on file does not bind the school."""
    flow = a_flow(
        "onderwijs", "leerplicht_rmc/leerplichtambtenaar", "verzuim", "contact", "verzuim", nummer=True
    )
    assert by_rules(flow, SIXTEEN, veto=True).nummer is Nummerregel.VERPLICHT
    found = whole(flow, SIXTEEN, LEERPLICHT, vetos=(a_veto(doelen=tuple(Gebruiksdoel)),))
    assert found.uitkomst is U.PERMIT
    assert found.decision.regels == dict.fromkeys(flow.soorten, ("V16@1",))
    central = whole(flow, dataclasses.replace(SIXTEEN, centraal_gemeld=True), LEERPLICHT)
    assert central.uitkomst is U.HOLD


def test_f06_nine_hours_wait() -> None:
    """The law does not have a school report them, and nobody asked."""
    flow = a_flow("onderwijs/directeur", "leerplicht_rmc/leerplichtambtenaar", "verzuim", "verzuim")
    facts = dataclasses.replace(SIXTEEN, zestien_uur=False)
    assert whole(flow, facts, LEERPLICHT).uitkomst is U.HOLD
    asked = dataclasses.replace(facts, gevraagd=True, nodig=True)
    assert whole(flow, asked, LEERPLICHT).regels("verzuim") == ("V15@1",)
    teacher = dataclasses.replace(
        flow, van=Plek(P.ONDERWIJS, a_flow("onderwijs/leerkracht", "wmo", "opp").van.functie)
    )
    assert whole(teacher, asked, LEERPLICHT).uitkomst is U.HOLD  # the hoofd only


def test_f07_care_tells_leerplicht_nothing_by_itself() -> None:
    """Leerplichtwet 18 binds the school, not care."""
    flow = a_flow("jeugdhulp", "leerplicht_rmc/leerplichtambtenaar", "verzuim", "verzuim")
    found = whole(flow, Feiten(gevraagd=True), LEERPLICHT)
    assert (found.uitkomst, found.regels("verzuim")) == (U.HOLD, ("V55@1",))


@pytest.mark.parametrize(
    ("age", "on", "uitkomst", "regels"),
    [
        (19, dt.date(2025, 12, 31), U.PERMIT, ("V17@1",)),
        (25, dt.date(2025, 12, 31), U.HOLD, ()),
        (25, dt.date(2026, 1, 1), U.PERMIT, ("V17@2",)),
        (19, dt.date(2026, 1, 1), U.PERMIT, ("V17@2",)),
        (27, dt.date(2026, 1, 1), U.HOLD, ()),
    ],
)
def test_f08_rmc_until_23_and_since_2026_until_27(
    age: int, on: dt.date, uitkomst: Outcome, regels: tuple[str, ...]
) -> None:
    """The law of the day decides, and the answer names its version."""
    flow = a_flow("onderwijs", "leerplicht_rmc/rmc_consulent", "verzuim", "verzuim")
    facts = Feiten(geboren=(dt.date(on.year - age, 1, 1),))
    found = whole(flow, facts, RMC, as_of=midnight(on))
    assert (found.uitkomst, found.regels("verzuim")) == (uitkomst, regels)


def test_f09_the_gi_asks_for_an_ots() -> None:
    """Everybody refuses and it goes; on the eighteenth birthday nothing goes on that footing."""
    flow = a_flow("jeugdhulp_ggz", "gecertificeerde_instelling/jeugdbeschermer", "veiligheid", "jeugdhulp")
    born = dt.date(2009, 3, 14)
    to = Ontvanger(partij=GI, rol=Rol.JEUGDBESCHERMER)
    facts = Feiten(geboren=(born,), ots_loopt=True, gevraagd=True, nodig=True)
    no = said(flow, to, no=(P1, P2, YOUTH))
    found = whole(flow, facts, to, no)
    assert (found.uitkomst, found.regels("jeugdhulp")) == (U.PERMIT, ("V40@1",))
    birthday = midnight(dt.date(2027, 3, 14))
    assert whole(flow, facts, to, no, as_of=birthday - dt.timedelta(seconds=1)).uitkomst is U.PERMIT
    assert whole(flow, facts, to, no, as_of=birthday).uitkomst is U.DENY
    assert whole(flow, dataclasses.replace(facts, ots_loopt=False), to, no).uitkomst is U.HOLD


def test_f10_the_gi_tells_a_school_nothing_unasked() -> None:
    """It is bound too: refused is refused, and who was not asked must be asked."""
    flow = a_flow("gecertificeerde_instelling", "onderwijs", "veiligheid", "gezin_veiligheid")
    facts = Feiten(ots_loopt=True, gi_is_voogd=False, gevraagd=False)
    refused = whole(flow, facts, IB, said(flow, IB, no=(P1, P2)))
    silent = whole(flow, facts, IB)
    assert (refused.uitkomst, silent.uitkomst) == (U.DENY, U.HOLD)
    assert {f.regels("gezin_veiligheid") for f in (refused, silent)} == {("V42@1",)}
    agreed = whole(flow, facts, IB, said(flow, IB, yes=(P1, P2)))
    assert (agreed.uitkomst, agreed.codes("gezin_veiligheid")) == (U.PERMIT, {Reden.CONSENT_VALID})


class TestF11:
    """From jeugd to Wmo: uitdrukkelijk, for that, and again from eighteen."""

    FLOW = a_flow("toegang", "wmo", "afstemming", "doelen")
    WMO = Ontvanger(partij=GEMEENTE, rol=Rol.ADMINISTRATIE)
    AS_OF = dt.datetime(2026, 6, 1, 10, 0, tzinfo=dt.UTC)
    BORN = dt.date(2008, 5, 1)
    AT_17 = dt.datetime(2026, 4, 15, 10, 0, tzinfo=dt.UTC)
    AT_18 = dt.datetime(2026, 5, 20, 10, 0, tzinfo=dt.UTC)

    def decided(self, to: Ontvanger, moment: dt.datetime, **kw: Any) -> Besloten:
        statements = said(
            self.FLOW,
            to,
            yes=(YOUTH,),
            moment=moment,
            geldig_vanaf=moment.date(),
            geldig_tot_en_met=dt.date(2026, 7, 31),
            **kw,
        )
        return whole(self.FLOW, Feiten(geboren=(self.BORN,)), self.WMO, statements, as_of=self.AS_OF)

    @pytest.mark.parametrize("to", [TOEGANG, WMO])
    def test_said_at_17(self, to: Ontvanger) -> None:
        """To the gemeente in general, or even exactly this: it must be said again."""
        found = self.decided(to, self.AT_17)
        assert found.uitkomst is U.HOLD
        assert Reden.EXPLICIT_PURPOSE_MISSING in found.codes("doelen")
        assert found.regels("doelen") == ("V63@1",)

    def test_said_at_18(self) -> None:
        """Of exactly this, separately."""
        assert self.decided(self.WMO, self.AT_18).uitkomst is U.PERMIT

    def test_said_at_18_of_something_else(self) -> None:
        """Agreeing to something wider is no refusal of this, and no agreement either."""
        found = self.decided(TOEGANG, self.AT_18)
        assert found.uitkomst is U.HOLD
        assert Reden.EXPLICIT_PURPOSE_MISSING in found.codes("doelen")

    def test_said_at_18_in_one_tick(self) -> None:
        """Not separately is not uitdrukkelijk, also for a category of level 2."""
        found = self.decided(self.WMO, self.AT_18, uitdrukkelijk=())
        assert found.uitkomst is U.HOLD
        assert Reden.EXPLICIT_PURPOSE_MISSING in found.codes("doelen")

    def test_refused_at_18(self) -> None:
        """A no is a no."""
        no = said(self.FLOW, self.WMO, no=(YOUTH,), moment=self.AT_18, geldig_vanaf=self.AT_18.date())
        found = whole(self.FLOW, Feiten(geboren=(self.BORN,)), self.WMO, no, as_of=self.AS_OF)
        assert found.uitkomst is U.DENY


def test_f12_declaratie_is_decided_and_not_carried() -> None:
    """With the BSN and the rows of iJw only; paid as a task there are no rows per leerling."""
    flow = a_flow("jeugdhulp", "toegang", "afstemming", "contact", "jeugdhulp", "factoren", nummer=True)
    facts = Feiten(bekostiging=True, nodig=True, taakgericht=False)
    found = by_rules(flow, facts)
    assert (found.gaat, found.gedragen) == ((G.CONTACT, G.JEUGDHULP), False)
    assert found.nummer is Nummerregel.VERPLICHT
    told = whole(flow, facts, TOEGANG)
    assert (told.gaat, told.decision.ground) == ((), Ground.NONE)
    assert told.codes("jeugdhulp") == {Reden.NOT_CARRIED}
    assert "contact" not in told.decision.wachtend
    assert whole(flow, dataclasses.replace(facts, taakgericht=True), TOEGANG).uitkomst is U.DENY


def test_f13_who_is_directly_involved_in_that_help() -> None:
    """Gets what is needed; another provider without a task waits for toestemming."""
    flow = a_flow("jeugdhulp", "jeugdhulp", "afstemming", "jeugdhulp")
    there = Ontvanger(partij=ELDERS.partij, rol=Rol.JEUGDHULPVERLENER)
    involved = whole(flow, Feiten(direct_betrokken=True, nodig=True), there, age=13)
    assert (involved.uitkomst, involved.regels("jeugdhulp")) == (U.PERMIT, ("V51@1",))
    other = whole(flow, Feiten(), there, age=13)
    assert (other.uitkomst, other.regels("jeugdhulp")) == (U.HOLD, ("V52@1",))


def test_f14_jgz_and_a_youth_who_was_not_asked() -> None:
    """Of fourteen: ouders agreed, and he himself must."""
    flow = a_flow("jgz", "onderwijs", "afstemming", "factoren")
    found = whole(flow, Feiten(), IB, said(flow, IB, yes=(P1, P2)), 14)
    assert (found.uitkomst, found.regels("factoren")) == (U.HOLD, ("V25@1",))
    assert Reden.YOUTH_NOT_ASKED in found.codes("factoren")


def test_f15_an_ouder_asks_care_for_the_plan() -> None:
    """At fifteen a professional judges; at sixteen the youth says no. It goes through care's own client."""
    flow = a_flow("jeugdhulp", "ouder", "afstemming", "doelen")
    fifteen = whole(flow, Feiten(geboren=geboren(15), gevraagd=True), ELDERS)
    assert (fifteen.uitkomst, fifteen.regels("doelen")) == (U.HOLD, ("V70@1",))
    assert fifteen.codes("doelen") == {Reden.PREDICATE_UNKNOWN}
    facts = Feiten(geboren=geboren(16), gevraagd=True)
    sixteen = whole(flow, facts, ELDERS, said(flow, ELDERS, no=(YOUTH,)))
    assert (sixteen.uitkomst, sixteen.regels("doelen")) == (U.DENY, ("V71@1",))


def test_f16_a_suspicion_goes_to_veilig_thuis() -> None:
    """Without toestemming; the same text to a wijkteam asks it."""
    facts = Feiten(vermoeden=True, meldcode=True, nodig=True)
    report = a_flow(
        "onderwijs/leerkracht", "veilig_thuis/meldpuntmedewerker", "veiligheid", "gezin_veiligheid"
    )
    there = Ontvanger(partij=ELDERS.partij, rol=Rol.MELDPUNTMEDEWERKER)
    found = whole(report, facts, there)
    assert (found.uitkomst, found.regels("gezin_veiligheid")) == (U.PERMIT, ("V30@1",))
    same = a_flow("onderwijs/leerkracht", "toegang/toegangsmedewerker", "veiligheid", "gezin_veiligheid")
    asked = whole(same, facts, TOEGANG)
    assert (asked.uitkomst, asked.regels("gezin_veiligheid")) == (U.HOLD, ("V57@1",))


def test_f17_a_table_is_so_many_flows() -> None:
    """The item of a provider reaches who was named, school and wijkteam, and nobody else at the table."""
    team = Ontvanger(partij=GEMEENTE, rol=Rol.JEUGDHULPVERLENER)
    table = {
        "onderwijs": IB,
        "jeugdteam": team,
        "leerplicht_rmc": LEERPLICHT,
        "samenwerkingsverband": ELDERS,
        "kinderopvang": ELDERS,
    }
    facts = Feiten(direct_betrokken=False)
    got = set()
    for aan, to in table.items():
        flow = a_flow("jeugdhulp", aan, "afstemming", "jeugdhulp")
        statements = [s for named in (IB, team) for s in said(flow, named, yes=(P1, P2))]
        if U.PERMIT is whole(flow, facts, to, statements).uitkomst:
            got.add(aan)
    assert got == {"onderwijs", "jeugdteam"}


def test_f20_back_from_a_jji() -> None:
    """Date and support go, the offence does not, whoever agreed to what."""
    flow = a_flow(
        "justitiele_jeugdinrichting", "onderwijs", "overstap", "contact", "doelen", "gezin_veiligheid"
    )
    found = whole(flow, Feiten(), IB, said(flow, IB, yes=(YOUTH,)), 17)
    assert found.uitkomst is U.PERMIT_REDUCED
    assert found.gaat == (G.CONTACT, G.DOELEN)
    assert found.regels("gezin_veiligheid") == ("V46@1",)


# ── every pair there is

PAIRS = {(v, a) for _, v, a, _, _ in lezing.cellen([h.value for h in ORGANISATIES])}


def test_every_pair_and_doel_has_an_answer() -> None:
    """What no flow of the matrix names waits as RULE_UNKNOWN; all else that is decided names its rules."""
    names = {r.sleutel for r in RULES}
    known = [alle_feiten(value, geboren=geboren(13)) for value in (True, False, None)]
    unlisted = 0
    for van, aan, doel in product(Partijhoedanigheid, Partijhoedanigheid, Gebruiksdoel):
        flow = Stroomvraag(Plek(van), Plek(aan), doel, SOORTEN)
        if (van.value, aan.value) not in PAIRS:
            unlisted += 1
            smw = P.SCHOOLMAATSCHAPPELIJK_WERK in {van, aan}
            reden = R.CAPACITY_UNKNOWN if smw else R.RULE_UNKNOWN
            waits = tuple(Celoordeel(s, U.HOLD, reden) for s in SOORTEN)
            assert oordeel(flow, known[0], RULES, ON).cellen == waits
            continue
        for facts in known:
            found = oordeel(flow, facts, RULES, ON)
            assert [c.soort for c in found.cellen] == list(SOORTEN)
            for c in found.cellen:
                assert names.issuperset(c.regels)
                assert bool(c.regels) is (c.reden is not R.RULE_UNKNOWN)
    assert unlisted > 6_000


ROWS = [r for r in tabel().op(ON) if r.soorten]


@pytest.mark.parametrize("r", ROWS, ids=[r.id for r in ROWS])
def test_every_row_decides_where_it_holds(r: Stroomregel) -> None:
    """Alone in the table, for each sender and recipient, and only for its own categories."""
    expected = {
        Kracht.VERBOD: R.STATUTORY_BAR,
        Kracht.PLICHT: R.BY_DUTY,
        Kracht.MAG: R.BY_MAY,
        Kracht.TOESTEMMING: R.CONSENT_NEEDED,
    }[r.kracht]
    if r.stand is Stand.AANGEHOUDEN:
        expected = R.RULE_ON_HOLD
    for van, aan in product(r.van, r.aan):
        flow = Stroomvraag(
            Plek(van, (r.van_functies or (None,))[0]),
            Plek(aan, (r.functies or (None,))[0]),
            r.doelen[0],
            SOORTEN,
        )
        found = oordeel(flow, waaronder(r), (r,), ON)
        assert {c.soort: c.reden for c in found.cellen} == {
            s: expected if s in r.soorten else R.RULE_UNKNOWN for s in SOORTEN
        }


@pytest.mark.parametrize("soort", sorted(NOOIT))
def test_what_never_leaves_never_leaves(soort: G) -> None:
    """A number, another person, a key of the source: no rule speaks of it."""
    flow = a_flow("onderwijs", "onderwijs", "overstap", soort)
    found = by_rules(flow, alle_feiten(True))
    assert (found.uitkomst, found.cellen[0].reden) == (U.DENY, R.NEVER_LEAVES)


def test_nothing_asked_waits() -> None:
    """A question about nothing is no refusal."""
    assert by_rules(a_flow("onderwijs", "jeugdhulp", "opp"), Feiten()).uitkomst is U.HOLD


def test_a_function_that_is_not_there_meets_no_rule() -> None:
    """A huisarts at a school is a mistake, not a recipient; neither is one as a sender."""
    for van, aan in (("onderwijs", "jeugdhulp/huisarts"), ("onderwijs/huisarts", "jeugdhulp")):
        found = by_rules(a_flow(van, aan, "opp", "doelen"), Feiten())
        assert found.cellen[0].reden is R.RULE_UNKNOWN


@pytest.mark.parametrize(
    ("werkgever", "kolom", "regel"),
    [(P.ONDERWIJS, None, "V30@1"), (P.JEUGDHULP, None, "V31@1")],
)
def test_schoolmaatschappelijk_werk_follows_its_employer(
    werkgever: Partijhoedanigheid, kolom: Richting | None, regel: str
) -> None:
    """As a sender under its employer's rules, in a function of its own."""
    flow = a_flow(
        "schoolmaatschappelijk_werk/schoolmaatschappelijk_werker",
        "veilig_thuis/meldpuntmedewerker",
        "veiligheid",
        "contact",
    )
    flow = dataclasses.replace(flow, van=dataclasses.replace(flow.van, werkgever=werkgever))
    found = by_rules(flow, Feiten(vermoeden=True, meldcode=True, nodig=True))
    assert (found.cellen[0].regels, found.cellen[0].kolom) == ((regel,), kolom)


# ── veto, number, what is told


def test_a_veto_binds_what_a_jeugdhulpverlener_chooses() -> None:
    """Not what another regime keeps secret, not a duty, and not the school."""
    told = a_flow("jeugdhulp", "onderwijs", "afstemming", "doelen")
    assert by_rules(told, Feiten(), veto=True).cellen[0].reden is R.PROFESSIONAL_VETO
    assert by_rules(told, Feiten(), veto=True).uitkomst is U.DENY
    jgz = a_flow("jgz", "onderwijs", "afstemming", "doelen")
    assert by_rules(jgz, Feiten(), veto=True).cellen[0].reden is R.CONSENT_NEEDED
    school = a_flow("onderwijs", "jeugdhulp", "afstemming", "doelen")
    assert by_rules(school, Feiten(), veto=True).cellen[0].reden is R.CONSENT_NEEDED
    gi = a_flow("jeugdhulp", "gecertificeerde_instelling/jeugdbeschermer", "veiligheid", "jeugdhulp")
    asked = Feiten(geboren=geboren(9), ots_loopt=True, nodig=True, gevraagd=True)
    assert by_rules(gi, asked, veto=True).cellen[0].reden is R.BY_DUTY
    unasked = dataclasses.replace(asked, gevraagd=False)
    assert by_rules(gi, unasked, veto=True).cellen[0].reden is R.PROFESSIONAL_VETO
    both = a_flow(
        "toegang", "onderwijs", "afstemming", "doelen"
    )  # a row of both regimes; this sender is no JW
    assert by_rules(both, Feiten(vraag_van_college=False), veto=True).cellen[0].reden is R.CONSENT_NEEDED


def test_a_number_that_may_go_is_not_asked_for() -> None:
    """Allowed is neither taken out nor missed."""
    flow = a_flow("onderwijs", "leerplicht_rmc/rmc_consulent", "verzuim", "verzuim", nummer=True)
    found = by_rules(flow, Feiten(geboren=geboren(19), leerplichtig=False))
    assert (found.nummer, found.nummer_eraf, found.uitkomst) == (Nummerregel.MAG, False, U.PERMIT)


@pytest.mark.parametrize("nodig", [True, None])
def test_one_rule_that_forbids_the_number_is_enough(nodig: bool | None) -> None:
    """Of another category, and also where it is not known whether that rule holds."""
    row = next(r for r in RULES if r.id == "V09").model_copy(update={"als": (), "soorten": (G.CONTACT,)})
    update = {"id": "V98", "als": ("nodig",), "soorten": (G.DOELEN,), "nummer": Nummerregel.VERBODEN}
    other = row.model_copy(update=update)
    flow = a_flow("onderwijs", "onderwijs", "overstap", "contact", "doelen", nummer=True)
    assert oordeel(flow, Feiten(nodig=nodig), (row,), ON).nummer is Nummerregel.VERPLICHT
    found = oordeel(flow, Feiten(nodig=nodig), (row, other), ON)
    assert (found.nummer, found.nummer_eraf, found.uitkomst) == (Nummerregel.VERBODEN, True, U.PERMIT_REDUCED)
    assert oordeel(flow, Feiten(nodig=False), (row, other), ON).nummer is Nummerregel.VERPLICHT


def test_a_number_stays_home_where_nothing_goes() -> None:
    """It travels with something or not at all."""
    flow = a_flow("onderwijs", "onderwijs", "overstap", "doelen", nummer=True)
    found = by_rules(flow, Feiten(gaat_over=None))
    assert (found.uitkomst, found.nummer_eraf) == (U.HOLD, True)


def test_what_is_told_and_which_profile_comes_with_the_answer() -> None:
    """Of two rules that let it go, both are named, and the one that tells most counts."""
    flow = a_flow("onderwijs", "onderwijs", "overstap", "contact")
    facts = Feiten(gaat_over=True, zelfde_bevoegd_gezag=False, aangemeld=False, vo_naar_mbo=False)
    assert by_rules(flow, facts).cellen[0].profielen == ("onderwijskundig-rapport",)
    may = dataclasses.replace(facts, gaat_over=False, zelfde_bevoegd_gezag=True, nodig=True, vo_naar_mbo=True)
    (cel,) = by_rules(flow, may).cellen
    assert (cel.regels, cel.profielen) == (("V12@1", "V13@1"), ("binnen-bestuur", "vo-mbo"))
    assert cel.inlichten == "vooraf"


# ── what never opens

driewaardig = st.sampled_from([True, False, None])
feiten = st.builds(
    lambda values, age: Feiten(**values, geboren=geboren(age)),
    st.fixed_dictionaries(dict.fromkeys(NAMEN, driewaardig)),
    st.integers(4, 28),
)
listed = st.sampled_from([r for r in tabel().op(ON) if r.soorten])
flows = st.builds(
    lambda r, v, a, d: Stroomvraag(
        Plek(r.van[v % len(r.van)], (r.van_functies or (None,))[0]),
        Plek(r.aan[a % len(r.aan)], (r.functies or (None,))[0]),
        r.doelen[d % len(r.doelen)],
        SOORTEN,
        nummer=True,
    ),
    listed,
    st.integers(0, 99),
    st.integers(0, 99),
    st.integers(0, 99),
)
ORDER = [Nummerregel.VERBODEN, Nummerregel.MAG, Nummerregel.VERPLICHT]


def open_(found: Stroomoordeel) -> set[str]:
    """What goes, or would go with toestemming."""
    return {c.soort for c in found.cellen if c.uitkomst is U.PERMIT or c.reden is R.CONSENT_NEEDED}


def no_wider(before: Stroomoordeel, after: Stroomoordeel) -> bool:
    goes = set(after.gaat) <= set(before.gaat) and open_(after) <= open_(before)
    return goes and (ORDER.index(after.nummer) == 0 or before.nummer is not Nummerregel.VERBODEN)


@given(flow=flows, facts=feiten, row=listed)
def test_a_bar_never_opens(flow: Stroomvraag, facts: Feiten, row: Stroomregel) -> None:
    """Any rule of the table, made a bar and added: nothing goes that did not go."""
    bar = row.model_copy(update={"id": "V99", "kracht": Kracht.VERBOD, "veto": False})
    rules = RULES
    assert no_wider(oordeel(flow, facts, rules, ON), oordeel(flow, facts, (*rules, bar), ON))


@given(flow=flows, facts=feiten, name=st.sampled_from(NAMEN))
def test_a_fact_that_is_not_known_never_opens(flow: Stroomvraag, facts: Feiten, name: str) -> None:
    """Whatever it was before."""
    unknown: dict[str, Any] = {name: None}
    less = dataclasses.replace(facts, **unknown)
    assert no_wider(by_rules(flow, facts), by_rules(flow, less))


@given(flow=flows, facts=feiten)
def test_a_veto_never_opens(flow: Stroomvraag, facts: Feiten) -> None:
    """Nor does it name another rule."""
    free, bound = by_rules(flow, facts), by_rules(flow, facts, veto=True)
    assert no_wider(free, bound)
    assert [c.regels for c in free.cellen] == [c.regels for c in bound.cellen]


@given(flow=flows, facts=feiten, order=st.randoms(use_true_random=False))
def test_the_same_question_has_the_same_answer(flow: Stroomvraag, facts: Feiten, order: Any) -> None:
    """In whatever order the rules come."""
    rules = list(tabel().op(ON))
    order.shuffle(rules)
    assert repr(oordeel(flow, facts, rules, ON)) == repr(by_rules(flow, facts))


@given(flow=flows, facts=feiten)
def test_the_order_of_kinds(flow: Stroomvraag, facts: Feiten) -> None:
    """Read the other way round: a category goes by a lower kind only where no higher one speaks of it."""
    kinds = {r.sleutel: r.kracht for r in RULES}
    rules = RULES
    for c in by_rules(flow, facts).cellen:
        if not c.regels:
            continue
        (kind,) = {kinds[name] for name in c.regels}
        higher = [k for k in Kracht if list(Kracht).index(k) < list(Kracht).index(kind)]
        alone = [r for r in rules if r.kracht in higher]
        found = {k.soort: k.reden for k in oordeel(flow, facts, alone, ON).cellen}
        assert found[c.soort] is R.RULE_UNKNOWN


# ── replay


ROW = """
[[regel]]
id = "{}"
versie = 3
wat = "Alles dicht"
kracht = "verbod"
van = ["*"]
aan = ["*"]
doelen = ["opp", "arrangement", "toeleiding", "afstemming", "verzuim", "overstap", "veiligheid"]
soorten = ["contact", "doelen"]
wet = [{{ artikel = "AVG 6", zeker = "leidraad" }}]
geldigVanaf = 2027-01-01
"""
LATER = met_wijziging(tabel(), "".join(ROW.format(r.id) for r in RULES))


@given(flow=flows, facts=feiten)
def test_replay_needs_no_old_code(flow: Stroomvraag, facts: Feiten) -> None:
    """After a later version the rules that were named give the same answer, found by name alone."""
    first = by_rules(flow, facts)
    assert oordeel(flow, facts, LATER.op(ON), ON) == first
    named = LATER.precies(name for c in first.cellen for name in c.regels)
    again = oordeel(flow, facts, named, ON)
    assert [(c.uitkomst, c.reden, c.regels) for c in again.cellen] == [
        (c.uitkomst, c.reden, c.regels) for c in first.cellen
    ]
    everything = oordeel(flow, facts, LATER.op(dt.date(2027, 1, 1)), ON)
    assert {G.CONTACT, G.DOELEN}.isdisjoint(everything.gaat)


def test_toestemming_touches_nothing_else() -> None:
    """What a rule decided by itself stays what it is, also where people said yes to it."""
    flow = a_flow("samenwerkingsverband", "jeugdhulp", "opp", "doelen", "gezondheid", "leerresultaten")
    found = whole(flow, Feiten(), HULP, said(flow, HULP, yes=(P1, P2)))
    assert [found.codes(c) for c in flow.soorten] == [
        {Reden.CONSENT_VALID},
        {Reden.STATUTORY_BAR},
        {Reden.RULE_UNKNOWN},
    ]


def test_a_statement_that_must_be_said_again_needs_an_age() -> None:
    """Who may be of any age has not said it since eighteen."""
    row = next(r for r in tabel().op(ON) if r.id == "V63").model_copy(update={"als": ()})
    policy = dataclasses.replace(wijd(), stromen=Stromen((row,)))
    flow = a_flow("toegang", "wmo", "afstemming", "doelen")
    yes = said(flow, TOEGANG, yes=(P1, P2, YOUTH), moment=STATED)
    for born in (None, dt.date(9999, 1, 1)):
        as_of = NOW if born is None else midnight(dt.date(9999, 6, 1))
        found = whole(flow, Feiten(), TOEGANG, yes, as_of=as_of, policy=policy, geboortedatum=born)
        assert found.uitkomst is U.HOLD
