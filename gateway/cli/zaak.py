"""`zaak toon`: how a zaak stands, as one of its partners sees it. Codes, days and partijen only.

For who runs the gateway, when a partner asks why he does not see something. It shows what the API shows that
partner, and no more: not who else takes part, nor how many.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_json, say
from schemas.errors import NotFound, WrongUse

if TYPE_CHECKING:
    from gateway.runtime.settings import Settings


def zaak_toon(
    partij: Annotated[str, typer.Argument(metavar="PARTIJ", help="Zoals wie: het id van een partner.")],
    zaak: Annotated[
        str | None,
        typer.Argument(
            metavar="ZAAKID", help="Het kenmerk dat deze partij van de zaak heeft. Zonder: welke er zijn."
        ),
    ] = None,
    settings: SettingsFile = None,
    aantal: Annotated[
        int, typer.Option(min=1, max=1000, help="Hoeveel er hoogstens in de lijst staan.")
    ] = 50,
    na: Annotated[
        int, typer.Option(min=0, metavar="NA", help="De `na` van de vorige pagina, voor het vervolg.")
    ] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Toon hoe een zaak staat, zoals één partner haar ziet. Kan naast een draaiende gateway.

    Vraagt de sleutels van de gateway. Toont codes, datums en partijen, nooit een naam of een waarde, en niet
    meer dan deze partner met `GET /v1/zaken/{zaakId}` zelf leest.
    """
    from gateway.runtime.settings import read_settings  # noqa: PLC0415 - other commands start faster without it

    shown = asyncio.run(_read(read_settings(settings), partij, zaak, na, aantal))
    if as_json:
        print_json(shown)
    elif zaak is None:
        for each in shown["zaken"]:
            say(f"{each['zaakId']}  {each['status']}{', regisseur' if each['uBentRegisseur'] else ''}")
        if not shown["zaken"]:
            say("Deze partij doet aan geen zaak mee.")
        if shown["na"] is not None:
            say(f"Er is meer: --na {shown['na']}")
    else:
        for line in in_words(shown):
            say(line)


async def _read(settings: Settings, partij: str, zaak: str | None, na: int, aantal: int) -> dict[str, Any]:
    """Raises WrongUse for a partij that the register has not, NotFound for a zaak in which it has no part."""
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.wiring import tools_zaken  # noqa: PLC0415

    async with tools_zaken(settings, make_log()) as zaken:
        found = (await zaken.ports.regels.current()).partijen.get(partij)
        if found is None:
            raise WrongUse("deze partij staat niet in het register")
        if zaak is None:
            rows, more = await zaken.lijst(found, na, aantal)
            return {"zaken": rows, "na": more}
        try:
            return await zaken.lees(found, zaak)
        except NotFound:
            raise NotFound("deze partij heeft geen zaak met dit kenmerk") from None


def in_words(z: dict[str, Any]) -> Iterator[str]:
    """As it is shown to people."""
    yield f"Zaak {z['zaakId']}: {z['status']}, {z['vorm']}, over {z['onderwerp']}"
    yield "Deze partij is de regisseur." if z["uBentRegisseur"] else "Deze partij is niet de regisseur."
    if z["herzienOp"]:
        yield f"Opnieuw kijken op {z['herzienOp']}."
    for p in z["partners"]:
        tot = f" tot {p['tot']}" if p["tot"] else ""
        yield f"Partner {p['partij']}: {p['functie']} ({p['wettelijkeTaak']}), vanaf {p['van']}{tot}"
    for a in z["acties"]:
        state = f"gedaan op {a['gedaanOp']}" if a["gedaanOp"] else f"voor {a['uiterlijk']}"
        yield f"Actie {a['code']} van {a['eigenaar'] or 'een ander'}: {state}"
    for b in z["besluiten"]:
        yield f"Besluit {b['code']} van {b['door'] or 'een ander'} op {b['op']}"
    for o in z["overleggen"]:
        yield f"Overleg op {o['datum']}, {'gehouden' if o['gehouden'] else 'gepland'}"
    for f in z["bevindingen"]:
        yield f"Open: {f['code']}{' (hard)' if f['hard'] else ''} {f['tekst']}"
