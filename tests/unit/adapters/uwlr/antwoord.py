"""UWLR answers made of EDEXML files, bare or in a SOAP envelope."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

from adapters import uwlr
from tests.unit.adapters.edexml.school import DATA, SCHOOL, Change

ANSWER = (DATA / "uwlr" / "antwoord.xml").read_bytes()
"""Reviewed by hand: prefixes, an envelope, and made-up secrets in its header."""
SECRETS = ("GEHEIM-1", "GEHEIM-2", "GEHEIM-3")


def bare(
    *changes: Change,
    base: bytes = SCHOOL,
    answer: str = "leerlinggegevens_antwoord",
    element: str = "leerlinggegevens",
    version: str | None = "2.2",
) -> bytes:
    """An EDEXML file as a UWLR answer, as the samples tell: namespace, root, no additions, no TAL."""
    root = ET.parse(io.BytesIO(base)).getroot()
    for parent in list(root.iter()):
        for extra in parent.findall("toevoegingen"):
            parent.remove(extra)
        if parent.tag == "rol" and parent.text == "TAL":
            parent.text = "LRK"
    said = root.find("school/xsdversie")
    if version is not None and said is not None:
        said.text = version
    for change in changes:
        change(root)
    root.tag = element
    for each in root.iter():
        each.tag = f"{{{uwlr.NAMESPACE}}}{each.tag}"
    whole = ET.Element(f"{{{uwlr.NAMESPACE}}}{answer}")
    whole.append(root)
    return ET.tostring(whole)


def enveloped(body: bytes, *, soap: str = uwlr.SOAP) -> bytes:
    header = "".join(f"<a:x{i}>{secret}</a:x{i}>" for i, secret in enumerate(SECRETS))
    return (
        (
            f'<s:Envelope xmlns:s="{soap}"><s:Header><a:autorisatie '
            f'xmlns:a="http://www.edustandaard.nl/leerresultaten/2/autorisatie">{header}</a:autorisatie>'
            f"</s:Header><s:Body>"
        ).encode()
        + body.partition(b"?>")[2 if body.startswith(b"<?") else 0]
        + b"</s:Body></s:Envelope>"
    )
