"""The law as dated data: which rule, age, term and ground holds on which day, and where it stands. Pure.

A table of rows. Each names its articles with the text that was read and when, and the days between which it
holds (Europe/Amsterdam, half-open). Append-only: a change is a next version of a row with its first day,
never an edit, so that a decision of then is taken again under the law of its day. The table of today stands
in consent/recht_nu.py; a file with changes is applied beside it (docs/recht.md).
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

from pydantic import Field, StringConstraints, ValidationError

from consent.leeftijd import Band
from consent.vorm import as_json, form_faults, parse_toml
from schemas.base import Gegevenscategorie, Model, Tekst
from schemas.errors import Fault, InvalidMessage
from schemas.people.gronden import Grondsoort, Onderwijssector, Verzuimgrond
from schemas.people.partij import Partijsoort, Rol
from schemas.people.toestemming import Gebruiksdoel, Richting, ToestemmingFunctie

MAX_ROWS: Final = 1_000


class Wetsplaats(Model):
    """Where a rule stands. Without `tekst_van` and `gelezen_op` nobody of us read it yet."""

    artikel: Tekst
    tekst_van: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$")] | None = None
    gelezen_op: dt.date | None = None


class Rij(Model):
    """One version of one rule."""

    versie: Annotated[int, Field(ge=1)]
    wet: Annotated[tuple[Wetsplaats, ...], Field(min_length=1, max_length=10)]
    geldig_vanaf: dt.date
    geldig_tot: dt.date | None = None
    """The first day on which it does not hold; None: until a next version."""

    naam_veld: ClassVar[str] = "id"

    @property
    def naam(self) -> str:
        """Which rule this is a version of."""
        return str(getattr(self, self.naam_veld))


R = TypeVar("R", bound=Rij)


class Leeftijd(Rij):
    id: Literal["jeugdige_mee", "zelf", "meerderjarig"]
    jaren: Annotated[int, Field(ge=0, le=100)]


class Termijn(Rij):
    id: Literal["toestemming_maanden", "begin_binnen_dagen", "gezag_maanden", "grond_maanden"]
    aantal: Annotated[int, Field(ge=1, le=1_000)]


class Tekent(Model):
    """Who signs in one direction, and for what."""

    vertegenwoordiger: tuple[ToestemmingFunctie, ...] = ()
    leerling: tuple[ToestemmingFunctie, ...] = ()


class Ondertekenaars(Rij):
    """One row of the signer table (§2.3). Nobody in it: it is not settled who may, so that waits."""

    id: Literal["A", "B1", "B2", "C1", "C2", "D1", "D2"]
    s2j: Tekent
    j2s: Tekent

    def naar(self, richting: Richting) -> Tekent:
        return self.s2j if richting is Richting.S2J else self.j2s


class Grond(Rij):
    """What the law asks of one ground, and what we ask where it is silent [P]."""

    naam_veld: ClassVar[str] = "soort"

    soort: Grondsoort
    kracht: Literal["plicht", "mag"]
    partij: Partijsoort
    rollen: Annotated[tuple[Rol, ...], Field(min_length=1)]
    """In which role there; a role alone is never enough, and neither is a partij."""
    doel: Gebruiksdoel
    categorieen: tuple[Gegevenscategorie, ...]
    """The most it can let go, within the profile."""
    onder: Annotated[int, Field(ge=0, le=100)] | None = None
    """Until midnight in the Netherlands of this birthday; None: the law names no age."""
    van_de_school: bool = False
    """Only the school whose leerling it is."""
    schooljaar: bool = False
    """It lasts no longer than the school year in which it begins."""
    uit: bool = False
    """From its first day on this ground is not there."""


class Verzuimmelding(Rij):
    """Whether the law has a school report this kind of absence; other absence needs toestemming."""

    naam_veld: ClassVar[str] = "soort"

    soort: Verzuimgrond
    meldplichtig: bool


class Sectorregel(Rij):
    """Whether a sector reports absence centrally, and so not through us. No row: not known, so that waits."""

    naam_veld: ClassVar[str] = "sector"

    sector: Onderwijssector
    centraal: bool
    zeker: bool = False
    """Whether that is known of today: the copy of the law that was read may be old [?]."""


class Wet(Model):
    """Rows as they stand in a file: all of a table, or changes to one."""

    leeftijd: Annotated[tuple[Leeftijd, ...], Field(max_length=MAX_ROWS)] = ()
    termijn: Annotated[tuple[Termijn, ...], Field(max_length=MAX_ROWS)] = ()
    ondertekenaars: Annotated[tuple[Ondertekenaars, ...], Field(max_length=MAX_ROWS)] = ()
    grond: Annotated[tuple[Grond, ...], Field(max_length=MAX_ROWS)] = ()
    verzuimmelding: Annotated[tuple[Verzuimmelding, ...], Field(max_length=MAX_ROWS)] = ()
    sector: Annotated[tuple[Sectorregel, ...], Field(max_length=MAX_ROWS)] = ()

    @property
    def tabellen(self) -> dict[str, tuple[Rij, ...]]:
        return {name: getattr(self, name) for name in type(self).model_fields}


@dataclass(frozen=True, slots=True)
class Rechtstand:
    """The law of one day."""

    leeftijd: Mapping[str, int]
    termijn: Mapping[str, int]
    ondertekenaars: Mapping[str, Ondertekenaars]
    gronden: Mapping[Grondsoort, Grond]
    meldplichtig: frozenset[Verzuimgrond]
    centraal: Mapping[Onderwijssector, bool]
    described: bytes
    """All of it in canonical form, with its articles: enters the hash of the policy of that day."""

    @property
    def jeugdige_mee(self) -> int:
        """From this age a leerling has a say beside who represents him."""
        return self.leeftijd["jeugdige_mee"]

    @property
    def zelf(self) -> int:
        """From this age he decides alone."""
        return self.leeftijd["zelf"]

    def band(self, years: int) -> Band:
        if years < self.jeugdige_mee:
            return Band.A
        if years < self.zelf:
            return Band.B
        return Band.C if years < self.leeftijd["meerderjarig"] else Band.D


class Recht:
    """All versions of all rows. Made by `parse_recht` and `with_changes`, which check them."""

    def __init__(self, wet: Wet) -> None:
        self.wet = wet

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recht) and self.wet == other.wet

    def __hash__(self) -> int:
        return hash(self.wet)

    @cached_property
    def dagen(self) -> tuple[dt.date, ...]:
        """Every day on which a row begins or ends to hold, in order."""
        rows = tuple(chain.from_iterable(self.wet.tabellen.values()))
        ends = (r.geldig_tot for r in rows if r.geldig_tot is not None)
        return tuple(sorted({*(r.geldig_vanaf for r in rows), *ends}))

    def op(self, on: dt.date) -> Rechtstand:
        """The law of a day. Before the first day of all that of the first: nothing was decided then."""
        return self.standen[max(0, bisect_right(self.dagen, on) - 1)]

    @cached_property
    def standen(self) -> tuple[Rechtstand, ...]:
        """Of each of `dagen` in turn."""
        return tuple(map(self._stand, self.dagen))

    def _stand(self, on: dt.date) -> Rechtstand:
        there = {name: holding(rows, on) for name, rows in self.wet.tabellen.items()}
        w = self.wet
        return Rechtstand(
            {r.id: r.jaren for r in holding(w.leeftijd, on)},
            {r.id: r.aantal for r in holding(w.termijn, on)},
            {r.id: r for r in holding(w.ondertekenaars, on)},
            {r.soort: r for r in holding(w.grond, on) if not r.uit},
            frozenset(r.soort for r in holding(w.verzuimmelding, on) if r.meldplichtig),
            {r.sector: r.centraal for r in holding(w.sector, on)},
            as_json(
                {n: [r.model_dump(mode="json", exclude=_DAYS) for r in rows] for n, rows in there.items()}
            ),
        )


_DAYS: Final = {"geldig_vanaf", "geldig_tot"}
"""Until when a row holds is known later than that it holds: it tells nothing about the law of a day."""


def holding(rows: Sequence[R], on: dt.date) -> tuple[R, ...]:
    """The rows that hold on a day."""
    return tuple(r for r in rows if r.geldig_vanaf <= on and (r.geldig_tot is None or on < r.geldig_tot))


# ── reading


def parse_wet(text: str) -> Wet:
    """Rows of a file that are each well-formed. Raises InvalidMessage with every fault and its place."""
    return check_wet(parse_toml(text))


def check_wet(data: Mapping[str, Any]) -> Wet:
    try:
        return Wet.model_validate_json(as_json(data))
    except ValidationError as error:
        raise InvalidMessage(tuple(form_faults(error, "recht.vorm", "Deze regel klopt niet."))) from None


def complete(wet: Wet) -> Recht:
    """A table that has one answer on every day. Raises InvalidMessage where it has none, or two."""
    faults = tuple(_faults(wet))
    if faults:
        raise InvalidMessage(faults)
    return Recht(wet)


def parse_recht(text: str) -> Recht:
    return complete(parse_wet(text))


def with_changes(now: Recht, changes: Wet) -> Recht:
    """`now`, and from its first day on each changed row. What held before goes on to that day.

    Raises InvalidMessage: a version that is there already or begins no later than the one before it, and
    whatever the whole would lack.
    """
    tables: dict[str, tuple[Rij, ...]] = {}
    faults: list[Fault] = []
    for name, changed in changes.tabellen.items():
        tables[name], found = next_versions(name, now.wet.tabellen[name], changed)
        faults += found
    if faults:
        raise InvalidMessage(tuple(faults))
    return complete(now.wet.model_copy(update=tables))


def next_versions(
    name: str, now: Sequence[R], changed: Sequence[R]
) -> tuple[tuple[R, ...], tuple[Fault, ...]]:
    """The rows of one table with each change behind what it changes; what is no next version is a Fault."""
    rows = list(now)
    faults: list[Fault] = []
    for i, row in enumerate(changed):
        of_it = [r for r in rows if r.naam == row.naam]
        last = max(of_it, key=lambda r: r.versie, default=None)
        if last is not None:
            if row.versie <= last.versie or row.geldig_vanaf <= last.geldig_vanaf:
                text = "Een wijziging is een volgende versie, en gaat later in dan die ervoor."
                faults.append(Fault("recht.versie", f"/{name}/{i}/versie", text))
                continue
            if last.geldig_tot is None or last.geldig_tot > row.geldig_vanaf:
                rows[rows.index(last)] = last.model_copy(update={"geldig_tot": row.geldig_vanaf})
        rows.append(row)
    return tuple(rows), tuple(faults)


_ALWAYS: Final = {
    "leeftijd": ("jeugdige_mee", "zelf", "meerderjarig"),
    "termijn": ("toestemming_maanden", "begin_binnen_dagen", "gezag_maanden", "grond_maanden"),
    "ondertekenaars": ("A", "B1", "B2", "C1", "C2", "D1", "D2"),
}
"""What no day can be without."""


def _faults(wet: Wet) -> Iterator[Fault]:
    first = min((r.geldig_vanaf for rows in wet.tabellen.values() for r in rows), default=None)
    for name, rows in wet.tabellen.items():
        versions: dict[str, list[tuple[int, Rij]]] = {}
        for i, row in enumerate(rows):
            versions.setdefault(row.naam, []).append((i, row))
        for each in versions.values():
            yield from version_faults(name, sorted(each, key=lambda r: r[1].geldig_vanaf))
        for needed in _ALWAYS.get(name, ()):
            if needed not in versions:
                yield Fault("recht.ontbreekt", f"/{name}", f"Deze regel ontbreekt: {needed}.")
            elif first not in {r.geldig_vanaf for _, r in versions[needed]}:
                text = f"Deze regel geldt niet vanaf de eerste dag: {needed}."
                yield Fault("recht.gat", f"/{name}", text)
    yield from _in_order(wet)


def version_faults(name: str, versions: Sequence[tuple[int, Rij]]) -> Iterator[Fault]:
    """Of one rule: each version begins where the one before it ends, and carries a higher number."""
    for i, row in versions:
        if row.geldig_tot is not None and row.geldig_tot <= row.geldig_vanaf:
            yield Fault("recht.dagen", f"/{name}/{i}/geldigTot", "Deze regel geldt geen dag.")
    for (_, before), (i, row) in pairwise(versions):
        place = f"/{name}/{i}/geldigVanaf"
        if before.geldig_tot is None or before.geldig_tot > row.geldig_vanaf:
            yield Fault("recht.dubbel", place, "Op deze dag geldt ook een andere versie.")
        elif name in _ALWAYS and before.geldig_tot < row.geldig_vanaf:
            yield Fault("recht.gat", place, "Voor deze dag geldt er geen enkele versie.")
        if row.versie <= before.versie:
            yield Fault("recht.versie", f"/{name}/{i}/versie", "Een latere versie heeft een hoger nummer.")
    last_i, last = versions[-1]
    if name in _ALWAYS and last.geldig_tot is not None:
        yield Fault("recht.gat", f"/{name}/{last_i}/geldigTot", "Na deze dag geldt er geen enkele versie.")


def _in_order(wet: Wet) -> Iterator[Fault]:
    """On every day a leerling has a say before he decides alone, and that before he is of age."""
    for i, row in enumerate(wet.leeftijd):
        ages = {r.id: r.jaren for r in holding(wet.leeftijd, row.geldig_vanaf)}
        found = [ages[n] for n in _ALWAYS["leeftijd"] if n in ages]
        if found != sorted(found):
            text = "Meebeslissen komt voor zelf beslissen, en dat voor meerderjarig zijn."
            yield Fault("recht.volgorde", f"/leeftijd/{i}/jaren", text)
