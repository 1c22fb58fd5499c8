"""Identifiers of outside: a new one is as it looks, and a no under one that looks the same blocks both."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sqlite3
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.account.leaves import new_id
from gateway.case.case import Identity, seal_identity
from gateway.case.lookalikes import Lookalikes
from gateway.explain.naspelen import Verschil, replay
from gateway.ports.storage import Storage
from schemas.account.verantwoording import EventType
from schemas.decision.decision import Outcome
from schemas.storage.storage import Change, Committed, LeerlingRow, NewLeerling
from tests.callers import Key
from tests.flow.test_cli import ozlijn
from tests.line import (
    BORN,
    HELPER,
    LEERLING,
    NOW,
    SCHOOL,
    Json,
    Line,
    another,
    encoded,
    fresh,
    gezag,
    only,
    open_line,
    persons,
    prepare,
    problem,
    recorded,
    story,
    toestemming,
    veto,
)

ODD = {
    "space behind": f"{LEERLING} ",
    "space before": f" {LEERLING}",
    "no-break space": f"{LEERLING}\u00a0",
    "tab": f"{LEERLING}\t",
    "control": f"{LEERLING[:3]}\u0007{LEERLING[3:]}",
    "zero width": f"{LEERLING[:3]}\u200b{LEERLING[3:]}",
    "bidi": f"{LEERLING}\u202e",
    "filler": f"{LEERLING}\u3164",
    "decomposed": unicodedata.normalize("NFD", "LL-é"),
    "only space": "  ",
}


async def from_before(line: Line, leerlingid: str, *, started: bool = True) -> str:
    """A leerling as an older gateway stored him, whatever his id was; our reference to him.

    `started`: a gateway of today started on it since.
    """
    vault, ident, key = line.world.vault, new_id(), line.world.vault.new_leerling_key()
    who = Identity("99ZZ", "00", leerlingid, dt.date.fromisoformat(BORN))
    index, ref, sealed = (
        vault.blind_index(SCHOOL, who.index_text()),
        new_id(),
        seal_identity(vault, key, ident, who),
    )
    made = NewLeerling(ident, SCHOOL, index, ref, key, sealed, lookalike=None)
    row = LeerlingRow(ident, SCHOOL, ref, ref, key, sealed, 0, 0, 0, index)
    change = Change(new_leerling=made, stempel=line.context.stamps.leerling(row))
    assert isinstance(await line.world.storage.commit(change), Committed)
    if started:
        await line.context.lookalikes.work_out()
    return made.ref


async def refuse(line: Line, leerling: Json, moment: str | None = None) -> Json:
    body = toestemming(
        persons(leerling)[0],
        leerlingId=leerling["leerlingId"],
        besluit="geweigerd",
        moment=moment or line.clock.now().isoformat(),
        bewijs=None,
    )
    return recorded(await line.school.post("/toestemmingen", body, key=fresh()))


async def two(line: Line, odd: str = f"{LEERLING} ") -> tuple[Json, Json]:
    """The leerling of the example dossier, and one from before whose id looks the same; all four agreed."""
    ref = await from_before(line, odd)
    twin = await line.gezag(leerling={"leerlingid": odd})
    assert twin["leerlingId"] == ref
    mine = await line.gezag()
    assert mine["leerlingId"] != ref
    for leerling in (mine, twin):
        await line.both_agree(leerling)
    return mine, twin


@pytest.mark.parametrize("what", ODD)
@story("memory")
async def test_a_new_id_that_is_not_as_it_looks_is_refused(line: Line, what: str) -> None:
    """With its place and without the id, wherever it comes in; nothing is stored."""
    before = await line.everything()
    answer = await line.school.post("/gezagsgegevens", gezag(leerling={"leerlingid": ODD[what]}), key=fresh())
    status, _, codes = problem(answer)
    assert status == 400
    assert all(code.startswith("kenmerk.") for code in codes), codes
    assert {f["plaats"] for f in answer.json()["fouten"]} == {"/leerling/leerlingid"}
    assert ODD[what] not in answer.text
    assert await line.everything() == before


@story("memory")
async def test_an_id_of_a_dossier_is_refused_at_its_place_there(line: Line) -> None:
    """The same rule holds for a dossier, and the place is the one in the sender's own document."""
    body = {
        "doel": "arrangement",
        "ontvangers": [HELPER],
        "categorieen": ["contact"],
        "dossier": encoded(another("LL\u200b-7")),
    }
    answer = await line.school.post("/uitwisselingen", body, key=fresh())
    assert problem(answer)[0] == 400
    places = {(f["code"], f["plaats"]) for f in answer.json()["fouten"]}
    assert places == {("kenmerk.onzichtbaar", "/dossier/huidigeschool/leerling/leerlingid")}


OTHERS: Final[dict[str, tuple[str, Json]]] = {
    "/documentRef": ("/gezagsgegevens", gezag(documentRef="stuk 1\u200b")),
    "/gecontroleerdDoor": ("/gezagsgegevens", gezag(gecontroleerdDoor="J. Fictief ")),
}
"""What a system calls a document or an employee, by its place."""


@pytest.mark.parametrize("place", OTHERS)
@story("memory")
async def test_other_identifiers_of_outside_are_held_to_it_as_well(line: Line, place: str) -> None:
    """Refused at their own place, without what was sent."""
    path, body = OTHERS[place]
    answer = await line.school.post(path, body, key=fresh())
    (found,) = answer.json()["fouten"]
    assert (answer.status_code, found["plaats"]) == (400, place)
    assert found["code"] in ("kenmerk.onzichtbaar", "kenmerk.rand")


@story("memory")
async def test_so_are_those_inside_what_is_stored_as_it_came(line: Line) -> None:
    """For a yes that is the person who recorded it, for an order its document. A no is taken whoever wrote it
    down.
    """
    leerling = await line.gezag()
    signer = persons(leerling)[0]
    body = toestemming(signer, leerlingId=leerling["leerlingId"])
    odd = body["bewijs"] | {"vastlegger": "M. Fictief\u00a0", "getuigen": ["A. Fictief", "B.\u200b"]}
    answer = await line.school.post("/toestemmingen", body | {"bewijs": odd}, key=fresh())
    assert answer.status_code == 400
    places = {f["plaats"] for f in answer.json()["fouten"] if f["code"].startswith("kenmerk.")}
    assert places == {"/bewijs/vastlegger", "/bewijs/getuigen/1"}
    no = body | {"besluit": "geweigerd", "bewijs": body["bewijs"] | {"vastlegger": "M. Fictief\u00a0"}}
    recorded(await line.school.post("/toestemmingen", no, key=fresh()))
    order = {
        "vervangt": signer,
        "functies": ["avg_basis"],
        "bereik": body["bereik"],
        "geldigVanaf": "2026-11-01",
        "geldigTotEnMet": "2027-07-31",
        "documentRef": " beschikking 1",
    }
    asked = gezag(personen=[{"persoonId": signer, "hoedanigheid": "ouder", "gezag": True}])
    answer = await line.school.post(
        "/gezagsgegevens", asked | {"vervangendeToestemmingen": [order]}, key=fresh()
    )
    assert answer.status_code == 400
    places = {f["plaats"] for f in answer.json()["fouten"] if f["code"].startswith("kenmerk.")}
    assert places == {"/vervangendeToestemmingen/0/documentRef"}


@pytest.mark.parametrize("odd", [f"{LEERLING} ", f"\u200b{LEERLING}"], ids=["edge", "zero width"])
@pytest.mark.parametrize("under", ["the odd one", "the plain one"])
@story()
async def test_a_refusal_under_either_blocks_both(line: Line, under: str, odd: str) -> None:
    """What waits is stopped, what comes in later is refused, and the recipient gets nothing."""
    mine, twin = await two(line, odd)
    waiting = await line.push()
    other = await line.push(leerling={"leerlingid": odd}, **_own(odd))
    assert [await line.status(p) for p in (waiting, other)] == ["klaar", "klaar"]
    line.later(hours=1)
    await refuse(line, twin if under == "the odd one" else mine)
    for pushed in (waiting, other):
        assert await line.status(pushed) in ("geweigerd", "ingetrokken")
        assert (await line.try_take(only(pushed))).status_code == 404
    later = [await line.push(), await line.push(leerling={"leerlingid": odd}, **_own(odd))]
    assert [await line.status(p) for p in later] == ["geweigerd", "geweigerd"]
    assert await line.postbus() == []


def _own(odd: str) -> Json:
    """The example dossier under that id."""
    return {"raw": another(odd)}


@story("memory")
async def test_two_that_look_alike_stay_two(line: Line) -> None:
    """Each keeps its own facts: agreeing under one is no agreement under the other."""
    ref = await from_before(line, f"{LEERLING} ")
    mine = await line.gezag()
    await line.both_agree(mine)
    twin = await line.gezag(leerling={"leerlingid": f"{LEERLING} "})
    assert twin["leerlingId"] == ref != mine["leerlingId"]
    assert await line.status(await line.push()) == "klaar"
    odd = await line.push(leerling={"leerlingid": f"{LEERLING} "}, **_own(f"{LEERLING} "))
    assert await line.status(odd) == "aangehouden"


@story("memory")
async def test_a_veto_and_a_withdrawal_count_as_a_refusal_does(line: Line) -> None:
    """Whoever says no, in whatever form, said it about somebody he could not tell apart."""
    _, twin = await two(line)
    waiting = await line.push()
    body = veto(leerlingId=twin["leerlingId"])
    recorded(await line.school.post("/professionele-vetos", body, key=fresh()))
    assert await line.status(waiting) in ("geweigerd", "ingetrokken")
    lifted = body | {"besluit": "opgeheven", "moment": "2026-11-22T09:30:00Z"}
    recorded(await line.school.post("/professionele-vetos", lifted, key=fresh()))
    assert await line.status(await line.push()) == "klaar"


class Between:
    """A store in which something happens between the intent of a release and its bytes."""

    def __init__(self, inner: Storage) -> None:
        self._inner = inner
        self.then: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def commit(self, change: Change) -> Any:
        done = await self._inner.commit(change)
        then = self.then
        if then is not None and any(
            leaf.soort is EventType.EXCHANGE_RELEASE_INTENT for leaf in change.leaves
        ):
            self.then = None
            await then()
        return done


@story("memory", wrap=Between)
async def test_a_refusal_under_the_other_id_at_the_moment_of_a_take_wins(line: Line) -> None:
    """The intent is on record, the refusal comes before the bytes: they do not leave."""
    _, twin = await two(line)
    pushed = await line.push()
    store: Any = line.world.storage
    store.then = lambda: refuse(line, twin)
    assert (await line.try_take(only(pushed))).status_code == 404
    assert store.then is None
    assert await line.status(pushed) in ("geweigerd", "ingetrokken")


@story("memory", wrap=Between)
async def test_a_look_alike_that_is_made_at_the_moment_of_a_take_counts(line: Line) -> None:
    """The plain one comes in and says no between the intent and the bytes: they do not leave."""
    odd = f"{LEERLING} "
    await from_before(line, odd)
    twin = await line.gezag(leerling={"leerlingid": odd})
    await line.both_agree(twin)
    pushed = await line.push(leerling={"leerlingid": odd}, **_own(odd))
    assert await line.status(pushed) == "klaar"
    store: Any = line.world.storage

    async def no() -> None:
        await refuse(line, await line.gezag())

    store.then = no
    assert (await line.try_take(only(pushed))).status_code == 404
    assert store.then is None


def test_what_was_there_at_the_first_start_is_found(tmp_path: Path) -> None:
    """Stored without what its id looks like; the next start works that out, past one that does not open."""
    prepare("sqlite", tmp_path)
    odd = f"{LEERLING} "

    async def before() -> dict[str, Key]:
        async with open_line("sqlite", tmp_path) as line:
            await from_before(line, odd, started=False)
            broken = await from_before(line, "LL-stuk", started=False)
            with closing(sqlite3.connect(tmp_path / "ozlijn.db")) as db, db:
                db.execute("UPDATE leerling SET identity_content = x'00' WHERE ref = ?", (broken,))
            assert len(await line.world.storage.without_lookalike("", 10)) == 2
            return {partij: caller.key for partij, caller in line.callers.items()}

    async def after(keys: dict[str, Key]) -> None:
        async with open_line("sqlite", tmp_path, keys=keys) as line:
            assert len(await line.world.storage.without_lookalike("", 10)) == 1
            mine, twin = await line.gezag(), await line.gezag(leerling={"leerlingid": odd})
            await line.both_agree(mine)
            assert await line.status(pushed := await line.push()) == "klaar"
            line.later(hours=1)
            await refuse(line, twin)
            assert await line.status(pushed) in ("geweigerd", "ingetrokken")

    asyncio.run(after(asyncio.run(before())))


@story()
async def test_what_a_look_alike_held_back_comes_out_the_same_when_replayed(line: Line) -> None:
    """With what was recorded about the other up to then: before the no it went, after it nothing does."""
    mine, twin = await two(line)
    went = await line.push()
    await line.sign_for(only(went), await line.take(only(went)))
    waiting = await line.push()
    line.later(hours=1)
    await refuse(line, twin, moment="2026-11-22T08:00:00Z")  # said before, and only now on record
    line.later(hours=1)
    late = await line.push()
    regels = await line.context.regels.current()
    since = NOW - dt.timedelta(days=1)
    found = {n.levering.id: n async for n in replay(line.world.storage, line.world.vault, regels, since)}
    assert {i: (n.verschil, n.waarom) for i, n in found.items()} == {
        only(pushed): (Verschil.GELIJK, None) for pushed in (went, waiting, late)
    }
    assert [found[only(p)].toen.outcome for p in (waiting, late)] == [Outcome.DENY, Outcome.DENY]
    assert mine["leerlingId"] != twin["leerlingId"]


@story("sqlite")
async def test_the_command_names_them_and_shows_no_id(line: Line) -> None:
    """Beside a running gateway, by our reference: for a person, and as data."""
    ref = await from_before(line, f"{LEERLING} ")
    mine = await line.gezag()
    assert line.database is not None
    settings = line.database.parent / "ozlijn.toml"
    kept = ("database", "keys", "issuer", "log_name")
    settings.write_text("".join(f"{n} = {json.dumps(str(getattr(line.settings, n)))}\n" for n in kept))
    done = await asyncio.to_thread(ozlijn, "leerlingen", "check", "--settings", settings)
    assert done.code == 1
    assert done.out == (
        f"{SCHOOL}, leerling {ref}: het leerlingid heeft witruimte voor of achter;"
        f" lijkt op {mine['leerlingId']}\n"
    )
    assert LEERLING not in done.out
    done = await asyncio.to_thread(ozlijn, "leerlingen", "check", "--settings", settings, "--json")
    assert json.loads(done.out) == {
        "goed": False,
        "leerlingen": [
            {"partij": SCHOOL, "leerling": ref, "waarom": ["kenmerk.rand"], "lijktOp": [mine["leerlingId"]]}
        ],
    }


@story()
async def test_those_that_are_there_are_reported_by_our_own_reference(line: Line) -> None:
    """Why, and whom they look like; a plain id is in no report."""
    ref = await from_before(line, f"{LEERLING} ")
    lone = await from_before(line, "LL\u200b-9")
    mine = await line.gezag()
    seen = [v async for v in Lookalikes(line.world.storage, line.world.vault).report()]
    assert {(v.partij, v.ref, v.waarom, v.lijkt_op) for v in seen} == {
        (SCHOOL, ref, ("kenmerk.rand",), (mine["leerlingId"],)),
        (SCHOOL, lone, ("kenmerk.onzichtbaar",), ()),
    }
