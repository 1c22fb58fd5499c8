"""A practice file: checked when it is read, against itself and against the row of its card."""

from __future__ import annotations

import datetime as dt
import re
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

from consent.stromen import Kracht
from gateway.practices.dekking import Beenstand
from gateway.practices.spel import met_bestand, own_spel, parse_spel, read_spel
from gateway.register.stroomregels import shipped_stromen
from schemas.errors import InvalidMessage, WrongUse

ON: Final = dt.date(2026, 11, 30)
ASKS: Final = {r.sleutel for r in shipped_stromen().op(ON) if r.kracht is Kracht.TOESTEMMING}
S50: Final = files("gateway.practices").joinpath("spelen", "S50.toml").read_text(encoding="utf-8")


def faults(text: str) -> set[tuple[str, str]]:
    _, row = read_spel("S50", ON)
    with pytest.raises(InvalidMessage) as caught:
        parse_spel(text, "S50.toml", row)
    assert all(f.line is not None or f.place == "S50.toml/stappen" for f in caught.value.faults)
    return {(f.code, f.place.removeprefix("S50.toml")) for f in caught.value.faults}


@pytest.mark.parametrize("naam", met_bestand())
def test_every_file_we_ship_plays_its_card(naam: str) -> None:
    """Read without a fault, held to the row of the table."""
    spel, row = read_spel(naam, ON)
    assert (spel.id, row.praktijk.id) == (naam, naam)
    asked = [b for b in row.benen if b.stand is Beenstand.GAAT and ASKS.intersection(b.regels)]
    assert bool(spel.gegeven) is bool(asked), "somebody is asked where a leg of the card rests on toestemming"


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ('doet = "neemt"', 'doet = "steelt"', "praktijk.vorm", "/stappen/2/doet"),
        ('soort = "overlegset"', 'soort = "praatje"', "praktijk.bericht", "/berichten/0/soort"),
        ('sleutel = "vader"', 'sleutel = "moeder"', "praktijk.dubbel", "/mensen/1/sleutel"),
        ('rollen = ["intern_begeleider"]', 'rollen = ["leerplichtambtenaar"]', "praktijk.partij",
         "/partijen/0/rollen"),
        ('van = "school"', 'van = "niemand"', "praktijk.sleutel", "/toestemmingen/0/van"),
        ('met = ["mdo"]', 'met = ["alles"]', "praktijk.sleutel", "/stappen/1/met"),
        ('wie = ["klok"]', 'wie = ["school"]', "praktijk.sleutel", "/stappen/8/wie"),
        ("dagen = 4\n", "", "praktijk.stap", "/stappen/8/dagen"),
        ('als = "antwoord"', 'als = "mdo"', "praktijk.dubbel", "/stappen/10/als"),
        ('{ levering = "antwoord", stand', '{ levering = "weg", stand', "praktijk.sleutel",
         "/einde/leveringen/2/levering"),
        ('toont = ["toeleiding"]', "", "praktijk.hoek", "/stappen"),
        ('toont = ["toestemming"]', "", "praktijk.hoek", "/stappen"),
        ('toont = ["woonplaats"]', "", "praktijk.hoek", "/stappen"),
        ('toont = ["weigering"]', "", "praktijk.hoek", "/stappen"),
        ('doet = "weigert"', 'doet = "stemt toe"', "praktijk.variant", "/varianten/0"),
        ('stand = "aangehouden", redenen = ["RULE_UNKNOWN"]', 'stand = "klaar"', "praktijk.been", "/stappen"),
        ('kaart = "S50"', 'kaart = "S51"', "praktijk.kaart", "/id"),
        ("vandaag =", 'regiobestand = "nergens"\nvandaag =', "praktijk.regio", "/regiobestand"),
    ],
)  # fmt: skip
def test_what_is_missing_or_does_not_exist_is_refused(old: str, new: str, code: str, place: str) -> None:
    """A verb, a key, what a verb needs, an angle of the card, somebody who refuses, a leg that waits."""
    assert old in S50
    assert (code, place) in faults(S50.replace(old, new, 1))


@pytest.mark.parametrize(
    ("naam", "old", "new", "code", "place"),
    [
        ("S18", 'arrangement = "onderwijszorg"', 'arrangement = "er-niet"', "praktijk.regio", "/arrangement"),
        ("S18", 'arrangement = "onderwijszorg"\n', "", "praktijk.regio", "/arrangement"),
        ("S12", 'gever = "gemeente"', 'gever = "niemand"', "praktijk.sleutel", "/mandaten/N/gever"),
        ("S18", 'over = "zus"', 'over = "nicht"', "praktijk.sleutel", "/stappen/N/over"),
        ("S18", 'sleutel = "broertje"', 'sleutel = "leerling"', "praktijk.dubbel", "/leerlingen/N/sleutel"),
        ("S18", 'overstap = "vertrek"\n', "", "praktijk.stap", "/stappen/N/overstap"),
        ("S18", 'doel = "arrangement"\nwel', "wel", "praktijk.stap", "/stappen/N/doel"),
        ("S18", 'overleg = "tafel"', 'overleg = "vloer"', "praktijk.sleutel", "/stappen/N/overleg"),
        ("S18", 'zaak = "zaak"', 'zaak = "zaken"', "praktijk.sleutel", "/stappen/N/zaak"),
        ("S18", 'wel = ["nodig"]', 'wel = ["handig"]', "praktijk.vorm", "/stappen/N/wel/N"),
    ],
)
def test_what_a_net_needs_is_checked_too(naam: str, old: str, new: str, code: str, place: str) -> None:
    """Who has a mandate, about which child, what a fact and an overstap need."""
    text = files("gateway.practices").joinpath("spelen", f"{naam}.toml").read_text(encoding="utf-8")
    assert old in text
    _, row = read_spel(naam, ON)
    with pytest.raises(InvalidMessage) as caught:
        parse_spel(text.replace(old, new, 1), naam, row)
    found = {(f.code, re.sub(r"[0-9]+", "N", f.place.removeprefix(naam))) for f in caught.value.faults}
    assert (code, place) in found


def test_a_partner_without_proof_is_refused() -> None:
    """Of each that got something, one field that came and one that stayed home."""
    without = S50.replace('thuis = [{ veld = "adviezen[]", reden = "FIELD_NOT_IN_PROFILE" }]', "")
    assert ("praktijk.bewijs", "/partijen/0") in faults(without)


def test_a_leg_of_the_card_that_is_not_played_is_refused() -> None:
    """The answer of the wijkteam at home is on the card, and a story without it does not count."""
    begin = S50.index('[[stappen]]\nwie = ["wijkteam_thuis"]\ndoet = "stuurt"')
    until = S50.index("[einde]")
    less = S50[:begin] + S50[until:].replace('  { levering = "antwoord", stand = "bevestigd" },\n', "")
    assert ("praktijk.been", "/stappen") in faults(less)


def test_the_rule_of_woonplaats_must_be_asked() -> None:
    """A card with X7 is not played without it."""
    begin = S50.index('[[stappen]]\nwie = ["school"]\ndoet = "bepaalt woonplaats"')
    until = S50.index('[[stappen]]\nwie = ["wijkteam_school"]\ndoet = "stuurt"')
    assert ("praktijk.been", "/stappen") in faults(S50[:begin] + S50[until:])


def test_a_file_of_ones_own_is_held_to_the_card_it_names(tmp_path: Path) -> None:
    """And refused where it names none."""
    own = tmp_path / "eigen.toml"
    own.write_text(S50, "utf-8")
    assert own_spel(own, ON)[0].id == "S50"
    own.write_text(S50.replace('id = "S50"', 'id = "S99"'), "utf-8")
    with pytest.raises(InvalidMessage) as caught:
        own_spel(own, ON)
    assert [(f.code, f.place, f.line) for f in caught.value.faults] == [
        ("praktijk.kaart", "eigen.toml/id", 2)
    ]
    with pytest.raises(WrongUse):
        own_spel(tmp_path / "er-is-niets.toml", ON)
