"""The place of an ouder or leerling: what waits for him, what he chose, and what was shared on that.

What is not shared because of somebody else reads the same to everybody, so nothing here tells what another
person said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from gateway.explain import teksten
from gateway.identity.tokens import acting
from gateway.web.bezoek import Niveau, Werkrol
from gateway.web.bladen import Bladen, Dichtheid, Wegwijzer
from gateway.web.formulier import Invoer
from gateway.web.lijn import Probleem
from gateway.web.mijn_lijn import Eigen
from gateway.web.toestemmingsblad import (
    Toestemmingsblad,
    blad_van,
    gekozen,
    hashed,
    leg_vast,
    nagekeken,
    ontvangers,
)
from gateway.web.vraag import Vraag
from schemas.errors import InvalidMessage
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.people.avgverzoek import Avgrecht
from schemas.people.mensen import OWN_CHOICE, Handeling, Mensrol
from schemas.people.partij import Partij

BLADEN: Final = Bladen(
    "Mijn keuzes",
    frozenset({Werkrol.OUDER, Werkrol.LEERLING}),
    (
        Wegwijzer("/mijn", "Begin"),
        Wegwijzer("/mijn/keuzes", "Mijn keuzes"),
        Wegwijzer("/mijn/tijdlijn", "Wat is er gedeeld"),
        Wegwijzer("/mijn/bewijzen", "Bewijzen"),
        Wegwijzer("/mijn/brieven", "Voor mij"),
        Wegwijzer("/mijn/vragen", "Vragen stellen"),
        Wegwijzer("/mijn/alles", "Alles downloaden"),
    ),
    Dichtheid.RUIM,
)


_SIGNED: Final = frozenset({Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD})


def is_kind(vraag: Vraag) -> bool:
    """Whether the leerling himself reads it: then it says je and not u."""
    return Werkrol.LEERLING in vraag.bezoek.rollen


async def _sheet(vraag: Vraag, asked: dict[str, Any]) -> Toestemmingsblad:
    return blad_van(asked, vraag.bezoek.caller.partij.naam, await vraag.app.regels.current())


@BLADEN.get("/mijn", "Uw keuzes")
async def begin(vraag: Vraag) -> Response:
    own = Eigen(vraag)
    waits = [(ident, await _sheet(vraag, asked)) for ident, asked in await own.vragen()]
    letters = len(await vraag.app.brieven.voor(own.ik))
    return vraag.toon("mijn/begin.html", wacht=waits, brieven=letters, kind=is_kind(vraag), stand=_stand(own))


def _stand(own: Eigen) -> str:
    """How he stands in it today, by the age of the leerling."""
    zelf = own.zelf
    if own.rol is Mensrol.OUDER:
        return "ouder_18" if zelf.volwassen else "ouder" if zelf.samen else "ouder_16"
    return "samen" if zelf.samen else "alleen"


@BLADEN.get("/mijn/delen/{id}", "Dit willen wij delen")
async def delen(vraag: Vraag) -> Response:
    asked = await Eigen(vraag).een(vraag.pad("id"))
    return _blad(vraag, Invoer(), await _sheet(vraag, asked))


def _blad(vraag: Vraag, f: Invoer, sheet: Toestemmingsblad) -> Response:
    alone = Eigen(vraag).zelf.leeftijd >= OWN_CHOICE
    return vraag.toon(
        "mijn/delen.html",
        invoer=f,
        blad_=sheet,
        ident=vraag.pad("id"),
        alleen=alone,
        opmerking_aan=[(p, f"Ja, naar {n}") for p, (n, _) in zip(sheet.partijen, sheet.naar, strict=True)],
        groot=vraag.vraagt("letters", ("groot",)) is not None,
    )


@BLADEN.post("/mijn/delen/{id}", "Dit willen wij delen", niveau=Niveau.SUBSTANTIEEL, fresh=True)
async def leg_keuzes_vast(vraag: Vraag) -> Response:
    """His own choices. Of what he did not choose nothing is recorded, so it is not shared."""
    own, f, sessies = Eigen(vraag), vraag.invoer, vraag.app.sessies
    asked = await own.een(vraag.pad("id"))
    person, eis = vraag.bezoek.caller.persoon, await sessies.eis(Handeling.TOESTEMMEN)
    if person is None or not person.voldoet(eis, sessies.now()):  # what a register asks beyond the page
        return vraag.naar(
            "/aanmelden/opnieuw", naar=f"/mijn/delen/{vraag.pad('id')}", niveau=eis.niveau.value
        )
    sheet = await _sheet(vraag, asked)
    keuze = gekozen(f, sheet)
    f = nagekeken(f, sheet, keuze)
    if f.fouten:
        return _blad(vraag, f, sheet)
    signed = {"getoond": sheet.getoond(), "ja": keuze.ja, "nee": keuze.nee, "op": vraag.nu.isoformat()}
    bewijs = {
        "methode": "digitaal_ondertekend",
        "bewijsHash": hashed(signed),
        **sheet.gelezen(),
        "vastlegger": "zelf ingelogd",
    }
    wrong = await leg_vast(own.zeg, sheet, keuze, bewijs, vraag.nu, f"{f.sleutel}/{vraag.pad('id')}")
    if wrong is not None:
        return _blad(vraag, f.met(wrong, {}), sheet)
    if f.tekst("opmerking"):
        try:
            with acting(vraag.bezoek.caller):
                await _opmerking(vraag, own, sheet)
        except InvalidMessage as error:
            return _blad(vraag, f.met_fout("opmerking", error.faults[0].text), sheet)
    return vraag.naar("/mijn/keuzes", gedaan="vastgelegd")


async def _opmerking(vraag: Vraag, own: Eigen, sheet: Toestemmingsblad) -> None:
    """What he wants to add, for his school, with to whom it may go along. It is the school that takes it up:
    a recipient learns nothing by it before something may come.
    """
    f = vraag.invoer
    named = f.alle("mee")
    mee = tuple(partij for partij in sheet.partijen if partij in named)
    await vraag.app.avgverzoeken.vraag(
        own.ik, f"{f.sleutel}/opmerking", Avgrecht.OPMERKING, f.tekst("opmerking"), mee=mee
    )


@BLADEN.get("/mijn/keuzes", "Mijn keuzes")
async def keuzes(vraag: Vraag) -> Response:
    return await _keuzes(vraag, Invoer())


async def _keuzes(vraag: Vraag, f: Invoer) -> Response:
    own = Eigen(vraag)
    found, regels = await own.keuzes(), await vraag.app.regels.current()
    rows = [
        {
            "id": t["toestemmingId"],
            "ja": t["gebeurtenis"] == "gegeven",
            "op": t["moment"],
            "tot": t["geldigTotEnMet"],
            "stand": t["uitleg"],
            "loopt": "trekIn" in t["links"] and t["stand"] in ("gegeven", "nog_niet_geldig"),
            "naar": ontvangers(t["bereik"], regels),
            "wat": [teksten.uitleg("categorie", c) for c in t["bereik"]["categorieen"]],
        }
        for t in found
    ]
    return vraag.toon("mijn/keuzes.html", invoer=f, rijen=rows, kind=is_kind(vraag), stand=_stand(own))


@BLADEN.post("/mijn/keuzes", "Mijn keuzes")
async def stop(vraag: Vraag) -> Response:
    """No more steps than agreeing took, and no higher login: a no must be easy."""
    f = vraag.invoer
    answer = await Eigen(vraag).stop(f.tekst("id"), vraag.nu.isoformat(), f.sleutel)
    if isinstance(answer, Probleem):
        return await _keuzes(vraag, f.met(answer, {}))
    return vraag.naar("/mijn/keuzes", gedaan="gestopt")


@BLADEN.get("/mijn/tijdlijn", "Wat is er gedeeld")
async def tijdlijn(vraag: Vraag) -> Response:
    own = Eigen(vraag)
    register = (await vraag.app.regels.current()).partijen
    rows = [
        {
            "id": g.levering.id,
            "op": g.levering.sinds if g.geopend_op is None else g.geopend_op,
            "naar": _naam(g.levering.ontvanger, register),
            "doel": teksten.uitleg("doel", g.levering.doel),
            "delen": g.delen,
            "getekend": g.levering.status in _SIGNED,
            "na": [teksten.uitleg("intrekking", code) for code in g.na_stoppen],
        }
        for g in await vraag.app.bewijzen.tijdlijn(own.ik)
    ]
    return vraag.toon("mijn/tijdlijn.html", rijen=rows, kind=is_kind(vraag), stand=_stand(own))


def _naam(partij: str, register: Mapping[str, Partij]) -> str:
    return register[partij].naam if partij in register else "een andere organisatie"
