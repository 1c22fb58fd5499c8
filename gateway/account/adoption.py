"""Rows that an older release stored are compared with the account once, and stamped.

An older release made no stamps. Every row that the account tells of is compared with it first, from the first
line to the last; the account must continue the last signed checkpoint, and sealed facts are opened. A row
that does not agree is named in the log and gets no stamp, so it is never used. The adoption ends with a line
of its own in the account: somebody who removes stamps later cannot make a gateway adopt his rows. After a
crash halfway the work begins again and comes to the same result. When several processes start together, one
of them adopts and the others wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

import orjson

from gateway.account.leaves import ACTIVITEIT, instant, new_id
from gateway.account.stamps import NO_FACTS, Stamps, register_hash, running
from gateway.account.told import PAGE, PAUSE_SECONDS, Broken, Told
from gateway.ports.keys import LeafMaker
from gateway.ports.storage import Storage
from gateway.runtime.logs import Log
from schemas.account.verantwoording import EventType, Leaf, LedgerEvent
from schemas.errors import StateBroken
from schemas.events import STATE_ADOPTED, STATE_BROKEN
from schemas.storage.storage import Adopted, LeerlingRow, Leerlingstempel, StoredFact, TreeHead

MAX_TOLD: Final = 1_000
"""At most this many rows that do not agree are named one by one; the rest are only counted."""

Opens = Callable[[LeerlingRow, tuple[StoredFact, ...]], None]
"""Raises RecordUnavailable when the identity or the facts of a leerling are not what was sealed for him."""


@dataclass(slots=True)
class Adoption:
    """One run of the adoption.

    `opens` opens what is sealed: only a room above this one may do that, so it is passed in.
    """

    storage: Storage
    leaves: LeafMaker
    stamps: Stamps
    opens: Opens
    log: Log
    leerlingen: int = 0
    leveringen: int = 0
    broken: int = 0

    async def run(self, signed: TreeHead | None, now: dt.datetime) -> bool:
        """Adopt what is not stamped yet; False when there was nothing to do (a new database, or one that was
        adopted before).

        `signed` is the last checkpoint that was signed. Raises LedgerBroken when the account does not
        continue it, and RecordUnavailable.
        """
        if await self._says_so():
            return False
        async with self.storage.adopting():
            # A process that adopted just before us may have ended with a line that has no position yet.
            await self._in_place()
            if not (await self.storage.head()).size or await self._says_so():
                return False
            return await self._adopt(signed, now)

    async def _in_place(self) -> None:
        """Wait until every line that is there now has its position, which we give it or a running worker
        does.
        """
        last = await self.storage.waiting()
        while last is not None and await self.storage.positions_of((last,)) == (None,):
            if await self.storage.sequence() is None:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _adopt(self, signed: TreeHead | None, now: dt.datetime) -> bool:
        told = Told(self.storage, self.leaves)
        await told.read_on(signed)
        if told.stamped_at is not None:
            return False
        refs = await self._leerlingen(told)
        await self._leveringen(told, refs)
        await self._uitwisselingen()
        await self._answers()
        await self._registers(told)
        await self.storage.adopt(Adopted(leaf=self._leaf(now)))
        await self._in_place()
        self.log(STATE_ADOPTED, leerlingen=self.leerlingen, leveringen=self.leveringen, broken=self.broken)
        return True

    async def _says_so(self) -> bool:
        """Whether a line in the account says that the adoption is done.

        The database only tells where to look; the line itself is read from the account. So a forged line can
        only mean that fewer rows are stamped and used, never more.
        """
        leaf = await self.storage.stamped_from()
        (later,) = (None,) if leaf is None else await self.storage.positions_of((leaf,))
        for position in (0, later):
            if position is None:
                continue
            for entry in await self.storage.entries(position, 1):
                # somebody may have written anything in that place
                with contextlib.suppress(ValueError, TypeError):
                    if "werkstand" in orjson.loads(entry.canonical):
                        return True
        return False

    async def _leerlingen(self, told: Told) -> dict[str, str]:
        """Stamp the leerlingen whose facts agree with the account; gives each one's reference in the account
        by his id.
        """
        refs: dict[str, str] = {}
        after = ""
        while rows := await self.storage.leerlingen(after, PAGE):
            made: dict[str, Leerlingstempel] = {}
            for row in rows:
                refs[row.id] = row.owner_ref
                facts = await self.storage.facts(row.id)
                if self._named(told.facts(row, facts)) or not self._opens(row, facts):
                    continue
                before = replace(row, feitenhash=running(NO_FACTS, (f.id for f in facts)))
                made[row.id] = self.stamps.leerling(before)
            await self._keep(Adopted(leerlingen=made))
            self.leerlingen += len(made)
            after = rows[-1].id
        return refs

    def _opens(self, row: LeerlingRow, facts: tuple[StoredFact, ...]) -> bool:
        if not row.key:
            return False  # he was erased, so nothing is decided about him any more
        try:
            self.opens(row, facts)
        except StateBroken as error:
            self._named([Broken(error.what, error.ident)])
            return False
        return True

    async def _leveringen(self, told: Told, refs: dict[str, str]) -> None:
        number = 0
        while page := await self.storage.all_leveringen(number, PAGE):
            held = [v for _, v in page if not self._named(told.levering(v, refs.get(v.leerling)))]
            await self._keep(Adopted(leveringen=tuple(map(self.stamps.levering, held))))
            self.leveringen += len(held)
            number = page[-1][0]

    async def _uitwisselingen(self) -> None:
        """Stamp each uitwisseling that agrees with the first line of the change that accepted it."""
        after = ""
        while page := await self.storage.all_uitwisselingen(after, PAGE):
            held = []
            for u, leaves in page:
                (position,) = await self.storage.positions_of(leaves[:1])
                entries = () if position is None else await self.storage.entries(position, 1)
                said = orjson.loads(entries[0].canonical) if entries else {}
                asked = (u.id, u.afzender, u.doel, u.richting, list(u.gevraagd))
                names = ("uitwisseling", "afzender", "doel", "richting", "categorieenGevraagd")
                if asked == tuple(said.get(name) for name in names):
                    held.append(self.stamps.uitwisseling(u))
                else:
                    self._named([Broken("uitwisseling", u.id)])
            await self._keep(Adopted(uitwisselingen=tuple(held)))
            after = page[-1][0].id

    async def _answers(self) -> None:
        """Stamp the answers as they are, because the account does not tell what was answered."""
        after: tuple[str, bytes] | None = None
        while page := await self.storage.answers(after, PAGE):
            made = tuple(replace(a, stamp=self.stamps.answer(a)) for a in page)
            await self._keep(Adopted(answers=made))
            after = page[-1].partij, page[-1].key_hash

    async def _registers(self, told: Told) -> None:
        last = await self.storage.register_version()
        made: dict[int, bytes] = {}
        for version in range(1, last + 1):
            register = await self.storage.register_at(version)
            if register is None:
                continue  # releases of that time did not keep old versions
            if told.register(register_hash(register), last=version == last):
                made[version] = self.stamps.register(register, version)
            else:
                self._named([Broken("register", str(version))])
        await self._keep(Adopted(registers=made))

    def _named(self, found: list[Broken]) -> bool:
        """Whether anything was found. Each row of the first thousand is named in an alarm."""
        for one in found:
            self.broken += 1
            if self.broken <= MAX_TOLD:
                self.log(STATE_BROKEN, what=one.what, id=one.ident)
        return bool(found)

    async def _keep(self, adopted: Adopted) -> None:
        await self.storage.adopt(adopted)
        await asyncio.sleep(0)

    def _leaf(self, now: dt.datetime) -> Leaf:
        event = LedgerEvent(
            soort=EventType.STATE_ADOPTED,
            event_id=new_id(),
            vastgelegd_op=instant(now),
            verwerkingsactiviteit=ACTIVITEIT,
            werkstand="gestempeld",
        )
        canonical = self.leaves.canonical(event.model_dump(mode="json", exclude_none=True))
        return Leaf(event.event_id, EventType.STATE_ADOPTED, canonical)


Adopt = Callable[[], Awaitable[bool]]
"""The adoption as wiring made it: it runs at the start of a gateway, and before a tool writes in a database
that no gateway of this release opened yet.
"""
