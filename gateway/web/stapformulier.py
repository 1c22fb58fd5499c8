"""A step in a zaak or an overleg as a form: its fields, what may be chosen, and what was filled in.

What a step may hold is said once, in schemas/zaak; here stands only how a person is asked for it. Whether the
step may be taken is for the line to say, and its faults come back at these fields.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from gateway.explain import teksten as uitleg
from gateway.web.formulier import Invoer
from gateway.web.schemaformulier import gewoon

Opties = Sequence[tuple[str, str]]
PARTIJ_FUNCTIE: Final = "partijfunctie"
"""One choice that says two things: which organisation, and in which function."""


class Veldsoort(StrEnum):
    DAG = "dag"
    KEUZE = "keuze"
    """One of a few, all of them in sight."""
    LIJST = "lijst"
    """One of many."""
    VINKJES = "vinkjes"
    VINKJE = "vinkje"
    TEKST = "tekst"


@dataclass(frozen=True, slots=True)
class Stapveld:
    """One field. `lijst` names the options, when they are other ones than its own name says."""

    naam: str
    soort: Veldsoort
    nodig: bool = True
    lijst: str = ""
    label: str = ""
    """Other than the catalogue has for this name."""

    @property
    def kop(self) -> str:
        return self.label or woorden()["veld"][self.naam]

    @property
    def uitleg(self) -> str | None:
        found: str | None = woorden()["uitleg"].get(self.naam)
        return found


@dataclass(frozen=True, slots=True)
class Stap:
    """One step: its code on the wire and its fields."""

    code: str
    velden: tuple[Stapveld, ...] = ()
    anders: Mapping[str, str] = field(default_factory=dict)
    """Fields that a person does not fill in."""

    def lees(self, f: Invoer, opties: Mapping[str, Opties]) -> tuple[dict[str, Any], Invoer]:
        """The step as it goes on the wire, and the form with what is missing in it."""
        body: dict[str, Any] = {"soort": self.code, **self.anders}
        for veld in self.velden:
            f = _take(veld, f, opties, body)
        return body, f

    def plaatsen(self, voor: str) -> dict[str, str]:
        """From a place in the body of the request to the field in which it is mended."""
        found = {f"{voor}/{v.naam}": v.naam for v in self.velden}
        if any(v.naam == PARTIJ_FUNCTIE for v in self.velden):
            found |= {f"{voor}/partij": PARTIJ_FUNCTIE, f"{voor}/functie": PARTIJ_FUNCTIE}
        return found


def _take(veld: Stapveld, f: Invoer, opties: Mapping[str, Opties], body: dict[str, Any]) -> Invoer:
    allowed = {code for code, _ in opties.get(veld.lijst or veld.naam, ())}
    text = f.tekst(veld.naam)
    if veld.soort is Veldsoort.VINKJE:
        body[veld.naam] = f.heeft(veld.naam, "ja")
        return f
    if veld.soort is Veldsoort.VINKJES:
        body[veld.naam] = [v for v in f.alle(veld.naam) if v in allowed]
        if veld.nodig and not body[veld.naam]:
            return f.met_fout(veld.naam, "Kies er ten minste één.")
        return f
    if not text:
        if veld.nodig:
            keuze = veld.soort in (Veldsoort.KEUZE, Veldsoort.LIJST)
            return f.met_fout(veld.naam, "Kies er een." if keuze else "Vul dit in.")
        return f
    if veld.soort is Veldsoort.DAG and f.dag(veld.naam) is None:
        return f.met_fout(veld.naam, "Vul een dag in, zoals 14-10-2026.")
    if veld.soort in (Veldsoort.KEUZE, Veldsoort.LIJST) and text not in allowed:
        return f.met_fout(veld.naam, "Kies er een.")
    if veld.naam == PARTIJ_FUNCTIE:
        body["partij"], _, body["functie"] = text.partition("|")
    else:
        body[veld.naam] = text
    return f


@cache
def woorden() -> Mapping[str, Any]:
    """The catalogue of these pages."""
    return tomllib.loads(files("gateway.web").joinpath("samen.toml").read_text(encoding="utf-8"))


def genoemd(lijst: str, code: str) -> str:
    """A code of a list in the words of the catalogue, or as it can be read."""
    found: str = woorden().get(lijst, {}).get(code) or gewoon(code)
    return found


def opties_van(codes: Iterable[str], lijst: str) -> Opties:
    return [(str(c), genoemd(lijst, str(c))) for c in codes]


def soorten_gegevens(codes: Iterable[str]) -> Opties:
    """Kinds of data, in the words in which toestemming is asked for them."""
    return [(str(c), _groot(uitleg.uitleg("categorie", str(c)))) for c in codes]


def _groot(text: str) -> str:
    return text[:1].upper() + text[1:]
