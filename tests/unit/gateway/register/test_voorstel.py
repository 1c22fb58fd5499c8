"""Another policy from files: what they do not say stays as it is."""

from __future__ import annotations

from pathlib import Path

from consent.beleid import Beleid
from consent.kennisgeving import Kennisgeving
from gateway.register.regels import shipped_profiles
from gateway.register.voorstel import proposed


def test_the_texts_people_read_stay_as_they_are(tmp_path: Path) -> None:
    """A proposal without a word on them is the same policy; with one on the region, the texts still count."""
    text = Kennisgeving(id="uitleg-delen", versie=1, titel="Delen", tekst="Zo delen wij.")
    now = Beleid.of(shipped_profiles(), "regels", 15, kennisgevingen=(text,))
    assert proposed(now, (), 15, (text,)).hashes == now.hashes
    regio = tmp_path / "regio.toml"
    regio.write_text("gezagMaxMaanden = 6", encoding="utf-8")
    other = proposed(now, (regio,), 15, (text,))
    assert (other.gezag_max_maanden, other.kennisgevingen) == (6, now.kennisgevingen)
