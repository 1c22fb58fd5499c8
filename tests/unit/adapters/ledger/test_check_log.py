"""The tamper suite: every way to falsify a log is found, and found under its own name."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ledger.canonical import canonical
from adapters.ledger.findings import Finding, Kind
from adapters.ledger.note import COSIGNATURE_V1, Checkpoint, NoteSigner, sign_checkpoint
from adapters.ledger.order import MAX_ORDER_FINDINGS, said
from adapters.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash, tiles_completed
from adapters.ledger.verify import Entry, check_log, read_checkpoints

LOG = NoteSigner.from_seed("audit.example-gateway.nl/2026", b"\x01" * 32)
WITNESS = NoteSigner.from_seed("witness.example-fg.nl/w1", b"\x02" * 32, COSIGNATURE_V1)
SIZE = 2_000
SIGNED_SIZES = (1, 7, 300, 1_100, 2_000)


def leaf(number: int, **fields: Any) -> bytes:
    """A leaf of leerling `number % 40`; together they are in order."""
    return canonical(
        {
            "soort": "exchange.delivered",
            "leerlingRef": f"ref-{number % 40}",
            "leerlingVolgnummer": number // 40,
            "consentEpoch": 1,
            "n": number,
            **fields,
        }
    )


def rows_of(leaves: list[bytes]) -> list[Entry]:
    """The rows of a log that is consistent in itself, honest or not."""
    return [Entry(at, data, leaf_hash(data)) for at, data in enumerate(leaves)]


def checkpoint(rows: list[Entry], size: int) -> Checkpoint:
    return Checkpoint(LOG.name, size, Frontier().extend(row.leaf_hash for row in rows[:size]).root())


class Tiles:
    """The stored level 8 nodes of an honest log."""

    def __init__(self, rows: list[Entry]) -> None:
        made = tiles_completed(0, [row.leaf_hash for row in rows], NoRows())
        self.hashes = [tile.hash for tile in made if tile.level == 8]

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        assert level == 8
        return self.hashes[start:end]


class NoRows:
    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        raise AssertionError

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        raise AssertionError


LEAVES = [leaf(number) for number in range(SIZE)]
ROWS = rows_of(LEAVES)
CHECKPOINTS = [checkpoint(ROWS, size) for size in SIGNED_SIZES]
TILES = Tiles(ROWS)


def test_an_honest_log_holds() -> None:
    """An untouched log, read as a stream, has no findings; its size and root are reported."""
    for tiles in (None, TILES):
        seen: list[int] = []
        report = check_log(iter(ROWS), CHECKPOINTS, tiles=tiles, progress=seen.append)
        assert report.findings == ()
        assert report.first is None
        assert (report.size, report.proven, report.root) == (SIZE, SIZE, CHECKPOINTS[-1].root)
        assert seen == [SIZE]


def test_leaves_beyond_the_last_checkpoint_are_not_proven() -> None:
    """What came after the last checkpoint is read, but reported as not yet vouched for."""
    report = check_log(ROWS, CHECKPOINTS[:3])
    assert (report.size, report.proven, report.findings) == (SIZE, 300, ())


def test_the_empty_log() -> None:
    """No leaves and a checkpoint of nothing agree; an empty log under any other root does not."""
    empty = Checkpoint(LOG.name, 0, EMPTY_ROOT)
    assert check_log([], [empty]).findings == ()
    assert check_log(ROWS, [empty, *CHECKPOINTS]).findings == ()
    assert check_log([], [Checkpoint(LOG.name, 0, b"\0" * 32)]).first == Finding(Kind.REWRITTEN, 0, 0)


def test_progress_is_told() -> None:
    """The callback hears every 10,000 leaves and the end."""
    seen: list[int] = []
    check_log(rows_of([b"{}"] * 20_005), [], progress=seen.append)
    assert seen == [10_000, 20_000, 20_005]


# A clumsy forger leaves the rows themselves wrong.


def test_changed_leaf() -> None:
    """A leaf edited in place is named `changed`, at its position."""
    rows = list(ROWS)
    rows[512] = Entry(512, leaf(512, n=513), ROWS[512].leaf_hash)
    assert check_log(rows, CHECKPOINTS).first == Finding(Kind.CHANGED, 512, 513)


def test_changed_hash() -> None:
    """A stored hash edited in place is named `changed`, at its position."""
    rows = list(ROWS)
    rows[0] = Entry(0, LEAVES[0], ROWS[1].leaf_hash)
    assert check_log(rows, CHECKPOINTS).first == Finding(Kind.CHANGED, 0, 1)


@pytest.mark.parametrize("size", [254, 256, 257, 300, 511])
def test_a_fault_beside_the_end_of_a_batch_is_named_where_it_is(size: int) -> None:
    """Rows are compared in batches up to a tile or a checkpoint, and yet a fault has its own position."""
    checkpoints = [checkpoint(ROWS, n) for n in (size, SIZE)]
    for at in (size - 1, size, size + 1):
        changed = [*ROWS[:at], Entry(at, leaf(at, n=0), ROWS[at].leaf_hash), *ROWS[at + 1 :]]
        report = check_log(changed, checkpoints, tiles=TILES)
        assert (report.size, report.findings) == (at, (Finding(Kind.CHANGED, at, at + 1),))
        gone = ROWS[:at] + ROWS[at + 1 :]
        assert check_log(gone, checkpoints, tiles=TILES).findings == (Finding(Kind.MISSING, at, at + 1),)
        unread = rows_of([*LEAVES[:at], b"no JSON", *LEAVES[at + 1 :]])
        report = check_log(unread, [], head=Frontier().extend(r.leaf_hash for r in unread))
        assert Finding(Kind.UNREADABLE, at, at + 1) in report.findings


def test_a_leaf_nested_too_deep_to_write_is_a_finding_and_ends_nothing() -> None:
    """JSON is read deeper than it is written. Who changes a line so must not stop the check by it."""
    deep = b'{"soort":"exchange.delivered","x":' + b"[" * 500 + b"]" * 500 + b"}"
    read = said(deep)
    assert (read.fields, read.canonical) == ({"soort": "exchange.delivered"}, False)
    rows = rows_of([deep, *LEAVES[1:3]])
    assert check_log(rows, []).findings == (Finding(Kind.UNREADABLE, 0, 1),)


@pytest.mark.parametrize("at", [0, 1, 1_234])
def test_deleted_rows(at: int) -> None:
    """Rows taken out leave a gap that is named `missing`, with both ends."""
    assert check_log(ROWS[:at] + ROWS[at + 3 :], CHECKPOINTS).first == Finding(Kind.MISSING, at, at + 3)


def test_inserted_row() -> None:
    """A second row on a taken position is named `inserted`, next to it or further on."""
    extra = Entry(700, LEAVES[3], leaf_hash(LEAVES[3]))
    for place in (701, 900, SIZE):
        rows = [*ROWS[:place], extra, *ROWS[place:]]
        assert check_log(rows, CHECKPOINTS[:3]).first == Finding(Kind.INSERTED, 700, 701)


def test_rows_in_another_order() -> None:
    """A row that comes later than its position says is named `reordered`, not missing."""
    rows = [*ROWS[:800], ROWS[801], ROWS[800], *ROWS[802:]]
    assert check_log(rows, CHECKPOINTS).first == Finding(Kind.REORDERED, 800, 801)


@pytest.mark.parametrize("size", [0, 5, 1_999])
def test_truncated_log(size: int) -> None:
    """A log cut off below what was signed is `missing` its tail."""
    assert check_log(ROWS[:size], CHECKPOINTS).first == Finding(Kind.MISSING, size, SIZE)


# A skilled forger renumbers and rehashes everything, so that only signed roots tell.


def test_rehashed_change() -> None:
    """A changed leaf with a matching hash is caught by the next signed root, and narrowed down by tiles."""
    leaves = list(LEAVES)
    leaves[900] = leaf(900, n=0)
    assert check_log(rows_of(leaves), CHECKPOINTS).first == Finding(Kind.REWRITTEN, 300, 1_100)
    narrowed = check_log(rows_of(leaves), CHECKPOINTS, tiles=TILES).first
    assert narrowed == Finding(Kind.REWRITTEN, 768, 1_024)


def test_renumbered_deletion() -> None:
    """A leaf taken out with the rest moved down is named `missing` in its tile."""
    rows = rows_of(LEAVES[:900] + LEAVES[901:])
    assert check_log(rows, CHECKPOINTS[:4]).first == Finding(Kind.REWRITTEN, 300, 1_100)
    assert check_log(rows, CHECKPOINTS[:3] + CHECKPOINTS[4:], tiles=TILES).first == Finding(
        Kind.MISSING, 1_999, 2_000
    )
    assert check_log(rows, CHECKPOINTS[:4], tiles=TILES).first == Finding(Kind.MISSING, 768, 1_024)


@pytest.mark.parametrize("at", [768, 900, 1_023])
def test_renumbered_insertion(at: int) -> None:
    """A leaf put in between with the rest moved up is named `inserted`, at its exact position."""
    rows = rows_of([*LEAVES[:at], leaf(5_000, leerlingRef="ref-nieuw"), *LEAVES[at:]])
    assert check_log(rows, CHECKPOINTS, tiles=TILES).first == Finding(Kind.INSERTED, at, at + 1)


def test_renumbered_insertion_between_close_checkpoints() -> None:
    """Between checkpoints as close as a running log signs them, no tiles are needed to find the insertion."""
    rows = rows_of([*LEAVES[:305], leaf(5_000, leerlingRef="ref-nieuw"), *LEAVES[305:]])
    signed = [checkpoint(ROWS, size) for size in (300, 320, 340)]
    assert check_log(rows, signed).first == Finding(Kind.INSERTED, 305, 306)


@pytest.mark.parametrize(("low", "high"), [(900, 901), (900, 907)])
def test_renumbered_reordering(low: int, high: int) -> None:
    """Two leaves that changed places are named `reordered`, from the one to the other."""
    leaves = list(LEAVES)
    leaves[low], leaves[high] = leaves[high], leaves[low]
    found = check_log(rows_of(leaves), CHECKPOINTS, tiles=TILES).first
    assert found == Finding(Kind.REORDERED, low, high + 1)


def test_shuffled_log() -> None:
    """A thorough reordering is at least `rewritten`, from the first signed root that does not fit."""
    leaves = list(LEAVES)
    tail = leaves[400:800]
    random.Random(1).shuffle(tail)
    leaves[400:800] = tail
    assert check_log(rows_of(leaves), CHECKPOINTS).first == Finding(Kind.REWRITTEN, 300, 1_100)


def test_tiles_are_not_believed() -> None:
    """Tiles forged along with the leaves do not hide the change; a forged tile alone is named `tile`."""
    leaves = list(LEAVES)
    leaves[900] = leaf(900, n=0)
    forged = rows_of(leaves)
    assert check_log(forged, CHECKPOINTS, tiles=Tiles(forged)).first == Finding(Kind.REWRITTEN, 300, 1_100)
    assert check_log(ROWS, CHECKPOINTS, tiles=Tiles(forged)).findings == (Finding(Kind.TILE, 768, 1_024),)
    assert check_log(ROWS, CHECKPOINTS[:3], tiles=Tiles(forged)).findings == (Finding(Kind.TILE, 768, 1_024),)


def test_a_forged_tile_does_not_draw_blame_from_a_later_change() -> None:
    """A tile node whose leaves a signed root vouches for is no longer suspect when later leaves differ."""
    leaves = list(LEAVES)
    leaves[1_500] = leaf(1_500, n=0)
    tiles = Tiles(ROWS)
    tiles.hashes[1] = tiles.hashes[2]
    found = check_log(rows_of(leaves), CHECKPOINTS, tiles=tiles).first
    assert found == Finding(Kind.REWRITTEN, 1_280, 1_536)


@given(st.data())
def test_no_forgery_below_a_checkpoint_goes_unseen(data: st.DataObject) -> None:
    """Whatever is changed, removed, added or moved below a signed size, the log no longer holds."""
    leaves = LEAVES[:20]
    signed = [checkpoint(ROWS, size) for size in sorted({data.draw(st.integers(1, 19)), 20})]
    forged = list(leaves)
    at = data.draw(st.integers(0, 19))
    match data.draw(st.sampled_from(["change", "remove", "add", "move"])):
        case "change":
            forged[at] = leaf(at, n=-1)
        case "remove":
            del forged[at]
        case "add":
            forged.insert(at, leaf(-1))
        case _:
            forged.insert(data.draw(st.integers(0, 19).filter(lambda to: to != at)), forged.pop(at))
    found = check_log(rows_of(forged), signed).first
    assert found is not None
    assert found.kind in (Kind.REWRITTEN, Kind.INSERTED, Kind.REORDERED, Kind.MISSING)


# A forger who holds the log's own key, or puts back what was.


def test_forked_log() -> None:
    """Two signed histories of one length are named `forked`, whichever of them the rows follow."""
    leaves = list(LEAVES)
    leaves[50] = leaf(50, n=0)
    other = checkpoint(rows_of(leaves), 300)
    report = check_log(ROWS, [*CHECKPOINTS[:3], other])
    assert report.first == Finding(Kind.FORKED, 300, 301)


def test_forked_log_of_another_length() -> None:
    """A checkpoint of the other branch at a length of its own does not fit the rows: `rewritten`."""
    leaves = list(LEAVES)
    leaves[350] = leaf(350, n=0)
    other = checkpoint(rows_of(leaves), 400)
    assert check_log(ROWS, [*CHECKPOINTS[:3], other]).first == Finding(Kind.REWRITTEN, 300, 400)


def test_rolled_back_log() -> None:
    """A checkpoint smaller than an earlier one is named `rolled_back`, though each fits the rows."""
    later = [CHECKPOINTS[3], CHECKPOINTS[2]]
    assert check_log(ROWS, later).findings == (Finding(Kind.ROLLED_BACK, 300, 1_100),)


def test_restored_backup() -> None:
    """An old copy put back in place misses what the witness saw signed, and rolls its checkpoint back."""
    restored, own = ROWS[:1_100], CHECKPOINTS[3]
    assert check_log(restored, [own]).findings == ()
    assert check_log(restored, CHECKPOINTS).first == Finding(Kind.MISSING, 1_100, SIZE)
    kinds = [found.kind for found in check_log(restored, [CHECKPOINTS[4], own]).findings]
    assert kinds == [Kind.ROLLED_BACK, Kind.MISSING]


def test_swapped_key() -> None:
    """A checkpoint under another key is named `wrong_key`, and the others still count."""
    thief = NoteSigner.from_seed(LOG.name, b"\x07" * 32)
    notes = [sign_checkpoint(CHECKPOINTS[0], LOG), sign_checkpoint(CHECKPOINTS[1], thief), "geen notitie"]
    good, findings = read_checkpoints(notes, LOG.verifier)
    assert good == (CHECKPOINTS[0],)
    assert findings == (Finding(Kind.WRONG_KEY, 1, 2), Finding(Kind.UNREADABLE_CHECKPOINT, 2, 3))


def test_split_view_between_two_witnesses() -> None:
    """Two witnesses who were shown different histories find out by laying their checkpoints together."""
    leaves = list(LEAVES)
    leaves[50] = leaf(50, n=0)
    views = [CHECKPOINTS[2], checkpoint(rows_of(leaves), 300)]
    notes = [sign_checkpoint(view, LOG) + WITNESS.cosign(view.format(), 1) for view in views]
    good, findings = read_checkpoints(notes, LOG.verifier, [WITNESS.verifier])
    assert findings == ()
    assert check_log(ROWS, good).first == Finding(Kind.FORKED, 300, 301)


# What the leaves say about each other.


def story(*events: tuple[str, str, int, int]) -> list[Entry]:
    """A log of (soort, leerlingRef, leerlingVolgnummer, consentEpoch)."""
    names = "soort", "leerlingRef", "leerlingVolgnummer", "consentEpoch"
    return rows_of([canonical(dict(zip(names, event, strict=True))) for event in events])


INTENT, WITHDRAWN = "exchange.release_intent", "consent.withdrawn"


def test_release_after_withdrawal_of_another_leerling_is_fine() -> None:
    """Releases before the withdrawal, of a later epoch, or of another leerling break nothing."""
    rows = story(
        (INTENT, "a", 1, 4),
        (WITHDRAWN, "a", 2, 5),
        (INTENT, "b", 1, 1),
        (INTENT, "a", 3, 5),
        ("exchange.delivered", "a", 4, 4),
        (INTENT, "a", 5, 6),
    )
    assert check_log(rows, []).findings == ()


def test_release_decided_before_a_withdrawal_but_logged_after() -> None:
    """A release whose epoch is below that of an earlier withdrawal is found, also after later agreement."""
    rows = story(
        (WITHDRAWN, "a", 1, 5), ("consent.recorded", "a", 2, 6), (INTENT, "a", 3, 4), (INTENT, "b", 1, 4)
    )
    assert check_log(rows, []).findings == (Finding(Kind.RELEASED_AFTER_WITHDRAWAL, 2, 3),)


def test_release_on_a_statement_that_was_withdrawn() -> None:
    """Whatever epoch it says: it names the very statement that was taken back. Another one may carry it."""
    withdrawn = {"soort": WITHDRAWN, "leerlingRef": "a", "record": "r1", "feit": "f9"}
    release = {"soort": INTENT, "leerlingRef": "a", "consentEpoch": 5}
    rows = rows_of(
        [
            canonical(withdrawn | {"leerlingVolgnummer": 1, "consentEpoch": 5}),
            canonical(release | {"leerlingVolgnummer": 2, "consentEventIds": ["r2"]}),
            canonical(release | {"leerlingVolgnummer": 3, "consentEventIds": ["r2", "r1"]}),
            canonical(release | {"leerlingRef": "b", "leerlingVolgnummer": 1, "consentEventIds": ["r1"]}),
        ]
    )
    assert check_log(rows, []).findings == (Finding(Kind.RELEASED_AFTER_WITHDRAWAL, 2, 3),)


def test_release_decided_before_a_fact_but_logged_after() -> None:
    """Any fact can have closed it. What a release records itself is no such fact, but is one for the next."""
    fact = {"soort": "consent.recorded", "leerlingRef": "a", "feit": "f1"}
    release = {"soort": INTENT, "leerlingRef": "a"}
    rows = rows_of(
        [
            canonical(fact | {"leerlingVolgnummer": 1, "consentEpoch": 1}),
            canonical(release | {"leerlingVolgnummer": 2, "consentEpoch": 1, "feit": "f2"}),
            canonical(release | {"leerlingVolgnummer": 3, "consentEpoch": 1}),
            canonical(release | {"leerlingVolgnummer": 4, "consentEpoch": 2}),
        ]
    )
    assert check_log(rows, []).findings == (Finding(Kind.STALE, 2, 3),)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_volgnummer_that_does_not_follow(number: int) -> None:
    """A leerlingVolgnummer that is repeated, lower or skips one is named `order`, at its position."""
    after = max(number, 2) + 1
    rows = story(
        (INTENT, "a", 2, 1), (INTENT, "b", 9, 1), (WITHDRAWN, "a", number, 2), (INTENT, "a", after, 2)
    )
    assert check_log(rows, []).findings == (Finding(Kind.ORDER, 2, 3),)


UNREADABLE: dict[str, bytes] = {
    "no-json": b"geen json",
    "no-object": b"[]",
    "spaces": b'{"soort": "summary"}',
    "unsorted": b'{"soort":"summary","n":1}',
    "repeated-key": b'{"soort":"summary","soort":"x"}',
    "number-too-large": b'{"n":1e999}',
    "release-without-ref": canonical({"soort": INTENT, "leerlingVolgnummer": 1, "consentEpoch": 1}),
    "release-without-number": canonical({"soort": INTENT, "leerlingRef": "a", "consentEpoch": 1}),
    "withdrawal-without-epoch": canonical({"soort": WITHDRAWN, "leerlingRef": "a", "leerlingVolgnummer": 1}),
    "number-as-text": json.dumps(
        {"consentEpoch": 1, "leerlingRef": "a", "leerlingVolgnummer": "1", "soort": INTENT},
        separators=(",", ":"),
    ).encode(),
    "ref-as-number": canonical({"leerlingRef": 1, "soort": "summary"}),
}


@pytest.mark.parametrize("data", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_leaf(data: bytes) -> None:
    """A leaf that cannot be judged is a finding, never an error and never silently fine."""
    assert check_log(rows_of([b"{}", data]), []).findings == (Finding(Kind.UNREADABLE, 1, 2),)


def test_findings_about_order_are_bounded_and_come_last() -> None:
    """A log full of nonsense gives a bounded report, with what is proven wrong in front."""
    rows = rows_of([b"?"] * 500)
    report = check_log(rows, [Checkpoint(LOG.name, 500, b"\1" * 32)])
    assert report.first == Finding(Kind.REWRITTEN, 0, 500)
    assert len(report.findings) == 1 + MAX_ORDER_FINDINGS


@pytest.mark.parametrize("kind", list(Kind), ids=str)
def test_every_kind_has_a_text(kind: Kind) -> None:
    """Each finding can be told in plain Dutch."""
    assert Finding(kind, 0, 1).text
