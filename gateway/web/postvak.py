"""The place of who receives without a system of his own: open, keep, sign, refuse, tell the school, answer a
withdrawal.

A row names no leerling. Opening is what the account calls handing over, so it is a form and it says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
from starlette.responses import Response

from gateway.account.persoonswoord import answered, signed_for
from gateway.concepten.geopend import Geopendinhoud
from gateway.explain import teksten
from gateway.explain.veldnamen import plek
from gateway.web import papier
from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen, Wegwijzer
from gateway.web.formulier import Invoer
from gateway.web.ib import BRON, GEZAG, PERSONEN, gewoon_soort, partij_naam
from gateway.web.lijn import Neutraal, Probleem
from gateway.web.tonen import dag
from gateway.web.vraag import Vraag
from schemas.errors import NotAuthenticated
from schemas.exchange.intrekking import Bewaargrond
from schemas.people.mensen import Persoon
from schemas.people.partij import Partijsoort

BLADEN: Final = Bladen(
    "Postvak",
    frozenset({Werkrol.ONTVANGER, Werkrol.IB}),
    (
        Wegwijzer("/postvak", "Postvak"),
        Wegwijzer("/postvak/intrekkingen", "Intrekkingen"),
        Wegwijzer("/postvak/zaken", "Zaken en overleg"),
        Wegwijzer("/postvak/taken", "Taken"),
        Wegwijzer("/postvak/nood", "Na afweging"),
    ),
)
_CRUMBS: Final = (("/postvak", "Postvak"),)
WEIGEREN: Final = (
    ("niet_voor_ons", "Dit is niet voor ons"),
    ("geen_capaciteit", "Wij hebben geen plaats"),
    ("onleesbaar", "Wij kunnen het niet lezen"),
)
TERUG: Final[Mapping[str, tuple[str, dict[str, str]]]] = {
    "ontvangen": ("Wij bekijken uw vraag.", {"status": "ontvangen"}),
    "gestart": ("De hulp is gestart.", {"status": "gestart"}),
    "loopt": ("De hulp loopt.", {"status": "loopt"}),
    "gepauzeerd": ("De hulp is even gestopt.", {"status": "gepauzeerd"}),
    "klaar": ("De hulp is klaar.", {"status": "gestopt", "afloop": "afgerond"}),
    "eerder": ("De hulp stopte eerder.", {"status": "gestopt", "afloop": "eerder_gestopt"}),
    "elders": ("De hulp gaat ergens anders verder.", {"status": "gestopt", "afloop": "gaat_elders_verder"}),
    "niet": ("De hulp start niet.", {"status": "niet_gestart"}),
    "heroepen": ("Wat wij eerder vertelden, geldt niet meer.", {"status": "heroepen"}),
}
"""What a school reads, word for word, and how the message says it."""
TIPS: Final = (
    ("vaste_plek", "Geef een vaste plek."),
    ("vaste_contactpersoon", "Geef een vaste volwassene om naartoe te gaan."),
    ("korte_instructie", "Houd de uitleg kort."),
    ("voorspelbare_dagindeling", "Maak de dag voorspelbaar."),
    ("rustmomenten", "Plan momenten van rust."),
    ("positieve_bekrachtiging", "Zeg wat goed gaat."),
    ("pauzes_begeleiden", "Loop mee in de pauze."),
    ("overgangen_aankondigen", "Kondig aan wat er verandert."),
    ("neem_contact_op", "Bel ons even."),
)
MOST_TIPS: Final = 5


@BLADEN.get("/postvak", "Postvak")
async def postvak(vraag: Vraag) -> Response:
    found = await vraag.lijn.get("/v1/postbus", na=vraag.vraagt("na"))
    register = (await vraag.app.regels.current()).partijen
    withdrawn = await vraag.lijn.get("/v1/postbus/intrekkingen")
    rows = [
        {
            "id": v["leveringId"],
            "van": partij_naam(v["afzender"], register),
            "wat": gewoon_soort(v["soort"]),
            "sinds": v["klaarSinds"],
        }
        for v in found["leveringen"]
    ]
    return vraag.toon(
        "postvak/begin.html", rijen=rows, na=found["na"], intrekkingen=len(withdrawn["intrekkingen"])
    )


@BLADEN.get("/postvak/leveringen/{id}", "Een levering")
async def levering(vraag: Vraag) -> Response:
    return await _shown(vraag, Invoer())


async def _shown(vraag: Vraag, f: Invoer) -> Response:
    """Before it is opened, what was opened, or that it was signed for."""
    ident = vraag.pad("id")
    stand = await vraag.lijn.get(f"/v1/leveringen/{ident}")
    kept = await vraag.app.geopend.lees(vraag.bezoek.caller.partij.id, ident)
    register = (await vraag.app.regels.current()).partijen
    rows = list(velden(kept)) if kept and kept.bericht is not None else []
    return vraag.toon(
        "postvak/levering.html",
        invoer=f,
        ident=ident,
        stand=stand,
        geopend=bool(rows),
        bekend=kept is not None,
        wat=gewoon_soort(kept.soort) if kept else "Een bericht",
        van=partij_naam(kept.afzender, register) if kept else None,
        rijen=rows,
        weigeren=WEIGEREN,
        terug=[(code, text) for code, (text, _) in TERUG.items()],
        tips=TIPS,
        geeft_terug=vraag.bezoek.caller.partij.soort is not Partijsoort.SCHOOL,
        kruimels=_CRUMBS,
    )


def velden(kept: Geopendinhoud) -> Iterator[dict[str, str]]:
    """The content by part, in the order of the message. What is no message of ours is one text."""
    try:
        message = orjson.loads(kept.bericht or "")
        inhoud = message["inhoud"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        yield {"deel": "Bericht", "veld": "Inhoud", "waarde": (kept.bericht or "")[:20_000]}
        return
    for pad, value in _leaves(inhoud, ""):
        words = plek(kept.soort, pad)
        yield {"deel": words.deelnaam, "veld": words.naam, "waarde": _plainly(value)}


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORD: Final = re.compile(r"[a-z]+(_[a-z]+)+")


def _plainly(value: str) -> str:
    """A day in words, and a code of ours without its dashes; any other text as it is."""
    if _DAY.fullmatch(value):
        return dag(value)
    return value.replace("_", " ") if _WORD.fullmatch(value) else value


def _leaves(node: Any, pad: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping) and "stelsel" in node:
        # A code with its list and its meaning is one thing to a person.
        yield f"{pad}.code", str(node.get("omschrijving") or node.get("code", ""))
    elif isinstance(node, Mapping):
        for alias, value in node.items():
            yield from _leaves(value, f"{pad}.{alias}" if pad else alias)
    elif isinstance(node, list) and any(isinstance(v, Mapping | list) for v in node):
        for value in node:
            yield from _leaves(value, f"{pad}[]")
    elif isinstance(node, list):
        yield f"{pad}[]", ", ".join(map(str, node))
    elif isinstance(node, bool):
        yield pad, "ja" if node else "nee"
    elif node is not None:
        yield pad, str(node)


@BLADEN.post("/postvak/leveringen/{id}/openen", "Een levering")
async def open_(vraag: Vraag) -> Response:
    """Take it: decided again, put in the account, and kept here for its recipient until the lease ends."""
    ident = vraag.pad("id")
    partij = vraag.bezoek.caller.partij.id
    await vraag.lijn.get(f"/v1/leveringen/{ident}")
    there = await vraag.app.geopend.lees(partij, ident)
    if there is not None and there.bericht is not None:
        return vraag.naar(f"/postvak/leveringen/{ident}")
    waits = {v["leveringId"]: v for v in (await vraag.lijn.get("/v1/postbus", aantal=200))["leveringen"]}
    taken = await vraag.lijn.call("POST", f"/v1/leveringen/{ident}/_neem")
    if isinstance(taken, Probleem):
        return await _shown(vraag, vraag.invoer.met_fout(None, taken.tekst))
    body = bytes(taken.body)
    found = waits.get(ident, {"soort": "bericht", "afzender": ""})
    until = (await vraag.lijn.get(f"/v1/leveringen/{ident}"))["leaseTot"]
    await vraag.app.geopend.bewaar(
        partij,
        ident,
        Geopendinhoud(
            bericht=body.decode("utf-8", "replace"),
            hash=hashlib.sha256(body).hexdigest(),
            soort=found["soort"],
            afzender=found["afzender"],
        ),
        dt.datetime.fromisoformat(until),
    )
    return vraag.naar(f"/postvak/leveringen/{ident}")


async def _kept(vraag: Vraag) -> Geopendinhoud:
    """What was opened, as long as it is still his to have: what was withdrawn since is gone here too."""
    await vraag.lijn.get(f"/v1/leveringen/{vraag.pad('id')}")
    found = await vraag.app.geopend.lees(vraag.bezoek.caller.partij.id, vraag.pad("id"))
    if found is None or found.bericht is None:
        raise Neutraal
    return found


@BLADEN.get("/postvak/leveringen/{id}/json", "Een levering bewaren")
async def als_json(vraag: Vraag) -> Response:
    kept = await _kept(vraag)
    return vraag.bestand(
        (kept.bericht or "").encode(), "application/json", f"levering-{vraag.pad('id')[:8]}.json"
    )


@BLADEN.get("/postvak/leveringen/{id}/pdf", "Een levering bewaren")
async def als_pdf(vraag: Vraag) -> Response:
    kept = await _kept(vraag)
    register = (await vraag.app.regels.current()).partijen
    rows = tuple((f"{r['deel']}: {r['veld']}", r["waarde"]) for r in velden(kept))
    blocks = (
        papier.Alinea(f"Van {partij_naam(kept.afzender, register)}. Of er meer is, vertellen wij niet."),
        papier.Gegevens(rows),
    )
    sheet = papier.Papier(gewoon_soort(kept.soort), blocks)
    made = await papier.pdf(sheet, vraag.nu, sandbox=vraag.omgeving.sandbox)
    return vraag.bestand(made, "application/pdf", f"levering-{vraag.pad('id')[:8]}.pdf")


def _persoon(vraag: Vraag) -> Persoon:
    found = vraag.bezoek.caller.persoon
    if found is None:
        raise NotAuthenticated
    return found


@BLADEN.post("/postvak/leveringen/{id}/tekenen", "Een levering")
async def teken(vraag: Vraag) -> Response:
    """Sign for what was opened; after it our copy is destroyed."""
    ident, kept = vraag.pad("id"), await _kept(vraag)
    word = signed_for(vraag.app.signer, _persoon(vraag), ident, kept.hash, vraag.nu)
    answer = await vraag.lijn.post(f"/v1/leveringen/{ident}/leveringsbewijzen", {"jws": word})
    if isinstance(answer, Probleem):
        return await _shown(vraag, vraag.invoer.met(answer, {}))
    await vraag.lijn.post(f"/v1/leveringen/{ident}/_verwerkt")
    await vraag.app.geopend.leeg(vraag.bezoek.caller.partij.id, ident, kept)
    return vraag.naar(f"/postvak/leveringen/{ident}", gedaan="getekend")


@BLADEN.post("/postvak/leveringen/{id}/weigeren", "Een levering")
async def weiger(vraag: Vraag) -> Response:
    """Refuse what was opened, with a reason from a list: the school reads it."""
    ident, f = vraag.pad("id"), vraag.invoer
    await _kept(vraag)
    if f.tekst("grond") not in dict(WEIGEREN):
        return await _shown(vraag, f.met_fout("grond", "Kies waarom dit niet voor u is."))
    answer = await vraag.lijn.post(f"/v1/leveringen/{ident}/_weiger", {"grond": f.tekst("grond")})
    if isinstance(answer, Probleem):
        return await _shown(vraag, f.met(answer, {"/grond": "grond"}))
    await vraag.app.geopend.weg(ident)
    return vraag.naar("/postvak", gedaan="geweigerd")


@BLADEN.post("/postvak/leveringen/{id}/terug", "Een levering")
async def geef_terug(vraag: Vraag) -> Response:
    """Tell the school how the help stands, in a sentence from a list. The label is the message."""
    ident, f = vraag.pad("id"), vraag.invoer
    choice, tips = f.tekst("stand"), [t for t in f.alle("tips") if t in dict(TIPS)]
    if choice not in TERUG:
        f = f.met_fout("stand", "Kies wat u de school wilt vertellen.")
    if len(tips) > MOST_TIPS:
        f = f.met_fout("tips", "Kies hoogstens vijf tips.")
    if f.fouten:
        return await _shown(vraag, f)
    about = await vraag.lijn.get(f"/v1/leveringen/{ident}")
    opened = await vraag.app.geopend.lees(vraag.bezoek.caller.partij.id, ident)
    if opened is None:
        raise Neutraal
    said: dict[str, Any] = dict(TERUG[choice][1])
    if tips:
        said |= {"adviezen": tips, "adviezenVoor": "leerkracht"}
    if day := f.tekst("sinds"):
        said["sinds"] = day
    body = {
        "doel": "afstemming",
        "ontvangers": [{"partij": opened.afzender, "rol": "intern_begeleider"}],
        "categorieen": ["jeugdhulp", *(["doelen"] if tips else [])],
        "inAntwoordOp": about["leveringId"],
        "terugkoppeling": said,
    }
    answer = await vraag.lijn.post("/v1/uitwisselingen", body, key=f.sleutel)
    if isinstance(answer, Probleem):
        return await _shown(
            vraag, f.met(answer, {"/terugkoppeling/sinds": "sinds", "/terugkoppeling": "stand"})
        )
    sent = await vraag.lijn.get(f"/v1/uitwisselingen/{answer['uitwisselingId']}")
    waits = any(v["status"] == "aangehouden" for v in sent["leveringen"])
    return vraag.naar(f"/postvak/leveringen/{ident}", gedaan="wacht" if waits else "verteld")


# ── withdrawals, taken


@BLADEN.get("/postvak/intrekkingen", "Intrekkingen")
async def intrekkingen(vraag: Vraag) -> Response:
    found = await vraag.lijn.get("/v1/postbus/intrekkingen", na=vraag.vraagt("na"))
    return vraag.toon("postvak/intrekkingen.html", gevonden=found, kruimels=_CRUMBS)


@BLADEN.get("/postvak/intrekkingen/{id}", "Een intrekking")
async def intrekking(vraag: Vraag) -> Response:
    return await _withdrawal(vraag, Invoer())


_GROUNDS: Final = tuple((g.value, gewoon_soort(g.value)) for g in Bewaargrond)


async def _withdrawal(vraag: Vraag, f: Invoer) -> Response:
    found = await vraag.lijn.get(f"/v1/postbus/intrekkingen/{vraag.pad('id')}")
    return vraag.toon(
        "postvak/intrekking.html",
        invoer=f,
        ident=vraag.pad("id"),
        gevonden=found,
        gronden=_GROUNDS,
        soorten=[teksten.uitleg("categorie", c) for c in found["bericht"].get("categorieen", ())],
        kruimels=(*_CRUMBS, ("/postvak/intrekkingen", "Intrekkingen")),
    )


@BLADEN.post("/postvak/intrekkingen/{id}", "Een intrekking")
async def antwoord(vraag: Vraag) -> Response:
    """Erased in one click; kept with its ground and article."""
    ident, f = vraag.pad("id"), vraag.invoer
    words: dict[str, object] = {
        "soort": "intrekkingsantwoord",
        "intrekkingId": ident,
        "uitkomst": "gewist",
        "beantwoordOp": vraag.nu.isoformat(),
    }
    if f.tekst("wat") != "gewist":
        if f.tekst("grond") not in dict(_GROUNDS):
            f = f.met_fout("grond", "Kies waarom u de gegevens bewaart.")
        if not f.tekst("artikel"):
            f = f.met_fout("artikel", "Vul het artikel in waar dat in staat.")
        if f.fouten:
            return await _withdrawal(vraag, f)
        wet, _, number = f.tekst("artikel").partition(" ")
        words |= {
            "uitkomst": "gehouden_op_andere_grond",
            "grond": f.tekst("grond"),
            "wetsartikel": {"wet": wet.lower(), "artikel": number.strip()},
        }
    body = {"jws": answered(vraag.app.signer, _persoon(vraag), words)}
    answer = await vraag.lijn.post(f"/v1/postbus/intrekkingen/{ident}/antwoorden", body)
    if isinstance(answer, Probleem):
        return await _withdrawal(vraag, f.met(answer, {"/wetsartikel": "artikel", "/grond": "grond"}))
    return vraag.naar("/postvak/intrekkingen", gedaan="beantwoord")


@BLADEN.get("/postvak/taken", "Taken")
async def taken(vraag: Vraag) -> Response:
    return await _tasks(vraag, Invoer())


async def _tasks(vraag: Vraag, f: Invoer) -> Response:
    """What there is to do, each with its next step: ask somebody, go on in a zaak, or say that it is done."""
    found = await vraag.lijn.get("/v1/taken", na=vraag.vraagt("na"))
    rows = [(t, *_next(t)) for t in found["taken"]]
    return vraag.toon("postvak/taken.html", invoer=f, rijen=rows, na=found["na"], kruimels=_CRUMBS)


def _next(taak: Mapping[str, Any]) -> tuple[str, str | None]:
    """The next step and where it is taken; None: it is taken elsewhere and reported as done here."""
    if taak.get("vragen"):
        return "Vraag het", f"/postvak/gesprekken/{taak['id']}"
    if taak["links"].get("vastleggen") == "/v1/gezagsgegevens":
        return "Leg vast wie beslist", f"/postvak/taken/{taak['id']}/gezag"
    if taak["soort"].startswith("zaak_") and taak.get("over"):
        return "Naar de zaak", f"/postvak/zaken/{taak['over']}"
    return "Dit is gedaan", None


@BLADEN.get("/postvak/taken/{id}/gezag", "Wie beslist")
async def gezag(vraag: Vraag) -> Response:
    """Own record of who decides about the leerling of this taak: nobody reads that of the school."""
    await vraag.lijn.get(f"/v1/taken/{vraag.pad('id')}")
    return _authority(vraag, Invoer())


def _authority(vraag: Vraag, f: Invoer) -> Response:
    return vraag.toon(
        "postvak/gezag.html",
        invoer=f,
        hier=f"/postvak/taken/{vraag.pad('id')}/gezag",
        gezag=GEZAG,
        bronnen=BRON,
        kruimels=(*_CRUMBS, ("/postvak/taken", "Taken")),
    )


@BLADEN.post("/postvak/taken/{id}/gezag", "Wie beslist")
async def leg_gezag_vast(vraag: Vraag) -> Response:
    f, ident = vraag.invoer, vraag.pad("id")
    await vraag.lijn.get(f"/v1/taken/{ident}")  # one's own, or the neutral page
    for veld, tekst in (
        ("geboortedatum", "Vul een geboortedatum in."),
        ("soort", "Kies wie gezag heeft."),
        ("bron", "Kies waar u dat zag."),
        ("gecontroleerd", "Vul in wanneer u dat nakeek."),
    ):
        if not f.tekst(veld):
            f = f.met_fout(veld, tekst)
    if f.fouten:
        return _authority(vraag, f)
    body = {
        "taakId": ident,
        "geboortedatum": f.tekst("geboortedatum"),
        "soort": f.tekst("soort"),
        "personen": PERSONEN.get(f.tekst("soort"), []),
        "bron": f.tekst("bron"),
        "gecontroleerdOp": f.tekst("gecontroleerd"),
        "gecontroleerdDoor": "ontvanger",
    }
    answer = await vraag.lijn.post("/v1/gezagsgegevens", body, key=f.sleutel)
    if isinstance(answer, Probleem):
        places = {"/geboortedatum": "geboortedatum", "/soort": "soort", "/gecontroleerdOp": "gecontroleerd"}
        return _authority(vraag, f.met(answer, places))
    return vraag.naar("/postvak/taken", gedaan="gezag")


@BLADEN.post("/postvak/taken/{id}/gedaan", "Taken")
async def taak_gedaan(vraag: Vraag) -> Response:
    answer = await vraag.lijn.post(f"/v1/taken/{vraag.pad('id')}/_gedaan")
    if isinstance(answer, Probleem):
        return await _tasks(vraag, vraag.invoer.met(answer, {}))
    return vraag.naar("/postvak/taken", gedaan="taak")
