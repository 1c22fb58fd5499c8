"""One iJw message as the rules see it: the wire names, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.xml.parser import Node


@dataclass(frozen=True, slots=True)
class JwBericht:
    """A message that its schema accepted, or one to be written.

    `soort` is the name of the message ("JW305"). `inhoud` holds the children of `Bericht` by local name
    (`Header`, `Client` ...), values as text exactly as sent; a name that can repeat somewhere in this message
    is a list wherever it stands (`Contact` in JW301, but `Client` only in JW323 and JW325). The order of keys
    means nothing: writing follows the schema. Read only, also where Python allows it.
    """

    soort: str
    inhoud: Node
