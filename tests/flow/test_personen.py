"""People keep their ids when gezag is recorded again, have one name for them everywhere, and are asked only
what can be recorded exactly as it was asked.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.case.case import open_fact
from gateway.wiring import check_bewijs
from tests.flow.test_neutraal import DOSSIER, YOUTH_BORN, own_gezag, sent
from tests.line import (
    OTHER_HELPER,
    Caller,
    Json,
    Line,
    bereik,
    bereik_terug,
    bewijs,
    fine,
    fresh,
    gezag,
    only,
    persons,
    problem,
    recorded,
    story,
    toestemming,
)
from tests.release_data import restored_line

OUDER: Final = {"hoedanigheid": "ouder", "gezag": True}
NAMES: Final = ("A. Verzonnen", "B. Bedacht")


def named(*names: str, **other: Any) -> list[Json]:
    return [OUDER | {"naam": name} | other for name in names]


async def refused(line: Line, **other: Any) -> Json:
    """The 409 of recording gezag again; nothing is stored by it."""
    before = await line.everything()
    answer = await line.school.post("/gezagsgegevens", gezag(**other), key=fresh())
    assert problem(answer)[:2] == (409, "personen-niet-herkend"), answer.text
    assert await line.everything() == before
    found: Json = answer.json()
    return found


# ── the same people


@story()
async def test_the_same_people_keep_their_ids(line: Line) -> None:
    """By name and hoedanigheid, in any order and however the name was typed: what they said stands."""
    leerling = await line.gezag(personen=named(*NAMES))
    await line.both_agree(leerling)
    pushed = await line.push()
    assert await line.status(pushed) == "klaar"
    again = await line.gezag(personen=named(f" {NAMES[1]} ", NAMES[0]), gecontroleerdOp="2026-11-20")
    assert persons(again) == persons(leerling)[::-1]
    assert again["leerlingPersoonId"] == leerling["leerlingPersoonId"]
    assert await line.status(pushed) == "klaar"


@story()
async def test_what_would_end_is_named_before_it_does(line: Line) -> None:
    """Without names nobody is recognised: 409 with exactly the statements that would end. With their ids they
    stand; said to be new, they end.
    """
    leerling = await line.gezag()
    given = await line.both_agree(leerling)
    pushed = await line.push()
    found = await refused(line)
    assert sorted(found["toestemmingen"]) == sorted(g["toestemmingId"] for g in given)
    assert found["bezwaren"] == []
    one_known = [OUDER | {"persoonId": persons(leerling)[0]}, OUDER]
    assert (await refused(line, personen=one_known))["toestemmingen"] == [given[1]["toestemmingId"]]
    same = [OUDER | {"persoonId": p} for p in persons(leerling)]
    assert persons(await line.gezag(personen=same)) == persons(leerling)
    assert await line.status(pushed) == "klaar"
    new = await line.gezag(personen=[OUDER | {"nieuw": True}] * 2)
    assert set(persons(new)).isdisjoint(persons(leerling))
    assert await line.status(pushed) == "aangehouden"


@story("memory")
async def test_a_no_would_end_as_well(line: Line) -> None:
    """A refusal and an objection are named too; what was withdrawn has ended already."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    gone = await line.agree(leerling, first)
    await line.withdraw(gone)
    no = await line.agree(leerling, second, besluit="geweigerd")
    body = {
        "leerlingId": leerling["leerlingId"],
        "persoonId": first,
        "bereik": bereik(),
        "moment": "2026-11-22T09:00:00Z",
    }
    objection = recorded(await line.school.post("/bezwaren", body, key=fresh()))
    found = await refused(line)
    assert (found["toestemmingen"], found["bezwaren"]) == ([no["toestemmingId"]], [objection["id"]])


@pytest.mark.parametrize(
    "people",
    [
        named(NAMES[0], NAMES[0]),
        named("C. Ander", "D. Ander"),
        named(*NAMES, hoedanigheid="voogd"),
        [OUDER, OUDER | {"naam": NAMES[0]}],
    ],
    ids=["twins", "others", "another hoedanigheid", "one unnamed"],
)
@story("memory")
async def test_nobody_gets_what_another_said(line: Line, people: list[Json]) -> None:
    """Where a name fits nobody, or two, no id is given to somebody who may be another."""
    leerling = await line.gezag(personen=named(*NAMES))
    given = await line.agree(leerling, persons(leerling)[1])
    assert (await refused(line, personen=people))["toestemmingen"] == [given["toestemmingId"]]


@story("memory")
async def test_who_lost_gezag_is_left_out_without_a_question(line: Line) -> None:
    """Everybody who is named is recognised: then who is missing is missing on purpose."""
    leerling = await line.gezag(personen=named(*NAMES))
    await line.both_agree(leerling)
    left = await line.gezag(personen=named(NAMES[0]), soort="eenhoofdig")
    assert persons(left) == persons(leerling)[:1]


@story("memory")
async def test_what_another_recorded_is_not_named(line: Line) -> None:
    """The school records gezag again: what the aanbieder recorded of the same person is no reason to stop."""
    leerling, levering = await sent(line)
    for caller, about in ((line.helper, {"leveringId": levering}),):
        body = toestemming(persons(leerling)[0], functie="secrecy_waiver", bereik=bereik_terug(), **about)
        recorded(await caller.post("/toestemmingen", body, key=fresh()))
    found = await refused(line, geboortedatum=YOUTH_BORN)
    own = fine(await line.school.get(f"/leerlingen/{leerling['leerlingId']}/toestemmingen"))
    wanted = {t["toestemmingId"] for t in own["toestemmingen"]}
    assert set(found["toestemmingen"]) < wanted
    assert len(found["toestemmingen"]) == 2


# ── asked and recorded


async def answer(line: Line, who: Caller, *soorten: str) -> list[Json]:
    """Record every proposal of these taken as it stands, with a yes; gives the taken."""
    found = [t for t in fine(await who.get("/taken"))["taken"] if t["soort"] in soorten]
    for taak in found:
        for vraag in taak["vragen"]:
            assert [v["functie"] for v in vraag["voorstellen"]] == vraag["functies"]
            for voorstel in vraag["voorstellen"]:
                said = {
                    "besluit": "gegeven",
                    "moment": line.clock.now().isoformat(),
                    "bewijs": bewijs(),
                }
                recorded(await who.post("/toestemmingen", voorstel | said, key=fresh()))
    return found


@story()
async def test_every_question_can_be_recorded_as_it_stands(line: Line) -> None:
    """A levering with level 3, the way back, the half of the aanbieder, and what is asked anew: each proposal
    is posted unchanged, closes its taak, and what waited goes whole.
    """
    leerling = await line.gezag(geboortedatum=YOUTH_BORN)
    pushed = await line.push(raw=DOSSIER, categorieen=["contact", "onderwijspositie", "gezondheid"])
    (asked,) = await answer(line, line.school, "toestemming_vragen")
    assert {"gezondheid"} == {
        c for q in asked["vragen"] for v in q["voorstellen"] for c in v["uitdrukkelijk"]
    }
    assert await line.status(pushed) == "klaar"
    assert "CONSENT_NOT_EXPLICIT" not in json.dumps(await line.levering(pushed))
    await line.sign_for(only(pushed), await line.take(only(pushed)))
    back = await line.answer_back(only(pushed))
    await answer(line, line.school, "terugweg_vragen")
    (todo,) = fine(await line.helper.get("/taken"))["taken"]
    body = gezag(leerling=None, taakId=todo["id"], geboortedatum=YOUTH_BORN)
    recorded(await line.helper.post(todo["links"]["vastleggen"].removeprefix("/v1"), body, key=fresh()))
    await answer(line, line.helper, "toestemming_vragen")
    assert await line.status(back, line.helper) == "klaar"
    for who in (line.school, line.helper):
        assert fine(await who.get("/taken"))["taken"] == []

    line.clock.move_to(line.clock.now().replace(year=2027, month=6, day=10))
    for caller in line.callers.values():
        await caller.sign_in()
    await line.context.rounds.daily()
    again = await answer(line, line.school, "opnieuw_vragen")
    theirs = await answer(line, line.helper, "opnieuw_vragen")
    assert again
    assert theirs
    days = {v["geldigVanaf"] for t in again + theirs for q in t["vragen"] for v in q["voorstellen"]}
    assert days == {"2027-08-01"}
    for who in (line.school, line.helper):
        left = [t["soort"] for t in fine(await who.get("/taken"))["taken"]]
        assert "opnieuw_vragen" not in left
    assert leerling["leerlingId"] == again[0]["leerlingId"]


@story("memory")
async def test_a_taak_of_another_says_nothing_about_anybody(line: Line) -> None:
    """Recording about a taak that is not yours, or does not exist, is the neutral 404."""
    leerling = await line.gezag()
    await line.push()
    (taak,) = fine(await line.school.get("/taken"))["taken"]
    for who, ident in ((line.helper, taak["id"]), (line.school, leerling["leerlingId"])):
        body = toestemming(persons(leerling)[0], taakId=ident)
        assert (await who.post("/toestemmingen", body, key=fresh())).status_code == 404
    both = toestemming(persons(leerling)[0], taakId=taak["id"], leerlingId=leerling["leerlingId"])
    wrong = await line.school.post("/toestemmingen", both, key=fresh())
    assert problem(wrong) == (400, "ongeldig-bericht", ("leerling.een",))


# ── one name


OLD: Final = {"persoon", "ondertekenaar", "vervangt"}


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for below in value.values():
            yield from keys(below)
    elif isinstance(value, list):
        for below in value:
            yield from keys(below)


@story("memory")
async def test_a_person_has_one_name_everywhere(line: Line) -> None:
    """`persoonId` in what is asked of people and what is sent; the old names are still read."""
    leerling, levering = await sent(line)
    await own_gezag(line, levering)
    first, second = persons(leerling)
    order = {
        "persoonId": second,
        "functies": ["avg_basis"],
        "bereik": bereik(),
        "geldigVanaf": "2026-11-01",
        "geldigTotEnMet": "2027-07-31",
        "documentRef": "beschikking 1",
    }
    people = [OUDER | {"persoonId": p} for p in persons(leerling)]
    told = {"personen": people, "geboortedatum": YOUTH_BORN, "vervangendeToestemmingen": [order]}
    await line.gezag(**told)
    about = {"leerlingId": leerling["leerlingId"]}
    objection = {"persoonId": first, "bereik": bereik(), "moment": "2026-11-22T09:00:00Z"} | about
    recorded(await line.school.post("/bezwaren", objection, key=fresh()))
    held = await line.push(raw=DOSSIER, ontvangers=[OTHER_HELPER])
    assert await line.status(held) == "aangehouden"
    found = fine(await line.school.get("/taken"))
    assert OLD.isdisjoint(keys(found))
    assert "persoonId" in set(keys(found))
    for old in (
        ("/toestemmingen", toestemming(first, **about), "ondertekenaar"),
        ("/bezwaren", objection, "persoon"),
    ):
        path, body, name = old
        renamed = {name if key == "persoonId" else key: value for key, value in body.items()}
        recorded(await line.school.post(path, renamed, key=fresh()))
    for path in ("toestemmingen", "gezagsgegevens", "bezwaren", "bekwaamheidsoordelen"):
        shown = fine(await line.school.get(f"/leerlingen/{leerling['leerlingId']}/{path}"))
        assert OLD.isdisjoint(keys(shown)), path
        assert {"persoonId", "leerlingPersoonId"} & set(keys(shown)) or path == "bekwaamheidsoordelen"
    older = {"vervangt" if key == "persoonId" else key: value for key, value in order.items()}
    await line.gezag(**told | {"vervangendeToestemmingen": [older]})


def test_what_release_0_1_0_stored_is_read_and_shown_under_the_one_name(release_0_1_0: Path) -> None:
    """Its facts are sealed under the old names and stay so: they are read, counted and shown as `persoonId`,
    beside a new one that is sealed under it.
    """

    async def tell() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            storage, vault = line.context.storage, line.context.vault
            rows = await storage.leerlingen("", 100)
            seen: set[str] = set()
            for row in rows:
                for stored in await storage.facts(row.id):
                    fact = open_fact(vault, row, stored)
                    told = set(keys(json.loads(fact.model_dump_json())))
                    assert OLD.isdisjoint(told)
                    if "persoonId" in told:
                        seen.add(stored.kind)
                shown = [
                    fine(await line.callers[row.owner].get(f"/leerlingen/{row.owner_ref}/{path}"))
                    for path in ("toestemmingen", "gezagsgegevens", "bezwaren")
                ]
                assert OLD.isdisjoint(keys(shown))
            assert {"toestemming", "gezag", "bezwaar"} <= seen

    asyncio.run(tell())


@story("memory")
async def test_a_bewijs_of_before_is_still_checked(line: Line) -> None:
    """Signed when a person still had another name in it: it is as good as one of today."""
    leerling, _ = await sent(line)
    given = await line.agree(leerling, persons(leerling)[0], bereik=bereik_terug())
    await line.context.checkpointer.publish()
    answer = await line.school.get(f"/toestemmingen/{given['toestemmingId']}/bewijs")
    made = fine(answer)
    assert made["inhoud"]["persoonId"] == persons(leerling)[0]
    assert OLD.isdisjoint(keys(made["inhoud"]))
    ctx = line.context
    before = {"ondertekenaar" if n == "persoonId" else n: v for n, v in made["inhoud"].items()}
    older = made | {"inhoud": before, "jws": ctx.signer.sign_receipt(ctx.leaves.canonical(before))}
    for each in (made, older):
        found = check_bewijs(json.dumps(each).encode(), ctx.signer.vkey)
        assert all(p.goed for p in found.punten), found.punten
