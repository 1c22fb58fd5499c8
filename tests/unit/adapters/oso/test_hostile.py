"""A dossier is hostile until proven otherwise: it never comes back, and nothing unforeseen escapes."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from adapters import oso
from schemas.errors import Fault, InvalidMessage, MessageTooLarge
from tests.damage import damaged_bytes, damaged_elements
from tests.unit.adapters.oso.dossier import FULL, PLAIN, L, add, mutate
from tests.unit.adapters.oso.profiles import build

BASES = {
    "plain": PLAIN,
    "full": FULL,
    "POVO 2017": build("POVO", 2017),
    "BB 2018": build("BB", 2018),
    "VOVO 2019": build("VOVO"),
}
"""A dossier of each year, and the blocks that POSWV does not have."""
EVERY = pytest.mark.parametrize("base", BASES.values(), ids=BASES)

HEADER = {"standaardversie", "overstap", "overdrachtsoort"}
ENVELOPES = {
    "xxe": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external dtd": b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">',
    "entity bomb": b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
}


def marked(base: bytes, *, spare: set[str]) -> tuple[bytes, list[str]]:
    """The dossier with a unique mark in every text and attribute except those needed to get far enough."""
    root = ET.fromstring(base)
    marks: list[str] = []
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if len(element) == 0 and name not in spare:
            marks.append(f"KANARIE{len(marks):04}X")
            element.text = marks[-1]
        for key in element.attrib:
            marks.append(f"KANARIE{len(marks):04}X")
            element.set(key, marks[-1])
    return ET.tostring(root), marks


def everything_said(error: BaseException) -> str:
    seen = "".join(traceback.format_exception(error))
    link: BaseException | None = error
    while link is not None:
        seen += repr(link) + repr(link.args) + repr(getattr(link, "faults", ""))
        link = link.__cause__ or link.__context__
    return seen


@EVERY
def test_no_fault_repeats_anything_of_the_dossier(base: bytes) -> None:
    """With a mark in every text and a fault nearly everywhere, no mark is in any fault or exception."""
    raw, marks = marked(base, spare=HEADER)
    with pytest.raises(InvalidMessage) as caught:
        oso.translate(raw, provenance=True)
    assert len(caught.value.faults) > 60
    said = everything_said(caught.value) + repr(oso.check(raw))
    assert [m for m in marks if m in said] == []


@EVERY
@pytest.mark.parametrize("spare", [set(), {"standaardversie"}], ids=["version", "profile"])
def test_no_refusal_of_version_or_profile_repeats_it(spare: set[str], base: bytes) -> None:
    """An unsupported version or profile is named as unsupported, not quoted."""
    raw, _ = marked(base, spare=spare)
    with pytest.raises(InvalidMessage) as caught:
        oso.translate(raw, provenance=False)
    assert "KANARIE" not in everything_said(caught.value)


@EVERY
def test_no_finding_repeats_anything_of_the_dossier(base: bytes) -> None:
    """Names and contents of broken attachments stand in no finding."""
    root = ET.fromstring(base)
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if name in ("bestandsnaam", "omschrijving", "bestandsinhoud"):
            element.text = "KANARIE!"
    result = oso.translate(ET.tostring(root), provenance=True)
    assert result.bevindingen
    assert "KANARIE" not in repr(result.bevindingen)


@EVERY
@pytest.mark.parametrize("name", ENVELOPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_before_a_good_dossier_is_refused(name: str, encoding: str, base: bytes) -> None:
    """A dossier that is otherwise right is refused for its DOCTYPE alone, in any encoding."""
    body = base.partition(b"?>")[2]
    raw = (ENVELOPES[name] + body).decode().encode(encoding)
    with pytest.raises(InvalidMessage) as caught:
        oso.translate(raw, provenance=False)
    assert [f.code for f in caught.value.faults] == ["xml.doctype"]
    assert oso.check(raw) == caught.value.faults


@EVERY
def test_a_utf16_dossier_reads_the_same(base: bytes) -> None:
    """The same dossier in honest UTF-16 or with a BOM gives the same message."""
    body = base.partition(b"?>")[2].decode()
    want = oso.translate(base, provenance=True)
    assert oso.translate(body.encode("utf-16"), provenance=True).bericht == want.bericht
    assert oso.translate(b"\xef\xbb\xbf" + base, provenance=True) == want


def test_a_prefix_instead_of_a_default_namespace_reads_the_same() -> None:
    """Which prefix a sender uses makes no difference."""
    root = ET.fromstring(PLAIN)
    text = ET.tostring(root, encoding="unicode").replace("<", "<o:").replace("<o:/", "</o:")
    text = text.replace("xmlns=", "xmlns:o=")
    assert oso.translate(text.encode(), provenance=False) == oso.translate(PLAIN, provenance=False)


def test_a_dossier_over_ten_megabytes_is_refused() -> None:
    """The bound of the adapter is 10 MB unless the caller says otherwise."""
    with pytest.raises(MessageTooLarge):
        oso.translate(PLAIN + b" " * oso.MAX_BYTES, provenance=False)
    with pytest.raises(MessageTooLarge):
        oso.translate(PLAIN, provenance=False, max_bytes=1_000)


@EVERY
def test_every_truncation_is_refused(base: bytes) -> None:
    """A dossier cut anywhere is never half read."""
    for end in range(1, len(base.rstrip()) - 1, 197):
        with pytest.raises(InvalidMessage):
            oso.translate(base[:end], provenance=False)


def test_an_extension_type_is_not_smuggled_in() -> None:
    """xsi:type cannot turn a block into a larger one that is derived from it."""
    raw = mutate(
        add(
            L,
            '<aansprakelijkeinstelling xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="School">'
            "<naam>X</naam><brincode>99ZZ</brincode><vestigingscode>00</vestigingscode>"
            "<aanleverpunt>1</aanleverpunt></aansprakelijkeinstelling>",
            before="schoolloopbaanlijst",
        )
    )
    with pytest.raises(InvalidMessage):
        oso.translate(raw, provenance=False)


def mutants(count: int, seed: int) -> Iterator[bytes]:
    rng = random.Random(seed)
    bases = list(BASES.values())
    for n in range(count):
        base = bases[n % len(bases)]
        yield damaged_bytes(base, rng) if n % 2 else damaged_elements(base, rng)


@pytest.mark.parametrize(
    ("count", "seed"), [(300, 20261122), pytest.param(10_000, 20261125, marks=pytest.mark.fuzz)]
)
@pytest.mark.timeout(600)
def test_damaged_dossiers_never_do_anything_unforeseen(count: int, seed: int) -> None:
    """Damaged dossiers are each translated or refused, never anything else, and `check` agrees."""
    refused = 0
    for raw in mutants(count, seed):
        said = oso.check(raw)
        faults = [s for s in said if isinstance(s, Fault)]
        refusal = result = None
        try:
            result = oso.translate(raw, provenance=True)
        except InvalidMessage as error:
            refusal = error
        if refusal is not None:
            assert {(f.code, f.place) for f in faults} == {(f.code, f.place) for f in refusal.faults}
            # What is structurally right always fits the shared schema.
            assert "oso.waarde" not in {f.code for f in refusal.faults}
            refused += 1
        if result is not None:
            assert faults == []
            assert sorted(said, key=repr) == sorted(result.bevindingen, key=repr)
            assert len(result.bijlagen) == len(result.bericht.bijlagen)
    assert count / 5 < refused < count


@pytest.mark.parametrize("repeated", ["adres", "document"])
def test_very_many_faults_or_attachments_cost_bounded_time(repeated: str) -> None:
    """Tens of thousands of faults are refused in seconds with a bounded list."""
    address = (
        b"<adres><soortadres>x</soortadres><straat>x</straat><nummer>1</nummer><postcode>1</postcode>"
        b"<plaats>x</plaats></adres>"
    )
    document = (
        b"<diagnose><code>F90</code><document><bestandsnaam>x</bestandsnaam>"
        b"<bestandsinhoud>AA==</bestandsinhoud></document></diagnose>"
    )
    if repeated == "adres":
        raw = PLAIN.replace(b"<adreslijst>", b"<adreslijst>" + address * 15_000, 1)
    else:
        raw = PLAIN.replace(b"<medicijngebruik>", document * 19_000 + b"<medicijngebruik>", 1)
    start = time.perf_counter()
    with pytest.raises(InvalidMessage) as caught:
        oso.translate(raw, provenance=True)
    assert time.perf_counter() - start < 20
    assert len(caught.value.faults) <= 202
    assert {f.code for f in caught.value.faults} <= {
        "lijst.19",
        "oso.meer",
        "bijlage.te_veel",
        "bijlage.zip_kapot",
    }
