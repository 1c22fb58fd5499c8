"""JW323 and its JW325: what was declared or granted, as totals for a settlement between gemeenten (X10).

A declaration has a row per client and a settlement has none, so this only goes one way, and only when enough
clients are in a total. What does not fit, and is left out: minutes (a settlement counts in hours), the
product, the tarief, the numbers of rows and allocations. The code of the arrangement and the variant of the
contract are in no message.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from adapters.ijw.bericht import JwBericht
from adapters.ijw.gelezen import Declaratieantwoord, Declaratiebericht, Prestatierij, lees
from adapters.ijw.lezer import DATUM, van_soort
from adapters.ijw.retour import match_retour
from schemas.errors import Fault, InvalidMessage
from schemas.messages.inrichting import Uitvoeringsvariant
from schemas.messages.tellingen import KLEINSTE_AANTAL, Totaal, Verrekening

EENHEID: Final[dict[str, Literal["uur", "dagdeel", "etmaal", "stuks"]]] = {
    "04": "uur",
    "14": "etmaal",
    "16": "dagdeel",
    "82": "stuks",
    "84": "stuks",
}
"""By WJ756. Of minutes (01) and euros (83) a total has the amount only."""
_DECLARATIE: Final = "/Bericht/Declaratie"
_ANTWOORD: Final = "/Bericht/DeclaratieAntwoord"


@dataclass(slots=True)
class Som:
    """What rows of one month in one unit amount to; credit is taken off."""

    aantal: int = 0
    bedrag_cent: int = 0
    clienten: set[str] = field(default_factory=set)

    def tel(self, rij: Prestatierij) -> None:
        teken = -1 if rij.prestatie.credit else 1
        self.aantal += teken * (rij.prestatie.volume or 0)
        self.bedrag_cent += teken * (rij.prestatie.bedrag or 0)
        self.clienten.add(rij.prestatie.client)


Sommen = dict[tuple[dt.date, str], Som]


def tel_op(rijen: Iterable[Prestatierij]) -> Sommen:
    """Sums by (first day of the month, unit), in that order. A ProductPeriode lies within a month (CS337).

    Raises InvalidMessage with every row whose date our types do not hold.
    """
    sommen: Sommen = {}
    faults = []
    for rij in rijen:
        if rij.prestatie.begin is None:
            faults.append(Fault("ijw.datum", f"{rij.place}/ProductPeriode/Begindatum", DATUM))
            continue
        begin = dt.date.fromisoformat(rij.prestatie.begin).replace(day=1)
        sommen.setdefault((begin, rij.prestatie.eenheid or ""), Som()).tel(rij)
    if faults:
        raise InvalidMessage(tuple(faults))
    return {sleutel: sommen[sleutel] for sleutel in sorted(sommen)}


def verrekening(
    declaratie: JwBericht,
    antwoord: JwBericht | None = None,
    *,
    arrangement: str,
    uitvoeringsvariant: Uitvoeringsvariant,
) -> Verrekening:
    """The totals of a 323, or with its 325 of what was granted of it, per month and unit.

    `arrangement` is the code of the arrangement all rows belong to, `uitvoeringsvariant` that of its
    contract. `tot` is the last day of the month. Raises InvalidMessage with every fault: a taakgericht
    arrangement, which declares nothing; an answer to another declaration, or one that grants nothing; and a
    total of fewer than `KLEINSTE_AANTAL` clients, from which what one of them got could be worked out.
    """
    gelezen, rijen = _toegekend(declaratie, antwoord)
    faults = []
    if uitvoeringsvariant is Uitvoeringsvariant.TAAKGERICHT:
        faults.append(Fault("ijw.taakgericht", _DECLARATIE, "Taakgerichte hulp wordt niet gedeclareerd."))
    sommen = tel_op(rijen)
    if not sommen:
        faults.append(Fault("ijw.niets_toegekend", _ANTWOORD, "Van deze declaratie is niets toegekend."))
    if any(len(som.clienten) < KLEINSTE_AANTAL for som in sommen.values()):
        faults.append(Fault("ijw.te_weinig_clienten", _DECLARATIE, _TE_WEINIG))
    if faults:
        raise InvalidMessage(tuple(faults))
    return Verrekening(
        arrangement=arrangement,
        uitvoeringsvariant=uitvoeringsvariant,
        totalen=tuple(
            _totaal(gelezen.kop.gemeente, begin, eenheid, som) for (begin, eenheid), som in sommen.items()
        ),
    )


_TE_WEINIG: Final = f"Een totaal gaat over minder dan {KLEINSTE_AANTAL} cliënten."


def _toegekend(
    declaratie: JwBericht, antwoord: JwBericht | None
) -> tuple[Declaratiebericht, tuple[Prestatierij, ...]]:
    van_soort(declaratie, "JW323")
    # Clients are told apart inside this function only, and no number of a client comes out of it.
    gelezen = lees(declaratie, str)
    assert isinstance(gelezen, Declaratiebericht)
    rijen = tuple(gelezen.rijen)
    if antwoord is None:
        return gelezen, rijen
    van_soort(antwoord, "JW325")
    if not match_retour(antwoord, declaratie):
        raise InvalidMessage(
            (Fault("ijw.ander_antwoord", "/Bericht/Header", "Dit antwoordt op een andere declaratie."),)
        )
    uitslag = lees(antwoord, str)
    assert isinstance(uitslag, Declaratieantwoord)
    if uitslag.alles_afgewezen:
        return gelezen, ()
    afgewezen = {rij.prestatie.referentie for rij in uitslag.rijen}
    return gelezen, tuple(rij for rij in rijen if rij.prestatie.referentie not in afgewezen)


def _totaal(gemeente: str, begin: dt.date, eenheid: str, som: Som) -> Totaal:
    naam = EENHEID.get(eenheid)
    # More credit than debit: a number cannot be less than none, an amount can.
    return Totaal(
        gemeente=gemeente,
        van=begin,
        tot=begin.replace(day=calendar.monthrange(begin.year, begin.month)[1]),
        eenheid=naam,
        aantal=som.aantal if naam and som.aantal >= 0 else None,
        bedrag_cent=som.bedrag_cent,
    )
