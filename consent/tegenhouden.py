"""A no about one leerling gives a DENY for what is about a look-alike, who cannot be told from him."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from schemas.decision.decision import Decision, Ground, Outcome, Reden, Redengrond

_ORDER: Final = {code: i for i, code in enumerate(Reden)}


def held_back(decision: Decision, said: Sequence[Redengrond]) -> Decision:
    """`decision`, or the DENY in its place when somebody `said` no. A decision that refuses already stays as
    it is.

    The whole levering stays home, because it is uncertain whose no it is and about whom, as it is uncertain
    who is meant.
    """
    if not said or decision.outcome is Outcome.DENY:
        return decision
    reasons = _merged(said)
    return decision.model_copy(
        update={
            "outcome": Outcome.DENY,
            "ground": Ground.NONE,
            "reasons": reasons,
            "per_category": dict.fromkeys(decision.per_category, reasons),
            "released": (),
            "withheld": _all_home(decision),
            "consent_event_ids": (),
            "ground_ids": (),
        }
    )


def _all_home(decision: Decision) -> dict[Reden, tuple[str, ...]]:
    rest = (*decision.withheld.get(Reden.FIELD_NOT_CONSENTED, ()), *decision.released)
    return {**decision.withheld, **({Reden.FIELD_NOT_CONSENTED: rest} if rest else {})}


def _merged(said: Sequence[Redengrond]) -> tuple[Redengrond, ...]:
    """Each code once, with every partij it rests on, in the order of the catalogue."""
    found: dict[Reden, set[str]] = {}
    for reason in said:
        found.setdefault(reason.code, set()).update(reason.partijen)
    return tuple(Redengrond(c, tuple(sorted(found[c]))) for c in sorted(found, key=_ORDER.__getitem__))
