"""`explain`: which rule, which article, whose statement is missing, which field stayed home and why.

Pure: a decision and a reader in, an explanation out. What rests on facts of another partij is not told, and
neither is what would give it away: the reasons beside it, who has to sign, which field has which reason. So a
reader who may not know gets the same bytes for every hidden cause (design §3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from consent.leeftijd import day
from gateway.explain import teksten, veldnamen
from gateway.explain.views import situation
from gateway.obligations.verzoeken import SAID_NO
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Decision, Ground, Ondertekenaar, Outcome, Reden, Redengrond, Standpunt
from schemas.exchange.uitwisseling import OPEN, Levering, Leveringstatus
from schemas.identifiers import PartijId
from schemas.people.toestemming import Hoedanigheid, Richting
from schemas.shown.uitleg import (
    Besluitkenmerk,
    Categoriestand,
    Categorieuitleg,
    Handelaar,
    Lezersoort,
    Norm,
    Ontbrekend,
    Peilmoment,
    Uitleg,
    Uitlegnu,
    Uitlegreden,
    Uitlegstap,
)

NIET: Final = teksten.NIET_BESCHIKBAAR
_GOES: Final = frozenset({Outcome.PERMIT, Outcome.PERMIT_REDUCED})
_FINAL: Final = SAID_NO | {
    Reden.PARENTS_CONFLICT,
    Reden.FIELD_NOT_IN_PROFILE,
    Reden.FIELD_THIRD_PARTY_PRIVACY,
    Reden.BSN_NOT_ALLOWED,
}
"""Reasons that no signature repairs: a category with only these does not wait for anybody."""
_ASKS: Final = frozenset(
    r.value
    for r in Reden
    if r.value.startswith(("CONSENT_", "RECONSENT_", "YOUTH_NOT_ASKED", "GEZAG_", "AGE_", "SIGNER_"))
    and r not in SAID_NO
)
"""Reasons that a statement or a check repairs. Nobody is asked for it when nothing would go even then."""
_REMARKS: Final = frozenset(
    {Reden.OBJECTION_NOT_ENTITLED, Reden.SIGNER_NO_AUTHORITY, Reden.SIGNER_AGED_OUT, Reden.GEZAG_CHANGED}
)
"""Remarks about people who are not asked. They change no outcome, so a reader who may not see them misses
nothing.
"""
_ORDER: Final = {r.value: i for i, r in enumerate(Reden)}


@dataclass(frozen=True, slots=True)
class Lezer:
    """What kind of reader, and the partij whose recorded facts he may know.

    An fg without a partij holds the account and may know those of all. One with a partij watches over it, and
    knows what it may know itself.
    """

    soort: Lezersoort
    partij: PartijId | None = None

    def may_read(self, r: Redengrond) -> bool:
        if self.holds_account:
            return True
        return teksten.leesbaar(r.code, self.soort) and set(r.partijen) <= {self.partij}

    @property
    def holds_account(self) -> bool:
        return self.soort is Lezersoort.FG and self.partij is None

    def told(self, found: Iterable[Redengrond]) -> tuple[Redengrond, ...]:
        """`found` without the remarks that this reader may not see, as if nobody had made them."""
        found = tuple(found)
        return tuple(r for r in found if r.code not in _REMARKS or self.may_read(r)) or found


def explain_levering(v: Levering, lezer: Lezer, nu: Decision | None = None) -> Uitleg:
    """The explanation of a levering: its last decision, and what happened to it since.

    `nu`: what would be decided now (gateway/explain/toen_en_nu.py). A recipient is not told of it: he reads
    what came to him.
    """
    told = explain(v.besluit, v.berichtsoort, v.richting, lezer, levering=v)
    if nu is None or lezer.soort is Lezersoort.ONTVANGER:
        return told
    alone = explain(v.besluit, v.berichtsoort, v.richting, lezer)
    return told.model_copy(update={"nu": _now(v, lezer, nu, alone)})


def _now(v: Levering, lezer: Lezer, nu: Decision, then: Uitleg) -> Uitlegnu:
    u = explain(nu, v.berichtsoort, v.richting, lezer)
    return Uitlegnu(
        op=u.toen.op,
        recht_van=u.toen.recht_van,
        zelfde=_read(u) == _read(then),
        uitkomst=u.uitkomst,
        tekst=u.tekst,
        grond=u.grond,
        grond_tekst=u.grond_tekst,
        categorieen=u.categorieen,
        redenen=u.redenen,
        meegegeven=u.meegegeven,
        achtergehouden=u.achtergehouden,
        # What has ended does not go on by itself: who wants it again sends it again.
        stappen=u.stappen if v.status in OPEN else (),
        normen=u.normen,
        besluit=u.besluit,
    )


def _read(u: Uitleg) -> tuple[object, ...]:
    """What a reader compares of two explanations."""
    return u.uitkomst, u.tekst, u.grond, u.categorieen, u.redenen, u.meegegeven, u.achtergehouden


def explain_received(v: Levering, partij: PartijId, at: dt.datetime) -> Uitleg:
    """For the FG of a recipient: what was handed over at that moment, whatever was decided since.

    Nothing of a later decision is told: the recipient does not hear of it either.
    """
    case = _Case(v.besluit, v.berichtsoort, v.richting, Lezer(Lezersoort.FG, partij), v)
    given = case.for_recipient("gekregen")
    return given.model_copy(update={"beslist_op": at.astimezone(dt.UTC), "toen": _moment(at)})


def _moment(at: dt.datetime) -> Peilmoment:
    return Peilmoment(op=at.astimezone(dt.UTC), recht_van=day(at))


def explain(
    d: Decision, bericht: str, richting: Richting, lezer: Lezer, *, levering: Levering | None = None
) -> Uitleg:
    """The explanation of one decision for one reader. Never raises.

    `levering`, when there is one, tells what happened after the decision.
    """
    case = _Case(d, bericht, richting, lezer, levering)
    if lezer.soort is Lezersoort.ONTVANGER:
        return case.for_recipient() if d.outcome in _GOES and case.alive else case.closed()
    # Sharing without toestemming may be kept from ouders for a while, and then also that it was shared at
    # all.
    beyond = d.ground in (Ground.STATUTORY, Ground.BREAK_GLASS) and lezer.soort is Lezersoort.OUDER
    if (case.hidden and not case.goes) or (beyond and not all(map(lezer.may_read, case.main))):
        return case.closed()
    return case.open()


class _Case:
    """One explanation that is being made."""

    def __init__(
        self, d: Decision, bericht: str, richting: Richting, lezer: Lezer, levering: Levering | None
    ) -> None:
        self.d, self.bericht, self.lezer, self.levering = d, bericht, lezer, levering
        self.richting = richting
        since = levering.redenen if levering else ()
        own = (lezer.partij,) if lezer.partij else ()
        self.main = lezer.told([Redengrond(r, own) for r in since] or d.reasons)
        self.per_category = {c: lezer.told(found) for c, found in d.per_category.items()}
        everything = (*self.main, *(r for found in self.per_category.values() for r in found))
        self.hidden = any(not lezer.may_read(r) for r in everything)
        self.status = levering.status if levering else None
        self.alive = self.status is not Leveringstatus.VERVALLEN
        gone = levering.overgedragen if levering else None
        self.went = gone if gone is not None else d.released if self.alive else ()
        self.goes = d.outcome in _GOES
        self.waits = d.outcome is Outcome.HOLD and self.alive
        self.labels = veldnamen.labels(bericht)
        self.home = {p: r for r, paden in d.withheld.items() for p in paden if p not in self.went}

    # ── the three forms

    def closed(self) -> Uitleg:
        """Nothing but the state, so that the answer is the same whatever is hidden behind it."""
        sender = self.lezer.soort in (Lezersoort.AFZENDER, Lezersoort.FG)
        categorieen = self.per_category if sender else ()
        ouder = self.lezer.soort is Lezersoort.OUDER
        return self._made(
            uitkomst=None,
            tekst=teksten.uitleg("uitkomst", "nietBeschikbaarVoorOuder" if ouder else NIET),
            status=self.status if sender else None,
            categorieen=tuple(
                _categorie(c, Categoriestand.NIET_BESCHIKBAAR, (NIET,), ()) for c in categorieen
            ),
            redenen=(self._reason(NIET, ()),) if sender else (),
            stappen=(Uitlegstap(wie=Handelaar.AFZENDER, tekst=teksten.stap(NIET)),) if sender else (),
        )

    def for_recipient(self, tekst: str = "ontvanger") -> Uitleg:
        """What comes to the recipient, and not a word about the rest: not even whether there is a rest."""
        there = dict.fromkeys(c for p in self.went if (c := self.labels.get(p)))
        return self._made(
            uitkomst=None,
            tekst=teksten.uitleg("uitkomst", tekst),
            status=None,
            categorieen=tuple(_categorie(c, Categoriestand.GAAT_MEE, (), ()) for c in there),
            meegegeven=True,
        )

    def open(self) -> Uitleg:
        d = self.d
        categorieen = tuple(self._category(c, found) for c, found in self.per_category.items())
        grounds: dict[str, set[PartijId]] = {}
        told = [*self.main, *(r for found in self.per_category.values() for r in found)]
        for r in told:
            if self.lezer.may_read(r):
                grounds.setdefault(r.code.value, set()).update(r.partijen)
        used = {c for k in categorieen for c in k.redenen} | set(self._codes(self.main, goes=self.goes))
        used |= {r.value for r in self.home.values()}
        redenen = tuple(
            self._reason(c, grounds.get(c, ()))
            for c in sorted(used, key=lambda c: _ORDER.get(c, len(_ORDER)))
        )
        agreed = any(Reden.CONSENT_VALID in k.redenen for k in categorieen)
        no_person = self.goes and d.ground is Ground.NONE  # none is needed, which is not that there is none
        # A ground other than consent is hidden by the reasons of the decision only, not by what people said
        # besides.
        known = agreed if d.ground is Ground.CONSENT else all(map(self.lezer.may_read, self.main))
        return self._made(
            uitkomst=d.outcome,
            tekst=self._sentence(),
            status=self.status,
            grond=d.ground if known and not no_person else None,
            grond_tekst=teksten.uitleg("grond", "geen_persoon") if no_person else "",
            categorieen=categorieen,
            redenen=redenen,
            meegegeven=True,
            achtergehouden=True,
            stappen=self._steps(categorieen),
        )

    def _made(
        self,
        *,
        uitkomst: Outcome | None,
        tekst: str,
        status: Leveringstatus | None,
        grond: Ground | None = None,
        grond_tekst: str = "",
        categorieen: tuple[Categorieuitleg, ...] = (),
        redenen: tuple[Uitlegreden, ...] = (),
        meegegeven: bool = False,
        achtergehouden: bool = False,
        stappen: tuple[Uitlegstap, ...] = (),
    ) -> Uitleg:
        d = self.d
        told = teksten.status(situation(self.levering)) if status and self.levering else ""
        return Uitleg(
            lezer=self.lezer.soort,
            uitkomst=uitkomst,
            tekst=tekst,
            status=status,
            status_tekst=told,
            beslist_op=d.as_of.astimezone(dt.UTC),
            grond=grond,
            grond_tekst=teksten.uitleg("grond", grond) if grond else grond_tekst,
            categorieen=categorieen,
            redenen=redenen,
            meegegeven=veldnamen.groepen(self.bericht, dict.fromkeys(self.went)) if meegegeven else (),
            achtergehouden=veldnamen.groepen(self.bericht, dict(self.home)) if achtergehouden else (),
            stappen=stappen,
            normen=self._norms(redenen),
            besluit=Besluitkenmerk(
                besluit_id=d.decision_id,
                beleid=d.policy_hash,
                profiel=d.profile_id,
                epoch=d.consent_epoch,
                regels=d.regels or {},
            )
            if self.lezer.holds_account
            else None,
            toen=_moment(d.as_of),
        )

    # ── its parts

    def _sentence(self) -> str:
        if not self.alive:
            return teksten.status(Leveringstatus.VERVALLEN)
        if self.went and not self.goes:
            return teksten.uitleg("uitkomst", "opgehaald")
        return teksten.uitleg("uitkomst", self.d.outcome)

    def _codes(self, found: Iterable[Redengrond], *, goes: bool = False) -> tuple[str, ...]:
        """The codes that this reader may see. A hidden one hides the others with it, unless it changed
        nothing.
        """
        found = list(found)
        seen = tuple(dict.fromkeys(r.code.value for r in found if self.lezer.may_read(r)))
        if all(self.lezer.may_read(r) for r in found):
            return seen
        return seen if goes and seen else (NIET,)

    def _category(self, c: Gegevenscategorie, found: tuple[Redengrond, ...]) -> Categorieuitleg:
        stand = self._stand(c, {r.code for r in found})
        goes = stand in (Categoriestand.GAAT_MEE, Categoriestand.GAAT_DEELS_MEE)
        # A signature is only asked for when a field waits for it; otherwise it would let nothing go.
        of_use = any(r is Reden.FIELD_NOT_CONSENTED and self.labels.get(p) is c for p, r in self.home.items())
        lacking = _missing(c, self.d.signers) if of_use and not self.hidden and not goes else ()
        return _categorie(c, stand, self._codes(found, goes=goes), lacking)

    def _stand(self, c: Gegevenscategorie, codes: set[Reden]) -> Categoriestand:
        home = any(self.labels.get(p) is c for p in self.home)
        if any(self.labels.get(p) is c for p in self.went):
            return Categoriestand.GAAT_DEELS_MEE if home else Categoriestand.GAAT_MEE
        if not home and not codes.isdisjoint((Reden.CONSENT_VALID, Reden.SUBJECT_NOT_A_PERSON)):
            return Categoriestand.NIET_AANWEZIG
        if self.waits and c not in NOOIT and not codes <= _FINAL:
            return Categoriestand.WACHT
        return Categoriestand.BLIJFT_THUIS

    def _reason(self, code: str, partijen: Iterable[PartijId]) -> Uitlegreden:
        return Uitlegreden(
            code=code,
            tekst=teksten.reden(code),
            normen=tuple(n.naam for n in teksten.normen(code, self.richting)),
            partijen=tuple(sorted(partijen)) if self.lezer.soort is Lezersoort.FG else (),
        )

    def _norms(self, redenen: Iterable[Uitlegreden]) -> tuple[Norm, ...]:
        found = (n for r in redenen for n in teksten.normen(r.code, self.richting))
        return tuple({n.naam: n for n in found}.values())

    def _steps(self, categorieen: tuple[Categorieuitleg, ...]) -> tuple[Uitlegstap, ...]:
        """What can be done, and by whom. When somebody said no, nobody is told to go on asking for the same
        thing.
        """
        stays = [k for k in categorieen if k.stand in (Categoriestand.WACHT, Categoriestand.BLIJFT_THUIS)]
        codes: dict[str, None] = {}
        for group in (self._codes(self.main, goes=self.goes), *(k.redenen for k in stays)):
            no = [c for c in group if c in SAID_NO]
            codes |= dict.fromkeys(no or group)
        left_out = {Reden.FIELD_NOT_CONSENTED.value}
        if Reden.FIELD_NOT_CONSENTED not in self.home.values():
            left_out |= _ASKS
        if self.d.outcome is Outcome.PERMIT:
            left_out.add(NIET)
        ordered = sorted(codes, key=lambda c: (c not in SAID_NO, _ORDER.get(c, len(_ORDER))))
        steps = [
            Uitlegstap(wie=wie, tekst=teksten.stap(c))
            for c in ordered
            if c not in left_out and (wie := teksten.stapzetter(c))
        ]
        if self.lezer.soort is Lezersoort.OUDER:
            return _for_ouder(steps, asked=any(k.ontbreekt for k in stays))
        steps += self._afterwards(steps)
        return tuple(dict.fromkeys(steps))

    def _afterwards(self, steps: list[Uitlegstap]) -> list[Uitlegstap]:
        if self.status in (Leveringstatus.MISLUKT, Leveringstatus.VERVALLEN):
            return [Uitlegstap(wie=Handelaar.AFZENDER, tekst=teksten.status_stap(self.status))]
        if self.waits:
            return [Uitlegstap(wie=Handelaar.VANZELF, tekst=teksten.uitleg("daarna", "wacht"))]
        if self.d.outcome is Outcome.DENY or (self.d.outcome is Outcome.PERMIT_REDUCED and steps):
            return [Uitlegstap(wie=Handelaar.AFZENDER, tekst=teksten.uitleg("daarna", "opnieuw"))]
        return []


def _for_ouder(steps: list[Uitlegstap], *, asked: bool) -> tuple[Uitlegstap, ...]:
    """For an ouder: whose turn it is. The steps themselves are work of the organisations."""
    out = []
    if asked:
        out.append(Uitlegstap(wie=Handelaar.ONDERTEKENAAR, tekst=teksten.uitleg("daarna", "ondertekenaar")))
    if any(s.wie is not Handelaar.VANZELF for s in steps):
        out.append(Uitlegstap(wie=Handelaar.AFZENDER, tekst=teksten.uitleg("daarna", "ouder")))
    return tuple(out)


def _categorie(
    c: Gegevenscategorie,
    stand: Categoriestand,
    redenen: tuple[str, ...],
    ontbreekt: tuple[Ontbrekend, ...],
) -> Categorieuitleg:
    return Categorieuitleg(
        categorie=c,
        naam=teksten.uitleg("categorie", c),
        stand=stand,
        tekst=teksten.uitleg("stand", stand),
        redenen=redenen,
        ontbreekt=ontbreekt,
    )


def _missing(c: Gegevenscategorie, signers: Iterable[Ondertekenaar]) -> tuple[Ontbrekend, ...]:
    """Whose statement for this category is missing, as roles.

    The statement of somebody who said no is not missing, for nobody may go on asking him.
    """
    count: dict[Hoedanigheid | None, int] = {}
    for s in signers:
        if c in s.zonder and s.standpunt in (Standpunt.ONTBREEKT, Standpunt.TOEGESTEMD):
            count[s.hoedanigheid] = count.get(s.hoedanigheid, 0) + 1
    order = (*Hoedanigheid, None)
    return tuple(
        Ontbrekend(wie=h, tekst=teksten.hoedanigheid(h, count[h]), aantal=count[h])
        for h in sorted(count, key=order.index)
    )
