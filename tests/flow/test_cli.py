"""The command `ozlijn` as an operator uses it: real processes, their output, exit code and traces."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from typer.testing import CliRunner

from adapters.ledger.canonical import canonical
from adapters.local.keys import KeyLedgerSigner, Keys
from adapters.stores.sqlite.store import SqliteStorage
from gateway.cli.main import app
from gateway.cli.woonplaats_tonen import VRAGEN
from gateway.explain import teksten
from schemas.checks.woonplaats import Vraag
from tests.callers import CANARY, Key, es256, public_jwk
from tests.faults.processes import Life, Loaded

Json = dict[str, Any]
OZLIJN: Final = (sys.executable, "-c", "from gateway.cli.main import main; main()")
ROOT: Final = Path(__file__).resolve().parents[2]
COMMANDS: Final = (
    "",
    "decide",
    "woonplaats",
    "demo",
    "init",
    "serve",
    "apply",
    "sleutel",
    "ledger",
    "ledger verify",
    "ledger sleutel",
    "bewijs",
    "bewijs check",
    "profile",
    "profile check",
    "profile diff",
    "convenant",
    "convenant teken",
    "regio",
    "regio check",
    "regio diff",
    "regio apply",
    "regio toon",
    "stromen",
    "check",
    "translate",
    "schema",
    "schema export",
    "explain",
    "ijw",
    "ijw ontwerp",
    "zaak",
    "zaak toon",
    "replay",
    "leerlingen check",
    "leveringen",
    "fg",
    "fg leveringen",
    "fg levering",
)


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("OZLIJN_", "PYTHON", "LC_", "LANG"))}
    return {**clean, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **more}


def ozlijn(*arguments: object, cwd: Path = ROOT, **more: str) -> Done:
    ran = Loaded.one().run([*map(str, arguments)], environment(**more), cwd)
    done = Done(ran.returncode, ran.stdout.decode(), ran.stderr.decode())
    assert "Traceback" not in done.err, done.err
    return done


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `init` and `apply` leave it, to be copied."""
    folder = tmp_path_factory.mktemp("cli") / "lijn"
    assert ozlijn("init", folder, "--adres", "http://127.0.0.1:8089").code == 0
    keys = {"school": es256("s-1"), "aanbieder": es256("a-1")}
    (folder / "prive").mkdir()
    for name, key in keys.items():
        (folder / "prive" / name).write_text(json.dumps(key.as_dict(private=True)))
    write_partijen(folder / "partijen.toml", keys)
    assert ozlijn("apply", folder / "partijen.toml", "--settings", folder / "ozlijn.toml").code == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "lijn"))


def private(folder: Path, name: str) -> Key:
    key: Key = ECKey.import_key(json.loads((folder / "prive" / name).read_text()))
    return key


def write_partijen(path: Path, keys: Mapping[str, Key]) -> None:
    lines = []
    for n, (name, key) in enumerate(keys.items()):
        lines += [
            "[[partijen]]",
            f'id = "{"brin:99ZZ00" if n == 0 else f"agb:9999990{n}"}"',
            f'soort = "{"school" if n == 0 else "jeugdhulpaanbieder"}"',
            f'naam = "{name} (verzonnen)"',
            *(['brin = "99ZZ"', 'vestigingscode = "00"'] if n == 0 else []),
            'aflevering = {soort = "postbus"}',
            "[[partijen.clients]]",
            f'clientId = "{name}"',
            'scopes = ["uitwisselingen:lezen", "postbus:lezen", "ledger:lezen"]',
            "[[partijen.clients.sleutels]]",
            *(f'{k} = "{v}"' for k, v in public_jwk(key).items()),
        ]
    path.write_text("\n".join(lines) + "\n")


def settings(folder: Path) -> tuple[str, Path]:
    return "--settings", folder / "ozlijn.toml"


# ── help and wrong use


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_dutch(command: str) -> None:
    """Each command explains itself, without a word of the library's own English."""
    done = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="ozlijn")
    assert done.exit_code == 0
    assert done.output.startswith(f"Gebruik: ozlijn {command}".strip())
    for english in ("Usage", "Options", "Commands", "Arguments", "Show ", "Install", "required"):
        assert english not in done.output.replace("[OPTIES]", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["fout"], "ozlijn: de opdracht 'fout' bestaat niet. Zie ozlijn --help."),
        (["leverigen"], "ozlijn: de opdracht 'leverigen' bestaat niet; misschien leveringen"),
        (["ledger", "fout"], "ozlijn: de opdracht 'fout' bestaat niet. Zie ozlijn ledger --help."),
        (["demo", "--fout"], "ozlijn: de optie --fout bestaat niet. Zie ozlijn demo --help."),
        (["demo", "--jso"], "ozlijn: de optie --jso bestaat niet; misschien --json."),
        (["demo", "--json=3"], "ozlijn: --json krijgt geen waarde."),
        (["demo", "--datum"], "ozlijn: --datum heeft een waarde nodig."),
        (["demo", "--datum", "gisteren"], "ozlijn: --datum: dit is geen dag zoals 2026-11-30."),
        (["apply"], "ozlijn: BESTAND ontbreekt. Zie ozlijn apply --help."),
        (["translate"], "ozlijn: BESTAND ontbreekt."),
        (["init", "lijn"], "ozlijn: --adres ontbreekt."),
        (["apply", "a", "b", "c"], "ozlijn: dit is te veel: b c."),
        (["leveringen", "--aantal", "0"], "ozlijn: --aantal: dit moet minstens 1 zijn."),
        (["leveringen", "--aantal", "1001"], "ozlijn: --aantal: dit moet hoogstens 1000 zijn."),
        (["leveringen", "--aantal", "veel"], "ozlijn: --aantal: dit is geen heel getal."),
        (["explain", "--voor", "niemand", "id"], "ozlijn: --voor: kan zijn: school, fg, ouder."),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_says_why_in_dutch(arguments: list[str], told: str) -> None:
    """One line as of every other refusal, and nothing of the library's English."""
    done = ozlijn(*arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    for english in ("Error", "Usage", "Invalid", "Missing", "Try "):
        assert english not in done.err


@pytest.mark.parametrize(
    "arguments",
    [["{}"], ["ledger", "--{}"], ["apply", "a", "{}"], ["demo", "--datum", "{}"], ["--{}=1"], ["-{}"]],
    ids=["command", "option", "too much", "value", "option with value", "short option"],
)
def test_a_wrong_command_line_never_reaches_the_screen_as_it_was_typed(arguments: list[str]) -> None:
    """An argument may come from a name that somebody else gave; a screen would act on what is in it."""
    done = ozlijn(*(a.format("x\x1b[2J\u202e\nozlijn: goed") for a in arguments))
    assert (done.code, done.out) == (2, "")
    assert "\x1b" not in done.err
    assert "\u202e" not in done.err
    assert not any(line.startswith("ozlijn: goed") for line in done.err.splitlines())


def test_a_group_without_a_command_shows_its_help(tmp_path: Path) -> None:
    """On standard error and with 2, for nothing was done."""
    done = ozlijn("ledger", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Gebruik: ozlijn ledger")


# ── init and sleutel


def test_init_makes_what_serve_needs_and_never_writes_over_it(tmp_path: Path) -> None:
    """Settings and keys that only the owner reads; a second time is refused and changes nothing."""
    folder = tmp_path / "een map" / "lijn"
    done = ozlijn("init", folder, "--adres", "https://lijn.example.nl/")
    assert done.code == 0
    assert str(folder / "ozlijn.toml") in done.out
    keys = sorted((folder / "sleutels").iterdir())
    assert len(keys) == 4
    assert all(k.stat().st_mode & 0o077 == 0 for k in keys)
    before = {k: k.read_bytes() for k in [*keys, folder / "ozlijn.toml"]}
    again = ozlijn("init", folder, "--adres", "https://lijn.example.nl")
    assert (again.code, again.out) == (2, "")
    assert "bestaat al" in again.err
    assert {k: k.read_bytes() for k in before} == before
    shown = ozlijn("ledger", "sleutel", *settings(folder))
    assert shown.out.strip() in done.out


@pytest.mark.parametrize(
    "adres", ["ftp://a.nl", "lijn", 'https://a"b\nc', "http://lijn.example.nl", "https://["]
)
def test_init_refuses_an_address_that_cannot_work(adres: str, tmp_path: Path) -> None:
    """An address that cannot work is refused before anything is made."""
    done = ozlijn("init", tmp_path / "lijn", "--adres", adres)
    assert done.code == 2
    assert "--adres" in done.err
    assert not (tmp_path / "lijn").exists()


def test_init_in_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where the folder should come is wrong use."""
    (tmp_path / "bestand").write_text("")
    done = ozlijn("init", tmp_path / "bestand" / "lijn", "--adres", "https://lijn.example.nl")
    assert done.code == 2
    assert "te schrijven" in done.err


def test_sleutel_keeps_the_secret_half_in_the_file(tmp_path: Path) -> None:
    """The file is for the owner only, the screen has just the public half, and a file is never replaced."""
    file = tmp_path / "las.jwk"
    done = ozlijn("sleutel", "las-2026", file)
    secret = json.loads(file.read_bytes())
    assert (done.code, file.stat().st_mode & 0o777) == (0, 0o600)
    assert secret["d"] not in done.out + done.err
    assert f'x = "{secret["x"]}"' in done.out
    again = ozlijn("sleutel", "las-2026", file)
    assert again.code == 2
    assert json.loads(file.read_bytes()) == secret
    assert ozlijn("sleutel", 'a"b', tmp_path / "b.jwk").code == 2
    assert not (tmp_path / "b.jwk").exists()


# ── apply


def counts(folder: Path) -> tuple[int, int]:
    """Version of the register and length of the ledger."""

    async def read() -> tuple[int, int]:
        storage = SqliteStorage.open(folder / "ozlijn.db", gateway=False)
        try:
            return await storage.register_version(), (await storage.head()).size
        finally:
            await storage.close()

    return asyncio.run(read())


def test_apply_is_idempotent_and_a_dry_run_changes_nothing(folder: Path) -> None:
    """The same file twice is no change; --dry-run shows the change and leaves everything as it was."""
    before = counts(folder)
    again = ozlijn("apply", folder / "partijen.toml", *settings(folder))
    assert (again.code, again.out.count("\n")) == (0, 1)
    assert "verandert niets" in again.out
    one = folder / "een.toml"
    write_partijen(one, {"school": es256("ander")})
    dry = ozlijn("apply", one, *settings(folder), "--dry-run", "--json")
    assert json.loads(dry.out) == {
        "nieuw": [],
        "gewijzigd": ["brin:99ZZ00"],
        "verwijderd": ["agb:99999901"],
        "hoedanigheden": {"brin:99ZZ00": ["onderwijs"]},
    }
    assert counts(folder) == before


def test_apply_says_when_a_region_is_looser_than_the_line(folder: Path) -> None:
    """By name and day, once: at the dry run and when it is applied, not when nothing changes."""
    regio = folder / "regio.toml"
    regio.write_text(
        '[toestemmingLooptDoor]\nfg = "F. Verzonnen"\nbeslotenOp = 2026-09-01\n', encoding="utf-8"
    )
    asked = ("apply", folder / "partijen.toml", *settings(folder), "--beleid", regio)
    warning = "Besluit van de FG F. Verzonnen, 2026-09-01."
    assert warning in ozlijn(*asked, "--dry-run").out
    assert warning in json.loads(ozlijn(*asked, "--dry-run", "--json").out)["letOp"][0]
    assert warning in ozlijn(*asked).out
    assert warning not in ozlijn(*asked).out
    regio.write_text('[toestemmingLooptDoor]\nfg = "F."\nbeslotenOp = 2999-09-01\n', encoding="utf-8")
    refused = ozlijn(*asked)
    assert refused.code != 0
    assert "beleid.toekomst" in refused.out + refused.err


def test_apply_takes_nothing_away_unless_told(folder: Path) -> None:
    """Who is not in the file any more goes only with --verwijder, and is named."""
    one, before = folder / "een.toml", counts(folder)
    write_partijen(one, {"school": private(folder, "school")})
    refused = ozlijn("apply", one, *settings(folder))
    assert refused.code == 2
    assert "agb:99999901" in refused.err
    assert counts(folder) == before
    done = ozlijn("apply", one, *settings(folder), "--verwijder")
    assert (done.code, done.out) == (0, "- agb:99999901\n")
    assert counts(folder) == (before[0] + 1, before[1] + 1)


def test_apply_names_every_fault_and_no_value(folder: Path) -> None:
    """One line per fault with a JSON pointer; exit code 1; nothing changed."""
    before, bad = counts(folder), folder / "fout.toml"
    bad.write_text(
        f'[[partijen]]\nid = "brin:99ZZ00"\nsoort = "school"\nnaam = "x"\n'
        f'[[partijen]]\nid = "{CANARY}"\nsoort = "{CANARY}"\nnaam = "x"\ngeheim = "{CANARY}"\n'
    )
    done = ozlijn("apply", bad, *settings(folder))
    assert (done.code, done.out) == (1, "")
    lines = done.err.splitlines()
    for start in ("/partijen/0: ", "/partijen/1/id: ", "/partijen/1/soort: ", "/partijen/1: "):
        assert [line for line in lines if line.startswith(start)], (start, lines)
    assert CANARY not in done.err
    assert counts(folder) == before


@pytest.mark.parametrize("name", ["nergens.toml", ".", "geen.toml"], ids=["missing", "folder", "not TOML"])
def test_apply_of_what_is_no_file_is_wrong_use(name: str, folder: Path) -> None:
    """Exit code 2, one line that names it."""
    (folder / "geen.toml").write_text("a = [")
    done = ozlijn("apply", folder / name, *settings(folder))
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert str(folder / name) in done.err


# ── serve


@dataclass
class Gateway:
    address: str
    folder: Path
    process: Life
    ended: int | None = None

    @property
    def errors(self) -> str:
        return (self.folder / "stderr").read_text()

    def token(self, name: str) -> httpx.Response:
        now = int(time.time())
        claims = {
            "iss": name,
            "sub": name,
            "aud": "http://127.0.0.1:8089/v1/token",
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_hex(8),
        }
        key = private(self.folder, name)
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key),
        }
        return httpx.post(f"{self.address}/v1/token", data=form)

    def postbus(self, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{self.address}/v1/postbus", headers=headers).status_code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.ended = self.process.stop(number, 30)
        return self.ended

    def ends_by_itself(self) -> int:
        self.ended = self.process.wait(30)
        return self.ended


@contextmanager
def serving(folder: Path) -> Iterator[Gateway]:
    """A real gateway on a free port; killed by its pid when the test did not stop it."""
    with (folder / "stderr").open("wb") as errors:
        spawner = Loaded.one().spawner(errors)
        process = spawner.start(
            ["serve", *map(str, settings(folder))], environment(OZLIJN_PORT=str(port := free_port()))
        )
    gateway = Gateway(f"http://127.0.0.1:{port}", folder, process)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert not process.ended(), gateway.errors
            try:
                httpx.get(f"{gateway.address}/v1/gezondheid")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield gateway
    finally:
        if gateway.ended is None:
            process.kill()
        spawner.close()


def free_port() -> int:
    with closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def test_apply_beside_a_running_gateway_works_at_once(folder: Path) -> None:
    """A new client gets a token, a removed one loses his; SIGTERM ends clean and frees the lock."""
    both, one = folder / "partijen.toml", folder / "een.toml"
    write_partijen(one, {"school": private(folder, "school")})
    assert ozlijn("apply", one, *settings(folder), "--verwijder").code == 0
    with serving(folder) as gateway:
        assert gateway.token("aanbieder").status_code == 401
        assert ozlijn("apply", both, *settings(folder)).out == "+ agb:99999901 (jeugdhulp)\n"
        answer = gateway.token("aanbieder")
        assert answer.status_code == 200, answer.text
        token = answer.json()["access_token"]
        assert gateway.postbus(token) == 200
        assert ozlijn("apply", one, *settings(folder), "--verwijder").code == 0
        assert gateway.postbus(token) == 401
        verified = ozlijn("ledger", "verify", *settings(folder), "--json")
        assert verified.code == 0, verified.out
        second = ozlijn("serve", *settings(folder), OZLIJN_PORT="0")
        assert (second.code, second.out) == (3, "")
        assert second.err.startswith("ozlijn: ")
        assert gateway.stop() == 0, gateway.errors
        assert "Traceback" not in gateway.errors
    with serving(folder) as gateway:
        assert gateway.stop(signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("spoil", "message", "code"),
    [
        (lambda f: (f / "ozlijn.toml").write_text("hold_dayz = 3"), "hold_dayz", 2),
        (lambda f: {"OZLIJN_HOLD_DAYZ": CANARY}, "OZLIJN_HOLD_DAYZ", 2),
        (lambda f: shutil.rmtree(f / "sleutels"), "hoofdsleutel", 2),
        (lambda f: (f / "sleutels" / "ledgersleutel").chmod(0o644), "ledgersleutel", 2),
        (lambda f: [(f / "ozlijn.db").unlink(), (f / "ozlijn.db").mkdir()], "ozlijn.db", 2),
        (lambda f: (f / "ozlijn.db").write_bytes(b"geen database" * 1_000), "geen SQLite", 2),
        (lambda f: (f / "ozlijn.toml").unlink(), "niet te lezen", 2),
        (lambda f: {"OZLIJN_HOST": "192.0.2.1"}, "192.0.2.1", 2),
    ],
    ids=["name", "env", "no keys", "open keys", "folder", "other file", "no settings", "address"],
)
def test_serve_says_why_it_does_not_start(
    spoil: Callable[[Path], object], message: str, code: int, folder: Path
) -> None:
    """One line that names what is wrong, with the exit code of wrong use and no value."""
    given = spoil(folder)
    more: Json = {"OZLIJN_PORT": "0"}
    if isinstance(given, dict):
        more |= given
    done = ozlijn("serve", *settings(folder), **more)
    assert (done.code, done.out) == (code, ""), done.err
    assert message in done.err
    assert done.err.splitlines()[-1].startswith("ozlijn: ")
    assert CANARY not in done.err


def test_serve_on_a_taken_port_is_wrong_use(folder: Path) -> None:
    """The line names the port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        done = ozlijn("serve", *settings(folder), OZLIJN_PORT=port)
    assert done.code == 2
    assert port in done.err


def copy_database(folder: Path, name: str) -> Path:
    """A copy made by SQLite, as a backup is."""
    target = folder / name
    with closing(sqlite3.connect(folder / "ozlijn.db")) as db, closing(sqlite3.connect(target)) as copy:
        db.backup(copy)
    return target


def put_back(folder: Path, copy: Path) -> None:
    for each in folder.glob("ozlijn.db*"):
        each.unlink()
    shutil.copy(copy, folder / "ozlijn.db")


def sign(folder: Path) -> None:
    """Start and stop: a checkpoint then covers everything."""
    with serving(folder) as gateway:
        assert gateway.stop() == 0, gateway.errors


def test_a_restored_older_database_does_not_start(folder: Path) -> None:
    """The anchor is newer than the log: exit code 3 and the reason, and verify names the missing lines."""
    old = copy_database(folder, "oud.db")
    write_partijen(folder / "een.toml", {"school": private(folder, "school")})
    assert ozlijn("apply", folder / "een.toml", *settings(folder), "--verwijder").code == 0
    sign(folder)
    put_back(folder, old)
    done = ozlijn("serve", *settings(folder), OZLIJN_PORT="0")
    assert (done.code, done.out) == (3, ""), done.err
    assert "korter" in done.err.splitlines()[-1]
    found = ozlijn("ledger", "verify", *settings(folder))
    assert found.code == 1
    assert found.out.startswith("regel 1: hier ontbreken regels")


def test_a_log_that_breaks_under_a_running_gateway_stops_it(folder: Path) -> None:
    """Somebody removes the anchor and more is recorded: the gateway stops itself with exit code 3."""
    with serving(folder) as gateway:
        while not (folder / "sleutels" / "anker").exists():
            time.sleep(0.05)
        (folder / "sleutels" / "anker").unlink()
        write_partijen(folder / "een.toml", {"school": private(folder, "school")})
        assert ozlijn("apply", folder / "een.toml", *settings(folder), "--verwijder").code == 0
        assert gateway.ends_by_itself() == 3
        assert "anker ontbreekt" in gateway.errors.splitlines()[-1]
        assert "gateway.promise_broken" in gateway.errors


# ── explain


def test_explain_of_what_is_not_there(folder: Path) -> None:
    """One line on stderr and exit code 1; without a database wrong use."""
    done = ozlijn("explain", "0" * 32, *settings(folder))
    assert (done.code, done.out) == (1, "")
    assert done.err == "ozlijn: er is geen uitwisseling of levering met dit id\n"
    missing = ozlijn("explain", "0" * 32, "--database", folder / "nergens.db")
    assert (missing.code, missing.out) == (2, "")
    assert not (folder / "nergens.db").exists()


# ── leerlingen check


def test_a_gateway_without_odd_ids_is_in_order(folder: Path) -> None:
    """A gateway without odd ids says so, in words and as data."""
    done = ozlijn("leerlingen", "check", *settings(folder))
    assert (done.code, done.out.startswith("In orde: "), done.err) == (0, True, "")
    done = ozlijn("leerlingen", "check", *settings(folder), "--json")
    assert json.loads(done.out) == {"goed": True, "leerlingen": []}


# ── ledger verify


@pytest.fixture(scope="session")
def signed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of five lines under a signed checkpoint, and an older checkpoint kept beside it."""
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("ledger") / "lijn"))
    write_partijen(folder / "een.toml", {"school": private(folder, "school")})
    sign(folder)
    kept = json.loads((folder / "sleutels" / "anker").read_text())
    (folder / "bewaard.txt").write_text(kept["note"])
    for file in ("een.toml", "partijen.toml") * 2:
        assert ozlijn("apply", folder / file, *settings(folder), "--verwijder").code == 0
    sign(folder)
    return folder


@pytest.fixture
def log(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "log"))


def test_a_good_ledger_is_in_order(log: Path) -> None:
    """For a person a few lines, for a program the same as data; nothing else on a pipe."""
    done = ozlijn("ledger", "verify", *settings(log), "--checkpoint", log / "bewaard.txt")
    assert (done.code, done.err) == (0, "")
    checkpoints = "checkpoint uit bewaard.txt (1 regel), checkpoint uit database (5 regels)"
    assert done.out.splitlines() == [
        "In orde: 5 regels, 5 daarvan gedekt door een ondertekend checkpoint.",
        f"Vergeleken met: {checkpoints}, de stand in de database, wat er is opgeslagen.",
    ]
    data = json.loads(ozlijn("ledger", "verify", *settings(log), "--json").out)
    assert data == {
        "goed": True,
        "regels": 5,
        "bewezen": 5,
        "ongedekt": None,
        "checkpoints": [{"bron": "database", "regels": 5}],
        "bevindingen": [],
        "rijen": [],
    }


SPOILED: Final = {
    "changed": (["UPDATE entry SET canonical = '{{}}' WHERE position = 2"], "regel 2: ", "changed"),
    "no type": (["UPDATE entry SET soort = 'flauw' WHERE position = 1"], "regel 1: ", "changed"),
    "other type": (
        ["UPDATE entry SET soort = 'capacity.recorded' WHERE position = 2"],
        "regel 2: ",
        "changed",
    ),
    "missing": (["DELETE FROM entry WHERE position = 3"], "regel 3: ", "missing"),
    "last missing": (["DELETE FROM entry WHERE position = 4"], "regel 4: ", "missing"),
    "inserted": (
        [
            "UPDATE entry SET position = -position - 1 WHERE position >= 2",
            "UPDATE entry SET position = -position WHERE position < 0",
            "INSERT INTO entry SELECT 2, {others} FROM entry WHERE position = 1",
        ],
        "regel 1: ",  # equal to its copy: either may be the one that was put in
        "inserted",
    ),
    "reordered": (
        [
            "UPDATE entry SET position = -9 WHERE position = 1",
            "UPDATE entry SET position = 1 WHERE position = 2",
            "UPDATE entry SET position = 2 WHERE position = -9",
        ],
        "regel 1 t/m 2: ",
        "reordered",
    ),
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_was_done_to_a_ledger_is_named_with_its_place(what: str, log: Path) -> None:
    """Changed, removed, inserted and swapped lines in the database file: each by kind and position."""
    statements, place, kind = SPOILED[what]
    with closing(sqlite3.connect(log / "ozlijn.db")) as db, db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(entry)") if row[1] != "position"]
        names = ["NULL" if name == "id" else name for name in columns]  # an id stands there once
        for statement in statements:
            assert db.execute(statement.format(others=", ".join(names))).rowcount > 0
    done = ozlijn("ledger", "verify", *settings(log))
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(place)
    assert f"[{kind}]" in done.out.splitlines()[0]
    data = json.loads(ozlijn("ledger", "verify", *settings(log), "--json").out)
    assert data["goed"] is False
    assert data["bevindingen"][0]["soort"] == kind


def test_a_copy_is_checked_without_settings_or_keys(log: Path, tmp_path: Path) -> None:
    """An FG with a copy, the public key and a checkpoint he kept needs nothing else of us."""
    copy, key = copy_database(log, "kopie.db"), ozlijn("ledger", "sleutel", *settings(log)).out.strip()
    shutil.move(copy, tmp_path / "kopie.db")
    shutil.move(log / "bewaard.txt", tmp_path / "bewaard.txt")
    shutil.rmtree(log)
    given = ("--database", tmp_path / "kopie.db", "--sleutel", key)
    done = ozlijn("ledger", "verify", *given, "--checkpoint", tmp_path / "bewaard.txt")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("In orde: 5 regels, 5 daarvan")
    assert "bewaard.txt (1 regel), checkpoint uit database (5 regels)" in done.out
    alone = ozlijn("ledger", "verify", *given)
    assert (alone.code, "Alleen checkpoints van de gateway zelf." in alone.out) == (0, True)
    with closing(sqlite3.connect(tmp_path / "kopie.db")) as db, db:
        db.execute("DELETE FROM checkpoint")
    done = ozlijn("ledger", "verify", *given, "--checkpoint", tmp_path / "bewaard.txt")
    assert done.out.startswith("In orde: 5 regels, 1 daarvan")
    assert "Geen checkpoint dekt regel 1 t/m 4" in done.out
    without = ozlijn("ledger", "verify", *given)
    assert (without.code, without.out) == (2, "")
    assert "--checkpoint" in without.err
    other = note_key()
    strange = ozlijn("ledger", "verify", *given[:3], other, "--checkpoint", tmp_path / "bewaard.txt")
    assert strange.code == 1
    assert "[wrong_key]" in strange.out


def note_key() -> str:
    """The public key of another log with the name of this one."""
    return KeyLedgerSigner(Keys.fresh(), f"127.0.0.1/{time.gmtime().tm_year}").vkey


@pytest.mark.parametrize("option", ["--sleutel", "--database", "--checkpoint"])
def test_what_verify_cannot_use_is_wrong_use(option: str, log: Path) -> None:
    """No key, no database or no file: exit code 2 and one line, which does not repeat a key."""
    done = ozlijn("ledger", "verify", *settings(log), option, CANARY)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert option != "--sleutel" or CANARY not in done.err


# ── bewijs check


@pytest.fixture(scope="session")
def proof() -> tuple[str, bytes]:
    """A public key and an Ontvangstbewijs of that log."""
    keys = Keys.fresh()
    signer = KeyLedgerSigner(keys, "ozlijn.test/2026")
    payload = canonical(
        {
            "soort": "ontvangstbewijs",
            "uitwisselingId": "0" * 32,
            "afzender": "brin:99ZZ00",
            "ontvangenOp": "2026-11-22T10:00:00Z",
            "bladHash": base64.b64encode(bytes(32)).decode(),
            "logNaam": "ozlijn.test/2026",
        }
    )
    document = {"soort": "ontvangstbewijs", "jws": signer.sign_receipt(payload)}
    return signer.vkey, json.dumps(document).encode()


def check(tmp_path: Path, content: bytes, key: str, *more: str) -> Done:
    file = tmp_path / "bewijs.json"
    file.write_bytes(content)
    return ozlijn("bewijs", "check", file, "--sleutel", key, *more, cwd=tmp_path)


def test_a_good_proof_is_valid(proof: tuple[str, bytes], tmp_path: Path) -> None:
    """In an empty folder, without settings, gateway or database, and nothing is left behind."""
    key, document = proof
    done = check(tmp_path, document, key)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("Dit bewijs is geldig.\n")
    data = json.loads(check(tmp_path, document, key, "--json").out)
    assert data["geldig"] is True
    assert all(p["goed"] for p in data["punten"])
    assert [f.name for f in tmp_path.iterdir()] == ["bewijs.json"]


def test_a_proof_that_does_not_hold_ends_with_1(proof: tuple[str, bytes], tmp_path: Path) -> None:
    """Tampered with, checked with another key, rubbish or far too large: not valid, and it says why."""
    key, document = proof
    tampered = document.replace(b".ey", b".eyJ", 1)
    for content, by, text in (
        (tampered, key, "handtekening"),
        (document, KeyLedgerSigner(Keys.fresh(), "ozlijn.test/2026").vkey, "handtekening"),
        (b"\x00" * 100 + CANARY.encode(), key, "geen bewijs dat wij kennen"),
        (b" " * 6_000_000 + document, key, "groter dan 5 MB"),
    ):
        done = check(tmp_path, content, by)
        assert (done.code, done.err) == (1, "")
        assert text in done.out
        assert done.out.endswith("Dit bewijs is niet geldig.\n")
        assert CANARY not in done.out
    done = check(tmp_path, document, "rommel")
    assert (done.code, done.out) == (2, "")
    assert "geen openbare sleutel" in done.err
    missing = ozlijn("bewijs", "check", tmp_path / "nergens", "--sleutel", key)
    assert (missing.code, missing.out) == (2, "")


# ── decide


GEVAL: Final = ROOT / "docs" / "voorbeelden" / "geval.json"


def test_decide_says_what_goes_and_why(tmp_path: Path) -> None:
    """The example case: the outcome, each reason in Dutch, each field; nothing is written beside it."""
    done = ozlijn("decide", GEVAL, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("PERMIT_REDUCED (consent): Een deel mag naar de ontvanger.")
    for expected in (
        f"YOUTH_NOT_ASKED: {teksten.reden('YOUTH_NOT_ASKED')}",
        "leerling: heeft toestemming gegeven (niet voor: gezondheid)",
        "doelen: CONSENT_VALID",
        "Gaat mee (4)",
        "leerling.bsn: BSN_NOT_ALLOWED",
    ):
        assert expected in done.out
    assert list(tmp_path.iterdir()) == []


def test_decide_as_data_is_the_same_every_time(tmp_path: Path) -> None:
    """For programs: the same bytes from a file and from standard input, and 0 for a DENY too."""
    case = json.loads(GEVAL.read_text("utf-8"))
    case["vraag"]["doel"] = "verzuim"
    file = tmp_path / "geval.json"
    file.write_text(json.dumps(case), "utf-8")
    done = ozlijn("decide", file, "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert (told["uitkomst"], told["grond"], told["meegegeven"]) == ("DENY", "none", [])
    assert all(r["uitleg"] for r in told["redenen"])
    piped = subprocess.run(
        [*OZLIJN, "decide", "-", "--json"],
        input=file.read_bytes(),
        capture_output=True,
        check=True,
        timeout=90,
        env=environment(),
        cwd=ROOT,
    )
    assert piped.stdout.decode() == done.out


def test_decide_tells_every_fault_without_a_value(tmp_path: Path) -> None:
    """What is no case ends with 1 and all its faults by place; a file that is not there with 2."""
    case = json.loads(GEVAL.read_text("utf-8"))
    case["vraag"]["doel"] = "Geheim17"
    case["feiten"][0]["leerlingPersoonId"] = "Geheim17"
    case["feiten"][1]["feit"] = "Geheim17"
    file = tmp_path / "geval.json"
    file.write_text(json.dumps(case), "utf-8")
    done = ozlijn("decide", file)
    assert (done.code, done.out) == (1, "")
    assert "/vraag/doel" in done.err
    assert "/feiten/0/leerlingPersoonId" in done.err
    assert "Geheim17" not in done.err
    assert ozlijn("decide", tmp_path / "nergens.json").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["profile", "check", "consent/profielen"],
        ["decide", "docs/voorbeelden/geval.json", "--json"],
    ],
)
def test_a_reader_that_went_away_is_no_error(arguments: list[str]) -> None:
    """As with `| head -1`: nothing on stderr, and the exit code is not that of something unavailable."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*OZLIJN, *arguments],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            timeout=90,
            env=environment(),
            cwd=ROOT,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("feiten", "words"),
    [
        ({}, ["Nog niet te zeggen (JW 1.1 1°).", "Woont de jeugdige in Nederland?"]),
        (
            {
                "inNederland": True,
                "verblijf": "pleegouder",
                "voorVerblijf": {"code": "0363", "op": "2026-09-01"},
            },
            ["Gemeente 0363 (JW 1.1 2°): vastgesteld uit de BRP."],
        ),
    ],
)
def test_the_responsible_gemeente_is_told(tmp_path: Path, feiten: Json, words: list[str]) -> None:
    """The gemeente with how sure that is, or the question that a person must ask; the same as data."""
    file = tmp_path / "feiten.json"
    file.write_text(json.dumps({"hulpvraagOp": "2026-09-01", "geantwoordDoor": "brp_gebruiker"} | feiten))
    assert ozlijn("woonplaats", file).out.splitlines() == words
    said = json.loads(ozlijn("woonplaats", file, "--json").out)
    assert (said["gemeente"] is None) != (said["vraag"] is None)
    file.write_text(json.dumps({"hulpvraagOp": CANARY, CANARY: CANARY, "verblijf": CANARY}))
    done = ozlijn("woonplaats", file)
    assert (done.code, CANARY in done.out + done.err) == (1, False)
    assert "/verblijf" in done.err


def test_the_road_of_a_region_and_who_pays_first_are_told(tmp_path: Path) -> None:
    """By the table of its files: who lives elsewhere is settled afterwards, unknown is asked of a person."""
    file, stad = tmp_path / "feiten.json", ROOT / "gateway/practices/regios/verzonnen-stad"
    thuis = {"inNederland": True, "verblijf": "geen", "inOnderzoek": False}
    thuis |= {"woonadres": {"code": "9997", "op": "2026-09-01"}}
    feiten: Json = {"hulpvraagOp": "2026-09-01", "geantwoordDoor": "brp_gebruiker"}
    file.write_text(json.dumps(feiten | thuis))
    asked = ("woonplaats", file, "--regio", stad, "--arrangement")
    out = ozlijn(*asked, "op-school").out
    assert "de hulp begint, en wordt daarna verrekend met de eigen gemeente (rij verrekenen)." in out
    assert "Wie voorfinanciert: gemeente_met_trekkingsrecht." in out
    said = json.loads(ozlijn(*asked, "op-school", "--json").out)["regio"]
    assert (said["weg"], said["woont"]) == ("voorfinancieren_en_verrekenen", "elders")
    assert "Wie voorfinanciert" not in ozlijn(*asked, "in-de-klas").out
    file.write_text(json.dumps(feiten))
    assert "Vraag een mens: Zoek eerst uit waar de leerling woont." in ozlijn(*asked, "op-school").out
    none = ozlijn("woonplaats", file, "--regio", stad)
    assert (none.code, "op-school, in-de-klas, hulp-thuis" in none.err) == (2, True)
    assert ozlijn("woonplaats", file, "--arrangement", "op-school").code == 2


def test_every_question_has_its_words() -> None:
    assert VRAGEN.keys() == set(Vraag)


def test_apply_tells_which_capacities_have_no_wall_yet(folder: Path) -> None:
    """The capacities that kind and roles name, a role that fits none, and two behind one id."""
    file = folder / "gemeente.toml"
    file.write_text(
        '[[partijen]]\nid = "gemeente:9999"\nsoort = "gemeente"\nnaam = "Verzonnen"\n'
        'rollen = ["toegangsmedewerker", "leerplichtambtenaar", "administratie"]\n'
    )
    told = json.loads(ozlijn("apply", file, *settings(folder), "--dry-run", "--json").out)
    assert told["hoedanigheden"] == {"gemeente:9999": ["toegang", "leerplicht_rmc"]}
    odd, open_wall = told["letOp"]
    assert "administratie" in odd
    assert "toegang, leerplicht_rmc staan achter één id" in open_wall
