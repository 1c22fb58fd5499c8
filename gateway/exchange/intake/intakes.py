"""Step 2 of an exchange: from a push to a message in the shared schema, with what its source keeps home."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

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
from schemas.messages.overgang import Overstapset
from schemas.people.partij import Partij

_OTHER_SCHOOL: Final = frozenset({"afzender.anderBrin", "afzender.andereSchool"})


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
        now = self.clock.now()
        _refuse_succeeded(sender, verzending, regels, now)
        # It is numbered as today; its leerlingen are found by the number that it had first.
        named = sender.genummerd_op(day(now))
        try:
            intake = await self._read(named, verzending, regels, provenance=provenance)
        except InvalidMessage as error:
            # as what it was: one that is too large is told so
            raise type(error)(tuple(_renumbered(f, named, sender) for f in error.faults)) from None
        found = intake.identity
        if named is not sender and found is not None and found.brin:
            assert sender.brin is not None
            assert sender.vestigingscode is not None
            first = replace(found, brin=sender.brin, vestigingscode=sender.vestigingscode)
            intake = replace(intake, identity=first)
        born = intake.identity.geboortedatum if intake.identity else intake.geboortedatum
        if born is not None and born > day(self.clock.now()):
            raise InvalidMessage((unborn(intake.geboren_op),))
        numbers = frozenset(numbered(intake.inhoud, regels.beleid.genoemd.get(intake.soort, frozenset())))
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


def _refuse_succeeded(sender: Partij, verzending: Verzending, regels: Regels, now: dt.datetime) -> None:
    """Nothing is sent as or to a partij that goes on as another, but for what hands a leerling over to it.

    Who sends to it hears what he would hear of a partij that is not there. Raises InvalidMessage.
    """
    faults = []
    naar = regels.machtigingen.opvolger(sender.id, now)
    hands_over = verzending.bericht is not None and verzending.bericht.soort == Overstapset.soort
    if naar is not None and not (hands_over and {o.partij for o in verzending.ontvangers} == {naar}):
        text = f"Deze partij is opgevolgd door {naar}; verstuur als die partij."
        faults.append(Fault("afzender.opgevolgd", "", text))
    for i, o in enumerate(verzending.ontvangers):
        if regels.machtigingen.opvolger(o.partij, now) is not None:
            text = "Deze ontvanger is niet aangesloten."
            faults.append(Fault("ontvanger.onbekend", f"/ontvangers/{i}/partij", text))
    if faults:
        raise InvalidMessage(tuple(faults))


def _renumbered(f: Fault, named: Partij, sender: Partij) -> Fault:
    """Of a school that is numbered otherwise by now: how, where a message names another school."""
    if f.code not in _OTHER_SCHOOL or named is sender:
        return f
    return replace(f, text=f"{f.text} Uw school heeft nu nummer {named.brin}{named.vestigingscode}.")
