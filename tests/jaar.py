"""A year of a school, for the questions of an FG: made by the real line, with a clock that is moved.

Everything that can befall an exchange happens in it: it goes, waits, is refused, withdrawn, lapses, goes by a
law or after a weighing that is looked at late or never, is answered, is opened or not, or nobody tells.
Leerlingen become 12, 16 and 18 in it, and a profile changes. The same seed gives the same year.

Messages go in and out by the use cases themselves, because HTTP costs as much as they do; facts are recorded
over HTTP. Nothing is patched.

Four exchanges go that must not go, through a gateway that reads its facts wrongly (`Misreads`): one part of
it is replaced, and every rule and record behind that part is the real one. An answer that must be empty
proves nothing when nothing could have stood in it.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from consent.leeftijd import age, end_of_school_year
from consent.statements import Statements
from gateway.case.case import Case, Cases
from gateway.exchange.accept import Accept, Push
from gateway.exchange.idempotency import Claim
from gateway.exchange.ports import Ports
from gateway.exchange.release import Released
from gateway.jobs.housekeeping import round_to_the_end
from gateway.register.regels import shipped_profiles
from schemas.errors import EarlierWaits, LeaseRuns
from schemas.exchange.uitwisseling import Verzending, Weigergrond
from schemas.people.partij import Partij
from schemas.people.toestemming import Gebeurtenis
from schemas.storage.storage import LeerlingRow, Register
from tests.callers import sign
from tests.flow.test_afwegingen import GI, afweging, blik, grond, with_a_gi
from tests.flow.test_berichten import FULL
from tests.line import (
    AANBIEDER,
    FG,
    HELPER,
    OTHER_SCHOOL,
    SCHOOL,
    Json,
    Line,
    bereik,
    bereik_terug,
    fresh,
    gezag,
    open_line,
    terugkoppeling,
    toestemming,
)

FROM: Final = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)
UNTIL: Final = dt.datetime(2026, 12, 18, 16, 0, tzinfo=dt.UTC)
_TOKEN_SECONDS: Final = 240
KINDS: Final = ("contact", "factoren")
_VARIANTS: Final = (
    *["ask"] * 30,
    *["safety"] * 6,
    *["law"] * 1,
    *["weigh"] * 3,
    *["answer"] * 3,
    *["withdraw"] * 1,
    *["foreign"] * 2,
)


# ── a gateway with a fault in it


class Misreads(Cases):
    """Opens facts, and takes something else from them than they say."""

    def __init__(self, ports: Ports, wrongly: Callable[[Case], Case]) -> None:
        super().__init__(ports.storage, ports.vault, ports.stamps)
        self._wrongly = wrongly

    async def load(self, row: LeerlingRow) -> Case:
        return self._wrongly(await super().load(row))


def _no_withdrawal(case: Case) -> Case:
    kept = [c for c in case.consents if c.gebeurtenis is not Gebeurtenis.INGETROKKEN]
    return replace(case, consents=Statements(kept))


def _behind(case: Case) -> Case:
    """As a gateway that reads a copy of the store which lags: the newest fact is not there yet."""
    return replace(_no_withdrawal(case), row=replace(case.row, epoch=case.row.epoch - 1))


def _no_end(case: Case) -> Case:
    longer = [
        c.model_copy(update={"geldig_tot_en_met": end_of_school_year(c.geldig_vanaf)}) for c in case.consents
    ]
    return replace(case, consents=Statements(longer))


def _old_gezag(case: Case) -> Case:
    who = case.authorities
    return replace(case, authorities=replace(who, gezag=who.gezag[:1]))


Fault = Callable[[Case], Case]
FAULTS: Final[dict[str, tuple[Fault, Fault]]] = {
    "ingetrokken": (_no_withdrawal, _no_withdrawal),
    "ingetrokken, nog niet gelezen": (_no_withdrawal, _behind),
    "verlopen": (_no_end, _no_end),
    "zonder gezag": (_old_gezag, _old_gezag),
}
"""What was wrong with the toestemming on which something went, and the fault by which it came in and by which
it was handed over.
"""


# ── the people

_ERASED: Final = {"uitkomst": "gewist"}
_KEPT: Final = {
    "uitkomst": "gehouden_op_andere_grond",
    "grond": "jeugdhulpdossier",
    "wetsartikel": {"wet": "jeugdwet", "artikel": "7.3.8 lid 3"},
}


@dataclass
class Kind:
    """One leerling of the year."""

    name: str
    born: dt.date
    ref: str = ""
    people: list[str] = field(default_factory=list)
    self_: str = ""
    given: list[str] = field(default_factory=list)
    """Ids of statements that stand."""
    until: dt.date = dt.date.min
    refuses: bool = False
    back: bool = False
    """Whether was asked if jeugdhulp may answer about him."""


@dataclass
class Jaar:
    line: Line
    lots: random.Random
    kinds: list[Kind] = field(default_factory=list)
    sent: int = 0
    taken: list[str] = field(default_factory=list)
    """Leveringen that the helper took and signed for."""
    unreadable: set[str] = field(default_factory=set)
    waits: list[tuple[str, str]] = field(default_factory=list)
    """Leveringen with who takes them."""
    looks: list[tuple[dt.datetime, str]] = field(default_factory=list)
    """Second looks that come later, by when."""
    reviews: list[tuple[dt.datetime, str]] = field(default_factory=list)
    answers: list[tuple[dt.datetime, str]] = field(default_factory=list)
    signed: float = field(default_factory=time.monotonic)
    """When every caller last got a token."""
    victims: list[Kind] = field(default_factory=list)
    """One for each of the faults, in their order."""
    wrong: dict[str, str] = field(default_factory=dict)
    """What was wrong with each levering that went by a fault, by its id."""

    @property
    def now(self) -> dt.datetime:
        return self.line.clock.now()

    def moment(self) -> str:
        return self.now.isoformat()

    # ── a year

    async def play(self, exchanges: int) -> None:
        await self._begin(min(exchanges // 50, 400) or 12)
        step = (UNTIL - FROM) / exchanges
        changed = swept = 0
        while self.sent < exchanges:
            self.line.clock.move_to(max(self.now, FROM + self.sent * step))  # never back
            await self._signed_in()
            if self.now.month >= 9 and not changed:
                changed = 1
                await self._other_profile()
            if self.now.month >= 10 and not self.victims:
                await self._before_the_faults()
            if self.now.month > swept:
                swept = self.now.month
                await round_to_the_end(self.line.context)
            await getattr(self, "_" + self.lots.choice(_VARIANTS))()
            await self._take()
            await self._later()
        self.line.clock.move_to(UNTIL)
        await self._faults()
        storage, before = self.line.world.storage, -1
        while (size := (await storage.head()).size) != before:  # until nothing is due any more
            before = size
            await round_to_the_end(self.line.context)

    async def _signed_in(self) -> None:
        """A token lasts ten minutes on the clock of the machine, and a long year takes longer to make."""
        if time.monotonic() - self.signed > _TOKEN_SECONDS:
            self.signed = time.monotonic()
            for caller in self.line.callers.values():
                await caller.sign_in()

    async def _begin(self, many: int) -> None:
        self.line.clock.move_to(FROM)
        for n in range(many):
            age_ = (9, 9, 10, 11, 11, 12, 14, 15, 15, 17)[n % 10]
            turned = dt.date(2026, 1, 10) + dt.timedelta(days=self.lots.randrange(400))
            born = dt.date(turned.year - age_ - 1, turned.month, min(turned.day, 28))
            kind = Kind(f"LL-{n:05}", born, refuses=n % 12 == 5)
            await self._known(kind, FROM.date() - dt.timedelta(days=self.lots.randrange(20, 200)))
            self.kinds.append(kind)

    async def _known(self, kind: Kind, checked: dt.date, **other: object) -> None:
        """A check of gezag: of two ouders unless told otherwise."""
        body = gezag(
            leerling={"leerlingid": kind.name},
            geboortedatum=kind.born.isoformat(),
            gecontroleerdOp=checked.isoformat(),
            **other,
        )
        known = await self._fact("/gezagsgegevens", body)
        kind.ref, kind.self_ = known["leerlingId"], known["leerlingPersoonId"]
        kind.people = [p["persoonId"] for p in known["personen"]]

    async def _fact(self, path: str, body: Json, who: str = SCHOOL) -> Json:
        answer = await self.line.callers[who].post(path, body, key=fresh())
        assert answer.status_code == 201, (path, answer.text)
        found: Json = answer.json()
        return found

    async def _agreed(self, kind: Kind) -> None:
        """Whoever must agree did so; now and then one of them did not, or they let it lapse."""
        today = self.now.date()
        if today <= kind.until:
            return
        kind.until = min(
            end_of_school_year(today), today + dt.timedelta(days=self.lots.choice((120, 300, 300, 300)))
        )
        kind.given = []
        if self.lots.random() < 0.12:
            return
        for person in self._signers(kind):
            no = kind.refuses and person == kind.people[0]
            await self._says(kind, person, kind.until, "geweigerd" if no else "gegeven")

    async def _says(self, kind: Kind, person: str, until: dt.date, besluit: str = "gegeven") -> None:
        over = bereik(doelen=["toeleiding", "veiligheid"], categorieen=list(KINDS), ontvangers=[HELPER, GI])
        body = toestemming(
            person,
            leerlingId=kind.ref,
            bereik=over,
            moment=self.moment(),
            geldigVanaf=self.now.date().isoformat(),
            geldigTotEnMet=until.isoformat(),
            besluit=besluit,
        )
        kind.given.append((await self._fact("/toestemmingen", body))["toestemmingId"])

    def _signers(self, kind: Kind) -> list[str]:
        years = age(kind.born, self.now.date())
        if years >= 16:
            return [kind.self_]
        return kind.people if years < 12 else [*kind.people, kind.self_]

    # ── what befalls

    async def _ask(self) -> None:
        await self._push(self.lots.choice(self.kinds), "toeleiding", [HELPER])

    async def _safety(self) -> None:
        """To two roles at once."""
        await self._push(self.lots.choice(self.kinds), "veiligheid", [HELPER, GI])

    async def _foreign(self) -> None:
        """Of another school, which the FG does not watch over."""
        name = f"VV-{self.lots.randrange(30)}"
        body = self._bericht(name, dt.date(2016, 5, 4), "toeleiding", [HELPER])
        school = {"naam": "Andere Verzinning", "brin": "99XX", "vestigingscode": "01"}
        body["bericht"]["inhoud"] = body["bericht"]["inhoud"] | {"school": school}
        await self._accept(OTHER_SCHOOL, body)

    async def _law(self) -> None:
        kind = self.lots.choice(self.kinds)
        today = self.now.date()
        body = grond(
            {"leerlingId": kind.ref},
            moment=self.moment(),
            geldigVanaf=today.isoformat(),
            geldigTotEnMet=(today + dt.timedelta(days=20)).isoformat(),
            informeren={"wanneer": "achteraf", "op": (today + dt.timedelta(days=5)).isoformat()},
        )
        await self._fact("/grondverklaringen", body)
        await self._push(kind, "veiligheid", [GI])

    async def _weigh(self) -> None:
        refusing = [k for k in self.kinds if k.refuses]
        kind = self.lots.choice(refusing)
        await self._agreed(kind)
        acute = self.lots.random() < 0.4
        put_off = self.lots.random() < 0.3
        told = (
            {"wanneer": "uitgesteld", "redenUitstel": "Fictieve reden."}
            if put_off
            else {"wanneer": "achteraf"}
        )
        body = afweging(
            {"leerlingId": kind.ref},
            moment=self.moment(),
            vensterVan=self.moment(),
            vensterTot=(self.now + dt.timedelta(hours=60)).isoformat(),
            informeren=told | {"op": (self.now.date() + dt.timedelta(days=12)).isoformat()},
            acuut="Fictief gevaar; niemand bereikbaar." if acute else None,
            opsteller={
                "medewerker": self.lots.choice(("A. Opsteller", "D. Opsteller")),
                "functie": "intern_begeleider",
            },
        )
        record = (await self._fact("/afwegingen", body))["id"]
        if not acute:
            await self._look(record)
        elif hours := self.lots.choice((3, 40, 40, 0)):  # or nobody ever looks
            self.looks.append((self.now + dt.timedelta(hours=hours), record))
        await self._push(kind, "veiligheid", [HELPER])
        wait = self.lots.choice((4, 45, 0))
        if wait:
            self.reviews.append((self.now + dt.timedelta(days=wait), record))

    async def _look(self, record: str) -> None:
        answer = await self.line.school.post(
            f"/afwegingen/{record}/tweede-blikken", blik(moment=self.moment()), key=fresh()
        )
        assert answer.status_code == 201, answer.text

    async def _answer(self) -> None:
        """The helper answers something that he signed for; of some leerlingen everybody agreed to that."""
        if not self.taken:
            return
        levering = self.lots.choice(self.taken)
        kind = self.kinds[self.lots.randrange(len(self.kinds))]
        if self.lots.random() < 0.7:
            row = await self.line.world.storage.levering(levering)
            assert row is not None
            found = await self.line.world.storage.leerling(row.leerling)
            assert found is not None
            kind = next((k for k in self.kinds if k.ref == found.owner_ref), kind)
            asked = [] if kind.back or int(kind.name[3:]) % 4 else self._signers(kind)
            kind.back = True
            for person in asked:
                for functie in ("avg_basis", "secrecy_waiver"):
                    body = toestemming(
                        person,
                        leerlingId=kind.ref,
                        functie=functie,
                        bereik=bereik_terug(doelen=["afstemming", "toeleiding"]),
                        moment=self.moment(),
                        geldigVanaf=self.now.date().isoformat(),
                        geldigTotEnMet=end_of_school_year(self.now.date()).isoformat(),
                    )
                    await self._fact("/toestemmingen", body)
        since = self.now.date().isoformat()
        body = terugkoppeling(levering)
        body["terugkoppeling"] |= {"sinds": since}
        await self._accept(AANBIEDER, body)

    async def _withdraw(self) -> None:
        kind = self.lots.choice([k for k in self.kinds if k.given] or self.kinds)
        if not kind.given:
            return
        if self.lots.random() < 0.5:  # something waits, and is taken back
            await self._push(kind, "toeleiding", [HELPER])
        if not kind.given:
            return  # what stood had just ended, and nobody agreed anew
        record = kind.given.pop()
        self.line.later(seconds=1)
        await self._withdrawn(record)
        kind.until = self.now.date() + dt.timedelta(days=20)
        self.answers.append((self.now + dt.timedelta(days=self.lots.choice((1, 3, 15, 400))), ""))

    async def _withdrawn(self, record: str) -> None:
        answer = await self.line.school.post(
            f"/toestemmingen/{record}/intrekkingen", {"moment": self.moment()}, key=fresh()
        )
        assert answer.status_code == 201, answer.text

    async def _other_profile(self) -> None:
        """The profile lets one field less go from here on."""
        old = await self.line.world.storage.register()
        (given,) = [p for p in shipped_profiles() if p.id == "toeleiding-jeugdhulpverlener-s2j-hulpvraag"]
        changed = given.model_dump(mode="json", by_alias=True) | {"versie": given.versie + 1}
        changed["velden"] = [v for v in changed["velden"] if v["pad"] != "contactpersoon.telefoon"]
        await self.line.apply(Register(old.version, old.partijen, {given.id: json.dumps(changed)}))

    # ── what must not happen

    async def _before_the_faults(self) -> None:
        """Two ouders with gezag, who both agree: until the day before the faults where time is what is
        wrong.
        """
        for n, wrong in enumerate(FAULTS):
            kind = Kind(f"LL-9000{n}", dt.date(2016, 3, 3))
            await self._known(kind, FROM.date())
            last = UNTIL.date() - dt.timedelta(days=1) if wrong == "verlopen" else dt.date(2027, 7, 31)
            for person in kind.people:
                await self._says(kind, person, last)
            self.victims.append(kind)

    async def _faults(self) -> None:
        """Each fault lets one levering go, after what was wrong about it was on record."""
        for kind, (wrong, (coming, going)) in zip(self.victims, FAULTS.items(), strict=True):
            if "ingetrokken" in wrong:
                await self._withdrawn(kind.given[0])
            if wrong == "zonder gezag":
                one, other = kind.people
                people = [
                    {"persoonId": one, "hoedanigheid": "ouder", "gezag": True},
                    {"persoonId": other, "hoedanigheid": "ouder", "gezag": False},
                ]
                await self._known(kind, self.now.date(), soort="eenhoofdig", personen=people)
            self.line.later(seconds=1)
            ctx, right = self.line.context, self.line.context.hand_over.ports
            body = self._bericht(kind.name, kind.born, "toeleiding", [HELPER])
            ports = replace(right, cases=Misreads(right, coming))
            await self._accept(SCHOOL, body, replace(ctx.accept, ports=ports))
            levering, who = self.waits.pop()
            taker = await self._partij(who)
            ports = replace(right, cases=Misreads(right, going))
            hand_over = replace(ctx.hand_over, ports=ports)
            handed = await hand_over(taker, self.line.callers[who].client_id, levering)
            assert handed is not None, wrong
            await ctx.recipient.acknowledge(taker, levering, handed.digest, "bewijs")
            self.wrong[levering] = wrong.partition(",")[0]

    # ── in and out

    def _bericht(self, name: str, born: dt.date, doel: str, ontvangers: list[Json]) -> Json:
        inhoud = FULL["hulpvraag"]
        inhoud = inhoud | {"leerling": inhoud["leerling"] | {"geboortedatum": born.isoformat()}}
        return {
            "doel": doel,
            "ontvangers": ontvangers,
            "categorieen": list(KINDS),
            "vrijeTekstNagekeken": self.lots.random() < 0.8,
            "vrijeTekstGewoon": ["vraag"],
            "leerling": {"leerlingid": name},
            "bericht": {"soort": "hulpvraag", "inhoud": inhoud},
        }

    async def _push(self, kind: Kind, doel: str, ontvangers: list[Json]) -> None:
        await self._agreed(kind)
        await self._accept(SCHOOL, self._bericht(kind.name, kind.born, doel, ontvangers))

    async def _partij(self, partij: str) -> Partij:
        return (await self.line.context.regels.current()).partijen[partij]

    async def _accept(self, sender: str, body: Json, accept: Accept | None = None) -> None:
        ctx, raw = self.line.context, json.dumps(body).encode()
        claim = Claim.of(ctx.vault, ctx.stamps, sender, "uitwisselingen", f"{self.sent}", raw)
        caller = self.line.callers[sender]
        push = Push(
            sender=await self._partij(sender),
            client=caller.client_id,
            verzending=Verzending.model_validate_json(raw),
            trace=fresh() * 2,
            claim=claim,
        )
        _, leveringen = await (accept or ctx.accept)(push)
        self.sent += 1
        self.waits += [(v.id, v.ontvanger) for v in leveringen]

    async def _take(self) -> None:
        """Most of what waits is taken; some of it later, and some never."""
        ctx = self.line.context
        waits, self.waits = self.waits, []
        for levering, who in waits:
            chance = self.lots.random()
            if chance < 0.12:
                self.waits += [(levering, who)] if chance > 0.06 else []
                continue
            partij = await self._partij(who)
            try:
                handed = await ctx.hand_over(partij, self.line.callers[who].client_id, levering)
            except (EarlierWaits, LeaseRuns):
                handed = None
            if handed is not None:
                await self._received(partij, handed)
            elif self.lots.random() < 0.45:
                self.waits.append((levering, who))

    async def _received(self, partij: Partij, handed: Released) -> None:
        """Most is signed for, some is refused, of some nobody says more; and half tells what was used."""
        recipient, levering = self.line.context.recipient, handed.levering.id
        chance = self.lots.random()
        if chance < 0.04:
            why = self.lots.choice(tuple(Weigergrond))
            await recipient.refuse(partij, levering, why)
            if why is Weigergrond.ONLEESBAAR:
                self.unreadable.add(levering)
        elif chance < 0.9:
            await recipient.acknowledge(partij, levering, handed.digest, "bewijs")
            if partij.id == AANBIEDER:
                self.taken.append(levering)
            if chance < 0.5:
                had = handed.levering.overgedragen or ()
                some = [v for v in had if not v.startswith("contactpersoon") and self.lots.random() < 0.8]
                await recipient.used(partij, levering, some)
            elif chance < 0.6:
                await recipient.confirm(partij, levering)

    async def _later(self) -> None:
        """What people do some time after."""
        for due in [d for d in self.looks if d[0] <= self.now]:
            self.looks.remove(due)
            await self._look(due[1])
        for due in [d for d in self.reviews if d[0] <= self.now]:
            self.reviews.remove(due)
            body = {
                "oordeel": self.lots.choice(("terecht", "terecht_te_ruim", "niet_terecht")),
                "toelichting": "Fictief.",
                "moment": self.moment(),
            }
            await self._fact(f"/afwegingen/{due[1]}/nabeoordelingen", body, FG)
        if any(at <= self.now for at, _ in self.answers):
            self.answers = [a for a in self.answers if a[0] > self.now]
            await self._tell_withdrawn()

    async def _tell_withdrawn(self) -> None:
        answer = await self.line.helper.get("/postbus/intrekkingen")
        for told in answer.json()["intrekkingen"]:
            if told.get("antwoord") is not None or self.lots.random() < 0.3:
                continue
            claims = {
                "soort": "intrekkingsantwoord",
                "intrekkingId": told["intrekkingId"],
                "beantwoordOp": self.moment(),
            } | self.lots.choice((_ERASED, _ERASED, _KEPT))
            path = f"/postbus/intrekkingen/{told['intrekkingId']}/antwoorden"
            await self.line.helper.post(path, {"jws": sign(self.line.helper.key, claims)})


@asynccontextmanager
async def een_jaar(engine: str, folder: Path, exchanges: int, seed: int = 1) -> AsyncIterator[Jaar]:
    """A line on which a year was played, in a folder that `prepare` filled."""
    async with open_line(engine, folder) as line:
        line.http.event_hooks = {}  # the shape of answers is tested elsewhere, and costs more than they do
        await with_a_gi(line)
        jaar = Jaar(line, random.Random(seed))
        await jaar.play(exchanges)
        yield jaar
