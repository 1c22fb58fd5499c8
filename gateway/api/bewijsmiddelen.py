"""What the recording of a toestemming must bring as proof, with all faults at once.

A yes without its proof would never count, so the person who records it hears that now and not at the first
levering. For a no as little as possible is asked, so that nothing stands in its way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from consent.beleid import EXPLICIT_LEVEL
from consent.bewijsmiddel import explicit, shortcomings
from consent.kennisgeving import Kennisgeving
from consent.leeftijd import day
from gateway.api.bodies import ToestemmingVerzoek
from gateway.faults import faults_of_name
from schemas.errors import Fault
from schemas.people.toestemming import Bewijsmiddel


def demands(
    asked: ToestemmingVerzoek, kennisgevingen: Mapping[str, Kennisgeving], now: dt.datetime
) -> Iterator[Fault]:
    """What is missing for a yes. Nothing can be missing for a no."""
    if asked.besluit != "gegeven":
        return
    special = [c for c in dict.fromkeys(asked.bereik.categorieen) if c.niveau >= EXPLICIT_LEVEL]
    if not all(explicit(asked.uitdrukkelijk, asked.bereik, c) for c in special):
        text = (
            "Noem elke soort gegevens waarvoor apart een vinkje of handtekening is gezet; hier is dat nodig."
        )
        yield Fault("toestemming.uitdrukkelijk", "/uitdrukkelijk", text)
    if asked.bewijs is None:
        yield Fault("bewijs.ontbreekt", "/bewijs", "Leg vast hoe de toestemming is gegeven.")
        return
    faults = (
        *shortcomings(asked.bewijs, day(min(asked.moment, now))),
        *_named(asked.bewijs),
        *_shown(asked.bewijs, kennisgevingen),
    )
    yield from (replace(f, place=f"/bewijs{f.place}") for f in faults)


def _named(bewijs: Bewijsmiddel) -> Iterator[Fault]:
    """Faults in the names of who recorded it and who heard it said, which are held to the rules for new
    names.
    """
    yield from faults_of_name(bewijs.vastlegger, "/vastlegger")
    for i, getuige in enumerate(bewijs.getuigen):
        yield from faults_of_name(getuige, f"/getuigen/{i}")


def _shown(bewijs: Bewijsmiddel, kennisgevingen: Mapping[str, Kennisgeving]) -> Iterator[Fault]:
    """Faults in the text that was shown.

    Only where the register has texts: then the hash must be that of one of them.
    """
    if not kennisgevingen:
        return
    found = kennisgevingen.get(bewijs.kennisgeving_ref)
    if found is None:
        text = "Deze kennisgeving staat niet in het register."
        yield Fault("kennisgeving.onbekend", "/kennisgevingRef", text)
        return
    if found.hash != bewijs.kennisgeving_hash:
        text = "Dit is niet de hash van deze kennisgeving: er is een andere tekst getoond."
        yield Fault("kennisgeving.anders", "/kennisgevingHash", text)
    if found.taal != bewijs.taal:
        yield Fault("kennisgeving.taal", "/taal", "Deze kennisgeving is in een andere taal.")
