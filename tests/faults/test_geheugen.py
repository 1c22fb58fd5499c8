"""What a hostile file costs in memory, measured on a real process: never more than half a gigabyte."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from schemas.toml import MAX_PARTS, MAX_SIGNS
from tests.conftest import ROOT
from tests.floods import INSIDE, MB, OPEN, OTHERS, Spent, spent, xml

OZLIJN: Final = [sys.executable, "-c", "from gateway.cli.main import main; main()"]
MAPPING: Final = ROOT / "adapters" / "schoolcsv" / "voorbeelden" / "voorbeeld.toml"
BOUND: Final = 500
"""MB at once, of the whole process: about 100 of them are the program itself."""
SMALL: Final = 2 * MB
SMALL_BOUND: Final = 300


def names(spent: Spent) -> dict[str, list[str]]:
    """The codes of what was found, by file."""
    found: dict[str, list[str]] = {}
    for row in json.loads(spent.out)["bevindingen"]:
        found.setdefault(Path(row["bestand"]).name, []).append(row["code"])
    return found


def test_a_folder_with_every_kind_of_flood_is_checked_in_little_memory(tmp_path: Path) -> None:
    """One file of each kind: every one is refused by a reason of its own, none makes us stumble."""
    folder = tmp_path / "berichten"
    folder.mkdir()
    for inside in ("attributes on each", "names that differ", "namespaces on each", "deep", "one text"):
        (folder / f"ijw {inside}.xml").write_bytes(xml("ijw", inside, SMALL))
    for root in ("oso", "soap"):
        (folder / f"{root} elementen.xml").write_bytes(xml(root, "names that differ", SMALL))
    for name, make in OTHERS.items():
        (folder / name).write_bytes(make(SMALL))
    done = spent([*OZLIJN, "check", str(folder), "--kolommen", str(MAPPING), "--json"], tmp_path)
    assert done.code == 1, done.err
    found = names(done)
    assert found.keys() == {path.name for path in folder.iterdir()}
    assert [name for name, codes in found.items() if "onvoorzien" in codes] == []
    assert done.peak < SMALL_BOUND


TOML: Final[dict[str, Callable[[], str]]] = {
    "fifty thousand parts": lambda: ".".join("a" * 50_000) + " = 1\n",
    "long parts": lambda: ".".join(["a" * 201] * 20_000) + " = 1\n",
    "tables": lambda: "".join(f"[a{i}]\n" for i in range(600_000)),
    "deep": lambda: "a = " + "[" * 200_000 + "\n",
    "deep tables": lambda: "a = " + "{a=" * 90_000 + "\n",
}
MOST: Final[dict[str, Callable[[], str]]] = {
    "tables": lambda: "".join(f"[a{i}]\n" for i in range(MAX_SIGNS)),
    "long keys": lambda: "".join(
        f"[{'.'.join(f'a{i}' for _ in range(MAX_PARTS))}]\n" for i in range(MAX_SIGNS // MAX_PARTS)
    ),
    "values": lambda: "".join(f"a{i}=1\n" for i in range(MAX_SIGNS)),
    "tables in a list": lambda: "[[a]]\n" * (MAX_SIGNS // 2),
}
"""As much as the parser is given."""


def applied(text: str, folder: Path) -> Spent:
    """`ozlijn apply` of this file, up to where it is read."""
    settings, file = folder / "ozlijn.toml", folder / "partijen.toml"
    settings.write_text(
        'database = "x.db"\nkeys = "k"\nissuer = "http://localhost"\nlog_name = "lijn.test"\n'
    )
    file.write_text(text)
    done = spent([*OZLIJN, "apply", str(file), "--settings", str(settings), "--dry-run"], folder)
    assert done.code in (1, 2), done.err
    assert b"Traceback" not in done.err
    return done


def test_a_register_that_is_a_flood_is_refused_in_little_memory(tmp_path: Path) -> None:
    """The worst of them that is refused at once; the others are in tests/unit/schemas/test_toml.py."""
    done = applied(TOML["long parts"](), tmp_path)
    assert b"geen geldige TOML" in done.err
    assert done.peak < SMALL_BOUND


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", [*TOML, *(f"most {kind}" for kind in MOST)])
def test_whatever_the_register_it_takes_at_most_half_a_gigabyte(kind: str, tmp_path: Path) -> None:
    """Also of what is just let in."""
    make = MOST[kind.removeprefix("most ")] if kind.startswith("most ") else TOML[kind]
    assert applied(make(), tmp_path).peak < BOUND


LARGE: Final = 24 * MB
"""Just under the largest message of any standard."""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("root", OPEN)
@pytest.mark.parametrize("inside", INSIDE)
def test_a_document_that_is_a_flood_takes_at_most_half_a_gigabyte(
    root: str, inside: str, tmp_path: Path
) -> None:
    """Whatever it is full of, and as which standard it begins; also of the size that is just let in."""
    for size in (LARGE, 7 * MB, 2 * MB):
        file = tmp_path / "bericht.xml"
        file.write_bytes(xml(root, inside, size))
        done = spent([*OZLIJN, "check", str(file), "--json"], tmp_path)
        assert done.code == 1
        assert "onvoorzien" not in names(done)["bericht.xml"]
        assert done.peak < BOUND


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", OTHERS)
def test_any_other_flood_takes_at_most_half_a_gigabyte(name: str, tmp_path: Path) -> None:
    """JSON, CSV, archives and nothing at all, of the size that is let in and of more."""
    for size in (100 * MB, LARGE, 9 * MB):
        file = tmp_path / name
        file.write_bytes(OTHERS[name](size))
        done = spent([*OZLIJN, "check", str(file), "--kolommen", str(MAPPING), "--json"], tmp_path)
        assert done.code == 1
        assert "onvoorzien" not in names(done)[name]
        assert done.peak < BOUND
