"""What a recipient says of a levering he took: that he signed for it, that he processed it, or that he
refuses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.exchange.ports import Ports
from gateway.exchange.sealing import fingerprint
from gateway.follow_up.steps import step
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType
from schemas.decision.decision import Reden
from schemas.errors import AlreadySigned, Fault, InvalidMessage, NotFound, NotSigned, OtherContent
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus, Weigergrond
from schemas.people.partij import Partij
from schemas.storage.storage import Moved

_REFUSED: Final = {
    Weigergrond.NIET_VOOR_ONS: (
        Leveringstatus.GEWEIGERD,
        Gebeurtenissoort.DOOR_ONTVANGER_GEWEIGERD,
        (Reden.RECIPIENT_NOT_INVOLVED,),
    ),
    Weigergrond.GEEN_CAPACITEIT: (
        Leveringstatus.GEWEIGERD,
        Gebeurtenissoort.DOOR_ONTVANGER_GEWEIGERD,
        (Reden.RECIPIENT_DECLINED,),
    ),
    Weigergrond.ONLEESBAAR: (Leveringstatus.MISLUKT, Gebeurtenissoort.ONLEESBAAR_BIJ_ONTVANGER, ()),
}


@dataclass(frozen=True, slots=True)
class Recipient:
    ports: Ports

    async def acknowledge(self, recipient: Partij, levering_id: str, digest: str, proof: str) -> Levering:
        """The recipient signed for these bytes: the levering is afgeleverd and our copy is destroyed.
        Repeating is safe.

        `proof` is the signed Leveringsbewijs, which the caller checked; it is kept sealed beside the leaf.
        Raises NotFound (the neutral one), and OtherContent when the digest is not that of what was handed
        over.
        """

        async def attempt() -> Levering | Moved:
            levering = await self._received(recipient, levering_id)
            if levering.vastgelegde_hash != fingerprint(self.ports.vault, levering.id, digest):
                raise OtherContent
            if levering.status is not Leveringstatus.KLAAR:
                return levering
            return await step(
                self.ports,
                levering,
                Leveringstatus.AFGELEVERD,
                Gebeurtenissoort.BEVESTIGD_ONTVANGEN,
                EventType.EXCHANGE_DELIVERED,
                detail={"leveringsbewijs": proof},
            )

        return await until_settled(attempt)

    async def confirm(self, recipient: Partij, levering_id: str) -> Levering:
        """The recipient processed it: bevestigd.

        Raises NotFound, and NotSigned when he did not acknowledge it first.
        """

        async def attempt() -> Levering | Moved:
            levering = await self._received(recipient, levering_id)
            if levering.status is Leveringstatus.BEVESTIGD:
                return levering
            if levering.status is not Leveringstatus.AFGELEVERD:
                raise NotSigned
            return await step(
                self.ports,
                levering,
                Leveringstatus.BEVESTIGD,
                Gebeurtenissoort.BEVESTIGD_VERWERKT,
                EventType.EXCHANGE_DELIVERED,
            )

        return await until_settled(attempt)

    async def used(self, recipient: Partij, levering_id: str, velden: Sequence[str]) -> Levering:
        """The recipient says which fields he used: with that it is processed. What he said before stays said.

        Repeating is safe. Raises NotFound, NotSigned when he did not acknowledge it first, and InvalidMessage
        for a field that he did not receive.
        """

        async def attempt() -> Levering | Moved:
            levering = await self._received(recipient, levering_id)
            if levering.status not in (Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD):
                raise NotSigned
            had = levering.overgedragen or ()
            strange = [i for i, veld in enumerate(velden) if veld not in had]
            if strange:
                text = "Dit veld zat niet bij wat u ontving."
                raise InvalidMessage(tuple(Fault("toezicht.gebruik", f"/geopend/{i}", text) for i in strange))
            said = set(velden).union(levering.geopend or ())
            geopend = tuple(v for v in had if v in said)
            if levering.status is Leveringstatus.BEVESTIGD and geopend == levering.geopend:
                return levering
            return await step(
                self.ports,
                levering,
                Leveringstatus.BEVESTIGD,
                Gebeurtenissoort.BEVESTIGD_VERWERKT,
                EventType.EXCHANGE_DELIVERED,
                geopend=geopend,
            )

        return await until_settled(attempt)

    async def refuse(self, recipient: Partij, levering_id: str, why: Weigergrond) -> Levering:
        """The recipient does not want it (geweigerd), or cannot read it (mislukt, so that it can be
        redelivered). Its sender gets a taak that tells the ground.

        Repeating with the same ground is safe. Raises NotFound, and AlreadySigned after the acknowledgement.
        """
        status, soort, redenen = _REFUSED[why]

        async def attempt() -> Levering | Moved:
            levering = await self.ports.levering_for(recipient.id, levering_id)
            if levering is not None and levering.status is status:
                (*_, last) = await self.ports.storage.history(levering_id)
                if (last.soort, levering.redenen) == (soort, redenen):
                    return levering
            levering = await self._received(recipient, levering_id)
            if levering.status is not Leveringstatus.KLAAR:
                raise AlreadySigned
            return await step(
                self.ports,
                levering,
                status,
                soort,
                EventType.EXCHANGE_FAILED,
                redenen=redenen,
                grond=why,
            )

        return await until_settled(attempt)

    async def _received(self, recipient: Partij, levering_id: str) -> Levering:
        """A levering that this partij took at least once and that still exists for him. Raises NotFound."""
        levering = await self.ports.levering_for(recipient.id, levering_id)
        if (
            levering is None
            or not levering.opgehaald
            or levering.status
            not in (Leveringstatus.KLAAR, Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD)
        ):
            raise NotFound
        return levering
