"""A taak is read by its own partij only, page by page."""

from __future__ import annotations

from schemas.exchange.taak import Taaksoort
from schemas.storage.storage import Change, TaakWrite
from tests.contract.values import taak
from tests.line import AANBIEDER, NOWHERE, SCHOOL, Line, story


@story()
async def test_only_its_own_partij_reads_a_taak(line: Line) -> None:
    """Another partij's taak and one that never was are the same 404; a list holds only one's own."""
    found = await line.world.storage.leerling_by_ref(SCHOOL, (await line.gezag())["leerlingId"])
    assert found is not None
    leerling = found.id
    rows = [taak(leerling, partij=SCHOOL, soort=soort) for soort in Taaksoort]
    theirs = taak(leerling, partij=AANBIEDER)
    await line.world.storage.commit(Change(taken=tuple(map(TaakWrite, (*rows, theirs)))))

    seen: list[str] = []
    na: int | None = 0
    while na is not None:
        page = (await line.school.get(f"/taken?aantal=4&na={na}")).json()
        seen += [t["id"] for t in page["taken"]]
        na = page["na"]
    assert seen == [row.id for row in rows]
    assert [t["id"] for t in (await line.helper.get("/taken")).json()["taken"]] == [theirs.id]

    one = await line.school.get(f"/taken/{rows[0].id}")
    assert one.json()["volgendeStap"]
    assert leerling not in one.text
    foreign, unknown = (
        await line.helper.get(f"/taken/{rows[0].id}"),
        await line.helper.get(f"/taken/{NOWHERE}"),
    )
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
