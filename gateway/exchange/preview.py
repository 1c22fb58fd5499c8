"""What a message would come to: POST /v1/uitwisselingen/_proef, for the people who are asked to agree.

    1 receive  2 translate  3 decide  4 minimise ─► 200

The same steps as accept.py and the same bytes as hand_over.py, without storing anything. The sender sees its
own message only; nobody else can ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from consent.decide import proposal
from consent.minimise import minimise
from consent.request import Request
from consent.velden import asks_separately
from consent.verdict import cell_of
from gateway.exchange.deciding import as_if_agreed, asked, decide
from gateway.exchange.intake.intake import Intake
from gateway.exchange.intake.intakes import Intakes
from gateway.exchange.leerling import about, speaker
from gateway.exchange.pairwise import pairwise
from gateway.exchange.ports import Ports
from gateway.ports.standards import Standards
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Decision
from schemas.exchange.uitwisseling import Verzending
from schemas.identifiers import PartijId
from schemas.messages.bericht import Inhoud
from schemas.people.partij import Partij
from schemas.people.toestemming import Hoedanigheid, Richting, ToestemmingFunctie


@dataclass(frozen=True, slots=True)
class Preview:
    """What one recipient would get: `now` under the recorded facts, `agreed` when everybody who is asked
    agrees.
    """

    request: Request
    decision: Decision
    agreed: Decision
    to_ask: Mapping[Gegevenscategorie, Mapping[str, frozenset[ToestemmingFunctie]]]
    """For each category that a yes would open: who must still say it, and for which functions."""
    separately: frozenset[Gegevenscategorie]
    """Those of these categories for which people must agree explicitly before all of it can go."""
    asked_as: tuple[Richting, PartijId | None]
    """Under which direction, and of which sender, people are asked: without it their yes is about another
    flow.
    """
    roles: Mapping[str, Hoedanigheid]
    payload_now: bytes | None
    payload_agreed: bytes | None


@dataclass(frozen=True, slots=True)
class Previews:
    ports: Ports
    intakes: Intakes
    standards: Standards

    async def __call__(self, sender: Partij, verzending: Verzending) -> tuple[Intake, tuple[Preview, ...]]:
        """What a message would come to for each recipient. Raises InvalidMessage, RecordUnavailable."""
        # 1. receive: done by the caller
        regels = await self.ports.regels.current()
        # 2. translate
        intake = await self.intakes.translate(sender, verzending, regels, provenance=True)
        _, case = await about(self.ports, sender, intake)
        speaker(case, sender.id, verzending.namens, intake)
        now = self.ports.clock.now()
        previews = []
        for ontvanger in verzending.ontvangers:
            # 3. decide: as it is, and as it would be when everybody agrees
            request = asked(case, intake, ontvanger, verzending, sender, regels)
            decision = decide(request, case, regels, now)
            agreed, to_ask = decision, {}
            if case.over_leerling:
                who = case.authorities
                agreed = as_if_agreed(request, case, regels, now)
                to_ask = proposal(request, case.consents, who, regels.beleid, now, decision, agreed)
            previews.append(
                Preview(
                    request,
                    decision,
                    agreed,
                    to_ask,
                    frozenset(c for c in to_ask if asks_separately(request, c)),
                    cell_of(request, Gegevenscategorie.CONTACT, regels.beleid).gevraagd_als,
                    case.authorities.roles,
                    self._show(intake.inhoud, decision, request),  # 4. minimise
                    self._show(intake.inhoud, agreed, request),
                )
            )
        return intake, tuple(previews)

    def _show(self, inhoud: Inhoud, decision: Decision, request: Request) -> bytes | None:
        """The bytes that a hand-over under the same facts would give."""
        permit, recipient = decision.permit, request.partij
        if permit is None or recipient is None:
            return None
        writer = self.standards.writer_for(recipient)
        as_his = pairwise(self.ports.vault, inhoud, request.eigenaar, request.afzender, recipient.id)
        return writer(minimise(as_his, permit))
