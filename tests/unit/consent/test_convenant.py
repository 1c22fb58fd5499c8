"""The privacyconvenant: read whole or refused with all faults; once there is one, nothing goes beside it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any, Final

import pytest

from consent.beleid import Beleid
from consent.convenant import GEEN, Afspraken, Convenant, hash_of, parse_convenant
from consent.decide import decide, decide_as_if_agreed
from schemas.decision.decision import Outcome
from schemas.decision.decision import Reden as R
from schemas.errors import InvalidMessage
from schemas.messages.samenwerking import Overlegsoort
from schemas.people.toestemming import Gebruiksdoel
from tests.builders import (
    AANBIEDER,
    NOW,
    P1,
    P2,
    SCHOOL,
    a_request,
    a_toestemming,
    authorities,
    profielen,
    stromen,
)

TEXT: Final = f"""
id = "convenant-fictie"
versie = 1
titel = "Privacyconvenant De Fictie"
geldigVan = 2026-09-01
geldigTotEnMet = 2027-07-31
partijen = ["{SCHOOL}", "{AANBIEDER}"]
overleggen = ["mdo"]
bewaardagen = 14

[[afspraken]]
doel = "arrangement"
berichten = ["ontwikkelingsperspectief", "overlegset"]

[[afspraken]]
doel = "afstemming"
berichten = ["terugkoppeling"]
"""
TODAY: Final = NOW.date()
ELSEWHERE: Final = "brin:99XX01"
BOTH: Final = [a_toestemming(P1), a_toestemming(P2)]


def changed(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def afspraken(*texts: str, verplicht: bool = False) -> Afspraken:
    return Afspraken({hash_of(t): parse_convenant(t) for t in texts}, verplicht=verplicht)


def beleid_with(found: Afspraken) -> Beleid:
    return Beleid.of(profielen(), rules_hash="", afspraken=found, stromen=stromen())


def problem(found: Afspraken, **kw: Any) -> R | None:
    """The problem for an OPP from the school to the aanbieder for an arrangement, today."""
    usual: dict[str, Any] = {
        "afzender": SCHOOL,
        "ontvanger": AANBIEDER,
        "doel": Gebruiksdoel.ARRANGEMENT,
        "bericht": "ontwikkelingsperspectief",
        "today": TODAY,
    }
    return found.problem(**(usual | kw))


def test_read() -> None:
    """What is written is what is read; another byte is another convenant."""
    found = parse_convenant(TEXT)
    assert isinstance(found, Convenant)
    assert (found.versie, found.bewaardagen, found.overleggen) == (1, 14, (Overlegsoort.MDO,))
    assert found.geldig_tot_en_met == dt.date(2027, 7, 31)
    assert hash_of(TEXT) != hash_of(TEXT + "\n")


def faults_of(text: str) -> set[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        parse_convenant(text)
    assert "GEHEIM" not in str([caught.value.faults, caught.value])
    return {(f.code.removeprefix("convenant."), f.place) for f in caught.value.faults}


def test_all_faults_are_told_at_once() -> None:
    """Form and contradictions together, each with its place and never the value."""
    found = faults_of(
        changed(
            ("versie = 1", "versie = 0"),
            ('titel = "Privacyconvenant De Fictie"', 'onbekend = "GEHEIM"'),
            ("geldigTotEnMet = 2027-07-31", "geldigTotEnMet = 2026-08-31"),
            (f'"{AANBIEDER}"]', f'"{AANBIEDER}", "{SCHOOL}", "GEHEIM"]'),
            ('overleggen = ["mdo"]', "overleggen = []"),
            ('doel = "afstemming"', 'doel = "arrangement"'),
            ('berichten = ["terugkoppeling"]', 'berichten = ["terugkoppeling", "GEHEIM", "terugkoppeling"]'),
        )
    )
    assert found == {
        ("vorm", "/versie"),
        ("vorm", "/titel"),
        ("vorm", "/onbekend"),
        ("periode", "/geldigTotEnMet"),
        ("vorm", "/partijen/3"),
        ("dubbel", "/partijen/2"),
        ("overleg", "/overleggen"),
        ("dubbel", "/afspraken/1"),
        ("vorm", "/afspraken/1/berichten/1"),
        ("dubbel", "/afspraken/1/berichten/2"),
    }


@pytest.mark.parametrize(
    ("pairs", "fault"),
    [
        ([("= 2026-09-01", '= "ooit"')], ("vorm", "/geldigVan")),
        ([(f'["{SCHOOL}", "{AANBIEDER}"]', f'["{SCHOOL}"]')], ("vorm", "/partijen")),
        ([(f'["{SCHOOL}", "{AANBIEDER}"]', "3")], ("vorm", "/partijen")),
        ([('overleggen = ["mdo"]', 'overleggen = ["mdo", "mdo"]')], ("dubbel", "/overleggen/1")),
        ([('overleggen = ["mdo"]', 'overleggen = ["feest"]')], ("vorm", "/overleggen/0")),
        ([('overleggen = ["mdo"]\n', "")], ("overleg", "/overleggen")),
        ([("bewaardagen = 14", "bewaardagen = 0")], ("vorm", "/bewaardagen")),
        ([('berichten = ["terugkoppeling"]', "berichten = 3")], ("vorm", "/afspraken/1/berichten")),
        ([("[[afspraken]]", "[[anders]]")], ("vorm", "/afspraken")),
        ([("[[afspraken]]", "[[x]]"), ("bewaardagen = 14", "afspraken = [3]")], ("vorm", "/afspraken/0")),
        ([("versie = 1", "versie = ")], ("toml", "/")),
    ],
)
def test_faults(pairs: list[tuple[str, str]], fault: tuple[str, str]) -> None:
    """A file that is not complete, exact and consistent is refused as a whole."""
    assert fault in faults_of(changed(*pairs))


def test_without_a_convenant_nothing_changes() -> None:
    """No file, and none asked for: every exchange is as it was; asked for, none goes."""
    assert problem(GEEN) is None
    assert problem(Afspraken({}, verplicht=True)) is R.POLICY_ERROR
    assert GEEN.knows_overleg(SCHOOL, AANBIEDER, Overlegsoort.ANDER)
    assert GEEN.bewaardagen(SCHOOL, AANBIEDER) is None


@pytest.mark.parametrize(
    ("kw", "reason"),
    [
        ({}, None),
        ({"afzender": AANBIEDER, "ontvanger": SCHOOL}, None),
        ({"afzender": ELSEWHERE}, R.RECIPIENT_NOT_INVOLVED),
        ({"ontvanger": ELSEWHERE}, R.RECIPIENT_NOT_INVOLVED),
        ({"ontvanger": ELSEWHERE, "doel": Gebruiksdoel.OPP}, R.RECIPIENT_NOT_INVOLVED),
        ({"doel": Gebruiksdoel.OPP}, R.FIELD_NOT_IN_PROFILE),
        ({"bericht": "terugkoppeling"}, R.FIELD_NOT_IN_PROFILE),
        ({"bericht": "terugkoppeling", "doel": Gebruiksdoel.AFSTEMMING}, None),
        ({"today": dt.date(2026, 8, 31)}, R.POLICY_ERROR),
        ({"today": dt.date(2026, 9, 1)}, None),
        ({"today": dt.date(2027, 7, 31)}, None),
        ({"today": dt.date(2027, 8, 1)}, R.POLICY_ERROR),
    ],
)
def test_what_is_not_in_it_is_refused(kw: dict[str, Any], reason: R | None) -> None:
    """Partijen, doel, type of message and days; both days of the period count."""
    assert problem(afspraken(TEXT), **kw) is reason
    assert problem(afspraken(TEXT, verplicht=True), **kw) is reason


def test_one_of_several_is_enough() -> None:
    """A new version beside an old one, or two regions: what one of them names on this day, goes."""
    old = changed(("= 2027-07-31", "= 2026-09-30"))
    other = changed((AANBIEDER, ELSEWHERE), ('id = "convenant-fictie"', 'id = "ander"'))
    assert problem(afspraken(old)) is R.POLICY_ERROR
    assert problem(afspraken(other)) is R.RECIPIENT_NOT_INVOLVED
    assert problem(afspraken(old, other)) is R.POLICY_ERROR
    assert problem(afspraken(old, other, TEXT)) is None


def test_kinds_of_overleg() -> None:
    """Only a kind of overleg to which the two partijen agreed is known."""
    found = afspraken(TEXT)
    assert found.knows_overleg(SCHOOL, AANBIEDER, Overlegsoort.MDO)
    assert not found.knows_overleg(SCHOOL, AANBIEDER, Overlegsoort.ZORGTEAM)
    assert not found.knows_overleg(SCHOOL, ELSEWHERE, Overlegsoort.MDO)


def test_the_shortest_term_counts() -> None:
    """The shortest term of the operator, the region and each convenant of these two counts; that of others
    does not.
    """
    longer = changed(("bewaardagen = 14", "bewaardagen = 60"))
    none = changed(("bewaardagen = 14\n", ""))
    policy = beleid_with(afspraken(TEXT, longer, none))
    assert policy.hold_days(30, SCHOOL, AANBIEDER) == 14
    assert policy.hold_days(7, SCHOOL, AANBIEDER) == 7
    assert policy.hold_days(30, SCHOOL, ELSEWHERE) == 30
    assert beleid_with(afspraken(none)).hold_days(30, SCHOOL, AANBIEDER) == 30


def test_the_decision_obeys_it() -> None:
    """With everybody's toestemming the same request goes while the convenant holds, and not after."""
    request = a_request()
    policy = beleid_with(afspraken(TEXT))
    assert decide(request, BOTH, authorities(), (), None, policy, NOW).outcome is Outcome.PERMIT
    ended = beleid_with(afspraken(changed(("= 2027-07-31", "= 2026-09-30"))))
    for decision in (
        decide(request, BOTH, authorities(), (), None, ended, NOW),
        decide_as_if_agreed(request, authorities(), ended, NOW),
    ):
        assert decision.outcome is Outcome.DENY
        assert decision.codes == (R.POLICY_ERROR,)
        assert decision.released == ()
    other = dataclasses.replace(request, doel=Gebruiksdoel.AFSTEMMING)
    assert decide(other, BOTH, authorities(), (), None, policy, NOW).codes == (R.FIELD_NOT_IN_PROFILE,)


def test_the_day_is_that_of_amsterdam() -> None:
    """The last day ends at midnight in Amsterdam, which is 22:00 UTC in summer."""
    policy = beleid_with(afspraken(changed(("= 2027-07-31", "= 2026-10-10"))))
    last = dt.datetime(2026, 10, 10, 21, 59, 59, tzinfo=dt.UTC)
    request, who = a_request(), authorities()
    assert decide_as_if_agreed(request, who, policy, last).outcome is Outcome.PERMIT
    after = last + dt.timedelta(seconds=1)
    assert decide_as_if_agreed(request, who, policy, after).codes == (R.POLICY_ERROR,)


@pytest.mark.parametrize(
    ("kw", "holds"),
    [
        ({}, True),
        ({"bericht": "hulpvraag"}, False),
        ({"doel": Gebruiksdoel.OPP}, False),
        ({"ontvanger": ELSEWHERE}, False),
        ({"today": dt.date(2027, 7, 31)}, True),
        ({"today": dt.date(2027, 8, 1)}, False),
        ({"today": dt.date(2026, 8, 31)}, False),
    ],
    ids=str,
)
def test_whether_one_holds_is_known(kw: dict[str, Any], holds: bool) -> None:
    """Of these two, for this doel and type, on this day; without any convenant none does."""
    usual: dict[str, Any] = {
        "afzender": SCHOOL,
        "ontvanger": AANBIEDER,
        "doel": Gebruiksdoel.ARRANGEMENT,
        "bericht": "ontwikkelingsperspectief",
        "today": TODAY,
    }
    assert afspraken(TEXT).geldt(**(usual | kw)) is holds
    assert GEEN.geldt(**(usual | kw)) is False
