"""Every combination of who may decide and what everybody said, against a table written out by hand.

The table here shares nothing with consent/rules.py: it is the signer table of the consent model, per band and
capacity, and says who must agree with which function. J2S for a youth of 12 to 15 asks the ground of the
ouders and the lifting of secrecy of the youth himself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Final, NamedTuple

import pytest

from consent.decide import Request, decide
from consent.rules import Authorities
from schemas.base import Gegevenscategorie as G
from schemas.decision import Decision, Outcome, Reden
from schemas.toestemming import (
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
    a_weigering,
    an_id,
    an_intrekking,
    an_oordeel,
    authorities,
    beleid,
)

S2J, J2S = Richting.S2J, Richting.J2S
VOOGD, GI = an_id("voogd"), an_id("gecertificeerde instelling")
NONE, GIVEN, REFUSED, WITHDRAWN = "none", "given", "refused", "withdrawn"
SAID: Final = (NONE, GIVEN, REFUSED, WITHDRAWN)
AGE: Final = {"A": 9, "B": 13, "C": 16, "D": 19}
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
    ("A", True, S2J): {"LR": {AVG}},
    ("A", True, J2S): {"LR": {AVG, WAIVER}},
    ("A", False, S2J): {"LR": {AVG}},
    ("A", False, J2S): {"LR": {AVG, WAIVER}},
    ("B", True, S2J): {"LR": {AVG}, "Y": {AVG}},
    ("B", True, J2S): {"LR": {AVG}, "Y": {WAIVER}},
    ("B", False, S2J): {"LR": {AVG}},
    ("B", False, J2S): {"LR": {AVG, WAIVER}},
    ("C", True, S2J): {"Y": {AVG}},
    ("C", True, J2S): {"Y": {AVG, WAIVER}},
    ("C", False, S2J): None,
    ("C", False, J2S): None,
    ("D", True, S2J): {"Y": {AVG}},
    ("D", True, J2S): {"Y": {AVG, WAIVER}},
    ("D", False, S2J): None,
    ("D", False, J2S): None,
}
"""Per band, capable, direction: whose permit for which functions. None: not settled, so it waits."""


class Situation(NamedTuple):
    band: str
    capable: bool
    richting: Richting
    gezag: str


SITUATIONS: Final = [Situation(*s) for s in product(AGE, (True, False), Richting, MAY_DECIDE)]


def needs(s: Situation) -> dict[str, set[ToestemmingFunctie]] | None:
    """Person to functions, by the table; None when it waits whatever anybody says."""
    row = TABLE[s.band, s.capable, s.richting]
    if row is None:
        return None
    out: dict[str, set[ToestemmingFunctie]] = {}
    for person in MAY_DECIDE[s.gezag] or ():
        if "LR" in row:
            out[person] = row["LR"]
    if "Y" in row and s.gezag != "none":
        out[YOUTH] = row["Y"]
    return out


def expected(s: Situation, said: Mapping[str, str]) -> Outcome:
    """The outcome by the table: any no of a required person blocks, every yes is needed."""
    required = needs(s)
    if required is None:
        return Outcome.HOLD
    answers = {said[p] for p in required}
    if answers & {REFUSED, WITHDRAWN}:
        return Outcome.DENY
    row = TABLE[s.band, s.capable, s.richting]
    unknown = s.gezag == "none" or (row is not None and "LR" in row and MAY_DECIDE[s.gezag] is None)
    return Outcome.HOLD if unknown or answers != {GIVEN} else Outcome.PERMIT


@cache
def snapshot(kind: str) -> tuple[Gezagsgegevens, ...]:
    people = {
        "gezamenlijk": (a_persoon(P1), a_persoon(P2)),
        "eenhoofdig": (a_persoon(P1), a_persoon(P2, gezag=False)),
        "voogd": (a_persoon(VOOGD, hoedanigheid=Hoedanigheid.VOOGD), a_persoon(P1, gezag=False)),
        "gi_voogd": (a_persoon(GI, hoedanigheid=Hoedanigheid.GI_VOOGD), a_persoon(P1, gezag=False)),
        "onbekend": (a_persoon(P1), a_persoon(P2)),
    }
    return () if kind == "none" else (a_gezag(*people[kind], soort=Gezagsoort(kind)),)


@cache
def statements(
    wie: str, answer: str, richting: Richting, functies: frozenset[ToestemmingFunctie]
) -> tuple[Toestemming, ...]:
    given = tuple(a_toestemming(wie, functie=f, richting=richting) for f in sorted(functies))
    if answer == REFUSED:
        return tuple(a_weigering(wie, functie=f, richting=richting) for f in sorted(functies)[:1])
    if answer == WITHDRAWN:
        return (*given, an_intrekking(given[0]))
    return given if answer == GIVEN else ()


@cache
def request(richting: Richting, categorie: G = G.DOELEN) -> Request:
    return a_request(categorie, richting=richting)


@cache
def around(s: Situation) -> Authorities:
    return authorities(
        age=AGE[s.band], gezag=snapshot(s.gezag), bekwaamheid=() if s.capable else (an_oordeel(),)
    )


def consents_of(s: Situation, said: Mapping[str, str]) -> list[Toestemming]:
    required = needs(s) or {}
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
    allowed = beleid().profielen[asked.doel, asked.ontvanger.rol, asked.richting, asked.bericht].paden
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
        required = needs(s) or {}
        outcomes: dict[tuple[str, ...], Outcome] = {}
        for said in everything_said(people):
            decision = decision_of(s, said)
            assert decision.outcome is expected(s, said), (s, said, decision.codes)
            check_form(decision, request(s.richting))
            outcomes[tuple(said.values())] = decision.outcome
        for answers, outcome in outcomes.items():
            for i, who in enumerate(people):
                changed = {a: outcomes[(*answers[:i], a, *answers[i + 1 :])] for a in SAID}
                if who not in required:
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
    settled = any(needs(s) for s in situations)
    known = MAY_DECIDE[gezag] is not None or (band in {"C", "D"} and gezag == "onbekend")
    assert bool(permits) is (settled and known)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("s", SITUATIONS, ids=lambda s: f"{s.band}-{s.richting}-{s.gezag}-{s.capable}")
def test_table_of_six(s: Situation) -> None:
    """The same with everybody who could ever speak: two ouders, voogd, GI, one without gezag, the youth."""
    check_all((P1, P2, VOOGD, GI, X, YOUTH), [s])


ONE_FUNCTION: Final = tuple(product((NONE, GIVEN, REFUSED, WITHDRAWN), repeat=2))
"""What one person said of the ground and of secrecy, apart."""


@pytest.mark.parametrize("richting", list(Richting))
@pytest.mark.parametrize("band", AGE)
def test_functions_apart(band: str, richting: Richting) -> None:
    """Only the functions the table names carry, and a no to either of the two blocks."""
    s = Situation(band, capable=True, richting=richting, gezag="eenhoofdig")
    required = needs(s)
    assert required is not None
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
        s = Situation(band, capable=True, richting=richting, gezag="gezamenlijk")
        required = needs(s)
        assert required is not None
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
    s = Situation("B", capable=True, richting=S2J, gezag="gezamenlijk")
    for said in everything_said((P1, P2, YOUTH, X)):
        consents = consents_of(s, said)
        ways = [
            decide(request(S2J), order, around(s), (), None, beleid(), NOW).model_dump_json()
            for order in (consents, list(consents), consents[::-1])
        ]
        assert len(set(ways)) == 1
