"""A school's registration: compared with what is known, and taken over for the leerlingen that it chose.

Nothing of a file is stored until a leerling of it is taken over, and then only that leerling. So there is no
proposal that could grow old in a table: the request that takes over brings the same file again, and names the
difference that was shown. Its id proves which file and when; the mark of each leerling proves that what was
shown of him still holds (docs/decisions/0042-a-registration-is-compared-and-then-taken-over.md).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from consent.leeftijd import Band, age, day
from gateway.account.leaves import new_id
from gateway.case.case import Case, Identity, open_identity
from gateway.exchange.idempotency import Answer, Claim, earlier
from gateway.exchange.leerling import find_or_new
from gateway.exchange.ports import Ports
from gateway.follow_up.facts import Facts, Recording
from gateway.follow_up.verschil import Bekend, Bestand, Regel, Stand
from gateway.ports.standards import RegistrationReader
from gateway.runtime.aside import Aside
from schemas.account.verantwoording import Leaf
from schemas.errors import Fault, InvalidMessage, MessageTooLarge, NotFound, Outdated
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.registratie import (
    Registratieherkomst,
    Registratievertaling,
    Schoolleerling,
    Schoolregistratie,
    ZonderGegevens,
)
from schemas.messages.vertaling import Bevinding
from schemas.people.feit import Feit
from schemas.people.partij import Partij, Partijsoort
from schemas.people.registratie import Leerlingregistratie
from schemas.storage.storage import LeerlingRow

VALID: Final = dt.timedelta(hours=24)
"""So long a difference can be taken over; after that the school asks for it again."""
MAX_LEERLINGEN: Final = 5_000
"""In one file. No location of a school has as many."""
MAX_CHOSEN: Final = 500
"""Taken over in one request: each is a commit of its own."""
ASIDE_FROM: Final = 32_000
"""Bytes from which a file with its columns is read aside. A CSV says more in a byte than a dossier: this many
take 30 ms."""
_PAGE: Final = 500
_BETWEEN_TURNS: Final = 16
_MARK: Final = 32
"""Hex digits of a mark."""

Body = Callable[[Feit, LeerlingRow, Leaf], bytes]


@dataclass(frozen=True, slots=True)
class Groepregel:
    """One group of the file: how many of its leerlingen are in it, and whether anybody known was before."""

    naam: str
    jaargroep: str | None
    samengesteld: bool
    leerlingen: int
    bekend: bool


@dataclass(frozen=True, slots=True)
class NietGenoemd:
    """A leerling of this location who is known and whom a whole registration does not name."""

    leerlingid: str
    ref: str


@dataclass(frozen=True, slots=True)
class Verschil:
    """Everything a school is shown. `registratie` is None when the file was an answer without content."""

    id: str
    geldig_tot: dt.datetime
    registratie: Schoolregistratie | None
    bevindingen: tuple[Bevinding, ...]
    regels: tuple[Regel, ...] = ()
    kenmerken: tuple[str, ...] = ()
    """Of each Regel, in the same order."""
    groepen: tuple[Groepregel, ...] = ()
    niet_genoemd: tuple[NietGenoemd, ...] = ()


@dataclass(frozen=True, slots=True)
class Gekozen:
    """A leerling that the school chose from a difference, with the mark that he had in it."""

    leerlingid: str
    kenmerk: str


@dataclass(frozen=True, slots=True)
class Overname:
    """What one request asks to take over, and how each one is claimed and answered."""

    partij: Partij
    client: str
    raw: bytes
    kolommen: bytes | None
    verschil: str
    gekozen: tuple[Gekozen, ...]
    claim: Claim
    body: Body


@dataclass(frozen=True, slots=True)
class Overgenomen:
    """Per chosen leerling his answer, None where what was shown of him no longer held at the last moment."""

    antwoorden: tuple[Answer | None, ...]
    redecided: int

    @property
    def repeated(self) -> bool:
        """Whether all of it was answered before."""
        return all(a is not None and a.repeated for a in self.antwoorden)


@dataclass(frozen=True, slots=True)
class _Taking:
    """One chosen leerling: which of the request, and where he stands in the file."""

    n: int
    plaats: int
    leerling: Schoolleerling
    claim: Claim
    bestand: Bestand

    @property
    def who(self) -> Identity | None:
        return self.bestand.identity(self.leerling)

    def regel(self, bekend: Bekend) -> Regel:
        return self.bestand.compare(self.plaats, self.leerling, bekend)


@dataclass(frozen=True, slots=True)
class _Known:
    """The school's own leerlingen as they are stored, by index and by what their ids look like."""

    by_index: dict[bytes, LeerlingRow]
    alike: dict[str, list[LeerlingRow]]
    identities: tuple[tuple[LeerlingRow, Identity], ...]


@dataclass(frozen=True, slots=True)
class Registraties:
    ports: Ports
    facts: Facts
    read: RegistrationReader
    aside: Aside

    # ── comparing

    async def compare(self, partij: Partij, raw: bytes, kolommen: bytes | None) -> Verschil:
        """The difference; nothing is stored. Raises InvalidMessage with every fault, RecordUnavailable."""
        now = self.ports.clock.now()
        found = await self._read(partij, raw, kolommen, day(now))
        ident = self._name(partij, raw, kolommen, int(now.timestamp()))
        until = dt.datetime.fromtimestamp(int(now.timestamp()), dt.UTC) + VALID
        if isinstance(found, ZonderGegevens):
            return Verschil(ident, until, None, found.bevindingen)
        bestand = await self._bestand(found.bericht, now)
        known = await self._known(partij)
        regels: list[Regel] = []
        groups: set[str] = set()
        for n, leerling in enumerate(found.bericht.leerlingen, 1):
            bekend = await self._bekend(partij, bestand.identity(leerling), known)
            if bekend.case is not None and bekend.case.registratie is not None:
                counted = bekend.case.registratie.gegevens
                groups |= {counted.groep} if counted is not None and counted.groep else set()
            regels.append(bestand.compare(n, leerling, bekend))
            await _turn(n)
        return Verschil(
            ident,
            until,
            found.bericht,
            found.bevindingen,
            tuple(regels),
            tuple(self._mark(ident, r) for r in regels),
            _groups(found.bericht, groups),
            _not_named(found.bericht, known),
        )

    # ── taking over

    async def take_over(self, overname: Overname) -> Overgenomen:
        """Record each chosen leerling as it was shown, each in a commit of his own.

        Nothing is recorded when the difference is not of this file, is too old, or no longer holds for one of
        the chosen: Outdated. What changes after that, between two commits, concerns that leerling alone. A
        repeat with the same key goes on where it ended. Raises InvalidMessage, IdempotencyMismatch,
        RecordUnavailable, Busy.
        """
        now = self.ports.clock.now()
        claims = [_claim(self.ports, overname, n) for n in range(len(overname.gekozen))]
        answers = []
        for n, claim in enumerate(claims):
            await _turn(n)
            answers.append(await earlier(self.ports.storage, claim))
        if all(answers):
            return Overgenomen(tuple(answers), 0)
        if not self._named(overname, now):
            if any(answers):
                return Overgenomen(tuple(answers), 0)
            raise Outdated(("/verschil",))
        found = await self._read(overname.partij, overname.raw, overname.kolommen, day(now))
        if isinstance(found, ZonderGegevens):
            raise Outdated(("/verschil",))
        bestand = await self._bestand(found.bericht, now)
        takings = [
            _Taking(n, place, leerling, claims[n], bestand)
            for n, (place, leerling) in enumerate(_chosen(found.bericht, overname.gekozen))
        ]
        left = [t for t in takings if answers[t.n] is None]
        wrong = await self._outdated(overname, left, answers)
        if wrong and not any(answers):
            raise Outdated(tuple(f"/leerlingen/{n}" for n in wrong))
        changed = 0
        for taking in left:
            if answers[taking.n] is None and taking.n not in wrong:
                await asyncio.sleep(0)  # each is a commit of its own, which not every store waits for
                answers[taking.n], also = await self._record(overname, taking)
                changed += also
        return Overgenomen(tuple(answers), changed)

    async def _outdated(
        self, overname: Overname, left: Sequence[_Taking], answers: list[Answer | None]
    ) -> frozenset[int]:
        """Which of the chosen are not as they were shown. Of one whom the same request recorded meanwhile, in
        a copy of it that was faster, the answer is filled in.
        """
        known = await self._known(overname.partij)
        wrong = set()
        for done, taking in enumerate(left):
            await _turn(done)
            bekend = await self._bekend(overname.partij, taking.who, known)
            if not self._holds(overname, taking.n, taking.regel(bekend)):
                answers[taking.n] = await earlier(self.ports.storage, taking.claim)
                if answers[taking.n] is None:
                    wrong.add(taking.n)
        return frozenset(wrong)

    async def _record(self, overname: Overname, taking: _Taking) -> tuple[Answer | None, int]:
        """Record one leerling; None when what was shown of him no longer holds."""
        who = taking.who
        assert who is not None, "who is as he was shown was found by his id"
        recording = Recording(
            overname.partij,
            overname.client,
            partial(find_or_new, self.ports, overname.partij, who),
            partial(self._make, overname, taking),
            overname.body,
            taking.claim,
        )
        try:
            return await self.facts.record(recording)
        except Outdated:
            return await earlier(self.ports.storage, taking.claim), 0

    def _make(self, overname: Overname, taking: _Taking, case: Case) -> Leerlingregistratie:
        """The fact about him as he is now. Raises Outdated when that is not what was shown."""
        alike = tuple(other.row for other in case.lookalikes)
        fresh = not case.row.stamp  # what is stored always has one
        regel = taking.regel(Bekend(lijkt_op=alike) if fresh else Bekend(case.row, case, alike))
        if not self._holds(overname, taking.n, regel):
            raise Outdated((f"/leerlingen/{taking.n}",))
        herkomst: Registratieherkomst = taking.bestand.registratie.herkomst
        return Leerlingregistratie(
            id=new_id(),
            vastgelegd_door=overname.partij.id,
            vastgelegd_op=self.ports.clock.now(),
            gegevens=regel.wordt,
            vervangt=None if case.registratie is None else case.registratie.id,
            standaard=herkomst.standaard,
            versie=herkomst.versie,
            bestandsdatum=herkomst.datum,
            aanwijzingen=regel.aanwijzingen,
            verschil=overname.verschil,
        )

    def _holds(self, overname: Overname, n: int, regel: Regel) -> bool:
        given = overname.gekozen[n].kenmerk
        same = hmac.compare_digest(self._mark(overname.verschil, regel), given)
        return same and regel.stand in (Stand.NIEUW, Stand.GEWIJZIGD)

    # ── putting back

    def restored(self, partij: Partij, case: Case, counts: str, back_to: str | None) -> Leerlingregistratie:
        """The fact by which an earlier one counts again, or none.

        Raises NotFound when the record is not this partij's own, Outdated when `counts` is not what counts,
        InvalidMessage when there is no such earlier one.
        """
        if case.row.owner != partij.id:
            raise NotFound
        now_counts = case.registratie
        if now_counts is None or now_counts.id != counts:
            raise Outdated(("/telt",))
        before = next((r for r in case.registraties if r.id == back_to), None)
        if back_to is not None and (before is None or before.id == counts):
            text = "Dit is geen eerdere registratie van deze leerling."
            raise InvalidMessage((Fault("registratie.geenEerdere", "/terugNaar", text),))
        kept = {} if before is None else before.model_dump(include={"standaard", "versie", "bestandsdatum"})
        return Leerlingregistratie(
            id=new_id(),
            vastgelegd_door=partij.id,
            vastgelegd_op=self.ports.clock.now(),
            gegevens=None if before is None else before.gegevens,
            vervangt=counts,
            hersteld=back_to,
            **kept,
        )

    # ── reading

    async def _read(
        self, partij: Partij, raw: bytes, kolommen: bytes | None, today: dt.date
    ) -> Registratievertaling | ZonderGegevens:
        """The file, when it is of this very school. Raises InvalidMessage with every fault."""
        if partij.soort is not Partijsoort.SCHOOL or partij.brin is None or partij.vestigingscode is None:
            text = "Alleen een school met BRIN en vestigingscode heeft een registratie van leerlingen."
            raise InvalidMessage((Fault("afzender.geenSchool", "", text),))
        if len(raw) + len(kolommen or b"") < ASIDE_FROM:
            found = _bounded(self.read, raw, kolommen, today)
        else:
            found = await self.aside(_bounded, self.read, raw, kolommen, today)
        if isinstance(found, ZonderGegevens):
            return found
        school = found.bericht.school
        if school.brin is None:
            text = "Het bestand noemt geen BRIN; daaraan is te zien dat het van uw school is."
            raise InvalidMessage((Fault("afzender.zonderBrin", "/school", text),))
        named = partij.genummerd_op(today)
        if (school.brin, school.vestigingscode) != (named.brin, named.vestigingscode):
            text = "Dit bestand is van een andere school of vestiging dan de afzender."
            raise InvalidMessage((Fault("afzender.anderBrin", "/school", text),))
        if named is partij:
            return found
        # Its leerlingen are found by the number that it had first.
        first = school.model_copy(update={"brin": partij.brin, "vestigingscode": partij.vestigingscode})
        bericht = found.bericht.model_copy(update={"school": first})
        return replace(found, bericht=bericht)

    async def _bestand(self, registratie: Schoolregistratie, now: dt.datetime) -> Bestand:
        law, today = (await self.ports.regels.current_or_deny()).beleid.law(now), day(now)

        def adult(born: dt.date) -> bool:
            return law.band(age(born, today)) is Band.D

        return Bestand.of(registratie, today, adult)

    async def _known(self, partij: Partij) -> _Known:
        by_index: dict[bytes, LeerlingRow] = {}
        alike: dict[str, list[LeerlingRow]] = {}
        identities = []
        after = b""
        while rows := await self.ports.storage.leerlingen_of(partij.id, after, _PAGE):
            after = rows[-1].blind_index
            for n, row in enumerate(rows):
                await _turn(n)
                by_index[row.blind_index] = row
                if not row.key:
                    continue
                who = open_identity(self.ports.vault, row)
                if who.onderwerp is not Onderwerpsoort.LEERLING:
                    continue
                identities.append((row, who))
                alike.setdefault(who.comparable().index_text(), []).append(row)
        return _Known(by_index, alike, tuple(identities))

    async def _bekend(self, partij: Partij, who: Identity | None, known: _Known) -> Bekend:
        if who is None:
            return Bekend()
        row = known.by_index.get(self.ports.vault.blind_index(partij.id, who.index_text()))
        others = known.alike.get(who.comparable().index_text(), [])
        alike = tuple(other for other in others if row is None or other.id != row.id)
        if row is None or not row.key:
            return Bekend(row, None, alike)
        return Bekend(row, await self.ports.cases.load(row), alike)

    # ── what a difference is named by

    def _name(self, partij: Partij, raw: bytes, kolommen: bytes | None, issued: int) -> str:
        parts = (partij.id.encode(), str(issued).encode(), _digest(raw), _digest(kolommen or b""))
        made = self.ports.vault.fingerprint(b"registratieverschil\0" + b"\0".join(parts))
        return f"{issued}-{made.hex()[:_MARK]}"

    def _named(self, overname: Overname, now: dt.datetime) -> bool:
        """Whether this difference is one that this partij was shown of this file, less than VALID ago."""
        issued = int(overname.verschil.partition("-")[0])
        own = self._name(overname.partij, overname.raw, overname.kolommen, issued)
        return (
            hmac.compare_digest(own, overname.verschil) and now.timestamp() - issued < VALID.total_seconds()
        )

    def _mark(self, verschil: str, regel: Regel) -> str:
        told = b"\0".join((verschil.encode(), (regel.leerlingid or "").encode(), regel.basis))
        return self.ports.vault.fingerprint(b"registratieregel\0" + told).hex()[:_MARK]


def _bounded(
    read: RegistrationReader, raw: bytes, kolommen: bytes | None, today: dt.date
) -> Registratievertaling | ZonderGegevens:
    """What was read, unless it is more than we compare. Looked at where it is read: to bring over a file full
    of leerlingen from another process takes as long as to read it.
    """
    found = read(raw, kolommen, today=today)
    if isinstance(found, Registratievertaling) and len(found.bericht.leerlingen) > MAX_LEERLINGEN:
        text = f"Het bestand noemt meer dan {MAX_LEERLINGEN} leerlingen."
        raise MessageTooLarge((Fault("registratie.teVeelLeerlingen", "/leerlingen", text),))
    return found


async def _turn(n: int) -> None:
    """Lets others in between, now and then: of work on many leerlingen this one is number `n`."""
    if n % _BETWEEN_TURNS == 0:
        await asyncio.sleep(0)


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).hexdigest().encode()


def _claim(ports: Ports, overname: Overname, n: int) -> Claim:
    """The claim on one leerling of the request: the first has the key itself, the others one derived of it.

    So the same key with another request is found out, and a repeat finds what was already recorded.
    """
    if not n:
        return overname.claim
    key = ports.vault.fingerprint(b"deelsleutel\0" + overname.claim.key_hash + n.to_bytes(4))
    return replace(overname.claim, key_hash=key)


def _chosen(
    registratie: Schoolregistratie, gekozen: Sequence[Gekozen]
) -> tuple[tuple[int, Schoolleerling], ...]:
    """The chosen leerlingen with their places in the file. Raises InvalidMessage for one who is not in it, or
    is chosen twice.
    """
    there = {v.sleutel.waarde: (n, v) for n, v in enumerate(registratie.leerlingen, 1) if v.sleutel.waarde}
    counted = Counter(g.leerlingid for g in gekozen)
    faults = []
    for n, each in enumerate(gekozen):
        place = f"/leerlingen/{n}/leerlingid"
        if each.leerlingid not in there:
            faults.append(Fault("leerling.nietInBestand", place, "Deze leerling staat niet in het bestand."))
        elif counted[each.leerlingid] > 1:
            faults.append(Fault("leerling.dubbel", place, "Deze leerling is meer dan eens gekozen."))
    if faults:
        raise InvalidMessage(tuple(faults))
    return tuple(there[each.leerlingid] for each in gekozen)


def _groups(registratie: Schoolregistratie, known: set[str]) -> tuple[Groepregel, ...]:
    counted = Counter(key for leerling in registratie.leerlingen for key in leerling.groepen)
    return tuple(
        Groepregel(
            g.naam or g.sleutel,
            None if g.jaargroep is None else g.jaargroep.code,
            g.samengesteld,
            counted[g.sleutel],
            (g.naam or g.sleutel) in known,
        )
        for g in registratie.groepen
    )


def _not_named(registratie: Schoolregistratie, known: _Known) -> tuple[NietGenoemd, ...]:
    """Only a whole registration says something by who is not in it, and only of its own location."""
    if registratie.deel != "volledig":
        return ()
    school = registratie.school
    named = {v.sleutel.waarde for v in registratie.leerlingen}
    gone = [
        NietGenoemd(who.leerlingid, row.ref)
        for row, who in known.identities
        if (who.brin, who.vestigingscode) == (school.brin, school.vestigingscode)
        and who.leerlingid not in named
    ]
    return tuple(sorted(gone, key=lambda each: each.leerlingid))
