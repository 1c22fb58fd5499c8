"""A case has another key for every partner, so that no two of them can lay their files side by side with it.

Whose record it is keeps its own key; what goes to another is made of it for that pair, and what comes back
from there is turned into the owner's own again. So an answer to a third comes there by the key of that third.
Nothing is stored for it: see `Vault.paired`. The key of a zaak that the gateway keeps is known by what it is
made of, so a message that names one reaches everybody with his own key of that zaak.
"""

from __future__ import annotations

import re
import uuid
from functools import cache
from typing import Any, Final

from gateway.ports.keys import Vault
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN

_IDENT: Final = re.compile(r"[0-9a-f]{32}")


ZAAK: Final = "zaak"
_VAN_ONS: Final = "2a" * 5
"""Begins every id of a zaak of ours. Of another key one in a million million seems to be."""


def new_zaak() -> str:
    """Our own id of a new zaak."""
    return _VAN_ONS + uuid.uuid4().hex[len(_VAN_ONS) :]


def zaaksleutel(vault: Vault, partij: str, ident: str) -> str:
    """How this partij knows a zaak of ours."""
    return vault.paired((ZAAK, partij), ident, back=False)


def zaak_of(vault: Vault, partij: str, sleutel: str) -> str | None:
    """Our own id of the zaak that this partij knows by that key; None when it is no key of a zaak of ours."""
    ident = vault.paired((ZAAK, partij), sleutel, back=True)
    return ident if ident.startswith(_VAN_ONS) else None


def pairwise(vault: Vault, inhoud: Inhoud, eigenaar: str, afzender: str, ontvanger: str) -> Inhoud:
    """The message with every key of a case as this recipient knows it. Gives a new value."""

    def turned(ident: str) -> str:
        if (zaak := zaak_of(vault, afzender, ident)) is not None:
            return zaaksleutel(vault, ontvanger, zaak)
        own = ident if afzender == eigenaar else vault.paired((eigenaar, afzender), ident, back=True)
        return own if ontvanger == eigenaar else vault.paired((eigenaar, ontvanger), own, back=False)

    data = inhoud.data
    for path in _keys(inhoud.soort):
        data = _with(data, path, turned)
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
