"""Inclusion proofs as C2SP tlog-proof text: one small file that can be checked without the gateway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from adapters.ledger.note import (
    OpenedCheckpoint,
    VerifierKey,
    decimal,
    decode64,
    encode64,
    hash64,
    malformed,
    open_checkpoint,
)
from adapters.ledger.verify import verify_inclusion
from schemas.errors import NotAuthenticated

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class TlogProof:
    """The place of a leaf in a signed tree. Nothing here is believed before `verify`, and `extra` is never
    believed.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    """The signed note, verbatim."""
    extra: bytes | None = None
    """Not authenticated: anybody can put anything here without breaking the proof."""

    def format(self) -> str:
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += map(encode64, self.hashes)
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> TlogProof:
        """Raises InvalidMessage for anything `format` would not write."""
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != HEADER:
            raise malformed("dit is geen tlog-proof")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = decode64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index ") or len(lines) - 1 > MAX_HASHES:
            raise malformed("een tlog-proof heeft een plaats en hoogstens 63 hashes")
        index = decimal(lines.pop(0).removeprefix("index "))
        return cls(index, tuple(map(hash64, lines)), checkpoint, extra)

    def verify(
        self, leaf_hash: bytes, log: VerifierKey, witnesses: Iterable[VerifierKey] = ()
    ) -> OpenedCheckpoint:
        """The checkpoint that holds this leaf at this index.

        Raises NotAuthenticated when the checkpoint is not the log's or the leaf is not in it,
        InvalidMessage when the checkpoint cannot be read.
        """
        opened = open_checkpoint(self.checkpoint, log, witnesses)
        checkpoint = opened.checkpoint
        if not verify_inclusion(leaf_hash, self.index, checkpoint.size, self.hashes, checkpoint.root):
            raise NotAuthenticated("the leaf is not at this index of the signed tree")
        return opened
