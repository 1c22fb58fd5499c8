"""A message speaks in its sender's own name; a decision is that of who took it, or of whom he mandated."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from pydantic import TypeAdapter

from adapters import ijw
from gateway.exchange.intake.wie import WHO
from schemas.identifiers import Agb, Brin, Gemeentecode, Oin, PartijId, Vestigingscode
from schemas.messages.berichten import BERICHTEN, OVER_NIEMAND
from schemas.storage.storage import Register
from tests.flow.test_berichten import FULL, GEMEENTE, MANDATEN, every_role, known, push, question
from tests.flow.test_ijw_answer import START, START_OK
from tests.flow.test_ijw_answer import answer as ijw_answer
from tests.line import (
    AANBIEDER,
    IB,
    OTHER_SCHOOL,
    SCHOOL,
    Caller,
    Json,
    Line,
    fresh,
    only,
    problem,
    story,
)
from tests.unit.adapters.ijw.test_melding import accepted as accepting

HELPER: Final = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}


async def answered(line: Line, body: Json, who: Caller | None = None) -> tuple[int, list[tuple[str, str]]]:
    """Status and faults, the same for a push and its preview; nothing is stored of what is refused."""
    caller = who or line.school
    before = await line.everything()
    proef = await caller.post("/uitwisselingen/_proef", body)
    pushed = await caller.post("/uitwisselingen", body, key=fresh())
    told = [(f["code"], f["plaats"]) for f in pushed.json().get("fouten", ())]
    assert [(f["code"], f["plaats"]) for f in proef.json().get("fouten", ())] == told
    if told:
        assert problem(pushed)[:2] == (400, "ongeldig-bericht")
        assert await line.everything() == before
    return pushed.status_code, told


@pytest.mark.parametrize("soort", ["hulpvraag", "opp_uittreksel", "overstapset", "verzuimsignaal"])
@story("memory")
async def test_a_school_sends_as_itself(line: Line, soort: str) -> None:
    """Another BRIN, another vestiging, or the name of another partij: refused at its place."""
    await every_role(line)
    await known(line)

    def of(**school: Any) -> Json:
        return push(soort, FULL[soort] | {"school": FULL[soort]["school"] | school})

    other = "afzender.andereSchool"
    assert (await answered(line, of()))[1] == []
    assert (await answered(line, of(brin="99XX")))[1] == [(other, "/bericht/inhoud/school/brin")]
    assert (await answered(line, of(vestigingscode="01")))[1] == [
        (other, "/bericht/inhoud/school/vestigingscode")
    ]
    register = await line.world.storage.register()
    theirs = json.loads(register.partijen[OTHER_SCHOOL]) | {"naam": "De Andere School (fictief)"}
    await line.apply(
        Register(
            register.version,
            register.partijen | {OTHER_SCHOOL: json.dumps(theirs)},
            beleid=register.beleid,
        )
    )
    unnumbered = push(soort, FULL[soort] | {"school": {"naam": "De Andere School (fictief)"}})
    assert (await answered(line, unnumbered))[1] == [(other, "/bericht/inhoud/school/naam")]


@story("memory")
async def test_who_sends_an_arrangement_takes_part_in_it(line: Line) -> None:
    """School and aanbieder: where their kind is named by number, they are there by their own."""
    await every_role(line)
    asked = await question(line, await known(line))
    back = {"inAntwoordOp": asked, "ontvangers": [IB]}

    def of(where: str, soort: str, waarde: str, **other: Any) -> Json:
        (first,) = FULL["arrangement"][where]
        numbered = first | {"identificaties": [{"soort": soort, "waarde": waarde}]}
        inhoud = FULL["arrangement"] | {where: [numbered]}
        body = push("arrangement", inhoud, doel="arrangement") | other
        return {n: v for n, v in body.items() if n != "leerling" or not other}

    register = await line.world.storage.register()
    agb = json.loads(register.partijen[AANBIEDER]) | {"agb": "99999901"}
    await line.apply(
        Register(register.version, register.partijen | {AANBIEDER: json.dumps(agb)}, beleid=register.beleid)
    )
    absent = "afzender.doetNietMee"
    for waarde, wrong in (("99ZZ", False), ("99ZZ00", False), ("99XX", True), ("99ZZ01", True)):
        found = await answered(line, of("scholen", "brin", waarde))
        assert found[1] == [(absent, "/bericht/inhoud/scholen")] * wrong, waarde
    for waarde, wrong in (("99999901", False), ("99999902", True)):
        found = await answered(line, of("partners", "agb", waarde, **back), line.helper)
        assert found[1] == [(absent, "/bericht/inhoud/partners")] * wrong, waarde
    # Whom else it names is what it is about.
    assert (await answered(line, of("partners", "agb", "99999902")))[1] == []
    assert (await answered(line, of("scholen", "brin", "99XX", **back), line.helper))[1] == []


@pytest.mark.parametrize("soort", ["toeleidingsbesluit", "aanvraag_antwoord"])
@story("memory")
async def test_a_decision_is_of_who_took_it_or_mandated(line: Line, soort: str) -> None:
    """Refused without a mandate, with that of another, for another decision, before it begins and after it
    ended; a register from before has none.
    """
    await every_role(line)
    asked = await question(line, await known(line))
    field = {"toeleidingsbesluit": "beslotenDoor", "aanvraag_antwoord": "beantwoordDoor"}[soort]
    not_yours = [("besluit.nietVanU", f"/bericht/inhoud/{field}")]
    body = push(soort, inAntwoordOp=asked, ontvangers=[IB])
    body.pop("leerling")

    async def under(*rows: Json) -> list[tuple[str, str]]:
        old = await line.world.storage.register()
        beleid = {"mandaten": json.dumps(rows)} if rows else {}
        await line.apply(Register(old.version, old.partijen, beleid=beleid))
        return (await answered(line, body, line.helper))[1]

    (mine,) = [m for m in MANDATEN if m["nemer"] == AANBIEDER]
    other = next(s for s in mine["besluiten"] if s != soort)
    assert await under() == not_yours
    assert await under(mine) == []
    assert await under(mine | {"besluiten": [soort], "geldigTotEnMet": "2026-12-31"}) == []
    assert await under(mine | {"besluiten": [other]}) == not_yours
    assert await under(mine | {"nemer": SCHOOL}) == not_yours
    assert await under(mine | {"gever": OTHER_SCHOOL}) == not_yours
    assert await under(mine | {"geldigVanaf": "2026-11-01"}) == not_yours
    assert await under(mine | {"geldigTotEnMet": "2026-09-30"}) == not_yours


@story("memory")
async def test_an_answer_names_the_gemeente_that_decided(line: Line) -> None:
    """It must be named; a mandate of one is none of another, and who is no gemeente decides nothing."""
    await every_role(line)
    asked = await question(line, await known(line))

    async def said(**other: Any) -> list[tuple[str, str]]:
        inhoud = {n: v for n, v in (FULL["aanvraag_antwoord"] | other).items() if v is not None}
        body = push("aanvraag_antwoord", inhoud, inAntwoordOp=asked, ontvangers=[IB])
        body.pop("leerling")
        return (await answered(line, body, line.helper))[1]

    place = "/bericht/inhoud/beantwoordDoor"
    assert await said() == []
    assert await said(beantwoordDoor=None) == [("besluit.doorWie", place)]
    for other in ("gemeente:0363", AANBIEDER, SCHOOL):
        assert await said(beantwoordDoor=other) == [("besluit.nietVanU", place)], other


ABOUT: Final = {
    "ontwikkelingsperspectief": {
        "besluiten.arrangementen[].brin",
        "besluiten.arrangementen[].vestigingscode",
        "bronfeiten.schoolloopbaan[].brin",
        "bronfeiten.schoolloopbaan[].vestigingscode",
        "bronfeiten.terugplaatsingBrin",
    },
    "overstapset": {"nieuweSchool.brin", "nieuweSchool.vestigingscode"},
    "arrangement": {
        "individueel.gemeente",
        "inrichting.woonplaatsregels[].gemeente",
        "toewijzingen[].aanbieder",
        "toewijzingen[].gemeente",
    },
    "toeleidingsbesluit": {"uitvoerder"},
    "aanvraag_antwoord": {"andereGemeente"},
    "escalatie": {"betrokkenPartijen[]"},
    "deling_zonder_toestemming": {"gedeeldMet.partij"},
}
"""Organisations that a message names as what it is about."""


def named(schema: Json, defs: Json, path: str = "") -> Iterator[str]:
    """The path of every field that holds the number of an organisation."""
    if "$ref" in schema:
        yield from named(defs[schema["$ref"].rpartition("/")[2]], defs, path)
    for option in schema.get("anyOf", ()):
        yield from named(option, defs, path)
    for name, below in schema.get("properties", {}).items():
        yield from named(below, defs, f"{path}.{name}" if path else name)
    if "items" in schema:
        yield from named(schema["items"], defs, f"{path}[]")
    if schema.get("pattern") in NUMBERS:
        yield path


NUMBERS: Final = {
    TypeAdapter(each).json_schema()["pattern"]
    for each in (PartijId, Brin, Vestigingscode, Agb, Gemeentecode, Oin)
}


@pytest.mark.parametrize("soort", sorted(set(BERICHTEN) - OVER_NIEMAND))
def test_every_organisation_in_a_message_speaks_or_is_what_it_is_about(soort: str) -> None:
    """So that a new type of message, or a new field, cannot name another as its sender unseen."""
    schema = BERICHTEN[soort].model_json_schema()
    found = set(named(schema, schema.get("$defs", {})))
    speaks = {p for p in found if p.split(".")[0].removesuffix("[]") in WHO.get(soort, ())}
    assert found - speaks == ABOUT.get(soort, set())


@story("memory")
async def test_messages_of_ijw_come_from_their_own_aanbieder(line: Line) -> None:
    """An AGB in them that is not the sender's is refused at its place, whether or not it takes part here."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    place = "/dossier/inhoud/Bericht/Header/Afzender"
    assert (await answered(line, ijw_answer(only(pushed), START_OK), line.helper))[1] == []
    for agb in ("99999902", "99999977"):
        header = START.inhoud["Header"] | {"Afzender": agb}
        start = ijw.JwBericht("JW305", START.inhoud | {"Header": header})
        body = ijw_answer(only(pushed), accepting(start, "R1"))
        body["dossier"]["inhoud"] = base64.b64encode(ijw.write(start)).decode()
        assert (await answered(line, body, line.helper))[1] == [("afzender.andereAanbieder", place)], agb


@story("memory")
async def test_who_decides_himself_needs_no_mandate(line: Line) -> None:
    """A school that grants from its own means, and not in the name of the gemeente."""
    await every_role(line)
    await known(line)
    own = FULL["toeleidingsbesluit"] | {"beslotenDoor": SCHOOL}
    old = await line.world.storage.register()
    await line.apply(Register(old.version, old.partijen))
    body = push("toeleidingsbesluit", own, doel="toeleiding")
    assert (await answered(line, body))[1] == []
    theirs = push("toeleidingsbesluit", own | {"beslotenDoor": GEMEENTE})
    assert (await answered(line, theirs))[1] == [("besluit.nietVanU", "/bericht/inhoud/beslotenDoor")]
