"""An ouder or the leerling himself as who reads or who speaks, through the system of a school or of care.

Who sends it gives it to him: nobody else stands in between, for whoever stands there reads it. And what he
says himself is handed in by whose system he said it to, and marked so.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.errors import Fault
from schemas.exchange.uitwisseling import Verzending
from schemas.messages.berichten import VAN_MENSEN
from schemas.people.partij import Partij, Rol


def person_faults(sender: Partij, verzending: Verzending, *, over_leerling: bool) -> Iterator[Fault]:
    """Faults in the people whom an envelope names."""
    for i, o in enumerate(verzending.ontvangers):
        place = f"/ontvangers/{i}"
        if (o.rol is Rol.ZELF) is (o.persoon_id is None):
            text = "Bij de rol zelf hoort een persoonId, en bij een andere rol niet."
            yield Fault("ontvanger.zelf", f"{place}/persoonId", text)
        elif o.persoon_id is None:
            continue
        elif o.partij != sender.id:
            text = "Aan een ouder of leerling geeft u dit zelf: noem hier uw eigen id."
            yield Fault("ontvanger.zelf", f"{place}/partij", text)
        elif not over_leerling:
            text = "Dit bericht gaat niet over een leerling, dus niet naar zijn ouders of naar hem."
            yield Fault("ontvanger.zelf", place, text)
    if verzending.namens is None:
        return
    soort = None if verzending.bericht is None else verzending.bericht.soort
    if soort not in VAN_MENSEN:
        text = "Namens een ouder of leerling gaat alleen wat hij zelf zegt; dit is van een organisatie."
        yield Fault("mens.soort", "/namens", text)
    if any(o.persoon_id is not None for o in verzending.ontvangers):
        yield Fault("mens.naar", "/ontvangers", "Wat iemand zelf zegt, gaat naar een organisatie.")
