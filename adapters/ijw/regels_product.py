"""The rules about one product row: toegewezen, aangevraagd, nieuw or te wijzigen, started or stopped.

The same demand has several codes and element names over the messages; `regels.py` says which belong where.
"""

from __future__ import annotations

from typing import Final

from adapters.ijw.regel import Omgeving, regel
from adapters.ijw.waarden import day, filled
from adapters.xml.nodes import sub, text
from adapters.xml.parser import Node

_OLD_RULES_END: Final = 2020_12_31
"""Rows that end on this day or before follow what held before 2021."""
_NOT_PER_DAY: Final = {"14", "16", "83", "84"}
"""Eenheid in etmalen, dagdelen, euro's and stuks (inspanning)."""
_WITH_CODE: Final = {"02", "03", "04", "05"}
"""Type of a Verwijzer who has an AGB code."""
DELETED: Final = "13"
WITHDRAWN: Final = "01"
"""RedenWijziging that used to say the same as DELETED."""


def begin(row: Node) -> int | None:
    """The first day of a product row, whatever it is called in its class."""
    return _first(row, "Ingangsdatum", "ToewijzingIngangsdatum", "GewensteIngangsdatum")


def eind(row: Node) -> int | None:
    """The last day of a product row; None when it is open."""
    return _first(row, "Einddatum", "ToewijzingEinddatum")


def _first(row: Node, *names: str) -> int | None:
    return next((day(row, name) for name in names if name in row), None)


def _ends(row: Node) -> bool:
    return filled(row, "Einddatum") or filled(row, "ToewijzingEinddatum")


def _since_2021(row: Node) -> bool:
    last = eind(row)
    return last is None or last > _OLD_RULES_END


def _has_code(row: Node) -> bool:
    return filled(sub(row, "Product"), "Code")


# --- product, omvang, budget and dates: JW301, JW315, JW317


@regel("CD079", "/Product", "Zonder budget is een product verplicht.")
def product_zonder_budget(row: Node, _: Omgeving) -> bool:
    """CD079: what has no budget says which product it is."""
    return filled(row, "Budget") or filled(row, "Product")


@regel("CD075", "/Einddatum", "Bij een budget is een einddatum verplicht.")
def einddatum_bij_budget(row: Node, _: Omgeving) -> bool:
    """CD075: a budget is for a period that ends."""
    return not filled(row, "Budget") or _ends(row)


@regel("CD076", "/Einddatum", "Bij een omvang per week is een einddatum verplicht.")
def einddatum_bij_omvang_per_week(row: Node, _: Omgeving) -> bool:
    """CD076: an amount per week is for a period that ends."""
    return text(sub(row, "Omvang"), "Frequentie") != "2" or _ends(row)


@regel("CS003", "/Einddatum", "De einddatum mag niet voor de begindatum liggen.")
def eindigt_niet_voor_begin(row: Node, _: Omgeving) -> bool:
    """CS003: a row does not end before it begins."""
    first, last = begin(row), eind(row)
    return first is None or last is None or first <= last


@regel("CD041", "/Omvang", "Bij een product met een productcode is de omvang verplicht.")
def omvang_bij_productcode(row: Node, _: Omgeving) -> bool:
    """CD041: who names one product says how much of it."""
    return not _has_code(row) or filled(row, "Omvang")


@regel("CD077", "/Omvang", "Bij een budget mag geen omvang staan.")
def geen_omvang_bij_budget(row: Node, _: Omgeving) -> bool:
    """CD077: a row with a budget has no amount of help."""
    return not filled(row, "Budget") or not filled(row, "Omvang")


@regel("CD080", "/Omvang", "Zonder productcode mag geen omvang staan.")
def geen_omvang_zonder_productcode(row: Node, _: Omgeving) -> bool:
    """CD080 (JW301), CD095 (JW315), CD096 (JW317): since 2021 only a named product has an amount of help."""
    return _has_code(row) or not filled(row, "Omvang") or not _since_2021(row)


@regel("CS338", "/Omvang", "Bij deze eenheid is de frequentie per week, per maand of totaal.")
def eenheid_past_bij_frequentie(row: Node, _: Omgeving) -> bool:
    """CS338 (JW301, JW317), CS343 (JW315): since 2021 only minutes, hours and pieces go per day."""
    omvang = sub(row, "Omvang")
    if text(omvang, "Eenheid") not in _NOT_PER_DAY or not _since_2021(row):
        return True
    return text(omvang, "Frequentie") in {"2", "4", "6"}


@regel("CD078", "/Budget", "Bij een omvang mag geen budget staan.")
def geen_budget_bij_omvang(row: Node, _: Omgeving) -> bool:
    """CD078: a row with an amount of help has no budget."""
    return not filled(row, "Omvang") or not filled(row, "Budget")


# --- allocation: JW301


@regel("TR134", "/Toewijzingsdatum", "De toewijzingsdatum mag niet na de dagtekening liggen.")
def toegewezen_voor_dagtekening(row: Node, omgeving: Omgeving) -> bool:
    """TR134: what a message allocates was allocated when it was dated."""
    return omgeving.not_after_dagtekening(day(row, "Toewijzingsdatum"))


@regel("CS335", "/RedenWijziging", "Een verwijderde toewijzing eindigt op de dag dat zij ingaat.")
def verwijderd_eindigt_op_begin(row: Node, _: Omgeving) -> bool:
    """CS335: a deleted allocation lasts no longer than its first day.

    Stricter than the reference check, which lets an open end pass.
    """
    return text(row, "RedenWijziging") != DELETED or eind(row) == begin(row)


@regel("CS336", "/RedenWijziging", "Deze reden is vervallen en mag niet meer.")
def reden_is_niet_vervallen(row: Node, _: Omgeving) -> bool:
    """CS336: reason 01 was withdrawn, though the schema still has it."""
    return text(row, "RedenWijziging") != WITHDRAWN


# --- request: JW315 and JW317


@regel(
    "CD043",
    "/BeschikkingIngangsdatum",
    "Nummer en ingangsdatum van de beschikking horen bij elkaar: vul beide in, of geen.",
)
def beschikking_heeft_nummer_en_datum(row: Node, _: Omgeving) -> bool:
    """CD043: a decision is named by its number together with its date."""
    return filled(row, "BeschikkingIngangsdatum") == filled(row, "BeschikkingNummer")


@regel("CD066", "/Verwijzer/Naam", "Van deze verwijzer staat de AGB-code er al; dan mag de naam niet.")
def geen_naam_bij_agb_code(row: Node, _: Omgeving) -> bool:
    """CD066: a referrer with an AGB code is named by that code alone."""
    verwijzer = sub(row, "Verwijzer")
    known = text(verwijzer, "Type") in _WITH_CODE and filled(verwijzer, "ZorgverlenerCode")
    return not known or not filled(verwijzer, "Naam")


@regel("CD067", "/Verwijzer/Naam", "Van deze verwijzer is de naam verplicht als de AGB-code ontbreekt.")
def naam_zonder_agb_code(row: Node, _: Omgeving) -> bool:
    """CD067: a professional who refers is named, if not by an AGB code then by name."""
    verwijzer = sub(row, "Verwijzer")
    unknown = text(verwijzer, "Type") in _WITH_CODE and not filled(verwijzer, "ZorgverlenerCode")
    return not unknown or filled(verwijzer, "Naam")


@regel("CD068", "/Verwijzer/ZorgverlenerCode", "Bij deze soort verwijzer mag geen AGB-code staan.")
def agb_code_alleen_van_zorgverlener(row: Node, _: Omgeving) -> bool:
    """CD068: only a referrer who is a professional has an AGB code."""
    verwijzer = sub(row, "Verwijzer")
    return text(verwijzer, "Type") in _WITH_CODE or not filled(verwijzer, "ZorgverlenerCode")


@regel("TR380", "/GewensteIngangsdatum", "De gewenste ingangsdatum ligt na de dagtekening.")
def nieuw_begint_na_dagtekening(row: Node, omgeving: Omgeving) -> bool:
    """TR380: a new product is asked for days to come."""
    gewenst, dagtekening = day(row, "GewensteIngangsdatum"), omgeving.dagtekening
    return gewenst is None or dagtekening is None or gewenst > dagtekening


@regel("TR352", "", "Er is geen ongewijzigd of te wijzigen product.")
def verzoek_gaat_over_toewijzing(verzoek: Node, _: Omgeving) -> bool:
    """TR352: a wijzigingsverzoek is about at least one running allocation."""
    return filled(verzoek, "OngewijzigdeProducten") or filled(verzoek, "TeWijzigenProducten")


@regel("TR353", "", "Er is geen te wijzigen of nieuw product.")
def verzoek_vraagt_iets(verzoek: Node, _: Omgeving) -> bool:
    """TR353: a wijzigingsverzoek asks for at least one change."""
    return filled(verzoek, "TeWijzigenProducten") or filled(verzoek, "NieuweProducten")


# --- answer: JW319


@regel("CD085", "/RedenAfwijzingVerzoek", "Bij een afgewezen verzoek is de reden verplicht.")
def afwijzing_heeft_reden(antwoord: Node, _: Omgeving) -> bool:
    """CD085: who rejects a request says why."""
    return text(antwoord, "VerzoekAntwoord") != "1" or filled(antwoord, "RedenAfwijzingVerzoek")


@regel("CD086", "/RedenAfwijzingVerzoek", "Bij een verzoek in onderzoek mag geen reden van afwijzing staan.")
def onderzoek_heeft_geen_reden(antwoord: Node, _: Omgeving) -> bool:
    """CD086: what is still being looked into is not rejected yet."""
    return text(antwoord, "VerzoekAntwoord") != "2" or not filled(antwoord, "RedenAfwijzingVerzoek")


@regel("TR377", "/Woonplaatsbeginsel", "Bij deze reden is de andere gemeente verplicht.")
def woonplaats_bij_reden_woonplaats(antwoord: Node, _: Omgeving) -> bool:
    """TR377: who rejects because of the woonplaatsbeginsel names the gemeente that is responsible."""
    return text(antwoord, "RedenAfwijzingVerzoek") != "8" or filled(antwoord, "Woonplaatsbeginsel")


@regel("TR409", "/Woonplaatsbeginsel", "Een andere gemeente mag alleen bij de reden woonplaatsbeginsel.")
def woonplaats_alleen_bij_reden_woonplaats(antwoord: Node, _: Omgeving) -> bool:
    """TR409: another gemeente is named for that reason only.

    Stricter than the reference check, which lets it pass when there is no reason at all.
    """
    return not filled(antwoord, "Woonplaatsbeginsel") or text(antwoord, "RedenAfwijzingVerzoek") == "8"


# --- start and stop: JW305 and JW307


@regel(
    "TR134", "/Begindatum", "Een begin in de toekomst mag niet: de begindatum ligt niet na de dagtekening."
)
def begonnen_voor_dagtekening(row: Node, omgeving: Omgeving) -> bool:
    """TR134: a start is reported when it has happened."""
    return omgeving.not_after_dagtekening(day(row, "Begindatum"))


@regel("TR018", "/Einddatum", "De einddatum mag niet voor de begindatum liggen.")
def stopt_niet_voor_begin(row: Node, _: Omgeving) -> bool:
    """TR018: help does not stop before it started."""
    first, last = day(row, "Begindatum"), day(row, "Einddatum")
    return first is None or last is None or first <= last


@regel("TR134", "/Einddatum", "Een einde in de toekomst mag niet: de einddatum ligt niet na de dagtekening.")
def gestopt_voor_dagtekening(row: Node, omgeving: Omgeving) -> bool:
    """TR134: a stop is reported when it has happened."""
    return omgeving.not_after_dagtekening(day(row, "Einddatum"))


@regel("CS058", "/StatusAanlevering", "De status is eerste aanlevering of verwijderen; andere mogen niet.")
def status_is_nieuw_of_verwijderd(row: Node, _: Omgeving) -> bool:
    """CS058: a start or stop is reported or deleted; 2 and 9 are in the schema only."""
    return text(row, "StatusAanlevering") in {"1", "3"}
