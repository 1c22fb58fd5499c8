"""Data minimisation: a message is built up from the leaves a decision lets through, never cut down.

What has no label, is not in the permit, or is of a category that never leaves is simply not copied. The
number of the leerling has one field, which is copied when the decision names the rule that gives it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, Final, NamedTuple

from pydantic import BaseModel

from schemas.base import NOOIT, unwrap
from schemas.decision.decision import Permit, Reden, Releasable
from schemas.errors import Fault, InvalidMessage
from schemas.identifiers import passes_elfproef, passes_onderwijsproef
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN


def minimise(inhoud: Inhoud, permit: Permit) -> Releasable:
    """The part of `inhoud` that `permit` lets through, in the order of definition; adds nothing, and of NOOIT
    categories only the number of the leerling passes, in its own field, where the permit names the rule for
    it.

    Raises InvalidMessage with the place, never the value, of a text that holds what can be a BSN: who sends
    leaves such a field out before it asks (`numbered`), so that this is a last stop.
    """
    wanted = permit.velden if permit.nummer else permit.velden - number_fields(inhoud.soort)
    part = in_order(bound(inhoud, wanted))
    numbers = numbered(part)
    if numbers:
        raise InvalidMessage(
            tuple(
                Fault(Reden.BSN_NOT_ALLOWED, f"/{pad}", "Hier staat een nummer dat een BSN kan zijn.")
                for pad in numbers
            )
        )
    return Releasable(permit.decision_id, inhoud.soort, part.data, present(part), permit.nummer)


def bound(inhoud: Inhoud, velden: AbstractSet[str]) -> Inhoud:
    """Only the leaves in `velden`, in the order in which the message has them: for what may be kept while it
    waits. Not releasable.
    """
    wanted, plan = _leavable(inhoud.soort) & velden, _plan(BERICHTEN[inhoud.soort])
    parts = {pad.partition(".")[0] for pad in wanted}  # most parts of a message have nothing that goes
    data = {a: v for a, v in inhoud.data.items() if a in plan and plan[a].path in parts}
    return Inhoud(inhoud.soort, _build(plan, data, wanted))


def present(inhoud: Inhoud) -> tuple[str, ...]:
    """The leaf paths that have a value in `inhoud`, each once, in the order in which the message has them."""
    found: dict[str, None] = {}
    _paths(_plan(BERICHTEN[inhoud.soort]), inhoud.data, found)
    return tuple(found)


@cache
def _leavable(soort: str) -> frozenset[str]:
    """What may be in a permit: the number by its own field, which the decision only lets go by a rule."""
    return frozenset(b.pad for b in BERICHTEN[soort].bladen if b.categorie not in NOOIT or b.op_regel)


@cache
def number_fields(soort: str) -> frozenset[str]:
    """The fields in which a message of this type has the number of the leerling; most types have none."""
    return frozenset(b.pad for b in BERICHTEN[soort].bladen if b.op_regel)


class _Node(NamedTuple):
    path: str
    many: bool
    below: _Plan | None
    """None for a field without parts."""


_Plan = dict[str, _Node]
"""What can be in a part of a message, by its name there, in the order of definition."""


@cache
def _plan(model: type[BaseModel], prefix: str = "") -> _Plan:
    plan = {}
    for name, f in model.model_fields.items():
        alias = f.serialization_alias or f.alias or name
        inner, many, _ = unwrap(f.annotation)
        path = f"{prefix}{alias}{'[]' if many else ''}"
        is_model = isinstance(inner, type) and issubclass(inner, BaseModel)
        plan[alias] = _Node(path, many, _plan(inner, path + ".") if is_model else None)
    return plan


def in_order(inhoud: Inhoud) -> Inhoud:
    """The same message with its fields in the order of definition, as every message is written and read
    here: a part that was put together otherwise comes out of its order.
    """
    return Inhoud(inhoud.soort, _ordered(_plan(BERICHTEN[inhoud.soort]), inhoud.data))


def _ordered(plan: _Plan, data: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for alias, node in plan.items():
        if alias in data:
            value, below = data[alias], node.below
            if below is None:
                out[alias] = value
            elif isinstance(value, dict):
                out[alias] = _ordered(below, value)
            else:
                out[alias] = [_ordered(below, v) if isinstance(v, dict) else v for v in value]
    return out


def _build(plan: _Plan, data: dict[str, Any], wanted: AbstractSet[str]) -> dict[str, Any]:
    # By what the message has: a dossier has a quarter of what it can have.
    out: dict[str, Any] = {}
    for alias, value in data.items():
        if value is None or alias not in plan:
            continue
        path, many, below = plan[alias]
        if below is None:
            # A leaf is one value, or a list of them: whatever else stands at its place is not copied.
            if path in wanted and value != [] and _is_leaf(value, many=many):
                out[alias] = value
        elif many:
            listed = value if isinstance(value, list) else ()
            items = [i for item in listed if isinstance(item, dict) and (i := _build(below, item, wanted))]
            if items:
                out[alias] = items
        elif isinstance(value, dict) and (part := _build(below, value, wanted)):
            out[alias] = part
    return out


def _is_leaf(value: object, *, many: bool) -> bool:
    if many:
        return isinstance(value, list) and not any(isinstance(v, (dict, list)) for v in value)
    return not isinstance(value, (dict, list))


def ordinary(inhoud: Inhoud) -> frozenset[str]:
    """The paths that would count as level 3 by some value (`Zwaar.bij`) and in this message do not."""
    watched = _watched(inhoud.soort)
    there = _values(_plan_to(inhoud.soort, frozenset(watched)), inhoud.data)
    return frozenset(watched) - {path for path, item in there if item in watched[path]}


@cache
def _watched(soort: str) -> dict[str, tuple[str, ...]]:
    return {b.pad: tuple(b.zwaar.bij) for b in BERICHTEN[soort].bladen if b.zwaar and b.zwaar.bij}


def numbered(inhoud: Inhoud, may_go: frozenset[str] | None = None) -> tuple[str, ...]:
    """The leaf paths of which the text holds a number of a person, each once. `may_go`: only of these, which
    some profile names; a dossier has five times as many that go nowhere.

    Where any text may stand: nine digits that pass the elfproef of a BSN or an onderwijsnummer, also with
    points, spaces or hyphens between them, and an ECK iD. Codes and numbers of other things (`_OF_THINGS`)
    are often nine digits too: there, and in fields with a form of their own, only the number that the message
    itself has in its own field.
    """
    there = _values(_plan_to(inhoud.soort, _texts(inhoud.soort, may_go)), inhoud.data)
    found = dict.fromkeys(path for path, item in there if isinstance(item, str) and _has_number(item))
    own = number_fields(inhoud.soort)
    numbers = {item for _, item in _values(_plan_to(inhoud.soort, own), inhoud.data) if isinstance(item, str)}
    if numbers:
        everywhere = _values(_plan(BERICHTEN[inhoud.soort]), inhoud.data)
        found |= dict.fromkeys(
            path for path, item in everywhere if path not in own and not numbers.isdisjoint(_nines(item))
        )
    return tuple(found)


@cache
def _plan_to(soort: str, paths: frozenset[str]) -> _Plan:
    """The part of the plan that leads to these paths: a message has ten times as many others."""

    def part(plan: _Plan) -> _Plan:
        nodes = {a: n if n.below is None else n._replace(below=part(n.below)) for a, n in plan.items()}
        return {a: n for a, n in nodes.items() if n.below or (n.below is None and n.path in paths)}

    return part(_plan(BERICHTEN[soort]))


def _values(plan: _Plan, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each single value in `data` at the end of this plan, with its path."""
    for alias, node in plan.items():
        if alias not in data or (value := data[alias]) is None:
            continue
        path, many, below = node
        for item in value if many and isinstance(value, list) else (value,):
            if below is None:
                yield path, item
            elif isinstance(item, dict):
                yield from _values(below, item)


@cache
def _texts(soort: str, may_go: frozenset[str] | None = None) -> frozenset[str]:
    return frozenset(
        b.pad
        for b in BERICHTEN[soort].bladen
        if b.tekst and b.categorie not in NOOIT and b.pad.rpartition(".")[2] not in _OF_THINGS
        if may_go is None or b.pad in may_go
    )


_OF_THINGS: Final = frozenset(
    {"beschikkingsnummer", "swvNummer", "nummer", "kenmerk", "referentieAanbieder", "hash"}
    | {"code", "codes[]", "elementcode", "groepscode", "toetscode", "telefoon", "waarde"}
)
"""Numbers of a decision, an allocation or a file, codes of lists (those of a diagnosis have nine digits too),
and what can be a telephone number."""


_NINE: Final = re.compile(r"(?<!\d)\d(?:[ .\-\u00a0\u2011]?\d){8}(?!\d)")
_ECK: Final = "ketenid.nl/"
"""In every ECK iD, whatever its year."""


def numbers(message: Releasable) -> dict[str, str]:
    """The numbers of a person in a minimised message, by the field that has one. Most types have no such
    field.
    """
    there = _values(_plan_to(message.soort, number_fields(message.soort)), message.inhoud)
    return {path: item for path, item in there if isinstance(item, str)}


_SHORTEST: Final = 9


def _has_number(text: str) -> bool:
    if len(text) < _SHORTEST:
        return False
    if _ECK in text.casefold():
        return True
    if text.isascii() and _NINE.search(text) is None:
        return False  # as nearly every text
    return any(passes_elfproef(n) or passes_onderwijsproef(n) for n in _nines(text))


def _nines(item: object) -> Iterator[str]:
    """Every nine digits in a text that stand together, without what stands between them."""
    if not isinstance(item, str):
        return
    # Most texts are ASCII, and need no other form.
    plain = item if item.isascii() else unicodedata.normalize("NFKC", item)
    for found in _NINE.findall(plain):
        yield "".join(c for c in found if c.isdigit())


def _paths(plan: _Plan, data: dict[str, Any], found: dict[str, None]) -> None:
    for alias, value in data.items():
        if value is None or alias not in plan:
            continue
        path, many, below = plan[alias]
        if below is None:
            if value or value != []:
                found[path] = None
        elif isinstance(value, dict):
            _paths(below, value, found)
        elif many and isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    _paths(below, item, found)
