"""The steps of an overstap as facts, each made from the record as it is now: offer, accept, refuse, undo.

Only a levering that was permitted, received and signed for links two records: who accepts names it, and names
his own leerling, whose birth date must be the same. A number alone links nothing
(docs/decisions/0053-a-leerling-is-handed-over.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from gateway.case.case import Case
from gateway.follow_up.facts import Facts
from schemas.errors import Conflict, Fault, InvalidMessage, NotFound, NotSigned, Outdated
from schemas.exchange.uitwisseling import Levering, Leveringstatus
from schemas.identifiers import Id, PartijId
from schemas.people.overstap import (
    Overstap,
    Overstapsoort,
    Overstapstap,
    Overstapweigering,
    lopend,
    stappen,
)
from schemas.people.partij import Partij, Partijsoort
from schemas.people.toestemming import Gebruiksdoel
from schemas.storage.storage import LeerlingRow

SIGNED: Final = frozenset({Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD})
Stamp = dict[str, Any]
"""The fields of a fact that the gateway fills: its id, who recorded it and when."""


@dataclass(frozen=True, slots=True)
class Gezien:
    """One overstap as a school or its FG sees it: the steps in order, and the row of the school that offered.

    `daar`: the record of the other school that is about him, while an acceptance stands.
    """

    row: LeerlingRow
    stappen: tuple[Overstap, ...]
    daar: LeerlingRow | None

    @property
    def laatste(self) -> Overstap:
        return self.stappen[-1]

    @property
    def levering(self) -> Id | None:
        return next((o.levering for o in reversed(self.stappen) if o.levering is not None), None)


@dataclass(frozen=True, slots=True)
class Overstappen:
    facts: Facts

    # ── about whom ──────────────────────────────────────────────────────────────────────────────────

    async def received(self, partij: Partij, levering_id: str) -> Case:
        """The record that an overstap is about, for who received a levering of it. Raises NotFound, the same
        for a levering that he may not know of and for one that is no overstap; NotSigned.
        """
        levering = await self.facts.ports.levering_for(partij.id, levering_id)
        if levering is None or not levering.opgehaald:
            raise NotFound
        case = await self._of(levering)
        if lopend(case.overstappen, partij.id) is None:
            raise NotFound
        if levering.status not in SIGNED:
            raise NotSigned
        return case

    async def own(self, partij: Partij, ref: str) -> Case:
        """A leerling of this school's own, by the reference that it got for him. Raises NotFound."""
        _, case = await self.facts.by_ref(partij, ref)
        if case.row.owner != partij.id:
            raise NotFound
        return case

    async def by_id(self, partij: Partij, overstap: str) -> Case:
        """The record of an overstap of which this school took a step. Raises NotFound."""
        ports = self.facts.ports
        stored = await ports.storage.fact(overstap)
        if stored is None or stored.kind != "overstap":
            raise NotFound
        case = await ports.cases.load(await ports.leerling(stored.leerling))
        if partij.id not in {o.vastgelegd_door for o in stappen(case.overstappen, overstap)}:
            raise NotFound
        return case

    # ── the steps ───────────────────────────────────────────────────────────────────────────────────

    def undone(self, case: Case, overstap: str, stamp: Stamp) -> Overstap:
        """Raises Conflict when nothing stands, Outdated when its term is over, NotFound when it is not for
        this school to undo: before the acceptance only who offered can.
        """
        last = stappen(case.overstappen, overstap)[-1]
        standing = lopend(case.overstappen, last.naar)
        if standing is None or standing.overstap != overstap:
            raise Conflict
        if last.stap is Overstapstap.AANVAARD and stamp["vastgelegd_op"] >= last.ongedaan_tot():
            raise Outdated
        return _next(last, Overstapstap.ONGEDAAN, stamp, leerling_daar=last.leerling_daar)

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────

    async def seen(self, case: Case, overstap: str) -> Gezien:
        found = stappen(case.overstappen, overstap)
        last, daar = found[-1], None
        if last.stap is Overstapstap.AANVAARD and last.leerling_daar is not None:
            daar = await self.facts.ports.storage.leerling(last.leerling_daar)
        return Gezien(case.row, found, daar)

    async def by_levering(self, partijen: Iterable[PartijId], levering_id: str) -> Gezien:
        """The newest overstap that a levering belongs to, for who sent it or received it. Raises NotFound."""
        levering = await self.facts.ports.storage.levering(levering_id)
        if levering is None:
            raise NotFound
        self.facts.ports.stamps.check_levering(levering)
        known = {levering.afzender} | ({levering.ontvanger} if levering.opgehaald else set())
        if known.isdisjoint(partijen):
            raise NotFound
        case = await self._of(levering)
        found = [o for o in case.overstappen if o.naar == levering.ontvanger]
        if not found:
            raise NotFound
        return await self.seen(case, found[-1].overstap)

    async def _of(self, levering: Levering) -> Case:
        """Raises NotFound when it is not what one school sends to the next about a leerling of its own."""
        if levering.doel is not Gebruiksdoel.OVERSTAP:
            raise NotFound
        ports = self.facts.ports
        case = await ports.cases.load(await ports.leerling(levering.leerling))
        if case.row.owner != levering.afzender:
            raise NotFound
        return case


def offered(
    case: Case, naar: Partij | None, soort: Overstapsoort, per: dt.date, stamp: Stamp, **more: Any
) -> Overstap:
    """Raises InvalidMessage when the other is no school that takes part, Conflict when what stands is not
    ended first: one leaves for one school only, and an offer to a school stands once.
    """
    if naar is None or naar.soort is not Partijsoort.SCHOOL or naar.id == case.row.owner:
        text = "Dit is geen andere school die meedoet."
        raise InvalidMessage((Fault("overstap.geenSchool", "/naar", text),))
    leaving = {o.naar for o in case.overstappen if o.soort is Overstapsoort.VERTREK}
    taken = leaving | {naar.id} if soort is Overstapsoort.VERTREK else {naar.id}
    if any(lopend(case.overstappen, school) for school in taken):
        raise Conflict
    return Overstap(
        **stamp,
        overstap=stamp["id"],
        stap=Overstapstap.AANGEBODEN,
        naar=naar.id,
        soort=soort,
        per=per,
        **more,
    )


def accepted(case: Case, own: Case, naar: str, levering: str, stamp: Stamp) -> Overstap:
    """The other school knows him as `own`. Raises Conflict when no offer waits, InvalidMessage when the birth
    dates differ or are not both whole.
    """
    offer = _waits(case, naar)
    one, other = case.authorities, own.authorities
    if one.births != other.births or len(one.births) != 1:
        text = "Deze leerling van u heeft een andere geboortedatum, of een die niet helemaal bekend is."
        raise InvalidMessage((Fault("overstap.geboortedatum", "/leerlingId", text),))
    return _next(offer, Overstapstap.AANVAARD, stamp, levering=levering, leerling_daar=own.row.id)


def refused(case: Case, naar: str, levering: str, grond: Overstapweigering, stamp: Stamp) -> Overstap:
    """Raises Conflict when no offer waits."""
    return _next(_waits(case, naar), Overstapstap.GEWEIGERD, stamp, levering=levering, grond=grond)


def _waits(case: Case, naar: str) -> Overstap:
    offer = lopend(case.overstappen, naar)
    if offer is None or offer.stap is not Overstapstap.AANGEBODEN:
        raise Conflict
    return offer


def _next(before: Overstap, stap: Overstapstap, stamp: Stamp, **more: Any) -> Overstap:
    return Overstap(
        **stamp,
        **more,
        overstap=before.overstap,
        stap=stap,
        naar=before.naar,
        soort=before.soort,
        per=before.per,
        van_sector=before.van_sector,
        naar_sector=before.naar_sector,
    )
