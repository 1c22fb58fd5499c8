"""The days of an intern begeleider and of a wijkteam, as their pages tell them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from gateway.cli.proeflijn import GEHEUGEN, System, running
from schemas.people.partij import Partij, Partijsoort, Postbus, Rol, Scope
from schemas.storage.storage import Register
from tests.dagen import DAG, Dag, blocks

PAGES: Final = ("docs/howto/dag-intern-begeleider.md", "docs/howto/dag-wijkteam.md")
_SCOPES: Final = (
    Scope.VERZENDEN,
    Scope.LEZEN,
    Scope.TOESTEMMING,
    Scope.TOESTEMMING_LEZEN,
    Scope.POSTBUS,
    Scope.TAKEN,
    Scope.AFHANDELEN,
)


@contextmanager
def op_een_lijn() -> Iterator[Dag]:
    """A school and a wijkteam, each with the system that the pages speak of."""
    school, wijkteam = System.fresh("las", "brin:99ZZ00"), System.fresh("gws", "gemeente:0363")
    partijen = (
        Partij(
            id=school.partij,
            soort=Partijsoort.SCHOOL,
            naam="Basisschool De Verzonnen Vlieger",
            brin="99ZZ",
            vestigingscode="00",
            rollen=(Rol.INTERN_BEGELEIDER,),
            clients=(school.as_client(*_SCOPES),),
            aflevering=Postbus(soort="postbus"),
        ),
        Partij(
            id=wijkteam.partij,
            soort=Partijsoort.GEMEENTE,
            naam="Wijkteam (Amstelverzon)",
            gemeentecode="0363",
            rollen=(Rol.TOEGANGSMEDEWERKER,),
            clients=(wijkteam.as_client(*_SCOPES),),
            aflevering=Postbus(soort="postbus"),
        ),
    )
    register = Register(0, {p.id: p.model_dump_json(exclude_defaults=True) for p in partijen}, {})
    systems = {"school": school, "wijkteam": wijkteam}
    with running(
        (school, wijkteam), register, "proef.ozlijn.dag/1", DAG, sandbox=True, opslag=GEHEUGEN
    ) as line:
        yield Dag(line, systems)


@pytest.mark.parametrize("page", PAGES)
def test_a_day_runs_as_written(page: str) -> None:
    """Each call gets the answer that the page says it gets, in the order of the day."""
    with op_een_lijn() as dag:
        for block in blocks(page):
            dag.run(block)
