"""The two commands every newcomer types are the two that are tested."""

from __future__ import annotations

import os
import re
from pathlib import Path


def fenced(text: str) -> list[str]:
    return [block.strip() for block in re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]


def test_readme_begins_with_the_two_commands(root: Path) -> None:
    """The first two code blocks of the README are the demo and the tests, one line each."""
    assert fenced((root / "README.md").read_text(encoding="utf-8"))[:2] == ["./run demo", "./run test"]


def test_ci_runs_the_second_command(root: Path) -> None:
    """.ci/run runs the README's test command as it stands there, on a line of its own."""
    assert "./run test" in (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_scripts_can_be_started(root: Path) -> None:
    """Both scripts are executable files."""
    assert os.access(root / "run", os.X_OK)
    assert os.access(root / ".ci" / "run", os.X_OK)
