"""What must hold between the leaves of one leerling, read from the log alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from adapters.ledger.findings import Finding, Kind

RELEASE: Final = "exchange.release_intent"
WITHDRAWAL: Final = "consent.withdrawn"
MAX_ORDER_FINDINGS: Final = 100


@dataclass(slots=True)
class _Leerling:
    volgnummer: int | None = None
    withdrawn_epoch: int = -1
    fact_epoch: int = -1
    withdrawn: set[str] = field(default_factory=set)
    """The statements that were withdrawn, by the id of the fact that gave them."""

    def numbered(self, number: int) -> Iterator[Kind]:
        if self.volgnummer is not None and number != self.volgnummer + 1:
            yield Kind.ORDER
        self.volgnummer = number if self.volgnummer is None else max(number, self.volgnummer)

    def weighed(self, leaf: dict[str, Any], epoch: int) -> Iterator[Kind]:
        """Judge a release by what was recorded before it, and keep a fact for the releases after it."""
        soort = leaf.get("soort")
        if soort == RELEASE:
            if epoch < self.withdrawn_epoch or not self.withdrawn.isdisjoint(_named(leaf)):
                yield Kind.RELEASED_AFTER_WITHDRAWAL
            elif epoch < self.fact_epoch:
                yield Kind.STALE
            epoch += 1  # what a release itself records comes after what it was decided on
        if soort == WITHDRAWAL:
            self.withdrawn_epoch = max(epoch, self.withdrawn_epoch)
            self.withdrawn.update(r for r in [leaf.get("record")] if isinstance(r, str))
        if "feit" in leaf:
            self.fact_epoch = max(epoch, self.fact_epoch)


class Order:
    """What must hold between the leaves of one leerling, from the leaves alone.

    The numbers are drawn under a lock on the leerling, so a release that was decided before a withdrawal
    but stands after it in the log cannot happen by chance.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Leerling] = {}
        self.findings: list[Finding] = []

    def see(self, position: int, leaf: bytes) -> None:
        for kind in self._judge(leaf):
            if len(self.findings) < MAX_ORDER_FINDINGS:
                self.findings.append(Finding(kind, position, position + 1))

    def _judge(self, data: bytes) -> Iterator[Kind]:
        leaf = _leaf(data)
        if leaf is None:
            yield Kind.UNREADABLE
            return
        soort, ref = leaf.get("soort"), leaf.get("leerlingRef")
        number, epoch = leaf.get("leerlingVolgnummer"), leaf.get("consentEpoch")
        weighty = soort in (RELEASE, WITHDRAWAL)
        if ref is None and not weighty:
            return
        if not isinstance(ref, str) or (weighty and not (isinstance(number, int) and isinstance(epoch, int))):
            yield Kind.UNREADABLE
            return
        known = self._seen.get(ref)
        if known is None:
            known = self._seen[ref] = _Leerling()
        if isinstance(number, int):
            yield from known.numbered(number)
        if isinstance(epoch, int):
            yield from known.weighed(leaf, epoch)


def _named(leaf: dict[str, Any]) -> Iterator[str]:
    """The statements on which a release rests."""
    named = leaf.get("consentEventIds")
    return (n for n in named if isinstance(n, str)) if isinstance(named, list) else iter(())


def _leaf(data: bytes) -> dict[str, Any] | None:
    """The fields of a leaf. None when it is not the canonical text of a JSON object.

    Another spelling of the same leaf (with a repeated key, for one) could be read differently elsewhere.
    """
    try:
        leaf = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    if type(leaf) is not dict or orjson.dumps(leaf, option=orjson.OPT_SORT_KEYS) != data:
        return None
    return leaf
