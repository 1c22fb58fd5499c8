"""Which fields of a message go and which stay home, each with one reason: step 6 of the decision. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from consent.beleid import EXPLICIT_LEVEL, Beleid
from consent.request import Request
from consent.verdict import Verdict
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import WACHT_OP, Ground, Outcome, Reden
from schemas.messages.berichten import BERICHTEN

NEVER = {
    Gegevenscategorie.DERDEN: Reden.FIELD_THIRD_PARTY_PRIVACY,
    Gegevenscategorie.NUMMER: Reden.BSN_NOT_ALLOWED,
    Gegevenscategorie.HERKOMST: Reden.FIELD_NOT_IN_PROFILE,
}


def fields(
    request: Request,
    in_profile: frozenset[str],
    verdicts: Mapping[Gegevenscategorie, Verdict],
    policy: Beleid,
) -> tuple[tuple[str, ...], dict[Reden, tuple[str, ...]]]:
    """Released: requested ∩ profile ∩ permitted − derden − unreviewed free text. A number never goes alone.

    A path without a label stays home. The reason for which a path was left out counts as long as the message
    has it no more.
    """
    free = _FREE.get(request.bericht, frozenset())
    heavy = _HEAVY.get(request.bericht, frozenset()) - request.vrije_tekst_gewoon
    whole = _UNASKED | {c: _whole(c, verdicts) for c in verdicts}
    labels = policy.labels(request.bericht)
    released: list[str] = []
    withheld: defaultdict[Reden, list[str]] = defaultdict(list)
    there = dict.fromkeys(request.velden)
    # Most fields are of a category of which everything stays home.
    home = {c: withheld[reason].append for c, (reason, _) in whole.items() if reason is not None}
    for pad in there:
        categorie = labels.get(pad)
        stays = home.get(categorie)
        if stays is not None:
            stays(pad)
            continue
        assert categorie is not None, "a path without a label stays home"
        _, closed = whole[categorie]
        if pad not in in_profile:
            withheld[Reden.FIELD_NOT_IN_PROFILE].append(pad)
        elif pad in free and not request.vrije_tekst_nagekeken:
            withheld[Reden.FREE_TEXT_UNREVIEWED].append(pad)
        elif closed is not None:
            withheld[closed].append(pad)
        elif pad in heavy and not _separately(verdicts[categorie]):
            withheld[Reden.CONSENT_NOT_EXPLICIT].append(pad)
        else:
            released.append(pad)
    for pad, reason in request.weggelaten.items():
        if pad not in there:
            withheld[reason].append(pad)
    if released and _BY_RULE.get(request.bericht, frozenset()).issuperset(released):
        withheld[Reden.BSN_NOT_ALLOWED] += released
        released = []
    return tuple(released), {r: tuple(p) for r, p in sorted(withheld.items()) if p}


def _whole(
    categorie: Gegevenscategorie | None, verdicts: Mapping[Gegevenscategorie, Verdict]
) -> tuple[Reden | None, Reden | None]:
    """The reason why every field of a category stays home. When there is none, why those of the profile do;
    None there too: they go.
    """
    if categorie is None:
        return Reden.FIELD_NOT_IN_PROFILE, None
    verdict = verdicts.get(categorie)
    if categorie in NOOIT and not _by_a_rule(categorie, verdict):
        return NEVER[categorie], None
    if verdict is None:
        return Reden.FIELD_NOT_REQUESTED, None
    if verdict.outcome is Outcome.PERMIT:
        return None, None
    codes = {r.code for r in verdict.reasons}
    barred = next((r for r in (Reden.STATUTORY_BAR, Reden.NOT_CARRIED) if r in codes), None)
    if barred is not None:
        return barred, None  # whatever the profile says: it is kept nowhere
    return None, next((r for r in WACHT_OP if r in codes), Reden.FIELD_NOT_CONSENTED)


def _by_a_rule(categorie: Gegevenscategorie, verdict: Verdict | None) -> bool:
    """Whether a rule of the flow gives a number, or may yet: nothing else opens what never leaves."""
    return (
        categorie is Gegevenscategorie.NUMMER and verdict is not None and verdict.outcome is not Outcome.DENY
    )


def _separately(verdict: Verdict) -> bool:
    """Whether people agreed to it separately, as level 3 asks. What the law or a weighing lets go needs no
    toestemming.
    """
    return verdict.explicit or verdict.ground is not Ground.CONSENT


def asks_separately(request: Request, categorie: Gegevenscategorie) -> bool:
    """Whether a yes to this category must be said separately for everything of it to go."""
    labels = BERICHTEN[request.bericht].bladen
    heavy = _HEAVY[request.bericht] - request.vrije_tekst_gewoon
    there = heavy.intersection(request.velden)
    return categorie.niveau >= EXPLICIT_LEVEL or any(
        b.pad in there and b.categorie is categorie for b in labels
    )


_HEAVY = {soort: frozenset(b.pad for b in t.bladen if b.zwaar) for soort, t in BERICHTEN.items()}
"""What counts as level 3 until it is known to be lower, whatever its category: by a person of free text, by
its value of a code."""
_FREE = {soort: frozenset(b.pad for b in t.bladen if b.vrij) for soort, t in BERICHTEN.items()}
_BY_RULE = {soort: frozenset(b.pad for b in t.bladen if b.op_regel) for soort, t in BERICHTEN.items()}
"""The number of the leerling: it goes beside something, or not at all."""
_UNASKED = {c: _whole(c, {}) for c in (None, *Gegevenscategorie)}
"""What is so of every category as long as it was not asked."""
