"""Whom to ask about one cell, and whether somebody said no: by one record of gezag, or by every side's.

What the statements come to stands in consent/verdict.py.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from consent import rules
from consent.beleid import Beleid
from consent.rules import Authorities, Cell, State
from consent.signers import Signers, signers
from consent.standen import before_sixteen, heard_of, last_said, own_no_of, stands_of
from consent.statements import Statements
from schemas.people.toestemming import Gebeurtenis

_UNSAID = frozenset({State.MISSING, State.ELSEWHERE})


def missing(
    cell: Cell, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> dict[str, rules.Functies]:
    """Who must still state something of one cell, in which functions; not who said no: he has answered.

    By one record of gezag, for the functions of the cell.
    """
    return _missing(signers(cell, who, policy, as_of), cell, said, who, policy, as_of)


def _missing(
    needed: Signers, cell: Cell, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> dict[str, rules.Functies]:
    def unsaid(persoon: str) -> rules.Functies:
        functies = needed.required[persoon]
        if len(functies) == 1 and not who.substitutions:
            return functies  # that he has not said it, was found already
        each = {f: heard_of(needed, persoon, frozenset({f})) for f in functies}
        return frozenset(
            f for f, h in each.items() if rules.stand(h, cell, said, who, policy, as_of).state in _UNSAID
        )

    silent = _silent(needed, cell, said, who)
    others = {persoon: f for persoon, f in needed.required.items() if persoon not in silent}
    stands = stands_of(needed, others, cell, said, who, policy, as_of) if others else {}
    return {
        persoon: functies if persoon in silent else unsaid(persoon)
        for persoon, functies in needed.required.items()
        if persoon in silent or stands[persoon].state in _UNSAID
    }


def _silent(needed: Signers, cell: Cell, said: Statements, who: Authorities) -> frozenset[str]:
    """Of whom it is seen at once that he has not said it: nobody ever said no, no court or curator speaks for
    anybody, and nothing that he stated covers the one function he is asked for.
    """
    if said.any_no or who.bezwaren or who.substitutions or needed.taken_over:
        return frozenset()
    return frozenset(
        persoon
        for persoon, functies in needed.required.items()
        if len(functies) == 1 and not any(said.by(persoon).covering(f, cell) for f in functies)
    )


def to_ask(
    cell: Cell, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> dict[str, rules.Functies]:
    """The same as `missing`, but nobody when no yes would open the cell: somebody says no, or it is not known
    who may decide.

    So nobody is asked on after a no, and nobody signs for what a signature does not repair.
    """
    needed = signers(cell, who, policy, as_of)
    if needed.holds or needed.unknown or says_no(cell, said, who, policy, as_of):
        return {}
    return _missing(needed, cell, said, who, policy, as_of)


def says_no(cell: Cell, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime) -> bool:
    """Whether somebody who may decide about this cell says no, in whatever form he said it.

    In the record of the owner, or in that of who must keep the secret. Where nobody is known who may, whoever
    took back his own statement counts: that takes nothing from anybody, and he may have been the one on whose
    word something went (§8) [P].
    """
    if not said.any_no and not who.bezwaren:
        return False  # about nothing at all did anybody say no
    whole = replace(cell, helft=rules.CARRYING)
    return any(_says_no(whole, said, side, policy, as_of) for side in (who, *who.keepers(cell)))


def _says_no(cell: Cell, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime) -> bool:
    needed = signers(cell, who, policy, as_of)
    before = before_sixteen(cell, needed, who, policy, as_of)
    earlier = stands_of(before[1], before[1].required, cell, said, who, policy, as_of) if before else {}
    stands = earlier | stands_of(needed, needed.required, cell, said, who, policy, as_of)
    stands |= own_no_of(needed, cell, said, who, policy, as_of)[0]
    if any(s.state is State.DENIED for s in stands.values()):
        return True
    if needed.required:
        return False
    return any(_took_back(persoon, cell, said, as_of) for persoon in said.people)


def _took_back(persoon: str, cell: Cell, said: Statements, as_of: dt.datetime) -> bool:
    """Whether the last thing he said about this cell, in some function, took back what he had agreed to."""
    for functie in rules.CARRYING:
        heard = [
            c
            for g in said.by(persoon)
            if g.functie is functie and not cell.misses(g.bereik)
            for c in last_said(g.until(as_of))
        ]
        latest = max((c.moment for c in heard), default=None)
        if any(c.moment == latest and c.gebeurtenis is Gebeurtenis.INGETROKKEN for c in heard):
            return True
    return False
