"""`ozlijn translate`, `check` and `schema export` as somebody with files and no gateway uses them."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from adapters import ijw
from adapters.ijw.retour import make_retour
from gateway.cli.bestanden import MOST_LEFT_OUT
from gateway.cli.main import app
from schemas.messages.berichten import BERICHTEN
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.conftest import ROOT
from tests.flow.test_cli import OZLIJN, environment, ozlijn
from tests.unit.adapters.ijw.test_melding import START, STOP, message
from tests.unit.adapters.ijw.voorbeelden import BSN

DATA = ROOT / "tests" / "data"
MAPPING = ROOT / "adapters" / "schoolcsv" / "voorbeelden" / "voorbeeld.toml"
DAY = ("--datum", "2027-01-10")
Json = dict[str, Any]


def run(*arguments: object, **other: Any) -> Result:
    done = CliRunner().invoke(app, list(map(str, arguments)), **other)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def checked(*arguments: object) -> tuple[int, Json]:
    done = run("check", *arguments, "--json")
    return done.exit_code, json.loads(done.stdout)


def found(*arguments: object) -> list[tuple[str, str, str]]:
    """(code, severity, place) of each finding."""
    _, said = checked(*arguments)
    return [(b["code"], b["ernst"], b["plaats"]) for b in said["bevindingen"]]


def own(folder: Path, soort: str, inhoud: object) -> Path:
    path = folder / f"{soort}.json"
    path.write_text(json.dumps({"soort": soort, "inhoud": inhoud}))
    return path


def envelope(payload: bytes, functie: str) -> bytes:
    """A StUF-GGk envelope as the facts describe it."""
    body = base64.b64encode(payload).decode()
    ends = "".join(
        f"<s:{end}><s:organisatie>{code}</s:organisatie><s:applicatie>GGk</s:applicatie></s:{end}>"
        for end, code in (("zender", "99999901"), ("ontvanger", "0363"))
    )
    return (
        '<g:envelopHeenbericht-ggk_Di01 xmlns:g="http://www.stufstandaarden.nl/koppelvlak/ggk0210"'
        ' xmlns:s="http://www.egem.nl/StUF/StUF0301"><g:stuurgegevens><s:berichtcode>Di01</s:berichtcode>'
        f"{ends}<s:referentienummer>0c6f4b0e-0000-4000-8000-000000000001</s:referentienummer>"
        f"<s:tijdstipBericht>20260415120000</s:tijdstipBericht><s:functie>{functie}</s:functie></g:stuurgegevens>"
        "<g:parameters><g:applicatieVersie>0003</g:applicatieVersie><g:bericht><g:xmlBestand>"
        f"{body}</g:xmlBestand></g:bericht></g:parameters></g:envelopHeenbericht-ggk_Di01>"
    ).encode()


# --- check


@pytest.mark.parametrize(
    ("file", "standaard"),
    [
        ("oso/popo_2019.xml", "OSO 2019.1 POPO"),
        ("oso/voswv_2019.xml", "OSO 2019.1 VOSWV"),
        ("ijw/JW301.xml", "iJw 3.2 JW301"),
        ("ijw/JW325.xml", "iJw 3.2 JW325"),
    ],
)
def test_a_good_file_is_known_by_itself(file: str, standaard: str) -> None:
    """The standard is told by the file, there is nothing to say, and the exit code is 0."""
    code, said = checked(DATA / file, *DAY)
    said.pop("weggelaten", None)
    assert (code, said) == (0, {"bestanden": 1, "standaarden": {standaard: 1}, "bevindingen": []})


def test_what_a_dossier_does_not_become_is_told() -> None:
    """`check` counts it for a person and names it as JSON, `translate` does the same; never with a value."""
    path = DATA / "oso" / "povo_2019.xml"
    code, said = checked(path, *DAY)
    rows = said["weggelaten"]
    assert code == 0
    assert "weggelatenNietGenoemd" not in said
    assert {row["bestand"] for row in rows} == {str(path)}
    assert all(row["pad"].startswith("/dossier/") and row["reden"] and row["tekst"] for row in rows)
    assert all(row["regel"] > 0 for row in rows)
    assert "fictief" not in json.dumps(rows)
    assert ("/dossier/huidigeschool/naamdirecteur", "medewerker") in {(r["pad"], r["reden"]) for r in rows}
    line = f"{path}: {len(rows)} gegevens gaan niet mee; --json zegt welke en waarom."
    assert line in run("check", path, *DAY).stdout.splitlines()

    done = run("translate", path, *DAY)
    assert line in done.stderr.splitlines()
    assert "weggelaten" not in json.loads(done.stdout)
    told = json.loads(run("translate", path, *DAY, "--json").stdout)
    assert [{"bestand": str(path), **row} for row in told["weggelaten"]] == rows


def test_a_run_over_many_dossiers_names_so_many_and_counts_the_rest(tmp_path: Path) -> None:
    """The answer of `check --json` is held in memory, so it has a bound, and says what it passed over."""
    each = len(checked(DATA / "oso" / "povo_2019.xml", *DAY)[1]["weggelaten"])
    many = MOST_LEFT_OUT // each + 2
    for n in range(many):
        shutil.copy(DATA / "oso" / "povo_2019.xml", tmp_path / f"{n}.xml")
    said = checked(tmp_path, *DAY)[1]
    assert len(said["weggelaten"]) == MOST_LEFT_OUT
    assert said["weggelatenNietGenoemd"] == many * each - MOST_LEFT_OUT


def test_a_birth_date_after_the_day_of_the_check_is_a_fault(tmp_path: Path) -> None:
    """A dossier that says it is from the future does not make that right."""
    raw = (DATA / "oso" / "povo_2019.xml").read_bytes()
    raw = re.sub(rb"<datum>[0-9-]+</datum>", b"<datum>2198-01-01</datum>", raw, count=1)
    raw = re.sub(rb"<geboortedatum>[0-9-]+<", b"<geboortedatum>2197-01-01<", raw, count=1)
    (tmp_path / "d.xml").write_bytes(raw)
    code, said = checked(tmp_path / "d.xml", *DAY)
    assert code == 1
    assert "datum.geboorte_toekomst" in {b["code"] for b in said["bevindingen"]}


def test_findings_have_code_place_and_severity() -> None:
    """What is dropped is a warning, a fault is a fault, and either gives exit code 1."""
    code, said = checked(DATA / "edexml" / "school.xml", DATA / "uwlr" / "antwoord.xml")
    assert code == 1
    assert said["standaarden"] == {"EDEXML 2.1": 1, "UWLR 2.2": 1}
    assert {b["ernst"] for b in said["bevindingen"]} == {"waarschuwing"}
    assert all(b["plaats"].startswith("/") and b["tekst"] and b["regel"] > 0 for b in said["bevindingen"])


def test_a_line_for_a_person(tmp_path: Path) -> None:
    """Without --json each finding is one line that names file, line, severity, place and code, unchanged."""
    path = tmp_path / "JW305:100:[x].xml"
    path.write_bytes(
        (DATA / "ijw" / "JW305.xml")
        .read_bytes()
        .replace(b"<jw305:BerichtVersie>3", b"<jw305:BerichtVersie>7")
    )
    done = run("check", path)
    assert done.exit_code == 1
    first, last = done.stdout.splitlines()
    assert re.fullmatch(
        re.escape(f"{path}:") + r"\d+: fout: /Bericht/Header/BerichtVersie: .+ \[\S+\]", first
    )
    assert last == "1 bestand (1 x iJw 3.2 JW305): 1 fout, 0 waarschuwingen."


def test_no_value_is_repeated(tmp_path: Path) -> None:
    """With a mark in every text of a message no finding has one."""
    for source in (
        DATA / "oso" / "povo_2019.xml",
        DATA / "ijw" / "JW301.xml",
        DATA / "edexml" / "school.xml",
    ):
        marked = re.sub(rb">([^<>]*[A-Za-z0-9][^<>]*)<", rb">KANARIE<", source.read_bytes())
        (tmp_path / source.name).write_bytes(marked)
    own(tmp_path, "hulpvraag", {"KANARIE": "KANARIE", "vraag": ["KANARIE"]})
    done = run("check", tmp_path)
    assert done.exit_code == 1
    assert done.stdout.count("\n") > 20
    assert "KANARIE" not in done.output


def test_messages_are_laid_beside_the_earlier_ones(tmp_path: Path) -> None:
    """A second start is found by the first, in the order of their names; a stop alone when all is there."""
    (tmp_path / "1.xml").write_bytes(ijw.write(START))
    (tmp_path / "2.xml").write_bytes(ijw.write(message("JW305", "START2")))
    codes = {(code, ernst) for code, ernst, _ in found(tmp_path, *DAY)}
    assert ("TR074", "fout") in codes or ("TR326", "fout") in codes
    alone = tmp_path / "los"
    alone.mkdir()
    (alone / "stop.xml").write_bytes(ijw.write(STOP))
    assert found(alone, *DAY) == []
    assert "TR382" in {code for code, _, _ in found(alone, *DAY, "--volledig")}


def test_order_is_that_of_the_messages_and_a_refusal_counts(tmp_path: Path) -> None:
    """Names say nothing about the order, and a start that a retour refuses was never sent."""
    first = message("JW305", "START1")
    begin = first.inhoud["Client"]["StartProducten"]["StartProduct"][0]["Begindatum"]
    pause = dated(
        message("JW307", "STOP1", RedenBeeindiging="20", Begindatum=begin, Einddatum="2026-05-01"),
        "2026-05-02",
    )
    again = dated(message("JW305", "START2", Begindatum="2026-06-01"), "2026-06-01")
    for name, bericht in (("a", again), ("b", first), ("c", pause)):
        (tmp_path / f"{name}.xml").write_bytes(ijw.write(bericht))
    assert found(tmp_path, *DAY) == []
    (tmp_path / "c.xml").unlink()
    assert {code for code, _, _ in found(tmp_path, *DAY)} == {"TR326"}
    refusal = make_retour(first, (), identificatie="R", dagtekening=dt.date(2026, 4, 16))
    assert refusal is not None
    header = refusal.inhoud["Header"] | {"RetourCodes": {"RetourCode": ["0001"]}}
    (tmp_path / "d.xml").write_bytes(ijw.write(ijw.JwBericht("JW306", {"Header": header})))
    assert found(tmp_path, *DAY) == []


def dated(bericht: ijw.JwBericht, day: str) -> ijw.JwBericht:
    bericht.inhoud["Header"]["BerichtIdentificatie"]["Dagtekening"] = day
    return bericht


def test_nothing_hostile_ends_a_run(tmp_path: Path) -> None:
    """Endless zeros, envelopes in envelopes and deep JSON are faults of their file; the next one is read."""
    zeros = (DATA / "ijw" / "JW301.xml").read_bytes()
    zeros = re.sub(rb"(<jw301:ToewijzingNummer>)", rb"\g<1>" + b"0" * 6_000, zeros)
    (tmp_path / "a.xml").write_bytes(zeros)
    nested = (DATA / "ijw" / "JW305.xml").read_bytes()
    for _ in range(3):
        nested = envelope(nested, "JW305")
    (tmp_path / "b.xml").write_bytes(nested)
    (tmp_path / "c.json").write_text('{"soort":"hulpvraag","inhoud":' + '{"a":' * 300 + "1" + "}" * 301)
    shutil.copy(DATA / "ijw" / "JW306.xml", tmp_path / "d.xml")
    _, said = checked(tmp_path, *DAY)
    assert {Path(b["bestand"]).name: b["code"] for b in said["bevindingen"]} == {
        "b.xml": "ijw.wortel",
        "c.json": "json.te_diep",
    }
    assert said["standaarden"]["iJw 3.2 JW306"] == 1
    shown = json.loads(run("translate", tmp_path / "a.xml").stdout)
    assert shown["inhoud"]["toewijzingen"][0]["nummer"] == "300201"


def test_an_envelope_is_opened(tmp_path: Path) -> None:
    """The message inside is checked; an envelope that names another message is told of."""
    path = tmp_path / "envelop.xml"
    path.write_bytes(envelope((DATA / "ijw" / "JW305.xml").read_bytes(), "JW305"))
    assert checked(path, *DAY) == (
        0,
        {"bestanden": 1, "standaarden": {"iJw 3.2 JW305 in StUF-GGk": 1}, "bevindingen": []},
    )
    path.write_bytes(envelope((DATA / "ijw" / "JW305.xml").read_bytes(), "JW307"))
    assert found(path, *DAY) == [("envelop.functie", "waarschuwing", "/")]


def test_a_csv_needs_its_columns() -> None:
    """Without an agreement a CSV is of no standard; with one it is read."""
    path = DATA / "csv" / "leerlingen.csv"
    assert found(path) == [("standaard.onbekend", "fout", "/")]
    _, said = checked(path, "--kolommen", MAPPING)
    assert said["standaarden"] == {"CSV": 1}
    assert {b["ernst"] for b in said["bevindingen"]} <= {"waarschuwing"}


@pytest.mark.parametrize("soort", [*BERICHTEN, "anonieme_vraag"])
def test_every_message_of_our_own_has_an_example_that_is_accepted(tmp_path: Path, soort: str) -> None:
    """The published example of each message type is a message without faults."""
    _, said = checked(own(tmp_path, soort, VOORBEELDEN[soort]), *DAY)
    assert [b for b in said["bevindingen"] if b["ernst"] == "fout"] == []
    assert said["standaarden"] == {f"OZlijn {soort}": 1}


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n  ", b"\xef\xbb\xbf\r\n"])
def test_what_stands_before_json_changes_nothing(tmp_path: Path, before: bytes) -> None:
    """A mark that says UTF-8 and white space, of our own messages and of iJw as JSON."""
    for soort, inhoud in (("hulpvraag", VOORBEELDEN["hulpvraag"]), ("ijw305", {})):
        path = own(tmp_path, soort, inhoud)
        plain = checked(path)
        path.write_bytes(before + path.read_bytes())
        assert checked(path) == plain


@pytest.mark.parametrize("soort", ["hulpvraag", "ontwikkelingsperspectief", "arrangement"])
def test_nobody_in_a_message_of_our_own_is_born_after_today(tmp_path: Path, soort: str) -> None:
    """At its place, and alone."""
    inhoud = json.loads(json.dumps(VOORBEELDEN[soort]))
    where = "individueel/leerling" if soort == "arrangement" else "leerling"
    leerling = inhoud["individueel"]["leerling"] if soort == "arrangement" else inhoud["leerling"]
    leerling["geboortedatum"] = "2027-01-10"
    path = own(tmp_path, soort, inhoud)
    late = ("datum.geboorte_toekomst", "fout", f"/inhoud/{where}/geboortedatum")
    assert late not in found(path, *DAY)
    leerling["geboortedatum"] = "2027-01-11"
    own(tmp_path, soort, inhoud)
    assert found(path, *DAY) == [late]


def test_a_message_of_our_own_is_held_to_its_rules(tmp_path: Path) -> None:
    """Faults are JSON pointers, principles are warnings, and a question that names somebody is refused."""
    assert found(own(tmp_path, "terugkoppeling", {"status": "wel", "diagnose": "x"})) == [
        ("json.keuze", "fout", "/inhoud/status"),
        ("json.onbekendVeld", "fout", "/inhoud"),
    ]
    bare = VOORBEELDEN["arrangement"] | {"regie": []}
    assert ("P03", "waarschuwing") in {f[:2] for f in found(own(tmp_path, "arrangement", bare), *DAY)}
    question = {"onderwerp": "leren", "vraag": f"Wat kan ik doen voor het kind met nummer {BSN}?"}
    code, said = checked(own(tmp_path, "anonieme_vraag", question))
    assert code == 1
    assert BSN not in json.dumps(said)
    named = own(tmp_path, "anonieme_vraag", {"onderwerp": "leren", "vraag": "Wat doe ik met Noor?"})
    assert found(named) == []
    (tmp_path / "namen.txt").write_text("Noor\n\nDaan Verzonnen\n")
    assert found(named, "--namen", tmp_path / "namen.txt") == [("anoniem.naam", "fout", "/inhoud/vraag")]
    assert found(own(tmp_path, "bestaat_niet", {})) == [("soort.onbekend", "fout", "/soort")]


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"rommel", b"\x00\xff" * 50, b"{", b"[1]", b'{"soort":1}', b"<a", b"<a/>", b"PK\x03\x04"],
)
def test_anything_else_is_one_clear_fault(tmp_path: Path, content: bytes) -> None:
    """No file makes it stumble: it is refused, with exit code 1 and no trace."""
    (tmp_path / "x").write_bytes(content)
    code, said = checked(tmp_path / "x")
    assert code == 1
    assert [b["ernst"] for b in said["bevindingen"]] == ["fout"]


def test_wrong_use_is_exit_code_2(tmp_path: Path) -> None:
    """A path that is not there, columns that are no columns, a form that does not exist."""
    good = DATA / "ijw" / "JW305.xml"
    (tmp_path / "kolommen.toml").write_text("x = 1")
    (tmp_path / "leeg").mkdir()
    for arguments, said in (
        (("check", tmp_path / "nergens"), "bestaat niet"),
        (("check", good, "--kolommen", tmp_path / "kolommen.toml"), "kolomafspraak"),
        (("translate", good, "--to", "ijw999"), "--to kan zijn"),
        (("translate", good, "--to", "ijw306", "--aanvulling", MAPPING), "--aanvulling"),
        (("translate", "-", "--uit", tmp_path), "standaardinvoer"),
        (("translate", good, "--aanvulling", MAPPING), "--aanvulling"),
        (("translate", good, "--to", "ijw306", "--kolommen", MAPPING), "--kolommen"),
        (("translate", DATA / "ijw", "--to", "ijw306"), "--uit"),
        (("check", tmp_path / "leeg"), "geen bestanden"),
        (("schema", "export", tmp_path / "s", "--basis", "niks"), "--basis"),
    ):
        done = ozlijn(*arguments)
        assert (done.code, done.out) == (2, ""), arguments
        assert said in done.err


# --- translate


def test_one_file_goes_to_the_screen() -> None:
    """The canonical JSON of one dossier, to read and to pipe on; what was noticed goes elsewhere."""
    done = run("translate", DATA / "oso" / "popo_2019.xml")
    assert done.exit_code == 0
    bericht = json.loads(done.stdout)
    assert bericht["soort"] == "ontwikkelingsperspectief"
    golden = json.loads((DATA / "oso" / "popo_2019.json").read_text())["bericht"]
    assert bericht["inhoud"]["leerling"] == golden["leerling"]


def test_standard_input_is_a_file_too() -> None:
    """`-` reads what is piped in."""
    raw = (DATA / "ijw" / "JW301.xml").read_bytes()
    done = run("translate", "-", input=raw)
    assert json.loads(done.stdout)["inhoud"]["toewijzingen"]
    assert BSN not in done.stdout


def test_more_files_are_a_line_each(tmp_path: Path) -> None:
    """Each file that can be read is one line of JSON; one that cannot is told of, and gives exit code 1."""
    shutil.copy(DATA / "ijw" / "JW301.xml", tmp_path / "a.xml")
    shutil.copy(DATA / "ijw" / "JW305.xml", tmp_path / "c.xml")
    (tmp_path / "b.xml").write_text("<a")
    (tmp_path / ".verborgen.xml").write_text("<a")
    done = run("translate", tmp_path)
    assert done.exit_code == 1
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 2
    assert "b.xml" in done.stderr
    assert "1 van 3 bestanden" in done.stderr
    done = run("translate", tmp_path, "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [("bericht" in row, bool(row["bevindingen"])) for row in rows] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_files_go_into_a_folder_once(tmp_path: Path) -> None:
    """Each in a file of its own for the owner alone; nothing is replaced without being told to."""
    source, target = tmp_path / "in", tmp_path / "uit"
    for name in ("een/x.xml", "twee/x.xml"):
        (source / name).parent.mkdir(parents=True)
        shutil.copy(DATA / "ijw" / "JW301.xml", source / name)
    assert run("translate", source, "--uit", target).exit_code == 0
    made = sorted(p.relative_to(target).as_posix() for p in target.rglob("*.*"))
    assert made == ["een/x.xml.json", "twee/x.xml.json"]
    assert {stat.S_IMODE((target / m).stat().st_mode) for m in made} == {0o600}
    (target / made[0]).write_text("eigen")
    again = ozlijn("translate", source, "--uit", target)
    assert again.code == 2
    assert "--overschrijf" in again.err
    assert (target / made[0]).read_text() == "eigen"
    assert run("translate", source, "--uit", target, "--overschrijf").exit_code == 0
    assert json.loads((target / made[0]).read_text())["inhoud"]


def test_ijw_goes_to_json_and_back_without_loss(tmp_path: Path) -> None:
    """Every message becomes JSON that becomes the same bytes again."""
    for source in sorted((DATA / "ijw").glob("JW*.xml")):
        to_json = run("translate", source, "--to", "ijwjson")
        (tmp_path / "x.json").write_bytes(to_json.stdout_bytes)
        back = run("translate", tmp_path / "x.json", "--to", f"ijw{source.stem[2:]}")
        assert back.stdout_bytes == source.read_bytes(), source.name


def test_a_retour_is_made(tmp_path: Path) -> None:
    """A good start gets an empty 306, one that breaks a rule gets 0001, and a 306 gets none."""
    good = run("translate", DATA / "ijw" / "JW305.xml", "--to", "ijw306", *DAY)
    answer = ijw.read(good.stdout_bytes)
    assert answer.soort == "JW306"
    assert "RetourCodes" not in answer.inhoud["Header"]
    late = message("JW305", "X", Begindatum="2026-12-31")
    (tmp_path / "laat.xml").write_bytes(ijw.write(late))
    bad = ijw.read(run("translate", tmp_path / "laat.xml", "--to", "ijw306", *DAY).stdout_bytes)
    assert bad.inhoud["Header"]["RetourCodes"] == {"RetourCode": ["0001"]}
    none = run("translate", DATA / "ijw" / "JW306.xml", "--to", "ijw308")
    assert none.exit_code == 1
    assert "ijw.vorm" in none.stderr


def test_a_retour_rests_on_what_went_before(tmp_path: Path) -> None:
    """Beside the first start a second is refused; without it that is not looked at, and it is said."""
    (tmp_path / "een").mkdir()
    (tmp_path / "een" / "1.xml").write_bytes(ijw.write(START))
    second = dated(message("JW305", "START2", Begindatum="2026-06-01"), "2026-06-01")
    (tmp_path / "2.xml").write_bytes(ijw.write(second))
    alone = run("translate", tmp_path / "2.xml", "--to", "ijw306", *DAY)
    assert "RetourCodes" not in ijw.read(alone.stdout_bytes).inhoud["Header"]
    assert "ijw.zonder_eerdere" in alone.stderr
    beside = run("translate", tmp_path / "2.xml", "--to", "ijw306", "--eerdere", tmp_path / "een", *DAY)
    assert beside.stderr == ""
    assert ijw.read(beside.stdout_bytes).inhoud["Header"]["RetourCodes"] == {"RetourCode": ["0200"]}
    assert b"9326" in beside.stdout_bytes


def test_a_claim_that_contradicts_itself_is_not_approved(tmp_path: Path) -> None:
    """A rule over several messages that one message already breaks holds without the others too (TR319)."""
    claim = (DATA / "ijw" / "JW323.xml").read_bytes()
    wrong = claim.replace(b"<ijw:Einddatum>2026-05-31", b"<ijw:Einddatum>2026-06-02").replace(
        b"2026-05-31</ijw:Einddatum>", b"2026-06-02</ijw:Einddatum>"
    )
    assert wrong != claim
    (tmp_path / "x.xml").write_bytes(wrong)
    done = run("translate", tmp_path / "x.xml", "--to", "ijw325", *DAY)
    assert ijw.read(done.stdout_bytes).soort == "JW325"
    assert b"8001" not in done.stdout_bytes


def test_ijw_is_worked_into_an_arrangement(tmp_path: Path) -> None:
    """A 301 becomes toewijzingen, a start and a stop their progress; one file that does not fit stops all."""
    arrangement = json.loads((DATA / "ijw" / "arrangement.json").read_text())
    del arrangement["toewijzingen"]
    path = own(tmp_path, "arrangement", arrangement)
    (tmp_path / "start.xml").write_bytes(ijw.write(START))
    files = [tmp_path / "start.xml", DATA / "ijw" / "JW301.xml"]
    done = run("translate", *files, "--bij", path)
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)["inhoud"]["toewijzingen"]
    assert made[0]["voortgang"][0]["stand"] == "gestart"
    assert BSN not in done.stdout
    refused = run("translate", *files, DATA / "ijw" / "JW319.xml", "--bij", path)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "ijw.soort" in refused.stderr


def test_a_request_is_drafted_from_an_arrangement(tmp_path: Path) -> None:
    """With the filled-in TOML of docs/ijw.md an arrangement becomes a 315; without it that is asked for."""
    texts = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "ijw.md").read_text(), re.DOTALL)
    (tmp_path / "315.toml").write_text(texts[0])
    arrangement = json.loads((DATA / "ijw" / "arrangement.json").read_text())
    del arrangement["toewijzingen"]  # what was granted already is not asked for again
    path = own(tmp_path, "arrangement", arrangement)
    done = run("translate", path, "--to", "ijw315", "--aanvulling", tmp_path / "315.toml", *DAY)
    assert done.exit_code == 0, done.output
    assert ijw.read(done.stdout_bytes).soort == "JW315"
    asked = ozlijn("translate", path, "--to", "ijw315")
    assert asked.code == 2
    assert "--aanvulling" in asked.err
    other = run("translate", path, "--to", "ijw319", "--aanvulling", _antwoord(tmp_path, texts[2]))
    assert other.exit_code == 1
    assert "ijw.vorm" in other.stderr


def test_a_draft_says_what_nobody_looked_into(tmp_path: Path) -> None:
    """The same message as `translate` writes; the rules over several messages are named, also as JSON. Many
    go to a folder, and one that is refused stops no other.
    """
    texts = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "ijw.md").read_text(), re.DOTALL)
    extra = tmp_path / "315.toml"
    extra.write_text(texts[0].replace('identificatie = "FICTIEF315A"', ""))
    arrangement = json.loads((DATA / "ijw" / "arrangement.json").read_text())
    (tmp_path / "317.toml").write_text(texts[1])
    (tmp_path / "wijziging").mkdir()
    other = own(tmp_path / "wijziging", "arrangement", arrangement)
    del arrangement["toewijzingen"]
    path = own(tmp_path, "arrangement", arrangement)
    asked = ("ijw", "ontwerp", "315", path, "--aanvulling", extra, *DAY)
    done = run(*asked)
    assert done.exit_code == 0, done.output
    same = run("translate", path, "--to", "ijw315", "--aanvulling", extra, *DAY)
    assert done.stdout_bytes == same.stdout_bytes
    assert b"ONTWERP" in done.stdout_bytes
    assert "Niet nagegaan, want daar zijn meer berichten voor nodig: " in done.stderr
    assert "TR374" in done.stderr
    said = json.loads(run(*asked, "--json").stdout)
    assert "TR374" in said["nietNagegaan"]
    made = run("ijw", "ontwerp", "317", other, "--aanvulling", tmp_path / "317.toml", *DAY)
    assert ijw.read(made.stdout_bytes).soort == "JW317"
    (tmp_path / "fout.json").write_text('{"soort": "arrangement", "inhoud": {}}')
    wrong = tmp_path / "fout.json"
    many = ("ijw", "ontwerp", "315", path, wrong, "--aanvulling", extra, *DAY)
    assert ozlijn(*many).code == 2
    folder = tmp_path / "uit"
    some = run(*many, "--uit", folder)
    assert some.exit_code == 1
    assert [p.suffix for p in folder.iterdir()] == [".xml"]
    assert "1 van 2 bestanden zijn niet vertaald." in some.stderr
    assert ozlijn("ijw", "ontwerp", "319", path, "--aanvulling", extra).code == 2


def _antwoord(folder: Path, text: str) -> Path:
    path = folder / "319.toml"
    path.write_text(text)
    return path


# --- schema export


def test_schemas_are_exported(tmp_path: Path) -> None:
    """All files, for everybody to read, under the address they will be served from."""
    done = run("schema", "export", tmp_path / "s", "--basis", "https://school.example/x", "--json")
    assert done.exit_code == 0
    names = json.loads(done.stdout)["bestanden"]
    index = json.loads((tmp_path / "s" / "index.json").read_text())
    assert {row["bestand"] for row in index["schemas"]} | {"index.json"} == set(names)
    one = tmp_path / "s" / "v1" / "hulpvraag.json"
    assert json.loads(one.read_text())["$id"] == "https://school.example/x/v1/hulpvraag.json"
    assert stat.S_IMODE(one.stat().st_mode) == 0o644
    assert f"Begin bij {tmp_path / 't' / 'index.json'}" in run("schema", "export", tmp_path / "t").stdout


def test_a_full_disk_is_told_of_in_one_line() -> None:
    """Output that cannot be written is one line and no trace, with another code than that of a finding."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*OZLIJN, "check", str(DATA / "ijw" / "JW305.xml")],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
            env=environment(),
            cwd=ROOT,
            text=True,
        )
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
