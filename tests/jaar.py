"""A year of a school, for the questions of an FG: made by the real line, with a clock that is moved.

Everything that can befall an exchange happens in it: it goes, waits, is refused, withdrawn, lapses, goes by a
law or after a weighing that is looked at late or never, is answered, is opened or not, or nobody tells.
Leerlingen become 12, 16 and 18 in it, and a profile changes. The same seed gives the same year.

Messages go in and out by the use cases themselves, because HTTP costs as much as they do; facts are recorded
over HTTP. Nothing is patched.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from consent.leeftijd import age, end_of_school_year
from gateway.exchange.accept import Push
from gateway.exchange.idempotency import Claim
from gateway.exchange.release import Released
from gateway.jobs.housekeeping import round_to_the_end
from gateway.register.regels import shipped_profiles
from schemas.errors import EarlierWaits, LeaseRuns
from schemas.exchange.uitwisseling import Verzending, Weigergrond
from schemas.people.partij import Partij
from schemas.storage.storage import Register
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
KINDS: Final = ("contact", "factoren")
_VARIANTS: Final = (
    *["ask"] * 30,
    *["safety"] * 6,
    *["law"] * 1,
    *["weigh"] * 2,
    *["answer"] * 3,
    *["withdraw"] * 1,
    *["foreign"] * 2,
)


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
            self.line.clock.move_to(FROM + self.sent * step)
            if self.now.month >= 9 and not changed:
                changed = 1
                await self._other_profile()
            if self.now.month > swept:
                swept = self.now.month
                await round_to_the_end(self.line.context)
            await getattr(self, "_" + self.lots.choice(_VARIANTS))()
            await self._take()
            await self._later()
        self.line.clock.move_to(UNTIL)
        storage, before = self.line.world.storage, -1
        while (size := (await storage.head()).size) != before:  # until nothing is due any more
            before = size
            await round_to_the_end(self.line.context)

    async def _begin(self, many: int) -> None:
        self.line.clock.move_to(FROM)
        for n in range(many):
            age_ = (9, 9, 10, 11, 11, 12, 14, 15, 15, 17)[n % 10]
            turned = dt.date(2026, 1, 10) + dt.timedelta(days=self.lots.randrange(400))
            born = dt.date(turned.year - age_ - 1, turned.month, min(turned.day, 28))
            kind = Kind(f"LL-{n:05}", born, refuses=n % 12 == 5)
            checked = FROM.date() - dt.timedelta(days=self.lots.randrange(20, 200))
            body = gezag(
                leerling={"leerlingid": kind.name},
                geboortedatum=born.isoformat(),
                gecontroleerdOp=checked.isoformat(),
            )
            known = await self._fact("/gezagsgegevens", body)
            kind.ref, kind.self_ = known["leerlingId"], known["leerlingPersoonId"]
            kind.people = [p["persoonId"] for p in known["personen"]]
            self.kinds.append(kind)

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
            over = bereik(
                doelen=["toeleiding", "veiligheid"], categorieen=list(KINDS), ontvangers=[HELPER, GI]
            )
            body = toestemming(
                person,
                leerlingId=kind.ref,
                bereik=over,
                moment=self.moment(),
                geldigVanaf=today.isoformat(),
                geldigTotEnMet=kind.until.isoformat(),
                besluit="geweigerd" if no else "gegeven",
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
        else:
            self.looks.append((self.now + dt.timedelta(hours=self.lots.choice((3, 40))), record))
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
        record = kind.given.pop()
        self.line.later(seconds=1)
        answer = await self.line.school.post(
            f"/toestemmingen/{record}/intrekkingen", {"moment": self.moment()}, key=fresh()
        )
        assert answer.status_code == 201, answer.text
        kind.until = self.now.date() + dt.timedelta(days=20)
        self.answers.append((self.now + dt.timedelta(days=self.lots.choice((1, 3, 15, 400))), ""))

    async def _other_profile(self) -> None:
        """The profile lets one field less go from here on."""
        old = await self.line.world.storage.register()
        (given,) = [p for p in shipped_profiles() if p.id == "toeleiding-jeugdhulpverlener-s2j-hulpvraag"]
        changed = given.model_dump(mode="json", by_alias=True) | {"versie": given.versie + 1}
        changed["velden"] = [v for v in changed["velden"] if v["pad"] != "contactpersoon.telefoon"]
        await self.line.apply(Register(old.version, old.partijen, {given.id: json.dumps(changed)}))

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

    async def _accept(self, sender: str, body: Json) -> None:
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
        _, leveringen = await ctx.accept(push)
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
                "uitkomst": "gewist",
                "beantwoordOp": self.moment(),
            }
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
