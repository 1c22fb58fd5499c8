"""May this be shared without toestemming, after a weighing (`consent.md` §7)? Narrow on purpose.

Toestemming comes first. Without it, sharing is only allowed to avert danger or serious harm, after consulting
a peer (BPSW code 11, 13 [S]). That two people must see it has a legal echo in Jeugdwet 7.3.2(4) [W]. A
weighing overrides a refusal and never erases it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from consent.grenzen import Grenzen
from consent.gronden import told
from consent.request import Request
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.people.afweging import Afweging, TweedeBlik, Weegfunctie, Weger
from schemas.people.toestemming import Gebruiksdoel

NEVER = NOOIT | {Gegevenscategorie.LEERLINGSTEM}
"""What no weighing lets go: other persons, numbers, and the own words of the leerling, which only he can
release.
"""


@dataclass(frozen=True, slots=True)
class OfferedAfweging:
    """One weighing that is offered for one request, and what is on record around it."""

    afweging: Afweging
    tweede_blikken: tuple[TweedeBlik, ...] = ()
    """Second reviews of this weighing and of those in `eerdere`."""
    eerdere: tuple[Afweging, ...] = ()
    """All weighings on record, whoever made them: a person who left a review undone may not use another
    weighing.
    """
    vrijgaven: int = 0
    """How often this weighing was used already."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What would go by the weighing: the fields of the profile that nothing else lets go, and their
    categories.
    """

    paden: AbstractSet[str]
    in_profile: AbstractSet[str]
    labels: Mapping[str, Gegevenscategorie]


def problems(
    weighing: OfferedAfweging, request: Request, scope: Scope, grenzen: Grenzen, as_of: dt.datetime
) -> tuple[Reden, ...]:
    """Every reason why this weighing does not carry this request. When there is none, it carries it."""
    checks: tuple[tuple[Reden, Callable[[], bool]], ...] = (
        (Reden.BG_INCOMPLETE, lambda: not complete(weighing.afweging)),
        (Reden.BG_FOUR_EYES_MISSING, lambda: not four_eyes(weighing.afweging)),
        (Reden.BG_NOT_AUTHORISED, lambda: not authorised(weighing, request, grenzen)),
        (Reden.BG_SCOPE_EXCEEDED, lambda: not within_scope(weighing, request, scope, grenzen)),
        (Reden.BG_EXPIRED, lambda: not in_window(weighing.afweging, grenzen, as_of)),
        (Reden.BG_REVIEW_OVERDUE, lambda: overdue(weighing, grenzen, as_of)),
    )
    return tuple(reden for reden, fails in checks if fails())


def complete(a: Afweging) -> bool:
    """Every question of §7.1 has an answer. Here that means no blank texts and no impossible dates, which a
    form cannot see.
    """
    return (
        all(text.strip() for text in _texts(a))
        and told(a.informeren)
        and a.moment <= a.venster_van < a.venster_tot
    )


def _texts(a: Afweging) -> Iterator[str]:
    yield from a.verslag.model_dump().values()
    yield from (v.nodig_omdat for v in a.velden)
    yield a.ontvanger_persoon
    yield from (w.medewerker for w in (a.opsteller, a.beoordelaar) if w is not None)
    if a.acuut is not None:
        yield a.acuut


def four_eyes(a: Afweging) -> bool:
    """Initiator and reviewer are two people; only in acute danger is there no reviewer yet (§7.2(3)) [P]."""
    if a.beoordelaar is None:
        return a.acuut is not None
    return not same_person(a.opsteller, a.beoordelaar)


def same_person(one: Weger, other: Weger) -> bool:
    """Whether two records name one person, however his name is spelled and for whichever partij he acts.

    When in doubt they are the same person, because two people are required. Who signed in twice is the same,
    whatever he calls himself.
    """
    if one.persoon is not None and one.persoon == other.persoon:
        return True
    first, second = _letters(one.medewerker), _letters(other.medewerker)
    return first == second or not first or not second


def _letters(name: str) -> str:
    """The letters and digits of a name, without accents, case, spaces and signs, so that the way of typing
    does not matter.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(c for c in plain if c.isalnum())


def authorised(weighing: OfferedAfweging, request: Request, grenzen: Grenzen) -> bool:
    """The sender's own weighing, approved by an authorised function; a second person who said no ends it.

    The FG is informed and never takes part (AVG 38) [G].
    """
    a = weighing.afweging
    fg = Weegfunctie.FUNCTIONARIS_GEGEVENSBESCHERMING
    ours = a.vastgelegd_door == a.opsteller.partij == request.afzender and a.opsteller.functie is not fg
    approved = a.beoordelaar is None or a.beoordelaar.functie in grenzen.goedkeurders
    refused = any(b.afweging == a.id and not b.akkoord for b in weighing.tweede_blikken)
    return ours and approved and not refused


def within_scope(weighing: OfferedAfweging, request: Request, scope: Scope, grenzen: Grenzen) -> bool:
    """One leerling, doel, direction, recipient person, set of fields and number of releases (§7.2(1)(2)).

    Narrower than toestemming: only for safety (P7), only fields of that profile, never `NEVER`, and no file
    that is not listed itself.
    """
    a = weighing.afweging
    weighed = {v.pad for v in a.velden}
    bound = (
        a.leerling == request.leerling
        and a.doel is request.doel is Gebruiksdoel.VEILIGHEID
        and a.richting is request.richting
        and a.ontvanger == request.ontvanger
        and a.ontvanger_persoon == request.ontvanger_persoon
    )
    fields = scope.paden <= weighed <= scope.in_profile and all(
        scope.labels.get(p) not in NEVER for p in weighed
    )
    files = _files_listed(a, request, scope)
    return bound and fields and files and weighing.vrijgaven < min(a.aantal_vrijgaven, grenzen.vrijgaven)


def _files_listed(a: Afweging, request: Request, scope: Scope) -> bool:
    """A field about a file goes together with the file itself. So it must be known which files those are, and
    each must be listed.
    """
    files = set(request.bijlagen)
    has_file = any(scope.labels.get(p) is Gegevenscategorie.BIJLAGE for p in scope.paden)
    return files <= set(a.bijlagen) and (bool(files) or not has_file)


def in_window(a: Afweging, grenzen: Grenzen, as_of: dt.datetime) -> bool:
    """Half-open, and never longer than policy allows: 72 hours (§7.1) [P]."""
    return a.venster_van <= as_of < a.venster_tot and as_of - a.venster_van < grenzen.venster


def overdue(weighing: OfferedAfweging, grenzen: Grenzen, as_of: dt.datetime) -> bool:
    """An acute weighing of this initiator, this one or another, was not looked at in time (§7.2(3)) [P]."""
    initiator = weighing.afweging.opsteller
    return any(
        a.beoordelaar is None
        and a.acuut is not None
        and same_person(a.opsteller, initiator)
        and as_of - a.moment >= grenzen.tweede_blik
        and not any(_reviews(b, a, grenzen, as_of) for b in weighing.tweede_blikken)
        for a in (weighing.afweging, *weighing.eerdere)
    )


def _reviews(b: TweedeBlik, a: Afweging, grenzen: Grenzen, as_of: dt.datetime) -> bool:
    """Whether another person looked at it who may do so. Whether he agreed is another question."""
    return (
        b.afweging == a.id
        and not same_person(b.door, a.opsteller)
        and b.door.functie in grenzen.goedkeurders
        and a.moment <= b.moment <= as_of
    )
