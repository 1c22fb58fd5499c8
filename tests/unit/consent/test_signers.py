"""Court orders, a birth date that is not complete, and the GI under an ondertoezichtstelling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from consent.beleid import Beleid
from consent.decide import decide
from consent.leeftijd import possible_births
from consent.rules import Authorities
from consent.signers import signers
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome, Reden, Standpunt
from schemas.people.toestemming import (
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsbron,
    Gezagsoort,
    Hoedanigheid,
    Maatregel,
    Richting,
    Toestemming,
)
from tests.builders import (
    AVG,
    NOW,
    P1,
    P2,
    SCHOOL,
    STATED,
    WAIVER,
    YOUTH,
    X,
    a_cell,
    a_gezag,
    a_persoon,
    a_profiel,
    a_request,
    a_toestemming,
    a_vertegenwoordiging,
    a_weigering,
    an_id,
    an_oordeel,
    authorities,
    beleid,
    single_gezag,
    stromen,
)

R = Reden
S2J, J2S = Richting.S2J, Richting.J2S
MAAND, JAAR = Geboorteprecisie.MAAND, Geboorteprecisie.JAAR
both_ways = pytest.mark.parametrize("richting", list(Richting))


def decided(said: Sequence[Toestemming], who: Authorities, *asked: G, **kw: Any) -> Decision:
    policy = kw.pop("policy", None) or beleid()
    return decide(a_request(*asked, **kw), said, who, (), None, policy, NOW)


def check(decision: Decision, outcome: Outcome, *reasons: Reden) -> None:
    assert (decision.outcome, set(decision.codes)) == (outcome, set(reasons))


def agreed(*people: str, richting: Richting = S2J) -> list[Toestemming]:
    return [a_toestemming(p, richting=richting, functie=f) for p in people for f in (AVG, WAIVER)]


def ordered(**kw: Any) -> Authorities:
    """Nineteen, and X decides by order."""
    more = {k: kw.pop(k) for k in ("bekwaamheid", "age") if k in kw}
    snapshot = {k: kw.pop(k) for k in ("bron", "gecontroleerd_op", "soort") if k in kw}
    orders = (a_vertegenwoordiging(X, **kw),)
    return authorities(a_gezag(vertegenwoordigingen=orders, **snapshot), **({"age": 19} | more))


class TestAdultUnderOrder:
    @pytest.mark.parametrize("as_who", [Hoedanigheid.CURATOR, Hoedanigheid.MENTOR])
    @both_ways
    def test_who_decides(self, as_who: Hoedanigheid, richting: Richting) -> None:
        """Found incapable: within the order who is appointed decides, his yes is enough, his no blocks."""
        who = ordered(hoedanigheid=as_who, bekwaamheid=(an_oordeel(),))
        decision = decided(agreed(X, richting=richting), who, richting=richting)
        check(decision, Outcome.PERMIT, R.CONSENT_VALID)
        assert [(s.persoon, s.hoedanigheid) for s in decision.signers] == [(X, as_who)]
        no = [*agreed(YOUTH, richting=richting), a_weigering(X, richting=richting)]
        assert decided(no, who, richting=richting).outcome is Outcome.DENY

    @pytest.mark.parametrize("as_who", [Hoedanigheid.MENTOR, Hoedanigheid.BEWINDVOERDER])
    @both_ways
    def test_without_a_judgement_he_signs_himself(self, as_who: Hoedanigheid, richting: Richting) -> None:
        """Under mentorschap or bewind, as long as nobody found him incapable in this matter."""
        who = ordered(hoedanigheid=as_who)
        check(
            decided(agreed(YOUTH, richting=richting), who, richting=richting), Outcome.PERMIT, R.CONSENT_VALID
        )
        other = decided(agreed(X, richting=richting), who, richting=richting)
        check(other, Outcome.HOLD, R.CONSENT_MISSING, R.SIGNER_NO_AUTHORITY)
        no = [*agreed(X, richting=richting), a_weigering(YOUTH, richting=richting, functie=WAIVER)]
        decision = decided(no, who, richting=richting)
        assert (decision.outcome, R.OBJECTION_NOT_ENTITLED in decision.codes) == (Outcome.DENY, False)

    @both_ways
    def test_under_curatele_without_a_judgement(self, richting: Richting) -> None:
        """His yes waits for the curator, the curator's yes is enough, and his own no blocks."""
        own = agreed(YOUTH, richting=richting)
        curator = agreed(X, richting=richting)
        waits = decided(own, ordered(), richting=richting)
        check(waits, Outcome.HOLD, R.CONSENT_MISSING, R.SIGNER_NO_AUTHORITY)
        check(decided(curator, ordered(), richting=richting), Outcome.PERMIT, R.CONSENT_VALID)
        check(decided([*own, *curator], ordered(), richting=richting), Outcome.PERMIT, R.CONSENT_VALID)
        no = [*curator, a_weigering(YOUTH, richting=richting)]
        check(decided(no, ordered(), richting=richting), Outcome.DENY, R.CONSENT_REFUSED)

    @pytest.mark.parametrize("goods", [True, False])
    @both_ways
    def test_bewind_is_over_goods(self, goods: bool, richting: Richting) -> None:
        """It never lifts secrecy; it gives a ground only where the order is about the goods."""
        as_who = Hoedanigheid.BEWINDVOERDER
        who = ordered(hoedanigheid=as_who, betreft_goederen=goods, bekwaamheid=(an_oordeel(),))
        decision = decided(agreed(X, richting=richting), who, richting=richting)
        carries = goods and richting is Richting.S2J
        assert decision.outcome is (Outcome.PERMIT if carries else Outcome.HOLD)
        no = [a_weigering(X, richting=richting, functie=WAIVER)]
        assert decided(no, who, richting=richting).outcome is Outcome.HOLD

    @pytest.mark.parametrize("measure", [None, *Maatregel])
    @pytest.mark.parametrize("as_who", [None, Hoedanigheid.CURATOR, Hoedanigheid.MENTOR])
    @both_ways
    def test_for_who_is_capable_a_measure_changes_nothing(
        self, measure: Maatregel | None, as_who: Hoedanigheid | None, richting: Richting
    ) -> None:
        """Told or not told, in the judgement or as an order: he decides, his yes is enough, his no blocks."""
        found = an_oordeel(wilsbekwaam=True, **({} if measure is None else {"maatregel": measure}))
        gezag = (
            a_gezag()
            if as_who is None
            else a_gezag(vertegenwoordigingen=(a_vertegenwoordiging(X, hoedanigheid=as_who),))
        )
        who = authorities(gezag, age=19, bekwaamheid=(found,))
        check(
            decided(agreed(YOUTH, richting=richting), who, richting=richting), Outcome.PERMIT, R.CONSENT_VALID
        )
        no = [*agreed(X, richting=richting), a_weigering(YOUTH, richting=richting, functie=WAIVER)]
        assert R.CONSENT_REFUSED in decided(no, who, richting=richting).codes

    @both_ways
    def test_his_own_no_since_he_was_found_incapable(self, richting: Richting) -> None:
        """It makes a person look and lets nothing go that his mentor agreed to; one from before blocks."""
        who = ordered(bekwaamheid=(an_oordeel(),))
        said = agreed(X, richting=richting)
        since = decided([*said, a_weigering(YOUTH, richting=richting)], who, richting=richting)
        check(since, Outcome.HOLD, R.SIGNER_INCAPABLE)
        before = a_weigering(YOUTH, richting=richting, moment=an_oordeel().moment)
        check(decided([*said, before], who, richting=richting), Outcome.DENY, R.CONSENT_REFUSED)

    def test_curatele_stays_until_it_is_ended_by_name(self) -> None:
        """A later judgement that is silent about it ends nothing, whoever recorded it."""
        told = an_oordeel(
            wilsbekwaam=True,
            maatregel=Maatregel.CURATELE,
            doelen=(Gebruiksdoel.OPP,),
            vastgelegd_door="agb:99999999",
        )
        silent = an_oordeel(
            wilsbekwaam=True,
            doelen=(Gebruiksdoel.OPP,),
            moment=STATED,
            id=an_id("later"),
            vastgelegd_door=SCHOOL,
        )
        ended = silent.model_copy(update={"beeindigde_maatregelen": (Maatregel.CURATELE,)})
        for notes, outcome in (((told, silent), Outcome.HOLD), ((told, ended), Outcome.PERMIT)):
            who = authorities(age=19, bekwaamheid=notes, eigenaar=SCHOOL)
            assert decided(agreed(YOUTH), who).outcome is outcome

    def test_ouders_no_longer_decide(self) -> None:
        """What his ouders agree to is no longer theirs to give."""
        check(decided(agreed(P1), ordered()), Outcome.HOLD, R.CONSENT_MISSING, R.SIGNER_AGED_OUT)

    @pytest.mark.parametrize(
        "kw",
        [
            {"doelen": (Gebruiksdoel.OPP,)},
            {"categorieen": (G.CONTACT,)},
            {"functies": (WAIVER,)},
            {"geldig_vanaf": dt.date(2026, 10, 16)},
            {"geldig_tot_en_met": dt.date(2026, 10, 14)},
            {"hoedanigheid": Hoedanigheid.BIJZONDERE_CURATOR},
        ],
        ids=["doel", "category", "function", "not yet", "over", "for a child"],
    )
    def test_only_within_the_order(self, kw: dict[str, Any]) -> None:
        """Outside the order who is appointed decides nothing; under curatele he himself waits too."""
        who = ordered(**kw)
        assert decided(agreed(X), who).outcome is Outcome.HOLD
        under_curatele = kw.keys() & {"doelen", "categorieen", "functies"}
        own = decided(agreed(YOUTH), who)
        assert own.outcome is (Outcome.HOLD if under_curatele else Outcome.PERMIT)
        assert (R.CAPACITY_ROUTE_UNCLEAR in own.codes) is bool(under_curatele)

    @pytest.mark.parametrize(
        "kw",
        [{"gecontroleerd_op": dt.date(2025, 8, 15)}, {"bron": Gezagsbron.VERKLARING_OUDER}],
        ids=["fourteen months ago", "on an ouder's word"],
    )
    def test_order_must_be_checked(self, kw: dict[str, Any]) -> None:
        """An order that nobody looked up this year, or that somebody told of, is not enough."""
        check(decided(agreed(X), ordered(**kw)), Outcome.HOLD, R.GEZAG_UNVERIFIED)

    def test_two_by_order(self) -> None:
        """Two who are appointed decide together."""
        orders = (a_vertegenwoordiging(X), a_vertegenwoordiging(P1, hoedanigheid=Hoedanigheid.MENTOR))
        who = authorities(a_gezag(vertegenwoordigingen=orders), age=19, bekwaamheid=(an_oordeel(),))
        check(decided(agreed(X), who), Outcome.HOLD, R.CONSENT_PARTIAL_SIGNERS)
        check(decided(agreed(X, P1), who), Outcome.PERMIT, R.CONSENT_VALID)

    def test_nobody_is_appointed_over_himself(self) -> None:
        """An order that names the leerling himself appoints nobody."""
        who = authorities(a_gezag(vertegenwoordigingen=(a_vertegenwoordiging(YOUTH),)), age=19)
        assert not signers(a_cell(), who, beleid(), NOW).represented

    def test_his_own_words(self) -> None:
        """His own words he releases himself, beside who decides for him, whatever he can weigh."""
        policy = Beleid.of([a_profiel()], rules_hash="", stromen=stromen())
        who = ordered(bekwaamheid=(an_oordeel(),))
        words: dict[str, Any] = {"velden": ("leerlingStem[].eigenWoorden",), "policy": policy}
        alone = decided(agreed(X), who, G.LEERLINGSTEM, **words)
        check(alone, Outcome.HOLD, R.YOUTH_NOT_ASKED)
        check(decided(agreed(X, YOUTH), who, G.LEERLINGSTEM, **words), Outcome.PERMIT, R.CONSENT_VALID)


class TestBijzondereCurator:
    @pytest.mark.parametrize("age", [9, 13])
    @both_ways
    def test_in_place_of_ouders(self, age: int, richting: Richting) -> None:
        """Within his order he decides in place of who has gezag; the youth of twelve is asked as ever."""
        who = ordered(hoedanigheid=Hoedanigheid.BIJZONDERE_CURATOR, age=age)
        said = [*agreed(X, richting=richting), a_weigering(P1, richting=richting)]
        decision = decided([*said, *(agreed(YOUTH, richting=richting))], who, richting=richting)
        check(decision, Outcome.PERMIT, R.CONSENT_VALID, R.OBJECTION_NOT_ENTITLED)
        ouders = decided(agreed(P1, P2, YOUTH, richting=richting), who, richting=richting)
        assert (ouders.outcome, R.SIGNER_NO_AUTHORITY in ouders.codes) == (Outcome.HOLD, True)
        if age == 13:
            alone = decided(agreed(X, richting=richting), who, richting=richting)
            check(alone, Outcome.HOLD, R.YOUTH_NOT_ASKED)

    def test_outside_his_order(self) -> None:
        """For another doel the ouders decide as ever, and he does not."""
        who = ordered(hoedanigheid=Hoedanigheid.BIJZONDERE_CURATOR, doelen=(Gebruiksdoel.OPP,), age=9)
        check(decided(agreed(P1, P2), who), Outcome.PERMIT, R.CONSENT_VALID)
        check(decided(agreed(X), who), Outcome.HOLD, R.CONSENT_MISSING, R.SIGNER_NO_AUTHORITY)

    def test_no_quorum_of_one(self) -> None:
        """That one of two ouders may do for level 1 says nothing of who decides by order."""
        who = ordered(hoedanigheid=Hoedanigheid.BIJZONDERE_CURATOR, age=9)
        one = [a_toestemming(P1, andere_ouder_geinformeerd=True)]
        assert decided(one, who, G.CONTACT).outcome is Outcome.HOLD
        as_who = Hoedanigheid.BIJZONDERE_CURATOR
        two = tuple(a_vertegenwoordiging(p, hoedanigheid=as_who) for p in (P1, X))
        decision = decided(one, authorities(a_gezag(vertegenwoordigingen=two)), G.CONTACT)
        check(decision, Outcome.HOLD, R.CONSENT_PARTIAL_SIGNERS)

    def test_gezag_need_not_be_known(self) -> None:
        """Who has gezag may be unknown where somebody is appointed; the order itself must be checked."""
        who = ordered(hoedanigheid=Hoedanigheid.BIJZONDERE_CURATOR, age=9, soort=Gezagsoort.ONBEKEND)
        check(decided(agreed(X), who), Outcome.PERMIT, R.CONSENT_VALID)

    @pytest.mark.parametrize("as_who", [Hoedanigheid.CURATOR, Hoedanigheid.MENTOR])
    def test_an_order_for_adults(self, as_who: Hoedanigheid) -> None:
        """A curator or mentor is of no meaning for a child."""
        who = ordered(hoedanigheid=as_who, age=9)
        check(decided(agreed(P1, P2), who), Outcome.PERMIT, R.CONSENT_VALID)

    @both_ways
    def test_sixteen_and_incapable(self, richting: Richting) -> None:
        """At sixteen and not capable nobody is named for the ground, by order neither: it waits (C2)."""
        who = ordered(hoedanigheid=Hoedanigheid.BIJZONDERE_CURATOR, age=16, bekwaamheid=(an_oordeel(),))
        said = agreed(X, P1, P2, YOUTH, richting=richting)
        check(decided(said, who, richting=richting), Outcome.HOLD, R.CAPACITY_ROUTE_UNCLEAR)


class TestOndertoezichtstelling:
    @pytest.mark.parametrize("gezag", [True, False])
    @both_ways
    def test_is_no_change_of_gezag(self, gezag: bool, richting: Richting) -> None:
        """The GI that supervises represents nobody, however it is recorded: the ouders decide."""
        gi = a_persoon(X, hoedanigheid=Hoedanigheid.GI_VOOGD, gezag=gezag)
        who = authorities(a_gezag(a_persoon(P1), a_persoon(P2), gi))
        said = agreed(P1, P2, richting=richting)
        check(decided(said, who, richting=richting), Outcome.PERMIT, R.CONSENT_VALID)
        refused = [*said, a_weigering(X, richting=richting)]
        check(
            decided(refused, who, richting=richting),
            Outcome.PERMIT,
            R.CONSENT_VALID,
            R.OBJECTION_NOT_ENTITLED,
        )

    def test_cannot_agree(self) -> None:
        """Its signature is nobody's."""
        who = authorities(a_gezag(a_persoon(P1), a_persoon(X, gezag=False), soort=Gezagsoort.EENHOOFDIG))
        check(decided(agreed(X), who), Outcome.HOLD, R.CONSENT_MISSING, R.SIGNER_NO_AUTHORITY)


class TestBirthDate:
    @pytest.mark.parametrize(
        ("precisie", "days", "first", "last"),
        [
            (Geboorteprecisie.DAG, 1, (2012, 2, 10), (2012, 2, 10)),
            (MAAND, 29, (2012, 2, 1), (2012, 2, 29)),
            (JAAR, 366, (2012, 1, 1), (2012, 12, 31)),
        ],
    )
    def test_possible(self, precisie: Geboorteprecisie, days: int, first: Any, last: Any) -> None:
        """Every day of the month, or of the year, that is known."""
        found = possible_births(dt.date(2012, 2, 10), precisie)
        assert len(set(found)) == days
        assert (found[0], found[-1]) == (dt.date(*first), dt.date(*last))

    @pytest.mark.parametrize(
        ("born", "precisie", "bands"),
        [
            ((2017, 3, 1), JAAR, "A"),
            ((2014, 10, 1), MAAND, "AB"),
            ((2010, 10, 1), MAAND, "BC"),
            ((2010, 1, 1), JAAR, "BC"),
            ((2008, 1, 1), JAAR, "CD"),
            ((2026, 1, 1), JAAR, "A"),
        ],
    )
    def test_bands(self, born: Any, precisie: Geboorteprecisie, bands: str) -> None:
        """All bands he may be in; a day that is still to come is not possible."""
        who = authorities(geboortedatum=dt.date(*born), precisie=precisie)
        found = signers(a_cell(), who, beleid(), NOW)
        assert found.bands == set(bands)
        assert (R.AGE_UNCERTAIN in found.remarks) is (len(bands) > 1)

    def test_certain_enough(self) -> None:
        """Where every possible day gives one band, the age is certain enough and nothing is remarked."""
        who = authorities(geboortedatum=dt.date(2017, 1, 1), precisie=JAAR)
        check(decided(agreed(P1, P2), who), Outcome.PERMIT, R.CONSENT_VALID)

    def test_stated_when_he_may_have_been_too_young(self) -> None:
        """Perhaps sixteen now, and perhaps fifteen when he signed: he signs again."""
        who = authorities(geboortedatum=dt.date(2010, 10, 1), precisie=MAAND)
        assert NOW.date() > STATED.date()
        decision = decided(agreed(P1, P2, YOUTH), who)
        check(decision, Outcome.HOLD, R.AGE_UNCERTAIN, R.RECONSENT_REQUIRED)

    def test_row_that_holds(self) -> None:
        """Perhaps sixteen and not capable: what one row does not settle, the whole does not."""
        who = authorities(geboortedatum=dt.date(2010, 10, 1), precisie=MAAND, bekwaamheid=(an_oordeel(),))
        decision = decided(agreed(P1, P2, YOUTH), who)
        check(decision, Outcome.HOLD, R.CAPACITY_ROUTE_UNCLEAR, R.AGE_UNCERTAIN)
        assert None in {s.persoon for s in decision.signers}
        refused = decided([a_weigering(P1)], who)
        check(refused, Outcome.DENY, R.CONSENT_REFUSED, R.AGE_UNCERTAIN)

    def test_one_ouder(self) -> None:
        """One of two ouders is enough at level 1 there too, with the youth who may be asked."""
        who = authorities(geboortedatum=dt.date(2014, 10, 1), precisie=MAAND)
        one = [a_toestemming(P1, andere_ouder_geinformeerd=True)]
        check(
            decided(one, who, G.CONTACT),
            Outcome.HOLD,
            R.AGE_UNCERTAIN,
            R.CONSENT_PARTIAL_SIGNERS,
            R.YOUTH_NOT_ASKED,
        )
        both = [*one, a_toestemming(YOUTH, moment=NOW)]
        check(
            decided(both, who, G.CONTACT),
            Outcome.PERMIT,
            R.CONSENT_VALID,
            R.AGE_UNCERTAIN,
            R.ONE_PARENT_NO_OBJECTION,
        )


def test_a_policy_never_lengthens_the_term_of_gezag() -> None:
    """A check of fourteen months ago is too old, also for a policy that would allow two years."""
    old = authorities(single_gezag(gecontroleerd_op=dt.date(2025, 8, 15)))
    for months in (24, 12):
        policy = Beleid(beleid().profielen, gezag_max_maanden=months, stromen=stromen())
        check(decided(agreed(P1), old, policy=policy), Outcome.HOLD, R.GEZAG_UNVERIFIED)


def test_who_is_named_beside_a_missing_ouder() -> None:
    """Without any snapshot at twelve, the youth is unknown too, and somebody must be named first."""
    decision = decided([], Authorities(dt.date(2013, 1, 1)))
    check(decision, Outcome.HOLD, R.GEZAG_UNVERIFIED)
    assert [s.standpunt for s in decision.signers] == [Standpunt.ONTBREEKT]
