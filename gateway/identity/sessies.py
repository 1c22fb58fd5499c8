"""Who is signed in: sessions in the store, sealed, so that any process finds them and any ends them.

A browser holds one random value and nothing else. The store knows its hash, and the row is sealed under a key
of its own; so neither who reads the cookie nor who reads the database learns who it is. What somebody may do
is not in it: that is asked of the register at each request.

Sessions live by the time of the machine, never by the business clock.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from gateway.account.leaves import new_id
from gateway.identity.oidc import Login
from gateway.identity.tokens import Caller
from gateway.identity.verzegeld import opened, sealed
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.partijen import Partijen, PartijenReader
from schemas.base import Model
from schemas.errors import NotAuthorised, RecordUnavailable
from schemas.identifiers import Id
from schemas.people.mensen import (
    Eis,
    Handeling,
    Mensrol,
    Niveau,
    Persoon,
    UitgeverId,
    Zelf,
    reaches,
    waarden,
)
from schemas.storage.storage import Keepsoort, Kept

TOUCH: Final = dt.timedelta(seconds=60)
"""A session that is used is written again no more often than this."""
LOGIN_MINUTES: Final = 10
"""So long somebody may take at his issuer."""
MAX_SESSIONS: Final = 20
"""Of one person at once; the oldest end."""
_TOKEN: Final = 43
"""Characters of 32 random bytes in base64url."""


class Aanmelding(Model):
    """A login on its way."""

    uitgever: UitgeverId
    nonce: str
    verifier: str
    browser: str
    """The hash of the value in the cookie of the browser that began it."""
    naar: str
    eis: Eis


class Tafel(Model):
    """A screen that was given to somebody at the table: for one question and one person."""

    taak: Id
    persoon: Id
    versie: Literal["gewoon", "groot", "kind"] = "gewoon"


class Sessieinhoud(Model):
    """What a session is about."""

    uitgever: UitgeverId
    issuer: str
    sub: str
    naam: str
    claims: dict[str, tuple[str, ...]]
    """Only those that the register maps to a role."""
    niveau: Niveau
    aangemeld_op: dt.datetime
    begonnen: dt.datetime
    gezien: dt.datetime
    csrf: str
    partij: str | None = None
    """As whom he chose to act, when he may as several: for a partij, or as an ouder or leerling by a link."""
    tafel: Tafel | None = None
    """There: he gave the screen to somebody else, and this session opens that one sheet and nothing more."""


class Persooninhoud(Model):
    """Who a random reference is."""

    ref: Id
    uitgever: UitgeverId
    sub: str
    naam: str


class Bijuitgever(Model):
    sessie: str


@dataclass(frozen=True, slots=True)
class Persoonsrij:
    """What an ouder or leerling is now, by one link of his."""

    sleutel: Id
    """Names it among his own."""
    partij: str
    leerling: str
    leerling_ref: str
    persoon_id: str
    rol: Mensrol
    leeftijd: int = 0
    """As in `Zelf`."""


class Persoonskoppelingen(Protocol):
    """The links of people to records of gezag (gateway/uitnodigen)."""

    async def van(self, wie: str) -> tuple[Persoonsrij, ...]:
        """Those of this person that hold now."""
        ...


@dataclass(frozen=True, slots=True)
class Sessie:
    """Somebody who is signed in, and as whom he acts: `caller` is None while he has no role anywhere, or has
    yet to choose between several partijen.
    """

    id: str = field(repr=False)
    inhoud: Sessieinhoud = field(repr=False)
    caller: Caller | None
    keuzes: Mapping[str, frozenset[Mensrol]]
    """As whom he may act now: by partij, and by link."""
    koppelingen: Mapping[str, Persoonsrij] = field(default_factory=dict, repr=False)

    @property
    def csrf(self) -> str:
        return self.inhoud.csrf

    def voldoet(self, eis: Eis, now: dt.datetime) -> bool:
        """Whether this login is as sure and as fresh as that."""
        return reaches(self.inhoud.niveau, self.inhoud.aangemeld_op, eis, now)

    def csrf_holds(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.inhoud.csrf.encode())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _random() -> str:
    return secrets.token_urlsafe(32)


class Sessies:
    """One per process; safe for concurrent requests."""

    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        partijen: PartijenReader,
        clock: Clock,
        idle: dt.timedelta,
        life: dt.timedelta,
        koppelingen: Persoonskoppelingen | None = None,
    ) -> None:
        """`clock` is that of the machine. A session ends `idle` after it was used last, and `life` after it
        began whatever happens.
        """
        self._storage, self._vault, self._partijen, self._clock = storage, vault, partijen, clock
        self._idle, self._life, self._koppelingen = idle, life, koppelingen

    def now(self) -> dt.datetime:
        """By which sessions and logins live."""
        return self._clock.now()

    # ── a login on its way

    async def onderweg(
        self, state: str, uitgever: str, nonce: str, verifier: str, naar: str, eis: Eis
    ) -> str:
        """Remember a login that begins; gives what the browser must bring back beside the state."""
        browser = _random()
        content = Aanmelding(
            uitgever=uitgever, nonce=nonce, verifier=verifier, browser=_hash(browser), naar=naar, eis=eis
        )
        until = self._clock.now() + dt.timedelta(minutes=LOGIN_MINUTES)
        row = sealed(self._vault, Keepsoort.AANMELDING, _hash(state), "", content, verloopt=until)
        await self._storage.keep(row, None)
        return browser

    async def terug(self, state: str, browser: str) -> Aanmelding | None:
        """The login that this state is of, once, and only in the browser that began it."""
        row = await self._storage.kept(Keepsoort.AANMELDING, _hash(state))
        if row is None or self._over(row):
            return None
        found = opened(self._vault, row, Aanmelding)
        if not hmac.compare_digest(found.browser, _hash(browser)):
            return None
        return found if await self._storage.drop(Keepsoort.AANMELDING, row.id) else None

    # ── sessions

    async def begin(self, login: Login, previous: str | None = None) -> str:
        """A new session, under an id that nobody had before; gives what the browser keeps. The one that this
        browser had ends.
        """
        if previous:
            await self.eindig(previous)
        now = self._clock.now()
        mapped = (await self._partijen.current()).mensen.claims(login.uitgever.id)
        content = Sessieinhoud(
            uitgever=login.uitgever.id,
            issuer=login.uitgever.issuer,
            sub=login.sub,
            naam=login.naam,
            claims={c: tuple(sorted(waarden(login.claims, c))) for c in sorted(mapped)},
            niveau=login.niveau,
            aangemeld_op=login.op,
            begonnen=now,
            gezien=now,
            csrf=_random(),
        )
        secret = _random()
        groep = self.wie(login.uitgever.issuer, login.sub)
        await self._not_too_many(groep)
        row = self._row(_hash(secret), groep, content, 0)
        await self._storage.keep(row, None)
        if login.sid is not None:
            by = self.wie(login.uitgever.issuer, f"sid\0{login.sid}")
            told = Bijuitgever(sessie=row.id)
            kept = sealed(self._vault, Keepsoort.BIJ_UITGEVER, row.id, by, told, verloopt=now + self._life)
            await self._storage.keep(kept, None)
        return secret

    async def lees(self, secret: str) -> Sessie | None:
        """Who this is now, with what the register lets him do now; None when the session is over or never
        was, and for the session of a table: there nobody is signed in.
        """
        found = await self._lees(secret)
        return None if found is None or found.inhoud.tafel is not None else found

    async def tafel(self, secret: str) -> Sessie | None:
        """The session of a table, in which who gave the screen still answers for what is recorded."""
        found = await self._lees(secret)
        return None if found is None or found.inhoud.tafel is None else found

    async def geef_scherm(self, secret: str, tafel: Tafel) -> str | None:
        """End this session, and begin that of a table under an id that nobody had before; gives what the
        browser keeps. None when there was no session to end, so one can be given once.
        """
        sessie = await self.lees(secret)
        row = await self._storage.kept(Keepsoort.SESSIE, _hash(secret))
        if sessie is None or row is None or not await self.eindig(secret):
            return None
        partij = None if sessie.caller is None else sessie.caller.partij.id
        now = self._clock.now()
        content = sessie.inhoud.model_copy(
            update={"tafel": tafel, "csrf": _random(), "gezien": now, "partij": partij}
        )
        given = _random()
        await self._storage.keep(self._row(_hash(given), row.groep, content, 0), None)
        return given

    async def _lees(self, secret: str) -> Sessie | None:
        if len(secret) != _TOKEN:
            return None
        row = await self._storage.kept(Keepsoort.SESSIE, _hash(secret))
        if row is None or self._over(row):
            return None
        content = opened(self._vault, row, Sessieinhoud)
        partijen = await self._partijen.current()
        if content.uitgever not in partijen.mensen.uitgevers:
            return None
        now = self._clock.now()
        if now - content.gezien >= TOUCH:
            seen = content.model_copy(update={"gezien": now})
            await self._storage.keep(self._row(row.id, row.groep, seen, row.versie + 1), row.versie)
        choices = self._choices(partijen, content)
        links = await self._links(partijen, content)
        choices |= {sleutel: frozenset({link.rol}) for sleutel, link in links.items()}
        chosen = content.partij if content.partij in choices else None
        if chosen is None and len(choices) == 1:
            (chosen,) = choices
        caller = None
        if chosen is not None:
            caller = await self._caller(partijen, content, chosen, choices[chosen], row.id, links.get(chosen))
        return Sessie(row.id, content, caller, choices, links)

    async def kies(self, sessie: Sessie, partij: str) -> bool:
        """Act for this partij from now on. False when he may not, or the session ended meanwhile."""
        if partij not in sessie.keuzes:
            return False
        while (row := await self._storage.kept(Keepsoort.SESSIE, sessie.id)) is not None:
            content = opened(self._vault, row, Sessieinhoud).model_copy(update={"partij": partij})
            if await self._storage.keep(self._row(row.id, row.groep, content, row.versie + 1), row.versie):
                return True
        return False

    async def eindig(self, secret: str) -> bool:
        return await self._storage.drop(Keepsoort.SESSIE, _hash(secret))

    async def eindig_overal(self, sessie: Sessie) -> int:
        """End every session of this person, in every browser; gives how many."""
        groep = self.wie(sessie.inhoud.issuer, sessie.inhoud.sub)
        return await self._storage.drop_in(Keepsoort.SESSIE, groep)

    async def eindig_bij(self, issuer: str, sub: str | None, sid: str | None) -> int:
        """End what an issuer ended: of one of its sessions, or of everything of one person."""
        if sid is None:
            return await self._storage.drop_in(Keepsoort.SESSIE, self.wie(issuer, sub or ""))
        rows = await self._storage.kept_in(Keepsoort.BIJ_UITGEVER, self.wie(issuer, f"sid\0{sid}"), "", 100)
        ended = 0
        for row in rows:
            ended += await self._storage.drop(Keepsoort.SESSIE, opened(self._vault, row, Bijuitgever).sessie)
            await self._storage.drop(Keepsoort.BIJ_UITGEVER, row.id)
        return ended

    def wie(self, issuer: str, sub: str) -> str:
        """One person over all partijen, by a keyed hash."""
        return self._vault.blind_index("", f"{issuer}\0{sub}").hex()

    async def eis(self, handeling: Handeling) -> Eis:
        """What this action asks of a login now."""
        return (await self._partijen.current()).mensen.eisen[handeling]

    # ── who it is, at one partij

    async def _caller(
        self,
        partijen: Partijen,
        content: Sessieinhoud,
        ident: str,
        rollen: frozenset[Mensrol],
        sessie: str,
        link: Persoonsrij | None,
    ) -> Caller | None:
        partij = partijen.by_id.get(ident if link is None else link.partij)
        if partij is None:
            return None
        # Who works there and has a child there is two people to the account.
        ref = await self._ref(partij.id, content, "" if link is None else link.sleutel)
        person = Persoon(
            ref,
            rollen,
            content.niveau,
            content.aangemeld_op,
            content.naam,
            {"mens": content.naam, "sub": content.sub, "uitgever": content.issuer},
            None if link is None else Zelf(link.leerling, link.leerling_ref, link.persoon_id, link.leeftijd),
        )

        async def holds() -> int:
            """The version of the register in which he has these roles, in a session that goes on."""
            now = await self._partijen.current()
            had = self._choices(now, content).get(ident, frozenset())
            had |= {v.rol for k, v in (await self._links(now, content)).items() if k == ident}
            if not rollen <= had or await self._storage.kept(Keepsoort.SESSIE, sessie) is None:
                raise NotAuthorised
            return now.version

        until = int((content.begonnen + self._life).timestamp())
        return Caller(f"persoon:{ref}", partij, person.scopes, sessie, until, persoon=person, houdt=holds)

    def _choices(self, partijen: Partijen, content: Sessieinhoud) -> dict[str, frozenset[Mensrol]]:
        claims = {name: list(values) for name, values in content.claims.items()}
        found = partijen.mensen.van(content.uitgever, content.sub, claims)
        return {p: rollen for p, rollen in sorted(found.items()) if p in partijen.by_id and rollen}

    async def _links(self, partijen: Partijen, content: Sessieinhoud) -> dict[str, Persoonsrij]:
        if self._koppelingen is None:
            return {}
        found = await self._koppelingen.van(self.wie(content.issuer, content.sub))
        return {link.sleutel: link for link in found if link.partij in partijen.by_id}

    async def _ref(self, partij: str, content: Sessieinhoud, link: str) -> str:
        """His random reference at this partij: made once, and the same ever after."""
        named = f"persoon\0{content.issuer}\0{content.sub}\0{link}"
        ident = self._vault.blind_index(partij, named).hex()
        row = await self._storage.kept(Keepsoort.PERSOON, ident)
        if row is None:
            made = Persooninhoud(ref=new_id(), uitgever=content.uitgever, sub=content.sub, naam=content.naam)
            await self._storage.keep(sealed(self._vault, Keepsoort.PERSOON, ident, partij, made), None)
            row = await self._storage.kept(Keepsoort.PERSOON, ident)  # of two at once the first one counts
            if row is None:
                raise RecordUnavailable("a reference was not kept")
        return opened(self._vault, row, Persooninhoud).ref

    async def _not_too_many(self, groep: str) -> None:
        rows = await self._storage.kept_in(Keepsoort.SESSIE, groep, "", MAX_SESSIONS * 5)
        for row in sorted(rows, key=lambda r: r.verloopt or self._clock.now())[: -(MAX_SESSIONS - 1)]:
            await self._storage.drop(Keepsoort.SESSIE, row.id)

    def _row(self, ident: str, groep: str, content: Sessieinhoud, versie: int) -> Kept:
        until = min(content.gezien + self._idle, content.begonnen + self._life)
        return sealed(self._vault, Keepsoort.SESSIE, ident, groep, content, versie=versie, verloopt=until)

    def _over(self, row: Kept) -> bool:
        return row.verloopt is not None and row.verloopt <= self._clock.now()
