"""The objects of EDEXML, which UWLR sends too, to a Schoolregistratie; and what kind of key a key is.

Taken over: who a leerling is, and where he is at school. Numbers, descent, weight, photo, user name, address
and mail are dropped here and reported without their value; also what only concerns the file itself (auteur,
commentaar, schoolkey, mutatiedatum, descriptions of groups). What is dropped is not judged either.

Keys and references are checked here and not by a schema: the official one of UWLR does not see them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, Final

from adapters.xml.nodes import Found, sub, subs, text, texts
from adapters.xml.parser import Node
from schemas.identifiers import passes_elfproef
from schemas.messages.onderdelen import Code
from schemas.messages.registratie import Deel, Sleutelsoort, is_schooljaar

LISTS: Final = frozenset({"rol", "rolomschrijving"})
KEYED: Final = frozenset({"vestiging", "groep", "samengestelde_groep", "leerling", "leerkracht"})


def _codes(stelsel: str, listed: dict[str, str]) -> dict[str, Code]:
    return {code: Code(code=code, stelsel=stelsel, omschrijving=text) for code, text in listed.items()}


GESLACHT: Final = _codes(
    "iso-5218", {"0": "onbekend", "1": "jongen", "2": "meisje", "9": "niet gespecificeerd"}
)
"""1 and 2 are the other way round in OSO (list 14): a code is nothing without its stelsel."""
JAARGROEP: Final = _codes(
    "edexml-jaargroep",
    {
        "B": "baby",
        "D": "dreumes",
        "0": "peuter",
        **{str(n): f"groep {n}" for n in range(1, 9)},
        **{str(10 + n): f"voortgezet onderwijs leerjaar {n}" for n in range(1, 7)},
        "S": "speciaal (basis)onderwijs",
        "V": "voortgezet speciaal onderwijs",
        "C": "combinatiegroep",
        "N": "geen primair of voortgezet onderwijs",
        "H": "historisch",
    },
)
"""Not OSO's list: V stands apart from S here."""
ROL: Final = _codes(
    "edexml-rol",
    {
        "ADJ": "adjunct-directeur",
        "ADM": "administratie",
        "CON": "conciërge",
        "DIR": "directeur",
        "IB": "intern begeleider",
        "ICT": "ICT-coördinator",
        "KLA": "klassenassistent",
        "LOC": "locatieleider",
        "LOS": "lerarenondersteuner",
        "LRK": "leerkracht",
        "OUD": "ouder",
        "OWA": "onderwijsassistent",
        "RT": "remedial teacher",
        "SMW": "schoolmaatschappelijk werk",
        "STA": "stagiair",
        "VAK": "vakleerkracht",
    },
) | {"TAL": Code(code="TAL", stelsel="edexml-rol")}
"""TAL is in EDEXML 2.1 and not in UWLR 2.2; what it is short for is not in what we have of the standard."""

_NUMMER: Final = "Nummers van personen neemt OZlijn uit deze bron niet over"
_GEVOELIG: Final = "OZlijn neemt dit gegeven niet over"
_ONNODIG: Final = "OZlijn heeft dit gegeven niet nodig en neemt het niet over"
DROPPED: Final[dict[str, tuple[str, str]]] = {
    "sofinummer": ("nummer.weggelaten", _NUMMER),
    "bsn": ("nummer.weggelaten", _NUMMER),
    "onderwijsnummer": ("nummer.weggelaten", _NUMMER),
    "bsn_ondwnr-4": ("nummer.weggelaten", _NUMMER),
    "rijksregisternummer": ("nummer.weggelaten", _NUMMER),
    "etniciteit": ("gegeven.weggelaten", _GEVOELIG),
    "land": ("gegeven.weggelaten", _GEVOELIG),
    "land_vader": ("gegeven.weggelaten", _GEVOELIG),
    "land_moeder": ("gegeven.weggelaten", _GEVOELIG),
    "gewicht_nieuw": ("gegeven.weggelaten", _GEVOELIG),
    "gewicht": ("gegeven.weggelaten", _GEVOELIG),
    "fotourl": ("gegeven.weggelaten", _GEVOELIG),
    "gebruikersnaam": ("gegeven.weggelaten", _GEVOELIG),
    "emailadres": ("gegeven.niet_overgenomen", _ONNODIG),
    "postcodenl": ("gegeven.niet_overgenomen", _ONNODIG),
    "postnummerbe": ("gegeven.niet_overgenomen", _ONNODIG),
    "postcodeoverig": ("gegeven.niet_overgenomen", _ONNODIG),
    "toevoegingen": ("toevoegingen.weggelaten", "Toevoegingen van een leverancier neemt OZlijn niet over"),
}
"""(code, why) by element of a leerling or leerkracht."""
_DROPPED: Final = frozenset(DROPPED)
_NAMES: Final = (
    ("achternaam", "achternaam"),
    ("voorvoegsel", "voorvoegsel"),
    ("voornamen", "voornamen"),
    ("voorletters-1", "voorletters"),
    ("roepnaam", "roepnaam"),
)
_DATES: Final = (
    ("geboortedatum", "geboortedatum"),
    ("start_ondw_jgr3", "start_groep3"),
    ("instroomdatum", "instroomdatum"),
    ("uitstroomdatum", "uitstroomdatum"),
)
_ECK_ID: Final = re.compile(r"https?://", re.IGNORECASE)
"""An ECK iD is a web address and a key of a school system is not; test material has other hosts."""


class Tally:
    """Findings that a school has many of: each told once, at the first place, with how often."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Found] = {}
        self._count: dict[tuple[str, str], int] = {}

    def add(self, code: str, place: str, text: str, about: str = "") -> bool:
        """True the first time. `about` keeps two findings with one code apart, such as two elements.

        `text` comes without its full stop.
        """
        key = (code, about)
        self._count[key] = count = self._count.get(key, 0) + 1
        if count == 1:
            self._first[key] = Found(code, place, text)
        return count == 1

    def found(self) -> list[Found]:
        return [
            f._replace(text=f"{f.text} ({self._count[key]} keer)." if self._count[key] > 1 else f"{f.text}.")
            for key, f in self._first.items()
        ]


def key_kind(key: str, eck_id: str | None = None) -> Sleutelsoort:
    """Which kind of key this is; `eck_id` is what the source gave as ECK iD beside it."""
    if key.startswith("#"):
        return Sleutelsoort.DUMMY
    if _ECK_ID.match(key) or key == eck_id:
        return Sleutelsoort.ECK_ID
    return Sleutelsoort.LAS


def keys_are_numbers_of_persons(keys: Iterable[str]) -> bool:
    """True when every key passes the elfproef: then somebody put the BSN where the key should be.

    One in eleven numbers of nine digits passes by chance, so one key that does means nothing.
    """
    known = list(keys)
    return bool(known) and all(map(passes_elfproef, known))


def clean(node: Node, name: str) -> str | None:
    """The text of a child on one line, spaces as the schema counts them; None when nothing is left."""
    value = node.get(name)
    return " ".join(value.split()) or None if type(value) is str else None


def day(value: str | None) -> dt.date | None:
    """The day of an xs:date or xs:dateTime: a time zone may follow, and the day is what is meant."""
    try:
        return dt.date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None  # the schema has refused it already


class Reader:
    """One walk over the content of EDEX or leerlinggegevens. Raises nothing, however wrong the content is.

    `faults` make a delivery unusable: two leerlingen with one key, a group that is not there. `tally` holds
    the findings. `content` fits Schoolregistratie when the schema had nothing against the document and there
    are no faults; `herkomst` is for the caller to add.
    """

    def __init__(self, gegevens: Node, place: str, deel: Deel) -> None:
        self.faults: list[Found] = []
        self.tally = Tally()
        self._place = place
        self._references = deel == "volledig"
        """Only a whole delivery has both ends of a reference."""
        self._unchecked: list[str] = []
        school = self._school(sub(gegevens, "school"))
        locations = self._vestigingen(sub(gegevens, "vestigingen"))
        groups = self._groepen(sub(gegevens, "groepen"))
        self._known = {
            "vestiging": {v["sleutel"] for v in locations},
            "groep": {g["sleutel"] for g in groups if not g["samengesteld"]},
            "samengestelde_groep": {g["sleutel"] for g in groups if g["samengesteld"]},
        }
        self.content: dict[str, Any] = {
            **school,
            "deel": deel,
            "vestigingen": tuple(locations),
            "groepen": tuple(groups),
            "leerlingen": tuple(self._leerlingen(sub(gegevens, "leerlingen"))),
            "leerkrachten": tuple(self._leerkrachten(sub(gegevens, "leerkrachten"))),
        }
        if self._unchecked:
            self.tally.add(
                "verwijzing.niet_gecontroleerd",
                self._unchecked[0],
                "De genoemde groepen en vestigingen staan in een ander bericht en zijn niet nagezocht",
            )

    def _fault(self, code: str, place: str, said: str) -> None:
        self.faults.append(Found(code, place, said))

    def _school(self, school: Node) -> dict[str, Any]:
        place = f"{self._place}/school"
        year = text(school, "schooljaar")
        # Another form than YYYY-YYYY is the schema's to refuse.
        if year and re.fullmatch("[12][0-9]{3}-[12][0-9]{3}", year) and not is_schooljaar(year):
            self._fault("school.schooljaar", f"{place}/schooljaar", "Dit zijn geen opeenvolgende jaren.")
        brin = text(school, "brincode")
        if school and not brin:
            self._fault(
                "school.brin", place, "Zonder BRIN is niet te zeggen van welke school de leerlingen zijn."
            )
        if "toevoegingen" in school:
            self._drop("toevoegingen", place)
        return {
            "school": {"brin": brin, "vestigingscode": text(school, "dependancecode") or "00"},
            "schooljaar": year,
            "peildatum": day(text(school, "peildatum")),
        }

    def _unique(self, key: str | None, seen: set[str], place: str) -> None:
        if key in seen:
            self._fault("sleutel.dubbel", place, "Deze sleutel is al gebruikt; een sleutel wijst er één aan.")
        elif key:
            seen.add(key)

    def _vestigingen(self, node: Node) -> list[dict[str, Any]]:
        seen: set[str] = set()
        out = []
        for i, each in enumerate(subs(node, "vestiging"), 1):
            key = clean(each, "@key")
            self._unique(key, seen, f"{self._place}/vestigingen/vestiging[{i}]")
            out.append({"sleutel": key, "naam": clean(each, "naam")})
        return out

    def _groepen(self, node: Node) -> list[dict[str, Any]]:
        seen: set[str] = set()  # both kinds share their keys
        out = []
        for element in ("groep", "samengestelde_groep"):
            for i, each in enumerate(subs(node, element), 1):
                place = f"{self._place}/groepen/{element}[{i}]"
                key = clean(each, "@key")
                self._unique(key, seen, place)
                if "toevoegingen" in each:
                    self._drop("toevoegingen", place)
                out.append(
                    {
                        "sleutel": key,
                        "naam": clean(each, "naam"),
                        "jaargroep": JAARGROEP.get(text(each, "jaargroep") or ""),
                        "samengesteld": element != "groep",
                    }
                )
        return out

    def _leerlingen(self, node: Node) -> list[dict[str, Any]]:
        seen: set[str] = set()
        eck_ids: set[str] = set()
        out = []
        for i, each in enumerate(subs(node, "leerling"), 1):
            place = f"{self._place}/leerlingen/leerling[{i}]"
            out.append(
                {
                    "sleutel": self._sleutel(each, seen, eck_ids, place),
                    "naamdelen": _name(each),
                    **{field: day(text(each, element)) for element, field in _DATES if element in each},
                    "geslacht": GESLACHT.get(text(each, "geslacht") or ""),
                    "groepen": self._groups_of(each, sub(each, "samengestelde_groepen"), place),
                    "vestiging": next(iter(self._refer("vestiging", each, place)), None),
                    **self._jaargroep(each, place),
                }
            )
            self._odd_dates(out[-1], place)
            self._dropped(each, place)
        if keys_are_numbers_of_persons(seen):
            self._fault(
                "sleutel.bsn",
                f"{self._place}/leerlingen",
                "De sleutels lijken burgerservicenummers. Neem de sleutel van het schoolsysteem.",
            )
        return out

    def _sleutel(self, node: Node, seen: set[str], eck_ids: set[str], place: str) -> dict[str, Any]:
        key = clean(node, "@key")
        eck_id = clean(node, "@eckid")
        self._unique(key, seen, place)
        if eck_id:
            if eck_id in eck_ids:
                self._fault("eckid.dubbel", place, "Dit ECK iD is al gebruikt; het hoort bij één persoon.")
            eck_ids.add(eck_id)
            self.tally.add(
                "eckid.weggelaten", place, "Het ECK iD is alleen voor leermiddelen en is weggelaten"
            )
        kind = key_kind(key or "", eck_id)
        if kind is Sleutelsoort.DUMMY:
            self.tally.add(
                "sleutel.dummy",
                place,
                "Deze sleutel geldt alleen in dit bestand en wijst later niemand meer aan",
            )
        elif kind is Sleutelsoort.ECK_ID:
            self.tally.add("sleutel.eck_id", place, "De sleutel is een ECK iD en is weggelaten")
        return {
            "soort": kind,
            "waarde": key if kind is Sleutelsoort.LAS else None,
            "eck_id_gezien": eck_id is not None or kind is Sleutelsoort.ECK_ID,
        }

    def _jaargroep(self, leerling: Node, place: str) -> dict[str, Any]:
        code = text(leerling, "jaargroep")
        if not code:
            self.tally.add(
                "jaargroep.ontbreekt", place, "De jaargroep ontbreekt; die hoort bij elke leerling"
            )
        elif code == "C":
            self.tally.add(
                "jaargroep.combinatie",
                f"{place}/jaargroep",
                "C is een soort groep; de eigen jaargroep van de leerling is niet bekend",
            )
        return {"jaargroep": JAARGROEP.get(code or ""), "historisch": code == "H"}

    def _odd_dates(self, leerling: dict[str, Any], place: str) -> None:
        start, end = leerling.get("instroomdatum"), leerling.get("uitstroomdatum")
        if start and end and end < start:
            self.tally.add("datum.volgorde", place, "De uitstroomdatum ligt voor de instroomdatum")

    def _groups_of(self, stam: Node, extra: Node, place: str) -> tuple[str, ...]:
        keys = self._refer("groep", stam, place)
        if extra:
            keys += self._refer("samengestelde_groep", extra, f"{place}/samengestelde_groepen")
        return tuple(dict.fromkeys(keys))

    def _refer(self, element: str, node: Node, place: str) -> list[str]:
        references = node.get(element)
        if not references:
            return []
        keys = []
        for i, each in enumerate(references, 1):
            key = clean(each, "@key")
            if key is None:
                continue
            keys.append(key)
            if not self._references:
                self._unchecked.append(f"{place}/{element}[{i}]")
            elif key not in self._known[element]:
                what = element.replace("_", " ")
                self._fault(
                    f"verwijzing.{element}",
                    f"{place}/{element}[{i}]",
                    f"Deze {what} staat niet in het bericht.",
                )
        return keys

    def _dropped(self, node: Node, place: str) -> None:
        if _DROPPED.isdisjoint(node):
            return
        for element in node:
            if element in DROPPED:
                self._drop(element, place)

    def _drop(self, element: str, place: str) -> None:
        code, why = DROPPED[element]
        self.tally.add(code, f"{place}/{element}", why, element)

    def _leerkrachten(self, node: Node) -> list[dict[str, Any]]:
        seen: set[str] = set()
        eck_ids: set[str] = set()
        out = []
        for i, each in enumerate(subs(node, "leerkracht"), 1):
            place = f"{self._place}/leerkrachten/leerkracht[{i}]"
            groups = sub(each, "groepen")
            inside = f"{place}/groepen"
            roles = self._roles(each, place)
            for element in ("groep", "samengestelde_groep"):
                for j, group in enumerate(subs(groups, element), 1):
                    roles |= self._roles(group, f"{inside}/{element}[{j}]")
            out.append(
                {
                    "sleutel": self._sleutel(each, seen, eck_ids, place),
                    "naamdelen": _name(each),
                    "rollen": tuple(roles.values()),
                    "ouder_volgens_bron": "OUD" in roles,
                    "groepen": tuple(
                        dict.fromkeys(
                            (
                                *self._refer("groep", groups, inside),
                                *self._refer("samengestelde_groep", groups, inside),
                            )
                        )
                    ),
                }
            )
            self._dropped(each, place)
        return out

    def _roles(self, node: Node, place: str) -> dict[str, Code]:
        roles = {}
        for i, code in enumerate(texts(node, "rol"), 1):
            there = f"{place}/rol[{i}]"
            if code not in ROL:
                self.tally.add("rol.onbekend", there, "Deze rol staat niet in de lijst en is weggelaten")
                continue
            roles[code] = ROL[code]
            if code == "OUD":
                self.tally.add(
                    "rol.ouder", there, "De rol ouder zegt niet van welke leerling, en niets over gezag"
                )
        if "rolomschrijving" in node:
            self.tally.add(
                "rol.omschrijving",
                f"{place}/rolomschrijving[1]",
                "Een eigen omschrijving van een rol is weggelaten",
            )
        return roles


def _name(node: Node) -> dict[str, str | None]:
    return {field: clean(node, element) for element, field in _NAMES if element in node}
