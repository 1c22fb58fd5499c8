"""The published POSWV examples, read in place (they are not ours to copy)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from adapters import oso
from schemas.decision.decision import Reden

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


def test_the_povo_sample_translates_with_five_broken_attachments() -> None:
    """An overstapdossier: number, eindtoets and advice are there, and the same five ZIPs are broken."""
    result = oso.translate(sample("Voorbeelddossier_OV_POVO_full.xml"), provenance=True)
    assert [f.code for f in result.bevindingen] == ["bijlage.zip_kapot"] * 5
    bericht = result.bericht
    assert bericht.herkomst.profiel == "POVO"
    assert "Bsn(*********)" in repr(bericht.leerling)
    facts = bericht.bronfeiten
    assert facts is not None
    assert facts.eindtoets is not None
    assert (facts.eindtoets.standaardscore, len(facts.eindtoets.onderdelen)) == (525, 2)
    assert facts.overstapadvies is not None
    assert facts.overstapadvies.advies is not None
    assert len(facts.schoolloopbaan) == 10
    assert "eindtoets" in [b.soort for b in bericht.bijlagen]


def test_the_povo_opt_out_sample_says_what_is_missing_and_why() -> None:
    """No finding at all, and every category switched off is a gap and a restriction."""
    result = oso.translate(sample("Voorbeelddossier_OV_POVO_opt_out.xml"), provenance=False)
    assert result.bevindingen == ()
    gaps = {(g.veld, g.reden) for g in result.bericht.herkomst.leemtes}
    for field in ("plan", "bronfeiten.diagnoses", "bronfeiten.eindtoets", "bronfeiten.toetsen", "bijlagen"):
        assert (field, "opt_uit") in gaps
    assert ("bronfeiten.stages", "verboden") in gaps
    assert set(result.beperkingen.values()) <= {
        Reden.FIELD_SOURCE_OPT_OUT,
        Reden.FIELD_SOURCE_NOT_AGREED,
    }
    assert result.beperkingen["bronfeiten.eindtoets.standaardscore"] is Reden.FIELD_SOURCE_OPT_OUT


FILES = [
    f"Voorbeelddossier_{kind}_{how}.xml" for kind in ("OV_POVO", "PaO_POSWV") for how in ("full", "opt_out")
]


@pytest.mark.parametrize("name", FILES)
def test_a_check_of_a_sample_says_only_what_its_attachments_lack(name: str) -> None:
    """`check` of each sample has no fault, and the findings of `translate` and no other, in order."""
    raw = sample(name)
    said = oso.check(raw)
    assert sorted(said, key=repr) == sorted(oso.translate(raw, provenance=False).bevindingen, key=repr)
    assert {s.code for s in said} <= {"bijlage.zip_kapot"}
    assert [s.line for s in said] == sorted(s.line or 0 for s in said)


@pytest.mark.parametrize("name", FILES)
def test_bytes_of_a_sample_stand_beside_the_message(name: str) -> None:
    """A broken ZIP is marked and its bytes are there; the others open as they were sent."""
    result = oso.translate(sample(name), provenance=False)
    assert [b.hash for b in result.bijlagen] == [b.hash for b in result.bericht.bijlagen]
    broken = [b for b in result.bijlagen if b.problemen]
    assert len(broken) == len(result.bevindingen)
    assert all(len(b.inhoud()) == 162 for b in broken)
    for content in result.bijlagen:
        if not content.problemen:
            assert zipfile.is_zipfile(io.BytesIO(content.inhoud()))
