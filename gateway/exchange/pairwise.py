"""A case has another key for every partner, so that no two of them can lay their files side by side with it.

Who sends from school keeps its own key; what goes to the other side is made of it for that pair, and what
comes back from there is turned into the school's own again. Nothing is stored for it: see `Vault.paired`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from gateway.ports.keys import Vault
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN
from schemas.people.toestemming import Richting

_IDENT: Final = re.compile(r"[0-9a-f]{32}")


def pairwise(vault: Vault, inhoud: Inhoud, richting: Richting, afzender: str, ontvanger: str) -> Inhoud:
    """The message with every key of a case as this recipient knows it. Gives a new value."""
    back = richting is Richting.J2S
    pair = (ontvanger, afzender) if back else (afzender, ontvanger)
    data = inhoud.data
    for path in _keys(inhoud.soort):
        data = _with(data, path, lambda ident: vault.paired(pair, ident, back=back))
    return Inhoud(inhoud.soort, data)


@cache
def _keys(soort: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(b.pad.split(".")) for b in BERICHTEN[soort].bladen if b.paar)


def _with(data: dict[str, Any], path: tuple[str, ...], turned: Any) -> dict[str, Any]:
    name, rest = path[0], path[1:]
    value = data.get(name)
    if rest and isinstance(value, dict):
        return {**data, name: _with(value, rest, turned)}
    if not rest and isinstance(value, str) and _IDENT.fullmatch(value):
        return {**data, name: turned(value)}
    return data
