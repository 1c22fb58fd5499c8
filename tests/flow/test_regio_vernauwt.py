"""What a region cut off from a flow does not go, though everybody agreed; its file is in every decision."""

from __future__ import annotations

from typing import Final

from consent.inrichting import inrichting_hash
from schemas.decision.decision import Decision, Reden
from tests.conftest import ROOT
from tests.flow.test_zaak import faults, hulp, open_zaak, stap
from tests.line import Json, Line, story

STAD: Final = (ROOT / "gateway/practices/regios/verzonnen-stad/regio.toml").read_text(encoding="utf-8")
ROW: Final = """
[[stromen]]
regel = "V56"
waarom = "Naar jeugdhulp gaat hier alleen hoe men elkaar bereikt."
soorten = ["contact"]
"""


async def decided(line: Line, pushed: Json) -> Decision:
    (levering,) = await line.world.storage.leveringen(pushed["uitwisselingId"])
    return levering.besluit


@story("memory")
async def test_what_a_region_cut_off_stays_home_until_it_is_given_back(line: Line) -> None:
    """The same push on the same toestemming; what is decided then rests on another policy."""
    _, pushed, _ = await line.permitted()
    whole = await decided(line, pushed)
    await line.region(STAD + ROW)
    regels = await line.context.regels.current()
    assert regels.beleid.inrichting == inrichting_hash(STAD + ROW)
    narrowed = await decided(line, await line.push())
    assert narrowed.policy_hash != whole.policy_hash
    assert Reden.RULE_ON_HOLD in narrowed.codes
    assert set(narrowed.released) < set(whole.released)
    await line.region(None)
    again = await line.push()
    assert await line.status(again) == "klaar"


@story("memory")
async def test_in_a_zaak_nobody_needs_to_know_what_the_region_does_not_let_through(line: Line) -> None:
    """Without the region the same partner may need it, and again when the region is gone."""
    zaak = (await open_zaak(line))["zaakId"]
    await line.region(STAD + ROW)
    assert await faults(line.school, zaak, **hulp()) == ("cel.geenStroom",)
    await stap(line.school, zaak, **hulp(cellen=["contact"]))
    await stap(line.school, zaak, soort="partner_eraf", partij=hulp()["partij"])
    await line.region(None)
    await stap(line.school, zaak, **hulp())
