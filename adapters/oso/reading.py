"""One dossier from bytes to a message: one parse, one schema validation, one walk, in a fixed order.

What OSO says about sharing (`akkoord`, `toestemming`, OPT-UIT) concerns another transfer: it can restrict
here and never permits (`docs/oso.md`).
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from adapters.oso import attachments, blanks, categories, documents, rules, zorg
from adapters.oso.codes import LISTS
from adapters.oso.left_out import left_out
from adapters.oso.mapping import Mapping
from adapters.oso.profielen import OTHERS, PROFILES, SWV, Profile, profile_of
from adapters.oso.restrictions import restrictions
from adapters.oso.rules_base import not_in_list
from adapters.oso.versies import NAMES, VERSIES, Versie, is_dossier
from adapters.xml import parser as xml
from adapters.xml.nodes import Found, sub, text
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage
from schemas.messages.herkomst import Leemte
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.vertaling import Bevinding, Bijlageinhoud, Leerlingsleutel, Vertaling, Weglating

MAX_BYTES: Final = 10 * 1024 * 1024
_READS: Final = (
    f"OZlijn leest OSO gegevensset {', '.join(sorted(NAMES))}, profielen {', '.join(PROFILES)} en "
    "binnen-brin, en andere overstapdossiers van codelijst 16."
)


_WITHOUT_PROFILE: Final = (
    "Voor deze overstap is geen profiel gepubliceerd. Nagekeken is wat alle overstapdossiers delen."
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
    """A dossier of a year and profile that we read, with everything that was found wrong or odd in it."""

    document: xml.Document
    dossier: xml.Node
    versie: Versie
    profile: Profile
    status: dict[str, str]
    documents: list[documents.Document]
    structure: list[Fault]
    wrong: list[Found]
    odd: list[Found]
    off: dict[str, str]
    """The blocks that were taken away: their place without positions, and why (`uitgezet`, `profiel`)."""

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
    raw: bytes,
    *,
    provenance: bool,
    weglatingen: bool = False,
    today: dt.date | None = None,
    max_bytes: int = MAX_BYTES,
) -> Vertaling[Ontwikkelingsperspectief]:
    """Translate one dossier, or raise with every fault found.

    `provenance`: also fill `herkomst.velden`, one row per filled field. `weglatingen`: also say what is left
    out. Both cost time. `today`: nobody is born after it. Raises MessageTooLarge, UnsupportedMessage (another
    year, version or profile) or InvalidMessage (faults in document order). No fault, finding or exception
    holds a value of the dossier. Safe to call from several threads.
    """
    read = _read(raw, max_bytes, today)
    if read.structure or read.wrong:
        raise InvalidMessage(read.faults())
    mapping = Mapping(read.dossier, read.documents, read.versie, provenance=provenance)
    bericht = _build(read, mapping)
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
        weggelaten=_left_out(read, mapping.origins) if weglatingen else (),
    )


def check(
    raw: bytes, *, today: dt.date | None = None, max_bytes: int = MAX_BYTES
) -> tuple[Fault | Bevinding, ...]:
    """All that is wrong with a dossier and all that is odd in it, in document order. Never raises on input.

    Empty: it is translated without a remark. Any Fault: `translate` refuses it.
    """
    try:
        read = _read(raw, max_bytes, today)
    except InvalidMessage as error:
        return error.faults
    faults = read.faults()
    if not faults:
        try:
            _build(read, Mapping(read.dossier, read.documents, read.versie, provenance=False))
        except InvalidMessage as error:
            faults = error.faults
    wrong = {fault.place for fault in faults}
    # A place where something is refused need not be called odd as well.
    return tuple(sorted((*faults, *(b for b in read.findings() if b.place not in wrong)), key=_line))


def _line(said: Fault | Bevinding) -> int:
    return said.line if said.line is not None else sys.maxsize


def _fault(found: Found, document: xml.Document) -> Fault:
    return Fault(found.code, found.place, found.text, document.line(found.place))


def _read(raw: bytes, max_bytes: int, today: dt.date | None) -> Read:
    document = xml.parse(raw, max_bytes=max_bytes)
    versie = _versie(document)
    structure = document.faults(versie.schema)
    if structure and document.strip():
        structure = document.faults(versie.schema)
    dossier, untidy = document.tree_and_untidy(versie.schema, valid=not structure)
    odd = blanks.tidy(dossier, versie.schema) if untidy else []
    profile = _profile(dossier, document, versie)
    if profile.name in OTHERS:
        odd.append(Found("oso.zonder_profiel", "/dossier/metadata/overstap", _WITHOUT_PROFILE))

    status = _status(dossier)
    switched_off = list(categories.drop(dossier, versie, profile, status))
    wrong = rules.check(dossier, profile, versie, categories.off(versie, status), today)
    wrong += categories.check(dossier, versie, profile, status)
    pupil = sub(sub(dossier, "huidigeschool"), "leerling")
    attached, damaged = documents.collect(pupil, versie)
    wrong += [f for f in damaged if f.code in attachments.REFUSED]
    odd += switched_off
    if versie.old:
        odd += zorg.remarks(pupil)
    odd += [f for f in damaged if f.code not in attachments.REFUSED]
    off = categories.taken_away(switched_off, versie, profile, status)
    return Read(document, dossier, versie, profile, status, attached, structure, wrong, odd, off)


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
    """When we do not read the version or profile, one clear answer is given, and not a list of faults against
    another one.
    """
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
    if not overstap and kind is not None and kind not in LISTS[29]:
        # Nothing says which profile was meant, so nobody is told what another one asks.
        place = "/dossier/overdrachtsoort"
        found = [
            Found("oso.profiel", place, f"Dit zegt niet welk soort dossier het is. {_READS}"),
            Found("lijst.29", place, not_in_list(29)),
        ]
        raise UnsupportedMessage(tuple(_fault(f, document) for f in found))
    profile = profile_of(overstap, kind)
    if profile is None:
        place = "/dossier/metadata/overstap"
        found = [Found("oso.profiel", place, f"Dit dossier heeft een ander profiel. {_READS}")]
        if kind == SWV:
            found.append(Found("PaO.SO02", place, "In een swv-dossier is dit POSWV of VOSWV."))
        if overstap not in LISTS[16]:
            found.append(Found("lijst.16", place, not_in_list(16)))
        raise UnsupportedMessage(tuple(_fault(f, document) for f in found))
    return profile


def _status(dossier: xml.Node) -> dict[str, str]:
    switches = sub(sub(dossier, "metadata"), "categorie_uitlevering")
    return {name.removeprefix("cat_"): text(switches, name) or "" for name in switches}


# --- the message


def _build(read: Read, mapping: Mapping) -> Ontwikkelingsperspectief:
    content = mapping.message()
    herkomst = mapping.provenance(read.status)
    content["herkomst"] = herkomst
    herkomst["leemtes"] = _gaps(content, read.versie, read.status)
    if mapping.origins is not None:
        herkomst["velden"] = tuple({"veld": field, "pad": place} for field, place in mapping.origins)
    try:
        # Wire names only, and none is looked for that the tables do not have (a test does): a fifth faster.
        return Ontwikkelingsperspectief.model_validate(content, by_alias=True, by_name=False, extra="ignore")
    except ValidationError as error:
        # Only the places are used, because pydantic's own text and cause hold the values.
        failed = [_field(e["loc"]) for e in error.errors(include_input=False)]
    raise InvalidMessage(tuple(sorted(_unfit(failed, read), key=_line)))


def _field(loc: tuple[int | str, ...]) -> str:
    """A field as provenance writes it: `school.adressen[0].land.code`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).removeprefix(".")


def _unfit(fields: list[str], read: Read) -> Iterator[Fault]:
    """Each field that the shared schema refuses, at the place in the dossier where it comes from."""
    mapping = _origins(read)
    filled = dict(mapping.origins or ())
    for field in fields:
        if field in mapping.empty:
            found = Found(
                "oso.leeg", mapping.empty[field], "Dit element is leeg, en het bericht kan niet zonder."
            )
        else:
            said = f"De waarde van {field} past niet in het gedeelde schema."
            found = Found("oso.waarde", filled.get(field, "/dossier"), said)
        yield _fault(found, read.document)


def _origins(read: Read) -> Mapping:
    """Translate once more, only to find the places of the fields."""
    mapping = Mapping(read.dossier, read.documents, read.versie, provenance=True)
    mapping.message()
    mapping.provenance(read.status)
    return mapping


def _left_out(read: Read, origins: list[tuple[str, str]] | None) -> tuple[Weglating, ...]:
    found = _origins(read).origins if origins is None else origins
    kept = frozenset(place for _, place in found or ())
    return left_out(read.document.leaves(read.versie.schema), kept, read.off)


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
