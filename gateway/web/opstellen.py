"""A large message in parts: one part on a page, what was filled in to look over, and then where it is for.

The form is made from the published schema, as that of a small message is (gateway/web/schemaformulier.py). It
serves the ontwikkelingsperspectief in full, the plan of a zaak, and what somebody puts in at an overleg. A
concept says what it is for in fields that begin with `voor.`; these are no part of the message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.responses import Response

from gateway.api.schemas import files
from gateway.concepten.concepten import MAX_TEXT, Concept
from gateway.explain import teksten
from gateway.web.formulier import Invoer
from gateway.web.ib import gewoon_soort
from gateway.web.lijn import Json, Neutraal, Probleem
from gateway.web.overleggen import lees as lees_overleg
from gateway.web.samen import Samen, kruimels, thuis
from gateway.web.schemaformulier import Groep, Schemaformulier, Veld, Veldsoort, met_rij, uit, velden
from gateway.web.vraag import Vraag
from gateway.web.zaken import getoetst, partij_naam
from gateway.web.zaken import lees as lees_zaak
from schemas.base import NOOIT, Gegevenscategorie
from schemas.errors import Conflict
from schemas.messages.berichten import BERICHTEN
from schemas.people.partij import Partijsoort

SAMEN: Final = Samen()
OPP: Final = "ontwikkelingsperspectief"
ALGEMEEN: Final = "algemeen"
_CHANGED: Final = "Een collega veranderde dit concept net. Kijk nog eens."
VOOR: Final = "voor."
"""How the fields begin that say what a concept is for."""
AAN_TAFEL: Final = ("overlegset", "gezamenlijk_plan", "voortgangsbericht", "overleguitkomst")
"""What is put in at a table. After it was held only the last."""
_KENMERKEN: Final = ("plan.id", "kern.id")
"""What names a plan over its versions: nobody types it."""
_ZONDER: Final = frozenset(
    {"school", "soort", "versie", "zaak", "herkomst", "bronfeiten", "gezag", "bijlagen", *_KENMERKEN}
)
"""Parts that the line fills in, that never leave the school, or that a file of its own system holds."""


@dataclass(frozen=True, slots=True)
class Deel:
    """One part of a message: a page of the form."""

    naam: str
    titel: str
    uitleg: str
    nodig: bool
    velden: tuple[Veld | Groep, ...]

    def heeft(self, veld: str) -> bool:
        """Whether a field stands in this part."""
        if self.naam == ALGEMEEN:
            return any(veld == v.naam for v in self.velden)
        return veld == self.naam or veld.startswith((f"{self.naam}.", f"{self.naam}#"))

    def gevuld(self, f: Invoer) -> bool:
        return any(self.heeft(n) and any(v) for n, v in f.waarden.items())


@cache
def _schema(raw: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(raw)
    return found


async def formulier(vraag: Vraag, soort: str) -> Schemaformulier:
    """The form of one type of message, from its published schema."""
    published = await asyncio.to_thread(files, vraag.app.settings.api_url)
    raw = published.get(f"v1/{soort}.json")
    if raw is None:
        raise Neutraal
    return Schemaformulier(_schema(raw), _ZONDER)


def delen(form: Schemaformulier, f: Invoer) -> tuple[Deel, ...]:
    """The parts of a message: what stands loose first, together; then each group."""
    parts = form.delen(f)
    los = tuple(p for p in parts if isinstance(p, Veld))
    found = [Deel(ALGEMEEN, "Algemeen", "", any(v.nodig for v in los), los)] if los else []
    found += [Deel(p.naam, p.titel, p.uitleg, p.nodig, (p,)) for p in parts if isinstance(p, Groep)]
    return tuple(found)


# ── a concept and where it is for


async def begin(vraag: Vraag, soort: str, leerling: str | None, voor: Mapping[str, str], vooraf: Json) -> str:
    """A new concept with what is known already; the address of its first page."""
    persoon = vraag.bezoek.caller.persoon
    filled = {**uit(vooraf), **{f"{VOOR}{n}": (v,) for n, v in voor.items() if v}}
    partij = vraag.bezoek.caller.partij.id
    ident = await vraag.app.concepten.begin(
        partij, soort, leerling, filled, None if persoon is None else persoon.ref
    )
    return f"{thuis(vraag)}/opstellen/{ident}"


async def _draft(vraag: Vraag) -> Concept:
    found = await vraag.app.concepten.lees(vraag.bezoek.caller.partij.id, vraag.pad("id"))
    if found.inhoud.verstuurd_als is not None:
        raise Neutraal
    return found


def _voor(concept: Concept, naam: str) -> str:
    return Invoer(concept.inhoud.velden).tekst(f"{VOOR}{naam}")


async def _keep(vraag: Vraag, concept: Concept, kept: Mapping[str, tuple[str, ...]]) -> bool:
    persoon = vraag.bezoek.caller.persoon
    try:
        await vraag.app.concepten.bewaar(
            vraag.bezoek.caller.partij.id, concept, kept, None if persoon is None else persoon.ref
        )
    except Conflict:
        return False
    return True


def _terug(vraag: Vraag, concept: Concept) -> tuple[str, str]:
    """Where this concept came from: its address and its name."""
    if tafel := _voor(concept, "tafel"):
        return f"{thuis(vraag)}/overleggen/{tafel}", f"Overleg {tafel[:4]}"
    if zaak := _voor(concept, "zaak"):
        return f"{thuis(vraag)}/zaken/{zaak}", f"Zaak {zaak[:4]}"
    return "/ib/berichten", "Concepten"


# ── putting something in at a table


@SAMEN.get("/overleggen/{id}/inbreng", "Iets inbrengen")
async def inbreng(vraag: Vraag) -> Response:
    f = Invoer.of(soort=vraag.vraagt("soort", AAN_TAFEL), aan=vraag.vraagt("aan"))
    return await _inbreng_form(vraag, await lees_overleg(vraag), f)


async def _inbreng_form(vraag: Vraag, overleg: Json, f: Invoer) -> Response:
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    regels = await vraag.app.regels.current()
    school = vraag.bezoek.caller.partij.soort is Partijsoort.SCHOOL
    kinds = ("overleguitkomst",) if overleg["fase"] == "gehouden" else AAN_TAFEL[:-1]
    if school and overleg["zaakId"] and not f.tekst("leerling"):
        about = (await vraag.lijn.get(f"/v1/zaken/{overleg['zaakId']}"))["leerlingId"]
        if about in names:
            f = Invoer({**f.waarden, "leerling": (about,)}, fouten=f.fouten)
    opened = [] if school else await vraag.app.geopend.van(vraag.bezoek.caller.partij.id)
    here = f"{thuis(vraag)}/overleggen/{overleg['overlegId']}"
    return vraag.toon(
        "samen/inbreng.html",
        invoer=f,
        hier=f"{here}/inbreng",
        terug=here,
        soorten=[(s, gewoon_soort(s)) for s in kinds],
        school=school,
        leerlingen=sorted(((ref, n.kort) for ref, n in names.items()), key=lambda n: n[1]),
        leveringen=[
            (ident, f"{gewoon_soort(o.soort)} van {partij_naam(regels, o.afzender)} ({ident[:4]})")
            for ident, o in opened
        ],
        kruimels=kruimels(vraag, (here, f"Overleg {overleg['overlegId'][:4]}")),
    )


@SAMEN.post("/overleggen/{id}/inbreng", "Iets inbrengen")
async def begin_inbreng(vraag: Vraag) -> Response:
    overleg, f = await lees_overleg(vraag), vraag.invoer
    partij = vraag.bezoek.caller.partij
    soort, leerling, levering = f.tekst("soort"), f.tekst("leerling"), f.tekst("levering")
    names = await vraag.app.concepten.namen(partij.id)
    school = partij.soort is Partijsoort.SCHOOL
    if soort not in AAN_TAFEL:
        f = f.met_fout("soort", "Kies wat u inbrengt.")
    if school and leerling not in names:
        f = f.met_fout("leerling", "Kies over welke leerling het gaat.")
    if not school and levering not in dict(await vraag.app.geopend.van(partij.id)):
        f = f.met_fout("levering", "Kies op welke levering dit volgt.")
    if f.fouten:
        return await _inbreng_form(vraag, overleg, f)
    vooraf: Json = {"overlegdatum": overleg["datum"]}
    aan = f.tekst("aan") if f.tekst("aan") in {d["partij"] for d in overleg["deelnemers"]} else ""
    voor = {"tafel": overleg["overlegId"], "zaak": overleg["zaakId"] or "", "aan": aan}
    voor |= {} if school else {"levering": levering}
    where = await begin(vraag, soort, leerling if school else None, voor, vooraf)
    return vraag.naar(where)


@SAMEN.post("/zaken/{id}/plan", "Het plan schrijven")
async def begin_plan(vraag: Vraag) -> Response:
    """The plan of a zaak, to hold to the principles. It stays a concept of one's own."""
    zaak = await lees_zaak(vraag)
    vooraf = {"kern": {"id": zaak["zaakId"], "versie": 1}}
    return vraag.naar(await begin(vraag, "arrangement", zaak["leerlingId"], {"zaak": zaak["zaakId"]}, vooraf))


# ── the parts


@SAMEN.get("/opstellen/{id}", "Opstellen")
async def overzicht(vraag: Vraag) -> Response:
    concept = await _draft(vraag)
    f = Invoer(concept.inhoud.velden)
    parts = delen(await formulier(vraag, concept.inhoud.soort), f)
    names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
    return vraag.toon(
        "samen/opstellen.html",
        invoer=Invoer(),
        hier=f"{thuis(vraag)}/opstellen/{concept.id}",
        concept=concept,
        gewoon=gewoon_soort,
        naam=names.get(concept.inhoud.leerling or ""),
        delen=[(d, d.gevuld(f)) for d in parts],
        versie=f.tekst("plan.versie"),
        opp=concept.inhoud.soort == OPP,
        kruimels=(_terug(vraag, concept),),
    )


async def _deel(vraag: Vraag, concept: Concept, f: Invoer) -> tuple[Deel, tuple[Deel, ...]]:
    parts = delen(await formulier(vraag, concept.inhoud.soort), f)
    found = next((d for d in parts if d.naam == vraag.pad("deel")), None)
    if found is None:
        raise Neutraal
    return found, parts


@SAMEN.get("/opstellen/{id}/deel/{deel}", "Een deel invullen")
async def deel(vraag: Vraag) -> Response:
    concept = await _draft(vraag)
    return await _deel_form(vraag, concept, Invoer(concept.inhoud.velden))


async def _deel_form(vraag: Vraag, concept: Concept, f: Invoer) -> Response:
    found, parts = await _deel(vraag, concept, f)
    here = f"{thuis(vraag)}/opstellen/{concept.id}"
    return vraag.toon(
        "samen/deel.html",
        invoer=f,
        hier=f"{here}/deel/{found.naam}",
        terug=here,
        deel=found,
        nummer=parts.index(found) + 1,
        aantal=len(parts),
        concept=concept,
        kruimels=(_terug(vraag, concept), (here, gewoon_soort(concept.inhoud.soort))),
    )


@SAMEN.post("/opstellen/{id}/deel/{deel}", "Een deel invullen")
async def bewaar(vraag: Vraag) -> Response:
    """Keep this part; the others stay as they are."""
    concept, f = await _draft(vraag), vraag.invoer
    found, parts = await _deel(vraag, concept, f)
    said = {n: v for n, v in velden(f).items() if found.heeft(n)}
    for veld, texts in said.items():
        if any(len(t) > MAX_TEXT for t in texts):
            f = f.met_fout(veld, "Deze tekst is te lang. Maak hem korter.")
    if f.fouten:
        return await _deel_form(vraag, concept, f)
    others = {n: v for n, v in concept.inhoud.velden.items() if n in _KENMERKEN or not found.heeft(n)}
    kept = others | said
    if not await _keep(vraag, concept, kept):
        return await _deel_form(vraag, await _draft(vraag), f.met_fout(None, _CHANGED))
    what, here = f.tekst("wat"), f"{thuis(vraag)}/opstellen/{concept.id}"
    if what.startswith("rij:"):
        return await _deel_form(vraag, await _draft(vraag), met_rij(Invoer(kept), what.removeprefix("rij:")))
    at = parts.index(found)
    if what == "bewaar" or at + 1 == len(parts):
        return vraag.naar(here if what == "bewaar" else f"{here}/nakijken", gedaan="bewaard")
    return vraag.naar(f"{here}/deel/{parts[at + 1].naam}")


@SAMEN.post("/opstellen/{id}/terug", "Opstellen")
async def zet_terug(vraag: Vraag) -> Response:
    concept = await _draft(vraag)
    persoon = vraag.bezoek.caller.persoon
    here = f"{thuis(vraag)}/opstellen/{concept.id}"
    try:
        await vraag.app.concepten.terug(
            vraag.bezoek.caller.partij.id, concept, None if persoon is None else persoon.ref
        )
    except Conflict:
        return vraag.naar(here, gedaan="veranderd")
    return vraag.naar(here, gedaan="teruggezet")


@SAMEN.post("/opstellen/{id}/weg", "Opstellen")
async def gooi_weg(vraag: Vraag) -> Response:
    concept = await _draft(vraag)
    await vraag.app.concepten.weg(vraag.bezoek.caller.partij.id, concept.id)
    return vraag.naar(_terug(vraag, concept)[0], gedaan="weg")


@SAMEN.post("/opstellen/{id}/versie", "Opstellen")
async def nieuwe_versie(vraag: Vraag) -> Response:
    """The next version of a plan, as a concept of its own that begins with what stands in this one."""
    concept = await _draft(vraag)
    if concept.inhoud.soort != OPP:
        raise Neutraal
    f = Invoer(concept.inhoud.velden)
    old = f.tekst("plan.versie")
    now = int(old) if old.isdecimal() and len(old) < 6 else 1  # noqa: PLR2004 - a version, not a long number
    kept = {**concept.inhoud.velden, "plan.versie": (str(now + 1),), "plan.vorigeVersie": (str(now),)}
    kept |= {"plan.status": ("concept",)}
    persoon = vraag.bezoek.caller.persoon
    ident = await vraag.app.concepten.begin(
        vraag.bezoek.caller.partij.id,
        OPP,
        concept.inhoud.leerling,
        kept,
        None if persoon is None else persoon.ref,
    )
    return vraag.naar(f"{thuis(vraag)}/opstellen/{ident}", gedaan="versie")


# ── looking it over, and on to what it is for


def regels_van(parts: Sequence[Veld | Groep], f: Invoer, voor: str = "") -> Iterator[tuple[str, str]]:
    """What was filled in, as label and value, in the order of the form."""
    for part in parts:
        if isinstance(part, Groep):
            inner = f"{part.titel}: " if part.rijen is None and voor else voor
            yield from regels_van(part.delen, f, f"{part.titel}: " if part.naam[-1:].isdigit() else inner)
        elif value := _gezegd(part, f):
            yield f"{voor}{part.label}", value


def _gezegd(veld: Veld, f: Invoer) -> str:
    words = dict(veld.opties)
    if veld.soort in (Veldsoort.KEUZE, Veldsoort.VINKJES, Veldsoort.JANEE):
        return ", ".join(words.get(v, v) for v in f.alle(veld.naam) if v)
    return f.tekst(veld.naam)


def inhoud_van(form: Schemaformulier, concept: Concept) -> Json:
    """The message that was filled in, without what the line itself adds."""
    f = Invoer(concept.inhoud.velden)
    made = form.inhoud(f)
    for naam in _KENMERKEN:
        if ident := f.tekst(naam):
            made.setdefault(naam.partition(".")[0], {})["id"] = ident
    known = form.schema.get("properties", {})
    if "zaak" in known and (zaak := _voor(concept, "zaak") or _voor(concept, "tafel")):
        made["zaak"] = zaak
    return made


@SAMEN.get("/opstellen/{id}/nakijken", "Kijk uw antwoorden na")
async def nakijken(vraag: Vraag) -> Response:
    return await antwoorden(vraag, await _draft(vraag), Invoer())


async def antwoorden(
    vraag: Vraag, concept: Concept, f: Invoer, mis: Sequence[tuple[str, str]] = ()
) -> Response:
    filled = Invoer(concept.inhoud.velden)
    parts = delen(await formulier(vraag, concept.inhoud.soort), filled)
    tafel = _voor(concept, "tafel")
    aan: list[tuple[str, str]] = []
    if tafel:
        regels = await vraag.app.regels.current()
        overleg = await vraag.lijn.get(f"/v1/overleggen/{tafel}")
        ik = vraag.bezoek.caller.partij.id
        aan = [
            (d["partij"], f"{partij_naam(regels, d['partij'])}, {teksten.uitleg('rol', d['functie'])}")
            for d in overleg["deelnemers"]
            if d["partij"] != ik
        ]
        if (only := _voor(concept, "aan")) and not f.waarden:
            f = Invoer.of(aan=only)
    here = f"{thuis(vraag)}/opstellen/{concept.id}"
    return vraag.toon(
        "samen/antwoorden.html",
        invoer=f,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if mis or f.fouten else HTTPStatus.OK,
        hier=here,
        concept=concept,
        gewoon=gewoon_soort,
        delen=[(d, list(regels_van(d.velden, filled))) for d in parts],
        mis=mis,
        gezien=concept.versie,
        aan=aan,
        voor="tafel" if tafel else ("zaak" if _voor(concept, "zaak") else "bericht"),
        kruimels=(_terug(vraag, concept), (here, gewoon_soort(concept.inhoud.soort))),
    )


def fouten_van(form: Schemaformulier, found: Probleem, voor: str, concept: Concept) -> list[tuple[str, str]]:
    """Each fault with the part in which it is mended; of the whole: none."""
    f = Invoer(concept.inhoud.velden)
    parts = delen(form, f)
    out = []
    for fout in found.fouten:
        inside = fout.plaats.removeprefix(voor) if fout.plaats.startswith(voor) else ""
        veld = form.veld_van(inside, f) if inside else None
        where = next((d for d in parts if veld is not None and d.heeft(veld)), None)
        text = fout.tekst[:1].upper() + fout.tekst[1:]
        out.append((text if where is None else f"{where.titel}: {text}", "" if where is None else where.naam))
    return out or [(found.tekst, "")]


@SAMEN.post("/opstellen/{id}/nakijken", "Kijk uw antwoorden na")
async def verder(vraag: Vraag) -> Response:
    """On to what it is for: the table, the principles, or the choice of to whom it goes."""
    concept, f = await _draft(vraag), vraag.invoer
    form = await formulier(vraag, concept.inhoud.soort)
    inhoud = inhoud_van(form, concept)
    if tafel := _voor(concept, "tafel"):
        return await _breng_in(vraag, concept, form, inhoud, tafel, f)
    if zaak := _voor(concept, "zaak"):
        return await getoetst(vraag, await vraag.lijn.get(f"/v1/zaken/{zaak}"), inhoud, f)
    if concept.inhoud.leerling is None or thuis(vraag) != "/ib":
        raise Neutraal
    last = "nakijken" if concept.inhoud.velden.get("weg") else "naar"
    return vraag.naar(f"/ib/berichten/{concept.id}/{last}")


async def _breng_in(
    vraag: Vraag, concept: Concept, form: Schemaformulier, inhoud: Json, tafel: str, f: Invoer
) -> Response:
    if f.tekst("gezien") != str(concept.versie):  # he says that he read these words
        return await antwoorden(vraag, concept, f.zonder("nagekeken").met_fout(None, _CHANGED))
    overleg = await vraag.lijn.get(f"/v1/overleggen/{tafel}")
    roles = {d["partij"]: d["functie"] for d in overleg["deelnemers"]}
    to = [{"partij": p, "rol": roles[p]} for p in f.alle("aan") if p in roles]
    if not to:
        return await antwoorden(vraag, concept, f.met_fout("aan", "Kies voor wie dit is."))
    soort = concept.inhoud.soort
    verzending: Json = {
        "doel": overleg["doel"],
        "ontvangers": to,
        "categorieen": sorted(_categorieen(soort)),
        "vrijeTekstNagekeken": f.heeft("nagekeken", "ja"),
        "bericht": {"soort": soort, "inhoud": inhoud},
    }
    if levering := _voor(concept, "levering"):
        verzending["inAntwoordOp"] = levering
    else:
        names = await vraag.app.concepten.namen(vraag.bezoek.caller.partij.id)
        known = names.get(concept.inhoud.leerling or "")
        verzending["leerling"] = {"leerlingid": known.leerlingid if known else ""}
    # The id of the concept is the key: a form that comes twice puts it in once.
    answer = await vraag.lijn.post(
        f"/v1/overleggen/{tafel}/inbreng", {"verzending": verzending}, key=concept.id
    )
    if isinstance(answer, Probleem):
        mis = fouten_van(form, answer, "/verzending/bericht/inhoud", concept)
        return await antwoorden(vraag, concept, f, mis)
    await vraag.app.concepten.weg(vraag.bezoek.caller.partij.id, concept.id)
    done = "ingebracht" if answer["wachtTot"] is None else "ingebracht_wacht"
    return vraag.naar(f"{thuis(vraag)}/overleggen/{tafel}", gedaan=done)


def _categorieen(soort: str) -> frozenset[Gegevenscategorie]:
    """Every kind of data of such a message that can leave at all."""
    return frozenset(b.categorie for b in BERICHTEN[soort].bladen) - NOOIT
