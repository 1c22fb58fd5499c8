"""The one table of answers, and Pydantic's findings as Faults that repeat nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import Field, StringConstraints, ValidationError

from gateway.api.problems import (
    FRAMEWORK,
    PROBLEMS,
    UNFORESEEN,
    answer,
    answer_error,
    problem_for,
    problem_for_status,
)
from gateway.faults import MAX_FAULTS, MAX_FINDINGS, MAX_SUGGESTIONS, faults_of
from schemas import errors
from schemas.base import Model
from schemas.errors import Fault, GatewayError, InvalidMessage, NotFound
from schemas.identifiers import Bsn

CANARY = "KANARIE-4711"


def subclasses(of: type[GatewayError]) -> Iterator[type[GatewayError]]:
    yield of
    for kind in of.__subclasses__():
        yield from subclasses(kind)


def test_every_error_of_ours_has_a_row() -> None:
    """A new subclass in schemas/errors.py without an answer of its own fails here."""
    declared = {kind for kind in subclasses(GatewayError) if kind.__module__ == errors.__name__}
    assert declared == PROBLEMS.keys()


def test_a_subclass_from_elsewhere_answers_as_its_parent() -> None:
    """Nothing of ours can miss an answer."""

    class Local(NotFound):
        pass

    assert problem_for(Local()) is PROBLEMS[NotFound]
    del Local


def test_one_type_has_one_meaning() -> None:
    """A type URI stands for one title and status, and titles and details are there."""
    rows = {*PROBLEMS.values(), *FRAMEWORK.values()}
    assert len({row.type for row in rows}) == len(rows)
    for row in rows:
        assert row.title
        assert row.detail
        assert row.type == f"https://ozlijn.nl/problemen/{row.slug}"


def test_framework_statuses_map_to_themselves() -> None:
    """A status we list keeps its number; one we do not becomes 400 or 500."""
    assert all(problem_for_status(status).status == status for status in FRAMEWORK)
    assert problem_for_status(418).status == 400
    assert problem_for_status(502) is UNFORESEEN


def test_a_404_is_one_constant() -> None:
    """Whatever the error carries, and whoever asks."""
    plain = answer_error(NotFound(), correlation="a" * 32)
    assert plain.body == answer_error(NotFound(CANARY), correlation="b" * 32).body
    assert plain.body == (
        b'{"type":"https://ozlijn.nl/problemen/niet-gevonden","title":"Niet gevonden","status":404,'
        b'"detail":"Er is hier niets voor u."}'
    )


def test_faults_are_shown_with_their_line() -> None:
    """Code, place, text, and the line only when there is one."""
    faults = (Fault("a.b", "/x", "fout", 3), Fault("c", "", "ook fout"))
    body = json.loads(bytes(answer_error(InvalidMessage(faults)).body))
    assert body["fouten"] == [
        {"code": "a.b", "plaats": "/x", "tekst": "fout", "regel": 3},
        {"code": "c", "plaats": "", "tekst": "ook fout"},
    ]


def test_endless_faults_are_cut_and_said_to_be() -> None:
    """A hostile message cannot make an answer many times its size."""
    body = json.loads(bytes(answer(PROBLEMS[InvalidMessage], [Fault("a", "", "b")] * 5_000).body))
    assert len(body["fouten"]) == MAX_FAULTS
    assert body["fouten"][-1]["code"] == "fouten.meer"


class Doel(Model):
    doel_naam: Annotated[str, StringConstraints(min_length=3, max_length=8)]
    niveau: Annotated[int, Field(ge=1, le=3)] = 1


class Ja(Model):
    soort: Literal["ja"]
    sinds: int


class Nee(Model):
    soort: Literal["nee"]
    reden: Doel


class Kleur(StrEnum):
    ROOD = "rood"
    GROEN = "groen"


class Vraag(Model):
    leerling_nummer: Bsn
    doelen: tuple[Doel, ...]
    vrij: dict[str, Doel]
    akkoord: Annotated[Ja | Nee, Field(discriminator="soort")]
    paar: tuple[int, Doel] | None = None
    soms: bool | tuple[Kleur, ...] = False
    een_of_ander: Doel | Nee | None = None


GOOD = {
    "leerlingNummer": "999990019",
    "doelen": [{"doelNaam": "lezen"}],
    "vrij": {"x": {"doelNaam": "lezen"}},
    "akkoord": {"soort": "ja", "sinds": 1},
}


def found(**changes: object) -> list[tuple[str, str]]:
    """(code, place) of every fault in the good message with these changes; no canary in any of them."""
    with pytest.raises(ValidationError) as caught:
        Vraag.model_validate_json(json.dumps({**GOOD, **changes}))
    faults = faults_of(caught.value, Vraag)
    assert CANARY not in str(faults)
    return [(fault.code, fault.place) for fault in faults]


def test_all_faults_come_at_once_with_their_places() -> None:
    """Five faults, five pointers, in one answer."""
    assert found(
        leerlingNummer="999999999",
        doelen=[{"doelNaam": "lezen", "niveau": "1"}, {"doelNaam": ""}, 7],
        akkoord={"soort": "nee", "reden": {"doelNaam": "lezen", "niveau": 9}},
    ) == [
        ("json.bsn", "/leerlingNummer"),
        ("json.soort", "/doelen/0/niveau"),
        ("json.lengte", "/doelen/1/doelNaam"),
        ("json.soort", "/doelen/2"),
        ("json.bereik", "/akkoord/reden/niveau"),
    ]


def test_the_tag_of_a_union_is_no_part_of_the_place() -> None:
    """The pointer walks the sender's document, in which the tag is a value."""
    assert found(akkoord={"soort": "nee"}) == [("json.ontbreekt", "/akkoord/reden")]
    assert found(akkoord={"soort": CANARY}) == [("json.keuze", "/akkoord/soort")]
    assert found(akkoord={}) == [("json.ontbreekt", "/akkoord/soort")]


def said(**changes: object) -> list[tuple[str, str]]:
    """(place, text) of every fault in the good message with these changes."""
    with pytest.raises(ValidationError) as caught:
        Vraag.model_validate_json(json.dumps({**GOOD, **changes}))
    return [(fault.place, fault.text) for fault in faults_of(caught.value, Vraag)]


def test_a_fault_names_what_is_allowed() -> None:
    """The values of a list, the kinds of a choice, and the bounds of a length or number."""
    assert said(akkoord={"soort": CANARY}) == [
        ("/akkoord/soort", "noemt geen soort die hier is toegestaan: ja, nee")
    ]
    assert said(soms=[CANARY]) == [("/soms/0", "is geen van de toegestane waarden: rood, groen")]
    assert said(doelen=[{"doelNaam": "x", "niveau": 9}]) == [
        ("/doelen/0/doelNaam", "tekst is te kort: minstens 3"),
        ("/doelen/0/niveau", "getal is te groot: hoogstens 3"),
    ]


def test_only_the_kind_that_was_sent_is_judged() -> None:
    """Where a value may be of several kinds, the others have nothing to say about it."""
    assert said(soms="ja") == [("/soms", "moet true of false zijn, of moet een lijst zijn")]
    assert said(soms=["rood", 3, CANARY]) == [
        ("/soms/1", "is geen van de toegestane waarden: rood, groen"),
        ("/soms/2", "is geen van de toegestane waarden: rood, groen"),
    ]
    assert said(eenOfAnder={"doelNaam": "x"}) == [("/eenOfAnder/doelNaam", "tekst is te kort: minstens 3")]
    assert said(eenOfAnder=3) == [("/eenOfAnder", "moet een object zijn")]


def test_a_field_under_another_name_is_not_missing_as_well() -> None:
    """One mistake is one fault; a field that nobody meant to send is still missing."""
    assert found(doelen=[{"doelnaam": "lezen"}]) == [("json.onbekendVeld", "/doelen/0")]
    assert found(doelen=[{"anders": "lezen"}]) == [
        ("json.ontbreekt", "/doelen/0/doelNaam"),
        ("json.onbekendVeld", "/doelen/0"),
    ]
    both = [{"doelnaam": "lezen"}, {}]
    assert found(doelen=both) == [
        ("json.onbekendVeld", "/doelen/0"),
        ("json.ontbreekt", "/doelen/1/doelNaam"),
    ]


def test_names_of_the_sender_never_come_back() -> None:
    """A free key shows as a star, an unknown field at its parent."""
    assert found(vrij={CANARY: {"doelNaam": 1}}) == [("json.soort", "/vrij/*/doelNaam")]
    assert found(vrij={"a": {"doelNaam": "lezen", CANARY: 1}}) == [("json.onbekendVeld", "/vrij/*")]
    assert found(**{CANARY: 1}) == [("json.onbekendVeld", "")]


def test_positions_in_a_fixed_list_are_followed() -> None:
    """Each place of a tuple has a schema of its own."""
    assert found(paar=[1, {"doelNaam": 2}]) == [("json.soort", "/paar/1/doelNaam")]


def test_an_unknown_field_gets_the_known_name_it_resembles() -> None:
    """Only names that may stand at that very place are suggested."""
    with pytest.raises(ValidationError) as caught:
        Vraag.model_validate_json(json.dumps({**GOOD, "doelen": [{"doelnaam": "a", "akkoordd": 1}]}))
    unknown = [fault.text for fault in faults_of(caught.value, Vraag) if fault.code == "json.onbekendVeld"]
    assert unknown == [
        "heeft een veld dat hier niet bestaat; bedoelt u doelNaam?",
        "heeft een veld dat hier niet bestaat",
    ]


def flood(count: int) -> tuple[Fault, ...]:
    """The faults of the good message with so many unknown fields, all nearly the name of a known one."""
    with pytest.raises(ValidationError) as caught:
        Vraag.model_validate_json(json.dumps({**GOOD, **{f"doelen{i}": 1 for i in range(count)}}))
    return faults_of(caught.value, Vraag)


def test_a_flood_of_faults_is_cut_before_it_is_worked_out() -> None:
    """All up to the bound; past it one fault says that there are more, far past it that is all there is."""
    assert len(flood(MAX_FAULTS)) == MAX_FAULTS
    assert "fouten.meer" not in {f.code for f in flood(MAX_FAULTS)}
    for count in (MAX_FAULTS + 1, MAX_FINDINGS):
        faults = flood(count)
        assert len(faults) == MAX_FAULTS
        assert [f.code for f in faults[-2:]] == ["json.onbekendVeld", "fouten.meer"]
    assert [f.code for f in flood(MAX_FINDINGS + 1)] == ["fouten.meer"]


def test_only_the_first_unknown_fields_are_compared_with_known_ones() -> None:
    """Looking for the name that was meant is slow, and a sender needs it for a few only."""
    texts = [f.text for f in flood(MAX_SUGGESTIONS + 5)]
    assert [t.endswith("bedoelt u doelen?") for t in texts] == [True] * MAX_SUGGESTIONS + [False] * 5


def test_json_that_cannot_be_read_has_its_line() -> None:
    """The only thing shown of it."""
    with pytest.raises(ValidationError) as caught:
        Vraag.model_validate_json(f'{{\n"a": 1,\n"{CANARY}": {CANARY}}}')
    fault = faults_of(caught.value, Vraag)[0]
    assert (fault.code, fault.place, fault.line) == ("json.ongeldig", "", 3)
    assert CANARY not in str(fault)
