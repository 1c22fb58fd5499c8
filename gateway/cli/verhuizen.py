"""`ozlijn migrate --from FILE --to URL`: a gateway on SQLite goes on in PostgreSQL, with all it has."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.cli.draaien import adopt_in
from gateway.cli.parts import print_json, progress, say
from gateway.runtime.settings import Settings
from schemas.errors import LogBroken


def move(settings: Settings, source: Path, url: str, *, as_json: bool) -> None:
    """Copy, look whether all of it is there, and only then switch. Run again after it was broken off.

    Raises WrongUse, AlreadyRunning, RecordUnavailable; LogBroken when what stands there is not what was here.
    """
    from gateway.wiring import Keys, anchor_note, move_clock, moving, verify_ledger, vkey_of  # noqa: PLC0415

    key = vkey_of(Keys.load(settings.keys), settings.log_name)
    with moving(settings, source, url) as work:
        # 1. Every row, as it is: sealed content, keys of leerlingen, positions, stored answers.
        with progress("Rijen overzetten", as_json=as_json, total=work.total) as tick:
            work.copy(tick)
        # 2. Every row again, here and there: so every answer and every proof stays what it was.
        with progress("Rijen vergelijken", as_json=as_json, total=work.total) as tick:
            work.compare(tick)
        # 3. The ledger there by itself, against what was signed last, in the file and outside it.
        notes = [note for note in dict.fromkeys((work.checkpoint, anchor_note(settings))) if note is not None]
        with progress("Verantwoording controleren", as_json=as_json) as tick:
            report, size = verify_ledger(url, key, notes, tick)
        if report.first is not None:
            raise LogBroken(f"de verantwoording klopt niet, er is niets overgezet: {report.first.text}")
        receipts = work.receipts()
        move_clock(settings, url)
        # 4. The file may not be used any more, and then the database may.
        work.leave()
        work.arrive()
        rows = work.rows
    # 5. What an older version had stored is brought along, as at every new version.
    asyncio.run(adopt_in(settings.model_copy(update={"database": url})))
    if as_json:
        print_json({"rijen": rows, "regels": size, "bewezen": report.proven, "bewijzen": receipts})
        return
    say(f"Verhuisd en nagekeken: {sum(rows.values())} rijen en {size} regels van de verantwoording.")
    say(f"Van {receipts} uitgegeven bewijzen staat de regel op zijn plaats.")
    say("Zet nu database in de instellingen op dat adres, en start ozlijn serve en ozlijn worker.")


def undo(source: Path) -> None:
    """Raises WrongUse, AlreadyRunning."""
    from gateway.wiring import undo_move  # noqa: PLC0415 - other commands start faster without it

    undo_move(source)
    say("Een gateway kan dit bestand weer gebruiken. Wat sinds de verhuizing is gebeurd, staat er niet in.")
