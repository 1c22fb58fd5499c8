"""Whether the number of the leerling goes along: only where a rule of the flow gives it. Pure.

A number has no ground of its own in what people agree to: the law that prescribes it says for what it may be
used (UAVG 46). So it goes beside what goes by a duty or a power whose rule gives a number, and only where no
rule that speaks of the question forbids it. A rule of toestemming that says `mag` does not stand in the way
and brings no number; a weighing brings none either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from consent.request import Request
from consent.stromen import Nummerregel, Stroomregel
from consent.stroomoordeel import Celoordeel, Stroomreden
from consent.verdict import Verdict
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Ground, Outcome, Reden, Redengrond
from schemas.identifiers import Id

_BY_LAW: Final = frozenset({Stroomreden.BY_DUTY, Stroomreden.BY_MAY})


def number_verdict(
    request: Request,
    cells: Sequence[Celoordeel],
    verdicts: Mapping[Gegevenscategorie, Verdict],
    rows: Iterable[Stroomregel],
    rests_on: tuple[Id, ...],
) -> tuple[Verdict, tuple[str, ...]]:
    """What asking for the number comes to, and on which rules it goes; none where it stays home.

    `cells` and `verdicts` are of everything else that was asked, `rows` the rules of this pair and doel.
    Where what is asked waits for a rule or a fact, and the table could give the number then, it waits too.
    """
    sender = (request.afzender,)
    home = Verdict(Outcome.DENY, (Redengrond(Reden.BSN_NOT_ALLOWED, sender),)), ()
    if not request.nummer_mag or any(cel.nummer_verboden for cel in cells):
        return home
    beside = [
        cel
        for cel in cells
        if cel.reden in _BY_LAW
        and cel.nummer is not Nummerregel.VERBODEN
        and verdicts[cel.soort].outcome is Outcome.PERMIT
    ]
    if beside:
        duty = any(cel.reden is Stroomreden.BY_DUTY for cel in beside)
        why = Redengrond(Reden.RULE_DUTY if duty else Reden.RULE_MAY, sender)
        keys = tuple(sorted({key for cel in beside for key in cel.regels}))
        return Verdict(Outcome.PERMIT, (why,), ground=Ground.STATUTORY, rests_on=rests_on), keys
    held = [
        verdicts[cel.soort].reasons
        for cel in cells
        if cel.reden is not Stroomreden.CONSENT_NEEDED and verdicts[cel.soort].outcome is Outcome.HOLD
    ]
    if held and any(_may_yet(r, request) for r in rows):
        return Verdict(Outcome.HOLD, held[0]), ()
    return home


def _may_yet(r: Stroomregel, request: Request) -> bool:
    """Whether this rule would give a number of what is asked, once what it asks is so."""
    functie = None if request.aan is None else request.aan.functie
    return (
        r.geeft_nummer
        and (not r.functies or functie in r.functies)
        and not set(r.soorten).isdisjoint(request.gevraagd)
    )
