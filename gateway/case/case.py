"""The recorded facts about one leerling, opened and sorted for a decision."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import orjson
from pydantic import TypeAdapter, ValidationError

from consent.afwegen import OfferedAfweging
from consent.request import Request
from consent.rules import Authorities
from consent.statements import Statements
from gateway.account.stamps import NO_FACTS, Stamps, running
from gateway.ports.keys import Vault
from gateway.ports.storage import FindsLookalikes, Storage
from schemas.errors import RecordUnavailable, StateBroken
from schemas.identifiers import comparable
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.afweging import Afweging, Nabeoordeling, Naoordeel, TweedeBlik, Uitstel, Vrijgave
from schemas.people.feit import Feit
from schemas.people.gronden import Grondverklaring, Informeren
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.overstap import Overstap
from schemas.people.partij import Partij, Partijsoort
from schemas.people.registratie import Leerlingregistratie
from schemas.people.thuiszitten import Thuiszitten
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bezwaar,
    Gezagsgegevens,
    ProfessioneelVeto,
    Toestemming,
)
from schemas.storage.storage import LeerlingRow, Sealed, StoredFact

_FEIT: TypeAdapter[Feit] = TypeAdapter(Feit)
_BETWEEN_TURNS: Final = 16
"""This many facts are opened before others get a turn, which takes about a millisecond."""


@dataclass(frozen=True, slots=True)
class Identity:
    """How the owner's system names the leerling, and the birth date that it sent first. Stored sealed.

    A group, a school and nobody are an onderwerp too, and stored as a leerling is. Which of these it is
    stands in here, where nobody without the keys can change it. What is stored of a leerling has a birth
    date. Without one it can only serve to find a leerling who is known already.
    """

    brin: str
    vestigingscode: str
    leerlingid: str
    geboortedatum: dt.date | None
    plaats: str = field(default="/leerling/leerlingid", compare=False)
    """The place of the id in the sender's document, for the text of a fault. Not stored."""
    onderwerp: Onderwerpsoort = Onderwerpsoort.LEERLING
    """What this is the identity of. Another onderwerp than a leerling has no birth date."""

    @classmethod
    def of_no_person(cls, soort: Onderwerpsoort, sleutel: str = "", plaats: str = "") -> Identity:
        """Of a group by the sender's own key for it; a sender has one school, and one nobody."""
        return cls("", "", sleutel or soort.value, None, plaats, soort)

    @classmethod
    def of(
        cls,
        partij: Partij,
        leerlingid: str,
        geboortedatum: dt.date | None,
        plaats: str = "/leerling/leerlingid",
    ) -> Identity | None:
        """How this partij names a leerling of its own: a school by BRIN and location, as its documents do,
        anybody else by its own key alone. None: it has no leerlingen of its own.
        """
        if partij.soort is Partijsoort.FG:
            return None
        if partij.soort is not Partijsoort.SCHOOL:
            return cls("", "", leerlingid, geboortedatum, plaats)
        if partij.brin is None or partij.vestigingscode is None:
            return None
        return cls(partij.brin, partij.vestigingscode, leerlingid, geboortedatum, plaats)

    def index_text(self) -> str:
        if self.onderwerp is not Onderwerpsoort.LEERLING:
            return f"\0{self.onderwerp}\0{self.leerlingid}"  # no leerling's begins like that
        return f"{self.brin}|{self.vestigingscode}|{self.leerlingid}"

    def comparable(self) -> Identity:
        """The same identity with the leerlingid as a new one must be written: equal for two ids that look the
        same.
        """
        return replace(self, leerlingid=comparable(self.leerlingid))

    def lookalike(self, vault: Vault, owner: str) -> bytes:
        """The blind index over that form. For an id that is written as a new one must be, it is the ordinary
        index.
        """
        return vault.blind_index(owner, self.comparable().index_text())

    def dump(self) -> bytes:
        if self.onderwerp is not Onderwerpsoort.LEERLING:
            return orjson.dumps({"onderwerp": self.onderwerp, "sleutel": self.leerlingid})
        return orjson.dumps(
            {
                "brin": self.brin,
                "vestigingscode": self.vestigingscode,
                "leerlingid": self.leerlingid,
                "geboortedatum": self.geboortedatum,
            }
        )

    @classmethod
    def load(cls, data: bytes) -> Identity:
        raw = orjson.loads(data)
        if "onderwerp" in raw:
            return cls.of_no_person(Onderwerpsoort(raw["onderwerp"]), raw["sleutel"])
        return cls(
            raw["brin"],
            raw["vestigingscode"],
            raw["leerlingid"],
            dt.date.fromisoformat(raw["geboortedatum"]),
        )


@dataclass(frozen=True, slots=True)
class Gewogen:
    """What is recorded about sharing without toestemming after a weighing, in order of recording.

    It is nearly always empty. A weighing stays as its initiator recorded it; second looks stand in `blikken`.
    """

    afwegingen: tuple[Afweging, ...] = ()
    blikken: tuple[TweedeBlik, ...] = ()
    vrijgaven: tuple[Vrijgave, ...] = ()
    nabeoordelingen: tuple[Nabeoordeling, ...] = ()

    def offered(self, request: Request, levering: str | None, at: dt.datetime) -> OfferedAfweging | None:
        """The weighing of this sender that a decision rests on, for this recipient, doel and direction.

        It is the newest that can still be used, else the newest. None when there is none, or when the FG
        found it not terecht. Here a weighing counts as approved once the second person agreed;
        `consent.afwegen` judges the rest.
        """
        fitting = [
            self._seen(a)
            for a in self.afwegingen
            if (a.vastgelegd_door, a.ontvanger, a.doel, a.richting)
            == (request.afzender, request.ontvanger, request.doel, request.richting)
            and not self._ended(a)
        ]
        offers = [self._weighing(a, levering) for a in fitting]
        usable = [w for w in offers if _usable(w, at)]
        return next(reversed(usable or offers), None)

    def _weighing(self, a: Afweging, levering: str | None) -> OfferedAfweging:
        others = {v.levering for v in self.vrijgaven if v.afweging == a.id} - {levering}
        return OfferedAfweging(a, self.blikken, self.afwegingen, vrijgaven=len(others))

    def _ended(self, a: Afweging) -> bool:
        return any(n.afweging == a.id and n.oordeel is Naoordeel.NIET_TERECHT for n in self.nabeoordelingen)

    def used_for(self, afweging: str, levering: str) -> bool:
        return any((v.afweging, v.levering) == (afweging, levering) for v in self.vrijgaven)

    def _seen(self, a: Afweging) -> Afweging:
        """The weighing with the second person who agreed to it before it was used.

        An acute weighing stays with its one maker, because there the second look is a review afterwards.
        """
        agreed = next(
            (b for b in self.blikken if b.afweging == a.id and b.akkoord and b.moment >= a.moment), None
        )
        return a if agreed is None or a.acuut else a.model_copy(update={"beoordelaar": agreed.door})


def _usable(weighing: OfferedAfweging, at: dt.datetime) -> bool:
    """Whether the weighing can be used now, as far as that does not depend on what is asked."""
    a = weighing.afweging
    said_no = any(b.afweging == a.id and not b.akkoord for b in weighing.tweede_blikken)
    weighed = a.beoordelaar is not None or a.acuut is not None
    return (
        weighed
        and not said_no
        and a.venster_van <= at < a.venster_tot
        and weighing.vrijgaven < a.aantal_vrijgaven
    )


@dataclass(frozen=True, slots=True)
class Case:
    row: LeerlingRow
    consents: Statements
    authorities: Authorities
    gronden: tuple[Grondverklaring, ...] = ()
    gewogen: Gewogen = Gewogen()
    uitstellen: tuple[Uitstel, ...] = ()
    registraties: tuple[Leerlingregistratie, ...] = ()
    """What his school took over of its own registration, in order of recording. It decides nothing."""
    omstandigheden: tuple[Omstandigheid, ...] = ()
    """What a partij stated of one flow because a rule of it asks that."""
    overstappen: tuple[Overstap, ...] = ()
    """The steps of handing him over to another school, in order of recording."""
    thuiszitten: tuple[Thuiszitten, ...] = ()
    """What his school recorded of his sitting at home, in order of recording."""
    lookalike: bytes = b""
    """Equal for leerlingen of one partij whose ids nobody can tell apart (gateway/case/lookalikes.py)."""
    lookalikes: tuple[Case, ...] = ()
    """The cases of those other leerlingen, as they were when this one was loaded. There are nearly never
    any.
    """
    onderwerp: Onderwerpsoort = Onderwerpsoort.LEERLING

    @classmethod
    def fresh(cls, row: LeerlingRow, identity: Identity, lookalike: bytes = b"") -> Case:
        """The case of an onderwerp about which nothing was recorded yet."""
        who = Authorities(identity.geboortedatum, eigenaar=row.owner)
        return cls(row, Statements(), who, lookalike=lookalike, onderwerp=identity.onderwerp)

    @property
    def over_leerling(self) -> bool:
        """Whether it is about a person: only then are there people, gezag and toestemming."""
        return self.onderwerp is Onderwerpsoort.LEERLING

    def plus(self, fact: Feit) -> Case:
        """The case with one more fact, as it will be after the commit that records it."""
        row = replace(
            self.row,
            epoch=self.row.epoch + 1,
            volgnummer=self.row.volgnummer + 1,
            feitenhash=running(self.row.feitenhash or NO_FACTS, (fact.id,)),
        )
        return replace(_with(self, fact), row=row)

    @property
    def registratie(self) -> Leerlingregistratie | None:
        """What counts of it: the newest, which may say that nothing does."""
        return self.registraties[-1] if self.registraties else None

    def informeren(self, over: Sequence[str]) -> Iterator[tuple[str, Informeren]]:
        """For each of these grounds, when those concerned are told: the last that was said about it
        counts.
        """
        records: tuple[Grondverklaring | Omstandigheid | Afweging, ...] = (
            *self.gronden,
            *self.omstandigheden,
            *self.gewogen.afwegingen,
        )
        for record in records:
            if record.id in over and record.informeren is not None:
                later = [u.informeren for u in self.uitstellen if u.over == record.id]
                yield record.id, [record.informeren, *later][-1]


def last_check(gezag: Iterable[Gezagsgegevens]) -> Gezagsgegevens | None:
    """The check of gezag that counts, among those that were recorded."""
    return Authorities(None, gezag=tuple(gezag)).snapshot


def seal_fact(vault: Vault, row: LeerlingRow, fact: Feit) -> StoredFact:
    sealed = vault.seal(row.key, _FEIT.dump_json(fact), _fact_context(fact.id))
    return StoredFact(fact.id, row.id, fact.feit, fact.vastgelegd_door, fact.vastgelegd_op, sealed)


def open_fact(vault: Vault, row: LeerlingRow, stored: StoredFact) -> Feit:
    """Open one fact.

    Raises StateBroken when it was not sealed for this leerling under this id, or when the columns beside it
    say something else than the fact itself; RecordUnavailable when the leerling's key was destroyed.
    """
    if not row.key:
        raise RecordUnavailable("the key of this leerling was destroyed")
    try:
        fact = _FEIT.validate_json(vault.open(row.key, stored.sealed, _fact_context(stored.id)))
    except (RecordUnavailable, ValidationError) as error:
        raise StateBroken("feit", stored.id) from error
    said = (fact.id, fact.feit, fact.vastgelegd_door, fact.vastgelegd_op, row.id)
    if said != (stored.id, stored.kind, stored.recorded_by, stored.recorded_at, stored.leerling):
        raise StateBroken("feit", stored.id)
    return fact


def seal_identity(vault: Vault, key: bytes, leerling: str, identity: Identity) -> Sealed:
    return vault.seal(key, identity.dump(), b"identiteit:" + leerling.encode())


def open_identity(vault: Vault, row: LeerlingRow) -> Identity:
    """Open the identity of a leerling.

    Raises StateBroken when it is not that of this leerling, RecordUnavailable when his key was destroyed.
    """
    if not row.key:
        raise RecordUnavailable("the key of this leerling was destroyed")
    try:
        plain = vault.open(row.key, row.identity, b"identiteit:" + row.id.encode())
    except RecordUnavailable as error:
        raise StateBroken("leerling", row.id) from error
    identity = Identity.load(plain)
    if vault.blind_index(row.owner, identity.index_text()) != row.blind_index:
        raise StateBroken("leerling", row.id)
    return identity


def _fact_context(fact: str) -> bytes:
    return b"feit:" + fact.encode()


class Cases:
    """Opens facts. It keeps the last thousand cases; each is valid for exactly one epoch of its leerling."""

    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        stamps: Stamps,
        size: int = 1_000,
        lookalikes: FindsLookalikes | None = None,
    ) -> None:
        """Without `lookalikes` every id counts as unlike all others."""
        self._storage, self._vault, self._stamps, self._size = storage, vault, stamps, size
        self._lookalikes = lookalikes
        self._kept: OrderedDict[str, Case] = OrderedDict()
        self._opening: dict[tuple[str, int, bytes], asyncio.Task[Case]] = {}

    async def load(self, row: LeerlingRow) -> Case:
        """The case as of `row.epoch`. A change in between is found at the commit, which answers Moved.

        A change about a look-alike is not found there, so `unmoved` asks for it. Raises StateBroken when a
        row or its facts, also of a look-alike, are not as the gateway wrote them.
        """
        return await self.related(await self._load(row))

    async def related(self, case: Case) -> Case:
        """The case together with the cases of the look-alikes of this leerling."""
        if self._lookalikes is None:
            return case
        rows = await self._lookalikes.of(case.row, case.lookalike)
        found = tuple([await self._load(r) for r in rows])
        return case if found == case.lookalikes == () else replace(case, lookalikes=found)

    async def unmoved(self, case: Case) -> bool:
        """Whether the facts of the look-alikes are still those with which this case was loaded."""
        again = await self.related(case)
        return _epochs(again) == _epochs(case)

    async def _load(self, row: LeerlingRow) -> Case:
        """The case without its look-alikes. The stamp of the row is checked at every call.

        A case that was kept is used when the running hash of its facts is the one in the row; else it is
        opened again.
        """
        self._stamps.check_leerling(row)
        kept = self._kept.get(row.id)
        if kept is not None and (kept.row.epoch, kept.row.feitenhash) == (row.epoch, row.feitenhash):
            self._kept.move_to_end(row.id)
            return replace(kept, row=row)
        key = (row.id, row.epoch, row.feitenhash)
        opening = self._opening.get(key)
        if opening is None:
            opening = self._opening[key] = asyncio.create_task(self._open(row))
            opening.add_done_callback(lambda done: self._opened(key, done))
        # The task is shielded, because the request that started it may be gone while others still wait for
        # it.
        case = await asyncio.shield(opening)
        return case if case.row.epoch != row.epoch else replace(case, row=row)

    async def _open(self, row: LeerlingRow) -> Case:
        """Open all facts. That can take long, so others get a turn every few facts."""
        row, facts = await self._consistent(row)
        opening = Opening(self._vault, row)
        for n, stored in enumerate(facts, 1):
            opening.add(stored)
            if n % _BETWEEN_TURNS == 0:
                await asyncio.sleep(0)
        case = opening.case()
        self.keep(case)
        return case

    def _opened(self, key: tuple[str, int, bytes], done: asyncio.Task[Case]) -> None:
        del self._opening[key]
        if not done.cancelled():
            # who waits gets the error; asking for it here keeps asyncio quiet when nobody does
            done.exception()

    async def _consistent(self, row: LeerlingRow) -> tuple[LeerlingRow, tuple[StoredFact, ...]]:
        """The row with the facts that belong to it. A fact that is recorded between the two reads is no
        breach.
        """
        while True:
            facts = await self._storage.facts(row.id)
            ids = [f.id for f in facts]
            again = row if running(NO_FACTS, ids) == row.feitenhash else await self._storage.leerling(row.id)
            if again is None or again.epoch == row.epoch:
                self._stamps.check_facts(row, ids)
                return row, facts
            self._stamps.check_leerling(again)
            row = replace(again, ref=row.ref)

    def keep(self, case: Case) -> None:
        """Remember a case that is now on record, so that its facts need not be opened again."""
        self._kept[case.row.id] = case
        self._kept.move_to_end(case.row.id)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)


class Opening:
    """A case that is being put together: each fact is opened once, and the whole is put in order once."""

    def __init__(self, vault: Vault, row: LeerlingRow) -> None:
        """Raises StateBroken when the identity is not that of this leerling, RecordUnavailable when his key
        was destroyed.
        """
        identity = open_identity(vault, row)
        self._vault = vault
        self._fresh = Case.fresh(row, identity, identity.lookalike(vault, row.owner))
        self._consents: list[Toestemming] = []
        self._gezag: list[Gezagsgegevens] = []
        self._others: list[Feit] = []

    def add(self, stored: StoredFact) -> None:
        """Add the next fact, in order of recording. Raises RecordUnavailable."""
        fact = open_fact(self._vault, self._fresh.row, stored)
        if isinstance(fact, Toestemming):
            self._consents.append(fact)
        elif isinstance(fact, Gezagsgegevens):
            self._gezag.append(fact)
        else:
            self._others.append(fact)

    def case(self) -> Case:
        case = replace(self._fresh, consents=Statements(self._consents))
        if self._gezag:
            case = replace(case, authorities=_checked(case.authorities, self._gezag))
        for fact in self._others:
            case = _with(case, fact)
        return case


def opened(vault: Vault, row: LeerlingRow, facts: Iterable[StoredFact]) -> Case:
    """The case with these facts, which are given in order of recording. Raises RecordUnavailable."""
    opening = Opening(vault, row)
    for stored in facts:
        opening.add(stored)
    return opening.case()


def _checked(who: Authorities, gezag: Sequence[Gezagsgegevens]) -> Authorities:
    """With these checks of gezag more: who checks gezag also checks the birth date, and the last check of the
    owner counts. What another side records of it is its own.
    """
    own = tuple(g for g in gezag if g.vastgelegd_door == who.eigenaar)
    elders = tuple(g for g in gezag if g.vastgelegd_door != who.eigenaar)
    who = replace(who, gezag=(*who.gezag, *own), elders=(*who.elders, *elders))
    last = who.snapshot
    if last is None:
        return who
    return replace(who, geboortedatum=last.geboortedatum, precisie=last.geboorteprecisie)


def _epochs(case: Case) -> dict[str, int]:
    return {other.row.id: other.row.epoch for other in case.lookalikes}


_Kept = Grondverklaring | Omstandigheid | Uitstel | Leerlingregistratie | Overstap | Thuiszitten


def _with(case: Case, fact: Feit) -> Case:
    who = case.authorities
    if isinstance(fact, Toestemming):
        return replace(case, consents=case.consents.plus(fact))
    if isinstance(fact, _Kept):
        return _kept(case, fact)
    if isinstance(fact, Afweging | TweedeBlik | Vrijgave | Nabeoordeling):
        return replace(case, gewogen=_weighed(case.gewogen, fact))
    if isinstance(fact, Gezagsgegevens):
        who = _checked(who, (fact,))
    elif isinstance(fact, Bekwaamheidsoordeel):
        who = replace(who, bekwaamheid=(*who.bekwaamheid, fact))
    elif isinstance(fact, Bezwaar):
        who = replace(who, bezwaren=(*who.bezwaren, fact))
    elif isinstance(fact, ProfessioneelVeto):
        who = replace(who, vetos=(*who.vetos, fact))
    return replace(case, authorities=who)


def _kept(case: Case, fact: _Kept) -> Case:
    """With one more of what is only kept, in order of recording."""
    if isinstance(fact, Omstandigheid):
        return replace(case, omstandigheden=(*case.omstandigheden, fact))
    if isinstance(fact, Grondverklaring):
        return replace(case, gronden=(*case.gronden, fact))
    if isinstance(fact, Uitstel):
        return replace(case, uitstellen=(*case.uitstellen, fact))
    if isinstance(fact, Leerlingregistratie):
        return replace(case, registraties=(*case.registraties, fact))
    if isinstance(fact, Thuiszitten):
        return replace(case, thuiszitten=(*case.thuiszitten, fact))
    return replace(case, overstappen=(*case.overstappen, fact))


def _weighed(gewogen: Gewogen, fact: Afweging | TweedeBlik | Vrijgave | Nabeoordeling) -> Gewogen:
    if isinstance(fact, Afweging):
        return replace(gewogen, afwegingen=(*gewogen.afwegingen, fact))
    if isinstance(fact, TweedeBlik):
        return replace(gewogen, blikken=(*gewogen.blikken, fact))
    if isinstance(fact, Vrijgave):
        return replace(gewogen, vrijgaven=(*gewogen.vrijgaven, fact))
    return replace(gewogen, nabeoordelingen=(*gewogen.nabeoordelingen, fact))
