"""One dossier from bytes to a message: one parse, one schema validation, one walk, in a fixed order.

What OSO says about sharing (`akkoord`, `toestemming`, OPT-UIT) concerns another transfer: it can restrict
here and never permits (`docs/oso.md`).
"""

from __future__ import annotations

import sys
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from adapters.oso import attachments, categories, documents, rules, zorg
from adapters.oso.codes import LISTS
from adapters.oso.mapping import Mapping
from adapters.oso.profielen import PROFILES, SWV, Profile, profile_of
from adapters.oso.restrictions import restrictions
from adapters.oso.versies import NAMES, VERSIES, Versie, is_dossier
from adapters.xml import parser as xml
from adapters.xml.nodes import Found, sub, text
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage
from schemas.messages.herkomst import Leemte
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.vertaling import Bevinding, Bijlageinhoud, Leerlingsleutel, Vertaling

MAX_BYTES: Final = 10 * 1024 * 1024
_READS: Final = (
    f"OZlijn leest OSO gegevensset {', '.join(sorted(NAMES))}, profielen {', '.join(PROFILES)} en "
    "binnen-brin."
)


def _not_in_standard(*perspective: str) -> tuple[Leemte, ...]:
    fields = (
        "plan.soort",
        "plan.status",
        *perspective,
        "handelingsdeel.ondersteuningsbehoeften",
        "handelingsdeel.doelen",
        "handelingsdeel.afwijkingenOnderwijsprogramma",
        "handelingsdeel.instemming",
        "leerlingStem",
        "evaluaties",
    )
    return tuple(Leemte(veld=field, reden="niet_in_standaard") for field in fields)


_NEVER_2019: Final = _not_in_standard("perspectief")
_NEVER_OLD: Final = _not_in_standard("perspectief.onderbouwing", "perspectief.oogo")


class Read(NamedTuple):
    """A dossier of a year and profile that is read, with all that was found wrong or odd in it."""

    document: xml.Document
    dossier: xml.Node
    versie: Versie
    profile: Profile
    status: dict[str, str]
    documents: list[documents.Document]
    structure: list[Fault]
    wrong: list[Found]
    odd: list[Found]

    def faults(self) -> tuple[Fault, ...]:
        """All faults in document order, bounded: looking up a line costs and the sender decides how many."""
        wrong, document = self.wrong, self.document
        faults = [*self.structure, *(_fault(f, document) for f in wrong[: xml.MAX_FAULTS])]
        if len(wrong) > xml.MAX_FAULTS:
            place = wrong[xml.MAX_FAULTS].place
            faults.append(Fault("oso.meer", place, "Er zijn meer fouten dan hier worden genoemd."))
        return tuple(sorted(faults, key=_line))

    def findings(self) -> tuple[Bevinding, ...]:
        return tuple(Bevinding(f.code, f.place, f.text, self.document.line(f.place)) for f in self.odd)


def translate(
    raw: bytes, *, provenance: bool, max_bytes: int = MAX_BYTES
) -> Vertaling[Ontwikkelingsperspectief]:
    """Translate one dossier, or raise with every fault found.

    `provenance`: also fill `herkomst.velden`, one row per filled field (costs time). Raises MessageTooLarge,
    UnsupportedMessage (another year, version or profile) or InvalidMessage (faults in document order). No
    fault, finding or exception holds a value of the dossier. Safe to call from several threads.
    """
    read = _read(raw, max_bytes)
    if read.structure or read.wrong:
        raise InvalidMessage(read.faults())
    bericht = _build(read, provenance=provenance)
    return Vertaling(
        bericht=bericht,
        beperkingen=restrictions(bericht, read.versie, read.profile, read.status),
        bevindingen=read.findings(),
        leerling=Leerlingsleutel(
            brin=bericht.school.brin,
            vestigingscode=bericht.school.vestigingscode,
            leerlingid=bericht.leerling.bron_id.leerlingid if bericht.leerling.bron_id else None,
        ),
        bijlagen=tuple(
            [Bijlageinhoud(d.digest, d.kind, d.problems, d.node["bestandsinhoud"]) for d in read.documents]
        ),
    )


def check(raw: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[Fault | Bevinding, ...]:
    """All that is wrong with a dossier and all that is odd in it, in document order. Never raises on input.

    Empty: it is translated without a remark. Any Fault: `translate` refuses it.
    """
    try:
        read = _read(raw, max_bytes)
        if not read.structure and not read.wrong:
            _build(read, provenance=False)
    except InvalidMessage as error:
        return error.faults
    return tuple(sorted((*read.faults(), *read.findings()), key=_line))


def _line(said: Fault | Bevinding) -> int:
    return said.line if said.line is not None else sys.maxsize


def _fault(found: Found, document: xml.Document) -> Fault:
    return Fault(found.code, found.place, found.text, document.line(found.place))


def _read(raw: bytes, max_bytes: int) -> Read:
    document = xml.parse(raw, max_bytes=max_bytes)
    versie = _versie(document)
    structure = document.faults(versie.schema)
    dossier = document.tree(versie.schema, valid=not structure)
    profile = _profile(dossier, document, versie)

    status = _status(dossier)
    switched_off = list(categories.drop(dossier, versie, profile, status))
    wrong = rules.check(dossier, profile, versie, categories.off(versie, status))
    wrong += categories.check(dossier, versie, profile, status)
    pupil = sub(sub(dossier, "huidigeschool"), "leerling")
    attached, damaged = documents.collect(pupil, versie)
    wrong += [f for f in damaged if f.code in attachments.REFUSED]
    odd = switched_off
    if versie.old:
        odd += zorg.remarks(pupil)
    odd += [f for f in damaged if f.code not in attachments.REFUSED]
    return Read(document, dossier, versie, profile, status, attached, structure, wrong, odd)


# --- year and profile


def _versie(document: xml.Document) -> Versie:
    versie = VERSIES.get(document.namespace)
    if versie is not None and document.name == "dossier":
        return versie
    if not is_dossier(document.namespace, document.name):
        raise InvalidMessage(
            (Fault("oso.wortel", "/*", f"Dit is geen OSO-dossier: het begint anders. {_READS}", 1),)
        )
    raise UnsupportedMessage(
        (Fault("oso.versie", "/dossier", f"Dit jaartal in de namespace wordt niet gelezen. {_READS}", 1),)
    )


def _profile(dossier: xml.Node, document: xml.Document, versie: Versie) -> Profile:
    """A version or profile we do not read is one clear answer, not a list of faults against another one."""
    metadata = sub(dossier, "metadata")
    named = text(metadata, "standaardversie")
    place = "/dossier/metadata/standaardversie"
    if named not in (None, versie.name):
        found = [
            Found("oso.versie", place, f"De standaardversie is niet {versie.name}. {_READS}"),
            Found("OG.02", place, f"Bij deze namespace hoort standaardversie {versie.name}."),
        ]
        if named in NAMES:
            # Two years that are both read: nothing says which of the two is the mistake.
            text_ = f"De namespace en de standaardversie noemen niet hetzelfde jaar. {_READS}"
            found.insert(0, Found("oso.versie", "/dossier", text_))
        raise UnsupportedMessage(tuple(_fault(f, document) for f in found))
    overstap, kind = text(metadata, "overstap"), text(dossier, "overdrachtsoort")
    profile = profile_of(overstap, kind)
    if profile is None:
        place = "/dossier/metadata/overstap"
        found = [Found("oso.profiel", place, f"Dit dossier heeft een ander profiel. {_READS}")]
        if kind == SWV:
            found.append(Found("PaO.SO02", place, "In een swv-dossier is dit POSWV of VOSWV."))
        if overstap not in LISTS[16]:
            found.append(Found("lijst.16", place, "Deze waarde staat niet in codelijst 16."))
        raise UnsupportedMessage(tuple(_fault(f, document) for f in found))
    return profile


def _status(dossier: xml.Node) -> dict[str, str]:
    switches = sub(sub(dossier, "metadata"), "categorie_uitlevering")
    return {name.removeprefix("cat_"): text(switches, name) or "" for name in switches}


# --- the message


def _build(read: Read, *, provenance: bool) -> Ontwikkelingsperspectief:
    mapping = Mapping(read.dossier, read.documents, read.versie, provenance=provenance)
    content = mapping.message()
    herkomst = mapping.provenance(read.status)
    content["herkomst"] = herkomst
    herkomst["leemtes"] = _gaps(content, read.versie, read.status)
    if mapping.origins is not None:
        herkomst["velden"] = tuple({"veld": field, "pad": place} for field, place in mapping.origins)
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


def _gaps(filled: dict[str, Any], versie: Versie, status: dict[str, str]) -> tuple[Leemte, ...]:
    gaps = list(_NEVER_OLD if versie.old else _NEVER_2019)
    for category, path, reasons in categories.GAPS[versie.name]:
        node: Any = filled
        for step in path:
            node = node.get(step)
            if node is None:
                gaps.append(reasons.get(status.get(category, ""), reasons[""]))
                break
    return tuple(gaps)
