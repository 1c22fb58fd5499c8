"""What a rule of iJw found wrong: the shape that the rules yield and the retours consume."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Regelfout:
    """One broken rule at one place in a message. Holds no value of the message, so it may be logged.

    `code` is the rule ("TR326"). `place` is a class that carries retourcodes, or an element inside it, with
    positions where a class repeats: `/Bericht/Client/StartProducten/StartProduct[2]`. `level` is the level of
    checking (2 in the message, 3 against earlier messages, 4 against an external source). `retourcode` is
    None for the few rules on an answer that has no answer itself.
    """

    code: str
    place: str
    text: str
    level: int
    retourcode: str | None
