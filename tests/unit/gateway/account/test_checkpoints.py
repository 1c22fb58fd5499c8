"""Signing checkpoints: one history, also after a crash, a restored backup or a lost anchor."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.ledger.canonical import canonical
from adapters.ledger.verify import verify_consistency
from adapters.local.anchor import FileAnchor
from adapters.local.keys import KeyLedgerSigner, Keys
from adapters.stores.memory import MemoryStorage
from gateway.account.checkpoints import Checkpointer
from gateway.account.leaves import new_id
from gateway.runtime.logs import make_log
from gateway.wiring import note_reader
from schemas.account.verantwoording import EventType, Leaf
from schemas.errors import LedgerBroken, RecordUnavailable
from schemas.storage.storage import Register, StoredCheckpoint
from tests.faults.faulty import FaultyStorage

NAME = "ozlijn.test/2026"


@dataclass
class Signing:
    """A store, an anchor in a file and the key of one log."""

    folder: Path
    storage: MemoryStorage = field(default_factory=MemoryStorage)
    keys: Keys = field(default_factory=Keys.fresh)
    log: io.BytesIO = field(default_factory=io.BytesIO)

    @property
    def anchor(self) -> FileAnchor:
        return FileAnchor(self.folder / "anker")

    def checkpointer(
        self, storage: MemoryStorage | FaultyStorage | None = None, seconds: float = 60
    ) -> Checkpointer:
        signer = KeyLedgerSigner(self.keys, NAME)
        log = make_log(self.log, strict=True)
        return Checkpointer(
            storage or self.storage, signer, self.anchor, note_reader(signer.vkey), seconds, log
        )

    def events(self) -> list[str]:
        return [json.loads(line)["event"] for line in self.log.getvalue().splitlines()]


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return Signing(tmp_path)


async def grow(storage: MemoryStorage, *names: str) -> None:
    for name in names:
        leaf = Leaf(new_id(), EventType.REGISTER_CHANGED, canonical({"naam": name}))
        assert await storage.apply_register(Register(0, {}, {}), await storage.register_version(), (leaf,))


def test_each_checkpoint_continues_the_one_before(signing: Signing) -> None:
    """A consistency proof links every two that are signed, and store and anchor hold the newest."""

    async def scene() -> None:
        signer = signing.checkpointer()
        await grow(signing.storage, "a")
        await signer.start()
        first = await signer.publish()
        await grow(signing.storage, "b", "c")
        second = await signer.publish()
        read = note_reader(KeyLedgerSigner(signing.keys, NAME).vkey)
        old, new = read(first.note), read(second.note)
        proof = await signing.storage.consistency_proof(old.size, new.size)
        assert verify_consistency(old.size, old.root, new.size, new.root, proof)
        assert signing.anchor.read() == second == await signing.storage.last_checkpoint()

    asyncio.run(scene())


def test_nothing_is_signed_when_nothing_grew(signing: Signing) -> None:
    """The same checkpoint is given again, and not logged again."""

    async def scene() -> None:
        signer = signing.checkpointer()
        await grow(signing.storage, "a")
        first = await signer.publish()
        assert await signer.publish() is not None
        assert await signer.publish() == first
        assert signing.events() == ["ledger.checkpoint_signed"]

    asyncio.run(scene())


def test_a_smaller_tree_stops_the_log(signing: Signing) -> None:
    """A restored older database is not signed for: neither at start nor while running."""

    async def scene() -> None:
        await grow(signing.storage, "a", "b")
        await signing.checkpointer().start()
        kept = signing.anchor.read()
        older = MemoryStorage()
        await grow(older, "a")
        with pytest.raises(LedgerBroken, match="korter"):
            await signing.checkpointer(older).start()
        with pytest.raises(LedgerBroken, match="korter"):
            await signing.checkpointer(older).publish()
        assert signing.anchor.read() == kept
        assert await older.last_checkpoint() is None

    asyncio.run(scene())


@pytest.mark.parametrize("names", [("a", "x"), ("a", "x", "c")], ids=["as long", "longer"])
def test_another_tree_stops_the_log(signing: Signing, names: tuple[str, ...]) -> None:
    """A tree with another past is not signed for, whether it is as long as the signed one or longer."""

    async def scene() -> None:
        await grow(signing.storage, "a", "b")
        await signing.checkpointer().start()
        kept = signing.anchor.read()
        other = MemoryStorage()
        await grow(other, *names)
        for attempt in (signing.checkpointer(other).start, signing.checkpointer(other).publish):
            with pytest.raises(LedgerBroken, match="niet het vervolg"):
                await attempt()
        assert signing.anchor.read() == kept
        assert await other.last_checkpoint() is None

    asyncio.run(scene())


def test_a_lost_anchor_stops_the_log(signing: Signing) -> None:
    """Without an anchor nothing is signed on top of a checkpoint that the database remembers."""

    async def scene() -> None:
        await grow(signing.storage, "a")
        signer = signing.checkpointer()
        await signer.start()
        (signing.folder / "anker").unlink()
        await grow(signing.storage, "b")
        for attempt in (signer.publish, signing.checkpointer().start):
            with pytest.raises(LedgerBroken, match="anker ontbreekt"):
                await attempt()
        assert not (signing.folder / "anker").exists()

    asyncio.run(scene())


def test_an_anchor_of_another_log_stops_the_log(signing: Signing) -> None:
    """An anchor that our key did not sign is a broken log, not an unforeseen error."""

    async def scene() -> None:
        await grow(signing.storage, "a")
        await signing.checkpointer().start()
        signing.keys = Keys.fresh()
        with pytest.raises(LedgerBroken, match="niet door de sleutel"):
            await signing.checkpointer().start()

    asyncio.run(scene())


@pytest.mark.parametrize("stored", [False, True], ids=["not stored", "stored"])
def test_a_crash_between_anchor_and_database_heals(signing: Signing, *, stored: bool) -> None:
    """What the anchor has and the database may not have is stored at the next start, and not signed twice."""

    async def scene() -> None:
        await grow(signing.storage, "a")
        faulty = FaultyStorage(signing.storage)
        faulty.fail_next_write(stored=stored)
        with pytest.raises(RecordUnavailable):
            await signing.checkpointer(faulty).publish()
        kept = signing.anchor.read()
        assert kept is not None
        assert (await signing.storage.last_checkpoint() is not None) == stored
        await signing.checkpointer().start()
        assert await signing.storage.last_checkpoint() == kept == signing.anchor.read()
        assert signing.events() == []

    asyncio.run(scene())


def test_an_unreachable_store_is_tried_again(signing: Signing) -> None:
    """The loop logs a failure and signs at the next interval; the log stays one history."""

    async def scene() -> None:
        await grow(signing.storage, "a")
        faulty = FaultyStorage(signing.storage)
        faulty.fail_next_write(stored=False)
        loop = asyncio.create_task(signing.checkpointer(faulty, seconds=0.01).run())
        while not isinstance(await signing.storage.last_checkpoint(), StoredCheckpoint):
            assert not loop.done()
            await asyncio.sleep(0.01)
        loop.cancel()
        assert signing.events()[0] == "gateway.promise_broken"

    asyncio.run(asyncio.wait_for(scene(), 20))


def test_a_broken_log_ends_the_loop(signing: Signing) -> None:
    """LedgerBroken is not tried again: it comes out of the loop."""

    async def scene() -> None:
        await grow(signing.storage, "a")
        await signing.checkpointer().start()
        other = MemoryStorage()
        await grow(other, "x")
        with pytest.raises(LedgerBroken):
            await signing.checkpointer(other, seconds=0.01).run()

    asyncio.run(asyncio.wait_for(scene(), 20))
