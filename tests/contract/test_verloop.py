"""What every Verloop does, in memory and in SQL."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from adapters.ijw.bericht import JwBericht
from adapters.ijw.feiten import Leveringssleutel, Sleutel, Waarde
from adapters.ijw.sqlverloop import FEIT, METADATA, SqlVerloop
from adapters.ijw.verloop import Feitenverloop, Hulplevering, MemoryVerloop, Start, Stop, Verloop, aanvaard
from adapters.ijw.verloopregels import check_verloop
from schemas.errors import RecordUnavailable
from tests.unit.adapters.ijw.gevallen import CLAIM, FEB, MRT, P1, VERZOEKEN_EN_REGIE, Rij
from tests.unit.adapters.ijw.gevallen_declaratie import DECLARATIES
from tests.unit.adapters.ijw.verkeer import (
    AANBIEDER,
    ANDERE_AANBIEDER,
    ANDERE_BSN,
    ANDERE_GEMEENTE,
    BSN,
    GEMEENTE,
    m301,
    m305,
    m307,
    m315,
    m317,
    m319,
    m323,
    m325,
    prestatie,
    pseudonym,
    start,
    stop,
    toewijzing,
    verwijderd,
)

RIJEN = [*VERZOEKEN_EN_REGIE, *DECLARATIES]
CLIENT = pseudonym(BSN)
NIETS = Hulplevering(frozenset(), frozenset(), gecorrigeerd=False)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path / 'ijw.db'}")
    METADATA.create_all(made)
    yield made
    made.dispose()


@pytest.fixture(params=["memory", "sql"])
def leeg(request: pytest.FixtureRequest) -> Feitenverloop:
    """A history without anything in it."""
    if request.param == "memory":
        return MemoryVerloop(pseudonym, volledig=lambda *_: True)
    return SqlVerloop(request.getfixturevalue("engine"), pseudonym, volledig=lambda *_: True)


def levering(nummer: int = 100) -> Leveringssleutel:
    return Leveringssleutel(GEMEENTE, AANBIEDER, CLIENT, nummer, None, None)


def after(known: Feitenverloop, *berichten: JwBericht) -> Feitenverloop:
    for bericht in berichten:
        known.apply(bericht)
    return known


def test_both_are_a_verloop(leeg: Feitenverloop) -> None:
    """The port is met, as mypy proves, and an empty history knows nothing."""
    known: Verloop = leeg
    assert not known.gezien("JW301", GEMEENTE, "X")
    assert known.versies(GEMEENTE, 100) == ()
    assert known.verzoek(AANBIEDER, "V1") is None
    assert known.declaratie(AANBIEDER, "X") is None
    assert known.leveringen(CLIENT) == frozenset()


@pytest.fixture(scope="module")
def shared() -> Iterator[Engine]:
    """One database for many rows: what SQLAlchemy compiles it keeps per engine."""
    made = create_engine("sqlite://")
    METADATA.create_all(made)
    yield made
    made.dispose()


@pytest.mark.parametrize("row", RIJEN, ids=[f"{row.code}-{i}" for i, row in enumerate(RIJEN)])
def test_sql_finds_what_memory_finds(row: Rij, shared: Engine) -> None:
    """Every rule sees the same history in both."""
    with shared.begin() as connection:
        connection.execute(FEIT.delete())
    memory = after(MemoryVerloop(pseudonym, volledig=lambda *_: True), *row.fout)
    sql = after(SqlVerloop(shared, pseudonym, volledig=lambda *_: True), *row.fout)
    assert check_verloop(row.bericht, sql) == check_verloop(row.bericht, memory) != ()


def test_a_start_and_its_stop_are_known(leeg: Feitenverloop) -> None:
    """Each by its whole key, of that client, that allocation and those two parties only."""
    after(leeg, m301(), m305(start(FEB)), m307(stop(FEB, "31", MRT)))
    begin = Start("45", "45A04", FEB)
    assert leeg.levering(levering()) == Hulplevering(
        frozenset({begin}), frozenset({Stop(*begin, "31", MRT)}), gecorrigeerd=False
    )
    assert leeg.leveringen(CLIENT) == {levering()}
    assert leeg.leveringen(pseudonym(ANDERE_BSN)) == frozenset()
    for other in (
        {"gemeente": ANDERE_GEMEENTE},
        {"aanbieder": ANDERE_AANBIEDER},
        {"client": pseudonym(ANDERE_BSN)},
        {"nummer": 101},
    ):
        assert leeg.levering(levering()._replace(**other)) == NIETS


def test_what_is_taken_back_was_never_sent_and_may_come_again(leeg: Feitenverloop) -> None:
    """A deleted start is gone, leaves a mark that it was corrected, and frees its key."""
    after(leeg, m301(), m305(start(FEB)), m305(start(FEB, status="3")))
    assert leeg.levering(levering()) == NIETS._replace(gecorrigeerd=True)
    after(leeg, m305(start(FEB)))
    assert leeg.levering(levering()).starts == {Start("45", "45A04", FEB)}


def test_the_current_version_is_the_latest_and_not_the_last_to_arrive(leeg: Feitenverloop) -> None:
    """By Toewijzingsdatum, then Toewijzingstijd (IV013)."""
    rows = [("2026-01-02", "09:00:00"), ("2026-01-02", "10:00:00"), ("2026-03-01", "08:00:00")]
    for datum, tijd in random.Random(1).sample(rows, len(rows)):
        after(leeg, m301(toewijzing(datum=datum, tijd=tijd)))
    assert [(v.datum, v.tijd) for v in leeg.versies(GEMEENTE, 100)] == rows


def test_a_number_is_a_number(leeg: Feitenverloop) -> None:
    """The number 000000100 names allocation 100."""
    after(leeg, m301(toewijzing("000000100")))
    assert leeg.versies(GEMEENTE, 100) != ()
    assert leeg.toewijzingen(GEMEENTE, AANBIEDER, CLIENT) == {100}


def test_the_same_message_twice_counts_once(leeg: Feitenverloop) -> None:
    """A message that is offered again changes nothing: one deletion undoes it."""
    begin = m305(start(FEB), ident="EEN")
    after(leeg, begin, begin, m305(start(FEB, status="3")))
    assert leeg.levering(levering()).starts == frozenset()


def test_a_retour_changes_nothing(leeg: Feitenverloop) -> None:
    """Only heenberichten are facts; a retour says whether to apply one."""
    after(leeg, JwBericht("JW306", m305(start(FEB)).inhoud))
    assert leeg.leveringen(CLIENT) == frozenset()


def test_a_request_is_open_until_it_is_granted_or_refused(leeg: Feitenverloop) -> None:
    """Not under investigation only; a 315 per product, a 317 as a whole."""

    def is_open(referentie: str) -> bool:
        verzoek = leeg.verzoek(AANBIEDER, referentie)
        return verzoek is not None and verzoek.open

    after(leeg, m315("V1", "V2"), m317("W1"))
    assert [is_open(r) for r in ("V1", "V2", "W1")] == [True, True, True]
    after(leeg, m319("V1", "2"), m319("W1", "1"))
    assert [is_open(r) for r in ("V1", "V2", "W1")] == [True, True, False]
    after(leeg, m301(toewijzing(ref="V1")))
    assert [is_open(r) for r in ("V1", "V2", "W1")] == [False, True, False]
    assert leeg.verzoeken(AANBIEDER, CLIENT) == {"V1", "V2", "W1"}


def test_an_answer_judges_each_row_of_its_claim(leeg: Feitenverloop) -> None:
    """What a 325 lists was refused, all else approved; before it neither."""
    rows = [P1, prestatie("R2", periode="2026-01")]
    claim = m323("D1", *rows)
    after(leeg, m301(), claim)
    assert {r.oordeel for r in leeg.gedeclareerd(GEMEENTE, 100)} == {None}
    after(leeg, m325(claim, rows[1]))
    oordelen = {r.prestatie.referentie: r.oordeel for r in leeg.gedeclareerd(GEMEENTE, 100)}
    assert oordelen == {"R1": "goedgekeurd", "R2": "afgekeurd"}
    assert [r.goedgekeurd for r in leeg.prestaties(AANBIEDER, "R1")] == [True]


@pytest.mark.parametrize(
    "refusal", [m325(CLAIM, alleen_kop="0001"), m325(CLAIM, antwoord="9333")], ids=["header", "declaratie"]
)
def test_a_claim_refused_as_a_whole_was_never_sent(leeg: Feitenverloop, refusal: JwBericht) -> None:
    """The same claim, with the same numbers, may come again, and be approved."""
    after(leeg, m301(), CLAIM, refusal)
    assert leeg.gedeclareerd(GEMEENTE, 100) == ()
    assert check_verloop(CLAIM, leeg) == ()
    after(leeg, CLAIM, m325(CLAIM))
    assert all(r.goedgekeurd for r in leeg.gedeclareerd(GEMEENTE, 100))


def test_a_second_use_of_an_identificatie_does_not_harm_the_first(leeg: Feitenverloop) -> None:
    """The refusal of the second claim names the first by Identificatie, and must leave it alone."""
    after(leeg, m301(), CLAIM, m325(CLAIM, alleen_kop="9056"))
    assert len(leeg.gedeclareerd(GEMEENTE, 100)) == 2
    after(leeg, m325(CLAIM), m325(CLAIM, alleen_kop="0001"))
    assert len(leeg.gedeclareerd(GEMEENTE, 100)) == 2


def test_a_row_refused_for_its_number_does_not_harm_the_row_that_had_it(leeg: Feitenverloop) -> None:
    """The verdict on the second use is not the verdict on the first."""
    first = m323("D1", P1)
    again = prestatie("R1", periode="2026-03")
    second = m323("D2", again, periode="2026-03")
    after(leeg, m301(), first, m325(first), second, m325(second, again))
    assert sorted(str(r.oordeel) for r in leeg.prestaties(AANBIEDER, "R1")) == ["afgekeurd", "goedgekeurd"]


def test_no_number_of_a_person_is_stored(engine: Engine) -> None:
    """Not in memory and not in the file: only the pseudonym."""
    claim = m323("D1", P1)
    geschiedenis = [
        m301(),
        m301(verwijderd("101")),
        m305(start(FEB)),
        m307(stop(FEB, "31", MRT)),
        m315("V1"),
        m317("W1"),
        m319("V1"),
        claim,
        m325(claim, P1),
    ]
    memory = after(MemoryVerloop(pseudonym, volledig=lambda *_: True), *geschiedenis)
    after(SqlVerloop(engine, pseudonym, volledig=lambda *_: True), *geschiedenis)
    with engine.connect() as connection:
        rows = repr(connection.execute(text("select * from ijw_feit")).all())
    engine.dispose()
    raw = Path(str(engine.url.database)).read_bytes()
    held = repr(vars(memory))
    assert CLIENT in rows
    assert CLIENT in held
    assert BSN not in rows + held
    assert BSN.encode() not in raw


def test_sql_finds_again_what_it_stored(engine: Engine) -> None:
    """Another opening of the same file knows what the first one applied."""
    after(SqlVerloop(engine, pseudonym, volledig=lambda *_: True), m301(), m305(start(FEB)))
    again = SqlVerloop(engine, pseudonym, volledig=lambda *_: True)
    assert again.kent_client(GEMEENTE, AANBIEDER, CLIENT)
    assert again.levering(levering()).starts


def test_sql_only_adds(engine: Engine) -> None:
    """Whatever is taken back, no row that is there changes or goes."""
    known = SqlVerloop(engine, pseudonym, volledig=lambda *_: True)
    seen: list[tuple[object, ...]] = []
    for bericht in (
        m301(),
        m305(start(FEB)),
        m305(start(FEB, status="3")),
        CLAIM,
        m325(CLAIM, alleen_kop="0001"),
    ):
        known.apply(bericht)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(text("select * from ijw_feit order by id"))]
        assert rows[: len(seen)] == seen
        assert len(rows) > len(seen)
        seen = rows


def test_a_database_that_fails_tells_no_values(tmp_path: Path) -> None:
    """The error says that it cannot be reached, with nothing of the statement in it or behind it."""
    sqlite3.connect(tmp_path / "leeg.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'leeg.db'}")
    known = SqlVerloop(engine, pseudonym, volledig=lambda *_: True)
    with pytest.raises(RecordUnavailable) as caught:
        known.apply(m305(start(FEB)))
    engine.dispose()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_retour_accepts_with_a_header_alone() -> None:
    """Without retourcodes; any code, or a class sent back, is a refusal, and only a retour can accept."""
    head = {"BerichtCode": "439"}
    assert aanvaard(JwBericht("JW306", {"Header": head}))
    assert not aanvaard(JwBericht("JW306", {"Header": head | {"RetourCodes": {"RetourCode": ["0001"]}}}))
    assert not aanvaard(JwBericht("JW306", {"Header": head, "Client": {}}))
    assert not aanvaard(JwBericht("JW305", {"Header": head}))


def test_what_else_is_stored_is_not_read() -> None:
    """A check reads as many facts, however many other clients there are."""
    assert facts_read(among=400) == facts_read(among=0) > 0


def facts_read(*, among: int) -> int:
    counted = Counting(pseudonym, volledig=lambda *_: True)
    for n in range(among):
        counted.apply(m301(toewijzing(str(1_000 + n)), bsn=f"{n:09}"))
        counted.apply(m305(start(FEB, nummer=str(1_000 + n)), bsn=f"{n:09}"))
    after(counted, m301(), m305(start(FEB)))
    counted.facts = 0
    assert check_verloop(m307(stop(FEB, "31", MRT)), counted) == ()
    return counted.facts


class Counting(MemoryVerloop):
    facts = 0

    def _facts(self, soort: str, sleutel: Sleutel) -> Mapping[Waarde, tuple[int, int]]:
        found = super()._facts(soort, sleutel)
        self.facts += len(found)
        return found
