"""Decisions per second in one process, for a leerling with few and with many statements on record.

The statements are those of two ouders and the youth who said yes, no and yes again, so the newest decides.
Two ways: with the statements indexed once, as the gateway keeps them, and with a bare list that is indexed at
every decision. CPU time, so that a busy neighbour counts for little.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any, Final

from consent.decide import decide
from consent.statements import Statements
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Outcome
from schemas.people.toestemming import Toestemming
from tests.builders import (
    NOW,
    P1,
    P2,
    YOUTH,
    a_request,
    a_toestemming,
    an_id,
    an_intrekking,
    authorities,
    beleid,
)

COUNTS: Final = (1, 100, 10_000)
ASKED: Final = (Gegevenscategorie.CONTACT, Gegevenscategorie.DOELEN, Gegevenscategorie.GEZONDHEID)
Json = dict[str, Any]


def statements(count: int) -> tuple[Toestemming, ...]:
    """`count` statements of three people, every other one a withdrawal, of which the last ones agree."""
    people = (P1, P2, YOUTH)
    out = []
    for n in range(count - len(people)):
        said = a_toestemming(
            people[n % 3], id=an_id(f"gezegd {n}"), moment=NOW - dt.timedelta(minutes=count + 9 - n)
        )
        out.append(an_intrekking(said, moment=said.moment) if n % 2 else said)
    out += [a_toestemming(p, id=an_id(f"laatst {p}"), moment=NOW) for p in people[: max(1, count - len(out))]]
    return tuple(out)


def measure(rounds: int, seconds: float, tell: Callable[[str], None]) -> Json:
    figures: Json = {}
    for count in COUNTS:
        said = statements(count)
        for name, consents in (("indexed", Statements(said)), ("bare list", said)):
            rates = [_rate(consents, seconds / rounds) for _ in range(rounds)]
            middle = statistics.median(rates)
            figures[f"{count} {name}"] = {"decisions per second": middle, "per round": rates}
            tell(f"{count:6} statements, {name:9}: {middle:8.0f} decisions/s, {1e6 / middle:8.0f} µs each")
    return figures


def _rate(consents: Statements | tuple[Toestemming, ...], seconds: float) -> float:
    request, who, policy = a_request(*ASKED), authorities(age=13), beleid()
    outcome = decide(request, consents, who, (), None, policy, NOW).outcome
    assert outcome in {Outcome.PERMIT, Outcome.HOLD}
    count, begun = 0, time.process_time()
    while (passed := time.process_time() - begun) < seconds:
        decide(request, consents, who, (), None, policy, NOW)
        count += 1
    return count / passed
