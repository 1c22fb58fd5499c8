"""The Dutch a person reads for each code, from gateway/explain/teksten.toml, which is read once, at import.

Beside each text stands who owns it, when it was last read over and for how long that holds, who may read it,
and for a reason which norm it rests on (gateway/explain/normen.toml).
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from schemas.decision.decision import Reden, Standpunt
from schemas.exchange.taak import Taaksoort
from schemas.exchange.uitwisseling import Gebeurtenissoort, Leveringstatus
from schemas.people.toestemming import Hoedanigheid, Richting
from schemas.shown.uitleg import Handelaar, Lezersoort, Norm, Normsoort

NIET_BESCHIKBAAR: Final = "nietBeschikbaar"
"""Stands in the place of a reason that rests on facts of another partij."""
_PUBLIEK: Final = {Lezersoort.AFZENDER: "school", Lezersoort.OUDER: "ouder", Lezersoort.FG: "fg"}
"""The word in `voor` for each reader. A text for the school is for any sender. A recipient reads no
reasons.
"""

_MAANDEN: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("gateway.explain").joinpath(name).read_text(encoding="utf-8"))


_ALL = _read("teksten.toml")
NORMEN: Final = {
    key: Norm(naam=n["naam"], soort=Normsoort(n["soort"]), gelezen=n["gelezen"], tekst=n["tekst"])
    for key, n in _read("normen.toml").items()
}


@dataclass(frozen=True, slots=True)
class Beheer:
    """Who keeps one text true, and until when it counts as read over."""

    groep: str
    code: str
    eigenaar: str
    nagekeken: dt.date
    tot: dt.date
    """The first day on which it must have been read over again."""
    voor: frozenset[str]


def _months_later(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    return dt.date(day.year + years, month + 1, min(day.day, 28))


def _beheer(groep: str, code: str, entry: object) -> Beheer:
    said: Mapping[str, Any] = _ALL["groep"][groep]
    if isinstance(entry, dict):
        said = {**said, **entry}
    until = _months_later(said["nagekeken"], said["termijn_maanden"])
    return Beheer(groep, code, said["eigenaar"], said["nagekeken"], until, frozenset(said["voor"]))


def beheer() -> Iterator[Beheer]:
    """One entry per text: who keeps it true, and until when."""
    for groep in ("status", "taak", "gebeurtenis", "standpunt", "reden"):
        for code, entry in _ALL[groep].items():
            yield _beheer(groep, code, entry)
    for table, texts in _ALL["uitleg"].items():
        for code, entry in texts.items():
            yield _beheer("uitleg", f"{table}.{code}", entry)


def verlopen(op: dt.date) -> tuple[Beheer, ...]:
    """The texts that must be read over again before a release on that day."""
    return tuple(b for b in beheer() if not b.nagekeken <= op < b.tot)


def reden(code: Reden | str) -> str:
    return str(_ALL["reden"][str(code)]["uitleg"])


def stap(code: Reden | str) -> str:
    """What can be done about it; empty when nothing is needed."""
    return str(_ALL["reden"][str(code)]["stap"])


def stapzetter(code: Reden | str) -> Handelaar | None:
    """Who can take that `stap`; None when there is nothing to do."""
    wie = _ALL["reden"][str(code)]["wie"]
    return Handelaar(wie) if wie else None


def normen(code: Reden | str, richting: Richting) -> tuple[Norm, ...]:
    """The norms that a reason rests on. From jeugdhulp to school they include the secrecy of a
    professional.
    """
    said = _ALL["reden"][str(code)]
    names = [*said["norm"], *(said.get("norm_j2s", ()) if richting is Richting.J2S else ())]
    return tuple(NORMEN[n] for n in names)


def leesbaar(code: Reden | str, lezer: Lezersoort) -> bool:
    """Whether that reader may read the text of this reason at all."""
    return _PUBLIEK.get(lezer) in _ALL["reden"][str(code)]["voor"]


def status(code: Leveringstatus | str) -> str:
    return str(_ALL["status"][str(code)]["uitleg"])


def status_stap(code: Leveringstatus | str) -> str:
    return str(_ALL["status"][str(code)]["stap"])


def taak(code: Taaksoort) -> str:
    return str(_ALL["taak"][code]["uitleg"])


def taak_stap(code: Taaksoort) -> str:
    return str(_ALL["taak"][code]["stap"])


def gebeurtenis(code: Gebeurtenissoort) -> str:
    return str(_ALL["gebeurtenis"][code])


def standpunt(code: Standpunt) -> str:
    return str(_ALL["standpunt"][code])


def uitleg(table: str, code: str) -> str:
    """A sentence or word of an explanation: what became of it, a role, a category, a heading."""
    return str(_ALL["uitleg"][table][code])


def datum(day: dt.date) -> str:
    """A day as people write it: 3 september 2026."""
    return f"{day.day} {_MAANDEN[day.month - 1]} {day.year}"


def hoedanigheid(rol: Hoedanigheid | None, aantal: int) -> str:
    """How many people in which role, in words. None as role means that nobody knows yet who they are."""
    code = rol or "onbekend"
    if aantal == 1:
        return uitleg("hoedanigheid", code)
    two = _ALL["uitleg"]["hoedanigheid_twee"].get(code) if aantal == 2 else None  # noqa: PLR2004 - as its name
    return str(two) if two else f"{uitleg('hoedanigheid', code)} ({aantal} keer)"
