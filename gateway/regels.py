"""Partijen and policy as they are now: made once per version of the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from consent.beleid import Beleid, Proportionaliteitsprofiel, check_profiel
from gateway.authentication import Partijen, PartijenReader
from schemas.partij import Partij


@dataclass(frozen=True, slots=True)
class Regels:
    partijen: Mapping[str, Partij]
    beleid: Beleid


class Regelbron:
    """The current Regels. A profile in the register replaces a shipped one with the same id."""

    def __init__(
        self, reader: PartijenReader, shipped: Iterable[Proportionaliteitsprofiel], rules_hash: str
    ) -> None:
        self._reader = reader
        self._shipped = {p.id: p for p in shipped}
        self._rules_hash = rules_hash
        self._made: tuple[Partijen, Regels] | None = None

    async def current(self) -> Regels:
        found = await self._reader.current()
        if self._made is None or self._made[0] is not found:
            own = {i: check_profiel(orjson.loads(text)) for i, text in found.profielen.items()}
            beleid = Beleid.of((self._shipped | own).values(), self._rules_hash)
            self._made = found, Regels(found.by_id, beleid)
        return self._made[1]
