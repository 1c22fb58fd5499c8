"""Stories through HTTP, nothing patched: every state of a levering and how it gets there."""

from __future__ import annotations

from tests.line import Line, codes, only, persons, story


@story()
async def test_a_permitted_levering_goes_all_the_way(line: Line) -> None:
    """Pushed, permitted, taken, signed for and processed; after signing our copy is gone."""
    _, pushed, _ = await line.permitted()
    levering = only(pushed)
    assert [i["leveringId"] for i in await line.postbus()] == [levering]
    payload = await line.take(levering)
    assert line.has_content(levering)
    signed = await line.sign_for(levering, payload)
    assert signed["status"] == "afgeleverd"
    assert not line.has_content(levering)
    assert await line.postbus() == []
    done = await line.helper.post(f"/leveringen/{levering}/_verwerkt")
    assert (done.status_code, done.json()["status"]) == (200, "bevestigd")
    view = await line.levering(pushed)
    assert [h["gebeurtenis"] for h in view["geschiedenis"]] == [
        "besloten",
        "opgehaald",
        "bevestigd_ontvangen",
        "bevestigd_verwerkt",
    ]


@story()
async def test_the_last_signature_releases_what_was_held(line: Line) -> None:
    """A HOLD goes on by itself when the second ouder agrees, and says meanwhile who is missing."""
    pushed = await line.push()
    view = await line.levering(pushed)
    assert (view["status"], view["uitkomst"]) == ("aangehouden", "HOLD")
    assert codes(view) == {"GEZAG_UNVERIFIED"}
    leerling = await line.gezag()
    first, second = persons(leerling)
    assert codes(await line.levering(pushed)) == {"CONSENT_MISSING"}
    await line.agree(leerling, first)
    view = await line.levering(pushed)
    assert codes(view) == {"CONSENT_PARTIAL_SIGNERS"}
    stands = {s["persoonId"]: s["standpunt"] for s in view["ondertekenaars"]}
    assert stands == {first: "toegestemd", second: "ontbreekt"}
    assert (await line.try_take(only(pushed))).status_code == 404
    await line.agree(leerling, second)
    assert await line.status(pushed) == "klaar"
    await line.take(only(pushed))
