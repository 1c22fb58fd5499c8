"""Schools that push, a recipient that takes and signs, and what each of them was told: for the crash test.

A `Book` is the memory of all clients together, over every life of the gateway. It keeps what an answer
promised and what is still unknown because the answer never came; `violations` are promises seen broken.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import itertools
import json
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from joserfc import jwt

from gateway.identity.tokens import ASSERTION_TYPE
from tests.callers import Key, sign
from tests.line import (
    AANBIEDER,
    BORN,
    FG,
    LEERLING,
    OTHER_AANBIEDER,
    SCHOOL,
    client_of,
    dossier,
    envelope,
    gezag,
    toestemming,
)
from tests.loopback import Answer, Broken, Connection

TODAY: Final = dt.datetime.now(dt.UTC).date()
"""The real process lives on the real clock, so what is recorded must hold today."""
BIRTH: Final = f"{TODAY.year - 10}-01-01"
LEERLINGEN: Final = 60
"""So many that one who waits for the lease of a take that nobody heard of is one of many."""
PUSHERS: Final = 5
TAKERS: Final = 3
CHANGED: Final = 8
"""Of so many leerlingen a toestemming is withdrawn and given again, over and over."""
HELD: Final = 2
"""Of so many, the last, one ouder has not agreed: their leveringen wait."""
OFTEN: Final = 0.3
"""Of so many pushes out of one, it is about a leerling whose toestemming changes."""
HURRY: Final = 12
"""Of so many leveringen that the school was told of last, one is asked for whether it is its turn or not."""
CALLERS: Final = (SCHOOL, AANBIEDER, OTHER_AANBIEDER, FG)
UNKNOWN: Final = "0" * 32
"""A levering that never was."""


@dataclass
class Push:
    leerling: int
    body: bytes
    asked: int
    """When it was sent first, as `Book.tick` counts."""
    heard: int | None = None
    """When its 202 came first; None: sent, and nothing heard."""
    answer: bytes | None = None


@dataclass(frozen=True)
class Take:
    """One levering that was given to the recipient."""

    heard: int
    digest: str
    lease: str
    """Until when, as the answer said."""


@dataclass(frozen=True)
class Look:
    """Two answers about the postbus: the second was asked for after the first was heard."""

    before: list[str]
    now: list[str]
    heard: int


@dataclass
class Change:
    """A withdrawal or a new toestemming that was sent."""

    path: str
    body: bytes
    key: str
    gives: bool


@dataclass
class Leerling:
    id: str
    ouders: list[str]
    dossier: bytes
    toestemming: str
    """Record of the toestemming of the first ouder that counts now, or counted until withdrawn."""
    agreed: bool | None = True
    """None while a change is under way or its answer unknown."""
    pending: Change | None = None


@dataclass
class Book:
    seed: int
    keys: dict[str, Key]
    leerlingen: list[Leerling] = field(default_factory=list)
    pushes: dict[str, Push] = field(default_factory=dict)
    """By Idempotency-Key."""
    pushed: dict[str, Push] = field(default_factory=dict)
    """The push that a levering came from, by every levering that the school was told of."""
    takes: dict[str, list[Take]] = field(default_factory=dict)
    """Per levering, every time it was given."""
    signed: set[str] = field(default_factory=set)
    """Leveringen whose acknowledgement was answered."""
    signing: dict[str, int] = field(default_factory=dict)
    """When an acknowledgement was sent first, by levering."""
    unheard: set[str] = field(default_factory=set)
    """Leveringen whose acknowledgement was sent, and nothing heard."""
    postbus: list[str] = field(default_factory=list)
    """As it was told last: of each leerling the first levering, in order."""
    looks: list[Look] = field(default_factory=list)
    """Not held to what the school knows yet: it may not have heard of every levering in them."""
    leased: set[str] = field(default_factory=set)
    """Leveringen of which a take was refused, most likely for the lease of one that nobody heard of."""
    came: int = 0
    """How often a levering of a leerling for whom nothing waited was seen to come into the postbus."""
    recorded: dict[str, bool] = field(default_factory=dict)
    """Facts whose recording was answered, by id; True: a withdrawal."""
    leaves: set[str] = field(default_factory=set)
    """Hashes that receipts promised to be in the ledger."""
    checkpoints: dict[int, str] = field(default_factory=dict)
    assertions: list[str] = field(default_factory=list)
    """Token assertions that were accepted: each may be used once, whatever happens in between."""
    tokens: dict[str, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    away: bool = False
    """The database was killed: until it is back, "not now" (503) is a right answer, and no other one is."""
    ticks: int = 0
    answers: int = 0
    goal: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when `answers` passes `goal`."""
    statuses: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def key(self) -> str:
        return f"{self.random.getrandbits(64):016x}"

    def count(self, what: str, answer: Answer) -> Answer:
        self.answers += 1
        if self.answers >= self.goal:
            self.reached.set()
        self.statuses[what, answer.status] = self.statuses.get((what, answer.status), 0) + 1
        return answer

    def wrong(self, text: str) -> None:
        self.violations.append(text)

    def heard(self, levering: str) -> int:
        """The moment at which the school was told of it."""
        heard = self.pushed[levering].heard
        assert heard is not None
        return heard

    def tick(self) -> int:
        """A moment after all that were told before: one loop asks and hears everything."""
        self.ticks += 1
        return self.ticks

    # ── the order of the postbus, as it was seen

    def hold_looks(self) -> None:
        """Nothing that came later stands before what was there; nothing goes before it was signed for.

        For when the school knows every levering. Only of leerlingen whose leveringen wait for nothing: what
        is held in between gets a new place.
        """
        for look in self.looks:
            before, now = self._firsts(look.before), self._firsts(look.now)
            was = set(before.values())
            came: list[str] = []
            for n, levering in now.items():
                if levering in was and came:
                    self.wrong(f"{came[0]} came later than {levering} and stands before it")
                elif n not in before:
                    came.append(levering)
            self.came += len(came)
            for n, first in before.items():
                if now.get(n) != first and self.signing.get(first, look.heard) >= look.heard:
                    self.wrong(f"{first} was not signed for, and {now.get(n)} is first")
        self.looks.clear()

    def _firsts(self, postbus: list[str]) -> dict[int, str]:
        """The first one of each leerling, by his number."""
        steady = range(CHANGED, LEERLINGEN - HELD)
        return {n: levering for levering in postbus if (n := self.pushed[levering].leerling) in steady}

    def is_steady(self, levering: str) -> bool:
        """Whether it is known to be about a leerling whose leveringen wait for nobody's toestemming."""
        push = self.pushed.get(levering)
        return push is not None and CHANGED <= push.leerling < LEERLINGEN - HELD


class Clients:
    """All clients during one life of the gateway on `port`; every method ends with Broken when it dies."""

    def __init__(self, book: Book, port: int, issuer: str) -> None:
        self.book, self._port, self._issuer = book, port, issuer
        self._connections: list[Connection] = []
        self._leaving: list[asyncio.Task[None]] = []
        self._stopped = False

    def connection(self) -> Connection:
        self._connections.append(Connection(self._port))
        return self._connections[-1]

    async def close(self) -> None:
        self.stop()
        for each in self._connections:
            await each.close()

    async def send(
        self, conn: Connection, partij: str, path: str, body: bytes | None = None, key: str | None = None
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self.book.tokens[partij]}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"] = "application/json"
        return await conn.request("POST", f"/v1{path}", headers, body)

    async def read(self, conn: Connection, partij: str, path: str) -> Answer:
        return await conn.request(
            "GET", f"/v1{path}", {"Authorization": f"Bearer {self.book.tokens[partij]}"}
        )

    # ── tokens

    async def sign_in(self, conn: Connection, partij: str) -> None:
        key, now, name = self.book.keys[partij], int(time.time()), client_of(partij)
        claims = {
            "iss": name,
            "sub": name,
            "aud": f"{self._issuer}/v1/token",
            "iat": now,
            "exp": now + 300,
            "jti": self.book.key(),
        }
        assertion = jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)
        answer = self.book.count("token", await self._post_assertion(conn, assertion))
        if answer.status == 200:
            self.book.assertions.append(assertion)
            self.book.tokens[partij] = json.loads(answer.body)["access_token"]
        elif not await self._away(answer):
            self.book.wrong(f"a fresh assertion was answered with {answer.status}")

    async def replay_assertion(self, conn: Connection, assertion: str) -> None:
        if (await self._post_assertion(conn, assertion)).status == 200:
            self.book.wrong("an assertion was accepted twice")

    async def _post_assertion(self, conn: Connection, assertion: str) -> Answer:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await conn.request("POST", "/v1/token", headers, urlencode(form).encode())

    # ── what is recorded before the load

    async def record_leerlingen(self) -> None:
        """`LEERLINGEN` of them, with joint gezag and the toestemming of both ouders, the last ones of one."""
        conn = self.connection()
        for partij in CALLERS:
            await self.sign_in(conn, partij)
        for n in range(LEERLINGEN):
            name = f"LL-2020-{n:04}"
            body = gezag(
                leerling={"leerlingid": name},
                geboortedatum=BIRTH,
                gecontroleerdOp=(TODAY - dt.timedelta(days=10)).isoformat(),
            )
            found = json.loads(await self._must(conn, "/gezagsgegevens", body))
            ouders = [p["persoonId"] for p in found["personen"]]
            raw = dossier((LEERLING, name), (BORN, BIRTH))
            made = Leerling(found["leerlingId"], ouders, json.dumps(envelope(raw)).encode(), "")
            for i, ouder in enumerate(ouders[: 1 if n >= LEERLINGEN - HELD else 2]):
                answer = json.loads(await self._must(conn, "/toestemmingen", agreement(made.id, ouder)))
                made.toestemming = made.toestemming if i else answer["toestemmingId"]
            self.book.leerlingen.append(made)

    async def _must(self, conn: Connection, path: str, body: dict[str, Any]) -> bytes:
        answer = await self.send(conn, SCHOOL, path, json.dumps(body).encode(), self.book.key())
        assert answer.status == 201, (path, answer.status, answer.body)
        return answer.body

    # ── load, until the gateway dies

    async def load(self, seed: int, part: int = 0, parts: int = 1) -> None:
        """Returns when every connection is broken, or after `stop`.

        Of `parts` gateways this is number `part`: each withdraws and gives again for leerlingen of its own,
        for whoever changes one leerling waits for the answer before he changes it again.
        """
        workers = [self._push(random.Random(seed + i)) for i in range(PUSHERS)]
        workers += [
            self._change(random.Random(seed + 200), part, parts),
            self._watch(),
            self._watch_postbus(),
        ]
        takers = [self._take(random.Random(seed + 100 + i)) for i in range(TAKERS)]
        takers += [self._hurry(random.Random(seed + 300))]
        self._leaving = [asyncio.create_task(worker) for worker in workers]
        results = await asyncio.gather(*self._leaving, *takers, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Broken | asyncio.CancelledError):
                raise result
        assert self._stopped or all(results), "a client stopped"

    def stop(self) -> None:
        """Every client goes away in the middle of whatever it asked, but who takes signs first: a lease that
        nobody ends holds up a leerling for longer than this test.
        """
        self._stopped = True
        for task in self._leaving:
            task.cancel()

    async def _away(self, answer: Answer) -> bool:
        """Whether this says that the database is away, and it is; then nothing was promised."""
        if answer.status != 503 or not self.book.away:
            return False
        await asyncio.sleep(0.1)
        return True

    async def _push(self, chance: random.Random) -> None:
        conn, book = self.connection(), self.book
        while True:
            n = chance.randrange(CHANGED if chance.random() < OFTEN else LEERLINGEN)
            key = book.key()
            book.pushes[key] = Push(n, book.leerlingen[n].dossier, book.tick())
            await self.push_again(conn, key)

    async def push_again(self, conn: Connection, key: str) -> None:
        """The same request under its own key: the first time, or as a repeat."""
        book, push = self.book, self.book.pushes[key]
        answer = book.count("push", await self.send(conn, SCHOOL, "/uitwisselingen", push.body, key))
        if await self._away(answer):
            return
        if answer.status != 202:
            book.wrong(f"push {key} was answered with {answer.status}: {answer.body!r}")
        elif push.answer is None:
            push.answer, push.heard = answer.body, book.tick()
            told = json.loads(answer.body)
            book.leaves.add(_payload(told["ontvangstbewijs"]["jws"])["bladHash"])
            for levering in _ids(told):
                book.pushed[levering] = push
        elif push.answer != answer.body:
            book.wrong(f"push {key} got another answer when it was repeated")

    async def _take(self, chance: random.Random) -> None:
        conn, leased = self.connection(), self.book.leased
        while not self._stopped:
            waiting = [v for v in await self.look(conn) if v not in leased or chance.random() < 0.02]
            if not waiting:
                await asyncio.sleep(0.01)
            for levering in chance.sample(waiting, min(4, len(waiting))):
                if not await self.take(conn, levering):
                    leased.add(levering)
                elif chance.random() < 0.97:
                    await self.acknowledge(conn, levering)

    async def _watch_postbus(self) -> None:
        conn = self.connection()
        while True:
            await self.look(conn)
            await asyncio.sleep(0.005)

    async def look(self, conn: Connection) -> list[str]:
        """What is first of each leerling, in order. It is kept, to be held to what was seen before."""
        book = self.book
        before = book.postbus
        answer = await self.read(conn, AANBIEDER, "/postbus?aantal=200")
        if await self._away(answer):
            return []
        if answer.status != 200:
            book.wrong(f"the postbus was answered with {answer.status}")
            return []
        told = json.loads(answer.body)
        assert told["na"] is None, "the whole postbus is on one page"
        book.postbus = [item["leveringId"] for item in told["leveringen"]]
        book.looks.append(Look(before, book.postbus, book.tick()))
        return book.postbus

    async def _hurry(self, chance: random.Random) -> None:
        """Asks for what the school was just told of, whether it is its turn or not; and once in a while as
        somebody for whom it is not.
        """
        conn, book = self.connection(), self.book
        while not self._stopped:
            await asyncio.sleep(0.01)
            latest = list(itertools.islice(reversed(book.pushed), HURRY))
            if not latest:
                continue
            levering = chance.choice(latest)
            if chance.random() < 0.2:
                await self._take_of_another(conn, levering)
            elif await self.take(conn, levering):
                await self.acknowledge(conn, levering)

    async def _take_of_another(self, conn: Connection, levering: str) -> None:
        """One answer for what is somebody else's and for what never was."""
        answers = [
            await self.send(conn, OTHER_AANBIEDER, f"/leveringen/{asked}/_neem")
            for asked in (levering, UNKNOWN)
        ]
        for answer in answers:
            if answer.status == 503 and self.book.away:
                return
            if answer.status != 404:
                self.book.wrong(f"a stranger's take of {levering} was answered with {answer.status}")
        theirs, none = answers
        if theirs.body != none.body:
            self.book.wrong(f"{levering} of another is answered otherwise than one that never was")

    async def take(self, conn: Connection, levering: str) -> bool:
        """Whether it was given. Bytes that differ from an earlier take are a violation."""
        book = self.book
        push = book.pushed.get(levering)
        who = None if push is None else book.leerlingen[push.leerling]
        withdrawn = who is not None and who.agreed is False
        answer = book.count("take", await self.send(conn, AANBIEDER, f"/leveringen/{levering}/_neem"))
        if answer.status != 200:
            if answer.status not in (404, 409, 503):
                book.wrong(f"a take of {levering} was answered with {answer.status}")
            if "content-digest" in answer.headers:
                book.wrong(f"a take of {levering} was refused, with content")
            await self._away(answer)
            return False
        if withdrawn and who is not None and who.agreed is False:
            book.wrong(f"{levering} was released after its withdrawal had been acknowledged")
        if push is not None and push.leerling >= LEERLINGEN - HELD:
            book.wrong(f"{levering} was released, and one ouder has not agreed")
        digest = hashlib.sha256(answer.body).digest()
        if answer.headers.get("content-digest") != f"sha-256=:{base64.b64encode(digest).decode()}:":
            book.wrong(f"the bytes of {levering} do not fit their digest")
        seen = book.takes.setdefault(levering, [])
        if seen and seen[0].digest != digest.hex():
            book.wrong(f"{levering} was given again with other bytes")
        seen.append(Take(book.tick(), digest.hex(), answer.headers["lease-tot"]))
        return True

    async def acknowledge(self, conn: Connection, levering: str) -> None:
        book = self.book
        claims = {
            "soort": "leveringsbewijs",
            "leveringId": levering,
            "inhoudHash": "sha256:" + book.takes[levering][0].digest,
            "ontvangenOp": now(),
        }
        body = json.dumps({"jws": sign(book.keys[AANBIEDER], claims)}).encode()
        path = f"/leveringen/{levering}/leveringsbewijzen"
        book.signing.setdefault(levering, book.tick())
        book.unheard.add(levering)
        answer = book.count("sign", await self.send(conn, AANBIEDER, path, body))
        book.unheard.discard(levering)
        if answer.status == 200:
            book.signed.add(levering)
        elif answer.status not in (404, 503):
            book.wrong(f"the signature for {levering} was answered with {answer.status}")

    async def _change(self, chance: random.Random, part: int, parts: int) -> None:
        """Withdraws and gives again, each only after the other was answered."""
        conn, book = self.connection(), self.book
        while True:
            await asyncio.sleep(chance.uniform(0, 0.05))
            who = chance.choice(book.leerlingen[:CHANGED][part::parts])
            if who.pending is None:
                who.pending = self._next_change(who)
            await self.settle(conn, who)

    def _next_change(self, who: Leerling) -> Change:
        if who.agreed:
            body = json.dumps({"moment": now()}).encode()
            path = f"/toestemmingen/{who.toestemming}/intrekkingen"
            return Change(path, body, self.book.key(), gives=False)
        again = json.dumps(agreement(who.id, who.ouders[0])).encode()
        return Change("/toestemmingen", again, self.book.key(), gives=True)

    async def settle(self, conn: Connection, who: Leerling) -> None:
        """Send the pending change of `who`, or send it again under the same key, until it is answered."""
        book, change = self.book, who.pending
        if change is None:
            return
        who.agreed = None
        answer = book.count("change", await self.send(conn, SCHOOL, change.path, change.body, change.key))
        if await self._away(answer):
            return
        if answer.status != 201:
            book.wrong(f"a change was answered with {answer.status}: {answer.body!r}")
            return
        found = json.loads(answer.body)
        book.recorded[found["id"]] = not change.gives
        book.leaves.add(found["bladHash"])
        if change.gives:
            who.toestemming = found["toestemmingId"]
        who.agreed, who.pending = change.gives, None

    async def _watch(self) -> None:
        """Keeps checkpoints and asks for tokens."""
        conn = self.connection()
        for partij in itertools.cycle(CALLERS):
            answer = await self.read(conn, FG, "/ledger/checkpoint")
            if answer.status == 200:
                note = answer.body.decode()
                size = int(note.split("\n")[1])
                if self.book.checkpoints.setdefault(size, note).split("\n")[:3] != note.split("\n")[:3]:
                    self.book.wrong(f"two checkpoints of size {size} differ")
            await self.sign_in(conn, partij)
            await asyncio.sleep(0.05)

    # ── after a restart

    async def check(self, keys: Iterable[str], assertions: Iterable[str]) -> None:
        """What was promised is kept, and what is still unknown becomes known."""
        conn = self.connection()
        await self.check_pushes(keys)
        for levering in tuple(self.book.unheard):
            await self.acknowledge(conn, levering)
        for who in self.book.leerlingen:
            await self.settle(conn, who)
        for assertion in assertions:
            await self.replay_assertion(conn, assertion)
        self.book.hold_looks()

    async def check_pushes(self, keys: Iterable[str]) -> None:
        """Everything that was sent under `keys` is there, and is answered as it was the first time."""
        conn = self.connection()
        for key in keys:
            await self.push_again(conn, key)
            answer = self.book.pushes[key].answer
            if answer is None:
                continue  # refused: push_again has said so
            told = json.loads(answer)
            found = await self.read(conn, SCHOOL, f"/uitwisselingen/{told['uitwisselingId']}")
            self.book.count("read", found)
            if found.status != 200:
                self.book.wrong(f"{key} was accepted and is gone: {found.status}")
            elif _ids(json.loads(found.body)) != _ids(told):
                self.book.wrong(f"{key} has other leveringen than was said")

    async def drain(self, again: int) -> int:
        """Take and sign what waits, taking each `again`-th one twice; how many there were in this round."""
        conn = self.connection()
        await self.sign_in(conn, AANBIEDER)
        waiting = await self.look(conn)
        for i, levering in enumerate(waiting):
            if await self.take(conn, levering) and (i % again or len(self.book.takes[levering]) > 1):
                await self.acknowledge(conn, levering)
        self.book.hold_looks()
        return len(waiting)


def agreement(leerling: str, ouder: str) -> dict[str, Any]:
    return toestemming(
        ouder,
        leerlingId=leerling,
        moment=now(),
        geldigVanaf=(TODAY - dt.timedelta(days=1)).isoformat(),
        geldigTotEnMet=(TODAY + dt.timedelta(days=200)).isoformat(),
    )


def _ids(told: dict[str, Any]) -> set[str]:
    return {v["id"] for v in told["leveringen"]}


def _payload(jws: str) -> dict[str, Any]:
    part = jws.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat()
