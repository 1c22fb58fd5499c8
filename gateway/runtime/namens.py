"""Who does a request: in whose name, when its client works for another organisation, and which person.

It is known where the caller is, and everything that is written in the request is held to it: the account says
it, and a commit is only taken while the machtiging, or the role of that person, holds. So no route can forget
it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Gemachtigde:
    """One client that acts in the name of one partij, in one request."""

    client: str
    partij: str
    holds: Callable[[], Awaitable[int]]
    """Gives the version of the register in which the machtiging holds now. Raises NotAuthorised."""


@dataclass(frozen=True, slots=True)
class Handelende:
    """One person who signed in, in one request."""

    ref: str
    """The random reference of this person at this partij: all that stands in the account itself."""
    client: str
    partij: str
    detail: Mapping[str, str] = field(repr=False)
    """His name, and what his issuer calls him: only ever sealed."""
    holds: Callable[[], Awaitable[int]]
    """Gives the version of the register in which his role holds now. Raises NotAuthorised."""


namens: Final[ContextVar[Gemachtigde | None]] = ContextVar("namens", default=None)
handelend: Final[ContextVar[Handelende | None]] = ContextVar("handelend", default=None)


@contextmanager
def own_request() -> Iterator[None]:
    """Within it nobody acts for another and no person acts, until the caller is known; and after it
    neither.
    """
    for_another, person = namens.set(None), handelend.set(None)
    try:
        yield
    finally:
        namens.reset(for_another)
        handelend.reset(person)
