"""Recording a toestemming: each way of taking it with its own proof, and the text that was read."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from consent.convenant import hash_of
from consent.kennisgeving import Kennisgeving
from tests.flow.test_convenant import TEXT
from tests.flow.test_convenant import apply as apply_convenant
from tests.line import (
    Json,
    Line,
    bereik,
    bewijs,
    codes,
    envelope,
    fine,
    fresh,
    persons,
    problem,
    shape,
    story,
    toestemming,
)

ORAL = {"methode": "mondeling_twee_getuigen", "getuigen": ["Mentor A.", "Intern begeleider B."]}
PAPER = {"methode": "papier_gescand", "ondertekendOp": "2026-11-21"}


async def _faults(line: Line, leerling: Json, **other: Any) -> list[tuple[str, str]]:
    body = toestemming(persons(leerling)[0], leerlingId=leerling["leerlingId"], **other)
    before = await line.everything()
    answer = await line.school.post("/toestemmingen", body, key=fresh())
    assert problem(answer)[:2] == (400, "ongeldig-bericht"), answer.text
    assert await line.everything() == before
    return [(f["plaats"], f["code"]) for f in answer.json()["fouten"]]


@story()
@pytest.mark.parametrize("how", [ORAL, PAPER, {}], ids=["oral", "paper", "digital"])
async def test_each_way_carries_when_it_is_complete(line: Line, how: Json) -> None:
    """With its own proof a toestemming releases what waited, and its owner reads back how it was taken."""
    leerling = await line.gezag()
    pushed = await line.push()
    for persoon in persons(leerling):
        given = await line.agree(leerling, persoon, bewijs=bewijs(**how))
    assert await line.status(pushed) == "klaar"
    read = fine(await line.school.get(f"/toestemmingen/{given['toestemmingId']}"))
    assert read["bewijs"] | how == read["bewijs"]


@story("memory")
async def test_all_that_lacks_is_told_at_once(line: Line) -> None:
    """What the way of taking it and the gegevens ask comes together, each with its place."""
    leerling = await line.gezag()
    assert await _faults(
        line,
        leerling,
        bereik=bereik(categorieen=["gezondheid", "nummer"]),
        uitdrukkelijk=False,
        geldigTotEnMet="2026-01-01",
        moment="2027-01-01T00:00:00Z",
        bewijs=bewijs(
            methode="mondeling_twee_getuigen", getuigen=["mentor", "Mentor"], ondertekendOp="2026-11-21"
        ),
    ) == [
        ("/moment", "moment.toekomst"),
        ("/bereik/categorieen", "bereik.nooit"),
        ("/uitdrukkelijk", "toestemming.uitdrukkelijk"),
        ("/bewijs/getuigen", "bewijs.getuigen"),
        ("/bewijs/ondertekendOp", "bewijs.dag"),
        ("/geldigTotEnMet", "datum.volgorde"),
    ]
    assert await _faults(line, leerling, bewijs=None) == [("/bewijs", "bewijs.ontbreekt")]
    paper = bewijs(methode="papier_gescand", ondertekendOp="2026-11-20")
    assert await _faults(line, leerling, bewijs=paper) == [("/bewijs/ondertekendOp", "bewijs.dag")]


@story("memory")
async def test_a_no_asks_for_nothing(line: Line) -> None:
    """A refusal is heard without proof or tick, and a withdrawal too."""
    leerling = await line.gezag()
    one, other = persons(leerling)
    await line.agree(
        leerling,
        one,
        besluit="geweigerd",
        bewijs=None,
        uitdrukkelijk=False,
        bereik=bereik(categorieen=["gezondheid"]),
    )
    await line.withdraw(await line.agree(leerling, other))


@story("memory")
async def test_witnesses_stand_in_no_leaf_and_no_log(line: Line) -> None:
    """They are sealed with the fact: nowhere else is a name of theirs."""
    leerling = await line.gezag()
    await line.agree(leerling, persons(leerling)[0], bewijs=bewijs(**ORAL))
    told = json.dumps(await line.ledger()) + json.dumps(line.log_lines())
    assert "Mentor A." not in told
    assert "Intern begeleider B." not in told


# ── the text that was read


def _text(versie: int, **other: Any) -> Kennisgeving:
    data: dict[str, Any] = {
        "id": "uitleg-delen",
        "versie": versie,
        "titel": "Delen",
        "tekst": f"Uitleg {versie}.",
    }
    return Kennisgeving(**(data | other))


async def _apply(line: Line, *texts: Kennisgeving) -> None:
    old = await line.world.storage.register()
    stored = {t.ref: t.model_dump_json(exclude_defaults=True) for t in texts}
    new = dataclasses.replace(old, kennisgevingen=stored)
    await line.apply(new)


def _shown(text: Kennisgeving, **other: Any) -> Json:
    return bewijs(**{"kennisgevingRef": text.ref, "kennisgevingHash": text.hash} | other)


@story()
async def test_a_text_is_read_with_its_hash_and_named_with_it(line: Line) -> None:
    """What the register gives is what a toestemming names, to the letter; anything else is refused."""
    first, english = _text(1), _text(1, id="explanation", taal="en", tekst="Text.")
    await _apply(line, first, english)
    read = fine(await line.school.get("/kennisgevingen/uitleg-delen-1"))
    assert (read["tekst"], read["hash"], read["geldt"]) == ("Uitleg 1.", first.hash, True)
    listed = fine(await line.school.get("/kennisgevingen?aantal=1"))
    assert [k["ref"] for k in listed["kennisgevingen"]] == ["explanation-1"]
    assert "tekst" not in listed["kennisgevingen"][0]
    rest = fine(await line.school.get(f"/kennisgevingen?na={listed['na']}"))
    assert ([k["ref"] for k in rest["kennisgevingen"]], rest["na"]) == (["uitleg-delen-1"], None)
    assert (await line.school.get("/kennisgevingen/uitleg-delen-9")).status_code == 404
    leerling = await line.gezag()
    unknown = [("/bewijs/kennisgevingRef", "kennisgeving.onbekend")]
    assert await _faults(line, leerling) == unknown
    wrong = _shown(first, kennisgevingHash=english.hash, taal="en")
    assert await _faults(line, leerling, bewijs=wrong) == [
        ("/bewijs/kennisgevingHash", "kennisgeving.anders"),
        ("/bewijs/taal", "kennisgeving.taal"),
    ]
    await line.both_agree(leerling, bewijs=_shown(english, taal="en"))
    assert await line.status(await line.push()) == "klaar"


@story()
async def test_a_newer_text_that_asks_again_holds_what_rests_on_the_older(line: Line) -> None:
    """A mended text changes nothing; one that asks again does, also for what stands ready."""
    await _apply(line, _text(1))
    leerling = await line.gezag()
    await line.both_agree(leerling, bewijs=_shown(_text(1)))
    pushed = await line.push()
    await _apply(line, _text(1), _text(2))
    assert await line.status(await line.push()) == "klaar"
    asks = _text(3, opnieuwVragen=True)
    await _apply(line, _text(1), _text(2), asks)
    shown = fine(await line.school.post("/uitwisselingen/_proef", envelope()))["ontvangers"][0]
    assert codes(shown) == {"CONSENT_NOTICE_OUTDATED"}
    assert (await line.try_take(pushed["leveringen"][0]["id"])).status_code == 404
    assert await line.status(pushed) == "aangehouden"
    assert [k["geldt"] for k in fine(await line.school.get("/kennisgevingen"))["kennisgevingen"]] == [
        False,
        False,
        True,
    ]
    await line.both_agree(leerling, bewijs=_shown(asks))
    assert await line.status(pushed) == "klaar"


# ── what was agreed beforehand


@story("memory")
async def test_a_profile_says_what_and_why(line: Line) -> None:
    """Per field why this recipient needs it and where that stands, with the hash that decisions name."""
    listed = fine(await line.school.get("/proportionaliteitsprofielen?aantal=200"))
    assert listed["na"] is None
    ids = [p["id"] for p in listed["proportionaliteitsprofielen"]]
    assert ids == sorted(ids)
    one = fine(await line.school.get("/proportionaliteitsprofielen/arrangement-jeugdhulpverlener-s2j"))
    assert one["aantalVelden"] == len(one["velden"])
    assert all(v["waarom"] and v["norm"] for v in one["velden"])
    _, pushed, _ = await line.permitted()
    requested = [e for e in await line.ledger() if e["soort"] == "exchange.decided"]
    assert {e["profielHash"] for e in requested} == {one["hash"]}
    assert pushed
    assert (await line.school.get("/proportionaliteitsprofielen/bestaat-niet")).status_code == 404
    assert (await line.school.get("/proportionaliteitsprofielen/%C3%A9")).status_code == 404
    page = fine(await line.school.get(f"/proportionaliteitsprofielen?aantal=1&na={ids[0]}"))
    assert [p["id"] for p in page["proportionaliteitsprofielen"]] == ids[1:2]
    bad = await line.school.get("/proportionaliteitsprofielen?na=NEE")
    assert problem(bad) == (400, "ongeldig-bericht", ("parameter.id",))


@story("memory")
async def test_a_convenant_is_read_by_who_takes_part(line: Line) -> None:
    """With the hash of what was signed; for another partij it does not exist."""
    text = TEXT.replace("bewaardagen = 3\n", "")
    await apply_convenant(line, text)
    (one,) = fine(await line.school.get("/convenanten"))["convenanten"]
    assert (one["id"], one["hash"]) == ("convenant-fictie", hash_of(text))
    assert one["afspraken"] == [{"doel": "arrangement", "berichten": ["ontwikkelingsperspectief"]}]
    assert fine(await line.helper.get("/convenanten/convenant-fictie")) == one
    foreign = await line.other_school.get("/convenanten/convenant-fictie")
    assert shape(foreign) == shape(await line.other_school.get("/convenanten/is-er-niet"))
    assert foreign.status_code == 404
    assert fine(await line.other_school.get("/convenanten"))["convenanten"] == []
