"""A weighing lets go exactly what it names, and every way in which it can fail."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import pytest

from consent.afwegen import OfferedAfweging, same_person
from consent.beleid import Beleid
from consent.decide import decide, refuse_repeat
from consent.grenzen import Grenzen
from consent.plek import Plek
from consent.request import Request
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Ground, Outcome, Reden
from schemas.people.afweging import Afweging, Afwegingsverslag, Veldnoodzaak, Weegfunctie, Weger
from schemas.people.hoedanigheden import Partijfunctie
from schemas.people.hoedanigheden import Partijhoedanigheid as P
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting
from tests.builders import (
    AANBIEDER,
    GI,
    NOW,
    P1,
    P2,
    SCHOOL,
    X,
    a_bereik,
    a_gezag,
    a_partij,
    a_toestemming,
    a_tweede_blik,
    a_veto,
    a_weger,
    a_weigering,
    about_safety,
    an_acute,
    an_afweging,
    an_id,
    an_intrekking,
    authorities,
    hash_of,
    offered,
    safety,
    stromen,
    told,
)

R = Reden
TO: Final = Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDHULPVERLENER)


@cache
def by_table() -> Beleid:
    """By the rules of a flow: from school to jeugdhulp it takes toestemming (V56) or a weighing."""
    return dataclasses.replace(safety(), stromen=stromen())


def asked(*categorieen: G, **kw: Any) -> Request:
    sides: dict[str, Any] = {
        "ontvanger": TO,
        "partij": a_partij(),
        "van": Plek(P.ONDERWIJS),
        "aan": Plek(P.JEUGDHULP, Partijfunctie.JEUGDHULPVERLENER),
    }
    return about_safety(*categorieen, **(sides | kw))


def weighing_of(*paden: str, **kw: Any) -> Afweging:
    return an_afweging(*paden, **({"ontvanger": TO} | kw))


def acute(**kw: Any) -> Afweging:
    return an_acute(**({"ontvanger": TO} | kw))


HOUR = dt.timedelta(hours=1)
CELLS = a_bereik(doelen=(Gebruiksdoel.VEILIGHEID,), ontvangers=(asked().ontvanger,))
REFUSED = [a_weigering(P1, bereik=CELLS), a_toestemming(P2, bereik=CELLS)]
WORDS = "leerlingStem[].eigenWoorden"


def decided(
    weighing: OfferedAfweging,
    request: Request | None = None,
    said: Sequence[Any] = REFUSED,
    *,
    as_of: dt.datetime = NOW,
    grenzen: Grenzen | None = None,
    **kw: Any,
) -> Decision:
    policy = dataclasses.replace(by_table(), grenzen=grenzen or Grenzen())
    return decide(request or asked(), said, authorities(**kw), (), weighing, policy, as_of)


def approved(decision: Decision) -> None:
    assert (decision.outcome, set(decision.codes)) == (Outcome.PERMIT, {R.BG_APPROVED})
    assert decision.ground is Ground.BREAK_GLASS
    assert set(decision.released) == set(asked().velden)


def refused(decision: Decision, *reasons: Reden) -> None:
    """Told why the weighing does not carry, beside what the people said."""
    assert decision.outcome is Outcome.DENY
    assert set(decision.codes) == {R.CONSENT_REFUSED, R.PARENTS_CONFLICT, *reasons}
    assert decision.released == ()


def test_approved() -> None:
    """Complete, of two people, for exactly this: it goes, and the refusal stays to be read beside it."""
    decision = decided(offered(weighing_of()))
    approved(decision)
    assert decision.ground_ids == (weighing_of().id,)
    told_beside = {r.code for r in decision.per_category[G.DOELEN]}
    assert told_beside == {R.BG_APPROVED, R.CONSENT_REFUSED, R.PARENTS_CONFLICT}


def test_a_name_that_is_none() -> None:
    """Nobody is told apart from somebody without a name: when in doubt the same."""
    nobody = weighing_of(opsteller=a_weger(" "))
    refused(decided(offered(nobody)), R.BG_INCOMPLETE, R.BG_FOUR_EYES_MISSING)


class TestIncomplete:
    @pytest.mark.parametrize("question", Afwegingsverslag.model_fields)
    def test_a_question_left_blank(self, question: str) -> None:
        """Each of the eight questions must be answered with more than blanks."""
        verslag = weighing_of().verslag.model_copy(update={question: " \n"})
        refused(decided(offered(weighing_of(verslag=verslag))), R.BG_INCOMPLETE)

    @pytest.mark.parametrize(
        "kw",
        [
            {"velden": tuple(Veldnoodzaak(pad=p, nodig_omdat=" ") for p in asked().velden)},
            {"acuut": " "},
            {"informeren": told(wanneer="uitgesteld")},
            {"venster_van": NOW - 2 * HOUR},
        ],
        ids=["why a field is needed", "why it is acute", "why telling is put off", "backdated"],
    )
    def test_what_a_form_cannot_see(self, kw: dict[str, Any]) -> None:
        """Blank texts, a reason that lacks, and a window that opens before the weighing."""
        refused(decided(offered(weighing_of(**kw))), R.BG_INCOMPLETE)

    def test_a_window_that_ends_before_it_begins(self) -> None:
        """Such a window is no window, and over as well."""
        turned = weighing_of(venster_tot=NOW - 2 * HOUR)
        refused(decided(offered(turned)), R.BG_INCOMPLETE, R.BG_EXPIRED)


class TestFourEyes:
    @pytest.mark.parametrize("name", ["dhr. Fictief", "DHR. FICTIEF", " dhr.  Fictief "])
    @pytest.mark.parametrize("partij", [SCHOOL, AANBIEDER])
    def test_one_person_twice(self, name: str, partij: str) -> None:
        """The initiator is no reviewer, however he is spelled and for whomever he acts."""
        same = weighing_of(beoordelaar=a_weger(name, partij=partij))
        refused(decided(offered(same)), R.BG_FOUR_EYES_MISSING)

    def test_nobody(self) -> None:
        """Without a reviewer it is acute danger or nothing."""
        refused(decided(offered(weighing_of(beoordelaar=None))), R.BG_FOUR_EYES_MISSING)


class TestAuthorised:
    @pytest.mark.parametrize("functie", Weegfunctie)
    def test_who_may_approve(self, functie: Weegfunctie) -> None:
        """Only the aandachtsfunctionaris and the gedragswetenschapper approve; the FG never."""
        decision = decided(offered(weighing_of(beoordelaar=a_weger(functie=functie))))
        if functie in {Weegfunctie.AANDACHTSFUNCTIONARIS, Weegfunctie.GEDRAGSWETENSCHAPPER}:
            approved(decision)
        else:
            refused(decision, R.BG_NOT_AUTHORISED)

    @pytest.mark.parametrize(
        "kw",
        [
            {"vastgelegd_door": AANBIEDER},
            {"opsteller": a_weger("dhr. Fictief", partij=AANBIEDER)},
            {"opsteller": a_weger("een", functie=Weegfunctie.FUNCTIONARIS_GEGEVENSBESCHERMING)},
        ],
        ids=["recorded by another", "initiator of another", "FG initiates"],
    )
    def test_who_may_initiate(self, kw: dict[str, Any]) -> None:
        """The sender weighs what it sends itself, and the FG weighs nothing."""
        refused(decided(offered(weighing_of(**kw))), R.BG_NOT_AUTHORISED)

    def test_a_region_may_ask_more(self) -> None:
        """Where only one function may approve, the other may not."""
        strict = Grenzen(goedkeurders=frozenset({Weegfunctie.GEDRAGSWETENSCHAPPER}))
        refused(decided(offered(weighing_of()), grenzen=strict), R.BG_NOT_AUTHORISED)


class TestScope:
    @pytest.mark.parametrize(
        "kw",
        [
            {"leerling": X},
            {"doel": Gebruiksdoel.OPP},
            {"richting": Richting.J2S},
            {"ontvanger": Ontvanger(partij=GI, rol=Rol.JEUGDHULPVERLENER)},
            {"ontvanger": Ontvanger(partij=AANBIEDER, rol=Rol.ADMINISTRATIE)},
            {"ontvanger_persoon": "Iemand Anders"},
            {"velden": weighing_of().velden[:1]},
            {"velden": (*weighing_of().velden, Veldnoodzaak(pad="verzonnen", nodig_omdat="Fictief."))},
            {"velden": (*weighing_of().velden, Veldnoodzaak(pad="leerling.bsn", nodig_omdat="Fictief."))},
            {"velden": (*weighing_of().velden, Veldnoodzaak(pad=WORDS, nodig_omdat="Fictief."))},
        ],
        ids=[
            "leerling", "doel", "direction", "partij", "role", "person", "fewer fields", "unknown field",
            "a number", "own words",
        ],
    )  # fmt: skip
    def test_bound_to_exactly_this(self, kw: dict[str, Any]) -> None:
        """Another leerling, doel, direction, recipient, person or field is a new weighing."""
        refused(decided(offered(weighing_of(**kw))), R.BG_SCOPE_EXCEEDED)

    @pytest.mark.parametrize("kw", [{"leerling": None}, {"ontvanger_persoon": None}], ids=str)
    def test_a_request_that_does_not_say(self, kw: dict[str, Any]) -> None:
        """A request without its leerling or the person who asks fits no weighing."""
        refused(decided(offered(weighing_of()), asked(**kw)), R.BG_SCOPE_EXCEEDED)

    def test_only_for_safety(self) -> None:
        """A weighing for another doel carries nothing, not even a request for that very doel."""
        cells = CELLS.model_copy(update={"doelen": (Gebruiksdoel.VERZUIM,)})
        weighed = weighing_of(doel=Gebruiksdoel.VERZUIM)
        request = asked(doel=Gebruiksdoel.VERZUIM)
        said = [a_weigering(P1, bereik=cells), a_toestemming(P2, bereik=cells)]
        refused(decided(offered(weighed), request, said), R.BG_SCOPE_EXCEEDED)

    def test_outside_the_profile_stays_home(self) -> None:
        """What the message has more, outside the profile, stays home as always and exceeds nothing."""
        request = asked(velden=(*asked().velden, "leerling.bsn", "verzonnen.veld"))
        decision = decided(offered(weighing_of()), request)
        assert set(decision.codes) == {R.BG_APPROVED, R.BSN_NOT_ALLOWED}
        assert set(decision.released) == set(asked().velden)

    def test_releases_are_counted(self) -> None:
        """One release without a number, as many as it says with one, and never more than policy allows."""
        refused(decided(offered(vrijgaven=1)), R.BG_SCOPE_EXCEEDED)
        twice = weighing_of(aantal_vrijgaven=2)
        approved(decided(offered(twice, vrijgaven=1)))
        refused(decided(offered(twice, vrijgaven=2)), R.BG_SCOPE_EXCEEDED)
        refused(
            decided(offered(twice, vrijgaven=1), grenzen=Grenzen(vrijgaven=1)),
            R.BG_SCOPE_EXCEEDED,
        )

    def test_files(self) -> None:
        """No file goes along that is not listed itself."""
        listed = offered(weighing_of(bijlagen=(hash_of("een"),)))
        approved(decided(listed, asked(bijlagen=(hash_of("een"),))))
        other = asked(bijlagen=(hash_of("een"), hash_of("twee")))
        refused(decided(listed, other), R.BG_SCOPE_EXCEEDED)
        refused(decided(offered(weighing_of()), asked(bijlagen=(hash_of("een"),))), R.BG_SCOPE_EXCEEDED)

    def test_fields_about_files(self) -> None:
        """Even the name of a file goes only when it is known which file, and that one is listed."""
        pad = "bijlagen[].naam"
        cells = CELLS.model_copy(update={"categorieen": (G.BIJLAGE,)})
        said = [a_weigering(P1, bereik=cells), a_toestemming(P2, bereik=cells)]
        weighed = offered(weighing_of(pad, bijlagen=(hash_of("een"),)))
        known = asked(G.BIJLAGE, velden=(pad,), bijlagen=(hash_of("een"),))
        assert decided(weighed, known, said).released == (pad,)
        unknown = asked(G.BIJLAGE, velden=(pad,))
        refused(decided(weighed, unknown, said), R.BG_SCOPE_EXCEEDED)


class TestWindow:
    @pytest.mark.parametrize(
        ("as_of", "carries"),
        [
            (NOW - HOUR - dt.timedelta(seconds=1), False),
            (NOW - HOUR, True),
            (NOW + 71 * HOUR - dt.timedelta(seconds=1), True),
            (NOW + 71 * HOUR, False),
        ],
        ids=["before", "first instant", "last second", "over"],
    )
    def test_half_open(self, as_of: dt.datetime, carries: bool) -> None:
        """It may be used from its first instant until just before its last."""
        decision = decided(offered(weighing_of()), as_of=as_of)
        approved(decision) if carries else refused(decision, R.BG_EXPIRED)

    def test_never_longer_than_72_hours(self) -> None:
        """However long a window says it is, after 72 hours it is over; a region may say sooner."""
        long = offered(weighing_of(venster_tot=NOW + 1000 * HOUR))
        approved(decided(long, as_of=NOW + 70 * HOUR))
        refused(decided(long, as_of=NOW + 71 * HOUR), R.BG_EXPIRED)
        soon = Grenzen(venster=dt.timedelta(hours=2))
        approved(decided(long, grenzen=soon))
        refused(decided(long, as_of=NOW + HOUR, grenzen=soon), R.BG_EXPIRED)


class TestAcute:
    later = NOW + 23 * HOUR
    """Twenty-four hours after the weighing."""

    def test_one_person_for_a_day(self) -> None:
        """In acute danger one person may share; after 24 hours without a second look it is over."""
        approved(decided(offered(acute()), as_of=self.later - dt.timedelta(seconds=1)))
        refused(decided(offered(acute()), as_of=self.later), R.BG_REVIEW_OVERDUE)

    def test_a_second_look(self) -> None:
        """Looked at by another person who may, it carries on until its window ends."""
        seen = offered(acute(), tweede_blikken=(a_tweede_blik(acute()),))
        approved(decided(seen, as_of=self.later))

    @pytest.mark.parametrize(
        "kw",
        [
            {"door": a_weger("dhr. fictief")},
            {"door": a_weger(functie=Weegfunctie.LEERKRACHT)},
            {"moment": NOW + 24 * HOUR},
            {"moment": NOW - 2 * HOUR},
            {"afweging": an_id("een andere")},
        ],
        ids=["himself", "no authorised function", "not yet", "before the weighing", "of another weighing"],
    )
    def test_what_is_no_second_look(self, kw: dict[str, Any]) -> None:
        """By himself, by somebody who may not, at another moment or of another weighing: it is none."""
        seen = offered(acute(), tweede_blikken=(a_tweede_blik(acute(), **kw),))
        refused(decided(seen, as_of=self.later), R.BG_REVIEW_OVERDUE)

    def test_a_second_person_who_does_not_agree(self) -> None:
        """Who looks along and says no ends it at once."""
        no = offered(acute(), tweede_blikken=(a_tweede_blik(acute(), akkoord=False),))
        refused(decided(no), R.BG_NOT_AUTHORISED)

    def test_no_further_one(self) -> None:
        """Who left a review undone gets no next one, not even with a second person, until it is done."""
        old = acute(id=an_id("eerder"), moment=NOW - 30 * HOUR)
        refused(decided(offered(weighing_of(), eerdere=(old,))), R.BG_REVIEW_OVERDUE)
        approved(decided(offered(weighing_of(), eerdere=(old,), tweede_blikken=(a_tweede_blik(old),))))

    def test_of_another_initiator(self) -> None:
        """What somebody else left undone does not stop this one; nor does one that had its second person."""
        other = acute(id=an_id("eerder"), moment=NOW - 30 * HOUR, opsteller=a_weger("Iemand Anders"))
        reviewed = weighing_of(id=an_id("met tweede"), moment=NOW - 30 * HOUR)
        approved(decided(offered(weighing_of(), eerdere=(other, reviewed))))


class TestBesideOtherGrounds:
    def test_only_what_nothing_else_lets_go(self) -> None:
        """What all agreed to goes on their toestemming; the weighing is for the rest, and both are named."""
        agreed = [a_toestemming(p, bereik=CELLS) for p in (P1, P2)]
        decision = decided(offered(weighing_of()), said=agreed)
        assert (decision.ground, set(decision.codes)) == (Ground.CONSENT, {R.CONSENT_VALID})
        only_contact = [
            a_toestemming(p, bereik=CELLS.model_copy(update={"categorieen": (G.CONTACT,)})) for p in (P1, P2)
        ]
        both = asked(G.CONTACT, G.DOELEN, velden=(*asked().velden, "school.naam"))
        mixed = decided(offered(weighing_of()), both, only_contact)
        assert (mixed.ground, set(mixed.codes)) == (Ground.BREAK_GLASS, {R.CONSENT_VALID, R.BG_APPROVED})
        assert set(mixed.released) == set(both.velden)

    @pytest.mark.parametrize(
        "kw",
        [
            {"vetos": (a_veto(vastgelegd_door=SCHOOL),)},
            {"gezag": (a_gezag(afgeschermd_voor=(AANBIEDER,)),)},
        ],
    )
    def test_veto_and_protection_come_first(self, kw: dict[str, Any]) -> None:
        """No weighing goes past a professional's veto or a protected party."""
        decision = decided(offered(weighing_of()), **kw)
        assert decision.outcome is Outcome.DENY
        assert set(decision.codes) <= {R.PROFESSIONAL_VETO, R.PROTECTED_PARTY}

    def test_nothing_to_go(self) -> None:
        """A weighing for a message that has none of its fields lets nothing go and says nothing."""
        decision = decided(offered(weighing_of()), asked(velden=()))
        refused(decision)

    def test_a_repeat_that_may_not_be(self) -> None:
        """A refused repeat keeps no trace of what would have let it go."""
        after = refuse_repeat(decided(offered(weighing_of())))
        assert R.BG_APPROVED not in after.codes
        assert after.ground_ids == ()

    def test_everything_that_is_wrong_is_told(self) -> None:
        """All faults of a weighing are told at once."""
        bad = weighing_of(
            opsteller=a_weger(" "), beoordelaar=a_weger(" ", functie=Weegfunctie.ANDERS), leerling=X
        )
        later = NOW + 100 * HOUR
        refused(
            decided(offered(bad, eerdere=(acute(opsteller=a_weger(" ")),)), as_of=later),
            R.BG_INCOMPLETE,
            R.BG_FOUR_EYES_MISSING,
            R.BG_NOT_AUTHORISED,
            R.BG_SCOPE_EXCEEDED,
            R.BG_EXPIRED,
            R.BG_REVIEW_OVERDUE,
        )

    def test_withdrawal_stays_visible(self) -> None:
        """That somebody withdrew stays visible beside what went without him."""
        agreed = [a_toestemming(p, bereik=CELLS) for p in (P1, P2)]
        decision = decided(offered(weighing_of()), said=[*agreed, an_intrekking(agreed[1])])
        assert R.CONSENT_WITHDRAWN in {r.code for r in decision.per_category[G.DOELEN]}


def test_who_signed_in_twice_is_one_person() -> None:
    """Whatever he calls himself the second time; two who signed in under two names are two."""
    one = Weger(partij="brin:99ZZ00", medewerker="Iris", functie=Weegfunctie.LEERKRACHT, persoon="a" * 32)
    assert same_person(one, one.model_copy(update={"medewerker": "Ilse"}))
    assert not same_person(one, one.model_copy(update={"medewerker": "Ilse", "persoon": "b" * 32}))
    assert same_person(one, one.model_copy(update={"persoon": "b" * 32}))
    assert "persoon" not in Weger(partij="brin:99ZZ00", medewerker="I", functie=one.functie).model_dump()
