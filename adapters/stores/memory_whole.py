"""Reading everything that a memory store has, to compare it with the account and to stamp it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from itertools import islice

from schemas.account.verantwoording import Leaf
from schemas.exchange.uitwisseling import Levering, Uitwisseling
from schemas.storage.storage import Adopted, LeerlingRow, Register, StoredAnswer


class Whole(ABC):
    """Part of MemoryStorage, which has these rows."""

    _answers: dict[tuple[str, bytes], StoredAnswer]
    _leerlingen: dict[str, LeerlingRow]
    _lookalikes: dict[str, bytes]
    _leveringen: dict[str, Levering]
    _uitwisselingen: dict[str, tuple[Uitwisseling, tuple[str, ...]]]
    _register: Register
    _past: dict[int, Register]
    _stamped_from: str | None
    commits: int

    @abstractmethod
    def _check_open(self) -> None: ...

    @abstractmethod
    def _append(self, leaves: tuple[Leaf, ...]) -> object: ...

    async def waiting(self) -> str | None:
        self._check_open()
        return None  # a leaf gets its position in its commit

    def adopting(self) -> AbstractAsyncContextManager[None]:
        """Nothing to wait for, as there is only one process."""
        return nullcontext()

    async def leerlingen(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        self._check_open()
        later = sorted(ident for ident in self._leerlingen if ident > after)[:limit]
        return tuple(self._leerlingen[ident] for ident in later)

    async def leerlingen_of(self, partij: str, after: bytes, limit: int) -> tuple[LeerlingRow, ...]:
        self._check_open()
        own = [r for r in self._leerlingen.values() if r.owner == partij and r.blind_index > after]
        return tuple(sorted(own, key=lambda r: r.blind_index)[:limit])

    async def lookalikes(self, partij: str, lookalike: bytes) -> tuple[LeerlingRow, ...]:
        self._check_open()
        found = sorted(ident for ident, known in self._lookalikes.items() if known == lookalike)
        return tuple(row for row in map(self._leerlingen.__getitem__, found) if row.owner == partij)

    async def without_lookalike(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        self._check_open()
        found = sorted(ident for ident in self._leerlingen.keys() - self._lookalikes.keys() if ident > after)
        return tuple(self._leerlingen[ident] for ident in found[:limit])

    async def set_lookalikes(self, known: Mapping[str, bytes]) -> None:
        self._check_open()
        for ident, lookalike in known.items():
            self._lookalikes.setdefault(ident, lookalike)

    async def all_uitwisselingen(
        self, after: str, limit: int
    ) -> tuple[tuple[Uitwisseling, tuple[str, ...]], ...]:
        self._check_open()
        later = sorted(ident for ident in self._uitwisselingen if ident > after)[:limit]
        return tuple(self._uitwisselingen[ident] for ident in later)

    async def answers(self, after: tuple[str, bytes] | None, limit: int) -> tuple[StoredAnswer, ...]:
        self._check_open()
        later = sorted(key for key in self._answers if after is None or key > after)[:limit]
        return tuple(self._answers[key] for key in later)

    async def stamped_from(self) -> str | None:
        self._check_open()
        return self._stamped_from

    async def adopt(self, adopted: Adopted) -> None:
        self._check_open()
        for ident, made in adopted.leerlingen.items():
            self._leerlingen[ident] = replace(
                self._leerlingen[ident], feitenhash=made.feitenhash, stamp=made.stamp
            )
        for levering in adopted.leveringen:
            if self._leveringen[levering.id].versie == levering.versie:
                self._leveringen[levering.id] = levering
        for sent in adopted.uitwisselingen:
            self._uitwisselingen[sent.id] = sent, self._uitwisselingen[sent.id][1]
        for answer in adopted.answers:
            self._answers[answer.partij, answer.key_hash] = answer
        for version, stamp in adopted.registers.items():
            if version == self._register.version:
                self._register = replace(self._register, stamp=stamp)
            elif version in self._past:
                self._past[version] = replace(self._past[version], stamp=stamp)
        if adopted.leaf is not None:
            self._append((adopted.leaf,))
            self._stamped_from = adopted.leaf.id
        self.commits += 1

    async def all_leveringen(self, after: int, limit: int) -> tuple[tuple[int, Levering], ...]:
        self._check_open()
        return tuple(islice(enumerate(self._leveringen.values(), 1), after, after + limit))
