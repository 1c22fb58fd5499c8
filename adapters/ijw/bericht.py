"""One iJw message as the rules see it: the wire names, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.xml import Node


@dataclass(frozen=True, slots=True)
class JwBericht:
    """A message that its schema accepted, or one to be written.

    `soort` is the name of the message ("JW305"). `inhoud` holds the children of `Bericht` by local name
    (`Header`, `Client` ...), values as text exactly as sent; an element that can repeat anywhere in iJw is a
    list. The order of keys means nothing: writing follows the schema. Read only, also where Python allows it.
    """

    soort: str
    inhoud: Node
