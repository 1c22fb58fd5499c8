"""Random cases over the whole input space of a decision, each the same for the same number.

Half of them start from a leerling for whom everybody who could be asked said yes, and are then disturbed:
from facts that are only random hardly anything would ever go.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from schemas.base import Gegevenscategorie as G
from schemas.people.partij import Rol
from schemas.people.toestemming import (
    BeeindigdeUitspraak,
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Gebeurtenis,
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsbron,
    Gezagsgegevens,
    Gezagsoort,
    Gezagspersoon,
    Hoedanigheid,
    Maatregel,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    ToestemmingFunctie,
    Vertegenwoordiging,
    VervangendeToestemming,
)
from tests.builders import AANBIEDER, SCHOOL, a_bewijs, an_id
from tests.unit.consent.lezing_gezag import Vraagstuk

H = Hoedanigheid
AVG, WAIVER = ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER
ANDERE: Final = "agb:99999999"
"""A jeugdhulpaanbieder that has no part in the exchange."""
LEERLING: Final = an_id("leerling")
MENSEN: Final = {
    naam: an_id(naam) for naam in ("ouder een", "ouder twee", "ander", "curator", "mentor", "bewind")
}
DOELEN: Final = (Gebruiksdoel.ARRANGEMENT, Gebruiksdoel.VERZUIM)
CATEGORIEEN: Final = (G.CONTACT, G.DOELEN, G.GEZONDHEID, G.LEERLINGSTEM)
ORDERS: Final = {
    "curator": H.CURATOR,
    "mentor": H.MENTOR,
    "bewind": H.BEWINDVOERDER,
    "ander": H.BIJZONDERE_CURATOR,
}


@dataclass
class Wereld:
    """One case while it is made."""

    r: Random
    op: dt.datetime
    richting: Richting
    categorie: G
    doel: Gebruiksdoel
    geboren: dt.date
    precisie: Geboorteprecisie
    momenten: list[dt.datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.momenten = sorted(
            self.op - dt.timedelta(days=self.r.choice((1, 20, 45, 70, 100, 300, 420))) for _ in range(4)
        )

    @property
    def ontvanger(self) -> Ontvanger:
        if self.richting is Richting.S2J:
            return Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDHULPVERLENER)
        return Ontvanger(partij=SCHOOL, rol=Rol.INTERN_BEGELEIDER)

    def kans(self, p: float) -> bool:
        return self.r.random() < p

    def id(self) -> str:
        return f"{self.r.getrandbits(128):032x}"

    def vast(self, moment: dt.datetime, door: str = SCHOOL) -> dict[str, Any]:
        """Recorded then, or some time later; often in the same instant as something else."""
        later = self.r.choice((0, 0, 0, 1, 24 * 9))
        op = min(moment + dt.timedelta(hours=later), self.op)
        return {"id": self.id(), "vastgelegd_door": door, "vastgelegd_op": op}

    def bereik(self, *, gaaf: bool = False) -> Bereik:
        if gaaf:
            to = (self.ontvanger,)
            return Bereik(richting=self.richting, doelen=DOELEN, categorieen=CATEGORIEEN, ontvangers=to)
        andere = Ontvanger(partij=ANDERE, rol=Rol.JEUGDHULPVERLENER)
        categorieen = (
            self.r.choice(
                ((self.categorie,), CATEGORIEEN, tuple(c for c in CATEGORIEEN if c is not self.categorie)[:2])
            )
            if self.kans(0.4)
            else CATEGORIEEN
        )
        return Bereik(
            richting=self.richting if self.kans(0.97) else self.r.choice(tuple(Richting)),
            doelen=self.r.choice(((self.doel,), DOELEN)) if self.kans(0.95) else (DOELEN[0],),
            categorieen=categorieen,
            ontvangers=(self.ontvanger,) if self.kans(0.95) else (andere,),
        )


def vraagstuk(nummer: int) -> Vraagstuk:
    """The case with this number."""
    r = Random(nummer)
    op = dt.datetime(
        2026, r.choice((2, 3, 7, 8, 11)), r.choice((1, 28)), r.choice((0, 10, 22, 23)), 30, tzinfo=dt.UTC
    )
    jaren = r.choice((8, 11, 12, 13, 15, 16, 17, 18, 19))
    jarig = (op + dt.timedelta(days=r.choice((-400, -200, -90, -30, -1, 0, 1, 40)))).date()
    geboren = dt.date(jarig.year - jaren, jarig.month, min(jarig.day, 28))
    w = Wereld(
        r,
        op,
        r.choice(tuple(Richting)),
        r.choice(CATEGORIEEN),
        r.choice(DOELEN),
        geboren,
        r.choice((Geboorteprecisie.DAG,) * 8 + (Geboorteprecisie.MAAND, Geboorteprecisie.JAAR)),
    )
    uitspraken: list[BeeindigdeUitspraak] = []
    gezag = sorted(
        (_gezag(w, moment, uitspraken) for moment in w.momenten[: r.choice((1, 1, 2, 3))]),
        key=lambda g: g.vastgelegd_op,
    )
    allen = [*MENSEN.values(), LEERLING]
    gezegd: list[Toestemming] = []
    if w.kans(0.6):
        laatst = max(w.momenten[-1], op - dt.timedelta(days=40))
        gaaf = w.kans(0.75)
        gezegd = [
            _gezegd(w, wie, f, laatst, ja=1.0 if gaaf else 0.97, gaaf=gaaf)
            for wie in allen
            for f in (AVG, WAIVER)
        ]
    gezegd += [
        _gezegd(w, r.choice(allen), r.choice((AVG, WAIVER)), r.choice(w.momenten), ja=0.6)
        for _ in range(r.choice((0, 0, 1, 2, 3, 6)))
    ]
    return Vraagstuk(
        leerling=LEERLING,
        school=SCHOOL,
        afzender=SCHOOL if w.richting is Richting.S2J else AANBIEDER,
        ontvanger=w.ontvanger,
        doel=w.doel,
        richting=w.richting,
        categorie=w.categorie,
        op=op,
        gezag=tuple(gezag),
        toestemmingen=tuple(gezegd),
        oordelen=tuple(_oordeel(w) for _ in range(r.choice((0, 0, 0, 1, 2, 3)))),
        bezwaren=tuple(_bezwaar(w, r.choice(allen)) for _ in range(r.choice((0, 0, 0, 0, 0, 1, 2)))),
        vetos=tuple(_veto(w) for _ in range(r.choice((0, 0, 0, 0, 0, 0, 1, 2)))),
    )


def _gezag(w: Wereld, moment: dt.datetime, uitspraken: list[BeeindigdeUitspraak]) -> Gezagsgegevens:
    een, twee, ander = MENSEN["ouder een"], MENSEN["ouder twee"], MENSEN["ander"]
    soort = w.r.choice((Gezagsoort.GEZAMENLIJK,) * 4 + tuple(Gezagsoort))
    als = {Gezagsoort.VOOGD: H.VOOGD, Gezagsoort.GI_VOOGD: H.GI_VOOGD}.get(soort, H.OUDER)
    tweede = w.r.choice((twee, twee, twee, ander))
    personen = [
        Gezagspersoon(persoon=een, hoedanigheid=als, gezag=True),
        Gezagspersoon(
            persoon=tweede,
            hoedanigheid=H.OUDER if tweede == twee else w.r.choice((H.ANDER, H.GI_VOOGD)),
            gezag=soort is Gezagsoort.GEZAMENLIJK and w.kans(0.95),
        ),
    ]
    data = w.vast(moment)
    einden = tuple(u for u in uitspraken if w.kans(0.2))
    vertegenwoordigingen = tuple(_vertegenwoordiging(w, naam) for naam in ORDERS if w.kans(0.12))
    vervangingen = tuple(_vervanging(w, p) for p in (een, twee, ander) if w.kans(0.08))
    uitspraken += [
        BeeindigdeUitspraak(document_ref=o.document_ref, persoon=o.persoon) for o in vertegenwoordigingen
    ]
    uitspraken += [BeeindigdeUitspraak(document_ref=o.document_ref, persoon=o.vervangt) for o in vervangingen]
    return Gezagsgegevens(
        **data,
        geboortedatum=w.geboren,
        geboorteprecisie=w.precisie,
        leerling=LEERLING,
        soort=soort,
        personen=tuple(personen),
        bron=w.r.choice((Gezagsbron.GEZAGSREGISTER,) * 6 + (Gezagsbron.VERKLARING_OUDER,)),
        gecontroleerd_op=(data["vastgelegd_op"] - dt.timedelta(days=w.r.choice((0, 0, 0, 1, 15)))).date(),
        gecontroleerd_door="administratie",
        geldig_tot_en_met=w.op.date() + dt.timedelta(days=w.r.choice((-1, 0, 50))) if w.kans(0.1) else None,
        vervangende_toestemmingen=vervangingen,
        vertegenwoordigingen=vertegenwoordigingen,
        afgeschermd_voor=(w.r.choice((AANBIEDER, SCHOOL, ANDERE)),) if w.kans(0.05) else (),
        beeindigde_uitspraken=einden,
        niet_meer_afgeschermd_voor=(AANBIEDER, SCHOOL) if w.kans(0.3) else (),
    )


def _dagen(w: Wereld) -> dict[str, dt.date]:
    begin = w.r.choice(w.momenten).date() + dt.timedelta(days=w.r.choice((-500, -300, -20, 0, 1)))
    return {"geldig_vanaf": begin, "geldig_tot_en_met": begin + dt.timedelta(days=w.r.choice((60, 400, 900)))}


def _functies(w: Wereld) -> tuple[ToestemmingFunctie, ...]:
    return w.r.choice(((AVG, WAIVER), (AVG, WAIVER), (AVG,), (WAIVER,)))


def _vertegenwoordiging(w: Wereld, naam: str) -> Vertegenwoordiging:
    dagen: dict[str, Any] = _dagen(w)
    if w.kans(0.4):
        dagen["geldig_tot_en_met"] = None
    return Vertegenwoordiging(
        persoon=MENSEN[naam],
        hoedanigheid=ORDERS[naam],  # type: ignore[arg-type]
        functies=_functies(w),
        doelen=w.r.choice((DOELEN, DOELEN, (DOELEN[0],))),
        categorieen=w.r.choice((CATEGORIEEN, CATEGORIEEN, (w.r.choice(CATEGORIEEN),))),
        document_ref=f"uitspraak/{naam}",
        betreft_goederen=w.kans(0.5),
        **dagen,
    )


def _vervanging(w: Wereld, wie: str) -> VervangendeToestemming:
    return VervangendeToestemming(
        vervangt=wie, functies=_functies(w), bereik=w.bereik(), document_ref="uitspraak/geschil", **_dagen(w)
    )


def _gezegd(
    w: Wereld, wie: str, functie: ToestemmingFunctie, moment: dt.datetime, *, ja: float, gaaf: bool = False
) -> Toestemming:
    """`gaaf`: nothing is wrong with it."""
    gegeven = w.kans(ja)
    bereik = w.bereik(gaaf=gaaf)
    data = w.vast(moment)
    vanaf = moment.date() + dt.timedelta(days=0 if gaaf else w.r.choice((-13, 0, 0, 0, 0, 1, 30, 60, 61)))
    return Toestemming(
        **data,
        record=data["id"],
        gebeurtenis=Gebeurtenis.GEGEVEN
        if gegeven
        else w.r.choice((Gebeurtenis.GEWEIGERD, Gebeurtenis.INGETROKKEN)),
        functie=functie,
        ondertekenaar=wie,
        hoedanigheid=H.LEERLING
        if wie == LEERLING
        else H.OUDER
        if gaaf
        else w.r.choice((H.OUDER,) * 12 + (H.ANDER,)),
        bereik=bereik,
        moment=moment,
        geldig_vanaf=vanaf,
        geldig_tot_en_met=vanaf + dt.timedelta(days=300 if gaaf else w.r.choice((20, 200, 300, 300, 900))),
        uitdrukkelijk=bereik.categorieen
        if gaaf
        else w.r.choice((True, bereik.categorieen, bereik.categorieen, ())),
        andere_ouder_geinformeerd=w.kans(0.5),
        bewijs=a_bewijs(),
    )


def _oordeel(w: Wereld) -> Bekwaamheidsoordeel:
    moment = w.r.choice(w.momenten)
    return Bekwaamheidsoordeel(
        **w.vast(moment, w.r.choice((SCHOOL, AANBIEDER, AANBIEDER, ANDERE))),
        wilsbekwaam=w.kans(0.35),
        maatregel=w.r.choice((Maatregel.GEEN,) * 4 + tuple(Maatregel)),
        beeindigde_maatregelen=(Maatregel.CURATELE,) if w.kans(0.2) else (),
        doelen=w.r.choice((DOELEN, (w.doel,), (DOELEN[1],))),
        beoordelaar="gedragswetenschapper",
        functie="gedragswetenschapper",
        moment=moment,
        motivering="Fictieve motivering.",
    )


def _bezwaar(w: Wereld, wie: str) -> Bezwaar:
    moment = w.r.choice(w.momenten)
    return Bezwaar(**w.vast(moment), persoon=wie, bereik=w.bereik(), moment=moment)


def _veto(w: Wereld) -> ProfessioneelVeto:
    moment = w.r.choice(w.momenten)
    return ProfessioneelVeto(
        **w.vast(moment, w.r.choice((SCHOOL, AANBIEDER, ANDERE))),
        besluit=w.r.choice(("veto", "veto", "opgeheven")),
        richting=w.richting,
        doelen=w.r.choice((DOELEN, (w.doel,))),
        professional="jeugdhulpverlener 1",
        moment=moment,
        motivering="Fictieve motivering.",
    )
