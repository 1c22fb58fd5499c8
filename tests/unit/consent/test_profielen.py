"""The shipped profiles against the exchange catalogue: no more than its least, never what it forbids.

The tables are written apart from the profiles. A field more in a profile fails here until somebody writes
down why.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from consent.beleid import Beleid, Proportionaliteitsprofiel, parse_profiel, shared_reasons
from consent.decide import decide_as_if_agreed
from consent.minimise import minimise, number_fields, present
from consent.plek import TOEN, Plek
from consent.request import Request
from schemas.base import Gegevenscategorie
from schemas.base import Gegevenscategorie as G
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN, OVER_NIEMAND
from schemas.people.hoedanigheden import EIGENSCHAPPEN
from schemas.people.partij import Rol
from schemas.people.partijcodes import Partijhoedanigheid as P
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting
from tests.builders import NOW, P1, a_partij, a_request, a_school, authorities, beleid, profielen
from tests.conftest import ROOT

REFERENCE: Final = ("zaak", "leerling.naamdelen.", "leerling.geboortedatum", "school.naam", "school.brin")
"""Who and which case it is about: in every exchange about one leerling."""
LEAST: Final[dict[str, tuple[str, ...]]] = {
    "hulpvraag": ("vraag", "urgentie", "contactpersoon.", "thuisIngelicht[]", "school."),
    "opp_uittreksel": (
        "handelingsdeel.doelen[].",
        "perspectief.uitstroombestemming.",
        "perspectief.belemmerendeFactoren[]",
        "perspectief.bevorderendeFactoren[]",
        "handelingsdeel.begeleiding[].",
    ),
    "ontwikkelingsperspectief": (
        "handelingsdeel.doelen[].",
        "perspectief.uitstroombestemming.",
        "perspectief.belemmerendeFactoren[]",
        "perspectief.bevorderendeFactoren[]",
        "handelingsdeel.begeleiding[].",
    ),
    "terugkoppeling": ("status", "contactpersoon.", "adviezen[]", "adviezenVoor"),
    "gezamenlijk_plan": ("planversie", "doelen[].", "afspraken[].", "regisseur", "herzienOp"),
    "overlegset": ("overleg", "partner", "vraag", "doelen[].", "factoren[]", "ondersteuning[]."),
    "overleguitkomst": ("overlegdatum", "beslissingen[]", "acties[].", "afwijkend[]."),
    "toeleidingsbesluit": (
        "arrangement",
        "functies[]",
        "besluitvorm",
        "besloten",
        "mandaat",
        "uitvoerder",
        "ingangsdatum",
        "einddatum",
    ),
    "aanvraag_voorziening": ("voorziening.", "aanvrager"),
    "aanvraag_antwoord": ("uitkomst", "beantwoordOp"),
    "overstapset": (
        "watWerkt[]",
        "ondersteuning[].",
        "acties[].",
        "regisseur",
        "nieuweRegisseur",
        "nieuweSchool.",
    ),
    "overgang_volwassenheid": (
        "overgangsdatum",
        "ondersteuning[].",
        "nieuweVerantwoordelijke",
        "eigenBesluit",
    ),
    "verzuimsignaal": ("verzuim", "ondernomen[]", "dagenZonderAanbod"),
    "voortgangsbericht": ("planversie", "evaluatiedatum", "doelstanden[].", "bijdragen[].", "vervolg"),
    "terugkeer": ("terugkeerOp", "opbouw", "urenPerWeek", "ondersteuningMee", "contactpersoon."),
    "voorwaarden": ("leerplicht.", "leerlingenvervoer."),
    "escalatie": ("knelpunten[]", "vastSinds", "betrokkenPartijen[]"),
    "onderaanneming": ("vraag", "taak", "contactpersoon."),
    "arrangement": ("doelen[].", "afspraken[].", "regie[].", "kern.herzienOp"),
    "woonplaatsvraag": ("gemeente", "peildatum", "brin", "vestigingscode", "arrangement", "aanbod", "plaats"),
    "woonplaatsantwoord": ("gemeente", "peildatum", "arrangement", "route", "regel", "regelversie"),
    "verrekening": ("arrangement", "totalen[]."),
    "populatiemeting": ("schooljaar", "peildatum", "cellen[]."),
    "verzuimtelling": ("van", "totEnMet", "tellingen[]."),
    "inzageoverzicht": ("levering", "fase", "moment", "gebruiksdoel", "aan.", "categorieen[]", "velden[]"),
    "inzagereactie": ("levering", "hoedanigheid", "reactie", "toelichting"),
}
"""The column "Min" of the catalogue, per message type, as the start of paths."""
FOUND: Final = {
    "leerling.geslacht": "a gemeente finds its own number for him where none goes along",
    "leerling.postcode": "a gemeente finds its own number for him where none goes along",
    "leerling.woonplaats": "which gemeente it is for",
}
NUMBER: Final = {"persoonsnummer.": "the law gives it on this flow: V09, V14 to V17, V51"}
MORE: Final[dict[str, dict[str, str]]] = {
    "hulpvraag": {
        **FOUND,
        "leerling.woonadres": "OTS and Veilig Thuis must find him",
        "gezin.": "a way to reach the family, as it chose itself",
        "gezag": "who decides about help, as a fact and not the papers",
        "ouders[].": "the law names the person of an ouder or voogd (Jeugdwet 7.3.11(4))",
    },
    "toeleidingsbesluit": FOUND,
    "opp_uittreksel": {"school.vestigingscode": "two places of one school have different pupils"},
    "ontwikkelingsperspectief": {
        "school.": "whom to call; an OPP has no message around it that says so",
        "leerling.leerjaar.": "help in class depends on the year",
        "handelingsdeel.ondersteuningsbehoeften[]": "what is needed, in the place of the cause",
        "plan.ingangsdatum": "an arrangement follows on a plan that runs (P05)",
        "plan.einddatum": "an arrangement follows on a plan that runs (P05)",
        "besluiten.arrangementen[].": "two arrangements at once would help double (Q13)",
        "bronfeiten.diagnoses[].": "who sets up help in class must know what was established",
    },
    "terugkoppeling": {
        "sinds": "a status without a day cannot be told from an old one",
        "volgendContact": "ends the silence schools complain of (Q01)",
    },
    "overlegset": {"contactpersoon.": "whom to call about the meeting"},
    "aanvraag_voorziening": {"contactpersoon.": "whom the gemeente can ask", **FOUND},
    "overstapset": {**NUMBER, "school.": "from where he comes"},
    "onderaanneming": NUMBER,
    "overgang_volwassenheid": {"contactpersoon.": "whom the new party can ask"},
    "verzuimsignaal": {
        **NUMBER,
        "contactpersoon.": "whom to call",
        "school.": "which place of the school",
        "ziekgemeld": "a reason the law knows: leerplicht does not act on it",
        **FOUND,
    },
    "voortgangsbericht": {"volgendeEvaluatie": "it is temporary: it has a review date (P12)"},
    "terugkeer": {"adviezen[]": "conditions, in words a teacher can use"},
    "arrangement": {
        "kern.": "one plan, in versions, with a term (P04, P12)",
        "individueel.leerling.naamdelen.": "who it is about",
        "individueel.leerling.geboortedatum": "who it is about",
        "opp.vastgesteldOp": "the plan comes before (P05)",
        "terugkeerdoel": "what it aims at (P17)",
        "inrichting.functies[]": "at least one function (P14)",
        "scholen[].": "who takes part (P01)",
        "partners[].": "who takes part (P01)",
        "regieafspraken[]": "what the regisseur sees to (P21)",
        "tekortBasisondersteuning": "the reason must be there (P16)",
        "factoren[].": "helping and hindering, as in X2",
        "evaluaties[].": "no silent extension (P12)",
        "collectief.groep.": "who a group is for: its size, unless small, and its ages",
    },
    "verrekening": {"uitvoeringsvariant": "what is paid for: a task has no rows (P24)"},
}
"""What goes beyond the least, with the reason."""
NEVER_HERE: Final[dict[str, tuple[frozenset[G], tuple[str, ...]]]] = {
    "hulpvraag": (frozenset({G.LEERRESULTATEN, G.DOELEN, G.GEZONDHEID, G.BESLUITEN, G.BIJLAGE}), ()),
    "opp_uittreksel": (frozenset({G.LEERRESULTATEN, G.GEZONDHEID, G.BIJLAGE, G.LEERLINGSTEM}), ()),
    "ontwikkelingsperspectief": (
        frozenset({G.LEERRESULTATEN, G.BIJLAGE, G.LEERLINGSTEM, G.VERZUIM, G.JEUGDHULP, G.GEZIN_VEILIGHEID}),
        (
            "bronfeiten.medicijngebruik",
            "bronfeiten.onderzoeken",
            "leerling.adressen",
            "evaluaties",
            "perspectief.onderbouwing",
        ),
    ),
    "terugkoppeling": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.FACTOREN}), ("afloop", "verwijzing")),
    "gezamenlijk_plan": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.FACTOREN}), ()),
    "overlegset": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.BIJLAGE}), ()),
    "overleguitkomst": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.FACTOREN}), ()),
    "toeleidingsbesluit": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.FACTOREN}), ()),
    "aanvraag_voorziening": (frozenset({G.DOELEN, G.FACTOREN, G.LEERRESULTATEN, G.GEZONDHEID}), ()),
    "aanvraag_antwoord": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID}), ("andereGemeente", "verwijzing")),
    "overstapset": (frozenset({G.LEERRESULTATEN, G.GEZONDHEID, G.LEERLINGSTEM, G.BIJLAGE}), ()),
    "overgang_volwassenheid": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID}), ()),
    "verzuimsignaal": (frozenset({G.GEZIN_VEILIGHEID, G.JEUGDHULP}), ()),
    "voortgangsbericht": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.FACTOREN}), ("deelgenomen",)),
    "terugkeer": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.FACTOREN, G.BESLUITEN}), ()),
    "voorwaarden": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID}), ()),
    "escalatie": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.FACTOREN, G.DOELEN}), ()),
    "onderaanneming": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.BESLUITEN}), ()),
    "arrangement": (
        frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.LEERLINGSTEM}),
        (
            "hulp[]",
            "toewijzingen[]",
            "personen[]",
            "auteurs[]",
            "afspraken[].geld",
            "afspraken[].uren",
            "inrichting.geld",
            "inrichting.toeleiding",
            "beslisoverleg",
            "scholen[].identificaties",
            "partners[].identificaties",
            "partners[].contactpersoon",
            "collectief.aanduiding",
        ),
    ),
    **dict.fromkeys(
        ("woonplaatsvraag", "woonplaatsantwoord", "verrekening", "verzuimtelling"),
        (frozenset({G.GEZONDHEID, G.JEUGDHULP, G.GEZIN_VEILIGHEID, G.LEERLINGSTEM}), ()),
    ),
    "populatiemeting": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.LEERLINGSTEM}), ()),
    "inzageoverzicht": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID}), ()),
    "inzagereactie": (frozenset({G.GEZONDHEID, G.GEZIN_VEILIGHEID}), ()),
}
"""The column "Must not carry by default": whole categories, and the start of paths."""
THE_DOSSIER: Final = {"toeleiding-jeugdhulpverlener-s2j": "bronfeiten.toetsen[]."}
"""Not by default but here: help for dyslexia is asked with the tests themselves (S89)."""
NAMED: Final = ("ouders[].", "gezag", "leerling.woon", "leerling.postcode")
ONLY_WITHOUT: Final = {Rol.JEUGDBESCHERMER, Rol.MELDPUNTMEDEWERKER}
"""Roles that get nothing on toestemming: theirs is held against what any other role gets with it."""
EACH: Final = pytest.mark.parametrize("profiel", profielen(), ids=lambda p: p.id)


def label(profiel: Proportionaliteitsprofiel) -> dict[str, Gegevenscategorie]:
    return {b.pad: b.categorie for b in BERICHTEN[profiel.bericht].bladen if b.pad in profiel.paden}


def between(profiel: Proportionaliteitsprofiel) -> tuple[tuple[P, ...], tuple[P, ...]]:
    """From whom and to whom; one that names nobody is about a school and who stood on the other side.

    Where jeugdhulp receives, schoolmaatschappelijk werk that it employs does.
    """
    sides: tuple[tuple[P, ...], tuple[P, ...]] = ((P.ONDERWIJS,), tuple(sorted(TOEN)))
    van, aan = sides if profiel.richting is Richting.S2J else sides[::-1]
    reads = profiel.aan or aan
    return profiel.van or van, (*reads, *([P.SCHOOLMAATSCHAPPELIJK_WERK] if P.JEUGDHULP in reads else []))


@EACH
def test_no_more_than_the_least(profiel: Proportionaliteitsprofiel) -> None:
    """Each field is of the least the catalogue names, or of what somebody wrote a reason for."""
    may = (*REFERENCE, *LEAST[profiel.bericht], *MORE.get(profiel.bericht, {}), "school.vestigingscode")
    may += (THE_DOSSIER[profiel.id],) if profiel.id in THE_DOSSIER else ()
    assert [p for p in sorted(profiel.paden) if not p.startswith(may)] == []


@EACH
def test_never_what_the_catalogue_forbids(profiel: Proportionaliteitsprofiel) -> None:
    """By category and by name."""
    categories, paths = NEVER_HERE[profiel.bericht]
    asked = THE_DOSSIER.get(profiel.id)
    labels = {p: c for p, c in label(profiel).items() if asked is None or not p.startswith(asked)}
    if (profiel.bericht, Richting.S2J) == ("ontwikkelingsperspectief", profiel.richting):
        assert (G.GEZONDHEID in labels.values()) is (profiel.doel is Gebruiksdoel.ARRANGEMENT)
    assert [p for p, c in labels.items() if c in categories] == []
    assert [p for p in labels if p.startswith(paths)] == []


def test_what_is_forbidden_exists() -> None:
    """A name in the table that no message has would forbid nothing."""
    for soort, (_, paths) in NEVER_HERE.items():
        there = [b.pad for b in BERICHTEN[soort].bladen]
        assert [p for p in paths if not any(t.startswith(p) for t in there)] == []


@pytest.mark.parametrize("soort", sorted(LEAST))
def test_the_least_does_go(soort: str) -> None:
    """Somebody gets each part of the least: an exchange without it would be of no use."""
    named = {p for profiel in profielen() if profiel.bericht == soort for p in profiel.paden}
    assert named, "a type without any profile"
    assert [part for part in LEAST[soort] if not any(p.startswith(part) for p in named)] == []


def test_which_types_have_a_profile() -> None:
    """All types of the catalogue that this line carries; the tables know each of them."""
    have = {p.bericht for p in profielen()}
    assert have == LEAST.keys() == NEVER_HERE.keys()
    assert BERICHTEN.keys() - have == {
        "deling_zonder_toestemming",  # X20: the record of a sharing, not what is shared
    }


@EACH
def test_the_role_is_one_of_who_receives(profiel: Proportionaliteitsprofiel) -> None:
    """A profile for a role that nobody has there would never be used. What is about nobody has no sides, and
    who reads for himself has no role.
    """
    if profiel.bericht in OVER_NIEMAND or profiel.rol is Rol.ZELF:
        return
    _, aan = between(profiel)
    assert any(profiel.rol in EIGENSCHAPPEN[h].functies for h in aan)


TOO_MUCH: Final[dict[str, tuple[Rol | None, str | None, tuple[str, ...]]]] = {
    "exemption and transport to the access team": (
        Rol.TOEGANGSMEDEWERKER,
        "voorwaarden",
        ("leerplicht.vrijgesteld", "leerlingenvervoer."),
    ),
    "why a destination is expected": (None, None, ("perspectief.onderbouwing",)),
    "whom to call at every partner": (None, None, ("partners[].contactpersoon",)),
    "who decided on which mandate": (
        Rol.JEUGDHULPVERLENER,
        "toeleidingsbesluit",
        ("mandaat", "beslotenDoor"),
    ),
    "that there is help, where advice is enough": (
        Rol.LEERKRACHT,
        None,
        ("status", "sinds", "ondersteuningMee"),
    ),
    "what the school did about absence": (
        Rol.JEUGDHULPVERLENER,
        "verzuimsignaal",
        ("dagenZonderAanbod", "ondernomen"),
    ),
}
"""What the FG's reading of the facts found that no such profile may have: role, message, start of paths.

The rest of it is no matter of a profile: `vraag` and `leefgebied` count as level 3 (test_gecorrigeerd.py),
and `zaak` has another value for every partner (tests/flow/test_pairwise.py).
"""
TOO_LITTLE: Final[dict[str, tuple[frozenset[Rol], str, frozenset[Gebruiksdoel], frozenset[str]]]] = {
    "a way to reach the family": (
        frozenset({Rol.JEUGDHULPVERLENER, Rol.TOEGANGSMEDEWERKER}),
        "hulpvraag",
        frozenset({Gebruiksdoel.TOELEIDING}),
        frozenset({"gezin.telefoon", "gezin.email"}),
    ),
    "woonplaats and gezag": (
        frozenset({Rol.JEUGDHULPVERLENER, Rol.TOEGANGSMEDEWERKER}),
        "hulpvraag",
        frozenset({Gebruiksdoel.TOELEIDING}),
        frozenset({"leerling.woonplaats", "gezag"}),
    ),
    "parents concerned and the address, for OTS and Veilig Thuis": (
        frozenset({Rol.JEUGDBESCHERMER, Rol.MELDPUNTMEDEWERKER}),
        "hulpvraag",
        frozenset({Gebruiksdoel.VEILIGHEID}),
        frozenset({"ouders[].naamdelen.achternaam", "ouders[].hoedanigheid", "gezag"})
        | {f"leerling.{p}" for p in ("woonadres", "postcode", "woonplaats")},
    ),
    "who at home knows, for safety": (
        frozenset(
            {
                Rol.JEUGDBESCHERMER,
                Rol.MELDPUNTMEDEWERKER,
                Rol.JEUGDHULPVERLENER,
                Rol.TOEGANGSMEDEWERKER,
            }
        ),
        "hulpvraag",
        frozenset({Gebruiksdoel.VEILIGHEID}),
        frozenset({"thuisIngelicht[]"}),
    ),
    "what a gemeente finds a number by, asked for help": (
        frozenset({Rol.TOEGANGSMEDEWERKER}),
        "hulpvraag",
        frozenset({Gebruiksdoel.TOELEIDING}),
        frozenset({"leerling.geslacht", "leerling.postcode"}),
    ),
    "what a gemeente finds a number by, asked for a voorziening": (
        frozenset({Rol.TOEGANGSMEDEWERKER}),
        "aanvraag_voorziening",
        frozenset({Gebruiksdoel.TOELEIDING}),
        frozenset({"leerling.geslacht", "leerling.postcode"}),
    ),
    "that he is ill, to leerplicht": (
        frozenset({Rol.LEERPLICHTAMBTENAAR}),
        "verzuimsignaal",
        frozenset({Gebruiksdoel.VERZUIM}),
        frozenset({"ziekgemeld", "leerling.geslacht", "leerling.postcode"}),
    ),
    "whom a teacher can ask": (
        frozenset({Rol.LEERKRACHT}),
        "terugkoppeling",
        frozenset({Gebruiksdoel.AFSTEMMING, Gebruiksdoel.ARRANGEMENT}),
        frozenset({"contactpersoon.naam", "contactpersoon.telefoon"}),
    ),
    "whom a teacher can ask when he comes back": (
        frozenset({Rol.LEERKRACHT}),
        "terugkeer",
        frozenset({Gebruiksdoel.OVERSTAP}),
        frozenset({"contactpersoon.naam", "contactpersoon.telefoon"}),
    ),
    "whether somebody rides along": (
        frozenset({Rol.INTERN_BEGELEIDER}),
        "voorwaarden",
        frozenset({Gebruiksdoel.VERZUIM}),
        frozenset({"leerlingenvervoer.begeleiding"}),
    ),
}
"""What the same reading missed: roles, message, doelen, paths that each such profile must have."""


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_was_too_much_is_gone(what: str) -> None:
    """From every profile of that role and message, and it is a field that exists."""
    rol, bericht, starts = TOO_MUCH[what]
    reach = [p for p in profielen() if rol in (None, p.rol) and bericht in (None, p.bericht)]
    assert reach
    assert [(p.id, pad) for p in reach for pad in p.paden if pad.startswith(starts)] == []
    there = {b.pad for p in reach for b in BERICHTEN[p.bericht].bladen}
    assert all(any(pad.startswith(s) for pad in there) for s in starts)


@pytest.mark.parametrize("what", TOO_LITTLE)
def test_what_was_missed_is_there(what: str) -> None:
    """In every profile of those roles, that message and those doelen."""
    rollen, bericht, doelen, paden = TOO_LITTLE[what]
    found = {
        (p.rol, p.doel): paden - p.paden
        for p in profielen()
        if p.rol in rollen and p.bericht == bericht and p.doel in doelen
    }
    assert found == {(r, d): frozenset() for r in rollen for d in doelen}


def test_that_he_is_ill_reaches_leerplicht_only() -> None:
    """A helper and the access team do not need it, and it is about health."""
    assert {p.rol for p in profielen() if "ziekgemeld" in p.paden} == {Rol.LEERPLICHTAMBTENAAR}


def test_a_teacher_hears_no_detail() -> None:
    """Advice for the class and whom to ask; not that there is help, no day of it, no ending."""
    contact = {f"contactpersoon.{n}" for n in ("naam", "functie", "telefoon", "email")}
    of = {(p.doel, p.bericht): p.paden for p in profielen() if p.rol is Rol.LEERKRACHT}
    for doel in (Gebruiksdoel.AFSTEMMING, Gebruiksdoel.ARRANGEMENT):
        assert of[doel, "terugkoppeling"] == {"adviezen[]", "adviezenVoor", *contact}
    returns = of[Gebruiksdoel.OVERSTAP, "terugkeer"]
    assert contact <= returns
    assert not {p for p in returns if p.startswith(("ondersteuningMee", "leerling.geboorte"))}


COLLEGE: Final = re.compile(r"Jeugdwet (2\.\d|7\.4\.0)")
SCHOOL_LAW: Final = re.compile(r"WPO (?!18a)")
"""WPO 18a and WVO 2020 2.47 are the law of a samenwerkingsverband; the WEC has no such article."""


@EACH
def test_each_norm_is_one_that_bears_on_this_recipient(profiel: Proportionaliteitsprofiel) -> None:
    """What addresses the college supports a field of the access team only; school law is cited per sector."""
    for veld in profiel.velden:
        if COLLEGE.search(veld.norm):
            assert profiel.rol is Rol.TOEGANGSMEDEWERKER, veld.pad
        if SCHOOL_LAW.search(veld.norm):
            assert "WVO 2020" in veld.norm, veld.pad
            assert "WEC" in veld.norm, veld.pad


def test_no_reason_is_used_for_two_roles() -> None:
    """As `ozlijn profile check` asks of everybody."""
    assert list(shared_reasons(profielen())) == []
    one = profielen()[0]
    other = next(p for p in profielen() if p.rol is not one.rol and p.bericht == one.bericht)
    copied = other.model_copy(update={"velden": (one.velden[0], *other.velden[1:])})
    assert [(n, f.code, f.place) for n, f in shared_reasons((one, copied))] == [
        (n, "profiel.reden", "/velden/0/waarom") for n in (0, 1)
    ]
    told = one.velden[0].model_copy(update={"gedeeld": "Dit geldt voor wie dan ook."})
    said = [p.model_copy(update={"velden": (told, *p.velden[1:])}) for p in (one, other)]
    assert list(shared_reasons(said)) == []


@pytest.mark.parametrize(
    "profiel", [p for p in profielen() if p.doel is Gebruiksdoel.VEILIGHEID], ids=lambda p: p.id
)
def test_without_consent_less_goes_than_with(profiel: Proportionaliteitsprofiel) -> None:
    """What replaces a toestemming is narrower than any profile that needs one, but for what the law names.

    For an ondertoezichtstelling and for Veilig Thuis that is the parents concerned and where they live. A
    jeugdverpleegkundige hears nothing of home at all (V24), so of him the rest is compared.
    """
    named = {p for p in profiel.paden if p.startswith(NAMED)} if profiel.rol in ONLY_WITHOUT else set()
    assert len(profiel.paden - named) <= 11
    heavy = {p for p, c in label(profiel).items() if c.niveau == 3}
    assert heavy - named <= {"thuisIngelicht[]"}
    others = [
        p
        for p in profielen()
        if (p.richting, p.bericht) == (profiel.richting, profiel.bericht)
        and p.doel is not Gebruiksdoel.VEILIGHEID
    ]
    # V24 lets nothing of family and safety go to JGZ, and a school that is asked something hears the question
    # only (S91), so those are no measure of what needs toestemming.
    others = [p for p in others if p.aan not in {(P.JGZ,), (P.ONDERWIJS,)}]
    alike = [p for p in others if p.rol is profiel.rol and profiel.rol not in ONLY_WITHOUT]
    assert others
    at_home = {"thuisIngelicht[]"}
    for p in alike or others:
        less = at_home if p.rol is Rol.JEUGDVERPLEEGKUNDIGE else set()
        assert profiel.paden - named - less < p.paden, p.id


def full_of_marks(soort: str) -> Inhoud:
    """Every field a message of this type can have, twice where it is a list, each with a mark of its own."""
    count = itertools.count()
    data: dict[str, Any] = {}
    for blad in BERICHTEN[soort].bladen:
        _put(data, blad.pad.split("."), (f"KANARIE-{n}-{blad.pad}" for n in count))
    return Inhoud(soort, data)


def _put(data: dict[str, Any], steps: list[str], mark: Iterator[str]) -> None:
    name, many, rest = steps[0].removesuffix("[]"), steps[0].endswith("[]"), steps[1:]
    if not rest:
        data[name] = [next(mark), next(mark)] if many else next(mark)
    elif many:
        for each in data.setdefault(name, [{}, {}]):
            _put(each, rest, mark)
    else:
        _put(data.setdefault(name, {}), rest, mark)


def marks(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [m for below in value.values() for m in marks(below)]
    if isinstance(value, list):
        return [m for below in value for m in marks(below)]
    return [value]


def only_profiles() -> Beleid:
    """What the rules of a flow would keep home of it beside the profile is another matter."""
    return dataclasses.replace(beleid(), stromen=None)


def asked(profiel: Proportionaliteitsprofiel, inhoud: Inhoud) -> Request:
    """Everything of this message, from the right side to the role of the profile."""
    van, aan = between(profiel)
    nobody, zelf = profiel.bericht in OVER_NIEMAND, profiel.rol is Rol.ZELF
    reads = next(h for h in aan if nobody or zelf or profiel.rol in EIGENSCHAPPEN[h].functies)
    partij = a_school() if (van[0] if zelf else reads) is P.ONDERWIJS else a_partij()
    if profiel.rol not in partij.rollen:
        partij = partij.model_copy(update={"hoedanigheid": reads, "rollen": (profiel.rol,)})
    return dataclasses.replace(
        a_request(richting=profiel.richting),
        van=None if nobody else Plek(van[0]),
        aan=None if nobody else Plek(reads, werkgever=P.JEUGDHULP),
        afzender=partij.id if zelf else a_request(richting=profiel.richting).afzender,  # he gives it himself
        doel=profiel.doel,
        ontvanger=Ontvanger(partij=partij.id, rol=profiel.rol, persoon_id=P1 if zelf else None),
        partij=partij,
        bericht=profiel.bericht,
        gevraagd=tuple(Gegevenscategorie),
        velden=present(inhoud),
    )


def agreeable(profiel: Proportionaliteitsprofiel) -> frozenset[str]:
    """What goes when everybody agrees: the number of the leerling asks a rule besides (test_nummers.py)."""
    return profiel.paden - number_fields(profiel.bericht)


@EACH
def test_only_what_the_profile_names_survives(profiel: Proportionaliteitsprofiel) -> None:
    """Of a message full of marks, asked for whole and with everybody agreed, no other mark comes through."""
    inhoud = full_of_marks(profiel.bericht)
    assert set(present(inhoud)) == {b.pad for b in BERICHTEN[profiel.bericht].bladen}
    decision = decide_as_if_agreed(asked(profiel, inhoud), authorities(), only_profiles(), NOW)
    assert decision.profile_id == profiel.id
    assert decision.permit is not None
    left = marks(minimise(inhoud, decision.permit).inhoud)
    named = agreeable(profiel)
    assert {m.split("-", 2)[2] for m in left} == named
    assert sorted(left) == sorted(m for m in marks(inhoud.data) if m.split("-", 2)[2] in named)


@EACH
def test_free_text_waits_for_a_reader(profiel: Proportionaliteitsprofiel) -> None:
    """Not one free text of a profile goes when nobody read it."""
    inhoud = full_of_marks(profiel.bericht)
    request = dataclasses.replace(asked(profiel, inhoud), vrije_tekst_nagekeken=False)
    free = {v.pad for v in profiel.velden if v.nakijken}
    released = decide_as_if_agreed(request, authorities(), only_profiles(), NOW).released
    assert set(released) == agreeable(profiel) - free


def test_each_case_has_its_own_profile() -> None:
    """A request for another doel than the profile's gets nothing of it."""
    profiel = next(p for p in profielen() if p.bericht == "hulpvraag")
    request = dataclasses.replace(asked(profiel, full_of_marks("hulpvraag")), doel=Gebruiksdoel.OVERSTAP)
    assert decide_as_if_agreed(request, authorities(), only_profiles(), NOW).released == ()
    held = Beleid.of(profielen(), rules_hash="").profielen.values()
    assert sum(map(len, held)) == len(profielen())


def test_the_example_in_the_documents_is_a_profile() -> None:
    """What docs/profielen.md shows can be copied."""
    text = (ROOT / "docs" / "profielen.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert parse_profiel(example).velden
