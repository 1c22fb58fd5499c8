"""People in the register: read from the file, held to the partijen, and asked by issuer, sub and claims."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.register.apply import difference, read_register
from gateway.register.mensen import MENSEN, Mensen
from schemas.errors import InvalidMessage
from schemas.people.mensen import Handeling, Mensrol, Niveau, kenmerk
from tests.conftest import ROOT

ISSUER: Final = "https://inloggen.example.nl"
PARTIJEN: Final = """
[[partijen]]
id = "brin:99ZZ00"
soort = "school"
naam = "De Verzonnen Vlieger"
brin = "99ZZ"
vestigingscode = "00"
aflevering = { soort = "postbus" }
rollen = ["intern_begeleider"]

[[partijen]]
id = "oin:99999999000000000001"
soort = "fg"
naam = "FG"
oin = "99999999000000000001"
toezichtOp = ["brin:99ZZ00"]
"""


def example() -> str:
    """The block of the page."""
    found = re.search(r"```toml\n(.*?)```", (ROOT / "docs/mensen.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def read(folder: Path, text: str) -> Any:
    path = folder / "partijen.toml"
    path.write_text(PARTIJEN + text, encoding="utf-8")
    return read_register(path)


def faults(folder: Path, text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as found:
        read(folder, text)
    return [(f.code, f.place) for f in found.value.faults]


def test_the_example_of_the_page_lets_these_people_in(tmp_path: Path) -> None:
    """By their sub, and by a claim; and of the sub only a hash is kept."""
    register = read(tmp_path, example())
    people = Mensen.of(register.beleid)
    ib = {"brin:99ZZ00": frozenset({Mensrol.IB})}
    assert people.van("schoolinlog", "a1b2c3", {}) == ib
    assert people.van("schoolinlog", "ander", {}) == {}
    assert people.van("schoolinlog", "ander", {"functie": ["zorgcoordinator", "leraar"]}) == ib
    assert people.van("schoolinlog", "ander", {"functie": "Zorgcoordinator"}) == {}
    assert people.van("andere-inlog", "a1b2c3", {"functie": "zorgcoordinator"}) == {}
    assert people.claims("schoolinlog") == {"functie"}
    assert "a1b2c3" not in register.beleid[MENSEN]
    assert kenmerk(ISSUER, "a1b2c3") in register.beleid[MENSEN]


def test_a_change_is_told_apart_and_names_nobody(tmp_path: Path) -> None:
    before, after = read(tmp_path, ""), read(tmp_path, example())
    new = difference(before, after).nieuw
    assert [name.split()[0] for name in new] == ["mens", "uitgever"]
    assert "a1b2c3" not in " ".join(new)
    assert MENSEN not in read(tmp_path, "").beleid


MENS: Final = '[[mensen]]\nuitgever = "schoolinlog"\n'


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (MENS + 'sub = "x"\npartij = "brin:00XX00"\nrollen = ["ib"]', "register.mens", "/mensen/1/partij"),
        (MENS + 'partij = "brin:99ZZ00"\nrollen = ["ib"]', "register.mens", "/mensen/1"),
        (
            MENS + 'sub = "x"\npartij = "brin:99ZZ00"\nrollen = ["ouder"]',
            "register.rol",
            "/mensen/1/rollen/0",
        ),
        (MENS + 'sub = "x"\npartij = "brin:99ZZ00"\nrollen = ["fg"]', "register.rol", "/mensen/1/rollen/0"),
        (
            MENS + 'sub = "x"\npartij = "oin:99999999000000000001"\nrollen = ["beheerder"]',
            "register.rol",
            "/mensen/1/rollen/0",
        ),
        (MENS + 'sub = "a1b2c3"\npartij = "brin:99ZZ00"\nrollen = ["ib"]', "register.dubbel", "/mensen/1"),
        (
            '[[mensen]]\nuitgever = "weg"\nsub = "x"\npartij = "brin:99ZZ00"\nrollen = ["ib"]',
            "register.uitgever",
            "/mensen/1/uitgever",
        ),
        ('[[eisen]]\nhandeling = "toestemmen"\nniveau = "laag"', "register.eis", "/eisen/0/niveau"),
        (
            '[[eisen]]\nhandeling = "nooduitgang"\nniveau = "hoog"\nversMinuten = 6',
            "register.eis",
            "/eisen/0/versMinuten",
        ),
    ],
)
def test_what_contradicts_the_rest_is_refused(tmp_path: Path, text: str, code: str, place: str) -> None:
    assert (code, place) in faults(tmp_path, f"{example()}\n{text}\n")


def test_a_register_may_ask_more(tmp_path: Path) -> None:
    more = '[[eisen]]\nhandeling = "nooduitgang"\nniveau = "hoog"\nversMinuten = 2\n'
    eisen = Mensen.of(read(tmp_path, example() + more).beleid).eisen
    assert (eisen[Handeling.NOODUITGANG].niveau, eisen[Handeling.NOODUITGANG].vers_minuten) == (
        Niveau.HOOG,
        2,
    )
    assert eisen[Handeling.LEZEN].niveau is Niveau.LAAG
