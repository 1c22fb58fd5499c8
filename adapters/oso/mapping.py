"""A checked dossier to the fields of an Ontwikkelingsperspectief.

Every block is one table of rows (element, field, conversion). The same tables say where a field came from, so
provenance cannot drift from the translation. What has no row is not imported: see `docs/oso.md`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from adapters.nodes import sub, subs, texts, yes
from adapters.oso.attachments import MAX_ATTACHMENTS, inspect
from adapters.oso.codes import LEERLING, LISTS
from adapters.xml import Node
from schemas.onderdelen import Code

Convert = Callable[[str], Any]
Rows = dict[str, tuple[str, Convert | None, str]]
"""Per element: the field of the model, the conversion (None: as sent), and `.code` when it becomes a Code."""
SUPPORT: Final = LEERLING + "/onderwijsondersteuning"


def _date(value: str) -> dt.date:
    # xs:date may carry a time zone; the day is what is meant.
    return dt.date.fromisoformat(value.strip()[:10])


def _bool(value: str) -> bool:
    return value.strip() in ("true", "1")


def _int(value: str) -> int:
    return int(value)


def _strip(value: str) -> str:
    return value.strip()


def _code(number: int) -> Convert:
    # A Code is frozen and the rules have checked the list, so one instance per value serves all messages.
    known = {value: Code(code=value, stelsel=f"oso-{number}") for value in LISTS[number]}

    def code(value: str) -> Code:
        return known[value.strip()]

    return code


def _rows(*rows: tuple[str, str, Convert | None]) -> Rows:
    return {
        element: (field, convert, ".code" if convert is not None and convert.__name__ == "code" else "")
        for element, field, convert in rows
    }


_JAARGROEP: Final = _code(13)
_ADVIES: Final = _code(2)
_ADRES = _rows(
    ("soortadres", "soort", _strip),
    ("straat", "straat", None),
    ("nummer", "huisnummer", None),
    ("toevoeging", "toevoeging", None),
    ("aanduiding", "aanduiding", None),
    ("locatieomschrijving", "locatie", None),
    ("postcode", "postcode", None),
    ("plaats", "plaats", None),
    ("gemeente", "gemeente", None),
)
_COMMUNICATIE = _rows(
    ("soort", "soort", _strip),
    ("aanduiding", "aanduiding", _strip),
    ("nummer", "waarde", None),
    ("noodnummer", "noodnummer", _bool),
)
_SCHOOL = _rows(
    ("naam", "naam", None),
    ("brincode", "brin", None),
    ("vestigingscode", "vestigingscode", None),
    ("soort", "soort", None),
    ("type", "type", None),
    ("website", "website", None),
)
_CONTACTPERSOON = _rows(
    ("contactpersoon", "naam", None),
    ("contacttelefoon", "telefoon", None),
    ("contactemail", "email", None),
)
_NAAM = _rows(
    ("voorletters-1", "voorletters", None),
    ("voorvoegsel", "voorvoegsel", None),
    ("achternaam", "achternaam", None),
    ("roepnaam", "roepnaam", None),
)
_LEERLING = _rows(
    ("geboortedatum", "geboortedatum", _date),
    ("geslacht", "geslacht", _code(14)),
    ("adresgeheim", "geheimadres", _bool),
    ("onderwijssinds", "onderwijsSinds", _date),
    ("startdatumhuidigonderwijs", "startHuidigOnderwijs", _date),
    ("datuminschrijving", "datumInschrijving", _date),
    ("datumuitschrijving", "datumUitschrijving", _date),
)
_GBA = _rows(
    ("gbavoorvoegsel", "voorvoegsel", None),
    ("gbaachternaam", "achternaam", None),
    ("gbageboortedatum", "geboortedatum", None),
)
_VERZORGER = _rows(
    ("geslacht", "geslacht", _code(14)),
    ("adresgeheim", "geheimadres", _bool),
    ("overleden", "overleden", _bool),
    ("relatietotkind", "rol", _code(41)),
    ("wettigevertegenwoordiger", "wettelijkVertegenwoordiger", _bool),
)
_PLAN = _rows(("opp_ingangdatum", "ingangsdatum", _date), ("opp_einddatum", "einddatum", _date))
_BEGELEIDING = _rows(("isgerichtop", "wat", None), ("startdatum", "van", _date), ("einddatum", "tot", _date))
_TLV = _rows(
    ("tlvingangdatum", "ingangsdatum", _date),
    ("tlveinddatum", "einddatum", _date),
    ("tlvswvnummer", "swvNummer", None),
    ("tlvcategorie", "categorie", _strip),
    ("tlvbeschikkingsnummer", "beschikkingsnummer", None),
)
_ARRANGEMENTEN: Final[tuple[tuple[str, str, Rows], ...]] = (
    (
        "arrangement_cluster12",
        "cluster12",
        _rows(
            ("arrangement_datum", "ingangsdatum", _date),
            ("arrangement_brin", "brin", None),
            ("arrangement_vestigingscode", "vestigingscode", None),
        ),
    ),
    (
        "arrangement_pao",
        "pao",
        _rows(
            ("arrangement_datum", "ingangsdatum", _date),
            ("arrangement_kenmerk", "kenmerk", None),
            ("arrangement_beschikkingsnr", "beschikkingsnummer", None),
            ("arrangement_einddatum", "einddatum", _date),
        ),
    ),
    (
        "lwoo",
        "lwoo",
        _rows(
            ("lwoo_ingangdatum", "ingangsdatum", _date),
            ("lwoo_swvnummer", "swvNummer", None),
            ("lwoo_beschikkingsnummer", "beschikkingsnummer", None),
            ("lwoo_einddatum", "einddatum", _date),
        ),
    ),
    ("rvc", "rvc", _rows(("rvcdatum", "ingangsdatum", _date), ("rvcindicatie", "kenmerk", _strip))),
)
_SCHOOLJAAR = _rows(
    ("schooljaar", "schooljaar", None),
    ("groepscode", "groepscode", None),
    ("groepsnaam", "groepsnaam", None),
    ("jaargroep", "leerjaar", _JAARGROEP),
    ("begindatum", "van", _date),
    ("einddatum", "tot", _date),
    ("brincode", "brin", None),
    ("vestigingscode", "vestigingscode", None),
    ("schoolsoort", "schoolsoort", None),
    ("schooltype", "schooltype", None),
    ("voelementcode", "elementcode", None),
    ("voelementomschrijving", "elementomschrijving", None),
    ("schoolsoortomschrijving", "schoolsoortomschrijving", None),
)
_LEERJAAR = _rows(("jaargroep", "leerjaar", _JAARGROEP))
_OVERSTAPADVIES = _rows(
    ("advies", "advies", _ADVIES),
    ("wensouders", "wensouders", _ADVIES),
    ("wensleerling", "wensleerling", _ADVIES),
    ("herzienadvies", "herzienadvies", _ADVIES),
    ("profiel", "profiel", _strip),
)
_VERZUIM = _rows(
    ("dagdelengeoorloofd", "dagdelenGeoorloofd", _int),
    ("dagdelenongeoorloofd", "dagdelenOngeoorloofd", _int),
    ("urengeoorloofd", "urenGeoorloofd", _int),
    ("urenongeoorloofd", "urenOngeoorloofd", _int),
    ("meerdan25percent", "meerDan25Procent", _bool),
    ("frequentie", "frequentieOngeoorloofd", _int),
    ("contactleerplicht", "contactLeerplicht", _bool),
    ("rmcmelding", "rmcMelding", _bool),
)
_DIAGNOSE = _rows(
    ("naam", "naam", None),
    ("datum", "datum", _date),
    ("doorwie", "doorwie", None),
    ("instantie", "instantie", None),
)
_TOETSNAAM = _rows(
    ("eldtoetscode", "toetscode", None),
    ("leergebied", "leergebied", None),
    ("toetsnaam", "naam", None),
    ("toetsversie", "versie", None),
)
_AFNAME = _rows(
    ("afnamedatum", "datum", _date),
    ("jaargroep", "leerjaar", _JAARGROEP),
    ("dl", "didactischeLeeftijd", _int),
)
_TOETSSCORE = _rows(
    ("aantalopgaven", "opgaven", _int),
    ("aantalgoed", "goed", _int),
    ("aantalfout", "fout", _int),
    ("aantalgelezen", "gelezen", _int),
    ("tijd", "tijd", _strip),
    ("vaardigheidsscore", "vaardigheidsscore", _strip),
    ("codevaardigheidsschaal", "schaal", None),
)
_INTERVAL = _rows(("bivlaag", "intervalLaag", _strip), ("bivhoog", "intervalHoog", _strip))
_REFERENTIE = _rows(
    ("codereferentiescore", "code", _strip),
    ("codevergelijkingsgroep", "groep", _strip),
    ("waarde", "waarde", None),
    ("kwalificatie", "kwalificatie", None),
)
_ONDERDEEL = _rows(("eldonderdeelcode", "code", None), ("onderdeelnaam", "naam", None))
_CIJFERLIJST = _rows(
    ("afnamedatum", "datum", _date), ("jaargroep", "leerjaar", _JAARGROEP), ("periode", "periode", None)
)
_CIJFERONDERDEEL = _rows(
    ("naam", "naam", None),
    ("afnamedatum", "datum", _date),
    ("jaargroep", "leerjaar", _JAARGROEP),
    ("periode", "periode", None),
)
_CIJFER = _rows(("waarde", "waarde", None), ("kwalificatie", "kwalificatie", None))
_BIJLAGE = _rows(("bestandsnaam", "naam", None), ("omschrijving", "omschrijving", None))
_INZAGE = _rows(
    ("voorlopigdossier", "voorlopig", _bool),
    ("inzage", "ingezien", _bool),
    ("inzagedatum", "datum", _date),
    ("akkoord", "akkoord", _strip),
    ("redennietakkoord", "redenNietAkkoord", None),
    ("toestemming", "toestemming", _strip),
)
_HERKOMST = _rows(
    ("pakketnaam", "bron", None),
    ("pakketversie", "bronVersie", None),
    ("datum", "datum", _date),
    ("standaardversie", "versie", _strip),
    ("overstap", "profiel", _strip),
)

_PERSONAL_WORDS: Final = frozenset(
    {
        "iq",
        "wisc",
        "wppsi",
        "wnv",
        "son",
        "rakit",
        "ids",
        "nio",
        "kait",
        "cbcl",
        "sdq",
        "trf",
        "scol",
        "viseon",
        "zien",
    }
)
"""Words and test names that say a test is about intelligence, development or behaviour."""
_PERSONAL_PARTS: Final = ("intelligen", "ontwikkelingsq", "gedrag", "sociaal", "emotion", "persoonlijk")
_PERSONAL_SCORES: Final = frozenset({"IQ", "DQ"})
"""DQ can also be a quotient of teaching received; the list does not tell, so it counts as the graver one."""


class Mapping:
    """One translation. `origins` stays None unless provenance is asked: places cost more than values."""

    def __init__(self, dossier: Node, *, provenance: bool) -> None:
        self._dossier = dossier
        self._school = sub(dossier, "huidigeschool")
        self._pupil = sub(self._school, "leerling")
        self._support = sub(self._pupil, "onderwijsondersteuning")
        self.origins: list[tuple[str, str]] | None = [] if provenance else None
        self._seen = 0
        self.damaged: list[tuple[str, str]] = []
        """(code, place) of every attachment with something wrong."""

    # --- the two helpers every block uses

    def _fill(self, node: Node, rows: Rows, field: str, place: str, out: dict[str, Any]) -> dict[str, Any]:
        for element, value in node.items():
            row = rows.get(element)
            if row is not None:
                convert = row[1]
                out[row[0]] = value if convert is None else convert(value)
        if self.origins is not None:
            for element, (name, _, tail) in rows.items():
                if element in node:
                    self.origins.append((f"{field}.{name}{tail}", f"{place}/{element}"))
                    if tail:
                        self.origins.append((f"{field}.{name}.stelsel", f"{place}/{element}"))
        return out

    def _strings(self, node: Node, element: str, field: str, place: str) -> tuple[str, ...]:
        values = node.get(element)
        if values is None:
            return ()
        if self.origins is not None:
            self.origins += [(f"{field}[{i}]", f"{place}/{element}[{i + 1}]") for i in range(len(values))]
        return tuple(values)

    def _note(self, field: str, place: str) -> None:
        if self.origins is not None:
            self.origins.append((field, place))

    # --- the message, top down

    def message(self) -> dict[str, Any]:
        """Everything but `herkomst`, as Python objects under wire names, ready for one strict validation."""
        support, pupil = self._support, self._pupil
        out: dict[str, Any] = {"school": self._school_part(), "leerling": self._pupil_part()}
        opp = sub(support, "opp")
        if opp:
            out["plan"] = self._fill(opp, _PLAN, "plan", f"{SUPPORT}/opp", {})
        caretakers = pupil.get("verzorger")
        if caretakers:
            out["gezag"] = tuple(self._caretaker(n, i) for i, n in enumerate(caretakers))
        plans = support.get("handelingsplan")
        if plans:
            out["handelingsdeel"] = {
                "begeleiding": tuple(
                    self._fill(
                        node,
                        _BEGELEIDING,
                        f"handelingsdeel.begeleiding[{i}]",
                        f"{SUPPORT}/handelingsplan[{i + 1}]",
                        {},
                    )
                    for i, node in enumerate(plans)
                )
            }
        liable = sub(pupil, "aansprakelijkeinstelling")
        if liable:
            # A candidate: the role stays empty until a person at the school fills it in.
            out["externen"] = ({"organisatie": liable["naam"]},)
            self._note("externen[0].organisatie", f"{LEERLING}/aansprakelijkeinstelling/naam")
        decisions = self._decisions()
        if decisions:
            out["besluiten"] = decisions
        attachments = self._attachments()
        if attachments:
            out["bijlagen"] = attachments
        facts = self._facts()
        if facts:
            out["bronfeiten"] = facts
        return out

    def _school_part(self) -> dict[str, Any]:
        node, place = self._school, "/dossier/huidigeschool"
        out = self._fill(node, _SCHOOL, "school", place, {})
        self._address_parts(node, "school", place, out)
        advice = sub(self._pupil, "overstapadvies")
        if "contactpersoon" in advice:
            out["contactpersoon"] = self._fill(
                advice, _CONTACTPERSOON, "school.contactpersoon", f"{LEERLING}/overstapadvies", {}
            )
        return out

    def _pupil_part(self) -> dict[str, Any]:
        node, field = self._pupil, "leerling"
        out: dict[str, Any] = {"naamdelen": self._name(node, "leerling.naamdelen", LEERLING)}
        self._fill(node, _LEERLING, field, LEERLING, out)
        self._address_parts(node, field, LEERLING, out)
        if "leerlingid" in node:
            out["bronId"] = {"leerlingid": node["leerlingid"]}
            self._note("leerling.bronId.leerlingid", f"{LEERLING}/leerlingid")
        abroad = self._strings(node, "adresbuitenland", "leerling.adresBuitenland", LEERLING)
        if abroad:
            out["adresBuitenland"] = abroad
        gba = sub(node, "gba")
        if gba:
            register = self._fill(gba, _GBA, "leerling.gba", f"{LEERLING}/gba", {})
            register["voornamen"] = self._strings(
                gba, "gbavoornaam", "leerling.gba.voornamen", f"{LEERLING}/gba"
            )
            out["gba"] = register
        years = subs(sub(node, "schoolloopbaanlijst"), "schoolloopbaan")
        if years:
            # Rows need not stand in order of time; a later row wins within the same school year.
            last = max(
                range(len(years)),
                key=lambda i: (years[i]["schooljaar"], years[i].get("begindatum", ""), i),
            )
            place = f"{LEERLING}/schoolloopbaanlijst/schoolloopbaan[{last + 1}]"
            self._fill(years[last], _LEERJAAR, field, place, out)
        return out

    def _name(self, node: Node, field: str, place: str) -> dict[str, Any]:
        out = self._fill(node, _NAAM, field, place, {})
        first = self._strings(node, "voornaam", f"{field}.voornamen", place)
        if first:
            out["voornamen"] = first
        return out

    def _caretaker(self, node: Node, i: int) -> dict[str, Any]:
        field, place = f"gezag[{i}]", f"{LEERLING}/verzorger[{i + 1}]"
        out: dict[str, Any] = {"persoon": self._name(node, f"{field}.persoon", place)}
        self._fill(node, _VERZORGER, field, place, out)
        self._address_parts(node, field, place, out)
        return out

    def _address_parts(self, node: Node, field: str, place: str, out: dict[str, Any]) -> None:
        addresses = subs(sub(node, "adreslijst"), "adres")
        if addresses:
            out["adressen"] = tuple(
                self._address(a, f"{field}.adressen[{i}]", f"{place}/adreslijst/adres[{i + 1}]")
                for i, a in enumerate(addresses)
            )
        contacts = [
            (i, c)
            for i, c in enumerate(subs(sub(node, "communicatielijst"), "communicatie"))
            if not yes(c, "geheim") and c["nummer"].strip() not in _PLACEHOLDERS
        ]
        if contacts:
            out["communicatie"] = tuple(
                self._fill(
                    c,
                    _COMMUNICATIE,
                    f"{field}.communicatie[{n}]",
                    f"{place}/communicatielijst/communicatie[{i + 1}]",
                    {},
                )
                for n, (i, c) in enumerate(contacts)
            )

    def _address(self, node: Node, field: str, place: str) -> dict[str, Any]:
        out = self._fill(node, _ADRES, field, place, {})
        if "land" in node:
            out["land"] = {
                "code": node["land"].strip(),
                "stelsel": "gba-landen",
                "omschrijving": node.get("land@omschrijving"),
            }
            if self.origins is not None:
                self.origins += [(f"{field}.land.{leaf}", f"{place}/land") for leaf in ("code", "stelsel")]
                if out["land"]["omschrijving"]:
                    self.origins.append((f"{field}.land.omschrijving", f"{place}/land/@omschrijving"))
        return out

    def _decisions(self) -> dict[str, Any]:
        out: dict[str, Any] = {}
        tlvs = self._support.get("tlv")
        if tlvs:
            out["tlv"] = tuple(
                self._fill(n, _TLV, f"besluiten.tlv[{i}]", f"{SUPPORT}/tlv[{i + 1}]", {})
                for i, n in enumerate(tlvs)
            )
        arrangements: list[dict[str, Any]] = []
        for element, kind, rows in _ARRANGEMENTEN:
            value = self._support.get(element)
            if not value:
                continue
            many = isinstance(value, list)
            for i, node in enumerate(value if many else [value], 1):
                place = f"{SUPPORT}/{element}[{i}]" if many else f"{SUPPORT}/{element}"
                field = f"besluiten.arrangementen[{len(arrangements)}]"
                self._note(f"{field}.soort", place)
                arrangements.append(self._fill(node, rows, field, place, {"soort": kind}))
        if arrangements:
            out["arrangementen"] = tuple(arrangements)
        return out

    # --- bronfeiten

    def _facts(self) -> dict[str, Any]:
        pupil = self._pupil
        out: dict[str, Any] = {}
        base = "bronfeiten."
        years = subs(sub(pupil, "schoolloopbaanlijst"), "schoolloopbaan")
        if years:
            out["schoolloopbaan"] = tuple(
                self._fill(
                    n,
                    _SCHOOLJAAR,
                    f"{base}schoolloopbaan[{i}]",
                    f"{LEERLING}/schoolloopbaanlijst/schoolloopbaan[{i + 1}]",
                    {},
                )
                for i, n in enumerate(years)
            )
        if "teruggeplaatstnaarbrin" in pupil:
            out["terugplaatsingBrin"] = pupil["teruggeplaatstnaarbrin"]
            self._note(f"{base}terugplaatsingBrin", f"{LEERLING}/teruggeplaatstnaarbrin")
        for element, name, rows in (
            ("overstapadvies", "overstapadvies", _OVERSTAPADVIES),
            ("verzuim", "verzuim", _VERZUIM),
        ):
            node = sub(pupil, element)
            if node:
                filled = self._fill(node, rows, base + name, f"{LEERLING}/{element}", {})
                if filled:
                    out[name] = filled
        self._tests(out)
        sheets = [
            sheet
            for i, node in enumerate(subs(sub(pupil, "cijferlijstlijst"), "cijferlijst"))
            for sheet in self._sheets(node, f"{LEERLING}/cijferlijstlijst/cijferlijst[{i + 1}]")
        ]
        if sheets:
            out["cijferlijsten"] = tuple(
                self._sheet(sheet, f"{base}cijferlijsten[{i}]") for i, sheet in enumerate(sheets)
            )
        diagnoses = self._support.get("diagnose")
        if diagnoses:
            out["diagnoses"] = tuple(
                self._diagnosis(n, f"{base}diagnoses[{i}]", f"{SUPPORT}/diagnose[{i + 1}]")
                for i, n in enumerate(diagnoses)
            )
        if "medicijngebruik" in self._support:
            out["medicijngebruik"] = _bool(self._support["medicijngebruik"])
            self._note(f"{base}medicijngebruik", f"{SUPPORT}/medicijngebruik")
        return out

    def _diagnosis(self, node: Node, field: str, place: str) -> dict[str, Any]:
        out = self._fill(node, _DIAGNOSE, field, place, {})
        out["codes"] = tuple(texts(node, "code"))
        for i in range(len(out["codes"])):
            self._note(f"{field}.codes[{i}]", f"{place}/code[{i + 1}]")
        return out

    def _tests(self, out: dict[str, Any]) -> None:
        learnt: list[dict[str, Any]] = []
        personal: list[dict[str, Any]] = []
        for i, node in enumerate(subs(sub(self._pupil, "toetslijst"), "toets"), 1):
            name, target = ("onderzoeken", personal) if _is_personal(node) else ("toetsen", learnt)
            field, place = f"bronfeiten.{name}[{len(target)}]", f"{LEERLING}/toetslijst/toets[{i}]"
            test = self._fill(
                sub(node, "toetsidentificatie"), _TOETSNAAM, field, f"{place}/toetsidentificatie", {}
            )
            self._fill(sub(node, "afname"), _AFNAME, field, f"{place}/afname", test)
            self._result(node, field, place, test)
            parts = node.get("toetsonderdeel")
            if parts:
                test["onderdelen"] = tuple(
                    self._part(p, f"{field}.onderdelen[{j}]", f"{place}/toetsonderdeel[{j + 1}]")
                    for j, p in enumerate(parts)
                )
            target.append(test)
        if learnt:
            out["toetsen"] = tuple(learnt)
        if personal:
            out["onderzoeken"] = tuple(personal)

    def _part(self, node: Node, field: str, place: str) -> dict[str, Any]:
        out = self._fill(node, _ONDERDEEL, field, place, {})
        self._result(node, field, place, out)
        return out

    def _result(self, owner: Node, field: str, place: str, out: dict[str, Any]) -> None:
        result = sub(owner, "resultaat")
        place += "/resultaat"
        score = sub(result, "toetsscore")
        if score:
            self._fill(score, _TOETSSCORE, field, f"{place}/toetsscore", out)
            interval = sub(score, "betrouwbaarheidsinterval")
            if interval:
                self._fill(interval, _INTERVAL, field, f"{place}/toetsscore/betrouwbaarheidsinterval", out)
        references = result.get("referentiescore")
        if references:
            out["referenties"] = tuple(
                self._fill(
                    r, _REFERENTIE, f"{field}.referenties[{i}]", f"{place}/referentiescore[{i + 1}]", {}
                )
                for i, r in enumerate(references)
            )

    def _sheets(self, node: Node, place: str) -> Iterable[dict[str, Any]]:
        """Split one cijferlijst into the groups it holds: every `naam` begins a new one."""
        groups: list[dict[str, Any]] = []
        counts = {"naam": 0, "onderdeel": 0, "score": 0}
        for name, value in node["cijferlijstTypelijst@reeks"]:
            counts[name] += 1
            if name == "naam":
                groups.append({"naam": value, "n": counts[name], "onderdeel": [], "score": [], "of": node})
            else:
                groups[-1][name].append((value if isinstance(value, dict) else {}, counts[name]))
        for group in groups:
            group["place"] = place
            group["alone"] = counts["naam"] == 1
        return groups

    def _sheet(self, group: dict[str, Any], field: str) -> dict[str, Any]:
        body = f"{group['place']}/cijferlijstTypelijst"
        out = self._fill(group["of"], _CIJFERLIJST, field, group["place"], {"naam": group["naam"]})
        self._note(f"{field}.naam", f"{body}/naam" if group["alone"] else f"{body}/naam[{group['n']}]")
        parts = []
        for i, (node, n) in enumerate(group["onderdeel"]):
            here, place = f"{field}.onderdelen[{i}]", f"{body}/onderdeel[{n}]"
            part = self._fill(node, _CIJFERONDERDEEL, here, place, {})
            for score in subs(node, "score"):
                self._fill(score, _CIJFER, here, f"{place}/score[1]", part)
            parts.append(part)
        if parts:
            out["onderdelen"] = tuple(parts)
        out["scores"] = tuple(
            self._fill(node, _CIJFER, f"{field}.scores[{i}]", f"{body}/score[{n}]", {})
            for i, (node, n) in enumerate(group["score"])
        )
        return out

    # --- attachments

    def _attachments(self) -> tuple[dict[str, Any], ...]:
        out: list[dict[str, Any]] = []
        support, pupil = self._support, self._pupil
        need = sub(support, "toelichting_onderwijsbehoeften")
        self._documents(need, "onderwijsbehoeften", f"{SUPPORT}/toelichting_onderwijsbehoeften", out)
        for element, kind in (
            ("diagnose", "diagnoseverslag"),
            ("handelingsplan", "handelingsplan"),
            ("tlv", "tlv"),
        ):
            for i, node in enumerate(subs(support, element), 1):
                self._documents(node, kind, f"{SUPPORT}/{element}[{i}]", out)
        for element in ("opp", "lwoo", "rvc"):
            self._documents(sub(support, element), element, f"{SUPPORT}/{element}", out)
        absence = sub(sub(pupil, "verzuim"), "documentLijst")
        self._documents(absence, "verzuim", f"{LEERLING}/verzuim/documentLijst", out)
        for i, test in enumerate(subs(sub(pupil, "toetslijst"), "toets"), 1):
            place = f"{LEERLING}/toetslijst/toets[{i}]"
            self._documents(sub(test, "resultaat"), "toets", f"{place}/resultaat", out)
            for j, part in enumerate(subs(test, "toetsonderdeel"), 1):
                self._documents(
                    sub(part, "resultaat"), "toets", f"{place}/toetsonderdeel[{j}]/resultaat", out
                )
        other = sub(pupil, "overigdocumentlijst")
        self._documents(other, "overig", f"{LEERLING}/overigdocumentlijst", out)
        return tuple(out)

    def _documents(self, owner: Node, kind: str, place: str, out: list[dict[str, Any]]) -> None:
        documents = owner.get("document")
        if not documents:
            return
        for i, node in enumerate(documents, 1):
            here = f"{place}/document[{i}]"
            self._seen += 1
            if self._seen > MAX_ATTACHMENTS:
                self.damaged.append(("bijlage.te_veel", here))
                return
            digest, problem = inspect(node["bestandsinhoud"])
            if problem is not None:
                self.damaged.append((problem, f"{here}/bestandsinhoud"))
            if digest is None:
                continue
            field = f"bijlagen[{len(out)}]"
            self._note(f"{field}.soort", here)
            self._note(f"{field}.hash", f"{here}/bestandsinhoud")
            out.append(self._fill(node, _BIJLAGE, field, here, {"soort": kind, "hash": digest}))

    # --- herkomst

    def provenance(self, status: dict[str, str]) -> dict[str, Any]:
        """The header facts and what ouders saw and said; `leemtes` and `velden` are the caller's."""
        metadata = sub(self._dossier, "metadata")
        out = self._fill(metadata, _HERKOMST, "herkomst", "/dossier/metadata", {"standaard": "OSO"})
        out["categorieStatus"] = status
        seen = sub(self._dossier, "inzage")
        if seen:
            out["inzage"] = self._fill(seen, _INZAGE, "herkomst.inzage", "/dossier/inzage", {})
        return out


_WORD: Final = re.compile(r"[a-z]+")
_PLACEHOLDERS: Final = frozenset({"9999999999", "geheim@geheim.geheim"})


def _is_personal(test: Node) -> bool:
    """Whether a test says something about the person rather than about what was learnt."""
    name = sub(test, "toetsidentificatie")
    for field in ("leergebied", "toetsnaam", "eldtoetscode"):
        value = name.get(field, "").lower()
        if any(part in value for part in _PERSONAL_PARTS) or not _PERSONAL_WORDS.isdisjoint(
            _WORD.findall(value)
        ):
            return True
    results = [sub(test, "resultaat")]
    results += [sub(part, "resultaat") for part in subs(test, "toetsonderdeel")]
    return any(
        reference["codereferentiescore"].strip() in _PERSONAL_SCORES
        for result in results
        for reference in subs(result, "referentiescore")
    )
