"""`replay`: what would be decided differently now. It reads the database beside a gateway, or a copy of
it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from gateway.cli.parts import AsJson, SettingsFile, out, print_json, progress, say, say_faults
from schemas.errors import InvalidMessage

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.explain.naspelen import Nagespeeld
    from gateway.runtime.settings import Settings


def replay(
    since: Annotated[
        dt.datetime,
        typer.Option(
            "--since",
            formats=["%Y-%m-%d"],
            metavar="JJJJ-MM-DD",
            help="Besluiten vanaf deze Nederlandse dag.",
        ),
    ],
    policy: Annotated[
        list[Path] | None,
        typer.Option(
            "--policy",
            metavar="BESTAND",
            help="Ander beleid (TOML, herhaalbaar): profielen, recht, waarden van de regio, convenant.",
        ),
    ] = None,
    wet_van: Annotated[
        dt.datetime | None,
        typer.Option(
            "--wet-van",
            formats=["%Y-%m-%d"],
            metavar="JJJJ-MM-DD",
            help="Neem recht en profielen van deze dag, en niet die van de dag van het besluit.",
        ),
    ] = None,
    settings: SettingsFile = None,
    database: Annotated[
        Path | None,
        typer.Option(
            metavar="BESTAND", help="Databasebestand, ook een kopie. Anders die van de instellingen."
        ),
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--alles", help="Noem ook wat gelijk blijft.")] = False,
    as_json: AsJson = False,
) -> None:
    """Speel besluiten na: wat met het beleid van nu, of met ander beleid, anders besloten zou zijn.

    Van elke levering het laatste besluit, met de feiten en op het moment van toen. Bij gelijk beleid moet er
    hetzelfde uitkomen; zo niet, dan staat erbij waarom. Opent geen berichten en wijzigt niets. Geeft 1 als er
    iets anders is.
    """
    from gateway.runtime.settings import read_settings  # noqa: PLC0415 - other commands start faster without it

    found = read_settings(settings)
    with progress("Besluiten naspelen", as_json=as_json) as tick:
        law = None if wet_van is None else wet_van.date()
        work = _replayed(found, database, policy or (), law, since.date(), tick, everything=everything)
        try:
            beleid, seen, shown = asyncio.run(work)
        # exit code 1 says that something differs, so a wrong file must give another one
        except InvalidMessage as error:
            say_faults(error)
            raise typer.Exit(2) from None
    if as_json:
        print_json(
            {
                "vanaf": since.date(),
                "beleidHash": beleid,
                "bekeken": seen.total(),
                "samenvatting": _summary(seen),
                "leveringen": [_data(n) for n in shown],
            }
        )
    else:
        for n in shown:
            _tell(n)
        table = Table("verschil", "aantal", box=None)
        for name, count in _summary(seen).items():
            table.add_row(_NAMES[name], str(count))
        out().print(table)
    if seen.total() > seen["gelijk"]:
        raise typer.Exit(1)


_NAMES = {
    "opener": "opener",
    "dichter": "dichter",
    "anders": "anders",
    "gelijk": "gelijk",
    "nietNaTeRekenen": "niet na te rekenen",
}


async def _replayed(
    settings: Settings,
    database: Path | None,
    policy: list[Path] | tuple[Path, ...],
    wet_van: dt.date | None,
    since: dt.date,
    tick: Callable[[int], None] | None,
    *,
    everything: bool,
) -> tuple[str, Counter[str], list[Nagespeeld]]:
    """The hash of the policy that was tried, how many leveringen came out in each way, and those to show."""
    from dataclasses import replace  # noqa: PLC0415

    from consent.leeftijd import AMSTERDAM  # noqa: PLC0415
    from gateway.explain.naspelen import Verschil  # noqa: PLC0415
    from gateway.explain.naspelen import replay as replayed  # noqa: PLC0415
    from gateway.register.voorstel import proposed  # noqa: PLC0415
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.wiring import (  # noqa: PLC0415
        open_for_tools,
        tools_clock,
        tools_past_regels,
        tools_regels,
        tools_vault,
    )

    vault = tools_vault(settings)
    storage = open_for_tools(database or settings.database)
    seen: Counter[str] = Counter()
    shown = []
    try:
        regels = await tools_regels(settings, storage, make_log())
        if policy:
            beleid = proposed(
                regels.beleid, policy, settings.decision_minutes, regels.kennisgevingen.values()
            )
            regels = replace(regels, beleid=beleid)
        if wet_van is not None:
            regels = replace(regels, beleid=replace(regels.beleid, wet_van=wet_van))
        start = dt.datetime.combine(since, dt.time(), AMSTERDAM)
        van_toen = await tools_past_regels(settings, storage, make_log())
        async for n in replayed(storage, vault, regels, start, tick, van_toen):
            seen[n.verschil] += 1
            if everything or n.verschil is not Verschil.GELIJK:
                shown.append(n)
    finally:
        await storage.close()
    return regels.beleid.hash_on(tools_clock(settings).now()), seen, shown


def _summary(seen: Counter[str]) -> dict[str, int]:
    return {name: seen[name] for name in _NAMES}


def _data(n: Nagespeeld) -> dict[str, Any]:
    from gateway.explain.naspelen import UITLEG  # noqa: PLC0415

    v, (fields_in, fields_out), (new, gone) = n.levering, n.velden, n.redenen
    return {
        "leveringId": v.id,
        "uitwisselingId": v.uitwisseling,
        "afzender": v.afzender,
        "ontvanger": v.ontvanger,
        "rol": v.rol,
        "doel": v.doel,
        "richting": v.richting,
        "berichtsoort": v.berichtsoort,
        "beslotenOp": n.toen.as_of,
        "beleidHash": n.toen.policy_hash,
        "zelfdeBeleid": n.zelfde_beleid,
        "nagerekend": n.nagerekend,
        "verschil": n.verschil,
        "waarom": None if n.waarom is None else {"code": n.waarom, "tekst": UITLEG[n.waarom]},
        "uitkomst": {"toen": n.toen.outcome, "nu": None if n.nu is None else n.nu.outcome},
        "redenenErbij": new,
        "redenenWeg": gone,
        "veldenErbij": fields_in,
        "veldenWeg": fields_out,
    }


def _tell(n: Nagespeeld) -> None:
    from gateway.explain.naspelen import UITLEG  # noqa: PLC0415

    v, now = n.levering, "?" if n.nu is None else n.nu.outcome
    say(f"{v.id} van {v.afzender} aan {v.ontvanger} ({v.rol}), doel {v.doel}: {_NAMES[n.verschil]}")
    say(f"  uitkomst: {n.toen.outcome} → {now}")
    if n.waarom is not None:
        say(f"  {UITLEG[n.waarom]} [{n.waarom}]")
    for what, (more, less) in (("reden", n.redenen), ("veld", n.velden)):
        for sign, names in (("+", more), ("-", less)):
            for name in names:
                say(f"  {sign} {what} {name}")
