"""What never reaches a school by default, by name: a marked value in every element, and none comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest

from adapters.ijw import SOORTEN, read, write
from adapters.ijw.antwoord import antwoord
from adapters.ijw.bericht import JwBericht
from adapters.ijw.draadjson import naar_json, uit_json
from adapters.ijw.gedeeld import gedeeld
from adapters.ijw.hulpstand import stand_van
from adapters.ijw.regels import check
from adapters.ijw.terugkoppeling import terugkoppeling
from adapters.ijw.toewijzing import toewijzingen, verwerk_301
from adapters.ijw.verloopregels import check_verloop
from adapters.ijw.voortgang import verwerk_305, verwerk_307
from consent.decide import decide
from consent.minimise import minimise
from schemas.base import Gegevenscategorie
from schemas.errors import InvalidMessage
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht, Inhoud
from schemas.messages.terugkoppeling import Afloop, Hulpstatus, Terugkoppeling
from schemas.people.partij import Rol
from schemas.people.toestemming import Richting
from tests.builders import NOW, P1, P2, a_request, a_toestemming, authorities, beleid, profielen
from tests.conftest import ROOT
from tests.unit.adapters.ijw.arrangementen import ZAAK, an_arrangement, day
from tests.unit.adapters.ijw.kanaries import BSN, HEEN, NOOIT, TABEL, gemerkt, heeft, van
from tests.unit.adapters.ijw.verkeer import pseudonym, verloop

FACTS: Final = ROOT.parent / "shared" / "domain" / "ijw-3.2.json"
CASES: Final = [(soort, naam) for soort in SOORTEN for naam, e in NOOIT.items() if heeft(soort, e)]
SCHOOL: Final = {Rol.INTERN_BEGELEIDER, Rol.LEERKRACHT}
GOES: Final = decide(
    a_request(), [a_toestemming(P1), a_toestemming(P2)], authorities(), (), None, beleid(), NOW
)


def test_names_are_those_of_the_facts() -> None:
    """The list in these tests is that of the facts, with the rows of its table that have no name there."""
    if not FACTS.exists():
        pytest.skip("the facts of iJw are not beside this checkout")
    facts = json.loads(FACTS.read_bytes())["sensitivity"]["never_to_school_by_default"]
    assert set(NOOIT) == {*facts, *TABEL}


def test_every_name_is_somewhere() -> None:
    """Each name is about elements that exist, and each free element has a mark of its own."""
    assert {naam for _, naam in CASES} == set(NOOIT)
    for soort in SOORTEN:
        bericht, merken = gemerkt(soort)
        assert read(write(bericht)) == bericht
        assert len(merken) > 3


def told() -> Iterator[Terugkoppeling]:
    """Everything a school could be told of the marked messages, however they are followed up."""
    known = verloop(*(gemerkt(soort)[0] for soort in ("JW301", "JW315", "JW317", "JW319", "JW305")))
    yield from _all(known)
    for reden in ("20", "31", "33", "39", "36"):
        stop = deepcopy(gemerkt("JW307")[0])
        stop.inhoud["Client"]["StopProducten"]["StopProduct"][0]["RedenBeeindiging"] = reden
        begun = verloop(*(gemerkt(soort)[0] for soort in HEEN if soort != "JW307"), stop)
        yield from _all(begun)


def _all(known: Any) -> Iterator[Terugkoppeling]:
    stand = stand_van(known, pseudonym(BSN))
    for verteld in (None, Terugkoppeling(status=Hulpstatus.GESTART, sinds=day("2026-01-01"))):
        for corrected in (False, True):
            found = terugkoppeling(
                stand._replace(gecorrigeerd=corrected), verteld=verteld, lang_genoeg_gewacht=True
            )
            if found is not None:
                yield found


TOLD: Final = list(told())


def processed() -> Arrangement:
    arrangement = verwerk_301(an_arrangement(), gemerkt("JW301")[0])
    arrangement = verwerk_305(arrangement, gemerkt("JW305")[0])
    return verwerk_307(arrangement, gemerkt("JW307")[0])


PROCESSED: Final = processed()


def released(bericht: Bericht, *velden: str) -> dict[str, Any]:
    permit = GOES.model_copy(update={"released": velden}).permit
    assert permit is not None
    return minimise(Inhoud(bericht.soort, bericht.inhoud().data), permit).inhoud


def to_school() -> Iterator[str]:
    """The arrangement and the answer as every shipped profile of a role at a school lets them through, and as
    everything that is not jeugdhulp, gezin or a level that never leaves.
    """
    answer = antwoord(gemerkt("JW319")[0], zaak=ZAAK)
    for bericht in (PROCESSED, answer):
        for profiel in profielen():
            if profiel.rol in SCHOOL or profiel.richting is Richting.J2S:
                yield json.dumps(released(bericht, *profiel.paden))
        own = {Gegevenscategorie.JEUGDHULP, Gegevenscategorie.GEZIN_VEILIGHEID}
        ordinary = [b.pad for b in bericht.bladen if b.categorie not in own]
        yield json.dumps(released(bericht, *ordinary))


TO_SCHOOL: Final = list(to_school())


def test_something_to_look_at() -> None:
    """The marks are really there: in the messages, and in the arrangement for who may see jeugdhulp."""
    assert {t.status for t in TOLD} >= {Hulpstatus.GESTART, Hulpstatus.GEPAUZEERD, Hulpstatus.GESTOPT}
    assert any(rol in SCHOOL for rol in (p.rol for p in profielen()))
    everything = json.dumps(released(PROCESSED, *(b.pad for b in PROCESSED.bladen)))
    assert "777000111" in everything
    assert any(merk in everything for merk in van("JW301", NOOIT["*/Budget"]))


@pytest.mark.parametrize(("soort", "naam"), CASES)
def test_not_told(soort: str, naam: str) -> None:
    """No value of such an element is in any terugkoppeling."""
    text = json.dumps([t.model_dump(mode="json") for t in TOLD])
    assert [merk for merk in van(soort, NOOIT[naam]) if merk in text] == []


def test_only_coded() -> None:
    """A terugkoppeling has two fields of closed lists and the first day of a month: no code fits in."""
    for found in TOLD:
        data = found.inhoud().data
        assert data.keys() <= {"status", "sinds", "afloop"}
        assert data["status"] in set(Hulpstatus)
        assert data.get("afloop") in {None, *Afloop}
        assert data.get("sinds", "2026-01-01").endswith("-01")


@pytest.mark.parametrize(("soort", "naam"), CASES)
def test_not_in_the_arrangement(soort: str, naam: str) -> None:
    """No value of such an element is in an arrangement or an answer as a school gets it."""
    text = "\n".join(TO_SCHOOL)
    assert [merk for merk in van(soort, NOOIT[naam]) if merk in text] == []


def test_no_toewijzing_at_all() -> None:
    """Codes cannot be marked, so the whole toewijzing stays away, and with it how many there are."""
    assert all("toewijzing" not in text.lower() for text in TO_SCHOOL)


def test_taken_over_from_a_client() -> None:
    """Nothing of the client, relations, addresses and remarks enters the arrangement, for whomever it is."""
    text = PROCESSED.model_dump_json()
    names = (
        "Client/Bsn (matching key only)",
        "Client/Communicatie",
        "Client/Relaties",
        "Client/Contactgegevens",
        "*/Commentaar",
        "the client himself",
        "identifiers of messages",
    )
    marks = [m for soort in ("JW301", "JW305", "JW307") for naam in names for m in van(soort, NOOIT[naam])]
    assert marks
    assert [merk for merk in marks if merk in text] == []


def test_origin_unchanged() -> None:
    """Processing writes nothing in where an arrangement came from."""
    assert PROCESSED.herkomst == an_arrangement().herkomst


def findings() -> Iterator[str]:
    """What rules and readers say of the marked messages, as they are and spoiled."""
    known = verloop(*(gemerkt(soort)[0] for soort in HEEN))
    other = an_arrangement(individueel={"leerling": _other(), "gemeente": "0363"})
    for soort in SOORTEN:
        bericht = gemerkt(soort)[0]
        for fout in (*check(bericht, today=day("1950-01-02")), *check_verloop(bericht, known)):
            yield repr(fout)
        actions = (
            lambda b: verwerk_301(other, b),
            lambda b: verwerk_305(an_arrangement(), b),
            lambda b: verwerk_307(an_arrangement(), b),
            toewijzingen,
            lambda b: uit_json(naar_json(b)),
            gedeeld,
        )
        for one in (bericht, spoiled(bericht)):
            for action in actions:
                yield from _said(action, one)


def _said(action: Any, bericht: JwBericht) -> Iterator[str]:
    try:
        action(bericht)
    except InvalidMessage as error:
        yield repr((error.faults, str(error), error.__cause__, error.__context__))


def _other() -> dict[str, Any]:
    return {"naamdelen": {"achternaam": "Ander"}, "geboortedatum": "2015-01-01", "bsn": "999900006"}


def spoiled(bericht: JwBericht) -> JwBericht:
    """The message with a year too far in every date."""

    def spoil(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: spoil(v) for name, v in value.items()}
        if isinstance(value, list):
            return [spoil(v) for v in value]
        return f"1{value}" if len(value) == 10 and value[4] == value[7] == "-" else value

    return JwBericht(bericht.soort, spoil(bericht.inhoud))


FOUND: Final = list(findings())


@pytest.mark.parametrize("soort", SOORTEN)
def test_not_in_findings(soort: str) -> None:
    """No mark of any element is in a finding, a fault or what comes with it."""
    assert len(FOUND) > 50
    text = "\n".join(FOUND)
    assert [merk for merk in gemerkt(soort)[1].values() if merk in text] == []


PERSONS: Final = (
    "Bsn",
    "Naam",
    "Geboortedatum",
    "Relaties",
    "Contactgegevens",
    "Communicatie",
    "Commentaar",
    "ZorgverlenerCode",
)


@pytest.mark.parametrize("soort", SOORTEN)
def test_short_form_has_no_person(soort: str) -> None:
    """The short JSON of a message has no number, name, birth, address or free text of anybody."""
    text = json.dumps(gedeeld(gemerkt(soort)[0]).data)
    assert [merk for merk in van(soort, PERSONS) if merk in text] == []
