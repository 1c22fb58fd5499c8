"""What the account shows afterwards: proofs that hold without us, and an order that is there to read."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import pytest

from gateway.wiring import Note, check_bewijs, verify_ledger
from tests.line import (
    HELPER,
    OTHER_HELPER,
    Line,
    accepted,
    another,
    bereik,
    codes,
    envelope,
    fine,
    fresh,
    only,
    open_line,
    persons,
    prepare,
    problem,
    recorded,
    story,
    terugkoppeling,
)

# ── the preview


@story()
async def test_a_preview_is_what_will_be_delivered(line: Line) -> None:
    """Byte for byte, before anybody agreed as after; and it stores nothing, not even the leerling."""
    body = envelope(categorieen=["contact", "onderwijspositie", "doelen", "gezondheid"])
    before = await line.everything()
    (shown,) = fine(await line.school.post("/uitwisselingen/_proef", body))["ontvangers"]
    assert await line.everything() == before
    assert (shown["uitkomst"], shown["nu"]) == ("HOLD", None)
    promised = shown["alsIedereenToestemt"]["levering"]
    leerling = await line.gezag()
    await line.both_agree(leerling, bereik=bereik(categorieen=body["categorieen"]))
    before = await line.everything()
    (now,) = fine(await line.school.post("/uitwisselingen/_proef", body))["ontvangers"]
    assert await line.everything() == before
    pushed = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
    payload = await line.take(only(pushed))
    assert now["nu"]["inhoud"].encode() == payload
    assert promised["inhoud"].encode() == payload
    view = await line.levering(pushed)
    assert now["nu"]["hash"] == "sha256:" + hashlib.sha256(payload).hexdigest()
    for name in ("uitkomst", "redenen", "meegegeven", "achtergehouden", "categorieen"):
        assert now[name] == view[name], name


@story("memory")
async def test_a_reduced_preview_is_the_reduced_delivery(line: Line) -> None:
    """Per recipient: what goes now under the recorded facts, and what would when everybody agreed."""
    leerling = await line.gezag()
    await line.both_agree(leerling, bereik=bereik(categorieen=["contact"]))
    body = envelope(ontvangers=[HELPER, OTHER_HELPER])
    shown, other = fine(await line.school.post("/uitwisselingen/_proef", body))["ontvangers"]
    assert (other["uitkomst"], other["nu"]) == ("HOLD", None)
    pushed = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
    levering = next(v["id"] for v in pushed["leveringen"] if v["ontvanger"] == HELPER["partij"])
    assert (await line.take(levering)).decode() == shown["nu"]["inhoud"]
    assert shown["nu"]["inhoud"] != shown["alsIedereenToestemt"]["levering"]["inhoud"]
    assert shown["alsIedereenToestemt"]["levering"] == other["alsIedereenToestemt"]["levering"]


@story()
async def test_what_a_preview_proposes_can_be_agreed_to_as_it_is(line: Line) -> None:
    """Some of the proposed cells, posted as they stand: exactly those go, byte for byte as shown anew."""
    leerling = await line.gezag()
    body = envelope(categorieen=["contact", "doelen", "gezondheid", "nummer"])
    (shown,) = fine(await line.school.post("/uitwisselingen/_proef", body))["ontvangers"]
    offered = {v["bereik"]["categorieen"][0]: v for v in shown["voorstel"]}
    assert {c: v["uitdrukkelijk"] for c, v in offered.items()} == {
        "contact": False,
        "doelen": False,
        "gezondheid": True,
    }
    for chosen in (offered["contact"], offered["gezondheid"]):
        assert [p["persoonId"] for p in chosen["personen"]] == persons(leerling)
        for person in chosen["personen"]:
            for functie in person["functies"]:
                await line.agree(
                    leerling,
                    person["persoonId"],
                    functie=functie,
                    bereik=chosen["bereik"],
                    uitdrukkelijk=chosen["uitdrukkelijk"],
                )
    (now,) = fine(await line.school.post("/uitwisselingen/_proef", body))["ontvangers"]
    assert now["voorstel"] == [offered["doelen"]]
    pushed = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
    assert (await line.take(only(pushed))).decode() == now["nu"]["inhoud"]
    leaf = [e for e in await line.ledger() if e["soort"] == "exchange.release_intent"]
    assert [set(e["categorieenVrijgegeven"]) for e in leaf] == [{"contact", "gezondheid"}]


@story("memory")
async def test_a_proposal_tells_nothing_of_what_others_recorded(line: Line) -> None:
    """After a no that the aanbieder recorded, as for who signs: nothing. And nothing to who answers."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    answer = fine(await line.helper.post("/uitwisselingen/_proef", terugkoppeling(only(pushed))))
    assert answer["ontvangers"][0]["voorstel"] == []
    body = envelope(categorieen=["contact", "gezondheid"])
    (open_still,) = fine(await line.school.post("/uitwisselingen/_proef", body))["ontvangers"]
    assert [v["bereik"]["categorieen"] for v in open_still["voorstel"]] == [["gezondheid"]]
    await line.no_elsewhere(leerling, only(pushed), categorieen=["contact", "gezondheid"])
    (shut,) = fine(await line.school.post("/uitwisselingen/_proef", body))["ontvangers"]
    assert (shut["voorstel"], shut["ondertekenaars"]) == ([], [])
    assert leerling


@story("memory")
async def test_a_terugkoppeling_can_be_previewed_too(line: Line) -> None:
    """The aanbieder sees what the school would read; nothing is stored."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    before = await line.everything()
    answer = await line.helper.post("/uitwisselingen/_proef", terugkoppeling(only(pushed)))
    (shown,) = fine(answer)["ontvangers"]
    assert await line.everything() == before
    assert '"status":"gestart"' in shown["alsIedereenToestemt"]["levering"]["inhoud"]


# ── proofs


@story()
async def test_the_receipt_and_the_proof_hold_without_us(line: Line) -> None:
    """The Ontvangstbewijs at once; the inclusion proof is a 202 until the next checkpoint covers it."""
    pushed = await line.push(ontvangers=[HELPER, OTHER_HELPER])
    vkey = line.world.signer.vkey
    receipt = pushed["ontvangstbewijs"]
    assert check_bewijs(json.dumps(receipt).encode(), vkey).geldig
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/bewijs"
    waiting = await line.school.get(path)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (202, "1")
    await line.context.checkpointer.publish()
    proof = fine(await line.school.get(path))
    assert [b["soort"] for b in proof["bladeren"]] == ["exchange.requested", *["exchange.decided"] * 2]
    bundle = proof | {"ontvangstbewijs": receipt}
    result = check_bewijs(json.dumps(bundle).encode(), vkey)
    assert result.geldig, result
    leaf = json.loads(base64.b64decode(proof["bladeren"][0]["blad"]))
    assert leaf["uitwisseling"] == pushed["uitwisselingId"]
    other = await line.push(raw=another("anders"))
    await line.context.checkpointer.publish()
    for wrong in (
        bundle | {"ontvangstbewijs": other["ontvangstbewijs"]},
        bundle | {"uitwisselingId": other["uitwisselingId"]},
        bundle | {"bladeren": [proof["bladeren"][0] | {"bewijs": proof["bladeren"][1]["bewijs"]}]},
    ):
        assert not check_bewijs(json.dumps(wrong).encode(), vkey).geldig
    again = fine(await line.school.get(path)) | {"ontvangstbewijs": receipt}
    assert check_bewijs(json.dumps(again).encode(), vkey).geldig


@story("memory")
async def test_a_proof_tells_the_sender_no_reason_of_another(line: Line) -> None:
    """Of a decision only its hash is handed out, because it can rest on facts of another partij."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    await line.no_elsewhere(leerling, only(pushed))
    denied = await line.push()
    assert codes(await line.levering(denied)) == {"nietBeschikbaar"}
    await line.context.checkpointer.publish()
    path = f"/uitwisselingen/{denied['uitwisselingId']}/bewijs"
    requested, decided = fine(await line.school.get(path))["bladeren"]
    assert ("blad" in requested, "blad" in decided) == (True, False)


@story("memory")
async def test_readiness_and_counters_tell_numbers_only(line: Line) -> None:
    """A stranger reads that it is ready and no more; who has the scope reads what was counted."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    assert fine(await line.http.get("/v1/gereedheid")) == {"status": "gereed"}
    assert problem(await line.http.get("/metrics"))[0] == 401
    assert problem(await line.http.get("/metrics", headers=line.fg.headers(None, None)))[0] == 403
    text = (await line.http.get("/metrics", headers=line.school.headers(None, None))).text
    assert "ozlijn_uitwisselingen_total 1.0" in text
    assert 'ozlijn_besluiten_total{uitkomst="PERMIT"}' in text or "PERMIT_REDUCED" in text
    assert "ozlijn_overdrachten_total 1.0" in text


# ── the whole log


async def busy_day(line: Line) -> None:
    """A bit of everything: permitted, held, refused, withdrawn before and after pick-up, answered."""
    for name in ("een", "twee", "drie"):
        leerling = await line.gezag(leerling={"leerlingid": name})
        held = await line.push(raw=another(name))
        given = await line.both_agree(leerling)
        assert await line.status(held) == "klaar"
        payload = await line.take(only(held))
        await line.sign_for(only(held), payload)
        waiting = await line.push(raw=another(name))
        if name == "een":
            await line.take(only(waiting))
        if name != "drie":
            await line.withdraw(given[0])
        assert (await line.levering(waiting))["status"] == ("klaar" if name == "drie" else "ingetrokken")
        later = await line.push(raw=another(name))
        assert (await line.try_take(only(later))).status_code in (404, 409)
    await line.sweep()


@story()
async def test_the_log_alone_shows_who_got_what_and_why(line: Line) -> None:
    """Decision before intent before delivery; a withdrawal after every earlier release, and none after it."""
    await busy_day(line)
    leaves = await line.ledger()
    seen: dict[str, list[str]] = defaultdict(list)
    numbers: dict[str, list[int]] = defaultdict(list)
    withdrawn: set[str] = set()
    delivered = 0
    for e in leaves:
        kind, ref = e["soort"], e["leerlingRef"]
        if "leerlingVolgnummer" in e:
            numbers[ref].append(e["leerlingVolgnummer"])
        if kind == "consent.withdrawn":
            withdrawn.add(ref)
        if kind == "exchange.release_intent":
            assert "exchange.decided" in seen[e["levering"]]
            assert e["outcome"] in ("PERMIT", "PERMIT_REDUCED")
            assert e["consentEventIds"]
            assert e["veldenVrijgegeven"]
            assert e["payloadCommitment"].startswith("sha256:")
            assert {"afzender", "ontvanger", "ontvangerRol", "doel", "richting", "policyHash"} <= e.keys()
            assert ref not in withdrawn
        if kind == "exchange.delivered":
            assert "exchange.release_intent" in seen[e["levering"]]
            delivered += 1
        if "levering" in e:
            seen[e["levering"]].append(kind)
    assert delivered == 3
    assert len(withdrawn) == 2
    for drawn in numbers.values():
        assert drawn == list(range(1, len(drawn) + 1))
    for u in fine(await line.school.get("/uitwisselingen"))["uitwisselingen"]:
        for v in u["leveringen"]:
            assert seen[v["id"]][0] == "exchange.decided"


def test_the_log_of_a_run_verifies_and_a_changed_row_is_found(tmp_path: Path) -> None:
    """Over the file a run leaves, with the checkpoints it signed; the first changed row is named."""
    prepare("sqlite", tmp_path)
    notes: list[Note] = []

    async def scene() -> str:
        async with open_line("sqlite", tmp_path) as line:
            await busy_day(line)
            notes.append(Note("een", (await line.context.checkpointer.publish()).note))
            await line.push(raw=another("vier"))
            notes.append(Note("twee", (await line.context.checkpointer.publish()).note))
            return line.world.signer.vkey

    vkey = asyncio.run(scene())
    path = tmp_path / "ozlijn.db"
    checked = verify_ledger(path, vkey, notes)
    report, size = checked.report, checked.size
    assert (report.findings, report.size, report.proven) == ((), size, size)
    with closing(sqlite3.connect(path)) as db:
        (kept,) = db.execute("SELECT canonical FROM entry WHERE position = 8").fetchone()
        changed = kept.replace(b'"afzender":"brin:99ZZ00"', b'"afzender":"brin:99XX01"')
        assert changed != kept
        db.execute("UPDATE entry SET canonical = ? WHERE position = 8", (changed,))
        db.commit()
    report = verify_ledger(path, vkey, notes).report
    assert report.first is not None
    assert report.first.position == 8


# ── at the same instant


@pytest.mark.parametrize("turn", range(3))
@story()
async def test_a_withdrawal_and_a_take_at_the_same_instant_have_an_order(line: Line, turn: int) -> None:
    """Either the bytes left first, or nothing leaves: the log says which, and never a release after it."""
    _, pushed, given = await line.permitted()
    path = f"/toestemmingen/{given[0]['toestemmingId']}/intrekkingen"
    body = {"moment": "2026-11-22T09:59:00Z"}

    async def withdraw() -> None:
        for _ in range(turn):
            await asyncio.sleep(0)
        recorded(await line.school.post(path, body, key=fresh()))

    taken, _ = await asyncio.gather(line.try_take(only(pushed)), withdraw())
    assert taken.status_code in (200, 404)
    kinds = [e["soort"] for e in await line.ledger()]
    assert ("exchange.release_intent" in kinds) == (taken.status_code == 200)
    if taken.status_code == 200:
        assert kinds.index("exchange.release_intent") < kinds.index("consent.withdrawn")
    assert await line.status(pushed) == "ingetrokken"
    assert not line.has_content(only(pushed))


@story()
async def test_one_of_many_takes_at_the_same_instant_gets_the_bytes(line: Line) -> None:
    """One payload, one intent; the others find the lease."""
    _, pushed, _ = await line.permitted()
    answers = await asyncio.gather(*(line.try_take(only(pushed)) for _ in range(8)))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 7
    assert [e["soort"] for e in await line.ledger()].count("exchange.release_intent") == 1
    payload = next(a.content for a in answers if a.status_code == 200)
    signed = await asyncio.gather(*(line.try_sign(only(pushed), payload) for _ in range(8)))
    assert {(a.status_code, a.content) for a in signed} == {(200, signed[0].content)}
    assert [e["soort"] for e in await line.ledger()].count("exchange.delivered") == 1


@story("sqlite")
async def test_releases_at_the_same_instant_are_numbered_apart(line: Line) -> None:
    """Two recipients take what is about one leerling: each release has a number of its own."""
    leerling = await line.gezag()
    everyone = [HELPER, OTHER_HELPER]
    await line.both_agree(leerling, bereik=bereik(ontvangers=everyone))
    pushed = await line.push(ontvangers=everyone)
    mine, theirs = (v["id"] for v in pushed["leveringen"])
    for _ in range(3):
        taken = await asyncio.gather(line.try_take(mine), line.try_take(theirs, line.other_helper))
        assert [a.status_code for a in taken] == [200, 200]
        line.later(minutes=15)
    drawn = [e["leerlingVolgnummer"] for e in await line.ledger() if "leerlingVolgnummer" in e]
    assert drawn == list(range(1, 10))


@story()
async def test_facts_at_the_same_instant_are_all_counted(line: Line) -> None:
    """Both ouders' toestemmingen and a push at once: nothing is lost, and the levering ends klaar."""
    leerling = await line.gezag()
    first, second = persons(leerling)
    _, _, pushed, held = await asyncio.gather(
        line.agree(leerling, first), line.agree(leerling, second), line.push(), line.push()
    )
    assert [await line.status(p) for p in (pushed, held)] == ["klaar", "klaar"]
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in (first, second)]
    again = await asyncio.gather(*(line.gezag(personen=same) for _ in range(4)))
    assert {g["leerlingId"] for g in again} == {leerling["leerlingId"]}
    assert len({e["leerlingRef"] for e in await line.ledger()}) == 1
