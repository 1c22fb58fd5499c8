"""The retour that answers an iJw message: what the checks found, told the way the level of each fault asks.

- Level 1, the schema: there is no JwBericht, so there can be no retour. The transport tells the sender.
- Level 2, the message itself: the header alone, with 0001. Which rule it was, a retour does not say.
- Level 3 and 4 in the header: the header alone, with the code of each rule.
- Level 3 and 4 elsewhere: the whole message back, each class with what was found there.
- Nothing: the header alone, without codes.

Any fault rejects the whole message (OP286). Who sent it and to whom, its identity and its version stay what
they were, not swapped: a retour is recognised by them. The answer to a claim goes by other rules and is made
in `declaratieantwoord`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from adapters.ijw import declaratieantwoord
from adapters.ijw.bericht import JwBericht
from adapters.ijw.berichten import XSD_VERSIE, schema, xsd_versie
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.retourcodes import ACCEPTED, HEADER, NOT_JUDGED, class_codes, retourcodes
from adapters.xml.layout import Part
from adapters.xml.nodes import sub, subs, text
from adapters.xml.parser import Node

_BERICHTCODES: Final = {
    "JW302": "437",
    "JW306": "439",
    "JW308": "441",
    "JW316": "447",
    "JW318": "487",
    "JW320": "489",
}
ANSWERS: Final = {
    "JW301": "JW302",
    "JW305": "JW306",
    "JW307": "JW308",
    "JW315": "JW316",
    "JW317": "JW318",
    "JW319": "JW320",
    "JW323": "JW325",
}
"""By which message each message is answered. Those not named have no answer."""

_SIGNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LENGTH: Final = 12


def new_identificatie(randbelow: Callable[[int], int]) -> str:
    """An Identificatie nobody used before: 60 random bits in the twelve characters there are (TR056).

    `randbelow(n)` gives a number below n; use `secrets.randbelow`.
    """
    return "".join(_SIGNS[randbelow(len(_SIGNS))] for _ in range(_LENGTH))


def make_retour(
    heen: JwBericht,
    fouten: Iterable[Regelfout],
    *,
    identificatie: str,
    dagtekening: dt.date,
    versie: str = XSD_VERSIE,
    xslt_versie: str | None = None,
    not_judged: Collection[str] = (),
) -> JwBericht | None:
    """The answer to a message that its schema accepted; None when it is an answer itself.

    `identificatie` (at most 12 characters, see `new_identificatie`) and `dagtekening` are the answer's own.
    `versie` is that of the XSDs it is made with, `xslt_versie` that of the reference XSLT: leave it out
    unless that did the checking. `not_judged`: places of classes that nobody looked at; they get 0233.
    """
    soort = ANSWERS.get(heen.soort)
    if soort is None:
        return None
    if soort == "JW325":
        return declaratieantwoord.make(
            heen,
            fouten,
            identificatie=identificatie,
            dagtekening=dagtekening,
            versie=versie,
            xslt_versie=xslt_versie,
        )
    layout = schema(soort).layout
    classes = frozenset(_classes(layout, heen.inhoud, f"/{layout.name}"))
    codes = class_codes(fouten, classes)
    own = {
        "BerichtCode": _BERICHTCODES[soort],
        "IdentificatieRetour": identificatie,
        "DagtekeningRetour": dagtekening.isoformat(),
        "XsdVersieRetour": xsd_versie(versie),
    }
    if xslt_versie is not None:
        own["XsltVersie"] = xslt_versie
    header = {**sub(heen.inhoud, "Header"), **own}
    whole = codes.get(HEADER)
    if whole is not None:
        return JwBericht(soort, {"Header": header | retourcodes(whole)})
    if not codes:
        return JwBericht(soort, {"Header": header})
    codes = {place: [NOT_JUDGED] for place in not_judged} | codes
    copy = _with_codes(layout, heen.inhoud, f"/{layout.name}", codes)
    return JwBericht(soort, copy | {"Header": header | retourcodes([ACCEPTED])})


def match_retour(retour: JwBericht, heen: JwBericht) -> bool:
    """Whether `retour` answers `heen`: the right kind of message, about what was sent under that name.

    An answer to a claim comes from the other side, so there the sender of the claim is who receives it.
    """
    if ANSWERS.get(heen.soort) != retour.soort:
        return False
    answer, sent = sub(retour.inhoud, "Header"), sub(heen.inhoud, "Header")
    sender, name = (
        ("Ontvanger", "DeclaratieIdentificatie")
        if retour.soort == "JW325"
        else ("Afzender", "BerichtIdentificatie")
    )
    theirs = text(answer, sender), text(sub(answer, name), "Identificatie")
    ours = text(sent, "Afzender"), text(sub(sent, "BerichtIdentificatie"), "Identificatie")
    return None not in ours and theirs == ours


def _inside(part: Part, node: Node, place: str) -> Iterator[tuple[Part, Node, str]]:
    """Every child with children of a node, with its place; what the schema calls a list is numbered."""
    for child in part.parts or ():
        if child.parts is None or child.name == "RetourCodes":
            continue
        value = node.get(child.name)
        if type(value) is list:
            for i, row in enumerate(subs(node, child.name), 1):
                yield child, row, f"{place}/{child.name}[{i}]"
        elif type(value) is dict:
            yield child, value, f"{place}/{child.name}"


def _carries_codes(part: Part) -> bool:
    return any(child.name == "RetourCodes" for child in part.parts or ())


def _classes(part: Part, node: Node, place: str) -> Iterator[str]:
    """The places of all classes of a message that carry retourcodes in its answer."""
    for child, value, here in _inside(part, node, place):
        if _carries_codes(child):
            yield here
        yield from _classes(child, value, here)


def _with_codes(part: Part, node: Node, place: str, codes: dict[str, list[str]]) -> Node:
    copy = dict(node)
    rows: dict[str, list[Node]] = {}
    for child, value, here in _inside(part, node, place):
        inner = _with_codes(child, value, here, codes)
        if _carries_codes(child):
            inner |= retourcodes(codes.get(here, [ACCEPTED]))
        if type(node[child.name]) is list:
            rows.setdefault(child.name, []).append(inner)
        else:
            copy[child.name] = inner
    return copy | rows
