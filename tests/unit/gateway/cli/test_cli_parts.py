"""Small parts of the command that need no process."""

from __future__ import annotations

import io
import sys
import tomllib
from pathlib import Path

import pytest

from gateway.cli import parts as cli_parts
from gateway.cli.main import init


@pytest.mark.parametrize(
    ("adres", "port"), [("http://127.0.0.1:9321", 9321), ("https://lijn.example.nl:8443", None)]
)
def test_init_listens_where_a_loopback_address_says(tmp_path: Path, adres: str, port: int | None) -> None:
    """Without a proxy in between the port of the address is the port to listen on; behind one it is not."""
    init(tmp_path / "lijn", adres)
    assert tomllib.loads((tmp_path / "lijn" / "ozlijn.toml").read_text()).get("port") == port


class Screen(io.StringIO):
    """Standard error that somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_progress_is_for_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a pipe or with --json nobody is told how far it is."""
    monkeypatch.setattr(sys, "stderr", Screen())
    with cli_parts.progress("Regels", as_json=False) as tick:
        assert callable(tick)
        tick(5)
    with cli_parts.progress("Regels", as_json=True) as tick:
        assert tick is None
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with cli_parts.progress("Regels", as_json=False) as tick:
        assert tick is None
