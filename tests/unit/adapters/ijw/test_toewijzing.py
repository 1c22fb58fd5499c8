"""JW301 becomes toewijzingen of an arrangement: nothing lost, nobody else taken along, the last counts."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ijw import read, write
from adapters.ijw.berichten import schema
from adapters.ijw.toewijzing import (
    NIET_OVERGENOMEN,
    OVERGENOMEN,
    PRODUCT,
    toewijzingen,
    verwerk_301,
)
from adapters.xml.layout import Part
from schemas.errors import InvalidMessage
from schemas.messages.onderdelen import Code
from schemas.messages.toewijzing import Toewijzing, Toewijzingstatus
from tests.builders import a_bsn
from tests.unit.adapters.ijw.arrangementen import (
    a_toewijzing,
    an_arrangement,
    een_groep,
    leerling,
    met_budget,
    places,
    toegewezen,
)
from tests.unit.adapters.ijw.voorbeelden import ANDER_BSN, bericht, golden


def leaves(part: Part, path: str) -> Iterator[str]:
    for child in part.parts or ():
        below = f"{path}/{child.name}".lstrip("/")
        yield from leaves(child, below) if child.parts is not None else [below]


def test_every_element_has_a_place() -> None:
    """Each element of a 301 is either taken over or named among those that stop here, and not both."""
    known = [*OVERGENOMEN, *NIET_OVERGENOMEN]
    for leaf in leaves(schema("JW301").layout, ""):
        found = [name for name in known if leaf == name or leaf.startswith(f"{name}/")]
        assert len(found) == 1, leaf


def test_fields_exist() -> None:
    """What a 301 fills are fields of a toewijzing, each once; the rest of the fields follow from them."""
    fields = {f.alias for f in Toewijzing.model_fields.values()}
    assert fields - set(OVERGENOMEN.values()) == {"status", "voortgang"}
    assert len(set(OVERGENOMEN.values())) == len(OVERGENOMEN)


def test_example() -> None:
    """Both products of the kept message become toewijzingen with every fact they have."""
    first, second = toewijzingen(read(golden("JW301")))
    assert first == a_toewijzing(referentieAanbieder="FICTIEF-AANVRAAG-0001")
    assert second == met_budget(
        productcategorie={"code": "41", "stelsel": "JZ020"},
        beslotenOm="09:30:00.5",
        ingangsdatum="2026-04-13",
        einddatum="2026-12-31",
    )


@pytest.mark.parametrize(
    ("reden", "status"),
    [
        (None, Toewijzingstatus.TOEGEWEZEN),
        ("13", Toewijzingstatus.VERWIJDERD),
        ("05", Toewijzingstatus.INGETROKKEN),
        ("04", Toewijzingstatus.GEWIJZIGD),
        ("07", Toewijzingstatus.GEWIJZIGD),
    ],
)
def test_status(reden: str | None, status: Toewijzingstatus) -> None:
    """Deleted and shortened say so themselves; any other reason is a change."""
    (found,) = toewijzingen(toegewezen({"RedenWijziging": reden}))
    assert found.status is status
    assert found.wijzigingsreden == (Code(code=reden, stelsel="JZ002") if reden else None)


def test_numbers_and_times() -> None:
    """Leading zeros mean nothing, midnight at the end of a day is after everything else of it."""
    (found,) = toewijzingen(
        toegewezen({"ToewijzingNummer": "000300201", "Toewijzingstijd": "24:00:00", "Omvang": None})
    )
    assert (found.nummer, found.besloten_om, found.omvang) == ("300201", dt.time.max, None)
    (fine,) = toewijzingen(toegewezen({"Toewijzingstijd": "10:00:00.123456789"}))
    assert fine.besloten_om == dt.time(10, 0, 0, 123456)


def test_values_we_do_not_hold() -> None:
    """A year of five digits, or an end before its begin, is a fault per value and names no value."""
    with pytest.raises(InvalidMessage) as caught:
        toewijzingen(
            toegewezen(
                {"Einddatum": "12026-01-01", "Toewijzingsdatum": "-0001-01-01"},
                {"ToewijzingNummer": "2", "Einddatum": "2026-04-12"},
            )
        )
    row = f"/Bericht/{PRODUCT}"
    assert places(caught.value.faults) == {
        ("ijw.datum", f"{row}[1]/Einddatum"),
        ("ijw.datum", f"{row}[1]/Toewijzingsdatum"),
        ("CS003", f"{row}[2]/Einddatum"),
    }
    assert "12026" not in repr(caught.value.faults)


def test_time_the_schema_would_refuse() -> None:
    """A time that is none is a fault, and one that is absent stays absent: no fault of ours ever raises."""
    with pytest.raises(InvalidMessage) as caught:
        toewijzingen(toegewezen({"Toewijzingstijd": "10:00:60"}))
    assert places(caught.value.faults) == {("ijw.tijd", f"/Bericht/{PRODUCT}[1]/Toewijzingstijd")}
    assert toewijzingen(toegewezen({"Toewijzingstijd": None}))[0].besloten_om is None


def test_only_301() -> None:
    """Another message is refused."""
    with pytest.raises(InvalidMessage) as caught:
        toewijzingen(bericht("JW305"))
    assert places(caught.value.faults) == {("ijw.soort", "/Bericht")}


class TestArrangement:
    def test_added(self) -> None:
        """What was granted stands in the arrangement, in the order of numbers; nothing else of it changes."""
        before = an_arrangement()
        after = verwerk_301(before, toegewezen({"ToewijzingNummer": "20"}, {"ToewijzingNummer": "3"}))
        assert [t.nummer for t in after.toewijzingen] == ["3", "20"]
        assert after.model_copy(update={"toewijzingen": ()}) == before

    def test_absent_stays(self) -> None:
        """An allocation that a 301 does not name is not lost: it ended, or is of another aanbieder."""
        before = an_arrangement(
            toewijzingen=[a_toewijzing(1, einddatum="2026-01-31", ingangsdatum="2026-01-01")]
        )
        after = verwerk_301(before, toegewezen({"ToewijzingNummer": "2"}))
        assert [t.nummer for t in after.toewijzingen] == ["1", "2"]

    def test_other_gemeente(self) -> None:
        """A number is of one gemeente: another's allocation with that number is another one."""
        before = an_arrangement(toewijzingen=[a_toewijzing(300201, gemeente="0344")])
        assert len(verwerk_301(before, toegewezen()).toewijzingen) == 2

    def test_later_decision_counts(self) -> None:
        """Of two versions the one decided last counts, and of one day the one decided at a later time."""
        early = toegewezen({"Toewijzingstijd": "09:00:00", "Einddatum": "2026-12-31"})
        late = toegewezen({"Toewijzingstijd": "17:00:00", "Einddatum": "2026-10-31"})
        for order in ([early, late], [late, early]):
            arrangement = an_arrangement()
            for message in order:
                arrangement = verwerk_301(arrangement, message)
            (found,) = arrangement.toewijzingen
            assert found.einddatum == dt.date(2026, 10, 31)

    def test_deleted(self) -> None:
        """Deleted counts as never sent, also when an older version comes in after it."""
        gone = toegewezen(
            {"RedenWijziging": "13", "Toewijzingsdatum": "2026-05-01", "Einddatum": "2026-04-13"}
        )
        arrangement = verwerk_301(verwerk_301(an_arrangement(), gone), toegewezen())
        (found,) = arrangement.toewijzingen
        assert found.status is Toewijzingstatus.VERWIJDERD
        assert not found.geldt_vanaf(dt.date.min)

    def test_progress_stays(self) -> None:
        """A new version of an allocation does not forget that help began."""
        voortgang = [{"stand": "gestart", "op": "2026-04-14"}]
        before = an_arrangement(toewijzingen=[a_toewijzing(voortgang=voortgang)])
        after = verwerk_301(before, toegewezen({"Toewijzingsdatum": "2026-05-01", "RedenWijziging": "04"}))
        assert after.toewijzingen[0].voortgang == before.toewijzingen[0].voortgang
        assert after.toewijzingen[0].status is Toewijzingstatus.GEWIJZIGD

    @pytest.mark.parametrize(
        ("kw", "fault"),
        [
            (een_groep(), ("ijw.collectief", "/arrangement/collectief")),
            (
                {"individueel": {"leerling": leerling(bsn=ANDER_BSN)}},
                ("ijw.andere_leerling", "/Bericht/Client/Bsn"),
            ),
        ],
    )
    def test_not_this_one(self, kw: dict[str, Any], fault: tuple[str, str]) -> None:
        """A group has no allocation of its own, and somebody else's allocation is refused."""
        with pytest.raises(InvalidMessage) as caught:
            verwerk_301(an_arrangement(**kw), toegewezen())
        assert places(caught.value.faults) == {fault}

    def test_same_leerling(self) -> None:
        """An arrangement that knows the number takes a message about that number."""
        arrangement = an_arrangement(individueel={"leerling": leerling(bsn=a_bsn())})
        assert verwerk_301(arrangement, toegewezen()).toewijzingen

    def test_odd_number(self) -> None:
        """A number from elsewhere that is no number stays where it is."""
        odd = a_toewijzing().model_copy(update={"nummer": "oud-7"})
        after = verwerk_301(an_arrangement(toewijzingen=[odd]), toegewezen())
        assert [t.nummer for t in after.toewijzingen] == ["oud-7", "300201"]


versions = st.lists(
    st.fixed_dictionaries(
        {
            "ToewijzingNummer": st.sampled_from(["1", "01", "2"]),
            "Toewijzingsdatum": st.sampled_from(["2026-04-01", "2026-04-02"]),
            "Toewijzingstijd": st.sampled_from(["09:00:00", "10:00:00"]),
            "Einddatum": st.sampled_from([None, "2026-04-13", "2026-12-31"]),
            "RedenWijziging": st.sampled_from([None, "04", "13"]),
        }
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40)
@given(versions)
def test_order_means_nothing(rows: list[dict[str, Any]]) -> None:
    """In whatever order messages come in, and however often, the arrangement ends the same (OP080)."""
    outcomes = set()
    for order in itertools.permutations(rows):
        arrangement = an_arrangement()
        for row in (*order, order[0]):
            arrangement = verwerk_301(arrangement, toegewezen(row))
        outcomes.add(arrangement.model_dump_json())
    assert len(outcomes) == 1


@settings(max_examples=20)
@given(versions)
def test_through_xml(rows: list[dict[str, Any]]) -> None:
    """What is written and read back says the same."""
    for row in rows:
        message = toegewezen(row)
        assert toewijzingen(read(write(message))) == toewijzingen(message)
