"""How a table of rows turns an element into fields, and how it is remembered where they came from.

The same tables say what a field becomes and where it stood, so provenance cannot drift from the translation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from adapters.oso.codes import LISTS
from adapters.xml import nodes
from adapters.xml.parser import Node
from schemas.messages.onderdelen import Code

Convert = Callable[[str], Any]
_DAY: Final = len("2026-11-20")


class Rows(NamedTuple):
    """A table of rows, and the same table as a function, which takes half the time of a loop over the
    table.
    """

    table: dict[str, tuple[str, Convert | None, str]]
    """Per element: the field, the conversion (None: as sent), and `.code` when it becomes a Code."""
    read: Callable[[Node, dict[str, Any]], dict[str, Any]]
    """Puts the fields of a Node in a dict and returns that dict. The texts must have no white space around
    them.
    """


def date(value: str) -> dt.date:
    # xs:date may carry a time zone; the day is what is meant.
    return dt.date.fromisoformat(value[:_DAY])


def boolean(value: str) -> bool:
    return value in ("true", "1")


def integer(value: str) -> int | str:
    """A number. One that is too long to be true stays text, which the shared schema then refuses by the name
    of its field.
    """
    found = nodes.integer(value)
    return value if found is None else found


def code(number: int, meanings: dict[str, str] | None = None) -> Convert:
    # A Code is frozen and the rules checked the list, so one instance per value serves all messages.
    stelsel, meaning = f"oso-{number}", meanings or {}
    known = {v: Code(code=v, stelsel=stelsel, omschrijving=meaning.get(v)) for v in LISTS[number]}

    def to_code(value: str) -> Code:
        found = known.get(value)
        # It is not in the list: a year whose list was never published. It is not kept, because the sender
        # chooses the values.
        return found or Code(code=value, stelsel=stelsel)

    return to_code


def rows(*table: tuple[str, str, Convert | None]) -> Rows:
    def read(node: Node, out: dict[str, Any]) -> dict[str, Any]:
        get = node.get
        for element, field, convert in table:
            value = get(element)
            # An empty one is only there because the standard requires it, and says nothing.
            if value:
                out[field] = value if convert is None else convert(value)
        return out

    return Rows(
        {
            element: (
                field,
                convert,
                ".code" if convert is not None and convert.__name__ == "to_code" else "",
            )
            for element, field, convert in table
        },
        read,
    )


class Filler:
    """One translation. `origins` is None unless provenance was asked for, because places cost more than
    values.
    """

    def __init__(self, *, provenance: bool) -> None:
        self.origins: list[tuple[str, str]] | None = [] if provenance else None
        """The field and place of every field that was filled."""
        self.empty: dict[str, str] = {}
        """By field, the place of what would be filled if it were not empty. Only filled together with
        `origins`.
        """

    def fill(self, node: Node, table: Rows, field: str, place: str, out: dict[str, Any]) -> dict[str, Any]:
        table.read(node, out)
        if self.origins is not None:
            for element, (name, _, tail) in table.table.items():
                if element not in node:
                    continue
                if name not in out:
                    self.empty[f"{field}.{name}"] = f"{place}/{element}"
                else:
                    self.origins.append((f"{field}.{name}{tail}", f"{place}/{element}"))
                    if tail:
                        self.origins.append((f"{field}.{name}.stelsel", f"{place}/{element}"))
                    if tail and out[name].omschrijving:
                        self.origins.append((f"{field}.{name}.omschrijving", f"{place}/{element}"))
        return out

    def fill_all(
        self, nodes: Sequence[Node], table: Rows, field: str, place: str
    ) -> tuple[dict[str, Any], ...]:
        """One item per node; positions are put behind `field` and `place`."""
        if self.origins is None:
            return tuple([table.read(node, {}) for node in nodes])
        return tuple(
            self.fill(node, table, f"{field}[{i}]", f"{place}[{i + 1}]", {}) for i, node in enumerate(nodes)
        )

    def strings(self, node: Node, element: str, field: str, place: str) -> tuple[str, ...]:
        values = node.get(element)
        if values is None:
            return ()
        filled = [(i, value) for i, value in enumerate(values, 1) if value]
        if self.origins is not None:
            self.origins += [(f"{field}[{n}]", f"{place}/{element}[{i}]") for n, (i, _) in enumerate(filled)]
        return tuple([value for _, value in filled])

    def note(self, field: str, place: str) -> None:
        if self.origins is not None:
            self.origins.append((field, place))
