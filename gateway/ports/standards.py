"""The standards of the field, as the exchange needs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from schemas.decision.decision import Releasable
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Antwoordvertaling, Vertaling


class Translator(Protocol):
    def __call__(self, raw: bytes, *, provenance: bool) -> Vertaling[Ontwikkelingsperspectief]:
        """Bytes of one standard to the shared schema. Raises InvalidMessage with all faults."""
        ...


class Answers(Protocol):
    def __call__(
        self, berichten: Sequence[tuple[str, bytes]], verteld: Terugkoppeling | None, *, afgewacht: bool
    ) -> Antwoordvertaling:
        """What messages of the care side say to a school. Raises InvalidMessage; keeps nothing."""
        ...


class Writer(Protocol):
    def __call__(self, releasable: Releasable) -> bytes:
        """The minimised message in the recipient's own format; same input, same bytes."""
        ...
