"""The privacyconvenant of a region: who agreed to exchange what with each other, for what and until when.

A convenant opens nothing by itself: toestemming, profiles and all other rules stay as they are. It closes:
once there is a convenant, an exchange that stands in none of them is refused. Reading and checking are pure;
the gateway checks whose signature stands under the file when it is applied.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from consent.vorm import as_json, doubles, form_faults, known_bericht, parse_toml
from schemas.base import Model, Tekst
from schemas.decision.decision import Reden
from schemas.errors import Fault, InvalidMessage
from schemas.identifiers import PartijId
from schemas.messages.samenwerking import Overlegsoort
from schemas.people.toestemming import Gebruiksdoel

MEETINGS: Final = frozenset({"overlegset", "overleguitkomst"})
"""Message types that only make sense where the partijen agreed to a kind of overleg."""


class Afspraak(Model):
    """For one doel: which types of message the partijen exchange."""

    doel: Gebruiksdoel
    berichten: Annotated[
        tuple[Annotated[str, AfterValidator(known_bericht)], ...], Field(min_length=1, max_length=50)
    ]


class Convenant(Model):
    """One version of one convenant. Days are calendar days in Europe/Amsterdam, both inclusive."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")]
    versie: Annotated[int, Field(ge=1)]
    titel: Tekst
    geldig_van: dt.date
    geldig_tot_en_met: dt.date
    partijen: Annotated[tuple[PartijId, ...], Field(min_length=2, max_length=10_000)]
    overleggen: Annotated[tuple[Overlegsoort, ...], Field(max_length=20)] = ()
    bewaardagen: Annotated[int, Field(ge=1, le=365)] | None = None
    """What waits is kept no longer than this. None: as long as the operator set."""
    afspraken: Annotated[tuple[Afspraak, ...], Field(min_length=1, max_length=7)]

    def connects(self, one: str, other: str) -> bool:
        return one in self.partijen and other in self.partijen

    def names(self, doel: Gebruiksdoel, bericht: str) -> bool:
        return any(a.doel is doel and bericht in a.berichten for a in self.afspraken)

    def holds_on(self, today: dt.date) -> bool:
        return self.geldig_van <= today <= self.geldig_tot_en_met


def parse_convenant(text: str) -> Convenant:
    """The convenant in a text. Raises InvalidMessage with every fault, each with its place."""
    data = parse_toml(text)
    faults: list[Fault] = []
    convenant = None
    try:
        convenant = Convenant.model_validate_json(as_json(data))
    except ValidationError as error:
        faults += form_faults(error, "convenant.vorm", "Dit klopt niet, ontbreekt of is onbekend.")
    faults += _contradictions(data)
    if convenant is None or faults:
        raise InvalidMessage(tuple(faults))
    return convenant


def _contradictions(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Contradictions in what was written. They are looked for apart, so that a fault of form elsewhere does
    not hide them.
    """
    start, end = data.get("geldigVan"), data.get("geldigTotEnMet")
    if type(start) is dt.date and type(end) is dt.date and end < start:
        yield Fault("convenant.periode", "/geldigTotEnMet", "De laatste dag ligt voor de eerste.")
    yield from doubles(data.get("partijen"), "/partijen", "convenant.dubbel")
    yield from doubles(data.get("overleggen"), "/overleggen", "convenant.dubbel")
    rows = data.get("afspraken")
    afspraken = [a for a in rows if isinstance(a, dict)] if isinstance(rows, list) else []
    yield from doubles([a.get("doel") for a in afspraken], "/afspraken", "convenant.dubbel")
    berichten = [a.get("berichten") for a in afspraken]
    for i, each in enumerate(berichten):
        yield from doubles(each, f"/afspraken/{i}/berichten", "convenant.dubbel")
    meets = any(name in each for each in berichten if isinstance(each, list) for name in MEETINGS)
    if meets and not data.get("overleggen"):
        yield Fault("convenant.overleg", "/overleggen", "Noem welke soorten overleg de partijen kennen.")


def hash_of(text: str) -> str:
    """SHA-256 (hex) of a convenant, over the very bytes that were signed."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Afspraken:
    """The convenanten that were applied, by the hash of their text."""

    convenanten: Mapping[str, Convenant]
    verplicht: bool = False
    """Nothing goes without a convenant. When this is not set, convenanten count from the first one on."""

    def problem(
        self, afzender: str, ontvanger: str, doel: Gebruiksdoel, bericht: str, today: dt.date
    ) -> Reden | None:
        """Why no convenant lets this exchange run on this day, or None.

        RECIPIENT_NOT_INVOLVED: no convenant has both partijen. FIELD_NOT_IN_PROFILE: none of those that have
        names this type of message for this doel. POLICY_ERROR: one does, but not on this day; or there must
        be a convenant and there is none. Somebody who signs a new version repairs the last one.
        """
        if not self.convenanten:
            return Reden.POLICY_ERROR if self.verplicht else None
        joined = [c for c in self.convenanten.values() if c.connects(afzender, ontvanger)]
        if not joined:
            return Reden.RECIPIENT_NOT_INVOLVED
        naming = [c for c in joined if c.names(doel, bericht)]
        if not naming:
            return Reden.FIELD_NOT_IN_PROFILE
        return None if any(c.holds_on(today) for c in naming) else Reden.POLICY_ERROR

    def geldt(self, afzender: str, ontvanger: str, doel: Gebruiksdoel, bericht: str, today: dt.date) -> bool:
        """Whether a convenant of these two names this exchange and holds on this day. Never a ground."""
        return any(
            c.connects(afzender, ontvanger) and c.names(doel, bericht) and c.holds_on(today)
            for c in self.convenanten.values()
        )

    def knows_overleg(self, afzender: str, ontvanger: str, soort: Overlegsoort) -> bool:
        """Whether a convenant of these two names this kind of meeting. Without any convenant every kind is
        known.

        It is asked when the message comes in. Whether that convenant holds is decided with the rest, at each
        hand-over.
        """
        return not self.convenanten or any(
            c.connects(afzender, ontvanger) and soort in c.overleggen for c in self.convenanten.values()
        )

    def bewaardagen(self, afzender: str, ontvanger: str) -> int | None:
        """The shortest term among the convenanten that both partijen joined."""
        terms = [
            c.bewaardagen
            for c in self.convenanten.values()
            if c.bewaardagen is not None and c.connects(afzender, ontvanger)
        ]
        return min(terms, default=None)


GEEN: Final = Afspraken({})
"""There is no convenant, and none is asked for."""
