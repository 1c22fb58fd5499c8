"""The folder of a region, read as one.

It has `regio.toml`, and may have `partijen.toml`, `convenanten/`, `profielen/` and `recht.toml`. What is
wrong in any of them is told at once, with file and line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import orjson

from consent.convenant import Convenant, parse_convenant
from consent.inrichting import Regio
from consent.inrichting_nazien import Nagezien, parse_inrichting
from consent.plaatsen import line_numbers, placed
from consent.stromen import Stand
from gateway.register.apply import clashes, in_the_future, read_register
from gateway.register.convenant import text_of
from gateway.register.profielbestanden import read_profielen
from gateway.register.regels import INRICHTING, MANDAAT_LIJST, MANDATEN, REGIO
from gateway.register.stroomregels import shipped_stromen
from schemas.errors import Fault, InvalidMessage, WrongUse
from schemas.people.hoedanigheden import geldt_als, gelezen
from schemas.people.partij import Partij, Registermandaat
from schemas.storage.storage import Register

HOOFD: Final = "regio.toml"
PARTIJEN: Final = "partijen.toml"
RECHT: Final = "recht.toml"


@dataclass(frozen=True, slots=True)
class Regiomap:
    """A region without faults."""

    tekst: str
    nagezien: Nagezien
    register: Register | None
    """None: there is no register file, so nothing can be applied."""

    @property
    def regio(self) -> Regio:
        return self.nagezien.regio


def read_regio(folder: Path, partijen: Path | None = None, convenant_key: str | None = None) -> Regiomap:
    """The region in a folder. `partijen` is a register file elsewhere.

    With a `convenant_key` each convenant must be signed under it; without one it is only read, and then there
    is no register to apply when there is a convenant. Raises WrongUse, or InvalidMessage with every fault.
    """
    if not folder.is_dir():
        raise WrongUse(f"{folder} is geen map")
    faults: list[Fault] = []
    convenanten = dict(_convenanten(folder, faults))
    text = text_of(folder / HOOFD)
    try:
        nagezien = parse_inrichting(text, shipped_stromen(), (c.id for c in convenanten.values()), HOOFD)
    except InvalidMessage as error:
        faults += error.faults
        nagezien = None
    register = _register(folder, partijen, tuple(convenanten), convenant_key, faults)
    if nagezien is None:
        raise InvalidMessage(tuple(faults))
    regio = nagezien.regio
    lines = line_numbers(text)
    faults += (placed(f, HOOFD, lines) for f in in_the_future(regio.waarden, "/waarden"))
    for path, convenant in convenanten.items():
        here = line_numbers(text_of(path))
        faults += (placed(f, f"convenanten/{path.name}", here) for f in _agreed(convenant, regio))
    if register is not None:
        faults += (placed(f, HOOFD, lines) for f in _registered(regio, register))
        register = with_region(register, regio, text)
    if faults:
        raise InvalidMessage(tuple(faults))
    unsigned = bool(convenanten) and convenant_key is None
    return Regiomap(text, nagezien, None if unsigned else register)


def _convenanten(folder: Path, faults: list[Fault]) -> Iterator[tuple[Path, Convenant]]:
    for path in sorted(folder.glob("convenanten/*.toml")):
        text = text_of(path)
        try:
            yield path, parse_convenant(text)
        except InvalidMessage as error:
            lines = line_numbers(text)
            faults += (placed(f, f"convenanten/{path.name}", lines) for f in error.faults)


def _agreed(convenant: Convenant, regio: Regio) -> Iterator[Fault]:
    """Partijen of a convenant that the region has not, and what was agreed though no rule lets it."""
    acts = {p.id: geldt_als(p.hoedanigheid, p.werkgever) for p in regio.partijen}
    for i, ident in enumerate(convenant.partijen):
        if ident not in acts:
            yield Fault("regio.partij", f"/partijen/{i}", "Deze partij staat niet in regio.toml.")
    there = Counter(acts[i] for i in convenant.partijen if i in acts)
    pairs = [(a, b) for a in there for b in there if a is not b or there[a] > 1]
    rules = [r for r in shipped_stromen().regels if r.stand is not Stand.UIT]
    for i, afspraak in enumerate(convenant.afspraken):
        of_doel = [r for r in rules if afspraak.doel in r.doelen]
        if not any(a in r.van and b in r.aan for r in of_doel for a, b in pairs):
            text = "Tussen deze partijen is er voor dit doel geen stroom."
            yield Fault("regio.stroom", f"/afspraken/{i}/doel", text)


def _register(
    folder: Path, partijen: Path | None, convenanten: tuple[Path, ...], key: str | None, faults: list[Fault]
) -> Register | None:
    """The register of the files beside the region. Adds faults to `faults`."""
    file = partijen or folder / PARTIJEN
    recht = folder / RECHT
    if partijen is None and not file.exists():
        return None
    try:
        found = read_register(file, convenanten if key else (), key, None, recht if recht.exists() else None)
    except InvalidMessage as error:
        lines = line_numbers(text_of(file))
        faults += (placed(f, file.name, lines) if f.place.startswith("/") else f for f in error.faults)
        return None
    return replace(found, profielen=found.profielen | _profielen(folder, faults))


def _profielen(folder: Path, faults: list[Fault]) -> dict[str, str]:
    if not (folder / "profielen").is_dir():
        return {}
    read = read_profielen([folder / "profielen"])
    faults += (replace(f, place=f"{Path(name).name}{f.place}") for name, f in read.fouten)
    own = {p.id: p for p in read.profielen}
    faults += clashes(own, {i: i for i in own})
    return {i: p.model_dump_json(exclude_defaults=True) for i, p in own.items()}


def _registered(regio: Regio, register: Register) -> Iterator[Fault]:
    """Partijen of the region that the register has not, or knows in another capacity or role."""
    known = {i: Partij.model_validate_json(t) for i, t in register.partijen.items()}
    for i, p in enumerate(regio.partijen):
        found, here = known.get(p.id), f"/partijen/{i}"
        if found is None:
            yield Fault("regio.partij", f"{here}/id", "Deze partij staat niet in het register.")
            continue
        if p.hoedanigheid not in gelezen(found).hoedanigheden:
            text = "Het register kent deze partij in een andere hoedanigheid."
            yield Fault("regio.hoedanigheid", f"{here}/hoedanigheid", text)
        names = {str(r) for r in (*found.rollen, *found.functies)}
        if not names.issuperset(map(str, p.rollen)):
            yield Fault("regio.rol", f"{here}/rollen", "Het register kent deze partij niet in deze rollen.")


def with_region(register: Register, regio: Regio, text: str) -> Register:
    """The register with what the file of the region adds, each where it always stood."""
    beleid = {**register.beleid, INRICHTING: orjson.dumps({"tekst": text}).decode()}
    waarden = regio.waarden.model_dump_json(exclude_defaults=True)
    if waarden != "{}":
        beleid[REGIO] = waarden
    ids = {p.sleutel: p.id for p in regio.partijen}
    own = tuple(
        Registermandaat(
            gever=ids[m.gever],
            nemer=ids[m.nemer],
            besluiten=m.besluiten,
            geldig_vanaf=m.geldig_vanaf,
            geldig_tot_en_met=m.geldig_tot_en_met,
            besluit_ref=m.besluit_ref,
        )
        for m in regio.mandaten
    )
    if own:
        there = MANDAAT_LIJST.validate_json(beleid.get(MANDATEN, "[]"))
        beleid[MANDATEN] = MANDAAT_LIJST.dump_json((*there, *own), exclude_defaults=True).decode()
    return replace(register, beleid=beleid)
