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

from consent.afwegen import BreakGlass
from consent.request import Request
from consent.rules import Authorities
from consent.statements import Statements
from gateway.account.stamps import NO_FACTS, Stamps, running
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage, Verwanten
from schemas.errors import RecordUnavailable, StateBroken
from schemas.identifiers import comparable
from schemas.people.afweging import Afweging, Nabeoordeling, Naoordeel, TweedeBlik, Uitstel, Vrijgave
from schemas.people.feit import Feit
from schemas.people.gronden import Grondverklaring, Informeren
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
"""Facts that are opened at once: about a millisecond."""


@dataclass(frozen=True, slots=True)
class Identity:
    """How the owner's system names the leerling, and the birth date it sent first. Stored sealed.

    Without a birth date it only finds a leerling who is known already; what is stored always has one.
    """

    brin: str
    vestigingscode: str
    leerlingid: str
    geboortedatum: dt.date | None
    plaats: str = field(default="/leerling/leerlingid", compare=False)
    """Where the sender's document has the id. Not stored."""

    def index_text(self) -> str:
        return f"{self.brin}|{self.vestigingscode}|{self.leerlingid}"

    def comparable(self) -> Identity:
        """Under the leerlingid that new ones must have: equal for two that nobody can tell apart."""
        return replace(self, leerlingid=comparable(self.leerlingid))

    def lookalike(self, vault: Vault, owner: str) -> bytes:
        """The blind index of that: the index itself of a leerling whose id is as new ones must be."""
        return vault.blind_index(owner, self.comparable().index_text())

    def dump(self) -> bytes:
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
        return cls(
            raw["brin"],
            raw["vestigingscode"],
            raw["leerlingid"],
            dt.date.fromisoformat(raw["geboortedatum"]),
        )


@dataclass(frozen=True, slots=True)
class Gewogen:
    """Sharing without toestemming after a weighing: what is on record, in order of recording.

    Nearly always empty. A weighing is kept as its initiator recorded it; who looked along is in `blikken`.
    """

    afwegingen: tuple[Afweging, ...] = ()
    blikken: tuple[TweedeBlik, ...] = ()
    vrijgaven: tuple[Vrijgave, ...] = ()
    nabeoordelingen: tuple[Nabeoordeling, ...] = ()

    def offered(self, request: Request, levering: str | None, at: dt.datetime) -> BreakGlass | None:
        """The newest weighing of this sender for this recipient, doel and direction; one that can still be
        used before one that cannot. None where there is none, or the FG found the newest not terecht.

        It counts as approved from the second look on; `consent.afwegen` judges the rest.
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

    def _weighing(self, a: Afweging, levering: str | None) -> BreakGlass:
        others = {v.levering for v in self.vrijgaven if v.afweging == a.id} - {levering}
        return BreakGlass(a, self.blikken, self.afwegingen, vrijgaven=len(others))

    def _ended(self, a: Afweging) -> bool:
        return any(n.afweging == a.id and n.oordeel is Naoordeel.NIET_TERECHT for n in self.nabeoordelingen)

    def used_for(self, afweging: str, levering: str) -> bool:
        return any((v.afweging, v.levering) == (afweging, levering) for v in self.vrijgaven)

    def _seen(self, a: Afweging) -> Afweging:
        """With who looked along before it was used. An acute one stays of one person: its second look is a
        review.
        """
        agreed = next(
            (b for b in self.blikken if b.afweging == a.id and b.akkoord and b.moment >= a.moment), None
        )
        return a if agreed is None or a.acuut else a.model_copy(update={"beoordelaar": agreed.door})


def _usable(weighing: BreakGlass, at: dt.datetime) -> bool:
    """Whether it can be used now, as far as that does not depend on what is asked."""
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
    lookalike: bytes = b""
    """Equal for leerlingen of one partij whose ids nobody can tell apart (gateway/case/verwanten.py)."""
    verwant: tuple[Case, ...] = ()
    """Those other leerlingen, as they were when this was loaded. Nearly always none."""

    @classmethod
    def fresh(cls, row: LeerlingRow, geboortedatum: dt.date | None, lookalike: bytes = b"") -> Case:
        """A leerling nobody recorded anything about yet."""
        return cls(row, Statements(), Authorities(geboortedatum, eigenaar=row.owner), lookalike=lookalike)

    def plus(self, fact: Feit) -> Case:
        """With one more fact, as it will be after the commit that records it."""
        row = replace(
            self.row,
            epoch=self.row.epoch + 1,
            volgnummer=self.row.volgnummer + 1,
            feitenhash=running(self.row.feitenhash or NO_FACTS, (fact.id,)),
        )
        return replace(_with(self, fact), row=row)

    def informeren(self, over: Sequence[str]) -> Iterator[tuple[str, Informeren]]:
        """Of each of these grounds, when those it concerns are told: as it was said last."""
        records: tuple[Grondverklaring | Afweging, ...] = (*self.gronden, *self.gewogen.afwegingen)
        for record in records:
            if record.id in over:
                later = [u.informeren for u in self.uitstellen if u.over == record.id]
                yield record.id, [record.informeren, *later][-1]


def last_check(gezag: Iterable[Gezagsgegevens]) -> Gezagsgegevens | None:
    """The check of gezag that counts, of those that were recorded."""
    return Authorities(None, gezag=tuple(gezag)).snapshot


def seal_fact(vault: Vault, row: LeerlingRow, fact: Feit) -> StoredFact:
    sealed = vault.seal(row.key, _FEIT.dump_json(fact), _fact_context(fact.id))
    return StoredFact(fact.id, row.id, fact.feit, fact.vastgelegd_door, fact.vastgelegd_op, sealed)


def open_fact(vault: Vault, row: LeerlingRow, stored: StoredFact) -> Feit:
    """Raises StateBroken when it was not sealed for this leerling under this id, or its columns say of it
    what it does not say itself; RecordUnavailable when the leerling's key was destroyed.
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
    """Raises StateBroken when it is not his, RecordUnavailable when his key was destroyed."""
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
    """Opens facts; keeps the last thousand cases, each valid for exactly one epoch of its leerling."""

    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        stamps: Stamps,
        size: int = 1_000,
        verwanten: Verwanten | None = None,
    ) -> None:
        """`verwanten` None: as if no two ids looked alike."""
        self._storage, self._vault, self._stamps, self._size = storage, vault, stamps, size
        self._verwanten = verwanten
        self._kept: OrderedDict[str, Case] = OrderedDict()
        self._opening: dict[tuple[str, int, bytes], asyncio.Task[Case]] = {}

    async def load(self, row: LeerlingRow) -> Case:
        """The facts as of `row.epoch`; a change in between shows at commit, as Moved.

        A change about a leerling with a look-alike id does not: see `unmoved`. Raises StateBroken when row
        and facts, also of a look-alike, are not as the gateway wrote them.
        """
        return await self.related(await self._load(row))

    async def related(self, case: Case) -> Case:
        """With the cases of leerlingen whose ids nobody can tell from this one."""
        if self._verwanten is None:
            return case
        rows = await self._verwanten.of(case.row, case.lookalike)
        return replace(case, verwant=tuple([await self._load(r) for r in rows]))

    async def unmoved(self, case: Case) -> bool:
        """Whether those others are still the same, with what was recorded when this case was loaded."""
        again = await self.related(case)
        return _epochs(again) == _epochs(case)

    async def _load(self, row: LeerlingRow) -> Case:
        """One MAC per call: a case that was kept has the facts whose running hash stands in the row, or it is
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
        # Shielded: who asked first may be gone before the others have what they wait for.
        case = await asyncio.shield(opening)
        return case if case.row.epoch != row.epoch else replace(case, row=row)

    async def _open(self, row: LeerlingRow) -> Case:
        """Many facts take long to open: everybody else has a turn every so many."""
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
            done.exception()  # whoever waits has it; there may be nobody any more

    async def _consistent(self, row: LeerlingRow) -> tuple[LeerlingRow, tuple[StoredFact, ...]]:
        """Row and facts that belong together: one that is recorded between the two reads is no breach."""
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
        """Remember a case that is now on record, so that its facts are not opened again."""
        self._kept[case.row.id] = case
        self._kept.move_to_end(case.row.id)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)


class Opening:
    """A case that is being put together: each fact is opened once, and everything is put in order once."""

    def __init__(self, vault: Vault, row: LeerlingRow) -> None:
        """Raises StateBroken when the identity is not his; RecordUnavailable when his key was destroyed."""
        identity = open_identity(vault, row)
        self._vault = vault
        self._fresh = Case.fresh(row, identity.geboortedatum, identity.lookalike(vault, row.owner))
        self._consents: list[Toestemming] = []
        self._gezag: list[Gezagsgegevens] = []
        self._others: list[Feit] = []

    def add(self, stored: StoredFact) -> None:
        """The next in order of recording. Raises RecordUnavailable."""
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
            case = replace(case, authorities=_checked(case.authorities, tuple(self._gezag)))
        for fact in self._others:
            case = _with(case, fact)
        return case


def opened(vault: Vault, row: LeerlingRow, facts: Iterable[StoredFact]) -> Case:
    """The case with these facts, which are in order of recording. Raises RecordUnavailable."""
    opening = Opening(vault, row)
    for stored in facts:
        opening.add(stored)
    return opening.case()


def _checked(who: Authorities, gezag: tuple[Gezagsgegevens, ...]) -> Authorities:
    """With these checks of gezag: who checks gezag also checks the birth date, and the last check counts."""
    who = replace(who, gezag=gezag)
    last = who.snapshot
    assert last is not None
    return replace(who, geboortedatum=last.geboortedatum, precisie=last.geboorteprecisie)


def _epochs(case: Case) -> dict[str, int]:
    return {other.row.id: other.row.epoch for other in case.verwant}


def _with(case: Case, fact: Feit) -> Case:
    who = case.authorities
    if isinstance(fact, Toestemming):
        return replace(case, consents=case.consents.plus(fact))
    if isinstance(fact, Grondverklaring):
        return replace(case, gronden=(*case.gronden, fact))
    if isinstance(fact, Uitstel):
        return replace(case, uitstellen=(*case.uitstellen, fact))
    if isinstance(fact, Afweging | TweedeBlik | Vrijgave | Nabeoordeling):
        return replace(case, gewogen=_weighed(case.gewogen, fact))
    if isinstance(fact, Gezagsgegevens):
        who = _checked(who, (*who.gezag, fact))
    elif isinstance(fact, Bekwaamheidsoordeel):
        who = replace(who, bekwaamheid=(*who.bekwaamheid, fact))
    elif isinstance(fact, Bezwaar):
        who = replace(who, bezwaren=(*who.bezwaren, fact))
    elif isinstance(fact, ProfessioneelVeto):
        who = replace(who, vetos=(*who.vetos, fact))
    return replace(case, authorities=who)


def _weighed(gewogen: Gewogen, fact: Afweging | TweedeBlik | Vrijgave | Nabeoordeling) -> Gewogen:
    if isinstance(fact, Afweging):
        return replace(gewogen, afwegingen=(*gewogen.afwegingen, fact))
    if isinstance(fact, TweedeBlik):
        return replace(gewogen, blikken=(*gewogen.blikken, fact))
    if isinstance(fact, Vrijgave):
        return replace(gewogen, vrijgaven=(*gewogen.vrijgaven, fact))
    return replace(gewogen, nabeoordelingen=(*gewogen.nabeoordelingen, fact))
