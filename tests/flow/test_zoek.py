"""A school finds its own reference to a leerling again, by its own id for him and by nothing else."""

from __future__ import annotations

from tests.flow.test_kenmerken import from_before
from tests.line import LEERLING, SCHOOL, Line, fine, problem, story

WHERE = "/leerlingen/_zoek"


@story()
async def test_a_school_finds_its_own_leerling(line: Line) -> None:
    """By exactly the id it sent. Another school, jeugdhulp that knows him, and of nobody: one answer."""
    assert problem(await line.school.post(WHERE, {"leerlingid": LEERLING}))[0] == 404
    leerling, pushed, _ = await line.permitted()
    await line.take(pushed["leveringen"][0]["id"])
    found = fine(await line.school.post(WHERE, {"leerlingid": LEERLING}))
    assert found == {"leerlingId": leerling["leerlingId"], "lijktOp": []}
    nobody = await line.school.post(WHERE, {"leerlingid": "niemand"})
    assert nobody.status_code == 404
    for other in (line.other_school, line.helper):
        assert (await other.post(WHERE, {"leerlingid": LEERLING})).content == nobody.content


@story()
async def test_who_looks_the_same_is_named_as_such(line: Line) -> None:
    """Two from before whose ids nobody can tell apart, and only one that looks like what was asked."""
    behind, before = await from_before(line, f"{LEERLING} "), await from_before(line, f" {LEERLING}")
    alike = fine(await line.school.post(WHERE, {"leerlingid": LEERLING}))
    assert alike == {"leerlingId": None, "lijktOp": sorted((behind, before))}
    exact = fine(await line.school.post(WHERE, {"leerlingid": f"{LEERLING} "}))
    assert exact == {"leerlingId": behind, "lijktOp": [before]}


@story("memory")
async def test_the_scope_to_read_is_asked_and_only_the_id(line: Line) -> None:
    """The FG's client has no such scope; a name is no way to search."""
    assert (await line.fg.post(WHERE, {"leerlingid": LEERLING})).status_code == 403
    asked = {"leerlingid": LEERLING, "voornaam": "Verzonnen"}
    assert problem(await line.school.post(WHERE, asked))[0] == 400
    assert problem(await line.school.post(WHERE, {"leerlingid": ""}))[0] == 400


@story("memory")
async def test_a_row_that_somebody_else_wrote_is_not_given(line: Line) -> None:
    """The identity of another leerling behind this index: no reference is told, and the alarm goes off."""
    await line.gezag()
    row = await line.world.storage.leerling_by_ref(SCHOOL, await from_before(line, "ander"))
    assert row is not None
    rows = vars(line.world.storage)["_leerlingen"]
    mine = next(r for r in rows.values() if r.id != row.id)
    rows[mine.id] = type(mine)(**{n: getattr(mine, n) for n in mine.__slots__} | {"identity": row.identity})
    assert problem(await line.school.post(WHERE, {"leerlingid": LEERLING}))[0] == 503
    assert any(e["event"] == "state.broken" for e in line.log_lines())
