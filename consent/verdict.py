"""What everybody's statements amount to for one category: step 4 of `consent.md` §5.1.

The no of any required person blocks, and the yes of every required person is needed. All others only leave a
remark.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import permutations

from consent import gezag, rules
from consent.beleid import Beleid
from consent.leeftijd import Band, day
from consent.plek import Plek, lijn, regime
from consent.request import Request
from consent.rules import Authorities, Cell, Stand, State
from consent.signers import Signers, signers
from consent.standen import before_sixteen, last_said, own_no_of, stands_of
from consent.statements import Statements
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Ground, Outcome, Reden, Redengrond
from schemas.identifiers import Id, PartijId
from schemas.people.toestemming import Gebeurtenis, Gebruiksdoel, Ontvanger, Richting, Toestemming


@dataclass(slots=True)
class Verdict:
    """What one category comes to, and on what ground. Nothing changes it once it is made."""

    outcome: Outcome
    """PERMIT, HOLD or DENY."""
    reasons: tuple[Redengrond, ...]
    stands: tuple[tuple[str, Stand], ...] = ()
    used: tuple[Toestemming, ...] = ()
    unknown_signer: bool = False
    ground: Ground = Ground.CONSENT
    rests_on: tuple[Id, ...] = ()
    """The asserted ground or the weighing that let it go, when that was not toestemming."""
    explicit: bool = False
    """Everybody who is asked said it of this category separately."""
    beside: tuple[Redengrond, ...] = ()
    """What toestemming came to when another ground decided: it was overridden, not erased."""


def cell_of(request: Request, categorie: Gegevenscategorie, policy: Beleid) -> Cell:
    """What one category of a request asks of people."""
    r = request
    return flow_cell(r.van, r.aan, r.richting, r.doel, categorie, r.ontvanger, r.afzender or None, policy)


def flow_cell(
    van: Plek | None,
    aan: Plek | None,
    richting: Richting,
    doel: Gebruiksdoel,
    categorie: Gegevenscategorie,
    ontvanger: Ontvanger,
    afzender: PartijId | None,
    policy: Beleid,
) -> Cell:
    """What one category of a flow asks of people: in the column of the secrecy of its sender.

    Where it is not known in which capacity he sends, no rule speaks, and it is read as it was recorded.
    """
    secrecy = regime(van)
    if policy.stromen is None or secrecy is None:
        return Cell(richting, doel, categorie, ontvanger, afzender)
    toen = lijn(van, aan)
    return Cell(secrecy.kolom, doel, categorie, ontvanger, afzender, toen=toen, nieuw=toen is None)


def by_consent(
    request: Request,
    categorie: Gegevenscategorie,
    said: Statements,
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
) -> Verdict:
    """What everybody's statements come to for one category.

    From jeugdhulp to school it takes two: a ground and a lifted secrecy. Where the sender recorded itself who
    holds gezag, its own record says who lifts secrecy and that of the owner who gives the ground. A no
    that is in either blocks, whatever it is a no to (ADR 0035).
    """
    cell = cell_of(request, categorie, policy)
    keeper = who.side(request.afzender) if cell.richting is Richting.J2S else None
    theirs = gezag.people(who.elders)
    if keeper is None:
        return by_record(request, cell, said, who, policy, as_of, theirs)
    keeps = replace(request, eigenaar=request.afzender)
    ours = gezag.people(who.gezag)
    lifted = _half(keeps, replace(cell, helft=_LIFTED), said, keeper, policy, as_of, ours)
    if request.ontvanger.persoon_id is not None:
        return lifted  # what care tells an ouder is between it and its client: the school gives no ground
    ground = _half(request, replace(cell, helft=_GROUND), said, who, policy, as_of, theirs)
    return _together(ground, lifted)


_GROUND, _LIFTED = frozenset({rules.AVG}), frozenset({rules.WAIVER})


def _half(
    request: Request,
    half: Cell,
    said: Statements,
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
    elsewhere: AbstractSet[str],
) -> Verdict:
    """Of one record its own half of what is needed; a no to the other half, said there, blocks as well."""
    whole = by_record(request, replace(half, helft=rules.CARRYING), said, who, policy, as_of, elsewhere)
    if any(s.state is State.DENIED for _, s in whole.stands):
        return whole
    return by_record(request, half, said, who, policy, as_of, elsewhere)


def _together(ground: Verdict, lifted: Verdict) -> Verdict:
    """Both halves are needed; what blocks hardest in either decides."""
    both = (ground, lifted)
    outcome = next(o for o in (Outcome.DENY, Outcome.HOLD, Outcome.PERMIT) if o in [v.outcome for v in both])
    decisive = [v for v in both if outcome is not Outcome.DENY or v.outcome is outcome]
    agreed = outcome is Outcome.PERMIT
    return Verdict(
        outcome,
        tuple(r for v in decisive for r in v.reasons if agreed or r.code is not Reden.CONSENT_VALID),
        tuple(s for v in both for s in v.stands),
        tuple(u for v in both for u in v.used) if agreed else (),
        unknown_signer=any(v.unknown_signer for v in both),
        explicit=all(v.explicit for v in both),
    )


def by_record(
    request: Request,
    cell: Cell,
    said: Statements,
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
    elsewhere: AbstractSet[str] = frozenset(),
) -> Verdict:
    """The same under one record of gezag, for the functions of `cell`. `request.eigenaar` recorded it.

    `elsewhere`: people of another record, who are heard there and are no bystanders here.
    """
    needed = signers(cell, who, policy, as_of)
    stands = stands_of(needed, needed.required, cell, said, who, policy, as_of)
    own_no, doubt = own_no_of(needed, cell, said, who, policy, as_of)
    stands |= own_no
    asked = needed.required
    if cell.helft != rules.CARRYING:
        asked = signers(replace(cell, helft=rules.CARRYING), who, policy, as_of).required
    remarks = _bystanders(cell, needed, {*asked, *own_no, *doubt, *elsewhere}, said, who, as_of)
    told = tuple(Redengrond(r, (request.eigenaar,)) for r in needed.remarks)
    objections = (*told, *(r for r in remarks if r.code is Reden.OBJECTION_NOT_ENTITLED))
    listed = tuple(stands.items())
    denied = _denials(stands, needed)
    if denied:
        return Verdict(Outcome.DENY, (*denied, *objections), listed)
    if needed.holds or needed.unknown or doubt:
        holds = needed.holds or ((Reden.CONSENT_MISSING,) if needed.unknown else ())
        reasons = [Redengrond(r, (request.eigenaar,)) for r in holds]
        reasons += [Redengrond(Reden.SIGNER_INCAPABLE, tuple(sorted(s.recorded_by))) for s in doubt.values()]
        return Verdict(Outcome.HOLD, (*reasons, *objections), listed, unknown_signer=needed.unknown)
    used = tuple(u for s in stands.values() for u in s.used if s.state is State.PERMIT)
    recorders = tuple(sorted({u.vastgelegd_door for u in used})) or (request.eigenaar,)
    missing = {p: s for p, s in stands.items() if s.state is not State.PERMIT}
    if not missing:
        valid = [Redengrond(Reden.CONSENT_VALID, recorders)]
        if any(s.substituted for s in stands.values()):
            valid.append(Redengrond(Reden.COURT_SUBSTITUTED_CONSENT, (request.eigenaar,)))
        separately = all(s.explicit for s in stands.values())
        return Verdict(Outcome.PERMIT, (*valid, *objections), listed, used, explicit=separately)
    if (
        needed.quorum_of_one
        and not policy.regio.beide_ouders
        and _one_parent(stands, needed, cell, said, who, as_of)
    ):
        listed = tuple((p, s) for p, s in listed if s.state is State.PERMIT)
        enough = (
            Redengrond(Reden.CONSENT_VALID, recorders),
            Redengrond(Reden.ONE_PARENT_NO_OBJECTION, recorders),
        )
        return Verdict(Outcome.PERMIT, (*enough, *objections), listed, used)
    carried = _carried_over(cell, needed, said, who, policy, as_of)
    if carried:
        used = tuple(u for s in carried.values() for u in s.used)
        by = tuple(sorted({u.vastgelegd_door for u in used})) or (request.eigenaar,)
        valid = [Redengrond(r, by) for r in (Reden.CONSENT_VALID, Reden.SIGNER_AGED_OUT)]
        separately = all(s.explicit for s in carried.values())
        return Verdict(
            Outcome.PERMIT, (*valid, *objections), tuple(carried.items()), used, explicit=separately
        )
    outcome, lacking = _lacking(request, stands, missing, needed)
    return Verdict(outcome, (*lacking, *told, *remarks), listed)


def _carried_over(
    cell: Cell, needed: Signers, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> dict[str, Stand]:
    """The permits that were complete when he turned 16 and still stand. Empty once he spoke himself.

    Everybody who had to agree had agreed, on record, before that day; nothing of it lapsed or was taken back.
    """
    found = before_sixteen(cell, needed, who, policy, as_of)
    if found is None or found[1].holds or found[1].unknown:
        return {}
    last, before = found
    youth = needed.youth or ""
    spoke = any(
        c.moment > last
        for g in said.by(youth)
        if g.functie in rules.CARRYING and not cell.misses(g.bereik)
        for c in g.until(as_of)
    )
    then = stands_of(before, before.required, cell, said, who, policy, last)
    others = {p: f for p, f in before.required.items() if p != youth}
    now = stands_of(before, others, cell, said, who, policy, as_of)
    used = [u for s in then.values() for u in s.used]
    law = policy.law(as_of)
    stands = (
        not spoke
        and all(s.state is State.PERMIT for s in (*then.values(), *now.values()))
        and all(u.vastgelegd_op <= last and day(as_of) <= rules.carries_until(u, policy, law) for u in used)
    )
    return then if stands else {}


def _denials(stands: Mapping[str, Stand], needed: Signers) -> tuple[Redengrond, ...]:
    """Any required person's refusal or withdrawal blocks (§2.3)."""
    out = []
    parents_permit = any(p != needed.youth and s.state is State.PERMIT for p, s in stands.items())
    for persoon, s in stands.items():
        if s.state is not State.DENIED:
            continue
        by = tuple(sorted(s.recorded_by))
        if s.withdrawn:
            out.append(Redengrond(Reden.CONSENT_WITHDRAWN, by))
        elif persoon == needed.youth and needed.bands != {Band.D}:
            out.append(Redengrond(Reden.YOUTH_REFUSES, by))
        else:
            out.append(Redengrond(Reden.CONSENT_REFUSED, by))
            if parents_permit and persoon != needed.youth:
                out.append(Redengrond(Reden.PARENTS_CONFLICT, by))
    return tuple(out)


def _one_parent(
    stands: Mapping[str, Stand],
    needed: Signers,
    cell: Cell,
    said: Statements,
    who: Authorities,
    as_of: dt.datetime,
) -> bool:
    """The youth, where he is required, must still have agreed himself.

    An objection of the other counts here from whenever it is, also from before he had gezag.
    """
    youth = stands.get(needed.youth or "")
    if youth is not None and youth.state is not State.PERMIT:
        return False
    parents = {p: s for p, s in stands.items() if p != needed.youth}
    silent = {p for p in parents if not _said_no_ever(p, cell, said, who, as_of)}
    return len(parents) == 2 and any(  # noqa: PLR2004 - a child has at most two ouders with gezag
        other in silent and rules.one_parent_suffices(parents[one], parents[other], cell)
        for one, other in permutations(parents)
    )


def _said_no_ever(persoon: str, cell: Cell, said: Statements, who: Authorities, as_of: dt.datetime) -> bool:
    """Whether a no of his about this cell is on record without a later yes of his."""
    events = [
        c
        for g in said.by(persoon)
        if g.functie in rules.CARRYING and not cell.misses(g.bereik)
        for c in g.until(as_of)
    ]
    yes = [c.moment for c in events if c.gebeurtenis is Gebeurtenis.GEGEVEN]
    no = [c.moment for c in events if c.gebeurtenis is not Gebeurtenis.GEGEVEN]
    no += [
        b.moment
        for b in who.bezwaren
        if b.persoon == persoon and b.moment <= as_of and not cell.misses(b.bereik)
    ]
    return bool(no) and (not yes or max(no) >= max(yes))


def _lacking(
    request: Request, stands: Mapping[str, Stand], missing: Mapping[str, Stand], needed: Signers
) -> tuple[Outcome, tuple[Redengrond, ...]]:
    """What is missing. When nobody agreed to this cell but somebody did to another one, that statement does
    not fit.
    """
    anyone = any(s.state is State.PERMIT for s in stands.values())
    if not request.wacht and not anyone and any(s.state is State.ELSEWHERE for s in missing.values()):
        return Outcome.DENY, tuple(
            Redengrond(r, tuple(sorted(s.recorded_by)))
            for s in missing.values()
            if s.state is State.ELSEWHERE
            for r in s.reasons
        )
    out = []
    for persoon, s in missing.items():
        missing_only = s.reasons[:1] == (Reden.CONSENT_MISSING,)
        if missing_only:
            out += [Redengrond(r, tuple(sorted(s.recorded_by))) for r in s.reasons[1:]]
        if s.state is not State.ELSEWHERE and not missing_only:
            out += [Redengrond(r, tuple(sorted(s.recorded_by))) for r in s.reasons]
        elif persoon == needed.youth and (
            needed.represented or not needed.bands.isdisjoint({Band.A, Band.B})
        ):
            out.append(Redengrond(Reden.YOUTH_NOT_ASKED, (request.eigenaar,)))
        elif anyone:
            # It tells that others agreed: known to who recorded that, not to the owner alone.
            agreed = {p for s in stands.values() if s.state is State.PERMIT for p in s.recorded_by}
            partijen = tuple(sorted({request.eigenaar, *agreed}))
            out.append(Redengrond(Reden.CONSENT_PARTIAL_SIGNERS, partijen))
        elif s.state is State.ELSEWHERE:
            out += [Redengrond(r, tuple(sorted(s.recorded_by))) for r in s.reasons]
        else:
            out.append(Redengrond(Reden.CONSENT_MISSING, (request.eigenaar,)))
    return Outcome.HOLD, tuple(out)


def _bystanders(
    cell: Cell,
    needed: Signers,
    asked: AbstractSet[str],
    said: Statements,
    who: Authorities,
    as_of: dt.datetime,
) -> tuple[Redengrond, ...]:
    """People who spoke but are not asked: they change no outcome, in either direction (§2.3)."""
    out = []
    for persoon in said.people:
        if persoon in asked:
            continue
        heard = [
            c
            for g in said.by(persoon)
            if g.functie in rules.CARRYING and not cell.misses(g.bereik)
            for c in last_said(g.until(as_of))
        ]
        if not heard:
            continue
        latest = max(c.moment for c in heard)
        of_then = [c for c in heard if c.moment == latest]
        no = [c for c in of_then if c.gebeurtenis is not Gebeurtenis.GEGEVEN]
        by = tuple(sorted({c.vastgelegd_door for c in no or of_then}))
        if no:
            out.append(Redengrond(Reden.OBJECTION_NOT_ENTITLED, by))
        elif _holds_gezag(who, persoon) and needed.bands <= {Band.C, Band.D}:
            out.append(Redengrond(Reden.SIGNER_AGED_OUT, by))
        elif persoon != needed.youth or needed.represented:
            out.append(Redengrond(Reden.SIGNER_NO_AUTHORITY, by))
            if _held_gezag(who, persoon):
                out.append(Redengrond(Reden.GEZAG_CHANGED, by))
    out += [
        Redengrond(Reden.OBJECTION_NOT_ENTITLED, (b.vastgelegd_door,))
        for b in who.bezwaren
        if b.persoon not in asked and b.moment <= as_of and not cell.misses(b.bereik)
    ]
    return tuple(out)


def _holds_gezag(who: Authorities, persoon: str) -> bool:
    snapshot = who.snapshot
    return snapshot is not None and any(p.gezag and p.persoon == persoon for p in snapshot.personen)


def _held_gezag(who: Authorities, persoon: str) -> bool:
    return any(p.gezag and p.persoon == persoon for g in who.gezag[:-1] for p in g.personen)
