"""The edges of days: an order of one day, two orders at once, a birthday in the night the clocks change."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Final

import pytest

from consent.decide import decide
from consent.leeftijd import AMSTERDAM
from consent.plek import Plek
from schemas.decision.decision import Decision, Ground, Outcome, Reden
from schemas.people.gronden import Grondsoort
from schemas.people.hoedanigheden import Partijfunctie
from schemas.people.hoedanigheden import Partijhoedanigheid as P
from schemas.people.toestemming import Gebeurtenis, Hoedanigheid, Richting, Toestemming
from tests.builders import (
    AVG,
    P1,
    P2,
    WAIVER,
    X,
    a_bereik,
    a_gezag,
    a_persoon,
    a_request,
    a_toestemming,
    a_vertegenwoordiging,
    a_vervanging,
    authorities,
    beleid,
    safety,
    stromen,
)
from tests.unit.consent.test_gronden import asked

PERMIT, HOLD, DENY = Outcome.PERMIT, Outcome.HOLD, Outcome.DENY
DAY: Final = dt.date(2026, 10, 10)
CURATOR: Final = Hoedanigheid.BIJZONDERE_CURATOR
NO: Final = Gebeurtenis.GEWEIGERD
OF_ONE_DAY: Final = a_gezag(
    a_persoon(P1),
    a_persoon(P2),
    a_persoon(X, hoedanigheid=CURATOR, gezag=False),
    vertegenwoordigingen=(
        a_vertegenwoordiging(X, hoedanigheid=CURATOR, geldig_vanaf=DAY, geldig_tot_en_met=DAY),
    ),
)


def at(text: str) -> dt.datetime:
    """A moment on the clocks of the Netherlands."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(dt.UTC)


def said(wie: str, moment: str, **kw: Any) -> Toestemming:
    when = at(moment)
    return a_toestemming(wie, moment=when, geldig_vanaf=when.astimezone(AMSTERDAM).date(), **kw)


def decided(moment: str, gezag: Any, *words: Toestemming, **kw: Any) -> Decision:
    return decide(a_request(**kw), words, authorities(gezag), (), None, beleid(), at(moment))


@pytest.mark.parametrize(
    ("signed", "now", "outcome"),
    [
        ("2026-10-10T00:00:00", "2026-10-10T00:00:00", PERMIT),
        ("2026-10-10T12:00:00", "2026-10-10T23:59:59", PERMIT),
        ("2026-10-10T12:00:00", "2026-10-11T00:00:00", HOLD),
        ("2026-10-09T23:59:59", "2026-10-10T12:00:00", HOLD),
    ],
)
def test_an_order_of_one_day(signed: str, now: str, outcome: Outcome) -> None:
    """It begins and ends on one day: in force from its first second to its last, when he signs and now."""
    decision = decided(now, OF_ONE_DAY, said(X, signed, hoedanigheid=CURATOR))
    assert decision.outcome is outcome
    ouders = [said(p, "2026-10-10T01:00:00") for p in (P1, P2)]
    assert decided(now, OF_ONE_DAY, *ouders).outcome is (HOLD if now < "2026-10-11" else PERMIT)


def test_a_no_from_before_the_order_is_none() -> None:
    """As a yes: he was not it yet, and is asked anew."""
    no = said(X, "2026-10-09T23:59:59", gebeurtenis=NO, hoedanigheid=CURATOR)
    assert decided("2026-10-10T12:00:00", OF_ONE_DAY, no).outcome is HOLD


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ((), HOLD),
        (((P1, Gebeurtenis.GEGEVEN),), PERMIT),
        (((P1, Gebeurtenis.GEGEVEN), (P2, NO)), PERMIT),
        (((P1, NO), (P2, NO)), DENY),
    ],
)
def test_two_orders_never_replace_both(words: tuple[Any, ...], outcome: Outcome) -> None:
    """With an order for each ouder somebody must have agreed himself."""
    orders = (a_vervanging(P1), a_vervanging(P2, document_ref="beschikking/fictief/9"))
    gezag = a_gezag(vervangende_toestemmingen=orders)
    told = [said(p, "2026-10-01T10:00:00", gebeurtenis=g) for p, g in words]
    assert decided("2026-10-15T12:00:00", gezag, *told).outcome is outcome


@pytest.mark.parametrize(("waiver", "outcome"), [(None, HOLD), (Gebeurtenis.GEGEVEN, PERMIT), (NO, DENY)])
def test_an_order_for_one_functie_leaves_the_other_to_him(waiver: Any, outcome: Outcome) -> None:
    """For whom a court gave the ground, he himself still lifts secrecy or refuses to."""
    back = a_bereik(richting=Richting.J2S)
    gezag = a_gezag(vervangende_toestemmingen=(a_vervanging(P2, functies=(AVG,), bereik=back),))
    there: dict[str, Any] = {"richting": Richting.J2S}
    words = [said(P1, "2026-10-01T10:00:00", functie=f, **there) for f in (AVG, WAIVER)]
    if waiver is not None:
        words.append(said(P2, "2026-10-01T10:00:00", functie=WAIVER, gebeurtenis=waiver, **there))
    assert decided("2026-10-15T12:00:00", gezag, *words, **there).outcome is outcome


READS: Final = {
    Grondsoort.OTS_GI: Plek(P.GECERTIFICEERDE_INSTELLING, Partijfunctie.JEUGDBESCHERMER),
    Grondsoort.LEERPLICHT: Plek(P.LEERPLICHT_RMC, Partijfunctie.LEERPLICHTAMBTENAAR),
    Grondsoort.VEILIG_THUIS: Plek(P.VEILIG_THUIS, Partijfunctie.MELDPUNTMEDEWERKER),
}


@pytest.mark.parametrize("soort", READS)
@pytest.mark.parametrize(
    "born", ["2008-10-25", "2008-10-26", "2009-03-28", "2009-03-29", "2009-01-01", "2008-02-29"]
)
def test_a_ground_about_a_minor_ends_at_midnight_of_his_birthday(born: str, soort: Grondsoort) -> None:
    """In the Netherlands, also in the nights in which the clocks change, and on 1 March for 29 February.

    By the rules of a flow: V38, V16 and V30.
    """
    policy = dataclasses.replace(safety(), stromen=stromen())
    day = dt.date.fromisoformat(born)
    eighteen = dt.date(2026, 3, 1) if day.day == 29 and day.month == 2 else day.replace(year=day.year + 18)
    midnight = dt.datetime.combine(eighteen, dt.time(), AMSTERDAM).astimezone(dt.UTC)
    request, ground = asked(soort)
    request = dataclasses.replace(request, van=Plek(P.ONDERWIJS), aan=READS[soort])
    begun = midnight - dt.timedelta(days=20)
    ground = ground.model_copy(
        update={
            "moment": begun,
            "vastgelegd_op": begun,
            "geldig_vanaf": begun.date(),
            "geldig_tot_en_met": eighteen + dt.timedelta(days=20),
        }
    )
    who = dataclasses.replace(authorities(a_gezag(geboortedatum=day)), geboortedatum=day)
    for now, minor in ((midnight - dt.timedelta(microseconds=1), True), (midnight, False)):
        decision = decide(request, (), who, (ground,), None, policy, now)
        goes = minor or soort is Grondsoort.VEILIG_THUIS
        assert (decision.ground is Ground.STATUTORY) is goes
        assert (Reden.GROUND_NOT_APPLICABLE in decision.codes) is not goes
