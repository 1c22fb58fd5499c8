"""The file of a region: what it answers in every case, and everything in it that is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from consent.inrichting import Geval, Regio, first, inrichting_hash, maanden, stored_inrichting
from consent.inrichting_nazien import Nagezien, parse_inrichting
from consent.plaatsen import line_numbers, placed
from consent.vorm import deepest
from schemas.checks.woonplaats import Gemeente
from schemas.errors import Fault, InvalidMessage
from schemas.messages.inrichting import Geldhouder, Geldstroom
from schemas.messages.toeleiding import Route, Woonplaatsvraag
from tests.conftest import ROOT
from tests.unit.consent.stroomhulp import tabel

REGIOS = ROOT / "gateway" / "practices" / "regios"
NAMES = sorted(p.parent.name for p in REGIOS.glob("*/regio.toml"))
ZUID = (REGIOS / "verzonnen-zuid" / "regio.toml").read_text(encoding="utf-8")
STAD = (REGIOS / "verzonnen-stad" / "regio.toml").read_text(encoding="utf-8")
MIDDEN = (REGIOS / "verzonnen-midden" / "regio.toml").read_text(encoding="utf-8")
OP = dt.date(2026, 9, 1)


def read(text: str, *convenanten: str) -> Nagezien:
    return parse_inrichting(text, tabel(), convenanten)


def region(name: str) -> Regio:
    return read((REGIOS / name / "regio.toml").read_text(encoding="utf-8")).regio


def faults(text: str) -> list[Fault]:
    with pytest.raises(InvalidMessage) as caught:
        read(text)
    return list(caught.value.faults)


def changed(old: str, new: str, text: str = ZUID) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def vraag(aanbod: str = "groep", plaats: str = "school_in_schooltijd") -> Woonplaatsvraag:
    return Woonplaatsvraag.model_validate(
        {
            "peildatum": OP,
            "brin": "99ZZ",
            "vestigingscode": "00",
            "arrangement": "doelgroep",
            "aanbod": aanbod,
            "plaats": plaats,
        }
    )


# ── every case


@pytest.mark.parametrize("name", NAMES)
def test_every_case_of_a_region_that_we_ship_has_one_answer(name: str) -> None:
    """Month by month, and not only at the edges that the proof looks at."""
    found = read((REGIOS / name / "regio.toml").read_text(encoding="utf-8"))
    regio, bewijs = found.regio, found.bewijs
    assert sum(bewijs.toeleiding) == sum(bewijs.woonplaats) == bewijs.gevallen
    for a in regio.arrangementen:
        for woont in regio.woonplaatsen:
            for rows in (regio.toeleiding, regio.woonplaats):
                per_month = [first(rows, Geval(a.code, m, woont)) for m in range(28 * 12)]
                assert None not in per_month
                moved = {m for m, (x, y) in enumerate(pairwise(per_month), start=1) if x != y}
                assert moved <= set(regio.leeftijden)


def test_the_regions_are_there() -> None:
    """Which practices use."""
    assert [f"verzonnen-{n}" for n in ("dom", "haven", "midden", "oost", "stad", "zuid")] == NAMES


@pytest.mark.parametrize(
    ("woont", "age", "code", "route"),
    [
        ("9999", 96, "bewoners", Route.COLLECTIEF),
        ("9998", 96, "bewoners", Route.COLLECTIEF),
        ("9997", 96, "eigen-regeling", Route.INDIVIDUEEL),
        ("elders", 96, "eigen-regeling", Route.INDIVIDUEEL),
        ("onbekend", 96, "mens", None),
    ],
)
def test_one_gemeente_inside_a_region_has_its_own_road(
    woont: str, age: int, code: str, route: Route | None
) -> None:
    """By the first row that fits; and who is not known to live anywhere is a question to a person."""
    row, found = region("verzonnen-zuid").woonplaats_voor(Geval("doelgroep", age, woont), vraag())
    assert row is not None
    assert (row.code, found) == (code, route)


def test_who_decides_hangs_on_age_and_an_unknown_age_is_asked() -> None:
    """On the day before the nineteenth birthday the placement still brings help."""
    regio = region("verzonnen-zuid")

    def code(months: int | None, arrangement: str = "doelgroep") -> str | None:
        row = regio.toeleiding_voor(Geval(arrangement, months, "9999"))
        return None if row is None else row.code

    birthday = dt.date(2007, 9, 2)
    assert code(maanden(birthday, OP)) == "plaatsing"
    assert code(maanden(birthday, OP + dt.timedelta(days=1))) == "mens"
    assert code(4 * 12 - 1) == "mens"
    assert code(None) is None
    assert code(None, "knooppunt") == "knooppunt"


def test_where_somebody_lives_follows_the_day_of_the_list() -> None:
    """A code of another day is brought to that day, and one that says nothing of it is not known."""
    regio = region("verzonnen-zuid").model_copy(update={"gemeenten": ("1980", "9999")})
    assert regio.woont_in(None) == "onbekend"
    assert regio.woont_in(Gemeente(code="9999", op=OP)) == "9999"
    assert regio.woont_in(Gemeente(code="0363", op=OP)) == "elders"
    assert regio.woont_in(Gemeente(code="0398", op=dt.date(2021, 5, 1))) == "1980"
    assert regio.woont_in(Gemeente(code="0788", op=dt.date(2020, 5, 1))) == "onbekend"


def test_a_row_that_looks_at_ages_does_not_answer_without_one() -> None:
    """The road is not guessed either."""
    text = changed('code = "bewoners"\n', 'code = "bewoners"\nleeftijd = { vanaf = 4, totEnMet = 18 }\n')
    assert read(text).regio.woonplaats_voor(Geval("doelgroep", None, "9999"), vraag()) == (None, None)


def test_names_are_looked_up() -> None:
    """And what is not there is not made up."""
    regio = region("verzonnen-midden")
    assert regio.partij("school")
    assert regio.partij("niemand") is None
    assert regio.arrangement("jos")
    assert regio.arrangement("jis") is None
    overleg = regio.overlegregel("duo")
    assert overleg
    assert overleg.kring[:2] == ("onderwijs", "toegang")
    assert regio.overlegregel("trio") is None


# ── what is refused


def test_every_fault_has_its_file_and_line() -> None:
    """Several at once."""
    text = changed('regel = "alleen_ingezetenen"', 'regel = "alleen_wie"', changed('"elders"]', '"ergens"]'))
    found = faults(text)
    lines = text.splitlines()
    assert {(f.code, f.place) for f in found} == {
        ("regio.vorm", "regio.toml/toeleiding/1/woont/1"),
        ("regio.vorm", "regio.toml/woonplaats/0/regel"),
    }
    for f in found:
        assert f.line is not None
        assert re.match(r"woont|regel", lines[f.line - 1])


# Rows as they are read: what is replaced, by what, and the finding.
# ruff: noqa: E501
@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ('id = "verzonnen-zuid"', 'id = "verzonnen-zuid"\nsoort = "regio"', "regio.vorm", "/soort"),
        ('sleutel = "toegang"', 'sleutel = "school"', "regio.dubbel", "/partijen/1/sleutel"),
        ('id = "gemeente:9999"', 'id = "brin:99ZZ00"', "regio.dubbel", "/partijen/1/id"),
        ('"9998", "9997"]', '"9998", "9998", "9997"]', "regio.dubbel", "/gemeenten/2"),
        ('"9998", "9997"]', '"9998", "9997", "0398"]', "regio.gemeente", "/gemeenten/3"),
        ('code = "knooppunt"\nnaam = "Plan', 'code = "doelgroep"\nnaam = "Plan', "regio.dubbel", "/arrangementen/1/code"),
        ('code = "beschikking"', 'code = "plaatsing"', "regio.dubbel", "/toeleiding/1/code"),
        ('code = "eigen-regeling"', 'code = "bewoners"', "regio.dubbel", "/woonplaats/1/code"),
        ('hoedanigheid = "leerplicht_rmc"', 'hoedanigheid = "ouder"', "regio.hoedanigheid", "/partijen/2/hoedanigheid"),
        ('werkgever = "jeugdhulp"', "", "regio.werkgever", "/partijen/4/werkgever"),
        ('rollen = ["jeugdarts"]', 'rollen = ["mentor"]', "regio.rol", "/partijen/3/rollen"),
        ('gever = "toegang"', 'gever = "niemand"', "regio.partij", "/mandaten/0/gever"),
        ('nemer = "school"', 'nemer = "niemand"', "regio.partij", "/mandaten/0/nemer"),
        ('nemer = "school"', 'nemer = "toegang"', "regio.mandaat", "/mandaten/0/nemer"),
        ("geldigTotEnMet = 2027-07-31", "geldigTotEnMet = 2025-07-31", "datum.volgorde", "/mandaten/0/geldigTotEnMet"),
        ('vorm = "collectief"', 'vorm = "collectief"\nbekostiging = "populatiebekostiging"\nuitvoeringsvariant = "outputgericht"', "regio.geld", "/arrangementen/0/uitvoeringsvariant"),
        ('arrangementen = ["knooppunt"]', 'arrangementen = ["knopen"]', "regio.arrangement", "/toeleiding/2/arrangementen"),
        ('woont = ["9997", "elders"]', 'woont = ["9996", "elders"]', "regio.gemeente", "/toeleiding/1/woont"),
        ('route = "individueel"', 'route = "individueel"\nvraag = "Wat?"', "regio.rij", "/woonplaats/1"),
        ('beslisser = "gemeente"\nvorm', "vorm", "regio.rij", "/toeleiding/1"),
        ('vraag = "Hiervoor', 'vorm = "plaatsing"\nvraag = "Hiervoor', "regio.rij", "/toeleiding/3"),
        ('door = "school"', 'door = "niemand"', "regio.partij", "/toeleiding/0/door"),
        ('namens = "toegang"', 'namens = "niemand"', "regio.partij", "/toeleiding/0/namens"),
        ('namens = "toegang"', 'namens = "leerplicht"', "regio.mandaat", "/toeleiding/0/namens"),
        ('besluiten = ["toeleidingsbesluit"]', 'besluiten = ["aanvraag_antwoord"]', "regio.mandaat", "/toeleiding/0/namens"),
        ('vorm = "plaatsing"\noverleg = "knooppunt"', 'vorm = "plaatsing"\noverleg = "zat"', "regio.overleg", "/toeleiding/0/overleg"),
        ('vorm = "plaatsing"\noverleg = "knooppunt"', 'vorm = "plaatsing"', "regio.overleg", "/toeleiding/0"),
        ('beslisser = "overleg_met_mandaat"\ndoor', 'beslisser = "gemeente"\ndoor', "regio.beslisser", "/toeleiding/0/door"),
        ('vorm = "individuele_beschikking"', 'vorm = "toekenning_op_mandaat"', "regio.mandaat", "/toeleiding/1"),
        ('vorm = "plaatsing"', 'vorm = "toelaatbaarheidsverklaring"', "regio.beschikking", "/toeleiding/0/vorm"),
        ('namens = "toegang"\nvorm = "plaatsing"', 'vorm = "individuele_beschikking"', "regio.beschikking", "/toeleiding/0/vorm"),
        ('mag = ["jgz"', 'mag = ["ouder"', "regio.hoedanigheid", "/overleg/0"),
        ('mag = ["jgz"', 'mag = ["toegang"', "regio.overleg", "/overleg/0/mag"),
        ('beslist = "toegang"', 'beslist = "wmo"', "regio.overleg", "/overleg/0/beslist"),
        ('beslist = "toegang"', "", "regio.overleg", "/overleg/0/mandaat"),
        ('beslist = "toegang"', 'beslist = "toegang"\nstappen = [["onderwijs"], ["wmo"]]', "regio.overleg", "/overleg/0/stappen"),
        ('beslist = "toegang"', 'beslist = "toegang"\nescaleertNaar = "knooppunt"', "regio.overleg", "/overleg/0/escaleertNaar"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_a_fault(old: str, new: str, code: str, where: str) -> None:
    """At the place of what is wrong."""
    assert (code, f"regio.toml{where}") in [(f.code, f.place) for f in faults(changed(old, new))]


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("dag = 20", "dag = 4", "regio.volgorde", "/thuiszitters/1/dag"),
        ("dag = 5", 'dag = 5\nverzuim = ["spijbelen"]', "regio.verzuim", "/thuiszitters/0/verzuim"),
        ('bericht = "verzuimsignaal"', 'bericht = "brief"', "regio.bericht", "/thuiszitters/0/bericht"),
        ('regel = "V16"', 'regel = "V99"', "regio.regel", "/thuiszitters/0/regel"),
        ('regel = "V16"', 'regel = "V57"', "regio.stroom", "/thuiszitters/0/regel"),
        ('regel = "V57"\nwaarom', 'regel = "V57"\nconvenant = "weg"\nwaarom', "regio.convenant", "/stromen/0/convenant"),
        ('regel = "V57"\nwaarom', 'regel = "V16"\nwaarom', "regio.plicht", "/stromen/0/regel"),
        ("gezagMaxMaanden = 6", "gezagMaxMaanden = 60", "beleid.ruimer", "/waarden/gezagMaxMaanden"),
    ],
)  # fmt: skip
def test_a_step_without_a_rule_and_a_flow_that_would_widen_are_faults(
    old: str, new: str, code: str, where: str
) -> None:
    """So is a value looser than ours."""
    assert (code, f"regio.toml{where}") in [(f.code, f.place) for f in faults(changed(old, new, MIDDEN))]


def test_values_that_are_no_table_are_a_fault_of_form() -> None:
    """And stop nothing else from being read."""
    text = MIDDEN.replace("[waarden]\ngezagMaxMaanden = 6\nbewaardagen = 60\n", "waarden = 3\n")
    assert [(f.code, f.place) for f in faults(text)] == [("regio.vorm", "regio.toml/waarden")]


def test_a_convenant_that_is_there_may_be_named() -> None:
    """By its id."""
    text = changed('regel = "V57"\nwaarom', 'regel = "V57"\nconvenant = "afspraak"\nwaarom', MIDDEN)
    assert read(text, "afspraak").regio.stromen[0].convenant == "afspraak"


def without_last(table: str) -> Iterator[str]:
    """The file without the last row of a table."""
    head = f"[[{table}]]"
    start = ZUID.rindex(head)
    end = ZUID.index("[[", start + 2)
    yield ZUID[:start] + ZUID[end:]


@pytest.mark.parametrize("table", ["toeleiding", "woonplaats"])
def test_a_table_ends_with_a_row_that_catches_all(table: str) -> None:
    """Without it some case would have no answer."""
    (text,) = without_last(table)
    assert any(f.code == "regio.laatste" and f.place.startswith(f"regio.toml/{table}/") for f in faults(text))


def test_a_row_that_is_never_reached_is_a_fault() -> None:
    """Two rows about the same contradict each other, or one is for nothing."""
    text = changed('woont = ["9997", "elders"]\nroute', 'woont = ["9998"]\nroute')
    assert [(f.code, f.place) for f in faults(text)] == [("regio.onbereikbaar", "regio.toml/woonplaats/1")]


def test_an_unknown_home_has_no_road_that_hangs_on_it() -> None:
    """Residents only says nothing of whom it is not known."""
    text = changed('woont = ["9999", "9998"]\nregel', 'woont = ["9999", "9998", "onbekend"]\nregel')
    assert [(f.code, f.place) for f in faults(text)] == [("regio.onbekend", "regio.toml/woonplaats/0/regel")]


def test_seats_without_a_flow_and_a_second_rule_are_told() -> None:
    """A person should know, and may leave it."""
    codes = [(f.code, f.place) for f in read(ZUID).opmerkingen]
    assert codes == [("regio.geenStroom", "regio.toml/overleg/0/mag")]
    start = MIDDEN.rindex("[[stromen]]")
    one = MIDDEN[:start] + MIDDEN[MIDDEN.index("[[arrangementen]]") :]
    assert ("regio.ookOp", "regio.toml/stromen/0/regel") in [(f.code, f.place) for f in read(one).opmerkingen]


def test_money_is_told_where_it_decides_nothing_and_where_nobody_says_who_pays_first() -> None:
    """Of the region with a row that is settled afterwards: its payer answers a question, other money none."""

    def told(text: str) -> list[tuple[str, str]]:
        found = [(f.code, f.place.removeprefix("regio.toml")) for f in read(text).opmerkingen]
        return [f for f in found if f[0] != "regio.geenStroom"]

    assert told(STAD) == told(ZUID) == []
    nobody = changed('geldhouder = "gemeente_met_trekkingsrecht"\n', "", STAD)
    assert told(nobody) == [("regio.geldhouder", "/arrangementen/0")]
    more = changed('vorm = "klas"', 'vorm = "klas"\ngeldhouder = "school"\nrechtsvorm = "inkoop"', STAD)
    assert told(more) == [
        ("regio.geldOngebruikt", "/arrangementen/1/geldhouder"),
        ("regio.geldOngebruikt", "/arrangementen/1/rechtsvorm"),
    ]
    road = changed('route = "niet_gedekt"', 'route = "voorfinancieren_en_verrekenen"', STAD)
    assert (
        told(road) == [("regio.geldhouder", "/arrangementen/1"), ("regio.geldhouder", "/arrangementen/2")][1:]
    )


def test_who_pays_first_is_told_where_it_is_settled_afterwards() -> None:
    stad = region("verzonnen-stad")
    rij, weg = stad.woonplaats_voor(Geval("op-school", 100, "elders"), vraag())
    assert (rij and rij.code, weg) == ("verrekenen", Route.VOORFINANCIEREN_EN_VERREKENEN)
    assert stad.betaalt("op-school", weg) == (Geldhouder.GEMEENTE_MET_TREKKINGSRECHT, (Geldstroom.JEUGDWET,))
    assert stad.betaalt("op-school", Route.COLLECTIEF) == (None, ())
    assert stad.betaalt("er-niet", weg) == (None, ())


def test_a_region_keeps_no_zaak_longer_and_lets_no_smaller_count_go() -> None:
    longer = ZUID + "[bewaren]\nzaakDagen = 731\n"
    assert "regio.bewaren" in [f.code for f in read(longer).opmerkingen]
    assert "regio.bewaren" not in [f.code for f in read(longer.replace("731", "730")).opmerkingen]
    assert read(changed("versie = 1", "versie = 1\nkleinsteAantal = 15")).regio.kleinste_aantal == 15
    assert "/kleinsteAantal" in faults(changed("versie = 1", "versie = 1\nkleinsteAantal = 9"))[0].place


# ── what is in force


def test_what_was_applied_is_read_again_whatever_is_found_now() -> None:
    """Its form only; and its hash is that of the file itself."""
    wrong = changed('regel = "V57"\nwaarom', 'regel = "V99"\nwaarom', MIDDEN)
    assert stored_inrichting(wrong).stromen[0].regel == "V99"
    with pytest.raises(InvalidMessage):
        stored_inrichting(wrong.replace("versie = 1", ""))
    assert inrichting_hash("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_what_is_no_toml_is_told_with_its_file_and_line() -> None:
    """The number of the line, and nothing of the words of the parser, which quote the file."""
    for text, line in (("id = 1\nnaam = GEHEIM\n", 2), ("a." * 40 + "b = 1", None)):
        with pytest.raises(InvalidMessage) as told:
            parse_inrichting(text, tabel())
        assert told.value.faults == (Fault("toml", "regio.toml/", "Dit is geen geldige TOML.", line),)


def test_of_a_fault_and_one_inside_it_only_the_one_inside_is_told() -> None:
    def at(*places: str) -> list[str]:
        return [f.place for f in deepest([Fault("vorm", place, "Fout.") for place in places])]

    assert at("/a", "/a/0/b", "/a/0", "/ab", "/c/1") == ["/a/0/b", "/ab", "/c/1"]


def test_a_place_has_the_nearest_line() -> None:
    """Of a table, a table in a list, and what is in neither."""
    text = "a = 1\n# b = 2\n[[rij]]\ncode = 2\n[[rij]]\n[een]\nx = 1\n"
    lines = line_numbers(text)
    assert lines == {"/a": 1, "/rij/0": 3, "/rij/0/code": 4, "/rij/1": 5, "/een": 6, "/een/x": 7}
    assert placed(Fault("c", "/rij/1/code/3", "t"), "f", lines) == Fault("c", "f/rij/1/code/3", "t", 5)
    assert placed(Fault("c", "/weg", "t"), "f", lines).line is None
