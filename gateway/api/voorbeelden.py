"""Examples for the OpenAPI document: of a push one per kind, the published ones in their envelope, and of
every other body one from voorbeelden.toml.

All people and organisations are fictional.
"""

from __future__ import annotations

import base64
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

from gateway.exchange.intake.envelope import APART
from gateway.register.regels import shipped_profiles
from schemas.messages.berichten import GEDRAGEN
from schemas.people.partij import Rol
from schemas.people.toestemming import Richting
from schemas.publication.voorbeelden import VOORBEELDEN

_LEVERING: Final = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
_PARTIJ: Final = {Richting.S2J: "agb:99999901", Richting.J2S: "brin:99ZZ00"}
_GEMEENTELIJK: Final = frozenset({Rol.LEERPLICHTAMBTENAAR, Rol.TOEGANGSMEDEWERKER})
_GEMEENTE: Final = "gemeente:9999"
_HERE: Final = base64.b64encode(b"<!-- Zet hier de bytes van uw eigen dossier. -->").decode()


@cache
def _written() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("gateway.api").joinpath("voorbeelden.toml").read_text(encoding="utf-8"))


def of_body(name: str) -> dict[str, dict[str, Any]]:
    """What goes in `examples` of a request with that body; nothing when nobody wrote one."""
    value = _written().get(name)
    return {"voorbeeld": _example("Een voorbeeld", value)} if value else {}


def pushes() -> dict[str, dict[str, Any]]:
    """By kind: what goes in `examples` of the request. A dossier shows where its bytes go."""
    made = {"dossier": _example("Een OSO-dossier", _dossier())}
    for soort in sorted(GEDRAGEN):
        profiel = min((p for p in shipped_profiles() if p.bericht == soort), key=lambda p: p.id)
        back = profiel.richting is Richting.J2S
        partij = _GEMEENTE if profiel.rol in _GEMEENTELIJK else _PARTIJ[profiel.richting]
        envelope: dict[str, Any] = {
            "doel": profiel.doel,
            "ontvangers": [{"partij": partij, "rol": profiel.rol}],
            "categorieen": ["doelen"],
            "vrijeTekstNagekeken": True,
        }
        envelope |= {"inAntwoordOp": _LEVERING} if back else {"leerling": {"leerlingid": "leerling-0042"}}
        if soort not in APART:
            envelope["bericht"] = {"soort": soort, "inhoud": VOORBEELDEN[soort]}
        elif APART[soort] == "terugkoppeling":
            envelope["terugkoppeling"] = VOORBEELDEN[soort]
        else:
            continue
        made[soort] = _example(soort.replace("_", " ").capitalize(), envelope)
    return made


def registraties() -> dict[str, dict[str, Any]]:
    """By kind of file, for a registration that is compared."""
    there = base64.b64encode(b"Stamnummer;Roepnaam;Geboortedatum\nleerling-0042;Proef;14-06-2016\n").decode()
    kolommen = (
        'versie = 1\nbron = "Voorbeeld-LAS"\n[school]\nbrin = "99ZZ"\n[kolommen]\nsleutel = "Stamnummer"\n'
        'roepnaam = "Roepnaam"\ngeboortedatum = "Geboortedatum"\n'
    )
    return {
        "edexml": _example("Een EDEXML-bestand, of een antwoord van UWLR", {"inhoud": _HERE}),
        "csv": _example("Een CSV met haar kolomafspraak", {"inhoud": there, "kolommen": kolommen}),
    }


def _example(summary: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"summary": summary, "value": value}


def _dossier() -> dict[str, Any]:
    return {
        "doel": "toeleiding",
        "ontvangers": [{"partij": _PARTIJ[Richting.S2J], "rol": "jeugdhulpverlener"}],
        "categorieen": ["contact", "onderwijspositie", "doelen"],
        "leerling": {"leerlingid": "leerling-0042"},
        "dossier": {"standaard": "oso", "inhoud": _HERE},
    }
