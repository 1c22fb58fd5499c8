"""The answers to the questions of an FG once more, from nothing but the lines of the account and the facts.

Written apart from gateway/toezicht and sharing no code with it: lines are plain JSON in their order, facts
are opened with the keys and read as plain JSON. What is compared is what the rows say, in whatever order.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import struct
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.messages.berichten import BERICHTEN
from schemas.storage.storage import Sealed

Json = dict[str, Any]
NL: Final = ZoneInfo("Europe/Amsterdam")
DECIDES: Final = (
    "exchange.decided",
    "exchange.release_intent",
    "exchange.recalled",
    "exchange.repeat_refused",
)
WITHOUT: Final = ("statutory", "break_glass")
FREE: Final = {soort: {b.pad for b in t.bladen if b.vrij} for soort, t in BERICHTEN.items()}


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@dataclass
class Levering:
    """One levering, as its lines tell of it."""

    lines: list[Json] = field(default_factory=list)
    unreadable: bool = False
    """Whether its recipient could not read it: a line does not tell that from a term that is over."""

    @property
    def id(self) -> str:
        return str(self.lines[0]["levering"])

    def __getattr__(self, name: str) -> Any:
        return self.lines[0].get(name)

    @property
    def intent(self) -> Json | None:
        """With which it first left."""
        return next((x for x in self.lines if x["soort"] == "exchange.release_intent"), None)

    @property
    def last(self) -> Json:
        """Its last decision."""
        return next(x for x in reversed(self.lines) if x["soort"] in DECIDES)

    @property
    def went(self) -> list[str]:
        return [] if self.intent is None else self.intent["veldenVrijgegeven"]

    @property
    def home(self) -> dict[str, str]:
        """The fields that stayed home, each with why."""
        home = {p: r for r, ps in self.last.get("veldenAchtergehouden", {}).items() for p in ps}
        return {p: r for p, r in home.items() if p not in self.went}

    @property
    def opened(self) -> list[str] | None:
        told = [x["veldenGeopend"] for x in self.lines if "veldenGeopend" in x]
        return told[-1] if told else None

    @property
    def moment(self) -> dt.datetime:
        return at((self.intent or self.lines[-1])["vastgelegdOp"])

    @property
    def month(self) -> str:
        return self.moment.astimezone(NL).strftime("%Y-%m")

    @property
    def open(self) -> bool:
        last = self.lines[-1]
        if last["soort"] == "exchange.decided":
            return bool(last["outcome"] != "DENY")
        failed = [x for x in self.lines if x["soort"] == "exchange.failed"]
        unreadable = self.unreadable and len(failed) == 1
        return last["soort"] == "exchange.release_intent" or (
            last["soort"] == "exchange.failed" and unreadable
        )


@dataclass
class Hertelling:
    """Everything that was read, and one method per question."""

    lines: list[Json]
    details: dict[str, Json]
    facts: dict[str, list[Json]]
    """By the reference that leaves have for the leerling, in order of recording."""
    soort: dict[str, str]
    """The kind of message of each uitwisseling, which no line says."""
    partijen: tuple[str, ...]
    now: dt.datetime
    hashes: list[bytes]
    """Of the lines, as leaves of the tree."""
    head: tuple[int, str]
    """How many lines the store says there are, and their root."""
    signed: str | None
    """The last signed checkpoint."""
    owner: dict[str, str]
    """The partij whose record it is, by the reference in `facts`."""
    unreadable: frozenset[str] = frozenset()
    leveringen: dict[str, Levering] = field(default_factory=dict)
    place: dict[str, int] = field(default_factory=dict)
    """Of each line, by its id."""
    told: dict[str, int] = field(default_factory=dict)
    """Of the line that first tells of a fact, by the id of the fact."""

    def __post_init__(self) -> None:
        self.place = {x["eventId"]: n for n, x in enumerate(self.lines)}
        for n, x in enumerate(self.lines):
            if "feit" in x:
                self.told.setdefault(x["feit"], n)
        for leaf in self.lines:
            if "levering" in leaf and leaf["soort"].startswith("exchange."):
                ident = leaf["levering"]
                known = self.leveringen.setdefault(ident, Levering(unreadable=ident in self.unreadable))
                known.lines.append(leaf)

    @classmethod
    async def read(
        cls,
        storage: Storage,
        vault: Vault,
        partijen: tuple[str, ...],
        now: dt.datetime,
        unreadable: frozenset[str],
    ) -> Hertelling:
        lines: list[Json] = []
        hashes: list[bytes] = []
        while page := await storage.entries(len(lines), 500):
            lines += [json.loads(e.canonical) for e in page]
            hashes += [hashlib.sha256(b"\0" + e.canonical).digest() for e in page]
        rows: list[Any] = []
        while more := await storage.leerlingen(rows[-1].id if rows else "", 500):
            rows += more
        facts: dict[str, list[Json]] = {}
        by_id = {}
        for row in rows:
            found = []
            for stored in await storage.facts(row.id):
                plain = vault.open(row.key, stored.sealed, b"feit:" + stored.id.encode())
                found.append(json.loads(plain))
            facts[row.owner_ref] = found
            by_id[row.id] = row
        soort, about = {}, {}
        async for u in _uitwisselingen(storage):
            soort[u.id], about[u.id] = u.berichtsoort, u.leerling
        of_levering = {v.id: v.leerling async for v in _leveringen(storage)}
        of_ref = {row.owner_ref: row for row in rows}
        sealed = await storage.details([x["eventId"] for x in lines])
        details = {}
        for x in lines:
            row = of_ref.get(x.get("leerlingRef", ""))
            row = row or by_id.get(
                of_levering.get(x.get("levering", ""), about.get(x.get("uitwisseling", ""), ""))
            )
            box = sealed.get(x["eventId"])
            if row is None or box is None:
                continue
            (length,) = struct.unpack(">H", box[:2])
            kept = Sealed(box[2 : 2 + length], box[2 + length :])
            plain = vault.open(row.key, kept, b"detail:" + x["eventId"].encode())
            details[x["eventId"]] = json.loads(plain[32:])
        head = await storage.head()
        signed = await storage.last_checkpoint()
        return cls(
            lines,
            details,
            facts,
            soort,
            partijen,
            now,
            hashes,
            (head.size, base64.b64encode(head.root).decode()),
            None if signed is None else signed.note,
            {row.owner_ref: row.owner for row in rows},
            unreadable,
        )

    def root(self, size: int) -> str:
        """Of the first so many lines, by RFC 6962: made here from the leaves and nothing else."""
        return base64.b64encode(_root(self.hashes[:size])).decode()

    # ── which

    def sent(self) -> Iterator[Levering]:
        for v in self.leveringen.values():
            if v.afzender in self.partijen and v.intent is not None:
                yield v

    def own(self) -> Iterator[Levering]:
        yield from (v for v in self.leveringen.values() if v.afzender in self.partijen)

    def of(self, v: Levering) -> list[Json]:
        """The facts about the leerling of a levering."""
        refs = [x["leerlingRef"] for x in v.lines if "leerlingRef" in x]
        return self.facts.get(refs[0], []) if refs else []

    def kind(self, v: Levering) -> str:
        return self.soort[v.uitwisseling]

    # ── 1 to 4

    def vraag_1(self, ref: str) -> Counter[Any]:
        about = [
            v
            for v in self.leveringen.values()
            if v.intent is not None
            and v.intent["leerlingRef"] == ref
            and (v.afzender in self.partijen or v.ontvanger in self.partijen)
        ]
        return Counter((v.id, v.ontvanger, v.doel, tuple(v.went)) for v in about)

    def vraag_2(self) -> Counter[Any]:
        by_sender = {
            *("exchange.requested", "consent.recorded", "consent.withdrawn", "authority.changed"),
            *("capacity.recorded", "objection.recorded", "veto.recorded", "ground.asserted"),
            *("circumstance.stated", "weighing.recorded", "weighing.seen", "informing.deferred"),
            *("registration.recorded", "absence.recorded", "task.done"),
        }
        by_recipient = {"exchange.release_intent", "exchange.delivered", "withdrawal.answered"}
        found: Counter[Any] = Counter()
        for x in self.lines:
            who = x.get("afzender") if x["soort"] in by_sender else None
            who = x.get("ontvanger") if x["soort"] in by_recipient else who
            if who in self.partijen:
                told = self.details.get(x["eventId"], {})
                found[who, x["soort"], told.get("client"), "gebruiker" in told, x.get("feit")] += 1
        return found

    def vraag_3(self) -> Counter[Any]:
        found: Counter[Any] = Counter()
        for v in self.leveringen.values():
            if v.ontvanger in self.partijen and v.intent is not None:
                last = [
                    x["soort"] for x in v.lines if x["soort"] in ("exchange.delivered", "exchange.failed")
                ]
                found[v.id, v.afzender, len(v.went), True, True, last[-1:] == ["exchange.delivered"]] += 1
        return found

    def vraag_4(self) -> Counter[Any]:
        return Counter((v.ontvanger, v.ontvangerRol, self.kind(v), p) for v in self.sent() for p in v.went)

    # ── 5 to 9

    def vraag_5(self) -> dict[Any, Any]:
        found: dict[Any, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, 0])
        for v in self.sent():
            for p in {*v.went, *v.home}:
                row = found[v.last.get("profiel"), self.kind(v), p]
                row[0] += 1
                row[1] += p in v.went
                row[2] += p in v.home
                if p in v.went and v.opened is not None:
                    row[3] += 1
                    row[4] += p in v.opened
        return {k: (*row[:4], row[4] if row[3] else "niet gemeld") for k, row in found.items()}

    def vraag_6(self) -> dict[Any, Any]:
        found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for v in self.sent():
            row = found[v.last.get("profiel")]
            row[0] += 1
            row[1] += len(v.went)
            if v.opened is not None:
                row[2] += len(v.went)
                row[3] += len(v.opened)
        return {k: (*r[:3], r[3] if r[2] else "niet gemeld") for k, r in found.items()}

    def vraag_7(self) -> Counter[Any]:
        return Counter(
            (v.afzender, v.last.get("profiel"), self.kind(v), p, r)
            for v in self.own()
            for p, r in v.home.items()
        )

    def vraag_8(self) -> Counter[Any]:
        requested = {x["uitwisseling"]: x for x in self.lines if x["soort"] == "exchange.requested"}
        found: Counter[Any] = Counter()
        for v in self.sent():
            free = tuple(p for p in v.went if p in FREE[self.kind(v)])
            if free:
                client = self.details[requested[v.uitwisseling]["eventId"]]["client"]
                found[v.id, free, client] += 1
        return found

    def vraag_9(self) -> Counter[Any]:
        together: dict[str, list[Levering]] = defaultdict(list)
        for v in self.sent():
            together[v.uitwisseling].append(v)
        found: Counter[Any] = Counter()
        for u, some in together.items():
            twice = {
                p
                for a in some
                for b in some
                if a.ontvangerRol != b.ontvangerRol
                for p in a.went
                if p in b.went
            }
            if twice:
                found[u, tuple(sorted({v.ontvangerRol for v in some})), len(twice)] += 1
        return found

    # ── 10 to 13

    def without(self) -> Iterator[Levering]:
        for v in self.sent():
            assert v.intent is not None
            if v.intent["ground"] in WITHOUT:
                yield v

    def vraag_10(self) -> Counter[Any]:
        return Counter((v.id, v.ontvanger, tuple(v.went)) for v in self.without())

    def used(self) -> Iterator[tuple[Levering, list[Json], Json, Json]]:
        for v in self.without():
            facts = self.of(v)
            for use in facts:
                if use["feit"] == "vrijgave" and use["levering"] == v.id:
                    (weighing,) = [f for f in facts if f["id"] == use["afweging"]]
                    yield v, facts, weighing, use

    def vraag_11(self) -> Counter[Any]:
        found: Counter[Any] = Counter()
        for v, facts, a, use in self.used():
            looks = [
                at(f["vastgelegdOp"])
                for f in facts
                if f["feit"] == "tweede_blik" and f["afweging"] == a["id"]
            ]
            if a.get("acuut"):
                term = at(a["moment"]) + dt.timedelta(hours=24)
                if not looks and self.now >= term:
                    found[a["id"], v.id, "tweede blik ontbreekt"] += 1
                if looks and min(looks) >= term:
                    found[a["id"], v.id, "tweede blik te laat"] += 1
            term = at(use["vastgelegdOp"]) + dt.timedelta(days=30)
            said = [
                at(f["vastgelegdOp"])
                for f in facts
                if f["feit"] == "nabeoordeling" and f["afweging"] == a["id"]
            ]
            if not said and self.now >= term:
                found[a["id"], v.id, "nabeoordeling ontbreekt"] += 1
            if said and min(said) >= term:
                found[a["id"], v.id, "nabeoordeling te laat"] += 1
            told = a["informeren"]
            if told["wanneer"] == "uitgesteld" and self.now.astimezone(NL).date().isoformat() >= told["op"]:
                found[a["id"], v.id, "uitstel van informeren voorbij"] += 1
        return found

    def vraag_12(self) -> dict[Any, Any]:
        every = Counter((v.afzender, v.month) for v in self.sent())
        used = Counter((v.afzender, v.month) for v, *_ in self.used())
        people = Counter((v.afzender, v.month, a["opsteller"]["medewerker"]) for v, _, a, _ in self.used())
        return {
            k: (n, used[k], sorted(m for (*of, _), m in people.items() if tuple(of) == k))
            for k, n in every.items()
        }

    def vraag_13(self) -> Counter[Any]:
        return Counter(v.id for v in self.without() if self._no(v))

    def _no(self, v: Levering) -> bool:
        """Whether somebody's last word on this was no: when it was last decided, while it still stands on
        what it went by, and else when it went.
        """
        assert v.intent is not None
        stands = v.last if v.last.get("ground") in WITHOUT else v.intent
        until = at(stands["vastgelegdOp"])
        last: dict[str, str] = {}
        gezag = [f for f in self.of(v) if f["feit"] == "gezag"]
        born, day = dt.date.fromisoformat(gezag[-1]["geboortedatum"]), until.astimezone(NL).date()
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        ouders = {p["persoonId"] for p in gezag[-1]["personen"] if p["gezag"]}
        people = set() if years >= 16 else ouders  # from sixteen on he alone, below twelve not yet
        people = people | ({gezag[-1]["leerlingPersoonId"]} if years >= 12 else set())
        for f in sorted((f for f in self.of(v) if f["feit"] == "toestemming"), key=lambda f: at(f["moment"])):
            over = f["bereik"]
            fits = (
                v.doel in over["doelen"]
                and over["richting"] == v.richting
                and any(o["partij"] == v.ontvanger for o in over["ontvangers"])
            )
            if fits and at(f["vastgelegdOp"]) <= until and f["persoonId"] in people:
                last[f["persoonId"]] = f["gebeurtenis"]
        return any(word in ("geweigerd", "ingetrokken") for word in last.values())

    # ── 14 to 17

    def vraag_14(self) -> Counter[Any]:
        found: Counter[Any] = Counter()
        for v in self.sent():
            assert v.intent is not None
            gone = self.place[v.intent["eventId"]]
            facts = [f for f in self.of(v) if self.told.get(f["id"], gone) < gone]
            day = v.moment.astimezone(NL).date().isoformat()
            gezag = [f for f in facts if f["feit"] == "gezag"]
            for ident in v.intent.get("consentEventIds", []):
                (said,) = [f for f in facts if f["id"] == ident]
                if any(
                    f["feit"] == "toestemming"
                    and f["record"] == said["record"]
                    and f["gebeurtenis"] == "ingetrokken"
                    for f in facts
                ):
                    found[v.id, "ingetrokken", ident] += 1
                if not said["geldigVanaf"] <= day <= said["geldigTotEnMet"]:
                    found[v.id, "verlopen", ident] += 1
                may = {p["persoonId"] for p in gezag[-1]["personen"] if p["gezag"]} | {
                    gezag[-1]["leerlingPersoonId"]
                }
                if said["persoonId"] not in may:
                    found[v.id, "zonder gezag", ident] += 1
        return found

    def vraag_15(self) -> Counter[Any]:
        answers = defaultdict(list)
        for x in self.lines:
            if x["soort"] == "withdrawal.answered":
                answers[x["intrekking"]].append(x)
        sent = {v.id for v in self.sent()}
        found: Counter[Any] = Counter()
        for x in self.lines:
            if x["soort"] == "withdrawal.notified" and x["levering"] in sent:
                said = answers[x["intrekking"]]
                found[
                    x["levering"],
                    x["ontvanger"],
                    len(x["veldenIngetrokken"]),
                    said[-1]["uitkomst"] if said else None,
                ] += 1
        return found

    def vraag_16(self) -> Counter[Any]:
        waits = Counter(str(v.leerlingRef) for v in self.own() if v.open)
        today = self.now.astimezone(NL).date()
        found: Counter[Any] = Counter()
        for ref, n in waits.items():
            born = dt.date.fromisoformat(self._gezag(ref)["geboortedatum"]) if self._gezag(ref) else None
            for age in (12, 16, 18):
                if born is not None and today <= born.replace(year=born.year + age) < today + dt.timedelta(
                    days=60
                ):
                    found[ref, age, born.replace(year=born.year + age).isoformat(), n] += 1
        return found

    def _gezag(self, ref: str) -> Json:
        checks = [f for f in self.facts[ref] if f["feit"] == "gezag"]
        return max(checks, key=lambda f: f["gecontroleerdOp"]) if checks else {}

    def vraag_17(self) -> Counter[Any]:
        about = Counter(str(v.leerlingRef) for v in self.own() if v.open or v.intent is not None)
        return Counter({(ref, self._gezag(ref).get("gecontroleerdOp"), n): 1 for ref, n in about.items()})

    # ── 18 to 23

    def vraag_18(self, new: str, lost: str, van: dt.date, tot: dt.date) -> Counter[Any]:
        """What was last decided under another policy than that of now, and let the field go that it lacks."""
        found: Counter[Any] = Counter()
        for v in self.own():
            d = v.last
            waits = d.get("veldenAchtergehouden", {}).get("FIELD_NOT_CONSENTED", ())
            if not van <= v.moment.astimezone(NL).date() < tot:
                continue
            if d["policyHash"] != new and (d.get("profiel") or "").startswith("toeleiding-"):
                found[v.id] += lost in (*d["veldenVrijgegeven"], *waits)
        return +found

    def checked(self) -> Iterator[tuple[str, Json]]:
        """What an FG said to know of the account, with about which partij, in order of recording."""
        for ref, facts in self.facts.items():
            for f in facts:
                if f["feit"] == "nagekeken" and self.owner[ref] in self.partijen:
                    yield self.owner[ref], f

    def vraag_19(self) -> Counter[Any]:
        last = dict(self.checked())
        return Counter(
            (p, f["grootte"], self.root(f["grootte"]), *self.head, f["wortel"] == self.root(f["grootte"]))
            for p, f in last.items()
        )

    def vraag_21(self) -> Counter[Any]:
        size = len(self.lines)
        whole = self.head == (size, self.root(size))
        found = Counter(
            {
                ("laatste regel", size, whole): 1,
                ("niets achter de laatste regel", size, whole): 1,
                ("regels die wachten op hun plaats", size, whole): 1,
            }
        )
        if self.signed is not None:
            _, at_size, root, *_ = self.signed.split("\n")
            found["laatste ondertekende controlepunt", int(at_size), root == self.root(int(at_size))] += 1
        for grootte, wortel in {(f["grootte"], f["wortel"]) for _, f in self.checked()}:
            found["door een fg nagekeken", grootte, wortel == self.root(grootte)] += 1
        return found

    def vraag_20(self) -> Counter[Any]:
        both = {
            *("exchange.release_intent", "exchange.delivered", "withdrawal.notified", "withdrawal.answered"),
            *("log.read", "log.checked", "sample.drawn", "sample.judged"),
            "change.proposed",
        }
        found: Counter[Any] = Counter()
        for x in self.lines:
            if x.get("afzender") in self.partijen:
                found[x["afzender"], x["soort"], "afzender"] += 1
            if x.get("ontvanger") in self.partijen and x["soort"] in both:
                found[x["ontvanger"], x["soort"], "ontvanger"] += 1
        return found

    def vraag_22(self) -> Counter[Any]:
        found: Counter[Any] = Counter()
        for x in self.lines:
            answered = x["soort"] == "withdrawal.answered"
            who = x.get("ontvanger") if answered else x.get("afzender")
            takes = ("consent.withdrawn", "exchange.content_lost", "exchange.recalled", "withdrawal.answered")
            if who in self.partijen and x["soort"] in takes:
                found[x["eventId"], x["soort"], x.get("uitkomst")] += 1
        return found

    def vraag_23(self) -> Counter[Any]:
        reads = [x for x in self.lines if x["soort"] == "log.read" and x["ontvanger"] in self.partijen]
        return Counter(
            (x["ontvanger"], x["afzender"], x["kijkdoel"], self.details[x["eventId"]]["client"])
            for x in reads
        )


def _root(hashes: list[bytes]) -> bytes:
    """Two halves, of which the left is the largest power of two below the whole."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _root(hashes[:half]) + _root(hashes[half:])).digest()


async def _uitwisselingen(storage: Storage) -> Any:
    after = ""
    while page := await storage.all_uitwisselingen(after, 500):
        for u, _ in page:
            yield u
        after = page[-1][0].id


async def _leveringen(storage: Storage) -> Any:
    after = 0
    while page := await storage.all_leveringen(after, 500):
        for _, v in page:
            yield v
        after = page[-1][0]
