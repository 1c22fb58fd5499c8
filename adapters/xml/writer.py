"""The writer beside the hardened parser: plain nested dicts to bytes, in the order of the schema.

It writes what `Schema` reads and no more: elements and their text, no attributes. Whether the outcome is
valid is for the schema to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from adapters.xml.layout import Part
from adapters.xml.parser import Node, Schema
from schemas.errors import Fault, InvalidMessage

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})

_TEXTS: Final = {
    "schrijven.onbekend": "Hier staat iets dat het schema niet kent; het kent: {}.",
    "schrijven.tekst": "Hier hoort tekst te staan, geen onderdelen.",
    "schrijven.onderdelen": "Hier horen onderdelen te staan, geen tekst.",
    "schrijven.lijst": "Hier hoort een lijst te staan, ook bij een enkele waarde.",
    "schrijven.teken": "In deze tekst staat een stuurteken of een ander teken dat XML niet kent.",
}


def render(schema: Schema, content: Node, prefixes: dict[str, str]) -> bytes:
    """A document with `content` in the document element of `schema`: UTF-8, no BOM, CR/LF, two spaces deeper
    per level.

    `prefixes`: prefix by namespace; all are declared on the document element. What is None, empty or holds
    nothing but that is left out. Raises InvalidMessage with every name and value that cannot be written, in
    the order of the schema.
    """
    writer = _Writer(schema, prefixes)
    layout = schema.layout
    inner = list(writer.children(layout, content, f"/{layout.name}", "\n  "))
    if writer.faults:
        raise InvalidMessage(tuple(writer.faults))
    spaces = "".join(f' xmlns:{prefix}="{namespace}"' for namespace, prefix in prefixes.items())
    name = writer.qualified[layout.tag]
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}{spaces}>{"".join(inner)}\n</{name}>\n'
    # A parser turns CR/LF back into LF, in texts as well; a CR that was in a text is a reference by now.
    return text.replace("\n", "\r\n").encode()


class _Writer:
    def __init__(self, schema: Schema, prefixes: dict[str, str]) -> None:
        self._lists = schema.lists
        self.faults: list[Fault] = []
        self.qualified = {
            tag: f"{prefixes[tag[1:].rpartition('}')[0]]}:{name}" if tag.startswith("{") else name
            for tag, name in schema.names.items()
        }

    def _fault(self, code: str, place: str, known: str = "") -> None:
        self.faults.append(Fault(code, place, _TEXTS[code].format(known)))

    def children(self, part: Part, node: Node, place: str, margin: str) -> Iterator[str]:
        parts = part.parts or ()
        names = {child.name for child in parts}
        if not names.issuperset(node):
            # The name itself is not said: whoever fills a message by machine may have put a value there.
            self._fault("schrijven.onbekend", f"{place}/*", ", ".join(child.name for child in parts))
        for child in parts:
            value = node.get(child.name)
            below = f"{place}/{child.name}"
            if child.name not in self._lists:
                yield from self._element(child, value, below, margin)
            elif isinstance(value, list):
                for n, item in enumerate(value, 1):
                    yield from self._element(child, item, f"{below}[{n}]", margin)
            elif value is not None:
                self._fault("schrijven.lijst", below)

    def _element(self, part: Part, value: Any, place: str, margin: str) -> Iterator[str]:
        if value in ("", None):
            return
        name = self.qualified[part.tag]
        if part.parts is None:
            yield f"{margin}<{name}>{self._text(value, place)}</{name}>"
        elif not isinstance(value, dict):
            self._fault("schrijven.onderdelen", place)
        elif inner := "".join(self.children(part, value, place, f"{margin}  ")):
            yield f"{margin}<{name}>{inner}{margin}</{name}>"

    def _text(self, value: Any, place: str) -> str:
        if not isinstance(value, str):
            self._fault("schrijven.tekst", place)
            return ""
        if _NOT_XML.search(value):
            self._fault("schrijven.teken", place)
        return value.translate(_ESCAPES)
