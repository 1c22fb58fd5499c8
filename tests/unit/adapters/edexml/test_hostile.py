"""A file is hostile until proven otherwise: it never comes back, and nothing unforeseen escapes."""

from __future__ import annotations

from functools import partial

import pytest

from adapters import edexml
from schemas.errors import InvalidMessage, MessageTooLarge
from tests.unit.adapters.edexml.school import (
    SCHOOL,
    TODAY,
    everything_said,
    marked,
    mutants,
    said_the_same,
    single_changes,
)

ENVELOPES = {
    "xxe": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external dtd": b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">',
    "entity bomb": b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
}
BODY = SCHOOL.partition(b"?>")[2]


def test_no_fault_repeats_anything_of_the_file() -> None:
    """With a mark in every text and attribute and a fault nearly everywhere, no mark comes back."""
    raw, marks = marked(SCHOOL, spare={"xsdversie"})
    with pytest.raises(InvalidMessage) as caught:
        edexml.translate(raw, today=TODAY)
    assert len(caught.value.faults) > 20
    said = everything_said(caught.value) + repr(edexml.check(raw, today=TODAY))
    assert [m for m in marks if m in said] == []


def test_no_refusal_of_a_version_repeats_it() -> None:
    """An unsupported version is named as unsupported, not quoted."""
    raw, _ = marked(SCHOOL, spare=set())
    with pytest.raises(InvalidMessage) as caught:
        edexml.translate(raw, today=TODAY)
    assert [f.code for f in caught.value.faults] == ["edexml.versie"]
    assert "KANARIE" not in everything_said(caught.value)


def test_no_invented_name_comes_back() -> None:
    """A value in the place of an element or attribute name is not repeated."""
    for old, new in ((b"<roepnaam>Daan</roepnaam>", b"<KANARIE/>"), (b' key="0072"', b' KANARIE="1"')):
        raw = SCHOOL.replace(old, new)
        with pytest.raises(InvalidMessage) as caught:
            edexml.translate(raw, today=TODAY)
        assert "KANARIE" not in everything_said(caught.value)


@pytest.mark.parametrize("name", ENVELOPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_before_a_good_file_is_refused(name: str, encoding: str) -> None:
    """A file that is otherwise right is refused for its DOCTYPE alone, in any encoding."""
    raw = (ENVELOPES[name] + BODY).decode().encode(encoding)
    assert [f.code for f in edexml.check(raw, today=TODAY).fouten] == ["xml.doctype"]


def test_utf16_and_windows_1252_read_the_same() -> None:
    """The same file in honest UTF-16, with a BOM, or in a declared old encoding reads the same."""
    want = edexml.translate(SCHOOL, today=TODAY).bericht
    assert edexml.translate(BODY.decode().encode("utf-16"), today=TODAY).bericht == want
    assert edexml.translate(b"\xef\xbb\xbf" + SCHOOL, today=TODAY).bericht == want
    old = b'<?xml version="1.0" encoding="windows-1252"?>' + BODY.decode().encode("windows-1252")
    assert edexml.translate(old, today=TODAY).bericht == want


def test_a_file_over_the_bound_is_refused() -> None:
    """The bound of the adapter is 10 MB unless the caller says otherwise."""
    with pytest.raises(MessageTooLarge):
        edexml.translate(SCHOOL + b" " * edexml.MAX_BYTES, today=TODAY)
    with pytest.raises(MessageTooLarge):
        edexml.translate(SCHOOL, max_bytes=1_000, today=TODAY)
    assert [f.code for f in edexml.check(SCHOOL, max_bytes=1_000, today=TODAY).fouten] == ["xml.te_groot"]


def test_a_file_deeper_than_the_parser_goes_is_refused() -> None:
    """A file that is too deep is refused, also inside additions, which nobody looks into."""
    deep = b"<toevoegingen>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</toevoegingen></leerling>"
    raw = SCHOOL.replace(b"</leerling>", deep, 1)
    assert [f.code for f in edexml.check(raw, today=TODAY).fouten] == ["xml.te_diep"]


def test_every_truncation_is_refused() -> None:
    """A file cut anywhere is never half read."""
    for end in range(1, len(SCHOOL.rstrip()) - 1, 41):
        assert not edexml.check(SCHOOL[:end], today=TODAY).goed


@pytest.mark.parametrize("name", ["School", "Groepen", "Leerkrachten"])
def test_another_type_is_not_smuggled_in(name: str) -> None:
    """xsi:type cannot turn an element into something else of the schema."""
    raw = SCHOOL.replace(b"<leerlingen>", f'<leerlingen xsi:type="{name}">'.encode())
    assert not edexml.check(raw, today=TODAY).goed


def test_very_many_faults_cost_bounded_time() -> None:
    """Tens of thousands of faults are refused before the time of a test is over, with a bounded list."""
    one = b'<leerling key="x" eckid="https://x"><roepnaam>x</roepnaam><groep key="weg"/></leerling>'
    raw = SCHOOL.replace(b"<leerlingen>", b"<leerlingen>" + one * 30_000, 1)
    faults = edexml.check(raw, today=TODAY).fouten
    assert len(faults) == 201
    assert {f.code for f in faults} == {
        "verwijzing.groep",
        "sleutel.dubbel",
        "eckid.dubbel",
        "registratie.meer",
    }


def test_very_many_findings_are_told_once() -> None:
    """What a whole school has gives one finding with a number."""
    one = '<leerling key="k{}"><roepnaam>x</roepnaam><bsn>1</bsn></leerling>'
    raw = SCHOOL.replace(
        b"<leerlingen>", ("<leerlingen>" + "".join(map(one.format, range(2_000)))).encode(), 1
    )
    found = edexml.translate(raw, today=TODAY).bevindingen
    assert len(found) < 30
    assert next(b for b in found if b.place.endswith("/bsn")).text.endswith("(2001 keer).")


def refused(raw: bytes) -> bool:
    return said_the_same(raw, partial(edexml.translate, today=TODAY), partial(edexml.check, today=TODAY))


def test_every_single_change_is_read_or_refused() -> None:
    """Each element gone, doubled, emptied, moved or given an odd value: translated or refused, never else."""
    outcomes = [refused(raw) for raw in single_changes(SCHOOL)]
    assert outcomes.count(True) > 400
    assert outcomes.count(False) > 200


def test_damaged_files_never_do_anything_unforeseen() -> None:
    """Hundreds of damaged files are each translated or refused, never anything else."""
    outcomes = [refused(raw) for raw in mutants(SCHOOL, 300, seed=20261125)]
    assert 50 < sum(outcomes) < 300


@pytest.mark.fuzz
def test_ten_thousand_damaged_files() -> None:
    """Ten thousand damaged files do nothing unforeseen either."""
    outcomes = [refused(raw) for raw in mutants(SCHOOL, 10_000, seed=7)]
    assert 1_000 < sum(outcomes) < 10_000
