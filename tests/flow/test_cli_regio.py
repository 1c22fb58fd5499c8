"""`ozlijn regio`: check, diff, apply and toon, on a gateway that was set up."""

from __future__ import annotations

import hashlib
import json
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.regio.bestanden import read_regio
from tests.flow.test_cli import ROOT, counts, ozlijn, settings
from tests.flow.test_docs_voorbeelden import told
from tests.unit.gateway.regio.test_regio import partijen_of

REGIOS = ROOT / "gateway" / "practices" / "regios"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A gateway without a register, and a region beside it."""
    made = tmp_path / "lijn"
    assert ozlijn("init", made, "--adres", "http://127.0.0.1:8089").code == 0
    regio = Path(shutil.copytree(REGIOS / "verzonnen-zuid", made / "regio"))
    (regio / "partijen.toml").write_text(partijen_of(read_regio(regio).regio), encoding="utf-8")
    return made


def test_a_region_is_told_applied_and_undone(place: Path) -> None:
    """Nothing happens before apply; a second version says what changes for whom; the former undoes it."""
    regio, at = place / "regio", settings(place)
    dry = ozlijn("regio", "apply", regio, *at, "--dry-run")
    assert (dry.code, counts(place)) == (0, (0, 0))
    assert "+ beleid inrichting" in dry.out
    assert ozlijn("regio", "toon", *at).code == 2
    assert ozlijn("regio", "apply", regio, *at).code == 0
    assert ozlijn("regio", "toon", *at, "--bestand").out.encode() == (regio / "regio.toml").read_bytes()
    assert "Er verandert niets." in ozlijn("regio", "apply", regio, *at).out
    assert counts(place)[0] == 1
    former = (regio / "regio.toml").read_text(encoding="utf-8")
    (regio / "regio.toml").write_text(former.replace("vanaf = 4, totEnMet = 18", "vanaf = 4, totEnMet = 11"))
    diff = ozlijn("regio", "diff", regio, *at)
    assert diff.code == 0
    assert "toeleiding | doelgroep, woont 9999, 12 jaar tot 19 jaar | overleg_met_mandaat" in diff.out
    as_json = json.loads(ozlijn("regio", "diff", regio, *at, "--json").out)
    assert {w["onderdeel"] for w in as_json["wijzigingen"]} == {"toeleiding"}
    done = json.loads(ozlijn("regio", "apply", regio, *at, "--json").out)
    assert done["register"]["gewijzigd"] == ["beleid inrichting"]
    (regio / "regio.toml").write_text(former, encoding="utf-8")
    assert ozlijn("regio", "apply", regio, *at).code == 0
    assert ozlijn("regio", "toon", *at, "--bestand").out == former
    plain = ozlijn("apply", regio / "partijen.toml", *at)
    assert (plain.code, counts(place)[0]) == (2, 3)
    assert "beleid inrichting" in plain.err


def test_a_region_with_faults_changes_nothing(place: Path) -> None:
    """Each with file and line; neither a check nor an apply goes on."""
    file = place / "regio" / "regio.toml"
    text = file.read_text(encoding="utf-8").replace('namens = "toegang"', 'namens = "leerplicht"')
    file.write_text(text, encoding="utf-8")
    line = text.splitlines().index('namens = "leerplicht"') + 1
    for asked in (("check", file.parent), ("apply", file.parent, *settings(place))):
        done = ozlijn("regio", *asked)
        assert done.code == 1
        assert f"regio.toml/toeleiding/0/namens (regel {line}): " in done.err
        assert "[regio.mandaat]" in done.err
    assert counts(place) == (0, 0)


def test_what_cannot_be_applied_says_why(place: Path) -> None:
    """Without a register, and with a convenant of which the key is not set."""
    (place / "regio" / "partijen.toml").unlink()
    assert "--partijen" in ozlijn("regio", "apply", place / "regio", *settings(place)).err
    (place / "regio" / "convenanten").mkdir()
    (place / "regio" / "convenanten" / "a.toml").write_text("", encoding="utf-8")
    assert "convenant_key" in ozlijn("regio", "apply", place / "regio", *settings(place)).err


def test_the_commands_of_the_page_run() -> None:
    """As they stand there; a check says how many cases it asked, and what a person should know."""
    (block,) = [c for _, c in told("docs/regio.md") if "ozlijn regio check" in c]
    check, toon, diff = (ozlijn(*shlex.split(line)[1:]) for line in block.splitlines())
    assert (check.code, toon.code, diff.code) == (0, 0, 0)
    assert "= 30 gevallen, elk met precies één antwoord." in check.out
    assert "[regio.geenStroom]" in check.out
    assert "Wie beslist, de eerste die past:" in toon.out
    assert "overleg integraal | onderwijs, toegang, " in diff.out


def test_what_is_told_as_data() -> None:
    """The hash in it is that of the file."""
    done = CliRunner().invoke(app, ["regio", "check", str(REGIOS / "verzonnen-zuid"), "--json"])
    found = json.loads(done.stdout)
    assert (found["gevallen"], found["letOp"][0]["code"]) == (30, "regio.geenStroom")
    text = (REGIOS / "verzonnen-zuid" / "regio.toml").read_bytes()
    shown = CliRunner().invoke(app, ["regio", "toon", str(REGIOS / "verzonnen-zuid"), "--json"])
    assert json.loads(shown.stdout)["hash"] == found["hash"] == hashlib.sha256(text).hexdigest()
