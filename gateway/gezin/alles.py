"""Everything that somebody may have, in one file: to read, for a program, and with every proof.

What stands in it is what his pages show: his own statements, what was shared on them, and what he asked. It
is made when he asks for it and kept nowhere.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson
from jinja2 import Environment, StrictUndefined, Template

from consent.leeftijd import day
from gateway.explain import teksten
from gateway.explain.veldnamen import gedeelde_soorten
from gateway.explain.views import moment
from gateway.gezin.avgverzoeken import Avgverzoeken
from gateway.gezin.bewijzen import Bewijsregel, Bewijzen, Ik
from gateway.ports.clock import Clock
from gateway.register.regels import Regelbron, Regels
from schemas.exchange.uitwisseling import Levering
from schemas.people.avgverzoek import Avgverzoek, Beantwoord, Gevraagd, Ingetrokken, Verlengd, Vervolgd
from schemas.people.toestemming import Toestemming

MAX_PROOFS: Final = 300
"""The newest. What there is more is named, and can be had one by one."""
_THEN: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Alles:
    bewijzen: Bewijzen
    avgverzoeken: Avgverzoeken
    regels: Regelbron
    clock: Clock

    async def zip(self, ik: Ik) -> bytes:
        """The file. A proof that no checkpoint covers yet is left out, and the page in it says so."""
        regels, nu = await self.regels.current(), self.clock.now()
        said = await self.bewijzen.gezegd(ik)
        shared = await self.bewijzen.wat_ging(ik, said)
        asked = await self.avgverzoeken.van(ik)
        proofs = await self.bewijzen.lijst(ik)
        made: dict[str, bytes] = {}
        waits = 0
        for n, row in enumerate(proofs[:MAX_PROOFS], 1):
            found = await self.bewijzen.een(ik, row.id)
            if found is None:
                waits += 1
                continue
            name = f"bewijzen/{n:03}-{day(row.op).isoformat()}-{row.soort.value}"
            made[f"{name}.json"], made[f"{name}.html"] = found.bestand, found.page()
        whole = {
            "soort": "ozlijn-alles",
            "gemaaktOp": moment(nu),
            "school": ik.partij.naam,
            "rol": ik.rol.value,
            "gezegd": [_said(s, regels) for s in said],
            "gedeeld": [_shared(v, regels) for v in shared],
            "gevraagd": [_asked(v) for v in asked],
        }
        made["gegevens.json"] = orjson.dumps(whole, option=orjson.OPT_INDENT_2)
        made["lees-mij.html"] = (
            _page()
            .render(
                whole=whole,
                wacht=waits,
                meer=max(0, len(proofs) - MAX_PROOFS),
                bewijzen=[(n, _title(row, regels), f"{name[:-5]}") for n, row, name in _named(proofs, made)],
            )
            .encode()
        )
        return await asyncio.to_thread(_zipped, made)


def _named(
    proofs: Iterable[Bewijsregel], made: Mapping[str, bytes]
) -> Iterable[tuple[int, Bewijsregel, str]]:
    for n, row in enumerate(proofs, 1):
        name = f"bewijzen/{n:03}-{day(row.op).isoformat()}-{row.soort.value}.html"
        if name in made:
            yield n, row, name


def _title(row: Bewijsregel, regels: Regels) -> str:
    naar = ", ".join(_naam(p, regels) for p in row.naar)
    return f"{teksten.datum(day(row.op))}: {row.soort.value}, {naar}"


def _said(s: Toestemming, regels: Regels) -> dict[str, Any]:
    return {
        "op": teksten.datum(day(s.moment)),
        "gezegd": s.gebeurtenis.value,
        "aan": [_naam(o.partij, regels) for o in s.bereik.ontvangers],
        "waarvoor": [teksten.uitleg("doel", d) for d in s.bereik.doelen],
        "wat": [teksten.uitleg("categorie", c) for c in s.bereik.categorieen],
        "totEnMet": teksten.datum(s.geldig_tot_en_met),
        "nummer": s.id,
    }


def _shared(v: Levering, regels: Regels) -> dict[str, Any]:
    return {
        "op": teksten.datum(day(v.sinds)),
        "aan": _naam(v.ontvanger, regels),
        "waarvoor": teksten.uitleg("doel", v.doel),
        "wat": [teksten.uitleg("categorie", c) for c in gedeelde_soorten(v)],
        "nummer": v.id,
    }


def _asked(v: Avgverzoek) -> dict[str, Any]:
    return {
        "recht": v.eerste.recht.value,
        "stand": v.status.value,
        "nummer": v.id,
        "stappen": [
            {"op": teksten.datum(day(s.op)), "wat": s.stap.soort, "woorden": woorden(s.stap)}
            for s in v.stappen
        ],
    }


def woorden(stap: Gevraagd | Vervolgd | Verlengd | Beantwoord | Ingetrokken) -> str:
    """What was written in a step; empty when nothing was."""
    return "" if isinstance(stap, Ingetrokken) else stap.woorden


def _naam(partij: str, regels: Regels) -> str:
    found = regels.partijen.get(partij)
    return partij if found is None else found.naam


def _zipped(made: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(made):
            archive.writestr(zipfile.ZipInfo(name, _THEN), made[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


@cache
def _page() -> Template:
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(files("gateway.gezin").joinpath("alles.html").read_text(encoding="utf-8"))
