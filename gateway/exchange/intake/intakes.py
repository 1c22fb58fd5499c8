"""Step 2 of an exchange: from a push to a message in the shared schema, with what its source keeps home."""

from __future__ import annotations

from dataclasses import dataclass

from consent.leeftijd import day
from consent.minimise import bound, numbered
from gateway.exchange.intake.bericht import own
from gateway.exchange.intake.dossier import school
from gateway.exchange.intake.eigen import unborn
from gateway.exchange.intake.envelope import decoded, envelope_faults
from gateway.exchange.intake.intake import Intake
from gateway.exchange.intake.terugkoppeling import answer, told
from gateway.exchange.intake.wie import own_number_faults
from gateway.ports.clock import Clock
from gateway.ports.standards import Standards
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from gateway.runtime.aside import Aside
from schemas.decision.decision import Reden
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Dossier, Verzending
from schemas.people.partij import Partij


@dataclass(frozen=True, slots=True)
class Intakes:
    storage: Storage
    standards: Standards
    aside: Aside
    clock: Clock

    async def translate(
        self, sender: Partij, verzending: Verzending, regels: Regels, *, provenance: bool
    ) -> Intake:
        """The message that a push comes to. Raises InvalidMessage, first with the faults of the envelope,
        else with those of the document.

        A text that holds something that can be a BSN stays home: its place is told, its value is not.
        """
        intake = await self._read(sender, verzending, regels, provenance=provenance)
        born = intake.identity.geboortedatum if intake.identity else intake.geboortedatum
        if born is not None and born > day(self.clock.now()):
            raise InvalidMessage((unborn(intake.geboren_op),))
        numbers = frozenset(numbered(intake.inhoud))
        if not numbers:
            return intake
        left = tuple(v for v in intake.velden if v not in numbers)
        return Intake(
            intake.soort,
            bound(intake.inhoud, frozenset(left)),
            left,
            {**intake.weggelaten, **dict.fromkeys(sorted(numbers), Reden.BSN_NOT_ALLOWED)},
            intake.identity,
            intake.answers,
            intake.bevindingen,
            intake.herkomst,
            intake.geboortedatum,
            intake.geboren_op,
            intake.onderwerp,
        )

    async def _read(
        self, sender: Partij, verzending: Verzending, regels: Regels, *, provenance: bool
    ) -> Intake:
        faults = envelope_faults(sender, verzending, regels, self.standards)
        if faults:
            raise InvalidMessage(tuple(faults))
        if verzending.bericht is not None:
            op = day(self.clock.now())
            return await own(self.storage, sender, verzending, verzending.bericht, regels, op)
        if verzending.terugkoppeling is not None:
            return await answer(self.storage, sender, verzending, verzending.terugkoppeling)
        dossier = verzending.dossier
        assert dossier is not None
        try:
            return await self._document(sender, verzending, dossier, regels, provenance=provenance)
        except InvalidMessage:
            self._check_name(dossier)
            raise

    async def _document(
        self, sender: Partij, verzending: Verzending, dossier: Dossier, regels: Regels, *, provenance: bool
    ) -> Intake:
        """A document of a standard: an answer in a standard of jeugdhulp, or a dossier of a school."""
        standard = self.standards[dossier.standaard]
        if standard.answers is not None:
            said = await told(standard.answers, dossier, self.aside, day(self.clock.now()))
            if faults := tuple(own_number_faults(sender, said.afzenders, said.gemeenten, regels)):
                raise InvalidMessage(faults)
            return await answer(self.storage, sender, verzending, said.bericht, said.geboortedatum)
        return await school(standard, sender, verzending, dossier, self.aside, provenance=provenance)

    def _check_name(self, dossier: Dossier) -> None:
        """Raises InvalidMessage when the document is of another standard than the sender says: that fault
        comes first.
        """
        try:
            (raw,) = decoded({"/dossier/inhoud": dossier.inhoud}).values()
        except InvalidMessage:
            return  # that fault is already told with the others, with its place
        found = self.standards.recognised(raw)
        if found is not None and found.name != dossier.standaard:
            text = f"Dit is een bericht van de standaard {found.name}."
            raise InvalidMessage((Fault("dossier.andereStandaard", "/dossier/standaard", text),))
