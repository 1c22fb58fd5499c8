"""A pack of evidence on paper: tagged PDF, for who reads it and keeps it. The tables beside it are whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.register.regels import Regelbron
from gateway.toezicht.vragen import Antwoord
from gateway.web import papier
from gateway.web.fg import Namen, namen_van, tabel
from gateway.web.papier import Alinea, Blok, Code, Gegevens, Kop, Lijst, Tabel
from gateway.web.tonen import dag, moment

MOST_ROWS: Final = 20
MOST_COLUMNS: Final = 6
"""So many fit beside one another on a sheet."""
_MOST_CELL: Final = 60


async def bewijsblad(
    bron: Regelbron, manifest: dict[str, Any], antwoorden: Sequence[Antwoord], *, sandbox: bool
) -> bytes:
    """The document of one pack: what it is about, each question with its first rows, and how to check it."""
    bekend = namen_van((await bron.current()).partijen)
    nu = dt.datetime.fromisoformat(manifest["gemaaktOp"])
    blokken: list[Blok] = [
        Gegevens(
            (
                ("Norm", manifest["naam"]),
                ("Organisaties", ", ".join(f"{bekend[p]} ({p})" for p in manifest["partijen"]) or "geen"),
                ("Van", dag(dt.datetime.fromisoformat(manifest["van"]).date())),
                ("Tot", dag(dt.datetime.fromisoformat(manifest["tot"]).date())),
                ("Gemaakt", moment(nu)),
                ("Regels in de verantwoording", str(manifest["boom"]["grootte"])),
            )
        ),
        Alinea("Kenmerk van de verantwoording op dat moment:"),
        Code(manifest["boom"]["wortel"]),
    ]
    for antwoord in antwoorden:
        blokken += _vraag(antwoord, bekend)
    blokken += [
        Kop("Zo rekent u dit na"),
        Alinea(
            "Met deze opdrachten krijgt een ander dezelfde rijen uit een kopie van de database. "
            "De gateway is daarvoor niet nodig."
        ),
        Lijst(tuple(dict.fromkeys(o for v in manifest["vragen"] for o in v["naTeRekenen"]))),
        Alinea("Met ozlijn fg pakket ziet u of een bestand van dit pakket is veranderd."),
    ]
    return await papier.pdf(papier.Papier("Bewijspakket", blokken), nu, sandbox=sandbox)


def _vraag(antwoord: Antwoord, bekend: Namen) -> list[Blok]:
    v, rows = antwoord.vraag, antwoord.rijen
    made: list[Blok] = [
        Kop(f"{v.nummer}. {v.tekst}"),
        Alinea(f"Rust op {v.norm}. Er is gekeken naar {antwoord.gelezen} uitwisselingen of regels."),
    ]
    if not rows:
        return [*made, Alinea("Geen gevallen.")]
    shown = tabel({"vraag": {"kolommen": v.kolommen}, "rijen": rows[:MOST_ROWS]}, bekend)
    koppen = tuple(shown["koppen"][:MOST_COLUMNS])
    rijen = tuple(tuple(_cel(c) for c in row[:MOST_COLUMNS]) for row in shown["rijen"])
    title = (
        f"De eerste {len(rijen)} van {len(rows)} rijen" if len(rows) > len(rijen) else f"{len(rows)} rijen"
    )
    return [*made, Tabel(title, koppen, rijen), Alinea(f"Alle kolommen en rijen: vraag-{v.nummer:02}.csv.")]


def _cel(c: Mapping[str, Any]) -> str:
    text = moment(dt.datetime.fromisoformat(c["waarde"])) if c["soort"] == "moment" else str(c["waarde"])
    return text if len(text) <= _MOST_CELL else f"{text[: _MOST_CELL - 1]}…"
