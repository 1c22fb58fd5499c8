"""What an answer is made of: rows that were held to their stamps, facts, and lines of the account.

Nothing here reads more than it is asked for, and others get a turn every few rows.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import orjson

from gateway.account.leaves import SALT_BYTES, commitment, unpacked
from gateway.case.case import Case
from gateway.exchange.ports import Ports
from gateway.explain.toezicht import Gezien, Held
from gateway.follow_up.withdrawal import Intrekkingen
from gateway.register.regels import Regels
from gateway.toezicht.afspraken import Profielgeschiedenis
from gateway.toezicht.boek import Toezichtboek
from schemas.account.verantwoording import EventType
from schemas.errors import RecordUnavailable, StateBroken
from schemas.storage.storage import LeerlingRow, StoredFact, TreeHead

TURN: Final = 16
"""So many rows are worked on before others get a turn."""
_LINES: Final = 512
_NEAR: Final = 512
"""So far before its moment a line can stand: they are in order of commit, which is nearly that of time."""

_AROUND: Final = dt.timedelta(seconds=4)
"""So far apart a line and the moment that the row gives can be."""
_SOON: Final = dt.timedelta(days=2)
"""What is no later than this after the end of what was read is found by reading on."""
Leaf = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Boom:
    """The account as large as it was when an answer was made."""

    grootte: int
    wortel: str
    controlepunt: str | None
    """The last signed checkpoint; it can be a little smaller."""


@dataclass(frozen=True, slots=True)
class Bron:
    ports: Ports
    intrekkingen: Intrekkingen
    boek: Toezichtboek
    held: Held
    profielen: Profielgeschiedenis
    read_note: Callable[[str], TreeHead]

    async def boom(self) -> Boom:
        head = await self.ports.storage.head()
        signed = await self.ports.storage.last_checkpoint()
        return Boom(head.size, base64.b64encode(head.root).decode(), None if signed is None else signed.note)

    async def regels(self) -> Regels:
        return await self.ports.regels.current()

    # ── facts

    async def case(self, row: LeerlingRow) -> Case | None:
        """What is recorded about a leerling; None when it cannot be opened, which gives an alarm where
        somebody else wrote in it.
        """
        try:
            return await self.ports.cases.load(row)
        except StateBroken as error:
            self.ports.stamps.tell(error)
            return None
        except RecordUnavailable:
            return None

    async def cases(self, leerlingen: Iterable[str]) -> dict[str, Case]:
        """The cases of these leerlingen, by internal id, as far as they can be opened."""
        asked = tuple(dict.fromkeys(leerlingen))
        found: dict[str, Case] = {}
        for start in range(0, len(asked), TURN):
            for row in await self.ports.storage.leerlingen_by_id(asked[start : start + TURN]):
                case = await self.case(row)
                if case is not None:
                    found[row.id] = case
                await asyncio.sleep(0)
        return found

    # ── lines of the account

    async def start(self, van: dt.datetime) -> int:
        """A position before which no line is of `van` or later."""
        return max(0, await self._first(van) - _NEAR)

    async def _first(self, van: dt.datetime) -> int:
        """By bisection: the first line of about that moment."""
        low, high = 0, (await self.ports.storage.head()).size
        while low < high:
            middle = (low + high) // 2
            (entry,) = await self.ports.storage.entries(middle, 1)
            if told_at(orjson.loads(entry.canonical)) < van:
                low = middle + 1
            else:
                high = middle
        return low

    async def lines(
        self, start: int, size: int, soorten: frozenset[EventType] | None = None
    ) -> AsyncIterator[tuple[int, Leaf | None]]:
        """The lines from `start` up to `size` with their position; None for one of another soort."""
        at = start
        while at < size:
            entries = await self.ports.storage.entries(at, min(_LINES, size - at))
            for n, entry in enumerate(entries, 1):
                wanted = soorten is None or entry.soort in soorten
                yield entry.position, orjson.loads(entry.canonical) if wanted else None
                if n % (4 * TURN) == 0:
                    await asyncio.sleep(0)
            if not entries:
                return
            at = entries[-1].position + 1

    async def intents(self, seen: Sequence[Gezien]) -> dict[str, list[Leaf]]:
        """For each of these leveringen the lines that say that it was about to leave, near the moment at
        which it counts. `seen` is in order of that moment.

        The account is read on where the next moment is near, and found anew by bisection where it is not.
        """
        found: dict[str, list[Leaf]] = {g.levering.id: [] for g in seen}
        stretch = _Stretch()
        for g in seen:
            if g.levering.overgedragen is None:
                continue
            while not stretch.covers(g.op):
                near = stretch.end_at is not None and g.op - stretch.end_at < _SOON
                start = stretch.end if near else max(0, await self._first(g.op - _AROUND) - TURN)
                if not await self._extend(stretch, start):
                    break
            found[g.levering.id] = stretch.intents.get(g.levering.id, [])
            await asyncio.sleep(0)
        return found

    async def _extend(self, stretch: _Stretch, start: int) -> bool:
        """Read on from there; False at the end of the account."""
        entries = await self.ports.storage.entries(start, _LINES)
        stretch.add(start, [(e.position, e.soort, e.canonical) for e in entries])
        return bool(entries)

    async def on_record_before(self, leaf: Leaf, facts: Sequence[StoredFact]) -> list[StoredFact]:
        """Those of these facts that stood in the account before this line, in order of recording.

        Moments tell it, but for facts of the same few seconds: processes may differ so much in the time. Of
        those the order of the lines tells it.
        """
        told = told_at(leaf)
        near = [f for f in facts if abs(f.recorded_at - told) <= _AROUND]
        first = set(await self._told_before(leaf)) if near else set()
        return [f for f in facts if f.id in first or f.recorded_at < told - _AROUND]

    async def _told_before(self, leaf: Leaf) -> list[str]:
        """The facts of which the lines of the seconds before this one tell."""
        start = max(0, await self._first(told_at(leaf) - 2 * _AROUND) - TURN)
        (end,) = await self.ports.storage.positions_of([leaf["eventId"]])
        if end is None:
            return []
        return [line["feit"] async for _, line in self.lines(start, end) if line and "feit" in line]

    async def who(self, leaves: Sequence[tuple[Leaf, str]]) -> dict[str, dict[str, str]]:
        """The sealed detail of lines, each given with the internal id of the leerling it is about, by the id
        of the line. What cannot be opened is left out.
        """
        rows = {
            r.id: r for r in await self.ports.storage.leerlingen_by_id(tuple({ident for _, ident in leaves}))
        }
        sealed = await self.ports.storage.details([leaf["eventId"] for leaf, _ in leaves])
        found: dict[str, dict[str, str]] = {}
        for n, (leaf, leerling) in enumerate(leaves, 1):
            row, box = rows.get(leerling), sealed.get(leaf["eventId"])
            if row is not None and row.key and box is not None:
                opened = self._open(row, leaf, box)
                if opened is not None:
                    found[leaf["eventId"]] = opened
            if n % TURN == 0:
                await asyncio.sleep(0)
        return found

    def _open(self, row: LeerlingRow, leaf: Leaf, box: bytes) -> dict[str, str] | None:
        try:
            plain = self.ports.vault.open(row.key, unpacked(box), b"detail:" + leaf["eventId"].encode())
        except RecordUnavailable:
            return None
        salt, text = plain[:SALT_BYTES], plain[SALT_BYTES:]
        if commitment(salt, text) != leaf.get("detailCommitment"):
            return None
        told: dict[str, str] = orjson.loads(text)
        return told


def told_at(leaf: Leaf) -> dt.datetime:
    """When the log recorded it."""
    return dt.datetime.fromisoformat(leaf["vastgelegdOp"])


@dataclass(slots=True)
class _Stretch:
    """A part of the account that was read, with the releases in it."""

    end: int = 0
    begin_at: dt.datetime | None = None
    end_at: dt.datetime | None = None
    intents: dict[str, list[Leaf]] = field(default_factory=dict)
    last: bool = False

    def covers(self, at: dt.datetime) -> bool:
        """Whether every line about a release at that moment is in it."""
        if self.begin_at is None or self.end_at is None or at < self.begin_at + _AROUND / 2:
            return False
        return self.last or at + _AROUND <= self.end_at

    def add(self, start: int, lines: Sequence[tuple[int, EventType, bytes]]) -> None:
        if start != self.end:
            self.intents.clear()
            self.begin_at = None
        if not lines:
            self.last = True
            return
        if self.begin_at is None:
            first = told_at(orjson.loads(lines[0][2]))
            self.begin_at = dt.datetime.min.replace(tzinfo=dt.UTC) if lines[0][0] == 0 else first
        self.end, self.end_at = lines[-1][0] + 1, told_at(orjson.loads(lines[-1][2]))
        for _, soort, canonical in lines:
            if soort is EventType.EXCHANGE_RELEASE_INTENT:
                leaf = orjson.loads(canonical)
                self.intents.setdefault(leaf["levering"], []).append(leaf)


async def beurten(items: Sequence[T]) -> AsyncIterator[T]:
    """The items one by one; others get a turn every few."""
    for n, item in enumerate(items, 1):
        yield item
        if n % TURN == 0:
            await asyncio.sleep(0)


@dataclass(slots=True)
class Telling:
    """A count by key, in the order in which keys came."""

    n: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def add(self, *key: Any, by: int = 1) -> None:
        self.n[key] = self.n.get(key, 0) + by

    def __getitem__(self, key: tuple[Any, ...]) -> int:
        return self.n.get(key, 0)
