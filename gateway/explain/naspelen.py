"""`ozlijn replay`: each decision again, from what was kept of it, under the policy of now or another one.

A levering keeps its last decision with the moment (`as_of`) and how many facts there were (`consent_epoch`).
Facts are only ever added, so the first so many of them are the facts of then. Which fields the message had
stands in the decision itself: each is either released or withheld. Sealed content is never opened.

Under the very policy that decided, the same must come out: that is a check that decisions are reproducible.
Where it does not, or where something it rested on is gone, that is said of that levering, with why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from consent.decide import refuse_repeat
from gateway.case.case import Case, opened
from gateway.case.lookalikes import Lookalikes
from gateway.exchange.deciding import decide_again
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.regels import Regels
from schemas.account.verantwoording import EventType, LedgerEvent
from schemas.decision.decision import Decision, Outcome, Reden
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringgebeurtenis, Leveringstatus
from schemas.messages.berichten import BERICHTEN

PAGE: Final = 500
_DECIDES: Final = frozenset(
    {
        Gebeurtenissoort.BESLOTEN,
        Gebeurtenissoort.OPNIEUW_BESLOTEN,
        Gebeurtenissoort.OPGEHAALD,
        Gebeurtenissoort.NIET_GEGEVEN,
        Gebeurtenissoort.HERHAALD,
    }
)
"""The events of a levering that come with a decision."""
_AT_SOURCE: Final = frozenset(
    {Reden.FIELD_SOURCE_OPT_OUT, Reden.FIELD_SOURCE_NOT_AGREED, Reden.FIELD_SOURCE_NO_PERMISSION}
)
"""Reasons that lie in the source: such a field was taken out before the first decision."""
_OPENNESS: Final = {Outcome.DENY: 0, Outcome.HOLD: 1, Outcome.PERMIT_REDUCED: 2, Outcome.PERMIT: 3}


class Verschil(StrEnum):
    GELIJK = "gelijk"
    OPENER = "opener"
    """More fields would go, or the outcome would be nearer to going."""
    DICHTER = "dichter"
    ANDERS = "anders"
    """Some fields would go and others would not any more, or only the reasons would differ."""
    NIET_NA_TE_REKENEN = "nietNaTeRekenen"


class Waarom(StrEnum):
    """Why a decision cannot be made again."""

    GESCHIEDENIS = "geschiedenis"
    FEITEN = "feiten"
    GESLOTEN = "gesloten"
    REGISTER = "register"
    ONVERKLAARD = "onverklaard"


UITLEG: Final = {
    Waarom.GESCHIEDENIS: "In de geschiedenis van de levering staat niet waarbij dit besluit hoort.",
    Waarom.FEITEN: "Er staan minder feiten over de leerling dan toen het besluit viel.",
    Waarom.GESLOTEN: "De feiten over de leerling zijn niet meer te openen.",
    Waarom.REGISTER: "Het register is na het besluit gewijzigd; de ontvanger kan veranderd zijn.",
    Waarom.ONVERKLAARD: "Met dezelfde regels en feiten komt er iets anders uit. Laat dit onderzoeken.",
}


@dataclass(frozen=True, slots=True)
class Nagespeeld:
    """One levering: the decision as recorded and as it would be. Holds ids, codes and field paths only."""

    levering: Levering
    nu: Decision | None
    """The decision as it would be; None when it cannot be made again."""
    verschil: Verschil
    zelfde_beleid: bool
    """Both decisions were made under one policy, so they must be equal."""
    waarom: Waarom | None = None
    nagerekend: bool = False
    """The decision was made again under the policy of its own time, and the same came out."""

    @property
    def toen(self) -> Decision:
        return self.levering.besluit

    @property
    def velden(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The fields that would go and did not, and those that went and would stay home."""
        return (
            ((), ()) if self.nu is None else _both_ways(_goes(self.toen), _goes(self.nu), self.toen.released)
        )

    @property
    def redenen(self) -> tuple[tuple[Reden, ...], tuple[Reden, ...]]:
        """The reasons that would be new, and those that would be gone."""
        if self.nu is None:
            return (), ()
        toen, nu = self.toen.codes, self.nu.codes
        return tuple(r for r in nu if r not in toen), tuple(r for r in toen if r not in nu)


async def replay(
    storage: Storage,
    vault: Vault,
    regels: Regels,
    since: dt.datetime,
    progress: Callable[[int], None] | None = None,
    van_toen: Mapping[str, Sequence[Regels]] | None = None,
) -> AsyncIterator[Nagespeeld]:
    """Every levering whose last decision was taken at `since` or later, in order of acceptance.

    `van_toen` has the policies of earlier registers by their hash, for each hash every register that gave it.
    A decision is first made again under its own policy; when something else comes out, that is said to be
    unexplained. `progress` hears how many leveringen were looked at.

    Raises RecordUnavailable when the store cannot be read. When the facts of one leerling cannot be opened,
    that is said of his leveringen.
    """
    changed_at = _Registerwijziging(storage)
    after = looked = 0
    while page := await storage.all_leveringen(after, PAGE):
        for levering in (v for _, v in page):
            looked += 1
            if progress is not None:
                progress(looked)
            if levering.besluit.as_of >= since:
                yield await _replayed(storage, vault, regels, levering, changed_at, van_toen or {})
        after = page[-1][0]


class Nakijker:
    """Takes single decisions again under one policy; what all of them need is read once."""

    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        regels: Regels,
        van_toen: Mapping[str, Sequence[Regels]] | None = None,
    ) -> None:
        self._storage, self._vault, self._regels = storage, vault, regels
        self._changed_at, self._van_toen = _Registerwijziging(storage), van_toen or {}

    async def again(self, levering: Levering) -> Nagespeeld:
        return await _replayed(
            self._storage, self._vault, self._regels, levering, self._changed_at, self._van_toen
        )


async def _replayed(
    storage: Storage,
    vault: Vault,
    regels: Regels,
    levering: Levering,
    changed_at: _Registerwijziging,
    van_toen: Mapping[str, Sequence[Regels]],
) -> Nagespeeld:
    toen = levering.besluit
    regels = _of_its_kind(regels, toen)
    same = toen.policy_hash == regels.beleid.hash_on(toen.as_of)

    def not_again(why: Waarom, nu: Decision | None = None) -> Nagespeeld:
        return Nagespeeld(levering, nu, Verschil.NIET_NA_TE_REKENEN, same, why)

    found = await storage.uitwisseling(levering.uitwisseling)
    row = await storage.leerling(levering.leerling)
    moment = decided_at(levering, await storage.history(levering.id))
    if found is None or row is None or moment is None:
        return not_again(Waarom.GESCHIEDENIS)
    facts = await storage.facts(row.id)
    # Each change records one fact and raises the epoch by one, so a difference means that facts are gone.
    if len(facts) != row.epoch or toen.consent_epoch > row.epoch:
        return not_again(Waarom.FEITEN)
    try:
        then = replace(row, epoch=toen.consent_epoch)
        case = opened(vault, then, facts[: toen.consent_epoch])
        case = replace(case, lookalikes=await alike_of(storage, vault, case, toen.as_of))
    except RecordUnavailable:
        return not_again(Waarom.GESLOTEN)
    soort, was = moment
    velden, weggelaten = message_of(levering, first=was is None)

    def under(policy: Regels) -> Decision:
        by = _of_its_kind(policy, toen)
        made = decide_again(levering, found[0], case, by, toen.as_of, velden, weggelaten, was)
        if soort is Gebeurtenissoort.NIET_GEGEVEN and made.permit is not None:
            made = refuse_repeat(made)  # the first take had other bytes than would be permitted now
        return made

    own = van_toen.get(toen.policy_hash, ())
    again = any(_told(under(policy)) == _told(toen) for policy in own)
    nu = under(regels)
    if _told(nu) == _told(toen):
        return Nagespeeld(levering, nu, Verschil.GELIJK, same, nagerekend=again or same)
    if own and not again:
        return not_again(Waarom.ONVERKLAARD, nu)
    if same and not again:
        since = await changed_at.last()
        later = since is not None and since > toen.as_of
        return not_again(Waarom.REGISTER if later else Waarom.ONVERKLAARD, nu)
    return Nagespeeld(levering, nu, compare(toen, nu), same, nagerekend=again)


def _of_its_kind(regels: Regels, toen: Decision) -> Regels:
    """The same rules as that decision was made by: it says itself whether by those of a flow, or before there
    were any.
    """
    return regels if toen.regels is not None else replace(regels, beleid=regels.beleid.zonder_stromen)


async def alike_of(storage: Storage, vault: Vault, case: Case, as_of: dt.datetime) -> tuple[Case, ...]:
    """The look-alikes of this leerling, each with what was recorded about him up to that moment.

    The epoch of a decision counts the facts of its own leerling only. For the look-alikes the moment of
    recording tells which facts came before it.
    """
    rows = await Lookalikes(storage, vault).of(case.row, case.lookalike)
    found = [(row, await storage.facts(row.id)) for row in rows]
    return tuple(opened(vault, row, [f for f in facts if f.recorded_at <= as_of]) for row, facts in found)


def compare(toen: Decision, nu: Decision) -> Verschil:
    """In which direction two unequal decisions differ."""
    before, after = _goes(toen), _goes(nu)
    if before != after:
        if before <= after:
            return Verschil.OPENER
        return Verschil.DICHTER if after <= before else Verschil.ANDERS
    step = _OPENNESS.get(nu.outcome, 0) - _OPENNESS.get(toen.outcome, 0)
    if step:
        return Verschil.OPENER if step > 0 else Verschil.DICHTER
    return Verschil.ANDERS


def decided_at(
    levering: Levering, history: Iterable[Leveringgebeurtenis]
) -> tuple[Gebeurtenissoort, Leveringstatus | None] | None:
    """The event that came with the last decision, and the state before it (None when it was the first)."""
    events = tuple(history)
    for i in range(len(events) - 1, -1, -1):
        if events[i].soort in _DECIDES and events[i].op == levering.besluit.as_of:
            return events[i].soort, events[i - 1].status if i else None
    return None


def message_of(levering: Levering, *, first: bool) -> tuple[tuple[str, ...], dict[str, Reden]]:
    """The fields that the message had at the last decision, and why other fields were not in it any more.

    A first decision was about the whole message, except for what the source kept home. A later one was about
    the fields that the levering still held, which we know while it holds them. After a hand-over those are
    the fields that went; after a refusal those that would have waited for toestemming.
    """
    d = levering.besluit
    home = {p: r for r, paden in d.withheld.items() for p in paden}
    if first:
        there = {*d.released, *(p for p, r in home.items() if r not in _AT_SOURCE)}
    elif levering.gestaged is not None:
        there = set(levering.gestaged)
    else:
        there = set(d.released or d.wachtend)
    order = _order(levering.berichtsoort)
    velden = tuple(sorted(there, key=lambda p: (order.get(p, len(order)), p)))
    return velden, {p: r for p, r in home.items() if p not in there}


@lru_cache(maxsize=64)
def _order(soort: str) -> dict[str, int]:
    bericht = BERICHTEN.get(soort)
    return {} if bericht is None else {b.pad: i for i, b in enumerate(bericht.bladen)}


def _goes(d: Decision) -> frozenset[str]:
    return frozenset(d.released)


def _both_ways(
    before: frozenset[str], after: frozenset[str], order: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(sorted(after - before)), tuple(p for p in order if p not in after)


def _told(d: Decision) -> tuple[Any, ...]:
    """Everything in a decision but its id, its policy and its term. The order of fields has no meaning
    here.
    """
    return (
        d.outcome,
        d.ground,
        d.reasons,
        d.per_category,
        _goes(d),
        {r: frozenset(paden) for r, paden in d.withheld.items()},
        d.signers,
        d.consent_event_ids,
        d.ground_ids,
        d.consent_epoch,
        d.regels,
    )


class _Registerwijziging:
    """When the register was last changed. It is looked up in the account only when somebody asks, and only
    once.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: list[dt.datetime | None] = []

    async def last(self) -> dt.datetime | None:
        if not self._known:
            self._known.append(await self._find())
        return self._known[0]

    async def _find(self) -> dt.datetime | None:
        end = (await self._storage.head()).size
        while end > 0:
            start = max(0, end - PAGE)
            for entry in reversed(await self._storage.entries(start, end - start)):
                if entry.soort is EventType.REGISTER_CHANGED:
                    event = LedgerEvent.model_validate_json(entry.canonical)
                    return dt.datetime.fromisoformat(event.vastgelegd_op)
            end = start
        return None
