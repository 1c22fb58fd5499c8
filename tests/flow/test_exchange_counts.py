"""What accepting one exchange does, counted: statements, validations, signatures, calls.

Time says little on a machine that others use too. These numbers are the same every time, so one that grows
is work that was added, and whoever adds it sees it here and says why. One that shrinks may be the new bound.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from tests.line import Line, another, story

MOST: Final = {
    "statements": 21,
    "validations": 9,
    "dumps of a model": 7,
    "dumps of JSON": 12,
    "signatures": 1,
    "encryptions": 4,
    "decryptions": 2,
    "reads of the random source": 16,
    "calls": 9_000,
}
"""Of one push of a dossier about a known leerling to one recipient, on SQLite, in the thread that serves.
`calls` counts every call of Python or C, with a margin for what differs between releases of libraries.
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
    transport: Any = line.http._transport
    plain = transport.app
    pushes: list[Counter[str]] = []
    for n in range(4):
        leerling = await line.gezag(leerling={"leerlingid": f"LL-{n}"})
        await line.both_agree(leerling)
        if n:  # the first push makes what is made once
            transport.app = counted(plain, pushes)
        await line.push(raw=another(f"LL-{n}"))
        transport.app = plain
    assert len(pushes) == 3
    least = {kind: min(each[kind] for each in pushes) for kind in MOST}
    assert all(least.values()), "a kind of work of which there is none is counted under another name"
    assert {k: n for k, n in least.items() if n > MOST[k]} == {}
