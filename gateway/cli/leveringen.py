"""`ozlijn leveringen`: what waits, is held or failed, for who runs the gateway. Ids and codes only."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_json, say
from schemas.errors import NotFound, WrongUse
from schemas.exchange.uitwisseling import OPEN, Leveringstatus


def leveringen(
    settings: SettingsFile = None,
    status: Annotated[
        list[Leveringstatus] | None,
        typer.Option(
            metavar="STATUS",
            help="Alleen deze status; mag vaker. Zonder: klaar, aangehouden en mislukt.",
            show_default=False,
        ),
    ] = None,
    aantal: Annotated[int, typer.Option(min=1, max=1000, help="Hoeveel er hoogstens worden getoond.")] = 50,
    na: Annotated[
        str | None, typer.Option(metavar="NA", help="De `na` van de vorige pagina, voor het vervolg.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Toon leveringen met hun status, voor wie de gateway beheert. Kan naast een draaiende gateway.

    Wat openstaat komt op volgorde van wat het eerst vervalt. Vraagt u ook om wat voorbij is, dan komt alles
    in de volgorde waarin het is aangenomen. Toont codes en verwijzingen, nooit een naam of een waarde.
    `ozlijn explain ID` legt er een uit.
    """
    from gateway.explain.beheer import leveringen as find  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415 - other commands start faster without it
    from gateway.wiring import open_for_tools  # noqa: PLC0415

    database = read_settings(settings).database

    async def work() -> tuple[list[dict[str, Any]], str | None]:
        storage = open_for_tools(database)
        try:
            return await find(storage, frozenset(status or OPEN), na, aantal)
        except NotFound:
            raise WrongUse("--na is geen vervolg van een pagina met deze status") from None
        finally:
            await storage.close()

    shown, more = asyncio.run(work())
    if as_json:
        print_json({"leveringen": shown, "na": more})
        return
    for each in shown:
        _say(each)
    if not shown:
        say("Geen leveringen met deze status." if status else "Er staat niets open.")
    if more is not None:
        say(f"Er is meer: --na {more}")


def _say(each: dict[str, Any]) -> None:
    say(f"{each['status']} sinds {each['sinds']}: levering {each['leveringId']}")
    wie = f"van {each['afzender']} aan {each['ontvanger']} ({each['rol']})"
    say(f"  {wie}, {each['opgehaald']} keer opgehaald")
    say(f"  uitwisseling {each['uitwisselingId']}, vervalt {each['vervaltOp']}")
    say(f"  het laatst: {each['tekst']}")
    if each["redenen"]:
        say(f"  redenen: {', '.join(each['redenen'])}")
    if each["volgendeStap"]:
        say(f"  volgende stap: {each['volgendeStap']}")
