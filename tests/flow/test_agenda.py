"""What the calendar does: who is asked before a day, who is reminded, and what waits from that day on."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest

from consent.leeftijd import day, midnight
from gateway.ports.storage import Storage
from schemas.storage.storage import LeerlingRow, Portion, Under
from tests.faults.faulty import FaultyStorage
from tests.flow.test_verzoeken import asked, ended, taken
from tests.line import (
    BORN,
    Json,
    Line,
    another,
    bereik_terug,
    bewijs,
    codes,
    dossier,
    fine,
    fresh,
    gezag,
    only,
    persons,
    recorded,
    story,
    toestemming,
)

SIXTEEN = "2010-11-23"
"""Born on; sixteen the day after the story begins."""


def put(line: Line, instant: str) -> None:
    """The clock stands still: on a slow machine the last second of a day must not pass in between."""
    line.clock.stand_at(dt.datetime.fromisoformat(instant))


async def morning(line: Line, on: str) -> int:
    """The round of that day, a minute after it began in the Netherlands."""
    line.clock.move_to(midnight(dt.date.fromisoformat(on)) + dt.timedelta(minutes=1))
    return await line.context.rounds.daily()


async def fifteen(line: Line) -> tuple[Json, Json]:
    """A levering that is klaar, about somebody who is sixteen tomorrow."""
    leerling = await line.gezag(geboortedatum=SIXTEEN)
    await line.both_agree(leerling)
    await line.agree(leerling, leerling["leerlingPersoonId"])
    pushed = await line.push(raw=dossier((BORN, SIXTEEN)))
    assert await line.status(pushed) == "klaar"
    return leerling, pushed


async def fresh_gezag(line: Line) -> Json:
    """Checked in May, so that 31 July is what comes first."""
    put(line, "2027-05-02T10:00:00+00:00")
    leerling = await line.gezag(gecontroleerdOp="2027-05-01")
    await line.both_agree(leerling)
    return leerling


async def due(line: Line, on: str) -> list[LeerlingRow]:
    """Who would be looked at on that day. The claim lapses at once, so that it stays anybody's."""
    now, storage = line.clock.now(), line.world.storage
    found = await storage.claim_looks(Portion(now, now, 100), dt.date.fromisoformat(on))
    return [row for leerling in found if (row := await storage.leerling(leerling)) is not None]


# ── birthdays


@story()
async def test_turning_sixteen_holds_what_is_ready(line: Line) -> None:
    """klaar → aangehouden on the birthday, Dutch time; only the youth is asked, and he releases it."""
    leerling, pushed = await fifteen(line)
    youth = leerling["leerlingPersoonId"]
    (ahead,) = await taken(line)
    assert (ahead["soort"], ahead["personen"]) == ("opnieuw_vragen", [youth])
    assert ahead["uiterlijk"] == "2026-11-22T23:00:00.000Z"

    put(line, "2026-11-22T22:59:30+00:00")
    assert await line.context.rounds.daily() == 0
    assert await line.status(pushed) == "klaar"
    put(line, "2026-11-22T23:00:00+00:00")
    assert await line.context.rounds.daily() == 1
    view = await line.levering(pushed)
    assert (view["status"], "SIGNER_AGED_OUT" in codes(view)) == ("aangehouden", True)
    assert (await line.try_take(only(pushed))).status_code == 404

    (still, now) = await taken(line)
    assert (now["soort"], now["personen"], now["leveringId"]) == ("toestemming_vragen", [youth], only(pushed))
    assert (still["id"], still["vragen"][0]["bereik"]) == (ahead["id"], ahead["vragen"][0]["bereik"])
    before = await line.everything()
    assert await line.context.rounds.daily() == 0
    assert await line.everything() == before
    assert await taken(line) == [still, now]

    scope = asked(now)[youth][1]
    await line.agree(
        leerling, youth, bereik=scope, moment=line.clock.now().isoformat(), geldigVanaf="2026-11-23"
    )
    assert await line.status(pushed) == "klaar"
    assert await taken(line) == []


@pytest.mark.parametrize(
    ("born", "last", "first"),
    [
        ("2011-03-29", "2027-03-28T21:59:59+00:00", "2027-03-28T22:00:00+00:00"),
        ("2010-10-31", "2026-10-30T22:59:59+00:00", "2026-10-30T23:00:00+00:00"),
        ("2012-02-29", "2028-02-28T22:59:59+00:00", "2028-02-28T23:00:00+00:00"),
    ],
)
@story("memory")
async def test_a_birthday_begins_at_midnight_in_the_netherlands(
    line: Line, born: str, last: str, first: str
) -> None:
    """In winter and in summer time, the night in which clocks change, and on 29 February."""
    put(line, last)
    today = line.clock.now().date()
    leerling = await line.gezag(geboortedatum=born, gecontroleerdOp=today.isoformat())
    moment = line.clock.now().isoformat()
    until = (today + dt.timedelta(days=90)).isoformat()
    for persoon in (*persons(leerling), leerling["leerlingPersoonId"]):
        body = {"moment": moment, "geldigVanaf": today.isoformat(), "geldigTotEnMet": until}
        await line.agree(leerling, persoon, **body)
    pushed = await line.push(raw=dossier((BORN, born)))
    put(line, last)
    assert await line.context.rounds.daily() == 0
    assert await line.status(pushed) == "klaar"
    put(line, first)
    assert await line.context.rounds.daily() == 1
    assert await line.status(pushed) == "aangehouden"


@story("memory")
async def test_turning_twelve_asks_the_youth_ahead(line: Line) -> None:
    """Sixty days ahead, beside the ouders; once he agreed, the birthday changes nothing for what is ready."""
    leerling = await line.gezag(geboortedatum="2015-01-31")
    await line.both_agree(leerling)
    pushed = await line.push(raw=dossier((BORN, "2015-01-31")))
    youth = leerling["leerlingPersoonId"]
    put(line, "2026-11-30T12:00:00+00:00")
    await line.context.rounds.daily()
    assert await taken(line) == []
    await morning(line, "2026-12-02")
    (ahead,) = await taken(line)
    assert (ahead["soort"], ahead["personen"]) == ("opnieuw_vragen", [youth])
    assert "YOUTH_NOT_ASKED" in {r["code"] for r in ahead["redenen"]}
    assert await line.status(pushed) == "klaar"


# ── terms


@story()
async def test_sixty_and_fourteen_days_before_the_summer(line: Line) -> None:
    """Asked on 2 June, reminded on 18 July by the same taak, and over when both said it anew."""
    leerling = await fresh_gezag(line)
    assert await morning(line, "2027-06-01") == 0
    assert await taken(line) == []
    await morning(line, "2027-06-02")
    (taak,) = await taken(line)
    assert (taak["soort"], set(taak["personen"])) == ("opnieuw_vragen", set(persons(leerling)))
    assert [r["code"] for r in taak["redenen"]] == ["CONSENT_EXPIRED"]
    assert taak["uiterlijk"] == "2027-07-31T22:00:00.000Z"
    assert "herinnerdOp" not in taak

    await morning(line, "2027-07-17")
    assert await taken(line) == [taak]
    await morning(line, "2027-07-18")
    (reminded,) = await taken(line)
    assert reminded == taak | {"herinnerdOp": reminded["herinnerdOp"]}
    for _ in range(2):
        await line.context.rounds.daily()
    assert await taken(line) == [reminded]

    first, second = persons(leerling)
    anew = {
        "geldigVanaf": "2027-08-01",
        "geldigTotEnMet": "2028-07-31",
        "moment": line.clock.now().isoformat(),
    }
    await line.agree(leerling, first, bereik=asked(reminded)[first][1], **anew)
    (left,) = await taken(line)
    assert (left["id"], left["personen"]) == (taak["id"], [second])
    await line.agree(leerling, second, bereik=asked(left)[second][1], **anew)
    assert await taken(line) == []
    assert await ended(line, taak) == ("afgehandeld", "niet_meer_nodig")


@story()
async def test_a_round_that_missed_weeks_makes_good(line: Line) -> None:
    """Down until 20 July: asked at once, not as a reminder; down over the day: it is still to be decided."""
    leerling = await fresh_gezag(line)
    await morning(line, "2027-07-20")
    (taak,) = await taken(line)
    assert (taak["soort"], "herinnerdOp" in taak) == ("opnieuw_vragen", False)
    pushed = await line.push()
    assert await line.status(pushed) == "klaar"
    assert await morning(line, "2027-08-09") == 1
    view = await line.levering(pushed)
    assert (view["status"], codes(view)) == ("aangehouden", {"CONSENT_EXPIRED"})
    (still, now) = await taken(line)
    assert (now["soort"], set(now["personen"])) == ("toestemming_vragen", set(persons(leerling)))
    assert still["id"] == taak["id"]


@story()
async def test_what_lapsed_stays_until_somebody_decides(line: Line) -> None:
    """A month after its day it is still on the list, for whom it was of. Renewed by one and refused by the
    other it goes; or somebody says it may end, and it does not come back.
    """
    leerling = await fresh_gezag(line)
    first, second = persons(leerling)
    await morning(line, "2027-07-20")
    (taak,) = await taken(line)
    await morning(line, "2027-08-31")
    (late,) = await taken(line)
    assert (late["id"], late["status"], late["personen"]) == (taak["id"], "open", taak["personen"])
    proposal = late["vragen"][0]["voorstellen"][0]
    assert proposal["geldigVanaf"] == "2027-08-31"
    anew = {"moment": line.clock.now().isoformat(), "besluit": "gegeven", "bewijs": bewijs()}
    recorded(await line.school.post("/toestemmingen", proposal | anew, key=fresh()))
    (left,) = await taken(line)
    assert (left["id"], left["personen"]) == (
        taak["id"],
        [p for p in (first, second) if p in left["personen"]],
    )
    assert len(left["personen"]) == 1
    path = f"/taken/{taak['id']}/_gedaan"
    assert left["links"]["gedaan"] == f"/v1{path}"
    fine(await line.school.post(path))
    await morning(line, "2027-09-30")
    assert await taken(line) == []
    assert await ended(line, taak) == ("afgehandeld", "gedaan")


@story("memory")
async def test_what_lapsed_and_is_refused_is_decided(line: Line) -> None:
    """A no is an answer: nobody is asked on."""
    leerling = await fresh_gezag(line)
    await morning(line, "2027-07-20")
    (taak,) = await taken(line)
    await morning(line, "2027-08-31")
    scope = taak["vragen"][0]["bereik"]
    no = {"besluit": "geweigerd", "moment": line.clock.now().isoformat(), "bereik": scope}
    await line.agree(
        leerling, persons(leerling)[0], geldigVanaf="2027-08-31", geldigTotEnMet="2028-07-31", **no
    )
    assert await taken(line) == []


@story()
async def test_a_check_of_gezag_is_asked_ahead_and_counts_until_its_day(line: Line) -> None:
    """Twelve months after a check: told sixty days before, held from the day on, freed by a new check."""
    leerling = await line.gezag(gecontroleerdOp="2025-11-30")
    await line.both_agree(leerling)
    pushed = await line.push()
    (ahead,) = await taken(line)
    assert (ahead["soort"], ahead["uiterlijk"]) == ("gezag_nagaan", "2026-11-29T23:00:00.000Z")
    assert await morning(line, "2026-11-29") == 0
    assert await morning(line, "2026-11-30") == 1
    assert codes(await line.levering(pushed)) == {"GEZAG_UNVERIFIED"}
    (now,) = await taken(line)
    assert (now["soort"], now["leveringId"]) == ("gezag_nagaan", only(pushed))
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    await line.gezag(gecontroleerdOp="2026-11-30", personen=same)
    assert await line.status(pushed) == "klaar"
    assert await taken(line) == []


@story("memory")
async def test_a_change_of_gezag_asks_the_new_person(line: Line) -> None:
    """Who is new is asked, in the commit that tells of him; who went is asked nothing."""
    leerling, pushed, _ = await line.permitted()
    stays, goes = persons(leerling)
    new = [
        {"persoonId": stays, "hoedanigheid": "ouder", "gezag": True},
        {"hoedanigheid": "voogd", "gezag": True, "nieuw": True},
    ]
    again = await line.gezag(personen=new)
    assert await line.status(pushed) == "aangehouden"
    (taak,) = await taken(line)
    (guardian,) = set(persons(again)) - {stays}
    assert taak["personen"] == [guardian]
    assert taak["vragen"][0]["hoedanigheid"] == "voogd"
    assert goes not in str(taak)


@story("memory")
async def test_what_begins_later_begins_by_itself(line: Line) -> None:
    """A toestemming from tomorrow on releases tomorrow, and closes what was asked."""
    leerling = await line.gezag()
    pushed = await line.push()
    await line.both_agree(leerling, geldigVanaf="2026-11-23")
    (taak,) = await taken(line)
    assert await morning(line, "2026-11-23") == 1
    assert await line.status(pushed) == "klaar"
    assert await ended(line, taak) == ("afgehandeld", "vrijgegeven")


@story("memory")
async def test_a_withdrawal_is_not_asked_again(line: Line) -> None:
    """Who took it back in June is not asked for August, nor is the other one."""
    await fresh_gezag(line)
    await morning(line, "2027-06-02")
    (taak,) = await taken(line)
    given = next(a.json() for a in line.answers if "toestemmingId" in a.text)
    await line.withdraw(given)
    assert await taken(line) == []
    assert (await ended(line, taak))[0] == "afgehandeld"


@story("memory")
async def test_what_the_aanbieder_recorded_the_aanbieder_renews(line: Line) -> None:
    """A waiver that jeugdhulp recorded ends: its own taak, and nothing of it for the school."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    until = {"geldigTotEnMet": "2026-12-31", "bereik": bereik_terug()}
    for persoon in persons(leerling):
        await line.agree(leerling, persoon, bereik=bereik_terug())
        body = toestemming(persoon, leveringId=only(pushed), functie="secrecy_waiver", **until)
        recorded(await line.helper.post("/toestemmingen", body, key=fresh()))
    (theirs,) = await taken(line, line.helper)
    assert (theirs["soort"], theirs["functies"]) == ("opnieuw_vragen", ["secrecy_waiver"])
    assert "leerlingId" not in theirs
    assert [t["soort"] for t in await taken(line)] == ["terugweg_vragen"]


# ── the round itself


@story()
async def test_only_those_with_something_due_are_looked_at(line: Line) -> None:
    """Of many leerlingen only the one whose day it is is looked at; after the round he has his next day."""
    due_one = await line.gezag(gecontroleerdOp="2025-12-31")
    await line.both_agree(due_one)
    for n in range(4):
        other = await line.gezag(leerling={"leerlingid": f"LL-{n}"}, geboortedatum="2019-01-01")
        await line.both_agree(other)
    await line.context.rounds.daily()
    assert await due(line, "2026-12-16") == []
    (row,) = await due(line, "2026-12-17")
    assert row.ref == due_one["leerlingId"]
    await morning(line, "2026-12-17")
    assert await due(line, "2026-12-17") == []
    assert len(await due(line, "2026-12-31")) == 1


@story("memory")
async def test_a_round_is_bounded_and_taken_up(line: Line) -> None:
    """Two at a time: what is left keeps its day, and the next round does it."""
    for n in range(5):
        leerling = await line.gezag(leerling={"leerlingid": f"LL-{n}"}, gecontroleerdOp="2025-12-31")
        await line.both_agree(leerling)
    line.clock.move_to(midnight(dt.date(2026, 12, 17)))
    left = []
    for _ in range(3):
        await line.context.rounds.daily(most=2, batch=2)
        left.append(len(await due(line, "2026-12-17")))
    assert left == [3, 1, 0]


@story("memory")
async def test_of_somebody_new_the_birthday_is_known(line: Line) -> None:
    """Only a message came in, nobody recorded a thing: he is looked at before he turns twelve."""
    await line.push()
    assert await due(line, "2028-04-14") == []
    assert len(await due(line, "2028-04-15")) == 1


class Watched(FaultyStorage):
    """Keeps which held leveringen were taken to be decided again."""

    def __init__(self, inner: Storage) -> None:
        super().__init__(inner)
        self.again: list[str] = []

    async def claim_held(self, portion: Portion, under: Under) -> tuple[str, ...]:
        found = await self._inner.claim_held(portion, under)
        self.again += found
        return found


@story(wrap=Watched)
async def test_a_new_policy_decides_what_waits_once(line: Line) -> None:
    """The held leveringen are decided again, each once, and what nothing changed for not at all."""
    leerling = await line.gezag()
    pushed = await line.push()
    rounds = line.context.rounds
    await rounds.daily()
    before = await line.everything()
    await line.agree(leerling, persons(leerling)[0])
    register = await line.world.storage.register()
    beleid = {"regio": '{"kennisgevingen": []}'}
    changed: Any = type(register)(
        register.version, register.partijen, register.profielen, register.convenanten, beleid
    )
    await line.apply(changed)
    assert await rounds.daily() == 1
    assert "CONSENT_NOTICE_OUTDATED" in codes(await line.levering(pushed))
    (taak,) = await taken(line, soort="toestemming_vragen")
    assert set(taak["personen"]) == set(persons(leerling))
    assert await rounds.daily() == 0
    assert before != await line.everything()
    store = line.world.storage
    assert isinstance(store, Watched)
    assert store.again == [only(pushed)]


@story("memory")
async def test_a_new_kennisgeving_asks_those_who_signed_the_old_one(line: Line) -> None:
    """Everybody had agreed under a text that is no longer current: asked within fourteen days."""
    leerling = await line.gezag()
    await line.both_agree(leerling)
    register = await line.world.storage.register()
    beleid = {"regio": '{"kennisgevingen": []}'}
    changed: Any = type(register)(
        register.version, register.partijen, register.profielen, register.convenanten, beleid
    )
    await line.apply(changed)
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    await line.gezag(personen=same)
    (taak,) = await taken(line)
    assert (taak["soort"], set(taak["personen"])) == ("opnieuw_vragen", set(persons(leerling)))
    assert taak["uiterlijk"].startswith("2026-12-06")
    line.later(days=1)
    await line.gezag(personen=same)
    assert await taken(line) == [taak]


@story("memory")
async def test_a_corrected_birth_date_moves_the_day(line: Line) -> None:
    """What was asked for the wrong day closes, and nothing happens on it."""
    leerling, pushed = await fifteen(line)
    assert len(await taken(line)) == 1
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    body = gezag(geboortedatum="2012-11-23", personen=same, gecontroleerdOp="2026-11-22")
    fine(await line.school.post("/gezagsgegevens", body, key=fresh()), 201)
    assert await taken(line) == []
    assert await morning(line, "2026-11-23") == 0
    assert await line.status(pushed) == "klaar"


@story("memory")
async def test_nobody_is_looked_at_for_another_leerling(line: Line) -> None:
    """Two leerlingen of one school: the birthday of one touches nothing of the other."""
    _, pushed = await fifteen(line)
    younger = await line.gezag(leerling={"leerlingid": "LL-ander"})
    await line.both_agree(younger)
    other = await line.push(raw=another("LL-ander"))
    assert await morning(line, "2026-11-23") == 1
    assert await line.status(pushed) == "aangehouden"
    assert await line.status(other) == "klaar"


# ── whatever happens


@pytest.mark.parametrize("seed", range(12))
@story("memory")
async def test_what_is_open_always_follows_from_what_is_recorded(line: Line, seed: int) -> None:
    """Any sequence of statements, checks, messages and days: what is held is asked, what is not is not, and
    a round that runs again finds nothing left to do.
    """
    lots = Random(seed)
    born = lots.choice(["2014-12-20", "2010-12-20", "2008-12-20", "2016-06-14"])
    leerling = await line.gezag(geboortedatum=born)
    people = [*persons(leerling), leerling["leerlingPersoonId"]]
    same = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    pushed: list[Json] = []
    for _ in range(25):
        step = lots.choice(["agree", "agree", "agree", "push", "push", "refuse", "gezag", "later", "later"])
        now = line.clock.now()
        today = day(now).isoformat()
        if step == "agree":
            until = (day(now) + dt.timedelta(days=lots.choice([5, 40, 90, 300]))).isoformat()
            said = {"moment": now.isoformat(), "geldigVanaf": today, "geldigTotEnMet": until}
            await line.agree(leerling, lots.choice(people), **said)
        elif step == "refuse" and lots.random() < 0.3:
            body = toestemming(
                lots.choice(people),
                leerlingId=leerling["leerlingId"],
                besluit="geweigerd",
                moment=now.isoformat(),
            )
            recorded(await line.school.post("/toestemmingen", body, key=fresh()))
        elif step == "push":
            pushed.append(await line.push(raw=dossier((BORN, born)) if born != BORN else None))
        elif step == "gezag":
            kind = lots.choice(["gezamenlijk", "onbekend"])
            await line.gezag(geboortedatum=born, soort=kind, personen=same, gecontroleerdOp=today)
        else:
            line.later(days=lots.choice([1, 8, 30]))
            await line.sweep()
        await line.context.rounds.daily()

        before = await line.everything(), await taken(line)
        assert await line.context.rounds.daily() == 0
        assert (await line.everything(), await taken(line)) == before

        asks = [t for t in before[1] if t["soort"] != "bezwaar_bekijken"]  # that one also of what is ready
        open_now = {t["leveringId"] for t in asks if "leveringId" in t}
        held = {only(p) for p in pushed if await line.status(p) == "aangehouden"}
        assert open_now == held


@story("memory")
async def test_eighteen_is_talked_over_ahead_and_once(line: Line) -> None:
    """Sixty days ahead, for who recorded who decides for him; the taak goes when he says that he did it."""
    born = line.clock.now().date().replace(year=line.clock.now().year - 18) + dt.timedelta(days=61)
    await line.gezag(geboortedatum=born.isoformat())
    assert await taken(line) == []
    line.later(days=1)
    await line.context.rounds.daily()
    (ahead,) = [t for t in await taken(line) if t["soort"] == "achttien"]
    assert ahead["uiterlijk"].startswith(
        (born.replace(year=born.year + 18) + dt.timedelta(days=13)).isoformat()
    )
    for who in (line.helper, line.other_school):
        assert fine(await who.get("/taken"))["taken"] == []
    fine(await line.school.post(f"/taken/{ahead['id']}/_gedaan"))
    line.later(days=60)
    await line.context.rounds.daily()
    assert [t for t in await taken(line) if t["soort"] == "achttien"] == []
