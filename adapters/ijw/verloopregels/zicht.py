"""What the sender of a message could know of an allocation when he wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.ijw.gelezen import Kop, Versie


def zicht(versies: Sequence[Versie], head: Kop) -> tuple[Versie, ...]:
    """The versions that may have been current to the sender: with one of them his message must be right.

    The last from before the Dagtekening, and every later one: a 301 of that day or after it may have crossed
    his message, and nobody is refused on what he could not know (OP095). `versies` are in order.
    """
    before = [v for v in versies if v.datum < head.dagtekening]
    return (*before[-1:], *versies[len(before) :])


def geldig(versie: Versie, head: Kop, client: str) -> bool:
    """Whether it is an allocation of this client at this provider, and was not deleted."""
    return (versie.aanbieder, versie.client) == (head.aanbieder, client) and not versie.verwijderd


def actueel(versie: Versie, head: Kop, client: str) -> bool:
    """Valid on the day of the message or later; that includes one that is still to begin."""
    return geldig(versie, head, client) and (versie.eind is None or versie.eind >= head.dagtekening)
