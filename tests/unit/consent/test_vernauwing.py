"""What a region cuts off from a rule of a flow waits, and nothing it writes lets anything go."""

from __future__ import annotations

from itertools import product

import pytest

from consent.stromen import Kracht, Stand, Stromen
from consent.stroomoordeel import Celoordeel, Stroomreden, oordeel
from consent.vernauwing import Vernauwing, narrowing_faults, still_goes, vernauwd
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Outcome
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Partijfunctie, Partijhoedanigheid
from schemas.people.toestemming import Gebruiksdoel
from tests.unit.consent.stroomhulp import ON, SOORTEN, a_flow, alle_feiten, tabel, waaronder

P = Partijhoedanigheid
MAY = tuple(
    dict.fromkeys(
        r.id
        for r in tabel().op(ON)
        if r.kracht in {Kracht.MAG, Kracht.TOESTEMMING} and r.stand is Stand.ACTIEF
    )
)


def narrow(regel: str, **kw: object) -> Vernauwing:
    return Vernauwing.model_validate({"regel": regel, "waarom": "Dat sprak de regio af."} | kw)


def open_cells(stromen: Stromen, van: str, aan: str, doel: str, **facts: object) -> dict[G, Celoordeel]:
    flow = a_flow(van, aan, doel, *SOORTEN)
    found = oordeel(flow, alle_feiten(None, **facts), stromen.op(ON), ON)
    return {c.soort: c for c in found.cellen}


def as_open(c: Celoordeel) -> int:
    """0: stays home or waits. 1: waits for toestemming only. 2: goes."""
    if c.uitkomst is Outcome.PERMIT:
        return 2
    return int(c.reden is Stroomreden.CONSENT_NEEDED)


@pytest.mark.parametrize("regel", MAY)
def test_a_closed_rule_opens_nothing_anywhere(regel: str) -> None:
    """Between its parties, per doel and kind of data: under its own facts, none of them, and all."""
    (now, *_) = [r for r in tabel().op(ON) if r.id == regel]
    closed = vernauwd(tabel(), [narrow(regel, dicht=True)])
    for van, aan, feiten in product(
        now.van[:3], now.aan[:3], (waaronder(now), alle_feiten(None), alle_feiten(True))
    ):
        functies = now.functies or EIGENSCHAPPEN[aan].functies[:1] or (None,)
        to = aan if functies[0] is None else f"{aan}/{functies[0]}"
        by = f"{van}/{now.van_functies[0]}" if now.van_functies else str(van)
        for doel in now.doelen:
            flow = a_flow(by, to, doel, *SOORTEN)
            was, wordt = (oordeel(flow, feiten, t.op(ON), ON) for t in (tabel(), closed))
            for a, b in zip(was.cellen, wordt.cellen, strict=True):
                assert as_open(b) <= as_open(a)
                if as_open(a) == as_open(b) == 1:
                    assert (b.uitdrukkelijk, b.opnieuw_vanaf) >= (a.uitdrukkelijk, a.opnieuw_vanaf)
                assert a.nummer_verboden <= b.nummer_verboden


def test_what_was_cut_off_waits_and_the_rest_goes_as_before() -> None:
    """A may that is narrowed does not fall to toestemming for what was cut off."""
    rows = [narrow("V01", soorten=(G.CONTACT,))]
    facts = {"aangemeld": True, "ingeschreven": True, "nodig": True}
    was = open_cells(tabel(), "onderwijs", "samenwerkingsverband", "arrangement", **facts)
    now = open_cells(vernauwd(tabel(), rows), "onderwijs", "samenwerkingsverband", "arrangement", **facts)
    assert was[G.DOELEN].uitkomst is Outcome.PERMIT
    assert now[G.CONTACT] == was[G.CONTACT]
    assert (now[G.DOELEN].uitkomst, now[G.DOELEN].reden) == (Outcome.HOLD, Stroomreden.RULE_ON_HOLD)


def test_a_rule_is_narrowed_by_function_sender_and_doel() -> None:
    """A rule for anybody there becomes one for a function; a version without anything left is closed."""
    rows = [narrow("V57", functies=(Partijfunctie.GEZINSCOACH,), doelen=(Gebruiksdoel.TOELEIDING,))]
    stromen = vernauwd(tabel(), rows)
    kept, whole = [r for r in stromen.regels if r.id == "V57"]
    assert (kept.functies, kept.doelen) == ((Partijfunctie.GEZINSCOACH,), (Gebruiksdoel.TOELEIDING,))
    assert (kept.stand, whole.stand) == (Stand.ACTIEF, Stand.AANGEHOUDEN)
    none = vernauwd(tabel(), [narrow("V57", van=(P.JEUGDHULP,))])
    assert [r.stand for r in none.regels if r.id == "V57"] == [Stand.AANGEHOUDEN]


def test_what_is_not_active_stays_as_it_is() -> None:
    """A rule that waits or is off is not opened by a row about it."""
    held = next(r for r in tabel().regels if r.stand is not Stand.ACTIEF)
    stromen = vernauwd(tabel(), [narrow(held.id, soorten=held.soorten[:1])])
    assert stromen.regels == tabel().regels


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([narrow("V99", dicht=True)], [("regio.regel", "/stromen/0/regel")]),
        ([narrow("V16", dicht=True)], [("regio.plicht", "/stromen/0/regel")]),
        ([narrow("V04", dicht=True)], [("regio.plicht", "/stromen/0/regel")]),
        ([narrow("V57")], [("regio.vernauwing", "/stromen/0")]),
        ([narrow("V57", dicht=True, aan=(P.TOEGANG,))], [("regio.vernauwing", "/stromen/0")]),
        ([narrow("V57", aan=(P.WMO,))], [("regio.ruimer", "/stromen/0/aan")]),
        ([narrow("V57", functies=(Partijfunctie.HUISARTS,))], [("regio.ruimer", "/stromen/0/functies")]),
        ([narrow("V01", soorten=(G.CONTACT, G.JEUGDHULP))], [("regio.ruimer", "/stromen/0/soorten")]),
        ([narrow("V57", dicht=True)] * 2, [("regio.dubbel", "/stromen/1/regel")]),
        ([narrow("V57", aan=(P.TOEGANG,), soorten=(G.CONTACT,))], []),
    ],
)
def test_what_would_widen_or_says_nothing_is_a_fault(
    rows: list[Vernauwing], expected: list[tuple[str, str]]
) -> None:
    """Each with its place."""
    assert [(f.code, f.place) for f in narrowing_faults(tabel(), rows)] == expected


def test_another_rule_for_the_same_is_told() -> None:
    """Until that one is narrowed too, or where the two do not meet."""
    one, two = narrow("V57", soorten=(G.CONTACT,)), narrow("V58t", soorten=(G.CONTACT,))
    assert still_goes(tabel(), [one], one) == ("V58t",)
    assert still_goes(tabel(), [one, two], one) == ()
    closed = narrow("V57", dicht=True)
    assert still_goes(tabel(), [closed], closed) == ("V58t",)
