"""The agenda: on which days ahead a decision may change, and who is asked before it does."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import agenda
from consent.afwegen import OfferedAfweging
from consent.agenda import Facts, Verandering, changes_ahead, days_ahead, next_look, questions
from consent.beleid import Beleid
from consent.convenant import Afspraken, Convenant
from consent.decide import decide
from consent.leeftijd import day, midnight
from consent.request import Request
from consent.rules import Authorities, Cell
from consent.statements import Statements
from consent.te_vragen import missing
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome, Reden
from schemas.exchange.taak import Taaksoort
from schemas.people.toestemming import (
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsoort,
    Hoedanigheid,
    Richting,
    Toestemming,
)
from tests import strategies
from tests.builders import (
    AANBIEDER,
    AVG,
    NOW,
    P1,
    P2,
    SCHOOL,
    WAIVER,
    YOUTH,
    X,
    a_bereik,
    a_bewijs,
    a_cell,
    a_gezag,
    a_grond,
    a_persoon,
    a_request,
    a_toestemming,
    a_vertegenwoordiging,
    a_vervanging,
    a_weigering,
    an_afweging,
    an_omstandigheid,
    an_oordeel,
    authorities,
    beleid,
    hash_of,
    single_gezag,
)

J2S = Richting.J2S
TODAY = day(NOW)
near = st.integers(-30, 420).map(lambda n: TODAY + dt.timedelta(days=n))
"""Days close by, so that much happens in the year that is walked through."""


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def facts(*said: Toestemming, who: Authorities | None = None, policy: Beleid | None = None) -> Facts:
    who = who or authorities(eigenaar=SCHOOL)
    return Facts(Statements(said), replace(who, eigenaar=SCHOOL), policy or beleid())


def turning(years: int, birthday: str = "2026-11-20", **kw: Any) -> Authorities:
    """Somebody who reaches that age on a day soon."""
    born = on(birthday).replace(year=on(birthday).year - years)
    return authorities(a_gezag(geboortedatum=born, **kw), geboortedatum=born)


def at(instant: str) -> dt.datetime:
    return dt.datetime.fromisoformat(instant)


def told(found: Decision) -> tuple[object, ...]:
    return found.outcome, found.codes, found.released, found.signers, found.per_category, found.withheld


# ── complete: nothing changes on a day that was not named


@st.composite
def soon(draw: st.DrawFn) -> tuple[list[Toestemming], Authorities]:
    """Facts whose days lie in the coming year: birthdays, terms, checks of gezag and court orders."""
    said = [
        c.model_copy(
            update={
                "geldig_vanaf": min(a, b) if draw(st.booleans()) else c.geldig_vanaf,
                "geldig_tot_en_met": max(a, b),
            }
        )
        for c in draw(strategies.consents)
        for a, b in [(draw(near), draw(near))]
    ]
    who = draw(strategies.who)
    years = draw(st.sampled_from([0, 12, 16, 18]))
    born = draw(near)
    born = (born.replace(day=28) if (born.month, born.day) == (2, 29) else born).replace(
        year=born.year - years
    )
    gezag = tuple(
        g.model_copy(
            update={
                "gecontroleerd_op": draw(near) - dt.timedelta(days=draw(st.sampled_from([0, 330]))),
                "vervangende_toestemmingen": tuple(
                    o.model_copy(update={"geldig_vanaf": draw(near), "geldig_tot_en_met": draw(near)})
                    for o in g.vervangende_toestemmingen
                ),
                "vertegenwoordigingen": tuple(
                    o.model_copy(update={"geldig_vanaf": draw(near), "geldig_tot_en_met": draw(near)})
                    for o in g.vertegenwoordigingen
                ),
            }
        )
        for g in who.gezag
    )
    return said, replace(who, geboortedatum=born, gezag=gezag)


def unnamed(
    request: Request, found: Facts, weighing: OfferedAfweging | None, days: int, hour: int
) -> list[tuple[dt.date, Decision, Decision]]:
    """The days on which the decision differs from that of the day before, and that were not named."""
    start = midnight(TODAY) + dt.timedelta(hours=hour)
    named = set(days_ahead(found, start))
    out = []
    before: Decision | None = None
    for n in range(days):
        now = midnight(TODAY + dt.timedelta(days=n)) + dt.timedelta(hours=hour)
        after = decide(request, found.said, found.who, found.grounds, weighing, found.policy, now)
        if before is not None and told(after) != told(before) and day(now) not in named:
            out.append((day(now), before, after))
        before = after
    return out


def test_the_first_day_of_a_toestemming_is_named() -> None:
    """What begins on 10 November lets go from that day on, and that day is among them."""
    first = on("2026-11-10")
    said = [a_toestemming(p, geldig_vanaf=first) for p in (P1, P2)]
    found, request = facts(*said), a_request()
    before, after = (
        decide(request, found.said, found.who, (), None, found.policy, midnight(d)).outcome
        for d in (on("2026-11-09"), first)
    )
    assert (before, after) == (Outcome.HOLD, Outcome.PERMIT)
    assert first in days_ahead(found, NOW)


def test_an_unknown_birthday_after_his_own_statement_is_named() -> None:
    """Born some day of 2010, he agreed on 15 October: from the 16th he may have become sixteen since."""
    born = dt.date(2010, 1, 1)
    who = authorities(geboortedatum=born, precisie=Geboorteprecisie.JAAR)
    said = [a_toestemming(p, moment=NOW - dt.timedelta(hours=1)) for p in (P1, P2, YOUTH)]
    found, request = facts(*said, who=who), a_request()
    days = (on("2026-10-15"), on("2026-10-16"))
    codes = [
        decide(request, said, found.who, (), None, found.policy, midnight(d) + dt.timedelta(hours=20)).codes
        for d in days
    ]
    assert [Reden.RECONSENT_REQUIRED in c for c in codes] == [False, True]
    assert on("2026-10-16") in days_ahead(found, NOW)


def test_convenanten_and_grounds_are_named() -> None:
    """The first and the last day of a convenant and of a ground, and the window of a weighing."""
    convenant = Convenant.model_validate_json(
        b'{"id":"fictief","versie":1,"titel":"Fictief","geldigVan":"2026-12-01","geldigTotEnMet":"2027-02-28",'
        b'"partijen":["brin:99ZZ00","agb:99999901"],"afspraken":[{"doel":"arrangement","berichten":["arrangement"]}]}'
    )
    policy = replace(beleid(), afspraken=Afspraken({"0": convenant}))
    named = days_ahead(
        replace(
            facts(policy=policy, who=Authorities(None)),
            grounds=(a_grond(geldig_vanaf=on("2026-10-20"), geldig_tot_en_met=on("2026-10-30")),),
        ),
        NOW,
    )
    assert named == tuple(map(on, ("2026-10-20", "2026-10-31", "2026-12-01", "2027-03-01")))


def test_the_calendar_ends() -> None:
    """Absurd dates name no day beyond the end of the calendar."""
    who = authorities(
        a_gezag(gecontroleerd_op=dt.date.max, geldig_tot_en_met=dt.date.max), geboortedatum=dt.date.max
    )
    found = facts(a_toestemming(geldig_vanaf=dt.date.max, geldig_tot_en_met=dt.date.max), who=who)
    assert days_ahead(found, NOW) == (dt.date.max,)
    assert next_look(facts(who=Authorities(None)), NOW) is None
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    weighed = an_afweging(moment=last, venster_van=last, venster_tot=last)
    assert days_ahead(replace(facts(who=Authorities(None)), weighings=(OfferedAfweging(weighed),)), NOW) == (
        dt.date.max,
    )


# ── when to look


def test_the_next_look_is_at_asking_reminding_or_changing() -> None:
    """For 31 July: sixty days before the first day without, fourteen, and that day itself."""
    found = facts(a_toestemming(), who=authorities(a_gezag(gecontroleerd_op=on("2026-10-15")), age=5))
    looks = []
    now = at("2027-01-01T12:00:00+01:00")
    while (following := next_look(found, now)) is not None and following < on("2027-08-02"):
        looks.append(following)
        now = midnight(following)
    assert looks == list(map(on, ("2027-06-02", "2027-07-18", "2027-08-01")))[: len(looks)]
    assert len(looks) == 3


# ── whom to ask


def test_expiry_asks_those_who_had_agreed() -> None:
    """Both ouders, for exactly what they had agreed to, from sixty days before 1 August on."""
    found = facts(
        a_toestemming(P1), a_toestemming(P2), who=authorities(a_gezag(gecontroleerd_op=on("2027-05-01")))
    )
    assert changes_ahead(found, at("2027-06-01T12:00:00+02:00")) == ()
    (one,) = changes_ahead(found, at("2027-06-02T00:00:00+02:00"))
    assert (one.op, one.soort, one.partij) == (on("2027-08-01"), Taaksoort.OPNIEUW_VRAGEN, SCHOOL)
    assert one.redenen == (Reden.CONSENT_EXPIRED,)
    assert {v.persoon for v in one.vragen} == {P1, P2}
    for vraag in one.vragen:
        # His own words only the child itself releases, and nobody asked it: those never went.
        words = tuple(c for c in a_bereik().categorieen if c is not G.LEERLINGSTEM)
        assert (vraag.functies, vraag.bereik) == ((AVG,), a_bereik(categorieen=words))
        assert vraag.hoedanigheid is Hoedanigheid.OUDER


def test_what_was_given_anew_is_not_asked() -> None:
    """One ouder renewed for next year already: only the other is asked."""
    anew = a_toestemming(
        P1,
        moment=at("2027-06-05T08:00:00Z"),
        geldig_vanaf=on("2027-08-01"),
        geldig_tot_en_met=on("2028-07-31"),
    )
    found = facts(
        a_toestemming(P1),
        a_toestemming(P2),
        anew,
        who=authorities(a_gezag(gecontroleerd_op=on("2027-05-01"))),
    )
    (one,) = changes_ahead(found, at("2027-06-10T12:00:00Z"))
    assert {v.persoon for v in one.vragen} == {P2}


@pytest.mark.parametrize(("richting", "functie"), [(Richting.S2J, AVG), (Richting.J2S, WAIVER)])
def test_at_twelve_the_youth_is_asked_beside_his_ouders(richting: Richting, functie: object) -> None:
    """S2J for the ground, J2S to lift secrecy; what the ouders said goes on."""
    said = [a_toestemming(p, functie=f, richting=richting) for p in (P1, P2) for f in (AVG, WAIVER)]
    (one,) = changes_ahead(facts(*said, who=turning(12)), NOW)
    (vraag,) = one.vragen
    assert (one.op, vraag.persoon, vraag.functies) == (on("2026-11-20"), YOUTH, (functie,))
    assert vraag.hoedanigheid is Hoedanigheid.LEERLING
    assert Reden.YOUTH_NOT_ASKED in one.redenen


def test_at_sixteen_he_alone_is_asked() -> None:
    """What he said at fifteen has to be said again (CE-13b)."""
    said = [a_toestemming(p) for p in (P1, P2, YOUTH)]
    (one,) = changes_ahead(facts(*said, who=turning(16)), NOW)
    assert {v.persoon for v in one.vragen} == {YOUTH}
    assert {Reden.SIGNER_AGED_OUT, Reden.RECONSENT_REQUIRED} <= set(one.redenen)


def test_at_eighteen_nobody_is_asked_again() -> None:
    """CE-16: what he said himself at seventeen stands."""
    assert changes_ahead(facts(a_toestemming(YOUTH), who=turning(18)), NOW) == ()


def test_incapable_at_sixteen_asks_a_judgement() -> None:
    """CE-15: no signature is enough then, so a professional is asked and nobody else."""
    who = replace(turning(16), bekwaamheid=(an_oordeel(vastgelegd_door=SCHOOL),))
    (one,) = changes_ahead(facts(a_toestemming(P1), a_toestemming(P2), who=who), NOW)
    assert (one.soort, one.vragen) == (Taaksoort.BEKWAAMHEID_NAGAAN, ())
    assert one.redenen == (Reden.CAPACITY_ROUTE_UNCLEAR,)


def test_a_check_of_gezag_that_grows_old_asks_a_new_check() -> None:
    """Twelve months after it was looked up; the statements stay what they are."""
    who = authorities(a_gezag(gecontroleerd_op=on("2025-11-20")))
    (one,) = changes_ahead(facts(a_toestemming(P1), a_toestemming(P2), who=who), NOW)
    assert (one.op, one.soort, one.vragen) == (on("2026-11-20"), Taaksoort.GEZAG_NAGAAN, ())
    ends = authorities(a_gezag(geldig_tot_en_met=on("2026-11-10")))
    (two,) = changes_ahead(facts(a_toestemming(P1), a_toestemming(P2), who=ends), NOW)
    assert (two.op, two.redenen) == (on("2026-11-11"), (Reden.GEZAG_UNVERIFIED,))


def test_the_end_of_a_court_order_asks_the_ouder_it_stood_in_for() -> None:
    """And the end of a representation asks who has gezag."""
    order = a_vervanging(P2, geldig_tot_en_met=on("2026-11-30"))
    who = authorities(a_gezag(vervangende_toestemmingen=(order,)))
    (one,) = changes_ahead(facts(a_toestemming(P1), who=who), NOW)
    assert (one.op, [v.persoon for v in one.vragen]) == (on("2026-12-01"), [P2])

    curator = a_vertegenwoordiging(
        X, hoedanigheid=Hoedanigheid.BIJZONDERE_CURATOR, geldig_tot_en_met=on("2026-11-30")
    )
    who = authorities(single_gezag(vertegenwoordigingen=(curator,)))
    (two,) = changes_ahead(facts(a_toestemming(X), who=who), NOW)
    assert (two.op, [v.persoon for v in two.vragen]) == (on("2026-12-01"), [P1])


def test_who_recorded_what_ends_asks_again() -> None:
    """A waiver the aanbieder recorded is the aanbieder's to renew; the school is told nothing of it."""
    ground = [a_toestemming(p, richting=J2S, geldig_tot_en_met=on("2027-07-31")) for p in (P1, P2)]
    waiver = [
        a_toestemming(
            p, functie=WAIVER, richting=J2S, vastgelegd_door=AANBIEDER, geldig_tot_en_met=on("2026-11-30")
        )
        for p in (P1, P2)
    ]
    (one,) = changes_ahead(facts(*ground, *waiver), NOW)
    assert (one.partij, one.op) == (AANBIEDER, on("2026-12-01"))
    assert {v.functies for v in one.vragen} == {(WAIVER,)}


def test_what_a_child_of_eleven_said_is_asked_when_he_is_twelve() -> None:
    """He could not refuse yet, so his no does not block at twelve: he is asked, once it counts."""
    said = [a_toestemming(P1), a_toestemming(P2), a_weigering(YOUTH)]
    (one,) = changes_ahead(facts(*said, who=turning(12)), NOW)
    assert {v.persoon for v in one.vragen} == {YOUTH}


def test_what_does_not_carry_now_is_no_loss() -> None:
    """One ouder never agreed, so nothing ends on 31 July that anybody relied on."""
    june = at("2027-06-20T12:00:00Z")
    who = authorities(a_gezag(gecontroleerd_op=on("2027-05-01")))
    assert changes_ahead(facts(a_toestemming(P1), who=who), june) == ()
    assert changes_ahead(facts(who=Authorities(None)), june) == ()
    unknown = authorities(a_gezag(soort=Gezagsoort.ONBEKEND, gecontroleerd_op=on("2027-05-01")))
    assert changes_ahead(facts(a_toestemming(P1), who=unknown), june) == ()


def test_a_new_kennisgeving_asks_at_once() -> None:
    """What was signed under an older text stopped already: no day ahead belongs to it."""
    old = a_bewijs(kennisgeving_hash=hash_of("oud"))
    said = [a_toestemming(P1, bewijs=old), a_toestemming(P2)]
    policy = replace(beleid(), kennisgevingen=frozenset({hash_of("kennisgeving")}))
    (one,) = changes_ahead(facts(*said, policy=policy), NOW)
    assert (one.op, one.redenen) == (None, (Reden.CONSENT_NOTICE_OUTDATED,))
    assert [v.persoon for v in one.vragen] == [P1]


def test_questions_cover_exactly_what_is_missing() -> None:
    """Who agreed to one category is asked for the other only; the cells of all scopes are the cells asked."""
    half = a_toestemming(P1, bereik=a_bereik(categorieen=(G.DOELEN,)))
    cells = [a_cell(G.DOELEN), a_cell(G.CONTACT), a_cell(G.CONTACT, doel=Gebruiksdoel.OPP)]
    found = questions(cells, facts(half), NOW)
    of = {
        p: {(c, d) for v in found if v.persoon == p for c in v.bereik.categorieen for d in v.bereik.doelen}
        for p in (P1, P2)
    }
    arrangement = Gebruiksdoel.ARRANGEMENT
    assert of[P1] == {(G.CONTACT, arrangement), (G.CONTACT, Gebruiksdoel.OPP)}
    assert of[P2] == of[P1] | {(G.DOELEN, arrangement)}


@given(strategies.requests, strategies.consents, strategies.who, strategies.policies)
def test_nobody_else_is_asked(
    request: Request, said: list[Toestemming], who: Authorities, policy: Beleid
) -> None:
    """Who is asked is who the decision says is missing; no one who agreed or refused for all of it."""
    found = Facts(Statements(said), replace(who, eigenaar=request.eigenaar), policy)
    cells = [a_cell(c, richting=request.richting) for c in (G.DOELEN, G.CONTACT)]
    over = a_request(G.DOELEN, G.CONTACT, richting=request.richting, wacht=True)
    decision = decide(over, said, found.who, (), None, policy, NOW)
    asked = {v.persoon for v in questions(cells, found, NOW)}
    if decision.outcome is Outcome.HOLD:
        assert asked <= {s.persoon for s in decision.signers if s.zonder}


@given(strategies.consents, strategies.who, strategies.policies, near)
def test_what_is_decided_of_one_cell_holds_for_its_block(
    said: list[Toestemming], who: Authorities, policy: Beleid, when: dt.date
) -> None:
    """The blocks have exactly the cells of what carries; within one nothing differs, to the last reason."""
    found = Facts(Statements(said), replace(who, eigenaar=SCHOOL), policy)
    carried = agenda._carried(found.said, policy, midnight(when))
    blocks = list(agenda._blocks(carried, found))
    cells = [c for block in blocks for c in block.cells]
    assert len(cells) == len(set(cells))
    assert set(cells) == {
        Cell(b.richting, d, c, o)
        for b in carried
        for d in b.doelen
        for c in b.categorieen
        for o in b.ontvangers
    }
    for block in blocks:
        first, *others = block.cells
        expected = agenda._verdict(first, found, midnight(when))
        lacking = missing(first, found.said, found.who, policy, midnight(when))
        for cell in others[:: max(1, len(others) // 5)]:
            assert agenda._verdict(cell, found, midnight(when)) == expected
            assert missing(cell, found.said, found.who, policy, midnight(when)) == lacking


def _sorted(found: tuple[Verandering, ...]) -> list[str]:
    return sorted(map(repr, found))


@given(st.permutations([a_toestemming(p, richting=r) for p in (P1, P2) for r in Richting]))
def test_order_of_recording_means_nothing(said: list[Toestemming]) -> None:
    """The same questions, whatever was recorded first."""
    june = at("2027-06-20T12:00:00Z")
    who = authorities(a_gezag(gecontroleerd_op=on("2027-05-01")))
    plain = [a_toestemming(p, richting=r) for p in (P1, P2) for r in Richting]
    assert _sorted(changes_ahead(facts(*said, who=who), june)) == _sorted(
        changes_ahead(facts(*plain, who=who), june)
    )


def test_a_persoon_without_a_role_is_told_apart() -> None:
    """A person of an earlier check of gezag has no role in the newest; he is still named."""
    earlier = a_gezag(a_persoon(X))
    who = authorities(earlier, a_gezag(a_persoon(P1), a_persoon(P2)))
    assert {v.hoedanigheid for v in questions([a_cell()], facts(who=who), NOW)} == {Hoedanigheid.OUDER}


def test_a_circumstance_is_looked_at_when_it_begins_and_after_it_ends() -> None:
    said = an_omstandigheid(geldig_vanaf=dt.date(2027, 3, 1), geldig_tot_en_met=dt.date(2027, 3, 31))
    facts = Facts(Statements.of(()), authorities(), beleid(), circumstances=(said,))
    assert {dt.date(2027, 3, 1), dt.date(2027, 4, 1)} <= set(days_ahead(facts, NOW))
