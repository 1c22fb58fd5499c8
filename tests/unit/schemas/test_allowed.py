"""What may stand in a place is said in bounded words, from the schema and never from what was sent."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from schemas.allowed import LONGEST, MOST, allowed, listed

CANARY = "Kanarie"


class Ja(BaseModel):
    soort: Literal["ja"]


class Nee(BaseModel):
    soort: Literal["nee"]


class Vraag(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    keuze: Literal["een", "twee"] | None = None
    getal: Literal[1, 2] | None = None
    naam: Annotated[str, StringConstraints(min_length=3, max_length=10)] | None = None
    code: Annotated[str, StringConstraints(pattern="^[0-9]{4}$")] | None = None
    lang: Annotated[str, StringConstraints(pattern="^" + "a" * LONGEST + "$")] | None = None
    aantal: Annotated[int, Field(gt=2, le=9)] | None = None
    antwoord: Annotated[Ja | Nee, Field(discriminator="soort")] | None = None
    dag: dt.date | None = None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("keuze", CANARY, ": een, twee"),
        ("keuze", "' or '" + CANARY, ": een, twee"),
        ("getal", 7, ": 1, 2"),
        ("naam", "K", ": minstens 3"),
        ("naam", CANARY * 2, ": hoogstens 10"),
        ("code", CANARY, ": ^[0-9]{4}$"),
        ("lang", CANARY, ""),
        ("aantal", 1, ": meer dan 2"),
        ("aantal", 10, ": hoogstens 9"),
        ("antwoord", {"soort": CANARY}, ": ja, nee"),
        ("dag", CANARY, ""),
    ],
)
def test_a_finding_says_what_is_allowed(field: str, value: Any, said: str) -> None:
    """Values, bounds and patterns of the schema; a value that looks like them is not taken for one."""
    with pytest.raises(ValidationError) as caught:
        Vraag.model_validate({field: value})
    (found,) = caught.value.errors()
    assert allowed(found.get("ctx", {})) == said
    assert CANARY not in allowed(found.get("ctx", {}))


def test_a_long_list_is_bounded() -> None:
    """All up to the bound; of a longer one how many are left."""
    names = [str(i) for i in range(MOST)]
    assert listed(names) == ", ".join(names)
    assert listed([*names, "x", "y"]) == ", ".join(names) + " en 2 andere"
