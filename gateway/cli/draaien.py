"""`ozlijn serve`, `worker` and `migrate`: what keeps the gateway going."""

from __future__ import annotations

import asyncio

from gateway.cli.parts import SettingsFile, say
from schemas.errors import WrongUse


def serve(settings: SettingsFile = None) -> None:
    """Start de gateway. Stop met Ctrl-C of SIGTERM.

    Op PostgreSQL mag u er zoveel starten als u wilt; start er dan ook minstens één ozlijn worker naast.
    """
    from gateway.app import create_app  # noqa: PLC0415 - other commands start faster without it
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.runtime.server import listen  # noqa: PLC0415
    from gateway.runtime.server import serve as run  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import open_world  # noqa: PLC0415
    from schemas.events import Level  # noqa: PLC0415

    found = read_settings(settings)
    log = make_log(level=Level[found.log_level.upper()])
    world = open_world(found)
    run(create_app(found, world, log), listen(found.host, found.port), log)


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


def migrate(settings: SettingsFile = None) -> None:
    """Breng de database naar het schema van deze versie, met wat er al in staat. Herhalen mag.

    Op PostgreSQL nodig voor de eerste start en na elke nieuwe versie; op SQLite doet ozlijn serve het zelf.
    """
    from gateway.runtime.logs import make_log  # noqa: PLC0415 - other commands start faster without it
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import adopt_for_tools, open_for_tools  # noqa: PLC0415
    from gateway.wiring import migrate as bring_along  # noqa: PLC0415

    found = read_settings(settings)
    bring_along(found)

    async def adopt() -> None:
        storage = open_for_tools(found.database)
        try:
            await adopt_for_tools(found, storage, make_log())
        finally:
            await storage.close()

    asyncio.run(adopt())
    say("De database heeft het schema van deze versie.")
