"""Rules on starts and stops (305, 307).

Rows that take back come first, wherever they stand: a correction in one message is such a row and a new one,
and the order of rows has no meaning. Such a row itself is only asked whether it may be taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, NamedTuple

from adapters.ijw.feiten import Leveringssleutel, leveringssleutel
from adapters.ijw.gelezen import Regiebericht, Regierij
from adapters.ijw.verloop import TIJDELIJK, Hulplevering, Start, Stop, Verloop
from adapters.ijw.verloopregels.verloopregel import Verloopregel
from adapters.ijw.verloopregels.zicht import geldig, zicht

_305: Final = frozenset({"JW305"})
_307: Final = frozenset({"JW307"})


def zonder_toewijzing(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """Every delivery rests on an allocation of this client here (TR019).

    Not without ToewijzingNummer: that is the taakgericht variant. An allocation that is not known at all is
    no finding while messages are missing; one of somebody else, or deleted, always is.
    """
    volledig = verloop.volledig(m.kop.gemeente, m.kop.aanbieder)
    for rij in _new(m):
        if rij.nummer is None:
            continue
        versies = zicht(verloop.versies(m.kop.gemeente, rij.nummer), m.kop)
        if not any(geldig(v, m.kop, m.client) for v in versies) and (versies or volledig):
            yield rij.place


def niets_te_verwijderen(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """A row can be taken back only when one with the whole same key holds (TR063).

    Silent while messages are missing: the row may be from before.
    """
    if not verloop.volledig(m.kop.gemeente, m.kop.aanbieder):
        return
    for rij in m.rijen:
        if not rij.vervalt:
            continue
        bekend = verloop.levering(_key(m, rij))
        if (_start(rij) not in bekend.starts) if _is_start(m) else (_stop(rij) not in bekend.stops):
            yield rij.place


def al_gestopt(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """A start with a stop cannot be taken back; first the stop must be (TR071)."""
    bekend = _bekend(m, verloop)
    for rij in m.rijen:
        if rij.vervalt and _start(rij) in bekend[_key(m, rij)].gestopt:
            yield rij.place


def sleutel_bekend(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """A new row has a key that no other row has, here or earlier; taking a row back frees its key (TR074)."""
    bekend = _bekend(m, verloop)
    seen: set[tuple[Leveringssleutel, Start | Stop]] = set()
    for rij in _new(m):
        key, row = _key(m, rij), _start(rij) if _is_start(m) else _stop(rij)
        if (key, row) in seen or row in bekend[key].levering.starts or row in bekend[key].levering.stops:
            yield rij.place
        seen.add((key, row))


def nog_niet_gestopt(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """A delivery has one start at a time: a next one waits for the stop, temporary or not (TR326)."""
    bekend = _bekend(m, verloop)
    begun: set[Leveringssleutel] = set()
    for rij in _new(m):
        key = _key(m, rij)
        if key in begun or bekend[key].loopt:
            yield rij.place
        begun.add(key)


def geen_start(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """A stop repeats ToewijzingNummer, Product and Begindatum of a start that holds (TR382).

    That of any start, not only the latest: a definitive stop on an interrupted delivery may arrive after the
    start that followed it (OP080). Silent while messages are missing and no start of the delivery is known.
    """
    volledig = verloop.volledig(m.kop.gemeente, m.kop.aanbieder)
    for rij in _new(m):
        starts = verloop.levering(_key(m, rij)).starts
        if _start(rij) not in starts and (starts or volledig):
            yield rij.place


def tweede_tijdelijke_stop(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """An interrupted delivery cannot be interrupted again without a new start (TR413)."""
    for rij, eerdere in _earlier_stops(m, verloop):
        if rij.reden == TIJDELIJK and eerdere.tijdelijk:
            yield rij.place


def stop_voor_eerdere(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """A next stop on the same start does not end before the one that is there (TR414)."""
    for rij, eerdere in _earlier_stops(m, verloop):
        if (rij.eind or "") < eerdere.laatste:
            yield rij.place


def al_definitief(m: Regiebericht, verloop: Verloop) -> Iterator[str]:
    """After a definitive stop nothing can stop any more on that start (TR415)."""
    for rij, eerdere in _earlier_stops(m, verloop):
        if eerdere.definitief:
            yield rij.place


REGIE: Final[tuple[Verloopregel[Regiebericht], ...]] = (
    Verloopregel(
        "TR019",
        "9019",
        _305 | _307,
        "Bij ToewijzingNummer is geen geldige toewijzing van deze client bekend.",
        zonder_toewijzing,
    ),
    Verloopregel(
        "TR063",
        "9063",
        _305 | _307,
        "StatusAanlevering 3 kan niet: er is geen eerdere aanlevering met dezelfde sleutel.",
        niets_te_verwijderen,
    ),
    Verloopregel(
        "TR071", "9071", _305, "Deze start kan niet vervallen, want er is al een stop bij.", al_gestopt
    ),
    Verloopregel(
        "TR074", "9074", _305 | _307, "Er is al een aanlevering met dezelfde sleutel.", sleutel_bekend
    ),
    Verloopregel("TR326", "9326", _305, "De lopende levering is nog niet gestopt.", nog_niet_gestopt),
    Verloopregel("TR382", "9069", _307, "Er is geen start met dezelfde sleutel.", geen_start),
    Verloopregel(
        "TR413",
        "9413",
        _307,
        "De levering is al tijdelijk gestopt; een volgende stop heeft een andere reden dan 20.",
        tweede_tijdelijke_stop,
    ),
    Verloopregel(
        "TR414", "9414", _307, "Einddatum ligt voor de Einddatum van een eerdere stop.", stop_voor_eerdere
    ),
    Verloopregel("TR415", "9415", _307, "De levering is al definitief gestopt.", al_definitief),
)


def _new(m: Regiebericht) -> Iterator[Regierij]:
    return (rij for rij in m.rijen if not rij.vervalt)


class _Eerder(NamedTuple):
    """The stops that are there on one start: of which kinds, and the last Einddatum."""

    tijdelijk: bool = False
    definitief: bool = False
    laatste: str = ""

    def met(self, reden: str | None, eind: str | None) -> _Eerder:
        return _Eerder(
            self.tijdelijk or reden == TIJDELIJK,
            self.definitief or reden != TIJDELIJK,
            max(self.laatste, eind or ""),
        )


def _earlier_stops(m: Regiebericht, verloop: Verloop) -> Iterator[tuple[Regierij, _Eerder]]:
    """Each new stop with the other stops on its start, those of this message by their own date.

    On one date the temporary stop is the first. The Product does not count: the standard compares Bsn,
    ToewijzingNummer and Begindatum. A row that repeats a whole key is a matter for TR074.
    """
    eerder: dict[tuple[Leveringssleutel, str | None], _Eerder] = defaultdict(_Eerder)
    bekend = _bekend(m, verloop)
    for key, known in bekend.items():
        for stop in known.levering.stops:
            eerder[key, stop.begin] = eerder[key, stop.begin].met(stop.reden, stop.eind)
    for rij in sorted(_new(m), key=lambda r: (r.eind or "", r.reden != TIJDELIJK)):
        key = _key(m, rij)
        if _stop(rij) not in bekend[key].levering.stops:
            yield rij, eerder[key, rij.begin]
        eerder[key, rij.begin] = eerder[key, rij.begin].met(rij.reden, rij.eind)


class _Bekend(NamedTuple):
    """A delivery as it will be without what this message takes back."""

    levering: Hulplevering
    gestopt: frozenset[Start]
    loopt: bool


def _bekend(m: Regiebericht, verloop: Verloop) -> dict[Leveringssleutel, _Bekend]:
    """Every delivery in this message, each looked up and gone through once: a sender may name one a lot."""
    gone: dict[Leveringssleutel, list[Regierij]] = defaultdict(list)
    for rij in m.rijen:
        gone[_key(m, rij)] += [rij] if rij.vervalt else []
    found = {}
    for key, rijen in gone.items():
        known = verloop.levering(key)
        if _is_start(m):
            known = known._replace(starts=known.starts - {_start(r) for r in rijen})
        else:
            known = known._replace(stops=known.stops - {_stop(r) for r in rijen})
        gestopt = frozenset(s.start for s in known.stops)
        found[key] = _Bekend(known, gestopt, bool(known.starts - gestopt))
    return found


def _is_start(m: Regiebericht) -> bool:
    return m.kop.soort == "JW305"


def _key(m: Regiebericht, rij: Regierij) -> Leveringssleutel:
    return leveringssleutel(m.kop, m.client, rij)


def _start(rij: Regierij) -> Start:
    return Start(rij.categorie, rij.code, rij.begin)


def _stop(rij: Regierij) -> Stop:
    return Stop(rij.categorie, rij.code, rij.begin, rij.reden, rij.eind)
