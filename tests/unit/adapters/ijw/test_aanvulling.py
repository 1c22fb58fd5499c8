"""An aanvulling in TOML: read as it is, or every wrong place at once without what stood there."""

from __future__ import annotations

import datetime as dt

import pytest

from adapters.ijw.aanvulling import (
    MAX_BYTES,
    Antwoordaanvulling,
    Toewijzingsaanvulling,
    Wijzigingsaanvulling,
    lees_aanvulling,
)
from schemas.errors import InvalidMessage
from tests.builders import a_bsn
from tests.unit.adapters.ijw.arrangementen import places

WIJZIGING = f"""
referentie = "FICTIEF-1"
reden = "1"

[kop]
identificatie = "FICTIEF1"
dagtekening = 2026-06-01

[client]
bsn = "{a_bsn()}"

[[wijzigingen]]
toewijzing = "300201"
gewenste_ingangsdatum = 2026-07-01
omvang = {{ volume = 8, eenheid = "04", frequentie = "4" }}
"""


def test_read() -> None:
    """Dates are dates, names are written with underscores, what is absent is nothing."""
    found = lees_aanvulling(Wijzigingsaanvulling, WIJZIGING)
    assert found.wijzigingen[0].gewenste_ingangsdatum == dt.date(2026, 7, 1)
    assert found.wijzigingen[0].omvang is not None
    assert found.nieuwe_producten == ()
    assert "9999" not in repr(found)


def test_every_place() -> None:
    """Each thing that is missing, unknown or of another type is named, with positions from 1."""
    text = """
        KANARIE = 1
        [kop]
        identificatie = 7
        [client]
        bsn = "123456789"
        [[producten]]
        referentie = "a"
        [[producten]]
        omvang = { volume = -1, eenheid = "04", KANARIE = "KANARIE" }
        ingangsdatum = "KANARIE"
    """
    with pytest.raises(InvalidMessage) as caught:
        lees_aanvulling(Toewijzingsaanvulling, text)
    assert {place for _, place in places(caught.value.faults)} == {
        "/aanvulling/*",
        "/aanvulling/kop/identificatie",
        "/aanvulling/kop/dagtekening",
        "/aanvulling/client/bsn",
        "/aanvulling/producten[2]/referentie",
        "/aanvulling/producten[2]/omvang/volume",
        "/aanvulling/producten[2]/omvang/frequentie",
        "/aanvulling/producten[2]/omvang/*",
        "/aanvulling/producten[2]/ingangsdatum",
    }
    assert "KANARIE" not in repr(caught.value.faults)
    assert "123456789" not in repr(caught.value.faults)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kop = ", "toml"),
        ("a = " + "[" * 5_000, "toml"),
        ("#" * (MAX_BYTES + 1), "toml.te_groot"),
        ("", "aanvulling.vorm"),
    ],
)
def test_no_toml(text: str, code: str) -> None:
    """What is no TOML, too large or empty is refused."""
    with pytest.raises(InvalidMessage) as caught:
        lees_aanvulling(Antwoordaanvulling, text)
    assert {f.code for f in caught.value.faults} == {code}
    assert caught.value.__context__ is None
