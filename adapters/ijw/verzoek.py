"""JW315 and JW317: a request to a gemeente, drafted from an arrangement and what it never holds.

An arrangement says who the leerling is, which gemeente is responsible, which aanbieder does it and for how
long. The number of the client, products, amounts and the verwijzer come from an aanvulling. Where both say
something it has to be the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from adapters.ijw import aanvulling as a
from adapters.ijw.bericht import JwBericht
from adapters.ijw.ontwerp import TEGENSPRAAK, Deel, Ontwerp, Waarde, kop, waarde
from adapters.ijw.toewijzing import COLLECTIEF, sleutel
from schemas.errors import InvalidMessage
from schemas.identifiers import Bsn
from schemas.messages.arrangement import Arrangement, Arrangementstatus, Individueel
from schemas.messages.deelnemers import Deelnemersoort
from schemas.messages.onderdelen import Code, LeerlingGegevens
from schemas.messages.toewijzing import Toewijzing

GESLACHT: Final = {
    "oso-14": {"0": "0", "1": "2", "2": "1"},
    "COD046": {"0": "0", "1": "1", "2": "2"},
}
"""To COD046, by the list a geslacht was recorded in. Any other list: the aanvulling has to say it."""
_AANBIEDERS: Final = frozenset({Deelnemersoort.JEUGDHULPAANBIEDER, Deelnemersoort.GECERTIFICEERDE_INSTELLING})
_DICHT: Final = frozenset({Arrangementstatus.AFGESLOTEN, Arrangementstatus.OPGEVOLGD})
_AL_TOEGEWEZEN: Final = "Voor dit product is in deze periode al een toewijzing."
_TAAKGERICHT: Final = "Taakgerichte hulp kent geen verzoek per leerling."
_GESLOTEN: Final = "Dit arrangement is afgesloten of opgevolgd."
_TOTAAL: Final = "6"
"""Frequentie: in all, within the period of the allocation."""
_OUD: Final = dt.date(2020, 12, 31)
"""Up to this end date an allocation without product code could have an omvang."""
_KOP: Final = "/aanvulling/kop"
_CLIENT: Final = "/aanvulling/client"
_LEERLING: Final = "/arrangement/individueel/leerling"


def draft_315(arrangement: Arrangement, aanvulling: a.Toewijzingsaanvulling) -> JwBericht:
    """A verzoek om toewijzing that its schema and the rules inside the message accept.

    Raises InvalidMessage with every fault, each at its place in the arrangement or the aanvulling: what is
    missing, what contradicts, what iJw forbids, and a product that was granted already (OP307). A request for
    which an earlier one is still open, or a reference used before, cannot be seen here.
    """
    ontwerp, client = Ontwerp("JW315"), aanvulling.client
    individueel = _mag(ontwerp, arrangement, client.bsn)
    header = _header(ontwerp, "446", arrangement, aanvulling.kop)
    lopend = _lopend(arrangement, header, aanvulling.kop.dagtekening)
    rows = [
        _aangevraagd(ontwerp, arrangement, aanvulling, product, f"/aanvulling/producten[{i}]")
        for i, product in enumerate(aanvulling.producten, 1)
    ]
    for product, row in zip(aanvulling.producten, rows, strict=True):
        if product.categorie is not None:
            periode = _gevraagde_periode(arrangement, product)
            _vrij(ontwerp, lopend, (product.categorie, product.code, *periode), row.bron, "OP307")
    inhoud = {
        "Header": header,
        "Client": Deel(
            {
                **_persoon(ontwerp, individueel.leerling, client),
                "GezagsdragerBekend": waarde(client.gezagsdrager_bekend, f"{_CLIENT}/gezagsdrager_bekend"),
                "Commentaar": waarde(client.commentaar, f"{_CLIENT}/commentaar"),
                "AangevraagdeProducten": {"AangevraagdProduct": rows},
            },
            _CLIENT,
        ),
    }
    return ontwerp.maak(inhoud, aanvulling.kop.xsd_versie, aanvulling.kop.dagtekening)


def draft_317(arrangement: Arrangement, aanvulling: a.Wijzigingsaanvulling) -> JwBericht:
    """A verzoek om wijziging: the whole wanted situation, from the toewijzingen and what is wanted otherwise.

    Every allocation of this gemeente and aanbieder that still holds on the dagtekening is in it (TR349), as
    changed where something differs and else as unchanged. Raises InvalidMessage as `draft_315` does; the
    rules about the allocation that is changed (TR351, TR357, TR361, TR373, TR375, TR411, TR412) are judged
    by the toewijzingen of the arrangement. Not for jeugdbescherming and jeugdreclassering by a
    gecertificeerde instelling, which ask with a new 315: an allocation does not say who that is.
    """
    ontwerp, kop_ = Ontwerp("JW317"), aanvulling.kop
    _mag(ontwerp, arrangement, aanvulling.client.bsn)
    header = _header(ontwerp, "486", arrangement, kop_)
    lopend = _lopend(arrangement, header, kop_.dagtekening)
    anders = _wijzigingen(ontwerp, lopend, aanvulling)
    nieuw = [
        _nieuw(ontwerp, product, f"/aanvulling/nieuwe_producten[{i}]")
        for i, product in enumerate(aanvulling.nieuwe_producten, 1)
    ]
    gewenst = [anders[r.toewijzing.nummer].rij if r.toewijzing.nummer in anders else r for r in lopend]
    for rij, deel in anders.values():
        overige = [r for r in gewenst if r is not rij]
        _vrij(ontwerp, overige, rij.gevraagd, deel.bron, "TR361")
    for product, row in zip(aanvulling.nieuwe_producten, nieuw, strict=True):
        periode = product.gewenste_ingangsdatum, product.einddatum
        _vrij(ontwerp, gewenst, (product.categorie, product.code, *periode), row.bron, "TR361")
    zelfde = [
        {"ToewijzingNummer": Waarde(r.nummer, f"{r.bron}/nummer")}
        for r in lopend
        if r.toewijzing.nummer not in anders
    ]
    te_wijzigen = [w.deel for w in anders.values()]
    verzoek = {
        "ReferentieAanbieder": Waarde(aanvulling.referentie, "/aanvulling/referentie"),
        "RedenVerzoek": Waarde(aanvulling.reden, "/aanvulling/reden"),
        "OngewijzigdeProducten": {"OngewijzigdProduct": zelfde} if zelfde else None,
        "TeWijzigenProducten": {"TeWijzigenProduct": te_wijzigen} if te_wijzigen else None,
        "NieuweProducten": {"NieuwProduct": nieuw} if nieuw else None,
    }
    bsn = Waarde(aanvulling.client.bsn.reveal(), f"{_CLIENT}/bsn")
    inhoud = {
        "Header": header,
        "Client": Deel({"Bsn": bsn, "Verzoek": Deel(verzoek, "/aanvulling")}, _CLIENT),
    }
    return ontwerp.maak(inhoud, kop_.xsd_versie, kop_.dagtekening)


# --- who it is about, who asks, who is asked


def _mag(ontwerp: Ontwerp, arrangement: Arrangement, bsn: Bsn) -> Individueel:
    """Whether a request can be made of this arrangement at all."""
    individueel = arrangement.individueel
    if individueel is None:
        raise InvalidMessage((COLLECTIEF,))
    if arrangement.inrichting.taakgericht:
        ontwerp.fout("ijw.taakgericht", "/arrangement/inrichting/uitvoeringsvariant", _TAAKGERICHT)
    if arrangement.kern.status in _DICHT:
        ontwerp.fout("ijw.gesloten", "/arrangement/kern/status", _GESLOTEN)
    # It is only compared: a number that came from a school is not passed on.
    if individueel.leerling.bsn not in {None, bsn}:
        ontwerp.fout("ijw.tegenspraak", f"{_CLIENT}/bsn", TEGENSPRAAK)
    return individueel


def _header(ontwerp: Ontwerp, berichtcode: str, arrangement: Arrangement, extra: a.Kop) -> Deel:
    assert arrangement.individueel is not None
    gemeente = ontwerp.een(
        waarde(arrangement.individueel.gemeente, "/arrangement/individueel/gemeente"),
        waarde(extra.gemeente, f"{_KOP}/gemeente"),
    )
    return kop(
        berichtcode,
        ontwerp.moet(_aanbieder(ontwerp, arrangement, extra), f"{_KOP}/aanbieder", "00000000"),
        ontwerp.moet(gemeente, f"{_KOP}/gemeente", "0000"),
        Waarde(extra.identificatie, f"{_KOP}/identificatie"),
        Waarde(extra.dagtekening.isoformat(), f"{_KOP}/dagtekening"),
    )


def _aanbieder(ontwerp: Ontwerp, arrangement: Arrangement, extra: a.Kop) -> Waarde | None:
    """The one aanbieder the arrangement has a code of, or the one that is filled in."""
    codes = {
        identificatie.waarde: f"/arrangement/partners[{i}]/identificaties[{j}]/waarde"
        for i, partner in enumerate(arrangement.partners, 1)
        if partner.soort in _AANBIEDERS
        for j, identificatie in enumerate(partner.identificaties, 1)
        if identificatie.soort == "agb"
    }
    if extra.aanbieder is not None:
        if codes and extra.aanbieder not in codes:
            ontwerp.fout("ijw.tegenspraak", f"{_KOP}/aanbieder", TEGENSPRAAK)
        return Waarde(extra.aanbieder, f"{_KOP}/aanbieder")
    return Waarde(*next(iter(codes.items()))) if len(codes) == 1 else None


def _persoon(ontwerp: Ontwerp, leerling: LeerlingGegevens, client: a.Client) -> dict[str, Any]:
    geslacht = ontwerp.een(_geslacht(leerling.geslacht), waarde(client.geslacht, f"{_CLIENT}/geslacht"))
    return {
        "Bsn": Waarde(client.bsn.reveal(), f"{_CLIENT}/bsn"),
        "Geboortedatum": {
            "Datum": waarde(leerling.geboortedatum, f"{_LEERLING}/geboortedatum"),
            "DatumGebruik": waarde(client.geboortedatum_gebruik, f"{_CLIENT}/geboortedatum_gebruik"),
        },
        "Geslacht": ontwerp.moet(geslacht, f"{_CLIENT}/geslacht", "0"),
        "Naam": _naam(leerling) if client.naam is None else _brp_naam(client.naam),
    }


def _geslacht(code: Code | None) -> Waarde | None:
    found = None if code is None else GESLACHT.get(code.stelsel, {}).get(code.code)
    return waarde(found, f"{_LEERLING}/geslacht")


def _naam(leerling: LeerlingGegevens) -> dict[str, Any]:
    namen, place = leerling.naamdelen, f"{_LEERLING}/naamdelen"
    letters = namen.voorletters and re.sub(r"[.\s]", "", namen.voorletters)
    return {
        "Geslachtsnaam": {
            "Achternaam": waarde(namen.achternaam, f"{place}/achternaam"),
            "Voorvoegsel": waarde(namen.voorvoegsel, f"{place}/voorvoegsel"),
        },
        "Voornamen": waarde(" ".join(namen.voornamen) or None, f"{place}/voornamen"),
        "Voorletters": waarde(letters, f"{place}/voorletters"),
    }


def _brp_naam(naam: a.Naam) -> dict[str, Any]:
    place = f"{_CLIENT}/naam"
    return {
        "Geslachtsnaam": {
            "Achternaam": waarde(naam.achternaam, f"{place}/achternaam"),
            "Voorvoegsel": waarde(naam.voorvoegsel, f"{place}/voorvoegsel"),
        },
        "Voornamen": waarde(naam.voornamen, f"{place}/voornamen"),
        "Voorletters": waarde(naam.voorletters, f"{place}/voorletters"),
    }


# --- products


class Rij(NamedTuple):
    """A running allocation, with the period that is wanted of it."""

    toewijzing: Toewijzing
    bron: str
    begin: dt.date
    eind: dt.date | None

    @property
    def nummer(self) -> str:
        return self.toewijzing.nummer.lstrip("0") or "0"

    @property
    def gevraagd(self) -> Gevraagd:
        categorie, product = self.toewijzing.productcategorie, self.toewijzing.product
        return (
            None if categorie is None else categorie.code,
            None if product is None else product.code,
            self.begin,
            self.eind,
        )


class Gewijzigd(NamedTuple):
    rij: Rij
    deel: Deel


def _lopend(arrangement: Arrangement, header: Deel, op: dt.date) -> list[Rij]:
    """The allocations of this gemeente and aanbieder that still hold, in the order of their numbers."""
    gemeente, aanbieder = header.inhoud["Ontvanger"].tekst, header.inhoud["Afzender"].tekst
    found = [
        Rij(t, f"/arrangement/toewijzingen[{i}]", t.ingangsdatum, t.einddatum)
        for i, t in enumerate(arrangement.toewijzingen, 1)
        if t.geldt_vanaf(op) and t.gemeente == gemeente and t.aanbieder in {None, aanbieder}
    ]
    return sorted(found, key=lambda r: sleutel(r.toewijzing))


def _aangevraagd(
    ontwerp: Ontwerp,
    arrangement: Arrangement,
    aanvulling: a.Toewijzingsaanvulling,
    product: a.AangevraagdProduct,
    place: str,
) -> Deel:
    begin, eind = _gevraagde_periode(arrangement, product)
    beschikking = product.beschikking
    kern = "/arrangement/kern"
    vanaf = waarde(begin, f"{place if product.ingangsdatum else kern}/ingangsdatum")
    return Deel(
        {
            "ReferentieAanbieder": Waarde(product.referentie, f"{place}/referentie"),
            "BeschikkingNummer": beschikking and waarde(beschikking.nummer, f"{place}/beschikking/nummer"),
            "Product": _product(ontwerp, product, place),
            "BeschikkingIngangsdatum": beschikking
            and waarde(beschikking.ingangsdatum, f"{place}/beschikking/ingangsdatum"),
            "ToewijzingIngangsdatum": ontwerp.moet(vanaf, f"{place}/ingangsdatum", "2021-01-01"),
            "ToewijzingEinddatum": waarde(eind, f"{place if product.einddatum else kern}/einddatum"),
            "Omvang": _omvang(product.omvang, place),
            "Budget": waarde(product.budget, f"{place}/budget"),
            "Verwijzer": _verwijzer(ontwerp, aanvulling, product, place),
            "Raamcontract": waarde(product.raamcontract, f"{place}/raamcontract"),
            "Commentaar": waarde(product.commentaar, f"{place}/commentaar"),
        },
        place,
    )


def _gevraagde_periode(
    arrangement: Arrangement, product: a.AangevraagdProduct
) -> tuple[dt.date | None, dt.date | None]:
    kern = arrangement.kern
    return product.ingangsdatum or kern.ingangsdatum, product.einddatum or kern.einddatum


def _verwijzer(
    ontwerp: Ontwerp, aanvulling: a.Toewijzingsaanvulling, product: a.AangevraagdProduct, place: str
) -> Deel:
    eigen = product.verwijzer
    verwijzer, bron = (
        (eigen, f"{place}/verwijzer") if eigen else (aanvulling.verwijzer, "/aanvulling/verwijzer")
    )
    soort = waarde(verwijzer.type, f"{bron}/type") if verwijzer else None
    return Deel(
        {
            "Type": ontwerp.moet(soort, bron, "01"),
            "Naam": verwijzer and waarde(verwijzer.naam, f"{bron}/naam"),
            "ZorgverlenerCode": verwijzer and waarde(verwijzer.zorgverlenercode, f"{bron}/zorgverlenercode"),
        },
        bron,
    )


def _nieuw(ontwerp: Ontwerp, product: a.NieuwProduct, place: str) -> Deel:
    return Deel(
        {
            "Product": _product(ontwerp, product, place),
            "GewensteIngangsdatum": waarde(product.gewenste_ingangsdatum, f"{place}/gewenste_ingangsdatum"),
            "Einddatum": waarde(product.einddatum, f"{place}/einddatum"),
            "Omvang": _omvang(product.omvang, place),
            "Budget": waarde(product.budget, f"{place}/budget"),
        },
        place,
    )


def _product(ontwerp: Ontwerp, product: a.Product, place: str) -> dict[str, Any] | None:
    if product.categorie is None and product.code is None:
        return None
    categorie = waarde(product.categorie, f"{place}/categorie")
    return {
        "Categorie": ontwerp.moet(categorie, f"{place}/categorie", "45"),
        "Code": waarde(product.code, f"{place}/code"),
    }


def _omvang(omvang: a.Omvang | None, place: str) -> Deel | None:
    if omvang is None:
        return None
    bron = f"{place}/omvang"
    return Deel(
        {
            "Volume": waarde(omvang.volume, f"{bron}/volume"),
            "Eenheid": waarde(omvang.eenheid, f"{bron}/eenheid"),
            "Frequentie": waarde(omvang.frequentie, f"{bron}/frequentie"),
        },
        bron,
    )


def _wijzigingen(
    ontwerp: Ontwerp, lopend: list[Rij], aanvulling: a.Wijzigingsaanvulling
) -> dict[str, Gewijzigd]:
    """What should change, by the number of the allocation. A change that changes nothing is left out."""
    by_number = {r.nummer: r for r in lopend}
    seen: set[str] = set()
    found: dict[str, Gewijzigd] = {}
    for i, wens in enumerate(aanvulling.wijzigingen, 1):
        place = f"/aanvulling/wijzigingen[{i}]"
        nummer = wens.toewijzing.lstrip("0") or "0"
        rij = by_number.get(nummer)
        if rij is None:
            ontwerp.fout(
                "TR351", f"{place}/toewijzing", "Het arrangement heeft deze lopende toewijzing niet."
            )
        elif nummer in seen:
            ontwerp.fout("TR101", f"{place}/toewijzing", "Deze toewijzing staat er twee keer in.")
        elif gewijzigd := _gewijzigd(ontwerp, rij, wens, place, aanvulling.kop.dagtekening):
            found[rij.toewijzing.nummer] = gewijzigd
        seen.add(nummer)
    return found


def _gewijzigd(
    ontwerp: Ontwerp, rij: Rij, wens: a.Wijziging, place: str, dagtekening: dt.date
) -> Gewijzigd | None:
    toewijzing, oud = rij.toewijzing, _toegewezen_omvang(rij.toewijzing)
    omvang = wens.omvang or (oud if wens.budget is None else None)
    budget = toewijzing.budget if wens.budget is None and wens.omvang is None else wens.budget
    begin = wens.gewenste_ingangsdatum or toewijzing.ingangsdatum
    eind = None if wens.zonder_einddatum else wens.einddatum or toewijzing.einddatum
    if wens.zonder_einddatum and wens.einddatum is not None:
        ontwerp.fout("ijw.tegenspraak", f"{place}/einddatum", "Er is een einddatum en er is geen einddatum.")
    if (omvang, budget, begin, eind) == (
        oud,
        toewijzing.budget,
        toewijzing.ingangsdatum,
        toewijzing.einddatum,
    ):
        return None
    for code, element, text in _regels_wijziging(rij, omvang, budget, begin, dagtekening):
        ontwerp.fout(code, f"{place}/{element}", text)
    deel = Deel(
        {
            "ToewijzingNummer": Waarde(rij.nummer, f"{place}/toewijzing"),
            "GewensteIngangsdatum": waarde(begin, f"{place}/gewenste_ingangsdatum"),
            "Einddatum": waarde(eind, f"{place}/einddatum"),
            "Omvang": _omvang(omvang, place),
            "Budget": waarde(budget, f"{place}/budget"),
        },
        place,
    )
    return Gewijzigd(rij._replace(begin=begin, eind=eind), deel)


def _regels_wijziging(
    rij: Rij, omvang: a.Omvang | None, budget: int | None, begin: dt.date, dagtekening: dt.date
) -> Iterator[tuple[str, str, str]]:
    """The rules over several messages that the allocation in the arrangement can judge."""
    toewijzing, oud = rij.toewijzing, _toegewezen_omvang(rij.toewijzing)
    if begin != toewijzing.ingangsdatum:
        if begin <= dagtekening:
            yield "TR357", "gewenste_ingangsdatum", "Deze datum ligt niet na de dagtekening."
        totaal = _TOTAAL in {o.frequentie for o in (omvang, oud) if o is not None}
        if budget != toewijzing.budget or (totaal and omvang != oud):
            yield "TR373", "gewenste_ingangsdatum", "Een ander totaal geldt vanaf de eerste dag."
    if toewijzing.product is not None and omvang is None:
        yield "TR411", "omvang", "Bij een toewijzing met een productcode is de omvang verplicht."
    oud_recht = toewijzing.einddatum is not None and toewijzing.einddatum <= _OUD
    if toewijzing.product is None and omvang is not None and not oud_recht:
        code = "TR375" if toewijzing.productcategorie is None else "TR412"
        yield code, "omvang", "Bij een toewijzing zonder productcode mag geen omvang staan."


def _toegewezen_omvang(toewijzing: Toewijzing) -> a.Omvang | None:
    omvang = toewijzing.omvang
    if omvang is None:
        return None
    return a.Omvang(volume=omvang.volume, eenheid=omvang.eenheid.code, frequentie=omvang.frequentie.code)


Gevraagd = tuple[str | None, str | None, dt.date | None, dt.date | None]


def _vrij(ontwerp: Ontwerp, lopend: list[Rij], gevraagd: Gevraagd, place: str, code: str) -> None:
    if any(_zelfde_product(r, gevraagd) and _overlapt(r, gevraagd) for r in lopend):
        ontwerp.fout(code, place, _AL_TOEGEWEZEN)


def _zelfde_product(rij: Rij, gevraagd: Gevraagd) -> bool:
    """Whether two rows are about one product, as TR302 and TR361 compare: one without a product or code is
    the same as any.
    """
    (categorie, product, *_), (andere, ander_product, *_) = rij.gevraagd, gevraagd
    if None in {categorie, andere}:
        return True
    return categorie == andere and (None in {product, ander_product} or product == ander_product)


def _overlapt(rij: Rij, gevraagd: Gevraagd) -> bool:
    _, _, begin, eind = gevraagd
    return (rij.eind or dt.date.max) >= (begin or dt.date.min) and (eind or dt.date.max) >= rij.begin
