"""A store whose next write fails as a lost connection does: before it was stored, or after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from adapters.stores.memory import MemoryStorage
from gateway.ports.storage import Storage
from schemas.account.verantwoording import Leaf
from schemas.errors import RecordUnavailable
from schemas.storage.storage import Change, CommitResult, Register, StoredCheckpoint

T = TypeVar("T")

if TYPE_CHECKING:
    _Reads = MemoryStorage  # any store will do: its reads pass through
else:

    class _Reads:
        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)


class FaultyStorage(_Reads):
    def __init__(self, inner: Storage) -> None:
        self._inner = inner
        self._stored: bool | None = None

    def fail_next_write(self, *, stored: bool) -> None:
        """The next write raises RecordUnavailable; `stored` says whether it was really done."""
        self._stored = stored

    async def commit(self, change: Change) -> CommitResult:
        return await self._write(lambda: self._inner.commit(change))

    async def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...], *, look_again: bool = False
    ) -> bool:
        return await self._write(
            lambda: self._inner.apply_register(register, expected_version, leaves, look_again=look_again)
        )

    async def claim_jti(self, client: str, jti_hash: bytes, expires: dt.datetime, now: dt.datetime) -> bool:
        return await self._write(lambda: self._inner.claim_jti(client, jti_hash, expires, now))

    async def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        await self._write(lambda: self._inner.save_checkpoint(checkpoint))

    async def _write(self, write: Callable[[], Awaitable[T]]) -> T:
        stored, self._stored = self._stored, None
        if stored is None:
            return await write()
        if stored:
            await write()
        raise RecordUnavailable("the store was told to fail")
