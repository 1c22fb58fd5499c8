"""`ozlijn demo` as a person or a program starts it: a real process, its output and what it leaves behind."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import pytest

from gateway.wiring import check_bewijs, voorbeelddossier
from tests.faults.processes import ROOT, Loaded

Json = dict[str, Any]
OZLIJN: Final = (sys.executable, "-c", "from gateway.cli.main import main; main()")
ANSWERS: Final = ("PERMIT_REDUCED", "HOLD", "DENY", "ERROR", "404")


def ozlijn(
    *arguments: str | Path, temporary: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command with its temporary folders in `temporary`.

    With a language of its own it is a whole new interpreter, for that looks at it at its start.
    """
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("OZLIJN_", "PYTHON", "LC_", "LANG"))}
    env = {**clean, "LANG": "C.UTF-8", "TMPDIR": str(temporary), **(environment or {})}
    if not any(name.startswith(("LANG", "LC_", "PYTHON")) for name in environment or {}):
        return Loaded.one().run([*map(str, arguments)], env, ROOT)
    return subprocess.run(
        [*OZLIJN, *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=90,
        env=env,
        cwd=ROOT,
    )


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What `ozlijn demo --json` told; its temporary folder must be gone."""
    folder = tmp_path_factory.mktemp("demo")
    done = ozlijn("demo", "--json", temporary=folder)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    assert list(folder.iterdir()) == []
    data: Json = json.loads(done.stdout)
    return data


@pytest.fixture(scope="session")
def steps(told: Json) -> dict[str, Json]:
    return {step["stap"]: step for step in told["stappen"]}


def codes(levering: Json) -> list[str]:
    return [r["code"] for r in levering["redenen"]]


def test_all_five_answers_are_shown(steps: dict[str, Json]) -> None:
    """The demo shows every answer by its code, and says at its end that each was the one promised."""
    assert set(ANSWERS) <= steps.keys()
    promised = steps["samenvatting"]["beloften"]
    assert [b["code"] for b in promised] == [*ANSWERS, "terugkoppeling", "bewijs"]
    assert all(b["gehouden"] is True for b in promised)


def test_the_second_ouder_releases_what_was_held(steps: dict[str, Json]) -> None:
    """One and the same levering is held for one signature and goes on by itself when it comes."""
    held, released = steps["HOLD"]["levering"], steps["PERMIT_REDUCED"]["levering"]
    assert held["id"] == released["id"]
    assert (held["uitkomst"], held["status"]) == ("HOLD", "aangehouden")
    assert "CONSENT_PARTIAL_SIGNERS" in codes(held)
    assert [s["standpunt"] for s in held["ondertekenaars"]].count("ontbreekt") == 1
    assert (released["uitkomst"], released["status"]) == ("PERMIT_REDUCED", "klaar")
    assert [h["gebeurtenis"] for h in released["geschiedenis"]] == ["besloten", "opnieuw_besloten"]
    withheld = {g["reden"]: g["velden"] for g in released["achtergehouden"]}
    assert "bronfeiten.diagnoses[].naam" in withheld["FIELD_NOT_CONSENTED"]
    assert "gezag[].persoon.achternaam" in withheld["FIELD_THIRD_PARTY_PRIVACY"]


def test_the_picture_in_the_readme_is_what_comes_out(steps: dict[str, Json]) -> None:
    """docs/resultaat.svg has how many fields go, how many stay home per reason, and which categories."""
    root = Path(__file__).resolve().parents[2]
    drawn = dict(
        re.findall(r'id="(\w+)"[^>]*>([^<]+)<', (root / "docs" / "resultaat.svg").read_text("utf-8"))
    )
    levering = steps["PERMIT_REDUCED"]["levering"]
    assert int(drawn["mee"]) == len(levering["meegegeven"])
    home = {group["reden"]: len(group["velden"]) for group in levering["achtergehouden"]}
    assert {name: int(n) for name, n in drawn.items() if name.startswith("FIELD_")} == home
    agreed = {c["categorie"] for c in levering["categorieen"] if c["redenen"] == ["CONSENT_VALID"]}
    assert {name for name in drawn if drawn[name] == name} == agreed


def test_what_is_delivered_is_what_the_preview_showed(steps: dict[str, Json]) -> None:
    """The bytes handed over are those of a preview under the same facts, signed for by their hash."""
    taken = steps["opgehaald"]
    assert taken["gelijkAanVoorvertoning"] is True
    assert taken["ontvangen"]["inPostbus"] is True
    assert taken["levering"]["status"] == taken["ontvangen"]["status"] == "bevestigd"
    content = json.dumps(taken["ontvangen"]["inhoud"])
    assert "diagnose" not in content
    claims = taken["ontvangen"]["leveringsbewijs"].split(".")[1]
    signed = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert signed["inhoudHash"] == taken["ontvangen"]["hash"]


def test_the_terugkoppeling_reaches_the_school(steps: dict[str, Json]) -> None:
    """The school reads in its own postbus that help has started, without what the sender keeps at home."""
    back = steps["terugkoppeling"]
    assert back["ontvangen"]["inPostbus"] is True
    assert back["ontvangen"]["inhoud"]["inhoud"]["status"] == "gestart"
    assert "verwijzing" not in json.dumps(back["ontvangen"]["inhoud"])
    assert back["levering"]["status"] == "bevestigd"


def test_a_withdrawal_wins_from_a_levering_that_waits(steps: dict[str, Json]) -> None:
    """What was ready is refused after the withdrawal, with WITHDRAWN_IN_FLIGHT for the sender."""
    denied = steps["DENY"]
    assert (denied["eerst"], denied["ophalen"]) == ("klaar", 404)
    assert (denied["levering"]["uitkomst"], denied["levering"]["status"]) == ("DENY", "ingetrokken")
    assert "WITHDRAWN_IN_FLIGHT" in codes(denied["levering"])


def test_without_an_account_nothing_is_accepted(steps: dict[str, Json]) -> None:
    """503 with nothing changed while the ledger cannot be written, and the same key works afterwards."""
    error = steps["ERROR"]
    assert (error["status"], error["code"]) == (503, "AUDIT_UNAVAILABLE")
    assert error["nietsVeranderd"] is True
    assert error["daarnaMetDezelfdeSleutel"] == 202


def test_five_kinds_of_nothing_look_the_same(steps: dict[str, Json]) -> None:
    """Held, refused, withdrawn, foreign and non-existing give the recipient the same bytes."""
    neutral = steps["404"]
    assert set(neutral["statussen"].values()) == {404}
    assert len(neutral["statussen"]) == 5
    assert neutral["gelijk"] is True


def test_the_proof_holds_offline_and_a_forged_one_does_not(told: Json, steps: dict[str, Json]) -> None:
    """The bundle checks with nothing but the public key; a changed leaf or another key does not."""
    bundle, key = steps["bewijs"]["bundel"], told["sleutel"]
    assert check_bewijs(json.dumps(bundle).encode(), key).geldig
    other = re.sub(r"\+.*", "+e60572b0+AXdwMuNxK0llsGtLTvPn8AS+jpB265+UHIbczvZW+4Oe", key)
    assert not check_bewijs(json.dumps(bundle).encode(), other).geldig
    leaf = json.loads(base64.b64decode(bundle["bladeren"][0]["blad"]))
    forged = json.dumps(leaf | {"doel": "toeleiding"}, separators=(",", ":"), sort_keys=True).encode()
    changed = [bundle["bladeren"][0] | {"blad": base64.b64encode(forged).decode()}, *bundle["bladeren"][1:]]
    assert not check_bewijs(json.dumps(bundle | {"bladeren": changed}).encode(), key).geldig
    assert steps["bewijs"]["vervalstGeldig"] is False


def test_the_whole_account_is_covered_by_what_the_fg_keeps(steps: dict[str, Json]) -> None:
    """The ledger verifies and the FG's checkpoint covers its last leaf."""
    log = steps["bewijs"]["verantwoording"]
    assert log["goed"] is True
    assert log["regels"] == log["bewezen"] == int(steps["bewijs"]["checkpoint"].split("\n")[1])


# ── for a person


@pytest.mark.parametrize("columns", [80, 120])
def test_a_person_can_read_it(columns: int, tmp_path: Path) -> None:
    """Not wider than the window but for what is meant to be copied, nothing cut, each answer in words."""
    done = ozlijn("demo", temporary=tmp_path, environment={"COLUMNS": str(columns)})
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    text = done.stdout.decode()
    assert "…" not in text
    assert "\x1b[" not in text, "colour codes in a file"
    for line in text.splitlines():
        assert len(line) <= columns or re.search(r"[\w+/=.-]{44,}", line), line
    assert all(answer in text for answer in ANSWERS)
    assert "FOUT" not in text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=["C", "ascii"],
)
def test_a_terminal_without_utf_8_gets_plainer_text(environment: Json, tmp_path: Path) -> None:
    """What the encoding of the screen cannot show does not end the demo."""
    done = ozlijn("demo", temporary=tmp_path, environment=environment)
    assert done.returncode == 0, done.stderr.decode()
    assert b"WITHDRAWN_IN_FLIGHT" in done.stdout


# ── a real dossier


def of(done: subprocess.CompletedProcess[bytes]) -> dict[str, Json]:
    assert done.returncode == 0, done.stderr.decode()
    return {step["stap"]: step for step in json.loads(done.stdout)["stappen"]}


def outcome(steps: dict[str, Json]) -> Json:
    (found,) = (step["levering"] for step in steps.values() if "levering" in step)
    levering: Json = found
    return levering


@pytest.mark.parametrize(
    ("name", "day", "years", "signers"),
    [
        ("full", None, None, ["leerling"]),
        ("opt_out", "2016-01-10", 12, ["leerling", "ouder", "ouder"]),
    ],
    ids=["full today", "opt out at twelve"],
)
def test_what_a_real_dossier_says_no_to_stays_home(
    name: str,
    day: str | None,
    years: int | None,
    signers: list[str],
    standard: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    """Who must sign follows the day; whoever signs, an akkoord Nee sends nothing and OPT-UIT is named."""
    file = standard(f"oso/Voorbeelddossier_PaO_POSWV_{name}.xml")
    before = file.read_bytes()
    given = ("--datum", day) if day else ()
    steps = of(ozlijn("demo", "--json", "--dossier", file, *given, temporary=tmp_path))
    read = steps["dossier"]
    assert years is None or read["leeftijd"] == years
    assert read["leeftijd"] >= 18 or day is not None
    assert sorted(s["hoedanigheid"] for s in steps["ondertekenaars"]["ondertekenaars"]) == signers
    levering = outcome(steps)
    withheld = {g["reden"]: g["uitleg"] for g in levering["achtergehouden"]}
    if name == "full":
        assert read["inzage"]["akkoord"] == "Nee"
        assert (levering["uitkomst"], levering["meegegeven"]) == ("DENY", [])
        assert "akkoord" in withheld["FIELD_SOURCE_NOT_AGREED"]
    else:
        assert "OPT-UIT" in withheld["FIELD_SOURCE_OPT_OUT"]
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


def test_our_own_dossier_goes_the_same_way_as_a_real_one(root: Path, tmp_path: Path) -> None:
    """With nothing against it and all signatures: a reduced delivery, byte for byte as previewed."""
    file = root / "adapters/oso/voorbeelden/poswv.xml"
    steps = of(ozlijn("demo", "--json", "--dossier", file, temporary=tmp_path))
    assert steps["PERMIT_REDUCED"]["gelijkAanVoorvertoning"] is True
    assert steps["bewijs"]["geldig"] is True


def spoiled(kind: str, folder: Path) -> Path:
    good, path = voorbeelddossier(), folder / "dossier.xml"
    contents = {
        "no xml": b"KANARIE-4711 is geen XML",
        "empty": b"",
        "truncated": good[: len(good) // 2],
        "20 MB": b"<a>" + b" " * 20_000_000 + b"</a>",
        "other root": b"<KANARIE-4711/>",
        "doctype": b'<!DOCTYPE d [<!ENTITY x "KANARIE-4711">]>' + good.partition(b"?>")[2],
    }
    if kind == "folder":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(contents[kind])
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("missing", 2),
        ("folder", 2),
        ("20 MB", 2),
        ("no xml", 1),
        ("empty", 1),
        ("truncated", 1),
        ("other root", 1),
        ("doctype", 1),
    ],
)
def test_a_file_that_is_no_dossier_says_why(kind: str, code: int, tmp_path: Path) -> None:
    """Exit code 2 for what is no file to read, 1 for what is in it; no value of it, nothing left behind."""
    temporary = tmp_path / "tijdelijk"
    temporary.mkdir()
    done = ozlijn("demo", "--dossier", spoiled(kind, tmp_path), temporary=temporary)
    shown = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b""), shown
    assert shown
    assert "Traceback" not in shown
    assert "KANARIE-4711" not in shown
    assert list(temporary.iterdir()) == []


def test_a_dossier_of_another_profile_says_so(tmp_path: Path) -> None:
    """The fault has its place and line in the dossier, and the code of the rule."""
    file = tmp_path / "dossier.xml"
    file.write_bytes(voorbeelddossier().replace(b">POSWV<", b">VOMBO<"))
    done = ozlijn("demo", "--dossier", file, temporary=tmp_path)
    assert done.returncode == 1
    assert b"[oso.profiel]" in done.stderr
    assert b"regel" in done.stderr


def test_the_number_of_a_real_overstapdossier_is_shown_nowhere(
    standard: Callable[[str], Path], tmp_path: Path
) -> None:
    """A POVO dossier carries a BSN: it is read, and no step of the demo shows it."""
    file = standard("oso/Voorbeelddossier_OV_POVO_full.xml")
    number = file.read_bytes().partition(b"<bsn>")[2].partition(b"</bsn>")[0]
    for form in ((), ("--json",)):
        done = ozlijn("demo", *form, "--dossier", file, temporary=tmp_path)
        assert (done.returncode, len(number)) == (0, 9)
        assert number not in done.stdout + done.stderr


@pytest.mark.parametrize("day", ["2000-01-01", "9999-12-31"], ids=["before birth", "end of time"])
def test_a_day_that_cannot_be_is_wrong_use(day: str, tmp_path: Path) -> None:
    """One line, exit code 2."""
    done = ozlijn("demo", "--datum", day, temporary=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)


# ── what it leaves


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_serve_keeps_running_until_stopped_and_leaves_nothing(number: int, tmp_path: Path) -> None:
    """The addresses are told and answer; a stop is clean and takes the temporary folder with it."""
    with subprocess.Popen(
        [*OZLIJN, "demo", "--serve", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        cwd=Path(__file__).resolve().parents[2],
    ) as process:
        try:
            assert process.stdout is not None
            lines: list[bytes] = []
            while not lines or lines[-1] != b"}\n":
                lines.append(process.stdout.readline())
                assert lines[-1], "ended before it told everything"
            gateway = json.loads(b"".join(lines))["gateway"]
            assert len(list(tmp_path.iterdir())) == 1
            for address in gateway["adressen"]:
                assert httpx.get(address).status_code == 200
            token = gateway["tokens"]["las-vlieger"]
            answer = httpx.get(f"{gateway['adres']}/v1/postbus", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 200
            process.send_signal(number)
            assert process.wait(30) == 0
            assert process.stderr is not None
            assert process.stderr.read() == b""
        finally:
            process.kill()
    assert list(tmp_path.iterdir()) == []


def test_a_demo_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """What goes wrong halfway takes the temporary folder with it: here standard output is closed."""
    with subprocess.Popen(
        [*OZLIJN, "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        cwd=Path(__file__).resolve().parents[2],
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        shown = process.stderr.read()
        assert process.wait(60) == 1
        assert b"Traceback" not in shown
    assert list(tmp_path.iterdir()) == []
