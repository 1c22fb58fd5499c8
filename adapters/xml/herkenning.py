"""How a document begins, to tell of which standard it is: by the parsed root and body, never by its text.

A name of a standard in a comment or a text means nothing, another encoding changes nothing, and neither does
how far into the file the root stands.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from adapters.xml import parser as xml

MAX_MARKUP: Final = 1_500_000
"""The most markup that a message of any standard may have. A document with more is not read by anybody."""
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
"""SOAP 1.1, which UWLR and StUF prescribe."""
ENVELOPE: Final = "Envelope"
BODY: Final = "Body"
FAULT: Final = "Fault"
_VERSION: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){1,2}")


class Begin(NamedTuple):
    namespace: str
    name: str
    body: tuple[str, str] | None
    """Namespace and name of the first element in the Body of an envelope."""

    @property
    def message(self) -> tuple[str, str]:
        """Namespace and name of what was sent: the root itself, or what an envelope carries."""
        return self.body or (self.namespace, self.name)


def begin_of(raw: bytes) -> Begin | None:
    """What the parser meets first, or None when it meets no root. It reads no further than it must."""
    root: tuple[str, str] | None = None
    path: list[str] = []
    for event, namespace, name in xml.events(raw, max_markup=MAX_MARKUP):
        if event == "end":
            path.pop()
            continue
        if path == [ENVELOPE, BODY] and root is not None:
            return Begin(*root, (namespace, name))
        root = root or (namespace, name)
        if root[1] != ENVELOPE:
            break
        path.append(name)
    return None if root is None else Begin(*root, None)


def begin_in(document: xml.Document) -> Begin:
    """What `begin_of` says of the bytes of a document that was parsed already."""
    body = document.first_in(BODY) if document.name == ENVELOPE else None
    return Begin(document.namespace, document.name, body)


def version_said(document: xml.Document, path: tuple[str, ...]) -> str | None:
    """The text that these elements lead to, each the first of its kind, when it looks like a version.

    Anything else may be a value of a person that strayed, and is not repeated.
    """
    found: object = [document.pick(path)]
    for tag in path:
        if not (isinstance(found, list) and found and isinstance(found[0], dict)):
            return None
        found = found[0].get(tag.rpartition("}")[2])
    text = found[0] if isinstance(found, list) and found else None
    return text.strip() if isinstance(text, str) and _VERSION.fullmatch(text.strip()) else None
