"""Mail as it crosses the port: one message without content, and what became of it.

No mail says about whom or about what it is. So a Bericht has an address, a fixed text and at most a code, and
nothing else can be put in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final

from pydantic import StringConstraints

MAX_ADRES: Final = 254
"""Characters of an address (RFC 5321 §4.5.3.1.3, without the angle brackets)."""
ADRES: Final = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,8}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,63}$"
)
"""A plain address. Nothing in it can end a header or an SMTP command, or name a second address."""
Adres = Annotated[str, StringConstraints(pattern=ADRES, max_length=MAX_ADRES)]
_ADRES: Final = re.compile(ADRES)


def is_adres(text: str) -> bool:
    return len(text) <= MAX_ADRES and _ADRES.match(text) is not None and not text.endswith("\n")


@dataclass(frozen=True, slots=True)
class Bericht:
    """One mail. `kenmerk` is random and names it: the same for every try, so that a double is seen as one."""

    naar: str = field(repr=False)
    onderwerp: str
    tekst: str = field(repr=False)
    kenmerk: str = field(repr=False)
    uitzetten: str | None = field(default=None, repr=False)
    """The address with which one click switches mail off; None for a mail that somebody asked for."""


class Verzending(StrEnum):
    """What became of one mail."""

    AANGENOMEN = "aangenomen"
    """The server took it over."""
    GEEN_ADRES = "geen_adres"
    """The server says that there is no such address, for good."""
    LATER = "later"
    """Not now, or not this one: it is tried again."""
    STORING = "storing"
    """Nothing can be sent: no server, no TLS, or we may not send there. It is not about this address."""


@dataclass(frozen=True, slots=True)
class Uitslag:
    """`reden` is a fixed word of ours for the log, never a text of the server: that names the address."""

    soort: Verzending
    reden: str = ""


@dataclass(frozen=True, slots=True)
class Teruggekomen:
    """A mail that was put in the folder of returned mail. `naam` names its file.

    `kenmerk` is of the mail that could not be delivered, for good; None for anything else that lies there.
    """

    naam: str = field(repr=False)
    kenmerk: str | None = field(repr=False)
