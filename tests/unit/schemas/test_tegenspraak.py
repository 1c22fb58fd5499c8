"""A message that contradicts itself, or says nothing, is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.messages.berichten import BERICHTEN
from schemas.publication.voorbeelden import VOORBEELDEN

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("terugkoppeling", {"status": "gestart", "afloop": "afgerond"}, "afloop"),
    ("toeleidingsbesluit", {"ingangsdatum": "2026-10-01", "einddatum": "2026-09-30"}, "periode"),
    ("toeleidingsbesluit", {"besluitvorm": "toekenning_op_mandaat", "mandaat": None}, "mandaat"),
    ("verzuimsignaal", {"verzuimVan": "2026-10-01", "verzuimTot": "2026-09-30"}, "periode"),
    ("voorwaarden", {"leerplicht": None, "leerlingenvervoer": None}, "leeg"),
    ("overleguitkomst", {"beslissingen": (), "acties": ()}, "leeg"),
    ("opp_uittreksel", {"perspectief": None, "handelingsdeel": None}, "leeg"),
]


@pytest.mark.parametrize(("soort", "change", "kind"), WRONG, ids=[f"{s}-{k}" for s, _, k in WRONG])
def test_a_contradiction_is_refused(soort: str, change: dict[str, Any], kind: str) -> None:
    """The published example is good, and is not with one thing in it that cannot be."""
    import orjson

    model, example = BERICHTEN[soort], VOORBEELDEN[soort]
    model.model_validate_json(orjson.dumps(example))
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(orjson.dumps(example | change))
    assert [e["type"] for e in caught.value.errors()] == [kind]


def test_what_ended_may_say_how() -> None:
    """An end that is told with how it ended is whole."""
    told = BERICHTEN["terugkoppeling"].model_validate_json(b'{"status":"gestopt","afloop":"afgerond"}')
    assert told.inhoud().data == {"status": "gestopt", "afloop": "afgerond"}
