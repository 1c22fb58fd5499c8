"""What changes for people when one set of profiles replaces another: what opens, and what closes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from consent.beleid import Proportionaliteitsprofiel, Sleutel
from schemas.base import Gegevenscategorie
from schemas.messages.berichten import BERICHTEN


@dataclass(frozen=True, slots=True)
class Profielverschil:
    """The difference for one case (doel, role, direction, message type). For a case without a profile nothing
    went.

    `erbij` and `weg` are paths in the order of the message. A category is `open` when the first of its fields
    came, `dicht` when the last one went. `toelichting` are fields that stay, with another reason or norm.
    """

    geval: Sleutel
    erbij: tuple[str, ...]
    weg: tuple[str, ...]
    open: tuple[Gegevenscategorie, ...]
    dicht: tuple[Gegevenscategorie, ...]
    toelichting: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.erbij or self.weg or self.toelichting)


def differences(
    old: Iterable[Proportionaliteitsprofiel], new: Iterable[Proportionaliteitsprofiel]
) -> tuple[Profielverschil, ...]:
    """Every case that changes, in the order of its names."""
    before, after = {_key(p): p for p in old}, {_key(p): p for p in new}
    found = (_of(key[0], before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys()))
    return tuple(f for f in found if f)


def _key(p: Proportionaliteitsprofiel) -> tuple[Sleutel, tuple[str, ...], tuple[str, ...]]:
    return p.sleutel, p.van, p.aan


def _of(
    key: Sleutel, old: Proportionaliteitsprofiel | None, new: Proportionaliteitsprofiel | None
) -> Profielverschil:
    before = {v.pad: v for v in old.velden} if old else {}
    after = {v.pad: v for v in new.velden} if new else {}
    labels = {b.pad: b.categorie for b in BERICHTEN[key[3]].bladen}
    had, has = {labels[p] for p in before}, {labels[p] for p in after}
    return Profielverschil(
        key,
        tuple(p for p in labels if p in after and p not in before),
        tuple(p for p in labels if p in before and p not in after),
        tuple(c for c in Gegevenscategorie if c in has - had),
        tuple(c for c in Gegevenscategorie if c in had - has),
        tuple(p for p in labels if p in before and p in after and before[p] != after[p]),
    )
