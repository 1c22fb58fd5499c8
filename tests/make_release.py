"""Makes tests/data/release_0_1_0: what the gateway of that release leaves behind, with a bit of everything.

Run it with the code of that release, from its own checkout, with this file put beside its tests:

    python -m tests.make_release FOLDER

It drives the real gateway over HTTP, as the stories do. Ids, keys and salts are random, so that what it
makes is different every time: the result is kept, and not made anew.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import json
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from tests.callers import Key
from tests.flow.test_afwegingen import GI, afweging, blik, grond
from tests.flow.test_berichten import BORN as NINE
from tests.flow.test_berichten import FULL
from tests.line import (
    LEERLING,
    NOW,
    OTHER_AANBIEDER,
    Caller,
    Json,
    Line,
    accepted,
    another,
    bereik,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    open_line,
    persons,
    prepare,
    recorded,
    toestemming,
    veto,
)

BEFORE: Final = NOW - dt.timedelta(days=40)
"""When it begins: long enough ago for a levering that lapses."""


class Told:
    """Around the store: applies a register as `ozlijn apply` does, with its line in the account.

    The test line itself puts one in without.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def apply_register(self, register: Any, *_: Any, **__: Any) -> bool:
        # By name, because the modules of that release are not where those of this one are.
        apply, wiring = importlib.import_module("gateway.register"), importlib.import_module("gateway.wiring")
        await apply.apply_register(self._inner, wiring.Leaves(), register, remove=True, now=BEFORE)
        return True


async def tell(line: Line) -> None:
    """Everything that happens. What it leaves is asserted by `tests/faults/test_release_data.py`."""
    line.clock.move_to(BEFORE)
    await held(line, "LL-vervallen", gecontroleerdOp="2026-10-01")
    line.clock.move_to(NOW)
    await line.sweep()
    await line.context.checkpointer.publish()

    await delivered(line)
    await held(line, "LL-wacht")
    await refused(line)
    await withdrawn(line)
    await failed(line)
    await answered(line)
    await objected(line)
    await without_toestemming(line)
    await a_gi_with_a_ground(line)
    await of_the_other_school(line)

    line.later(minutes=16)  # every lease that runs is over now
    then: Any = line.context  # of that release, in which the rounds had another name
    await then.follow_up.daily()
    await line.context.termijnen.run()
    repeated = envelope(another("LL-wacht"))
    first = await line.school.post("/uitwisselingen", repeated, key="sleutel-van-een-herhaling")
    again = await line.school.post("/uitwisselingen", repeated, key="sleutel-van-een-herhaling")
    assert first.content == again.content, "answered from what was kept"


async def permitted(line: Line, leerlingid: str, **other: Any) -> tuple[Json, list[Json]]:
    leerling = await line.gezag(leerling={"leerlingid": leerlingid}, **other)
    return leerling, await line.both_agree(leerling)


async def held(line: Line, leerlingid: str, **other: Any) -> Json:
    await line.gezag(leerling={"leerlingid": leerlingid}, **other)
    pushed = await line.push(raw=another(leerlingid))
    assert await line.status(pushed) == "aangehouden"
    return pushed


async def signed(line: Line, pushed: Json) -> str:
    levering = only(pushed)
    await line.sign_for(levering, await line.take(levering))
    return levering


async def delivered(line: Line) -> None:
    """One bevestigd, one afgeleverd, one taken once whose lease lapses, and one behind it."""
    await permitted(line, LEERLING)
    first = await signed(line, await line.push())
    fine(await line.helper.post(f"/leveringen/{first}/_verwerkt"))
    await line.answer_back(first)
    await signed(line, await line.push())
    await line.take(only(await line.push()))
    await line.push()


async def refused(line: Line) -> None:
    leerling = await line.gezag(leerling={"leerlingid": "LL-geweigerd"})
    first, second = persons(leerling)
    await line.agree(leerling, first)
    await line.agree(leerling, second, besluit="geweigerd")
    assert await line.status(await line.push(raw=another("LL-geweigerd"))) == "geweigerd"


async def withdrawn(line: Line) -> None:
    """One still there and one delivered: the recipient has a taak, and answers of neither."""
    _, given = await permitted(line, "LL-ingetrokken")
    await signed(line, await line.push(raw=another("LL-ingetrokken")))
    pushed = await line.push(raw=another("LL-ingetrokken"))
    await line.withdraw(given[0])
    assert await line.status(pushed) == "ingetrokken"


async def failed(line: Line) -> None:
    await permitted(line, "LL-mislukt")
    pushed = await line.push(raw=another("LL-mislukt"))
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    assert await line.status(pushed) == "mislukt"


async def answered(line: Line) -> None:
    """Held, asked, and free when both had said yes: its taak is done."""
    leerling = await line.gezag(leerling={"leerlingid": "LL-gevraagd"})
    pushed = await line.push(raw=another("LL-gevraagd"))
    await line.both_agree(leerling)
    assert await line.status(pushed) == "klaar"


async def objected(line: Line) -> None:
    """A judgement of bekwaamheid, a veto of the aanbieder that is lifted, and an objection."""
    leerling, _ = await permitted(line, "LL-bezwaar")
    ref = {"leerlingId": leerling["leerlingId"]}
    levering = await signed(line, await line.push(raw=another("LL-bezwaar")))
    judgement = {
        "wilsbekwaam": True,
        "doelen": ["arrangement"],
        "beoordelaar": "fictief",
        "functie": "fictief",
        "moment": line.clock.now().isoformat(),
        "motivering": "Fictief.",
    }
    recorded(await line.school.post("/bekwaamheidsoordelen", judgement | ref, key=fresh()))
    for besluit in ("veto", "opgeheven"):
        body = veto(besluit=besluit, leveringId=levering, richting="J2S", doelen=["afstemming"])
        recorded(await line.helper.post("/professionele-vetos", body, key=fresh()))
    pushed = await line.push(raw=another("LL-bezwaar"))
    body = {"persoon": persons(leerling)[0], "bereik": bereik(), "moment": "2026-11-22T09:00:00Z"}
    recorded(await line.school.post("/bezwaren", body | ref, key=fresh()))
    assert await line.status(pushed) == "geweigerd"


def help_wanted(leerlingid: str, ontvanger: Json) -> Json:
    return {
        "doel": "veiligheid",
        "ontvangers": [ontvanger],
        "categorieen": ["contact", "factoren"],
        "vrijeTekstNagekeken": True,
        "leerling": {"leerlingid": leerlingid},
        "bericht": {"soort": "hulpvraag", "inhoud": FULL["hulpvraag"]},
    }


async def asked_for_help(who: Caller, leerlingid: str, ontvanger: Json) -> Json:
    return accepted(await who.post("/uitwisselingen", help_wanted(leerlingid, ontvanger), key=fresh()))


async def refused_for_safety(line: Line, leerlingid: str, ontvanger: Json) -> Json:
    leerling = await line.gezag(geboortedatum=NINE, leerling={"leerlingid": leerlingid})
    over = {
        "richting": "S2J",
        "doelen": ["veiligheid"],
        "categorieen": ["contact", "factoren"],
        "ontvangers": [ontvanger],
    }
    await line.agree(leerling, persons(leerling)[0], besluit="geweigerd", bereik=over)
    return leerling


async def without_toestemming(line: Line) -> None:
    """A weighing that two people made, used once and reviewed by the FG, and one that is still to be used."""
    helper = {"partij": line.helper.partij, "rol": "jeugdhulpverlener"}
    for leerlingid in ("LL-afgewogen", "LL-afgewogen-later"):
        leerling = await refused_for_safety(line, leerlingid, helper)
        weighed = recorded(await line.school.post("/afwegingen", afweging(leerling), key=fresh()))
        path = f"/afwegingen/{weighed['id']}"
        recorded(await line.school.post(f"{path}/tweede-blikken", blik(), key=fresh()))
        pushed = await asked_for_help(line.school, leerlingid, helper)
        assert await line.status(pushed) == "klaar"
        if leerlingid == "LL-afgewogen":
            await signed(line, pushed)
            review = {
                "oordeel": "terecht",
                "toelichting": "Fictief.",
                "moment": line.clock.now().isoformat(),
            }
            recorded(await line.fg.post(f"{path}/nabeoordelingen", review, key=fresh()))


async def a_gi_with_a_ground(line: Line) -> None:
    """The second version of the register; informing ouders is put off, and another time done."""
    old = await line.world.storage.register()
    made = dict(old.partijen)
    gi = {"soort": "gecertificeerde_instelling", "rollen": ["jeugdbeschermer"]}
    made[OTHER_AANBIEDER] = json.dumps(json.loads(made[OTHER_AANBIEDER]) | gi)
    await line.world.storage.apply_register(type(old)(old.version, made), old.version, ())
    for leerlingid in ("LL-grond", "LL-grond-uitgesteld"):
        leerling = await refused_for_safety(line, leerlingid, GI)
        given = recorded(await line.school.post("/grondverklaringen", grond(leerling), key=fresh()))
        await line.take(only(await asked_for_help(line.school, leerlingid, GI)), line.other_helper)
        if leerlingid == "LL-grond":
            todo = fine(await line.school.get("/taken"))["taken"]
            (told,) = [t for t in todo if t["soort"] == "ouders_informeren" and t.get("over") == given["id"]]
            fine(await line.school.post(f"/taken/{told['id']}/_gedaan"))
            continue
        later = {"wanneer": "uitgesteld", "op": "2026-12-01", "redenUitstel": "Fictieve reden."}
        put_off = {"informeren": later, "moment": "2026-11-22T10:00:00Z"}
        recorded(await line.school.post(f"/grondverklaringen/{given['id']}/uitstellen", put_off, key=fresh()))


async def of_the_other_school(line: Line) -> None:
    """Somebody there has a key of his own at his school that is in use here too."""
    there = line.other_school
    body = gezag(leerling={"leerlingid": LEERLING}, geboortedatum=NINE)
    leerling = recorded(await there.post("/gezagsgegevens", body, key=fresh()))
    helper = {"partij": line.helper.partij, "rol": "jeugdhulpverlener"}
    over = {
        "richting": "S2J",
        "doelen": ["veiligheid"],
        "categorieen": ["contact", "factoren"],
        "ontvangers": [helper],
    }
    for persoon in persons(leerling):
        said = toestemming(persoon, leerlingId=leerling["leerlingId"], bereik=over)
        recorded(await there.post("/toestemmingen", said, key=fresh()))
    pushed = await asked_for_help(there, LEERLING, helper)
    assert await line.status(pushed, there) == "klaar"


def main(into: Path) -> None:
    async def scene(folder: Path) -> dict[str, Key]:
        async with open_line("sqlite", folder, wrap=Told) as line:
            await tell(line)
            return {partij: caller.key for partij, caller in line.callers.items()}

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare("sqlite", folder)
        keys = asyncio.run(scene(folder))
        into.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(folder / "ozlijn.db")) as db:
            (into / "ozlijn.sql").write_text("\n".join(db.iterdump()) + "\n", encoding="utf-8")
        shutil.copytree(folder / "keys", into / "keys", dirs_exist_ok=True)
    clients = {p: k.as_dict(private=True) for p, k in keys.items()}
    (into / "clients.json").write_text(json.dumps(clients, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
