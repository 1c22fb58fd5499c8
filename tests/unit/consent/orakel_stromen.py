"""A third reading of the matrix of flows: not of its table but of what must come of a case, row by row from
the text, without any import from `consent`.

`ROWS` says of each flow between whom, the letter, for which doelen and of which data it can be at most, and
when it holds, as one expression over what is known. `verwacht` makes of a case what may come of it. It knows
nothing of profiles, grounds, statements without a sender or how a condition gets on record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

Drie = bool | None
GAAT, WACHT, NOOIT = "gaat", "wacht", "gaat nooit"

PARTIJEN: Final = {
    "SCH": "onderwijs",
    "SWV": "samenwerkingsverband",
    "JHA": "jeugdhulp",
    "GGZ": "jeugdhulp_ggz",
    "GI": "gecertificeerde_instelling",
    "JR": "jeugdreclassering",
    "COL": "toegang",
    "TEAM": "jeugdteam",
    "LPL": "leerplicht_rmc",
    "WMO": "wmo",
    "VERV": "leerlingenvervoer",
    "OPDR": "jgz_opdrachtgever",
    "JGZ": "jgz",
    "HA": "huisarts",
    "SPEC": "medisch_specialist",
    "VT": "veilig_thuis",
    "RVDK": "raad_voor_de_kinderbescherming",
    "JJI": "justitiele_jeugdinrichting",
    "POL": "politie",
    "OM": "openbaar_ministerie",
    "ZVH": "zorg_en_veiligheidshuis",
    "VGZ": "volwassenenzorg",
    "ZV": "zorgverzekeraar",
    "OC": "onderwijsconsulent",
    "GC": "geschillencommissie",
    "SP": "steunpunt",
    "KO": "kinderopvang",
    "VIR": "verwijsindex",
    "DUO": "duo",
    "CBS": "cbs",
    "INSP": "onderwijsinspectie",
    "LR": "ouder",
    "XO": "ouder_zonder_gezag",
    "LL": "leerling",
}
ZWIJGT: Final = {"JHA", "TEAM", "GI", "GGZ", "JGZ", "HA", "SPEC", "VGZ", "ZV", "WMO", "VT"}
"""Decision 1: who sends under {JW, WGBO, WMO}, by §1, asks in column J2S, whoever receives."""
VETO: Final = {"JHA", "TEAM", "GI"}
"""Decision 5: the veto only where the regime of the sender is JW."""
MENS: Final = {"LR", "XO", "LL"}
GEWOON: Final = "contact onderwijspositie doelen factoren verzuim leerresultaten besluiten"
ALLES: Final = f"{GEWOON} gezondheid jeugdhulp gezin_veiligheid leerlingstem bijlage"
ZONDER_STEM: Final = f"{GEWOON} gezondheid jeugdhulp gezin_veiligheid bijlage"
"""Without toestemming his own words never go: those only he lets go (consent.md §3)."""
APART: Final = frozenset(["gezondheid", "jeugdhulp", "gezin_veiligheid", "leerlingstem", "bijlage"])
"""Level 3: agreed to by itself (consent.md §3), and K7 and K8 always."""
FUNCTIES: Final = {
    "LPL": ("leerplichtambtenaar", "rmc_consulent"),
    "GI": ("jeugdbeschermer",),
    "VT": ("meldpuntmedewerker",),
}
"""Those that the matrix names, by where they are."""
ELK_DOEL: Final = "opp arrangement toeleiding afstemming verzuim overstap veiligheid"


def niet(x: Drie) -> Drie:
    return None if x is None else not x


def en(*xs: Drie) -> Drie:
    return False if False in xs else None if None in xs else True


def of(*xs: Drie) -> Drie:
    return True if True in xs else None if None in xs else False


@dataclass(frozen=True)
class Weet:
    """What is known of a case."""

    leeftijd: int
    feit: Mapping[str, Drie] = field(default_factory=dict)

    def __getitem__(self, naam: str) -> Drie:
        return self.feit.get(naam)

    def jonger(self, n: int) -> bool:
        return self.leeftijd < n


Wanneer = Callable[[Weet], Drie]


@dataclass(frozen=True)
class Rij:
    nummer: str
    van: frozenset[str]
    aan: frozenset[str]
    letter: str
    doelen: frozenset[str]
    soorten: frozenset[str]
    wanneer: Wanneer
    functie: str | None
    uitdrukkelijk: bool
    gedragen: bool


def _altijd(_: Weet) -> Drie:
    return True


def rij(
    nummer: str,
    wie: str,
    letter: str,
    wanneer: Wanneer = _altijd,
    *,
    doelen: str = ELK_DOEL,
    soorten: str = ALLES,
    functie: str | None = None,
    uitdrukkelijk: bool = False,
    gedragen: bool = True,
) -> Rij:
    van, aan = wie.split(">")
    return Rij(
        nummer,
        frozenset(van.split()),
        frozenset(aan.split()),
        letter,
        frozenset(doelen.split()),
        frozenset(soorten.split()),
        wanneer,
        functie,
        uitdrukkelijk,
        gedragen,
    )


ORG: Final = " ".join(p for p in PARTIJEN if p not in MENS)
BEROEP: Final = "JGZ HA SPEC VGZ KO COL TEAM LPL WMO VT"
"""Any professional who may know something: not the SWV, which gives nothing on (decision 4)."""
ADVIES: Final = "contact onderwijspositie doelen factoren besluiten gezondheid"
"""What a decision and an advice are about: no absence and no results."""
K1_5: Final = "contact onderwijspositie doelen factoren verzuim"


def _ots(w: Weet) -> Drie:
    return en(w["ots_loopt"], w["nodig"], w.jonger(18))


def _hier(w: Weet) -> Drie:
    return of(w["aangemeld"], w["ingeschreven"])


def _onder_leerplicht(w: Weet) -> Drie:
    return en(w["leerplichtig"], w.jonger(18))


ROWS: Final = (
    rij("V01", "SCH>SWV", "M", lambda w: en(_hier(w), w["nodig"]), soorten=f"{GEWOON} gezondheid",
        doelen="opp arrangement overstap"),
    rij("V02", "SWV>SCH", "M", _hier, soorten=ADVIES, doelen="opp arrangement overstap"),
    rij("V02", "SWV>SCH", "X", lambda w: niet(_hier(w)), soorten="gezondheid jeugdhulp"),
    rij("V03", "SWV>LR", "D", soorten=ADVIES, doelen="opp arrangement overstap"),
    rij("V04", "SWV>JHA GGZ COL TEAM LPL SWV OC GC SP", "X", soorten="gezondheid jeugdhulp"),
    rij("V04", "SWV>JHA COL TEAM LPL SWV OC GC SP", "T", soorten=K1_5),
    rij("V09", "SCH>SCH", "D", lambda w: en(w["gaat_over"], niet(w["vo_naar_mbo"])), soorten=GEWOON,
        doelen="overstap"),
    rij("V10", "SCH>SCH", "T", lambda w: en(w["gaat_over"], niet(w["vo_naar_mbo"])), doelen="overstap",
        soorten="gezondheid jeugdhulp gezin_veiligheid leerlingstem bijlage"),
    rij("V11", "SCH>SCH", "T", lambda w: en(w["aangemeld"], niet(w["gaat_over"])), doelen="overstap"),
    rij("V12", "SCH>SCH", "M", lambda w: en(w["zelfde_bevoegd_gezag"], w["nodig"]), soorten=GEWOON,
        doelen="opp arrangement afstemming verzuim overstap"),
    rij("V13", "SCH>SCH", "M", lambda w: w["vo_naar_mbo"], soorten="contact onderwijspositie",
        doelen="overstap"),
    rij("V13", "SCH>SCH", "T", lambda w: w["vo_naar_mbo"], doelen="overstap",
        soorten=ALLES.removeprefix("contact onderwijspositie ")),
    rij("V14", "SCH>LPL", "D", lambda w: en(
        _onder_leerplicht(w), of(w["verwijderd"], w["in_of_uitschrijving_buiten_register"])),
        soorten="contact onderwijspositie verzuim", doelen="verzuim", functie="leerplichtambtenaar"),
    rij("V15", "SCH>LPL", "D", lambda w: en(_onder_leerplicht(w), w["gevraagd"], w["nodig"], w["hoofd"]),
        soorten="contact onderwijspositie verzuim gezondheid", doelen="verzuim",
        functie="leerplichtambtenaar"),
    rij("V16", "SCH>LPL", "D", lambda w: en(
        _onder_leerplicht(w), w["zestien_uur"], niet(w["centraal_gemeld"])),
        soorten="contact onderwijspositie verzuim", doelen="verzuim", functie="leerplichtambtenaar"),
    rij("V16", "SCH>LPL", "D", lambda w: en(
        _onder_leerplicht(w), w["zestien_uur"], niet(w["centraal_gemeld"]), w["nodig"]),
        soorten="gezondheid", doelen="verzuim", functie="leerplichtambtenaar"),
    rij("V16", "SCH>DUO", "D", lambda w: en(_onder_leerplicht(w), w["zestien_uur"], w["centraal_gemeld"]),
        soorten="contact onderwijspositie verzuim gezondheid", doelen="verzuim", gedragen=False),
    rij("V17", "SCH>LPL", "D", lambda w: en(niet(w["leerplichtig"]), w.jonger(27)),
        soorten="contact onderwijspositie verzuim", doelen="verzuim", functie="rmc_consulent"),
    rij("V18", "SCH>LPL", "T", doelen=ELK_DOEL.replace("verzuim ", "")),
    rij("V19", "LPL>SCH", "M", lambda w: w["ingeschreven"], soorten="contact verzuim besluiten",
        doelen="verzuim"),
    rij("V20-22", "LPL>COL TEAM JHA GGZ SWV", "?"),
    rij("V23", "LPL>OM RVDK", "D", soorten="contact verzuim", doelen="verzuim", gedragen=False),
    rij("V24", "SCH>JGZ", "T", soorten=K1_5),
    rij("V25-28", "JGZ>SCH COL TEAM JHA HA", "T"),
    rij("V29", "JGZ>JGZ", "T", doelen="afstemming overstap"),
    rij("V30-35", "SCH JHA TEAM HA JGZ COL KO>VT", "M",
        lambda w: en(w["vermoeden"], w["meldcode"], w["nodig"]), doelen="veiligheid",
        soorten=ZONDER_STEM.removesuffix(" bijlage"), functie="meldpuntmedewerker"),
    rij("V37", "VT>SCH JHA", "T", lambda w: niet(w["medewerking_vereist"]), doelen="veiligheid"),
    rij("V37", "VT>SCH JHA", "M", lambda w: en(w["medewerking_vereist"], w["nodig"]), doelen="veiligheid",
        soorten=ZONDER_STEM.removesuffix(" bijlage")),
    rij("V38-39", "SCH JHA>GI", "D", lambda w: en(_ots(w), w["gevraagd"]), doelen="veiligheid",
        soorten="contact verzuim jeugdhulp gezin_veiligheid", functie="jeugdbeschermer"),
    rij("V38-39", "SCH JHA>GI", "M", lambda w: en(_ots(w), niet(w["gevraagd"])), doelen="veiligheid",
        soorten="contact verzuim jeugdhulp gezin_veiligheid", functie="jeugdbeschermer"),
    rij("V40-41", f"GGZ {BEROEP}>GI", "D", lambda w: en(_ots(w), w["gevraagd"]), doelen="veiligheid",
        soorten="contact verzuim gezondheid jeugdhulp gezin_veiligheid", functie="jeugdbeschermer"),
    rij("V40-41", f"GGZ {BEROEP}>GI", "M", lambda w: en(_ots(w), niet(w["gevraagd"])), doelen="veiligheid",
        soorten="contact verzuim gezondheid jeugdhulp gezin_veiligheid", functie="jeugdbeschermer"),
    rij("V38-41", f"SCH JHA GGZ {BEROEP}>GI", "X", lambda w: not w.jonger(18), doelen="veiligheid"),
    rij("V42", "GI>SCH", "T", lambda w: w["ots_loopt"]),
    rij("V43", "GI>SCH JHA", "T", lambda w: w["gi_is_voogd"]),
    rij("V44", "GI>COL", "D", lambda w: w["nodig"], soorten="contact besluiten jeugdhulp",
        doelen="toeleiding afstemming"),
    rij("V45", "GI>JHA", "M", lambda w: en(w["direct_betrokken"], w["nodig"]), soorten=ZONDER_STEM,
        doelen="toeleiding afstemming veiligheid"),
    rij("V46", "JR RVDK JJI POL>SCH", "X", soorten="besluiten gezin_veiligheid"),
    rij("V46", "JR RVDK JJI POL>SCH", "T",
        soorten="contact onderwijspositie doelen factoren jeugdhulp"),
    rij("V47", f"SCH JHA GGZ GI JR POL {BEROEP}>RVDK", "M", lambda w: en(w["raadsonderzoek"], w["nodig"]),
        soorten=ZONDER_STEM.removesuffix(" bijlage"), doelen="veiligheid"),
    rij("V48", "COL>JHA GGZ", "M", lambda w: en(w["bekostiging"], w["nodig"]),
        soorten="contact besluiten jeugdhulp", doelen="toeleiding afstemming", gedragen=False),
    rij("V49", "JHA GGZ>COL", "D", lambda w: en(w["bekostiging"], w["nodig"], niet(w["taakgericht"])),
        soorten="contact besluiten jeugdhulp", doelen="toeleiding afstemming", gedragen=False),
    rij("V49", "JHA GGZ>COL", "X", lambda w: en(w["bekostiging"], w["taakgericht"]),
        doelen="toeleiding afstemming"),
    rij("V50", "JHA GGZ>CBS", "D", soorten="contact jeugdhulp", doelen="afstemming", gedragen=False),
    rij("V51", "JHA>JHA", "M", lambda w: en(w["direct_betrokken"], w["nodig"]), soorten=ZONDER_STEM,
        doelen="toeleiding afstemming arrangement veiligheid"),
    rij("V52", "JHA TEAM>JHA TEAM", "T"),
    rij("V53", "JHA>SCH", "T"),
    rij("V54", "JHA>SWV OC GC SP", "T"),
    rij("V55", "JHA>LPL", "T"),
    rij("V56", "SCH>JHA", "T"),
    rij("V57", "SCH>COL TEAM", "T"),
    rij("V58", "COL>SCH", "M", lambda w: en(w["vraag_van_college"], w["nodig"]),
        soorten="contact onderwijspositie", doelen="toeleiding arrangement"),
    rij("V59", "COL TEAM>SCH", "T"),
    rij("V60", "HA JGZ SPEC>JHA", "T", doelen="toeleiding"),
    rij("V61", "HA>SCH", "T"),
    rij("V62", "JHA>HA", "T"),
    rij("V63", "COL TEAM>WMO", "T", lambda w: not w.jonger(18), uitdrukkelijk=True),
    rij("V64", "JHA>VGZ", "T", lambda w: not w.jonger(18)),
    rij("V65", "ZV VGZ>WMO", "T", uitdrukkelijk=True),
    rij("V65", "WMO>ZV VGZ", "T", uitdrukkelijk=True),
    rij("V66", "SCH>VERV", "T", soorten="contact onderwijspositie besluiten", doelen="arrangement"),
    rij("V67", "KO>SCH", "T", doelen="overstap"),
    rij("V68", "SCH>INSP", "D", soorten="contact verzuim", doelen="verzuim", gedragen=False),
    rij("V69", "JHA>LL", "D", lambda w: en(not w.jonger(12), w["gevraagd"])),
    rij("V69", "JHA>LR", "D", lambda w: en(w.jonger(12), w["gevraagd"]), soorten=ZONDER_STEM),
    rij("V70", "JHA>LR", "M", lambda w: en(not w.jonger(12), w.jonger(16), w["goede_zorg"]),
        soorten=ZONDER_STEM),
    rij("V71", "JHA>LR", "T", lambda w: not w.jonger(16)),
    rij("V72", "SCH>LR", "D", lambda w: w.jonger(16), soorten=ZONDER_STEM),
    rij("V72", "SCH>LR", "D", lambda w: en(not w.jonger(16), w.jonger(18)),
        soorten="contact onderwijspositie verzuim leerresultaten"),
    rij("V72", "SCH>LL", "D", lambda w: not w.jonger(16)),
    rij("V74", f"LR LL>{ORG}", "M", lambda w: w["eigen_gegevens"]),
    rij("V75", "SCH JHA GGZ GI JR COL TEAM LPL JGZ HA VT KO VGZ POL>VIR", "M",
        lambda w: en(w["risico_verwijsindex"], w.jonger(23)), soorten="contact", doelen="veiligheid"),
    rij("V76", f"{ORG}>ZVH", "?", doelen="veiligheid"),
)  # fmt: skip


@dataclass(frozen=True)
class Grond:
    """A ground of the law (consent.md §0 and §6): to whom, for what, below which age, and what it says."""

    van: str | None
    aan: str
    functies: frozenset[str | None]
    doel: str
    onder: int
    zegt: Mapping[str, bool]


GRONDEN: Final = {
    "ots_gi": Grond(
        None,
        "GI",
        frozenset({"jeugdbeschermer"}),
        "veiligheid",
        18,
        {"ots_loopt": True, "nodig": True},
    ),
    "veilig_thuis": Grond(
        None,
        "VT",
        frozenset({"meldpuntmedewerker"}),
        "veiligheid",
        200,
        {"vermoeden": True, "meldcode": True, "nodig": True},
    ),
    "verwijsindex": Grond(
        None,
        "VIR",
        frozenset({None, "meldpuntmedewerker"}),
        "veiligheid",
        23,
        {"risico_verwijsindex": True, "nodig": True},
    ),
    "leerplicht": Grond(
        "SCH",
        "LPL",
        frozenset({"leerplichtambtenaar"}),
        "verzuim",
        18,
        {"leerplichtig": True, "zestien_uur": True, "centraal_gemeld": False, "nodig": True},
    ),
    "overstap": Grond(
        "SCH",
        "SCH",
        frozenset({None}),
        "overstap",
        200,
        {"gaat_over": True, "vo_naar_mbo": False, "nodig": True},
    ),
}


def draagt(grond: str, van: str, aan: str, functie: str | None, doel: str, leeftijd: int) -> bool:
    """Whether a sound assertion of this ground is about this flow."""
    g = GRONDEN[grond]
    who = g.van in (None, van) and g.aan == aan and functie in g.functies
    return who and doel == g.doel and leeftijd < g.onder


def tekenaars(leeftijd: int, van: str, gezag: tuple[str, ...], *, eigen_woorden: bool) -> dict[str, set[str]]:
    """Table 2.3, of who can weigh his interests: who must say yes, and in which functions."""
    beide, grond = {"avg", "waiver"}, {"avg"}
    alles = beide if van in ZWIJGT else grond
    if leeftijd < 12:
        wie = dict.fromkeys(gezag, alles)
    elif leeftijd < 16:
        wie = dict.fromkeys(gezag, grond) | {"leerling": {"waiver"} if van in ZWIJGT else grond}
    else:
        wie = {"leerling": alles}
    return wie | ({"leerling": alles} if eigen_woorden else {})


@dataclass(frozen=True)
class Gezegd:
    """Of each person what he said of exactly this flow, in both functions: ja, nee or ingetrokken."""

    door: Mapping[str, str] = field(default_factory=dict)
    apart: bool = True
    """Of each category by itself."""


@dataclass(frozen=True)
class Zaak:
    van: str
    aan: str
    doel: str
    weet: Weet
    functie: str | None = None
    gezag: tuple[str, ...] = ("p1", "p2")
    """Who has it; nobody: it is not known who."""
    gezegd: Gezegd = field(default_factory=Gezegd)
    veto: bool = False


def verwacht(z: Zaak, soort: str) -> str:
    """What must come of one kind of data: it goes, waits, or stays home for good."""
    if soort in {"derden", "nummer", "herkomst"}:
        return NOOIT
    here = [
        (r, r.wanneer(z.weet))
        for r in ROWS
        if z.van in r.van
        and z.aan in r.aan
        and z.doel in r.doelen
        and soort in r.soorten
        and r.functie in (None, z.functie)
    ]
    here = [(r, holds) for r, holds in here if holds is not False]
    for letter in "XDM?T":
        of_it = [(r, holds) for r, holds in here if r.letter == letter]
        if not of_it:
            continue
        sure = [r for r, holds in of_it if holds]
        if not sure or letter == "?":
            return WACHT
        if letter == "X":
            return NOOIT
        vetoed = z.veto and letter != "D" and z.van in VETO
        if vetoed or (letter == "T" and z.veto and z.van == "SCH") or not all(r.gedragen for r in sure):
            return NOOIT
        if letter == "T":
            return _getekend(z, soort, uitdrukkelijk=any(r.uitdrukkelijk for r in sure))
        return GAAT
    return WACHT


def _getekend(z: Zaak, soort: str, *, uitdrukkelijk: bool) -> str:
    asked = tekenaars(z.weet.leeftijd, z.van, z.gezag, eigen_woorden=soort == "leerlingstem")
    said = {wie: z.gezegd.door.get(wie, "niets") for wie in asked}
    if any(what in {"nee", "ingetrokken"} for what in said.values()):
        return NOOIT
    if z.weet.leeftijd < 16 and not z.gezag:
        return WACHT
    if any(what == "niets" for what in said.values()):
        return WACHT
    if (uitdrukkelijk or soort in APART) and not z.gezegd.apart:
        return WACHT
    return GAAT
