"""What people and schools do about mail: an address, confirmed, on or off; an invitation; and a click on
"no mail any more".

Whether an address is known, belongs to somebody or works is told to its owner alone.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from gateway.account.leaves import new_id
from gateway.identity.sessies import Sessieinhoud
from gateway.obligations.werkdagen import einde_van_werkdag
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.post.nieuws import Nieuws
from gateway.post.rijen import (
    GESTUIT,
    NieuwAdres,
    Postadres,
    Postrijen,
    Poststaat,
    Uitgaand,
    Verwijzing,
    eerste,
    kenmerk,
)
from gateway.runtime.bevindingen import Bevinding
from gateway.uitnodigen.code import new_code, shown
from gateway.uitnodigen.uitnodigingen import Gemaakt, Uitnodigingen
from schemas.exchange.taak import Taak, Taaksoort, Taakstatus
from schemas.people.partij import Partij
from schemas.storage.storage import Change, Committed, TaakWrite

CONFIRM: Final = dt.timedelta(days=1)
"""So long a code to confirm an address works."""
TRIES: Final = 5
PER_DAY: Final = 5
"""So many mails to confirm one person can ask for in a day: he could name the address of another."""
WERKDAGEN: Final = 5
_COUNTED: Final = 1_000
_CONTEXT: Final = "postadres"


class Gevraagd(StrEnum):
    VERSTUURD = "verstuurd"
    TE_VAAK = "te_vaak"


class Bevestigd(StrEnum):
    JA = "ja"
    NEE = "nee"
    OP = "op"
    """There is nothing to confirm any more: too late, or too many tries."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What his own page shows somebody. No address is ever written anywhere else."""

    adres: str | None
    wacht_op: str | None
    """An address that he has yet to confirm."""
    aan: bool
    gestuit: bool
    kwam_terug: bool


class Post:
    def __init__(
        self,
        rijen: Postrijen,
        nieuws: Nieuws,
        uitnodigingen: Uitnodigingen,
        storage: Storage,
        vault: Vault,
        clock: Clock,
        *,
        aan: bool,
    ) -> None:
        """`aan`: there is a server to which mail goes. Without one nothing is asked for or kept."""
        self._rijen, self._nieuws, self._storage = rijen, nieuws, storage
        self._uitnodigingen = uitnodigingen
        self._vault, self._clock, self.aan = vault, clock, aan

    # ── somebody about himself

    async def stand(self, wie: str) -> Stand:
        found = await self._rijen.adres(wie)
        if found is None:
            return Stand(None, None, aan=False, gestuit=False, kwam_terug=False)
        _, his = found
        waits = his.nieuw if his.nieuw is not None and his.nieuw.tot > self._clock.now() else None
        return Stand(
            his.adres,
            None if waits is None else waits.adres,
            his.staat is Poststaat.AAN,
            his.staat is Poststaat.GESTUIT,
            his.kwam_terug,
        )

    async def vraag(self, wie: str, mens: Sessieinhoud, adres: str) -> Gevraagd:
        """Send a code to this address. The address of before goes on until the new one is confirmed."""
        code = new_code()
        now = self._clock.now()
        before = await self._rijen.geteld(wie)
        nieuw = NieuwAdres(adres=adres, code_mac=self._mac(wie, code), tot=now + CONFIRM)

        def asked(his: Postadres) -> Postadres | None:
            lately = tuple(sorted(t for t in {*his.gevraagd_op, *before} if t > now - CONFIRM))
            if len(lately) >= PER_DAY:
                return None
            return his.model_copy(
                update={
                    "nieuw": nieuw,
                    "kwam_terug": False,
                    "gevraagd_op": (*lately, now),
                    "uitgever": mens.uitgever,
                    "claims": mens.claims,
                }
            )

        if not await self._change(wie, asked, mens):
            return Gevraagd.TE_VAAK
        await self._rijen.leg_klaar(
            new_id(),
            Uitgaand(
                soort="bevestigen",
                adres=adres,
                code=shown(code),
                tot=nieuw.tot,
                kenmerk=kenmerk(),
                over=self.over("bevestigen", wie, adres),
            ),
        )
        return Gevraagd.VERSTUURD

    async def bevestig(self, wie: str, code: str) -> Bevestigd:
        """Whoever types the code reads mail at that address: from now on it is his."""
        now = self._clock.now()
        outcome = Bevestigd.OP

        def typed(his: Postadres) -> Postadres | None:
            nonlocal outcome
            outcome = Bevestigd.OP
            waits = his.nieuw
            if waits is None or waits.tot <= now or waits.pogingen >= TRIES:
                return None
            right = self._vault.mac_holds(_CONTEXT, f"{wie}\0{code}".encode(), bytes.fromhex(waits.code_mac))
            if not right:
                outcome = Bevestigd.NEE if waits.pogingen + 1 < TRIES else Bevestigd.OP
                tried = waits.model_copy(update={"pogingen": waits.pogingen + 1})
                return his.model_copy(update={"nieuw": tried})
            outcome = Bevestigd.JA
            return _at(his, waits.adres)

        await self._change(wie, typed)
        if outcome is Bevestigd.JA:
            await self._mended(wie)
        return outcome

    async def neem_over(self, wie: str, mens: Sessieinhoud, uitnodiging: str) -> None:
        """The address at which he got his invitation: its code was in that mail, so he reads mail there.

        Who has an address of his own that works keeps it.
        """
        adres = await self._rijen.neem_adres(uitnodiging)
        if adres is None:
            return
        found = await self._rijen.adres(wie)
        if found is not None and found[1].adres is not None and found[1].staat is not Poststaat.GESTUIT:
            return
        await self._change(wie, lambda his: _at(his, adres), mens)
        await self._mended(wie)

    async def schakel(self, wie: str, *, aan: bool) -> None:
        """On or off. What came back is not put on by this: that address does not work."""

        def switched(his: Postadres) -> Postadres | None:
            if his.staat is Poststaat.GESTUIT:
                return None
            return his.model_copy(update={"staat": Poststaat.AAN if aan else Poststaat.UIT})

        await self._change(wie, switched)

    async def vergeet(self, wie: str) -> None:
        """His address, and all that was kept with it. How often he asked for a code today still counts."""
        found = await self._rijen.adres(wie)
        before = await self._rijen.geteld(wie)
        asked = () if found is None else found[1].gevraagd_op
        lately = tuple(sorted(t for t in {*asked, *before} if t > self._clock.now() - CONFIRM))
        if lately:
            await self._rijen.tel(wie, lately)
        await self._rijen.vergeet(wie)

    async def zet_uit(self, token: str) -> None:
        """By the link in a mail, whoever follows it: it can only end mail, and it says nothing."""
        wie = await self._rijen.van_uitzetter(token)
        if wie is not None:
            await self.schakel(wie, aan=False)

    # ── a school

    async def nodig_uit(self, partij: Partij, leerling_ref: str, persoon: str, adres: str | None) -> Gemaakt:
        """Make an invitation, and with an `adres` send it there: it stands ready before this returns and goes
        within minutes. None of before holds any more, and what of those did not go yet does not go.

        Raises NotFound and GezagUnchecked as `Uitnodigingen.maak` does.
        """
        await self._withdraw(partij, leerling_ref, persoon)
        made = await self._uitnodigingen.maak(partij, leerling_ref, persoon, per_mail=adres is not None)
        if adres is None:
            return made
        row = await self._storage.leerling_by_ref(partij.id, leerling_ref)
        assert row is not None
        over = Verwijzing(soort="uitnodiging", partij=partij.id, leerling=row.id, persoon_id=persoon)
        mail = Uitgaand(
            soort="uitnodiging",
            adres=adres,
            code=made.code,
            tot=made.geldig_tot,
            kenmerk=kenmerk(),
            over=over,
        )
        await self._rijen.onthoud_adres(made.id, adres)
        await self._rijen.leg_klaar(made.id, mail)
        return made

    async def stop(self, partij: Partij, leerling_ref: str, persoon: str) -> bool:
        """End what this person has by this partij, a mail on its way included. Raises NotFound."""
        await self._withdraw(partij, leerling_ref, persoon)
        return await self._uitnodigingen.trek_in(partij, leerling_ref, persoon)

    async def _withdraw(self, partij: Partij, leerling_ref: str, persoon: str) -> None:
        for one, _ in await self._uitnodigingen.lijst(partij, leerling_ref):
            if one.persoon_id == persoon:
                await self._rijen.trek_terug(one.id)

    # ── what came back

    def over(self, soort: Literal["bevestigen", "dagelijks"], wie: str, adres: str) -> Verwijzing:
        """Whom a mail to this person is for, and which address of his."""
        return Verwijzing(soort=soort, wie=wie, adres_mac=self._adres_mac(wie, adres))

    async def stuit(self, over: Verwijzing) -> None:
        """That mail will never arrive: nothing more goes there, and who manages the person is told. When he
        has another address by now nothing happens.
        """
        wie = over.wie
        if wie is not None and over.soort == "bevestigen":

            def came_back(his: Postadres) -> Postadres | None:
                if his.nieuw is None or self._adres_mac(wie, his.nieuw.adres) != over.adres_mac:
                    return None
                return his.model_copy(update={"nieuw": None, "kwam_terug": True})

            await self._change(wie, came_back)
        elif wie is not None:

            def ended(his: Postadres) -> Postadres | None:
                if his.adres is None or self._adres_mac(wie, his.adres) != over.adres_mac:
                    return None
                return his.model_copy(update={"staat": Poststaat.GESTUIT, "pogingen": 0})

            if not await self._change(wie, ended):
                return
            for link in await self._nieuws.links(wie):
                await self._taak(link.partij, link.leerling, link.persoon_id)
        elif over.partij and over.leerling and over.persoon_id:
            await self._taak(over.partij, over.leerling, over.persoon_id)

    async def bevindingen(self) -> list[Bevinding]:
        """What an operator must know of mail now: counts and fixed words."""
        if not self.aan:
            return []
        found = []
        _, stand = await self._rijen.stand()
        if stand.mislukt_sinds is not None:
            since = stand.mislukt_sinds.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
            told = f"sinds {since} UTC gaat er geen mail ({stand.reden}, {stand.pogingen} keer geprobeerd)"
            found.append(Bevinding("post.storing", told))
        many = await self._rijen.gestuit(_COUNTED)
        if many:
            count = f"{many} of meer" if many == _COUNTED else str(many)
            found.append(Bevinding("post.gestuit", f"adressen waarvan mail terugkwam: {count}"))
        return found

    async def _taak(self, partij: str, leerling: str, persoon: str) -> None:
        """Once for one person, and open again when it happens again."""
        now = self._clock.now()
        key = f"{Taaksoort.POST_GESTUIT}:{leerling}:{persoon}"
        while True:
            old = await self._storage.taak_by_sleutel(partij, key)
            if old is not None and old.status is Taakstatus.OPEN:
                return
            if old is None:
                taak = Taak(
                    id=new_id(),
                    soort=Taaksoort.POST_GESTUIT,
                    partij=partij,
                    leerling=leerling,
                    sleutel=key,
                    ontstaan_op=now,
                    sinds=now,
                    uiterlijk=einde_van_werkdag(now, WERKDAGEN),
                    personen=(persoon,),
                )
                write = TaakWrite(taak)
            else:
                again = old.model_copy(
                    update={
                        "status": Taakstatus.OPEN,
                        "sinds": now,
                        "uiterlijk": einde_van_werkdag(now, WERKDAGEN),
                        "geescaleerd_op": None,
                        "uitkomst": None,
                        "versie": old.versie + 1,
                    }
                )
                write = TaakWrite(again, old.versie)
            if isinstance(await self._storage.commit(Change(taken=(write,))), Committed):
                return

    async def _mended(self, wie: str) -> None:
        """He has an address that works: what schools were asked about the old one is over."""
        for link in await self._nieuws.links(wie):
            key = f"{Taaksoort.POST_GESTUIT}:{link.leerling}:{link.persoon_id}"
            old = await self._storage.taak_by_sleutel(link.partij, key)
            if old is not None and old.status is Taakstatus.OPEN:
                ended = old.model_copy(
                    update={
                        "status": Taakstatus.VERVALLEN,
                        "sinds": self._clock.now(),
                        "versie": old.versie + 1,
                    }
                )
                await self._storage.commit(Change(taken=(TaakWrite(ended, old.versie),)))

    # ── rows

    async def _change(
        self, wie: str, how: Callable[[Postadres], Postadres | None], mens: Sessieinhoud | None = None
    ) -> bool:
        """Write what `how` makes of his row; it may be asked more than once. False when it says None, or he
        has no row and `mens` does not say who he is.
        """
        while True:
            found = await self._rijen.adres(wie)
            if found is None:
                if mens is None:
                    return False
                row, his = None, _fresh(mens)
            else:
                row, his = found
            new = how(his)
            if new is None:
                return False
            if his.adres is None and new.adres is not None:
                await self._rijen.maak_uitzetter(new.uit_token, wie)
            if row is not None and row.groep != GESTUIT and new.adres == his.adres and new.staat is his.staat:
                written = await self._rijen.zet_binnen(row, new)
            else:
                written = await self._rijen.zet_adres(row, wie, new, eerste(self._clock.now(), wie))
            if written:
                return True

    def _adres_mac(self, wie: str, adres: str) -> str:
        return self._vault.mac(_CONTEXT, f"{wie}\0adres\0{adres}".encode()).hex()

    def _mac(self, wie: str, code: str) -> str:
        """Over the code as it is typed, without its dashes."""
        return self._vault.mac(_CONTEXT, f"{wie}\0{code}".encode()).hex()


def _at(his: Postadres, adres: str) -> Postadres:
    return his.model_copy(
        update={"adres": adres, "nieuw": None, "staat": Poststaat.AAN, "pogingen": 0, "kwam_terug": False}
    )


def _fresh(mens: Sessieinhoud) -> Postadres:
    return Postadres(
        uitgever=mens.uitgever,
        issuer=mens.issuer,
        sub=mens.sub,
        claims=mens.claims,
        uit_token=secrets.token_urlsafe(32),
        kenmerk=kenmerk(),
    )
