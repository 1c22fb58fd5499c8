"""A date of birth in the future is told by every adapter that reads one."""

from __future__ import annotations

import datetime as dt

import pytest

from adapters.ijw import write
from adapters.standaarden import Bestandslezer
from schemas.messages.vertaling import Gelezen
from tests.unit.adapters.edexml.school import L1, changed, put
from tests.unit.adapters.ijw.berichten import bericht
from tests.unit.adapters.ijw.berichten import put as put_
from tests.unit.adapters.uwlr.antwoord import bare

TODAY = dt.date(2026, 11, 2)
TOMORROW = "2026-11-03"
CSV = "Stamnummer;Roepnaam;Achternaam;Geboortedatum\n1;Noor;Proef;{}\n"
SMALL = b"""
versie = 1
bron = "Proef"
[school]
brin = "99ZZ"
[kolommen]
sleutel = "Stamnummer"
roepnaam = "Roepnaam"
achternaam = "Achternaam"
geboortedatum = "Geboortedatum"
"""
SCHOOLS = {
    "edexml": lambda day: changed(put(f"{L1}/geboortedatum", day)),
    "uwlr": lambda day: bare(put(f"{L1}/geboortedatum", day)),
    "csv": lambda day: CSV.format(day).encode(),
}
CARE = {
    "JW301": ("Client/Geboortedatum/Datum", "Client/Relaties/Relatie[1]/Geboortedatum/Datum"),
    "JW305": ("Client/Geboortedatum/Datum",),
    "JW307": ("Client/Geboortedatum/Datum",),
    "JW315": ("Client/Geboortedatum/Datum",),
}


def read(raw: bytes, today: dt.date = TODAY) -> Gelezen:
    return Bestandslezer(today, SMALL)(raw, "x")


@pytest.mark.parametrize("source", SCHOOLS)
def test_a_registration_is_read_without_it(source: str) -> None:
    """The day itself is fine; one day on it is a warning at its place, and no date is taken over."""
    found = read(SCHOOLS[source](TODAY.isoformat()))
    assert "datum.geboorte_toekomst" not in {b.code for b in found.bevindingen}
    found = read(SCHOOLS[source](TOMORROW))
    assert found.fouten == ()
    (told,) = [b for b in found.bevindingen if b.code == "datum.geboorte_toekomst"]
    assert told.place.lower().endswith("/geboortedatum")
    assert told.line is not None
    assert found.inhoud is not None
    assert "geboortedatum" not in found.inhoud.data["leerlingen"][0]


@pytest.mark.parametrize(("soort", "path"), [(s, p) for s, paths in CARE.items() for p in paths])
def test_a_message_of_care_is_refused(soort: str, path: str) -> None:
    """Somebody in a message was born when it was dated, and a message is dated no later than today."""
    born = put_(path, "2026-04-16")
    late = write(bericht(soort, born))
    assert "TR134" in {f.code for f in read(late).fouten}
    dated = put_("Header/BerichtIdentificatie/Dagtekening", "2026-04-17")
    later = write(bericht(soort, born, dated))
    assert "TR135" in {f.code for f in read(later, dt.date(2026, 4, 15)).fouten}
