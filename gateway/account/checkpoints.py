"""Signing checkpoints: at most one interval after a leaf was stored, a signed tree covers it.

Two checkpoints that no consistency proof can link are never both signed. The last one signed is remembered
outside the database; a tree that is smaller or different (a backup that was restored, a second gateway on a
copy) stops the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.ports.keys import Anchor, LedgerSigner
from gateway.ports.storage import Storage
from gateway.runtime.logs import Log
from schemas.errors import GatewayError, InvalidMessage, LedgerBroken, NotAuthenticated
from schemas.events import CHECKPOINT_SIGNED, PROMISE_BROKEN
from schemas.storage.storage import StoredCheckpoint, TreeHead


class Checkpointer:
    def __init__(
        self,
        storage: Storage,
        signer: LedgerSigner,
        anchor: Anchor,
        read_note: Callable[[str], TreeHead],
        seconds: float,
        log: Log,
    ) -> None:
        self._storage, self._signer, self._anchor = storage, signer, anchor
        self._read_note, self._seconds, self._log = read_note, seconds, log

    async def start(self) -> None:
        """Compare the tree on disk with what was last signed, and sign it. Raises LedgerBroken."""
        await self.publish()

    async def check(self) -> None:
        """Compare the tree on disk with what was last signed, and sign nothing. Raises LedgerBroken."""
        last = await asyncio.to_thread(self._anchor.read)
        await self._check_continues(last, await self._storage.head())

    async def publish(self) -> StoredCheckpoint:
        """The newest checkpoint, after it was signed, remembered and stored, in that order.

        When the tree did not grow, nothing new is signed. Raises LedgerBroken when no proof could link the
        new one to the one signed before.
        """
        while True:
            last = await asyncio.to_thread(self._anchor.read)
            head = await self._storage.head()
            await self._check_continues(last, head)
            if last is not None and last.size == head.size:
                await self._save(last)  # it was signed before, but storing it may have failed
                return last
            new = StoredCheckpoint(head.size, self._signer.sign_checkpoint(head.size, head.root))
            try:
                await asyncio.to_thread(self._anchor.replace, last, new)
            except LedgerBroken:
                if await asyncio.to_thread(self._anchor.read) == last:
                    raise
                continue  # another process signed just before us, so we go on from its checkpoint
            await self._save(new)
            self._log(CHECKPOINT_SIGNED, size=new.size)
            return new

    async def _save(self, checkpoint: StoredCheckpoint) -> None:
        """Store the checkpoint in the database, unless one that is at least as long is there already."""
        stored = await self._storage.last_checkpoint()
        if stored is not None and stored.size >= checkpoint.size:
            return
        try:
            await self._storage.save_checkpoint(checkpoint)
        except LedgerBroken:
            stored = await self._storage.last_checkpoint()
            if stored is None or stored.size < checkpoint.size:
                raise

    async def place(self) -> bool:
        """Give every leaf that waits its place in the ledger; False while another process is doing that."""
        while placed := await self._storage.sequence():
            continue
        return placed is not None

    async def _check_continues(self, last: StoredCheckpoint | None, head: TreeHead) -> None:
        if last is None:
            if await self._storage.last_checkpoint() is not None:
                raise LedgerBroken("het anker ontbreekt, terwijl er al checkpoints zijn ondertekend")
            return
        try:
            signed = self._read_note(last.note)
        except (InvalidMessage, NotAuthenticated) as error:
            text = "het anker is niet door de sleutel van deze verantwoording ondertekend"
            raise LedgerBroken(text) from error
        if head.size < signed.size:
            raise LedgerBroken(
                f"de verantwoording is korter ({head.size}) dan wat is ondertekend ({signed.size}): "
                "is een oude kopie teruggezet?"
            )
        if await self._storage.root(signed.size) != signed.root:
            raise LedgerBroken("de verantwoording op schijf is niet het vervolg van wat is ondertekend")

    async def run(self) -> None:
        """Place and sign until cancelled.

        When the store cannot be reached this is tried again at the next interval; a broken log ends it.
        """
        while True:
            await asyncio.sleep(self._seconds)
            try:
                if await self.place():
                    await self.publish()
            except LedgerBroken:
                raise
            except GatewayError as error:
                self._log(PROMISE_BROKEN, exception=error, problem="checkpoint")
