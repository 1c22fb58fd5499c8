"""What a gemeente granted, and how the help that was granted stands."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.checks.beginselen import check_beginselen
from schemas.messages.arrangement import Arrangement
from schemas.messages.toewijzing import Hulpverloopstand, Toewijzing, Toewijzingstatus
from tests.unit.schemas.bouwstenen import (
    OP,
    VERZONNEN,
    Json,
    een_arrangement,
    een_omgeving,
)


def codes(a: Arrangement, **omgeving: Any) -> set[str]:
    return {b.code for b in check_beginselen(a, OP, een_omgeving(**omgeving))}


GRANT: Final[Json] = {
    "nummer": "17",
    "gemeente": VERZONNEN,
    "productcategorie": {"code": "45", "stelsel": "JZ020"},
    "beslotenOp": "2026-09-01",
    "ingangsdatum": "2026-09-14",
    "einddatum": "2027-09-13",
    "status": "toegewezen",
    "omvang": {
        "volume": 2,
        "eenheid": {"code": "04", "stelsel": "WJ756"},
        "frequentie": {"code": "2", "stelsel": "WMO757"},
    },
}


def grant(**kw: Any) -> Toewijzing:
    return TypeAdapter(Toewijzing).validate_json(json.dumps(GRANT | kw))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], Hulpverloopstand.NIET_GESTART),
        (["gestart"], Hulpverloopstand.GESTART),
        (["gestart", "tijdelijk_gestopt"], Hulpverloopstand.TIJDELIJK_GESTOPT),
        (["gestart", "tijdelijk_gestopt", "gestart", "gestopt"], Hulpverloopstand.GESTOPT),
    ],
)
def test_how_the_help_stands(steps: list[str], expected: Hulpverloopstand) -> None:
    """The last start or stop says how the help stands; without one it has not begun."""
    built = grant(voortgang=[{"stand": s, "op": "2026-10-01"} for s in steps])
    assert built.hulpverloopstand is expected
    assert Toewijzing.model_validate_json(built.model_dump_json()) == built


@pytest.mark.parametrize("status", Toewijzingstatus)
def test_how_the_grant_stands(status: Toewijzingstatus) -> None:
    """A grant that counts as never sent ends on the day it begins, as the standard writes it."""
    assert grant(status=status.value, einddatum="2026-09-14").status is status


def test_a_grant_does_not_end_before_it_begins() -> None:
    """A period that runs backwards is refused."""
    with pytest.raises(ValidationError):
        grant(einddatum="2026-09-13")


def test_in_an_individual_arrangement_a_grant_is_in_place() -> None:
    """For one leerling a toewijzing belongs in it and breaks no principle."""
    assert codes(een_arrangement(toewijzingen=[GRANT])) == set()
