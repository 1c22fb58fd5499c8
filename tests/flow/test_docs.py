"""Documentation examples run: the how-to as it stands, against a real gateway, and what an ADR leans on."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.line import Line, envelope, fine, only, story

HOWTO = ROOT / "docs" / "howto" / "eerste-uitwisseling.md"
ONTVANGST = ROOT / "docs" / "howto" / "eerste-ontvangst.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
ADDRESS = "127.0.0.1:8080"


def blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """(language, content, the text before it) of every code block."""
    before = 0
    for found in BLOCK.finditer(text):
        yield found[1], found[2], text[before : found.start()]
        before = found.end()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def gateway(command: str, folder: Path, env: dict[str, str], port: int) -> Iterator[None]:
    """The server of the how-to, in its second window."""
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(command.split(), cwd=folder, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/gereedheid", timeout=5):
                    break
            except OSError:
                assert process.poll() is None, (folder / "gateway.log").read_text(encoding="utf-8")
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def run(script: str, folder: Path, env: dict[str, str]) -> list[str]:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.splitlines()


def test_the_first_exchange_runs_as_written(tmp_path: Path) -> None:
    """A maker who types the two how-tos gets what they say: from HOLD to bevestigd, and an answer back."""
    for tool in ("bash", "curl", "base64", "sha256sum"):
        if shutil.which(tool) is None:
            pytest.skip(f"the how-to uses {tool}, which is not on this computer")
    port = free_port()
    shell: list[str] = []
    serve, serve_at, school = "", 0, 0
    for page in (HOWTO, ONTVANGST):
        school = len(shell)
        text = page.read_text(encoding="utf-8").replace(ADDRESS, f"127.0.0.1:{port}")
        for language, content, before in blocks(text):
            if language == "python":
                name = re.findall(r"`(\w+\.py)`", before)[-1]
                (tmp_path / name).write_text(content, encoding="utf-8")
            elif "ozlijn serve" in content:
                serve, serve_at = content.strip(), len(shell)
            else:
                assert language == "sh"
                shell.append(content)
    # The first block makes the environment, which tests/architecture/test_run_script.py does.
    assert shell[0].startswith("./run")
    env = {n: v for n, v in os.environ.items() if not n.startswith("OZLIJN_")} | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "KLOON": str(ROOT),
        "OZLIJN_PORT": str(port),
    }
    run("\n".join(shell[1:serve_at]), tmp_path, env)
    marked = [*shell[serve_at:school], "echo ----", *shell[school:]]
    with gateway(serve, tmp_path, env, port):
        said = run("\n".join(marked), tmp_path, env)
    there = said.index("----")
    said, back = said[:there], said[there + 1 :]
    assert said[0] == "HOLD"
    assert said[1].startswith('{"soort":"ontwikkelingsperspectief"')
    assert "Een hele ochtend in de groep mee kunnen doen." not in said[1]
    assert "Een hele ochtend in de groep mee kunnen doen." in said[2]
    assert said[3] == "aangehouden"
    assert said[4] == "Controleer het gezag en leg de gezagsgegevens vast."
    assert said[5] == "klaar"
    assert said[-1] == "Dit bewijs is geldig."
    assert back[:2] == ["ontwikkelingsperspectief", "bevestigd"]
    assert back[-4:-2] == [back[-4], "aangehouden"]
    assert back[-2:] == ["gestart", "bevestigd"]


@story("sqlite")
async def test_a_preview_shows_the_very_bytes(line: Line) -> None:
    """What people were shown as `alsIedereenToestemt` is byte for byte what is handed over when they do."""
    leerling = await line.gezag()
    shown = fine(await line.school.post("/uitwisselingen/_proef", envelope()))["ontvangers"][0]
    assert shown["nu"] is None
    await line.both_agree(leerling)
    pushed = await line.push()
    payload = await line.take(only(pushed))
    assert payload == shown["alsIedereenToestemt"]["levering"]["inhoud"].encode()


def ozlijn(folder: Path, env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ozlijn", *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_runbook_on_set_up(tmp_path: Path) -> None:
    """In an empty folder instead of the root, and without another user: database and anchor come where the
    unit may write, nobody else can read them or the keys, and the gateway starts on it.
    """
    runbook = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    (script,) = [b for language, b, _ in blocks(runbook) if language == "sh" and "useradd" in b]
    script = re.sub(r"^useradd .*\n", "", script, flags=re.MULTILINE)
    for there, here in (
        ("runuser -u ozlijn -- ", ""),
        ("-o ozlijn -g ozlijn ", ""),
        ("/opt/ozlijn/.venv/bin/ozlijn", str(Path(sys.executable).with_name("ozlijn"))),
        ("/opt/ozlijn", str(ROOT)),
        ("/etc/ozlijn", str(tmp_path / "etc")),
        ("/var/lib/", f"{tmp_path}/"),
        (" --dry-run", ""),
    ):
        assert there in script
        script = script.replace(there, here)
    env = {n: v for n, v in os.environ.items() if not n.startswith("OZLIJN_")}
    run(script, tmp_path, env)
    made = {str(p.relative_to(tmp_path)): p.stat().st_mode & 0o777 for p in tmp_path.rglob("*")}
    assert made.keys() >= {"etc/ozlijn.toml", "etc/sleutels", "ozlijn/ozlijn.db", "ozlijn-anker"}
    assert {name for name, mode in made.items() if mode & 0o077} == set()
    port = free_port()
    settings = tmp_path / "etc" / "ozlijn.toml"
    path = f"{Path(sys.executable).parent}:{env['PATH']}"
    with gateway(
        f"ozlijn serve --settings {settings}", tmp_path, env | {"OZLIJN_PORT": str(port), "PATH": path}, port
    ):
        assert (tmp_path / "ozlijn-anker" / "anker").exists()


def test_the_runbook_on_back_up_and_restore(tmp_path: Path) -> None:
    """A second gateway, an older database and a lost anchor refuse to start; the named ways out work."""
    port = free_port()
    env = {n: v for n, v in os.environ.items() if not n.startswith("OZLIJN_")} | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "OZLIJN_PORT": str(port),
    }
    settings = ("--settings", "lijn/ozlijn.toml")
    serve = f"ozlijn serve {' '.join(settings)}"
    database, anchor = tmp_path / "lijn" / "ozlijn.db", tmp_path / "lijn" / "sleutels" / "anker"
    register = tmp_path / "partijen.toml"
    shutil.copy(ROOT / "deploy" / "partijen.toml", register)
    assert ozlijn(tmp_path, env, "init", "lijn", "--adres", f"http://127.0.0.1:{port}").returncode == 0
    assert ozlijn(tmp_path, env, "apply", "partijen.toml", *settings).returncode == 0
    with gateway(serve, tmp_path, env, port):
        second = ozlijn(tmp_path, env, "serve", *settings)
        assert (second.returncode, "ozlijn.db.lock" in second.stderr) == (3, True)
        with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(tmp_path / "older")) as copy:
            live.backup(copy)
        register.write_text(
            register.read_text(encoding="utf-8").replace("De Bedachte", "De"), encoding="utf-8"
        )
        assert (
            ozlijn(tmp_path, env, "apply", "partijen.toml", *settings).stdout
            == "~ agb:99999901 (jeugdhulp)\n"
        )
    assert ozlijn(tmp_path, env, "ledger", "verify", *settings).returncode == 0
    newest = tmp_path / "newest"
    database.rename(newest)

    shutil.copy(tmp_path / "older", database)
    refused = ozlijn(tmp_path, env, "serve", *settings)
    assert (refused.returncode, "verantwoording" in refused.stderr.splitlines()[-1]) == (3, True)
    report = ozlijn(tmp_path, env, "ledger", "verify", *settings)
    assert (report.returncode, "[missing]" in report.stdout) == (1, True)

    shutil.copy(newest, database)
    with gateway(serve, tmp_path, env, port):
        pass

    note = json.loads(anchor.read_text(encoding="utf-8"))["note"]
    anchor.unlink()
    assert ozlijn(tmp_path, env, "serve", *settings).returncode == 3
    anchor.write_text(json.dumps({"size": int(note.splitlines()[1]), "note": note}), encoding="utf-8")
    with gateway(serve, tmp_path, env, port):
        pass
