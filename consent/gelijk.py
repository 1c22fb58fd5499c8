"""Which categories nobody tells apart: what people said comes to the same for each of them. Pure.

What is stated about a leerling names few sets of categories, and the rules look at a category in three other
ways: by its level, whether it holds the leerling's own words, and whether it stands in such a set. So of
categories that are alike in all of these the first is weighed and the others have the same verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable

from consent.beleid import Beleid
from consent.request import Request
from consent.rules import Authorities
from consent.statements import Statements
from consent.verdict import Verdict, by_consent
from schemas.base import Gegevenscategorie

Kenmerk = Callable[[Gegevenscategorie], Hashable]
"""What is the same for two categories exactly when nobody tells them apart."""


def kenmerk(said: Statements, who: Authorities) -> Kenmerk:
    """By everything that is on record about this leerling, on whichever side."""
    named = {*said.categories, *(frozenset(b.bereik.categorieen) for b in who.bezwaren)}
    for g in (*who.gezag, *who.elders):
        named |= {frozenset(o.categorieen) for o in g.vertegenwoordigingen}
        named |= {frozenset(o.bereik.categorieen) for o in g.vervangende_toestemmingen}
    own_words = Gegevenscategorie.LEERLINGSTEM

    def of(c: Gegevenscategorie) -> Hashable:
        return (c.niveau, c is own_words, *[c in found for found in named])

    return of


class Gezegd:
    """What people said of the categories of one request, with each kind of category weighed once.

    It answers exactly as `by_consent` does. Of `asked` only `wacht` may differ between two calls.
    """

    def __init__(self, said: Statements, who: Authorities, policy: Beleid, as_of: dt.datetime) -> None:
        self._of = (said, who, policy, as_of)
        self._kenmerk = kenmerk(said, who)
        self._weighed: dict[Hashable, Verdict] = {}

    def __call__(self, asked: Request, categorie: Gegevenscategorie) -> Verdict:
        key = (asked.wacht, self._kenmerk(categorie))
        found = self._weighed.get(key)
        if found is None:
            found = self._weighed[key] = by_consent(asked, categorie, *self._of)
        return found
