"""The thirty principles: each is seen when it alone is broken, and not when it is kept."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.checks.beginselen import BEGINSELEN, check_beginselen, regie_klopt_niet
from schemas.messages.arrangement import Arrangement
from schemas.messages.deelnemers import Regieperiode
from schemas.messages.omgeving import Grenzen
from tests.builders import an_id
from tests.unit.schemas.arrangementen import KAARTEN
from tests.unit.schemas.bouwstenen import (
    AANBIEDER,
    BESCHIKKINGSVRIJ,
    GEMEENTE,
    OP,
    REGELS,
    SCHOOL,
    VERZONNEN,
    Json,
    afspraak,
    een_arrangement,
    een_collectief,
    een_leerling,
    een_omgeving,
    gegevens,
    iedereen,
    onderdeel,
    regel,
)

TWEE: Final = een_arrangement().kern.versie + 1


def kern(**kw: Any) -> Json:
    return {"kern": gegevens()["kern"] | kw}


def inrichting(**kw: Any) -> Json:
    return {"inrichting": gegevens()["inrichting"] | kw}


def opp(**kw: Any) -> Json:
    return {"opp": gegevens()["opp"] | kw}


def van_twaalf(**kw: Any) -> Json:
    return {"individueel": een_leerling(geboortedatum="2014-03-01") | kw}


def slot(**kw: Any) -> Json:
    return {"afsluiting": {"datum": "2026-11-01"} | kw}


GEPLAATST: Final = {"plaatsing": {"soort": "regulier_onderwijs", "bevestigdOp": "2026-10-30"}}
ELDERS: Final = inrichting(plaatsen=[{"plaats": "voorziening"}])
STAP: Final = {
    "naar": "regulier_onderwijs",
    "datum": "2026-10-20",
    "begeleider": "p1",
    "overdracht": {"datum": "2026-10-19", "leefgebieden": ["school", "thuis_gezin"]},
}
AFWEGING: Final = {
    "grond": "veiligheid",
    "zorg": "Verzonnen zorg.",
    "afweging": "Verzonnen afweging.",
    "gedeeld": "Alleen de contactpersoon.",
    "goedgekeurdDoor": "gedragswetenschapper",
    "oudersHorenOp": "2026-11-05",
}
GEDEELD: Final = {"soort": "X2", "op": "2026-10-01", "doel": "arrangement", "grond": "toestemming"}
NOOD: Final = GEDEELD | {"soort": "X20", "grond": "zonder_toestemming"}
ANONIEM: Final = {"soort": "X21", "op": "2026-10-01", "persoonsgegevens": False}
OVERLEG: Final = inrichting(toeleiding=[{"beslisser": "overleg_met_mandaat"}])
MANDAAT: Final = {"kenmerk": "M-1", "namens": "p3", "van": "2026-01-01", "totEnMet": "2026-12-31"}
PREVENTIEF: Final = {"soort": "preventief", "inhoud": {"vormen": ["observatie"]}}
FASE: Final = {"naam": "start", "van": "2026-09-14", "regisseur": "p1"}
NIEUW_BESLUIT: Final = {"datum": "2026-10-20", "betrokken": iedereen(), "besluit": "voortzetten"}


NUMMER: Final = count(1)


def anders(code: str, *, omgeving: Json | None = None, collectief: bool = False, **kw: Any) -> Any:
    """The code, what is changed in the arrangement and around it, and whether it is for a whole school."""
    what = "+".join([*kw, *(omgeving or {})])
    return pytest.param(code, kw, omgeving or {}, collectief, id=f"{code} {what} {next(NUMMER)}")


def versie(**kw: Any) -> Json:
    return {"versies": [{"arrangement": an_id("arrangement"), "versie": 2, "status": "actief"} | kw]}


def vorige(**kw: Any) -> Json:
    """The version before, which was to be reviewed earlier."""
    return {"vorige": gegevens() | kern(herzienOp="2026-11-15") | kw}


BROKEN = [
    anders("P01", partners=[GEMEENTE], afspraken=[afspraak("p1"), afspraak("p3")]),
    anders("P01", scholen=[SCHOOL | {"soort": "samenwerkingsverband"}]),
    anders("P02", doelen=[onderdeel(1, "doel", "school", "Leest een kwartier.")]),
    anders("P02", doelen=[onderdeel(1, "doel", "thuis_gezin", "Leest thuis.")], factoren=[]),
    anders("P03", regie=[]),
    anders("P03", regie=[{"regisseur": "p1", "van": "2026-09-15"}]),
    anders("P03", regie=[{"regisseur": "p1", "van": "2026-09-14", "totEnMet": "2026-10-01"}]),
    anders("P03", regie=[{"regisseur": p, "van": "2026-09-14"} for p in ("p1", "p2")]),
    anders("P03", regie=[{"regisseur": "p8", "van": "2026-09-14"}]),
    anders("P04", omgeving=versie()),
    anders("P05", opp=gegevens()["opp"] | {"vastgesteldOp": "2026-09-15"}),
    anders("P05", **opp(bestemming=None)),
    anders("P05", **opp(onderbouwd=False)),
    anders("P05", **opp(ondersteuningBeschreven=False)),
    anders("P06", **opp(overlegResultaat=None)),
    anders("P06", **opp(overlegOp=None)),
    anders("P06", collectief=True, soort="groep", **opp(overlegOp=None)),
    anders("P07", **opp(inzageOuders=False)),
    anders("P07", hulp=[onderdeel(9, "evaluatie", "gezondheid", "Gaat goed.", publiek=["jeugdhulp"])]),
    anders("P08", bijOntwerp=None),
    anders("P08", bijUitvoering=iedereen(nam_deel=False)),
    anders("P08", evaluaties=[{"datum": "2026-10-20"}]),
    anders("P09", ouderrol=None),
    anders("P10", doelen=[onderdeel(1, "behoefte", "thuis_gezin", "Rust na school.")]),
    anders("P10", afspraken=[afspraak("p1"), afspraak("p2"), afspraak("p3", bijdrage=None)]),
    anders("P11", afspraken=[afspraak("p1"), afspraak("p2"), afspraak("p3", geld=None)]),
    anders("P11", afspraken=[afspraak("p1"), afspraak("p2", uren=None), afspraak("p3")]),
    anders("P11", afspraken=[afspraak("p1", middelen=None), afspraak("p2"), afspraak("p3")]),
    anders("P12", **kern(herzienOp=None)),
    anders("P12", **kern(herzienOp="2026-11-01")),
    anders("P12", omgeving=vorige(), **kern(versie=2, vorigeVersie=1)),
    anders(
        "P12",
        omgeving=vorige(evaluaties=[NIEUW_BESLUIT]),
        evaluaties=[NIEUW_BESLUIT],
        **kern(versie=2, vorigeVersie=1),
    ),
    anders("P12", omgeving=vorige(), evaluaties=[NIEUW_BESLUIT | {"besluit": "stoppen"}]),
    anders("P13", **opp(vastgesteldOp="2025-10-01")),
    anders("P13", **opp(vastgesteldOp="2024-09-01", evaluaties=["2025-06-01"])),
    anders("P14", **inrichting(functies=[])),
    anders(
        "P15",
        doelen=[
            onderdeel(n, "doel", g, "Rust.", over="groep") for n, g in [(1, "school"), (2, "thuis_gezin")]
        ],
    ),
    anders(
        "P15",
        collectief=True,
        toewijzingen=[
            {
                "nummer": "1",
                "gemeente": VERZONNEN,
                "beslotenOp": "2026-09-01",
                "ingangsdatum": "2026-09-14",
                "status": "toegewezen",
            }
        ],
    ),
    anders("P16", tekortBasisondersteuning=None),
    anders("P17", terugkeerdoel=None),
    anders("P17", terugkeerdoel="dagbesteding"),
    anders("P18", **inrichting(leidend="jeugdhulp")),
    anders("P19", **slot()),
    anders("P19", **slot(plaatsing={"soort": "speciaal_onderwijs"})),
    anders("P19", **slot(plaatsing={"soort": "speciaal_onderwijs", "bevestigdOp": "2026-11-02"})),
    anders("P19", **kern(status="afgesloten")),
    anders("P19", scholen=[SCHOOL | {"totEnMet": "2026-11-01"}], **ELDERS),
    anders("P20", overgangen=[STAP | {"begeleider": "p8"}]),
    anders("P20", overgangen=[STAP | {"begeleider": None}]),
    anders("P20", overgangen=[STAP | {"overdracht": None}]),
    anders("P20", overgangen=[STAP | {"overdracht": {"datum": "2026-10-19", "leefgebieden": ["school"]}}]),
    anders(
        "P20",
        overgangen=[STAP | {"overdracht": STAP["overdracht"] | {"datum": "2026-11-02"}}],  # type: ignore[operator]
        **slot(**GEPLAATST),
    ),
    anders("P21", regieafspraken=["informatie", "doelen"]),
    anders("P22", omgeving={"adviezen": [{"op": "2026-10-01", "voorKlas": True, "voorLeerling": True}]}),
    anders("P23", omgeving={"uitwisselingen": [GEDEELD | {"grond": None}]}),
    anders("P23", omgeving={"uitwisselingen": [GEDEELD | {"doel": None}]}),
    anders("P23", omgeving={"uitwisselingen": [GEDEELD | {"meerDanNodig": True}]}),
    anders("P23", omgeving={"uitwisselingen": [NOOD]}),
    anders("P23", omgeving={"uitwisselingen": [NOOD | {"soort": "X2"}]}),
    anders("P23", omgeving={"uitwisselingen": [NOOD | {"grond": "toestemming"}]}),
    *(
        anders("P23", omgeving={"uitwisselingen": [NOOD | {"afweging": AFWEGING | {mist: None}}]})
        for mist in AFWEGING
    ),
    anders("P24", omgeving={"verantwoording": [{"niveau": "leerling", "periode": "2026-10"}]}),
    anders("P25", **inrichting(woonplaatsregels=[])),
    anders("P25", **inrichting(woonplaatsregels=[regel("groepsaanbod_voor_allen")])),
    anders("P25", **inrichting(woonplaatsregels=[regel("alleen_ingezetenen", VERZONNEN)])),
    anders("P25", **inrichting(woonplaatsregels=[REGELS[0] | {"totEnMet": "2026-10-31"}, REGELS[1]])),
    anders("P26", **van_twaalf()),
    anders("P26", **van_twaalf(aanTafel=False)),
    anders("P27", **OVERLEG),
    anders("P27", beslisoverleg=[{"deelnemer": "p3"}], **OVERLEG),
    anders("P27", beslisoverleg=[{"deelnemer": "p3", "mandaat": MANDAAT | {"van": "2026-11-03"}}]),
    anders("P27", beslisoverleg=[{"deelnemer": "p3", "mandaat": MANDAAT | {"totEnMet": "2026-11-01"}}]),
    anders("P28", fasen=[FASE | {"regisseur": None}]),
    anders("P28", fasen=[FASE | {"regisseur": "p2"}]),
    anders("P29", omgeving={"screenings": [{"op": "2026-10-01"}]}),
    anders("P29", omgeving={"screenings": [{"op": "2026-10-01", "planOpgezochtOp": "2026-10-02"}]}),
    anders("P30", omgeving={"uitwisselingen": [GEDEELD]}, collectief=True, **PREVENTIEF),
]
KEPT = [
    anders("P01", **kern(status="concept"), partners=[], afspraken=[afspraak("p1")]),
    anders("P03", regie=[{"regisseur": "p9", "van": "2026-01-01"}]),
    anders(
        "P03",
        regie=[
            {"regisseur": "p1", "van": "2026-10-02"},
            {"regisseur": "p9", "van": "2026-09-14", "totEnMet": "2026-10-01"},
        ],
    ),
    anders("P04", omgeving=versie(status="opgevolgd")),
    anders("P04", omgeving=versie(arrangement=an_id("ander"))),
    anders("P04", omgeving=versie(versie=1)),
    anders("P05", **opp(bestemming="voorlopig")),
    anders("P05", **opp(vastgesteldOp="2026-09-14")),
    anders("P05", opp=None, collectief=True),
    anders(
        "P07", doelen=gegevens()["doelen"], hulp=[onderdeel(9, "actie", "gezondheid", "Gesprek.", publiek=[])]
    ),
    anders(
        "P07",
        individueel=een_leerling(geboortedatum="2008-03-01") | {"aanTafel": True},
        doelen=[d | {"publiek": ["leerling"]} for d in gegevens()["doelen"]],
        **opp(inzageOuders=False),
    ),
    anders("P08", bijOntwerp=iedereen(nam_deel=False, reden="Wilde dat niet.")),
    anders("P08", evaluaties=[{"datum": "2026-10-20", "betrokken": iedereen()}]),
    anders("P08", bijUitvoering=None, **kern(status="concept")),
    anders("P12", **kern(herzienOp="2026-11-02")),
    anders("P12", omgeving=vorige(), evaluaties=[NIEUW_BESLUIT]),
    anders("P12", omgeving=vorige(kern=gegevens()["kern"])),
    anders("P12", omgeving=vorige(kern=gegevens()["kern"] | {"herzienOp": None})),
    anders("P12", **kern(status="afgesloten", herzienOp="2026-11-01"), **slot(**GEPLAATST)),
    anders("P13", **opp(vastgesteldOp="2025-10-01", evaluaties=["2026-10-01"])),
    anders("P13", **opp(vastgesteldOp="2024-11-01", evaluaties=["2025-11-01"]), **slot(**GEPLAATST)),
    anders("P15", doelen=[onderdeel(1, "doel", "thuis_gezin", "Rust.", over="groep")], collectief=True),
    anders("P17", terugkeerdoel="arbeid", **inrichting(functies=["doorleiden"])),
    anders("P18", zorgLeidtReden="Ging nooit naar school.", **inrichting(leidend="jeugdhulp")),
    anders("P19", **slot(**GEPLAATST), **kern(status="afgesloten")),
    anders("P19", scholen=[SCHOOL | {"totEnMet": "2026-11-02"}], **ELDERS),
    anders("P19", scholen=[SCHOOL | {"totEnMet": "2026-11-01"}], **ELDERS, **slot(**GEPLAATST)),
    anders("P19", collectief=True, **slot()),
    anders("P20", overgangen=[STAP]),
    anders("P20", overgangen=[STAP], **slot(**GEPLAATST)),
    anders("P20", overgangen=[STAP | {"datum": "2026-12-01", "overdracht": None}]),
    anders(
        "P22",
        omgeving={
            "adviezen": [{"op": "2026-10-01", "voorKlas": True, "voorLeerling": True, "voorLeerkracht": True}]
        },
    ),
    anders("P23", omgeving={"uitwisselingen": [GEDEELD, NOOD | {"afweging": AFWEGING}]}),
    anders(
        "P23", omgeving={"uitwisselingen": [{"soort": "X21", "op": "2026-10-01", "persoonsgegevens": False}]}
    ),
    anders("P24", omgeving={"verantwoording": [{"niveau": "school", "periode": "2026-10"}]}),
    anders(
        "P24",
        omgeving={"verantwoording": [{"niveau": "leerling", "periode": "2026-10"}]},
        **inrichting(bekostiging="productiebekostiging"),
    ),
    anders("P25", **inrichting(toeleiding=[], woonplaatsregels=[])),
    anders("P26", **van_twaalf(aanTafel=True)),
    anders("P26", **van_twaalf(aanTafel=False, nietAanTafelReden="Wilde dat niet.")),
    anders("P27", beslisoverleg=[{"deelnemer": "p9"}, {"deelnemer": "p3", "mandaat": MANDAAT}], **OVERLEG),
    anders("P27", beslisoverleg=[{"deelnemer": "p3", "mandaat": MANDAAT | {"totEnMet": None}}]),
    anders("P28", fasen=[FASE]),
    anders(
        "P28",
        fasen=[FASE | {"van": "2026-10-02", "regisseur": "p9"}],
        regie=[
            {"regisseur": "p1", "van": "2026-09-14", "totEnMet": "2026-10-01"},
            {"regisseur": "p9", "van": "2026-10-02"},
        ],
    ),
    anders("P29", omgeving={"screenings": [{"op": "2026-10-01", "planOpgezochtOp": "2026-10-01"}]}),
    anders(
        "P30", omgeving={"uitwisselingen": [GEDEELD | {"hulpvraag": True}]}, collectief=True, **PREVENTIEF
    ),
]


def bouw(kw: Json, collectief: bool) -> Arrangement:
    return een_collectief(**kw) if collectief else een_arrangement(**kw)


def codes(arrangement: Arrangement, omgeving: Json, **kw: Any) -> set[str]:
    return {b.code for b in check_beginselen(arrangement, OP, een_omgeving(**omgeving), **kw)}


@pytest.mark.parametrize("arrangement", [een_arrangement(), een_collectief()])
def test_what_keeps_everything_has_no_findings(arrangement: Arrangement) -> None:
    """An arrangement that keeps every principle has no finding, for one leerling and for a school."""
    assert check_beginselen(arrangement, OP) == ()


@pytest.mark.parametrize(("code", "kw", "omgeving", "collectief"), BROKEN)
def test_broken_alone_is_seen_alone(code: str, kw: Json, omgeving: Json, collectief: bool) -> None:
    """What breaks one principle gives findings with that code and no other."""
    assert codes(bouw(kw, collectief), omgeving) == {code}


@pytest.mark.parametrize(("code", "kw", "omgeving", "collectief"), KEPT)
def test_kept_is_not_seen(code: str, kw: Json, omgeving: Json, collectief: bool) -> None:
    """What comes near but keeps the principle gives no finding of it."""
    assert code not in codes(bouw(kw, collectief), omgeving)


@pytest.mark.parametrize(("code", "kw", "omgeving", "collectief"), BROKEN)
def test_without_its_check_it_is_not_seen(code: str, kw: Json, omgeving: Json, collectief: bool) -> None:
    """Each check is needed: taken out of the register, what it found is found by nobody."""
    rest = {c: check for c, check in BEGINSELEN.items() if c != code}
    assert codes(bouw(kw, collectief), omgeving, beginselen=rest) == set()


def test_every_principle_is_tried() -> None:
    """P01 to P30 are all there, in order, and each is broken at least once above."""
    wanted = [f"P{n:02}" for n in range(1, 31)]
    assert list(BEGINSELEN) == wanted
    assert sorted({p.values[0] for p in BROKEN}) == wanted


def test_findings_stand_in_order_and_hold_no_value() -> None:
    """Findings come in the order of the principles, with a path, a fixed text and no value."""
    found = check_beginselen(
        een_arrangement(ouderrol=None, regie=[], terugkeerdoel=None, doelen=None, afspraken=None), OP
    )
    assert [b.code for b in found] == sorted(b.code for b in found)
    assert {b.text for b in found} <= {text for _, text in BEGINSELEN.values()}
    assert not any(word in str(found) for word in ("Verzonnen", "Fictief", "99ZZ"))


@pytest.mark.parametrize(("age", "seen"), [(9, True), (10, False), (12, False)])
def test_age_at_the_table_is_a_setting(age: int, seen: bool) -> None:
    """From which age a leerling is asked to the table is for the region to say; this one is nine."""
    assert ("P26" in codes(een_arrangement(), {}, grenzen=Grenzen(leeftijd_aan_tafel=age))) is seen


def test_birthday_counts() -> None:
    """On the day of turning twelve the seat is asked for, and the day before not."""
    on_the_day = een_arrangement(individueel=een_leerling(geboortedatum="2014-11-02"))
    before = een_arrangement(individueel=een_leerling(geboortedatum="2014-11-03"))
    assert (codes(on_the_day, {}), codes(before, {})) == ({"P26"}, set())


@pytest.mark.parametrize(("months", "seen"), [(12, True), (14, False)])
def test_year_between_evaluations_is_a_setting(months: int, seen: bool) -> None:
    """How many months may lie between two evaluations can be set."""
    late = een_arrangement(**opp(vastgesteldOp="2025-10-01"))
    assert ("P13" in codes(late, {}, grenzen=Grenzen(opp_evaluatie_maanden=months))) is seen


def test_new_plan_needs_no_evaluation_yet() -> None:
    """A plan that is yet to be set is late (P05) and not badly evaluated (P13)."""
    assert codes(een_arrangement(**opp(vastgesteldOp="2026-12-01")), {}) == {"P05"}


def test_nothing_is_asked_of_a_missing_plan_twice() -> None:
    """Without a plan the findings are of the plan and of the talk about it."""
    assert codes(een_arrangement(opp=None), {}) == {"P05", "P06"}


@pytest.mark.parametrize(("card", "kw"), [("S39", {"ouderrol": "partner"})])
def test_regie_may_change_per_phase(card: str, kw: Json) -> None:
    """In dagbesteding the regisseur changes four times, without a gap and with a name for each phase."""
    assert {"P03", "P28"}.isdisjoint(codes(KAARTEN[card], {}))


# --- the timeline, against a day-by-day oracle

START: Final = dt.date(2026, 1, 1)
days: Final = st.integers(-3, 12).map(lambda n: START + dt.timedelta(days=n))


@st.composite
def periods(draw: st.DrawFn) -> Regieperiode:
    first, last = sorted((draw(days), draw(days)))
    return Regieperiode(
        regisseur=draw(st.sampled_from(["p1", "p2"])),
        van=first,
        tot_en_met=draw(st.sampled_from([last, None])),
    )


@given(st.lists(periods(), max_size=4), days, st.none() | days)
def test_timeline_agrees_with_counting_days(
    regie: list[Regieperiode], first: dt.date, last: dt.date | None
) -> None:
    """There is a gap or overlap exactly when some day has not one regisseur, and such days are named."""
    # Behind the last boundary nothing changes any more, so an open end is tried a while.
    end = last or START + dt.timedelta(days=40)
    counts = {
        day: sum(p.van <= day and (p.tot_en_met is None or day <= p.tot_en_met) for p in regie)
        for day in (first + dt.timedelta(days=n) for n in range((end - first).days + 1))
    }
    found = regie_klopt_niet(regie, first, last)
    assert bool(found) == any(n != 1 for n in counts.values())
    assert {kind for kind, _ in found} == {
        kind
        for kind, seen in (("gat", 0 in counts.values()), ("overlap", max(counts.values(), default=1) > 1))
        if seen
    }
    for kind, day in found:
        assert counts[day] == 0 if kind == "gat" else counts[day] > 1


@pytest.mark.parametrize("last", [None, dt.date.max])
def test_timeline_to_the_end_of_the_calendar(last: dt.date | None) -> None:
    """A period up to 31-12-9999, as systems write "no end", is covered and overlaps what follows."""
    forever = Regieperiode(regisseur="p1", van=START, tot_en_met=dt.date.max)
    again = Regieperiode(regisseur="p2", van=dt.date.max)
    assert regie_klopt_niet([forever], START, last) == ()
    assert regie_klopt_niet([forever, again], START, last) == (("overlap", dt.date.max),)


def test_facts_used_here_are_whole() -> None:
    """The parts that the tables change are those of an arrangement without findings."""
    whole = [AANBIEDER, GEMEENTE, BESCHIKKINGSVRIJ]
    assert een_arrangement(partners=whole[:2], **inrichting(toeleiding=whole[2:])) == een_arrangement()
