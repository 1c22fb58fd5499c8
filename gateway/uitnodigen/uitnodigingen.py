"""Invitations and links: made by a school for one person of its record of gezag, used once, and ended.

    make         a code for one person, of whom the school checked the gezag not too long ago
    open         the code, typed in a browser: once, within its days, and locked after five tries
    link         who signed in surely enough is that person from now on, until somebody ends it

Each is a line in the account before it holds. What is kept of a code is a keyed hash; the part by which it is
found is no secret, and tries are counted for every such part, whether there is an invitation or not. So
nobody learns by trying whether there is one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from consent.leeftijd import age, day
from consent.zelf import mens, unchecked
from gateway.account.leaves import Account, new_id
from gateway.case.case import Case, Cases
from gateway.identity.sessies import Persoonsrij
from gateway.identity.verzegeld import opened, sealed
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.regels import Regelbron
from gateway.runtime.settle import until_settled
from gateway.uitnodigen.code import front, new_code, shown
from schemas.account.verantwoording import EventType
from schemas.base import Gegevenscategorie, Model
from schemas.errors import GezagUnchecked, NotFound
from schemas.exchange.uitwisseling import Levering
from schemas.identifiers import Id, PartijId
from schemas.people.hoedanigheden import gelezen
from schemas.people.mensen import ADULT, OWN_AGE, OWN_CHOICE, Mensrol, Zelf
from schemas.people.partij import Partij
from schemas.people.partijcodes import Partijhoedanigheid as P
from schemas.storage.storage import Change, Expectation, Keepsoort, Kept, LeerlingRow, Moved

DAYS: Final = 14
"""So long a code can be used."""
KEPT_DAYS: Final = 90
"""So long the school still sees what became of it."""
TRIES: Final = 5
LOCK: Final = dt.timedelta(hours=24)
OPEN_MINUTES: Final = 30
"""So long a code that was opened shows something in that browser."""
_SHOWN: Final = (1, 2)
"""Levels of what a code alone shows."""
_PLAIN: Final = frozenset({P.ONDERWIJS, P.SAMENWERKINGSVERBAND, P.LEERPLICHT_RMC, P.JGZ, P.KINDEROPVANG})
"""Recipients whose name tells nothing of help."""
_MANY: Final = 200


class Staat(StrEnum):
    """What became of an invitation."""

    GEMAAKT = "gemaakt"
    GEOPEND = "geopend"
    GEBRUIKT = "gebruikt"
    INGETROKKEN = "ingetrokken"
    VERLOPEN = "verlopen"


class Uitnodiging(Model):
    """What is kept of an invitation."""

    id: Id
    partij: PartijId
    leerling: Id
    """Our internal id."""
    persoon_id: Id
    gemaakt_op: dt.datetime
    geldig_tot: dt.datetime
    code_mac: str
    staat: Staat = Staat.GEMAAKT
    per_mail: bool = False
    """Its code went by mail. Others may read a mailbox, so that code alone shows nothing."""


class Geopend(Model):
    """What a browser holds that typed a code."""

    uitnodiging: str
    """The key of its row."""
    csrf: str


class Tellen(Model):
    pogingen: int


class Persoonskoppeling(Model):
    """One person is this person in the record of one partij."""

    partij: PartijId
    leerling: Id
    persoon_id: Id
    wie: str
    """By a keyed hash: who signed in."""
    sinds: dt.datetime


@dataclass(frozen=True, slots=True)
class Gemaakt:
    """A new invitation. The code is shown this once."""

    id: str
    code: str
    geldig_tot: dt.datetime


@dataclass(frozen=True, slots=True)
class Dicht:
    """The code opens nothing. `over`: how many tries are left; 0: it works no more."""

    over: int


@dataclass(frozen=True, slots=True)
class Open:
    """The code was right: what the browser keeps, and the token of its forms."""

    geheim: str


@dataclass(frozen=True, slots=True)
class Deling:
    """What a school wants to share, as far as a code alone may show it."""

    ontvanger: str | None
    """None: of this recipient the name alone says too much; the school tells it."""
    categorieen: tuple[Gegevenscategorie, ...]
    meer: bool
    """Whether there is something beside, which is read at school or after signing in."""


@dataclass(frozen=True, slots=True)
class Binnen:
    """A browser in which a code was opened."""

    uitnodiging: Uitnodiging
    sleutel: str
    csrf: str
    rol: Mensrol


class Uitnodigingen:
    def __init__(
        self, storage: Storage, vault: Vault, account: Account, cases: Cases, regels: Regelbron, clock: Clock
    ) -> None:
        """`clock` is that of the business: codes and ages go by days."""
        self._storage, self._vault, self._account = storage, vault, account
        self._cases, self._regels, self._clock = cases, regels, clock

    # ── the school

    async def maak(
        self, partij: Partij, leerling_ref: str, persoon_id: str, *, per_mail: bool = False
    ) -> Gemaakt:
        """An invitation for this person, and none of before holds any more. `per_mail`: its code is not given
        on paper.

        Raises NotFound, the same for somebody who is not there and somebody who gets nothing;
        GezagUnchecked when the school has to check the gezag first.
        """
        return await until_settled(partial(self._maak, partij, leerling_ref, persoon_id, per_mail=per_mail))

    async def _maak(
        self, partij: Partij, leerling_ref: str, persoon_id: str, *, per_mail: bool
    ) -> Gemaakt | Moved:
        row = await self._storage.leerling_by_ref(partij.id, leerling_ref)
        if row is None or row.owner != partij.id:
            raise NotFound
        case = await self._cases.load(row)
        now = self._clock.now()
        if self.rol(case, persoon_id, now) is None:
            raise NotFound
        beleid = (await self._regels.current()).beleid
        if persoon_id != _self(case) and unchecked(case.authorities, partij.id, beleid, now):
            raise GezagUnchecked
        code, ident = new_code(), new_id()
        while await self._storage.kept(Keepsoort.UITNODIGING, self._found_by(code)) is not None:
            code = new_code()
        leaf = self._account.leaf(EventType.PERSON_INVITED, row, afzender=partij.id, ondertekenaar=persoon_id)
        result = await self._storage.commit(Change(leaves=(leaf,), expect=Expectation(row.id, row.epoch)))
        if isinstance(result, Moved):
            return result
        for old in await self._of(partij.id, row.id, persoon_id):
            await self._storage.drop(Keepsoort.UITNODIGING, old.id)
        made = Uitnodiging(
            id=ident,
            partij=partij.id,
            leerling=row.id,
            persoon_id=persoon_id,
            gemaakt_op=now,
            geldig_tot=now + dt.timedelta(days=DAYS),
            code_mac=self._mac(code),
            per_mail=per_mail,
        )
        await self._storage.keep(self._row(self._found_by(code), made, 0), None)
        return Gemaakt(ident, shown(code), made.geldig_tot)

    async def mensen(self, partij: Partij, leerling_ref: str) -> tuple[tuple[str, Mensrol], ...]:
        """Whom this school may invite, of its record of gezag: by their id, with what each is. Raises
        NotFound.
        """
        row = await self._storage.leerling_by_ref(partij.id, leerling_ref)
        if row is None or row.owner != partij.id:
            raise NotFound
        case, now = await self._cases.load(row), self._clock.now()
        snapshot = case.authorities.snapshot
        idents = () if snapshot is None else (*(p.persoon for p in snapshot.personen), snapshot.leerling)
        found = ((i, self.rol(case, i, now)) for i in dict.fromkeys(idents))
        return tuple((i, rol) for i, rol in found if rol is not None)

    async def lijst(self, partij: Partij, leerling_ref: str) -> tuple[tuple[Uitnodiging, Staat], ...]:
        """What became of the invitations about this leerling. Raises NotFound."""
        row = await self._storage.leerling_by_ref(partij.id, leerling_ref)
        if row is None or row.owner != partij.id:
            raise NotFound
        found = []
        for kept in await self._all(partij.id, row.id):
            one = opened(self._vault, kept, Uitnodiging)
            over = one.staat is Staat.GEMAAKT and one.geldig_tot <= self._clock.now()
            found.append((one, Staat.VERLOPEN if over else one.staat))
        return tuple(found)

    async def trek_in(self, partij: Partij, leerling_ref: str, persoon_id: str) -> bool:
        """End what this person has by this partij: a code that was not used, and the link. Raises
        NotFound.
        """
        row = await self._storage.leerling_by_ref(partij.id, leerling_ref)
        if row is None or row.owner != partij.id:
            raise NotFound
        ended = False
        for old in await self._of(partij.id, row.id, persoon_id):
            ended |= await self._storage.drop(Keepsoort.UITNODIGING, old.id)
        return await self._end_link(row, partij.id, persoon_id) or ended

    # ── the browser with a code

    async def open(self, code: str) -> Open | Dicht:
        """Open an invitation by its code, once. All that can be wrong looks the same."""
        at = self._found_by(code)
        left = await self._counted(at)
        if left < 0:
            return Dicht(0)
        row = await self._storage.kept(Keepsoort.UITNODIGING, at)
        # Of a part that nobody has as much is computed as of one that somebody has.
        row = row or self._nobody(at)
        found = opened(self._vault, row, Uitnodiging)
        right = self._vault.mac_holds("uitnodiging", code.encode(), bytes.fromhex(found.code_mac))
        now = self._clock.now()
        if not right or found.staat is not Staat.GEMAAKT or found.geldig_tot <= now:
            return Dicht(left)
        if await self._rol_of(found, now) is None:
            return Dicht(left)
        taken = found.model_copy(update={"staat": Staat.GEOPEND})
        if not await self._storage.keep(self._row(row.id, taken, row.versie + 1), row.versie):
            return Dicht(left)
        secret = secrets.token_urlsafe(32)
        content = Geopend(uitnodiging=row.id, csrf=secrets.token_urlsafe(32))
        until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=OPEN_MINUTES)
        await self._storage.keep(
            sealed(self._vault, Keepsoort.UITNODIGING, _hash(secret), "", content, verloopt=until), None
        )
        return Open(secret)

    async def binnen(self, secret: str) -> Binnen | None:
        """What a browser may see that typed a code: None when it is over, or he is nobody there any more."""
        row = await self._storage.kept(Keepsoort.UITNODIGING, _hash(secret)) if secret else None
        if row is None or row.verloopt is None or row.verloopt <= dt.datetime.now(dt.UTC):
            return None
        held = opened(self._vault, row, Geopend)
        kept = await self._storage.kept(Keepsoort.UITNODIGING, held.uitnodiging)
        if kept is None:
            return None
        found = opened(self._vault, kept, Uitnodiging)
        rol = await self._rol_of(found, self._clock.now())
        return None if rol is None else Binnen(found, held.uitnodiging, held.csrf, rol)

    async def bekijk(self, binnen: Binnen) -> tuple[Deling, ...]:
        """What waits for the people around this leerling, by his own school: levels 1 and 2.

        From sixteen the youth decides himself, and then an ouder is shown nothing. A code from a mail shows
        nothing to anybody.
        """
        found = binnen.uitnodiging
        if found.per_mail:
            return ()
        row = await self._storage.leerling(found.leerling)
        if row is None:
            return ()
        who, on = (await self._cases.load(row)).authorities, day(self._clock.now())
        if binnen.rol is Mensrol.OUDER and max(age(b, on) for b in who.births) >= OWN_CHOICE:
            return ()
        partijen = (await self._regels.current()).partijen
        shown_now = []
        for levering in await self._storage.open_leveringen(row.id):
            if levering.afzender != found.partij or levering.persoon is not None:
                continue
            categories = tuple(levering.besluit.per_category)
            plain = tuple(c for c in categories if c.niveau in _SHOWN)
            ontvanger = partijen.get(levering.ontvanger)
            name = None if ontvanger is None or _tells(ontvanger) else ontvanger.naam
            shown_now.append(Deling(name, plain, len(plain) < len(categories)))
        return tuple(shown_now)

    async def gevraagd(self, partij: str, zelf: Zelf) -> tuple[tuple[str, int], ...]:
        """What this person is asked now by this partij: the taak, and the place of the question in it."""
        taken = await self._storage.taken_of(zelf.leerling)
        return tuple(
            (t.id, n)
            for t in taken
            if t.partij == partij
            for n, vraag in enumerate(t.vragen)
            if vraag.persoon == zelf.persoon_id
        )

    async def wat_er_ging(
        self, partij: str, zelf: Zelf, rol: Mensrol, eigen: frozenset[str]
    ) -> tuple[Levering, ...]:
        """What this partij shared on statements of his own, the newest first.

        What went for another reason, or because others agreed, is not told here. To an ouder nothing of after
        the day on which the leerling is sixteen, and once he is grown up nothing.
        """
        row = await self._storage.leerling(zelf.leerling)
        if row is None or (rol is Mensrol.OUDER and zelf.volwassen):
            return ()
        births = (await self._cases.load(row)).authorities.births
        found = await self._storage.delivered(zelf.leerling)
        own = [
            v
            for v in found
            if v.afzender == partij
            and v.persoon is None
            and not eigen.isdisjoint(v.besluit.consent_event_ids)
            and (rol is not Mensrol.OUDER or max(age(b, day(v.sinds)) for b in births) < OWN_CHOICE)
        ]
        return tuple(sorted(own, key=lambda v: v.sinds, reverse=True))

    async def koppel(self, secret: str, wie: str) -> bool:
        """Bind who signed in to the person of the invitation, once. False when that is over.

        `wie` is by whom he is known at his issuer; that he is sure enough was asked by who calls.
        """
        binnen = await self.binnen(secret)
        if binnen is None or binnen.uitnodiging.staat is not Staat.GEOPEND:
            return False
        found = binnen.uitnodiging
        row = await self._storage.leerling(found.leerling)
        kept = await self._storage.kept(Keepsoort.UITNODIGING, binnen.sleutel)
        if row is None or kept is None:
            return False
        used = found.model_copy(update={"staat": Staat.GEBRUIKT})
        if not await self._storage.keep(self._row(kept.id, used, kept.versie + 1), kept.versie):
            return False
        await self._end_link(row, found.partij, found.persoon_id)
        leaf = self._account.leaf(
            EventType.PERSON_LINKED,
            row,
            afzender=found.partij,
            ondertekenaar=found.persoon_id,
        )
        await self._storage.commit(Change(leaves=(leaf,)))
        link = Persoonskoppeling(
            partij=found.partij,
            leerling=found.leerling,
            persoon_id=found.persoon_id,
            wie=wie,
            sinds=self._clock.now(),
        )
        ident = self._link_id(found.partij, found.leerling, found.persoon_id)
        await self._storage.keep(sealed(self._vault, Keepsoort.PERSOONSKOPPELING, ident, wie, link), None)
        await self._storage.drop(Keepsoort.UITNODIGING, _hash(secret))
        return True

    # ── who somebody is by his links, at each request

    async def van(self, wie: str) -> tuple[Persoonsrij, ...]:
        """What this person is now by the links that he has: for gateway/identity."""
        found = []
        now = self._clock.now()
        for kept in await self._storage.kept_in(Keepsoort.PERSOONSKOPPELING, wie, "", _MANY):
            link = opened(self._vault, kept, Persoonskoppeling)
            row = await self._storage.leerling(link.leerling)
            if row is None or row.owner != link.partij:
                continue
            case = await self._cases.load(row)
            rol = self.rol(case, link.persoon_id, now, al_binnen=True)
            if rol is None:
                continue
            ages = [age(born, day(now)) for born in case.authorities.births]
            years = max(ages) if rol is Mensrol.OUDER else min(ages)
            ident = kept.id[:32]
            found.append(Persoonsrij(ident, link.partij, row.id, row.owner_ref, link.persoon_id, rol, years))
        return tuple(found)

    def rol(
        self, case: Case, persoon_id: str, now: dt.datetime, *, al_binnen: bool = False
    ) -> Mensrol | None:
        """What this person is in the record of his school, on this day; None: he gets nothing.

        An ouder with gezag until the day on which the leerling is eighteen, the leerling from the day on
        which he is twelve. Of an age that is not known for sure the youngest counts, and for an ouder the
        oldest. `al_binnen`: he has a link; an ouder keeps it after that day, for what he said himself before.
        """
        who, on = case.authorities, day(now)
        ages = [age(born, on) for born in who.births]
        found = mens(who, case.row.owner, persoon_id)
        if not ages or not case.over_leerling:
            return None
        if found is P.OUDER and (al_binnen or max(ages) < ADULT):
            return Mensrol.OUDER
        if found is P.LEERLING and min(ages) >= OWN_AGE:
            return Mensrol.LEERLING
        return None

    async def _rol_of(self, found: Uitnodiging, now: dt.datetime) -> Mensrol | None:
        row = await self._storage.leerling(found.leerling)
        if row is None or row.owner != found.partij:
            return None
        return self.rol(await self._cases.load(row), found.persoon_id, now)

    # ── rows

    async def _counted(self, at: str) -> int:
        """How many tries are left after this one, and -1 when there were none. A try is counted before it is
        looked at, so many at once are no more than five.
        """
        ident = f"teller:{at}"
        while True:
            row = await self._storage.kept(Keepsoort.UITNODIGING, ident)
            now = dt.datetime.now(dt.UTC)
            ended = row is None or row.verloopt is None or row.verloopt <= now
            tries = 0 if row is None or ended else opened(self._vault, row, Tellen).pogingen
            if tries >= TRIES:
                return -1
            until = now + LOCK if row is None or ended else row.verloopt
            versie = 0 if row is None else row.versie + 1
            made = sealed(
                self._vault,
                Keepsoort.UITNODIGING,
                ident,
                "",
                Tellen(pogingen=tries + 1),
                versie=versie,
                verloopt=until,
            )
            if await self._storage.keep(made, None if row is None else row.versie):
                return TRIES - tries - 1

    def _nobody(self, at: str) -> Kept:
        """A row of nobody, to compare with."""
        now = self._clock.now()
        made = Uitnodiging(
            id=new_id(),
            partij="brin:00XX00",
            leerling=new_id(),
            persoon_id=new_id(),
            gemaakt_op=now,
            geldig_tot=now,
            code_mac=self._mac(new_code()),
            staat=Staat.INGETROKKEN,
        )
        return self._row(at, made, 0)

    def _row(self, at: str, made: Uitnodiging, versie: int) -> Kept:
        # It is forgotten by the clock of the machine, which in a sandbox is behind that of the business.
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=KEPT_DAYS)
        groep = self._groep(made.partij, made.leerling)
        return sealed(self._vault, Keepsoort.UITNODIGING, at, groep, made, versie=versie, verloopt=until)

    async def _all(self, partij: str, leerling: str) -> tuple[Kept, ...]:
        return await self._storage.kept_in(Keepsoort.UITNODIGING, self._groep(partij, leerling), "", _MANY)

    async def _of(self, partij: str, leerling: str, persoon_id: str) -> tuple[Kept, ...]:
        rows = await self._all(partij, leerling)
        return tuple(r for r in rows if opened(self._vault, r, Uitnodiging).persoon_id == persoon_id)

    async def _end_link(self, row: LeerlingRow, partij: str, persoon_id: str) -> bool:
        ident = self._link_id(partij, row.id, persoon_id)
        if await self._storage.kept(Keepsoort.PERSOONSKOPPELING, ident) is None:
            return False
        leaf = self._account.leaf(EventType.PERSON_UNLINKED, row, afzender=partij, ondertekenaar=persoon_id)
        await self._storage.commit(Change(leaves=(leaf,)))
        return await self._storage.drop(Keepsoort.PERSOONSKOPPELING, ident)

    def _groep(self, partij: str, leerling: str) -> str:
        return self._vault.blind_index(partij, f"uitnodigingen\0{leerling}").hex()

    def _link_id(self, partij: str, leerling: str, persoon_id: str) -> str:
        return self._vault.blind_index(partij, f"koppeling\0{leerling}\0{persoon_id}").hex()

    def _found_by(self, code: str) -> str:
        return self._vault.fingerprint(b"uitnodiging\0" + front(code).encode()).hex()

    def _mac(self, code: str) -> str:
        return self._vault.mac("uitnodiging", code.encode()).hex()


def _tells(partij: Partij) -> bool:
    """Whether its name alone says that there is help."""
    capacities = gelezen(partij).hoedanigheden
    return not capacities or not _PLAIN.issuperset(capacities)


def _hash(secret: str) -> str:
    return hashlib.sha256(b"geopend\0" + secret.encode("utf-8", "replace")).hexdigest()


def _self(case: Case) -> str | None:
    return None if case.authorities.snapshot is None else case.authorities.snapshot.leerling
