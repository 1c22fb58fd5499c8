"""Which rule of iJw 3.2 holds where: one table per message, and `check`, which goes over it.

Only heenberichten and the claim answer have rules. A retour repeats what was checked before: validate it
against its schema and match it (`retour.match_retour`), no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.ijw import regels_client as client
from adapters.ijw import regels_declaratie as declaratie
from adapters.ijw import regels_extern as extern
from adapters.ijw import regels_product as product
from adapters.ijw.bericht import JwBericht
from adapters.ijw.codelijsten import GEMEENTEN, JZ21, Gemeentelijst, Productlijst
from adapters.ijw.regel import Klasse, Omgeving, Regel, Tarief, run
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.regels_rijen import (
    aanvragen_overlappen_niet,
    datum,
    eigen_referentie,
    geen_dubbele,
    geen_dubbele_debet,
    getal,
    nieuwe_overlappen_niet,
    referentie,
    tekst,
    toewijzingen_overlappen_niet,
)
from adapters.ijw.regels_rijen import product as productsleutel
from adapters.ijw.waarden import ordinal

NO_CONTRACT: Final[Mapping[str, Tarief]] = MappingProxyType({})


def check(
    bericht: JwBericht,
    *,
    today: dt.date,
    gemeenten: Gemeentelijst = GEMEENTEN,
    producten: Productlijst = JZ21,
    contract: Mapping[str, Tarief] = NO_CONTRACT,
) -> tuple[Regelfout, ...]:
    """Every rule of level 2 and 4 that a message breaks, in document order. Never raises.

    `today` is the day at the receiver, in Dutch time. `contract` gives the tariff per product code between
    the two parties of a claim; what it does not name is not tested (TR346).
    """
    omgeving = Omgeving(bericht.inhoud, bericht.soort, ordinal(today), gemeenten, producten, contract)
    return run(KLASSEN.get(bericht.soort, ()), omgeving)


def _header(gemeente: str, *more: Regel) -> Klasse:
    return Klasse(
        ("Header",), (extern.gemeente_bestaat(gemeente), extern.dagtekening_niet_in_toekomst, *more)
    )


_FROM_GEMEENTE: Final = _header("/Afzender")
_TO_GEMEENTE: Final = _header("/Ontvanger")

_CONTACT: Final = Klasse(("Contact",), client.CONTACT, (geen_dubbele(tekst("Soort")),))

_JW301: Final = Klasse(
    ("Client",),
    (
        client.client_heeft_vast_adres,
        client.bsn_klopt,
        *client.GEBOORTEDATUM,
        client.client_is_mens,
        client.naamgebruik_past_bij_namen,
        client.taal_bij_tolk,
    ),
    inside=(
        Klasse(
            ("Relaties", "Relatie"),
            (*client.GEBOORTEDATUM, client.naamgebruik_past_bij_namen),
            (geen_dubbele(tekst("Nummer")),),
            (_CONTACT,),
        ),
        Klasse(("Contactgegevens", "Contact"), _CONTACT.regels, _CONTACT.together),
        Klasse(
            ("ToegewezenProducten", "ToegewezenProduct"),
            (
                product.product_zonder_budget,
                extern.code_hoort_bij_categorie,
                product.toegewezen_voor_dagtekening,
                product.einddatum_bij_budget,
                product.einddatum_bij_omvang_per_week,
                product.eindigt_niet_voor_begin,
                product.verwijderd_eindigt_op_begin,
                product.reden_is_niet_vervallen,
                product.omvang_bij_productcode,
                product.geen_omvang_bij_budget,
                product.geen_omvang_zonder_productcode,
                product.eenheid_past_bij_frequentie,
                product.geen_budget_bij_omvang,
            ),
            (geen_dubbele(getal("ToewijzingNummer")), toewijzingen_overlappen_niet),
        ),
    ),
)

_PERSOON: Final = (client.bsn_klopt, *client.GEBOORTEDATUM)

_JW305: Final = Klasse(
    ("Client",),
    _PERSOON,
    inside=(
        Klasse(
            ("StartProducten", "StartProduct"),
            (
                extern.code_hoort_bij_categorie,
                product.begonnen_voor_dagtekening,
                product.status_is_nieuw_of_verwijderd,
            ),
            (geen_dubbele(getal("ToewijzingNummer"), productsleutel, datum("Begindatum")),),
        ),
    ),
)

_JW307: Final = Klasse(
    ("Client",),
    _PERSOON,
    inside=(
        Klasse(
            ("StopProducten", "StopProduct"),
            (
                extern.code_hoort_bij_categorie,
                product.stopt_niet_voor_begin,
                product.gestopt_voor_dagtekening,
                product.status_is_nieuw_of_verwijderd,
            ),
            (
                geen_dubbele(
                    getal("ToewijzingNummer"),
                    productsleutel,
                    datum("Begindatum"),
                    tekst("RedenBeeindiging"),
                    datum("Einddatum"),
                ),
            ),
        ),
    ),
)

_END_315: Final = "/ToewijzingEinddatum"

_JW315: Final = Klasse(
    ("Client",),
    _PERSOON,
    inside=(
        Klasse(
            ("AangevraagdeProducten", "AangevraagdProduct"),
            (
                product.product_zonder_budget,
                extern.code_hoort_bij_categorie,
                product.beschikking_heeft_nummer_en_datum,
                product.einddatum_bij_budget.at(_END_315),
                product.einddatum_bij_omvang_per_week.at(_END_315),
                product.eindigt_niet_voor_begin.at(_END_315),
                product.omvang_bij_productcode,
                product.geen_omvang_bij_budget,
                product.geen_omvang_zonder_productcode.coded("CD095"),
                product.eenheid_past_bij_frequentie.coded("CS343"),
                product.geen_budget_bij_omvang,
                product.geen_naam_bij_agb_code,
                product.naam_zonder_agb_code,
                product.agb_code_alleen_van_zorgverlener,
            ),
            (geen_dubbele(tekst("ReferentieAanbieder")), aanvragen_overlappen_niet, eigen_referentie),
        ),
    ),
)

_CHANGED_DATES: Final = (
    product.einddatum_bij_budget,
    product.einddatum_bij_omvang_per_week,
    product.eindigt_niet_voor_begin,
)

_JW317: Final = Klasse(
    ("Client",),
    (client.bsn_klopt,),
    (geen_dubbele(tekst("Bsn")),),
    (
        Klasse(
            ("Verzoek",),
            (product.verzoek_gaat_over_toewijzing, product.verzoek_vraagt_iets),
            inside=(
                Klasse(
                    ("OngewijzigdeProducten", "OngewijzigdProduct"),
                    (),
                    (geen_dubbele(getal("ToewijzingNummer")),),
                ),
                Klasse(
                    ("TeWijzigenProducten", "TeWijzigenProduct"),
                    (
                        *_CHANGED_DATES,
                        product.geen_omvang_bij_budget,
                        product.eenheid_past_bij_frequentie,
                        product.geen_budget_bij_omvang,
                    ),
                    (geen_dubbele(getal("ToewijzingNummer")),),
                ),
                Klasse(
                    ("NieuweProducten", "NieuwProduct"),
                    (
                        product.product_zonder_budget,
                        extern.code_hoort_bij_categorie,
                        product.nieuw_begint_na_dagtekening,
                        *_CHANGED_DATES,
                        product.omvang_bij_productcode,
                        product.geen_omvang_bij_budget,
                        product.geen_omvang_zonder_productcode.coded("CD096"),
                        product.eenheid_past_bij_frequentie,
                        product.geen_budget_bij_omvang,
                    ),
                    (geen_dubbele(productsleutel, datum("GewensteIngangsdatum")), nieuwe_overlappen_niet),
                ),
            ),
        ),
    ),
)

_JW319: Final = Klasse(
    ("Antwoord",),
    (
        product.afwijzing_heeft_reden,
        product.onderzoek_heeft_geen_reden,
        product.woonplaats_bij_reden_woonplaats,
        product.woonplaats_alleen_bij_reden_woonplaats,
        extern.gemeente_bestaat("/Woonplaatsbeginsel/Gemeente"),
    ),
)


def _clienten(prestatie: Klasse) -> Klasse:
    return Klasse(
        ("Clienten", "Client"), (client.bsn_klopt,), (geen_dubbele(tekst("Bsn")),), inside=(prestatie,)
    )


_JW323: Final = Klasse(
    ("Declaratie",),
    (
        declaratie.declaratie_sinds_2021,
        declaratie.declaratie_is_hele_maand,
        declaratie.declaratie_begint_voor_dagtekening,
        declaratie.declaratiemaand_is_voorbij,
        declaratie.totaal_is_som,
        declaratie.totaal_nul_is_debet,
    ),
    inside=(
        _clienten(
            Klasse(
                ("Prestaties", "Prestatie"),
                (
                    declaratie.eenmaal_gecrediteerd,
                    declaratie.niet_gecrediteerd_in_zelfde_bericht,
                    declaratie.vorige_bij_credit,
                    extern.productcode_hoort_bij_productcategorie,
                    declaratie.prestatie_sinds_2021,
                    declaratie.prestatie_in_een_maand,
                    declaratie.prestatie_in_laatste_vijf_jaar,
                    declaratie.prestatie_begint_voor_dagtekening,
                    declaratie.prestatie_is_voorbij,
                    declaratie.tarief_tenzij_euro,
                    declaratie.bedrag_is_volume_in_euro,
                    extern.bedrag_is_volume_maal_tarief,
                    declaratie.bedrag_nul_is_debet,
                ),
                (geen_dubbele(referentie), geen_dubbele_debet),
            )
        ),
    ),
)

_JW325: Final = Klasse(
    ("DeclaratieAntwoord",),
    (declaratie.toegekend_is_rest, declaratie.totaal_nul_is_debet, declaratie.toegekend_nul_is_debet),
    inside=(
        _clienten(
            Klasse(
                ("Prestaties", "Prestatie"),
                (
                    declaratie.vorige_bij_credit,
                    declaratie.prestatie_begint_voor_dagtekening,
                    declaratie.prestatie_is_voorbij,
                    declaratie.bedrag_nul_is_debet,
                ),
                (geen_dubbele(referentie),),
            )
        ),
    ),
)

KLASSEN: Final[Mapping[str, tuple[Klasse, ...]]] = MappingProxyType(
    {
        "JW301": (_FROM_GEMEENTE, _JW301),
        "JW305": (_TO_GEMEENTE, _JW305),
        "JW307": (_TO_GEMEENTE, _JW307),
        "JW315": (_TO_GEMEENTE, _JW315),
        "JW317": (_TO_GEMEENTE, _JW317),
        "JW319": (_FROM_GEMEENTE, _JW319),
        "JW323": (_TO_GEMEENTE, _JW323),
        "JW325": (_header("/Afzender", extern.declaratie_niet_in_toekomst), _JW325),
    }
)
