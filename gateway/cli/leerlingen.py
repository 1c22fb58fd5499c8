"""`ozlijn leerlingen check`: which leerlingen have an id that would be refused today, without showing any
id.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_json, say

_WAAROM: Final = {
    "kenmerk.onzichtbaar": "een teken dat niemand ziet",
    "kenmerk.rand": "witruimte voor of achter",
    "kenmerk.nfc": "letters en hun tekens los van elkaar",
    "kenmerk.leeg": "niets wat iemand ziet",
}


def leerlingen_check(settings: SettingsFile = None, *, as_json: AsJson = False) -> None:
    """Zoek leerlingen met een leerlingid dat nu niet meer zou worden aangenomen.

    Toont de verwijzing van de eigen partij, nooit het leerlingid. Zij blijven zoals ze zijn. Lijken er twee
    op elkaar, dan houdt een weigering bij de een ook de ander tegen: vraag de school welke zij bedoelt.
    """
    from gateway.case.lookalikes import Lookalikes  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import open_for_tools, tools_vault  # noqa: PLC0415

    found = read_settings(settings)

    async def work() -> list[dict[str, Any]]:
        storage = open_for_tools(found.database)
        try:
            return [
                {"partij": v.partij, "leerling": v.ref, "waarom": list(v.waarom), "lijktOp": list(v.lijkt_op)}
                async for v in Lookalikes(storage, tools_vault(found)).report()
            ]
        finally:
            await storage.close()

    odd = asyncio.run(work())
    if as_json:
        print_json({"goed": not odd, "leerlingen": odd})
    else:
        for each in odd:
            like = f"; lijkt op {', '.join(each['lijktOp'])}" if each["lijktOp"] else ""
            why = ", ".join(_WAAROM[code] for code in each["waarom"])
            say(f"{each['partij']}, leerling {each['leerling']}: het leerlingid heeft {why}{like}")
        if not odd:
            say("In orde: elk leerlingid dat er is, zou nu ook worden aangenomen.")
    if odd:
        raise typer.Exit(1)
