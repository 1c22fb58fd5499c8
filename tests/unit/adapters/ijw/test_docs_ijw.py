"""What docs/ijw.md says works: its examples make the messages that are kept, its codes and names exist."""

from __future__ import annotations

import importlib
import re
from typing import Final

import pytest

from adapters.ijw import read, write
from adapters.ijw.aanvulling import (
    Antwoordaanvulling,
    Toewijzingsaanvulling,
    Wijzigingsaanvulling,
    lees_aanvulling,
)
from adapters.ijw.antwoord import draft_319
from adapters.ijw.bericht import JwBericht
from adapters.ijw.gedeeld import gedeeld
from adapters.ijw.regels import check
from adapters.ijw.verzoek import draft_315, draft_317
from schemas.messages.arrangement import Arrangement
from schemas.messages.toeleiding import AanvraagAntwoord, Aanvraaguitkomst
from tests.conftest import ROOT
from tests.unit.adapters.ijw.arrangementen import ZAAK, a_toewijzing, an_arrangement, day, met_budget
from tests.unit.adapters.ijw.voorbeelden import DATA

TEXT: Final = (ROOT / "docs" / "ijw.md").read_text("utf-8")
TOML: Final = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
MAPPING: Final = (
    "aanvulling antwoord draadjson gedeeld kopie lezer melding ontwerp terugkoppeling toewijzing verrekening"
    " verzoek voortgang"
)
SOURCES: Final = [ROOT / "adapters" / "ijw" / f"{name}.py" for name in MAPPING.split()]


def arrangement() -> Arrangement:
    return Arrangement.model_validate_json((DATA / "arrangement.json").read_bytes())


def drafted(soort: str) -> JwBericht:
    vot, vow, answer = TOML
    match soort:
        case "JW315":
            # A product that was granted already is not asked for, so before anything was.
            before = arrangement().model_copy(update={"toewijzingen": ()})
            return draft_315(before, lees_aanvulling(Toewijzingsaanvulling, vot))
        case "JW317":
            return draft_317(arrangement(), lees_aanvulling(Wijzigingsaanvulling, vow))
        case _:
            rejected = AanvraagAntwoord(
                zaak=ZAAK, uitkomst=Aanvraaguitkomst.AFGEWEZEN, beantwoord_op=day("2026-06-10")
            )
            return draft_319(rejected, lees_aanvulling(Antwoordaanvulling, answer))


@pytest.mark.parametrize("soort", ["JW315", "JW317", "JW319"])
def test_example(soort: str) -> None:
    """Each aanvulling in the document makes the message that is kept, and no rule finds anything."""
    bericht = drafted(soort)
    assert write(bericht) == (DATA / f"ontwerp-{soort}.xml").read_bytes()
    assert check(read(write(bericht)), today=day("2026-06-11")) == ()


def test_to_json() -> None:
    """What was asked is in the short form: from arrangement to message to JSON nothing gets lost."""
    first, second = gedeeld(drafted("JW315")).data["producten"]
    assert (first["ingangsdatum"], first["einddatum"]) == ("2026-07-01", "2027-03-31")
    assert (second["ingangsdatum"], second["einddatum"]) == ("2026-04-13", "2027-04-12")
    assert second["budget"] == 250_000
    changed = gedeeld(drafted("JW317")).data
    assert changed["ongewijzigd"] == ["300202"]
    assert [row["toewijzing"] for row in changed["teWijzigen"]] == ["300201"]


def test_arrangement_is_the_one_of_the_tests() -> None:
    """The kept arrangement is the one the other tests build, with two allocations."""
    later = met_budget(300202)
    assert arrangement() == an_arrangement(toewijzingen=[a_toewijzing(300201), later])


def test_codes() -> None:
    """Every fault code of the mapping is explained, and every code that is explained is used."""
    source = "".join(p.read_text("utf-8") for p in SOURCES)
    ours = r'"((?:ijw\.[a-z_]+|json\.[a-z_]+|toml(?:\.te_groot)?|aanvulling\.vorm))"'
    used = set(re.findall(ours, source)) - {"ijw.bericht"}
    table = TEXT.partition("## Foutcodes")[2].partition("\n## ")[0]
    told = {c for c in re.findall(r"`([a-z_.]+)`", table) if c.startswith(("ijw.", "json.", "toml", "aanv"))}
    assert told == used


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"`((?:[a-z]+\.)+[a-z_]\w+)`", TEXT.partition("## Een verzoek")[0])))
)
def test_functions(name: str) -> None:
    """A function that is named exists."""
    module, _, function = name.rpartition(".")
    assert hasattr(importlib.import_module(module if "." in module else f"adapters.ijw.{module}"), function)
