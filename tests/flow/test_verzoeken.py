"""A levering that waits becomes a question to the people who can end that, and to nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.line import (
    AANBIEDER,
    BORN,
    HELPER,
    NOWHERE,
    SCHOOL,
    Caller,
    Json,
    Line,
    bereik,
    bereik_terug,
    codes,
    dossier,
    envelope,
    fine,
    fresh,
    only,
    persons,
    problem,
    recorded,
    story,
    toestemming,
    veto,
)


async def taken(line: Line, who: Caller | None = None, soort: str | None = None) -> list[Json]:
    """What a partij reads that it has to do."""
    found: list[Json] = fine(await (who or line.school).get("/taken"))["taken"]
    return [t for t in found if soort in (None, t["soort"])]


async def ended(line: Line, taak: Json, who: Caller | None = None) -> tuple[str, str]:
    view = fine(await (who or line.school).get(f"/taken/{taak['id']}"))
    return view["status"], view["uitkomst"]


def asked(taak: Json) -> dict[str, tuple[list[str], Json]]:
    """For each person: the functions that are asked, and for which scope."""
    return {v["persoonId"]: (v["functies"], v["bereik"]) for v in taak.get("vragen", ())}


async def told_no(line: Line, leerling: Json, persoon: str, **other: Any) -> None:
    body = toestemming(persoon, leerlingId=leerling["leerlingId"], besluit="geweigerd", **other)
    recorded(await line.school.post("/toestemmingen", body, key=fresh()))


@story()
async def test_a_held_levering_asks_exactly_who_is_missing(line: Line) -> None:
    """Both ouders, then the one who is left; his statement releases the levering and closes the taak."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    pushed = await line.push()
    view = await line.levering(pushed)
    (taak,) = await taken(line)
    assert (taak["soort"], taak["leveringId"]) == ("toestemming_vragen", only(pushed))
    assert set(asked(taak)) == set(taak["personen"]) == {first, second}
    assert {(v["hoedanigheid"], tuple(v["functies"])) for v in taak["vragen"]} == {("ouder", ("avg_basis",))}
    assert taak["uiterlijk"] == view["vervaltOp"]
    assert taak["links"]["levering"] == view["links"]["zelf"]
    assert (taak["doel"], taak["richting"], taak["ontvanger"]) == ("arrangement", "S2J", HELPER)
    assert taak["volgendeStap"]

    # What is asked can be recorded as it stands there.
    scope = asked(taak)[first][1]
    assert set(scope["categorieen"]) == set(bereik()["categorieen"])
    await line.agree(leerling, first, bereik=scope)
    (left,) = await taken(line)
    assert (left["id"], left["personen"]) == (taak["id"], [second])
    assert [r["code"] for r in left["redenen"]] == ["CONSENT_PARTIAL_SIGNERS"]
    assert await line.status(pushed) == "aangehouden"

    await line.agree(leerling, second, bereik=asked(left)[second][1])
    assert await line.status(pushed) == "klaar"
    assert await taken(line) == []
    assert await ended(line, taak) == ("afgehandeld", "vrijgegeven")
    await line.take(only(pushed))


@story()
async def test_a_refusal_refuses_and_asks_nobody(line: Line) -> None:
    """When one of two ouders says no, the levering is geweigerd, and nobody is asked any more."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    pushed = await line.push()
    (taak,) = await taken(line)
    await line.agree(leerling, first)
    await told_no(line, leerling, second)
    assert await line.status(pushed) == "geweigerd"
    assert await taken(line) == []
    assert await ended(line, taak) == ("vervallen", "gaat_niet_door")


@story("memory")
async def test_who_agreed_to_less_is_asked_for_the_rest(line: Line) -> None:
    """All or nothing: per person exactly the categories he did not agree to."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    wanted = ["doelen", "factoren"]
    await line.agree(leerling, first, bereik=bereik(categorieen=wanted))
    await line.agree(leerling, second, bereik=bereik(categorieen=wanted[:1]))
    await line.push(
        categorieen=wanted, oppDeel={"perspectief": {"onderbouwing": "Fictief."}}, allesOfNiets=True
    )
    (taak,) = await taken(line)
    assert {p: s["categorieen"] for p, (_, s) in asked(taak).items()} == {second: ["factoren"]}


@story("memory")
async def test_without_gezag_that_is_looked_up_first(line: Line) -> None:
    """Nobody is known who could sign: look it up; then they are asked, by the next taak."""
    pushed = await line.push()
    (taak,) = await taken(line)
    assert (taak["soort"], "vragen" in taak, taak["links"]["vastleggen"]) == (
        "gezag_nagaan",
        False,
        "/v1/gezagsgegevens",
    )
    leerling = await line.gezag()
    assert taak["leerlingId"] == leerling["leerlingId"]
    (asks,) = await taken(line)
    assert (asks["soort"], set(asks["personen"])) == ("toestemming_vragen", set(persons(leerling)))
    assert await ended(line, taak) == ("afgehandeld", "niet_meer_nodig")
    await line.both_agree(leerling)
    assert await line.status(pushed) == "klaar"


@story("memory")
async def test_a_check_comes_before_a_question(line: Line) -> None:
    """Gezag that is not known well enough: nobody is asked who may have no say after the check."""
    leerling = await line.gezag(bron="verklaring_ouder")
    await line.push()
    (check, level_one) = sorted(await taken(line), key=lambda t: t["soort"])
    assert (check["soort"], level_one["soort"]) == ("gezag_nagaan", "toestemming_vragen")
    assert level_one["categorieen"] == ["contact", "onderwijspositie"]
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    await line.gezag(personen=same)
    (asks,) = await taken(line)
    assert (asks["id"], "doelen" in asks["categorieen"]) == (level_one["id"], True)


@story("memory")
async def test_incapable_at_sixteen_asks_a_judgement(line: Line) -> None:
    """CE-15: nobody's signature is enough, so nobody is asked to sign."""
    leerling = await line.gezag(geboortedatum="2010-01-01")
    pushed = await line.push(raw=dossier((BORN, "2010-01-01")))
    (asks,) = await taken(line)
    assert asks["personen"] == [leerling["leerlingPersoonId"]]
    body = {
        "leerlingId": leerling["leerlingId"],
        "wilsbekwaam": False,
        "doelen": ["arrangement"],
        "beoordelaar": "orthopedagoog",
        "functie": "gedragswetenschapper",
        "moment": "2026-11-22T09:00:00Z",
        "motivering": "Fictief.",
    }
    recorded(await line.school.post("/bekwaamheidsoordelen", body, key=fresh()))
    (judge,) = await taken(line)
    assert (judge["soort"], [r["code"] for r in judge["redenen"]]) == (
        "bekwaamheid_nagaan",
        ["CAPACITY_ROUTE_UNCLEAR"],
    )
    again = body | {"wilsbekwaam": True, "moment": "2026-11-22T09:30:00Z"}
    recorded(await line.school.post("/bekwaamheidsoordelen", again, key=fresh()))
    (back,) = await taken(line)
    assert (back["id"], back["status"]) == (asks["id"], "open")
    await line.agree(leerling, leerling["leerlingPersoonId"])
    assert await line.status(pushed) == "klaar"
    assert await taken(line) == []


@story("memory")
async def test_an_objection_of_a_bystander_is_looked_at(line: Line) -> None:
    """It changes nothing and one person looks at it; looked at once, it does not come back."""
    leerling = await line.gezag(
        soort="eenhoofdig",
        personen=[{"hoedanigheid": "ouder", "gezag": True}, {"hoedanigheid": "ouder", "gezag": False}],
    )
    (without,) = [p["persoonId"] for p in leerling["personen"] if not p["gezag"]]
    await line.both_agree(leerling)
    pushed = await line.push()
    assert await taken(line) == []
    body = {
        "leerlingId": leerling["leerlingId"],
        "persoonId": without,
        "bereik": bereik(),
        "moment": "2026-11-22T09:00:00Z",
    }
    recorded(await line.school.post("/bezwaren", body, key=fresh()))
    assert await line.status(pushed) == "klaar"
    (look,) = await taken(line)
    assert (look["soort"], look["leveringId"]) == ("bezwaar_bekijken", only(pushed))
    await line.sign_for(only(pushed), await line.take(only(pushed)))
    back = await taken(line, soort="terugweg_vragen")
    assert await taken(line) == [look, *back]
    fine(await line.school.post(f"/taken/{back[0]['id']}/_gedaan"))
    path = f"/taken/{look['id']}/_gedaan"
    assert look["links"]["gedaan"] == f"/v1{path}"
    for _ in range(2):
        assert fine(await line.school.post(path))["uitkomst"] == "gedaan"
    assert await taken(line) == []
    await line.agree(leerling, persons(leerling)[0], moment=line.clock.now().isoformat())
    assert await taken(line) == []

    second = await line.push()
    (other,) = await taken(line)
    assert other["leveringId"] == only(second)
    strange = await line.helper.post(f"/taken/{other['id']}/_gedaan")
    assert problem(strange)[0] == problem(await line.helper.post(f"/taken/{NOWHERE}/_gedaan"))[0] == 404
    fine(await line.school.post(f"/taken/{other['id']}/_gedaan"))
    await line.agree(leerling, persons(leerling)[0], moment=line.clock.now().isoformat())
    assert await line.status(second) == "klaar"
    assert await taken(line) == []


@story("memory")
async def test_only_an_objection_is_looked_at(line: Line) -> None:
    """A question to people does not end by saying that somebody looked."""
    await line.gezag()
    await line.push()
    (taak,) = await taken(line)
    assert problem(await line.school.post(f"/taken/{taak['id']}/_gedaan"))[:2] == (
        409,
        "taak-eindigt-vanzelf",
    )
    assert [t["id"] for t in await taken(line)] == [taak["id"]]


@story()
async def test_a_levering_that_lapses_asks_no_longer(line: Line) -> None:
    """Held for thirty days and gone: the question goes in the same commit."""
    await line.gezag()
    await line.push()
    (taak,) = await taken(line)
    line.later(days=31)
    await line.sweep()
    assert await taken(line) == []
    assert await ended(line, taak) == ("vervallen", "gaat_niet_door")


@story()
async def test_what_is_held_at_the_take_is_asked_too(line: Line) -> None:
    """Gezag grew old while it stood ready: found out at the take, and asked in that very commit."""
    leerling = await line.gezag(gecontroleerdOp="2025-11-30")
    await line.both_agree(leerling)
    pushed = await line.push()
    before = {t["soort"] for t in await taken(line)}
    line.later(days=9)
    assert (await line.try_take(only(pushed))).status_code == 404
    bound = [t for t in await taken(line) if t.get("leveringId") == only(pushed)]
    assert [t["soort"] for t in bound] == ["gezag_nagaan"]
    assert before == {"gezag_nagaan"}  # it had been announced


# ── between partijen


@story()
async def test_a_sender_in_jeugdhulp_learns_its_own_side_only(line: Line) -> None:
    """It reads that secrecy must be lifted, not by whom; the school is asked for the ground of whatever may
    come back to what it sent, before anything does.
    """
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    (ours,) = await taken(line)
    sent = await line.answer_back(only(pushed))
    assert await taken(line) == [ours]
    (theirs,) = await taken(line, line.helper)
    assert (theirs["soort"], theirs["leveringId"]) == ("geheimhouding_vragen", only(sent))
    assert theirs["functies"] == ["secrecy_waiver"]
    assert not {"personen", "vragen", "redenen", "leerlingId"} & theirs.keys()
    for hidden in (*persons(leerling), leerling["leerlingId"]):
        assert hidden not in json.dumps(theirs)

    assert set(asked(ours)) == set(persons(leerling))
    assert {tuple(f) for f, _ in asked(ours).values()} == {("avg_basis",)}
    assert ours["leveringId"] == only(pushed)
    assert only(sent) not in json.dumps(ours)
    for a, b in ((line.helper, ours), (line.school, theirs)):
        assert (await a.get(f"/taken/{b['id']}")).status_code == 404

    for persoon, (_, scope) in asked(ours).items():
        for functie in ("avg_basis", "secrecy_waiver"):
            await line.agree(leerling, persoon, functie=functie, bereik=scope)
    assert await line.status(sent, line.helper) == "klaar"
    assert await taken(line) == await taken(line, line.helper) == []


@story("memory")
async def test_a_veto_changes_nothing_for_the_school(line: Line) -> None:
    """The aanbieder's professional says no to its own answer: the question to the school stays as it was."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    sent = await line.answer_back(only(pushed))
    ours = await taken(line)
    body = veto(leveringId=only(pushed), richting="J2S", doelen=["afstemming"])
    recorded(await line.helper.post("/professionele-vetos", body, key=fresh()))
    assert await line.status(sent, line.helper) == "geweigerd"
    assert await taken(line) == ours


@story("memory")
async def test_a_judgement_of_who_would_receive_settles_nothing(line: Line) -> None:
    """What the aanbieder thinks of his capacity stops nothing that the school sends, and is told nowhere."""
    leerling = await line.gezag(geboortedatum="2010-01-01")
    await line.agree(leerling, leerling["leerlingPersoonId"])
    first = await line.push(raw=dossier((BORN, "2010-01-01")))
    await line.sign_for(only(first), await line.take(only(first)))
    body = {
        "leveringId": only(first),
        "wilsbekwaam": False,
        "doelen": ["arrangement"],
        "beoordelaar": "iemand",
        "functie": "gedragswetenschapper",
        "moment": "2026-11-22T09:00:00Z",
        "motivering": "Fictief.",
    }
    recorded(await line.helper.post("/bekwaamheidsoordelen", body, key=fresh()))
    second = await line.push(raw=dossier((BORN, "2010-01-01")))
    view = await line.levering(second)
    before = await line.levering(first)
    assert (view["status"], codes(view)) == ("klaar", codes(before))
    assert [t["soort"] for t in await taken(line)] == ["terugweg_vragen"]
    assert await taken(line, line.helper) == []


@story("memory")
async def test_who_heard_an_objection_looks_at_it(line: Line) -> None:
    """A bystander objects at the aanbieder, to what it sends: its own taak, no word of it to the school."""
    leerling = await line.gezag(
        soort="eenhoofdig",
        personen=[{"hoedanigheid": "ouder", "gezag": True}, {"hoedanigheid": "ouder", "gezag": False}],
    )
    (without,) = [p["persoonId"] for p in leerling["personen"] if not p["gezag"]]
    await line.both_agree(leerling)
    pushed = await line.push()
    await line.take(only(pushed))
    await line.answer_back(only(pushed))
    body = {
        "leveringId": only(pushed),
        "persoonId": without,
        "bereik": bereik_terug(),
        "moment": "2026-11-22T09:00:00Z",
    }
    recorded(await line.helper.post("/bezwaren", body, key=fresh()))
    assert len(await taken(line, line.helper, "bezwaar_bekijken")) == 1
    assert await taken(line, soort="bezwaar_bekijken") == []


@pytest.mark.parametrize("who", ["other_school", "other_helper"])
@story("memory")
async def test_others_see_none_of_it(line: Line, who: str) -> None:
    """Taken of another partij are not in a list, and their ids say nothing."""
    await line.gezag()
    await line.push()
    (taak,) = await taken(line)
    other: Caller = getattr(line, who)
    assert await taken(line, other) == []
    assert (await other.get(f"/taken/{taak['id']}")).status_code == 404


@story("memory")
async def test_a_pushed_message_to_two_asks_per_levering(line: Line) -> None:
    """One taak per levering: to each his own recipient; one answer closes one."""
    leerling = await line.gezag()
    other = {"partij": "agb:99999902", "rol": "jeugdhulpverlener"}
    sent = await line.school.post("/uitwisselingen", envelope(ontvangers=[HELPER, other]), key=fresh())
    assert sent.status_code == 202
    assert sorted(t["ontvanger"]["partij"] for t in await taken(line)) == [AANBIEDER, other["partij"]]
    await line.both_agree(leerling)
    (left,) = await taken(line)
    assert left["ontvanger"] == other


@story("memory")
async def test_a_push_that_is_repeated_asks_once(line: Line) -> None:
    """The same Idempotency-Key twice gives one levering and one taak."""
    await line.gezag()
    key = fresh()
    for _ in range(2):
        assert (await line.school.post("/uitwisselingen", envelope(), key=key)).status_code == 202
    assert len(await taken(line)) == 1


@story("memory")
async def test_taken_hold_no_value_of_a_person(line: Line) -> None:
    """No name, no birth date, no key of the school's own system, in none of them."""
    leerling = await line.gezag(
        personen=[{"hoedanigheid": "ouder", "gezag": True, "naam": "Verzonnen Naam"}] * 2
    )
    await line.push()
    text = json.dumps(await taken(line))
    assert persons(leerling)[0] in text
    for secret in ("Verzonnen Naam", BORN, "LL-2016-0042", SCHOOL):
        assert secret not in text


@story()
async def test_who_answered_elsewhere_is_not_told(line: Line) -> None:
    """What the aanbieder recorded of ouder 1 shows neither in whom the school must ask, nor in who signed."""
    leerling = await line.gezag()
    held = await line.push(doel="afstemming")
    await line.both_agree(leerling)
    got = only(await line.push())
    await line.sign_for(got, await line.take(got))
    view = await line.levering(held)

    async def asked_for_it() -> Any:
        found = fine(await line.school.get("/taken"))["taken"]
        (taak,) = [t for t in found if t.get("leveringId") == view["id"]]
        return taak

    before = await asked_for_it()
    one = persons(leerling)[0]
    body = toestemming(one, leveringId=got, bereik=before["vragen"][0]["bereik"])
    recorded(await line.helper.post("/toestemmingen", body, key=fresh()))

    after = await line.levering(held)
    assert after["ondertekenaars"] == []
    assert "toegestemd" not in str(after)
    asked = await asked_for_it()
    assert asked["personen"] == before["personen"]
    assert asked["vragen"] == before["vragen"]
