"""What a next version of a profile does to what is there already."""

from __future__ import annotations

import json

from consent.beleid import Proportionaliteitsprofiel
from gateway.explain.naspelen import Verschil
from gateway.register.regels import shipped_profiles
from schemas.storage.storage import Register
from tests.flow.test_replay import again
from tests.line import CATEGORIEN, Json, Line, another, fine, only, persons, story

ID = "arrangement-jeugdhulpverlener-s2j"
GONE = "leerling.geboortedatum"


def next_version() -> Proportionaliteitsprofiel:
    """The shipped profile without one field."""
    (old,) = (p for p in shipped_profiles() if p.id == ID)
    left = tuple(v for v in old.velden if v.pad != GONE)
    return old.model_copy(update={"versie": old.versie + 1, "velden": left})


async def applied(line: Line) -> None:
    old = await line.world.storage.register()
    made = next_version().model_dump_json(exclude_defaults=True, by_alias=True)
    await line.apply(Register(old.version, old.partijen, {ID: made}))


async def explained(line: Line, pushed: Json) -> Json:
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/uitleg"
    return fine(await line.school.get(path))


def told(message: bytes) -> set[str]:
    return set(json.loads(message)["inhoud"]["leerling"])


@story()
async def test_what_is_there_when_a_profile_changes(line: Line) -> None:
    """Ready and held go by the new version; what went is explained by what was decided then, and replayed."""
    _, went, _ = await line.permitted(categorieen=CATEGORIEN)
    payload = await line.take(only(went))
    await line.sign_for(only(went), payload)
    assert "geboortedatum" in told(payload)
    before = await explained(line, went)
    ready = await line.push(categorieen=CATEGORIEN)
    held = await line.push(categorieen=CATEGORIEN, raw=another("LL-2016-0043"))
    assert (await line.status(ready), await line.status(held)) == ("klaar", "aangehouden")
    await applied(line)
    await line.context.rounds.daily()
    second = await line.take(only(ready))
    assert "geboortedatum" not in told(second)
    await line.sign_for(only(ready), second)
    assert (await line.levering(ready))["achtergehouden"]
    other = await line.gezag(leerling={"leerlingid": "LL-2016-0043"})
    for persoon in persons(other):
        await line.agree(other, persoon)
    assert await line.status(held) == "klaar"
    assert "geboortedatum" not in told(await line.take(only(held)))
    after = await explained(line, went)
    assert after | {"nu": None} == before | {"nu": None}
    assert (before["nu"]["zelfde"], after["nu"]["zelfde"]) == (True, False)
    taken = fine(await line.school.get("/taken"))["taken"]
    assert [t["leveringId"] for t in taken if t["soort"] == "besluit_bekijken"] == [only(ready)]
    found = await again(line)
    assert found[only(went)].verschil is Verschil.DICHTER
    assert found[only(went)].velden == ((), (GONE,))
    assert found[only(ready)].verschil is Verschil.GELIJK
