"""`decide`: may this go to this recipient, and which part of it. Pure, total, deny by default.

The order is that of `consent.md` §5.1. Every non-permit carries a reason; every withheld field exactly one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from consent import rules
from consent.beleid import Beleid, Proportionaliteitsprofiel
from consent.leeftijd import Band, day
from consent.rules import Authorities, Cell, Signers, Stand, State
from schemas.base import NOOIT, Gegevenscategorie
from schemas.berichten import BERICHTEN
from schemas.decision import (
    Decision,
    Ground,
    Ondertekenaar,
    Outcome,
    Reden,
    Redengrond,
    Standpunt,
)
from schemas.identifiers import Id
from schemas.partij import Partij
from schemas.toestemming import Gebeurtenis, Gebruiksdoel, Hoedanigheid, Ontvanger, Richting, Toestemming


@dataclass(frozen=True, slots=True)
class Request:
    """One recipient's share of an uitwisseling, without a single value of it.

    `velden` are the leaf paths the message has; `weggelaten` those that were left out before, with their
    reason (not asked, kept home by the source). `eigenaar` is the partij whose record of the leerling the
    facts are about. `eerder_toegestaan`: an earlier decision on this levering was a permit.
    """

    decision_id: Id
    eigenaar: str
    afzender: str
    ontvanger: Ontvanger
    partij: Partij | None
    """The recipient as registered; None when unknown."""
    doel: Gebruiksdoel
    richting: Richting
    bericht: str
    gevraagd: tuple[Gegevenscategorie, ...]
    velden: tuple[str, ...]
    weggelaten: Mapping[str, Reden] = field(default_factory=dict)
    alles_of_niets: bool = False
    vrije_tekst_nagekeken: bool = False
    eerder_toegestaan: bool = False
    wacht: bool = False
    """It already waits for signatures: somebody's agreeing to something else does not end that."""
    consent_epoch: int = 0


@dataclass(frozen=True, slots=True)
class Afweging:
    """A break-glass record. Its form and rules (`consent.md` §7) are not built yet, so none is complete."""

    id: Id


Labels = Mapping[str, Gegevenscategorie]

_NEVER = {
    Gegevenscategorie.DERDEN: Reden.FIELD_THIRD_PARTY_PRIVACY,
    Gegevenscategorie.NUMMER: Reden.BSN_NOT_ALLOWED,
    Gegevenscategorie.HERKOMST: Reden.FIELD_NOT_IN_PROFILE,
}
_STRIPPED = frozenset({Gegevenscategorie.DERDEN, Gegevenscategorie.NUMMER})
"""Categories that are taken out of any message and told so, also where nobody asked for them."""


def decide(
    request: Request,
    consents: Sequence[Toestemming],
    authorities: Authorities,
    grounds: Sequence[Reden],
    break_glass: Afweging | None,
    policy: Beleid,
    as_of: dt.datetime,
) -> Decision:
    """The decision for one recipient at `as_of` (aware). Same input, same decision, byte for byte.

    `grounds` are statutory grounds the sender asserts: none is built yet (`consent.md` §6), so they never
    permit and a non-permit says GROUND_NOT_APPLICABLE. Never raises for any well-typed input.
    """
    # 1. recipient identity and role
    problem = _recipient_problem(request, policy, as_of)
    if problem is not None:
        return _refused(request, policy, as_of, problem, request.afzender)
    # 2. professional veto, protected party
    vetoed = rules.veto(authorities, request.richting, request.doel, as_of)
    if vetoed:
        return _refused(request, policy, as_of, Reden.PROFESSIONAL_VETO, *vetoed)
    snapshot = authorities.snapshot
    if snapshot is not None and request.ontvanger.partij in snapshot.afgeschermd_voor:
        return _refused(request, policy, as_of, Reden.PROTECTED_PARTY, snapshot.vastgelegd_door)
    # 3. statutory grounds: none is built, so all of them end in 4
    # 4. consent, per category
    profile = _profile(request, policy)
    asked = tuple(dict.fromkeys(request.gevraagd))
    verdicts = {
        categorie: _category(request, categorie, profile, consents, authorities, policy, as_of)
        for categorie in asked
    }
    # 5. break-glass: a record without its rules is incomplete and replaces nothing
    extra: list[Redengrond] = []
    if grounds:
        extra.append(Redengrond(Reden.GROUND_NOT_APPLICABLE, (request.afzender,)))
    if break_glass is not None:
        extra.append(Redengrond(Reden.BG_INCOMPLETE, (request.afzender,)))
    # 6. minimise
    in_profile = profile.paden if profile else frozenset()
    released, withheld = _fields(request, in_profile, verdicts, policy)
    # 7. what is left
    roles = _roles(authorities)
    return _conclude(request, profile, verdicts, released, withheld, extra, roles, policy, as_of)


def decide_as_if_agreed(
    request: Request, authorities: Authorities, policy: Beleid, as_of: dt.datetime
) -> Decision:
    """What would go if everybody who is asked agreed: for a preview only, never for a release.

    Recipient, profile and the source's restrictions count as in `decide`; consent and vetoes do not.
    """
    problem = _recipient_problem(request, policy, as_of)
    if problem is not None:
        return _refused(request, policy, as_of, problem, request.afzender)
    profile = _profile(request, policy)
    in_profile = profile.paden if profile else frozenset()
    there = {policy.labels(request.bericht).get(v) for v in in_profile} - NOOIT
    verdicts = {
        c: _Verdict(Outcome.PERMIT, (Redengrond(Reden.CONSENT_VALID, (request.eigenaar,)),))
        if c in there
        else _Verdict(Outcome.DENY, (Redengrond(_NEVER.get(c, Reden.FIELD_NOT_IN_PROFILE), ()),))
        for c in dict.fromkeys(request.gevraagd)
    }
    released, withheld = _fields(request, in_profile, verdicts, policy)
    roles = _roles(authorities)
    return _conclude(request, profile, verdicts, released, withheld, (), roles, policy, as_of)


def refuse_repeat(decision: Decision) -> Decision:
    """The DENY for a repeat that is still permitted, but no longer for the very bytes given before."""
    partijen = tuple(sorted({p for r in decision.reasons for p in r.partijen}))
    return decision.model_copy(
        update={
            "outcome": Outcome.DENY,
            "ground": Ground.NONE,
            "reasons": _merged(
                [
                    *(r for r in decision.reasons if r.code is not Reden.CONSENT_VALID),
                    Redengrond(Reden.WITHDRAWN_IN_FLIGHT, partijen),
                ]
            ),
            "released": (),
            "withheld": _all_home(decision.released, decision.withheld),
            "consent_event_ids": (),
        }
    )


def _recipient_problem(request: Request, policy: Beleid, as_of: dt.datetime) -> Reden | None:
    """Who receives must be known in that role, and where there are convenanten, be in one for this."""
    return rules.recipient_problem(request.ontvanger, request.partij) or policy.afspraken.problem(
        request.afzender, request.ontvanger.partij, request.doel, request.bericht, day(as_of)
    )


def _profile(request: Request, policy: Beleid) -> Proportionaliteitsprofiel | None:
    return policy.profielen.get((request.doel, request.ontvanger.rol, request.richting, request.bericht))


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: Outcome
    """PERMIT, HOLD or DENY."""
    reasons: tuple[Redengrond, ...]
    stands: tuple[tuple[str, Stand], ...] = ()
    used: tuple[Toestemming, ...] = ()
    unknown_signer: bool = False


def _category(
    request: Request,
    categorie: Gegevenscategorie,
    profile: Proportionaliteitsprofiel | None,
    consents: Sequence[Toestemming],
    authorities: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
) -> _Verdict:
    if categorie in NOOIT:
        return _Verdict(Outcome.DENY, (Redengrond(_NEVER[categorie], (request.afzender,)),))
    verdict = _consent(request, categorie, consents, authorities, policy, as_of)
    refused = any(s.state is State.DENIED for _, s in verdict.stands)
    if verdict.outcome is Outcome.DENY and (refused or profile is None):
        return verdict
    if profile is None or not any(policy.labels(request.bericht).get(v) is categorie for v in profile.paden):
        # No signature repairs that: it is told now, and not after somebody collected them.
        reason = Redengrond(Reden.FIELD_NOT_IN_PROFILE, (request.afzender,))
        return _Verdict(Outcome.DENY, (reason,))
    return verdict


def _consent(
    request: Request,
    categorie: Gegevenscategorie,
    consents: Sequence[Toestemming],
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
) -> _Verdict:
    cell = Cell(request.richting, request.doel, categorie, request.ontvanger)
    needed = rules.signers(cell, who, policy, as_of)
    stands = {
        persoon: _stand(persoon, functies, cell, consents, who, needed.band, policy, as_of)
        for persoon, functies in needed.required.items()
    }
    remarks = _bystanders(cell, needed, consents, who, as_of)
    objections = tuple(r for r in remarks if r.code is Reden.OBJECTION_NOT_ENTITLED)
    listed = tuple(stands.items())
    denied = _denials(stands, needed)
    if denied:
        return _Verdict(Outcome.DENY, (*denied, *objections), listed)
    if needed.holds or needed.unknown:
        holds = needed.holds or (Reden.CONSENT_MISSING,)
        reasons = tuple(Redengrond(r, needed.held_by or (request.eigenaar,)) for r in holds)
        return _Verdict(Outcome.HOLD, (*reasons, *objections), listed, unknown_signer=needed.unknown)
    used = tuple(u for s in stands.values() for u in s.used if s.state is State.PERMIT)
    recorders = tuple(sorted({u.vastgelegd_door for u in used})) or (request.eigenaar,)
    missing = {p: s for p, s in stands.items() if s.state is not State.PERMIT}
    if not missing:
        valid = [Redengrond(Reden.CONSENT_VALID, recorders)]
        if any(s.substituted for s in stands.values()):
            valid.append(Redengrond(Reden.COURT_SUBSTITUTED_CONSENT, (request.eigenaar,)))
        return _Verdict(Outcome.PERMIT, (*valid, *objections), listed, used)
    if needed.quorum_of_one and _one_parent(stands, needed, cell):
        listed = tuple((p, s) for p, s in listed if s.state is State.PERMIT)
        reasons = (
            Redengrond(Reden.CONSENT_VALID, recorders),
            Redengrond(Reden.ONE_PARENT_NO_OBJECTION, recorders),
        )
        return _Verdict(Outcome.PERMIT, (*reasons, *objections), listed, used)
    outcome, lacking = _lacking(request, stands, missing, needed)
    return _Verdict(outcome, (*lacking, *remarks), listed)


def _stand(
    persoon: str,
    functies: rules.Functies,
    cell: Cell,
    consents: Sequence[Toestemming],
    who: Authorities,
    years: Band | None,
    policy: Beleid,
    as_of: dt.datetime,
) -> Stand:
    order = rules.substitute(persoon, functies, cell, who, day(as_of))
    if order is not None:
        return Stand(State.PERMIT, substituted=True)
    return rules.stand(persoon, functies, cell, consents, who, years, policy, as_of)


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
        elif persoon == needed.youth and needed.band is not Band.D:
            out.append(Redengrond(Reden.YOUTH_REFUSES, by))
        else:
            out.append(Redengrond(Reden.CONSENT_REFUSED, by))
            if parents_permit and persoon != needed.youth:
                out.append(Redengrond(Reden.PARENTS_CONFLICT, by))
    return tuple(out)


def _one_parent(stands: Mapping[str, Stand], needed: Signers, cell: Cell) -> bool:
    """The youth, where he is required, must still have agreed himself."""
    youth = stands.get(needed.youth or "")
    if youth is not None and youth.state is not State.PERMIT:
        return False
    parents = [s for p, s in stands.items() if p != needed.youth]
    return len(parents) == 2 and any(  # noqa: PLR2004 - a child has at most two ouders with gezag
        rules.one_parent_suffices(a, b, cell) for a, b in (parents, reversed(parents))
    )


def _lacking(
    request: Request, stands: Mapping[str, Stand], missing: Mapping[str, Stand], needed: Signers
) -> tuple[Outcome, tuple[Redengrond, ...]]:
    """What is not there yet. Nobody agreed to this cell, but somebody to another one: it does not fit."""
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
        elif persoon == needed.youth and needed.band in (Band.A, Band.B):
            out.append(Redengrond(Reden.YOUTH_NOT_ASKED, (request.eigenaar,)))
        elif anyone:
            out.append(Redengrond(Reden.CONSENT_PARTIAL_SIGNERS, (request.eigenaar,)))
        elif s.state is State.ELSEWHERE:
            out += [Redengrond(r, tuple(sorted(s.recorded_by))) for r in s.reasons]
        else:
            out.append(Redengrond(Reden.CONSENT_MISSING, (request.eigenaar,)))
    return Outcome.HOLD, tuple(out)


def _bystanders(
    cell: Cell,
    needed: Signers,
    consents: Sequence[Toestemming],
    who: Authorities,
    as_of: dt.datetime,
) -> tuple[Redengrond, ...]:
    """People who spoke but are not asked: they change no outcome, in either direction (§2.3)."""
    heard = [
        c
        for c in consents
        if c.ondertekenaar not in needed.required
        and c.functie in rules.CARRYING
        and c.moment <= as_of
        and not cell.misses(c.bereik)
    ]
    heard.sort(key=lambda c: (c.moment, c.gebeurtenis is not Gebeurtenis.GEGEVEN, c.id))
    newest = {c.ondertekenaar: c for c in heard}
    out = []
    for persoon, c in newest.items():
        by = (c.vastgelegd_door,)
        if c.gebeurtenis is not Gebeurtenis.GEGEVEN:
            out.append(Redengrond(Reden.OBJECTION_NOT_ENTITLED, by))
        elif _holds_gezag(who, persoon) and needed.band in (Band.C, Band.D):
            out.append(Redengrond(Reden.SIGNER_AGED_OUT, by))
        elif persoon != needed.youth:
            out.append(Redengrond(Reden.SIGNER_NO_AUTHORITY, by))
            if _held_gezag(who, persoon):
                out.append(Redengrond(Reden.GEZAG_CHANGED, by))
    out += [
        Redengrond(Reden.OBJECTION_NOT_ENTITLED, (b.vastgelegd_door,))
        for b in who.bezwaren
        if b.persoon not in needed.required and b.moment <= as_of and not cell.misses(b.bereik)
    ]
    return tuple(out)


def _holds_gezag(who: Authorities, persoon: str) -> bool:
    snapshot = who.snapshot
    return snapshot is not None and any(p.gezag and p.persoon == persoon for p in snapshot.personen)


def _held_gezag(who: Authorities, persoon: str) -> bool:
    return any(p.gezag and p.persoon == persoon for g in who.gezag[:-1] for p in g.personen)


def _fields(
    request: Request,
    in_profile: frozenset[str],
    verdicts: Mapping[Gegevenscategorie, _Verdict],
    policy: Beleid,
) -> tuple[tuple[str, ...], dict[Reden, tuple[str, ...]]]:
    """Released: requested ∩ profile ∩ permitted − derden − numbers − unreviewed free text.

    A path without a label stays home. What a path was left out for holds while the message has it no more.
    """
    free = _FREE.get(request.bericht, frozenset())
    whole = {c: _whole(c, verdicts) for c in (None, *Gegevenscategorie)}
    labels = policy.labels(request.bericht)
    released: list[str] = []
    withheld: dict[Reden, list[str]] = {}
    for pad in dict.fromkeys(request.velden):
        reason, permitted = whole[labels.get(pad)]
        if reason is None:
            if pad not in in_profile:
                reason = Reden.FIELD_NOT_IN_PROFILE
            elif pad in free and not request.vrije_tekst_nagekeken:
                reason = Reden.FREE_TEXT_UNREVIEWED
            elif not permitted:
                reason = Reden.FIELD_NOT_CONSENTED
            else:
                released.append(pad)
                continue
        withheld.setdefault(reason, []).append(pad)
    there = set(request.velden)
    for pad, reason in request.weggelaten.items():
        if pad not in there:
            withheld.setdefault(reason, []).append(pad)
    return tuple(released), {r: tuple(p) for r, p in sorted(withheld.items())}


def _whole(
    categorie: Gegevenscategorie | None, verdicts: Mapping[Gegevenscategorie, _Verdict]
) -> tuple[Reden | None, bool]:
    """Why every field of a category stays home; without such a reason, whether it is permitted."""
    if categorie is None:
        return Reden.FIELD_NOT_IN_PROFILE, False
    if categorie in NOOIT:
        return _NEVER[categorie], False
    verdict = verdicts.get(categorie)
    if verdict is None:
        return Reden.FIELD_NOT_REQUESTED, False
    return None, verdict.outcome is Outcome.PERMIT


_FREE = {soort: frozenset(b.pad for b in t.bladen if b.vrij) for soort, t in BERICHTEN.items()}


def _conclude(
    request: Request,
    profile: Proportionaliteitsprofiel | None,
    verdicts: Mapping[Gegevenscategorie, _Verdict],
    released: tuple[str, ...],
    withheld: dict[Reden, tuple[str, ...]],
    extra: Sequence[Redengrond],
    roles: Mapping[str, Hoedanigheid],
    policy: Beleid,
    as_of: dt.datetime,
) -> Decision:
    outcomes = {v.outcome for v in verdicts.values()}
    # Field reasons are told of what was agreed to and of what never goes; of the rest the verdict tells.
    labels = policy.labels(request.bericht)
    permitted = {c for c, v in verdicts.items() if v.outcome is Outcome.PERMIT}
    short = _reasons_in(withheld, permitted, labels)
    # A key of the source is no reason to call a delivery reduced; a number or another person is.
    stripped = _reasons_in(withheld, _STRIPPED, labels) if permitted else []
    less = bool(short) or outcomes != {Outcome.PERMIT}
    if not released:
        # Waiting is of use only for what a signature can still let go.
        waits = Outcome.HOLD in outcomes and Reden.FIELD_NOT_CONSENTED in withheld
        outcome = Outcome.HOLD if waits else Outcome.DENY
    elif request.alles_of_niets and (outcomes != {Outcome.PERMIT} or Reden.FREE_TEXT_UNREVIEWED in short):
        # All of what this recipient may ever get: a field outside the profile is nothing to wait for.
        outcome = Outcome.HOLD if outcomes == {Outcome.PERMIT, Outcome.HOLD} else Outcome.DENY
    else:
        outcome = Outcome.PERMIT_REDUCED if less or stripped else Outcome.PERMIT
    lost = outcome is Outcome.DENY and not released and Outcome.HOLD in outcomes
    reasons = [r for v in verdicts.values() if not lost or v.outcome is Outcome.DENY for r in v.reasons]
    if lost:
        # No signature brings back what the source or the profile keeps home: tell that, ask for none.
        short = _reasons_in(withheld, frozenset(verdicts), labels)
    if outcome is not Outcome.PERMIT:
        reasons = [r for r in reasons if r.code is not Reden.CONSENT_VALID]
        reasons += [Redengrond(r, (request.afzender,)) for r in (*short, *stripped)]
    if outcome is Outcome.DENY and not released and (permitted or outcomes != {Outcome.DENY}):
        reasons.append(Redengrond(Reden.NOTHING_LEFT, (request.afzender,)))
    if outcome not in (Outcome.PERMIT, Outcome.PERMIT_REDUCED):
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
        ground=Ground.CONSENT if goes else Ground.NONE,
        reasons=_merged(reasons),
        per_category={c: _merged(v.reasons) for c, v in verdicts.items()},
        released=released,
        withheld=withheld,
        signers=_signers(verdicts, roles),
        consent_event_ids=tuple(sorted({u.id for u in used})) if goes else (),
        policy_hash=policy.hash,
        profile_id=profile.id if profile else None,
        profile_hash=profile.hash if profile else None,
        consent_epoch=request.consent_epoch,
        as_of=as_of,
        expires_at=as_of + dt.timedelta(minutes=policy.besluit_minuten),
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
    """Nothing goes: what was permitted by itself stays home with the rest of an all-or-nothing request."""
    if not released:
        return withheld
    rest = (*withheld.get(Reden.FIELD_NOT_CONSENTED, ()), *released)
    return dict(sorted({**withheld, Reden.FIELD_NOT_CONSENTED: rest}.items()))


def _merged(reasons: Sequence[Redengrond]) -> tuple[Redengrond, ...]:
    """Each code once, with every partij it rests on, in the order of the catalogue."""
    found: dict[Reden, set[str]] = {}
    for r in reasons:
        found.setdefault(r.code, set()).update(r.partijen)
    return tuple(Redengrond(c, tuple(sorted(found[c]))) for c in sorted(found, key=_ORDER.__getitem__))


def _signers(
    verdicts: Mapping[Gegevenscategorie, _Verdict], roles: Mapping[str, Hoedanigheid]
) -> tuple[Ondertekenaar, ...]:
    """Each required person once: what blocks hardest, else what he agreed to, and where that is not."""
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


def _roles(who: Authorities) -> dict[str, Hoedanigheid]:
    snapshot = who.snapshot
    if snapshot is None:
        return {}
    return {p.persoon: p.hoedanigheid for p in snapshot.personen} | {snapshot.leerling: Hoedanigheid.LEERLING}


def _standpunt(s: Stand) -> Standpunt:
    if s.substituted:
        return Standpunt.VERVANGEN_DOOR_RECHTER
    if s.state is State.DENIED:
        return Standpunt.INGETROKKEN if s.withdrawn else Standpunt.GEWEIGERD
    return Standpunt.TOEGESTEMD if s.state is State.PERMIT else Standpunt.ONTBREEKT


def _refused(request: Request, policy: Beleid, as_of: dt.datetime, reason: Reden, *partijen: str) -> Decision:
    """Refused before consent is even looked at. The fields do not tell why: that may be another's fact."""
    nothing = {c: _Verdict(Outcome.DENY, ()) for c in Gegevenscategorie}
    everything = frozenset(request.velden)
    _, home = _fields(request, everything, nothing, policy)
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
        policy_hash=policy.hash,
        profile_id=None,
        profile_hash=None,
        consent_epoch=request.consent_epoch,
        as_of=as_of,
        expires_at=as_of + dt.timedelta(minutes=policy.besluit_minuten),
    )
