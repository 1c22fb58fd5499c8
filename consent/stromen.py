"""The rules of a flow as dated data: who may send what to whom, on which ground. Pure.

A table of rows, shipped as a file that a lawyer reads (`consent/stromen.toml`). It has the same form as the
law (consent/recht.py): a row names its articles, how certain each is, and the days between which it holds; a
change is a next version and never an edit. What follows from a capacity (schemas/people/hoedanigheden.py) is
never typed in here, or only to be checked. What the rules make of one flow says consent/stroomoordeel.py.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Final

from pydantic import Field, StringConstraints, ValidationError

from consent.recht import Rij, Wetsplaats, holding, next_versions, version_faults
from consent.voorwaarden import bekend, jaren_in
from consent.vorm import as_json, deepest, form_faults, parse_toml
from schemas.base import NOOIT, Gegevenscategorie, Tekst
from schemas.errors import Fault, InvalidMessage
from schemas.people.hoedanigheden import (
    EIGENSCHAPPEN,
    MENSEN,
    Geheimhouding,
    Partijfunctie,
    Partijhoedanigheid,
)
from schemas.people.toestemming import Gebruiksdoel, Richting

MAX_ROWS: Final = 1_000
IEDEREEN: Final = "*"
"""In a file: every organisation. People are always named."""
ORGANISATIES: Final = tuple(
    h
    for h in Partijhoedanigheid
    if h not in MENSEN and h is not Partijhoedanigheid.SCHOOLMAATSCHAPPELIJK_WERK
)


class Kracht(StrEnum):
    """What a rule does, in the order in which the rules are asked."""

    VERBOD = "verbod"
    PLICHT = "plicht"
    MAG = "mag"
    TOESTEMMING = "toestemming"


class Zekerheid(StrEnum):
    """How sure it is that an article says this."""

    WET = "wet"
    """The text of the law was read."""
    LEIDRAAD = "leidraad"
    """Guidance of a public body was read."""
    FEITENBASIS = "feitenbasis"
    """Stands in our own fact base, with its own source there."""
    KENNIS = "kennis"
    """General knowledge, not looked up."""
    AFSPRAAK = "afspraak"
    """Our own proposal."""


ZWAK: Final = frozenset({Zekerheid.KENNIS, Zekerheid.AFSPRAAK})
"""What no duty can rest on."""


class Nummerregel(StrEnum):
    """Whether a number of the leerling (BSN or PGN) goes along."""

    VERPLICHT = "verplicht"
    MAG = "mag"
    VERBODEN = "verboden"


class Inlichten(StrEnum):
    """When those whom it concerns are told of what goes without toestemming."""

    VOORAF = "vooraf"
    ACHTERAF = "achteraf"
    ACHTERAF_OF_UITGESTELD = "achteraf_of_uitgesteld"
    """Afterwards, or put off for a reason that is put on record."""
    NIET = "niet"
    """They asked for it themselves, or others tell them by law."""


class Stand(StrEnum):
    ACTIEF = "actief"
    AANGEHOUDEN = "aangehouden"
    """It is known, and not what it comes to: whatever it would decide waits."""
    UIT = "uit"


class Stroomplaats(Wetsplaats):
    """Where a rule stands, and how sure that is."""

    zeker: Zekerheid


class Stroomregel(Rij):
    """One version of one rule of a flow."""

    id: Annotated[str, StringConstraints(pattern=r"^V[0-9]{2}[a-z]?$")]
    """The number in the matrix of the fact base; a letter where one number there says more than one thing."""
    wat: Annotated[str, StringConstraints(min_length=5, max_length=300)]
    """In words, for whoever reads the file."""
    kracht: Kracht
    van: Annotated[tuple[Partijhoedanigheid, ...], Field(min_length=1)]
    regimes: tuple[Geheimhouding, ...] = ()
    """Only senders under one of these; empty: any."""
    van_functies: tuple[Partijfunctie, ...] = ()
    """Only when somebody in this function sends; empty: any."""
    aan: Annotated[tuple[Partijhoedanigheid, ...], Field(min_length=1)]
    functies: tuple[Partijfunctie, ...] = ()
    """Only to somebody in this function; empty: any."""
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1)]
    soorten: tuple[Gegevenscategorie, ...]
    """The most it decides about. Of an asked category that is not here it says nothing."""
    nummer: Nummerregel = Nummerregel.VERBODEN
    profiel: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")] | None = None
    """The fields that may go at most."""
    als: tuple[Tekst, ...] = ()
    """All of these must hold (consent/voorwaarden.py)."""
    inlichten: Inlichten = Inlichten.VOORAF
    veto: bool = False
    """A professional of the sender may keep it home (Jeugdwet 7.3.11(3))."""
    kolom: tuple[Richting, ...] = ()
    """Of toestemming: the columns of the signer table. They follow from the senders, are stated for who reads
    the file, and refused where they are others.
    """
    uitdrukkelijk: bool = False
    """Of toestemming: said separately for each category, whatever its level."""
    opnieuw_vanaf: Annotated[int, Field(ge=0, le=100)] | None = None
    """Of toestemming: what he said before this age does not count."""
    wet: Annotated[tuple[Stroomplaats, ...], Field(min_length=1, max_length=10)]
    verwachte_wijziging: dt.date | None = None
    """On this day the law is announced to change; what it will say is not known."""
    stand: Stand = Stand.ACTIEF
    gedragen: bool = True
    """Whether it travels over this line; False: decided, and not carried."""

    @property
    def sleutel(self) -> str:
        """Which rule in which version: what a decision names."""
        return f"{self.id}@{self.versie}"

    @property
    def geeft_nummer(self) -> bool:
        """Whether a number goes beside what goes by it, over this line. Toestemming is no ground for one."""
        by_law = self.kracht in {Kracht.PLICHT, Kracht.MAG} and self.stand is Stand.ACTIEF
        return by_law and self.gedragen and self.nummer is not Nummerregel.VERBODEN

    def __hash__(self) -> int:
        """Of its name alone, which is quick; two that are equal have the same."""
        return hash((self.id, self.versie))


Regels = tuple[Stroomregel, ...]


class Stromen:
    """All versions of all rules. Made by `parse_stromen` and `met_wijziging`, which check them."""

    def __init__(self, regels: Iterable[Stroomregel]) -> None:
        self.regels = tuple(regels)

        self._voor: dict[tuple[int, Partijhoedanigheid, Partijhoedanigheid, Gebruiksdoel], Regels] = {}
        self._described: dict[int, bytes] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stromen) and self.regels == other.regels

    def __hash__(self) -> int:
        return hash(self.regels)

    def op(self, on: dt.date) -> tuple[Stroomregel, ...]:
        """The rules that hold on a day, in the order of the table."""
        return self._standen[bisect_right(self.dagen, on)]

    def voor(
        self, van: Partijhoedanigheid, aan: Partijhoedanigheid, doel: Gebruiksdoel, on: dt.date
    ) -> tuple[Stroomregel, ...]:
        """Those of a day that are about this pair and doel. Looked up once, for every exchange asks."""
        key = (bisect_right(self.dagen, on), van, aan, doel)
        found = self._voor.get(key)
        if found is None:
            found = tuple(r for r in self.op(on) if van in r.van and aan in r.aan and doel in r.doelen)
            self._voor[key] = found
        return found

    @cached_property
    def dagen(self) -> tuple[dt.date, ...]:
        """Every day on which a rule begins or ends to hold, in order."""
        ends = (r.geldig_tot for r in self.regels if r.geldig_tot is not None)
        return tuple(sorted({*(r.geldig_vanaf for r in self.regels), *ends}))

    @cached_property
    def _standen(self) -> tuple[tuple[Stroomregel, ...], ...]:
        """The rules of the days before `dagen`, and from each of those on."""
        return tuple(
            tuple(r for r in holding(self.regels, on) if r.stand is not Stand.UIT)
            for on in (dt.date.min, *self.dagen)
        )

    @cached_property
    def leeftijden(self) -> tuple[int, ...]:
        """Every age that a condition of a rule names."""
        return tuple(sorted({n for r in self.regels for text in r.als for n in jaren_in(text)}))

    def described_op(self, on: dt.date) -> bytes:
        """The rules of a day in canonical form: enters the hash of the policy of that day.

        Until when a rule holds is known later than that it holds, and says nothing about that day.
        """
        key = bisect_right(self.dagen, on)
        found = self._described.get(key)
        if found is None:
            dumped = [r.model_dump(mode="json", exclude={"geldig_vanaf", "geldig_tot"}) for r in self.op(on)]
            found = self._described[key] = as_json(dumped)
        return found

    def precies(self, sleutels: Iterable[str]) -> tuple[Stroomregel, ...]:
        """The rules that a decision named, whatever came after them."""
        named = set(sleutels)
        return tuple(r for r in self.regels if r.sleutel in named)

    def inlichten(self, sleutels: Iterable[str]) -> Inlichten:
        """When those whom it concerns are told of what went by these rules without toestemming."""
        by_law = {r.inlichten for r in self.precies(sleutels) if r.kracht in {Kracht.PLICHT, Kracht.MAG}}
        return next((i for i in Inlichten if i in by_law), Inlichten.NIET)

    def verwacht(self, on: dt.date) -> tuple[Stroomregel, ...]:
        """The rules of a day whose law is announced to have changed by then: a person must look at each."""
        return tuple(
            r for r in self.op(on) if r.verwachte_wijziging is not None and r.verwachte_wijziging <= on
        )

    @cached_property
    def described(self) -> bytes:
        """All of it in canonical form."""
        return as_json([r.model_dump(mode="json") for r in self.regels])


GEEN: Final = Stromen(())
"""No rule at all: nothing goes."""


# ── reading

_CODES: Final = {
    "id": ("stroom.id", "Een regel heet V met twee cijfers, en eventueel een letter."),
    "van": ("stroom.hoedanigheid", "Deze hoedanigheid bestaat niet."),
    "aan": ("stroom.hoedanigheid", "Deze hoedanigheid bestaat niet."),
    "doelen": ("stroom.doel", "Dit doel bestaat niet, of er staat geen doel."),
    "soorten": ("stroom.soort", "Deze soort gegevens bestaat niet."),
    "functies": ("stroom.functie", "Deze functie bestaat niet."),
    "vanFuncties": ("stroom.functie", "Deze functie bestaat niet."),
    "wet": ("stroom.wet", "Een regel noemt een of meer artikelen, elk met zijn zekerheid."),
}
"""What is wrong with a field, by its name."""


def parse_stromen(text: str, bestand: str = "stromen.toml") -> Stromen:
    """The table in a text. Raises InvalidMessage with every fault, each with its file, place and line."""
    rows = _rows(text, bestand)
    return _complete(rows, bestand, _lines(text))


def met_wijziging(now: Stromen, text: str, bestand: str = "wijziging.toml") -> Stromen:
    """`now`, and from its first day on each changed rule. What held before goes on to that day.

    Raises InvalidMessage: a version that is there already or begins no later than the one before it, and
    whatever is wrong with the rules themselves.
    """
    changed = _rows(text, bestand)
    rows, faults = next_versions("regel", now.regels, changed)
    if faults:
        raise InvalidMessage(tuple(_placed(f, bestand, _lines(text)) for f in faults))
    return _complete(rows, bestand, ())


def _rows(text: str, bestand: str) -> tuple[Stroomregel, ...]:
    data, lines = parse_toml(text), _lines(text)
    rows, faults = (
        [],
        [
            Fault("stroom.vorm", f"/{name}", "In dit bestand staan alleen regels.")
            for name in data
            if name != "regel"
        ],
    )
    found = data.get("regel")
    listed = found if isinstance(found, list) else []
    if not 0 < len(listed) <= MAX_ROWS:
        faults.append(Fault("stroom.vorm", "/regel", "In dit bestand staan geen regels, of te veel."))
        listed = []
    for i, each in enumerate(listed):
        try:
            row = Stroomregel.model_validate_json(as_json(_expanded(each)))
        except ValidationError as error:
            faults += _form(error, f"/regel/{i}")
            continue
        faults += (replace(f, place=f"/regel/{i}/{f.place}") for f in _of_row(row))
        rows.append(row)
    if faults:
        raise InvalidMessage(tuple(_placed(f, bestand, lines) for f in faults))
    return tuple(rows)


def _expanded(row: object) -> object:
    if not isinstance(row, Mapping):
        return row
    return {k: list(ORGANISATIES) if k in {"van", "aan"} and v == [IEDEREEN] else v for k, v in row.items()}


def _form(error: ValidationError, place: str) -> Iterator[Fault]:
    text = "Dit veld van de regel ontbreekt, is onbekend of klopt niet."
    for f in deepest(tuple(form_faults(error, "stroom.vorm", text))):
        code, said = _CODES.get(f.place.split("/")[1], (f.code, text))
        allowed = f.text[len(text) - 1 :]  # what may stand there, behind the words
        yield Fault(code, place + f.place, said[:-1] + allowed)


def _complete(rows: Sequence[Stroomregel], bestand: str, lines: Sequence[Mapping[str, int]]) -> Stromen:
    """Raises InvalidMessage where two versions of one rule hold on one day."""
    versions: dict[str, list[tuple[int, Stroomregel]]] = {}
    for i, row in enumerate(rows):
        versions.setdefault(row.naam, []).append((i, row))
    faults = [
        _placed(f, bestand, lines)
        for each in versions.values()
        for f in version_faults("regel", sorted(each, key=lambda r: r[1].geldig_vanaf))
    ]
    if faults:
        raise InvalidMessage(tuple(faults))
    return Stromen(rows)


_HEAD: Final = re.compile(r"^\s*\[\[\s*regel\s*\]\]")
_KEY: Final = re.compile(r"^\s*([A-Za-z]+)\s*=")


def _lines(text: str) -> tuple[dict[str, int], ...]:
    """Of each rule the line on which it begins, and that of each of its fields."""
    found: list[dict[str, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        key = _KEY.match(line)
        if _HEAD.match(line):
            found.append({"": number})
        elif key is not None and found:
            found[-1].setdefault(key[1], number)
    return tuple(found)


def _placed(f: Fault, bestand: str, lines: Sequence[Mapping[str, int]]) -> Fault:
    """With the file before its place, and the line that a reader goes to."""
    _, _, number, field, *_ = (*f.place.split("/"), "", "")
    row = lines[int(number)] if number.isdigit() and int(number) < len(lines) else {}
    return Fault(f.code, f"{bestand}{f.place}", f.text, row.get(field, row.get("")))


def _of_row(r: Stroomregel) -> Iterator[Fault]:
    """What is wrong with one rule by itself; the place is the field."""
    yield from _parties(r)
    for i, text in enumerate(r.als):
        if not bekend(text):
            yield Fault("stroom.voorwaarde", f"als/{i}", "Deze voorwaarde bestaat niet.")
    for i, soort in enumerate(r.soorten):
        if soort in NOOIT:
            yield Fault(
                "stroom.soort", f"soorten/{i}", "Deze soort gegevens gaat nooit, op geen enkele regel."
            )
    if not r.soorten and r.kracht is not Kracht.MAG:
        yield Fault("stroom.soort", "soorten", "Een regel die niets doorlaat of tegenhoudt, zegt niets.")
    for i, place in enumerate(r.wet):
        if place.zeker is Zekerheid.WET and (place.tekst_van is None or place.gelezen_op is None):
            yield Fault(
                "stroom.wet", f"wet/{i}", "Van een wet die is gelezen staat erbij welke tekst, en wanneer."
            )
    if r.kracht is Kracht.PLICHT and all(w.zeker in ZWAK for w in r.wet):
        yield Fault("stroom.plicht", "wet", "Een plicht rust niet alleen op algemene kennis of een afspraak.")
    profiled = (
        r.kracht in {Kracht.PLICHT, Kracht.MAG} and r.soorten and r.gedragen and r.stand is Stand.ACTIEF
    )
    if profiled and r.profiel is None:
        yield Fault("stroom.profiel", "profiel", "Zonder toestemming gaat alleen wat in een profiel staat.")
    yield from _signing(r)


def _parties(r: Stroomregel) -> Iterator[Fault]:
    for field, side in (("van", r.van), ("aan", r.aan)):
        if Partijhoedanigheid.SCHOOLMAATSCHAPPELIJK_WERK in side:
            text = "Schoolmaatschappelijk werk volgt zijn werkgever, en staat in geen regel."
            yield Fault("stroom.hoedanigheid", field, text)
    for field, named, side in (("vanFuncties", r.van_functies, r.van), ("functies", r.functies, r.aan)):
        there = {f for h in side for f in EIGENSCHAPPEN[h].functies}
        if not there.issuperset(named):
            yield Fault("stroom.functie", field, "Deze functie is er in geen van deze hoedanigheden.")
    if not set(r.regimes) <= {EIGENSCHAPPEN[h].geheimhouding for h in r.van}:
        yield Fault("stroom.regime", "regimes", "Geen van deze afzenders heeft deze geheimhouding.")
    wrong = any(h not in EIGENSCHAPPEN[s].nummer_aan for s in r.van for h in r.aan)
    if r.nummer is not Nummerregel.VERBODEN and wrong:
        yield Fault("stroom.nummer", "nummer", "Tussen deze hoedanigheden gaat geen nummer.")


def _signing(r: Stroomregel) -> Iterator[Fault]:
    """The column and the veto follow from who must keep the secret."""
    under = {EIGENSCHAPPEN[h].geheimhouding for h in r.van} & (set(r.regimes) or set(Geheimhouding))
    if r.kracht is Kracht.TOESTEMMING:
        if not r.kolom:
            yield Fault("stroom.kolom", "kolom", "Bij toestemming staat welke kolom van wie tekent geldt.")
        elif set(r.kolom) != {regime.kolom for regime in under}:
            text = "De kolom volgt uit de geheimhouding van de afzender, en is een andere."
            yield Fault("stroom.kolom", "kolom", text)
    elif r.kolom or r.uitdrukkelijk or r.opnieuw_vanaf is not None:
        yield Fault("stroom.kolom", "kolom", "Alleen bij toestemming tekent er iemand.")
    if r.veto and (r.kracht in {Kracht.PLICHT, Kracht.VERBOD} or Geheimhouding.JW not in under):
        text = "Een veto bindt alleen wat een jeugdhulpverlener zelf kiest te geven, en geen plicht."
        yield Fault("stroom.veto", "veto", text)
