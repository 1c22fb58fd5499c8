"""`explain`: why a levering goes, waits or stays home. It reads the database beside a gateway, or a copy of
it.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_json, say
from schemas.errors import NotFound, RecordUnavailable, WrongUse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gateway.ports.storage import Storage
    from gateway.runtime.settings import Settings
    from schemas.decision.decision import Decision
    from schemas.exchange.uitwisseling import Levering
    from schemas.shown.uitleg import Uitleg


class Voor(StrEnum):
    SCHOOL = "school"
    FG = "fg"
    OUDER = "ouder"


def explain(
    ident: Annotated[str, typer.Argument(metavar="ID", help="Id van een uitwisseling of van een levering.")],
    voor: Annotated[
        Voor,
        typer.Option(
            "--voor",
            metavar="school|fg|ouder",
            help="Voor wie: de school (als u niets kiest), de functionaris gegevensbescherming, of ouder en "
            "leerling.",
            show_default=False,
        ),
    ] = Voor.SCHOOL,
    settings: SettingsFile = None,
    database: Annotated[
        Path | None,
        typer.Option(
            metavar="BESTAND", help="Databasebestand, ook een kopie. Anders die van de instellingen."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Leg uit waarom een levering gaat, wacht of thuisblijft: de regel, het artikel, wie nog iets kan doen.

    Zegt wat toen is besloten en, met de sleutels van de gateway erbij, wat nu zou worden besloten. Kan naast
    een draaiende gateway of op een kopie. Noemt rollen en soorten gegevens, nooit een naam of een waarde. De
    uitleg voor de functionaris gegevensbescherming zegt alles: geef die niet aan een ander.
    """
    from gateway.explain.uitleg_tekst import as_text  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415 - other commands start faster without it
    from gateway.wiring import open_for_tools  # noqa: PLC0415
    from schemas.shown.uitleg import Lezersoort  # noqa: PLC0415

    try:
        known = read_settings(settings)
    except WrongUse:
        if database is None or settings is not None:
            raise
        known = None  # a copy is enough to read what was decided
    path = database or (known.database if known else "")

    async def work() -> list[tuple[Levering, Uitleg]]:
        storage = open_for_tools(path)
        try:
            return await _explained(storage, ident, voor, known)
        finally:
            await storage.close()

    found = asyncio.run(work())
    if as_json:
        print_json(
            {"leveringen": [{"leveringId": v.id, "uitleg": u.model_dump(mode="json")} for v, u in found]}
        )
        return
    for n, (v, u) in enumerate(found):
        if n:
            say("")
        say(f"Levering {v.id} van {v.afzender} aan {v.ontvanger} ({v.rol}), doel {v.doel}")
        say(as_text(u).rstrip("\n"))
        if u.nu is None and u.lezer is not Lezersoort.ONTVANGER:
            say("")
            say(ZONDER_SLEUTELS)


ZONDER_SLEUTELS = (
    "Nu: dit is hier niet uit te rekenen. Daarvoor zijn de sleutels van de gateway nodig (--settings)."
)


async def _explained(
    storage: Storage, ident: str, voor: Voor, settings: Settings | None
) -> list[tuple[Levering, Uitleg]]:
    """The explanation of each levering that `ident` names. Raises NotFound."""
    from gateway.explain.uitleg import Lezer, explain_levering  # noqa: PLC0415
    from schemas.people.toestemming import Richting  # noqa: PLC0415
    from schemas.shown.uitleg import Lezersoort  # noqa: PLC0415

    one = await storage.levering(ident)
    found = [one] if one else list(await storage.leveringen(ident))
    if not found:
        raise NotFound("er is geen uitwisseling of levering met dit id")
    out = []
    now = None if settings is None else await _deciding(storage, settings)
    for v in found:
        row = await storage.leerling(v.leerling)
        # When jeugdhulp is the sender, the school is the recipient and may know no more than a recipient.
        school = Lezersoort.AFZENDER if v.richting is Richting.S2J else Lezersoort.ONTVANGER
        lezer = {
            Voor.SCHOOL: Lezer(school, v.afzender),
            Voor.OUDER: Lezer(Lezersoort.OUDER, row.owner if row else None),
            Voor.FG: Lezer(Lezersoort.FG),
        }[voor]
        out.append((v, explain_levering(v, lezer, None if now is None else await now(v))))
    return out


async def _deciding(
    storage: Storage, settings: Settings
) -> Callable[[Levering], Awaitable[Decision | None]] | None:
    """What works out what would be decided now; None without the keys, or when the rules cannot be read."""
    from gateway.explain.toen_en_nu import beside, decided_now  # noqa: PLC0415
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.wiring import tools_clock, tools_regels, tools_vault  # noqa: PLC0415

    try:
        vault = tools_vault(settings)
        regels = await tools_regels(settings, storage, make_log())
    except (WrongUse, RecordUnavailable):
        return None
    at = tools_clock(settings).now()
    load = beside(storage, vault, at)

    async def work(levering: Levering) -> Decision | None:
        return await decided_now(storage, load, regels, levering, at)

    return work
