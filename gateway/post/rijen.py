"""What is kept for mail: addresses, mail that is to go, and where the round is. All of it sealed.

Rows that are due are found by time without a look at any other: each stands in the group of the ten minutes
in which it is due, its `vak`. The round reads the vakken one after the other and remembers up to where all
are empty. So a row stands in exactly one vak, and the same write moves it that says what became of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from enum import StrEnum
from typing import Final, Literal, TypeVar

from consent.leeftijd import AMSTERDAM, day
from gateway.identity.verzegeld import opened, sealed
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.base import Model
from schemas.identifiers import Id, PartijId
from schemas.people.mensen import UitgeverId
from schemas.people.post import Adres
from schemas.storage.storage import Keepsoort, Kept

M = TypeVar("M", bound=Model)

VAK: Final = 600
"""Seconds of one vak."""
HOUR: Final = 7
"""From this hour in Amsterdam the daily mail goes, spread over two hours."""
_SPREAD: Final = 12
RUST: Final = "rust"
"""The group of addresses to which nothing goes now."""
GESTUIT: Final = "gestuit"
"""The group of addresses that do not work."""
_STAND: Final = "stand"
VERWIJS_DAYS: Final = 14
"""So long a mail that comes back is known."""
ADRES_DAYS: Final = 15
"""So long the address of an invitation is kept: as long as its code works."""
_UNCONFIRMED: Final = dt.timedelta(days=2)
_COUNTED: Final = dt.timedelta(days=1)
_UNUSED: Final = dt.timedelta(days=180)
"""So long an address is kept to which nothing goes."""


class Poststaat(StrEnum):
    AAN = "aan"
    UIT = "uit"
    """He switched it off."""
    GESTUIT = "gestuit"
    """A mail came back. Nothing goes there until an address was confirmed again."""


class NieuwAdres(Model):
    """An address that waits until its owner types the code that was sent to it."""

    adres: Adres
    code_mac: str
    tot: dt.datetime
    pogingen: int = 0


class Gezien(Model):
    """What somebody was told of, so that he is told of it once."""

    taken: dict[str, int] = {}
    """By partij the number of the last taak."""
    postbus: dict[str, tuple[Id, ...]] = {}
    """By partij what lay at the head of its postbus."""
    gevraagd: tuple[str, ...] = ()
    """What waits for himself: taken in which he is asked something, letters, and answers to what he asked."""


class Postadres(Model):
    """One person and where he gets mail. The id of its row is he, by a keyed hash."""

    uitgever: UitgeverId
    issuer: str
    sub: str
    claims: dict[str, tuple[str, ...]]
    """Of his last setting of it here: by these, and by the register of now, he has his roles."""
    adres: Adres | None = None
    """Confirmed; None: not yet."""
    staat: Poststaat = Poststaat.AAN
    nieuw: NieuwAdres | None = None
    kwam_terug: bool = False
    """The mail to confirm an address came back."""
    gevraagd_op: tuple[dt.datetime, ...] = ()
    """When a mail to confirm was asked for, of the last day."""
    uit_token: str
    kenmerk: str
    """Of the next daily mail: made before it goes, so that a second try is the same mail."""
    pogingen: int = 0
    gezien: Gezien = Gezien()
    nergens_sinds: dt.datetime | None = None
    """Since when he has no role and no link any more."""


class Uitgaand(Model):
    """A mail that somebody asked for: to confirm an address, or an invitation."""

    soort: Literal["bevestigen", "uitnodiging"]
    adres: Adres
    code: str
    tot: dt.datetime
    """After this the code is worth nothing, and so is the mail."""
    kenmerk: str
    over: Verwijzing
    pogingen: int = 0


class Verwijzing(Model):
    """Whom a mail was for: the person who signs in, or somebody in a record of gezag."""

    soort: Literal["dagelijks", "bevestigen", "uitnodiging"]
    wie: str | None = None
    partij: PartijId | None = None
    leerling: Id | None = None
    persoon_id: Id | None = None
    adres_mac: str | None = None
    """Of the address that it went to, keyed: what comes back of an older one says nothing of his new one."""


class Teller(Model):
    """When somebody who was forgotten asked for mails to confirm: kept a day, with no address and no name."""

    op: tuple[dt.datetime, ...]


class Uitzetter(Model):
    wie: str


class Uitnodigadres(Model):
    """Where an invitation went, until its code was used."""

    adres: Adres


class Stand(Model):
    """Up to where the round is, and how sending goes."""

    vak: int
    """All vakken before this one are empty, and stay so."""
    mislukt_sinds: dt.datetime | None = None
    reden: str | None = None
    pogingen: int = 0
    volgende: dt.datetime | None = None
    """No try before this."""
    gelukt_op: dt.datetime | None = None


Uitgaand.model_rebuild()


def kenmerk() -> str:
    return secrets.token_urlsafe(24)


def vak_van(moment: dt.datetime) -> int:
    return int(moment.timestamp()) // VAK


def dag_groep(vak: int) -> str:
    return f"dag:{vak}"


def uit_groep(vak: int) -> str:
    return f"uit:{vak}"


def eerste(now: dt.datetime, wie: str) -> dt.datetime:
    """When the next daily mail of this person is due: today when that is still to come, else tomorrow."""
    minutes = int(wie[:8], 16) % _SPREAD * (VAK // 60)
    on = day(now)
    while True:
        at = dt.datetime.combine(on, dt.time(HOUR), AMSTERDAM) + dt.timedelta(minutes=minutes)
        if at > now:
            return at.astimezone(dt.UTC)
        on += dt.timedelta(1)


def _hash(what: str, secret: str) -> str:
    return f"{what}:" + hashlib.sha256(f"{what}\0{secret}".encode("utf-8", "replace")).hexdigest()


class Postrijen:
    """`clock` is that of the business: in a sandbox the days of mail go with it."""

    def __init__(self, storage: Storage, vault: Vault, clock: Clock) -> None:
        self._storage, self._vault, self._clock = storage, vault, clock

    # ── addresses

    async def adres(self, wie: str) -> tuple[Kept, Postadres] | None:
        row = await self._storage.kept(Keepsoort.POSTADRES, wie)
        return None if row is None else (row, opened(self._vault, row, Postadres))

    async def van_vak(self, vak: int, after: str, limit: int) -> tuple[Kept, ...]:
        return await self._storage.kept_in(Keepsoort.POSTADRES, dag_groep(vak), after, limit)

    async def gestuit(self, limit: int) -> int:
        return len(await self._storage.kept_in(Keepsoort.POSTADRES, GESTUIT, "", limit))

    async def zet_adres(
        self, row: Kept | None, wie: str, content: Postadres, moment: dt.datetime | None
    ) -> bool:
        """Write it, due at `moment`; None: nothing is due. False when somebody else wrote it meanwhile."""
        groep = RUST
        if content.staat is Poststaat.GESTUIT:
            groep = GESTUIT
        elif moment is not None and content.staat is Poststaat.AAN and content.adres is not None:
            groep = dag_groep(await self._vak(moment))
        return await self._keep_adres(row, wie, groep, content)

    async def zet_binnen(self, row: Kept, content: Postadres) -> bool:
        """Write it and leave it due when it was."""
        return await self._keep_adres(row, row.id, row.groep, content)

    async def _keep_adres(self, row: Kept | None, wie: str, groep: str, content: Postadres) -> bool:
        until = None
        if groep in (RUST, GESTUIT):
            # By the clock of the machine, which in a sandbox is behind that of the business.
            until = dt.datetime.now(dt.UTC) + (_UNCONFIRMED if content.adres is None else _UNUSED)
        versie = 0 if row is None else row.versie + 1
        made = self._sealed(Keepsoort.POSTADRES, wie, groep, content, versie=versie, verloopt=until)
        return await self._storage.keep(made, None if row is None else row.versie)

    async def maak_uitzetter(self, token: str, wie: str) -> None:
        row = self._sealed(Keepsoort.BERICHT, _hash("uit", token), f"van:{wie}", Uitzetter(wie=wie))
        await self._storage.keep(row, None)

    async def van_uitzetter(self, token: str) -> str | None:
        row = await self._storage.kept(Keepsoort.BERICHT, _hash("uit", token))
        return None if row is None else opened(self._vault, row, Uitzetter).wie

    async def tel(self, wie: str, op: tuple[dt.datetime, ...]) -> None:
        until = dt.datetime.now(dt.UTC) + _COUNTED
        row = await self._storage.kept(Keepsoort.BERICHT, f"telt:{wie}")
        versie = 0 if row is None else row.versie + 1
        content = Teller(op=op)
        made = self._sealed(Keepsoort.BERICHT, f"telt:{wie}", "", content, versie=versie, verloopt=until)
        await self._storage.keep(made, None if row is None else row.versie)

    async def geteld(self, wie: str) -> tuple[dt.datetime, ...]:
        row = await self._storage.kept(Keepsoort.BERICHT, f"telt:{wie}")
        return () if row is None else opened(self._vault, row, Teller).op

    async def vergeet(self, wie: str) -> None:
        await self._storage.drop(Keepsoort.POSTADRES, wie)
        await self._storage.drop_in(Keepsoort.BERICHT, f"van:{wie}")

    # ── mail that is to go

    async def leg_klaar(self, ident: str, mail: Uitgaand) -> bool:
        groep = uit_groep(await self._vak(self._clock.now()))
        return await self._storage.keep(self._uitgaand(ident, groep, mail, 0), None)

    async def uitgaand(self, vak: int, after: str, limit: int) -> tuple[Kept, ...]:
        return await self._storage.kept_in(Keepsoort.BERICHT, uit_groep(vak), after, limit)

    async def onthoud_adres(self, uitnodiging: str, adres: str) -> None:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=ADRES_DAYS)
        content = Uitnodigadres(adres=adres)
        row = self._sealed(Keepsoort.BERICHT, f"adres:{uitnodiging}", "", content, verloopt=until)
        await self._storage.keep(row, None)

    async def neem_adres(self, uitnodiging: str) -> str | None:
        """The address of this invitation, once."""
        row = await self._storage.kept(Keepsoort.BERICHT, f"adres:{uitnodiging}")
        if row is None or not await self._storage.drop(Keepsoort.BERICHT, row.id):
            return None
        return opened(self._vault, row, Uitnodigadres).adres

    async def trek_terug(self, uitnodiging: str) -> None:
        """Send it no more, and forget where to."""
        await self._storage.drop(Keepsoort.BERICHT, uitnodiging)
        await self._storage.drop(Keepsoort.BERICHT, f"adres:{uitnodiging}")

    def lees_uitgaand(self, row: Kept) -> Uitgaand:
        return opened(self._vault, row, Uitgaand)

    async def later(self, row: Kept, mail: Uitgaand, moment: dt.datetime) -> bool:
        groep = uit_groep(await self._vak(moment))
        return await self._storage.keep(self._uitgaand(row.id, groep, mail, row.versie + 1), row.versie)

    async def klaar(self, row: Kept) -> None:
        await self._storage.drop(Keepsoort.BERICHT, row.id)

    def _uitgaand(self, ident: str, groep: str, mail: Uitgaand, versie: int) -> Kept:
        return self._sealed(Keepsoort.BERICHT, ident, groep, mail, versie=versie)

    # ── mail that went

    async def onthoud(self, naam: str, over: Verwijzing) -> None:
        """By what a mail that comes back is known. Written before it goes; the second try finds it there."""
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=VERWIJS_DAYS)
        row = self._sealed(Keepsoort.BERICHT, _hash("id", naam), "", over, verloopt=until)
        await self._storage.keep(row, None)

    async def van_kenmerk(self, naam: str) -> Verwijzing | None:
        row = await self._storage.kept(Keepsoort.BERICHT, _hash("id", naam))
        return None if row is None else opened(self._vault, row, Verwijzing)

    # ── where the round is

    async def stand(self) -> tuple[Kept | None, Stand]:
        row = await self._storage.kept(Keepsoort.BERICHT, _STAND)
        if row is None:
            return None, Stand(vak=vak_van(self._clock.now()) - 1)
        return row, opened(self._vault, row, Stand)

    async def zet_stand(self, row: Kept | None, stand: Stand) -> bool:
        versie = 0 if row is None else row.versie + 1
        made = self._sealed(Keepsoort.BERICHT, _STAND, "", stand, versie=versie)
        return await self._storage.keep(made, None if row is None else row.versie)

    async def _vak(self, moment: dt.datetime) -> int:
        """The vak of that moment, and never one that the round has left behind it."""
        row, stand = await self.stand()
        if row is None:
            await self.zet_stand(None, stand)
        return max(vak_van(moment), stand.vak)

    def _sealed(
        self,
        soort: Keepsoort,
        ident: str,
        groep: str,
        content: Model,
        *,
        versie: int = 0,
        verloopt: dt.datetime | None = None,
    ) -> Kept:
        return sealed(self._vault, soort, ident, groep, content, versie=versie, verloopt=verloopt)
