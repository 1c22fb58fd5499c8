"""What must be shown of how a toestemming was taken: each way of taking it has its own demands (AVG 7(1))
[P].

A yes that lacks some of it does not carry, in whichever way it came on record. A no is heard without any
proof.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from schemas.base import Gegevenscategorie
from schemas.errors import Fault
from schemas.people.toestemming import Bereik, Bewijsmiddel, Uitdrukkelijk

WITNESSES: Final = 2


def shortcomings(bewijs: Bewijsmiddel, gezegd: dt.date) -> tuple[Fault, ...]:
    """All shortcomings, with their place in the bewijsmiddel. `gezegd` is the Dutch day on which it was
    stated.
    """
    found = []
    oral, paper = bewijs.methode == "mondeling_twee_getuigen", bewijs.methode == "papier_gescand"
    people = {" ".join(g.split()).casefold() for g in bewijs.getuigen}
    if oral and len(people) != WITNESSES:
        text = "Een mondelinge toestemming vraagt precies twee verschillende getuigen."
        found.append(Fault("bewijs.getuigen", "/getuigen", text))
    elif people and not oral:
        found.append(
            Fault("bewijs.getuigen", "/getuigen", "Getuigen horen alleen bij een mondelinge toestemming.")
        )
    if paper and bewijs.ondertekend_op is None:
        text = "Noem de dag waarop het papier is ondertekend."
        found.append(Fault("bewijs.dag", "/ondertekendOp", text))
    elif paper and bewijs.ondertekend_op != gezegd:
        text = "Het papier is op een andere dag ondertekend dan het moment van de toestemming."
        found.append(Fault("bewijs.dag", "/ondertekendOp", text))
    elif bewijs.ondertekend_op is not None and not paper:
        text = "Een dag van ondertekenen hoort alleen bij papier."
        found.append(Fault("bewijs.dag", "/ondertekendOp", text))
    return tuple(found)


def explicit(said: Uitdrukkelijk, bereik: Bereik, categorie: Gegevenscategorie) -> bool:
    """Whether people agreed to this category separately (AVG 9(2)(a)).

    One tick for several categories was about none of them separately.
    """
    if not isinstance(said, bool):
        return categorie in said
    return said and set(bereik.categorieen) == {categorie}
