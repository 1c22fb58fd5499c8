"""The number of the leerling in a message: one kind, right by its check digits, never shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.base import NOOIT, OP_REGEL
from schemas.base import Gegevenscategorie as G
from schemas.messages.berichten import BERICHTEN
from schemas.messages.nummer import Hulpnummer, Persoonsnummer
from tests.builders import a_bsn
from tests.strategies import ONDERWIJSNUMMER

BSN = a_bsn()


@pytest.mark.parametrize(("kind", "number"), [("bsn", BSN), ("onderwijsnummer", ONDERWIJSNUMMER)])
def test_one_kind_of_number(kind: str, number: str) -> None:
    """Written as it came, and masked wherever it is shown."""
    read = Persoonsnummer.model_validate_json(json.dumps({kind: number}))
    assert json.loads(read.model_dump_json(exclude_none=True)) == {kind: number}
    assert number not in repr(read) + str(read)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"bsn": None},
        {"bsn": BSN, "onderwijsnummer": ONDERWIJSNUMMER},
        {"bsn": ONDERWIJSNUMMER},
        {"onderwijsnummer": BSN},
        {"bsn": str(int(BSN) + 1)},
        {"bsn": int(BSN)},
        {"eckid": "https://ketenid.nl/201703/" + "a1" * 64},
    ],
)
def test_anything_else_is_refused_without_its_value(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Persoonsnummer.model_validate_json(json.dumps(data))
    assert not any(str(v) in str(caught.value) for v in data.values() if v is not None)


def test_what_a_rule_may_let_go_is_this_field_and_no_other() -> None:
    """Of what never leaves on an agreement, in three types; between who help only the BSN."""
    marked = {(s, b.pad, b.categorie) for s, t in BERICHTEN.items() for b in t.bladen if b.op_regel}
    assert marked == {
        (soort, f"persoonsnummer.{kind}", G.NUMMER)
        for soort in ("overstapset", "verzuimsignaal")
        for kind in ("bsn", "onderwijsnummer")
    } | {("onderaanneming", "persoonsnummer.bsn", G.NUMMER)}
    assert G.NUMMER in NOOIT
    fields = (*Persoonsnummer.model_fields.values(), *Hulpnummer.model_fields.values())
    assert all(OP_REGEL in f.metadata for f in fields)
