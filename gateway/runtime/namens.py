"""In whose name a request is done, when its client does not work for its own organisation.

It is known where the caller is, and everything that is written in the request is held to it: the account says
it, and a commit is only taken while the machtiging holds. So no route can forget it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Gemachtigde:
    """One client that acts in the name of one partij, in one request."""

    client: str
    partij: str
    holds: Callable[[], Awaitable[int]]
    """Gives the version of the register in which the machtiging holds now. Raises NotAuthorised."""


namens: Final[ContextVar[Gemachtigde | None]] = ContextVar("namens", default=None)


@contextmanager
def own_request() -> Iterator[None]:
    """Within it nobody acts for another, until the caller is known; and after it neither."""
    token = namens.set(None)
    try:
        yield
    finally:
        namens.reset(token)
