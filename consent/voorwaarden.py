"""The named conditions under which a rule of a flow holds, and what is known of them. Pure, three-valued.

A condition that is not known is None, never False: what rests on it waits. A rule writes them as
`"ots_loopt"`, `"niet leerplichtig"`, `"jonger_dan(18)"` or, when one of two is enough, as
`"aangemeld of ingeschreven"`. There is no other language: a name that is not here is refused when the table
is read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Final

from consent.leeftijd import age

Driewaardig = bool | None
"""True, False, or not known."""


@dataclass(slots=True, kw_only=True)
class Feiten:
    """What is known of one flow at its moment, about this sender, this recipient and this leerling.

    Nothing changes it once it is made; it is not frozen because of what that takes for so many fields.
    """

    geboren: tuple[dt.date, ...] = ()
    """Every day he may have been born on; empty: nothing is known of his age."""
    ots_loopt: Driewaardig = None
    """This GI carries out an ondertoezichtstelling over him."""
    gi_is_voogd: Driewaardig = None
    ingeschreven: Driewaardig = None
    """At this school."""
    aangemeld: Driewaardig = None
    """At this school."""
    gaat_over: Driewaardig = None
    """He leaves this school for that school."""
    zelfde_bevoegd_gezag: Driewaardig = None
    """Both schools are of one bevoegd gezag."""
    vo_naar_mbo: Driewaardig = None
    """From a school for voortgezet onderwijs to one for mbo."""
    leerplichtig: Driewaardig = None
    """The Leerplichtwet holds for him."""
    zestien_uur: Driewaardig = None
    """Absent without a valid reason for sixteen hours of lessons in four weeks."""
    centraal_gemeld: Driewaardig = None
    """The sector of this school reports absence centrally."""
    verwijderd: Driewaardig = None
    """The school sent him away."""
    in_of_uitschrijving_buiten_register: Driewaardig = None
    """Enrolled or taken off, by a school outside the central register."""
    gevraagd: Driewaardig = None
    """The recipient asked for it."""
    nodig: Driewaardig = None
    """Who sends declared that exactly this is necessary."""
    direct_betrokken: Driewaardig = None
    """The recipient is directly involved in that very help."""
    convenant_geldt: Driewaardig = None
    mandaat: Driewaardig = None
    """Who acts for another has his mandate for it."""
    vermoeden: Driewaardig = None
    """A reasonable suspicion of huiselijk geweld or kindermishandeling."""
    meldcode: Driewaardig = None
    """The steps of the meldcode were taken and put on record."""
    medewerking_vereist: Driewaardig = None
    """Veilig Thuis needs the professional cooperation of the recipient."""
    raadsonderzoek: Driewaardig = None
    """The Raad examines the case."""
    bekostiging: Driewaardig = None
    """It is about paying for help: toewijzing, start and stop, declaratie, control."""
    taakgericht: Driewaardig = None
    """The help is paid for as a task, and not per leerling."""
    vraag_van_college: Driewaardig = None
    """The college puts the question that it needs answered, when it consults a school about a voorziening."""
    risico_verwijsindex: Driewaardig = None
    """A reasonable suspicion of a risk that the law on the verwijsindex lists."""
    goede_zorg: Driewaardig = None
    """The professional judged that giving it is good care."""
    eigen_gegevens: Driewaardig = None
    """He sends what is about himself, or about the child he represents."""


ALLEEN_GEZEGD: Final = frozenset({"gevraagd", "vraag_van_college", "direct_betrokken"})
"""What is so only because somebody says it of this very flow, to use what a rule lets him: as long as nobody
said it, it is known not to be so. No rule but one that lets less go asks that one of these is not so.
"""
NAMEN: Final = tuple(f.name for f in fields(Feiten) if f.name != "geboren")
LEEFTIJD: Final = ("jonger_dan", "minstens")
_LITERAL: Final = re.compile(r"(niet )?([a-z_]+)(?:\(([0-9]{1,2})\))?")


@dataclass(frozen=True, slots=True)
class _Naam:
    niet: bool
    naam: str
    jaren: int | None


@lru_cache(maxsize=1_024)
def _read(tekst: str) -> tuple[_Naam, ...] | None:
    """The alternatives of one condition. None: it is none."""
    out = []
    for part in tekst.split(" of "):
        m = _LITERAL.fullmatch(part)
        if m is None:
            return None
        jaren = None if m[3] is None else int(m[3])
        if m[2] not in (NAMEN if jaren is None else LEEFTIJD):
            return None
        out.append(_Naam(bool(m[1]), m[2], jaren))
    return tuple(out)


def bekend(tekst: str) -> bool:
    """Whether this is a condition of ours."""
    return _read(tekst) is not None


def namen_in(tekst: str) -> tuple[str, ...]:
    """The names that stand in a known condition."""
    return tuple(n.naam for n in _read(tekst) or ())


def jaren_in(tekst: str) -> tuple[int, ...]:
    """The ages that a known condition names."""
    return tuple(n.jaren for n in _read(tekst) or () if n.jaren is not None)


def geldt(tekst: str, feiten: Feiten, on: dt.date) -> Driewaardig:
    """Whether a condition holds on a day (Europe/Amsterdam). What is no condition of ours is not known."""
    return of(_one(n, feiten, on) for n in _read(tekst) or ())


def alle(teksten: Sequence[str], feiten: Feiten, on: dt.date) -> Driewaardig:
    """Whether all hold: one that does not settles it, and else one that is not known."""
    found = [geldt(t, feiten, on) for t in teksten]
    if False in found:
        return False
    return None if None in found else True


def of(found: Iterable[Driewaardig]) -> Driewaardig:
    """Whether one of these holds. Of nothing it is not known."""
    seen = set(found)
    if True in seen:
        return True
    return None if None in seen or not seen else False


def _one(n: _Naam, feiten: Feiten, on: dt.date) -> Driewaardig:
    value = _age(n, feiten, on) if n.jaren is not None else getattr(feiten, n.naam)
    return value if value is None or not n.niet else not value


def _age(n: _Naam, feiten: Feiten, on: dt.date) -> Driewaardig:
    """An age that is not certain is known only where every possible one gives the same answer."""
    assert n.jaren is not None
    found = {(age(b, on) < n.jaren) is (n.naam == "jonger_dan") for b in feiten.geboren if b <= on}
    return found.pop() if len(found) == 1 else None
