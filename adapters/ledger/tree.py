"""The Merkle tree of RFC 6962 §2.1 (hashes unchanged in RFC 9162 §2.1), grown and read in tiles of 256.

Storage keeps one row per leaf hash, and one row per *full* subtree of 256, 65,536, … leaves (levels 8,
16, …). Everything between is computed when asked, so a proof costs a few tiles per level of 256 and not
a row per node. A level is the height of a node: a leaf hash is level 0, node `i` of level `l` covers
leaves `i * 2**l` up to `(i + 1) * 2**l`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol

from schemas.errors import LedgerBroken, WrongUse

HASH_SIZE = 32
TILE_LEVELS = 8
TILE_WIDTH = 1 << TILE_LEVELS
EMPTY_ROOT = sha256(b"").digest()

_SIZE_BYTES = 8


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256 of the leaf behind a zero byte, so that no leaf can pass for a node."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Reader(Protocol):
    """Reads what storage keeps; both ends are half open and both answers are in order, without gaps."""

    def leaf_hashes(self, start: int, end: int) -> list[bytes]: ...

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        """Full subtrees only; `level` is a multiple of 8 above 0."""
        ...


@dataclass(frozen=True, slots=True)
class TileNode:
    """A full subtree of `2**level` leaves, to be stored in the commit that stores its last leaf."""

    level: int
    index: int
    hash: bytes


class Frontier(NamedTuple):
    """All that must be kept of a tree to append to it: its full subtrees on the right edge, largest first.

    There is one per set bit of `size`. A value: appending gives a new one and never changes this one.
    Leaf hashes are taken as given; they must be 32 bytes.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """The tree with one more leaf *hash*."""
        size, nodes = self
        keep, bits = len(nodes), size
        while bits & 1:
            keep -= 1
            leaf = sha256(b"\x01" + nodes[keep] + leaf).digest()
            bits >>= 1
        return Frontier(size + 1, (*nodes[:keep], leaf))

    def extend(self, leaves: Iterable[bytes], level: int = 0) -> Frontier:
        """The tree with these leaf hashes added in order; much cheaper than as many `append`s.

        With a `level`, each hash is that of a full subtree of `2**level` leaves. Then `size` must be a
        multiple of that, because a full subtree stands nowhere else.
        """
        size, nodes = self.size >> level, list(self.nodes)
        for leaf in leaves:
            top, bits = leaf, size
            while bits & 1:
                top = sha256(b"\x01" + nodes.pop() + top).digest()
                bits >>= 1
            nodes.append(top)
            size += 1
        return Frontier(size << level, tuple(nodes))

    def root(self) -> bytes:
        return _fold(self.nodes) if self.nodes else EMPTY_ROOT

    def to_bytes(self) -> bytes:
        """Size as 8 bytes big-endian, then the hashes: at most 2 kB, for one database row."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.nodes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Raises LedgerBroken when `data` is not the length its own size asks for."""
        size = int.from_bytes(data[:_SIZE_BYTES], "big")
        if len(data) != _SIZE_BYTES + HASH_SIZE * size.bit_count():
            raise LedgerBroken("the stored frontier has the wrong length for its size")
        hashes = range(_SIZE_BYTES, len(data), HASH_SIZE)
        return cls(size, tuple(data[at : at + HASH_SIZE] for at in hashes))


def tiles_completed(old_size: int, new_leaves: Sequence[bytes], reader: Reader) -> list[TileNode]:
    """The nodes that fill up when `new_leaves` (leaf hashes) follow leaf `old_size - 1`, lowest level first.

    Reads from `reader` only rows that were there before, and only of tiles that fill up: nothing at all
    for most appends, fewer than 256 rows per level otherwise.
    """
    found: list[TileNode] = []
    below, before = list(new_leaves), old_size
    level = 0
    while True:
        after = before + len(below)
        first, end = before // TILE_WIDTH, after // TILE_WIDTH
        if first == end:
            return found
        start = first * TILE_WIDTH
        if start < before:
            below = _read(reader, level, start, before) + below
        level += TILE_LEVELS
        full = [
            full_root(below[at : at + TILE_WIDTH]) for at in range(0, (end - first) * TILE_WIDTH, TILE_WIDTH)
        ]
        found += [TileNode(level, first + at, node) for at, node in enumerate(full)]
        below, before = full, first


def root_at(size: int, reader: Reader) -> bytes:
    """The root the log had at `size` leaves, from at most 255 rows per level of 256."""
    if size < 0:
        raise WrongUse("a tree has no negative size")
    return _Tiles(size, reader).subtree(0, size) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, reader: Reader) -> list[bytes]:
    """The hashes from the sibling of leaf `index` up to a child of the root (RFC 9162 §2.1.3.1).

    Reads at most two tiles per level of 256: the one on the path, and the one on the right edge while
    that is another one. Raises WrongUse unless `0 <= index < size`.
    """
    if not 0 <= index < size:
        raise WrongUse("no such leaf in a tree of this size")
    tiles = _Tiles(size, reader)
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(tiles.subtree(middle, high))
            high = middle
        else:
            proof.append(tiles.subtree(low, middle))
            low = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, reader: Reader) -> list[bytes]:
    """Shows that the tree of `new` leaves begins with the tree of `old` leaves (RFC 9162 §2.1.4.1).

    Same reading cost as an inclusion proof. Raises WrongUse unless `1 <= old <= new`: nothing can be
    shown about an empty tree, so no verifier accepts it.
    """
    if not 1 <= old <= new:
        raise WrongUse("consistency runs from a tree that is not empty to one that is not smaller")
    tiles = _Tiles(new, reader)
    proof: list[bytes] = []
    low, high = 0, new
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            proof.append(tiles.subtree(middle, high))
            high = middle
        else:
            proof.append(tiles.subtree(low, middle))
            low = middle
    if low:
        # The verifier holds the old root itself only when the old tree is a complete left subtree.
        proof.append(tiles.subtree(low, high))
    return proof[::-1]


class _Tiles:
    """The tree of `size` leaves, reading each tile once and only as far as that size goes."""

    def __init__(self, size: int, reader: Reader) -> None:
        self._size = size
        self._reader = reader
        self._rows: dict[tuple[int, int], list[list[bytes]]] = {}

    def subtree(self, start: int, end: int) -> bytes:
        """Hash of leaves `start` to `end`, where the split rule of the RFC puts such a subtree."""
        parts: list[bytes] = []
        while start < end:
            level = (end - start).bit_length() - 1
            parts.append(self._node(level, start >> level))
            start += 1 << level
        return _fold(parts)

    def _node(self, level: int, index: int) -> bytes:
        above = level % TILE_LEVELS
        base = level - above
        tile = index >> (TILE_LEVELS - above)
        rows = self._rows.get((base, tile))
        if rows is None:
            rows = self._rows[base, tile] = self._load(base, tile)
        return rows[above][index - (tile << (TILE_LEVELS - above))]

    def _load(self, base: int, tile: int) -> list[list[bytes]]:
        start = tile * TILE_WIDTH
        end = min(start + TILE_WIDTH, self._size >> base)
        rows = [_read(self._reader, base, start, end)]
        while len(rows[-1]) > 1 and len(rows) < TILE_LEVELS:
            rows.append(_pairs(rows[-1]))
        return rows


def _read(reader: Reader, level: int, start: int, end: int) -> list[bytes]:
    rows = reader.nodes(level, start, end) if level else reader.leaf_hashes(start, end)
    if len(rows) != end - start:
        raise LedgerBroken(f"the ledger lacks hashes of level {level} between {start} and {end}")
    return rows


def _pairs(row: Sequence[bytes]) -> list[bytes]:
    return [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]


def full_root(row: Sequence[bytes]) -> bytes:
    """The root over the leaf hashes, or nodes of one level, of a full subtree: a power of two of them."""
    while len(row) > 1:
        row = _pairs(row)
    return row[0]


def _fold(parts: Sequence[bytes]) -> bytes:
    """One hash over full subtrees, largest first."""
    top = parts[-1]
    for left in reversed(parts[:-1]):
        top = node_hash(left, top)
    return top


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


class Growing:
    """Fits gateway/ports `Growing`: a tree made from nothing, kept as its frontier."""

    def __init__(self) -> None:
        self._frontier = Frontier()

    @property
    def size(self) -> int:
        return self._frontier.size

    def add(self, leaf_hash: bytes) -> None:
        self._frontier = self._frontier.extend([leaf_hash])

    def root(self) -> bytes:
        return self._frontier.root()
