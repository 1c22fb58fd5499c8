"""What an operator leans on: a sound register, housekeeping that goes on, counters not for all."""

from __future__ import annotations

import pytest

from gateway.regels import shipped_profiles
from schemas.storage import Register
from tests.line import Json, Line, accepted, envelope, fine, fresh, only, problem, story


async def clash(line: Line) -> Register:
    """Puts a register in place as a newer gateway may find it; gives the sound one back."""
    old = await line.world.storage.register()
    own = shipped_profiles()[0].model_copy(update={"id": "eigen-profiel"})
    broken = Register(0, old.partijen, {own.id: own.model_dump_json(exclude_defaults=True)})
    assert await line.world.storage.apply_register(broken, old.version, ())
    return old


def broken_register(line: Line) -> list[Json]:
    return [e for e in line.log_lines() if e.get("problem") == "register"]


@story()
async def test_a_register_that_is_no_policy_is_our_fault(line: Line) -> None:
    """Nothing is accepted, previewed or handed over, and nothing is lost; once repaired all goes on."""
    _, pushed, _ = await line.permitted()
    old = await clash(line)
    before = await line.everything()
    ours = (503, "verantwoording-onbeschikbaar", ())
    key = fresh()
    assert problem(await line.school.post("/uitwisselingen", envelope(), key=key)) == ours
    assert problem(await line.school.post("/uitwisselingen/_proef", envelope())) == ours
    assert problem(await line.try_take(only(pushed))) == ours
    assert problem(await line.http.get("/v1/gereedheid")) == ours
    assert await line.everything() == before
    (said,) = broken_register(line)
    assert (said["event"], said["level"]) == ("gateway.promise_broken", "error")
    assert await line.world.storage.apply_register(old, old.version + 1, ())
    accepted(await line.school.post("/uitwisselingen", envelope(), key=key))
    assert fine(await line.http.get("/v1/gereedheid")) == {"status": "gereed"}
    await line.take(only(pushed))


@story()
async def test_under_a_register_that_is_no_policy_nothing_is_permitted(line: Line) -> None:
    """The policy for what must be recorded anyhow knows the partijen and has no profile at all."""
    old = await clash(line)
    regels = await line.context.regels.current_or_deny()
    assert regels.beleid.profielen == {}
    assert regels.partijen.keys() == old.partijen.keys()
    assert len(broken_register(line)) == 1
    assert await line.context.regels.current_or_deny() is regels
    assert len(broken_register(line)) == 1


@story()
@pytest.mark.xfail(strict=True, reason="FollowUp.record still asks Regelbron.current")
async def test_a_withdrawal_is_recorded_under_a_register_that_is_no_policy(line: Line) -> None:
    """Whatever our register is, who withdraws is heard, and what waited does not go."""
    _, pushed, given = await line.permitted()
    await clash(line)
    await line.withdraw(given[0])
    assert (await line.status(pushed)) in ("ingetrokken", "geweigerd")
    assert not line.has_content(only(pushed))
