"""The fourteen messages of iJw 3.2: their namespaces, their schemas and where a message says its version."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from adapters.ijw import formaat
from adapters.xml import parser as xml

SOORTEN: Final = (
    "JW301",
    "JW302",
    "JW305",
    "JW306",
    "JW307",
    "JW308",
    "JW315",
    "JW316",
    "JW317",
    "JW318",
    "JW319",
    "JW320",
    "JW323",
    "JW325",
)
BASISSCHEMA: Final = "http://www.istandaarden.nl/ijw/3_2/basisschema/schema"
NAMESPACES: Final = {soort: f"http://www.istandaarden.nl/ijw/3_2/{soort.lower()}/schema" for soort in SOORTEN}
PREFIXES: Final = {
    soort: {BASISSCHEMA: "ijw", namespace: soort.lower()} for soort, namespace in NAMESPACES.items()
}
"""The usual prefix of each namespace."""
RETOURS: Final = frozenset({"JW302", "JW306", "JW308", "JW316", "JW318", "JW320"})
EIGEN_XSD_VERSIE: Final = {s: "XsdVersieRetour" if s in RETOURS else "XsdVersie" for s in SOORTEN}
"""Where in the Header a message says with which XSD it was made itself. A retour repeats the XsdVersie of the
message it answers; JW325 has its own XsdVersie and repeats the other as XsdVersieDeclaratie."""
XSD_VERSIE: Final = "1.0.0"
"""The version that the known examples give. It is not certain which number the released XSDs carry, so it can
be set.
"""
_SOORT: Final = {namespace: soort for soort, namespace in NAMESPACES.items()}
_XSD: Final = Path(__file__).with_name("xsd")


def herken(namespace: str, name: str) -> str | None:
    """The message ("JW305") whose document element has this namespace and local name; None for any other."""
    return _SOORT.get(namespace) if name == "Bericht" else None


def xsd_versie(versie: str = XSD_VERSIE) -> xml.Node:
    """Content of an XsdVersie element: the same number for the basisschema and the message."""
    return {"BasisschemaXsdVersie": versie, "BerichtXsdVersie": versie}


@cache
def schema(soort: str) -> xml.Schema:
    """The schema of a message. It is compiled when that message is first met and then kept, as a gateway
    meets few of the fourteen.
    """
    return xml.Schema(_XSD / f"{soort.lower()}.xsd", rule=formaat.rule)
