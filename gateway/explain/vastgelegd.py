"""What a partij recorded itself, read back: facts about one leerling, and how each statement stands.

Facts that another partij recorded are not in it, whoever the leerling is of (design §3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from consent.rules import carries_until, record_state
from gateway.case.case import open_fact
from gateway.explain import teksten
from gateway.explain.views import moment
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.errors import NotFound
from schemas.people.feit import Feit
from schemas.people.partij import Partij
from schemas.people.toestemming import Gebeurtenis, Toestemming, Toestemmingstand
from schemas.storage.storage import LeerlingRow

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Eigen:
    """What one partij recorded, in order of recording. `ref` is its own reference to the leerling, if it has
    one.
    """

    ref: str | None
    feiten: tuple[Feit, ...]

    @property
    def toestemmingen(self) -> dict[str, tuple[Toestemming, ...]]:
        """The events of each record, with the record that was recorded last in front."""
        found: dict[str, list[Toestemming]] = {}
        for f in self.feiten:
            if isinstance(f, Toestemming):
                found.setdefault(f.record, []).append(f)
        return {record: tuple(events) for record, events in reversed(found.items())}


async def of_leerling(storage: Storage, vault: Vault, partij: Partij, ref: str) -> Eigen:
    """What this partij recorded about a leerling. Raises NotFound, the same for an unknown one and somebody
    else's.
    """
    row = await storage.leerling_by_ref(partij.id, ref)
    if row is None:
        raise NotFound
    return Eigen(ref, await _own(storage, vault, partij, row))


async def of_statement(storage: Storage, vault: Vault, partij: Partij, record: str) -> Eigen:
    """What this partij recorded about the leerling of its own statement `record`. Raises NotFound."""
    stored = await storage.fact(record)
    if stored is None or stored.recorded_by != partij.id or stored.kind != "toestemming":
        raise NotFound
    row = await storage.leerling(stored.leerling)
    assert row is not None, "a fact has its leerling"
    return Eigen(row.owner_ref if row.owner == partij.id else None, await _own(storage, vault, partij, row))


async def _own(storage: Storage, vault: Vault, partij: Partij, row: LeerlingRow) -> tuple[Feit, ...]:
    return tuple(
        open_fact(vault, row, stored)
        for stored in await storage.facts(row.id)
        if stored.recorded_by == partij.id
    )


def as_json(fact: Feit) -> dict[str, Any]:
    """A fact as it was recorded, without what the place of the answer already says."""
    told = fact.model_dump(mode="json", by_alias=True, exclude={"feit", "vastgelegd_door"}, exclude_none=True)
    return told | {"vastgelegdOp": moment(fact.vastgelegd_op)}


def toestemming(events: Sequence[Toestemming], ref: str | None, regels: Regels, now: dt.datetime) -> Any:
    """One record: what was stated, how it stands today, and what ended it."""
    first, beleid = events[0], regels.beleid
    stand = record_state(events, beleid, now)
    given = first.gebeurtenis is Gebeurtenis.GEGEVEN
    here = f"/v1/toestemmingen/{first.record}"
    told = {
        **as_json(first),
        "stand": stand,
        "uitleg": teksten.uitleg("toestemmingstand", stand),
        "leerlingId": ref,
        "teltTotEnMet": carries_until(first, beleid, beleid.law(now)) if given else None,
        "intrekkingen": list(_withdrawals(events, here)),
        "links": {"zelf": here, "bewijs": f"{here}/bewijs"}
        | ({} if stand is Toestemmingstand.INGETROKKEN else {"trekIn": f"{here}/intrekkingen"}),
    }
    told["toestemmingId"] = told.pop("record")
    return {key: value for key, value in told.items() if value is not None}


def page(
    items: Sequence[T], ident: Callable[[T], str], after: str | None, count: int
) -> tuple[Sequence[T], str | None]:
    """One page of a list, and where the next one begins. A cursor that is not in the list gives no items."""
    start = 0
    if after is not None:
        start = next((n for n, item in enumerate(items, 1) if ident(item) == after), len(items))
    shown = items[start : start + count]
    return shown, ident(shown[-1]) if start + count < len(items) else None


def stands(events: Sequence[Toestemming], regels: Regels, now: dt.datetime) -> bool:
    """Whether this record still says something: it was not withdrawn and is not past its day."""
    stand = record_state(events, regels.beleid, now)
    return stand not in (Toestemmingstand.INGETROKKEN, Toestemmingstand.VERLOPEN)


def _withdrawals(events: Iterable[Toestemming], here: str) -> Iterator[dict[str, Any]]:
    for e in events:
        if e.gebeurtenis is Gebeurtenis.INGETROKKEN:
            yield {
                "id": e.id,
                "moment": moment(e.moment),
                "vastgelegdOp": moment(e.vastgelegd_op),
                "links": {"bewijs": f"{here}/intrekkingen/{e.id}/bewijs"},
            }
