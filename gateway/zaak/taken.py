"""What people must do because of where a zaak stands, derived anew at each step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from consent.inrichting import Termijnen
from consent.leeftijd import add_days, day, midnight
from gateway.account.leaves import new_id
from gateway.ports.storage import Storage
from schemas.exchange.taak import GEDAAN, VAN_ZAAK, Taak, Taaksoort, Taakstatus
from schemas.storage.storage import TaakWrite
from schemas.zaak.stappen import Wettelijketaak
from schemas.zaak.verloop import Zaakstand, Zaakstatus

_WEEK = dt.timedelta(days=7)
GEEN: Final = Termijnen()


class Nodig(NamedTuple):
    partij: str
    sleutel: str
    soort: Taaksoort
    uiterlijk: dt.datetime


def nodig(ident: str, z: Zaakstand, nu: dt.datetime, termijnen: Termijnen = GEEN) -> Iterator[Nodig]:
    """The taken that there should be now. `termijnen`: what the region agreed."""
    if z.status is Zaakstatus.GESLOTEN:
        return
    begin, regie = f"zaak:{ident}", z.regie[-1]
    for a in z.open_acties():
        einde = _einde(a.actie.uiterlijk)
        yield Nodig(a.actie.eigenaar, f"{begin}:actie:{a.id}", Taaksoort.ZAAK_ACTIE, einde)
        if einde <= nu and a.actie.eigenaar != z.regisseur:
            soort = Taaksoort.ZAAK_HERINNEREN
            yield Nodig(z.regisseur, f"{begin}:herinneren:{a.id}", soort, einde + _WEEK)
    yield from _om_de_tafel(begin, z, nu)
    if z.aanbod is not None:
        sleutel = f"{begin}:regie:{len(z.regie)}"
        yield Nodig(z.aanbod.aan, sleutel, Taaksoort.ZAAK_REGIE, nu + _WEEK)
    if len(z.regie) > 1:
        sleutel = f"{begin}:ouders:{len(z.regie)}"
        yield Nodig(z.regisseur, sleutel, Taaksoort.ZAAK_OUDERS, regie.van + _WEEK)
    herzien = _herzien(z, termijnen)
    if herzien is not None:
        yield Nodig(z.regisseur, f"{begin}:herzien:{herzien}", Taaksoort.ZAAK_HERZIEN, _einde(herzien))
    yield from _afgesproken(begin, z, nu, termijnen)


def _herzien(z: Zaakstand, t: Termijnen) -> dt.date | None:
    """The day to look back: what was agreed in the zaak, and no later than the region agreed."""
    laatst = z.evaluaties[-1].datum if z.evaluaties else z.ingangsdatum
    if z.status is not Zaakstatus.IN_UITVOERING or laatst is None or t.evaluatie_weken is None:
        return z.herzien_op
    uiterlijk = add_days(laatst, 7 * t.evaluatie_weken)
    return uiterlijk if z.herzien_op is None else min(z.herzien_op, uiterlijk)


def _afgesproken(begin: str, z: Zaakstand, nu: dt.datetime, t: Termijnen) -> Iterator[Nodig]:
    """By the terms of the region: who gives help tells how it goes, and before the end it is handed over."""
    loopt = z.status is Zaakstatus.IN_UITVOERING
    if loopt and z.ingangsdatum is not None and t.terugkoppeling_dagen is not None:
        einde = _einde(add_days(z.ingangsdatum, t.terugkoppeling_dagen))
        for p in z.partners_op(day(nu)):
            if p.taak is Wettelijketaak.JEUGDHULP:
                sleutel = f"{begin}:terugkoppeling:{z.ingangsdatum}"
                yield Nodig(p.partij, sleutel, Taaksoort.ZAAK_TERUGKOPPELING, einde)
    if loopt and z.geopend.einddatum is not None and t.overdracht_dagen is not None:
        einde = _einde(add_days(z.geopend.einddatum, -t.overdracht_dagen))
        sleutel = f"{begin}:overdracht:{z.geopend.einddatum}"
        yield Nodig(z.regisseur, sleutel, Taaksoort.ZAAK_OVERDRACHT, einde)


def _om_de_tafel(begin: str, z: Zaakstand, nu: dt.datetime) -> Iterator[Nodig]:
    """Of each overleg that is to come, and of the last one that was held, by what its kind says."""
    for sleutel, datum in _overleggen(begin, z):
        einde = _einde(datum)
        yield Nodig(z.regisseur, sleutel, Taaksoort.ZAAK_OVERLEG, einde)
        if einde <= nu:
            yield Nodig(z.regisseur, f"{sleutel}:herinneren", Taaksoort.ZAAK_HERINNEREN, einde + _WEEK)
    for overleg, datum in z.oproepen.items():
        yield Nodig(z.regisseur, f"{begin}:oproep:{overleg}", Taaksoort.ZAAK_OPROEP, _einde(datum))
    verslag = z.gehouden[-1] if z.gehouden else None
    if verslag is not None and verslag.verslag_tot is not None:
        einde = _einde(verslag.verslag_tot)
        yield Nodig(z.regisseur, f"{begin}:verslag:{verslag.overleg}", Taaksoort.ZAAK_VERSLAG, einde)


def _overleggen(begin: str, z: Zaakstand) -> Iterator[tuple[str, dt.date]]:
    """Each overleg that is to come, with its day: what is planned, and the next one that was agreed."""
    yield from ((f"{begin}:tafel:{overleg}", datum) for overleg, datum in z.gepland.items())
    if z.volgend_overleg is not None:
        yield f"{begin}:volgende:{z.volgend_overleg}", z.volgend_overleg


@dataclass(frozen=True, slots=True)
class Zaaktaken:
    storage: Storage
    sleutel: Callable[[str, str], str]
    """How a partij knows a zaak."""

    async def plan(
        self, ident: str, leerling: str, z: Zaakstand, nu: dt.datetime, termijnen: Termijnen = GEEN
    ) -> tuple[TaakWrite, ...]:
        """The taken to make, to open again and to end. One that its partij called done stays done."""
        wanted = {(n.partij, n.sleutel): n for n in nodig(ident, z, nu, termijnen)}
        there = {(t.partij, t.sleutel): t for t in await self.storage.taken_by_sleutel(list(wanted))}
        open_now = [
            t
            for t in await self.storage.taken_of(leerling)
            if t.soort in VAN_ZAAK and t.sleutel.startswith(f"zaak:{ident}:")
        ]
        ended = [_ended(t, nu) for t in open_now if (t.partij, t.sleutel) not in wanted]
        made = [
            self._made(n, ident, leerling, there.get(key), nu)
            for key, n in wanted.items()
            if key not in there
            or (there[key].status is not Taakstatus.OPEN and there[key].uitkomst != GEDAAN)
        ]
        return (*ended, *made)

    def _made(self, n: Nodig, ident: str, leerling: str, was: Taak | None, nu: dt.datetime) -> TaakWrite:
        if was is not None:
            again = was.model_copy(
                update={
                    "status": Taakstatus.OPEN,
                    "sinds": nu,
                    "uiterlijk": n.uiterlijk,
                    "uitkomst": None,
                    "geescaleerd_op": None,
                    "versie": was.versie + 1,
                }
            )
            return TaakWrite(again, was.versie)
        return TaakWrite(
            Taak(
                id=new_id(),
                soort=n.soort,
                partij=n.partij,
                leerling=leerling,
                sleutel=n.sleutel,
                ontstaan_op=nu,
                uiterlijk=n.uiterlijk,
                sinds=nu,
                over=self.sleutel(n.partij, ident),
            )
        )


def _ended(t: Taak, nu: dt.datetime) -> TaakWrite:
    done = t.model_copy(update={"status": Taakstatus.AFGEHANDELD, "sinds": nu, "versie": t.versie + 1})
    return TaakWrite(done, t.versie)


def _einde(dag: dt.date) -> dt.datetime:
    """The end of that Dutch day."""
    return midnight(add_days(dag, 1))
