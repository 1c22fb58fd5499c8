"""One case has another key at every partner, from the preview to the hand-over and back."""

from __future__ import annotations

import json

from tests.flow.test_berichten import FULL, agree, known, push, question
from tests.line import (
    AANBIEDER,
    OTHER_AANBIEDER,
    SCHOOL,
    Json,
    Line,
    accepted,
    fine,
    fresh,
    recorded,
    story,
)

HELPERS: list[Json] = [
    {"partij": AANBIEDER, "rol": "jeugdhulpverlener"},
    {"partij": OTHER_AANBIEDER, "rol": "jeugdhulpverlener"},
]
ZAAK = FULL["gezamenlijk_plan"]["zaak"]


async def taken(line: Line, pushed: Json) -> dict[str, str]:
    """By partij the key of the case that it got; signed for, so that a next levering can be taken."""
    found = {}
    for view in await line.leveringen(pushed):
        who = line.helper if view["ontvanger"] == AANBIEDER else line.other_helper
        payload = await line.take(view["id"], who)
        found[view["ontvanger"]] = json.loads(payload)["inhoud"]["zaak"]
        await line.sign_for(view["id"], payload, who)
    return found


@story("memory")
async def test_two_partners_cannot_join_their_files_by_the_key_of_a_case(line: Line) -> None:
    """Each gets the same key every time, and another than the other partner and the school have."""
    leerling = await known(line)
    for helper in HELPERS:
        await agree(line, leerling, "arrangement", "S2J", helper)
    body = push("gezamenlijk_plan", doel="arrangement", ontvangers=HELPERS)
    shown = fine(await line.school.post("/uitwisselingen/_proef", body))
    first = await taken(line, accepted(await line.school.post("/uitwisselingen", body, key=fresh())))
    again = await taken(line, accepted(await line.school.post("/uitwisselingen", body, key=fresh())))
    assert first == again
    assert len({ZAAK, *first.values()}) == 3
    told = json.dumps(shown)
    assert ZAAK not in told
    assert all(z in told for z in first.values())


@story("memory")
async def test_a_message_names_the_zaak_as_its_recipient_knows_it(line: Line) -> None:
    """The school names its own key of a zaak; the helper reads the key by which it can open that zaak."""
    leerling = await known(line)
    await agree(line, leerling, "arrangement", "S2J", HELPERS[0])
    zaak = {"onderwerp": "leerling", "vorm": "individueel", "functie": "intern_begeleider"}
    zaak |= {"wettelijkeTaak": "passend_onderwijs"}
    opening = {"leerlingId": leerling["leerlingId"], "zaak": zaak}
    here = recorded(await line.school.post("/zaken", opening, key=fresh()))["zaak"]["zaakId"]
    erbij = {"soort": "partner_erbij", "partij": AANBIEDER, "functie": "jeugdhulpverlener"}
    erbij |= {"wettelijkeTaak": "jeugdhulp", "cellen": ["contact"]}  # type: ignore[dict-item]
    recorded(await line.school.post(f"/zaken/{here}/stappen", {"stap": erbij}, key=fresh()))
    plan = FULL["gezamenlijk_plan"] | {"zaak": here}
    body = push("gezamenlijk_plan", plan, doel="arrangement", ontvangers=HELPERS[:1])
    got = await taken(line, accepted(await line.school.post("/uitwisselingen", body, key=fresh())))
    (theirs,) = fine(await line.helper.get("/zaken"))["zaken"]
    assert got == {AANBIEDER: theirs["zaakId"]}
    assert theirs["zaakId"] != here


@story("memory")
async def test_an_answer_names_the_case_as_the_school_knows_it(line: Line) -> None:
    """The helper sends the key it got; the school reads its own."""
    leerling = await known(line)
    asked = await question(line, leerling)
    await agree(line, leerling, "arrangement", "S2J", HELPERS[0])
    body = push("gezamenlijk_plan", doel="arrangement", ontvangers=HELPERS[:1])
    got = await taken(line, accepted(await line.school.post("/uitwisselingen", body, key=fresh())))
    back = {"partij": SCHOOL, "rol": "intern_begeleider"}
    await agree(line, leerling, "arrangement", "J2S", back)
    answer = push(
        "voortgangsbericht",
        FULL["voortgangsbericht"] | {"zaak": got[AANBIEDER]},
        doel="arrangement",
        ontvangers=[back],
        inAntwoordOp=asked,
    )
    del answer["leerling"]
    pushed = accepted(await line.helper.post("/uitwisselingen", answer, key=fresh()))
    (view,) = await line.leveringen(pushed, line.helper)
    payload = await line.take(view["id"], line.school)
    assert json.loads(payload)["inhoud"]["zaak"] == ZAAK
