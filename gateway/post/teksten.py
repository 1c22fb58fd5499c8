"""The mails themselves. There are three, and no part of them comes from anybody's data but a code."""

from __future__ import annotations

import datetime as dt
from typing import Final

from consent.leeftijd import day
from schemas.people.post import Bericht

ONDERWERP: Final = "Er staat iets voor u klaar"
_MAANDEN: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def dagelijks(naar: str, kenmerk: str, adres: str, uitzetten: str, *, proef: bool) -> Bericht:
    tekst = (
        "Goedendag,\n\n"
        "Er staat iets voor u klaar. Log in om het te lezen:\n"
        f"{adres}/begin\n\n"
        "In deze mail staat met opzet niet wat het is. U krijgt hoogstens één mail per dag.\n\n"
        "Wilt u geen mail meer? Zet het hier uit:\n"
        f"{uitzetten}\n"
    )
    return Bericht(naar, _onderwerp(ONDERWERP, proef=proef), tekst, kenmerk, uitzetten)


def uitnodiging(naar: str, kenmerk: str, adres: str, code: str, tot: dt.datetime, *, proef: bool) -> Bericht:
    tekst = (
        "Goedendag,\n\n"
        "Er staat iets voor u klaar. Ga naar:\n"
        f"{adres}/uitnodiging\n\n"
        "Typ daar deze code:\n"
        f"{code}\n\n"
        f"De code is alleen voor u. Zij werkt één keer, tot en met {_dag(tot)}.\n"
        "In deze mail staat met opzet niet wat het is. Verwacht u dit niet? Doe dan niets.\n"
    )
    return Bericht(naar, _onderwerp(ONDERWERP, proef=proef), tekst, kenmerk)


def bevestigen(naar: str, kenmerk: str, adres: str, code: str, *, proef: bool) -> Bericht:
    tekst = (
        "Goedendag,\n\n"
        "Iemand wil berichten krijgen op dit mailadres. Bent u dat? Log in en ga naar:\n"
        f"{adres}/ik\n\n"
        "Typ daar deze code:\n"
        f"{code}\n\n"
        "De code werkt één dag. Bent u het niet? Doe dan niets. U krijgt dan geen mail meer.\n"
    )
    return Bericht(naar, _onderwerp("Bevestig uw mailadres", proef=proef), tekst, kenmerk)


def _onderwerp(tekst: str, *, proef: bool) -> str:
    return f"[Proef] {tekst}" if proef else tekst


def _dag(moment: dt.datetime) -> str:
    on = day(moment)
    return f"{on.day} {_MAANDEN[on.month - 1]} {on.year}"
