"""The layout of a schema: what its XSD says, in order, with what a type takes over from another."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.xml import parser as xml
from adapters.xml import writer as xmlwriter
from adapters.xml.layout import Part, Value
from schemas.errors import InvalidMessage

XSD = """<xs:schema xmlns="urn:t" xmlns:b="urn:b" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="urn:t" elementFormDefault="qualified">
 <xs:import namespace="urn:b" schemaLocation="b.xsd"/>
 <xs:element name="top" type="Top"/>
 <xs:complexType name="Top"><xs:complexContent><xs:extension base="b:Base"><xs:sequence>
  <xs:element name="own" type="Own" minOccurs="0"/>
 </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
 <xs:simpleType name="Own"><xs:restriction base="b:Code"><xs:pattern value="[ab]+"/></xs:restriction>
 </xs:simpleType>
</xs:schema>"""
BASE = """<xs:schema xmlns="urn:b" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:b"
 elementFormDefault="qualified">
 <xs:complexType name="Base"><xs:sequence>
  <xs:element name="many" type="xs:date" maxOccurs="3"/>
 </xs:sequence></xs:complexType>
 <xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:maxLength value="4"/>
  <xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></xs:simpleType>
</xs:schema>"""


@pytest.fixture
def schema(tmp_path: Path) -> xml.Schema:
    (tmp_path / "t.xsd").write_text(XSD)
    (tmp_path / "b.xsd").write_text(BASE)
    return xml.Schema(tmp_path / "t.xsd")


def test_a_layout_has_what_a_type_takes_over_from_another(schema: xml.Schema) -> None:
    """Elements of the base come first, under their own namespace; facets of all types count."""
    date = Value((), "date", {})
    own = Value(
        ("Own", "Code"), "string", {"pattern": ("[ab]+",), "maxLength": ("4",), "enumeration": ("a", "b")}
    )
    assert schema.layout == Part(
        name="top",
        tag="{urn:t}top",
        least=1,
        most=1,
        value=None,
        parts=(
            Part("many", "{urn:b}many", 1, 3, date, None),
            Part("own", "{urn:t}own", 0, 1, own, None),
        ),
    )
    assert schema.lists == {"many"}


def test_a_document_is_written_in_that_order(schema: xml.Schema) -> None:
    """The prefixes given are declared and used, the order is the schema's."""
    raw = xmlwriter.render(schema, {"own": "a", "many": ["2026-01-01"]}, {"urn:t": "t", "urn:b": "b"})
    assert raw == (
        b'<?xml version="1.0" encoding="UTF-8"?>\r\n<t:top xmlns:t="urn:t" xmlns:b="urn:b">\r\n'
        b"  <b:many>2026-01-01</b:many>\r\n  <t:own>a</t:own>\r\n</t:top>\r\n"
    )
    document = xml.parse(raw, max_bytes=1_000)
    assert document.faults(schema) == []
    assert document.tree(schema) == {"own": "a", "many": ["2026-01-01"]}


def test_only_the_tags_asked_for_are_picked() -> None:
    """Without a schema, what is not asked for is left out, and every element is in a list."""
    raw = b'<a xmlns="urn:a"><b>1</b><b>2</b><c/><d><b>3</b><e/></d></a>'
    document = xml.parse(raw, max_bytes=1_000)
    assert document.pick(["{urn:a}b", "{urn:a}d", "{urn:z}e"]) == {"b": ["1", "2"], "d": [{"b": ["3"]}]}


def test_a_rule_of_the_standard_takes_the_place_of_our_own_code(tmp_path: Path) -> None:
    """The rule is asked with the type of the element and the facet that it breaks."""
    (tmp_path / "t.xsd").write_text(XSD)
    (tmp_path / "b.xsd").write_text(BASE)
    asked: list[tuple[str, str]] = []

    def rule(value: Value, facet: str) -> tuple[str, str] | None:
        asked.append((value.base, facet))
        return ("R1", "tekst") if facet == "maxLength" else None

    schema = xml.Schema(tmp_path / "t.xsd", rule=rule)
    raw = b'<p:top xmlns:p="urn:t" xmlns:q="urn:b"><q:many>x</q:many><p:own>aaaaa</p:own></p:top>'
    found = xml.parse(raw, max_bytes=1_000).faults(schema)
    assert [(f.code, f.place) for f in found] == [("datum.ongeldig", "/top/many[1]"), ("R1", "/top/own")]
    assert asked == [("date", "type"), ("string", "maxLength")]


def test_only_utf8_when_asked() -> None:
    """The same document in another encoding is read unless the caller's standard forbids it."""
    raw = '<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode("latin-1")
    assert xml.parse(raw, max_bytes=1_000).name == "a"
    with pytest.raises(InvalidMessage) as caught:
        xml.parse(raw, max_bytes=1_000, utf8_only=True)
    assert [f.code for f in caught.value.faults] == ["xml.niet_utf8"]


GROUPED = """<xs:schema xmlns="urn:t" xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">
 <xs:include schemaLocation="i.xsd"/>
 <xs:element name="top" type="Top"/>
</xs:schema>"""
INCLUDED = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <xs:group name="Some"><xs:sequence>
  <xs:element name="a" type="Text"/>
  <xs:choice><xs:element name="b" type="Text"/><xs:element name="c" type="Text"/></xs:choice>
 </xs:sequence></xs:group>
 <xs:complexType name="Top"><xs:sequence>
  <xs:group ref="Some"/>
  <xs:sequence minOccurs="0"><xs:element name="d" type="Text"/></xs:sequence>
  <xs:element name="e" type="Text"/>
 </xs:sequence></xs:complexType>
 <xs:simpleType name="Text"><xs:restriction base="xs:string"/></xs:simpleType>
</xs:schema>"""


def test_a_layout_goes_through_groups_and_choices(tmp_path: Path) -> None:
    """In their order, also from a file without a namespace; what something else can replace is optional."""
    (tmp_path / "t.xsd").write_text(GROUPED)
    (tmp_path / "i.xsd").write_text(INCLUDED)
    layout = xml.Schema(tmp_path / "t.xsd").layout
    assert [(p.name, p.least) for p in layout.parts or ()] == [
        ("a", 1),
        ("b", 0),
        ("c", 0),
        ("d", 0),
        ("e", 1),
    ]
    assert {p.value.names for p in layout.parts or () if p.value} == {("Text",)}
