"""A checked dossier to the fields of an Ontwikkelingsperspectief."""

from __future__ import annotations

from typing import Any, Final

from adapters.oso import tables as t
from adapters.oso import zorg
from adapters.oso.codes import LEERLING
from adapters.oso.documents import Document
from adapters.oso.facts import facts
from adapters.oso.filling import Filler
from adapters.oso.versies import Versie
from adapters.xml.nodes import sub, subs, text, yes
from adapters.xml.parser import Node

PLACEHOLDERS: Final = frozenset({"9999999999", "geheim@geheim.geheim"})
"""What stands in the place of a secret number or address."""


def secret(contact: Node) -> bool:
    """Whether a number or address is secret, or stands in the place of one that is."""
    return yes(contact, "geheim") or text(contact, "nummer") in PLACEHOLDERS


class Mapping(Filler):
    """One translation of one dossier."""

    def __init__(self, dossier: Node, documents: list[Document], versie: Versie, *, provenance: bool) -> None:
        super().__init__(provenance=provenance)
        self._dossier = dossier
        self._documents = documents
        self._versie = versie
        self._school = sub(dossier, "huidigeschool")
        self._pupil = sub(self._school, "leerling")
        self._support = sub(self._pupil, versie.support)

    def message(self) -> dict[str, Any]:
        """Everything but `herkomst`, as Python objects under wire names, ready for one strict validation."""
        pupil = self._pupil
        out: dict[str, Any] = {"school": self._school_part(), "leerling": self._pupil_part()}
        self._plan_part(out)
        caretakers = pupil.get("verzorger")
        if caretakers:
            out["gezag"] = tuple([self._caretaker(n, i) for i, n in enumerate(caretakers)])
        self._guidance_part(out)
        outsiders = self._outsiders()
        if outsiders:
            out["externen"] = outsiders
        if self._versie.old and (perspective := zorg.perspective(self, self._support)):
            out["perspectief"] = perspective
        decisions = self._decisions()
        if decisions:
            out["besluiten"] = decisions
        if self._documents:
            out["bijlagen"] = self._attachments()
        if found := facts(self, pupil, self._versie):
            out["bronfeiten"] = found
        return out

    # --- school and leerling

    def _school_part(self) -> dict[str, Any]:
        node, place = self._school, "/dossier/huidigeschool"
        out = self.fill(node, t.SCHOOL, "school", place, {})
        self._address_parts(node, "school", place, out)
        advice = sub(self._pupil, "overstapadvies")
        if "contactpersoon" in advice:
            out["contactpersoon"] = self.fill(
                advice, t.CONTACTPERSOON, "school.contactpersoon", f"{LEERLING}/overstapadvies", {}
            )
        return out

    def _pupil_part(self) -> dict[str, Any]:
        node, field = self._pupil, "leerling"
        out: dict[str, Any] = {"naamdelen": self._name(node, "leerling.naamdelen", LEERLING)}
        self.fill(node, t.LEERLING, field, LEERLING, out)
        self._address_parts(node, field, LEERLING, out)
        if "leerlingid" in node:
            out["bronId"] = {"leerlingid": node["leerlingid"]}
            self.note("leerling.bronId.leerlingid", f"{LEERLING}/leerlingid")
        abroad = self.strings(node, "adresbuitenland", "leerling.adresBuitenland", LEERLING)
        if abroad:
            out["adresBuitenland"] = abroad
        gba = sub(node, "gba")
        if gba:
            register = self.fill(gba, t.GBA, "leerling.gba", f"{LEERLING}/gba", {})
            register["voornamen"] = self.strings(
                gba, "gbavoornaam", "leerling.gba.voornamen", f"{LEERLING}/gba"
            )
            out["gba"] = register
        years = subs(sub(node, "schoolloopbaanlijst"), "schoolloopbaan")
        if years:
            # Rows need not stand in order of time. A later row counts within the same school year.
            last = max(
                range(len(years)),
                key=lambda i: (years[i]["schooljaar"], years[i].get("begindatum", ""), i),
            )
            place = f"{LEERLING}/schoolloopbaanlijst/schoolloopbaan[{last + 1}]"
            self.fill(years[last], t.LEERJAAR, field, place, out)
        return out

    def _name(self, node: Node, field: str, place: str) -> dict[str, Any]:
        out = self.fill(node, t.NAAM, field, place, {})
        first = self.strings(node, "voornaam", f"{field}.voornamen", place)
        if first:
            out["voornamen"] = first
        return out

    def _caretaker(self, node: Node, i: int) -> dict[str, Any]:
        field, place = f"gezag[{i}]", f"{LEERLING}/verzorger[{i + 1}]"
        out: dict[str, Any] = {"persoon": self._name(node, f"{field}.persoon", place)}
        self.fill(node, t.VERZORGER, field, place, out)
        self._address_parts(node, field, place, out)
        return out

    def _address_parts(self, node: Node, field: str, place: str, out: dict[str, Any]) -> None:
        addresses = subs(sub(node, "adreslijst"), "adres")
        if addresses:
            there = f"{place}/adreslijst/adres"
            out["adressen"] = self.fill_all(addresses, t.ADRES, f"{field}.adressen", there)
            for i, (row, address) in enumerate(zip(out["adressen"], addresses, strict=True)):
                if "land" in address:
                    row["land"] = self._country(address, f"{field}.adressen[{i}]", f"{there}[{i + 1}]")
        contacts = [
            (i, c)
            for i, c in enumerate(subs(sub(node, "communicatielijst"), "communicatie"), 1)
            if c["nummer"] and not secret(c)
        ]
        if contacts:
            there = f"{place}/communicatielijst/communicatie"
            out["communicatie"] = tuple(
                [
                    self.fill(c, t.COMMUNICATIE, f"{field}.communicatie[{n}]", f"{there}[{i}]", {})
                    for n, (i, c) in enumerate(contacts)
                ]
            )

    def _country(self, node: Node, field: str, place: str) -> dict[str, Any]:
        meaning = node.get("land@omschrijving")
        for leaf in ("code", "stelsel"):
            self.note(f"{field}.land.{leaf}", f"{place}/land")
        if meaning:
            self.note(f"{field}.land.omschrijving", f"{place}/land/@omschrijving")
        return {"code": node["land"], "stelsel": "gba-landen", "omschrijving": meaning}

    # --- plan, guidance, decisions

    def _plan_part(self, out: dict[str, Any]) -> None:
        place, opp = f"{self._versie.support_place}/opp", self._support.get("opp")
        if type(opp) is list:
            last = zorg.latest_opp(opp)
            out["plan"] = self.fill(opp[last], t.PLAN, "plan", f"{place}[{last + 1}]", {})
        elif opp:
            out["plan"] = self.fill(opp, t.PLAN, "plan", place, {})

    def _guidance_part(self, out: dict[str, Any]) -> None:
        owner, place = self._support, self._versie.support_place
        if self._versie.old:
            owner, place = sub(self._pupil, "handelingsplanlijst"), f"{LEERLING}/handelingsplanlijst"
        plans = self.fill_all(
            subs(owner, "handelingsplan"),
            t.BEGELEIDING,
            "handelingsdeel.begeleiding",
            f"{place}/handelingsplan",
        )
        if self._versie.old:
            plans += zorg.guidance(self, self._support, len(plans))
        if plans:
            out["handelingsdeel"] = {"begeleiding": plans}

    def _outsiders(self) -> tuple[dict[str, Any], ...]:
        found: tuple[dict[str, Any], ...] = ()
        liable = sub(self._pupil, "aansprakelijkeinstelling")
        if liable:
            place = f"{LEERLING}/aansprakelijkeinstelling"
            found = (self.fill(liable, t.INSTELLING, "externen[0]", place, {}),)
        if self._versie.old:
            found += zorg.contacts(self, self._support, len(found))
        return found

    def _decisions(self) -> dict[str, Any]:
        out: dict[str, Any] = {}
        place = self._versie.support_place
        tlvs = self._support.get("tlv")
        if tlvs:
            out["tlv"] = self.fill_all(tlvs, t.TLV, "besluiten.tlv", f"{place}/tlv")
        arrangements: list[dict[str, Any]] = []
        for element, kind, rows in t.ARRANGEMENTEN:
            value = self._support.get(element)
            if not value:
                continue
            many = isinstance(value, list)
            for i, node in enumerate(value if many else [value], 1):
                there = f"{place}/{element}[{i}]" if many else f"{place}/{element}"
                field = f"besluiten.arrangementen[{len(arrangements)}]"
                self.note(f"{field}.soort", there)
                arrangements.append(self.fill(node, rows, field, there, {"soort": kind}))
        if arrangements:
            out["arrangementen"] = tuple(arrangements)
        return out

    # --- attachments and herkomst

    def _attachments(self) -> tuple[dict[str, Any], ...]:
        out: list[dict[str, Any]] = []
        for kind, place, node, digest, _ in self._documents:
            field = f"bijlagen[{len(out)}]"
            self.note(f"{field}.soort", place)
            self.note(f"{field}.hash", f"{place}/bestandsinhoud")
            out.append(self.fill(node, t.BIJLAGE, field, place, {"soort": kind, "hash": digest}))
        return tuple(out)

    def provenance(self, status: dict[str, str]) -> dict[str, Any]:
        """The header facts and what ouders saw and said; `leemtes` and `velden` are the caller's."""
        metadata = sub(self._dossier, "metadata")
        out = self.fill(metadata, t.HERKOMST, "herkomst", "/dossier/metadata", {"standaard": "OSO"})
        self.fill(self._dossier, t.OVERDRACHTSOORT, "herkomst", "/dossier", out)
        self.fill(self._school, t.AANLEVERPUNT, "herkomst", "/dossier/huidigeschool", out)
        out["categorieStatus"] = status
        seen = sub(self._dossier, "inzage")
        if seen:
            out["inzage"] = self.fill(seen, t.INZAGE, "herkomst.inzage", "/dossier/inzage", {})
        return out
