"""The envelope of a push as its JSON Schema tells it."""

from __future__ import annotations

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from schemas.exchange.uitwisseling import Verzending

HEAD = {
    "doel": "toeleiding",
    "ontvangers": [{"partij": "agb:99999901", "rol": "jeugdhulpverlener"}],
    "categorieen": ["doelen"],
}
DOSSIER = {"standaard": "oso", "inhoud": "AAAA"}
BERICHT = {"soort": "hulpvraag", "inhoud": {}}


def test_a_push_holds_exactly_one_of_three_contents() -> None:
    """A maker who generates code from the schema cannot send none of them, or two."""
    fits = Draft202012Validator(Verzending.model_json_schema())
    assert fits.is_valid(HEAD | {"dossier": DOSSIER})
    assert fits.is_valid(HEAD | {"bericht": BERICHT, "dossier": None})
    assert not fits.is_valid(HEAD)
    assert not fits.is_valid(HEAD | {"bericht": BERICHT, "dossier": DOSSIER})
