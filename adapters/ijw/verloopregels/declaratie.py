"""Rules on a claim (323).

A credit row is not held against the allocation as it is now: it repeats a debit that was approved, and taking
back what was claimed must stay possible after the allocation was shortened (IV085, IV091, OP366). What a
credit gives back counts before what the same message claims, wherever the rows stand.

The allocation counts as the sender may have known it (zicht.py). Nothing here looks at starts and stops: a
claim may never depend on them (OP364).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from adapters.ijw.gelezen import Declaratiebericht, Prestatie, Versie
from adapters.ijw.verloop import Verloop
from adapters.ijw.verloopregels.ruimte import eerste_dag, laatste_dag, ruimte
from adapters.ijw.verloopregels.verloopregel import Verloopregel
from adapters.ijw.verloopregels.zicht import zicht

_323: Final = frozenset({"JW323"})
_UUR, _MINUUT, _MINUTEN_PER_UUR = "04", "01", 60


def nummer_niet_uniek(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A provider uses a DeclaratieNummer once, whoever the gemeente (TR333)."""
    if verloop.declaratienummer(m.kop.aanbieder, m.nummer):
        yield m.place


def periode_volgt_niet(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """Each claim is about a later month than the claims before it (TR318).

    Before it by DeclaratieDagtekening, not by arrival (OP080); on one day only the same month clashes. A
    month may be skipped: nobody but the provider knows whether help was given in it.
    """
    for eerder in verloop.declaratieperioden(m.kop.gemeente, m.kop.aanbieder):
        if m.begin is None or eerder.begin is None:
            continue
        if m.begin == eerder.begin or (
            m.dagtekening != eerder.dagtekening
            and (m.dagtekening < eerder.dagtekening) != (m.begin < eerder.begin)
        ):
            yield m.place
            return


def client_onbekend(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A claim is about known clients, and each row about an allocation of that client (TR304).

    A client who is not known at all is no finding while messages are missing.
    """
    head = m.kop
    volledig = verloop.volledig(head.gemeente, head.aanbieder)
    for client in m.clienten:
        if (volledig and not verloop.kent_client(head.gemeente, head.aanbieder, client.client)) or any(
            versies and all(v.client != client.client for v in versies)
            for versies in (_known(m, rij.prestatie, verloop) for rij in client.prestaties)
        ):
            yield client.place


def toewijzing_onbekend(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """Each row rests on an allocation that this gemeente gave this provider (TR338).

    A number that is not known at all is no finding while messages are missing.
    """
    volledig = verloop.volledig(m.kop.gemeente, m.kop.aanbieder)
    for rij in m.rijen:
        if not _known(m, rij.prestatie, verloop) and (
            volledig or verloop.versies(m.kop.gemeente, rij.prestatie.nummer)
        ):
            yield rij.place


def toewijzing_verwijderd(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """Nothing can be claimed on a deleted allocation (TR384)."""
    return _debits(m, verloop, lambda _, v: v.verwijderd)


def begin_voor_ingang(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A ProductPeriode does not begin before its allocation (TR307)."""
    return _debits(m, verloop, lambda p, v: (p.begin or "") < (v.ingang or ""))


def eind_na_einde(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A ProductPeriode does not end after its allocation (TR308)."""
    return _debits(m, verloop, lambda p, v: v.eind is not None and (p.eind or "") > v.eind)


def niet_vanaf_eerste_dag(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A ProductPeriode begins on the first of the month, or with its allocation later that month (TR387)."""

    def wrong(p: Prestatie, v: Versie) -> bool:
        first = eerste_dag(p.begin)
        later = first is not None and v.ingang is not None and v.ingang[:7] == first[:7]
        return p.begin != (v.ingang if later else first)

    return _debits(m, verloop, wrong)


def niet_tot_laatste_dag(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A ProductPeriode ends on the last of the month, or with its allocation earlier that month (TR388)."""

    def wrong(p: Prestatie, v: Versie) -> bool:
        last = laatste_dag(p.eind)
        earlier = last is not None and v.eind is not None and v.eind[:7] == last[:7]
        return p.eind != (v.eind if earlier else last)

    return _debits(m, verloop, wrong)


def na_declaratieperiode(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A claim looks back: no ProductPeriode goes on after the DeclaratiePeriode (TR319).

    The message itself decides this, but the standard gives it a retourcode of its own, as here.
    """
    del verloop
    for place, p in m.rijen:
        if m.eind is not None and max(p.begin or "", p.eind or "") > m.eind:
            yield place


def andere_categorie(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """The category is that of the allocation, where it has one (TR339)."""
    return _rows(m, verloop, lambda p, v: v.categorie is not None and p.categorie != v.categorie)


def andere_code(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """The product code is that of the allocation, where it has one (TR340)."""
    return _rows(m, verloop, lambda p, v: v.code is not None and p.code != v.code)


def andere_eenheid(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """The unit is that of the allocation, where it has one; hours may be claimed in minutes (TR341)."""
    return _rows(m, verloop, lambda p, v: v.eenheid is not None and _measure(p, v) is None)


def meer_dan_periode(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A row fits in what is allocated for its own period (TR321)."""

    def wrong(p: Prestatie, v: Versie) -> bool:
        most, volume = _in_measure(ruimte(v, p.begin, p.eind), v), _measure(p, v)
        return most is not None and volume is not None and volume > most

    return _debits(m, verloop, wrong)


def meer_dan_totaal(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """All rows of an allocation together fit in its whole period (TR322).

    Without Einddatum there is no whole, unless the Volume is that of the whole already.
    """
    return _totals(m, verloop, lambda v: _in_measure(ruimte(v, v.ingang, v.eind), v), _measure)


def meer_dan_budget(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """All rows of an allocation together fit in its Budget, in cents (TR369)."""
    return _totals(m, verloop, lambda v: v.budget, lambda p, _: p.bedrag)


def referentie_niet_uniek(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A provider uses a ReferentieNummer once, here and ever; also that of a refused row is used (TR314).

    Two rows of one client with the same ReferentieNummer and VorigReferentieNummer are TR101, in the message.
    """
    seen: defaultdict[str, set[tuple[str, str | None]]] = defaultdict(set)
    for client in m.clienten:
        for rij in client.prestaties:
            p = rij.prestatie
            key = (client.place, p.vorig)
            if seen[p.referentie] - {key} or verloop.prestaties(m.kop.aanbieder, p.referentie):
                yield rij.place
            seen[p.referentie].add(key)


def debet_onbekend(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A credit names a debit row that its gemeente approved (TR323).

    So not one whose 325 is still to come (IV085). One that is not known is no finding while messages are
    missing.
    """
    volledig = verloop.volledig(m.kop.gemeente, m.kop.aanbieder)
    for rij in m.rijen:
        if not rij.prestatie.credit:
            continue
        found = verloop.prestaties(m.kop.aanbieder, rij.prestatie.vorig or "")
        if (found or volledig) and not any(
            r.goedgekeurd and not r.prestatie.credit and r.prestatie.gemeente == m.kop.gemeente for r in found
        ):
            yield rij.place


def debet_niet_gecrediteerd(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """The same product and period is claimed again only after the earlier row was credited (TR389).

    A credit in the same message is in time (IV086); a refused row needs none.
    """
    credited = {rij.prestatie.vorig for rij in m.rijen if rij.prestatie.credit}
    claimed: dict[int | None, set[tuple[str | None, ...]]] = {}
    for place, p in m.rijen:
        if p.nummer not in claimed:
            eerder = _counting(m, p.nummer, verloop)
            gone = credited | {e.vorig for e in eerder if e.credit}
            claimed[p.nummer] = {_what(e) for e in eerder if not e.credit and e.referentie not in gone}
        if not p.credit and _what(p) in claimed[p.nummer]:
            yield place


def _what(p: Prestatie) -> tuple[str | None, ...]:
    return p.begin, p.eind, p.categorie, p.code


def al_gecrediteerd(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """A row is credited once (TR390); a refused credit was none."""
    for rij in m.rijen:
        vorig = rij.prestatie.vorig
        if rij.prestatie.credit and any(
            not r.afgekeurd for r in verloop.credits(m.kop.aanbieder, vorig or "")
        ):
            yield rij.place


def ander_tarief(m: Declaratiebericht, verloop: Verloop) -> Iterator[str]:
    """The tariff is that of the contract, where that is known here (TR418)."""
    for place, p in m.rijen:
        if p.credit or p.tarief is None:
            continue
        contract = verloop.tarief(
            m.kop.gemeente, m.kop.aanbieder, p.code or "", p.eenheid or "", p.begin or ""
        )
        if contract is not None and contract != p.tarief:
            yield place


def _known(m: Declaratiebericht, p: Prestatie, verloop: Verloop) -> tuple[Versie, ...]:
    """The versions in sight of the allocation of a row, when it is one of this provider."""
    versies = zicht(verloop.versies(m.kop.gemeente, p.nummer), m.kop)
    return tuple(v for v in versies if v.aanbieder == m.kop.aanbieder)


_Wrong = Callable[[Prestatie, Versie], bool]


def _rows(m: Declaratiebericht, verloop: Verloop, wrong: _Wrong) -> Iterator[str]:
    """The rows that are wrong by every version in sight; those without a known allocation are for TR338."""
    for place, p in m.rijen:
        versies = _known(m, p, verloop)
        if versies and all(wrong(p, v) for v in versies):
            yield place


def _debits(m: Declaratiebericht, verloop: Verloop, wrong: _Wrong) -> Iterator[str]:
    return _rows(m, verloop, lambda p, v: not p.credit and wrong(p, v))


def _totals(
    m: Declaratiebericht,
    verloop: Verloop,
    limit: Callable[[Versie], int | None],
    measure: Callable[[Prestatie, Versie], int | None],
) -> Iterator[str]:
    """The debit rows with which, added in order to all that counts already, an allocation is overdrawn."""
    per_toewijzing: dict[int | None, list[tuple[str, Prestatie]]] = defaultdict(list)
    for rij in m.rijen:
        per_toewijzing[rij.prestatie.nummer].append(rij)
    for nummer, rows in per_toewijzing.items():
        versies = _known(m, rows[0][1], verloop)
        limits = [most for v in versies if (most := limit(v)) is not None]
        if not versies or len(limits) < len(versies):
            continue
        versie = versies[-1]
        before = _counting(m, nummer, verloop)
        total = sum((measure(p, versie) or 0) * (-1 if p.credit else 1) for p in before)
        total -= sum(measure(p, versie) or 0 for _, p in rows if p.credit)
        for place, p in rows:
            if not p.credit:
                total += measure(p, versie) or 0
                if total > max(limits):
                    yield place


def _counting(m: Declaratiebericht, nummer: int | None, verloop: Verloop) -> list[Prestatie]:
    """What was claimed on an allocation, without what was refused."""
    return [r.prestatie for r in verloop.gedeclareerd(m.kop.gemeente, nummer) if not r.afgekeurd]


def _measure(p: Prestatie, v: Versie) -> int | None:
    """The volume of a row in the smallest unit the allocation is counted in; None when it does not fit."""
    if p.eenheid == v.eenheid:
        return _in_measure(p.volume, v)
    return p.volume if (v.eenheid, p.eenheid) == (_UUR, _MINUUT) else None


def _in_measure(volume: int | None, v: Versie) -> int | None:
    """Hours become minutes, so that both can be added."""
    return volume * _MINUTEN_PER_UUR if volume is not None and v.eenheid == _UUR else volume


DECLARATIE: Final[tuple[Verloopregel[Declaratiebericht], ...]] = (
    Verloopregel(
        "TR304", "8187", _323, "Deze client of toewijzing hoort niet bij eerdere berichten.", client_onbekend
    ),
    Verloopregel("TR307", "9307", _323, "ProductPeriode begint voor de toewijzing.", begin_voor_ingang),
    Verloopregel("TR308", "9308", _323, "ProductPeriode eindigt na de toewijzing.", eind_na_einde),
    Verloopregel("TR314", "8021", _323, "ReferentieNummer is al eerder gebruikt.", referentie_niet_uniek),
    Verloopregel(
        "TR318",
        "8214",
        _323,
        "DeclaratiePeriode volgt niet op die van de vorige declaratie.",
        periode_volgt_niet,
    ),
    Verloopregel(
        "TR319", "9319", _323, "ProductPeriode loopt door na DeclaratiePeriode.", na_declaratieperiode
    ),
    Verloopregel(
        "TR321", "9321", _323, "GeleverdVolume is meer dan toegewezen voor deze periode.", meer_dan_periode
    ),
    Verloopregel("TR322", "9322", _323, "Samen is er meer gedeclareerd dan toegewezen.", meer_dan_totaal),
    Verloopregel(
        "TR323",
        "8017",
        _323,
        "VorigReferentieNummer is niet van een goedgekeurde debetregel.",
        debet_onbekend,
    ),
    Verloopregel("TR333", "9333", _323, "DeclaratieNummer is al eerder gebruikt.", nummer_niet_uniek),
    Verloopregel(
        "TR338", "9338", _323, "Bij ToewijzingNummer is geen toewijzing bekend.", toewijzing_onbekend
    ),
    Verloopregel("TR339", "9339", _323, "ProductCategorie is niet die van de toewijzing.", andere_categorie),
    Verloopregel("TR340", "9340", _323, "ProductCode is niet die van de toewijzing.", andere_code),
    Verloopregel("TR341", "9341", _323, "Eenheid past niet bij die van de toewijzing.", andere_eenheid),
    Verloopregel("TR369", "9369", _323, "Samen is er meer gedeclareerd dan het budget.", meer_dan_budget),
    Verloopregel("TR384", "9384", _323, "De toewijzing is verwijderd.", toewijzing_verwijderd),
    Verloopregel(
        "TR387",
        "9387",
        _323,
        "Begindatum is niet de eerste dag van de maand of van de toewijzing.",
        niet_vanaf_eerste_dag,
    ),
    Verloopregel(
        "TR388",
        "9388",
        _323,
        "Einddatum is niet de laatste dag van de maand of van de toewijzing.",
        niet_tot_laatste_dag,
    ),
    Verloopregel(
        "TR389",
        "9389",
        _323,
        "Deze prestatie is al gedeclareerd en nog niet gecrediteerd.",
        debet_niet_gecrediteerd,
    ),
    Verloopregel("TR390", "9390", _323, "Deze prestatie is al gecrediteerd.", al_gecrediteerd),
    Verloopregel("TR418", "0611", _323, "ProductTarief is niet dat van het contract.", ander_tarief),
)
