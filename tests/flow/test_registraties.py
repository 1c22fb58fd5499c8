"""A school's registration over HTTP: compared, shown, and taken over for who was chosen."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.follow_up.registraties import ASIDE_FROM
from gateway.wiring import verify_rows
from schemas.storage import storage as stored_values
from tests.conftest import ROOT
from tests.faults.faulty import FaultyStorage
from tests.flow.test_canary import Marks
from tests.flow.test_canary import found as found_marks
from tests.flow.test_kenmerken import from_before
from tests.line import (
    BORN,
    LEERLING,
    NOWHERE,
    SCHOOL,
    Caller,
    Json,
    Line,
    fine,
    fresh,
    gezag,
    open_line,
    prepare,
    problem,
    recorded,
    shape,
    story,
)
from tests.unit.adapters.edexml.school import Change, changed, drop, put
from tests.unit.adapters.uwlr.antwoord import bare, enveloped

VERSCHIL: Final = "/registraties/_verschil"
OVERNEMEN: Final = "/registraties"
OURS: Final = put("school/dependancecode", "00")
ZOE: Final = {
    "achternaam": "Proefhuis",
    "voorvoegsel": "van der",
    "roepnaam": "Zoë",
    "geboortedatum": "2016-02-29",
    "jaargroep": "7",
    "groep": "Combi 7/8",
    "schooljaar": "2026-2027",
    "instroomdatum": "2020-08-17",
    "uitstroomdatum": "2028-07-14",
}
"""All that is taken over of the first leerling of the made-up school."""
KOLOMMEN: Final = """
versie = 1
bron = "Proef"
[school]
brin = "99ZZ"
[kolommen]
sleutel = "Nr"
achternaam = "Naam"
geboortedatum = "Geboren"
groep = "Klas"
[[verzorgers]]
naam = "Ouder 1"
relatie = "Relatie 1"
gezag = "Gezag 1"
geheim = "Geheim 1"
[[verzorgers]]
naam = "Ouder 2"
gezag = "Gezag 2"
[relatie]
vader = "ouder"
moeder = "ouder"
voogd = "voogd"
[ja_nee]
J = true
N = false
"""
HEADER: Final = (
    "Nr",
    "Naam",
    "Geboren",
    "Klas",
    "Ouder 1",
    "Relatie 1",
    "Gezag 1",
    "Geheim 1",
    "Ouder 2",
    "Gezag 2",
)


def school(*changes: Change) -> bytes:
    """The made-up EDEXML file, of the school of the line."""
    return changed(OURS, *changes)


def uwlr_2_3(*changes: Change) -> bytes:
    return enveloped(bare(OURS, *changes, version="2.3"))


def csv(*rows: Json) -> bytes:
    lines = [";".join(HEADER)]
    lines += [
        ";".join({"Nr": LEERLING, "Naam": "Proef", "Geboren": BORN, **row}.get(c, "") for c in HEADER)
        for row in rows
    ]
    return "\n".join(lines).encode()


def offer(raw: bytes, kolommen: str | None = None) -> Json:
    body = {"inhoud": base64.b64encode(raw).decode()}
    return body if kolommen is None else body | {"kolommen": kolommen}


async def shown(line: Line, raw: bytes, kolommen: str | None = None, who: Caller | None = None) -> Json:
    return fine(await (who or line.school).post(VERSCHIL, offer(raw, kolommen)))


def chosen(found: Json, *leerlingen: str) -> list[Json]:
    """Everybody who can be taken over, or those of these ids."""
    return [
        {"leerlingid": r["leerlingid"], "kenmerk": r["kenmerk"]}
        for r in found["leerlingen"]
        if r["kenmerk"] is not None and (not leerlingen or r["leerlingid"] in leerlingen)
    ]


async def take(
    line: Line, raw: bytes, found: Json, who: list[Json] | None = None, key: str | None = None, **other: Any
) -> Any:
    kolommen = other.pop("kolommen", None)
    body = offer(raw, kolommen) | {
        "verschil": found["verschil"],
        "leerlingen": chosen(found) if who is None else who,
    }
    return await line.school.post(OVERNEMEN, body | other, key=key or fresh())


async def taken(line: Line, raw: bytes, kolommen: str | None = None) -> list[Json]:
    """Compares a file and takes all of it over."""
    found = await shown(line, raw, kolommen)
    answer = recorded(await take(line, raw, found, kolommen=kolommen))
    assert {each["uitkomst"] for each in answer["leerlingen"]} == {"overgenomen"}
    items: list[Json] = answer["leerlingen"]
    return items


async def counts(line: Line, ref: str) -> Json | None:
    told: Json | None = fine(await line.school.get(f"/leerlingen/{ref}/registraties"))["telt"]
    return told


def one(found: Json, leerlingid: str) -> Json:
    row: Json
    (row,) = [r for r in found["leerlingen"] if r["leerlingid"] == leerlingid]
    return row


def fields(row: Json) -> dict[str, tuple[Any, Any]]:
    return {v["veld"]: (v["was"], v["wordt"]) for v in row["velden"]}


# ── shown, taken over, and shown again


@story()
async def test_a_registration_is_shown_taken_over_and_then_known(line: Line) -> None:
    """Showing stores nothing. Taking over makes one fact and one leaf of one leerling, without a value of him
    outside the answer; then he is unchanged, and a new group is a change of that field alone.
    """
    before = await line.everything()
    found = await shown(line, school())
    assert await line.everything() == before
    assert found["aantallen"] == {
        "nieuw": 1,
        "gewijzigd": 0,
        "ongewijzigd": 0,
        "nietOverTeNemen": 4,
        "nietMeerGenoemd": 0,
    }
    assert found["herkomst"] == {"standaard": "edexml", "versie": "2.1", "datum": "2026-11-02"}
    zoe = one(found, "0071")
    assert (zoe["stand"], zoe["leerlingId"]) == ("nieuw", None)
    assert fields(zoe) == {name: (None, value) for name, value in ZOE.items()}
    assert [r["code"] for r in one(found, "0072")["redenen"]] == ["leerling.zonderGeboortedatum"]
    assert "leerling.vertrokken" in [r["code"] for r in one(found, "0073")["redenen"]]
    groups = {g["naam"]: (g["aantalLeerlingen"], g["bekend"]) for g in found["groepen"]}
    assert groups == {"Groep 6": (1, False), "Plusgroep": (1, False), "Combi 7/8": (1, False)}

    answer = recorded(await take(line, school(), found))
    ((mine),) = answer["leerlingen"]
    assert (mine["leerlingid"], mine["uitkomst"]) == ("0071", "overgenomen")
    ref = mine["leerlingId"]
    told = await counts(line, ref)
    assert told is not None
    assert told["gegevens"] == ZOE
    assert (told["id"], told["standaard"], told["verschil"]) == (mine["id"], "edexml", found["verschil"])
    (leaf,) = [e for e in await line.ledger() if e["soort"] == "registration.recorded"]
    assert (leaf["feit"], leaf["afzender"]) == (mine["id"], SCHOOL)

    again = await shown(line, school())
    assert one(again, "0071")["stand"] == "ongewijzigd"
    assert one(again, "0071")["leerlingId"] == ref
    assert {g["naam"]: g["bekend"] for g in again["groepen"]}["Combi 7/8"]
    moved = await shown(line, school(put("leerlingen/leerling[1]/groep/@key", "6")))
    assert one(moved, "0071")["stand"] == "gewijzigd"
    assert fields(one(moved, "0071")) == {"groep": ("Combi 7/8", "Groep 6")}
    for text in ("Proefhuis", "Zoë", "Combi", "0071"):
        assert text not in json.dumps(await line.ledger(), ensure_ascii=False)
        assert text not in line.log.getvalue().decode()


@story("memory")
async def test_a_leerling_who_is_known_otherwise_gets_his_registration(line: Line) -> None:
    """Known by his gezag: the same leerling, by the school's own id and nothing else."""
    leerling = await line.gezag()
    found = await shown(line, csv({"Klas": "7a"}), KOLOMMEN)
    row = one(found, LEERLING)
    assert (row["stand"], row["leerlingId"]) == ("gewijzigd", leerling["leerlingId"])
    (mine,) = await taken(line, csv({"Klas": "7a"}), KOLOMMEN)
    assert mine["leerlingId"] == leerling["leerlingId"]


@story("memory")
async def test_what_a_file_does_not_say_stays(line: Line) -> None:
    """A CSV without a column for groups says nothing of them; a day of leaving that is gone is gone."""
    (mine,) = await taken(line, school())
    raw = csv({"Nr": "0071", "Naam": "Proefhuis", "Geboren": "2016-02-29"})
    assert fields(one(await shown(line, raw, KOLOMMEN), "0071")) == {"uitstroomdatum": ("2028-07-14", None)}
    await taken(line, raw, KOLOMMEN)
    told = await counts(line, mine["leerlingId"])
    assert told is not None
    assert told["gegevens"] == {n: v for n, v in ZOE.items() if n != "uitstroomdatum"}
    assert told["vervangt"] == mine["id"]


@story("memory")
async def test_who_is_not_named_any_more_is_told_and_left_alone(line: Line) -> None:
    """Only a whole file says something by that, and only of this location."""
    leerling = await line.gezag()
    gone = [{"leerlingid": LEERLING, "leerlingId": leerling["leerlingId"]}]
    before = await line.everything()
    assert (await shown(line, school()))["nietMeerGenoemd"] == gone
    part = bare(
        OURS,
        drop("vestigingen"),
        drop("groepen"),
        drop("leerkrachten"),
        answer="leerlingen_antwoord",
        element="leerlinggegevens-leerlingen",
    )
    of_a_part = await shown(line, part)
    assert (of_a_part["deel"], of_a_part["nietMeerGenoemd"]) == ("leerlingen", [])
    assert fields(one(of_a_part, "0071"))["jaargroep"] == (None, "7")
    assert (await shown(line, csv({}), KOLOMMEN))["nietMeerGenoemd"] == []
    assert await line.everything() == before


@story("memory")
async def test_an_answer_without_content_changes_nothing(line: Line) -> None:
    """UWLR says that nothing changed: there is nothing to take over."""
    raw = bare(OURS).decode()
    namespace = raw.partition('"')[2].partition('"')[0]
    root = "a:leerlinggegevens_antwoord"
    nothing = f'<{root} xmlns:a="{namespace}"><a:geenwijzigingen/></{root}>'.encode()
    found = await shown(line, nothing)
    assert (found["leerlingen"], found["herkomst"], found["deel"]) == ([], None, None)
    who = [{"leerlingid": "0071", "kenmerk": NOWHERE}]
    assert problem(await take(line, nothing, found, who))[:2] == (409, "verschil-verouderd")


@story("memory")
async def test_the_official_sample_is_taken_over(line: Line) -> None:
    """The example of the standard itself, with its three leerlingen."""
    path = ROOT.parent / "shared" / "standards" / "uwlr" / "EDEXML.Voorbeeld.2.1.xml"
    if not path.exists():
        pytest.skip("the official samples are not here")
    raw = path.read_bytes()
    found = await shown(line, raw)
    assert len(found["leerlingen"]) == 3
    assert recorded(await take(line, raw, found))["leerlingen"]
    again = await shown(line, raw)
    assert again["aantallen"]["ongewijzigd"] == found["aantallen"]["nieuw"] > 0


@story("memory")
async def test_a_large_file_is_read_aside_and_says_the_same(line: Line) -> None:
    """Over a thousand leerlingen, read by another process; at most five hundred are taken over at once."""
    rows = [{"Nr": f"k{n:05}", "Naam": "Proef" * 20, "Klas": f"{n % 30}"} for n in range(1_200)]
    raw = csv(*rows)
    assert len(raw) > ASIDE_FROM
    found = await shown(line, raw, KOLOMMEN)
    assert found["aantallen"]["nieuw"] == 1_200
    some = chosen(found)[:30]
    assert len(recorded(await take(line, raw, found, some, kolommen=KOLOMMEN))["leerlingen"]) == 30
    too_many = chosen(found)[:501]
    assert problem(await take(line, raw, found, too_many, kolommen=KOLOMMEN))[0] == 400


def test_the_example_of_the_documentation_runs(tmp_path: Path) -> None:
    """As it stands in docs/schoolsystemen.md, on the made-up school: one is taken over, and put back."""
    page = (ROOT / "docs" / "schoolsystemen.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert 'Path("school.xml")' in script
    (tmp_path / "school.xml").write_bytes(school())
    script = script.replace('Path("school.xml")', f'Path("{tmp_path}/school.xml")')
    said: list[Json] = []

    async def scene() -> None:
        async with open_line("memory", tmp_path) as line:
            loop = asyncio.get_running_loop()

            def post(path: str, body: Json, sleutel: str | None = None) -> Json:
                asked = line.school.post(path.removeprefix("/v1"), body, key=sleutel)
                answer = asyncio.run_coroutine_threadsafe(asked, loop).result()
                assert answer.status_code in (200, 201), answer.text
                said.append(answer.json())
                return said[-1]

            await asyncio.to_thread(exec, script, {"post": post})

    asyncio.run(scene())
    assert said[1]["leerlingen"][0]["uitkomst"] == "overgenomen"
    assert said[2]["leerlingId"] == said[1]["leerlingen"][0]["leerlingId"]


# ── gezag: a hint, never a record


@story()
async def test_what_a_file_says_of_ouders_is_a_hint_beside_what_is_recorded(line: Line) -> None:
    """Nothing of it becomes gezag: the recorded gezag and its people are the same after taking over. Of the
    hints the codes stay with what was taken over, and no name of an ouder.
    """
    ouders = [
        {"hoedanigheid": "ouder", "gezag": True, "naam": "A. Verzonnen"},
        {"hoedanigheid": "ouder", "gezag": True, "naam": "B. Fictief"},
    ]
    leerling = await line.gezag(personen=ouders)
    first, second = (p["persoonId"] for p in leerling["personen"])
    raw = csv(
        {
            "Ouder 1": "A. Verzonnen",
            "Relatie 1": "voogd",
            "Gezag 1": "N",
            "Ouder 2": "C. Nieuw",
            "Gezag 2": "J",
        }
    )
    found = await shown(line, raw, KOLOMMEN)
    hints = one(found, LEERLING)["gezag"]
    assert [(h["aanwijzing"], h["persoonId"]) for h in hints] == [
        ("gezag_verschilt", first),
        ("hoedanigheid_verschilt", first),
        ("persoon_niet_vastgelegd", None),
        ("persoon_niet_genoemd", second),
    ]
    assert hints[0]["inBestand"] == {
        "naam": "A. Verzonnen",
        "hoedanigheid": "voogd",
        "gezag": False,
        "geheim": False,
    }
    assert hints[0]["vastgelegd"] == {"hoedanigheid": "ouder", "gezag": True}
    where = f"/leerlingen/{leerling['leerlingId']}/gezagsgegevens"
    before = (await line.school.get(where)).content
    (mine,) = await taken(line, raw, KOLOMMEN)
    assert (await line.school.get(where)).content == before
    told = await counts(line, mine["leerlingId"])
    assert told is not None
    assert told["aanwijzingen"] == sorted({h["aanwijzing"] for h in hints})
    assert "Nieuw" not in json.dumps(told)


@story("memory")
async def test_hints_where_there_is_little_to_compare(line: Line) -> None:
    """No gezag recorded; people recorded without a name; who is of age; and somebody whose data are secret,
    whose name is not read.
    """
    ouder = {"Ouder 1": "A. Geheim", "Gezag 1": "J", "Geheim 1": "J"}
    hints = one(await shown(line, csv(ouder), KOLOMMEN), LEERLING)["gezag"]
    assert [(h["aanwijzing"], h["inBestand"]["naam"]) for h in hints] == [("niet_vastgelegd", None)]
    await line.gezag()
    hints = one(await shown(line, csv(ouder), KOLOMMEN), LEERLING)["gezag"]
    assert [h["aanwijzing"] for h in hints] == ["niet_te_vergelijken"]
    assert one(await shown(line, csv({}), KOLOMMEN), LEERLING)["gezag"] == []
    adult = csv({"Nr": "vo-1", "Geboren": "2008-11-22", "Ouder 2": "B. Fictief", "Gezag 2": "J"})
    hints = one(await shown(line, adult, KOLOMMEN), "vo-1")["gezag"]
    assert [h["aanwijzing"] for h in hints] == ["meerderjarig", "niet_vastgelegd"]
    younger = csv({"Nr": "vo-1", "Geboren": "2008-11-23", "Ouder 2": "B. Fictief", "Gezag 2": "J"})
    hints = one(await shown(line, younger, KOLOMMEN), "vo-1")["gezag"]
    assert [h["aanwijzing"] for h in hints] == ["niet_vastgelegd"]
    every = json.dumps([a.text for a in line.answers]) + line.log.getvalue().decode()
    assert "A. Geheim" not in every


@story("memory")
async def test_a_birth_date_that_decides_is_not_changed_by_a_file(line: Line) -> None:
    """Another one than is recorded cannot be taken over; recorded by its month, any day of it can."""
    await line.gezag()
    row = one(await shown(line, csv({"Geboren": "2013-06-14"}), KOLOMMEN), LEERLING)
    assert (row["stand"], row["kenmerk"]) == ("niet_over_te_nemen", None)
    assert [r["code"] for r in row["redenen"]] == ["leerling.andereGeboortedatum"]
    await line.gezag(geboortedatum="2016-06-01", geboorteprecisie="maand")
    assert one(await shown(line, csv({"Geboren": "2016-06-30"}), KOLOMMEN), LEERLING)["stand"] == "gewijzigd"


# ── whom it is about


@story("memory")
async def test_ids_that_look_the_same_stay_two_leerlingen(line: Line) -> None:
    """Told, and never merged: each is compared with himself, and a new id with a sign nobody sees is not
    taken over.
    """
    behind = await from_before(line, f"{LEERLING} ")
    row = one(await shown(line, csv({}), KOLOMMEN), LEERLING)
    assert (row["stand"], row["leerlingId"], row["lijktOp"]) == ("nieuw", None, [behind])
    (mine,) = await taken(line, csv({}), KOLOMMEN)
    assert mine["leerlingId"] != behind
    assert await counts(line, behind) is None
    odd = one(await shown(line, csv({"Nr": "Z\u200b1"}), KOLOMMEN), "Z\u200b1")
    assert [r["code"] for r in odd["redenen"]] == ["kenmerk.onzichtbaar"]


@story("memory")
async def test_an_eck_id_finds_nobody_and_stays_nowhere(line: Line) -> None:
    """UWLR 2.3 with the ECK iD as key: shown as unusable, not in any answer, log line or leaf."""
    eck = "https://ketenid.nl/201703/verzonnen-sleutel"
    raw = uwlr_2_3(put("leerlingen/leerling[1]/@key", eck), put("leerlingen/leerling[1]/@eckid", eck))
    found = await shown(line, raw)
    first = found["leerlingen"][0]
    assert (first["leerlingid"], first["stand"], first["kenmerk"]) == (None, "niet_over_te_nemen", None)
    assert [r["code"] for r in first["redenen"]] == ["sleutel.eckId"]
    assert "sleutel.eck_id" in {b["code"] for b in found["bevindingen"]}
    who = [{"leerlingid": eck, "kenmerk": NOWHERE}]
    assert problem(await take(line, raw, found, who))[2] == ("leerling.nietInBestand",)
    beside = uwlr_2_3(put("leerlingen/leerling[1]/@eckid", eck))
    (mine,) = await taken(line, beside)
    everything = json.dumps([await counts(line, mine["leerlingId"]), await line.ledger()])
    everything += json.dumps([a.text for a in line.answers]) + line.log.getvalue().decode()
    assert "ketenid.nl" not in everything


@story("memory")
async def test_only_the_very_school_of_the_file(line: Line) -> None:
    """By BRIN and location; jeugdhulp has no registration; a school without a BRIN in the file is nobody."""
    other = await line.other_school.post(VERSCHIL, offer(school()))
    assert problem(other) == (400, "ongeldig-bericht", ("afzender.anderBrin",))
    assert problem(await line.school.post(VERSCHIL, offer(changed())))[2] == ("afzender.anderBrin",)
    assert problem(await line.helper.post(VERSCHIL, offer(school())))[2] == ("afzender.geenSchool",)
    assert (await line.fg.post(VERSCHIL, offer(school()))).status_code == 403
    nameless = changed(drop("school/brincode"), drop("school/dependancecode"))
    assert problem(await line.school.post(VERSCHIL, offer(nameless)))[2] == ("afzender.zonderBrin",)
    found = await shown(line, school())
    body = offer(school()) | {"verschil": found["verschil"], "leerlingen": chosen(found)}
    assert problem(await line.other_school.post(OVERNEMEN, body, key=fresh()))[:2] == (
        409,
        "verschil-verouderd",
    )


@story()
async def test_who_received_something_learns_nothing_of_a_registration(line: Line) -> None:
    """Jeugdhulp that knows the leerling, another school, and of nobody: what is there is read by its school
    only, and a step back of it is for nobody else.
    """
    leerling, pushed, _ = await line.permitted()
    await line.take(pushed["leveringen"][0]["id"])
    before = [shape(await line.helper.get(path)) for path in ("/postbus", "/taken")]
    (mine,) = await taken(line, csv({"Naam": "Proef"}), KOLOMMEN)
    assert [shape(await line.helper.get(path)) for path in ("/postbus", "/taken")] == before
    assert await line.status(pushed) == "klaar"
    ref = mine["leerlingId"]
    assert ref == leerling["leerlingId"]
    back = {"telt": mine["id"], "terugNaar": None}
    for who in (line.helper, line.other_school):
        nobody = await who.get(f"/leerlingen/{NOWHERE}/registraties")
        assert nobody.status_code == 404
        assert shape(await who.get(f"/leerlingen/{ref}/registraties")) == shape(nobody)
        there = await who.post(f"/leerlingen/{ref}/registraties/_herstel", back, key=fresh())
        gone = await who.post(f"/leerlingen/{NOWHERE}/registraties/_herstel", back, key=fresh())
        assert shape(there) == shape(gone)
        assert there.status_code == 404


@story("memory")
async def test_nobody_puts_back_what_is_of_another_school(line: Line) -> None:
    """Jeugdhulp that knows the leerling under a reference of its own, and has the scope: not found."""
    leerling, pushed, _ = await line.permitted()
    await line.take(pushed["leveringen"][0]["id"])
    (mine,) = await taken(line, csv({}), KOLOMMEN)
    known = vars(line.world.storage)["_refs"]
    (theirs,) = [ref for partij, ref in known if partij == line.helper.partij]
    assert fine(await line.helper.get(f"/leerlingen/{theirs}/registraties"))["geschiedenis"] == []
    back = {"telt": mine["id"], "terugNaar": None}
    answer = await line.helper.post(f"/leerlingen/{theirs}/registraties/_herstel", back, key=fresh())
    assert answer.status_code == 404
    assert (await counts(line, leerling["leerlingId"]) or {})["id"] == mine["id"]


# ── what it rests on


@story()
async def test_what_changed_meanwhile_is_not_taken_over(line: Line) -> None:
    """Gezag recorded, or another registration taken over: 409 with its place, and nothing is recorded of
    anybody in that request. Of who was not chosen nothing is asked.
    """
    raw = csv({}, {"Nr": "ander"})
    found = await shown(line, raw, KOLOMMEN)
    await line.gezag()
    before = await line.everything()
    answer = await take(line, raw, found, kolommen=KOLOMMEN)
    assert problem(answer)[:2] == (409, "verschil-verouderd")
    assert answer.json()["plaatsen"] == ["/leerlingen/0"]
    assert await line.everything() == before
    recorded(await take(line, raw, found, chosen(found, "ander"), kolommen=KOLOMMEN))
    again = await take(line, raw, found, chosen(found, "ander"), kolommen=KOLOMMEN)
    assert problem(again)[:2] == (409, "verschil-verouderd")
    newer = await shown(line, raw, KOLOMMEN)
    recorded(await line.school.post("/gezagsgegevens", gezag(leerling={"leerlingid": "x"}), key=fresh()))
    recorded(await take(line, raw, newer, kolommen=KOLOMMEN))


@story("memory")
async def test_a_difference_is_of_one_file_one_school_and_one_day(line: Line) -> None:
    """Another file, other columns, another mark, a made-up name and a day later: nothing is taken over."""
    raw = csv({})
    found = await shown(line, raw, KOLOMMEN)
    before = await line.everything()
    other = csv({"Klas": "8"})
    wrong = [
        (other, KOLOMMEN, found, None),
        (raw, KOLOMMEN + "\n", found, None),
        (raw, KOLOMMEN, found, [{"leerlingid": LEERLING, "kenmerk": NOWHERE}]),
        (raw, KOLOMMEN, found | {"verschil": f"1-{NOWHERE}"}, None),
    ]
    for file, kolommen, named, who in wrong:
        answer = await take(line, file, named, who or chosen(found), kolommen=kolommen)
        assert problem(answer)[:2] == (409, "verschil-verouderd")
    line.later(hours=23, minutes=59)
    assert await line.everything() == before
    at_last = await take(line, raw, found, kolommen=KOLOMMEN)
    assert at_last.status_code == 201
    found = await shown(line, other, KOLOMMEN)
    line.later(hours=24)
    assert problem(await take(line, other, found, kolommen=KOLOMMEN))[:2] == (409, "verschil-verouderd")


@story("memory")
async def test_who_is_chosen_stands_in_the_file_once(line: Line) -> None:
    """Faults with their places, and never an id."""
    raw = csv({})
    found = await shown(line, raw, KOLOMMEN)
    twice = [*chosen(found), *chosen(found)]
    answer = await take(line, raw, found, twice, kolommen=KOLOMMEN)
    assert problem(answer)[2] == ("leerling.dubbel", "leerling.dubbel")
    assert answer.json()["fouten"][1]["plaats"] == "/leerlingen/1/leerlingid"
    stranger = [{"leerlingid": "KANARIE", "kenmerk": NOWHERE}]
    answer = await take(line, raw, found, stranger, kolommen=KOLOMMEN)
    assert problem(answer)[2] == ("leerling.nietInBestand",)
    assert "KANARIE" not in answer.text
    assert problem(await take(line, raw, found, [], kolommen=KOLOMMEN))[0] == 400


# ── once


@story()
async def test_the_same_request_is_answered_the_same_and_done_once(line: Line) -> None:
    """However often it is repeated; the same key with another choice is another request."""
    raw = csv({}, {"Nr": "ander"})
    found = await shown(line, raw, KOLOMMEN)
    key = fresh()
    answers = [await take(line, raw, found, key=key, kolommen=KOLOMMEN) for _ in range(2)]
    answers += await asyncio.gather(*(take(line, raw, found, key=key, kolommen=KOLOMMEN) for _ in range(4)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert len([e for e in await line.ledger() if e["soort"] == "registration.recorded"]) == 2
    other = await take(line, raw, found, chosen(found, "ander"), key=key, kolommen=KOLOMMEN)
    assert problem(other)[:2] == (422, "sleutel-hergebruikt")


class Second(FaultyStorage):
    """Fails the second fact after it was told to, as a lost connection does; or lets something else happen
    just before that.
    """

    seen = 0
    before_second: Callable[[], Awaitable[object]] | None = None
    lost: bool | None = None
    """Whether it was stored all the same."""

    async def commit(self, change: stored_values.Change) -> stored_values.CommitResult:
        self.seen += bool(change.facts)
        if self.seen == 2 and change.facts:
            before, self.before_second = self.before_second, None
            if before is not None:
                await before()
            if self.lost is not None:
                self.fail_next_write(stored=self.lost)
        return await super().commit(change)


def second(line: Line) -> Second:
    storage = line.world.storage
    assert isinstance(storage, Second)
    storage.seen = 0
    return storage


@pytest.mark.parametrize("stored", [False, True])
@story("memory", wrap=Second)
async def test_a_write_that_fails_is_repeated_and_goes_on(line: Line, stored: bool) -> None:
    """The second of three fails: the first is there, the repeat finds it and does the rest."""
    raw = csv({}, {"Nr": "b"}, {"Nr": "c"})
    found = await shown(line, raw, KOLOMMEN)
    key = fresh()
    second(line).lost = stored
    assert (await take(line, raw, found, key=key, kolommen=KOLOMMEN)).status_code == 503
    known = await shown(line, raw, KOLOMMEN)
    assert [r["stand"] for r in known["leerlingen"]] == [
        "ongewijzigd",
        "ongewijzigd" if stored else "nieuw",
        "nieuw",
    ]
    answer = recorded(await take(line, raw, found, key=key, kolommen=KOLOMMEN))
    assert [each["uitkomst"] for each in answer["leerlingen"]] == ["overgenomen"] * 3
    assert len([e for e in await line.ledger() if e["soort"] == "registration.recorded"]) == 3


@story("memory", wrap=Second)
async def test_who_changes_while_others_are_taken_over_is_left_alone(line: Line) -> None:
    """Gezag is recorded about the second just before his commit: he is told, the others are done, and a
    repeat says the same.
    """
    raw = csv({}, {"Nr": "b"}, {"Nr": "c"})
    found = await shown(line, raw, KOLOMMEN)

    async def meanwhile() -> None:
        recorded(await line.school.post("/gezagsgegevens", gezag(leerling={"leerlingid": "b"}), key=fresh()))

    second(line).before_second = meanwhile
    key = fresh()
    answer = recorded(await take(line, raw, found, key=key, kolommen=KOLOMMEN))
    outcomes = [each["uitkomst"] for each in answer["leerlingen"]]
    assert outcomes == ["overgenomen", "verouderd", "overgenomen"]
    assert recorded(await take(line, raw, found, key=key, kolommen=KOLOMMEN)) == answer
    line.later(hours=25)
    assert recorded(await take(line, raw, found, key=key, kolommen=KOLOMMEN)) == answer
    line.later(hours=-25)
    again = await shown(line, raw, KOLOMMEN)
    assert [r["stand"] for r in again["leerlingen"]] == ["ongewijzigd", "gewijzigd", "ongewijzigd"]


# ── putting back


@story()
async def test_what_was_taken_over_is_undone_by_the_former(line: Line) -> None:
    """The former counts again, or none; both are recorded, and only over what is seen to count."""
    (first,) = await taken(line, csv({"Klas": "7a"}), KOLOMMEN)
    (second,) = await taken(line, csv({"Klas": "8b"}), KOLOMMEN)
    ref = first["leerlingId"]
    where = f"/leerlingen/{ref}/registraties/_herstel"
    stale = {"telt": first["id"], "terugNaar": None}
    assert problem(await line.school.post(where, stale, key=fresh()))[:2] == (409, "verschil-verouderd")
    for wrong in (NOWHERE, second["id"]):
        body = {"telt": second["id"], "terugNaar": wrong}
        answer = await line.school.post(where, body, key=fresh())
        assert problem(answer) == (400, "ongeldig-bericht", ("registratie.geenEerdere",))
    body, key = {"telt": second["id"], "terugNaar": first["id"]}, fresh()
    back = recorded(await line.school.post(where, body, key=key))
    assert recorded(await line.school.post(where, body, key=key)) == back
    told = await counts(line, ref)
    assert told is not None
    assert (told["gegevens"]["groep"], told["vervangt"], told["hersteld"]) == (
        "7a",
        second["id"],
        first["id"],
    )
    recorded(await line.school.post(where, {"telt": back["id"], "terugNaar": None}, key=fresh()))
    told = await counts(line, ref)
    assert told is not None
    assert "gegevens" not in told
    assert one(await shown(line, csv({"Klas": "7a"}), KOLOMMEN), LEERLING)["stand"] == "gewijzigd"
    pages = fine(await line.school.get(f"/leerlingen/{ref}/registraties?aantal=3"))
    assert len(pages["geschiedenis"]) == 3
    rest = fine(await line.school.get(f"/leerlingen/{ref}/registraties?na={pages['na']}"))
    assert [f["id"] for f in rest["geschiedenis"]] == [first["id"]]


# ── what is refused


@story("memory")
async def test_every_fault_has_its_code_and_place_and_no_value(line: Line) -> None:
    """What is wrong in the file, in the columns, or that it is no registration; nothing is stored."""
    before = await line.everything()
    bad = school(
        put("leerlingen/leerling[1]/geboortedatum", "KANARIE-1"),
        put("leerlingen/leerling[2]/groep/@key", "KANARIE-2"),
    )
    answer = await line.school.post(VERSCHIL, offer(bad))
    assert problem(answer)[0] == 400
    places = {f["plaats"] for f in answer.json()["fouten"]}
    assert "/EDEX/leerlingen/leerling[1]/geboortedatum" in places
    assert "/EDEX/leerlingen/leerling[2]/groep[1]" in places
    mistaken = KOLOMMEN.replace('moeder = "ouder"', '"KANARIE-3" = "KANARIE-4"')
    cases = [
        (offer(csv({"Ouder 1": "x", "Relatie 1": "KANARIE-5"}), KOLOMMEN), ("csv.relatie",)),
        (offer(csv({"Ouder 2": "x", "Gezag 2": "KANARIE-6"}), KOLOMMEN), ("csv.ja_nee",)),
        (offer(csv({}), mistaken), ("kolommen.waarde",)),
        (offer(csv({}), "KANARIE-7 ="), ("kolommen.toml",)),
        (offer(csv({})), ("standaard.onbekend",)),
        (offer(b" \n"), ("standaard.leeg",)),
        (offer(school(), KOLOMMEN), ("kolommen.overbodig",)),
        (offer(b"<KANARIE-8/>"), ("registratie.onbekend",)),
        (offer(b"<EDEX><"), ("xml.onleesbaar",)),
        ({"inhoud": "KANARIE-9"}, ("dossier.base64",)),
    ]
    for body, codes in cases:
        answer = await line.school.post(VERSCHIL, body)
        told = problem(answer)
        if codes == ("xml.onleesbaar",):
            assert told[0] == 400
            continue
        assert told[2] == codes
    said = json.dumps([a.text for a in line.answers[-15:]]) + line.log.getvalue().decode()
    assert "KANARIE" not in said
    assert await line.everything() == before


def test_no_mark_of_a_file_leaves_or_stays_readable(tmp_path: Path) -> None:
    """A mark in every cell and every part of the columns, taken over, shown again, put back and refused: in
    no byte of the database, the log or the account, and in no answer to anybody but its school.
    """
    prepare("sqlite", tmp_path)
    marks = Marks()
    cells = {name: marks(name) for name in ("Nr", "Naam", "Klas", "Ouder 1", "Ouder 2")}
    kolommen = KOLOMMEN.replace('bron = "Proef"', f'bron = "{marks("bron")}"')
    raw = csv(cells | {"Gezag 1": "J"})

    async def scene() -> list[bytes]:
        async with open_line("sqlite", tmp_path) as line:
            (mine,) = await taken(line, raw, kolommen)
            await shown(line, raw, kolommen)
            for who in (line.other_school, line.helper):
                body = offer(raw, kolommen)
                assert (await who.post(VERSCHIL, body)).status_code == 400
                await who.get(f"/leerlingen/{mine['leerlingId']}/registraties")
            assert (await line.school.post(VERSCHIL, offer(raw))).status_code == 400
            back = {"telt": mine["id"], "terugNaar": None}
            where = f"/leerlingen/{mine['leerlingId']}/registraties/_herstel"
            recorded(await line.school.post(where, back, key=fresh()))
            own = re.compile("/v1/(registraties.*|leerlingen/[^/]+/registraties)")
            others = [
                answer.content
                for answer in line.answers
                if answer.status_code >= 400 or not own.fullmatch(answer.request.url.path)
            ]
            return [line.log.getvalue(), *others, *(str(a.request.url).encode() for a in line.answers)]

    seen = asyncio.run(scene())
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) > 2
    assert found_marks(marks, {"left": seen, "stayed": kept}) == {"left": set(), "stayed": set()}


def test_the_account_tells_of_every_registration(tmp_path: Path) -> None:
    """Rows and account agree after taking over and putting back; a fact of it that is gone is found."""
    prepare("sqlite", tmp_path)

    async def scene() -> None:
        async with open_line("sqlite", tmp_path) as line:
            (mine,) = await taken(line, csv({}), KOLOMMEN)
            where = f"/leerlingen/{mine['leerlingId']}/registraties/_herstel"
            recorded(await line.school.post(where, {"telt": mine["id"], "terugNaar": None}, key=fresh()))

    asyncio.run(scene())
    broken, counted = verify_rows(tmp_path / "ozlijn.db")
    assert (broken, counted.facts) == ([], 2)
