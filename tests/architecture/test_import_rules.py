"""The import contracts of pyproject.toml, tried on a copy of the packages with wrong imports in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.rules import PACKAGES

_LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def contracts(root: Path) -> dict[str, dict[str, Any]]:
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in config["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def lint(copy: Path, *only: str) -> tuple[int, str]:
    """Exit code and output on one line, because import-linter wraps its text."""
    chosen = [part for contract in only for part in ("--contract", contract)]
    done = subprocess.run(
        [sys.executable, "-c", _LINT, "--no-cache", "--no-logo", *chosen],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_the_packages_keep_every_contract(copy: Path, root: Path) -> None:
    """The packages as they are break no contract, and all contracts were looked at."""
    code, said = lint(copy)
    assert f"Contracts: {len(contracts(root))} kept, 0 broken." in said
    assert code == 0


@pytest.mark.parametrize(
    ("contract", "where", "planted"),
    [
        ("layers", "schemas/planted.py", "import consent"),
        ("layers", "schemas/planted.py", "import adapters"),
        ("layers", "schemas/planted.py", "import gateway"),
        ("layers", "consent/planted.py", "import adapters"),
        ("layers", "consent/planted.py", "import gateway"),
        ("layers", "adapters/planted.py", "import consent"),
        ("layers", "adapters/planted.py", "def f():\n    import gateway.ports"),
        ("standards", "adapters/oso/planted.py", "import adapters.stores.sqlite"),
        ("standards", "adapters/stores/sqlite/planted.py", "import adapters.oso"),
        ("deciders", "gateway/api/planted.py", "from consent.decide import decide"),
        ("deciders", "gateway/account/planted.py", "from consent.request import Request"),
        ("deciders", "gateway/register/planted.py", "from consent.rules import Authorities"),
        ("deciders", "gateway/planted.py", "import consent.statements"),
        ("minimisers", "gateway/follow_up/planted.py", "from consent.minimise import minimise"),
        ("minimisers", "gateway/explain/planted.py", "from consent import minimise"),
        ("no-consent", "gateway/account/planted.py", "from consent.leeftijd import day"),
        ("no-consent", "gateway/ports/planted.py", "import consent"),
        ("no-consent", "gateway/jobs/planted.py", "import consent.beleid"),
        ("wiring", "gateway/planted.py", "from adapters import planted"),
        ("wiring", "gateway/api/planted.py", "import adapters.oso"),
    ],
)
def test_a_wrong_import_breaks_its_contract(
    copy: Path, root: Path, contract: str, where: str, planted: str
) -> None:
    """One wrong import anywhere makes lint-imports fail, and it names the contract that forbids it."""
    (copy / where).write_text(f"{planted}\n", encoding="utf-8")
    (copy / "adapters" / "planted.py").touch()
    code, said = lint(copy, contract)
    assert code == 1
    assert f"{contracts(root)[contract]['name']} BROKEN" in said


def floors(root: Path, package: str) -> list[list[str]]:
    """The rooms of a package from the ground up, as its contract has them."""
    (layers,) = [c["layers"] for c in contracts(root).values() if c.get("containers") == [package]]
    return [[room.strip() for room in layer.split("|")] for layer in reversed(layers)]


def plant(copy: Path, room: str, imported: str) -> None:
    """Puts one more import into a room, whether it is a folder or a file."""
    path = copy.joinpath(*room.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\nimport {imported}\n")


@pytest.mark.parametrize(
    ("contract", "package"),
    [("gateway-rooms", "gateway"), ("adapter-rooms", "adapters"), ("schema-rooms", "schemas")],
)
def test_an_arrow_up_is_found_in_every_room(copy: Path, root: Path, contract: str, package: str) -> None:
    """Each room imports one of the floor above it: every one of those arrows is named, line and all."""
    ground_up = floors(root, package)
    planted = [
        (f"{package}.{room}", f"{package}.{above[0]}")
        for floor, above in pairwise(ground_up)
        for room in floor
    ]
    for room, above in planted:
        plant(copy, room, above)
    code, said = lint(copy, contract)
    assert code == 1
    assert [arrow for arrow in planted if f"{arrow[0]} -> {arrow[1]} (l." not in said] == []


@pytest.mark.parametrize(
    ("contract", "package"),
    [("gateway-rooms", "gateway"), ("adapter-rooms", "adapters"), ("schema-rooms", "schemas")],
)
def test_an_arrow_sideways_is_found_on_every_floor(
    copy: Path, root: Path, contract: str, package: str
) -> None:
    """Rooms of one floor do not know each other."""
    planted = [
        (f"{package}.{one}", f"{package}.{other}")
        for floor in floors(root, package)
        for one, other in pairwise(floor)
    ]
    for one, other in planted:
        plant(copy, one, other)
    code, said = lint(copy, contract)
    assert code == 1
    assert [arrow for arrow in planted if f"{arrow[0]} -> {arrow[1]} (l." not in said] == []


@pytest.mark.parametrize(
    ("contract", "room", "outside"),
    [
        ("wiring", "gateway.cli", "adapters.xml"),
        ("layers", "adapters.standaarden", "consent"),
        ("layers", "schemas.publication", "gateway"),
    ],
)
def test_the_highest_rooms_have_their_own_bounds(
    copy: Path, root: Path, contract: str, room: str, outside: str
) -> None:
    """Above them there is nothing: their wrong arrow leaves the package."""
    plant(copy, room, outside)
    code, said = lint(copy, contract)
    assert code == 1
    assert f"{contracts(root)[contract]['name']} BROKEN" in said


def test_a_room_without_a_place_is_found(copy: Path) -> None:
    """A new room breaks the build until it stands on a floor."""
    for package in ("gateway", "adapters", "schemas"):
        (copy / package / "nieuw").mkdir()
        (copy / package / "nieuw" / "__init__.py").touch()
    code, said = lint(copy, "gateway-rooms", "adapter-rooms", "schema-rooms")
    assert code != 0
    assert "nieuw" in said


@pytest.mark.parametrize(
    ("contract", "package"), [("pure", "schemas"), ("pure", "consent"), ("decides-only", "consent")]
)
def test_each_forbidden_module_is_found(copy: Path, root: Path, contract: str, package: str) -> None:
    """Every module a contract forbids is found when it is imported, those of the standard library too."""
    forbidden = contracts(root)[contract]["forbidden_modules"]
    source = "".join(f"import {module}\n" for module in forbidden)
    (copy / package / "planted.py").write_text(source, encoding="utf-8")
    code, said = lint(copy, contract)
    assert code == 1
    assert [m for m in forbidden if f"{package}.planted -> {m} (" not in said] == []


def test_wiring_may_import_adapters(copy: Path) -> None:
    """The one module that joins adapters to the gateway is allowed to, and adapters may use each other."""
    with (copy / "gateway" / "wiring.py").open("a", encoding="utf-8") as wiring:
        wiring.write("\nimport adapters.planted\n")
    (copy / "adapters" / "planted.py").write_text("import adapters.other\n", encoding="utf-8")
    (copy / "adapters" / "other.py").touch()
    assert lint(copy, "wiring")[0] == 0
