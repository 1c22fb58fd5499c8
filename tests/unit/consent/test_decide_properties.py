"""What holds of a decision for any facts at all, well-formed or absurd."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from consent.beleid import Beleid
from consent.decide import Afweging, Request, decide
from consent.rules import Authorities
from schemas.base import NOOIT
from schemas.decision import Decision, Outcome, Reden
from schemas.toestemming import Bezwaar, Gebeurtenis, Toestemming
from tests import strategies
from tests.builders import NOW, an_id, an_intrekking

T = TypeVar("T")
RANK = {Outcome.PERMIT, Outcome.PERMIT_REDUCED}
instants = st.sampled_from([NOW, NOW + dt.timedelta(days=100), dt.datetime(2031, 2, 28, 23, tzinfo=dt.UTC)])
situations = st.tuples(
    strategies.requests, strategies.consents, strategies.who, strategies.policies, instants
)
Situation = tuple[Request, list[Toestemming], Authorities, Beleid, dt.datetime]


def decided(situation: Situation, grounds: tuple[Reden, ...] = (), glass: Afweging | None = None) -> Decision:
    request, consents, who, policy, as_of = situation
    return decide(request, consents, who, grounds, glass, policy, as_of)


@given(situations, st.lists(st.sampled_from(Reden), max_size=2), st.none() | st.just(Afweging(an_id("a"))))
def test_total_and_accounted_for(situation: Situation, grounds: list[Reden], glass: Afweging | None) -> None:
    """Every input gives an outcome; every field goes or stays with one reason; no non-permit lacks one."""
    request, _, _, policy, _ = situation
    decision = decided(situation, tuple(grounds), glass)
    assert decision.outcome is not Outcome.ERROR
    withheld = [p for paths in decision.withheld.values() for p in paths]
    assert len(withheld) == len(set(withheld))
    assert not set(withheld) & set(decision.released)
    assert {*withheld, *decision.released} == {*request.velden, *request.weggelaten}
    assert decision.reasons
    assert len(decision.codes) == len(set(decision.codes))
    profile = policy.profielen.get((request.doel, request.ontvanger.rol, request.richting, request.bericht))
    for path in decision.released:
        assert profile is not None
        assert path in profile.paden
        label = policy.labels(request.bericht)[path]
        assert label in request.gevraagd
        assert label not in NOOIT
        assert Reden.CONSENT_VALID in {r.code for r in decision.per_category[label]}
    permitted = decision.outcome in RANK
    assert bool(decision.released) is permitted
    assert (decision.permit is not None) is permitted
    assert (Reden.CONSENT_VALID in decision.codes) is (decision.outcome is Outcome.PERMIT)
    assert Reden.BG_APPROVED not in decision.codes
    assert set(decision.per_category) == set(request.gevraagd)


@given(situations)
def test_grounds_and_break_glass_never_permit(situation: Situation) -> None:
    """What is not built yet changes no outcome: a non-permit tells that it did not help."""
    plain = decided(situation)
    asserted = decided(situation, (Reden.GROUND_OTS_GI,), Afweging(an_id("afweging")))
    assert asserted.outcome is plain.outcome
    assert asserted.released == plain.released
    assert set(asserted.codes) - set(plain.codes) <= {Reden.GROUND_NOT_APPLICABLE, Reden.BG_INCOMPLETE}


def _not_wider(before: Decision, after: Decision) -> None:
    assert set(after.released) <= set(before.released)
    if before.outcome not in RANK:
        assert after.outcome not in RANK


@given(situations, st.data())
def test_withdrawal_never_widens(situation: Situation, data: st.DataObject) -> None:
    """After a withdrawal of any statement nothing goes that did not go before."""
    request, consents, who, policy, as_of = situation
    given_ = [c for c in consents if c.gebeurtenis is Gebeurtenis.GEGEVEN]
    if not given_:
        return
    withdrawn = an_intrekking(data.draw(st.sampled_from(given_)), moment=as_of)
    _not_wider(decided(situation), decided((request, [*consents, withdrawn], who, policy, as_of)))


@given(situations, strategies.toestemmingen, strategies.bezwaren)
def test_a_no_never_widens(situation: Situation, said: Toestemming, objection: Bezwaar) -> None:
    """A refusal or an objection of anybody about anything lets nothing go that did not go before."""
    request, consents, who, policy, as_of = situation
    refusal = said.model_copy(update={"gebeurtenis": Gebeurtenis.GEWEIGERD})
    before = decided(situation)
    _not_wider(before, decided((request, [*consents, refusal], who, policy, as_of)))
    heard = dataclasses.replace(who, bezwaren=(*who.bezwaren, objection))
    _not_wider(before, decided((request, consents, heard, policy, as_of)))


@given(situations, st.integers(0, 2**32).map(Random))
def test_order_does_not_matter(situation: Situation, random: Random) -> None:
    """In whatever order statements, objections, judgements and vetoes are handed in: the same bytes."""
    request, consents, who, policy, as_of = situation

    def mixed(facts: Sequence[T]) -> tuple[T, ...]:
        return tuple(random.sample(facts, len(facts)))

    others = dataclasses.replace(
        who, bekwaamheid=mixed(who.bekwaamheid), bezwaren=mixed(who.bezwaren), vetos=mixed(who.vetos)
    )
    again = decided((request, list(mixed(consents)), others, policy, as_of))
    assert again.model_dump_json() == decided(situation).model_dump_json()


@given(situations)
def test_at_one_instant_the_no_wins(situation: Situation) -> None:
    """When everybody takes back all he said at the very instant he said it, nothing goes.

    A court order is not taken back by anybody, so there is none here.
    """
    request, consents, who, policy, as_of = situation
    both = [*consents, *(an_intrekking(c, moment=c.moment) for c in consents)]
    bare = dataclasses.replace(
        who, gezag=tuple(g.model_copy(update={"vervangende_toestemmingen": ()}) for g in who.gezag)
    )
    decision = decided((request, both, bare, policy, as_of))
    assert not decision.released
