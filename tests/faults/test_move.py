"""A living gateway moves from its SQLite file to PostgreSQL: everything, once, and never half."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from adapters.stores.migrations import MOVED, MOVING, REVISION
from adapters.stores.move import moving
from adapters.stores.postgres.migrate import upgrade
from adapters.stores.postgres.store import PostgresStorage
from adapters.stores.schema import of_engine
from adapters.stores.sqlite.store import SqliteStorage
from gateway.wiring import Keys, check_bewijs, vkey_of
from schemas.errors import AlreadyRunning, LedgerBroken, RecordUnavailable, WrongUse
from tests.callers import Key
from tests.faults.processes import COMMAND, environment
from tests.flow.test_onderwerp import GROEP, GROEPSARRANGEMENT, HELPER, body
from tests.flow.test_zaak import opening
from tests.line import ADDRESS, accepted, fine, fresh, only, open_line, prepare
from tests.pgsession import Databases
from tests.release_data import client_keys, restore

LOG: Final = "ozlijn.test/2026"


@dataclass
class Before:
    """What a gateway on SQLite left behind, and what its clients remember."""

    folder: Path
    keys: dict[str, Key]
    klaar: str
    """A levering that was accepted and not taken."""
    bewijs: bytes
    """A proof that was handed out."""
    later: int
    """Minutes after which a gateway goes on with it."""
    pad: str | None = None
    """Where that proof can be asked for again, if it has such a place."""
    zaak: str | None = None
    """The school's key of a zaak, if there was one."""
    groep: Any = None
    """What was pushed about a group and not taken, if anything was."""

    @property
    def file(self) -> Path:
        return self.folder / "ozlijn.db"

    @property
    def vkey(self) -> str:
        return vkey_of(Keys.load(self.folder / "keys"), LOG)

    def migrate(self, *words: str, code: int = 0) -> str:
        settings = self.folder / "ozlijn.toml"
        settings.write_text(
            f'database = "ozlijn.db"\nkeys = "keys"\nissuer = "https://lijn.example.nl"\nlog_name = "{LOG}"\n'
        )
        done = subprocess.run(
            [*COMMAND, "migrate", "--settings", str(settings), "--from", str(self.file), *words],
            capture_output=True,
            check=False,
            text=True,
            env=environment(0) | {"COLUMNS": "200"},
        )
        assert done.returncode == code, done.stderr
        return done.stdout or done.stderr


def of_the_gateway(folder: Path) -> Before:
    """The database of a gateway of today, with pushes, a withdrawal and a levering that was taken."""
    prepare("sqlite", folder)
    kept: dict[str, Any] = {}

    async def story() -> None:
        async with open_line("sqlite", folder) as line:
            leerling, pushed, _ = await line.permitted()
            opened = await line.school.post("/zaken", opening(leerling), key=fresh())
            kept["zaak"] = fine(opened, 201)["zaak"]["zaakId"]
            first = (await line.levering(pushed))["id"]
            await line.sign_for(first, await line.take(first))
            sent = body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, **GROEP)
            kept["groep"] = accepted(await line.school.post("/uitwisselingen", sent, key=fresh()))
            told = await line.push()
            kept["klaar"] = (await line.levering(told))["id"]
            await line.context.checkpointer.publish()
            kept["pad"] = f"/uitwisselingen/{told['uitwisselingId']}/bewijs"
            proof = fine(await line.school.get(kept["pad"]))
            kept["bewijs"] = json.dumps(proof | {"ontvangstbewijs": told["ontvangstbewijs"]}).encode()
            kept["keys"] = {partij: caller.key for partij, caller in line.callers.items()}

    asyncio.run(story())
    return Before(
        folder, kept["keys"], kept["klaar"], kept["bewijs"], 1, kept["pad"], kept["zaak"], kept["groep"]
    )


def of_the_release(folder: Path) -> Before:
    """The database of release 0.1.0, which no gateway of today has opened."""
    restore(folder)
    with closing(sqlite3.connect(folder / "ozlijn.db")) as db:
        bodies = [json.loads(body) for (body,) in db.execute("SELECT body FROM answer")]
        (klaar,) = db.execute(
            "SELECT id FROM levering WHERE status = 'klaar' ORDER BY positie LIMIT 1"
        ).fetchone()
    receipt = next(json.dumps(b["ontvangstbewijs"]).encode() for b in bodies if "ontvangstbewijs" in b)
    return Before(folder, client_keys(), klaar, receipt, 17)


@pytest.fixture(params=[of_the_gateway, of_the_release], ids=lambda made: made.__name__)
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Before:
    made: Before = request.param(tmp_path)
    return made


@pytest.fixture
def used(tmp_path: Path) -> Before:
    return of_the_gateway(tmp_path)


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.make()


def head_of(before: Before) -> tuple[int, bytes]:
    async def story() -> tuple[int, bytes]:
        storage = SqliteStorage.open(before.file)
        head = await storage.head()
        await storage.close()
        return head.size, head.root

    return asyncio.run(story())


def kept_in(before: Before) -> dict[str, str]:
    """What must not change by a move, by name of the file, as a hash."""
    names = [path for path in (before.folder / "keys").rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in names}


def goes_on(before: Before, url: str, size: int, root: bytes) -> None:
    """A gateway on PostgreSQL: same ledger, what was accepted is handed out, what was proved is proved."""
    (before.folder / ADDRESS).write_text(url)

    async def story() -> None:
        async with open_line("postgres", before.folder, keys=before.keys) as line:
            line.later(minutes=before.later)
            assert await line.world.storage.root(size) == root
            assert check_bewijs(before.bewijs, before.vkey).geldig
            if before.pad is not None:
                again = fine(await line.school.get(before.pad))
                assert json.loads(before.bewijs) == again | {
                    "ontvangstbewijs": json.loads(before.bewijs)["ontvangstbewijs"]
                }
            if before.zaak is not None:
                step = {"stap": {"soort": "gesloten", "reden": "niet_gestart"}}
                fine(await line.school.post(f"/zaken/{before.zaak}/stappen", step, key=fresh()), 201)
                about = {"zaak": opening({"leerlingId": ""}, onderwerp="geen", vorm="collectief")["zaak"]}
                another = await line.school.post("/zaken", about, key=fresh())
                zaken = fine(await line.school.get("/zaken"))["zaken"]
                assert [z["zaakId"] for z in zaken] == [before.zaak, fine(another, 201)["zaak"]["zaakId"]]
            taken = []
            while listed := await line.postbus():  # of each leerling the first in line
                taken += [item["leveringId"] for item in listed]
                for item in listed:
                    await line.sign_for(item["leveringId"], await line.take(item["leveringId"]))
            assert before.klaar in taken
            if before.groep is not None:
                assert only(before.groep) in taken
                assert await line.status(before.groep) == "afgeleverd"
                sent = body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, **GROEP)
                again = accepted(await line.school.post("/uitwisselingen", sent, key=fresh()))
                await line.sign_for(only(again), await line.take(only(again)))
            later = await line.push()
            assert await line.status(later) == "klaar"
            (item,) = await line.postbus()
            assert item["leveringId"] == (await line.levering(later))["id"]
            await line.context.checkpointer.publish()  # the anchor of before is the beginning of this one

    asyncio.run(story())


def test_a_gateway_goes_on_where_it_was(before: Before, url: str) -> None:
    """Positions, proofs, keys and anchor are what they were; the levering from before is handed out after."""
    size, root = head_of(before)
    kept = kept_in(before)
    told = json.loads(before.migrate("--to", url, "--json"))
    assert told["regels"] == size
    assert told["bewijzen"] > 0
    with closing(sqlite3.connect(before.file)) as db:
        for table in ("levering", "fact", "entry", "answer", "content", "zaak", "zaakpartij"):
            assert told["rijen"][table] == db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    assert kept_in(before) == kept
    goes_on(before, url, size, root)


KILLED_BY_ITSELF: Final = """
import os, signal, sys
from pathlib import Path
from adapters.stores.move import moving
at = int(sys.argv[3])
def tick(done):
    if 0 <= at <= done:
        os.kill(os.getpid(), signal.SIGKILL)
with moving(Path(sys.argv[1]), sys.argv[2]) as work:
    work.copy(tick, at_once=3)
    if at == -2:
        work.leave()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(before: Before, url: str, at: int) -> None:
    """A move of three rows at a time that is killed after so many rows; -1: after all; -2: after the file
    was left and before the database was taken into use.
    """
    done = subprocess.run(
        [sys.executable, "-c", KILLED_BY_ITSELF, str(before.file), url, str(at)],
        check=False,
        env=environment(0),
    )
    assert done.returncode == -signal.SIGKILL


def test_a_move_that_was_killed_goes_on(used: Before, url: str) -> None:
    """Wherever it was killed: meanwhile no gateway starts on the half, and at the end all is there once."""
    size, root = head_of(used)
    with moving(used.file, url) as work:
        total = work.total
    for at in (1, total // 4, total // 2, total - 1, -1):
        killed(used, url, at)
        with pytest.raises(WrongUse, match="verhuizing"):
            PostgresStorage.open(url)
        with pytest.raises(WrongUse, match="verhuizing"):
            upgrade(url)
        assert head_of(used) == (size, root)  # the file can still be used
    killed(used, url, -2)
    with pytest.raises(WrongUse, match="verhuisd"):
        SqliteStorage.open(used.file)
    with pytest.raises(WrongUse, match="verhuizing"):
        PostgresStorage.open(url)
    used.migrate("--to", url)
    goes_on(used, url, size, root)


def test_the_file_is_not_started_on_by_accident(used: Before, url: str) -> None:
    """Not even by an older version, which knows no such revision; undone on purpose it is as it was."""
    assert "Verhuisd" in used.migrate("--to", url)
    with pytest.raises(WrongUse, match="verhuisd"):
        SqliteStorage.open(used.file)
    with closing(sqlite3.connect(used.file)) as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(f"{MOVED}{REVISION}",)]
    assert "al verhuisd" in used.migrate("--to", url, code=2)
    assert "weer gebruiken" in used.migrate("--terug")
    head_of(used)
    assert "niet verhuisd" in used.migrate("--terug", code=2)


def test_an_undone_move_does_not_fork_the_ledger(used: Before, url: str) -> None:
    """Once PostgreSQL has signed further, the anchor stops a gateway on the old file."""
    size, root = head_of(used)
    used.migrate("--to", url)
    goes_on(used, url, size, root)
    used.migrate("--terug")

    async def start() -> None:
        async with open_line("sqlite", used.folder, keys=used.keys):
            pass

    with pytest.raises(LedgerBroken, match="korter"):
        asyncio.run(start())


# --- what is refused


def test_not_while_somebody_has_the_file(used: Before, url: str) -> None:
    """A gateway; and while the move has it, a tool cannot write in it."""

    async def story() -> None:
        storage = SqliteStorage.open(used.file)
        try:
            with pytest.raises(AlreadyRunning), moving(used.file, url):
                pass
        finally:
            await storage.close()
        with moving(used.file, url) as work:
            with pytest.raises(AlreadyRunning), moving(used.file, url):
                pass
            with pytest.raises(AlreadyRunning):
                SqliteStorage.open(used.file)
            tool = SqliteStorage.open(used.file, gateway=False, create=False)
            register = await tool.register()
            with pytest.raises(RecordUnavailable):
                await tool.apply_register(register, register.version, ())
            await tool.close()
            work.copy(None)
            work.compare(None)

    asyncio.run(story())


def test_only_to_an_empty_database(used: Before, url: str, databases: Databases, tmp_path: Path) -> None:
    """Not one in use, not one with tables of others, not one that another file is moving to."""
    upgrade(url)
    with psycopg.connect(url) as db:
        db.execute("INSERT INTO register (kind, id, json) VALUES ('partij', 'x', '{}')")
    assert "niet leeg" in used.migrate("--to", url, code=2)
    theirs = databases.make()
    with psycopg.connect(theirs) as db:
        db.execute("CREATE TABLE van_een_ander (id integer)")
    assert "niet leeg" in used.migrate("--to", theirs, code=2)
    begun = databases.make()
    (tmp_path / "ander").mkdir()
    killed(of_the_gateway(tmp_path / "ander"), begun, 5)
    assert "ander bestand" in used.migrate("--to", begun, code=2)
    ready = databases.make()
    upgrade(ready)
    assert "Verhuisd" in used.migrate("--to", ready)


def test_not_on_from_where_a_gateway_went_on_meanwhile(used: Before, url: str) -> None:
    """A move was killed, the gateway started again on its file: what was copied is of the past."""
    killed(used, url, 40)

    async def story() -> None:
        async with open_line("sqlite", used.folder, keys=used.keys) as line:
            await line.push()

    asyncio.run(story())
    assert "weer in gebruik" in used.migrate("--to", url, code=2)


def test_what_differs_is_not_switched_to(used: Before, url: str) -> None:
    """One byte of one row, in any table that holds something: seen before anything is switched."""
    with moving(used.file, url) as work:
        work.copy(None)
        filled = [name for name, count in work.rows.items() if count]
        assert {"entry", "levering", "fact", "content", "jti", "register", "nummer"} <= set(filled)
        for table in (t for t in of_engine("postgresql") if t.name in filled):
            free = (c for c in table.columns if not c.primary_key and not c.foreign_keys)
            column = next(c.name for c in free if c.name != "id")  # what others refer to cannot be changed
            value = {"BYTEA": "'\\x00'", "TEXT": "'x'"}
            with psycopg.connect(url, autocommit=True) as db:
                kind = db.execute(
                    "SELECT upper(data_type) FROM information_schema.columns"
                    " WHERE table_name = %s AND column_name = %s",
                    (table.name, column),
                ).fetchone()
                assert kind is not None
                new = value.get(kind[0], "7777")
                row = f"ctid = (SELECT min(ctid) FROM {table.name})"
                kept = db.execute(f"SELECT {column} FROM {table.name} WHERE {row}").fetchone()
                assert kept is not None
                db.execute(f"UPDATE {table.name} SET {column} = {new} WHERE {row}".encode())
                with pytest.raises(LedgerBroken, match=table.name):
                    work.compare(None)
                db.execute(f"UPDATE {table.name} SET {column} = %s WHERE {column} = {new}".encode(), kept)
                work.compare(None)
    with psycopg.connect(url) as db:
        found = db.execute("SELECT version_num FROM alembic_version").fetchone()
    assert found is not None
    assert str(found[0]).startswith(MOVING)


def test_a_promised_leaf_that_is_not_there_stops_it(used: Before, url: str) -> None:
    """Every answer that named a leaf is held to the ledger, on the side where it will be asked for."""
    with moving(used.file, url) as work:
        work.copy(None)
        assert work.receipts() > 0
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("UPDATE entry SET leaf_hash = '\\x00'")
        with pytest.raises(LedgerBroken, match="bewijzen"):
            work.receipts()


def test_a_ledger_that_does_not_verify_is_not_moved(used: Before, url: str) -> None:
    """A line that somebody changed in the file is found before anything is switched, and said."""
    with closing(sqlite3.connect(used.file)) as db, db:
        db.execute("UPDATE entry SET canonical = CAST(canonical || ' ' AS BLOB) WHERE position = 3")
    assert "de verantwoording klopt niet" in used.migrate("--to", url, code=3)
    with pytest.raises(WrongUse, match="verhuizing"):
        PostgresStorage.open(url)
    head_of(used)


def test_no_error_tells_the_address(used: Before) -> None:
    """An address may hold a password, so no error quotes it."""
    wrong = "postgresql://ozlijn:geheim-woord@127.0.0.1:1/niets"
    assert "geheim-woord" not in used.migrate("--to", wrong, code=3)
    assert "postgresql://" in used.migrate("--to", "elders.db", code=2)
