"""The mapping of every leaf of the standard against what the adapter does."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from adapters import oso
from schemas.opp import Ontwikkelingsperspectief
from tests.unit.adapters.oso.dossier import FULL

TABLE = Path(__file__).resolve().parents[5] / "shared" / "domain" / "oso-to-opp-mapping.csv"
LEAVES = {leaf.pad for leaf in Ontwikkelingsperspectief.bladen}
OWNERS = ("school", "leerling", "gezag[]")

# Where the shared schema spells a field differently from the table.
SPELLED = {
    "bronfeiten.schoolloopbaan.terugplaatsingBrin": "bronfeiten.terugplaatsingBrin",
    "besluiten.arrangementen[].datum": "besluiten.arrangementen[].ingangsdatum",
}
NO_HOME = {
    "herkomst.deeldossier",
    "herkomst.validatieversie",
    "herkomst.overdrachtsoort",
    "herkomst.aanleverpunt",
    "leerling.geboortemaand",
}
"""The shared schema has no field for these."""
NOT_AUTOMATIC = "/toets/afname/afgenomendoor/werktbijinstelling/instelling/naam"
"""A candidate that only a person may turn into a contact: the table says never automatic."""


def rows() -> list[dict[str, str]]:
    if not TABLE.exists():
        pytest.skip(f"the mapping table is not at {TABLE}")
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def homes(field: str) -> list[str]:
    """The leaf paths a row of the table means."""
    field = SPELLED.get(field, field)
    field = re.sub(r"herkomst\.categorieStatus\..*", "herkomst.categorieStatus", field)
    field = re.sub(r"^gezag\[\]\.persoon\.(geslacht|geheimadres|overleden)", r"gezag[].\1", field)
    fields = [owner + field[1:] for owner in OWNERS] if field.startswith("*.") else [field]
    return [f for name in fields for f in (name, f"{name}.code", f"{name}[]") if f in LEAVES]


def test_every_leaf_with_a_home_is_filled_from_a_dossier_that_has_it() -> None:
    """Each field the table maps and the schema has is filled, and from the element the table says."""
    bericht = oso.translate(FULL, provenance=True).bericht
    generic = re.compile(r"\[\d+\]")
    filled: dict[str, set[str]] = {}
    for origin in bericht.herkomst.velden:
        place = generic.sub("", origin.pad)
        filled.setdefault(generic.sub("[]", origin.veld), set()).add(place)
    missing: list[tuple[str, str]] = []
    wrong: list[tuple[str, str]] = []
    for row in rows():
        path, field = row["oso_path"], row["opp_field"]
        forbidden = "forbidden in" in row["note"] or "/eindtoets" in path
        if field == "-" or forbidden or path.endswith(("/*", NOT_AUTOMATIC)):
            continue
        found = homes(field)
        if not found:
            assert field in NO_HOME, f"{path}: {field} is not in the shared schema"
            continue
        for home in found:
            if home == "herkomst.categorieStatus":
                assert bericht.herkomst.categorie_status
            elif path.startswith("//"):
                if not any(place.endswith(path[1:]) for place in filled.get(home, ())):
                    # one test counts as research, so every leaf of toetsen is looked for there too
                    missing.append((path, home))
            elif path not in filled.get(home, set()):
                (wrong if home in filled else missing).append((path, home))
    assert missing == []
    assert wrong == []


def test_nothing_the_table_drops_is_imported() -> None:
    """No field of the message comes from an element the table says not to import."""
    dropped = {row["oso_path"] for row in rows() if row["opp_field"] == "-"}
    generic = re.compile(r"\[\d+\]")
    bericht = oso.translate(FULL, provenance=True).bericht
    assert {generic.sub("", o.pad) for o in bericht.herkomst.velden} & dropped == set()


def test_no_dropped_text_survives_anywhere() -> None:
    """The texts of dropped elements (doctor, free texts, names of staff) are nowhere in the message."""
    said = oso.translate(FULL, provenance=True).bericht.model_dump_json()
    for name in (
        "naamdirecteur",
        "motivatie_herzienadvies",
        "argumentatie",
        "aandachtspunten",
        "opmerking",
        "iban",
    ):
        assert f"fictief {name}" not in said
    for name in ("naammedewerker", "functie", "centraleproblematiek", "maatregelen", "naampeuterspeelzaal"):
        assert f"fictief {name}" not in said
