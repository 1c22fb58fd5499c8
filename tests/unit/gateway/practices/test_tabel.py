"""The table of practices: strict when read, and held against the acceptance table where that is at hand."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Final

import pytest

from gateway.practices.tabel import (
    Been,
    Onderwerp,
    Praktijk,
    parse_praktijken,
    regels_van,
    shipped_praktijken,
)
from gateway.register.stroomregels import shipped_stromen
from schemas.errors import InvalidMessage
from schemas.people.hoedanigheden import Partijhoedanigheid as H
from tests.conftest import ROOT

RULES: Final = shipped_stromen().op(dt.date(2026, 11, 30))
ACCEPTANCE: Final = ROOT.parent / "shared" / "practices.csv"
CODES: Final = {
    "SCH": H.ONDERWIJS,
    "SWV": H.SAMENWERKINGSVERBAND,
    "JHA": H.JEUGDHULP,
    "JHA-ggz": H.JEUGDHULP_GGZ,
    "GI": H.GECERTIFICEERDE_INSTELLING,
    "GEM-J": H.TOEGANG,
    "GEM-L": H.LEERPLICHT_RMC,
    "GEM-W": H.WMO,
    "GEM-V": H.LEERLINGENVERVOER,
    "JGZ": H.JGZ,
    "SMW": H.SCHOOLMAATSCHAPPELIJK_WERK,
    "HA": H.HUISARTS,
    "VT": H.VEILIG_THUIS,
    "JUS": H.JUSTITIELE_JEUGDINRICHTING,
    "VGZ": H.VOLWASSENENZORG,
    "OC": H.ONDERWIJSCONSULENT,
    "KO": H.KINDEROPVANG,
    "LR": H.OUDER,
    "LL": H.LEERLING,
}
"""The short codes of the acceptance table."""
DIFFERENT: Final = {
    ("S08", "uitwisselingen"): "a beschikking is granted there, so the decision itself (X6) travels by V48",
    ("S22", "stromen"): "leerplicht tells the zorginstelling: V21 exists, and waits",
    ("S50", "uitwisselingen"): "the wijkteam at home answers the school, and an answer is X3",
    ("S62", "stromen"): "the helper is ggz, and V53, V56 and V69 name jeugdhulp: no flow",
    ("S90", "stromen"): "the helper is ggz, and V53 names jeugdhulp: no flow",
}
"""Where we read a card otherwise than the acceptance table, and why. One that is none any more fails too."""
ROW: Final = {
    "id": "S01",
    "naam": "Verzonnen praktijk",
    "regio": "Nergens",
    "sectoren": ["po"],
    "onderwerpen": ["leerling"],
    "soorten": ["individueel"],
    "overleg": "geen",
    "partijen": ["onderwijs", "jeugdhulp"],
    "benen": ["X1 onderwijs > jeugdhulp V56"],
    "toeleiding": "?",
    "woonplaats": "?",
    "toestemming": "?",
    "weigering": "?",
    "einde": "?",
}


def row(**other: object) -> str:
    lines = ["[[praktijk]]"]
    for name, value in (ROW | other).items():
        if value is not None:
            said = "[" + ", ".join(f'"{v}"' for v in value) + "]" if isinstance(value, list) else f'"{value}"'
            lines.append(f"{name} = {said}")
    lines.append('komtAan = { wie = "jeugdhulp", wat = "de vraag" }')
    lines.append('blijftThuis = { wie = "jeugdhulp", wat = "het OPP", reden = "FIELD_NOT_IN_PROFILE" }')
    return "\n".join(lines) + "\n"


def faults(text: str) -> set[tuple[str, str, int | None]]:
    with pytest.raises(InvalidMessage) as caught:
        parse_praktijken(text, "eigen.toml", RULES)
    return {(f.code, f.place, f.line) for f in caught.value.faults}


def test_there_are_ninety_eight_and_each_is_read() -> None:
    """In the order of the cards."""
    assert [p.id for p in shipped_praktijken()] == [f"S{n:02}" for n in range(1, 99)]


def test_a_row_is_read_whole() -> None:
    """With its legs, its exchanges and its flows."""
    text = row(benen=["X1 onderwijs > jeugdhulp V56", "X3? jeugdhulp > onderwijs V53", "X7"])
    (found,) = parse_praktijken(text, "eigen.toml", RULES)
    assert found.gelezen[1] == Been("X3", True, H.JEUGDHULP, H.ONDERWIJS, "V53")
    assert (found.uitwisselingen, found.stromen) == (("X1", "X3", "X7"), ("V53", "V56"))
    assert [str(b) for b in found.gelezen][2] == "X7"


def test_social_work_counts_as_jeugdhulp() -> None:
    """Who works for a provider sends by its flow; who works for the school sends nothing over a line."""
    leg = Been("X3", False, H.SCHOOLMAATSCHAPPELIJK_WERK, H.ONDERWIJS, "V53")
    assert [r.id for r in regels_van(leg, RULES)] == ["V53"]


@pytest.mark.parametrize(
    ("other", "code", "place"),
    [
        ({"partijen": ["onderwijs", "jeugdhulp", "mee"]}, "praktijk.vorm", "/praktijk/0/partijen/2"),
        ({"sectoren": ["hbo"]}, "praktijk.vorm", "/praktijk/0/sectoren/0"),
        ({"overleg": "borrel"}, "praktijk.vorm", "/praktijk/0/overleg"),
        ({"einde": None}, "praktijk.vorm", "/praktijk/0/einde"),
        ({"iets": "anders"}, "praktijk.vorm", "/praktijk/0/iets"),
        ({"benen": ["X22 onderwijs > jeugdhulp V56"]}, "praktijk.been", "/praktijk/0/benen/0"),
        ({"benen": ["X1 onderwijs > school V56"]}, "praktijk.been", "/praktijk/0/benen/0"),
        ({"benen": ["X1"]}, "praktijk.been", "/praktijk/0/benen/0"),
        ({"benen": ["X1 onderwijs > jeugdhulp -"]}, "praktijk.been", "/praktijk/0/benen/0"),
        ({"benen": ["X1 onderwijs > jeugdhulp V57"]}, "praktijk.stroom", "/praktijk/0/benen/0"),
        ({"benen": ["X1 onderwijs > toegang V57"]}, "praktijk.partij", "/praktijk/0/benen/0"),
        ({"partijen": ["onderwijs"], "benen": []}, "praktijk.partij", "/praktijk/0/partijen"),
        ({"geenGegevens": "Er gaat niets."}, "praktijk.gegevens", "/praktijk/0/geenGegevens"),
        ({"onderwerpen": ["groep"]}, "praktijk.gegevens", "/praktijk/0/onderwerpen"),
    ],
)
def test_what_does_not_exist_is_refused_with_its_line(
    other: dict[str, object], code: str, place: str
) -> None:
    """A capacity, an exchange, a flow that is no flow there, a party that does not take part."""
    text = row(**other)
    field = place.split("/")[3]
    line = next((n for n, t in enumerate(text.splitlines(), 1) if t.startswith(f"{field} =")), 1)
    assert (code, f"eigen.toml{place}", line) in faults(text)


def test_an_unknown_reason_is_refused() -> None:
    """What stays home has a reason code of ours."""
    wrong = row().replace("FIELD_NOT_IN_PROFILE", "OMDAT_HET_KAN")
    assert ("praktijk.reden", "eigen.toml/praktijk/0/blijftThuis", 17) in faults(wrong)


def test_all_faults_are_told_at_once_and_a_file_without_rows_is_none() -> None:
    """Twice the same practice, something else in the file, or nothing."""
    assert {c for c, _, _ in faults(row() + row(overleg="borrel") + row())} == {
        "praktijk.vorm",
        "praktijk.dubbel",
    }
    assert faults("los = 1\n" + row()) == {("praktijk.vorm", "eigen.toml/los", 1)}
    assert faults("") == {("praktijk.vorm", "eigen.toml/praktijk", None)}
    assert faults("geen toml") == {("toml", "/", 1)}


def theirs(found: dict[str, str]) -> dict[str, set[str]]:
    def split(field: str) -> set[str]:
        return {x for x in found[field].split(";") if x not in {"geen", "none"}}

    return {
        "uitwisselingen": split("exchanges"),
        "stromen": split("flows"),
        "partijen": {CODES[c].value for c in split("parties")},
        "onderwerpen": split("subject"),
        "soorten": split("kind"),
        "overleg": split("overleg_kind"),
        "sectoren": {"?" if s == "general" else s for s in split("sector")},
        "gegevens": split("carries_pupil_data"),
        "thuis": {found["must_stay_home"].rpartition(" ")[2].rstrip("]")},
    }


def ours(p: Praktijk) -> dict[str, set[str]]:
    return {
        "uitwisselingen": {b.uitwisseling + ("?" if b.afgeleid else "") for b in p.gelezen if b.uitwisseling},
        "stromen": set(p.stromen),
        "partijen": {h.value for h in p.partijen},
        "onderwerpen": {o.value for o in p.onderwerpen} - {Onderwerp.GEEN.value},
        "soorten": {s.value for s in p.soorten},
        "overleg": {p.overleg.value} - {"geen"},
        "sectoren": {s.value for s in p.sectoren},
        "gegevens": {"no" if p.geen_gegevens else "yes"},
        "thuis": {p.blijft_thuis.reden},
    }


def compared(path: Path) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    with path.open(encoding="utf-8", newline="") as f:
        rows = {r["id"]: theirs(r) for r in csv.DictReader(f)}
    mine = {p.id: ours(p) for p in shipped_praktijken()}
    assert set(mine) == set(rows)
    return {
        (i, name): (mine[i][name] - there, there - mine[i][name])
        for i, fields in rows.items()
        for name, there in fields.items()
        if mine[i][name] != there
    }


def test_the_table_is_that_of_acceptance_but_for_what_we_say() -> None:
    """Exchanges, flows, parties, subject, kind, overleg, sector, whether a leerling is in it, and why not."""
    if not ACCEPTANCE.exists():
        pytest.skip("the acceptance table is not part of the project, and is not beside it here")
    found = compared(ACCEPTANCE)
    assert {k: v for k, v in found.items() if k not in DIFFERENT} == {}
    assert set(DIFFERENT) == set(found)
