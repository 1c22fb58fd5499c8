"""What a command loads before it does anything: most of what it takes to start, and it can be counted."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from gateway.cli.later import Later, LaterGroup
from gateway.cli.main import _OPDRACHTEN

ROOT: Final = Path(__file__).resolve().parents[2]
DOSSIER: Final = ROOT / "tests" / "data" / "oso" / "bb_2017.xml"
OURS: Final = frozenset({"adapters", "consent", "gateway", "schemas"})
TOLD: Final = """
import json, sys
from gateway.cli.main import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
GATEWAY: Final = (
    "asyncio",
    "consent",
    "cryptography",
    "fastapi",
    "gateway.wiring",
    "httpx2",
    "joserfc",
    "jinja2",
    "prometheus_client",
    "psycopg",
    "pydantic_settings",
    "rich",
    "sqlalchemy",
    "starlette",
    "structlog",
    "uvicorn",
)
"""What a gateway is made of, and tables on a screen."""
OTHERS: Final = (
    "adapters.edexml",
    "adapters.ijw",
    "adapters.schoolcsv",
    "adapters.uwlr",
    "charset_normalizer",
)
"""The standards that a dossier is not."""


@pytest.mark.parametrize(
    ("words", "heavy", "most"),
    [
        (("--help",), (*GATEWAY, *OTHERS, "adapters", "lxml", "orjson", "pydantic"), 20),
        (("fg", "--help"), (*GATEWAY, *OTHERS, "adapters", "lxml", "orjson"), 20),
        (("check", str(DOSSIER)), (*GATEWAY, *OTHERS), 80),
    ],
    ids=["help", "help of a group", "check"],
)
def test_a_command_loads_what_it_needs_and_no_more(
    words: tuple[str, ...], heavy: tuple[str, ...], most: int
) -> None:
    """None of the heavy modules, and at most so many files of ours."""
    for name in heavy:  # so that a name that no longer exists does not pass for one that is not loaded
        assert find_spec(name) is not None, name
    done = subprocess.run([sys.executable, "-c", TOLD, *words], capture_output=True, check=False, cwd=ROOT)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert done.stdout
    assert sorted(loaded.intersection(heavy)) == []
    ours = sorted(name for name in loaded if name.partition(".")[0] in OURS)
    assert len(ours) <= most, ours


def test_every_command_in_the_list_can_be_loaded() -> None:
    """A wrong place in the list would show only when somebody called that command."""
    groups = [each for each in _OPDRACHTEN if isinstance(each, LaterGroup)]
    listed = [*_OPDRACHTEN, *(command for group in groups for command in group.commands.values())]
    later = [each for each in listed if isinstance(each, Later)]
    assert len(later) >= 36
    for each in later:
        loaded = each.load()
        assert loaded.name == each.name
        assert loaded.help, each.name
