"""What one rule over several messages is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from adapters.ijw.verloop import Verloop

M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Verloopregel(Generic[M]):
    """`zoek` yields the place of every class where the rule is broken; the rest is the same for all of them.

    A rule that needs an earlier message, and does not find it, is silent when `verloop.volledig` says that
    messages are missing here: nobody may be refused on what he could not know (OP095). A rule on what is
    known holds always.
    """

    code: str
    retourcode: str | None
    soorten: frozenset[str]
    text: str
    zoek: Callable[[M, Verloop], Iterator[str]]
