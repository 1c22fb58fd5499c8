"""Regional values: stricter than ours is taken over, looser is refused with the limit named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from consent.beleid import Beleid
from consent.decide import decide
from consent.regio import LIMITS, ONZE, Regiobeleid, loosened, parse_regio
from schemas.base import Gegevenscategorie as G
from schemas.decision.decision import Outcome
from schemas.decision.decision import Reden as R
from schemas.errors import InvalidMessage
from tests.builders import (
    NOW,
    P1,
    P2,
    a_bewijs,
    a_request,
    a_toestemming,
    authorities,
    hash_of,
    profielen,
    stromen,
)

STRICT = f"""
gezagMaxMaanden = 6
toestemmingMaxMaanden = 1
besluitMinuten = 5
beideOuders = true
bewaardagen = 10
vensterUren = 24
tweedeBlikUren = 12
kennisgevingen = ["{hash_of("nieuw")}"]
"""
BOTH = [a_toestemming(P1), a_toestemming(P2)]


def beleid_of(**kw: Any) -> Beleid:
    return Beleid.of(profielen(), rules_hash="", regio=Regiobeleid(**kw), stromen=stromen())


def faults_of(text: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        parse_regio(text)
    return {f.place: (f.code, f.text) for f in caught.value.faults}


def test_stricter_is_taken_over() -> None:
    """Each value can be set, and each reaches the policy; an empty file changes nothing."""
    regio = parse_regio(STRICT)
    assert regio.model_fields_set == set(Regiobeleid.model_fields) - {"toestemming_loopt_door"}
    assert len(regio.model_dump(exclude_defaults=True)) == len(regio.model_fields_set)
    policy = Beleid.of(profielen(), rules_hash="", regio=regio, stromen=stromen())
    assert (policy.gezag_max_maanden, policy.besluit_minuten) == (6, 5)
    assert policy.kennisgevingen == frozenset({hash_of("nieuw")})
    assert policy.hold_days(30, "a", "b") == 10
    assert policy.grenzen.venster == dt.timedelta(hours=24)
    assert policy.grenzen.tweede_blik == dt.timedelta(hours=12)
    assert parse_regio("") == ONZE
    assert Beleid.of(profielen(), rules_hash="", regio=ONZE) == Beleid.of(profielen(), rules_hash="")


def test_the_operator_may_be_stricter_still() -> None:
    """Of the operator's term and the region's the shorter counts."""
    regio = Regiobeleid(besluit_minuten=5)
    assert Beleid.of((), "", 3, regio).besluit_minuten == 3
    assert Beleid.of((), "", 15, regio).besluit_minuten == 5


@pytest.mark.parametrize("name", LIMITS)
def test_looser_is_refused_with_the_limit(name: str) -> None:
    """Our own value is the limit: it is accepted, one more is not."""
    ours = ONZE.model_dump(mode="json", by_alias=True)[name]
    assert parse_regio(f"{name} = {ours}") == ONZE
    code, text = faults_of(f"{name} = {ours + 1}")[f"/{name}"]
    assert code == "beleid.ruimer"
    assert f"hoogstens {ours}" in text


def test_every_number_has_a_limit() -> None:
    """A value added later cannot be forgotten in the table; what is no number can only be stricter."""
    dumped = ONZE.model_dump(mode="json", by_alias=True)
    assert {n for n, v in dumped.items() if type(v) is int} == LIMITS.keys()
    assert dumped.keys() - LIMITS.keys() == {"beideOuders", "kennisgevingen", "toestemmingLooptDoor"}
    assert dumped["toestemmingLooptDoor"] is None, "the one looser value is off by itself"


def test_all_faults_are_told_at_once() -> None:
    """Unknown names, wrong forms and looser values together; a wrong value is never repeated."""
    text = 'gezagMaxMaanden = 13\nvensterUren = "lang"\nbewaardagen = 0\nzomaar = 1\nbeideOuders = "GEHEIM"'
    found = faults_of(text)
    assert {place: code for place, (code, _) in found.items()} == {
        "/gezagMaxMaanden": "beleid.ruimer",
        "/vensterUren": "beleid.vorm",
        "/bewaardagen": "beleid.vorm",
        "/zomaar": "beleid.vorm",
        "/beideOuders": "beleid.vorm",
    }
    assert "GEHEIM" not in str(found)
    assert faults_of("= 3") == {"/": ("toml", "Dit is geen geldige TOML.")}


@pytest.mark.parametrize(
    "text",
    [
        "toestemmingLooptDoor = true",
        "[toestemmingLooptDoor]",
        '[toestemmingLooptDoor]\nfg = "F. Verzonnen"',
        "[toestemmingLooptDoor]\nbeslotenOp = 2026-09-01",
        '[toestemmingLooptDoor]\nfg = ""\nbeslotenOp = 2026-09-01',
    ],
)
def test_the_one_looser_value_names_who_decided_it(text: str) -> None:
    """Not without the FG and the day: a switch alone is refused."""
    assert {code for code, _ in faults_of(text).values()} == {"beleid.vorm"}


def test_the_one_looser_value_is_another_policy() -> None:
    """It stands in the hash of every decision, with who decided it."""
    text = '[toestemmingLooptDoor]\nfg = "{}"\nbeslotenOp = 2026-09-01'
    one, other = (parse_regio(text.format(fg)) for fg in ("F. Verzonnen", "G. Verzonnen"))
    assert len({Beleid.of((), "", regio=r).hash_on(NOW) for r in (ONZE, one, other)}) == 3


def test_what_is_looser_is_told_when_it_changes() -> None:
    """Set, or decided anew: by name and day. Taken away, or as it was: nothing to tell."""
    text = '[toestemmingLooptDoor]\nfg = "F. Verzonnen"\nbeslotenOp = 2026-09-{}'
    one, other = (parse_regio(text.format(on)) for on in ("01", "02"))
    assert "F. Verzonnen, 2026-09-01" in str(loosened(ONZE, one))
    assert "F. Verzonnen, 2026-09-02" in str(loosened(one, other))
    assert [loosened(*pair) for pair in ((one, one), (one, ONZE), (ONZE, ONZE))] == [None] * 3


def test_both_parents() -> None:
    """Where a region asks both ouders, one with a declaration is not enough for level 1 either."""
    request = a_request(G.CONTACT)
    one = [a_toestemming(P1, andere_ouder_geinformeerd=True)]
    assert decide(request, one, authorities(), (), None, beleid_of(), NOW).outcome is Outcome.PERMIT
    strict = decide(request, one, authorities(), (), None, beleid_of(beide_ouders=True), NOW)
    assert (strict.outcome, strict.codes) == (Outcome.HOLD, (R.CONSENT_PARTIAL_SIGNERS,))
    both = decide(request, BOTH, authorities(), (), None, beleid_of(beide_ouders=True), NOW)
    assert both.outcome is Outcome.PERMIT


def test_a_shorter_toestemming() -> None:
    """After the region's number of months a toestemming has expired, also where it names a later day."""
    policy = beleid_of(toestemming_max_maanden=2)
    given = [a_toestemming(p, geldig_vanaf=dt.date(2026, 9, 1)) for p in (P1, P2)]
    last = dt.datetime(2026, 11, 13, 12, tzinfo=dt.UTC)
    assert decide(a_request(), given, authorities(), (), None, policy, last).outcome is Outcome.PERMIT
    after = decide(a_request(), given, authorities(), (), None, policy, last + dt.timedelta(days=1))
    assert (after.outcome, after.codes) == (Outcome.HOLD, (R.CONSENT_EXPIRED,))
    elsewhere = a_request(G.FACTOREN, doel=profielen()[-1].doel)
    assert (
        decide(elsewhere, given, authorities(), (), None, policy, last + dt.timedelta(days=1)).released == ()
    )


def test_an_outdated_notice() -> None:
    """A toestemming given under a notice the region took out of use no longer carries."""
    shown = [a_toestemming(p, bewijs=a_bewijs()) for p in (P1, P2)]
    current = beleid_of(kennisgevingen=(shown[0].bewijs.kennisgeving_hash,))  # type: ignore[union-attr]
    assert decide(a_request(), shown, authorities(), (), None, current, NOW).outcome is Outcome.PERMIT
    other = beleid_of(kennisgevingen=(hash_of("nieuw"),))
    assert decide(a_request(), shown, authorities(), (), None, other, NOW).codes == (
        R.CONSENT_NOTICE_OUTDATED,
    )
