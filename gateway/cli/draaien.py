"""`ozlijn serve`, `worker` and `migrate`: what keeps the gateway going."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.parts import AsJson, SettingsFile, say
from schemas.errors import WrongUse

if TYPE_CHECKING:
    from gateway.runtime.settings import Settings


def serve(settings: SettingsFile = None) -> None:
    """Start de gateway. Stop met Ctrl-C of SIGTERM.

    Op PostgreSQL mag u er zoveel starten als u wilt; start er dan ook minstens één ozlijn worker naast.
    """
    from gateway.app import create_app, edge_of  # noqa: PLC0415 - other commands start faster without it
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.runtime.server import listen  # noqa: PLC0415
    from gateway.runtime.server import serve as run  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import open_world  # noqa: PLC0415
    from schemas.events import Level  # noqa: PLC0415

    found = read_settings(settings)
    log = make_log(level=Level[found.log_level.upper()])
    world = open_world(found)
    app = create_app(found, world, log)
    app.state.document()  # before anybody is let in: what it costs is not for a stranger to bring about
    run(app, listen(found.host, found.port), log, edge_of(app))


def worker(settings: SettingsFile = None) -> None:
    """Doe wat de tijd vraagt: termijnen, opnieuw beslissen, de verantwoording plaatsen en ondertekenen.

    Alleen op PostgreSQL, naast ozlijn serve; zoveel als u wilt. Stop met Ctrl-C of SIGTERM.
    """
    from gateway.runtime.logs import make_log  # noqa: PLC0415 - other commands start faster without it
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import open_world  # noqa: PLC0415
    from gateway.worker import run_worker  # noqa: PLC0415
    from schemas.events import Level  # noqa: PLC0415

    found = read_settings(settings)
    if not found.shared:
        raise WrongUse("op SQLite doet ozlijn serve dit zelf: een worker is er alleen op PostgreSQL")
    log = make_log(level=Level[found.log_level.upper()])
    run_worker(found, open_world(found), log)


def migrate(
    settings: SettingsFile = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="BESTAND", help="Verhuis wat in dit SQLite-bestand staat (met --to)."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help="Naar deze lege PostgreSQL-database."),
    ] = None,
    *,
    back: Annotated[
        bool, typer.Option("--terug", help="Maak het bestand van --from weer bruikbaar na een verhuizing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Breng de database naar het schema van deze versie, of verhuis van SQLite naar PostgreSQL.

    Op PostgreSQL nodig voor de eerste start en na elke nieuwe versie; op SQLite doet ozlijn serve het zelf.
    Herhalen mag. Een verhuizing die is afgebroken, gaat verder waar zij was. Zie docs/verhuizen.md.
    """
    from gateway.runtime.settings import read_settings  # noqa: PLC0415 - other commands start faster without it
    from gateway.wiring import migrate as bring_along  # noqa: PLC0415

    found = read_settings(settings)
    if source is None and to is None and not back:
        bring_along(found)
        asyncio.run(adopt_in(found))
        say("De database heeft het schema van deze versie.")
        return
    from gateway.cli import verhuizen  # noqa: PLC0415

    if source is None or back is (to is not None):
        raise WrongUse("geef --from met --to om te verhuizen, of --from met --terug om dat terug te draaien")
    if to is None:
        verhuizen.undo(source)
    else:
        verhuizen.move(found, source, to, as_json=as_json)


async def adopt_in(settings: Settings) -> None:
    """Stamp what an older release stored, so that from now on it is checked against the account."""
    from gateway.runtime.logs import make_log  # noqa: PLC0415 - other commands start faster without it
    from gateway.wiring import adopt_for_tools, open_for_tools  # noqa: PLC0415

    storage = open_for_tools(settings.database)
    try:
        await adopt_for_tools(settings, storage, make_log())
    finally:
        await storage.close()
