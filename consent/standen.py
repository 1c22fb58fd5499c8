"""What each of those who are asked says of one cell: his own statements, a court in his place, his own no.

What it comes to together stands in consent/verdict.py, and whom to ask in consent/te_vragen.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from consent import rules
from consent.beleid import Beleid
from consent.leeftijd import Band, day, midnight, turns
from consent.rules import Authorities, Cell, Heard, Stand, State
from consent.signers import Signers, signers
from consent.statements import Statements
from schemas.base import Gegevenscategorie
from schemas.people.toestemming import Richting, Toestemming


def stands_of(
    needed: Signers,
    people: Mapping[str, rules.Functies],
    cell: Cell,
    said: Statements,
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
) -> dict[str, Stand]:
    replaced = _replaced(needed, cell, said, who, policy, as_of)
    return {
        persoon: _stand(needed, persoon, functies, replaced, cell, said, who, policy, as_of)
        for persoon, functies in people.items()
    }


def _stand(
    needed: Signers,
    persoon: str,
    functies: rules.Functies,
    replaced: Mapping[str, rules.Functies],
    cell: Cell,
    said: Statements,
    who: Authorities,
    policy: Beleid,
    as_of: dt.datetime,
) -> Stand:
    for_him = replaced.get(persoon, frozenset())
    if functies and functies <= for_him:
        return Stand(State.PERMIT, substituted=True)
    heard = heard_of(needed, persoon, functies - for_him, for_him)
    found = rules.stand(heard, cell, said, who, policy, as_of)
    return replace(found, substituted=True) if for_him and found.state is State.PERMIT else found


def heard_of(
    needed: Signers,
    persoon: str,
    functies: rules.Functies,
    for_him: rules.Functies = frozenset(),
) -> Heard:
    by_order = needed.by_order.get(persoon, frozenset())
    holder = persoon in needed.holders
    return Heard(
        persoon,
        functies,
        _is_alone(needed),
        by_order=by_order,
        holder=holder,
        taken_over=for_him | (needed.taken_over - by_order if holder else frozenset()),
    )


def _is_alone(needed: Signers) -> bool:
    """Whether his statement is the ground as well, as it is from 16 on. That of an adult for whom somebody
    decides is not.
    """
    return not needed.represented and not needed.bands.isdisjoint({Band.C, Band.D})


def _replaced(
    needed: Signers, cell: Cell, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> dict[str, rules.Functies]:
    """For whom a court speaks, per functie: for one of two parents and never for both (BW 1:253a).

    When orders name both, one of them counts only if the other parent agreed himself.
    """
    out: dict[str, rules.Functies] = {}
    for functie in sorted(rules.CARRYING):
        named = [
            p
            for p, functies in needed.required.items()
            if functie in functies and rules.substituted(p, functie, cell, who, day(as_of))
        ]
        if len(named) > 1:
            only = frozenset({functie})
            named = [
                p
                for p in named
                if rules.stand(heard_of(needed, p, only), cell, said, who, policy, as_of).state
                is not State.PERMIT
            ]
        if len(named) == 1:
            out[named[0]] = out.get(named[0], frozenset()) | {functie}
    return out


def own_no_of(
    needed: Signers, cell: Cell, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> tuple[dict[str, Stand], dict[str, Stand]]:
    """The own no of a leerling who is not asked: first a no that blocks, then one that only makes a person
    look.

    What he refused before he was found incapable stands, whatever he says since. What he refuses since is
    heard, but does not keep home what others agreed to.
    """
    youth = needed.youth
    # His own words he may also let go again while he is incapable, but not where he may be 16 or 17.
    own_words = cell.categorie is Gegevenscategorie.LEERLINGSTEM and youth in needed.required
    own_words = own_words and Band.C not in needed.bands
    if not needed.may_refuse or youth is None or own_words:
        return {}, {}
    everything = rules.CARRYING if cell.richting is Richting.J2S else frozenset({rules.AVG})
    heard = Heard(youth, everything, alone=False)
    found = rules.stand(heard, cell, said, who, policy, as_of)
    if needed.judged_at is not None:
        before = rules.stand(heard, cell, said, who, policy, needed.judged_at)
        if before.state is State.DENIED:
            return {youth: before}, {}
    if found.state is not State.DENIED or youth in needed.required:
        return {}, {}
    return ({youth: found}, {}) if needed.may_still_refuse else ({}, {youth: found})


def before_sixteen(
    cell: Cell, needed: Signers, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> tuple[dt.datetime, Signers] | None:
    """Whose permit it took just before he turned 16, where the region lets that run on (§8), or None.

    Never for his own words, which only he lets go, nor where his age or who decides is not certain.
    """
    certain = needed.bands == {Band.C} and not needed.holds and not needed.unknown and len(who.births) == 1
    if policy.regio.toestemming_loopt_door is None or not certain:
        return None
    if cell.categorie is Gegevenscategorie.LEERLINGSTEM:
        return None
    reached = turns(who.births[0], policy.law(as_of).zelf)
    assert reached is not None, "he is 16 or 17"
    last = midnight(reached) - dt.timedelta(microseconds=1)
    return last, signers(cell, who, policy, last)


def last_said(newest_first: Iterator[Toestemming]) -> list[Toestemming]:
    """The statements of the last instant."""
    found: list[Toestemming] = []
    for c in newest_first:
        if found and c.moment < found[0].moment:
            break
        found.append(c)
    return found
