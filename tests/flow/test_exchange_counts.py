"""What one exchange does, from push to receipt, counted: statements, validations, signatures, calls.

Time says little on a machine that others use too. These numbers are the same every time, so one that grows
is work that was added, and whoever adds it sees it here and says why. One that shrinks may be the new bound.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from tests.line import Line, another, only, story

_ROWS: Final = (
    *("statements", "validations", "dumps of a model", "dumps of JSON", "signatures", "encryptions"),
    *("decryptions", "reads of the random source", "calls"),
)
_TABLE: Final = {
    "push about a known leerling": (21, 10, 7, 13, 1, 4, 2, 10, 5_800),
    "push about a new leerling": (28, 15, 8, 14, 1, 7, 3, 15, 5_800),
    "take": (28, 18, 6, 11, 0, 2, 4, 6, 4_350),
    "receipt": (15, 4, 3, 8, 0, 2, 1, 4, 1_350),
    "list of 50": (4, 100, 0, 3, 0, 0, 0, 1, 1_700),
}
MOST: Final = {name: dict(zip(_ROWS, most, strict=True)) for name, most in _TABLE.items()}
"""Of one request on SQLite, in the thread that serves. `calls` counts every call of Python or C, with a few
percent for what differs between releases of libraries. One of the validations of a push reads base64.
"""
_KINDS: Final = {
    "statements": ("'execute' of 'sqlite3.Connection'", "'executemany' of 'sqlite3.Connection'"),
    "validations": (
        "'validate_python' of 'pydantic_core._pydantic_core.SchemaValidator'",
        "'validate_json' of 'pydantic_core._pydantic_core.SchemaValidator'",
    ),
    "dumps of a model": (
        "'to_python' of 'pydantic_core._pydantic_core.SchemaSerializer'",
        "'to_json' of 'pydantic_core._pydantic_core.SchemaSerializer'",
    ),
    "dumps of JSON": ("orjson.dumps",),
    "signatures": ("Ed25519PrivateKey", "ECPrivateKey"),
    "encryptions": ("'encrypt' of 'cryptography",),
    "decryptions": ("'decrypt' of 'cryptography",),
    "reads of the random source": ("posix.urandom",),
}

App = Callable[[Any, Any, Any], Awaitable[None]]


def counted(app: App, into: list[Counter[str]]) -> App:
    """The application, which also counts what it does for each request."""

    async def work(scope: Any, receive: Any, send: Any) -> None:
        profile = cProfile.Profile()
        profile.enable()
        try:
            await app(scope, receive, send)
        finally:
            profile.disable()
        into.append(by_kind(profile))

    return work


def by_kind(profile: cProfile.Profile) -> Counter[str]:
    found: Counter[str] = Counter()
    stats: Any = pstats.Stats(profile)
    for (_, _, name), (_, calls, *_) in stats.stats.items():
        found["calls"] += calls
        for kind, names in _KINDS.items():
            if any(n in name for n in names) and not name.startswith("<method 'public"):
                found[kind] += calls
    return found


@story("sqlite")
async def test_an_exchange_does_no_more_than_this(line: Line) -> None:
    """Nor does what becomes of it: its take, the receipt of that, and a list of what was sent."""
    done: dict[str, list[Counter[str]]] = {name: [] for name in MOST}
    transport: Any = line.http._transport
    plain = transport.app

    async def count(name: str, request: Awaitable[Any]) -> Any:
        transport.app = counted(plain, done[name])
        try:
            return await request
        finally:
            transport.app = plain

    for n in range(4):
        await line.push(raw=another(f"LL-EERST-{n}"))  # makes what is made once
        await count("push about a new leerling", line.push(raw=another(f"LL-NIEUW-{n}")))
        leerling = await line.gezag(leerling={"leerlingid": f"LL-{n}"})
        await line.both_agree(leerling)
        pushed = await count("push about a known leerling", line.push(raw=another(f"LL-{n}")))
        payload = await count("take", line.take(only(pushed)))
        await count("receipt", line.sign_for(only(pushed), payload))
    for n in range(40):
        await line.push(raw=another(f"LL-LIJST-{n % 5}"))
    for _ in range(2):
        await count("list of 50", line.school.get("/uitwisselingen?aantal=50"))
    found = {
        name: {kind: min(each[kind] for each in counts[1:]) for kind in _ROWS}
        for name, counts in done.items()
    }
    of_push = found["push about a known leerling"]
    assert all(of_push.values()), "a kind of work of which there is none is counted under another name"
    assert {
        (name, kind): count
        for name, most in MOST.items()
        for kind, count in found[name].items()
        if count > most[kind]
    } == {}
