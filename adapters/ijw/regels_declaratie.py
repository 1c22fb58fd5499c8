"""The rules of the claim (JW323) and of its answer (JW325): periods, amounts and references."""

from __future__ import annotations

from typing import Final

from adapters.ijw.regel import Omgeving, regel
from adapters.ijw.waarden import day, exact, filled, last_of_month, signed, whole
from adapters.xml.nodes import sub, text, texts
from adapters.xml.parser import Node

_FIRST_DAY: Final = 2021_01_01
_FIVE_YEARS: Final = 5_00_00
_EURO: Final = "83"
NOT_REJECTED: Final = {"0200", "8001"}
"""Retourcodes of a DeclaratieAntwoord that is not itself rejected."""


# --- periods


@regel("CS100", "/DeclaratiePeriode", "De periode begint op of na 1 januari 2021.")
def declaratie_sinds_2021(declaratie: Node, _: Omgeving) -> bool:
    """CS100: iJw 3 claims what was delivered since 2021."""
    return _since_2021(sub(declaratie, "DeclaratiePeriode"))


@regel("CS100", "/ProductPeriode", "De periode begint op of na 1 januari 2021.")
def prestatie_sinds_2021(prestatie: Node, _: Omgeving) -> bool:
    """CS100: the same for one prestatie."""
    return _since_2021(sub(prestatie, "ProductPeriode"))


def _since_2021(periode: Node) -> bool:
    first = day(periode, "Begindatum")
    return first is None or first >= _FIRST_DAY


@regel("CS340", "/DeclaratiePeriode", "De periode is precies een hele kalendermaand.")
def declaratie_is_hele_maand(declaratie: Node, _: Omgeving) -> bool:
    """CS340: a claim is about one whole month of the calendar."""
    periode = sub(declaratie, "DeclaratiePeriode")
    first, last = day(periode, "Begindatum"), day(periode, "Einddatum")
    return first is None or last is None or (first % 100 == 1 and last == last_of_month(first))


@regel("CS337", "/ProductPeriode", "Begin en einde van de periode liggen in dezelfde maand.")
def prestatie_in_een_maand(prestatie: Node, _: Omgeving) -> bool:
    """CS337: a prestatie was delivered within one month of the calendar."""
    periode = sub(prestatie, "ProductPeriode")
    first, last = day(periode, "Begindatum"), day(periode, "Einddatum")
    return first is None or last is None or first // 100 == last // 100


@regel(
    "TR335",
    "/ProductPeriode",
    "De prestatie eindigde meer dan vijf jaar voor de dagtekening van de declaratie.",
)
def prestatie_in_laatste_vijf_jaar(prestatie: Node, omgeving: Omgeving) -> bool:
    """TR335: what is more than 60 months ago can no longer be claimed."""
    last = day(sub(prestatie, "ProductPeriode"), "Einddatum")
    claimed = day(sub(omgeving.inhoud, "Declaratie"), "DeclaratieDagtekening")
    return last is None or claimed is None or last + _FIVE_YEARS >= claimed


@regel("TR134", "/ProductPeriode/Begindatum", "De begindatum mag niet na de dagtekening liggen.")
def prestatie_begint_voor_dagtekening(prestatie: Node, omgeving: Omgeving) -> bool:
    """TR134: what is claimed has begun."""
    return omgeving.not_after_dagtekening(day(sub(prestatie, "ProductPeriode"), "Begindatum"))


@regel("TR134", "/DeclaratiePeriode/Begindatum", "De begindatum mag niet na de dagtekening liggen.")
def declaratie_begint_voor_dagtekening(declaratie: Node, omgeving: Omgeving) -> bool:
    """TR134: the month that is claimed has begun."""
    return omgeving.not_after_dagtekening(day(sub(declaratie, "DeclaratiePeriode"), "Begindatum"))


_ENDS: Final = "De einddatum ligt niet voor de begindatum en niet na de dagtekening."


@regel("TR137", "/ProductPeriode/Einddatum", _ENDS)
def prestatie_is_voorbij(prestatie: Node, omgeving: Omgeving) -> bool:
    """TR137: what is claimed has been delivered."""
    return _is_past(sub(prestatie, "ProductPeriode"), omgeving)


@regel("TR137", "/DeclaratiePeriode/Einddatum", _ENDS)
def declaratiemaand_is_voorbij(declaratie: Node, omgeving: Omgeving) -> bool:
    """TR137: the month that is claimed is over."""
    return _is_past(sub(declaratie, "DeclaratiePeriode"), omgeving)


def _is_past(periode: Node, omgeving: Omgeving) -> bool:
    first, last = day(periode, "Begindatum"), day(periode, "Einddatum")
    return omgeving.not_after_dagtekening(last) and (first is None or last is None or first <= last)


# --- amounts


def amount(prestatie: Node) -> int:
    """What one prestatie claims, in cents; a credit is negative."""
    return signed(sub(prestatie, "IngediendBedrag"), "Bedrag") or 0


@regel("TR358", "/TotaalIngediendBedrag", "Het totaal is niet de som van de ingediende bedragen.")
def totaal_is_som(declaratie: Node, omgeving: Omgeving) -> bool:
    """TR358: the total is what all prestaties together claim, credits subtracted."""
    total = signed(sub(declaratie, "TotaalIngediendBedrag"), "TotaalBedrag")
    return total is None or total == sum(amount(p) for p in omgeving.prestaties())


@regel("TR342", "", "Het verschil tussen ingediend en toegekend is niet de som van de afgewezen prestaties.")
def toegekend_is_rest(antwoord: Node, omgeving: Omgeving) -> bool:
    """TR342: granted is what was claimed less the rejected prestaties, and nothing of a rejected claim."""
    claimed = signed(sub(antwoord, "TotaalIngediendBedrag"), "TotaalBedrag")
    granted = signed(sub(antwoord, "TotaalToegekendBedrag"), "TotaalBedrag")
    if claimed is None or granted is None:
        return True
    if not NOT_REJECTED.issuperset(texts(sub(antwoord, "RetourCodes"), "RetourCode")):
        return granted == 0
    return claimed - granted == sum(amount(p) for p in omgeving.prestaties())


_ZERO: Final = "Een bedrag van nul is een debetbedrag."


@regel("CS325", "/TotaalIngediendBedrag/DebetCredit", _ZERO)
def totaal_nul_is_debet(declaratie: Node, _: Omgeving) -> bool:
    """CS325: zero has one notation, here in the total that is claimed."""
    return _zero_is_debet(sub(declaratie, "TotaalIngediendBedrag"), "TotaalBedrag")


@regel("CS325", "/TotaalToegekendBedrag/DebetCredit", _ZERO)
def toegekend_nul_is_debet(antwoord: Node, _: Omgeving) -> bool:
    """CS325: the same in the total that is granted."""
    return _zero_is_debet(sub(antwoord, "TotaalToegekendBedrag"), "TotaalBedrag")


@regel("CS325", "/IngediendBedrag/DebetCredit", _ZERO)
def bedrag_nul_is_debet(prestatie: Node, _: Omgeving) -> bool:
    """CS325: the same in a prestatie."""
    return _zero_is_debet(sub(prestatie, "IngediendBedrag"), "Bedrag")


def _zero_is_debet(bedrag: Node, name: str) -> bool:
    return whole(bedrag, name) != 0 or text(bedrag, "DebetCredit") == "D"


@regel(
    "CD087", "/ProductTarief", "Een tarief is verplicht, behalve als de eenheid euro is: dan mag het niet."
)
def tarief_tenzij_euro(prestatie: Node, _: Omgeving) -> bool:
    """CD087: there is a tariff exactly when something else than euros is counted."""
    return filled(prestatie, "ProductTarief") == (text(prestatie, "Eenheid") != _EURO)


@regel("CS339", "/IngediendBedrag", "Als de eenheid euro is, is het bedrag gelijk aan het volume.")
def bedrag_is_volume_in_euro(prestatie: Node, _: Omgeving) -> bool:
    """CS339: who counts in euros claims as many."""
    if text(prestatie, "Eenheid") != _EURO:
        return True
    return whole(sub(prestatie, "IngediendBedrag"), "Bedrag") == whole(prestatie, "GeleverdVolume")


# --- references


@regel("TR315", "/ProductReferentie", "Dezelfde prestatie wordt in dit bericht vaker gecrediteerd.")
def eenmaal_gecrediteerd(prestatie: Node, omgeving: Omgeving) -> bool:
    """TR315: one message takes a prestatie back once."""
    vorige = exact(sub(prestatie, "ProductReferentie"), "VorigReferentieNummer")
    return vorige is None or omgeving.vorige_referenties[vorige] == 1


@regel(
    "TR316",
    "/ProductReferentie",
    "Een prestatie mag niet worden gecrediteerd in het bericht waarin zij staat.",
)
def niet_gecrediteerd_in_zelfde_bericht(prestatie: Node, omgeving: Omgeving) -> bool:
    """TR316: a message does not take back what it claims itself."""
    vorige = exact(sub(prestatie, "ProductReferentie"), "VorigReferentieNummer")
    return vorige is None or vorige not in omgeving.referenties


@regel(
    "CD060",
    "/ProductReferentie/VorigReferentieNummer",
    "Het vorige nummer is verplicht bij een creditbedrag, en mag anders niet.",
)
def vorige_bij_credit(prestatie: Node, _: Omgeving) -> bool:
    """CD060: a credit, and only a credit, names the prestatie it takes back."""
    credit = text(sub(prestatie, "IngediendBedrag"), "DebetCredit") == "C"
    return filled(sub(prestatie, "ProductReferentie"), "VorigReferentieNummer") == credit
