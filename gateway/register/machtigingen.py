"""Who may act in the name of whom: leveranciers with their clients, and machtigingen by day and scope.

A leverancier is no partij: nothing is sent to it or kept under it. A machtiging is looked up by organisation
and partij, so that a call costs the same however many schools there are.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

from consent.leeftijd import day
from gateway.ports.storage import Storage
from gateway.runtime.namens import handelend, namens
from schemas.base import Model
from schemas.errors import Fault
from schemas.people.hoedanigheden import gelezen
from schemas.people.partij import Client, Leverancier, Machtiging, Opvolging, Partij, Partijsoort, Scope
from schemas.storage.storage import Change, CommitResult

MACHTIGINGEN: Final = "machtigingen"
"""The id of the one row with leveranciers and machtigingen. A register from before has none."""
EIGEN: Final = frozenset(
    {Scope.TOEZICHT, Scope.NABEOORDELEN, Scope.BEHEER, Scope.BEHEREN, Scope.LEDGER, Scope.PROEFKLOK}
)
"""What nobody does in the name of another."""


class Machtigingenrij(Model):
    """The row, as it is stored."""

    leveranciers: tuple[Leverancier, ...] = ()
    machtigingen: tuple[Machtiging, ...] = ()
    opvolgingen: tuple[Opvolging, ...] = ()


@dataclass(frozen=True, slots=True)
class Machtigingen:
    """Those of one register, ready to be asked."""

    leveranciers: tuple[Leverancier, ...] = ()
    van: Mapping[tuple[str, str], tuple[Machtiging, ...]] = field(default_factory=dict)
    """By who acts and for whom."""
    opgevolgd: Mapping[str, Opvolging] = field(default_factory=dict)
    organisaties: Mapping[str, str] = field(default_factory=dict)
    """Of each who took over: as his organisation is named as a whole."""

    @classmethod
    def of(cls, beleid: Mapping[str, str], partijen: Iterable[Partij] = ()) -> Machtigingen:
        """Raises ValidationError."""
        if MACHTIGINGEN not in beleid:
            return cls()
        rij = Machtigingenrij.model_validate_json(beleid[MACHTIGINGEN])
        found: dict[tuple[str, str], tuple[Machtiging, ...]] = {}
        for m in rij.machtigingen:
            found[m.aan, m.van] = (*found.get((m.aan, m.van), ()), m)
        takes_over = {o.naar for o in rij.opvolgingen}
        organisaties = {p.id: p.organisatie or p.id for p in partijen if p.id in takes_over}
        return cls(rij.leveranciers, found, {o.van: o for o in rij.opvolgingen}, organisaties)

    def opvolger(self, van: str, now: dt.datetime) -> str | None:
        """As whom this partij goes on by now; None while it is there itself."""
        found = self.opgevolgd.get(van)
        return found.naar if found is not None and found.per <= day(now) else None

    def voorgangers(self, naar: str, now: dt.datetime) -> tuple[str, ...]:
        """Who by now goes on as this partij, straight or by way of another."""
        return tuple(van for van in self.opgevolgd if naar in self._after(van, now))

    def _after(self, van: str, now: dt.datetime) -> Iterator[str]:
        naar = self.opvolger(van, now)
        while naar is not None:
            yield naar
            naar = self.opvolger(naar, now)

    def _takes_over(self, aan: str, van: str, now: dt.datetime) -> bool:
        """Whether what is of this partij is by now of a partij of that organisation."""
        return any(self.organisaties.get(naar) == aan for naar in self._after(van, now))

    def scopes(self, aan: str, van: str, now: dt.datetime) -> frozenset[Scope]:
        """What it may do in the name of this partij now. Empty: nothing, also when there is no such
        partij.
        """
        op = day(now)
        if self._takes_over(aan, van, now):
            return frozenset(Scope) - EIGEN
        return frozenset(s for m in self.van.get((aan, van), ()) if m.holds(op) for s in m.voor)


def read_machtigingen(
    leveranciers: Sequence[tuple[int, Leverancier]],
    machtigingen: Sequence[tuple[int, Machtiging]],
    opvolgingen: Sequence[tuple[int, Opvolging]],
    partijen: Mapping[str, Partij],
) -> tuple[dict[str, str], list[Fault]]:
    """The row of these, each with its place in the file, and what contradicts the rest of the register."""
    faults: list[Fault] = []
    ids: set[str] = set()
    for i, leverancier in leveranciers:
        if leverancier.id in ids:
            text = "Deze leverancier staat er twee keer in."
            faults.append(Fault("register.dubbel", f"/leveranciers/{i}/id", text))
        ids.add(leverancier.id)
    known = ids | {p.organisatie or p.id for p in partijen.values()}
    for i, m in machtigingen:
        faults += _faults(f"/machtigingen/{i}", m, partijen, known)
    faults += _succession(opvolgingen, partijen)
    if not leveranciers and not machtigingen and not opvolgingen:
        return {}, faults
    rij = Machtigingenrij(
        leveranciers=tuple(v for _, v in leveranciers),
        machtigingen=tuple(m for _, m in machtigingen),
        opvolgingen=tuple(o for _, o in opvolgingen),
    )
    return {MACHTIGINGEN: rij.model_dump_json(exclude_defaults=True)}, faults


def _faults(place: str, m: Machtiging, partijen: Mapping[str, Partij], known: set[str]) -> Iterator[Fault]:
    van = partijen.get(m.van)
    if van is None:
        yield Fault("register.machtiging", f"{place}/van", "Deze partij staat niet in het register.")
    elif van.soort is Partijsoort.FG:
        yield Fault("register.machtiging", f"{place}/van", "Toezicht houdt een fg zelf.")
    elif m.aan == (van.organisatie or van.id):
        text = "Wie voor zijn eigen organisatie werkt, heeft geen machtiging nodig."
        yield Fault("register.machtiging", f"{place}/aan", text)
    if m.aan not in known:
        text = "Deze leverancier of organisatie staat niet in het register."
        yield Fault("register.machtiging", f"{place}/aan", text)
    for j, scope in enumerate(m.voor):
        if scope in EIGEN:
            text = "Dit doet niemand in naam van een ander."
            yield Fault("register.machtiging", f"{place}/voor/{j}", text)
    if m.geldig_tot_en_met is not None and m.geldig_tot_en_met < m.geldig_vanaf:
        text = "De einddatum ligt voor de begindatum."
        yield Fault("datum.volgorde", f"{place}/geldigTotEnMet", text)


def _succession(
    opvolgingen: Sequence[tuple[int, Opvolging]], partijen: Mapping[str, Partij]
) -> Iterator[Fault]:
    """Who is there no more goes on as one other of the same kind, and nobody as himself in the end."""
    after: dict[str, str] = {}
    for i, o in opvolgingen:
        here = f"/opvolgingen/{i}"
        for name, ident in (("van", o.van), ("naar", o.naar)):
            if ident not in partijen:
                yield Fault("register.opvolging", f"{here}/{name}", "Deze partij staat niet in het register.")
        was, wordt = partijen.get(o.van), partijen.get(o.naar)
        kinds = {(p.soort, gelezen(p).hoedanigheden) for p in (was, wordt) if p is not None}
        if len(kinds) > 1:
            text = "Wie opvolgt, handelt in dezelfde hoedanigheid."
            yield Fault("register.opvolging", f"{here}/naar", text)
        if o.van in after:
            yield Fault("register.dubbel", f"{here}/van", "Deze partij wordt al opgevolgd.")
        after[o.van] = o.naar
        seen, at = {o.van}, o.naar
        while at in after and at not in seen:
            seen.add(at)
            at = after[at]
        if at in seen:
            yield Fault("register.opvolging", f"{here}/naar", "Zo volgt een partij zichzelf op.")


def told(text: str) -> Iterator[tuple[str, str]]:
    """Each leverancier and each machtiging apart, by the name under which a change of it is told."""
    rij = Machtigingenrij.model_validate_json(text)
    for leverancier in rij.leveranciers:
        yield leverancier.id, leverancier.model_dump_json()
    seen: dict[str, int] = {}
    for m in rij.machtigingen:
        name = f"machtiging {m.van} aan {m.aan}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})", m.model_dump_json()
    for o in rij.opvolgingen:
        yield f"opvolging van {o.van}", o.model_dump_json()


def clients(leveranciers: Iterable[tuple[int, Leverancier]]) -> Iterator[tuple[str, Client]]:
    for i, leverancier in leveranciers:
        for j, client in enumerate(leverancier.clients):
            yield f"/leveranciers/{i}/clients/{j}", client


class Guarded:
    """A store in which a commit in somebody's name is only taken while that machtiging holds, and one by a
    person while his role does.

    All else goes straight to the store behind it.
    """

    def __init__(self, inner: Storage) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if inspect.ismethod(found):
            self.__dict__[name] = found  # it is asked for once, and not at every read of the store
        return found

    async def commit(self, change: Change) -> CommitResult:
        """As the store does it; Moved when the register changed since the machtiging or role was looked at.

        Raises NotAuthorised when it holds no more.
        """
        acting = namens.get() or handelend.get()
        if acting is not None:
            change = replace(change, register=await acting.holds())
        return await self._inner.commit(change)


def guarded(storage: Storage) -> Storage:
    return cast("Storage", Guarded(storage))
