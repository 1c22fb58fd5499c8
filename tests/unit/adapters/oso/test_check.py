"""`herken` names what a root element is; `check` says all that is wrong or odd and never raises."""

from __future__ import annotations

import pytest

from adapters import oso
from schemas.errors import Fault
from schemas.messages.vertaling import Bevinding
from tests.unit.adapters.oso.dossier import NS, L, S, drop, mutate, put
from tests.unit.adapters.oso.profiles import build
from tests.unit.adapters.oso.test_translate import with_attachment, zipped

OTHER = "http://www.edustandaard.nl/oso_gegevensset/{}/dossier"


@pytest.mark.parametrize(
    ("namespace", "name", "expected"),
    [
        (NS, "dossier", "oso 2019.1"),
        (OTHER.format(2018), "dossier", "oso 2018.1"),
        (OTHER.format(2017), "dossier", "oso 2017.1"),
        (OTHER.format(2022), "dossier", "oso 2022"),
        (OTHER.format("1.2"), "dossier", "oso 1.2"),
        (OTHER.format("Fenna Fictief"), "dossier", None),
        (NS, "leerling", None),
        (NS + "/x", "dossier", None),
        ("", "dossier", None),
        ("", "EDEX", None),
    ],
)
def test_a_root_element_is_recognised(namespace: str, name: str, expected: str | None) -> None:
    """A year that is read has its version, another its year; what is no OSO, or could be a value, nothing."""
    assert oso.herken(namespace, name) == expected


@pytest.mark.parametrize("raw", [b"", b"geen xml", b"<a/>", b"<dossier/>", b'<dossier xmlns="urn:x"/>'])
def test_a_check_of_no_dossier_says_so(raw: bytes) -> None:
    """What cannot be read at all is one fault, not an exception."""
    (said,) = oso.check(raw)
    assert isinstance(said, Fault)


def test_a_check_of_too_many_bytes_says_so() -> None:
    """The bound is the caller's."""
    assert [s.code for s in oso.check(build("BB"), max_bytes=100)] == ["xml.te_groot"]


def test_a_check_of_a_good_dossier_says_nothing() -> None:
    """Nothing said means that it is translated without a remark."""
    assert oso.check(build("VOVO")) == ()


def test_a_check_gives_faults_and_findings_together_in_document_order() -> None:
    """A broken attachment, a switched-off block and a fault are all said at once, each with its line."""
    changes = (
        put("metadata/categorie_uitlevering/cat_verzuim", "OPT-UIT"),
        put(f"{S}/toelichting_onderwijsbehoeften/document/bestandsinhoud", "UEsDBA=="),
        drop(f"{L}/leerlingid"),
        put(f"{S}/tlv/tlvcategorie", "X"),
    )
    said = oso.check(mutate(*changes, base=build("POVO")))
    assert [(type(s), s.code) for s in said] == [
        (Fault, "OVa.LL13"),
        (Bevinding, "bijlage.zip_kapot"),
        (Fault, "lijst.31"),
        (Bevinding, "OS.cat10"),
    ]
    assert all(s.line for s in said)


def test_a_zip_bomb_stands_among_the_other_faults() -> None:
    """What is dangerous is said together with what is wrong elsewhere, not after it."""
    raw = mutate(put(f"{L}/geslacht", "7"), base=with_attachment(zipped(5_000_000)))
    assert [s.code for s in oso.check(raw) if isinstance(s, Fault)] == ["lijst.14", "bijlage.zipbom"]
