"""Data minimisation: a message is built up from the leaves a decision lets through, never cut down.

What has no label, is not in the permit, or is of a category that never leaves is simply not copied.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from pydantic import BaseModel

from schemas.base import NOOIT, unwrap
from schemas.bericht import Inhoud
from schemas.berichten import BERICHTEN
from schemas.decision import Permit, Releasable


def minimise(inhoud: Inhoud, permit: Permit) -> Releasable:
    """The part of `inhoud` that `permit` lets through; adds nothing, and NOOIT categories never pass."""
    leavable = _leavable(inhoud.soort)
    seen: dict[str, None] = {}

    def wanted(path: str) -> bool:
        if path in permit.velden and path in leavable:
            seen[path] = None
            return True
        return False

    data = _build(_plan(BERICHTEN[inhoud.soort]), inhoud.data, wanted)
    return Releasable(permit.decision_id, inhoud.soort, data, tuple(seen))


def bound(inhoud: Inhoud, velden: Container[str]) -> Inhoud:
    """Only the leaves in `velden`: for what may be kept while it waits. Not releasable."""
    leavable = _leavable(inhoud.soort)
    return Inhoud(
        inhoud.soort,
        _build(_plan(BERICHTEN[inhoud.soort]), inhoud.data, lambda path: path in velden and path in leavable),
    )


def present(inhoud: Inhoud) -> tuple[str, ...]:
    """The leaf paths that have a value in `inhoud`, each once, in definition order of its first use."""
    found: dict[str, None] = {}
    _paths(_plan(BERICHTEN[inhoud.soort]), inhoud.data, found)
    return tuple(found)


@cache
def _leavable(soort: str) -> frozenset[str]:
    return frozenset(b.pad for b in BERICHTEN[soort].bladen if b.categorie not in NOOIT)


@dataclass(frozen=True, slots=True)
class _Node:
    alias: str
    place: int
    """Among its siblings, in definition order."""
    path: str
    many: bool
    below: dict[str, _Node] | None
    """None: a leaf."""


@cache
def _plan(model: type[BaseModel], prefix: str = "") -> dict[str, _Node]:
    plan: dict[str, _Node] = {}
    for name, f in model.model_fields.items():
        alias = f.serialization_alias or f.alias or name
        inner, many, _ = unwrap(f.annotation)
        path = f"{prefix}{alias}{'[]' if many else ''}"
        is_model = isinstance(inner, type) and issubclass(inner, BaseModel)
        plan[alias] = _Node(alias, len(plan), path, many, _plan(inner, path + ".") if is_model else None)
    return plan


_place = attrgetter("place")


def _filled(plan: dict[str, _Node], data: dict[str, Any]) -> Iterator[tuple[_Node, Any]]:
    """What of `data` has a label and a value, in definition order."""
    # From the data and not from the plan: of everything a message may hold, most has little.
    for node in sorted([plan[alias] for alias in data if alias in plan], key=_place):
        value = data[node.alias]
        if value is not None and value != []:
            yield node, value


def _build(plan: dict[str, _Node], data: dict[str, Any], wanted: Callable[[str], bool]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for node, value in _filled(plan, data):
        if node.below is None:
            if wanted(node.path):
                out[node.alias] = value
        elif node.many:
            items = [part for item in value if (part := _build(node.below, item, wanted))]
            if items:
                out[node.alias] = items
        elif part := _build(node.below, value, wanted):
            out[node.alias] = part
    return out


def _paths(plan: dict[str, _Node], data: dict[str, Any], found: dict[str, None]) -> None:
    for node, value in _filled(plan, data):
        if node.below is None:
            found[node.path] = None
        elif node.many:
            for item in value:
                _paths(node.below, item, found)
        else:
            _paths(node.below, value, found)
