"""`ozlijn doctor`: each thing that is weak or missing is named, nothing is changed and no secret is told."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import os
import re
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from typer.testing import CliRunner

from gateway.cli.doctor import _tell
from gateway.cli.main import app
from gateway.register import nazien
from gateway.register.apply import read_register
from gateway.register.machtigingen import MACHTIGINGEN
from gateway.register.regels import INRICHTING, MANDATEN
from gateway.runtime import machine
from gateway.runtime.bevindingen import SOORTEN, Bevinding, Ernst
from schemas.storage.storage import Register
from schemas.storage.toestand import Toestand
from tests.callers import es256, public_jwk
from tests.conftest import ROOT
from tests.flow.test_onderwerp import GROEP, GROEPSARRANGEMENT, HELPER, body
from tests.line import Line, accepted, fresh, open_line, prepare
from tests.pgsession import Databases

OF_THE_MACHINE: Final = {
    *("gebruiker.root", "umask.open", "geheugen.dump", "klok.ongelijk", "schijf.krap", "schijf.vol"),
    *("sqlite.wal_reset", "bestanden.krap"),
}
"""What depends on where and as whom the tests run; each has a test of its own."""


def ask(settings: Path, *more: str) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["doctor", "--settings", str(settings), "--json", *more])
    assert done.exit_code in (0, 1), done.output
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["goed"] is (done.exit_code == 0)
    return told


def codes(settings: Path) -> set[str]:
    return {b["code"] for b in ask(settings)["bevindingen"]} - OF_THE_MACHINE


def fresh_keys(text: str) -> str:
    """The sample register with keys of which somebody has the other half."""
    for x, y in re.findall(r'^x = "(.+)"\ny = "(.+)"$', text, re.MULTILINE):
        made = public_jwk(es256("k"))
        text = text.replace(x, made["x"]).replace(y, made["y"])
    return text


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the runbook leaves it."""
    folder = tmp_path_factory.mktemp("doctor") / "lijn"
    run("init", str(folder), "--adres", "https://lijn.example.nl")
    sample = (ROOT / "deploy" / "partijen.toml").read_text(encoding="utf-8")
    (folder / "partijen.toml").write_text(fresh_keys(sample))
    run("apply", str(folder / "partijen.toml"), "--settings", str(folder / "ozlijn.toml"))
    return folder


def run(*arguments: str) -> None:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output


@pytest.fixture
def folder(pattern: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "lijn"
    subprocess.run(["cp", "-a", pattern, copy], check=True)
    return copy


def test_what_init_and_apply_make_has_no_findings(folder: Path) -> None:
    """The files that our own commands write, with the umask that everybody has."""
    assert codes(folder / "ozlijn.toml") == set()


def add(text: str) -> Callable[[Path], Any]:
    return lambda folder: (folder / "ozlijn.toml").write_text((folder / "ozlijn.toml").read_text() + text)


def rights(name: str, mode: int) -> Callable[[Path], None]:
    return lambda folder: (folder / name).chmod(mode)


def beside(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).touch()
        (folder / name).chmod(0o644)

    return make


def sql(statement: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "ozlijn.db")) as db:
            db.execute(statement)
            db.commit()

    return write


def owned_by_another(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives a file away")
    os.chown(folder / "sleutels" / "zoeksleutel", 65_534, 65_534)


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def old_key(folder: Path) -> None:
    os.utime(folder / "sleutels" / "tokensleutel", (1, 1))


def two_with_one_key(folder: Path) -> None:
    text = (folder / "partijen.toml").read_text()
    (x, y), (other_x, other_y), *_ = re.findall(r'^x = "(.+)"\ny = "(.+)"$', text, re.MULTILINE)
    (folder / "partijen.toml").write_text(text.replace(other_x, x).replace(other_y, y))
    run("apply", str(folder / "partijen.toml"), "--settings", str(folder / "ozlijn.toml"))


def register_of(change: Callable[[str], str]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        file = folder / "partijen.toml"
        file.write_text(change(file.read_text()))
        run("apply", str(file), "--settings", str(folder / "ozlijn.toml"), "--verwijder")

    return write


def sample_key(folder: Path) -> None:
    run("apply", str(ROOT / "deploy" / "partijen.toml"), "--settings", str(folder / "ozlijn.toml"))


MAIL: Final = 'mail_host = "mail.example"\nmail_from = "lijn@b.example"\n'


def open_password(folder: Path) -> None:
    (folder / "wachtwoord").write_text("geheim")
    (folder / "wachtwoord").chmod(0o644)
    add(f'{MAIL}mail_user = "a"\nmail_password_file = "wachtwoord"\n')(folder)


def with_an_issuer(folder: Path) -> None:
    issuer = (
        '[[uitgevers]]\nid = "inlog"\nnaam = "Inlog"\nissuer = "https://inlog.example"\nclientId = "x"\n'
        '[[uitgevers.betrouwbaarheid]]\nacr = "a"\nniveau = "laag"\n'
    )
    register_of(lambda t: t + "\n" + issuer)(folder)


WEAK: Final[dict[str, tuple[Callable[[Path], Any], set[str]]]] = {
    "database for all": (rights("ozlijn.db", 0o644), {"bestand.open"}),
    "database for its group": (rights("ozlijn.db", 0o660), {"bestand.open"}),
    "wal for all": (beside("ozlijn.db-wal"), {"bestand.open"}),
    "lock for all": (beside("ozlijn.db.lock"), {"bestand.open"}),
    "folder of keys": (rights("sleutels", 0o755), {"sleutels.open"}),
    "a key": (rights("sleutels/hoofdsleutel", 0o640), {"sleutels.open", "sleutels.onbruikbaar"}),
    "something beside the keys": (beside("sleutels/kopie"), {"sleutels.open"}),
    "a key that is gone": (without("sleutels/zoeksleutel"), {"sleutels.onbruikbaar"}),
    "a damaged key": (
        lambda f: (f / "sleutels" / "tokensleutel").write_text("kapot"),
        {"sleutels.onbruikbaar"},
    ),
    "an old key": (old_key, {"sleutels.oud"}),
    "keys in a checkout": (lambda f: (f / ".git").mkdir(), {"sleutels.in_checkout"}),
    "a key of another": (owned_by_another, {"eigenaar.anders"}),
    "settings that all can write": (rights("ozlijn.toml", 0o666), {"instellingen.open"}),
    "the folder of everything": (rights(".", 0o777), {"instellingen.open", "map.schrijfbaar"}),
    "an unknown setting": (add("hold_dayz = 3\n"), {"instellingen.fout"}),
    "reachable from outside": (add('host = "0.0.0.0"\n'), {"net.open"}),
    "long tokens": (add("access_token_seconds = 3600\n"), {"token.lang"}),
    "anchor beside the database": (add('anchor = "anker"\n'), {"anker.naast_database"}),
    "anchor in no folder": (add('anchor = "weg/anker"\n'), {"anker.niet_schrijfbaar"}),
    "clock of a sandbox left behind": (
        lambda f: (f / "sleutels" / "anker-proefklok").write_text("{}"),
        {"proef.restant", "sleutels.open"},
    ),
    "no database yet": (without("ozlijn.db"), {"database.ontbreekt"}),
    "no database at all": (
        lambda f: (f / "ozlijn.db").write_bytes(b"iets anders" * 100),
        {"database.onbereikbaar"},
    ),
    "a newer database": (sql("UPDATE alembic_version SET version_num = '9999'"), {"database.nieuwer"}),
    "a database that moved": (
        sql("UPDATE alembic_version SET version_num = 'verhuisd x'"),
        {"database.verhuizing"},
    ),
    "no WAL": (sql("PRAGMA journal_mode = DELETE"), {"sqlite.geen_wal"}),
    "a register that cannot be read": (
        sql("UPDATE register SET json = '{}'"),
        {"partijen.kapot", "tellers.niemand"},
    ),
    "a register without anybody": (sql("DELETE FROM register"), {"partijen.geen"}),
    "a key of the sample": (sample_key, {"partijen.voorbeeldsleutel"}),
    "one key for two": (two_with_one_key, {"partijen.sleutel_gedeeld"}),
    "counters for a school": (
        register_of(lambda t: t.replace('scopes = ["uitw', 'scopes = ["beheer:lezen", "uitw', 1)),
        {"tellers.gedeeld"},
    ),
    "mail without a password": (
        add(f'{MAIL}mail_user = "a"\nmail_password_file = "geen"\nmail_returned = "sleutels"\n'),
        {"post.wachtwoord", "post.terug"},
    ),
    "a password of mail for all": (
        open_password,
        {"post.wachtwoord_open", "post.terug"},
    ),
    "mail to another machine in clear text": (
        add('mail_host = "mail.example"\nmail_from = "a@b.nl"\nmail_tls = "geen"\n'),
        {"instellingen.fout"},
    ),
    "people sign in and there is no mail": (with_an_issuer, {"post.uit"}),
    "counters for nobody": (
        register_of(lambda t: t.replace('"beheer:lezen"', '"ledger:lezen"')),
        {"tellers.niemand"},
    ),
}


@pytest.mark.parametrize("what", WEAK)
def test_what_is_weak_is_named(folder: Path, what: str) -> None:
    """Each by its own code and no other."""
    weaken, expected = WEAK[what]
    weaken(folder)
    assert codes(folder / "ozlijn.toml") == expected


def test_a_finding_says_what_why_and_what_to_do_and_the_exit_code_follows(folder: Path) -> None:
    """0 without faults, 1 with one; with --strict a warning is enough. In words the same as in JSON."""
    file = folder / "ozlijn.toml"
    add('host = "0.0.0.0"\n')(folder)
    told = ask(file)
    assert told["goed"] is True
    found = next(b for b in told["bevindingen"] if b["code"] == "net.open")
    assert found["wat"] == "host is 0.0.0.0, poort 8080"
    assert found["ernst"] == "waarschuwing"
    assert (found["waarom"], found["doen"]) == (SOORTEN["net.open"].waarom, SOORTEN["net.open"].doen)
    assert ask(file, "--strict")["goed"] is False
    rights("ozlijn.db", 0o644)(folder)
    assert ask(file)["goed"] is False
    said = CliRunner().invoke(app, ["doctor", "--settings", str(file)])
    assert said.exit_code == 1
    lines = said.stdout.splitlines()
    assert "SQLite" in lines[0]
    assert lines[1].startswith("fout: "), "what is gravest first"
    assert f"waarschuwing: {found['wat']} [net.open]" in lines
    assert f"  Doe dit: {found['doen']}" in lines
    assert lines[-1].startswith("1 fout, ")


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """And not by silence."""
    _tell({"database": "SQLite 3.53.4 (pysqlite3)"}, [], Counter())
    assert capsys.readouterr().out == "Dit draait: database SQLite 3.53.4 (pysqlite3)\nNiets gevonden.\n"


def test_no_secret_is_told_and_nothing_is_changed(folder: Path) -> None:
    """Neither a key nor the password of an address, whatever is wrong; and every file is as it was."""
    file = folder / "ozlijn.toml"
    address = "postgresql://ozlijn:zeer-geheim@127.0.0.1:1/ozlijn"
    secrets = [
        "zeer-geheim",
        (folder / "sleutels" / "zoeksleutel").read_text(),
        json.loads((folder / "sleutels" / "hoofdsleutel").read_text())["key"],
    ]
    before = {p: (p.read_bytes(), p.stat().st_mode) for p in folder.rglob("*") if p.is_file()}
    for more in ("", f'database = "{address}"\n', f'anchor_database = "{address}"\n', "hold_days = 0\n"):
        own = folder / "proef.toml"
        text = file.read_text()
        if more.startswith("database"):
            text = "".join(line for line in text.splitlines(True) if not line.startswith("database"))
        own.write_text(text + more)
        for shape in ((), ("--json",)):
            said = CliRunner().invoke(app, ["doctor", "--settings", str(own), *shape])
            assert [s for s in secrets if s in said.output] == []
        found = {b["code"] for b in ask(own)["bevindingen"]}
        assert ("instellingen.wachtwoord" in found) is ("zeer-geheim" in more)
        assert ("instellingen.open" in found) is ("zeer-geheim" in more), "then nobody else may read it"
        own.unlink()
    assert before == {p: (p.read_bytes(), p.stat().st_mode) for p in folder.rglob("*") if p.is_file()}


def test_without_settings_it_says_what_is_missing() -> None:
    """Every missing name, as a finding."""
    with environment_without("OZLIJN_"):
        done = CliRunner().invoke(app, ["doctor", "--json"])
    (found,) = [b for b in json.loads(done.stdout)["bevindingen"] if b["code"] == "instellingen.fout"]
    for name in ("database", "keys", "issuer", "log_name"):
        assert f"{name} ontbreekt" in found["wat"]
    assert done.exit_code == 1


@contextlib.contextmanager
def environment_without(start: str) -> Iterator[None]:
    gone = {n: os.environ.pop(n) for n in list(os.environ) if n.startswith(start)}
    try:
        yield
    finally:
        os.environ.update(gone)


# ── the account, its anchor and the clock


def lived(folder: Path, tell: Callable[[Line], Any]) -> Path:
    """A gateway that ran and stopped; its settings."""
    prepare("sqlite", folder)

    async def scene() -> None:
        async with open_line("sqlite", folder) as line:
            await tell(line)

    asyncio.run(scene())
    file = folder / "ozlijn.toml"
    file.write_text(
        'database = "ozlijn.db"\nkeys = "keys"\nissuer = "https://lijn.example.nl"\n'
        'log_name = "ozlijn.test/2026"\n'
    )
    return file


async def pushed(line: Line) -> None:
    await line.permitted()


def test_an_anchor_that_is_gone_or_ahead_is_named(tmp_path: Path) -> None:
    """Before the gateway refuses to start on it."""
    file = lived(tmp_path, pushed)
    anchor = tmp_path / "keys" / "anker"
    told = anchor.read_text()
    assert not codes(file) & {"anker.ontbreekt", "anker.verder", "anker.onleesbaar"}
    anchor.write_text(json.dumps(json.loads(told) | {"size": 10_000}))
    assert "anker.verder" in codes(file)
    anchor.write_text("kapot")
    assert "anker.onleesbaar" in codes(file)
    anchor.unlink()
    assert "anker.ontbreekt" in codes(file)


def test_what_is_about_a_group_is_nothing_to_find(tmp_path: Path) -> None:
    """A row about nobody in particular is looked at as any other."""

    async def about_a_group(line: Line) -> None:
        sent = body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, **GROEP)
        accepted(await line.school.post("/uitwisselingen", sent, key=fresh()))

    plain = tmp_path / "zonder"
    plain.mkdir()
    assert codes(lived(tmp_path, about_a_group)) == codes(lived(plain, pushed))


def test_a_clock_that_is_behind_the_account_is_named(tmp_path: Path) -> None:
    """A line of the account was written later than it is now: only a clock that went back does that."""

    async def later(line: Line) -> None:
        line.later(days=3_650)
        await line.push()

    assert "klok.achter" in codes(lived(tmp_path, later))


def test_data_of_the_release_before_is_told_as_such(release_0_1_0: Path) -> None:
    """And is not brought along by looking at it."""
    file = release_0_1_0.parent / "ozlijn.toml"
    file.write_text(
        f'database = "{release_0_1_0.name}"\nkeys = "keys"\nissuer = "https://lijn.example.nl"\n'
        'log_name = "ozlijn.test/2026"\n'
    )
    before = release_0_1_0.read_bytes()
    assert "database.schema" in codes(file)
    assert release_0_1_0.read_bytes() == before


# ── PostgreSQL


def test_postgresql_is_looked_at_by_what_the_server_says(folder: Path, databases: Databases) -> None:
    """The server of the tests runs without fsync and as superuser; synchronous_commit is switched off."""
    url = databases.make()
    file = folder / "ozlijn.toml"
    kept = [line for line in file.read_text().splitlines(True) if not line.startswith("database")]
    file.write_text("".join([*kept, f'database = "{url}"\n']))
    assert "database.ontbreekt" in codes(file)
    run("migrate", "--settings", str(file))
    run("apply", str(folder / "partijen.toml"), "--settings", str(file))
    told = ask(file)
    assert told["draait"]["database"].startswith("PostgreSQL 1")
    found = {b["code"]: b["wat"] for b in told["bevindingen"]}
    weak = {f"postgres.{what}" for what in ("duurzaamheid", "beheerder", "controlegetal")}
    assert found.keys() - OF_THE_MACHINE <= weak
    assert found["postgres.duurzaamheid"] == "fsync is off, full_page_writes is off"
    assert "postgres.beheerder" in found
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    try:
        (found_now,) = [b for b in ask(file)["bevindingen"] if b["code"] == "postgres.duurzaamheid"]
        assert "synchronous_commit is off" in found_now["wat"]
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER ROLE CURRENT_USER RESET synchronous_commit")


def test_each_weak_setting_of_a_server_is_named() -> None:
    """What the server of the tests cannot be made into."""
    sound = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "zero_damaged_pages": "off",
        "data_checksums": "on",
        "superuser": "off",
        "standby": "off",
        "tls": "off",
        "local": "on",
    }

    def found(version: tuple[int, ...] = (18, 6), **changed: str) -> set[str]:
        seen = Toestand("PostgreSQL", version, there=True, settings=sound | changed)
        return {b.code for b in machine.postgres(seen)}

    assert found() == set()
    assert found((15, 0)) == set()
    assert found((14, 9)) == {"postgres.versie"}
    for name, value in (("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")):
        assert found((18, 6), **{name: value}) == {"postgres.duurzaamheid"}
    assert found(zero_damaged_pages="on") == {"postgres.duurzaamheid"}
    assert found(data_checksums="off") == {"postgres.controlegetal"}
    assert found(superuser="on") == {"postgres.beheerder"}
    assert found(standby="on") == {"postgres.alleen_lezen"}
    assert found(local="off") == {"postgres.zonder_tls"}
    assert found(local="off", tls="on") == set()


# ── the machine


def of(found: Iterator[Bevinding]) -> set[str]:
    return {b.code for b in found}


def test_the_limits_of_the_process_are_named() -> None:
    """Descriptors, umask, core dumps and root."""
    assert of(machine.process(machine.Process(1000, 0o077, 4096, 0))) == set()
    assert of(machine.process(machine.Process(0, 0o077, 4096, 0))) == {"gebruiker.root"}
    for umask in (0o022, 0o027, 0o000, 0o070):
        assert of(machine.process(machine.Process(1000, umask, 4096, 0))) == {"umask.open"}
    assert of(machine.process(machine.Process(1000, 0o077, 4096, 1))) == {"geheugen.dump"}
    assert of(machine.descriptors(576, 512, shared=False)) == set()
    assert of(machine.descriptors(575, 512, shared=False)) == {"bestanden.krap"}
    assert of(machine.descriptors(576, 512, shared=True)) == {"bestanden.krap"}
    assert of(machine.descriptors(80, 512, shared=False)) == {"bestanden.krap"}
    assert of(machine.descriptors(79, 512, shared=False)) == {"bestanden.te_weinig"}
    own = machine.Process.own()
    assert machine.Process.own() == own, "asking for the umask leaves it as it was"
    assert own.user == os.geteuid()


def test_a_disk_that_fills_is_named(tmp_path: Path) -> None:
    """Also one that has room for bytes and none for files."""
    gb = 1024**3

    def room(free: float, total: float, files: int | None = 1000) -> set[str]:
        return of(machine.disk(tmp_path, machine.Room(int(free * gb), int(total * gb), files)))

    assert room(50, 100) == set()
    assert room(1.9, 20) == {"schijf.krap"}
    assert room(4, 100) == {"schijf.krap"}
    assert room(50, 10_000) == set()
    assert room(0.1, 100) == {"schijf.vol"}
    assert room(50, 100, 0) == {"schijf.vol"}
    assert room(50, 100, None) == set()
    assert of(machine.disk(tmp_path, None)) == set()
    assert machine.room(tmp_path) is not None
    assert machine.room(tmp_path / "weg") is None


def test_two_clocks_that_differ_are_named() -> None:
    """Ours and that of the database, ours and the account, and one that nothing keeps right."""
    now = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
    second = dt.timedelta(seconds=1)

    def found(**more: Any) -> set[str]:
        given: dict[str, Any] = {"kept": True, "last_line": None, "database": None} | more
        return of(machine.clock(now, **given))

    assert found(last_line=now - second, database=(now, now + 3 * second)) == set()
    assert found(last_line=now + 6 * second) == {"klok.achter"}
    assert found(database=(now, now + 6 * second)) == {"klok.database"}
    assert found(database=(now, now - 6 * second)) == {"klok.database"}
    assert found(kept=False) == {"klok.ongelijk"}
    assert found(kept=None) == set()
    assert machine.kept_right() in (True, False, None)


def test_a_network_disk_is_named() -> None:
    """By the innermost mount that a path is on."""
    mounts = (
        "overlay / overlay rw 0 0\nserver:/a /srv nfs4 rw 0 0\n/dev/sda /srv/lokaal ext4 rw 0 0\n"
        "s:/b /srv/met\\040spatie cifs rw 0 0\n"
    )
    assert of(machine.network(Path("/srv/lijn/ozlijn.db"), mounts)) == {"sqlite.netwerkschijf"}
    assert of(machine.network(Path("/srv/met spatie/ozlijn.db"), mounts)) == {"sqlite.netwerkschijf"}
    assert of(machine.network(Path("/srv/lokaal/ozlijn.db"), mounts)) == set()
    assert of(machine.network(Path("/srvx/ozlijn.db"), mounts)) == set()
    assert of(machine.network(Path("/var/lib/ozlijn.db"), "")) == set()


def test_what_may_be_written_by_another_user_is_told_by_its_rights(tmp_path: Path) -> None:
    """A check by root says what the user of the gateway may do, not what root may."""
    other = 65_534 if os.geteuid() != 65_534 else 65_533
    for mode, expected in ((0o700, False), (0o755, False), (0o777, True)):
        tmp_path.chmod(mode)
        assert machine.writable(tmp_path, other) is expected
    assert machine.writable(tmp_path, os.geteuid()) is True
    assert machine.writable(Path("/proc/self"), other) is False
    tmp_path.chmod(0o700)


# ── the register, and the page


def test_what_a_leverancier_has_is_looked_at_too() -> None:
    """When its machtiging ends, and whose key it signs with; another one that goes on keeps it quiet."""
    key = json.loads(next(iter(read_register(ROOT / "deploy" / "partijen.toml").partijen.values())))
    sample = key["clients"][0]["sleutels"][0]
    client = {"clientId": "las-x", "scopes": ["taken:lezen"], "sleutels": [sample]}
    row = {
        "van": "brin:99ZZ00",
        "aan": "leverancier:las",
        "voor": ["taken:lezen"],
        "geldigVanaf": "2026-01-01",
    }

    def found(day: str, *rows: dict[str, Any]) -> set[str]:
        beleid = {
            "leveranciers": [{"id": "leverancier:las", "naam": "Verzonnen", "clients": [client]}],
            "machtigingen": rows,
        }
        register = Register(
            1,
            partijen=read_register(ROOT / "deploy" / "partijen.toml").partijen,
            beleid={MACHTIGINGEN: json.dumps(beleid)},
        )
        told = list(nazien.findings(register, dt.date.fromisoformat(day)))
        assert any("las-x" in b.wat for b in told if b.code == "partijen.voorbeeldsleutel")
        return {b.code for b in told if b.code.startswith("machtiging")}

    ends = row | {"geldigTotEnMet": "2026-12-31"}
    assert found("2026-10-31", ends) == set()
    assert found("2026-12-31", ends) == {"machtiging.verloopt"}
    assert found("2027-01-01", ends) == {"machtiging.verlopen"}
    assert found("2027-01-01", ends, row) == set()


def test_a_region_that_reads_otherwise_now_is_told() -> None:
    """What was applied under another version, and a row that is no region at all."""
    text = (ROOT / "gateway/practices/regios/verzonnen-midden/regio.toml").read_text(encoding="utf-8")

    def found(row: object) -> list[str]:
        register = Register(1, beleid={INRICHTING: json.dumps(row)})
        return [b.code for b in nazien.findings(register, dt.date(2026, 11, 30)) if b.code != "partijen.geen"]

    assert found({"tekst": text}) == []
    assert found({"tekst": text.replace('"V58t"', '"V99"')}) == ["regio.klopt_niet"]
    assert found({}) == ["partijen.kapot"]


def test_what_ends_is_named_before_and_after_its_last_day() -> None:
    """Convenanten and mandaten; one without a last day never."""
    register = Register(
        1,
        partijen=read_register(ROOT / "deploy" / "partijen.toml").partijen,
        convenanten={"c": json.dumps({"tekst": CONVENANT, "handtekening": ""})},
        beleid={MANDATEN: json.dumps([mandaat("2026-12-31"), mandaat(None)])},
    )

    def found(day: str) -> list[str]:
        codes = [b.code for b in nazien.findings(register, dt.date.fromisoformat(day))]
        return sorted(c for c in codes if c.startswith(("convenant", "mandaat")))

    assert found("2026-10-31") == []
    assert found("2026-11-01") == ["convenant.verloopt", "mandaat.verloopt"]
    assert found("2026-12-31") == ["convenant.verloopt", "mandaat.verloopt"]
    assert found("2027-01-01") == ["convenant.verlopen", "mandaat.verlopen"]


CONVENANT: Final = """
id = "proef-convenant"
versie = 1
titel = "Convenant van verzonnen partijen"
geldigVan = 2026-01-01
geldigTotEnMet = 2026-12-31
partijen = ["brin:99ZZ00", "agb:99999901"]

[[afspraken]]
doel = "arrangement"
berichten = ["ontwikkelingsperspectief"]
"""


def mandaat(last: str | None) -> dict[str, Any]:
    made = {
        "gever": "gemeente:9999",
        "nemer": "agb:99999901",
        "besluiten": ["toeleidingsbesluit"],
        "geldigVanaf": "2026-01-01",
        "besluitRef": "besluit 1",
    }
    return made if last is None else made | {"geldigTotEnMet": last}


def test_the_keys_of_the_sample_are_known() -> None:
    """All of them, and no other."""
    text = (ROOT / "deploy" / "partijen.toml").read_text(encoding="utf-8")
    assert set(re.findall(r'^x = "(.+)"$', text, re.MULTILINE)) == nazien.SAMPLES


def test_the_page_has_every_finding() -> None:
    """docs/nakijken.md: each code once, with its gravity, why it matters and what to do."""
    page = (ROOT / "docs" / "nakijken.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\w+) \| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    assert [row[0] for row in rows] == list(SOORTEN)
    assert {c: (e, w, d) for c, e, w, d in rows} == {
        c: (s.ernst.value, s.waarom, s.doen) for c, s in SOORTEN.items()
    }
    assert {s.ernst for s in SOORTEN.values()} == set(Ernst)


def test_every_code_can_be_found() -> None:
    """No finding is described that nothing gives, and none is given that is not described."""
    given: set[str] = set()
    makers = ("nakijken", "runtime/machine", "register/nazien", "post/post")
    for name in (f"gateway/{maker}.py" for maker in makers):
        text = (ROOT / name).read_text(encoding="utf-8")
        given |= set(re.findall(r'"([a-z]+\.[a-z_]+)"', text)) & SOORTEN.keys()
        made = re.findall(r'Bevinding\(\s*"([a-z_.]+)"', text)
        assert set(made) <= SOORTEN.keys()
    given |= {
        f"{what}.{end}" for what in ("convenant", "mandaat", "machtiging") for end in ("verlopen", "verloopt")
    }
    assert given == SOORTEN.keys()
