"""All statements about one leerling, put in order once, so that a decision does not read them all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from schemas.people.toestemming import Bereik, Toestemming, ToestemmingFunctie


@dataclass(frozen=True, slots=True)
class Group:
    """What one person stated in one function about exactly one set of cells, the newest first."""

    functie: ToestemmingFunctie
    bereik: Bereik
    events: tuple[Toestemming, ...]

    def until(self, as_of: dt.datetime) -> Iterator[Toestemming]:
        """What was stated at `as_of` or before, the newest first."""
        return (c for c in self.events if c.moment <= as_of)


class Statements:
    """A value: what is in it never changes, and the order in which it was recorded means nothing.

    People restate the same cells again and again, so per person there are few groups however many events.
    """

    def __init__(self, consents: Iterable[Toestemming] = ()) -> None:
        self._all = tuple(consents)

    @classmethod
    def of(cls, consents: Sequence[Toestemming] | Statements) -> Statements:
        return consents if isinstance(consents, Statements) else cls(consents)

    def __iter__(self) -> Iterator[Toestemming]:
        return iter(self._all)

    def plus(self, one: Toestemming) -> Statements:
        return Statements((*self._all, one))

    @property
    def people(self) -> Iterable[str]:
        return self._groups.keys()

    def by(self, persoon: str) -> tuple[Group, ...]:
        return self._groups.get(persoon, ())

    @cached_property
    def _groups(self) -> dict[str, tuple[Group, ...]]:
        found: dict[str, dict[tuple[ToestemmingFunctie, Bereik], list[Toestemming]]] = {}
        for c in self._all:
            found.setdefault(c.ondertekenaar, {}).setdefault((c.functie, c.bereik), []).append(c)
        return {
            persoon: tuple(
                Group(f, b, tuple(sorted(events, key=lambda c: (c.moment, c.id), reverse=True)))
                for (f, b), events in groups.items()
            )
            for persoon, groups in found.items()
        }
