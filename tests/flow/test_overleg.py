"""An overleg through HTTP: the anonymous phase, the invitation, what each gets, the record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest

from adapters.xml.parser import COUNTERS
from gateway.jobs.housekeeping import round_to_the_end
from gateway.zaak.inbreng import INBRENG, WACHTENDEN
from gateway.zaak.soorten import onze_soorten
from schemas.base import Gegevenscategorie
from tests.faults.faulty import FaultyStorage
from tests.flow.test_convenant import TEXT as CONVENANT
from tests.flow.test_convenant import apply as convenant
from tests.flow.test_zaak import REGIO, hulp, mine, open_zaak, opening, taken
from tests.flow.test_zaak import stap as zaakstap
from tests.line import (
    AANBIEDER,
    LEERLING,
    NOW,
    OTHER_AANBIEDER,
    SCHOOL,
    Caller,
    Json,
    Line,
    bereik,
    envelope,
    fine,
    fresh,
    persons,
    problem,
    recorded,
    story,
)


def test_the_kinds_that_there_are_differ_in_data_only() -> None:
    assert set(onze_soorten()) == {
        "duo",
        "kernpartners",
        "knooppunt",
        "cvb",
        "integraal",
        "actietafel",
        "regieoverleg",
        "zat",
    }


async def planned(line: Line, zaak: str, **other: Any) -> str:
    overleg = {
        "overlegsoort": "zat",
        "datum": "2026-11-25",
        "doel": "arrangement",
        "functie": "intern_begeleider",
        "wettelijkeTaak": "passend_onderwijs",
    }
    body = {"zaakId": zaak, "overleg": overleg | other}
    return str(recorded(await line.school.post("/overleggen", body, key=fresh()))["overleg"]["overlegId"])


async def stap(who: Caller, overleg: str, **stap: Any) -> Json:
    found: Json = recorded(await who.post(f"/overleggen/{overleg}/stappen", {"stap": stap}, key=fresh()))[
        "overleg"
    ]
    return found


async def faults(who: Caller, overleg: str, **stap: Any) -> tuple[str, ...]:
    return problem(await who.post(f"/overleggen/{overleg}/stappen", {"stap": stap}, key=fresh()))[2]


def erbij(partij: str, *cellen: str) -> Json:
    return {
        "soort": "deelnemer_erbij",
        "partij": partij,
        "functie": "jeugdhulpverlener",
        "wettelijkeTaak": "jeugdhulp",
        "cellen": list(cellen),
    }


async def puts_in(line: Line, overleg: str, **other: Any) -> Any:
    body = {"verzending": envelope(**other)}
    return await line.school.post(f"/overleggen/{overleg}/inbreng", body, key=fresh())


async def theirs(who: Caller) -> str:
    (one,) = fine(await who.get("/overleggen"))["overleggen"]
    return str(one["overlegId"])


@story("memory")
async def test_from_anoniem_to_a_record_each_with_his_own(line: Line) -> None:
    """One aanbieder needs what is put in, the other does not: he hears that the item is not for him."""
    zaak = (await open_zaak(line))["zaakId"]
    await zaakstap(line.school, zaak, **hulp())
    here = await planned(line, zaak)
    await stap(line.school, here, **erbij(AANBIEDER, *bereik()["categorieen"]))
    await stap(line.school, here, **erbij(OTHER_AANBIEDER, "leerlingstem"))
    to = [{"partij": p, "rol": "jeugdhulpverlener"} for p in (AANBIEDER, OTHER_AANBIEDER)]
    assert problem(await puts_in(line, here, ontvangers=to))[2] == ("overleg.anoniem",)
    assert await faults(line.school, here, soort="bekend") == ("overleg.ouders",)
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    assert (await stap(line.school, here, soort="bekend"))["fase"] == "bekend"
    other_seat = [{"partij": AANBIEDER, "rol": "gedragswetenschapper"}]
    assert problem(await puts_in(line, here, ontvangers=other_seat))[2] == ("overleg.functie",)
    strange = [{"partij": "agb:99999977", "rol": "jeugdhulpverlener"}]
    assert problem(await puts_in(line, here, ontvangers=strange))[2] == ("overleg.deelnemer",)
    await line.both_agree(await line.gezag())
    key, body = fresh(), {"verzending": envelope(ontvangers=to)}
    done = recorded(await line.school.post(f"/overleggen/{here}/inbreng", body, key=key))
    assert recorded(await line.school.post(f"/overleggen/{here}/inbreng", body, key=key)) == done
    assert [(i["partij"], i["uitwisselingId"] is None) for i in done["ingebracht"]] == [
        (AANBIEDER, False),
        (OTHER_AANBIEDER, True),
    ]
    assert len(await line.postbus(line.helper)) == 1
    assert await line.postbus(line.other_helper) == []
    one, other = await theirs(line.helper), await theirs(line.other_helper)
    assert len({here, one, other}) == 3
    mine_seen = fine(await line.helper.get(f"/overleggen/{one}"))
    his = fine(await line.other_helper.get(f"/overleggen/{other}"))
    assert [i["voorU"] for i in mine_seen["inbreng"]] == [True]
    assert his["inbreng"] == [{"nummer": 1, "voorU": False, "vanU": False}]
    assert mine_seen["zaakId"] is None
    held = await stap(
        line.school,
        here,
        soort="gehouden",
        datum="2026-11-22",
        aanwezig=[AANBIEDER],
        ouders="ja",
        leerling="nee_met_reden",
        acties=[{"code": "onderzoek", "eigenaar": AANBIEDER, "uiterlijk": "2026-12-10"}],
        oneens=[OTHER_AANBIEDER],
        volgende="2027-01-10",
    )
    assert held["verslag"]["volgende"] == "2027-01-10"
    assert {t["soort"] for t in await taken(line.helper)} == {"zaak_actie"}
    (actie,) = fine(await line.helper.get(f"/zaken/{await mine(line.helper)}"))["acties"]
    assert actie["uiterlijk"] == "2026-12-10"
    assert fine(await line.school.get(f"/zaken/{zaak}"))["overleggen"] == [
        {"datum": "2026-11-22", "gehouden": True}
    ]
    besluit: Json = {"soort": "besluit", "code": "hulp_toegekend", "wetten": ["jeugdwet"]}
    besluit |= {"geldigVanaf": "2026-11-22"}
    for strange_one in (here, other, zaak):
        body = {"stap": besluit | {"overleg": strange_one}}
        answer = await line.helper.post(f"/zaken/{await mine(line.helper)}/stappen", body, key=fresh())
        assert problem(answer)[2] == ("zaak.overleg",)
    told = [e["zaakstap"] for e in await line.ledger() if e["soort"] == "case.step"]
    assert told[-3:] == ["tafel_gehouden", "overleg_gehouden", "actie"]
    taken_there = await zaakstap(line.helper, await mine(line.helper), **besluit, overleg=one)
    assert taken_there["zaak"]["besluiten"][0]["door"] == AANBIEDER
    assert await faults(line.school, here, soort="afgezegd") == ("overleg.voorbij",)
    gone = await line.other_helper.get(f"/overleggen/{one}")
    assert gone.status_code == 404
    assert gone.content == (await line.other_school.get(f"/overleggen/{here}")).content


@story("memory")
async def test_who_is_asked_says_himself_whether_he_comes(line: Line) -> None:
    """All at the table see it, he may say it anew, and who convened is not asked."""
    here = await planned(line, (await open_zaak(line))["zaakId"])
    for partij in (AANBIEDER, OTHER_AANBIEDER):
        await stap(line.school, here, **erbij(partij, "contact"))
    one, other = await theirs(line.helper), await theirs(line.other_helper)
    await stap(line.helper, one, soort="antwoord", komt=False)
    assert await faults(line.school, here, soort="antwoord", komt=True) == ("overleg.voorzitter",)
    await stap(line.helper, one, soort="antwoord", komt=True)
    coming = fine(await line.other_helper.get(f"/overleggen/{other}"))["deelnemers"]
    assert [d["komt"] for d in coming] == [None, True, None]
    await stap(line.school, here, soort="afgezegd")
    assert await faults(line.helper, one, soort="antwoord", komt=False) == ("overleg.voorbij",)


@story("memory")
async def test_it_waits_for_a_convenant_that_holds_and_for_who_did_not_join(line: Line) -> None:
    """The convenant ends today and has one aanbieder: with the other it waits, and so it does tomorrow."""
    zaak = (await open_zaak(line))["zaakId"]
    await convenant(line, CONVENANT)
    here = await planned(line, zaak, convenant="convenant-fictie", dpia="DPIA/2026-1")
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    joined = await stap(line.school, here, **erbij(AANBIEDER, "contact"))
    assert joined["wachtOp"] == []
    other = await stap(line.school, here, **erbij(OTHER_AANBIEDER, "contact"))
    assert other["wachtOp"] == ["overleg.toegetreden"]
    assert await faults(line.school, here, soort="bekend") == ("overleg.toegetreden",)
    await stap(line.school, here, soort="deelnemer_eraf", partij=OTHER_AANBIEDER)
    await stap(line.school, here, soort="bekend")
    line.clock.move_to(NOW + dt.timedelta(days=1))
    assert fine(await line.school.get(f"/overleggen/{here}"))["wachtOp"] == ["overleg.convenant"]


RENEWED = CONVENANT.replace(NOW.date().isoformat(), "2027-07-31").replace("versie = 1", "versie = 2")


async def waiting(line: Line) -> tuple[Json, str]:
    """A table that is known and waits, since its convenant ended yesterday: a toestemming, the overleg."""
    zaak = (await open_zaak(line))["zaakId"]
    given, _ = await line.both_agree(await line.gezag())
    await convenant(line, CONVENANT)
    here = await planned(line, zaak, convenant="convenant-fictie", dpia="DPIA/2026-1")
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    await stap(line.school, here, **erbij(AANBIEDER, *bereik()["categorieen"]))
    await stap(line.school, here, soort="bekend")
    line.clock.move_to(NOW + dt.timedelta(days=1))
    return given, here


async def kept(line: Line, here: str) -> list[Any]:
    row = (await line.world.storage.zaken(WACHTENDEN, INBRENG, 0, 10))[-1][1]
    leerling = await line.world.storage.leerling(row.leerling)
    assert leerling is not None
    assert row.vergeten_op is not None
    shown = fine(await line.school.get(f"/overleggen/{here}"))
    plain = line.world.vault.open(leerling.key, row.sealed, b"zaak:" + row.id.encode())
    assert b"LL-2016" not in row.sealed.content
    return [row.vergeten_op.date(), b"dossier" in plain, [w["stand"] for w in shown["wachtend"]]]


@story()
async def test_what_is_put_in_while_the_table_waits_is_decided_when_it_opens(line: Line) -> None:
    """Kept sealed, for the term that the convenant agreed; sent once, by the facts of the moment it opens."""
    _, here = await waiting(line)
    key, body = fresh(), {"verzending": envelope(ontvangers=TO)}
    done = recorded(await line.school.post(f"/overleggen/{here}/inbreng", body, key=key))
    assert done["ingebracht"] == [{"partij": AANBIEDER, "uitwisselingId": None}]
    assert done["wachtTot"] is not None
    assert recorded(await line.school.post(f"/overleggen/{here}/inbreng", body, key=key)) == done
    tot = dt.date(2026, 11, 26)  # after the three days that the convenant agreed
    assert await kept(line, here) == [tot, True, ["wacht"]]
    theirs = await theirs_of(line)
    assert (theirs["inbreng"], theirs["wachtend"]) == ([], [])
    await round_to_the_end(line.context)
    assert await line.postbus(line.helper) == []
    await convenant(line, RENEWED)
    await round_to_the_end(line.context)
    await round_to_the_end(line.context)
    assert len(await line.postbus(line.helper)) == 1
    assert [i["voorU"] for i in (await theirs_of(line))["inbreng"]] == [True]
    assert await kept(line, here) == [line.clock.now().date(), False, []]
    told = [e["zaakstap"] for e in await line.ledger() if e["soort"] == "case.step"]
    assert told[-4:] == ["tafel_wachtend", "inbreng_bewaard", "tafel_ingebracht", "inbreng_weg"]
    await line.context.purging.run()
    assert await line.world.storage.zaken(WACHTENDEN, INBRENG, 0, 10) == ()


@story("memory")
async def test_a_toestemming_that_ended_meanwhile_ends_what_waited(line: Line) -> None:
    given, here = await waiting(line)
    recorded(await puts_in(line, here, ontvangers=TO))
    await line.withdraw(given)
    await convenant(line, RENEWED)
    await round_to_the_end(line.context)
    assert await line.postbus(line.helper) == []
    assert [i["voorU"] for i in (await theirs_of(line))["inbreng"]] == [False]


@story("memory")
@pytest.mark.parametrize("hoe", ["afgezegd", "eraf", "termijn", "weg"])
async def test_what_waited_lapses_when_it_cannot_go_any_more(line: Line, hoe: str) -> None:
    """The overleg is called off, its recipient left, its term is over, or he is connected no more."""
    _, here = await waiting(line)
    recorded(await puts_in(line, here, ontvangers=TO))
    if hoe == "afgezegd":
        await stap(line.school, here, soort="afgezegd")
    elif hoe == "eraf":
        await stap(line.school, here, soort="deelnemer_eraf", partij=AANBIEDER)
    elif hoe == "termijn":
        line.later(days=31)
    else:
        old = await line.world.storage.register()
        stored = {"0": json.dumps({"tekst": RENEWED, "handtekening": ""})}
        alone = {k: v for k, v in old.partijen.items() if k != AANBIEDER}
        await line.apply(dataclasses.replace(old, partijen=alone, convenanten=stored))
    await line.context.inbreng.openen()
    assert (await kept(line, here))[1:] == [False, ["vervallen"]]
    await line.context.inbreng.openen()
    told = [e["zaakstap"] for e in await line.ledger() if e["soort"] == "case.step"]
    assert told[-2:] == ["tafel_inbreng_vervallen", "inbreng_weg"]


@pytest.mark.parametrize("stored", [False, True])
@story(wrap=FaultyStorage)
async def test_what_is_put_in_for_many_is_stored_whole_or_not_at_all(line: Line, stored: bool) -> None:
    """The write fails: a repeat with the same key finishes it, once, and each has his one levering."""
    zaak = (await open_zaak(line))["zaakId"]
    await line.both_agree(await line.gezag())
    here = await planned(line, zaak)
    cellen = bereik()["categorieen"]
    for partij, mag in ((AANBIEDER, cellen), (OTHER_AANBIEDER, cellen[:1])):
        await stap(line.school, here, **erbij(partij, *mag))
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    await stap(line.school, here, soort="bekend")
    key, body = fresh(), {"verzending": envelope(ontvangers=[*TO, *OTHER])}
    before, translated = await line.everything(), COUNTERS.parses
    store = line.world.storage
    assert isinstance(store, FaultyStorage)
    store.fail_next_write(stored=stored)
    failed = await line.school.post(f"/overleggen/{here}/inbreng", body, key=key)
    assert problem(failed)[0] == 503
    assert (await line.everything() == before) is not stored
    assert COUNTERS.parses == translated + 1
    done = recorded(await line.school.post(f"/overleggen/{here}/inbreng", body, key=key))
    assert recorded(await line.school.post(f"/overleggen/{here}/inbreng", body, key=key)) == done
    sent = [i["uitwisselingId"] for i in done["ingebracht"]]
    listed = fine(await line.school.get("/uitwisselingen"))["uitwisselingen"]
    assert sorted(u["id"] for u in listed) == sorted(sent)
    asked = {u["id"]: sorted(u["categorieen"]) for u in listed}
    assert [asked[i] for i in sent] == [sorted(cellen), sorted(cellen[:1])]
    assert len(await line.postbus(line.helper)) == 1
    shown = fine(await line.school.get(f"/overleggen/{here}"))
    assert shown["inbreng"] == [{"nummer": 1, "voorU": False, "vanU": True}]
    for ident in sent:
        proof = await line.school.get(f"/uitwisselingen/{ident}/bewijs")
        assert proof.status_code == 202  # its leaves are known, and wait for a checkpoint


@story("memory")
async def test_the_outcome_goes_to_each_with_who_disagrees_as_far_as_he_needs_it(line: Line) -> None:
    """After it was held the chair sends the outcome to the table: without the dissent that the record tells
    of it is refused, and each gets no more than his cells.
    """
    zaak = (await open_zaak(line))["zaakId"]
    here = await planned(line, zaak, doel="afstemming")
    await stap(line.school, here, **erbij(AANBIEDER, "contact", "besluiten"))
    await stap(line.school, here, **erbij(OTHER_AANBIEDER, "contact"))
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    await stap(line.school, here, soort="bekend")
    leerling = await line.gezag()
    say: Json = {"doelen": ["afstemming"], "categorieen": ["contact", "besluiten", "jeugdhulp"]}
    await line.both_agree(leerling, bereik=bereik(**say, ontvangers=[*TO, *OTHER]))
    inhoud: Json = {
        "zaak": zaak,
        "overlegdatum": "2026-11-22",
        "beslissingen": ["De dag wordt in kleine stappen opgebouwd."],
    }
    sent: Json = {
        "doel": "afstemming",
        "ontvangers": [*TO, *OTHER],
        "categorieen": ["contact", "besluiten", "jeugdhulp"],
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": LEERLING},
        "bericht": {"soort": "overleguitkomst", "inhoud": inhoud},
    }

    async def send(who: Caller, at: str) -> Any:
        return await who.post(f"/overleggen/{at}/inbreng", {"verzending": sent}, key=fresh())

    held = {"soort": "gehouden", "datum": "2026-11-22", "aanwezig": [AANBIEDER], "ouders": "ja"}
    await stap(line.school, here, **held, leerling="nee_met_reden", oneens=[OTHER_AANBIEDER])
    assert problem(await send(line.school, here))[2] == ("overleg.oneens",)
    inhoud["afwijkend"] = [{"wie": "jeugdhulp", "standpunt": "Eerst rust, dan opbouwen."}]
    assert "overleg.voorbij" in problem(await send(line.helper, await theirs(line.helper)))[2]
    done = recorded(await send(line.school, here))["ingebracht"]
    assert all(i["uitwisselingId"] for i in done)
    (mine_one,) = await line.postbus(line.helper)
    got = json.loads(await line.take(mine_one["leveringId"], line.helper))["inhoud"]
    assert got["afwijkend"] == [{"standpunt": "Eerst rust, dan opbouwen."}]
    assert got["beslissingen"] == inhoud["beslissingen"]
    (other_one,) = await line.postbus(line.other_helper)
    other = json.loads(await line.take(other_one["leveringId"], line.other_helper))["inhoud"]
    assert set(other) == {"zaak", "overlegdatum"}


@story("memory")
async def test_the_next_overleg_is_a_taak_of_the_regisseur_until_it_is_held(line: Line) -> None:
    """With its day, for the regisseur of now, and a reminder when it did not come."""
    zaak = (await open_zaak(line))["zaakId"]
    await zaakstap(line.school, zaak, **hulp())
    here = await planned(line, zaak)

    async def of(who: Caller) -> list[tuple[str, str]]:
        return [(t["soort"], t["uiterlijk"][:10]) for t in await taken(who) if t["soort"] != "zaak_herzien"]

    assert await of(line.school) == [("zaak_overleg", "2026-11-25")]
    held = {"soort": "gehouden", "datum": "2026-11-22", "aanwezig": [], "ouders": "ja", "leerling": "nee"}
    await stap(line.school, here, **held, volgende="2026-12-10")
    assert await of(line.school) == [("zaak_overleg", "2026-12-10")]
    await zaakstap(line.school, zaak, soort="regie_aangeboden", aan=AANBIEDER)
    await zaakstap(line.helper, await mine(line.helper), soort="regie_over")
    assert await of(line.school) == []
    assert ("zaak_overleg", "2026-12-10") in await of(line.helper)
    line.clock.move_to(dt.datetime(2026, 12, 11, 12, tzinfo=dt.UTC))
    await line.context.termijnen.run()
    assert ("zaak_herinneren", "2026-12-17") in await of(line.helper)
    again = await planned(line, zaak, datum="2026-12-15")
    assert {d for s, d in await of(line.helper) if s in {"zaak_overleg", "zaak_herinneren"}} == {"2026-12-15"}
    await stap(line.school, again, soort="afgezegd")
    assert {s for s, _ in await of(line.helper)} == {"zaak_ouders"}


@story("memory")
async def test_an_anonymous_table_tells_nothing_of_whom_it_is_about(line: Line) -> None:
    """Of two leerlingen of other ages all that a participant reads at a table, and beside it, is the same but
    for its key; nothing of either birth date, person or record is in it.
    """
    read = []
    for nr, born in (("LL-een", "2012-01-31"), ("LL-twee", "2018-12-24")):
        leerling = await line.gezag(leerling={"leerlingid": nr}, geboortedatum=born)
        zaak = recorded(await line.school.post("/zaken", opening(leerling), key=fresh()))["zaak"]["zaakId"]
        here = await planned(line, zaak)
        await stap(line.school, here, **erbij(AANBIEDER, "contact"))
        await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
        listed = fine(await line.helper.get("/overleggen"))["overleggen"]
        seen = fine(await line.helper.get(f"/overleggen/{listed[-1]['overlegId']}"))
        said = recorded(
            await line.helper.post(
                f"/overleggen/{seen['overlegId']}/stappen",
                {"stap": {"soort": "antwoord", "komt": True}},
                key=fresh(),
            )
        )
        others = [fine(await line.helper.get(p)) for p in ("/taken", "/postbus", "/zaken")]
        text = json.dumps([listed[-1], seen, said["overleg"], others])
        assert not any(h in text for h in (nr, born, leerling["leerlingId"], zaak, here, *persons(leerling)))
        read.append(text.replace(seen["overlegId"], "ID"))
    assert read[0] == read[1]


@story("memory")
async def test_the_days_of_a_kind_of_overleg_become_taken(line: Line) -> None:
    """Whom to call, what to send round, when there is a next one; and one that is not held about nobody."""
    kind = REGIO.replace('moet = ["toegang"]\nmag', "moet = []\nmag", 1)
    kind = kind.replace('beslist = "toegang"\noproepDagen', "oproepDagen", 1)
    await line.region(kind)
    zaak = (await open_zaak(line))["zaakId"]
    here = await planned(line, zaak, overlegsoort="duo", datum="2026-12-10")

    async def of() -> dict[str, str]:
        return {t["soort"]: t["uiterlijk"][:10] for t in await taken(line.school)}

    assert await of() == {
        "zaak_herzien": "2027-03-01",
        "zaak_oproep": "2026-12-05",
        "zaak_overleg": "2026-12-10",
    }
    line.clock.move_to(dt.datetime(2026, 12, 10, 12, tzinfo=dt.UTC))
    held = {"soort": "gehouden", "datum": "2026-12-10", "aanwezig": [], "ouders": "ja", "leerling": "nee"}
    await stap(line.school, here, **held)
    assert await of() == {
        "zaak_herzien": "2027-03-01",
        "zaak_verslag": "2026-12-20",
        "zaak_overleg": "2027-01-21",
    }
    (told,) = [t for t in await taken(line.school) if t["soort"] == "zaak_verslag"]
    fine(await line.school.post(f"/taken/{told['id']}/_gedaan"))
    assert "zaak_verslag" not in await of()

    await line.region(kind.replace("oproepDagen", "anoniemEerst = false\noproepDagen", 1))
    again = await planned(line, zaak, overlegsoort="duo", datum="2026-12-10")
    assert await faults(line.school, again, **held) == ("overleg.bekend",)
    await stap(line.school, again, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-12-10")
    await stap(line.school, again, soort="bekend")
    assert (await stap(line.school, again, **held))["fase"] == "gehouden"


TO = [{"partij": AANBIEDER, "rol": "jeugdhulpverlener"}]
OTHER = [{"partij": OTHER_AANBIEDER, "rol": "jeugdhulpverlener"}]


async def theirs_of(line: Line) -> Json:
    found: Json = fine(await line.helper.get(f"/overleggen/{await theirs(line.helper)}"))
    return found


@story("memory")
async def test_who_left_decides_nothing_from_the_chair_or_from_a_seat_of_before(line: Line) -> None:
    """The school hands the regie over and leaves the zaak: its record of the table says nothing in there. An
    aanbieder that left the table decides at it no more.
    """
    zaak = (await open_zaak(line))["zaakId"]
    await zaakstap(line.school, zaak, **hulp())
    here = await planned(line, zaak)
    await stap(line.school, here, **erbij(AANBIEDER, "contact"))
    his, their = await mine(line.helper), await theirs(line.helper)
    await stap(line.school, here, soort="deelnemer_eraf", partij=AANBIEDER)
    besluit: Json = {"soort": "besluit", "code": "hulp_toegekend", "wetten": ["jeugdwet"]}
    body = {"stap": besluit | {"geldigVanaf": "2026-11-22", "overleg": their}}
    answer = await line.helper.post(f"/zaken/{his}/stappen", body, key=fresh())
    assert problem(answer)[2] == ("zaak.overleg",)
    await stap(line.school, here, **erbij(AANBIEDER, "contact"))
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    await stap(line.school, here, soort="bekend")
    await zaakstap(line.school, zaak, soort="regie_aangeboden", aan=AANBIEDER)
    await zaakstap(line.helper, his, soort="regie_over")
    await zaakstap(line.school, zaak, soort="partner_eraf", partij=SCHOOL)
    actie = {"code": "onderzoek", "eigenaar": AANBIEDER, "uiterlijk": "2026-12-10"}
    verslag: Json = {"soort": "gehouden", "datum": "2026-11-22", "aanwezig": [AANBIEDER], "ouders": "ja"}
    assert await faults(line.school, here, **verslag, leerling="ja", acties=[actie]) == ("zaak.partner",)
    assert fine(await line.helper.get(f"/zaken/{his}"))["acties"] == []
    await stap(line.school, here, soort="afgezegd")


@story("memory")
async def test_at_a_table_decides_who_decides_there(line: Line) -> None:
    """In a commissie voor de begeleiding that is the school, by the data of that kind."""
    zaak = (await open_zaak(line))["zaakId"]
    await zaakstap(line.school, zaak, **hulp())
    here = await planned(line, zaak, overlegsoort="cvb")
    await stap(line.school, here, **erbij(AANBIEDER, "contact"))
    besluit: Json = {"soort": "besluit", "code": "onderwijsondersteuning", "wetten": ["wpo"]}
    besluit |= {"geldigVanaf": "2026-11-22"}
    body = {"stap": besluit | {"overleg": await theirs(line.helper)}}
    answer = await line.helper.post(f"/zaken/{await mine(line.helper)}/stappen", body, key=fresh())
    assert problem(answer)[2] == ("P27",)
    await zaakstap(line.school, zaak, **besluit, overleg=here)


@story("memory")
async def test_from_twelve_the_leerling_is_asked_too(line: Line) -> None:
    leerling = await line.gezag(geboortedatum="2014-11-22")
    body = opening(leerling)
    zaak = recorded(await line.school.post("/zaken", body, key=fresh()))["zaak"]["zaakId"]
    here = await planned(line, zaak)
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    assert await faults(line.school, here, soort="bekend") == ("overleg.leerling",)
    await stap(line.school, here, soort="uitgenodigd", wie="leerling", doelVerteldOp="2026-11-20")
    await stap(line.school, here, soort="bekend")
    held = {"soort": "gehouden", "datum": "2026-11-22", "aanwezig": [], "ouders": "ja", "leerling": "nee"}
    await stap(line.school, here, **held)
    seen = fine(await line.school.get(f"/zaken/{zaak}"))
    assert "P26" in {b["code"] for b in seen["bevindingen"]}


@story("memory")
async def test_leerplicht_gets_at_a_table_what_the_leerplichtwet_names(line: Line) -> None:
    """Asked for everything, for another doel: nothing of it is offered to leerplicht."""
    zaak = (await open_zaak(line))["zaakId"]
    old = await line.world.storage.register()
    gemeente = {"id": "gemeente:0363", "soort": "gemeente", "naam": "Gemeente (fictief)"}
    gemeente |= {"gemeentecode": "0363", "aflevering": {"soort": "postbus"}}  # type: ignore[dict-item]
    gemeente |= {"rollen": ["leerplichtambtenaar"]}  # type: ignore[dict-item]
    made = {**old.partijen, "gemeente:0363": json.dumps(gemeente)}
    await line.apply(dataclasses.replace(old, partijen=made))
    here = await planned(line, zaak, overlegsoort="knooppunt")
    every = [c.value for c in Gegevenscategorie]
    seat = erbij("gemeente:0363", *every) | {"functie": "leerplichtambtenaar", "wettelijkeTaak": "leerplicht"}
    await stap(line.school, here, **seat)
    await stap(line.school, here, **erbij(AANBIEDER, *every))
    await stap(line.school, here, soort="uitgenodigd", wie="ouders", doelVerteldOp="2026-11-20")
    await stap(line.school, here, soort="bekend")
    to = [
        {"partij": "gemeente:0363", "rol": "leerplichtambtenaar"},
        {"partij": AANBIEDER, "rol": "jeugdhulpverlener"},
    ]
    done = recorded(await puts_in(line, here, ontvangers=to))["ingebracht"]
    assert [(i["partij"], i["uitwisselingId"] is None) for i in done] == [
        ("gemeente:0363", True),
        (AANBIEDER, False),
    ]


@story("memory")
async def test_who_convenes_whom_and_what_a_convenant_needs(line: Line) -> None:
    zaak = (await open_zaak(line))["zaakId"]

    async def refused(**other: Any) -> tuple[str, ...]:
        overleg = {
            "overlegsoort": "zat",
            "datum": "2026-11-25",
            "doel": "arrangement",
            "functie": "intern_begeleider",
            "wettelijkeTaak": "passend_onderwijs",
        }
        body = {"zaakId": zaak, "overleg": overleg | other}
        return problem(await line.school.post("/overleggen", body, key=fresh()))[2]

    assert await refused(overlegsoort="verzonnen") == ("overleg.soort",)
    assert await refused(overlegsoort="actietafel") == ("overleg.bijeenroepen",)
    assert await refused(functie="jeugdarts") == ("functie.past",)
    assert await refused(datum="2026-11-21") == ("datum.volgorde",)
    assert await refused(convenant="convenant-er-niet") == ("overleg.dpia", "overleg.convenant")
    here = await planned(line, zaak)
    assert "partij.onbekend" in await faults(line.school, here, **erbij("agb:99999977"))
    await stap(line.school, here, **erbij(AANBIEDER, "contact"))
    assert await faults(line.helper, await theirs(line.helper), soort="bekend") == ("overleg.voorzitter",)
    left = recorded(
        await line.helper.post(
            f"/overleggen/{await theirs(line.helper)}/stappen",
            {"stap": {"soort": "deelnemer_eraf", "partij": AANBIEDER}},
            key=fresh(),
        )
    )
    assert left["overleg"] is None
    assert fine(await line.helper.get("/overleggen"))["overleggen"] == []
