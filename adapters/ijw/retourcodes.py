"""At which class of an answer a retourcode stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from adapters.ijw.regel import IN_MESSAGE
from adapters.ijw.regelfout import Regelfout
from adapters.xml.parser import Node

REJECTED: Final = "0001"
"""The message was rejected for technical reasons."""
ACCEPTED: Final = "0200"
"""No remark about this class."""
NOT_JUDGED: Final = "0233"
"""Nobody looked at this class."""
HEADER: Final = "/Bericht/Header"
"""Where codes stand alone: an answer that has one here because of a fault says no more."""


def class_codes(fouten: Iterable[Regelfout], classes: Collection[str]) -> dict[str, list[str]]:
    """The retourcodes per class that carries one, in the order in which they were found, each once.

    A fault below a class, or at a row that is not there, belongs to the nearest class above it; one about
    the message as a whole to the header. Any fault of level 2 is all that counts: behind it nobody looked.
    A fault without retourcode cannot be told in an answer.
    """
    codes: dict[str, dict[str, None]] = {}
    for fout in fouten:
        if fout.level <= IN_MESSAGE:
            return {HEADER: [REJECTED]}
        if fout.retourcode is not None:
            codes.setdefault(_class_of(fout.place, classes), {})[fout.retourcode] = None
    return {place: list(found) for place, found in codes.items()}


def _class_of(place: str, classes: Collection[str]) -> str:
    while place and place not in classes:
        place = place.rpartition("/")[0]
    return place or HEADER


def retourcodes(codes: list[str]) -> Node:
    """The class RetourCodes, to be put last into the class it speaks about."""
    return {"RetourCodes": {"RetourCode": codes}}
