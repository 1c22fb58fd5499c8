"""Which gemeente is responsible for jeugdhulp, and which road that gives: the woonplaatsbeginsel. Pure.

Law: Jeugdwet 1.1 as it reads since 2022-01-01 (Stb. 2020, 78), read 2026-11-29, and the rule of before that
day for a hulpvraag of before. The order of the questions is ours, for no official scheme was found. What the
law does not settle is a question to a person and never a guess.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Literal, NamedTuple, Protocol

from schemas.base import Model
from schemas.identifiers import Gemeentecode
from schemas.messages.inrichting import Woonplaatsregel, Woonplaatssoort, woonplaatsregel
from schemas.messages.toeleiding import Route, Woonplaatsvraag

SINDS: Final = dt.date(2022, 1, 1)
"""From this day on residence follows the address and no longer the gezag."""


class Verblijf(StrEnum):
    """Where the jeugdige stays, at the moment of the hulpvraag."""

    GEEN = "geen"
    JEUGDHULPAANBIEDER = "jeugdhulpaanbieder"
    PLEEGOUDER = "pleegouder"
    OPVANG = "opvang"
    """Opvang or beschermd wonen (Wmo 2015)."""
    JUSTITIELE_JEUGDINRICHTING = "justitiele_jeugdinrichting"
    AANSLUITEND_OP_INRICHTING = "aansluitend_op_inrichting"
    """Jeugdhulp or jeugdreclassering connected with a justitiële jeugdinrichting."""
    WLZ_INSTELLING = "wlz_instelling"
    DEELTIJD = "deeltijd"
    """Part of the week, or logeren."""
    MOEDER_KIND_HUIS = "moeder_kind_huis"
    ONBEKEND = "onbekend"


_ALS_VERBLIJF: Final = frozenset(
    {
        Verblijf.JEUGDHULPAANBIEDER,
        Verblijf.PLEEGOUDER,
        Verblijf.OPVANG,
        Verblijf.JUSTITIELE_JEUGDINRICHTING,
        Verblijf.AANSLUITEND_OP_INRICHTING,
    }
)
"""What Jeugdwet 1.1 names under 2°."""


class Vraag(StrEnum):
    """What a person must find out before there is an answer."""

    IN_NEDERLAND = "in_nederland"
    VERBLIJF = "verblijf"
    WLZ = "wlz"
    """Two sources differ on whether a Wlz-instelling counts as verblijf: the gemeenten settle it together."""
    DEELTIJD = "deeltijd"
    MOEDER_KIND_HUIS = "moeder_kind_huis"
    VOOR_VERBLIJF = "voor_verblijf"
    WOONADRES = "woonadres"
    MOEDER = "moeder"
    WERKELIJK_VERBLIJF = "werkelijk_verblijf"
    MEERDERJARIG = "meerderjarig"
    GI_VOOGDIJ = "gi_voogdij"
    GEZAG = "gezag"
    GESPLITST = "gesplitst"
    """The gemeente was divided over others, so its old code says nothing of now: ask again."""
    LATER_BEKEKEN = "later_bekeken"
    """The code was looked up after the hulpvraag, and gemeenten merged in between; or it was made later."""
    LIJST = "lijst"
    """The list of gemeenten of that day, or of a day between that and the looking up, is not loaded."""


class Zekerheid(StrEnum):
    VASTGESTELD = "vastgesteld"
    """Somebody who may read the BRP answered."""
    INDICATIEF = "indicatief"


class Gemeente(Model):
    """A gemeente as it was called on the day on which it was looked up: codes change when gemeenten merge."""

    code: Gemeentecode
    op: dt.date


class Woonplaatsfeiten(Model):
    """What is known. None is "not known" everywhere, and never "no".

    It names no person: no name, BSN, address, or kind of help. Of somebody whose address is secret only the
    gemeente stands here.
    """

    hulpvraag_op: dt.date
    geantwoord_door: Literal["brp_gebruiker", "ander"]
    """A gemeente under the Jeugdwet, a jeugdhulpaanbieder or a GI reads the BRP; a school does not."""
    in_nederland: bool | None = None
    verblijf: Verblijf = Verblijf.ONBEKEND
    voor_verblijf: Gemeente | None = None
    """The woonadres just before the first of the stays that follow on each other."""
    woonadres: Gemeente | None = None
    in_onderzoek: bool | None = None
    """Whether the BRP has a note that the address is being investigated (Wet BRP 2.26)."""
    niet_te_bepalen: bool = False
    """Somebody who may read the BRP found that neither 1° nor 2° can be determined."""
    moeder_ingezetene: bool | None = None
    """Whether the mother was ingezetene at the birth."""
    moeder: Gemeente | None = None
    werkelijk_verblijf: Gemeente | None = None
    meerderjarig: bool | None = None
    """This and the next two count for a hulpvraag of before 2022 only."""
    gi_voogdij: bool | None = None
    gezag: Gemeente | None = None
    """Where who holds the gezag lives."""


class Antwoord(Model):
    """The gemeente and how sure that is; or what must be asked. Exactly one of `gemeente` and `vraag`."""

    gemeente: Gemeentecode | None = None
    vraag: Vraag | None = None
    zekerheid: Zekerheid | None = None
    """Only with a gemeente."""
    grond: str
    """The rule and its part: `JW 1.1 2°`, `JW 1.1 (tot 2022)`."""


class Wijziging(NamedTuple):
    """From this day on `oud` is no code any more."""

    op: dt.date
    oud: Gemeentecode
    nieuw: tuple[Gemeentecode, ...]
    """More than one: the gemeente was divided, and nothing says where one address went."""


def _samen(op: str, nieuw: Gemeentecode, *oud: Gemeentecode) -> tuple[Wijziging, ...]:
    return tuple(Wijziging(dt.date.fromisoformat(op), o, (nieuw,)) for o in oud)


class Gemeentelijst(Model):
    """Which codes became which, as far as is known: from `van` on and before `tot`."""

    wijzigingen: tuple[Wijziging, ...]
    van: dt.date
    tot: dt.date

    def bestaat(self, code: Gemeentecode, dag: dt.date) -> bool:
        """Whether nothing says that this was no code on that day: not ended yet, and begun already."""
        ended = any(w.oud == code and w.op <= dag for w in self.wijzigingen)
        began = [w.op for w in self.wijzigingen if code in w.nieuw and self._new(code)]
        return dag < self.tot and not ended and all(op <= dag for op in began)

    def _new(self, code: Gemeentecode) -> bool:
        """Whether the code was made for a merger. A gemeente that took another in kept its own."""
        return code in _NIEUW

    def op_dag(self, gemeente: Gemeente, dag: dt.date) -> Gemeentecode | Vraag:
        """The code on `dag` of what had this code on the day it was looked up."""
        if max(dag, gemeente.op) >= self.tot or (dag != gemeente.op and min(dag, gemeente.op) < self.van):
            return Vraag.LIJST
        code = gemeente.code
        if any(code in w.nieuw for w in self.wijzigingen if dag < w.op <= gemeente.op):
            return Vraag.LATER_BEKEKEN
        # Also when the code had ended before it was looked up: it still says which gemeente this became.
        for w in sorted(w for w in self.wijzigingen if w.op <= dag):
            if w.oud == code:
                if len(w.nieuw) > 1:
                    return Vraag.GESPLITST
                (code,) = w.nieuw
        return code if self.bestaat(code, dag) else Vraag.LATER_BEKEKEN


_NIEUW: Final = frozenset({"1979", "1980", "1982", "1991", "1992"})

GEMEENTEN: Final = Gemeentelijst(
    wijzigingen=(
        *_samen("2021-01-01", "1979", "0003", "0010", "0024"),  # Eemsdelta
        Wijziging(dt.date(2021, 1, 1), "0788", ("0757", "0824", "0855", "0865")),  # Haaren
        *_samen("2022-01-01", "1980", "0398", "0416"),  # Dijk en Waard
        *_samen("2022-01-01", "1982", "0756", "0786", "0815", "1684", "1702"),  # Land van Cuijk
        *_samen("2022-01-01", "1991", "0856", "1685"),  # Maashorst
        *_samen("2022-01-01", "0439", "0370"),  # Beemster to Purmerend
        *_samen("2022-03-24", "0363", "0457"),  # Weesp to Amsterdam
        *_samen("2023-01-01", "1992", "0501", "0530", "0614"),  # Voorne aan Zee
    ),
    van=dt.date(2020, 1, 1),
    tot=dt.date(2027, 1, 1),
)
"""Changes since 2020, in which year there were none, and the codes of CBS. The codes of before a merger were
not checked with a source.
"""


def woonplaats(feiten: Woonplaatsfeiten, lijst: Gemeentelijst = GEMEENTEN) -> Antwoord:
    """The responsible gemeente, under the rule of the day of the hulpvraag. Total.

    Ondertoezichtstelling, voogdij and gezag play no part since 2022. A school's own knowledge of an address
    gives an indication only.
    """
    deel, found = (_nu if feiten.hulpvraag_op >= SINDS else _voor_2022)(feiten)
    grond = f"JW 1.1 {deel}"
    code = lijst.op_dag(found, feiten.hulpvraag_op) if isinstance(found, Gemeente) else found
    if isinstance(code, Vraag):
        return Antwoord(vraag=code, grond=grond)
    sure = feiten.geantwoord_door == "brp_gebruiker"
    return Antwoord(
        gemeente=code, zekerheid=Zekerheid.VASTGESTELD if sure else Zekerheid.INDICATIEF, grond=grond
    )


_Gevonden = tuple[str, Gemeente | Vraag]


def _nu(f: Woonplaatsfeiten) -> _Gevonden:
    if f.in_nederland is None:
        return "1°", Vraag.IN_NEDERLAND
    if not f.in_nederland:
        return "4°", f.werkelijk_verblijf or Vraag.WERKELIJK_VERBLIJF
    if f.verblijf in _ONZEKER:
        return "2°", _ONZEKER[f.verblijf]
    if f.verblijf in _ALS_VERBLIJF:
        if f.voor_verblijf is not None:
            return "2°", f.voor_verblijf
        return _anders(f) if f.niet_te_bepalen else ("2°", Vraag.VOOR_VERBLIJF)
    if f.in_onderzoek or f.niet_te_bepalen:
        return _anders(f)
    # A school cannot see such a note; its answer is an indication anyhow.
    clear = f.in_onderzoek is False or f.geantwoord_door == "ander"
    return "1°", f.woonadres if f.woonadres is not None and clear else Vraag.WOONADRES


_ONZEKER: Final = {
    Verblijf.ONBEKEND: Vraag.VERBLIJF,
    Verblijf.WLZ_INSTELLING: Vraag.WLZ,
    Verblijf.DEELTIJD: Vraag.DEELTIJD,
    Verblijf.MOEDER_KIND_HUIS: Vraag.MOEDER_KIND_HUIS,
}


def _anders(f: Woonplaatsfeiten) -> _Gevonden:
    """3°: where the mother was ingezetene at the birth, else where he really is."""
    if f.moeder_ingezetene is None or (f.moeder_ingezetene and f.moeder is None):
        return "3°", Vraag.MOEDER
    if f.moeder_ingezetene and f.moeder is not None:
        return "3°", f.moeder
    return "3°", f.werkelijk_verblijf or Vraag.WERKELIJK_VERBLIJF


def _voor_2022(f: Woonplaatsfeiten) -> _Gevonden:
    """Residence as the civil code says it; under voogdij of a GI, and for who lives abroad, the stay."""
    deel = "(tot 2022)"
    if f.in_nederland is False:
        return deel, f.werkelijk_verblijf or Vraag.WERKELIJK_VERBLIJF
    if f.meerderjarig is None:
        return deel, Vraag.MEERDERJARIG
    if f.meerderjarig:
        return deel, f.woonadres or Vraag.WOONADRES
    if f.gi_voogdij is None:
        return deel, Vraag.GI_VOOGDIJ
    if f.gi_voogdij:
        return deel, f.werkelijk_verblijf or Vraag.WERKELIJK_VERBLIJF
    return deel, f.gezag or Vraag.GEZAG


def route(
    vraag: Woonplaatsvraag, regels: tuple[Woonplaatsregel, ...], lijst: Gemeentelijst = GEMEENTEN
) -> Route | None:
    """The road that the rule table of a region gives a leerling of that gemeente. None: ask a person.

    A table must have a row for all others: an unknown gemeente gets that one, and no row at all is no answer.
    """
    if vraag.gemeente is not None and not lijst.bestaat(vraag.gemeente, vraag.peildatum):
        return None
    regel = woonplaatsregel(regels, vraag.gemeente, vraag.peildatum)
    if regel is None:
        return None
    return weg(regel.regel, vraag, ingezetene=regel.gemeente is not None)


class Aangeboden(Protocol):
    """Of what is offered: for a group or one, and where."""

    @property
    def aanbod(self) -> str: ...
    @property
    def plaats(self) -> str: ...


def weg(soort: Woonplaatssoort, vraag: Aangeboden, *, ingezetene: bool) -> Route:
    """The road that a rule gives who lives in a gemeente it is about, or elsewhere."""
    return _ROUTES[soort](vraag, ingezetene)


def _alleen_ingezetenen(_: Aangeboden, ingezetene: bool) -> Route:  # noqa: FBT001 - a row of the table
    return Route.COLLECTIEF if ingezetene else Route.INDIVIDUEEL


def _groep(vraag: Aangeboden, ingezetene: bool) -> Route:  # noqa: FBT001
    return Route.COLLECTIEF if ingezetene or vraag.aanbod == "groep" else Route.INDIVIDUEEL


def _schooltijd(vraag: Aangeboden, _: bool) -> Route:  # noqa: FBT001
    return Route.COLLECTIEF if vraag.plaats == "school_in_schooltijd" else Route.INDIVIDUEEL


_ROUTES: Final[dict[Woonplaatssoort, Callable[[Aangeboden, bool], Route]]] = {
    Woonplaatssoort.ALLEEN_INGEZETENEN: _alleen_ingezetenen,
    Woonplaatssoort.GROEPSAANBOD_VOOR_ALLEN: _groep,
    Woonplaatssoort.ALLEN_ONDER_SCHOOLTIJD: _schooltijd,
    Woonplaatssoort.GEEN_ONDERSCHEID: lambda _, __: Route.COLLECTIEF,
    Woonplaatssoort.VOORFINANCIEREN_EN_VERREKENEN: lambda _, __: Route.VOORFINANCIEREN_EN_VERREKENEN,
    Woonplaatssoort.PER_GEVAL: lambda _, __: Route.PER_GEVAL,
}
