"""What another file of the region changes, and for whom: told before anything is applied.

The tables are compared by their answers and not by their rows: every case is asked of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from consent.inrichting import (
    MAANDEN,
    Arrangement,
    Geval,
    Regio,
    Regiomandaat,
    Regiopartij,
    Rij,
    Toeleidingsrij,
    Woonplaatsrij,
    first,
)
from consent.stromen import Stand, Stromen
from consent.vernauwing import vernauwd
from schemas.base import Model
from schemas.people.regio_delen import Overlegregel, Thuiszitterstap

NIETS: Final = "-"
M = TypeVar("M", bound=Model)
R = TypeVar("R", bound=Rij)
_Rijen = list[tuple[str, str, M]]


@dataclass(frozen=True, slots=True)
class Wijziging:
    """One change, in words."""

    onderdeel: str
    voor_wie: str
    was: str
    wordt: str


def changes(old: Regio | None, new: Regio | None, stromen: Stromen) -> tuple[Wijziging, ...]:
    """From the region in force to another; None: there is none."""
    return (
        tuple(
            w
            for part in (_waarden, _partijen, _mandaten, _arrangementen, _overleg, _thuiszitters, _rest)
            for w in part(old, new)
        )
        + tuple(_stromen(old, new, stromen))
        + tuple(_tables(old, new))
    )


def _compared(
    onderdeel: str,
    old: Iterable[tuple[str, str, M]],
    new: Iterable[tuple[str, str, M]],
) -> Iterator[Wijziging]:
    """Things with a name, and for whom they are."""
    was, wordt = ({name: (who, thing) for name, who, thing in each} for each in (old, new))
    for name in dict.fromkeys((*was, *wordt)):
        a, b = was.get(name), wordt.get(name)
        if (a and a[1]) != (b and b[1]):
            who = b[0] if b else a[0] if a else ""
            yield Wijziging(
                f"{onderdeel} {name}",
                who,
                NIETS if a is None else _plain(a[1]),
                NIETS if b is None else _plain(b[1]),
            )


def _plain(thing: Model) -> str:
    """The fields that are filled, as the file has them."""
    found = thing.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return ", ".join(f"{n} = {_value(v)}" for n, v in found.items()) or NIETS


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return ", ".join(map(_value, value)) if isinstance(value, list) else str(value)


def _waarden(old: Regio | None, new: Regio | None) -> Iterator[Wijziging]:
    was, wordt = ({} if r is None else r.waarden.model_dump(mode="json", by_alias=True) for r in (old, new))
    for name in dict.fromkeys((*was, *wordt)):
        if was.get(name) != wordt.get(name):
            before, after = (_value(each.get(name, NIETS)) for each in (was, wordt))
            yield Wijziging(f"waarde {name}", "iedereen", before, after)


def _partijen(old: Regio | None, new: Regio | None) -> Iterator[Wijziging]:
    def rows(r: Regio | None) -> _Rijen[Regiopartij]:
        return [(p.sleutel, p.naam, p) for p in r.partijen] if r else []

    return _compared("partij", rows(old), rows(new))


def _mandaten(old: Regio | None, new: Regio | None) -> Iterator[Wijziging]:
    def rows(r: Regio | None) -> _Rijen[Regiomandaat]:
        return [(m.besluit_ref, f"{m.gever}, {m.nemer}", m) for m in r.mandaten] if r else []

    return _compared("mandaat", rows(old), rows(new))


def _arrangementen(old: Regio | None, new: Regio | None) -> Iterator[Wijziging]:
    def rows(r: Regio | None) -> _Rijen[Arrangement]:
        return [(a.code, a.naam, a) for a in r.arrangementen] if r else []

    return _compared("arrangement", rows(old), rows(new))


def _overleg(old: Regio | None, new: Regio | None) -> Iterator[Wijziging]:
    def rows(r: Regio | None) -> _Rijen[Overlegregel]:
        return [(o.code, ", ".join(o.kring), o) for o in r.overleg] if r else []

    return _compared("overleg", rows(old), rows(new))


def _thuiszitters(old: Regio | None, new: Regio | None) -> Iterator[Wijziging]:
    def rows(r: Regio | None) -> _Rijen[Thuiszitterstap]:
        return [(f"dag {t.dag}, {t.code}", f"{t.van}, {t.aan}", t) for t in r.thuiszitters] if r else []

    return _compared("thuiszitters", rows(old), rows(new))


def _rest(old: Regio | None, new: Regio | None) -> Iterator[Wijziging]:
    was, wordt = (
        {}
        if r is None
        else {
            "termijnen": _plain(r.termijnen),
            "bewaren": _plain(r.bewaren),
            "kleinsteAantal": NIETS if r.kleinste_aantal is None else str(r.kleinste_aantal),
        }
        for r in (old, new)
    )
    for name in ("termijnen", "bewaren", "kleinsteAantal"):
        told = [each.get(name, NIETS) for each in (was, wordt)]
        if told[0] != told[1]:
            yield Wijziging(name, "iedereen", *told)


def _stromen(old: Regio | None, new: Regio | None, stromen: Stromen) -> Iterator[Wijziging]:
    """Per rule, between whom: what goes no more, and what goes again."""
    was, wordt = (_goes(stromen if r is None else vernauwd(stromen, r.stromen)) for r in (old, new))
    for rule in dict.fromkeys((*was, *wordt)):
        gone, back = was[rule] - wordt.get(rule, set()), wordt.get(rule, set()) - was[rule]
        for pair in dict.fromkeys(p[:2] for p in sorted(gone | back)):
            left, again = (_cells(each, pair) for each in (gone, back))
            yield Wijziging(f"stroom {rule}", " > ".join(pair), left or NIETS, again or NIETS)


_Cel = tuple[str, str, str, str, str]


def _goes(stromen: Stromen) -> dict[str, set[_Cel]]:
    """Of each rule all that goes by it: sender, recipient, doel, kind of data, function."""
    found: dict[str, set[_Cel]] = {}
    for r in stromen.regels:
        cells = found.setdefault(r.id, set())
        if r.stand is Stand.ACTIEF:
            cells |= {
                (van, aan, doel, soort, functie)
                for van in r.van
                for aan in r.aan
                for doel in r.doelen
                for soort in r.soorten
                for functie in (r.functies or ("iedereen",))
            }
    return found


def _cells(cells: set[_Cel], pair: tuple[str, ...]) -> str:
    found = sorted({c[2:] for c in cells if c[:2] == pair})
    parts = (sorted({c[i] for c in found}) for i in range(3))
    return "; ".join(", ".join(p) for p in parts if p and p != ["iedereen"])


def _tables(old: Regio | None, new: Regio | None) -> Iterator[Wijziging]:
    there = [r for r in (old, new) if r is not None]
    codes = dict.fromkeys(a.code for r in there for a in r.arrangementen)
    ages = sorted({m for r in there for m in r.leeftijden})
    homes = dict.fromkeys(w for r in there for w in r.woonplaatsen)
    for name, answer in (("toeleiding", _decides), ("woonplaats", _road)):
        for code in codes:
            for woont in homes:
                run: list[tuple[int, str, str]] = []
                for m in ages:
                    geval = Geval(code, m, woont)
                    run.append((m, _answer(old, geval, answer), _answer(new, geval, answer)))
                yield from _bands(name, f"{code}, woont {woont}", run)


def _bands(name: str, who: str, run: list[tuple[int, str, str]]) -> Iterator[Wijziging]:
    """Neighbouring ages with the same change are told as one."""
    start = 0
    for i in range(1, len(run) + 1):
        if i < len(run) and run[i][1:] == run[start][1:]:
            continue
        first_month, was, wordt = run[start]
        if was != wordt:
            until = run[i][0] if i < len(run) else MAANDEN
            yield Wijziging(name, f"{who}, {_span(first_month, until)}", was, wordt)
        start = i


def _span(first_month: int, until: int) -> str:
    if (first_month, until) == (0, MAANDEN):
        return "elke leeftijd"
    return f"{_years(first_month)} tot {_years(until)}"


def _years(months: int) -> str:
    years, rest = divmod(months, 12)
    return f"{years} jaar" + (f" en {rest} maanden" if rest else "")


def _answer(regio: Regio | None, geval: Geval, told: Callable[[Regio, Geval], str]) -> str:
    known = regio is not None and regio.arrangement(geval.arrangement) is not None
    if regio is None or not known or geval.woont not in regio.woonplaatsen:
        return NIETS
    return told(regio, geval)


def _decides(regio: Regio, geval: Geval) -> str:
    return toeleiding_in_words(_row(regio.toeleiding, geval))


def _road(regio: Regio, geval: Geval) -> str:
    return woonplaats_in_words(_row(regio.woonplaats, geval))


def _row(rijen: tuple[R, ...], geval: Geval) -> R:
    nummer = first(rijen, geval)
    return rijen[-1 if nummer is None else nummer]


def toeleiding_in_words(rij: Toeleidingsrij) -> str:
    if rij.vraag is not None:
        return f"vraag een mens: {rij.vraag}"
    door = f" ({rij.door})" if rij.door else ""
    namens = f" namens {rij.namens}" if rij.namens else ""
    overleg = f" in {rij.overleg}" if rij.overleg else ""
    vorm = f", {rij.vorm}" if rij.vorm else ""
    return f"{rij.beslisser}{door}{namens}{overleg}{vorm}"


def woonplaats_in_words(rij: Woonplaatsrij) -> str:
    return f"vraag een mens: {rij.vraag}" if rij.vraag is not None else str(rij.regel or rij.route)
