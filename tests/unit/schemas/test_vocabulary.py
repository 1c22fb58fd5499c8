"""What the shared vocabulary promises: models, messages, states, reasons, errors and log events."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import pkgutil
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import schemas
from consent.decide import decide
from consent.minimise import present
from schemas import errors, events
from schemas.base import Model
from schemas.decision.decision import Decision, Outcome, Reden
from schemas.errors import Fault, GatewayError, InvalidMessage
from schemas.exchange.uitwisseling import OPEN, OVERGANGEN, Levering, Leveringstand, Leveringstatus
from schemas.identifiers import Bsn
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht
from schemas.messages.berichten import BERICHTEN
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.registratie import Schoolregistratie
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.people.feit import Feit
from schemas.people.toestemming import Toestemming
from tests import strategies
from tests.builders import (
    AANBIEDER,
    NOW,
    P1,
    P2,
    SCHOOL,
    a_bezwaar,
    a_bsn,
    a_gezag,
    a_request,
    a_terugkoppeling,
    a_toestemming,
    a_vervanging,
    a_veto,
    an_id,
    an_oordeel,
    an_opp,
    authorities,
    beleid,
)
from tests.unit.schemas.bouwstenen import een_arrangement


def all_models() -> list[type[Model]]:
    for module in pkgutil.iter_modules(schemas.__path__, "schemas."):
        importlib.import_module(module.name)
    found: list[type[Model]] = []
    todo = [Model]
    while todo:
        model = todo.pop()
        found += [model] if model.__module__.startswith("schemas.") else []
        todo += model.__subclasses__()
    return found


MODELS = all_models()


class TestModels:
    @pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.__module__}.{m.__name__}")
    def test_same_rules(self, model: type[Model]) -> None:
        """Every model is frozen, strict, without extras, camelCase, and keeps its input out of errors."""
        for rule in ("frozen", "strict", "hide_input_in_errors", "serialize_by_alias"):
            assert model.model_config.get(rule) is True
        # A list tells a few fields of a levering: of its row it reads those, and passes over the rest.
        assert model.model_config.get("extra") == ("ignore" if model is Leveringstand else "forbid")
        for name, field in model.model_fields.items():
            on_the_wire = field.serialization_alias or field.alias or name
            assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", on_the_wire)

    def test_frozen(self) -> None:
        """A recorded fact cannot be changed in place."""
        said = a_toestemming()
        with pytest.raises(ValidationError):
            said.uitdrukkelijk = False  # type: ignore[misc]

    @pytest.mark.parametrize(
        "change",
        [
            {"onbekend": "Geheim17"},
            {"uitdrukkelijk": "Geheim17"},
            {"gebeurtenis": "Geheim17"},
            {"id": "Geheim17"},
        ],
        ids=str,
    )
    def test_wrong_input_is_not_echoed(self, change: dict[str, Any]) -> None:
        """Unknown fields and wrong values are refused, and the value stands nowhere in the error."""
        data = json.loads(a_toestemming().model_dump_json()) | change
        with pytest.raises(ValidationError) as caught:
            Toestemming.model_validate_json(json.dumps(data))
        assert "Geheim17" not in str(caught.value) + repr(caught.value)

    @pytest.mark.parametrize("field", ["moment", "vastgelegdOp"])
    def test_moments_have_a_zone(self, field: str) -> None:
        """A moment without a time zone is refused."""
        data = json.loads(a_toestemming().model_dump_json()) | {field: "2026-09-14T10:00:00"}
        with pytest.raises(ValidationError):
            Toestemming.model_validate_json(json.dumps(data))


PARTS = [
    m
    for m in MODELS
    if m.__module__.rpartition(".")[2]
    in {"arrangement", "deelnemers", "inrichting", "omgeving", "onderdelen", "opp", "toewijzing"}
    and not issubclass(m, Bericht)
]


@pytest.mark.parametrize("model", PARTS, ids=lambda m: f"{m.__module__}.{m.__name__}")
def test_parts_survive_the_line(model: type[Model]) -> None:
    """Any part of a plan or an arrangement is written as JSON and read back the same."""

    @settings(max_examples=8)
    @given(strategies.modellen(model))
    def survives(part: Model) -> None:
        assert model.model_validate_json(part.model_dump_json()) == part
        assert model.model_validate_json(part.model_dump_json(exclude_defaults=True)) == part

    survives()


FACTS = [
    a_toestemming(),
    a_gezag(vervangende_toestemmingen=(a_vervanging(),), geldig_tot_en_met=dt.date(2027, 1, 1)),
    an_oordeel(),
    a_bezwaar(toelichting="Fictief."),
    a_veto(),
]


class TestFacts:
    @pytest.mark.parametrize("fact", FACTS, ids=lambda f: f.feit)
    def test_round_trip(self, fact: Any) -> None:
        """A fact written as JSON is read back as the same fact of the same kind."""
        adapter: TypeAdapter[Any] = TypeAdapter(Feit)
        assert adapter.validate_json(fact.model_dump_json()) == fact

    @given(
        st.one_of(
            strategies.toestemmingen, strategies.gezagsgegevens, strategies.oordelen, strategies.bezwaren
        )
    )
    def test_round_trip_of_any(self, fact: Any) -> None:
        """Any other fact survives it too."""
        adapter: TypeAdapter[Any] = TypeAdapter(Feit)
        assert adapter.validate_json(fact.model_dump_json()) == fact

    def test_unknown_kind(self) -> None:
        """A fact of a kind that does not exist is refused."""
        adapter: TypeAdapter[Any] = TypeAdapter(Feit)
        with pytest.raises(ValidationError):
            adapter.validate_json(json.dumps({"feit": "gerucht"}))


class TestMessages:
    @pytest.mark.parametrize(
        "bericht", [an_opp(), een_arrangement(), a_terugkoppeling()], ids=lambda b: b.soort
    )
    def test_round_trip(self, bericht: Bericht) -> None:
        """A message written as camelCase JSON is read back the same, whole or without absent fields."""
        assert type(bericht).model_validate_json(bericht.model_dump_json()) == bericht
        inhoud = bericht.inhoud()
        assert inhoud.soort == bericht.soort
        assert type(bericht).model_validate_json(json.dumps(inhoud.data)) == bericht

    @settings(max_examples=40)
    @given(
        st.one_of(
            strategies.modellen(Ontwikkelingsperspectief),
            strategies.modellen(Arrangement),
            strategies.modellen(Terugkoppeling),
        )
    )
    def test_round_trip_of_any(self, bericht: Bericht) -> None:
        """Any other plan, arrangement or terugkoppeling survives it too, and all that it holds has a
        category.
        """
        assert type(bericht).model_validate_json(bericht.model_dump_json()) == bericht
        inhoud = bericht.inhoud()
        assert type(bericht).model_validate_json(json.dumps(inhoud.data)) == bericht
        assert set(present(inhoud)) <= {b.pad for b in type(bericht).bladen}

    def test_keys(self) -> None:
        """Keys are camelCase, a digit in a name included, and absent fields are left out."""
        data = (
            an_opp(bronfeiten={"verzuim": {"meerDan25Procent": True, "dagdelenGeoorloofd": 3}}).inhoud().data
        )
        assert data["bronfeiten"] == {"verzuim": {"meerDan25Procent": True, "dagdelenGeoorloofd": 3}}
        assert data["leerling"]["bronId"] == {"leerlingid": "fictief-17"}
        assert data["leerlingStem"] == [{"eigenWoorden": "Ik wil vooraan zitten."}]
        assert "evaluaties" not in data
        assert a_terugkoppeling(volgendContact="2026-12-01").inhoud().data["volgendContact"] == "2026-12-01"

    def test_number_is_masked_in_the_message(self) -> None:
        """A message shows the BSN in its JSON only, never in its repr."""
        opp = an_opp()
        assert opp.leerling.bsn == Bsn(a_bsn())
        assert a_bsn() not in repr(opp)
        assert a_bsn() in json.dumps(opp.inhoud().data)

    def test_types(self) -> None:
        """Every type of message is found by its name; the registration of a whole school is no exchange."""
        known = {m for m in MODELS if issubclass(m, Bericht)} - {Bericht, Schoolregistratie}
        assert set(BERICHTEN.values()) == known
        assert all(b.soort == soort for soort, b in BERICHTEN.items())


DESIGN = {
    "aangehouden": "klaar geweigerd ingetrokken vervallen",
    "klaar": "afgeleverd aangehouden geweigerd ingetrokken mislukt vervallen",
    "afgeleverd": "bevestigd",
    "bevestigd": "",
    "geweigerd": "",
    "ingetrokken": "",
    "mislukt": "klaar",
    "vervallen": "",
}
"""The state table of the design, written out."""
ADDED = {"mislukt": "geweigerd ingetrokken vervallen"}
"""What docs/decisions/0004 adds: a failed levering still holds content, which must be reachable."""


class TestStates:
    def test_transitions(self) -> None:
        """A levering goes where the design says, and from mislukt where its decision record says."""
        expected = {s: set(f"{DESIGN[s]} {ADDED.get(s, '')}".split()) for s in DESIGN}
        assert {s.value: {n.value for n in nexts} for s, nexts in OVERGANGEN.items()} == expected

    def test_every_open_state_can_end(self) -> None:
        """States that hold content are those that can still be refused, withdrawn and lapse."""
        ends = {Leveringstatus.GEWEIGERD, Leveringstatus.INGETROKKEN, Leveringstatus.VERVALLEN}
        assert {s for s, nexts in OVERGANGEN.items() if ends <= nexts} == OPEN
        assert set(OVERGANGEN) == set(Leveringstatus)


def a_decision(**kw: Any) -> Decision:
    consents = [a_toestemming(P1), a_toestemming(P2)]
    decision = decide(a_request(), consents, authorities(), (), None, beleid(), NOW)
    return decision.model_copy(update=kw)


class TestDecision:
    @pytest.mark.parametrize("outcome", Outcome)
    def test_permit(self, outcome: Outcome) -> None:
        """Only a permit gives the right to minimise, to exactly the released fields."""
        permit = a_decision(outcome=outcome).permit
        if outcome in {Outcome.PERMIT, Outcome.PERMIT_REDUCED}:
            assert permit is not None
            assert permit.velden == set(a_decision().released)
            assert permit.decision_id == a_decision().decision_id
        else:
            assert permit is None

    def test_round_trip(self) -> None:
        """A decision is reproducible from its JSON."""
        reduced = decide(
            a_request(vrije_tekst_nagekeken=False), [a_toestemming()], authorities(), (), None, beleid(), NOW
        )
        for decision in (a_decision(), reduced):
            again = Decision.model_validate_json(decision.model_dump_json())
            assert again == decision
            assert again.model_dump_json() == decision.model_dump_json()

    def test_content_of_a_levering(self) -> None:
        """A levering holds what its decision released, unless it says what it holds."""
        data: dict[str, Any] = {
            "id": an_id("levering"),
            "uitwisseling": an_id("uitwisseling"),
            "leerling": an_id("rij"),
            "afzender": SCHOOL,
            "ontvanger": AANBIEDER,
            "rol": a_request().ontvanger.rol,
            "doel": a_request().doel,
            "richting": a_request().richting,
            "berichtsoort": "ontwikkelingsperspectief",
            "status": Leveringstatus.KLAAR,
            "besluit": a_decision(),
            "sinds": NOW,
            "vervalt_op": NOW,
        }
        assert Levering(**data).inhoudsvelden == a_decision().released
        assert Levering(**data, gestaged=("school.naam",)).inhoudsvelden == ("school.naam",)
        assert Levering(**data, gestaged=()).inhoudsvelden == ()


PUBLISHED = """
    CONSENT_VALID CONSENT_MISSING CONSENT_PARTIAL_SIGNERS CONSENT_REFUSED CONSENT_WITHDRAWN CONSENT_EXPIRED
    CONSENT_NOT_YET_VALID CONSENT_FUNCTION_MISMATCH CONSENT_NOT_EXPLICIT CONSENT_EVIDENCE_MISSING
    CONSENT_NOTICE_OUTDATED CONSENT_SCOPE_PURPOSE CONSENT_SCOPE_CATEGORY CONSENT_SCOPE_RECIPIENT
    CONSENT_SCOPE_DIRECTION RECONSENT_REQUIRED COURT_SUBSTITUTED_CONSENT ONE_PARENT_NO_OBJECTION
    SIGNER_NO_AUTHORITY SIGNER_AGED_OUT SIGNER_INCAPABLE YOUTH_REFUSES YOUTH_NOT_ASKED PARENTS_CONFLICT
    OBJECTION_NOT_ENTITLED GEZAG_UNVERIFIED GEZAG_CHANGED AGE_UNCERTAIN CAPACITY_ROUTE_UNCLEAR
    GROUND_OTS_GI GROUND_VEILIG_THUIS GROUND_VERWIJSINDEX GROUND_LEERPLICHT GROUND_OVERSTAP
    GROUND_NOT_APPLICABLE GROUND_RECIPIENT_MISMATCH
    FIELD_NOT_IN_PROFILE FIELD_NOT_CONSENTED FIELD_THIRD_PARTY_PRIVACY BSN_NOT_ALLOWED FREE_TEXT_UNREVIEWED
    NOTHING_LEFT RECIPIENT_UNKNOWN RECIPIENT_ROLE_MISMATCH RECIPIENT_NOT_INVOLVED
    BG_APPROVED BG_INCOMPLETE BG_FOUR_EYES_MISSING BG_NOT_AUTHORISED BG_SCOPE_EXCEEDED BG_EXPIRED
    BG_REVIEW_OVERDUE PROFESSIONAL_VETO PROTECTED_PARTY WITHDRAWN_IN_FLIGHT DECISION_EXPIRED
    AUDIT_UNAVAILABLE POLICY_ERROR INPUT_INVALID
"""


class TestReasons:
    def test_one_meaning_each(self) -> None:
        """Each code is its own name and stands for one thing: no two names for one value."""
        assert {r.name for r in Reden} == set(Reden.__members__)
        assert all(r.value == r.name for r in Reden)

    def test_published_codes_stay(self) -> None:
        """Codes are only ever added."""
        assert set(PUBLISHED.split()) <= set(Reden)


def drawn() -> list[tuple[str, str | None]]:
    """(class, parent) as the docstring of schemas/errors.py draws them."""
    line = re.compile(r"^( +(?:│? +)*[├└]── |    (?=GatewayError))(\w+)")
    tree = [m for m in map(line.match, (errors.__doc__ or "").splitlines()) if m]
    above: list[tuple[int, str]] = []
    found: list[tuple[str, str | None]] = []
    for m in tree:
        depth = len(m[1])
        above = [a for a in above if a[0] < depth]
        found.append((m[2], above[-1][1] if above else None))
        above.append((depth, m[2]))
    return found


class TestErrors:
    def test_tree_is_as_drawn(self) -> None:
        """The tree in the docstring is the tree of classes, in the same order."""
        classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, GatewayError)]
        parents = [(c.__name__, c.__base__.__name__ if c.__base__ else "") for c in classes]
        assert [(c, None if p == "Exception" else p) for c, p in parents] == drawn()
        assert len(classes) > 10

    def test_faults_are_counted_by_rule(self) -> None:
        """The text of an InvalidMessage names the rules that were broken, without place or text."""
        faults = (
            Fault("b.een", "/p", "Tekst."),
            Fault("a.twee", "/p", "T"),
            Fault("b.een", "/q", "T", 3),
        )
        error = InvalidMessage(faults)
        assert error.faults == faults
        assert str(error) == "3 faults: a.twee, b.een"


class TestEvents:
    def test_declared_once(self) -> None:
        """A log event declared a second time is a programming error that shows at import."""
        with pytest.raises(TypeError, match=r"gateway\.started"):
            events._event("gateway.started", events.Level.INFO)
        assert all(name == event.name for name, event in events.CATALOGUE.items())

    def test_no_field_for_a_person(self) -> None:
        """No log event has a field that could hold a number, a name, a text or a body."""
        fields = {f for event in events.CATALOGUE.values() for f in event.fields}
        assert fields.isdisjoint(
            ["bsn", "naam", "name", "tekst", "text", "body", "inhoud", "leerling", "message", "query", "url"]
        )

    def test_levels(self) -> None:
        """Levels have the numbers of the standard library."""
        import logging

        assert {level.name: level.value for level in events.Level} == {
            name: getattr(logging, name) for name in ("DEBUG", "INFO", "WARNING", "ERROR")
        }
