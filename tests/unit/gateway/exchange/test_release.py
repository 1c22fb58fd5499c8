"""What the one release function lets go, and what it refuses."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters import gedeeld
from adapters.local.keys import Keys, KeyVault
from consent.decide import decide
from consent.minimise import minimise
from gateway.account.leaves import Account, commitment
from gateway.exchange.release import Intent, Written, release
from gateway.wiring import Leaves, MovableClock
from schemas.account.verantwoording import EventType
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Decision
from schemas.errors import RecordUnavailable, StateBroken
from schemas.exchange.uitwisseling import Levering, Leveringstatus, Mens
from schemas.messages.bericht import Inhoud
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.storage.storage import CommitResult, Committed, LeerlingRow, Moved, Sealed
from tests.builders import (
    AANBIEDER,
    GI,
    NOW,
    P1,
    P2,
    SCHOOL,
    a_bsn,
    a_request,
    a_toestemming,
    an_id,
    authorities,
    beleid,
)
from tests.registers import fresh_stamps
from tests.strategies import ONDERWIJSNUMMER

BSN = a_bsn(31)
NUMBERED = Inhoud(
    "verzuimsignaal",
    {"persoonsnummer": {"bsn": BSN}, "verzuimVan": "2026-11-02", "verzuimsoort": "ongeoorloofd"},
)
SALT = b"zout" * 8
GOALS = [{"omschrijving": "Fictief doel"}]
INHOUD = Inhoud("ontwikkelingsperspectief", {"handelingsdeel": {"doelen": GOALS}})
VAULT = KeyVault(Keys.fresh())
ACCOUNT = Account(Leaves(), VAULT, MovableClock(), fresh_stamps())
ROW = LeerlingRow(
    an_id("rij"), SCHOOL, an_id("ref"), an_id("ref"), VAULT.new_leerling_key(), Sealed(b"", b""), 0, 0
)


def decided() -> Decision:
    return decide(a_request(), [a_toestemming(P1), a_toestemming(P2)], authorities(), (), None, beleid(), NOW)


def a_levering(name: str = "levering", **kw: Any) -> Levering:
    request = a_request()
    data: dict[str, Any] = {
        "id": an_id(name),
        "uitwisseling": an_id("uitwisseling"),
        "leerling": ROW.id,
        "afzender": SCHOOL,
        "ontvanger": AANBIEDER,
        "rol": request.ontvanger.rol,
        "doel": request.doel,
        "richting": request.richting,
        "berichtsoort": INHOUD.soort,
        "status": Leveringstatus.KLAAR,
        "besluit": decided(),
        "sinds": NOW,
        "vervalt_op": NOW + dt.timedelta(days=30),
    }
    return Levering(**(data | kw))


def written(levering: Levering) -> Written:
    permit = levering.besluit.permit
    assert permit is not None
    message = minimise(INHOUD if levering.berichtsoort == INHOUD.soort else NUMBERED, permit)
    return Written(levering, message, gedeeld.write(message))


def announced(
    of: Written,
    soort: EventType = EventType.EXCHANGE_RELEASE_INTENT,
    recorded: CommitResult | None = None,
    **more: Any,
) -> Intent:
    """The intent of this release as the hand-over makes it."""
    fields = {"payload_commitment": commitment(SALT, of.payload)} | more
    leaf = ACCOUNT.decided(of.levering, ROW, soort, **fields)
    return Intent(leaf, SALT, Committed((leaf.id,)) if recorded is None else recorded)


def test_what_is_announced_goes() -> None:
    """The very bytes, with the SHA-256 that the recipient signs for."""
    going = written(a_levering())
    released = release(going, announced(going))
    assert released.levering == going.levering
    assert released.payload == going.payload
    assert b"Fictief doel" in released.payload
    assert released.digest == hashlib.sha256(going.payload).hexdigest()


def test_under_the_intent_of_another_levering_nothing_goes() -> None:
    """Even when that one is about the same bytes under the same decision."""
    going = written(a_levering())
    other = written(a_levering("andere", besluit=going.levering.besluit))
    assert other.payload == going.payload
    with pytest.raises(RecordUnavailable, match="another release"):
        release(going, announced(other))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"ontvanger": GI}, id="another recipient"),
        pytest.param({"persoon": an_id("ouder")}, id="a person"),
        pytest.param(
            {"besluit": decided().model_copy(update={"decision_id": an_id("later")})}, id="decision"
        ),
    ],
)
def test_under_the_intent_for_another_recipient_or_decision_nothing_goes(other: dict[str, Any]) -> None:
    """One intent is one release: what was announced under an earlier decision is not announced now."""
    going = written(a_levering())
    with pytest.raises(RecordUnavailable, match="another release"):
        release(going, announced(written(a_levering(**other))))


@pytest.mark.parametrize(
    "other",
    [{"persoon": an_id("ouder")}, {"namens": Mens.OUDER}, {"onderwerp": Onderwerpsoort.GROEP}],
    ids=lambda o: next(iter(o)),
)
def test_whom_it_is_about_and_for_is_stamped(other: dict[str, Any]) -> None:
    """And a levering without any of these has the stamp that it had before they were kept."""
    made = fresh_stamps()
    stamped = made.levering(a_levering())
    with pytest.raises(StateBroken):
        made.check_levering(stamped.model_copy(update=other))
    old = stamped.model_dump(mode="json", exclude={"persoon", "namens", "onderwerp"})
    made.check_levering(Levering.model_validate_json(json.dumps(old)))
    made.check_levering(made.levering(a_levering(**other)))


def test_other_bytes_than_were_announced_do_not_go() -> None:
    """One byte more is enough, and so is another salt."""
    going = written(a_levering())
    with pytest.raises(RecordUnavailable, match="other bytes"):
        release(replace(going, payload=going.payload + b" "), announced(going))
    with pytest.raises(RecordUnavailable, match="other bytes"):
        release(going, replace(announced(going), salt=b"suiker--" * 4))


def test_an_intent_that_commits_to_nothing_lets_nothing_go() -> None:
    """A leaf without a commitment could be about anything."""
    going = written(a_levering())
    with pytest.raises(RecordUnavailable, match="other bytes"):
        release(going, announced(going, payload_commitment=None))


@pytest.mark.parametrize("soort", [s for s in EventType if s is not EventType.EXCHANGE_RELEASE_INTENT])
def test_another_leaf_is_no_intent(soort: EventType) -> None:
    """A decision that is on record is not yet a release that is."""
    going = written(a_levering())
    with pytest.raises(RecordUnavailable, match="another release"):
        release(going, announced(going, soort))


@pytest.mark.parametrize(
    "recorded",
    [Committed(()), Committed((an_id("another leaf"),)), Moved()],
    ids=["nothing written", "another leaf", "moved"],
)
def test_an_intent_that_is_not_on_record_lets_nothing_go(recorded: CommitResult) -> None:
    """Its leaf was made, and never became part of the account."""
    going = written(a_levering())
    with pytest.raises(RecordUnavailable, match="without an intent"):
        release(going, announced(going, recorded=recorded))


# ── a number of a person


def with_number(*regels: str) -> Levering:
    """A report of absence with the number of the leerling, decided by these rules."""
    found = decided()
    besluit = found.model_copy(
        update={
            "released": ("persoonsnummer.bsn", "verzuimVan", "verzuimsoort"),
            "per_category": {Gegevenscategorie.VERZUIM: (), Gegevenscategorie.NUMMER: ()},
            "regels": {Gegevenscategorie.VERZUIM: ("V16@1",)}
            | ({Gegevenscategorie.NUMMER: regels} if regels else {}),
        }
    )
    return a_levering(berichtsoort=NUMBERED.soort, besluit=besluit)


def test_a_number_goes_by_the_rule_that_its_intent_names() -> None:
    """Once, in its field; without the rule in the decision it is not even in the message."""
    going = written(with_number("V16@1"))
    assert release(going, announced(going)).payload.count(BSN.encode()) == 1
    without = written(with_number())
    assert BSN.encode() not in release(without, announced(without)).payload


def _elsewhere(going: Written) -> Written:
    """The number in the bytes a second time, as a writer could have put it there."""
    return replace(going, payload=going.payload.replace(b"2026-11-02", BSN.encode()))


def _two(going: Written) -> Written:
    both = {**going.message.inhoud, "persoonsnummer": {"bsn": BSN, "onderwijsnummer": ONDERWIJSNUMMER}}
    message = replace(going.message, inhoud=both)
    return replace(going, message=message, payload=gedeeld.write(message))


def _without_a_rule(going: Written) -> Written:
    return replace(going, message=replace(going.message, nummer=()))


def _by_another_rule(going: Written) -> Written:
    return replace(going, message=replace(going.message, nummer=("V15@1",)))


@pytest.mark.parametrize("change", [_elsewhere, _two, _without_a_rule, _by_another_rule])
def test_any_other_number_or_place_is_refused(change: Callable[[Written], Written]) -> None:
    """Also where the intent commits to those very bytes."""
    going = change(written(with_number("V16@1")))
    with pytest.raises(RecordUnavailable, match="a number that its intent gives no rule for"):
        release(going, announced(going))


def test_an_intent_that_does_not_name_the_field_lets_no_number_go() -> None:
    """The account would say that it stayed home."""
    going = written(with_number("V16@1"))
    besluit = going.levering.besluit
    silent = besluit.model_copy(update={"released": ("verzuimVan", "verzuimsoort")})
    told = replace(going, levering=going.levering.model_copy(update={"besluit": silent}))
    with pytest.raises(RecordUnavailable, match="a number that its intent gives no rule for"):
        release(going, announced(told))
