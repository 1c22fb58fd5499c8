"""Each exchange of the catalogue has a message: its example is accepted, the rest has no place."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.base import NOOIT
from schemas.base import Gegevenscategorie as G
from schemas.messages.bericht import Bericht
from schemas.messages.berichten import BERICHTEN, GEDRAGEN, OVER_NIEMAND, onderwerpen
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.tellingen import KLEINSTE_AANTAL, aantal_of_niets
from schemas.publication.voorbeelden import VOORBEELDEN

SOORTEN = pytest.mark.parametrize("soort", list(BERICHTEN))
GEVOELIG = {G.LEERRESULTATEN, G.GEZONDHEID, G.GEZIN_VEILIGHEID, G.BIJLAGE, G.DERDEN, G.NUMMER}
CARE = "diagnose|behandel|medic|reden|oorzaak|opname|grondslag|notitie|observatie|verslag"
SCHOOL = "toets|cijfer|score|loopbaan|geschiedenis|bijlage|dossier|bronfeit"
PERSON = "leerling|naam|bsn|geboorte|adres|persoon|nummer"
CATALOGUE: dict[str, tuple[str, set[G], str]] = {
    # message: exchange, categories it has no leaf of, what no field is called
    "hulpvraag": ("X1", GEVOELIG - {G.GEZIN_VEILIGHEID} | {G.BESLUITEN, G.DOELEN}, f"{SCHOOL}|^plan"),
    "opp_uittreksel": ("X2", GEVOELIG, f"{SCHOOL}|{CARE}"),
    "terugkoppeling": ("X3", GEVOELIG | {G.FACTOREN, G.LEERLINGSTEM}, f"{CARE}|gezin|ouder"),
    "gezamenlijk_plan": ("X4", GEVOELIG, f"{CARE}|{SCHOOL}|intern"),
    "overlegset": ("X5", GEVOELIG, f"{SCHOOL}|{CARE}|partners|ontvangers"),
    "overleguitkomst": ("X5", GEVOELIG | {G.FACTOREN}, f"{SCHOOL}|{CARE}"),
    "toeleidingsbesluit": ("X6", GEVOELIG | {G.FACTOREN, G.DOELEN}, f"{CARE}|motiv|toelicht"),
    "woonplaatsvraag": ("X7", GEVOELIG | {G.JEUGDHULP, G.FACTOREN, G.DOELEN}, f"{PERSON}|{CARE}"),
    "woonplaatsantwoord": ("X7", GEVOELIG | {G.JEUGDHULP, G.FACTOREN, G.DOELEN}, f"{PERSON}|{CARE}"),
    "aanvraag_voorziening": ("X8", GEVOELIG | {G.FACTOREN, G.DOELEN, G.VERZUIM}, f"{SCHOOL}|school"),
    "aanvraag_antwoord": (
        "X8",
        GEVOELIG - {G.GEZIN_VEILIGHEID} | {G.FACTOREN, G.DOELEN, G.VERZUIM},
        f"{SCHOOL}|{CARE}|leerling|product|budget",
    ),
    "onderaanneming": ("X9", GEVOELIG - {G.NUMMER} | {G.DOELEN, G.VERZUIM, G.BESLUITEN}, f"{SCHOOL}|{CARE}"),
    "verrekening": ("X10", GEVOELIG | {G.JEUGDHULP, G.CONTACT}, f"{PERSON}|{CARE}|zaak"),
    "populatiemeting": ("X11", GEVOELIG, f"{PERSON}|zaak|ref|klas|groepsnaam"),
    "verzuimtelling": ("X14", GEVOELIG | {G.JEUGDHULP}, f"{PERSON}|zaak|ref|klas|groepsnaam|reden"),
    "overstapset": ("X12", GEVOELIG - {G.NUMMER}, f"{SCHOOL}|screening|onderzoek|toestemming"),
    "overgang_volwassenheid": ("X13", GEVOELIG, "ouder|toestemming|gezag"),
    "verzuimsignaal": ("X14", GEVOELIG - {G.GEZONDHEID, G.NUMMER} | {G.FACTOREN}, f"{CARE}|klacht|ziekte"),
    "voortgangsbericht": ("X15", GEVOELIG | {G.FACTOREN}, f"{CARE}|bijlage|bestand"),
    "inzageoverzicht": ("X16", GEVOELIG, "naam|ouder|medewerker|inhoud|waarde"),
    "inzagereactie": ("X16", GEVOELIG, "naam|inhoud"),
    "terugkeer": ("X17", GEVOELIG | {G.FACTOREN, G.BESLUITEN}, f"{CARE}|instelling|delict|verblijf"),
    "voorwaarden": ("X18", GEVOELIG | {G.FACTOREN, G.JEUGDHULP}, f"{CARE}|artikel|medisch|^grond"),
    "escalatie": ("X19", GEVOELIG | {G.FACTOREN, G.DOELEN, G.LEERRESULTATEN}, f"{SCHOOL}|{CARE}|leerling"),
    "deling_zonder_toestemming": ("X20", GEVOELIG - {G.GEZIN_VEILIGHEID, G.DERDEN}, f"{SCHOOL}|inhoud"),
}
CODED_ONLY = [
    *(
        "terugkoppeling",
        "toeleidingsbesluit",
        "woonplaatsvraag",
        "woonplaatsantwoord",
        "aanvraag_voorziening",
        "aanvraag_antwoord",
    ),
    *(
        "verrekening",
        "populatiemeting",
        "verzuimtelling",
        "verzuimsignaal",
        "voortgangsbericht",
        "inzageoverzicht",
        "terugkeer",
    ),
    *("voorwaarden", "escalatie"),
]


def example(soort: str) -> dict[str, Any]:
    return copy.deepcopy(VOORBEELDEN[soort])


def read(soort: str, data: dict[str, Any]) -> Bericht:
    return BERICHTEN[soort].model_validate_json(json.dumps(data))


def names(soort: str) -> set[str]:
    """Every word in a leaf path."""
    return {part.removesuffix("[]") for b in BERICHTEN[soort].bladen for part in b.pad.split(".")}


def objects(value: Any, path: Sequence[str | int] = ()) -> Iterator[Sequence[str | int]]:
    """The place of every object in a document."""
    if isinstance(value, dict):
        yield path
        for key, below in value.items():
            yield from objects(below, (*path, key))
    elif isinstance(value, list):
        for i, below in enumerate(value):
            yield from objects(below, (*path, i))


@SOORTEN
def test_example_is_accepted(soort: str) -> None:
    """The example of each type is a valid message, and comes back the same from its own JSON."""
    bericht = read(soort, example(soort))
    assert read(soort, bericht.inhoud().data) == bericht
    assert bericht.inhoud().data == example(soort)


@SOORTEN
def test_no_other_fields(soort: str) -> None:
    """A field that is not in the type is refused, at every depth, without its value in the error."""
    for path in objects(example(soort)):
        data = example(soort)
        here: Any = data
        for step in path:
            here = here[step]
        here["opmerking"] = "Geheim17"
        with pytest.raises(ValidationError) as caught:
            read(soort, data)
        assert "extra_forbidden" in {e["type"] for e in caught.value.errors()}
        assert "Geheim17" not in str(caught.value)


@SOORTEN
def test_least_fields_are_required(soort: str) -> None:
    """What makes the exchange useful cannot be left out: each required field on its own."""
    required = [f.alias or n for n, f in BERICHTEN[soort].model_fields.items() if f.is_required()]
    for field in required:
        data = example(soort)
        del data[field]
        with pytest.raises(ValidationError):
            read(soort, data)


def test_the_catalogue_is_complete() -> None:
    """Every exchange X1 to X20 has at least one message; the plan and the arrangement stand beside them."""
    assert CATALOGUE.keys() == BERICHTEN.keys() - {"ontwikkelingsperspectief", "arrangement"}
    assert {x for x, _, _ in CATALOGUE.values()} == {f"X{n}" for n in range(1, 21)}
    for soort, (exchange, _, _) in CATALOGUE.items():
        assert (BERICHTEN[soort].__doc__ or "").startswith(exchange)


@pytest.mark.parametrize("soort", list(CATALOGUE))
def test_must_not_carry(soort: str) -> None:
    """What an exchange must not carry has no leaf of that category and no field of that name."""
    _, forbidden, words = CATALOGUE[soort]
    assert not forbidden & {b.categorie for b in BERICHTEN[soort].bladen}
    assert [n for n in sorted(names(soort)) if re.search(words, n, re.IGNORECASE)] == []


@pytest.mark.parametrize("soort", CODED_ONLY)
def test_coded_only(soort: str) -> None:
    """Where codes do, nobody can write a text."""
    assert not [b.pad for b in BERICHTEN[soort].bladen if b.vrij]


class TestTerugkoppeling:
    ALLOWED = {G.JEUGDHULP, G.CONTACT, G.DOELEN, G.HERKOMST}
    IJW = {
        "product": ("product", "productCategorie", "productCode"),
        "legal status": ("juridischeStatus", "wettelijkeVertegenwoordiging"),
        "referrer": ("verwijzer", "verwijzerNaam", "zorgverlenerCode"),
        "provider": ("agbCode", "aanbieder", "organisatie", "header"),
        "volume and money": ("omvang", "budget", "tarief", "bedrag", "volume", "frequentie"),
        "others": ("relaties", "contactgegevens", "communicatie"),
        "remarks": ("commentaar",),
        "between authorities": (
            *("redenWijziging", "redenVerzoek", "redenAfwijzingVerzoek", "woonplaatsbeginsel"),
            "verzoekAntwoord",
        ),
        "reason of ending": ("redenBeeindiging",),
        "authority": ("gezagsdragerBekend",),
        "linkable": (
            *("toewijzingNummer", "beschikkingNummer", "beschikkingIngangsdatum", "referentieAanbieder"),
            *("identificatie", "raamcontract"),
        ),
        "bsn": ("bsn",),
        "retour": ("retourCodes", "retourCode"),
        "number of products": ("aantal", "producten"),
    }
    """The elements of iJw that never go to a school by default (ijw-3.2.md §11)."""

    def test_nothing_is_free_text_or_care_content(self) -> None:
        """No leaf is free text, and every leaf is a code, a day, a short name or a way to reach somebody."""
        assert not [b.pad for b in BERICHTEN["terugkoppeling"].bladen if b.vrij]
        assert {b.categorie for b in BERICHTEN["terugkoppeling"].bladen} == self.ALLOWED
        story = "Hij is boos omdat zijn vader in 2019 vertrok: zie verslag."
        for field in ("status", "afloop", "adviezenVoor", "sinds"):
            with pytest.raises(ValidationError):
                read("terugkoppeling", example("terugkoppeling") | {field: story})
        for part in ("naam", "functie", "telefoon", "email"):
            data = example("terugkoppeling")
            data["contactpersoon"][part] = story
            with pytest.raises(ValidationError):
                read("terugkoppeling", data)

    def test_only_the_own_reference_is_loose(self) -> None:
        """The one text without a form is the sender's own reference, which never leaves."""
        loose = [b.pad for b in BERICHTEN["terugkoppeling"].bladen if b.categorie in NOOIT]
        assert loose == ["verwijzing"]

    @pytest.mark.parametrize("elements", IJW.values(), ids=list(IJW))
    def test_ijw_has_no_home(self, elements: tuple[str, ...]) -> None:
        """No element of iJw that must not reach a school has a field, at the top or below."""
        known = {n.lower() for n in names("terugkoppeling")}
        for element in elements:
            assert element.lower() not in known
            for where in ((), ("contactpersoon",)):
                data = example("terugkoppeling")
                (data[where[0]] if where else data)[element] = "17"
                with pytest.raises(ValidationError) as caught:
                    read("terugkoppeling", data)
                assert [e["type"] for e in caught.value.errors()] == ["extra_forbidden"]

    def test_it_says_how_help_stands_or_gives_advice(self) -> None:
        """A school says nothing of help, but what works with her; who says neither says nothing."""
        data = example("terugkoppeling")
        for field in ("status", "sinds", "afloop"):
            data.pop(field, None)
        assert read("terugkoppeling", data).inhoud().data["adviezen"]
        with pytest.raises(ValidationError) as caught:
            read("terugkoppeling", data | {"adviezen": []})
        assert [e["type"] for e in caught.value.errors()] == ["leeg"]

    def test_advice_is_for_the_teacher(self) -> None:
        """Advice for the class is addressed to the teacher, and cannot be addressed to another role."""
        assert read("terugkoppeling", example("terugkoppeling")).inhoud().data["adviezenVoor"] == "leerkracht"
        with pytest.raises(ValidationError):
            read("terugkoppeling", example("terugkoppeling") | {"adviezenVoor": "intern_begeleider"})


class TestFigures:
    @pytest.mark.parametrize("count", [-1, 0, 1, 4, KLEINSTE_AANTAL - 1])
    def test_small_counts_cannot_be_written(self, count: int) -> None:
        """A count below the least one is refused, zero included: it is suppressed instead."""
        data = example("populatiemeting")
        data["cellen"][0]["aantal"] = count
        with pytest.raises(ValidationError):
            read("populatiemeting", data)
        assert aantal_of_niets(count) is None

    def test_least_count(self) -> None:
        """The least count itself is written."""
        assert aantal_of_niets(KLEINSTE_AANTAL) == KLEINSTE_AANTAL

    @pytest.mark.parametrize("dimension", ["gemeente", "brin", "leeftijdsgroep", "jeugdhulp"])
    def test_no_subtotals(self, dimension: str) -> None:
        """No dimension can be left open, so a suppressed cell cannot be worked out from a subtotal."""
        data = example("populatiemeting")
        del data["cellen"][0][dimension]
        with pytest.raises(ValidationError):
            read("populatiemeting", data)

    @pytest.mark.parametrize("variant", ["taakgericht", "inspanningsgericht", "outputgericht"])
    def test_no_row_per_leerling(self, variant: str) -> None:
        """Settlement has totals per gemeente and period only, whatever is paid for."""
        data = example("verrekening") | {"uitvoeringsvariant": variant}
        assert read("verrekening", data).inhoud().data == data
        for extra in ("regels", "leerlingen", "clienten"):
            with pytest.raises(ValidationError):
                read("verrekening", data | {extra: []})


class TestWeighing:
    @pytest.mark.parametrize("answer", list(VOORBEELDEN["deling_zonder_toestemming"]["afweging"]))
    @pytest.mark.parametrize("given", [None, ""])
    def test_every_question_is_answered(self, answer: str, given: str | None) -> None:
        """A weighing with one question open, or answered with nothing, cannot be written."""
        data = example("deling_zonder_toestemming")
        del data["afweging"][answer]
        if given is not None:
            data["afweging"][answer] = given
        with pytest.raises(ValidationError):
            read("deling_zonder_toestemming", data)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"goedkeurder": "medewerker een"}, "vier_ogen"),
            ({"vensterTot": "2026-10-15T10:00:00Z"}, "venster"),
            ({"vensterTot": "2026-10-18T10:00:01Z"}, "venster"),
            ({"oudersInformeren": "uitgesteld"}, "uitstel"),
            ({"redenUitstel": "Fictief."}, "uitstel"),
        ],
        ids=str,
    )
    def test_incomplete(self, change: dict[str, Any], code: str) -> None:
        """One person alone, a window that is too long or empty, and delay without a reason are refused."""
        with pytest.raises(ValidationError) as caught:
            read("deling_zonder_toestemming", example("deling_zonder_toestemming") | change)
        assert [e["type"] for e in caught.value.errors()] == [code]

    def test_at_the_limits(self) -> None:
        """Exactly 72 hours is allowed, and so is telling ouders later with a reason."""
        change = {
            "vensterTot": "2026-10-18T10:00:00Z",
            "oudersInformeren": "uitgesteld",
            "redenUitstel": "Fictief.",
        }
        data = example("deling_zonder_toestemming") | change
        assert read("deling_zonder_toestemming", data).inhoud().data == data

    def test_who_weighed_never_leaves(self) -> None:
        """The two people of the weighing are for the account: their fields never leave."""
        never = {b.pad for b in BERICHTEN["deling_zonder_toestemming"].bladen if b.categorie in NOOIT}
        assert never == {"opsteller", "goedkeurder", "goedkeurderFunctie"}


def test_one_partner_per_meeting_set() -> None:
    """A set for a meeting is for one partner: it cannot name a second one."""
    with pytest.raises(ValidationError):
        read("overlegset", example("overlegset") | {"partner": ["school", "leerplicht"]})


def test_illness_stands_apart() -> None:
    """That somebody is ill is about health and stands apart, so that the rest can go without it."""
    health = [b.pad for b in BERICHTEN["verzuimsignaal"].bladen if b.categorie is G.GEZONDHEID]
    assert health == ["ziekgemeld"]
    data = example("verzuimsignaal") | {"ziekgemeld": True}
    assert read("verzuimsignaal", data).inhoud().data == data


def test_group_decision_has_no_leerling() -> None:
    """A decision for the group of an arrangement is one without a leerling."""
    data = example("toeleidingsbesluit")
    del data["leerling"]
    assert "leerling" not in read("toeleidingsbesluit", data).inhoud().data


def test_care_party_without_brin() -> None:
    """A place of education without BRIN has a name only."""
    data = example("hulpvraag") | {"school": {"naam": "Zorgboerderij De Verzonnen Hof"}}
    assert read("hulpvraag", data).inhoud().data["school"] == data["school"]


def test_what_a_type_may_be_about() -> None:
    """One leerling, unless it is named; and what is counted or settled is never about one."""
    assert onderwerpen("hulpvraag") == {Onderwerpsoort.LEERLING}
    assert onderwerpen("arrangement") == {Onderwerpsoort.LEERLING, Onderwerpsoort.GROEP}
    assert {
        *("woonplaatsvraag", "woonplaatsantwoord", "verrekening", "populatiemeting", "verzuimtelling")
    } == OVER_NIEMAND
    assert OVER_NIEMAND < GEDRAGEN


def test_a_period_of_absence_ends_after_it_begins() -> None:
    data = example("verzuimtelling")
    data["van"], data["totEnMet"] = data["totEnMet"], data["van"]
    with pytest.raises(ValidationError):
        read("verzuimtelling", data)
