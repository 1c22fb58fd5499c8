"""Starts, stops and the retours on them become one terugkoppeling, and nothing else of them goes further."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from adapters import ijw
from adapters.ijw.melding import translate_meldingen
from adapters.ijw.retour import make_retour
from adapters.xml.parser import Node
from schemas.errors import InvalidMessage
from schemas.messages.terugkoppeling import Afloop, Hulpstatus, Terugkoppeling
from tests.unit.adapters.ijw.voorbeelden import ANDER_BSN, BERICHTEN, golden

DAY = dt.date(2026, 4, 16)
TODAY = dt.date(2026, 12, 1)


def message(soort: str, naam: str, **changed: str) -> ijw.JwBericht:
    """A golden start or stop under its own Identificatie, with other values in its only row."""
    content: Node = copy.deepcopy(BERICHTEN[soort])
    content["Header"]["BerichtIdentificatie"]["Identificatie"] = naam
    group, row = {"JW305": ("StartProducten", "StartProduct"), "JW307": ("StopProducten", "StopProduct")}[
        soort
    ]
    content["Client"][group] = {row: [content["Client"][group][row][0] | changed]}
    return ijw.JwBericht(soort, content)


def accepted(heen: ijw.JwBericht, naam: str) -> ijw.JwBericht:
    answer = make_retour(heen, (), identificatie=naam, dagtekening=DAY)
    assert answer is not None
    return answer


def told(*berichten: ijw.JwBericht, verteld: Terugkoppeling | None = None) -> Terugkoppeling:
    raws = [(f"/{i}", ijw.write(b)) for i, b in enumerate(berichten)]
    return translate_meldingen(raws, verteld, afgewacht=False, today=TODAY).bericht


def codes(*berichten: Any, verteld: Terugkoppeling | None = None) -> list[tuple[str, str]]:
    raws = [(f"/{i}", b if isinstance(b, bytes) else ijw.write(b)) for i, b in enumerate(berichten)]
    with pytest.raises(InvalidMessage) as caught:
        translate_meldingen(raws, verteld, afgewacht=False, today=TODAY)
    return [(f.code, f.place) for f in caught.value.faults]


START = message("JW305", "START1")
STOP = message(
    "JW307", "STOP1", Begindatum=START.inhoud["Client"]["StartProducten"]["StartProduct"][0]["Begindatum"]
)
START_OK, STOP_OK = accepted(START, "R1"), accepted(STOP, "R2")


def test_an_accepted_start_is_told_by_the_month() -> None:
    """Help that began is told with no more than its month."""
    begin = dt.date.fromisoformat(START.inhoud["Client"]["StartProducten"]["StartProduct"][0]["Begindatum"])
    assert told(START, START_OK) == Terugkoppeling(status=Hulpstatus.GESTART, sinds=begin.replace(day=1))


def test_an_end_is_told_coarsely_in_any_order() -> None:
    """A stop as planned is `afgerond`, whatever order the messages come in."""
    ended = message("JW307", "STOP2", RedenBeeindiging="31", Begindatum=_begin(STOP))
    case = [START, START_OK, ended, accepted(ended, "R3")]
    assert told(*case).afloop is Afloop.AFGEROND
    assert told(*reversed(case)) == told(*case)


def _begin(stop: ijw.JwBericht) -> str:
    return str(stop.inhoud["Client"]["StopProducten"]["StopProduct"][0]["Begindatum"])


def test_what_was_not_accepted_does_not_count() -> None:
    """Without the retour, or with one that refuses, a start was never sent."""
    assert codes(START) == [("ijw.niet_aanvaard", "/0")]
    refused = ijw.JwBericht(
        "JW306",
        START_OK.inhoud | {"Header": START_OK.inhoud["Header"] | {"RetourCodes": {"RetourCode": ["0001"]}}},
    )
    assert codes(START, refused) == [("ijw.niet_aanvaard", "/0")]
    assert codes(START, STOP_OK) == [("ijw.niet_aanvaard", "/0")]
    assert told(START, START_OK, STOP).status is Hulpstatus.GESTART


def test_a_deletion_withdraws_what_the_school_heard() -> None:
    """A start that is taken back is `herroepen` to a school that heard of it, and no news to another."""
    undone = message("JW305", "START2", StatusAanlevering="3")
    case = [START, START_OK, undone, accepted(undone, "R4")]
    heard = told(START, START_OK)
    assert told(*case, verteld=heard).status is Hulpstatus.HERROEPEN
    assert codes(*case) == [("ijw.niets_te_melden", "/0")]
    assert codes(START, START_OK, verteld=heard) == [("ijw.niets_te_melden", "/0")]


def test_all_faults_of_all_messages_come_at_once() -> None:
    """Each fault has the place of its message in front, and none repeats what stands there."""
    other = ijw.JwBericht("JW305", START.inhoud | {"Client": START.inhoud["Client"] | {"Bsn": ANDER_BSN}})
    found = codes(START, other, golden("JW301"), b"<KANARIE/>", ijw.write(START).replace(b"438", b"KANARIE"))
    assert [f for f in found if f[0].startswith("ijw.")] == [
        ("ijw.verschilt", "/1"),
        ("ijw.soort", "/2"),
        ("ijw.wortel", "/3/*"),
    ]
    assert any(place.startswith("/4/Bericht/Header/BerichtCode") for _, place in found)
    assert "KANARIE" not in repr(found)


def test_an_end_for_another_allocation_is_told_after_waiting() -> None:
    """Reason 36 is no end by itself; when no new start came it is one, without a word on how."""
    ended = message("JW307", "STOP3", RedenBeeindiging="36", Begindatum=_begin(STOP))
    case = [START, START_OK, ended, accepted(ended, "R5")]
    assert codes(*case) == [("ijw.niets_te_melden", "/0")]
    raws = [(f"/{i}", ijw.write(b)) for i, b in enumerate(case)]
    made = translate_meldingen(raws, None, afgewacht=True, today=TODAY).bericht
    assert (made.status, made.afloop) == (Hulpstatus.GESTOPT, None)


@pytest.mark.parametrize(
    ("born", "told_of"),
    [
        ({"Datum": "2016-03-14"}, dt.date(2016, 3, 14)),
        ({"Datum": "2016-03-01", "DatumGebruik": "1"}, None),
    ],
)
def test_of_whom_it_is_said_when_that_is_sure(born: dict[str, str], told_of: dt.date | None) -> None:
    """The birth date goes along to compare, unless a part of it is unknown or it is no day at all."""
    client = START.inhoud["Client"] | {"Geboortedatum": born}
    start = ijw.JwBericht("JW305", START.inhoud | {"Client": client})
    raws = [("/0", ijw.write(start)), ("/1", ijw.write(accepted(start, "R6")))]
    assert translate_meldingen(raws, None, afgewacht=False, today=TODAY).geboortedatum == told_of


def test_many_rows_cost_no_more_each() -> None:
    """Eight times the starts and stops is about eight times the work, counted in look-ups and not in time."""
    from adapters.ijw.hulpstand import hulpstand
    from adapters.ijw.verloop import Hulplevering, Start, Stop

    class Counted(frozenset[Stop]):
        seen = 0

        def __iter__(self) -> Iterator[Stop]:
            for stop in super().__iter__():
                Counted.seen += 1
                yield stop

    def looked_at(n: int) -> int:
        Counted.seen = 0
        days = [(dt.date(2010, 1, 1) + dt.timedelta(days=i)).isoformat() for i in range(n)]
        stops = Counted(Stop(None, None, day, "31", day) for day in days)
        starts = frozenset(Start(None, None, day) for day in days)
        hulpstand([Hulplevering(starts, stops, gecorrigeerd=False)])
        return Counted.seen

    assert looked_at(1_600) <= 8 * looked_at(200) + 8
