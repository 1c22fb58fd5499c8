"""`decide`: may this go to this recipient, and which part of it. Pure, total, deny by default.

The order is that of `consent.md` §5.1. Every non-permit carries a reason; every withheld field exactly one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from consent import afwegen, gezag, gronden, rules
from consent.afwegen import OfferedAfweging
from consent.bekend import van_stroom
from consent.beleid import Beleid, Proportionaliteitsprofiel
from consent.gelijk import Gezegd
from consent.leeftijd import day
from consent.naar_regels import (
    WACHT,
    Gemaakt,
    Zegt,
    by_rules,
    cellen,
    closed_by_rule,
    rules_of,
    with_number,
)
from consent.request import Request
from consent.rules import Authorities, Stand, State
from consent.statements import Statements
from consent.te_vragen import to_ask
from consent.velden import NEVER, fields
from consent.verdict import Verdict, cell_of
from consent.vooraf import recipient_problem
from consent.wettelijk import Verdicts, by_law, instead, on_grounds, only_by_law, vetoed
from consent.zelf import person_problem, while_unchecked
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Decision, Ground, Ondertekenaar, Outcome, Reden, Redengrond, Standpunt
from schemas.people.gronden import Grondverklaring
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.toestemming import Hoedanigheid, Toestemming

Labels = Mapping[str, Gegevenscategorie]

_PART_OF_ALL = frozenset({Reden.FREE_TEXT_UNREVIEWED, Reden.CONSENT_NOT_EXPLICIT})
"""Reasons for which a field stays home although it belongs to everything that was asked."""
LETS_GO = frozenset(
    {
        Reden.CONSENT_VALID,
        Reden.BG_APPROVED,
        Reden.RULE_DUTY,
        Reden.RULE_MAY,
        Reden.SUBJECT_NOT_A_PERSON,
        *gronden.MET.values(),
    }
)
"""Reasons that say why something goes. They are never given for something that does not go."""
_STRIPPED = frozenset({Gegevenscategorie.DERDEN, Gegevenscategorie.NUMMER})
"""Categories that are taken out of every message. That is told, also when nobody asked for them."""
VAN_EEN_MENS = frozenset(
    {Gegevenscategorie.GEZONDHEID, Gegevenscategorie.GEZIN_VEILIGHEID, Gegevenscategorie.LEERLINGSTEM}
)
"""What can only be of somebody: nothing of it goes about a group, a school or nobody, whatever a profile
says. The name of a class tells a diagnosis of everybody in it."""


def decide(
    request: Request,
    consents: Sequence[Toestemming] | Statements,
    authorities: Authorities,
    grounds: Sequence[Grondverklaring],
    weighing: OfferedAfweging | None,
    policy: Beleid,
    as_of: dt.datetime,
    omstandigheden: Sequence[Omstandigheid] = (),
) -> Decision:
    """The decision for one recipient at `as_of` (aware). Same input, same decision, byte for byte.

    Nothing goes that no rule of the flow names, and nothing without one of three: toestemming of everybody
    who is asked, a duty or power of the law whose conditions are on record, or a complete weighing of two
    people for exactly this. What people said stays in `signers` and `per_category` whichever it was. Never
    raises for any well-typed input.
    """
    # 1. recipient identity and role
    problem = _recipient_problem(request, policy, as_of)
    if problem is not None:
        return _refused(request, policy, as_of, problem, request.afzender)
    # 2. protected party; a veto where nothing of the school's own goes by law
    keeper = authorities.side(request.afzender)
    protected = gezag.protected_from(authorities.gezag)
    if keeper is not None:
        protected = gezag.protected_from(keeper.gezag) | protected
    if request.ontvanger.partij in protected:
        return _refused(request, policy, as_of, Reden.PROTECTED_PARTY, protected[request.ontvanger.partij])
    # 3. what the rules of this flow say, per category: who may give this to whom, and on what; with 4. what
    # people said, looked at first, for a refusal stays visible where a ground of the law overrides it
    profile = _profile(request, policy, as_of)
    gezegd = Gezegd(Statements.of(consents), authorities, policy, as_of)
    there = policy.opens(profile, request.bericht)

    def zegt(asked: Request, categorie: Gegevenscategorie) -> Verdict:
        return _category(asked, categorie, gezegd, there, profile)

    made = (
        _by_direction(request, zegt, authorities, grounds, profile, policy, as_of)
        if policy.stromen is None
        else by_rules(request, zegt, authorities, grounds, omstandigheden, profile, policy, as_of)
    )
    if made.whole:
        return _refused(request, policy, as_of, Reden.PROFESSIONAL_VETO, *made.vetoed)
    # 5. weighing, for what neither 3 nor 4 lets go
    verdicts, unweighed = _after_weighing(
        made.verdicts, None if made.vetoed else weighing, request, profile, policy, as_of, made.dicht
    )
    extra = [Redengrond(r, (request.afzender,)) for r in (*made.unmet, *unweighed)]
    verdicts = while_unchecked(verdicts, request, authorities, policy, as_of)
    # 6. minimise
    paden = profile.paden if profile else frozenset()
    released, withheld = fields(request, paden, verdicts, policy)
    # 7. what is left
    roles = authorities.roles if keeper is None else keeper.roles | authorities.roles
    return _conclude(request, profile, verdicts, released, withheld, extra, roles, policy, as_of, made.regels)


def _by_direction(
    request: Request,
    zegt: Zegt,
    authorities: Authorities,
    grounds: Sequence[Grondverklaring],
    profile: Proportionaliteitsprofiel | None,
    policy: Beleid,
    as_of: dt.datetime,
) -> Gemaakt:
    """As it was decided before there were rules of a flow: to take a decision of then again, and nothing
    else.
    """
    forbidden = vetoed(request, authorities, as_of)
    by_own_duty = (
        by_law(request, grounds, authorities, policy.law(as_of), as_of) if forbidden else frozenset()
    )
    if forbidden and not by_own_duty:
        no = Verdict(Outcome.DENY, (Redengrond(Reden.PROFESSIONAL_VETO, tuple(sorted(forbidden))),))
        return Gemaakt(dict.fromkeys(request.gevraagd, no), vetoed=forbidden, whole=True)
    verdicts: Verdicts = {c: zegt(request, c) for c in dict.fromkeys(request.gevraagd)}
    verdicts, unmet = on_grounds(verdicts, grounds, request, profile, policy, authorities.births, as_of)
    if forbidden:
        verdicts = only_by_law(verdicts, by_own_duty, forbidden)
    return Gemaakt(verdicts, unmet, vetoed=forbidden)


def decide_zonder_persoon(request: Request, policy: Beleid, as_of: dt.datetime) -> Decision:
    """The decision about what has no person in it: a message about a group, a school or nobody.

    There is nobody whose toestemming could be asked and nobody whom a ground of the law would pass by, so the
    profile decides alone: what a role needs of it goes, and all else stays home. It never waits for anybody.
    """
    problem = _recipient_problem(request, policy, as_of)
    if problem is not None:
        return _refused(request, policy, as_of, problem, request.afzender)
    profile = _profile(request, policy, as_of)
    paden = profile.paden if profile else frozenset()
    there = {policy.labels(request.bericht).get(v) for v in paden} - NOOIT - VAN_EEN_MENS
    goes = Redengrond(Reden.SUBJECT_NOT_A_PERSON, (request.afzender,))
    verdicts = {
        c: Verdict(Outcome.PERMIT, (goes,), ground=Ground.NONE)
        if c in there
        else Verdict(
            Outcome.DENY, (Redengrond(NEVER.get(c, Reden.FIELD_NOT_IN_PROFILE), (request.afzender,)),)
        )
        for c in dict.fromkeys(request.gevraagd)
    }
    released, withheld = fields(request, paden, verdicts, policy)
    by_none: dict[Gegevenscategorie, tuple[str, ...]] | None = None if policy.stromen is None else {}
    return _conclude(request, profile, verdicts, released, withheld, (), {}, policy, as_of, by_none)


def decide_as_if_agreed(
    request: Request,
    authorities: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
    grounds: Sequence[Grondverklaring] = (),
    omstandigheden: Sequence[Omstandigheid] = (),
) -> Decision:
    """What would go if everybody who is asked agreed. For a preview only, never for a release.

    Recipient, profile, the rules of the flow and the source's restrictions count as in `decide`; consent and
    vetoes do not.
    """
    problem = _recipient_problem(request, policy, as_of)
    if problem is not None:
        return _refused(request, policy, as_of, problem, request.afzender)
    profile = _profile(request, policy, as_of)
    paden = profile.paden if profile else frozenset()
    there = {policy.labels(request.bericht).get(v) for v in paden} - NOOIT
    verdicts = {
        c: Verdict(Outcome.PERMIT, (Redengrond(Reden.CONSENT_VALID, (request.eigenaar,)),), explicit=True)
        if c in there
        else Verdict(Outcome.DENY, (Redengrond(NEVER.get(c, Reden.FIELD_NOT_IN_PROFILE), ()),))
        for c in dict.fromkeys(request.gevraagd)
    }
    regels = None
    if policy.stromen is not None:
        known = van_stroom(request, authorities, grounds, omstandigheden, policy.law(as_of), as_of)
        cells = cellen(request, known, policy, as_of)
        regels = rules_of(cells)
        closed = {cel.soort: no for cel in cells if (no := closed_by_rule(cel, request.afzender)) is not None}
        verdicts |= closed
        regels |= with_number(request, cells, verdicts, policy, known, as_of)
    released, withheld = fields(request, paden, verdicts, policy)
    roles = authorities.roles
    return _conclude(request, profile, verdicts, released, withheld, (), roles, policy, as_of, regels)


def proposal(
    request: Request,
    consents: Sequence[Toestemming] | Statements,
    authorities: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
    decision: Decision,
    agreed: Decision,
) -> dict[Gegevenscategorie, dict[str, rules.Functies]]:
    """Per category that does not go yet and that a yes would open: who must still say it, and for what.

    Nothing for a category of which nothing would go: nobody is asked to agree to nothing. `decision` and
    `agreed` are what `decide` and `decide_as_if_agreed` made of the same. For a preview only.
    """
    said, labels = Statements.of(consents), policy.labels(request.bericht)
    would_go = {labels[pad] for pad in agreed.released}
    found = {
        categorie: to_ask(
            cell_of(request, categorie, policy),
            said,
            authorities,
            policy,
            as_of,
        )
        for categorie in agreed.per_category
        if categorie in would_go - NOOIT and not _lets_go(decision, categorie)
    }
    return {categorie: people for categorie, people in found.items() if people}


def _lets_go(decision: Decision, categorie: Gegevenscategorie) -> bool:
    return any(r.code in LETS_GO for r in decision.per_category.get(categorie, ()))


def refuse_repeat(decision: Decision) -> Decision:
    """The DENY for a repeat that is still permitted, but would not give the bytes of the first time any
    more.
    """
    return _refuse(decision, Reden.WITHDRAWN_IN_FLIGHT)


def refuse_number(decision: Decision) -> Decision:
    """The DENY for a message with a BSN in a text, which was accepted by a release that did not look for
    one.
    """
    return _refuse(decision, Reden.BSN_NOT_ALLOWED)


def _refuse(decision: Decision, reden: Reden) -> Decision:
    partijen = tuple(sorted({p for r in decision.reasons for p in r.partijen}))
    return decision.model_copy(
        update={
            "outcome": Outcome.DENY,
            "ground": Ground.NONE,
            "reasons": _merged(
                [
                    *(r for r in decision.reasons if r.code not in LETS_GO),
                    Redengrond(reden, partijen),
                ]
            ),
            "released": (),
            "withheld": _all_home(decision.released, decision.withheld),
            "consent_event_ids": (),
            "ground_ids": (),
        }
    )


def _recipient_problem(request: Request, policy: Beleid, as_of: dt.datetime) -> Reden | None:
    """The recipient must be known in that role. Where there are convenanten, one of them must name this
    exchange.
    """
    if request.ontvanger.persoon_id is not None:
        return person_problem(request)
    return recipient_problem(request.ontvanger, request.partij) or policy.afspraken.problem(
        request.afzender, request.ontvanger.partij, request.doel, request.bericht, day(as_of)
    )


def _profile(request: Request, policy: Beleid, as_of: dt.datetime) -> Proportionaliteitsprofiel | None:
    van, aan = (None if p is None else p.als for p in (request.van, request.aan))
    case = (request.doel, request.ontvanger.rol, request.richting, request.bericht)
    return policy.profiel(case, as_of, van, aan)


def _category(
    request: Request,
    categorie: Gegevenscategorie,
    gezegd: Gezegd,
    there: AbstractSet[Gegevenscategorie],
    profile: Proportionaliteitsprofiel | None,
) -> Verdict:
    """What toestemming comes to for one category. `there`: of which the profile lets anything go."""
    if categorie in NOOIT:
        return Verdict(Outcome.DENY, (Redengrond(NEVER[categorie], (request.afzender,)),))
    verdict = gezegd(request, categorie)
    refused = any(s.state is State.DENIED for _, s in verdict.stands)
    if verdict.outcome is Outcome.DENY and (refused or profile is None):
        return verdict
    if categorie not in there:
        # No signature repairs that, so it is told now and not after somebody collected signatures.
        reason = Redengrond(Reden.FIELD_NOT_IN_PROFILE, (request.afzender,))
        return Verdict(Outcome.DENY, (reason,))
    return verdict


def _after_weighing(
    verdicts: Verdicts,
    weighing: OfferedAfweging | None,
    request: Request,
    profile: Proportionaliteitsprofiel | None,
    policy: Beleid,
    as_of: dt.datetime,
    dicht: AbstractSet[Gegevenscategorie],
) -> tuple[Verdicts, tuple[Reden, ...]]:
    """The verdicts with what a complete weighing lets go, or the reasons why it does not carry."""
    closed = {c for c, v in verdicts.items() if v.outcome is not Outcome.PERMIT} - NOOIT - dicht
    if weighing is None or not closed:
        return verdicts, ()
    labels = policy.labels(request.bericht)
    allowed = profile.paden if profile else frozenset()
    paden = {p for p in request.velden if p in allowed and labels.get(p) in closed}
    scope = afwegen.Scope(paden, allowed, labels)
    found = afwegen.problems(weighing, request, scope, policy.grenzen, as_of)
    if found:
        return verdicts, found
    weighed = {
        c: instead(v, Ground.BREAK_GLASS, Reden.BG_APPROVED, request.afzender, weighing.afweging.id)
        for c, v in verdicts.items()
        if c in {labels[p] for p in paden}
    }
    return {**verdicts, **weighed}, ()


def _conclude(
    request: Request,
    profile: Proportionaliteitsprofiel | None,
    verdicts: Mapping[Gegevenscategorie, Verdict],
    released: tuple[str, ...],
    withheld: dict[Reden, tuple[str, ...]],
    extra: Sequence[Redengrond],
    roles: Mapping[str, Hoedanigheid],
    policy: Beleid,
    as_of: dt.datetime,
    regels: Mapping[Gegevenscategorie, tuple[str, ...]] | None,
) -> Decision:
    outcomes = {v.outcome for v in verdicts.values()}
    # Reasons per field are given for what was agreed to and what never goes. For the rest the verdict gives
    # them.
    labels = policy.labels(request.bericht)
    permitted = {c for c, v in verdicts.items() if v.outcome is Outcome.PERMIT}
    short = _reasons_in(withheld, permitted, labels)
    # A key of the source is not enough to call a delivery reduced. A number or another person is.
    stripped = _reasons_in(withheld, _STRIPPED, labels) if permitted else []
    less = bool(short) or outcomes != {Outcome.PERMIT}
    if not released:
        # Waiting only makes sense for what a signature can still let go, or a rule.
        waits = Outcome.HOLD in outcomes and (
            Reden.FIELD_NOT_CONSENTED in withheld or _waits_for_rule(verdicts)
        )
        outcome = Outcome.HOLD if waits else Outcome.DENY
    elif request.alles_of_niets and (outcomes != {Outcome.PERMIT} or not _PART_OF_ALL.isdisjoint(short)):
        # All of what this recipient may ever get: a field outside the profile is nothing to wait for.
        signs = outcomes == {Outcome.PERMIT} and Reden.FREE_TEXT_UNREVIEWED not in short
        outcome = Outcome.HOLD if signs or outcomes == {Outcome.PERMIT, Outcome.HOLD} else Outcome.DENY
    else:
        outcome = Outcome.PERMIT_REDUCED if less or stripped else Outcome.PERMIT
    lost = outcome is Outcome.DENY and not released and Outcome.HOLD in outcomes
    reasons = [r for v in verdicts.values() if not lost or v.outcome is Outcome.DENY for r in v.reasons]
    if lost:
        # No signature brings back what the source or the profile keeps home. So that is told, and no
        # signature is asked for.
        short = _reasons_in(withheld, frozenset(verdicts), labels)
    if outcome is not Outcome.PERMIT:
        reasons = [r for r in reasons if r.code is not Reden.CONSENT_VALID]
        reasons += [Redengrond(r, (request.afzender,)) for r in (*short, *stripped)]
    if outcome is Outcome.DENY and not released and (permitted or outcomes != {Outcome.DENY}):
        reasons.append(Redengrond(Reden.NOTHING_LEFT, (request.afzender,)))
    if outcome not in (Outcome.PERMIT, Outcome.PERMIT_REDUCED):
        reasons = [r for r in reasons if r.code not in LETS_GO]
        reasons += extra
        released, withheld = (), _all_home(released, withheld)
    if outcome is Outcome.DENY and request.eerder_toegestaan:
        reasons = [
            Redengrond(Reden.WITHDRAWN_IN_FLIGHT, r.partijen) if r.code is Reden.CONSENT_WITHDRAWN else r
            for r in reasons
        ]
    used = [u for v in verdicts.values() for u in v.used]
    goes = outcome in (Outcome.PERMIT, Outcome.PERMIT_REDUCED)
    return Decision(
        decision_id=request.decision_id,
        outcome=outcome,
        ground=_ground(released, verdicts, labels),
        reasons=_merged(reasons),
        per_category={c: _merged((*v.reasons, *v.beside)) for c, v in verdicts.items()},
        released=released,
        withheld=withheld,
        signers=_signers(verdicts, roles),
        consent_event_ids=tuple(sorted({u.id for u in used})) if goes else (),
        ground_ids=tuple(sorted({i for v in verdicts.values() for i in v.rests_on})) if goes else (),
        policy_hash=policy.hash_on(as_of),
        profile_id=profile.id if profile else None,
        profile_hash=profile.hash if profile else None,
        consent_epoch=request.consent_epoch,
        as_of=as_of,
        expires_at=as_of + dt.timedelta(minutes=policy.besluit_minuten),
        regels=None if regels is None else dict(regels),
    )


_FOR_A_RULE = frozenset(WACHT.values())


def _waits_for_rule(verdicts: Verdicts) -> bool:
    return any(
        v.outcome is Outcome.HOLD and any(r.code in _FOR_A_RULE for r in v.reasons) for v in verdicts.values()
    )


def _ground(released: Sequence[str], verdicts: Verdicts, labels: Labels) -> Ground:
    """The ground of what goes. When there are more, the one that is furthest from toestemming."""
    grounds = {verdicts[labels[p]].ground for p in released}
    return next(
        (g for g in (Ground.BREAK_GLASS, Ground.STATUTORY, Ground.CONSENT) if g in grounds), Ground.NONE
    )


def _reasons_in(
    withheld: Mapping[Reden, Sequence[str]], categorieen: AbstractSet[Gegevenscategorie], labels: Labels
) -> list[Reden]:
    """The reasons for which a field of one of these categories stays home."""
    return [r for r, paden in withheld.items() if not categorieen.isdisjoint(map(labels.get, paden))]


_ORDER = {r: i for i, r in enumerate(Reden)}


def _all_home(
    released: tuple[str, ...], withheld: dict[Reden, tuple[str, ...]]
) -> dict[Reden, tuple[str, ...]]:
    """When nothing goes: a field that was permitted by itself stays home with the rest of an all-or-nothing
    request.
    """
    if not released:
        return withheld
    rest = (*withheld.get(Reden.FIELD_NOT_CONSENTED, ()), *released)
    return dict(sorted({**withheld, Reden.FIELD_NOT_CONSENTED: rest}.items()))


def _merged(reasons: Sequence[Redengrond]) -> tuple[Redengrond, ...]:
    """Each code once, with every partij it rests on, in the order of the catalogue."""
    if len(reasons) == 1 and len(reasons[0].partijen) == 1:
        return (reasons[0],)  # as nearly always
    found: dict[Reden, set[str]] = {}
    for r in reasons:
        found.setdefault(r.code, set()).update(r.partijen)
    return tuple(Redengrond(c, tuple(sorted(found[c]))) for c in sorted(found, key=_ORDER.__getitem__))


def _signers(
    verdicts: Mapping[Gegevenscategorie, Verdict], roles: Mapping[str, Hoedanigheid]
) -> tuple[Ondertekenaar, ...]:
    """Each required person once, with the statement that blocks hardest, else what he agreed to and what he
    did not.
    """
    stands: dict[str, dict[Gegevenscategorie, Stand]] = {}
    for c, v in verdicts.items():
        for persoon, s in v.stands:
            stands.setdefault(persoon, {})[c] = s
    out = []
    for persoon, of in sorted(stands.items()):
        worst = max(of.values(), key=lambda s: s.state)
        best = min(of.values(), key=lambda s: s.state)
        told = worst if worst.state is State.DENIED else best
        without = tuple(c for c, s in of.items() if s.state is not State.PERMIT)
        out.append(Ondertekenaar(persoon, roles.get(persoon, Hoedanigheid.ANDER), _standpunt(told), without))
    if any(v.unknown_signer for v in verdicts.values()):
        out.append(Ondertekenaar(None, None, Standpunt.ONTBREEKT, tuple(verdicts)))
    return tuple(out)


def _standpunt(s: Stand) -> Standpunt:
    if s.substituted:
        return Standpunt.VERVANGEN_DOOR_RECHTER
    if s.state is State.DENIED:
        return Standpunt.INGETROKKEN if s.withdrawn else Standpunt.GEWEIGERD
    return Standpunt.TOEGESTEMD if s.state is State.PERMIT else Standpunt.ONTBREEKT


def _refused(request: Request, policy: Beleid, as_of: dt.datetime, reason: Reden, *partijen: str) -> Decision:
    """The refusal of a request before consent is looked at. The fields do not tell why, for it may be
    another's fact.
    """
    nothing = {c: Verdict(Outcome.DENY, ()) for c in Gegevenscategorie}
    everything = frozenset(request.velden)
    _, home = fields(request, everything, nothing, policy)
    why = Redengrond(reason, tuple(sorted(partijen)))
    return Decision(
        decision_id=request.decision_id,
        outcome=Outcome.DENY,
        ground=Ground.NONE,
        reasons=(why,),
        per_category=dict.fromkeys(request.gevraagd, (why,)),
        released=(),
        withheld=home,
        signers=(),
        consent_event_ids=(),
        policy_hash=policy.hash_on(as_of),
        profile_id=None,
        profile_hash=None,
        consent_epoch=request.consent_epoch,
        as_of=as_of,
        expires_at=as_of + dt.timedelta(minutes=policy.besluit_minuten),
        regels=None if policy.stromen is None else {},
    )
