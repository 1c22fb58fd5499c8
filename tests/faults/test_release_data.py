"""The kept database of release 0.1.0 has a bit of everything, and today's gateway goes on with it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from adapters.local.anchor import FileAnchor
from gateway.wiring import Keys, Note, verify_ledger, vkey_of
from schemas.errors import LedgerBroken
from schemas.storage.storage import Portion
from tests.line import fine
from tests.release_data import restored_line

KINDS: Final = {
    *("toestemming", "gezag", "bekwaamheid", "bezwaar", "veto", "grond"),
    *("afweging", "tweede_blik", "vrijgave", "nabeoordeling", "uitstel"),
}
STATES: Final = {
    *("aangehouden", "klaar", "afgeleverd", "bevestigd", "geweigerd", "ingetrokken", "mislukt", "vervallen")
}


def test_it_has_everything_a_migration_must_know(release_0_1_0: Path) -> None:
    """Written down here, for a kind or state that the code learns later is not in it."""
    with closing(sqlite3.connect(release_0_1_0)) as db:

        def found(query: str) -> set[object]:
            return {row[0] for row in db.execute(query)}

        assert found("SELECT kind FROM fact") == KINDS
        assert found("SELECT owner FROM leerling") == {"brin:99ZZ00", "brin:99XX01"}
        assert found("SELECT status FROM levering") == STATES
        assert found("SELECT opgehaald FROM levering WHERE status = 'klaar' AND lease_tot IS NOT NULL") == {1}
        assert found("SELECT status FROM taak") == {"open", "afgehandeld", "vervallen"}
        assert found("SELECT version FROM register_past") == {1}
        assert found("SELECT register_version FROM state") == {2}
        for table in ("answer", "jti", "checkpoint", "koppeling", "uitwisseling", "event", "content"):
            assert found(f"SELECT count(*) FROM {table}") != {0}, table


def test_todays_gateway_goes_on_with_it(release_0_1_0: Path) -> None:
    """It starts, what was taken once is taken again with the same content, and a new exchange goes."""

    async def story() -> str:
        async with restored_line(release_0_1_0.parent) as line:
            listed = await line.postbus()
            assert listed
            for view in listed:
                await line.sign_for(view["leveringId"], await line.take(view["leveringId"]))
            fine(await line.school.get("/taken"))
            return await line.status(await line.push())

    assert asyncio.run(story()) == "klaar"


def test_its_account_verifies(release_0_1_0: Path) -> None:
    """With the checkpoints in the database and in the anchor, also after today's gateway has written."""
    folder = release_0_1_0.parent
    asyncio.run(_start(folder))
    vkey = vkey_of(Keys.load(folder / "keys"), "ozlijn.test/2026")
    with closing(sqlite3.connect(release_0_1_0)) as db:
        notes = [note for (note,) in db.execute("SELECT note FROM checkpoint")]
    given = [Note("database", note) for note in notes]
    checked = verify_ledger(release_0_1_0, vkey, given, anchor=FileAnchor(folder / "keys" / "anker"))
    assert (checked.report.findings, checked.report.size) == ((), checked.size)
    assert len(checked.used) > 0


async def _start(folder: Path) -> None:
    async with restored_line(folder) as line:
        await line.push()


def test_a_ledger_that_somebody_wrote_in_is_opened_and_told(release_0_1_0: Path) -> None:
    """A line that is no leaf any more and one that stands there twice: migrated, refused, and still found.

    Nothing of that database is stamped: it cannot be held to an account that does not hold.
    """
    with closing(sqlite3.connect(release_0_1_0)) as db, db:
        db.execute("UPDATE entry SET canonical = x'00' WHERE position = 3")
        db.execute("UPDATE entry SET canonical = 7 WHERE position = 4")
        db.execute(
            "UPDATE entry SET canonical = (SELECT canonical FROM entry WHERE position = 5)"
            " WHERE position IN (7, 9)"
        )
    folder = release_0_1_0.parent
    with pytest.raises(LedgerBroken, match="regel 3 "):
        asyncio.run(_start(folder))
    with closing(sqlite3.connect(release_0_1_0)) as db:
        assert db.execute("SELECT count(stamp) FROM leerling").fetchone() == (0,)
        nameless = db.execute("SELECT position FROM entry WHERE id IS NULL ORDER BY position").fetchall()
        notes = [note for (note,) in db.execute("SELECT note FROM checkpoint")]
    assert nameless == [(3,), (4,), (7,), (9,)]
    vkey = vkey_of(Keys.load(folder / "keys"), "ozlijn.test/2026")
    checked = verify_ledger(release_0_1_0, vkey, [Note("database", note) for note in notes])
    lines = [f for f in checked.report.findings if not f.of_a_checkpoint and f.position < f.until]
    assert min(f.position for f in lines) == 3


def test_what_its_ids_look_like_is_worked_out_at_the_first_start(release_0_1_0: Path) -> None:
    """The second index of every leerling is worked out once; for ids as new ones must be it is their ordinary
    index.
    """
    asyncio.run(_start(release_0_1_0.parent))
    with closing(sqlite3.connect(release_0_1_0)) as db:
        rows = db.execute("SELECT blind_index, lookalike FROM leerling").fetchall()
    assert len(rows) > 1
    assert [lookalike for _, lookalike in rows] == [index for index, _ in rows]


def test_what_was_held_is_decided_again_once(release_0_1_0: Path) -> None:
    """It is not known under which register an older gateway decided, so all that is held is decided again,
    once.
    """

    async def story() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            now, storage = line.clock.now(), line.world.storage
            under = (await line.context.regels.current()).under(line.context.clock.now())
            held = await storage.claim_held(Portion(now, now, 100), under)
            assert held
            await line.context.rounds.daily()
            assert await storage.claim_held(Portion(now, now, 100), under) == ()

    asyncio.run(story())
