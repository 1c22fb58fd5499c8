"""Who had which authority on which day, out of everything that was ever recorded about it. Pure.

The newest check says completely who holds gezag. What protects the leerling does not lapse because a later
record is silent about it: court orders and the protection against a partij stay until a record ends them by
name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from consent.leeftijd import day
from schemas.identifiers import PartijId
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Gezagsgegevens,
    Gezagsoort,
    Hoedanigheid,
    Maatregel,
    ToestemmingFunctie,
    Vertegenwoordiging,
    VervangendeToestemming,
)

Order = TypeVar("Order", Vertegenwoordiging, VervangendeToestemming)
PARENTS: Final = 2
"""Gezag that is held jointly is held by two people."""


def newest(gezag: Sequence[Gezagsgegevens]) -> Gezagsgegevens | None:
    """The snapshot of gezag that was checked last. Of one day, the last one recorded."""
    return max(reversed(gezag), key=lambda g: g.gecontroleerd_op, default=None)


def known_at(gezag: Sequence[Gezagsgegevens], at: dt.datetime) -> Gezagsgegevens | None:
    """The snapshot that says how it was at `at`, among those that were recorded by then or checked on an
    earlier day.

    What was said before the first check is judged by that first check, because nothing on record says that it
    was different.
    """
    on = day(at)
    by_then = [g for g in gezag if g.vastgelegd_op <= at or g.gecontroleerd_op < on]
    return newest(by_then) or min(gezag, key=lambda g: g.gecontroleerd_op, default=None)


def holders(snapshot: Gezagsgegevens | None) -> tuple[str, ...]:
    """The wettelijk vertegenwoordigers in a snapshot: who holds gezag (BW 1:251-253, 1:253t, 1:268).

    Ondertoezichtstelling is no change of gezag: a GI that does not hold the voogdij represents nobody
    (BW 1:262, 263) [W].
    """
    if snapshot is None or snapshot.soort is Gezagsoort.ONBEKEND:
        return ()
    found = (
        p.persoon
        for p in snapshot.personen
        if p.gezag
        and p.persoon != snapshot.leerling
        and (p.hoedanigheid is not Hoedanigheid.GI_VOOGD or snapshot.soort is Gezagsoort.GI_VOOGD)
    )
    return tuple(dict.fromkeys(found))


def people(gezag: Iterable[Gezagsgegevens]) -> frozenset[str]:
    """Everybody who was ever recorded around the leerling, himself included."""
    return frozenset(p for g in gezag for p in (g.leerling, *(each.persoon for each in g.personen)))


def two_parents(snapshot: Gezagsgegevens | None) -> tuple[str, ...]:
    """The two parents who hold gezag together. Empty when gezag is held in another way."""
    if snapshot is None or snapshot.soort is not Gezagsoort.GEZAMENLIJK:
        return ()
    parents = {p.persoon for p in snapshot.personen if p.hoedanigheid is Hoedanigheid.OUDER}
    both = holders(snapshot)
    return both if len(both) == PARENTS and parents.issuperset(both) else ()


def representations(gezag: Iterable[Gezagsgegevens]) -> tuple[Vertegenwoordiging, ...]:
    return _not_ended(gezag, lambda g: g.vertegenwoordigingen, lambda o: o.persoon)


def substitutions(gezag: Iterable[Gezagsgegevens]) -> tuple[VervangendeToestemming, ...]:
    return _not_ended(gezag, lambda g: g.vervangende_toestemmingen, lambda o: o.vervangt)


def _not_ended(
    gezag: Iterable[Gezagsgegevens],
    listed: Callable[[Gezagsgegevens], Iterable[Order]],
    about: Callable[[Order], str],
) -> tuple[Order, ...]:
    """Every order that nobody ended, in the form of the last record that names it, in order of recording."""
    found: dict[tuple[str, str], list[Order]] = {}
    for g in gezag:
        for ended in g.beeindigde_uitspraken:
            found.pop((ended.document_ref, ended.persoon), None)
        named: dict[tuple[str, str], list[Order]] = {}
        for order in listed(g):
            named.setdefault((order.document_ref, about(order)), []).append(order)
        found |= named
    return tuple(o for orders in found.values() for o in orders)


def protected_from(gezag: Iterable[Gezagsgegevens]) -> dict[PartijId, PartijId]:
    """The partijen that must get nothing, each with the partijen that recorded that."""
    found: dict[PartijId, PartijId] = {}
    for g in gezag:
        for partij in g.niet_meer_afgeschermd_voor:
            found.pop(partij, None)
        found |= dict.fromkeys(g.afgeschermd_voor, g.vastgelegd_door)
    return found


def under_curatele(
    orders: Iterable[Vertegenwoordiging], judgements: Iterable[Bekwaamheidsoordeel], at: dt.datetime
) -> bool:
    """Whether he is under curatele: by an order in force, or by a judgement that named it and that no later
    one ended by name.

    Curatele is a status of the person and not of a matter, so every judgement is looked at, whoever made it.
    """
    on = day(at)
    if any(o.hoedanigheid is Hoedanigheid.CURATOR and in_force(o, on) for o in orders):
        return True
    said = sorted((n for n in judgements if n.moment <= at), key=lambda n: (n.moment, n.vastgelegd_op))
    under = False
    for n in said:
        ended = Maatregel.CURATELE in n.beeindigde_maatregelen
        under = n.maatregel is Maatregel.CURATELE or (under and not ended)
    return under


def carries(order: Vertegenwoordiging) -> frozenset[ToestemmingFunctie]:
    """Which functies an order can carry.

    Bewind is over goods, so it never lifts secrecy, and it gives a ground only where the order is about those
    goods (UAVG 5(2), Jeugdwet 7.3.15(2)).
    """
    if order.hoedanigheid is not Hoedanigheid.BEWINDVOERDER:
        return frozenset(order.functies)
    ground = frozenset({ToestemmingFunctie.AVG_BASIS})
    return ground.intersection(order.functies) if order.betreft_goederen else frozenset()


def in_force(order: Vertegenwoordiging | VervangendeToestemming, on: dt.date) -> bool:
    last = order.geldig_tot_en_met
    return order.geldig_vanaf <= on and (last is None or on <= last)
