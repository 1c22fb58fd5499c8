"""Withdrawal at each state of a levering, over HTTP: who is told, who answers, and what silence does."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx2 as httpx
import pytest

from gateway.obligations.werkdagen import einde_van_werkdag
from gateway.wiring import check_bewijs
from schemas.storage.storage import Change, Committed
from tests.callers import es256, sign
from tests.contract.values import rewrite
from tests.flow.test_afwegingen import GI, grond, push, with_a_gi
from tests.flow.test_operating import clash, events, housekeeping, until
from tests.line import (
    AANBIEDER,
    BORN,
    FG,
    HELPER,
    NOWHERE,
    OTHER_HELPER,
    SCHOOL,
    Caller,
    Json,
    Line,
    bereik,
    bereik_terug,
    codes,
    dossier,
    fine,
    fresh,
    only,
    persons,
    problem,
    recorded,
    story,
    veto,
)

Given = tuple[Json, Json, list[Json]]
"""(gezag, what was pushed, the toestemmingen)."""
Walk = Callable[[Line], Awaitable[Given]]


async def notices(line: Line, who: Caller | None = None) -> list[Json]:
    """What a recipient still has to answer."""
    found = fine(await (who or line.helper).get("/postbus/intrekkingen"))
    return list(found["intrekkingen"])


async def read(line: Line, intrekking: str, who: Caller | None = None) -> Json:
    return fine(await (who or line.helper).get(f"/postbus/intrekkingen/{intrekking}"))


async def try_answer(
    line: Line, intrekking: str, who: Caller | None = None, key: Any = None, **other: Any
) -> httpx.Response:
    caller = who or line.helper
    claims = {
        "soort": "intrekkingsantwoord",
        "intrekkingId": intrekking,
        "uitkomst": "gewist",
        "beantwoordOp": line.clock.now().isoformat(),
    } | other
    body = {"jws": sign(key or caller.key, claims)}
    return await caller.post(f"/postbus/intrekkingen/{intrekking}/antwoorden", body)


async def leaves(line: Line, since: int) -> list[str]:
    """The kinds of leaves after a position, of leveringen and withdrawals."""
    return [e["soort"] for e in await line.ledger() if e["position"] >= since]


async def signed_for(line: Line, pushed: Json, who: Caller | None = None) -> None:
    await line.sign_for(only(pushed), await line.take(only(pushed), who), who)


# ── each state


async def held(line: Line) -> Given:
    leerling = await line.gezag()
    given = await line.agree(leerling, persons(leerling)[0])
    return leerling, await line.push(), [given]


async def ready(line: Line) -> Given:
    return await line.permitted()


async def taken(line: Line) -> Given:
    found = await line.permitted()
    await line.take(only(found[1]))
    return found


async def failed(line: Line) -> Given:
    found = await taken(line)
    fine(await line.refuse(only(found[1]), "onleesbaar"))
    return found


async def delivered(line: Line) -> Given:
    found = await line.permitted()
    await signed_for(line, found[1])
    return found


async def processed(line: Line) -> Given:
    found = await delivered(line)
    fine(await line.helper.post(f"/leveringen/{only(found[1])}/_verwerkt"))
    return found


async def denied(line: Line) -> Given:
    leerling = await line.gezag()
    first, second = persons(leerling)
    given = [await line.agree(leerling, first), await line.agree(leerling, second, besluit="geweigerd")]
    return leerling, await line.push(), given


async def sent_back(line: Line) -> Given:
    found = await taken(line)
    fine(await line.refuse(only(found[1]), "niet_voor_ons"))
    return found


async def lapsed(line: Line) -> Given:
    found = await line.permitted()
    line.later(days=31)
    await line.sweep()
    return found


async def lapsed_after_a_take(line: Line) -> Given:
    found = await taken(line)
    line.later(days=31)
    await line.sweep()
    return found


RECALLED, TOLD = "exchange.recalled", "withdrawal.notified"
STATES: dict[str, tuple[Walk, str, str, list[str]]] = {
    # (how it gets there, the state before, the state after, the leaves beside that of the withdrawal)
    "aangehouden": (held, "aangehouden", "ingetrokken", [RECALLED]),
    "klaar": (ready, "klaar", "ingetrokken", [RECALLED]),
    "klaar, opgehaald": (taken, "klaar", "ingetrokken", [RECALLED, TOLD]),
    "mislukt": (failed, "mislukt", "ingetrokken", [RECALLED, TOLD]),
    "afgeleverd": (delivered, "afgeleverd", "afgeleverd", [TOLD]),
    "bevestigd": (processed, "bevestigd", "bevestigd", [TOLD]),
    "geweigerd": (denied, "geweigerd", "geweigerd", []),
    "geweigerd door ontvanger": (sent_back, "geweigerd", "geweigerd", [TOLD]),
    "vervallen": (lapsed, "vervallen", "vervallen", []),
    "vervallen, opgehaald": (lapsed_after_a_take, "vervallen", "vervallen", [TOLD]),
}


@pytest.mark.parametrize("state", STATES)
@story("memory")
async def test_a_withdrawal_reaches_every_state(line: Line, state: str) -> None:
    """The table of §8: what was not handed over stays home and is destroyed; what was is told, once."""
    walk, before, after, expected = STATES[state]
    _, pushed, given = await walk(line)
    levering = only(pushed)
    assert await line.status(pushed) == before
    position = (await line.world.storage.head()).size
    await line.withdraw(given[0])
    assert await line.status(pushed) == after
    assert not line.has_content(levering)
    assert await leaves(line, position) == ["consent.withdrawn", *expected]
    # what the recipient sees
    assert (await line.try_take(levering)).status_code == 404
    seen = (await line.helper.get(f"/leveringen/{levering}")).status_code
    assert seen == (200 if after in ("afgeleverd", "bevestigd") else 404)
    told = [n["leveringId"] for n in await notices(line)]
    assert told == ([levering] if TOLD in expected else [])
    shown = (await line.levering(pushed))["intrekkingen"]
    assert len(shown) == len(told)
    # nothing goes after it: every later take is refused, and no intent follows in the account
    line.later(days=1)
    assert (await line.try_take(levering)).status_code == 404
    assert "exchange.release_intent" not in await leaves(line, position)


@story()
async def test_a_withdrawal_and_its_notice_are_one_commit(line: Line) -> None:
    """On both engines: the fact, what it closes and the notice stand in the ledger side by side."""
    _, pushed, given = await taken(line)
    commits = line.world.storage.commits
    await line.withdraw(given[0])
    assert line.world.storage.commits == commits + 1
    last = [(e["soort"], e.get("levering")) for e in await line.ledger()][-3:]
    assert last == [("consent.withdrawn", None), (RECALLED, only(pushed)), (TOLD, only(pushed))]


@story("memory")
async def test_part_of_what_was_taken_is_told_while_the_rest_waits_for_a_signature(line: Line) -> None:
    """Taken, not signed for, one category withdrawn: told of that one; what was taken can be signed for."""
    leerling = await line.gezag()
    given = {
        (p, c): await line.agree(leerling, p, bereik=bereik(categorieen=[c]))
        for p in persons(leerling)
        for c in ("contact", "doelen")
    }
    pushed = await line.push(categorieen=["contact", "doelen"])
    payload = await line.take(only(pushed))
    await line.withdraw(given[persons(leerling)[0], "doelen"])
    (notice,) = await notices(line)
    assert (await read(line, notice["intrekkingId"]))["bericht"]["categorieen"] == ["doelen"]
    await line.sign_for(only(pushed), payload)
    await line.withdraw(given[persons(leerling)[0], "contact"])
    assert [i["categorieen"] for i in (await line.levering(pushed))["intrekkingen"]] == [
        ["doelen"],
        ["contact"],
    ]


# ── each kind of signer


def by(soort: str, *hoedanigheden: str) -> Json:
    return {"soort": soort, "personen": [{"hoedanigheid": h, "gezag": True} for h in hoedanigheden]}


SIGNERS: dict[str, tuple[str, Json, str]] = {
    # (birth date, gezag, who withdraws)
    "een van twee ouders": (BORN, by("gezamenlijk", "ouder", "ouder"), "eerste"),
    "de enige ouder": (BORN, by("eenhoofdig", "ouder"), "eerste"),
    "de voogd": (BORN, by("voogd", "voogd"), "eerste"),
    "de instelling": (BORN, by("gi_voogd", "gi_voogd"), "eerste"),
    "een ouder van een dertienjarige": ("2013-06-14", by("gezamenlijk", "ouder", "ouder"), "eerste"),
    "een dertienjarige": ("2013-06-14", by("gezamenlijk", "ouder", "ouder"), "leerling"),
    "een zestienjarige": ("2010-06-14", by("gezamenlijk", "ouder", "ouder"), "leerling"),
    "een volwassene": ("2008-06-14", by("gezamenlijk", "ouder", "ouder"), "leerling"),
}


@pytest.mark.parametrize("signer", SIGNERS)
@story("memory")
async def test_each_who_must_sign_can_take_it_back(line: Line, signer: str) -> None:
    """Who had to agree can withdraw at any time: what waits is recalled, what was delivered is told."""
    born, people, who = SIGNERS[signer]
    leerling = await line.gezag(geboortedatum=born, **people)
    given = {p: await line.agree(leerling, p) for p in [*persons(leerling), leerling["leerlingPersoonId"]]}
    first = await line.push(raw=dossier((BORN, born)) if born != BORN else None)
    await signed_for(line, first)
    second = await line.push(raw=dossier((BORN, born)) if born != BORN else None)
    assert await line.status(second) == "klaar"
    await line.withdraw(given[persons(leerling)[0] if who == "eerste" else leerling["leerlingPersoonId"]])
    assert [await line.status(p) for p in (first, second)] == ["afgeleverd", "ingetrokken"]
    assert [n["leveringId"] for n in await notices(line)] == [only(first)]


@story("memory")
async def test_who_need_not_sign_takes_nothing_back(line: Line) -> None:
    """An ouder of somebody of sixteen, and somebody around the child: no notice, for nothing changed."""
    born = "2010-06-14"
    ouders = [{"hoedanigheid": "ouder", "gezag": True}] * 2
    leerling = await line.gezag(
        geboortedatum=born, personen=[*ouders, {"hoedanigheid": "ander", "gezag": False}]
    )
    given = [await line.agree(leerling, p["persoonId"]) for p in leerling["personen"]]
    await line.agree(leerling, leerling["leerlingPersoonId"])
    pushed = await line.push(raw=dossier((BORN, born)))
    await signed_for(line, pushed)
    for one in given:
        await line.withdraw(one)
    assert await notices(line) == []
    assert (await line.levering(pushed))["intrekkingen"] == []


@story("memory")
async def test_where_nobody_is_known_to_decide_the_signer_still_can(line: Line) -> None:
    """Judged not capable since he signed at sixteen: who decides is unclear, his withdrawal is not."""
    born = "2010-06-14"
    leerling = await line.gezag(geboortedatum=born)
    given = await line.agree(leerling, leerling["leerlingPersoonId"])
    pushed = await line.push(raw=dossier((BORN, born)))
    await signed_for(line, pushed)
    judgement = {
        "wilsbekwaam": False,
        "doelen": ["arrangement"],
        "beoordelaar": "fictief",
        "functie": "fictief",
        "moment": line.clock.now().isoformat(),
        "motivering": "Fictief.",
        "leerlingId": leerling["leerlingId"],
    }
    recorded(await line.school.post("/bekwaamheidsoordelen", judgement, key=fresh()))
    assert await notices(line) == []
    await line.withdraw(given)
    assert len(await notices(line)) == 1


# ── every form of no


@pytest.mark.parametrize("form", ["weigering", "bezwaar"])
@story("memory")
async def test_a_no_takes_back_in_whatever_form_it_is_recorded(line: Line, form: str) -> None:
    """A refusal or an objection of who had agreed is a withdrawal by another name: the recipient is told."""
    leerling, pushed, _ = await delivered(line)
    moment = {"moment": "2026-11-22T09:30:00Z"}
    if form == "weigering":
        await line.agree(leerling, persons(leerling)[0], besluit="geweigerd", **moment)
    else:
        body = {"leerlingId": leerling["leerlingId"], "persoonId": persons(leerling)[0], "bereik": bereik()}
        recorded(await line.school.post("/bezwaren", body | moment, key=fresh()))
    (notice,) = await notices(line)
    told = (await read(line, notice["intrekkingId"]))["bericht"]
    assert (told["leveringId"], told["ingetrokkenOp"]) == (only(pushed), moment["moment"])


@story("memory")
async def test_what_is_no_withdrawal_tells_nobody(line: Line) -> None:
    """Another gezag, a veto, an older no, time: nobody took back what he said."""
    leerling, _, _ = await delivered(line)
    older = {"besluit": "geweigerd", "moment": "2026-11-20T09:30:00Z", "geldigVanaf": "2026-11-20"}
    await line.agree(leerling, persons(leerling)[0], **older)
    recorded(
        await line.school.post("/professionele-vetos", veto(leerlingId=leerling["leerlingId"]), key=fresh())
    )
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    await line.gezag(personen=same, gecontroleerdOp="2026-11-20")
    line.later(days=400)
    await line.context.termijnen.run()
    assert await notices(line) == []


@pytest.mark.parametrize("grounded", [False, True])
@story("memory")
async def test_what_went_on_a_ground_of_the_law_is_not_recalled(line: Line, grounded: bool) -> None:
    """Everybody agreed as well, and then took it back: what the law let go does not rest on that."""
    await with_a_gi(line)
    leerling = await line.gezag(geboortedatum="2017-03-14")
    to, who = (GI, line.other_helper) if grounded else (HELPER, line.helper)
    reach = bereik(doelen=["veiligheid"], categorieen=["contact", "factoren"], ontvangers=[to])
    given = await line.both_agree(leerling, bereik=reach)
    if grounded:
        recorded(await line.school.post("/grondverklaringen", grond(leerling), key=fresh()))
    sent = await push(line, to)
    await signed_for(line, sent, who)
    await line.withdraw(given[0])
    told = await notices(line, who)
    assert [n["leveringId"] for n in told] == ([] if grounded else [only(sent)])


@story()
async def test_what_an_older_gateway_handed_over_is_recalled_too(line: Line) -> None:
    """It did not keep on what ground each category went: all of it went on toestemming."""
    _, pushed, given = await delivered(line)
    store = line.world.storage
    found = await store.levering(only(pushed))
    assert found is not None
    older = rewrite(found, op_toestemming=None)
    older = replace(older, levering=line.context.stamps.levering(older.levering))
    assert isinstance(await store.commit(Change(leveringen=(older,))), Committed)
    await line.withdraw(given[0])
    (notice,) = await notices(line)
    told = (await read(line, notice["intrekkingId"]))["bericht"]
    assert told["velden"] == (await line.levering(pushed))["meegegeven"]


# ── what the notice says


@story()
async def test_a_notice_is_signed_and_says_what_and_since_when(line: Line) -> None:
    """Checked offline with the log's key, each time the same bytes; no person, no reason, no leerling."""
    leerling, pushed, given = await delivered(line)
    await line.withdraw(given[0], moment="2026-11-22T08:15:00Z")
    (notice,) = await notices(line)
    whole = await read(line, notice["intrekkingId"])
    told = whole["bericht"]
    assert told["leveringId"] == only(pushed)
    assert (told["afzender"], told["ontvanger"], told["rol"]) == (SCHOOL, AANBIEDER, "jeugdhulpverlener")
    assert told["categorieen"] == ["contact", "onderwijspositie", "doelen"]
    assert told["velden"] == (await line.levering(pushed))["meegegeven"]
    assert told["ingetrokkenOp"] == "2026-11-22T08:15:00Z"
    assert told["gemeldOp"].startswith("2026-11-22T10:00:")
    assert told["antwoordVoor"] == "2026-11-27T23:00:00Z"
    assert whole["antwoord"] is None
    assert check_bewijs(json.dumps(whole).encode(), line.world.signer.vkey).geldig
    assert await read(line, notice["intrekkingId"]) == whole
    payload = whole["jws"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(payload + "==")) == told
    for secret in (*persons(leerling), leerling["leerlingId"], given[0]["toestemmingId"], "CONSENT"):
        assert secret not in json.dumps(whole)


@story("memory")
async def test_only_what_was_withdrawn_and_handed_over_is_named(line: Line) -> None:
    """A notice names the fields of one category that went. It tells neither what stayed home nor what is
    still agreed to.
    """
    leerling = await line.gezag()
    given = {
        (p, c): await line.agree(leerling, p, bereik=bereik(categorieen=[c]))
        for p in persons(leerling)
        for c in ("contact", "doelen", "verzuim")
    }
    pushed = await line.push(categorieen=["contact", "doelen"])
    await signed_for(line, pushed)
    first, second = persons(leerling)
    await line.withdraw(given[first, "verzuim"])
    assert await notices(line) == []
    await line.withdraw(given[first, "doelen"])
    (notice,) = await notices(line)
    told = (await read(line, notice["intrekkingId"]))["bericht"]
    assert told["categorieen"] == ["doelen"]
    assert told["velden"]
    assert set(told["velden"]) < set((await line.levering(pushed))["meegegeven"])
    # the other ouder takes back the same: nothing new to tell
    await line.withdraw(given[second, "doelen"])
    assert len(await notices(line)) == 1
    # and something else: told besides, with a term of its own; the first notice stays as it was signed
    line.later(days=1)
    signed = await read(line, notice["intrekkingId"])
    await line.withdraw(given[second, "contact"])
    _, later = await notices(line)
    more = (await read(line, later["intrekkingId"]))["bericht"]
    assert more["categorieen"] == ["contact"]
    assert not set(more["velden"]) & set(told["velden"])
    assert more["antwoordVoor"] == "2026-11-30T23:00:00Z"
    assert await read(line, notice["intrekkingId"]) == signed
    assert [i["categorieen"] for i in (await line.levering(pushed))["intrekkingen"]] == [
        ["doelen"],
        ["contact"],
    ]


@story("memory")
async def test_each_recipient_and_levering_is_told_apart(line: Line) -> None:
    """Two recipients of one push and a second push to one of them: three notices, each with its own."""
    leerling = await line.gezag()
    reach = bereik(ontvangers=[HELPER, OTHER_HELPER])
    given = await line.both_agree(leerling, bereik=reach)
    pushed = await line.push(ontvangers=[HELPER, OTHER_HELPER])
    mine, other = (v["id"] for v in pushed["leveringen"])
    await line.sign_for(mine, await line.take(mine))
    await line.take(other, line.other_helper)
    again = await line.push()
    await signed_for(line, again)
    await line.withdraw(given[0])
    assert [n["leveringId"] for n in await notices(line)] == [mine, only(again)]
    (theirs,) = await notices(line, line.other_helper)
    assert theirs["leveringId"] == other
    page = fine(await line.helper.get("/postbus/intrekkingen?aantal=1"))
    rest = fine(await line.helper.get(f"/postbus/intrekkingen?aantal=1&na={page['na']}"))
    seen = [n["leveringId"] for n in (*page["intrekkingen"], *rest["intrekkingen"])]
    assert (seen, rest["na"]) == ([mine, only(again)], None)
    for who in (line.other_helper, line.school, line.other_school):
        (first, _) = await notices(line)
        assert (await who.get(f"/postbus/intrekkingen/{first['intrekkingId']}")).status_code == 404
        assert (await try_answer(line, first["intrekkingId"], who)).status_code == 404


@story("memory")
async def test_who_agrees_again_and_takes_it_back_again_is_told_again(line: Line) -> None:
    """What was kept on the new yes is asked for again when that is taken back too."""
    leerling, _, given = await delivered(line)
    await line.withdraw(given[0])
    line.later(hours=1)
    again = await line.agree(leerling, persons(leerling)[0], moment=line.clock.now().isoformat())
    (first,) = await notices(line)
    kept: Json = {
        "uitkomst": "gehouden_op_andere_grond",
        "grond": "nieuwe_toestemming",
        "wetsartikel": {"wet": "avg", "artikel": "6 lid 1 onder a"},
    }
    fine(await try_answer(line, first["intrekkingId"], **kept))
    assert await notices(line) == []
    line.later(hours=1)
    await line.withdraw(again)
    (second,) = await notices(line)
    assert second["intrekkingId"] != first["intrekkingId"]


@story()
async def test_the_notice_is_made_under_a_register_that_is_no_policy(line: Line) -> None:
    """Whatever our register is, who withdraws is heard, and who received it hears of it."""
    _, pushed, given = await delivered(line)
    await clash(line)
    await line.withdraw(given[0])
    assert [n["leveringId"] for n in await notices(line)] == [only(pushed)]
    line.later(days=30)
    assert await line.context.termijnen.run() == 1
    assert len(fine(await line.fg.get("/taken"))["taken"]) == 1


# ── the answer


KEPT: Json = {
    "uitkomst": "gehouden_op_andere_grond",
    "grond": "jeugdhulpdossier",
    "wetsartikel": {"wet": "jeugdwet", "artikel": "7.3.8 lid 3"},
}


async def told(line: Line) -> tuple[Json, str]:
    """(what was pushed, the notice about it)"""
    _, pushed, given = await delivered(line)
    await line.withdraw(given[0])
    (notice,) = await notices(line)
    return pushed, notice["intrekkingId"]


@pytest.mark.parametrize("kind", ["gewist", "gehouden_op_andere_grond", "gedeeltelijk"])
@story()
async def test_a_recipient_answers_what_it_did(line: Line, kind: str) -> None:
    """Each outcome: the sender reads it, the account has it in codes, and the notice is off the list."""
    pushed, notice = await told(line)
    velden = (await read(line, notice))["bericht"]["velden"]
    said: Json = {"uitkomst": kind}
    if kind != "gewist":
        said = KEPT | {"uitkomst": kind}
    if kind == "gedeeltelijk":
        said |= {"gewist": velden[:2]}
    line.later(days=2)
    answered = fine(await try_answer(line, notice, **said))["antwoord"]
    assert (answered["uitkomst"], answered["ontvangenOp"][:16]) == (kind, "2026-11-24T10:00")
    assert answered["gewist"] == {"gewist": velden, "gedeeltelijk": velden[:2]}.get(kind, [])
    assert await notices(line) == []
    (shown,) = (await line.levering(pushed))["intrekkingen"]
    assert shown["antwoord"] == answered
    assert shown["gemeldOp"].startswith("2026-11-22T10:00:")
    (*_, leaf) = await line.ledger()
    assert (leaf["soort"], leaf["levering"], leaf["uitkomst"]) == (
        "withdrawal.answered",
        only(pushed),
        kind,
    )
    assert leaf.get("bewaargrond") == said.get("grond")
    assert leaf.get("wetsartikel") == said.get("wetsartikel")
    assert leaf["detailCommitment"]
    # in time, so nobody is asked to look
    line.later(days=30)
    assert await line.context.termijnen.run() == 0


@story()
async def test_an_answer_can_be_repeated_and_replaced(line: Line) -> None:
    """The same again changes nothing; another one counts from then on, and both stay in the account."""
    pushed, notice = await told(line)
    first = fine(await try_answer(line, notice, **KEPT))
    before = await line.everything()
    line.later(minutes=5)
    assert fine(await try_answer(line, notice, **KEPT)) == first
    assert await line.everything() == before
    fine(await try_answer(line, notice))
    (shown,) = (await line.levering(pushed))["intrekkingen"]
    assert shown["antwoord"]["uitkomst"] == "gewist"
    answers = [e["uitkomst"] for e in await line.ledger() if e["soort"] == "withdrawal.answered"]
    assert answers == ["gehouden_op_andere_grond", "gewist"]


@story("memory")
async def test_an_answer_that_does_not_hold_is_refused(line: Line) -> None:
    """Another key, another notice, a ground that is missing or free text: 400, and nothing changes."""
    _, notice = await told(line)
    velden = (await read(line, notice))["bericht"]["velden"]
    before = await line.everything()
    partly = KEPT | {"uitkomst": "gedeeltelijk"}
    wrong: dict[str, Json] = {
        "another key": {"key": es256("vreemd")},
        "another notice": {"intrekkingId": NOWHERE},
        "another kind": {"soort": "leveringsbewijs"},
        "an outcome that is none": {"uitkomst": "weg"},
        "one claim more": {"toelichting": "x"},
        "no moment": {"beantwoordOp": "gisteren"},
        "kept without a ground": {"uitkomst": "gehouden_op_andere_grond"},
        "kept without an article": KEPT | {"wetsartikel": None},
        "erased with a ground": KEPT | {"uitkomst": "gewist"},
        "erased with fields": {"gewist": velden[:1]},
        "partly without fields": partly,
        "partly with all fields": partly | {"gewist": velden},
        "partly with a field that is not in it": partly | {"gewist": ["x"]},
        "a law that is none": KEPT | {"wetsartikel": {"wet": "eigen_regels", "artikel": "1"}},
        "an article with a story": KEPT | {"wetsartikel": {"wet": "avg", "artikel": "6, want Jan zei het"}},
    }
    for name, said in wrong.items():
        answer = await try_answer(line, notice, **said)
        assert problem(answer)[:2] == (400, "ongeldig-bericht"), name
        assert "Jan" not in answer.text
    for body in ({}, {"jws": "x"}, {"jws": "e30.e30.e30e30e30e30e30"}, {"uitkomst": "gewist"}):
        answer = await line.helper.post(f"/postbus/intrekkingen/{notice}/antwoorden", body)
        assert answer.status_code == 400
    for unknown in (NOWHERE, "x"):
        assert (await try_answer(line, unknown)).status_code == 404
        assert (await line.helper.get(f"/postbus/intrekkingen/{unknown}")).status_code == 404
    assert await line.everything() == before


@story("memory")
async def test_another_taak_is_no_withdrawal(line: Line) -> None:
    """Only notices can be read and answered here, also where the taak is about the same levering."""
    await watched(line, fg=[])
    pushed, notice = await told(line)
    line.later(days=30)
    assert await line.context.termijnen.run() == 1
    mine = fine(await line.helper.get("/taken"))["taken"]
    assert [(t["soort"], t["leveringId"]) for t in mine] == [
        ("intrekking_verwerken", only(pushed)),
        ("stilte_bekijken", only(pushed)),
    ]
    assert mine[0]["id"] == notice
    other = mine[1]["id"]
    assert (await line.helper.get(f"/postbus/intrekkingen/{other}")).status_code == 404
    assert (await try_answer(line, other)).status_code == 404
    assert [n["intrekkingId"] for n in await notices(line)] == [notice]


# ── silence


@story()
async def test_silence_goes_to_the_fg_at_the_end_of_the_fifth_working_day(line: Line) -> None:
    """Not before it; once, however often the job runs; a leaf and a warning say so."""
    pushed, notice = await told(line)
    line.clock.move_to(dt.datetime(2026, 11, 27, 22, 59, 30, tzinfo=dt.UTC))
    assert await line.context.termijnen.run() == 0
    line.clock.move_to(dt.datetime(2026, 11, 27, 23, 0, 0, tzinfo=dt.UTC))
    assert await line.context.termijnen.run() == 1
    after = await line.everything()
    assert await line.context.termijnen.run() == 0
    assert await line.everything() == after
    (taak,) = fine(await line.fg.get("/taken"))["taken"]
    assert (taak["soort"], taak["leveringId"], taak["over"]) == ("stilte_bekijken", only(pushed), notice)
    assert taak["categorieen"] == ["contact", "onderwijspositie", "doelen"]
    (*_, leaf) = await line.ledger()
    assert (leaf["soort"], leaf["levering"]) == ("withdrawal.unanswered", only(pushed))
    (said,) = [e for e in line.log_lines() if e["event"] == "taak.late"]
    assert (said["level"], said["soort"], said["told"]) == ("warning", "intrekking_verwerken", [FG])
    (shown,) = (await line.levering(pushed))["intrekkingen"]
    assert shown["geescaleerdOp"].startswith("2026-11-27T23:00:")
    # an answer after all ends it for everybody
    assert len(await notices(line)) == 1
    fine(await try_answer(line, notice))
    assert fine(await line.fg.get("/taken"))["taken"] == []
    done = fine(await line.fg.get(f"/taken/{taak['id']}"))
    assert (done["status"], done["uitkomst"]) == ("afgehandeld", "alsnog_beantwoord")
    assert await line.context.termijnen.run() == 0


async def watched(line: Line, **by_partij: list[str]) -> None:
    """Registers who watches over whom: one FG more, for the recipient."""
    register = await line.world.storage.register()
    partijen = {p: json.loads(text) for p, text in register.partijen.items()}
    partijen[FG]["toezichtOp"] = by_partij["fg"]
    if "other" in by_partij:
        partijen[OTHER_FG] = {
            "id": OTHER_FG,
            "soort": "fg",
            "naam": "fg (fictief)",
            "toezichtOp": by_partij["other"],
        }
    texts = {p: json.dumps(each) for p, each in partijen.items()}
    changed = type(register)(register.version, texts)
    await line.apply(changed)


@story("memory")
async def test_the_round_of_every_minute_looks_for_silence(line: Line) -> None:
    """Nobody has to start it; the log counts what was late."""
    await told(line)
    async with housekeeping(line):
        line.later(days=30)
        await until(lambda: any(e["late"] for e in events(line, "housekeeping.done")))
    assert len(fine(await line.fg.get("/taken"))["taken"]) == 1


OTHER_FG = "oin:99999999000000000002"


@story("memory")
async def test_silence_goes_to_the_fg_of_each_side(line: Line) -> None:
    """Two FGs: each one taak."""
    await watched(line, fg=[SCHOOL], other=[AANBIEDER])
    await told(line)
    line.later(days=30)
    await line.context.termijnen.run()
    for fg in (FG, OTHER_FG):
        ((_, taak),) = await line.world.storage.taken(fg, 0, 10)
        assert taak.soort.value == "stilte_bekijken"
    assert fine(await line.school.get("/taken"))["taken"] == []


@story("memory")
async def test_without_an_fg_the_partij_itself_must_look(line: Line) -> None:
    """The partij itself gets the taak, and the log says that nobody watches over it."""
    await watched(line, fg=[])
    _, notice = await told(line)
    line.later(days=30)
    await line.context.termijnen.run()
    (schools,) = fine(await line.school.get("/taken"))["taken"]
    assert schools["soort"] == "stilte_bekijken"
    assert len(fine(await line.helper.get("/taken"))["taken"]) == 2
    missing = [e["partij"] for e in line.log_lines() if e["event"] == "partij.without_fg"]
    assert missing == [SCHOOL, AANBIEDER]
    fine(await try_answer(line, notice))
    for who in (line.school, line.helper):
        assert fine(await who.get("/taken"))["taken"] == []


# ── whose fact it is


@story("memory")
async def test_a_no_that_the_recipient_recorded_is_not_told_to_the_school(line: Line) -> None:
    """The school reads nothing of it, not even that nobody answered; the recipient is held to it."""
    await watched(line, fg=[])
    leerling, pushed, _ = await delivered(line)
    body = {
        "leveringId": only(pushed),
        "persoonId": persons(leerling)[0],
        "bereik": bereik(),
        "moment": "2026-11-22T09:30:00Z",
    }
    before, todo = await line.levering(pushed), await _todo(line)
    recorded(await line.helper.post("/bezwaren", body, key=fresh()))
    (notice,) = await notices(line)
    line.later(days=29)
    await line.context.termijnen.run()
    assert await line.levering(pushed) == before
    assert await _todo(line) == todo
    assert len(fine(await line.helper.get("/taken"))["taken"]) == 2
    fine(await try_answer(line, notice["intrekkingId"]))
    assert await line.levering(pushed) == before


async def _todo(line: Line) -> list[tuple[str, list[Any]]]:
    """What the school has to do and of whom, whichever day it would be recorded on."""
    taken = fine(await line.school.get("/taken"))["taken"]
    return [(t["soort"], [(v["persoonId"], v["bereik"]) for v in t["vragen"]]) for t in taken]


@story()
async def test_what_a_school_received_is_withdrawn_too(line: Line) -> None:
    """J2S: the school, which recorded it, must answer itself; the aanbieder reads nothing of it."""
    leerling, question, _ = await delivered(line)
    given = [
        await line.agree(leerling, p, functie=functie, bereik=bereik_terug())
        for p in persons(leerling)
        for functie in ("avg_basis", "secrecy_waiver")
    ]
    answer = await line.answer_back(only(question))
    await signed_for(line, answer, line.school)
    before = await line.levering(answer, line.helper)
    await line.withdraw(given[1])
    assert await notices(line) == []
    (notice,) = await notices(line, line.school)
    assert notice["leveringId"] == only(answer)
    assert await line.levering(answer, line.helper) == before
    kept = KEPT | {"grond": "leerlingdossier", "wetsartikel": {"wet": "wpo", "artikel": "40a"}}
    fine(await try_answer(line, notice["intrekkingId"], line.school, **kept))
    assert await notices(line, line.school) == []


@pytest.mark.parametrize("agreed", [False, True])
@story("memory")
async def test_the_way_back_is_decided_by_its_own_toestemming(line: Line, agreed: bool) -> None:
    """What went to jeugdhulp is withdrawn: nothing more goes there, and an answer goes only if agreed to."""
    leerling, pushed, given = await delivered(line)
    await line.withdraw(given[0])
    again = await line.push()
    assert (await line.status(again), await line.postbus()) == ("geweigerd", [])
    assert "CONSENT_WITHDRAWN" in codes(await line.levering(again))
    if agreed:
        for functie in ("avg_basis", "secrecy_waiver"):
            await line.both_agree(leerling, functie=functie, bereik=bereik_terug())
    answer = await line.answer_back(only(pushed))
    assert await line.status(answer, line.helper) == ("klaar" if agreed else "aangehouden")


# ── in the account


@story()
async def test_the_log_alone_tells_what_a_withdrawal_closes(line: Line) -> None:
    """Its leaf names the statement it ends and the cells; each intent names the statements it rests on."""
    leerling, _, given = await delivered(line)
    await line.withdraw(given[0])
    ledger = await line.ledger()
    said = {e["feit"]: e for e in ledger if e["soort"] == "consent.recorded"}
    (intent,) = [e for e in ledger if e["soort"] == "exchange.release_intent"]
    (gone,) = [e for e in ledger if e["soort"] == "consent.withdrawn"]
    assert set(intent["consentEventIds"]) == said.keys()
    opened = said[gone["record"]]
    assert opened["record"] == given[0]["toestemmingId"]
    for name in ("record", "functie", "persoonId", "bereik"):
        assert gone[name] == opened[name], name
    assert gone["persoonId"] == persons(leerling)[0]
    assert gone["bereik"] == bereik()
    assert intent["leerlingVolgnummer"] < gone["leerlingVolgnummer"]
    (notice,) = [e for e in ledger if e["soort"] == "withdrawal.notified"]
    assert notice["over"] == gone["feit"]
    assert notice["veldenIngetrokken"] == intent["veldenVrijgegeven"]
    assert notice["categorieenIngetrokken"] == intent["categorieenVrijgegeven"]


def test_the_term_is_five_working_days() -> None:
    """The one number of §8, counted as the offices count."""
    monday = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    assert einde_van_werkdag(monday, 5) == dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)
