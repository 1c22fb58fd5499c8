"""A pack of evidence per norm: the answers that bear on it as tables and on paper, and a manifest with their
hashes.

The manifest says how large the account was and what its root is. Whoever has the pack can check without us
that nothing in it was changed (`ozlijn fg pakket`), and with a copy of the account that the rows are in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson

from gateway.explain.tabel import table
from gateway.explain.views import moment
from gateway.toezicht.vraag import Gevraagd
from gateway.toezicht.vragen import VRAGEN, Antwoord
from schemas.errors import WrongUse

NORMEN: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "avg-5": ("AVG 5: beginselen, en verantwoording", (3, 5, 7, 8, 9, 19, 20, 21)),
    "avg-7": ("AVG 7: toestemming die gold, en intrekken", (13, 14, 15)),
    "avg-30": ("AVG 30: wat aan wie gaat", (4, 6, 9)),
    "avg-32": ("AVG 32: wie deed wat, en wie keek", (2, 21, 22, 23)),
    "avg-35": ("AVG 35: cijfers voor de effectbeoordeling", (4, 5, 6, 7, 12)),
    "uavg-5": ("UAVG 5, Jeugdwet 7.3.5 en BW 1:251: leeftijd en gezag", (16, 17)),
    "zonder-toestemming": ("BPSW 11 en 13, Jeugdwet 7.3.2: delen zonder toestemming", (10, 11, 12, 13)),
}
"""By its name in an address: what it is about, and the questions that bear on it."""
MANIFEST: Final = "manifest.json"
MOST_BYTES: Final = 200_000_000
PAPIER: Final = "bewijspakket.pdf"
_THEN: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the pack, so that the same rows at the same moment give the same bytes."""

Drukker = Callable[[dict[str, Any], Sequence[Antwoord]], Awaitable[bytes]]
"""Makes a readable document (PDF) of a manifest and the answers it is about."""


async def pakket(
    norm: str,
    gevraagd: Gevraagd,
    answer: Callable[[Gevraagd], Any],
    nu: dt.datetime,
    drukker: Drukker | None = None,
) -> bytes:
    """The pack as a ZIP. `answer` gives the whole answer to a question; without a `drukker` there is no paper
    in it.
    """
    naam, nummers = NORMEN[norm]
    files: dict[str, bytes] = {}
    found: list[Antwoord] = []
    for nummer in nummers:
        one: Antwoord = await answer(replace(gevraagd, nummer=nummer))
        found.append(one)
        files[f"vraag-{nummer:02}.csv"] = table(one.vraag.kolommen, one.rijen)
    last = found[-1].boom
    manifest: dict[str, Any] = {
        "soort": "ozlijn-bewijspakket",
        "versie": 1,
        "norm": norm,
        "naam": naam,
        "partijen": list(gevraagd.periode.partijen),
        "van": gevraagd.periode.van.isoformat(),
        "tot": gevraagd.periode.tot.isoformat(),
        "gemaaktOp": moment(nu),
        "boom": {"grootte": last.grootte, "wortel": last.wortel, "controlepunt": last.controlepunt},
        "vragen": [
            {
                "nummer": a.vraag.nummer,
                "tekst": a.vraag.tekst,
                "norm": a.vraag.norm,
                "rijen": len(a.rijen),
                "gelezen": a.gelezen,
                "boomGrootte": a.boom.grootte,
                "naTeRekenen": list(a.opnieuw),
            }
            for a in found
        ],
    }
    if drukker is not None:
        files[PAPIER] = await drukker(manifest, found)
    manifest["bestanden"] = {n: "sha256:" + hashlib.sha256(data).hexdigest() for n, data in files.items()}
    files[MANIFEST] = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(files):
            made.writestr(zipfile.ZipInfo(name, _THEN), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def check(raw: bytes) -> tuple[dict[str, Any], list[str]]:
    """The manifest of a pack, and what in the pack is not as the manifest says; needs no gateway.

    Raises WrongUse for what is no pack.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            sizes = {i.filename: i.file_size for i in opened.infolist()}
            if len(sizes) > len(VRAGEN) + 2 or sum(sizes.values()) > MOST_BYTES:
                raise WrongUse("dit is geen bewijspakket: het is te groot")
            files = {name: opened.read(name) for name in sizes}
        manifest = orjson.loads(files.pop(MANIFEST))
        named = {str(n): str(h) for n, h in manifest["bestanden"].items()}
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise WrongUse("dit is geen bewijspakket") from error
    wrong = [f"{name} ontbreekt" for name in named if name not in files]
    wrong += [f"{name} staat niet in het manifest" for name in files if name not in named]
    for name, data in files.items():
        if name in named and named[name] != "sha256:" + hashlib.sha256(data).hexdigest():
            wrong.append(f"{name} is veranderd")
    return manifest, wrong
