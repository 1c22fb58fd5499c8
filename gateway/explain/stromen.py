"""The rules of a flow as people read them: per pair a few letters, and behind each what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import product
from typing import Any, Final

from consent.stromen import ORGANISATIES, Kracht, Nummerregel, Stand, Stroomregel
from consent.stroomoordeel import Stroomreden
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Partijhoedanigheid
from schemas.people.toestemming import Gebruiksdoel

Paar = tuple[Partijhoedanigheid, Partijhoedanigheid]
TEKENS: Final = {
    "X": "verbod",
    "D": "plicht",
    "M": "mag",
    "T": "toestemming",
    "?": "aangehouden: bekend, maar niet uitgezocht",
    "-": "zonder gegevens van een persoon",
}
"""What a letter in the matrix means."""
_TEKEN: Final = {Kracht.VERBOD: "X", Kracht.PLICHT: "D", Kracht.MAG: "M", Kracht.TOESTEMMING: "T"}
REDENEN: Final = frozenset({*Reden, *Stroomreden})
"""Every reason code there is, of today's decision and of the rules of a flow."""
GEEN_REGEL: Final = "Geen regel: het wacht (RULE_UNKNOWN)."


def teken(r: Stroomregel) -> str:
    if not r.soorten:
        return "-"
    return "?" if r.stand is Stand.AANGEHOUDEN else _TEKEN[r.kracht]


def paren(regels: Iterable[Stroomregel]) -> dict[Paar, tuple[Stroomregel, ...]]:
    """Of every pair of which a rule speaks its rules; the pairs in the order of the list of capacities."""
    found: dict[Paar, list[Stroomregel]] = {}
    for r in regels:
        for pair in product(r.van, r.aan):
            found.setdefault(pair, []).append(r)
    order = list(Partijhoedanigheid)
    return {
        pair: tuple(found[pair])
        for pair in sorted(found, key=lambda p: (order.index(p[0]), order.index(p[1])))
    }


def tekens(regels: Iterable[Stroomregel]) -> str:
    """Each letter once, in the order in which the rules are asked."""
    there = {teken(r) for r in regels}
    return "".join(t for t in TEKENS if t in there)


def matrix_lines(regels: Sequence[Stroomregel]) -> list[str]:
    """One line per sender: to whom, and by what kind of rule."""
    by_sender: dict[Partijhoedanigheid, list[str]] = {}
    for (van, aan), of_pair in paren(regels).items():
        by_sender.setdefault(van, []).append(f"{aan} {tekens(of_pair)}")
    lines = [f"{van}: {', '.join(to)}" for van, to in by_sender.items()]
    return [*lines, "", *(f"{t}  {said}" for t, said in TEKENS.items()), f"Wat er niet staat: {GEEN_REGEL}"]


def pair_lines(pair: Paar, of_pair: Sequence[Stroomregel]) -> list[str]:
    """One pair, with why."""
    van, aan = pair
    regime = EIGENSCHAPPEN[van].geheimhouding
    lines = [f"{van} > {aan} {tekens(of_pair)}".rstrip()]
    lines.append(f"  Geheimhouding van de afzender: {regime}; toestemming volgens kolom {regime.kolom}.")
    for r in of_pair:
        lines.append(f"  {r.sleutel} {r.kracht}: {r.wat}")
        lines += [f"    {name}: {said}" for name, said in told(r).items() if said]
    return lines if of_pair else [*lines, f"  {GEEN_REGEL}"]


def told(r: Stroomregel) -> dict[str, str]:
    """What one rule says, in words; what does not bear on it is empty."""
    outside = None if r.gedragen else "wordt besloten, en gaat niet over deze lijn"
    held = "aangehouden: het is niet uitgezocht, dus het wacht" if r.stand is Stand.AANGEHOUDEN else None
    asked = ["uitdrukkelijk"] if r.uitdrukkelijk else []
    asked += [] if r.opnieuw_vanaf is None else [f"opnieuw vanaf {r.opnieuw_vanaf} jaar"]
    return {
        "doelen": lijst(r.doelen, Gebruiksdoel),
        "soorten": lijst(r.soorten, SOORTEN) or "geen",
        "alleen van": ", ".join(r.van_functies),
        "alleen aan": ", ".join(r.functies),
        "als": "; ".join(r.als),
        "nummer": "" if r.nummer is Nummerregel.VERBODEN else r.nummer,
        "tekent": ", ".join((*r.kolom, *asked)),
        "veto": "een veto van de jeugdhulpverlener houdt het tegen" if r.veto else "",
        "let op": "; ".join(filter(None, (outside, held))),
        "rust op": berust_op(r),
        "verandert": "" if r.verwachte_wijziging is None else f"aangekondigd per {r.verwachte_wijziging}",
    }


def berust_op(r: Stroomregel) -> str:
    return "; ".join(f"{w.artikel} ({w.zeker})" for w in r.wet)


SOORTEN: Final = tuple(c for c in Gegevenscategorie if c not in NOOIT)


def lijst(some: Sequence[str], every: Iterable[str]) -> str:
    return "alle" if set(some) == set(every) else ", ".join(some)


def wie(side: Sequence[Partijhoedanigheid]) -> str:
    return "iedere organisatie" if tuple(side) == ORGANISATIES else ", ".join(side)


def as_data(r: Stroomregel) -> dict[str, Any]:
    """One rule as it stands in the file, with its letter."""
    return {"regel": r.sleutel, "teken": teken(r), **r.model_dump(mode="json")}


def let_op(regels: Iterable[Stroomregel], on: dt.date) -> str:
    """A remark where the law of a rule is announced to have changed by that day; empty where none is."""
    names = [r.sleutel for r in regels if r.verwachte_wijziging is not None and r.verwachte_wijziging <= on]
    return f"Let op: de wet hierachter zou op deze dag zijn veranderd: {', '.join(names)}." if names else ""


# ── the picture

_CELL: Final = 30
_LEFT, _TOP = 230, 210
_CLASS: Final[Mapping[str, str]] = {
    "X": "verbod",
    "D": "plicht",
    "M": "mag",
    "T": "toestemming",
    "?": "wacht",
    "-": "anoniem",
}
"""The colour of a square is that of its first letter."""
_STYLE: Final = """
    text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
    text { font-size: 11px; fill: #1d2733 }
    g rect, .leeg { stroke: #8a949e; stroke-width: 0.5 }
    .leeg { fill: #ffffff } .verbod { fill: #f6d5d2 } .plicht { fill: #cfe3f5 } .mag { fill: #d9edd8 }
    .toestemming { fill: #fbefc4 } .wacht { fill: #e6e6e6 } .anoniem { fill: #f4f4f4 }
  """


def svg(regels: Sequence[Stroomregel]) -> str:
    """The matrix as a picture: a square per pair, with its letters, and its rules and articles behind it."""
    found = paren(regels)
    rows = [h for h in Partijhoedanigheid if any(van is h for van, _ in found)]
    columns = [h for h in Partijhoedanigheid if any(aan is h for _, aan in found)]
    width, height = _LEFT + len(columns) * _CELL + 20, _TOP + len(rows) * _CELL + 60
    said = "; ".join(f"{t} is {what}" for t, what in TEKENS.items())
    box = f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="titel uitleg"'
    legend = "Een leeg vak heeft geen regel, en wacht. Dezelfde regels staan als tabel in stromen.md."
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
        '  <title id="titel">Wie wat aan wie mag sturen</title>',
        f'  <desc id="uitleg">Een rij per afzender, een kolom per ontvanger. {escape(said)}.',
        f"  {legend}</desc>",
        f"  <style>{_STYLE}</style>",
        f'  <rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for i, aan in enumerate(columns):
        x = _LEFT + i * _CELL + _CELL // 2 + 4
        out.append(f'  <text x="{x}" y="{_TOP - 8}" transform="rotate(-60 {x} {_TOP - 8})">{aan}</text>')
    for j, van in enumerate(rows):
        y = _TOP + j * _CELL
        out.append(f'  <text x="{_LEFT - 8}" y="{y + 19}" text-anchor="end">{van}</text>')
        out += [
            _square(_LEFT + i * _CELL, y, (van, aan), found.get((van, aan), ()))
            for i, aan in enumerate(columns)
        ]
    y = _TOP + len(rows) * _CELL + 20
    for i, (t, what) in enumerate(TEKENS.items()):
        x = 20 + (i % 3) * 320
        out.append(f'  <text x="{x}" y="{y + (i // 3) * 20}">{t}: {escape(what)}</text>')
    return "\n".join([*out, "</svg>", ""])


def _square(x: int, y: int, pair: Paar, of_pair: Sequence[Stroomregel]) -> str:
    box = f'<rect class="{{}}" x="{x}" y="{y}" width="{_CELL}" height="{_CELL}"/>'
    if not of_pair:
        return f"  {box.format('leeg')}"
    letters = tekens(of_pair)
    behind = "&#10;".join(escape(f"{r.sleutel} {r.kracht}: {r.wat} [{berust_op(r)}]") for r in of_pair)
    return (
        f'  <g id="{pair[0]}--{pair[1]}"><title>{pair[0]} &gt; {pair[1]}&#10;{behind}</title>'
        f"{box.format(_CLASS[letters[0]])}"
        f'<text x="{x + _CELL // 2}" y="{y + 19}" text-anchor="middle">{letters}</text></g>'
    )
