"""Policy as data: profiles of what is needed per doel, role, direction and message type.

Parsing is pure; the gateway reads the files and hands the text in. A profile that names an unknown field, a
field of a category that never leaves, or gives no justification is refused when it is loaded. So is one that
does not mark what needs more than its name there: a field that only an uitdrukkelijke toestemming opens, and
free text that a person must have read.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from consent.convenant import GEEN, Afspraken
from consent.grenzen import Grenzen
from consent.kennisgeving import Kennisgeving, carrying
from consent.leeftijd import day
from consent.plek import TOEN
from consent.recht import Recht, Rechtstand
from consent.recht_nu import HUIDIG
from consent.regio import ONZE, Regiobeleid
from consent.stromen import GEEN as GEEN_STROMEN
from consent.stromen import Stromen
from consent.vorm import as_json, form_faults, known_bericht, parse_toml
from schemas.base import NOOIT, Blad, Gegevenscategorie, Model, Tekst
from schemas.errors import Fault, InvalidMessage
from schemas.messages.berichten import BERICHTEN, OVER_NIEMAND
from schemas.people.hoedanigheden import Partijhoedanigheid
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Richting

EXPLICIT_LEVEL: Final = 3
"""From this level of a Gegevenscategorie on, a toestemming must be uitdrukkelijk (AVG 9(2)(a))."""


Berichtsoort = Annotated[str, AfterValidator(known_bericht)]


class Profielveld(Model):
    pad: Tekst
    waarom: Annotated[str, StringConstraints(min_length=10, max_length=300, pattern=r"^[^\n\r]*$")]
    """Why this recipient cannot do without it, in one line."""
    norm: Tekst
    """Where that need is laid down."""
    gedeeld: (
        Annotated[str, StringConstraints(min_length=10, max_length=300, pattern=r"^[^\n\r]*$")] | None
    ) = None
    """Why the same need holds for another role or doel, where `waarom` says the same there."""
    uitdrukkelijk: bool = False
    """It is of level 3: only a separate tick or signature opens it (AVG 9(2)(a))."""
    nakijken: bool = False
    """Free text: goes only when a person at the sender has read it for this recipient."""


class Proportionaliteitsprofiel(Model):
    """The most that may go to a role for a doel in one direction in one type of message.

    Other fields stay home whoever agrees. It names from whom and to whom in which capacity; one that names
    nobody is about a school and who stood on the other side before every capacity took part, or about
    everybody where no leerling is in the message.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")]
    versie: Annotated[int, Field(ge=1)]
    doel: Gebruiksdoel
    rol: Rol
    richting: Richting
    bericht: Berichtsoort
    van: Annotated[tuple[Partijhoedanigheid, ...], Field(max_length=40)] = ()
    """In which capacities its senders act."""
    aan: Annotated[tuple[Partijhoedanigheid, ...], Field(max_length=40)] = ()
    """In which capacities its recipients read."""
    geldig_vanaf: dt.date | None = None
    """The first day on which it holds; None: as long as anybody knows."""
    geldig_tot: dt.date | None = None
    """The first day on which it does not any more."""
    velden: Annotated[tuple[Profielveld, ...], Field(min_length=1)]

    def geldt(self, on: dt.date) -> bool:
        """Whether it holds on a day (Europe/Amsterdam)."""
        return (self.geldig_vanaf or dt.date.min) <= on and (self.geldig_tot is None or on < self.geldig_tot)

    def samen(self, other: Proportionaliteitsprofiel) -> bool:
        """Whether there is a day on which both hold."""
        ends = min(p.geldig_tot or dt.date.max for p in (self, other))
        return max(p.geldig_vanaf or dt.date.min for p in (self, other)) < ends

    def tussen(self, van: Partijhoedanigheid | None, aan: Partijhoedanigheid | None) -> bool:
        """Whether it is about these two. None: behind one id stand several, as only before."""
        return (not self.van if van is None else van in self.afzenders) and (
            not self.aan if aan is None else aan in self.lezers
        )

    def botst(self, other: Proportionaliteitsprofiel) -> bool:
        """Whether there is a case and a day for which both hold."""
        return (
            self.sleutel == other.sleutel
            and self.samen(other)
            and bool(self.afzenders & other.afzenders)
            and bool(self.lezers & other.lezers)
        )

    @cached_property
    def afzenders(self) -> frozenset[Partijhoedanigheid]:
        return frozenset(self.van) or self._unnamed(_SCHOOL if self.richting is Richting.S2J else TOEN)

    @cached_property
    def lezers(self) -> frozenset[Partijhoedanigheid]:
        return frozenset(self.aan) or self._unnamed(TOEN if self.richting is Richting.S2J else _SCHOOL)

    def _unnamed(self, before: frozenset[Partijhoedanigheid]) -> frozenset[Partijhoedanigheid]:
        """Whom it is about where it names nobody: `before`, or everybody where it holds no leerling."""
        return frozenset(Partijhoedanigheid) if self.bericht in OVER_NIEMAND else before

    @property
    def sleutel(self) -> Sleutel:
        """The case this profile is for, between those whom it is about."""
        return self.doel, self.rol, self.richting, self.bericht

    @cached_property
    def paden(self) -> frozenset[str]:
        return frozenset(v.pad for v in self.velden)

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of the profile's canonical JSON: enters every decision made with it."""
        unnamed = {name for name in ("van", "aan") if not getattr(self, name)}
        return hashlib.sha256(self.model_dump_json(exclude=unnamed).encode()).hexdigest()


def parse_profiel(text: str) -> Proportionaliteitsprofiel:
    """One profile from TOML. Raises InvalidMessage with every fault, each with its place."""
    return check_profiel(parse_toml(text))


def check_profiel(data: Mapping[str, Any]) -> Proportionaliteitsprofiel:
    """Raises InvalidMessage with the faults of form and those of the fields named, all at once."""
    faults: list[Fault] = []
    profiel = None
    try:
        profiel = Proportionaliteitsprofiel.model_validate_json(as_json(data))
    except ValidationError as error:
        faults += form_faults(error, "profiel.vorm", "Dit profielveld klopt niet.")
    faults += _field_faults(data)
    if profiel is None or faults:
        raise InvalidMessage(tuple(faults))
    return profiel


def _field_faults(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Of each field that is well-formed by itself: a fault in one must not hide that in another."""
    bericht = BERICHTEN.get(str(data.get("bericht")))
    if bericht is None:
        return
    known = {b.pad: b for b in bericht.bladen}
    seen = set()
    velden = data.get("velden")
    for i, each in enumerate(velden if isinstance(velden, list) else ()):
        try:
            veld = Profielveld.model_validate_json(as_json(each))
        except ValidationError:
            continue
        place = f"/velden/{i}"
        blad = known.get(veld.pad)
        if "*" in veld.pad:
            yield Fault("profiel.joker", f"{place}/pad", "Noem elk veld apart, zonder jokerteken.")
        elif blad is None:
            yield Fault("profiel.veld", f"{place}/pad", "Dit veld bestaat niet in dit bericht.")
        elif blad.categorie in NOOIT and not blad.op_regel:
            yield Fault("profiel.nooit", f"{place}/pad", "Dit veld mag nooit mee, wie er ook instemt.")
        else:
            yield from _mark_faults(veld, blad, place)
        if veld.pad in seen:
            yield Fault("profiel.dubbel", f"{place}/pad", "Dit veld staat er twee keer in.")
        seen.add(veld.pad)


def _mark_faults(veld: Profielveld, blad: Blad, place: str) -> Iterator[Fault]:
    """A mark says what is so: one too many would make a reader trust a check that is not there."""
    heavy = blad.categorie.niveau >= EXPLICIT_LEVEL
    by_word = blad.zwaar is not None  # level 3 by what it says: the mark may be there, and need not
    if veld.uitdrukkelijk is not heavy and not (veld.uitdrukkelijk and by_word):
        text = (
            "Dit veld vraagt geen uitdrukkelijke toestemming; haal uitdrukkelijk weg."
            if veld.uitdrukkelijk
            else "Dit veld vraagt uitdrukkelijke toestemming; zet erbij: uitdrukkelijk = true."
        )
        yield Fault("profiel.uitdrukkelijk", f"{place}/uitdrukkelijk", text)
    if veld.nakijken is not blad.vrij:
        text = (
            "Dit veld is geen vrije tekst; haal nakijken weg."
            if veld.nakijken
            else "Dit is vrije tekst, die iemand moet nakijken; zet erbij: nakijken = true."
        )
        yield Fault("profiel.nakijken", f"{place}/nakijken", text)


def number_faults(profiel: Proportionaliteitsprofiel, stromen: Stromen) -> Iterator[Fault]:
    """A profile that asks the number of the leerling between two of whom no rule gives it, for its doel and
    role, in the days in which the profile holds.
    """
    asks = {b.pad for b in BERICHTEN[profiel.bericht].bladen if b.op_regel}
    places = [i for i, veld in enumerate(profiel.velden) if veld.pad in asks]
    if not places:
        return
    rules = [
        r
        for r in stromen.regels
        if r.geeft_nummer
        and profiel.doel in r.doelen
        and (not r.functies or profiel.rol in r.functies)
        and max(r.geldig_vanaf, profiel.geldig_vanaf or dt.date.min)
        < min(r.geldig_tot or dt.date.max, profiel.geldig_tot or dt.date.max)
    ]
    for van, aan in sorted(product(profiel.afzenders, profiel.lezers)):
        if not any(van in r.van and aan in r.aan for r in rules):
            text = f"Geen regel geeft bij dit doel en deze rol een nummer van {van} aan {aan}."
            yield from (Fault("profiel.nummer", f"/velden/{i}/pad", text) for i in places)


def shared_reasons(
    profielen: Sequence[Proportionaliteitsprofiel],
) -> Iterator[tuple[int, Fault]]:
    """Each field whose reason is that of another role or doel too, and that does not say why; with the number
    of its profile. A reason that fits everybody tells nothing about anybody.
    """
    said: dict[str, set[tuple[Rol, Gebruiksdoel]]] = {}
    for p in profielen:
        for veld in p.velden:
            said.setdefault(_plain(veld.waarom), set()).add((p.rol, p.doel))
    for n, p in enumerate(profielen):
        for i, veld in enumerate(p.velden):
            others = sorted(said[_plain(veld.waarom)] - {(p.rol, p.doel)})
            if others and veld.gedeeld is None:
                rol, doel = others[0]
                text = (
                    f"Deze reden staat ook bij {rol}, doel {doel}. Geef elke rol haar eigen reden, of zeg "
                    "met gedeeld waarom zij voor beide geldt."
                )
                yield n, Fault("profiel.reden", f"/velden/{i}/waarom", text)


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


_SCHOOL: Final = frozenset({Partijhoedanigheid.ONDERWIJS})
Sleutel = tuple[Gebruiksdoel, Rol, Richting, str]
"""Doel, role of the recipient, direction, message type: one profile for each between the same two."""
_VELDEN: Final[Mapping[str, Mapping[str, Gegevenscategorie]]] = MappingProxyType(
    {s: {b.pad: b.categorie for b in t.bladen} for s, t in BERICHTEN.items()}
)


@dataclass(frozen=True)
class Beleid:
    """Everything that steers a decision beside the facts.

    Values marked [P] in `consent.md` are policy: a region may make them stricter here.
    """

    profielen: Mapping[Sleutel, tuple[Proportionaliteitsprofiel, ...]] = field(repr=False)
    """Of each case every profile there is, on whatever days; of these at most one holds
    between the same two on a day.
    """
    rules_hash: str = ""
    """SHA-256 of the source of this package, so that a decision names the code that made it."""
    gezag_max_maanden: int = 12
    besluit_minuten: int = 15
    kennisgevingen: frozenset[str] | None = None
    """Hashes of the texts a toestemming may rest on; None: any text will do."""
    regio: Regiobeleid = ONZE
    """What the region made stricter: `of` takes the other values from it that it may set."""
    afspraken: Afspraken = GEEN
    inrichting: str = ""
    """SHA-256 (hex) of the file of the region in force; empty: none was applied."""
    recht: Recht = field(default=HUIDIG, repr=False)
    """The law, of every day that is known."""
    stromen: Stromen | None = field(default=GEEN_STROMEN, repr=False)
    """Who may send what to whom, of every day that is known. Nothing goes that no rule names.

    None: decide by the two directions, as was done before there were rules of a flow. Only to take a decision
    of then again; nothing is let go on it.
    """
    wet_van: dt.date | None = None
    """The law of this day whatever the moment: to try what a change would do. Never to let anything go."""
    grenzen: Grenzen = field(default_factory=Grenzen)
    """The limits of what may go without toestemming."""
    velden: Mapping[str, Mapping[str, Gegevenscategorie]] = field(
        default_factory=lambda: _VELDEN,
        repr=False,
    )
    """Per message type: two types may use one path for fields of different categories."""

    @classmethod
    def of(
        cls,
        profielen: Iterable[Proportionaliteitsprofiel],
        rules_hash: str,
        besluit_minuten: int = 15,
        regio: Regiobeleid = ONZE,
        afspraken: Afspraken = GEEN,
        kennisgevingen: Iterable[Kennisgeving] = (),
        recht: Recht = HUIDIG,
        *,
        inrichting: str = "",
        stromen: Stromen | None = GEEN_STROMEN,
    ) -> Beleid:
        """`besluit_minuten` is the operator's; of two terms the shorter counts.

        Raises InvalidMessage when two profiles claim the same case on one day.
        """
        by_key: dict[Sleutel, tuple[Proportionaliteitsprofiel, ...]] = {}
        for p in profielen:
            others = by_key.get(p.sleutel, ())
            if any(p is not q and p.botst(q) for q in others):
                raise InvalidMessage(
                    (Fault("profiel.botst", "/", "Twee profielen gelden voor hetzelfde geval."),)
                )
            by_key[p.sleutel] = tuple(dict.fromkeys((*others, p)))
        return cls(
            by_key,
            rules_hash,
            gezag_max_maanden=regio.gezag_max_maanden,
            besluit_minuten=min(besluit_minuten, regio.besluit_minuten),
            kennisgevingen=carrying(kennisgevingen, regio.kennisgevingen),
            regio=regio,
            grenzen=Grenzen(
                venster=dt.timedelta(hours=regio.venster_uren),
                tweede_blik=dt.timedelta(hours=regio.tweede_blik_uren),
            ),
            afspraken=afspraken,
            recht=recht,
            inrichting=inrichting,
            stromen=stromen,
        )

    @property
    def zonder_stromen(self) -> Beleid:
        """The same as it was before there were rules of a flow."""
        return replace(self, stromen=None)

    @cached_property
    def genoemd(self) -> Mapping[str, frozenset[str]]:
        """Per message type the fields that any profile names, on whatever day: no other ever goes."""
        every = [p for of in self.profielen.values() for p in of]
        return {
            soort: frozenset(pad for p in every if p.bericht == soort for pad in p.paden)
            for soort in dict.fromkeys(p.bericht for p in every)
        }

    def law(self, as_of: dt.datetime) -> Rechtstand:
        """The law at a moment, or that of `wet_van`."""
        return self.recht.op(self.of_day(as_of))

    def profiel(
        self,
        sleutel: Sleutel,
        as_of: dt.datetime,
        van: Partijhoedanigheid | None,
        aan: Partijhoedanigheid | None,
    ) -> Proportionaliteitsprofiel | None:
        """The profile for this case between these two that holds at a moment."""
        on = self.of_day(as_of)
        here = self.profielen.get(sleutel, ())
        return next((p for p in here if p.geldt(on) and p.tussen(van, aan)), None)

    def now(self, as_of: dt.datetime) -> tuple[Proportionaliteitsprofiel, ...]:
        """Every profile that holds at a moment."""
        on = self.of_day(as_of)
        found = self._of_last_day.get(on)
        if found is None:
            found = tuple(p for of_case in self.profielen.values() for p in of_case if p.geldt(on))
            self._of_last_day.clear()
            self._of_last_day[on] = found
        return found

    @cached_property
    def _of_last_day(self) -> dict[dt.date, tuple[Proportionaliteitsprofiel, ...]]:
        """Those of the day that was asked for last."""
        return {}

    def of_day(self, as_of: dt.datetime) -> dt.date:
        """The day whose law and rules hold at a moment."""
        return day(as_of) if self.wet_van is None else self.wet_van

    @cached_property
    def dagen(self) -> tuple[dt.date, ...]:
        """Every day on which the law, a rule of a flow or a profile changes, in order."""
        each = (p for of_case in self.profielen.values() for p in of_case)
        dated = {d for p in each for d in (p.geldig_vanaf, p.geldig_tot) if d is not None}
        flows = () if self.stromen is None else self.stromen.dagen
        return tuple(sorted({*self.recht.dagen, *dated, *flows}))

    def labels(self, bericht: str) -> Mapping[str, Gegevenscategorie]:
        """The category of every path a message of this type can have; of an unknown type none."""
        return self.velden.get(bericht, {})

    def opens(self, profile: Proportionaliteitsprofiel | None, bericht: str) -> frozenset[Gegevenscategorie]:
        """The categories of which a profile lets anything of such a message go."""
        if profile is None:
            return frozenset()
        found = self._opens.get((profile.hash, bericht))
        if found is None:
            labels = self.labels(bericht)
            found = frozenset(labels[p] for p in profile.paden if p in labels)
            self._opens[profile.hash, bericht] = found
        return found

    @cached_property
    def _opens(self) -> dict[tuple[str, str], frozenset[Gegevenscategorie]]:
        """Those that were asked for: as many as there are profiles and types of message."""
        return {}

    def hold_days(self, days: int, afzender: str, ontvanger: str) -> int:
        """So many of the operator's days the line may keep what waits between these two."""
        agreed = self.afspraken.bewaardagen(afzender, ontvanger)
        return min(days, self.regio.bewaardagen, days if agreed is None else agreed)

    def hash_on(self, as_of: dt.datetime) -> str:
        """SHA-256 (hex): changes when anything of the policy of that day changes, and only then.

        So a change that begins later does not touch it before its day, and does on it.
        """
        return self._hash(bisect_right(self.dagen, self.of_day(as_of)))

    @property
    def hashes(self) -> tuple[str, ...]:
        """That of the days before `dagen`, and from each of those on."""
        return tuple(map(self._hash, range(len(self.dagen) + 1)))

    @cached_property
    def _hashed(self) -> dict[int, str]:
        """Those that were asked for: one takes milliseconds, and at a turn only that of today is asked."""
        return {}

    def _hash(self, turn: int) -> str:
        found = self._hashed.get(turn)
        if found is None:
            found = self._hashed[turn] = self._worked_out((dt.date.min, *self.dagen)[turn])
        return found

    def _worked_out(self, on: dt.date) -> str:
        said: dict[str, object] = {
            "recht": self.recht.op(on).described.decode(),
            "rules": self.rules_hash,
            "gezagMaxMaanden": self.gezag_max_maanden,
            "besluitMinuten": self.besluit_minuten,
            "kennisgevingen": None if self.kennisgevingen is None else sorted(self.kennisgevingen),
            "regio": self.regio.model_dump(mode="json"),
            "convenanten": sorted(self.afspraken.convenanten),
            "convenantVerplicht": self.afspraken.verplicht,
            "inrichting": self.inrichting,
            "grenzen": self.grenzen.described(),
            "profielen": sorted(
                [*key, p.hash] for key, of_case in self.profielen.items() for p in of_case if p.geldt(on)
            ),
            "velden": sorted((s, sorted(v.items())) for s, v in self.velden.items()),
        }
        if self.stromen is not None:
            said["stromen"] = self.stromen.described_op(on).decode()
        return hashlib.sha256(as_json(said)).hexdigest()
