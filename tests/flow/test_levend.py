"""Random lives: people give, refuse, withdraw and grow older while messages come and go, on the real storage.

Every step is a request to the real application. After each one the new leaves of the ledger are read by
tests/monitor.py, which knows nothing but the log: nothing goes out after it was taken back. Besides: every
take has its intent, with the fields that went and a commitment to those very bytes; every 404 is the same
bytes; and no step ends in an error of ours.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import json
import random
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx2 as httpx
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from adapters.ledger.verify import Entry, check_log
from adapters.stores.memory import MemoryStorage
from gateway.account.leaves import SALT_BYTES, commitment
from gateway.ports.storage import Storage
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.flow.test_afwegingen import afweging, blik
from tests.line import (
    AANBIEDER,
    BORN,
    CATEGORIEN,
    HELPER,
    IB,
    LEERLING,
    NOWHERE,
    OTHER_HELPER,
    Caller,
    Json,
    Line,
    bereik,
    bereik_terug,
    dossier,
    envelope,
    fresh,
    gezag,
    open_line,
    prepare,
    shape,
    terugkoppeling,
    toestemming,
    veto,
)
from tests.monitor import Monitor

T = TypeVar("T")

LIVES: Final = {"LL-elf": "2014-12-04", "LL-vijftien": "2010-12-10"}
"""Birth dates so that the clock, which starts on 22 November 2026, passes a 12th and a 16th birthday."""
RECIPIENTS: Final = ([HELPER], [OTHER_HELPER], [HELPER, OTHER_HELPER])
CATEGORIES: Final = (list(CATEGORIEN), ["contact"], ["contact", "doelen"], [*CATEGORIEN, "gezondheid"])
MINUTES: Final = (0, 0, 1, 90)
# How often something is drawn is how often it stands here. Few rules that draw, and not a rule for each of
# these: Hypothesis leaves whole rules out of a life, and without sending or agreeing little happens in it.
PEOPLE: Final = (
    *["agree"] * 6,
    *["agree to an answer"] * 2,
    *["withdraw"] * 3,
    *["gegeven", "geweigerd"],
    *["weigh", "weigh"],
    *["gezag", "object", "able", "able", "unable", "veto", "opgeheven", "opgeheven"],
)
NOES: Final = ("withdraw", "withdraw", "refuse", "object")
MESSAGES: Final = (
    *["send"] * 5,
    *["take"] * 8,
    *["teken", "teken", "verwerkt", "niet_voor_ons", "onleesbaar", "herhaal", "herhaal"],
    *["answer", "answer", "look"],
    *["for safety"] * 3,
)
EXPECTED: Final = frozenset({200, 201, 202, 400, 404, 409})


@dataclass
class Leerling:
    """One life, by the ids the gateway gave."""

    name: str
    born: str
    ref: str = ""
    self_: str = ""
    people: list[str] = field(default_factory=list)
    """Two ouders and somebody without gezag."""

    @property
    def everybody(self) -> list[str]:
        return [*self.people, self.self_]


@dataclass
class Sent:
    levering: str
    uitwisseling: str
    sender: str
    taker: str
    leerling: Leerling
    taken: list[bytes] = field(default_factory=list)


if TYPE_CHECKING:
    _Store = MemoryStorage  # any store will do: all passes through
else:
    _Store = object


class Unhurried(_Store):
    """A store that lets others go first, so that requests at the same moment cross each other anywhere."""

    def __init__(self, inner: Storage) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def later(*values: Any, **named: Any) -> Any:
            for _ in range(random.randrange(4)):  # Hypothesis decides what is drawn, so a life repeats itself
                await asyncio.sleep(0)
            return await found(*values, **named)

        return later


class Lives(RuleBasedStateMachine):
    engine = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ozlijn-levend-"))
        prepare(self.engine, self.folder)
        self.runner = asyncio.Runner()
        self.opened = open_line(self.engine, self.folder, Unhurried)
        self.line: Line = self.run(self.opened.__aenter__())
        self.monitor = Monitor()
        self.position = 0
        self.leerlingen: list[Leerling] = []
        self.given: list[str] = []
        self.sent: list[Sent] = []
        self.neutral: set[Any] = set()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    def teardown(self) -> None:
        try:
            self.check_log()
            self.run(self.opened.__aexit__(None, None, None))
        finally:
            self.runner.close()
            shutil.rmtree(self.folder)

    def check_log(self) -> None:
        """What `ozlijn ledger verify` reads in it at the end: nothing wrong either."""
        entries = self.run(self.line.world.storage.entries(0, 100_000))
        rows = [Entry(e.position, e.canonical, e.leaf_hash) for e in entries]
        assert check_log(rows, []).findings == ()

    # ── doing

    def post(self, who: Caller, path: str, body: object = None) -> httpx.Response:
        answer = self.run(who.post(path, body, key=fresh()))
        assert answer.status_code in EXPECTED, (path, answer.status_code, answer.text)
        return answer

    @property
    def now(self) -> dt.datetime:
        return self.line.clock.now()

    def of(self, data: st.DataObject, items: list[T]) -> T:
        return items[data.draw(st.integers(0, len(items) - 1))]

    # ── people

    @initialize()
    def begin(self) -> None:
        for name, born in LIVES.items():
            leerling = Leerling(name, born)
            ouders = [{"hoedanigheid": "ouder", "gezag": True}] * 2
            body = gezag(
                leerling={"leerlingid": name},
                geboortedatum=born,
                personen=[*ouders, {"hoedanigheid": "ander", "gezag": False}],
            )
            made = self.post(self.line.school, "/gezagsgegevens", body).json()
            leerling.ref, leerling.self_ = made["leerlingId"], made["leerlingPersoonId"]
            leerling.people = [p["persoonId"] for p in made["personen"]]
            self.leerlingen.append(leerling)
            scope = bereik(ontvangers=[HELPER, OTHER_HELPER])
            for persoon in (*leerling.people[:2], leerling.self_):
                self.say(leerling, persoon, "gegeven", 0, scope, "avg_basis")

    @rule(data=st.data(), what=st.sampled_from(PEOPLE))
    def people(self, data: st.DataObject, what: str) -> None:
        leerling = self.of(data, self.leerlingen)
        doing: dict[str, Callable[[], None]] = {
            "agree": lambda: self.all_agree(data, leerling),
            "agree to an answer": lambda: self.all_agree_to_an_answer(leerling),
            "withdraw": lambda: self.withdraws(data),
            "gezag": lambda: self.gezag_changes(data, leerling),
            "object": lambda: self.objects(data, leerling),
            "weigh": lambda: self.two_weigh(leerling),
            "able": lambda: self.is_judged(leerling, able=True),
            "unable": lambda: self.is_judged(leerling, able=False),
            "veto": lambda: self.professional_says(leerling, "veto"),
            "opgeheven": lambda: self.professional_says(leerling, "opgeheven"),
            "gegeven": lambda: self.says(data, leerling, "gegeven"),
            "geweigerd": lambda: self.says(data, leerling, "geweigerd"),
        }
        doing[what]()

    @rule(data=st.data(), what=st.sampled_from(NOES))
    def takes_while_somebody_says_no(self, data: st.DataObject, what: str) -> None:
        """At the same moment: one of the two is first in the ledger, and which one decides what happened."""
        by_id = {s.levering: s for s in self.sent}
        boxes = [self.run(self.line.postbus(self.line.callers[p])) for p in {s.taker for s in self.sent}]
        waiting = [by_id[item["leveringId"]] for box in boxes for item in box]
        if not waiting:
            return
        sent = self.of(data, sorted(waiting, key=self.sent.index))
        leerling = sent.leerling
        self.line.later(minutes=16)  # past a lease that still runs
        persoon, record = self.of(data, leerling.everybody), self.of(data, self.given[-6:])
        path, body = {
            "withdraw": (f"/toestemmingen/{record}/intrekkingen", {"moment": self.now.isoformat()}),
            "refuse": ("/toestemmingen", toestemming(persoon, leerlingId=leerling.ref, besluit="geweigerd")),
            "object": ("/bezwaren", self.objection(leerling, persoon, ["gezondheid"])),
        }[what]

        async def both() -> tuple[httpx.Response, httpx.Response]:
            return await asyncio.gather(
                self.line.callers[sent.taker].post(f"/leveringen/{sent.levering}/_neem"),
                self.line.school.post(path, body, key=fresh()),
            )

        taken, said = self.run(both())
        assert said.status_code == 201, said.text
        assert taken.status_code in EXPECTED, taken.text
        if taken.status_code == 200:
            sent.taken.append(taken.content)
            self.watch()
            assert len(self.monitor.releases[sent.levering]) == len(sent.taken)

    def all_agree(self, data: st.DataObject, leerling: Leerling) -> None:
        scope = bereik(
            categorieen=self.of(data, [*CATEGORIES]),
            ontvangers=[HELPER, OTHER_HELPER],
            doelen=["arrangement"],
        )
        for persoon in (*leerling.people[:2], leerling.self_):
            self.say(leerling, persoon, "gegeven", 0, scope, "avg_basis")

    def all_agree_to_an_answer(self, leerling: Leerling) -> None:
        for persoon in (*leerling.people[:2], leerling.self_):
            for functie in ("avg_basis", "secrecy_waiver"):
                self.say(leerling, persoon, "gegeven", 0, bereik_terug(), functie)

    def says(self, data: st.DataObject, leerling: Leerling, besluit: str) -> None:
        """Somebody, something; perhaps a while ago, on paper that came in now."""
        back = bereik_terug()
        there = bereik(categorieen=self.of(data, [*CATEGORIES]), ontvangers=self.of(data, [*RECIPIENTS]))
        scope = self.of(data, [there, there, back])
        self.say(
            leerling,
            self.of(data, leerling.everybody),
            besluit,
            self.of(data, [*MINUTES]),
            scope,
            "avg_basis",
        )

    def say(
        self, leerling: Leerling, persoon: str, besluit: str, ago: int, scope: Json, functie: str
    ) -> None:
        body = toestemming(
            persoon,
            leerlingId=leerling.ref,
            besluit=besluit,
            bereik=scope,
            functie=functie,
            moment=(self.now - dt.timedelta(minutes=ago)).isoformat(),
            geldigVanaf=(self.now - dt.timedelta(days=1)).date().isoformat(),
        )
        answer = self.post(self.line.school, "/toestemmingen", body)
        if answer.status_code == 201 and besluit == "gegeven":
            self.given.append(answer.json()["toestemmingId"])

    def withdraws(self, data: st.DataObject) -> None:
        """One of what was said last, or of anything."""
        if self.given:
            record = self.of(data, self.given[-6:] if data.draw(st.booleans()) else self.given)
            body = {"moment": (self.now - dt.timedelta(minutes=self.of(data, [*MINUTES]))).isoformat()}
            path = f"/toestemmingen/{record}/intrekkingen"
            assert self.post(self.line.school, path, body).status_code == 201

    def gezag_changes(self, data: st.DataObject, leerling: Leerling) -> None:
        hold = self.of(data, [(True, True), (True, True), (True, False), (False, True)])
        people = [
            {"hoedanigheid": "ouder", "gezag": g, "persoonId": p}
            for p, g in zip(leerling.people, hold, strict=False)
        ]
        body = gezag(
            leerling={"leerlingid": leerling.name},
            geboortedatum=leerling.born,
            soort="gezamenlijk" if all(hold) else "eenhoofdig",
            personen=people,
        )
        assert self.post(self.line.school, "/gezagsgegevens", body).status_code == 201

    def objects(self, data: st.DataObject, leerling: Leerling) -> None:
        about = self.of(data, [*CATEGORIES])
        body = self.objection(leerling, self.of(data, leerling.everybody), about)
        assert self.post(self.line.school, "/bezwaren", body).status_code == 201

    def objection(self, leerling: Leerling, persoon: str, about: list[str]) -> Json:
        scope = bereik(categorieen=about)
        moment = self.now.isoformat()
        return {"leerlingId": leerling.ref, "persoonId": persoon, "bereik": scope, "moment": moment}

    def is_judged(self, leerling: Leerling, *, able: bool) -> None:
        body = {
            "leerlingId": leerling.ref,
            "wilsbekwaam": able,
            "doelen": ["arrangement", "afstemming"],
            "beoordelaar": "gedragswetenschapper",
            "functie": "gedragswetenschapper",
            "moment": self.now.isoformat(),
            "motivering": "Fictieve motivering.",
        }
        assert self.post(self.line.school, "/bekwaamheidsoordelen", body).status_code == 201

    def professional_says(self, leerling: Leerling, besluit: str) -> None:
        body = veto(leerlingId=leerling.ref, besluit=besluit, moment=self.now.isoformat())
        assert self.post(self.line.school, "/professionele-vetos", body).status_code == 201

    def two_weigh(self, leerling: Leerling) -> None:
        """Sharing without toestemming, once, with a second person; perhaps nobody sends anything for it."""
        body = afweging(
            {"leerlingId": leerling.ref},
            moment=self.now.isoformat(),
            vensterVan=self.now.isoformat(),
            vensterTot=(self.now + dt.timedelta(days=2)).isoformat(),
            informeren={"wanneer": "achteraf", "op": (self.now + dt.timedelta(days=5)).date().isoformat()},
        )
        made = self.post(self.line.school, "/afwegingen", body)
        assert made.status_code == 201, made.text
        path = f"/afwegingen/{made.json()['id']}/tweede-blikken"
        assert self.post(self.line.school, path, blik(moment=self.now.isoformat())).status_code == 201

    # ── messages

    @rule(data=st.data(), what=st.sampled_from(MESSAGES))
    def messages(self, data: st.DataObject, what: str) -> None:
        match what:
            case "send":
                self.school_sends(data)
            case "answer":
                self.helper_answers(data)
            case "for safety":
                self.school_sends_for_safety(data)
            case "take":
                self.taker_takes(data)
            case "look":
                self.somebody_looks_where_he_may_not(data)
            case _:
                self.taker_goes_on(data, what)

    def keep(self, answer: httpx.Response, sender: str, leerling: Leerling) -> None:
        if answer.status_code == 202:
            made = answer.json()
            self.sent += [
                Sent(v["id"], made["uitwisselingId"], sender, v["ontvanger"], leerling)
                for v in made["leveringen"]
            ]

    def school_sends(self, data: st.DataObject) -> None:
        leerling = self.of(data, self.leerlingen)
        other: Json = {
            "ontvangers": self.of(data, [*RECIPIENTS]),
            "categorieen": self.of(data, [*CATEGORIES]),
            "allesOfNiets": self.of(data, [False, False, True]),
        }
        if data.draw(st.booleans()):
            inside = VOORBEELDEN["arrangement"]["individueel"]["leerling"]
            content = VOORBEELDEN["arrangement"] | {
                "individueel": {"leerling": inside | {"geboortedatum": leerling.born}}
            }
            other |= {
                "dossier": None,
                "leerling": {"leerlingid": leerling.name},
                "bericht": {"soort": "arrangement", "inhoud": content},
            }
        raw = dossier((LEERLING, leerling.name), (BORN, leerling.born))
        answer = self.post(self.line.school, "/uitwisselingen", envelope(raw, **other))
        assert answer.status_code == 202, answer.text
        self.keep(answer, self.line.school.partij, leerling)

    def school_sends_for_safety(self, data: st.DataObject) -> None:
        leerling = self.of(data, self.leerlingen)
        asked = VOORBEELDEN["hulpvraag"]
        content = asked | {"leerling": asked["leerling"] | {"geboortedatum": leerling.born}}
        other: Json = {
            "doel": "veiligheid",
            "ontvangers": [HELPER],
            "categorieen": ["contact", "factoren"],
            "dossier": None,
            "leerling": {"leerlingid": leerling.name},
            "bericht": {"soort": "hulpvraag", "inhoud": content},
        }
        answer = self.post(self.line.school, "/uitwisselingen", envelope(**other))
        assert answer.status_code == 202, answer.text
        self.keep(answer, self.line.school.partij, leerling)

    def helper_answers(self, data: st.DataObject) -> None:
        if taken := [s for s in self.sent if s.taken and s.taker == AANBIEDER]:
            to = self.of(data, taken)
            body = terugkoppeling(to.levering, ontvangers=[IB])
            self.keep(self.post(self.line.helper, "/uitwisselingen", body), AANBIEDER, to.leerling)

    def taker_takes(self, data: st.DataObject) -> None:
        if self.sent:
            sent = self.of(data, self.sent[-4:] if data.draw(st.booleans()) else self.sent)
            answer = self.post(self.line.callers[sent.taker], f"/leveringen/{sent.levering}/_neem")
            if answer.status_code == 200:
                sent.taken.append(answer.content)
                self.check_take(sent, answer.content)

    def check_take(self, sent: Sent, payload: bytes) -> None:
        """The intent of this take is on record, with these fields and a commitment to these bytes."""
        self.watch()
        intents = self.monitor.releases[sent.levering]
        assert len(intents) == len(sent.taken)
        assert set(intents[-1]["veldenVrijgegeven"]) == set(leaves(json.loads(payload)["inhoud"]))
        assert intents[-1]["payloadCommitment"] == commitment(self.salt(sent.levering), payload)
        assert len(set(sent.taken)) == 1, "a repeat gives the very same bytes"

    def salt(self, levering: str) -> bytes:
        world = self.line.world

        async def read() -> bytes:
            row, sealed = await world.storage.levering(levering), await world.storage.content(levering)
            assert row is not None
            assert sealed is not None
            leerling = await world.storage.leerling(row.leerling)
            assert leerling is not None
            return world.vault.open(leerling.key, sealed, b"levering:" + levering.encode())[:SALT_BYTES]

        return self.run(read())

    def taker_goes_on(self, data: st.DataObject, what: str) -> None:
        if not (taken := [s for s in self.sent if s.taken]):
            return
        sent = self.of(data, taken)
        who, here = self.line.callers[sent.taker], f"/leveringen/{sent.levering}"
        if what == "teken":
            answer = self.run(self.line.try_sign(sent.levering, sent.taken[-1], who))
            assert answer.status_code in EXPECTED, answer.text
        elif what == "verwerkt":
            self.post(who, f"{here}/_verwerkt")
        elif what == "herhaal":
            self.post(self.line.callers[sent.sender], f"/uitwisselingen/{sent.uitwisseling}{here}/_herhaal")
        else:
            self.post(who, f"{here}/_weiger", {"grond": what})

    def somebody_looks_where_he_may_not(self, data: st.DataObject) -> None:
        """Whatever is the matter with it: the one 404."""
        ident = self.of(data, [NOWHERE, *(s.levering for s in self.sent)])
        answers = [
            self.run(self.line.other_school.get(f"/leveringen/{ident}")),
            self.post(self.line.other_school, f"/leveringen/{ident}/_neem"),
        ]
        assert {a.status_code for a in answers} == {404}

    # ── time

    @rule(by=st.sampled_from([{"minutes": 20}, {"minutes": 20}, {"hours": 30}, {"days": 4}, {"days": 12}]))
    def time_passes(self, by: dict[str, float]) -> None:
        if self.now + dt.timedelta(**by) < dt.datetime(2027, 3, 1, tzinfo=dt.UTC):
            self.line.later(**by)
        self.run(self.line.sweep())
        if "minutes" not in by:
            self.run(self.line.context.rounds.daily())
            self.run(self.line.context.termijnen.run())

    # ── what always holds

    def watch(self) -> None:
        """The monitor reads on where it was."""
        for entry in self.run(self.line.world.storage.entries(self.position, 1_000)):
            self.position = entry.position + 1
            leaf = json.loads(entry.canonical)
            found = self.monitor.see(leaf)
            assert not found, (found, leaf)

    @invariant()
    def nothing_goes_after_it_was_taken_back(self) -> None:
        self.watch()

    @invariant()
    def every_404_is_one(self) -> None:
        self.neutral |= {shape(a) for a in self.line.answers if a.status_code == 404}
        self.line.answers.clear()
        assert len(self.neutral) <= 1


class LivesOnSqlite(Lives):
    engine = "sqlite"


def leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, f"{path}[]" if not path.endswith("[]") else path)
    else:
        yield path


@pytest.fixture
def how_many(pytestconfig: pytest.Config) -> settings:
    """A few lives in a normal run, many and longer ones with --long."""
    long = pytestconfig.getoption("--long")
    if long:
        return settings(max_examples=400, stateful_step_count=60)
    # Making a failing life shorter takes minutes; of a short one the steps are read as they are.
    return settings(
        max_examples=15, stateful_step_count=30, phases=[Phase.explicit, Phase.reuse, Phase.generate]
    )


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("machine", [Lives, LivesOnSqlite], ids=["memory", "sqlite"])
def test_nothing_goes_after_it_was_taken_back_whatever_happens(
    machine: type[Lives], how_many: settings
) -> None:
    """Random lives, watched from the ledger alone."""
    run_state_machine_as_test(machine, settings=how_many)
