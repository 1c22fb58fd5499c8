"""What an FG sees of the partijen under his toezicht: leveringen by period, each with decision, reasons and
norms.

Every levering is seen through the eyes of one partij. As sender it sees the whole of its levering, with
`nietBeschikbaar` for what rests on facts of others; as recipient it sees what was handed over to it and
nothing else. What is asked for is compared with what is shown, never with what stands behind it: a question
would otherwise answer what the answer does not say.

Every row is held to the stamp of the gateway before a word of it is told. One that does not hold, because
somebody else wrote in it, is in every answer about its partij and period, and all that it says is that it
does not hold: whoever changed it may not choose which question still finds it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from consent.leeftijd import AMSTERDAM
from gateway.account.stamps import Stamps
from gateway.case.case import Identity
from gateway.explain import views
from gateway.explain.uitleg import Lezer, explain_levering, explain_received
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Ground
from schemas.errors import NotFound, StateBroken
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringgebeurtenis, Leveringstatus
from schemas.identifiers import PartijId
from schemas.people.partij import Partij
from schemas.people.toezicht import Kijkdoel
from schemas.shown.toezicht import Grondvraag, Kant
from schemas.shown.uitleg import Lezersoort, Uitleg
from schemas.storage.storage import LeerlingRow, Periode

DAGEN: Final = 7
"""So many days back begins a period of which no day was named."""
MOST_PARTIJEN: Final = 500
"""Every partij costs a read of its own, so who watches over more of them names the one he means."""
_VERIFY: Final = "ozlijn ledger verify"
LEERLINGID: Final = "LEERLINGID"
"""Stands in a command where a leerlingid belongs: no value of a person is written down for him."""
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_PAGE: Final = 32
"""So many are read and looked at before others get a turn, which takes a few milliseconds."""
_SCAN: Final = 2_000
"""So many leveringen are looked at in one call, whether they are what was asked or not."""
_RECIPIENT_KNOWS: Final = frozenset(
    {Leveringstatus.KLAAR, Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD}
)
"""The states of what he received that a recipient can see himself."""
_ZONDER: Final = frozenset({Ground.STATUTORY, Ground.BREAK_GLASS})
_TOLD: Final = (
    *("uitwisselingId", "leerlingId", "afzender", "ontvanger", "rol", "doel", "richting", "soort"),
    *("onderwerp", "status"),
    *("overgedragen", "uitkomst", "grond", "zonderToestemming"),
)
"""What is null of a row that does not hold."""
KLOPT_NIET: Final = (
    "Deze levering is niet meer zoals de gateway haar vastlegde. Wat er staat is daarom geen feit, en wordt "
    "niet getoond. `ozlijn ledger verify` noemt wat anders is dan de verantwoording."
)

Holds = Callable[[Levering], bool]
"""Whether a row is as the gateway wrote it."""


class Held:
    """Rows held to the stamps of the gateway. One that does not hold gives an alarm."""

    def __init__(self, stamps: Stamps) -> None:
        self._stamps = stamps

    def __call__(self, levering: Levering) -> bool:
        return self._stamps.holds(levering)

    def leerling(self, row: LeerlingRow) -> LeerlingRow:
        """Raises StateBroken: about whom a question is may not be what somebody else wrote."""
        try:
            self._stamps.check_leerling(row)
        except StateBroken as error:
            self._stamps.tell(error)
            raise
        return row


@dataclass(frozen=True)
class Gezien:
    """One levering as the FG of `partij` may see it. `op` is the moment at which it counts in a period."""

    op: dt.datetime
    levering: Levering
    partij: PartijId
    kant: Kant
    klopt: bool | None = None
    """Whether it is as the gateway wrote it; None where nobody could tell, without the keys."""

    @cached_property
    def uitleg(self) -> Uitleg:
        """Made when somebody asks: many questions are about what went, and need no word of why."""
        if self.kant is Kant.AFZENDER:
            return explain_levering(self.levering, Lezer(Lezersoort.FG, self.partij))
        return explain_received(self.levering, self.partij, self.op)

    @property
    def status(self) -> Leveringstatus | None:
        v = self.levering.status
        return v if self.kant is Kant.AFZENDER or v in _RECIPIENT_KNOWS else None

    @property
    def soorten(self) -> tuple[Gegevenscategorie, ...]:
        return tuple(dict.fromkeys(g.categorie for g in self.uitleg.meegegeven if g.categorie))

    @property
    def zonder_toestemming(self) -> bool | None:
        """Something went without toestemming, or would go: by the decision as it is, or by the one under
        which it went. None when this partij may not know.
        """
        if self.kant is Kant.ONTVANGER or self.uitleg.uitkomst is None:
            return None
        if self.uitleg.grond in _ZONDER:
            return True
        agreed = self.levering.op_toestemming
        went = self.levering.overgedragen is not None and agreed is not None
        return went and not set(self.soorten) <= set(agreed or ())

    def on(self, grond: Grondvraag) -> bool:
        if grond is Grondvraag.ZONDER_TOESTEMMING:
            return self.zonder_toestemming is True
        return self.uitleg.grond is not None and self.uitleg.grond.value == grond.value


@dataclass(frozen=True, slots=True)
class Zoekvraag:
    """A period, and what must be shown of a levering for it to be in the answer."""

    periode: Periode
    grond: Grondvraag | None = None
    status: Leveringstatus | None = None
    ontvanger: PartijId | None = None

    def wants(self, g: Gezien) -> bool:
        return g.klopt is False or (
            (self.grond is None or g.on(self.grond))
            and self.status in (None, g.status)
            and self.ontvanger in (None, g.levering.ontvanger)
        )


@dataclass(frozen=True, slots=True)
class Bladzijde:
    """A page. `na` is the moment and id to go on from; None at the end of the period."""

    gezien: tuple[Gezien, ...]
    na: tuple[dt.datetime, str] | None


def periode(partijen: Iterable[str], van: dt.date | None, tot: dt.date | None, today: dt.date) -> Periode:
    """Dutch days, `tot` not included. The last DAGEN days and today when none is named."""
    start = van or dt.date.fromordinal(max(1, (tot or today).toordinal() - DAGEN))
    return Periode(
        tuple(dict.fromkeys(partijen)), _midnight(start), _midnight(tot or today + dt.timedelta(days=1))
    )


def from_cursor(periode: Periode, na: str | None, leerling: str | None) -> Periode:
    """The period from where a page ended (`cursor`), about one leerling when he is named."""
    if na is None:
        return replace(periode, leerling=leerling)
    at, _, ident = na.partition("-")
    moment = _EPOCH + dt.timedelta(microseconds=int(at))
    return replace(periode, leerling=leerling, na=(moment, ident))


def cursor(na: tuple[dt.datetime, str] | None) -> str | None:
    return None if na is None else f"{(na[0] - _EPOCH) // dt.timedelta(microseconds=1)}-{na[1]}"


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), AMSTERDAM)


async def look(storage: Storage, vraag: Zoekvraag, aantal: int, holds: Holds | None) -> Bladzijde:
    """The first `aantal` leveringen that were asked for. A page may hold fewer and still go on: one call
    looks at a bounded number.
    """
    found: list[Gezien] = []
    at, left = vraag.periode, _SCAN
    while left > 0:
        rows = await storage.leveringen_in(at, min(_PAGE, left))
        for moment, v in rows:
            at = replace(at, na=(moment, v.id))
            seen = _seen(v, at.partijen, moment, holds, listed=True)
            if seen is not None and vraag.wants(seen):
                found.append(seen)
                if len(found) == aantal:
                    more = await storage.leveringen_in(at, 1)
                    return Bladzijde(tuple(found), at.na if more else None)
        if len(rows) < min(_PAGE, left):
            return Bladzijde(tuple(found), None)
        left -= len(rows)
        await asyncio.sleep(0)  # others get a turn between two pages
    return Bladzijde(tuple(found), at.na)


async def one(storage: Storage, levering: str, partijen: Sequence[str], holds: Holds | None) -> Gezien:
    """One levering. Raises NotFound, the same for an unknown one and for one that is not of these
    partijen.
    """
    v = await storage.levering(levering)
    at = None if v is None else _counts_at(v, await storage.history(levering))
    seen = None if v is None or at is None else _seen(v, partijen, at, holds)
    if seen is None:
        raise NotFound
    return seen


async def leerling_of(
    storage: Storage, vault: Vault, held: Held, partij: Partij, leerlingid: str
) -> LeerlingRow | None:
    """The leerling by the id that the system of this partij gave him; None when it has none such."""
    who = Identity.of(partij, leerlingid, None)
    if who is None:
        return None
    text = who.index_text()
    found = await storage.leerling_by_index(partij.id, vault.blind_index(partij.id, text))
    return None if found is None else held.leerling(found)


def _seen(
    v: Levering, partijen: Sequence[str], at: dt.datetime, holds: Holds | None, *, listed: bool = False
) -> Gezien | None:
    """Through the eyes of the sender when he is one of these, for he sees the most of it.

    `listed`: the store lists it as sent by one of these or handed over to one. A row that does not hold
    cannot take that back.
    """
    klopt = None if holds is None else holds(v)
    if v.afzender in partijen:
        return Gezien(at, v, v.afzender, Kant.AFZENDER, klopt)
    if v.ontvanger in partijen and (v.overgedragen is not None or (listed and klopt is False)):
        return Gezien(at, v, v.ontvanger, Kant.ONTVANGER, klopt)
    return None


def _counts_at(v: Levering, history: Sequence[Leveringgebeurtenis]) -> dt.datetime:
    """As the store counts it (`Periode`)."""
    taken = (
        [h for h in history if h.soort is Gebeurtenissoort.OPGEHAALD] if v.overgedragen is not None else []
    )
    return (taken or list(history[-1:]))[0].op


async def rows(storage: Storage, seen: Sequence[Gezien]) -> list[dict[str, Any]]:
    """As data. However many they are, it costs one read more."""
    people = await storage.leerlingen_by_id([g.levering.leerling for g in seen])
    known = {row.id: row for row in people}
    return [_row(g, known.get(g.levering.leerling)) for g in seen]


def _broken(g: Gezien) -> dict[str, Any]:
    return dict.fromkeys(_TOLD) | {
        "leveringId": g.levering.id,
        "partij": g.partij,
        "kant": g.kant,
        "op": views.moment(g.op),
        "klopt": False,
        "uitleg": KLOPT_NIET,
        "redenen": [],
        "categorieen": [],
        "velden": [],
    }


def _row(g: Gezien, leerling: LeerlingRow | None) -> dict[str, Any]:
    if g.klopt is False:
        return _broken(g)
    v, u = g.levering, g.uitleg
    sender = g.kant is Kant.AFZENDER
    own = leerling is not None and leerling.owner == g.partij
    return {
        "leveringId": v.id,
        "uitwisselingId": v.uitwisseling if sender else None,
        "leerlingId": leerling.owner_ref if leerling is not None and own else None,
        "partij": g.partij,
        "kant": g.kant,
        "op": views.moment(g.op),
        "klopt": g.klopt,
        "afzender": v.afzender,
        "ontvanger": v.ontvanger,
        "rol": v.rol,
        "doel": v.doel,
        "richting": v.richting,
        "soort": v.berichtsoort,
        "onderwerp": v.onderwerp,
        "status": g.status,
        "overgedragen": v.overgedragen is not None,
        "uitkomst": u.uitkomst,
        "grond": u.grond,
        "zonderToestemming": g.zonder_toestemming,
        "uitleg": u.tekst,
        "redenen": [{"code": r.code, "uitleg": r.tekst, "normen": r.normen} for r in u.redenen],
        "categorieen": g.soorten,
        "velden": [f.pad for groep in u.meegegeven for f in groep.velden],
    }


async def whole(storage: Storage, g: Gezien) -> dict[str, Any]:
    """One levering with its whole explanation, and for a sender with everything that happened to it."""
    (row,) = await rows(storage, (g,))
    if g.klopt is False:
        return row | {
            "geopend": None,
            "toelichting": None,
            "geschiedenis": [],
            "naTeRekenen": [f"ozlijn fg levering {g.levering.id} --partij {g.partij} --json", _VERIFY],
        }
    history = await storage.history(g.levering.id) if g.kant is Kant.AFZENDER else ()
    return row | {
        "geopend": g.levering.geopend,
        "toelichting": g.uitleg.model_dump(mode="json", by_alias=True),
        "geschiedenis": views.verloop(history, g.partij),
        "naTeRekenen": list(_again(g)),
    }


def _again(g: Gezien) -> Iterator[str]:
    """The commands that give the same, for who holds the folder of the gateway or a copy of it."""
    yield f"ozlijn fg levering {g.levering.id} --partij {g.partij} --json"
    if g.kant is Kant.AFZENDER:
        since = g.levering.besluit.as_of.astimezone(AMSTERDAM).date()
        yield f"ozlijn replay --since {since} --alles"
    yield _VERIFY


def again(vraag: Zoekvraag, kijkdoel: Kijkdoel | None = None) -> list[str]:
    """The commands that give the same list: the same filters, and the account against which it holds.

    `kijkdoel` is there when it is about one leerling, whose leerlingid whoever runs it fills in.
    """
    p = vraag.periode
    parts = [f"--partij {partij}" for partij in p.partijen]
    parts += [f"--van {p.van.date()}", f"--tot {p.tot.date()}"]
    for name, value in (("grond", vraag.grond), ("status", vraag.status), ("ontvanger", vraag.ontvanger)):
        parts += [] if value is None else [f"--{name} {value}"]
    if kijkdoel is not None:
        parts += [f"--leerlingid {LEERLINGID}", f"--kijkdoel {kijkdoel}"]
    return [f"ozlijn fg leveringen {' '.join(parts)} --json", _VERIFY]
