"""A private key is never written below a checkout or among the code."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.local.keys import create_keys
from adapters.local.place import checkout_around, refuse_checkout
from gateway.cli.main import app
from schemas.errors import WrongUse
from tests.conftest import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "programma"
    (folder / ".git").mkdir(parents=True)
    return folder


def test_whatever_leads_into_a_checkout_is_refused(checkout: Path, tmp_path: Path) -> None:
    """The folder itself, one that is not there yet, a way round, a link; also in a worktree."""
    (tmp_path / "link").symlink_to(checkout / "sleutels")
    worktree = tmp_path / "tak"
    worktree.mkdir()
    (worktree / ".git").write_text("gitdir: elders\n")
    inside = (
        checkout,
        checkout / "a" / "b" / "sleutels",
        tmp_path / "x" / ".." / "programma" / "sleutels",
        tmp_path / "link",
        worktree / "sleutels",
        ROOT / "sleutels",
        ROOT / "adapters" / "local" / "sleutels",
    )
    for place in inside:
        with pytest.raises(WrongUse, match="geheime sleutel"):
            refuse_checkout(place)
    for place in (tmp_path / "lijn", tmp_path, Path("/etc/ozlijn/sleutels")):
        assert checkout_around(place) is None
        refuse_checkout(place)


def test_whatever_writes_a_private_key_refuses_and_writes_nothing(checkout: Path) -> None:
    """`init`, `sleutel`, and what they are made of. The public half is not shown either."""
    with pytest.raises(WrongUse, match="versiebeheer"):
        create_keys(checkout / "sleutels")
    for command in (
        ["init", str(checkout / "lijn"), "--adres", "https://lijn.example.nl"],
        ["init", str(checkout / "lijn"), "--adres", "https://proef.example.nl", "--proef"],
        ["sleutel", "las-2026", str(checkout / "las.jwk")],
    ):
        done = CliRunner().invoke(app, command)
        assert isinstance(done.exception, WrongUse), command
        assert "Kies een map erbuiten" in str(done.exception)
        assert done.stdout == ""
    assert [p.name for p in checkout.iterdir()] == [".git"]
