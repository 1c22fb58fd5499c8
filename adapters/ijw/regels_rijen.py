"""The rules about rows beside each other: none twice, and no product twice on the same day.

Every row that takes part in a clash is reported, not only the later one: which of them is wrong, only the
sender knows. Sorting instead of comparing pairs keeps thousands of rows cheap.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Final

from adapters.ijw.regel import Omgeving, Rijregel
from adapters.ijw.regels_product import DELETED, WITHDRAWN, begin, eind
from adapters.ijw.waarden import day, exact, filled, whole
from adapters.xml.nodes import sub, text
from adapters.xml.parser import Node

Part = Callable[[Node], Hashable]

_OPEN: Final = 10**15
"""Later than any date."""
_NEVER: Final = -_OPEN
"""Earlier than any date."""


def tekst(name: str) -> Part:
    return lambda row: exact(row, name)


def getal(name: str) -> Part:
    return lambda row: whole(row, name)


def datum(name: str) -> Part:
    return lambda row: day(row, name)


def product(row: Node) -> Hashable:
    return exact(sub(row, "Product"), "Categorie"), exact(sub(row, "Product"), "Code")


def referentie(row: Node) -> Hashable:
    node = sub(row, "ProductReferentie")
    return exact(node, "ReferentieNummer"), exact(node, "VorigReferentieNummer")


def not_unique(keys: Iterable[Hashable]) -> set[int]:
    """The positions of keys that occur more than once."""
    known = list(keys)
    often = Counter(known)
    return {i for i, key in enumerate(known) if often[key] > 1}


def geen_dubbele(*parts: Part) -> Rijregel:
    """TR101: rows of one class differ in the key of that class. An absent part is a value of its own."""

    def broken(rows: list[Node], _: Omgeving) -> set[int]:
        return not_unique(tuple(part(row) for part in parts) for row in rows)

    return Rijregel("TR101", "", "Deze sleutel komt vaker voor in het bericht.", broken)


def _dubbele_referenties(rows: list[Node], _: Omgeving) -> set[int]:
    return not_unique(exact(row, "ReferentieAanbieder") for row in rows)


eigen_referentie = Rijregel(
    "TR383",
    "/ReferentieAanbieder",
    "Elk aangevraagd product heeft een eigen referentie.",
    _dubbele_referenties,
)
"""TR383: each requested product can be told apart in the answer."""


def _dubbele_debets(rows: list[Node], _: Omgeving) -> set[int]:
    debet = [i for i, row in enumerate(rows) if text(sub(row, "IngediendBedrag"), "DebetCredit") == "D"]
    keys = (
        (
            day(sub(rows[i], "ProductPeriode"), "Begindatum"),
            day(sub(rows[i], "ProductPeriode"), "Einddatum"),
            exact(rows[i], "ProductCategorie"),
            exact(rows[i], "ProductCode"),
            whole(rows[i], "ToewijzingNummer"),
        )
        for i in debet
    )
    return {debet[at] for at in not_unique(keys)}


geen_dubbele_debet = Rijregel(
    "TR416", "", "Deze prestatie staat vaker als debet in het bericht.", _dubbele_debets
)
"""TR416: the same help in the same period is claimed once. As in the reference check, per client."""


# --- the same product on the same day


class _Periods:
    """Periods, both ends inclusive, that can be asked whether any but one touches that one.

    Two periods touch when neither begins after the other ends. That comparison, and no other, is the one of
    the standard: it also answers for a period that ends before it begins, which breaks CS003 as well.
    """

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, int]] = []
        self._begins: list[int] = []
        self._latest: list[tuple[tuple[int, int], int]] = []

    def add(self, row: int, first: int, last: int) -> None:
        self._rows.append((first, last, row))

    def sort(self) -> None:
        self._rows.sort()
        self._begins = [first for first, _, _ in self._rows]
        best, second = (_NEVER, -1), _NEVER
        for _, last, row in self._rows:
            if last > best[0]:
                best, second = (last, row), best[0]
            else:
                second = max(second, last)
            self._latest.append((best, second))

    def touched(self, row: int, first: int, last: int) -> bool:
        """Whether a period of another row touches this one: the latest end of those begun by then tells."""
        begun = bisect_right(self._begins, last)
        if not begun:
            return False
        (end, owner), other = self._latest[begun - 1]
        return (other if owner == row else end) >= first


def _clashing(rows: list[Node], skip: Callable[[Node], bool]) -> set[int]:
    """Positions of rows that share a day with a row of the same product.

    Two rows with a code are the same product when category and code are; when one lacks a code, when the
    category is; when one has no product at all, always.
    """
    periods: list[tuple[int, int, int, list[Hashable]]] = []
    groups: defaultdict[Hashable, _Periods] = defaultdict(_Periods)
    for i, row in enumerate(rows):
        first, last = begin(row), eind(row)
        last = _OPEN if last is None else last
        if first is None or skip(row):
            continue
        node = sub(row, "Product")
        category = text(node, "Categorie") if node else None
        code = exact(node, "Code") if filled(node, "Code") else None
        names: list[Hashable] = ["all"]
        asked: list[Hashable] = ["all"]
        if category is None:
            names.append("generic")
        else:
            names += [(category,), (category, code)]
            asked = ["generic", *([(category,)] if code is None else [(category, None), (category, code)])]
        periods.append((i, first, last, asked))
        for name in names:
            groups[name].add(i, first, last)
    for group in groups.values():
        group.sort()
    return {
        i
        for i, first, last, asked in periods
        if any(groups[name].touched(i, first, last) for name in asked if name in groups)
    }


def _none(_: Node) -> bool:
    return False


def _deleted(row: Node) -> bool:
    return text(row, "RedenWijziging") in {DELETED, WITHDRAWN} and eind(row) == begin(row)


def _overlap(code: str, skip: Callable[[Node], bool]) -> Rijregel:
    def broken(rows: list[Node], _: Omgeving) -> set[int]:
        return _clashing(rows, skip)

    return Rijregel(
        code, "", "Hetzelfde product staat vaker in het bericht met overlappende perioden.", broken
    )


toewijzingen_overlappen_niet = _overlap("TR302", _deleted)
"""TR302: one product is allocated once for the same day; deleted rows do not count."""
aanvragen_overlappen_niet = _overlap("TR386", _none)
"""TR386: one product is requested once for the same day."""
nieuwe_overlappen_niet = _overlap("TR410", _none)
"""TR410: one new product is asked once for the same day."""
