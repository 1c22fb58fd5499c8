"""The kept database of release 0.1.0 has a bit of everything, and today's gateway goes on with it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from gateway.wiring import Keys, Note, verify_ledger, vkey_of
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
    checked = verify_ledger(release_0_1_0, vkey, given, anchor=folder / "keys" / "anker")
    assert (checked.report.findings, checked.report.size) == ((), checked.size)
    assert len(checked.used) > 0


async def _start(folder: Path) -> None:
    async with restored_line(folder) as line:
        await line.push()
