"""`ozlijn leveringen`: what waits, is held or failed, for who runs the gateway. Ids and codes only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_json, say
from schemas.errors import WrongUse
from schemas.exchange.uitwisseling import OPEN, Gebeurtenissoort, Levering, Leveringstatus

if TYPE_CHECKING:
    from gateway.ports.storage import Storage

_PAGE: Final = 500
"""This many rows are read at a time, however many are shown."""


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
    from gateway.runtime.settings import read_settings  # noqa: PLC0415 - other commands start faster without it
    from gateway.wiring import open_for_tools  # noqa: PLC0415

    asked = frozenset(status or OPEN)
    database = read_settings(settings).database

    async def work() -> tuple[list[dict[str, Any]], str | None]:
        storage = open_for_tools(database)
        try:
            found = _open(storage, na) if asked <= OPEN else _all(storage, na)
            page, more = await _page(found, asked, aantal)
            histories = await storage.histories([v.id for v in page])
            return [_shown(v, histories[v.id][-1].soort) for v in page], more
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


async def _page(
    found: AsyncIterator[tuple[str, Levering]], asked: frozenset[Leveringstatus], most: int
) -> tuple[list[Levering], str | None]:
    """The first `most` with one of these statuses, and where the rest begins; None when that was the end."""
    page: list[Levering] = []
    last = None
    async for cursor, v in found:
        if v.status not in asked:
            continue
        if len(page) == most:
            return page, last
        page.append(v)
        last = cursor
    return page, None


async def _open(storage: Storage, na: str | None) -> AsyncIterator[tuple[str, Levering]]:
    """What is open by its term, after the levering that `na` names. Raises WrongUse."""
    after = None
    if na is not None:
        found = await storage.levering(na)
        if found is None:
            raise WrongUse("--na is geen vervolg van een pagina met deze status")
        after = found.vervalt_op, found.id
    while page := await storage.open_by_term(after, _PAGE):
        for v in page:
            yield v.id, v
        after = page[-1].vervalt_op, page[-1].id


async def _all(storage: Storage, na: str | None) -> AsyncIterator[tuple[str, Levering]]:
    """Everything in order of acceptance, after the number `na`. Raises WrongUse."""
    if na is not None and not (na.isascii() and na.isdecimal() and len(na) < 19):  # noqa: PLR2004 - fits 64 bits
        raise WrongUse("--na is geen vervolg van een pagina met deze status")
    after = int(na or 0)
    while page := await storage.all_leveringen(after, _PAGE):
        for after, v in page:
            yield str(after), v


def _shown(v: Levering, last: Gebeurtenissoort) -> dict[str, Any]:
    from gateway.explain import teksten, views  # noqa: PLC0415

    situation = views.situation(v)
    # A levering that failed did not fail because of its decision.
    redenen = v.redenen or (() if v.status is Leveringstatus.MISLUKT else v.besluit.codes)
    steps = [s for r in redenen if (s := teksten.stap(r))] if v.status in views.WAITING else []
    return {
        "leveringId": v.id,
        "uitwisselingId": v.uitwisseling,
        "status": v.status,
        "sinds": views.moment(v.sinds),
        "vervaltOp": views.moment(v.vervalt_op),
        "afzender": v.afzender,
        "ontvanger": v.ontvanger,
        "rol": v.rol,
        "opgehaald": v.opgehaald,
        "gebeurtenis": last,
        "tekst": teksten.gebeurtenis(last),
        "redenen": list(redenen),
        "volgendeStap": steps[0] if steps else teksten.status_stap(situation),
    }


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
