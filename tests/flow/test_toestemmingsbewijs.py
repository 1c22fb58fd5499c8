"""The receipt of who signed: plain words, signed, provable offline, and only for who recorded it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from gateway.wiring import check_bewijs
from tests.line import (
    AANBIEDER,
    NOWHERE,
    Caller,
    Json,
    Line,
    bereik,
    fine,
    fresh,
    only,
    persons,
    recorded,
    shape,
    story,
    toestemming,
)


async def _bewijs(line: Line, made: Json, who: Caller | None = None) -> Json:
    await line.context.checkpointer.publish()
    path = made["links"]["bewijs"].removeprefix("/v1")
    return fine(await (who or line.school).get(path))


def _wrong(line: Line, document: Json) -> list[str]:
    found = check_bewijs(json.dumps(document).encode(), line.context.signer.vkey)
    assert found.geldig == (not [p for p in found.punten if not p.goed])
    return [p.naam for p in found.punten if not p.goed]


def _words(document: Json) -> str:
    return "\n".join(r for d in document["inhoud"]["tekst"] for r in (d["kop"], *d["regels"]))


@story()
async def test_who_agreed_gets_what_he_agreed_to(line: Line) -> None:
    """In words: what, for what, to whom by name, from when until when, and how to take it back."""
    leerling = await line.gezag()
    given = await line.agree(leerling, persons(leerling)[0])
    path = given["links"]["bewijs"].removeprefix("/v1")
    early = await line.school.get(path)
    assert (early.status_code, early.headers["retry-after"]) == (202, "1")
    document = await _bewijs(line, given)
    assert _wrong(line, document) == []
    text = _words(document)
    for said in (
        "U heeft toestemming gegeven.",
        "een ouder met gezag",
        "21 november 2026",
        "hulp van school en jeugdhulp samen regelen",
        "waar school en leerling aan werken",
        "van school naar jeugdhulp",
        "jeugdhulpaanbieder (fictief): jeugdhulpverlener",
        "31 juli 2027",
        "U mag uw toestemming intrekken wanneer u wilt.",
        "kennisgeving/1",
        "sha256:" + "1" * 64,
        given["bladHash"],
        given["id"],
    ):
        assert said in text, said
    assert document["blad"]["bladHash"] == given["bladHash"]
    assert (await line.school.get(path)).json() == document


@story("memory")
async def test_a_no_and_a_withdrawal_have_one_too(line: Line) -> None:
    """Each of its own statement, with its own leaf: the no of one, and both events of the other."""
    leerling = await line.gezag()
    one, other = persons(leerling)
    refused = await line.agree(leerling, one, besluit="geweigerd")
    given = await line.agree(leerling, other)
    withdrawn = await line.withdraw(given)
    documents = [await _bewijs(line, made) for made in (refused, given, withdrawn)]
    assert [d["inhoud"]["gebeurtenis"] for d in documents] == ["geweigerd", "gegeven", "ingetrokken"]
    assert [d["blad"]["soort"] for d in documents] == [
        "consent.recorded",
        "consent.recorded",
        "consent.withdrawn",
    ]
    assert [_wrong(line, d) for d in documents] == [[], [], []]
    assert "U heeft geen toestemming gegeven." in _words(documents[0])
    assert "U heeft uw toestemming ingetrokken." in _words(documents[2])
    assert "Er is niet vastgelegd hoe u dit heeft gezegd." in _words(documents[2])


@story("memory")
async def test_each_falsification_is_found(line: Line) -> None:
    """Other words, another leaf, another signature or another key: named, and never valid."""
    leerling = await line.gezag()
    given, other = [await line.agree(leerling, p) for p in persons(leerling)]
    whole, second = [json.dumps(await _bewijs(line, made)) for made in (given, other)]

    def changed(change: Callable[[Any], object]) -> list[str]:
        document = json.loads(whole)
        change(document)
        return _wrong(line, document)

    theirs = json.loads(second)
    content = ["toestemmingsbewijs: inhoud"]
    assert changed(lambda d: d["inhoud"]["tekst"][0]["regels"].append("Meer.")) == content
    assert changed(lambda d: d["inhoud"].update(geldigTotEnMet="2030-01-01")) == content
    assert changed(lambda d: d["inhoud"].update(x=float("1.5"))) == content
    assert changed(lambda d: d.update(inhoud=[])) == content
    assert changed(lambda d: d.update(jws=theirs["jws"])) == content
    signature = ["toestemmingsbewijs: handtekening"]
    assert changed(lambda d: d.update(jws=d["jws"][:-4] + "AAAA")) == signature
    assert changed(lambda d: d.pop("jws")) == signature
    # The leaf of another statement is in the log as well; it is not the leaf of this one.
    wrong = ["blad 1: inhoud", "blad 1: verklaring"]
    assert changed(lambda d: d.update(blad=theirs["blad"])) == wrong
    swap = {"bladHash": json.loads(whole)["blad"]["bladHash"]}
    assert changed(lambda d: d.update(blad=theirs["blad"] | swap)) == [
        "blad 1: inclusie",
        "blad 1: inhoud",
    ]
    assert "blad 1: vorm" in changed(lambda d: d.update(blad=None))
    assert changed(lambda d: d["blad"].pop("blad")) == []
    receipt = {"soort": "ontvangstbewijs", "jws": json.loads(whole)["jws"]}
    assert _wrong(line, receipt) == ["ontvangstbewijs: inhoud"]


@story("memory")
async def test_the_page_shows_the_same_words_and_runs_nothing(line: Line) -> None:
    """HTML for who asks for a page: whole, escaped, with one style that its own policy names."""
    leerling = await line.gezag()
    nasty = "<script>alert(1)</script>"
    given = await line.agree(
        leerling, persons(leerling)[0], bewijs=toestemming("x")["bewijs"] | {"kennisgevingRef": nasty}
    )
    document = await _bewijs(line, given)
    path = given["links"]["bewijs"].removeprefix("/v1")
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = await line.school.get(path, headers=browser)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["vary"] == "Accept"
    assert '<html lang="nl">' in page.text
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    for line_of_text in _words(document).splitlines():
        if line_of_text != nasty:
            assert line_of_text.replace("'", "&#39;") in page.text, line_of_text
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert page.headers["content-security-policy"] == (
        f"default-src 'none'; frame-ancestors 'none'; style-src 'sha256-{digest}'"
    )
    for accept in ("*/*", "application/json", "text/html, application/json"):
        plain = await line.school.get(path, headers={"Accept": accept})
        assert plain.json() == document
        assert plain.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


@story("memory")
async def test_what_you_recorded_of_anothers_leerling_shows_nothing_of_him(line: Line) -> None:
    """An aanbieder reads its own statement, without the reference or the leaf of the school."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    body = toestemming(persons(leerling)[0], leveringId=only(pushed))
    given = recorded(await line.helper.post("/toestemmingen", body, key=fresh()))
    document = await _bewijs(line, given, line.helper)
    assert _wrong(line, document) == []
    assert "blad" not in document["blad"]
    assert leerling["leerlingId"] not in json.dumps(document)
    path = f"/toestemmingen/{given['toestemmingId']}"
    assert "leerlingId" not in fine(await line.helper.get(path))
    assert (await line.school.get(path)).status_code == 404
    listed = fine(await line.school.get(f"/leerlingen/{leerling['leerlingId']}/toestemmingen"))
    assert given["toestemmingId"] not in {t["toestemmingId"] for t in listed["toestemmingen"]}
    assert len(listed["toestemmingen"]) == 2


@story("memory")
async def test_what_a_partij_recorded_it_reads_back(line: Line) -> None:
    """Per leerling, the newest first, each toestemming with how it stands today; page by page."""
    leerling = await line.gezag()
    one, other = persons(leerling)
    made = [
        await line.agree(leerling, one),
        await line.agree(leerling, other, besluit="geweigerd"),
        await line.agree(leerling, one, geldigVanaf="2026-12-01"),
        await line.agree(leerling, one, geldigVanaf="2025-11-21", geldigTotEnMet="2026-07-31"),
        await line.agree(leerling, one, bereik=bereik(doelen=["opp"])),
    ]
    await line.withdraw(made[-1])
    here = f"/leerlingen/{leerling['leerlingId']}/toestemmingen"
    found = fine(await line.school.get(here))
    assert [t["stand"] for t in found["toestemmingen"]] == [
        "ingetrokken",
        "verlopen",
        "nog_niet_geldig",
        "geweigerd",
        "gegeven",
    ]
    assert [t["toestemmingId"] for t in found["toestemmingen"]] == [m["toestemmingId"] for m in made[::-1]]
    assert all(t["leerlingId"] == leerling["leerlingId"] and t["uitleg"] for t in found["toestemmingen"])
    assert found["toestemmingen"][-1]["teltTotEnMet"] == "2027-07-31"
    assert "trekIn" not in found["toestemmingen"][0]["links"]
    for t in found["toestemmingen"]:
        assert fine(await line.school.get(t["links"]["zelf"].removeprefix("/v1"))) == t
    page = fine(await line.school.get(f"{here}?aantal=2"))
    seen = page["toestemmingen"]
    while page["na"] is not None:
        page = fine(await line.school.get(f"{here}?aantal=2&na={page['na']}"))
        seen += page["toestemmingen"]
    assert seen == found["toestemmingen"]
    assert fine(await line.school.get(f"{here}?na={NOWHERE}"))["toestemmingen"] == []


@story("memory")
async def test_gezag_capacity_and_objections_are_read_back(line: Line) -> None:
    """What counts of gezag is the newest check, also when an older one was recorded later."""
    leerling = await line.gezag()
    ref = leerling["leerlingId"]
    older = await line.gezag(gecontroleerdOp="2026-10-01", soort="eenhoofdig")
    body = {
        "leerlingId": ref,
        "wilsbekwaam": True,
        "doelen": ["arrangement"],
        "beoordelaar": "deskundige",
        "functie": "gedragswetenschapper",
        "moment": "2026-11-21T10:00:00Z",
        "motivering": "Fictief.",
    }
    recorded(await line.school.post("/bekwaamheidsoordelen", body, key=fresh()))
    objection = {
        "leerlingId": ref,
        "persoonId": persons(leerling)[0],
        "bereik": bereik(),
        "moment": "2026-11-21T10:00:00Z",
    }
    recorded(await line.school.post("/bezwaren", objection, key=fresh()))
    gezag = fine(await line.school.get(f"/leerlingen/{ref}/gezagsgegevens"))
    assert gezag["telt"]["id"] == leerling["id"]
    assert [g["id"] for g in gezag["geschiedenis"]] == [older["id"], leerling["id"]]
    assert gezag["telt"]["gecontroleerdOp"] == "2026-11-01"
    judged = fine(await line.school.get(f"/leerlingen/{ref}/bekwaamheidsoordelen"))
    assert [b["motivering"] for b in judged["bekwaamheidsoordelen"]] == ["Fictief."]
    against = fine(await line.school.get(f"/leerlingen/{ref}/bezwaren"))
    assert [b["persoonId"] for b in against["bezwaren"]] == [persons(leerling)[0]]


@story("memory")
async def test_unknown_and_foreign_are_one_404(line: Line) -> None:
    """A leerling or a statement of another, none at all, and what cannot be an id: the same bytes."""
    leerling = await line.gezag()
    given = await line.agree(leerling, persons(leerling)[0])
    withdrawn = await line.withdraw(given)
    await line.context.checkpointer.publish()
    lists = ("toestemmingen", "gezagsgegevens", "bekwaamheidsoordelen", "bezwaren")
    answers = []
    for who in (line.other_school, line.helper):
        for ref in (leerling["leerlingId"], NOWHERE, "x"):
            answers += [await who.get(f"/leerlingen/{ref}/{name}") for name in lists]
        for record in (given["toestemmingId"], NOWHERE, leerling["id"]):
            path = f"/toestemmingen/{record}"
            answers += [await who.get(path), await who.get(f"{path}/bewijs")]
            answers.append(await who.get(f"{path}/intrekkingen/{withdrawn['id']}/bewijs"))
    school = line.school
    answers.append(await school.get(f"/toestemmingen/{leerling['id']}"))
    answers.append(await school.get(f"/toestemmingen/{withdrawn['id']}"))
    answers.append(await school.get(f"/toestemmingen/{given['id']}/intrekkingen/{given['id']}/bewijs"))
    assert {a.status_code for a in answers} == {404}
    assert len({shape(a) for a in answers}) == 1
    assert AANBIEDER not in answers[0].text
