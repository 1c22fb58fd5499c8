"""How `decide` shows a decision: as data, and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.explain import teksten
from schemas.decision.decision import Decision, Redengrond


def as_data(d: Decision) -> dict[str, Any]:
    """The decision with the Dutch of each code."""
    return {
        "uitkomst": d.outcome,
        "uitleg": teksten.uitleg("uitkomst", d.outcome),
        "grond": d.ground,
        "redenen": _told(d.reasons),
        "categorieen": [
            {"categorie": c, "redenen": [r.code for r in found]} for c, found in d.per_category.items()
        ],
        "meegegeven": d.released,
        "achtergehouden": [
            {"reden": r, "uitleg": teksten.reden(r), "velden": paden} for r, paden in d.withheld.items()
        ],
        "ondertekenaars": [
            {
                "persoonId": s.persoon,
                "hoedanigheid": s.hoedanigheid,
                "standpunt": s.standpunt,
                "uitleg": teksten.standpunt(s.standpunt),
                "zonder": s.zonder,
            }
            for s in d.signers
        ],
        "rustOp": [*d.consent_event_ids, *d.ground_ids],
        "besluitId": d.decision_id,
        "peilmoment": d.as_of.isoformat(),
        "beleidHash": d.policy_hash,
        "profiel": d.profile_id,
        "profielHash": d.profile_hash,
    }


def _told(reasons: Iterable[Redengrond]) -> list[dict[str, str]]:
    return [
        {"code": r.code, "uitleg": teksten.reden(r.code), "volgendeStap": teksten.stap(r.code)}
        for r in reasons
    ]


def as_lines(d: Decision) -> list[str]:
    lines = [f"{d.outcome} ({d.ground}): {teksten.uitleg('uitkomst', d.outcome)}", "", "Redenen"]
    for r in _told(d.reasons):
        lines.append(f"  {r['code']}: {r['uitleg']}")
        if r["volgendeStap"]:
            lines.append(f"    {r['volgendeStap']}")
    if d.signers:
        lines += ["", "Wie"]
    for s in d.signers:
        but = f" (niet voor: {', '.join(s.zonder)})" if s.zonder else ""
        lines.append(f"  {s.hoedanigheid or 'nog onbekend'}: {teksten.standpunt(s.standpunt)}{but}")
    lines += ["", "Per soort gegevens"]
    lines += [f"  {c}: {', '.join(r.code for r in found)}" for c, found in d.per_category.items()]
    lines += ["", f"Gaat mee ({len(d.released)})", *(f"  {pad}" for pad in d.released)]
    home = sum(map(len, d.withheld.values()))
    lines += ["", f"Blijft thuis ({home})"]
    lines += [f"  {pad}: {reden}" for reden, paden in d.withheld.items() for pad in paden]
    return lines
