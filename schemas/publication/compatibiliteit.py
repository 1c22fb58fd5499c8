"""Whether a new document still keeps what an older one of the same major promised.

Two sides rely on a document. Of what comes in (`in`) senders rely on it: what was accepted must stay
accepted, so it may get wider and not narrower. Of what goes out (`uit`) readers rely on it: what they may get
must stay within what they know, so it may get narrower and not wider, and what was always there stays. Two
exceptions, as agreed in docs/schemas.md: a new field in what goes out is no break, readers pass over it; and
a value more is none in a list of which a reader only gets what he brought himself (`x-zelf-genoemd`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from schemas.publication.publicatie import Richting

Node = Mapping[str, Any]
Kant = Literal["enger", "wijder", "beide"]
"""Which way something changed: `enger` breaks `in`, `wijder` breaks `uit`, `beide` breaks either."""


@dataclass(frozen=True, slots=True)
class Breuk:
    """One thing that somebody relied on. `pad` is a field path; it is empty for the document itself."""

    pad: str
    soort: str


_BREEKT: Final[dict[Kant, frozenset[str]]] = {
    "enger": frozenset({"in"}),
    "wijder": frozenset({"uit"}),
    "beide": frozenset({"in", "uit"}),
}
_LOWER: Final = ("minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties")
_UPPER: Final = ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties")
_EXACT: Final = ("pattern", "format")
_NO_PROMISE: Final = frozenset({"$schema", "title", "description", "examples", "x-vrije-tekst"})


def breaking(old: Node, new: Node, richting: Richting) -> list[Breuk]:
    """Everything in `new` that breaks what somebody could rely on in `old`, in document order. Empty means
    compatible.

    Both are whole documents. A change that it cannot judge, such as another pattern, counts as a break.
    """
    found = _compare(old, new, old.get("$defs", {}), new.get("$defs", {}), "")
    return [Breuk(pad, soort) for pad, soort, kant in found if richting in _BREEKT[kant]]


def unpromised(
    released: Mapping[str, Node], current: Mapping[str, Node], richtingen: Mapping[str, Richting]
) -> list[tuple[str, Breuk]]:
    """For every released document that the current ones no longer keep: its file and the break.

    `richtingen` says for each file which side relies on it. A released document may only be absent when the
    same name has a higher major.
    """
    latest = {_name(pad): _major(pad) for pad in sorted(current, key=_major)}
    broken: list[tuple[str, Breuk]] = []
    for pad, old in released.items():
        if pad in current:
            broken += [(pad, breuk) for breuk in breaking(old, current[pad], richtingen[pad])]
        elif latest.get(_name(pad), 0) <= _major(pad):
            broken.append((pad, Breuk("", "document_weg")))
    return broken


def promises(document: Node) -> dict[str, Any]:
    """A document without its texts, which is what must be kept once it is released."""
    return {
        key: {name: promises(below) for name, below in value.items()}
        if key in {"properties", "$defs"}
        else [promises(option) for option in value]
        if key == "anyOf"
        else promises(value)
        if key in {"items", "additionalProperties"} and isinstance(value, Mapping)
        else value
        for key, value in document.items()
        if key not in _NO_PROMISE
    }


def _major(pad: str) -> int:
    return int(pad.partition("/")[0].removeprefix("v"))


def _name(pad: str) -> str:
    return pad.partition("/")[2]


_Found = Iterator[tuple[str, str, Kant]]


def _compare(old: Node, new: Node, old_defs: Node, new_defs: Node, pad: str) -> _Found:
    before, after = _options(old, old_defs), _options(new, new_defs)
    for kind in before.keys() - after.keys():
        yield pad, f"type_weg:{kind}", "enger"
    for kind in after.keys() - before.keys():
        yield pad, f"type_erbij:{kind}", "wijder"
    for kind in [k for k in before if k in after]:
        yield from _values(before[kind], after[kind], pad)
        yield from _below(before[kind], after[kind], old_defs, new_defs, pad)
    if old.get("x-gegevenscategorie") != new.get("x-gegevenscategorie"):
        yield pad, "categorie_anders", "beide"


def _options(node: Node, defs: Node) -> dict[str, Node]:
    """The kinds of value a node allows, each with what it says of them; another document by its address."""
    while (ref := node.get("$ref", "")).startswith("#/$defs/"):
        node = defs[ref.rpartition("/")[2]]
    if ref:
        return {ref: {}}
    if "anyOf" in node:
        return {kind: option for each in node["anyOf"] for kind, option in _options(each, defs).items()}
    return {node.get("type", "const"): node}


def _values(old: Node, new: Node, pad: str) -> _Found:
    before, after = _listed(old), _listed(new)
    own = new.get("x-zelf-genoemd") is True and after is not None
    if before is not None and not own and (after is None or after - before):
        yield pad, "waarde_erbij", "wijder"
    if after is not None and (before is None or before - after):
        yield pad, "waarde_weg", "enger"
    for names, sign in ((_LOWER, 1), (_UPPER, -1)):
        for name in names:
            yield from _bound(old.get(name), new.get(name), sign, pad, name)
    for name in _EXACT:
        if old.get(name) != new.get(name):
            kant: Kant = "enger" if name not in old else "wijder" if name not in new else "beide"
            yield pad, f"{name}_anders", kant


def _listed(node: Node) -> frozenset[Any] | None:
    if "const" in node:
        return frozenset({node["const"]})
    return frozenset(node["enum"]) if "enum" in node else None


def _bound(old: float | None, new: float | None, sign: int, pad: str, name: str) -> _Found:
    if old == new:
        return
    tighter = old is None or (new is not None and sign * new > sign * old)
    yield pad, f"{name}_anders", "enger" if tighter else "wijder"


def _below(old: Node, new: Node, old_defs: Node, new_defs: Node, pad: str) -> _Found:
    if "items" in old and "items" in new:
        yield from _compare(old["items"], new["items"], old_defs, new_defs, f"{pad}[]")
    elif "items" in old or "items" in new:
        yield f"{pad}[]", "items_anders", "wijder" if "items" in old else "enger"
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        below = f"{pad}.{name}" if pad else name
        if name in after:
            yield from _compare(before[name], after[name], old_defs, new_defs, below)
        else:
            yield below, "veld_weg", "beide"
    for name in new.get("required", []):
        if name not in old.get("required", []):
            yield (f"{pad}.{name}" if pad else name), "verplicht_geworden", "enger"
    for name in old.get("required", []):
        if name in after and name not in new.get("required", []):
            yield (f"{pad}.{name}" if pad else name), "niet_meer_altijd", "wijder"
    yield from _others(old, new, old_defs, new_defs, pad)


def _others(old: Node, new: Node, old_defs: Node, new_defs: Node, pad: str) -> _Found:
    """Keys that are not named."""
    before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _compare(before, after, old_defs, new_defs, f"{pad}.*")
    elif before != after:
        wider = after is True or before is False
        yield f"{pad}.*", "andere_velden", "wijder" if wider else "enger"
