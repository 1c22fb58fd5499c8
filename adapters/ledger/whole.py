"""Checks one whole account: its lines, the stored head, every checkpoint, and the records that the lines tell
of.

"In order" says no more than what was compared. So the report names what was compared: which checkpoints there
were, how far they reach, and which lines no signed root covers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

import orjson

from adapters.ledger.findings import Finding, Kind
from adapters.ledger.note import Checkpoint, VerifierKey, encode64
from adapters.ledger.order import said
from adapters.ledger.tree import Frontier
from adapters.ledger.verify import Entry, LogReport, Nodes, check_log, read_checkpoints
from schemas.errors import LedgerBroken

MAX_RECORD_FINDINGS: Final = 100
_FIRST: Final = -(2**63)
"""Below every position, so that a row before the first line shows as well."""
_PAGE: Final = 256
"""Few enough that what was read of them is still close to the processor when it is looked at again."""
_NAMES: Final = ("feit", "uitwisseling", "levering", "intrekking", "leerlingRef")
"""The fields of a leaf that name something stored."""
_NOTICE: Final = "withdrawal.notified"


class Note(NamedTuple):
    """A signed checkpoint and where it was found."""

    source: str
    text: str


class Used(NamedTuple):
    """A checkpoint that is right, so that its root was compared."""

    source: str
    size: int


class Stored(NamedTuple):
    """One record with the line that should tell of it, both as they stand. None when there is no such line.

    `model` is the stored JSON of an uitwisseling.
    """

    kind: str
    id: str
    position: int | None
    canonical: object
    leaf_hash: object
    model: object


class Records(Protocol):
    """What is stored beside the lines. See adapters/stores/sqlite/records.py."""

    def known(self, kind: str, ids: Iterable[str]) -> set[str]: ...

    def notices(self) -> set[str]:
        """The ids of all withdrawal notices."""
        ...

    def unplaced(self) -> set[str]:
        """The ids of facts for which the store does not say which line tells of them."""
        ...

    def placed(self) -> Iterable[Stored]:
        """Every other fact, uitwisseling and levering, with its line."""
        ...


class Store(Protocol):
    """The reading side of a store that a check needs, on the calling thread."""

    def frontier(self) -> Frontier:
        """Raises LedgerBroken when what is kept is no frontier."""
        ...

    def lines(self, start: int, limit: int) -> Sequence[tuple[int, object, object, object]]: ...

    @property
    def tiles(self) -> Nodes: ...

    @property
    def records(self) -> Records: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and what the account was compared with.

    `size` is how many lines the store says there are; `used` are the checkpoints whose root was compared.
    """

    report: LogReport
    size: int
    used: tuple[Used, ...]

    @property
    def uncovered(self) -> tuple[int, int]:
        """The lines no signed root covers: from, up to but not including."""
        return self.report.proven, max(self.size, self.report.proven)


def check_whole(
    store: Store,
    log: VerifierKey,
    given: Sequence[Note],
    kept: Sequence[Note] = (),
    progress: Callable[[int], None] | None = None,
) -> Checked:
    """Check a store against checkpoints and against itself.

    `given` are in the order in which they were received: a smaller one after a larger one shows that an old
    copy was put back. `kept` were found beside the store; a copy may be older than what was given, so their
    order tells nothing. Read both before calling this: a running gateway adds lines, and a checkpoint must
    not sign for lines that are not read.
    """
    found, findings = _opened(given, log)
    own, wrong = _opened(kept, log)
    findings += wrong
    for each in own:
        if each[1] not in [c for _, c in found]:
            found.insert(_before_larger(found, each[1].size), each)
    checkpoints = [c for _, c in found]
    head = _head(store, findings)
    told = _Told(store.records)
    rows = _rows(store, told)
    report = check_log(rows, checkpoints, head=head, tiles=store.tiles, progress=progress)
    for _ in rows:
        pass  # the reading ends at the first fault, but what lines name is looked up for all of them
    told.finish()
    findings += _sorted(report.findings, told.findings, _beyond(store, head, told))
    return Checked(
        LogReport(report.size, report.root, report.proven, tuple(findings)),
        report.size if head is None else head.size,
        tuple(Used(source, c.size) for source, c in found),
    )


def _before_larger(found: Sequence[tuple[str, Checkpoint]], size: int) -> int:
    """The place before the first that is larger; the end when there is none."""
    larger = [at for at, (_, checkpoint) in enumerate(found) if checkpoint.size > size]
    return larger[0] if larger else len(found)


def _opened(notes: Sequence[Note], log: VerifierKey) -> tuple[list[tuple[str, Checkpoint]], list[Finding]]:
    """The checkpoints that are right, by where they were found. For the others, the finding that they are
    not.
    """
    good, wrong = read_checkpoints((n.text for n in notes), log)
    refused = {f.position for f in wrong}
    sources = [n.source for at, n in enumerate(notes) if at not in refused]
    return list(zip(sources, good, strict=True)), [f._replace(about=notes[f.position].source) for f in wrong]


def _head(store: Store, findings: list[Finding]) -> Frontier | None:
    try:
        return store.frontier()
    except LedgerBroken:
        findings.append(Finding(Kind.HEAD, 0, 0, "stand"))
        return None


def _rows(store: Store, told: _Told) -> Iterator[Entry]:
    """Every line there is, also the lines that a running gateway adds meanwhile."""
    start = _FIRST
    while page := store.lines(start, _PAGE):
        entries = [_entry(*line) for line in page]
        told.see(entries)
        yield from entries
        start = page[-1][0] + 1


def _entry(position: int, soort: object, canonical: object, leaf_hash: object) -> Entry:
    leaf = _raw(canonical)
    told = said(leaf)
    # The soort of a line stands in a column of its own as well, and must be what the leaf says.
    return Entry(position, leaf if told.fields.get("soort") == soort else b"", _raw(leaf_hash), told)


def _beyond(store: Store, head: Frontier | None, told: _Told) -> Finding | None:
    """Lines behind the head. One commit writes both, so a head that is read after a line must cover it."""
    end = None if head is None else store.frontier().size
    return None if end is None or told.last < end else Finding(Kind.INSERTED, end, told.last + 1)


def _sorted(lines: Sequence[Finding], records: Sequence[Finding], stray: Finding | None) -> Iterator[Finding]:
    """First the lines and then the records. But a finding about one line comes before one about a stretch
    that holds it.
    """
    for finding in lines:
        if finding.kind in (Kind.HEAD, Kind.REWRITTEN):
            yield from (r for r in records if finding.position <= r.position < finding.until)
        yield finding
    if stray is not None and not any((f.kind, f.position) == (stray.kind, stray.position) for f in lines):
        yield stray
    said = [f for f in lines if f.kind in (Kind.HEAD, Kind.REWRITTEN)]
    yield from (r for r in records if not any(f.position <= r.position < f.until for f in said))


class _Told:
    """Compares each line with the record it names, and each record with its line.

    A line and its record are one commit. So records without a line are listed before the lines are read, and
    what a line names is looked up after that: then nothing that a running gateway adds in between is missed
    on one side.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._untold = {"intrekking": records.notices(), "feit": records.unplaced()}
        self._found: list[Finding] = []
        self.last = -1
        """The last position seen."""

    @property
    def findings(self) -> list[Finding]:
        """The findings by line. Those without a line to point at come last."""
        return sorted(self._found, key=lambda f: (f.position == f.until, f.position))

    def see(self, page: Sequence[Entry]) -> None:
        """Look at the lines of one page: what they name must be stored."""
        leaves = [(entry.position, entry.said.fields) for entry in page if entry.said is not None]
        for name in _NAMES:
            named = [(at, leaf[name]) for at, leaf in leaves if isinstance(leaf.get(name), str)]
            known = self._records.known(name, {value for _, value in named}) if named else set()
            for at, value in named:
                if value not in known:
                    self._add(Kind.LEAF_WITHOUT_RECORD, at, f"{name} {value}")
        for name, ids in self._untold.items():
            if ids:
                told = (leaf.get(name) for _, leaf in leaves if _may_tell(name, leaf))
                ids.difference_update(ident for ident in told if isinstance(ident, str))
        self.last = max(self.last, page[-1].position)

    def finish(self) -> None:
        """After all lines: everything that is stored must have a line."""
        for record in self._records.placed():
            if not _tells(record):
                self._add(Kind.RECORD_WITHOUT_LEAF, record.position, f"{record.kind} {record.id}")
        for name, ids in self._untold.items():
            for ident in sorted(ids):
                self._add(Kind.RECORD_WITHOUT_LEAF, None, f"{name} {ident}")

    def _add(self, kind: Kind, position: int | None, about: str) -> None:
        if len(self._found) < MAX_RECORD_FINDINGS:
            at = -1 if position is None else position
            self._found.append(Finding(kind, at, at if position is None else at + 1, about))


def _may_tell(name: str, leaf: dict[str, Any]) -> bool:
    """Whether this line can be the one that tells of such a record: many lines name an intrekking."""
    return name == "feit" or leaf.get("soort") == _NOTICE


def _tells(record: Stored) -> bool:
    """Whether the line of this record names it."""
    if record.canonical is None:
        return False
    named = _fields(_raw(record.canonical)).get(record.kind)
    if not isinstance(named, str) or named != record.id:
        return False
    return record.model is None or _promised(record)


def _promised(record: Stored) -> bool:
    """Whether the line has the hash for which its sender got a receipt."""
    promised = _fields(_raw(record.model)).get("bladhash")
    return isinstance(promised, str) and promised == encode64(_raw(record.leaf_hash))


def _fields(data: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _raw(value: object) -> bytes:
    """A value as text. A store keeps what somebody put in a column, of any type, and a changed line must not
    stop the check.
    """
    return value if isinstance(value, bytes) else str(value).encode()
