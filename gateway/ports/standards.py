"""The standards of the field, as the exchange needs them: what a wire looks like stays behind this port."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from schemas.decision.decision import Releasable
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.registratie import Registratievertaling, ZonderGegevens
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Antwoordvertaling, Kopievertaling, Vertaling
from schemas.people.partij import Partij


class Recogniser(Protocol):
    def __call__(self, raw: bytes) -> bool:
        """Whether these bytes begin as a message of this standard. It promises nothing about the rest of
        them.
        """
        ...


class Translator(Protocol):
    def __call__(self, raw: bytes, *, provenance: bool) -> Vertaling[Ontwikkelingsperspectief]:
        """Translate bytes of one standard to the shared schema. Raises InvalidMessage with all faults."""
        ...


class Answers(Protocol):
    def __call__(
        self,
        berichten: Sequence[tuple[str, bytes]],
        verteld: Terugkoppeling | None,
        *,
        afgewacht: bool,
        today: dt.date,
    ) -> Antwoordvertaling:
        """What messages of a jeugdhulp standard say to a school. It keeps nothing. Raises InvalidMessage."""
        ...


class Copies(Protocol):
    def __call__(
        self,
        berichten: Sequence[tuple[str, bytes]],
        verteld: Terugkoppeling | None,
        *,
        afgewacht: bool,
        today: dt.date,
    ) -> Kopievertaling:
        """What copies of messages come to that go their own way. It keeps nothing. Raises InvalidMessage."""
        ...


class RegistrationReader(Protocol):
    def __call__(
        self, raw: bytes, kolommen: bytes | None, *, today: dt.date
    ) -> Registratievertaling | ZonderGegevens:
        """The registration in a file of a school, of whatever standard it is by its content; `kolommen` are
        the agreed columns of a CSV. Raises InvalidMessage with all faults.
        """
        ...


class Writer(Protocol):
    def __call__(self, releasable: Releasable) -> bytes:
        """Write the minimised message in the recipient's own format. The same message always gives the same
        bytes.
        """
        ...


@dataclass(frozen=True, slots=True)
class Places:
    """Where a document of this standard says whom it is about, for the place of a fault that we find
    ourselves.
    """

    school: str = "/dossier"
    leerlingid: str = "/dossier"
    geboortedatum: str = "/dossier"


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard with what it can do here. None means that it cannot do that.

    `translate` reads a dossier of a school, `answers` reads what jeugdhulp says back, and `write` makes a
    message for a recipient that asked for this standard.
    """

    name: str
    recognise: Recogniser | None = None
    translate: Translator | None = None
    write: Writer | None = None
    answers: Answers | None = None
    places: Places = field(default=Places())


@dataclass(frozen=True, slots=True)
class Standards:
    """All standards, by the name that an envelope or the register uses for each."""

    by_name: Mapping[str, Standard]

    @classmethod
    def of(cls, *standards: Standard) -> Standards:
        return cls({s.name: s for s in standards})

    def __getitem__(self, name: str) -> Standard:
        return self.by_name[name]

    def recognised(self, raw: bytes) -> Standard | None:
        """The standard of these bytes, as far as their beginning tells."""
        found = (s for s in self.by_name.values() if s.recognise is not None and s.recognise(raw))
        return next(found, None)

    def writer_for(self, recipient: Partij) -> Writer:
        """The writer of the format for which this partij asked in the register."""
        assert recipient.aflevering is not None, "nobody is a recipient without a way of delivery"
        writer = self.by_name[recipient.aflevering.formaat].write
        assert writer is not None, "the register lets nobody ask for a format that is not written"
        return writer
