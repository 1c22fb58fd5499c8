"""`ozlijn migrate --from FILE --to URL`: a gateway on SQLite goes on in PostgreSQL, with all it has."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.cli.draaien import adopt_in
from gateway.cli.parts import print_json, progress, say
from gateway.runtime.settings import Settings
from schemas.errors import LedgerBroken


def move(settings: Settings, source: Path, url: str, *, as_json: bool) -> None:
    """Copy everything, compare all of it, and only then switch. After it was broken off, run it again.

    Raises WrongUse and AlreadyRunning, and LedgerBroken when the copied account is not the one that was here.
    RecordUnavailable when a database cannot be reached.
    """
    from gateway.wiring import (  # noqa: PLC0415
        Keys,
        Note,
        anchor_of,
        move_clock,
        moving,
        verify_ledger,
        vkey_of,
    )

    key = vkey_of(Keys.load(settings.keys), settings.log_name)
    with moving(settings, source, url) as work:
        # 1. Copy every row as it is: sealed content, keys of leerlingen, positions and stored answers.
        with progress("Rijen overzetten", as_json=as_json, total=work.total) as tick:
            work.copy(tick)
        # 2. Compare every row, so that every answer and every proof stays what it was.
        with progress("Rijen vergelijken", as_json=as_json, total=work.total) as tick:
            work.compare(tick)
        # 3. Check the copied account by itself, against the last signed checkpoints in the file and outside
        # it.
        given = [] if work.checkpoint is None else [Note(source.name, work.checkpoint)]
        with progress("Verantwoording controleren", as_json=as_json) as tick:
            checked = verify_ledger(url, key, given, tick, anchor_of(settings))
        report, size = checked.report, checked.size
        if report.first is not None:
            raise LedgerBroken(f"de verantwoording klopt niet, er is niets overgezet: {report.first.text}")
        receipts = work.receipts()
        move_clock(settings, url)
        # 4. From here on the file may not be used any more, and after that the database may.
        work.leave()
        work.arrive()
        rows = work.rows
    # 5. Stamp what an older release stored, as every new release does at its start.
    asyncio.run(adopt_in(settings.model_copy(update={"database": url})))
    if as_json:
        print_json({"rijen": rows, "regels": size, "bewezen": report.proven, "bewijzen": receipts})
        return
    say(f"Verhuisd en nagekeken: {sum(rows.values())} rijen en {size} regels van de verantwoording.")
    say(f"Van {receipts} uitgegeven bewijzen staat de regel op zijn plaats.")
    say("Zet nu database in de instellingen op dat adres, en start ozlijn serve en ozlijn worker.")


def undo(source: Path) -> None:
    """Make the file usable again. Raises WrongUse, AlreadyRunning."""
    from gateway.wiring import undo_move  # noqa: PLC0415 - other commands start faster without it

    undo_move(source)
    say("Een gateway kan dit bestand weer gebruiken. Wat sinds de verhuizing is gebeurd, staat er niet in.")
