"""The shared schema as JSON Schema 2020-12, for everybody who sends to the gateway or reads from it.

Each message has two documents. `hulpvraag.json` is the whole message, as a sender makes it.
`hulpvraag.overdracht.json` is what a recipient gets of it: the same fields in an envelope, none of them
required, because minimising may take any of them away, and without the fields that never leave.

Rules between fields (two people for a weighing, exactly one of two) are in the models and not in here.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas.account.verantwoording import Ontvangstbewijs
from schemas.base import NOOIT, OP_REGEL, VRIJ, Gegevenscategorie, Model, unwrap
from schemas.exchange.intrekking import Intrekkingsantwoord, Intrekkingsbericht
from schemas.exchange.uitwisseling import Verzending
from schemas.messages.anonieme_vraag import AnoniemeVraag
from schemas.messages.berichten import BERICHTEN, GEDRAGEN
from schemas.people.partij import Rol
from schemas.publication.voorbeelden import VOORBEELDEN
from schemas.shown.uitleg import Uitleg
from schemas.shown.weergave import Aanname, Leveringweergave, Postbuslijst, Postbusstand, Uitwisselingweergave

BASIS: Final = "https://ozlijn.example/schemas/"
"""Base of the committed copy. An operator publishes under an address of its own."""
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Richting = Literal["in", "uit"]
"""`in`: senders rely on it, so it may only get wider. `uit`: readers rely on it, so it may not."""
Status = Literal["in_gebruik", "concept", "vervallen"]
"""`concept`: the gateway does not carry it yet. `vervallen`: replaced, supported until the policy says."""

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Uitgave:
    """One published document. A breaking change gives the type a new major, and so another `pad`."""

    naam: str
    model: type[Model]
    richting: Richting
    versie: str = "1.0"
    status: Status = "concept"

    @property
    def pad(self) -> str:
        return f"v{self.versie.partition('.')[0]}/{self.naam}.json"


_OMSLAGEN: Final[dict[str, tuple[type[Model], Richting]]] = {
    "anonieme_vraag": (AnoniemeVraag, "in"),
    "verzending": (Verzending, "in"),
    "aanname": (Aanname, "uit"),
    "ontvangstbewijs": (Ontvangstbewijs, "uit"),
    "uitwisseling": (Uitwisselingweergave, "uit"),
    "levering": (Leveringweergave, "uit"),
    "uitleg": (Uitleg, "uit"),
    "postbus": (Postbuslijst, "uit"),
    "postbuslevering": (Postbusstand, "uit"),
    "intrekkingsbericht": (Intrekkingsbericht, "uit"),
    "intrekkingsantwoord": (Intrekkingsantwoord, "in"),
}
"""What goes around a message: sent with it, answered to it, shown of it."""
_IN_GEBRUIK: Final = frozenset({*GEDRAGEN, *(naam for naam in _OMSLAGEN if naam != "anonieme_vraag")})
_MET_WOONPLAATS: Final = (
    *("aanvraag_voorziening", "gezamenlijk_plan", "hulpvraag", "onderaanneming", "opp_uittreksel"),
    *("overgang_volwassenheid", "overlegset", "overstapset", "terugkeer", "toeleidingsbesluit"),
    *("verzuimsignaal", "voorwaarden"),
)
"""Name a leerling, and so can say since 1.1 where he lives."""
_ZELF_GENOEMD: Final = frozenset({Rol})
"""Lists of which a reader only ever gets values that he brought himself: a recipient the roles that he
registered, a sender those that he named. So one more of them reaches nobody who does not know it.
"""
_MET_ROLLEN: Final = (
    *("aanname", "intrekkingsbericht", "levering", "postbus", "uitwisseling"),
    *("terugkoppeling", "terugkoppeling.overdracht", "inzageoverzicht", "inzageoverzicht.overdracht"),
    *("deling_zonder_toestemming", "deling_zonder_toestemming.overdracht"),
)
"""Name a role, of which there are more since 1.1, or tell apart the function of who can be called."""
_VERSIES: Final[dict[str, str]] = {
    **dict.fromkeys(_MET_ROLLEN, "1.1"),
    "verzending": "1.1",
    "uitleg": "1.1",
    "uitwisseling": "1.1",
    "postbus": "1.1",
    "aanvraag_antwoord": "1.1",
    "aanvraag_antwoord.overdracht": "1.1",
    "overleguitkomst": "1.1",
    "overleguitkomst.overdracht": "1.1",
    **{naam + out: "1.1" for naam in _MET_WOONPLAATS for out in ("", ".overdracht")},
}
"""Of documents that are past 1.0, by name."""


def _uitgaven() -> Iterator[Uitgave]:
    models: dict[str, tuple[type[Model], Richting]] = {}
    for soort, bericht in BERICHTEN.items():
        models |= {soort: (bericht, "in"), f"{soort}.overdracht": (bericht, "uit")}
    for naam, (model, richting) in (models | _OMSLAGEN).items():
        status: Status = "in_gebruik" if naam.partition(".")[0] in _IN_GEBRUIK else "concept"
        yield Uitgave(naam, model, richting, _VERSIES.get(naam, "1.0"), status)


UITGAVEN: Final = tuple(_uitgaven())
_EIGEN_DOCUMENT: Final = {u.model: u for u in UITGAVEN if not u.naam.endswith(".overdracht")}


def publish(base: str = BASIS) -> dict[str, bytes]:
    """File name -> canonical JSON (UTF-8, ends with a newline): every document, and `index.json` first.

    `$id` is `base` with the file name behind it. Equal input gives equal bytes. Does no I/O but reading this
    package's own texts.
    """
    base = f"{base.rstrip('/')}/"
    documents = {u.pad: _document(u, base) for u in UITGAVEN}
    return {name: _bytes(node) for name, node in {"index.json": _index(base), **documents}.items()}


def _bytes(node: Node) -> bytes:
    return (json.dumps(node, ensure_ascii=False, indent=1) + "\n").encode()


def _index(base: str) -> Node:
    return {
        "basis": base,
        "dialect": DIALECT,
        "schemas": [
            {
                "soort": u.naam,
                "versie": u.versie,
                "bestand": u.pad,
                "id": base + u.pad,
                "richting": u.richting,
                "status": u.status,
                "omschrijving": omschrijving(u.model),
            }
            for u in UITGAVEN
        ],
    }


def _document(uitgave: Uitgave, base: str) -> Node:
    out = uitgave.naam.endswith(".overdracht")
    made = _Maker(base, uitgave.model, out=out)
    head = {"$schema": DIALECT, "$id": base + uitgave.pad}
    example = VOORBEELDEN[uitgave.naam.removesuffix(".overdracht")]
    if not out:
        return {**head, **made.shape(uitgave.model), "examples": [example], "$defs": made.defs}
    soort = uitgave.naam.removesuffix(".overdracht")
    major = uitgave.versie.partition(".")[0]
    inhoud = {"$ref": made.ref(uitgave.model)}
    root = {
        "title": f"{uitgave.model.__name__}Overdracht",
        "description": f"Wat een ontvanger krijgt. {omschrijving(uitgave.model)}",
        "type": "object",
        "properties": {
            "soort": {"const": soort, "title": "Soort", "description": "Naam van het soort bericht."},
            "versie": {"const": major, "title": "Versie", "description": "Hoofdversie van dit schema."},
            "inhoud": inhoud
            | {"title": "Inhoud", "description": "De velden die mee mochten; elk veld kan ontbreken."},
        },
        "required": ["soort", "versie", "inhoud"],
        "additionalProperties": False,
        "examples": [{"soort": soort, "versie": major, "inhoud": leaving(uitgave.model, example)}],
    }
    return {**head, **root, "$defs": made.defs}


class _Maker:
    """One document: its root, and in `defs` the parts it refers to, in order of first use."""

    def __init__(self, base: str, root: type[BaseModel], *, out: bool) -> None:
        self._base, self._root, self._out = base, root, out
        raw = _raw(root)
        self._raw: dict[str, Node] = raw.get("$defs", {}) | {root.__name__: raw}
        self._classes = {c.__name__: c for c in parts(root)}
        self.defs: dict[str, Node] = {}

    def ref(self, model: type) -> str:
        """The reference to `model`: to its own document, or to its part in this one, which is made if it was
        not there yet.
        """
        own = _EIGEN_DOCUMENT.get(model)
        if own is not None and model is not self._root:
            return self._base + own.pad
        name = model.__name__
        if name not in self.defs:
            self.defs[name] = {}  # it keeps its place here, so that what it refers to comes after it
            self.defs[name].update(self.shape(model))
        return f"#/$defs/{name}"

    def shape(self, model: type) -> Node:
        raw = self._raw[model.__name__]
        head = {"title": model.__name__, "description": omschrijving(model)}
        if not issubclass(model, BaseModel):
            named = {"x-zelf-genoemd": True} if model in _ZELF_GENOEMD else {}
            return head | {"type": "string", "enum": raw.get("enum", [raw.get("const")])} | named
        body: Node = {"type": "object", "properties": {}}
        for name, field in model.model_fields.items():
            alias = field.alias or name
            if self._out and not _leaves(model, name):
                continue
            body["properties"][alias] = self._node(raw["properties"][alias]) | {
                "title": _words(alias),
                "description": omschrijving(model, alias),
            }
            for label in _labels(field):
                body["properties"][alias]["x-gegevenscategorie"] = label.value
            if VRIJ in field.metadata or unwrap(field.annotation)[2]:
                body["properties"][alias]["x-vrije-tekst"] = True
        if self._out:
            body["minProperties"] = 1
        elif raw.get("required"):
            body["required"] = raw["required"]
        return head | body | {"additionalProperties": False}

    def _node(self, raw: Node) -> Node:
        """Pydantic's node with our references and without its titles. What is written is never null or
        empty.
        """
        node = {k: v for k, v in raw.items() if k not in {"title", "description", "$ref"}}
        if node.get("default", ...) in (None, [], {}):
            del node["default"]
        if "$ref" in raw:
            node["$ref"] = self.ref(self._classes[raw["$ref"].rpartition("/")[2]])
        if "anyOf" in node:
            options = [self._node(o) for o in node["anyOf"] if not (self._out and o == {"type": "null"})]
            node["anyOf"] = options
            if len(options) == 1:
                node = {k: v for k, v in node.items() if k != "anyOf"} | options[0]
        if "items" in node:
            node["items"] = self._node(node["items"])
            if self._out:
                node["minItems"] = 1
        if node.get("format") == "date":
            node["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
        if self._out:
            node.pop("default", None)
        return node


@cache
def _raw(model: type[BaseModel]) -> Node:
    return model.model_json_schema()


def _labels(field: FieldInfo) -> list[Gegevenscategorie]:
    """The label of a field, if it has one. It covers everything below the field, as in `base.leaves`."""
    return [m for m in field.metadata if isinstance(m, Gegevenscategorie)]


@cache
def _leaves(model: type[BaseModel], name: str) -> bool:
    """Whether anything of this field can ever be handed over."""
    field = model.model_fields[name]
    labels = _labels(field)
    inner = unwrap(field.annotation)[0]
    if labels or not (isinstance(inner, type) and issubclass(inner, BaseModel)):
        return NOOIT.isdisjoint(labels) or OP_REGEL in field.metadata
    return any(_leaves(inner, below) for below in inner.model_fields)


def leaving(model: type[BaseModel], data: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a message that may leave when everything is agreed to. For examples, not for delivery."""
    kept: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        alias = field.alias or name
        if alias in data and _leaves(model, name):
            value, inner = data[alias], unwrap(field.annotation)[0]
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                value = (
                    [leaving(inner, v) for v in value] if isinstance(value, list) else leaving(inner, value)
                )
            kept[alias] = value
    return kept


@cache
def parts(model: type[BaseModel]) -> tuple[type[BaseModel | Enum], ...]:
    """The models and lists of codes that `model` is made of, itself first."""
    found: dict[type[BaseModel | Enum], None] = {model: None}
    todo: list[Any] = [f.annotation for f in model.model_fields.values()]
    while todo:
        kind = todo.pop(0)
        if not isinstance(kind, type) or get_args(kind):
            todo += get_args(kind)
        elif issubclass(kind, BaseModel | Enum) and kind not in found:
            found[kind] = None
            if issubclass(kind, BaseModel):
                todo += [f.annotation for f in kind.model_fields.values()]
    return tuple(found)


@cache
def teksten() -> dict[str, dict[str, str]]:
    """omschrijvingen.toml: per class the text of the type (`_`) and of its fields; `overal` for the rest."""
    return tomllib.loads(
        files("schemas.publication").joinpath("omschrijvingen.toml").read_text(encoding="utf-8")
    )


@cache
def omschrijving(model: type, veld: str = "_") -> str:
    """The Dutch text: of the class, of what it inherits from, of that field anywhere; else KeyError."""
    for name in (*(c.__name__ for c in model.__mro__), "overal"):
        if veld in (found := teksten().get(name, {})):
            return found[veld]
    raise KeyError(f"{model.__name__}.{veld}")


def _words(alias: str) -> str:
    """`volgendContact` -> "Volgend contact"."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in alias).capitalize()
