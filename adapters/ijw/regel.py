"""What a rule of iJw is, and how a table of them goes over a message: once, from top to bottom.

A rule is a function that says whether its demand is met, with the code of the standard beside it. It sees one
instance of a class (`Regel`), or all instances beside each other (`Rijregel`). Rules have no memory and read
no clock; whatever they need besides the message is in `Omgeving`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Final, NamedTuple

from adapters.ijw.codelijsten import Gemeentelijst, Productlijst
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.waarden import day, exact
from adapters.xml.nodes import sub, subs
from adapters.xml.parser import Node

IN_MESSAGE: Final = 2
"""Level of a rule that the message alone decides. Its retour says only 0001, whatever the rule."""
EXTERNAL: Final = 4
"""Level of a rule that needs a clock, a list or a contract. Its retour names its own code at the class."""


class Tarief(NamedTuple):
    """What a contract says about one product: the price of one unit, in cents and not rounded."""

    eenheid: str
    cent: Fraction


@dataclass(frozen=True)
class Omgeving:
    """What a rule may know besides the class it looks at."""

    inhoud: Node
    soort: str
    today: int
    gemeenten: Gemeentelijst
    producten: Productlijst
    contract: Mapping[str, Tarief]

    @cached_property
    def dagtekening(self) -> int | None:
        return day(sub(sub(self.inhoud, "Header"), "BerichtIdentificatie"), "Dagtekening")

    def not_after_dagtekening(self, date: int | None) -> bool:
        return date is None or self.dagtekening is None or date <= self.dagtekening

    def prestaties(self) -> Iterator[Node]:
        """Every Prestatie of a claim or of its answer, of all clients together."""
        top = sub(self.inhoud, "Declaratie") or sub(self.inhoud, "DeclaratieAntwoord")
        for client in subs(sub(top, "Clienten"), "Client"):
            yield from subs(sub(client, "Prestaties"), "Prestatie")

    @cached_property
    def referenties(self) -> frozenset[str | None]:
        """The ReferentieNummers in a claim."""
        return frozenset(exact(sub(p, "ProductReferentie"), "ReferentieNummer") for p in self.prestaties())

    @cached_property
    def vorige_referenties(self) -> Counter[str | None]:
        """How often each VorigReferentieNummer occurs in a claim."""
        return Counter(exact(sub(p, "ProductReferentie"), "VorigReferentieNummer") for p in self.prestaties())


Demand = Callable[[Node, Omgeving], bool]
Rows = Callable[[list[Node], Omgeving], Container[int]]


@dataclass(frozen=True, slots=True)
class Regel:
    """A demand on one instance of a class. `element` is where in the class a breach is reported."""

    code: str
    element: str
    text: str
    holds: Demand
    level: int = IN_MESSAGE
    retourcode: str = "0001"

    def at(self, element: str) -> Regel:
        """The same rule in a class that calls that element otherwise."""
        return replace(self, element=element)

    def coded(self, code: str) -> Regel:
        """The same demand under the code it has in another message."""
        return replace(self, code=code)


@dataclass(frozen=True, slots=True)
class Rijregel:
    """A demand on all instances of a class beside each other; `broken` gives the positions, from 0."""

    code: str
    element: str
    text: str
    broken: Rows
    level: int = IN_MESSAGE
    retourcode: str = "0001"


@dataclass(frozen=True, slots=True)
class Klasse:
    """The rules of one class. `path` leads to it from the class above; only its last name can repeat.

    Everything stands in the order of the document: what `together` finds first, then the own elements, then
    the classes inside.
    """

    path: tuple[str, ...]
    regels: tuple[Regel, ...] = ()
    together: tuple[Rijregel, ...] = ()
    inside: tuple[Klasse, ...] = ()


def regel(
    code: str, element: str, text: str, *, level: int = IN_MESSAGE, retourcode: str = "0001"
) -> Callable[[Demand], Regel]:
    """Make a function that says whether a demand is met into the rule with that code."""

    def make(holds: Demand) -> Regel:
        return Regel(code, element, text, holds, level, retourcode)

    return make


def run(klassen: tuple[Klasse, ...], omgeving: Omgeving) -> tuple[Regelfout, ...]:
    """Every breach of these rules, in document order."""
    found: list[Regelfout] = []
    for klasse in klassen:
        _visit(found, klasse, omgeving.inhoud, "/Bericht", omgeving)
    return tuple(found)


def _visit(found: list[Regelfout], klasse: Klasse, parent: Node, place: str, omgeving: Omgeving) -> None:
    *containers, name = klasse.path
    for container in containers:
        parent = sub(parent, container)
        place = f"{place}/{container}"
    value = parent.get(name)
    if type(value) is dict:
        _look(found, klasse, value, f"{place}/{name}", omgeving)
    elif type(value) is list:
        rows = subs(parent, name)
        # A row alone has none beside it.
        beside = klasse.together if len(rows) > 1 else ()
        together = [(rule, rule.broken(rows, omgeving)) for rule in beside]
        for i, row in enumerate(rows):
            here = f"{place}/{name}[{i + 1}]"
            found += [_fout(rule, here) for rule, broken in together if i in broken]
            _look(found, klasse, row, here, omgeving)


def _look(found: list[Regelfout], klasse: Klasse, node: Node, place: str, omgeving: Omgeving) -> None:
    found += [_fout(rule, place) for rule in klasse.regels if not rule.holds(node, omgeving)]
    for inside in klasse.inside:
        _visit(found, inside, node, place, omgeving)


def _fout(rule: Regel | Rijregel, place: str) -> Regelfout:
    return Regelfout(rule.code, place + rule.element, rule.text, rule.level, rule.retourcode)
