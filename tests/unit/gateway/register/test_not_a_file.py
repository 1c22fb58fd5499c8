"""What is no ordinary file is not read: who opens a FIFO waits until somebody writes in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.cli.parts import read_bytes
from gateway.register.apply import read_register
from gateway.register.convenant import text_of
from schemas.errors import WrongUse


@pytest.mark.timeout(20)
@pytest.mark.parametrize("read", [read_register, text_of, read_bytes], ids=["register", "convenant", "other"])
def test_a_fifo_is_refused_at_once(read: Callable[[Path], object], tmp_path: Path) -> None:
    """By every command that reads a file of an operator."""
    fifo = tmp_path / "partijen.toml"
    os.mkfifo(fifo)
    with pytest.raises(WrongUse, match="geen gewoon bestand"):
        read(fifo)


@pytest.mark.timeout(20)
def test_a_register_with_a_key_of_fifty_thousand_parts_is_no_toml(tmp_path: Path) -> None:
    """Told at once: the parser alone would take gigabytes."""
    file = tmp_path / "partijen.toml"
    file.write_text(".".join("a" * 50_000) + " = 1\n", encoding="utf-8")
    with pytest.raises(WrongUse, match="geen geldige TOML"):
        read_register(file)
