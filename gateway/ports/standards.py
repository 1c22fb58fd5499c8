"""The standards of the field, as the exchange needs them: what a wire looks like stays behind this port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from schemas.decision.decision import Releasable
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Antwoordvertaling, Vertaling
from schemas.people.partij import Partij


class Recogniser(Protocol):
    def __call__(self, raw: bytes) -> bool:
        """Whether these bytes begin as a message of this standard does. Promises nothing about the rest."""
        ...


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


@dataclass(frozen=True, slots=True)
class Places:
    """Where a document of this standard says of whom it is: a fault that we find ourselves points there."""

    school: str = "/dossier"
    geboortedatum: str = "/dossier"


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard with what it can do here. None: that it cannot do.

    `translate` reads a dossier of a school, `answers` what the care side says back, `write` makes a message
    for a recipient that asked for this standard.
    """

    name: str
    recognise: Recogniser | None = None
    translate: Translator | None = None
    write: Writer | None = None
    answers: Answers | None = None
    places: Places = field(default=Places())


@dataclass(frozen=True, slots=True)
class Standards:
    """All of them by the name that an envelope, or the register, has for each."""

    by_name: Mapping[str, Standard]

    @classmethod
    def of(cls, *standards: Standard) -> Standards:
        return cls({s.name: s for s in standards})

    def __getitem__(self, name: str) -> Standard:
        return self.by_name[name]

    def recognised(self, raw: bytes) -> Standard | None:
        """Whose these bytes are, as far as their beginning tells."""
        found = (s for s in self.by_name.values() if s.recognise is not None and s.recognise(raw))
        return next(found, None)

    def writer_for(self, recipient: Partij) -> Writer:
        """The writer of the format this partij asked for in the register."""
        assert recipient.aflevering is not None, "nobody is a recipient without a way of delivery"
        writer = self.by_name[recipient.aflevering.formaat].write
        assert writer is not None, "the register lets nobody ask for a format that is not written"
        return writer
