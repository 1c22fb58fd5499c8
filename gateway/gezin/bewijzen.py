"""The proofs that somebody may keep: of each statement of his own, and of what was shared on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.explain import vastgelegd
from gateway.explain.deelbewijs import make_deelbewijs
from gateway.explain.toestemmingsbewijs import Toestemmingsbewijs, make_bewijs
from gateway.explain.veldnamen import groepen
from gateway.follow_up.withdrawal import Intrekkingen
from gateway.ports.keys import LeafMaker, LedgerSigner, Vault
from gateway.ports.storage import Storage
from gateway.register.regels import Regelbron
from gateway.uitnodigen.uitnodigingen import Uitnodigingen
from schemas.errors import NotFound
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering
from schemas.people.mensen import Mensrol, Zelf
from schemas.people.partij import Partij
from schemas.people.toestemming import Gebeurtenis, Toestemming


class Bewijssoort(StrEnum):
    GEGEVEN = "gegeven"
    GEWEIGERD = "geweigerd"
    INGETROKKEN = "ingetrokken"
    GEDEELD = "gedeeld"


@dataclass(frozen=True, slots=True)
class Ik:
    """Who asks: as whom, at which partij."""

    partij: Partij
    zelf: Zelf
    rol: Mensrol


@dataclass(frozen=True, slots=True)
class Bewijsregel:
    """One proof that there is. `id` is that of the statement, or of the levering."""

    id: str
    soort: Bewijssoort
    op: dt.datetime
    naar: tuple[str, ...]
    """The partijen by their id."""


@dataclass(frozen=True, slots=True)
class Gedeeld:
    """One thing that was shared on his own word. `delen`: what the recipient got, by part, with the names of
    the fields. `na_stoppen`: what it did after he stopped, as codes; another's stopping changes nothing here.
    """

    levering: Levering
    geopend_op: dt.datetime | None
    delen: tuple[tuple[str, tuple[str, ...]], ...]
    na_stoppen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bewijzen:
    storage: Storage
    vault: Vault
    leaves: LeafMaker
    signer: LedgerSigner
    regels: Regelbron
    uitnodigingen: Uitnodigingen
    intrekkingen: Intrekkingen

    async def gezegd(self, ik: Ik) -> tuple[Toestemming, ...]:
        """Each of his own statements and withdrawals, in order of recording."""
        try:
            found = await vastgelegd.of_leerling(self.storage, self.vault, ik.partij, ik.zelf.leerling_ref)
        except NotFound:
            return ()
        own = (f for f in found.feiten if isinstance(f, Toestemming))
        return tuple(f for f in own if f.ondertekenaar == ik.zelf.persoon_id)

    async def wat_ging(self, ik: Ik, gezegd: Sequence[Toestemming] | None = None) -> tuple[Levering, ...]:
        """What was shared on them, the newest first."""
        said = await self.gezegd(ik) if gezegd is None else gezegd
        return await self.uitnodigingen.wat_er_ging(ik.partij.id, ik.zelf, ik.rol, _ids(said))

    async def tijdlijn(self, ik: Ik) -> tuple[Gedeeld, ...]:
        """What was shared on his word and what became of it, the newest first."""
        said = await self.gezegd(ik)
        went = await self.wat_ging(ik, said)
        stopped = {s.record for s in said if s.gebeurtenis is Gebeurtenis.INGETROKKEN}
        notices = await self.intrekkingen.known_to_sender(went) if went else {}
        histories = await self.storage.histories([v.id for v in went]) if went else {}
        return tuple(
            Gedeeld(
                v,
                next((h.op for h in histories[v.id] if h.soort is Gebeurtenissoort.OPGEHAALD), None),
                _delen(v),
                _na(v, stopped, notices[v.id]),
            )
            for v in went
        )

    async def lijst(self, ik: Ik) -> tuple[Bewijsregel, ...]:
        """The newest first."""
        said = await self.gezegd(ik)
        rows = [
            Bewijsregel(
                s.id,
                Bewijssoort(s.gebeurtenis.value),
                s.moment,
                tuple(o.partij for o in s.bereik.ontvangers),
            )
            for s in said
        ]
        rows += [
            Bewijsregel(v.id, Bewijssoort.GEDEELD, v.sinds, (v.ontvanger,))
            for v in await self.wat_ging(ik, said)
        ]
        return tuple(sorted(rows, key=lambda r: r.op, reverse=True))

    async def een(self, ik: Ik, ident: str) -> Toestemmingsbewijs | None:
        """One proof; None until a checkpoint covers it. Raises NotFound for one that is not there and one
        that is another's.
        """
        regels, said = await self.regels.current(), await self.gezegd(ik)
        for own in said:
            if own.id == ident:
                return await make_bewijs(own, None, regels, self.storage, self.leaves, self.signer)
        for levering in await self.wat_ging(ik, said):
            if levering.id == ident:
                return await make_deelbewijs(
                    levering, _ids(said), regels, self.storage, self.leaves, self.signer
                )
        raise NotFound


def _ids(said: Sequence[Toestemming]) -> frozenset[str]:
    """By which a decision names the statements on which it rests."""
    return frozenset(s.id for s in said)


def _delen(v: Levering) -> tuple[tuple[str, tuple[str, ...]], ...]:
    got = v.overgedragen if v.overgedragen is not None else v.besluit.released
    found = groepen(v.berichtsoort, dict.fromkeys(got))
    return tuple((g.naam, tuple(dict.fromkeys(f.naam for f in g.velden))) for g in found)


def _na(v: Levering, stopped: set[str], notices: Sequence[Taak]) -> tuple[str, ...]:
    """What the recipient did after he stopped. Nobody is told twice of one cell (ADR 0027): who stops after
    another did reads that the recipient was told, as he would have when he was the first.
    """
    if stopped.isdisjoint(v.besluit.consent_event_ids):
        return ()
    return tuple(map(_stand, (n for n in notices if n.over in stopped))) or ("gemeld",)


def _stand(notice: Taak) -> str:
    if notice.antwoord is not None:
        return notice.antwoord.uitkomst.value
    return "gemeld" if notice.geescaleerd_op is None else "stil"
