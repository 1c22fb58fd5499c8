"""Values marked [P] in `consent.md` that a region may set: stricter than ours, and with one exception never
looser.

Our value is both the default of each field and its limit. A file with a looser value is refused as a whole.
The one exception is `toestemming_loopt_door`: it names the FG who decided it and the day, or it cannot be
set.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from consent.vorm import as_json, form_faults, parse_toml
from schemas.base import Model, Tekst
from schemas.errors import Fault, InvalidMessage
from schemas.people.toestemming import Hash


class FgBesluit(Model):
    """What only an FG may decide for a region: who decided it, and when. `apply` tells it whenever it
    changes.
    """

    fg: Tekst
    besloten_op: dt.date


class Regiobeleid(Model):
    gezag_max_maanden: Annotated[int, Field(ge=1)] = 12
    """How long a check of gezag counts (§2.2)."""
    toestemming_max_maanden: Annotated[int, Field(ge=1)] = 12
    """How long a toestemming carries at most. 31 July ends it in any case (§8)."""
    besluit_minuten: Annotated[int, Field(ge=1)] = 15
    """How long a decision may be relied on (§8)."""
    beide_ouders: bool = False
    """True: with joint gezag one ouder is never enough, also not for level 1 (§2.3)."""
    bewaardagen: Annotated[int, Field(ge=1)] = 365
    """What waits is kept no longer than this; the operator's own term may be shorter."""
    venster_uren: Annotated[int, Field(ge=1)] = 72
    """How long a weighing without toestemming may be used (§7.1)."""
    tweede_blik_uren: Annotated[int, Field(ge=1)] = 24
    """Within this time a second person must look after an acute sharing (§7.2)."""
    kennisgevingen: Annotated[tuple[Hash, ...], Field(max_length=1_000)] | None = None
    """The kennisgevingen that are still current. None: no kennisgeving is outdated."""
    toestemming_loopt_door: FgBesluit | None = None
    """From 16 on what was complete carries until the youth speaks himself (§8); None: it ends."""


ONZE: Final = Regiobeleid()
"""The values that hold where no region says anything."""


def _at_most(limit: int) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        return f"hoogstens {limit}" if type(value) is int and value > limit else None

    return check


LIMITS: Final[Mapping[str, Callable[[object], str | None]]] = {
    "gezagMaxMaanden": _at_most(ONZE.gezag_max_maanden),
    "toestemmingMaxMaanden": _at_most(ONZE.toestemming_max_maanden),
    "besluitMinuten": _at_most(ONZE.besluit_minuten),
    "bewaardagen": _at_most(ONZE.bewaardagen),
    "vensterUren": _at_most(ONZE.venster_uren),
    "tweedeBlikUren": _at_most(ONZE.tweede_blik_uren),
}
"""By the name in the file: the limit that a value goes beyond, or None. Other values can only be stricter."""


def loosened(old: Regiobeleid, new: Regiobeleid) -> str | None:
    """The one value that can be looser than ours. It is told, with who decided it, whenever it is set or set
    anew.
    """
    besluit = new.toestemming_loopt_door
    if besluit is None or besluit == old.toestemming_loopt_door:
        return None
    return (
        "Let op: toestemming loopt door na de zestiende verjaardag. "
        f"Besluit van de FG {besluit.fg}, {besluit.besloten_op.isoformat()}."
    )


def parse_regio(text: str) -> Regiobeleid:
    """The values of a region from a text. Raises InvalidMessage with every fault, its place and, if there is
    one, the limit.
    """
    return check_regio(parse_toml(text))


def check_regio(data: Mapping[str, Any]) -> Regiobeleid:
    faults: list[Fault] = []
    beleid = None
    try:
        beleid = Regiobeleid.model_validate_json(as_json(data))
    except ValidationError as error:
        faults += form_faults(error, "beleid.vorm", "Dit klopt niet of is onbekend.")
    faults += looser(data)
    if beleid is None or faults:
        raise InvalidMessage(tuple(faults))
    return beleid


def looser(data: Mapping[str, Any]) -> Iterator[Fault]:
    for name, limit_of in LIMITS.items():
        limit = limit_of(data.get(name))
        if limit is not None:
            text = f"Een regio mag dit strenger maken, niet ruimer: {limit}."
            yield Fault("beleid.ruimer", f"/{name}", text)
