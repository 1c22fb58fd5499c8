"""What is known of one flow, in the conditions of its rules: from what is on record, and from nothing else.
Pure.

Nothing is guessed: what neither a fact nor the register says is not known, and what rests on it waits. Only
what is so because somebody says it (`ALLEEN_GEZEGD`) is known not to be so as long as nobody did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from consent import gronden
from consent.leeftijd import add_months, age, day
from consent.recht import Rechtstand
from consent.request import Request
from consent.rules import Authorities
from consent.voorwaarden import ALLEEN_GEZEGD, Driewaardig, Feiten
from schemas.identifiers import Id
from schemas.people.gronden import Grondsoort, Grondverklaring, Verzuimgrond
from schemas.people.hoedanigheden import Partijfunctie, Partijhoedanigheid
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.toestemming import Gezagsoort

_SAYS: Final[dict[Grondsoort, dict[str, bool]]] = {
    Grondsoort.OTS_GI: {"ots_loopt": True, "nodig": True},
    Grondsoort.VEILIG_THUIS: {"vermoeden": True, "meldcode": True, "nodig": True},
    Grondsoort.VERWIJSINDEX: {"risico_verwijsindex": True, "nodig": True},
    Grondsoort.LEERPLICHT: {"leerplichtig": True, "centraal_gemeld": False, "nodig": True},
    Grondsoort.OVERSTAP: {"gaat_over": True, "vo_naar_mbo": False, "nodig": True},
}
"""What a ground says that is asserted and met. That the recipient asked for it, none says."""
_ONLY_SAID: Final = dict.fromkeys(ALLEEN_GEZEGD, False)
_VERZUIM: Final[dict[Verzuimgrond | None, dict[str, bool]]] = {
    Verzuimgrond.RELATIEF_VERZUIM: {"zestien_uur": True},
    Verzuimgrond.IN_OF_UITSCHRIJVING: {"in_of_uitschrijving_buiten_register": True},
}


@dataclass(frozen=True, slots=True)
class Bekend:
    """What is known of one flow, and on which facts that rests."""

    feiten: Feiten
    rust_op: tuple[Id, ...] = ()
    """The grounds and circumstances that said something of it, in a fixed order."""
    functie: Partijfunctie | None = None
    """In which function it is sent, where that was stated."""


def van_stroom(
    request: Request,
    who: Authorities,
    grounds: Sequence[Grondverklaring],
    omstandigheden: Iterable[Omstandigheid],
    law: Rechtstand,
    as_of: dt.datetime,
) -> Bekend:
    """What is known of this request at `as_of`. What the sender stated himself counts, and nobody else's
    word.
    """
    stated: dict[str, bool] = {}
    rests: list[Id] = []
    for ground in sorted(grounds, key=lambda v: v.id):
        if ground.vastgelegd_door != request.afzender:
            continue
        if gronden.problem(ground, request, who.births, law, as_of) is None:
            stated |= _SAYS[ground.soort] | _VERZUIM.get(ground.verzuimgrond, {})
            rests.append(ground.id)
    functie = None
    for said in of_this(omstandigheden, request, law, as_of):
        stated |= {n.value: True for n in said.wel} | {n.value: False for n in said.niet}
        functie = said.functie or functie
        rests.append(said.id)
    recorded = {n: v for n, v in _by_record(request, who, law, as_of).items() if v is not None}
    # What is on record (gezag, age, enrolment) or in the register is not overruled by the word of who sends.
    found: dict[str, Any] = _ONLY_SAID | stated | recorded
    known = request.bekend
    open_ = {n: v for n, v in found.items() if getattr(known, n) is None}
    return Bekend(replace(known, geboren=who.births, **open_), tuple(rests), functie)


def of_this(
    omstandigheden: Iterable[Omstandigheid], request: Request, law: Rechtstand, as_of: dt.datetime
) -> tuple[Omstandigheid, ...]:
    """What the sender stated of this very flow and that holds now, the last recorded last.

    No longer than a ground of the law can last, whatever term was stated: it opens the same rules.
    """
    on, months = day(as_of), law.termijn["grond_maanden"]
    fitting = [
        o
        for o in omstandigheden
        if o.vastgelegd_door == request.afzender
        and o.ontvanger == request.ontvanger
        and request.doel in o.doelen
        and o.moment <= as_of
        and o.geldig_vanaf <= on <= min(o.geldig_tot_en_met, add_months(o.geldig_vanaf, months))
    ]
    return tuple(sorted(fitting, key=lambda o: (o.vastgelegd_op, o.id)))


def _by_record(
    request: Request, who: Authorities, law: Rechtstand, as_of: dt.datetime
) -> dict[str, Driewaardig]:
    """What follows from the record of the leerling and of who has gezag."""
    on = day(as_of)
    adult = law.leeftijd["meerderjarig"]
    grown = bool(who.births) and all(age(b, on) >= adult for b in who.births if b <= on)
    return {
        "ingeschreven": _enrolled(request, who),
        "leerplichtig": False if grown else None,
        "gi_is_voogd": _guardian(who),
    }


def _enrolled(request: Request, who: Authorities) -> Driewaardig:
    """At the school in this flow: whoever keeps the record of a leerling has him enrolled."""
    van, aan = request.van, request.aan
    if aan is not None and aan.als is Partijhoedanigheid.ONDERWIJS:
        school: str = request.ontvanger.partij
    elif van is not None and van.als is Partijhoedanigheid.ONDERWIJS:
        school = request.afzender
    else:
        return None
    return True if school == (who.eigenaar or request.eigenaar) else None


def _guardian(who: Authorities) -> Driewaardig:
    """Whether a GI holds gezag, as it was checked last."""
    snapshot = who.snapshot
    if snapshot is None or snapshot.soort is Gezagsoort.ONBEKEND:
        return None
    return snapshot.soort is Gezagsoort.GI_VOOGD
