"""Whether the database agrees with the account, read from its first line to its last.

Two questions rest on it. For a database of an older release: may this row be stamped (adoption.py)? For any
database: is everything there that the account tells of, and nothing else? A row that was put back as it once
was still has a stamp that holds; only this comparison finds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from gateway.ports.keys import LeafMaker
from gateway.ports.storage import Storage
from schemas.account.verantwoording import EventType
from schemas.errors import LedgerBroken, RecordUnavailable
from schemas.exchange.uitwisseling import Levering, Leveringstatus
from schemas.storage.storage import Entry, LeerlingRow, StoredFact, TreeHead, ZaakRow

PAGE: Final = 500
"""Lines or rows that are read together; between two pages other work gets a turn."""
PATIENCE_SECONDS: Final = 90.0
"""How long a line may wait for its position. A worker gives positions at least once a minute."""
PAUSE_SECONDS: Final = 0.05
MAX_LOOKS: Final = 10
"""How often a row is read again when it changes while the lines about it are read."""

_KIND: Final = {
    EventType.CONSENT_RECORDED: "toestemming",
    EventType.CONSENT_WITHDRAWN: "toestemming",
    EventType.AUTHORITY_CHANGED: "gezag",
    EventType.CAPACITY_RECORDED: "bekwaamheid",
    EventType.OBJECTION_RECORDED: "bezwaar",
    EventType.VETO_RECORDED: "veto",
    EventType.GROUND_ASSERTED: "grond",
    EventType.CIRCUMSTANCE_STATED: "omstandigheid",
    EventType.WEIGHING_RECORDED: "afweging",
    EventType.WEIGHING_SEEN: "tweede_blik",
    EventType.WEIGHING_REVIEWED: "nabeoordeling",
    EventType.INFORMING_DEFERRED: "uitstel",
    EventType.REGISTRATION_RECORDED: "registratie",
    EventType.TRANSFER_OFFERED: "overstap",
    EventType.TRANSFER_ACCEPTED: "overstap",
    EventType.TRANSFER_REFUSED: "overstap",
    EventType.TRANSFER_UNDONE: "overstap",
    EventType.ABSENCE_RECORDED: "thuiszitten",
    EventType.EXCHANGE_RELEASE_INTENT: "vrijgave",
    EventType.LOG_READ: "inzage",
    EventType.LOG_CHECKED: "nagekeken",
    EventType.SAMPLE_DRAWN: "steekproef",
    EventType.SAMPLE_JUDGED: "steekproefoordeel",
    EventType.CHANGE_PROPOSED: "voorstel",
}
"""Which kind of fact each line tells of. A line about a release tells of a fact only when it rested on a
weighing.
"""

_STANDS: Final[Mapping[tuple[EventType, str | None], frozenset[Leveringstatus]]] = {
    (EventType.EXCHANGE_DECIDED, "PERMIT"): frozenset({Leveringstatus.KLAAR}),
    (EventType.EXCHANGE_DECIDED, "PERMIT_REDUCED"): frozenset({Leveringstatus.KLAAR}),
    (EventType.EXCHANGE_DECIDED, "HOLD"): frozenset({Leveringstatus.AANGEHOUDEN}),
    (EventType.EXCHANGE_DECIDED, "DENY"): frozenset({Leveringstatus.GEWEIGERD}),
    (EventType.EXCHANGE_RECALLED, None): frozenset({Leveringstatus.INGETROKKEN}),
    (EventType.EXCHANGE_RELEASE_INTENT, None): frozenset({Leveringstatus.KLAAR}),
    (EventType.EXCHANGE_DELIVERED, None): frozenset({Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD}),
    (EventType.EXCHANGE_FAILED, None): frozenset(
        {Leveringstatus.VERVALLEN, Leveringstatus.MISLUKT, Leveringstatus.GEWEIGERD}
    ),
}
"""The states in which a levering can be, by the last line about it."""


_CLOSED: Final = frozenset(
    {"gesloten", "tafel_gehouden", "tafel_afgezegd", "avg_beantwoord", "avg_ingetrokken"}
)
"""The steps of a zaak, an overleg and an AVG-verzoek after which they are forgotten in time."""


class Broken(NamedTuple):
    """One row that does not agree with the account: what kind of row, and its random id."""

    what: str
    ident: str


@dataclass(frozen=True, slots=True)
class _Fact:
    id: str
    kind: str
    recorded_by: str | None


@dataclass(slots=True)
class _Leerling:
    facts: list[_Fact] = field(default_factory=list)
    volgnummer: int = 0


@dataclass(frozen=True, slots=True)
class _Levering:
    leerling_ref: str | None
    named: tuple[Any, ...]
    stands: frozenset[Leveringstatus]


class Told:
    """Everything that the account says, found by id. It takes about 300 bytes of memory per fact and per
    levering.
    """

    def __init__(self, storage: Storage, leaves: LeafMaker) -> None:
        self._storage, self._tree = storage, leaves.growing()
        self._leaves = leaves
        self._leerlingen: dict[str, _Leerling] = {}
        self._leveringen: dict[str, _Levering] = {}
        self._registers: list[str] = []
        self._zaken: dict[str, tuple[int, str, str]] = {}
        self.stamped_at: int | None = None
        """The position of the line that says that every row is stamped from there on."""

    async def read_on(self, signed: TreeHead | None = None) -> None:
        """Read every line up to the present end.

        Raises LedgerBroken for a line whose hash is not the one that is stored beside it, and when the tree
        does not pass through `signed`.
        """
        while page := await self._storage.entries(self._tree.size, PAGE):
            for entry in page:
                if signed is not None and self._tree.size == signed.size:
                    self._same(signed)
                if entry.position != self._tree.size:
                    raise LedgerBroken(f"regel {self._tree.size} van de verantwoording ontbreekt")
                self._add(entry)
            await asyncio.sleep(0)
        if signed is not None and self._tree.size == signed.size:
            self._same(signed)
        elif signed is not None and self._tree.size < signed.size:
            raise LedgerBroken("de verantwoording is korter dan wat is ondertekend")

    def _add(self, entry: Entry) -> None:
        """Add one line. Somebody may have written anything over it, so its values may be of any type."""
        try:
            hashed = self._leaves.leaf_hash(entry.canonical)
            if hashed == entry.leaf_hash:
                self._tree.add(hashed)
                self._line(entry.position, entry.canonical)
                return
        except (ValueError, TypeError, KeyError) as error:
            raise LedgerBroken(f"regel {entry.position} van de verantwoording is niet te lezen") from error
        raise LedgerBroken(f"regel {entry.position} van de verantwoording is veranderd")

    def _same(self, signed: TreeHead) -> None:
        if self._tree.root() != signed.root:
            raise LedgerBroken("de verantwoording is niet wat is ondertekend")

    def _line(self, position: int, canonical: bytes) -> None:
        said = orjson.loads(canonical)
        soort = EventType(said["soort"])
        if "werkstand" in said and self.stamped_at is None:
            self.stamped_at = position
        if soort is EventType.REGISTER_CHANGED:
            self._registers.append(said["policyHash"])
        if soort is EventType.CASE_STEP:
            self._zaken[said["zaak"]] = (said["zaakversie"], said["zaakstempel"], said["zaakstap"])
        ref = said.get("leerlingRef")
        number = said.get("leerlingVolgnummer")
        if ref is not None and number is not None:
            of = self._leerlingen.setdefault(ref, _Leerling())
            of.volgnummer = max(of.volgnummer, number)
        if soort in _KIND and "feit" in said:
            by = said.get("afzender")
            self._leerlingen.setdefault(ref or "", _Leerling()).facts.append(
                _Fact(said["feit"], _KIND[soort], by)
            )
        stands = _STANDS.get((soort, said.get("outcome") if soort is EventType.EXCHANGE_DECIDED else None))
        if stands is not None:
            self._leveringen[said["levering"]] = _Levering(ref, _named(said), stands)

    # ── one row compared with the account

    def facts(self, row: LeerlingRow, facts: tuple[StoredFact, ...]) -> list[Broken]:
        """What differs for one leerling.

        Named are facts that the account does not tell of, facts that it tells of and that are gone, facts
        whose columns say something else, and counters that were set back.
        """
        told = self._leerlingen.get(row.owner_ref, _Leerling())
        there = [_Fact(f.id, f.kind, f.recorded_by) for f in facts]
        found = [] if there == told.facts else _differences(there, told.facts)
        if found == [] and (row.epoch, row.volgnummer) != (len(told.facts), told.volgnummer):
            found.append(Broken("leerling", row.id))
        return found

    def levering(self, levering: Levering, leerling_ref: str | None) -> list[Broken]:
        told = self._leveringen.get(levering.id)
        named = (
            levering.uitwisseling,
            levering.afzender,
            levering.ontvanger,
            levering.rol.value,
            levering.doel.value,
            levering.richting.value,
        )
        if told is None or told.named != named or levering.status not in told.stands:
            return [Broken("levering", levering.id)]
        return [] if told.leerling_ref == leerling_ref else [Broken("levering", levering.id)]

    def zaak(self, row: ZaakRow) -> list[Broken]:
        """A zaak is as its last line left it: an older row that is put back has another stamp."""
        told = self._zaken.get(row.id)
        same = told is not None and told[:2] == (row.versie, row.stamp.hex())
        return [] if same else [Broken("zaak", row.id)]

    def gone_zaken(self, zaken: set[str]) -> list[Broken]:
        """The zaken that the account tells of and that have no row. One that was closed may be forgotten."""
        expected = (z for z, told in self._zaken.items() if told[2] not in _CLOSED)
        return [Broken("zaak", z) for z in expected if z not in zaken]

    def register(self, content: str, *, last: bool) -> bool:
        """Whether a register with this hash was applied and, when `last`, whether it was the latest one."""
        return content in self._registers[-1:] if last else content in self._registers

    def unseen(self, refs: set[str], leveringen: set[str]) -> list[Broken]:
        """The facts of known leerlingen, and the leveringen, that the account tells of and that have no
        row.
        """
        facts = [f for ref, of in self._leerlingen.items() if ref not in refs for f in of.facts]
        return [
            *(Broken("feit", f.id) for f in facts),
            *(Broken("levering", ident) for ident in self._leveringen if ident not in leveringen),
        ]


@dataclass(slots=True)
class Compared:
    """How many rows were compared. `erased` counts leerlingen whose key was destroyed, which is allowed."""

    facts: int = 0
    leveringen: int = 0
    erased: int = 0


async def compare(storage: Storage, told: Told, counted: Compared | None = None) -> AsyncIterator[Broken]:
    """Every row that does not agree with the account, and everything the account tells of that has no row.

    Needs no key. It can run beside gateways: a row that looks wrong is read again together with the lines
    that were added meanwhile. Raises LedgerBroken and RecordUnavailable, the latter also when lines wait for
    a position and no worker gives it.
    """
    counted = counted or Compared()
    refs: dict[str, str] = {}
    after = ""
    while rows := await storage.leerlingen(after, PAGE):
        for row in rows:
            refs[row.id] = row.owner_ref
            async for broken in _leerling(storage, told, row, counted):
                yield broken
        after = rows[-1].id
        await asyncio.sleep(0)
    seen: set[str] = set()
    number = 0
    while page := await storage.all_leveringen(number, PAGE):
        for _, levering in page:
            seen.add(levering.id)
            counted.leveringen += 1
            if not told.levering(levering, refs.get(levering.leerling)):
                continue
            for broken in await _levering_again(storage, told, levering):
                yield broken
        number = page[-1][0]
        await asyncio.sleep(0)
    async for broken in _unseen(storage, told, set(refs.values()), seen):
        yield broken


async def _unseen(
    storage: Storage, told: Told, refs: set[str], leveringen: set[str]
) -> AsyncIterator[Broken]:
    for broken in told.unseen(refs, leveringen):
        if not await _came_meanwhile(storage, broken):
            yield broken
    async for broken in _zaken(storage, told):
        yield broken


async def _zaken(storage: Storage, told: Told) -> AsyncIterator[Broken]:
    there: set[str] = set()
    number = 0
    while page := await storage.all_zaken(number, PAGE):
        for _, zaak in page:
            there.add(zaak.id)
            if told.zaak(zaak):
                for broken in await _zaak_again(storage, told, zaak):
                    yield broken
        number = page[-1][0]
        await asyncio.sleep(0)
    for broken in told.gone_zaken(there):
        if not await _came_meanwhile(storage, broken):
            yield broken


async def _leerling(
    storage: Storage, told: Told, row: LeerlingRow, counted: Compared
) -> AsyncIterator[Broken]:
    facts = await storage.facts(row.id)
    counted.facts += len(facts)
    if not row.key:
        counted.erased += 1
        if not facts:
            return
    if not told.facts(row, facts):
        return
    for broken in await _leerling_again(storage, told, row):
        yield broken


async def _leerling_again(storage: Storage, told: Told, row: LeerlingRow) -> list[Broken]:
    """Compare a leerling again with all lines about him, and with none that came after he was read.

    Gives nothing when he changed each time we looked: the comparison of the next day will find him unchanged.
    """
    for _ in range(MAX_LOOKS):
        now = await storage.leerling(row.id)
        facts = await storage.facts(row.id)
        await _read_all(storage, told)
        if await storage.leerling(row.id) == now:
            return told.facts(now or row, facts)
    return []


async def _levering_again(storage: Storage, told: Told, levering: Levering) -> list[Broken]:
    """The same as `_leerling_again`, for a levering."""
    for _ in range(MAX_LOOKS):
        now = await storage.levering(levering.id)
        leerling = await storage.leerling(levering.leerling)
        await _read_all(storage, told)
        if await storage.levering(levering.id) == now:
            return told.levering(now or levering, None if leerling is None else leerling.owner_ref)
    return []


async def _zaak_again(storage: Storage, told: Told, row: ZaakRow) -> list[Broken]:
    """The same as `_leerling_again`, for a zaak. One that was forgotten meanwhile was closed."""
    for _ in range(MAX_LOOKS):
        now = await storage.zaak(row.id)
        await _read_all(storage, told)
        if await storage.zaak(row.id) == now:
            return [] if now is None else told.zaak(now)
    return []


async def _read_all(storage: Storage, told: Told) -> None:
    """Read every line that is committed now, waiting until the last one has its position."""
    last = await storage.waiting()
    patience = PATIENCE_SECONDS
    while last is not None and await storage.positions_of((last,)) == (None,):
        if patience <= 0:
            raise RecordUnavailable("lines wait for their position: no worker runs")
        await asyncio.sleep(PAUSE_SECONDS)
        patience -= PAUSE_SECONDS
    await told.read_on()


async def _came_meanwhile(storage: Storage, broken: Broken) -> bool:
    """Whether the row is there after all, because it was stored after the rows were read."""
    if broken.what == "levering":
        return await storage.levering(broken.ident) is not None
    if broken.what == "zaak":
        return await storage.zaak(broken.ident) is not None
    return await storage.fact(broken.ident) is not None


def _named(said: dict[str, Any]) -> tuple[Any, ...]:
    names = ("uitwisseling", "afzender", "ontvanger", "ontvangerRol", "doel", "richting")
    return tuple(said.get(name) for name in names)


def _differences(there: list[_Fact], told: list[_Fact]) -> list[Broken]:
    """The facts that are only on one side, or that the two sides describe differently.

    When only their order differs, all of them.
    """
    one, other = set(there), set(told)
    ids = [f.id for f in there if f not in other] + [f.id for f in told if f not in one]
    ids = ids or [f.id for f in there]
    return [Broken("feit", ident) for ident in dict.fromkeys(ids)]
