"""The recorded facts about one leerling, opened and sorted for a decision."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import orjson
from pydantic import TypeAdapter

from consent.rules import Authorities
from consent.statements import Statements
from gateway.ports import Storage, Vault
from schemas.storage import LeerlingRow, Sealed, StoredFact
from schemas.toestemming import (
    Bekwaamheidsoordeel,
    Bezwaar,
    Feit,
    Gezagsgegevens,
    ProfessioneelVeto,
    Toestemming,
)

_FEIT: TypeAdapter[Feit] = TypeAdapter(Feit)


@dataclass(frozen=True, slots=True)
class Identity:
    """How the owner's system names the leerling, and the birth date it sent first. Stored sealed.

    Without a birth date it only finds a leerling who is known already; what is stored always has one.
    """

    brin: str
    vestigingscode: str
    leerlingid: str
    geboortedatum: dt.date | None

    def index_text(self) -> str:
        return f"{self.brin}|{self.vestigingscode}|{self.leerlingid}"

    def dump(self) -> bytes:
        return orjson.dumps(self)

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
class Case:
    row: LeerlingRow
    consents: Statements
    authorities: Authorities

    @classmethod
    def fresh(cls, row: LeerlingRow, geboortedatum: dt.date | None) -> Case:
        """A leerling nobody recorded anything about yet."""
        return cls(row, Statements(), Authorities(geboortedatum, eigenaar=row.owner))

    def plus(self, fact: Feit) -> Case:
        """With one more fact, as it will be after the commit that records it."""
        row = replace(self.row, epoch=self.row.epoch + 1, volgnummer=self.row.volgnummer + 1)
        return replace(_with(self, fact), row=row)


def seal_fact(vault: Vault, row: LeerlingRow, fact: Feit) -> StoredFact:
    sealed = vault.seal(row.key, _FEIT.dump_json(fact), _fact_context(fact.id))
    return StoredFact(fact.id, row.id, fact.feit, fact.vastgelegd_door, fact.vastgelegd_op, sealed)


def open_fact(vault: Vault, row: LeerlingRow, stored: StoredFact) -> Feit:
    return _FEIT.validate_json(vault.open(row.key, stored.sealed, _fact_context(stored.id)))


def seal_identity(vault: Vault, key: bytes, leerling: str, identity: Identity) -> Sealed:
    return vault.seal(key, identity.dump(), b"identiteit:" + leerling.encode())


def _fact_context(fact: str) -> bytes:
    return b"feit:" + fact.encode()


class Cases:
    """Opens facts; keeps the last thousand cases, each valid for exactly one epoch of its leerling."""

    def __init__(self, storage: Storage, vault: Vault, size: int = 1_000) -> None:
        self._storage, self._vault, self._size = storage, vault, size
        self._kept: OrderedDict[str, Case] = OrderedDict()

    async def load(self, row: LeerlingRow) -> Case:
        """The facts as of `row.epoch`; a change in between shows at commit, as Moved."""
        kept = self._kept.get(row.id)
        if kept is not None and kept.row.epoch == row.epoch:
            self._kept.move_to_end(row.id)
            return replace(kept, row=row)
        case = opened(self._vault, row, await self._storage.facts(row.id))
        self.keep(case)
        return case

    def keep(self, case: Case) -> None:
        """Remember a case that is now on record, so that its facts are not opened again."""
        self._kept[case.row.id] = case
        self._kept.move_to_end(case.row.id)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)


def opened(vault: Vault, row: LeerlingRow, facts: Iterable[StoredFact]) -> Case:
    """The case with these facts, which are in order of recording. Raises RecordUnavailable."""
    context = b"identiteit:" + row.id.encode()
    identity = Identity.load(vault.open(row.key, row.identity, context))
    case = Case.fresh(row, identity.geboortedatum)
    for stored in facts:
        case = _with(case, open_fact(vault, row, stored))
    return case


def _with(case: Case, fact: Feit) -> Case:
    who = case.authorities
    if isinstance(fact, Toestemming):
        return replace(case, consents=case.consents.plus(fact))
    if isinstance(fact, Gezagsgegevens):
        # Who checks gezag also checks the birth date: that of the last check counts.
        who = replace(who, gezag=(*who.gezag, fact))
        assert who.snapshot is not None
        last = who.snapshot
        who = replace(who, geboortedatum=last.geboortedatum, precisie=last.geboorteprecisie)
    elif isinstance(fact, Bekwaamheidsoordeel):
        who = replace(who, bekwaamheid=(*who.bekwaamheid, fact))
    elif isinstance(fact, Bezwaar):
        who = replace(who, bezwaren=(*who.bezwaren, fact))
    elif isinstance(fact, ProfessioneelVeto):
        who = replace(who, vetos=(*who.vetos, fact))
    return replace(case, authorities=who)
