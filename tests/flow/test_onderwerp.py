"""What is about a group, a school or nobody: taken, decided, handed over and told, without a leerling."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from consent.minimise import present
from gateway.register.regels import shipped_profiles
from schemas.base import Gegevenscategorie
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN, OVER_NIEMAND, onderwerpen
from schemas.people.partij import Rol
from schemas.publication.voorbeelden import VOORBEELDEN
from schemas.storage.storage import Register
from tests.conftest import ROOT
from tests.line import (
    AANBIEDER,
    LEERLING,
    NOWHERE,
    OTHER_AANBIEDER,
    SCHOOL,
    Caller,
    Json,
    Line,
    accepted,
    codes,
    fine,
    fresh,
    gezag,
    only,
    persons,
    problem,
    shape,
    story,
    toestemming,
)

STAD: Final = (ROOT / "gateway/practices/regios/verzonnen-stad/regio.toml").read_text(encoding="utf-8")
ALL: Final = [c.value for c in Gegevenscategorie if c.niveau > 0]
GROEP: Final[Json] = {"groep": {"sleutel": "groep-7b-kanarie"}}
_KERN: Final = VOORBEELDEN["arrangement"]["kern"]
GROEPSARRANGEMENT: Final[Json] = {
    "kern": _KERN,
    "collectief": {
        "groep": {"scholen": ["p1"], "omvang": 14, "leeftijd": {"vanaf": 8, "totEnMet": 10}},
        "aanduiding": "kanarieklas",
    },
    "inrichting": {"functies": ["versterken"]},
    "scholen": [{"sleutel": "p1", "soort": "school", "naam": "Verzonnen school"}],
    "doelen": [
        VOORBEELDEN["arrangement"]["doelen"][0] | {"over": "groep", "omschrijving": "Rust in de klas."}
    ],
}


def body(soort: str, ontvanger: Json, doel: str = "arrangement", inhoud: Any = None, **other: Any) -> Json:
    return {
        "doel": doel,
        "ontvangers": [ontvanger],
        "categorieen": ALL,
        "vrijeTekstNagekeken": True,
        "bericht": {"soort": soort, "inhoud": VOORBEELDEN[soort] if inhoud is None else inhoud},
    } | other


HELPER: Final = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
TOEGANG: Final = {"partij": OTHER_AANBIEDER, "rol": "toegangsmedewerker"}


async def every_role(line: Line) -> None:
    old = await line.world.storage.register()
    made = {
        p: json.dumps(json.loads(text) | {"rollen": [r.value for r in Rol]})
        for p, text in old.partijen.items()
    }
    await line.apply(Register(old.version, made))


async def push(line: Line, sent: Json, who: Caller | None = None) -> Json:
    return accepted(await (who or line.school).post("/uitwisselingen", sent, key=fresh()))


async def refusal(line: Line, sent: Json, who: Caller | None = None) -> set[tuple[str, str]]:
    """The codes and places of a refusal that stored nothing."""
    before = await line.everything()
    answer = await (who or line.school).post("/uitwisselingen", sent, key=fresh())
    assert problem(answer)[0] == 400
    assert await line.everything() == before
    return {(f["code"], f["plaats"]) for f in answer.json()["fouten"]}


@pytest.mark.parametrize(
    "profiel", [p for p in shipped_profiles() if p.bericht in OVER_NIEMAND], ids=lambda p: p.id
)
@story("memory")
async def test_what_is_about_nobody_goes_by_its_profile_alone(line: Line, profiel: Any) -> None:
    """Between any two partijen, without a person, a toestemming or a row of a leerling."""
    await every_role(line)
    from_school = profiel.richting == "S2J"
    sender, taker = (line.school, line.other_helper) if from_school else (line.helper, line.school)
    ontvanger = {"partij": taker.partij, "rol": profiel.rol.value}
    labels = {b.pad: b.categorie.value for b in BERICHTEN[profiel.bericht].bladen}
    asked = sorted({labels[pad] for pad in profiel.paden})
    sent = body(profiel.bericht, ontvanger, profiel.doel.value, categorieen=asked)
    pushed = await push(line, sent, sender)
    view = await line.levering(pushed, sender)
    about = "school" if from_school and "school" in onderwerpen(profiel.bericht) else "geen"
    assert fine(await sender.get(f"/uitwisselingen/{pushed['uitwisselingId']}"))["onderwerp"] == about
    assert (view["status"], view["ondertekenaars"]) == ("klaar", [])
    assert codes(view) == {"SUBJECT_NOT_A_PERSON"}
    assert [v["onderwerp"] for v in await line.postbus(taker)] == [about]
    payload = await line.take(only(pushed), taker)
    example = set(present(Inhoud(profiel.bericht, VOORBEELDEN[profiel.bericht])))
    assert set(present(Inhoud(profiel.bericht, json.loads(payload)["inhoud"]))) == example & profiel.paden
    await line.sign_for(only(pushed), payload, taker)
    told = [leaf for leaf in await line.ledger() if leaf.get("levering") == only(pushed)]
    assert {leaf["onderwerp"] for leaf in told} == {about}
    assert [leaf["ground"] for leaf in told if "ground" in leaf] == ["none", "none"]


@story()
async def test_a_group_has_its_own_order_and_history_on_every_store(line: Line) -> None:
    """One group by the sender's own key; what is about another is not held up, and it is explained."""
    first = await push(line, body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, **GROEP))
    second = await push(line, body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, **GROEP))
    other = await push(
        line, body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, groep={"sleutel": "groep-8"})
    )
    assert [v["leveringId"] for v in await line.postbus()] == [only(first), only(other)]
    assert problem(await line.try_take(only(second)))[1] == "eerdere-wacht"
    payload = await line.take(only(first))
    got = json.loads(payload)["inhoud"]
    assert got["collectief"] == {"groep": {"omvang": 14, "leeftijd": {"vanaf": 8, "totEnMet": 10}}}
    assert [o["omschrijving"] for o in got["doelen"]] == ["Rust in de klas."]
    assert payload == await _again(line, only(first))  # a repeat gives these very bytes
    await line.sign_for(only(first), payload)
    assert not line.has_content(only(first))
    assert [v["leveringId"] for v in await line.postbus()] == [only(second), only(other)]
    told = fine(
        await line.school.get(f"/uitwisselingen/{first['uitwisselingId']}/leveringen/{only(first)}/uitleg")
    )
    assert (told["grond"], told["grondTekst"]) == (
        None,
        "Er gaat niets van een persoon mee, dus er is geen grond voor nodig.",
    )
    # the name of a class can tell a diagnosis of everybody in it
    assert "collectief.aanduiding" in (await line.levering(first))["achtergehouden"][0]["velden"]
    row = await line.world.storage.levering(only(first))
    assert row is not None
    assert (await line.world.storage.leerlingen_by_id([row.leerling]))[0].epoch == 0
    rows = fine(await line.fg.get("/toezicht/leveringen"))["leveringen"]
    assert {r["onderwerp"] for r in rows} == {"groep"}
    assert {r["klopt"] for r in rows} == {True}
    kept = line.log.getvalue() + b"".join(e.canonical for e in await line.world.storage.entries(0, 10_000))
    assert b"kanarie" not in kept


async def _again(line: Line, levering: str) -> bytes:
    line.later(minutes=20)
    return await line.take(levering)


@story("memory")
async def test_one_leerling_in_what_is_about_a_group_is_refused(line: Line) -> None:
    """By type and by part, each with its place; and a group in what is about a leerling."""
    sent = body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, **GROEP)
    individual = body("arrangement", HELPER, **GROEP)
    assert ("onderwerp.leerling", "/bericht/inhoud/individueel") in await refusal(line, individual)
    assert await refusal(line, sent | {"leerling": {"leerlingid": LEERLING}}) == {("onderwerp.een", "/groep")}
    parts: dict[str, Json] = {
        "doelen/0/over": {"doelen": [GROEPSARRANGEMENT["doelen"][0] | {"over": "leerling"}]},
        "gezin": {"gezin": [GROEPSARRANGEMENT["doelen"][0] | {"sleutel": "o2", "leefgebied": "thuis_gezin"}]},
        "terugkeerdoel": {"terugkeerdoel": "regulier_onderwijs"},
        "evaluaties/0/betrokken": {
            "evaluaties": [{"datum": "2026-11-01", "betrokken": {"ouders": {"namDeel": True}}}]
        },
        "afsluiting/plaatsing": {
            "afsluiting": {"datum": "2026-11-01", "plaatsing": {"soort": "regulier_onderwijs"}}
        },
    }
    for place, part in parts.items():
        found = await refusal(line, body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT | part, **GROEP))
        assert found == {("onderwerp.leerling", f"/bericht/inhoud/{place}")}
    besluit = VOORBEELDEN["toeleidingsbesluit"]
    assert "leerling" in besluit
    assert ("onderwerp.leerling", "/bericht/inhoud/leerling") in await refusal(
        line, body("toeleidingsbesluit", HELPER, "toeleiding", **GROEP)
    )
    # the other way round
    alone = body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, leerling={"leerlingid": LEERLING})
    assert await refusal(line, alone) == {("bericht.zonderLeerling", "/bericht/inhoud/individueel")}
    assert await refusal(line, body("hulpvraag", HELPER, "toeleiding", **GROEP)) >= {
        ("onderwerp.soort", "/groep")
    }


@pytest.mark.parametrize("soort", sorted(OVER_NIEMAND))
@story("memory")
async def test_a_row_per_leerling_has_no_place_in_what_is_about_nobody(line: Line, soort: str) -> None:
    """P24: task-based funding never makes rows per leerling: no envelope names one, and no message can."""
    assert await refusal(line, body(soort, TOEGANG, leerling={"leerlingid": LEERLING})) == {
        ("onderwerp.soort", "/leerling")
    }
    named = VOORBEELDEN[soort] | {"leerling": VOORBEELDEN["hulpvraag"]["leerling"]}
    assert await refusal(line, body(soort, TOEGANG, inhoud=named)) == {
        ("json.onbekendVeld", "/bericht/inhoud")
    }
    assert (await line.everything())["_leerlingen"] == 0


@story("memory")
async def test_small_counts_stay_home(line: Line) -> None:
    """Nine in a group point to a child, ten do not; a small cell is refused; a school counts its own only."""
    for omvang, goes in ((9, False), (10, True)):
        inhoud = GROEPSARRANGEMENT | {"collectief": {"groep": {"scholen": ["p1"], "omvang": omvang}}}
        pushed = await push(line, body("arrangement", HELPER, inhoud=inhoud, **GROEP))
        payload = await line.take(only(pushed))
        assert ("collectief" in json.loads(payload)["inhoud"]) is goes
        assert (await line.levering(pushed))["meegegeven"].count("collectief.groep.omvang") == goes
        await line.sign_for(only(pushed), payload)
    for soort, cells in (("populatiemeting", "cellen"), ("verzuimtelling", "tellingen")):
        example = VOORBEELDEN[soort]
        small = example | {cells: [example[cells][0] | {"aantal": 4}]}
        assert await refusal(line, body(soort, TOEGANG, inhoud=small)) == {
            ("json.bereik", f"/bericht/inhoud/{cells}/0/aantal"),
            ("json.lengte", f"/bericht/inhoud/{cells}"),  # no cell that is good is left
        }
        elsewhere = example | {cells: [example[cells][0] | {"brin": "99XX"}]}
        assert await refusal(line, body(soort, TOEGANG, inhoud=elsewhere)) == {
            ("afzender.andereSchool", f"/bericht/inhoud/{cells}/0/brin")
        }


@story("memory")
async def test_a_region_lets_no_smaller_count_go_than_it_agreed(line: Line) -> None:
    """Fifteen where the region said so: fourteen in a group stays home, and a cell of fourteen is refused."""
    await line.region(STAD.replace("versie = 1", "versie = 1\nkleinsteAantal = 15", 1))
    for omvang, goes in ((14, False), (15, True)):
        inhoud = GROEPSARRANGEMENT | {"collectief": {"groep": {"scholen": ["p1"], "omvang": omvang}}}
        pushed = await push(line, body("arrangement", HELPER, inhoud=inhoud, **GROEP))
        payload = await line.take(only(pushed))
        assert ("collectief" in json.loads(payload)["inhoud"]) is goes
        await line.sign_for(only(pushed), payload)
    for soort, cells in (("populatiemeting", "cellen"), ("verzuimtelling", "tellingen")):
        example = VOORBEELDEN[soort]
        small = example | {cells: [example[cells][0] | {"aantal": 14}]}
        assert await refusal(line, body(soort, TOEGANG, inhoud=small)) == {
            ("onderwerp.klein", f"/bericht/inhoud/{cells}/0/aantal")
        }


@story("memory")
async def test_a_role_without_a_profile_gets_nothing(line: Line) -> None:
    """Deny by default; nothing waits, for there is nobody to ask, and no taak is made."""
    pushed = await push(line, body("verrekening", HELPER))
    view = await line.levering(pushed)
    assert (view["status"], view["uitkomst"]) == ("geweigerd", "DENY")
    assert codes(view) == {"FIELD_NOT_IN_PROFILE"}
    assert fine(await line.school.get("/taken"))["taken"] == []


@story("memory")
async def test_a_group_has_no_people(line: Line) -> None:
    """Nothing can be recorded about it, however it is reached; the answer is that of an unknown one."""
    await line.gezag()
    pushed = await push(line, body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, **GROEP))
    row = await line.world.storage.levering(only(pushed))
    assert row is not None
    (group,) = await line.world.storage.leerlingen_by_id([row.leerling])
    for path, of in {
        "/gezagsgegevens": [gezag(leerling=None, leveringId=v) for v in (only(pushed), NOWHERE)],
        "/toestemmingen": [toestemming(NOWHERE, leerlingId=v) for v in (group.owner_ref, NOWHERE)],
    }.items():
        there, nowhere = [await line.school.post(path, b, key=fresh()) for b in of]
        assert there.status_code == 404
        assert shape(there) == shape(nowhere)
    # and a leerling whose id is the key of the group is somebody else
    child = await line.gezag(leerling={"leerlingid": "groep-7b-kanarie"})
    assert child["leerlingId"] != group.owner_ref
    assert persons(child)


@story("memory")
async def test_an_answer_is_about_what_it_answers(line: Line) -> None:
    """About the same group, of which the asker's record stays the only one, and not about something else."""
    asked = await push(line, body("arrangement", HELPER, inhoud=GROEPSARRANGEMENT, **GROEP))
    await line.sign_for(only(asked), await line.take(only(asked)))
    ib = {"partij": SCHOOL, "rol": "intern_begeleider"}
    answer = body("arrangement", ib, inhoud=GROEPSARRANGEMENT, inAntwoordOp=only(asked))
    back = await push(line, answer, line.helper)
    assert fine(await line.helper.get(f"/uitwisselingen/{back['uitwisselingId']}"))["onderwerp"] == "groep"
    assert (await line.everything())["_leerlingen"] == 1
    await line.take(only(back), line.school)
    assert await refusal(line, answer | GROEP, line.helper) == {("onderwerp.een", "/groep")}
    other = body("woonplaatsantwoord", ib, "toeleiding", inAntwoordOp=only(asked))
    assert await refusal(line, other, line.helper) == {("onderwerp.anders", "/inAntwoordOp")}
    told = {
        "doel": "afstemming",
        "ontvangers": [ib],
        "categorieen": ["jeugdhulp"],
        "inAntwoordOp": only(asked),
        "terugkoppeling": {"status": "gestart", "sinds": "2026-11-20"},
    }
    assert await refusal(line, told, line.helper) == {("onderwerp.anders", "/inAntwoordOp")}
