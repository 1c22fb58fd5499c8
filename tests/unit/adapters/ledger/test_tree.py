"""The tree against a naive one written straight from the recursive definition in RFC 6962 §2.1."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ledger.tree import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_at,
    tiles_completed,
)
from adapters.ledger.verify import verify_consistency, verify_inclusion
from schemas.errors import LedgerBroken, WrongUse

LEAVES = [leaf_hash(b"%d" % number) for number in range(1_000)]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


class Rows:
    """What storage keeps, in memory, counting what is read."""

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.reads: dict[int, int] = {}

    def add(self, leaves: list[bytes]) -> None:
        for tile in tiles_completed(len(self.leaves), leaves, self):
            assert (tile.level, tile.index) not in self.tiles
            self.tiles[tile.level, tile.index] = tile.hash
        self.leaves += leaves

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        self.reads[0] = self.reads.get(0, 0) + end - start
        return self.leaves[start:end]

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        self.reads[level] = self.reads.get(level, 0) + end - start
        return [self.tiles[level, index] for index in range(start, end)]


class Synthetic:
    """A log of any length whose tiles are made up, so that only the reading is real."""

    def __init__(self) -> None:
        self.reads: dict[int, int] = {}

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        return self.nodes(0, start, end)

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        self.reads[level] = self.reads.get(level, 0) + end - start
        return [bytes([level]) * 32] * (end - start)


@pytest.fixture(scope="module")
def rows() -> Rows:
    stored = Rows()
    stored.add(LEAVES)
    return stored


def test_hashes_of_rfc_6962() -> None:
    """A leaf, a node and the empty tree hash as the RFC says, with different first bytes."""
    assert leaf_hash(b"a") == sha256(b"\x00a").digest()
    assert node_hash(b"l" * 32, b"r" * 32) == sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()
    assert EMPTY_ROOT == Frontier().root() == sha256(b"").digest()


def test_root_equals_the_naive_tree_at_every_size(rows: Rows) -> None:
    """Appending, extending and rebuilding from rows give the naive root at every size up to 1,000."""
    grown = Frontier()
    for size in range(len(LEAVES) + 1):
        expected = naive_root(LEAVES[:size])
        assert grown.root() == root_at(size, rows) == expected
        assert grown == Frontier().extend(LEAVES[:size])
        assert Frontier.from_bytes(grown.to_bytes()) == grown
        if size < len(LEAVES):
            grown = grown.append(LEAVES[size])


def test_append_leaves_the_old_frontier_alone() -> None:
    """A frontier is a value: what was appended to it later does not show in it."""
    before = Frontier().extend(LEAVES[:3])
    stored = before.to_bytes()
    before.append(LEAVES[3])
    before.extend(LEAVES[3:9])
    assert before.to_bytes() == stored


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:-1], lambda b: b + b"0", lambda b: b[:7], lambda _: b""],
    ids=["shorter", "longer", "half-size", "nothing"],
)
def test_damaged_frontier_is_refused(damage: Callable[[bytes], bytes]) -> None:
    """A stored frontier that lost or gained a byte stops the log instead of growing another tree."""
    with pytest.raises(LedgerBroken):
        Frontier.from_bytes(damage(Frontier().extend(LEAVES[:5]).to_bytes()))


@given(st.lists(st.integers(0, 400), max_size=6))
def test_tiles_do_not_depend_on_the_batches(sizes: list[int]) -> None:
    """However appends are cut into batches, each full tile is made exactly once with the same hash."""
    stored = Rows()
    for size in sizes:
        stored.add([leaf_hash(b"%d" % at) for at in range(len(stored.leaves), len(stored.leaves) + size)])
    leaves = stored.leaves
    full = range(len(leaves) // TILE_WIDTH)
    assert stored.tiles == {
        (8, tile): naive_root(leaves[tile * TILE_WIDTH : (tile + 1) * TILE_WIDTH]) for tile in full
    }


def test_tiles_of_the_second_level() -> None:
    """The 65,536th leaf completes a node of level 16 over the 256 nodes of level 8, batches or not."""
    leaves = [b"%032d" % number for number in range(TILE_WIDTH**2)]
    at_once = tiles_completed(0, leaves, Rows())
    stored = Rows()
    for start in range(0, len(leaves), 10_000):
        stored.add(leaves[start : start + 10_000])
    assert {(tile.level, tile.index): tile.hash for tile in at_once} == stored.tiles
    assert stored.tiles[16, 0] == Frontier().extend(leaves).root()
    assert root_at(len(leaves), stored) == stored.tiles[16, 0]


@given(st.data())
def test_inclusion_proofs_verify(rows: Rows, data: st.DataObject) -> None:
    """Every generated inclusion proof verifies against the naive root, at its own place only."""
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, rows)
    root = naive_root(LEAVES[:size])
    assert verify_inclusion(LEAVES[index], index, size, proof, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index) if size > 1 else st.just(1))
    assert not verify_inclusion(LEAVES[index], other, size, proof, root)


@given(st.data())
def test_consistency_proofs_verify(rows: Rows, data: st.DataObject) -> None:
    """Every generated consistency proof verifies between the naive roots, and not to another size."""
    new = data.draw(st.integers(1, len(LEAVES)))
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(old, new, rows)
    roots = naive_root(LEAVES[:old]), naive_root(LEAVES[:new])
    assert verify_consistency(old, roots[0], new, roots[1], proof)
    if old < new:
        assert not verify_consistency(old, LEAVES[-1], new, roots[1], proof)
        assert not verify_consistency(old, roots[0], new, LEAVES[-1], proof)
        assert not verify_consistency(new, roots[1], old, roots[0], proof)


def test_every_small_proof(rows: Rows) -> None:
    """All inclusion and consistency proofs of all trees up to 40 leaves verify."""
    for size in range(1, 41):
        root = naive_root(LEAVES[:size])
        for at in range(size):
            assert verify_inclusion(LEAVES[at], at, size, inclusion_proof(at, size, rows), root)
            old = naive_root(LEAVES[: at + 1])
            assert verify_consistency(at + 1, old, size, root, consistency_proof(at + 1, size, rows))


def damaged(data: st.DataObject, proof: list[bytes]) -> list[bytes]:
    """One hash flipped in one bit, dropped, repeated, cut short or added, or two changed places."""
    proof = list(proof)
    how = data.draw(st.sampled_from(["flip", "drop", "repeat", "swap", "cut", "add"] if proof else ["add"]))
    at = data.draw(st.integers(0, max(0, len(proof) - 1)))
    if how == "flip":
        bit = data.draw(st.integers(0, 255))
        proof[at] = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
    elif how == "drop":
        del proof[at]
    elif how == "repeat":
        proof.insert(at, proof[at])
    elif how == "swap" and len(proof) > 1:
        other = (at + data.draw(st.integers(1, len(proof) - 1))) % len(proof)
        proof[at], proof[other] = proof[other], proof[at]
    elif how == "cut":
        proof[at] = proof[at][:31]
    else:
        proof.append(LEAVES[at])
    return proof


@given(st.data())
def test_damaged_inclusion_proof_fails(rows: Rows, data: st.DataObject) -> None:
    """No inclusion proof survives a flipped bit or a dropped, repeated, swapped, cut or added hash."""
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    proof = damaged(data, inclusion_proof(index, size, rows))
    assert not verify_inclusion(LEAVES[index], index, size, proof, root_at(size, rows))


@given(st.data())
def test_damaged_consistency_proof_fails(rows: Rows, data: st.DataObject) -> None:
    """No consistency proof survives a flipped bit or a dropped, repeated, swapped, cut or added hash."""
    new = data.draw(st.integers(1, len(LEAVES)))
    old = data.draw(st.integers(1, new))
    proof = damaged(data, consistency_proof(old, new, rows))
    assert not verify_consistency(old, root_at(old, rows), new, root_at(new, rows), proof)


@pytest.mark.parametrize("size", [0, 1, 8])
def test_nothing_is_consistent_with_an_empty_tree(size: int, rows: Rows) -> None:
    """A consistency proof from size 0 is neither made nor accepted, even to size 0."""
    assert not verify_consistency(0, EMPTY_ROOT, size, root_at(size, rows), [])
    with pytest.raises(WrongUse):
        consistency_proof(0, size, rows)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_proof_for_a_leaf_outside_the_tree(index: int, size: int, rows: Rows) -> None:
    """Asking for a leaf that the tree does not have is refused before anything is read."""
    with pytest.raises(WrongUse):
        inclusion_proof(index, size, rows)


@pytest.mark.parametrize("size", [1_000, 1_000_000, 10_000_003, 2**32 - 1, 2**40 - 1])
def test_reading_grows_with_log_256(size: int) -> None:
    """A proof reads at most two tiles per level of 256, each of them once, however long the log is."""
    levels = (size.bit_length() + 7) // 8
    for index in (0, 1, size // 3, size // 2, size - 2, size - 1):
        for make in (inclusion_proof, lambda i, n, r: consistency_proof(i + 1, n, r)):
            reader = Synthetic()
            make(index, size, reader)
            assert len(reader.reads) <= levels
            assert max(reader.reads.values(), default=0) <= 2 * TILE_WIDTH
    reader = Synthetic()
    root_at(size, reader)
    assert len(reader.reads) <= levels
    assert max(reader.reads.values()) < TILE_WIDTH


def test_an_append_reads_only_what_it_completes(rows: Rows) -> None:
    """Most appends read nothing; the one that fills a tile reads its 255 sisters."""
    stored = Rows()
    stored.add(LEAVES[:254])
    stored.add([LEAVES[254]])
    assert stored.reads == {}
    stored.add([LEAVES[255]])
    assert stored.reads == {0: 255}


def test_missing_rows_stop_the_log(rows: Rows) -> None:
    """A proof is never made around rows that storage does not have."""
    with pytest.raises(LedgerBroken):
        inclusion_proof(3, len(LEAVES) + 1, rows)
