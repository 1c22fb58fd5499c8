"""JW315 drafted from an arrangement: valid when it comes out, and every fault where it was filled in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ijw import read, write
from adapters.ijw.bericht import JwBericht
from adapters.ijw.gedeeld import gedeeld
from adapters.ijw.regel import IN_MESSAGE
from adapters.ijw.regels import check
from adapters.ijw.verzoek import draft_315
from schemas.errors import InvalidMessage
from schemas.messages.arrangement import Arrangement
from tests.builders import a_bsn
from tests.unit.adapters.ijw.arrangementen import (
    KOP,
    VERWIJZER,
    a_product,
    a_toewijzing,
    aanvulling_315,
    an_arrangement,
    day,
    een_groep,
    leerling,
    met_budget,
    places,
)
from tests.unit.adapters.ijw.voorbeelden import AGB, ANDER_BSN, GEMEENTE

TODAY = day("2026-06-02")
PRODUCT = "/aanvulling/producten[1]"
GENERIC = {"categorie": None, "code": None, "omvang": None, "budget": 250_000}


def faults_of(arrangement: Arrangement, **kw: Any) -> set[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        draft_315(arrangement, aanvulling_315(**kw))
    return places(caught.value.faults)


def accepted(bericht: JwBericht) -> JwBericht:
    assert read(write(bericht)) == bericht
    # Whether a code is in the list of products depends on the list, and is for who sends the message.
    assert [f for f in check(bericht, today=TODAY) if f.level == IN_MESSAGE] == []
    return bericht


def test_draft() -> None:
    """Person, gemeente, aanbieder and period come from the arrangement, the rest from the aanvulling."""
    inhoud = accepted(draft_315(an_arrangement(), aanvulling_315())).inhoud
    header, client = inhoud["Header"], inhoud["Client"]
    assert (header["BerichtCode"], header["Afzender"], header["Ontvanger"]) == ("446", AGB, GEMEENTE)
    assert header["BerichtIdentificatie"] == {"Identificatie": "FICTIEF1", "Dagtekening": "2026-06-01"}
    assert client["Naam"] == {
        "Geslachtsnaam": {"Achternaam": "Fictief-Groen", "Voorvoegsel": "van"},
        "Voornamen": "Noor Ada",
        "Voorletters": "NA",
    }
    assert client["Geboortedatum"] == {"Datum": "2016-03-14"}
    assert client["Geslacht"] == "2"
    assert client["AangevraagdeProducten"]["AangevraagdProduct"] == [
        {
            "ReferentieAanbieder": "FICTIEF-AANVRAAG-0001",
            "Product": {"Categorie": "45", "Code": "45A04"},
            "ToewijzingIngangsdatum": "2026-04-13",
            "ToewijzingEinddatum": "2027-04-12",
            "Omvang": {"Volume": "4", "Eenheid": "04", "Frequentie": "4"},
            "Verwijzer": {"Type": "02", "ZorgverlenerCode": "99999911"},
        }
    ]


def test_everything() -> None:
    """Whatever an aanvulling can hold ends up in the message."""
    aanvulling = aanvulling_315(
        kop={**KOP, "gemeente": GEMEENTE, "aanbieder": AGB, "xsdVersie": "1.0.2"},
        client={
            "bsn": a_bsn(),
            "naam": {"achternaam": "Anders", "voorvoegsel": "de", "voornamen": "N", "voorletters": "N"},
            "geslacht": "2",
            "gezagsdragerBekend": False,
            "commentaar": "Fictief.",
        },
        producten=[
            a_product(
                ingangsdatum="2026-07-01",
                einddatum="2026-09-30",
                beschikking={"nummer": 8001, "ingangsdatum": "2026-03-01"},
                verwijzer={"type": "03", "naam": "Fictief, jeugdarts"},
                raamcontract=True,
                commentaar="Fictief.",
            ),
            GENERIC | {"referentie": "2", "ingangsdatum": "2028-01-01", "einddatum": "2028-12-31"},
        ],
    )
    inhoud = accepted(draft_315(an_arrangement(), aanvulling)).inhoud
    assert inhoud["Header"]["XsdVersie"]["BerichtXsdVersie"] == "1.0.2"
    assert inhoud["Client"]["Naam"]["Geslachtsnaam"] == {"Achternaam": "Anders", "Voorvoegsel": "de"}
    assert (inhoud["Client"]["GezagsdragerBekend"], inhoud["Client"]["Commentaar"]) == ("2", "Fictief.")
    first, second = inhoud["Client"]["AangevraagdeProducten"]["AangevraagdProduct"]
    assert first["Verwijzer"] == {"Type": "03", "Naam": "Fictief, jeugdarts"}
    assert (first["BeschikkingNummer"], first["Raamcontract"]) == ("8001", "1")
    assert (first["ToewijzingIngangsdatum"], first["ToewijzingEinddatum"]) == ("2026-07-01", "2026-09-30")
    assert (second["Budget"], second["Verwijzer"]) == (
        "250000",
        {"Type": "02", "ZorgverlenerCode": "99999911"},
    )
    assert "Product" not in second


@pytest.mark.parametrize(
    ("kw", "sent"),
    [
        ({"geslacht": {"code": "2", "stelsel": "oso-14"}}, "1"),
        ({"geslacht": {"code": "0", "stelsel": "oso-14"}}, "0"),
        ({"geslacht": {"code": "2", "stelsel": "COD046"}}, "2"),
    ],
)
def test_geslacht(kw: dict[str, Any], sent: str) -> None:
    """The lists number girls and boys the other way round, so a code goes by its list."""
    arrangement = an_arrangement(individueel={"leerling": leerling(**kw), "gemeente": GEMEENTE})
    assert draft_315(arrangement, aanvulling_315()).inhoud["Client"]["Geslacht"] == sent


def test_missing_everywhere() -> None:
    """Everything that is missing is named at once, where it can be filled in."""
    arrangement = an_arrangement(
        kern={"id": "0" * 32, "status": "concept"},
        partners=[],
        individueel={"leerling": leerling(geslacht={"code": "1", "stelsel": "onbekend"})},
    )
    assert faults_of(arrangement, verwijzer=None) == {
        ("ijw.ontbreekt", "/aanvulling/kop/aanbieder"),
        ("ijw.ontbreekt", "/aanvulling/kop/gemeente"),
        ("ijw.ontbreekt", "/aanvulling/client/geslacht"),
        ("ijw.ontbreekt", f"{PRODUCT}/ingangsdatum"),
        ("ijw.ontbreekt", "/aanvulling/verwijzer"),
    }


def test_missing_beside_wrong() -> None:
    """What is missing does not hide what is wrong elsewhere."""
    arrangement = an_arrangement(partners=[])
    found = faults_of(arrangement, kop={**KOP, "identificatie": "te lang voor een bericht"})
    assert found == {
        ("ijw.ontbreekt", "/aanvulling/kop/aanbieder"),
        ("RS017", "/aanvulling/kop/identificatie"),
    }


def test_contradictions() -> None:
    """Where arrangement and aanvulling both know something, they say the same."""
    arrangement = an_arrangement(
        individueel={"leerling": leerling(bsn=ANDER_BSN), "gemeente": "0344"},
        kern={"id": "0" * 32, "status": "afgesloten", "ingangsdatum": "2026-04-13"},
        inrichting={"bekostiging": "populatiebekostiging"},
    )
    found = faults_of(
        arrangement,
        kop={**KOP, "gemeente": GEMEENTE, "aanbieder": "99999902"},
        client={"bsn": a_bsn(), "geslacht": "1"},
    )
    assert found == {
        ("ijw.tegenspraak", "/aanvulling/kop/gemeente"),
        ("ijw.tegenspraak", "/aanvulling/kop/aanbieder"),
        ("ijw.tegenspraak", "/aanvulling/client/bsn"),
        ("ijw.tegenspraak", "/aanvulling/client/geslacht"),
        ("ijw.gesloten", "/arrangement/kern/status"),
        ("ijw.taakgericht", "/arrangement/inrichting/uitvoeringsvariant"),
    }


def test_group() -> None:
    """An arrangement for a group asks for nobody."""
    assert faults_of(an_arrangement(**een_groep())) == {("ijw.collectief", "/arrangement/collectief")}


def test_two_aanbieders() -> None:
    """With more than one aanbieder in the arrangement, the aanvulling says which."""
    other = {
        "sleutel": "p3",
        "soort": "jeugdhulpaanbieder",
        "naam": "Nog een",
        "identificaties": [{"soort": "agb", "waarde": "99999902"}, {"soort": "kvk", "waarde": "12345678"}],
    }
    school = {"sleutel": "p4", "soort": "schoolmaatschappelijk_werk", "naam": "Smw"}
    partners = [p.model_dump(mode="json") for p in an_arrangement().partners]
    arrangement = an_arrangement(partners=[*partners, other, school])
    assert faults_of(arrangement) == {("ijw.ontbreekt", "/aanvulling/kop/aanbieder")}
    aanvulling = aanvulling_315(kop={**KOP, "aanbieder": "99999902"})
    assert draft_315(arrangement, aanvulling).inhoud["Header"]["Afzender"] == "99999902"


@pytest.mark.parametrize(
    ("product", "fault"),
    [
        ({"omvang": None}, ("CD041", "omvang")),
        ({"categorie": None, "code": None}, ("CD079", "categorie")),
        ({"categorie": None}, ("ijw.ontbreekt", "categorie")),
        ({"budget": 100}, ("CD077", "omvang")),
        ({"einddatum": "2026-04-12"}, ("CS003", "einddatum")),
        ({"code": None}, ("CD095", "omvang")),
        ({"categorie": "99"}, ("xsd.codelijst", "categorie")),
        ({"omvang": {"volume": 1, "eenheid": "14", "frequentie": "1"}}, ("CS343", "omvang")),
        ({"omvang": {"volume": 100_000_000, "eenheid": "04", "frequentie": "4"}}, ("RS005", "omvang/volume")),
        ({"referentie": "x" * 37}, ("RS024", "referentie")),
        ({"verwijzer": {"type": "02"}}, ("CD067", "verwijzer/naam")),
        ({"verwijzer": VERWIJZER | {"naam": "Dubbel"}}, ("CD066", "verwijzer/naam")),
        (
            {"verwijzer": {"type": "01", "zorgverlenercode": "99999911"}},
            ("CD068", "verwijzer/zorgverlenercode"),
        ),
        ({"verwijzer": {"type": "02", "zorgverlenercode": "9"}}, ("RS036", "verwijzer/zorgverlenercode")),
        ({"commentaar": " "}, ("RS031", "commentaar")),
    ],
)
def test_rule_at_its_source(product: dict[str, Any], fault: tuple[str, str]) -> None:
    """What schema and rules find in the message is told at the field of the aanvulling it came from."""
    found = faults_of(an_arrangement(), producten=[a_product(**product)])
    assert (fault[0], f"{PRODUCT}/{fault[1]}") in found
    assert all(place.startswith(PRODUCT) for _, place in found)


def test_rule_at_the_arrangement() -> None:
    """What is too long in the arrangement is a fault there; another name in the aanvulling mends it."""
    long = leerling(naamdelen={"achternaam": "Fictief", "voorletters": "A.B.C.D.E.F.G."})
    arrangement = an_arrangement(individueel={"leerling": long, "gemeente": GEMEENTE})
    place = "/arrangement/individueel/leerling/naamdelen/voorletters"
    assert faults_of(arrangement) == {("RS013", place)}
    client = {"bsn": a_bsn(), "naam": {"achternaam": "Fictief"}}
    accepted(draft_315(arrangement, aanvulling_315(client=client)))


def test_end_of_the_arrangement() -> None:
    """Without dates of its own a request is for the period of the arrangement, and is judged by that."""
    kern = {"id": "0" * 32, "status": "actief", "ingangsdatum": "2026-04-13"}
    product = a_product(omvang={"volume": 4, "eenheid": "04", "frequentie": "2"})
    found = faults_of(an_arrangement(kern=kern), producten=[product])
    assert found == {("CD076", f"{PRODUCT}/einddatum")}


def test_overlap() -> None:
    """The same product twice in overlapping days is told at its rows (TR386), a double reference too."""
    found = faults_of(an_arrangement(), producten=[a_product(), a_product()])
    assert {code for code, _ in found} >= {"TR386", "TR383"}
    assert {place for _, place in found} <= {
        *(f"/aanvulling/producten[{i}]{below}" for i in (1, 2) for below in ("", "/referentie"))
    }


@pytest.mark.parametrize(
    ("toewijzing", "faults"),
    [
        (a_toewijzing(), {("OP307", PRODUCT)}),
        (a_toewijzing(product=None, omvang=None), {("OP307", PRODUCT)}),
        (a_toewijzing(ingangsdatum="2027-05-01", einddatum=None), set()),
        (a_toewijzing(product={"code": "45A05", "stelsel": "ijw-productcode"}), set()),
        (a_toewijzing(aanbieder="99999902"), set()),
        (a_toewijzing(status="verwijderd"), set()),
    ],
)
def test_already_granted(toewijzing: Any, faults: set[tuple[str, str]]) -> None:
    """A product that was granted for these days is not asked for again."""
    arrangement = an_arrangement(toewijzingen=[toewijzing])
    if faults:
        assert faults_of(arrangement) == faults
    else:
        accepted(draft_315(arrangement, aanvulling_315()))


def test_no_values_in_faults() -> None:
    """No fault holds a value of the arrangement or the aanvulling."""
    with pytest.raises(InvalidMessage) as caught:
        draft_315(
            an_arrangement(toewijzingen=[met_budget()]),
            aanvulling_315(
                kop={**KOP, "identificatie": "KANARIE-KANARIE"},
                producten=[a_product(referentie="KANARIE" * 9, categorie="KANARIE", code="KANARIE")],
                verwijzer={"type": "KANARIE", "naam": "KANARIE\nKANARIE", "zorgverlenercode": "KANARIE"},
            ),
        )
    assert len(caught.value.faults) > 4
    assert "KANARIE" not in repr(caught.value.faults) + repr(caught.value.__cause__)
    assert caught.value.__context__ is None


products = st.fixed_dictionaries(
    {
        "categorie": st.sampled_from([None, "45", "43"]),
        "code": st.sampled_from([None, "45A04", "43A01"]),
        "omvang": st.none()
        | st.builds(
            lambda v, e, f: {"volume": v, "eenheid": e, "frequentie": f},
            st.integers(0, 99_999_999),
            st.sampled_from(["01", "04", "14", "83"]),
            st.sampled_from(["1", "2", "4", "6"]),
        ),
        "budget": st.none() | st.integers(0, 99_999_999),
        "einddatum": st.sampled_from([None, "2026-12-31", "2027-12-31"]),
    }
)


@settings(max_examples=40)
@given(products)
def test_round_trip(product: dict[str, Any]) -> None:
    """Either it is refused, or the message is right and says in JSON what was asked."""
    try:
        bericht = draft_315(an_arrangement(), aanvulling_315(producten=[a_product(**product)]))
    except InvalidMessage:
        return
    (row,) = gedeeld(accepted(bericht)).data["producten"]
    assert row.get("productcategorie", {}).get("code") == product["categorie"]
    assert row.get("product", {}).get("code") == product["code"]
    assert row.get("budget") == product["budget"]
    assert row["einddatum"] == (product["einddatum"] or "2027-04-12")
    omvang = row.get("omvang")
    assert (omvang and {k: v if k == "volume" else v["code"] for k, v in omvang.items()}) == product["omvang"]


def test_a_draft_without_identificatie_says_that_it_is_one() -> None:
    """Whoever sends it gives the message its own; until then every system sees what it is."""
    kop = {k: v for k, v in KOP.items() if k != "identificatie"}
    inhoud = accepted(draft_315(an_arrangement(), aanvulling_315(kop=kop))).inhoud
    assert inhoud["Header"]["BerichtIdentificatie"]["Identificatie"] == "ONTWERP"
