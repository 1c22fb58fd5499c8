"""The hardened parser: what it refuses, under which name, and that it never repeats what it read."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters import edexml, uwlr
from adapters.oso.versies import VERSIES
from adapters.xml import parser as xml
from adapters.xml.herkenning import Begin, begin_of
from schemas.errors import InvalidMessage, MessageTooLarge

XSD = """<xs:schema xmlns="urn:t" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t"
 elementFormDefault="qualified">
 <xs:element name="a"><xs:complexType><xs:sequence>
  <xs:element name="b" maxOccurs="unbounded"><xs:complexType><xs:sequence>
   <xs:element name="c" type="xs:date"/></xs:sequence></xs:complexType></xs:element>
 </xs:sequence></xs:complexType></xs:element></xs:schema>"""


DATA = Path(__file__).parents[2] / "data"
SAMPLES = [path for name in ("oso", "edexml", "uwlr") for path in sorted((DATA / name).glob("*.xml"))]
SCHEMAS = {name: versie.schema for name, versie in VERSIES.items()} | {
    "": edexml._SCHEMA,
    uwlr.SOAP: uwlr._SCHEMA,
}


@pytest.fixture
def schema(tmp_path: Path) -> xml.Schema:
    path = tmp_path / "t.xsd"
    path.write_text(XSD)
    return xml.Schema(path, lists=frozenset({"b"}), special={})


def parse(raw: bytes, max_bytes: int = 10_000_000) -> xml.Document:
    return xml.parse(raw, max_bytes=max_bytes)


def code(raw: bytes) -> str:
    """The one code of a document that must be refused; and nothing of libxml2 hangs on the exception."""
    with pytest.raises(InvalidMessage) as caught:
        parse(raw)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    (fault,) = caught.value.faults
    return fault.code


LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    + "]><a>&a9;</a>"
)
LAUGHS_IN_ATTRIBUTE = LAUGHS.replace("<a>&a9;</a>", '<a b="&a9;"/>')
BAD = {
    "empty": (b"", "xml.leeg"),
    "white space": (b" \n\t", "xml.leeg"),
    "only a BOM": (b"\xef\xbb\xbf", "xml.leeg"),
    "text": (b"hallo", "xml.geen_xml"),
    "json": (b'{"a": 1}', "xml.geen_xml"),
    "pdf": (b"%PDF-1.7", "xml.geen_xml"),
    "gzip": (b"\x1f\x8b\x08\x00", "xml.geen_xml"),
    "text after a BOM": (b"\xef\xbb\xbfhallo", "xml.geen_xml"),
    "utf-32": ("<a/>".encode("utf-32"), "xml.codering"),
    "utf-32 without BOM": ("<a/>".encode("utf-32-le"), "xml.codering"),
    "mismatched tags": (b"<a><b></a></b>", "xml.niet_welgevormd"),
    "two roots": (b"<a/><b/>", "xml.niet_welgevormd"),
    "text behind the root": (b"<a/>x", "xml.niet_welgevormd"),
    "nul": (b"<a>\0</a>", "xml.niet_welgevormd"),
    "unknown entity": (b"<a>&foo;</a>", "xml.niet_welgevormd"),
    "duplicate attribute": (b'<a b="1" b="2"/>', "xml.niet_welgevormd"),
    "cut in text": (b"<a><b>x", "xml.afgebroken"),
    "cut after an element": (b"<a><b>x</b>", "xml.afgebroken"),
    "cut in a tag": (b"<a><b", "xml.afgebroken"),
    "cut in an attribute": (b'<a><b c="', "xml.afgebroken"),
    "cut in a comment": (b"<a><!-- x", "xml.afgebroken"),
    "cut in the declaration": (b'<?xml version="1.0', "xml.afgebroken"),
    "cut in a character": ("<a>é".encode()[:-1], "xml.afgebroken"),
    "cut utf-16": ("<a>é</a>".encode("utf-16")[:-4], "xml.afgebroken"),
    "latin-1 said to be utf-8": ("<a>é</a>".encode("latin-1"), "xml.codering"),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><a/>', "xml.codering"),
    "utf-7": (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "xml.codering"),
    "ebcdic": (b'<?xml version="1.0" encoding="IBM037"?><a/>', "xml.codering"),
    "empty encoding": (b'<?xml version="1.0" encoding=""?><a/>', "xml.codering"),
    "utf-16 said of one byte per character": (b'<?xml version="1.0" encoding="UTF-16"?><a/>', "xml.codering"),
    "utf-8 said of utf-16": ('<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16"), "xml.codering"),
    "wrong end": ("\ufeff<?xml version='1.0' encoding='UTF-16BE'?><a/>".encode("utf-16-le"), "xml.codering"),
    "utf-8 BOM and latin-1": (b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "xml.codering"),
    "doctype": (b"<!DOCTYPE a><a/>", "xml.doctype"),
    "doctype after a comment": (b"<?xml version='1.0'?><!-- x --> <?pi?>\n<!DOCTYPE a><a/>", "xml.doctype"),
    "internal subset": (b"<!DOCTYPE a [<!ELEMENT a ANY>]><a/>", "xml.doctype"),
    "external dtd": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "xml.doctype"),
    "public dtd": (b'<!DOCTYPE a PUBLIC "-//X" "file:///etc/passwd"><a/>', "xml.doctype"),
    "xxe": (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml.doctype"),
    "parameter entity": (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>', "xml.doctype"),
    "billion laughs": (LAUGHS.encode(), "xml.doctype"),
    "billion laughs in an attribute": (LAUGHS_IN_ATTRIBUTE.encode(), "xml.doctype"),
    "billion laughs in utf-16": (LAUGHS.encode("utf-16"), "xml.doctype"),
    "billion laughs in utf-16 without BOM": (LAUGHS.encode("utf-16-be"), "xml.doctype"),
    "doctype after a utf-8 BOM": (b"\xef\xbb\xbf<!DOCTYPE a><a/>", "xml.doctype"),
    "depth bomb": (b"<a>" * 50_000 + b"</a>" * 50_000, "xml.te_diep"),
    "huge text": (b"<a>" + b"x" * 10_000_001 + b"</a>", "xml.te_diep"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_documents_have_one_name_each(name: str) -> None:
    """Every way a document can be wrong has its own stable code."""
    raw, expected = BAD[name]
    with pytest.raises(InvalidMessage) as caught:
        parse(raw, max_bytes=20_000_000)
    assert [f.code for f in caught.value.faults] == [expected]
    assert caught.value.__context__ is None


def test_too_many_bytes_are_refused_without_parsing() -> None:
    """100 MB is refused before anything reads it: no parse counted, no memory taken."""
    raw = b"<a>" + b"x" * 100_000_000
    parses = xml.COUNTERS.parses
    tracemalloc.start()
    with pytest.raises(MessageTooLarge) as caught:
        parse(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [f.code for f in caught.value.faults] == ["xml.te_groot"]
    assert xml.COUNTERS.parses == parses
    assert peak < 100_000


@pytest.mark.parametrize("raw", [b"<a>" + b"<b/>" * 200_001 + b"</a>", b"<a" + b' b=""' * 200_001 + b"/>"])
def test_too_many_elements_or_attributes_are_refused_without_parsing(raw: bytes) -> None:
    """A small document of very many parts is refused before memory is spent on them."""
    parses = xml.COUNTERS.parses
    with pytest.raises(MessageTooLarge) as caught:
        parse(raw)
    assert [f.code for f in caught.value.faults] == ["xml.te_veel_elementen"]
    assert xml.COUNTERS.parses == parses


@pytest.mark.timeout(60)
def test_a_hostile_prolog_costs_linear_time() -> None:
    """Looking for a DOCTYPE in a prolog full of comment starts does not backtrack: that would take hours."""
    code(b"<!--" * 49_000)
    code(b"<?x?>" * 40_000 + b"<!DOCTYP")


@pytest.mark.parametrize(
    "raw",
    [
        "<a>é€</a>".encode(),
        "\ufeff<a>é€</a>".encode(),
        '\ufeff<?xml version="1.0" encoding="utf-8"?><a>é€</a>'.encode(),
        '<?xml version="1.0" encoding="UTF-16"?><a>é€</a>'.encode("utf-16"),
        "<a>é€</a>".encode("utf-16"),
        "\ufeff<?xml version='1.0' encoding='UTF-16LE'?><a>é€</a>".encode("utf-16-le"),
        "\ufeff<a>é€</a>".encode("utf-16-be"),
        '<?xml version="1.0" encoding="windows-1252"?><a>é€</a>'.encode("cp1252"),
        '<?xml version="1.0" encoding="ISO-8859-15"?><a>é€</a>'.encode("iso-8859-15"),
        b'<?xml version="1.0" encoding="US-ASCII"?><a>&#233;&#8364;</a>',
    ],
)
def test_honest_encodings_are_read(raw: bytes) -> None:
    """UTF-8 with or without BOM, UTF-16, and the encodings Dutch systems write are read as meant."""
    assert parse(raw)._root.text == "é€"


def test_the_word_doctype_in_text_is_no_doctype() -> None:
    """A DOCTYPE in a comment or in CDATA is only text."""
    assert parse(b"<!-- <!DOCTYPE x> --><a><![CDATA[<!DOCTYPE a>]]></a>").name == "a"


def test_comments_and_instructions_do_not_cut_a_text_in_two() -> None:
    """Text around a comment or processing instruction is one text."""
    assert parse(b"<a>een<!-- x -->twee<?pi?>drie</a>")._root.text == "eentweedrie"


def test_a_schema_location_in_the_document_is_not_followed(schema: xml.Schema, tmp_path: Path) -> None:
    """A document cannot bring its own schema."""
    (tmp_path / "own.xsd").write_text(XSD.replace("xs:date", "xs:string"))
    raw = (
        '<a xmlns="urn:t" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="urn:t {tmp_path}/own.xsd"><b><c>geen datum</c></b></a>'
    )
    assert [f.code for f in parse(raw.encode()).faults(schema)] == ["datum.ongeldig"]


def test_faults_have_a_readable_place_and_a_line(schema: xml.Schema) -> None:
    """A structural fault names its place with names and positions, and its line."""
    raw = b'<a xmlns="urn:t">\n<b><c>2026-01-01</c></b>\n<b><c>2026-13-01</c></b>\n<b/>\n</a>'
    found = [(f.code, f.place, f.line) for f in parse(raw).faults(schema)]
    assert found == [("datum.ongeldig", "/a/b[2]/c", 3), ("xsd.ontbreekt", "/a/b[3]", 4)]


def test_an_element_name_the_schema_does_not_know_is_not_repeated(schema: xml.Schema) -> None:
    """A name the sender made up stands in no place and no text."""
    (fault,) = parse(b'<a xmlns="urn:t"><b><geheim999990019/></b></a>').faults(schema)
    assert fault.place == "/a/b[1]/*[1]"
    assert "999990019" not in repr(fault)
    assert "verwacht: c" in fault.text


def test_the_number_of_faults_is_bounded(schema: xml.Schema) -> None:
    """Thousands of faults become a bounded list that says so."""
    raw = b'<a xmlns="urn:t">' + b"<b><c>x</c></b>" * 5_000 + b"</a>"
    found = parse(raw).faults(schema)
    assert len(found) == xml.MAX_FAULTS + 1
    assert found[-1].code == "xsd.meer"


def test_the_line_of_a_place_that_is_not_there_is_that_of_its_nearest_ancestor(schema: xml.Schema) -> None:
    """A missing element has the line of what it is missing from."""
    document = parse(b'<a xmlns="urn:t">\n<b>\n<c/></b></a>')
    assert [document.line(p) for p in ("/a", "/a/b[1]", "/a/b[1]/c", "/a/b[7]/c", "/a/b[1]/x")] == [
        1,
        2,
        3,
        1,
        2,
    ]


def test_the_tree_is_plain_data(schema: xml.Schema) -> None:
    """The content comes as nested dicts: lists for what can repeat, nothing the schema has no name for."""
    raw = b'<a xmlns="urn:t"><b><c>1</c><d>2</d></b><b xmlns="urn:x"/></a>'
    assert parse(raw).tree(schema) == {"b": [{"c": "1"}]}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_a_valid_document_has_one_content_however_it_is_read(path: Path) -> None:
    """What the schema promises about a valid document changes nothing in what is read of it."""
    document = parse(path.read_bytes())
    known = SCHEMAS[document.namespace]
    assert document.faults(known) == []
    assert document.tree(known, valid=True) == document.tree(known)


def test_a_name_that_is_a_text_here_and_a_group_there_is_read_as_both(tmp_path: Path) -> None:
    """One name can be declared twice; a valid document keeps what is in either."""
    path = tmp_path / "t.xsd"
    inner = (
        '<xs:complexType><xs:sequence><xs:element name="b" type="xs:date"/></xs:sequence></xs:complexType>'
    )
    path.write_text(
        XSD.replace('<xs:element name="c" type="xs:date"/>', f'<xs:element name="b">{inner}</xs:element>')
    )
    twice = xml.Schema(path, lists=frozenset(), special={})
    document = parse(b'<a xmlns="urn:t"><b><b><b>2026-01-02</b></b></b></a>')
    assert document.faults(twice) == []
    assert document.tree(twice, valid=True) == {"b": {"b": {"b": "2026-01-02"}}}


def test_validation_is_right_under_threads(schema: xml.Schema) -> None:
    """Documents validated at the same time get their own faults, never each other's."""
    good = b'<a xmlns="urn:t">' + b"<b><c>2026-01-01</c></b>" * 50 + b"</a>"
    bad = [good.replace(b"<b><c>2026-01-01", b"<b><c>x", n + 1) for n in range(8)]

    def work(n: int) -> list[int]:
        out = []
        for _ in range(30):
            faults = parse(bad[n] if n < len(bad) else good).faults(schema)
            out.append(len(faults))
        return out

    with ThreadPoolExecutor(9) as pool:
        results = list(pool.map(work, range(9)))
    assert results == [[n + 1] * 30 for n in range(8)] + [[0] * 30]


def test_the_schema_is_compiled_once_for_one_thread(
    schema: xml.Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Validating again does not compile again."""
    monkeypatch.setattr(xml.Schema, "_compile", lambda self: pytest.fail("compiled again"))
    for _ in range(3):
        assert parse(b'<a xmlns="urn:t"><b><c>2026-01-01</c></b></a>').faults(schema) == []


@pytest.mark.parametrize(
    "raw",
    [
        b'<a xmlns="urn:t"><b><c>2024-01-01</c></b><b><c>x</c></b></a>',
        b'<p:a xmlns:p="urn:t"><p:b><p:c>2024-01-01</p:c></p:b><p:b><p:c>x</p:c></p:b></p:a>',
        b'<p:a xmlns:p="urn:t"><p:b><p:c>2024-01-01</p:c></p:b><q:b xmlns:q="urn:t"><q:c>x</q:c></q:b></p:a>',
        b'<p:a xmlns:p="urn:t"><p:b><p:c>2024-01-01</p:c></p:b><b xmlns="urn:t"><c>x</c></b></p:a>',
    ],
    ids=["default", "prefix", "two prefixes", "both"],
)
def test_a_place_does_not_depend_on_prefixes(schema: xml.Schema, raw: bytes) -> None:
    """However a sender writes the namespace, a fault names the element it is about."""
    assert [(f.code, f.place) for f in parse(raw).faults(schema)] == [("datum.ongeldig", "/a/b[2]/c")]


def test_keyed_elements_come_with_their_attributes(tmp_path: Path) -> None:
    """A keyed element is a Node in a list, with its attributes, whether it has children or not."""
    path = tmp_path / "k.xsd"
    path.write_text(XSD.replace('xmlns="urn:t"', "").replace('targetNamespace="urn:t"', ""))
    keyed = xml.Schema(path, lists=frozenset(), special={}, keyed=frozenset({"b"}))
    raw = b'<a><b key="1" x=" y "><c>z</c></b><b key="2"/><b/></a>'
    assert parse(raw).tree(keyed) == {"b": [{"@key": "1", "@x": " y ", "c": "z"}, {"@key": "2"}, {}]}


def test_a_document_without_namespace_is_told_what_was_expected(tmp_path: Path) -> None:
    """The names that libxml2 expected are told, with a namespace or without one."""
    path = tmp_path / "n.xsd"
    path.write_text(XSD.replace('xmlns="urn:t"', "").replace('targetNamespace="urn:t"', ""))
    bare = xml.Schema(path, lists=frozenset({"b"}), special={})
    assert [f.text for f in parse(b"<a><b/></a>").faults(bare)] == [
        "Hier ontbreekt een verplicht element; verwacht: c."
    ]


def test_a_missing_attribute_and_a_value_outside_a_list_are_named(tmp_path: Path) -> None:
    """Both are ordinary mistakes with a code of their own."""
    path = tmp_path / "e.xsd"
    path.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a">'
        "<xs:complexType><xs:sequence>"
        '<xs:element name="b"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="1"/>'
        '</xs:restriction></xs:simpleType></xs:element></xs:sequence><xs:attribute name="k" use="required"/>'
        "</xs:complexType></xs:element></xs:schema>"
    )
    listed = xml.Schema(path, lists=frozenset(), special={})
    found = parse(b"<a><b>2</b></a>").faults(listed)
    assert [f.code for f in found] == ["xsd.attribuut_ontbreekt", "xsd.codelijst"]
    assert found[1].text == "Deze waarde staat niet in de lijst: 1."


LONG = b"<!-- " + b"voorafgaand " * 8_000 + b"-->\n"
"""More than the first 64 KB of a document."""


@pytest.mark.parametrize("before", [LONG, LONG * 3, b"<?p " + b"x" * 70_000 + b"?>", b"\n" * 70_000])
@pytest.mark.parametrize("declared", [b"", b'<?xml version="1.0"?>'])
def test_a_root_is_found_however_far_it_stands(before: bytes, declared: bytes) -> None:
    """Comments, instructions and white space before the root may be as long as they like."""
    if before.isspace() and not declared:
        before = b"<!---->" + before
    assert len(before) > 65_536
    assert begin_of(declared + before + b'<t:a xmlns:t="urn:t"><b/>') == Begin("urn:t", "a", None)


def test_a_root_that_is_far_away_is_found_in_utf16() -> None:
    """The same in an encoding of two bytes a character."""
    assert begin_of((LONG.decode() + "<a/>").encode("utf-16")) == Begin("", "a", None)


@pytest.mark.parametrize(
    "raw",
    [
        LONG + b"<!DOCTYPE a><a/>",
        LONG + b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        LONG,
        LONG + b"<",
        LONG + b"geen xml",
        LONG[:-10],
    ],
)
def test_what_has_no_root_has_none_far_away_either(raw: bytes) -> None:
    """A DOCTYPE is refused wherever it stands, and a document that never begins has no root."""
    assert begin_of(raw) is None


def test_the_leaves_of_a_document_have_places_and_lines(schema: xml.Schema) -> None:
    """Every element without children and every attribute, numbered where a name can repeat."""
    raw = b'<a xmlns="urn:t" xmlns:x="urn:x" x:y="z" k="v">\n<b><c>2026-01-01</c></b><!-- x -->\n<b/></a>'
    found = [(leaf.place, leaf.text, leaf.line) for leaf in parse(raw).leaves(schema)]
    assert found == [("/a/@k", "v", 1), ("/a/b[1]/c", "2026-01-01", 2), ("/a/b[2]", "", 3)]


def test_white_space_around_a_date_is_no_fault_once_stripped(schema: xml.Schema) -> None:
    """Only what XML calls white space goes, and a text of nothing else stays as it is."""
    document = parse(b'<a xmlns="urn:t"><b><c>\n 2026-01-01\t</c></b></a>')
    assert document.strip()
    assert document.faults(schema) == []
    assert document.tree(schema) == {"b": [{"c": "2026-01-01"}]}
    assert not document.strip()
    assert not parse(b'<a xmlns="urn:t"><b><c> </c></b></a>').strip()
    hard = parse('<a xmlns="urn:t"><b><c>\u00a02026-01-01</c></b></a>'.encode())
    assert not hard.strip()
    assert hard.faults(schema)
