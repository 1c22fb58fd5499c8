"""Every code block of every page runs as it stands, here or in a test that is named, or says why not."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from consent.convenant import parse_convenant
from consent.regio import parse_regio
from gateway.api.bodies import GrondverklaringVerzoek, ProefklokVerzoek
from gateway.cli.main import app
from gateway.register.apply import read_register
from schemas.exchange.uitwisseling import Verzending
from tests.conftest import ROOT
from tests.unit.adapters.ijw import docsvoorbeelden
from tests.unit.adapters.ijw.voorbeelden import DATA as IJW

PAGES: Final = sorted(
    p.relative_to(ROOT).as_posix()
    for folder in ("", "docs", "docs/howto", "deploy")
    for p in (ROOT / folder).glob("*.md")
)
ELSEWHERE: Final = {
    "docs/schoolsystemen.md": {
        "[[verzorgers]]": "tests/unit/adapters/schoolcsv/test_verzorgers.py",
        "registraties/_verschil": "tests/flow/test_registraties.py",
    },
    "README.md": {
        "./run demo": "tests/flow/test_demo.py",
        "./run test": "tests/architecture/test_readme.py",
        "[[partijen]]": "tests/architecture/test_docs.py",
    },
    "docs/regio.md": {"ozlijn regio check": "tests/flow/test_cli_regio.py"},
    "docs/howto/eerste-uitwisseling.md": {"": "tests/flow/test_docs.py"},
    "docs/howto/eerste-ontvangst.md": {"": "tests/flow/test_docs.py"},
    "docs/howto/toezicht-houden.md": {"": "tests/flow/test_toezicht.py"},
    "docs/fg.md": {"": "tests/flow/test_fg_werk.py"},
    "docs/howto/dag-intern-begeleider.md": {"": "tests/flow/test_docs_dagen.py"},
    "docs/stromen.md": {'"wel"': "tests/flow/test_omstandigheden.py"},
    "docs/howto/dag-wijkteam.md": {"": "tests/flow/test_docs_dagen.py"},
    "docs/ijw.md": {"": "tests/unit/adapters/ijw/test_docs_ijw.py"},
    "docs/profielen.md": {"": "tests/unit/consent/test_profielen.py"},
    "docs/mensen.md": {"[[uitgevers]]": "tests/unit/gateway/register/test_mensen.py"},
    "docs/partijen.md": {
        "[[partijen]]": "tests/unit/gateway/register/test_organisaties.py",
        "[[machtigingen]]": "tests/unit/gateway/register/test_organisaties.py",
        "[[opvolgingen]]": "tests/unit/gateway/register/test_organisaties.py",
    },
    "deploy/README.md": {"useradd": "tests/flow/test_docs.py"},
}
"""Per page, how a block begins or what stands in it (nothing: every block), and the test that runs it."""
SHOWN: Final = {
    "docs/rooms.md": {"gateway ───► consent": "a picture in letters"},
    "docs/uitleg.md": {"$ ozlijn explain": "output of one case; tests/data/uitleg has them all"},
    "docs/naspelen.md": {
        "$ ozlijn replay": "output of one case; tests/flow/test_replay.py runs the command",
        '"vanaf"': "the form of the output, which tests/flow/test_replay.py holds",
    },
    "docs/oso.md": {'"pad"': "one row of the output, which tests/unit/adapters/oso/test_left_out.py holds"},
    "docs/nakijken.md": {
        "ozlijn doctor": "looks at a gateway that is set up; tests/flow/test_doctor.py does it"
    },
    "docs/partijen.md": {
        "GET /v1/postbus": "a header, which tests/flow/test_hoedanigheden.py sends",
        "~ brin:99ZZ00": "output of one case; tests/flow/test_cli.py holds it",
    },
    "docs/praktijken.md": {
        "ozlijn praktijk --dekking": "the same table each time; tests/flow/test_cli_praktijk.py holds it",
        "ozlijn praktijk S50": "plays for seconds; tests/flow/test_praktijk_gespeeld.py does it",
    },
    "docs/stromen.md": {"--wijziging": "needs a change of the law; tests/flow/test_cli_stromen.py does it"},
    "docs/verhuizen.md": {
        "ozlijn migrate": "needs a PostgreSQL of its own; tests/faults/test_move.py does it"
    },
    "docs/howto/toestemming-vastleggen.md": {
        "ozlijn bewijs check": "needs a proof and a key; tests/flow/test_toestemmingsbewijs.py does it"
    },
    "deploy/README.md": {
        "database =": "no such address; tests/faults/test_postgres_processes.py has a real one",
        "ozlijn ledger verify": "needs a back-up; tests/flow/test_docs.py does it in the runbook's order",
    },
}
"""Blocks that only show something, and where what they show is held."""


def told(page: str) -> list[tuple[str, str]]:
    """(language, content) of every block of a page, also of one in a list or without a language."""
    found: list[tuple[str, str]] = []
    language: str | None = None
    for line in (ROOT / page).read_text(encoding="utf-8").splitlines(keepends=True):
        fence = re.fullmatch(r" *```(\w*)\n", line)
        if fence is None:
            if language is not None:
                found[-1] = (language, found[-1][1] + line)
        elif language is None:
            language = fence[1]
            found.append((language, ""))
        else:
            language = None
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_accounted_for(page: str) -> None:
    """Run below, run by a test that is named here, or shown for a reason; a new one has to choose."""
    rules = ELSEWHERE.get(page, {}) | SHOWN.get(page, {})
    left = [c for _, c in told(page) if not any(part in c for part in rules)]
    assert [c for c in left if c not in run_here(page)] == []
    unused = [part for part in rules if not any(part in c for _, c in told(page))]
    assert unused == []
    for test in ELSEWHERE.get(page, {}).values():
        assert (ROOT / test).is_file()


def run_here(page: str) -> set[str]:
    """The blocks that a test below runs."""
    return {content for found, content in HERE if found == page}


def _here() -> Iterator[tuple[str, str]]:
    for page, (languages, _) in RUN.items():
        rules = ELSEWHERE.get(page, {}) | SHOWN.get(page, {})
        for language, content in told(page):
            if language in languages and not any(part in content for part in rules):
                yield page, content


# --- what runs here


def in_folder(content: str, folder: Path) -> None:
    """A block of the command line, with the files that its page speaks of beside it."""
    shutil.copytree(docsvoorbeelden.FOLDER, folder / "map-met-berichten")
    (folder / "map-met-eerdere-berichten").mkdir()
    shutil.copy(docsvoorbeelden.FOLDER / "toewijzing-301.xml", folder / "map-met-eerdere-berichten")
    shutil.copy(docsvoorbeelden.FOLDER / "start-305.xml", folder / "start.xml")
    shutil.copy(ROOT / "adapters" / "oso" / "voorbeelden" / "poswv.xml", folder / "dossier.xml")
    shutil.copy(ROOT / "tests" / "data" / "csv" / "leerlingen.csv", folder)
    shutil.copy(ROOT / "adapters" / "schoolcsv" / "voorbeelden" / "voorbeeld.toml", folder / "afspraak.toml")
    plan = json.loads((IJW / "arrangement.json").read_bytes()) | {"toewijzingen": []}
    (folder / "arrangement.json").write_text(json.dumps({"soort": "arrangement", "inhoud": plan}))
    first = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "ijw.md").read_text("utf-8"), re.DOTALL)[0]
    (folder / "aanvulling.toml").write_text(first, encoding="utf-8")
    for line in content.splitlines():
        words = shlex.split(line, comments=True)
        if not words or words[1] == "serve":
            continue
        words = [str(folder / "map-met-berichten") if w == "FILE-OR-FOLDER" else w for w in words]
        words = ["dossier.xml" if w == "FILE" else w for w in words]
        words = [str(ROOT / w) if w.startswith("docs/") else w for w in words]
        words = [w.replace("~", str(folder)) for w in words]
        if words[1] == "apply":
            shutil.copy(ROOT / "deploy" / "partijen.toml", folder)
        with contextlib.chdir(folder):
            done = CliRunner().invoke(app, words[1:])
        # Exit code 1 of these is a finding in the message: the command itself worked.
        assert done.exit_code in ({0, 1} if words[1] in ("check", "translate") else {0}), (line, done.stderr)
        assert done.stdout or words[1] in ("translate", "schema", "init"), line


def a_case_and_its_answer(content: str, folder: Path) -> None:
    """What a page writes in a file, and the output that it shows below."""
    if content.startswith("Gemeente"):
        return  # compared with what comes out of the block above it
    (name, body, command) = re.findall(
        r"^cat > (\S+) <<'JSON'\n(.*?)^JSON\n(ozlijn .*)\n", content, re.DOTALL | re.MULTILINE
    )[0]
    (folder / name).write_text(body, encoding="utf-8")
    with contextlib.chdir(folder):
        done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, done.stderr
    assert done.stdout == told("docs/woonplaats.md")[1][1]


def what_is_typed(content: str, folder: Path) -> None:
    """Every line behind a prompt."""
    with contextlib.chdir(folder):
        for line in content.splitlines():
            done = CliRunner().invoke(app, shlex.split(line.removeprefix("$ "))[1:])
            assert (done.exit_code, bool(done.stdout)) == (0, True), line


def a_convenant_or_values(content: str, folder: Path) -> None:
    """A block of TOML of a region: what it is for reads it."""
    if "[[mandaten]]" in content or "[[kennisgevingen]]" in content:
        register = folder / "partijen.toml"
        sample = (ROOT / "deploy" / "partijen.toml").read_text(encoding="utf-8")
        register.write_text(f"{sample}\n{content}", encoding="utf-8")
        found = read_register(register)
        assert len(found.kennisgevingen) + len(found.beleid) == 1
    elif "[toestemmingLooptDoor]" in content:
        assert parse_regio(content).toestemming_loopt_door is not None
    else:
        assert parse_convenant(content).afspraken


def a_change_of_the_law(content: str, folder: Path) -> None:
    change = folder / "recht.toml"
    change.write_text(content, encoding="utf-8")
    assert read_register(ROOT / "deploy" / "partijen.toml", recht=change).beleid


def a_body(content: str, _folder: Path) -> None:
    """A body of a request, with something real for what the page leaves open."""
    sample = base64.b64encode((docsvoorbeelden.FOLDER / "start-305.xml").read_bytes()).decode()

    def filled(value: Any) -> Any:
        match value:
            case dict():
                return {name: filled(v) for name, v in value.items()}
            case list():
                return [filled(v) for v in value]
            case "…" | "de leveringId die u ophaalde":
                return "0" * 32
            case "sha256:…":
                return "sha256:" + "0" * 64
            case str() if "base64" in value:
                return sample
            case _:
                return value

    body = json.dumps(filled(json.loads(content)))
    model = GrondverklaringVerzoek if "grondstukRef" in content else Verzending
    model.model_validate_json(body)


def a_message_in_a_file(content: str, _folder: Path) -> None:
    assert set(json.loads(content)) == {"soort", "inhoud"}


def the_clock(content: str, _folder: Path) -> None:
    (body,) = re.findall(r"^PUT /v1/proefklok +(\{.*\})$", content, re.MULTILINE)
    ProefklokVerzoek.model_validate_json(body)


RUN: Final = {
    "README.md": (("sh",), in_folder),
    "docs/bestanden.md": (("sh", "json"), None),
    "docs/schoolsystemen.md": (("sh",), in_folder),
    "docs/regio.md": (("toml",), a_convenant_or_values),
    "docs/recht.md": (("toml",), a_change_of_the_law),
    "docs/proefomgeving.md": (("",), the_clock),
    "docs/stromen.md": (("console",), what_is_typed),
    "docs/woonplaats.md": (("sh", "text"), a_case_and_its_answer),
    "docs/howto/ophalen-en-tekenen.md": (("json",), a_body),
    "docs/howto/delen-zonder-toestemming.md": (("json",), a_body),
}
HERE: Final = tuple(_here())


@pytest.mark.parametrize(("page", "content"), HERE, ids=[f"{p}:{c[:30].split(chr(10))[0]}" for p, c in HERE])
def test_a_block_works_as_written(page: str, content: str, tmp_path: Path) -> None:
    """Each does what its page says it does."""
    made = RUN[page][1] or (in_folder if content.startswith("./run") else a_message_in_a_file)
    made(content, tmp_path)


def test_the_samples_of_ijw_are_those_of_the_tests() -> None:
    """docs/voorbeelden/ijw holds what the tests build, and nothing else."""
    made = docsvoorbeelden.files()
    assert {p.name: p.read_bytes() for p in docsvoorbeelden.FOLDER.iterdir()} == made
