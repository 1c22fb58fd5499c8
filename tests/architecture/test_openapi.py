"""The OpenAPI document as a whole contract: nothing is left open, and it keeps the NL API Design Rules 2.2.

What the gateway answers is held to the document by `tests/openapi.py`, in every test that asks it something.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from gateway.api import bodies as bodies_
from gateway.api.openapi import _own_texts
from gateway.exchange.intake.eigen import validated
from schemas.exchange.uitwisseling import Verzending
from schemas.messages.berichten import GEDRAGEN
from schemas.publication.publicatie import teksten
from tests.architecture.generated import ROOT, api_document

Json = dict[str, Any]
DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


@pytest.fixture(scope="module")
def document() -> Json:
    """Of a sandbox, which has every route."""
    return api_document(sandbox=True)


def calls(document: Json) -> Iterator[tuple[str, Json]]:
    for path, item in document["paths"].items():
        for method, call in item.items():
            yield f"{method} {path}", call


def properties(node: Any, where: str) -> Iterator[tuple[str, str, Json]]:
    """(where, name, schema) of every property, however deep."""
    if isinstance(node, list):
        for each in node:
            yield from properties(each, where)
    elif isinstance(node, dict):
        found = node.get("properties", {})
        for name, shape in found.items():
            yield where, name, shape
        for name, value in node.items():
            if name not in {
                "oneOf",
                "examples",
            }:  # these say no more of properties that are described already
                yield from properties(value, f"{where}/{name}")


def test_every_success_says_what_comes_back(document: Json) -> None:
    """An answer of JSON is a type with properties; only a published schema is open by nature."""
    open_by_nature = {"get /schemas/{versie}/{bestand}"}
    for name, call in calls(document):
        for status, response in call["responses"].items():
            if not status.startswith("2"):
                continue
            for media, told in response["content"].items():
                if media == "application/json" and name not in open_by_nature:
                    title = told["schema"]["$ref"].rpartition("/")[2]
                    assert document["components"]["schemas"][title]["properties"], (name, status)


def test_an_answer_may_get_fields_and_a_request_may_not(document: Json) -> None:
    """Who makes a client from the document must not fail on a field that a later release adds."""
    shapes = document["components"]["schemas"]
    assert shapes["Verzending"]["additionalProperties"] is False
    for name in ("Aanname", "Leveringweergave", "Postbuslijst", "Uitleg", "TaakAntwoord"):
        assert "additionalProperties" not in shapes[name]


def test_every_property_is_described(document: Json) -> None:
    """In Dutch, for whoever makes a client; a text that is not there would be an empty cell."""
    missing = {
        (where, name) for where, name, shape in properties(document, "") if not shape.get("description")
    }
    assert missing == set()


def test_no_type_is_described_by_a_docstring(document: Json) -> None:
    """The contract is Dutch; the docstrings of our code are English and for who reads the code."""
    told = {
        name: shape["description"]
        for name, shape in document["components"]["schemas"].items()
        if "description" in shape
    }
    dutch = {row["_"] for table in (_own_texts(), teksten()) for row in table.values() if "_" in row}
    assert {name for name, text in told.items() if text not in dutch} == {"Probleem"}
    assert {"LeveringsbewijsVerzoek", "IntrekkingsantwoordVerzoek", "Terugkoppeling"} <= told.keys()


def test_what_has_parameters_says_when_it_is_400(document: Json) -> None:
    """Or why it never is: a malformed id is as unknown as any other."""
    assert [
        name for name, call in calls(document) if call["parameters"] and "400" not in call["responses"]
    ] == []


def test_a_date_is_of_format_date(document: Json) -> None:
    """Where a reader of the rules looks: beside the type, also when it may be null."""
    dates = [shape for _, name, shape in properties(document, "") if name.lower().endswith("datum")]
    assert len(dates) > 3
    assert [shape for shape in dates if shape.get("format") != "date"] == []


def test_every_kind_of_push_has_an_example_that_fits(document: Json) -> None:
    """The published examples in their envelopes: each fits the document, and each message its own schema."""
    for path in ("/uitwisselingen", "/uitwisselingen/_proef"):
        body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert set(body["examples"]) == {"dossier", *GEDRAGEN}
        fits = jsonschema_rs.validator_for(
            DIALECT | body["schema"] | {"components": document["components"]}, validate_formats=True
        )
        for name, example in body["examples"].items():
            value = example["value"]
            assert [f.message for f in fits.iter_errors(value)] == [], name
            sent = Verzending.model_validate_json(json.dumps(value))
            if sent.bericht is not None:
                assert validated(sent.bericht).soort == name


def test_every_body_has_an_example_that_fits(document: Json) -> None:
    """A maker starts from it: each fits its own schema, as strictly as a request is read."""
    bodies = [
        (name, content["application/json"])
        for name, call in calls(document)
        if "application/json" in (content := call.get("requestBody", {}).get("content", {}))
    ]
    assert len(bodies) > 15
    for name, body in bodies:
        fits = jsonschema_rs.validator_for(
            DIALECT | body["schema"] | {"components": document["components"]}, validate_formats=True
        )
        for example in body["examples"].values():
            assert [f.message for f in fits.iter_errors(example["value"])] == [], name


def test_every_body_of_ours_reads_its_example() -> None:
    """By the model itself, which also has rules between fields."""
    for name, example in tomllib.loads(
        (ROOT / "gateway" / "api" / "voorbeelden.toml").read_text(encoding="utf-8")
    ).items():
        getattr(bodies_, name).model_validate_json(json.dumps(example))


def test_a_push_holds_exactly_one_message(document: Json) -> None:
    """`oneOf`: none, or two of them, does not fit."""
    body = document["paths"]["/uitwisselingen"]["post"]["requestBody"]["content"]["application/json"]
    fits = jsonschema_rs.validator_for(DIALECT | body["schema"] | {"components": document["components"]})
    dossier = body["examples"]["dossier"]["value"]
    message = body["examples"]["hulpvraag"]["value"]["bericht"]
    assert fits.is_valid(dossier)
    assert fits.is_valid(dossier | {"bericht": None})
    assert not fits.is_valid(dossier | {"bericht": message})
    assert not fits.is_valid({k: v for k, v in dossier.items() if k != "dossier"})
