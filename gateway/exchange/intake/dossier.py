"""A dossier of a school's own leerling: translated from a standard, and completed with the school's own
part.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from consent.minimise import bound, in_order, present
from gateway.case.case import Identity
from gateway.exchange.intake.envelope import decoded
from gateway.exchange.intake.intake import Intake
from gateway.ports.standards import Standard, Translator
from gateway.runtime.aside import Aside
from schemas.decision.decision import Reden
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.uitwisseling import Dossier, Verzending
from schemas.messages.bericht import Inhoud
from schemas.messages.opp import OppDeel
from schemas.messages.vertaling import Bevinding, Leerlingsleutel
from schemas.people.partij import Partij


async def school(
    standard: Standard,
    sender: Partij,
    verzending: Verzending,
    dossier: Dossier,
    aside: Aside,
    *,
    provenance: bool,
) -> Intake:
    """A dossier of the sender's own leerling, with the fields that the dossier itself says must stay home."""
    raw = decoded({"/dossier/inhoud": dossier.inhoud})["/dossier/inhoud"]
    translate = standard.translate
    assert translate is not None, "a dossier is of a standard that is translated"
    if aside.is_for(len(raw)):
        read = await aside(_read, translate, raw, provenance=provenance)
    else:
        read = _read(translate, raw, provenance=provenance)
    leerlingid, place = _key(standard, read.leerling, sender, verzending)
    whole = read.inhoud
    # The provenance is only for the sender's own eyes, so no decision is made about it.
    herkomst = whole.data.pop("herkomst")
    velden = present(whole)
    at_source = {v: read.beperkingen[v] for v in velden if v in read.beperkingen}
    data = whole.data
    if at_source:
        free = frozenset(velden) - at_source.keys()
        data = bound(whole, free).data
        velden = tuple(v for v in velden if v in free)
    if verzending.opp_deel is not None:
        merged = in_order(Inhoud(whole.soort, _merge(data, verzending.opp_deel)))
        data, velden = merged.data, tuple(dict.fromkeys((*velden, *present(merged))))
    return Intake(
        whole.soort,
        Inhoud(whole.soort, data),
        velden,
        at_source,
        Identity(
            read.leerling.brin,
            read.leerling.vestigingscode,
            leerlingid,
            read.geboortedatum,
            place,
        ),
        None,
        read.bevindingen,
        herkomst,
        geboren_op=standard.places.geboortedatum,
    )


class _Read(NamedTuple):
    """What is used of a translation, as plain data: it may come from another process."""

    inhoud: Inhoud
    beperkingen: dict[str, Reden]
    bevindingen: tuple[Bevinding, ...]
    leerling: Leerlingsleutel
    geboortedatum: dt.date | None


def _read(translate: Translator, raw: bytes, *, provenance: bool) -> _Read:
    found = translate(raw, provenance=provenance)
    bericht = found.bericht
    return _Read(
        bericht.inhoud(),
        found.beperkingen,
        found.bevindingen,
        found.leerling,
        bericht.leerling.geboortedatum,
    )


def _key(standard: Standard, key: Leerlingsleutel, sender: Partij, verzending: Verzending) -> tuple[str, str]:
    """The leerlingid that the dossier or the envelope names, and its place there.

    Raises InvalidMessage when they differ, or name none.
    """
    if (key.brin, key.vestigingscode) != (sender.brin, sender.vestigingscode):
        text = "Dit dossier is van een andere school of vestiging dan de afzender."
        raise InvalidMessage((Fault("afzender.anderBrin", standard.places.school, text),))
    named = verzending.leerling.leerlingid if verzending.leerling else None
    if named is not None and key.leerlingid is not None and key.leerlingid != named:
        text = "Dossier en envelop noemen een ander leerlingid."
        raise InvalidMessage((Fault("leerling.andereSleutel", "/leerling/leerlingid", text),))
    if key.leerlingid is not None:
        return key.leerlingid, standard.places.leerlingid
    if named is None:
        text = "Dossier en envelop noemen geen leerlingid; geef er een in /leerling/leerlingid."
        raise InvalidMessage((Fault("leerling.zonderSleutel", "/leerling/leerlingid", text),))
    return named, "/leerling/leerlingid"


def _merge(data: dict[str, Any], deel: OppDeel) -> dict[str, Any]:
    """The dossier's data, in which the school's own part replaces what it has too; begeleiding of both is
    kept.
    """
    part = deel.model_dump(mode="json", exclude_defaults=True)
    merged = dict(data)
    if (contact := part.pop("contactpersoon", None)) is not None:
        merged["school"] = {**merged.get("school", {}), "contactpersoon": contact}
    for key, value in part.items():
        there = merged.get(key)
        if isinstance(value, dict) and isinstance(there, dict):
            both = {**there, **value}
            for name in there.keys() & value.keys():
                if isinstance(there[name], list):
                    both[name] = [*there[name], *value[name]]
            merged[key] = both
        else:
            merged[key] = value
    return merged
