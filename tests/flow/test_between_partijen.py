"""What one partij may learn from, and do with, the facts of another; and what waiting keeps."""

from __future__ import annotations

import base64
import hashlib
import json

from tests.line import (
    BORN,
    HELPER,
    OTHER_HELPER,
    Json,
    Line,
    accepted,
    bereik,
    bereik_terug,
    codes,
    dossier,
    envelope,
    fine,
    fresh,
    only,
    persons,
    recorded,
    story,
)


async def _answered(line: Line) -> tuple[Json, Json, list[Json]]:
    """(gezag, the terugkoppeling that was sent, what carries it)."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    given = [
        await line.agree(leerling, p, functie=functie, bereik=bereik_terug())
        for p in persons(leerling)
        for functie in ("avg_basis", "secrecy_waiver")
    ]
    return leerling, await line.answer_back(only(pushed)), given


@story("memory")
async def test_reasons_per_category_are_as_closed_as_the_others(line: Line) -> None:
    """An aanbieder reads of its own terugkoppeling neither what carried it nor what stopped it."""
    _, sent, given = await _answered(line)
    carried = await line.levering(sent, line.helper)
    assert "CONSENT_VALID" not in json.dumps(carried["categorieen"])
    await line.withdraw(given[0])
    stopped = await line.levering(sent, line.helper)
    assert codes(stopped) == {"nietBeschikbaar"}
    assert {r for c in stopped["categorieen"] for r in c["redenen"]} == {"nietBeschikbaar"}


@story()
async def test_the_proof_of_a_terugkoppeling_names_no_leerling(line: Line) -> None:
    """The leaf an aanbieder reads whole has neither the school's reference nor its count of facts."""
    leerling, sent, _ = await _answered(line)
    await line.context.checkpointer.publish()
    path = f"/uitwisselingen/{sent['uitwisselingId']}/bewijs"
    blad = json.loads(base64.b64decode(fine(await line.helper.get(path))["bladeren"][0]["blad"]))
    assert not {"leerlingRef", "consentEpoch", "leerlingVolgnummer"} & blad.keys()
    assert leerling["leerlingId"] not in json.dumps(blad)


@story("memory")
async def test_who_gains_cannot_judge_a_signer_away(line: Line) -> None:
    """A judgement of the aanbieder that a youth cannot weigh it holds; it does not permit without him."""
    thirteen = "2013-06-14"
    raw = dossier((BORN, thirteen))
    leerling = await line.gezag(geboortedatum=thirteen)
    await line.both_agree(leerling)
    own = await line.agree(leerling, leerling["leerlingPersoonId"])
    first = await line.push(raw=raw)
    await line.sign_for(only(first), await line.take(only(first)))
    judgement = {
        "wilsbekwaam": False,
        "doelen": ["arrangement"],
        "beoordelaar": "fictief",
        "functie": "fictief",
        "moment": line.clock.now().isoformat(),
        "motivering": "Fictief.",
    }
    await line.withdraw(own)
    recorded(
        await line.helper.post("/bekwaamheidsoordelen", judgement | {"leveringId": only(first)}, key=fresh())
    )
    assert await line.status(await line.push(raw=raw)) in ("geweigerd", "ingetrokken", "aangehouden")
    body = judgement | {"leerlingId": leerling["leerlingId"]}
    recorded(await line.school.post("/bekwaamheidsoordelen", body | {"wilsbekwaam": True}, key=fresh()))
    assert await line.status(await line.push(raw=raw)) in ("geweigerd", "ingetrokken", "aangehouden")


@story()
async def test_agreeing_to_something_else_does_not_end_the_waiting(line: Line) -> None:
    """An ouder first agrees for another recipient: what waits for this one still waits, and then goes."""
    leerling = await line.gezag()
    body = envelope(ontvangers=[HELPER, OTHER_HELPER])
    pushed = accepted(await line.school.post("/uitwisselingen", body, key=fresh()))
    for persoon in persons(leerling):
        await line.agree(leerling, persoon, bereik=bereik(ontvangers=[OTHER_HELPER]))
    assert [v["status"] for v in await line.leveringen(pushed)] == ["aangehouden", "klaar"]
    await line.both_agree(leerling)
    assert [v["status"] for v in await line.leveringen(pushed)] == ["klaar", "klaar"]


@story("memory")
async def test_what_is_agreed_to_category_by_category_goes_whole(line: Line) -> None:
    """Separate ticks that come in one after the other before the take: all of them go along."""
    leerling = await line.gezag()
    pushed = await line.push(categorieen=["contact", "doelen"])
    await line.both_agree(leerling, bereik=bereik(categorieen=["contact"]))
    assert b"begeleiding" not in json.dumps((await line.levering(pushed))["meegegeven"]).encode()
    await line.both_agree(leerling, bereik=bereik(categorieen=["doelen"]))
    assert b"begeleiding" in await line.take(only(pushed))


@story("memory")
async def test_a_sender_reads_what_a_recipient_had_in_hands(line: Line) -> None:
    """Narrowed after the take: the view still says what went then, not what would go now."""
    leerling, pushed, _ = await line.permitted()
    payload = await line.take(only(pushed))
    went = (await line.levering(pushed))["meegegeven"]
    persoon = persons(leerling)[0]
    await line.agree(leerling, persoon, besluit="geweigerd", bereik=bereik(categorieen=["doelen"]))
    await line.sign_for(only(pushed), payload)
    view = await line.levering(pushed)
    assert view["meegegeven"] == went
    assert not set(went) & {v for group in view["achtergehouden"] for v in group["velden"]}


@story()
async def test_no_plain_hash_of_a_message_is_kept(line: Line) -> None:
    """A message this small could be guessed from its hash: what is stored is keyed."""
    _, pushed, _ = await line.permitted()
    payload = await line.take(only(pushed))
    plain = hashlib.sha256(payload).hexdigest()
    row = await line.world.storage.levering(only(pushed))
    assert row is not None
    assert row.vastgelegde_hash is not None
    assert plain not in row.model_dump_json()
    await line.sign_for(only(pushed), payload)


@story("memory")
async def test_a_term_that_is_over_ends_the_taking(line: Line) -> None:
    """After thirty days nothing is given, also before housekeeping came by."""
    _, pushed, _ = await line.permitted()
    line.later(days=31)
    assert (await line.try_take(only(pushed))).status_code == 404
