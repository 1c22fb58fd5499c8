"""Messages in our own schema on the line: in by the API, decided, out with exactly the profile's fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource

from consent.beleid import Proportionaliteitsprofiel
from consent.leeftijd import day
from gateway.exchange.intake.eigen import read_own_file
from gateway.register.regels import shipped_profiles
from schemas.base import Gegevenscategorie
from schemas.messages.berichten import BERICHTEN, GEDRAGEN, OVER_NIEMAND
from schemas.people.partij import Rol
from schemas.people.toestemming import Richting
from schemas.publication.publicatie import UITGAVEN, publish
from schemas.publication.voorbeelden import VOORBEELDEN
from schemas.storage.storage import Register
from tests.line import (
    AANBIEDER,
    LEERLING,
    SCHOOL,
    Caller,
    Json,
    Line,
    accepted,
    bereik,
    codes,
    envelope,
    fine,
    fresh,
    only,
    persons,
    problem,
    story,
)

BORN: Final = "2017-03-14"
MENSELIJK: Final = {"inzageoverzicht", "inzagereactie"}
OWN: Final = sorted(GEDRAGEN - {"terugkoppeling"} - OVER_NIEMAND - MENSELIJK)
"""Between organisations about a leerling: the others are in test_onderwerp.py and test_mensen.py."""
ALL: Final = [c.value for c in Gegevenscategorie if c.niveau > 0]
FULL: Final[dict[str, dict[str, Any]]] = {
    **VOORBEELDEN,
    "hulpvraag": VOORBEELDEN["hulpvraag"] | {"thuisIngelicht": ["ouders"]},
    "verzuimsignaal": VOORBEELDEN["verzuimsignaal"] | {"ziekgemeld": True},
    "overgang_volwassenheid": VOORBEELDEN["overgang_volwassenheid"]
    | {"leerling": VOORBEELDEN["hulpvraag"]["leerling"]},
    "aanvraag_antwoord": VOORBEELDEN["aanvraag_antwoord"] | {"andereGemeente": "0363"},
}
"""The published examples, with what must stay home where they have none of it."""


def push(soort: str, inhoud: object = None, **other: Any) -> Json:
    return {
        "doel": "toeleiding",
        "ontvangers": [{"partij": AANBIEDER, "rol": "jeugdhulpverlener"}],
        "categorieen": ALL,
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": LEERLING},
        "bericht": {"soort": soort, "inhoud": FULL[soort] if inhoud is None else inhoud},
    } | other


GEMEENTE: Final = "gemeente:9999"
MANDATEN: Final = [
    {
        "gever": GEMEENTE,
        "nemer": nemer,
        "besluiten": ["toeleidingsbesluit", "aanvraag_antwoord"],
        "geldigVanaf": "2026-01-01",
        "besluitRef": "mandaatbesluit 2026-3",
    }
    for nemer in (SCHOOL, AANBIEDER)
]
"""Who sends the decisions in the examples was mandated by the gemeente that took them."""


async def every_role(line: Line) -> None:
    """Both sides may receive in any role, and decide in the name of a gemeente."""
    old = await line.world.storage.register()
    made = {
        p: json.dumps(json.loads(text) | {"rollen": [r.value for r in Rol]})
        for p, text in old.partijen.items()
    }
    made[GEMEENTE] = json.dumps({"id": GEMEENTE, "soort": "gemeente", "naam": "Verzonnen gemeente"})
    await line.apply(Register(old.version, made, beleid={"mandaten": json.dumps(MANDATEN)}))


async def known(line: Line) -> Json:
    """The leerling as the school recorded him, with the birth date of the examples."""
    return await line.gezag(geboortedatum=BORN)


async def agree(line: Line, leerling: Json, doel: str, richting: str, ontvanger: Json) -> None:
    over = bereik(richting=richting, doelen=[doel], categorieen=ALL, ontvangers=[ontvanger])
    functies = ("avg_basis",) if richting == "S2J" else ("avg_basis", "secrecy_waiver")
    for persoon in persons(leerling):
        for functie in functies:
            await line.agree(leerling, persoon, functie=functie, bereik=over)
    for functie in functies:  # his own words are his to give, at any age
        await line.agree(leerling, leerling["leerlingPersoonId"], functie=functie, bereik=over)


def leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, f"{path}[]")
    else:
        yield path


@cache
def schema(soort: str) -> Any:
    """The published schema of what a recipient gets, with the others it refers to at hand."""
    files = {n: json.loads(t) for n, t in publish().items() if n != "index.json"}
    registry: Registry[Any] = Registry().with_resources(
        (f["$id"], Resource.from_contents(f)) for f in files.values()
    )
    (own,) = [f for n, f in files.items() if n.endswith(f"/{soort}.overdracht.json")]
    return Draft202012Validator(own, registry=registry)


def cases(soort: str) -> list[Proportionaliteitsprofiel]:
    """Those between a school and the other side; what is between two named capacities a practice sends."""
    return [p for p in shipped_profiles() if p.bericht == soort and not p.van and not p.aan]


async def question(line: Line, leerling: Json) -> str:
    """A hulpvraag the aanbieder took: what it can answer."""
    helper = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
    await agree(line, leerling, "toeleiding", "S2J", helper)
    pushed = accepted(await line.school.post("/uitwisselingen", push("hulpvraag"), key=fresh()))
    await line.sign_for(only(pushed), await line.take(only(pushed)))
    return only(pushed)


@pytest.mark.parametrize("soort", OWN)
@story("memory")
async def test_from_push_to_exactly_the_profile(line: Line, soort: str) -> None:
    """For each profile of the type: nothing without people's word for it, then the profile's fields only."""
    await every_role(line)
    leerling = await known(line)
    asked = await question(line, leerling)
    for profiel in cases(soort):
        back = profiel.richting is Richting.J2S
        sender, taker = (line.helper, line.school) if back else (line.school, line.helper)
        ontvanger = {"partij": SCHOOL if back else AANBIEDER, "rol": profiel.rol.value}
        named: Json = {"inAntwoordOp": asked, "leerling": None} if back else {}
        body = push(soort, doel=profiel.doel.value, ontvangers=[ontvanger], **named)
        body = {n: v for n, v in body.items() if v is not None}
        pushed = accepted(await sender.post("/uitwisselingen", body, key=fresh()))
        if (profiel.doel, profiel.rol) != ("toeleiding", "jeugdhulpverlener"):  # that was agreed for `asked`
            before = await line.status(pushed, sender)
            assert before in {"geweigerd", "aangehouden"}  # they agreed to something else, or to nothing
            await agree(line, leerling, profiel.doel.value, profiel.richting.value, ontvanger)
            if before == "geweigerd":
                pushed = accepted(await sender.post("/uitwisselingen", body, key=fresh()))
        assert await line.status(pushed, sender) == "klaar", codes(await line.levering(pushed, sender))
        payload = await line.take(only(pushed), taker)
        taken = json.loads(payload)
        assert taken["soort"] == soort
        assert set(leaves(taken["inhoud"])) == set(leaves(FULL[soort])) & profiel.paden
        assert not list(schema(soort).iter_errors(taken))
        await line.sign_for(only(pushed), payload, taker)


def test_every_type_in_use_is_tested_and_has_a_profile() -> None:
    """What is published as in use is what the line carries, and nothing is carried without a profile."""
    assert {p.bericht for p in shipped_profiles()} == GEDRAGEN
    told = {u.naam for u in UITGAVEN if u.naam in BERICHTEN and u.status == "in_gebruik"}
    assert told == GEDRAGEN
    for soort in OWN:
        named = {p for profiel in shipped_profiles() if profiel.bericht == soort for p in profiel.paden}
        assert set(leaves(FULL[soort])) & named


@story("memory")
async def test_a_push_tells_the_principles_that_check_tells(line: Line) -> None:
    """An arrangement is held to all thirty at the push and in the preview, as in `check`, and goes on.

    On the day that it is: a date to look again that has come is told from then on.
    """
    await every_role(line)
    helper = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
    await agree(line, await known(line), "arrangement", "S2J", helper)
    lacking = json.loads(json.dumps(FULL["arrangement"]))
    lacking["inrichting"].pop("functies", None)
    lacking["partners"] = []
    for inhoud in (FULL["arrangement"], lacking):
        raw = json.dumps({"soort": "arrangement", "inhoud": inhoud}).encode()
        body = push("arrangement", inhoud, doel="arrangement")
        told = {}
        for days in (0, 400):
            line.later(days=days)
            checked = read_own_file(raw, day(line.clock.now()))
            assert checked.fouten == ()
            wanted = [(b.code, f"/bericht{b.place}", b.text) for b in checked.bevindingen]
            pushed = await line.school.post("/uitwisselingen", body, key=fresh())
            proef = fine(await line.school.post("/uitwisselingen/_proef", body))
            for answer in (accepted(pushed), proef):
                found = [(b["code"], b["plaats"], b["tekst"]) for b in answer["bevindingen"]]
                assert found == wanted
            told[days] = {code for code, *_ in wanted}
            line.later(days=-days)
        assert "P12" in told[400]
    assert {"P01", "P14"} <= told[0]


@story("memory")
async def test_free_text_nobody_read_stays_home(line: Line) -> None:
    """Free text that nobody read stays home, and the rest goes."""
    leerling = await known(line)
    helper = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
    await agree(line, leerling, "toeleiding", "S2J", helper)
    body = push("hulpvraag", vrijeTekstNagekeken=False)
    pushed = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
    assert codes(await line.levering(pushed)) >= {"FREE_TEXT_UNREVIEWED"}
    assert "vraag" not in json.loads(await line.take(only(pushed)))["inhoud"]


@story("memory")
async def test_a_leerling_nobody_knows_yet(line: Line) -> None:
    """A birth date makes him known, another one later is a fault, and none at all needs him known before."""
    new = push("hulpvraag")
    assert (
        await line.status(accepted(await line.school.post("/uitwisselingen", new, key=fresh())))
        == "aangehouden"
    )
    other = FULL["hulpvraag"]["leerling"] | {"geboortedatum": "2017-03-15"}
    differs = push("hulpvraag", FULL["hulpvraag"] | {"leerling": other})
    place = "/bericht/inhoud/leerling/geboortedatum"
    assert await refusal(line, differs) == {("leerling.andereGeboortedatum", place)}
    unknown = push("voortgangsbericht", leerling={"leerlingid": "nieuw"})
    assert await refusal(line, unknown) == {("leerling.onbekend", "/leerling/leerlingid")}
    accepted(await line.school.post("/uitwisselingen", push("voortgangsbericht"), key=fresh()))
    inside = FULL["arrangement"]["individueel"]["leerling"]
    born = FULL["arrangement"] | {"individueel": {"leerling": inside | {"geboortedatum": "2017-03-15"}}}
    place = "/bericht/inhoud/individueel/leerling/geboortedatum"
    assert await refusal(line, push("arrangement", born)) == {("leerling.andereGeboortedatum", place)}
    named = FULL["arrangement"] | {"individueel": {"leerling": inside | {"bronId": {"leerlingid": "ander"}}}}
    place = "/bericht/inhoud/individueel/leerling/bronId/leerlingid"
    assert await refusal(line, push("arrangement", named)) == {("leerling.andereSleutel", place)}


async def refusal(line: Line, body: Json, who: Caller | None = None) -> set[tuple[str, str]]:
    before = await line.everything()
    answer = await (who or line.school).post("/uitwisselingen", body, key=fresh())
    assert problem(answer)[0] == 400
    assert await line.everything() == before
    return {(f["code"], f["plaats"]) for f in answer.json()["fouten"]}


@story("memory")
async def test_a_plan_of_its_own_is_of_the_school_and_the_leerling_that_sends_it(line: Line) -> None:
    """It names no other vestiging and no other key than its envelope, and jeugdhulp has no such plan."""
    leerling = await known(line)
    asked = await question(line, leerling)
    plan = FULL["ontwikkelingsperspectief"]
    elsewhere = plan | {"school": plan["school"] | {"vestigingscode": "01"}}
    place = "/bericht/inhoud/school/vestigingscode"
    kind = "ontwikkelingsperspectief"
    assert await refusal(line, push(kind, elsewhere)) == {("afzender.andereSchool", place)}
    other = plan | {"leerling": plan["leerling"] | {"bronId": {"leerlingid": "ander"}}}
    place = "/bericht/inhoud/leerling/bronId/leerlingid"
    assert await refusal(line, push(kind, other)) == {("leerling.andereSleutel", place)}
    back = push(kind, inAntwoordOp=asked, ontvangers=[{"partij": SCHOOL, "rol": "intern_begeleider"}])
    del back["leerling"]
    assert await refusal(line, back, line.helper) == {("bericht.afzender", "/bericht/soort")}


@story("memory")
async def test_all_faults_of_a_message_are_told_at_once(line: Line) -> None:
    """All faults are told as JSON pointers into what was sent, and without a value of it."""
    wrong = {"vraag": 3, "urgentie": "KANARIE", "KANARIE": 1, "leerling": {"naamdelen": {}}}
    answer = await line.school.post("/uitwisselingen", push("hulpvraag", wrong), key=fresh())
    found = {f["plaats"] for f in answer.json()["fouten"]}
    assert {
        "/bericht/inhoud/vraag",
        "/bericht/inhoud/urgentie",
        "/bericht/inhoud/school",
        "/bericht/inhoud/contactpersoon",
    } <= found
    assert answer.status_code == 400
    assert "KANARIE" not in answer.text


@story("memory")
async def test_an_answer_about_somebody_else(line: Line) -> None:
    """A message of jeugdhulp with another birth date than the leerling of the levering is no answer to it."""
    leerling = await known(line)
    asked = await question(line, leerling)
    other = FULL["terugkeer"]["leerling"] | {"geboortedatum": "2017-03-15"}
    body = push("terugkeer", FULL["terugkeer"] | {"leerling": other}, inAntwoordOp=asked, leerling=None)
    body |= {"ontvangers": [{"partij": SCHOOL, "rol": "intern_begeleider"}]}
    place = "/bericht/inhoud/leerling/geboortedatum"
    assert await refusal(line, body, line.helper) == {("leerling.andereGeboortedatum", place)}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('{"vraag": 1' + "0" * 400 + "}", 400),
        ('{"vraag": ' + "[" * 150 + "]" * 150 + "}", 400),
        ('{"vraag": ' + "[" * 5_000 + "]" * 5_000 + "}", 400),
        ('{"vraag": "\\ud800"}', 400),
        ('{"vraag": NaN}', 400),
        ('{"vraag": 1e400}', 400),
        ("[]", 400),
        ('{"vraag": "' + "x" * 500_000 + '"}', 413),
        ("{" + ",".join(f'"v{i}": 1' for i in range(30_000)) + "}", 400),
    ],
    ids=[
        "number",
        "deep",
        "deeper",
        "half a character",
        "no number",
        "infinite",
        "list",
        "large",
        "many faults",
    ],
)
@story("memory")
async def test_hostile_content_is_a_fault_of_the_sender(line: Line, text: str, status: int) -> None:
    """Never ours, whatever stands in there, and nothing is stored."""
    before = await line.everything()
    body = json.dumps(push("hulpvraag", "HIER")).replace('"HIER"', text)
    answer = await line.school.post("/uitwisselingen", content=body.encode(), key=fresh())
    assert problem(answer)[0] == status
    assert await line.everything() == before


def reason(soort: str) -> str:
    """Why a type does not come in as a message of our own."""
    if soort not in BERICHTEN:
        return "soort.onbekend"
    return "bericht.apart" if soort in GEDRAGEN else "bericht.concept"


@story("memory")
async def test_types_that_are_not_taken_in(line: Line) -> None:
    """Each with a reason of its own; nothing is stored."""
    for soort in {*BERICHTEN, "anonieme_vraag", "nieuwsbrief"} - set(OWN) - OVER_NIEMAND - MENSELIJK:
        body = push(soort, VOORBEELDEN.get(soort, {}))
        assert await refusal(line, body) == {(reason(soort), "/bericht/soort")}


@story("memory")
async def test_the_envelope_must_fit_the_sender(line: Line) -> None:
    """It names a leerling of the sender or the levering that it answers; one content per envelope."""
    body = push("hulpvraag")
    without = {n: v for n, v in body.items() if n != "leerling"}
    assert await refusal(line, without) == {("leerling.zonderSleutel", "/leerling/leerlingid")}
    assert await refusal(line, body | {"inAntwoordOp": "0" * 32}) == {
        ("inhoud.inAntwoordOp", "/inAntwoordOp")
    }
    assert await refusal(line, body | {"dossier": envelope()["dossier"]}) == {("inhoud.een", "")}
    back = push("terugkeer", ontvangers=[{"partij": SCHOOL, "rol": "intern_begeleider"}], leerling=None)
    assert await refusal(line, back, line.helper) == {("leerling.zonderSleutel", "/leerling/leerlingid")}
    answered = back | {"inAntwoordOp": "0" * 32}
    assert await refusal(line, answered, line.helper) == {("inAntwoordOp.onbekend", "/inAntwoordOp")}
    group = FULL["arrangement"] | {
        "collectief": {"groep": {"scholen": ["p1"], "omvang": 8}},
        "individueel": None,
    }
    assert await refusal(line, push("arrangement", {n: v for n, v in group.items() if v})) == {
        ("bericht.zonderLeerling", "/bericht/inhoud/individueel")
    }


@story("memory")
async def test_a_kind_of_overleg_the_convenant_does_not_name(line: Line) -> None:
    """Is refused as it comes in; one it names is taken."""
    await known(line)
    text = CONVENANT.format(SCHOOL=SCHOOL, AANBIEDER=AANBIEDER)
    old = await line.world.storage.register()
    stored = {"convenant": json.dumps({"tekst": text, "handtekening": ""})}
    new = Register(old.version, old.partijen, old.profielen, stored)
    await line.apply(new)
    body = push("overlegset", doel="afstemming")
    assert await refusal(line, body) == {("convenant.overleg", "/bericht/inhoud/overlegsoort")}
    mdo = push("overlegset", FULL["overlegset"] | {"overlegsoort": "mdo"}, doel="afstemming")
    pushed = accepted(await line.school.post("/uitwisselingen", mdo, key=fresh()))
    assert await line.status(pushed) == "aangehouden"


CONVENANT: Final = """
id = "convenant-fictie"
versie = 1
titel = "Fictief"
geldigVan = 2026-09-01
geldigTotEnMet = 2027-07-31
partijen = ["{SCHOOL}", "{AANBIEDER}"]
overleggen = ["mdo"]
[[afspraken]]
doel = "afstemming"
berichten = ["overlegset"]
"""
