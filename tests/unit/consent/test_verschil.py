"""What new profiles open and close."""

from __future__ import annotations

import pytest

from consent.beleid import check_profiel
from consent.verschil import differences
from schemas.base import Gegevenscategorie as G
from tests.builders import a_profiel, a_veld, profiel_data, profielen

OLD = a_profiel("school.naam", "handelingsdeel.doelen[].omschrijving")


def test_nothing() -> None:
    """The same profiles, in another order or under another id, change nothing for people."""
    assert differences(profielen(), reversed(profielen())) == ()
    assert differences([OLD], [OLD.model_copy(update={"id": "ander", "versie": 2})]) == ()


@pytest.mark.parametrize(
    ("paden", "erbij", "weg", "opened", "closed"),
    [
        (("school.naam",), (), ("handelingsdeel.doelen[].omschrijving",), (), (G.DOELEN,)),
        (
            ("school.brin", "school.naam", "handelingsdeel.doelen[].omschrijving"),
            ("school.brin",),
            (),
            (),
            (),
        ),
        (
            ("handelingsdeel.doelen[].omschrijving", "bronfeiten.diagnoses[].naam"),
            ("bronfeiten.diagnoses[].naam",),
            ("school.naam",),
            (G.GEZONDHEID,),
            (G.CONTACT,),
        ),
    ],
)
def test_fields(
    paden: tuple[str, ...],
    erbij: tuple[str, ...],
    weg: tuple[str, ...],
    opened: tuple[G, ...],
    closed: tuple[G, ...],
) -> None:
    """Each field that comes or goes, and a category only with its first or last field."""
    (found,) = differences([OLD], [a_profiel(*paden)])
    assert (found.erbij, found.weg, found.open, found.dicht) == (erbij, weg, opened, closed)
    assert found.geval == OLD.sleutel


def test_a_whole_profile() -> None:
    """A new one opens all of its fields, one that went closes them; both are told apart by their case."""
    other = a_profiel("school.naam", id="uittreksel", bericht="opp_uittreksel")
    came, went = differences([OLD], [other])[::-1]
    assert (came.geval, came.erbij, came.open) == (other.sleutel, ("school.naam",), (G.CONTACT,))
    assert (went.geval, went.erbij) == (OLD.sleutel, ())
    assert set(went.weg) == set(OLD.paden)


def test_another_reason() -> None:
    """A field that stays with another reason or norm is told, and opens nothing."""
    velden = [a_veld("school.naam", norm="AVG 6"), a_veld("handelingsdeel.doelen[].omschrijving")]
    (found,) = differences([OLD], [check_profiel(profiel_data(velden=velden))])
    assert found.toelichting == ("school.naam",)
    assert found.erbij == found.weg == ()
