"""Who may sign in: issuers, the people that partijen registered, and claims that mean a role.

One row of the register, as that of machtigingen. It holds no name and no `sub`: a person is a hash of his
issuer and the name that it has for him.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from schemas.base import Model
from schemas.errors import Fault
from schemas.identifiers import PartijId
from schemas.people.mensen import (
    EISEN,
    MEDEWERKER,
    Eis,
    Handeling,
    Mens,
    Mensrol,
    Rolregel,
    Uitgever,
    UitgeverId,
    kenmerk,
    waarden,
)
from schemas.people.partij import Partij, Partijsoort

MENSEN: Final = "mensen"
"""The id of the one row. A register from before has none: then nobody signs in."""


class Bestandsmens(Model):
    """One person as he stands in the file: by `sub`, or by the hash that is kept of it."""

    uitgever: UitgeverId
    sub: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = Field(
        default=None, repr=False
    )
    kenmerk: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    partij: PartijId
    rollen: Annotated[tuple[Mensrol, ...], Field(min_length=1, max_length=4)]


class Mensenrij(Model):
    """The row, as it is stored."""

    uitgevers: tuple[Uitgever, ...] = ()
    mensen: tuple[Mens, ...] = ()
    eisen: tuple[Eis, ...] = ()


@dataclass(frozen=True, slots=True)
class Mensen:
    """Those of one register, ready to be asked."""

    uitgevers: Mapping[str, Uitgever] = field(default_factory=dict)
    rollen: Mapping[tuple[str, str], tuple[Mens, ...]] = field(default_factory=dict)
    """By issuer and kenmerk."""
    eisen: Mapping[Handeling, Eis] = field(default_factory=lambda: EISEN)

    @classmethod
    def of(cls, beleid: Mapping[str, str]) -> Mensen:
        """Raises ValidationError."""
        if MENSEN not in beleid:
            return cls()
        rij = Mensenrij.model_validate_json(beleid[MENSEN])
        found: dict[tuple[str, str], tuple[Mens, ...]] = {}
        for mens in rij.mensen:
            key = (mens.uitgever, mens.kenmerk)
            found[key] = (*found.get(key, ()), mens)
        return cls({u.id: u for u in rij.uitgevers}, found, {**EISEN, **{e.handeling: e for e in rij.eisen}})

    def van(self, uitgever: str, sub: str, claims: Mapping[str, Any]) -> dict[str, frozenset[Mensrol]]:
        """The roles that somebody has now, by partij. Empty: none, also when that issuer is no longer
        there.
        """
        by = self.uitgevers.get(uitgever)
        if by is None:
            return {}
        rows: list[Mens | Rolregel] = [*self.rollen.get((by.id, kenmerk(by.issuer, sub)), ())]
        rows += (r for r in by.rollen if r.waarde in waarden(claims, r.claim))
        found: dict[str, frozenset[Mensrol]] = {}
        for row in rows:
            found[row.partij] = found.get(row.partij, frozenset()) | MEDEWERKER.intersection(row.rollen)
        return found

    def claims(self, uitgever: str) -> frozenset[str]:
        """The claims that mean a role: no other is kept of what an issuer says."""
        by = self.uitgevers.get(uitgever)
        return frozenset() if by is None else frozenset(r.claim for r in by.rollen)


def read_mensen(
    uitgevers: Sequence[tuple[int, Uitgever]],
    mensen: Sequence[tuple[int, Bestandsmens]],
    eisen: Sequence[tuple[int, Eis]],
    partijen: Mapping[str, Partij],
) -> tuple[dict[str, str], list[Fault]]:
    """The row of these, each with its place in the file, and what contradicts the rest of the register."""
    faults: list[Fault] = []
    by_id: dict[str, Uitgever] = {}
    for i, u in uitgevers:
        here = f"/uitgevers/{i}"
        if u.id in by_id or any(u.issuer == other.issuer for other in by_id.values()):
            faults.append(Fault("register.dubbel", here, "Deze uitgever staat er twee keer in."))
        by_id[u.id] = u
        for j, regel in enumerate(u.rollen):
            faults += _roles(f"{here}/rollen/{j}", regel.partij, regel.rollen, partijen)
    rows: list[Mens] = []
    seen: set[tuple[str, str, str]] = set()
    for i, m in mensen:
        here = f"/mensen/{i}"
        faults += _roles(here, m.partij, m.rollen, partijen)
        by = by_id.get(m.uitgever)
        if by is None:
            text = "Deze uitgever staat niet in het register."
            faults.append(Fault("register.uitgever", f"{here}/uitgever", text))
            continue
        if (m.sub is None) is (m.kenmerk is None):
            faults.append(Fault("register.mens", here, "Noem van iemand zijn sub of zijn kenmerk."))
            continue
        mark = m.kenmerk or kenmerk(by.issuer, m.sub or "")
        if (by.id, mark, m.partij) in seen:
            faults.append(Fault("register.dubbel", here, "Deze persoon staat er twee keer in."))
        seen.add((by.id, mark, m.partij))
        rows.append(Mens(uitgever=by.id, kenmerk=mark, partij=m.partij, rollen=m.rollen))
    faults += _stricter(eisen)
    if not uitgevers and not mensen and not eisen:
        return {}, faults
    rij = Mensenrij(
        uitgevers=tuple(u for _, u in uitgevers), mensen=tuple(rows), eisen=tuple(e for _, e in eisen)
    )
    return {MENSEN: rij.model_dump_json(exclude_defaults=True)}, faults


def _roles(
    here: str, ident: str, rollen: Iterable[Mensrol], partijen: Mapping[str, Partij]
) -> Iterator[Fault]:
    partij = partijen.get(ident)
    if partij is None:
        yield Fault("register.mens", f"{here}/partij", "Deze partij staat niet in het register.")
        return
    for k, rol in enumerate(rollen):
        where = f"{here}/rollen/{k}"
        if rol not in MEDEWERKER:
            text = "Een ouder of leerling komt op uitnodiging, en staat niet in het register."
            yield Fault("register.rol", where, text)
        elif (rol is Mensrol.FG) is not (partij.soort is Partijsoort.FG):
            text = "Een fg hoort bij een partij van soort fg, en daar hoort geen andere rol bij."
            yield Fault("register.rol", where, text)
        elif rol is Mensrol.IB and partij.soort is not Partijsoort.SCHOOL:
            yield Fault("register.rol", where, "Deze rol hoort bij een school.")
        elif rol is Mensrol.ONTVANGER and partij.aflevering is None:
            yield Fault("register.rol", where, "Deze partij ontvangt niets.")


def _stricter(eisen: Iterable[tuple[int, Eis]]) -> Iterator[Fault]:
    """What a register asks is never less than what we ask."""
    for i, e in eisen:
        ours = EISEN[e.handeling]
        if not e.niveau.haalt(ours.niveau):
            yield Fault("register.eis", f"/eisen/{i}/niveau", "Dit is lager dan wat altijd wordt gevraagd.")
        if ours.vers_minuten is not None and (e.vers_minuten or 61) > ours.vers_minuten:
            text = "Dit is langer dan wat altijd wordt gevraagd."
            yield Fault("register.eis", f"/eisen/{i}/versMinuten", text)


def told(text: str) -> Iterator[tuple[str, str]]:
    """Each issuer, person and demand apart, by the name under which a change of it is told."""
    rij = Mensenrij.model_validate_json(text)
    for u in rij.uitgevers:
        yield f"uitgever {u.id}", u.model_dump_json()
    for m in rij.mensen:
        yield f"mens {m.kenmerk[7:19]} bij {m.partij}", m.model_dump_json()
    for e in rij.eisen:
        yield f"eis {e.handeling}", e.model_dump_json()
