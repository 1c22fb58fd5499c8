"""The samples in deploy/ fit each other and the code: packages, paths, users, scopes, commands."""

from __future__ import annotations

import configparser
import re
import tomllib
from importlib.metadata import requires
from pathlib import Path
from typing import Any, Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gateway.register.apply import read_register
from schemas.people.partij import Partij, Partijsoort, Scope
from tests.conftest import ROOT

DEPLOY: Final = ROOT / "deploy"
UNITS: Final = ("ozlijn.service", "ozlijn-worker.service")


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def pins(path: Path) -> dict[str, str]:
    """By package: the line that pins it, with its hashes."""
    entries = path.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    return {m[1]: " ".join(e.split()) for e in entries if (m := re.match(r"([\w.-]+)==", e))}


def needed() -> set[str]:
    """Every package that the packages of pyproject.toml bring along, on this machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    left = [Requirement(r) for r in project["dependencies"]]
    found: set[tuple[str, str]] = set()
    while left:
        asked = left.pop()
        for extra in ("", *asked.extras):
            key = canonicalize_name(asked.name), extra
            if key in found:
                continue
            found.add(key)
            there = [Requirement(r) for r in requires(asked.name) or ()]
            left += [r for r in there if r.marker is None or r.marker.evaluate({"extra": extra})]
    return {name for name, _ in found}


def test_the_image_has_what_runs_and_nothing_else() -> None:
    """Its lock is part of the whole lock and has every package that is needed, none for development."""
    whole, run = pins(ROOT / "requirements.lock"), pins(DEPLOY / "requirements-run.lock")
    assert {name: whole[name] for name in run} == run
    assert needed() <= run.keys()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    develop = {canonicalize_name(Requirement(r).name) for r in project["dependency-groups"]["dev"]}
    assert develop - needed()
    assert not (develop - needed()) & run.keys()


def test_the_image_is_built_of_what_is_there() -> None:
    """Every file it copies exists, what runs comes from its own lock, and its health has a path."""
    text = text_of("Containerfile")
    copied = [m.split()[:-1] for m in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)]
    assert [p for paths in copied for p in paths if not (ROOT / p).exists()] == []
    run = [line for line in text.splitlines() if "/opt/ozlijn/bin/pip install" in line]
    found = [re.search(r"requirements-\w+\.lock|/opt/wheels/", line) for line in run]
    assert [m and m[0] for m in found] == [
        "requirements-run.lock",
        "requirements-sqlite.lock",
        "/opt/wheels/",
    ]
    assert all("--require-hashes" in line for line in run[:2])
    asked = re.search(
        r"^HEALTHCHECK [^\[]*\[.*http://127\.0\.0\.1:(\d+)(/v1/\S+?)'", text, re.MULTILINE | re.DOTALL
    )
    assert asked is not None
    assert int(asked[1]) == tomllib.loads(text_of("ozlijn.toml"))["port"]
    assert f"GET {asked[2]}" in (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_image_pins_a_sqlite_without_the_fault_and_its_build_looks() -> None:
    """A wheel with hashes, of the release that was looked at; never one built against the system's SQLite."""
    lock = text_of("requirements-sqlite.lock")
    (pin,) = pins(DEPLOY / "requirements-sqlite.lock").items()
    assert pin[0] == "pysqlite3"
    assert pin[1].startswith("pysqlite3==0.6.1 ")
    assert "--hash=sha256:" in pin[1]
    assert "--only-binary pysqlite3" in lock.splitlines()
    assert "exit(e.has_wal_reset_fault(e.VERSION))" in text_of("Containerfile")


def unit(name: str) -> Any:
    read = configparser.RawConfigParser(strict=False)  # it takes names in any case
    read.read_string(text_of(name))
    return read["Service"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_fits_the_sample_settings(name: str) -> None:
    """It runs as its own user, writes only where systemd made it a folder, and finds the settings."""
    service, settings = unit(name), tomllib.loads(text_of("ozlijn.toml"))
    assert service["User"] == service["Group"] == "ozlijn"
    assert service["UMask"] == "0077"
    command = service["ExecStart"].split()
    assert command[0].startswith("/opt/ozlijn/")
    assert command[2:] == ["--settings", "/etc/ozlijn/ozlijn.toml"]
    state = {f"/var/lib/{folder}" for folder in service["StateDirectory"].split()}
    assert {str(Path(settings[name]).parent) for name in ("database", "anchor")} == state
    assert service["WorkingDirectory"] in state
    assert service["StateDirectoryMode"] == "0700"
    assert not Path(settings["keys"]).is_relative_to("/opt/ozlijn"), "keys never lie below the checkout"


def test_the_sample_register_gives_each_client_what_its_partij_needs() -> None:
    """Who sends reads what became of it and his taken; only the operator's own client reads the counters."""
    partijen = [
        Partij.model_validate_json(t) for t in read_register(DEPLOY / "partijen.toml").partijen.values()
    ]
    scopes = {p.id: {s for c in p.clients for s in c.scopes} for p in partijen}
    for p in partijen:
        if Scope.VERZENDEN in scopes[p.id]:
            assert scopes[p.id] >= {Scope.LEZEN, Scope.TAKEN, Scope.AFHANDELEN}, p.id
        if p.soort is Partijsoort.FG:
            assert scopes[p.id] >= {Scope.LEDGER, Scope.TAKEN, Scope.AFWEGINGEN}
        assert (p.aflevering is not None) is bool(p.rollen), p.id
        assert (Scope.POSTBUS in scopes[p.id]) is (p.aflevering is not None), p.id
    (operator,) = [p for p in partijen if Scope.BEHEER in scopes[p.id]]
    assert scopes[operator.id] == {Scope.BEHEER}
    assert operator.aflevering is None


def test_every_command_that_the_runbook_shows_says_which_settings() -> None:
    """`ozlijn` finds no settings by itself, so a command that needs them and is copied names them."""
    text = text_of("README.md")
    command = r"ozlijn ((?:apply|serve|worker|migrate|leveringen|doctor|ledger sleutel) [^`\n]*[^`\s])"
    shown = re.findall(f"(?:`|bin/){command}", text)
    assert len(shown) > 4
    assert [s for s in shown if "--settings" not in s] == []
