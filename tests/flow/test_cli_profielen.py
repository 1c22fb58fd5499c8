"""`profile check`, `profile diff`, `convenant teken` and `apply` with them, as an operator uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.runtime.settings import PREFIX
from tests.callers import es256
from tests.conftest import ROOT
from tests.flow.test_cli import Done, ozlijn, write_partijen
from tests.flow.test_cli_bestanden import run
from tests.unit.consent.test_convenant import TEXT, changed

SHIPPED = ROOT / "consent" / "profielen"
ONE = SHIPPED / "afstemming-leerkracht-j2s-terugkoppeling.toml"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A copy of one profile, to change."""
    path = tmp_path / "profiel.toml"
    path.write_text(ONE.read_text("utf-8"), encoding="utf-8")
    return path


def run_with(environment: dict[str, str], *arguments: object) -> Done:
    return ozlijn(*arguments, **environment)  # type: ignore[arg-type]


def swap(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_the_shipped_profiles_are_in_order() -> None:
    """A folder in one go; the count is told."""
    done = run("profile", "check", SHIPPED)
    count = len(list(SHIPPED.glob("*.toml")))
    assert (done.exit_code, done.output) == (0, f"Profielen in orde: {count}. Gevonden: 0.\n")


def test_a_reason_of_two_roles_is_a_finding(edited: Path) -> None:
    """It exits as a finding does, until it says why it holds for both; another dot is no other reason."""
    other = edited.with_name("andere.toml")
    other.write_text(edited.read_text("utf-8"), encoding="utf-8")
    swap(
        other,
        ("afstemming-leerkracht", "afstemming-ib"),
        ('rol = "leerkracht"', 'rol = "intern_begeleider"'),
        ("kan doen.", "kan doen"),
    )
    done = run("profile", "check", edited.parent, "--json")
    said = json.loads(done.output)["bevindingen"]
    assert (done.exit_code, {b["code"] for b in said}) == (1, {"profiel.reden"})
    found = {(Path(b["bestand"]).name, b["plaats"]) for b in said}
    assert found == {(n, f"/velden/{i}/waarom") for n in ("andere.toml", "profiel.toml") for i in range(6)}
    for file in (edited, other):
        swap(file, ('", norm', '", gedeeld = "Dit geldt voor elke rol op school.", norm'))
    assert run("profile", "check", edited.parent).exit_code == 0


def test_every_fault_is_told_with_its_place(edited: Path) -> None:
    """Of all files at once, also that two claim one case; as lines and as JSON, and the exit code is 1."""
    swap(edited, ('pad = "contactpersoon.naam"', 'pad = "vrije*"'), ("versie = 2", "versie = 0"))
    register = edited.with_name("register.toml")
    register.write_text('profielen = [{id = "a"}, 3]', encoding="utf-8")
    broken = edited.with_name("stuk.toml")
    broken.write_text("id = ", encoding="utf-8")
    edited.with_name("lees.md").write_text("geen profiel", encoding="utf-8")
    done = run("profile", "check", edited.parent, ONE, ONE.parent, "--json")
    assert done.exit_code == 1
    said = json.loads(done.output)
    found = {(Path(b["bestand"]).name, b["plaats"], b["code"]) for b in said["bevindingen"]}
    assert {
        ("profiel.toml", "/versie", "profiel.vorm"),
        ("profiel.toml", "/velden/0/pad", "profiel.joker"),
        ("register.toml", "/profielen/0/velden", "profiel.vorm"),
        ("register.toml", "/profielen/1/id", "profiel.vorm"),
        ("stuk.toml", "/", "toml"),
        (ONE.name, "/id", "register.dubbel"),
        (ONE.name, "/", "profiel.botst"),
    } <= found
    lines = run("profile", "check", edited)
    assert lines.exit_code == 1
    assert f"{edited}: /velden/0/pad: Noem elk veld apart, zonder jokerteken. [profiel.joker]" in lines.output
    assert "Profielen in orde: 0. Gevonden: 2." in lines.output


def test_a_diff_tells_what_opens_and_what_closes(edited: Path) -> None:
    """Field by field with its category; 1 when anything comes, 0 when things only go."""
    gone = 'pad = "adviezen[]", waarom = "Wat de leraar morgen in de klas anders kan doen."'
    swap(edited, (gone, 'pad = "status", uitdrukkelijk = true, waarom = "De leraar hoort of er hulp is."'))
    done = run("profile", "diff", ONE, edited)
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "afstemming, leerkracht, J2S, terugkoppeling",
        "  + status (jeugdhulp)",
        "  - adviezen[] (doelen)",
        "  gaat open: jeugdhulp",
        "Er komt iets bij.",
    ]
    said = json.loads(run("profile", "diff", ONE, edited, "--json").output)
    assert said == {
        "opent": True,
        "verschillen": [
            {
                "doel": "afstemming",
                "rol": "leerkracht",
                "richting": "J2S",
                "bericht": "terugkoppeling",
                "erbij": ["status"],
                "weg": ["adviezen[]"],
                "soortenOpen": ["jeugdhulp"],
                "soortenDicht": [],
                "toelichting": [],
            }
        ],
    }


def test_what_only_closes_is_no_alarm(edited: Path) -> None:
    """Also a whole profile that goes, and another reason for a field that stays."""
    swap(edited, ("Wie de leraar iets", "Wie de leraar nog iets"))
    same = run("profile", "diff", ONE, edited)
    assert (same.exit_code, "  ~ contactpersoon.naam (contact)" in same.output) == (0, True)
    fewer = run("profile", "diff", SHIPPED, ONE)
    assert fewer.exit_code == 0
    assert fewer.output.endswith("Er komt nergens iets bij.\n")
    assert run("profile", "diff", ONE, SHIPPED).exit_code == 1


def test_a_diff_tells_what_an_fg_made_looser(tmp_path: Path) -> None:
    """Set anew it is an alarm, with who decided it; the same again is none."""
    strict, looser = tmp_path / "nu.toml", tmp_path / "nieuw.toml"
    strict.write_text("", encoding="utf-8")
    looser.write_text(
        '[toestemmingLooptDoor]\nfg = "F. Verzonnen"\nbeslotenOp = 2026-09-01', encoding="utf-8"
    )
    found = run("profile", "diff", ONE, ONE, "--beleid", strict, looser)
    assert (found.exit_code, "F. Verzonnen, 2026-09-01" in found.output) == (1, True)
    said = json.loads(run("profile", "diff", ONE, ONE, "--beleid", strict, looser, "--json").output)
    assert (said["opent"], len(said["letOp"])) == (True, 1)
    assert run("profile", "diff", ONE, ONE, "--beleid", looser, looser).exit_code == 0


def test_a_diff_of_what_is_wrong_is_none(edited: Path) -> None:
    """All faults under their file's name, and nothing that looks like an answer."""
    swap(edited, ("versie = 2", "versie = 0"))
    done = ozlijn("profile", "diff", ONE, edited)
    assert (done.code, done.out) == (1, "")
    assert f"{edited}/versie: " in done.err
    assert ozlijn("profile", "diff", ONE, edited.with_name("weg")).code == 2
    edited.write_bytes(b"\xff")
    assert ozlijn("profile", "check", edited).code == 2


def test_a_convenant_from_key_to_register(tmp_path: Path) -> None:
    """A key, a signature, the setting, apply: the way docs/regio.md tells it."""
    folder, file = tmp_path / "lijn", tmp_path / "convenant.toml"
    assert ozlijn("init", folder, "--adres", "http://127.0.0.1:8080").code == 0
    partijen, regio = tmp_path / "partijen.toml", tmp_path / "beleid.toml"
    write_partijen(partijen, {"school": es256("school")})
    file.write_text(TEXT, encoding="utf-8")
    regio.write_text("besluitMinuten = 5", encoding="utf-8")
    assert ozlijn("sleutel", "convenant-2026", tmp_path / "convenant.jwk").code == 0
    signed = ozlijn("convenant", "teken", file, tmp_path / "convenant.jwk")
    assert signed.code == 0
    (shown,) = [line for line in signed.out.splitlines() if "convenant_key" in line]
    key = shown.split("'")[1]
    asked = ("apply", partijen, "--settings", folder / "ozlijn.toml", "--convenant", file, "--beleid", regio)
    setting = {f"{PREFIX}CONVENANT_KEY": key}
    without = ozlijn(*asked)
    assert (without.code, "convenant_key" in without.err) == (2, True)
    done = run_with(setting, *asked)
    assert done.code == 0
    assert {"+ beleid regio", "+ convenant convenant-fictie"} <= set(done.out.splitlines())
    file.write_text(changed(("versie = 1", "versie = 2")), encoding="utf-8")
    tampered = run_with(setting, *asked)
    assert (tampered.code, tampered.out) == (1, "")
    assert "convenant.handtekening" in tampered.err
    gone = ozlijn("apply", partijen, "--settings", folder / "ozlijn.toml")
    assert (gone.code, "convenant convenant-fictie" in gone.err) == (2, True)
