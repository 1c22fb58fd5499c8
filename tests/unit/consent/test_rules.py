"""The legal rules one by one, at their edges; the whole table stands in test_signer_table.py."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Final

import pytest

from consent.beleid import Beleid
from consent.decide import decide, decide_as_if_agreed, proposal, refuse_number, refuse_repeat
from consent.leeftijd import midnight
from consent.regio import Regiobeleid
from consent.request import Request
from consent.rules import AVG, Authorities, record_state
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Outcome, Reden, Standpunt
from schemas.people.partij import Rol
from schemas.people.toestemming import (
    Gebruiksdoel,
    Gezagsbron,
    Gezagsoort,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    Toestemmingstand,
)
from tests.builders import (
    AANBIEDER,
    CARE,
    NOW,
    OPP,
    P1,
    P2,
    SCHOOL,
    STATED,
    WAIVER,
    YOUTH,
    X,
    a_bereik,
    a_bewijs,
    a_bezwaar,
    a_gezag,
    a_partij,
    a_persoon,
    a_profiel,
    a_request,
    a_toestemming,
    a_vervanging,
    a_veto,
    a_weigering,
    an_id,
    an_intrekking,
    an_oordeel,
    authorities,
    beleid,
    hash_of,
    single_gezag,
    stromen,
)

J2S = Richting.J2S
R = Reden
HOUR = dt.timedelta(hours=1)
BOTH = [a_toestemming(P1), a_toestemming(P2)]
SINGLE = authorities(single_gezag())


def decided(
    consents: list[Toestemming],
    who: Authorities | None = None,
    request: Request | None = None,
    *,
    policy: Beleid | None = None,
    as_of: dt.datetime = NOW,
) -> Decision:
    return decide(request or a_request(), consents, who or authorities(), (), None, policy or beleid(), as_of)


def check(decision: Decision, outcome: Outcome, *reasons: Reden) -> None:
    assert (decision.outcome, set(decision.codes)) == (outcome, set(reasons))


class TestRecipient:
    @pytest.mark.parametrize(
        ("partij", "reason"),
        [
            pytest.param(None, R.RECIPIENT_UNKNOWN, id="not registered"),
            pytest.param(a_partij(aflevering=None), R.RECIPIENT_UNKNOWN, id="cannot receive"),
            pytest.param(a_partij(id="agb:99999902"), R.RECIPIENT_UNKNOWN, id="somebody else"),
            pytest.param(a_partij(rollen=(Rol.ADMINISTRATIE,)), R.RECIPIENT_ROLE_MISMATCH, id="other role"),
        ],
    )
    def test_refused_first(self, partij: Any, reason: Reden) -> None:
        """A recipient that is not connected, or not in this role, is refused before consent is looked at."""
        decision = decided(BOTH, request=a_request(partij=partij))
        check(decision, Outcome.DENY, reason)
        assert decision.signers == ()
        assert [r.code for r in decision.per_category[G.DOELEN]] == [reason]
        assert set(decision.withheld) == {R.FIELD_NOT_CONSENTED}

    def test_protected_party(self) -> None:
        """A partij that must get nothing about this leerling gets nothing, and only the recorder may know."""
        decision = decided(BOTH, authorities(a_gezag(afgeschermd_voor=(AANBIEDER,))))
        check(decision, Outcome.DENY, R.PROTECTED_PARTY)
        assert decision.reasons[0].partijen == (SCHOOL,)


class TestVeto:
    """A professional of jeugdhulp keeps home what jeugdhulp discloses; what it would receive it does not."""

    BACK: Final = [a_toestemming(p, richting=J2S, functie=f) for p in (P1, P2) for f in (AVG, WAIVER)]

    def back(self, *vetos: ProfessioneelVeto) -> Decision:
        return decided(self.BACK, authorities(vetos=vetos), a_request(G.CONTACT, richting=J2S))

    def test_lifted(self) -> None:
        """The newest word of a professional counts."""
        lifted = a_veto(richting=J2S, besluit="opgeheven", moment=STATED + HOUR)
        check(self.back(lifted, a_veto(richting=J2S)), Outcome.PERMIT, R.CONSENT_VALID)

    def test_same_instant(self) -> None:
        """A veto and its lifting at one instant: the veto holds, in whatever order they came."""
        both = (a_veto(richting=J2S), a_veto(richting=J2S, besluit="opgeheven"))
        for vetos in (both, both[::-1]):
            check(self.back(*vetos), Outcome.DENY, R.PROFESSIONAL_VETO)

    def test_of_another(self) -> None:
        """Nobody lifts the veto of another professional."""
        lifted = a_veto(
            richting=J2S, besluit="opgeheven", moment=STATED + HOUR, professional="jeugdhulpverlener 2"
        )
        check(self.back(a_veto(richting=J2S), lifted), Outcome.DENY, R.PROFESSIONAL_VETO)

    @pytest.mark.parametrize(
        "kw",
        [{"richting": Richting.S2J}, {"doelen": (Gebruiksdoel.VEILIGHEID,)}, {"moment": NOW + HOUR}],
        ids=str,
    )
    def test_elsewhere(self, kw: dict[str, Any]) -> None:
        """A veto on another direction, another doel or of later does not stop this."""
        check(self.back(a_veto(**({"richting": J2S} | kw))), Outcome.PERMIT, R.CONSENT_VALID)

    def test_of_who_would_receive(self) -> None:
        """Jeugdhulp does not stop what a school sends it; the school itself does, on toestemming."""
        check(decided(BOTH, authorities(vetos=(a_veto(),))), Outcome.PERMIT, R.CONSENT_VALID)
        own = a_veto(vastgelegd_door=SCHOOL)
        check(decided(BOTH, authorities(vetos=(own,))), Outcome.DENY, R.PROFESSIONAL_VETO)


class TestGezag:
    @pytest.mark.parametrize(
        ("kw", "known"),
        [
            ({"gecontroleerd_op": dt.date(2025, 10, 16)}, True),
            ({"gecontroleerd_op": dt.date(2025, 10, 15)}, False),
            ({"gecontroleerd_op": dt.date(2026, 10, 15)}, True),
            ({"gecontroleerd_op": dt.date(2026, 10, 16)}, False),
            ({"geldig_tot_en_met": dt.date(2026, 10, 15)}, True),
            ({"geldig_tot_en_met": dt.date(2026, 10, 14)}, False),
            ({"soort": Gezagsoort.ONBEKEND}, False),
            ({"bron": Gezagsbron.VERKLARING_OUDER}, False),
            ({"bron": Gezagsbron.RECHTERLIJKE_UITSPRAAK}, True),
        ],
        ids=str,
    )
    def test_verified(self, kw: dict[str, Any], known: bool) -> None:
        """Gezag is known for less than twelve months, within its own term, and not on an ouder's word."""
        outcome = (Outcome.PERMIT, R.CONSENT_VALID) if known else (Outcome.HOLD, R.GEZAG_UNVERIFIED)
        check(decided(BOTH, authorities(a_gezag(**kw))), *outcome)

    def test_word_of_an_ouder_at_level_one(self) -> None:
        """For level 1 an ouder's own word about gezag is enough."""
        who = authorities(a_gezag(bron=Gezagsbron.VERKLARING_OUDER))
        decision = decided(BOTH, who, a_request(G.CONTACT, G.DOELEN))
        check(decision, Outcome.PERMIT_REDUCED, R.GEZAG_UNVERIFIED)
        assert {beleid().labels("ontwikkelingsperspectief")[p] for p in decision.released} == {G.CONTACT}

    @pytest.mark.parametrize(
        "personen",
        [(a_persoon(P1),), (a_persoon(P1), a_persoon(P1)), (a_persoon(P1), a_persoon(YOUTH))],
        ids=["one", "one twice", "one and the leerling"],
    )
    def test_joint_names_two(self, personen: Any) -> None:
        """Joint gezag that names one holder is not known, so one signature is not enough."""
        check(decided(BOTH, authorities(a_gezag(*personen))), Outcome.HOLD, R.GEZAG_UNVERIFIED)

    def test_leerling_never_has_gezag(self) -> None:
        """Nobody has gezag over himself: a snapshot that says so gives nobody who can agree."""
        who = authorities(a_gezag(a_persoon(YOUTH), soort=Gezagsoort.EENHOOFDIG))
        decision = decided([a_toestemming(YOUTH)], who)
        check(decision, Outcome.HOLD, R.CONSENT_MISSING)
        assert [(s.persoon, s.standpunt) for s in decision.signers] == [(None, Standpunt.ONTBREEKT)]

    def test_newest_snapshot_counts(self) -> None:
        """An ouder who lost gezag can neither give nor block, and it is told that it changed."""
        who = authorities(a_gezag(), single_gezag())
        check(
            decided([a_toestemming(P2)], who),
            Outcome.HOLD,
            R.CONSENT_MISSING,
            R.SIGNER_NO_AUTHORITY,
            R.GEZAG_CHANGED,
        )
        refused = [a_toestemming(P1), a_weigering(P2)]
        check(decided(refused, who), Outcome.PERMIT, R.CONSENT_VALID, R.OBJECTION_NOT_ENTITLED)

    def test_unknown_leerling_alone(self) -> None:
        """From sixteen on, without any snapshot nobody knows who the leerling is as a signer."""
        who = dataclasses.replace(authorities(age=17), gezag=())
        check(decided(BOTH, who), Outcome.HOLD, R.CONSENT_MISSING)


class TestCourtOrder:
    @pytest.mark.parametrize(
        "kw",
        [
            {"geldig_vanaf": dt.date(2026, 10, 16)},
            {"geldig_tot_en_met": dt.date(2026, 10, 14)},
            {"bereik": a_bereik(categorieen=(G.CONTACT,))},
            {"functies": (WAIVER,)},
            {"vervangt": X},
        ],
        ids=["not yet", "over", "other category", "other function", "other person"],
    )
    def test_only_its_scope(self, kw: dict[str, Any]) -> None:
        """An order of another term, scope, function or person replaces nothing."""
        who = authorities(a_gezag(vervangende_toestemmingen=(a_vervanging(**kw),)))
        decision = decided([a_toestemming(P1), a_weigering(P2)], who)
        check(decision, Outcome.DENY, R.CONSENT_REFUSED, R.PARENTS_CONFLICT)

    def test_first_and_last_day(self) -> None:
        """An order holds on its first and on its last day."""
        order = a_vervanging(geldig_vanaf=NOW.date(), geldig_tot_en_met=NOW.date())
        who = authorities(a_gezag(vervangende_toestemmingen=(order,)))
        decision = decided([a_toestemming(P1)], who)
        check(decision, Outcome.PERMIT, R.CONSENT_VALID, R.COURT_SUBSTITUTED_CONSENT)

    def test_never_for_the_leerling(self) -> None:
        """An order in a dispute between ouders does not speak for the youth."""
        who = authorities(a_gezag(vervangende_toestemmingen=(a_vervanging(YOUTH),)), age=13)
        check(decided([*BOTH, a_weigering(YOUTH)], who), Outcome.DENY, R.YOUTH_REFUSES)

    def test_declares_nothing_of_the_other(self) -> None:
        """With an order for one ouder and silence of the other, nobody agreed: level 1 waits too."""
        who = authorities(a_gezag(vervangende_toestemmingen=(a_vervanging(P2),)))
        check(decided([], who, a_request(G.CONTACT)), Outcome.HOLD, R.CONSENT_PARTIAL_SIGNERS)


class TestOneStatement:
    """Single gezag, P1 alone decides: what one statement must be to carry."""

    @pytest.mark.parametrize(
        ("kw", "reasons"),
        [
            pytest.param({"geldig_tot_en_met": dt.date(2026, 10, 15)}, None, id="last day"),
            pytest.param({"geldig_tot_en_met": dt.date(2026, 10, 14)}, [R.CONSENT_EXPIRED], id="over"),
            pytest.param(
                {"geldig_vanaf": dt.date(2025, 8, 1), "geldig_tot_en_met": dt.date(2030, 1, 1)},
                [R.CONSENT_EXPIRED],
                id="another school year",
            ),
            pytest.param({"geldig_vanaf": dt.date(2026, 10, 15)}, None, id="first day"),
            pytest.param(
                {"geldig_vanaf": dt.date(2026, 10, 16)}, [R.CONSENT_NOT_YET_VALID], id="not yet valid"
            ),
            pytest.param({"bewijs": None}, [R.CONSENT_EVIDENCE_MISSING], id="no evidence"),
            pytest.param({"functie": CARE}, [R.CONSENT_FUNCTION_MISMATCH, R.CONSENT_MISSING], id="care"),
            pytest.param({"functie": OPP}, [R.CONSENT_FUNCTION_MISMATCH, R.CONSENT_MISSING], id="opp"),
            pytest.param({"functie": WAIVER}, [R.CONSENT_FUNCTION_MISMATCH, R.CONSENT_MISSING], id="waiver"),
            pytest.param({"moment": NOW + HOUR}, [R.CONSENT_MISSING], id="said later"),
        ],
    )
    def test_carries(self, kw: dict[str, Any], reasons: list[Reden] | None) -> None:
        """A statement carries within its own term, the school year and twelve months, with evidence."""
        decision = decided([a_toestemming(P1, **kw)], SINGLE)
        if reasons is None:
            check(decision, Outcome.PERMIT, R.CONSENT_VALID)
        else:
            check(decision, Outcome.HOLD, *reasons)

    def test_notice_outdated(self) -> None:
        """When the policy lists current notices, a statement on another text has to be made again."""
        outdated = dataclasses.replace(beleid(), kennisgevingen=frozenset({hash_of("nieuw")}))
        check(decided([a_toestemming()], SINGLE, policy=outdated), Outcome.HOLD, R.CONSENT_NOTICE_OUTDATED)
        said = a_toestemming(bewijs=a_bewijs(kennisgeving_hash=hash_of("nieuw")))
        check(decided([said], SINGLE, policy=outdated), Outcome.PERMIT, R.CONSENT_VALID)

    def test_level_three_is_explicit(self) -> None:
        """Level 3 needs a tick per category, level 2 does not."""
        said = [a_toestemming(uitdrukkelijk=False)]
        decision = decided(said, SINGLE, a_request(G.DOELEN, G.GEZONDHEID))
        check(decision, Outcome.PERMIT_REDUCED, R.CONSENT_NOT_EXPLICIT)

    @pytest.mark.parametrize(
        ("kw", "reason"),
        [
            ({"doelen": (Gebruiksdoel.OVERSTAP,)}, R.CONSENT_SCOPE_PURPOSE),
            ({"categorieen": (G.CONTACT,)}, R.CONSENT_SCOPE_CATEGORY),
        ],
        ids=str,
    )
    def test_elsewhere(self, kw: dict[str, Any], reason: Reden) -> None:
        """A statement about another cell does not carry, and the nearest one tells what does not fit."""
        bereik = a_bereik().model_copy(update=kw)
        far = a_bereik(richting=J2S, categorieen=(G.VERZUIM,))
        said = [a_toestemming(bereik=far, id=an_id("far")), a_toestemming(bereik=bereik)]
        check(decided(said, SINGLE), Outcome.DENY, reason)

    @pytest.mark.parametrize(
        ("kw", "reason"),
        [
            ({"richting": J2S}, R.CONSENT_SCOPE_DIRECTION),
            (
                {"ontvangers": (Ontvanger(partij="agb:99999902", rol=Rol.JEUGDHULPVERLENER),)},
                R.CONSENT_SCOPE_RECIPIENT,
            ),
        ],
        ids=str,
    )
    def test_another_exchange(self, kw: dict[str, Any], reason: Reden) -> None:
        """Agreeing to another organisation or the other direction answers nothing here: it waits."""
        said = [a_toestemming(bereik=a_bereik().model_copy(update=kw))]
        check(decided(said, SINGLE), Outcome.HOLD, R.CONSENT_MISSING, reason)

    def test_elsewhere_while_waiting(self) -> None:
        """What already waits goes on waiting, and is told what does not fit; nothing new is asked for."""
        said = [a_toestemming(bereik=a_bereik(categorieen=(G.CONTACT,)))]
        check(decided(said, SINGLE), Outcome.DENY, R.CONSENT_SCOPE_CATEGORY)
        waiting = a_request(wacht=True)
        check(decided(said, SINGLE, request=waiting), Outcome.HOLD, R.CONSENT_SCOPE_CATEGORY)

    def test_what_no_signature_brings_back(self) -> None:
        """All of it kept home by the source: denied at once for that reason, and nobody is asked to sign."""
        home = dict.fromkeys(a_request().velden, R.FIELD_SOURCE_NOT_AGREED)
        request = a_request(velden=(), weggelaten=home)
        check(decided([], SINGLE, request=request), Outcome.DENY, R.FIELD_SOURCE_NOT_AGREED, R.NOTHING_LEFT)

    def test_elsewhere_in_any_order(self) -> None:
        """Of two that fit equally badly the same one is told, in whatever order they were recorded."""
        said = [
            a_toestemming(bereik=a_bereik(categorieen=(G.CONTACT,)), id=an_id("one")),
            a_toestemming(bereik=a_bereik(doelen=(Gebruiksdoel.OPP,)), id=an_id("other")),
        ]
        assert decided(said, SINGLE).model_dump_json() == decided(said[::-1], SINGLE).model_dump_json()

    def test_one_agreed_the_other_elsewhere(self) -> None:
        """One ouder agreed, the other to something else: she is still to be asked."""
        said = [a_toestemming(P1), a_toestemming(P2, bereik=a_bereik(categorieen=(G.CONTACT,)))]
        check(decided(said), Outcome.HOLD, R.CONSENT_PARTIAL_SIGNERS)

    def test_newest_wins(self) -> None:
        """Of one person the newest statement counts, whichever way."""
        again = a_toestemming(moment=STATED + 2 * HOUR)
        given = a_toestemming()
        withdrawn = an_intrekking(given)
        for said in ([given, withdrawn, again], [again, withdrawn, given]):
            check(decided(said, SINGLE), Outcome.PERMIT, R.CONSENT_VALID)
        check(decided([given, withdrawn], SINGLE), Outcome.DENY, R.CONSENT_WITHDRAWN)

    def test_same_instant(self) -> None:
        """Of a yes and a no at one instant the no counts; of two yeses the one recorded last.

        Recorded at one instant too, the less permitting counts: never the one whose id comes first.
        """
        no = a_weigering()
        for said in ([a_toestemming(), no], [no, a_toestemming()]):
            check(decided(said, SINGLE), Outcome.DENY, R.CONSENT_REFUSED)
        for name in ("0" * 32, "f" * 32):
            bare = a_toestemming(bewijs=None, id=name)
            later = bare.model_copy(update={"vastgelegd_op": STATED + HOUR})
            again = a_toestemming(vastgelegd_op=STATED + 2 * HOUR)
            for said in ([a_toestemming(), bare], [bare, a_toestemming()], [later, a_toestemming()]):
                check(decided(said, SINGLE), Outcome.HOLD, R.CONSENT_EVIDENCE_MISSING)
            for said in ([later, again], [again, bare]):
                check(decided(said, SINGLE), Outcome.PERMIT, R.CONSENT_VALID)

    def test_objection_and_a_later_yes(self) -> None:
        """An objection blocks like a refusal, until he who is needed agrees later."""
        who = authorities(single_gezag(), bezwaren=(a_bezwaar(P1),))
        check(decided([], who), Outcome.DENY, R.CONSENT_REFUSED)
        check(decided([a_toestemming()], who), Outcome.DENY, R.CONSENT_REFUSED)
        check(decided([a_toestemming(moment=STATED + HOUR)], who), Outcome.PERMIT, R.CONSENT_VALID)
        elsewhere = authorities(
            single_gezag(), bezwaren=(a_bezwaar(P1, bereik=a_bereik(categorieen=(G.VERZUIM,))),)
        )
        check(decided([a_toestemming()], elsewhere), Outcome.PERMIT, R.CONSENT_VALID)

    def test_withdrawn_and_objected(self) -> None:
        """An objection after a withdrawal does not hide the withdrawal."""
        given = a_toestemming()
        who = authorities(single_gezag(), bezwaren=(a_bezwaar(P1, moment=STATED + HOUR),))
        check(decided([given, an_intrekking(given)], who), Outcome.DENY, R.CONSENT_WITHDRAWN)

    def test_secrecy_alone_is_not_enough(self) -> None:
        """Jeugdhulp to school needs a ground as well as a lifted secrecy duty."""
        request = a_request(richting=J2S)
        check(
            decided([a_toestemming(richting=J2S)], SINGLE, request),
            Outcome.HOLD,
            R.CONSENT_FUNCTION_MISMATCH,
            R.CONSENT_MISSING,
        )


class TestYouth:
    def test_stated_before_twelve(self) -> None:
        """What a child said at eleven does not count as the agreement of a youth of twelve."""
        who = authorities(geboortedatum=dt.date(2014, 9, 30))
        check(decided([*BOTH, a_toestemming(YOUTH)], who), Outcome.HOLD, R.RECONSENT_REQUIRED)

    def test_stated_while_incapable(self) -> None:
        """What a youth stated while incapable has to be stated again once he is capable."""
        capable = an_oordeel(wilsbekwaam=True, moment=STATED + HOUR, id=an_id("capable"))
        who = authorities(age=13, bekwaamheid=(an_oordeel(), capable))
        said = [*BOTH, a_toestemming(YOUTH)]
        check(decided(said, who), Outcome.HOLD, R.SIGNER_INCAPABLE, R.RECONSENT_REQUIRED)
        again = a_toestemming(YOUTH, moment=STATED + 2 * HOUR)
        check(decided([*said, again], who), Outcome.PERMIT, R.CONSENT_VALID)

    @pytest.mark.parametrize("age", [9, 13, 17, 19])
    @pytest.mark.parametrize("richting", list(Richting))
    def test_of_who_gains(self, age: int, richting: Richting) -> None:
        """What the side that would receive thinks of his capacity settles nothing, in either direction."""
        who_gains = AANBIEDER if richting is Richting.S2J else SCHOOL
        everybody = [
            a_toestemming(p, functie=f, richting=richting) for p in (P1, P2, YOUTH) for f in (AVG, WAIVER)
        ]
        no = [*everybody, a_weigering(YOUTH, functie=WAIVER, richting=richting, moment=STATED + HOUR)]
        told = an_oordeel(vastgelegd_door=who_gains)
        for said in (everybody, everybody[:4], no):
            with_it, without = (
                decided(
                    said, authorities(age=age, eigenaar=SCHOOL, bekwaamheid=b), a_request(richting=richting)
                )
                for b in ((told,), ())
            )
            assert with_it == without

    def test_of_a_third(self) -> None:
        """Neither does what a partij thinks of it that has no part in the exchange."""
        who = authorities(age=13, eigenaar=SCHOOL, bekwaamheid=(an_oordeel(vastgelegd_door="agb:99999999"),))
        for richting in Richting:
            both = [a_toestemming(p, functie=f, richting=richting) for p in (P1, P2) for f in (AVG, WAIVER)]
            assert R.YOUTH_NOT_ASKED in decided(both, who, a_request(richting=richting)).codes

    def test_judgements_of_one_instant_that_differ(self) -> None:
        """The one recorded last counts; recorded together nothing tells which holds, so it waits."""
        able = an_oordeel(wilsbekwaam=True, id=an_id("bekwaam"))
        for age in (13, 17, 19):
            both = authorities(age=age, bekwaamheid=(an_oordeel(), able))
            said = [*BOTH, a_toestemming(YOUTH)]
            check(decided(said, both), Outcome.HOLD, R.CAPACITY_ROUTE_UNCLEAR)
            later = able.model_copy(update={"vastgelegd_op": STATED + HOUR})
            assert decided(said, authorities(age=age, bekwaamheid=(an_oordeel(), later))).permit is not None
        check(decided(BOTH, authorities(bekwaamheid=(an_oordeel(), able))), Outcome.PERMIT, R.CONSENT_VALID)

    def test_of_the_owner(self) -> None:
        """Recorded by the partij whose leerling it is, a judgement counts: the ouders alone decide."""
        who = authorities(age=13, eigenaar=SCHOOL, bekwaamheid=(an_oordeel(vastgelegd_door=SCHOOL),))
        assert decided(BOTH, who).outcome is Outcome.PERMIT

    def test_a_no_before_he_was_found_incapable_stands(self) -> None:
        """Twelve to fifteen: a no from before stands, also after a later yes; one since then waits."""
        who = authorities(age=13, bekwaamheid=(an_oordeel(moment=STATED, vastgelegd_op=STATED),))
        for before in (STATED - HOUR, STATED):
            no = a_weigering(YOUTH, moment=before)
            check(decided([*BOTH, no], who), Outcome.DENY, R.YOUTH_REFUSES)
            later_yes = a_toestemming(YOUTH, moment=STATED + HOUR)
            check(decided([*BOTH, no, later_yes], who), Outcome.DENY, R.YOUTH_REFUSES)
        taken_back = [
            a_weigering(YOUTH, moment=STATED - 2 * HOUR),
            a_toestemming(YOUTH, moment=STATED - HOUR),
        ]
        check(decided([*BOTH, *taken_back], who), Outcome.PERMIT, R.CONSENT_VALID)
        since = [*BOTH, a_weigering(YOUTH, moment=STATED + HOUR)]
        check(decided(since, who), Outcome.HOLD, R.SIGNER_INCAPABLE)

    def test_a_no_before_he_was_twelve_is_none(self) -> None:
        """At eleven his no was no refusal, so at twelve he is asked."""
        turned = authorities(geboortedatum=dt.date(2014, 10, 1))
        check(decided([*BOTH, a_weigering(YOUTH)], turned), Outcome.HOLD, R.YOUTH_NOT_ASKED)

    def test_capacity_is_per_matter(self) -> None:
        """A judgement about another matter, or one of later, does not make him incapable in this one."""
        who = authorities(
            age=13,
            bekwaamheid=(an_oordeel(doelen=(Gebruiksdoel.VEILIGHEID,)), an_oordeel(moment=NOW + HOUR)),
        )
        check(decided(BOTH, who), Outcome.HOLD, R.YOUTH_NOT_ASKED)

    def test_under_twelve_is_heard(self) -> None:
        """Under twelve what the child says is no condition; its yes is not even remarked upon."""
        check(decided([*BOTH, a_toestemming(YOUTH)]), Outcome.PERMIT, R.CONSENT_VALID)
        check(decided([a_toestemming(YOUTH)]), Outcome.HOLD, R.CONSENT_MISSING)

    def test_adult_refuses(self) -> None:
        """From eighteen his own no is a refusal like any other."""
        check(decided([a_weigering(YOUTH)], authorities(age=19)), Outcome.DENY, R.CONSENT_REFUSED)


class TestOwnWords:
    """The leerling's own words leave only if he lets them, at any age."""

    policy = Beleid.of([a_profiel()], rules_hash="", stromen=stromen())

    def request(self) -> Request:
        return a_request(G.LEERLINGSTEM, velden=("leerlingStem[].eigenWoorden",))

    @pytest.mark.parametrize("age", [9, 13])
    @pytest.mark.parametrize("capable", [True, False])
    def test_asks_him_too(self, age: int, capable: bool) -> None:
        """Beside the ouders he himself must agree, also under twelve and also when incapable."""
        who = authorities(age=age, bekwaamheid=() if capable else (an_oordeel(),))
        check(decided(BOTH, who, self.request(), policy=self.policy), Outcome.HOLD, R.YOUTH_NOT_ASKED)
        no = [*BOTH, a_weigering(YOUTH)]
        check(decided(no, who, self.request(), policy=self.policy), Outcome.DENY, R.YOUTH_REFUSES)
        yes = [*BOTH, a_toestemming(YOUTH)]
        check(decided(yes, who, self.request(), policy=self.policy), Outcome.PERMIT, R.CONSENT_VALID)
        alone = [a_toestemming(YOUTH)]
        check(
            decided(alone, who, self.request(), policy=self.policy), Outcome.HOLD, R.CONSENT_PARTIAL_SIGNERS
        )

    def test_stated_at_eleven(self) -> None:
        """At twelve, what he let go at eleven still goes: this right has no age."""
        who = authorities(geboortedatum=dt.date(2014, 9, 30))
        yes = [*BOTH, a_toestemming(YOUTH)]
        check(decided(yes, who, self.request(), policy=self.policy), Outcome.PERMIT, R.CONSENT_VALID)

    def test_stated_at_fifteen(self) -> None:
        """From sixteen his statement is the ground as well, so one of before has to be made again."""
        who = authorities(geboortedatum=dt.date(2010, 9, 30))
        yes = [a_toestemming(YOUTH)]
        check(decided(yes, who, self.request(), policy=self.policy), Outcome.HOLD, R.RECONSENT_REQUIRED)


class TestFields:
    def test_free_text(self) -> None:
        """Free text that nobody read for this recipient stays home."""
        decision = decided(BOTH, request=a_request(vrije_tekst_nagekeken=False))
        check(decision, Outcome.PERMIT_REDUCED, R.FREE_TEXT_UNREVIEWED)
        assert "handelingsdeel.doelen[].omschrijving" in decision.withheld[R.FREE_TEXT_UNREVIEWED]
        assert "handelingsdeel.doelen[].status" in decision.released

    def test_nothing_left(self) -> None:
        """Everybody agreed, and yet no field may go: DENY, with why."""
        request = a_request(vrije_tekst_nagekeken=False, velden=("handelingsdeel.ondersteuningsbehoeften[]",))
        check(decided(BOTH, request=request), Outcome.DENY, R.FREE_TEXT_UNREVIEWED, R.NOTHING_LEFT)
        check(decided(BOTH, request=a_request(velden=())), Outcome.DENY, R.NOTHING_LEFT)
        check(decided(BOTH, request=a_request(gevraagd=())), Outcome.DENY, R.NOTHING_LEFT)

    def test_not_in_profile(self) -> None:
        """A category that no profile has for this recipient can never go: told at once, nobody is asked."""
        for said in (BOTH, []):
            decision = decided(said, request=a_request(G.VERZUIM))
            check(decision, Outcome.DENY, R.FIELD_NOT_IN_PROFILE)
            assert decision.signers == ()
        refused = decided([a_weigering()], request=a_request(G.VERZUIM))
        check(refused, Outcome.DENY, R.CONSENT_REFUSED)

    def test_field_not_in_profile(self) -> None:
        """Of a category that everybody agreed to, only the fields the profile has go."""
        asked = a_request(G.CONTACT).velden
        decision = decided(BOTH, request=a_request(G.CONTACT, velden=(*asked, "leerling.adressen[].straat")))
        check(decision, Outcome.PERMIT_REDUCED, R.FIELD_NOT_IN_PROFILE)
        assert decision.released == asked
        assert decision.withheld == {R.FIELD_NOT_IN_PROFILE: ("leerling.adressen[].straat",)}

    def test_profile_of_another_message(self) -> None:
        """A profile for one type of message lets nothing of another type go."""
        check(
            decided(BOTH, request=a_request(bericht="terugkoppeling")), Outcome.DENY, R.FIELD_NOT_IN_PROFILE
        )

    @pytest.mark.parametrize(
        ("categorie", "reason"),
        [
            (G.DERDEN, R.FIELD_THIRD_PARTY_PRIVACY),
            (G.NUMMER, R.BSN_NOT_ALLOWED),
            (G.HERKOMST, R.FIELD_NOT_IN_PROFILE),
        ],
    )
    def test_never(self, categorie: G, reason: Reden) -> None:
        """What never leaves does not leave when it is asked for either."""
        check(decided(BOTH, request=a_request(categorie)), Outcome.DENY, reason)
        both = a_request(G.DOELEN, categorie, velden=a_request().velden)
        check(decided(BOTH, request=both), Outcome.PERMIT_REDUCED, reason)

    def test_third_parties_are_stripped(self) -> None:
        """Another person in the message is taken out and told so, though nobody asked for him (CE-34)."""
        request = a_request(velden=(*a_request().velden, "gezag[].persoon.achternaam"))
        check(decided(BOTH, request=request), Outcome.PERMIT_REDUCED, R.FIELD_THIRD_PARTY_PRIVACY)

    def test_keys_of_the_source_are_not_missed(self) -> None:
        """Where the message came from stays home without making the delivery a reduced one."""
        request = a_request(velden=(*a_request().velden, "herkomst.bron"))
        decision = decided(BOTH, request=request)
        check(decision, Outcome.PERMIT, R.CONSENT_VALID)
        assert decision.withheld == {R.FIELD_NOT_IN_PROFILE: ("herkomst.bron",)}

    def test_not_requested(self) -> None:
        """What was not asked stays home without making the delivery a reduced one."""
        request = a_request(velden=(*a_request().velden, "school.naam"))
        decision = decided(BOTH, request=request)
        check(decision, Outcome.PERMIT, R.CONSENT_VALID)
        assert decision.withheld == {R.FIELD_NOT_REQUESTED: ("school.naam",)}

    @pytest.mark.parametrize(
        ("pad", "reduced"), [("handelingsdeel.doelen[].status", True), ("school.naam", False)]
    )
    def test_kept_home_by_the_source(self, pad: str, reduced: bool) -> None:
        """What the source keeps home of what was asked makes a reduced delivery, with its reason."""
        velden = tuple(p for p in a_request().velden if p != pad)
        request = a_request(velden=velden, weggelaten={pad: R.FIELD_SOURCE_OPT_OUT})
        decision = decided(BOTH, request=request)
        if reduced:
            check(decision, Outcome.PERMIT_REDUCED, R.FIELD_SOURCE_OPT_OUT)
        else:
            check(decision, Outcome.PERMIT, R.CONSENT_VALID)
        assert decision.withheld == {R.FIELD_SOURCE_OPT_OUT: (pad,)}

    def test_came_in_otherwise(self) -> None:
        """A field that was left out of the dossier but came in beside it is judged like any other."""
        request = a_request(weggelaten={a_request().velden[0]: R.FIELD_SOURCE_OPT_OUT})
        check(decided(BOTH, request=request), Outcome.PERMIT, R.CONSENT_VALID)

    def test_unknown_field_stays_home(self) -> None:
        """A field without a label stays home."""
        decision = decided(BOTH, request=a_request(velden=(*a_request().velden, "verzonnen.veld")))
        assert decision.withheld == {R.FIELD_NOT_IN_PROFILE: ("verzonnen.veld",)}


class TestAllOrNothing:
    def test_stripped_fields_are_not_missed(self) -> None:
        """All that was asked goes; that ouders and numbers are taken out does not hold it."""
        velden = (*a_request().velden, "leerling.bsn", "gezag[].rol.code")
        decision = decided(BOTH, request=a_request(velden=velden, alles_of_niets=True))
        check(decision, Outcome.PERMIT_REDUCED, R.BSN_NOT_ALLOWED, R.FIELD_THIRD_PARTY_PRIVACY)

    def test_text_nobody_read_denies(self) -> None:
        """Free text that nobody read keeps all of it home; no signature repairs that, so it does not wait."""
        request = a_request(alles_of_niets=True, vrije_tekst_nagekeken=False)
        decision = decided(BOTH, request=request)
        check(decision, Outcome.DENY, R.FREE_TEXT_UNREVIEWED)
        assert set(decision.withheld) == {R.FREE_TEXT_UNREVIEWED, R.FIELD_NOT_CONSENTED}

    def test_refused_part_denies(self) -> None:
        """When a part is refused the whole is."""
        said = [*BOTH, a_weigering(P2, moment=STATED + HOUR, bereik=a_bereik(categorieen=(G.GEZONDHEID,)))]
        request = a_request(G.DOELEN, G.GEZONDHEID, alles_of_niets=True)
        check(decided(said, request=request), Outcome.DENY, R.CONSENT_REFUSED, R.PARENTS_CONFLICT)


class TestLater:
    def test_refuse_repeat(self) -> None:
        """A repeat that may no longer be the same bytes is denied as withdrawn in flight, field by field."""
        before = decided(BOTH)
        after = refuse_repeat(before)
        check(after, Outcome.DENY, R.WITHDRAWN_IN_FLIGHT)
        assert after.permit is None
        assert after.consent_event_ids == ()
        assert {p for ps in after.withheld.values() for p in ps} == set(before.released)

    def test_refuse_number(self) -> None:
        """Nothing of it goes, and the reason is the number: nobody withdrew anything."""
        before = decided(BOTH)
        after = refuse_number(before)
        check(after, Outcome.DENY, R.BSN_NOT_ALLOWED)
        assert after.permit is None
        assert {p for ps in after.withheld.values() for p in ps} >= set(before.released)

    def test_decided_again_without_what_was_left(self) -> None:
        """What an earlier decision left out stays out, and the new one says so."""
        request = a_request(
            G.DOELEN,
            G.GEZONDHEID,
            velden=a_request().velden,
            weggelaten={"bronfeiten.diagnoses[].naam": R.FIELD_NOT_CONSENTED},
        )
        check(decided(BOTH, request=request), Outcome.PERMIT_REDUCED, R.FIELD_NOT_CONSENTED)

    def test_withdrawn_before_any_permit(self) -> None:
        """A withdrawal of what was never permitted is a withdrawal, not one in flight."""
        given = a_toestemming(P1)
        check(decided([given, an_intrekking(given)]), Outcome.DENY, R.CONSENT_WITHDRAWN)


class TestPreview:
    def test_as_if_agreed(self) -> None:
        """A preview shows what would go if everybody agreed: the profile restricts, consent does not."""
        request = a_request(G.DOELEN, G.VERZUIM, G.NUMMER, velden=(*a_request().velden, "leerling.bsn"))
        decision = decide_as_if_agreed(request, authorities(), beleid(), NOW)
        check(decision, Outcome.PERMIT_REDUCED, R.FIELD_NOT_IN_PROFILE, R.BSN_NOT_ALLOWED)
        assert set(decision.released) == set(a_request().velden)

    def test_unknown_recipient(self) -> None:
        """A preview for somebody who cannot receive shows a refusal."""
        decision = decide_as_if_agreed(a_request(partij=None), authorities(), beleid(), NOW)
        check(decision, Outcome.DENY, R.RECIPIENT_UNKNOWN)

    def test_no_profile(self) -> None:
        """A preview for a recipient without a profile shows that nothing would go."""
        decision = decide_as_if_agreed(a_request(doel=Gebruiksdoel.VERZUIM), authorities(), beleid(), NOW)
        check(decision, Outcome.DENY, R.FIELD_NOT_IN_PROFILE)


class TestProposal:
    """What a preview proposes to ask, and of whom."""

    @staticmethod
    def proposed(said: list[Toestemming], who: Authorities, *asked: G, **kw: Any) -> dict[G, Any]:
        request = a_request(*asked, **kw)
        decision = decide(request, said, who, (), None, beleid(), NOW)
        agreed = decide_as_if_agreed(request, who, beleid(), NOW)
        return proposal(request, said, who, beleid(), NOW, decision, agreed)

    def test_only_what_does_not_go_yet(self) -> None:
        """One ouder agreed to all of it, the other to one category; who said yes is not asked again."""
        both = [a_toestemming(P1), a_toestemming(P2, bereik=a_bereik(categorieen=(G.DOELEN,)))]
        found = self.proposed(both, authorities(), G.DOELEN, G.GEZONDHEID)
        assert found == {G.GEZONDHEID: {P2: {AVG}}}
        assert self.proposed([], authorities(), G.DOELEN) == {G.DOELEN: {P1: {AVG}, P2: {AVG}}}

    def test_nobody_is_asked_on_after_a_no(self) -> None:
        """Where somebody who may decide refused, there is nothing to propose."""
        assert self.proposed([a_weigering(P1)], authorities(), G.DOELEN) == {}

    def test_nobody_signs_for_what_a_signature_does_not_repair(self) -> None:
        """Gezag not known or too old, a category outside the profile, one the message has nothing of."""
        assert self.proposed([], authorities(gezag=()), G.DOELEN) == {}
        old = a_gezag(gecontroleerd_op=dt.date(2024, 1, 1))
        assert self.proposed([], authorities(old), G.DOELEN) == {}
        assert self.proposed([], authorities(), G.NUMMER) == {}
        assert self.proposed([], authorities(), G.DOELEN, velden=()) == {}

    def test_one_ouder_who_may_act_alone_leaves_nothing_to_ask(self) -> None:
        """Level 1 with the other's knowledge goes; his signature is not needed and not asked."""
        alone = [a_toestemming(P1, andere_ouder_geinformeerd=True)]
        assert self.proposed(alone, authorities(), G.CONTACT) == {}


# ── how one statement stands


@pytest.mark.parametrize(
    ("today", "stand"),
    [
        ("2026-09-30", Toestemmingstand.NOG_NIET_GELDIG),
        ("2026-10-01", Toestemmingstand.GEGEVEN),
        ("2027-03-13", Toestemmingstand.GEGEVEN),
        ("2027-03-14", Toestemmingstand.VERLOPEN),
    ],
)
def test_a_statement_stands_from_its_first_to_its_last_day(today: str, stand: Toestemmingstand) -> None:
    """The last day is that on which it still carries, here half a year after it was said, by policy."""
    given = a_toestemming(P1, geldig_vanaf=dt.date(2026, 10, 1), geldig_tot_en_met=dt.date(2027, 7, 31))
    half = Beleid.of((), "", regio=Regiobeleid(toestemming_max_maanden=6))
    assert record_state([given], half, midnight(dt.date.fromisoformat(today))) is stand


def test_a_no_and_a_withdrawal_do_not_end() -> None:
    """A refusal stays one after its last day; a withdrawal ends its statement whatever the dates say."""
    late = midnight(dt.date(2099, 1, 1))
    given = a_toestemming(P1)
    assert record_state([a_weigering(P1)], beleid(), late) is Toestemmingstand.GEWEIGERD
    assert record_state([given, an_intrekking(given)], beleid(), late) is Toestemmingstand.INGETROKKEN
