"""`decide`: one case from a file, decided on this computer, without a gateway and without a database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.parts import AsJson, print_json, say
from gateway.explain import teksten
from gateway.runtime.bestanden import contents
from schemas.decision.decision import Decision, Redengrond


def decide_case(
    path: Annotated[
        Path, typer.Argument(metavar="GEVAL.json", help="Het geval; - leest van de standaardinvoer.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Beslis over één geval uit een bestand: mag dit gedeeld worden, en welk deel.

    Het bestand noemt wat er gevraagd wordt, wat er is vastgelegd en op welk moment. Hetzelfde bestand geeft
    altijd dezelfde uitkomst. Er wordt niets bewaard of verstuurd. Zie docs/wie-beslist.md voor de vorm. Geeft
    0 bij elke uitkomst, ook bij DENY, en 1 als het bestand geen goed geval is.
    """
    # Imported here, so that other commands start faster.
    from consent.beleid import Beleid  # noqa: PLC0415
    from consent.geval import Geval, decide_geval  # noqa: PLC0415
    from gateway.api.http import parse_json  # noqa: PLC0415
    from gateway.register.regels import shipped_profiles  # noqa: PLC0415
    from gateway.wiring import rules_hash  # noqa: PLC0415

    geval = parse_json(contents(path), Geval)
    decision = decide_geval(geval, Beleid.of(shipped_profiles(), rules_hash()))
    if as_json:
        print_json(as_data(decision))
    else:
        for line in as_lines(decision):
            say(line)


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
