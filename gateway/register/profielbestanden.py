"""Profiles from files: one per file, a folder of them, or those of a register file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from consent.beleid import Proportionaliteitsprofiel, check_profiel, number_faults, shared_reasons
from consent.vorm import parse_toml
from gateway.register.stroomregels import shipped_stromen
from gateway.runtime.bestanden import listed
from gateway.runtime.lezen import read_at_most
from schemas.errors import Fault, InvalidMessage, WrongUse

MAX_BYTES = 5_000_000
_CLASH = "Er is al een profiel voor dit doel, deze rol, deze richting en dit bericht."
_TWICE = "Er is al een profiel met dit id."


@dataclass(frozen=True, slots=True)
class Profielbestanden:
    """The profiles that are right, and for those that are not the file and a Fault with its place in
    there.
    """

    bestanden: int
    profielen: tuple[Proportionaliteitsprofiel, ...]
    fouten: tuple[tuple[str, Fault], ...]
    bevindingen: tuple[tuple[str, Fault], ...] = ()
    """Not wrong in form, and for a person to mend: a reason that is used for more than one role."""

    def or_refuse(self) -> tuple[Proportionaliteitsprofiel, ...]:
        """Raises InvalidMessage with the file's name before each place."""
        if self.fouten:
            raise InvalidMessage(tuple(replace(f, place=f"{name}{f.place}") for name, f in self.fouten))
        return self.profielen


def read_profielen(paths: Iterable[Path]) -> Profielbestanden:
    """Read profiles from files. Of a folder it reads the `.toml` files only. Raises WrongUse for what cannot
    be read.
    """
    files = [f for path in paths for f in listed([path]) if not path.is_dir() or f.suffix == ".toml"]
    good: list[Proportionaliteitsprofiel] = []
    where: list[tuple[str, str]] = []
    wrong: list[tuple[str, Fault]] = []
    ids: set[str] = set()
    for file in files:
        try:
            tables = _tables(parse_toml(_text(file)))
        except InvalidMessage as error:
            wrong += ((str(file), f) for f in error.faults)
            continue
        for place, table in tables.items():
            try:
                profiel = check_profiel(table)
            except InvalidMessage as error:
                wrong += ((str(file), replace(f, place=place + f.place)) for f in error.faults)
                continue
            numbered = number_faults(profiel, shipped_stromen())
            wrong += ((str(file), replace(f, place=place + f.place)) for f in numbered)
            if profiel.id in ids:
                wrong.append((str(file), Fault("register.dubbel", f"{place}/id", _TWICE)))
            if any(profiel.botst(p) for p in good):
                wrong.append((str(file), Fault("profiel.botst", place or "/", _CLASH)))
            ids.add(profiel.id)
            good.append(profiel)
            where.append((str(file), place))
    shared = tuple((where[n][0], replace(f, place=where[n][1] + f.place)) for n, f in shared_reasons(good))
    return Profielbestanden(len(files), tuple(good), tuple(wrong), shared)


def _text(file: Path) -> str:
    try:
        return read_at_most(file, MAX_BYTES).decode()
    except UnicodeDecodeError:
        raise WrongUse(f"{file} is geen tekst") from None


def _tables(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The profiles by their place: the file itself, or the profiles in a register file. What is no table is
    no profile.
    """
    rows = data.get("profielen")
    if not isinstance(rows, list):
        return {"": data}
    return {f"/profielen/{i}": row if isinstance(row, dict) else {} for i, row in enumerate(rows)}
