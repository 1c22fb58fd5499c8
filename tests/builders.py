"""Facts, requests and messages for tests: all fictional, each with one good default per field.

A builder takes keywords that replace its defaults, so that a test says only what matters to it. The default
story: on 15 October 2026 a school sends to a jeugdhulpaanbieder for an arrangement (S2J) about a leerling of
nine with two ouders; `heen` and `terug` are the two directions of that line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from consent.afwegen import OfferedAfweging
from consent.beleid import Beleid, Proportionaliteitsprofiel, check_profiel, parse_profiel
from consent.plek import Plek
from consent.request import Request
from consent.rules import Authorities, Cell
from consent.stromen import Stromen, parse_stromen
from schemas.base import Gegevenscategorie
from schemas.identifiers import Id, PartijId, passes_elfproef
from schemas.messages.berichten import BERICHTEN
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.people.afweging import Afweging, Afwegingsverslag, TweedeBlik, Veldnoodzaak, Weegfunctie, Weger
from schemas.people.gronden import Grondsoort, Grondverklaring, Informeren, Onderwijssector, Verzuimgrond
from schemas.people.hoedanigheden import Partijfunctie, Partijhoedanigheid, hoedanigheid_van
from schemas.people.omstandigheden import Omstandigheid, Omstandigheidsoort
from schemas.people.partij import Partij, Partijsoort, Postbus, Rol
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bewijsmiddel,
    Bezwaar,
    Gebeurtenis,
    Gebruiksdoel,
    Gezagsbron,
    Gezagsgegevens,
    Gezagsoort,
    Gezagspersoon,
    Hoedanigheid,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    ToestemmingFunctie,
    Vertegenwoordiging,
    VervangendeToestemming,
)

NOW: Final = dt.datetime(2026, 10, 15, 10, 0, tzinfo=dt.UTC)
STATED: Final = dt.datetime(2026, 9, 14, 8, 0, tzinfo=dt.UTC)
"""When people said what they said, where a test does not say otherwise."""
SCHOOL: Final[PartijId] = "brin:99ZZ00"
AANBIEDER: Final[PartijId] = "agb:99999901"
GI: Final[PartijId] = "agb:99999903"
"""A gecertificeerde instelling that carries out an ondertoezichtstelling."""
GEMEENTE: Final[PartijId] = "gemeente:0363"
"""Where the leerling lives, in stories about absence."""
PROFIELEN: Final = Path(__file__).resolve().parent.parent / "consent" / "profielen"
AVG, WAIVER = ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER
CARE, OPP = ToestemmingFunctie.CARE_CONSENT, ToestemmingFunctie.OPP_AGREEMENT


def an_id(name: str) -> Id:
    """The same name always gives the same random-looking Id."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


P1, P2, X, YOUTH = an_id("ouder een"), an_id("ouder twee"), an_id("zonder gezag"), an_id("leerling")


def a_bsn(number: int = 0) -> str:
    """The nth number of the test range 9999xxxxx that passes the elfproef."""
    passing = (d for n in range(100_000) if passes_elfproef(d := f"9999{n:05}"))
    return next(d for i, d in enumerate(passing) if i == number)


def born(age: int) -> dt.date:
    """Birth date of somebody of that age at NOW."""
    return dt.date(NOW.year - age, 3, 14)


def hash_of(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def heen(**kw: Any) -> dict[str, Any]:
    """School to jeugdhulp: the arguments `cell`, `bereik` and `request` share."""
    return {
        "richting": Richting.S2J,
        "doel": Gebruiksdoel.ARRANGEMENT,
        "ontvanger": Ontvanger(partij=AANBIEDER, rol=Rol.JEUGDHULPVERLENER),
    } | kw


def terug(**kw: Any) -> dict[str, Any]:
    """Jeugdhulp to school."""
    return {
        "richting": Richting.J2S,
        "doel": Gebruiksdoel.AFSTEMMING,
        "ontvanger": Ontvanger(partij=SCHOOL, rol=Rol.INTERN_BEGELEIDER),
    } | kw


def line(richting: Richting, **kw: Any) -> dict[str, Any]:
    return heen(**kw) if richting is Richting.S2J else terug(**kw)


def a_cell(categorie: Gegevenscategorie = Gegevenscategorie.DOELEN, **kw: Any) -> Cell:
    return Cell(categorie=categorie, **line(kw.pop("richting", Richting.S2J), **kw))


def a_partij(**kw: Any) -> Partij:
    data: dict[str, Any] = {
        "id": AANBIEDER,
        "soort": Partijsoort.JEUGDHULPAANBIEDER,
        "naam": "Jeugdhulp De Fictie",
        "aflevering": Postbus(soort="postbus"),
        "rollen": tuple(Rol),
    }
    return Partij(**(data | kw))


def a_school(**kw: Any) -> Partij:
    data: dict[str, Any] = {"id": SCHOOL, "soort": Partijsoort.SCHOOL, "naam": "Basisschool De Verzinning"}
    return a_partij(**(data | kw))


def a_bereik(**kw: Any) -> Bereik:
    """One doel, one recipient, all categories a person can release."""
    over = line(kw.pop("richting", Richting.S2J))
    data: dict[str, Any] = {
        "richting": over["richting"],
        "doelen": (over["doel"],),
        "categorieen": tuple(c for c in Gegevenscategorie if c.niveau > 0),
        "ontvangers": (over["ontvanger"],),
    }
    return Bereik(**(data | kw))


def a_bewijs(**kw: Any) -> Bewijsmiddel:
    data: dict[str, Any] = {
        "methode": "digitaal_ondertekend",
        "bewijs_hash": hash_of("handtekening"),
        "kennisgeving_ref": "kennisgeving/oza/3",
        "kennisgeving_hash": hash_of("kennisgeving"),
        "vastlegger": "intern begeleider",
    }
    return Bewijsmiddel(**(data | kw))


def a_toestemming(wie: Id = P1, **kw: Any) -> Toestemming:
    """A complete, explicit `avg_basis` for S2J, given on STATED for this school year."""
    richting = kw.pop("richting", Richting.S2J)
    functie = kw.get("functie", AVG)
    gebeurtenis = kw.get("gebeurtenis", Gebeurtenis.GEGEVEN)
    data: dict[str, Any] = {
        "id": an_id(f"{wie} {functie} {gebeurtenis} {kw.get('moment', STATED)} {richting}"),
        "vastgelegd_door": SCHOOL,
        "vastgelegd_op": kw.get("moment", STATED),
        "record": an_id(f"{wie} {functie} {richting}"),
        "gebeurtenis": gebeurtenis,
        "functie": functie,
        "ondertekenaar": wie,
        "hoedanigheid": Hoedanigheid.LEERLING if wie == YOUTH else Hoedanigheid.OUDER,
        "bereik": a_bereik(richting=richting),
        "moment": STATED,
        "geldig_vanaf": dt.date(2026, 9, 1),
        "geldig_tot_en_met": dt.date(2027, 7, 31),
        "bewijs": a_bewijs(),
    }
    data |= kw
    return Toestemming(**({"uitdrukkelijk": data["bereik"].categorieen} | data))


def a_weigering(wie: Id = P1, **kw: Any) -> Toestemming:
    return a_toestemming(wie, **({"gebeurtenis": Gebeurtenis.GEWEIGERD} | kw))


def an_intrekking(van: Toestemming, **kw: Any) -> Toestemming:
    """The withdrawal of a statement, an hour after it."""
    moment = kw.pop("moment", van.moment + dt.timedelta(hours=1))
    data: dict[str, Any] = {
        "id": an_id(f"intrekking {van.id} {moment}"),
        "gebeurtenis": Gebeurtenis.INGETROKKEN,
        "moment": moment,
        "vastgelegd_op": moment,
    }
    return van.model_copy(update=data | kw)


def a_persoon(wie: Id, **kw: Any) -> Gezagspersoon:
    data: dict[str, Any] = {"persoon": wie, "hoedanigheid": Hoedanigheid.OUDER, "gezag": True}
    return Gezagspersoon(**(data | kw))


def a_gezag(*personen: Gezagspersoon, **kw: Any) -> Gezagsgegevens:
    """Joint gezag of P1 and P2 over YOUTH, aged nine, checked in the gezagsregister in September."""
    data: dict[str, Any] = {
        "id": an_id("gezag"),
        "vastgelegd_door": SCHOOL,
        "vastgelegd_op": STATED,
        "geboortedatum": born(9),
        "leerling": YOUTH,
        "soort": Gezagsoort.GEZAMENLIJK,
        "personen": personen or (a_persoon(P1), a_persoon(P2)),
        "bron": Gezagsbron.GEZAGSREGISTER,
        "gecontroleerd_op": dt.date(2026, 9, 10),
        "gecontroleerd_door": "administratie",
    }
    return Gezagsgegevens(**(data | kw))


def single_gezag(**kw: Any) -> Gezagsgegevens:
    """P1 alone has gezag; X is the other ouder, without it."""
    return a_gezag(a_persoon(P1), a_persoon(X, gezag=False), **({"soort": Gezagsoort.EENHOOFDIG} | kw))


def a_vervanging(vervangt: Id = P2, **kw: Any) -> VervangendeToestemming:
    """A court order that stands in for one ouder, S2J and all the line's cells."""
    data: dict[str, Any] = {
        "vervangt": vervangt,
        "functies": (AVG, WAIVER),
        "bereik": a_bereik(),
        "geldig_vanaf": dt.date(2026, 9, 1),
        "geldig_tot_en_met": dt.date(2027, 7, 31),
        "document_ref": "beschikking/fictief/1",
    }
    return VervangendeToestemming(**(data | kw))


def a_vertegenwoordiging(wie: Id, **kw: Any) -> Vertegenwoordiging:
    """An order of curatele for every doel, function and category, in force this year."""
    data: dict[str, Any] = {
        "persoon": wie,
        "hoedanigheid": Hoedanigheid.CURATOR,
        "functies": (AVG, WAIVER),
        "doelen": tuple(Gebruiksdoel),
        "categorieen": tuple(Gegevenscategorie),
        "geldig_vanaf": dt.date(2026, 1, 1),
        "geldig_tot_en_met": dt.date(2027, 7, 31),
        "document_ref": "beschikking/fictief/2",
    }
    return Vertegenwoordiging(**(data | kw))


def told(**kw: Any) -> Informeren:
    data: dict[str, Any] = {"wanneer": "achteraf", "op": dt.date(2026, 10, 20)}
    return Informeren(**(data | kw))


def a_grond(**kw: Any) -> Grondverklaring:
    """The school asserts to the GI that it carries out an ondertoezichtstelling."""
    data: dict[str, Any] = {
        "id": an_id("grond"),
        "vastgelegd_door": SCHOOL,
        "vastgelegd_op": STATED,
        "soort": Grondsoort.OTS_GI,
        "ontvanger": Ontvanger(partij=GI, rol=Rol.JEUGDBESCHERMER),
        "doelen": (Gebruiksdoel.VEILIGHEID,),
        "grondstuk_ref": "beschikking/fictief/ots",
        "grondstuk_hash": hash_of("beschikking"),
        "noodzaak_hash": hash_of("noodzaak"),
        "verklaard_door": "intern begeleider",
        "moment": STATED,
        "geldig_vanaf": dt.date(2026, 9, 1),
        "geldig_tot_en_met": dt.date(2027, 7, 31),
        "informeren": told(),
    }
    if kw.get("soort") is Grondsoort.LEERPLICHT:
        data |= {
            "ontvanger": Ontvanger(partij=GEMEENTE, rol=Rol.LEERPLICHTAMBTENAAR),
            "verzuimgrond": Verzuimgrond.RELATIEF_VERZUIM,
            "sector": Onderwijssector.PO,
            "woongemeente": GEMEENTE.removeprefix("gemeente:"),
        }
    return Grondverklaring(**(data | kw))


def an_omstandigheid(**kw: Any) -> Omstandigheid:
    """The school states of what it sends to the GI that the GI asked for it, and why it is necessary."""
    data: dict[str, Any] = {
        "id": an_id("omstandigheid"),
        "vastgelegd_door": SCHOOL,
        "vastgelegd_op": STATED,
        "ontvanger": Ontvanger(partij=GI, rol=Rol.JEUGDBESCHERMER),
        "doelen": (Gebruiksdoel.VEILIGHEID,),
        "wel": (Omstandigheidsoort.GEVRAAGD, Omstandigheidsoort.NODIG),
        "noodzaak_hash": hash_of("noodzaak"),
        "verklaard_door": "intern begeleider",
        "moment": STATED,
        "geldig_vanaf": dt.date(2026, 9, 1),
        "geldig_tot_en_met": dt.date(2027, 7, 31),
    }
    return Omstandigheid(**(data | kw))


def a_weger(wie: str = "mw. Verzonnen", **kw: Any) -> Weger:
    data: dict[str, Any] = {
        "partij": SCHOOL,
        "medewerker": wie,
        "functie": Weegfunctie.AANDACHTSFUNCTIONARIS,
    }
    return Weger(**(data | kw))


def an_afweging(*paden: str, **kw: Any) -> Afweging:
    """Two people of the school weighed to tell the GI of these fields (the goals), an hour before NOW."""
    wanted = paden or ("handelingsdeel.doelen[].omschrijving", "handelingsdeel.doelen[].status")
    data: dict[str, Any] = {
        "id": an_id("afweging"),
        "vastgelegd_door": SCHOOL,
        "vastgelegd_op": NOW - dt.timedelta(hours=1),
        "leerling": YOUTH,
        "richting": Richting.S2J,
        "doel": Gebruiksdoel.VEILIGHEID,
        "ontvanger": Ontvanger(partij=GI, rol=Rol.JEUGDBESCHERMER),
        "ontvanger_persoon": "J. Fictief",
        "zorgcodes": ("veiligheid_thuis",),
        "verslag": Afwegingsverslag(**dict.fromkeys(Afwegingsverslag.model_fields, "Fictief.")),
        "velden": tuple(Veldnoodzaak(pad=p, nodig_omdat="Fictief.") for p in wanted),
        "informeren": told(),
        "opsteller": a_weger("dhr. Fictief", functie=Weegfunctie.INTERN_BEGELEIDER),
        "beoordelaar": a_weger(),
        "moment": NOW - dt.timedelta(hours=1),
        "venster_van": NOW - dt.timedelta(hours=1),
        "venster_tot": NOW + dt.timedelta(hours=71),
    }
    return Afweging(**(data | kw))


def an_acute(**kw: Any) -> Afweging:
    """One person weighed, in acute danger, with nobody to look along."""
    return an_afweging(**({"beoordelaar": None, "acuut": "Fictief gevaar; niemand bereikbaar."} | kw))


def a_tweede_blik(van: Afweging, **kw: Any) -> TweedeBlik:
    data: dict[str, Any] = {
        "id": an_id(f"tweede blik {van.id}"),
        "vastgelegd_door": SCHOOL,
        "vastgelegd_op": NOW,
        "afweging": van.id,
        "door": a_weger(),
        "akkoord": True,
        "moment": van.moment + dt.timedelta(hours=2),
        "toelichting": "Fictief.",
    }
    return TweedeBlik(**(data | kw))


def offered(afweging: Afweging | None = None, **kw: Any) -> OfferedAfweging:
    return OfferedAfweging(afweging or an_afweging(), **kw)


def a_bezwaar(wie: Id = X, **kw: Any) -> Bezwaar:
    data: dict[str, Any] = {
        "id": an_id(f"bezwaar {wie} {kw.get('moment', STATED)}"),
        "vastgelegd_door": SCHOOL,
        "vastgelegd_op": STATED,
        "persoon": wie,
        "bereik": a_bereik(richting=kw.pop("richting", Richting.S2J)),
        "moment": STATED,
    }
    return Bezwaar(**(data | kw))


def an_oordeel(**kw: Any) -> Bekwaamheidsoordeel:
    """Not able to weigh his interests, for every doel; made before STATED."""
    data: dict[str, Any] = {
        "id": an_id("oordeel"),
        "vastgelegd_door": AANBIEDER,
        "vastgelegd_op": STATED,
        "wilsbekwaam": False,
        "doelen": tuple(Gebruiksdoel),
        "beoordelaar": "orthopedagoog",
        "functie": "gedragswetenschapper",
        "moment": STATED - dt.timedelta(days=30),
        "motivering": "Fictieve motivering.",
    }
    return Bekwaamheidsoordeel(**(data | kw))


def a_veto(**kw: Any) -> ProfessioneelVeto:
    data: dict[str, Any] = {
        "id": an_id("veto"),
        "vastgelegd_door": AANBIEDER,
        "vastgelegd_op": STATED,
        "besluit": "veto",
        "richting": Richting.S2J,
        "doelen": tuple(Gebruiksdoel),
        "professional": "jeugdhulpverlener 1",
        "moment": STATED,
        "motivering": "Fictieve motivering.",
    }
    return ProfessioneelVeto(**(data | kw))


def authorities(*gezag: Gezagsgegevens, **kw: Any) -> Authorities:
    """`age` is short for a birth date; without gezag given, joint gezag of P1 and P2; `gezag=()` for none."""
    data: dict[str, Any] = {"geboortedatum": born(kw.pop("age", 9)), "gezag": gezag or (a_gezag(),)}
    return Authorities(**(data | kw))


@cache
def profielen() -> tuple[Proportionaliteitsprofiel, ...]:
    """The profiles that are shipped."""
    return tuple(parse_profiel(p.read_text("utf-8")) for p in sorted(PROFIELEN.glob("*.toml")))


def profiel_data(**kw: Any) -> dict[str, Any]:
    """A small valid profile as data, as TOML would give it."""
    return {
        "id": "fictief-profiel",
        "versie": 1,
        "doel": "arrangement",
        "rol": "jeugdhulpverlener",
        "richting": "S2J",
        "bericht": "ontwikkelingsperspectief",
        "velden": [a_veld("handelingsdeel.doelen[].omschrijving")],
    } | kw


def a_veld(pad: str, bericht: str = "ontwikkelingsperspectief", **kw: Any) -> dict[str, Any]:
    """One field of a profile, with the marks it must have."""
    blad = next((b for b in BERICHTEN[bericht].bladen if b.pad == pad), None)
    veld: dict[str, Any] = {"pad": pad, "waarom": "Nodig voor de test.", "norm": "AVG 5"}
    if blad is not None and blad.categorie.niveau == 3:
        veld["uitdrukkelijk"] = True
    if blad is not None and blad.vrij:
        veld["nakijken"] = True
    return veld | kw


def a_profiel(*paden: str, **kw: Any) -> Proportionaliteitsprofiel:
    """A profile of these fields, or of every field that may ever leave."""
    bericht = kw.get("bericht", "ontwikkelingsperspectief")
    wanted = paden or tuple(b.pad for b in BERICHTEN[bericht].bladen if b.categorie.niveau > 0)
    return check_profiel(profiel_data(velden=[a_veld(p, bericht) for p in wanted], **kw))


@cache
def stromen() -> Stromen:
    """The rules of a flow as they are shipped."""
    return parse_stromen((PROFIELEN.parent / "stromen.toml").read_text(encoding="utf-8"))


@cache
def beleid() -> Beleid:
    return Beleid.of(profielen(), rules_hash="0" * 64, stromen=stromen())


def plekken(richting: Richting, partij: Partij | None, rol: Rol) -> dict[str, Plek | None]:
    """In which capacities it is sent and received: from a school, or from jeugdhulp to one."""
    aan = None if partij is None else hoedanigheid_van(partij.soort, rol)
    if richting is Richting.J2S:
        return {"van": Plek(Partijhoedanigheid.JEUGDHULP), "aan": Plek(Partijhoedanigheid.ONDERWIJS)}
    functie = Partijfunctie(rol)
    return {
        "van": Plek(Partijhoedanigheid.ONDERWIJS),
        "aan": None if aan is None else Plek(aan, functie),
    }


def fields_of(
    categorieen: Iterable[Gegevenscategorie], paden: Iterable[str], velden: Mapping[str, Gegevenscategorie]
) -> tuple[str, ...]:
    """The paths among `paden` that belong to these categories, in the order of the policy."""
    asked, there = set(categorieen), set(paden)
    return tuple(p for p, c in velden.items() if p in there and c in asked)


def a_request(*categorieen: Gegevenscategorie, **kw: Any) -> Request:
    """Asks `doelen` unless told otherwise; the message has every field the profile has of that."""
    asked = categorieen or (Gegevenscategorie.DOELEN,)
    over = line(kw.pop("richting", Richting.S2J))
    heen_ = over["richting"] is Richting.S2J
    policy = beleid()
    bericht = "ontwikkelingsperspectief" if heen_ else "terugkoppeling"
    key = (over["doel"], over["ontvanger"].rol, over["richting"], bericht)
    data: dict[str, Any] = {
        "decision_id": an_id("besluit"),
        "eigenaar": SCHOOL,
        "afzender": SCHOOL if heen_ else AANBIEDER,
        "partij": a_partij() if heen_ else a_school(),
        "bericht": bericht,
        "gevraagd": asked,
        "velden": fields_of(asked, policy.profielen[key][0].paden, policy.labels(bericht)),
        "vrije_tekst_nagekeken": True,
    }
    whole = data | over | kw
    plekken_ = plekken(whole["richting"], whole["partij"], whole["ontvanger"].rol)
    return Request(**(plekken_ | whole))


def a_gi(**kw: Any) -> Partij:
    data: dict[str, Any] = {
        "id": GI,
        "soort": Partijsoort.GECERTIFICEERDE_INSTELLING,
        "naam": "Jeugdbescherming De Fictie",
    }
    return a_partij(**(data | kw))


def about_safety(*categorieen: Gegevenscategorie, **kw: Any) -> Request:
    """The same as `a_request`, but from school to the GI for safety, with all that a weighing is bound to."""
    data: dict[str, Any] = {
        "doel": Gebruiksdoel.VEILIGHEID,
        "ontvanger": Ontvanger(partij=GI, rol=Rol.JEUGDBESCHERMER),
        "partij": a_gi(),
        "van": None,  # as it was asked before there were capacities
        "aan": None,
        "leerling": YOUTH,
        "ontvanger_persoon": "J. Fictief",
        "velden": ("handelingsdeel.doelen[].omschrijving", "handelingsdeel.doelen[].status"),
    }
    return a_request(*categorieen, **(data | kw))


@cache
def safety() -> Beleid:
    """A policy with every field for the doelen of other grounds, and the two shipped lines beside them.

    As it was before there were rules of a flow; `replace(safety(), stromen=stromen())` is by them.
    """
    doelen = (Gebruiksdoel.VEILIGHEID, Gebruiksdoel.VERZUIM, Gebruiksdoel.OVERSTAP)
    rollen = (
        *(Rol.JEUGDBESCHERMER, Rol.MELDPUNTMEDEWERKER, Rol.LEERPLICHTAMBTENAAR, Rol.INTERN_BEGELEIDER),
        Rol.JEUGDHULPVERLENER,
    )
    wide = [
        a_profiel(id=f"fictief-{d}-{r}".replace("_", "-"), doel=d.value, rol=r.value)
        for d in doelen
        for r in rollen
    ]
    shipped = [p for p in profielen() if p.doel in {Gebruiksdoel.ARRANGEMENT, Gebruiksdoel.AFSTEMMING}]
    return Beleid.of([*wide, *shipped], rules_hash="0" * 64, stromen=None)


def an_opp(**kw: Any) -> Ontwikkelingsperspectief:
    """A small plan with something in a few categories, a BSN and two ouders among them."""
    data: dict[str, Any] = {
        "plan": {"soort": "opp_po", "status": "vastgesteld", "ingangsdatum": "2026-09-01"},
        "school": {"naam": "Basisschool De Verzinning", "brin": "99ZZ", "vestigingscode": "00"},
        "leerling": {
            "bronId": {"leerlingid": "fictief-17"},
            "bsn": a_bsn(),
            "naamdelen": {"voornamen": ["Noor"], "achternaam": "Fictief", "roepnaam": "Noor"},
            "geboortedatum": born(9).isoformat(),
            "leerjaar": {"code": "6", "stelsel": "leerjaar"},
        },
        "gezag": [
            {"persoon": {"achternaam": "Fictief"}, "wettelijkVertegenwoordiger": True},
            {"persoon": {"achternaam": "Verzonnen"}, "wettelijkVertegenwoordiger": True},
        ],
        "perspectief": {"belemmerendeFactoren": ["Raakt snel afgeleid."]},
        "handelingsdeel": {
            "ondersteuningsbehoeften": ["Rustige plek."],
            "doelen": [
                {"leefgebied": "school", "omschrijving": "Leest elke dag een kwartier."},
                {"leefgebied": "vrije_tijd", "omschrijving": "Speelt mee in de pauze.", "status": "open"},
            ],
        },
        "leerlingStem": [{"eigenWoorden": "Ik wil vooraan zitten."}],
        "bronfeiten": {"diagnoses": [{"codes": ["F99"], "naam": "Verzonnen diagnose"}]},
        "herkomst": {"standaard": "oso", "versie": "2019.1", "bron": "test"},
    }
    return Ontwikkelingsperspectief.model_validate_json(json.dumps(data | kw))


def a_terugkoppeling(**kw: Any) -> Terugkoppeling:
    data: dict[str, Any] = {
        "status": "gestart",
        "sinds": "2026-10-01",
        "contactpersoon": {"naam": "J. Verzonnen", "telefoon": "000-0000000"},
        "adviezen": ["vaste_plek", "rustmomenten"],
        "verwijzing": "dossier 17",
    }
    return Terugkoppeling.model_validate_json(json.dumps(data | kw))
