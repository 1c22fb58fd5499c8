"""What who helps says of it: a terugkoppeling, or messages of a jeugdhulp standard that come to one."""

from __future__ import annotations

import datetime as dt

from consent.minimise import present
from gateway.exchange.intake.answered import answered
from gateway.exchange.intake.envelope import decoded
from gateway.exchange.intake.intake import Intake, own_leerling
from gateway.ports.standards import Answers
from gateway.ports.storage import Storage
from gateway.runtime.aside import FROM_BYTES, Aside
from schemas.exchange.uitwisseling import Dossier, Verzending
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Antwoordvertaling
from schemas.people.partij import Partij


async def told(translate: Answers, dossier: Dossier, aside: Aside, today: dt.date) -> Antwoordvertaling:
    """The terugkoppeling that follows from messages of a jeugdhulp standard. The messages themselves are
    neither stored nor sent on.
    """
    places = {"/dossier/inhoud": dossier.inhoud}
    places |= {f"/dossier/bij/{i}": text for i, text in enumerate(dossier.bij)}
    berichten = list(decoded(places).items())
    if sum(len(raw) for _, raw in berichten) < FROM_BYTES:
        return translate(berichten, dossier.eerder_gemeld, afgewacht=dossier.einde_afgewacht, today=today)
    told_before, waited = dossier.eerder_gemeld, dossier.einde_afgewacht
    return await aside(translate, berichten, told_before, afgewacht=waited, today=today)


async def answer(
    storage: Storage,
    sender: Partij,
    verzending: Verzending,
    gezegd: Terugkoppeling,
    geboortedatum: dt.date | None = None,
) -> Intake:
    """A terugkoppeling names nobody: the levering that it answers says of whom it is, or the envelope."""
    identity = levering = None
    if verzending.leerling is not None:
        identity = own_leerling(sender, verzending.leerling.leerlingid, geboortedatum)
    else:
        levering = await answered(storage, sender, verzending)
    inhoud = gezegd.inhoud()
    return Intake(
        inhoud.soort,
        inhoud,
        present(inhoud),
        {},
        identity,
        levering,
        (),
        {},
        geboortedatum=geboortedatum,
        geboren_op="/dossier",
    )
