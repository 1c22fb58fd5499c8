"""What must hold between the leaves of one leerling, read from the log alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from adapters.ledger.findings import Finding, Kind

RELEASE: Final = "exchange.release_intent"
WITHDRAWAL: Final = "consent.withdrawn"
MAX_ORDER_FINDINGS: Final = 100
_WEIGHTY: Final = (RELEASE, WITHDRAWAL)
"""Soorten that must say what their order rests on."""


_READ: Final = (
    "soort",
    "leerlingRef",
    "leerlingVolgnummer",
    "consentEpoch",
    "consentEventIds",
    "record",
    "feit",
    "uitwisseling",
    "levering",
    "intrekking",
)


class Said(NamedTuple):
    """What a check looks at in one leaf: a few of its fields, and whether it is canonical JSON of an object.

    A whole leaf has a hundred values. Many of those held at once cost more than reading them does.
    """

    fields: dict[str, Any]
    canonical: bool


def said(leaf: bytes) -> Said:
    """Read a leaf: no fields when it is no JSON object."""
    try:
        found = orjson.loads(leaf)
    except orjson.JSONDecodeError:
        return _NOTHING
    if type(found) is not dict:
        return _NOTHING
    # Another spelling of the same leaf (with a repeated key, for one) could be read differently elsewhere.
    try:
        canonical = orjson.dumps(found, option=orjson.OPT_SORT_KEYS) == leaf
    except orjson.JSONEncodeError:  # nested deeper than anybody writes: somebody changed it
        canonical = False
    return Said({name: found[name] for name in _READ if name in found}, canonical)


_NOTHING: Final = Said({}, canonical=False)


@dataclass(slots=True)
class _Leerling:
    volgnummer: int | None = None
    withdrawn_epoch: int = -1
    fact_epoch: int = -1
    withdrawn: set[str] = field(default_factory=set)
    """The statements that were withdrawn, by the id of the fact that gave them."""

    def numbered(self, number: int) -> Kind | None:
        before = self.volgnummer
        if before is None or number == before + 1:
            self.volgnummer = number
            return None
        self.volgnummer = max(number, before)
        return Kind.ORDER

    def weighed(self, leaf: dict[str, Any], epoch: int) -> Kind | None:
        """Judge a release by what was recorded before it, and keep a fact for the releases after it."""
        soort = leaf.get("soort")
        found = None
        if soort == RELEASE:
            if epoch < self.withdrawn_epoch or not self.withdrawn.isdisjoint(_named(leaf)):
                found = Kind.RELEASED_AFTER_WITHDRAWAL
            elif epoch < self.fact_epoch:
                found = Kind.STALE
            epoch += 1  # what a release itself records comes after what it was decided on
        if soort == WITHDRAWAL:
            self.withdrawn_epoch = max(epoch, self.withdrawn_epoch)
            self.withdrawn.update(r for r in [leaf.get("record")] if isinstance(r, str))
        if "feit" in leaf:
            self.fact_epoch = max(epoch, self.fact_epoch)
        return found


class Order:
    """What must hold between the leaves of one leerling, from the leaves alone.

    The numbers are drawn under a lock on the leerling, so a release that was decided before a withdrawal
    but stands after it in the log cannot happen by chance.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Leerling] = {}
        self.findings: list[Finding] = []

    def see(self, position: int, said: Said) -> None:
        """Judge the next leaf."""
        fields = said.fields
        if not said.canonical:
            self._found(Kind.UNREADABLE, position)
            return
        ref, number, epoch = map(fields.get, ("leerlingRef", "leerlingVolgnummer", "consentEpoch"))
        weighty = fields.get("soort") in _WEIGHTY
        if ref is None and not weighty:
            return
        if not isinstance(ref, str) or (weighty and not (isinstance(number, int) and isinstance(epoch, int))):
            self._found(Kind.UNREADABLE, position)
            return
        known = self._seen.get(ref)
        if known is None:
            known = self._seen[ref] = _Leerling()
        if isinstance(number, int):
            self._found(known.numbered(number), position)
        if isinstance(epoch, int):
            self._found(known.weighed(fields, epoch), position)

    def _found(self, kind: Kind | None, position: int) -> None:
        if kind is not None and len(self.findings) < MAX_ORDER_FINDINGS:
            self.findings.append(Finding(kind, position, position + 1))


def _named(leaf: dict[str, Any]) -> Iterator[str]:
    """The statements on which a release rests."""
    named = leaf.get("consentEventIds")
    return (n for n in named if isinstance(n, str)) if isinstance(named, list) else iter(())
