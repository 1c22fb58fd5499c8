"""What breaks a promise to senders, what breaks one to readers, and what breaks neither."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.publication.compatibiliteit import Breuk, breaking, promises, unpromised
from schemas.publication.publicatie import UITGAVEN, publish

Doc = dict[str, Any]


def an_object(properties: Doc, **kw: Any) -> Doc:
    return {"type": "object", "properties": properties, "additionalProperties": False} | kw


def a_document(field: Doc, **kw: Any) -> Doc:
    """A message with one field `veld` below a part that stands in `$defs`, and one beside it."""
    return an_object({"deel": {"$ref": "#/$defs/Deel"}, "vast": {"type": "string"}}, required=["vast"]) | {
        "$defs": {"Deel": an_object({"veld": field}, **kw)}
    }


TEXT = {"type": "string"}
CODES = {"type": "string", "enum": ["a", "b"]}
NULL = {"type": "null"}
LIST = {"type": "array", "items": TEXT}

KINDS: dict[str, tuple[Doc, Doc, list[str], list[str]]] = {
    # what changes: old field, new field, breaks for senders, breaks for readers
    "nothing": (TEXT, TEXT, [], []),
    "texts only": (TEXT | {"title": "A"}, TEXT | {"description": "B", "examples": [1]}, [], []),
    "other type": (TEXT, {"type": "integer"}, ["type_weg:string"], ["type_erbij:integer"]),
    "null allowed": (TEXT, {"anyOf": [TEXT, NULL]}, [], ["type_erbij:null"]),
    "null refused": ({"anyOf": [TEXT, NULL]}, TEXT, ["type_weg:null"], []),
    "code added": (CODES, {"type": "string", "enum": ["a", "b", "c"]}, [], ["waarde_erbij"]),
    "code removed": (CODES, {"type": "string", "enum": ["a"]}, ["waarde_weg"], []),
    "code renamed": (CODES, {"type": "string", "enum": ["a", "c"]}, ["waarde_weg"], ["waarde_erbij"]),
    "codes reordered": (CODES, {"type": "string", "enum": ["b", "a"]}, [], []),
    "list of codes made": (TEXT, CODES, ["waarde_weg"], []),
    "list of codes dropped": (CODES, TEXT, [], ["waarde_erbij"]),
    "constant": ({"const": "1"}, {"const": "2"}, ["waarde_weg"], ["waarde_erbij"]),
    "pattern added": (TEXT, TEXT | {"pattern": "^a$"}, ["pattern_anders"], []),
    "pattern dropped": (TEXT | {"pattern": "^a$"}, TEXT, [], ["pattern_anders"]),
    "other pattern": (
        TEXT | {"pattern": "^a$"},
        TEXT | {"pattern": "^b$"},
        ["pattern_anders"],
        ["pattern_anders"],
    ),
    "format added": (TEXT, TEXT | {"format": "date"}, ["format_anders"], []),
    "shorter": (TEXT | {"maxLength": 9}, TEXT | {"maxLength": 8}, ["maxLength_anders"], []),
    "longer": (TEXT | {"maxLength": 8}, TEXT | {"maxLength": 9}, [], ["maxLength_anders"]),
    "bounded": (TEXT, TEXT | {"maxLength": 8}, ["maxLength_anders"], []),
    "unbounded": (TEXT | {"maxLength": 8}, TEXT, [], ["maxLength_anders"]),
    "least length up": (TEXT | {"minLength": 1}, TEXT | {"minLength": 2}, ["minLength_anders"], []),
    "least number down": (
        {"type": "integer", "minimum": 1},
        {"type": "integer", "minimum": 0},
        [],
        ["minimum_anders"],
    ),
    "more items": (LIST | {"maxItems": 1}, LIST | {"maxItems": 2}, [], ["maxItems_anders"]),
    "other items": (LIST, {"type": "array", "items": CODES}, ["waarde_weg"], []),
    "items dropped": (LIST, {"type": "array"}, [], ["items_anders"]),
    "items said": ({"type": "array"}, LIST, ["items_anders"], []),
    "category": (
        TEXT | {"x-gegevenscategorie": "contact"},
        TEXT | {"x-gegevenscategorie": "gezondheid"},
        ["categorie_anders"],
        ["categorie_anders"],
    ),
    "other document": (
        {"$ref": "https://a.example/v1/a.json"},
        {"$ref": "https://a.example/v2/a.json"},
        ["type_weg:https://a.example/v1/a.json"],
        ["type_erbij:https://a.example/v2/a.json"],
    ),
    "same document": (
        {"$ref": "https://a.example/v1/a.json"},
        {"$ref": "https://a.example/v1/a.json"},
        [],
        [],
    ),
    "other fields allowed": (
        an_object({}),
        {"type": "object", "properties": {}},
        [],
        ["andere_velden"],
    ),
    "other fields refused": ({"type": "object"}, an_object({}), ["andere_velden"], []),
    "other fields bounded": (
        {"type": "object"},
        {"type": "object", "additionalProperties": TEXT},
        ["andere_velden"],
        [],
    ),
    "other fields of a kind": (
        {"type": "object", "additionalProperties": CODES},
        {"type": "object", "additionalProperties": TEXT},
        [],
        ["waarde_erbij"],
    ),
}


@pytest.mark.parametrize(("old", "new", "for_senders", "for_readers"), KINDS.values(), ids=list(KINDS))
def test_kinds_of_change(old: Doc, new: Doc, for_senders: list[str], for_readers: list[str]) -> None:
    """Narrower breaks what comes in, wider breaks what goes out, and what cannot be judged breaks both."""
    assert [b.soort for b in breaking(a_document(old), a_document(new), "in")] == for_senders
    assert [b.soort for b in breaking(a_document(old), a_document(new), "uit")] == for_readers


class TestFields:
    OLD = a_document(TEXT)

    @pytest.mark.parametrize("richting", ["in", "uit"])
    def test_removed(self, richting: Any) -> None:
        """A field that is gone breaks both: who sent it is refused, who read it misses it."""
        new = a_document(TEXT)
        del new["$defs"]["Deel"]["properties"]["veld"]
        assert breaking(self.OLD, new, richting) == [Breuk("deel.veld", "veld_weg")]

    @pytest.mark.parametrize("richting", ["in", "uit"])
    def test_renamed(self, richting: Any) -> None:
        """A field under another name is one that is gone."""
        new = json.loads(json.dumps(self.OLD).replace('"veld"', '"veldnaam"'))
        assert breaking(self.OLD, new, richting) == [Breuk("deel.veld", "veld_weg")]

    @pytest.mark.parametrize("richting", ["in", "uit"])
    def test_added(self, richting: Any) -> None:
        """A new field that nobody must fill breaks nobody."""
        new = a_document(TEXT)
        new["properties"]["nieuw"] = LIST
        assert breaking(self.OLD, new, richting) == []

    def test_added_and_required(self) -> None:
        """A new field that must be filled breaks senders; readers may have it."""
        new = a_document(TEXT, required=["nieuw"])
        new["$defs"]["Deel"]["properties"]["nieuw"] = TEXT
        assert breaking(self.OLD, new, "in") == [Breuk("deel.nieuw", "verplicht_geworden")]
        assert breaking(self.OLD, new, "uit") == []

    def test_required_at_the_top(self) -> None:
        """An optional field that becomes required breaks senders; one that stops being so breaks readers."""
        new = self.OLD | {"required": ["deel"]}
        assert breaking(self.OLD, new, "in") == [Breuk("deel", "verplicht_geworden")]
        assert breaking(self.OLD, new, "uit") == [Breuk("vast", "niet_meer_altijd")]

    def test_required_and_gone_is_told_once(self) -> None:
        """A required field that is gone is one break, not two."""
        new = an_object({"deel": {"$ref": "#/$defs/Deel"}}) | {"$defs": self.OLD["$defs"]}
        assert breaking(self.OLD, new, "uit") == [Breuk("vast", "veld_weg")]

    def test_required_below(self) -> None:
        """The same one level down: a field of a part that is no longer always there."""
        old = a_document(TEXT, required=["veld"])
        assert breaking(old, self.OLD, "uit") == [Breuk("deel.veld", "niet_meer_altijd")]

    def test_place(self) -> None:
        """A break inside a list inside a part is named by its leaf path."""
        old, new = a_document(LIST), a_document({"type": "array", "items": {"type": "integer"}})
        assert breaking(old, new, "in") == [Breuk("deel.veld[]", "type_weg:string")]


class TestRelease:
    RICHTINGEN: dict[str, Any] = {"v1/a.json": "in", "v1/b.json": "uit", "v2/a.json": "in"}

    def test_kept(self) -> None:
        """The same documents, and new ones beside them, break nothing."""
        released = {"v1/a.json": a_document(TEXT)}
        assert unpromised(released, released | {"v1/b.json": a_document(CODES)}, self.RICHTINGEN) == []

    def test_each_by_its_own_side(self) -> None:
        """Of each document only the side that relies on it counts."""
        released = {"v1/a.json": a_document(CODES), "v1/b.json": a_document(CODES)}
        wider = {name: a_document(TEXT) for name in released}
        assert unpromised(released, wider, self.RICHTINGEN) == [
            ("v1/b.json", Breuk("deel.veld", "waarde_erbij"))
        ]

    def test_gone(self) -> None:
        """A document that is gone is a break, unless the same name has a higher major."""
        released = {"v1/a.json": a_document(TEXT), "v1/b.json": a_document(TEXT)}
        assert unpromised(released, {"v2/a.json": a_document(CODES)}, self.RICHTINGEN) == [
            ("v1/b.json", Breuk("", "document_weg"))
        ]
        assert unpromised({"v2/a.json": {}}, {"v1/a.json": {}}, self.RICHTINGEN) == [
            ("v2/a.json", Breuk("", "document_weg"))
        ]


@pytest.mark.parametrize("uitgave", UITGAVEN, ids=lambda u: u.naam)
def test_what_is_kept_of_a_release(uitgave: Any) -> None:
    """What is kept of a released document judges as the document itself does, and has no texts."""
    document = json.loads(PUBLISHED[uitgave.pad])
    kept = promises(document)
    assert '"description"' not in json.dumps(kept).replace('"description": {', "")
    for richting in ("in", "uit"):
        assert breaking(kept, document, richting) == breaking(document, kept, richting) == []


PUBLISHED = publish()
