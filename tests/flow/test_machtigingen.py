"""A system of a leverancier acts in the name of many partijen, each on a machtiging of days and scopes.

It does what they may do themselves, in the account it stands as what it is, and without a machtiging it
learns nothing: not even whether there is such a partij.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import httpx2 as httpx

from gateway.account.leaves import SALT_BYTES, Account
from gateway.ports.storage import Storage
from gateway.register.apply import apply_register, difference
from gateway.register.machtigingen import MACHTIGINGEN, Machtigingenrij
from gateway.runtime.namens import Gemachtigde, namens, own_request
from schemas.account.verantwoording import EventType
from schemas.storage.storage import Change, CommitResult, Register, Sealed
from tests.callers import es256, public_jwk
from tests.line import (
    AANBIEDER,
    OTHER_AANBIEDER,
    SCHOOL,
    Caller,
    Json,
    Line,
    envelope,
    fine,
    fresh,
    only,
    problem,
    shape,
    story,
)

LAS: Final = "leverancier:las"
KEY: Final = es256("las-1")
SEND: Final = ["uitwisselingen:verzenden", "uitwisselingen:lezen", "toestemmingen:vastleggen", "taken:lezen"]
READ: Final = ["postbus:lezen", "taken:lezen", "taken:afhandelen"]


@dataclass
class Named(Caller):
    """A system that says in the name of which partij it acts."""

    namens: str | None = None

    def headers(self, key: str | None, more: Json | None) -> dict[str, str]:
        named = {} if self.namens is None else {"Namens": self.namens}
        return super().headers(key, named | (more or {}))


def machtiging(van: str, voor: list[str], **more: Any) -> Json:
    return {"van": van, "aan": LAS, "voor": voor, "geldigVanaf": "2020-01-01"} | more


BOTH: Final = (machtiging(SCHOOL, SEND), machtiging(AANBIEDER, READ))


def with_machtigingen(register: Register, *rows: Json) -> Register:
    scopes = sorted({*SEND, *READ, "gronden:vastleggen"})
    client = {"clientId": "las-vlieger", "scopes": scopes, "sleutels": [public_jwk(KEY)]}
    row = {
        "leveranciers": [{"id": LAS, "naam": "Verzonnen Systemen", "clients": [client]}],
        "machtigingen": list(rows),
    }
    text = Machtigingenrij.model_validate_json(json.dumps(row)).model_dump_json(exclude_defaults=True)
    return dataclasses.replace(register, beleid={**register.beleid, MACHTIGINGEN: text})


async def give(line: Line, *rows: Json) -> None:
    old = await line.world.storage.register()
    context = line.context
    await apply_register(
        line.world.storage, context.leaves, context.stamps, with_machtigingen(old, *rows), remove=True
    )


async def joined(line: Line, *rows: Json) -> Named:
    """Lets the leverancier act for the school and the aanbieder; gives its system, naming nobody."""
    await give(line, *(rows or BOTH))
    bare = Named(line.http, LAS, "las-vlieger", KEY)
    await bare.sign_in()
    for partij in (SCHOOL, AANBIEDER):
        line.callers[partij] = Named(line.http, partij, "las-vlieger", KEY, bare.token, partij)
    return bare


async def push(line: Line) -> httpx.Response:
    return await line.school.post("/uitwisselingen", envelope(), key=fresh())


@story()
async def test_one_system_sends_for_the_one_and_takes_for_the_other(line: Line) -> None:
    """All the way, signed with its own key; every leaf of it says that it was on a machtiging."""
    school, helper = line.school, line.helper
    await joined(line)
    _, pushed, _ = await line.permitted()
    assert [v["leveringId"] for v in await line.postbus()] == [only(pushed)]
    payload = await line.take(only(pushed))
    assert (await line.sign_for(only(pushed), payload))["status"] == "afgeleverd"
    await line.context.checkpointer.publish()
    told = [leaf for leaf in await line.ledger() if leaf["soort"] != "register.changed"]
    assert len(told) > 5
    assert [leaf["soort"] for leaf in told if not leaf.get("opMachtiging")] == []
    line.callers |= {SCHOOL: school, AANBIEDER: helper}
    assert (await school.get(f"/uitwisselingen/{pushed['uitwisselingId']}")).status_code == 200
    await line.gezag(leerling={"leerlingid": "L-2"})
    assert "opMachtiging" not in (await line.ledger())[-1]


@story("memory")
async def test_the_sealed_detail_says_which_client_it_was(line: Line) -> None:
    """Of a leaf of the partij in whose name it acts, beside what else is in there; of another's it is not."""
    await line.gezag()
    (row,) = await line.world.storage.leerlingen("", 10)
    account = Account(line.context.leaves, line.world.vault, line.clock, line.context.stamps)

    async def holds() -> int:
        return 1

    with own_request():
        namens.set(Gemachtigde("las-vlieger", SCHOOL, holds))
        leaf = account.leaf(EventType.TASK_DONE, row, {"gebruiker": "u"}, afzender=SCHOOL)
        other = account.leaf(EventType.TASK_DONE, row, afzender=AANBIEDER)
    after = account.leaf(EventType.TASK_DONE, row, afzender=SCHOOL)
    assert leaf.detail is not None
    size = int.from_bytes(leaf.detail[:2]) + 2
    box = Sealed(leaf.detail[2:size], leaf.detail[size:])
    plain = line.world.vault.open(row.key, box, b"detail:" + leaf.id.encode())
    assert json.loads(plain[SALT_BYTES:]) == {"client": "las-vlieger", "gebruiker": "u"}
    assert json.loads(leaf.canonical)["opMachtiging"] is True
    assert (other.detail, after.detail) == (None, None)
    assert b"opMachtiging" not in other.canonical + after.canonical


@story("memory")
async def test_without_a_machtiging_nothing_is_learned(line: Line) -> None:
    """No such partij, none given, one of other days, another scope: one answer, and nothing changes."""
    later, past = "2999-01-01", "2020-12-31"
    bare = await joined(
        line,
        machtiging(SCHOOL, ["taken:lezen"]),
        machtiging(AANBIEDER, READ, geldigVanaf=later),
        machtiging(OTHER_AANBIEDER, READ, geldigTotEnMet=past),
    )
    before = await line.everything()
    asked = [AANBIEDER, OTHER_AANBIEDER, "agb:99999999", "brin:99ZX99", "onzin", LAS]
    answers = [await bare.get("/postbus", {"Namens": each}) for each in asked]
    answers += [await bare.get("/postbus", {"Namens": SCHOOL})]
    assert {shape(a) for a in answers} == {shape(answers[0])}
    assert problem(answers[0])[:2] == (403, "niet-bevoegd")
    pushed = await bare.post("/uitwisselingen", envelope(), key=fresh(), headers={"Namens": SCHOOL})
    assert pushed.status_code == 403
    assert await line.everything() == before


@story("memory")
async def test_a_leverancier_names_somebody_and_once(line: Line) -> None:
    """It is no partij itself; and a capacity is named by its own id."""
    bare = await joined(line)
    for headers in ({}, {"Namens": SCHOOL, "Hoedanigheid": "onderwijs"}):
        assert problem(await bare.get("/taken", headers)) == (400, "ongeldig-bericht", ("namens.kies",))
    assert (await line.fg.get("/taken", {"Namens": SCHOOL})).status_code == 403
    own = await line.other_helper.get("/taken", {"Namens": OTHER_AANBIEDER})
    assert own.status_code == 200


@story("memory")
async def test_another_organisation_acts_on_a_machtiging_too(line: Line) -> None:
    """As a centrumgemeente does for others: in its own name without the header, in theirs with it."""
    await give(line, machtiging(AANBIEDER, ["postbus:lezen"], aan=OTHER_AANBIEDER))
    _, pushed, _ = await line.permitted()
    assert await line.postbus(line.other_helper) == []
    found = fine(await line.other_helper.get("/postbus", {"Namens": AANBIEDER}))
    assert [v["leveringId"] for v in found["leveringen"]] == [only(pushed)]


@story("memory")
async def test_a_machtiging_of_a_machtiging_is_none(line: Line) -> None:
    """Who acts for one that acts for a third does nothing for that third, whomever it names and however."""
    await give(
        line,
        machtiging(SCHOOL, SEND, aan=AANBIEDER),
        machtiging(AANBIEDER, [*SEND, *READ], aan=OTHER_AANBIEDER),
    )
    assert (await line.helper.get("/taken", {"Namens": SCHOOL})).status_code == 200
    assert (await line.other_helper.get("/taken", {"Namens": AANBIEDER})).status_code == 200
    before = await line.everything()
    none = await line.other_helper.get("/taken", {"Namens": "brin:99ZX99"})
    for named in (SCHOOL, f"{AANBIEDER}, {SCHOOL}", f"{SCHOOL}, {AANBIEDER}"):
        answer = await line.other_helper.get("/taken", {"Namens": named})
        assert shape(answer) == shape(none), named
        sent = await line.other_helper.post(
            "/uitwisselingen", envelope(), key=fresh(), headers={"Namens": named}
        )
        assert sent.status_code == 403, named
    assert await line.everything() == before


@story("memory")
async def test_it_ends_on_its_last_day_and_with_the_register(line: Line) -> None:
    """The next call is refused; what was sent goes on, for it is the school's."""
    today = line.clock.now().date()
    await joined(line, machtiging(SCHOOL, SEND, geldigTotEnMet=today.isoformat()), BOTH[1])
    _, pushed, _ = await line.permitted()
    line.later(days=1)
    assert problem(await push(line))[:2] == (403, "niet-bevoegd")
    assert await line.take(only(pushed))
    await give(line, BOTH[0])
    assert (await line.helper.get("/postbus")).status_code == 403


class Meanwhile:
    """A store in which the register loses every machtiging just before the next commit."""

    take_away: Callable[[], Awaitable[None]]

    def __init__(self, inner: Storage) -> None:
        self._inner, self.armed = inner, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def commit(self, change: Change) -> CommitResult:
        if self.armed and namens.get() is not None:
            self.armed = False
            await self.take_away()
        return await self._inner.commit(change)


@story(wrap=Meanwhile)
async def test_what_is_taken_away_between_reading_and_commit_stops_the_commit(line: Line) -> None:
    """Of a push, a fact, and signing for what was taken: nothing is stored, and the answer is 403."""
    store: Any = line.world.storage
    bare = await joined(line)
    _, pushed, _ = await line.permitted()
    payload = await line.take(only(pushed))

    async def take_away() -> None:
        await give(line)

    store.take_away = take_away

    async def refuse() -> httpx.Response:
        return await line.helper.post(f"/leveringen/{only(pushed)}/_weiger", {"grond": "onleesbaar"})

    tries: tuple[Callable[[], Awaitable[httpx.Response]], ...] = (
        partial(push, line),
        partial(line.try_sign, only(pushed), payload),
        refuse,
    )
    for attempt in tries:
        await give(line, *BOTH)
        await bare.sign_in()
        for who in (line.school, line.helper):
            who.token = bare.token
        before, store.armed = (await line.everything())["head"], True
        answer = await attempt()
        assert problem(answer)[:2] == (403, "niet-bevoegd")
        assert not store.armed
        size = (await line.world.storage.head()).size
        assert size == before[0] + 1  # the register's own line


@story("memory")
async def test_a_machtiging_decides_nothing(line: Line) -> None:
    """Hundreds of them change no decision, so what is held is not looked at again; and each is told apart."""
    await joined(line)
    old = await line.world.storage.register()
    rows = [machtiging(f"brin:{n:02}AA00", SEND) for n in range(10)]
    new = with_machtigingen(old, *BOTH, *rows)
    assert len(difference(old, new).nieuw) == len(rows)
    before = (await line.context.regels.current()).beleid.hash_on(line.clock.now())
    await give(line, *BOTH, *rows)
    assert (await line.context.regels.current()).beleid.hash_on(line.clock.now()) == before
