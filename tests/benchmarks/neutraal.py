"""How well a recipient can tell by time why there is nothing for him: the five causes of the neutral 404.

One gateway in this process on SQLite with a filled store. Every request is made for every cause in turn, in
an order that is drawn anew each round, so that what else the machine does touches all causes alike. For each
pair of causes the AUC: the chance that a request of the one took longer than one of the other, 0.5 when time
tells nothing. Two groups of ids that never existed show what difference chance alone makes.

In this process there is no network and no client library: who measures from outside sees less.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import random
import secrets
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from schemas.storage.storage import Register
from tests.callers import es256, public_jwk, sign
from tests.line import AANBIEDER, Caller, Json, Line, another, open_line, prepare

OTHERS: Final = 1_500
"""Leveringen of other leerlingen in the store."""
IDS: Final = 12
"""Leveringen per cause: that one of them lies well in a cache says little."""
CAUSES: Final = ("aangehouden", "geweigerd", "ingetrokken", "vreemd", "bestaat niet", "bestaat ook niet")
OPERATIONS: Final = ("lees", "neem", "teken", "verwerkt", "weiger", "lijst")


def measure(rounds: int, tell: Callable[[str], None], others: int = OTHERS) -> Json:
    """Seconds per request by operation and cause, and the AUC of every pair."""
    with tempfile.TemporaryDirectory(prefix="ozlijn-bench-") as name:
        prepare("sqlite", Path(name))
        times = asyncio.run(_all(Path(name), rounds, others))
    figures: Json = {}
    for operation, by_cause in times.items():
        pairs = {f"{a} / {b}": auc(by_cause[a], by_cause[b]) for a, b in itertools.combinations(CAUSES, 2)}
        worst = max(pairs, key=lambda p: abs(pairs[p] - 0.5))
        chance = pairs[f"{CAUSES[-2]} / {CAUSES[-1]}"]
        medians = {c: sorted(t)[len(t) // 2] * 1e6 for c, t in by_cause.items()}
        figures[operation] = {
            "samples per cause": len(by_cause[CAUSES[0]]),
            "median us": medians,
            "auc": pairs,
            "standard error": error(len(by_cause[CAUSES[0]])),
        }
        tell(
            f"{operation:9} medians {min(medians.values()):.0f}-{max(medians.values()):.0f} us, "
            f"furthest AUC {pairs[worst]:.3f} ({worst}), by chance {chance:.3f} "
            f"± {error(len(by_cause[CAUSES[0]])):.3f}"
        )
    return figures


def auc(one: list[float], other: list[float]) -> float:
    """The chance that a value of `one` is larger than one of `other`, ties counting half (Mann-Whitney)."""
    known = sorted(other)
    above = sum(bisect_left(known, v) + bisect_right(known, v) for v in one)
    return above / (2 * len(one) * len(other))


def error(samples: int) -> float:
    """Standard error of an AUC of two groups of this size that do not differ."""
    return math.sqrt((2 * samples + 1) / (12 * samples * samples))


async def _all(folder: Path, rounds: int, others: int) -> dict[str, dict[str, list[float]]]:
    async with open_line("sqlite", folder) as line:
        askers = await _askers(line)
        ids = await _leveringen(line, askers, others)
        line.answers.clear()
        times: dict[str, dict[str, list[float]]] = {o: defaultdict(list) for o in OPERATIONS}
        for n in range(rounds + 5):
            for operation in OPERATIONS:
                for cause in random.sample(CAUSES, len(CAUSES)):
                    who = askers[cause] if operation == "lijst" else line.helper
                    took = await _timed(line, who, operation, random.choice(ids[cause]))
                    if n >= 5:  # the first ones warm the caches
                        times[operation][cause].append(took)
        return times


async def _askers(line: Line) -> dict[str, Caller]:
    """For the list, a recipient per cause: all that was ever sent to him is of that one kind."""
    old = await line.world.storage.register()
    made, callers = dict(old.partijen), {}
    for n, cause in enumerate(CAUSES):
        partij = f"agb:9999992{n}"
        key = es256()
        caller = Caller(line.http, partij, f"systeem-{n}-neutraal", key)
        told = json.loads(made[AANBIEDER]) | {"id": partij}
        told["clients"] = [
            {
                "clientId": caller.client_id,
                "scopes": ["postbus:lezen"],
                "sleutels": [public_jwk(key)],
            }
        ]
        made[partij] = json.dumps(told)
        callers[cause] = caller
    await line.apply(Register(old.version, made))
    for caller in callers.values():
        await caller.sign_in()
    return callers


async def _leveringen(line: Line, askers: dict[str, Caller], others: int) -> dict[str, list[str]]:
    """Ids per cause, all but the foreign ones addressed to the helper and to the asker of that cause."""
    found: dict[str, list[str]] = defaultdict(list)
    made = itertools.count()

    async def pushed(cause: str, *to: str) -> str:
        name = f"LL-{next(made):05}"
        recipients = [{"partij": p, "rol": "jeugdhulpverlener"} for p in to]
        if cause != "aangehouden":
            leerling = await line.gezag(leerling={"leerlingid": name})
            over = {
                "richting": "S2J",
                "doelen": ["arrangement"],
                "categorieen": ["contact", "onderwijspositie", "doelen"],
                "ontvangers": recipients,
            }
            besluit = "geweigerd" if cause == "geweigerd" else "gegeven"
            given = await line.both_agree(leerling, bereik=over, besluit=besluit)
        sent = await line.push(raw=another(name), ontvangers=recipients)
        if cause == "ingetrokken":
            await line.withdraw(given[0])
        return next(str(v["id"]) for v in sent["leveringen"] if v["ontvanger"] == to[0])

    order = [c for c in CAUSES[:3] for _ in range(IDS)] + ["vreemd"] * IDS + ["ander"] * others
    random.shuffle(order)
    other = line.other_helper.partij
    for cause in order:
        if cause == "ander":
            # The rest of the store: another aanbieder's, and everybody's leerlingen.
            await line.push(raw=another(f"LL-{next(made):05}"), ontvangers=[_to(other)])
        elif cause == "vreemd":
            found[cause].append(await pushed(cause, other))
        else:
            found[cause].append(await pushed(cause, AANBIEDER, askers[cause].partij))
        line.answers.clear()
    for cause in CAUSES[4:]:
        found[cause] = [secrets.token_hex(16) for _ in range(IDS)]
    return found


def _to(partij: str) -> Json:
    return {"partij": partij, "rol": "jeugdhulpverlener"}


_PATHS: Final[dict[str, tuple[str, str, Any]]] = {
    "lees": ("GET", "/v1/leveringen/{}", None),
    "neem": ("POST", "/v1/leveringen/{}/_neem", None),
    "teken": ("POST", "/v1/leveringen/{}/leveringsbewijzen", None),
    "verwerkt": ("POST", "/v1/leveringen/{}/_verwerkt", None),
    "weiger": ("POST", "/v1/leveringen/{}/_weiger", {"grond": "niet_voor_ons"}),
    "lijst": ("GET", "/v1/postbus", None),
}


async def _timed(line: Line, who: Caller, operation: str, levering: str) -> float:
    """Seconds one request takes, straight into the application."""
    method, path, body = _PATHS[operation]
    if operation == "teken":
        claims = {
            "soort": "leveringsbewijs",
            "leveringId": levering,
            "inhoudHash": "sha256:" + "0" * 64,
            "ontvangenOp": line.clock.now().isoformat(),
        }
        body = {"jws": sign(who.key, claims)}
    return await _request(line, who, method, path.format(levering), body)


async def _request(line: Line, who: Caller, method: str, path: str, body: object) -> float:
    content = b"" if body is None else json.dumps(body).encode()
    headers = [(b"authorization", f"Bearer {who.token}".encode()), (b"host", b"localhost")]
    if content:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 443),
        "state": {},
    }
    status = 0

    async def receive() -> Json:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    begun = time.perf_counter()
    await line.app(scope, receive, send)
    took = time.perf_counter() - begun
    assert status == (200 if path.endswith("/postbus") else 404), (status, path)
    return took
