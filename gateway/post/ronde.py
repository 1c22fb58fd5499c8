"""The round of mail: what came back, what is due, one mail at a time, by one process at a time.

A mail counts as sent when the server took it over, and then its row is written. A process that dies in
between leaves one mail that goes again, under the same Message-ID; none is lost. When nothing can be sent the
round stops at the first mail and waits longer each time; a mail that this server does not want now waits by
itself and holds up no other.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gateway.ports.clock import Clock
from gateway.ports.post import Postbode, Postlijn
from gateway.ports.storage import Storage
from gateway.post import teksten
from gateway.post.nieuws import Nieuws
from gateway.post.post import Post
from gateway.post.rijen import (
    VAK,
    Postadres,
    Postrijen,
    Poststaat,
    Stand,
    Verwijzing,
    eerste,
    kenmerk,
    vak_van,
)
from gateway.runtime.logs import Log
from schemas.events import MAIL_DONE, MAIL_DOWN, MAIL_RETURNED
from schemas.people.post import Bericht, Uitslag, Verzending
from schemas.storage.storage import WHOLE, Job, Kept

CLAIM: Final = dt.timedelta(minutes=15)
"""A round that takes longer counts as dead. Its own bound is far less."""
ROUND_SECONDS: Final = 300.0
MAILS: Final = 1_000
"""The most rows of one round."""
RETURNED: Final = 100
EMPTY: Final = 1_000
"""So many empty vakken one round passes at most: a week."""
PAGE: Final = 50
MAX_WAIT: Final = dt.timedelta(hours=1)
"""Between two tries when nothing can be sent."""
FORGET: Final = dt.timedelta(days=30)
"""An address of somebody who has no role and no link any more is kept no longer."""
_MAX_STEP: Final = 8


@dataclass(frozen=True, slots=True)
class Gedaan:
    """What one round did."""

    verstuurd: int = 0
    later: int = 0
    geen_adres: int = 0
    storing: str | None = None


class Postronde:
    def __init__(
        self,
        storage: Storage,
        rijen: Postrijen,
        post: Post,
        nieuws: Nieuws,
        bode: Postbode | None,
        adres: str,
        clock: Clock,
        log: Log,
        *,
        sandbox: bool,
    ) -> None:
        """`adres` is our public base address. Without a `bode` a round does nothing."""
        self._storage, self._rijen, self._post, self._nieuws = storage, rijen, post, nieuws
        self._bode, self._adres, self._clock, self._log = bode, adres, clock, log
        self._sandbox = sandbox

    async def loop(self) -> Gedaan | None:
        """One round. None: another process does it, it is too early after a failure, or mail is off."""
        if self._bode is None:
            return None
        now = self._clock.now()
        if not await self._storage.claim_job(Job.MAIL, now, now + CLAIM):
            return None
        try:
            await self._returned(self._bode)
            return await self._due(self._bode)
        finally:
            await self._storage.give_back(Job.MAIL, (WHOLE,))

    async def _returned(self, bode: Postbode) -> None:
        for found in await bode.teruggekomen(RETURNED):
            over = None if found.kenmerk is None else await self._rijen.van_kenmerk(found.kenmerk)
            if over is not None:
                await self._post.stuit(over)
                self._log(MAIL_RETURNED, soort=over.soort)
            await bode.weg(found.naam)

    async def _due(self, bode: Postbode) -> Gedaan | None:
        now, begun = self._clock.now(), time.perf_counter()
        row, stand = await self._rijen.stand()
        if stand.volgende is not None and stand.volgende > now:
            return None
        counted: Counter[Verzending] = Counter()
        down: Uitslag | None = None
        last, vak = vak_van(now), stand.vak
        async with bode.lijn() as lijn:
            while vak <= last and vak - stand.vak < EMPTY:
                down = await self._vak(lijn, vak, counted, begun)
                if down is not None:
                    break
                vak += 1
        # What was written while we looked may stand in the vak of now, or in the one before it.
        new = stand.model_copy(update={"vak": max(stand.vak, min(vak, last - 1))})
        if down is not None and down.soort is Verzending.STORING:
            new = self._failed(new, down.reden)
        elif counted[Verzending.AANGENOMEN]:
            new = new.model_copy(
                update={
                    "mislukt_sinds": None,
                    "reden": None,
                    "pogingen": 0,
                    "volgende": None,
                    "gelukt_op": now,
                }
            )
        if row is not None and new != stand:
            await self._rijen.zet_stand(row, new)
        found = Gedaan(
            counted[Verzending.AANGENOMEN],
            counted[Verzending.LATER],
            counted[Verzending.GEEN_ADRES],
            down.reden if down is not None and down.soort is Verzending.STORING else None,
        )
        if counted:
            self._log(
                MAIL_DONE,
                verstuurd=found.verstuurd,
                later=found.later,
                geen_adres=found.geen_adres,
                duration_ms=round((time.perf_counter() - begun) * 1_000, 1),
            )
        return found

    def _failed(self, stand: Stand, reden: str) -> Stand:
        now, tries = self._clock.now(), stand.pogingen + 1
        wait = min(dt.timedelta(minutes=2 ** min(tries - 1, _MAX_STEP)), MAX_WAIT)
        self._log(MAIL_DOWN, reason=reden, tries=tries)
        return stand.model_copy(
            update={
                "mislukt_sinds": stand.mislukt_sinds or now,
                "reden": reden,
                "pogingen": tries,
                "volgende": now + wait,
            }
        )

    async def _vak(
        self, lijn: Postlijn, vak: int, counted: Counter[Verzending], begun: float
    ) -> Uitslag | None:
        """Everything in this vak. Why it ended before that; None when the vak is empty now."""
        for asked in (True, False):
            after = ""
            while True:
                read = self._rijen.uitgaand if asked else self._rijen.van_vak
                page = await read(vak, after, PAGE)
                for row in page:
                    out_of_time = time.perf_counter() - begun > ROUND_SECONDS
                    if out_of_time or counted.total() >= MAILS or stopping():
                        return Uitslag(Verzending.LATER, "vol")
                    found = await (self._asked(lijn, row) if asked else self._daily(lijn, row))
                    if found is not None and found.soort is Verzending.STORING:
                        return found
                    if found is not None:
                        counted[found.soort] += 1
                if len(page) < PAGE:
                    break
                after = page[-1].id
        return None

    # ── a mail that somebody asked for

    async def _asked(self, lijn: Postlijn, row: Kept) -> Uitslag | None:
        mail = self._rijen.lees_uitgaand(row)
        now = self._clock.now()
        if mail.tot <= now:
            # It could not go while its code was worth something.
            await self._post.stuit(mail.over)
            await self._rijen.klaar(row)
            return None
        make = teksten.bevestigen(mail.adres, mail.kenmerk, self._adres, mail.code, proef=self._sandbox)
        if mail.soort == "uitnodiging":
            make = teksten.uitnodiging(
                mail.adres, mail.kenmerk, self._adres, mail.code, mail.tot, proef=self._sandbox
            )
        found = await self._sent(lijn, make, mail.over)
        if found.soort is Verzending.GEEN_ADRES:
            await self._post.stuit(mail.over)
        if found.soort is Verzending.LATER:
            later = mail.model_copy(update={"pogingen": mail.pogingen + 1})
            await self._rijen.later(row, later, now + _wait(mail.pogingen))
        elif found.soort is not Verzending.STORING:
            await self._rijen.klaar(row)
        return found

    # ── the daily mail

    async def _daily(self, lijn: Postlijn, row: Kept) -> Uitslag | None:
        """To this person, when something waits of which he was not told. None: nothing went."""
        found = await self._rijen.adres(row.id)
        if found is None:
            return None
        row, his = found
        now = self._clock.now()
        stand = await self._nieuws.voor(row.id, his)
        if not stand.ergens:
            since = his.nergens_sinds or now
            if now - since >= FORGET:
                await self._rijen.vergeet(row.id)
                return None
            await self._next(row, his, lambda now_his: now_his.model_copy(update={"nergens_sinds": since}))
            return None
        if his.staat is not Poststaat.AAN or his.adres is None or not stand.iets:
            await self._next(row, his, lambda now_his: now_his.model_copy(update={"nergens_sinds": None}))
            return None
        off = f"{self._adres}/post/uit/{his.uit_token}"
        mail = teksten.dagelijks(his.adres, his.kenmerk, self._adres, off, proef=self._sandbox)
        answer = await self._sent(lijn, mail, self._post.over("dagelijks", row.id, his.adres))
        if answer.soort is Verzending.AANGENOMEN:
            await self._next(
                row,
                his,
                lambda now_his: now_his.model_copy(
                    update={
                        "gezien": stand.gezien,
                        "kenmerk": kenmerk(),
                        "pogingen": 0,
                        "nergens_sinds": None,
                    }
                ),
            )
        elif answer.soort is Verzending.GEEN_ADRES:
            await self._post.stuit(self._post.over("dagelijks", row.id, his.adres))
        elif answer.soort is Verzending.LATER:
            await self._next(
                row,
                his,
                lambda now_his: now_his.model_copy(update={"pogingen": his.pogingen + 1}),
                now + _wait(his.pogingen),
            )
        return answer

    async def _next(
        self,
        row: Kept,
        his: Postadres,
        how: Callable[[Postadres], Postadres],
        moment: dt.datetime | None = None,
    ) -> None:
        """Write what `how` makes of it, due the next day or at `moment`. What he changed meanwhile, by a
        click, stays.
        """
        when = moment or eerste(self._clock.now(), row.id)
        while not await self._rijen.zet_adres(row, row.id, how(his), when):
            again = await self._rijen.adres(row.id)
            if again is None:
                return
            row, his = again

    async def _sent(self, lijn: Postlijn, mail: Bericht, over: Verwijzing) -> Uitslag:
        await self._rijen.onthoud(mail.kenmerk, over)
        return await lijn.stuur(mail)


def stopping() -> bool:
    """Whether this task was cancelled, also when that got lost on its way: before Python 3.12 a wait with a
    term forgets it when the answer comes at the same moment, and a talk with a server is such waits.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _wait(pogingen: int) -> dt.timedelta:
    """Longer each time: ten minutes, twenty, and so on, at most a day."""
    return min(dt.timedelta(seconds=VAK * 2 ** min(pogingen, _MAX_STEP)), dt.timedelta(days=1))
