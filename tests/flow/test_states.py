"""Every state of a levering and every step between them, over HTTP: the table of the design, walked."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.exchange.uitwisseling import OVERGANGEN, Leveringstatus
from tests.callers import es256
from tests.line import (
    AANBIEDER,
    BORN,
    CATEGORIEN,
    HELPER,
    IB,
    LEERLING,
    OTHER_AANBIEDER,
    OTHER_HELPER,
    Json,
    Line,
    another,
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
    terugkoppeling,
    veto,
)


async def steps(line: Line, pushed: Json) -> list[tuple[str, str]]:
    """(what happened, the state it led to), from the history a clerk reads."""
    view = await line.levering(pushed)
    return [(h["gebeurtenis"], h["status"]) for h in view["geschiedenis"]]


async def gone(line: Line, levering: str) -> None:
    """Nothing is left for the recipient, nor stored."""
    assert (await line.try_take(levering)).status_code == 404
    assert (await line.helper.get(f"/leveringen/{levering}")).status_code == 404
    assert levering not in [i["leveringId"] for i in await line.postbus()]
    assert not line.has_content(levering)


# ── aangehouden


@story("memory")
async def test_a_refusal_denies_what_was_held(line: Line) -> None:
    """aangehouden → geweigerd: one ouder says no; the payload is destroyed and the DENY is in the account."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    pushed = await line.push()
    assert line.has_content(only(pushed))
    await line.agree(leerling, first)
    await line.agree(leerling, second, besluit="geweigerd")
    view = await line.levering(pushed)
    assert (view["status"], view["uitkomst"]) == ("geweigerd", "DENY")
    assert {"CONSENT_REFUSED", "PARENTS_CONFLICT"} <= codes(view)
    await gone(line, only(pushed))
    (*_, leaf) = [e for e in await line.ledger() if e.get("levering") == only(pushed)]
    assert (leaf["soort"], leaf["outcome"]) == ("exchange.decided", "DENY")


@story("memory")
async def test_a_refusal_from_before_denies_at_once(line: Line) -> None:
    """A DENY at acceptance is a 202 as any other, is recorded, and keeps no content."""
    leerling = await line.gezag()
    for p in persons(leerling):
        await line.agree(leerling, p, besluit="geweigerd")
    pushed = await line.push()
    assert await steps(line, pushed) == [("besloten", "geweigerd")]
    await gone(line, only(pushed))
    (_, leaf) = (await line.ledger())[-2:]
    assert (leaf["soort"], leaf["outcome"], leaf["levering"]) == ("exchange.decided", "DENY", only(pushed))


@story("memory")
async def test_a_withdrawal_takes_back_what_was_held(line: Line) -> None:
    """aangehouden → ingetrokken: the ouder who had agreed withdraws before the other one spoke."""
    leerling = await line.gezag()
    first, _ = persons(leerling)
    given = await line.agree(leerling, first)
    pushed = await line.push()
    await line.withdraw(given)
    assert await line.status(pushed) == "ingetrokken"
    await gone(line, only(pushed))


@story()
async def test_what_waits_too_long_lapses(line: Line) -> None:
    """aangehouden and klaar → vervallen after thirty days, not a minute before; the content goes."""
    held = await line.push()
    leerling = await line.gezag(leerling={"leerlingid": "anders"})
    await line.both_agree(leerling)
    ready = await line.push(raw=another("anders"))
    line.later(days=30, minutes=-1)
    await line.sweep()
    assert [await line.status(p) for p in (held, ready)] == ["aangehouden", "klaar"]
    line.later(minutes=1)
    await line.sweep()
    for pushed in (held, ready):
        assert (await steps(line, pushed))[-1] == ("verlopen", "vervallen")
        await gone(line, only(pushed))
    before = await line.everything()
    await line.sweep()
    assert await line.everything() == before


# ── klaar


@story()
async def test_the_term_waits_for_a_running_lease(line: Line) -> None:
    """Who took it just before the term can still sign within his lease; after it, it lapses."""
    _, pushed, _ = await line.permitted()
    other = await line.gezag(leerling={"leerlingid": "anders"})
    await line.both_agree(other)
    unsigned = await line.push(raw=another("anders"))
    line.later(days=30, minutes=-5)
    payload = await line.take(only(pushed))
    await line.take(only(unsigned))
    line.later(minutes=6)
    await line.sweep()
    assert (await line.sign_for(only(pushed), payload))["status"] == "afgeleverd"
    assert await line.status(unsigned) == "klaar"
    line.later(minutes=10)
    await line.sweep()
    assert await line.status(unsigned) == "vervallen"


@story()
async def test_a_withdrawal_between_acceptance_and_pick_up_wins(line: Line) -> None:
    """CE-25, klaar → ingetrokken: DENY with WITHDRAWN_IN_FLIGHT, payload row gone, 404 to the recipient."""
    _, pushed, given = await line.permitted()
    levering = only(pushed)
    assert line.has_content(levering)
    await line.withdraw(given[0])
    view = await line.levering(pushed)
    assert (view["status"], view["uitkomst"]) == ("ingetrokken", "DENY")
    assert "WITHDRAWN_IN_FLIGHT" in codes(view)
    await gone(line, levering)
    leaves = [e for e in await line.ledger() if e.get("levering") == levering]
    assert [e["soort"] for e in leaves] == ["exchange.decided", "exchange.recalled"]
    assert leaves[-1]["outcome"] == "DENY"


@story()
async def test_a_withdrawal_after_the_first_take_stops_the_repeat(line: Line) -> None:
    """Taken but not signed for: after a withdrawal it is not given again, nor can it be signed for."""
    _, pushed, given = await line.permitted()
    levering = only(pushed)
    payload = await line.take(levering)
    await line.withdraw(given[1])
    line.later(minutes=16)
    await gone(line, levering)
    assert (await line.try_sign(levering, payload)).status_code == 404
    assert (await line.helper.post(f"/leveringen/{levering}/_verwerkt")).status_code == 404
    assert (await line.refuse(levering, "niet_voor_ons")).status_code == 404
    assert await line.status(pushed) == "ingetrokken"


@story()
async def test_a_repeated_take_gives_the_same_bytes(line: Line) -> None:
    """During the lease 409; after it the very same bytes; every take has its own intent in the account."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    first = await line.take(levering)
    assert problem(await line.try_take(levering)) == (409, "lease-loopt", ())
    line.later(minutes=15)
    assert await line.take(levering) == first
    intents = [e for e in await line.ledger() if e["soort"] == "exchange.release_intent"]
    assert [e["levering"] for e in intents] == [levering] * 2
    assert intents[0]["payloadCommitment"] == intents[1]["payloadCommitment"]
    assert intents[0]["leerlingVolgnummer"] < intents[1]["leerlingVolgnummer"]


@story()
async def test_a_repeat_under_other_consent_gives_nothing(line: Line) -> None:
    """Narrower consent after the first take would need other bytes: then nothing goes at all."""
    leerling = await line.gezag()
    given = {}
    for p in persons(leerling):
        for categorie in ("contact", "doelen"):
            given[p, categorie] = await line.agree(leerling, p, bereik=bereik(categorieen=[categorie]))
    pushed = await line.push(categorieen=["contact", "doelen"])
    payload = await line.take(only(pushed))
    assert b"begeleiding" in payload
    await line.withdraw(given[persons(leerling)[0], "doelen"])
    assert await line.status(pushed) == "klaar"
    line.later(minutes=16)
    assert (await line.try_take(only(pushed))).status_code == 404
    view = await line.levering(pushed)
    assert (view["status"], "WITHDRAWN_IN_FLIGHT" in codes(view)) == ("ingetrokken", True)
    leaves = [e["soort"] for e in await line.ledger() if e.get("levering") == only(pushed)]
    assert leaves[-1] == "exchange.repeat_refused"
    await gone(line, only(pushed))


@story("memory")
async def test_narrower_consent_before_the_first_take_gives_less(line: Line) -> None:
    """A withdrawal of one category before pick-up leaves it out, from what is stored too."""
    leerling = await line.gezag()
    given = {}
    for p in persons(leerling):
        for categorie in ("contact", "doelen"):
            given[p, categorie] = await line.agree(leerling, p, bereik=bereik(categorieen=[categorie]))
    pushed = await line.push(categorieen=["contact", "doelen"])
    await line.withdraw(given[persons(leerling)[0], "doelen"])
    view = await line.levering(pushed)
    assert (view["status"], view["uitkomst"]) == ("klaar", "PERMIT_REDUCED")
    payload = await line.take(only(pushed))
    assert b"begeleiding" not in payload
    assert b"Fictief" in payload


@story()
async def test_gezag_that_grew_old_holds_at_the_take(line: Line) -> None:
    """klaar → aangehouden → klaar: gezag checked over a year before the hand-over; a new check frees it."""
    leerling = await line.gezag(gecontroleerdOp="2025-11-30")
    await line.both_agree(leerling)
    pushed = await line.push()
    assert await line.status(pushed) == "klaar"
    line.later(days=9)
    assert (await line.try_take(only(pushed))).status_code == 404
    view = await line.levering(pushed)
    assert (view["status"], codes(view)) == ("aangehouden", {"GEZAG_UNVERIFIED"})
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    await line.gezag(gecontroleerdOp="2026-12-01", personen=same)
    assert await line.status(pushed) == "klaar"
    await line.take(only(pushed))


@pytest.mark.parametrize(("at", "status"), [("22:59:40", 200), ("23:00:00", 404)])
@story("memory")
async def test_the_sixteenth_birthday_begins_at_midnight_in_amsterdam(
    line: Line, at: str, status: int
) -> None:
    """Until midnight Dutch time ouders and youth agree together; from then on he must state it anew."""
    leerling = await line.gezag(geboortedatum="2010-11-23")
    await line.both_agree(leerling)
    pushed = await line.push(raw=dossier((BORN, "2010-11-23")))
    assert codes(await line.levering(pushed)) == {"YOUTH_NOT_ASKED"}
    await line.agree(leerling, leerling["leerlingPersoonId"])
    assert await line.status(pushed) == "klaar"
    line.clock.move_to(dt.datetime.fromisoformat(f"2026-11-22T{at}+00:00"))
    assert (await line.try_take(only(pushed))).status_code == status
    if status == 404:
        view = await line.levering(pushed)
        assert (view["status"], "RECONSENT_REQUIRED" in codes(view)) == ("aangehouden", True)
        await line.agree(leerling, leerling["leerlingPersoonId"], moment=line.clock.now().isoformat())
        assert await line.status(pushed) == "klaar"
        await line.take(only(pushed))


@story("memory")
async def test_what_a_date_holds_is_decided_again_when_the_day_changes(line: Line) -> None:
    """A toestemming that begins tomorrow holds today; tomorrow's round lets it go without anybody's help."""
    leerling = await line.gezag()
    pushed = await line.push()
    await line.both_agree(leerling, geldigVanaf="2026-11-23")
    assert codes(await line.levering(pushed)) == {"CONSENT_NOT_YET_VALID"}
    line.clock.move_to(dt.datetime(2026, 11, 22, 23, 0, tzinfo=dt.UTC))
    assert await line.context.rounds.daily() == 1
    assert await line.status(pushed) == "klaar"


# ── the recipient's word


@story()
async def test_signing_for_receipt_asks_the_right_key_and_bytes(line: Line) -> None:
    """Another key, other bytes, another levering, or something not taken: refused, and the content stays."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    assert (await line.try_sign(levering, b"raden")).status_code == 404
    payload = await line.take(levering)
    before = await line.everything()
    tries = {
        "another key": (await line.try_sign(levering, payload, key=es256("vreemd")), 400),
        "the school's key": (await line.try_sign(levering, payload, key=line.school.key), 400),
        "other bytes": (await line.try_sign(levering, payload + b" "), 409),
        "another levering": (await line.try_sign(levering, payload, leveringId="f" * 32), 400),
        "one claim more": (await line.try_sign(levering, payload, erbij=1), 400),
        "no digest": (await line.try_sign(levering, payload, inhoudHash="sha256:0"), 400),
        "by another partij": (await line.try_sign(levering, payload, line.other_helper), 404),
        "by the sender": (await line.try_sign(levering, payload, line.school), 404),
    }
    for name, (answer, status) in tries.items():
        assert answer.status_code == status, name
    assert await line.everything() == before
    assert line.has_content(levering)
    first = await line.sign_for(levering, payload)
    after = await line.everything()
    assert await line.sign_for(levering, payload) == first
    assert await line.everything() == after
    assert not line.has_content(levering)
    assert (await line.try_take(levering)).status_code == 404
    assert problem(await line.try_sign(levering, payload + b" "))[:2] == (409, "andere-inhoud")


@story("memory")
async def test_processing_is_told_after_signing_only(line: Line) -> None:
    """_verwerkt before the acknowledgement is a conflict; after it, repeating is safe."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    payload = await line.take(levering)
    path = f"/leveringen/{levering}/_verwerkt"
    assert problem(await line.helper.post(path))[:2] == (409, "niet-getekend")
    await line.sign_for(levering, payload)
    first = fine(await line.helper.post(path))
    before = await line.everything()
    assert fine(await line.helper.post(path)) == first
    assert await line.everything() == before
    assert (await line.try_sign(levering, payload)).json()["status"] == "bevestigd"


@pytest.mark.parametrize(
    ("grond", "status", "code"),
    [
        ("niet_voor_ons", "geweigerd", "RECIPIENT_NOT_INVOLVED"),
        ("geen_capaciteit", "geweigerd", "RECIPIENT_DECLINED"),
        ("onleesbaar", "mislukt", None),
    ],
)
@story()
async def test_a_recipient_refuses_what_it_took(
    line: Line, grond: str, status: str, code: str | None
) -> None:
    """With each ground: the state, the reason the school reads, whether content stays; repeating is safe."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    assert (await line.refuse(levering, grond)).status_code == 404
    await line.take(levering)
    first = fine(await line.refuse(levering, grond))
    view = await line.levering(pushed)
    assert view["status"] == status
    assert code is None or codes(view) == {code}
    assert line.has_content(levering) is (status == "mislukt")
    assert await line.postbus() == []
    assert (await line.try_take(levering)).status_code == 404
    before = await line.everything()
    assert fine(await line.refuse(levering, grond)) == first
    other = "geen_capaciteit" if grond == "niet_voor_ons" else "niet_voor_ons"
    assert (await line.refuse(levering, other)).status_code == 404
    assert await line.everything() == before


@story("memory")
async def test_what_is_signed_for_cannot_be_refused(line: Line) -> None:
    """After the Leveringsbewijs a refusal is a conflict."""
    _, pushed, _ = await line.permitted()
    payload = await line.take(only(pushed))
    await line.sign_for(only(pushed), payload)
    assert problem(await line.refuse(only(pushed), "niet_voor_ons"))[:2] == (409, "al-getekend")
    assert await line.status(pushed) == "afgeleverd"


# ── mislukt


@story(max_takes=3)
async def test_taking_without_signing_fails_in_the_end_and_can_be_replayed(line: Line) -> None:
    """klaar → mislukt when the last lease lapsed; a replay is decided again and gives the same bytes."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    takes = []
    for _ in range(3):
        await line.sweep()
        assert await line.status(pushed) == "klaar"
        takes.append(await line.take(levering))
        line.later(minutes=14)
        await line.sweep()
        line.later(minutes=1)
    await line.sweep()
    assert (await steps(line, pushed))[-1] == ("opgegeven", "mislukt")
    assert line.has_content(levering)
    assert (await line.try_take(levering)).status_code == 404
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{levering}/_herhaal"
    assert (await line.other_school.post(path)).status_code == 404
    assert (await line.helper.post(path)).status_code == 404
    again = fine(await line.school.post(path))
    assert again["status"] == "klaar"
    assert fine(await line.school.post(path)) == again
    assert await line.take(levering) == takes[0]
    assert problem(await line.school.post(path))[:2] == (409, "niet-mislukt")
    assert set(takes) == {takes[0]}


@story()
async def test_a_withdrawal_reaches_what_failed(line: Line) -> None:
    """mislukt → ingetrokken: content kept for a replay is destroyed too, and no replay is possible."""
    _, pushed, given = await line.permitted()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    await line.withdraw(given[0])
    assert await line.status(pushed) == "ingetrokken"
    await gone(line, only(pushed))
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/_herhaal"
    assert problem(await line.school.post(path))[:2] == (409, "niet-mislukt")


@story("memory")
async def test_an_objection_reaches_what_failed(line: Line) -> None:
    """mislukt, taken before → ingetrokken on an objection of a signer as well."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    body = {
        "leerlingId": leerling["leerlingId"],
        "persoonId": persons(leerling)[0],
        "bereik": bereik(),
        "moment": "2026-11-22T09:00:00Z",
    }
    recorded(await line.school.post("/bezwaren", body, key=fresh()))
    assert await line.status(pushed) == "ingetrokken"
    await gone(line, only(pushed))


@story("memory")
async def test_what_failed_lapses_too(line: Line) -> None:
    """mislukt → vervallen after the term."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    line.later(days=30)
    await line.sweep()
    assert await line.status(pushed) == "vervallen"
    await gone(line, only(pushed))


@story("memory")
async def test_a_replay_waits_while_something_is_missing(line: Line) -> None:
    """A failed levering whose decision is now a HOLD stays as it is: the replay is a conflict."""
    leerling = await line.gezag(gecontroleerdOp="2025-11-30")
    await line.both_agree(leerling)
    pushed = await line.push()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    line.later(days=9)
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/_herhaal"
    before = await line.everything()
    assert problem(await line.school.post(path))[:2] == (409, "wacht-nog")
    assert await line.everything() == before


def test_the_steps_are_those_of_the_design() -> None:
    """The state table is the one of the design, with what mislukt keeps content for."""
    end = {s for s, steps in OVERGANGEN.items() if not steps}
    assert end == {
        Leveringstatus.BEVESTIGD,
        Leveringstatus.GEWEIGERD,
        Leveringstatus.INGETROKKEN,
        Leveringstatus.VERVALLEN,
    }


# ── more than one


@story()
async def test_leveringen_of_one_leerling_keep_their_order(line: Line) -> None:
    """The second push about a leerling waits until the first is signed for; another leerling does not."""
    _, first, _ = await line.permitted()
    second = await line.push()
    leerling = await line.gezag(leerling={"leerlingid": "anders"})
    await line.both_agree(leerling)
    third = await line.push(raw=another("anders"))
    listed = [i["leveringId"] for i in await line.postbus()]
    assert listed == [only(first), only(third)]
    assert problem(await line.try_take(only(second)))[:2] == (409, "eerdere-wacht")
    await line.take(only(third))
    payload = await line.take(only(first))
    assert problem(await line.try_take(only(second)))[:2] == (409, "eerdere-wacht")
    await line.sign_for(only(first), payload)
    assert only(second) in [i["leveringId"] for i in await line.postbus()]
    await line.take(only(second))


async def _poll(line: Line, cursor: str | None, count: int = 50) -> tuple[list[str], str | None]:
    """(ids of the next page, its cursor)"""
    query = f"?aantal={count}" + (f"&na={cursor}" if cursor else "")
    page = fine(await line.helper.get(f"/postbus{query}"))
    return [i["leveringId"] for i in page["leveringen"]], page["na"]


@story()
@pytest.mark.parametrize("count", [1, 2, 50])
async def test_a_recipient_that_keeps_its_cursor_misses_nothing(line: Line, count: int) -> None:
    """Whoever polls with the cursor of his last page gets all three, also the one that waited behind it."""
    _, first, _ = await line.permitted()
    second = await line.push()
    leerling = await line.gezag(leerling={"leerlingid": "anders"})
    await line.both_agree(leerling)
    third = await line.push(raw=another("anders"))
    got: list[str] = []
    cursor = None
    for _ in range(4):
        listed, cursor = await _poll(line, cursor, count)
        for levering in listed:
            await line.sign_for(levering, await line.take(levering))
        got += listed
    assert sorted(got) == sorted(map(only, (first, second, third)))


@story()
async def test_what_was_taken_and_not_signed_for_is_found_again(line: Line) -> None:
    """A recipient that stopped halfway finds it when the lease is over, with the cursor it kept."""
    _, first, _ = await line.permitted()
    leerling = await line.gezag(leerling={"leerlingid": "anders"})
    await line.both_agree(leerling)
    second = await line.push(raw=another("anders"))
    (listed, cursor) = await _poll(line, None, 1)
    assert listed == [only(first)]
    await line.take(only(first))
    assert await _poll(line, cursor, 1) == ([only(second)], None)
    await line.sign_for(only(second), await line.take(only(second)))
    line.later(minutes=16)
    assert (await _poll(line, None))[0] == [only(first)]
    await line.take(only(first))


@story()
async def test_two_recipients_of_one_push_are_decided_apart(line: Line) -> None:
    """Toestemming for one recipient carries nothing to the other; each sees its own levering only."""
    leerling = await line.gezag()
    await line.both_agree(leerling)
    pushed = await line.push(ontvangers=[HELPER, OTHER_HELPER])
    views = {v["ontvanger"]: v for v in await line.leveringen(pushed)}
    assert views[AANBIEDER]["status"] == "klaar"
    assert views[OTHER_AANBIEDER]["status"] == "aangehouden"
    assert codes(views[OTHER_AANBIEDER]) == {"CONSENT_MISSING", "CONSENT_SCOPE_RECIPIENT"}
    assert len(await line.postbus()) == 1
    assert await line.postbus(line.other_helper) == []
    mine = views[AANBIEDER]["id"]
    assert (await line.try_take(mine, line.other_helper)).status_code == 404
    await line.take(mine)


# ── back to school


@story()
async def test_a_terugkoppeling_needs_both_kinds_of_toestemming(line: Line) -> None:
    """J2S: neither avg_basis nor secrecy_waiver alone carries it; with both the school can take it."""
    leerling, pushed, _ = await line.permitted()
    question = only(pushed)
    not_yet = await line.helper.post("/uitwisselingen", terugkoppeling(question), key=fresh())
    assert problem(not_yet) == (400, "ongeldig-bericht", ("inAntwoordOp.onbekend",))
    await line.sign_for(question, await line.take(question))
    await line.both_agree(leerling, functie="avg_basis", bereik=bereik_terug())
    answer = await line.answer_back(question)
    view = await line.levering(answer, line.helper)
    assert (view["status"], codes(view)) == ("aangehouden", {"nietBeschikbaar"})
    assert view["ondertekenaars"] == []
    assert await line.postbus(line.school) == []
    await line.both_agree(leerling, functie="secrecy_waiver", bereik=bereik_terug())
    assert await line.status(answer, line.helper) == "klaar"
    (item,) = await line.postbus(line.school)
    assert (item["leveringId"], item["soort"]) == (only(answer), "terugkoppeling")
    payload = await line.take(only(answer), line.school)
    assert b"gestart" in payload
    signed = await line.sign_for(only(answer), payload, line.school)
    assert signed["status"] == "afgeleverd"


@story("memory")
async def test_only_the_waiver_does_not_carry_a_terugkoppeling(line: Line) -> None:
    """The waiver alone is only one half, so the levering is held."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    await line.both_agree(leerling, functie="secrecy_waiver", bereik=bereik_terug())
    answer = await line.answer_back(only(pushed))
    assert await line.status(answer, line.helper) == "aangehouden"


# ── other facts


@story("memory")
async def test_an_objection_of_a_signer_is_a_refusal(line: Line) -> None:
    """klaar → geweigerd on a bezwaar of an ouder with gezag, until he agrees again to a new push."""
    leerling, pushed, _ = await line.permitted()
    body = {
        "leerlingId": leerling["leerlingId"],
        "persoonId": persons(leerling)[0],
        "bereik": bereik(),
        "moment": "2026-11-22T09:00:00Z",
    }
    recorded(await line.school.post("/bezwaren", body, key=fresh()))
    view = await line.levering(pushed)
    assert (view["status"], "CONSENT_REFUSED" in codes(view)) == ("geweigerd", True)
    await gone(line, only(pushed))


@story("memory")
async def test_an_objection_of_a_bystander_is_told_and_changes_nothing(line: Line) -> None:
    """Somebody without gezag objects: kept and told, the levering goes on."""
    ouders = [{"hoedanigheid": "ouder", "gezag": True}] * 2
    leerling = await line.gezag(personen=[*ouders, {"hoedanigheid": "ander", "gezag": False}])
    await line.both_agree(leerling)
    pushed = await line.push()
    (stranger,) = [p["persoonId"] for p in leerling["personen"] if not p["gezag"]]
    body = {
        "leerlingId": leerling["leerlingId"],
        "persoonId": stranger,
        "bereik": bereik(),
        "moment": "2026-11-22T09:00:00Z",
    }
    recorded(await line.school.post("/bezwaren", body, key=fresh()))
    view = await line.levering(pushed)
    assert (view["status"], "OBJECTION_NOT_ENTITLED" in codes(view)) == ("klaar", True)
    await line.take(only(pushed))


@story()
async def test_a_veto_is_the_secret_of_who_made_it(line: Line) -> None:
    """It stops what the aanbieder sends and nothing of the school, which reads of it nowhere."""
    _, first, _ = await line.permitted()
    await line.sign_for(only(first), await line.take(only(first)))
    waiting = await line.push()
    recorded(await line.helper.post("/professionele-vetos", veto(leveringId=only(first)), key=fresh()))
    later = await line.push()
    for pushed in (waiting, later):
        answer = await line.school.get(f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen")
        (view,) = answer.json()["leveringen"]
        assert (view["status"], "VETO" in answer.text) == ("klaar", False)
    proef = await line.school.post("/uitwisselingen/_proef", envelope())
    assert "VETO" not in proef.text
    back = {"leveringId": only(first), "richting": "J2S", "doelen": ["afstemming"]}
    recorded(await line.helper.post("/professionele-vetos", veto(**back), key=fresh()))
    view = await line.levering(await line.answer_back(only(first)), line.helper)
    assert (view["status"], codes(view)) == ("geweigerd", {"PROFESSIONAL_VETO"})
    assert await line.postbus(line.school) == []
    lifted = veto(**back, besluit="opgeheven", moment="2026-11-22T09:30:00Z")
    recorded(await line.helper.post("/professionele-vetos", lifted, key=fresh()))
    view = await line.levering(await line.answer_back(only(first)), line.helper)
    assert (view["status"], codes(view)) == ("aangehouden", {"nietBeschikbaar"})


@story("memory")
async def test_a_refusal_that_another_partij_recorded_shows_nowhere(line: Line) -> None:
    """Not as a reason, and not as where a signer stands; a refusal the school recorded itself does."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    body = {"persoonId": persons(leerling)[0], "bereik": bereik(), "moment": "2026-11-22T09:00:00Z"}
    told = body | {"leveringId": only(pushed)}
    recorded(await line.helper.post("/bezwaren", told, key=fresh()))
    own_words = ("geweigerd", "PARENTS_CONFLICT", "CONSENT_REFUSED")
    view = await line.levering(await line.push())
    assert codes(view) == {"nietBeschikbaar"}
    assert view["ondertekenaars"] == []
    (shown,) = fine(await line.school.post("/uitwisselingen/_proef", envelope()))["ontvangers"]
    assert not any(word in str([shown["ondertekenaars"], shown["redenen"]]) for word in own_words)
    other = await line.gezag(leerling={"leerlingid": "anders"})
    for p in persons(other):
        await line.agree(other, p, besluit="geweigerd")
    view = await line.levering(await line.push(raw=another("anders")))
    assert {s["standpunt"] for s in view["ondertekenaars"]} == {"geweigerd"}


@story("memory")
async def test_incapacity_of_a_sixteen_year_old_holds(line: Line) -> None:
    """A judgement that the youth cannot weigh it holds what he alone agreed to."""
    leerling = await line.gezag(geboortedatum="2010-01-01")
    raw = dossier((BORN, "2010-01-01"))
    await line.agree(leerling, leerling["leerlingPersoonId"])
    pushed = await line.push(raw=raw)
    assert await line.status(pushed) == "klaar"
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
    view = await line.levering(pushed)
    assert (view["status"], "CAPACITY_ROUTE_UNCLEAR" in codes(view)) == ("aangehouden", True)
    recorded(
        await line.school.post(
            "/bekwaamheidsoordelen",
            body | {"wilsbekwaam": True, "moment": "2026-11-22T09:30:00Z"},
            key=fresh(),
        )
    )
    assert await line.status(pushed) == "klaar"


@story("memory")
async def test_a_change_of_gezag_decides_again(line: Line) -> None:
    """A third person with gezag appears: what was klaar is held until he agreed too."""
    leerling, pushed, _ = await line.permitted()
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    stranger = {"hoedanigheid": "ouder", "gezag": True, "nieuw": True}
    again = await line.gezag(personen=[same[0], stranger])
    view = await line.levering(pushed)
    assert view["status"] == "aangehouden"
    assert "CONSENT_PARTIAL_SIGNERS" in codes(view)
    assert again["leerlingId"] == leerling["leerlingId"]
    (new,) = set(persons(again)) - set(persons(leerling))
    await line.agree(again, new)
    assert await line.status(pushed) == "klaar"


@story("memory")
async def test_a_clerk_always_sees_who_is_still_missing(line: Line) -> None:
    """A clerk sees it even when the reasons stay the same: with the youth first, each ouder's signature
    changes the list.
    """
    leerling = await line.gezag(geboortedatum="2012-01-01")
    pushed = await line.push(raw=dossier((BORN, "2012-01-01")))
    await line.agree(leerling, leerling["leerlingPersoonId"])
    first, second = persons(leerling)
    await line.agree(leerling, first)
    view = await line.levering(pushed)
    stands = {s["persoonId"]: s["standpunt"] for s in view["ondertekenaars"]}
    assert stands == {
        leerling["leerlingPersoonId"]: "toegestemd",
        first: "toegestemd",
        second: "ontbreekt",
    }


@story("memory")
async def test_a_protected_party_gets_nothing(line: Line) -> None:
    """A partij the school shields the leerling from: refused at once, whoever agreed."""
    leerling, waiting, _ = await line.permitted()
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    await line.gezag(personen=same, afgeschermdVoor=[AANBIEDER])
    pushed = await line.push()
    for each in (waiting, pushed):
        view = await line.levering(each)
        assert (view["status"], codes(view)) == ("geweigerd", {"PROTECTED_PARTY"})
        await gone(line, only(each))


# ── how much


@story("memory")
async def test_what_nobody_agreed_to_stays_home(line: Line) -> None:
    """PERMIT_REDUCED: the agreed categories go, the school reads per field why the rest does not."""
    leerling = await line.gezag()
    await line.both_agree(leerling)
    pushed = await line.push(categorieen=[*CATEGORIEN, "gezondheid", "verzuim"])
    view = await line.levering(pushed)
    assert (view["status"], view["uitkomst"]) == ("klaar", "PERMIT_REDUCED")
    home = {h["reden"]: set(h["velden"]) for h in view["achtergehouden"]}
    assert "bronfeiten.diagnoses[].naam" in home["FIELD_NOT_CONSENTED"]
    assert "bronfeiten.verzuim.dagdelenGeoorloofd" in home["FIELD_NOT_IN_PROFILE"]
    assert "leerling.naamdelen.achternaam" in view["meegegeven"]
    payload = await line.take(only(pushed))
    assert b"diagnose" not in payload
    assert b"verzuim" not in payload


@story("memory")
async def test_no_more_is_kept_than_could_ever_go(line: Line) -> None:
    """Only what was asked and the profile has; what may still be agreed to waits along until the take."""
    wanted = ["contact", "doelen", "gezondheid", "verzuim"]
    pushed = await line.push(categorieen=wanted)
    kept = await line.kept(only(pushed))
    assert kept.keys() == {"school", "leerling", "handelingsdeel", "bronfeiten"}
    assert kept["bronfeiten"].keys() == {"diagnoses"}
    assert {n for d in kept["bronfeiten"]["diagnoses"] for n in d} == {"codes", "naam"}
    assert kept["leerling"].keys() == {"naamdelen", "geboortedatum"}
    leerling = await line.gezag()
    await line.both_agree(leerling, bereik=bereik(categorieen=["contact"]))
    assert await line.status(pushed) == "klaar"
    assert (await line.kept(only(pushed))).keys() == kept.keys()
    await line.take(only(pushed))
    assert (await line.kept(only(pushed))).keys() == {"school", "leerling"}
    reduced = await line.push(categorieen=wanted)
    assert (await line.kept(only(reduced))).keys() == {"school", "leerling"}


@story("memory")
async def test_all_or_nothing_waits_for_all(line: Line) -> None:
    """allesOfNiets: held while one category is not agreed to, whole as soon as it is, never less."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    wanted, opp = ["doelen", "factoren"], {"perspectief": {"bevorderendeFactoren": ["Fictief."]}}
    await line.agree(leerling, first, bereik=bereik(categorieen=wanted))
    await line.agree(leerling, second, bereik=bereik(categorieen=wanted[:1]))
    less = await line.push(categorieen=wanted, oppDeel=opp)
    whole = await line.push(categorieen=wanted, oppDeel=opp, allesOfNiets=True)
    assert await line.status(less) == "klaar"
    assert await line.status(whole) == "aangehouden"
    await line.agree(leerling, second, bereik=bereik(categorieen=wanted))
    assert await line.status(whole) == "klaar"
    await line.sign_for(only(less), await line.take(only(less)))
    payload = await line.take(only(whole))
    assert b"bevorderendeFactoren" in payload
    assert b"begeleiding" in payload


@story("memory")
async def test_unreviewed_free_text_stays_home(line: Line) -> None:
    """Without vrijeTekstNagekeken no text that a person wrote freely goes."""
    _, pushed, _ = await line.permitted(vrijeTekstNagekeken=False)
    view = await line.levering(pushed)
    home = {h["reden"]: h["velden"] for h in view["achtergehouden"]}
    assert "handelingsdeel.begeleiding[].wat" in home["FREE_TEXT_UNREVIEWED"]
    assert b"werkhouding" not in await line.take(only(pushed))


@story("memory")
async def test_ids_of_the_leerling_differ_per_partij(line: Line) -> None:
    """What an aanbieder is told after recording a fact never holds the school's reference of the leerling."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    told = await line.helper.post("/professionele-vetos", veto(leveringId=only(pushed)), key=fresh())
    assert told.status_code == 201
    assert leerling["leerlingId"] not in told.text
    assert LEERLING not in told.text
    assert IB["rol"] not in told.text
