"""The ledger library as the exchange needs it."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.ledger import tree
from adapters.ledger.canonical import canonical
from adapters.ledger.proof import TlogProof


class Leaves:
    """Fits gateway/ports `LeafMaker`."""

    def canonical(self, data: dict[str, object]) -> bytes:
        return canonical(data)

    def leaf_hash(self, canonical: bytes) -> bytes:
        return tree.leaf_hash(canonical)

    def growing(self) -> tree.Growing:
        return tree.Growing()

    def proof_text(self, position: int, hashes: Sequence[bytes], checkpoint: str) -> str:
        return TlogProof(position, tuple(hashes), checkpoint).format()
