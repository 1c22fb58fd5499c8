"""Partijen and policy as they are now: parsed once per version of the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from consent.beleid import Beleid, Proportionaliteitsprofiel, check_profiel
from gateway.ports import Storage
from schemas.partij import Partij


@dataclass(frozen=True, slots=True)
class Regels:
    version: int
    partijen: Mapping[str, Partij]
    beleid: Beleid


class Regelbron:
    """The current Regels. A profile in the register replaces a shipped one with the same id."""

    def __init__(
        self, storage: Storage, shipped: Iterable[Proportionaliteitsprofiel], rules_hash: str
    ) -> None:
        self._storage = storage
        self._shipped = {p.id: p for p in shipped}
        self._rules_hash = rules_hash
        self._kept: Regels | None = None

    async def current(self) -> Regels:
        version = await self._storage.register_version()
        if self._kept is None or self._kept.version != version:
            register = await self._storage.register()
            own = {i: check_profiel(orjson.loads(text)) for i, text in register.profielen.items()}
            self._kept = Regels(
                register.version,
                {i: Partij.model_validate_json(text) for i, text in register.partijen.items()},
                Beleid.of((self._shipped | own).values(), self._rules_hash),
            )
        return self._kept
