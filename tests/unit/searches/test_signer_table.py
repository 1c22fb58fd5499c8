"""Every combination of who may decide and what everybody said, against a table written out by hand.

The table here shares nothing with consent/rules.py: it is the signer table of the consent model, per band and
capacity, and says who must agree with which function. J2S for a youth of 12 to 15 asks the ground of the
ouders and the lifting of secrecy of the youth himself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, Final, NamedTuple

import pytest

from consent.decide import decide
from consent.request import Request
from consent.rules import Authorities
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome, Reden
from schemas.people.toestemming import (
    Geboorteprecisie,
    Gezagsgegevens,
    Gezagsoort,
    Hoedanigheid,
    Richting,
    Toestemming,
    ToestemmingFunctie,
)
from tests.builders import (
    AVG,
    NOW,
    P1,
    P2,
    WAIVER,
    YOUTH,
    X,
    a_gezag,
    a_persoon,
    a_request,
    a_toestemming,
    a_vertegenwoordiging,
    a_weigering,
    an_id,
    an_intrekking,
    an_oordeel,
    authorities,
    beleid,
)

S2J, J2S = Richting.S2J, Richting.J2S
THIS_MORNING = NOW - dt.timedelta(hours=2)
VOOGD, GI = an_id("voogd"), an_id("gecertificeerde instelling")
NONE, GIVEN, REFUSED, WITHDRAWN = "none", "given", "refused", "withdrawn"
SAID: Final = (NONE, GIVEN, REFUSED, WITHDRAWN)
AGE: Final = {"A": 9, "B": 13, "C": 16, "D": 19}
PERHAPS: Final = {"AB": dt.date(2014, 10, 1), "BC": dt.date(2010, 10, 1), "CD": dt.date(2008, 10, 1)}
"""Born some day of that month: today he may be in either band."""
CAPABLE, INCAPABLE, ORDER = "capable", "incapable", "order"
"""What is recorded of him: nothing, that he cannot weigh it, or that X decides by order of the court."""
MAY_DECIDE: Final[dict[str, tuple[str, ...] | None]] = {
    "gezamenlijk": (P1, P2),
    "eenhoofdig": (P1,),
    "voogd": (VOOGD,),
    "gi_voogd": (GI,),
    "onbekend": None,
    "none": None,
}
"""Who decides for the leerling, by kind of gezag; None: nobody knows."""
TABLE: Final = {
    ("A", CAPABLE, S2J): {"LR": {AVG}},
    ("A", CAPABLE, J2S): {"LR": {AVG, WAIVER}},
    ("A", INCAPABLE, S2J): {"LR": {AVG}},
    ("A", INCAPABLE, J2S): {"LR": {AVG, WAIVER}},
    ("A", ORDER, S2J): {"X": {AVG}},
    ("A", ORDER, J2S): {"X": {AVG, WAIVER}},
    ("B", CAPABLE, S2J): {"LR": {AVG}, "Y": {AVG}},
    ("B", CAPABLE, J2S): {"LR": {AVG}, "Y": {WAIVER}},
    ("B", INCAPABLE, S2J): {"LR": {AVG}},
    ("B", INCAPABLE, J2S): {"LR": {AVG, WAIVER}},
    ("B", ORDER, S2J): {"X": {AVG}, "Y": {AVG}},
    ("B", ORDER, J2S): {"X": {AVG}, "Y": {WAIVER}},
    ("C", CAPABLE, S2J): {"Y": {AVG}},
    ("C", CAPABLE, J2S): {"Y": {AVG, WAIVER}},
    ("C", INCAPABLE, S2J): None,
    ("C", INCAPABLE, J2S): None,
    ("C", ORDER, S2J): {"Y": {AVG}},
    ("C", ORDER, J2S): {"Y": {AVG, WAIVER}},
    ("D", CAPABLE, S2J): {"Y": {AVG}},
    ("D", CAPABLE, J2S): {"Y": {AVG, WAIVER}},
    ("D", INCAPABLE, S2J): None,
    ("D", INCAPABLE, J2S): None,
    ("D", ORDER, S2J): {"X": {AVG}},
    ("D", ORDER, J2S): {"X": {AVG, WAIVER}},
}
"""Per band, capacity, direction: whose permit for which functions. None: not settled, so it waits.

LR: who has gezag; Y: the youth; X: the bijzondere curator of a child, the curator of an adult.
"""


class Situation(NamedTuple):
    band: str
    """One band, or two when the birth date is not complete: then both rows count together."""
    capacity: str
    richting: Richting
    gezag: str


SITUATIONS: Final = [
    Situation(*s) for s in product((*AGE, *PERHAPS), (CAPABLE, INCAPABLE, ORDER), Richting, MAY_DECIDE)
]


def rows_of(s: Situation) -> list[dict[str, set[ToestemmingFunctie]] | None]:
    """The rows that count; an order is recorded with gezag, so without that there is none."""
    capacity = CAPABLE if (s.capacity, s.gezag) == (ORDER, "none") else s.capacity
    return [TABLE[band, capacity, s.richting] for band in s.band]


def needs(s: Situation) -> dict[str, set[ToestemmingFunctie]]:
    """Person to functions, by the table."""
    out: dict[str, set[ToestemmingFunctie]] = {}
    for row in rows_of(s):
        for who, functies in (row or {}).items():
            people = {"LR": MAY_DECIDE[s.gezag] or (), "Y": (YOUTH,) if s.gezag != "none" else (), "X": (X,)}
            for person in people[who]:
                out[person] = out.get(person, set()) | functies
    return out


OWN_NO: Final = {
    ("B", INCAPABLE): Outcome.HOLD,
    ("C", INCAPABLE): Outcome.DENY,
    ("D", INCAPABLE): Outcome.HOLD,
    ("D", ORDER): Outcome.DENY,
}
"""What the youth's own no comes to where his yes is not what is asked. He says it this morning, after he was
found incapable: from 12 on that makes a person look; at 16 and 17, and under curatele without a judgement, it
blocks."""


def own_no(s: Situation) -> set[Outcome]:
    return set() if s.gezag == "none" else {OWN_NO[k] for b in s.band if (k := (b, s.capacity)) in OWN_NO}


def expected(s: Situation, said: Mapping[str, str]) -> Outcome:
    """The outcome by the table: any no of a required person blocks, every yes is needed."""
    answers = {said[p] for p in needs(s)}
    heard = own_no(s) if said.get(YOUTH) in {REFUSED, WITHDRAWN} else set()
    if answers & {REFUSED, WITHDRAWN} or Outcome.DENY in heard:
        return Outcome.DENY
    if heard:
        return Outcome.HOLD
    unknown = s.gezag == "none" or any(
        row is None or ("LR" in row and MAY_DECIDE[s.gezag] is None) for row in rows_of(s)
    )
    return Outcome.HOLD if unknown or answers != {GIVEN} else Outcome.PERMIT


@cache
def snapshot(kind: str, capacity: str) -> tuple[Gezagsgegevens, ...]:
    people = {
        "gezamenlijk": (a_persoon(P1), a_persoon(P2)),
        "eenhoofdig": (a_persoon(P1), a_persoon(P2, gezag=False)),
        "voogd": (a_persoon(VOOGD, hoedanigheid=Hoedanigheid.VOOGD), a_persoon(P1, gezag=False)),
        "gi_voogd": (a_persoon(GI, hoedanigheid=Hoedanigheid.GI_VOOGD), a_persoon(P1, gezag=False)),
        "onbekend": (a_persoon(P1), a_persoon(P2)),
    }
    as_who = (Hoedanigheid.BIJZONDERE_CURATOR, Hoedanigheid.CURATOR) if capacity == ORDER else ()
    orders = tuple(a_vertegenwoordiging(X, hoedanigheid=h) for h in as_who)
    return (
        ()
        if kind == "none"
        else (a_gezag(*people[kind], soort=Gezagsoort(kind), vertegenwoordigingen=orders),)
    )


@cache
def statements(
    wie: str, answer: str, richting: Richting, functies: frozenset[ToestemmingFunctie]
) -> tuple[Toestemming, ...]:
    about: dict[str, Any] = {"richting": richting, "moment": THIS_MORNING}
    given = tuple(a_toestemming(wie, functie=f, **about) for f in sorted(functies))
    if answer == REFUSED:
        return tuple(a_weigering(wie, functie=f, **about) for f in sorted(functies)[:1])
    if answer == WITHDRAWN:
        return (*given, an_intrekking(given[0]))
    return given if answer == GIVEN else ()


@cache
def request(richting: Richting, categorie: G = G.DOELEN) -> Request:
    return a_request(categorie, richting=richting)


@cache
def around(s: Situation) -> Authorities:
    birth: dict[str, Any] = {"age": AGE.get(s.band, 0)}
    if s.band in PERHAPS:
        birth = {"geboortedatum": PERHAPS[s.band], "precisie": Geboorteprecisie.MAAND}
    return authorities(
        gezag=snapshot(s.gezag, s.capacity),
        bekwaamheid=(an_oordeel(),) if s.capacity == INCAPABLE else (),
        **birth,
    )


def consents_of(s: Situation, said: Mapping[str, str]) -> list[Toestemming]:
    required = needs(s)
    both = frozenset({AVG, WAIVER})
    return [
        t
        for wie, answer in said.items()
        for t in statements(wie, answer, s.richting, frozenset(required.get(wie, both)))
    ]


def decision_of(s: Situation, said: Mapping[str, str]) -> Decision:
    return decide(request(s.richting), consents_of(s, said), around(s), (), None, beleid(), NOW)


def everything_said(people: Sequence[str]) -> Iterator[dict[str, str]]:
    for answers in product(SAID, repeat=len(people)):
        yield dict(zip(people, answers, strict=True))


VALID: Final = {Reden.CONSENT_VALID, Reden.BG_APPROVED}


def check_form(decision: Decision, asked: Request) -> None:
    """What holds for any decision whatever was said."""
    withheld = [p for paths in decision.withheld.values() for p in paths]
    assert sorted((*decision.released, *withheld)) == sorted(asked.velden)
    assert decision.codes
    if decision.outcome in {Outcome.DENY, Outcome.HOLD}:
        assert not VALID & set(decision.codes)
        assert not decision.released
    allowed = beleid().profielen[asked.doel, asked.ontvanger.rol, asked.richting, asked.bericht][0].paden
    permitted = {
        c
        for c, reasons in decision.per_category.items()
        if any(r.code is Reden.CONSENT_VALID for r in reasons)
    }
    for path in decision.released:
        assert path in allowed
        assert beleid().labels(asked.bericht)[path] in set(asked.gevraagd) & permitted


def check_all(people: Sequence[str], situations: Sequence[Situation]) -> int:
    """Holds every combination to the table and to the invariants; the number of permits."""
    permits = 0
    for s in situations:
        required = needs(s)
        outcomes: dict[tuple[str, ...], Outcome] = {}
        for said in everything_said(people):
            decision = decision_of(s, said)
            assert decision.outcome is expected(s, said), (s, said, decision.codes)
            check_form(decision, request(s.richting))
            outcomes[tuple(said.values())] = decision.outcome
        for answers, outcome in outcomes.items():
            for i, who in enumerate(people):
                changed = {a: outcomes[(*answers[:i], a, *answers[i + 1 :])] for a in SAID}
                if who == YOUTH and who not in required and own_no(s):
                    assert changed[REFUSED] in own_no(s) | {Outcome.DENY}, (s, "his own no is heard")
                elif who not in required:
                    assert set(changed.values()) == {outcome}, (s, who, "is not required, yet changes it")
                elif outcome is Outcome.PERMIT:
                    assert answers[i] == GIVEN, (s, who, "is required and did not agree")
                    assert changed[WITHDRAWN] is Outcome.DENY, (s, who, "withdraws")
                if outcome is not Outcome.PERMIT:
                    assert changed[REFUSED] is not Outcome.PERMIT, (s, who, "refuses, and so it goes")
        permits += sum(o is Outcome.PERMIT for o in outcomes.values())
    return permits


@pytest.mark.parametrize("gezag", MAY_DECIDE)
@pytest.mark.parametrize("band", AGE)
def test_table(band: str, gezag: str) -> None:
    """Two who may decide, the youth and one without gezag: outcome and invariants as in the table."""
    situations = [s for s in SITUATIONS if (s.band, s.gezag) == (band, gezag)]
    first = (MAY_DECIDE[gezag] or (P1,))[0]
    permits = check_all((first, P2, YOUTH, X), situations)
    assert bool(permits) is (gezag != "none"), "somebody can always agree where it is known who he is"


@pytest.mark.parametrize("gezag", MAY_DECIDE)
@pytest.mark.parametrize("band", PERHAPS)
def test_table_of_two_bands(band: str, gezag: str) -> None:
    """The same for who may be in two bands: all who decide, the youth and one without gezag."""
    people = (*(MAY_DECIDE[gezag] or (P1,)), YOUTH, X)
    check_all(people, [s for s in SITUATIONS if (s.band, s.gezag) == (band, gezag)])


def test_no_situation_is_left_out() -> None:
    """The whole space holds that of the consent model (327,680) and what was added to it since."""
    theirs = [s for s in SITUATIONS if s.band in AGE and s.capacity != ORDER and s.gezag != "none"]
    assert len(theirs) * len(SAID) ** 6 == 327_680
    assert len(SITUATIONS) * len(SAID) ** 6 == 1_032_192


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("s", SITUATIONS, ids=lambda s: f"{s.band}-{s.richting}-{s.gezag}-{s.capacity}")
def test_table_of_six(s: Situation) -> None:
    """The same with everybody who could ever speak: two ouders, voogd, GI, one without gezag, the youth."""
    check_all((P1, P2, VOOGD, GI, X, YOUTH), [s])


ONE_FUNCTION: Final = tuple(product((NONE, GIVEN, REFUSED, WITHDRAWN), repeat=2))
"""What one person said of the ground and of secrecy, apart."""


@pytest.mark.parametrize("richting", list(Richting))
@pytest.mark.parametrize("band", AGE)
def test_functions_apart(band: str, richting: Richting) -> None:
    """Only the functions the table names carry, and a no to either of the two blocks."""
    s = Situation(band, CAPABLE, richting, "eenhoofdig")
    required = needs(s)
    for mine, his in product(ONE_FUNCTION, repeat=2):
        said = {p: dict(zip((AVG, WAIVER), a, strict=True)) for p, a in ((P1, mine), (YOUTH, his))}
        consents = [
            t
            for wie, per_function in said.items()
            for functie, answer in per_function.items()
            for t in statements(wie, answer, richting, frozenset({functie}))
        ]
        decision = decide(request(richting), consents, around(s), (), None, beleid(), NOW)
        spoken = {said[p][f] for p in required for f in (AVG, WAIVER)}
        if spoken & {REFUSED, WITHDRAWN}:
            outcome = Outcome.DENY
        elif all(said[p][f] == GIVEN for p, functies in required.items() for f in functies):
            outcome = Outcome.PERMIT
        else:
            outcome = Outcome.HOLD
        assert decision.outcome is outcome, (s, said, decision.codes)


@pytest.mark.parametrize("richting", list(Richting))
@pytest.mark.parametrize("categorie", [G.CONTACT, G.DOELEN])
def test_one_ouder(richting: Richting, categorie: G) -> None:
    """One of two ouders is enough at level 1, if he declared that the other knows and she said nothing."""
    for band, first, second, his, informed in product("AB", SAID, SAID, SAID, (True, False)):
        s = Situation(band, CAPABLE, richting, "gezamenlijk")
        required = needs(s)
        consents = [
            t if t.ondertekenaar != P1 else t.model_copy(update={"andere_ouder_geinformeerd": informed})
            for t in consents_of(s, {P1: first, P2: second, YOUTH: his})
        ]
        decision = decide(request(richting, categorie), consents, around(s), (), None, beleid(), NOW)
        spoken = {P1: first, P2: second} | ({YOUTH: his} if YOUTH in required else {})
        youth_agrees = spoken.get(YOUTH, GIVEN) == GIVEN
        one = categorie is G.CONTACT and informed and (first, second) == (GIVEN, NONE) and youth_agrees
        if {REFUSED, WITHDRAWN} & set(spoken.values()):
            outcome = Outcome.DENY
        else:
            outcome = Outcome.PERMIT if one or set(spoken.values()) == {GIVEN} else Outcome.HOLD
        assert decision.outcome is outcome, (s, spoken, decision.codes)
        assert (Reden.ONE_PARENT_NO_OBJECTION in decision.codes) is (one and outcome is Outcome.PERMIT)


def test_same_input_same_bytes() -> None:
    """Deciding twice, and with the facts in another order, gives the same bytes."""
    s = Situation("B", CAPABLE, S2J, "gezamenlijk")
    for said in everything_said((P1, P2, YOUTH, X)):
        consents = consents_of(s, said)
        ways = [
            decide(request(S2J), order, around(s), (), None, beleid(), NOW).model_dump_json()
            for order in (consents, list(consents), consents[::-1])
        ]
        assert len(set(ways)) == 1
