"""What was decided wrongly once, with the right answer: as a case of our own and as the file it came in.

The files lie outside this project; where they are not, those tests say so. What a file shows is written again
here with people and dates of our own, so that the kind is held also without it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from consent.beleid import Beleid
from consent.decide import decide
from consent.geval import Geval, decide_geval
from consent.rules import Authorities
from consent.velden import asks_separately
from gateway.register.regels import shipped_profiles
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome, Reden
from schemas.people.partij import Partijsoort, Rol
from schemas.people.toestemming import (
    BeeindigdeUitspraak,
    Gebruiksdoel,
    Gezagsoort,
    Hoedanigheid,
    Ontvanger,
    Richting,
    Toestemming,
)
from tests.builders import (
    AANBIEDER,
    AVG,
    GEMEENTE,
    NOW,
    P1,
    P2,
    SCHOOL,
    STATED,
    WAIVER,
    X,
    a_bereik,
    a_gezag,
    a_partij,
    a_persoon,
    a_request,
    a_toestemming,
    a_vertegenwoordiging,
    a_vervanging,
    a_weigering,
    an_id,
    authorities,
    beleid,
    single_gezag,
    stromen,
)
from tests.conftest import STANDARDS

R = Reden
GEVALLEN = STANDARDS.parent / "cases" / "legal"
PERMIT, REDUCED, HOLD, DENY = Outcome.PERMIT, Outcome.PERMIT_REDUCED, Outcome.HOLD, Outcome.DENY
JUIST: dict[str, tuple[Outcome, set[Reden], set[Reden]]] = {
    # file: outcome, reasons that are told, reasons that are not
    "01-signed-without-gezag-then-joint": (HOLD, {R.SIGNER_NO_AUTHORITY}, set()),
    "03-curator-avg-only-J2S-parents-open": (HOLD, {R.CONSENT_PARTIAL_SIGNERS}, set()),
    "04-J2S-13-school-says-incapable": (DENY, {R.YOUTH_REFUSES}, set()),
    "04a-J2S-13-youth-refuses": (DENY, {R.YOUTH_REFUSES}, set()),
    "05-consent-signed-26m-ago": (HOLD, {R.CONSENT_EXPIRED}, set()),
    "06-two-orders-replace-both-parents": (HOLD, {R.CONSENT_MISSING}, {R.COURT_SUBSTITUTED_CONSENT}),
    "07-adult-bewind-judged-capable": (REDUCED, set(), {R.CAPACITY_ROUTE_UNCLEAR}),
    "07b-adult-judged-capable-measure-omitted": (REDUCED, set(), {R.CAPACITY_ROUTE_UNCLEAR}),
    "08-leerplicht-ground-to-toegangsmedewerker": (
        DENY,
        {R.CONSENT_REFUSED, R.GROUND_RECIPIENT_MISMATCH},
        {R.GROUND_LEERPLICHT},
    ),
    "08b-leerplicht-to-leerplichtambtenaar": (HOLD, {R.GROUND_INCOMPLETE}, {R.GROUND_LEERPLICHT}),
    "09-ots-ground-term-9-years": (HOLD, {R.GROUND_NOT_APPLICABLE}, {R.GROUND_OTS_GI}),
    "10-leerplicht-age-20": (HOLD, {R.GROUND_NOT_APPLICABLE}, {R.GROUND_LEERPLICHT}),
    "15-one-tick-for-all-categories": (REDUCED, {R.CONSENT_NOT_EXPLICIT}, set()),
    "21-protected-only-in-older-snapshot": (DENY, {R.PROTECTED_PARTY}, set()),
    "23a-tie-two-permits-id-order": (HOLD, {R.CONSENT_PARTIAL_SIGNERS}, {R.ONE_PARENT_NO_OBJECTION}),
    "23b-tie-two-permits-id-order": (HOLD, {R.CONSENT_PARTIAL_SIGNERS}, {R.ONE_PARENT_NO_OBJECTION}),
    "24-care-veto-blocks-leerplicht-notice": (HOLD, {R.GROUND_INCOMPLETE}, {R.PROFESSIONAL_VETO}),
    "25-bewindvoerder-lifts-secrecy-adult-refuses": (DENY, {R.CONSENT_REFUSED}, set()),
    "25c-mentor-adult-judged-capable-refuses": (DENY, {R.CONSENT_REFUSED}, set()),
    "29-hulpvraag-freetext-not-explicit": (REDUCED, {R.CONSENT_NOT_EXPLICIT}, set()),
}


def read(name: str) -> Geval:
    path: Path = GEVALLEN / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return Geval.model_validate_json(path.read_bytes())


def decided_file(name: str) -> Decision:
    return decide_geval(read(name), Beleid.of(shipped_profiles(), "", stromen=stromen()))


@pytest.mark.parametrize("name", JUIST)
def test_the_file_gives_its_right_answer(name: str) -> None:
    """Each as it was recorded: what is stored in the form of yesterday still opens."""
    outcome, told, untold = JUIST[name]
    decision = decided_file(name)
    assert decision.outcome is outcome
    assert told <= set(decision.codes)
    assert untold.isdisjoint(decision.codes)


def test_a_measure_told_or_not_gives_the_same_answer() -> None:
    """Of the two files with a capable adult every part of the decision is the same but its id."""
    with_it, without = (
        decided_file(n)
        for n in ("07-adult-bewind-judged-capable", "07b-adult-judged-capable-measure-omitted")
    )
    assert with_it == without.model_copy(update={"decision_id": with_it.decision_id})


def test_a_complete_leerplicht_ground_goes() -> None:
    """The file with the veto and the one without, both with what the ground must state."""
    for name in ("08b-leerplicht-to-leerplichtambtenaar", "24-care-veto-blocks-leerplicht-notice"):
        found = read(name)
        stated = {"verzuimgrond": "relatief_verzuim_16_uur", "sector": "po", "woongemeente": "0363"}
        feiten = tuple(
            f.model_validate({**f.model_dump(), **stated}, strict=False) if f.feit == "grond" else f
            for f in found.feiten
        )
        complete = found.model_copy(update={"feiten": feiten})
        decision = decide_geval(complete, Beleid.of(shipped_profiles(), "", stromen=stromen()))
        assert decision.outcome is REDUCED
        assert R.GROUND_LEERPLICHT in decision.codes
        assert R.PROFESSIONAL_VETO not in decision.codes


# ── the kinds, in cases of our own


def decided(said: list[Toestemming], who: Authorities, *categorieen: G, **kw: Any) -> Decision:
    return decide(a_request(*categorieen, **kw), said, who, (), None, beleid(), NOW)


class TestAuthorityWhenHeSigned:
    """Gezag, voogdij or an order must have been there at the moment of the statement, and still."""

    before = a_gezag(
        a_persoon(P1),
        a_persoon(P2, gezag=False),
        soort=Gezagsoort.EENHOOFDIG,
        id=an_id("eerder"),
        gecontroleerd_op=dt.date(2026, 5, 1),
        vastgelegd_op=dt.datetime(2026, 5, 1, 8, tzinfo=dt.UTC),
    )
    after = a_gezag(
        gecontroleerd_op=dt.date(2026, 9, 20), vastgelegd_op=dt.datetime(2026, 9, 20, 8, tzinfo=dt.UTC)
    )
    since = dt.datetime(2026, 9, 21, 8, tzinfo=dt.UTC)

    def test_a_parent_before_he_had_gezag(self) -> None:
        """His yes of the week before does not count; one of the day after does."""
        who = authorities(self.before, self.after)
        said = [a_toestemming(P1), a_toestemming(P2)]
        assert set(decided(said, who).codes) == {R.SIGNER_NO_AUTHORITY}
        anew = a_toestemming(P2, moment=self.since)
        assert decided([*said, anew], who).outcome is PERMIT

    def test_nor_does_his_no_from_then(self) -> None:
        """He is asked now; what he refused when it was not his to refuse blocks nothing."""
        who = authorities(self.before, self.after)
        assert decided([a_toestemming(P1), a_weigering(P2)], who).outcome is HOLD
        objection = a_toestemming(P1, andere_ouder_geinformeerd=True)
        alone = decided([objection, a_weigering(P2)], who, G.CONTACT)
        assert R.ONE_PARENT_NO_OBJECTION not in alone.codes
        assert decided([objection], who, G.CONTACT).outcome is PERMIT

    def test_a_pleegouder_before_the_voogdij(self) -> None:
        """It also counts when only the last check is on record, for he says himself as what he signed."""
        voogd = a_gezag(a_persoon(X, hoedanigheid=Hoedanigheid.VOOGD), soort=Gezagsoort.VOOGD)
        signed = a_toestemming(X, hoedanigheid=Hoedanigheid.ANDER)
        assert decided([signed], authorities(voogd)).outcome is HOLD
        as_voogd = signed.model_copy(update={"hoedanigheid": Hoedanigheid.VOOGD})
        assert decided([as_voogd], authorities(voogd)).outcome is PERMIT

    @pytest.mark.parametrize(
        ("age", "as_who"), [(9, Hoedanigheid.BIJZONDERE_CURATOR), (19, Hoedanigheid.CURATOR)]
    )
    def test_by_order_before_the_order(self, age: int, as_who: Hoedanigheid) -> None:
        """Signed the day before the order began, and on its first day."""
        order = a_vertegenwoordiging(X, hoedanigheid=as_who, geldig_vanaf=dt.date(2026, 9, 15))
        who = authorities(a_gezag(vertegenwoordigingen=(order,)), age=age)
        assert decided([a_toestemming(X)], who).outcome is HOLD
        on_the_day = a_toestemming(X, moment=dt.datetime(2026, 9, 15, 8, tzinfo=dt.UTC))
        assert decided([on_the_day], who).outcome is PERMIT


class TestCourtOrders:
    """Per functie and cell, for one of two parents with joint gezag, until somebody ends them by name."""

    def test_never_both(self) -> None:
        """Two orders replace nobody, unless one parent agreed himself."""
        who = authorities(a_gezag(vervangende_toestemmingen=(a_vervanging(P1), a_vervanging(P2))))
        assert decided([], who).outcome is HOLD
        decision = decided([a_toestemming(P1)], who)
        assert (decision.outcome, R.COURT_SUBSTITUTED_CONSENT in decision.codes) == (PERMIT, True)
        assert decided([a_weigering(P1)], who).outcome is DENY

    @pytest.mark.parametrize("soort", [Gezagsoort.EENHOOFDIG, Gezagsoort.VOOGD, Gezagsoort.GI_VOOGD])
    def test_only_of_joint_gezag(self, soort: Gezagsoort) -> None:
        """It settles a dispute of two parents: who decides alone, a voogd or a GI is not replaced."""
        als = {Gezagsoort.VOOGD: Hoedanigheid.VOOGD, Gezagsoort.GI_VOOGD: Hoedanigheid.GI_VOOGD}
        person = a_persoon(P1, hoedanigheid=als.get(soort, Hoedanigheid.OUDER))
        who = authorities(a_gezag(person, soort=soort, vervangende_toestemmingen=(a_vervanging(P1),)))
        assert decided([], who).outcome is HOLD

    def test_nor_of_who_is_no_parent(self) -> None:
        """Who holds gezag with a parent signs as such, and is not replaced."""
        pair = (a_persoon(P1), a_persoon(X, hoedanigheid=Hoedanigheid.ANDER))
        who = authorities(a_gezag(*pair, vervangende_toestemmingen=(a_vervanging(X),)))
        assert decided([a_toestemming(P1)], who).outcome is HOLD
        assert decided([a_toestemming(P1), a_toestemming(X)], who).outcome is PERMIT

    def test_per_functie(self) -> None:
        """An order for the ground leaves the secrecy to the parent, and his no to that blocks."""
        order = a_vervanging(P2, functies=(AVG,), bereik=a_bereik(richting=Richting.J2S))
        who = authorities(a_gezag(vervangende_toestemmingen=(order,)))
        there: dict[str, Any] = {"richting": Richting.J2S}
        first = [a_toestemming(P1, functie=f, **there) for f in (AVG, WAIVER)]
        assert decided(first, who, **there).outcome is HOLD
        second = a_toestemming(P2, functie=WAIVER, **there)
        assert decided([*first, second], who, **there).outcome is PERMIT
        assert decided([*first, a_weigering(P2, functie=WAIVER, **there)], who, **there).outcome is DENY

    def test_a_curator_for_one_functie(self) -> None:
        """A bijzondere curator for the ground; for the secrecy the parents sign as usual."""
        order = a_vertegenwoordiging(X, hoedanigheid=Hoedanigheid.BIJZONDERE_CURATOR, functies=(AVG,))
        who = authorities(a_gezag(vertegenwoordigingen=(order,)))
        there: dict[str, Any] = {"richting": Richting.J2S}
        parents = [a_toestemming(p, functie=f, **there) for p in (P1, P2) for f in (AVG, WAIVER)]
        assert decided(parents, who, **there).outcome is HOLD
        curator = a_toestemming(X, functie=AVG, **there)
        assert decided([*parents, curator], who, **there).outcome is PERMIT
        his = a_weigering(P1, functie=AVG, moment=STATED + dt.timedelta(hours=1), **there)
        assert decided([*parents, curator, his], who, **there).outcome is PERMIT

    def test_stay_until_ended_by_name(self) -> None:
        """A newer record that is silent changes nothing; one that names the order again or ends it does."""
        order = a_vertegenwoordiging(X, hoedanigheid=Hoedanigheid.BIJZONDERE_CURATOR)
        first = a_gezag(vertegenwoordigingen=(order,), afgeschermd_voor=("agb:99999999",))
        name = BeeindigdeUitspraak(document_ref=order.document_ref, persoon=X)
        for newer, carried in (
            (a_gezag(), X),
            (a_gezag(beeindigde_uitspraken=(name,)), P1),
            (a_gezag(beeindigde_uitspraken=(name.model_copy(update={"persoon": P1}),)), X),
            (a_gezag(vertegenwoordigingen=(order.model_copy(update={"categorieen": (G.CONTACT,)}),)), P1),
        ):
            who = authorities(first, newer)
            said = [a_toestemming(X)] if carried == X else [a_toestemming(P1), a_toestemming(P2)]
            assert decided(said, who).outcome is PERMIT

    def test_a_substitution_stays_as_well(self) -> None:
        """The order that speaks for a parent stays as well."""
        first = a_gezag(vervangende_toestemmingen=(a_vervanging(P2),))
        ended = BeeindigdeUitspraak(document_ref=a_vervanging().document_ref, persoon=P2)
        assert decided([a_toestemming(P1)], authorities(first, a_gezag())).outcome is PERMIT
        over = authorities(first, a_gezag(beeindigde_uitspraken=(ended,)))
        assert decided([a_toestemming(P1)], over).outcome is HOLD


def test_protection_stays_until_ended_by_name() -> None:
    """It is not lifted by a record that forgets it, nor by one that ends it for another partij."""
    first = a_gezag(afgeschermd_voor=(AANBIEDER,))
    said = [a_toestemming(P1), a_toestemming(P2)]
    for ended, outcome in (((), DENY), ((SCHOOL,), DENY), ((AANBIEDER,), PERMIT)):
        newer = a_gezag(niet_meer_afgeschermd_voor=ended)
        assert decided(said, authorities(first, newer)).outcome is outcome
    both = a_gezag(afgeschermd_voor=(AANBIEDER,), niet_meer_afgeschermd_voor=(AANBIEDER,))
    assert decided(said, authorities(first, both)).outcome is DENY


class TestTerm:
    """Until the first 31 July, at most twelve months after it was said, begun within sixty days of it."""

    @pytest.mark.parametrize(
        ("moment", "begin", "last"),
        [
            ("2026-09-14", "2026-09-14", "2027-07-31"),
            ("2026-06-20", "2026-08-01", "2027-06-19"),
            ("2026-05-20", "2026-07-19", "2026-07-31"),
            ("2026-05-20", "2026-05-01", "2026-07-31"),
            ("2026-06-02", "2026-08-01", "2027-06-01"),
            ("2026-06-01", "2026-08-01", None),
            ("2024-09-14", "2026-09-01", None),
        ],
    )
    def test_last_day(self, moment: str, begin: str, last: str | None) -> None:
        """It carries on its last day and not on the next; begun too late it never carries."""
        given = a_toestemming(
            moment=dt.datetime.fromisoformat(f"{moment}T08:00:00Z"),
            geldig_vanaf=dt.date.fromisoformat(begin),
            geldig_tot_en_met=dt.date(2029, 1, 1),
        )
        first = dt.date.fromisoformat(begin)
        end = first - dt.timedelta(days=1) if last is None else dt.date.fromisoformat(last)
        for day, outcome in (
            (max(end, first), HOLD if last is None else PERMIT),
            (end + dt.timedelta(days=1), HOLD),
        ):
            checked = single_gezag(gecontroleerd_op=day, vastgelegd_op=given.moment)
            at = dt.datetime.combine(day, dt.time(12), dt.UTC)
            decision = decide(a_request(), [given], authorities(checked), (), None, beleid(), at)
            assert decision.outcome is outcome, day


class TestExplicit:
    """Said per category; one tick for several was said of none of them separately."""

    @pytest.mark.parametrize(
        ("said", "categorieen", "goes"),
        [
            (True, (G.GEZONDHEID,), True),
            (True, (G.CONTACT, G.GEZONDHEID), False),
            (True, (G.GEZONDHEID, G.JEUGDHULP), False),
            (False, (G.GEZONDHEID,), False),
            ((G.GEZONDHEID,), (G.CONTACT, G.GEZONDHEID, G.JEUGDHULP), True),
            ((G.JEUGDHULP,), (G.CONTACT, G.GEZONDHEID, G.JEUGDHULP), False),
            ((), (G.GEZONDHEID,), False),
        ],
    )
    def test_a_category_of_level_3(self, said: Any, categorieen: tuple[G, ...], goes: bool) -> None:
        """What was not said separately stays home with that reason; the others go."""
        given = a_toestemming(uitdrukkelijk=said, bereik=a_bereik(categorieen=categorieen))
        stored = Toestemming.model_validate_json(given.model_dump_json())
        who = authorities(single_gezag())
        decision = decided([stored], who, *categorieen)
        assert (
            any(beleid().labels("ontwikkelingsperspectief")[p] is G.GEZONDHEID for p in decision.released)
            is goes
        )
        if not goes:
            assert R.CONSENT_NOT_EXPLICIT in {r.code for r in decision.per_category[G.GEZONDHEID]}
        if G.CONTACT in categorieen:
            assert decision.outcome is REDUCED


class TestFreeTextOfAHulpvraag:
    """It counts as level 3 until a person judged that nothing of that stands in it."""

    cells = a_bereik(
        doelen=(Gebruiksdoel.TOELEIDING,),
        ontvangers=(Ontvanger(partij=GEMEENTE, rol=Rol.TOEGANGSMEDEWERKER),),
        categorieen=(G.CONTACT, G.FACTOREN),
    )

    def asked(self, given: Toestemming, **kw: Any) -> Decision:
        request = a_request(
            G.CONTACT,
            G.FACTOREN,
            **{
                "bericht": "hulpvraag",
                "doel": Gebruiksdoel.TOELEIDING,
                "ontvanger": self.cells.ontvangers[0],
                "partij": a_partij(id=GEMEENTE, soort=Partijsoort.GEMEENTE),
                "velden": ("vraag", "urgentie"),
            }
            | kw,
        )
        return decide(request, [given], authorities(single_gezag()), (), None, beleid(), NOW)

    def test_stays_home_until_said_separately_or_marked(self) -> None:
        """It stays home: that somebody read the text is not the mark that is asked for."""
        plain = a_toestemming(bereik=self.cells, uitdrukkelijk=False)
        held = self.asked(plain)
        assert held.released == ("urgentie",)
        assert held.withheld[R.CONSENT_NOT_EXPLICIT] == ("vraag",)
        assert self.asked(plain, vrije_tekst_gewoon=frozenset({"vraag"})).released == ("vraag", "urgentie")
        separately = a_toestemming(bereik=self.cells, uitdrukkelijk=(G.FACTOREN,))
        assert self.asked(separately).released == ("vraag", "urgentie")

    @pytest.mark.parametrize(
        ("velden", "gewoon", "categorie", "asks"),
        [
            (("vraag", "urgentie"), frozenset(), G.FACTOREN, True),
            (("vraag",), frozenset({"vraag"}), G.FACTOREN, False),
            (("urgentie",), frozenset(), G.FACTOREN, False),
            (("vraag",), frozenset(), G.CONTACT, False),
            (("vraag",), frozenset({"vraag"}), G.GEZIN_VEILIGHEID, True),
        ],
    )
    def test_a_proposal_asks_for_the_tick(
        self, velden: tuple[str, ...], gewoon: frozenset[str], categorie: G, asks: bool
    ) -> None:
        """What is proposed to people asks it separately where without that not all of it would go."""
        request = a_request(bericht="hulpvraag", velden=velden, vrije_tekst_gewoon=gewoon)
        assert asks_separately(request, categorie) is asks

    def test_all_or_nothing_waits_for_it(self) -> None:
        """A tick for it repairs that, so it is held and not refused; text that nobody read is refused."""
        plain = a_toestemming(bereik=self.cells, uitdrukkelijk=False)
        assert self.asked(plain, alles_of_niets=True).outcome is HOLD
        assert self.asked(plain, alles_of_niets=True, vrije_tekst_nagekeken=False).outcome is DENY


class TestLeefgebied:
    """That a goal is about health or safety is level 3, whatever the category of its field."""

    velden = ("handelingsdeel.doelen[].leefgebied", "handelingsdeel.doelen[].status")

    def asked(self, given: Toestemming, **kw: Any) -> Decision:
        request = a_request(gevraagd=(G.DOELEN,), velden=self.velden, **kw)
        return decide(request, [given], authorities(single_gezag()), (), None, beleid(), NOW)

    def test_stays_home_until_said_separately_or_known_to_be_ordinary(self) -> None:
        """By its value, which the gateway looks at; a case without content does not know it."""
        cells = a_bereik(categorieen=(G.DOELEN, G.CONTACT))
        plain = a_toestemming(bereik=cells, uitdrukkelijk=False)
        held = self.asked(plain)
        assert held.withheld[R.CONSENT_NOT_EXPLICIT] == self.velden[:1]
        assert held.released == self.velden[1:]
        assert self.asked(plain, vrije_tekst_gewoon=frozenset(self.velden[:1])).released == self.velden
        assert self.asked(a_toestemming(bereik=cells, uitdrukkelijk=(G.DOELEN,))).released == self.velden


def test_evidence_of_a_tie_is_of_both() -> None:
    """Two yeses of one instant rest on both records, in whatever order they came."""
    other = a_toestemming(id=an_id("ander"), record=an_id("ander"))
    who = authorities(single_gezag())
    ways = [decided(said, who) for said in ([a_toestemming(), other], [other, a_toestemming()])]
    assert ways[0] == ways[1]
    assert set(ways[0].consent_event_ids) == {a_toestemming().id, other.id}
