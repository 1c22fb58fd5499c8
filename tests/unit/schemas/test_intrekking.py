"""The answer to a withdrawal: codes only, and whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.exchange.intrekking import Intrekkingsantwoord, Wetsartikel

ERASED: dict[str, Any] = {
    "soort": "intrekkingsantwoord",
    "intrekkingId": "0" * 32,
    "uitkomst": "gewist",
    "beantwoordOp": "2026-11-25T10:00:00Z",
}
KEPT = ERASED | {
    "uitkomst": "gehouden_op_andere_grond",
    "grond": "jeugdhulpdossier",
    "wetsartikel": {"wet": "jeugdwet", "artikel": "7.3.8 lid 3"},
}
PARTLY = KEPT | {"uitkomst": "gedeeltelijk", "gewist": ["doelen[].omschrijving"]}


def read(said: dict[str, Any]) -> Intrekkingsantwoord:
    return Intrekkingsantwoord.model_validate_json(json.dumps(said))


@pytest.mark.parametrize("said", [ERASED, KEPT, PARTLY], ids=lambda s: str(s["uitkomst"]))
def test_a_whole_answer_is_read(said: dict[str, Any]) -> None:
    """Each of the three."""
    assert read(said).uitkomst == said["uitkomst"]


@pytest.mark.parametrize(
    "said",
    [
        ERASED | {"grond": KEPT["grond"], "wetsartikel": KEPT["wetsartikel"]},
        ERASED | {"gewist": PARTLY["gewist"]},
        {k: v for k, v in KEPT.items() if k != "grond"},
        {k: v for k, v in KEPT.items() if k != "wetsartikel"},
        KEPT | {"gewist": PARTLY["gewist"]},
        PARTLY | {"gewist": []},
        ERASED | {"beantwoordOp": "2026-11-25T10:00:00"},
        ERASED | {"toelichting": "x"},
    ],
)
def test_an_answer_that_is_not_whole_is_refused(said: dict[str, Any]) -> None:
    """What stays has a ground and an article, what goes has none; fields only where some stay."""
    with pytest.raises(ValidationError):
        read(said)


@pytest.mark.parametrize(
    "artikel", ["6", "17 lid 3 onder e", "7.3.8 lid 3", "7:454", "5a", "2.1.3", "8:1", "40a lid 2"]
)
def test_an_article_is_a_place_in_a_law(artikel: str) -> None:
    """As lawyers write it."""
    assert Wetsartikel.model_validate_json(f'{{"wet": "bw", "artikel": "{artikel}"}}').artikel == artikel


@pytest.mark.parametrize("artikel", ["", "lid 3", "7.3.8 lid", "6 want", "zie dossier", "6\\n", "1" * 41])
def test_an_article_has_no_room_for_words(artikel: str) -> None:
    """No text of or about a person fits in it."""
    with pytest.raises(ValidationError):
        Wetsartikel.model_validate_json(f'{{"wet": "bw", "artikel": "{artikel}"}}')
