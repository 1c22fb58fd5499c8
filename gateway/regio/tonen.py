"""A region in words, for whoever works in it."""

from __future__ import annotations

from collections.abc import Iterator

from consent.inrichting import Regio, Rij
from gateway.regio.verschil import toeleiding_in_words, woonplaats_in_words


def lines(regio: Regio, hash_: str) -> Iterator[str]:
    yield f"{regio.naam} ({regio.id}), versie {regio.versie}, gemeenten {', '.join(regio.gemeenten)}"
    yield f"In besluiten staat dit bestand als {hash_}."
    yield from _listed("Partijen", (f"{p.sleutel}: {p.naam} ({p.hoedanigheid})" for p in regio.partijen))
    yield from _listed(
        "Wie beslist, de eerste die past",
        (f"{_when(r)}: {toeleiding_in_words(r)}" for r in regio.toeleiding),
    )
    yield from _listed(
        "Welke weg, de eerste die past",
        (f"{_when(r)}: {woonplaats_in_words(r)}" for r in regio.woonplaats),
    )
    yield from _listed(
        "Overleg",
        (
            f"{o.naam} ({o.code}): {', '.join(o.kring)}; "
            + (f"{o.beslist} beslist" if o.beslist else "adviseert")
            for o in regio.overleg
        ),
    )
    yield from _listed("Wat hier niet gaat", (f"{v.regel}: {v.waarom}" for v in regio.stromen))
    yield from _listed(
        "Bij een thuiszitter",
        (f"na {t.dag} {t.telt}: {t.wat} ({t.van} > {t.aan}, {t.regel})" for t in regio.thuiszitters),
    )


def _listed(head: str, found: Iterator[str]) -> Iterator[str]:
    rows = list(found)
    if rows:
        yield f"{head}:"
        yield from (f"  {row}" for row in rows)


def _when(rij: Rij) -> str:
    """For whom a row is."""
    span = rij.leeftijd
    parts = [
        ", ".join(rij.arrangementen),
        "" if span is None else f"{span.vanaf} tot en met {span.tot_en_met} jaar",
        "" if not rij.woont else f"woont {', '.join(rij.woont)}",
    ]
    return "; ".join(p for p in parts if p) or "alle andere"
