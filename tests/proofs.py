"""What one real gateway handed out, for tests of the offline check: nothing in it is written by hand.

A checker and a test that both believe the same wrong spelling of a leaf agree with each other, so a test of a
proof starts here and falsifies what it got. The private key of that log is here too: what a thief of the key
could sign must fail as well.
"""

from __future__ import annotations

import asyncio
import base64
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from adapters.ledger.note import Checkpoint, NoteSigner, sign_checkpoint
from adapters.ledger.proof import TlogProof
from adapters.ledger.tree import Frontier, inclusion_proof
from tests.line import HELPER, OTHER_HELPER, Line, another, fine, open_line

Json = dict[str, Any]


@dataclass(frozen=True)
class Proofs:
    """`answers` (202), `positions` (of their first leaf) and `bundles` are those of two uitwisselingen."""

    log: NoteSigner
    vkey: str
    leaves: tuple[bytes, ...]
    hashes: tuple[bytes, ...]
    positions: tuple[int, ...]
    answers: tuple[Json, ...]
    bundles: tuple[Json, ...]
    """As `GET …/bewijs` gives them: the first leaf whole, of two decisions the hash."""
    statements: tuple[Json, ...]
    """The toestemmingsbewijzen of both ouders."""
    notice: Json
    """An intrekkingsbericht as its recipient reads it."""

    def note(
        self, size: int | None = None, signer: NoteSigner | None = None, root: bytes | None = None
    ) -> str:
        """A checkpoint over the first leaves, also one that this log never signed."""
        size = len(self.hashes) if size is None else size
        signer = signer or self.log
        tree = Frontier().extend(self.hashes[:size])
        return sign_checkpoint(Checkpoint(signer.name, size, root or tree.root()), signer)

    def proof(self, index: int, **other: Any) -> str:
        """The place of one leaf in the whole tree, under such a checkpoint."""
        hashes = tuple(inclusion_proof(index, len(self.hashes), _Rows(self.hashes)))
        return TlogProof(index, hashes, self.note(**other)).format()

    def blad(self, index: int) -> Json:
        """What a bundle says of this leaf when it gives it whole."""
        return {
            "bladHash": base64.b64encode(self.hashes[index]).decode(),
            "blad": base64.b64encode(self.leaves[index]).decode(),
            "bewijs": self.proof(index),
        }


@dataclass(frozen=True)
class _Rows:
    hashes: tuple[bytes, ...]

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        return list(self.hashes[start:end])

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        raise AssertionError


@cache
def proofs() -> Proofs:
    """Proofs that a whole run of the tests shares, so nobody may change them."""

    async def scene() -> Proofs:
        with tempfile.TemporaryDirectory() as folder:
            async with open_line("memory", Path(folder)) as line:
                return await _day(line)

    return asyncio.run(scene())


async def _day(line: Line) -> Proofs:
    leerling = await line.gezag()
    given = await line.both_agree(leerling)
    answers = [await line.push(ontvangers=[HELPER, OTHER_HELPER])]
    answers.append(await line.push(raw=another("anders"), ontvangers=[HELPER, OTHER_HELPER]))
    await line.take(answers[0]["leveringen"][0]["id"])
    await line.withdraw(given[0])
    (item,) = fine(await line.helper.get("/postbus/intrekkingen"))["intrekkingen"]
    await line.context.checkpointer.publish()
    bundles = [fine(await line.school.get(f"/uitwisselingen/{a['uitwisselingId']}/bewijs")) for a in answers]
    entries = await line.world.storage.entries(0, 1_000)
    found = [await line.world.storage.uitwisseling(a["uitwisselingId"]) for a in answers]
    firsts = await line.world.storage.positions_of([u[1][0] for u in found if u is not None])
    log: NoteSigner = vars(line.world.signer)["_signer"]
    return Proofs(
        log,
        line.world.signer.vkey,
        tuple(e.canonical for e in entries),
        tuple(e.leaf_hash for e in entries),
        tuple(at for at in firsts if at is not None),
        tuple(answers),
        tuple(bundles),
        tuple([fine(await line.school.get(g["links"]["bewijs"].removeprefix("/v1"))) for g in given]),
        fine(await line.helper.get(item["links"]["zelf"].removeprefix("/v1"))),
    )
