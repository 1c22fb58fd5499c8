"""What each side may read of an exchange: the sender its state and the reasons that rest on its own facts.

A reason that rests on facts of another partij reads `nietBeschikbaar` (design §3). A recipient sees only
what waits for him: no names, no categories, nothing of what was left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from consent.beleid import EXPLICIT_LEVEL
from consent.leeftijd import day, end_of_school_year
from gateway.case.case import Case
from gateway.explain import teksten
from gateway.obligations.verzoeken import SAID_NO
from schemas.decision.decision import Decision, Reden, Redengrond
from schemas.exchange.taak import OVER_NIEMAND, ZELF_GEMELD, Taak, Taaksoort, Taakstatus, Vraag
from schemas.exchange.uitwisseling import (
    Levering,
    Leveringgebeurtenis,
    Leveringstand,
    Leveringstatus,
    Uitwisseling,
)
from schemas.people.afweging import Afweging, Weger
from schemas.people.toestemming import ToestemmingFunctie
from schemas.storage.storage import LeerlingRow

WAITING = frozenset({Leveringstatus.AANGEHOUDEN, Leveringstatus.GEWEIGERD, Leveringstatus.INGETROKKEN})


def moment(at: dt.datetime) -> str:
    """UTC in RFC 3339."""
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def uitwisseling(u: Uitwisseling, leveringen: Iterable[Levering | Leveringstand]) -> dict[str, Any]:
    here = f"/v1/uitwisselingen/{u.id}"
    return {
        "id": u.id,
        "soort": u.berichtsoort,
        "onderwerp": u.onderwerp,
        "doel": u.doel,
        "richting": u.richting,
        "categorieen": u.gevraagd,
        "allesOfNiets": u.alles_of_niets,
        "ontvangenOp": moment(u.ontvangen_op),
        "inAntwoordOp": u.in_antwoord_op,
        **({} if u.namens is None else {"namens": u.namens}),
        "leveringen": [summary(v) for v in leveringen],
        "links": {"zelf": here, "leveringen": f"{here}/leveringen", "bewijs": f"{here}/bewijs"},
    }


def situation(v: Levering | Leveringstand) -> str:
    """The state that a person is told. It tells apart two causes of one status that people must not mix
    up.
    """
    if v.status is Leveringstatus.GEWEIGERD and v.vastgelegde_hash is not None:
        return "geweigerd_door_ontvanger"
    if v.status is Leveringstatus.MISLUKT and Reden.CONTENT_LOST in v.redenen:
        return "mislukt_inhoud_verloren"
    return v.status


def summary(v: Levering | Leveringstand) -> dict[str, Any]:
    return {
        "id": v.id,
        "ontvanger": v.ontvanger,
        "rol": v.rol,
        "status": v.status,
        "sinds": moment(v.sinds),
        "uitleg": teksten.status(situation(v)),
    } | ({} if v.persoon is None else {"persoonId": v.persoon})


def levering(
    v: Levering,
    history: Iterable[Leveringgebeurtenis],
    viewer: str,
    *,
    owner: bool,
    intrekkingen: Iterable[Taak] = (),
) -> dict[str, Any]:
    """One levering as its sender reads it. `owner` says that the sender recorded the leerling himself.

    `intrekkingen` are the notices to the recipient that this sender may know of.
    """
    redenen = [Redengrond(r, (viewer,)) for r in v.redenen] or list(v.besluit.reasons)
    shown = reasons(redenen, viewer)
    first = sorted(shown, key=lambda r: r["code"] not in SAID_NO)
    steps = [s for r in first if (s := r["volgendeStap"])] if v.status in WAITING else []
    return summary(v) | {
        "uitwisselingId": v.uitwisseling,
        "volgendeStap": steps[0] if steps else teksten.status_stap(situation(v)),
        "uitkomst": v.besluit.outcome,
        "redenen": shown,
        **fields(v.besluit, viewer, v.overgedragen),
        "ondertekenaars": signers(v.besluit, viewer) if owner else [],
        "opgehaald": v.opgehaald,
        "leaseTot": moment(v.lease_tot) if v.lease_tot else None,
        "vervaltOp": moment(v.vervalt_op),
        "intrekkingen": [intrekking(t) for t in intrekkingen],
        "geschiedenis": verloop(history, viewer),
        "links": {"zelf": f"/v1/uitwisselingen/{v.uitwisseling}/leveringen/{v.id}"},
    }


def verloop(history: Iterable[Leveringgebeurtenis], viewer: str) -> list[dict[str, Any]]:
    """The history of a levering, as its sender reads it."""
    return [
        {
            "volgnummer": h.volgnummer,
            "op": moment(h.op),
            "gebeurtenis": h.soort,
            "tekst": teksten.gebeurtenis(h.soort),
            "status": h.status,
            "redenen": reasons(h.redenen, viewer),
        }
        for h in history
    ]


def intrekking(t: Taak) -> dict[str, Any]:
    """A withdrawal after hand-over, as the sender follows it."""
    assert t.ingetrokken_op is not None
    stand = t.uitkomst or ("stil" if t.geescaleerd_op else "gemeld")
    return {
        "ingetrokkenOp": moment(t.ingetrokken_op),
        "gemeldOp": moment(t.ontstaan_op),
        "antwoordVoor": moment(t.uiterlijk),
        "categorieen": t.categorieen,
        "velden": t.velden,
        "geescaleerdOp": moment(t.geescaleerd_op) if t.geescaleerd_op else None,
        "antwoord": intrekkingsantwoord(t),
        "uitleg": teksten.uitleg("intrekking", stand),
    }


def intrekkingsantwoord(t: Taak) -> dict[str, Any] | None:
    """The last answer of the recipient, for both sides. `gewist` names the fields that he erased."""
    said = t.antwoord
    if said is None:
        return None
    kept = said.grond is not None
    return {
        "uitkomst": said.uitkomst,
        "uitleg": teksten.uitleg("intrekking", said.uitkomst),
        "grond": said.grond,
        "grondUitleg": teksten.uitleg("bewaargrond", said.grond) if said.grond is not None else None,
        "wetsartikel": said.wetsartikel.model_dump(mode="json") if said.wetsartikel is not None else None,
        "gewist": said.gewist if kept else t.velden,
        "ontvangenOp": moment(t.sinds),
    }


def taak(
    t: Taak, today: dt.date, row: LeerlingRow | None = None, v: Levering | None = None
) -> dict[str, Any]:
    """One taak as its own partij reads it. Fields that do not apply to it are left out.

    `row` is the leerling as his owner sees him, and `v` the levering that the taak is about. Only the owner
    may know that reference to the leerling, and only the sender and a recipient that received the levering
    may know of it.
    """
    owner = row is not None and row.owner == t.partij
    sent = v is not None and v.afzender == t.partij
    links = {"zelf": f"/v1/taken/{t.id}"}
    if v is not None and sent:
        links["levering"] = f"/v1/uitwisselingen/{v.uitwisseling}/leveringen/{v.id}"
    if t.status is Taakstatus.OPEN and t.soort in _RECORDS:
        links["vastleggen"] = _RECORDS[t.soort]
    if t.status is Taakstatus.OPEN and t.soort is Taaksoort.AVG_VERZOEK:
        links["vastleggen"] = f"/v1/avgverzoeken/{t.over}"
    if t.status is Taakstatus.OPEN and t.soort in ZELF_GEMELD:
        links["gedaan"] = f"{links['zelf']}/_gedaan"
    if t.status is Taakstatus.OPEN and t.soort is Taaksoort.LEVERING_BEKIJKEN and _failed(v):
        links["herhaal"] = f"{links['levering']}/_herhaal"
    shown = {
        "id": t.id,
        "soort": t.soort,
        "status": t.status,
        "uitleg": teksten.taak(t.soort),
        "volgendeStap": teksten.taak_stap(t.soort) if t.status is Taakstatus.OPEN else "",
        "ontstaanOp": moment(t.ontstaan_op),
        "uiterlijk": moment(t.uiterlijk),
        "over": t.over,
        "leerlingId": row.ref if row is not None and owner and t.soort not in OVER_NIEMAND else None,
        "leveringId": t.levering if v is None or sent or v.opgehaald else None,
        "personen": t.personen,
        "vragen": [
            {
                "persoonId": q.persoon,
                "hoedanigheid": q.hoedanigheid,
                "functies": q.functies,
                "bereik": q.bereik.model_dump(mode="json"),
                "voorstellen": [_proposal(t, q, f, today) for f in q.functies],
            }
            for q in t.vragen
        ],
        "redenen": [{"code": r, "uitleg": teksten.reden(r)} for r in t.redenen],
        "grond": t.grond,
        "grondUitleg": None if t.grond is None else teksten.uitleg("weigergrond", t.grond),
        "functies": t.functies,
        "stap": t.stap,
        "doel": t.doel,
        "richting": t.richting,
        "ontvanger": None if t.ontvanger is None else {"partij": t.ontvanger.partij, "rol": t.ontvanger.rol},
        "categorieen": t.categorieen,
        "velden": t.velden,
        "uitkomst": t.uitkomst,
        "herinnerdOp": None if t.herinnerd_op is None else moment(t.herinnerd_op),
        "geescaleerdOp": None if t.geescaleerd_op is None else moment(t.geescaleerd_op),
        "links": links,
    }
    return {key: value for key, value in shown.items() if value is not None and value not in ((), [])}


def _proposal(t: Taak, asked: Vraag, functie: ToestemmingFunctie, today: dt.date) -> dict[str, Any]:
    """What is recorded when he says yes or no, but for that, for when he said it and how: it begins on the
    day it is needed and carries for as long as it can.
    """
    begins = max(today, day(t.uiterlijk)) if t.soort is Taaksoort.OPNIEUW_VRAGEN else today
    return {
        "taakId": t.id,
        "persoonId": asked.persoon,
        "functie": functie,
        "bereik": asked.bereik.model_dump(mode="json"),
        "uitdrukkelijk": [c for c in asked.bereik.categorieen if c.niveau >= EXPLICIT_LEVEL],
        "geldigVanaf": begins.isoformat(),
        "geldigTotEnMet": end_of_school_year(begins).isoformat(),
    }


def _failed(v: Levering | None) -> bool:
    return v is not None and v.status is Leveringstatus.MISLUKT


_RECORDS = {
    Taaksoort.TOESTEMMING_VRAGEN: "/v1/toestemmingen",
    Taaksoort.OPNIEUW_VRAGEN: "/v1/toestemmingen",
    Taaksoort.TERUGWEG_VRAGEN: "/v1/toestemmingen",
    Taaksoort.DOORWEG_VRAGEN: "/v1/toestemmingen",
    Taaksoort.GEHEIMHOUDING_VRAGEN: "/v1/gezagsgegevens",
    Taaksoort.GEZAG_NAGAAN: "/v1/gezagsgegevens",
    Taaksoort.BEKWAAMHEID_NAGAAN: "/v1/bekwaamheidsoordelen",
}
"""For each kind of taak that a statement or a check ends: the path at which that is recorded."""


def afweging(a: Afweging, case: Case, now: dt.datetime, *, names: bool) -> dict[str, Any]:
    """A weighing with what followed from it.

    Without `names` it does not say which people weighed, nor which person receives.
    """
    ((_, informeren),) = case.informeren((a.id,))
    put_off = informeren.wanneer == "uitgesteld"
    hidden = put_off and day(now) < informeren.op

    def weger(w: Weger) -> dict[str, Any]:
        return {"partij": w.partij, "functie": w.functie} | ({"medewerker": w.medewerker} if names else {})

    shown: dict[str, Any] = {
        "id": a.id,
        "vastgelegdOp": moment(a.vastgelegd_op),
        "moment": moment(a.moment),
        "afzender": a.vastgelegd_door,
        "richting": a.richting,
        "doel": a.doel,
        "ontvanger": {"partij": a.ontvanger.partij, "rol": a.ontvanger.rol},
        "zorgcodes": a.zorgcodes,
        "verslag": a.verslag.model_dump(mode="json", by_alias=True),
        "velden": [v.model_dump(mode="json", by_alias=True) for v in a.velden],
        "opsteller": weger(a.opsteller),
        "acuut": a.acuut,
        "vensterVan": moment(a.venster_van),
        "vensterTot": moment(a.venster_tot),
        "aantalVrijgaven": a.aantal_vrijgaven,
        "informeren": informeren.model_dump(mode="json", by_alias=True),
        "vertrouwelijkheid": "vertrouwelijk" if hidden else "opgeheven" if put_off else "normaal",
        "tweedeBlikken": [
            {
                "door": weger(b.door),
                "akkoord": b.akkoord,
                "moment": moment(b.moment),
                "toelichting": b.toelichting,
            }
            for b in case.gewogen.blikken
            if b.afweging == a.id
        ],
        "vrijgaven": [
            {"leveringId": v.levering, "op": moment(v.vastgelegd_op)}
            for v in case.gewogen.vrijgaven
            if v.afweging == a.id
        ],
        "nabeoordelingen": [
            {"oordeel": n.oordeel, "toelichting": n.toelichting, "moment": moment(n.moment)}
            for n in case.gewogen.nabeoordelingen
            if n.afweging == a.id
        ],
    }
    return shown | ({"ontvangerPersoon": a.ontvanger_persoon} if names else {})


def reasons(found: Iterable[Redengrond], viewer: str) -> list[dict[str, str]]:
    """Each reason with its text. The reasons that rest on others' facts show together as one
    `nietBeschikbaar`.
    """
    out: dict[str, dict[str, str]] = {}
    for r in found:
        code = r.code.value if set(r.partijen) <= {viewer} else teksten.NIET_BESCHIKBAAR
        out[code] = {"code": code, "uitleg": teksten.reden(code), "volgendeStap": teksten.stap(code)}
    return list(out.values())


def fields(d: Decision, viewer: str, gone: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Per category and field what goes and what stays home, for the sender of that very message.

    `gone` are the fields that a recipient received: whatever was decided since, those did go.
    """
    went = d.released if gone is None else gone
    return {
        "categorieen": [
            {"categorie": c, "redenen": [r["code"] for r in reasons(found, viewer)]}
            for c, found in d.per_category.items()
        ],
        "meegegeven": went,
        "achtergehouden": [
            {"reden": r, "uitleg": teksten.reden(r), "velden": left}
            for r, paden in d.withheld.items()
            if (left := [p for p in paden if p not in went])
        ],
    }


def rests_on_others(d: Decision, viewer: str) -> bool:
    """Whether any part of the decision rests on facts that another partij recorded."""
    found = (*d.reasons, *(r for each in d.per_category.values() for r in each))
    return any(not set(r.partijen) <= {viewer} for r in found)


def signers(d: Decision, viewer: str) -> list[dict[str, Any]]:
    """Who must agree and where they stand. It is empty when a reason rests on another's facts.

    If a veto alone made the list disappear, or if the list showed a stand that another partij recorded, that
    fact would be given away.
    """
    if rests_on_others(d, viewer):
        return []
    return [
        {
            "persoonId": s.persoon,
            "hoedanigheid": s.hoedanigheid,
            "standpunt": s.standpunt,
            "uitleg": teksten.standpunt(s.standpunt),
            "zonder": s.zonder,
        }
        for s in d.signers
    ]
