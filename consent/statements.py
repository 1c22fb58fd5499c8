"""All statements about one leerling, put in order once, so that a decision does not read them all.

People restate the same cells again and again, so per person there are few groups however many events there
are.
"""

from __future__ import annotations

import datetime as dt
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol

from schemas.base import Gegevenscategorie
from schemas.people.toestemming import Bereik, Gebeurtenis, Toestemming, ToestemmingFunctie


@dataclass(frozen=True, slots=True)
class Group:
    """What one person stated in one function about exactly one set of cells, with the newest first."""

    functie: ToestemmingFunctie
    bereik: Bereik
    events: tuple[Toestemming, ...]

    def until(self, as_of: dt.datetime) -> Iterator[Toestemming]:
        """What was stated at `as_of` or before, with the newest first."""
        return (c for c in self.events if c.moment <= as_of)


class Cell(Protocol):
    """What one category of one request asks; it says in which dimensions a statement does not cover it."""

    def misses(self, bereik: Bereik) -> Sequence[object]: ...


_Key = tuple[ToestemmingFunctie, Bereik]


class Own:
    """What one person stated, in groups.

    It is a value: it remembers which groups cover a cell only to save reading all groups again. That is found
    once per cell and stays true when a statement is added, so neither a decision nor a new fact reads
    everything that was ever said.
    """

    def __init__(
        self,
        groups: Mapping[_Key, Group],
        covering: Mapping[tuple[ToestemmingFunctie, Cell], tuple[_Key, ...]] | None = None,
    ) -> None:
        self._groups = groups
        self._covering = dict(covering or {})

    def __iter__(self) -> Iterator[Group]:
        return iter(self._groups.values())

    def covering(self, functie: ToestemmingFunctie, cell: Cell) -> list[Group]:
        """The groups of this function that cover the cell, in the order in which they were begun."""
        found = self._covering.get((functie, cell))
        if found is None:
            found = tuple(key for key in self._groups if key[0] is functie and not cell.misses(key[1]))
            if len(self._covering) < CELLS:
                self._covering[functie, cell] = found
        return [self._groups[key] for key in found]

    def plus(self, one: Toestemming) -> Own:
        key = (one.functie, one.bereik)
        group = self._groups.get(key)
        if group is not None:
            events = list(group.events)
            insort(events, one, key=_newest_first)
            return Own({**self._groups, key: replace(group, events=tuple(events))}, self._covering)
        covering = {
            (functie, cell): (*keys, key) if functie is one.functie and not cell.misses(one.bereik) else keys
            for (functie, cell), keys in self._covering.items()
        }
        return Own({**self._groups, key: Group(*key, (one,))}, covering)


CELLS: Final = 1_000
"""The most cells of one person that are remembered: more than are ever asked, so that memory has a bound."""
_NOTHING: Final = Own({})


def _named(one: Toestemming) -> Iterator[frozenset[Gegevenscategorie]]:
    yield frozenset(one.bereik.categorieen)
    if not isinstance(one.uitdrukkelijk, bool):
        yield frozenset(one.uitdrukkelijk)


def _newest_first(c: Toestemming) -> tuple[float, int]:
    return (-c.moment.timestamp(), -int(c.id, 16))


class Statements:
    """All statements, as a value. What is in it never changes, and the order of recording has no meaning."""

    def __init__(self, consents: Iterable[Toestemming] = (), own: Mapping[str, Own] | None = None) -> None:
        """`own` holds the same statements by person, for when they are in order already."""
        self._all = tuple(consents)
        if own is not None:
            self.__dict__["_own"] = own

    @classmethod
    def of(cls, consents: Sequence[Toestemming] | Statements) -> Statements:
        return consents if isinstance(consents, Statements) else cls(consents)

    def __iter__(self) -> Iterator[Toestemming]:
        return iter(self._all)

    def plus(self, one: Toestemming) -> Statements:
        own = self._own
        found = Statements(
            (*self._all, one), {**own, one.ondertekenaar: self.by(one.ondertekenaar).plus(one)}
        )
        if "categories" in self.__dict__:
            found.__dict__["categories"] = self.categories.union(_named(one))
        return found

    @cached_property
    def categories(self) -> frozenset[frozenset[Gegevenscategorie]]:
        """Every set of categories that a statement names, in its scope or as said separately."""
        return frozenset(named for one in self._all for named in _named(one))

    @cached_property
    def any_no(self) -> bool:
        """Whether anybody ever refused or took back something."""
        return any(one.gebeurtenis is not Gebeurtenis.GEGEVEN for one in self._all)

    @property
    def people(self) -> Iterable[str]:
        return self._own.keys()

    def by(self, persoon: str) -> Own:
        return self._own.get(persoon, _NOTHING)

    @cached_property
    def _own(self) -> Mapping[str, Own]:
        found: dict[str, dict[_Key, list[Toestemming]]] = {}
        for c in self._all:
            found.setdefault(c.ondertekenaar, {}).setdefault((c.functie, c.bereik), []).append(c)
        return {
            persoon: Own(
                {key: Group(*key, tuple(sorted(events, key=_newest_first))) for key, events in groups.items()}
            )
            for persoon, groups in found.items()
        }
