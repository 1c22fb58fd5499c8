"""The published POSWV examples, read in place (they are not ours to copy)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters import oso
from schemas.decision import Reden
from schemas.errors import UnsupportedMessage

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "standards" / "oso"


def sample(name: str) -> bytes:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the official sample is not at {path}")
    return path.read_bytes()


def test_the_full_sample_translates_with_five_broken_attachments() -> None:
    """Five truncated ZIPs are five findings and everything else is there."""
    result = oso.translate(sample("Voorbeelddossier_PaO_POSWV_full.xml"), provenance=True)
    assert [f.code for f in result.bevindingen] == ["bijlage.zip_kapot"] * 5
    bericht = result.bericht
    assert len(bericht.bijlagen) >= 8
    facts = bericht.bronfeiten
    assert facts is not None
    assert [d.codes for d in facts.diagnoses] == [("H91.9.s", "H54.2"), ("F90.0+",)]
    assert "NIO2004" in [t.toetscode for t in facts.onderzoeken]
    assert len(facts.schoolloopbaan) == 10
    assert bericht.leerling.bsn is None
    assert all("geheim" not in c.waarde and c.waarde != "9999999999" for c in bericht.leerling.communicatie)
    assert {o.veld for o in bericht.herkomst.velden} >= {"besluiten.tlv[0].categorie"}


def test_the_full_sample_says_no_agreement_and_that_restricts_all() -> None:
    """akkoord is Nee there: every field it filled is kept home for that reason."""
    result = oso.translate(sample("Voorbeelddossier_PaO_POSWV_full.xml"), provenance=False)
    assert set(result.beperkingen.values()) == {Reden.FIELD_SOURCE_NOT_AGREED}
    assert {"leerling.naamdelen.achternaam", "bronfeiten.diagnoses[].codes[]"} <= set(result.beperkingen)


def test_the_opt_out_sample_says_what_is_missing_and_why() -> None:
    """Opted-out categories are gaps with that reason and restrict their fields; diagnoses are still there."""
    result = oso.translate(sample("Voorbeelddossier_PaO_POSWV_opt_out.xml"), provenance=False)
    gaps = {(g.veld, g.reden) for g in result.bericht.herkomst.leemtes}
    for field in ("herkomst.inzage", "bronfeiten.overstapadvies", "bronfeiten.verzuim", "bronfeiten.toetsen"):
        assert (field, "opt_uit") in gaps
    assert ("handelingsdeel.begeleiding", "opt_uit") in gaps
    assert ("perspectief", "niet_in_standaard") in gaps
    assert result.beperkingen["bronfeiten.verzuim.contactLeerplicht"] is Reden.FIELD_SOURCE_OPT_OUT
    assert "bronfeiten.diagnoses[].codes[]" not in result.beperkingen
    assert result.bericht.bronfeiten is not None
    assert result.bericht.bronfeiten.diagnoses


@pytest.mark.parametrize(
    "name", ["Voorbeelddossier_OV_POVO_full.xml", "Voorbeelddossier_OV_POVO_opt_out.xml"]
)
def test_other_profiles_are_unsupported(name: str) -> None:
    """A POVO dossier is another profile: one clear answer."""
    with pytest.raises(UnsupportedMessage) as caught:
        oso.translate(sample(name), provenance=False)
    assert [f.code for f in caught.value.faults] == ["oso.profiel"]
