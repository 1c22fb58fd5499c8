"""Starts and stops: the state table of the standard in full, sequences from practice, and random ones."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ijw.bericht import JwBericht
from adapters.ijw.feiten import Leveringssleutel
from adapters.ijw.hulpstand import Hulpstadium, stand_van
from adapters.ijw.verloop import Feitenverloop, Start, Stop
from adapters.ijw.verloopregels import check_verloop
from tests.unit.adapters.ijw.gevallen import FEB, MRT
from tests.unit.adapters.ijw.verkeer import (
    AANBIEDER,
    AMBULANT,
    BSN,
    GEMEENTE,
    Node,
    m301,
    m305,
    m307,
    m315,
    m317,
    m319,
    nieuw,
    pseudonym,
    start,
    stop,
    toewijzing,
    verloop,
)

VOOR, NA, LATER = "2026-02-20", "2026-03-10", "2026-03-05"

BEGIN: list[tuple[str, Node]] = [("305", start(FEB))]
STATES: dict[str, list[tuple[str, Node]]] = {
    "none": [],
    "started": BEGIN,
    "temporarily": [*BEGIN, ("307", stop(FEB, "20", MRT))],
    "definitively": [*BEGIN, ("307", stop(FEB, "31", MRT))],
}
NEXT: dict[str, tuple[str, Node]] = {
    "start": ("305", start(FEB)),
    "new start": ("305", start(LATER)),
    "delete start": ("305", start(FEB, status="3")),
    "delete other start": ("305", start(LATER, status="3")),
    "pause": ("307", stop(FEB, "20", MRT)),
    "pause before": ("307", stop(FEB, "20", VOOR)),
    "pause after": ("307", stop(FEB, "20", NA)),
    "end": ("307", stop(FEB, "31", MRT)),
    "end before": ("307", stop(FEB, "31", VOOR)),
    "end after": ("307", stop(FEB, "31", NA)),
    "end otherwise": ("307", stop(FEB, "32", MRT)),
    "end other start": ("307", stop(LATER, "31", NA)),
    "delete pause": ("307", stop(FEB, "20", MRT, status="3")),
    "delete end": ("307", stop(FEB, "31", MRT, status="3")),
}
GEEN, GESTART, ONDERBROKEN, HERVAT, BEEINDIGD = Hulpstadium
# In each state, for each next message: the rules it breaks, or the status it leads to.
TABLE: dict[str, dict[str, str | Hulpstadium]] = {
    "none": {
        "start": GESTART,
        "new start": GESTART,
        "delete start": "TR063",
        "delete other start": "TR063",
        "pause": "TR382",
        "pause before": "TR382",
        "pause after": "TR382",
        "end": "TR382",
        "end before": "TR382",
        "end after": "TR382",
        "end otherwise": "TR382",
        "end other start": "TR382",
        "delete pause": "TR063",
        "delete end": "TR063",
    },
    "started": {
        "start": "TR074 TR326",
        "new start": "TR326",
        "delete start": GEEN,
        "delete other start": "TR063",
        "pause": ONDERBROKEN,
        "pause before": ONDERBROKEN,
        "pause after": ONDERBROKEN,
        "end": BEEINDIGD,
        "end before": BEEINDIGD,
        "end after": BEEINDIGD,
        "end otherwise": BEEINDIGD,
        "end other start": "TR382",
        "delete pause": "TR063",
        "delete end": "TR063",
    },
    "temporarily": {
        "start": "TR074",
        "new start": HERVAT,
        "delete start": "TR071",
        "delete other start": "TR063",
        "pause": "TR074",
        "pause before": "TR413 TR414",
        "pause after": "TR413",
        "end": BEEINDIGD,
        "end before": "TR414",
        "end after": BEEINDIGD,
        "end otherwise": BEEINDIGD,
        "end other start": "TR382",
        "delete pause": GESTART,
        "delete end": "TR063",
    },
    "definitively": {
        "start": "TR074",
        "new start": GESTART,
        "delete start": "TR071",
        "delete other start": "TR063",
        "pause": "TR415",
        "pause before": "TR414 TR415",
        "pause after": "TR415",
        "end": "TR074",
        "end before": "TR414 TR415",
        "end after": "TR415",
        "end otherwise": "TR415",
        "end other start": "TR382",
        "delete pause": "TR063",
        "delete end": GESTART,
    },
}


def message(soort: str, *rows: Node) -> JwBericht:
    return m305(*rows) if soort == "305" else m307(*rows)


@pytest.mark.parametrize("taakgericht", [False, True])
@pytest.mark.parametrize(("state", "then"), list(product(STATES, NEXT)))
def test_the_state_table(state: str, then: str, taakgericht: bool) -> None:
    """In every state every next message is refused by the rules of the table, or leads to the next state.

    Per ToewijzingNummer, and in the taakgericht variant, which has none, per Product.
    """

    def made(step: tuple[str, Node]) -> JwBericht:
        soort, row = step
        return message(soort, {k: v for k, v in row.items() if not taakgericht or k != "ToewijzingNummer"})

    known = verloop(*([] if taakgericht else [m301()]), *(made(step) for step in STATES[state]))
    bericht = made(NEXT[then])
    expected = TABLE[state][then]
    codes = {fout.code for fout in check_verloop(bericht, known)}
    if not isinstance(expected, Hulpstadium):
        assert codes == set(expected.split())
        return
    assert codes == set()
    known.apply(bericht)
    assert stand_van(known, pseudonym(BSN)).status is expected


def allocated(ref: str | None = None) -> JwBericht:
    return m301(toewijzing("200", ref=ref))


PRACTICE: dict[str, list[JwBericht]] = {
    "315-301": [m315("V1"), allocated("V1")],
    "315-319(2)-301": [m315("V1"), m319("V1", "2"), allocated("V1")],
    "315-319(1)": [m315("V1"), m319("V1")],
    "315-319(2)-319(1)": [m315("V1"), m319("V1", "2"), m319("V1")],
    "315-319(1)-315": [m315("V1"), m319("V1"), m315("V2")],
    "317-301": [m301(), m317(zelfde=["100"], extra=[nieuw()]), m301(toewijzing(ref="W1", datum=MRT))],
    "317-319(2)-301": [m301(), m317(zelfde=["100"]), m319("W1", "2"), m301(toewijzing(ref="W1", datum=MRT))],
    "317-319(1)": [m301(), m317(zelfde=["100"]), m319("W1")],
    "317-319(2)-319(1)": [m301(), m317(zelfde=["100"]), m319("W1", "2"), m319("W1")],
    "305-307(31)": [m301(), m305(start(FEB)), m307(stop(FEB, "31", MRT))],
    "305-307(20)-307(31)": [
        m301(),
        m305(start(FEB)),
        m307(stop(FEB, "20", MRT)),
        m307(stop(FEB, "31", NA)),
    ],
    "305-307-305": [m301(), m305(start(FEB)), m307(stop(FEB, "20", MRT)), m305(start(NA))],
    "305-305(3)": [m301(), m305(start(FEB)), m305(start(FEB, status="3"))],
    "305-305(3)-305": [m301(), m305(start(FEB)), m305(start(FEB, status="3")), m305(start(FEB))],
    "305-305(3+1)": [m301(), m305(start(FEB)), m305(start(FEB, status="3"), start(VOOR))],
    "307-307(3)-307(1)": [
        m301(),
        m305(start(FEB)),
        m307(stop(FEB, "31", MRT)),
        m307(stop(FEB, "31", MRT, status="3")),
        m307(stop(FEB, "31", MRT)),
    ],
    "307-307(3+1)": [
        m301(),
        m305(start(FEB)),
        m307(stop(FEB, "31", MRT)),
        m307(stop(FEB, "32", VOOR), stop(FEB, "31", MRT, status="3")),
    ],
    "late definitive stop": [
        m301(),
        m305(start(FEB)),
        m307(stop(FEB, "20", MRT)),
        m305(start(NA)),
        m307(stop(FEB, "31", MRT)),
    ],
    "301 again": [m301(), m301(), m301(toewijzing(datum=MRT, eind="2026-12-31", reden="05"))],
}


@pytest.mark.parametrize("name", PRACTICE)
def test_sequences_seen_in_practice_pass(name: str) -> None:
    """Each message of it, after those before it, is without findings."""
    known = verloop()
    for bericht in PRACTICE[name]:
        assert check_verloop(bericht, known) == ()
        known.apply(bericht)


@dataclass
class Oracle:
    """The rules of section 2.5 once more, as plain sets and one row at a time."""

    starts: set[tuple[int, str]] = field(default_factory=set)
    stops: set[tuple[int, str, str, str]] = field(default_factory=set)
    reopened: set[int] = field(default_factory=set)
    """Where a stop was taken back, so that an older start may run beside a newer one."""

    def take(self, soort: str, rows: list[Row]) -> bool:
        """Whether the message is accepted; only then it counts."""
        starts, stops, reopened = set(self.starts), set(self.stops), set(self.reopened)
        step = self._start if soort == "305" else self._stop
        rows = sorted(rows, key=lambda r: (not r.gone, r.end, r.reason != "20"))
        if all(step(row) for row in rows):
            return True
        self.starts, self.stops, self.reopened = starts, stops, reopened
        return False

    def _start(self, row: Row) -> bool:
        key = (row.number, row.begin)
        stopped = {(n, b) for n, b, _, _ in self.stops}
        if row.gone:
            right = key in self.starts and key not in stopped
            self.starts.discard(key)
            return right
        right = key not in self.starts and not any(
            s[0] == row.number and s not in stopped for s in self.starts
        )
        self.starts.add(key)
        return right

    def _stop(self, row: Row) -> bool:
        key = (row.number, row.begin, row.reason, row.end)
        if row.gone:
            right = key in self.stops
            self.stops.discard(key)
            self.reopened.add(row.number)
            return right
        there = [s for s in self.stops if s[:2] == key[:2]]
        right = (
            (row.number, row.begin) in self.starts
            and all(s[2] == "20" for s in there)
            and not (there and row.reason == "20")
            and all(s[3] <= row.end for s in there)
        )
        self.stops.add(key)
        return right


@dataclass(frozen=True)
class Row:
    number: int
    begin: str
    reason: str
    end: str
    gone: bool
    aim: int
    """0: any row. Else the row is turned to a start, or taken back a stop, that the oracle holds."""

    def aimed(self, soort: str, oracle: Oracle) -> Row:
        if self.aim and soort == "307" and self.gone and oracle.stops:
            number, begin, reason, end = sorted(oracle.stops)[self.aim % len(oracle.stops)]
            return replace(self, number=number, begin=begin, reason=reason, end=end)
        if self.aim and (soort == "307" or self.gone) and oracle.starts:
            number, begin = sorted(oracle.starts)[self.aim % len(oracle.starts)]
            return replace(self, number=number, begin=begin)
        return self

    def node(self, soort: str) -> Node:
        status, nummer = "3" if self.gone else "1", str(self.number)
        if soort == "305":
            return start(self.begin, nummer=nummer, status=status)
        return stop(self.begin, self.reason, self.end, nummer=nummer, status=status)

    def key(self, soort: str) -> tuple[object, ...]:
        return (
            (self.number, self.begin) if soort == "305" else (self.number, self.begin, self.reason, self.end)
        )


ROWS = st.builds(
    Row,
    number=st.sampled_from([100, 101]),
    begin=st.sampled_from([FEB, VOOR, MRT]),
    reason=st.sampled_from(["20", "31", "32"]),
    end=st.sampled_from([VOOR, MRT, NA]),
    gone=st.sampled_from([False, False, True]),
    aim=st.integers(0, 4),
)


MESSAGES = st.tuples(st.sampled_from(["305", "307", "307"]), st.lists(ROWS, min_size=1, max_size=2))
SEQUENCES = st.lists(MESSAGES, min_size=6, max_size=20)


def run(sequence: list[tuple[str, list[Row]]]) -> tuple[Feitenverloop, Oracle, list[JwBericht]]:
    """Applies what passes the rules, and checks at every step that the oracle says the same."""
    known, oracle, accepted = verloop(m301(toewijzing(), toewijzing("101"))), Oracle(), []
    for soort, drawn in sequence:
        # One key twice in a message is refused before these rules are asked (TR101).
        rows = list({row.key(soort): row for row in (row.aimed(soort, oracle) for row in drawn)}.values())
        bericht = message(soort, *(row.node(soort) for row in rows))
        fouten = check_verloop(bericht, known)
        assert (fouten == ()) == oracle.take(soort, rows)
        if fouten == ():
            known.apply(bericht)
            accepted.append(bericht)
        holds(known, oracle)
    return known, oracle, accepted


def holds(known: Feitenverloop, oracle: Oracle) -> None:
    for number in (100, 101):
        levering = known.levering(Leveringssleutel(GEMEENTE, AANBIEDER, pseudonym(BSN), number, None, None))
        assert levering.starts == {Start(*AMBULANT, b) for n, b in oracle.starts if n == number}
        assert levering.stops == {Stop(*AMBULANT, *s[1:]) for s in oracle.stops if s[0] == number}
        running = levering.starts - {s.start for s in levering.stops}
        assert len(running) <= 1 or number in oracle.reopened
        assert all(s.start in levering.starts for s in levering.stops)
        for begin in levering.starts:
            ends = [s for s in levering.stops if s.start == begin]
            assert sum(s.tijdelijk for s in ends) <= 1
            assert sum(not s.tijdelijk for s in ends) <= 1


@given(SEQUENCES)
def test_random_sequences_keep_the_rules(sequence: list[tuple[str, list[Row]]]) -> None:
    """Rules and oracle accept the same messages, and no delivery ever runs twice or ends twice."""
    run(sequence)


@given(SEQUENCES, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_change_the_state(sequence, shuffle) -> None:  # type: ignore[no-untyped-def]
    """Whatever order accepted messages arrive in, the derived state is the same (OP080)."""
    known, _, accepted = run(sequence)
    shuffle.shuffle(accepted)
    assert stand_van(verloop(*accepted), pseudonym(BSN)) == stand_van(known, pseudonym(BSN))
