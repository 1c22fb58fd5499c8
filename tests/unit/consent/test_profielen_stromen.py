"""A profile lets go no more than a rule of its flow: read from both files, for every profile.

The decision asks both, so a profile that names more opens nothing. It would tell a reader of the profiles
otherwise, and the day a rule grows it would open what nobody looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

import pytest

from consent.beleid import Proportionaliteitsprofiel
from consent.stromen import Kracht, Stroomregel
from gateway.register.stroomregels import shipped_stromen
from schemas.base import NOOIT, Gegevenscategorie
from schemas.messages.berichten import BERICHTEN, OVER_NIEMAND
from schemas.people.hoedanigheden import EIGENSCHAPPEN, geldt_als
from schemas.people.partij import Rol
from schemas.people.partijcodes import Partijhoedanigheid
from tests.builders import profielen

ON: Final = dt.date(2026, 11, 30)
RULES: Final = [r for r in shipped_stromen().op(ON) if r.kracht is not Kracht.VERBOD and r.soorten]
ABOUT_SOMEBODY: Final = [p for p in profielen() if p.bericht not in OVER_NIEMAND and p.geldt(ON)]
BY_WEIGHING: Final = {"veiligheid-jeugdbeschermer-s2j-hulpvraag": {Gegevenscategorie.FACTOREN}}
"""What goes to this role on a complete weighing alone: no rule lets it go, and without the question nobody at
the instelling can act.
"""
NUMMER: Final = frozenset(b.pad for bericht in BERICHTEN.values() for b in bericht.bladen if b.op_regel)
P = Partijhoedanigheid
Pair = tuple[Partijhoedanigheid, Partijhoedanigheid]


def roles_of(aan: Partijhoedanigheid) -> frozenset[Rol]:
    """Who reads there: schoolmaatschappelijk werk counts as who employs it, a person reads for himself."""
    own = EIGENSCHAPPEN[aan].functies or (Rol.ZELF,)
    counts = geldt_als(P.SCHOOLMAATSCHAPPELIJK_WERK, P.JEUGDHULP)
    more = EIGENSCHAPPEN[P.SCHOOLMAATSCHAPPELIJK_WERK].functies if aan is counts else ()
    return frozenset({*own, *more})


def pairs(p: Proportionaliteitsprofiel) -> Iterator[Pair]:
    """Between whom it holds: the recipients are those in whose capacity the role is one."""
    for van in P:
        for aan in P:
            if p.tussen(van, aan) and p.rol in roles_of(aan):
                yield van, aan


def ruled(p: Proportionaliteitsprofiel, pair: Pair) -> list[Stroomregel]:
    """The rules that let something go between these two, for this doel and to this function."""
    van, aan = pair
    return [
        r
        for r in RULES
        if van in r.van and aan in r.aan and p.doel in r.doelen and (not r.functies or p.rol in r.functies)
    ]


def open_to(p: Proportionaliteitsprofiel, pair: Pair) -> frozenset[Gegevenscategorie]:
    return frozenset(c for r in ruled(p, pair) for c in r.soorten)


@pytest.mark.parametrize("profiel", ABOUT_SOMEBODY, ids=lambda p: p.id)
def test_a_profile_has_a_rule_and_names_no_more_than_it(profiel: Proportionaliteitsprofiel) -> None:
    """Whoever it names has a rule with somebody that it names. Each field is of a kind that a rule between
    some two of them lets go, and never of one that never leaves. Of the number a rule says apart whether it
    goes (test_beleid.py).
    """
    labels = {b.pad: b.categorie for b in BERICHTEN[profiel.bericht].bladen}
    named = [labels[b.pad] for b in BERICHTEN[profiel.bericht].bladen if b.pad in profiel.paden - NUMMER]
    between = [*pairs(profiel)]
    assert between, "nobody reads in that role there"
    having = [pair for pair in between if ruled(profiel, pair)]
    assert having
    assert {*profiel.van} <= {van for van, _ in having}
    assert {*profiel.aan} <= {aan for _, aan in having}
    most = frozenset[Gegevenscategorie]().union(*(open_to(profiel, pair) for pair in between))
    assert {*named} - most == BY_WEIGHING.get(profiel.id, set())
    assert NOOIT.isdisjoint(named)
