"""Files of somebody else: whatever their names and kinds, what is said stays ours and nobody waits."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.runtime.tonen import shown, shown_lines
from gateway.wiring import Keys, vkey_of
from schemas.errors import GatewayError
from tests.conftest import ROOT
from tests.flow.test_cli import OZLIJN, environment

DOSSIER: Final = ROOT / "adapters" / "oso" / "voorbeelden" / "poswv.xml"
NAMES: Final = {
    "a line end": b"goed.xml: 0 fouten\nvals.xml",
    "a return": b"a\rvals.xml",
    "a colour": b"\x1b[31mrood\x1b[0m.xml",
    "a title of the screen": b"\x1b]0;titel\x07.xml",
    "a backspace": b"a\x08\x08.xml",
    "one byte that moves": "\x9b2J.xml".encode(),
    "another direction": "\u202elmx.xml".encode(),
    "an invisible sign": "a\u200bb.xml".encode(),
    "no UTF-8": b"\xff\xfe\x80.xml",
    "a line separator": "a\u2028b.xml".encode(),
    "a tab": b"a\tb.xml",
}
UNSAFE: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]"
)


def run(*arguments: bytes | str | Path) -> tuple[int, str, str]:
    done = subprocess.run(
        [*OZLIJN, *arguments], capture_output=True, check=False, timeout=60, env=environment(), cwd=ROOT
    )
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with under each of these names a file that is no message at all."""
    folder = tmp_path_factory.mktemp("namen")
    for name in NAMES.values():
        (folder / os.fsdecode(name)).write_bytes(b"geen bericht")
    return folder


@pytest.mark.parametrize("command", ["check", "translate"])
@pytest.mark.parametrize("as_json", [False, True], ids=["words", "json"])
def test_a_name_is_shown_and_never_acted_on(named: Path, command: str, as_json: bool) -> None:
    """In words, in JSON, on either stream: one line per finding, with the name made harmless."""
    code, out, err = run(command, named, *(["--json"] if as_json else []))
    assert code == 1
    assert UNSAFE.search(out + err) is None
    if command == "check" and as_json:
        told = [b["bestand"] for b in json.loads(out)["bevindingen"]]
    elif as_json:
        told = [json.loads(line)["bestand"] for line in out.splitlines()]
    else:
        lines = (out if command == "check" else err).splitlines()
        told = [line.partition(": fout: ")[0] for line in lines if ": fout: " in line]
    assert len(set(told)) == len(NAMES)
    for name in NAMES.values():
        assert any(t.startswith(shown(os.fsdecode(os.fsencode(named) + b"/" + name))) for t in told)


def test_what_is_made_harmless() -> None:
    """Everything that a screen acts on, and nothing that people write."""
    assert shown("a\nb\t\x1b[1m\x7f\x9b\u202e\u2066\u200b") == r"a\x0ab\x09\x1b[1m\x7f\x9b\u202e\u2066\u200b"
    assert shown("a\u00ad\u180e\U000e0041b") == r"a\xad\u180e\U000e0041b"
    assert shown(os.fsdecode(b"\xff")) == r"\xff"
    assert shown("Zoë Ĳsbrand – 12 €.xml") == "Zoë Ĳsbrand – 12 €.xml"
    assert shown_lines("een\n\ttwee\x1b") == "een\n\ttwee\\x1b"
    for code in [*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0x200B, 0x2028, 0x202E, 0xFEFF]:
        assert UNSAFE.search(shown(f"a{chr(code)}b")) is None, hex(code)


VKEY: Final = vkey_of(Keys.fresh(), "ozlijn.test/2026")
KINDS: Final[dict[str, Callable[[Path], Any]]] = {
    "fifo": os.mkfifo,
    "device": lambda p: p.symlink_to("/dev/zero"),
    "terminal": lambda p: p.symlink_to("/dev/tty"),
    "folder": lambda p: p.mkdir(),
    "nowhere": lambda p: p.symlink_to("weg"),
    "circle": lambda p: p.symlink_to(p.name),
}
COMMANDS: Final[dict[str, Callable[[Path, Path], list[str | Path]]]] = {
    "check": lambda bad, good: ["check", bad],
    "check --kolommen": lambda bad, good: ["check", good, "--kolommen", bad],
    "check --namen": lambda bad, good: ["check", good, "--namen", bad],
    "translate": lambda bad, good: ["translate", bad],
    "translate --aanvulling": lambda bad, good: ["translate", good, "--to", "ijw315", "--aanvulling", bad],
    "translate --bij": lambda bad, good: ["translate", good, "--bij", bad],
    "translate --eerdere": lambda bad, good: ["translate", good, "--to", "ijw306", "--eerdere", bad],
    "profile check": lambda bad, good: ["profile", "check", bad],
    "convenant teken": lambda bad, good: ["convenant", "teken", bad, bad],
    "bewijs check": lambda bad, good: ["bewijs", "check", bad, "--sleutel", VKEY],
    "decide": lambda bad, good: ["decide", bad],
    "demo": lambda bad, good: ["demo", "--dossier", bad],
    "apply": lambda bad, good: ["apply", bad, "--settings", good.with_name("ozlijn.toml")],
    "ledger verify": lambda bad, good: [
        *("ledger", "verify", "--database", good, "--sleutel", VKEY, "--checkpoint", bad)
    ],
    "ledger verify --database": lambda bad, good: ["ledger", "verify", "--database", bad, "--sleutel", VKEY],
    "serve --settings": lambda bad, good: ["serve", "--settings", bad],
    "doctor --settings": lambda bad, good: ["doctor", "--settings", bad],
}


@pytest.mark.timeout(60)
def test_what_is_no_file_is_refused_at_once_by_every_command(tmp_path: Path) -> None:
    """A FIFO, a device, a terminal, a folder, a link to nowhere: refused, by whatever option it came.

    One that waits fails the test by its time.
    """
    good = tmp_path / "goed.xml"
    shutil.copy(DOSSIER, good)
    good.with_name("ozlijn.toml").write_text(
        'database = "x.db"\nkeys = "k"\nissuer = "http://localhost"\nlog_name = "proef"\n'
    )
    for kind, make in KINDS.items():
        make(tmp_path / kind)
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(str(tmp_path / "socket"))
    kinds = [*KINDS, "socket"]
    # Every command on a FIFO, and every kind with the command that reads most; the rest is the same function.
    asked = [(c, "fifo") for c in COMMANDS] + [("check", k) for k in kinds] + [("apply", k) for k in kinds]
    for command, kind in dict.fromkeys(asked):
        if (command, kind) == ("check", "folder"):
            continue  # that is what check is for
        done = CliRunner().invoke(app, [str(word) for word in COMMANDS[command](tmp_path / kind, good)])
        assert isinstance(done.exception, (SystemExit, GatewayError)), (command, kind, done.exception)
        said = f"{done.output} {done.exception}"
        assert done.exit_code in (1, 2), (command, kind, said)
        assert "onvoorzien" not in said, (command, kind)
        assert kind in said, (command, kind, said)
