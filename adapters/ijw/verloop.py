"""What is known of earlier accepted messages: the port of the rules over several messages, and it in memory.

Only an accepted message is applied. A message whose retour refuses it counts as not sent (OP286), so the
caller keeps a heenbericht until its retour is there (`aanvaard`). A claim (323) has no retour: it is applied
when it arrived, before its 325 is checked or applied, and that 325 judges its rows or takes it back whole.

Messages can arrive in another order than they were sent (OP080). What is known is therefore a set of facts
that does not depend on order (feiten.py), and rules compare dates inside messages, never moments of arrival.
A message that needs an earlier one which is still under way gets a finding (`verloopregels.WACHTBAAR` names
the rules); the caller may hold it, within the three working days for a retour, and check it again.

The number of a person is not stored: `pseudonym` replaces it before anything else happens.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, Protocol, TypeVar

from adapters.ijw import feiten as f
from adapters.ijw.bericht import JwBericht
from adapters.ijw.berichten import RETOURS
from adapters.ijw.feiten import Declaratie, Feit, Leveringssleutel, Sleutel, Waarde, declaratiefeiten
from adapters.ijw.gelezen import (
    Declaratieantwoord,
    Prestatie,
    Pseudonym,
    Versie,
    codes,
    lees,
)
from adapters.xml.nodes import sub

T = TypeVar("T")


class Start(NamedTuple):
    categorie: str | None
    code: str | None
    begin: str | None


class Stop(NamedTuple):
    categorie: str | None
    code: str | None
    begin: str | None
    reden: str | None
    eind: str | None

    @property
    def start(self) -> Start:
        """The start that this stop repeats."""
        return Start(self.categorie, self.code, self.begin)

    @property
    def tijdelijk(self) -> bool:
        return self.reden == TIJDELIJK


class Hulplevering(NamedTuple):
    """The starts and stops of one delivery that hold, and whether any was ever taken back."""

    starts: frozenset[Start]
    stops: frozenset[Stop]
    gecorrigeerd: bool


class Verzoek(NamedTuple):
    """A request of a 315 (per product) or a 317 (as a whole), and what came of it."""

    soort: str
    gemeente: str
    client: str
    toegewezen: bool
    antwoorden: frozenset[str | None]

    @property
    def open(self) -> bool:
        return not self.toegewezen and AFGEWEZEN not in self.antwoorden


class Gedeclareerd(NamedTuple):
    """A claimed row and the verdict: `oordeel` is None until its 325 is there."""

    prestatie: Prestatie
    oordeel: str | None

    @property
    def afgekeurd(self) -> bool:
        return self.oordeel == AFGEKEURD

    @property
    def goedgekeurd(self) -> bool:
        return self.oordeel == GOEDGEKEURD


class Periode(NamedTuple):
    begin: str | None
    dagtekening: str


TIJDELIJK: Final = "20"
AFGEWEZEN: Final = "1"
IN_ONDERZOEK: Final = "2"
AFGEKEURD: Final = "afgekeurd"
GOEDGEKEURD: Final = "goedgekeurd"

_DUBBEL: Final = "9056"

Volledig = Callable[[str, str], bool]
"""Whether all that this gemeente and this aanbieder sent each other, and still matters, is known here."""
Contracttarief = Callable[[str, str, str, str, str], int | None]
"""Cents per unit by contract: of (gemeente, aanbieder, ProductCode, Eenheid, first day); None: not known."""


class Verloop(Protocol):
    """What is known. Every read costs in proportion to the one case it asks about, not to what is stored."""

    def pseudoniem(self, bsn: str) -> str: ...

    def volledig(self, gemeente: str, aanbieder: str) -> bool:
        """False while messages from before this gateway are missing: no rule may then lean on an absence."""

    def tarief(self, gemeente: str, aanbieder: str, code: str, eenheid: str, dag: str) -> int | None: ...

    def gezien(self, soort: str, afzender: str, identificatie: str) -> bool: ...

    def kent_client(self, gemeente: str, aanbieder: str, client: str) -> bool: ...

    def versies(self, gemeente: str, nummer: int | None) -> tuple[Versie, ...]:
        """Every version of an allocation, the current one last (IV013)."""

    def toewijzingen(self, gemeente: str, aanbieder: str, client: str) -> frozenset[int]:
        """The numbers of all allocations this client ever had there."""

    def verzoek(self, aanbieder: str, referentie: str) -> Verzoek | None: ...

    def verzoeken(self, aanbieder: str, client: str) -> frozenset[str]:
        """The references of all requests of this provider for this client."""

    def antwoorden(self, aanbieder: str, referentie: str) -> frozenset[str | None]: ...

    def toegewezen(self, aanbieder: str, referentie: str) -> bool:
        """Whether a 301 with that reference is there."""

    def levering(self, sleutel: Leveringssleutel) -> Hulplevering: ...

    def leveringen(self, client: str) -> frozenset[Leveringssleutel]: ...

    def declaratie(self, aanbieder: str, identificatie: str) -> Declaratie | None:
        """The claim in the 323 with that Identificatie."""

    def declaratienummer(self, aanbieder: str, nummer: str) -> frozenset[str]:
        """The gemeenten that hold a claim with that DeclaratieNummer."""

    def declaratieperioden(self, gemeente: str, aanbieder: str) -> frozenset[Periode]: ...

    def declaratieregels(self, aanbieder: str, identificatie: str) -> frozenset[Prestatie]: ...

    def prestaties(self, aanbieder: str, referentie: str) -> tuple[Gedeclareerd, ...]:
        """The claimed rows with that ReferentieNummer: one, or more when some were refused for that."""

    def credits(self, aanbieder: str, vorig: str) -> tuple[Gedeclareerd, ...]:
        """The claimed rows that credit that reference."""

    def gedeclareerd(self, gemeente: str, nummer: int | None) -> tuple[Gedeclareerd, ...]:
        """All rows claimed on one allocation."""

    def beantwoord(self, aanbieder: str, identificatie: str) -> bool:
        """Whether the 325 to that 323 is there."""

    def apply(self, bericht: JwBericht) -> None:
        """Adds an accepted heenbericht. A second time, or with a retour, it changes nothing."""


class Feitenverloop(ABC):
    """Every read and `apply` in terms of two operations on facts, so that a store has only those two."""

    def __init__(
        self, pseudonym: Pseudonym, *, volledig: Volledig, tarief: Contracttarief = lambda *_: None
    ) -> None:
        self._pseudonym = pseudonym
        self._volledig = volledig
        self._tarief = tarief

    @abstractmethod
    def _facts(self, soort: str, sleutel: Sleutel) -> Mapping[Waarde, tuple[int, int]]:
        """For each fact under that key, how often it was put and how often it was taken back."""

    @abstractmethod
    def _add(self, feiten: Iterable[Feit]) -> None:
        """Stores all of them or none."""

    def pseudoniem(self, bsn: str) -> str:
        return self._pseudonym(bsn)

    def volledig(self, gemeente: str, aanbieder: str) -> bool:
        return self._volledig(gemeente, aanbieder)

    def tarief(self, gemeente: str, aanbieder: str, code: str, eenheid: str, dag: str) -> int | None:
        return self._tarief(gemeente, aanbieder, code, eenheid, dag)

    def gezien(self, soort: str, afzender: str, identificatie: str) -> bool:
        return self._any(f.BERICHT, soort, afzender, identificatie)

    def kent_client(self, gemeente: str, aanbieder: str, client: str) -> bool:
        return self._any(f.CLIENT, gemeente, aanbieder, client)

    def versies(self, gemeente: str, nummer: int | None) -> tuple[Versie, ...]:
        found = [_row(Versie, v) for v in self._held(f.TOEWIJZING, gemeente, nummer)]
        # The text of the whole row settles a tie, which no sender should make, the same way everywhere.
        return tuple(sorted(found, key=lambda v: (v.datum, v.tijd, repr(v))))

    def toewijzingen(self, gemeente: str, aanbieder: str, client: str) -> frozenset[int]:
        rows = self._held(f.TOEWIJZINGEN, gemeente, aanbieder, client)
        return frozenset(n for (n,) in rows if isinstance(n, int))

    def verzoek(self, aanbieder: str, referentie: str) -> Verzoek | None:
        for soort, gemeente, client in sorted(self._held(f.VERZOEK, aanbieder, referentie), key=repr):
            return Verzoek(
                str(soort),
                str(gemeente),
                str(client),
                self.toegewezen(aanbieder, referentie),
                self.antwoorden(aanbieder, referentie),
            )
        return None

    def verzoeken(self, aanbieder: str, client: str) -> frozenset[str]:
        return frozenset(str(r) for (r,) in self._held(f.VERZOEKEN, aanbieder, client))

    def antwoorden(self, aanbieder: str, referentie: str) -> frozenset[str | None]:
        rows = self._held(f.ANTWOORD, aanbieder, referentie)
        return frozenset(None if a is None else str(a) for (a,) in rows)

    def toegewezen(self, aanbieder: str, referentie: str) -> bool:
        return self._any(f.TOEGEWEZEN, aanbieder, referentie)

    def levering(self, sleutel: Leveringssleutel) -> Hulplevering:
        starts, stops = self._facts(f.START, sleutel), self._facts(f.STOP, sleutel)
        return Hulplevering(
            frozenset(_row(Start, w) for w in _live(starts)),
            frozenset(_row(Stop, w) for w in _live(stops)),
            any(minus for _, minus in (*starts.values(), *stops.values())),
        )

    def leveringen(self, client: str) -> frozenset[Leveringssleutel]:
        return frozenset(_row(Leveringssleutel, w) for w in self._held(f.LEVERINGEN, client))

    def declaratie(self, aanbieder: str, identificatie: str) -> Declaratie | None:
        rows = sorted(self._held(f.DECLARATIE, aanbieder, identificatie), key=repr)
        return _row(Declaratie, rows[0]) if rows else None

    def declaratienummer(self, aanbieder: str, nummer: str) -> frozenset[str]:
        return frozenset(str(g) for g, _ in self._held(f.DECLARATIENUMMER, aanbieder, nummer))

    def declaratieperioden(self, gemeente: str, aanbieder: str) -> frozenset[Periode]:
        rows = self._held(f.DECLARATIEPERIODE, gemeente, aanbieder)
        return frozenset(_row(Periode, w[:2]) for w in rows)

    def declaratieregels(self, aanbieder: str, identificatie: str) -> frozenset[Prestatie]:
        rows = self._held(f.DECLARATIEREGEL, aanbieder, identificatie)
        return frozenset(_row(Prestatie, w) for w in rows)

    def prestaties(self, aanbieder: str, referentie: str) -> tuple[Gedeclareerd, ...]:
        rows = sorted(self._held(f.PRESTATIE, aanbieder, referentie), key=repr)
        return tuple(self._judged(_row(Prestatie, w)) for w in rows)

    def credits(self, aanbieder: str, vorig: str) -> tuple[Gedeclareerd, ...]:
        rows = sorted(self._held(f.CREDIT, aanbieder, vorig), key=repr)
        return tuple(self._judged(_row(Prestatie, w)) for w in rows)

    def gedeclareerd(self, gemeente: str, nummer: int | None) -> tuple[Gedeclareerd, ...]:
        rows = sorted(self._held(f.GEDECLAREERD, gemeente, nummer), key=repr)
        verdicts = {w[:-1]: str(w[-1]) for w in self._held(f.OORDELEN, gemeente, nummer)}
        return tuple(Gedeclareerd(p, verdicts.get(_identity(p))) for p in (_row(Prestatie, w) for w in rows))

    def beantwoord(self, aanbieder: str, identificatie: str) -> bool:
        return self._any(f.CLAIMANTWOORD, aanbieder, identificatie)

    def apply(self, bericht: JwBericht) -> None:
        gelezen = lees(bericht, self._pseudonym)
        if gelezen is None:
            return
        head = gelezen.kop
        if self.gezien(head.soort, head.afzender, head.identificatie):
            return
        facts = list(f.feiten(gelezen))
        if isinstance(gelezen, Declaratieantwoord):
            facts += self._answered(gelezen)
        self._add(facts)

    def _answered(self, antwoord: Declaratieantwoord) -> Iterator[Feit]:
        """What a 325 tells about its 323: taken back as a whole, or a verdict per row."""
        aanbieder, identificatie = antwoord.kop.aanbieder, antwoord.declaratie
        if self.beantwoord(aanbieder, identificatie):
            return
        regels = self.declaratieregels(aanbieder, identificatie)
        if antwoord.alles_afgewezen:
            known = self.declaratie(aanbieder, identificatie)
            # Refused because its Identificatie was used before: the claim that used it first stands.
            if known is not None and _DUBBEL not in antwoord.codes:
                yield from declaratiefeiten(aanbieder, identificatie, known, iter(regels), -1)
            return
        yield Feit(f.CLAIMANTWOORD, (aanbieder, identificatie), (), 1)
        listed = {_identity(rij.prestatie) for rij in antwoord.rijen}
        for regel in sorted(regels, key=repr):
            verdict = AFGEKEURD if _identity(regel) in listed else GOEDGEKEURD
            yield Feit(f.OORDEEL, _identity(regel), (verdict,), 1)
            yield Feit(f.OORDELEN, (regel.gemeente, regel.nummer), (*_identity(regel), verdict), 1)

    def _judged(self, prestatie: Prestatie) -> Gedeclareerd:
        verdicts = self._held(f.OORDEEL, *_identity(prestatie))
        return Gedeclareerd(prestatie, str(verdicts[0][0]) if verdicts else None)

    def _held(self, soort: str, *sleutel: str | int | None) -> list[Waarde]:
        return _live(self._facts(soort, sleutel))

    def _any(self, soort: str, *sleutel: str | int | None) -> bool:
        return bool(self._held(soort, *sleutel))


class MemoryVerloop(Feitenverloop):
    """All facts of one process, gone with it. For one thread at a time."""

    def __init__(
        self, pseudonym: Pseudonym, *, volledig: Volledig, tarief: Contracttarief = lambda *_: None
    ) -> None:
        super().__init__(pseudonym, volledig=volledig, tarief=tarief)
        self._store: dict[tuple[str, Sleutel], dict[Waarde, tuple[int, int]]] = defaultdict(dict)

    def _facts(self, soort: str, sleutel: Sleutel) -> Mapping[Waarde, tuple[int, int]]:
        # A named key is stored as the plain tuple it equals.
        return self._store.get((soort, tuple(sleutel)), {})

    def _add(self, feiten: Iterable[Feit]) -> None:
        for soort, sleutel, waarde, teken in feiten:
            bag = self._store[soort, tuple(sleutel)]
            put, back = bag.get(waarde, (0, 0))
            bag[tuple(waarde)] = (put + (teken > 0), back + (teken < 0))


def aanvaard(retour: JwBericht) -> bool:
    """Whether a retour accepts its heenbericht: a Header without retourcodes, and nothing else."""
    if retour.soort not in RETOURS:
        return False
    inhoud = retour.inhoud
    return not codes(sub(inhoud, "Header")) and set(inhoud) <= {"Header"}


def _identity(prestatie: Prestatie) -> Waarde:
    """Which row of which claim it is. A refused one may have used the number of another."""
    return prestatie.aanbieder, prestatie.declaratie, prestatie.referentie, prestatie.vorig


def _row(kind: Callable[..., T], waarde: Waarde) -> T:
    return kind(*waarde)


def _live(facts: Mapping[Waarde, tuple[int, int]]) -> list[Waarde]:
    return [waarde for waarde, (put, back) in facts.items() if put > back]
