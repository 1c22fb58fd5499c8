"""What a region agreed not to send by a rule of a flow, though the rule lets it: it narrows and never widens.

The narrower row goes before the whole one, and the whole one stays behind it, on hold. So what was cut off
waits: it does not fall to a rule of a lower kind, which would be on another ground and might let more go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from consent.stromen import Kracht, Stand, Stromen, Stroomregel
from schemas.base import Gegevenscategorie, Model, Tekst
from schemas.errors import Fault
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Partijfunctie, Partijhoedanigheid
from schemas.people.regio_delen import Stroomnummer
from schemas.people.toestemming import Gebruiksdoel

_DELEN: Final = ("van", "aan", "doelen", "soorten", "functies")


class Vernauwing(Model):
    """One rule of a flow as the region keeps it. A part that is absent stays as the rule has it."""

    regel: Stroomnummer
    waarom: Tekst
    convenant: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")] | None = None
    """Where it was agreed."""
    dicht: bool = False
    """Nothing goes by it."""
    van: tuple[Partijhoedanigheid, ...] = ()
    aan: tuple[Partijhoedanigheid, ...] = ()
    functies: tuple[Partijfunctie, ...] = ()
    doelen: tuple[Gebruiksdoel, ...] = ()
    soorten: Annotated[tuple[Gegevenscategorie, ...], Field(max_length=50)] = ()


def narrowing_faults(stromen: Stromen, rows: Sequence[Vernauwing]) -> Iterator[Fault]:
    """Rules that do not exist or cannot be narrowed, and parts that no version of the rule has."""
    seen: set[str] = set()
    for i, row in enumerate(rows):
        here = f"/stromen/{i}"
        versions = [r for r in stromen.regels if r.id == row.regel]
        if not versions:
            yield Fault("regio.regel", f"{here}/regel", "Deze regel van een stroom bestaat niet.")
            continue
        if row.regel in seen:
            yield Fault("regio.dubbel", f"{here}/regel", "Deze regel wordt twee keer vernauwd.")
        seen.add(row.regel)
        if any(r.kracht in {Kracht.VERBOD, Kracht.PLICHT} for r in versions):
            text = "Een verbod of plicht staat in de wet; een regio kan daar niets van afdoen."
            yield Fault("regio.plicht", f"{here}/regel", text)
        named = [d for d in _DELEN if getattr(row, d)]
        if row.dicht is bool(named):
            text = "Noem wat er van de regel overblijft, of alleen dat hij dicht is."
            yield Fault("regio.vernauwing", here, text)
        for deel in named:
            if not set().union(*(_parts(r, deel) for r in versions)).issuperset(getattr(row, deel)):
                text = "De regel heeft dit niet: een regio mag een stroom vernauwen, niet verruimen."
                yield Fault("regio.ruimer", f"{here}/{deel}", text)


def still_goes(stromen: Stromen, rows: Sequence[Vernauwing], row: Vernauwing) -> tuple[str, ...]:
    """Other rules by which something still goes that one of these rows cut off, by their ids: two rules may
    speak of the same.
    """
    own = [r for r in stromen.regels if r.id == row.regel]
    kept = vernauwd(stromen, rows).regels
    others = [r for r in kept if r.id != row.regel and r.kracht is not Kracht.VERBOD]
    return tuple(
        dict.fromkeys(o.id for o in others if o.stand is Stand.ACTIEF and any(_lets(o, r, row) for r in own))
    )


def _lets(other: Stroomregel, r: Stroomregel, row: Vernauwing) -> bool:
    """Whether a rule speaks of what the row cut off from another."""
    both = {deel: set(_parts(r, deel)).intersection(_parts(other, deel)) for deel in _DELEN}
    if not all(both.values()):
        return False
    return row.dicht or any(
        not both[deel].issubset(getattr(row, deel)) for deel in _DELEN if getattr(row, deel)
    )


def vernauwd(stromen: Stromen, rows: Iterable[Vernauwing]) -> Stromen:
    """The table as the region keeps it, given rows without faults."""
    by_rule = {row.regel: row for row in rows}
    made: list[Stroomregel] = []
    for r in stromen.regels:
        row = by_rule.get(r.id)
        if row is None or r.stand is not Stand.ACTIEF:
            made.append(r)
            continue
        cut = {deel: _kept(r, row, deel) for deel in _DELEN if getattr(row, deel)}
        if not row.dicht and all(cut.values()):
            made.append(r.model_copy(update=cut))
        made.append(r.model_copy(update={"stand": Stand.AANGEHOUDEN}))
    return Stromen(made)


def _parts(r: Stroomregel, deel: str) -> tuple[object, ...]:
    found: tuple[object, ...] = getattr(r, deel)
    if deel == "functies" and not found:  # of a rule this means anybody there
        return tuple(dict.fromkeys(f for h in r.aan for f in EIGENSCHAPPEN[h].functies))
    return found


def _kept(r: Stroomregel, row: Vernauwing, deel: str) -> tuple[object, ...]:
    asked = getattr(row, deel)
    return tuple(each for each in _parts(r, deel) if each in asked)
