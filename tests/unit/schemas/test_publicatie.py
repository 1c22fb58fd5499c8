"""The published schemas: whole, in Dutch, and enough for another process to judge what the gateway emits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from adapters import gedeeld
from consent.decide import decide
from consent.minimise import minimise, present
from schemas.base import NOOIT
from schemas.decision.decision import Permit
from schemas.messages.bericht import Bericht, Inhoud
from schemas.messages.berichten import BERICHTEN
from schemas.publication.publicatie import (
    BASIS,
    UITGAVEN,
    Uitgave,
    leaving,
    omschrijving,
    parts,
    publish,
    teksten,
)
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.builders import NOW, P1, P2, a_bsn, a_request, a_toestemming, an_opp, authorities, beleid
from tests.strategies import modellen

PUBLISHED = publish()
DOCUMENTS: dict[str, dict[str, Any]] = {n: json.loads(d) for n, d in PUBLISHED.items()}
INDEX = DOCUMENTS.pop("index.json")
BY_NAME = {u.naam: u for u in UITGAVEN}
DECIDED = decide(a_request(), [a_toestemming(P1), a_toestemming(P2)], authorities(), (), None, beleid(), NOW)

Judge = Callable[[str, Any], list[str]]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """(name, document) -> what is wrong with it, by jsonschema in a process that has only the files."""
    folder = tmp_path_factory.mktemp("schemas")
    for name, data in PUBLISHED.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    script = Path(__file__).with_name("onafhankelijk.py")
    with subprocess.Popen(
        [sys.executable, "-I", script, folder],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout
        assert int(stdout.readline()) == len(DOCUMENTS)

        def ask(name: str, document: Any) -> list[str]:
            stdin.write(json.dumps({"schema": BASIS + BY_NAME[name].pad, "document": document}) + "\n")
            stdin.flush()
            answer: list[str] = json.loads(stdout.readline())
            return answer

        yield ask
        stdin.close()
    assert process.returncode == 0


def permit_for(velden: tuple[str, ...]) -> Permit:
    permit = DECIDED.model_copy(update={"released": velden}).permit
    assert permit is not None
    return permit


def emitted(inhoud: Inhoud, velden: tuple[str, ...]) -> Any:
    """The bytes the gateway would hand over with this permit, read back."""
    return json.loads(gedeeld.write(minimise(inhoud, permit_for(velden))))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Bericht, tuple[str, ...]]:
    """Any message, and fields that may go: all of them, or a few."""
    soort = draw(st.sampled_from(list(BERICHTEN)))
    bericht: Bericht = draw(modellen(BERICHTEN[soort]))
    paden = present(bericht.inhoud())
    return bericht, tuple(draw(st.just(paden) | st.lists(st.sampled_from(paden), min_size=1)))


class TestIndependent:
    """Everything here is judged by a process that knows the files only; it checks all examples at start."""

    @given(cases())
    def test_emitted_is_valid(self, judge: Judge, case: tuple[Bericht, tuple[str, ...]]) -> None:
        """What minimising leaves of any message, whatever was permitted, is valid as handed over."""
        bericht, velden = case
        document = emitted(bericht.inhoud(), velden)
        if document["inhoud"]:
            assert judge(f"{bericht.soort}.overdracht", document) == []

    @given(cases())
    def test_accepted_is_valid(self, judge: Judge, case: tuple[Bericht, tuple[str, ...]]) -> None:
        """Whatever the model accepts, the schema of the whole message accepts, empty fields too."""
        bericht, _ = case
        assert judge(bericht.soort, bericht.inhoud().data) == []
        assert judge(bericht.soort, bericht.model_dump(mode="json")) == []

    @given(cases(), st.sampled_from(["extra", "soort", "versie", "leeg"]))
    def test_wrong_is_refused(self, judge: Judge, case: tuple[Bericht, tuple[str, ...]], what: str) -> None:
        """An unknown field, another type, another version and no content are refused."""
        bericht, velden = case
        document = emitted(bericht.inhoud(), velden)
        if what == "extra":
            document["inhoud"]["opmerking"] = "vrije tekst"
        elif what == "leeg":
            document["inhoud"] = {}
        else:
            document[what] = "anders"
        assert judge(f"{bericht.soort}.overdracht", document)

    @pytest.mark.parametrize("uitgave", UITGAVEN, ids=lambda u: u.naam)
    def test_each_field_counts(self, judge: Judge, uitgave: Uitgave) -> None:
        """In each example a value of another kind, and an unknown field, are refused, at the top field."""
        (example,) = DOCUMENTS[uitgave.pad]["examples"]
        assert judge(uitgave.naam, example) == []
        assert judge(uitgave.naam, example | {"opmerking": "x"}) == ["$: additionalProperties"]
        for field in example:
            for wrong in ({"onbekend": 1}, 17.5, [None]):
                assert judge(uitgave.naam, example | {field: wrong}), field
        for field in DOCUMENTS[uitgave.pad].get("required", []):
            assert judge(uitgave.naam, {k: v for k, v in example.items() if k != field}), field

    def test_what_never_leaves_is_refused(self, judge: Judge) -> None:
        """A document with a number, another person or an origin in it is no valid hand-over."""
        document = {"soort": "ontwikkelingsperspectief", "versie": "1", "inhoud": an_opp().inhoud().data}
        wrong = judge("ontwikkelingsperspectief.overdracht", document)
        assert wrong
        assert a_bsn() not in str(wrong)
        document["inhoud"] = leaving(type(an_opp()), an_opp().inhoud().data)
        assert judge("ontwikkelingsperspectief.overdracht", document) == []

    @pytest.mark.parametrize("nothing", [None, [], {}], ids=str)
    def test_nothing_is_absent(self, judge: Judge, nothing: Any) -> None:
        """In a hand-over what is not there is left out: no null, no empty list, no empty part."""
        for field in ("sinds", "adviezen", "contactpersoon"):
            document = {"soort": "terugkoppeling", "versie": "1", "inhoud": {"status": "gestart"}}
            assert judge("terugkoppeling.overdracht", document) == []
            document["inhoud"] = {"status": "gestart", field: nothing}
            assert judge("terugkoppeling.overdracht", document)

    def test_day_is_a_day(self, judge: Judge) -> None:
        """A date has the form of a day, also for who does not check formats."""
        for wrong in ("1 oktober 2026", "2026-10-01T00:00:00", ""):
            assert judge("terugkoppeling", {"status": "gestart", "sinds": wrong}) == ["$.sinds: anyOf"]


def test_equal_input_gives_equal_bytes() -> None:
    """Publishing twice gives the same bytes; another base changes addresses and nothing else."""
    assert publish(BASIS.rstrip("/")) == PUBLISHED
    moved = publish("https://school.example/s")
    for name, data in PUBLISHED.items():
        assert moved[name].replace(b"https://school.example/s/", BASIS.encode()) == data
        assert data.endswith(b"}\n")


@pytest.mark.parametrize("uitgave", UITGAVEN, ids=lambda u: u.naam)
def test_head(uitgave: Uitgave) -> None:
    """Each document says its dialect, and an absolute address with its major version in it."""
    document = DOCUMENTS[uitgave.pad]
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"{BASIS}v{uitgave.versie.split('.')[0]}/{uitgave.naam}.json"


def test_index() -> None:
    """The index lists every document with its version, file, address, side and status."""
    assert [(s["soort"], s["bestand"]) for s in INDEX["schemas"]] == [(u.naam, u.pad) for u in UITGAVEN]
    assert {s["bestand"] for s in INDEX["schemas"]} == set(DOCUMENTS)
    for entry in INDEX["schemas"]:
        assert entry["id"] == DOCUMENTS[entry["bestand"]]["$id"]
        assert re.fullmatch(r"[0-9]+\.[0-9]+", entry["versie"])
        assert entry["status"] in {"in_gebruik", "concept", "vervallen"}
        assert entry["richting"] in {"in", "uit"}


def test_every_type_in_two_forms() -> None:
    """Every type of message is published whole and as it is handed over, and has an example."""
    assert {*BERICHTEN, *(f"{s}.overdracht" for s in BERICHTEN)} <= BY_NAME.keys()
    assert VOORBEELDEN.keys() == {u.naam.removesuffix(".overdracht") for u in UITGAVEN}


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for below in value.values():
            yield from nodes(below)
    elif isinstance(value, list):
        for below in value:
            yield from nodes(below)


@pytest.mark.parametrize("uitgave", UITGAVEN, ids=lambda u: u.naam)
def test_every_field_is_told(uitgave: Uitgave) -> None:
    """Every type and field has a title and a Dutch sentence; no object takes other fields."""
    document = dict(DOCUMENTS[uitgave.pad])
    del document["examples"]
    for node in nodes(document):
        for field in node.get("properties", {}).values():
            assert re.fullmatch(r"[A-Z].*[.?]", field["description"])
            assert re.fullmatch(r"[A-Z][^A-Z]*", field["title"])
        if node.get("type") == "object" and "properties" in node:
            assert node["additionalProperties"] is False
            assert re.fullmatch(r"[A-Z].*[.]", node["description"])


def shown(document: dict[str, Any], node: dict[str, Any], pad: str, found: str) -> Iterator[tuple[str, str]]:
    """(leaf path, category) as a reader of the document finds it: on the field, or on one above it."""
    found = "+".join(filter(None, (found, node.get("x-gegevenscategorie"))))
    if "$ref" in node:
        node = document["$defs"][node["$ref"].rpartition("/")[2]]
    options = [o for o in node.get("anyOf", ()) if o.get("type") != "null"]
    if len(options) == 1:
        yield from shown(document, options[0], pad, found)
    elif node.get("type") == "array":
        yield from shown(document, node["items"], f"{pad}[]", found)
    elif "properties" in node:
        for name, below in node["properties"].items():
            yield from shown(document, below, f"{pad}.{name}" if pad else name, found)
    else:
        yield pad, found


@pytest.mark.parametrize("soort", list(BERICHTEN))
def test_every_leaf_has_its_category(soort: str) -> None:
    """Each leaf shows exactly one category, that of the model; what never leaves is not handed over."""
    labelled = {b.pad: b.categorie for b in BERICHTEN[soort].bladen}
    whole = DOCUMENTS[BY_NAME[soort].pad]
    assert dict(shown(whole, whole, "", "")) == labelled
    out = DOCUMENTS[BY_NAME[f"{soort}.overdracht"].pad]
    inhoud = out["properties"]["inhoud"]
    by_rule = {b.pad for b in BERICHTEN[soort].bladen if b.op_regel}
    left = {p: c for p, c in labelled.items() if c not in NOOIT or p in by_rule}
    assert dict(shown(out, inhoud, "", "")) == left


@pytest.mark.parametrize("soort", list(BERICHTEN))
def test_free_text_is_marked(soort: str) -> None:
    """Where a person writes freely, the schema says so: as often as the model does."""
    whole = DOCUMENTS[BY_NAME[soort].pad]
    marked = any(node.get("x-vrije-tekst") for node in nodes(whole))
    assert marked == any(b.vrij for b in BERICHTEN[soort].bladen)


@pytest.mark.parametrize("soort", list(BERICHTEN))
def test_nothing_is_required_of_what_is_handed_over(soort: str) -> None:
    """Of a hand-over only the envelope is required, and nothing in it is null."""
    document = DOCUMENTS[BY_NAME[f"{soort}.overdracht"].pad]
    assert document["required"] == ["soort", "versie", "inhoud"]
    for part in document["$defs"].values():
        for node in nodes(part):
            assert "required" not in node
            assert node.get("type") != "null"


CLASSES = {c.__name__: c for u in UITGAVEN for c in parts(u.model)}


def test_one_name_per_part() -> None:
    """No two models or lists that are published share a name."""
    for part in {p for u in UITGAVEN for p in parts(u.model)}:
        assert CLASSES[part.__name__] is part
        assert issubclass(part, BaseModel | Enum)


def test_texts_are_complete_and_none_is_left_over() -> None:
    """Every type and field has a text, and every text belongs to one that there is."""
    used: set[tuple[str, str]] = set()
    missing = []
    for kind in CLASSES.values():
        fields = [f.alias or n for n, f in kind.model_fields.items()] if issubclass(kind, BaseModel) else []
        for field in ("_", *fields):
            owners = [
                c for c in (*(k.__name__ for k in kind.__mro__), "overal") if field in teksten().get(c, {})
            ]
            used |= {(owners[0], field)} if owners else set()
            missing += [] if owners else [f"{kind.__name__}.{field}"]
    assert missing == []
    assert {(o, f) for o, found in teksten().items() for f in found} - used == set()


def test_no_text_is_an_error() -> None:
    """A field without a text is named, not published without one."""
    with pytest.raises(KeyError, match=r"Terugkoppeling\.verzonnen"):
        omschrijving(BERICHTEN["terugkoppeling"], "verzonnen")
