"""OSO gegevensset 2019.1, profile POSWV (a dossier for the samenwerkingsverband), to the shared schema.

One parse, one schema validation, one walk. What OSO says about sharing (`akkoord`, `toestemming`, OPT-UIT)
concerns another transfer: it can restrict here and never permits (`docs/oso.md`).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from adapters import xml
from adapters.nodes import Found, sub, text
from adapters.oso import attachments, categories, rules
from adapters.oso.codes import LISTS
from adapters.oso.mapping import Mapping
from schemas.base import Model
from schemas.decision import Reden
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage
from schemas.herkomst import Leemte
from schemas.opp import Ontwikkelingsperspectief
from schemas.vertaling import Bevinding, Leerlingsleutel, Vertaling

__all__ = ["MAX_BYTES", "translate"]

MAX_BYTES: Final = 10 * 1024 * 1024
NAMESPACE: Final = "http://www.edustandaard.nl/oso_gegevensset/2019/dossier"
_ANY_YEAR: Final = re.compile(r"http://www\.edustandaard\.nl/oso_gegevensset/[^/]+/dossier")
_READS: Final = "OZlijn leest OSO gegevensset 2019.1, profiel POSWV."

_LISTS: Final = frozenset(
    {
        "voornaam",
        "gbavoornaam",
        "adresbuitenland",
        "nationaliteit",
        "adres",
        "communicatie",
        "vroegschools",
        "schoolloopbaan",
        "diagnose",
        "code",
        "document",
        "handelingsplan",
        "tlv",
        "arrangement_cluster12",
        "arrangement_pao",
        "toets",
        "toetsonderdeel",
        "referentiescore",
        "cijferlijst",
        "onderdeel",
        "score",
        "verzorger",
        "resultaatvakkenvo",
        "certificaat",
        "competenties",
        "stage",
        "domein",
        "cijferse",
    }
)
"""Elements that repeat somewhere in the standard."""
_SCHEMA: Final = xml.Schema(
    Path(__file__).with_name("gegevensset_2019.xsd"),
    lists=_LISTS,
    special={"land": "omschrijving", "cijferlijstTypelijst": ""},
)

_NOT_IN_STANDARD: Final = tuple(
    Leemte(veld=field, reden="niet_in_standaard")
    for field in (
        "plan.soort",
        "plan.status",
        "perspectief",
        "handelingsdeel.ondersteuningsbehoeften",
        "handelingsdeel.doelen",
        "handelingsdeel.afwijkingenOnderwijsprogramma",
        "handelingsdeel.instemming",
        "leerlingStem",
        "evaluaties",
    )
)
_GROUPS: Final = tuple(
    (
        category.name,
        tuple(group.split(".")),
        {
            "OPT-UIT": Leemte(veld=group, reden="opt_uit"),
            "VERBODEN": Leemte(veld=group, reden="verboden"),
            "": Leemte(veld=group, reden="niet_gevuld"),
        },
    )
    for category in categories.CATEGORIES
    for group in category.groups
)
"""(category, path of what it fills, why that is missing by what the category says)."""


def translate(
    raw: bytes, *, provenance: bool, max_bytes: int = MAX_BYTES
) -> Vertaling[Ontwikkelingsperspectief]:
    """Translate one dossier, or raise with every fault found.

    `provenance`: also fill `herkomst.velden`, one row per filled field (costs time). Raises MessageTooLarge,
    UnsupportedMessage (another year, version or profile) or InvalidMessage (faults in document order). No
    fault, finding or exception holds a value of the dossier. Safe to call from several threads.
    """
    document = xml.parse(raw, max_bytes=max_bytes)
    _check_root(document)
    dossier = document.tree(_SCHEMA)
    _check_version_and_profile(dossier, document)
    structure = document.faults(_SCHEMA)

    status = _status(dossier)
    switched_off = list(categories.drop(dossier, status))
    found = [*rules.check(dossier), *categories.check(dossier, status)]
    if structure or found:
        raise InvalidMessage(_faults(structure, found, document))

    mapping = Mapping(dossier, provenance=provenance)
    content = mapping.message()
    bombs = [Found(code, place, attachments.TEXTS[code]) for code, place in mapping.damaged]
    if any(f.code in attachments.REFUSED for f in bombs):
        refused = [f for f in bombs if f.code in attachments.REFUSED]
        raise InvalidMessage(_faults([], refused, document))
    bericht = _build(mapping, content, status)
    return Vertaling(
        bericht=bericht,
        beperkingen=_restrictions(bericht, status),
        bevindingen=tuple(
            Bevinding(f.code, f.place, f.text, document.line(f.place)) for f in (*switched_off, *bombs)
        ),
        leerling=Leerlingsleutel(
            brin=bericht.school.brin,
            vestigingscode=bericht.school.vestigingscode,
            leerlingid=bericht.leerling.bron_id.leerlingid if bericht.leerling.bron_id else None,
        ),
    )


def _fault(found: Found, document: xml.Document) -> Fault:
    return Fault(found.code, found.place, found.text, document.line(found.place))


def _faults(structure: list[Fault], found: list[Found], document: xml.Document) -> tuple[Fault, ...]:
    """All faults in document order, bounded: looking up a line costs and the sender decides how many."""
    faults = [*structure, *(_fault(f, document) for f in found[: xml.MAX_FAULTS])]
    if len(found) > xml.MAX_FAULTS:
        place = found[xml.MAX_FAULTS].place
        faults.append(Fault("oso.meer", place, "Er zijn meer fouten dan hier worden genoemd."))
    return tuple(sorted(faults, key=lambda f: f.line if f.line is not None else sys.maxsize))


def _check_root(document: xml.Document) -> None:
    if document.name != "dossier" or not _ANY_YEAR.fullmatch(document.namespace):
        raise InvalidMessage(
            (Fault("oso.wortel", "/*", f"Dit is geen OSO-dossier: het begint anders. {_READS}", 1),)
        )
    if document.namespace != NAMESPACE:
        raise UnsupportedMessage(
            (Fault("oso.versie", "/dossier", f"Het jaartal in de namespace is niet 2019. {_READS}", 1),)
        )


def _check_version_and_profile(dossier: xml.Node, document: xml.Document) -> None:
    """A version or profile we do not read is one clear answer, not a list of faults against 2019.1 POSWV."""
    metadata = sub(dossier, "metadata")
    found = None
    if text(metadata, "standaardversie") not in (None, "2019.1"):
        found = Found(
            "oso.versie", "/dossier/metadata/standaardversie", f"De standaardversie is niet 2019.1. {_READS}"
        )
    elif (transfer := text(metadata, "overstap")) != "POSWV" and (
        transfer is not None or text(dossier, "overdrachtsoort") in LISTS[29] - {"swv-dossier"}
    ):
        place = "/dossier/metadata" + ("/overstap" if transfer is not None else "")
        found = Found("oso.profiel", place, f"Dit dossier heeft een ander profiel dan POSWV. {_READS}")
    if found is not None:
        raise UnsupportedMessage((_fault(found, document),))


def _status(dossier: xml.Node) -> dict[str, str]:
    switches = sub(sub(dossier, "metadata"), "categorie_uitlevering")
    return {name.removeprefix("cat_"): text(switches, name) or "" for name in switches}


def _build(mapping: Mapping, content: dict[str, Any], status: dict[str, str]) -> Ontwikkelingsperspectief:
    herkomst = mapping.provenance(status)
    content["herkomst"] = herkomst
    herkomst["leemtes"] = _gaps(content, status)
    if mapping.origins is not None:
        herkomst["velden"] = tuple({"veld": field, "pad": place} for field, place in mapping.origins)
    failed: list[str] = []
    try:
        return Ontwikkelingsperspectief.model_validate(content)
    except ValidationError as error:
        # Only the places: pydantic's own text and cause hold the values.
        failed = [".".join(str(step) for step in e["loc"]) for e in error.errors(include_input=False)]
    raise InvalidMessage(
        tuple(
            Fault("oso.waarde", "/dossier", f"De waarde van {field} past niet in het gedeelde schema.")
            for field in failed
        )
    )


def _gaps(filled: dict[str, Any], status: dict[str, str]) -> tuple[Leemte, ...]:
    gaps = list(_NOT_IN_STANDARD)
    for category, path, reasons in _GROUPS:
        node: Any = filled
        for step in path:
            node = node.get(step)
            if node is None:
                gaps.append(reasons.get(status.get(category, ""), reasons[""]))
                break
    return tuple(gaps)


def _restrictions(bericht: Ontwikkelingsperspectief, status: dict[str, str]) -> dict[str, Reden]:
    restrictions: dict[str, Reden] = {}
    for category in categories.CATEGORIES:
        if category.paths and status.get(category.name) in categories.OFF:
            for leaf in bericht.bladen:
                if leaf.pad.startswith(category.paths):
                    restrictions[leaf.pad] = Reden.FIELD_SOURCE_OPT_OUT
    seen = bericht.herkomst.inzage
    if seen is None:
        return restrictions
    no = ("Nee", "Onbekend")
    if seen.toestemming in no:
        reason = Reden.FIELD_SOURCE_NO_PERMISSION
    elif seen.akkoord in no:
        reason = Reden.FIELD_SOURCE_NOT_AGREED
    else:
        return restrictions
    # akkoord and toestemming are about the whole dossier, so about every field it filled.
    restrictions.update(dict.fromkeys(_leaf_paths(bericht, ""), reason))
    return restrictions


def _leaf_paths(value: Any, path: str) -> set[str]:
    """The paths of the leaves that are filled, spelled as in `Ontwikkelingsperspectief.bladen`."""
    if isinstance(value, Model):
        prefix = path and f"{path}."
        return set().union(
            *(
                _leaf_paths(getattr(value, name), f"{prefix}{field.alias}")
                for name, field in type(value).model_fields.items()
                if getattr(value, name) not in (None, ())
            )
        )
    if isinstance(value, tuple):
        return set().union(*(_leaf_paths(item, f"{path}[]") for item in value))
    return {path}
