"""What holds of a decision for any facts at all, well-formed or absurd."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import given
from hypothesis import strategies as st

from consent.afwegen import OfferedAfweging
from consent.beleid import Beleid
from consent.decide import decide
from consent.gronden import MET
from consent.request import Request
from consent.rules import Authorities
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Decision, Ground, Outcome, Reden, Standpunt
from schemas.people.gronden import Grondverklaring
from schemas.people.toestemming import Bezwaar, Gebeurtenis, Toestemming
from tests import strategies
from tests.builders import NOW, a_tweede_blik, an_id, an_intrekking

T = TypeVar("T")
RANK = {Outcome.PERMIT, Outcome.PERMIT_REDUCED}
instants = st.sampled_from([NOW, NOW + dt.timedelta(days=100), dt.datetime(2031, 2, 28, 23, tzinfo=dt.UTC)])
situations = st.tuples(
    strategies.requests, strategies.consents, strategies.who, strategies.policies, instants
)
Situation = tuple[Request, list[Toestemming], Authorities, Beleid, dt.datetime]


def decided(
    situation: Situation, grounds: Sequence[Grondverklaring] = (), weighing: OfferedAfweging | None = None
) -> Decision:
    request, consents, who, policy, as_of = situation
    return decide(request, consents, who, grounds, weighing, policy, as_of)


@given(situations, strategies.gronden, strategies.noodwegen)
def test_total_and_accounted_for(
    situation: Situation, grounds: tuple[Grondverklaring, ...], weighing: OfferedAfweging | None
) -> None:
    """Every input gives an outcome; every field goes or stays with one reason; no non-permit lacks one."""
    request, _, _, policy, as_of = situation
    decision = decided(situation, grounds, weighing)
    assert decision.outcome is not Outcome.ERROR
    withheld = [p for paths in decision.withheld.values() for p in paths]
    assert len(withheld) == len(set(withheld))
    assert not set(withheld) & set(decision.released)
    assert {*withheld, *decision.released} == {*request.velden, *request.weggelaten}
    assert set(decision.released) <= set(request.velden)
    assert decision.reasons
    assert len(decision.codes) == len(set(decision.codes))
    case = (request.doel, request.ontvanger.rol, request.richting, request.bericht)
    profile = policy.profiel(case, as_of, None, None)
    for path in decision.released:
        assert profile is not None
        assert path in profile.paden
        label = policy.labels(request.bericht)[path]
        assert label in request.gevraagd
        assert label not in NOOIT
        why = {r.code for r in decision.per_category[label]}
        assert why & {Reden.CONSENT_VALID, Reden.BG_APPROVED, *MET.values()}
        if Reden.CONSENT_VALID not in why:
            assert label is not Gegevenscategorie.LEERLINGSTEM
        if decision.ground is Ground.BREAK_GLASS and Reden.BG_APPROVED in why:
            assert weighing is not None
            assert path in {v.pad for v in weighing.afweging.velden}
    permitted = decision.outcome in RANK
    assert bool(decision.released) is permitted
    assert (decision.permit is not None) is permitted
    assert (decision.ground is not Ground.NONE) is permitted
    if decision.ground in {Ground.CONSENT, Ground.NONE}:
        assert (Reden.CONSENT_VALID in decision.codes) is (decision.outcome is Outcome.PERMIT)
    if not permitted:
        assert not {Reden.CONSENT_VALID, Reden.BG_APPROVED, *MET.values()} & set(decision.codes)
    assert set(decision.per_category) == set(request.gevraagd)


@given(situations, strategies.gronden, strategies.noodwegen)
def test_nothing_without_a_ground(
    situation: Situation, grounds: tuple[Grondverklaring, ...], weighing: OfferedAfweging | None
) -> None:
    """What goes beyond toestemming rests on an asserted ground or a weighing that the decision names."""
    plain, decision = decided(situation), decided(situation, grounds, weighing)
    if decision.ground in {Ground.STATUTORY, Ground.BREAK_GLASS}:
        offered = {g.id for g in grounds} | ({weighing.afweging.id} if weighing else set())
        assert decision.ground_ids
        assert set(decision.ground_ids) <= offered
    else:
        assert decision.released == plain.released
        assert decision.ground_ids == ()
    denied = {Standpunt.GEWEIGERD, Standpunt.INGETROKKEN}
    refusals = {s.persoon for s in plain.signers if s.standpunt in denied}
    assert refusals == {s.persoon for s in decision.signers if s.standpunt in denied}


@given(situations, strategies.noodwegen, st.sampled_from(["none", "grounds", "weighing"]))
def test_the_other_roads_do_not_widen_with_a_no(
    situation: Situation, weighing: OfferedAfweging | None, of: str
) -> None:
    """A second person who says no, and an undone review, end that weighing and open no other."""
    if weighing is None:
        return
    before = decided(situation, (), weighing)
    says_no = a_tweede_blik(weighing.afweging, akkoord=False)
    more: dict[str, tuple[Any, ...]] = {
        "none": (),
        "grounds": (a_tweede_blik(weighing.afweging, id=an_id("ja"), akkoord=True), says_no),
        "weighing": (says_no,),
    }
    refused = dataclasses.replace(weighing, tweede_blikken=(*weighing.tweede_blikken, *more[of]))
    _not_wider(before, decided(situation, (), refused))
    if of != "none":
        assert decided(situation, (), refused).ground is not Ground.BREAK_GLASS


def _not_wider(before: Decision, after: Decision) -> None:
    assert set(after.released) <= set(before.released)
    if before.outcome not in RANK:
        assert after.outcome not in RANK


@given(situations, strategies.gronden, strategies.noodwegen, st.data())
def test_withdrawal_never_widens(
    situation: Situation,
    grounds: tuple[Grondverklaring, ...],
    weighing: OfferedAfweging | None,
    data: st.DataObject,
) -> None:
    """After a withdrawal of any statement nothing goes that did not go before, on whatever ground."""
    request, consents, who, policy, as_of = situation
    given_ = [c for c in consents if c.gebeurtenis is Gebeurtenis.GEGEVEN]
    if not given_:
        return
    withdrawn = an_intrekking(data.draw(st.sampled_from(given_)), moment=as_of)
    after = decided((request, [*consents, withdrawn], who, policy, as_of), grounds, weighing)
    before = decided(situation, grounds, weighing)
    if before.ground is Ground.CONSENT and after.ground is Ground.BREAK_GLASS:
        return  # a weighing is looked at for what toestemming does not let go, so it may carry now
    _not_wider(before, after)


@given(situations, strategies.gronden, strategies.noodwegen, st.data())
def test_withdrawing_what_it_rests_on_closes(
    situation: Situation,
    grounds: tuple[Grondverklaring, ...],
    weighing: OfferedAfweging | None,
    data: st.DataObject,
) -> None:
    """Of a statement that a permit names: no category it is about goes on toestemming once it is withdrawn.

    Without another ground nothing of those categories goes at all; that it was withdrawn is told.
    """
    request, consents, who, policy, as_of = situation
    before = decided(situation, grounds, weighing)
    named = [c for c in consents if c.id in before.consent_event_ids]
    if not named:
        return
    gone = data.draw(st.sampled_from(named))
    withdrawn = an_intrekking(gone, moment=as_of)
    after = decided((request, [*consents, withdrawn], who, policy, as_of), grounds, weighing)
    labels = policy.labels(request.bericht)
    went = {labels[p] for p in before.released} & set(gone.bereik.categorieen)
    for categorie in went:
        why = {r.code for r in after.per_category[categorie]}
        assert Reden.CONSENT_VALID not in why
        goes = {p for p in after.released if labels[p] is categorie}
        assert not goes or why & {Reden.BG_APPROVED, *MET.values()}
    if went and not after.released:
        assert {Reden.CONSENT_WITHDRAWN, Reden.WITHDRAWN_IN_FLIGHT} & set(after.codes)


@given(situations, strategies.toestemmingen, strategies.bezwaren, strategies.gronden, strategies.noodwegen)
def test_a_no_never_widens(
    situation: Situation,
    said: Toestemming,
    objection: Bezwaar,
    grounds: tuple[Grondverklaring, ...],
    weighing: OfferedAfweging | None,
) -> None:
    """A refusal or an objection of anybody about anything lets nothing go that did not go before.

    With a weighing at hand too, no no makes a permit of what was none.
    """
    request, consents, who, policy, as_of = situation
    refusal = said.model_copy(update={"gebeurtenis": Gebeurtenis.GEWEIGERD})
    heard = dataclasses.replace(who, bezwaren=(*who.bezwaren, objection))
    refused: Situation = (request, [*consents, refusal], who, policy, as_of)
    objected: Situation = (request, consents, heard, policy, as_of)
    for after in (refused, objected):
        _not_wider(decided(situation, grounds), decided(after, grounds))
        if decided(situation, grounds, weighing).outcome not in RANK:
            assert decided(after, grounds, weighing).outcome not in RANK


@given(situations, strategies.gronden, strategies.noodwegen, st.integers(0, 2**32).map(Random))
def test_order_does_not_matter(
    situation: Situation,
    grounds: tuple[Grondverklaring, ...],
    weighing: OfferedAfweging | None,
    random: Random,
) -> None:
    """In whatever order statements, objections, judgements, vetoes and grounds come in: the same bytes."""
    request, consents, who, policy, as_of = situation

    def mixed(facts: Sequence[T]) -> tuple[T, ...]:
        return tuple(random.sample(facts, len(facts)))

    others = dataclasses.replace(
        who, bekwaamheid=mixed(who.bekwaamheid), bezwaren=mixed(who.bezwaren), vetos=mixed(who.vetos)
    )
    if weighing is not None:
        weighing = dataclasses.replace(weighing, tweede_blikken=mixed(weighing.tweede_blikken))
    again = decided((request, list(mixed(consents)), others, policy, as_of), mixed(grounds), weighing)
    assert again.model_dump_json() == decided(situation, grounds, weighing).model_dump_json()


@given(situations, strategies.gronden, strategies.noodwegen)
def test_at_one_instant_the_no_wins(
    situation: Situation, grounds: tuple[Grondverklaring, ...], weighing: OfferedAfweging | None
) -> None:
    """When everybody takes back all he said at the very instant he said it, nothing goes on toestemming.

    A court order is not taken back by anybody, so there is none here.
    """
    request, consents, who, policy, as_of = situation
    both = [*consents, *(an_intrekking(c, moment=c.moment) for c in consents)]
    bare = dataclasses.replace(
        who, gezag=tuple(g.model_copy(update={"vervangende_toestemmingen": ()}) for g in who.gezag)
    )
    taken_back: Situation = (request, both, bare, policy, as_of)
    assert not decided(taken_back).released
    decision = decided(taken_back, grounds, weighing)
    assert decision.ground is not Ground.CONSENT
    assert not decision.consent_event_ids
