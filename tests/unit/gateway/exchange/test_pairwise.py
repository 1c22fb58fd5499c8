"""The key of a case as each partner knows it."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.local.keys import Keys, KeyVault
from gateway.exchange.pairwise import pairwise
from schemas.messages.bericht import Inhoud
from tests.builders import an_id

VAULT = KeyVault(Keys.fresh())
SCHOOL, HELPER, GEMEENTE = "brin:99ZZ00", "agb:99999901", "gemeente:0363"
ZAAK = an_id("zaak")


def there(inhoud: Inhoud, to: str = HELPER) -> Inhoud:
    return pairwise(VAULT, inhoud, SCHOOL, SCHOOL, to)


def test_each_partner_has_a_key_of_its_own() -> None:
    """Always the same one for that partner, and nothing else of the message changes."""
    plan = Inhoud("gezamenlijk_plan", {"zaak": ZAAK, "planversie": 2})
    mine, other = there(plan), there(plan, GEMEENTE)
    assert len({ZAAK, mine.data["zaak"], other.data["zaak"]}) == 3
    assert there(plan) == mine
    assert mine.data["planversie"] == 2
    assert plan.data["zaak"] == ZAAK


def test_what_comes_back_is_the_key_of_the_school() -> None:
    """An answer names the case as the school knows it."""
    asked = there(Inhoud("aanvraag_voorziening", {"zaak": ZAAK}), GEMEENTE)
    answer = Inhoud("aanvraag_antwoord", {"zaak": asked.data["zaak"], "uitkomst": "toegekend"})
    back = pairwise(VAULT, answer, SCHOOL, GEMEENTE, SCHOOL)
    assert back.data == {"zaak": ZAAK, "uitkomst": "toegekend"}


def test_an_answer_to_a_third_has_the_key_of_that_third() -> None:
    """Who helps answers the school and the gemeente at once: each reads its own key of the case."""
    own = there(Inhoud("gezamenlijk_plan", {"zaak": ZAAK}))
    to_school, to_gemeente = (pairwise(VAULT, own, SCHOOL, HELPER, to) for to in (SCHOOL, GEMEENTE))
    assert to_school.data == {"zaak": ZAAK}
    assert to_gemeente == there(Inhoud("gezamenlijk_plan", {"zaak": ZAAK}), GEMEENTE)


def test_who_starts_has_his_own_key() -> None:
    """The record of an aanbieder: its key is the one that is turned, whoever receives."""
    plan = Inhoud("gezamenlijk_plan", {"zaak": ZAAK})
    asked = pairwise(VAULT, plan, HELPER, HELPER, SCHOOL)
    assert asked.data["zaak"] not in (ZAAK, there(plan).data["zaak"])
    assert pairwise(VAULT, asked, HELPER, SCHOOL, HELPER) == plan


def test_an_arrangement_has_its_key_inside() -> None:
    """The id of an arrangement binds as well as that of a case."""
    kern = there(Inhoud("arrangement", {"kern": {"id": ZAAK, "versie": 1}})).data["kern"]
    assert kern["id"] != ZAAK
    assert kern["versie"] == 1


@pytest.mark.parametrize("data", [{}, {"kern": "x"}, {"kern": {}}, {"kern": {"id": "geen"}}])
def test_what_is_no_key_stays_as_it_is(data: dict[str, Any]) -> None:
    """A message without one, or with something else in its place."""
    assert there(Inhoud("arrangement", data)).data == data
