"""Every leaf of a message has exactly one Gegevenscategorie, or the class cannot be made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest

from schemas.base import NOOIT, VRIJ, Gegevenscategorie, Model, UnlabelledFieldError, VrijeTekst, leaves
from schemas.base import Gegevenscategorie as G
from schemas.messages.bericht import Bericht
from schemas.messages.berichten import BERICHTEN

TABLE = Path(__file__).with_name("categorieen.txt")


class Inner(Model):
    labelled: Annotated[str, G.CONTACT]
    bare: int | None = None


class Bare(Model):
    text: str
    more: tuple[str, ...] = ()


def test_unlabelled_leaves_are_named() -> None:
    """A leaf without a label fails while the class is made, and every such leaf is named by its path."""
    with pytest.raises(UnlabelledFieldError) as caught:

        class Wrong(Bericht):
            soort: ClassVar[str] = "fout"
            good: Annotated[str, G.DOELEN]
            nothing: dt.date
            a_list: tuple[Inner, ...] = ()

    assert str(caught.value) == "Wrong: nothing (0 labels), aList[].bare (0 labels)"


def test_two_labels_are_named() -> None:
    """A leaf with two labels, of its own or from what it stands in, fails too."""
    with pytest.raises(UnlabelledFieldError) as caught:

        class Wrong(Bericht):
            soort: ClassVar[str] = "fout"
            double: Annotated[str, G.DOELEN, G.CONTACT]
            inherited: Annotated[Inner, G.DOELEN]

    assert str(caught.value) == "Wrong: double (2 labels), inherited.labelled (2 labels)"


@pytest.mark.parametrize(
    "annotation", [tuple[Annotated[str, G.DOELEN], ...], Annotated[str, G.DOELEN] | None]
)
def test_label_inside_does_not_count(annotation: Any) -> None:
    """A label stands on the field: one hidden inside a tuple or an option is no label."""
    with pytest.raises(UnlabelledFieldError):
        type("Wrong", (Bericht,), {"__annotations__": {"field": annotation}, "__module__": __name__})


def test_container_covers_all_below() -> None:
    """A label on a container covers every leaf below it; lists are written with []."""

    class Right(Bericht):
        soort: ClassVar[str] = "goed"
        parts: Annotated[tuple[Bare, ...] | None, G.FACTOREN] = None
        free: Annotated[tuple[VrijeTekst, ...], G.DOELEN] = ()
        marked: Annotated[str | None, G.DOELEN, VRIJ] = None
        either: Annotated[int | str, G.VERZUIM] = 0

    assert [(b.pad, b.categorie, b.vrij) for b in Right.bladen] == [
        ("parts[].text", G.FACTOREN, False),
        ("parts[].more[]", G.FACTOREN, False),
        ("free[]", G.DOELEN, True),
        ("marked", G.DOELEN, True),
        ("either", G.VERZUIM, False),
    ]


def table_of(soort: str) -> list[str]:
    free = {True: " (vrije tekst)", False: ""}
    return [f"{soort}: {b.pad}: {b.categorie}{free[b.vrij]}" for b in BERICHTEN[soort].bladen]


def test_the_whole_table() -> None:
    """What each field is about is a decision: changing it changes categorieen.txt, where a reader sees it."""
    now = [line for soort in BERICHTEN for line in table_of(soort)]
    written = TABLE.read_text("utf-8").splitlines()
    difference = "\n".join(unified_diff(written, now, "categorieen.txt", "the classes", lineterm="", n=0))
    assert not difference, difference


def paths_in(schema: dict[str, Any], node: dict[str, Any], path: str) -> Iterator[str]:
    """Leaf paths by the published JSON Schema, walked apart from the code under test."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    options = [o for o in node.get("anyOf", ()) if o.get("type") != "null"]
    if len(options) == 1:
        yield from paths_in(schema, options[0], path)
    elif node.get("type") == "array":
        yield from paths_in(schema, node["items"], f"{path}[]")
    elif "properties" in node:
        for name, below in node["properties"].items():
            yield from paths_in(schema, below, f"{path}.{name}" if path else name)
    else:
        yield path


@pytest.mark.parametrize("bericht", BERICHTEN.values(), ids=list(BERICHTEN))
def test_no_leaf_is_forgotten(bericht: type[Bericht]) -> None:
    """The labelled leaves are exactly those a message of this type can have on the wire, each once."""
    schema = bericht.model_json_schema()
    on_the_wire = list(paths_in(schema, schema, ""))
    labelled = [b.pad for b in bericht.bladen]
    assert sorted(labelled) == sorted(on_the_wire)
    assert len(set(labelled)) == len(labelled)
    assert leaves(bericht) == bericht.bladen


def test_levels() -> None:
    """Ordinary, sensitive, explicit and never, as the design lists them."""
    levels = {
        1: {"contact", "onderwijspositie"},
        2: {"doelen", "factoren", "verzuim", "leerresultaten", "besluiten"},
        3: {"gezondheid", "jeugdhulp", "gezin_veiligheid", "leerlingstem", "bijlage"},
        0: {"derden", "nummer", "herkomst"},
    }
    assert {c.value: c.niveau for c in Gegevenscategorie} == {c: n for n, cs in levels.items() for c in cs}
    assert {c.value for c in NOOIT} == levels[0]


@pytest.mark.parametrize(
    ("part", "categorie"),
    [("bsn", G.NUMMER), ("gezag[].", G.DERDEN), ("deelnemers[]", G.DERDEN), ("herkomst.", G.HERKOMST)],
)
def test_never_is_where_it_must_be(part: str, categorie: G) -> None:
    """Numbers, other people and origins are labelled so that they cannot leave."""
    found = [b for t in BERICHTEN.values() for b in t.bladen if part in b.pad]
    assert found
    assert {b.categorie for b in found} == {categorie}


def test_a_question_in_free_text_counts_as_explicit() -> None:
    """Every `vraag` that people write freely, in whichever message: level 3 until one marks it ordinary."""
    found = {
        soort: b.zwaar is not None
        for soort, t in BERICHTEN.items()
        for b in t.bladen
        if b.pad == "vraag" and b.vrij
    }
    assert found == dict.fromkeys(("hulpvraag", "overlegset", "onderaanneming"), True)


def test_a_path_means_one_thing() -> None:
    """A path that two message types share has one category: what decides on paths may not mix them up."""
    meant: dict[str, set[G]] = {}
    for bericht in BERICHTEN.values():
        for blad in bericht.bladen:
            meant.setdefault(blad.pad, set()).add(blad.categorie)
    assert [pad for pad, categories in meant.items() if len(categories) > 1] == []
