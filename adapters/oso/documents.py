"""Where attachments stand in a dossier, and what each of them is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from adapters.oso.attachments import MAX_ATTACHMENTS, TEXTS, inspect
from adapters.oso.codes import LEERLING
from adapters.oso.versies import Versie
from adapters.xml.nodes import Found, sub, subs
from adapters.xml.parser import Node

_SUPPORT: Final = (
    ("diagnose", "diagnoseverslag"),
    ("handelingsplan", "handelingsplan"),
    ("tlv", "tlv"),
    ("opp", "opp"),
    ("lwoo", "lwoo"),
    ("rvc", "rvc"),
)


class Document(NamedTuple):
    """One attachment that can be named. `problems` are codes of its findings."""

    kind: str
    place: str
    node: Node
    digest: str
    problems: tuple[str, ...]


def collect(pupil: Node, versie: Versie) -> tuple[list[Document], list[Found]]:
    """All attachments of a dossier, and what is wrong with them. It can handle any structural fault."""
    documents: list[Document] = []
    found: list[Found] = []
    for seen, (kind, place, node) in enumerate(_all(pupil, versie), 1):
        if seen > MAX_ATTACHMENTS:
            found.append(_found("bijlage.te_veel", place))
            break
        content = node.get("bestandsinhoud")
        digest, problems = inspect(content) if type(content) is str else (None, ())
        found += [_found(problem, f"{place}/bestandsinhoud") for problem in problems]
        if digest is not None:
            documents.append(Document(kind, place, node, digest, problems))
    return documents, found


def _found(code: str, place: str) -> Found:
    return Found(code, place, TEXTS[code])


def _all(pupil: Node, versie: Versie) -> Iterator[tuple[str, str, Node]]:
    # A place is only written out for an owner that is there.
    if versie.support in pupil:
        yield from _in_support(sub(pupil, versie.support), versie.support_place)
    if "sefunctioneren" in pupil:
        yield from _of(sub(pupil, "sefunctioneren"), "functioneren", f"{LEERLING}/sefunctioneren")
    if "handelingsplanlijst" in pupil:
        plans = sub(pupil, "handelingsplanlijst")
        yield from _each(plans, "handelingsplan", "handelingsplan", f"{LEERLING}/handelingsplanlijst")
    if "verzuim" in pupil:
        absence = sub(sub(pupil, "verzuim"), "documentLijst")
        yield from _of(absence, "verzuim", f"{LEERLING}/verzuim/documentLijst")
    if "eindtoets_basisonderwijs" in pupil:
        final = sub(pupil, "eindtoets_basisonderwijs")
        yield from _of(final, "eindtoets", f"{LEERLING}/eindtoets_basisonderwijs")
    yield from _in_tests(sub(pupil, "toetslijst"))
    if "overigdocumentlijst" in pupil:
        yield from _of(sub(pupil, "overigdocumentlijst"), "overig", f"{LEERLING}/overigdocumentlijst")


def _in_support(support: Node, place: str) -> Iterator[tuple[str, str, Node]]:
    if "toelichting_onderwijsbehoeften" in support:
        need = sub(support, "toelichting_onderwijsbehoeften")
        yield from _of(need, "onderwijsbehoeften", f"{place}/toelichting_onderwijsbehoeften")
    for element, kind in _SUPPORT:
        if element in support:
            yield from _each(support, element, kind, place)


def _in_tests(tests: Node) -> Iterator[tuple[str, str, Node]]:
    for i, test in enumerate(subs(tests, "toets"), 1):
        result = sub(test, "resultaat")
        if "document" in result:
            yield from _of(result, "toets", f"{LEERLING}/toetslijst/toets[{i}]/resultaat")
        for j, part in enumerate(subs(test, "toetsonderdeel"), 1):
            result = sub(part, "resultaat")
            if "document" in result:
                there = f"{LEERLING}/toetslijst/toets[{i}]/toetsonderdeel[{j}]/resultaat"
                yield from _of(result, "toets", there)


def _each(owner: Node, element: str, kind: str, place: str) -> Iterator[tuple[str, str, Node]]:
    value = owner.get(element)
    if type(value) is list:
        for i, node in enumerate(subs(owner, element), 1):
            if "document" in node:
                yield from _of(node, kind, f"{place}/{element}[{i}]")
    elif value is not None:
        yield from _of(sub(owner, element), kind, f"{place}/{element}")


def _of(owner: Node, kind: str, place: str) -> Iterator[tuple[str, str, Node]]:
    for i, node in enumerate(subs(owner, "document"), 1):
        yield kind, f"{place}/document[{i}]", node
