"""The law as dated data: one answer on every day, a change that begins later, and what is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.agenda import Facts, days_ahead
from consent.beleid import Beleid
from consent.decide import decide
from consent.leeftijd import Band, midnight
from consent.recht import Recht, complete, parse_recht, parse_wet, with_changes
from consent.recht_nu import HUIDIG, TEKST
from consent.statements import Statements
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome, Reden
from schemas.errors import InvalidMessage
from schemas.people.gronden import Grondsoort, Onderwijssector, Verzuimgrond
from schemas.people.toestemming import Richting
from tests.builders import (
    NOW,
    P1,
    P2,
    YOUTH,
    a_grond,
    a_request,
    a_toestemming,
    about_safety,
    an_oordeel,
    authorities,
    beleid,
    safety,
)
from tests.conftest import ROOT

R = Reden
FIRST = dt.date(2027, 1, 1)
BEGINS = midnight(FIRST)
BEFORE = BEGINS - dt.timedelta(microseconds=1)


def row(table: str, **kw: Any) -> str:
    """One changed row, in TOML."""
    fields = {"versie": 2, "wet": [{"artikel": "Jeugdwet 7.3.11(1)"}], "geldigVanaf": FIRST} | kw
    return f"[[{table}]]\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in fields.items())


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def changed(*rows: str) -> Recht:
    return with_changes(HUIDIG, parse_wet("\n".join(rows)))


def under(*rows: str) -> Beleid:
    return dataclasses.replace(beleid(), recht=changed(*rows))


def faults(text: str) -> set[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        complete(parse_wet(text))
    return {(f.code, f.place) for f in caught.value.faults}


def faults_of_change(text: str) -> set[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        changed(text)
    return {(f.code, f.place) for f in caught.value.faults}


# ── the table of today


def test_every_row_names_where_it_stands() -> None:
    """Articles that are on the list of norms, and the same copy and day of reading as there."""
    norms = tomllib.loads((ROOT / "gateway/explain/normen.toml").read_text(encoding="utf-8")).values()
    by_name = {n.get("kort", n["naam"]): n for n in norms}
    for rows in HUIDIG.wet.tabellen.values():
        assert rows
        for each in rows:
            for place in each.wet:
                norm = by_name[place.artikel]
                assert (place.tekst_van, place.gelezen_op) == (norm.get("tekst_van"), norm.get("gelezen_op"))


def test_only_the_rules_of_today() -> None:
    """Nothing older, and nothing that is already known to end."""
    for rows in HUIDIG.wet.tabellen.values():
        assert {r.versie for r in rows} == {1}
        assert {r.geldig_tot for r in rows} == {None}


@given(on=st.dates())
def test_there_is_one_law_on_every_day(on: dt.date) -> None:
    """Also before its first day and at the ends of the calendar."""
    assert HUIDIG.op(on) is HUIDIG.standen[0]


def test_the_table_can_be_compared() -> None:
    """Read again it is the same table, and a changed one is not."""
    again = parse_recht(TEKST)
    assert (again, hash(again)) == (HUIDIG, hash(HUIDIG))
    assert changed(row("leeftijd", id="zelf", jaren=15)) != HUIDIG
    assert HUIDIG != TEKST


# ── a change


@given(on=st.dates())
def test_a_change_holds_from_its_first_day_on(on: dt.date) -> None:
    """And what held before holds up to it."""
    law = changed(row("leeftijd", id="zelf", jaren=15)).op(on)
    assert law.zelf == (15 if on >= FIRST else 16)
    assert law.band(15) is (Band.C if on >= FIRST else Band.B)
    assert law.jeugdige_mee == 12


def asked(as_of: dt.datetime, policy: Beleid, *said: Any, age: int = 15) -> Decision:
    request = a_request(G.CONTACT, velden=("school.naam",))
    return decide(request, list(said), authorities(age=age), (), None, policy, as_of)


def test_an_age_that_changes() -> None:
    """At fifteen his parents and he sign; from the day on which fifteen is enough, he alone."""
    policy = under(row("leeftijd", id="zelf", jaren=15))
    everybody = [a_toestemming(p) for p in (P1, P2, YOUTH)]
    himself = [a_toestemming(YOUTH, moment=NOW - dt.timedelta(days=1))]
    assert asked(BEFORE, policy, *everybody).outcome is Outcome.PERMIT
    assert asked(BEFORE, policy, *himself).outcome is Outcome.HOLD
    assert asked(BEGINS, policy, *himself).outcome is Outcome.PERMIT
    assert asked(BEGINS, beleid(), *himself).outcome is Outcome.HOLD


def test_a_term_that_changes() -> None:
    """What was said three months ago carries under twelve months and not under two."""
    policy = under(row("termijn", id="toestemming_maanden", aantal=2))
    everybody = [a_toestemming(p) for p in (P1, P2)]
    assert asked(BEFORE, policy, *everybody, age=9).outcome is Outcome.PERMIT
    late = asked(BEGINS, policy, *everybody, age=9)
    assert late.outcome is Outcome.HOLD
    assert R.CONSENT_EXPIRED in late.codes


def test_a_row_of_the_signer_table_that_changes() -> None:
    """The law may come to name who decides for a youth of sixteen who cannot: then it is he who signs."""
    named = {"vertegenwoordiger": ["avg_basis"]}
    policy = under(row("ondertekenaars", id="C2", s2j=named, j2s={}))
    request = a_request(G.CONTACT, velden=("school.naam",))
    who = authorities(age=16, bekwaamheid=(an_oordeel(),))
    said = [a_toestemming(p) for p in (P1, P2)]

    def told(at: dt.datetime) -> tuple[Outcome, bool]:
        found = decide(request, said, who, (), None, policy, at)
        return found.outcome, R.CAPACITY_ROUTE_UNCLEAR in found.codes

    assert told(BEFORE) == (Outcome.HOLD, True)
    assert told(BEGINS) == (Outcome.PERMIT, False)


def test_a_ground_that_ends_and_a_sector_that_becomes_known() -> None:
    """From its last day on it is not there; what was not known of a sector is."""
    there = next(r for r in HUIDIG.wet.grond if r.soort is Grondsoort.OVERSTAP)
    data = there.model_dump(
        mode="json", by_alias=True, exclude={"wet", "versie", "geldig_vanaf", "geldig_tot"}
    )
    text = row("grond", **{k: v for k, v in data.items() if v is not None} | {"uit": True})
    law = changed(text, row("sector", sector="so", versie=1, centraal=True, zeker=True))
    assert Grondsoort.OVERSTAP in law.op(FIRST - dt.timedelta(days=1)).gronden
    assert Grondsoort.OVERSTAP not in law.op(FIRST).gronden
    so = Onderwijssector("so")
    assert [law.op(d).centraal.get(so) for d in (FIRST - dt.timedelta(days=1), FIRST)] == [None, True]
    other = changed(row("verzuimmelding", soort=Verzuimgrond.ANDER_VERZUIM.value, meldplichtig=True))
    assert Verzuimgrond.ANDER_VERZUIM in other.op(FIRST).meldplichtig


def test_the_first_day_of_a_change_is_on_the_calendar_of_everybody() -> None:
    """So that the daily round looks at him then."""
    facts = Facts(
        Statements.of([a_toestemming(P1)]), authorities(), under(row("leeftijd", id="zelf", jaren=15))
    )
    assert FIRST in days_ahead(facts, NOW)
    assert FIRST not in days_ahead(dataclasses.replace(facts, policy=beleid()), NOW)


def test_the_law_of_another_day_can_be_tried() -> None:
    """Of the same moment: only the law is that of the day named."""
    policy = under(row("leeftijd", id="zelf", jaren=15))
    himself = [a_toestemming(YOUTH)]
    tried = dataclasses.replace(policy, wet_van=FIRST)
    assert asked(NOW, policy, *himself).outcome is Outcome.HOLD
    assert asked(NOW, tried, *himself).outcome is Outcome.PERMIT


# ── what is refused


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("leeftijd = 3", ("recht.vorm", "/leeftijd")),
        ("anders = []", ("recht.vorm", "/anders")),
        (row("leeftijd", id="veertig", jaren=3), ("recht.vorm", "/leeftijd/0/id")),
        (row("leeftijd", id="zelf", jaren=101), ("recht.vorm", "/leeftijd/0/jaren")),
        (row("leeftijd", id="zelf", jaren=15, wet=[]), ("recht.vorm", "/leeftijd/0/wet")),
        (row("leeftijd", id="zelf", jaren=15, versie=1), ("recht.versie", "/leeftijd/0/versie")),
        (
            row("leeftijd", id="zelf", jaren=15, geldigVanaf=dt.date(2015, 1, 1)),
            ("recht.versie", "/leeftijd/0/versie"),
        ),
        (
            row("leeftijd", id="zelf", jaren=15, geldigTot=dt.date(2028, 1, 1)),
            ("recht.gat", "/leeftijd/3/geldigTot"),
        ),
        (
            row("leeftijd", id="zelf", jaren=15, geldigTot=FIRST),
            ("recht.dagen", "/leeftijd/3/geldigTot"),
        ),
        (row("leeftijd", id="zelf", jaren=11), ("recht.volgorde", "/leeftijd/3/jaren")),
    ],
)
def test_a_change_that_does_not_fit_is_refused(text: str, found: tuple[str, str]) -> None:
    """Each with its place, and never with what was written there."""
    assert found in faults_of_change(text)


def test_a_version_begins_where_the_one_before_it_ends() -> None:
    """Two on one day have no answer, and a day without one has none either."""
    two = row("leeftijd", id="zelf", jaren=15) + row(
        "leeftijd", id="zelf", jaren=14, versie=3, geldigVanaf=dt.date(2028, 1, 1)
    )
    assert changed(two).op(dt.date(2028, 1, 1)).zelf == 14
    assert changed(two).op(dt.date(2027, 12, 31)).zelf == 15
    held = TEKST.replace('id = "zelf"\nversie = 1', 'id = "zelf"\ngeldigTot = UNTIL\nversie = 1')
    for until, code in ((dt.date(2027, 6, 1), "recht.dubbel"), (dt.date(2026, 6, 1), "recht.gat")):
        text = held.replace("UNTIL", until.isoformat()) + row("leeftijd", id="zelf", jaren=15)
        assert (code, "/leeftijd/3/geldigVanaf") in faults(text)
    lower = held.replace("UNTIL", FIRST.isoformat()) + row("leeftijd", id="zelf", jaren=15, versie=1)
    assert ("recht.versie", "/leeftijd/3/versie") in faults(lower)
    whole = held.replace("UNTIL", FIRST.isoformat()) + row("leeftijd", id="zelf", jaren=15)
    assert complete(parse_wet(whole)).op(FIRST).zelf == 15


def test_a_table_without_what_no_day_can_be_without_is_none() -> None:
    """Nor one in which such a rule begins later than the others."""
    assert {code for code, _ in faults("")} == {"recht.ontbreekt"}
    late = TEKST.replace("geldigVanaf = 2015-01-01", "geldigVanaf = 2016-01-01", 1)
    assert ("recht.gat", "/leeftijd") in faults(late)


VERWIJSINDEX: dict[str, Any] = {
    "soort": "verwijsindex",
    "kracht": "mag",
    "partij": "verwijsindex",
    "rollen": ["administratie"],
    "doel": "veiligheid",
    "categorieen": ["contact"],
}


def test_a_ground_may_have_a_gap() -> None:
    """A law that lapses and comes back is no fault: between the two the ground is not there."""
    lapsed = TEKST.replace('soort = "verwijsindex"', 'soort = "verwijsindex"\ngeldigTot = 2026-01-01')
    law = with_changes(parse_recht(lapsed), parse_wet(row("grond", **VERWIJSINDEX)))
    seen = [Grondsoort.VERWIJSINDEX in law.op(d).gronden for d in (dt.date(2025, 1, 1), NOW.date(), FIRST)]
    assert seen == [True, False, True]
    ended = row("grond", versie=3, geldigVanaf=dt.date(2028, 1, 1), uit=True, **VERWIJSINDEX)
    after = with_changes(law, parse_wet(ended))
    assert Grondsoort.VERWIJSINDEX not in after.op(dt.date(2028, 1, 1)).gronden


def test_a_ground_that_is_not_there_carries_nothing() -> None:
    """It is told that it does not apply, and what people said decides."""
    ots = next(r for r in HUIDIG.wet.grond if r.soort is Grondsoort.OTS_GI)
    data = ots.model_dump(mode="json", by_alias=True, exclude={"wet", "versie", "geldig_vanaf", "geldig_tot"})
    gone = row("grond", **data | {"geldigVanaf": dt.date(2020, 1, 1), "uit": True})
    for policy, carries in ((safety(), True), (dataclasses.replace(safety(), recht=changed(gone)), False)):
        found = decide(about_safety(), (), authorities(), (a_grond(),), None, policy, NOW)
        assert (R.GROUND_OTS_GI in found.codes) is carries
        assert (R.GROUND_NOT_APPLICABLE in found.codes) is not carries


def test_both_directions_are_read() -> None:
    """The row of the youth says another thing of what comes back from jeugdhulp."""
    rows = HUIDIG.op(FIRST).ondertekenaars["B1"]
    assert rows.naar(Richting.S2J).leerling == ("avg_basis",)
    assert rows.naar(Richting.J2S).leerling == ("secrecy_waiver",)
