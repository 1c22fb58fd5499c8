"""An answer is hostile until proven otherwise: it never comes back, and nothing unforeseen escapes."""

from __future__ import annotations

from functools import partial
from itertools import islice

import pytest

from adapters import uwlr
from schemas.errors import InvalidMessage, MessageTooLarge
from tests.unit.adapters.edexml.school import (
    TODAY,
    everything_said,
    marked,
    mutants,
    said_the_same,
    single_changes,
)
from tests.unit.adapters.uwlr.antwoord import ANSWER, bare, enveloped

ENVELOPES = {
    "xxe": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external dtd": b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">',
    "entity bomb": b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
}
BODY = ANSWER.partition(b"?>")[2]


@pytest.mark.parametrize("wrap", [False, True])
def test_no_fault_repeats_anything_of_the_answer(wrap: bool) -> None:
    """With a mark in every text and attribute and a fault nearly everywhere, no mark comes back."""
    raw, marks = marked(bare(), spare={"xsdversie"})
    raw = enveloped(raw) if wrap else raw
    with pytest.raises(InvalidMessage) as caught:
        uwlr.translate(raw, today=TODAY)
    assert len(caught.value.faults) > 20
    said = everything_said(caught.value) + repr(uwlr.check(raw, today=TODAY))
    assert [m for m in [*marks, "GEHEIM"] if m in said] == []


def test_no_refusal_of_a_version_repeats_it() -> None:
    """An unsupported version is named as unsupported, not quoted."""
    raw, _ = marked(ANSWER, spare=set())
    with pytest.raises(InvalidMessage) as caught:
        uwlr.translate(raw, today=TODAY)
    assert [f.code for f in caught.value.faults] == ["uwlr.versie"]
    assert "KANARIE" not in everything_said(caught.value)


@pytest.mark.parametrize("name", ENVELOPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_before_a_good_answer_is_refused(name: str, encoding: str) -> None:
    """An answer that is otherwise right is refused for its DOCTYPE alone, in any encoding."""
    raw = (ENVELOPES[name] + BODY).decode().encode(encoding)
    assert [f.code for f in uwlr.check(raw, today=TODAY).fouten] == ["xml.doctype"]


def test_utf16_reads_the_same() -> None:
    """The same answer in honest UTF-16 or with a BOM gives the same registration."""
    want = uwlr.translate(ANSWER, today=TODAY)
    assert uwlr.translate(BODY.decode().encode("utf-16"), today=TODAY) == want
    assert uwlr.translate(b"\xef\xbb\xbf" + ANSWER, today=TODAY) == want


def test_an_answer_over_the_bound_is_refused() -> None:
    """The bound of the adapter is 10 MB unless the caller says otherwise."""
    with pytest.raises(MessageTooLarge):
        uwlr.translate(ANSWER + b" " * uwlr.MAX_BYTES, today=TODAY)
    with pytest.raises(MessageTooLarge):
        uwlr.translate(ANSWER, max_bytes=1_000, today=TODAY)


def test_a_header_deeper_than_the_parser_goes_is_refused() -> None:
    """A header that nobody looks into is bounded too."""
    raw = ANSWER.replace(b"</soap:Header>", b"<a>" * 5_000 + b"</a>" * 5_000 + b"</soap:Header>")
    assert [f.code for f in uwlr.check(raw, today=TODAY).fouten] == ["xml.te_diep"]


def test_an_answer_in_the_header_is_not_read() -> None:
    """What looks like an answer in the header or inside another answer is not taken for one."""
    name = "leerlinggegevens_antwoord"
    empty = f'<u:{name} xmlns:u="{uwlr.NAMESPACE}"><u:geengegevens/></u:{name}>'
    raw = enveloped(empty.encode()).replace(b"<s:Header>", b"<s:Header>" + bare())
    result = uwlr.translate(raw, today=TODAY)
    assert "Proefhuis" not in repr(result)
    assert not uwlr.check(enveloped(enveloped(bare())), today=TODAY).goed


def test_every_truncation_is_refused() -> None:
    """An answer cut anywhere is never half read."""
    for end in range(1, len(ANSWER.rstrip()) - 1, 67):
        assert not uwlr.check(ANSWER[:end], today=TODAY).goed


def test_another_type_is_not_smuggled_in() -> None:
    """xsi:type cannot turn an element into something else of the schema."""
    xsi = b'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="u:Onbekeken"'
    for element in (b"<u:leerlingen", b"<u:school", b"<u:leerlinggegevens_antwoord", b"<soap:Body"):
        assert not uwlr.check(ANSWER.replace(element + b">", element + b" " + xsi + b">"), today=TODAY).goed


def test_very_many_faults_cost_bounded_time() -> None:
    """Tens of thousands of faults are refused before the time of a test is over, with a bounded list."""
    one = b'<u:leerling key="x"><u:roepnaam>x</u:roepnaam><u:groep key="weg"/></u:leerling>'
    raw = ANSWER.replace(b"<u:leerlingen>", b"<u:leerlingen>" + one * 30_000, 1)
    faults = uwlr.check(raw, today=TODAY).fouten
    assert len(faults) == 201


def refused(raw: bytes) -> bool:
    lvs = uwlr.Profiel.LVS
    translate, check = (
        partial(uwlr.translate, today=TODAY, profiel=lvs),
        partial(uwlr.check, today=TODAY, profiel=lvs),
    )
    return said_the_same(raw, translate, check, "GEHEIM")


def test_every_single_change_is_read_or_refused() -> None:
    """Each element gone, doubled, emptied, moved or given an odd value; a third of them, EDEXML tries all."""
    outcomes = [refused(raw) for raw in islice(single_changes(ANSWER), 0, None, 3)]
    assert outcomes.count(True) > 150
    assert outcomes.count(False) > 60


def test_damaged_answers_never_do_anything_unforeseen() -> None:
    """Hundreds of damaged answers are each translated or refused, never anything else."""
    outcomes = [refused(raw) for raw in mutants(ANSWER, 300, seed=20261125)]
    assert 50 < sum(outcomes) < 300


@pytest.mark.fuzz
def test_ten_thousand_damaged_answers() -> None:
    """Ten thousand damaged answers do nothing unforeseen either."""
    outcomes = [refused(raw) for raw in mutants(ANSWER, 10_000, seed=11)]
    assert 1_000 < sum(outcomes) < 10_000
