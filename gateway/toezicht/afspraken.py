"""What of the agreements themselves changed or ends: profiles that became others, convenanten that run out.

When a register was applied the account says, with the hash of all that was in it. What was in it the store
keeps by version. Both are read from now back, so a period costs the registers that were applied since.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from consent.beleid import Proportionaliteitsprofiel
from consent.leeftijd import day
from gateway.account.stamps import register_hash
from gateway.explain import views
from gateway.ports.storage import Storage
from gateway.register.regels import Regels, shipped_profiles
from schemas.storage.storage import Periode

AHEAD: Final = dt.timedelta(days=60)
"""A convenant that ends no later than this after a period is told of in it."""
MOST_REGISTERS: Final = 500
_PAGE: Final = 50
_KEPT: Final = 64
Rij = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Versies:
    """The profiles of one version of the register, as JSON by id; `hash` is that of the whole register."""

    hash: str
    profielen: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Applied:
    """One register as the account tells of it: its version, when it was applied, and its hash."""

    version: int
    op: dt.datetime
    hash: str


@dataclass(slots=True)
class Profielgeschiedenis:
    """Which profiles changed when. What a version held never changes, so it is read once and remembered."""

    storage: Storage
    _kept: OrderedDict[int, Versies | None] = field(default_factory=OrderedDict)

    async def veranderd(self, periode: Periode) -> list[Rij]:
        """Each profile that a register of this period made another, the oldest first.

        Shipped profiles that come with a release of the gateway are not told here: no register says so. Of a
        change before which nothing was kept, or of which the register is not the one that the account tells
        of, the row says that it cannot be told.
        """
        applied = [one async for one in self._applied(periode.van)]
        rijen: list[Rij] = []
        for one, before in zip(applied, [*applied[1:], None], strict=True):
            if periode.van <= one.op < periode.tot:
                rijen += _told(
                    one, await self._held(one), None if before is None else await self._held(before)
                )
        return rijen[::-1]

    async def _applied(self, van: dt.datetime) -> AsyncIterator[_Applied]:
        """What the account says of registers, from now back to the last one before `van`."""
        storage = self.storage
        version, before, seen = await storage.register_version(), (await storage.head()).size, 0
        while seen < MOST_REGISTERS:
            page = await storage.registers(before, _PAGE)
            for entry in page:
                told = orjson.loads(entry.canonical)
                if not seen and await self._waits(version, told["policyHash"]):
                    version -= 1
                one = _Applied(
                    version - seen, dt.datetime.fromisoformat(told["vastgelegdOp"]), told["policyHash"]
                )
                yield one
                seen += 1
                if one.op < van:
                    return
            if len(page) < _PAGE:
                return
            before = page[-1].position

    async def _waits(self, version: int, told: str) -> bool:
        """Whether the line of the newest register has no place yet, so that the last line is about the one
        before it.
        """
        now, before = await self._of(version), await self._of(version - 1)
        return now is not None and now.hash != told and before is not None and before.hash == told

    async def _held(self, one: _Applied) -> Mapping[str, str] | None:
        """The profiles of then; None when what is kept is not what the account tells of."""
        found = await self._of(one.version)
        return None if found is None or found.hash != one.hash else found.profielen

    async def _of(self, version: int) -> Versies | None:
        if version not in self._kept:
            found = await self.storage.register_at(version)
            self._kept[version] = (
                None if found is None else Versies(register_hash(found), dict(found.profielen))
            )
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return self._kept[version]


def _told(one: _Applied, now: Mapping[str, str] | None, before: Mapping[str, str] | None) -> Iterable[Rij]:
    """`before` None: it is not known. Before the first register there were the shipped profiles."""
    if now is None or (before is None and one.version > 1):
        yield _row(one.op, None, None, None)
        return
    was = before or {}
    for ident in sorted({*now, *was}):
        if now.get(ident) != was.get(ident):
            yield _row(one.op, ident, _read(ident, was), _read(ident, now))


def _read(ident: str, found: Mapping[str, str]) -> Proportionaliteitsprofiel | None:
    """The profile of a register, else the one that is shipped under this name."""
    text = found.get(ident)
    if text is not None:
        return Proportionaliteitsprofiel.model_validate_json(text)
    return next((p for p in shipped_profiles() if p.id == ident), None)


def _row(
    op: dt.datetime,
    ident: str | None,
    was: Proportionaliteitsprofiel | None,
    now: Proportionaliteitsprofiel | None,
) -> Rij:
    fields = [{v.pad for v in p.velden} if p is not None else set() for p in (was, now)]
    return {
        "op": views.moment(op),
        "profiel": ident,
        "versieToen": None if was is None else was.versie,
        "versieNu": None if now is None else now.versie,
        "erbij": sorted(fields[1] - fields[0]),
        "weg": sorted(fields[0] - fields[1]),
    }


def lopen_af(regels: Regels, periode: Periode) -> list[Rij]:
    """The convenanten of these partijen whose last day lies in the period or soon after it, the first to end
    first. One that has a later version with the same name does not end.
    """
    van, last = day(periode.van), day(periode.tot) + AHEAD
    every = list(regels.beleid.afspraken.convenanten.values())
    until = {
        c.id: max(o.geldig_tot_en_met for o in every if o.id == c.id)
        for c in every
        if set(c.partijen) & set(periode.partijen)
    }
    return sorted(
        (
            {
                "convenant": c.id,
                "titel": c.titel,
                "versie": c.versie,
                "geldigTotEnMet": c.geldig_tot_en_met.isoformat(),
                "partijen": [p for p in periode.partijen if p in c.partijen],
            }
            for c in every
            if until.get(c.id) == c.geldig_tot_en_met and van <= c.geldig_tot_en_met < last
        ),
        key=lambda r: (r["geldigTotEnMet"], r["convenant"]),
    )
