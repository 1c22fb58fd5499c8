"""An explanation says why, to whom it may be said, and gives away nothing of what may not."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.decide import decide
from gateway.explain import teksten, veldnamen
from gateway.explain.uitleg import Lezer, explain, explain_levering
from gateway.explain.uitleg_tekst import as_text
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Decision, Ground, Ondertekenaar, Outcome, Reden, Redengrond, Standpunt
from schemas.exchange.uitwisseling import Levering, Leveringstatus
from schemas.messages.berichten import BERICHTEN
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Hoedanigheid, Richting
from schemas.shown.uitleg import Categoriestand, Handelaar, Lezersoort, Uitleg
from tests import strategies
from tests.builders import AANBIEDER, NOW, P1, P2, SCHOOL, YOUTH, a_toestemming, a_weigering, an_id
from tests.uitlegvoorbeelden import DIAGNOSIS, FOLDER, GOAL, NAME, case, decisions, told

OPP: Final = "ontwikkelingsperspectief"
S2J, J2S = Richting.S2J, Richting.J2S
SENDER: Final = Lezer(Lezersoort.AFZENDER, SCHOOL)
OUDER: Final = Lezer(Lezersoort.OUDER, SCHOOL)
ONTVANGER: Final = Lezer(Lezersoort.ONTVANGER)
FG: Final = Lezer(Lezersoort.FG)
READERS: Final = (SENDER, OUDER, ONTVANGER, FG)
SIGNERS: Final = (
    Ondertekenaar(P1, Hoedanigheid.OUDER, Standpunt.ONTBREEKT, (G.DOELEN, G.GEZONDHEID)),
    Ondertekenaar(P2, Hoedanigheid.OUDER, Standpunt.TOEGESTEMD, (G.GEZONDHEID,)),
    Ondertekenaar(YOUTH, Hoedanigheid.LEERLING, Standpunt.GEWEIGERD, (G.DOELEN,)),
)
EXAMPLES: Final = decisions()


def a_decision(outcome: Outcome, *reasons: Reden, by: tuple[str, ...] = (SCHOOL,), **kw: Any) -> Decision:
    """`reasons` of the decision and of its two categories, all resting on the facts of `by`."""
    found = tuple(Redengrond(r, by) for r in reasons)
    goes = outcome in (Outcome.PERMIT, Outcome.PERMIT_REDUCED)
    data: dict[str, Any] = {
        "decision_id": an_id("besluit"),
        "outcome": outcome,
        "ground": Ground.CONSENT if goes else Ground.NONE,
        "reasons": found,
        "per_category": {G.DOELEN: found, G.GEZONDHEID: found},
        "released": (GOAL,) if goes else (),
        "withheld": {Reden.FIELD_NOT_CONSENTED: (DIAGNOSIS,) if goes else (GOAL, DIAGNOSIS)},
        "signers": SIGNERS,
        "consent_event_ids": (),
        "policy_hash": "0" * 64,
        "profile_id": "fictief-profiel",
        "profile_hash": None,
        "consent_epoch": 3,
        "as_of": NOW,
        "expires_at": NOW + dt.timedelta(minutes=15),
    }
    return Decision(**(data | kw))


def a_levering(besluit: Decision, status: Leveringstatus, **kw: Any) -> Levering:
    data: dict[str, Any] = {
        "id": an_id("levering"),
        "uitwisseling": an_id("uitwisseling"),
        "leerling": an_id("rij"),
        "afzender": SCHOOL,
        "ontvanger": AANBIEDER,
        "rol": Rol.JEUGDHULPVERLENER,
        "doel": Gebruiksdoel.ARRANGEMENT,
        "richting": S2J,
        "berichtsoort": OPP,
        "status": status,
        "besluit": besluit,
        "sinds": NOW,
        "vervalt_op": NOW + dt.timedelta(days=30),
    }
    return Levering(**(data | kw))


def bytes_of(u: Uitleg) -> bytes:
    return u.model_dump_json().encode()


# ── everything there is


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("reden", Reden)
def test_every_reason_with_every_outcome_is_told(reden: Reden, outcome: Outcome) -> None:
    """For every reader, in both directions: data that fits its model, the same twice, and text of it."""
    for n, (lezer, richting) in enumerate(itertools.product(READERS, Richting)):
        d = a_decision(outcome, reden, ground=[*Ground][n % len(Ground)])
        u = explain(d, OPP, richting, lezer)
        assert Uitleg.model_validate_json(bytes_of(u)) == u
        assert bytes_of(explain(d, OPP, richting, lezer)) == bytes_of(u)
        text = as_text(u)
        assert u.tekst in text.splitlines()
        assert text.endswith("\n")
        assert "\n\n\n" not in text
        codes = {c for k in u.categorieen for c in k.redenen} | {g.reden for g in u.achtergehouden if g.reden}
        assert codes <= {r.code for r in u.redenen}
        assert {n for r in u.redenen for n in r.normen} == {n.naam for n in u.normen}


@pytest.mark.parametrize("name", EXAMPLES)
def test_worked_examples_read_as_they_were_approved(name: str) -> None:
    """Word for word what somebody read over; `python -m tests.uitlegvoorbeelden` writes it anew."""
    assert told(name, EXAMPLES[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_there_is_no_example_too_many() -> None:
    """A file that belongs to no example is one that nobody reads over."""
    assert {p.stem for p in FOLDER.iterdir()} == EXAMPLES.keys()


# ── what it says


def test_an_fg_reads_everything() -> None:
    """Each reason with its article and whose facts it rests on, and what he needs to decide it again."""
    u = explain(a_decision(Outcome.DENY, Reden.PROFESSIONAL_VETO, by=(AANBIEDER,)), OPP, S2J, FG)
    (veto,) = (r for r in u.redenen if r.code == Reden.PROFESSIONAL_VETO)
    assert (veto.partijen, veto.normen) == ((AANBIEDER,), ("Jeugdwet artikel 7.3.11 lid 3",))
    assert u.besluit is not None
    assert (u.besluit.epoch, u.besluit.beleid) == (3, "0" * 64)


def test_missing_statements_are_roles() -> None:
    """Per category who has not agreed yet, counted; who said no is not asked again."""
    u = explain(a_decision(Outcome.HOLD, Reden.CONSENT_PARTIAL_SIGNERS), OPP, S2J, SENDER)
    found = {k.categorie: [(o.wie, o.aantal) for o in k.ontbreekt] for k in u.categorieen}
    assert found == {G.DOELEN: [(Hoedanigheid.OUDER, 1)], G.GEZONDHEID: [(Hoedanigheid.OUDER, 2)]}
    assert "van twee ouders met gezag." in as_text(u)
    assert teksten.hoedanigheid(Hoedanigheid.CURATOR, 2) == "de curator (2 keer)"
    assert teksten.hoedanigheid(Hoedanigheid.OUDER, 3) == "een ouder met gezag (3 keer)"


def test_several_roles_are_told_in_one_sentence() -> None:
    """Known and unknown signers together, the unknown last."""
    roles = (Hoedanigheid.LEERLING, Hoedanigheid.VOOGD, None)
    signers = tuple(Ondertekenaar(None, h, Standpunt.ONTBREEKT, (G.DOELEN,)) for h in reversed(roles))
    u = explain(a_decision(Outcome.HOLD, Reden.CONSENT_MISSING, signers=signers), OPP, S2J, SENDER)
    assert "van de leerling, de voogd en iemand die nog niet bekend is." in as_text(u)


STANDS: Final[list[tuple[Decision, dict[G, Categoriestand]]]] = [
    (
        a_decision(Outcome.PERMIT, Reden.CONSENT_VALID, released=(GOAL, DIAGNOSIS), withheld={}),
        {G.DOELEN: Categoriestand.GAAT_MEE, G.GEZONDHEID: Categoriestand.GAAT_MEE},
    ),
    (
        a_decision(
            Outcome.PERMIT_REDUCED,
            Reden.CONSENT_VALID,
            withheld={Reden.FREE_TEXT_UNREVIEWED: ("handelingsdeel.praktijkvorming",)},
        ),
        {G.DOELEN: Categoriestand.GAAT_DEELS_MEE, G.GEZONDHEID: Categoriestand.NIET_AANWEZIG},
    ),
    (
        a_decision(Outcome.PERMIT_REDUCED, Reden.CONSENT_MISSING),
        {G.DOELEN: Categoriestand.GAAT_MEE, G.GEZONDHEID: Categoriestand.BLIJFT_THUIS},
    ),
    (
        a_decision(Outcome.HOLD, Reden.CONSENT_MISSING),
        {G.DOELEN: Categoriestand.WACHT, G.GEZONDHEID: Categoriestand.WACHT},
    ),
    (
        a_decision(Outcome.HOLD, Reden.YOUTH_REFUSES),
        {G.DOELEN: Categoriestand.BLIJFT_THUIS, G.GEZONDHEID: Categoriestand.BLIJFT_THUIS},
    ),
    (
        a_decision(Outcome.DENY, Reden.CONSENT_SCOPE_PURPOSE),
        {G.DOELEN: Categoriestand.BLIJFT_THUIS, G.GEZONDHEID: Categoriestand.BLIJFT_THUIS},
    ),
]


@pytest.mark.parametrize(("d", "stands"), STANDS)
def test_each_category_has_its_stand(d: Decision, stands: dict[G, Categoriestand]) -> None:
    """Goes, goes in part, is not in the message, waits, stays."""
    assert {k.categorie: k.stand for k in explain(d, OPP, S2J, SENDER).categorieen} == stands


def test_a_number_never_waits() -> None:
    """What never leaves is not told to wait, whatever the rest does."""
    found = (Redengrond(Reden.CONSENT_MISSING, (SCHOOL,)),)
    d = a_decision(Outcome.HOLD, Reden.CONSENT_MISSING, per_category={G.NUMMER: found, G.DOELEN: found})
    u = explain(d, OPP, S2J, SENDER)
    assert [k.stand for k in u.categorieen] == [Categoriestand.BLIJFT_THUIS, Categoriestand.WACHT]


def test_who_said_no_is_not_asked_on() -> None:
    """Where somebody said no, the other steps for the same thing are left out."""
    d = a_decision(Outcome.DENY, Reden.CONSENT_REFUSED, Reden.CONSENT_MISSING)
    steps = [s.tekst for s in explain(d, OPP, S2J, SENDER).stappen]
    assert teksten.stap(Reden.CONSENT_MISSING) not in steps
    assert steps[0] == teksten.stap(Reden.CONSENT_REFUSED)


def test_nobody_is_asked_for_a_signature_that_lets_nothing_go() -> None:
    """Without a field that waits for it: nobody is missing, and no step asks for anything."""
    d = a_decision(
        Outcome.DENY,
        Reden.CONSENT_SCOPE_PURPOSE,
        Reden.RECIPIENT_ROLE_MISMATCH,
        withheld={Reden.FIELD_NOT_IN_PROFILE: (GOAL, DIAGNOSIS)},
    )
    u = explain(d, OPP, S2J, SENDER)
    assert all(k.ontbreekt == () for k in u.categorieen)
    steps = [s.tekst for s in u.stappen]
    assert steps == [teksten.stap(Reden.RECIPIENT_ROLE_MISMATCH), teksten.uitleg("daarna", "opnieuw")]


@pytest.mark.parametrize(
    ("outcome", "last"),
    [
        (Outcome.HOLD, (Handelaar.VANZELF, "wacht")),
        (Outcome.DENY, (Handelaar.AFZENDER, "opnieuw")),
        (Outcome.PERMIT_REDUCED, (Handelaar.AFZENDER, "opnieuw")),
    ],
)
def test_what_happens_after_that(outcome: Outcome, last: tuple[Handelaar, str]) -> None:
    """What waits goes on by itself; what was decided has to be sent again."""
    step = explain(a_decision(outcome, Reden.CONSENT_EXPIRED), OPP, S2J, SENDER).stappen[-1]
    assert (step.wie, step.tekst) == (last[0], teksten.uitleg("daarna", last[1]))


def test_nothing_to_do_is_no_step() -> None:
    """A permit, whole or without what never goes, asks nothing of anybody."""
    for d in (
        a_decision(Outcome.PERMIT, Reden.CONSENT_VALID, withheld={}),
        a_decision(Outcome.PERMIT_REDUCED, Reden.BSN_NOT_ALLOWED),
    ):
        assert explain(d, OPP, S2J, SENDER).stappen == ()


def test_an_ouder_hears_whose_turn_it_is() -> None:
    """He may say yes or no himself; the work of the organisations is not given to him."""
    u = explain(a_decision(Outcome.HOLD, Reden.CONSENT_MISSING), OPP, S2J, OUDER)
    assert [s.wie for s in u.stappen] == [Handelaar.ONDERTEKENAAR, Handelaar.AFZENDER]
    assert teksten.stap(Reden.CONSENT_MISSING) not in as_text(u)
    assert "CONSENT_MISSING" not in as_text(u)
    waiting = explain(a_decision(Outcome.HOLD, Reden.CONSENT_NOT_YET_VALID, signers=()), OPP, S2J, OUDER)
    assert waiting.stappen == ()


# ── what happened to the levering since


def test_the_state_is_told_with_the_decision() -> None:
    """The sender reads both; the recipient has his own view of its state."""
    v = a_levering(a_decision(Outcome.HOLD, Reden.CONSENT_MISSING), Leveringstatus.AANGEHOUDEN)
    u = explain_levering(v, SENDER)
    assert (u.status, u.status_tekst) == (v.status, teksten.status(v.status))
    assert explain_levering(v, ONTVANGER).status is None


def test_what_was_taken_before_a_refusal_is_told() -> None:
    """The fields that went stand under what went, and nobody reads that nothing was shared."""
    d = a_decision(Outcome.DENY, Reden.CONSENT_WITHDRAWN)
    v = a_levering(d, Leveringstatus.INGETROKKEN, overgedragen=(GOAL,), vastgelegde_hash="0")
    u = explain_levering(v, SENDER)
    assert u.tekst == teksten.uitleg("uitkomst", "opgehaald")
    assert [f.pad for g in u.meegegeven for f in g.velden] == [GOAL]
    assert [f.pad for g in u.achtergehouden for f in g.velden] == [DIAGNOSIS]


@pytest.mark.parametrize("outcome", [Outcome.HOLD, Outcome.PERMIT])
def test_what_lapsed_neither_waits_nor_goes(outcome: Outcome) -> None:
    """After its term: nothing goes, nothing waits, and it has to be sent again."""
    v = a_levering(a_decision(outcome, Reden.CONSENT_VALID), Leveringstatus.VERVALLEN)
    u = explain_levering(v, SENDER)
    assert u.tekst == teksten.status(Leveringstatus.VERVALLEN)
    assert u.meegegeven == ()
    assert {k.stand for k in u.categorieen} <= {Categoriestand.BLIJFT_THUIS, Categoriestand.NIET_AANWEZIG}
    assert u.stappen[-1].tekst == teksten.status_stap(Leveringstatus.VERVALLEN)
    assert explain_levering(v, ONTVANGER).categorieen == ()


def test_a_refusal_by_the_recipient_is_the_main_reason() -> None:
    """What came after the decision takes the place of its reasons."""
    d = a_decision(Outcome.PERMIT, Reden.CONSENT_VALID, released=(GOAL, DIAGNOSIS), withheld={})
    v = a_levering(
        d,
        Leveringstatus.GEWEIGERD,
        redenen=(Reden.RECIPIENT_DECLINED,),
        overgedragen=(GOAL, DIAGNOSIS),
        vastgelegde_hash="0",
    )
    u = explain_levering(v, SENDER)
    assert Reden.RECIPIENT_DECLINED in {r.code for r in u.redenen}
    assert u.status_tekst == teksten.status("geweigerd_door_ontvanger")
    assert teksten.reden(Reden.RECIPIENT_DECLINED) in as_text(u)
    assert Reden.RECIPIENT_DECLINED in {r.code for r in explain_levering(v, FG).redenen}


# ── what it does not say

HIDDEN: Final = [r for r in Reden if r is not Reden.CONSENT_VALID]


@pytest.mark.parametrize("lezer", [SENDER, OUDER, ONTVANGER], ids=lambda x: x.soort)
def test_every_hidden_cause_is_the_same_bytes(lezer: Lezer) -> None:
    """Held, refused or failed, for whatever reason of another: data and text are equal to the byte."""
    seen, texts = set(), set()
    for reden, outcome, beside in itertools.product(
        HIDDEN, (Outcome.HOLD, Outcome.DENY, Outcome.ERROR), (None, Reden.CONSENT_MISSING)
    ):
        d = a_decision(outcome, reden, by=(AANBIEDER,))
        if beside is not None and reden is not beside:
            own = (*d.reasons, Redengrond(beside, (SCHOOL,)))
            d = d.model_copy(update={"reasons": own, "per_category": {**d.per_category, G.DOELEN: own}})
            if lezer.told(own) != own:
                continue  # a remark changes no outcome: without it this is another, open case
        fields = {Reden.FIELD_NOT_IN_PROFILE: (GOAL,)} if outcome is Outcome.HOLD else d.withheld
        u = explain(d.model_copy(update={"withheld": fields}), OPP, S2J, lezer)
        seen.add(bytes_of(u))
        texts.add(as_text(u))
    assert (len(seen), len(texts)) == (1, 1)


def test_a_veto_looks_like_a_refusal_recorded_elsewhere() -> None:
    """Both are as `decide` makes them, with other fields, signers and categories, and have one
    explanation.
    """
    veto = EXAMPLES["CE-28"]
    elsewhere = case(consents=[a_toestemming(P1), a_weigering(P2, vastgelegd_door=AANBIEDER)])
    assert veto.signers != elsewhere.signers
    assert bytes_of(explain(veto, OPP, S2J, SENDER)) == bytes_of(explain(elsewhere, OPP, S2J, SENDER))


@pytest.mark.parametrize("remark", ["OBJECTION_NOT_ENTITLED", "SIGNER_NO_AUTHORITY", "GEZAG_CHANGED"])
@pytest.mark.parametrize("outcome", [Outcome.HOLD, Outcome.PERMIT_REDUCED])
def test_a_remark_that_is_not_for_you_is_as_if_it_was_not_made(remark: str, outcome: Outcome) -> None:
    """It changes no outcome, so who may not read it reads the same as without it."""
    plain = a_decision(outcome, Reden.CONSENT_MISSING)
    for lezer, by in ((OUDER, SCHOOL), (SENDER, AANBIEDER)):
        found = (*plain.reasons, Redengrond(Reden(remark), (by,)))
        d = plain.model_copy(
            update={"reasons": found, "per_category": dict.fromkeys(plain.per_category, found)}
        )
        assert bytes_of(explain(d, OPP, S2J, lezer)) == bytes_of(explain(plain, OPP, S2J, lezer))


def test_a_hidden_reason_hides_the_one_beside_it() -> None:
    """In a permit: of the category that stays, its other reasons and who has to sign are not told either."""
    d = a_decision(Outcome.PERMIT_REDUCED, Reden.CONSENT_VALID)
    mixed = (Redengrond(Reden.CONSENT_REFUSED, (AANBIEDER,)), Redengrond(Reden.CONSENT_MISSING, (SCHOOL,)))
    d = d.model_copy(update={"per_category": {**d.per_category, G.GEZONDHEID: mixed}})
    u = explain(d, OPP, S2J, SENDER)
    goes, stays = u.categorieen
    assert (goes.redenen, stays.redenen) == (("CONSENT_VALID",), (teksten.NIET_BESCHIKBAAR,))
    assert stays.ontbreekt == ()
    assert Reden.CONSENT_MISSING not in {r.code for r in u.redenen}
    assert u.grond is Ground.CONSENT  # that is what the category that goes says
    unseen = d.model_copy(update={"reasons": mixed, "per_category": {G.DOELEN: mixed}})
    assert explain(unseen, OPP, S2J, SENDER).grond is None


def test_sharing_that_ouders_may_not_know_of_yet_is_not_told() -> None:
    """A weighing, approved or not, and a report to Veilig Thuis: one answer, without a field in it."""
    approved = a_decision(Outcome.PERMIT, Reden.BG_APPROVED, ground=Ground.BREAK_GLASS)
    reported = a_decision(Outcome.PERMIT, Reden.GROUND_VEILIG_THUIS, ground=Ground.STATUTORY)
    refused = a_decision(Outcome.DENY, Reden.BG_INCOMPLETE, Reden.CONSENT_REFUSED)
    shown = {bytes_of(explain(d, OPP, S2J, OUDER)) for d in (approved, reported, refused)}
    assert len(shown) == 1
    v = a_levering(approved, Leveringstatus.BEVESTIGD, overgedragen=(GOAL,), vastgelegde_hash="0")
    assert {bytes_of(explain_levering(v, OUDER))} == shown
    assert explain(approved, OPP, S2J, SENDER).grond is Ground.BREAK_GLASS


def test_a_ground_that_ouders_may_know_is_told() -> None:
    """An ondertoezichtstelling is known at home; that somebody refused before that is not told with it."""
    d = a_decision(Outcome.PERMIT, Reden.GROUND_OTS_GI, ground=Ground.STATUTORY)
    assert explain(d, OPP, S2J, OUDER).grond is Ground.STATUTORY
    refused = (*d.reasons, Redengrond(Reden.CONSENT_REFUSED, (SCHOOL,)))
    beside = d.model_copy(update={"per_category": {G.DOELEN: refused}})
    u = explain(beside, OPP, S2J, OUDER)
    assert u.grond is Ground.STATUTORY
    assert [(k.stand, k.redenen) for k in u.categorieen] == [
        (Categoriestand.GAAT_MEE, (Reden.GROUND_OTS_GI,))
    ]
    assert Reden.CONSENT_REFUSED in {r.code for r in explain(beside, OPP, S2J, SENDER).redenen}


def test_a_recipient_reads_what_comes_and_nothing_of_the_rest() -> None:
    """Whole or reduced, for whatever reason: the same, if the same fields come."""
    shown = {
        bytes_of(explain(d, OPP, S2J, ONTVANGER))
        for d in (
            a_decision(Outcome.PERMIT, Reden.CONSENT_VALID, withheld={}),
            a_decision(Outcome.PERMIT_REDUCED, Reden.CONSENT_REFUSED),
            a_decision(Outcome.PERMIT, Reden.BG_APPROVED, ground=Ground.BREAK_GLASS),
        )
    }
    assert len(shown) == 1
    u = explain(a_decision(Outcome.PERMIT_REDUCED, Reden.CONSENT_REFUSED), OPP, S2J, ONTVANGER)
    assert [k.categorie for k in u.categorieen] == [G.DOELEN]
    assert (u.redenen, u.achtergehouden, u.stappen, u.uitkomst) == ((), (), (), None)


def test_only_an_fg_reads_who_recorded_it() -> None:
    """Only an fg reads who recorded it, and only he gets the marks of the decision."""
    d = a_decision(Outcome.DENY, Reden.CONSENT_MISSING)
    for lezer in (SENDER, OUDER, ONTVANGER):
        u = explain(d, OPP, S2J, lezer)
        assert u.besluit is None
        assert all(r.partijen == () for r in u.redenen)


def test_no_person_is_pointed_at() -> None:
    """Of signers only the role: not even a random reference, for any reader."""
    for d, lezer in itertools.product(EXAMPLES.values(), READERS):
        u = explain(d, OPP, S2J, lezer)
        shown = bytes_of(u).decode() + as_text(u)
        assert not any(p in shown for p in (P1, P2, YOUTH))


# ── fields


@pytest.mark.parametrize("bericht", BERICHTEN)
def test_every_field_has_words(bericht: str) -> None:
    """Each leaf of each message is told in words, and stands in a part that is told in words."""
    for pad in veldnamen.labels(bericht):
        found = veldnamen.plek(bericht, pad)
        assert found.naam[0].isupper() or found.naam[0].isdigit(), pad
        assert not {"[", "]", ".", ":"} & set(found.naam + found.deelnaam), pad
        assert found.deelnaam, pad


def test_a_code_is_one_thing() -> None:
    """Its list and meaning are no fields of their own to a person."""
    found = {veldnamen.plek(OPP, f"leerling.geslacht.{f}") for f in ("code", "stelsel", "omschrijving")}
    assert len(found) == 1


def test_an_unknown_field_or_message_is_still_told() -> None:
    """A path that we do not know is called by its path, and goes nowhere."""
    d = a_decision(
        Outcome.DENY, Reden.CONSENT_MISSING, withheld={Reden.FIELD_NOT_IN_PROFILE: ("vreemd.veld",)}
    )
    for bericht in (OPP, "bestaat_niet"):
        (group,) = explain(d, bericht, S2J, SENDER).achtergehouden
        assert (group.naam, group.categorie, group.velden[0].naam) == ("Onbekend", None, "vreemd.veld")


PADEN: Final = tuple(veldnamen.labels(OPP))


@given(st.dictionaries(st.sampled_from(PADEN), st.sampled_from([None, *Reden]), max_size=40), st.randoms())
def test_groups_hold_each_field_once(paden: dict[str, Reden | None], rnd: Any) -> None:
    """No field is lost or told twice, each with its own reason, and the order of asking does not matter."""
    found = veldnamen.groepen(OPP, paden)
    assert {f.pad: g.reden for g in found for f in g.velden} == paden
    assert sum(len(g.velden) for g in found) == len(paden)
    shuffled = list(paden.items())
    rnd.shuffle(shuffled)
    assert veldnamen.groepen(OPP, dict(shuffled)) == found
    reasons = [g.reden for g in found]
    assert len([k for k, _ in itertools.groupby(reasons)]) == len(set(reasons))


def test_the_data_is_plain_json() -> None:
    """Keys in camelCase, moments in UTC."""
    data = json.loads(bytes_of(explain(EXAMPLES["CE-03"], OPP, S2J, SENDER)))
    assert data["beslistOp"].endswith("Z")
    assert data["grondTekst"]
    assert NAME in {f["pad"] for g in data["meegegeven"] for f in g["velden"]}


situations = st.tuples(
    strategies.requests, strategies.consents, strategies.who, strategies.policies, st.just(NOW)
)


@given(situations)
def test_any_decision_is_told_whole(situation: Any) -> None:
    """Whatever is decided: no field is lost, none that was asked stays home in a PERMIT, nobody sees more."""
    request, consents, who, policy, as_of = situation
    d = decide(request, consents, who, (), None, policy, as_of)
    u = explain(d, request.bericht, request.richting, FG)
    goes = {f.pad for g in u.meegegeven for f in g.velden}
    stays = {f.pad: g.reden for g in u.achtergehouden for f in g.velden}
    assert goes == set(d.released)
    assert stays == {p: r for r, paden in d.withheld.items() for p in paden}
    if d.outcome is Outcome.PERMIT:
        assert not [p for p in stays if policy.labels(request.bericht).get(p) in request.gevraagd]
    assert {r.code for r in u.redenen} >= {r.code.value for r in _all(d)}
    for lezer in (Lezer(Lezersoort.AFZENDER, request.afzender), OUDER, ONTVANGER):
        less = explain(d, request.bericht, request.richting, lezer)
        open_to_him = {r.code.value for r in _all(d) if lezer.may_read(r)} | set(stays.values())
        assert {r.code for r in less.redenen} <= open_to_him | {teksten.NIET_BESCHIKBAAR}


@given(situations)
def test_the_fg_of_a_sender_reads_what_the_sender_may(situation: Any) -> None:
    """Not a word more, by whatever it was decided; and nothing of how many facts others recorded."""
    request, consents, who, policy, as_of = situation
    d = decide(request, consents, who, (), None, policy, as_of)
    fg = explain(d, request.bericht, request.richting, Lezer(Lezersoort.FG, request.afzender))
    sender = explain(d, request.bericht, request.richting, Lezer(Lezersoort.AFZENDER, request.afzender))
    own = {"lezer": Lezersoort.FG, "redenen": fg.redenen}
    assert fg == sender.model_copy(update=own)
    assert [r.code for r in fg.redenen] == [r.code for r in sender.redenen]
    assert {p for r in fg.redenen for p in r.partijen} <= {request.afzender}
    assert fg.besluit is None


def _all(d: Decision) -> list[Redengrond]:
    return [*d.reasons, *(r for found in d.per_category.values() for r in found)]
