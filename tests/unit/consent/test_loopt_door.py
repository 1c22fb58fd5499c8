"""Turning 16 where a region lets toestemming run on: what was complete carries, until he speaks himself."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any, Final

import pytest

from consent.beleid import Beleid
from consent.decide import decide
from consent.regio import FgBesluit, Regiobeleid
from consent.rules import Authorities, Cell
from consent.statements import Statements
from consent.te_vragen import says_no
from consent.verdict import by_consent
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome
from schemas.decision.decision import Reden as R
from schemas.people.toestemming import Geboorteprecisie, Richting, Toestemming
from tests.builders import (
    AVG,
    NOW,
    P1,
    P2,
    WAIVER,
    YOUTH,
    a_bezwaar,
    a_gezag,
    a_request,
    a_toestemming,
    a_vervanging,
    a_weigering,
    an_intrekking,
    an_oordeel,
    authorities,
    profielen,
    stromen,
)

BORN: Final = dt.date(2010, 10, 1)
"""16 two weeks before NOW, and 15 when everybody stated what he stated."""
MIDNIGHT: Final = dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC)
MOMENT: Final = dt.timedelta(microseconds=1)
ON: Final = FgBesluit(fg="F. Verzonnen", besloten_op=dt.date(2026, 9, 1))
POLICY: Final = {
    on: Beleid.of(
        profielen(), "", stromen=stromen(), regio=Regiobeleid(toestemming_loopt_door=ON if on else None)
    )
    for on in (True, False)
}
CARRIED: Final = (Outcome.PERMIT, {R.CONSENT_VALID, R.SIGNER_AGED_OUT})


def who(*gezag: Any, **kw: Any) -> Authorities:
    return authorities(*gezag, **({"geboortedatum": BORN} | kw))


def complete(richting: Richting = Richting.S2J) -> list[Toestemming]:
    """All that a youth of 15 and his ouders have to say."""
    functie = AVG if richting is Richting.S2J else WAIVER
    parents = [a_toestemming(p, richting=richting) for p in (P1, P2)]
    return [*parents, a_toestemming(YOUTH, functie=functie, richting=richting)]


def decided(
    said: list[Toestemming],
    authority: Authorities | None = None,
    *asked: G,
    on: bool = True,
    at: dt.datetime = NOW,
    richting: Richting = Richting.S2J,
) -> Decision:
    request = a_request(*asked, richting=richting)
    return decide(request, said, authority or who(), (), None, POLICY[on], at)


def outcome(*args: Any, **kw: Any) -> tuple[Outcome, set[R]]:
    decision = decided(*args, **kw)
    return decision.outcome, set(decision.codes)


@pytest.mark.parametrize("richting", Richting)
def test_what_was_complete_carries_only_where_it_may(richting: Richting) -> None:
    """To the last instant at 15 alike; from midnight on it ends, or runs on and says that he decides now."""
    said = complete(richting)
    for on in (True, False):
        before = decided(said, on=on, at=MIDNIGHT - MOMENT, richting=richting)
        assert (before.outcome, before.codes) == (Outcome.PERMIT, (R.CONSENT_VALID,))
        assert outcome(said, on=on, at=MIDNIGHT, richting=richting)[0] is (
            Outcome.PERMIT if on else Outcome.HOLD
        )
    after = decided(said, richting=richting)
    assert (after.outcome, set(after.codes)) == CARRIED
    assert set(after.consent_event_ids) == {c.id for c in said}


@pytest.mark.parametrize("said", list(product(("none", "given", "refused"), repeat=3)))
def test_nothing_less_than_complete_carries(said: tuple[str, ...]) -> None:
    """Of all that three people may have said at 15, one combination runs on; off, none does."""
    made = {"given": a_toestemming, "refused": a_weigering}
    consents = [made[s](p) for p, s in zip((P1, P2, YOUTH), said, strict=True) if s in made]
    carried = outcome(consents)[0] is Outcome.PERMIT
    assert carried == (said == ("given", "given", "given"))
    assert outcome(consents, on=False)[0] is not Outcome.PERMIT


def test_it_ends_when_he_speaks_himself() -> None:
    """His yes is the ground, his no blocks, and a yes of his that lapsed leaves nothing to run on."""
    later = {"moment": NOW - dt.timedelta(hours=1), "vastgelegd_op": NOW}
    yes = a_toestemming(YOUTH, **later)
    assert set(decided([*complete(), yes]).codes) == {R.CONSENT_VALID}
    assert outcome([*complete(), a_weigering(YOUTH, **later)])[0] is Outcome.DENY
    lapsed = a_toestemming(YOUTH, **later, geldig_tot_en_met=dt.date(2026, 10, 14))
    assert outcome([*complete(), lapsed])[0] is Outcome.HOLD
    elsewhere = a_toestemming(YOUTH, **later, richting=Richting.J2S)
    assert outcome([*complete(), elsewhere]) == CARRIED
    assert outcome(complete(), who(bezwaren=(a_bezwaar(YOUTH, moment=NOW),)))[0] is Outcome.DENY


def test_it_ends_when_an_ouder_takes_it_back() -> None:
    """Withdrawn or objected to after his birthday: the youth is asked. Off, an ouder has no say any more."""
    said = complete()
    withdrawn = [*said, an_intrekking(said[0], moment=NOW)]
    assert outcome(withdrawn)[0] is Outcome.HOLD
    assert outcome(said, who(bezwaren=(a_bezwaar(P1, moment=NOW),)))[0] is Outcome.HOLD
    request = a_request()
    cell = Cell(request.richting, request.doel, G.DOELEN, request.ontvanger)
    for on in (True, False):
        assert says_no(cell, Statements(withdrawn), who(), POLICY[on], NOW) is on
        assert not says_no(cell, Statements(said), who(), POLICY[on], NOW)


def test_it_ends_when_it_would_have_ended_anyhow() -> None:
    """31 July, for the ouders and for what he said himself at 15."""
    last = dt.datetime(2027, 7, 31, 12, tzinfo=dt.UTC)
    gezag = a_gezag(gecontroleerd_op=dt.date(2026, 9, 30))
    assert outcome(complete(), who(gezag), at=last) == CARRIED
    assert outcome(complete(), who(gezag), at=last + dt.timedelta(days=1))[0] is Outcome.HOLD
    short = [*complete()[:2], a_toestemming(YOUTH, geldig_tot_en_met=dt.date(2026, 10, 14))]
    assert outcome(short)[0] is Outcome.HOLD


def test_what_came_on_record_after_his_birthday_does_not_run_on() -> None:
    """Paper of an ouder dated before it, brought in after it: now only he himself can say so."""
    late = a_toestemming(P2, vastgelegd_op=MIDNIGHT)
    assert outcome([*complete()[::2], late])[0] is Outcome.HOLD
    in_time = a_toestemming(P2, vastgelegd_op=MIDNIGHT - MOMENT)
    assert outcome([*complete()[::2], in_time]) == CARRIED


def test_it_needs_certainty() -> None:
    """His own words, an age or gezag that is not certain, and a leerling who cannot decide: never."""
    own = [a_request(c) for c in (G.LEERLINGSTEM, G.DOELEN)]
    said = Statements(complete())
    found = [by_consent(r, r.gevraagd[0], said, who(), POLICY[True], NOW).outcome for r in own]
    assert found == [Outcome.HOLD, Outcome.PERMIT]
    assert outcome(complete(), who(precisie=Geboorteprecisie.MAAND))[0] is Outcome.HOLD
    unchecked = a_gezag(gecontroleerd_op=dt.date(2026, 10, 2))
    assert outcome(complete(), who(unchecked))[0] is Outcome.HOLD
    incapable = who(bekwaamheid=(an_oordeel(wilsbekwaam=False),))
    assert outcome(complete(), incapable)[0] is Outcome.HOLD


def test_a_court_order_runs_on_while_it_is_in_force() -> None:
    """It stood in for one ouder at 15; when it ends, so does what rested on it."""
    said = complete()[::2]
    for last, carries in ((dt.date(2026, 10, 15), True), (dt.date(2026, 10, 14), False)):
        order = a_vervanging(P2, geldig_vanaf=dt.date(2026, 9, 1), geldig_tot_en_met=last)
        found = outcome(said, who(a_gezag(vervangende_toestemmingen=(order,))))
        assert (found[0] is Outcome.PERMIT) is carries
