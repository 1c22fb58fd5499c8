"""An iJw message is hostile until proven otherwise: it never comes back, and nothing unforeseen escapes."""

from __future__ import annotations

import random
import time
import traceback
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import ijw
from adapters.ijw.berichten import BASISSCHEMA
from adapters.xml import parser as xml
from schemas.errors import Fault, InvalidMessage, MessageTooLarge
from tests.damage import damaged_bytes, damaged_elements, mutate
from tests.unit.adapters.ijw.strategies import full
from tests.unit.adapters.ijw.voorbeelden import golden

FULL = {soort: ijw.write(full(soort)) for soort in ijw.SOORTEN}
ENVELOPES = {
    "xxe": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external dtd": '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">',
    "parameter entity": '<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    "entity bomb": '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
}
each_message = pytest.mark.parametrize("soort", ijw.SOORTEN)


def faults(raw: bytes) -> tuple[Fault, ...]:
    with pytest.raises(InvalidMessage) as caught:
        ijw.read(raw)
    return caught.value.faults


def codes(raw: bytes) -> list[str]:
    return [f.code for f in faults(raw)]


def everything_said(error: BaseException) -> str:
    seen = "".join(traceback.format_exception(error))
    link: BaseException | None = error
    while link is not None:
        seen += repr(link) + repr(link.args) + repr(getattr(link, "faults", ""))
        link = link.__cause__ or link.__context__
    return seen


@each_message
def test_no_fault_repeats_anything_of_the_message(soort: str) -> None:
    """With a mark in every text and attribute, and a fault nearly everywhere, no mark comes back."""
    root = ET.fromstring(FULL[soort])
    marks: list[str] = []
    for element in root.iter():
        if len(element) == 0:
            marks.append(f"KANARIE{len(marks):04}X")
            element.text = marks[-1]
            element.set(f"KANARIE{len(marks)}A", "KANARIE")
    with pytest.raises(InvalidMessage) as caught:
        ijw.read(ET.tostring(root))
    assert len(caught.value.faults) >= 0.6 * len(marks)
    assert "KANARIE" not in everything_said(caught.value)


@each_message
def test_no_fault_repeats_a_name_the_standard_does_not_know(soort: str) -> None:
    """A value in a tag, a namespace or a prefix does not come back either."""
    tag = b"<KANARIE:KANARIE xmlns:KANARIE='urn:KANARIE'/>"
    parts = golden(soort).split(b"</")
    for at in range(1, len(parts)):
        with pytest.raises(InvalidMessage) as caught:
            ijw.read(b"</".join(parts[:at]) + tag + b"</" + b"</".join(parts[at:]))
        assert "KANARIE" not in everything_said(caught.value)


@each_message
@pytest.mark.parametrize("doctype", ENVELOPES.values(), ids=ENVELOPES.keys())
def test_a_doctype_before_a_good_message_is_refused(soort: str, doctype: str) -> None:
    """A message that is otherwise right is refused for its DOCTYPE alone."""
    body = golden(soort).decode().partition("?>")[2]
    declared = '<?xml version="1.0" encoding="UTF-8"?>'
    for before in ("", declared, declared + "<!-- x -->"):
        for encoding in ("utf-8", "utf-8-sig"):
            assert codes((before + doctype + body).encode(encoding)) == ["xml.doctype"]
    assert codes((doctype + body).encode("utf-16")) == ["xml.niet_utf8"]


@each_message
@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp037", "utf-7"]
)
def test_another_encoding_than_utf8_is_refused(soort: str, encoding: str) -> None:
    """iJw is UTF-8: no other form of the same characters is read."""
    body = golden(soort).decode().partition("?>")[2].strip()
    (code,) = codes(("+ADw-" if encoding == "utf-7" else "").encode() + body.encode(encoding))
    assert code in {"xml.niet_utf8", "xml.codering", "xml.geen_xml"}


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("iso-8859-1", "xml.niet_utf8"),
        ("windows-1252", "xml.niet_utf8"),
        ("us-ascii", "xml.niet_utf8"),
        ("utf-16", "xml.codering"),
        ("KANARIE", "xml.codering"),
    ],
)
def test_another_declared_encoding_is_refused(declared: str, code: str) -> None:
    """A declaration of another encoding is refused, also where the bytes happen to be the same."""
    raw = golden("JW305").replace(b'encoding="UTF-8"', f'encoding="{declared}"'.encode())
    assert codes(raw) == [code]


def test_bytes_that_are_no_utf8_are_refused() -> None:
    """Bytes of another encoding under a declaration of UTF-8 are not guessed at."""
    raw = golden("JW301")
    assert codes(raw.replace("Å".encode(), "Å".encode("latin-1"))) == ["xml.codering"]
    assert codes(raw.replace("Å".encode(), b"\xed\xa0\x80")) == ["xml.codering"]
    assert codes(raw.replace("Å".encode(), b"&#xD800;")) == ["xml.niet_welgevormd"]
    assert codes(raw.replace("Å".encode(), b"&#0;")) == ["xml.niet_welgevormd"]


@each_message
def test_every_truncation_is_refused(soort: str) -> None:
    """A message cut anywhere is never half read."""
    whole = golden(soort).rstrip()
    for end in range(len(whole) - 1, 0, -61):
        assert {c.split(".")[0] for c in codes(whole[:end])} == {"xml"}


@each_message
def test_deep_nesting_is_refused(soort: str) -> None:
    """Elements in elements in elements end at a bound, not in the stack."""
    raw = golden(soort)
    at = raw.rindex(b"</")
    for depth in (300, 50_000):
        assert codes(raw[:at] + b"<x>" * depth + b"</x>" * depth + raw[at:]) == ["xml.te_diep"]


@each_message
def test_too_many_elements_or_attributes_are_refused_before_parsing(soort: str) -> None:
    """Counted, not parsed."""
    raw = golden(soort)
    at = raw.rindex(b"</")
    before = xml.COUNTERS.parses
    for filler in (b"<x/>", b" ="):
        with pytest.raises(MessageTooLarge):
            ijw.read(raw[:at] + filler * (ijw.MAX_MARKUP + 1) + raw[at:])
    assert xml.COUNTERS.parses == before


@each_message
def test_a_type_is_not_smuggled_in(soort: str) -> None:
    """xsi:type and xsi:nil change nothing about what an element must hold."""
    xsi = b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    raw = FULL[soort]
    begin, _, rest = raw.partition(b":Header>")
    for attribute in (b' xsi:type="KANARIE"', b' xsi:nil="true"'):
        assert faults(begin + b":Header" + xsi + attribute + b">" + rest)
    code, _, rest = raw.partition(b":BerichtCode>")
    string = b' xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:string">x'
    assert faults(code + b":BerichtCode" + xsi + string + rest)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("row", [b"<Prestatie/>", b"<Prestatie><Eenheid>KANARIE</Eenheid></Prestatie>"])
def test_a_message_full_of_faults_is_refused_in_bounded_time(row: bytes) -> None:
    """A hundred thousand faults give a bounded list with the right places."""
    raw = golden("JW323").replace(b"jw323:", b"").replace(b"xmlns:jw323=", b"xmlns=")
    begin, mark, rest = raw.partition(b"<Prestaties>")
    found = faults(begin + mark + row * 100_000 + rest)
    first = "/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie"
    assert len(found) == xml.MAX_FAULTS + 1
    assert [f.place.removeprefix(first).partition("]")[0] for f in found[:200]] == [
        f"[{n}" for n in range(1, 201)
    ]
    assert found[-1].code == "xsd.meer"


def test_a_long_message_with_few_faults_has_them_all_in_their_place() -> None:
    """A fault after thousands of good rows is found where it is."""
    raw = golden("JW323").replace(b"jw323:", b"").replace(b"xmlns:jw323=", b"xmlns=")
    begin, mark, rest = raw.partition(b"<Prestaties>")
    row, end, tail = rest.partition(b"</Prestatie>")
    assert len(ijw.read(begin + mark + (row + end) * 3_000 + tail).inhoud["Declaratie"]["Clienten"]) == 1
    hostile = begin + mark + (row + end) * 2_999 + (row + end).replace(b">300201<", b">x<") + tail
    place = "/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[3000]/ToewijzingNummer"
    assert [(f.code, f.place) for f in faults(hostile)] == [("xsd.getal", place)]


def test_a_prefix_bound_twice_does_not_mislead_a_place() -> None:
    """One prefix for two namespaces in one message: the fault is placed at the element that has it."""
    raw = golden("JW305").replace(
        b"<ijw:Datum>2016-03-14</ijw:Datum>",
        f'<jw305:Datum xmlns:jw305="{BASISSCHEMA}">x</jw305:Datum>'.encode(),
    )
    assert [f.place for f in faults(raw)] == ["/Bericht/Client/Geboortedatum/Datum"]


def mutants(count: int, seed: int) -> Iterator[bytes]:
    rng = random.Random(seed)
    for n in range(count):
        soort = ijw.SOORTEN[n % len(ijw.SOORTEN)]
        base = FULL[soort] if n % 3 == 0 else golden(soort)
        yield damaged_bytes(base, rng) if n % 2 else damaged_elements(base, rng)


def attempt(raw: bytes) -> ijw.JwBericht | None:
    """The message, or None when it is refused in the one way it may be."""
    with suppress(InvalidMessage):
        return ijw.read(raw)
    return None


def damage(count: int, seed: int) -> int:
    """How many of so many damaged messages are refused; nothing else but a refusal may happen to them."""
    refused = 0
    for raw in mutants(count, seed):
        start = time.thread_time()
        read = attempt(raw)
        assert time.thread_time() - start < 1
        if read is None:
            refused += 1
        else:
            ijw.write(read)
    return refused


def test_damaged_messages_never_do_anything_unforeseen() -> None:
    """Hundreds of damaged messages are each read or refused in time, never anything else."""
    assert 150 < damage(420, seed=20261125) < 420


@pytest.mark.fuzz
@pytest.mark.timeout(900)
def test_ten_thousand_damaged_messages_never_do_anything_unforeseen() -> None:
    """The same for ten thousand, in memory that does not grow with their number."""
    damage(500, seed=1)
    tracemalloc.start()
    damage(500, seed=2)
    before = tracemalloc.get_traced_memory()[0]
    assert 5_000 < damage(10_000, seed=3) < 10_000
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 5_000_000


@given(soort=st.sampled_from(ijw.SOORTEN), seed=st.integers(0, 2**32))
def test_any_single_mutation_is_found_or_harmless(soort: str, seed: int) -> None:
    """A message changed in one place is refused, or reads as a message that can be written as valid XML."""
    root = ET.fromstring(golden(soort))
    mutate(root, random.Random(seed))
    read = attempt(ET.tostring(root))
    if read is not None:
        again = ijw.read(ijw.write(read))
        assert again.soort == soort
        assert ijw.write(again) == ijw.write(read)
