"""Step 2 of an exchange: from a push to a message in the shared schema, with what its source keeps home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.exchange.intake.bericht import own
from gateway.exchange.intake.dossier import school
from gateway.exchange.intake.envelope import envelope_faults
from gateway.exchange.intake.intake import Intake
from gateway.exchange.intake.terugkoppeling import answer, told
from gateway.ports.standards import Answers, Translator
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.errors import InvalidMessage
from schemas.exchange.uitwisseling import Verzending
from schemas.people.partij import Partij


@dataclass(frozen=True, slots=True)
class Intakes:
    storage: Storage
    translators: Mapping[str, Translator]
    answers: Mapping[str, Answers]
    """The standards whose messages become a terugkoppeling, by name."""

    async def translate(
        self, sender: Partij, verzending: Verzending, regels: Regels, *, provenance: bool
    ) -> Intake:
        """Raises InvalidMessage: with the envelope's own faults first; else the document's, all at once."""
        faults = envelope_faults(sender, verzending, regels)
        if faults:
            raise InvalidMessage(tuple(faults))
        if verzending.bericht is not None:
            return await own(self.storage, sender, verzending, verzending.bericht, regels)
        if verzending.terugkoppeling is not None:
            return await answer(self.storage, sender, verzending, verzending.terugkoppeling)
        dossier = verzending.dossier
        assert dossier is not None
        if dossier.standaard in self.answers:
            said = await told(self.answers[dossier.standaard], dossier)
            return await answer(self.storage, sender, verzending, said.bericht, said.geboortedatum)
        translate = self.translators[dossier.standaard]
        return await school(translate, sender, verzending, dossier, provenance=provenance)
