"""The objects of EDEXML, which UWLR sends too, to a Schoolregistratie; and what kind of key a key is.

Taken over: who a leerling is, and where he is at school. Numbers, descent, weight, photo, user name, address
and mail are dropped here and reported without their value; also what only concerns the file itself (auteur,
commentaar, mutatiedatum, descriptions of groups, the schoolkey of a school that has a BRIN). What is dropped
is not judged either.

Keys and references are checked here and not by a schema: the official one of UWLR does not see them. What
the official schema lets in and nobody would write on purpose (a name of spaces, a date of birth to come) is
read as far as it says something, and told.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from adapters.registratie.leerlingcodes import DROPPED, GESLACHT, JAARGROEP, ROL
from adapters.xml.nodes import Found, integer, sub, subs, text, texts
from adapters.xml.parser import Node
from schemas.identifiers import passes_elfproef
from schemas.messages.onderdelen import Code
from schemas.messages.registratie import Deel, Sleutelsoort, is_schooljaar

LISTS: Final = frozenset({"rol", "rolomschrijving"})
KEYED: Final = frozenset({"vestiging", "groep", "samengestelde_groep", "leerling", "leerkracht"})


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
_KNOWN: Final = frozenset(
    {"@key", "@eckid", "jaargroep", "geslacht", "groep", "vestiging", "samengestelde_groepen"}
    | {element for element, _ in (*_NAMES, *_DATES)}
)
"""What a leerling or leerkracht often has."""
_DAY: Final = len("2026-11-20")
_BRIN: Final = re.compile("[0-9]{2}[A-Z]{2}")
_FAR_YEAR: Final = re.compile(r"-[0-9]{4,}-|[0-9]{5,}-")
"""How a date begins that the schema knows and a calendar here does not."""
_XSI: Final = "@{http://www.w3.org/2001/XMLSchema-instance}"
TWO_BYTES: Final = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a"
    "\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
"""The first two bytes of a letter in UTF-8, as Windows-1252 shows them."""
GEBOREN: Final = "Deze geboortedatum ligt in de toekomst en is niet overgenomen"
_NOT_THERE: Final = {
    "verwijzing.groep": "Deze groep staat niet in het bericht.",
    "verwijzing.samengestelde_groep": "Deze samengestelde groep staat niet in het bericht.",
    "verwijzing.vestiging": "Deze vestiging staat niet in het bericht.",
}
_ORDINARY_KEY: Final = re.compile("[0-9A-Za-z_{}.-]+")
"""A key of a school system, and nothing that has to be told: no space, no # and no web address."""
_ECK_ID: Final = re.compile(r"https?://", re.IGNORECASE)
"""An ECK iD is a web address and a key of a school system is not. Test material uses other hosts."""


class Tally:
    """Findings that a school has many of. Each is told once, at its first place, with how often it occurs."""

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
    if key.lstrip().startswith("#"):
        return Sleutelsoort.DUMMY
    if _ECK_ID.match(key.lstrip()) or key == eck_id:
        return Sleutelsoort.ECK_ID
    return Sleutelsoort.LAS


def keys_are_numbers_of_persons(keys: Iterable[str]) -> bool:
    """True when every key passes the elfproef: then somebody put the BSN where the key should be.

    One in eleven numbers of nine digits passes by chance, so one key that does means nothing.
    """
    known = list(keys)
    return bool(known) and all(passes_elfproef(key.strip()) for key in known)


LOST: Final = "\ufffd"
"""What a program writes for a letter that it could not read. Which letter it was nobody knows any more."""


def looks_double_encoded(value: str) -> bool:
    """Whether a text is UTF-8 that somebody took for Windows-1252 and encoded once more: ZoÃ« for Zoë.

    Only bytes of UTF-8 can be read back so, and as letters of a name they are always a mistake.
    """
    if value.isascii() or TWO_BYTES.search(value) is None:
        return False
    try:
        return b"".join(map(_byte, value)).decode() != value
    except UnicodeError:
        return False


def _byte(character: str) -> bytes:
    """The byte that Windows-1252 has this character for; the five it leaves out keep their number."""
    try:
        return character.encode("windows-1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def digits_of(value: str) -> str:
    """The same text with every digit, of whatever script, as one of 0 to 9."""
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in value)


def clean(node: Node, name: str) -> str | None:
    """The text of a child on one line, spaces as the schema counts them; None when nothing is left."""
    value = node.get(name)
    return " ".join(value.split()) or None if type(value) is str else None


def day(value: str | None) -> dt.date | None:
    """The day of an xs:date or xs:dateTime: a time zone may follow, and the day is what is meant."""
    try:
        return dt.date.fromisoformat(value if len(value) == _DAY else value[:_DAY]) if value else None
    except ValueError:
        return None  # the schema has refused it already


class Reader:
    """One walk over the content of EDEX or leerlinggegevens. It raises nothing, however wrong the content is.

    `faults` make a delivery unusable: two leerlingen with one key, a group that is not there. `tally` holds
    the findings. `content` fits Schoolregistratie when the schema found nothing wrong and there are no
    faults; the caller adds `herkomst`.
    """

    def __init__(
        self, gegevens: Node, place: str, deel: Deel, today: dt.date, *, eck_id_is_key: bool = False
    ) -> None:
        """`today`: nobody is born after it. `eck_id_is_key`: as in UWLR 2.3, so a leerling needs no `key`."""
        self.faults: list[Found] = []
        self.tally = Tally()
        self._place, self._today, self._eck_id_is_key = place, today, eck_id_is_key
        self._references = deel == "volledig"
        """Only a whole delivery holds both ends of a reference."""
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
        # A form other than YYYY-YYYY is refused by the schema.
        if year and re.fullmatch("[12][0-9]{3}-[12][0-9]{3}", year) and not is_schooljaar(year):
            self._fault("school.schooljaar", f"{place}/schooljaar", "Dit zijn geen opeenvolgende jaren.")
        if "toevoegingen" in school:
            self._drop("toevoegingen", place)
        return {
            "school": self._which_school(school, place),
            "schooljaar": year,
            "peildatum": self._date(school, "peildatum", place),
        }

    def _which_school(self, school: Node, place: str) -> dict[str, Any]:
        """The school by its BRIN. A school without one is known by the name that the source gives it, which
        only the source knows.
        """
        said = text(school, "brincode")
        brin = digits_of(said) if said else None
        if brin and not _BRIN.fullmatch(brin):
            self.tally.add(
                "school.brin_vorm",
                f"{place}/brincode",
                "Dit is geen BRIN zoals Nederland die kent en zij is niet overgenomen",
            )
            brin = None
        code = {"vestigingscode": digits_of(text(school, "dependancecode") or "00")}
        if brin or not school:
            return {"brin": brin, **code}
        self.tally.add(
            "school.geen_brin",
            place,
            "Zonder BRIN is de school alleen te herkennen aan haar eigen sleutel"
            if {"instellingsnummer", "schoolkey"} & school.keys()
            else "Het bericht zegt niet van welke school de leerlingen zijn",
        )
        if number := text(school, "instellingsnummer"):
            return {"sleutel": {"soort": "instelling", "waarde": digits_of(number)}, **code}
        key = school.get("schoolkey")
        return {"sleutel": {"soort": "bron", "waarde": key} if type(key) is str and key else None, **code}

    def _date(self, node: Node, element: str, place: str) -> dt.date | None:
        value = text(node, element)
        found = day(value)
        if found is None and value and _FAR_YEAR.match(value):
            self.tally.add(
                "datum.bereik",
                f"{place}/{element}",
                "Deze datum valt buiten de jaren 1 tot en met 9999 en is niet overgenomen",
                element,
            )
        return found

    def _named(self, node: Node, element: str, place: str) -> str | None:
        """A name on one line; told when it is no more than spaces, or was encoded twice."""
        value = node.get(element)
        if type(value) is str and value.isascii() and value.isalpha():
            return value  # nothing to see to, as in most names
        name = clean(node, element)
        if name is None and value:
            self.tally.add(
                "naam.leeg", f"{place}/{element}", "Hier staan alleen spaties; dat is geen naam", element
            )
        elif name is not None and looks_double_encoded(name):
            self.tally.add(
                "naam.dubbel_gecodeerd",
                f"{place}/{element}",
                "Deze naam lijkt twee keer naar UTF-8 omgezet en is overgenomen zoals zij is",
                element,
            )
        elif name is not None and LOST in name:
            said = "In deze naam is een teken verloren gegaan; zij is overgenomen zoals zij is"
            self.tally.add("naam.teken_verloren", f"{place}/{element}", said, element)
        return name

    def _name(self, node: Node, place: str) -> dict[str, str | None]:
        """The parts of a name; that they name nobody is told."""
        parts = {field: self._named(node, element, place) for element, field in _NAMES if element in node}
        if parts and not (parts.get("achternaam") or parts.get("roepnaam")):
            self.tally.add("naam.ontbreekt", place, "Hier staat geen achternaam en geen roepnaam")
        return parts

    def _key(self, node: Node, place: str) -> str | None:
        """A key as the source has it: a space in it makes another key."""
        key = node.get("@key")
        if type(key) is str and key != key.strip():
            self.tally.add(
                "sleutel.spaties", place, "Deze sleutel heeft spaties aan de rand, of is niets anders"
            )
        return key if type(key) is str else None

    def _unique(self, key: str | None, seen: set[str], place: str) -> None:
        if key in seen:
            self._fault("sleutel.dubbel", place, "Deze sleutel is al gebruikt; een sleutel wijst er één aan.")
        elif key:
            seen.add(key)

    def _vestigingen(self, node: Node) -> list[dict[str, Any]]:
        seen: set[str] = set()
        out = []
        for i, each in enumerate(subs(node, "vestiging"), 1):
            place = f"{self._place}/vestigingen/vestiging[{i}]"
            key = self._key(each, place)
            self._unique(key, seen, place)
            out.append({"sleutel": key, "naam": self._named(each, "naam", place)})
        return out

    def _groepen(self, node: Node) -> list[dict[str, Any]]:
        seen: set[str] = set()  # both kinds use the same keys
        out = []
        for element in ("groep", "samengestelde_groep"):
            for i, each in enumerate(subs(node, element), 1):
                place = f"{self._place}/groepen/{element}[{i}]"
                key = self._key(each, place)
                self._unique(key, seen, place)
                if "toevoegingen" in each:
                    self._drop("toevoegingen", place)
                out.append(
                    {
                        "sleutel": key,
                        "naam": self._named(each, "naam", place),
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
                    "naamdelen": self._name(each, place),
                    **{f: self._date(each, element, place) for element, f in _DATES if element in each},
                    "geslacht": self._geslacht(each, place),
                    "groepen": self._groups_of(each, sub(each, "samengestelde_groepen"), place),
                    "vestiging": self._vestiging_of(each, place) if "vestiging" in each else None,
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
        key = node.get("@key")
        if type(key) is str and "@eckid" not in node and _ORDINARY_KEY.fullmatch(key):
            self._unique(key, seen, place)
            self._other_attributes(node, place)
            return {"soort": Sleutelsoort.LAS, "waarde": key, "eck_id_gezien": False}
        return self._other_sleutel(node, seen, eck_ids, place)

    def _other_sleutel(self, node: Node, seen: set[str], eck_ids: set[str], place: str) -> dict[str, Any]:
        key = self._key(node, place)
        eck_id = clean(node, "@eckid")
        self._unique(key, seen, place)
        self._other_attributes(node, place)
        if key is None and not (eck_id and self._eck_id_is_key):
            self._fault("xsd.attribuut_ontbreekt", place, "Een verplicht attribuut ontbreekt.")
        if eck_id:
            if eck_id in eck_ids:
                self._fault("eckid.dubbel", place, "Dit ECK iD is al gebruikt; het hoort bij één persoon.")
            eck_ids.add(eck_id)
            self.tally.add(
                "eckid.weggelaten", place, "Het ECK iD is alleen voor leermiddelen en is weggelaten"
            )
        kind = Sleutelsoort.ECK_ID if key is None else key_kind(key, eck_id)
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

    def _other_attributes(self, node: Node, place: str) -> None:
        if _KNOWN.issuperset(node):
            return
        if not any(n[0] == "@" and n not in _KNOWN and not n.startswith(_XSI) for n in node):
            return
        if self._eck_id_is_key:
            self.tally.add("attribuut.weggelaten", place, "Een onbekend attribuut is niet overgenomen")
        else:
            self._fault("xsd.attribuut", place, "Dit element heeft een attribuut dat niet bestaat.")

    def _geslacht(self, leerling: Node, place: str) -> Code | None:
        """The geslacht by its number, as the schema has it: 01 is 1. A report says how it was written."""
        said = text(leerling, "geslacht")
        if said in GESLACHT:
            return GESLACHT[said]
        number = integer(said) if said else None
        if said and number is not None and said != str(number):
            self.tally.add(
                "geslacht.vorm", f"{place}/geslacht", "Deze code is ongewoon geschreven en als getal gelezen"
            )
        return GESLACHT.get(str(number))

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
        end = leerling.get("uitstroomdatum")
        if end and (start := leerling.get("instroomdatum")) and end < start:
            self.tally.add("datum.volgorde", place, "De uitstroomdatum ligt voor de instroomdatum")
        born = leerling.get("geboortedatum")
        if born and born > self._today:
            self.tally.add("datum.geboorte_toekomst", f"{place}/geboortedatum", GEBOREN)
            leerling["geboortedatum"] = None

    def _groups_of(self, stam: Node, extra: Node, place: str) -> tuple[str, ...]:
        keys = self._refer("groep", stam, place)
        if extra:
            keys += self._refer("samengestelde_groep", extra, f"{place}/samengestelde_groepen")
        return tuple(dict.fromkeys(keys)) if len(keys) > 1 else tuple(keys)

    def _vestiging_of(self, node: Node, place: str) -> str | None:
        found = self._refer("vestiging", node, place)
        return found[0] if found else None

    def _refer(self, element: str, node: Node, place: str) -> list[str]:
        references = node.get(element)
        if not references:
            return []
        keys = []
        for i, each in enumerate(references, 1):
            key = each.get("@key")
            if type(key) is not str:
                continue
            keys.append(key)
            if not self._references:
                self._unchecked.append(f"{place}/{element}[{i}]")
            elif key not in self._known[element]:
                code = f"verwijzing.{element}"
                self._fault(code, f"{place}/{element}[{i}]", _NOT_THERE[code])
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
                    "naamdelen": self._name(each, place),
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
