"""Rows of cells to a Schoolregistratie: one leerling per key, however many rows tell of him."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.registratie.leerlingcodes import GESLACHT, JAARGROEP
from adapters.registratie.leerlingen import (
    GEBOREN,
    LOST,
    TWO_BYTES,
    Tally,
    key_kind,
    keys_are_numbers_of_persons,
    looks_double_encoded,
)
from adapters.schoolcsv.mapping import Datumvorm, Kolomafspraak
from adapters.schoolcsv.rekenblad import (
    is_decimal,
    is_error,
    is_rounded,
    kept_as_text,
    without_midnight,
)
from adapters.schoolcsv.table import Row
from adapters.xml.parser import MAX_FAULTS
from schemas.allowed import listed
from schemas.errors import Fault
from schemas.messages.registratie import Sleutelsoort, is_schooljaar
from schemas.people.toestemming import Hoedanigheid

MAX_FIELD: Final = 200
_NAMES: Final = ("achternaam", "voorvoegsel", "voornamen", "voorletters", "roepnaam")
_DATES: Final = ("geboortedatum", "instroomdatum", "uitstroomdatum")
_IDENTITY: Final = (*_NAMES, "geboortedatum", "geslacht")
"""What cannot differ between two rows of one leerling."""
_COMPARED: Final = (*_IDENTITY, "verzorgers")
_ODD: Final = ("  ", "#", "=", "'", ":", LOST)
"""What everything that a spreadsheet leaves in a cell has in it, and what may have to be told or tidied."""
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_FORMS: Final[dict[Datumvorm, re.Pattern[str]]] = {
    "DD-MM-JJJJ": re.compile("(?P<d>[0-9]{2})-(?P<m>[0-9]{2})-(?P<j>[0-9]{4})"),
    "D-M-JJJJ": re.compile("(?P<d>[0-9]{1,2})-(?P<m>[0-9]{1,2})-(?P<j>[0-9]{4})"),
    "DD/MM/JJJJ": re.compile("(?P<d>[0-9]{2})/(?P<m>[0-9]{2})/(?P<j>[0-9]{4})"),
    "DD.MM.JJJJ": re.compile("(?P<d>[0-9]{2})[.](?P<m>[0-9]{2})[.](?P<j>[0-9]{4})"),
    "JJJJ-MM-DD": re.compile("(?P<j>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
    "JJJJMMDD": re.compile("(?P<j>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
}
_TEXTS: Final = {
    "csv.kop_ontbreekt": "De eerste rij noemt geen enkele afgesproken kolom: de kop ontbreekt.",
    "csv.kolom_ontbreekt": "Deze afgesproken kolom ontbreekt in de kop.",
    "csv.kolom_dubbel": "Deze kolom staat meer dan eens in de kop.",
    "csv.rij_lengte": "Deze rij heeft niet evenveel kolommen als de kop.",
    "csv.geen_rijen": "Onder de kop staat geen enkele leerling.",
    "csv.te_lang": "De tekst is langer dan toegestaan.",
    "csv.teken": "Hier staat een stuurteken; dat hoort niet in tekst.",
    "csv.sleutel_ontbreekt": "De sleutel van de leerling ontbreekt.",
    "csv.naam_ontbreekt": "Een leerling heeft een achternaam of een roepnaam.",
    "csv.datum": "Dit is geen bestaande datum in een afgesproken vorm.",
    "csv.geslacht": "Deze waarde staat niet in de afgesproken tabel voor geslacht.",
    "csv.jaargroep": "Deze waarde staat niet in de tabel voor jaargroep.",
    "csv.relatie": "Deze waarde staat niet in de afgesproken tabel voor relatie.",
    "csv.ja_nee": "Deze waarde staat niet in de afgesproken tabel voor ja en nee.",
    "csv.brin": "Dit is geen BRIN: twee cijfers en twee hoofdletters.",
    "csv.vestigingscode": "Dit is geen vestigingscode: twee cijfers.",
    "csv.schooljaar": "Dit zijn geen twee opeenvolgende jaren.",
    "csv.meer_scholen": "Het bestand gaat over meer dan één school, vestiging of schooljaar. Splits het.",
    "csv.tegenstrijdig": "Een eerdere rij met dezelfde sleutel zegt hier iets anders.",
    "csv.meer": "Er zijn meer fouten dan hier worden genoemd.",
    "sleutel.bsn": "De sleutels lijken burgerservicenummers. Neem de sleutel van het schoolsysteem.",
}
_SCHOOL: Final = {
    "brin": re.compile("[0-9]{2}[A-Z]{2}"),
    "vestigingscode": re.compile("[0-9]{2}"),
    "schooljaar": re.compile("[12][0-9]{3} ?[-/] ?[12][0-9]{3}"),
}


def _has_nothing_odd(cells: list[str]) -> bool:
    """Whether every cell of a row can be taken as it stands, but for a space around it."""
    whole = ";".join(cells)
    # Not printable are control characters, and all white space but the plain space.
    if not whole.isprintable():
        return False
    for odd in _ODD:
        if odd in whole:
            return False
    if not whole.isascii() and TWO_BYTES.search(whole):
        return False
    return len(whole) <= MAX_FIELD or max(map(len, cells)) <= MAX_FIELD


@dataclass(slots=True)
class _Leerling:
    said: dict[str, Any]
    """What the rows said of the identity, in the form in which it was taken over."""
    jaargroepen: set[str] = field(default_factory=set)
    groepen: dict[str, None] = field(default_factory=dict)
    starts: list[dt.date] = field(default_factory=list)
    ends: list[dt.date | None] = field(default_factory=list)


class Reader:
    """Takes the header and then the rows, one by one. Raises nothing: what is wrong is in `faults`."""

    def __init__(self, afspraak: Kolomafspraak, today: dt.date) -> None:
        """`today`: nobody is born after it."""
        self._afspraak, self._today = afspraak, today
        self._columns = dict(afspraak.columns())
        self._at: dict[str, int] = {}
        self._width = 0
        self._leerlingen: dict[str, _Leerling] = {}
        self._groepen: dict[str, bool] = {}
        self._school: dict[str, str | None] = {
            "brin": afspraak.school.brin,
            "vestigingscode": afspraak.school.vestigingscode,
            "schooljaar": afspraak.school.schooljaar,
        }
        self._same: dict[str, str] = {}
        """How the first row wrote what is true of the whole file. Nearly every row repeats it."""
        self._days: dict[str, dt.date] = {}
        """The day of every text that is a date and nothing else: leerlingen share many."""
        self._jaargroepen: Mapping[str, str] = afspraak.jaargroep or {code: code for code in JAARGROEP}
        self._told: set[str] = set()
        self.faults: list[Fault] = []
        self.tally = Tally()
        self.lines: dict[str, int] = {}
        """The line of every place in `tally`."""

    def _fault(self, code: str, place: str, line: int | None, allowed: Iterable[str] = ()) -> None:
        """`allowed`: the values of the afspraak that may stand there."""
        if len(self.faults) < MAX_FAULTS:
            names = listed(allowed)
            text = f"{_TEXTS[code][:-1]}: {names}." if names else _TEXTS[code]
            self.faults.append(Fault(code, place, text, line))
        elif len(self.faults) == MAX_FAULTS:
            self.faults.append(Fault("csv.meer", place, _TEXTS["csv.meer"], line))

    def _note(self, code: str, place: str, row: Row, said: str, about: str = "") -> None:
        if self.tally.add(code, place, said, about):
            self.lines[place] = row.line

    def _place(self, row: Row, name: str) -> str:
        return f"/rij[{row.number}]/{self._columns[name]}"

    def sep_line(self) -> None:
        """Report that the first line of the file did not belong to the table."""
        self.tally.add(
            "csv.sep_regel", "/kop", "De eerste regel (sep=) is voor een rekenblad en is overgeslagen"
        )
        self.lines["/kop"] = 1

    def header(self, row: Row) -> bool:
        """Find the columns; False when the rows cannot be read with this header."""
        names = [cell.strip() for cell in row.cells]
        self._width = len(names)
        wanted = {column: name for name, column in self._columns.items()}
        if wanted.keys().isdisjoint(names):
            self._fault("csv.kop_ontbreekt", "/kop", row.line)
            return False
        for column, name in wanted.items():
            if column not in names:
                self._fault("csv.kolom_ontbreekt", f"/kop/{column}", row.line)
            elif names.count(column) > 1:
                self._fault("csv.kolom_dubbel", f"/kop/{column}", row.line)
            else:
                self._at[name] = names.index(column)
        for i, column in enumerate(names, 1):
            if column not in wanted:
                said = "Deze kolom staat niet in de afspraak en is niet gelezen"
                self._note("csv.kolom_weggelaten", f"/kop/kolom[{i}]", row, said, str(i))
        return "sleutel" in self._at

    def row(self, row: Row) -> None:
        if len(row.cells) != self._width:
            self._fault("csv.rij_lengte", f"/rij[{row.number}]", row.line)
            return
        if not any(map(str.strip, row.cells)):
            self._note("csv.lege_rij", f"/rij[{row.number}]", row, "Deze rij is leeg en is overgeslagen")
            return
        cells = self._cells(row)
        self._same_school(row, cells)
        key = cells["sleutel"]
        if key is None and is_error(row.cells[self._at["sleutel"]].strip()):
            # Somebody, but nobody knows who: a leerling of his own, whom no later file can find again.
            key = f"#{row.number}"
        if key is None:
            self._fault("csv.sleutel_ontbreekt", self._place(row, "sleutel"), row.line)
            return
        said: dict[str, Any] = {name: cells[name] for name in _NAMES if cells.get(name)}
        for name in _DATES:
            said[name] = self._date(row, name, cells.get(name))
        said["geslacht"] = self._geslacht(row, cells.get("geslacht"))
        said["verzorgers"] = self._verzorgers(row, cells)
        if key in self._leerlingen:
            leerling = self._leerlingen[key]
            place = f"/rij[{row.number}]"
            self._note("csv.rij_samengevoegd", place, row, "Rijen met dezelfde sleutel zijn samengevoegd")
            self._compare(row, leerling, said)
        else:
            if "achternaam" not in said and "roepnaam" not in said:
                self._fault("csv.naam_ontbreekt", f"/rij[{row.number}]", row.line)
            leerling = self._leerlingen[key] = _Leerling({n: said[n] for n in _COMPARED if said.get(n)})
            self._kind_of_key(row, key)
        self._placement(row, leerling, cells, said)

    def _cells(self, row: Row) -> dict[str, str | None]:
        if _has_nothing_odd(row.cells):
            return {name: row.cells[at].strip() or None for name, at in self._at.items()}
        return {name: self._cell(row, name) for name in self._at}

    def _cell(self, row: Row, name: str) -> str | None:
        cell = row.cells[self._at[name]].strip()
        if is_error(cell):
            said = "Hier staat een fout van een rekenblad en geen waarde; die is niet overgenomen"
            self._note("csv.rekenbladfout", self._place(row, name), row, said, name)
            return None
        kept = kept_as_text(cell)
        if kept is not None:
            said = "Deze waarde is voor een rekenblad als tekst gemerkt; de tekst zelf is gelezen"
            self._note("csv.rekenbladtekst", self._place(row, name), row, said, name)
            cell = kept.strip()
        if len(cell) > MAX_FIELD:
            self._fault("csv.te_lang", self._place(row, name), row.line)
            return None
        cell = " ".join(cell.split())
        if looks_double_encoded(cell):
            said = "Deze tekst lijkt twee keer naar UTF-8 omgezet en is overgenomen zoals zij is"
            self._note("csv.dubbel_gecodeerd", self._place(row, name), row, said, name)
        if LOST in cell:
            said = "In deze tekst is een teken verloren gegaan; zij is overgenomen zoals zij is"
            self._note("csv.teken_verloren", self._place(row, name), row, said, name)
        if _CONTROL.search(cell):
            self._fault("csv.teken", self._place(row, name), row.line)
            return None
        return cell or None

    def _same_school(self, row: Row, cells: dict[str, str | None]) -> None:
        for name in _SCHOOL:
            if (cell := cells.get(name)) is not None and self._same.get(name) != cell:
                self._about_school(row, name, cell)

    def _about_school(self, row: Row, name: str, cell: str) -> None:
        place = self._place(row, name)
        said = cell
        if not _SCHOOL[name].fullmatch(cell):
            self._fault(f"csv.{name}", place, row.line)
            return
        if name == "schooljaar":
            # Some systems write 2020 / 2021.
            cell = f"{cell[:4]}-{cell[-4:]}"
            if not is_schooljaar(cell):
                self._fault("csv.schooljaar", place, row.line)
                return
        before = self._school[name]
        if before is None:
            self._school[name], self._same[name] = cell, said
        elif before != cell and name not in self._told:
            self._told.add(name)
            self._fault("csv.meer_scholen", place, row.line)

    def _date(self, row: Row, name: str, cell: str | None) -> dt.date | None:
        if cell is None:
            return None
        if cell in self._days:
            return self._born(row, self._days[cell]) if name == "geboortedatum" else self._days[cell]
        day = without_midnight(cell)
        if day is not None:
            said = "Achter deze datum staat een tijd van nul uur; alleen de datum is gelezen"
            self._note("csv.tijd_bij_datum", self._place(row, name), row, said, name)
            cell = day
        for form in self._afspraak.datumvormen:
            match = _FORMS[form].fullmatch(cell)
            if match:
                try:
                    found = dt.date(int(match["j"]), int(match["m"]), int(match["d"]))
                except ValueError:
                    break
                if day is None:
                    self._days[cell] = found
                return self._born(row, found) if name == "geboortedatum" else found
        self._fault("csv.datum", self._place(row, name), row.line)
        return None

    def _born(self, row: Row, found: dt.date) -> dt.date | None:
        if found <= self._today:
            return found
        self._note("datum.geboorte_toekomst", self._place(row, "geboortedatum"), row, GEBOREN)
        return None

    def _geslacht(self, row: Row, cell: str | None) -> Any:
        if cell is None:
            return None
        code = self._afspraak.geslacht.get(cell)
        if code is None:
            self._fault("csv.geslacht", self._place(row, "geslacht"), row.line, self._afspraak.geslacht)
            return None
        return GESLACHT[code]

    def _verzorgers(self, row: Row, cells: dict[str, str | None]) -> tuple[dict[str, Any], ...]:
        """What a row says of each verzorger. Of one whose data are secret the name is not taken over."""
        found = []
        for i in range(len(self._afspraak.verzorgers)):
            here = {f: cells.get(f"verzorgers.{i}.{f}") for f in ("naam", "relatie", "gezag", "geheim")}
            if not any(here.values()):
                continue
            relatie = self._listed(row, f"verzorgers.{i}.relatie", here["relatie"], self._afspraak.relatie)
            gezag = self._listed(row, f"verzorgers.{i}.gezag", here["gezag"], self._afspraak.ja_nee)
            geheim = self._listed(row, f"verzorgers.{i}.geheim", here["geheim"], self._afspraak.ja_nee)
            if here["naam"] is None and gezag is None and relatie is None:
                continue
            found.append(
                {
                    "naam": None if geheim else here["naam"],
                    "hoedanigheid": None if relatie is None else Hoedanigheid(relatie),
                    "gezag_volgens_bron": gezag,
                    "geheim": bool(geheim),
                }
            )
        return tuple(found)

    def _listed(self, row: Row, name: str, cell: str | None, table: Mapping[str, Any]) -> Any:
        if cell is not None and cell not in table:
            code = "csv.relatie" if name.endswith("relatie") else "csv.ja_nee"
            self._fault(code, self._place(row, name), row.line, table)
        return None if cell is None else table.get(cell)

    def _compare(self, row: Row, leerling: _Leerling, said: dict[str, Any]) -> None:
        for name in _COMPARED:
            value = said.get(name)
            if not value:
                continue
            if leerling.said.setdefault(name, value) != value:
                column = "verzorgers.0.naam" if name == "verzorgers" else name
                self._fault("csv.tegenstrijdig", self._place(row, column), row.line)

    def _kind_of_key(self, row: Row, key: str) -> None:
        if key.isdigit():
            return
        kind = key_kind(key)
        place = self._place(row, "sleutel")
        if kind is Sleutelsoort.DUMMY:
            said = "Deze sleutel geldt alleen in dit bestand en wijst later niemand meer aan"
            self._note("sleutel.dummy", place, row, said)
        elif kind is Sleutelsoort.ECK_ID:
            self._note("sleutel.eck_id", place, row, "De sleutel is een ECK iD en is weggelaten")
        elif is_rounded(key):
            said = "Een rekenblad schreef deze sleutel als macht van tien; er kunnen cijfers ontbreken"
            self._note("csv.sleutel_afgerond", place, row, said)
        elif is_decimal(key):
            said = "Deze sleutel heeft decimalen, zoals een rekenblad een getal schrijft"
            self._note("csv.sleutel_decimaal", place, row, said)

    def _placement(
        self, row: Row, leerling: _Leerling, cells: dict[str, str | None], said: dict[str, Any]
    ) -> None:
        cell = cells.get("jaargroep")
        if cell is not None:
            if cell in self._jaargroepen:
                leerling.jaargroepen.add(self._jaargroepen[cell])
            else:
                self._fault("csv.jaargroep", self._place(row, "jaargroep"), row.line, self._jaargroepen)
            if len(leerling.jaargroepen) > 1:
                text = "Rijen van één leerling noemen verschillende jaargroepen; geen daarvan is overgenomen"
                self._note("csv.jaargroep_verschilt", self._place(row, "jaargroep"), row, text)
        for name in ("groep", "samengestelde_groep"):
            group = cells.get(name)
            if group is not None:
                self._groepen.setdefault(group, name != "groep")
                leerling.groepen[group] = None
        if said["instroomdatum"]:
            leerling.starts.append(said["instroomdatum"])
        leerling.ends.append(said["uitstroomdatum"])

    def finish(self) -> dict[str, Any]:
        """What fits Schoolregistratie when there are no faults, without `herkomst`."""
        if not self._leerlingen and not self.faults:
            self._fault("csv.geen_rijen", "/kop", None)
        if "brin" in self._at and self._school["brin"] is None and not self.faults:
            self._fault("csv.brin", f"/kop/{self._columns['brin']}", None)
        if keys_are_numbers_of_persons(self._leerlingen):
            self._fault("sleutel.bsn", f"/kop/{self._columns['sleutel']}", None)
        return {
            "school": {
                "brin": self._school["brin"],
                "vestigingscode": self._school["vestigingscode"] or "00",
            },
            "schooljaar": self._school["schooljaar"],
            "deel": "volledig",
            "groepen": tuple(
                {"sleutel": name, "naam": name, "samengesteld": extra}
                for name, extra in self._groepen.items()
            ),
            "leerlingen": tuple(self._one(key, leerling) for key, leerling in self._leerlingen.items()),
        }

    def _one(self, key: str, leerling: _Leerling) -> dict[str, Any]:
        kind = key_kind(key)
        jaargroep = next(iter(leerling.jaargroepen)) if len(leerling.jaargroepen) == 1 else None
        # He is still somewhere: one placement without an end is enough.
        end = max((e for e in leerling.ends if e), default=None) if None not in leerling.ends else None
        start = min(leerling.starts, default=None)
        return {
            "sleutel": {
                "soort": kind,
                "waarde": key if kind is Sleutelsoort.LAS else None,
                "eck_id_gezien": kind is Sleutelsoort.ECK_ID,
            },
            "naamdelen": {name: leerling.said[name] for name in _NAMES if name in leerling.said},
            "geboortedatum": leerling.said.get("geboortedatum"),
            "geslacht": leerling.said.get("geslacht"),
            "jaargroep": JAARGROEP[jaargroep] if jaargroep else None,
            "historisch": jaargroep == "H",
            "groepen": tuple(leerling.groepen),
            "instroomdatum": start,
            "uitstroomdatum": end,
            "verzorgers": leerling.said.get("verzorgers", ()),
        }
