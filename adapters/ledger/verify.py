"""Checks anyone can run on a log without trusting whoever keeps it.

`verify_inclusion` and `verify_consistency` follow RFC 9162 §2.1.3.2 and §2.1.4.2 step by step.
`check_log` reads a whole exported log and says where it first goes wrong, and how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple, Protocol

from adapters.ledger.findings import Finding, Kind
from adapters.ledger.note import Checkpoint, VerifierKey, open_checkpoint
from adapters.ledger.order import Order, Said, said
from adapters.ledger.tree import (
    HASH_SIZE,
    TILE_LEVELS,
    TILE_WIDTH,
    Frontier,
    full_root,
    leaf_hash,
    node_hash,
)
from schemas.errors import InvalidMessage, NotAuthenticated

_PROGRESS_EVERY = 10_000
_ALL_PAIRS = 64
_NEAR_PAIRS = 8


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether leaf hash `leaf` stands at `index` in the tree of `size` leaves with this root."""
    if not 0 <= index < size or not _hashes(leaf, root, *proof):
        return False
    node, last = index, size - 1
    top = leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            top = node_hash(sibling, top)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            top = node_hash(top, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and top == root


def verify_consistency(size1: int, root1: bytes, size2: int, root2: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `size2` leaves is the tree of `size1` leaves with leaves added behind it.

    Never from an empty tree, equal sizes included: everything continues nothing, so it would show nothing.
    """
    if not 1 <= size1 <= size2:
        return False
    if size1 == size2:
        return not proof and root1 == root2
    if not proof or not _hashes(root1, root2, *proof):
        return False
    path = list(proof)
    if size1 & (size1 - 1) == 0:
        # A complete old tree is itself the first hash and is therefore left out of the proof.
        path.insert(0, root1)
    node, last = size1 - 1, size2 - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and old == root1 and new == root2


def _hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


class Entry(NamedTuple):
    """One exported row. `said` is what the reader of the row has read in the leaf itself, if he did."""

    position: int
    leaf: bytes
    leaf_hash: bytes
    said: Said | None = None


class Nodes(Protocol):
    """The stored tile nodes, to narrow down where a log differs from what was signed."""

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        """May answer fewer than asked; level 8 only is asked for."""
        ...


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a check of a log found. `size` and `root` are of the leaves that were read before anything was
    wrong.
    """

    size: int
    root: bytes
    proven: int
    """The number of leaves for which a checkpoint vouches. What comes after was read but not signed for."""
    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding | None:
        """The first thing wrong; None when the log holds."""
        return self.findings[0] if self.findings else None


def read_checkpoints(
    notes: Iterable[str | bytes], log: VerifierKey, witnesses: Iterable[VerifierKey] = ()
) -> tuple[tuple[Checkpoint, ...], tuple[Finding, ...]]:
    """Open checkpoints in the order they were received; those that do not hold become findings."""
    known = tuple(witnesses)
    good: list[Checkpoint] = []
    findings: list[Finding] = []
    for at, note in enumerate(notes):
        try:
            good.append(open_checkpoint(note, log, known).checkpoint)
        except NotAuthenticated:
            findings.append(Finding(Kind.WRONG_KEY, at, at + 1))
        except InvalidMessage:
            findings.append(Finding(Kind.UNREADABLE_CHECKPOINT, at, at + 1))
    return tuple(good), tuple(findings)


def check_log(
    entries: Iterable[Entry],
    checkpoints: Sequence[Checkpoint],
    *,
    head: Frontier | None = None,
    tiles: Nodes | None = None,
    progress: Callable[[int], None] | None = None,
) -> LogReport:
    """Read a whole log once and name the first thing wrong with it.

    `entries` come in the order of the export. `checkpoints` are of one log, trusted (see
    `read_checkpoints`) and in the order they were received, best from somebody else than the keeper of
    the log. `tiles` are not trusted: they only narrow down a difference that a signed root shows. `head` is
    what the store itself keeps of its tree: nobody signed it, but no gateway wrote lines that differ from it.

    Findings about the checkpoints come first. The first fault in the leaves themselves ends the reading;
    findings about their order (`order`, `released_after_withdrawal`, `stale`, `unreadable`, at most 100)
    stand behind it. Memory grows with the number of leerlingen and withdrawals, not with that of leaves.
    `progress` gets the number of leaves read, every 10,000 and at the end.
    """
    findings, trusted = _against_each_other(checkpoints)
    tree = _Rebuilt(trusted, tiles, head)
    order = Order()
    rows = iter(entries)
    fault = tree.fault(rows)
    while fault is None and not tree.complete and (batch := list(islice(rows, tree.room))):
        good = _sound(batch, tree.size)
        tree.extend([row.leaf_hash for row in batch[:good]])
        for row in batch[:good]:
            order.see(row.position, row.said or said(row.leaf))
        if good < len(batch):
            fault = _row_fault(batch[good], tree.size, chain(batch[good + 1 :], rows))
        else:
            fault = tree.fault(rows)
        if progress is not None and tree.size % _PROGRESS_EVERY == 0:
            progress(tree.size)
    if fault is None:
        fault = tree.unfinished()
    if fault is not None:
        findings.append(fault)
    if progress is not None:
        progress(tree.size)
    frontier = tree.frontier()
    return LogReport(frontier.size, frontier.root(), tree.proven.size, (*findings, *order.findings))


def _against_each_other(checkpoints: Sequence[Checkpoint]) -> tuple[list[Finding], list[Checkpoint]]:
    findings: list[Finding] = []
    by_size: dict[int, Checkpoint] = {}
    largest = 0
    for checkpoint in checkpoints:
        size = checkpoint.size
        if size < largest:
            findings.append(Finding(Kind.ROLLED_BACK, size, largest))
        largest = max(largest, size)
        known = by_size.get(size)
        if known is None:
            by_size[size] = checkpoint
        elif known.root != checkpoint.root:
            findings.append(Finding(Kind.FORKED, size, size + 1))
    return findings, [by_size[size] for size in sorted(by_size)]


def _sound(batch: Sequence[Entry], expected: int) -> int:
    """How many rows, from the first on, stand at their place and fit the hash that is stored with them."""
    for good, (position, leaf, stored, _) in enumerate(batch):
        if position != expected + good or leaf_hash(leaf) != stored:
            return good
    return len(batch)


def _row_fault(row: Entry, expected: int, rest: Iterator[Entry]) -> Finding:
    """The fault of the first row that is not sound. After a gap it reads on, to tell a moved row from a
    missing one.
    """
    position = row.position
    if position < expected:
        return Finding(Kind.INSERTED, position, position + 1)
    if position > expected:
        moved = any(later.position == expected for later in rest)
        return Finding(Kind.REORDERED if moved else Kind.MISSING, expected, position)
    return Finding(Kind.CHANGED, position, position + 1)


class _Stretch:
    """Consecutive leaf hashes that should together have a known hash, and what could have made them
    differ.
    """

    def __init__(
        self, start: int, hashes: Sequence[bytes], accepts: Callable[[Sequence[bytes]], bool]
    ) -> None:
        self._start = start
        self._hashes = list(hashes)
        self._accepts = accepts

    def explain(self, following: Sequence[bytes]) -> Finding | None:
        """A single inserted leaf, or two that changed places. None when neither explains the difference."""
        return self._inserted(following) or self._swapped()

    def _inserted(self, following: Sequence[bytes]) -> Finding | None:
        if not following:
            return None
        longer = [*self._hashes, following[0]]
        for at in range(len(self._hashes)):
            if self._accepts(longer[:at] + longer[at + 1 :]):
                return Finding(Kind.INSERTED, self._start + at, self._start + at + 1)
        return None

    def _swapped(self) -> Finding | None:
        trial = self._hashes
        # All pairs of a short stretch and near pairs of a long one, which is at most some 2,000 trials.
        reach = len(trial) if len(trial) <= _ALL_PAIRS else _NEAR_PAIRS
        for low in range(len(trial)):
            for high in range(low + 1, min(len(trial), low + reach + 1)):
                trial[low], trial[high] = trial[high], trial[low]
                fits = self._accepts(trial)
                trial[low], trial[high] = trial[high], trial[low]
                if fits:
                    return Finding(Kind.REORDERED, self._start + low, self._start + high + 1)
        return None


class _Rebuilt:
    """The tree rebuilt from leaf hashes, compared with signed roots and with stored tiles.

    Leaves come in batches, of which none goes beyond the next size at which something is compared: see
    `room`.
    """

    def __init__(self, trusted: Sequence[Checkpoint], tiles: Nodes | None, head: Frontier | None) -> None:
        self._trusted, self._head = trusted, head
        self._due = 0
        self._tiles = tiles
        self._built = Frontier()
        self._tile: list[bytes] = []
        """The leaves of the tile that is not full yet. Some of them may be in `_built` already."""
        self._since_proven: list[bytes] = []
        self._suspect: tuple[int, list[bytes]] | None = None
        self._after_suspect: list[bytes] = []
        self._stray_tile: Finding | None = None
        self.proven = Frontier()
        self.size = 0

    @property
    def complete(self) -> bool:
        """Whether all lines were read for which anything vouches. What a gateway adds meanwhile is not
        judged.
        """
        ends = [c.size for c in self._trusted[-1:]]
        return self._head is not None and self.size >= max([self._head.size, *ends])

    @property
    def room(self) -> int:
        """How many leaves may come at once: up to the end of a tile, the next checkpoint, the head, or the
        next time that progress is told. At least one.
        """
        size = self.size
        ends = [size - size % TILE_WIDTH + TILE_WIDTH, size - size % _PROGRESS_EVERY + _PROGRESS_EVERY]
        ends += [c.size for c in self._trusted[self._due : self._due + 1]]
        ends += [self._head.size] if self._head is not None and self._head.size > size else []
        return min(ends) - size

    def extend(self, leaves: list[bytes]) -> None:
        self.size += len(leaves)
        if len(self._since_proven) <= TILE_WIDTH:
            self._since_proven += leaves[: TILE_WIDTH + 1 - len(self._since_proven)]
        if self._suspect is not None and len(self._after_suspect) < TILE_WIDTH:
            self._after_suspect += leaves[: TILE_WIDTH - len(self._after_suspect)]
        self._tile += leaves
        if len(self._tile) == TILE_WIDTH:
            self._full_tile()

    def frontier(self) -> Frontier:
        """The tree of all leaves so far."""
        self._built = self._built.extend(self._tile[self._built.size % TILE_WIDTH :])
        return self._built

    def fault(self, rest: Iterator[Entry]) -> Finding | None:
        """The fault when a checkpoint of this size signed another tree."""
        if self._due == len(self._trusted) or self._trusted[self._due].size != self.size:
            return None
        signed = self._trusted[self._due].root
        frontier = self.frontier()
        if frontier.root() != signed:
            return self._explain(signed, rest)
        self._due += 1
        self.proven = frontier
        self._since_proven = []
        self._acquit()
        return None

    def unfinished(self) -> Finding | None:
        """What is left to say when there are no more leaves."""
        ends = [c.size for c in self._trusted[self._due :]] + ([self._head.size] if self._head else [])
        if ends and max(ends) > self.size:
            return Finding(Kind.MISSING, self.size, max(ends))
        return self._off_head() or self._stray_tile or self._suspect_as(Kind.TILE)

    def _off_head(self) -> Finding | None:
        """The place where the lines first differ from the stored head, as narrow as its subtrees allow."""
        built, kept = self.frontier(), self._head
        if kept is None or kept == built:
            return None
        if built.size > kept.size:
            return Finding(Kind.INSERTED, kept.size, built.size)
        pairs = zip(_stretches(built.size), built.nodes, kept.nodes, strict=True)
        start, end = next(stretch for stretch, mine, theirs in pairs if mine != theirs)
        # A signed root vouches for these lines, so the stored head is what is wrong.
        return Finding(Kind.HEAD, max(start, min(self.proven.size, end - 1)), end)

    def _full_tile(self) -> None:
        """Add a full tile to the tree as one node, and compare that with the node that is stored."""
        root = full_root(self._tile)
        if self._built.size % TILE_WIDTH == 0:
            self._built = self._built.extend([root], TILE_LEVELS)
        else:
            self.frontier()
        if self._tiles is not None and self._suspect is None:
            index = self.size // TILE_WIDTH - 1
            stored = _stored(self._tiles, index)
            if stored is not None and stored != root:
                self._suspect = (index, self._tile)
        self._tile = []

    def _acquit(self) -> None:
        """A signed root vouches for the leaves of the suspect tile, so the stored node is what is wrong."""
        self._stray_tile = self._stray_tile or self._suspect_as(Kind.TILE)
        self._suspect, self._after_suspect = None, []

    def _suspect_as(self, kind: Kind) -> Finding | None:
        if self._suspect is None:
            return None
        start = self._suspect[0] * TILE_WIDTH
        return Finding(kind, start, start + TILE_WIDTH)

    def _explain(self, signed: bytes, rest: Iterator[Entry]) -> Finding:
        """The most precise thing that can be said about leaves that are not the signed ones."""
        following = [row.leaf_hash for row in islice(rest, TILE_WIDTH)]
        known = None
        if len(self._since_proven) <= TILE_WIDTH:

            def accepts(hashes: Sequence[bytes]) -> bool:
                return self.proven.extend(hashes).root() == signed

            known = _Stretch(self.proven.size, self._since_proven, accepts).explain(following)
        if known is None and self._suspect is not None and self._tiles is not None:
            known = self._explain_suspect(*self._suspect, self._tiles, following)
        return known or Finding(Kind.REWRITTEN, self.proven.size, self.size)

    def _explain_suspect(
        self, index: int, hashes: Sequence[bytes], tiles: Nodes, following: Sequence[bytes]
    ) -> Finding:
        after = [*self._after_suspect, *following][:TILE_WIDTH]
        stored, stored_next = _stored(tiles, index), _stored(tiles, index + 1)
        known = _Stretch(index * TILE_WIDTH, hashes, lambda trial: _root(trial) == stored).explain(after)
        if known is not None:
            return known
        start = max(index * TILE_WIDTH, self.proven.size)
        # All later leaves stand one place too low: one was taken out of this tile and the rest renumbered.
        shifted = _root([hashes[-1], *after[: TILE_WIDTH - 1]]) == stored_next
        return Finding(Kind.MISSING if shifted else Kind.REWRITTEN, start, (index + 1) * TILE_WIDTH)


def _stretches(size: int) -> Iterator[tuple[int, int]]:
    """The leaves of each full subtree of a tree of this size, the largest first: from, up to."""
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield start, start + (1 << level)
            start += 1 << level


def _root(hashes: Iterable[bytes]) -> bytes:
    return Frontier().extend(hashes).root()


def _stored(tiles: Nodes, index: int) -> bytes | None:
    found = tiles.nodes(TILE_LEVELS, index, index + 1)
    return found[0] if found else None
